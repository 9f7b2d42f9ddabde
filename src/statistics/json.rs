//! Figures for programs: the text of `statistics.json`.
//!
//! Written straight into one text, an object a line: a county's lists have more than a hundred
//! thousand figures, and a tree of values of them would take most of the run's memory.

use super::{Figure, Number, Quantity, Tabulation, words};
use crate::grid;
use crate::scheme::Scheme;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;

/// Where a figure is printed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Printed {
    /// Path of the workbook below the output folder.
    pub report: Arc<str>,
    /// Sheet name.
    pub sheet: Arc<str>,
    /// 0-based row and column.
    pub at: (u32, u32),
}

/// Bytes after which a part of the text is handed over: little enough to be still at hand when it
/// is written.
const PART: usize = 128 * 1024;

/// Where figures are printed, by tabulation, row and column.
pub type Locations = BTreeMap<(usize, usize, usize), Printed>;

/// Report, sheet and 0-based row and column of a figure.
pub type Place<'a> = (&'a Arc<str>, &'a Arc<str>, (u32, u32));

/// The array of [`json_text`] as values, for programs that go on computing.
pub fn json(tabulations: &[Tabulation], scheme: &Scheme, locations: &Locations) -> Vec<Value> {
    // Our own text is JSON; a test holds that.
    serde_json::from_str(&json_text(tabulations, scheme, locations)).unwrap_or_default()
}

/// [`json_each`] as one text.
pub fn json_text(tabulations: &[Tabulation], scheme: &Scheme, locations: &Locations) -> String {
    let mut out = Vec::new();
    let locate = |t, r, c| {
        let printed = locations.get(&(t, r, c))?;
        Some((&printed.report, &printed.sheet, printed.at))
    };
    json_each(tabulations, scheme, locate, |part| {
        out.extend_from_slice(part);
    });
    // Made of texts, so this never falls back.
    String::from_utf8(out).unwrap_or_default()
}

/// A JSON array with one object a figure, in the order of the tabulations, their rows and columns.
/// Words are no figures and are left out.
///
/// A rate is a fraction, a difference of rates percentage points, money a string with two decimals,
/// another decimal a number; what cannot be computed (a rate without a base) is null.
///
/// `locate` says where a figure is printed, by tabulation, row and column. The text is handed over in
/// parts, so that a province's figures need no more memory than a county's.
pub fn json_each<'a>(
    tabulations: &[Tabulation],
    scheme: &Scheme,
    locate: impl Fn(usize, usize, usize) -> Option<Place<'a>>,
    mut write: impl FnMut(&[u8]),
) {
    let mut out = Vec::with_capacity(PART * 2);
    out.push(b'[');
    let mut first = true;
    let start = format!(
        "{{\"scheme\":{},\"period\":{},\"measure\":",
        text(&scheme.id),
        text(&scheme.period)
    );
    for (t, tabulation) in tabulations.iter().enumerate() {
        let mut columns: Vec<Option<Constant>> = tabulation
            .columns
            .iter()
            .map(|column| {
                (column.quantity != Quantity::Text).then(|| {
                    let name = text(&name(&tabulation.measure, &column.part));
                    let title = text(&title(&tabulation.title, &column.title));
                    let unit = unit(&column.quantity).map_or("null".to_owned(), |u| text(&u));
                    Constant {
                        before: format!("{start}{name},\"title\":{title},\"group\":{{"),
                        unit: format!(",\"unit\":{unit},\"target\":"),
                        page: None,
                    }
                })
            })
            .collect();
        let mut group = String::new();
        for (r, row) in tabulation.rows.iter().enumerate() {
            group.clear();
            for (dimension, value) in &row.group {
                if !group.is_empty() {
                    group.push(',');
                }
                group.push_str(&text(dimension));
                group.push(':');
                group.push_str(&text(value));
            }
            for (c, figure) in row.figures.iter().enumerate() {
                let Some(constant) = &mut columns[c] else {
                    continue;
                };
                let quantity = &tabulation.columns[c].quantity;
                push(
                    &mut out,
                    if std::mem::take(&mut first) {
                        "\n"
                    } else {
                        ",\n"
                    },
                );
                push(&mut out, &constant.before);
                push(&mut out, &group);
                numbers(&mut out, figure, quantity);
                push(&mut out, &constant.unit);
                target(&mut out, figure, quantity);
                place(&mut out, locate(t, r, c), &mut constant.page);
            }
            if out.len() > PART {
                write(&out);
                out.clear();
            }
        }
    }
    push(&mut out, "\n]\n");
    write(&out);
}

