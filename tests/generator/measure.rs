//! A run's outcome against the truth: rows found, missing, invented; cells as meant; planted
//! mistakes reported at their cell under their rule; errors that nobody planted.

use super::truth::{OPEN, fields};
use crate::support::outcome::{Finding, Outcome, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The truth as written in `truth/`.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    pub records: BTreeMap<String, Vec<Row>>,
    pub plants: Vec<Row>,
    pub tables: Vec<Row>,
}

#[derive(Debug, Clone, Default)]
pub struct Score {
    pub rows: usize,
    pub found: usize,
    pub missing: Vec<String>,
    pub invented: Vec<String>,
    pub cells: usize,
    pub equal: usize,
    /// Differences: form.field and examples.
    pub different: BTreeMap<String, Vec<String>>,
    pub plants: usize,
    pub reported: usize,
    pub unreported: Vec<String>,
    /// By rule: planted and reported.
    pub by_rule: BTreeMap<String, (usize, usize)>,
    /// Error-level findings in rows without a planted mistake.
    pub unexpected: Vec<String>,
}

impl Score {
    pub fn cell_share(&self) -> f64 {
        self.equal as f64 / self.cells.max(1) as f64
    }

    pub fn plant_share(&self) -> f64 {
        if self.plants == 0 {
            1.0
        } else {
            self.reported as f64 / self.plants as f64
        }
    }
}

/// Names of files and sheets as the truth has them.
pub(super) struct Names {
    /// Duplicates count as their originals.
    same: BTreeMap<String, String>,
    /// Files with one table sheet, whose sheet name says nothing (text and HTML files).
    single: BTreeSet<String>,
}

impl Names {
    pub(super) fn of(expected: &Expected) -> Names {
        let mut sheets: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for r in expected.records.values().flatten() {
            sheets
                .entry(r["source_file"].clone())
                .or_default()
                .insert(r["source_sheet"].clone());
        }
        let same = expected
            .plants
            .iter()
            .filter(|p| p["rule"] == "file-duplicate")
            .filter_map(|p| {
                Some((
                    p["file"].clone(),
                    p["alternatives"].strip_suffix("!!")?.to_owned(),
                ))
            })
            .collect();
        Names {
            same,
            single: sheets
                .into_iter()
                .filter(|(_, s)| s.len() == 1)
                .map(|(f, _)| f)
                .collect(),
        }
    }

    pub(super) fn file<'a>(&'a self, file: &'a str) -> &'a str {
        self.same.get(file).map_or(file, String::as_str)
    }

    pub(super) fn place(&self, file: &str, sheet: &str) -> String {
        let file = self.file(file);
        if self.single.contains(file) {
            format!("{file}!")
        } else {
            format!("{file}!{sheet}")
        }
    }
}

pub fn score(expected: &Expected, outcome: &Outcome) -> Score {
    let names = Names::of(expected);
    let mut score = Score::default();
    for (form, rows) in &expected.records {
        let got = outcome.records.get(form).map_or(&[][..], Vec::as_slice);
        compare(form, rows, got, &names, &mut score);
    }
    for (form, got) in &outcome.records {
        if !expected.records.contains_key(form) {
            for r in got {
                score
                    .invented
                    .push(format!("{form} {}:{}", r["source_file"], r["source_row"]));
            }
        }
    }
    plants(expected, outcome, &names, &mut score);
    score
}

fn compare(form: &str, rows: &[Row], got: &[Row], names: &Names, score: &mut Score) {
    let key = |r: &Row| {
        (
            names.place(&r["source_file"], &r["source_sheet"]),
            r["source_row"].clone(),
        )
    };
    let mut by_key: BTreeMap<(String, String), Vec<&Row>> = BTreeMap::new();
    for r in got {
        by_key.entry(key(r)).or_default().push(r);
    }
    for r in rows {
        score.rows += 1;
        let here = format!(
            "{form} {}!{} row {}",
            r["source_file"], r["source_sheet"], r["source_row"]
        );
        let Some(candidates) = by_key.get_mut(&key(r)).filter(|c| !c.is_empty()) else {
            score.missing.push(here);
            continue;
        };
        // Of tables side by side the one with the same person.
        let i = candidates
            .iter()
            .position(|c| c.get("id_number") == r.get("id_number"))
            .unwrap_or(0);
        let mine = candidates.remove(i);
        score.found += 1;
        for field in ["school", "school_code"].iter().chain(fields(form)) {
            let meant = r[*field].as_str();
            let read = mine.get(*field).map_or("", String::as_str);
            if meant == OPEN || meant.is_empty() && read.is_empty() {
                continue;
            }
            score.cells += 1;
            if same(meant, read) {
                score.equal += 1;
            } else {
                score
                    .different
                    .entry(format!("{form}.{field}"))
                    .or_default()
                    .push(format!("{here}: meant `{meant}`, read `{read}`"));
            }
        }
    }
    for (place, left) in by_key {
        for _ in left {
            score
                .invented
                .push(format!("{form} {} row {}", place.0, place.1));
        }
    }
}

