//! What the lines of a table tell about it: serial numbers that do not count, records below the
//! line that sums them.

use super::column::{Column, Held};
use crate::diagnostic::{Diagnostic, Place, Rule};
use crate::recognise::{Table, TypedTotal};
use crate::scheme::{FieldIdx, Form, Kind};

/// Serial numbers run 1, 2, 3 … and may begin again at 1 (a group, a page). Codes, and numbers that
/// go on from another sheet, are not looked at.
pub(super) fn serial(column: &Column<'_>, out: &mut Vec<Diagnostic>) {
    let mut expected: Option<i64> = None;
    let mut wrong = None;
    let mut count = 0;
    for (index, slot) in column.cells.iter().enumerate() {
        let number = match slot.held {
            Held::Number(n) if n.fract() == 0.0 => n as i64,
            Held::Text(t) => match t.trim().parse::<i64>() {
                Ok(n) => n,
                Err(_) => continue,
            },
            _ => continue,
        };
        match expected {
            None if number != 1 => return,
            Some(expected) if number != expected && number != 1 => {
                wrong.get_or_insert((index, number, expected));
                count += 1;
            }
            _ => {}
        }
        expected = Some(number.saturating_add(1));
    }
    if let Some((index, number, expected)) = wrong {
        out.push(
            column
                .finding(index, Rule::SerialOrder)
                .arg("number", number)
                .arg("expected", expected)
                .arg("count", count),
        );
    }
}

/// Records below the last line of sums, where others stand above it.
pub(super) fn after_total(
    table: &Table,
    form: &Form,
    sums: &[TypedTotal],
    keep: &[bool],
    place: &Place,
    out: &mut Vec<Diagnostic>,
) {
    if !form.checks.iter().any(|c| c.rule == Rule::RowsAfterTotal) {
        return;
    }
    let Some(last) = sums.iter().map(|t| t.row).max() else {
        return;
    };
    let kept = table.body.iter().zip(keep).filter(|(_, keep)| **keep);
    let (above, below): (Vec<u32>, Vec<u32>) =
        kept.map(|(row, _)| *row).partition(|row| *row < last);
    let is_name = |f: FieldIdx| form.fields[f].kind == Kind::Name;
    let mut columns = table.columns.iter();
    let names = columns.find(|c| c.field.is_some_and(is_name));
    if let (false, Some(first)) = (above.is_empty(), below.first()) {
        out.push(
            Diagnostic::new(Rule::RowsAfterTotal, place.at(*first, names.map(|c| c.col)))
                .arg("total", last + 1)
                .arg("count", below.len()),
        );
    }
}
