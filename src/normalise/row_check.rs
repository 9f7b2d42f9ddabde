//! Rules that need several cells of one row, as the form declares them; called once a table by
//! [`super::records`].
//!
//! A cell that is empty or could not be understood is never compared, and nothing is concluded
//! from an id number that fails its own checks: one mistake gives one finding.

mod amount;
mod birth;
mod career;
mod certificate;
mod education;
mod order;
mod pair;
mod person;
#[cfg(test)]
mod roster_tests;
mod study;

use super::id::{self, Facts};
use super::{Data, NO_BOOLEAN, NO_CODE, NO_DATE, NO_NUMBER, OTHER_CODE, Records};
use crate::diagnostic::{Diagnostic, Place, Rule};
use crate::scheme::{Check, Code, Form, Kind, Scheme, Vocabulary};
use chrono::{Datelike, NaiveDate, TimeDelta};

/// Checks every record of a table.
pub fn check(records: &Records, form: &Form, scheme: &Scheme) -> Vec<Diagnostic> {
    let mut table = Table {
        records,
        form,
        scheme,
        sheet: Place::sheet(&records.file, &records.sheet),
        facts: Vec::new(),
        wrong_stage: Vec::new(),
        found: Vec::new(),
    };
    if form.checks.iter().any(|c| needs_facts(c.rule)) {
        let ids = form.fields.iter().position(|f| f.kind == Kind::IdNumber);
        table.facts = (0..records.rows.len())
            .map(|r| id::facts(table.text(ids?, r)?))
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
            Rule::StageSchoolKind
            | Rule::SubjectStage
            | Rule::CertificateStage
            | Rule::DegreeEducation
            | Rule::TierTitle => table.pair(check, false),
            Rule::DegreeOnly | Rule::CertificatePreschool => table.pair(check, true),
            Rule::GraduationOrder => table.graduation_order(check),
            Rule::GraduationAge => table.graduation_age(check),
            Rule::TeachingStart => table.teaching_start(check),
            Rule::TitleDate => table.title_date(check),
            Rule::TitleTooEarly => table.title_years(check),
            Rule::TierTermOver => table.term_over(check),
            Rule::RetirementDue => table.retirement(check),
            Rule::CertificateMissing => table.certificate_missing(check),
            Rule::CertificateNumber => table.certificate_number(check),
            Rule::NameCharacters => table.name_characters(check),
            Rule::PhoneForm => table.phone_form(check),
            Rule::RemarkStatus => table.remark_status(check),
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
            | Rule::GraduationAge
            | Rule::RetirementDue
    )
}

struct Table<'a> {
    records: &'a Records,
    form: &'a Form,
    scheme: &'a Scheme,
    sheet: Place,
    /// What each record's id number says, if it is valid.
    facts: Vec<Option<Facts>>,
    /// Records whose stage is not their school's, once that was looked at.
    wrong_stage: Vec<bool>,
    found: Vec<Diagnostic>,
}

impl<'a> Table<'a> {
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
            Data::Code(codes) => Some(codes[record]).filter(|c| *c != NO_CODE && *c != OTHER_CODE),
            _ => None,
        }
    }

    /// Whether a cell of terms holds something that is none.
    fn says_other(&self, field: usize, record: usize) -> bool {
        matches!(&self.records.columns[field], Data::Code(codes) if codes[record] == OTHER_CODE)
    }

    fn yes(&self, field: usize, record: usize) -> Option<bool> {
        match &self.records.columns[field] {
            Data::Boolean(all) => Some(all[record])
                .filter(|b| *b != NO_BOOLEAN)
                .map(|b| b == 1),
            _ => None,
        }
    }

    fn text(&self, field: usize, record: usize) -> Option<&'a str> {
        match &self.records.columns[field] {
            Data::Text(texts) => texts.get(record),
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
        self.text(field, record)
    }

    /// The vocabulary that a field's cells are terms of.
    fn vocabulary(&self, field: usize) -> Option<&'a Vocabulary> {
        let field = &self.form.fields[field];
        match field.read_as.as_ref().unwrap_or(&field.kind) {
            Kind::Vocabulary(id) => self.scheme.vocabulary(id),
            _ => None,
        }
    }

    fn term(&self, field: usize, code: Code) -> &'a str {
        let term = self
            .vocabulary(field)
            .and_then(|v| v.terms.get(usize::from(code)));
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

/// A day for a message: a month where its first day stands for it.
fn when(day: NaiveDate) -> String {
    let form = if day.day() == 1 { "%Y-%m" } else { "%Y-%m-%d" };
    day.format(form).to_string()
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
