//! Assessments of a school together, and beside its roster and its register of training.

use super::look::{Days, shown};
use super::years::lacking;
use super::{Cross, Finding, Record};
use crate::diagnostic::{Diagnostic, Rule};
use crate::normalise::NO_NUMBER;
use crate::scheme::{Check, FormIdx};
use chrono::Datelike;
use std::collections::BTreeMap;

fn finding(cross: &Cross<'_>, rule: Rule, at: Record, fields: &[&str]) -> Diagnostic {
    let (place, field) = cross.place(at, fields);
    Diagnostic::new(rule, place)
        .field(field)
        .arg("name", cross.called(at))
}

/// The year of a record; `None` where the form or the record has none.
fn year_of(cross: &Cross<'_>, (form, record): Record, field: &str) -> Option<i64> {
    let years = cross.frames[form].integers(field)?;
    Some(years[record]).filter(|y| *y != NO_NUMBER)
}

/// `excellent-over-quota`: fields: grade, year. Words: the grade whose number is limited.
/// Parameters: `share` of a school's graded people, rounded down; one where there are `least`.
pub(super) fn quota(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let ([grade, year, ..], Some(share)) = (check.fields.as_slice(), check.figure("share")) else {
        return Vec::new();
    };
    let (Some(grades), Some(best)) = (
        cross.frames[form].codes(grade),
        cross.words(form, check, grade),
    ) else {
        return Vec::new();
    };
    let least = check.figure("least").unwrap_or(1.0);
    let mut schools: BTreeMap<(u32, Option<i64>), (usize, Vec<usize>)> = BTreeMap::new();
    for record in (0..cross.frames[form].len()).filter(|r| grades.get(*r).is_some()) {
        let at = (form, record);
        let key = (cross.school(at), year_of(cross, at, year));
        let (all, excellent) = schools.entry(key).or_default();
        *all += 1;
        if best.hold(record) {
            excellent.push(record);
        }
    }
    let mut found = Vec::new();
    for ((school, _), (all, excellent)) in schools {
        let floor = (share * all as f64 + 1e-9).floor() as usize;
        let allowed = floor.max(usize::from(all as f64 >= least));
        let Some(record) = excellent.get(allowed).filter(|_| all as f64 >= least) else {
            continue;
        };
        let diagnostic = finding(cross, Rule::ExcellentOverQuota, (form, *record), &[grade])
            .arg("count", excellent.len())
            .arg("people", all)
            .arg("percent", (share * 100.0).round())
            .arg("allowed", allowed);
        found.push((school, diagnostic));
    }
    found
}

/// Each person's standing in the check's form: there at all, and with a term in its field.
fn backbone(cross: &Cross<'_>, roster: FormIdx, field: &str) -> Option<(Vec<bool>, Vec<bool>)> {
    let frame = &cross.frames[roster];
    let tiers = frame.codes(field)?;
    let persons = cross.dataset.persons as usize;
    let (mut listed, mut held) = (vec![false; persons], vec![false; persons]);
    for (record, person) in frame.persons.iter().enumerate() {
        listed[*person as usize] = true;
        held[*person as usize] |= tiers.get(record).is_some();
    }
    Some((listed, held))
}

/// `not-backbone`: fields: where to show the person. People assessed who stand in the check's form
/// without a term in its field, in schools where the share `coverage` of those assessed has one.
pub(super) fn strangers(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let (Some(roster), Some(field)) = (cross.other(check), check.there.first()) else {
        return Vec::new();
    };
    let Some((listed, held)) = backbone(cross, roster, field) else {
        return Vec::new();
    };
    let coverage = check.params.get("coverage").copied().unwrap_or(1.0);
    let mut schools: BTreeMap<u32, (usize, Vec<usize>)> = BTreeMap::new();
    for (record, person) in cross.frames[form].persons.iter().enumerate() {
        let person = *person as usize;
        if !listed[person] {
            continue;
        }
        let (with, without) = schools.entry(cross.school((form, record))).or_default();
        match held[person] {
            true => *with += 1,
            false => without.push(record),
        }
    }
    let fields: Vec<&str> = check.fields.iter().rev().map(String::as_str).collect();
    let mut found = Vec::new();
    for (school, (with, without)) in schools {
        if (with as f64) < coverage * (with + without.len()) as f64 || with == 0 {
            continue;
        }
        found.extend(without.into_iter().map(|record| {
            let diagnostic = finding(cross, Rule::NotBackbone, (form, record), &fields)
                .arg("form", &cross.form(roster).title);
            (school, diagnostic)
        }));
    }
    found
}

