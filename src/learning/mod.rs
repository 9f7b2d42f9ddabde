//! Learning: how a spelling that nobody foresaw comes to be known.
//!
//! ```text
//! files ─ recognise, normalise ─▶ seen: columns and values that were not understood
//!       ─ propose ─▶ rows of the workbook of spellings ─ a clerk decides in Excel ─▶ read ─ decide ─▶ Learned
//! ```
//!
//! Nothing is taken because it is likely: a spelling holds only after a clerk has confirmed it, and
//! then from the next run on, for all schools or for the files of one. The workbook is read like any
//! other table, by forms of its own (`templates/forms/column_spellings.toml` and
//! `value_spellings.toml`), and what is wrong with it is a finding at its cell.
//!
//! Whose file a workbook is must be known before its columns are: see [`sender`].

pub mod book;
pub mod decide;
pub mod propose;
mod read;
pub mod seen;
pub mod sender;

pub use book::Book;
pub use decide::decide;
pub use propose::{Proposal, propose};
pub use read::read;
pub use seen::{Seen, What, seen};

use crate::diagnostic::Diagnosed;
use crate::grid::Workbook;
use crate::message::{self, Lang};
use crate::recognise::{self, Recognised};
use crate::scheme::Scheme;

/// Recognises a workbook with the spellings of its school, and the scheme that has them.
pub fn recognised<'s>(
    workbook: &Workbook,
    scheme: &'s Scheme,
) -> (Diagnosed<Recognised>, &'s Scheme) {
    let first = recognise::tables(workbook, scheme);
    if !scheme.learned.knows_schools() {
        return (first, scheme);
    }
    let school = sender::school(workbook, &first.value, scheme);
    let own = school.map_or(scheme, |name| scheme.of_school(&name));
    if std::ptr::eq(own, scheme) {
        return (first, scheme);
    }
    (recognise::tables(workbook, own), own)
}

/// A word of the workbook, as clerks write it: the workbook is Chinese whatever the language of the
/// run.
pub(crate) fn word(key: &str) -> String {
    message::text(Lang::Zh, &format!("spellings.{key}"), "message")
}
