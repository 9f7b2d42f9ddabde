//! Records that must agree with those of other people or other registers: certificates, approved
//! projects, studies, and lists copied from one to all.

use super::{Cross, Finding};
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::fold;
use crate::scheme::{Check, FormIdx};
use foldhash::fast::FixedState;
use polars::prelude::PlHashMap as HashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, Hash, Hasher};

/// Shorter ones are numbers within a list, not certificates.
const SHORTEST: usize = 6;
/// Numbers of so many digits are given out for the whole country; others of two schools come
/// from two issuers and may be the same.
const NATIONAL: usize = 15;
/// As many people with one number hold a document together: its number is no certificate's.
const DOCUMENT: usize = 10;

/// `certificate-duplicate`: fields: number, then what makes two records of one person the same
/// (such a pair has its own finding). Shorter numbers are compared inside a school. The first record of a number is the one that others repeat.
pub(super) fn certificates(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let Some((id, same)) = check.fields.split_first() else {
        return Vec::new();
    };
    let frame = &cross.frames[form];
    let Some(numbers) = frame.texts(id) else {
        return Vec::new();
    };
    let mut holders: HashMap<(&str, Option<u32>), Vec<usize>> = HashMap::default();
    for (record, number) in numbers.iter().enumerate() {
        let long = |n: &&str| n.len() >= SHORTEST && n.bytes().any(|b| b.is_ascii_digit());
        if let Some(number) = number.filter(long) {
            let digits = number.bytes().all(|b| b.is_ascii_digit());
            let national = digits && number.len() >= NATIONAL;
            let school = (!national).then(|| frame.school_ids[record]);
            holders.entry((number, school)).or_default().push(record);
        }
    }
    let mut all: Vec<_> = holders.into_iter().filter(|h| h.1.len() > 1).collect();
    all.sort_unstable();
    let mut found = Vec::new();
    for ((number, _), records) in all {
        let people: BTreeSet<u32> = records.iter().map(|r| frame.persons[*r]).collect();
        if people.len() >= DOCUMENT {
            let at = (form, records[0]);
            let (place, field) = cross.place(at, &[id]);
            let diagnostic = Diagnostic::new(Rule::CertificateDuplicate, place)
                .variant("many")
                .severity(Severity::Warning)
                .field(field)
                .arg("number", number)
                .arg("count", people.len());
            found.push((cross.school(at), diagnostic));
            continue;
        }
        let first = (form, records[0]);
        for &record in &records[1..] {
            let at = (form, record);
            if cross.person(at) == cross.person(first) {
                let equal =
                    |f: &String| value(cross, form, f, record) == value(cross, form, f, first.1);
                if same.iter().all(equal) {
                    continue;
                }
                let diagnostic = cross
                    .pointing(Rule::CertificateDuplicate, at, &[id], first)
                    .severity(Severity::Warning);
                // One person's two courses: both texts of `pointing` speak of two people.
                let diagnostic = Diagnostic {
                    variant: "same",
                    ..diagnostic
                };
                found.push((cross.school(at), diagnostic.arg("number", number)));
                continue;
            }
            let diagnostic = if cross.school(at) == cross.school(first) {
                cross.pointing(Rule::CertificateDuplicate, at, &[id], first)
            } else {
                // Another school's person is not this school's to see.
                let (place, field) = cross.place(at, &[id]);
                Diagnostic::new(Rule::CertificateDuplicate, place)
                    .variant("school")
                    .field(field)
                    .arg("name", cross.called(at))
                    .arg("school", cross.school_name(cross.school(first)))
            };
            found.push((cross.school(at), diagnostic.arg("number", number)));
        }
    }
    found
}

/// A cell as a number that is equal where the cells are.
fn value(cross: &Cross<'_>, form: FormIdx, field: &str, record: usize) -> u64 {
    let frame = &cross.frames[form];
    let mut hasher = FixedState::default().build_hasher();
    if let Some(texts) = frame.texts(field) {
        texts.get(record).map(fold::label_of).hash(&mut hasher);
    } else if let Some(days) = frame.dates(field) {
        days[record].hash(&mut hasher);
    } else if let Some(numbers) = frame.decimals(field) {
        numbers.get(record).hash(&mut hasher);
    } else if let Some(codes) = frame.codes(field) {
        codes.get(record).hash(&mut hasher);
    }
    hasher.finish()
}

