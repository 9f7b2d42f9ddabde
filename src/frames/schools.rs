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

/// Finds schools of an earlier period among this one's and appends those that are new: by the
/// directory, else by code, else by the folded name, where that means one school.
pub(super) fn align(schools: &mut Vec<SchoolName>, earlier: &[SchoolName]) -> Vec<u32> {
    let only = |found: Vec<usize>| match found[..] {
        [one] => Some(one),
        _ => None,
    };
    let mut folded: Vec<String> = schools.iter().map(|s| fold::label(&s.name)).collect();
    let mut out = Vec::with_capacity(earlier.len());
    for school in earlier {
        let name = fold::label(&school.name);
        let among = |test: &dyn Fn(&SchoolName, &str) -> bool| -> Vec<usize> {
            let known = schools.iter().zip(&folded).enumerate();
            known
                .filter(|(_, (s, name))| test(s, name))
                .map(|(i, _)| i)
                .collect()
        };
        let found = match school.index {
            Some(_) => only(among(&|s, _| s.index == school.index)),
            None => {
                let unlisted = |s: &SchoolName| s.index.is_none();
                let by_code = match school.code.is_empty() {
                    true => None,
                    false => only(among(&|s, _| unlisted(s) && s.code == school.code)),
                };
                by_code.or_else(|| {
                    // Two codes are two schools, whatever their names.
                    let may = |s: &SchoolName| s.code.is_empty() || school.code.is_empty();
                    only(among(&|s, known| unlisted(s) && may(s) && known == name))
                })
            }
        };
        out.push(match found {
            Some(at) => at as u32,
            None => {
                schools.push(school.clone());
                folded.push(name);
                schools.len() as u32 - 1
            }
        });
    }
    out
}
