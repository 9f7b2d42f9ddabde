//! The cover sheet: what went in, what became of it, what the workbook holds and how to read it.

use super::board::{self, State};
use super::{Context, cell, column, count, group, item};
use crate::account::Verdict;
use crate::diagnostic::{Rule, Severity};
use crate::report::page::{Align, Content, Line, LineKind, Meaning, Page, Show};
use crate::report::words::{Key, PREFIX_EXPLAINED, PREFIX_RULE, PREFIX_VERDICT};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Names listed in one cell; the board has them all.
const NAMES: usize = 40;
/// Characters that a page's title must keep to be one.
const SHORTEST: usize = 4;
/// Columns of the sheet.
const COLUMNS: usize = 3;

/// The cover of the workbook with these other pages.
pub fn page(cx: &Context<'_>, sheet: Arc<str>, pages: &[Page]) -> Page {
    let words = cx.words;
    let mut lines = Vec::new();
    general(cx, &mut lines);
    schools(cx, &mut lines);
    files(cx, &mut lines);
    rows(cx, &mut lines);
    problems(cx, &mut lines);
    lines.push(group(words.get(Key::CoverContents), COLUMNS));
    for page in pages {
        lines.push(wide(&page.sheet, short(cx, &page.title).to_owned()));
    }
    let label = |k: Key| words.get(k);
    Page {
        sheet,
        title: cx.filled(&label(Key::CoverTitle)),
        subtitle: cx.subtitle(""),
        columns: vec![
            column(
                label(Key::CoverItem),
                Show::Words,
                Align::Left,
                (22.0, 26.0),
            ),
            column(
                label(Key::CoverFigure),
                Show::Whole,
                Align::Centre,
                (11.0, 14.0),
            ),
            column(
                label(Key::CoverRemark),
                Show::Words,
                Align::Left,
                (42.0, 44.0),
            ),
        ],
        stub: 1,
        lines,
        footnotes: cx.notes(notes(cx)),
        ..Page::default()
    }
}

/// A title without what all of them begin with: bureau, year, scheme.
fn short<'t>(cx: &Context<'_>, title: &'t str) -> &'t str {
    let scheme = cx.scheme.title.as_str();
    let after = title.split_once(scheme).map(|(_, after)| after);
    after
        .filter(|a| a.chars().count() >= SHORTEST)
        .unwrap_or(title)
}

/// How the workbook is to be read.
fn notes(cx: &Context<'_>) -> Vec<String> {
    let words = cx.words;
    let mut out = vec![
        words.get(Key::CoverRounding),
        words.get(Key::CoverFormulas),
        words.get(Key::CoverFonts),
    ];
    let ledgers = cx.findings.ledgers;
    if !ledgers.inside.is_empty() {
        out.push(words.get(Key::CoverLedgers));
    } else if !ledgers.outside.is_empty() {
        let name = |path: &String| path.rsplit('/').next().unwrap_or(path).to_owned();
        let files: Vec<String> = ledgers.outside.iter().map(name).collect();
        let files = files.join(&words.get(Key::ListComma));
        out.push(words.fill(Key::CoverLedgersApart, &[("files", files)]));
    }
    out
}

/// A name and words over the other columns.
fn wide(name: &str, text: String) -> Line {
    let mut words = item(text);
    words.across = COLUMNS as u16 - 1;
    Line {
        kind: LineKind::Leaf,
        cells: vec![item(name), words],
    }
}

/// A name, a figure and a remark.
fn counted(name: String, n: u64, remark: String) -> Line {
    Line {
        kind: LineKind::Leaf,
        cells: vec![
            item(name),
            count(n),
            cell(Meaning::Note, Content::Text(remark)),
        ],
    }
}

fn general(cx: &Context<'_>, lines: &mut Vec<Line>) {
    let words = cx.words;
    lines.push(group(words.get(Key::CoverGeneral), COLUMNS));
    for (key, text) in [
        (Key::CoverBureau, cx.scheme.bureau.clone()),
        (Key::CoverScheme, cx.scheme.title.clone()),
        (Key::CoverDocument, cx.scheme.document.clone()),
        (Key::CoverPeriod, cx.period.clone()),
        (Key::CoverCutOff, cx.cut_off.clone()),
        (
            Key::CoverVersion,
            format!("huizong {}", cx.findings.version),
        ),
    ] {
        if !text.is_empty() {
            lines.push(wide(&words.get(key), text));
        }
    }
}

fn schools(cx: &Context<'_>, lines: &mut Vec<Line>) {
    if cx.findings.board.is_empty() {
        return;
    }
    let words = cx.words;
    lines.push(group(words.get(Key::CoverSchools), COLUMNS));
    let known = !cx.scheme.directory.is_empty();
    let listed = || {
        cx.findings
            .board
            .iter()
            .filter(move |l| !known || l.index.is_some())
    };
    let expected = listed().count() as u64;
    lines.push(counted(
        words.get(Key::CoverExpected),
        expected,
        String::new(),
    ));
    for (wanted, key) in [
        (State::Complete, Key::CoverComplete),
        (State::Partial, Key::CoverPartial),
        (State::Missing, Key::CoverMissing),
    ] {
        let found: Vec<&str> = listed()
            .filter(|l| board::state(l) == wanted)
            .map(|l| l.school.as_str())
            .collect();
        let remark = match wanted {
            State::Complete => String::new(),
            _ => named(cx, &found, Key::BoardSheet),
        };
        lines.push(counted(words.get(key), found.len() as u64, remark));
    }
    let strays: Vec<&str> = cx
        .findings
        .board
        .iter()
        .filter(|l| known && l.index.is_none())
        .map(|l| l.school.as_str())
        .collect();
    if !strays.is_empty() {
        let names = named(cx, &strays, Key::BoardSheet);
        lines.push(counted(
            words.get(Key::CoverUnlisted),
            strays.len() as u64,
            names,
        ));
    }
}

