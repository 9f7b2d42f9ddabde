//! The report as a value and then as workbooks: [`compose`] decides everything, `write` only
//! writes it down.

use crate::account::{BoardLine, InputAccount};
use crate::diagnostic::Diagnostic;
use crate::message::Lang;
use crate::statistics::Tabulation;

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
    /// Language of the texts that are not data.
    pub lang: Lang,
}
