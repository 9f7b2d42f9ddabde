//! Tally: columns that the scheme declares one by one. Items of several forms share the rows; a
//! group that any of them has records of is a row. Sums and counts add up, persons and distinct
//! values are counted anew in every row.

use super::axis::{Axis, Part};
use super::facts::Facts;
use super::fraction::Exact;
use super::keys::{self, BLANK};
use super::rows::{Group, Rows};
use super::target::{self, Against};
use super::trace::{self, Behind, Count};
use super::{Column, Formula, Level, Number, Quantity, Tabulation, column, words};
use crate::normalise::NO_NUMBER;
use crate::scheme::FormIdx;
use crate::scheme::measure::{Measure, Operand, Population, Window};
use crate::scheme::tally::{Counted, Order, Shown, Stated, Tally, TallyItem, What};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// A record of one of the sources.
#[derive(Clone, Copy)]
struct Unit {
    source: usize,
    record: u32,
}

/// What an item made of records has of each unit.
enum Had {
    /// Made of something else.
    Nothing,
    /// A number, [`NO_NUMBER`] for none.
    Numbers(Vec<i64>),
    /// A value of which only the different ones count, [`BLANK`] for none.
    Keys(Vec<u32>),
}

/// The figures of one tally.
pub(super) fn tabulate(facts: &Facts<'_>, measure: &Measure, spec: &Tally) -> Tabulation {
    let selection = Selection::of(facts, spec);
    let units = selection.units();
    let had: Vec<Had> = spec
        .items
        .iter()
        .enumerate()
        .map(|(i, item)| had(facts, item, selection.of_item[i], &selection, &units))
        .collect();
    let axes = axes(facts, measure, spec, &selection);
    let labels: Vec<Labels> = axes.iter().map(Labels::of).collect();
    let more = stated_leaves(facts, spec, &axes);
    let rows = Rows::with(facts, axes, units.len(), measure.total, &more);
    let leaves: Vec<Vec<u32>> = (0..rows.leaf_count())
        .map(|leaf| (0..labels.len()).map(|d| rows.value(leaf, d)).collect())
        .collect();
    let plan = Stating {
        labels: &labels,
        leaves: &leaves,
    };
    let mut notes = selection.footnotes();
    notes.extend(plan.unplaced(spec));
    let (columns, places) = columns(spec);
    let mut made = rows.tabulate(measure, columns, notes, |group| {
        let mut values: Vec<Option<Number>> = vec![None; spec.items.len()];
        for i in 0..spec.items.len() {
            value(i, spec, &had, group, &plan, &mut values);
        }
        let values: Vec<Number> = values.into_iter().map(Option::unwrap_or_default).collect();
        let mut figures = Vec::new();
        for (i, item) in spec.items.iter().enumerate() {
            let bounds = target::bounds(item, group, facts.scheme.cut_off);
            let against = Against::new(&values[i], bounds, item.shown);
            let mut own = column::plain(values[i].clone());
            against.mark(&mut own);
            if group.leaf {
                own.evidence = evidence(&had[i], group, &units, spec);
            }
            figures.push(own);
            figures.extend(against.figures(spec, i, &values));
        }
        figures
    });
    if let Some(order) = spec.order {
        sort(&mut made, order, places[order.item]);
    }
    made
}

/// The rows behind the figures.
pub(super) fn trace(facts: &Facts<'_>, measure: &Measure, spec: &Tally) -> Behind {
    let selection = Selection::of(facts, spec);
    let units = selection.units();
    let axes = axes(facts, measure, spec, &selection);
    let more = stated_leaves(facts, spec, &axes);
    let rows = Rows::with(facts, axes, units.len(), measure.total, &more);
    let (columns, places) = columns(spec);
    let mut counts = vec![Count::None; columns.len()];
    for (i, item) in spec.items.iter().enumerate() {
        if matches!(item.what, What::Number { .. }) {
            counts[places[i]] = Count::Stated;
            continue;
        }
        counts[places[i]] = match had(facts, item, selection.of_item[i], &selection, &units) {
            Had::Nothing => Count::None,
            Had::Numbers(of) => Count::Amounts(of),
            Had::Keys(of) => Count::Distinct(of),
        };
    }
    let unit = |u: u32| {
        let unit = units[u as usize];
        trace::Unit::now(spec.sources[unit.source].form, unit.record)
    };
    let mut behind = rows.behind(unit, counts);
    for item in &spec.items {
        if let What::Records {
            population,
            counted,
            ..
        } = &item.what
        {
            let looked_at = match counted {
                Counted::Sum(operand) => vec![*operand],
                Counted::Distinct(operands) => operands.clone(),
                Counted::Count | Counted::Persons => Vec::new(),
            };
            behind = behind.looks_at(population.form, looked_at).of(population);
        }
    }
    behind
}

