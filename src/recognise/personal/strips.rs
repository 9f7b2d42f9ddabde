//! One person over several lines: the labels of a list in two lines and two lines a person below
//! them, or a form that is a line of labels, a line of values, a line of labels …
//!
//! Taken only where the whole sheet says so: every label is known and none comes twice, the id
//! number (or five labels) stands where its label says, and what follows is no record.

use super::super::Role;
use super::super::binding;
use super::super::header::Heading;
use super::super::region::Region;
use super::super::view::id_like;
use super::pairs::name_like;
use crate::fold;
use crate::grid::Cell;
use crate::scheme::{Kind, Reading};
use std::ops::Range;

/// Lines above the first labels that are looked at.
const SEARCH: usize = 20;
/// So many labels make a form without an id number certain.
const LABELS: usize = 5;
/// A list with more lines a person is none.
const DEPTH: usize = 4;
/// A longer text is no label.
const LABEL_BYTES: usize = 72;

/// The lines of the sheet as parted into labels and records.
struct Strips {
    /// Lines of labels.
    labels: Vec<usize>,
    /// For each record the line of its values for each of `labels`.
    records: Vec<Vec<usize>>,
    /// First line below all records.
    end: usize,
}

impl<'a> Region<'a> {
    /// Reads the sheet as persons over several lines each, if it surely is that.
    pub(super) fn strips(&mut self) -> bool {
        let search = 0..self.view.len().min(SEARCH);
        let Some(first) = search.clone().find(|&l| self.is_labels(l)) else {
            return false;
        };
        let Some(strips) = self.stacked(first).or_else(|| self.by_turns(first)) else {
            return false;
        };
        let headings: Vec<Heading> = strips
            .labels
            .iter()
            .flat_map(|&l| self.labels_only(l).unwrap_or_default())
            .collect();
        let mut seen: Vec<&str> = headings.iter().map(|h| h.folded[0].as_str()).collect();
        seen.sort_unstable();
        if seen.windows(2).any(|w| w[0] == w[1]) {
            return false;
        }
        let readings = self.readings(&headings);
        let Some(name_line) = self.fits(&strips, &headings, &readings) else {
            return false;
        };
        let outside = self.outside(first..strips.end);
        if outside.unknown_below(self, strips.end) {
            return false;
        }
        let Some(choice) = self.choice_within(&outside, &headings, &readings) else {
            return false;
        };
        let remarks = self.keep_outside(outside);
        for &line in &strips.labels {
            self.mark(self.view.row(line), Role::Header);
        }
        for (i, record) in strips.records.iter().enumerate() {
            for (n, &line) in record.iter().enumerate() {
                let role = if n == name_line {
                    Role::Data
                } else {
                    Role::Metadata
                };
                self.mark(self.view.row(line), role);
            }
            let cells: Vec<(u32, u32, Option<Range<usize>>)> = headings
                .iter()
                .map(|h| {
                    let labels = strips.labels.iter();
                    let n = labels.take_while(|&&l| self.view.row(l) < h.row).count();
                    (self.view.row(record[n]), h.col, None)
                })
                .collect();
            let row = self.view.row(record[name_line]);
            let (choice, headings) = (choice.clone(), headings.clone());
            let mut found = self.record(choice, headings, &readings, &cells, row, remarks.clone());
            // What is wrong with a label is said once.
            if i > 0 {
                found.table.header.clear();
            }
            self.harvest.found.push(found);
        }
        true
    }

    /// A line's labels, if it holds nothing else.
    fn labels_only(&self, line: usize) -> Option<Vec<Heading>> {
        if !self.is_labels(line) {
            return None;
        }
        let heading = |c: &&Cell| {
            let text = self.view.text(c)?;
            Some(Heading {
                col: c.col,
                path: vec![fold::clean(text).into_owned()],
                folded: vec![fold::label(text)],
                row: c.row,
            })
        };
        Some(self.filled_in(line).iter().filter_map(heading).collect())
    }

    /// Whether a line holds several labels and nothing else.
    fn is_labels(&self, line: usize) -> bool {
        let cells = self.view.cells(line, &(0..u32::MAX)).iter();
        let mut count = 0;
        for cell in cells.filter(|c| self.view.filled(c)) {
            let text = self.view.text(cell).filter(|t| t.len() <= LABEL_BYTES);
            if !text.is_some_and(|t| binding::is_label(&fold::label_of(t), self.dictionary)) {
                return false;
            }
            count += 1;
        }
        count >= 2
    }

