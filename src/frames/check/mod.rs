//! The rules that need several rows, forms or schools, as the forms declare them.
//!
//! Findings of one rule and school are capped: a school with one systematic mistake gets its
//! first places and a count, never thousands of lines.

mod assessment;
mod duplicate;
mod earlier;
mod elsewhere;
mod identity;
mod invoice;
mod look;
mod namesakes;
mod paid;
mod period;
mod registers;
mod roster;
mod stated;
mod study;
mod trips;
mod years;

use super::person::{Identity, Marks};
use super::view::Texts;
use super::{Dataset, FormFrame};
use crate::diagnostic::{self, Diagnostic, Place, Rule};
use crate::scheme::{Check, Form, FormIdx, Scheme};
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// Findings of one rule and school that are given each with its place.
const SHOWN: usize = 200;

/// A record: form and index in its frame.
type Record = (FormIdx, usize);

/// A finding and the school (index in [`Dataset::schools`]) that must act.
type Finding = (u32, Diagnostic);

/// All rules across rows.
pub(super) fn all(dataset: &Dataset, marks: &Marks, scheme: &Scheme) -> Vec<Diagnostic> {
    let cross = Cross::new(dataset, marks, scheme);
    let mut found: Vec<Finding> = Vec::new();
    for (index, form) in scheme.forms.iter().enumerate() {
        if cross.frames[index].is_empty() {
            continue;
        }
        for check in &form.checks {
            match check.rule {
                Rule::IdDuplicate => found.extend(roster::duplicates(&cross, index)),
                Rule::NameShared => found.extend(namesakes::all(&cross, index)),
                Rule::IdInTwoSchools => found.extend(roster::two_schools(&cross, index)),
                Rule::PersonNotInRoster => found.extend(roster::absent(&cross, index)),
                Rule::InvoiceDuplicate => found.extend(invoice::duplicates(&cross, index, check)),
                Rule::StatedMismatch if check.asks(Check::HEADS) => {
                    found.extend(stated::heads(&cross, index, check));
                }
                Rule::RecordDuplicate => found.extend(duplicate::records(&cross, index, check)),
                Rule::RecordsInTwoSchools => found.extend(elsewhere::records(&cross, index)),
                Rule::TripsOverlap => found.extend(trips::overlaps(&cross, index, check)),
                Rule::ClaimWithoutTraining => {
                    found.extend(trips::without_training(&cross, index, check));
                }
                Rule::HoursOfYear => found.extend(years::hours(&cross, index, check)),
                Rule::TrainingOverlap => found.extend(years::overlaps(&cross, index, check)),
                Rule::TrainingBeforeEntry => {
                    found.extend(years::before_entry(&cross, index, check));
                }
                Rule::MandatoryMissing => found.extend(years::mandatory(&cross, index, check)),
                Rule::AchievementsShare => found.extend(years::achievements(&cross, index, check)),
                Rule::NoTrainingInYear => found.extend(years::none(&cross, index, check)),
                Rule::CertificateDuplicate => {
                    found.extend(registers::certificates(&cross, index, check));
                }
                Rule::ProjectNotApproved => found.extend(registers::approved(&cross, index, check)),
                Rule::StudyRecordMissing => found.extend(registers::studies(&cross, index, check)),
                Rule::DetailsIdentical => found.extend(registers::identical(&cross, index, check)),
                Rule::StudyRosterMismatch => found.extend(study::mismatches(&cross, index, check)),
                Rule::RosterNotUpdated => found.extend(study::not_updated(&cross, index, check)),
                Rule::TuitionUnfinished => found.extend(study::tuition(&cross, index, check)),
                Rule::ExcellentOverQuota => found.extend(assessment::quota(&cross, index, check)),
                Rule::NotBackbone => found.extend(assessment::strangers(&cross, index, check)),
                Rule::AssessmentMissing => found.extend(assessment::missing(&cross, index, check)),
                Rule::GradeWithoutCredits => {
                    found.extend(assessment::without_credits(&cross, index, check));
                }
                _ => {}
            }
        }
    }
    let named = scheme.forms.iter().enumerate().filter(|(_, form)| {
        let mut rules = form.checks.iter().map(|c| c.rule);
        rules.any(|r| r == Rule::IdNameMismatch)
    });
    let named: Vec<FormIdx> = named.map(|(index, _)| index).collect();
    found.extend(identity::name_mismatches(&cross, &named));
    capped(&cross, found)
}

