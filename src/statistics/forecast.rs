//! Forecast: what a rate will be at coming year ends, if everyone who is on the way arrives when
//! expected. The base stays what it is; nobody counts twice.

use super::column::{self, heads, part_of, plain};
use super::condition::Truth;
use super::exact;
use super::facts::{self, Facts};
use super::left::operands;
use super::rate::target;
use super::rows::{Group, Rows};
use super::trace::{Behind, Count, Unit};
use super::{Column, Figure, Formula, Number, Quantity, Tabulation, footnotes, words};
use crate::normalise::NO_NUMBER;
use crate::scheme::dynamics::Forecast;
use crate::scheme::measure::{Fraction, Measure, Operand};
use crate::scheme::{FormIdx, Kind};
use chrono::{Datelike, NaiveDate};

/// No year end of the forecast.
const NEVER: u32 = u32::MAX;

/// Who arrives when.
struct Arrivals {
    /// For each person the year end by which they have arrived, as its place in the forecast.
    of_person: Vec<u32>,
    /// Records without a day of arrival, and records whose day has passed.
    undated: usize,
    overdue: usize,
}

/// The base, who has arrived, and when the others will.
struct Outlook {
    records: Vec<u32>,
    hit: Vec<Truth>,
    years: Vec<i32>,
    /// Of each record the year end by which its person has arrived.
    when: Vec<u32>,
    footnotes: Vec<String>,
}

fn outlook(facts: &Facts<'_>, spec: &Forecast) -> Outlook {
    let form = spec.population.form;
    let selected = facts.select(&spec.population);
    let records = &selected.records;
    let hit = facts.truths(form, &spec.hit);
    let persons = &facts.frame(form).persons;
    let first = facts.scheme.cut_off.year();
    let years: Vec<i32> = (first..).take(spec.years as usize).collect();

    // Whoever has arrived by any of their records does not arrive again.
    let mut awaited = vec![false; facts.dataset.persons as usize];
    let person = |r: &u32| persons[*r as usize] as usize;
    let is_hit = |r: &&u32| hit[**r as usize] == Truth::Yes;
    records.iter().for_each(|r| awaited[person(r)] = true);
    let arrived = records.iter().filter(is_hit);
    arrived.for_each(|r| awaited[person(r)] = false);

    let mut arrivals = arrivals(facts, spec, first, &awaited);
    let mut notes = footnotes(&selected);
    for (n, key) in [
        (arrivals.undated, "statistics.undated"),
        (arrivals.overdue, "statistics.overdue"),
    ] {
        if n > 0 {
            notes.push(words::fill(key, &[("n", n.to_string())]));
        }
    }
    // A person with two records in the base arrives once, by the first.
    let when: Vec<u32> = records
        .iter()
        .map(|r| std::mem::replace(&mut arrivals.of_person[person(r)], NEVER))
        .collect();

    Outlook {
        when,
        hit,
        years,
        footnotes: notes,
        records: selected.records,
    }
}

/// The rate now, then at each year end, then against the target.
pub(super) fn tabulate(facts: &Facts<'_>, measure: &Measure, spec: &Forecast) -> Tabulation {
    let form = spec.population.form;
    let of = outlook(facts, spec);
    let rows = Rows::new(facts, measure, form, &of.records);
    let columns = columns(spec, &of.years);
    rows.tabulate(measure, columns, of.footnotes.clone(), |group| {
        figures(spec, &of.years, form, &of.records, &of.hit, &of.when, group)
    })
}

/// The rows behind the figures.
pub(super) fn trace(facts: &Facts<'_>, measure: &Measure, spec: &Forecast) -> Behind {
    let form = spec.population.form;
    let of = outlook(facts, spec);
    let hits = of.records.iter().map(|r| of.hit[*r as usize].mark());
    let mut counts = vec![Count::Each, Count::Marks(hits.collect()), Count::None];
    for year in 0..of.years.len() as u32 {
        let added = of.when.iter().map(|w| u8::from(*w == year));
        counts.extend([Count::Marks(added.collect()), Count::None, Count::None]);
    }
    counts.resize(columns(spec, &of.years).len(), Count::None);
    let mut looked_at = Vec::new();
    operands(&spec.hit, &mut looked_at);
    Rows::new(facts, measure, form, &of.records)
        .behind(|u| Unit::now(form, of.records[u as usize]), counts)
        .looks_at(form, looked_at)
        .of(&spec.population)
}

/// When each person who is awaited arrives first, by the records that lead there.
fn arrivals(facts: &Facts<'_>, spec: &Forecast, first: i32, awaited: &[bool]) -> Arrivals {
    let form = spec.study.form;
    let persons = &facts.frame(form).persons;
    let reaches = facts.truths(form, &spec.reaches);
    let values = facts.numbers(form, Operand::Field(spec.arrives));
    let is_year = facts.scheme.forms[form].fields[spec.arrives].kind == Kind::Integer;
    let cut_off = facts.scheme.cut_off;
    let mut out = Arrivals {
        of_person: vec![NEVER; facts.dataset.persons as usize],
        undated: 0,
        overdue: 0,
    };
    let selected = facts.select(&spec.study).records;
    for r in selected {
        let r = r as usize;
        if reaches[r] != Truth::Yes || !awaited[persons[r] as usize] {
            continue;
        }
        let (year, past) = match values[r] {
            NO_NUMBER => {
                out.undated += 1;
                continue;
            }
            year if is_year => (year, year < i64::from(cut_off.year())),
            day => match facts::date(day) {
                Some(day) => (i64::from(day.year()), day < cut_off),
                None => continue,
            },
        };
        out.overdue += usize::from(past);
        let end = u32::try_from((year - i64::from(first)).max(0)).unwrap_or(NEVER);
        let slot = &mut out.of_person[persons[r] as usize];
        *slot = (*slot).min(end);
    }
    out
}

