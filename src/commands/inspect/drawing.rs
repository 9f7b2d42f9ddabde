//! A sheet as it was understood, ready to be drawn: which rows and columns are shown, what each line
//! is, which field each column holds, which findings stand where. What a terminal and a page draw.

use crate::diagnostic::{Diagnostic, Severity, mask};
use crate::grid::{Sheet, Span, Workbook};
use crate::normalise;
use crate::recognise::explain::{ColumnExplanation, SheetExplanation};
use crate::recognise::{How, Recognised, Role, Table};
use std::collections::{BTreeMap, BTreeSet};

/// Blank rows that are drawn one by one; more become a gap.
const BLANKS: u32 = 2;
/// Rows with findings that are shown beyond the limit.
const TROUBLED: usize = 200;

/// One sheet.
#[derive(Debug, Default)]
pub struct Drawing {
    /// Columns that hold anything, left to right.
    pub columns: Vec<u32>,
    /// Top to bottom.
    pub lines: Vec<Line>,
}

/// A line of a drawing.
#[derive(Debug)]
pub enum Line {
    /// The fields of the columns, above the table that they are of; one entry a column.
    Fields(Vec<Option<Head>>),
    /// A row of the sheet.
    Row(Row),
    /// Rows that are not shown: first and last 0-based row, and whether anything stands in them.
    Gap(u32, u32, bool),
}

/// The field of a column.
#[derive(Debug, Clone)]
pub struct Head {
    /// What clerks call it; `None` where it is not known.
    pub title: Option<String>,
    /// How it was found.
    pub how: How,
    /// Everything that is known about it, on one line.
    pub about: String,
}

/// A row.
#[derive(Debug)]
pub struct Row {
    /// 0-based.
    pub number: u32,
    /// What the line is.
    pub role: Role,
    /// Findings about the row as a whole: indices of those given.
    pub found: Vec<usize>,
    /// One entry a column.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Debug, Default)]
pub struct Cell {
    /// Masked, on one line.
    pub text: String,
    /// Findings about it: indices of those given.
    pub found: Vec<usize>,
    /// How many lines and columns of the drawing it covers.
    pub span: (u32, u32),
    /// Whether a merged cell before it covers this one.
    pub covered: bool,
}

/// What one sheet is drawn from.
pub struct Given<'a> {
    pub workbook: &'a Workbook,
    pub recognised: &'a Recognised,
    /// Index of the sheet.
    pub index: usize,
    pub explained: &'a SheetExplanation,
    /// Findings of the whole file.
    pub findings: &'a [Diagnostic],
    /// Rows of records that are shown; none for all.
    pub limit: Option<usize>,
}

/// The worst severity among findings.
pub fn worst(found: &[usize], findings: &[Diagnostic]) -> Option<Severity> {
    found.iter().map(|i| findings[*i].severity).min()
}

/// Draws one sheet; `about` tells a column's story on one line.
pub fn draw(given: &Given<'_>, about: impl Fn(&ColumnExplanation) -> String) -> Drawing {
    let sheet = &given.workbook.sheets[given.index];
    let tables = given.recognised.tables.iter();
    let tables: Vec<&Table> = tables.filter(|t| t.sheet == given.index).collect();
    let mut places: BTreeMap<(u32, Option<u32>), Vec<usize>> = BTreeMap::new();
    for (i, d) in given.findings.iter().enumerate() {
        if d.place.file == given.workbook.file
            && d.place.sheet == sheet.name
            && let Some(row) = d.place.row
        {
            places.entry((row, d.place.col)).or_default().push(i);
        }
    }
    let columns: BTreeSet<u32> = sheet
        .cells()
        .iter()
        .map(|c| c.col)
        .chain(tables.iter().flat_map(|t| t.columns.iter().map(|c| c.col)))
        .collect();
    let columns: Vec<u32> = columns.into_iter().collect();
    let mut drawing = Drawing {
        lines: Vec::new(),
        columns,
    };
    let roles = given.recognised.accounts.get(given.index);
    let role = |row: u32| {
        let known = roles.and_then(|a| a.lines.get(row as usize).copied());
        known.unwrap_or(Role::Blank)
    };
    let mut next = sheet.rows().next().map_or(0, |(row, _)| row);
    for number in shown(given, sheet, role, &places) {
        if number > next {
            drawing.between(next, number, sheet);
        }
        next = number + 1;
        let starts: Vec<usize> = (0..tables.len())
            .filter(|t| first(tables[*t]) == Some(number))
            .collect();
        if !starts.is_empty() {
            drawing.fields(&starts, &tables, given.explained, &about);
        }
        drawing.row(sheet, number, role(number), &places);
    }
    if let Some((last, _)) = sheet.rows().next_back()
        && last >= next
    {
        drawing.between(next, last + 1, sheet);
    }
    drawing.merge(sheet);
    drawing
}

/// First row of a table.
fn first(table: &Table) -> Option<u32> {
    table.header.first().or(table.body.first()).copied()
}

