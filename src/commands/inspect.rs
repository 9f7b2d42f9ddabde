//! `huizong inspect`: how a workbook was understood, in words, drawn on the terminal and as a page.

mod drawing;
mod html;
mod palette;
mod terminal;

use super::spellings::Spellings;
use super::{Finding, Refusal, inbox, pick, print, run, setup, summary, workspace::Workspace};
use crate::cli::InspectArgs;
use crate::diagnostic::{Diagnosed, Diagnostic, mask};
use crate::fold;
use crate::grid::Workbook;
use crate::intake;
use crate::learning;
use crate::message::{self, Lang, say};
use crate::normalise;
use crate::pipeline;
use crate::recognise::Recognised;
use crate::recognise::explain::{
    ColumnExplanation, Explanation, SheetExplanation, TableExplanation, explain,
};
use crate::scheme::parse;
use drawing::{Drawing, Given};
use html::Part;
use serde_json::{Value, json};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use terminal::Pen;

/// Carries out the command.
///
/// # Errors
/// When the scheme cannot be loaded. A file that cannot be read is a finding, not an error.
pub fn inspect(args: &InspectArgs, lang: Lang) -> Result<Finding, Refusal> {
    let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let workspace = Workspace::find(&here).ok().flatten();
    let own = workspace.as_ref().and_then(|w| w.settings.scheme.clone());
    // Forms and spellings are the same in all built-in schemes, so any of them will do.
    let any = parse::builtin_ids().first().map(ToString::to_string);
    let wanted = args.scheme.clone().or(own).or(any);
    let mut scheme = setup::scheme(wanted.as_deref(), workspace.as_ref(), lang)?;
    let (period, month_end) = setup::period(None, lang)?;
    scheme.set_period(&period, month_end);
    let name = args
        .file
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let file: Arc<str> = name.as_str().into();
    let mut workbooks = Vec::new();
    let mut findings: Vec<Diagnostic> = Vec::new();
    match inbox::load(&args.file) {
        Ok(bytes) => {
            let Diagnosed { value, diagnostics } = intake::read(&name, &bytes);
            workbooks = value;
            findings = diagnostics;
        }
        Err(error) => findings.push(pipeline::unreadable(&file, &error)),
    }
    let given = args.spellings.is_some();
    let own = workspace.as_ref().map(Workspace::spellings);
    if let Some(path) = args.spellings.clone().or(own) {
        findings.extend(Spellings::load(&path, given, lang)?.apply(&mut scheme));
    }
    let mut understood = Vec::new();
    let mut seen = Vec::new();
    for workbook in &workbooks {
        let (recognised, scheme) = learning::recognised(workbook, &scheme);
        let records = normalise::records(workbook, &recognised.value, scheme);
        understood.push((
            workbook.file.to_string(),
            explain(workbook, &recognised.value, scheme),
        ));
        seen.push(recognised.value);
        findings.extend(recognised.diagnostics);
        findings.extend(records.diagnostics);
    }
    let picture = Picture {
        workbooks: &workbooks,
        seen: &seen,
        understood: &understood,
        findings: &findings,
        lang,
    };
    if let Some(path) = &args.html {
        let page = picture.page(&name, limit(args, PAGE_ROWS));
        std::fs::write(path, page).map_err(|e| {
            let args = [("path", path.display().to_string()), ("why", e.to_string())];
            Refusal::say(lang, "cli.out-unwritable", &args)
        })?;
    }
    if args.json {
        let files: Vec<Value> = understood
            .iter()
            .map(|(file, e)| json!({ "file": file, "sheets": e.sheets.iter().map(|s| sheet_json(s, lang)).collect::<Vec<_>>() }))
            .collect();
        let all = json!({ "workbooks": files, "diagnostics": run::Diagnostics(&findings, lang) });
        print(&String::from_utf8_lossy(&run::pretty(&all)));
    } else if let Some(path) = &args.html {
        let args = [("path", path.display().to_string())];
        print(&say(lang, "inspect.page.written", &args));
        print(&summary::counts(&findings, lang));
    } else {
        let pen = Pen {
            lang,
            colour: coloured(&args.color),
        };
        for (book, (file, e)) in understood.iter().enumerate() {
            print(file);
            for (index, sheet) in e.sheets.iter().enumerate() {
                print(&sheet_text(sheet, lang));
                let drawn = picture.draw(book, index, limit(args, args.rows));
                for line in terminal::lines(&drawn, &findings, pen) {
                    print(&line);
                }
            }
        }
        if !understood.is_empty() {
            terminal::legend(pen).iter().for_each(|line| print(line));
        }
        for d in &findings {
            print(&summary::one(d, lang));
        }
    }
    Ok(pick::finding(&findings, false))
}

