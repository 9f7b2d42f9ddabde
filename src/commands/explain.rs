//! `huizong explain`: the page of a rule, or the list of a group or of all.

use super::pick::unknown;
use super::{Finding, Refusal, print};
use crate::cli::ExplainArgs;
use crate::diagnostic::{Group, Rule};
use crate::message::{self, Lang};
use serde_json::json;

/// Carries out the command.
///
/// # Errors
/// When there is no such rule or group.
pub fn explain(args: &ExplainArgs, lang: Lang) -> Result<Finding, Refusal> {
    let asked = args.rule.as_deref();
    let one = asked.and_then(Rule::find);
    let groups: Vec<Group> = match (asked, one) {
        (None, _) => Group::ALL.to_vec(),
        (Some(_), Some(_)) => Vec::new(),
        (Some(text), None) => vec![Group::find(text).ok_or_else(|| unknown(text, lang))?],
    };
    if args.json {
        let rules = groups.iter().flat_map(|g| g.rules()).chain(one);
        let all: Vec<_> = rules
            .map(|r| {
                json!({ "rule": r.name(), "code": r.code(), "severity": r.severity().as_str(), "page": r.page(lang) })
            })
            .collect();
        print(&serde_json::to_string_pretty(&all).unwrap_or_default());
    } else if let Some(rule) = one {
        print(rule.page(lang).trim_end());
    }
    for group in groups.iter().filter(|_| !args.json) {
        let title = message::say(lang, &format!("group.{}", group.name), &[]);
        print(&format!("{} {title}", group.name));
        group.rules().iter().for_each(|r| print(&line(*r, lang)));
    }
    Ok(Finding::Clean)
}

/// A rule in one line: code, name, severity, what it is about.
fn line(rule: Rule, lang: Lang) -> String {
    let severity = message::say(lang, &format!("severity.{}", rule.severity().as_str()), &[]);
    let mut lines = rule.page(lang).lines();
    let headline = lines.find(|l| !l.is_empty() && !l.starts_with('#'));
    let headline = headline.unwrap_or("");
    format!(
        "  {} {:<24} {severity}  {headline}",
        rule.code(),
        rule.name()
    )
}
