//! Plan against actual: quotas of groups, who is there, what is missing and what is too much. A
//! surplus in one group does not make up for a gap in another, so both are summed on their own.

use super::axis::Axis;
use super::column::{self, heads, part_of};
use super::condition::Truth;
use super::exact;
use super::facts::{self, Facts};
use super::left::operands;
use super::rows::{self, Rows};
use super::trace::{self, Behind, Count};
use super::{Column, Figure, Level, Number, Tabulation, footnotes, union, words};
use crate::normalise::NO_NUMBER;
use crate::scheme::dynamics::{Rounding, Share};
use crate::scheme::measure::{Measure, Operand, Plan, Quota};
use crate::scheme::{FormIdx, Kind};
use chrono::Datelike;
use std::cmp::Ordering;

/// What a unit of a plan's rows stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Someone who is there.
    Actual,
    /// Someone who could move up.
    Candidate,
    /// Someone of the head count that a quota is a share of.
    Counted,
}

/// A record, the item that it is looked at for, and why. A record of two items counts in both.
#[derive(Debug, Clone, Copy)]
struct Unit {
    form: FormIdx,
    record: u32,
    item: u32,
    role: Role,
}

/// One row's account.
#[derive(Debug, Clone, Copy, Default)]
struct Account {
    low: Option<i64>,
    high: Option<i64>,
    actual: i64,
    gap: i64,
    over: i64,
    start: Option<i64>,
    pool: Option<i64>,
    pool_gap: Option<i64>,
    year_quota: Option<i64>,
    year_actual: Option<i64>,
}

impl Account {
    fn new(quota: Quota, actual: i64) -> Self {
        Account {
            low: quota.low,
            high: quota.high,
            actual,
            gap: quota.low.map_or(0, |low| (low - actual).max(0)),
            over: quota.high.map_or(0, |high| (actual - high).max(0)),
            ..Account::default()
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
            start: sum(self.start, other.start),
            pool: sum(self.pool, other.pool),
            pool_gap: sum(self.pool_gap, other.pool_gap),
            year_quota: sum(self.year_quota, other.year_quota),
            year_actual: sum(self.year_actual, other.year_actual),
        }
    }
}

/// Which groups of columns a plan has.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    range: bool,
    start: bool,
    pool: bool,
    /// The year whose quotas are shown.
    year: Option<i32>,
}

impl Wanted {
    fn new(facts: &Facts<'_>, spec: &Plan) -> Wanted {
        let any = |test: fn(&crate::scheme::measure::Item) -> bool| spec.items.iter().any(test);
        let quotas = spec.items.iter().map(|i| i.quota).chain(spec.quota);
        Wanted {
            range: quotas.into_iter().any(|q| q.low != q.high),
            start: any(|i| i.outlook.start.is_some()),
            pool: any(|i| i.outlook.pool.is_some()),
            year: any(|i| !i.outlook.yearly.is_empty()).then(|| facts.year()),
        }
    }
}

