//! The rows behind a figure and those left out, from the trace and the records of the results.

use super::super::Refusal;
use super::find::{Found, Results, unreadable};
use crate::diagnostic::mask;
use crate::grid;
use crate::message::Lang;
use crate::statistics::trace::{Count, Unit};
use crate::statistics::trace_file::{self, Entry};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// Everything behind a figure.
#[derive(Debug, Default)]
pub struct Behind {
    /// How many rows stand behind it.
    pub total: usize,
    /// The first of them, or all.
    pub rows: Vec<Row>,
    /// The columns that it is counted from: its own, or those of its formula.
    pub counted: Vec<usize>,
    /// What its own column comes to over its rows, in the figure's scale.
    pub sum: Option<i64>,
    /// Rows left out in the figure's group.
    pub left: Vec<LeftOut>,
    /// The columns that its own follows from.
    pub formula: Option<(String, Vec<usize>)>,
    /// Whether sums are hundredths.
    pub hundredths: bool,
}

/// A row.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Row {
    /// Form id.
    pub form: String,
    /// Whether it is of the earlier period, whose records are elsewhere.
    pub earlier: bool,
    pub school: String,
    pub name: String,
    /// Masked.
    pub id_number: String,
    pub file: String,
    pub sheet: String,
    /// 1-based.
    pub row: u64,
    /// The cell that tells most, where there is one.
    pub cell: Option<String>,
    /// Titles and texts of what the figure looks at.
    pub values: Vec<(String, String)>,
    /// In which columns it counts, and how much.
    pub counts: Vec<(String, i64)>,
}

/// Rows left out for one reason.
#[derive(Debug, Clone, Serialize)]
pub struct LeftOut {
    pub reason: String,
    /// Whether a blank or unreadable cell is the reason.
    pub open: bool,
    /// How many.
    pub total: usize,
    /// The first of them, or all.
    pub rows: Vec<Row>,
}

impl Behind {
    /// Reads what stands behind a figure, up to `most` rows of each kind.
    ///
    /// # Errors
    /// When a file of the results is missing or is none of ours.
    pub fn read(
        results: &Results,
        found: &Found,
        most: usize,
        lang: Lang,
    ) -> Result<Behind, Refusal> {
        let entry = &results.index.measures[found.entry];
        let path = results.folder.join(&entry.file);
        let bytes = fs::read(&path).map_err(|e| unreadable(&path, &e.to_string(), lang))?;
        let trace =
            trace_file::read(bytes, entry).map_err(|e| unreadable(&path, &e.to_string(), lang))?;
        let made = &entry.columns[found.column];
        let mut counted = BTreeSet::new();
        sources(entry, found.column, &mut counted);
        let (from, to) = entry.lines.get(found.line).copied().unwrap_or_default();
        let depth = usize::from(entry.depths.get(found.line).copied().unwrap_or_default());
        let count = |c: usize| trace.counts.get(&entry.columns[c].figure);
        let counts = |row: usize| {
            counted.is_empty()
                || counted
                    .iter()
                    .any(|c| count(*c).is_some_and(|n| n.counts(row, depth)))
        };
        let end = to.min(trace.units.len());
        let own: Vec<usize> = (from.min(end)..end).filter(|i| counts(*i)).collect();
        let mut out = Behind {
            total: own.len(),
            counted: counted.iter().copied().collect(),
            sum: count(found.column).and_then(|n| n.over(from.min(end)..end, depth)),
            formula: made.formula.clone(),
            hundredths: made.hundredths,
            ..Behind::default()
        };
        let reader = Reader {
            results,
            entry,
            lang,
        };
        let shown = &own[..own.len().min(most)];
        out.rows = reader.rows(&trace, shown)?;
        for (row, i) in out.rows.iter_mut().zip(shown) {
            for c in &counted {
                let Some(n) = count(*c).filter(|n| n.counts(*i, depth)) else {
                    continue;
                };
                let amount = match n {
                    Count::Amounts(all) => all[*i],
                    _ => 1,
                };
                row.counts.push((entry.columns[*c].title.clone(), amount));
            }
        }
        out.left = reader.left(&trace, found, most)?;
        Ok(out)
    }
}