/// The rules that compare the records with those of the earlier period that the dataset holds.
pub(super) fn since(dataset: &Dataset, scheme: &Scheme) -> Vec<Diagnostic> {
    let Some(earlier) = dataset.previous.as_deref() else {
        return Vec::new();
    };
    let marks = Marks::of_all(&dataset.forms, scheme);
    let marks_then = Marks::of_all(&earlier.dataset.forms, scheme);
    let now = Cross::new(dataset, &marks, scheme);
    let then = Cross::new(&earlier.dataset, &marks_then, scheme);
    let mut found: Vec<Finding> = Vec::new();
    for (index, form) in scheme.forms.iter().enumerate() {
        if now.frames[index].is_empty() || then.frames[index].is_empty() {
            continue;
        }
        for check in &form.checks {
            match check.rule {
                Rule::InvoicePaidBefore => found.extend(paid::before(&now, &then, index, check)),
                _ => found.extend(period::since(&now, &then, index, check)),
            }
        }
    }
    found.extend(earlier::all(&now, &earlier.dataset));
    capped(&now, found)
}

/// The dataset as the rules look at it.
struct Cross<'a> {
    dataset: &'a Dataset,
    scheme: &'a Scheme,
    frames: &'a [FormFrame],
    people: Vec<Identity<'a>>,
    marks: &'a Marks,
    /// Each form's records by person, made where a rule asks for them.
    grouped: Vec<OnceCell<Vec<(u32, u32)>>>,
}

impl<'a> Cross<'a> {
    fn new(dataset: &'a Dataset, marks: &'a Marks, scheme: &'a Scheme) -> Cross<'a> {
        let frames = dataset.forms.as_slice();
        Cross {
            dataset,
            scheme,
            frames,
            people: frames
                .iter()
                .map(|frame| Identity::of(frame, &scheme.forms[frame.form]))
                .collect(),
            marks,
            grouped: frames.iter().map(|_| OnceCell::new()).collect(),
        }
    }

    fn form(&self, form: FormIdx) -> &'a Form {
        &self.scheme.forms[form]
    }

    fn school(&self, (form, record): Record) -> u32 {
        self.frames[form].school_ids[record]
    }