/// The records of each item.
struct Selection {
    /// Those of each different population.
    records: Vec<(Population, Vec<u32>)>,
    /// Index in `records` of each item; nothing for items made of something else.
    of_item: Vec<Option<usize>>,
    /// Records of each source, sorted.
    sources: Vec<Vec<u32>>,
    /// How many records lie outside the time of every item whose condition they pass.
    outside: usize,
}

impl Selection {
    fn of(facts: &Facts<'_>, spec: &Tally) -> Selection {
        let mut records: Vec<(Population, Vec<u32>)> = Vec::new();
        let sources = spec.sources.iter();
        let mut inside: Vec<Vec<bool>> = sources.map(|s| vec![false; facts.len(s.form)]).collect();
        let mut passed = BTreeSet::new();
        let mut of_item = Vec::with_capacity(spec.items.len());
        for item in &spec.items {
            let What::Records {
                source, population, ..
            } = &item.what
            else {
                of_item.push(None);
                continue;
            };
            let at = records.iter().position(|(p, _)| p == population);
            of_item.push(Some(at.unwrap_or(records.len())));
            if at.is_some() {
                continue;
            }
            let selected = facts.select(population);
            if selected.outside > 0 {
                let always = Population {
                    window: Window::default(),
                    ..population.clone()
                };
                let all = facts.select(&always).records;
                passed.extend(all.into_iter().map(|r| (population.form, r)));
            }
            for r in &selected.records {
                inside[*source][*r as usize] = true;
            }
            records.push((population.clone(), selected.records));
        }
        // By form: a record outside the time of one item may be inside that of another.
        let counted = |(form, r): &(FormIdx, u32)| {
            let mut of = spec.sources.iter().zip(&inside);
            of.any(|(source, inside)| source.form == *form && inside[*r as usize])
        };
        let outside = passed.iter().filter(|r| !counted(r)).count();
        Selection {
            sources: inside.iter().map(|i| those(i)).collect(),
            records,
            of_item,
            outside,
        }
    }

    /// The records of all sources, one after the other.
    fn units(&self) -> Vec<Unit> {
        let all = self.sources.iter().enumerate();
        let one = |(source, records): (usize, &Vec<u32>)| {
            let unit = move |r: &u32| Unit { source, record: *r };
            records.iter().map(unit).collect::<Vec<Unit>>()
        };
        all.flat_map(one).collect()
    }

    fn footnotes(&self) -> Vec<String> {
        match self.outside {
            0 => Vec::new(),
            n => vec![words::fill("statistics.outside", &[("n", n.to_string())])],
        }
    }
}

/// The records that are marked.
fn those(marked: &[bool]) -> Vec<u32> {
    let all = (0..).zip(marked);
    all.filter(|(_, marked)| **marked).map(|(r, _)| r).collect()
}

fn axes(facts: &Facts<'_>, measure: &Measure, spec: &Tally, of: &Selection) -> Vec<Axis> {
    let mut out = Vec::new();
    for (d, dimension) in measure.by.iter().enumerate() {
        if dimension.operand == Operand::District && !facts.has_districts() {
            continue;
        }
        let parts: Vec<Part<'_>> = spec
            .sources
            .iter()
            .zip(&of.sources)
            .map(|(source, records)| Part {
                form: source.form,
                operand: source.operands[d],
                records,
            })
            .collect();
        let named: Vec<&str> = stated(spec)
            .flat_map(|(_, s)| &s.group)
            .filter(|(id, _)| *id == dimension.id)
            .map(|(_, value)| value.as_str())
            .collect();
        out.push(facts.axis_over(dimension, &parts, &measure.units, &named));
    }
    out
}

