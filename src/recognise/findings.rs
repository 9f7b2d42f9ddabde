//! What recognition has to report: columns, sheets and cells that it cannot place.

use super::form::{self, NoForm};
use super::nearest::{self, UnknownColumn};
use super::region::{Found, Region};
use super::view::{data_like, id_like};
use super::{Column, Role, Table};
use crate::diagnostic::{Diagnostic, Place, Rule, Severity};
use crate::fold;
use crate::grid::{Value, Workbook, column_name};
use crate::message::{self, Lang};
use crate::scheme::Scheme;
use std::ops::Range;

/// All findings, in the order of the sheets, and the columns that were not taken.
pub(super) fn all(
    workbook: &Workbook,
    scheme: &Scheme,
    regions: &[Region<'_>],
) -> (Vec<Diagnostic>, Vec<UnknownColumn>) {
    let mut out = Vec::new();
    let mut unknown = Vec::new();
    let any_table = regions.iter().any(|r| !r.harvest.found.is_empty());
    for (index, (sheet, region)) in workbook.sheets.iter().zip(regions).enumerate() {
        if region.stamped.is_some_and(|s| s.is_own(index)) {
            continue;
        }
        let place = Place::sheet(&workbook.file, &sheet.name);
        for found in &region.harvest.found {
            columns(region, found, scheme, &place, &mut out, &mut unknown);
        }
        if region.harvest.found.is_empty() {
            out.extend(no_table(region, scheme, &place, any_table));
        } else {
            strays(region, &place, &mut out);
        }
        hidden(region, &place, &mut out);
    }
    (out, unknown)
}

fn columns(
    region: &Region<'_>,
    found: &Found,
    scheme: &Scheme,
    place: &Place,
    out: &mut Vec<Diagnostic>,
    unknown: &mut Vec<UnknownColumn>,
) {
    let table = &found.table;
    let form = &scheme.forms[table.form];
    // A form that the scheme does not collect is at most used for checks: nothing to demand.
    if !scheme.wanted.get(table.form).copied().unwrap_or(true) {
        return;
    }
    // The sheet on which the table began has said it.
    if table.header.is_empty() || found.again {
        return;
    }
    let given = table.given.iter().map(|g| g.field);
    let held: Vec<usize> = table
        .columns
        .iter()
        .filter_map(|c| c.field)
        .chain(given)
        .collect();
    for field in form::missing(scheme, table.form, &held) {
        let field = &form.fields[field];
        let spellings: Vec<&str> = std::iter::once(field.title.as_str())
            .chain(field.headers.iter().map(String::as_str))
            .take(4)
            .collect();
        let mut spellings = spellings;
        spellings.dedup();
        out.push(
            Diagnostic::new(Rule::ColumnMissing, place.at(found.header_row, None))
                .field(&field.id)
                .arg("title", &field.title)
                .arg("form", &form.title)
                .arg("spellings", spellings.join(" / ")),
        );
    }
    for (index, column) in table.columns.iter().enumerate() {
        if column.field.is_some() {
            continue;
        }
        // On a form of one person each value has its own label, wherever it stands.
        let heading = match column.cell {
            Some(_) => (index < found.headings.len()).then_some(index),
            None => found.headings.iter().position(|h| h.col == column.col),
        };
        let label = column.path.last().map_or("", String::as_str);
        let full = column.path.join("/");
        let row = heading.map_or(found.header_row, |h| found.headings[h].row);
        let col = match (&column.cell, heading) {
            (Some(_), Some(h)) => found.headings[h].col,
            _ => column.col,
        };
        let at = place.at(row, Some(col));
        let lost = heading.and_then(|h| found.assigned[h].lost);
        if let Some((field, winner)) = lost {
            let tied = heading.is_some_and(|h| found.assigned[h].tied);
            let winner = &found.headings[winner];
            // Of columns that were all left out the later ones say it.
            if tied && winner.col > column.col {
                continue;
            }
            let finding = Diagnostic::new(Rule::ColumnDuplicate, at)
                .field(&form.fields[field].id)
                .arg("title", &form.fields[field].title)
                .arg("label", if tied { &full } else { label })
                .arg("column", column_name(col))
                .arg("used", winner.path.join("/"))
                .arg("used_column", column_name(winner.col));
            out.push(if tied {
                finding.variant("tied")
            } else {
                finding
            });
            continue;
        }
        if !used(region, table, column) {
            continue;
        }
        let header = heading.is_some_and(|h| !found.headings[h].folded.is_empty());
        if !header {
            out.push(
                Diagnostic::new(Rule::ColumnUnknown, at)
                    .variant("blank")
                    .arg("column", column_name(col))
                    .arg("form", &form.title),
            );
            continue;
        }
        let near = nearest::fields(region, table, column, scheme);
        let texts: Vec<String> = near.iter().map(|n| n.text(form)).collect();
        unknown.push(UnknownColumn {
            sheet: table.sheet,
            form: table.form,
            row,
            col: column.col,
            path: column.path.clone(),
            near,
        });
        let finding = Diagnostic::new(Rule::ColumnUnknown, at)
            .arg("label", column.path.join("/"))
            .arg("column", column_name(col))
            .arg("form", &form.title);
        out.push(if texts.is_empty() {
            finding.variant("strange")
        } else {
            finding.arg("near", texts.join(fold::LIST))
        });
    }
}

/// Whether any record has something in the column.
fn used(region: &Region<'_>, table: &Table, column: &Column) -> bool {
    if let Some(cell) = &column.cell {
        let line = region.view.line_of(cell.row);
        let held = line.and_then(|l| region.view.cell(l, column.col));
        let blank = cell.part.as_ref().is_some_and(|p| p.is_empty());
        return !blank && held.is_some_and(|c| region.view.filled(c));
    }
    table.body.iter().any(|&row| {
        region
            .view
            .line_of(row)
            .and_then(|l| region.view.cell(l, column.col))
            .is_some_and(|c| region.view.filled(c))
    })
}

/// A sheet with content and no table of a known form.
fn no_table(
    region: &Region<'_>,
    scheme: &Scheme,
    place: &Place,
    elsewhere: bool,
) -> Option<Diagnostic> {
    let all = 0..u32::MAX;
    let (mut content, mut rows, mut ids) = (0u32, 0u32, 0u32);
    for line in 0..region.view.len() {
        let cells = region.view.cells(line, &all);
        let filled = cells.iter().filter(|c| region.view.filled(c)).count();
        if filled == 0 {
            continue;
        }
        content += 1;
        let values = || cells.iter().map(|c| region.view.value(c));
        ids += u32::from(values().any(|v| id_like(&v)));
        rows += u32::from(filled >= 3 && values().any(|v| data_like(&v)));
    }
    if content == 0 {
        return None;
    }
    let finding = Diagnostic::new(Rule::SheetUnrecognised, place.clone()).arg("rows", content);
    if is_own_list(region) {
        return Some(finding.variant("own").severity(Severity::Note));
    }
    let stranger = region.harvest.strangers.first();
    if let Some(stranger) = stranger
        && let NoForm::Ambiguous(forms) = &stranger.why
    {
        let titles: Vec<&str> = forms
            .iter()
            .map(|&f| scheme.forms[f].title.as_str())
            .collect();
        let mut finding = finding
            .variant("ambiguous")
            .arg("forms", titles.join(" / "));
        finding.place = place.at(stranger.row, Some(stranger.col));
        return Some(finding);
    }
    let severity = match (rows >= 5 || ids >= 2, stranger.is_some() || ids >= 2) {
        _ if region.view.sheet.hidden && ids < 2 => Severity::Note,
        (true, true) => Severity::Error,
        (true, false) if !elsewhere => Severity::Error,
        (true, false) => Severity::Warning,
        (false, _) if !elsewhere && rows > 0 => Severity::Warning,
        (false, _) => Severity::Note,
    };
    if severity == Severity::Note {
        return Some(finding.variant("text").severity(severity));
    }
    Some(near_forms(region, scheme, finding).severity(severity))
}

/// The header that comes nearest to a form, and the forms that it comes near to.
fn near_forms(region: &Region<'_>, scheme: &Scheme, finding: Diagnostic) -> Diagnostic {
    let mut best: Option<(usize, u32, Vec<form::NearForm>)> = None;
    // A sheet full of lines that are almost headers has said enough with its first.
    for stranger in region.harvest.strangers.iter().take(8) {
        let near = form::nearest(&region.readings(&stranger.headings), scheme, region.allowed);
        let found = near.first().map_or(0, |n| n.found.len());
        if found >= 2 && best.as_ref().is_none_or(|b| found > b.0) {
            best = Some((found, stranger.row, near));
        }
    }
    let Some((_, row, near)) = best else {
        return finding;
    };
    let texts: Vec<String> = near.iter().map(|n| nearest::form_text(n, scheme)).collect();
    finding
        .variant("near")
        .arg("header", row + 1)
        .arg("near", texts.join(fold::LIST))
}

/// Whether it is the list that this program puts before a school's sheets, come back with them: its
/// tab and the head of its last column tell.
fn is_own_list(region: &Region<'_>) -> bool {
    let sheet = region.view.sheet;
    [Lang::Zh, Lang::En].into_iter().any(|lang| {
        let word = |key| message::text(lang, key, "message");
        let (tab, head) = (word("report.feedback.sheet"), word("report.feedback.done"));
        let said = |cell| matches!(sheet.value(cell), Value::Text(text) if text.trim() == head);
        sheet
            .name
            .trim_end_matches(|c: char| c == '_' || c.is_ascii_digit())
            == tab
            && sheet.cells().iter().any(said)
    })
}

/// Blocks of cells that nothing explains: one finding a block.
fn strays(region: &Region<'_>, place: &Place, out: &mut Vec<Diagnostic>) {
    struct Block {
        first: (u32, u32),
        bottom: u32,
        cols: Range<u32>,
        cells: usize,
    }
    let mut blocks: Vec<Block> = Vec::new();
    for &(row, col) in &region.harvest.stray {
        let near = blocks
            .iter_mut()
            .rev()
            .take(8)
            .find(|b| row <= b.bottom + 2 && col + 2 >= b.cols.start && col <= b.cols.end + 1);
        match near {
            Some(b) => {
                b.bottom = row;
                b.cols = b.cols.start.min(col)..b.cols.end.max(col + 1);
                b.cells += 1;
            }
            None => blocks.push(Block {
                first: (row, col),
                bottom: row,
                cols: col..col + 1,
                cells: 1,
            }),
        }
    }
    for block in blocks {
        let (row, col) = block.first;
        let text = match region.view.sheet.at(row, col) {
            Some(Value::Text(t)) => fold::clean(t).chars().take(20).collect(),
            Some(Value::Number(n)) => format!("{n}"),
            Some(Value::Error(e)) => e.as_str().to_owned(),
            _ => String::new(),
        };
        let finding = Diagnostic::new(Rule::CellUnexplained, place.at(row, Some(col)))
            .arg("text", text)
            .arg("cells", block.cells)
            .arg("last", crate::grid::a1(block.bottom, block.cols.end - 1));
        out.push(if block.cells > 1 {
            finding.variant("block")
        } else {
            finding
        });
    }
}

/// Hidden sheets, rows and columns that hold something.
fn hidden(region: &Region<'_>, place: &Place, out: &mut Vec<Diagnostic>) {
    let sheet = region.view.sheet;
    if sheet.cells().is_empty() {
        return;
    }
    if sheet.hidden {
        out.push(Diagnostic::new(Rule::HiddenContent, place.clone()).arg("sheet", &sheet.name));
    }
    let lines: Vec<u32> = sheet
        .hidden_rows
        .iter()
        .flat_map(|r| {
            let from = region.view.line_from(r.start);
            let to = region.view.line_from(r.end);
            (from..to).map(|l| region.view.row(l))
        })
        .filter(|&row| {
            let role = region.harvest.roles.get(row as usize);
            role.is_some_and(|r| *r != Role::Blank)
        })
        .collect();
    if let Some(&first) = lines.first() {
        out.push(
            Diagnostic::new(Rule::HiddenContent, place.at(first, None))
                .variant("rows")
                .arg("rows", runs(&lines, |r| (r + 1).to_string()))
                .arg("count", lines.len()),
        );
    }
    if sheet.hidden_columns.is_empty() {
        return;
    }
    let mut cols: Vec<u32> = region
        .harvest
        .found
        .iter()
        .flat_map(|f| f.table.columns.iter().map(move |c| (f, c)))
        .filter(|(f, c)| sheet.column_hidden(c.col) && used(region, &f.table, c))
        .map(|(_, c)| c.col)
        .collect();
    cols.sort_unstable();
    cols.dedup();
    if let Some(&first) = cols.first() {
        let row = region.harvest.found[0].header_row;
        out.push(
            Diagnostic::new(Rule::HiddenContent, place.at(row, Some(first)))
                .variant("columns")
                .arg("columns", runs(&cols, column_name))
                .arg("count", cols.len()),
        );
    }
}

/// Sorted numbers as runs: `3-5, 9`.
fn runs(sorted: &[u32], name: impl Fn(u32) -> String) -> String {
    let mut parts: Vec<(u32, u32)> = Vec::new();
    for &n in sorted {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == n => *last = n,
            _ => parts.push((n, n)),
        }
    }
    let more = parts.len() > 10;
    let mut texts: Vec<String> = parts
        .into_iter()
        .take(10)
        .map(|(a, b)| {
            if a == b {
                name(a)
            } else {
                format!("{}-{}", name(a), name(b))
            }
        })
        .collect();
    if more {
        texts.push("...".into());
    }
    texts.join(", ")
}
