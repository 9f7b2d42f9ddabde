//! A whole run in memory, through the library.

use crate::support::outcome::{self, Finding, Outcome};
use chrono::{Datelike, NaiveDate};
use huizong::diagnostic::{Diagnostic, render};
use huizong::frames::parquet;
use huizong::message::Lang;
use huizong::pipeline::{self, Concluded, Gathered};
use huizong::scheme::{Directory, Scheme, School, templates};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A scheme that knows all forms and asks for nothing.
pub fn bare_scheme() -> Scheme {
    let forms = templates::forms();
    Scheme {
        id: "bare".into(),
        title: "测试".into(),
        wanted: vec![false; forms.len()],
        forms,
        vocabularies: templates::vocabularies(),
        words: templates::words(),
        period: "2025-10".into(),
        cut_off: NaiveDate::from_ymd_opt(2025, 10, 31).expect("a date"),
        ..Scheme::default()
    }
}

/// Last day of `YYYY-MM`.
pub fn month_end(period: &str) -> NaiveDate {
    let (y, m) = period.split_once('-').expect("YYYY-MM");
    let first = NaiveDate::from_ymd_opt(y.parse().expect("a year"), m.parse().expect("a month"), 1)
        .expect("a month");
    let next = if first.month() == 12 {
        NaiveDate::from_ymd_opt(first.year() + 1, 1, 1)
    } else {
        NaiveDate::from_ymd_opt(first.year(), first.month() + 1, 1)
    };
    next.and_then(|d| d.pred_opt()).expect("a date")
}

/// Runs over files in memory.
pub fn run(files: &[(String, Vec<u8>)], scheme: &Scheme) -> Concluded {
    run_after(files, &[], scheme)
}

/// The same, compared with the files of an earlier period where there are any.
pub fn run_after(
    files: &[(String, Vec<u8>)],
    earlier: &[(String, Vec<u8>)],
    scheme: &Scheme,
) -> Concluded {
    let earlier = (!earlier.is_empty()).then(|| gather(earlier, scheme).earlier());
    pipeline::conclude_after(gather(files, scheme), earlier, scheme)
}

fn gather(files: &[(String, Vec<u8>)], scheme: &Scheme) -> Gathered {
    let by_path: BTreeMap<&str, &Vec<u8>> = files.iter().map(|(p, b)| (p.as_str(), b)).collect();
    let paths: Vec<Arc<str>> = files.iter().map(|(p, _)| Arc::from(p.as_str())).collect();
    pipeline::gather(&paths, |path| Ok(by_path[path].clone()), scheme, |_| ())
}

/// Findings as programs see them.
pub fn findings(diagnostics: &[Diagnostic]) -> Vec<Finding> {
    diagnostics
        .iter()
        .map(|d| Finding {
            file: d.place.file.to_string(),
            sheet: d.place.sheet.to_string(),
            cell: d.place.cell().unwrap_or_default(),
            row: d.place.row.map_or(0, |r| r + 1),
            rule: d.rule.name().to_owned(),
            severity: d.severity.as_str().to_owned(),
            field: d.field.to_string(),
            message: render::message(d, Lang::Zh),
            hint: render::hint(d, Lang::Zh),
        })
        .collect()
}

/// Parquet bytes of every form that has records or is wanted.
pub fn parquet_files(concluded: &Concluded, scheme: &Scheme) -> BTreeMap<String, Vec<u8>> {
    parquet::wanted(&concluded.dataset, scheme)
        .map(|f| {
            let id = scheme.forms[f.form].id.clone();
            let bytes = parquet::write_parquet(f, scheme).expect("parquet");
            (id, bytes)
        })
        .collect()
}

/// Records and findings as plain maps.
pub fn outcome(concluded: &Concluded, scheme: &Scheme) -> Outcome {
    Outcome {
        records: parquet_files(concluded, scheme)
            .into_iter()
            .map(|(form, bytes)| (form, outcome::records(&bytes)))
            .filter(|(_, rows)| !rows.is_empty())
            .collect(),
        findings: findings(&concluded.diagnostics),
    }
}

/// A directory of schools from `code|name|town|area|kind|aliases` lines.
pub fn directory(lines: &str) -> Directory {
    let schools = lines
        .lines()
        .filter(|l| !l.trim().is_empty())
        .map(|line| {
            let part: Vec<&str> = line.split('|').map(str::trim).collect();
            let at = |i: usize| part.get(i).copied().unwrap_or_default().to_owned();
            School {
                code: at(0),
                name: at(1),
                district: at(2),
                area: at(3),
                kind: at(4),
                aliases: at(5)
                    .split('、')
                    .filter(|a| !a.is_empty())
                    .map(str::to_owned)
                    .collect(),
            }
        })
        .collect();
    Directory::with_words(schools, &templates::words().schools)
}
