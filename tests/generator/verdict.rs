//! What became of every cell and row: right, an open question, wrong with a finding, or wrong and
//! silent. A value that is missing or wrong is forgiven where a finding leads a clerk to it; one
//! that is wrong without a word is the worst thing the program can do.

use super::measure::{Expected, Names, same};
use super::truth::{OPEN, fields};
use crate::support::outcome::{Finding, Outcome, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

#[derive(Debug, Clone, Default)]
pub struct Verdicts {
    pub right: usize,
    /// Null, and a finding says so.
    pub unknown: usize,
    /// Null without a finding.
    pub dropped: Vec<String>,
    /// Wrong, with an error or warning at the cell.
    pub flagged: Vec<String>,
    /// Wrong without one.
    pub silent: Vec<String>,
    /// Of those: how the header of their table is drawn, and how often.
    pub silent_under: BTreeMap<String, usize>,
    pub rows: usize,
    /// Rows that are no records, with a finding at the row or its sheet.
    pub refused: usize,
    pub lost: Vec<String>,
    pub invented: Vec<String>,
}

impl Verdicts {
    /// Cells of the rows that were taken.
    pub fn cells(&self) -> usize {
        self.right + self.unknown + self.dropped.len() + self.flagged.len() + self.silent.len()
    }

    /// Right among those taken.
    pub fn right_share(&self) -> f64 {
        self.right as f64 / self.taken().max(1) as f64
    }

    /// Cells that have a value.
    pub fn taken(&self) -> usize {
        self.right + self.flagged.len() + self.silent.len()
    }
}

/// The findings of a sheet, by where they lead.
#[derive(Default)]
struct Led {
    cells: BTreeMap<String, bool>,
    rows: BTreeSet<u32>,
    /// Letters of columns that a finding of the header names.
    columns: BTreeSet<String>,
    /// Fields whose column is missing.
    fields: BTreeSet<String>,
    whole: bool,
    /// Cells that belong to nothing: corner and corner.
    areas: Vec<((u32, u32), (u32, u32))>,
}

impl Led {
    /// Whether a finding tells of the row.
    fn of_row(&self, row: u32) -> bool {
        let inside = |a: &((u32, u32), (u32, u32))| (a.0.1..=a.1.1).contains(&row);
        self.whole || self.rows.contains(&row) || self.areas.iter().any(inside)
    }

    fn of_area(&self, cell: &str) -> bool {
        corner(cell).is_some_and(|(col, row)| {
            self.areas
                .iter()
                .any(|(a, b)| (a.0..=b.0).contains(&col) && (a.1..=b.1).contains(&row))
        })
    }

    fn add(&mut self, f: &Finding) {
        match f.rule.as_str() {
            "sheet-unrecognised" => self.whole = true,
            "column-missing" => {
                self.fields.insert(f.field.clone());
            }
            "column-unknown" | "column-duplicate" => {
                self.columns.insert(letters(&f.cell).to_owned());
            }
            "school-unknown" | "school-mismatch" => {
                self.fields.insert("school".into());
                self.fields.insert("school_code".into());
            }
            _ => {}
        }
        if !f.cell.is_empty() {
            let serious = f.severity != "note";
            let known = self.cells.entry(f.cell.clone()).or_default();
            *known |= serious;
        }
        if f.row > 0 {
            self.rows.insert(f.row);
        }
        if f.rule == "cell-unexplained" {
            // `A8` to `D50`: the message names the other corner.
            let mut words = f.message.split(|c: char| !c.is_ascii_alphanumeric());
            let first = corner(&f.cell);
            let last = words.find_map(corner).or(first);
            self.areas.extend(first.zip(last));
        }
    }
}

/// Column, 1-based, and row of a cell.
fn corner(cell: &str) -> Option<(u32, u32)> {
    let letters = letters(cell);
    let row = cell[letters.len()..].parse().ok()?;
    let known = !letters.is_empty() && letters.bytes().all(|b| b.is_ascii_uppercase());
    known.then(|| {
        let col = letters
            .bytes()
            .fold(0, |n, b| n * 26 + u32::from(b - b'A') + 1);
        (col, row)
    })
}

fn letters(cell: &str) -> &str {
    cell.trim_end_matches(|c: char| c.is_ascii_digit())
}

pub fn verdicts(expected: &Expected, outcome: &Outcome) -> Verdicts {
    let names = Names::of(expected);
    let mut led: BTreeMap<String, Led> = BTreeMap::new();
    let mut files: BTreeSet<String> = BTreeSet::new();
    for f in &outcome.findings {
        if f.sheet.is_empty() {
            files.insert(names.file(&f.file).to_owned());
        }
        led.entry(names.place(&f.file, &f.sheet))
            .or_default()
            .add(f);
    }
    let styles: BTreeMap<String, &String> = expected
        .tables
        .iter()
        .map(|t| (names.place(&t["file"], &t["sheet"]), &t["style"]))
        .collect();
    let mut out = Verdicts::default();
    for (form, rows) in &expected.records {
        let got = outcome.records.get(form).map_or(&[][..], Vec::as_slice);
        let key = |r: &Row| {
            let place = names.place(&r["source_file"], &r["source_sheet"]);
            (place, r["source_row"].clone())
        };
        let mut by_key: BTreeMap<(String, String), Vec<&Row>> = BTreeMap::new();
        for r in got {
            by_key.entry(key(r)).or_default().push(r);
        }
        for r in rows {
            out.rows += 1;
            let (place, row) = key(r);
            let none = Led::default();
            let led = led.get(&place).unwrap_or(&none);
            let here = format!("{form} {place} row {row}");
            let Some(mine) = by_key
                .get_mut(&(place.clone(), row.clone()))
                .and_then(Vec::pop)
            else {
                let row = row.parse().unwrap_or(0);
                let file = names.file(&r["source_file"]);
                match led.of_row(row) || files.contains(file) {
                    true => out.refused += 1,
                    false => out.lost.push(here),
                }
                continue;
            };
            let before = out.silent.len();
            cells(form, r, mine, led, &here, &mut out);
            let wrong = out.silent.len() - before;
            if wrong > 0 {
                let style = styles.get(&place).map_or("", |s| s.as_str());
                *out.silent_under.entry(style.to_owned()).or_default() += wrong;
            }
        }
        for ((place, row), left) in by_key {
            for _ in left {
                out.invented.push(format!("{form} {place} row {row}"));
            }
        }
    }
    for (form, got) in &outcome.records {
        if !expected.records.contains_key(form) {
            let line = |r: &Row| format!("{form} {}:{}", r["source_file"], r["source_row"]);
            out.invented.extend(got.iter().map(line));
        }
    }
    out
}

fn cells(form: &str, meant: &Row, read: &Row, led: &Led, here: &str, out: &mut Verdicts) {
    let places: BTreeMap<&str, &str> = meant["cells"]
        .split(' ')
        .filter_map(|c| c.split_once('='))
        .collect();
    for field in ["school", "school_code"].iter().chain(fields(form)) {
        let m = meant[*field].as_str();
        let g = read.get(*field).map_or("", String::as_str);
        if m == OPEN || m.is_empty() && g.is_empty() {
            continue;
        }
        // Without its id number a month stays a month.
        let month = *field == "birth_date"
            && read["id_number"].is_empty()
            && m.len() == 10
            && g == format!("{}01", &m[..8]);
        if same(m, g) || month {
            out.right += 1;
            continue;
        }
        let cell = places.get(field).copied().unwrap_or("");
        let what = format!("{here} {cell} {field}: meant `{m}`, read `{g}`");
        if g.is_empty() {
            let known = led.cells.contains_key(cell)
                || led.columns.contains(letters(cell))
                || led.fields.contains(*field)
                || led.of_area(cell)
                || led.whole;
            match known {
                true => out.unknown += 1,
                false => out.dropped.push(what),
            }
        } else {
            let school = matches!(*field, "school" | "school_code");
            let flagged =
                led.cells.get(cell) == Some(&true) || school && led.fields.contains(*field);
            match flagged {
                true => out.flagged.push(what),
                false => out.silent.push(what),
            }
        }
    }
}

impl fmt::Display for Verdicts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            out,
            "verdicts  {} cells: {} right, {} unknown and said so, {} wrong with a finding, {} null without one, {} WRONG AND SILENT; right among the taken: {:.3} %",
            self.cells(),
            self.right,
            self.unknown,
            self.flagged.len(),
            self.dropped.len(),
            self.silent.len(),
            100.0 * self.right_share()
        )?;
        writeln!(
            out,
            "          {} rows: {} refused and said so, {} lost without a word, {} invented",
            self.rows,
            self.refused,
            self.lost.len(),
            self.invented.len()
        )?;
        for (style, count) in &self.silent_under {
            writeln!(out, "    silent under a header {style}: {count}")?;
        }
        Ok(())
    }
}
