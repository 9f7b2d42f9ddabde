//! The roster as the ground of all other forms: each person once, in one school, and everyone
//! else's tables about persons who stand in it.

use super::super::person::ROSTER;
use super::{Cross, Finding, Record};
use crate::diagnostic::{Diagnostic, Rule};
use crate::scheme::FormIdx;
use polars::prelude::{PlHashMap as HashMap, PlHashSet as HashSet};
use std::collections::{BTreeMap, BTreeSet};

/// `id-duplicate`: one valid id number twice in a school's records of the form. Every place is
/// told, since only the school knows which one is wrong.
pub(super) fn duplicates(cross: &Cross<'_>, form: FormIdx) -> Vec<Finding> {
    let fields = id_field(cross, form);
    let mut found = Vec::new();
    for group in groups(&cross.by_person(&[form])) {
        let mut schools: BTreeMap<u32, Vec<Record>> = BTreeMap::new();
        for record in group {
            schools
                .entry(cross.school(record))
                .or_default()
                .push(record);
        }
        for (school, records) in schools.iter().filter(|(_, r)| r.len() > 1) {
            for (i, &record) in records.iter().enumerate() {
                let other = records[usize::from(i == 0)];
                let diagnostic = cross.pointing(Rule::IdDuplicate, record, &fields, other);
                found.push((*school, diagnostic));
            }
        }
    }
    found
}

/// `id-in-two-schools`: one valid id number in the records of several schools. Each place names
/// the other schools and nothing else of theirs.
pub(super) fn two_schools(cross: &Cross<'_>, form: FormIdx) -> Vec<Finding> {
    let fields = id_field(cross, form);
    let mut found = Vec::new();
    for group in groups(&cross.by_person(&[form])) {
        let schools: BTreeSet<u32> = group
            .iter()
            .map(|r| cross.school(*r))
            .filter(|s| !cross.school_name(*s).is_empty())
            .collect();
        if schools.len() < 2 {
            continue;
        }
        for record in group {
            let school = cross.school(record);
            let others = schools.iter().filter(|s| **s != school).take(3);
            let others: Vec<&str> = others.map(|s| cross.school_name(*s)).collect();
            let (place, field) = cross.place(record, &fields);
            let diagnostic = Diagnostic::new(Rule::IdInTwoSchools, place)
                .field(field)
                .arg("name", cross.called(record))
                .arg("schools", others.join("\u{3001}"));
            found.push((school, diagnostic));
        }
    }
    found
}

/// `person-not-in-roster`: records of persons who stand in no roster of the run, judged only for
/// schools that sent a roster. A person is told once a table.
pub(super) fn absent(cross: &Cross<'_>, form: FormIdx) -> Vec<Finding> {
    let Some(roster) = cross.scheme.form(ROSTER).filter(|r| *r != form) else {
        return Vec::new();
    };
    let rosters = Rosters::new(cross, roster);
    let frame = &cross.frames[form];
    let mut first: HashMap<(u32, u32), usize> = HashMap::default();
    let mut absent: Vec<(Record, &'static str, usize)> = Vec::new();
    for record in 0..frame.len() {
        let at = (form, record);
        let Some(variant) = rosters.lacks(cross, at) else {
            continue;
        };
        let next = absent.len();
        let key = (frame.origins[record].0, frame.persons[record]);
        match *first.entry(key).or_insert(next) {
            known if known < next => absent[known].2 += 1,
            _ => absent.push((at, variant, 1)),
        }
    }
    let (id, name) = cross.person_fields(form);
    let finding = |(at, variant, rows): (Record, &'static str, usize)| {
        let has_id = cross.people[form].id(at.1).is_some();
        let fields = if has_id { [id, name] } else { [name, id] };
        let fields: Vec<&str> = fields.into_iter().flatten().collect();
        let (place, field) = cross.place(at, &fields);
        let diagnostic = Diagnostic::new(Rule::PersonNotInRoster, place)
            .variant(variant)
            .field(field)
            .arg("name", cross.called(at))
            .arg("form", &cross.form(form).title)
            .arg("rows", rows);
        (cross.school(at), diagnostic)
    };
    absent.into_iter().map(finding).collect()
}

/// Who stands in the rosters.
struct Rosters {
    /// Schools that sent one.
    schools: HashSet<u32>,
    /// For each person whether it stands there with a valid id number.
    listed: Vec<bool>,
    /// By school and folded name: whether each of them has a valid id number.
    names: HashMap<(u32, u32), bool>,
}

impl Rosters {
    fn new(cross: &Cross<'_>, roster: FormIdx) -> Rosters {
        let frame = &cross.frames[roster];
        let mut rosters = Rosters {
            schools: frame.school_ids.iter().copied().collect(),
            listed: vec![false; cross.dataset.persons as usize],
            names: HashMap::default(),
        };
        for record in 0..frame.len() {
            let valid = cross.valid_id((roster, record));
            rosters.listed[frame.persons[record] as usize] |= valid;
            if let Some(name) = cross.name((roster, record)) {
                let all = rosters.names.entry((frame.school_ids[record], name));
                *all.or_insert(true) &= valid;
            }
        }
        rosters
    }

    /// Why a record's person is not in the rosters, as a variant of the rule; `None` where the
    /// person is there or where nothing certain can be said.
    fn lacks(&self, cross: &Cross<'_>, at: Record) -> Option<&'static str> {
        let school = cross.school(at);
        if !self.schools.contains(&school) {
            return None;
        }
        let valid = cross.valid_id(at);
        // A valid number has a person of its own, in whatever form it stands.
        if valid && self.listed[cross.person(at) as usize] {
            return None;
        }
        let named = cross
            .name(at)
            .map(|name| self.names.get(&(school, name)).copied());
        match (valid, named) {
            // The same name with another valid number: one of the two is wrong.
            (true, Some(Some(true))) => Some("other-id"),
            // The roster's number is missing or wrong itself and has its own finding.
            (_, Some(Some(_))) => None,
            (true, _) | (false, Some(None)) => Some(""),
            (false, None) => None,
        }
    }
}

fn id_field<'a>(cross: &Cross<'a>, form: FormIdx) -> Vec<&'a str> {
    cross.person_fields(form).0.into_iter().collect()
}

/// Records of one person each, for persons with more than one.
pub(super) fn groups(sorted: &[(u32, Record)]) -> Vec<Vec<Record>> {
    sorted
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|g| g.len() > 1)
        .map(|g| g.iter().map(|(_, record)| *record).collect())
        .collect()
}
