//! Capped sum: what counts of each record when sums a person are capped, and what does not. Caps
//! are applied in the scheme's order, each to what the earlier ones left, record by record in the
//! order of their dates.

use super::column::{self, amount, distinct, heads};
use super::condition::Truth;
use super::facts::{self, Facts};
use super::left::operands;
use super::requirement::shown;
use super::rows::Rows;
use super::trace::{Behind, Count, Unit};
use super::{Column, Formula, Tabulation, footnotes, list, words};
use crate::diagnostic::{Diagnostic, Place, Rule};
use crate::normalise::NO_NUMBER;
use crate::scheme::measure::{Cap, CappedSum, Measure, Operand, Span};
use crate::scheme::{FormIdx, Kind, QuickMap};
use chrono::{Datelike, NaiveDate};

/// What became of the records' amounts.
pub(super) struct Counted {
    /// Selected records.
    records: Vec<u32>,
    /// Amount of each, in hundredths.
    raw: Vec<i64>,
    /// What each cap took from each.
    taken: Vec<Vec<i64>>,
    /// What counts of each.
    counted: Vec<i64>,
    footnotes: Vec<String>,
}

/// Applies the caps.
pub(super) fn count(facts: &Facts<'_>, spec: &CappedSum) -> Counted {
    let form = spec.population.form;
    let selected = facts.select(&spec.population);
    let notes = footnotes(&selected);
    let records = selected.records;
    let values = facts.numbers(form, Operand::Field(spec.amount));
    let persons = &facts.frame(form).persons;
    let raw: Vec<i64> = records
        .iter()
        .map(|r| match values[*r as usize] {
            NO_NUMBER => 0,
            v => v,
        })
        .collect();
    let dates = days(facts, form, spec.population.window.on);
    let mut order: Vec<usize> = (0..records.len()).collect();
    // Records without a date come last: those with one were there first.
    order.sort_by_key(|i| {
        let day = dates[records[*i] as usize];
        (day.is_none(), day, records[*i])
    });
    let mut left = raw.clone();
    let mut taken = Vec::with_capacity(spec.caps.len());
    for cap in &spec.caps {
        let fits = facts.truths(form, &cap.filter);
        let mut sums: QuickMap<(u32, i64), i64> = QuickMap::default();
        let mut of_cap = vec![0; records.len()];
        for i in &order {
            let record = records[*i] as usize;
            if fits[record] != Truth::Yes {
                continue;
            }
            let bucket = (persons[record], bucket(facts, cap.per, dates[record]));
            let sum = sums.entry(bucket).or_default();
            let before = (*sum).min(cap.at_most);
            *sum = sum.saturating_add(left[*i]);
            let counts = (*sum).min(cap.at_most) - before;
            of_cap[*i] = left[*i] - counts;
            left[*i] = counts;
        }
        taken.push(of_cap);
    }
    Counted {
        records,
        raw,
        taken,
        counted: left,
        footnotes: notes,
    }
}

/// The day of each record; a year stands for its last day.
fn days(facts: &Facts<'_>, form: FormIdx, on: Option<usize>) -> Vec<Option<NaiveDate>> {
    let Some(on) = on else {
        return vec![None; facts.len(form)];
    };
    let is_year = facts.scheme.forms[form].fields[on].kind == Kind::Integer;
    let values = facts.numbers(form, Operand::Field(on));
    values
        .iter()
        .map(|v| match (is_year, *v) {
            (_, NO_NUMBER) => None,
            (true, year) => NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, 12, 31),
            (false, days) => facts::date(days),
        })
        .collect()
}

/// Which stretch of time a day lies in, as a number; a record without a day lies in the cut-off's.
fn bucket(facts: &Facts<'_>, per: Span, day: Option<NaiveDate>) -> i64 {
    let day = day.unwrap_or(facts.scheme.cut_off);
    let number = |d: NaiveDate| i64::from(d.num_days_from_ce());
    match (per, facts.scheme.cycle) {
        (Span::Year, Some(cycle)) => number(cycle.year_start_of(day)),
        (Span::Year, None) => day.year().into(),
        (Span::Cycle, Some(cycle)) => number(cycle.start_of(day)),
        (Span::Term, _) => match day.month() {
            1 => i64::from(day.year()) * 2 - 1,
            2..8 => i64::from(day.year()) * 2,
            _ => i64::from(day.year()) * 2 + 1,
        },
        _ => 0,
    }
}

