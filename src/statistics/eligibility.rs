//! Eligibility: named conditions, a verdict on each, and why people are rejected.

use super::column::{self, heads, part_of};
use super::condition::Truth;
use super::facts::Facts;
use super::left::operands;
use super::rows::Rows;
use super::trace::{Behind, Count, Unit};
use super::{Column, Tabulation, footnotes, list, words};
use crate::scheme::measure::{Eligibility, Measure};

/// The verdicts: for each condition one on every record of the form.
struct Verdicts(Vec<Vec<Truth>>);

impl Verdicts {
    fn new(facts: &Facts<'_>, spec: &Eligibility) -> Self {
        let of = |c: &crate::scheme::measure::Named| facts.truths(spec.base.form, &c.condition);
        Verdicts(spec.conditions.iter().map(of).collect())
    }

    /// The worst verdict: not eligible, not enough known, eligible.
    fn of(&self, record: u32) -> Truth {
        let all = self.0.iter().map(|v| v[record as usize]);
        all.min().unwrap_or(Truth::Yes)
    }
}

/// Everyone who is judged, and whether they are eligible.
pub(super) fn judged(facts: &Facts<'_>, spec: &Eligibility) -> Vec<(u32, bool)> {
    let verdicts = Verdicts::new(facts, spec);
    let records = facts.select(&spec.base).records;
    let judge = |r: u32| (r, verdicts.of(r) == Truth::Yes);
    records.into_iter().map(judge).collect()
}

/// Who is eligible, who is not, and by which condition. A condition that a blank leaves open
/// does not hold; those for whom nothing worse is known are counted as incomplete, too.
pub(super) fn tabulate(facts: &Facts<'_>, measure: &Measure, spec: &Eligibility) -> Tabulation {
    let form = spec.base.form;
    let selected = facts.select(&spec.base);
    let records = &selected.records;
    let verdicts = Verdicts::new(facts, spec);
    let rows = Rows::new(facts, measure, form, records);
    rows.tabulate(measure, columns(spec), footnotes(&selected), |group| {
        let of = |test: &dyn Fn(u32) -> bool| -> Vec<u32> {
            let records = group.units.iter().map(|u| records[*u as usize]);
            records.filter(|r| test(*r)).collect()
        };
        let count = |records: Vec<u32>| {
            let n = records.len() as i64;
            heads(n).evidence_if(group.leaf, form, records.into_iter())
        };
        let base = group.units.len() as i64;
        let eligible = of(&|r| verdicts.of(r) == Truth::Yes);
        let rate = part_of(eligible.len() as i64, base);
        let mut figures = vec![
            count(of(&|_| true)),
            count(eligible),
            rate,
            count(of(&|r| verdicts.of(r) != Truth::Yes)),
            count(of(&|r| verdicts.of(r) == Truth::Unknown)),
        ];
        for v in &verdicts.0 {
            figures.push(count(of(&|r| v[r as usize] != Truth::Yes)));
        }
        figures
    })
}

/// The rows behind the figures.
pub(super) fn trace(facts: &Facts<'_>, measure: &Measure, spec: &Eligibility) -> Behind {
    let form = spec.base.form;
    let records = facts.select(&spec.base).records;
    let verdicts = Verdicts::new(facts, spec);
    let marks = |test: &dyn Fn(u32) -> bool| {
        Count::Marks(records.iter().map(|r| u8::from(test(*r))).collect())
    };
    let eligible = records.iter().map(|r| verdicts.of(*r).mark());
    let mut counts = vec![
        Count::Each,
        Count::Marks(eligible.collect()),
        Count::None,
        marks(&|r| verdicts.of(r) != Truth::Yes),
        marks(&|r| verdicts.of(r) == Truth::Unknown),
    ];
    let fails = |v: &Vec<Truth>| marks(&|r| v[r as usize] != Truth::Yes);
    counts.extend(verdicts.0.iter().map(fails));
    let mut looked_at = Vec::new();
    let conditions = spec.conditions.iter();
    conditions.for_each(|c| operands(&c.condition, &mut looked_at));
    Rows::new(facts, measure, form, &records)
        .behind(|u| Unit::now(form, records[u as usize]), counts)
        .looks_at(form, looked_at)
        .of(&spec.base)
}

fn columns(spec: &Eligibility) -> Vec<Column> {
    let one = |key: &str| vec![words::say(key)];
    let mut out = vec![
        column::count("base", one("statistics.judged"), ""),
        column::count("eligible", one("statistics.eligible"), ""),
        column::rate("", one("statistics.eligible-rate"), 1, 0),
        column::count("rejected", one("statistics.rejected"), ""),
        column::count("incomplete", one("statistics.incomplete"), ""),
    ];
    for c in &spec.conditions {
        let title = vec![words::say("statistics.reasons"), c.title.clone()];
        out.push(column::count(&c.id, title, ""));
    }
    out
}

/// Everyone who is not eligible, with the verdict on each condition.
pub(super) fn rejected(facts: &Facts<'_>, measure: &Measure, spec: &Eligibility) -> Tabulation {
    let form = spec.base.form;
    let verdicts = Verdicts::new(facts, spec);
    let mut records = facts.select(&spec.base).records;
    records.retain(|r| verdicts.of(*r) != Truth::Yes);
    let mut columns: Vec<Column> = spec
        .conditions
        .iter()
        .map(|c| column::text(&c.id, vec![c.title.clone()]))
        .collect();
    columns.push(column::text("missing", vec![words::say("statistics.why")]));
    list::tabulate(facts, measure, form, &records, columns, |i| {
        let of = |v: &Vec<Truth>| v[records[i] as usize];
        let mut figures = Vec::new();
        let mut reasons = Vec::new();
        for (v, c) in verdicts.0.iter().zip(&spec.conditions) {
            let (word, reason) = match of(v) {
                Truth::Yes => ("statistics.passes", ""),
                Truth::No => ("statistics.fails", "statistics.reason"),
                Truth::Unknown => ("statistics.unknown", "statistics.reason-unknown"),
            };
            let mut figure = column::words_of(words::say(word));
            figure.met = Some(of(v) == Truth::Yes);
            figures.push(figure);
            if !reason.is_empty() {
                reasons.push(words::fill(reason, &[("condition", c.title.clone())]));
            }
        }
        figures.push(column::words_of(
            reasons.join(&words::say("statistics.and")),
        ));
        figures
    })
}