/// Quotas and who is there.
pub(super) fn tabulate(facts: &Facts<'_>, measure: &Measure, spec: &Plan) -> Tabulation {
    let form = spec.population.form;
    let selected = facts.select(&spec.population);
    let wanted = Wanted::new(facts, spec);
    let mut notes = footnotes(&selected);
    let Laid { units, rows, depth } = laid(facts, measure, spec, &selected.records);
    let unplaced = units
        .iter()
        .filter(|u| u.role == Role::Actual && u.item as usize == spec.items.len())
        .count();
    if !spec.items.is_empty() && unplaced > 0 {
        let unit = words::or(&spec.unit, "statistics.heads");
        let args = [("n", unplaced.to_string()), ("unit", unit)];
        notes.push(words::fill("statistics.outside-items", &args));
    }
    notes.extend(doubts(spec));
    let years = wanted.year.map(|_| years(facts, spec));
    let split = !measure.by.is_empty();
    let accounts: Vec<Account> = (0..rows.leaf_count())
        .map(|leaf| {
            let own: Vec<Unit> = rows
                .units_of(leaf)
                .iter()
                .map(|u| units[*u as usize])
                .collect();
            let count = |role| own.iter().filter(|u| u.role == role).count() as i64;
            let quota = quota(
                spec,
                &rows,
                leaf,
                depth,
                count(Role::Counted),
                count(Role::Actual),
            );
            let mut account = Account::new(quota, count(Role::Actual));
            let item = match spec.items.is_empty() {
                true => None,
                false => spec.items.get(rows.value(leaf, depth - 1) as usize),
            };
            let Some(item) = item else { return account };
            if item.outlook.pool.is_some() {
                let pool = count(Role::Candidate);
                account.pool = Some(pool);
                account.pool_gap = Some((account.gap - pool).max(0));
            }
            if let (Some(years), Some(year)) = (&years, wanted.year)
                && !item.outlook.yearly.is_empty()
            {
                let of_year = |(y, _): &&(i32, i64)| *y == year;
                let quotas = &item.outlook.yearly;
                account.year_quota = Some(quotas.iter().find(of_year).map_or(0, |(_, n)| *n));
                let then = |u: &&Unit| {
                    u.role == Role::Actual && years[u.record as usize] == i64::from(year)
                };
                account.year_actual = Some(own.iter().filter(then).count() as i64);
            }
            account.start = item.outlook.start.filter(|_| !split);
            account
        })
        .collect();
    let starts = spec.items.iter().map(|i| i.outlook.start);
    let start = starts.fold(None, |sum, s| match (sum, s) {
        (None, None) => None,
        (a, b) => Some(a.unwrap_or(0) + b.unwrap_or(0)),
    });
    let mut made = rows.tabulate(measure, columns(spec, wanted, split), notes, |group| {
        let leaves = accounts[group.leaves.clone()].iter();
        let mut account = leaves.fold(Account::default(), |sum, a| sum.plus(*a));
        if group.total {
            account.start = start;
        }
        let actual = group.units.iter().map(|u| units[*u as usize]);
        let records = actual.filter(|u| u.role == Role::Actual).map(|u| u.record);
        figures(account, wanted, |f| {
            f.evidence_if(group.leaf, form, records)
        })
    });
    if spec.behind_first {
        behind_first(&mut made);
    }
    made
}

/// The units of a plan in its rows.
struct Laid {
    units: Vec<Unit>,
    rows: Rows,
    /// How many dimensions the rows have.
    depth: usize,
}

fn laid(facts: &Facts<'_>, measure: &Measure, spec: &Plan, selected: &[u32]) -> Laid {
    let form = spec.population.form;
    let mut units = units(facts, spec, selected);
    let records: Vec<u32> = units.iter().map(|u| u.record).collect();
    let mut axes = rows::axes(facts, &measure.by, &measure.units, form, &records);
    for (item, share) in shares(spec) {
        let counted = facts.select(&share.of).records;
        let of = share.of.form;
        let more = rows::axes(facts, &share.by, &measure.units, of, &counted);
        axes = union::join_all(axes, more);
        units.extend(counted.into_iter().map(|record| Unit {
            form: of,
            record,
            item,
            role: Role::Counted,
        }));
    }
    if !spec.items.is_empty() {
        axes.push(item_axis(spec, units.iter().map(|u| u.item).collect()));
    }
    let depth = axes.len();
    let rows = Rows::of(facts, axes, units.len(), measure.total);
    Laid { units, rows, depth }
}

/// The rows behind the figures.
pub(super) fn trace(facts: &Facts<'_>, measure: &Measure, spec: &Plan) -> Behind {
    let form = spec.population.form;
    let wanted = Wanted::new(facts, spec);
    let selected = facts.select(&spec.population).records;
    let Laid { units, rows, .. } = laid(facts, measure, spec, &selected);
    let marks = |test: &dyn Fn(&Unit) -> bool| {
        Count::Marks(units.iter().map(|u| u8::from(test(u))).collect())
    };
    let split = !measure.by.is_empty();
    let columns = columns(spec, wanted, split);
    let years = wanted.year.map(|_| years(facts, spec));
    let of_year = |u: &Unit| {
        let yearly = spec.items.get(u.item as usize);
        let yearly = yearly.is_some_and(|i| !i.outlook.yearly.is_empty());
        let year = years.as_ref().map(|y| y[u.record as usize]);
        u.role == Role::Actual && yearly && year == wanted.year.map(i64::from)
    };
    let counts = columns
        .iter()
        .map(|c| match c.part.as_str() {
            "" => marks(&|u| u.role == Role::Actual),
            "pool" => marks(&|u| u.role == Role::Candidate),
            "year_actual" => marks(&of_year),
            _ => Count::None,
        })
        .collect();
    let forms: Vec<FormIdx> = units.iter().map(|u| u.form).collect();
    let unit = |u: u32| trace::Unit::now(forms[u as usize], units[u as usize].record);
    let mut looked_at = Vec::new();
    for item in &spec.items {
        operands(&item.filter, &mut looked_at);
    }
    let mut behind = rows
        .behind(unit, counts)
        .looks_at(form, looked_at)
        .of(&spec.population);
    for (_, share) in shares(spec) {
        behind = behind.of(&share.of);
    }
    behind
}

