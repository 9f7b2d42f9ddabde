//! The pages that a scheme asks for, and the parting of tables that are wider than the paper.

use super::table::{Frame, Made, build};
use super::{Context, corrections, names};
use crate::report::fit;
use crate::report::page::Page;
use crate::report::theme::{Paper, SMALLEST};
use crate::report::words::Key;
use crate::scheme::PageSpec;
use crate::statistics::{self, Formula, Tabulation};

/// The pages that a scheme asks for: one, or several where the table is too wide for the paper.
pub fn pages(
    cx: &Context<'_>,
    tab: &Tabulation,
    spec: &PageSpec,
    sheets: &mut names::Sheets,
) -> Vec<Made> {
    let title = match spec.title.as_str() {
        "" => &tab.title,
        title => title,
    };
    let mut frame = Frame {
        title: cx.filled(title),
        unit: spec.unit.clone(),
        notes: spec
            .notes
            .iter()
            .map(|n| cx.filled(n))
            .chain(cx.document())
            .chain(corrections::note(cx, &tab.measure))
            .collect(),
        signature: Some(spec.signature.clone()),
        total_first: spec.total_first,
        rate_places: spec.rate_places,
        below: Key::NoteBelow,
        capitals: true,
    };
    let whole = build(cx, tab, &frame, sheets.claim(&spec.sheet));
    let parts = parts(tab, &whole.page);
    if parts.len() < 2 {
        return vec![whole];
    }
    let title = frame.title.clone();
    parts
        .into_iter()
        .enumerate()
        .map(|(n, columns)| {
            let mut sheet = whole.page.sheet.clone();
            if n > 0 {
                let n = n.to_string();
                frame.title = cx
                    .words
                    .fill(Key::PartTitle, &[("title", &title), ("n", &n)]);
                let wish = [("sheet", &spec.sheet), ("n", &n)];
                sheet = sheets.claim(&cx.words.fill(Key::PartSheet, &wish));
            }
            Made {
                columns: columns.clone(),
                ..build(cx, &only(tab, &columns), &frame, sheet)
            }
        })
        .collect()
}

/// Columns of each page: as many as can be read on one, parted between spanners where that is
/// possible. Columns that others are computed from are repeated beside them.
fn parts(tab: &Tabulation, page: &Page) -> Vec<Vec<usize>> {
    let widths = fit::natural_widths(page);
    let (stub, body) = widths.split_at(page.stub);
    let room = Paper::Lying.printable() / SMALLEST - stub.iter().sum::<f64>();
    let total: f64 = body.iter().sum();
    if total <= room {
        return vec![(0..body.len()).collect()];
    }
    // Parts of about the same width.
    let room = room.min(total / (total / room).ceil() * 1.15);
    let mut out: Vec<Vec<usize>> = Vec::new();
    let all: Vec<usize> = (0..body.len()).collect();
    for group in
        all.chunk_by(|&a, &b| spanner(tab, a).is_some() && spanner(tab, a) == spanner(tab, b))
    {
        let wide = |columns: &[usize]| columns.iter().map(|&c| body[c]).sum::<f64>();
        for &column in group {
            let first = column == group[0];
            let need = if first {
                wide(group).min(room)
            } else {
                body[column]
            };
            match out.last_mut() {
                Some(last) if wide(last) + need <= room => last.push(column),
                // The rest of a group that was found to fit when it began.
                Some(last) if !first && wide(last) + body[column] <= room => last.push(column),
                _ => out.push(vec![column]),
            }
        }
    }
    for part in &mut out {
        let mut repeated: Vec<usize> = part
            .iter()
            .flat_map(|&c| operands(&tab.columns[c]))
            .filter(|c| !part.contains(c))
            .collect();
        repeated.sort_unstable();
        repeated.dedup();
        if repeated.len() <= 3 {
            repeated.append(part);
            *part = repeated;
        }
    }
    out
}

/// The outermost spanner over a column.
fn spanner(tab: &Tabulation, column: usize) -> Option<&String> {
    match tab.columns[column].title.as_slice() {
        [spanner, _, ..] => Some(spanner),
        _ => None,
    }
}

/// Columns that a column is computed from.
fn operands(column: &statistics::Column) -> Vec<usize> {
    match &column.formula {
        None => Vec::new(),
        Some(Formula::Ratio(a, b) | Formula::Difference(a, b)) => vec![*a, *b],
        Some(Formula::Sum(parts)) => parts.clone(),
    }
}

/// A tabulation with some of its columns.
fn only(tab: &Tabulation, columns: &[usize]) -> Tabulation {
    let place = |c: &usize| columns.iter().position(|k| k == c);
    Tabulation {
        columns: columns
            .iter()
            .map(|&c| {
                let mut column = tab.columns[c].clone();
                column.formula = match &column.formula {
                    Some(Formula::Ratio(a, b)) => {
                        place(a).zip(place(b)).map(|(a, b)| Formula::Ratio(a, b))
                    }
                    Some(Formula::Difference(a, b)) => place(a)
                        .zip(place(b))
                        .map(|(a, b)| Formula::Difference(a, b)),
                    Some(Formula::Sum(parts)) => parts
                        .iter()
                        .map(place)
                        .collect::<Option<Vec<_>>>()
                        .map(Formula::Sum),
                    None => None,
                };
                column
            })
            .collect(),
        rows: tab
            .rows
            .iter()
            .map(|r| statistics::Row {
                level: r.level,
                group: r.group.clone(),
                figures: columns
                    .iter()
                    .map(|&c| r.figures.get(c).cloned().unwrap_or_default())
                    .collect(),
            })
            .collect(),
        measure: tab.measure.clone(),
        title: tab.title.clone(),
        dimensions: tab.dimensions.clone(),
        footnotes: tab.footnotes.clone(),
    }
}
