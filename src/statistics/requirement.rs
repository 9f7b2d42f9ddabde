//! Requirement set: several thresholds a person, each with its own verdict, all of which must hold.
//! Who has no record at all has not met anything that asks for something.

use super::column::{self, amount, heads, part_of};
use super::facts::Facts;
use super::left::operands;
use super::rows::Rows;
use super::trace::{Behind, Count, Unit};
use super::{Column, Figure, Tabulation, footnotes, list, words};
use crate::normalise::NO_NUMBER;
use crate::scheme::FormIdx;
use crate::scheme::measure::{Amount, Condition, Measure, Need, Operand, Requirement};

/// The verdicts on everyone in the base.
pub(super) struct Verdicts {
    /// Records of the base.
    pub(super) base: Vec<u32>,
    /// For each need the amount of each base record; [`NO_NUMBER`] where there is none.
    amounts: Vec<Vec<i64>>,
    /// Needs that cannot be judged, because no record has their fields.
    skipped: Vec<bool>,
    /// Lines under the table.
    footnotes: Vec<String>,
}

impl Verdicts {
    /// Whether a base record meets a need.
    fn meets(&self, spec: &Requirement, need: usize, unit: usize) -> bool {
        let (n, of) = (&spec.needs[need], self.amounts[need][unit]);
        match of {
            NO_NUMBER => n.at_least.is_none(),
            of => n.at_least.is_none_or(|b| of >= b) && n.at_most.is_none_or(|b| of <= b),
        }
    }

    /// Whether a base record meets all needs that are judged.
    pub(super) fn meets_all(&self, spec: &Requirement, unit: usize) -> bool {
        (0..spec.needs.len()).all(|n| self.skipped[n] || self.meets(spec, n, unit))
    }
}

/// Judges everyone.
pub(super) fn judge(facts: &Facts<'_>, spec: &Requirement) -> Verdicts {
    let base = facts.select(&spec.base);
    let mut notes = footnotes(&base);
    let persons = &facts.frame(spec.base.form).persons;
    let mut amounts = Vec::with_capacity(spec.needs.len());
    let mut skipped = Vec::with_capacity(spec.needs.len());
    let mut outside = 0;
    for need in &spec.needs {
        let absent = need.skip_if_absent && is_absent(facts, need);
        if absent {
            let args = [("need", need.title.clone())];
            notes.push(words::fill("statistics.need-skipped", &args));
        }
        skipped.push(absent);
        let (of_person, out) = per_person(facts, need);
        outside += out;
        let of = |r: &u32| of_person[persons[*r as usize] as usize];
        amounts.push(base.records.iter().map(of).collect());
    }
    if outside > 0 {
        let args = [("n", outside.to_string())];
        notes.push(words::fill("statistics.outside", &args));
    }
    Verdicts {
        base: base.records,
        amounts,
        skipped,
        footnotes: notes,
    }
}

/// What each person has of a need, and how many records lay outside its time.
fn per_person(facts: &Facts<'_>, need: &Need) -> (Vec<i64>, usize) {
    let form = need.population.form;
    let persons = &facts.frame(form).persons;
    let selected = facts.select(&need.population);
    let start = match need.amount {
        Amount::Count | Amount::Sum(_) => 0,
        Amount::Least(_) | Amount::Most(_) => NO_NUMBER,
    };
    let mut out = vec![start; facts.dataset.persons as usize];
    let values = match need.amount {
        Amount::Count => None,
        Amount::Sum(o) | Amount::Least(o) | Amount::Most(o) => Some(facts.numbers(form, o)),
    };
    for r in &selected.records {
        let slot = &mut out[persons[*r as usize] as usize];
        let value = values.as_ref().map_or(1, |v| v[*r as usize]);
        if value == NO_NUMBER {
            continue;
        }
        *slot = match (need.amount, *slot) {
            (Amount::Count | Amount::Sum(_), sum) => sum.saturating_add(value),
            (_, NO_NUMBER) => value,
            (Amount::Least(_), least) => least.min(value),
            (Amount::Most(_), most) => most.max(value),
        };
    }
    (out, selected.outside)
}

