//! A scheme as plain data: forms, vocabularies, measures, funding, pages. Closed before data is
//! opened: after parsing every name resolves.

pub mod derived;
pub mod directory;
pub mod form;
pub mod page;
pub mod spellings;
pub mod templates;

pub use directory::{DIRECTORY_FORM, Directory, Extent, Found, School};
pub use form::{
    Check, Code, Field, FieldIdx, Form, FormIdx, Kind, Matching, SchoolWords, Vocabulary, Words,
};

pub use page::{ChartKind, ChartSpec, PageSpec};
pub use spellings::{Meaning, Spellings, Token, Tokens};

use chrono::NaiveDate;

/// Everything a run needs to know besides the data itself.
#[derive(Debug, Clone, Default)]
pub struct Scheme {
    /// Stable id.
    pub id: String,
    /// What clerks call it.
    pub title: String,
    /// Forms that tables can be. All known forms stand here; [`Scheme::wanted`] tells which ones
    /// this scheme collects.
    pub forms: Vec<Form>,
    /// Whether the scheme collects the form of the same index.
    pub wanted: Vec<bool>,
    /// All vocabularies.
    pub vocabularies: Vec<Vocabulary>,
    /// Layout words.
    pub words: Words,
    /// The bureau's directory; empty without `--schools`.
    pub directory: Directory,
    /// The bureau that signs; printed in titles.
    pub bureau: String,
    /// Number and date of the document that the scheme rests on; empty where none is named.
    pub document: String,
    /// Report pages in order.
    pub pages: Vec<PageSpec>,
    /// The period of the run, `YYYY-MM`.
    pub period: String,
    /// As of which day ages and dates are judged: an input, never the clock.
    pub cut_off: NaiveDate,
}

impl Scheme {
    /// The form of that id.
    pub fn form(&self, id: &str) -> Option<FormIdx> {
        self.forms.iter().position(|f| f.id == id)
    }

    /// The vocabulary of that id.
    pub fn vocabulary(&self, id: &str) -> Option<&Vocabulary> {
        self.vocabularies.iter().find(|v| v.id == id)
    }
}