/// `assessment-missing`: people with a term in the field of the check's form who were not assessed,
/// in schools that assessed the share `coverage` of them.
pub(super) fn missing(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let (Some(roster), Some(field)) = (cross.other(check), check.there.first()) else {
        return Vec::new();
    };
    let Some(tiers) = cross.frames[roster].codes(field) else {
        return Vec::new();
    };
    let mut assessed = vec![false; cross.dataset.persons as usize];
    for person in &cross.frames[form].persons {
        assessed[*person as usize] = true;
    }
    let owes = |record: usize| tiers.get(record).is_some();
    lacking(cross, roster, check, owes, &assessed)
        .into_iter()
        .map(|record| {
            let at = (roster, record);
            let code = tiers.get(record);
            let diagnostic = finding(cross, Rule::AssessmentMissing, at, &[field])
                .arg("tier", code.map_or("", |c| cross.term(roster, field, c)))
                .arg("form", &cross.form(form).title);
            (cross.school(at), diagnostic)
        })
        .collect()
}

/// `grade-without-credits`: fields: grade, year. The check's form has in its fields credits, days
/// and result. Words: grades that want credits, results that give none. Parameter: `min` of the
/// year assessed, else of the cut-off's. Judged for people whose school sent that form.
pub(super) fn without_credits(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let ([grade, year, ..], [amount, days @ ..], Some(training), Some(min)) = (
        check.fields.as_slice(),
        check.there.as_slice(),
        cross.other(check),
        check.figure("min"),
    ) else {
        return Vec::new();
    };
    let frame = &cross.frames[training];
    let (Some(grades), Some(passed), Some(credits)) = (
        cross.frames[form].codes(grade),
        cross.words(form, check, grade),
        frame.decimals(amount),
    ) else {
        return Vec::new();
    };
    let failed = cross.words(training, check, "result");
    let days = Days::of(frame, days);
    let mut sums: BTreeMap<(u32, i64), i64> = BTreeMap::new();
    for (record, person) in frame.persons.iter().enumerate() {
        if failed.as_ref().is_some_and(|f| f.hold(record)) {
            continue;
        }
        if let (Some(day), Some(n)) = (days.get(record), credits.get(record)) {
            *sums.entry((*person, i64::from(day.year()))).or_default() += n;
        }
    }
    let schools: std::collections::BTreeSet<u32> = frame.school_ids.iter().copied().collect();
    let mut found = Vec::new();
    for (record, person) in cross.frames[form].persons.iter().enumerate() {
        let at = (form, record);
        if !passed.hold(record) || !schools.contains(&cross.school(at)) {
            continue;
        }
        let year = year_of(cross, at, year);
        let year = year.unwrap_or_else(|| i64::from(cross.scheme.cut_off.year()));
        let sum = sums.get(&(*person, year)).copied().unwrap_or(0);
        if sum as f64 >= min * 100.0 {
            continue;
        }
        let code = grades.get(record);
        let diagnostic = finding(cross, Rule::GradeWithoutCredits, at, &[grade])
            .arg("year", year)
            .arg("credits", shown(sum))
            .arg("min", min)
            .arg("grade", code.map_or("", |c| cross.term(form, grade, c)));
        found.push((cross.school(at), diagnostic));
    }
    found
}
