//! Rules that need several cells of one row, as the form declares them; called once a table by
//! [`super::records`].
//!
//! A cell that is empty or could not be understood is never compared, and nothing is concluded
//! from an id number that fails its own checks: one mistake gives one finding.

use super::id::{self, Facts};
use super::{Data, NO_CODE, NO_DATE, NO_NUMBER, Records, dates};
use crate::diagnostic::{Diagnostic, Place, Rule};
use crate::scheme::{Check, Code, Form, Kind, Scheme};
use chrono::{Datelike, NaiveDate, TimeDelta};
use rust_decimal::Decimal;

/// Checks every record of a table.
pub fn check(records: &Records, form: &Form, scheme: &Scheme) -> Vec<Diagnostic> {
    let mut table = Table {
        records,
        form,
        scheme,
        sheet: Place::sheet(&records.file, &records.sheet),
        facts: Vec::new(),
        found: Vec::new(),
    };
    if form.checks.iter().any(|c| needs_facts(c.rule)) {
        table.facts = (0..records.rows.len())
            .map(|r| id::facts(table.first(&Kind::IdNumber, r)?))
            .collect();
    }
    for check in &form.checks {
        match check.rule {
            Rule::IdBirthMismatch => table.id_birth(check),
            Rule::IdGenderMismatch => table.id_gender(check),
            Rule::DateOrder => table.date_order(check),
            Rule::AgeImplausible => table.age(check),
            Rule::AmountOverClaimed => table.over_claimed(check),
            Rule::EducationOrder => table.education(check),
            Rule::StatedMismatch if check.is_of_years() => table.stated(check),
            // The others need several rows, the room `frames`, or the cells: `stated`.
            _ => {}
        }
    }
    table.found
}

fn needs_facts(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::IdBirthMismatch
            | Rule::IdGenderMismatch
            | Rule::DateOrder
            | Rule::AgeImplausible
            | Rule::StatedMismatch
    )
}

struct Table<'a> {
    records: &'a Records,
    form: &'a Form,
    scheme: &'a Scheme,
    sheet: Place,
    /// What each record's id number says, if it is valid.
    facts: Vec<Option<Facts>>,
    found: Vec<Diagnostic>,
}

impl<'a> Table<'a> {
    // ---- the rules -----------------------------------------------------------------------