/// What an item has of each unit.
fn had(
    facts: &Facts<'_>,
    item: &TallyItem,
    records: Option<usize>,
    selection: &Selection,
    units: &[Unit],
) -> Had {
    let (
        What::Records {
            counted, source, ..
        },
        Some(at),
    ) = (&item.what, records)
    else {
        return Had::Nothing;
    };
    let (population, records) = &selection.records[at];
    let form = population.form;
    let mut chosen = vec![false; facts.len(form)];
    for r in records {
        chosen[*r as usize] = true;
    }
    let is_chosen = |u: &Unit| u.source == *source && chosen[u.record as usize];
    let numbers = |of: &dyn Fn(usize) -> i64| {
        let one = |u: &Unit| match is_chosen(u) {
            true => of(u.record as usize),
            false => NO_NUMBER,
        };
        Had::Numbers(units.iter().map(one).collect())
    };
    let different = |of: &[u32]| {
        let one = |u: &Unit| match is_chosen(u) {
            true => of[u.record as usize],
            false => BLANK,
        };
        Had::Keys(units.iter().map(one).collect())
    };
    match counted {
        Counted::Count => numbers(&|_| 1),
        Counted::Sum(operand) => {
            let values = facts.numbers(form, *operand);
            numbers(&|r| values[r])
        }
        Counted::Persons => different(&facts.frame(form).persons),
        Counted::Distinct(operands) => {
            let all: Vec<Vec<i64>> = operands.iter().map(|o| facts.keys(form, *o)).collect();
            different(&keys::combined(&all, facts.len(form), false))
        }
    }
}

/// Works out an item and those it is made of.
fn value(
    i: usize,
    spec: &Tally,
    had: &[Had],
    group: &Group<'_>,
    plan: &Stating<'_>,
    values: &mut Vec<Option<Number>>,
) -> Number {
    if let Some(known) = &values[i] {
        return known.clone();
    }
    let item = &spec.items[i];
    let mut exact = |of: usize| Exact::of(&value(of, spec, had, group, plan, values));
    let found: Option<Exact> = match &item.what {
        What::Ratio(a, b) => exact(*a).zip(exact(*b)).and_then(|(a, b)| a.by(b)),
        What::Difference(a, b) => exact(*a).zip(exact(*b)).map(|(a, b)| a.minus(b)),
        What::Sum(of) => {
            let known: Vec<Exact> = of.iter().filter_map(|o| exact(*o)).collect();
            known.into_iter().reduce(Exact::plus)
        }
        What::Records { .. } | What::Number { .. } => None,
    };
    let number = match (&item.what, &had[i]) {
        (What::Number { total, groups }, _) => match plan.number(*total, groups, group) {
            Some(n) => scaled(n, item.shown),
            None => Number::Missing,
        },
        (What::Records { .. }, Had::Numbers(of)) => {
            let all = group.units.iter().map(|u| of[*u as usize]);
            let sum = all.filter(|v| *v != NO_NUMBER).fold(0, i64::saturating_add);
            scaled(sum, item.shown)
        }
        (What::Records { .. }, Had::Keys(of)) => {
            let all = group.units.iter().map(|u| of[*u as usize]);
            let mut different: Vec<u32> = all.filter(|k| *k != BLANK).collect();
            different.sort_unstable();
            different.dedup();
            Number::Integer(different.len() as i64)
        }
        // A quotient stays one, though it is shown as a number.
        (What::Ratio(..), _) => found.map_or(Number::Missing, |e| e.number(Shown::Rate)),
        _ => found.map_or(Number::Missing, |e| e.number(item.shown)),
    };
    values[i] = Some(number.clone());
    number
}

/// A number in the scale of its item.
fn scaled(n: i64, shown: Shown) -> Number {
    match shown {
        Shown::Decimal | Shown::Money => Number::Hundredths(n),
        _ => Number::Integer(n),
    }
}

