//! Persons against person-times: distinct people and occurrences, never mixed.

use super::column::{self, amount, distinct, heads, part_of};
use super::facts::Facts;
use super::rows::Rows;
use super::trace::{Behind, Count, Unit};
use super::{Column, Formula, Quantity, Tabulation, footnotes, words};
use crate::normalise::NO_NUMBER;
use crate::scheme::measure::{Measure, Persons};

/// Persons once, occurrences each, and sums.
pub(super) fn tabulate(facts: &Facts<'_>, measure: &Measure, spec: &Persons) -> Tabulation {
    let form = spec.population.form;
    let selected = facts.select(&spec.population);
    let records = &selected.records;
    let persons = &facts.frame(form).persons;
    let values: Vec<_> = spec
        .sums
        .iter()
        .map(|s| facts.numbers(form, s.operand))
        .collect();
    let rows = Rows::new(facts, measure, form, records);
    rows.tabulate(measure, columns(spec), footnotes(&selected), |group| {
        let record = |u: &u32| records[*u as usize];
        let people = distinct(group.units.iter().map(|u| persons[record(u) as usize]));
        let times = group.units.len() as i64;
        let mut figures = vec![
            heads(people),
            heads(times).evidence_if(group.leaf, form, group.units.iter().map(record)),
            part_of(times, people),
        ];
        for (sum, values) in spec.sums.iter().zip(&values) {
            let all = group.units.iter().map(|u| values[record(u) as usize]);
            let total = all.filter(|v| *v != NO_NUMBER).fold(0, i64::saturating_add);
            figures.push(amount(total, sum.hundredths));
        }
        figures
    })
}

/// The rows behind the figures.
pub(super) fn trace(facts: &Facts<'_>, measure: &Measure, spec: &Persons) -> Behind {
    let form = spec.population.form;
    let records = facts.select(&spec.population).records;
    let persons = &facts.frame(form).persons;
    let persons = records.iter().map(|r| persons[*r as usize]).collect();
    let mut counts = vec![Count::Distinct(persons), Count::Each, Count::None];
    counts.extend(spec.sums.iter().map(|sum| {
        let values = facts.numbers(form, sum.operand);
        Count::Amounts(records.iter().map(|r| values[*r as usize]).collect())
    }));
    Rows::new(facts, measure, form, &records)
        .behind(|u| Unit::now(form, records[u as usize]), counts)
        .looks_at(form, spec.sums.iter().map(|s| s.operand))
        .of(&spec.population)
}

fn columns(spec: &Persons) -> Vec<Column> {
    let times = words::say("statistics.times-unit");
    let mut out = vec![
        column::count("", vec![words::say("statistics.persons")], "").not_additive(),
        column::count("times", vec![words::say("statistics.times")], &times),
        Column {
            part: "average".to_owned(),
            title: vec![words::say("statistics.average-times")],
            quantity: Quantity::Decimal(times.clone()),
            formula: Some(Formula::Ratio(1, 0)),
            additive: false,
        },
    ];
    for s in &spec.sums {
        out.push(column::sum(
            &s.id,
            vec![s.title.clone()],
            &s.unit,
            s.hundredths,
        ));
    }
    out
}
