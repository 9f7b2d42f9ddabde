//! Rows of a tabulation: leaves in official order, each outer group closed by its subtotal, the
//! total last, and which units stand behind each.

use super::axis::{Axis, AxisKind};
use super::facts::Facts;
use super::trace::{Behind, Count, Unit};
use super::{Column, Figure, Level, Row, Tabulation};
use crate::scheme::measure::{Condition, Dimension, Measure};
use crate::scheme::{FormIdx, QuickMap};
use std::ops::Range;

/// Value positions, one a dimension; the rest is zero. More dimensions than a page could show.
type Key = [u32; MAX_DIMENSIONS];
const MAX_DIMENSIONS: usize = 6;

/// The rows of one measure.
pub(super) struct Rows {
    dimensions: Vec<(String, String)>,
    lines: Vec<Line>,
    /// Units in the order of their leaves.
    members: Vec<u32>,
    /// Where each leaf's members begin; one more at the end.
    starts: Vec<usize>,
    /// Value positions of each leaf, one a dimension.
    leaves: Vec<Key>,
    /// Whether the directory and the scheme's terms ask for the leaf.
    listed: Vec<bool>,
}

/// One row and the leaves it covers.
struct Line {
    level: Level,
    group: Vec<(String, String)>,
    leaves: Range<usize>,
}

/// What a row's figures are made of.
pub(super) struct Group<'r> {
    /// Units (positions in the list that the rows were made of).
    pub(super) units: &'r [u32],
    /// Whether it is a leaf, so that evidence is wanted.
    pub(super) leaf: bool,
    /// The leaves it covers.
    pub(super) leaves: Range<usize>,
    /// What it stands for, outermost first.
    pub(super) names: &'r [(String, String)],
    /// Whether it covers everything.
    pub(super) total: bool,
    /// Whether it covers everything because there are no dimensions.
    pub(super) whole: bool,
}

impl Rows {
    /// Rows of a measure over records of a form; unit `i` is record `records[i]`.
    pub(super) fn new(
        facts: &Facts<'_>,
        measure: &Measure,
        form: FormIdx,
        records: &[u32],
    ) -> Rows {
        let axes = axes(facts, &measure.by, &measure.units, form, records);
        Rows::of(facts, axes, records.len(), measure.total)
    }

    /// Rows over dimensions already worked out, each with a value for every unit.
    pub(super) fn of(facts: &Facts<'_>, axes: Vec<Axis>, units: usize, total: bool) -> Rows {
        Rows::with(facts, axes, units, total, &[])
    }

    /// The same with more leaves that are printed without records: a value a dimension.
    pub(super) fn with(
        facts: &Facts<'_>,
        mut axes: Vec<Axis>,
        units: usize,
        total: bool,
        more: &[Vec<u32>],
    ) -> Rows {
        axes.truncate(MAX_DIMENSIONS);
        let mut listed: Vec<Key> = more.iter().map(|k| key(k.iter().copied())).collect();
        list(facts, &axes, &mut Vec::new(), &mut listed);
        listed.sort_unstable();
        listed.dedup();
        let (occurring, of_unit) = occurring(&axes, units);
        let mut leaves: Vec<Key> = occurring.iter().chain(&listed).copied().collect();
        leaves.sort_unstable();
        leaves.dedup();
        // Units counted into their leaves keep their order.
        let leaf_of: Vec<usize> = occurring
            .iter()
            .map(|k| leaves.partition_point(|leaf| leaf < k))
            .collect();
        let mut starts = vec![0; leaves.len() + 1];
        for unit in &of_unit {
            starts[leaf_of[*unit as usize] + 1] += 1;
        }
        for leaf in 0..leaves.len() {
            starts[leaf + 1] += starts[leaf];
        }
        let mut next = starts.clone();
        let mut members = vec![0; units];
        for (unit, of) in of_unit.iter().enumerate() {
            let at = &mut next[leaf_of[*of as usize]];
            members[*at] = unit as u32;
            *at += 1;
        }
        Rows {
            lines: lines(&axes, &leaves, total),
            listed: leaves
                .iter()
                .map(|l| listed.binary_search(l).is_ok())
                .collect(),
            dimensions: axes.into_iter().map(|a| (a.id, a.title)).collect(),
            members,
            starts,
            leaves,
        }
    }

    /// Position of a leaf's value in a dimension.
    pub(super) fn value(&self, leaf: usize, dimension: usize) -> u32 {
        self.leaves[leaf][dimension]
    }

    /// Whether a leaf is asked for by the directory or the scheme, not only by a record.
    pub(super) fn is_listed(&self, leaf: usize) -> bool {
        self.listed[leaf]
    }

    /// How many leaves.
    pub(super) fn leaf_count(&self) -> usize {
        self.leaves.len()
    }

    /// The units of a leaf.
    pub(super) fn units_of(&self, leaf: usize) -> &[u32] {
        &self.members[self.starts[leaf]..self.starts[leaf + 1]]
    }