/// The records that an item counts in a row.
fn evidence(had: &Had, group: &Group<'_>, units: &[Unit], spec: &Tally) -> Vec<(u16, u32)> {
    let counts = |u: &&u32| match had {
        Had::Nothing => false,
        Had::Numbers(of) => of[**u as usize] != NO_NUMBER,
        Had::Keys(of) => of[**u as usize] != BLANK,
    };
    let record = |u: &u32| {
        let unit = units[*u as usize];
        (spec.sources[unit.source].form as u16, unit.record)
    };
    group.units.iter().filter(counts).map(record).collect()
}

/// Numbers that the scheme states, with their items.
fn stated(spec: &Tally) -> impl Iterator<Item = (&TallyItem, &Stated)> {
    spec.items.iter().flat_map(|item| {
        let groups = match &item.what {
            What::Number { groups, .. } => groups.as_slice(),
            _ => &[],
        };
        groups.iter().map(move |s| (item, s))
    })
}

/// The leaves that the scheme states numbers for; they are rows even without records.
fn stated_leaves(facts: &Facts<'_>, spec: &Tally, axes: &[Axis]) -> Vec<Vec<u32>> {
    let mut out = Vec::new();
    for (_, stated) in stated(spec) {
        let of = |id: &str| {
            let (_, value) = stated.group.iter().find(|(d, _)| d == id)?;
            let axis = axes.iter().find(|a| a.id == id)?;
            Some(axis.labels.iter().position(|l| l == value)? as u32)
        };
        let school = of("school");
        let town = school.map(|s| facts.schools[s as usize].district);
        let one = |a: &Axis| match a.id.as_str() {
            "district" => of(&a.id).or(town),
            id => of(id),
        };
        out.extend(axes.iter().map(one).collect::<Option<Vec<u32>>>());
    }
    out
}

/// Names of a dimension's values.
struct Labels {
    id: String,
    labels: Vec<String>,
}

impl Labels {
    fn of(axis: &Axis) -> Labels {
        Labels {
            id: axis.id.clone(),
            labels: axis.labels.clone(),
        }
    }
}

/// Finds the numbers that the scheme states for rows.
struct Stating<'r> {
    labels: &'r [Labels],
    leaves: &'r [Vec<u32>],
}

impl Stating<'_> {
    /// The number of a row: stated for it, or the sum of those of its rows.
    fn number(&self, total: Option<i64>, groups: &[Stated], group: &Group<'_>) -> Option<i64> {
        match total {
            Some(n) if group.total => Some(n),
            _ => self.of_rows(groups, group.names.len(), group.leaves.clone()),
        }
    }

    /// The number of the row of a depth that has these leaves.
    fn of_rows(
        &self,
        groups: &[Stated],
        depth: usize,
        leaves: std::ops::Range<usize>,
    ) -> Option<i64> {
        let leaf = self.leaves.get(leaves.start)?;
        let own = groups
            .iter()
            .find(|s| self.depth(s) == Some(depth) && self.holds(s, leaf));
        if depth == self.labels.len() || own.is_some() {
            return own.map(|s| s.number);
        }
        let below = self.leaves[leaves.clone()].chunk_by(|a, b| a[..=depth] == b[..=depth]);
        let mut start = leaves.start;
        let mut sum = None;
        for part in below {
            let range = start..start + part.len();
            start = range.end;
            if let Some(n) = self.of_rows(groups, depth + 1, range) {
                sum = Some(i64::saturating_add(sum.unwrap_or(0), n));
            }
        }
        sum
    }

    /// How many dimensions the rows keep that a number is stated for.
    fn depth(&self, stated: &Stated) -> Option<usize> {
        let at = |(id, _): &(String, String)| self.labels.iter().position(|l| l.id == *id);
        let depths: Option<Vec<usize>> = stated.group.iter().map(at).collect();
        depths?.into_iter().max().map(|d| d + 1)
    }

    fn holds(&self, stated: &Stated, leaf: &[u32]) -> bool {
        stated.group.iter().all(|(id, value)| {
            let found = self.labels.iter().zip(leaf).find(|(l, _)| l.id == *id);
            found.is_some_and(|(l, code)| l.labels[*code as usize] == *value)
        })
    }

    /// A note on each number that has no row.
    fn unplaced(&self, spec: &Tally) -> Vec<String> {
        let lost = |s: &Stated| {
            self.depth(s).is_none() || !self.leaves.iter().any(|leaf| self.holds(s, leaf))
        };
        stated(spec)
            .filter(|(_, s)| lost(s))
            .map(|(item, s)| {
                let group: Vec<&str> = s.group.iter().map(|(_, v)| v.as_str()).collect();
                let hundredths = matches!(item.shown, Shown::Decimal | Shown::Money);
                let args = [
                    ("group", group.join(" ")),
                    ("item", item.title.clone()),
                    ("number", super::requirement::shown(s.number, hundredths)),
                ];
                words::fill("statistics.number-unplaced", &args)
            })
            .collect()
    }
}

