//! Headers and columns as they were drawn against those that were found.

use super::measure::{Expected, Names};
use crate::support::outcome::Row;
use huizong::recognise::explain::{TableExplanation, explain};
use huizong::scheme::Scheme;
use huizong::{intake, recognise};
use std::collections::BTreeMap;
use std::fmt;

#[derive(Debug, Clone, Default)]
pub struct Bands {
    pub tables: usize,
    /// Header rows exactly those drawn, and the right form.
    pub exact: usize,
    pub other_form: Vec<String>,
    pub other_rows: Vec<String>,
    /// No table was found there.
    pub refused: Vec<String>,
    /// By how the header is drawn: tables, exact.
    pub styles: BTreeMap<String, (usize, usize)>,
    pub columns: usize,
    pub bound: usize,
    pub unbound: usize,
    /// Label, field meant, field taken: how often.
    pub wrong: BTreeMap<String, usize>,
}

/// Reads all files once more and compares.
pub fn bands(expected: &Expected, files: &[(String, Vec<u8>)], scheme: &Scheme) -> Bands {
    let names = Names::of(expected);
    let mut found: BTreeMap<String, Vec<(Vec<u32>, TableExplanation)>> = BTreeMap::new();
    for (path, bytes) in files {
        for book in &intake::read(path, bytes).value {
            let recognised = recognise::tables(book, scheme).value;
            for sheet in explain(book, &recognised, scheme).sheets {
                // Of a file that is there twice one is enough.
                if names.file(&book.file) == &*book.file {
                    let place = names.place(&book.file, &sheet.sheet);
                    let bands = sheet.header_bands();
                    let tables = bands.into_iter().zip(sheet.tables.iter().cloned());
                    found.entry(place).or_default().extend(tables);
                }
            }
        }
    }
    let mut out = Bands::default();
    for truth in &expected.tables {
        out.tables += 1;
        out.styles.entry(truth["style"].clone()).or_default().0 += 1;
        let place = names.place(&truth["file"], &truth["sheet"]);
        let number = |key: &str| truth[key].parse::<u32>().expect("a row");
        let rows: Vec<u32> = (number("first")..=number("last")).collect();
        let here = format!("{} {place} rows {rows:?}", truth["form"]);
        let tables = found.get(&place).map_or(&[][..], Vec::as_slice);
        let exact = tables.iter().find(|(band, _)| *band == rows);
        let overlaps = tables
            .iter()
            .find(|(band, _)| band.iter().any(|r| rows.contains(r)));
        let Some((band, table)) = exact.or(overlaps) else {
            out.refused.push(here);
            continue;
        };
        if table.form != truth["form"] {
            out.other_form
                .push(format!("{here}: taken for {}", table.form));
            continue;
        }
        match *band == rows {
            true => {
                out.exact += 1;
                out.styles.entry(truth["style"].clone()).or_default().1 += 1;
            }
            false => out.other_rows.push(format!("{here}: found {band:?}")),
        }
        columns(truth, table, &mut out);
    }
    out
}

fn columns(truth: &Row, table: &TableExplanation, out: &mut Bands) {
    for part in truth["columns"].split('\u{1f}') {
        let part: Vec<&str> = part.split('\t').collect();
        let [letters, field, label] = part.as_slice() else {
            continue;
        };
        let column = table.columns.iter().find(|c| c.column == *letters);
        let taken = column
            .filter(|c| c.stored || c.field.as_deref() == Some("period"))
            .and_then(|c| c.field.as_deref())
            .unwrap_or("");
        out.columns += usize::from(!field.is_empty());
        if taken == *field {
            out.bound += usize::from(!field.is_empty());
        } else if taken.is_empty() {
            out.unbound += 1;
        } else {
            let of = if field.is_empty() { "none" } else { field };
            let what = format!("{} `{label}` of {of} taken for {taken}", truth["form"]);
            *out.wrong.entry(what).or_default() += 1;
        }
    }
}

impl Bands {
    pub fn exact_share(&self) -> f64 {
        self.exact as f64 / self.tables.max(1) as f64
    }
}

impl fmt::Display for Bands {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            out,
            "headers   {} tables: {} found exactly ({:.2} %), {} with other rows, {} of another form, {} not found",
            self.tables,
            self.exact,
            100.0 * self.exact_share(),
            self.other_rows.len(),
            self.other_form.len(),
            self.refused.len()
        )?;
        for (style, (tables, exact)) in &self.styles {
            writeln!(out, "    {style:<32} {exact} of {tables}")?;
        }
        writeln!(
            out,
            "columns   {} of fields: {} bound right, {} left open, {} bound wrong",
            self.columns,
            self.bound,
            self.unbound,
            self.wrong.values().sum::<usize>()
        )
    }
}
