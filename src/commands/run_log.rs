//! `run.json`: what was read, what became of every row, what was written, how long it took.

use crate::account::{InputAccount, PreviousAccount, SheetAccount};
use crate::diagnostic::{Diagnostic, Severity};
use crate::scheme::Scheme;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// One file that the run wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Path below the output folder.
    pub path: String,
    /// Bytes.
    pub size: usize,
}

/// Sums over all sheets of all files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Input files, archive members not counted.
    pub files: u64,
    /// By verdict.
    pub verdicts: BTreeMap<&'static str, u64>,
    /// All rows.
    pub rows: SheetAccount,
}

/// Adds up the accounts.
pub fn totals(inputs: &[InputAccount]) -> Totals {
    let mut totals = Totals::default();
    for input in inputs {
        totals.files += 1;
        *totals.verdicts.entry(input.verdict.as_str()).or_default() += 1;
        for sheet in &input.sheets {
            totals.rows.rows_seen += sheet.rows_seen;
            totals.rows.kept += sheet.kept;
            totals.rows.rejected += sheet.rejected;
            for (kind, rows) in &sheet.explained {
                *totals.rows.explained.entry(kind).or_default() += rows;
            }
        }
    }
    totals
}

/// How many findings of each severity.
pub fn severities(diagnostics: &[Diagnostic]) -> [(Severity, usize); 3] {
    [Severity::Error, Severity::Warning, Severity::Note]
        .map(|s| (s, diagnostics.iter().filter(|d| d.severity == s).count()))
}

/// The whole log.
pub fn json(
    scheme: &Scheme,
    inputs: &[InputAccount],
    diagnostics: &[Diagnostic],
    written: &[Written],
    seconds: &[(&str, f64)],
) -> Value {
    let totals = totals(inputs);
    let mut counts = Map::new();
    for (severity, count) in severities(diagnostics) {
        counts.insert(severity.as_str().into(), json!(count));
    }
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for d in diagnostics {
        *rules.entry(d.rule.name()).or_default() += 1;
    }
    let mut all = rows(&totals.rows);
    all.insert("files".into(), json!(totals.files));
    all.insert("verdicts".into(), json!(totals.verdicts));
    let inputs: Vec<Value> = inputs.iter().map(input).collect();
    let outputs: Vec<Value> = written
        .iter()
        .map(|w| json!({ "path": w.path, "size": w.size }))
        .collect();
    let seconds: Map<String, Value> = seconds
        .iter()
        .map(|(stage, s)| ((*stage).to_owned(), json!((s * 1000.0).round() / 1000.0)))
        .collect();
    json!({
        "tool": "huizong",
        "version": env!("CARGO_PKG_VERSION"),
        "scheme": scheme.id,
        "scheme_title": scheme.title,
        "document": scheme.document,
        "in_force": {
            "from": scheme.effective.0.map(|d| d.to_string()),
            "until": scheme.effective.1.map(|d| d.to_string()),
            "holds": scheme.is_in_force(),
        },
        "doubts": scheme.doubts.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "period": scheme.period,
        "cut_off": scheme.cut_off.to_string(),
        "totals": all,
        "diagnostics": { "by_severity": counts, "by_rule": rules },
        "inputs": inputs,
        "outputs": outputs,
        "seconds": seconds,
    })
}

/// The earlier period that the run was compared with.
pub fn previous(path: &Path, account: &PreviousAccount) -> Value {
    json!({
        "path": path.display().to_string(),
        "records": account.records,
        "rows_unused": account.rows,
        "files_unused": account.files,
    })
}

fn input(input: &InputAccount) -> Value {
    let sheets: Vec<Value> = input
        .sheets
        .iter()
        .map(|s| {
            let mut o = Map::new();
            o.insert("sheet".into(), json!(&*s.sheet));
            o.insert("forms".into(), json!(s.forms));
            o.extend(rows(s));
            Value::Object(o)
        })
        .collect();
    json!({
        "file": &*input.file,
        "size": input.size,
        "sha256": input.sha256,
        "verdict": input.verdict.as_str(),
        "sheets": sheets,
    })
}

fn rows(account: &SheetAccount) -> Map<String, Value> {
    let mut o = Map::new();
    o.insert("rows_seen".into(), json!(account.rows_seen));
    o.insert("kept".into(), json!(account.kept));
    o.insert("rejected".into(), json!(account.rejected));
    o.insert("explained".into(), json!(account.explained));
    o
}
