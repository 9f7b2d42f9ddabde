//! Reimbursement: what is claimed, what is allowed after rates, caps and floors, who pays, and the
//! budget. Each claim's amount is rounded once, half up, to the fen; totals are sums of the rounded
//! parts. A cap takes from the later claims, a top-up goes to the last one.

use super::column::{self, distinct, heads, plain};
use super::condition::Truth;
use super::exact;
use super::facts::{self, Facts};
use super::rows::Rows;
use super::trace::{Behind, Count, Unit};
use super::{Column, Figure, Formula, Number, Tabulation, footnotes, list, words};
use crate::normalise::NO_NUMBER;
use crate::scheme::measure::{
    Fraction, Limit, ListColumn, Measure, Operand, Payer, Per, Population, Reimbursement,
};
use crate::scheme::{FormIdx, QuickMap};
use std::collections::BTreeSet;

/// What became of each claim; all amounts in fen.
pub(super) struct Settled {
    records: Vec<u32>,
    claimed: Vec<i64>,
    allowed: Vec<i64>,
    topped_up: Vec<i64>,
    /// Amount of each payer, by claim.
    paid: Vec<Vec<i64>>,
    /// Persons below a floor that is not topped up, by their last claim.
    below_floor: Vec<bool>,
    footnotes: Vec<String>,
}

/// Settles all claims.
pub(super) fn settle(facts: &Facts<'_>, spec: &Reimbursement) -> Settled {
    let form = spec.population.form;
    let selected = facts.select(&spec.population);
    let mut notes = footnotes(&selected);
    let records = selected.records;
    let claimed = claimed(facts, spec, &records);
    let blank = claimed.iter().filter(|c| **c == NO_NUMBER).count();
    if blank > 0 {
        notes.push(words::fill(
            "statistics.no-amount",
            &[("n", blank.to_string())],
        ));
    }
    let claimed: Vec<i64> = claimed
        .iter()
        .map(|c| if *c == NO_NUMBER { 0 } else { *c })
        .collect();
    let order = in_order(facts, &spec.population, &records);
    let mut settled = Settled {
        allowed: rated(facts, spec, &records, &claimed, &order),
        topped_up: vec![0; records.len()],
        below_floor: vec![false; records.len()],
        paid: Vec::new(),
        footnotes: notes,
        claimed,
        records,
    };
    for limit in &spec.limits {
        limited(facts, form, limit, &order, &mut settled, spec);
    }
    settled.paid = payments(&spec.payers, &settled.allowed);
    settled
}

/// The amount of each claim: the first field that is filled in; [`NO_NUMBER`] where none is.
fn claimed(facts: &Facts<'_>, spec: &Reimbursement, records: &[u32]) -> Vec<i64> {
    let form = spec.population.form;
    let fields: Vec<_> = spec
        .amount
        .iter()
        .map(|f| facts.numbers(form, Operand::Field(*f)))
        .collect();
    records
        .iter()
        .map(|r| {
            let mut values = fields.iter().map(|f| f[*r as usize]);
            values.find(|v| *v != NO_NUMBER).unwrap_or(NO_NUMBER)
        })
        .collect()
}

/// Records in the order in which caps are used up: by date, those without one last, then as they
/// stand in their sheets.
pub(super) fn in_order(facts: &Facts<'_>, of: &Population, records: &[u32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..records.len()).collect();
    if let Some(on) = of.window.on {
        let days = facts.numbers(of.form, Operand::Field(on));
        let day = |i: &usize| days[records[*i] as usize];
        order.sort_by_key(|i| (day(i) == NO_NUMBER, day(i), records[*i]));
    }
    order
}

