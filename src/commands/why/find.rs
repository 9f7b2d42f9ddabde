//! A figure in `statistics.json`, with the figures of its line and those that it sums.

use super::super::Refusal;
use super::super::traces::INDEX;
use super::Ask;
use crate::message::{self, Lang};
use crate::statistics::trace_file::Index;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

/// A results folder.
pub struct Results {
    pub folder: PathBuf,
    /// What stands behind the figures.
    pub index: Index,
    statistics: String,
}

/// A figure as `statistics.json` has it.
#[derive(Debug, Clone, Deserialize, serde::Serialize)]
pub struct Figure {
    pub measure: String,
    pub title: String,
    pub group: BTreeMap<String, String>,
    pub value: Value,
    pub numerator: Option<i64>,
    pub denominator: Option<i64>,
    pub unit: Option<String>,
    pub target: Value,
    pub report: Option<String>,
    pub sheet: Option<String>,
    pub cell: Option<String>,
}

/// The figure that was asked for.
pub struct Found {
    pub figure: Figure,
    /// Its measure and column in the index, and its line.
    pub entry: usize,
    pub column: usize,
    pub line: usize,
    /// The figures of its line, by column.
    pub beside: BTreeMap<usize, Figure>,
    /// Where it is the sum of other lines: their figures.
    pub below: Vec<Figure>,
}

impl Results {
    /// Opens a results folder.
    ///
    /// # Errors
    /// When a file of it is missing or is none of ours.
    pub fn open(folder: &Path, lang: Lang) -> Result<Results, Refusal> {
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read_to_string(&path).map_err(|e| unreadable(&path, &e.to_string(), lang))
        };
        let index = read(INDEX)?;
        Ok(Results {
            statistics: read("statistics.json")?,
            index: serde_json::from_str(&index)
                .map_err(|e| unreadable(&folder.join(INDEX), &e.to_string(), lang))?,
            folder: folder.to_owned(),
        })
    }

    /// Every figure with its measure, column and line. A measure's lines are counted as their groups
    /// change: no two lines of a table have the same.
    fn figures(&self) -> impl Iterator<Item = (usize, usize, usize, Figure)> + '_ {
        let mut known: HashMap<&str, (usize, usize)> = HashMap::new();
        for (e, entry) in self.index.measures.iter().enumerate() {
            for (c, column) in entry.columns.iter().enumerate() {
                known.insert(&column.figure, (e, c));
            }
        }
        let mut last: Vec<Option<(usize, BTreeMap<String, String>)>> =
            vec![None; self.index.measures.len()];
        // One object a line.
        let lines = self.statistics.lines();
        let objects = lines.map(|l| l.trim_end_matches(','));
        objects
            .filter_map(|l| serde_json::from_str::<Figure>(l).ok())
            .filter_map(move |figure| {
                let (entry, column) = *known.get(figure.measure.as_str())?;
                let line = match &last[entry] {
                    Some((line, group)) if *group == figure.group => *line,
                    Some((line, _)) => line + 1,
                    None => 0,
                };
                if last[entry].as_ref().is_none_or(|(l, _)| *l != line) {
                    last[entry] = Some((line, figure.group.clone()));
                }
                Some((entry, column, line, figure))
            })
    }

    /// The figure asked for.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn find(&self, ask: &Ask, lang: Lang) -> Result<Found, Refusal> {
        let mut all: Vec<_> = self
            .figures()
            .filter(|(_, _, _, figure)| is_asked_for(figure, ask))
            .collect();
        let sheets: BTreeSet<String> = all.iter().filter_map(|f| f.3.sheet.clone()).collect();
        if all.len() > 1 {
            let places: Vec<String> = match ask {
                Ask::Cell { .. } => sheets.into_iter().collect(),
                Ask::Figure { .. } => all.iter().take(20).map(|f| group(&f.3)).collect(),
            };
            let places = places.join(&message::say(lang, "cli.list-comma", &[]));
            return Err(Refusal::say(lang, "why.ambiguous", &[("places", places)]));
        }
        let Some((entry, column, line, figure)) = all.pop() else {
            let key = match ask {
                Ask::Cell { .. } => "why.no-figure-there",
                Ask::Figure { .. } => "why.no-such-figure",
            };
            let name = match ask {
                Ask::Cell { cell, .. } => cell.clone(),
                Ask::Figure { name, .. } => name.clone(),
            };
            return Err(Refusal::say(lang, key, &[("what", name)]));
        };
        let below: BTreeSet<usize> = match self.index.measures[entry].columns[column].additive {
            true => children(&self.index.measures[entry].depths, line)
                .into_iter()
                .collect(),
            false => BTreeSet::new(),
        };
        let mut found = Found {
            figure,
            entry,
            column,
            line,
            beside: BTreeMap::new(),
            below: Vec::new(),
        };
        for (e, c, l, figure) in self.figures().filter(|f| f.0 == entry) {
            debug_assert_eq!(e, entry);
            if l == line {
                found.beside.insert(c, figure);
            } else if c == column && below.contains(&l) {
                found.below.push(figure);
            }
        }
        Ok(found)
    }
}

