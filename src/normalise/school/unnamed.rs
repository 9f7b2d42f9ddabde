//! Schools under a label that nobody knows.
//!
//! Where a table has no column of schools, all its rows are the school's that stands around it. A column
//! whose label is not known may say otherwise (在哪校), or speak of something else (支教学校): what stands
//! in it is never taken, but where it names other schools, the table does not pass without a word.

use super::Resolver;
use crate::diagnostic::{Diagnostic, Rule};
use crate::grid::{Sheet, Value};
use crate::normalise::SchoolName;

impl Resolver<'_> {
    /// One finding for each column of unknown label that names schools of the directory other than
    /// the ones its rows were booked on.
    pub(super) fn other_schools(&mut self, sheet: &Sheet, names: &[SchoolName], of: &[u16]) {
        if self.name_column.is_some() || self.scheme.directory.is_empty() {
            return;
        }
        let table = self.table;
        for column in table.columns.iter().filter(|c| c.field.is_none()) {
            let (mut filled, mut listed) = (0, 0);
            let mut others: Vec<(usize, usize)> = Vec::new();
            for (record, &row) in self.rows.iter().enumerate() {
                let Some(text) = text_at(sheet, row, column.col) else {
                    continue;
                };
                filled += 1;
                let Some(school) = self.scheme.directory.by_name(text) else {
                    // The first words of a column tell what it holds.
                    if filled >= 8 && listed == 0 {
                        break;
                    }
                    continue;
                };
                listed += 1;
                let booked = of.get(record).and_then(|i| names.get(usize::from(*i)));
                if booked.is_none_or(|b| b.index != Some(school)) {
                    others.push((record, school));
                }
            }
            let (Some(&(record, school)), true) = (others.first(), listed * 2 > filled) else {
                continue;
            };
            let booked = of.get(record).and_then(|i| names.get(usize::from(*i)));
            let place = self.place(record, Some(column.col));
            let diagnostic = Diagnostic::new(Rule::SchoolMismatch, place)
                .variant("unnamed")
                .field("school")
                .arg("label", column.path.join("/"))
                .arg("said", self.title(school))
                .arg("count", others.len().to_string())
                .arg("other", booked.map_or("", |b| b.name.as_str()));
            self.diagnostics.push(diagnostic);
        }
    }
}

fn text_at(sheet: &Sheet, row: u32, col: u32) -> Option<&str> {
    let cells = sheet.row(row);
    let at = cells.binary_search_by_key(&col, |c| c.col).ok()?;
    match sheet.value(&cells[at]) {
        Value::Text(text) => Some(text.trim()).filter(|t| !t.is_empty()),
        _ => None,
    }
}
