//! Lists inside a form: the person's trainings, invoices, and those that no form collects.
//!
//! A list is taken if it is surely one of a form that can have several records a person: it holds
//! every field that its form requires but those of the person, and at least one such. A list of
//! schools attended has the person's education in it and is none of the roster.

use super::super::form;
use super::super::header::{self, Heading};
use super::super::region::{Region, Segment};
use super::super::walk::Growing;
use super::super::{Column, Role};
use super::form::Person;
use super::pairs::{self, FormLine};
use crate::fold;
use crate::scheme::{FormIdx, Kind, Reading};
use std::ops::Range;

impl Region<'_> {
    /// Whether a list's header asks for a person of each row: name and id number of its own.
    pub(super) fn lists_persons(&self, line: usize) -> bool {
        let cols = 0..u32::MAX;
        let d = self.dictionary;
        let Some(band) = header::band_at(
            &self.view,
            line,
            line,
            self.view.len(),
            &cols,
            d,
            usize::MAX,
        ) else {
            return false;
        };
        let readings = self.readings(&band.headings);
        let has = |wanted: &Kind| {
            readings.iter().flat_map(|r| &r.candidates).any(|c| {
                self.allowed.contains(&c.form)
                    && self.scheme.forms[c.form].fields[c.field].kind == *wanted
            })
        };
        has(&Kind::Name) && has(&Kind::IdNumber)
    }

    /// The group that stands left of a list, and the columns right of it.
    fn list_group(&self, line: usize) -> (Option<pairs::Group>, Range<u32>) {
        let row = self.view.row(line);
        let cells = self.view.cells(line, &(0..u32::MAX));
        let first = cells.iter().find(|c| self.view.filled(c));
        let Some(first) = first else {
            return (None, 0..u32::MAX);
        };
        let own = self
            .view
            .merge_of(first)
            .filter(|m| m.bottom > row)
            .and_then(|span| Some((span, self.view.text(first)?)));
        if let Some((span, text)) = own {
            let group = pairs::Group {
                span,
                text: text.to_owned(),
            };
            return (Some(group), span.right + 1..u32::MAX);
        }
        // The group may have begun on a line above.
        let left = first
            .col
            .checked_sub(1)
            .and_then(|c| self.view.sheet.merge_at(row, c));
        let group = left.filter(|m| m.top < row).and_then(|span| {
            let line = self.view.line_of(span.top)?;
            let text = self.view.text(self.view.cell(line, span.left)?)?;
            Some(pairs::Group {
                span,
                text: text.to_owned(),
            })
        });
        (group, first.col..u32::MAX)
    }

    /// First line below a list that begins at a line: its group ends, or the form's pairs go on.
    pub(super) fn list_end(&self, lines: &[FormLine], line: usize, end: usize) -> usize {
        let (group, cols) = self.list_group(line);
        if let Some(group) = group {
            return self
                .view
                .line_from(group.span.bottom + 1)
                .clamp(line + 1, end);
        }
        let goes_on = |l: &usize| {
            let read = &lines[*l];
            let first = read.pairs.first();
            let block = first.is_some_and(|p| p.block && !p.known);
            let labelled = (block || read.is_pairs()) && !self.sums(*l);
            let texts = read.cells == 1 && !self.below_list(*l, line, &cols);
            read.header || labelled || texts
        };
        // What a header needs two lines for is no line of records.
        let from = self.band_end(line, end, &cols);
        (from..end).find(goes_on).unwrap_or(end)
    }

    /// Whether a line begins with a word of sums, which labels elsewhere, too.
    fn sums(&self, line: usize) -> bool {
        let cells = self.view.cells(line, &(0..u32::MAX));
        let first = cells.iter().find_map(|c| self.view.text(c));
        first.is_some_and(|t| {
            let folded = fold::label(t);
            self.dictionary.total.iter().any(|(w, _)| *w == folded)
        })
    }

    fn band_end(&self, line: usize, end: usize, cols: &Range<u32>) -> usize {
        let d = self.dictionary;
        header::band_at(&self.view, line, line, end, cols, d, usize::MAX)
            .map_or(line + 1, |b| b.end().clamp(line + 1, end))
    }

    /// Whether a line's only cell is a cell of the list: not merged over most of it.
    fn below_list(&self, line: usize, header: usize, cols: &Range<u32>) -> bool {
        let Some(cell) = self
            .view
            .cells(line, cols)
            .iter()
            .find(|c| self.view.filled(c))
        else {
            return false;
        };
        let wide = self.view.merge_of(cell).is_some_and(|m| m.right > m.left);
        !wide
            && self
                .view
                .cell(header, cell.col)
                .is_some_and(|c| self.view.filled(c))
    }

    /// Reads the list whose labels stand on a line; gives the first line below it.
    pub(super) fn list(
        &mut self,
        lines: &[FormLine],
        line: usize,
        end: usize,
        person: &Person,
    ) -> usize {
        let end = self.list_end(lines, line, end);
        let (group, cols) = self.list_group(line);
        let above = line
            .checked_sub(1)
            .filter(|&l| lines[l].pairs.is_empty() && lines[l].cells == 1);
        let heading = group.map(|g| g.text).or_else(|| {
            let cells = self.view.cells(above?, &(0..u32::MAX));
            cells
                .iter()
                .find_map(|c| self.view.text(c))
                .map(str::to_owned)
        });
        let heading = heading.map(|t| fold::label(&t)).unwrap_or_default();
        if !self.take_list(line, end, &cols, &heading, person) {
            let d = self.dictionary;
            let foreign = d.foreign.iter().any(|f| heading.contains(f.as_str()));
            let known = foreign || pairs::heads_block(&heading, d);
            for l in line..end {
                if !known {
                    self.stray_cells(l, &(0..u32::MAX));
                }
                let role = if known { Role::Note } else { Role::Unknown };
                self.mark(self.view.row(l), role);
            }
        }
        end
    }

    fn take_list(
        &mut self,
        line: usize,
        end: usize,
        cols: &Range<u32>,
        heading: &str,
        person: &Person,
    ) -> bool {
        let d = self.dictionary;
        let Some(mut band) = header::band_at(&self.view, line, line, end, cols, d, usize::MAX)
        else {
            return false;
        };
        let headings: Vec<Heading> = std::mem::take(&mut band.headings);
        let readings = self.readings(&headings);
        let own_name = readings.iter().flat_map(|r| &r.candidates).any(|c| {
            let kind = &self.scheme.forms[c.form].fields[c.field].kind;
            matches!(kind, Kind::Name | Kind::IdNumber)
        });
        let foreign = d.foreign.iter().any(|f| heading.contains(f.as_str()));
        if own_name || foreign {
            return false;
        }
        // The form's own labels speak for the list's form as columns would.
        let mut all: Vec<Heading> = headings.clone();
        let mut read: Vec<Reading> = readings.clone();
        for (label, reading, _, _) in &person.known {
            all.push(label.clone());
            read.push(reading.clone());
        }
        let mut around = person.around.clone();
        around.titles.insert(0, heading.to_owned());
        let chosen = form::choose(
            &all,
            &read,
            &around,
            self.scheme,
            self.allowed,
            &form::Below::default(),
        );
        let Ok(mut choice) = chosen else {
            return false;
        };
        let people = choice.columns.split_off(headings.len());
        if !self.repeats_a_person(choice.form, &choice.columns) {
            return false;
        }
        let form_of = choice.form;
        let segment = Segment {
            headings,
            choice,
            // A person's own list names its project or category in the row.
            blocks: Vec::new(),
            factors: readings.iter().map(|r| r.factor).collect(),
            lent: Vec::new(),
        };
        for &l in band.lines.iter().chain(&band.under) {
            self.mark(self.view.row(l), Role::Header);
        }
        for &l in &band.notes {
            self.mark(self.view.row(l), Role::Note);
        }
        let header_row = self.view.row(band.lines[band.lines.len() - 1]);
        let body = band.end();
        let limit = segment.headings.last().map_or(cols.end, |h| h.col + 1);
        let layout = self.layout(&segment, body, end, cols.start, limit, header_row + 1);
        let left = layout.left;
        let mut growing = [Growing::new(layout)];
        let walk = self.walk(&mut growing, Some(&band), body, end, cols, &[]);
        let [growing] = growing;
        // The cells left and right of the list: the group's own text is explained.
        let right = growing.layout.right();
        for l in line..walk.tail {
            for cell in self.view.cells(l, &(0..u32::MAX)) {
                let group = l == line && cell.col < left;
                if self.view.filled(cell) && !(left..=right).contains(&cell.col) && !group {
                    self.harvest.stray.push((cell.row, cell.col));
                }
            }
        }
        for l in walk.tail..end {
            self.stray_cells(l, &(0..u32::MAX));
            self.mark(self.view.row(l), Role::Unknown);
        }
        if growing.body.is_empty() {
            return true;
        }
        let mut found = self.finish(segment, growing, &band, header_row, person.remarks.clone());
        for ((label, _, col, cell), assigned) in person.known.iter().zip(&people) {
            let Some((field, how)) = assigned.field else {
                continue;
            };
            let fields = &self.scheme.forms[form_of].fields;
            found.table.evidence.push(format!(
                "{} <- {}",
                fields[field].title,
                crate::grid::a1(cell.row, *col)
            ));
            found.table.columns.push(Column {
                col: *col,
                path: label.path.clone(),
                field: Some(field),
                how,
                factor: 1.0,
                cell: Some(cell.clone()),
            });
        }
        self.harvest.found.push(found);
        true
    }

    /// Whether a form can have several records a person, and the list's columns hold all that it
    /// requires of each.
    pub(super) fn repeats_a_person(&self, form: FormIdx, columns: &[form::Assigned]) -> bool {
        let fields = &self.scheme.forms[form].fields;
        let held: Vec<usize> = columns.iter().filter_map(|c| Some(c.field?.0)).collect();
        let person =
            |f: usize| matches!(fields[f].kind, Kind::Name | Kind::IdNumber | Kind::School);
        let required = &self.scheme.dictionary().required[form];
        let mut own = required.iter().filter(|(f, _)| !person(*f)).peekable();
        own.peek().is_some()
            && own.all(|(f, filled_by)| held.iter().any(|h| h == f || filled_by.contains(h)))
    }
}
