//! What a person's records of training come to in a year, and how they lie in time.

use super::look::{Days, months, shown, year};
use super::{Cross, Finding, Record};
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::fold;
use crate::normalise::NO_DATE;
use crate::scheme::{Check, FormIdx};
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// School, earlier and later course, by name and first day, with a record of each and how many
/// people are in both.
type Pairs = BTreeMap<(u32, Course, Course), (usize, usize, usize)>;
type Course = (Option<String>, i32);

/// A person's records of one year: first day of the year, their indices.
type Years = BTreeMap<NaiveDate, Vec<usize>>;

/// The records of each person by year; records without a day are left out.
fn years<'c>(
    cross: &'c Cross<'_>,
    form: FormIdx,
    days: &'c Days<'_>,
) -> impl Iterator<Item = Years> + 'c {
    let people = cross.people_of(form).chunk_by(|a, b| a.0 == b.0);
    people.map(move |records| {
        let mut years = Years::new();
        for &(_, record) in records {
            let record = record as usize;
            if let Some(day) = days.get(record) {
                let first = year(cross.scheme, day).0;
                years.entry(first).or_default().push(record);
            }
        }
        years
    })
}

fn finding(cross: &Cross<'_>, rule: Rule, at: Record, fields: &[&str]) -> Diagnostic {
    let (place, field) = cross.place(at, fields);
    Diagnostic::new(rule, place)
        .field(field)
        .arg("name", cross.called(at))
}

/// `hours-of-year`: fields: hours, the days, result. Words: results that do not count.
/// Parameters: `max`; `min` for the year of the cut-off.
pub(super) fn hours(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let Some((id, others)) = check.fields.split_first() else {
        return Vec::new();
    };
    let frame = &cross.frames[form];
    let (max, min) = (check.figure("max"), check.figure("min"));
    let Some(hours) = frame
        .decimals(id)
        .filter(|_| max.is_some() || min.is_some())
    else {
        return Vec::new();
    };
    let failed = cross.words(form, check, "result");
    let days = Days::of(frame, others);
    let now = year(cross.scheme, cross.scheme.cut_off).0;
    let mut found = Vec::new();
    for (first, records) in years(cross, form, &days).flatten() {
        let counts = |r: &&usize| !failed.as_ref().is_some_and(|f| f.hold(**r));
        let sum: i64 = records
            .iter()
            .filter(counts)
            .filter_map(|r| hours.get(*r))
            .sum();
        let (variant, limit, severity) = match (max, min) {
            (Some(max), _) if sum as f64 > max * 100.0 => ("", max, Severity::Warning),
            (_, Some(min)) if first == now && (sum as f64) < min * 100.0 => {
                ("few", min, Severity::Note)
            }
            _ => continue,
        };
        let at = (form, records[records.len() - 1]);
        let diagnostic = finding(cross, Rule::HoursOfYear, at, &[id])
            .variant(variant)
            .severity(severity)
            .arg("first", first)
            .arg("last", year(cross.scheme, first).1)
            .arg("hours", shown(sum))
            .arg("limit", limit);
        found.push((cross.school(at), diagnostic));
    }
    found
}

