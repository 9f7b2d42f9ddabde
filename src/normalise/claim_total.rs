//! The amount in capital characters in the lines below a table of claims, compared with the figure
//! beside it or else with the sum of the rows.

use super::cells::Cells;
use super::number::{self, decimal};
use super::{Records, capitals};
use crate::diagnostic::{Diagnostic, Place, Rule};
use crate::fold;
use crate::grid::{Sheet, Value};
use crate::recognise::{Recognised, Table};
use crate::scheme::Scheme;

/// Lines below the last record in which the amount of the whole table may stand.
const LINES: u32 = 6;

/// Checks the lines below a table whose form asks for amounts in words.
pub(super) fn check(
    records: &Records,
    sheet: &Sheet,
    recognised: &Recognised,
    table: &Table,
    scheme: &Scheme,
) -> Vec<Diagnostic> {
    let form = &scheme.forms[table.form];
    let check = form.checks.iter().find(|c| c.rule == Rule::AmountInWords);
    let (Some(check), Some(&last)) = (check, table.body.last()) else {
        return Vec::new();
    };
    let cells = Cells::new(records, form, scheme);
    // Lines further down belong to the next table.
    let next = recognised.tables.iter().filter(|t| t.sheet == table.sheet);
    let next = next
        .filter_map(|t| t.header.first().copied())
        .filter(|r| *r > last);
    let end = next
        .min()
        .unwrap_or(u32::MAX)
        .min(last.saturating_add(LINES + 1));
    let mut out = Vec::new();
    for row in last + 1..end {
        let Some((col, written, said)) = in_words(sheet, row, scheme) else {
            continue;
        };
        let amounts = match figures(sheet, row, scheme) {
            figures if !figures.is_empty() => figures,
            _ => (1..check.fields.len())
                .filter_map(|i| sum(&cells, check.fields.get(i)?))
                .collect(),
        };
        if let Some(amount) = amounts.first()
            && !amounts.contains(&said)
        {
            let place = Place::sheet(&records.file, &records.sheet).at(row, Some(col));
            let finding = Diagnostic::new(Rule::AmountInWords, place)
                .variant("total")
                .arg("written", written)
                .arg("said", decimal(said))
                .arg("amount", decimal(*amount));
            out.push(finding);
        }
    }
    out
}

/// A line's amount in capital characters: the column and text of its cell, and its hundredths.
fn in_words(sheet: &Sheet, row: u32, scheme: &Scheme) -> Option<(u32, String, i64)> {
    let words = &scheme.words;
    let texts = || {
        sheet
            .row(row)
            .iter()
            .filter_map(|cell| match sheet.value(cell) {
                Value::Text(t) => Some((cell.col, fold::clean(t))),
                _ => None,
            })
    };
    let labelled = |text: &str| words.in_words.iter().any(|w| text.contains(w.as_str()));
    if !texts().any(|(_, t)| labelled(&t)) {
        return None;
    }
    texts().find_map(|(col, text)| {
        let said = capitals::within(&text)?;
        let short = text.chars().take(60).collect();
        Some((col, short, said))
    })
}

/// The figures of a line, in hundredths: numbers of cells, and what stands behind a sign of money.
fn figures(sheet: &Sheet, row: u32, scheme: &Scheme) -> Vec<i64> {
    let mut out = Vec::new();
    for cell in sheet.row(row) {
        match sheet.value(cell) {
            Value::Number(n) => out.extend(number::from_f64(n, 1.0).map(|n| n.value)),
            Value::Text(text) => {
                let text = fold::clean(text);
                let parts = text.split('\u{a5}').skip(1);
                out.extend(parts.filter_map(|part| {
                    let end = part.find(|c: char| !matches!(c, '0'..='9' | '.' | ',' | ' '));
                    let figure = &part[..end.unwrap_or(part.len())];
                    Some(number::from_text(figure.trim(), 1.0, &scheme.words)?.value)
                }));
            }
            _ => {}
        }
    }
    out
}

/// The sum of a column of which every cell is known.
fn sum(cells: &Cells<'_>, field: &str) -> Option<i64> {
    let field = cells.held(field)?;
    (0..cells.len()).try_fold(0i64, |sum, record| {
        sum.checked_add(cells.number(field, record)?)
    })
}
