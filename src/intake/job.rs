//! What the readers of all formats share: the budget of one file, refusals, and the sink that a
//! sheet's cells go through.

use super::Limits;
use crate::diagnostic::{Diagnostic, Place, Rule, Severity};
use crate::grid::{Sheet, SheetBuilder, Span, Value, a1};
use std::ops::Range;
use std::sync::Arc;

/// Why a file, or a sheet of it, is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    rule: Rule,
    variant: &'static str,
    args: Vec<(&'static str, String)>,
}

impl Refusal {
    /// The content is no workbook, or a damaged one; `variant` names the text that says which.
    pub fn unreadable(variant: &'static str) -> Refusal {
        Refusal {
            rule: Rule::FileUnreadable,
            variant,
            args: Vec::new(),
        }
    }

    /// A password stands before the content.
    pub fn encrypted(variant: &'static str) -> Refusal {
        Refusal {
            rule: Rule::FileEncrypted,
            ..Refusal::unreadable(variant)
        }
    }

    /// A limit was passed.
    pub fn too_large(variant: &'static str, limit: impl ToString) -> Refusal {
        Refusal {
            rule: Rule::FileTooLarge,
            ..Refusal::unreadable(variant)
        }
        .arg("limit", limit)
    }

    /// Fills a name of the text.
    pub fn arg(mut self, name: &'static str, value: impl ToString) -> Refusal {
        self.args.push((name, value.to_string()));
        self
    }

    /// Whether the whole file must be given up, not only the sheet at hand.
    pub fn ends_file(&self) -> bool {
        self.rule != Rule::FileUnreadable
    }

    /// The finding for people.
    pub fn diagnostic(self, place: Place) -> Diagnostic {
        self.args.into_iter().fold(
            Diagnostic::new(self.rule, place).variant(self.variant),
            |d, (name, value)| d.arg(name, value),
        )
    }
}

/// One file being read: its name, what it may still use, and what was noticed.
#[derive(Debug)]
pub(super) struct Job {
    /// Path below the inbox.
    pub file: Arc<str>,
    limits: Limits,
    cells_left: usize,
    text_left: u64,
    inflate_left: u64,
    /// Findings that did not end the reading.
    pub notes: Vec<Diagnostic>,
}

impl Job {
    pub fn new(file: &str, limits: &Limits) -> Job {
        Job {
            file: Arc::from(file),
            limits: *limits,
            cells_left: limits.cells,
            text_left: limits.inflated,
            inflate_left: limits.inflated,
            notes: Vec::new(),
        }
    }

    /// The file's name without folders and extension: the sheet name of formats that have none.
    pub fn stem(&self) -> &str {
        let name = self.file.rsplit(['/', '\\']).next().unwrap_or("");
        match name.rsplit_once('.') {
            Some((stem, _)) if !stem.is_empty() => stem,
            _ => name,
        }
    }

    /// Takes bytes from what parts of this file may inflate to.
    pub fn take_inflated(&mut self, bytes: u64) -> Result<(), Refusal> {
        match self.inflate_left.checked_sub(bytes) {
            Some(left) => {
                self.inflate_left = left;
                Ok(())
            }
            None => Err(self.inflated_too_far()),
        }
    }

    /// Cells that one workbook may hold.
    pub fn cells_limit(&self) -> usize {
        self.limits.cells
    }

    /// Bytes that parts may still inflate to.
    pub fn inflate_left(&self) -> u64 {
        self.inflate_left
    }

    /// The refusal of a file whose parts inflate past the limit.
    pub fn inflated_too_far(&self) -> Refusal {
        Refusal::too_large("inflated", format!("{} MB", self.limits.inflated >> 20))
    }

    /// Begins a sheet.
    pub fn sink(&self, name: &str) -> Sink {
        Sink {
            builder: Sheet::builder(name),
            limits: self.limits,
            cells_from: self.cells_left,
            cells_left: self.cells_left,
            text_from: self.text_left,
            text_left: self.text_left,
            merges: 0,
            bottom: 0,
            right: 0,
            strays: Vec::new(),
            spread: false,
        }
    }

    /// Says that a sheet was left out, and why.
    pub fn note_sheet(&mut self, sheet: &str, refusal: Refusal) {
        let place = Place::sheet(&self.file, &Arc::from(sheet));
        self.notes
            .push(refusal.arg("sheet", sheet).diagnostic(place));
    }

