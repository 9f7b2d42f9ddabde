//! Traces as files, for `why` and for programs: `trace/index.json` says what each figure's column
//! is made of and which rows stand behind each line, `trace/<measure>.parquet` has those rows.
//!
//! A row names its record by form and number: the place in `records/<form>.parquet`, which has the
//! file, the sheet and the row of the school's workbook.

use super::trace::{COUNTS, Count, Trace, Tracer, Unit};
use super::{Formula, Level, Quantity, Tabulation, json};
use polars::io::SerReader;
use polars::io::parquet::read::ParquetReader;
use polars::io::parquet::write::{ParquetCompression, ParquetWriter};
use polars::prelude::{
    BooleanChunked, Column, DataFrame, DataType, IdxCa, IntoColumn, IntoSeries, NewChunkedArray,
    PolarsResult, UInt32Chunked,
};
use polars::prelude::{ChunkedArray, Int64Type};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Cursor;

/// Columns of a trace file before those of the figures.
const FORM: &str = "form";
const RECORD: &str = "record";
const EARLIER: &str = "earlier";
const COLUMN: &str = "column";
const REASON: &str = "reason";

/// `trace/index.json`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Index {
    /// The reports whose cells `statistics.json` names, with their hash when they were written.
    pub reports: Vec<ReportHash>,
    /// Forms by the number that trace files have for them.
    pub forms: Vec<String>,
    /// One a measure.
    pub measures: Vec<Entry>,
}

/// A report as it was written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ReportHash {
    /// Path below the results folder.
    pub path: String,
    /// Lower-case hexadecimal.
    pub sha256: String,
}

/// What the index says of a measure.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id.
    pub measure: String,
    /// Its title.
    pub title: String,
    /// Its file below the results folder.
    pub file: String,
    /// Ids and titles of the dimensions, outermost first.
    pub dimensions: Vec<(String, String)>,
    /// What its figures are made of.
    pub columns: Vec<Made>,
    /// First row and row after the last of each line, in the order of `statistics.json`.
    pub lines: Vec<(usize, usize)>,
    /// How many dimensions each line keeps; the leaves keep all.
    pub depths: Vec<u8>,
    /// Why rows do not count, by the number that the file has for it, from 1.
    pub left: Vec<Reason>,
    /// Values that the figures look at: form, field, title.
    pub fields: Vec<(String, String, String)>,
}

/// What a column is made of.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Made {
    /// The name that `statistics.json` has.
    pub figure: String,
    /// Its title.
    pub title: String,
    /// `rows`, `marked`, `sum`, `distinct`, `stayed` or `crossed` where rows count in it, `stated`
    /// where the scheme states its numbers, else nothing.
    pub counted: Option<String>,
    /// Whether sums are hundredths.
    pub hundredths: bool,
    /// The columns that it follows from: `ratio`, `difference`, `sum` and their numbers.
    pub formula: Option<(String, Vec<usize>)>,
    /// Whether subtotals and totals are the sums of their rows.
    pub additive: bool,
}

/// Why rows do not count.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// In words.
    pub reason: String,
    /// Whether a blank or unreadable cell is the reason.
    pub open: bool,
    /// How many rows.
    pub rows: usize,
}

/// The index entry of a trace.
pub fn entry(tracer: &Tracer<'_>, tabulation: &Tabulation, trace: &Trace, file: &str) -> Entry {
    let columns = tabulation.columns.iter().zip(&trace.counts);
    Entry {
        measure: tabulation.measure.clone(),
        title: tabulation.title.clone(),
        file: file.to_owned(),
        dimensions: tabulation.dimensions.clone(),
        columns: columns
            .map(|(column, count)| Made {
                figure: json::name(&tabulation.measure, &column.part),
                title: column.title.join(" / "),
                counted: name(count).map(str::to_owned),
                hundredths: matches!(column.quantity, Quantity::Money | Quantity::Decimal(_)),
                formula: column.formula.as_ref().map(|f| match f {
                    Formula::Ratio(a, b) => ("ratio".to_owned(), vec![*a, *b]),
                    Formula::Difference(a, b) => ("difference".to_owned(), vec![*a, *b]),
                    Formula::Sum(of) => ("sum".to_owned(), of.clone()),
                }),
                additive: column.additive,
            })
            .collect(),
        lines: trace.lines.iter().map(|r| (r.start, r.end)).collect(),
        depths: tabulation
            .rows
            .iter()
            .map(|r| match r.level {
                Level::Leaf => tabulation.dimensions.len() as u8,
                Level::Subtotal(depth) => depth,
                Level::Total => 0,
            })
            .collect(),
        left: trace
            .left
            .iter()
            .map(|l| Reason {
                reason: l.reason.clone(),
                open: l.open,
                rows: l.units.len(),
            })
            .collect(),
        fields: tracer.fields(trace),
    }
}

