//! Figures that differ between two ways of computing a scheme.

use crate::scheme::{MeasureKind, Scheme};
use crate::statistics::{Number, Quantity, Tabulation};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// One figure that changes.
#[derive(Debug)]
pub(super) struct Change {
    /// Id of the measure.
    pub(super) measure: String,
    /// Its title.
    pub(super) title: String,
    /// Part of the measure, `""` for its own figure.
    part: String,
    /// Title of the column.
    pub(super) column: String,
    /// Dimension values; empty for the total.
    pub(super) group: Vec<(String, String)>,
    pub(super) quantity: Quantity,
    /// Missing where only the other side has the row.
    pub(super) old: Number,
    pub(super) new: Number,
}

/// All changes in the order of the tables; lists are told by [`super::people`].
pub(super) fn changes(old: &[Tabulation], new: &[Tabulation], scheme: &Scheme) -> Vec<Change> {
    let mut out = Vec::new();
    for before in old {
        let kind = scheme
            .measure(&before.measure)
            .map(|m| &scheme.measures[m].kind);
        let after = new.iter().find(|t| t.measure == before.measure);
        let (Some(after), Some(kind)) = (after, kind) else {
            continue;
        };
        if !matches!(kind, MeasureKind::List(_)) {
            compare(before, after, &mut out);
        }
    }
    out
}

fn compare(before: &Tabulation, after: &Tabulation, out: &mut Vec<Change>) {
    type Group = Vec<(String, String)>;
    let rows = |t: &Tabulation| -> BTreeMap<Group, usize> {
        let all = t.rows.iter().enumerate();
        all.map(|(i, r)| (r.group.clone(), i)).collect()
    };
    let (old_rows, new_rows) = (rows(before), rows(after));
    // Rows in the order of the table as it is, then those that only the other has.
    let only_new = after
        .rows
        .iter()
        .filter(|r| !old_rows.contains_key(&r.group));
    let figure = |t: &Tabulation, row: Option<&usize>, part: &str| {
        let column = t.columns.iter().position(|c| c.part == part)?;
        Some(t.rows[*row?].figures.get(column)?.value.clone())
    };
    let mut columns: Vec<_> = before.columns.iter().collect();
    columns.extend(
        after
            .columns
            .iter()
            .filter(|c| before.columns.iter().all(|b| b.part != c.part)),
    );
    for row in before.rows.iter().chain(only_new) {
        for column in &columns {
            if column.quantity == Quantity::Text {
                continue;
            }
            let value = |t: &Tabulation, rows: &BTreeMap<Group, usize>| {
                figure(t, rows.get(&row.group), &column.part).unwrap_or_default()
            };
            let (old, new) = (value(before, &old_rows), value(after, &new_rows));
            if !same(&old, &new) {
                out.push(Change {
                    measure: before.measure.clone(),
                    title: before.title.clone(),
                    part: column.part.clone(),
                    column: column.title.join(" "),
                    group: row.group.clone(),
                    quantity: column.quantity.clone(),
                    old,
                    new,
                });
            }
        }
    }
}

/// Whether two numbers are equal; ratios by their value.
fn same(a: &Number, b: &Number) -> bool {
    match (a, b) {
        (Number::Ratio(n, d), Number::Ratio(m, e)) => {
            i128::from(*n) * i128::from(*e) == i128::from(*m) * i128::from(*d)
        }
        (a, b) => a == b,
    }
}

/// A number as numerator and denominator.
fn fraction(number: &Number) -> Option<(i128, i128)> {
    match number {
        Number::Integer(n) => Some((i128::from(*n), 1)),
        Number::Ratio(n, d) => Some((i128::from(*n), i128::from(*d))),
        Number::Hundredths(n) => Some((i128::from(*n), 100)),
        Number::Missing | Number::Text(_) => None,
    }
}

impl Change {
    /// New minus old, as numerator and denominator.
    pub(super) fn difference(&self) -> Option<(i128, i128)> {
        let ((n, d), (m, e)) = (fraction(&self.old)?, fraction(&self.new)?);
        Some((
            m.checked_mul(d)?.checked_sub(n.checked_mul(e)?)?,
            d.checked_mul(e)?,
        ))
    }