/// Everything, what counts, what does not, and what each cap took.
pub(super) fn tabulate(
    facts: &Facts<'_>,
    measure: &Measure,
    spec: &CappedSum,
    found: &mut Vec<Diagnostic>,
) -> Tabulation {
    let counted = count(facts, spec);
    let form = spec.population.form;
    let persons = &facts.frame(form).persons;
    report(facts, spec, &counted, found);
    let rows = Rows::new(facts, measure, form, &counted.records);
    let (band_of, bands) = (band_of(&counted, persons, spec), spec.bands_in_all());
    let notes = counted.footnotes.clone();
    rows.tabulate(measure, columns(spec), notes, |group| {
        let sum = |of: &[i64]| group.units.iter().map(|u| of[*u as usize]).sum::<i64>();
        let record = |u: &u32| counted.records[*u as usize];
        let people = distinct(group.units.iter().map(|u| persons[record(u) as usize]));
        let (raw, counts) = (sum(&counted.raw), sum(&counted.counted));
        let mut figures = vec![
            heads(people),
            amount(raw, true).evidence_if(group.leaf, form, group.units.iter().map(record)),
            amount(counts, true),
            amount(raw - counts, true),
        ];
        figures.extend(counted.taken.iter().map(|t| amount(sum(t), true)));
        figures.extend((0..bands).map(|band| {
            let those = group.units.iter().filter(|u| band_of[**u as usize] == band);
            heads(distinct(those.map(|u| persons[record(u) as usize])))
        }));
        figures
    })
}

/// The rows behind the figures.
pub(super) fn trace(facts: &Facts<'_>, measure: &Measure, spec: &CappedSum) -> Behind {
    let counted = count(facts, spec);
    let form = spec.population.form;
    let persons = &facts.frame(form).persons;
    let band_of = band_of(&counted, persons, spec);
    let records = counted.records;
    let over = counted.raw.iter().zip(&counted.counted);
    let mut counts = vec![
        Count::Distinct(records.iter().map(|r| persons[*r as usize]).collect()),
        Count::Amounts(counted.raw.clone()),
        Count::Amounts(counted.counted.clone()),
        Count::Amounts(over.map(|(raw, counted)| raw - counted).collect()),
    ];
    counts.extend(counted.taken.into_iter().map(Count::Amounts));
    counts.extend((0..spec.bands_in_all()).map(|band| {
        let own = |(r, of): (&u32, &usize)| match *of == band {
            true => persons[*r as usize],
            false => u32::MAX,
        };
        Count::Distinct(records.iter().zip(&band_of).map(own).collect())
    }));
    Rows::new(facts, measure, form, &records)
        .behind(|u| Unit::now(form, records[u as usize]), counts)
        .looks_at(form, [Operand::Field(spec.amount)])
        .looks_at(form, looked_at(&spec.caps))
        .of(&spec.population)
}

/// What the caps' conditions look at.
fn looked_at(caps: &[Cap]) -> Vec<Operand> {
    let mut out = Vec::new();
    caps.iter().for_each(|c| operands(&c.filter, &mut out));
    out
}

fn columns(spec: &CappedSum) -> Vec<Column> {
    let of = |part: &str, key: &str| column::sum(part, vec![words::say(key)], &spec.unit, true);
    let mut out = vec![
        column::count("persons", vec![words::say("statistics.persons")], "").not_additive(),
        of("raw", "statistics.raw"),
        of("", "statistics.counted"),
        Column {
            formula: Some(Formula::Difference(1, 2)),
            ..of("over", "statistics.uncounted")
        },
    ];
    for cap in &spec.caps {
        let title = vec![words::say("statistics.taken"), cap.title.clone()];
        out.push(column::sum(&cap.id, title, &spec.unit, true));
    }
    out.extend(distribution(spec));
    out
}

