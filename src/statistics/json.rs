//! Figures for programs: the text of `statistics.json`.
//!
//! Written straight into one text, an object a line: a county's lists have more than a hundred
//! thousand figures, and a tree of values of them would take most of the run's memory.

use super::{Figure, Number, Quantity, Tabulation, words};
use crate::grid;
use crate::scheme::Scheme;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
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

/// Bytes after which a part of the text is handed over.
const PART: usize = 1 << 20;

/// Where figures are printed, by tabulation, row and column.
pub type Locations = BTreeMap<(usize, usize, usize), Printed>;

/// The array of [`json_text`] as values, for programs that go on computing.
pub fn json(tabulations: &[Tabulation], scheme: &Scheme, locations: &Locations) -> Vec<Value> {
    // Our own text is JSON; a test holds that.
    serde_json::from_str(&json_text(tabulations, scheme, locations)).unwrap_or_default()
}

/// [`json_each`] as one text.
pub fn json_text(tabulations: &[Tabulation], scheme: &Scheme, locations: &Locations) -> String {
    let mut out = String::new();
    json_each(tabulations, scheme, locations, |part| out.push_str(part));
    out
}

/// A JSON array with one object a figure, in the order of the tabulations, their rows and columns.
/// Words are no figures and are left out.
///
/// A rate is a fraction, a difference of rates percentage points, money a string with two decimals,
/// another decimal a number; what cannot be computed (a rate without a base) is null.
///
/// The text is handed over in parts, so that a province's figures need no more memory than one
/// measure's.
pub fn json_each(
    tabulations: &[Tabulation],
    scheme: &Scheme,
    locations: &Locations,
    mut write: impl FnMut(&str),
) {
    let mut out = String::from("[");
    let mut first = true;
    let start = format!(
        "{{\"scheme\":{},\"period\":{},\"measure\":",
        text(&scheme.id),
        text(&scheme.period)
    );
    for (t, tabulation) in tabulations.iter().enumerate() {
        let columns: Vec<Option<[String; 2]>> = tabulation
            .columns
            .iter()
            .map(|column| {
                (column.quantity != Quantity::Text).then(|| {
                    let name = text(&name(&tabulation.measure, &column.part));
                    let title = text(&title(&tabulation.title, &column.title));
                    let unit = unit(&column.quantity).map_or("null".to_owned(), |u| text(&u));
                    [
                        format!("{start}{name},\"title\":{title},\"group\":"),
                        format!(",\"unit\":{unit}"),
                    ]
                })
            })
            .collect();
        for (r, row) in tabulation.rows.iter().enumerate() {
            let group: Vec<String> = row
                .group
                .iter()
                .map(|(dimension, value)| format!("{}:{}", text(dimension), text(value)))
                .collect();
            let group = group.join(",");
            for (c, figure) in row.figures.iter().enumerate() {
                let Some([before, unit]) = &columns[c] else {
                    continue;
                };
                let quantity = &tabulation.columns[c].quantity;
                out.push_str(if std::mem::take(&mut first) {
                    "\n"
                } else {
                    ",\n"
                });
                out.push_str(before);
                let _ = write!(out, "{{{group}}}");
                numbers(&mut out, figure, quantity);
                out.push_str(unit);
                target(&mut out, figure, quantity);
                place(&mut out, locations.get(&(t, r, c)));
                out.push('}');
            }
            if out.len() > PART {
                write(&out);
                out.clear();
            }
        }
    }
    out.push_str("\n]\n");
    write(&out);
}

fn text(text: &str) -> String {
    Value::from(text).to_string()
}

fn name(measure: &str, part: &str) -> String {
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

fn numbers(out: &mut String, figure: &Figure, quantity: &Quantity) {
    out.push_str(",\"value\":");
    value(out, Some(&figure.value), quantity);
    let _ = match figure.value {
        Number::Ratio(n, d) => write!(out, ",\"numerator\":{n},\"denominator\":{d}"),
        _ => write!(out, ",\"numerator\":null,\"denominator\":null"),
    };
}

fn target(out: &mut String, figure: &Figure, quantity: &Quantity) {
    out.push_str(",\"target\":");
    value(out, figure.target.as_ref(), quantity);
    out.push_str(",\"gap\":");
    value(out, figure.gap.as_ref(), quantity);
    out.push_str(match figure.met {
        Some(true) => ",\"met\":true",
        Some(false) => ",\"met\":false",
        None => ",\"met\":null",
    });
}

fn place(out: &mut String, printed: Option<&Printed>) {
    let _ = match printed {
        Some(p) => write!(
            out,
            ",\"report\":{},\"sheet\":{},\"cell\":\"{}\"",
            text(&p.report),
            text(&p.sheet),
            grid::a1(p.at.0, p.at.1)
        ),
        None => write!(out, ",\"report\":null,\"sheet\":null,\"cell\":null"),
    };
}

fn value(out: &mut String, number: Option<&Number>, quantity: &Quantity) {
    let _ = match (number, quantity) {
        (None | Some(Number::Missing | Number::Text(_)), _) => write!(out, "null"),
        (Some(Number::Integer(n)), _) => write!(out, "{n}"),
        // Points, as they stand on the sheet; everything else as a fraction.
        (Some(Number::Ratio(n, d)), Quantity::Points) => {
            write!(out, "{}", json!(*n as f64 * 100.0 / *d as f64))
        }
        (Some(Number::Ratio(n, d)), _) => write!(out, "{}", json!(*n as f64 / *d as f64)),
        (Some(Number::Hundredths(n)), Quantity::Money) => {
            let sign = if *n < 0 { "-" } else { "" };
            let (yuan, fen) = (n.unsigned_abs() / 100, n.unsigned_abs() % 100);
            write!(out, "\"{sign}{yuan}.{fen:02}\"")
        }
        (Some(Number::Hundredths(n)), _) => write!(out, "{}", json!(*n as f64 / 100.0)),
    };
}

fn unit(quantity: &Quantity) -> Option<String> {
    match quantity {
        Quantity::Count(unit) | Quantity::Decimal(unit) => (!unit.is_empty()).then(|| unit.clone()),
        Quantity::Rate => Some("1".to_owned()),
        Quantity::Points => Some(words::say("statistics.points")),
        Quantity::Money => Some(words::say("statistics.yuan")),
        Quantity::Text => None,
    }
}