fn name(count: &Count) -> Option<&'static str> {
    match count {
        Count::None => None,
        Count::Stated => Some("stated"),
        Count::Each => Some("rows"),
        Count::Marks(_) => Some("marked"),
        Count::Amounts(_) => Some("sum"),
        Count::Distinct(_) => Some("distinct"),
        Count::Course { within: true, .. } => Some("stayed"),
        Count::Course { .. } => Some("crossed"),
    }
}

/// The rows of a trace as a Parquet file: those that count in their order, then those that do not.
///
/// # Errors
/// Only what the Parquet writer itself refuses.
pub fn write(tracer: &Tracer<'_>, tabulation: &Tabulation, trace: &Trace) -> PolarsResult<Vec<u8>> {
    let left = || trace.left.iter().flat_map(|l| &l.units);
    let units = || trace.units.iter().chain(left());
    let counted = trace.units.len();
    let mut columns = vec![
        numbers(FORM, units().map(|u| u32::from(u.form))),
        numbers(RECORD, units().map(|u| u.record)),
        truths(EARLIER, units().map(|u| u.earlier)),
        tracer.cells(trace, units()),
    ];
    let reasons = (1u32..).zip(&trace.left);
    let reasons = reasons.flat_map(|(n, l)| std::iter::repeat_n(n, l.units.len()));
    columns.push(numbers(
        REASON,
        std::iter::repeat_n(0, counted).chain(reasons),
    ));
    let after = left().count();
    for (column, count) in tabulation.columns.iter().zip(&trace.counts) {
        let name = json::name(&tabulation.measure, &column.part);
        columns.push(match count {
            Count::None | Count::Stated | Count::Each => continue,
            Count::Marks(all) => {
                let all = all.iter().map(|m| *m == COUNTS);
                truths(&name, all.chain(std::iter::repeat_n(false, after)))
            }
            Count::Amounts(all) => {
                let value = |n: &i64| (*n != crate::normalise::NO_NUMBER).then_some(*n);
                let all = all.iter().map(value);
                let all = all.chain(std::iter::repeat_n(None, after));
                ChunkedArray::<Int64Type>::from_iter_options(name.as_str().into(), all)
                    .into_series()
                    .into_column()
            }
            Count::Distinct(all) => {
                let all = all.iter().copied();
                numbers(&name, all.chain(std::iter::repeat_n(u32::MAX, after)))
            }
            Count::Course { common, .. } => {
                let all = common.iter().map(|c| u32::from(*c));
                let none = std::iter::repeat_n(u32::from(u8::MAX), after);
                numbers(&name, all.chain(none))
            }
        });
    }
    let mut frame = DataFrame::new(counted + after, columns)?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Snappy)
        .set_parallel(false)
        .finish(&mut frame)?;
    Ok(bytes)
}

fn numbers(name: &str, all: impl Iterator<Item = u32>) -> Column {
    UInt32Chunked::from_vec(name.into(), all.collect())
        .into_series()
        .into_column()
}

fn truths(name: &str, all: impl Iterator<Item = bool>) -> Column {
    let all: Vec<bool> = all.collect();
    BooleanChunked::from_slice(name.into(), &all)
        .into_series()
        .into_column()
}

