//! How a workbook was understood, as plain data for `huizong inspect`.

use super::{Recognised, RemarkKind, Role, Table, nearest};
use crate::grid::{Value, Workbook, a1, column_name};
use crate::scheme::Scheme;
use std::collections::BTreeMap;

/// A whole workbook.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explanation {
    /// One a sheet, in the order of the file.
    pub sheets: Vec<SheetExplanation>,
}

/// One sheet.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SheetExplanation {
    /// Its name.
    pub sheet: String,
    /// Hidden sheets are read like all others.
    pub hidden: bool,
    /// Tables in reading order.
    pub tables: Vec<TableExplanation>,
    /// Rows that are no records, by role, as runs of 1-based rows. Blank rows are not listed.
    pub left_out: Vec<LeftOut>,
    /// Title, submitter, date and unit as read: kind, 1-based row, text.
    pub remarks: Vec<(&'static str, u32, String)>,
}

/// Rows that are no records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// What they are: a [`Role`]'s name.
    pub why: &'static str,
    /// First 1-based row.
    pub first: u32,
    /// Last 1-based row.
    pub last: u32,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TableExplanation {
    /// Form id.
    pub form: String,
    /// What clerks call the form.
    pub title: String,
    /// 0 to 1.
    pub confidence: f32,
    /// Why it was taken for this form.
    pub evidence: Vec<String>,
    /// 1-based header rows; empty where the table goes on from an earlier sheet.
    pub header_rows: Vec<u32>,
    /// Columns, left to right.
    pub columns: Vec<ColumnExplanation>,
    /// How many records.
    pub records: usize,
    /// 1-based rows of the first and last record.
    pub rows: Option<(u32, u32)>,
    /// Typed totals: 1-based row, and the 1-based rows of the first and last record that it sums.
    pub totals: Vec<(u32, u32, u32)>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ColumnExplanation {
    /// Its letters; on a form of one person the value's cell.
    pub column: String,
    /// Header texts, top group first.
    pub header: Vec<String>,
    /// Field id, or `None` where it is not known.
    pub field: Option<String>,
    /// What clerks call the field.
    pub title: Option<String>,
    /// Whether records keep it.
    pub stored: bool,
    /// How the field was found: `exact` `trimmed` `within` `content` `unknown`.
    pub how: &'static str,
    /// Factor of the unit in the header.
    pub factor: f64,
    /// How certain the field is, 0 to 1; 0 where it is not known.
    pub confidence: f32,
    /// Why, for people; texts to be put into a language by `message::expanded`.
    pub reasons: Vec<String>,
    /// What an unknown column may be, nearest first: field id, points out of 100, and the text with
    /// the reasons, to be put into a language likewise.
    pub near: Vec<(String, u32, String)>,
}

/// Explains what [`tables`](super::tables) found.
pub fn explain(workbook: &Workbook, recognised: &Recognised, scheme: &Scheme) -> Explanation {
    let sheets = workbook
        .sheets
        .iter()
        .enumerate()
        .map(|(index, sheet)| {
            let account = recognised.accounts.get(index);
            SheetExplanation {
                sheet: sheet.name.to_string(),
                hidden: sheet.hidden,
                tables: recognised
                    .tables
                    .iter()
                    .filter(|t| t.sheet == index)
                    .map(|t| table(workbook, recognised, t, scheme))
                    .collect(),
                left_out: account.map_or_else(Vec::new, |a| {
                    left_out(&a.lines, &form_rows(recognised, index))
                }),
                remarks: account.map_or_else(Vec::new, |a| {
                    a.remarks
                        .iter()
                        .map(|r| (kind(r.kind), r.row + 1, r.text.clone()))
                        .collect()
                }),
            }
        })
        .collect();
    Explanation { sheets }
}

fn kind(kind: RemarkKind) -> &'static str {
    match kind {
        RemarkKind::Title => "title",
        RemarkKind::Submitter => "submitter",
        RemarkKind::Date => "date",
        RemarkKind::Unit => "unit",
    }
}

