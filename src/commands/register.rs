//! `items.json`: what the schools have been told of, so that the next run can say what was put right.
//!
//! A run is compared with the last run into the same folder whose input was another: `before` keeps
//! that run's items, so that the same input run twice gives the same answer and the same bytes. Which
//! month is summed does not matter, what schools have sent does; another scheme begins anew.

use crate::diagnostic::item::{self, Items, Progress};
use crate::pipeline::Concluded;
use crate::scheme::Scheme;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Its path below the output folder.
pub(super) const PATH: &str = "items.json";

/// What the file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Register {
    /// What the schools were told of before this run.
    before: Option<Told>,
    /// Fingerprint of everything that was sent.
    content: String,
    /// What they are told now.
    now: Told,
    /// Id of the scheme.
    scheme: String,
}

/// What the schools were told of in one run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    /// Keys by school, in hexadecimal digits.
    items: BTreeMap<String, Vec<String>>,
    /// The month that was summed.
    period: String,
}

impl Register {
    /// The one of the run before, if it left one that can be read.
    pub fn read(out: &Path) -> Option<Register> {
        let text = fs::read(out.join(PATH)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Compares a run with the one before and gives what is to be kept of both. The findings get
    /// their items.
    pub fn settle(
        earlier: Option<Register>,
        concluded: &mut Concluded,
        scheme: &Scheme,
    ) -> Register {
        let content = item::fingerprint(concluded.inputs.iter().map(|i| i.sha256.as_str()));
        let before =
            earlier
                .filter(|e| e.scheme == scheme.id)
                .and_then(|e| match e.content == content {
                    true => e.before,
                    false => Some(e.now),
                });
        let known = before.as_ref().map(Told::keys);
        let owners = concluded.owners();
        let (items, progress) = item::settle(&concluded.diagnostics, &owners, known.as_ref());
        for (d, item) in concluded.diagnostics.iter_mut().zip(items.of_each) {
            d.item = item;
        }
        concluded.progress = progress;
        let list = |keys: std::collections::BTreeSet<u32>| {
            keys.into_iter().map(|k| format!("{k:08x}")).collect()
        };
        let items = items.by_school.into_iter();
        Register {
            before,
            content,
            now: Told {
                items: items.map(|(school, keys)| (school, list(keys))).collect(),
                period: scheme.period.clone(),
            },
            scheme: scheme.id.clone(),
        }
    }
}

impl Told {
    fn keys(&self) -> Items {
        let key = |k: &String| u32::from_str_radix(k, 16).ok();
        self.items
            .iter()
            .map(|(school, keys)| (school.clone(), keys.iter().filter_map(key).collect()))
            .collect()
    }
}

/// The progress of all schools together.
pub(super) fn total(progress: &[Progress]) -> Option<Progress> {
    let sum = |of: fn(&Progress) -> u64| progress.iter().map(of).sum();
    (!progress.is_empty()).then(|| Progress {
        school: String::new(),
        closed: sum(|p| p.closed),
        open: sum(|p| p.open),
        new: sum(|p| p.new),
        unsent: sum(|p| p.unsent),
    })
}
