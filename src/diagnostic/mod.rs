//! What is wrong, where, and what to do: diagnostics and the value that every stage returns.
//!
//! A diagnostic stores its rule, place and arguments; its text is made from the message catalogue
//! ([`crate::message`]) when it is shown, so that one catalogue serves both languages. Id numbers
//! and phones are masked when the argument is added, never later.

pub mod mask;
pub mod render;
mod rule;

pub use rule::Rule;

use crate::grid;
use std::sync::Arc;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The school must correct it; exit status 1.
    Error,
    /// Must be confirmed.
    Warning,
    /// Good to know.
    Note,
}

impl Severity {
    /// The name that programs read.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// Where it is. Empty `sheet` or missing `row`/`col` mean the whole above it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// Path below the inbox.
    pub file: Arc<str>,
    /// Sheet name.
    pub sheet: Arc<str>,
    /// 0-based row.
    pub row: Option<u32>,
    /// 0-based column.
    pub col: Option<u32>,
}

impl Place {
    /// A whole file.
    pub fn file(file: &Arc<str>) -> Place {
        Place {
            file: file.clone(),
            ..Place::default()
        }
    }

    /// A whole sheet.
    pub fn sheet(file: &Arc<str>, sheet: &Arc<str>) -> Place {
        Place {
            file: file.clone(),
            sheet: sheet.clone(),
            ..Place::default()
        }
    }

    /// A row or, with `col`, a cell of the same sheet.
    pub fn at(&self, row: u32, col: Option<u32>) -> Place {
        Place {
            row: Some(row),
            col,
            ..self.clone()
        }
    }

    /// A1 notation of the cell, if the place is one.
    pub fn cell(&self) -> Option<String> {
        Some(grid::a1(self.row?, self.col?))
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which rule was broken.
    pub rule: Rule,
    /// Which of the rule's texts says it; `""` is the rule's main text.
    pub variant: &'static str,
    /// How bad; from the rule unless set otherwise.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// Id of the field concerned, or `""`.
    pub field: Arc<str>,
    /// What the text's `{name}`s stand for.
    pub args: Vec<(&'static str, String)>,
}

impl Diagnostic {
    /// A finding with the rule's own severity and main text.
    pub fn new(rule: Rule, place: Place) -> Diagnostic {
        Diagnostic {
            rule,
            variant: "",
            severity: rule.severity(),
            place,
            field: Arc::from(""),
            args: Vec::new(),
        }
    }

    /// Chooses another of the rule's texts: catalogue key `rule.variant`.
    pub fn variant(mut self, variant: &'static str) -> Self {
        self.variant = variant;
        self
    }

    /// Overrides the severity.
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Names the field concerned.
    pub fn field(mut self, field: &str) -> Self {
        self.field = Arc::from(field);
        self
    }

    /// Fills `{name}` in the text. Anything in it that looks like an id number or a phone is masked.
    pub fn arg(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, mask::in_text(&value.to_string())));
        self
    }

    /// Catalogue key of the text.
    pub fn key(&self) -> String {
        match self.variant {
            "" => self.rule.name().to_owned(),
            v => format!("{}.{v}", self.rule.name()),
        }
    }
}

/// A value and what was noticed while making it. No stage fails: what could not be understood is
/// a gap in the value and a diagnostic here.
#[derive(Debug, Clone, Default)]
pub struct Diagnosed<T> {
    /// The result.
    pub value: T,
    /// In the order of the input.
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Diagnosed<T> {
    /// A value without findings.
    pub fn clean(value: T) -> Self {
        Diagnosed {
            value,
            diagnostics: Vec::new(),
        }
    }
}

/// Sorts for output: by place, then rule, then text arguments. Total, so that the order of files
/// and threads cannot be seen.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| {
        (&a.place, a.rule, a.variant, &a.field, &a.args)
            .cmp(&(&b.place, b.rule, b.variant, &b.field, &b.args))
    });
}