/// What is allowed before limits: at most the invoice, times the rate; or the fixed sum, once a
/// person.
fn rated(
    facts: &Facts<'_>,
    spec: &Reimbursement,
    records: &[u32],
    claimed: &[i64],
    order: &[usize],
) -> Vec<i64> {
    let form = spec.population.form;
    if let Some(fixed) = spec.fixed {
        let persons = &facts.frame(form).persons;
        let mut paid = BTreeSet::new();
        let mut out = vec![0; records.len()];
        for i in order {
            if paid.insert(persons[records[*i] as usize]) {
                out[*i] = fixed;
            }
        }
        return out;
    }
    let not_over = spec
        .not_over
        .map(|f| facts.numbers(form, Operand::Field(f)));
    let rates: Vec<(Vec<Truth>, Fraction)> = spec
        .rates
        .iter()
        .map(|(c, rate)| (facts.truths(form, c), *rate))
        .collect();
    let one = |i: usize| {
        let record = records[i] as usize;
        let most = not_over.as_ref().map_or(NO_NUMBER, |n| n[record]);
        let base = match most {
            NO_NUMBER => claimed[i],
            most => claimed[i].min(most),
        };
        let fits = rates.iter().find(|(t, _)| t[record] == Truth::Yes);
        match (fits, rates.is_empty()) {
            (Some((_, rate)), _) => exact::share(base, *rate),
            (None, true) => base,
            // Rates are named and none is for this claim.
            (None, false) => 0,
        }
    };
    (0..records.len()).map(one).collect()
}

/// Whom or what a limit counts for.
#[derive(PartialEq, Eq, Hash)]
enum Key<'t> {
    Claim(usize),
    Person(u32),
    PersonYear(u32, i64),
    Project(Option<&'t str>),
    School(u32),
}

/// Applies one limit.
fn limited(
    facts: &Facts<'_>,
    form: FormIdx,
    limit: &Limit,
    order: &[usize],
    settled: &mut Settled,
    spec: &Reimbursement,
) {
    let persons = &facts.frame(form).persons;
    let schools = facts.school_of(form);
    let projects = match limit.per {
        Per::Project(f) => Some(facts.texts(form, Operand::Field(f))),
        _ => None,
    };
    let years = years(facts, spec);
    let key = |i: usize| {
        let record = settled.records[i] as usize;
        match limit.per {
            Per::Claim => Key::Claim(i),
            Per::Person => Key::Person(persons[record]),
            Per::PersonYear => Key::PersonYear(persons[record], years[record]),
            Per::Project(_) => Key::Project(projects.as_ref().and_then(|p| p.get(record))),
            Per::School => Key::School(schools[record]),
        }
    };
    /// Sum of the claims so far, what is allowed of it, and the last claim.
    struct Sum {
        asked: i64,
        last: usize,
    }
    let mut sums: QuickMap<Key<'_>, Sum> = QuickMap::default();
    let cap = limit.cap.unwrap_or(i64::MAX);
    let mut allowed = settled.allowed.clone();
    for i in order {
        let sum = sums.entry(key(*i)).or_insert(Sum { asked: 0, last: *i });
        let before = sum.asked.min(cap);
        sum.asked = sum.asked.saturating_add(allowed[*i]);
        sum.last = *i;
        allowed[*i] = sum.asked.min(cap) - before;
    }
    if let Some(floor) = limit.floor {
        // The order of a map is no matter: each sum has a last claim of its own.
        for Sum { asked, last } in sums.into_values() {
            if asked <= 0 || asked >= floor {
                continue;
            }
            if limit.tops_up {
                allowed[last] += floor - asked;
                settled.topped_up[last] += floor - asked;
            } else {
                settled.below_floor[last] = true;
            }
        }
    }
    settled.allowed = allowed;
}

/// The year of each record of the form as caps count it; the cut-off's where there is no date.
fn years(facts: &Facts<'_>, spec: &Reimbursement) -> Vec<i64> {
    let form = spec.population.form;
    let cut_off = facts::days(facts.scheme.cut_off);
    let Some(on) = spec.population.window.on else {
        return vec![0; facts.len(form)];
    };
    let is_year = facts.scheme.forms[form].fields[on].kind == crate::scheme::Kind::Integer;
    let values = facts.numbers(form, Operand::Field(on));
    values
        .iter()
        .map(|v| match (*v, is_year) {
            (v, true) if v != NO_NUMBER => v,
            (v, _) => {
                let day = facts::date(if v == NO_NUMBER { cut_off } else { v });
                let day = day.unwrap_or(facts.scheme.cut_off);
                let start = match facts.scheme.cycle {
                    Some(cycle) => cycle.year_start_of(day),
                    None => day,
                };
                chrono::Datelike::year(&start).into()
            }
        })
        .collect()
}

