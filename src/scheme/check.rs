//! Rules that a form asks for, as data.

use super::form::{Field, Kind};
use crate::diagnostic::Rule;
use std::collections::BTreeMap;

/// A rule applied to rows of a form, as data.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Which rule.
    pub rule: Rule,
    /// The fields it concerns, in the order that the rule's page gives.
    pub fields: Vec<String>,
    /// The form whose rows are counted, where the rule looks at another one.
    pub form: Option<String>,
    /// The fields of that form it concerns.
    pub there: Vec<String>,
    /// Terms and words that it looks for, most by the field in which they stand.
    pub words: BTreeMap<String, Vec<String>>,
    /// Its parameters.
    pub params: BTreeMap<String, f64>,
}

impl Check {
    /// Fields: a stated percentage, part, whole.
    pub const PERCENT: &str = "percent";
    /// Fields: a stated total, its parts.
    pub const SUM: &str = "sum";
    /// How many of the last fields are taken away, where a balance is checked.
    pub const MINUS: &str = "minus";
    /// Field: a stated head count; the rows are those of [`Check::form`].
    pub const HEADS: &str = "heads";

    /// A figure of policy; `None` where none is set, or 0, which asks for nothing.
    pub fn figure(&self, name: &str) -> Option<f64> {
        self.params.get(name).copied().filter(|n| *n > 0.0)
    }

    /// The words of a list; none where the check has no such list.
    pub fn list(&self, name: &str) -> &[String] {
        self.words.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether a way of checking is switched on.
    pub fn asks(&self, way: &str) -> bool {
        self.params.get(way).is_some_and(|on| *on > 0.0)
    }

    /// Whether it is about a stated number of years: none of the other ways is named.
    pub fn is_of_years(&self) -> bool {
        let ways = [Check::PERCENT, Check::SUM, Check::HEADS];
        !ways.iter().any(|way| self.params.contains_key(*way))
    }

    /// Whether it compares records of several tables by fields that records need not keep.
    pub fn is_across_records(&self) -> bool {
        matches!(self.rule, Rule::TripsOverlap | Rule::ClaimWithoutTraining)
    }

    /// Parameters that should name terms of a vocabulary, because limits are given term by term: the
    /// vocabulary's id and the names. Empty for rules that know no such parameters.
    pub(super) fn terms<'a>(&'a self, fields: &'a [Field]) -> (&'a str, Vec<&'a str>) {
        let plain: &[&str] = match self.rule {
            Rule::FeeOverStandard => &["full_days", "later"],
            Rule::LectureFeeOverLimit => &["per_day"],
            _ => return ("", Vec::new()),
        };
        let vocabulary = fields.iter().filter(|f| self.fields.contains(&f.id));
        let vocabulary = vocabulary.into_iter().find_map(|f| match &f.kind {
            Kind::Vocabulary(id) => Some(id.as_str()),
            _ => None,
        });
        let names = self.params.keys().map(String::as_str);
        let names = names.filter(|name| !plain.contains(name)).collect();
        (vocabulary.unwrap_or_default(), names)
    }

    /// What is wrong with it, for people who write forms.
    pub(super) fn problem(&self, fields: &[Field]) -> Option<String> {
        let wrong = |why: &str| Some(format!("check `{}` {why}", self.rule.name()));
        if self.rule != Rule::StatedMismatch || self.is_of_years() {
            return None;
        }
        let n = self.fields.len();
        let counted = |f: &Field| f.id == self.fields[0] && f.kind == Kind::Integer && f.stored;
        match self.params.keys().map(String::as_str).collect::<Vec<_>>()[..] {
            [Check::PERCENT] if n == 3 => None,
            [Check::PERCENT] => wrong("by percent wants three fields: percentage, part, whole"),
            [Check::SUM] if n >= 3 => None,
            [Check::SUM] => wrong("by sum wants a total and two parts or more"),
            [Check::HEADS] if n != 1 || self.form.is_none() => {
                wrong("by heads wants one field and the `form` whose rows are counted")
            }
            [Check::HEADS] if fields.iter().any(counted) => None,
            [Check::HEADS] => wrong("by heads wants a stored integer field"),
            _ => wrong("wants one of percent, sum, heads"),
        }
    }
}