/// Rows of records that a page shows of each sheet, unless more are asked for.
const PAGE_ROWS: usize = 2000;

fn limit(args: &InspectArgs, usual: usize) -> Option<usize> {
    (!args.all).then_some(usual)
}

/// Whether colours are wanted: on a terminal, unless the environment says no.
fn coloured(when: &str) -> bool {
    match when {
        "always" => true,
        "never" => false,
        _ => {
            let refused = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
            !refused && std::io::stdout().is_terminal()
        }
    }
}

/// Everything that is drawn.
struct Picture<'a> {
    workbooks: &'a [Workbook],
    seen: &'a [Recognised],
    understood: &'a [(String, Explanation)],
    findings: &'a [Diagnostic],
    lang: Lang,
}

impl Picture<'_> {
    fn draw(&self, book: usize, index: usize, limit: Option<usize>) -> Drawing {
        let given = Given {
            workbook: &self.workbooks[book],
            recognised: &self.seen[book],
            index,
            explained: &self.understood[book].1.sheets[index],
            findings: self.findings,
            limit,
        };
        drawing::draw(&given, |column| {
            column_text(column, self.lang).trim().to_owned()
        })
    }

    fn page(&self, name: &str, limit: Option<usize>) -> String {
        let mut parts = Vec::new();
        for (book, (file, e)) in self.understood.iter().enumerate() {
            for (index, sheet) in e.sheets.iter().enumerate() {
                let told = sheet_text(sheet, self.lang);
                let (head, told) = told.split_once('\n').unwrap_or((&told, ""));
                parts.push(Part {
                    file,
                    sheet: head.to_owned(),
                    drawing: self.draw(book, index, limit),
                    told: mask::in_text(told),
                    findings: self.findings,
                });
            }
        }
        html::page(name, &parts, self.findings, self.lang)
    }
}

fn sheet_text(sheet: &SheetExplanation, lang: Lang) -> String {
    let hidden = if sheet.hidden {
        say(lang, "inspect.hidden", &[])
    } else {
        String::new()
    };
    let mut lines = vec![say(
        lang,
        "inspect.sheet",
        &[("sheet", sheet.sheet.clone()), ("hidden", hidden)],
    )];
    for (kind, row, text) in &sheet.remarks {
        lines.push(say(
            lang,
            "inspect.remark",
            &[
                ("kind", say(lang, &format!("inspect.remark.{kind}"), &[])),
                ("row", row.to_string()),
                ("text", text.clone()),
            ],
        ));
    }
    for table in &sheet.tables {
        lines.extend(table_text(table, lang));
    }
    for out in &sheet.left_out {
        let rows = if out.first == out.last {
            out.first.to_string()
        } else {
            format!("{}-{}", out.first, out.last)
        };
        let why = say(lang, &format!("role.{}", out.why), &[]);
        lines.push(say(
            lang,
            "inspect.left-out",
            &[("rows", rows), ("why", why)],
        ));
    }
    lines.join("\n")
}

