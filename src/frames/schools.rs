//! Which spellings are one school: by the directory where it matched, else by code, else by the
//! folded name.

use crate::fold;
use crate::normalise::{Records, SchoolName};
use std::collections::{BTreeMap, BTreeSet};

/// What makes two spellings one school.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Directory(usize),
    // After every school of the directory, by name.
    Code(String),
    Name(String),
}

/// Numbers the schools of all tables: the distinct schools in official order, unknown ones last by
/// name, and for each table the numbers of its schools. `submissions` are sorted.
pub(super) fn number(submissions: &[Records]) -> (Vec<SchoolName>, Vec<Vec<u32>>) {
    // A code that stands beside a name somewhere makes the name alone the same school, unless the
    // name stands beside two codes.
    let mut codes_of: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let unknown = || {
        let all = submissions.iter().flat_map(|r| &r.schools);
        all.filter(|s| s.index.is_none())
    };
    for school in unknown().filter(|s| !s.code.is_empty()) {
        let codes = codes_of.entry(fold::label(&school.name)).or_default();
        codes.insert(&school.code);
    }
    let key = |school: &SchoolName| match school.index {
        Some(index) => Key::Directory(index),
        None if !school.code.is_empty() => Key::Code(school.code.clone()),
        None => {
            let folded = fold::label(&school.name);
            match codes_of.get(&folded) {
                Some(codes) if codes.len() == 1 => {
                    Key::Code(codes.iter().copied().collect::<String>())
                }
                _ => Key::Name(folded),
            }
        }
    };
    let mut first: BTreeMap<Key, SchoolName> = BTreeMap::new();
    for school in submissions.iter().flat_map(|r| &r.schools) {
        first.entry(key(school)).or_insert_with(|| school.clone());
    }
    let mut ordered: Vec<(&Key, &SchoolName)> = first.iter().collect();
    ordered.sort_by_key(|(key, school)| match key {
        Key::Directory(index) => (*index, ""),
        Key::Code(_) | Key::Name(_) => (usize::MAX, school.name.as_str()),
    });
    let numbers: BTreeMap<&Key, u32> = ordered
        .iter()
        .enumerate()
        .map(|(number, (key, _))| (*key, number as u32))
        .collect();
    let of_tables = submissions
        .iter()
        .map(|records| records.schools.iter().map(|s| numbers[&key(s)]).collect())
        .collect();
    let distinct = ordered
        .iter()
        .map(|(_, school)| (*school).clone())
        .collect();
    (distinct, of_tables)
}
