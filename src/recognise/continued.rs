//! A sheet that goes on where the one before it ended, without a header of its own.

use super::region::{Found, Region};
use super::view::id_like;
use crate::grid::Value;

/// Lines looked at before deciding.
const SAMPLE: usize = 40;

/// What a column's cells are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Text,
    Number,
    Date,
}

/// Reads a sheet without header as more of an earlier sheet's table, if its columns match that
/// table's beyond doubt.
pub(super) fn read(region: &mut Region<'_>, earlier: &Region<'_>, found: &Found) {
    if matches(region, earlier, found) {
        region.go_on(found);
    }
}

fn matches(region: &Region<'_>, earlier: &Region<'_>, found: &Found) -> bool {
    // One block of several.
    if !found.table.given.is_empty() {
        return false;
    }
    let (left, right) = (found.layout.left, found.layout.right());
    let all = 0..u32::MAX;
    let lines: Vec<usize> = (0..region.view.len().min(SAMPLE))
        .filter(|&l| region.view.cells(l, &all).len() >= 3)
        .collect();
    let inside = |l: &usize| {
        region
            .view
            .cells(*l, &all)
            .iter()
            .filter(|c| region.view.filled(c))
            .all(|c| (left..=right).contains(&c.col))
    };
    if lines.len() < 2 || !lines.iter().all(inside) {
        return false;
    }
    if let Some(id) = found.layout.id {
        let with_id = lines
            .iter()
            .filter(|&&l| {
                region
                    .view
                    .cell(l, id)
                    .is_some_and(|c| id_like(&region.view.value(c)))
            })
            .count();
        return with_id * 10 >= lines.len() * 8;
    }
    let body: Vec<usize> = found
        .table
        .body
        .iter()
        .filter_map(|&row| earlier.view.line_of(row))
        .take(SAMPLE)
        .collect();
    let mut telling = 0;
    for column in &found.table.columns {
        let before = class(earlier, &body, column.col);
        let now = class(region, &lines, column.col);
        match (before, now) {
            (Some(a), Some(b)) if a != b => return false,
            (Some(a), Some(_)) if a != Class::Text => telling += 1,
            _ => {}
        }
    }
    lines.len() >= 3 && telling >= 2
}

/// What most cells of a column are.
fn class(region: &Region<'_>, lines: &[usize], col: u32) -> Option<Class> {
    let mut counts = [0usize; 3];
    for &line in lines {
        let Some(cell) = region.view.cell(line, col) else {
            continue;
        };
        match region.view.value(cell) {
            Value::Text(t) if t.trim().is_empty() => {}
            Value::Text(_) => counts[0] += 1,
            Value::Number(_) => counts[1] += 1,
            Value::Date(_) => counts[2] += 1,
            _ => {}
        }
    }
    let all: usize = counts.iter().sum();
    [Class::Text, Class::Number, Class::Date]
        .into_iter()
        .zip(counts)
        .find(|(_, n)| all > 0 && n * 10 >= all * 9)
        .map(|(c, _)| c)
}