fn figures(
    spec: &Forecast,
    years: &[i32],
    form: FormIdx,
    records: &[u32],
    hit: &[Truth],
    when: &[u32],
    group: &Group<'_>,
) -> Vec<Figure> {
    let units = group.units;
    let record = |u: &u32| records[*u as usize];
    let is_hit = |u: &&u32| hit[record(u) as usize] == Truth::Yes;
    let base = units.len() as i64;
    let now = units.iter().filter(is_hit).count() as i64;
    let of_hits = units.iter().filter(is_hit).map(record);
    let mut out = vec![
        heads(base).evidence_if(group.leaf, form, units.iter().map(record)),
        heads(now).evidence_if(group.leaf, form, of_hits),
        part_of(now, base),
    ];
    let mut hits = now;
    let mut reached = None;
    let mut last = None;
    for (place, year) in years.iter().enumerate() {
        let arrives = |u: &&u32| when[**u as usize] == place as u32;
        let added = units.iter().filter(arrives).count() as i64;
        hits += added;
        let of_added = units.iter().filter(arrives).map(record);
        last = target(&spec.targets, group.names, year_end(*year));
        out.push(heads(added).evidence_if(group.leaf, form, of_added));
        out.push(heads(hits));
        out.push(judged(hits, base, last));
        let holds = last.and_then(|t| exact::reaches(hits, base, t));
        if holds == Some(true) && reached.is_none() {
            reached = Some(*year);
        }
    }
    out.push(judged(hits, base, last));
    if spec.targets.is_empty() {
        return out;
    }
    match last {
        Some(t) => out.extend([
            plain(Number::Ratio(t.n, t.d)),
            plain(exact::gap(hits, base, t)),
            heads(exact::more(hits, base, t)),
        ]),
        None => out.extend([Figure::default(), Figure::default(), Figure::default()]),
    }
    out.push(column::words_of(match reached {
        Some(year) => words::fill("statistics.in-year", &[("year", year.to_string())]),
        None if base > 0 && last.is_some() => words::say("statistics.not-reached"),
        None => String::new(),
    }));
    out
}

/// A rate with what it is compared with.
fn judged(hits: i64, base: i64, target: Option<Fraction>) -> Figure {
    let mut rate = part_of(hits, base);
    if let Some(t) = target {
        rate.target = Some(Number::Ratio(t.n, t.d));
        rate.gap = Some(exact::gap(hits, base, t));
        rate.met = exact::reaches(hits, base, t);
    }
    rate
}

fn year_end(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or_default()
}

fn columns(spec: &Forecast, years: &[i32]) -> Vec<Column> {
    let unit = &spec.unit;
    let now = words::say("statistics.now");
    let one = |spanner: &str, key: &str| vec![spanner.to_owned(), words::say(key)];
    let mut out = vec![
        column::count("base", one(&now, "statistics.base"), unit),
        column::count("hits", one(&now, "statistics.hits"), unit),
        column::rate("rate", one(&now, "statistics.rate"), 1, 0),
    ];
    let mut hits = vec![1];
    let mut spanner = String::new();
    for year in years {
        spanner = words::fill("statistics.year-end", &[("year", year.to_string())]);
        let at = out.len();
        hits.push(at);
        let added = one(&spanner, "statistics.added");
        out.push(column::count(&format!("y{year}.added"), added, unit));
        out.push(Column {
            formula: Some(Formula::Sum(hits.clone())),
            ..column::count(
                &format!("y{year}.hits"),
                one(&spanner, "statistics.hits"),
                unit,
            )
        });
        let rate = one(&spanner, "statistics.rate");
        out.push(column::rate(&format!("y{year}"), rate, at + 1, 0));
    }
    let at = out.len();
    let against = words::fill("statistics.judged-at", &[("when", spanner)]);
    let rate = one(&against, "statistics.forecast-rate");
    out.push(column::rate("", rate, at - 2, 0));
    if spec.targets.is_empty() {
        return out;
    }
    out.push(Column {
        part: "target".to_owned(),
        title: one(&against, "statistics.target"),
        quantity: Quantity::Rate,
        formula: None,
        additive: false,
    });
    out.push(Column {
        part: "gap".to_owned(),
        title: one(&against, "statistics.gap"),
        quantity: Quantity::Points,
        formula: Some(Formula::Difference(at, at + 1)),
        additive: false,
    });
    let more = one(&against, "statistics.more");
    out.push(column::count("more", more, unit).not_additive());
    out.push(column::text("reached", one(&against, "statistics.reached")));
    out
}