/// Records by item, and who could move up. Those of no item are kept under one more.
fn units(facts: &Facts<'_>, spec: &Plan, records: &[u32]) -> Vec<Unit> {
    let form = spec.population.form;
    let unit = |role| {
        move |record: u32, item: usize| Unit {
            form,
            record,
            item: item as u32,
            role,
        }
    };
    let (actual, candidate) = (unit(Role::Actual), unit(Role::Candidate));
    if spec.items.is_empty() {
        return records.iter().map(|r| actual(*r, 0)).collect();
    }
    let truths: Vec<Vec<Truth>> = spec
        .items
        .iter()
        .map(|i| facts.truths(form, &i.filter))
        .collect();
    let mut units = Vec::new();
    for r in records {
        let before = units.len();
        for (item, truth) in truths.iter().enumerate() {
            if truth[*r as usize] == Truth::Yes {
                units.push(actual(*r, item));
            }
        }
        if units.len() == before {
            units.push(actual(*r, spec.items.len()));
        }
    }
    for (i, item) in spec.items.iter().enumerate() {
        let Some(pool) = &item.outlook.pool else {
            continue;
        };
        let could = facts.truths(form, pool).into_iter().enumerate();
        // Whoever is there already cannot move up to it.
        let could = could.filter(|(r, t)| *t == Truth::Yes && truths[i][*r] != Truth::Yes);
        units.extend(could.map(|(r, _)| candidate(r as u32, i)));
    }
    units
}

/// The head counts that quotas are shares of, with the item that each is for.
fn shares(spec: &Plan) -> impl Iterator<Item = (u32, &Share)> {
    let items = spec.items.iter().zip(0u32..);
    let of_items = items.filter_map(|(item, i)| Some((i, item.share.as_ref()?)));
    of_items.chain(spec.share.iter().map(|s| (0, s)))
}

/// The calendar year of each record by the plan's date field, [`NO_NUMBER`] for none.
fn years(facts: &Facts<'_>, spec: &Plan) -> Vec<i64> {
    let form = spec.population.form;
    let Some(on) = spec.population.window.on else {
        return vec![NO_NUMBER; facts.len(form)];
    };
    let values = facts.numbers(form, Operand::Field(on));
    let is_year = facts.scheme.forms[form].fields[on].kind == Kind::Integer;
    let year = |v: &i64| match is_year {
        true => *v,
        false => facts::date(*v).map_or(NO_NUMBER, |d| d.year().into()),
    };
    values.iter().map(year).collect()
}

