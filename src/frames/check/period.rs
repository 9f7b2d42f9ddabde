//! What changed in the roster since the earlier period and wants a word: who left, who came, what
//! cannot change, what rarely sinks, how many there are. Schools are judged that sent a roster both
//! times.

use super::super::person::ROSTER;
use super::{Cross, Finding, Record};
use crate::diagnostic::{Diagnostic, Place, Rule};
use crate::normalise::NO_DATE;
use crate::scheme::{Check, FormIdx, Kind, plus_years};
use chrono::{NaiveDate, TimeDelta};
use polars::prelude::PlHashSet as HashSet;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn since(
    now: &Cross<'_>,
    then: &Cross<'_>,
    form: FormIdx,
    check: &Check,
) -> Vec<Finding> {
    if now.scheme.form(ROSTER) != Some(form) {
        return Vec::new();
    }
    let both = Both { now, then, form };
    match check.rule {
        Rule::RosterLeft => both.left(),
        Rule::RosterJoined => both.joined(),
        Rule::LastingChanged => both.changed(check),
        Rule::RankLower => both.lower(check),
        Rule::TierLost => both.lost(check),
        Rule::HeadcountJump => both.jump(check),
        _ => Vec::new(),
    }
}

struct Both<'c, 'a> {
    now: &'c Cross<'a>,
    then: &'c Cross<'a>,
    form: FormIdx,
}

impl Both<'_, '_> {
    fn left(&self) -> Vec<Finding> {
        let here = self.firsts(self.now);
        let listed = self.listed(self.now);
        let mut told: HashSet<u32> = HashSet::default();
        let mut found = Vec::new();
        for record in 0..self.then.frames[self.form].len() {
            let at = (self.form, record);
            let (school, person) = (self.then.school(at), self.then.person(at));
            // Whoever moved to another school is in its roster.
            let (Some(first), false) = (here.get(&school), listed[person as usize]) else {
                continue;
            };
            if !told.insert(person) {
                continue;
            }
            let diagnostic = Diagnostic::new(Rule::RosterLeft, self.sheet(*first))
                .arg("name", self.then.called(at));
            found.push((school, diagnostic));
        }
        found
    }

    fn joined(&self) -> Vec<Finding> {
        let there = self.firsts(self.then);
        let listed = self.listed(self.then);
        let (id, name) = self.now.person_fields(self.form);
        let fields: Vec<&str> = [name, id].into_iter().flatten().collect();
        let mut found = Vec::new();
        for record in 0..self.now.frames[self.form].len() {
            let at = (self.form, record);
            let (school, person) = (self.now.school(at), self.now.person(at));
            if there.contains_key(&school) && !listed[person as usize] {
                let (place, field) = self.now.place(at, &fields);
                let diagnostic = Diagnostic::new(Rule::RosterJoined, place)
                    .field(field)
                    .arg("name", self.now.called(at));
                found.push((school, diagnostic));
            }
        }
        found
    }

    /// Fields that never change. What a valid id number says itself is compared with it and not
    /// with the past: a correction is no mistake.
    fn changed(&self, check: &Check) -> Vec<Finding> {
        self.pairs(check, |field, now, then| {
            let kind = &self.now.form(self.form).fields[field].kind;
            let said_by_id = *kind == Kind::Date || self.is_of_id(field);
            let (a, b) = (
                self.shown(self.now, field, now)?,
                self.shown(self.then, field, then)?,
            );
            let same_month = *kind == Kind::Date && same_month(&a, &b);
            let differ = a != b && !same_month && !(said_by_id && self.now.valid_id(now));
            differ.then_some((Rule::LastingChanged, b, a))
        })
    }

    /// Fields of ordered vocabularies that fall in nobody without a decision.
    fn lower(&self, check: &Check) -> Vec<Finding> {
        self.pairs(check, |field, now, then| {
            if !self.is_ordered(field) {
                return None;
            }
            let (a, b) = (
                self.code(self.now, field, now)?,
                self.code(self.then, field, then)?,
            );
            (a < b).then_some(())?;
            let shown = (
                self.shown(self.then, field, then)?,
                self.shown(self.now, field, now)?,
            );
            Some((Rule::RankLower, shown.0, shown.1))
        })
    }

    /// Fields: the honour, when it was awarded. Parameter: `term` in years.
    fn lost(&self, check: &Check) -> Vec<Finding> {
        let roster = self.now.form(self.form);
        let awarded = check.fields.get(1).map(String::as_str);
        let awarded = awarded.and_then(|f| self.then.frames[self.form].dates(f));
        let term = check.params.get("term").copied();
        let only = Check {
            fields: check.fields.iter().take(1).cloned().collect(),
            ..check.clone()
        };
        self.pairs(&only, |field, now, then| {
            let frame = &self.now.frames[self.form];
            let source = &frame.sources[frame.origins[now.1].0 as usize];
            // A table without the column says nothing about honours.
            let asked = source.columns.get(field).copied().flatten().is_some();
            let had = self.shown(self.then, field, then)?;
            let over = awarded.zip(term).is_some_and(|(days, years)| {
                let since = TimeDelta::try_days(i64::from(days[then.1]));
                let day = since.and_then(|d| NaiveDate::default().checked_add_signed(d));
                let end = day.map(|d| plus_years(d, years as i64));
                days[then.1] != NO_DATE && end.is_some_and(|d| d <= self.now.scheme.cut_off)
            });
            let gone = asked && !over && self.code(self.now, field, now).is_none();
            gone.then(|| (Rule::TierLost, had, roster.fields[field].title.clone()))
        })
    }

