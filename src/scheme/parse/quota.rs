//! Families about quotas and money: plans and reimbursements.

use super::condition::Scope;
use super::measure::{Reading, reduced};
use super::read::Table;
use crate::scheme::measure::{
    Condition, Fraction, Item, Limit, MeasureKind, Payer, Per, Plan, Quota, Reimbursement,
};
use crate::scheme::{FieldIdx, FormIdx};

impl<'r, 'a> Reading<'_, 'r, 'a, '_> {
    pub(super) fn plan(&self) -> Option<(FormIdx, MeasureKind)> {
        let t = self.table;
        let population = self.population(t)?;
        let form = population.form;
        let by = t.texts("by");
        let mut items: Vec<Item> = Vec::new();
        let tables = t.tables("items");
        for one in &tables {
            let id = one.need_text("id");
            self.part(one, &id, items.iter().map(|i| i.id.as_str()));
            let share = self.share(one, "quota", &by);
            let quota = self.quota(one);
            if quota.is_none() && share.is_none() {
                one.missing("quota");
            }
            items.push(Item {
                id,
                title: one.need_text("title"),
                filter: self.names.condition_at(one, "where", Scope::Form(form)),
                quota: quota.unwrap_or(Quota {
                    low: None,
                    high: None,
                }),
                share,
                outlook: self.outlook(one, form, &population.filter),
            });
            one.close();
        }
        self.starts(t, &mut items);
        self.needs_date(t, form, &items);
        for (one, item) in tables.iter().zip(&items) {
            self.doubt_years(one, item);
        }
        let share = self.share(t, "quota", &by);
        let quota = self.quota(t);
        if (quota.is_some() || share.is_some()) != items.is_empty() {
            self.names
                .reader
                .report(t.at(), "scheme.quota-or-items", |p| p);
        }
        let behind_first = match t.text("order") {
            Some(order) => t.choice("order", &order, &["official", "behind"]) == Some(1),
            None => false,
        };
        let plan = Plan {
            population,
            items,
            quota,
            share,
            behind_first,
            unit: self.unit(t),
        };
        Some((form, MeasureKind::Plan(plan)))
    }

    /// `quota`, or `at_least` and `at_most`; a table under `quota` is a share and read elsewhere.
    fn quota(&self, t: &Table<'r, 'a>) -> Option<Quota> {
        if t.get("quota").is_some_and(|q| t.as_table(q).is_some()) {
            return None;
        }
        let exactly = t.integer("quota");
        let (low, high) = (t.integer("at_least"), t.integer("at_most"));
        if exactly.is_none() && low.is_none() && high.is_none() {
            return None;
        }
        if exactly.is_some() && (low.is_some() || high.is_some()) {
            t.wrong("quota", "scheme.quota-twice");
        }
        Some(Quota {
            low: exactly.or(low),
            high: exactly.or(high),
        })
    }

    pub(super) fn reimbursement(&self) -> Option<(FormIdx, MeasureKind)> {
        let t = self.table;
        let population = self.population(t)?;
        let form = population.form;
        let scope = Scope::Form(form);
        let amount: Vec<FieldIdx> = t
            .texts("amount")
            .into_iter()
            .filter_map(|(name, at)| self.hundredths_field(&name, at, form))
            .collect();
        if t.get("amount").is_none() {
            t.missing("amount");
        }
        let mut rates = Vec::new();
        for one in t.tables("rates") {
            let condition = self.names.condition_at(&one, "where", scope);
            match one.exact("rate") {
                Some(rate) => rates.push((condition, reduced(rate.fraction()))),
                None => one.missing("rate"),
            }
            one.close();
        }
        if let Some(rate) = t.exact("rate") {
            rates.push((Condition::default(), reduced(rate.fraction())));
        }
        let mut payers: Vec<Payer> = Vec::new();
        for one in t.tables("payers") {
            let id = one.need_text("id");
            self.part(&one, &id, payers.iter().map(|p| p.id.as_str()));
            let share = one.exact("share");
            if share.is_none() {
                one.missing("share");
            }
            payers.push(Payer {
                id,
                title: one.need_text("title"),
                share: share.map_or(Fraction { n: 1, d: 1 }, |s| reduced(s.fraction())),
            });
            one.close();
        }
        let not_over = match t.get("not_over") {
            Some(_) => self.money(t, "not_over", form),
            None => None,
        };
        let reimbursement = Reimbursement {
            amount,
            not_over,
            rates,
            fixed: t.scaled("fixed", 2),
            limits: t
                .tables("limits")
                .iter()
                .filter_map(|one| self.limit(one, form))
                .collect(),
            payers,
            // A budget of nothing is a budget not decided yet.
            budget: t.scaled("budget", 2).filter(|b| *b != 0),
            paid_before: t.scaled("paid_before", 2).unwrap_or(0),
            population,
        };
        Some((form, MeasureKind::Reimbursement(reimbursement)))
    }

    fn limit(&self, t: &Table<'r, 'a>, form: FormIdx) -> Option<Limit> {
        const PER: [&str; 5] = ["claim", "person", "person-year", "project", "school"];
        let per = t.need_text("per");
        let per = match PER[t.choice("per", &per, &PER)?] {
            "claim" => Per::Claim,
            "person" => Per::Person,
            "person-year" => Per::PersonYear,
            "school" => Per::School,
            _ => Per::Project(self.names.find_field("project", t.value_at("per"), form)?),
        };
        let limit = Limit {
            per,
            cap: t.scaled("cap", 2),
            floor: t.scaled("floor", 2),
            tops_up: t.boolean("floor_tops_up").unwrap_or(false),
        };
        if limit.cap.is_none() && limit.floor.is_none() {
            t.missing("cap");
        }
        if let (Some(cap), Some(floor)) = (limit.cap, limit.floor)
            && floor > cap
        {
            t.wrong("floor", "scheme.floor-over-cap");
        }
        t.close();
        Some(limit)
    }
}
