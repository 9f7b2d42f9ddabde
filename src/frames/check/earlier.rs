//! Training and degrees of this period beside those of an earlier one.

use super::look::{Days, shown, term_of_person};
use super::{Cross, Finding};
use crate::diagnostic::{Diagnostic, Rule};
use crate::frames::Dataset;
use crate::scheme::{Check, Code, FormIdx};
use chrono::NaiveDate;

/// What these rules find in the forms that the scheme collects: what it does not explains nothing.
pub(super) fn all(cross: &Cross<'_>, then: &Dataset) -> Vec<Finding> {
    let scheme = cross.scheme;
    let mut found = Vec::new();
    for (index, form) in scheme.forms.iter().enumerate() {
        if !scheme.wanted.get(index).copied().unwrap_or(false) {
            continue;
        }
        for check in &form.checks {
            match check.rule {
                Rule::CumulativeFell => found.extend(fell(cross, then, index, check)),
                Rule::EducationRisen | Rule::EducationFell => {
                    found.extend(education(cross, then, index, check));
                }
                _ => {}
            }
        }
    }
    found
}

/// `cumulative-fell`: fields: a number, the days. What a person's records say about the time that
/// the earlier period told of, if they tell of it again, must come to as much. Only inside the
/// scheme's cycle, where there is one.
fn fell(cross: &Cross<'_>, then: &Dataset, form: FormIdx, check: &Check) -> Vec<Finding> {
    let Some((id, dated)) = check.fields.split_first() else {
        return Vec::new();
    };
    let (now, old) = (&cross.frames[form], &then.forms[form]);
    let (Some(numbers), Some(before)) = (now.decimals(id), old.decimals(id)) else {
        return Vec::new();
    };
    let cut_off = cross.scheme.cut_off;
    let since = cross.scheme.cycle.map(|c| c.start_of(cut_off));
    let inside = |day: NaiveDate| since.is_none_or(|s| day >= s);
    // Each person's number and last day then.
    let mut sums: Vec<(i64, Option<NaiveDate>)> = vec![(0, None); then.persons as usize];
    let days = Days::of(old, dated);
    for (record, person) in old.persons.iter().enumerate() {
        let Some(day) = days.get(record).filter(|d| inside(*d)) else {
            continue;
        };
        let known = &mut sums[*person as usize];
        known.0 += before.get(record).unwrap_or(0);
        known.1 = known.1.max(Some(day));
    }
    let days = Days::of(now, dated);
    let mut found = Vec::new();
    for records in cross.people_of(form).chunk_by(|a, b| a.0 == b.0) {
        let known = sums.get(records[0].0 as usize).copied();
        let Some((was, Some(until))) = known else {
            continue;
        };
        let told = |r: usize| days.get(r).is_some_and(|d| inside(d) && d <= until);
        let told: Vec<usize> = records
            .iter()
            .map(|(_, r)| *r as usize)
            .filter(|r| told(*r))
            .collect();
        let is: i64 = told.iter().filter_map(|r| numbers.get(*r)).sum();
        let Some(&last) = told.last().filter(|_| is < was) else {
            continue;
        };
        let at = (form, last);
        let (place, field) = cross.place(at, &[id]);
        let diagnostic = Diagnostic::new(Rule::CumulativeFell, place)
            .field(field)
            .arg("name", cross.called(at))
            .arg("until", until)
            .arg("before", shown(was))
            .arg("now", shown(is));
        found.push((cross.school(at), diagnostic));
    }
    found
}

/// `education-risen` and `education-fell`: the level in the check's form against the earlier
/// period's. A rise is explained by a record of this form, of any period, with that level.
fn education(cross: &Cross<'_>, then: &Dataset, form: FormIdx, check: &Check) -> Vec<Finding> {
    let (Some(target), Some(there), Some(roster)) = (
        check.fields.first(),
        check.there.first(),
        check.form.as_deref().and_then(|f| cross.scheme.form(f)),
    ) else {
        return Vec::new();
    };
    let was = term_of_person(&then.forms[roster], there, cross.dataset.persons);
    let is = term_of_person(&cross.frames[roster], there, cross.dataset.persons);
    let explained = match check.rule {
        Rule::EducationRisen => aims(cross, then, form, target),
        _ => std::collections::BTreeSet::new(),
    };
    let mut told = vec![false; cross.dataset.persons as usize];
    let mut found = Vec::new();
    for (record, person) in cross.frames[roster].persons.iter().enumerate() {
        let p = *person as usize;
        let (Some(a), Some(b)) = (was[p], is[p]) else {
            continue;
        };
        let rule = match b.cmp(&a) {
            std::cmp::Ordering::Greater if !explained.contains(&(*person, b)) => {
                Rule::EducationRisen
            }
            std::cmp::Ordering::Less => Rule::EducationFell,
            _ => continue,
        };
        if rule != check.rule || std::mem::replace(&mut told[p], true) {
            continue;
        }
        let at = (roster, record);
        let (place, field) = cross.place(at, &[there]);
        let diagnostic = Diagnostic::new(rule, place)
            .field(field)
            .arg("name", cross.called(at))
            .arg("before", cross.term(roster, there, a))
            .arg("now", cross.term(roster, there, b))
            .arg("form", &cross.form(form).title);
        found.push((cross.school(at), diagnostic));
    }
    found
}

/// Who studies or studied for which level, now or then.
fn aims(
    cross: &Cross<'_>,
    then: &Dataset,
    form: FormIdx,
    target: &str,
) -> std::collections::BTreeSet<(u32, Code)> {
    let frames = [&cross.frames[form], &then.forms[form]];
    let all = frames
        .into_iter()
        .filter_map(|f| Some((f, f.codes(target)?)));
    all.flat_map(|(frame, codes)| {
        let pairs = frame.persons.iter().zip(codes.iter());
        pairs
            .filter_map(|(person, code)| Some((*person, code?)))
            .collect::<Vec<_>>()
    })
    .collect()
}
