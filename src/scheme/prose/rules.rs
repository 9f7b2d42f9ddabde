//! What a scheme changes about rules: severities, thresholds, and which it does without.

use super::Prose;
use crate::diagnostic::Rule;
use crate::scheme::templates;
use std::collections::{BTreeMap, BTreeSet};

impl Prose<'_> {
    /// One line a rule that is not as the forms and the program have it; none where all are.
    pub(super) fn rules(&self) -> Vec<String> {
        let s = self.scheme;
        let changed = self.thresholds();
        let rules: BTreeSet<Rule> = s.severities.keys().chain(&s.off).copied().collect();
        let rules: BTreeSet<Rule> = rules.into_iter().chain(changed.keys().copied()).collect();
        if rules.is_empty() {
            return Vec::new();
        }
        let mut out = vec![String::new(), self.say("prose.severities", &[])];
        for rule in rules {
            let name = ("rule", rule.name().to_owned());
            if s.off.contains(&rule) {
                out.push(self.say("prose.rule-off", &[name]));
                continue;
            }
            if let Some(severity) = s.severities.get(&rule) {
                let severity = self.say(&format!("severity.{}", severity.as_str()), &[]);
                out.push(self.say("prose.severity", &[name.clone(), ("severity", severity)]));
            }
            for (param, (was, is)) in changed.get(&rule).into_iter().flatten() {
                let args = [
                    name.clone(),
                    ("param", param.clone()),
                    ("was", was.to_string()),
                    ("is", is.to_string()),
                ];
                out.push(self.say("prose.threshold", &args));
            }
        }
        out
    }

    /// Thresholds that are not those of the built-in form, with both values.
    fn thresholds(&self) -> BTreeMap<Rule, BTreeMap<String, (f64, f64)>> {
        let mut changed: BTreeMap<Rule, BTreeMap<String, (f64, f64)>> = BTreeMap::new();
        let built_in: Vec<_> = templates::forms()
            .into_iter()
            .chain(templates::on_demand())
            .collect();
        for form in &self.scheme.forms {
            let Some(usual) = built_in.iter().find(|f| f.id == form.id) else {
                continue;
            };
            for (check, usual) in form.checks.iter().zip(&usual.checks) {
                if (check.rule, &check.fields) != (usual.rule, &usual.fields) {
                    continue;
                }
                for (param, is) in &check.params {
                    if let Some(was) = usual.params.get(param).filter(|was| *was != is) {
                        let of_rule = changed.entry(check.rule).or_default();
                        of_rule.insert(param.clone(), (*was, *is));
                    }
                }
            }
        }
        changed
    }
}
