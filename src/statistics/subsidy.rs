//! Subsidy: what is owed by rule for each record, who pays it, and the budget. The amount of each
//! record and item is rounded once, half up, to the fen; totals are sums of the rounded parts.

use super::column::{self, heads, plain};
use super::condition::Truth;
use super::exact;
use super::facts::Facts;
use super::keys;
use super::left::operands;
use super::reimbursement::{in_order, payments};
use super::rows::Rows;
use super::trace::{Behind, Count, Unit};
use super::{Column, Figure, Formula, Number, Tabulation, footnotes, list, words};
use crate::normalise::NO_NUMBER;
use crate::scheme::FormIdx;
use crate::scheme::measure::{Fraction, Measure, Operand};
use crate::scheme::subsidy::{Base, OnceKey, Subsidy, SubsidyItem};
use std::collections::HashSet;

/// What is owed for each record; amounts in fen.
struct Owed {
    records: Vec<u32>,
    /// Whether an earlier record of the same kind has been owed already.
    repeated: Vec<bool>,
    items: Vec<OwedItem>,
    /// All items of each record.
    all: Vec<i64>,
    /// Amount of each payer, by record.
    paid: Vec<Vec<i64>>,
    footnotes: Vec<String>,
}

/// What is owed of one item.
struct OwedItem {
    /// Whether the item is for the record.
    fits: Vec<bool>,
    /// Whether it is, but the number that it is reckoned from is blank.
    blank: Vec<bool>,
    amounts: Vec<i64>,
}

fn owed(facts: &Facts<'_>, spec: &Subsidy) -> Owed {
    let form = spec.population.form;
    let selected = facts.select(&spec.population);
    let mut notes = footnotes(&selected);
    let records = selected.records;
    let repeated = repeated(facts, spec, &records);
    let items: Vec<OwedItem> = spec
        .items
        .iter()
        .map(|item| owed_item(facts, form, item, &records, &repeated))
        .collect();
    for (item, spec) in items.iter().zip(&spec.items) {
        let blank = item.blank.iter().filter(|b| **b).count();
        if blank > 0 {
            let args = [("n", blank.to_string()), ("item", spec.title.clone())];
            notes.push(words::fill("statistics.no-base", &args));
        }
    }
    let left_out = repeated.iter().filter(|r| **r).count();
    if left_out > 0 {
        let args = [("n", left_out.to_string())];
        notes.push(words::fill("statistics.repeated-note", &args));
    }
    let all: Vec<i64> = (0..records.len())
        .map(|i| {
            let parts = items.iter().map(|item| item.amounts[i]);
            parts.fold(0, i64::saturating_add)
        })
        .collect();
    Owed {
        paid: payments(&spec.payers, &all),
        records,
        repeated,
        items,
        all,
        footnotes: notes,
    }
}

/// Which records are not owed anything because an earlier one of the same kind is: by date, those
/// without one last, then as they stand in their sheets.
fn repeated(facts: &Facts<'_>, spec: &Subsidy, records: &[u32]) -> Vec<bool> {
    let form = spec.population.form;
    let mut out = vec![false; records.len()];
    if spec.once.is_empty() {
        return out;
    }
    let of: Vec<Vec<i64>> = spec
        .once
        .iter()
        .map(|key| match key {
            OnceKey::Person => {
                let persons = facts.frame(form).persons.iter();
                persons.map(|p| i64::from(*p)).collect()
            }
            // A school that is not named is one school of its own kind, not nothing.
            OnceKey::Value(Operand::School) => {
                facts.school_of(form).iter().map(|s| (*s).into()).collect()
            }
            OnceKey::Value(operand) => facts.keys(form, *operand),
        })
        .collect();
    let same = keys::combined(&of, facts.len(form), true);
    let mut seen = HashSet::new();
    for i in in_order(facts, &spec.population, records) {
        out[i] = !seen.insert(same[records[i] as usize]);
    }
    out
}