/// Names, the first of them if there are many; another sheet has the rest.
fn named(cx: &Context<'_>, names: &[&str], rest: Key) -> String {
    let shown = cx.words.list(names.iter().take(NAMES).copied());
    if names.len() <= NAMES {
        return shown;
    }
    let sheet = cx.words.get(rest);
    cx.words.fill(
        Key::CoverAndMore,
        &[
            ("names", shown),
            ("n", names.len().to_string()),
            ("sheet", sheet),
        ],
    )
}

fn files(cx: &Context<'_>, lines: &mut Vec<Line>) {
    let words = cx.words;
    lines.push(group(words.get(Key::CoverFiles), COLUMNS));
    let mut by: BTreeMap<Verdict, Vec<&str>> = BTreeMap::new();
    for input in cx.findings.inputs {
        by.entry(input.verdict).or_default().push(&input.file);
    }
    lines.push(counted(
        words.get(Key::CoverAllFiles),
        cx.findings.inputs.len() as u64,
        String::new(),
    ));
    for verdict in [
        Verdict::Read,
        Verdict::Unrecognised,
        Verdict::Refused,
        Verdict::Duplicate,
        Verdict::Skipped,
    ] {
        let files = by.remove(&verdict).unwrap_or_default();
        if files.is_empty() && verdict != Verdict::Read {
            continue;
        }
        let remark = match verdict {
            Verdict::Read => String::new(),
            _ => {
                let masked: Vec<String> = files
                    .iter()
                    .map(|f| crate::diagnostic::mask::in_text(f))
                    .collect();
                let names: Vec<&str> = masked.iter().map(String::as_str).collect();
                named(cx, &names, Key::ProblemsSheet)
            }
        };
        lines.push(counted(
            words.named(PREFIX_VERDICT, verdict.as_str()),
            files.len() as u64,
            remark,
        ));
    }
}

fn rows(cx: &Context<'_>, lines: &mut Vec<Line>) {
    let words = cx.words;
    lines.push(group(words.get(Key::CoverRows), COLUMNS));
    let (mut seen, mut kept, mut rejected) = (0u64, 0u64, 0u64);
    let mut explained: BTreeMap<&str, u64> = BTreeMap::new();
    for sheet in cx.findings.inputs.iter().flat_map(|i| &i.sheets) {
        seen += sheet.rows_seen;
        kept += sheet.kept;
        rejected += sheet.rejected;
        for (kind, n) in &sheet.explained {
            *explained.entry(kind).or_default() += n;
        }
    }
    let rest: u64 = explained.values().sum();
    let kinds: Vec<String> = explained
        .iter()
        .filter(|(_, n)| **n > 0)
        .map(|(kind, n)| format!("{} {n}", words.named(PREFIX_EXPLAINED, kind)))
        .collect();
    let balances = seen == kept + rejected + rest;
    let args = [
        ("seen", seen.to_string()),
        ("kept", kept.to_string()),
        ("rejected", rejected.to_string()),
        ("explained", rest.to_string()),
    ];
    let key = match balances {
        true => Key::CoverBalance,
        false => Key::CoverUnbalanced,
    };
    lines.push(counted(
        words.get(Key::CoverSeen),
        seen,
        words.fill(key, &args),
    ));
    lines.push(counted(words.get(Key::CoverKept), kept, String::new()));
    lines.push(counted(
        words.get(Key::CoverRejected),
        rejected,
        String::new(),
    ));
    lines.push(counted(
        words.get(Key::CoverExplained),
        rest,
        words.list(kinds.iter().map(String::as_str)),
    ));
}

fn problems(cx: &Context<'_>, lines: &mut Vec<Line>) {
    let words = cx.words;
    lines.push(group(words.get(Key::CoverProblems), COLUMNS));
    let mut by: BTreeMap<(Severity, u16), (Rule, u64)> = BTreeMap::new();
    for d in cx.findings.diagnostics {
        by.entry((d.severity, d.rule.code()))
            .or_insert((d.rule, 0))
            .1 += 1;
    }
    if by.is_empty() {
        let none = words.get(Key::CoverNoProblems);
        lines.push(wide("", none));
        return;
    }
    for ((severity, code), (rule, n)) in by {
        let word = words.get(match severity {
            Severity::Error => Key::SeverityError,
            Severity::Warning => Key::SeverityWarning,
            Severity::Note => Key::SeverityNote,
        });
        lines.push(counted(
            words.named(PREFIX_RULE, rule.name()),
            n,
            format!("{word}  {code}  {}", rule.name()),
        ));
    }
}
