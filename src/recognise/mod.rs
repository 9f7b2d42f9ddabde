//! Which rectangle of a sheet is a table, which line is what, and which field each column holds.
//!
//! Columns are bound to fields here rather than in `normalise`, because the dictionary of header
//! spellings is also the best evidence for where a header is.

mod beside;
mod binding;
mod columns;
mod continued;
pub mod explain;
mod findings;
mod form;
mod header;
mod label;
#[cfg(test)]
mod laws;
pub mod nearest;
mod personal;
mod region;
mod remark;
mod role;
mod spill;
mod spread;
mod stamp;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod totals;
mod twins;
mod under;
mod upper;
mod view;
mod walk;
mod words;

use crate::diagnostic::Diagnosed;
use crate::fold;
use crate::grid::Workbook;
use crate::scheme::{DIRECTORY_FORM, FieldIdx, FormIdx, Scheme};
use nearest::UnknownColumn;
use region::{Found, Region};

/// Everything recognised in one workbook.
#[derive(Debug, Clone, Default)]
pub struct Recognised {
    /// Tables of all sheets in reading order. Only tables whose form is known are here.
    pub tables: Vec<Table>,
    /// The role of every line, per sheet of the workbook, same order.
    pub accounts: Vec<Account>,
    /// Columns of tables of the scheme's forms that hold data and were not taken.
    pub unknown: Vec<UnknownColumn>,
    /// The school for which the bureau made the workbook, where it carries a stamp.
    pub made_for: Option<String>,
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

impl Role {
    /// The name that programs read.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Blank => "blank",
            Role::Title => "title",
            Role::Metadata => "metadata",
            Role::Header => "header",
            Role::RepeatedHeader => "repeated header",
            Role::Data => "data",
            Role::Total => "total",
            Role::Section => "section",
            Role::Note => "note",
            Role::Example => "example",
            Role::Signature => "signature",
            Role::Unknown => "unrecognised",
        }
    }
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
    /// Fields that the header gives to all records, where a table has a block of columns for each
    /// category or project.
    pub given: Vec<Given>,
    /// Index into the sheet's remarks of the submitter, title and unit that belong to it.
    pub remarks: Vec<usize>,
}

/// A value that stands in the header for all records below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The field.
    pub field: FieldIdx,
    /// 0-based row of the label below it.
    pub row: u32,
    /// 0-based column of the label below it.
    pub col: u32,
    /// The text, cleaned.
    pub text: String,
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
    /// On a form of one person, and for what a line above a list gives to its records: the one cell
    /// in which the value of every record stands. `None` where it stands in the record's own row.
    pub cell: Option<ValueCell>,
}

/// The cell of one value on a form of one person; its column is [`Column::col`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueCell {
    /// 0-based row.
    pub row: u32,
    /// Which bytes of the cell's text are the value, where its label stands in the same cell;
    /// nothing for a label that has no room for a value.
    pub part: Option<std::ops::Range<usize>>,
    /// The value was taken from the form around a list: what is wrong with it is said there.
    pub borrowed: bool,
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

impl How {
    /// The name that programs read.
    pub fn as_str(self) -> &'static str {
        match self {
            How::Exact => "exact",
            How::Trimmed => "trimmed",
            How::Within => "within",
            How::Content => "content",
            How::Unknown => "unknown",
        }
    }
}

/// The field that a form would take a column of these header texts for, top group first; `None`
/// where it would not be taken. What the cells below are is not asked.
pub fn meaning(path: &[String], form: FormIdx, scheme: &Scheme) -> Option<(FieldIdx, How)> {
    let folded: Vec<String> = path.iter().map(|p| fold::label(p)).collect();
    let reading = binding::read(&folded, scheme.dictionary());
    form::assign(form, &[reading], scheme)[0].field
}

/// Finds all tables of a workbook that a school sent: of every form but the bureau's own list of
/// schools, because a roster has columns of the same names.
pub fn tables(workbook: &Workbook, scheme: &Scheme) -> Diagnosed<Recognised> {
    let allowed: Vec<FormIdx> = (0..scheme.forms.len())
        .filter(|&f| scheme.forms[f].id != DIRECTORY_FORM)
        .collect();
    tables_of(workbook, scheme, &allowed)
}

/// Finds all tables of a workbook that are of one of the `allowed` forms.
pub fn tables_of(
    workbook: &Workbook,
    scheme: &Scheme,
    allowed: &[FormIdx],
) -> Diagnosed<Recognised> {
    let stem = form::stem(&workbook.file);
    let stamped = stamp::find(workbook);
    let mut regions: Vec<Region<'_>> = Vec::with_capacity(workbook.sheets.len());
    for (index, sheet) in workbook.sheets.iter().enumerate() {
        let mut region = Region::new(sheet, index, &stem, scheme, allowed);
        region.stamped = stamped.as_ref();
        if stamped.as_ref().is_some_and(|s| s.is_own(index)) {
            region.explain();
            regions.push(region);
            continue;
        }
        region.read();
        if region.harvest.found.is_empty()
            && let Some(before) = regions
                .iter()
                .rev()
                .find_map(|r: &Region<'_>| r.harvest.found.last().map(|f| (r, f)))
        {
            continued::read(&mut region, before.0, before.1);
        }
        region.sweep();
        regions.push(region);
    }
    let (mut diagnostics, unknown) = findings::all(workbook, scheme, &regions);
    if let Some(stamped) = &stamped {
        diagnostics.extend(stamped.findings(workbook, &regions, scheme));
    }
    let mut all = Recognised {
        unknown,
        made_for: stamped.as_ref().map(|s| s.stamp.school.clone()),
        ..Recognised::default()
    };
    for region in regions {
        let harvest = region.harvest;
        let mut tables: Vec<Table> = harvest.found.into_iter().map(|f: Found| f.table).collect();
        tables.sort_by_key(|t| {
            let first = t.header.first().or(t.body.first()).copied();
            (first, t.columns.first().map(|c| c.col))
        });
        inherit_submitter(&mut tables, &harvest.remarks);
        all.tables.extend(tables);
        all.accounts.push(Account {
            lines: harvest.roles,
            remarks: harvest.remarks,
        });
    }
    Diagnosed {
        value: all,
        diagnostics,
    }
}

/// A second table on a sheet is from the same school as the first unless it says otherwise.
fn inherit_submitter(tables: &mut [Table], remarks: &[Remark]) {
    let mut last = None;
    for table in tables {
        let own = table
            .remarks
            .iter()
            .copied()
            .find(|&i| remarks[i].kind == RemarkKind::Submitter);
        match (own, last) {
            (Some(own), _) => last = Some(own),
            (None, Some(earlier)) => table.remarks.push(earlier),
            (None, None) => {}
        }
    }
}

/// Of several things that a line is for tables side by side, the weightiest counts.
fn priority(role: Role) -> u8 {
    match role {
        Role::Blank => 0,
        Role::Unknown => 1,
        Role::Note => 2,
        Role::Signature => 3,
        Role::Metadata => 4,
        Role::Title => 5,
        Role::Section => 6,
        Role::Example => 7,
        Role::RepeatedHeader => 8,
        Role::Total => 9,
        Role::Header => 10,
        Role::Data => 11,
    }
}
