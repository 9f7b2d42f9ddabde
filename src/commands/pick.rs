//! Which findings a command shows: `--only`, `--ignore`, `--strict`. What is left out is counted;
//! figures never depend on it.

use super::{Finding, Refusal};
use crate::cli::RuleArgs;
use crate::diagnostic::{Diagnostic, Group, Rule, Severity};
use crate::message::{Lang, say};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What the arguments ask for.
#[derive(Debug)]
pub struct Pick {
    strict: bool,
    shown: BTreeSet<Rule>,
}

/// Findings that were made and are not shown.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// By the command line, a rule.
    asked: BTreeMap<&'static str, usize>,
    /// By the scheme, a rule.
    scheme: BTreeMap<&'static str, usize>,
}

impl Pick {
    /// Resolves the names.
    ///
    /// # Errors
    /// When one is neither rule nor group.
    pub fn of(args: &RuleArgs, lang: Lang) -> Result<Pick, Refusal> {
        let mut shown: BTreeSet<Rule> = match args.only.as_slice() {
            [] => Rule::ALL.iter().copied().collect(),
            only => rules(only, lang)?,
        };
        for rule in rules(&args.ignore, lang)? {
            shown.remove(&rule);
        }
        let strict = args.strict;
        Ok(Pick { strict, shown })
    }

    /// Takes out what is not asked for; `by_scheme` is what the scheme left out before.
    pub fn apply(
        &self,
        diagnostics: &mut Vec<Diagnostic>,
        by_scheme: &BTreeMap<Rule, usize>,
    ) -> LeftOut {
        let mut out = LeftOut {
            scheme: by_scheme.iter().map(|(r, n)| (r.name(), *n)).collect(),
            ..LeftOut::default()
        };
        diagnostics.retain(|d| {
            let shown = self.shown.contains(&d.rule);
            if !shown {
                *out.asked.entry(d.rule.name()).or_default() += 1;
            }
            shown
        });
        out
    }

    /// The exit status that findings ask for.
    pub fn finding(&self, diagnostics: &[Diagnostic]) -> Finding {
        finding(diagnostics, self.strict)
    }
}

/// The exit status that findings ask for; strictly, a warning asks for correction too.
pub fn finding(diagnostics: &[Diagnostic], strict: bool) -> Finding {
    match diagnostics.iter().map(|d| d.severity).min() {
        Some(Severity::Error) => Finding::NeedsCorrection,
        Some(Severity::Warning) if strict => Finding::NeedsCorrection,
        _ => Finding::Clean,
    }
}

impl LeftOut {
    /// A line for each of the two that left out anything.
    pub fn lines(&self, lang: Lang) -> Vec<String> {
        let line = |key: &str, of: &BTreeMap<&str, usize>| {
            let n: usize = of.values().sum();
            let list: Vec<String> = of.iter().map(|(r, n)| format!("{r} {n}")).collect();
            let args = [("n", n.to_string()), ("rules", list.join("  "))];
            (n > 0).then(|| say(lang, key, &args))
        };
        [
            line("cli.left-out.scheme", &self.scheme),
            line("cli.left-out.asked", &self.asked),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Whether everything is shown.
    pub fn is_empty(&self) -> bool {
        self.asked.is_empty() && self.scheme.is_empty()
    }
}

fn rules(names: &[String], lang: Lang) -> Result<BTreeSet<Rule>, Refusal> {
    let mut all = BTreeSet::new();
    for name in names.iter().map(|n| n.trim()).filter(|n| !n.is_empty()) {
        match (Rule::find(name), Group::find(name)) {
            (Some(rule), _) => {
                all.insert(rule);
            }
            (None, Some(group)) => all.extend(group.rules()),
            (None, None) => return Err(unknown(name, lang)),
        }
    }
    Ok(all)
}

/// Neither rule nor group, and the name that comes nearest.
pub fn unknown(text: &str, lang: Lang) -> Refusal {
    let rules = Rule::ALL.iter().map(|r| r.name());
    let nearest = rules
        .chain(Group::ALL.iter().map(|g| g.name))
        .map(|name| (strsim::damerau_levenshtein(text, name), name))
        .min()
        .map_or("", |(_, name)| name);
    let args = [("rule", text.to_owned()), ("nearest", nearest.to_owned())];
    Refusal::say(lang, "cli.rule-unknown", &args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Place;

    fn pick(only: &[&str], ignore: &[&str], strict: bool) -> Result<Pick, Refusal> {
        let list = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        let args = RuleArgs {
            strict,
            only: list(only),
            ignore: list(ignore),
        };
        Pick::of(&args, Lang::En)
    }

    fn shown(pick: &Pick) -> (Vec<&'static str>, LeftOut, Finding) {
        let rules = [Rule::IdChecksum, Rule::AgeImplausible, Rule::ColumnUnknown];
        let mut all = rules.map(|r| Diagnostic::new(r, Place::default())).to_vec();
        let left_out = pick.apply(&mut all, &BTreeMap::new());
        let names = all.iter().map(|d| d.rule.name()).collect();
        (names, left_out, pick.finding(&all))
    }

    #[test]
    fn rules_codes_and_groups_pick_what_is_shown_and_the_rest_is_counted() {
        let (names, left_out, finding) = shown(&pick(&[], &[], false).unwrap());
        assert_eq!(names.len(), 3);
        assert!(left_out.is_empty() && left_out.lines(Lang::Zh).is_empty());
        assert_eq!(finding, Finding::NeedsCorrection);

        let (names, left_out, finding) = shown(&pick(&[], &["identity"], false).unwrap());
        assert_eq!(names, ["age-implausible", "column-unknown"]);
        assert_eq!(finding, Finding::Clean);
        assert_eq!(left_out.lines(Lang::En).len(), 1);

        let picked = pick(&["values", "501"], &["age-implausible"], true).unwrap();
        let (names, left_out, finding) = shown(&picked);
        assert_eq!(names, ["column-unknown"]);
        assert_eq!(left_out.asked.values().sum::<usize>(), 2);
        assert_eq!(finding, Finding::NeedsCorrection, "a warning, strictly");
    }

    #[test]
    fn a_name_that_is_neither_rule_nor_group_is_refused_with_the_nearest() {
        for wrong in [
            pick(&["identiy"], &[], false),
            pick(&[], &["identiy"], false),
        ] {
            let Err(Refusal(text)) = wrong else {
                panic!("taken")
            };
            assert!(text.contains("identity"), "{text}");
        }
    }
}
