//! `record-duplicate`: the same thing of the same person entered twice.
//!
//! The check names the fields that make two records the same; the person's own fields among them
//! stand for the person, and in a form about no persons the school does. Records in which all the
//! other fields are empty are never compared.

use super::{Cross, Finding, Record};
use crate::diagnostic::Rule;
use crate::fold;
use crate::frames::FormFrame;
use crate::normalise::{NO_DATE, NO_NUMBER};
use crate::scheme::{Check, FormIdx, Kind, QuickMap};
use foldhash::fast::FixedState;
use polars::prelude::PlHashMap as HashMap;
use std::hash::{BuildHasher, Hash, Hasher};

pub(super) fn records(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let frame = &cross.frames[form];
    let form_data = cross.form(form);
    let things: Vec<&str> = check
        .fields
        .iter()
        .map(String::as_str)
        .filter(|id| {
            let kind = form_data.field(id).map(|f| &form_data.fields[f].kind);
            !matches!(kind, None | Some(Kind::Name | Kind::IdNumber))
        })
        .collect();
    let columns: Vec<Vec<u64>> = things.iter().map(|f| cells(frame, f)).collect();
    let empty = |record: usize| columns.iter().all(|c| c[record] == NOTHING);
    let of_school = cross.is_of_schools(form);
    // Who has neither number nor name cannot be told from others, nor a school without a name.
    let nobody = |record: usize| match of_school {
        true => cross.school_name(cross.school((form, record))).is_empty(),
        false => cross.people[form].id(record).is_none() && cross.name((form, record)).is_none(),
    };
    let mut order: Vec<usize> = (0..frame.len())
        .filter(|r| !empty(*r) && !nobody(*r))
        .collect();
    let person = |record: usize| (!of_school).then(|| frame.persons[record]);
    let head = |record: usize| (frame.school_ids[record], person(record));
    let compare = |a: &usize, b: &usize| {
        let things = columns.iter().map(|c| c[*a].cmp(&c[*b]));
        things.fold(head(*a).cmp(&head(*b)), std::cmp::Ordering::then)
    };
    let hashes: Vec<u64> = order
        .iter()
        .map(|&r| {
            let mut hasher = FixedState::default().build_hasher();
            head(r).hash(&mut hasher);
            columns.iter().for_each(|c| hasher.write_u64(c[r]));
            hasher.finish()
        })
        .collect();
    // Nearly all records stand alone: only those whose hash comes again are worth sorting.
    let mut seen: QuickMap<u64, bool> = QuickMap::default();
    seen.reserve(hashes.len());
    for hash in &hashes {
        seen.entry(*hash)
            .and_modify(|again| *again = true)
            .or_insert(false);
    }
    let mut hashes = hashes.iter();
    order.retain(|_| hashes.next().is_some_and(|h| seen[h]));
    order.sort_by(|a, b| compare(a, b).then(a.cmp(b)));
    let mut found = Vec::new();
    for records in order
        .chunk_by(|a, b| compare(a, b).is_eq())
        .filter(|g| g.len() > 1)
    {
        for (i, &record) in records.iter().enumerate() {
            let at = (form, record);
            let other = (form, records[usize::from(i == 0)]);
            let thing = things
                .first()
                .and_then(|f| shown(cross, at, f))
                .unwrap_or_default();
            let diagnostic = cross
                .pointing(Rule::RecordDuplicate, at, &things, other)
                .arg("thing", thing)
                .arg("form", &form_data.title);
            found.push((cross.school(at), diagnostic));
        }
    }
    found
}

/// An empty cell.
const NOTHING: u64 = u64::MAX;

/// The cells of a field as comparable numbers: equal where the folded cells are.
fn cells(frame: &FormFrame, field: &str) -> Vec<u64> {
    if let Some(texts) = frame.texts(field) {
        let mut spellings: HashMap<&str, u64> = HashMap::default();
        let mut folded: HashMap<String, u64> = HashMap::default();
        return texts
            .iter()
            .map(|text| {
                text.map_or(NOTHING, |text| {
                    *spellings.entry(text).or_insert_with(|| {
                        let next = folded.len() as u64;
                        *folded.entry(fold::label(text)).or_insert(next)
                    })
                })
            })
            .collect();
    }
    if let Some(days) = frame.dates(field) {
        let number = |d: &i32| {
            if *d == NO_DATE {
                NOTHING
            } else {
                u64::from(d.cast_unsigned())
            }
        };
        return days.iter().map(number).collect();
    }
    if let Some(numbers) = frame.integers(field) {
        let number = |n: &i64| {
            if *n == NO_NUMBER {
                NOTHING
            } else {
                n.cast_unsigned()
            }
        };
        return numbers.iter().map(number).collect();
    }
    if let Some(numbers) = frame.decimals(field) {
        return numbers
            .iter()
            .map(|n| n.map_or(NOTHING, i64::cast_unsigned))
            .collect();
    }
    if let Some(codes) = frame.codes(field) {
        return codes.iter().map(|c| c.map_or(NOTHING, u64::from)).collect();
    }
    vec![NOTHING; frame.len()]
}

/// A cell as the finding shows it.
fn shown(cross: &Cross<'_>, (form, record): Record, field: &str) -> Option<String> {
    let frame = &cross.frames[form];
    if let Some(texts) = frame.texts(field) {
        return texts.get(record).map(str::to_owned);
    }
    if let Some(numbers) = frame.integers(field) {
        return Some(numbers[record])
            .filter(|n| *n != NO_NUMBER)
            .map(|n| n.to_string());
    }
    let code = frame.codes(field)?.get(record)?;
    let form = cross.form(form);
    let Kind::Vocabulary(vocabulary) = &form.fields[form.field(field)?].kind else {
        return None;
    };
    let term = cross
        .scheme
        .vocabulary(vocabulary)?
        .terms
        .get(usize::from(code))?;
    Some(term.name.clone())
}
