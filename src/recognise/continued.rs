//! A sheet that goes on where the one before it ended, without a header of its own.

use super::RemarkKind;
use super::columns::valid_id;
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
    let form = found.table.columns.iter().any(|c| c.cell.is_some());
    if !form && matches(region, earlier, found) {
        let remarks = found.table.remarks.iter().rev();
        let submitter = remarks
            .map(|&i| &earlier.harvest.remarks[i])
            .find(|r| r.kind == RemarkKind::Submitter);
        region.go_on(found, submitter);
    }
}

/// The line of the first record: the first with several cells. What stands above it is a title or
/// says who submits.
pub(super) fn first_record(region: &Region<'_>) -> usize {
    let all = 0..u32::MAX;
    let cells = |l: usize| {
        let cells = region.view.cells(l, &all).iter();
        cells.filter(|c| region.view.filled(c)).count()
    };
    (0..region.view.len()).find(|&l| cells(l) >= 3).unwrap_or(0)
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
    if lines.is_empty() || !lines.iter().all(inside) {
        return false;
    }
    // A line of words where the first record should be is a header that nobody knows.
    let words = |l: usize| {
        let cells = region.view.cells(l, &all).iter();
        cells
            .filter(|c| region.view.filled(c))
            .all(|c| region.view.text(c).is_some_and(plain_words))
    };
    if found.layout.id.is_some() && words(lines[0]) {
        return false;
    }
    // One line is enough where the person's name and a valid number stand in their places.
    if let ([line], Some(id), Some(name)) = (lines.as_slice(), found.layout.id, found.layout.name) {
        let text = |col| {
            let cell = region.view.cell(*line, col);
            cell.and_then(|c| region.view.text(c))
        };
        return text(id).is_some_and(valid_id) && text(name).is_some_and(plain_words);
    }
    if lines.len() < 2 {
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

fn plain_words(text: &str) -> bool {
    !text.chars().any(|c| c.is_ascii_digit())
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
