//! Records of all submissions in one Polars frame a form, and the rules that need several rows,
//! forms or schools. The one place where submissions meet.

use crate::account::BoardLine;
use crate::diagnostic::Diagnosed;
use crate::normalise::Records;
use crate::scheme::{FormIdx, Scheme};
use polars::prelude::DataFrame;
use std::sync::Arc;

/// All records of a run.
#[derive(Debug, Clone, Default)]
pub struct Dataset {
    /// One frame a form of the scheme, same index as [`Scheme::forms`]; rows sorted by source
    /// file, sheet, row.
    pub forms: Vec<FormFrame>,
    /// What each school has sent, in the directory's order, unknown schools last.
    pub board: Vec<BoardLine>,
    /// Records left out because a newer file of the same school holds them: file, sheet, how many.
    pub superseded: Vec<(Arc<str>, Arc<str>, u64)>,
}

/// The records of one form.
///
/// Columns of `frame`: `source_file` `source_sheet` `source_row` `school` `school_code`, then the
/// stored fields in the form's order. Vocabulary columns hold codes (`UInt16`, null for none) until
/// they are written, decimals are `Decimal(18, 2)`, dates `Date`, texts `String`.
#[derive(Debug, Clone, Default)]
pub struct FormFrame {
    /// The form.
    pub form: FormIdx,
    /// Its records.
    pub frame: DataFrame,
    /// Where each record came from: index into `sources`, 0-based row.
    pub origins: Vec<(u32, u32)>,
    /// For each record its school's index in the directory.
    pub schools: Vec<Option<u32>>,
    /// The tables it was made of.
    pub sources: Vec<Source>,
}

/// One table as a source of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Path below the inbox.
    pub file: Arc<str>,
    /// Sheet name.
    pub sheet: Arc<str>,
    /// 0-based sheet column of each field of the form.
    pub columns: Vec<Option<u32>>,
}

/// Brings the records of all submissions together and checks across them. The order of
/// `submissions` does not matter.
pub fn assemble(submissions: Vec<Records>, scheme: &Scheme) -> Diagnosed<Dataset> {
    let _ = (submissions, scheme);
    Diagnosed::default()
}
