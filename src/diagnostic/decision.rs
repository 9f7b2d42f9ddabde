//! What the bureau has decided about a cell or a row of a submission: who, when and why, and what
//! became of it. Nothing of it is ever written into the school's file.

use super::Place;
use super::mask;
use std::sync::Arc;

/// What is to be done about a cell or a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// What was typed stands; the findings about it are settled.
    Keep,
    /// The value is another one.
    Change,
    /// The row does not count.
    Delete,
    /// The record counts for another school.
    Move,
}

impl Action {
    /// All of them.
    pub const ALL: [Action; 4] = [Action::Keep, Action::Change, Action::Delete, Action::Move];

    /// The name that programs read.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Keep => "keep",
            Action::Change => "change",
            Action::Delete => "delete",
            Action::Move => "move",
        }
    }
}

/// Who decided, when and why. Id numbers and phones in it are masked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Decided {
    /// Name of the clerk.
    pub who: String,
    /// Day, `YYYY-MM-DD`.
    pub date: String,
    /// In the clerk's words.
    pub reason: String,
}

impl Decided {
    /// From what was typed.
    pub fn new(who: &str, date: &str, reason: &str) -> Decided {
        Decided {
            who: mask::in_text(who),
            date: date.to_owned(),
            reason: mask::in_text(reason),
        }
    }

    /// For the texts of the catalogue.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        vec![
            ("who", self.who.clone()),
            ("date", self.date.clone()),
            ("reason", self.reason.clone()),
        ]
    }
}

/// A decision that was carried out. Id numbers and phones in it are masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The cell or row that it is about.
    pub place: Place,
    /// Where it stands among the bureau's decisions.
    pub line: Place,
    /// What was to be done.
    pub action: Action,
    /// Who, when, why.
    pub decided: Arc<Decided>,
    /// Id of the form whose record it is about; empty for what is no record.
    pub form: String,
    /// What clerks call the field; of a person who moved the name or number that the row was known by.
    pub field: String,
    /// What the school typed; for a person who moved, the school before.
    pub before: String,
    /// What counts now; empty where nothing took its place.
    pub after: String,
    /// How many records it changed.
    pub records: u64,
}

impl Decision {
    /// Whether it can have changed a figure.
    pub fn changes(&self) -> bool {
        self.records > 0
    }
}
