//! `huizong explain`: the page of a rule, or the list of all rules.

use super::{Finding, Refusal, print};
use crate::cli::ExplainArgs;
use crate::diagnostic::Rule;
use crate::message::{self, Lang};
use serde_json::json;

/// Carries out the command.
///
/// # Errors
/// When there is no such rule.
pub fn explain(args: &ExplainArgs, lang: Lang) -> Result<Finding, Refusal> {
    let rules: Vec<Rule> = match &args.rule {
        None => Rule::ALL.to_vec(),
        Some(text) => vec![Rule::find(text).ok_or_else(|| unknown(text, lang))?],
    };
    if args.json {
        let all: Vec<_> = rules
            .iter()
            .map(|r| {
                json!({ "rule": r.name(), "code": r.code(), "severity": r.severity().as_str(), "page": r.page(lang) })
            })
            .collect();
        print(&serde_json::to_string_pretty(&all).unwrap_or_default());
    } else if args.rule.is_some() {
        for rule in rules {
            print(rule.page(lang).trim_end());
        }
    } else {
        for rule in rules {
            let severity =
                message::say(lang, &format!("severity.{}", rule.severity().as_str()), &[]);
            let headline = rule
                .page(lang)
                .lines()
                .find(|l| !l.is_empty() && !l.starts_with('#'));
            print(&format!(
                "{} {:<24} {severity}  {}",
                rule.code(),
                rule.name(),
                headline.unwrap_or("")
            ));
        }
    }
    Ok(Finding::Clean)
}

fn unknown(text: &str, lang: Lang) -> Refusal {
    let nearest = Rule::ALL
        .iter()
        .map(|r| (strsim::damerau_levenshtein(text, r.name()), r.name()))
        .min()
        .map_or("", |(_, name)| name);
    Refusal::say(
        lang,
        "cli.rule-unknown",
        &[("rule", text.to_owned()), ("nearest", nearest.to_owned())],
    )
}
