//! Rate: hits over base, the target, and what is still missing from it.

use super::column::{self, heads, part_of, plain};
use super::condition::Truth;
use super::exact;
use super::facts::Facts;
use super::left::operands;
use super::rows::Rows;
use super::trace::{Behind, Count, Unit};
use super::{Column, Figure, Formula, Number, Quantity, Tabulation, footnotes, words};
use crate::scheme::measure::{Fraction, Measure, Rate, Target};
use chrono::NaiveDate;

/// A rate by group, with targets that may differ by group and time.
pub(super) fn tabulate(facts: &Facts<'_>, measure: &Measure, spec: &Rate) -> Tabulation {
    let form = spec.population.form;
    let selected = facts.select(&spec.population);
    let records = &selected.records;
    let hit = facts.truths(form, &spec.hit);
    let rows = Rows::new(facts, measure, form, records);
    let columns = columns(spec);
    rows.tabulate(measure, columns, footnotes(&selected), |group| {
        let record = |u: &u32| records[*u as usize];
        let is_hit = |r: &u32| hit[*r as usize] == Truth::Yes;
        let base = group.units.len() as i64;
        let hits = group.units.iter().map(record).filter(is_hit).count() as i64;
        let of_base = group.units.iter().map(record);
        let of_hits = group.units.iter().map(record).filter(is_hit);
        let target = target(&spec.targets, group.names, facts.scheme.cut_off);
        let mut rate = part_of(hits, base);
        if let Some(t) = target {
            rate.target = Some(Number::Ratio(t.n, t.d));
            rate.gap = Some(exact::gap(hits, base, t));
            rate.met = exact::reaches(hits, base, t);
        }
        let mut figures = vec![
            heads(base).evidence_if(group.leaf, form, of_base),
            heads(hits).evidence_if(group.leaf, form, of_hits),
            rate,
        ];
        if !spec.targets.is_empty() {
            figures.extend(against(target, hits, base));
        }
        figures
    })
}

/// The rows behind the figures.
pub(super) fn trace(facts: &Facts<'_>, measure: &Measure, spec: &Rate) -> Behind {
    let form = spec.population.form;
    let records = facts.select(&spec.population).records;
    let hit = facts.truths(form, &spec.hit);
    let hits = records.iter().map(|r| hit[*r as usize].mark()).collect();
    let mut counts = vec![Count::Each, Count::Marks(hits)];
    counts.resize(columns(spec).len(), Count::None);
    let mut looked_at = Vec::new();
    operands(&spec.hit, &mut looked_at);
    Rows::new(facts, measure, form, &records)
        .behind(|u| Unit::now(form, records[u as usize]), counts)
        .looks_at(form, looked_at)
        .of(&spec.population)
}

/// Target, gap and heads to go; gaps where no target is meant for the row.
fn against(target: Option<Fraction>, hits: i64, base: i64) -> [Figure; 3] {
    match target {
        Some(t) => [
            plain(Number::Ratio(t.n, t.d)),
            plain(exact::gap(hits, base, t)),
            heads(exact::more(hits, base, t)),
        ],
        None => [Figure::default(), Figure::default(), Figure::default()],
    }
}

/// The first target that is meant for the row and still holds on a day.
pub(super) fn target(
    targets: &[Target],
    names: &[(String, String)],
    day: NaiveDate,
) -> Option<Fraction> {
    let fits = |t: &&Target| {
        t.until.is_none_or(|until| day <= until)
            && t.group.iter().all(|wanted| names.contains(wanted))
    };
    targets.iter().find(fits).map(|t| t.value)
}

fn columns(spec: &Rate) -> Vec<Column> {
    let one = |own: &str, key: &str| vec![words::or(own, key)];
    let unit = &spec.unit;
    let mut out = vec![
        column::count("base", one(&spec.base_title, "statistics.base"), unit),
        column::count("hits", one(&spec.hit_title, "statistics.hits"), unit),
        column::rate("", one("", "statistics.rate"), 1, 0),
    ];
    if !spec.targets.is_empty() {
        out.push(Column {
            part: "target".to_owned(),
            title: one("", "statistics.target"),
            quantity: Quantity::Rate,
            formula: None,
            additive: false,
        });
        out.push(Column {
            part: "gap".to_owned(),
            title: one("", "statistics.gap"),
            quantity: Quantity::Points,
            formula: Some(Formula::Difference(2, 3)),
            additive: false,
        });
        out.push(column::count("more", one("", "statistics.more"), unit).not_additive());
    }
    out
}