/// What the scheme's own numbers do not agree on.
fn doubts(spec: &Plan) -> impl Iterator<Item = String> {
    spec.items.iter().filter_map(|item| {
        let (sum, quota) = item.years_against_quota()?;
        let args = [
            ("item", item.title.clone()),
            ("sum", sum.to_string()),
            ("quota", quota.to_string()),
            ("gap", (sum - quota).abs().to_string()),
            ("start", item.outlook.start.unwrap_or(0).to_string()),
        ];
        Some(words::fill("scheme.years-not-quota", &args))
    })
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
fn quota(spec: &Plan, rows: &Rows, leaf: usize, depth: usize, counted: i64, actual: i64) -> Quota {
    let exactly = |n: i64| Quota {
        low: Some(n),
        high: Some(n),
    };
    if let Some(share) = &spec.share {
        return exactly(of_heads(share, counted));
    }
    match spec.quota {
        Some(quota) if rows.is_listed(leaf) => quota,
        Some(_) => exactly(0),
        None => {
            let item = rows.value(leaf, depth - 1) as usize;
            match spec.items.get(item) {
                Some(item) => match &item.share {
                    Some(share) => exactly(of_heads(share, counted)),
                    // Candidates alone do not make a place that has a quota.
                    None if actual == 0 && !rows.is_listed(leaf) => exactly(0),
                    None => item.quota,
                },
                None => exactly(0),
            }
        }
    }
}

/// A share of a head count in whole people; nobody counted, nobody wanted.
pub(super) fn of_heads(share: &Share, heads: i64) -> i64 {
    if heads == 0 {
        return 0;
    }
    let (n, d) = (
        i128::from(share.share.n) * i128::from(heads),
        i128::from(share.share.d),
    );
    let whole = match share.round {
        Rounding::Down => n.div_euclid(d),
        Rounding::Up => -(-n).div_euclid(d),
        Rounding::HalfUp => i128::from(exact::half_up(n, d)),
    };
    i64::try_from(whole).unwrap_or(i64::MAX).max(share.at_least)
}

fn figures(
    account: Account,
    wanted: Wanted,
    evidence: impl FnOnce(Figure) -> Figure,
) -> Vec<Figure> {
    let Account {
        low,
        high,
        actual,
        gap,
        over,
        ..
    } = account;
    let bound = |b: Option<i64>| b.map_or_else(Figure::default, heads);
    let mut out = Vec::new();
    if wanted.start {
        out.push(bound(account.start));
    }
    out.push(bound(low));
    if wanted.range {
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
    if wanted.pool {
        out.push(bound(account.pool));
        let mut uncovered = bound(account.pool_gap);
        uncovered.met = account.pool_gap.map(|n| n == 0);
        out.push(uncovered);
    }
    if wanted.year.is_some() {
        let (quota, there) = (account.year_quota, account.year_actual);
        let mut of_year = bound(there);
        if let (Some(q), Some(n)) = (quota, there) {
            of_year.target = Some(Number::Integer(q));
            of_year.gap = Some(Number::Integer(n - q));
            of_year.met = Some(n >= q);
        }
        out.push(bound(quota));
        out.push(of_year);
        out.push(part_of(there.unwrap_or(0), quota.unwrap_or(0)));
    }
    out
}

fn columns(spec: &Plan, wanted: Wanted, split: bool) -> Vec<Column> {
    let of = |part: &str, key: &str| column::count(part, vec![words::say(key)], &spec.unit);
    let mut out = Vec::new();
    if wanted.start {
        let start = of("start", "statistics.start");
        // Known of the whole only, so that rows by place have none to add up.
        out.push(if split { start.not_additive() } else { start });
    }
    let quota = out.len();
    match wanted.range {
        true => out.extend([of("low", "statistics.low"), of("high", "statistics.high")]),
        false => out.push(of("quota", "statistics.quota")),
    }
    let actual = out.len();
    out.push(of("", "statistics.actual"));
    let completion = vec![words::say("statistics.completion")];
    out.push(column::rate("rate", completion, actual, quota));
    out.push(of("gap", "statistics.short"));
    out.push(of("over", "statistics.surplus"));
    if wanted.pool {
        out.push(of("pool", "statistics.pool"));
        out.push(of("pool_gap", "statistics.pool-gap"));
    }
    if let Some(year) = wanted.year {
        let spanner = words::fill("statistics.of-year", &[("year", year.to_string())]);
        let title = |key: &str| vec![spanner.clone(), words::say(key)];
        let of = |part: &str, key: &str| column::count(part, title(key), &spec.unit);
        let quota = out.len();
        out.push(of("year_quota", "statistics.quota"));
        out.push(of("year_actual", "statistics.actual"));
        let completion = title("statistics.completion");
        out.push(column::rate("year_rate", completion, quota + 1, quota));
    }
    out
}

/// Sorts leaves within their group: the least complete first, those without a plan last.
fn behind_first(made: &mut Tabulation) {
    let Some(rate) = made.columns.iter().position(|c| c.part == "rate") else {
        return;
    };
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
