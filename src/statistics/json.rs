//! Figures for programs: the objects of `statistics.json`.

use super::{Figure, Number, Quantity, Tabulation, words};
use crate::scheme::Scheme;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where a figure is printed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Printed {
    /// Path of the workbook below the output folder.
    pub report: Arc<str>,
    /// Sheet name.
    pub sheet: Arc<str>,
    /// Cell in A1 notation.
    pub cell: String,
}

/// Where figures are printed, by tabulation, row and column.
pub type Locations = BTreeMap<(usize, usize, usize), Printed>;

/// One object a figure, in the order of the tabulations, their rows and columns. Words are no
/// figures and are left out.
///
/// A rate is a fraction, a difference of rates percentage points, money a string with two decimals,
/// another decimal a number; what cannot be
/// computed (a rate without a base) is null.
pub fn json(tabulations: &[Tabulation], scheme: &Scheme, locations: &Locations) -> Vec<Value> {
    let mut out = Vec::new();
    for (t, tabulation) in tabulations.iter().enumerate() {
        for (r, row) in tabulation.rows.iter().enumerate() {
            let group: Map<String, Value> = row
                .group
                .iter()
                .map(|(dimension, value)| (dimension.clone(), json!(value)))
                .collect();
            for (c, (column, figure)) in tabulation.columns.iter().zip(&row.figures).enumerate() {
                if column.quantity == Quantity::Text {
                    continue;
                }
                let printed = locations.get(&(t, r, c));
                let mut o = Map::new();
                o.insert("scheme".into(), json!(scheme.id));
                o.insert("period".into(), json!(scheme.period));
                o.insert(
                    "measure".into(),
                    json!(name(&tabulation.measure, &column.part)),
                );
                o.insert(
                    "title".into(),
                    json!(title(&tabulation.title, &column.title)),
                );
                o.insert("group".into(), Value::Object(group.clone()));
                numbers(&mut o, figure, &column.quantity);
                o.insert("unit".into(), json!(unit(&column.quantity)));
                o.insert("met".into(), json!(figure.met));
                o.insert("report".into(), json!(printed.map(|p| &*p.report)));
                o.insert("sheet".into(), json!(printed.map(|p| &*p.sheet)));
                o.insert("cell".into(), json!(printed.map(|p| &p.cell)));
                out.push(Value::Object(o));
            }
        }
    }
    out
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

fn numbers(o: &mut Map<String, Value>, figure: &Figure, quantity: &Quantity) {
    let optional = |n: &Option<Number>| n.as_ref().map_or(Value::Null, |n| value(n, quantity));
    let (n, d) = match figure.value {
        Number::Ratio(n, d) => (json!(n), json!(d)),
        _ => (Value::Null, Value::Null),
    };
    o.insert("value".into(), value(&figure.value, quantity));
    o.insert("numerator".into(), n);
    o.insert("denominator".into(), d);
    o.insert("target".into(), optional(&figure.target));
    o.insert("gap".into(), optional(&figure.gap));
}

fn value(number: &Number, quantity: &Quantity) -> Value {
    match (number, quantity) {
        (Number::Missing | Number::Text(_), _) => Value::Null,
        (Number::Integer(n), _) => json!(n),
        // Points, as they stand on the sheet; everything else as a fraction.
        (Number::Ratio(n, d), Quantity::Points) => json!(*n as f64 * 100.0 / *d as f64),
        (Number::Ratio(n, d), _) => json!(*n as f64 / *d as f64),
        (Number::Hundredths(n), Quantity::Money) => {
            let sign = if *n < 0 { "-" } else { "" };
            let (yuan, fen) = (n.unsigned_abs() / 100, n.unsigned_abs() % 100);
            json!(format!("{sign}{yuan}.{fen:02}"))
        }
        (Number::Hundredths(n), _) => json!(*n as f64 / 100.0),
    }
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