/// The rows that are shown: all but records beyond the limit about which nothing was found.
fn shown(
    given: &Given<'_>,
    sheet: &Sheet,
    role: impl Fn(u32) -> Role,
    places: &BTreeMap<(u32, Option<u32>), Vec<usize>>,
) -> Vec<u32> {
    let troubled: BTreeSet<u32> = places
        .iter()
        .filter(|(_, found)| worst(found, given.findings) < Some(Severity::Note))
        .map(|((row, _), _)| *row)
        .collect();
    let (mut records, mut beyond) = (0, 0);
    let mut out = Vec::new();
    for (row, _) in sheet.rows() {
        let record = role(row) == Role::Data;
        records += usize::from(record);
        let within = given.limit.is_none_or(|n| records <= n);
        if record && !within {
            if !troubled.contains(&row) || beyond == TROUBLED {
                continue;
            }
            beyond += 1;
        }
        out.push(row);
    }
    out
}

impl Drawing {
    /// The rows from one that would be next to one that is drawn.
    fn between(&mut self, from: u32, to: u32, sheet: &Sheet) {
        let holds = (from..to).take(100_000).any(|r| !sheet.row(r).is_empty());
        if !holds && to - from <= BLANKS {
            for number in from..to {
                let cells = self.columns.iter().map(|_| Cell::default()).collect();
                self.lines.push(Line::Row(Row {
                    number,
                    role: Role::Blank,
                    found: Vec::new(),
                    cells,
                }));
            }
        } else {
            self.lines.push(Line::Gap(from, to - 1, holds));
        }
    }

    fn fields(
        &mut self,
        starts: &[usize],
        tables: &[&Table],
        explained: &SheetExplanation,
        about: &impl Fn(&ColumnExplanation) -> String,
    ) {
        let mut heads: Vec<Option<Head>> = vec![None; self.columns.len()];
        for &t in starts {
            let Some(of) = explained.tables.get(t) else {
                continue;
            };
            for (column, known) in tables[t].columns.iter().zip(&of.columns) {
                let Ok(at) = self.columns.binary_search(&column.col) else {
                    continue;
                };
                heads[at] = Some(Head {
                    title: known.title.clone(),
                    how: column.how,
                    about: about(known),
                });
            }
        }
        self.lines.push(Line::Fields(heads));
    }

    fn row(
        &mut self,
        sheet: &Sheet,
        number: u32,
        role: Role,
        places: &BTreeMap<(u32, Option<u32>), Vec<usize>>,
    ) {
        let found = |col| places.get(&(number, col)).cloned().unwrap_or_default();
        let cell = |col: &u32| Cell {
            text: sheet
                .at(number, *col)
                .map_or_else(String::new, |v| mask::in_text(&normalise::cell_text(v))),
            found: found(Some(*col)),
            span: (1, 1),
            covered: false,
        };
        // A finding may stand in a column in which nothing else does.
        let outside = places
            .range((number, Some(0))..=(number, Some(u32::MAX)))
            .filter(|((_, col), _)| col.is_some_and(|c| self.columns.binary_search(&c).is_err()))
            .flat_map(|(_, found)| found.iter().copied());
        let row = Row {
            number,
            role,
            found: found(None).into_iter().chain(outside).collect(),
            cells: self.columns.iter().map(cell).collect(),
        };
        self.lines.push(Line::Row(row));
    }

    /// Marks merged cells, as far as their rows are drawn one below the other.
    fn merge(&mut self, sheet: &Sheet) {
        let mut at: BTreeMap<u32, usize> = BTreeMap::new();
        for (i, line) in self.lines.iter().enumerate() {
            if let Line::Row(row) = line {
                at.insert(row.number, i);
            }
        }
        for span in sheet.merges() {
            let Some(&top) = at.get(&span.top) else {
                continue;
            };
            self.cover(*span, top);
        }
    }

    fn cover(&mut self, span: Span, top: usize) {
        let left = self.columns.partition_point(|c| *c < span.left);
        let right = self.columns.partition_point(|c| *c <= span.right);
        let below = self.lines[top..].iter().take_while(
            |l| matches!(l, Line::Row(r) if r.number <= span.bottom && r.cells.len() >= right),
        );
        let bottom = top + below.count();
        let free = |line: &Line| match line {
            Line::Row(row) => row.cells[left..right]
                .iter()
                .all(|c| !c.covered && c.span <= (1, 1)),
            _ => false,
        };
        if left >= right || self.columns[left] != span.left {
            return;
        }
        // Merges that overlap are damage; the first one is drawn.
        if !self.lines[top..bottom].iter().all(free) {
            return;
        }
        for (r, line) in self.lines[top..bottom].iter_mut().enumerate() {
            let Line::Row(row) = line else { continue };
            for (c, cell) in row.cells[left..right].iter_mut().enumerate() {
                cell.covered = (r, c) != (0, 0);
                if !cell.covered {
                    cell.span = ((bottom - top) as u32, (right - left) as u32);
                }
            }
        }
    }
}
