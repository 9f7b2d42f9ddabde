//! The report as a value and then as workbooks: [`compose`] decides everything, [`write`] only
//! writes it down.
//!
//! The chain: `compose` builds a [`Report`] of [`Page`]s with meaning, `layout` places a page's
//! parts on a sheet, `theme` says how a meaning looks, `write` makes the xlsx bytes (`frame` what
//! workbooks share, `cells` their cells; `returned` marks the schools' own), `html` and `csv` the same
//! pages for other programs, and `dump` the text that tests read.

mod a1;
mod blank;
pub mod bulk;
mod cells;
mod chart;
mod chart_cache;
mod compose;
mod csv;
pub mod dump;
mod fit;
pub mod forms;
mod frame;
mod head;
mod html;
pub mod layout;
mod links;
pub mod official;
pub mod page;
mod places;
pub mod returned;
pub mod rmb;
mod shown;
pub mod spellings;
mod strings;
mod styles;
#[cfg(test)]
mod tests;
pub mod theme;
pub mod width;
pub mod words;
mod workbook;
mod write;

pub use blank::blank_list;
pub use compose::{Correspondence, Ledger, Letter, Return, compose, compose_bureau, compose_each};
pub use csv::csv;
pub use html::html;
pub use page::{Book, Location, Page, Report};
pub use places::Places;
pub use write::{Writer, write, write_book};

use crate::account::{BoardLine, InputAccount, SchoolRows, UnusedRow};
use crate::diagnostic::item::Progress;
use crate::diagnostic::{Decision, Diagnostic};
use crate::message::Lang;
use crate::statistics::Tabulation;
use std::sync::Arc;

/// What a report is made of.
#[derive(Debug, Clone, Copy)]
pub struct Findings<'a> {
    /// One a measure.
    pub tabulations: &'a [Tabulation],
    /// Sorted.
    pub diagnostics: &'a [Diagnostic],
    /// What the bureau decided about single cells and rows, sorted by place.
    pub decisions: &'a [Decision],
    /// Every input file and archive member.
    pub inputs: &'a [InputAccount],
    /// What each school has sent.
    pub board: &'a [BoardLine],
    /// Whose file it is: file and school's name, sorted. Feedback goes by it. A file that stands
    /// under several schools is told apart by `rows_of_schools`; findings in files that stand under
    /// none are on the bureau's problem list only.
    pub schools_of_files: &'a [(Arc<str>, String)],
    /// Whose rows they are, in files of several schools; sorted.
    pub rows_of_schools: &'a [SchoolRows],
    /// The rows behind the figures.
    pub ledgers: Ledgers<'a>,
    /// What became of what each school was told of before, sorted by school; empty where nothing was.
    pub progress: &'a [Progress],
    /// Version of this program.
    pub version: &'a str,
    /// Language of the texts that are not data.
    pub lang: Lang,
}

/// The rows behind the figures of a report.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ledgers<'a> {
    /// Those that are sheets of the report itself.
    pub inside: &'a [Ledger],
    /// Paths of those that are workbooks of their own.
    pub outside: &'a [String],
    /// Rows that stand behind nothing; sorted.
    pub unused: &'a [UnusedRow],
}
