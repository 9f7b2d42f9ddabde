//! `huizong inspect`: how a workbook was understood.

use super::{Finding, Refusal, inbox, pick, print, run, setup, summary, workspace::Workspace};
use crate::cli::InspectArgs;
use crate::diagnostic::{Diagnosed, Diagnostic};
use crate::intake;
use crate::message::{self, Lang, say};
use crate::normalise;
use crate::pipeline;
use crate::recognise;
use crate::recognise::explain::{ColumnExplanation, SheetExplanation, TableExplanation, explain};
use crate::scheme::parse;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;

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
    let mut understood = Vec::new();
    for workbook in &workbooks {
        let recognised = recognise::tables(workbook, &scheme);
        let records = normalise::records(workbook, &recognised.value, &scheme);
        understood.push((
            workbook.file.to_string(),
            explain(workbook, &recognised.value, &scheme),
        ));
        findings.extend(recognised.diagnostics);
        findings.extend(records.diagnostics);
    }
    if args.json {
        let files: Vec<Value> = understood
            .iter()
            .map(|(file, e)| json!({ "file": file, "sheets": e.sheets.iter().map(sheet_json).collect::<Vec<_>>() }))
            .collect();
        let all = json!({ "workbooks": files, "diagnostics": run::Diagnostics(&findings, lang) });
        print(&String::from_utf8_lossy(&run::pretty(&all)));
    } else {
        for (file, e) in &understood {
            print(file);
            for sheet in &e.sheets {
                print(&sheet_text(sheet, lang));
            }
        }
        for d in &findings {
            print(&summary::one(d, lang));
        }
    }
    Ok(pick::finding(&findings, false))
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
    lines.extend(table.columns.iter().map(|c| column_text(c, lang)));
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
    say(
        lang,
        "inspect.column",
        &[
            ("column", column.column.clone()),
            ("header", column.header.join("/")),
            ("field", field),
            ("unused", unused),
            (
                "how",
                say(lang, &format!("inspect.how.{}", column.how), &[]),
            ),
        ],
    )
}

fn sheet_json(sheet: &SheetExplanation) -> Value {
    let tables: Vec<Value> = sheet.tables.iter().map(table_json).collect();
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

fn table_json(table: &TableExplanation) -> Value {
    let columns: Vec<Value> = table
        .columns
        .iter()
        .map(|c| {
            json!({
                "column": c.column, "header": c.header, "field": c.field, "title": c.title,
                "stored": c.stored, "how": c.how, "factor": c.factor,
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