    fn school_name(&self, school: u32) -> &'a str {
        self.dataset
            .schools
            .get(school as usize)
            .map_or("", |s| s.name.as_str())
    }

    fn person(&self, (form, record): Record) -> u32 {
        self.frames[form].persons[record]
    }

    /// The folded name as a number; `None` without a name.
    fn name(&self, (form, record): Record) -> Option<u32> {
        self.marks.name(form, record)
    }

    /// Whether the id number is valid.
    fn valid_id(&self, (form, record): Record) -> bool {
        self.marks.valid(form, record)
    }

    /// Whether a form's records are about their school and no person.
    fn is_of_schools(&self, form: FormIdx) -> bool {
        self.person_fields(form) == (None, None)
    }

    /// What to call a person in a sentence: the name, else the masked id number; the school where
    /// the form is about no persons.
    fn called(&self, (form, record): Record) -> &'a str {
        if self.is_of_schools(form) {
            return self.school_name(self.school((form, record)));
        }
        let person = &self.people[form];
        person
            .name(record)
            .or(person.id(record))
            .unwrap_or_default()
    }

    /// The cell of the first of the fields that has a column in the record's table, else the row;
    /// with the field's id.
    fn place(&self, (form, record): Record, fields: &[&str]) -> (Place, &'a str) {
        let frame = &self.frames[form];
        let (source, row) = frame.origins[record];
        let source = &frame.sources[source as usize];
        let sheet = Place::sheet(&source.file, &source.sheet);
        let form = self.form(form);
        let columns = fields.iter().filter_map(|id| {
            let field = form.field(id)?;
            let (row, column) = source.cell(row, field);
            Some((row, column?, field))
        });
        match columns.into_iter().next() {
            Some((row, column, field)) => {
                (sheet.at(row, Some(column)), form.fields[field].id.as_str())
            }
            None => (sheet.at(row, None), ""),
        }
    }

    /// Ids of the form's id-number field and name field, as far as it has them.
    fn person_fields(&self, form: FormIdx) -> (Option<&'a str>, Option<&'a str>) {
        Identity::fields(self.form(form))
    }

    /// A finding about one record that names another one of the same school: variant `""` for the
    /// same sheet, `elsewhere` for another.
    fn pointing(&self, rule: Rule, at: Record, fields: &[&str], other: Record) -> Diagnostic {
        let (place, field) = self.place(at, fields);
        let (there, _) = self.place(other, fields);
        let same_sheet = (&place.file, &place.sheet) == (&there.file, &there.sheet);
        let diagnostic = Diagnostic::new(rule, place)
            .field(field)
            .arg("name", self.called(at))
            .arg("other", self.called(other))
            .arg("row", there.row.map_or(0, |r| r + 1));
        if same_sheet {
            return diagnostic;
        }
        diagnostic
            .variant("elsewhere")
            .arg("file", there.file)
            .arg("sheet", there.sheet)
    }

    /// Records of forms that have a valid id number, sorted by person, then by their order.
    fn by_person(&self, forms: &[FormIdx]) -> Vec<(u32, Record)> {
        let records = || {
            forms.iter().flat_map(|&form| {
                (0..self.frames[form].len())
                    .filter(move |r| self.marks.valid(form, *r))
                    .map(move |r| (self.person((form, r)), (form, r)))
            })
        };
        // Persons are numbered without gaps: counting them puts their records in order.
        let mut next = vec![0; self.dataset.persons as usize + 1];
        for (person, _) in records() {
            next[person as usize + 1] += 1;
        }
        for person in 1..next.len() {
            next[person] += next[person - 1];
        }
        let mut all = vec![(0, (0, 0)); next[next.len() - 1]];
        for (person, record) in records() {
            let at = &mut next[person as usize];
            all[*at] = (person, record);
            *at += 1;
        }
        all
    }

    fn texts(&self, form: FormIdx, field: Option<&str>) -> Option<Texts<'a>> {
        self.frames[form].texts(field?)
    }
}

/// Keeps the first findings of each rule and school, in the order of their places, and counts
/// the rest.
fn capped(cross: &Cross<'_>, found: Vec<Finding>) -> Vec<Diagnostic> {
    let mut groups: BTreeMap<(u32, Rule), Vec<Diagnostic>> = BTreeMap::new();
    for (school, diagnostic) in found {
        groups
            .entry((school, diagnostic.rule))
            .or_default()
            .push(diagnostic);
    }
    let mut out = Vec::new();
    for ((school, rule), mut all) in groups {
        if all.len() > SHOWN {
            diagnostic::sort(&mut all);
            let rest = all.len() - SHOWN;
            let place = &all[SHOWN].place;
            let more = Diagnostic::new(rule, Place::sheet(&place.file, &place.sheet))
                .variant("more")
                .arg("school", cross.school_name(school))
                .arg("shown", SHOWN)
                .arg("count", rest);
            all.truncate(SHOWN);
            all.push(more);
        }
        out.append(&mut all);
    }
    out
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod training_tests;
