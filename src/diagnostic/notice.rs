//! What a school was told in an earlier period, and which of it is still true.

use super::{Diagnostic, Place, Rule, Severity, render};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// An error as a school was told it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Notice {
    /// Name of the rule.
    pub rule: String,
    /// Path below that time's inbox.
    pub file: String,
    /// In words, of whichever language.
    pub message: String,
    severity: String,
}

impl Notice {
    /// The errors of a `diagnostics.json`; none where it is no such file.
    pub fn read(json: &[u8]) -> Vec<Notice> {
        let mut all: Vec<Notice> = serde_json::from_slice(json).unwrap_or_default();
        all.retain(|n| n.severity == Severity::Error.as_str());
        all
    }

    /// A finding, if it is an error.
    pub fn of(d: &Diagnostic) -> Option<Notice> {
        let [message, _] = render::messages(d);
        (d.severity == Severity::Error).then(|| Notice {
            rule: d.rule.name().to_owned(),
            file: d.place.file.to_string(),
            message,
            severity: d.severity.as_str().to_owned(),
        })
    }
}

/// One finding a school of which errors are still those that it was told. `then` and `now` say
/// whose files they are.
pub fn unanswered(
    told: &[Notice],
    then: &[(Arc<str>, String)],
    found: &[Diagnostic],
    now: &[(Arc<str>, String)],
) -> Vec<Diagnostic> {
    if told.is_empty() {
        return Vec::new();
    }
    let owners = |files: &[(Arc<str>, String)]| -> BTreeMap<String, Vec<String>> {
        let mut owners: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (file, school) in files.iter().filter(|(_, school)| !school.is_empty()) {
            let schools = owners.entry(file.to_string()).or_default();
            schools.push(school.clone());
        }
        owners
    };
    let (then, now) = (owners(then), owners(now));
    let mut known: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
    for notice in told {
        for school in then.get(&notice.file).into_iter().flatten() {
            known.insert((school, &notice.rule, &notice.message));
        }
    }
    let mut still: BTreeMap<&str, (&Arc<str>, usize)> = BTreeMap::new();
    for d in found.iter().filter(|d| d.severity == Severity::Error) {
        let Some(schools) = now.get(&*d.place.file) else {
            continue;
        };
        let messages = render::messages(d);
        for school in schools {
            let same = |m: &String| known.contains(&(school.as_str(), d.rule.name(), m.as_str()));
            if messages.iter().any(same) {
                let (file, count) = still.entry(school).or_insert((&d.place.file, 0));
                *file = (*file).min(&d.place.file);
                *count += 1;
            }
        }
    }
    still
        .into_iter()
        .map(|(school, (file, count))| {
            Diagnostic::new(Rule::NoticeUnanswered, Place::file(file))
                .arg("school", school)
                .arg("count", count)
        })
        .collect()
}