/// Whether no record at all has one of the fields that a need itself looks at.
fn is_absent(facts: &Facts<'_>, need: &Need) -> bool {
    let form = need.population.form;
    let mut operands = Vec::new();
    if let Amount::Sum(o) | Amount::Least(o) | Amount::Most(o) = need.amount {
        operands.push(o);
    }
    collect(&need.population.filter, &mut operands);
    operands.into_iter().any(|o| match o {
        Operand::Field(_) if !facts.is_text(form, o) => {
            facts.numbers(form, o).iter().all(|v| *v == NO_NUMBER)
        }
        Operand::Field(_) => {
            let texts = facts.texts(form, o);
            (0..facts.len(form)).all(|r| texts.get(r).is_none())
        }
        _ => false,
    })
}

/// The operands that a condition cannot do without.
fn collect(condition: &Condition, out: &mut Vec<Operand>) {
    match condition {
        Condition::All(all) => all.iter().for_each(|c| collect(c, out)),
        Condition::Test(operand, test)
            if !matches!(test, crate::scheme::measure::Test::NotIn(_)) =>
        {
            out.push(*operand);
        }
        Condition::Any(_) | Condition::Not(_) | Condition::Test(..) => {}
    }
}

/// Base, who meets each need, who meets all.
pub(super) fn tabulate(facts: &Facts<'_>, measure: &Measure, spec: &Requirement) -> Tabulation {
    let verdicts = judge(facts, spec);
    let form = spec.base.form;
    let rows = Rows::new(facts, measure, form, &verdicts.base);
    let notes = verdicts.footnotes.clone();
    rows.tabulate(measure, columns(spec), notes, |group| {
        let units = group.units;
        let base = units.len() as i64;
        let record = |u: &u32| verdicts.base[*u as usize];
        let mut figures = vec![heads(base).evidence_if(group.leaf, form, units.iter().map(record))];
        for (n, need) in spec.needs.iter().enumerate() {
            if verdicts.skipped[n] {
                figures.extend([Figure::default(), Figure::default(), Figure::default()]);
                continue;
            }
            let meets = |u: &&u32| verdicts.meets(spec, n, **u as usize);
            let met = units.iter().filter(meets).count() as i64;
            let of_met = units.iter().filter(meets).map(record);
            let sum: i64 = units
                .iter()
                .map(|u| verdicts.amounts[n][*u as usize])
                .filter(|v| *v != NO_NUMBER)
                .fold(0, i64::saturating_add);
            figures.push(heads(met).evidence_if(group.leaf, form, of_met));
            figures.push(part_of(met, base));
            figures.push(match need.amount {
                Amount::Count | Amount::Sum(_) => amount(sum, need.hundredths),
                // The sum of least lengths says nothing.
                Amount::Least(_) | Amount::Most(_) => Figure::default(),
            });
        }
        let all = |u: &&u32| verdicts.meets_all(spec, **u as usize);
        let met = units.iter().filter(all).count() as i64;
        let of_met = units.iter().filter(all).map(record);
        let unmet = units.iter().filter(|u| !all(u)).map(record);
        figures.push(heads(met).evidence_if(group.leaf, form, of_met));
        figures.push(part_of(met, base));
        figures.push(heads(base - met).evidence_if(group.leaf, form, unmet));
        figures
    })
}

/// A record that a person has of a need, and what it adds; [`NO_NUMBER`] for a least or greatest
/// value, which adds nothing.
struct Had {
    person: u32,
    form: FormIdx,
    record: u32,
    need: usize,
    adds: i64,
}

/// All records of the needs, by person.
fn had(facts: &Facts<'_>, spec: &Requirement) -> Vec<Had> {
    let mut out = Vec::new();
    for (need, of) in spec.needs.iter().enumerate() {
        let form = of.population.form;
        let persons = &facts.frame(form).persons;
        let (values, adds) = match of.amount {
            Amount::Count => (None, true),
            Amount::Sum(o) => (Some(facts.numbers(form, o)), true),
            Amount::Least(o) | Amount::Most(o) => (Some(facts.numbers(form, o)), false),
        };
        for record in facts.select(&of.population).records {
            let value = values.as_ref().map_or(1, |v| v[record as usize]);
            out.push(Had {
                person: persons[record as usize],
                form,
                record,
                need,
                adds: if adds { value } else { NO_NUMBER },
            });
        }
    }
    out.sort_by_key(|h| (h.person, h.form, h.record, h.need));
    out
}

