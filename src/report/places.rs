//! Where the figures of tabulations are printed: a page shows whole columns, so a column's page and
//! a row's line are kept, not a hundred thousand cells.

use super::compose::Made;
use super::layout;
use super::page::Location;
use crate::statistics::Place;
use std::sync::Arc;

/// Where each printed figure stands; a figure that two pages show is located on the first.
#[derive(Debug, Clone, Default)]
pub struct Places {
    pages: Vec<Shown>,
    /// For each tabulation, each of its columns: the page and the sheet's column.
    columns: Vec<Vec<Option<(usize, u32)>>>,
}

#[derive(Debug, Clone)]
struct Shown {
    /// Report and name of each sheet.
    sheets: Vec<(Arc<str>, Arc<str>)>,
    /// Which sheet and which row of it, for each row of the tabulation; none for what is not shown.
    rows: Vec<Option<(usize, u32)>>,
}

impl Places {
    /// A page of a tabulation in a report.
    pub(super) fn add(&mut self, tabulation: usize, made: &Made, report: &Arc<str>) {
        let top = layout::body_top(&made.page);
        if self.columns.len() <= tabulation {
            self.columns.resize(tabulation + 1, Vec::new());
        }
        let known = &mut self.columns[tabulation];
        for (i, &column) in made.columns.iter().enumerate() {
            if known.len() <= column {
                known.resize(column + 1, None);
            }
            known[column]
                .get_or_insert((self.pages.len(), u32::from(made.first_column) + i as u32));
        }
        self.pages.push(Shown {
            sheets: vec![(report.clone(), made.page.sheet.clone())],
            rows: made
                .line_of
                .iter()
                .map(|line| Some((0, top + line)))
                .collect(),
        });
    }

    /// A tabulation whose rows are spread over several sheets, all with the same columns: so many,
    /// from the first one on.
    pub(super) fn scatter(
        &mut self,
        tabulation: usize,
        columns: usize,
        first: u32,
        sheets: Vec<(Arc<str>, Arc<str>)>,
        rows: Vec<Option<(usize, u32)>>,
    ) {
        if self.columns.len() <= tabulation {
            self.columns.resize(tabulation + 1, Vec::new());
        }
        let known = &mut self.columns[tabulation];
        if known.len() < columns {
            known.resize(columns, None);
        }
        for (slot, col) in known.iter_mut().take(columns).zip(first..) {
            slot.get_or_insert((self.pages.len(), col));
        }
        self.pages.push(Shown { sheets, rows });
    }

    /// Report, sheet and 0-based row and column of a figure, by tabulation, row and column.
    pub fn find(&self, tabulation: usize, row: usize, column: usize) -> Option<Place<'_>> {
        let (page, col) = (*self.columns.get(tabulation)?.get(column)?)?;
        let page = &self.pages[page];
        let (sheet, row) = (*page.rows.get(row)?)?;
        let (report, sheet) = page.sheets.get(sheet)?;
        Some((report, sheet, (row, col)))
    }

    /// All of them, by tabulation, row, column.
    pub fn all(&self) -> Vec<Location> {
        let mut out = Vec::new();
        for (tabulation, columns) in self.columns.iter().enumerate() {
            let shown = || columns.iter().flatten().map(|(page, _)| &self.pages[*page]);
            let rows = shown().map(|p| p.rows.len()).max().unwrap_or(0);
            for row in 0..rows {
                for column in 0..columns.len() {
                    if let Some((report, sheet, at)) = self.find(tabulation, row, column) {
                        out.push(Location {
                            tabulation,
                            row,
                            column,
                            report: report.clone(),
                            sheet: sheet.clone(),
                            at,
                        });
                    }
                }
            }
        }
        out
    }
}
