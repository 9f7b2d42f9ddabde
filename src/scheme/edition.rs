//! A policy is dated: what a scheme says between two days. The period of a run picks the edition.

use super::{Check, CutOff, Cycle, Measure, PageSpec, Param, Scheme};
use crate::diagnostic::{Rule, Severity};
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// What may differ from one version of a policy to the next.
#[derive(Debug, Clone, Default)]
pub struct Edition {
    /// What clerks call the scheme.
    pub title: String,
    /// Number and date of the document; empty where none is named.
    pub document: String,
    /// First and last day on which it is in force, where it says so.
    pub effective: (Option<NaiveDate>, Option<NaiveDate>),
    /// See [`Scheme::cycle`].
    pub cycle: Option<Cycle>,
    /// See [`Scheme::cut_off_rule`].
    pub cut_off_rule: CutOff,
    /// See [`Scheme::params`].
    pub params: Vec<Param>,
    /// See [`Scheme::measures`].
    pub measures: Vec<Measure>,
    /// See [`Scheme::pages`].
    pub pages: Vec<PageSpec>,
    /// See [`Scheme::severities`].
    pub severities: BTreeMap<Rule, Severity>,
    /// See [`Scheme::off`].
    pub off: BTreeSet<Rule>,
    /// The checks of each form, with the thresholds of this edition.
    pub checks: Vec<Vec<Check>>,
}

impl Edition {
    /// What a scheme says now.
    pub(super) fn of(scheme: &Scheme) -> Edition {
        Edition {
            title: scheme.title.clone(),
            document: scheme.document.clone(),
            effective: scheme.effective,
            cycle: scheme.cycle,
            cut_off_rule: scheme.cut_off_rule,
            params: scheme.params.clone(),
            measures: scheme.measures.clone(),
            pages: scheme.pages.clone(),
            severities: scheme.severities.clone(),
            off: scheme.off.clone(),
            checks: scheme.forms.iter().map(|f| f.checks.clone()).collect(),
        }
    }
}

impl Scheme {
    /// Puts the edition into force that holds on a day: the last one that has begun by then, else
    /// the first.
    pub(super) fn put_in_force(&mut self, day: NaiveDate) {
        let begun = |e: &&Edition| e.effective.0.is_none_or(|from| from <= day);
        let found = self.editions.iter().rev().find(begun);
        let Some(e) = found.or(self.editions.first()).cloned() else {
            return;
        };
        self.title = e.title;
        self.document = e.document;
        self.effective = e.effective;
        self.cycle = e.cycle;
        self.cut_off_rule = e.cut_off_rule;
        self.params = e.params;
        self.measures = e.measures;
        self.pages = e.pages;
        self.severities = e.severities;
        self.off = e.off;
        for (form, checks) in self.forms.iter_mut().zip(e.checks) {
            form.checks = checks;
        }
    }

    /// Whether the scheme is in force at some time of the period; a scheme without dates always is.
    pub fn is_in_force(&self) -> bool {
        let first = format!("{}-01", self.period).parse::<NaiveDate>();
        let Ok(first) = first else { return true };
        let (year, month) = match first.month() {
            12 => (first.year() + 1, 1),
            month => (first.year(), month + 1),
        };
        let next = NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(first);
        let (from, until) = self.effective;
        from.is_none_or(|from| from < next) && until.is_none_or(|until| until >= first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_is_in_force_where_they_share_a_day() {
        let mut s = Scheme {
            effective: (Some(d("2024-09-15")), Some(d("2025-01-01"))),
            ..Scheme::default()
        };
        let mut at = |period: &str| {
            s.period = period.to_owned();
            s.is_in_force()
        };
        assert_eq!(
            ["2024-08", "2024-09", "2024-12", "2025-01", "2025-02"].map(&mut at),
            [false, true, true, true, false]
        );
    }
}
