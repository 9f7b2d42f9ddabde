//! Which column or cell of a table holds which field.

use crate::recognise::{Table, ValueCell};
use crate::scheme::{FieldIdx, Form};

/// Where a field was read: a column, and the row where it is not each record's own.
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    pub col: u32,
    pub row: Option<u32>,
}

/// A column of the sheet that holds a field, or a cell that holds it for all records.
pub(super) struct Bound<'a> {
    pub col: u32,
    pub field: FieldIdx,
    pub factor: f64,
    pub cell: Option<&'a ValueCell>,
    /// The cell's row, once a record.
    rows: Vec<u32>,
}

impl<'a> Bound<'a> {
    /// Columns left to right, then single cells; of two columns of one field the first.
    pub fn of(table: &'a Table, form: &Form) -> Vec<Bound<'a>> {
        let mut bound: Vec<Bound<'a>> = Vec::with_capacity(table.columns.len());
        for column in &table.columns {
            let Some(field) = column.field else { continue };
            if field < form.fields.len()
                && bound.iter().all(|b| {
                    let listed = b.cell.is_none() && column.cell.is_none();
                    b.field != field && !(listed && b.col == column.col)
                })
            {
                let cell = column.cell.as_ref();
                bound.push(Bound {
                    col: column.col,
                    field,
                    factor: column.factor,
                    cell,
                    rows: cell.map_or_else(Vec::new, |c| vec![c.row; table.body.len()]),
                });
            }
        }
        bound.sort_by_key(|b| (b.cell.is_some(), b.col));
        bound
    }

    pub fn at(&self) -> At {
        At {
            col: self.col,
            row: self.cell.map(|c| c.row),
        }
    }

    /// The sheet row of each record's value.
    pub fn rows(&'a self, body: &'a [u32]) -> &'a [u32] {
        match self.cell {
            Some(_) => &self.rows,
            None => body,
        }
    }
}
