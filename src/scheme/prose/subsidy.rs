//! Subsidies in sentences: what is owed for what, once or each time.

use super::{Prose, value};
use crate::scheme::FormIdx;
use crate::scheme::measure::Operand;
use crate::scheme::subsidy::{Base, OnceKey, Subsidy, SubsidyItem};

impl Prose<'_> {
    pub(super) fn subsidy(&self, m: &Subsidy) -> Vec<String> {
        let form = m.population.form;
        let mut out = vec![
            self.population(&m.population),
            self.say("prose.subsidy", &[]),
        ];
        let items = m.items.iter().enumerate();
        out.extend(items.map(|(i, item)| self.subsidy_item(form, i + 1, item)));
        if !m.once.is_empty() {
            let keys: Vec<String> = m
                .once
                .iter()
                .map(|key| match key {
                    OnceKey::Person => self.say("prose.subsidy.person", &[]),
                    OnceKey::Value(o) => self.operand(Some(form), *o),
                })
                .collect();
            out.push(self.say("prose.subsidy.once", &[("keys", self.listed(&keys))]));
        }
        out.extend(self.payment(&m.payers, m.budget, m.paid_before));
        out
    }

    fn subsidy_item(&self, form: FormIdx, n: usize, item: &SubsidyItem) -> String {
        let field = |o: Operand| self.operand(Some(form), o);
        let base = match item.base {
            Base::Fixed(amount) => {
                let args = [("amount", value::hundredths(amount))];
                self.say("prose.subsidy.fixed", &args)
            }
            Base::Times {
                amount,
                times,
                hundredths,
                at_most,
            } => {
                let args = [
                    ("amount", value::hundredths(amount)),
                    ("field", field(times)),
                ];
                let mut text = self.say("prose.subsidy.times", &args);
                if let Some(most) = at_most {
                    let most = match hundredths {
                        true => value::hundredths(most),
                        false => most.to_string(),
                    };
                    text.push_str(&self.say("prose.subsidy.times-at-most", &[("n", most)]));
                }
                text
            }
            Base::Of(o) => self.say("prose.subsidy.of", &[("field", field(o))]),
        };
        let shares: Vec<String> = item
            .shares
            .iter()
            .enumerate()
            .map(|(i, (condition, share))| {
                let args = [
                    ("condition", self.condition(Some(form), condition)),
                    ("percent", value::percent(*share)),
                ];
                match (condition.is_always(), i) {
                    (true, 0) => self.say("prose.subsidy.share", &args),
                    (true, _) => self.say("prose.subsidy.share-rest", &args),
                    (false, _) => self.say("prose.subsidy.share-of", &args),
                }
            })
            .collect();
        // A fixed sum is owed whole; its share need not be told.
        let shares = match item.base {
            Base::Of(_) => shares.join(&self.say("prose.semicolon", &[])),
            Base::Fixed(_) | Base::Times { .. } => String::new(),
        };
        let cap = item.cap.map_or_else(String::new, |cap| {
            self.say("prose.subsidy.cap", &[("amount", value::hundredths(cap))])
        });
        let args = [
            ("n", n.to_string()),
            ("title", item.title.clone()),
            ("condition", self.condition(Some(form), &item.filter)),
            ("base", base),
            ("shares", shares),
            ("cap", cap),
        ];
        match item.filter.is_always() {
            true => self.say("prose.subsidy.item.all", &args),
            false => self.say("prose.subsidy.item", &args),
        }
    }
}