    /// Parameters: more than `percent` of the earlier number and more than `least` persons.
    fn jump(&self, check: &Check) -> Vec<Finding> {
        let param = |name: &str| check.params.get(name).map_or(0, |n| *n as i64);
        let (percent, least) = (param("percent"), param("least"));
        let (now, then) = (self.heads(self.now), self.heads(self.then));
        let firsts = self.firsts(self.now);
        let mut found = Vec::new();
        for (school, n) in &now {
            let (Some(before), Some(first)) = (then.get(school), firsts.get(school)) else {
                continue;
            };
            let change = (n - before).abs();
            if change * 100 > percent * before && change > least {
                let diagnostic = Diagnostic::new(Rule::HeadcountJump, self.sheet(*first))
                    .arg("before", before)
                    .arg("now", n)
                    .arg("percent", percent);
                found.push((*school, diagnostic));
            }
        }
        found
    }

    // ---- both periods --------------------------------------------------------------------

    /// Asks about every field of the check for every person who was there and is: rule, value then,
    /// value now.
    fn pairs(
        &self,
        check: &Check,
        ask: impl Fn(usize, Record, Record) -> Option<(Rule, String, String)>,
    ) -> Vec<Finding> {
        let mut earlier = vec![None; self.now.dataset.persons as usize];
        for (record, person) in self.then.frames[self.form].persons.iter().enumerate() {
            earlier[*person as usize].get_or_insert(record);
        }
        let roster = self.now.form(self.form);
        let fields: Vec<usize> = check
            .fields
            .iter()
            .filter_map(|f| roster.field(f))
            .collect();
        let mut found = Vec::new();
        for (record, person) in self.now.frames[self.form].persons.iter().enumerate() {
            let Some(then) = earlier[*person as usize] else {
                continue;
            };
            let at = (self.form, record);
            for field in &fields {
                let Some((rule, before, after)) = ask(*field, at, (self.form, then)) else {
                    continue;
                };
                let id = roster.fields[*field].id.as_str();
                let (place, field_id) = self.now.place(at, &[id]);
                let diagnostic = Diagnostic::new(rule, place)
                    .field(field_id)
                    .arg("name", self.now.called(at))
                    .arg("field", &roster.fields[*field].title)
                    .arg("before", before)
                    .arg("now", after);
                found.push((self.now.school(at), diagnostic));
            }
        }
        found
    }

    /// The first record of each school with a name.
    fn firsts(&self, cross: &Cross<'_>) -> BTreeMap<u32, Record> {
        let mut first = BTreeMap::new();
        for (record, school) in cross.frames[self.form].school_ids.iter().enumerate() {
            if !cross.school_name(*school).is_empty() {
                first.entry(*school).or_insert((self.form, record));
            }
        }
        first
    }

    /// For each person of both periods whether the roster has it.
    fn listed(&self, cross: &Cross<'_>) -> Vec<bool> {
        let mut listed = vec![false; self.now.dataset.persons as usize];
        for person in &cross.frames[self.form].persons {
            listed[*person as usize] = true;
        }
        listed
    }

    /// How many persons each school has.
    fn heads(&self, cross: &Cross<'_>) -> BTreeMap<u32, i64> {
        let frame = &cross.frames[self.form];
        let pairs = frame.school_ids.iter().zip(&frame.persons);
        let distinct: BTreeSet<(u32, u32)> = pairs.map(|(s, p)| (*s, *p)).collect();
        let mut heads = BTreeMap::new();
        for (school, _) in distinct {
            *heads.entry(school).or_default() += 1;
        }
        heads
    }

    fn sheet(&self, at: Record) -> Place {
        let (place, _) = self.now.place(at, &[]);
        Place::sheet(&place.file, &place.sheet)
    }

    /// Whether an id number says the field, as a check of the form has it.
    fn is_of_id(&self, field: usize) -> bool {
        let roster = self.now.form(self.form);
        let mut checks = roster.checks.iter();
        checks.any(|c| {
            matches!(c.rule, Rule::IdGenderMismatch | Rule::IdBirthMismatch)
                && c.fields.get(1) == Some(&roster.fields[field].id)
        })
    }

    fn is_ordered(&self, field: usize) -> bool {
        match &self.now.form(self.form).fields[field].kind {
            Kind::Vocabulary(v) => self.now.scheme.vocabulary(v).is_some_and(|v| v.ordered),
            _ => false,
        }
    }

    fn code(&self, cross: &Cross<'_>, field: usize, at: Record) -> Option<u16> {
        let id = &cross.form(self.form).fields[field].id;
        cross.frames[self.form].codes(id)?.get(at.1)
    }

    /// A date or a term as people read it.
    fn shown(&self, cross: &Cross<'_>, field: usize, at: Record) -> Option<String> {
        let of = &cross.form(self.form).fields[field];
        match &of.kind {
            Kind::Date => {
                let days = cross.frames[self.form].dates(&of.id)?[at.1];
                let since = TimeDelta::try_days(i64::from(days)).filter(|_| days != NO_DATE)?;
                Some(NaiveDate::default().checked_add_signed(since)?.to_string())
            }
            Kind::Vocabulary(vocabulary) => {
                let code = self.code(cross, field, at)?;
                let terms = &cross.scheme.vocabulary(vocabulary)?.terms;
                Some(terms.get(usize::from(code))?.name.clone())
            }
            _ => None,
        }
    }
}

/// Whether two days, as ISO writes them, are one month and one of them may be no more than that.
fn same_month(a: &str, b: &str) -> bool {
    let month = |day: &str| day.get(..7).map(str::to_owned);
    month(a) == month(b) && (a.ends_with("-01") || b.ends_with("-01"))
}