/// The lines that a line is the sum of: those one dimension deeper, before it.
fn children(depths: &[u8], line: usize) -> Vec<usize> {
    let Some(depth) = depths.get(line) else {
        return Vec::new();
    };
    let before = depths[..line].iter().enumerate().rev();
    let own = before.take_while(|(_, d)| *d > depth);
    let mut out: Vec<usize> = own
        .filter(|(_, d)| **d == depth + 1)
        .map(|(i, _)| i)
        .collect();
    out.reverse();
    out
}

fn is_asked_for(figure: &Figure, ask: &Ask) -> bool {
    match ask {
        Ask::Cell {
            report,
            sheet,
            cell,
        } => {
            let name = report.file_name().map(|n| n.to_string_lossy());
            let own = figure.report.as_deref().and_then(|r| r.rsplit('/').next());
            own == name.as_deref()
                && figure.cell.as_deref() == Some(cell)
                && sheet
                    .as_ref()
                    .is_none_or(|s| figure.sheet.as_ref() == Some(s))
        }
        Ask::Figure { name, group } => {
            figure.measure == *name
                && match group.is_empty() {
                    true => figure.group.is_empty(),
                    false => {
                        let all = || figure.group.values();
                        group.len() == figure.group.len()
                            && group.iter().all(|g| all().any(|v| v == g))
                            || group.len() < figure.group.len()
                                && figure.group.len() == innermost(group, figure)
                    }
                }
        }
    }
}

/// How many values a group has whose innermost ones are named.
fn innermost(group: &[String], figure: &Figure) -> usize {
    let named = |id: &str| figure.group.get(id).is_some_and(|v| group.contains(v));
    // A school's town need not be named.
    let all = figure.group.keys().filter(|id| *id != "district");
    match all.clone().all(|id| named(id)) && all.count() == group.len() {
        true => figure.group.len(),
        false => 0,
    }
}

/// A figure's group in words.
pub fn group(figure: &Figure) -> String {
    let values: Vec<&str> = figure.group.values().map(String::as_str).collect();
    values.join("/")
}

/// The refusal of a file that cannot be used.
pub fn unreadable(path: &Path, why: &str, lang: Lang) -> Refusal {
    let args = [
        ("path", path.display().to_string()),
        ("why", why.to_owned()),
    ];
    Refusal::say(lang, "why.unreadable", &args)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_that_of_the_lines_one_dimension_deeper() {
        // Two towns of two schools and one, then the total.
        let depths = [2, 2, 1, 2, 1, 0];
        assert_eq!(children(&depths, 5), [2, 4]);
        assert_eq!(children(&depths, 2), [0, 1]);
        assert_eq!(children(&depths, 4), [3]);
        assert!(children(&depths, 0).is_empty());
    }
}
