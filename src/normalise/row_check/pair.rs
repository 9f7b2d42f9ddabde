//! Two terms that do not go together: a subject that a stage does not have, a certificate that does
//! not cover what is taught. Which ones go together stands in the vocabulary of the first.

use super::Table;
use crate::diagnostic::Rule;
use crate::normalise::vocabulary::{self, Found};
use crate::normalise::{Data, NO_CODE};
use crate::scheme::{Check, Code, Vocabulary};

/// Whether one term may stand beside another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Company {
    Good,
    Rare,
    Bad,
}

impl Table<'_> {
    /// Fields: the term that says what it goes with, and the other. With `rare`, findings are what
    /// goes together rarely.
    pub(super) fn pair(&mut self, check: &Check, rare: bool) {
        let field = |i: usize| check.fields.get(i).and_then(|f| self.form.field(f));
        let (Some(a), Some(b)) = (field(0), field(1)) else {
            return;
        };
        let (Some(of_a), Some(of_b)) = (self.vocabulary(a), self.vocabulary(b)) else {
            return;
        };
        let absent = |f: usize| self.records.columns[f] == Data::Absent;
        let schools = if absent(a) && check.rule == Rule::StageSchoolKind {
            self.kinds_of_schools(of_a)
        } else {
            Vec::new()
        };
        if absent(b) || (absent(a) && schools.iter().all(|k| *k == NO_CODE)) {
            return;
        }
        let company = company(of_a, of_b);
        let wanted = if rare { Company::Rare } else { Company::Bad };
        // A stage that is not the school's is one mistake.
        let stage = check.rule == Rule::StageSchoolKind;
        for record in 0..self.len() {
            if !stage && self.wrong_stage.get(record) == Some(&true) && self.is_stage(b) {
                continue;
            }
            let by_school = || {
                let school = *self.records.school_of.get(record)?;
                schools.get(usize::from(school)).copied()
            };
            let (Some(first), Some(second)) = (
                self.code(a, record).or_else(by_school),
                self.code(b, record),
            ) else {
                continue;
            };
            let found = company
                .get(usize::from(first))
                .and_then(|row| row.get(usize::from(second)));
            if found != Some(&wanted) {
                continue;
            }
            if stage {
                self.wrong_stage.resize(self.len(), false);
                self.wrong_stage[record] = true;
            }
            // What is wrong is rather the term than what it is measured by.
            let at = if stage { b } else { a };
            let term = |v: &Vocabulary, code: Code| v.terms[usize::from(code)].name.clone();
            let diagnostic = self
                .finding(check.rule, record, at)
                .arg("value", term(of_a, first))
                .arg("with", term(of_b, second));
            self.found.push(diagnostic);
        }
    }

    fn is_stage(&self, field: usize) -> bool {
        let mut checks = self.form.checks.iter();
        let of_stage = checks.find(|c| c.rule == Rule::StageSchoolKind);
        of_stage.is_some_and(|c| c.fields.get(1) == Some(&self.form.fields[field].id))
    }

    /// What the directory says that each school of the table is.
    fn kinds_of_schools(&self, kinds: &Vocabulary) -> Vec<Code> {
        let all = self.scheme.directory.schools();
        let schools = self.records.schools.iter();
        let kind = |index: Option<usize>| {
            let kind = &all.get(index?)?.kind;
            match vocabulary::find(kind, kinds, self.scheme.words.tokens()) {
                Found::Term(code) => Some(code),
                _ => None,
            }
        };
        schools.map(|s| kind(s.index).unwrap_or(NO_CODE)).collect()
    }
}

/// For each term of the first vocabulary, each term of the second.
fn company(a: &Vocabulary, b: &Vocabulary) -> Vec<Vec<Company>> {
    let row = |term: &crate::scheme::form::Term| {
        let holds = |all: Option<&Vec<String>>, name: &String| all.map(|l| l.contains(name));
        let judge = |other: &crate::scheme::form::Term| {
            if holds(term.rarely_with.get(&b.id), &other.name) == Some(true) {
                Company::Rare
            } else if holds(term.goes_with.get(&b.id), &other.name) == Some(false) {
                Company::Bad
            } else {
                Company::Good
            }
        };
        b.terms.iter().map(judge).collect()
    };
    a.terms.iter().map(row).collect()
}
