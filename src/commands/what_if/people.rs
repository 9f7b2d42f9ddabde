//! People whose verdict differs between two ways of computing a scheme.

use crate::scheme::Scheme;
use crate::statistics::{Standing, Standings};
use serde_json::{Value, json};

/// What happens to someone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Move {
    /// Fails now and would pass.
    Passes,
    /// Passes now and would fail.
    Fails,
    /// Does not count now and would.
    Enters,
    /// Counts now and would not.
    Leaves,
}

impl Move {
    pub(super) const ALL: [Move; 4] = [Move::Passes, Move::Fails, Move::Enters, Move::Leaves];

    /// The name that programs read.
    pub(super) fn name(self) -> &'static str {
        match self {
            Move::Passes => "passes",
            Move::Fails => "fails",
            Move::Enters => "enters",
            Move::Leaves => "leaves",
        }
    }
}

/// Everyone who changes in one measure, in the order of the records.
#[derive(Debug)]
pub(super) struct Moves {
    /// Id of the measure.
    measure: String,
    /// Its title.
    pub(super) title: String,
    /// What, and how they stand then.
    pub(super) all: Vec<(Move, Standing)>,
}

/// The changes of every measure that has some.
pub(super) fn moves(old: &[Standings], new: &[Standings], scheme: &Scheme) -> Vec<Moves> {
    let mut out = Vec::new();
    for before in old {
        let Some(after) = new.iter().find(|s| s.measure == before.measure) else {
            continue;
        };
        let mut all = Vec::new();
        for (record, was) in &before.records {
            match after.records.get(record) {
                None => all.push((Move::Leaves, was.clone())),
                Some(is) if is.passes && !was.passes => all.push((Move::Passes, is.clone())),
                Some(is) if !is.passes && was.passes => all.push((Move::Fails, is.clone())),
                Some(_) => {}
            }
        }
        let entered = after
            .records
            .iter()
            .filter(|(record, _)| !before.records.contains_key(record));
        all.extend(entered.map(|(_, is)| (Move::Enters, is.clone())));
        if !all.is_empty() {
            let measure = scheme.measure(&before.measure);
            out.push(Moves {
                measure: before.measure.clone(),
                title: measure.map_or_else(String::new, |m| scheme.measures[m].title.clone()),
                all,
            });
        }
    }
    out
}

impl Moves {
    pub(super) fn json(&self) -> Vec<Value> {
        let one = |(what, who): &(Move, Standing)| {
            json!({
                "measure": self.measure,
                "change": what.name(),
                "school": who.school,
                "person": who.person,
                "passes": who.passes,
            })
        };
        self.all.iter().map(one).collect()
    }
}