/// Each payer's part of each claim; the last pays what the others leave.
pub(super) fn payments(payers: &[Payer], allowed: &[i64]) -> Vec<Vec<i64>> {
    let mut left = allowed.to_vec();
    let mut out = Vec::with_capacity(payers.len());
    for (i, payer) in payers.iter().enumerate() {
        let last = i + 1 == payers.len();
        let part: Vec<i64> = allowed
            .iter()
            .zip(&left)
            .map(|(all, left)| match last {
                true => *left,
                false => exact::share(*all, payer.share),
            })
            .collect();
        for (left, part) in left.iter_mut().zip(&part) {
            *left -= part;
        }
        out.push(part);
    }
    out
}

/// Persons, claims, claimed, cut, allowed, by whom, and the balance of the budget.
pub(super) fn tabulate(facts: &Facts<'_>, measure: &Measure, spec: &Reimbursement) -> Tabulation {
    let settled = settle(facts, spec);
    let form = spec.population.form;
    let persons = &facts.frame(form).persons;
    let rows = Rows::new(facts, measure, form, &settled.records);
    let columns = Columns::of(spec);
    let notes = settled.footnotes.clone();
    rows.tabulate(measure, columns.all(spec), notes, |group| {
        let sum = |of: &[i64]| group.units.iter().map(|u| of[*u as usize]).sum::<i64>();
        let record = |u: &u32| settled.records[*u as usize];
        let people = distinct(group.units.iter().map(|u| persons[record(u) as usize]));
        let fen = |n: i64| plain(Number::Hundredths(n));
        let (claimed, allowed) = (sum(&settled.claimed), sum(&settled.allowed));
        let topped_up = sum(&settled.topped_up);
        let of_claims = || group.units.iter().map(record);
        let mut figures = vec![
            heads(people),
            heads(group.units.len() as i64).evidence_if(group.leaf, form, of_claims()),
            fen(claimed),
            fen(claimed - allowed + topped_up),
        ];
        if columns.top_up {
            figures.push(fen(topped_up));
        }
        figures.push(fen(allowed).evidence_if(group.leaf, form, of_claims()));
        if columns.floor {
            let below = group
                .units
                .iter()
                .filter(|u| settled.below_floor[**u as usize]);
            figures.push(heads(below.count() as i64));
        }
        figures.extend(settled.paid.iter().map(|p| fen(sum(p))));
        let total = group.total;
        figures.extend(column::budgeted(
            total,
            spec.budget,
            spec.paid_before,
            allowed,
        ));
        figures
    })
}

/// The rows behind the figures.
pub(super) fn trace(facts: &Facts<'_>, measure: &Measure, spec: &Reimbursement) -> Behind {
    let settled = settle(facts, spec);
    let form = spec.population.form;
    let persons = &facts.frame(form).persons;
    let columns = Columns::of(spec);
    let records = &settled.records;
    let cut = |i: usize| settled.claimed[i] - settled.allowed[i] + settled.topped_up[i];
    let mut counts = vec![
        Count::Distinct(records.iter().map(|r| persons[*r as usize]).collect()),
        Count::Each,
        Count::Amounts(settled.claimed.clone()),
        Count::Amounts((0..records.len()).map(cut).collect()),
    ];
    if columns.top_up {
        counts.push(Count::Amounts(settled.topped_up.clone()));
    }
    counts.push(Count::Amounts(settled.allowed.clone()));
    if columns.floor {
        let below = settled.below_floor.iter().map(|b| u8::from(*b));
        counts.push(Count::Marks(below.collect()));
    }
    counts.extend(settled.paid.iter().cloned().map(Count::Amounts));
    counts.resize(columns.all(spec).len(), Count::None);
    let amounts = spec.amount.iter().chain(&spec.not_over);
    Rows::new(facts, measure, form, records)
        .behind(|u| Unit::now(form, records[u as usize]), counts)
        .looks_at(form, amounts.map(|f| Operand::Field(*f)))
        .of(&spec.population)
}