/// What the figures of a column have in common.
struct Constant {
    /// Up to the groups.
    before: String,
    /// Unit, up to the target.
    unit: String,
    /// Report, sheet and column of the figure before, and the same as text.
    page: Option<(Arc<str>, Arc<str>, u32, String)>,
}

fn push(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

/// A number in digits; writing to memory cannot fail.
fn digits(out: &mut Vec<u8>, number: impl serde::Serialize) {
    let _ = serde_json::to_writer(out, &number);
}

fn text(text: &str) -> String {
    // A text cannot fail to be written.
    serde_json::to_string(text).unwrap_or_default()
}

/// The name of a figure.
pub(super) fn name(measure: &str, part: &str) -> String {
    match part {
        "" => measure.to_owned(),
        part => format!("{measure}.{part}"),
    }
}

fn title(measure: &str, column: &[String]) -> String {
    std::iter::once(measure)
        .chain(column.iter().map(String::as_str))
        .collect::<Vec<_>>()
        .join(" / ")
}

fn numbers(out: &mut Vec<u8>, figure: &Figure, quantity: &Quantity) {
    push(out, "},\"value\":");
    value(out, Some(&figure.value), quantity);
    match figure.value {
        Number::Ratio(n, d) => {
            push(out, ",\"numerator\":");
            digits(out, n);
            push(out, ",\"denominator\":");
            digits(out, d);
        }
        _ => push(out, ",\"numerator\":null,\"denominator\":null"),
    }
}

fn target(out: &mut Vec<u8>, figure: &Figure, quantity: &Quantity) {
    value(out, figure.target.as_ref(), quantity);
    push(out, ",\"gap\":");
    value(out, figure.gap.as_ref(), quantity);
    push(
        out,
        match figure.met {
            Some(true) => ",\"met\":true",
            Some(false) => ",\"met\":false",
            None => ",\"met\":null",
        },
    );
}

/// The end of an object. Figures of a column mostly stand in one column of one sheet.
fn place(
    out: &mut Vec<u8>,
    place: Option<Place<'_>>,
    last: &mut Option<(Arc<str>, Arc<str>, u32, String)>,
) {
    let Some((report, sheet, (row, col))) = place else {
        push(out, ",\"report\":null,\"sheet\":null,\"cell\":null}");
        return;
    };
    match last {
        Some(known) if *known.0 == **report && *known.1 == **sheet && known.2 == col => {}
        _ => {
            let page = format!(
                ",\"report\":{},\"sheet\":{},\"cell\":\"{}",
                text(report),
                text(sheet),
                grid::column_name(col)
            );
            *last = Some((report.clone(), sheet.clone(), col, page));
        }
    }
    if let Some((.., page)) = last {
        push(out, page);
    }
    digits(out, row + 1);
    push(out, "\"}");
}

fn value(out: &mut Vec<u8>, number: Option<&Number>, quantity: &Quantity) {
    match (number, quantity) {
        (None | Some(Number::Missing | Number::Text(_)), _) => push(out, "null"),
        (Some(Number::Integer(n)), _) => digits(out, n),
        // Points, as they stand on the sheet; everything else as a fraction.
        (Some(Number::Ratio(n, d)), Quantity::Points) => {
            digits(out, *n as f64 * 100.0 / *d as f64);
        }
        (Some(Number::Ratio(n, d)), _) => digits(out, *n as f64 / *d as f64),
        (Some(Number::Hundredths(n)), Quantity::Money) => {
            let sign = if *n < 0 { "-" } else { "" };
            let (yuan, fen) = (n.unsigned_abs() / 100, n.unsigned_abs() % 100);
            // Writing to memory cannot fail.
            let _ = write!(out, "\"{sign}{yuan}.{fen:02}\"");
        }
        (Some(Number::Hundredths(n)), _) => digits(out, *n as f64 / 100.0),
    }
}

fn unit(quantity: &Quantity) -> Option<String> {
    match quantity {
        Quantity::Count(unit) | Quantity::Decimal(unit) => (!unit.is_empty()).then(|| unit.clone()),
        Quantity::Rate => Some("1".to_owned()),
        Quantity::Points => Some(words::say("statistics.points")),
        Quantity::Money => Some(words::say("statistics.yuan")),
        Quantity::Plain | Quantity::Text => None,
    }
}
