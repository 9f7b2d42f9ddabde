//! The bureau's decisions about single cells and rows, as read from its own table. They stand in
//! the scheme like the directory of schools does: what the bureau knows, as plain data.

use super::{Scheme, Words, templates};
use crate::diagnostic::{Action, Decided, Place};
use crate::fold;
use crate::message::{self, Lang};
use std::sync::Arc;

/// Id of the form that the bureau's decisions are read as.
pub const CORRECTIONS_FORM: &str = "corrections";

/// The columns of the table that a finding can point at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The file.
    File,
    /// The sheet.
    Sheet,
    /// The cell or row.
    Place,
    /// What stood there.
    Original,
    /// What is to be done.
    Action,
    /// What is to stand there.
    Value,
    /// Why.
    Reason,
    /// When.
    Date,
    /// Who.
    Who,
}

impl Part {
    /// All, in the order of the printed table.
    pub const ALL: [Part; 9] = [
        Part::File,
        Part::Sheet,
        Part::Place,
        Part::Original,
        Part::Action,
        Part::Value,
        Part::Reason,
        Part::Date,
        Part::Who,
    ];

    /// Id of its field.
    pub fn field(self) -> &'static str {
        match self {
            Part::File => "file",
            Part::Sheet => "sheet",
            Part::Place => "place",
            Part::Original => "original",
            Part::Action => "action",
            Part::Value => "value",
            Part::Reason => "reason",
            Part::Date => "date",
            Part::Who => "who",
        }
    }
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The row of the bureau's table.
    pub line: Place,
    /// Its columns there, by [`Part`].
    pub columns: [Option<u32>; 9],
    /// Path below the inbox or the file's name alone.
    pub file: String,
    /// Sheet name; empty where the file has one sheet only.
    pub sheet: String,
    /// 0-based row.
    pub row: u32,
    /// 0-based column; `None` for a whole row.
    pub col: Option<u32>,
    /// What stood there when it was decided; of a whole row, one of its cells.
    pub original: String,
    /// What is to be done.
    pub action: Action,
    /// What is to stand there, or the school that the person moved to.
    pub value: String,
    /// Who, when, why.
    pub decided: Arc<Decided>,
}

impl Correction {
    /// A cell of the bureau's table.
    pub fn at(&self, part: Part) -> Place {
        Place {
            col: self.columns[part as usize],
            ..self.line.clone()
        }
    }

    /// Whether the whole path of a file is the one that is meant, however wide its brackets.
    pub fn is_path(&self, file: &str) -> bool {
        fold::clean(file) == fold::clean(&self.file)
    }

    /// Whether a file may be the one that is meant: its path ends as was written.
    pub fn names(&self, file: &str) -> bool {
        let file = fold::clean(file);
        let rest = file.strip_suffix(&*fold::clean(&self.file));
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    }
}

/// The name of an action in the bureau's table.
pub fn action_name(action: Action) -> String {
    let key = format!("correction.action.{}", action.as_str());
    message::text(Lang::Zh, &key, "message")
}

/// A scheme that knows the bureau's table and nothing else, so that none of its words is looked for
/// in what schools send. What schools typed stands in its cells, so no line of it is a sum, a note
/// or an example by its words, and no cell is a small word.
pub fn reader(scheme: &Scheme) -> Scheme {
    Scheme {
        forms: templates::office(CORRECTIONS_FORM),
        wanted: vec![false],
        occasional: vec![false],
        vocabularies: scheme
            .vocabularies
            .iter()
            .filter(|v| v.id == "correction_action")
            .cloned()
            .collect(),
        words: Words {
            title: scheme.words.title.clone(),
            schools: scheme.words.schools.clone(),
            units: scheme.words.units.clone(),
            ..Words::default()
        },
        period: scheme.period.clone(),
        cut_off: scheme.cut_off,
        ..Scheme::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_actions_are_terms_of_their_vocabulary() {
        let vocabularies = templates::vocabularies();
        let actions = vocabularies.iter().find(|v| v.id == "correction_action");
        let codes = Action::ALL.map(|a| actions.unwrap().code(&action_name(a)));
        assert_eq!(codes, [Some(0), Some(1), Some(2), Some(3)]);
        let form = &templates::office(CORRECTIONS_FORM)[0];
        assert!(Part::ALL.iter().all(|p| form.field(p.field()).is_some()));
    }
}
