//! Dimensions: which value each record has, the values in printed order, and those that are
//! printed even when no record has them.

use super::facts::{self, Facts};
use super::words;
use crate::normalise::NO_NUMBER;
use crate::scheme::measure::{Condition, Dimension, Literal, Operand};
use crate::scheme::{FormIdx, Kind, Vocabulary};
use std::collections::{BTreeMap, BTreeSet};

/// One dimension over a list of records.
#[derive(Debug, Clone, Default)]
pub(super) struct Axis {
    pub(super) id: String,
    pub(super) title: String,
    /// Position in `labels` of each record's value.
    pub(super) codes: Vec<u32>,
    /// Values in printed order; distinct.
    pub(super) labels: Vec<String>,
    /// Positions of the values that are printed whether or not a record has them.
    pub(super) listed: Vec<u32>,
    /// Whether the values are listed below every school too (the scheme named them).
    pub(super) insistent: bool,
    pub(super) kind: AxisKind,
}

/// What the engine must know about a dimension's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum AxisKind {
    /// Town groups.
    District,
    /// Schools.
    School,
    /// Anything else.
    #[default]
    Other,
}

/// Records of one form, and where a dimension's values come from there.
pub(super) struct Part<'r> {
    pub(super) form: FormIdx,
    pub(super) operand: Operand,
    pub(super) records: &'r [u32],
}

