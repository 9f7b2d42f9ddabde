//! `name-shared`: persons of one name in one school's roster, told apart by their valid id numbers.

use super::{Cross, Finding, Record};
use crate::diagnostic::Rule;
use crate::scheme::FormIdx;
use polars::prelude::PlHashMap as HashMap;
use std::collections::{BTreeMap, BTreeSet};

/// One finding a school and name, at the second person.
pub(super) fn all(cross: &Cross<'_>, form: FormIdx) -> Vec<Finding> {
    // Hardly any name is shared: which are is found out first.
    let mut only: HashMap<(u32, u32), u32> = HashMap::default();
    let mut shared: BTreeSet<(u32, u32)> = BTreeSet::new();
    let named = || {
        (0..cross.frames[form].len()).filter_map(|record| {
            let at = (form, record);
            let name = cross.name(at).filter(|_| cross.valid_id(at))?;
            Some(((cross.school(at), name), at))
        })
    };
    for (key, at) in named() {
        let person = cross.person(at);
        if *only.entry(key).or_insert(person) != person {
            shared.insert(key);
        }
    }
    let mut persons: BTreeMap<(u32, u32), Vec<Record>> = BTreeMap::new();
    for (key, at) in named().filter(|_| !shared.is_empty()) {
        if shared.contains(&key) {
            let known = persons.entry(key).or_default();
            if known.iter().all(|k| cross.person(*k) != cross.person(at)) {
                known.push(at);
            }
        }
    }
    let (_, name) = cross.person_fields(form);
    let fields: Vec<&str> = name.into_iter().collect();
    let mut found = Vec::new();
    for ((school, _), persons) in persons {
        let [one, two, ..] = persons[..] else {
            continue;
        };
        let diagnostic = cross
            .pointing(Rule::NameShared, two, &fields, one)
            .arg("count", persons.len());
        found.push((school, diagnostic));
    }
    found
}