fn table_text(table: &TableExplanation, lang: Lang) -> Vec<String> {
    let header: Vec<String> = table.header_rows.iter().map(ToString::to_string).collect();
    let mut lines = vec![say(
        lang,
        "inspect.table",
        &[
            ("title", table.title.clone()),
            ("form", table.form.clone()),
            ("confidence", format!("{:.0}", table.confidence * 100.0)),
            ("header", header.join("-")),
            ("records", table.records.to_string()),
            (
                "first",
                table.rows.map_or(String::new(), |r| r.0.to_string()),
            ),
            (
                "last",
                table.rows.map_or(String::new(), |r| r.1.to_string()),
            ),
        ],
    )];
    for column in &table.columns {
        lines.push(column_text(column, lang));
        let near = column.near.iter().map(|(_, points, text)| {
            let text = message::expanded(lang, text.clone());
            let args = [("text", text), ("points", points.to_string())];
            say(lang, "inspect.near", &args)
        });
        lines.extend(near);
    }
    let evidence = table.evidence.join("; ");
    lines.push(say(lang, "inspect.evidence", &[("evidence", evidence)]));
    lines
}

fn column_text(column: &ColumnExplanation, lang: Lang) -> String {
    let field = match (&column.title, &column.field) {
        (Some(title), Some(id)) => format!("{title} {id}"),
        _ => message::say(lang, "inspect.no-field", &[]),
    };
    let unused = if column.stored || column.field.is_none() {
        String::new()
    } else {
        say(lang, "inspect.unused", &[])
    };
    // On a form of one person a value has a cell, not a column.
    let one_cell = column.column.ends_with(|c: char| c.is_ascii_digit());
    say(
        lang,
        if one_cell {
            "inspect.cell"
        } else {
            "inspect.column"
        },
        &[
            ("column", column.column.clone()),
            ("header", column.header.join("/")),
            ("field", field),
            ("unused", unused),
            (
                "how",
                say(lang, &format!("inspect.how.{}", column.how), &[]),
            ),
            ("sure", sure(column, lang)),
        ],
    )
}

/// How certain a known column is and what its cells are, where that can be told.
fn sure(column: &ColumnExplanation, lang: Lang) -> String {
    if column.field.is_none() {
        return String::new();
    }
    let cells = column.reasons.get(1);
    let args = [
        ("percent", format!("{:.0}", column.confidence * 100.0)),
        (
            "cells",
            cells.map_or_else(String::new, |c| {
                format!("{}{}", fold::LIST, message::expanded(lang, c.clone()))
            }),
        ),
    ];
    say(lang, "inspect.sure", &args)
}

fn sheet_json(sheet: &SheetExplanation, lang: Lang) -> Value {
    let tables: Vec<Value> = sheet.tables.iter().map(|t| table_json(t, lang)).collect();
    let left_out: Vec<Value> = sheet
        .left_out
        .iter()
        .map(|o| json!({ "first_row": o.first, "last_row": o.last, "why": o.why }))
        .collect();
    let remarks: Vec<Value> = sheet
        .remarks
        .iter()
        .map(|(kind, row, text)| json!({ "kind": kind, "row": row, "text": text }))
        .collect();
    json!({ "sheet": sheet.sheet, "hidden": sheet.hidden, "tables": tables, "left_out": left_out, "remarks": remarks })
}

fn table_json(table: &TableExplanation, lang: Lang) -> Value {
    let columns: Vec<Value> = table
        .columns
        .iter()
        .map(|c| {
            json!({
                "column": c.column, "header": c.header, "field": c.field, "title": c.title,
                "stored": c.stored, "how": c.how, "factor": c.factor,
                "confidence": (f64::from(c.confidence) * 100.0).round() / 100.0,
                "reasons": c.reasons.iter().map(|r| message::expanded(lang, r.clone())).collect::<Vec<_>>(),
                "near": c.near.iter().map(|(field, points, text)| json!({
                    "field": field, "points": points, "text": message::expanded(lang, text.clone()),
                })).collect::<Vec<_>>(),
            })
        })
        .collect();
    let totals: Vec<Value> = table
        .totals
        .iter()
        .map(|(row, first, last)| json!({ "row": row, "first_row": first, "last_row": last }))
        .collect();
    json!({
        "form": table.form, "title": table.title, "confidence": table.confidence,
        "evidence": table.evidence, "header_rows": table.header_rows, "columns": columns,
        "records": table.records, "first_row": table.rows.map(|r| r.0),
        "last_row": table.rows.map(|r| r.1), "totals": totals,
    })
}
