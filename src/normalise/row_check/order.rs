//! Dates that follow one another, and numbers of years that follow from dates.

use super::{Table, months, years_between};
use crate::diagnostic::Rule;
use crate::scheme::{Check, Kind};
use chrono::Datelike;

impl Table<'_> {
    /// Fields: the earlier and the later date. With `years` at least so many years lie between
    /// them; a missing date of birth is the id number's.
    pub(super) fn date_order(&mut self, check: &Check) {
        // The id number may stand in for a first date that has no column.
        let first = check.fields.first().and_then(|f| self.form.field(f));
        let (Some(first), Some(second)) = (first, self.index(check, 1)) else {
            return;
        };
        let years = check.params.get("years").copied().unwrap_or(0.0);
        let of_birth =
            self.form.checks.iter().any(|c| {
                c.rule == Rule::IdBirthMismatch && c.fields.get(1) == check.fields.first()
            });
        let loose = self.says_months(second);
        // So many days hold more months than are asked for, however long they are.
        let plenty = (years * 12.0 * 31.0 + 31.0) as i64;
        for record in 0..self.len() {
            if let (Some(a), Some(b)) = (self.days(first, record), self.days(second, record))
                && i64::from(b) - i64::from(a) >= if years > 0.0 { plenty } else { 0 }
            {
                continue;
            }
            let born = self.fact(record).filter(|_| of_birth).map(|f| f.birth);
            let earlier = self.date(first, record).or(born);
            let (Some(earlier), Some(later)) = (earlier, self.date(second, record)) else {
                continue;
            };
            let months = months(later) - months(earlier);
            let wrong = if years > 0.0 {
                // Either date may be a month only.
                f64::from(months) < years * 12.0
            } else {
                later < earlier && !(loose && months == 0 && later.day() == 1)
            };
            if !wrong {
                continue;
            }
            let diagnostic = self
                .finding(Rule::DateOrder, record, second)
                .arg("first_title", &self.form.fields[first].title)
                .arg("second_title", &self.form.fields[second].title)
                .arg("first", earlier)
                .arg("second", later);
            let diagnostic = if years > 0.0 {
                diagnostic.variant("years").arg("years", years)
            } else {
                diagnostic
            };
            self.found.push(diagnostic);
        }
    }

    /// Fields: a stated number of years, then the dates from which it follows, the first that is
    /// filled counts; an id number gives the date of birth. Parameter: `tolerance` in years.
    pub(super) fn stated(&mut self, check: &Check) {
        let Some(stated) = self.index(check, 0) else {
            return;
        };
        let tolerance = check.params.get("tolerance").copied().unwrap_or(0.0);
        let sources: Vec<usize> = (1..check.fields.len())
            .filter_map(|i| self.form.field(&check.fields[i]))
            .collect();
        let cut_off = self.scheme.cut_off;
        for record in 0..self.len() {
            let Some(typed) = self.whole(stated, record) else {
                continue;
            };
            let since = sources.iter().find_map(|&field| {
                let day = match self.form.fields[field].kind {
                    Kind::IdNumber => self.fact(record)?.birth,
                    _ => self.date(field, record)?,
                };
                Some((day, field))
            });
            let Some((since, field)) = since.filter(|(day, _)| *day <= cut_off) else {
                continue;
            };
            let computed = i64::from(years_between(since, cut_off));
            if (typed.saturating_sub(computed)).unsigned_abs() as f64 <= tolerance {
                continue;
            }
            let diagnostic = self
                .finding(Rule::StatedMismatch, record, stated)
                .arg("title", &self.form.fields[stated].title)
                .arg("stated", typed)
                .arg("computed", computed)
                .arg("source", &self.form.fields[field].title)
                .arg("cut_off", cut_off);
            self.found.push(diagnostic);
        }
    }
}