/// The rows behind the figures: each person of the base followed by their records of the needs.
pub(super) fn trace(facts: &Facts<'_>, measure: &Measure, spec: &Requirement) -> Behind {
    let verdicts = judge(facts, spec);
    let form = spec.base.form;
    let persons = &facts.frame(form).persons;
    let had = had(facts, spec);
    let rows = Rows::new(facts, measure, form, &verdicts.base);
    let mut units = Vec::new();
    // Of each row the place in the base, and of rows of a need what they add to each.
    let mut bases: Vec<Option<usize>> = Vec::new();
    let mut adds: Vec<Vec<i64>> = vec![Vec::new(); spec.needs.len()];
    let mut starts = Vec::with_capacity(verdicts.base.len() + 1);
    for unit in rows.members() {
        starts.push(units.len());
        let record = verdicts.base[*unit as usize];
        units.push(Unit::now(form, record));
        bases.push(Some(*unit as usize));
        adds.iter_mut().for_each(|a| a.push(NO_NUMBER));
        let person = persons[record as usize];
        let from = had.partition_point(|h| h.person < person);
        let own = had[from..].iter().take_while(|h| h.person == person);
        for of in own {
            let unit = Unit::now(of.form, of.record);
            if units.last() != Some(&unit) || bases.last() != Some(&None) {
                units.push(unit);
                bases.push(None);
                adds.iter_mut().for_each(|a| a.push(NO_NUMBER));
            }
            if let Some(last) = adds[of.need].last_mut() {
                *last = of.adds;
            }
        }
    }
    starts.push(units.len());
    let marks = |test: &dyn Fn(usize) -> bool| {
        let mark = |b: &Option<usize>| u8::from(b.is_some_and(test));
        Count::Marks(bases.iter().map(mark).collect())
    };
    let mut counts = vec![marks(&|_| true)];
    for (n, need) in spec.needs.iter().enumerate() {
        let summed = matches!(need.amount, Amount::Count | Amount::Sum(_));
        counts.extend(match verdicts.skipped[n] {
            true => [Count::None, Count::None, Count::None],
            false => [
                marks(&|u| verdicts.meets(spec, n, u)),
                Count::None,
                match summed {
                    true => Count::Amounts(std::mem::take(&mut adds[n])),
                    false => Count::None,
                },
            ],
        });
    }
    counts.push(marks(&|u| verdicts.meets_all(spec, u)));
    counts.push(Count::None);
    counts.push(marks(&|u| !verdicts.meets_all(spec, u)));
    let mut behind = rows.behind(|u| Unit::now(form, u), Vec::new());
    for (_, range) in &mut behind.lines {
        *range = starts[range.start]..starts[range.end];
    }
    behind.units = units;
    behind.counts = counts;
    for need in &spec.needs {
        let amount = match need.amount {
            Amount::Count => None,
            Amount::Sum(o) | Amount::Least(o) | Amount::Most(o) => Some(o),
        };
        let mut looked_at: Vec<Operand> = amount.into_iter().collect();
        operands(&need.population.filter, &mut looked_at);
        behind = behind.looks_at(need.population.form, looked_at);
    }
    behind = behind.of(&spec.base);
    for need in &spec.needs {
        behind = behind.of(&need.population);
    }
    behind
}

fn columns(spec: &Requirement) -> Vec<Column> {
    let title = |spanner: &str, key: &str| vec![spanner.to_owned(), words::say(key)];
    let mut out = vec![column::count(
        "base",
        vec![words::say("statistics.due")],
        "",
    )];
    for need in &spec.needs {
        let at = out.len();
        let of = |part: &str| format!("{}.{part}", need.id);
        let total = vec![
            need.title.clone(),
            words::fill("statistics.sum-of", &[("unit", need.unit.clone())]),
        ];
        out.push(column::count(
            &need.id,
            title(&need.title, "statistics.met"),
            "",
        ));
        out.push(column::rate(
            &of("rate"),
            title(&need.title, "statistics.met-rate"),
            at,
            0,
        ));
        out.push(column::sum(
            &of("total"),
            total,
            &need.unit,
            need.hundredths,
        ));
    }
    let at = out.len();
    let all = words::say("statistics.all-needs");
    out.push(column::count("met", title(&all, "statistics.met"), ""));
    out.push(column::rate("", title(&all, "statistics.met-rate"), at, 0));
    out.push(column::count("unmet", title(&all, "statistics.unmet"), ""));
    out
}

