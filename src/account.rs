//! The account of a run: every file, every sheet, every row. `rows seen = kept + rejected +
//! explained`, and nothing is ever left out of it.

use std::collections::BTreeMap;
use std::sync::Arc;

/// What became of one input file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InputAccount {
    /// Path below the inbox; members of archives have lines of their own.
    pub file: Arc<str>,
    /// Bytes.
    pub size: u64,
    /// Lower-case hexadecimal.
    pub sha256: String,
    /// What happened to it.
    pub verdict: Verdict,
    /// One a sheet, in the order of the file.
    pub sheets: Vec<SheetAccount>,
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// Read; at least one table was taken.
    Read,
    /// Read, but no table of a known form was found.
    #[default]
    Unrecognised,
    /// Could not be read; a diagnostic says why.
    Refused,
    /// Byte for byte another input file.
    Duplicate,
    /// Lock files, system files.
    Skipped,
}

impl Verdict {
    /// The name that programs read.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Read => "read",
            Verdict::Unrecognised => "unrecognised",
            Verdict::Refused => "refused",
            Verdict::Duplicate => "duplicate",
            Verdict::Skipped => "skipped",
        }
    }
}

/// The rows of one sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SheetAccount {
    /// Sheet name.
    pub sheet: Arc<str>,
    /// Ids of the forms found on it, in reading order.
    pub forms: Vec<String>,
    /// Rows from the first row of the sheet to the last one that holds something; with tables
    /// side by side a row counts once a record.
    pub rows_seen: u64,
    /// Rows that became records.
    pub kept: u64,
    /// Rows that should have been records and could not; each has a diagnostic.
    pub rejected: u64,
    /// All other rows by kind: `title` `metadata` `header` `blank` `total` `section` `note`
    /// `example` `repeated header` `signature` `unrecognised` `superseded` `duplicate`.
    pub explained: BTreeMap<&'static str, u64>,
}

impl SheetAccount {
    /// Whether the books balance.
    pub fn balances(&self) -> bool {
        self.rows_seen == self.kept + self.rejected + self.explained.values().sum::<u64>()
    }
}

/// Rows of a sheet that hold records of one school. Kept for files in which no school has most of
/// the rows (what a town office collected) and, in the other files, for the rows of other schools
/// that the directory knows: such a file is not shown to the school that has most of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SchoolRows {
    /// Path below the inbox.
    pub file: Arc<str>,
    /// Sheet name.
    pub sheet: Arc<str>,
    /// First 0-based row.
    pub first: u32,
    /// Last 0-based row; no row between the two holds a record of another school.
    pub last: u32,
    /// School name.
    pub school: String,
}

/// A row that became no record, or whose record does not count any more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnusedRow {
    /// Path below the inbox.
    pub file: Arc<str>,
    /// Sheet name.
    pub sheet: Arc<str>,
    /// 0-based row.
    pub row: u32,
    /// Whether a newer file of the same school replaced it; else it was rejected.
    pub superseded: bool,
}

/// Whose files and rows they are.
#[derive(Debug, Clone)]
pub struct Owners<'a> {
    /// School of each file; `None` for those that stand under several.
    files: BTreeMap<&'a str, Option<&'a str>>,
    rows: &'a [SchoolRows],
}

impl<'a> Owners<'a> {
    /// From pairs of file and school, and rows of single schools; both sorted.
    pub fn new(files: &'a [(Arc<str>, String)], rows: &'a [SchoolRows]) -> Owners<'a> {
        let mut found: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        for (file, school) in files {
            found
                .entry(file)
                .and_modify(|known| {
                    if *known != Some(school.as_str()) {
                        *known = None;
                    }
                })
                .or_insert(Some(school));
        }
        Owners { files: found, rows }
    }

    /// Whose file it is, or whose row; none where that cannot be told for certain.
    pub fn school(&self, file: &str, sheet: &str, row: Option<u32>) -> Option<&'a str> {
        let whole = *self.files.get(file)?;
        let Some(row) = row else {
            return whole;
        };
        let mut own = self
            .rows_from(file, sheet)
            .take_while(|r| (&*r.file, &*r.sheet) == (file, sheet))
            .filter(|r| (r.first..=r.last).contains(&row))
            .map(|r| r.school.as_str());
        let Some(school) = own.next() else {
            return whole;
        };
        own.all(|s| s == school).then_some(school)
    }

    /// Whether a file is one school's and holds no rows of another.
    pub fn whole(&self, file: &str) -> bool {
        let mut rows = self.rows_from(file, "").take_while(|r| *r.file == *file);
        let school = self.files.get(file).copied().flatten();
        school.is_some_and(|own| rows.all(|r| r.school == own))
    }

    /// All schools that have sent something.
    pub fn senders(&self) -> impl Iterator<Item = &'a str> + '_ {
        let files = self.files.values().copied().flatten();
        files.chain(self.rows.iter().map(|r| r.school.as_str()))
    }

    fn rows_from(&self, file: &str, sheet: &str) -> impl Iterator<Item = &'a SchoolRows> + use<'a> {
        let key = (file, sheet);
        let from = self.rows.partition_point(|r| (&*r.file, &*r.sheet) < key);
        self.rows[from..].iter()
    }
}

/// What an earlier period came to, when this one is compared with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PreviousAccount {
    /// Records of all forms.
    pub records: u64,
    /// Rows that could not be used.
    pub rows: u64,
    /// Files that could not be used.
    pub files: u64,
}

/// What one school has sent: a line of the board of submissions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BoardLine {
    /// Index in the directory; `None` for a school that the directory does not know.
    pub index: Option<usize>,
    /// School name.
    pub school: String,
    /// Town group.
    pub district: String,
    /// For each form that the scheme collects, in the scheme's order.
    pub forms: Vec<BoardCell>,
}

/// What one school has sent of one form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BoardCell {
    /// Form id.
    pub form: String,
    /// Files it came in; empty means missing.
    pub files: Vec<Arc<str>>,
    /// Records kept.
    pub records: u64,
    /// Rows rejected.
    pub rejected: u64,
    /// Whether the school need not send it.
    pub occasional: bool,
}

impl BoardCell {
    /// Whether it should have come and did not.
    pub fn is_missing(&self) -> bool {
        self.files.is_empty() && !self.occasional
    }
}
