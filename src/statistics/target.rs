//! What an item of a tally is to reach or not to exceed, and how far it is from that.

use super::fraction::Exact;
use super::rows::Group;
use super::tally::quantity;
use super::{Column, Figure, Formula, Number, Quantity, column, exact, words};
use crate::scheme::measure::Fraction;
use crate::scheme::tally::{Bounds, RowKind, Shown, Tally, TallyItem, What};
use chrono::NaiveDate;
use std::cmp::Ordering;

/// The bounds that are meant for a row and still hold at the cut-off.
pub(super) fn bounds<'s>(
    item: &'s TallyItem,
    group: &Group<'_>,
    cut_off: NaiveDate,
) -> Option<&'s Bounds> {
    let fits = |b: &&Bounds| {
        let rows = match b.rows {
            RowKind::All => true,
            // Without dimensions the one row is both.
            RowKind::Leaves => group.leaf || group.whole,
            RowKind::Total => group.total,
        };
        rows && b.until.is_none_or(|until| cut_off <= until)
            && b.group.iter().all(|wanted| group.names.contains(wanted))
    };
    item.bounds.iter().find(fits)
}

/// A value against its bounds.
pub(super) struct Against {
    shown: Shown,
    low: Option<Fraction>,
    high: Option<Fraction>,
    target: Option<Fraction>,
    gap: Option<Number>,
    met: Option<bool>,
}

impl Against {
    pub(super) fn new(value: &Number, bounds: Option<&Bounds>, shown: Shown) -> Against {
        let (low, high) = bounds.map_or((None, None), |b| (b.low, b.high));
        let value = Exact::of(value);
        let above = |bound: Fraction, wanted: Ordering| {
            value.is_some_and(|v| v.compare(Exact::new(bound)) == wanted)
        };
        let short = low.is_some_and(|b| above(b, Ordering::Less));
        let over = high.is_some_and(|b| above(b, Ordering::Greater));
        // Inside a range nothing is missing and nothing too much.
        let target = if over { high } else { low.or(high) };
        let gap_kind = match shown {
            Shown::Rate => Shown::Points,
            other => other,
        };
        let gap = value.zip(target).map(|(v, t)| match (low, high) {
            (Some(_), Some(_)) if !short && !over => v.minus(v),
            _ => v.minus(Exact::new(t)),
        });
        Against {
            shown,
            low,
            high,
            target,
            gap: gap.map(|g| g.number(gap_kind)),
            met: value.zip(target).map(|_| !short && !over),
        }
    }

    /// Writes target, gap and verdict to the item's own figure.
    pub(super) fn mark(&self, figure: &mut Figure) {
        figure.target = self.target.map(|t| Exact::new(t).number(self.shown));
        figure.gap.clone_from(&self.gap);
        figure.met = self.met;
    }

    /// The figures of the columns beside the item's own.
    pub(super) fn figures(&self, spec: &Tally, i: usize, values: &[Number]) -> Vec<Figure> {
        let item = &spec.items[i];
        let bound = |b: Option<Fraction>| match b {
            Some(b) => column::plain(Exact::new(b).number(self.shown)),
            None => Figure::default(),
        };
        let one = |part: &&str| match *part {
            TARGET => bound(self.low),
            LIMIT => bound(self.high),
            GAP => column::plain(self.gap.clone().unwrap_or_default()),
            _ => self.more(item, values),
        };
        parts(spec, item).iter().map(one).collect()
    }

    /// How many more must be hits, the base staying what it is.
    fn more(&self, item: &TallyItem, values: &[Number]) -> Figure {
        match (&item.what, self.low) {
            (What::Ratio(a, b), Some(low)) => match (&values[*a], &values[*b]) {
                (Number::Integer(hits), Number::Integer(base)) => {
                    column::heads(exact::more(*hits, *base, low))
                }
                _ => Figure::default(),
            },
            _ => Figure::default(),
        }
    }
}

const TARGET: &str = "target";
const LIMIT: &str = "limit";
const GAP: &str = "gap";
const MORE: &str = "more";

/// The columns that stand beside an item with bounds.
pub(super) fn parts(spec: &Tally, item: &TallyItem) -> Vec<&'static str> {
    let mut out = Vec::new();
    let has = |of: fn(&Bounds) -> Option<Fraction>| item.bounds.iter().any(|b| of(b).is_some());
    let low = has(|b| b.low);
    if low {
        out.push(TARGET);
    }
    if has(|b| b.high) {
        out.push(LIMIT);
    }
    if !item.bounds.is_empty() {
        out.push(GAP);
    }
    if let (What::Ratio(a, b), true) = (&item.what, low)
        && [a, b].iter().all(|o| spec.items[**o].shown == Shown::Whole)
        && item.shown == Shown::Rate
    {
        out.push(MORE);
    }
    out
}

/// The same as columns; `own` is where the item itself stands, `path` its titles.
pub(super) fn columns(spec: &Tally, item: &TallyItem, path: &[String], own: usize) -> Vec<Column> {
    let parts = parts(spec, item);
    let single = !(parts.contains(&TARGET) && parts.contains(&LIMIT));
    let rate = item.shown == Shown::Rate;
    parts
        .iter()
        .map(|part| {
            let word = match *part {
                TARGET => "statistics.target",
                LIMIT => "statistics.ceiling",
                GAP if rate => "statistics.gap",
                GAP => "statistics.difference",
                _ => "statistics.more",
            };
            let mut title = path.to_vec();
            title.push(words::say(word));
            let quantity = match (*part, &item.what) {
                (GAP, _) if rate => Quantity::Points,
                (MORE, What::Ratio(hits, _)) => quantity(&spec.items[*hits]),
                _ => quantity(item),
            };
            Column {
                part: format!("{}.{part}", item.id),
                title,
                quantity,
                formula: (*part == GAP && single).then_some(Formula::Difference(own, own + 1)),
                additive: false,
            }
        })
        .collect()
}
