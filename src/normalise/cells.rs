//! The typed cells of a table's records, for checks of one row: by field, null told apart.

use super::{Data, NO_BOOLEAN, NO_CODE, NO_DATE, NO_NUMBER, Records, dates};
use crate::diagnostic::{Diagnostic, Place, Rule};
use crate::scheme::{Check, Code, FieldIdx, Form, Kind, Scheme};
use chrono::{NaiveDate, TimeDelta};

pub(super) struct Cells<'a> {
    pub records: &'a Records,
    pub form: &'a Form,
    pub scheme: &'a Scheme,
    sheet: Place,
}

impl<'a> Cells<'a> {
    pub fn new(records: &'a Records, form: &'a Form, scheme: &'a Scheme) -> Cells<'a> {
        Cells {
            records,
            form,
            scheme,
            sheet: Place::sheet(&records.file, &records.sheet),
        }
    }

    /// How many records.
    pub fn len(&self) -> usize {
        self.records.rows.len()
    }

    /// The field at a place of the check's list, if the table has a column of it.
    pub fn at(&self, check: &Check, index: usize) -> Option<FieldIdx> {
        self.held(check.fields.get(index)?)
    }

    /// A field that the table has a column of.
    pub fn held(&self, id: &str) -> Option<FieldIdx> {
        let field = self.form.field(id)?;
        (self.records.columns[field] != Data::Absent).then_some(field)
    }

    pub fn text(&self, field: FieldIdx, record: usize) -> Option<&'a str> {
        match &self.records.columns[field] {
            Data::Text(texts) => texts.get(record),
            _ => None,
        }
    }

    /// Hundredths.
    pub fn number(&self, field: FieldIdx, record: usize) -> Option<i64> {
        let (values, scale) = match &self.records.columns[field] {
            Data::Integer(values) => (values, 100),
            Data::Decimal(values) => (values, 1),
            _ => return None,
        };
        let value = values[record];
        (value != NO_NUMBER).then(|| value.saturating_mul(scale))
    }

    pub fn date(&self, field: FieldIdx, record: usize) -> Option<NaiveDate> {
        let Data::Date(days) = &self.records.columns[field] else {
            return None;
        };
        let days = Some(days[record]).filter(|d| *d != NO_DATE)?;
        NaiveDate::default().checked_add_signed(TimeDelta::try_days(i64::from(days))?)
    }

    pub fn yes(&self, field: FieldIdx, record: usize) -> bool {
        match &self.records.columns[field] {
            Data::Boolean(answers) => answers[record] == 1 && answers[record] != NO_BOOLEAN,
            _ => false,
        }
    }

    /// The term's name.
    pub fn term(&self, field: FieldIdx, record: usize) -> Option<&'a str> {
        let (Data::Code(codes), Kind::Vocabulary(id)) =
            (&self.records.columns[field], &self.form.fields[field].kind)
        else {
            return None;
        };
        let code: Code = Some(codes[record]).filter(|c| *c != NO_CODE)?;
        let term = self.scheme.vocabulary(id)?.terms.get(usize::from(code))?;
        Some(term.name.as_str())
    }

    /// What clerks call a field.
    pub fn title(&self, field: FieldIdx) -> &'a str {
        &self.form.fields[field].title
    }

    /// A finding at a field's cell of a record; names its person.
    pub fn finding(&self, rule: Rule, record: usize, field: FieldIdx) -> Diagnostic {
        let (row, col) = self.records.cell(record, field);
        Diagnostic::new(rule, self.sheet.at(row, col))
            .field(&self.form.fields[field].id)
            .arg("name", self.person(record))
    }

    /// Who a record is about: the name, else the id number as typed.
    pub fn person(&self, record: usize) -> &'a str {
        self.first(&Kind::Name, record)
            .or_else(|| self.first(&Kind::IdNumber, record))
            .unwrap_or_default()
    }

    /// The text of the form's first field of a kind.
    fn first(&self, kind: &Kind, record: usize) -> Option<&'a str> {
        let field = self.form.fields.iter().position(|f| f.kind == *kind)?;
        self.text(field, record)
    }

    /// Whole days from one day to another.
    pub fn days_between(from: NaiveDate, to: NaiveDate) -> i64 {
        i64::from(dates::number(to)) - i64::from(dates::number(from))
    }
}
