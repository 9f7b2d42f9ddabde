//! Plan against actual: quotas of groups, who is there, what is missing and what is too much. A
//! surplus in one group does not make up for a gap in another, so both are summed on their own.

use super::axis::Axis;
use super::column::{self, heads, part_of};
use super::condition::Truth;
use super::facts::Facts;
use super::rows::{self, Rows};
use super::{Column, Figure, Level, Number, Tabulation, footnotes, words};
use crate::scheme::measure::{Measure, Plan, Quota};
use std::cmp::Ordering;

/// One leaf's account.
#[derive(Debug, Clone, Copy, Default)]
struct Account {
    low: Option<i64>,
    high: Option<i64>,
    actual: i64,
    gap: i64,
    over: i64,
}

impl Account {
    fn new(quota: Quota, actual: i64) -> Self {
        Account {
            low: quota.low,
            high: quota.high,
            actual,
            gap: quota.low.map_or(0, |low| (low - actual).max(0)),
            over: quota.high.map_or(0, |high| (actual - high).max(0)),
        }
    }

    fn plus(self, other: Account) -> Account {
        let sum = |a: Option<i64>, b: Option<i64>| match (a, b) {
            (None, None) => None,
            (a, b) => Some(a.unwrap_or(0) + b.unwrap_or(0)),
        };
        Account {
            low: sum(self.low, other.low),
            high: sum(self.high, other.high),
            actual: self.actual + other.actual,
            gap: self.gap + other.gap,
            over: self.over + other.over,
        }
    }
}

/// Quotas and who is there.
pub(super) fn tabulate(facts: &Facts<'_>, measure: &Measure, spec: &Plan) -> Tabulation {
    let form = spec.population.form;
    let selected = facts.select(&spec.population);
    let mut notes = footnotes(&selected);
    // One unit a record and item: a record of two items counts in both.
    let (units, items) = units(facts, spec, &selected.records);
    let unplaced = items
        .iter()
        .filter(|i| **i as usize == spec.items.len())
        .count();
    if !spec.items.is_empty() && unplaced > 0 {
        let args = [("n", unplaced.to_string())];
        notes.push(words::fill("statistics.outside-items", &args));
    }
    let mut axes = rows::axes(facts, &measure.by, &measure.units, form, &units);
    if !spec.items.is_empty() {
        axes.push(item_axis(spec, items));
    }
    let depth = axes.len();
    let rows = Rows::of(facts, axes, units.len(), measure.total);
    let accounts: Vec<Account> = (0..rows.leaf_count())
        .map(|leaf| {
            let quota = quota(spec, &rows, leaf, depth);
            Account::new(quota, rows.units_of(leaf).len() as i64)
        })
        .collect();
    let range = is_range(spec);
    let mut made = rows.tabulate(measure, columns(spec, range), notes, |group| {
        let leaves = accounts[group.leaves.clone()].iter();
        let account = leaves.fold(Account::default(), |sum, a| sum.plus(*a));
        let records = group.units.iter().map(|u| units[*u as usize]);
        figures(account, range, |f| f.evidence_if(group.leaf, form, records))
    });
    if spec.behind_first {
        behind_first(&mut made, if range { 4 } else { 3 });
    }
    made
}

/// Records by item. Those of no item are kept under one more, unless nothing is known of items.
fn units(facts: &Facts<'_>, spec: &Plan, records: &[u32]) -> (Vec<u32>, Vec<u32>) {
    if spec.items.is_empty() {
        return (records.to_vec(), Vec::new());
    }
    let form = spec.population.form;
    let truths: Vec<Vec<Truth>> = spec
        .items
        .iter()
        .map(|i| facts.truths(form, &i.filter))
        .collect();
    let mut pairs = Vec::new();
    for r in records {
        let before = pairs.len();
        for (item, truth) in truths.iter().enumerate() {
            if truth[*r as usize] == Truth::Yes {
                pairs.push((*r, item as u32));
            }
        }
        if pairs.len() == before {
            pairs.push((*r, spec.items.len() as u32));
        }
    }
    pairs.into_iter().unzip()
}

fn item_axis(spec: &Plan, codes: Vec<u32>) -> Axis {
    let other = words::say("statistics.other-items");
    Axis {
        id: "item".to_owned(),
        title: words::say("statistics.item"),
        codes,
        labels: spec
            .items
            .iter()
            .map(|i| i.title.clone())
            .chain([other])
            .collect(),
        listed: (0..spec.items.len() as u32).collect(),
        insistent: true,
        ..Axis::default()
    }
}

/// A leaf's quota: its item's, or the plan's where the leaf is asked for, else none at all.
fn quota(spec: &Plan, rows: &Rows, leaf: usize, depth: usize) -> Quota {
    let none = Quota {
        low: Some(0),
        high: Some(0),
    };
    match spec.quota {
        Some(quota) if rows.is_listed(leaf) => quota,
        Some(_) => none,
        None => {
            let item = rows.value(leaf, depth - 1) as usize;
            spec.items.get(item).map_or(none, |i| i.quota)
        }
    }
}

/// Whether any quota is a range rather than a number.
fn is_range(spec: &Plan) -> bool {
    let quotas = spec.items.iter().map(|i| i.quota).chain(spec.quota);
    quotas.into_iter().any(|q| q.low != q.high)
}

fn figures(account: Account, range: bool, evidence: impl FnOnce(Figure) -> Figure) -> Vec<Figure> {
    let Account {
        low,
        high,
        actual,
        gap,
        over,
    } = account;
    let bound = |b: Option<i64>| b.map_or_else(Figure::default, heads);
    let mut out = vec![bound(low)];
    if range {
        out.push(bound(high));
    }
    let mut own = evidence(heads(actual));
    own.target = low.or(high).map(Number::Integer);
    own.gap = low.or(high).map(|t| Number::Integer(actual - t));
    own.met = Some(gap == 0 && over == 0);
    out.push(own);
    out.push(part_of(actual, low.unwrap_or(0)));
    out.push(heads(gap));
    let mut surplus = heads(over);
    surplus.met = Some(over == 0);
    out.push(surplus);
    out
}

fn columns(spec: &Plan, range: bool) -> Vec<Column> {
    let of = |part: &str, key: &str| column::count(part, vec![words::say(key)], &spec.unit);
    let mut out = match range {
        true => vec![of("low", "statistics.low"), of("high", "statistics.high")],
        false => vec![of("quota", "statistics.quota")],
    };
    let actual = out.len();
    out.push(of("", "statistics.actual"));
    out.push(column::rate(
        "rate",
        vec![words::say("statistics.completion")],
        actual,
        0,
    ));
    out.push(of("gap", "statistics.short"));
    out.push(of("over", "statistics.surplus"));
    out
}

/// Sorts leaves within their group: the least complete first, those without a plan last.
fn behind_first(made: &mut Tabulation, rate: usize) {
    // `rate` is the column after the actual figure.
    let rate = rate - 1;
    let completion = |row: &super::Row| match row.figures[rate].value {
        Number::Ratio(n, d) => Some((n, d)),
        _ => None,
    };
    let mut start = 0;
    while start < made.rows.len() {
        let leaves = made.rows[start..]
            .iter()
            .take_while(|r| r.level == Level::Leaf)
            .count();
        made.rows[start..start + leaves].sort_by(|a, b| match (completion(a), completion(b)) {
            (Some((a, b)), Some((c, d))) => (a * d).cmp(&(c * b)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        });
        start += leaves.max(1);
    }
}
