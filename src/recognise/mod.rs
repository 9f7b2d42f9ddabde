//! Which rectangle of a sheet is a table, which line is what, and which field each column holds.
//!
//! Columns are bound to fields here rather than in `normalise`, because the dictionary of header
//! spellings is also the best evidence for where a header is.

use crate::diagnostic::Diagnosed;
use crate::grid::Workbook;
use crate::scheme::{FieldIdx, FormIdx, Scheme};

/// Everything recognised in one workbook.
#[derive(Debug, Clone, Default)]
pub struct Recognised {
    /// Tables of all sheets in reading order. Only tables whose form is known are here.
    pub tables: Vec<Table>,
    /// The role of every line, per sheet of the workbook, same order.
    pub accounts: Vec<Account>,
}

/// The roles of the lines of one sheet.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// One entry a row from the sheet's first row to its last row that holds something.
    pub lines: Vec<Role>,
    /// What the lines around the tables say about their origin.
    pub remarks: Vec<Remark>,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Nothing in it.
    Blank,
    /// Title of a table, also attachment marks above it.
    Title,
    /// Submitter, date or unit.
    Metadata,
    /// Column labels.
    Header,
    /// The header printed again inside the data.
    RepeatedHeader,
    /// One record, or one per side-by-side table.
    Data,
    /// A typed subtotal or total.
    Total,
    /// Name of the group of rows below it (a school, a town).
    Section,
    /// Notes, instructions.
    Note,
    /// An example that the bureau printed into the form.
    Example,
    /// Signatures.
    Signature,
    /// Could not be told; named by a diagnostic.
    Unknown,
}

/// A line about a table: title, submitter, date, unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Which.
    pub kind: RemarkKind,
    /// 0-based row.
    pub row: u32,
    /// 0-based column of the cell it stands in.
    pub col: u32,
    /// Its text without the label.
    pub text: String,
}

/// What a remark tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemarkKind {
    /// Title.
    Title,
    /// Submitting school.
    Submitter,
    /// Date of the table.
    Date,
    /// Unit of the numbers.
    Unit,
}

/// One table of a known form.
#[derive(Debug, Clone)]
pub struct Table {
    /// Index of the sheet in the workbook.
    pub sheet: usize,
    /// Its form.
    pub form: FormIdx,
    /// How certain the form is, 0 to 1.
    pub confidence: f32,
    /// Why it was taken for this form, one line each, for `inspect`.
    pub evidence: Vec<String>,
    /// Header rows, top to bottom; empty where the header stood on an earlier sheet only.
    pub header: Vec<u32>,
    /// Columns, left to right.
    pub columns: Vec<Column>,
    /// Data rows in order.
    pub body: Vec<u32>,
    /// Typed totals: their row and the data rows (range of indices into `body`) they sum.
    pub totals: Vec<TypedTotal>,
    /// For each data row the text of the section heading above it: index into `sections`.
    pub section_of: Vec<Option<u32>>,
    /// Section headings: row and text.
    pub sections: Vec<(u32, String)>,
    /// Index into the sheet's remarks of the submitter, title and unit that belong to it.
    pub remarks: Vec<usize>,
}

/// A typed subtotal or total line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedTotal {
    /// 0-based row.
    pub row: u32,
    /// Which entries of [`Table::body`] it claims to sum.
    pub over: std::ops::Range<usize>,
}

/// One column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// 0-based column of the sheet.
    pub col: u32,
    /// Header texts from the top spanner to the label, cleaned.
    pub path: Vec<String>,
    /// The field it holds, if known.
    pub field: Option<FieldIdx>,
    /// How the field was found, for `inspect`.
    pub how: How,
    /// Factor of the unit in the header (万元 -> 10000), 1 otherwise.
    pub factor: f64,
}

/// How a column's field was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The whole path or label is a known spelling.
    Exact,
    /// The label without brackets, units and examples is a known spelling.
    Trimmed,
    /// A known spelling stands inside the label.
    Within,
    /// From the cells below it: the label is empty or unknown.
    Content,
    /// Not found.
    Unknown,
}

/// Finds all tables of a workbook.
pub fn tables(workbook: &Workbook, scheme: &Scheme) -> Diagnosed<Recognised> {
    let _ = (workbook, scheme);
    Diagnosed::default()
}