    fn filled_in(&self, line: usize) -> Vec<&'a Cell> {
        let cells = self.view.cells(line, &(0..u32::MAX)).iter();
        cells.filter(|c| self.view.filled(c)).collect()
    }

    /// Whether each cell of a line stands below one of another line.
    fn stands_below(&self, line: usize, labels: usize) -> bool {
        let cells = self.filled_in(line);
        let above = |c: &&Cell| {
            let label = self.view.cell(labels, c.col);
            label.is_some_and(|l| self.view.filled(l))
        };
        !cells.is_empty() && cells.iter().all(above)
    }

    fn next_to(&self, line: usize, next: usize) -> bool {
        next < self.view.len() && self.view.row(line) + 1 == self.view.row(next)
    }

    /// Several lines of labels, then as many lines a person.
    fn stacked(&self, first: usize) -> Option<Strips> {
        let mut labels = vec![first];
        while let Some(&last) = labels.last()
            && self.next_to(last, last + 1)
            && self.is_labels(last + 1)
            && self.stands_below(last + 1, first)
        {
            labels.push(last + 1);
        }
        let depth = labels.len();
        if !(2..=DEPTH).contains(&depth) {
            return None;
        }
        let mut line = first + depth;
        let mut records = Vec::new();
        let fits = |from: usize| {
            from + depth <= self.view.len()
                && (0..depth).all(|n| {
                    self.stands_below(from + n, labels[n])
                        && (n == 0 || self.next_to(from + n - 1, from + n))
                })
        };
        while fits(line) {
            records.push((line..line + depth).collect());
            line += depth;
        }
        Some(Strips {
            labels,
            records,
            end: line,
        })
    }

    /// A line of labels and a line of values by turns: one person.
    fn by_turns(&self, first: usize) -> Option<Strips> {
        let (mut labels, mut values) = (Vec::new(), Vec::new());
        let mut line = first;
        while line < self.view.len()
            && self.is_labels(line)
            && self.next_to(line, line + 1)
            && !self.is_labels(line + 1)
            && self.stands_below(line + 1, line)
        {
            labels.push(line);
            values.push(line + 1);
            line += 2;
        }
        (labels.len() >= 2).then(|| Strips {
            labels,
            records: vec![values],
            end: line,
        })
    }

    /// Whether names and id numbers stand in the records' lines where their labels say and nowhere
    /// else; gives the line of the name among a record's.
    fn fits(&self, strips: &Strips, headings: &[Heading], readings: &[Reading]) -> Option<usize> {
        let of = |wanted: Kind| {
            let held = |r: &Reading| {
                r.candidates.iter().any(|c| {
                    self.allowed.contains(&c.form)
                        && self.scheme.forms[c.form].fields[c.field].kind == wanted
                })
            };
            let heading = headings.get(readings.iter().position(held)?)?;
            let line = strips
                .labels
                .iter()
                .position(|&l| self.view.row(l) == heading.row)?;
            Some((line, heading.col))
        };
        let (name_line, name_col) = of(Kind::Name)?;
        let id = of(Kind::IdNumber);
        if strips.records.is_empty() || (id.is_none() && headings.len() < LABELS) {
            return None;
        }
        // Without the number nothing tells lines of one person from lines of two.
        if strips.records.len() > 1 && id.is_none_or(|(line, _)| line == name_line) {
            return None;
        }
        let person = |record: &Vec<usize>| {
            let text = |line: usize, col: u32| {
                let cell = self.view.cell(record[line], col)?;
                self.view.text(cell)
            };
            let number = |line: usize, col: u32| {
                let cell = self.view.cell(record[line], col);
                cell.is_some_and(|c| id_like(&self.view.value(c)))
            };
            let named = text(name_line, name_col).is_some_and(|t| name_like(t, self.dictionary));
            let numbered = id
                .is_none_or(|(line, col)| (0..record.len()).all(|n| number(n, col) == (n == line)));
            named && numbered
        };
        strips.records.iter().all(person).then_some(name_line)
    }
}