/// `training-overlap`: fields: first day, last day, project. Words: the categories that take whole
/// days. Days that may stand for months, and courses that meet on one day, prove nothing. A pair of
/// courses is told once a school, with the number of those in both.
pub(super) fn overlaps(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let [start, end, project, ..] = check.fields.as_slice() else {
        return Vec::new();
    };
    let frame = &cross.frames[form];
    let (Some(starts), Some(ends)) = (frame.dates(start), frame.dates(end)) else {
        return Vec::new();
    };
    let Some(whole) = cross.words(form, check, "category") else {
        return Vec::new();
    };
    let projects = frame.texts(project);
    let name = |r: usize| projects.and_then(|t| t.get(r)).map(fold::label_of);
    let month = |day: i32| super::look::date(day).is_some_and(|d| d.day() == 1);
    let mut pairs: Pairs = BTreeMap::new();
    for records in cross.people_of(form).chunk_by(|a, b| a.0 == b.0) {
        if records.len() < 2 {
            continue;
        }
        let records = records.iter().map(|(_, r)| *r as usize);
        let known = |r: &usize| {
            let (a, b) = (starts[*r], ends[*r]);
            a != NO_DATE && b != NO_DATE && a <= b && !month(a) && !month(b) && whole.hold(*r)
        };
        let mut held: Vec<usize> = records.filter(known).collect();
        held.sort_by_key(|r| (starts[*r], ends[*r], *r));
        for (i, &later) in held.iter().enumerate() {
            // The course that lasts longest of those before.
            let before = held[..i].iter().copied().max_by_key(|r| ends[*r]);
            let Some(before) = before.filter(|b| starts[later] < ends[*b]) else {
                continue;
            };
            // The same course twice has its own finding.
            if name(before) == name(later) {
                continue;
            }
            let school = cross.school((form, later));
            if school != cross.school((form, before)) {
                continue;
            }
            let course = |r: usize| (name(r).map(String::from), starts[r]);
            let pair = (school, course(before), course(later));
            let known = pairs.entry(pair).or_insert((later, before, 0));
            // The first in the order of the records, whatever numbers the people have.
            (known.0, known.1) = (known.0, known.1).min((later, before));
            known.2 += 1;
        }
    }
    let found = pairs.into_values().map(|(later, before, people)| {
        let (at, other) = ((form, later), (form, before));
        let diagnostic = cross
            .pointing(Rule::TrainingOverlap, at, &[start, end], other)
            .arg("project", cross.text(at, project))
            .arg("other_project", cross.text(other, project))
            .arg("people", people);
        (cross.school(at), diagnostic)
    });
    found.collect()
}

/// `training-before-entry`: fields: the days, project. The check's form says in its date field when
/// a person's work began; months are compared. A person is told once, with the number of records.
pub(super) fn before_entry(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let (Some(roster), Some(field)) = (cross.other(check), check.there.first()) else {
        return Vec::new();
    };
    let Some(entered) = cross.frames[roster].dates(field) else {
        return Vec::new();
    };
    let mut since: Vec<i32> = vec![NO_DATE; cross.dataset.persons as usize];
    for (person, day) in cross.frames[roster].persons.iter().zip(entered) {
        let known = &mut since[*person as usize];
        if *day != NO_DATE && (*known == NO_DATE || day < known) {
            *known = *day;
        }
    }
    let frame = &cross.frames[form];
    let days = Days::of(frame, &check.fields);
    let dated: Vec<&str> = check.fields.iter().map(String::as_str).collect();
    // If the start of work is wrong, all of the person's records are: the first is told.
    let mut told: BTreeMap<(u32, u32), (usize, usize)> = BTreeMap::new();
    for (record, person) in frame.persons.iter().enumerate() {
        let entry = super::look::date(since[*person as usize]);
        let (Some(entry), Some(day)) = (entry, days.get(record)) else {
            continue;
        };
        if months(day) < months(entry) {
            let key = (frame.school_ids[record], *person);
            told.entry(key).or_insert((record, 0)).1 += 1;
        }
    }
    let finding = |((school, person), (record, rows)): ((u32, u32), (usize, usize))| {
        let at = (form, record);
        let entry = super::look::date(since[person as usize])?;
        let project = dated.last().map_or("", |f| cross.text(at, f));
        let diagnostic = finding(cross, Rule::TrainingBeforeEntry, at, &dated)
            .arg("project", project)
            .arg("day", days.get(record)?)
            .arg("entry", entry)
            .arg("rows", rows);
        Some((school, diagnostic))
    };
    told.into_iter().filter_map(finding).collect()
}

/// `mandatory-missing`: fields: where the words stand, then the days. Judged in the last month of a
/// year, for people with records in it. Nothing without words.
pub(super) fn mandatory(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let Some((id, others)) = check.fields.split_first() else {
        return Vec::new();
    };
    let Some(words) = cross.words(form, check, id) else {
        return Vec::new();
    };
    let frame = &cross.frames[form];
    let days = Days::of(frame, others);
    let (first, last) = year(cross.scheme, cross.scheme.cut_off);
    if months(last) != months(cross.scheme.cut_off) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for mut years in years(cross, form, &days) {
        let Some(records) = years.remove(&first) else {
            continue;
        };
        if records.iter().any(|r| words.hold(*r)) {
            continue;
        }
        let at = (form, records[records.len() - 1]);
        let diagnostic = finding(cross, Rule::MandatoryMissing, at, &[id])
            .arg("first", first)
            .arg("last", last)
            .arg("words", check.list(id).join("\u{3001}"));
        found.push((cross.school(at), diagnostic));
    }
    found
}

