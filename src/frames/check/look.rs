//! What the rules about training, study and assessment look for in a frame: words of a check's
//! lists, days and the years they lie in, each person's records.

use super::{Cross, Record};
use crate::frames::FormFrame;
use crate::frames::view::{Codes, Texts};
use crate::normalise::NO_DATE;
use crate::scheme::{Check, Code, FormIdx, Kind, Scheme};
use crate::{fold, scheme};
use chrono::{Datelike, NaiveDate, TimeDelta};

/// Words of a check in a column.
pub(super) enum Words<'a> {
    /// The cell's term is one of them.
    Codes(Codes<'a>, Vec<Code>),
    /// One of them stands in the cell.
    Texts(Texts<'a>, Vec<String>),
}

impl Words<'_> {
    pub fn hold(&self, record: usize) -> bool {
        match self {
            Words::Codes(codes, list) => codes.get(record).is_some_and(|c| list.contains(&c)),
            Words::Texts(texts, list) => texts.get(record).is_some_and(|text| {
                let text = fold::label_of(text);
                list.iter().any(|w| text.contains(w.as_str()))
            }),
        }
    }
}

/// The first of several date columns that has a day.
pub(super) struct Days<'a>(Vec<&'a [i32]>);

impl<'a> Days<'a> {
    pub fn of(frame: &'a FormFrame, fields: &[String]) -> Days<'a> {
        Days(fields.iter().filter_map(|f| frame.dates(f)).collect())
    }

    pub fn get(&self, record: usize) -> Option<NaiveDate> {
        let mut days = self.0.iter().map(|d| d[record]);
        date(days.find(|d| *d != NO_DATE)?)
    }
}

/// Days since 1970-01-01 as a date.
pub(super) fn date(days: i32) -> Option<NaiveDate> {
    NaiveDate::default().checked_add_signed(TimeDelta::try_days(i64::from(days))?)
}

/// Months since year 0.
pub(super) fn months(day: NaiveDate) -> i32 {
    day.year() * 12 + day.month0() as i32
}

/// First and last day of the year that holds the day, as the scheme counts years.
pub(super) fn year(scheme: &Scheme, day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = match scheme.cycle {
        Some(c) => c.year_start_of(day),
        None => NaiveDate::from_ymd_opt(day.year(), 1, 1).unwrap_or(day),
    };
    let next = scheme::plus_years(first, 1);
    (first, next.pred_opt().unwrap_or(next))
}

/// Hundredths as people write them.
pub(super) fn shown(hundredths: i64) -> String {
    let text = format!("{}.{:02}", hundredths / 100, hundredths.abs() % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl<'a> Cross<'a> {
    /// The words of a check for a field of a form; `None` where it has none or the form no such
    /// column.
    pub(super) fn words(&self, form: FormIdx, check: &Check, field: &str) -> Option<Words<'a>> {
        let list = check.list(field);
        if list.is_empty() {
            return None;
        }
        let frame = &self.frames[form];
        if let Some(codes) = frame.codes(field) {
            let form = self.form(form);
            let Kind::Vocabulary(id) = &form.fields[form.field(field)?].kind else {
                return None;
            };
            let vocabulary = self.scheme.vocabulary(id)?;
            let terms = list.iter().filter_map(|t| vocabulary.code(t)).collect();
            return Some(Words::Codes(codes, terms));
        }
        let folded = list.iter().map(|t| fold::label(t)).collect();
        Some(Words::Texts(frame.texts(field)?, folded))
    }

    /// The records of each person of a form: number and record, sorted.
    pub(super) fn people_of(&self, form: FormIdx) -> &[(u32, u32)] {
        self.grouped[form].get_or_init(|| {
            let persons = self.frames[form].persons.iter();
            let mut all: Vec<(u32, u32)> = persons.copied().zip(0..).collect();
            all.sort_unstable();
            all
        })
    }

    /// The form that a check looks at besides its own, if the run has records of it.
    pub(super) fn other(&self, check: &Check) -> Option<FormIdx> {
        let form = self.scheme.form(check.form.as_deref()?)?;
        (!self.frames[form].is_empty()).then_some(form)
    }

    /// The name of a vocabulary's term.
    pub(super) fn term(&self, form: FormIdx, field: &str, code: Code) -> &'a str {
        let form = self.form(form);
        let Some(Kind::Vocabulary(id)) = form.field(field).map(|f| &form.fields[f].kind) else {
            return "";
        };
        let terms = self.scheme.vocabulary(id).map(|v| &v.terms);
        let term = terms.and_then(|t| t.get(usize::from(code)));
        term.map_or("", |t| t.name.as_str())
    }

    /// Each person's term in a vocabulary column of a form; none where their records differ.
    pub(super) fn term_of_person(&self, form: FormIdx, field: &str) -> Vec<Option<Code>> {
        term_of_person(&self.frames[form], field, self.dataset.persons)
    }

    /// A text cell of a record.
    pub(super) fn text(&self, (form, record): Record, field: &str) -> &'a str {
        let texts = self.frames[form].texts(field);
        texts.and_then(|t| t.get(record)).unwrap_or_default()
    }
}

/// Each person's term in a vocabulary column of a frame; none where their records differ.
pub(super) fn term_of_person(frame: &FormFrame, field: &str, persons: u32) -> Vec<Option<Code>> {
    let mut terms: Vec<Option<Code>> = vec![None; persons as usize];
    let Some(codes) = frame.codes(field) else {
        return terms;
    };
    let mut unclear = vec![false; persons as usize];
    for (person, code) in frame.persons.iter().zip(codes.iter()) {
        let at = *person as usize;
        match (terms[at], code) {
            (None, new) => terms[at] = new,
            (Some(old), Some(new)) if old != new => unclear[at] = true,
            _ => {}
        }
    }
    for (term, unclear) in terms.iter_mut().zip(unclear) {
        *term = term.filter(|_| !unclear);
    }
    terms
}
