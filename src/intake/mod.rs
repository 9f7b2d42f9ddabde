//! From bytes to workbooks: what the file really is, decided from its content.
//!
//! [`read`] looks at the bytes (`sniff`), never at the name, and hands them to the
//! reader of that format. Every reader makes one pass over its input, keeps only cells that hold
//! something, and is bounded by [`Limits`]: memory follows what is written in a file, never the
//! extent, count or length that the file claims.
//!
//! Cells of xlsx, xlsb, xls and ods come from calamine. It is handed no file as it came, but a copy
//! that holds only what it is asked for: it reserves what a file claims (`uniqueCount`,
//! DIMENSIONS, record lengths), inflates without a bound, and allocates the rectangle around what
//! may be one stray cell, which ends the process and cannot be caught. Making the copy is also
//! when the few things are noticed that calamine does not tell: merges (or only for a second
//! pass), hidden rows and columns, formulas stored without a result. `tests/tools/bare_read.rs`
//! compares the cells with what calamine reads by itself and is the yardstick of the speed bar.
//!
//! A panic in a reader is a fault of ours or of a library; it is kept inside and becomes a
//! refusal of that one file. See [`panic_is_contained`] for the panic hook.

mod archive;
mod biff;
mod facts;
mod html;
mod job;
mod number_format;
mod ods;
mod package;
mod sniff;
mod spreadsheetml;
mod text;
mod values;
mod xls;
mod xlsb;
mod xlsx;
mod xlsx_parts;
mod xml;

use crate::diagnostic::{Diagnosed, Diagnostic, Place, Rule, Severity};
use crate::grid::Workbook;
use job::{Job, Refusal};
use sniff::Kind;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// How much one file may hold before it is refused with `file-too-large`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Cells that hold something, in all sheets of one workbook together.
    pub cells: usize,
    /// Bytes that the parts of one workbook inflate to, and bytes of text in its cells.
    pub inflated: u64,
    /// Bytes that all members of one archive inflate to, nested archives included.
    pub archive: u64,
    /// Members of one archive, nested archives included.
    pub members: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            cells: 2_000_000,
            inflated: 256 << 20,
            archive: 1 << 30,
            members: 5_000,
        }
    }
}

/// Reads one file of the inbox. An archive gives one workbook a readable member, named
/// `a.zip/b.xlsx`; a file that cannot be read gives none and a diagnostic that says what it is.
pub fn read(file: &str, bytes: &[u8]) -> Diagnosed<Vec<Workbook>> {
    read_within(file, bytes, &Limits::default())
}

/// [`read`] with other limits.
pub fn read_within(file: &str, bytes: &[u8], limits: &Limits) -> Diagnosed<Vec<Workbook>> {
    let mut found = Diagnosed::default();
    if is_skipped(file) {
        let place = Place::file(&Arc::from(file));
        found
            .diagnostics
            .push(Diagnostic::new(Rule::FileSkipped, place));
        return found;
    }
    match sniff::kind(bytes) {
        Kind::Archive(package) => archive::read(file, *package, limits, &mut found),
        kind => read_one(file, bytes, kind, limits, &mut found),
    }
    found
}

/// A workbook as it came.
#[derive(Debug)]
pub enum Original {
    /// Office Open XML, with or without macros: its bytes.
    Xlsx(Vec<u8>),
    /// Anything else, read.
    Other(Workbook),
}

/// One workbook once more: `file` as [`Workbook::file`] has it, out of the bytes of `outer`, which is
/// the file itself or the archive that it lies in.
pub fn original(file: &str, outer: &str, bytes: Vec<u8>) -> Option<Original> {
    let bytes = match file == outer {
        true => bytes,
        false => match sniff::kind(&bytes) {
            Kind::Archive(package) => archive::find(outer, *package, file, &Limits::default())?,
            _ => return None,
        },
    };
    let xlsx = matches!(sniff::kind(&bytes), Kind::Xlsx(_));
    match xlsx {
        true => Some(Original::Xlsx(bytes)),
        false => workbook(file, &bytes).map(Original::Other),
    }
}