/// Decimals may be written with more or fewer zeros.
pub(super) fn same(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let canonical = |t: &str| -> Option<String> {
        let (whole, part) = t.split_once('.')?;
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole.trim_start_matches('-')) || !digits(part) {
            return None;
        }
        let part = part.trim_end_matches('0');
        Some(if part.is_empty() {
            whole.to_owned()
        } else {
            format!("{whole}.{part}")
        })
    };
    let (x, y) = (canonical(a), canonical(b));
    x.is_some() && x == y || x.as_deref() == Some(b) || y.as_deref() == Some(a)
}

fn plants(expected: &Expected, outcome: &Outcome, names: &Names, score: &mut Score) {
    let place =
        |file: &str, sheet: &str, cell: &str| format!("{}!{cell}", names.place(file, sheet));
    let mut by_rule: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for f in &outcome.findings {
        by_rule.entry(&f.rule).or_default().push(f);
    }
    let mut planted_rows: BTreeSet<(String, u32)> = BTreeSet::new();
    for p in &expected.plants {
        let mut places = BTreeSet::new();
        places.insert(place(&p["file"], &p["sheet"], &p["cell"]));
        let mut schools = Vec::new();
        for alternative in p["alternatives"].split('|').filter(|a| !a.is_empty()) {
            match alternative.splitn(3, '!').collect::<Vec<_>>().as_slice() {
                [file, sheet, cell] => {
                    places.insert(place(file, sheet, cell));
                    let row = cell.trim_start_matches(|c: char| c.is_ascii_alphabetic());
                    if let Ok(row) = row.parse() {
                        planted_rows.insert((names.place(file, sheet), row));
                    }
                }
                _ => schools.push(alternative),
            }
        }
        let found = by_rule
            .get(p["rule"].as_str())
            .into_iter()
            .flatten()
            .any(|f| {
                if !schools.is_empty() {
                    return schools.iter().any(|s| f.message.contains(s));
                }
                places.contains(&place(&f.file, &f.sheet, &f.cell))
                    || p["cell"].is_empty() && names.file(&f.file) == names.file(&p["file"])
            });
        score.plants += 1;
        let entry = score.by_rule.entry(p["rule"].clone()).or_default();
        entry.0 += 1;
        if found {
            score.reported += 1;
            entry.1 += 1;
        } else {
            score.unreported.push(format!(
                "{} {}!{}!{} {}",
                p["rule"], p["file"], p["sheet"], p["cell"], p["field"]
            ));
        }
        if let Ok(row) = p["row"].parse() {
            planted_rows.insert((names.place(&p["file"], &p["sheet"]), row));
        } else {
            planted_rows.insert((names.file(&p["file"]).to_owned(), 0));
        }
    }
    for f in outcome.findings.iter().filter(|f| f.severity == "error") {
        let row = (names.place(&f.file, &f.sheet), f.row);
        let file = (names.file(&f.file).to_owned(), 0);
        if !planted_rows.contains(&row) && !planted_rows.contains(&file) {
            score.unexpected.push(format!(
                "{} {}!{}!{} {}",
                f.rule, f.file, f.sheet, f.cell, f.message
            ));
        }
    }
}

impl fmt::Display for Score {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            out,
            "rows      {} meant, {} found, {} missing, {} invented",
            self.rows,
            self.found,
            self.missing.len(),
            self.invented.len()
        )?;
        writeln!(
            out,
            "cells     {} compared, {} as meant: {:.3} %",
            self.cells,
            self.equal,
            100.0 * self.cell_share()
        )?;
        writeln!(
            out,
            "mistakes  {} planted, {} reported at their cell: {:.2} %",
            self.plants,
            self.reported,
            100.0 * self.plant_share()
        )?;
        for (rule, (planted, reported)) in &self.by_rule {
            let mark = if planted == reported { "" } else { "  <" };
            writeln!(out, "    {rule:<24} {reported} of {planted}{mark}")?;
        }
        writeln!(
            out,
            "errors in rows without a mistake: {}",
            self.unexpected.len()
        )?;
        Ok(())
    }
}
