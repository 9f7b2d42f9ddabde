//! What a scheme says about rules: how bad a breach is, other thresholds, and which it does
//! without. `[rules.<name>]` says all three; `[severity]` and `[checks.<name>]` say one each, for
//! many rules in few lines.

use super::read::{Table, Value};
use crate::diagnostic::{Group, Rule, Severity};
use crate::scheme::Scheme;

const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Note];
/// Keys of `[rules.<name>]` that are no thresholds.
const SEVERITY: &str = "severity";
const OFF: &str = "off";

/// Reads the three tables.
pub(super) fn read(root: &Table<'_, '_>, scheme: &mut Scheme) {
    let names: Vec<&str> = Rule::ALL.iter().map(|r| r.name()).collect();
    let find = |t: &Table<'_, '_>, rule: &str| {
        let found = t.find_key(rule, &names, "scheme.unknown-rule")?;
        Some(Rule::ALL[found])
    };
    if let Some(t) = root.table("severity") {
        for (rule, value) in t.entries() {
            let rule = find(&t, rule);
            if let (Some(rule), Some(s)) = (rule, severity(&t, value)) {
                scheme.severities.insert(rule, s);
            }
        }
    }
    if let Some(all) = root.table("checks") {
        for (name, value) in all.entries() {
            if let (Some(rule), Some(t)) = (find(&all, name), all.as_table(value)) {
                thresholds(&t, rule, &[], scheme);
            }
        }
    }
    let Some(all) = root.table("rules") else {
        return;
    };
    for (name, value) in all.entries() {
        let (Some(rule), Some(t)) = (find(&all, name), all.as_table(value)) else {
            continue;
        };
        if let Some(s) = t.get(SEVERITY).and_then(|v| severity(&t, v)) {
            scheme.severities.insert(rule, s);
        }
        if t.boolean(OFF) == Some(true) {
            // Nothing else says that such a file is missing from the figures.
            if Group::find("files").is_some_and(|g| g.rules().contains(&rule)) {
                t.wrong(OFF, "scheme.rule-stays-on");
            }
            scheme.off.insert(rule);
        }
        thresholds(&t, rule, &[SEVERITY, OFF], scheme);
    }
}

fn severity(t: &Table<'_, '_>, value: &Value<'_>) -> Option<Severity> {
    let text = t.value_text(value)?;
    let words: Vec<&str> = SEVERITIES.iter().map(|s| s.as_str()).collect();
    t.choice_at(value, &text, &words).map(|i| SEVERITIES[i])
}

/// Sets the thresholds of a rule wherever a form has them; `besides` are other keys of the table.
fn thresholds(t: &Table<'_, '_>, rule: Rule, besides: &[&str], scheme: &mut Scheme) {
    let of_rule = |c: &&crate::scheme::Check| c.rule == rule;
    let checks = scheme.forms.iter().flat_map(|f| &f.checks);
    let mut known: Vec<String> = checks
        .filter(of_rule)
        .flat_map(|c| c.params.keys().cloned())
        .chain(besides.iter().map(|k| (*k).to_owned()))
        .collect();
    known.sort();
    known.dedup();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    for (param, value) in t.entries() {
        if t.find_key(param, &known, "scheme.unknown-key").is_none() || besides.contains(&param) {
            continue;
        }
        let Some(number) = t.value_exact(value) else {
            continue;
        };
        let checks = scheme.forms.iter_mut().flat_map(|f| &mut f.checks);
        for check in checks.filter(|c| c.rule == rule) {
            if let Some(slot) = check.params.get_mut(param) {
                *slot = number.to_f64();
            }
        }
    }
}