/// The workbook that these bytes are.
pub fn workbook(file: &str, bytes: &[u8]) -> Option<Workbook> {
    let mut read = read(file, bytes).value.into_iter();
    read.rfind(|w| *w.file == *file)
}

/// The text of a file that people wrote, whatever program saved it: UTF-8, UTF-16 or GB18030. None
/// where it is no text.
pub fn text_of(bytes: &[u8]) -> Option<String> {
    let decoded = text::decode(bytes, false)?;
    (decoded.lost == 0).then(|| decoded.text.trim_start_matches('\u{feff}').to_owned())
}

/// Whether a file is left behind by a program rather than sent by a person: lock files of
/// Office, WPS and LibreOffice, and what macOS and Windows put into folders.
///
/// ```
/// assert!(huizong::intake::is_skipped("三中/~$名册.xlsx"));
/// assert!(!huizong::intake::is_skipped("三中/名册.xlsx"));
/// ```
pub fn is_skipped(file: &str) -> bool {
    let mut names = file.split(['/', '\\']);
    let last = names.next_back().unwrap_or("");
    last.starts_with("~$")
        || last.starts_with(".~")
        || last.starts_with("._")
        || [".DS_Store", "Thumbs.db", "desktop.ini"]
            .iter()
            .any(|n| n.eq_ignore_ascii_case(last))
        || names.any(|n| n == "__MACOSX")
}

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic on this thread would be caught by [`read`] and become a diagnostic. A panic
/// hook asks this to stay silent; intake sets no hook itself, since a hook belongs to the process.
pub fn panic_is_contained() -> bool {
    CONTAINED.with(Cell::get)
}

/// Reads anything but an archive and appends what came of it.
fn read_one(
    file: &str,
    bytes: &[u8],
    kind: Kind<'_>,
    limits: &Limits,
    found: &mut Diagnosed<Vec<Workbook>>,
) {
    let mut job = Job::new(file, limits);
    let outcome = contained(|| match kind {
        Kind::Xlsx(package) => xlsx::read(&mut job, *package),
        Kind::Xlsb(package) => xlsb::read(&mut job, *package),
        Kind::Ods(package) => ods::read(&mut job, *package),
        Kind::FlatOds => ods::read_flat(&mut job, bytes),
        Kind::Xls(container) => xls::read(&mut job, *container, bytes.len()),
        Kind::BareBiff => xls::read_stream(&mut job, bytes),
        Kind::Html(text) => html::read(&mut job, bytes, text),
        Kind::SpreadsheetMl(text) => spreadsheetml::read(&mut job, bytes, text),
        Kind::Text(text) => text::read(&mut job, bytes, text),
        Kind::Archive(_) => Err(Refusal::unreadable("archive-nested")),
        Kind::Refused(refusal) => Err(refusal),
    });
    let (file, mut notes) = (job.file.clone(), job.notes);
    match outcome {
        Ok(workbook) => {
            if workbook.sheets.iter().all(|s| s.cells().is_empty()) {
                // Nothing readable is left beside the stray cells: then the file failed.
                for note in notes.iter_mut().filter(|n| n.rule == Rule::FileTooLarge) {
                    note.severity = Severity::Error;
                }
            }
            found.value.push(workbook);
        }
        Err(refusal) => notes.push(refusal.diagnostic(Place::file(&file))),
    }
    found.diagnostics.append(&mut notes);
}

/// Runs a reader; a panic in it becomes a refusal.
fn contained<T>(run: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    let before = CONTAINED.with(|c| c.replace(true));
    // What the closure leaves half-made (its job) is only read for notes that were whole before.
    let outcome = catch_unwind(AssertUnwindSafe(run));
    CONTAINED.with(|c| c.set(before));
    outcome.unwrap_or_else(|_| Err(Refusal::unreadable("damaged")))
}