    /// A finding at one cell, or at the sheet.
    pub fn note_cell(
        &mut self,
        sheet: &str,
        at: (u32, u32),
        variant: &'static str,
        severity: Severity,
    ) {
        let place = Place::sheet(&self.file, &Arc::from(sheet)).at(at.0, Some(at.1));
        self.notes.push(
            Diagnostic::new(Rule::FileUnreadable, place)
                .variant(variant)
                .severity(severity)
                .arg("cell", a1(at.0, at.1)),
        );
    }
}

/// A cell beyond this many empty rows below everything read so far may be a stray one.
const ROW_GAP: u32 = 10_000;
/// The same for columns to the right.
const COLUMN_GAP: u32 = 1_000;
/// More cells than this out there are a table, not strays.
const MAX_STRAYS: usize = 100;
/// Cells named in the finding about strays.
const NAMED_STRAYS: usize = 20;
/// Merged rectangles of one sheet; a sheet full of them is made to harm.
const MAX_MERGES: usize = 200_000;

/// Collects the cells of one sheet within the budget of its file.
///
/// A single forgotten cell in XFD1048576 would make every later stage walk a million empty rows.
/// Such strays are set aside and named in a finding; where there are many of them it is a table
/// that simply stands far out, and they are kept.
#[derive(Debug)]
pub(super) struct Sink {
    builder: SheetBuilder,
    limits: Limits,
    cells_from: usize,
    cells_left: usize,
    text_from: u64,
    text_left: u64,
    merges: usize,
    bottom: u32,
    right: u32,
    strays: Vec<Stray>,
    spread: bool,
}

#[derive(Debug)]
struct Stray {
    row: u32,
    col: u32,
    value: Value<'static>,
    text: Box<str>,
}

impl Sink {
    /// Puts a value; empty text holds nothing and is kept only as a possible stray.
    #[inline]
    pub fn put(&mut self, row: u32, col: u32, value: Value<'_>) -> Result<(), Refusal> {
        if self.near(row, col) {
            self.keep(row, col, value)
        } else {
            self.set_aside(row, col, value)
        }
    }

    #[inline]
    fn near(&self, row: u32, col: u32) -> bool {
        (row <= self.bottom.saturating_add(ROW_GAP) && col <= self.right.saturating_add(COLUMN_GAP))
            || self.spread
    }

    #[inline]
    fn keep(&mut self, row: u32, col: u32, value: Value<'_>) -> Result<(), Refusal> {
        if let Value::Text(text) = value {
            if text.is_empty() {
                return Ok(());
            }
            match self.text_left.checked_sub(text.len() as u64) {
                Some(left) => self.text_left = left,
                None => {
                    let limit = format!("{} MB", self.limits.inflated >> 20);
                    return Err(Refusal::too_large("text", limit));
                }
            }
        }
        if self.cells_left == 0 {
            return Err(Refusal::too_large("cells", self.limits.cells));
        }
        self.cells_left -= 1;
        self.bottom = self.bottom.max(row);
        self.right = self.right.max(col);
        self.builder.put(row, col, value);
        Ok(())
    }

    #[cold]
    fn set_aside(&mut self, row: u32, col: u32, value: Value<'_>) -> Result<(), Refusal> {
        let (value, text) = match value {
            Value::Text(t) => (Value::Text(""), Box::from(t)),
            Value::Number(n) => (Value::Number(n), Box::from("")),
            Value::Date(d) => (Value::Date(d), Box::from("")),
            Value::Bool(b) => (Value::Bool(b), Box::from("")),
            Value::Error(e) => (Value::Error(e), Box::from("")),
            Value::Unevaluated => (Value::Unevaluated, Box::from("")),
        };
        self.strays.push(Stray {
            row,
            col,
            value,
            text,
        });
        if self.strays.len() > MAX_STRAYS {
            self.spread = true;
            self.keep_near_strays()?;
        }
        Ok(())
    }

    /// Keeps those strays that the sheet has grown up to, until none is left or all are far.
    fn keep_near_strays(&mut self) -> Result<(), Refusal> {
        let mut strays = std::mem::take(&mut self.strays);
        strays.sort_by_key(|s| (s.row, s.col));
        loop {
            let before = strays.len();
            let mut far = Vec::new();
            for stray in strays {
                if self.near(stray.row, stray.col) {
                    let value = match stray.value {
                        Value::Text(_) => Value::Text(&stray.text),
                        other => other,
                    };
                    self.keep(stray.row, stray.col, value)?;
                } else {
                    far.push(stray);
                }
            }
            strays = far;
            if strays.is_empty() || strays.len() == before {
                self.strays = strays;
                return Ok(());
            }
        }
    }

