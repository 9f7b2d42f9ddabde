//! `id-name-mismatch`: one valid id number under different names in different tables.

use super::super::person::ROSTER;
use super::{Cross, Finding, Record};
use crate::diagnostic::{Diagnostic, Rule};
use crate::scheme::FormIdx;
use std::collections::BTreeMap;

/// Compares the names of each person over the given forms. The roster's name counts where the
/// person stands in one, else the name that most records have; where none does, every record is
/// told. Two names inside the rosters themselves belong to `id-duplicate` and
/// `id-in-two-schools`.
pub(super) fn name_mismatches(cross: &Cross<'_>, forms: &[FormIdx]) -> Vec<Finding> {
    let roster = cross.scheme.form(ROSTER);
    let mut found = Vec::new();
    for group in cross.by_person(forms).chunk_by(|a, b| a.0 == b.0) {
        let mut names = group.iter().filter_map(|(_, at)| cross.name(*at));
        let first = names.next();
        if names.all(|name| Some(name) == first) {
            continue;
        }
        let named: Vec<(u32, Record)> = group
            .iter()
            .filter_map(|(_, at)| Some((cross.name(*at)?, *at)))
            .collect();
        let (listed, others): (Vec<_>, Vec<_>) =
            named.iter().partition(|(_, at)| Some(at.0) == roster);
        let wrong = match listed.is_empty() {
            false => against_roster(cross, &listed, &others),
            true => against_most(&named),
        };
        found.extend(
            wrong
                .into_iter()
                .map(|(at, other)| finding(cross, at, other)),
        );
    }
    found
}

/// Records whose name no roster of their school has (of any school, where theirs has nobody of
/// that number), each with the roster's record.
fn against_roster(
    cross: &Cross<'_>,
    listed: &[(u32, Record)],
    others: &[(u32, Record)],
) -> Vec<(Record, Record)> {
    let wrong = others.iter().filter_map(|(name, at)| {
        let here = |r: &&(u32, Record)| cross.school(r.1) == cross.school(*at);
        let mut own: Vec<&(u32, Record)> = listed.iter().filter(here).collect();
        if own.is_empty() {
            own = listed.iter().collect();
        }
        let known = own.iter().any(|(n, _)| n == name);
        (!known).then(|| (*at, own[0].1))
    });
    wrong.collect()
}

/// Records whose name fewer records have than another one, each with a record of that other one.
fn against_most(named: &[(u32, Record)]) -> Vec<(Record, Record)> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for (name, _) in named {
        *counts.entry(*name).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or(0);
    let mut best = counts
        .iter()
        .filter(|(_, n)| **n == most)
        .map(|(name, _)| *name);
    let first = best.next();
    let usual = if best.next().is_none() { first } else { None };
    let wrong = named.iter().filter(|(name, _)| Some(*name) != usual);
    wrong
        .filter_map(|(name, at)| {
            let mut others = named.iter().filter(|(n, _)| match usual {
                Some(usual) => *n == usual,
                None => n != name,
            });
            Some((*at, others.next()?.1))
        })
        .collect()
}

fn finding(cross: &Cross<'_>, at: Record, other: Record) -> Finding {
    let (id, name) = cross.person_fields(at.0);
    let fields: Vec<&str> = [name, id].into_iter().flatten().collect();
    let (place, field) = cross.place(at, &fields);
    let diagnostic = Diagnostic::new(Rule::IdNameMismatch, place)
        .field(field)
        .arg("name", cross.called(at))
        .arg("id", cross.people[at.0].id(at.1).unwrap_or_default())
        .arg("form", &cross.form(other.0).title);
    let (school, other_school) = (cross.school(at), cross.school(other));
    let diagnostic = if school == other_school {
        let (there, _) = cross.place(other, &fields);
        diagnostic
            .arg("other", cross.called(other))
            .arg("file", there.file)
            .arg("row", there.row.map_or(0, |r| r + 1))
    } else {
        // Another school's person is not this school's to see.
        diagnostic
            .variant("school")
            .arg("school", cross.school_name(other_school))
    };
    (school, diagnostic)
}
