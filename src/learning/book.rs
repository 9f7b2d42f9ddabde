//! The workbook of spellings as it was read: its rows, and where its columns stand.

use crate::diagnostic::Place;

/// Field ids of both forms, in the order in which a new sheet has its columns; `field` stands on the
/// sheet of values only.
pub const FIELDS: [&str; 12] = [
    "spelling", "form", "field", "near_1", "near_2", "near_3", "seen", "chosen", "decision",
    "scope", "since", "remark",
];

/// Which of the two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum List {
    /// Headers of columns.
    Columns,
    /// What stands in cells.
    Values,
}

impl List {
    /// Both, in the order of the sheets.
    pub const ALL: [List; 2] = [List::Columns, List::Values];

    /// Id of its form.
    pub fn form(self) -> &'static str {
        match self {
            List::Columns => "column_spellings",
            List::Values => "value_spellings",
        }
    }

    /// The fields that it has, in the order of a new sheet.
    pub fn fields(self) -> impl Iterator<Item = &'static str> {
        FIELDS
            .into_iter()
            .filter(move |f| self == List::Values || *f != "field")
    }
}

/// What a clerk has decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Not yet.
    Open,
    /// It holds.
    Confirmed,
    /// It does not hold, and is not to be proposed again.
    Refused,
}

impl Decision {
    /// From the place of the term in its vocabulary.
    pub fn of_code(code: usize) -> Decision {
        match code {
            1 => Decision::Confirmed,
            2 => Decision::Refused,
            _ => Decision::Open,
        }
    }
}

/// One row, as typed.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its list.
    pub list: List,
    /// Its row.
    pub place: Place,
    /// Column of each field, in the order of [`FIELDS`].
    pub cols: [Option<u32>; FIELDS.len()],
    /// The spelling.
    pub spelling: String,
    /// The form's title.
    pub form: String,
    /// The field's title; for values only.
    pub field: String,
    /// What it is to be taken for.
    pub chosen: String,
    /// What was decided; `None` where the cell is blank or says something else.
    pub decision: Option<Decision>,
    /// The school for whose files alone it holds.
    pub scope: String,
}

impl Entry {
    /// The place of one of its cells.
    pub fn at(&self, field: &str) -> Place {
        let index = FIELDS.iter().position(|f| *f == field);
        Place {
            col: index.and_then(|i| self.cols[i]),
            ..self.place.clone()
        }
    }

    /// Its 1-based row.
    pub fn row(&self) -> u32 {
        self.place.row.map_or(0, |r| r + 1)
    }
}

/// Where a list stands in the workbook.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The list.
    pub list: List,
    /// Index of the sheet.
    pub sheet: usize,
    /// 0-based row of the header.
    pub header: u32,
    /// 0-based column of each field, in the order of [`FIELDS`].
    pub cols: [Option<u32>; FIELDS.len()],
}

/// Everything read.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// Rows of both lists, in the order of the workbook.
    pub entries: Vec<Entry>,
    /// Where each list stands; the first table of a list is the one that grows.
    pub layouts: Vec<Layout>,
}

impl Book {
    /// Where a list stands, if the workbook has it.
    pub fn layout(&self, list: List) -> Option<&Layout> {
        self.layouts.iter().find(|l| l.list == list)
    }
}
