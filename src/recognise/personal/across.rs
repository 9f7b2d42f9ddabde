//! Persons side by side: the labels in one column, each person in a column right of it.

use super::super::Role;
use super::super::binding;
use super::super::header::Heading;
use super::super::region::Region;
use super::super::remark;
use super::pairs::name_like;
use crate::fold;
use crate::grid::Cell;
use crate::scheme::Kind;
use std::ops::Range;

/// So many lines with known labels make it certain.
const LABELS: usize = 4;
/// Lines above the name that are looked at.
const SEARCH: usize = 20;

impl<'a> Region<'a> {
    /// Reads the sheet as a table whose persons stand side by side, if it surely is one.
    pub(super) fn across(&mut self) -> bool {
        let name = (0..self.view.len().min(SEARCH)).find(|&l| self.names_across(l).is_some());
        let Some((name, persons)) = name.and_then(|l| Some((l, self.names_across(l)?))) else {
            return false;
        };
        let label_col = self.filled_cells(name)[0].col;
        let labels = |l: usize| {
            let first = self.filled_cells(l).first().copied()?;
            let text = self.view.text(first).filter(|_| first.col == label_col)?;
            (text.chars().count() <= 30).then(|| fold::clean(text).into_owned())
        };
        let beside = |a: usize, b: usize| self.view.row(a) + 1 == self.view.row(b);
        let (mut top, mut end) = (name, name + 1);
        while top > 0
            && beside(top - 1, top)
            && labels(top - 1).is_some()
            && self.has_values(top - 1, &persons)
        {
            top -= 1;
        }
        while end < self.view.len() && labels(end).is_some() && self.is_row(end, label_col) {
            end += 1;
        }
        let headings: Vec<Heading> = (top..end)
            .map(|l| {
                let label = labels(l).unwrap_or_default();
                Heading {
                    col: label_col,
                    folded: vec![fold::label(&label)],
                    path: vec![label],
                    row: self.view.row(l),
                }
            })
            .collect();
        let readings = self.readings(&headings);
        let known = readings.iter().filter(|r| !r.candidates.is_empty()).count();
        if known < LABELS || known * 2 < headings.len() {
            return false;
        }
        let outside = self.outside(top..end);
        let Some(choice) = self.choice_within(&outside, &headings, &readings) else {
            return false;
        };
        let remarks = self.keep_outside(outside);
        let rows: Vec<u32> = (top..end).map(|l| self.view.row(l)).collect();
        for line in top..end {
            let role = if line == name {
                Role::Data
            } else {
                Role::Metadata
            };
            self.mark(self.view.row(line), role);
            for cell in self.filled_cells(line) {
                if cell.col != label_col && !persons.contains(&cell.col) {
                    self.harvest.stray.push((cell.row, cell.col));
                }
            }
        }
        let name_row = self.view.row(name);
        for (i, col) in persons.clone().enumerate() {
            let cells: Vec<(u32, u32, Option<Range<usize>>)> =
                rows.iter().map(|r| (*r, col, None)).collect();
            let mut found = self.record(
                choice.clone(),
                headings.clone(),
                &readings,
                &cells,
                name_row,
                remarks.clone(),
            );
            // What is wrong with a label is said once.
            if i > 0 {
                found.table.header.clear();
            }
            self.harvest.found.push(found);
        }
        true
    }

    fn filled_cells(&self, line: usize) -> Vec<&'a Cell> {
        let cells = self.view.cells(line, &(0..u32::MAX)).iter();
        cells.filter(|c| self.view.filled(c)).collect()
    }

    /// The columns of at least two names right of a name's label.
    fn names_across(&self, line: usize) -> Option<Range<u32>> {
        let mut cells = self.view.cells(line, &(0..u32::MAX)).iter();
        let first = cells.find(|c| self.view.filled(c))?;
        let text = self.view.text(first).filter(|t| t.len() < 60)?;
        let folded = fold::label_of(text);
        if !binding::is_label(&folded, self.dictionary) {
            return None;
        }
        let is_name = binding::means(&folded, self.dictionary, |c| {
            self.allowed.contains(&c.form)
                && self.scheme.forms[c.form].fields[c.field].kind == Kind::Name
        });
        if !is_name {
            return None;
        }
        let cells = self.filled_cells(line);
        let (label, names) = cells.split_first()?;
        let first = names.first()?.col;
        let merged = self.view.merge_of(label).map_or(label.col, |m| m.right);
        let side_by_side = names.iter().zip(first..).all(|(c, col)| c.col == col);
        let people = names.iter().all(|c| {
            let text = self.view.text(c);
            text.is_some_and(|t| name_like(t, self.dictionary))
        });
        (names.len() >= 2 && first == merged + 1 && side_by_side && people)
            .then(|| first..first + names.len() as u32)
    }

    /// Whether a line above the name's is one of the table: something in a person's column.
    fn has_values(&self, line: usize, persons: &Range<u32>) -> bool {
        let cells = self.filled_cells(line);
        cells.len() >= 2 && cells.iter().any(|c| persons.contains(&c.col))
    }

    /// Whether a line below the name's is one of the table and not of what follows it.
    fn is_row(&self, line: usize, label_col: u32) -> bool {
        let cells = self.filled_cells(line);
        let (role, _) = remark::read_line(&self.view, line, &(0..u32::MAX), self.dictionary);
        let wide = cells.first().is_some_and(|c| {
            c.col == label_col && self.view.merge_of(c).is_some_and(|m| m.right > m.left + 1)
        });
        let text_below = cells.len() == 1 && wide;
        !(text_below || matches!(role, Role::Signature | Role::Note))
    }
}
