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
    report: Arc<str>,
    sheet: Arc<str>,
    /// Sheet row of each row of the tabulation.
    rows: Vec<u32>,
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
            report: report.clone(),
            sheet: made.page.sheet.clone(),
            rows: made.line_of.iter().map(|line| top + line).collect(),
        });
    }

    /// Report, sheet and 0-based row and column of a figure, by tabulation, row and column.
    pub fn find(&self, tabulation: usize, row: usize, column: usize) -> Option<Place<'_>> {
        let (page, col) = (*self.columns.get(tabulation)?.get(column)?)?;
        let page = &self.pages[page];
        Some((&page.report, &page.sheet, (*page.rows.get(row)?, col)))
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
