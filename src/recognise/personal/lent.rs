//! Lines of labels and values that say something of every record of the list below them:
//! `报销人：王丽  身份证号：…` above each voucher, `培训项目：… 学时：40` above a list of trainees.
//!
//! Such a line is read only where it gives what the list's form requires and the list has no column
//! for; a column of its own always wins. A value keeps its own cell, as on a form of one person.

use super::super::binding;
use super::super::form::{self, Assigned, Below, Choice, NoForm, Surroundings};
use super::super::header::Heading;
use super::super::region::Region;
use super::super::{Column, How, ValueCell};
use super::pairs::{self, Pair};
use crate::scheme::{FieldIdx, FormIdx, Kind, Reading};
use std::ops::Range;

impl Region<'_> {
    /// The labels with values of a line, if it holds nothing but known ones, and none that tells of
    /// the sheet itself.
    fn lines_pairs(&self, line: usize) -> Vec<Pair> {
        let read = pairs::read(&self.view, line, &[], self.scheme);
        let d = self.dictionary;
        let about_sheet = |p: &Pair| {
            let label = p.folded.last().map_or("", String::as_str);
            let signs = |w: &String| label == w;
            d.submitter.iter().any(signs) || d.date.iter().any(signs) || d.unit.iter().any(signs)
        };
        let plain =
            !read.header && read.alone.is_empty() && read.pairs.iter().all(|p| p.known && !p.block);
        if !plain || read.strong() == 0 {
            return Vec::new();
        }
        let told = read.pairs.into_iter();
        told.filter(|p| p.filled && !about_sheet(p)).collect()
    }

    /// The form of a header and what lines above it give to all its records. `chosen` is what the
    /// header says alone.
    pub(in crate::recognise) fn with_lines_above(
        &self,
        chosen: Result<Choice, NoForm>,
        headings: &[Heading],
        readings: &[Reading],
        around: &Surroundings,
        below: &Below,
        lines: Range<usize>,
    ) -> (Result<Choice, NoForm>, Vec<Column>) {
        let lacks = |c: &Choice| {
            let lacking = form::missing(self.scheme, c.form, &held(&c.columns));
            !lacking.is_empty()
        };
        if chosen.as_ref().is_ok_and(|c| !lacks(c)) {
            return (chosen, Vec::new());
        }
        let pairs: Vec<Pair> = lines.flat_map(|l| self.lines_pairs(l)).collect();
        if pairs.is_empty() {
            return (chosen, Vec::new());
        }
        let (mut all, mut read) = (headings.to_vec(), readings.to_vec());
        for pair in &pairs {
            all.push(Heading {
                col: pair.label.1,
                path: pair.path.clone(),
                folded: pair.folded.clone(),
                row: pair.label.0,
            });
            read.push(binding::read(&pair.folded, self.dictionary));
        }
        let together = form::choose(&all, &read, around, self.scheme, self.allowed, below);
        let Ok(mut choice) = together else {
            return (chosen, Vec::new());
        };
        choice.columns = form::assign(choice.form, readings, self.scheme);
        let own = held(&choice.columns);
        let lent: Vec<Column> = self
            .columns_of(&pairs, choice.form)
            .into_iter()
            .filter(|c| c.field.is_some_and(|f| !own.contains(&f)))
            .collect();
        let given: Vec<FieldIdx> = lent.iter().filter_map(|c| c.field).collect();
        let lacking = form::missing(self.scheme, choice.form, &own);
        let needed = {
            let required = self.scheme.dictionary().required[choice.form].iter();
            required
                .filter(|(f, _)| lacking.contains(f))
                .any(|(f, by)| given.iter().any(|g| g == f || by.contains(g)))
        };
        let fields = &self.scheme.forms[choice.form].fields;
        let person = |f: &FieldIdx| matches!(fields[*f].kind, Kind::Name | Kind::IdNumber);
        let whose = given.iter().any(person);
        // A list of persons is about the persons in it, whoever stands above it.
        if !needed || (whose && !self.repeats_a_person(choice.form, &choice.columns)) {
            return (chosen, Vec::new());
        }
        let lent = lent
            .into_iter()
            .filter(|c| whose || c.field.is_some_and(|f| fields[f].kind != Kind::Phone))
            .collect();
        (Ok(choice), lent)
    }

    /// What a line in the body of a list gives to the records below it, where lines above have
    /// given the same to those before.
    pub(in crate::recognise) fn lent_anew(
        &self,
        line: usize,
        form: FormIdx,
        before: &[Column],
    ) -> Option<Vec<Column>> {
        let pairs = self.lines_pairs(line);
        let given = self.columns_of(&pairs, form);
        let replaced: Vec<u32> = before
            .iter()
            .filter(|b| given.iter().any(|g| g.field == b.field))
            .filter_map(|b| Some(b.cell.as_ref()?.row))
            .collect();
        if replaced.is_empty() {
            return None;
        }
        // What stood on one line with a value that is given anew was said with it.
        let stays = |b: &&Column| {
            let row = b.cell.as_ref().map(|c| c.row);
            !row.is_some_and(|r| replaced.contains(&r))
        };
        Some(before.iter().filter(stays).cloned().chain(given).collect())
    }

    /// The cells of labels and values as columns of a form; of two of one field the better.
    fn columns_of(&self, pairs: &[Pair], form: FormIdx) -> Vec<Column> {
        let read: Vec<Reading> = pairs
            .iter()
            .map(|p| binding::read(&p.folded, self.dictionary))
            .collect();
        let fields = &self.scheme.forms[form].fields;
        let used = |f: FieldIdx| {
            let field = &fields[f];
            field.stored || !field.fills.is_empty() || field.kind == Kind::School
        };
        let assigned = form::assign(form, &read, self.scheme);
        assigned
            .iter()
            .zip(pairs.iter().zip(&read))
            .filter_map(|(assigned, (pair, reading))| {
                let (field, how) = assigned
                    .field
                    .filter(|(f, h)| used(*f) && *h != How::Within)?;
                Some(Column {
                    col: pair.value.1,
                    path: pair.path.clone(),
                    field: Some(field),
                    how,
                    factor: reading.factor.unwrap_or(1.0),
                    cell: Some(ValueCell {
                        row: pair.value.0,
                        part: pair.part.clone(),
                        borrowed: false,
                    }),
                })
            })
            .collect()
    }
}

fn held(columns: &[Assigned]) -> Vec<FieldIdx> {
    columns.iter().filter_map(|c| Some(c.field?.0)).collect()
}