    /// Marks the sheet hidden.
    pub fn hidden(&mut self, hidden: bool) {
        self.builder.hidden(hidden);
    }

    /// Adds a merged rectangle.
    pub fn merge(&mut self, span: Span) -> Result<(), Refusal> {
        self.merges += 1;
        if self.merges > MAX_MERGES {
            return Err(Refusal::too_large("merges", MAX_MERGES));
        }
        if span.top <= span.bottom && span.left <= span.right {
            self.builder.merge(span);
        }
        Ok(())
    }

    /// Marks rows hidden.
    pub fn hide_rows(&mut self, rows: Range<u32>) {
        self.builder.hide_rows(rows);
    }

    /// Marks columns hidden.
    pub fn hide_columns(&mut self, columns: Range<u32>) {
        self.builder.hide_columns(columns);
    }

    /// Cells kept so far.
    pub fn len(&self) -> usize {
        self.builder.len()
    }

    /// The finished sheet; strays are named among the job's notes.
    pub fn finish(mut self, job: &mut Job) -> Result<Sheet, Refusal> {
        self.keep_near_strays()?;
        // Tables nest in HTML, so that two sinks may have been open at once.
        job.cells_left = job
            .cells_left
            .saturating_sub(self.cells_from - self.cells_left);
        job.text_left = job
            .text_left
            .saturating_sub(self.text_from - self.text_left);
        let sheet = self.builder.finish();
        if let Some(first) = self.strays.first() {
            let mut cells: Vec<String> = self
                .strays
                .iter()
                .take(NAMED_STRAYS)
                .map(|s| a1(s.row, s.col))
                .collect();
            if self.strays.len() > NAMED_STRAYS {
                cells.push("…".to_owned());
            }
            let place = Place::sheet(&job.file, &sheet.name).at(first.row, Some(first.col));
            job.notes.push(
                Diagnostic::new(Rule::FileTooLarge, place)
                    .variant("stray")
                    .severity(Severity::Warning)
                    .arg("sheet", &sheet.name)
                    .arg("cell", a1(first.row, first.col))
                    .arg("cells", cells.join(" "))
                    .arg("count", self.strays.len()),
            );
        }
        Ok(sheet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(cells: usize) -> Job {
        Job::new(
            "a/b.xlsx",
            &Limits {
                cells,
                ..Limits::default()
            },
        )
    }

    #[test]
    fn a_stray_cell_is_named_and_the_rest_stays() {
        let mut job = job(10);
        let mut sink = job.sink("s");
        sink.put(1_048_575, 16_383, Value::Text("")).unwrap();
        sink.put(0, 0, Value::Text("a")).unwrap();
        let sheet = sink.finish(&mut job).unwrap();
        assert_eq!(sheet.cells().len(), 1);
        assert_eq!(job.notes.len(), 1);
        assert_eq!(job.notes[0].place.cell().as_deref(), Some("XFD1048576"));
    }

    #[test]
    fn a_table_far_down_is_no_stray() {
        let mut job = job(1_000);
        let mut sink = job.sink("s");
        sink.put(0, 0, Value::Text("a")).unwrap();
        for row in 0..200 {
            sink.put(20_000 + row, 1, Value::Number(f64::from(row)))
                .unwrap();
        }
        let sheet = sink.finish(&mut job).unwrap();
        assert_eq!(sheet.cells().len(), 201);
        assert!(job.notes.is_empty());
    }

    #[test]
    fn the_budget_of_cells_is_shared_by_all_sheets() {
        let mut job = job(3);
        let mut sink = job.sink("s");
        sink.put(0, 0, Value::Number(1.0)).unwrap();
        sink.put(0, 1, Value::Number(1.0)).unwrap();
        sink.finish(&mut job).unwrap();
        let mut sink = job.sink("t");
        sink.put(0, 0, Value::Number(1.0)).unwrap();
        assert_eq!(
            sink.put(0, 1, Value::Number(1.0)),
            Err(Refusal::too_large("cells", 3))
        );
    }
}
