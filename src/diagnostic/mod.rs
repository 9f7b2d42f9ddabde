//! What is wrong, where, and what to do: diagnostics and the value that every stage returns.
//!
//! A diagnostic stores its rule, place and arguments; its text is made from the message catalogue
//! ([`crate::message`]) when it is shown, so that one catalogue serves both languages. Id numbers
//! and phones are masked when the argument is added, never later.

mod decision;
mod group;
pub mod item;
pub mod mask;
pub mod notice;
pub mod render;
mod rule;

pub use decision::{Action, Decided, Decision};
pub use group::Group;
pub use item::{Item, Standing};
pub use rule::Rule;

use crate::grid;
use std::collections::{BTreeMap, BTreeSet};
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
    /// Who has decided that what was found may stand.
    pub decided: Option<Arc<Decided>>,
    /// What it is in the correspondence with its school; set once all findings are known.
    pub item: Option<Item>,
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
            decided: None,
            item: None,
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
    // Paths are long and begin alike, and few of them stand in many findings: each is compared
    // once, and findings by the numbers that this gives.
    let mut texts: Vec<Arc<str>> = Vec::new();
    let mut seen: BTreeSet<*const u8> = BTreeSet::new();
    for place in diagnostics.iter().map(|d| &d.place) {
        for text in [&place.file, &place.sheet] {
            if seen.insert(text.as_ptr()) {
                texts.push(text.clone());
            }
        }
    }
    texts.sort_unstable();
    let mut rank = 0;
    let mut ranks: BTreeMap<*const u8, u32> = BTreeMap::new();
    for (i, text) in texts.iter().enumerate() {
        if i > 0 && texts[i - 1] != *text {
            rank += 1;
        }
        ranks.insert(text.as_ptr(), rank);
    }
    let rank = |text: &Arc<str>| ranks.get(&text.as_ptr()).copied();
    diagnostics.sort_by_cached_key(|d| {
        let Place {
            file,
            sheet,
            row,
            col,
        } = &d.place;
        (rank(file), rank(sheet), *row, *col, d.rule)
    });
    let one_place = |a: &Diagnostic, b: &Diagnostic| a.rule == b.rule && a.place == b.place;
    for same in diagnostics.chunk_by_mut(one_place) {
        same.sort_by(|a, b| (a.variant, &a.field, &a.args).cmp(&(b.variant, &b.field, &b.args)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn findings_stand_in_the_order_of_their_places_and_texts(
            made in proptest::collection::vec((0..3usize, 0..3usize, 0..3u32, 0..2usize, 0..3u8), 0..40),
        ) {
            // Names of one text may be shared or not.
            let names: [Arc<str>; 3] = ["b".into(), "a".into(), "a".into()];
            let rules = [Rule::DateOrder, Rule::IdLength];
            let mut found: Vec<Diagnostic> = made
                .iter()
                .map(|&(file, sheet, row, rule, arg)| {
                    let place = Place::sheet(&names[file], &names[sheet]).at(row, None);
                    Diagnostic::new(rules[rule], place).arg("n", arg)
                })
                .collect();
            let mut plain = found.clone();
            plain.sort_by(|a, b| {
                (&a.place, a.rule, a.variant, &a.field, &a.args)
                    .cmp(&(&b.place, b.rule, b.variant, &b.field, &b.args))
            });
            sort(&mut found);
            prop_assert_eq!(found, plain);
        }
    }
}
