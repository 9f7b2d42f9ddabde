//! Measures by hand and against plain loops.

mod dynamics;
mod examples;
mod list;
mod money;
mod movement;
mod random;
mod ranking;
mod subsidy;
mod tally;
mod trace;

use super::{Figure, Number, Tabulation};
use crate::diagnostic::Diagnostic;
use crate::frames::previous::{Earlier, set_previous};
use crate::frames::{Dataset, assemble};
use crate::normalise::Records;
use crate::normalise::testing::table;
use crate::scheme::parse::{Templates, scheme};
use crate::scheme::{Directory, Scheme, School};
use std::sync::OnceLock;
use trace::traced;

/// Directory: name, town, school type, area.
const SCHOOLS: [(&str, &str, &str, &str); 4] = [
    ("甲校", "东镇", "小学", "乡村"),
    ("乙校", "东镇", "初级中学", "镇区"),
    ("丙校", "西镇", "中心小学", "城区"),
    ("丁校", "西镇", "小学", "乡村"),
];

/// A scheme of these measures, at the end of 2025 in a cycle from September 2024.
fn scheme_of(measures: &str) -> Scheme {
    let text = format!(
        "id = \"t\"\ntitle = \"试\"\nforms = [\"roster\", \"training\", \"claims\", \"assessment\", \"study\"]\n\
         cycle = {{ start = 2024-09-01, years = 3 }}\n[bands]\nage = [30, 40]\n{measures}"
    );
    // Reading the templates takes longer than most tests.
    static TEMPLATES: OnceLock<Templates> = OnceLock::new();
    let templates = TEMPLATES.get_or_init(Templates::builtin);
    let mut s = scheme(&text, "t.toml", templates).unwrap_or_else(|e| {
        let all: Vec<String> = e.iter().map(ToString::to_string).collect();
        panic!("{}", all.join("\n"))
    });
    s.set_period("2025-12", "2025-12-31".parse().unwrap());
    s.directory = Directory::new(
        SCHOOLS
            .iter()
            .map(|(name, district, kind, area)| School {
                name: (*name).into(),
                district: (*district).into(),
                kind: (*kind).into(),
                area: (*area).into(),
                ..School::default()
            })
            .collect(),
    );
    s
}

/// Rows of one form and school.
struct Sheet<'t> {
    form: &'t str,
    school: &'t str,
    fields: &'t [&'t str],
    rows: Vec<Vec<String>>,
}

fn sheet<'t>(form: &'t str, school: &'t str, fields: &'t [&'t str], rows: &[&[&str]]) -> Sheet<'t> {
    Sheet {
        form,
        school,
        fields,
        rows: rows
            .iter()
            .map(|r| r.iter().map(|c| (*c).to_owned()).collect())
            .collect(),
    }
}

fn dataset(scheme: &Scheme, sheets: &[Sheet<'_>]) -> Dataset {
    assemble(records(scheme, sheets), scheme).value
}

fn records(scheme: &Scheme, sheets: &[Sheet<'_>]) -> Vec<Records> {
    sheets
        .iter()
        .enumerate()
        .map(|(i, s)| {
            let file = format!("{i:03}-{}.xlsx", s.form);
            table(scheme, s.form, &file, s.school, s.fields, &s.rows)
        })
        .collect()
}

/// The last measure's table, compared with an earlier period.
fn run_after(measures: &str, now: &[Sheet<'_>], then: &[Sheet<'_>]) -> Tabulation {
    let s = scheme_of(measures);
    let mut data = dataset(&s, now);
    let earlier = Earlier {
        records: records(&s, then),
        ..Earlier::default()
    };
    set_previous(&mut data, earlier, &s);
    traced(&data, &s).value.into_iter().next_back().unwrap()
}

/// The first measure's table, and what was found.
fn run(measures: &str, sheets: &[Sheet<'_>]) -> (Tabulation, Vec<Diagnostic>) {
    let s = scheme_of(measures);
    let made = traced(&dataset(&s, sheets), &s);
    let last = made.value.into_iter().next_back().unwrap();
    for row in &last.rows {
        assert_eq!(row.figures.len(), last.columns.len());
    }
    (last, made.diagnostics)
}

/// A figure by its part and the values of its row's group.
fn figure<'t>(t: &'t Tabulation, part: &str, group: &[&str]) -> &'t Figure {
    let column = t
        .columns
        .iter()
        .position(|c| c.part == part)
        .unwrap_or_else(|| panic!("no part {part}"));
    let row = t
        .rows
        .iter()
        .find(|r| {
            r.group
                .iter()
                .map(|(_, v)| v.as_str())
                .eq(group.iter().copied())
        })
        .unwrap_or_else(|| panic!("no row {group:?}"));
    &row.figures[column]
}

fn value(t: &Tabulation, part: &str, group: &[&str]) -> Number {
    figure(t, part, group).value.clone()
}

fn int(t: &Tabulation, part: &str, group: &[&str]) -> i64 {
    match value(t, part, group) {
        Number::Integer(n) | Number::Hundredths(n) => n,
        other => panic!("{part} {group:?} is {other:?}"),
    }
}

fn ratio(t: &Tabulation, part: &str, group: &[&str]) -> Option<(i64, i64)> {
    match value(t, part, group) {
        Number::Ratio(n, d) => Some((n, d)),
        _ => None,
    }
}

fn text(t: &Tabulation, part: &str, row: usize) -> String {
    let column = t.columns.iter().position(|c| c.part == part).unwrap();
    match &t.rows[row].figures[column].value {
        Number::Text(t) => t.clone(),
        _ => String::new(),
    }
}

/// Groups of the rows as they are printed, joined by `/`.
fn groups(t: &Tabulation) -> Vec<String> {
    t.rows
        .iter()
        .map(|r| {
            let names: Vec<&str> = r.group.iter().map(|(_, v)| v.as_str()).collect();
            names.join("/")
        })
        .collect()
}