/// `project-not-approved`: fields: project. The check's form lists in its field what was approved.
/// Words: the categories that want approval. Judged for schools that sent the list; a name that
/// holds the other is the same project. Parameter: `coverage`, the share of a school's projects that its
/// list must have, else it lists something else.
pub(super) fn approved(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let (Some(list), Some(there), Some(id)) = (
        cross.other(check),
        check.there.first(),
        check.fields.first(),
    ) else {
        return Vec::new();
    };
    let Some(wanted) = cross.words(form, check, "category") else {
        return Vec::new();
    };
    let (Some(listed), Some(projects)) = (
        cross.frames[list].texts(there),
        cross.frames[form].texts(id),
    ) else {
        return Vec::new();
    };
    let mut known: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    for (school, project) in cross.frames[list].school_ids.iter().zip(listed.iter()) {
        if let Some(project) = project {
            known
                .entry(*school)
                .or_default()
                .insert(fold::label(project));
        }
    }
    // Everyone of a school takes part: each project once.
    let mut met: BTreeMap<u32, BTreeMap<String, Option<usize>>> = BTreeMap::new();
    for (record, project) in projects.iter().enumerate() {
        let at = (form, record);
        let school = cross.school(at);
        let (Some(project), Some(known)) = (project, known.get(&school)) else {
            continue;
        };
        let folded = fold::label(project);
        let fits = |k: &String| k.contains(folded.as_str()) || folded.contains(k.as_str());
        if !wanted.hold(record) {
            continue;
        }
        let met = met.entry(school).or_default();
        let strange = || !known.contains(&folded) && !known.iter().any(fits);
        met.entry(folded.clone())
            .or_insert_with(|| strange().then_some(record));
    }
    let coverage = check.params.get("coverage").copied().unwrap_or(0.0);
    let mut found = Vec::new();
    for (school, met) in met {
        let strange: Vec<usize> = met.values().flatten().copied().collect();
        if ((met.len() - strange.len()) as f64) < coverage * met.len() as f64 {
            continue;
        }
        for record in strange {
            let at = (form, record);
            let (place, field) = cross.place(at, &[id]);
            let diagnostic = Diagnostic::new(Rule::ProjectNotApproved, place)
                .field(field)
                .arg("project", cross.text(at, id))
                .arg("form", &cross.form(list).title);
            found.push((school, diagnostic));
        }
    }
    found
}

/// `study-record-missing`: fields: where the words stand, project. People with such a record who
/// stand nowhere in the check's form, in schools that sent it; each is told once.
pub(super) fn studies(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let (Some(other), Some(id)) = (cross.other(check), check.fields.first()) else {
        return Vec::new();
    };
    let Some(words) = cross.words(form, check, id) else {
        return Vec::new();
    };
    let schools: BTreeSet<u32> = cross.frames[other].school_ids.iter().copied().collect();
    let mut told: Vec<bool> = vec![false; cross.dataset.persons as usize];
    for person in &cross.frames[other].persons {
        told[*person as usize] = true;
    }
    let mut found = Vec::new();
    for (record, person) in cross.frames[form].persons.iter().enumerate() {
        let at = (form, record);
        if !words.hold(record) || !schools.contains(&cross.school(at)) {
            continue;
        }
        if std::mem::replace(&mut told[*person as usize], true) {
            continue;
        }
        let (place, field) = cross.place(at, &[id]);
        let project = check.fields.get(1).map_or("", |f| cross.text(at, f));
        let diagnostic = Diagnostic::new(Rule::StudyRecordMissing, place)
            .field(field)
            .arg("name", cross.called(at))
            .arg("project", project)
            .arg("form", &cross.form(other).title);
        found.push((cross.school(at), diagnostic));
    }
    found
}

/// Lists of records, each with the first record of the people who have it.
type Alike = BTreeMap<Vec<u64>, Vec<usize>>;

/// `details-identical`: fields: what makes two records the same. Parameters: so many `persons` and
/// such a `share` of the school's with the same list of at least so many `rows`.
pub(super) fn identical(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let figure = |name: &str| check.figure(name).unwrap_or(f64::MAX);
    let frame = &cross.frames[form];
    // Each person's records in a school, their order no matter.
    let mut lists: BTreeMap<(u32, u32), Vec<u64>> = BTreeMap::new();
    let mut first: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    let hash = |record: usize| {
        let mut hasher = FixedState::default().build_hasher();
        for field in &check.fields {
            value(cross, form, field, record).hash(&mut hasher);
        }
        hasher.finish()
    };
    for &(person, record) in cross.people_of(form) {
        let record = record as usize;
        let key = (frame.school_ids[record], person);
        lists.entry(key).or_default().push(hash(record));
        first.entry(key).or_insert(record);
    }
    let mut schools: BTreeMap<u32, (usize, Alike)> = BTreeMap::new();
    for (key, mut list) in lists {
        list.sort_unstable();
        let (people, groups) = schools.entry(key.0).or_default();
        *people += 1;
        if list.len() as f64 >= figure("rows") {
            groups.entry(list).or_default().push(first[&key]);
        }
    }
    let mut found = Vec::new();
    for (school, (people, groups)) in schools {
        let enough = |g: &&Vec<usize>| {
            g.len() as f64 >= figure("persons") && g.len() as f64 >= figure("share") * people as f64
        };
        for records in groups.values().filter(enough) {
            let record = records.iter().copied().min().unwrap_or_default();
            let (place, _) = cross.place((form, record), &[]);
            let place = crate::diagnostic::Place {
                row: None,
                col: None,
                ..place
            };
            let diagnostic = Diagnostic::new(Rule::DetailsIdentical, place)
                .arg("count", records.len())
                .arg("people", people)
                .arg("form", &cross.form(form).title);
            found.push((school, diagnostic));
        }
    }
    found
}