fn owed_item(
    facts: &Facts<'_>,
    form: FormIdx,
    item: &SubsidyItem,
    records: &[u32],
    repeated: &[bool],
) -> OwedItem {
    let filter = facts.truths(form, &item.filter);
    let shares: Vec<(Vec<Truth>, Fraction)> = item
        .shares
        .iter()
        .map(|(c, share)| (facts.truths(form, c), *share))
        .collect();
    let values = match &item.base {
        Base::Fixed(_) => None,
        Base::Times { times: of, .. } | Base::Of(of) => Some(facts.numbers(form, *of)),
    };
    let mut out = OwedItem {
        fits: Vec::with_capacity(records.len()),
        blank: Vec::with_capacity(records.len()),
        amounts: Vec::with_capacity(records.len()),
    };
    for (r, repeated) in records.iter().zip(repeated) {
        let record = *r as usize;
        let fits = filter[record] == Truth::Yes && !repeated;
        let value = values.as_ref().map_or(0, |v| v[record]);
        let blank = fits && value == NO_NUMBER;
        let share = shares.iter().find(|(t, _)| t[record] == Truth::Yes);
        out.amounts.push(match share {
            Some((_, share)) if fits && !blank => amount(item, value, *share),
            _ => 0,
        });
        out.fits.push(fits);
        out.blank.push(blank);
    }
    out
}

/// The amount of one record, rounded once.
fn amount(item: &SubsidyItem, value: i64, share: Fraction) -> i64 {
    let (fen, scale) = match item.base {
        Base::Fixed(fen) => (i128::from(fen), 1),
        Base::Of(_) => (i128::from(value), 1),
        Base::Times {
            amount,
            hundredths,
            at_most,
            ..
        } => {
            let times = at_most.map_or(value, |most| value.min(most));
            let scale = if hundredths { 100 } else { 1 };
            (i128::from(amount) * i128::from(times), scale)
        }
    };
    let owed = exact::half_up(fen * i128::from(share.n), scale * i128::from(share.d));
    item.cap.map_or(owed, |cap| owed.min(cap))
}

/// Records, what each item comes to, all of it, by whom, and the balance of the budget.
pub(super) fn tabulate(facts: &Facts<'_>, measure: &Measure, spec: &Subsidy) -> Tabulation {
    let owed = owed(facts, spec);
    let form = spec.population.form;
    let rows = Rows::new(facts, measure, form, &owed.records);
    let notes = owed.footnotes.clone();
    rows.tabulate(measure, columns(spec), notes, |group| {
        let units = || group.units.iter().map(|u| *u as usize);
        let sum = |of: &[i64]| units().map(|u| of[u]).fold(0, i64::saturating_add);
        let fen = |n: i64| plain(Number::Hundredths(n));
        let count = |of: &dyn Fn(usize) -> bool| {
            let those = || units().filter(|u| of(*u));
            let records = those().map(|u| owed.records[u]);
            heads(those().count() as i64).evidence_if(group.leaf, form, records)
        };
        let mut figures = vec![count(&|u| !owed.repeated[u])];
        if !spec.once.is_empty() {
            figures.push(count(&|u| owed.repeated[u]));
        }
        for item in &owed.items {
            figures.push(count(&|u| item.fits[u]));
            figures.push(fen(sum(&item.amounts)));
        }
        let all = sum(&owed.all);
        let those = units().filter(|u| owed.all[*u] != 0);
        let those = those.map(|u| owed.records[u]);
        figures.push(fen(all).evidence_if(group.leaf, form, those));
        figures.extend(owed.paid.iter().map(|p| fen(sum(p))));
        let total = group.total;
        figures.extend(column::budgeted(total, spec.budget, spec.paid_before, all));
        figures
    })
}