    /// As in `statistics.json`, with the difference: rates as fractions, differences of rates in
    /// percentage points, money with two decimals.
    pub(super) fn json(&self) -> Value {
        let points = matches!(self.quantity, Quantity::Rate | Quantity::Points);
        let float = |(n, d): (i128, i128), times: f64| n as f64 * times / d as f64;
        let value = |number: &Number| match (fraction(number), &self.quantity) {
            (None, _) => Value::Null,
            (Some(f), Quantity::Money) => json!(decimal(f, 2)),
            (Some(f), Quantity::Points) => json!(float(f, 100.0)),
            (Some((n, 1)), _) => i64::try_from(n).map_or(Value::Null, |n| json!(n)),
            (Some(f), _) => json!(float(f, 1.0)),
        };
        let difference = match self.difference() {
            None => Value::Null,
            Some(f) if self.quantity == Quantity::Money => json!(decimal(f, 2)),
            Some((n, 1)) if !points => i64::try_from(n).map_or(Value::Null, |n| json!(n)),
            Some(f) => json!(float(f, if points { 100.0 } else { 1.0 })),
        };
        let group: Map<String, Value> = self
            .group
            .iter()
            .map(|(dimension, value)| (dimension.clone(), json!(value)))
            .collect();
        let name = match self.part.as_str() {
            "" => self.measure.clone(),
            part => format!("{}.{part}", self.measure),
        };
        json!({
            "measure": name,
            "title": format!("{} / {}", self.title, self.column),
            "group": group,
            "old": value(&self.old),
            "new": value(&self.new),
            "difference": difference,
        })
    }

    /// One side as people read it; `none` stands for a gap.
    pub(super) fn shown(&self, number: &Number, none: &str) -> String {
        match (fraction(number), &self.quantity) {
            (None, _) => none.to_owned(),
            (Some((n, d)), Quantity::Rate) => format!("{}%", decimal((n * 100, d), 2)),
            (Some((n, d)), Quantity::Points) => decimal((n * 100, d), 2),
            (Some((n, 1)), _) => n.to_string(),
            (Some(f), _) => decimal(f, 2),
        }
    }

    /// The difference with its sign; the second value says that it is in percentage points.
    pub(super) fn shown_difference(&self) -> Option<(String, bool)> {
        let (n, d) = self.difference()?;
        let points = matches!(self.quantity, Quantity::Rate | Quantity::Points);
        let text = match (points, d) {
            (true, _) => decimal((n * 100, d), 2),
            (false, 1) => n.to_string(),
            (false, _) => decimal((n, d), 2),
        };
        let sign = if n > 0 { "+" } else { "" };
        Some((format!("{sign}{text}"), points))
    }
}

/// A fraction as a decimal, rounded half up (away from zero).
fn decimal((n, d): (i128, i128), places: u32) -> String {
    let unit = 10_i128.pow(places);
    let scaled = (n.abs() * unit * 2 + d) / (d * 2);
    let sign = if n < 0 && scaled > 0 { "-" } else { "" };
    let places = places as usize;
    format!("{sign}{}.{:0places$}", scaled / unit, scaled % unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_round_half_up_and_keep_their_sign() {
        assert_eq!(decimal((1, 8), 2), "0.13");
        assert_eq!(decimal((-1, 8), 2), "-0.13");
        assert_eq!(decimal((-1, 1000), 2), "0.00");
        assert_eq!(decimal((200, 3), 2), "66.67");
    }

    #[test]
    fn differences_of_rates_are_points() {
        let change = Change {
            measure: "m".into(),
            title: String::new(),
            part: String::new(),
            column: String::new(),
            group: Vec::new(),
            quantity: Quantity::Rate,
            old: Number::Ratio(1, 2),
            new: Number::Ratio(3, 4),
        };
        assert_eq!(change.shown(&change.old, "-"), "50.00%");
        assert_eq!(change.shown_difference(), Some(("+25.00".to_owned(), true)));
        assert_eq!(change.json()["difference"], 25.0);
        assert!(same(&Number::Ratio(1, 2), &Number::Ratio(2, 4)));
    }
}
