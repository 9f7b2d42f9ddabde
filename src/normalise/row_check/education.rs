//! Two levels of education of one person.

use super::Table;
use crate::diagnostic::Rule;
use crate::scheme::{Check, Kind};

impl Table<'_> {
    /// Fields: the lower and the higher level, of an ordered vocabulary. With `strict` they must
    /// differ.
    pub(super) fn education(&mut self, check: &Check) {
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
}
