//! Group texts of unmerged headers: which of the columns without a text of their own they reach.
//!
//! Such a text mostly stands above the first of its columns and reaches to the next. Some clerks
//! put it above the middle of its columns; then the labels below begin anew before the next text
//! does. Where neither reading fits, the columns below are doubtful and hold no field.

use super::header::label_text;
use super::view::View;
use crate::fold;
use std::ops::Range;

/// The reach of all group texts of a header.
#[derive(Debug)]
pub(super) struct Spill<'v, 'a> {
    view: &'v View<'a>,
    lines: &'v [usize],
    extent: Range<u32>,
    /// For each line the groups that do not begin where their text stands.
    off: Vec<Option<Off>>,
}

/// A line whose groups begin elsewhere than their texts.
#[derive(Debug)]
enum Off {
    /// Columns of the texts, how far to the left of them the groups begin, and how wide each is.
    Shifted {
        starts: Vec<u32>,
        by: u32,
        width: u32,
    },
    /// Nobody can tell what these columns belong to.
    Doubtful(Range<u32>),
}

impl<'v, 'a> Spill<'v, 'a> {
    pub fn new(view: &'v View<'a>, lines: &'v [usize], extent: &Range<u32>) -> Spill<'v, 'a> {
        let mut spill = Spill {
            view,
            lines,
            extent: extent.clone(),
            off: Vec::new(),
        };
        spill.off = (0..lines.len()).map(|k| spill.off(k)).collect();
        spill
    }

    /// The text that reaches an empty place of the header's line `k`, with its column.
    pub fn part(&self, k: usize, col: u32) -> Option<(String, u32)> {
        if let Some(Off::Shifted { starts, by, width }) = &self.off[k]
            && col + by >= starts[0]
        {
            let start = *starts.iter().rev().find(|s| **s <= col + by)?;
            return (col + by < start + width).then(|| self.own(k, start))?;
        }
        if k + 1 == self.lines.len() || !self.below(k, col) {
            return None;
        }
        let row = self.view.row(self.lines[k]);
        for left in (self.extent.start..col).rev() {
            if self.view.sheet.merge_at(row, left).is_some()
                || (0..k).any(|above| self.filled(above, left + 1))
            {
                return None;
            }
            if self.filled(k, left) {
                return self.below(k, left).then(|| self.own(k, left))?;
            }
        }
        None
    }

    /// Whether nobody can tell which group a column belongs to.
    pub fn doubtful(&self, col: u32) -> bool {
        self.off
            .iter()
            .any(|off| matches!(off, Some(Off::Doubtful(cols)) if cols.contains(&col)))
    }

    fn own(&self, k: usize, col: u32) -> Option<(String, u32)> {
        let cell = self.view.cell(self.lines[k], col)?;
        Some((label_text(&self.view.value(cell)), col))
    }

    fn filled(&self, k: usize, col: u32) -> bool {
        let cell = self.view.cell(self.lines[k], col);
        cell.is_some_and(|c| self.view.filled(c))
    }

    fn below(&self, k: usize, col: u32) -> bool {
        (k + 1..self.lines.len()).any(|l| self.filled(l, col))
    }

    /// Nothing stands here and a label below.
    fn open(&self, k: usize, col: u32) -> bool {
        let row = self.view.row(self.lines[k]);
        !self.filled(k, col) && self.view.sheet.merge_at(row, col).is_none() && self.below(k, col)
    }

    /// The lowest text of a column below a line.
    fn leaf(&self, k: usize, col: u32) -> Option<String> {
        let line = (k + 1..self.lines.len()).rfind(|l| self.filled(*l, col))?;
        self.own(line, col).map(|(text, _)| fold::label(&text))
    }

    fn off(&self, k: usize) -> Option<Off> {
        let starts: Vec<u32> = self
            .extent
            .clone()
            .filter(|&col| {
                let row = self.view.row(self.lines[k]);
                self.filled(k, col)
                    && self.below(k, col)
                    && self.view.sheet.merge_at(row, col).is_none()
                    && self.own(k, col).map(|o| fold::label(&o.0)) != self.leaf(k, col)
            })
            .collect();
        let (&first, &last) = (starts.first()?, starts.last()?);
        let width = *starts.get(1)? - first;
        let even = starts.windows(2).all(|s| s[1] - s[0] == width);
        let leaf = |col: u32| self.leaf(k, col);
        // Labels left of the first text that come again left of the second.
        let by = (1..width)
            .take_while(|i| {
                first >= self.extent.start + i
                    && self.open(k, first - i)
                    && leaf(first - i) == leaf(first + width - i)
            })
            .count() as u32;
        if by == 0 {
            return None;
        }
        let end = (last + 1..self.extent.end)
            .find(|&col| !self.open(k, col))
            .unwrap_or(self.extent.end);
        let fits = |shift: u32| {
            even && end + shift >= last + width
                && (0..width).all(|i| leaf(first - shift + i) == leaf(last - shift + i))
        };
        if fits(0) {
            None
        } else if fits(by) {
            Some(Off::Shifted { starts, by, width })
        } else {
            Some(Off::Doubtful(first - by..end))
        }
    }
}