impl Facts<'_> {
    /// A dimension over records of a form. `units` says which schools are listed.
    pub(super) fn axis(
        &self,
        dimension: &Dimension,
        form: FormIdx,
        records: &[u32],
        units: &Condition,
    ) -> Axis {
        let part = Part {
            form,
            operand: dimension.operand,
            records,
        };
        self.axis_over(dimension, &[part], units, &[])
    }

    /// A dimension over records of several forms, one after the other; the first form says what
    /// kind of value it is. `named` are texts that have a row even without records.
    pub(super) fn axis_over(
        &self,
        dimension: &Dimension,
        parts: &[Part<'_>],
        units: &Condition,
        named: &[&str],
    ) -> Axis {
        let Some(&Part { form, operand, .. }) = parts.first() else {
            return Axis::default();
        };
        let mut axis = match operand {
            Operand::School => self.school_axis(parts, units),
            Operand::District => self.district_axis(parts, units),
            Operand::SchoolKind => texts(
                &self.each(parts, |p| {
                    let schools = self.school_of(p.form);
                    move |r| self.kind_of(schools[r])
                }),
                named,
            ),
            _ if self.is_text(form, operand) => texts(
                &self.each(parts, |p| {
                    let values = self.texts(p.form, p.operand);
                    move |r| values.get(r)
                }),
                named,
            ),
            _ => {
                let values = self.each(parts, |p| {
                    let values = self.numbers(p.form, p.operand);
                    move |r| values[r]
                });
                match (&dimension.bands[..], self.vocabulary(form, operand)) {
                    ([], Some(v)) => vocabulary(&values, v, dimension.terms.as_deref()),
                    ([], None) => self.plain(&values, form, operand),
                    (bounds, _) => bands(&values, bounds, operand),
                }
            }
        };
        axis.id.clone_from(&dimension.id);
        axis.title = words::or(&dimension.title, title_of(dimension.operand));
        axis.insistent = dimension.terms.is_some();
        axis
    }

    /// The value of each record of all parts.
    fn each<T, F: Fn(usize) -> T>(
        &self,
        parts: &[Part<'_>],
        of: impl Fn(&Part<'_>) -> F,
    ) -> Vec<T> {
        let mut out = Vec::with_capacity(parts.iter().map(|p| p.records.len()).sum());
        for part in parts {
            let value = of(part);
            out.extend(part.records.iter().map(|r| value(*r as usize)));
        }
        out
    }

    fn kind_of(&self, school: u32) -> Option<&str> {
        let kind = &self.scheme.directory.schools().get(school as usize)?.kind;
        (!kind.is_empty()).then_some(kind)
    }

    fn school_axis(&self, parts: &[Part<'_>], units: &Condition) -> Axis {
        Axis {
            codes: self.schools_of(parts),
            labels: self.schools.iter().map(|s| s.name.clone()).collect(),
            listed: self.listed_schools(units),
            kind: AxisKind::School,
            ..Axis::default()
        }
    }

    fn schools_of(&self, parts: &[Part<'_>]) -> Vec<u32> {
        self.each(parts, |p| {
            let schools = self.school_of(p.form);
            move |r| schools[r]
        })
    }

    fn listed_schools(&self, units: &Condition) -> Vec<u32> {
        (0..self.listed as u32)
            .filter(|s| self.school_passes(units, &self.schools[*s as usize]))
            .collect()
    }

    fn district_axis(&self, parts: &[Part<'_>], units: &Condition) -> Axis {
        let district = |s: u32| self.schools[s as usize].district;
        let listed: BTreeSet<u32> = self
            .listed_schools(units)
            .into_iter()
            .map(district)
            .collect();
        Axis {
            codes: self.schools_of(parts).into_iter().map(district).collect(),
            labels: self.districts.clone(),
            listed: listed.into_iter().collect(),
            kind: AxisKind::District,
            ..Axis::default()
        }
    }

    fn vocabulary(&self, form: FormIdx, operand: Operand) -> Option<&Vocabulary> {
        let kind = |form: FormIdx, f: usize| match &self.scheme.forms[form].fields[f].kind {
            Kind::Vocabulary(id) => self.scheme.vocabulary(id),
            _ => None,
        };
        match operand {
            Operand::Field(f) => kind(form, f),
            Operand::Roster(f) => kind(self.scheme.form("roster")?, f),
            Operand::Area => self.scheme.vocabulary("area"),
            _ => None,
        }
    }

    /// Numbers, dates and yes or no: one value each, blanks last.
    fn plain(&self, values: &[i64], form: FormIdx, operand: Operand) -> Axis {
        let kind = match operand {
            Operand::Field(f) => Some(&self.scheme.forms[form].fields[f].kind),
            Operand::Roster(f) => self
                .scheme
                .form("roster")
                .map(|r| &self.scheme.forms[r].fields[f].kind),
            _ => None,
        };
        let label = |v: i64| match (operand, kind) {
            (_, Some(Kind::Boolean)) => words::say(if v == 1 {
                "statistics.yes"
            } else {
                "statistics.no"
            }),
            (_, Some(Kind::Date)) => facts::date(v).map_or_else(String::new, |d| d.to_string()),
            (Operand::CycleYear(_), _) => {
                words::fill("statistics.nth-year", &[("n", v.to_string())])
            }
            (Operand::Term(_), _) => words::say(if v == 1 {
                "statistics.term-1"
            } else {
                "statistics.term-2"
            }),
            (Operand::Month(_), _) => words::fill("statistics.month", &[("n", v.to_string())]),
            _ => v.to_string(),
        };
        let always: Vec<i64> = match (operand, kind) {
            (Operand::CycleYear(_), _) => {
                (1..=self.scheme.cycle.map_or(0, |c| i64::from(c.years))).collect()
            }
            (Operand::Term(_), _) => vec![1, 2],
            (_, Some(Kind::Boolean)) => vec![1, 0],
            _ => Vec::new(),
        };
        let mut order: Vec<i64> = always.clone();
        let occurring: BTreeSet<i64> = values.iter().copied().filter(|v| *v != NO_NUMBER).collect();
        order.extend(occurring.into_iter().filter(|v| !always.contains(v)));
        let at: BTreeMap<i64, u32> = order.iter().zip(0..).map(|(v, i)| (*v, i)).collect();
        let blank = order.len() as u32;
        Axis {
            codes: values
                .iter()
                .map(|v| at.get(v).copied().unwrap_or(blank))
                .collect(),
            labels: order
                .iter()
                .map(|v| label(*v))
                .chain([words::say("statistics.blank")])
                .collect(),
            listed: (0..always.len() as u32).collect(),
            ..Axis::default()
        }
    }
}

/// The engine's word for a value that is no field.
pub(super) fn title_of(operand: Operand) -> &'static str {
    match operand {
        Operand::District => "statistics.district",
        Operand::School => "statistics.school",
        Operand::SchoolKind => "statistics.school-kind",
        Operand::Area => "statistics.area",
        Operand::Age => "statistics.age",
        Operand::TeachingYears => "statistics.teaching-years",
        Operand::Days => "statistics.days",
        Operand::CycleYear(_) | Operand::CalendarYear(_) => "statistics.year",
        Operand::Term(_) => "statistics.term",
        Operand::Month(_) => "statistics.months",
        Operand::Item => "statistics.item",
        Operand::Field(_) | Operand::Roster(_) => "statistics.item",
    }
}

/// Terms in the vocabulary's order, or the scheme's own first; blanks last.
fn vocabulary(values: &[i64], v: &Vocabulary, terms: Option<&[Literal]>) -> Axis {
    let mut order: Vec<usize> = Vec::with_capacity(v.terms.len());
    for term in terms.unwrap_or_default() {
        if let Literal::Number(n) = term
            && let Ok(code) = usize::try_from(*n)
            && code < v.terms.len()
            && !order.contains(&code)
        {
            order.push(code);
        }
    }
    let named = order.len();
    let rest: Vec<usize> = (0..v.terms.len()).filter(|c| !order.contains(c)).collect();
    order.extend(rest);
    let mut at = vec![0u32; v.terms.len()];
    for (position, code) in order.iter().enumerate() {
        at[*code] = position as u32;
    }
    let blank = order.len() as u32;
    let code = |n: &i64| {
        usize::try_from(*n)
            .ok()
            .and_then(|c| at.get(c).copied())
            .unwrap_or(blank)
    };
    let listed = if terms.is_some() { named } else { order.len() };
    Axis {
        codes: values.iter().map(code).collect(),
        labels: order
            .iter()
            .map(|c| v.terms[*c].name.clone())
            .chain([words::say("statistics.blank")])
            .collect(),
        listed: (0..listed as u32).collect(),
        ..Axis::default()
    }
}

/// Bands between rising bounds; blanks last.
fn bands(values: &[i64], bounds: &[i64], operand: Operand) -> Axis {
    let (first, middle, last) = match operand {
        Operand::Age => (
            "statistics.age-first",
            "statistics.age-middle",
            "statistics.age-last",
        ),
        _ => (
            "statistics.band-first",
            "statistics.band-middle",
            "statistics.band-last",
        ),
    };
    let n = |n: i64| n.to_string();
    let mut labels = vec![words::fill(first, &[("to", n(bounds[0] - 1))])];
    for pair in bounds.windows(2) {
        labels.push(words::fill(
            middle,
            &[("from", n(pair[0])), ("to", n(pair[1] - 1))],
        ));
    }
    labels.push(words::fill(last, &[("from", n(bounds[bounds.len() - 1]))]));
    let blank = labels.len() as u32;
    labels.push(words::say("statistics.blank"));
    let band = |v: &i64| match *v {
        NO_NUMBER => blank,
        v => bounds.iter().filter(|b| v >= **b).count() as u32,
    };
    Axis {
        codes: values.iter().map(band).collect(),
        labels,
        listed: (0..blank).collect(),
        ..Axis::default()
    }
}

/// Texts by code point; blanks last. Only what occurs, and those named, which are listed.
fn texts(values: &[Option<&str>], named: &[&str]) -> Axis {
    let mut all: BTreeSet<&str> = values.iter().copied().flatten().collect();
    all.extend(named);
    let at: BTreeMap<&str, u32> = all.iter().zip(0..).map(|(t, i)| (*t, i)).collect();
    let blank = at.len() as u32;
    Axis {
        codes: values.iter().map(|v| v.map_or(blank, |t| at[t])).collect(),
        labels: all
            .iter()
            .map(|t| (*t).to_owned())
            .chain([words::say("statistics.blank")])
            .collect(),
        listed: named.iter().map(|t| at[t]).collect(),
        ..Axis::default()
    }
}
