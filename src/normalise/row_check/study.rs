//! When somebody graduated: at what age, and in which order.

use super::{Table, months, when};
use crate::diagnostic::{Rule, Severity};
use crate::scheme::Check;
use chrono::Datelike;

impl Table<'_> {
    /// Fields: graduation of the first and of the highest education, then these. Two dates of one
    /// level are worth a question.
    pub(super) fn graduation_order(&mut self, check: &Check) {
        let (Some(first), Some(last)) = (self.index(check, 0), self.index(check, 1)) else {
            return;
        };
        let (low, high) = (self.index(check, 2), self.index(check, 3));
        for record in 0..self.len() {
            let dates = (self.date(first, record), self.date(last, record));
            let (Some(earlier), Some(later)) = dates else {
                continue;
            };
            let apart = months(later) - months(earlier);
            let level = |f: Option<usize>| self.code(f?, record);
            let same = level(low).is_some() && level(low) == level(high);
            if apart == 0 || (apart > 0 && !same) {
                continue;
            }
            let diagnostic = self
                .finding(check.rule, record, last)
                .arg("first", when(earlier))
                .arg("last", when(later));
            let diagnostic = if apart > 0 {
                diagnostic.variant("same").severity(Severity::Warning)
            } else {
                diagnostic
            };
            self.found.push(diagnostic);
        }
    }

    /// Fields: date of birth, graduation, the education that ended with it; where the form has them,
    /// another education that the same date could belong to, and that one's own date. Parameters:
    /// the least age in years, by the name of the education.
    pub(super) fn graduation_age(&mut self, check: &Check) {
        let (Some(graduated), Some(education)) = (self.index(check, 1), self.index(check, 2))
        else {
            return;
        };
        let birth = check.fields.first().and_then(|f| self.form.field(f));
        let Some(birth) = birth else { return };
        // One date beside two levels of education: it may be the other's.
        let other = self
            .index(check, 3)
            .filter(|_| self.index(check, 4).is_none());
        let least = self.by_term(check, education);
        for record in 0..self.len() {
            let Some(code) = self.code(education, record) else {
                continue;
            };
            let Some(&Some(least)) = least.get(usize::from(code)) else {
                continue;
            };
            if other.is_some_and(|o| self.code(o, record) != Some(code)) {
                continue;
            }
            let born = self
                .date(birth, record)
                .or(self.fact(record).map(|f| f.birth));
            let (Some(born), Some(day)) = (born, self.date(graduated, record)) else {
                continue;
            };
            // Years of the calendar: who is born in September graduates in July.
            if f64::from(day.year() - born.year()) >= least {
                continue;
            }
            let age = months(day) - months(born);
            let diagnostic = self
                .finding(Rule::GraduationAge, record, graduated)
                .arg("education", self.term(education, code))
                .arg("date", when(day))
                .arg("age", age.max(0) / 12)
                .arg("least", least);
            self.found.push(diagnostic);
        }
    }

    /// The check's parameters by the code of the term that they are named after.
    pub(super) fn by_term(&self, check: &Check, field: usize) -> Vec<Option<f64>> {
        let Some(vocabulary) = self.vocabulary(field) else {
            return Vec::new();
        };
        let terms = vocabulary.terms.iter();
        terms.map(|t| check.params.get(&t.name).copied()).collect()
    }
}