/// The columns from whose rows a column follows.
fn sources(entry: &Entry, column: usize, out: &mut BTreeSet<usize>) {
    let Some(made) = entry.columns.get(column) else {
        return;
    };
    match (&made.formula, &made.counted) {
        (_, Some(counted)) if counted == "stated" => {}
        (_, Some(_)) => {
            out.insert(column);
        }
        (Some((_, of)), None) => of.iter().for_each(|c| sources(entry, *c, out)),
        (None, None) => {}
    }
}

struct Reader<'r> {
    results: &'r Results,
    entry: &'r Entry,
    lang: Lang,
}

impl Reader<'_> {
    /// Rows of the trace by their places.
    fn rows(&self, trace: &trace_file::Rows, which: &[usize]) -> Result<Vec<Row>, Refusal> {
        let mut out = vec![Row::default(); which.len()];
        let mut by_form: BTreeMap<u16, Vec<usize>> = BTreeMap::new();
        for (at, i) in which.iter().enumerate() {
            let Unit { form, earlier, .. } = trace.units[*i];
            let id = self.results.index.forms.get(usize::from(form));
            out[at].form = id.cloned().unwrap_or_default();
            out[at].earlier = earlier;
            if !earlier {
                by_form.entry(form).or_default().push(at);
            }
        }
        for (form, places) in by_form {
            let Some(id) = self.results.index.forms.get(usize::from(form)) else {
                continue;
            };
            let fields: Vec<(&str, &str)> = self
                .entry
                .fields
                .iter()
                .filter(|(f, _, _)| f == id)
                .map(|(_, field, title)| (field.as_str(), title.as_str()))
                .collect();
            let mut names = vec![
                "school",
                "name",
                "id_number",
                "source_file",
                "source_sheet",
                "source_row",
            ];
            names.extend(fields.iter().map(|(field, _)| *field));
            let path = self.results.folder.join(format!("records/{id}.parquet"));
            let refused = |e: String| unreadable(&path, &e, self.lang);
            let bytes = fs::read(&path).map_err(|e| refused(e.to_string()))?;
            let records: Vec<u32> = places
                .iter()
                .map(|at| trace.units[which[*at]].record)
                .collect();
            let texts =
                trace_file::records(bytes, &records, &names).map_err(|e| refused(e.to_string()))?;
            let birth = fields.iter().any(|(field, _)| *field == "birth_date");
            for (at, texts) in places.into_iter().zip(texts) {
                fill(&mut out[at], texts, &fields, birth);
                let column = trace.columns[which[at]];
                let row = out[at].row.saturating_sub(1) as u32;
                out[at].cell = column.checked_sub(1).map(|c| grid::a1(row, c));
            }
        }
        Ok(out)
    }

    /// Rows left out; of a school's figure the school's own.
    fn left(
        &self,
        trace: &trace_file::Rows,
        found: &Found,
        most: usize,
    ) -> Result<Vec<LeftOut>, Refusal> {
        let school = found.figure.group.get("school");
        let mut out = Vec::new();
        for (n, left) in (1u32..).zip(&self.entry.left) {
            let all = trace.reasons.iter().enumerate();
            let which: Vec<usize> = all.filter(|(_, r)| **r == n).map(|(i, _)| i).collect();
            let (total, rows) = match school {
                None => {
                    let shown = which.len().min(most);
                    (which.len(), self.rows(trace, &which[..shown])?)
                }
                Some(school) => {
                    let mut rows = self.rows(trace, &which)?;
                    rows.retain(|r| r.school == *school);
                    let total = rows.len();
                    rows.truncate(most);
                    (total, rows)
                }
            };
            if total > 0 {
                out.push(LeftOut {
                    reason: left.reason.clone(),
                    open: left.open,
                    total,
                    rows,
                });
            }
        }
        Ok(out)
    }
}

fn fill(row: &mut Row, texts: Vec<String>, fields: &[(&str, &str)], birth: bool) {
    let mut texts = texts.into_iter();
    let mut next = || texts.next().unwrap_or_default();
    row.school = next();
    row.name = next();
    let id = next();
    row.id_number = match birth {
        true => mask::beside_birth(&id),
        false => mask::in_text(&id),
    };
    row.file = next();
    row.sheet = next();
    row.row = next().parse().unwrap_or_default();
    for (_, title) in fields {
        let text = mask::in_text(&next());
        row.values.push(((*title).to_owned(), text));
    }
}