/// The columns, and in which one each item stands.
fn columns(spec: &Tally) -> (Vec<Column>, Vec<usize>) {
    let mut places = Vec::with_capacity(spec.items.len());
    let mut at = 0;
    for item in &spec.items {
        places.push(at);
        at += 1 + target::parts(spec, item).len();
    }
    let mut out = Vec::with_capacity(at);
    for (i, item) in spec.items.iter().enumerate() {
        let mut path: Vec<String> = Vec::with_capacity(3);
        if !item.spanner.is_empty() {
            path.push(item.spanner.clone());
        }
        path.push(item.title.clone());
        let mut title = path.clone();
        if !item.bounds.is_empty() {
            title.push(words::say("statistics.actual"));
        }
        let part = match i == spec.main {
            true => "",
            false => &item.id,
        };
        out.push(own_column(item, part, title, &places));
        out.extend(target::columns(spec, item, &path, places[i]));
    }
    (out, places)
}

fn own_column(item: &TallyItem, part: &str, title: Vec<String>, places: &[usize]) -> Column {
    let (formula, additive) = match &item.what {
        What::Ratio(a, b) => (Some(Formula::Ratio(places[*a], places[*b])), false),
        What::Difference(a, b) => (Some(Formula::Difference(places[*a], places[*b])), false),
        What::Sum(of) => {
            let of = of.iter().map(|o| places[*o]).collect();
            (Some(Formula::Sum(of)), false)
        }
        What::Records { counted, .. } => {
            (None, matches!(counted, Counted::Sum(_) | Counted::Count))
        }
        What::Number { total, .. } => (None, total.is_none()),
    };
    Column {
        part: part.to_owned(),
        title,
        quantity: quantity(item),
        formula,
        additive,
    }
}

/// What the figures of an item are; heads and person-times where the scheme names no unit.
pub(super) fn quantity(item: &TallyItem) -> Quantity {
    let unit = match &item.what {
        What::Records { counted, .. } => match counted {
            Counted::Persons => words::or(&item.unit, "statistics.heads"),
            Counted::Count => words::or(&item.unit, "statistics.times-unit"),
            Counted::Sum(_) | Counted::Distinct(_) => item.unit.clone(),
        },
        _ => item.unit.clone(),
    };
    match item.shown {
        Shown::Whole => Quantity::Count(unit),
        Shown::Decimal => Quantity::Decimal(unit),
        Shown::Money => Quantity::Money,
        Shown::Rate => Quantity::Rate,
        Shown::Points => Quantity::Points,
    }
}

/// Sorts the leaves of each group by a column; what cannot be compared comes last.
fn sort(made: &mut Tabulation, order: Order, column: usize) {
    let key = |row: &super::Row| Exact::of(&row.figures[column].value);
    for leaves in made
        .rows
        .chunk_by_mut(|a, b| a.level == Level::Leaf && b.level == Level::Leaf)
    {
        leaves.sort_by(|a, b| match (key(a), key(b)) {
            (Some(a), Some(b)) if order.descending => b.compare(a),
            (Some(a), Some(b)) => a.compare(b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        });
    }
}