/// Which columns there are.
struct Columns {
    top_up: bool,
    floor: bool,
}

impl Columns {
    fn of(spec: &Reimbursement) -> Self {
        let floors = || spec.limits.iter().filter(|l| l.floor.is_some());
        Columns {
            top_up: floors().any(|l| l.tops_up),
            floor: floors().any(|l| !l.tops_up),
        }
    }

    fn all(&self, spec: &Reimbursement) -> Vec<Column> {
        let one = |key: &str| vec![words::say(key)];
        let mut out = vec![
            column::count("persons", one("statistics.persons"), "").not_additive(),
            column::count(
                "claims",
                one("statistics.claims"),
                &words::say("statistics.claims-unit"),
            ),
            column::money("claimed", one("statistics.claimed")),
            column::money("cut", one("statistics.cut")),
        ];
        if self.top_up {
            out.push(column::money("topped_up", one("statistics.topped-up")));
        }
        out.push(Column {
            formula: (!self.top_up).then_some(Formula::Difference(2, 3)),
            ..column::money("", one("statistics.allowed"))
        });
        if self.floor {
            out.push(column::count(
                "below_floor",
                one("statistics.below-floor"),
                "",
            ));
        }
        out.extend(column::payment(&spec.payers, spec.budget, spec.paid_before));
        out
    }
}

/// Every claim that is not paid as it was asked.
pub(super) fn cut(facts: &Facts<'_>, measure: &Measure, spec: &Reimbursement) -> Tabulation {
    let settled = settle(facts, spec);
    let form = spec.population.form;
    let one = |key: &str| vec![words::say(key)];
    let columns = vec![
        column::money("claimed", one("statistics.claimed")),
        column::money("allowed", one("statistics.allowed")),
        column::money("cut", one("statistics.cut")),
        column::money("topped_up", one("statistics.topped-up")),
    ];
    let changed = |i: &usize| settled.claimed[*i] != settled.allowed[*i];
    let units: Vec<usize> = (0..settled.records.len()).filter(changed).collect();
    let records: Vec<u32> = units.iter().map(|i| settled.records[*i]).collect();
    list::tabulate(facts, measure, form, &records, columns, |i| {
        let u = units[i];
        let fen = |n: i64| plain(Number::Hundredths(n));
        let (claimed, allowed, up) = (settled.claimed[u], settled.allowed[u], settled.topped_up[u]);
        vec![
            fen(claimed),
            fen(allowed),
            fen(claimed - allowed + up),
            fen(up),
        ]
    })
}

/// Every claim, with what was asked, cut and allowed, as a school's form lists them.
pub(super) fn claims(
    facts: &Facts<'_>,
    measure: &Measure,
    spec: &Reimbursement,
    own: &[ListColumn],
) -> Tabulation {
    let settled = settle(facts, spec);
    let form = spec.population.form;
    let values = list::values_of(facts, form, own);
    let one = |key: &str| vec![words::say(key)];
    let mut columns = list::heads_of(facts, form, own);
    let claimed = columns.len();
    columns.push(column::money("claimed", one("statistics.claimed")));
    columns.push(column::money("cut", one("statistics.cut")));
    let top_up = Columns::of(spec).top_up;
    if top_up {
        columns.push(column::money("topped_up", one("statistics.topped-up")));
    }
    columns.push(Column {
        formula: (!top_up).then_some(Formula::Difference(claimed, claimed + 1)),
        ..column::money("allowed", one("statistics.allowed"))
    });
    let mut made = list::tabulate(facts, measure, form, &settled.records, columns, |i| {
        let fen = |n: i64| plain(Number::Hundredths(n));
        let record = settled.records[i] as usize;
        let (asked, allowed, up) = (settled.claimed[i], settled.allowed[i], settled.topped_up[i]);
        let mut figures: Vec<Figure> = values.iter().map(|v| v(record)).collect();
        figures.extend([fen(asked), fen(asked - allowed + up)]);
        if top_up {
            figures.push(fen(up));
        }
        figures.push(fen(allowed));
        figures
    });
    made.footnotes.clone_from(&settled.footnotes);
    made
}
