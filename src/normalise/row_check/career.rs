//! Work, teaching, titles, terms of office and retirement on the time line.

use super::{Table, months, when, years_between};
use crate::diagnostic::{Rule, Severity};
use crate::normalise::dates;
use crate::scheme::Check;
use chrono::{Datelike, NaiveDate};

impl Table<'_> {
    /// Fields: begin of teaching, begin of work.
    pub(super) fn teaching_start(&mut self, check: &Check) {
        self.not_before(check, Severity::Warning);
    }

    /// Fields: the day of the title, then days that it cannot come before; the first filled counts.
    pub(super) fn title_date(&mut self, check: &Check) {
        self.not_before(check, Severity::Error);
    }

    fn not_before(&mut self, check: &Check, severity: Severity) {
        let Some(at) = self.index(check, 0) else {
            return;
        };
        let before: Vec<usize> = (1..check.fields.len())
            .filter_map(|i| self.index(check, i))
            .collect();
        let cut_off = self.scheme.cut_off;
        for record in 0..self.len() {
            let Some(day) = self.date(at, record) else {
                continue;
            };
            let earlier = before
                .iter()
                .find_map(|f| Some((*f, self.date(*f, record)?)));
            let finding = self.finding(check.rule, record, at).arg("date", when(day));
            let finding = if day > cut_off {
                finding
                    .variant("future")
                    .severity(Severity::Error)
                    .arg("cut_off", cut_off)
            } else if let Some((field, other)) = earlier.filter(|(_, o)| months(*o) > months(day)) {
                finding
                    .severity(severity)
                    .arg("other_title", &self.form.fields[field].title)
                    .arg("other", when(other))
            } else {
                continue;
            };
            self.found.push(finding);
        }
    }

    /// Fields: the title, then days from which the years in the profession count; the first filled
    /// counts. Parameters: the least years, by the name of the title.
    pub(super) fn title_years(&mut self, check: &Check) {
        let Some(title) = self.index(check, 0) else {
            return;
        };
        let least = self.by_term(check, title);
        let since: Vec<usize> = (1..check.fields.len())
            .filter_map(|i| self.index(check, i))
            .collect();
        let cut_off = self.scheme.cut_off;
        let today = dates::number(cut_off);
        for record in 0..self.len() {
            let Some(code) = self.code(title, record) else {
                continue;
            };
            let Some(&Some(least)) = least.get(usize::from(code)) else {
                continue;
            };
            let Some(days) = since.iter().find_map(|f| self.days(*f, record)) else {
                continue;
            };
            // So many days hold more years than are asked for.
            if f64::from(today - days) >= least * 366.0 + 1.0 {
                continue;
            }
            let start = since.iter().find_map(|f| self.date(*f, record));
            let Some(start) = start.filter(|s| *s <= cut_off) else {
                continue;
            };
            let years = years_between(start, cut_off);
            if f64::from(years) >= least {
                continue;
            }
            let diagnostic = self
                .finding(Rule::TitleTooEarly, record, title)
                .arg("title", self.term(title, code))
                .arg("years", years)
                .arg("least", least);
            self.found.push(diagnostic);
        }
    }

    /// Fields: the last day of the term, the honour held for it.
    pub(super) fn term_over(&mut self, check: &Check) {
        let (Some(term), Some(tier)) = (self.index(check, 0), self.index(check, 1)) else {
            return;
        };
        let cut_off = self.scheme.cut_off;
        for record in 0..self.len() {
            let (Some(end), Some(code)) = (self.date(term, record), self.code(tier, record)) else {
                continue;
            };
            // The first of a month is the month: it lasts to its end.
            let over = match end.day() {
                1 => months(end) < months(cut_off),
                _ => end < cut_off,
            };
            if over {
                let diagnostic = self
                    .finding(Rule::TierTermOver, record, term)
                    .arg("tier", self.term(tier, code))
                    .arg("end", when(end))
                    .arg("cut_off", cut_off);
                self.found.push(diagnostic);
            }
        }
    }

    /// Fields: date of birth, gender, id number. Parameters: ages of retirement `male` and `female`, and how
    /// they are put off: from the year `from` on by a month for every `step` months begun, at most
    /// `most` months.
    pub(super) fn retirement(&mut self, check: &Check) {
        let param = |name: &str| check.params.get(name).copied().unwrap_or(0.0) as i32;
        let field = |i: usize| check.fields.get(i).and_then(|f| self.form.field(f));
        let (Some(birth), Some(gender), Some(id)) = (field(0), field(1), field(2)) else {
            return;
        };
        let cut_off = self.scheme.cut_off;
        // Older than the form expects of anybody: a finding of its own.
        let mut checks = self.form.checks.iter();
        let oldest = checks.find(|c| c.rule == Rule::AgeImplausible);
        let oldest = oldest.and_then(|c| c.params.get("max").copied());
        // Who is younger than this is not asked about.
        let youngest = param("male").min(param("female"));
        let born_by = dates::number(cut_off).saturating_sub(youngest * 365);
        for record in 0..self.len() {
            if self.days(birth, record).is_some_and(|d| d > born_by) {
                continue;
            }
            let fact = self.fact(record);
            let born = self.date(birth, record).or(fact.map(|f| f.birth));
            let male = fact.map(|f| f.male);
            let male = male.or_else(|| self.code(gender, record).map(|c| c == 0));
            let (Some(born), Some(male)) = (born, male) else {
                continue;
            };
            let age = years_between(born, cut_off);
            let limit = param(if male { "male" } else { "female" });
            if age < limit || oldest.is_some_and(|oldest| f64::from(age) > oldest) {
                continue;
            }
            let due = months(born) + limit * 12;
            let since = due - param("from") * 12;
            let delay = match (since, param("step")) {
                (0.., 1..) => (since / param("step") + 1).min(param("most")),
                _ => 0,
            };
            if months(cut_off) <= due + delay {
                continue;
            }
            let typed = self.date(birth, record).is_some();
            let diagnostic = self
                .finding(Rule::RetirementDue, record, if typed { birth } else { id })
                .arg("age", age)
                .arg("due", month_of(due + delay))
                .arg("cut_off", cut_off);
            self.found.push(diagnostic);
        }
    }
}

/// Year and month of a number of months since year 0.
fn month_of(months: i32) -> String {
    let day = NaiveDate::from_ymd_opt(months / 12, (months % 12) as u32 + 1, 1);
    day.map_or_else(String::new, |d| d.format("%Y-%m").to_string())
}