    /// What stands behind the rows; `counts` has an entry a unit.
    pub(super) fn behind(self, unit: impl Fn(u32) -> Unit, counts: Vec<Count>) -> Behind {
        let ordered = |c: Count| c.ordered(&self.members);
        Behind {
            units: self.members.iter().map(|u| unit(*u)).collect(),
            counts: counts.into_iter().map(ordered).collect(),
            lines: self
                .lines
                .into_iter()
                .map(|l| {
                    (
                        l.group,
                        self.starts[l.leaves.start]..self.starts[l.leaves.end],
                    )
                })
                .collect(),
            ..Behind::default()
        }
    }

    /// Units in the order of the leaves.
    pub(super) fn members(&self) -> &[u32] {
        &self.members
    }

    /// The tabulation: `figures` makes a row's figures, one a column.
    pub(super) fn tabulate(
        self,
        measure: &Measure,
        columns: Vec<Column>,
        footnotes: Vec<String>,
        figures: impl Fn(&Group<'_>) -> Vec<Figure>,
    ) -> Tabulation {
        let mut rows = Vec::with_capacity(self.lines.len());
        for line in self.lines {
            let units = &self.members[self.starts[line.leaves.start]..self.starts[line.leaves.end]];
            let made = figures(&Group {
                units,
                leaf: line.level == Level::Leaf,
                leaves: line.leaves,
                names: &line.group,
                total: line.level == Level::Total,
                whole: self.dimensions.is_empty(),
            });
            debug_assert_eq!(made.len(), columns.len(), "{}", measure.id);
            rows.push(Row {
                level: line.level,
                group: line.group,
                figures: made,
            });
        }
        Tabulation {
            measure: measure.id.clone(),
            title: measure.title.clone(),
            dimensions: self.dimensions,
            columns,
            rows,
            footnotes,
        }
    }
}

/// The dimensions of a measure; town groups are left out where the directory has none.
pub(super) fn axes(
    facts: &Facts<'_>,
    by: &[Dimension],
    units: &Condition,
    form: FormIdx,
    records: &[u32],
) -> Vec<Axis> {
    let all = by.iter().map(|d| facts.axis(d, form, records, units));
    all.filter(|a| a.kind != AxisKind::District || facts.has_districts())
        .collect()
}

/// Every leaf that is printed without records: all listed values, schools within their towns.
/// Below a school only values that the scheme named are listed; the others come as they occur.
fn list(facts: &Facts<'_>, axes: &[Axis], prefix: &mut Vec<u32>, out: &mut Vec<Key>) {
    let depth = prefix.len();
    let Some(axis) = axes.get(depth) else {
        out.push(key(prefix.iter().copied()));
        return;
    };
    let below_school = axes[..depth].iter().any(|a| a.kind == AxisKind::School);
    if below_school && !axis.insistent {
        return;
    }
    let town = axes[..depth]
        .iter()
        .position(|a| a.kind == AxisKind::District)
        .map(|i| prefix[i]);
    for value in &axis.listed {
        if axis.kind == AxisKind::School
            && town.is_some_and(|t| facts.schools[*value as usize].district != t)
        {
            continue;
        }
        prefix.push(*value);
        list(facts, axes, prefix, out);
        prefix.pop();
    }
}

/// The distinct keys of units, and for each unit the number of its key.
fn occurring(axes: &[Axis], units: usize) -> (Vec<Key>, Vec<u32>) {
    let mut keys: Vec<Key> = Vec::new();
    let mut known: QuickMap<Key, u32> = QuickMap::default();
    let mut of_unit: Vec<u32> = Vec::with_capacity(units);
    for unit in 0..units {
        let own = key(axes.iter().map(|a| a.codes[unit]));
        // Records of one school and the like stand together.
        let number = match of_unit.last() {
            Some(last) if keys[*last as usize] == own => *last,
            _ => *known.entry(own).or_insert_with(|| {
                keys.push(own);
                keys.len() as u32 - 1
            }),
        };
        of_unit.push(number);
    }
    (keys, of_unit)
}

fn key(values: impl Iterator<Item = u32>) -> Key {
    let mut key = Key::default();
    for (slot, value) in key.iter_mut().zip(values) {
        *slot = value;
    }
    key
}

fn lines(axes: &[Axis], leaves: &[Key], total: bool) -> Vec<Line> {
    let group = |leaf: &[u32], depth: usize| -> Vec<(String, String)> {
        let named = axes.iter().zip(leaf).take(depth);
        named
            .map(|(a, v)| (a.id.clone(), a.labels[*v as usize].clone()))
            .collect()
    };
    let mut out = Vec::new();
    // First leaf of the group that is open at each depth.
    let mut open = vec![0usize; axes.len()];
    for (i, leaf) in leaves.iter().enumerate() {
        if !axes.is_empty() {
            out.push(Line {
                level: Level::Leaf,
                group: group(leaf, axes.len()),
                leaves: i..i + 1,
            });
        }
        for depth in (1..axes.len()).rev() {
            let closes = leaves
                .get(i + 1)
                .is_none_or(|next| next[..depth] != leaf[..depth]);
            if closes {
                out.push(Line {
                    level: Level::Subtotal(depth as u8),
                    group: group(leaf, depth),
                    leaves: open[depth]..i + 1,
                });
                open[depth] = i + 1;
            }
        }
    }
    if total {
        out.push(Line {
            level: Level::Total,
            group: Vec::new(),
            leaves: 0..leaves.len(),
        });
    }
    out
}