    /// Fields: id number, date of birth. Where only the month was typed the date is the id
    /// number's own day already, if the months agree.
    fn id_birth(&mut self, check: &Check) {
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
    fn id_gender(&mut self, check: &Check) {
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

    /// Fields: the earlier and the later date. With `years` at least so many years lie between
    /// them; a missing date of birth is the id number's.
    fn date_order(&mut self, check: &Check) {
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

    /// Fields: date of birth, id number. Parameters: `min` and `max` whole years at the cut-off
    /// date.
    fn age(&mut self, check: &Check) {
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

    /// Fields: claimed amount, amount of the invoice.
    fn over_claimed(&mut self, check: &Check) {
        let (Some(claimed), Some(amount)) = (self.index(check, 0), self.index(check, 1)) else {
            return;
        };
        for record in 0..self.len() {
            let numbers = (self.number(claimed, record), self.number(amount, record));
            let (Some(asked), Some(limit)) = numbers else {
                continue;
            };
            // A negative invoice has its own finding.
            if limit >= 0 && asked > limit {
                let diagnostic = self
                    .finding(Rule::AmountOverClaimed, record, claimed)
                    .arg("claimed", Decimal::new(asked, 2))
                    .arg("amount", Decimal::new(limit, 2));
                self.found.push(diagnostic);
            }
        }
    }

    /// Fields: the lower and the higher level, of an ordered vocabulary. With `strict` they must
    /// differ.
    fn education(&mut self, check: &Check) {
        let (Some(low), Some(high)) = (self.index(check, 0), self.index(check, 1)) else {
            return;
        };
        let strict = check.params.get("strict").is_some_and(|s| *s > 0.0);
        let ordered = |field: usize| match &self.form.fields[field].kind {
            Kind::Vocabulary(v) => self.scheme.vocabulary(v).is_some_and(|v| v.ordered),
            _ => false,
        };
        if !ordered(low) || !ordered(high) {
            return;
        }
        for record in 0..self.len() {
            let (Some(a), Some(b)) = (self.code(low, record), self.code(high, record)) else {
                continue;
            };
            if b > a || (b == a && !strict) {
                continue;
            }
            let diagnostic = self
                .finding(Rule::EducationOrder, record, high)
                .variant(if strict { "strict" } else { "" })
                .arg("low_title", &self.form.fields[low].title)
                .arg("high_title", &self.form.fields[high].title)
                .arg("low", self.term(low, a))
                .arg("high", self.term(high, b));
            self.found.push(diagnostic);
        }
    }

    /// Fields: a stated number of years, then the dates from which it follows, the first that is
    /// filled counts; an id number gives the date of birth. Parameter: `tolerance` in years.
    fn stated(&mut self, check: &Check) {
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

    // ---- cells ---------------------------------------------------------------------------

    fn len(&self) -> usize {
        self.records.rows.len()
    }

    /// The field at a place of the check's list, if the table has a column of it.
    fn index(&self, check: &Check, at: usize) -> Option<usize> {
        let field = self.form.field(check.fields.get(at)?)?;
        (self.records.columns[field] != Data::Absent).then_some(field)
    }

    fn fact(&self, record: usize) -> Option<Facts> {
        self.facts.get(record).copied().flatten()
    }

    fn days(&self, field: usize, record: usize) -> Option<i32> {
        match &self.records.columns[field] {
            Data::Date(days) => Some(days[record]).filter(|d| *d != NO_DATE),
            _ => None,
        }
    }

    fn date(&self, field: usize, record: usize) -> Option<NaiveDate> {
        let since = TimeDelta::try_days(i64::from(self.days(field, record)?))?;
        NaiveDate::default().checked_add_signed(since)
    }

    /// Whether the first of a month in this column may mean the month: a quarter of its dates are
    /// one, where days by themselves give a thirtieth.
    fn says_months(&self, field: usize) -> bool {
        let dates = || (0..self.len()).filter_map(|record| self.date(field, record));
        dates().filter(|d| d.day() == 1).count() * 4 > dates().count()
    }

    fn code(&self, field: usize, record: usize) -> Option<Code> {
        match &self.records.columns[field] {
            Data::Code(codes) => Some(codes[record]).filter(|c| *c != NO_CODE),
            _ => None,
        }
    }

    /// Hundredths.
    fn number(&self, field: usize, record: usize) -> Option<i64> {
        match &self.records.columns[field] {
            Data::Decimal(numbers) => Some(numbers[record]).filter(|n| *n != NO_NUMBER),
            _ => None,
        }
    }

    fn whole(&self, field: usize, record: usize) -> Option<i64> {
        match &self.records.columns[field] {
            Data::Integer(numbers) => Some(numbers[record]).filter(|n| *n != NO_NUMBER),
            _ => None,
        }
    }

    /// The text of the form's first field of a kind.
    fn first(&self, kind: &Kind, record: usize) -> Option<&'a str> {
        let field = self.form.fields.iter().position(|f| f.kind == *kind)?;
        match &self.records.columns[field] {
            Data::Text(texts) => texts.get(record),
            _ => None,
        }
    }

    fn term(&self, field: usize, code: Code) -> &'a str {
        let Kind::Vocabulary(id) = &self.form.fields[field].kind else {
            return "";
        };
        let vocabulary = self.scheme.vocabulary(id);
        let term = vocabulary.and_then(|v| v.terms.get(usize::from(code)));
        term.map_or("", |t| t.name.as_str())
    }

    fn finding(&self, rule: Rule, record: usize, field: usize) -> Diagnostic {
        let (row, col) = self.records.cell(record, field);
        let place = self.sheet.at(row, col);
        let name = self.first(&Kind::Name, record);
        Diagnostic::new(rule, place)
            .field(&self.form.fields[field].id)
            .arg("name", name.unwrap_or_default())
    }
}

/// Months since year 0, so that dates of which only the month is known compare.
fn months(day: NaiveDate) -> i32 {
    day.year() * 12 + day.month0() as i32
}

/// Whole years from one day to a later one.
fn years_between(from: NaiveDate, to: NaiveDate) -> i32 {
    let before = (to.month(), to.day()) < (from.month(), from.day());
    to.year() - from.year() - i32::from(before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::testing::{assert_reads, id, scheme, table};

    /// Findings of one row of a form as `key cell`.
    fn run(form: &str, fields: &[&str], row: &[&str]) -> Vec<String> {
        let s = scheme();
        let records = table(&s, form, "a.xlsx", "甲校", fields, &[row.to_vec()]);
        let found = check(&records, &s.forms[records.form], &s);
        found
            .iter()
            .inspect(|d| assert_reads(d))
            .map(|d| format!("{} {}", d.key(), d.place.cell().unwrap_or_default()))
            .collect()
    }

    // Born 1985-03-15, female.
    const ID: &str = "339901198503150120";

    #[test]
    fn id_birth_mismatch() {
        let run = |id, birth| run("roster", &["id_number", "birth_date"], &[id, birth]);
        assert!(run(ID, "1985-03-15").is_empty());
        assert_eq!(run(ID, "1985-03-16"), ["id-birth-mismatch B4"]);
        assert!(run(ID, "").is_empty());
        // A number that fails its own check proves nothing.
        assert!(run("339901198503150121", "1985-03-16").is_empty());
    }

    #[test]
    fn id_gender_mismatch() {
        let run = |gender| run("roster", &["id_number", "gender"], &[ID, gender]);
        assert!(run("女").is_empty());
        assert!(run("").is_empty());
        assert_eq!(run("男"), ["id-gender-mismatch B4"]);
    }

    #[test]
    fn date_order_between_two_dates_and_with_years() {
        let course = |a, b| run("training", &["start_date", "end_date"], &[a, b]);
        assert!(course("2025-07-01", "2025-07-01").is_empty());
        assert!(course("2025-07-05", "").is_empty());
        assert_eq!(course("2025-07-05", "2025-06-30"), ["date-order B4"]);
        // An end of which only the month is known.
        assert!(course("2025-07-05", "2025-07-01").is_empty());
        let work = |birth, start| run("roster", &["birth_date", "work_start"], &[birth, start]);
        assert!(work("1985-03-15", "2001-03-01").is_empty());
        assert_eq!(work("1985-03-15", "2001-02-01"), ["date-order.years B4"]);
        let by_id = run("roster", &["id_number", "work_start"], &[ID, "1999-09-01"]);
        assert_eq!(by_id, ["date-order.years B4"]);
    }

    #[test]
    fn age_implausible_at_the_cut_off_date() {
        let run = |birth| run("roster", &["birth_date"], &[birth]);
        // 2025-12-31.
        assert!(run("2007-12-31").is_empty());
        assert_eq!(run("2008-01-01"), ["age-implausible.young A4"]);
        assert!(run("1960-01-01").is_empty());
        assert_eq!(run("1959-12-31"), ["age-implausible.old A4"]);
        assert!(run("2026-01-01").is_empty());
        let old = id("33990119500315012");
        assert_eq!(
            super::tests::run("roster", &["id_number"], &[&old]),
            ["age-implausible.old A4"]
        );
    }

    #[test]
    fn amount_over_claimed_by_a_cent() {
        let run = |claimed, amount| run("claims", &["claimed", "amount"], &[claimed, amount]);
        assert!(run("800.00", "800").is_empty());
        assert_eq!(run("800.01", "800"), ["amount-over-claimed A4"]);
        assert!(run("800", "").is_empty());
        assert!(run("800", "-800").is_empty());
    }

    #[test]
    fn education_order_is_strict_for_study_only() {
        let listed = |a, b| run("roster", &["first_education", "education"], &[a, b]);
        assert!(listed("专科", "专科").is_empty());
        assert!(listed("专科", "本科").is_empty());
        assert_eq!(listed("本科", "专科"), ["education-order B4"]);
        let study = |a, b| run("study", &["current_education", "target_education"], &[a, b]);
        assert!(study("专科", "本科").is_empty());
        assert_eq!(study("本科", "本科"), ["education-order.strict B4"]);
        assert!(study("", "本科").is_empty());
    }
    #[test]
    fn stated_years_follow_from_the_dates_within_a_year() {
        let age = |stated, birth| run("roster", &["age_stated", "birth_date"], &[stated, birth]);
        assert!(age("40", "1985-03-15").is_empty());
        assert!(age("41", "1985-03-15").is_empty());
        assert!(age("38", "").is_empty());
        assert_eq!(age("38", "1985-03-15"), ["stated-mismatch A4"]);
        let by_id = run("roster", &["age_stated", "id_number"], &["38", ID]);
        assert_eq!(by_id, ["stated-mismatch A4"]);
        let years = |n| {
            run(
                "roster",
                &["teaching_years_stated", "work_start"],
                &[n, "2010-09-01"],
            )
        };
        assert!(years("16").is_empty());
        assert_eq!(years("13"), ["stated-mismatch A4"]);
    }
}
