//! `records-in-two-schools`: records of one person in the tables of several schools, where no
//! roster says that anything is wrong with it.

use super::super::person::ROSTER;
use super::roster::groups;
use super::{Cross, Finding};
use crate::diagnostic::{Diagnostic, Rule};
use crate::scheme::FormIdx;
use polars::prelude::PlHashSet as HashSet;
use std::collections::BTreeMap;

/// Each school is told once a person, at the person's first record there; of the other schools
/// only the names.
pub(super) fn records(cross: &Cross<'_>, form: FormIdx) -> Vec<Finding> {
    let roster = cross.scheme.form(ROSTER);
    let listed: HashSet<(u32, u32)> = roster
        .map(|r| &cross.frames[r])
        .into_iter()
        .flat_map(|f| f.school_ids.iter().copied().zip(f.persons.iter().copied()))
        .collect();
    let rosters: HashSet<u32> = listed.iter().map(|(school, _)| *school).collect();
    let fields: Vec<&str> = cross.person_fields(form).0.into_iter().collect();
    let mut found = Vec::new();
    for group in groups(&cross.by_person(&[form])) {
        let mut schools = BTreeMap::new();
        for record in group {
            let school = cross.school(record);
            if !cross.school_name(school).is_empty() {
                schools.entry(school).or_insert(record);
            }
        }
        let Some((_, first)) = schools.first_key_value() else {
            continue;
        };
        let person = cross.person(*first);
        // Whom a school's own roster does not have, or several rosters have, is told already.
        let here = |school: &u32| listed.contains(&(*school, person));
        let told = schools.keys().any(|s| rosters.contains(s) && !here(s))
            || schools.keys().filter(|s| here(s)).count() > 1;
        if schools.len() < 2 || told {
            continue;
        }
        for (school, record) in &schools {
            let others = schools.keys().filter(|s| *s != school).take(3);
            let others: Vec<&str> = others.map(|s| cross.school_name(*s)).collect();
            let (place, field) = cross.place(*record, &fields);
            let diagnostic = Diagnostic::new(Rule::RecordsInTwoSchools, place)
                .field(field)
                .arg("name", cross.called(*record))
                .arg("form", &cross.form(form).title)
                .arg("schools", others.join("\u{3001}"));
            found.push((*school, diagnostic));
        }
    }
    found
}