/// For each record the band that its person is in, by all that counts of theirs.
fn band_of(counted: &Counted, persons: &[u32], spec: &CappedSum) -> Vec<usize> {
    let person = |i: usize| persons[counted.records[i] as usize];
    let mut sums: QuickMap<u32, i64> = QuickMap::default();
    for (i, counts) in counted.counted.iter().enumerate() {
        let sum = sums.entry(person(i)).or_default();
        *sum = sum.saturating_add(*counts);
    }
    let band = |sum: i64| spec.bands.iter().filter(|b| sum >= **b).count();
    let of = |i: usize| sums.get(&person(i)).map_or(0, |sum| band(*sum));
    (0..counted.records.len()).map(of).collect()
}

/// Persons by what counts of theirs; a person of two schools counts in both, so nothing adds up.
fn distribution(spec: &CappedSum) -> Vec<Column> {
    if spec.bands.is_empty() {
        return Vec::new();
    }
    let unit = [("unit", spec.unit.clone())];
    let spanner = words::fill("statistics.distribution", &unit);
    let bound = |i: usize| spec.bands.get(i).map(|b| shown(*b, true));
    let band = |i: usize| {
        let from = i.checked_sub(1).and_then(bound);
        let key = match (&from, bound(i)) {
            (None, _) => "statistics.below",
            (Some(_), Some(_)) => "statistics.between",
            (Some(_), None) => "statistics.from",
        };
        let args = [
            ("from", from.clone().unwrap_or_default()),
            ("to", bound(i).unwrap_or_default()),
        ];
        let part = format!("band.{}", from.unwrap_or("0".into()).replace('.', "_"));
        let title = vec![spanner.clone(), words::fill(key, &args)];
        column::count(&part, title, "").not_additive()
    };
    (0..=spec.bands.len()).map(band).collect()
}

/// One finding for each record that does not count in full, at its cell.
fn report(facts: &Facts<'_>, spec: &CappedSum, counted: &Counted, found: &mut Vec<Diagnostic>) {
    let frame = facts.frame(spec.population.form);
    let field = &facts.scheme.forms[spec.population.form].fields[spec.amount];
    for (i, record) in counted.records.iter().enumerate() {
        let over = counted.raw[i] - counted.counted[i];
        if over <= 0 {
            continue;
        }
        let first = counted.taken.iter().position(|t| t[i] > 0);
        let Some(cap) = first.and_then(|c| spec.caps.get(c)) else {
            continue;
        };
        let (source, row) = frame.origins[*record as usize];
        let source = &frame.sources[source as usize];
        let (row, col) = source.cell(row, spec.amount);
        let place = Place::sheet(&source.file, &source.sheet).at(row, col);
        let name = list::Persons::new(facts, spec.population.form).short(*record);
        found.push(
            Diagnostic::new(Rule::CreditsOverCap, place)
                .field(&field.id)
                .arg("name", name)
                .arg("stated", shown(counted.raw[i], true))
                .arg("over", shown(over, true))
                .arg("counted", shown(counted.counted[i], true))
                .arg("cap", &cap.title)
                .arg("limit", shown(cap.at_most, true))
                .arg("what", &field.title),
        );
    }
}

/// Every record that does not count in full.
pub(super) fn over(facts: &Facts<'_>, measure: &Measure, spec: &CappedSum) -> Tabulation {
    let counted = count(facts, spec);
    let form = spec.population.form;
    let of = |part: &str, key: &str| column::sum(part, vec![words::say(key)], &spec.unit, true);
    let columns = vec![
        of("raw", "statistics.raw"),
        of("counted", "statistics.counted"),
        of("over", "statistics.uncounted"),
        column::text("missing", vec![words::say("statistics.why")]),
    ];
    let units: Vec<usize> = (0..counted.records.len())
        .filter(|i| counted.raw[*i] != counted.counted[*i])
        .collect();
    let records: Vec<u32> = units.iter().map(|i| counted.records[*i]).collect();
    list::tabulate(facts, measure, form, &records, columns, |i| {
        let u = units[i];
        let caps = spec.caps.iter().zip(&counted.taken);
        let why: Vec<&str> = caps
            .filter(|(_, taken)| taken[u] != 0)
            .map(|(cap, _)| cap.title.as_str())
            .collect();
        vec![
            amount(counted.raw[u], true),
            amount(counted.counted[u], true),
            amount(counted.raw[u] - counted.counted[u], true),
            column::words_of(why.join(&words::say("statistics.and"))),
        ]
    })
}