/// The rows behind the figures.
pub(super) fn trace(facts: &Facts<'_>, measure: &Measure, spec: &Subsidy) -> Behind {
    let owed = owed(facts, spec);
    let form = spec.population.form;
    let marks = |of: &[bool], wanted: bool| {
        Count::Marks(of.iter().map(|b| u8::from(*b == wanted)).collect())
    };
    let mut counts = vec![marks(&owed.repeated, false)];
    if !spec.once.is_empty() {
        counts.push(marks(&owed.repeated, true));
    }
    let mut looked_at = Vec::new();
    for (item, of) in owed.items.iter().zip(&spec.items) {
        counts.push(marks(&item.fits, true));
        counts.push(Count::Amounts(item.amounts.clone()));
        match of.base {
            Base::Fixed(_) => {}
            Base::Times { times: number, .. } | Base::Of(number) => looked_at.push(number),
        }
        operands(&of.filter, &mut looked_at);
        let shares = of.shares.iter();
        shares.for_each(|(c, _)| operands(c, &mut looked_at));
    }
    counts.push(Count::Amounts(owed.all.clone()));
    counts.extend(owed.paid.iter().cloned().map(Count::Amounts));
    counts.resize(columns(spec).len(), Count::None);
    let records = &owed.records;
    Rows::new(facts, measure, form, records)
        .behind(|u| Unit::now(form, records[u as usize]), counts)
        .looks_at(form, looked_at)
        .of(&spec.population)
}

fn columns(spec: &Subsidy) -> Vec<Column> {
    let unit = words::or(&spec.unit, "statistics.claims-unit");
    let one = |key: &str| vec![words::say(key)];
    let mut out = vec![column::count("records", one("statistics.records"), &unit)];
    if !spec.once.is_empty() {
        out.push(column::count("repeated", one("statistics.repeated"), &unit));
    }
    let mut amounts = Vec::with_capacity(spec.items.len());
    for item in &spec.items {
        let title = |key: &str| vec![item.title.clone(), words::say(key)];
        let n = format!("{}.n", item.id);
        out.push(column::count(&n, title("statistics.number"), &unit));
        amounts.push(out.len());
        out.push(column::money(&item.id, title("statistics.amount")));
    }
    out.push(Column {
        formula: Some(Formula::Sum(amounts)),
        ..column::money("", one("statistics.owed"))
    });
    out.extend(column::payment(&spec.payers, spec.budget, spec.paid_before));
    out
}

/// Every record with what is owed for it, or why nothing is.
pub(super) fn records(facts: &Facts<'_>, measure: &Measure, spec: &Subsidy) -> Tabulation {
    let owed = owed(facts, spec);
    let form = spec.population.form;
    let one = |key: &str| vec![words::say(key)];
    let mut columns: Vec<Column> = spec
        .items
        .iter()
        .map(|item| column::money(&item.id, vec![item.title.clone()]))
        .collect();
    let all = (0..columns.len()).collect();
    columns.push(Column {
        formula: Some(Formula::Sum(all)),
        ..column::money("owed", one("statistics.owed"))
    });
    for payer in &spec.payers {
        let title = vec![words::say("statistics.paid-by"), payer.title.clone()];
        columns.push(column::money(&payer.id, title));
    }
    columns.push(column::text("remark", one("statistics.remark")));
    let mut made = list::tabulate(facts, measure, form, &owed.records, columns, |i| {
        let fen = |n: i64| plain(Number::Hundredths(n));
        let mut figures: Vec<Figure> = owed
            .items
            .iter()
            .map(|item| match item.fits[i] && !item.blank[i] {
                true => fen(item.amounts[i]),
                false => Figure::default(),
            })
            .collect();
        figures.push(fen(owed.all[i]));
        figures.extend(owed.paid.iter().map(|p| fen(p[i])));
        figures.push(column::words_of(owed.remark(spec, i)));
        figures
    });
    made.footnotes.clone_from(&owed.footnotes);
    made
}

impl Owed {
    /// Why a record has no amount, or not the whole of it; empty where nothing is to be said.
    fn remark(&self, spec: &Subsidy, i: usize) -> String {
        if self.repeated[i] {
            return words::say("statistics.repeated");
        }
        if self.items.iter().all(|item| !item.fits[i]) {
            return words::say("statistics.fits-none");
        }
        let blank = self.items.iter().zip(&spec.items);
        let blank = blank.filter(|(item, _)| item.blank[i]).map(|(_, spec)| {
            let args = [("item", spec.title.clone())];
            words::fill("statistics.base-blank", &args)
        });
        blank
            .collect::<Vec<_>>()
            .join(&words::say("statistics.and"))
    }
}