/// `achievements-share`: fields: hours, credits, the days; hours count where any of the person's
/// rows has them. Words: category and project of achievements. Parameters: `share` of the year,
/// `rows` from which a year is judged.
pub(super) fn achievements(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let [hours, credits, others @ ..] = check.fields.as_slice() else {
        return Vec::new();
    };
    let (Some(share), Some(category), Some(project)) = (
        check.figure("share"),
        cross.words(form, check, "category"),
        cross.words(form, check, "project"),
    ) else {
        return Vec::new();
    };
    let frame = &cross.frames[form];
    let least = check.figure("rows").unwrap_or(1.0);
    let days = Days::of(frame, others);
    let mut found = Vec::new();
    for (first, records) in years(cross, form, &days).flatten() {
        if (records.len() as f64) < least {
            continue;
        }
        let sums = |field: &str| {
            let numbers = frame.decimals(field)?;
            let part = |r: &&usize| category.hold(**r) && project.hold(**r);
            let of = records.iter().filter(part).filter_map(|r| numbers.get(*r));
            let all: i64 = records.iter().filter_map(|r| numbers.get(*r)).sum();
            (all > 0).then_some((of.sum::<i64>(), all))
        };
        let Some((id, (part, all))) = [hours, credits]
            .into_iter()
            .find_map(|f| Some((f, sums(f)?)))
        else {
            continue;
        };
        if part as f64 <= share * all as f64 {
            continue;
        }
        let Some(&record) = records
            .iter()
            .rfind(|r| category.hold(**r) && project.hold(**r))
        else {
            continue;
        };
        let at = (form, record);
        let diagnostic = finding(cross, Rule::AchievementsShare, at, &[id])
            .arg("first", first)
            .arg("last", year(cross.scheme, first).1)
            .arg("part", shown(part))
            .arg("all", shown(all))
            .arg("percent", (part as f64 * 100.0 / all as f64).round());
        found.push((cross.school(at), diagnostic));
    }
    found
}

/// `no-training-in-year`: fields: the days. In the last month of a year, people of the check's form
/// without a record in it, in schools where the share `coverage` of them has one.
pub(super) fn none(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let Some(roster) = cross.other(check) else {
        return Vec::new();
    };
    let frame = &cross.frames[form];
    let days = Days::of(frame, &check.fields);
    let (first, last) = year(cross.scheme, cross.scheme.cut_off);
    if months(last) != months(cross.scheme.cut_off) {
        return Vec::new();
    }
    let mut trained = vec![false; cross.dataset.persons as usize];
    for (record, person) in frame.persons.iter().enumerate() {
        let day = days.get(record);
        trained[*person as usize] |= day.is_some_and(|d| (first..=last).contains(&d));
    }
    let lacking = lacking(cross, roster, check, |_| true, &trained);
    let people = cross.person_fields(roster);
    let fields: Vec<&str> = [people.1, people.0].into_iter().flatten().collect();
    lacking
        .into_iter()
        .map(|record| {
            let at = (roster, record);
            let diagnostic = finding(cross, Rule::NoTrainingInYear, at, &fields)
                .arg("first", first)
                .arg("last", last)
                .arg("form", &cross.form(form).title);
            (cross.school(at), diagnostic)
        })
        .collect()
}

/// The first roster record of each person who should have something and does not, in schools where
/// at least the share `coverage` has it: where fewer do, the school tells of some people only.
pub(super) fn lacking(
    cross: &Cross<'_>,
    roster: FormIdx,
    check: &Check,
    owes: impl Fn(usize) -> bool,
    has: &[bool],
) -> Vec<usize> {
    let coverage = check.params.get("coverage").copied().unwrap_or(1.0);
    let frame = &cross.frames[roster];
    let mut seen: BTreeSet<u32> = BTreeSet::new();
    let mut schools: BTreeMap<u32, (usize, Vec<usize>)> = BTreeMap::new();
    for (record, person) in frame.persons.iter().enumerate() {
        // A wrong number, and its person's records stand elsewhere.
        if !owes(record) || !cross.valid_id((roster, record)) || !seen.insert(*person) {
            continue;
        }
        let (with, without) = schools.entry(frame.school_ids[record]).or_default();
        match has[*person as usize] {
            true => *with += 1,
            false => without.push(record),
        }
    }
    let enough = |(with, without): &(usize, Vec<usize>)| {
        *with > 0 && *with as f64 >= coverage * (*with + without.len()) as f64
    };
    let schools = schools.into_values().filter(enough);
    schools.flat_map(|(_, without)| without).collect()
}
