//! Cells to typed values: one [`Records`] a table, in columns.

mod aside;
mod assessment_check;
mod boolean;
mod bound;
mod capitals;
mod cells;
mod claim_check;
mod claim_total;
mod column;
mod compound;
pub mod correct;
mod corrections;
mod data;
pub mod date;
mod dates;
mod directory;
mod fill;
pub mod id;
mod invoice_check;
mod lines;
mod number;
mod old_name;
pub mod period;
pub mod row_check;
mod rows;
pub mod school;
mod school_code;
mod stated;
mod study_check;
mod sums_check;
mod table;
#[cfg(test)]
pub(crate) mod testing;
mod text;
mod total;
mod training_check;
mod vocabulary;

pub use correct::{corrected, text as cell_text};
pub use corrections::corrections_from;
pub use directory::directory_from;
pub use vocabulary::{Found as TermFound, find as find_term};

use crate::diagnostic::Diagnosed;
use crate::grid::Workbook;
use crate::recognise::Recognised;
use crate::scheme::{Code, FormIdx, Scheme};
use std::sync::Arc;

/// The records of one table.
#[derive(Debug, Clone)]
pub struct Records {
    /// Their form.
    pub form: FormIdx,
    /// Path below the inbox.
    pub file: Arc<str>,
    /// Sheet name.
    pub sheet: Arc<str>,
    /// Index of the sheet in its workbook.
    pub sheet_index: usize,
    /// 0-based sheet row of each record.
    pub rows: Vec<u32>,
    /// The school of each record: index into `schools`.
    pub school_of: Vec<u16>,
    /// The schools that occur, resolved.
    pub schools: Vec<SchoolName>,
    /// One column a field of the form, same index; fields that have no column in the table, or
    /// whose kind is not a value (school, serial, period, ignored), are [`Data::Absent`]. Fields of
    /// a value kind that are not stored (a stated age), and columns that are not used but read
    /// (`read_as`), are here for the row checks and never reach the frames.
    pub columns: Vec<Data>,
    /// 0-based sheet column from which each field was read.
    pub source_columns: Vec<Option<u32>>,
    /// For each field the one 0-based sheet row in which the value of all records stands, on forms
    /// of one person; empty, or `None`, where it stands in the record's own row.
    pub source_rows: Vec<Option<u32>>,
    /// Rows of the table that could not become records, each with a diagnostic.
    pub rejected: Vec<u32>,
    /// Day of the table as its date line says, days since 1970-01-01; settles which of two
    /// submissions is newer.
    pub dated: Option<i32>,
    /// What the schools themselves typed as sums: checked, never added.
    pub totals: Vec<StatedTotal>,
}

impl Records {
    /// 0-based row and column of the cell from which a field of a record was read.
    pub fn cell(&self, record: usize, field: usize) -> (u32, Option<u32>) {
        let row = self.source_rows.get(field).copied().flatten();
        let col = self.source_columns.get(field).copied().flatten();
        (row.unwrap_or(self.rows[record]), col)
    }
}

/// A school as resolved against the directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SchoolName {
    /// Directory name where it matched, else as typed.
    pub name: String,
    /// Directory code where it matched, else as typed; empty for none.
    pub code: String,
    /// Index in the directory where it matched.
    pub index: Option<usize>,
}

/// A typed total of one column.
#[derive(Debug, Clone, PartialEq)]
pub struct StatedTotal {
    /// 0-based row and column of the cell.
    pub row: u32,
    /// 0-based column.
    pub col: u32,
    /// Field that is summed.
    pub field: usize,
    /// Which records it claims to sum: indices into [`Records::rows`].
    pub over: std::ops::Range<usize>,
    /// Its number, in hundredths.
    pub stated: i64,
}

/// The cells of one field.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// The table has no such column, or the field is not stored.
    Absent,
    /// Text; all of it in one arena.
    Text(TextColumn),
    /// Codes of a vocabulary; [`NO_CODE`] is null.
    Code(Vec<Code>),
    /// Days since 1970-01-01; [`NO_DATE`] is null.
    Date(Vec<i32>),
    /// Whole numbers; [`NO_NUMBER`] is null.
    Integer(Vec<i64>),
    /// Hundredths; [`NO_NUMBER`] is null.
    Decimal(Vec<i64>),
    /// 0, 1 or [`NO_BOOLEAN`].
    Boolean(Vec<u8>),
}

/// Null of a [`Data::Code`].
pub const NO_CODE: Code = Code::MAX;
/// In a column that is read for checks only: the cell holds something else than a term.
pub const OTHER_CODE: Code = Code::MAX - 1;
/// Null of a [`Data::Date`].
pub const NO_DATE: i32 = i32::MIN;
/// Null of a [`Data::Integer`] or [`Data::Decimal`].
pub const NO_NUMBER: i64 = i64::MIN;
/// Null of a [`Data::Boolean`].
pub const NO_BOOLEAN: u8 = 2;

/// Nullable texts in one arena.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TextColumn {
    arena: String,
    ends: Vec<(u32, bool)>,
}

impl TextColumn {
    /// None yet, with room for so many.
    pub fn with_capacity(entries: usize) -> TextColumn {
        TextColumn {
            arena: String::with_capacity(entries * 12),
            ends: Vec::with_capacity(entries),
        }
    }

    /// Appends a text or a null.
    pub fn push(&mut self, text: Option<&str>) {
        self.arena.push_str(text.unwrap_or(""));
        self.ends.push((self.arena.len() as u32, text.is_some()));
    }

    /// The text at an index; `None` is null.
    pub fn get(&self, index: usize) -> Option<&str> {
        let (end, some) = self.ends[index];
        let start = if index == 0 {
            0
        } else {
            self.ends[index - 1].0
        };
        some.then(|| &self.arena[start as usize..end as usize])
    }

    /// How many entries, nulls included.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All entries in order.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> + '_ {
        (0..self.len()).map(|i| self.get(i))
    }
}

/// Reads the records of every table of a workbook, in the order of the tables.
pub fn records(
    workbook: &Workbook,
    recognised: &Recognised,
    scheme: &Scheme,
) -> Diagnosed<Vec<Records>> {
    let mut all: Diagnosed<Vec<Records>> = Diagnosed::default();
    for index in 0..recognised.tables.len() {
        if let Some(read) = table::read(workbook, recognised, index, scheme) {
            all.value.push(read.value);
            all.diagnostics.extend(read.diagnostics);
        }
    }
    all
}