impl Tracer<'_> {
    /// Sheet column, counted from 1, of the value of each row that tells most; 0 for none.
    fn cells<'u>(&self, trace: &Trace, units: impl Iterator<Item = &'u Unit>) -> Column {
        let telling = self.telling(trace);
        let of = |unit: &Unit| {
            let facts = match (unit.earlier, &self.earlier) {
                (true, Some(earlier)) => earlier,
                _ => &self.facts,
            };
            let field = telling[usize::from(unit.form)]?;
            let frame = facts.frame(usize::from(unit.form));
            let (source, _) = frame.origins.get(unit.record as usize)?;
            let column = frame.sources.get(*source as usize)?.columns.get(field)?;
            column.map(|c| c + 1)
        };
        numbers(COLUMN, units.map(|u| of(u).unwrap_or(0)))
    }
}

/// The rows of a trace file.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// They, those that do not count last.
    pub units: Vec<Unit>,
    /// Sheet column of each, from 1; 0 for none.
    pub columns: Vec<u32>,
    /// Why each does not count, from 1; 0 for those that do.
    pub reasons: Vec<u32>,
    /// How they count, by the name of the figure.
    pub counts: BTreeMap<String, Count>,
}

/// Reads what [`write`] wrote.
///
/// # Errors
/// In the library's words, when this is no such file.
pub fn read(bytes: Vec<u8>, entry: &Entry) -> PolarsResult<Rows> {
    let frame = ParquetReader::new(Cursor::new(bytes)).finish()?;
    let whole = |name: &str| -> PolarsResult<Vec<u32>> {
        let column = frame.column(name)?.u32()?;
        Ok(column.iter().map(Option::unwrap_or_default).collect())
    };
    let truth = |name: &str| -> PolarsResult<Vec<bool>> {
        let column = frame.column(name)?.bool()?;
        Ok(column.iter().map(Option::unwrap_or_default).collect())
    };
    let (forms, records, earlier) = (whole(FORM)?, whole(RECORD)?, truth(EARLIER)?);
    let units = forms.iter().zip(&records).zip(&earlier);
    let mut out = Rows {
        units: units
            .map(|((form, record), earlier)| Unit {
                form: *form as u16,
                record: *record,
                earlier: *earlier,
            })
            .collect(),
        columns: whole(COLUMN)?,
        reasons: whole(REASON)?,
        counts: BTreeMap::new(),
    };
    for made in &entry.columns {
        let name = made.figure.as_str();
        let count = match made.counted.as_deref() {
            Some("rows") => Count::Each,
            Some("marked") => Count::Marks(truth(name)?.into_iter().map(u8::from).collect()),
            Some("sum") => {
                let column = frame.column(name)?.i64()?;
                let value = |n: Option<i64>| n.unwrap_or(crate::normalise::NO_NUMBER);
                Count::Amounts(column.iter().map(value).collect())
            }
            Some("distinct") => Count::Distinct(whole(name)?),
            Some(course @ ("stayed" | "crossed")) => Count::Course {
                common: whole(name)?.into_iter().map(|c| c as u8).collect(),
                within: course == "stayed",
            },
            Some("stated") => Count::Stated,
            _ => Count::None,
        };
        out.counts.insert(made.figure.clone(), count);
    }
    Ok(out)
}

/// Some records of a records file, in the order asked for: the named columns as texts, empty where
/// there is nothing.
///
/// # Errors
/// In the library's words, when this is no file of records.
pub fn records(bytes: Vec<u8>, which: &[u32], names: &[&str]) -> PolarsResult<Vec<Vec<String>>> {
    let frame = ParquetReader::new(Cursor::new(bytes)).finish()?;
    let which: Vec<_> = which
        .iter()
        .map(|n| *n as polars::prelude::IdxSize)
        .collect();
    let rows = frame.take(&IdxCa::from_vec("".into(), which))?;
    let mut out = vec![Vec::with_capacity(names.len()); rows.height()];
    for name in names {
        match rows.column(name) {
            Ok(column) => {
                let texts = column.cast(&DataType::String)?;
                for (row, text) in out.iter_mut().zip(texts.str()?.iter()) {
                    row.push(text.unwrap_or_default().to_owned());
                }
            }
            Err(_) => out.iter_mut().for_each(|row| row.push(String::new())),
        }
    }
    Ok(out)
}
