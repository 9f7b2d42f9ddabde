//! The list of those who study for a degree beside the roster and the claims.

use super::{Cross, Finding, Record};
use crate::diagnostic::{Diagnostic, Rule};
use crate::normalise::NO_DATE;
use crate::scheme::{Check, FormIdx};

fn finding(cross: &Cross<'_>, rule: Rule, at: Record, field: &str) -> Diagnostic {
    let (place, field) = cross.place(at, &[field]);
    Diagnostic::new(rule, place)
        .field(field)
        .arg("name", cross.called(at))
}

/// `study-roster-mismatch`: fields: level held, level studied for, status. Words: the status of
/// graduates, whose level in the check's form `roster-not-updated` judges.
pub(super) fn mismatches(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let ([held, target, ..], Some(there), Some(roster)) = (
        check.fields.as_slice(),
        check.there.first(),
        cross.other(check),
    ) else {
        return Vec::new();
    };
    let frame = &cross.frames[form];
    let (Some(holds), Some(aims)) = (frame.codes(held), frame.codes(target)) else {
        return Vec::new();
    };
    let graduated = cross.words(form, check, "status");
    let levels = cross.term_of_person(roster, there);
    let mut found = Vec::new();
    for (record, person) in frame.persons.iter().enumerate() {
        let (Some(here), Some(level)) = (holds.get(record), levels[*person as usize]) else {
            continue;
        };
        if here == level || graduated.as_ref().is_some_and(|g| g.hold(record)) {
            continue;
        }
        // A target that is not above the level held has its own finding.
        if aims.get(record).is_some_and(|aim| aim <= here) {
            continue;
        }
        let at = (form, record);
        let diagnostic = finding(cross, Rule::StudyRosterMismatch, at, held)
            .arg("here", cross.term(form, held, here))
            .arg("level", cross.term(roster, there, level))
            .arg("form", &cross.form(roster).title);
        found.push((cross.school(at), diagnostic));
    }
    found
}

/// `roster-not-updated`: fields: level studied for, status, graduation. Words: the status of
/// graduates. The level in the check's form must be theirs or above.
pub(super) fn not_updated(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let ([target, _, day, ..], Some(there), Some(roster)) = (
        check.fields.as_slice(),
        check.there.first(),
        cross.other(check),
    ) else {
        return Vec::new();
    };
    let frame = &cross.frames[form];
    let (Some(aims), Some(graduated)) = (frame.codes(target), cross.words(form, check, "status"))
    else {
        return Vec::new();
    };
    let days = frame.dates(day);
    let cut_off = cross.scheme.cut_off;
    let levels = cross.term_of_person(roster, there);
    let mut found = Vec::new();
    for (record, person) in frame.persons.iter().enumerate() {
        let (Some(aim), Some(level)) = (aims.get(record), levels[*person as usize]) else {
            continue;
        };
        if level >= aim || !graduated.hold(record) {
            continue;
        }
        let day = days.map(|d| d[record]).filter(|d| *d != NO_DATE);
        let day = day.and_then(super::look::date);
        if day.is_some_and(|d| d > cut_off) {
            continue;
        }
        let at = (form, record);
        let diagnostic = finding(cross, Rule::RosterNotUpdated, at, target)
            .variant(if day.is_none() { "undated" } else { "" })
            .arg("day", day.unwrap_or(cut_off))
            .arg("target", cross.term(form, target, aim))
            .arg("level", cross.term(roster, there, level))
            .arg("form", &cross.form(roster).title);
        found.push((cross.school(at), diagnostic));
    }
    found
}

/// `tuition-unfinished`: fields: kind of expense, amount. Words: the kind that is tuition, the
/// status of graduates in the check's form. Judged for people who stand there.
pub(super) fn tuition(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let ([kind, amount, ..], Some(study)) = (check.fields.as_slice(), cross.other(check)) else {
        return Vec::new();
    };
    let status = check.there.first().map_or("", String::as_str);
    let (Some(is_tuition), Some(graduated)) = (
        cross.words(form, check, kind),
        cross.words(study, check, status),
    ) else {
        return Vec::new();
    };
    let statuses = cross.frames[study].codes(status);
    let persons = cross.dataset.persons as usize;
    let (mut done, mut known) = (vec![false; persons], vec![false; persons]);
    for (record, person) in cross.frames[study].persons.iter().enumerate() {
        done[*person as usize] |= graduated.hold(record);
        known[*person as usize] |= statuses.is_some_and(|s| s.get(record).is_some());
    }
    let mut found = Vec::new();
    for (record, person) in cross.frames[form].persons.iter().enumerate() {
        let person = *person as usize;
        if !is_tuition.hold(record) || done[person] || !known[person] {
            continue;
        }
        let at = (form, record);
        let diagnostic = finding(cross, Rule::TuitionUnfinished, at, amount)
            .arg("form", &cross.form(study).title);
        found.push((cross.school(at), diagnostic));
    }
    found
}
