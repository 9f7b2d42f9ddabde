//! `run.json`: what was read, what became of every row, what was written, how long it took.

use super::pick::LeftOut;
use super::register;
use crate::account::{InputAccount, PreviousAccount, SheetAccount};
use crate::diagnostic::item::Progress;
use crate::diagnostic::{Decision, Diagnostic, Severity};
use crate::scheme::Scheme;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// One file that the run wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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

/// The whole log; keys stand in the order in which the file has them.
#[derive(Debug, Serialize)]
pub struct Log<'a> {
    cut_off: String,
    decisions: Vec<Decided<'a>>,
    diagnostics: Counts<'a>,
    document: &'a str,
    doubts: Vec<String>,
    in_force: InForce,
    inputs: Vec<Input<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Items>,
    #[serde(skip_serializing_if = "LeftOut::is_empty")]
    left_out: &'a LeftOut,
    outputs: &'a [Written],
    period: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<Previous>,
    scheme: &'a str,
    scheme_title: &'a str,
    seconds: BTreeMap<&'a str, f64>,
    tool: &'a str,
    totals: AllRows<'a>,
    version: &'a str,
}

/// A decision of the bureau that was carried out; id numbers and phones are masked.
#[derive(Debug, Serialize)]
struct Decided<'a> {
    action: &'a str,
    after: &'a str,
    before: &'a str,
    cell: Option<String>,
    date: &'a str,
    field: &'a str,
    file: &'a str,
    form: &'a str,
    /// Row of the table of decisions.
    line: Option<u32>,
    reason: &'a str,
    records: u64,
    row: Option<u32>,
    sheet: &'a str,
    who: &'a str,
}

/// The days on which the scheme is in force, and whether the period lies in them.
#[derive(Debug, Serialize)]
struct InForce {
    from: Option<String>,
    holds: bool,
    until: Option<String>,
}

/// What became of what schools were told of before.
#[derive(Debug, Serialize)]
struct Items {
    closed: u64,
    new: u64,
    open: u64,
    unsent: u64,
}

/// The earlier period that the run was compared with.
#[derive(Debug, Serialize)]
struct Previous {
    files_unused: u64,
    path: String,
    records: u64,
    rows_unused: u64,
}

#[derive(Debug, Serialize)]
struct Counts<'a> {
    by_rule: BTreeMap<&'a str, usize>,
    by_severity: BTreeMap<&'a str, usize>,
}

#[derive(Debug, Serialize)]
struct AllRows<'a> {
    explained: &'a BTreeMap<&'static str, u64>,
    files: u64,
    kept: u64,
    rejected: u64,
    rows_seen: u64,
    verdicts: &'a BTreeMap<&'static str, u64>,
}

#[derive(Debug, Serialize)]
struct Input<'a> {
    file: &'a str,
    sha256: &'a str,
    sheets: Vec<Sheet<'a>>,
    size: u64,
    verdict: &'a str,
}

#[derive(Debug, Serialize)]
struct Sheet<'a> {
    explained: &'a BTreeMap<&'static str, u64>,
    forms: &'a [String],
    kept: u64,
    rejected: u64,
    rows_seen: u64,
    sheet: &'a str,
}

/// All findings, those left out, the bureau's decisions that were carried out, and what became of
/// earlier findings.
type Found<'f, 'a> = (
    &'f [Diagnostic],
    &'a LeftOut,
    &'a [Decision],
    &'f [Progress],
);

/// The log of a run whose rows add up to these totals, and which was compared with an earlier period
/// if there was one: where it lies and what came of it.
pub fn log<'a>(
    scheme: &'a Scheme,
    inputs: &'a [InputAccount],
    totals: &'a Totals,
    (diagnostics, left_out, decisions, progress): Found<'_, 'a>,
    written: &'a [Written],
    seconds: &[(&'a str, f64)],
    previous: Option<(&Path, &PreviousAccount)>,
) -> Log<'a> {
    let mut by_rule: BTreeMap<&str, usize> = BTreeMap::new();
    for d in diagnostics {
        *by_rule.entry(d.rule.name()).or_default() += 1;
    }
    let rows = &totals.rows;
    Log {
        cut_off: scheme.cut_off.to_string(),
        decisions: decisions.iter().map(decided).collect(),
        diagnostics: Counts {
            by_rule,
            by_severity: severities(diagnostics)
                .into_iter()
                .map(|(s, n)| (s.as_str(), n))
                .collect(),
        },
        document: &scheme.document,
        doubts: scheme.doubts.iter().map(ToString::to_string).collect(),
        in_force: InForce {
            from: scheme.effective.0.map(|d| d.to_string()),
            holds: scheme.is_in_force(),
            until: scheme.effective.1.map(|d| d.to_string()),
        },
        inputs: inputs.iter().map(input).collect(),
        items: register::total(progress).map(|p| Items {
            closed: p.closed,
            new: p.new,
            open: p.open,
            unsent: p.unsent,
        }),
        left_out,
        outputs: written,
        period: &scheme.period,
        previous: previous.map(|(path, account)| Previous {
            files_unused: account.files,
            path: path.display().to_string(),
            records: account.records,
            rows_unused: account.rows,
        }),
        scheme: &scheme.id,
        scheme_title: &scheme.title,
        seconds: seconds
            .iter()
            .map(|(stage, s)| (*stage, (s * 1000.0).round() / 1000.0))
            .collect(),
        tool: "huizong",
        totals: AllRows {
            explained: &rows.explained,
            files: totals.files,
            kept: rows.kept,
            rejected: rows.rejected,
            rows_seen: rows.rows_seen,
            verdicts: &totals.verdicts,
        },
        version: env!("CARGO_PKG_VERSION"),
    }
}

fn decided(d: &Decision) -> Decided<'_> {
    Decided {
        action: d.action.as_str(),
        after: &d.after,
        before: &d.before,
        cell: d.place.cell(),
        date: &d.decided.date,
        field: &d.field,
        file: &d.place.file,
        form: &d.form,
        line: d.line.row.map(|r| r + 1),
        reason: &d.decided.reason,
        records: d.records,
        row: d.place.row.map(|r| r + 1),
        sheet: &d.place.sheet,
        who: &d.decided.who,
    }
}

fn input(input: &InputAccount) -> Input<'_> {
    let sheets = input.sheets.iter().map(|s| Sheet {
        explained: &s.explained,
        forms: &s.forms,
        kept: s.kept,
        rejected: s.rejected,
        rows_seen: s.rows_seen,
        sheet: &s.sheet,
    });
    Input {
        file: &input.file,
        sha256: &input.sha256,
        sheets: sheets.collect(),
        size: input.size,
        verdict: input.verdict.as_str(),
    }
}