/// Everyone who does not meet all needs, what they have and what is missing.
pub(super) fn unmet(facts: &Facts<'_>, measure: &Measure, spec: &Requirement) -> Tabulation {
    let verdicts = judge(facts, spec);
    let form = spec.base.form;
    let mut columns = Vec::new();
    for need in &spec.needs {
        let title = |key: &str| {
            vec![
                need.title.clone(),
                words::fill(key, &[("unit", need.unit.clone())]),
            ]
        };
        columns.push(column::sum(
            &need.id,
            title("statistics.has"),
            &need.unit,
            need.hundredths,
        ));
        let gap = format!("{}.gap", need.id);
        columns.push(column::sum(
            &gap,
            title("statistics.lacks"),
            &need.unit,
            need.hundredths,
        ));
    }
    columns.push(column::text(
        "missing",
        vec![words::say("statistics.missing")],
    ));
    let units: Vec<usize> = (0..verdicts.base.len())
        .filter(|u| !verdicts.meets_all(spec, *u))
        .collect();
    let records: Vec<u32> = units.iter().map(|u| verdicts.base[*u]).collect();
    list::tabulate(facts, measure, form, &records, columns, |i| {
        let mut figures = Vec::new();
        let mut missing = Vec::new();
        for (n, need) in spec.needs.iter().enumerate() {
            let value = verdicts.amounts[n][units[i]];
            if verdicts.skipped[n] {
                figures.extend([Figure::default(), Figure::default()]);
                continue;
            }
            let met = verdicts.meets(spec, n, units[i]);
            let has = match value {
                NO_NUMBER => Figure::default(),
                v => amount(v, need.hundredths),
            };
            let bound = need.at_least.or(need.at_most);
            figures.push(Figure {
                target: bound.map(|b| amount(b, need.hundredths).value),
                met: Some(met),
                ..has
            });
            let lacks = match (met, need.at_least) {
                (false, Some(least)) => least - if value == NO_NUMBER { 0 } else { value },
                _ => 0,
            };
            figures.push(match lacks {
                0 => Figure::default(),
                n => amount(n, need.hundredths),
            });
            if !met {
                missing.push(lack(need, lacks));
            }
        }
        figures.push(column::words_of(
            missing.join(&words::say("statistics.and")),
        ));
        figures
    })
}

/// What is missing of one need, in words.
fn lack(need: &Need, lacks: i64) -> String {
    let args = [
        ("need", need.title.clone()),
        ("amount", shown(lacks, need.hundredths)),
        ("unit", need.unit.clone()),
    ];
    match lacks {
        // More than allowed, or at least one value that is too small.
        0 => words::fill("statistics.need-unmet", &args),
        _ => words::fill("statistics.need-lacks", &args),
    }
}

/// A number as people write it: hundredths without idle zeros.
pub(super) fn shown(n: i64, hundredths: bool) -> String {
    if !hundredths {
        return n.to_string();
    }
    let sign = if n < 0 { "-" } else { "" };
    let (whole, part) = (n.unsigned_abs() / 100, n.unsigned_abs() % 100);
    match (part, part % 10) {
        (0, _) => format!("{sign}{whole}"),
        (_, 0) => format!("{sign}{whole}.{}", part / 10),
        _ => format!("{sign}{whole}.{part:02}"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn amounts_are_written_without_idle_zeros() {
        let shown = |n| super::shown(n, true);
        assert_eq!(
            [shown(1200), shown(1250), shown(1205), shown(-50)],
            ["12", "12.5", "12.05", "-0.5"]
        );
    }
}
