//! What an id number and a date of birth say: birth, gender, age.

use super::{Table, years_between};
use crate::diagnostic::Rule;
use crate::normalise::dates;
use crate::scheme::{Check, Code};

impl Table<'_> {
    /// Fields: id number, date of birth. Where only the month was typed the date is the id
    /// number's own day already, if the months agree.
    pub(super) fn id_birth(&mut self, check: &Check) {
        let (Some(_), Some(birth)) = (self.index(check, 0), self.index(check, 1)) else {
            return;
        };
        for record in 0..self.len() {
            let Some(facts) = self.fact(record) else {
                continue;
            };
            if self.days(birth, record) == Some(dates::number(facts.birth)) {
                continue;
            }
            let Some(day) = self.date(birth, record) else {
                continue;
            };
            if facts.birth != day {
                let diagnostic = self
                    .finding(Rule::IdBirthMismatch, record, birth)
                    .arg("birth", day)
                    .arg("id_birth", facts.birth);
                self.found.push(diagnostic);
            }
        }
    }

    /// Fields: id number, gender. The gender vocabulary has male first and female second, as
    /// GB/T 2261.1 numbers them.
    pub(super) fn id_gender(&mut self, check: &Check) {
        let Some(gender) = self.index(check, 1) else {
            return;
        };
        for record in 0..self.len() {
            let (Some(facts), Some(code)) = (self.fact(record), self.code(gender, record)) else {
                continue;
            };
            let by_id: Code = if facts.male { 0 } else { 1 };
            if code != by_id {
                let diagnostic = self
                    .finding(Rule::IdGenderMismatch, record, gender)
                    .arg("gender", self.term(gender, code))
                    .arg("id_gender", self.term(gender, by_id));
                self.found.push(diagnostic);
            }
        }
    }

    /// Fields: date of birth, id number. Parameters: `min` and `max` whole years at the cut-off
    /// date.
    pub(super) fn age(&mut self, check: &Check) {
        let limit = |name: &str| check.params.get(name).copied();
        let (min, max) = (
            limit("min").unwrap_or(0.0),
            limit("max").unwrap_or(f64::MAX),
        );
        let fields: Vec<usize> = (0..2).filter_map(|i| self.index(check, i)).collect();
        let cut_off = self.scheme.cut_off;
        for record in 0..self.len() {
            let typed = fields.first().and_then(|f| self.date(*f, record));
            let (Some(birth), Some(&field)) = (
                typed.or(self.fact(record).map(|f| f.birth)),
                if typed.is_some() {
                    fields.first()
                } else {
                    fields.last()
                },
            ) else {
                continue;
            };
            // Born after the cut-off date: a finding of its own.
            if birth > cut_off {
                continue;
            }
            let age = f64::from(years_between(birth, cut_off));
            let variant = match age {
                a if a < min => "young",
                a if a > max => "old",
                _ => continue,
            };
            let diagnostic = self
                .finding(Rule::AgeImplausible, record, field)
                .variant(variant)
                .arg("age", age)
                .arg("min", min)
                .arg("max", max)
                .arg("cut_off", cut_off);
            self.found.push(diagnostic);
        }
    }
}
