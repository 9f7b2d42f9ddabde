//! What is left to do once all columns of a table are read: values that stand for others, who is
//! named, what is missing, what the school stated.

use super::{Column, Data, Reader, State, stated, total};
use crate::diagnostic::{Diagnostic, Rule};
use crate::scheme::{Code, FieldIdx, Kind, Vocabulary};

impl Reader<'_> {
    /// Terms that another field turns into other terms.
    pub(super) fn instead(&mut self) {
        for (f, field) in self.form.fields.iter().enumerate() {
            let Kind::Vocabulary(name) = &field.kind else {
                continue;
            };
            let Some(vocabulary) = self.scheme.vocabulary(name) else {
                continue;
            };
            for (code, term) in vocabulary.terms.iter().enumerate() {
                for rule in &term.instead {
                    self.replace(f, code as Code, vocabulary, rule);
                }
            }
        }
    }

    fn replace(
        &mut self,
        f: FieldIdx,
        code: Code,
        vocabulary: &Vocabulary,
        rule: &crate::scheme::form::Instead,
    ) {
        let Some(other) = self.form.field(&rule.field) else {
            return;
        };
        let Kind::Vocabulary(other_name) = &self.form.fields[other].kind else {
            return;
        };
        let (Some(by), Some(new)) = (
            self.scheme.vocabulary(other_name),
            vocabulary.code(&rule.name),
        ) else {
            return;
        };
        let of: Vec<Code> = rule.of.iter().filter_map(|n| by.code(n)).collect();
        let Data::Code(others) = &self.columns[other] else {
            return;
        };
        let hits: Vec<bool> = others.iter().map(|c| of.contains(c)).collect();
        if let Data::Code(codes) = &mut self.columns[f] {
            for (c, hit) in codes.iter_mut().zip(hits) {
                if *c == code && hit {
                    *c = new;
                }
            }
        }
    }

    /// Which rows name somebody; the others are rejected and say so.
    pub(super) fn identified(&mut self) -> Vec<bool> {
        let rows = self.table.body.len();
        let identity: Vec<FieldIdx> = (0..self.form.fields.len())
            .filter(|f| matches!(self.form.fields[*f].kind, Kind::Name | Kind::IdNumber))
            .filter(|f| self.states[*f].is_some())
            .collect();
        let Some(first) = identity.first() else {
            // The column is missing, which is said once for the table; the rows stay.
            return vec![true; rows];
        };
        let keep: Vec<bool> = (0..rows)
            .map(|r| {
                identity.iter().any(|f| {
                    self.states[*f]
                        .as_ref()
                        .is_some_and(|s| s[r] != State::Blank)
                })
            })
            .collect();
        for r in (0..rows).filter(|r| !keep[*r]) {
            let at = self.source[*first];
            let row = at.and_then(|a| a.row).unwrap_or(self.table.body[r]);
            let place = self.place.at(row, at.map(|a| a.col));
            self.out.push(
                Diagnostic::new(Rule::RequiredMissing, place)
                    .variant("row")
                    .field(&self.form.fields[*first].id),
            );
        }
        keep
    }

    pub(super) fn required(&mut self, keep: &[bool]) {
        for (f, field) in self.form.fields.iter().enumerate() {
            let (true, Some(states)) = (field.required, &self.states[f]) else {
                continue;
            };
            let Some(column) = self.column(f) else {
                continue;
            };
            let blank = (0..states.len()).filter(|r| states[*r] == State::Blank && keep[*r]);
            let missing: Vec<Diagnostic> = blank
                .filter(|r| !total::covered(&column, *r))
                .map(|r| column.finding(r, Rule::RequiredMissing))
                .collect();
            self.out.extend(missing);
        }
    }

    /// The column of a field; its unit is no matter any more.
    fn column(&self, field: FieldIdx) -> Option<Column<'_>> {
        let index = self.bound.iter().position(|b| b.field == field)?;
        Some(Column {
            scheme: self.scheme,
            field: &self.form.fields[field],
            place: &self.place,
            col: self.bound[index].col,
            factor: 1.0,
            rows: self.bound[index].rows(&self.table.body),
            cells: self.matrix.column(index),
            persons: self.names.as_ref(),
        })
    }

    /// Percentages and totals typed beside what they follow from.
    pub(super) fn stated(&mut self, keep: &[bool]) {
        let rows = stated::Rows {
            form: self.form,
            columns: &self.columns,
            states: &self.states,
            keep,
        };
        let mut out = Vec::new();
        rows.check(|field| self.column(field), &mut out);
        self.out.extend(out);
    }

    /// Head counts in total lines.
    pub(super) fn counts(&mut self) {
        total::check_counts(
            self.sheet,
            &self.place,
            self.table,
            &self.scheme.forms[self.table.form],
            self.names.as_ref(),
            &self.scheme.words,
            &mut self.out,
        );
    }
}
