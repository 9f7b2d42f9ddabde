//! A window on a sheet: the lines that hold something, cut to a range of columns.

use crate::grid::{Cell, Sheet, Span, Value};
use std::ops::Range;

/// A sheet with its lines at hand. Lines are numbered 0, 1, 2 … and hold something; their rows are
/// sheet rows.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub sheet: &'a Sheet,
    lines: Vec<(u32, &'a [Cell])>,
}

impl<'a> View<'a> {
    pub fn new(sheet: &'a Sheet) -> View<'a> {
        View {
            sheet,
            lines: sheet.rows().collect(),
        }
    }

    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Sheet row of a line.
    pub fn row(&self, line: usize) -> u32 {
        self.lines[line].0
    }

    /// First line at or below a sheet row.
    pub fn line_from(&self, row: u32) -> usize {
        self.lines.partition_point(|&(r, _)| r < row)
    }

    /// The line of a sheet row, if it holds something.
    pub fn line_of(&self, row: u32) -> Option<usize> {
        self.lines.binary_search_by_key(&row, |&(r, _)| r).ok()
    }

    /// The cells of a line inside the columns.
    pub fn cells(&self, line: usize, cols: &Range<u32>) -> &'a [Cell] {
        let all = self.lines[line].1;
        let (Some(first), Some(last)) = (all.first(), all.last()) else {
            return all;
        };
        if cols.contains(&first.col) && cols.contains(&last.col) {
            return all;
        }
        let start = all.partition_point(|c| c.col < cols.start);
        let end = all.partition_point(|c| c.col < cols.end);
        &all[start..end.max(start)]
    }

    /// The cell of a line at a column.
    pub fn cell(&self, line: usize, col: u32) -> Option<&'a Cell> {
        let all = self.lines[line].1;
        // Most tables begin in the first column and have no gaps.
        let guess = col.wrapping_sub(all.first()?.col) as usize;
        match all.get(guess) {
            Some(cell) if cell.col == col => Some(cell),
            _ => all
                .binary_search_by_key(&col, |c| c.col)
                .ok()
                .map(|i| &all[i]),
        }
    }

    pub fn value(&self, cell: &Cell) -> Value<'a> {
        self.sheet.value(cell)
    }

    /// The trimmed text of a text cell that is not all white space.
    pub fn text(&self, cell: &Cell) -> Option<&'a str> {
        match self.value(cell) {
            Value::Text(t) => Some(t.trim()).filter(|t| !t.is_empty()),
            _ => None,
        }
    }

    /// Whether a cell holds more than white space.
    pub fn filled(&self, cell: &Cell) -> bool {
        match self.value(cell) {
            Value::Text(t) => match t.as_bytes() {
                // Printable ASCII and the CJK ideographs, without looking further.
                [0x21..=0x7e | 0xe4..=0xe9, ..] => true,
                _ => !t.trim_start().is_empty(),
            },
            _ => true,
        }
    }

    /// Whether several cells hold the same text, as where a merge was undone by filling it.
    pub fn all_alike(&self, cells: &[&Cell]) -> bool {
        let Some(first) = cells.first().and_then(|c| self.text(c)) else {
            return false;
        };
        cells.len() >= 3 && cells.iter().all(|c| self.text(c) == Some(first))
    }

    /// Whether a place is inside a merge that begins above it, at or below `top`: its value
    /// stands further up.
    pub fn merged_above(&self, row: u32, col: u32, top: u32) -> bool {
        self.sheet
            .merge_at(row, col)
            .is_some_and(|m| m.top < row && m.top >= top)
    }

    /// The merge that a cell begins.
    pub fn merge_of(&self, cell: &Cell) -> Option<Span> {
        self.sheet
            .merge_at(cell.row, cell.col)
            .filter(|m| m.top == cell.row && m.left == cell.col)
    }
}

/// Whether a value looks like a resident id number, valid or not: what only a person's row has.
pub(super) fn id_like(value: &Value<'_>) -> bool {
    match value {
        Value::Text(t) => {
            let t = t.trim().as_bytes();
            let digit = |b: &u8| b.is_ascii_digit();
            (15..=22).contains(&t.len())
                && t[..4].iter().all(digit)
                && t.iter()
                    .all(|b| b.is_ascii_digit() || matches!(b, b'x' | b'X' | b'*' | b' '))
        }
        Value::Number(n) => *n >= 1e14 && *n < 1e18,
        _ => false,
    }
}

/// Numbers, dates and texts with many digits: what headers do not hold.
pub(super) fn data_like(value: &Value<'_>) -> bool {
    match value {
        Value::Text(t) => {
            // An example in a label's brackets is no data.
            let t = match t.find(['(', '（', '\n']) {
                Some(at) if at > 0 && !t.starts_with(|c: char| c.is_ascii()) => &t[..at],
                _ => t,
            };
            let mut digits = 0;
            for b in t.bytes() {
                digits += usize::from(b.is_ascii_digit());
            }
            digits >= 5 && digits * 2 >= t.trim().chars().count()
        }
        Value::Bool(_) | Value::Error(_) | Value::Unevaluated => true,
        Value::Number(_) | Value::Date(_) => true,
    }
}
