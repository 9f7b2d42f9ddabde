//! The end of a run in a few lines for the clerk: what was read, that the rows add up, what is
//! wrong first.

use super::register;
use super::run_log::{severities, totals};
use crate::account::InputAccount;
use crate::diagnostic::item::Progress;
use crate::diagnostic::{Diagnostic, Rule, Severity, render};
use crate::message::{Lang, say};
use crate::pipeline::Concluded;
use crate::scheme::Scheme;
use std::collections::BTreeMap;

/// Findings shown one by one before the rest is only counted.
const SHOWN: usize = 12;

/// What was read and that the rows add up.
pub fn account(scheme: &Scheme, inputs: &[InputAccount], lang: Lang) -> String {
    let totals = totals(inputs);
    let verdict = |name: &str| totals.verdicts.get(name).copied().unwrap_or(0).to_string();
    let explained: u64 = totals.rows.explained.values().sum();
    let scheme_line = say(
        lang,
        "cli.summary.scheme",
        &[
            ("scheme", scheme.title.clone()),
            ("period", scheme.period.clone()),
            ("cut_off", scheme.cut_off.to_string()),
        ],
    );
    let files_line = say(
        lang,
        "cli.summary.files",
        &[
            ("files", totals.files.to_string()),
            ("read", verdict("read")),
            ("refused", verdict("refused")),
            ("unrecognised", verdict("unrecognised")),
            ("duplicate", verdict("duplicate")),
            ("skipped", verdict("skipped")),
        ],
    );
    let rows_line = say(
        lang,
        "cli.summary.rows",
        &[
            ("seen", totals.rows.rows_seen.to_string()),
            ("kept", totals.rows.kept.to_string()),
            ("rejected", totals.rows.rejected.to_string()),
            ("explained", explained.to_string()),
        ],
    );
    format!("{scheme_line}\n{files_line}\n{rows_line}")
}

/// What else the clerk should know: the bureau's own decisions, the earlier period, and what does
/// not add up in the scheme itself.
pub fn besides(scheme: &Scheme, concluded: &Concluded, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    let carried_out = concluded.decisions.len();
    let not = [
        Rule::CorrectionInvalid,
        Rule::CorrectionOutdated,
        Rule::CorrectionUnused,
    ];
    let open = concluded.diagnostics.iter();
    let open = open.filter(|d| not.contains(&d.rule)).count();
    if carried_out + open > 0 {
        let args = [
            ("done", carried_out.to_string()),
            ("open", open.to_string()),
        ];
        lines.push(say(lang, "cli.summary.decisions", &args));
    }
    if let Some(previous) = &concluded.dataset.previous {
        let account = previous.account;
        let args = [
            ("records", account.records.to_string()),
            ("rows", account.rows.to_string()),
            ("files", account.files.to_string()),
        ];
        lines.push(say(lang, "cli.summary.previous", &args));
    }
    for doubt in &scheme.doubts {
        let args = [("doubt", doubt.text(lang))];
        lines.push(say(lang, "cli.summary.doubt", &args));
    }
    lines
}

/// What became of what the schools were told of before, where they were told of anything.
pub fn progress(progress: &[Progress], lang: Lang) -> Option<String> {
    let total = register::total(progress)?;
    let args = [
        ("closed", total.closed.to_string()),
        ("open", total.open.to_string()),
        ("new", total.new.to_string()),
        ("unsent", total.unsent.to_string()),
    ];
    let key = match total.unsent {
        0 => "cli.summary.progress",
        _ => "cli.summary.progress.unsent",
    };
    Some(say(lang, key, &args))
}

/// All findings counted, in all and by rule.
pub fn counts(diagnostics: &[Diagnostic], lang: Lang) -> String {
    let counts = severities(diagnostics).map(|(_, n)| n.to_string());
    let [errors, warnings, notes] = counts;
    let args = [("errors", errors), ("warnings", warnings), ("notes", notes)];
    let mut lines = vec![say(lang, "cli.summary.findings", &args)];
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for d in diagnostics {
        *rules.entry(d.rule.name()).or_default() += 1;
    }
    let mut rules: Vec<(&str, usize)> = rules.into_iter().collect();
    rules.sort_by_key(|&(name, n)| (std::cmp::Reverse(n), name));
    if !rules.is_empty() {
        let list: Vec<String> = rules
            .iter()
            .map(|(name, n)| format!("{name} {n}"))
            .collect();
        lines.push(format!("  {}", list.join("  ")));
    }
    lines.join("\n")
}

/// All findings counted, then the first errors one by one.
pub fn findings(diagnostics: &[Diagnostic], lang: Lang) -> String {
    let mut lines = vec![counts(diagnostics, lang)];
    let errors: Vec<&Diagnostic> = diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .collect();
    for d in errors.iter().take(SHOWN) {
        lines.push(one(d, lang));
    }
    if errors.len() > SHOWN {
        let more = (errors.len() - SHOWN).to_string();
        lines.push(say(lang, "cli.summary.more", &[("more", more)]));
    }
    lines.join("\n")
}

/// One finding: place, what is wrong, what to do.
pub fn one(d: &Diagnostic, lang: Lang) -> String {
    say(
        lang,
        "cli.finding",
        &[
            (
                "severity",
                say(lang, &format!("severity.{}", d.severity.as_str()), &[]),
            ),
            ("rule", d.rule.name().to_owned()),
            ("place", render::place(d, lang)),
            ("message", render::message(d, lang)),
            ("hint", render::hint(d, lang)),
        ],
    )
}
