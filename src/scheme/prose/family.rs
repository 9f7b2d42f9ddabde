//! What each family of measures computes, in sentences.

use super::{Prose, value};
use crate::scheme::FormIdx;
use crate::scheme::measure::{
    Amount, CappedSum, Composition, Eligibility, Limit, List, ListColumn, Measure, MeasureKind,
    Need, Operand, Payer, Per, Persons, Plan, Quota, Rate, Reimbursement, Requirement, Span,
    Target,
};

impl Prose<'_> {
    /// The sentences of a measure, without its groups.
    pub(super) fn family(&self, measure: &Measure) -> Vec<String> {
        match &measure.kind {
            MeasureKind::Composition(m) => self.composition(m),
            MeasureKind::Rate(m) => self.rate(m),
            MeasureKind::Requirement(m) => self.requirement(m),
            MeasureKind::CappedSum(m) => self.capped_sum(m),
            MeasureKind::Eligibility(m) => self.eligibility(m),
            MeasureKind::Plan(m) => self.plan(m),
            MeasureKind::Reimbursement(m) => self.reimbursement(m),
            MeasureKind::Persons(m) => self.persons(m),
            MeasureKind::List(m) => self.list(m),
            MeasureKind::Tally(m) => self.tally(m),
            MeasureKind::Subsidy(m) => self.subsidy(m),
            MeasureKind::Forecast(m) => self.forecast(m),
            MeasureKind::Movement(m) => self.movement(m),
        }
    }

    fn composition(&self, m: &Composition) -> Vec<String> {
        let across = self.say("prose.across", &[]);
        let blocks: Vec<String> = m
            .blocks
            .iter()
            .map(|block| {
                let names: Vec<String> = block.iter().map(|d| self.dimension(d)).collect();
                names.join(&across)
            })
            .collect();
        let key = match (m.blocks.is_empty(), m.shares) {
            (true, _) => "prose.composition.count",
            (false, true) => "prose.composition.shares",
            (false, false) => "prose.composition",
        };
        let args = [
            ("columns", self.listed(&blocks)),
            ("unit", self.unit(&m.unit)),
        ];
        vec![self.population(&m.population), self.say(key, &args)]
    }

    fn rate(&self, m: &Rate) -> Vec<String> {
        let form = Some(m.population.form);
        let hit = ("hit", self.condition(form, &m.hit));
        let mut out = vec![self.population(&m.population)];
        out.push(match m.hit_title.as_str() {
            "" => self.say("prose.rate", &[hit]),
            title => self.say("prose.rate.titled", &[hit, ("title", title.to_owned())]),
        });
        out.extend(self.targets(&m.targets));
        out
    }

    /// Targets of a rate, one sentence; nothing where there are none.
    pub(super) fn targets(&self, targets: &[Target]) -> Option<String> {
        let targets: Vec<String> = targets
            .iter()
            .map(|t| {
                let groups: Vec<String> = t.group.iter().map(|(_, v)| v.clone()).collect();
                let mut args = vec![
                    ("percent", value::percent(t.value)),
                    ("groups", self.listed(&groups)),
                ];
                args.extend(t.until.map(|d| ("until", self.day(d))));
                let key = match (groups.is_empty(), t.until) {
                    (true, None) => "prose.target",
                    (true, Some(_)) => "prose.target.until",
                    (false, None) => "prose.target.group",
                    (false, Some(_)) => "prose.target.group-until",
                };
                self.say(key, &args)
            })
            .collect();
        (!targets.is_empty()).then(|| {
            let targets = targets.join(&self.say("prose.semicolon", &[]));
            self.say("prose.targets", &[("targets", targets)])
        })
    }

    fn requirement(&self, m: &Requirement) -> Vec<String> {
        let mut out = vec![self.population(&m.base)];
        let n = m.needs.len().to_string();
        out.push(match m.needs.len() {
            1 => self.say("prose.requirement.one", &[]),
            _ => self.say("prose.requirement", &[("n", n)]),
        });
        let needs = m.needs.iter().enumerate();
        out.extend(needs.map(|(i, n)| self.need(i + 1, n)));
        out.push(self.say("prose.requirement.end", &[]));
        out
    }

    fn need(&self, n: usize, need: &Need) -> String {
        let form = need.population.form;
        let of = |o: Operand| [("field", self.operand(Some(form), o))];
        let amount = match need.amount {
            Amount::Count => self.say("prose.amount.count", &[]),
            Amount::Sum(o) => self.say("prose.amount.sum", &of(o)),
            Amount::Least(o) => self.say("prose.amount.least", &of(o)),
            Amount::Most(o) => self.say("prose.amount.most", &of(o)),
        };
        let shown = |n: i64| match need.hundredths {
            true => value::hundredths(n),
            false => n.to_string(),
        };
        let bounds = [("at-least", need.at_least), ("at-most", need.at_most)];
        let bounds: Vec<String> = bounds
            .into_iter()
            .filter_map(|(key, bound)| {
                let args = [("n", shown(bound?)), ("unit", need.unit.clone())];
                Some(self.say(&format!("prose.bound.{key}"), &args))
            })
            .collect();
        let args = [
            ("n", n.to_string()),
            ("title", need.title.clone()),
            ("records", self.records(&need.population)),
            ("amount", amount),
            ("bounds", self.listed(&bounds)),
        ];
        let mut line = self.say("prose.need", &args);
        if need.skip_if_absent {
            line.push_str(&self.say("prose.need.skip", &[]));
        }
        line
    }

    fn capped_sum(&self, m: &CappedSum) -> Vec<String> {
        let form = m.population.form;
        let field = self.operand(Some(form), Operand::Field(m.amount));
        let mut out = vec![
            self.population(&m.population),
            self.say("prose.capped", &[("field", field)]),
        ];
        if !m.bands.is_empty() {
            let bounds: Vec<String> = m.bands.iter().map(|b| value::hundredths(*b)).collect();
            let args = [("bounds", self.listed(&bounds)), ("unit", m.unit.clone())];
            out.push(self.say("prose.capped.bands", &args));
        }
        out.extend(m.caps.iter().enumerate().map(|(i, cap)| {
            let per = match cap.per {
                Span::Cycle => "prose.per.cycle",
                Span::Year => "prose.per.year",
                Span::Term => "prose.per.term",
                Span::Month => "prose.per.month",
                Span::All | Span::LatestYears(_) => "prose.per.all",
            };
            let args = [
                ("n", (i + 1).to_string()),
                ("title", cap.title.clone()),
                ("condition", self.condition(Some(form), &cap.filter)),
                ("per", self.say(per, &[])),
                ("most", value::hundredths(cap.at_most)),
                ("unit", m.unit.clone()),
            ];
            match cap.filter.is_always() {
                true => self.say("prose.cap.all", &args),
                false => self.say("prose.cap", &args),
            }
        }));
        out
    }

    fn eligibility(&self, m: &Eligibility) -> Vec<String> {
        let form = Some(m.base.form);
        let mut out = vec![self.population(&m.base), self.say("prose.eligibility", &[])];
        out.extend(m.conditions.iter().enumerate().map(|(i, c)| {
            let args = [
                ("n", (i + 1).to_string()),
                ("title", c.title.clone()),
                ("condition", self.condition(form, &c.condition)),
            ];
            self.say("prose.eligibility.one", &args)
        }));
        out.push(self.say("prose.eligibility.end", &[]));
        out
    }

    fn plan(&self, m: &Plan) -> Vec<String> {
        let form = Some(m.population.form);
        let mut out = vec![self.population(&m.population)];
        if let Some(share) = &m.share {
            let quota = self.share(share);
            out.push(self.say("prose.plan.every", &[("quota", quota)]));
        }
        if let Some(quota) = &m.quota {
            let quota = self.quota(quota, &m.unit);
            out.push(self.say("prose.plan.every", &[("quota", quota)]));
        }
        out.extend(m.items.iter().enumerate().map(|(i, item)| {
            let quota = match &item.share {
                Some(share) => self.share(share),
                None => self.quota(&item.quota, &m.unit),
            };
            let args = [
                ("n", (i + 1).to_string()),
                ("title", item.title.clone()),
                ("condition", self.condition(form, &item.filter)),
                ("quota", quota),
                ("unit", self.unit(&m.unit)),
            ];
            let mut line = self.say("prose.plan.item", &args);
            line.push_str(&self.outlook(form, &item.outlook));
            line
        }));
        if m.behind_first {
            out.push(self.say("prose.plan.behind-first", &[]));
        }
        out
    }

    /// What is counted; people where the measure names nothing else.
    fn unit(&self, own: &str) -> String {
        match own {
            "" => self.say("statistics.heads", &[]),
            own => own.to_owned(),
        }
    }

    fn quota(&self, quota: &Quota, unit: &str) -> String {
        let n = |n: Option<i64>| n.map_or_else(String::new, |n| n.to_string());
        let args = [
            ("low", n(quota.low)),
            ("high", n(quota.high)),
            ("unit", unit.to_owned()),
        ];
        let key = match (quota.low, quota.high) {
            (Some(low), Some(high)) if low == high => "prose.quota",
            (Some(_), Some(_)) => "prose.quota.range",
            (Some(_), None) => "prose.quota.least",
            (None, Some(_)) => "prose.quota.most",
            (None, None) => "prose.quota.none",
        };
        self.say(key, &args)
    }

    fn reimbursement(&self, m: &Reimbursement) -> Vec<String> {
        let form = m.population.form;
        let field = |f: usize| self.operand(Some(form), Operand::Field(f));
        let mut out = vec![self.population(&m.population)];
        let amount: Vec<String> = m.amount.iter().map(|f| self.quoted(&field(*f))).collect();
        out.push(self.say("prose.claimed", &[("fields", self.one_of(&amount))]));
        if let Some(f) = m.not_over {
            let args = [("field", self.quoted(&field(f)))];
            out.push(self.say("prose.not-over", &args));
        }
        if let Some(fixed) = m.fixed {
            let args = [("amount", value::hundredths(fixed))];
            out.push(self.say("prose.fixed", &args));
        }
        for (condition, rate) in &m.rates {
            let args = [
                ("condition", self.condition(Some(form), condition)),
                ("percent", value::percent(*rate)),
            ];
            out.push(match condition.is_always() {
                true => self.say("prose.pay-rate.all", &args),
                false => self.say("prose.pay-rate", &args),
            });
        }
        out.extend(m.limits.iter().map(|l| self.limit(form, l)));
        out.extend(self.payment(&m.payers, m.budget, m.paid_before));
        out
    }

    /// Who pays which share, and of which budget.
    pub(super) fn payment(
        &self,
        payers: &[Payer],
        budget: Option<i64>,
        before: i64,
    ) -> Vec<String> {
        let mut out = Vec::new();
        for (i, payer) in payers.iter().enumerate() {
            let args = [
                ("title", payer.title.clone()),
                ("percent", value::percent(payer.share)),
            ];
            out.push(match i + 1 == payers.len() && i > 0 {
                true => self.say("prose.payer.rest", &args),
                false => self.say("prose.payer", &args),
            });
        }
        if let Some(budget) = budget {
            let args = [("amount", value::hundredths(budget))];
            out.push(self.say("prose.budget", &args));
            if before != 0 {
                let args = [("amount", value::hundredths(before))];
                out.push(self.say("prose.paid-before", &args));
            }
        }
        out.push(self.say("prose.rounded", &[]));
        out
    }

    fn limit(&self, form: FormIdx, limit: &Limit) -> String {
        let per = match limit.per {
            Per::Claim => self.say("prose.limit.claim", &[]),
            Per::Person => self.say("prose.limit.person", &[]),
            Per::PersonYear => self.say("prose.limit.person-year", &[]),
            Per::School => self.say("prose.limit.school", &[]),
            Per::Project(f) => {
                let field = self.operand(Some(form), Operand::Field(f));
                self.say("prose.limit.project", &[("field", field)])
            }
        };
        let bounds = [("cap", limit.cap), ("floor", limit.floor)];
        let bounds: Vec<String> = bounds
            .into_iter()
            .filter_map(|(key, amount)| {
                let args = [("amount", value::hundredths(amount?))];
                Some(self.say(&format!("prose.limit.{key}"), &args))
            })
            .collect();
        let args = [("per", per), ("bounds", self.listed(&bounds))];
        let mut line = self.say("prose.limit", &args);
        if limit.floor.is_some() {
            line.push_str(&match limit.tops_up {
                true => self.say("prose.limit.tops-up", &[]),
                false => self.say("prose.limit.no-top-up", &[]),
            });
        }
        line
    }

    fn persons(&self, m: &Persons) -> Vec<String> {
        let mut out = vec![
            self.population(&m.population),
            self.say("prose.persons", &[]),
        ];
        let sums: Vec<String> = m.sums.iter().map(|s| s.title.clone()).collect();
        if !sums.is_empty() {
            out.push(self.say("prose.persons.sums", &[("sums", self.listed(&sums))]));
        }
        out
    }

    fn columns(&self, form: Option<FormIdx>, columns: &[ListColumn]) -> String {
        let titles: Vec<String> = columns
            .iter()
            .map(|c| match c.title.as_str() {
                "" => self.operand(form, c.operand),
                title => title.to_owned(),
            })
            .collect();
        self.listed(&titles)
    }

    fn list(&self, m: &List) -> Vec<String> {
        match m {
            List::Of(of) => {
                let of = &self.scheme.measures[*of];
                let key = match &of.kind {
                    MeasureKind::CappedSum(_) => "prose.list.over",
                    MeasureKind::Reimbursement(_) => "prose.list.cut",
                    MeasureKind::Movement(_) => "prose.list.moved",
                    MeasureKind::Subsidy(_) => "prose.list.owed",
                    _ => "prose.list.of",
                };
                vec![self.say(key, &[("title", self.quoted(&of.title))])]
            }
            List::Claims { of, columns } => {
                let of = &self.scheme.measures[*of];
                let form = match &of.kind {
                    MeasureKind::Reimbursement(r) => Some(r.population.form),
                    _ => None,
                };
                let mut out =
                    vec![self.say("prose.list.claims", &[("title", self.quoted(&of.title))])];
                if !columns.is_empty() {
                    let args = [("columns", self.columns(form, columns))];
                    out.push(self.say("prose.list.records", &args));
                }
                out
            }
            List::Records {
                population,
                columns,
                ranking,
            } => {
                let form = Some(population.form);
                let args = [("columns", self.columns(form, columns))];
                let mut out = vec![
                    self.population(population),
                    self.say("prose.list.records", &args),
                ];
                out.extend(self.ranking(form, ranking));
                out
            }
        }
    }
}
