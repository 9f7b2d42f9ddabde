//! The subsidy: amounts owed by rule.

use super::condition::Scope;
use super::measure::{Reading, reduced};
use super::read::Table;
use crate::scheme::FormIdx;
use crate::scheme::measure::{Condition, Fraction, MeasureKind, Payer};
use crate::scheme::subsidy::{Base, OnceKey, Subsidy, SubsidyItem};

/// Parts that the engine makes itself.
const RESERVED: [&str; 5] = ["records", "repeated", "budget", "paid_before", "balance"];

impl<'r, 'a> Reading<'_, 'r, 'a, '_> {
    pub(super) fn subsidy(&self) -> Option<(FormIdx, MeasureKind)> {
        let t = self.table;
        let population = self.population(t)?;
        let form = population.form;
        let mut items: Vec<SubsidyItem> = Vec::new();
        for one in t.tables("items") {
            let id = one.need_text("id");
            let earlier = items.iter().map(|i| i.id.as_str());
            self.part_beside(&one, &id, earlier, &RESERVED);
            if let Some(item) = self.subsidy_item(&one, id, form) {
                items.push(item);
                one.close();
            }
        }
        if t.get("items").is_none() {
            t.missing("items");
        }
        let mut once = Vec::new();
        for (name, at) in t.texts("once") {
            once.push(match name.as_str() {
                "person" => OnceKey::Person,
                _ => OnceKey::Value(self.names.operand(&name, at, Scope::Form(form))?.0),
            });
        }
        let mut payers: Vec<Payer> = Vec::new();
        for one in t.tables("payers") {
            let id = one.need_text("id");
            let earlier = items.iter().map(|i| &i.id);
            let earlier = earlier.chain(payers.iter().map(|p| &p.id));
            self.part_beside(&one, &id, earlier.map(String::as_str), &RESERVED);
            let share = self.part_owed(&one, "share");
            if share.is_none() {
                one.missing("share");
            }
            payers.push(Payer {
                id,
                title: one.need_text("title"),
                share: share.unwrap_or(WHOLE),
            });
            one.close();
        }
        let subsidy = Subsidy {
            items,
            once,
            payers,
            // A budget of nothing is a budget not decided yet.
            budget: t.scaled("budget", 2).filter(|b| *b != 0),
            paid_before: t.scaled("paid_before", 2).unwrap_or(0),
            unit: self.unit(t),
            population,
        };
        Some((form, MeasureKind::Subsidy(subsidy)))
    }

    fn subsidy_item(&self, t: &Table<'r, 'a>, id: String, form: FormIdx) -> Option<SubsidyItem> {
        let scope = Scope::Form(form);
        let mut shares = Vec::new();
        for one in t.tables("shares") {
            let condition = self.names.condition_at(&one, "where", scope);
            match self.part_owed(&one, "share") {
                Some(share) => shares.push((condition, share)),
                None => one.missing("share"),
            }
            one.close();
        }
        match self.part_owed(t, "share") {
            Some(share) => shares.push((Condition::default(), share)),
            None if shares.is_empty() => shares.push((Condition::default(), WHOLE)),
            // Shares are named and none is for the other records.
            None => {}
        }
        Some(SubsidyItem {
            base: self.base(t, form)?,
            title: t.need_text("title"),
            filter: self.names.condition_at(t, "where", scope),
            shares,
            cap: t.scaled("cap", 2),
            id,
        })
    }

    /// `amount`, `amount` and `times`, or `of`.
    fn base(&self, t: &Table<'r, 'a>, form: FormIdx) -> Option<Base> {
        if t.get("amount").is_some() == t.get("of").is_some() {
            let reader = self.names.reader;
            reader.report(t.at(), "scheme.amount-or-of", |p| p);
            return None;
        }
        if t.get("of").is_some() {
            let (operand, hundredths) = self.number(t, "of", Scope::Form(form))?;
            if !hundredths {
                t.wrong("of", "scheme.not-money");
            }
            return Some(Base::Of(operand));
        }
        let amount = t.scaled("amount", 2)?;
        if t.get("times").is_none() {
            return Some(Base::Fixed(amount));
        }
        let (times, hundredths) = self.number(t, "times", Scope::Form(form))?;
        Some(Base::Times {
            amount,
            times,
            hundredths,
            at_most: t.scaled("times_at_most", if hundredths { 2 } else { 0 }),
        })
    }

    fn part_owed(&self, t: &Table<'r, 'a>, key: &str) -> Option<Fraction> {
        t.exact(key).map(|e| reduced(e.fraction()))
    }
}

/// All of it.
const WHOLE: Fraction = Fraction { n: 1, d: 1 };
