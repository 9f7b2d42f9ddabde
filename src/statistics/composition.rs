//! Composition: how many there are of each kind, with shares.

use super::axis::Axis;
use super::column::{self, heads, part_of};
use super::facts::Facts;
use super::rows::Rows;
use super::trace::{Behind, Count, Unit};
use super::{Column, Tabulation, footnotes, words};
use crate::scheme::QuickMap;
use crate::scheme::measure::{Composition, Condition, Measure};
use std::collections::BTreeSet;

/// A block of columns: the columns' keys and the key of each unit.
struct Block {
    /// Column of each unit.
    column: Vec<u32>,
    /// Part and title of each column.
    columns: Vec<(String, Vec<String>)>,
}

/// Counts of a population, by blocks of columns.
pub(super) fn tabulate(facts: &Facts<'_>, measure: &Measure, spec: &Composition) -> Tabulation {
    let form = spec.population.form;
    let selected = facts.select(&spec.population);
    let records = &selected.records;
    let blocks = blocks(facts, spec, records);
    let columns = columns(&blocks, spec);
    let rows = Rows::new(facts, measure, form, records);
    rows.tabulate(measure, columns, footnotes(&selected), |group| {
        let all = group.units.len() as i64;
        let record = |u: &u32| records[*u as usize];
        let mut figures =
            vec![heads(all).evidence_if(group.leaf, form, group.units.iter().map(record))];
        for block in &blocks {
            let mut of: Vec<Vec<u32>> = vec![Vec::new(); block.columns.len()];
            for u in group.units {
                of[block.column[*u as usize] as usize].push(records[*u as usize]);
            }
            for found in of {
                let n = found.len() as i64;
                figures.push(heads(n).evidence_if(group.leaf, form, found.into_iter()));
                if spec.shares {
                    figures.push(part_of(n, all));
                }
            }
        }
        figures
    })
}

/// The rows behind the figures.
pub(super) fn trace(facts: &Facts<'_>, measure: &Measure, spec: &Composition) -> Behind {
    let form = spec.population.form;
    let records = facts.select(&spec.population).records;
    let mut counts = vec![Count::Each];
    for block in blocks(facts, spec, &records) {
        for column in 0..block.columns.len() as u32 {
            let own = block.column.iter().map(|c| u8::from(*c == column));
            counts.push(Count::Marks(own.collect()));
            if spec.shares {
                counts.push(Count::None);
            }
        }
    }
    Rows::new(facts, measure, form, &records)
        .behind(|u| Unit::now(form, records[u as usize]), counts)
        .looks_at(form, spec.blocks.iter().flatten().map(|d| d.operand))
        .of(&spec.population)
}

fn blocks(facts: &Facts<'_>, spec: &Composition, records: &[u32]) -> Vec<Block> {
    let form = spec.population.form;
    spec.blocks
        .iter()
        .map(|dimensions| {
            let axes: Vec<Axis> = dimensions
                .iter()
                .map(|d| facts.axis(d, form, records, &Condition::default()))
                .collect();
            block(&axes, records.len())
        })
        .collect()
}

/// Columns of one or two dimensions: the listed values and those that occur, in order.
fn block(axes: &[Axis], units: usize) -> Block {
    // Each key that occurs is kept once, and each unit by the number of its key.
    let mut known: QuickMap<Vec<u32>, usize> = QuickMap::default();
    let mut occurring: Vec<Vec<u32>> = Vec::new();
    let mut code = Vec::with_capacity(axes.len());
    let mut of_unit = Vec::with_capacity(units);
    for unit in 0..units {
        code.clear();
        code.extend(axes.iter().map(|a| a.codes[unit]));
        let number = match known.get(&code) {
            Some(number) => *number,
            None => {
                known.insert(code.clone(), occurring.len());
                occurring.push(code.clone());
                occurring.len() - 1
            }
        };
        of_unit.push(number);
    }
    let mut keys: BTreeSet<Vec<u32>> = occurring.iter().cloned().collect();
    let mut listed = vec![Vec::new()];
    for axis in axes {
        let longer = |k: &Vec<u32>| {
            let k = k.clone();
            axis.listed.iter().map(move |v| {
                let mut k = k.clone();
                k.push(*v);
                k
            })
        };
        listed = listed.iter().flat_map(longer).collect();
    }
    keys.extend(listed);
    let keys: Vec<Vec<u32>> = keys.into_iter().collect();
    let column_of: Vec<u32> = occurring
        .iter()
        .map(|key| keys.binary_search(key).unwrap_or_default() as u32)
        .collect();
    let column = of_unit.into_iter().map(|n| column_of[n]).collect();
    let columns = keys
        .iter()
        .map(|key| {
            let labels: Vec<&str> = axes
                .iter()
                .zip(key)
                .map(|(a, v)| a.labels[*v as usize].as_str())
                .collect();
            let ids: Vec<&str> = axes.iter().map(|a| a.id.as_str()).collect();
            let mut title: Vec<String> = labels.iter().map(|l| (*l).to_owned()).collect();
            if let [only] = axes {
                title.insert(0, only.title.clone());
            }
            (format!("{}.{}", ids.join("."), labels.join(".")), title)
        })
        .collect();
    Block { column, columns }
}

fn columns(blocks: &[Block], spec: &Composition) -> Vec<Column> {
    let unit = &spec.unit;
    let mut out = vec![column::count("", vec![words::say("statistics.all")], unit)];
    for (part, title) in blocks.iter().flat_map(|b| &b.columns) {
        let with = |word: &str| {
            let mut title = title.clone();
            title.push(words::say(word));
            title
        };
        if !spec.shares {
            out.push(column::count(part, title.clone(), unit));
            continue;
        }
        let at = out.len();
        out.push(column::count(part, with("statistics.number"), unit));
        out.push(column::rate(
            &format!("{part}.share"),
            with("statistics.share"),
            at,
            0,
        ));
    }
    out
}
