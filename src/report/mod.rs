//! The report as a value and then as workbooks: [`compose`] decides everything, [`write`] only
//! writes it down.
//!
//! The chain: `compose` builds a [`Report`] of [`Page`]s with meaning, `layout` places a page's
//! parts on a sheet, `theme` says how a meaning looks, `write` makes the xlsx bytes and `dump` the
//! text that tests read.

pub mod page;

pub use page::{Book, Location, Page, Report};

use crate::account::{BoardLine, InputAccount};
use crate::diagnostic::Diagnostic;
use crate::message::Lang;
use crate::scheme::Scheme;
use crate::statistics::Tabulation;
use std::sync::Arc;

/// What a report is made of.
#[derive(Debug, Clone, Copy)]
pub struct Findings<'a> {
    /// One a measure.
    pub tabulations: &'a [Tabulation],
    /// Sorted.
    pub diagnostics: &'a [Diagnostic],
    /// Every input file and archive member.
    pub inputs: &'a [InputAccount],
    /// What each school has sent.
    pub board: &'a [BoardLine],
    /// Whose file it is: file and school's name, sorted. Feedback goes by it. A file that stands
    /// under two schools, or under none, is named on the bureau's problem list only, because its
    /// findings cannot be told apart.
    pub schools_of_files: &'a [(Arc<str>, String)],
    /// Version of this program.
    pub version: &'a str,
    /// Language of the texts that are not data.
    pub lang: Lang,
}

/// Decides every sheet, cell and formula of the bureau's workbook and the schools' feedback.
pub fn compose(findings: &Findings<'_>, scheme: &Scheme) -> Report {
    let _ = (findings, scheme);
    Report::default()
}

/// The workbooks as bytes: path below the output folder and content, in the order of the report.
///
/// # Errors
/// What the xlsx writer refuses. `compose` keeps within Excel's limits, so an error here is a
/// defect of this program, not of the data.
pub fn write(report: &Report) -> Result<Vec<(String, Vec<u8>)>, String> {
    let _ = report;
    Ok(Vec::new())
}