fn table(
    workbook: &Workbook,
    recognised: &Recognised,
    table: &Table,
    scheme: &Scheme,
) -> TableExplanation {
    let sheet = &workbook.sheets[table.sheet];
    let form = &scheme.forms[table.form];
    let columns = table
        .columns
        .iter()
        .map(|c| {
            let field = c.field.map(|f| &form.fields[f]);
            let values: Vec<Value<'_>> = table
                .body
                .iter()
                .filter_map(|row| sheet.at(*row, c.col))
                .filter(|v| !matches!(v, Value::Text(t) if t.trim().is_empty()))
                .take(60)
                .collect();
            let fit = field.and_then(|f| nearest::fit(&f.kind, &values, scheme));
            let (confidence, reasons) = nearest::confidence(c.how, fit);
            let unknown = recognised.unknown.iter().find(|u| {
                u.sheet == table.sheet && u.col == c.col && table.header.contains(&u.row)
            });
            let near = unknown.map_or(&[][..], |u| &u.near);
            ColumnExplanation {
                column: match &c.cell {
                    Some(cell) => a1(cell.row, c.col),
                    None => column_name(c.col),
                },
                header: c.path.clone(),
                field: field.map(|f| f.id.clone()),
                title: field.map(|f| f.title.clone()),
                stored: field.is_some_and(|f| f.stored),
                how: c.how.as_str(),
                factor: c.factor,
                confidence,
                reasons,
                near: near
                    .iter()
                    .map(|n| (form.fields[n.field].id.clone(), n.points, n.text(form)))
                    .collect(),
            }
        })
        .collect();
    let row = |i: usize| table.body.get(i).map_or(0, |r| r + 1);
    TableExplanation {
        form: form.id.clone(),
        title: form.title.clone(),
        confidence: table.confidence,
        evidence: table.evidence.clone(),
        header_rows: table.header.iter().map(|r| r + 1).collect(),
        columns,
        records: table.body.len(),
        rows: table
            .body
            .first()
            .zip(table.body.last())
            .map(|(a, b)| (a + 1, b + 1)),
        totals: table
            .totals
            .iter()
            .map(|t| {
                let last = t.over.end.saturating_sub(1);
                (t.row + 1, row(t.over.start), row(last))
            })
            .collect(),
    }
}

/// Rows with values of a form of one person: parts of its record, not left out.
fn form_rows(recognised: &Recognised, sheet: usize) -> Vec<u32> {
    let tables = recognised.tables.iter().filter(|t| t.sheet == sheet);
    let cells = tables
        .flat_map(|t| &t.columns)
        .filter(|c| c.field.is_some());
    cells.filter_map(|c| Some(c.cell.as_ref()?.row)).collect()
}

fn left_out(lines: &[Role], form_rows: &[u32]) -> Vec<LeftOut> {
    let mut all: Vec<LeftOut> = Vec::new();
    for (row, role) in lines.iter().enumerate() {
        let of_record = *role == Role::Metadata && form_rows.contains(&(row as u32));
        if matches!(role, Role::Blank | Role::Data) || of_record {
            continue;
        }
        let row = row as u32 + 1;
        match all.last_mut() {
            Some(run) if run.why == role.as_str() && run.last + 1 == row => run.last = row,
            _ => all.push(LeftOut {
                why: role.as_str(),
                first: row,
                last: row,
            }),
        }
    }
    all
}

impl SheetExplanation {
    /// For each table all 1-based rows of its header: those whose labels name its columns, and those beside
    /// them that are header too, a row of column numbers or of units.
    pub fn header_bands(&self) -> Vec<Vec<u32>> {
        let header = |row: u32| {
            let runs = self
                .left_out
                .iter()
                .filter(|run| run.why == Role::Header.as_str());
            runs.into_iter()
                .any(|run| (run.first..=run.last).contains(&row))
        };
        self.tables
            .iter()
            .map(|table| {
                let mut rows = table.header_rows.clone();
                let others = self.tables.iter().flat_map(|t| &t.header_rows);
                let others: Vec<u32> = others.copied().filter(|r| !rows.contains(r)).collect();
                let free = |row: u32| header(row) && !others.contains(&row);
                if let (Some(&first), Some(&last)) = (rows.first(), rows.last()) {
                    let above: Vec<u32> = (1..first).rev().take_while(|&r| free(r)).collect();
                    rows.splice(0..0, above.into_iter().rev());
                    rows.extend((last + 1..).take_while(|&r| free(r)));
                }
                rows
            })
            .collect()
    }

    /// How many rows each role has, blank rows not counted.
    pub fn left_out_counts(&self) -> BTreeMap<&'static str, u32> {
        let mut all = BTreeMap::new();
        for run in &self.left_out {
            *all.entry(run.why).or_default() += run.last - run.first + 1;
        }
        all
    }
}
