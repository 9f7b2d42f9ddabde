//! What schools typed as sums and head counts: compared with their own rows, never added.

use super::column::{Column, Held, State};
use super::number;
use super::{Data, NO_NUMBER, StatedTotal, TextColumn};
use crate::diagnostic::{Diagnostic, Place, Rule, Severity};
use crate::fold;
use crate::grid::{Sheet, Value};
use crate::recognise::{Table, TypedTotal};
use crate::scheme::{Form, Kind, Words};
use std::ops::Range;

/// Whether a total line holds sums: lines of averages and shares do not.
pub(super) fn is_sum(sheet: &Sheet, row: u32, words: &Words) -> bool {
    !sheet.row(row).iter().any(|cell| match sheet.value(cell) {
        Value::Text(t) => {
            let folded = fold::label(t);
            words.average.iter().any(|w| folded.contains(w.as_str()))
        }
        _ => false,
    })
}

/// Compares a column's typed totals with its rows, before any row is left out.
pub(super) fn check(
    column: &Column<'_>,
    data: &Data,
    states: &[State],
    field: usize,
    sheet: &Sheet,
    totals: &[TypedTotal],
    out: &mut Vec<Diagnostic>,
) -> Vec<StatedTotal> {
    let (values, scale) = match data {
        Data::Integer(values) => (values, 100),
        Data::Decimal(values) => (values, 1),
        _ => return Vec::new(),
    };
    let mut stated_totals = Vec::new();
    for total in totals {
        let place = column.place.at(total.row, Some(column.col));
        let finding = |rule| {
            Diagnostic::new(rule, place.clone())
                .field(&column.field.id)
                .arg("person", "")
                .arg("field", &column.field.title)
        };
        let stated = match sheet.at(total.row, column.col) {
            Some(Value::Number(n)) => number::from_f64(n, column.factor),
            Some(Value::Text(t)) => number::from_text(t, column.factor, &column.scheme.words),
            Some(Value::Error(e)) => {
                out.push(finding(Rule::CellErrorValue).arg("value", e.as_str()));
                None
            }
            // A sum that was never computed says nothing, and nothing depends on it.
            _ => None,
        };
        let (Some(stated), Some(over)) = (stated, within(&total.over, values.len())) else {
            continue;
        };
        let sum: i64 = values[over.clone()]
            .iter()
            .filter(|v| **v != NO_NUMBER)
            .fold(0i64, |sum, v| sum.saturating_add(v.saturating_mul(scale)));
        stated_totals.push(StatedTotal {
            row: total.row,
            col: column.col,
            field,
            over: over.clone(),
            stated: stated.value,
        });
        if stated.value == sum {
            continue;
        }
        let gaps = states[over].iter().filter(|s| **s == State::Gap).count();
        let mismatch = finding(Rule::TotalMismatch)
            .arg("stated", number::decimal(stated.value))
            .arg("sum", number::decimal(sum));
        // With unreadable rows the sum is short by an unknown amount: too low a total is still
        // wrong, too high a one need not be.
        if gaps > 0 && stated.value > sum {
            out.push(
                mismatch
                    .variant("gaps")
                    .severity(Severity::Warning)
                    .arg("gaps", gaps),
            );
        } else {
            out.push(mismatch);
        }
    }
    stated_totals
}

/// Compares head counts (`合计 35人`) in the texts of total lines with the rows they sum.
pub(super) fn check_counts(
    sheet: &Sheet,
    place: &Place,
    table: &Table,
    form: &Form,
    names: Option<&TextColumn>,
    words: &Words,
    out: &mut Vec<Diagnostic>,
) {
    // In a column of numbers 12人 is the sum of the column, not the number of rows.
    let numeric = |col: u32| {
        let column = table.columns.iter().find(|c| c.col == col);
        column.and_then(|c| c.field).is_some_and(|f| {
            matches!(
                form.fields[f].kind,
                Kind::Integer | Kind::Decimal | Kind::Money
            )
        })
    };
    let (Some(first), Some(last)) = (table.columns.first(), table.columns.last()) else {
        return;
    };
    let span = first.col..last.col + 1;
    for total in &table.totals {
        let Some(over) = within(&total.over, table.body.len()) else {
            continue;
        };
        for cell in sheet.row(total.row) {
            if !span.contains(&cell.col) || numeric(cell.col) {
                continue;
            }
            let Value::Text(text) = sheet.value(cell) else {
                continue;
            };
            let Some(stated) = head_count(text, words) else {
                continue;
            };
            let persons = names.map(|names| {
                let mut all: Vec<&str> = over.clone().filter_map(|i| names.get(i)).collect();
                all.sort_unstable();
                all.dedup();
                all.len()
            });
            // People and entries are both counted as 人 by clerks.
            if stated != over.len() && Some(stated) != persons {
                out.push(
                    Diagnostic::new(Rule::TotalMismatch, place.at(total.row, Some(cell.col)))
                        .variant("count")
                        .arg("stated", stated)
                        .arg("sum", over.len()),
                );
            }
        }
    }
}

/// The number of `合计35人`: words for a total, one number, a unit of people, nothing else.
fn head_count(text: &str, words: &Words) -> Option<usize> {
    let folded = fold::label(text);
    let start = folded.find(|c: char| c.is_ascii_digit())?;
    let end = folded[start..]
        .find(|c: char| !c.is_ascii_digit())
        .map_or(folded.len(), |n| start + n);
    let unit = folded[end..].trim_end_matches([')', '.', ',', fold::FULL_STOP]);
    if !words.people.iter().any(|p| p == unit) {
        return None;
    }
    let mut front = folded[..start]
        .trim_matches(['(', ':', '-', ','])
        .to_owned();
    for word in &words.total {
        front = front.replace(word.as_str(), "");
    }
    let front = front.trim_matches(['(', ':', '-', ',']);
    // 共35人 leaves one character; a sentence leaves more and counts something else.
    (front.chars().count() <= 1).then(|| folded[start..end].parse().ok())?
}

fn within(over: &Range<usize>, rows: usize) -> Option<Range<usize>> {
    (over.start < over.end && over.end <= rows).then(|| over.clone())
}

/// A range of all rows as a range of the rows that are kept.
pub(super) fn kept_range(over: &Range<usize>, keep: &[bool]) -> Range<usize> {
    let kept = |end: usize| keep[..end].iter().filter(|k| **k).count();
    kept(over.start)..kept(over.end)
}

/// Whether a cell of a money column is blank because a merge above it holds the amount.
pub(super) fn covered(column: &Column<'_>, index: usize) -> bool {
    column.cells[index].covered && column.cells[index].held == Held::Blank
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::templates;

    #[test]
    fn head_counts() {
        let words = templates::words();
        for (text, count) in [
            ("合计35人", Some(35)),
            ("合 计：35 人", Some(35)),
            ("35人", Some(35)),
            ("共35人", Some(35)),
            ("合计(35人)", Some(35)),
            ("合计", None),
            ("35", None),
            ("其中女教师35人", None),
            ("合计35元", None),
        ] {
            assert_eq!(head_count(text, &words), count, "{text}");
        }
    }

    #[test]
    fn ranges_shrink_with_the_rows_left_out() {
        let keep = [true, false, true, true];
        assert_eq!(kept_range(&(0..4), &keep), 0..3);
        assert_eq!(kept_range(&(1..2), &keep), 1..1);
        assert_eq!(kept_range(&(2..4), &keep), 1..3);
    }
}
