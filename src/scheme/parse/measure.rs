//! The families of measures, read from `[[measure]]` tables.

use super::condition::{Names, Scope, Stored};
use super::read::{Reader, Table};
use crate::scheme::measure::{
    Amount, Cap, CappedSum, Composition, Condition, Eligibility, Fraction, Item, Limit, List,
    ListColumn, Measure, MeasureKind, Named, Need, Operand, Payer, Per, Persons, Plan, Population,
    Quota, Rate, Reimbursement, Requirement, Span, Target, Total, Window,
};
use crate::scheme::{FieldIdx, FormIdx, Kind, Scheme};

/// Reads all measures into the scheme.
pub(super) fn measures(reader: &Reader<'_>, root: &Table<'_, '_>, scheme: &mut Scheme) {
    let mut all: Vec<Measure> = Vec::new();
    {
        let names = Names::new(root, scheme);
        for table in root.tables("measure") {
            let id = table.need_text("id");
            if all.iter().any(|m| m.id == id) {
                reader.report(table.at(), "scheme.duplicate-id", |p| p.arg("name", &id));
            }
            let one = Reading {
                names: &names,
                table: &table,
                earlier: &all,
            };
            if let Some(measure) = one.measure(id) {
                all.push(measure);
            }
        }
        names.close();
    }
    scheme.measures = all;
}

/// One `[[measure]]` being read.
struct Reading<'x, 'r, 'a, 's> {
    names: &'x Names<'r, 'a, 's>,
    table: &'x Table<'r, 'a>,
    earlier: &'x [Measure],
}

/// What a need inherits from its measure.
struct Inherited {
    form: Option<FormIdx>,
    filter: Condition,
    window: Window,
}

impl<'r, 'a> Reading<'_, 'r, 'a, '_> {
    fn measure(&self, id: String) -> Option<Measure> {
        const KINDS: [&str; 9] = [
            "composition",
            "rate",
            "requirement",
            "capped-sum",
            "eligibility",
            "plan",
            "reimbursement",
            "persons",
            "list",
        ];
        let t = self.table;
        let title = t.need_text("title");
        let kind = t.need_text("kind");
        let kind = if kind.is_empty() {
            None
        } else {
            t.choice("kind", &kind, &KINDS)
        };
        // An unknown kind makes every other key unknown; one problem is enough.
        let kind = kind?;
        let (form, kind) = match KINDS[kind] {
            "composition" => self.composition()?,
            "rate" => self.rate()?,
            "requirement" => self.requirement()?,
            "capped-sum" => self.capped_sum()?,
            "eligibility" => self.eligibility()?,
            "plan" => self.plan()?,
            "reimbursement" => self.reimbursement()?,
            "persons" => self.persons()?,
            _ => self.list()?,
        };
        let scope = Scope::Form(form);
        let is_list = matches!(kind, MeasureKind::List(_));
        let mut by = Vec::new();
        if !is_list {
            let terms = t.table("terms");
            if t.get("by").is_none() {
                t.missing("by");
            }
            for (name, at) in t.texts("by") {
                by.extend(self.names.dimension(&name, at, scope, terms.as_ref()));
            }
            if let Some(terms) = terms {
                terms.close();
            }
        }
        let measure = Measure {
            id,
            title,
            by,
            units: self.names.condition_at(t, "units", Scope::School),
            total: t.boolean("total").unwrap_or(true),
            kind,
        };
        t.close();
        Some(measure)
    }

    /// The form under `form`, which the scheme must collect.
    fn form(&self, t: &Table<'r, 'a>) -> Option<FormIdx> {
        let name = t.text("form")?;
        let scheme = self.names.scheme;
        let ids: Vec<&str> = scheme.forms.iter().map(|f| f.id.as_str()).collect();
        let at = t.value_at("form");
        let found = self
            .names
            .reader
            .find(&name, at, &ids, "scheme.unknown-form")?;
        if !scheme.wanted[found] {
            self.names
                .reader
                .report(at, "scheme.form-not-collected", |p| p.arg("name", name));
        }
        Some(found)
    }

    fn window(&self, t: &Table<'r, 'a>, form: FormIdx) -> Window {
        const SPANS: [(&str, Span); 6] = [
            ("all", Span::All),
            ("cycle", Span::Cycle),
            ("year", Span::Year),
            ("term", Span::Term),
            ("month", Span::Month),
            ("latest-year", Span::LatestYears(1)),
        ];
        let names: Vec<&str> = SPANS.iter().map(|(n, _)| *n).collect();
        let mut span = t
            .text("within")
            .and_then(|text| Some(SPANS[t.choice("within", &text, &names)?].1))
            .unwrap_or_default();
        if let Span::LatestYears(_) = span
            && let Some(years) = t.integer("years")
        {
            match u8::try_from(years) {
                Ok(n @ 1..) => span = Span::LatestYears(n),
                _ => t.wrong("years", "scheme.type-positive"),
            }
        }
        if span == Span::Cycle && self.names.scheme.cycle.is_none() {
            t.wrong("within", "scheme.no-cycle");
        }
        let on = match t.text("on") {
            Some(name) => self
                .names
                .find_field(&name, t.value_at("on"), form)
                .filter(|f| {
                    let kind = &self.names.scheme.forms[form].fields[*f].kind;
                    let fits = matches!(kind, Kind::Date | Kind::Integer);
                    if !fits {
                        t.wrong("on", "scheme.not-date");
                    }
                    fits
                }),
            None => self.names.event(form),
        };
        if on.is_none() && span != Span::All {
            t.wrong("within", "scheme.no-date-field");
        }
        Window { span, on }
    }

    /// `form`, `where`, `within`, `on`, `years` of a table.
    fn population(&self, t: &Table<'r, 'a>) -> Option<Population> {
        if t.get("form").is_none() {
            t.missing("form");
        }
        let form = self.form(t)?;
        Some(Population {
            form,
            filter: self.names.condition_at(t, "where", Scope::Form(form)),
            window: self.window(t, form),
        })
    }

    fn unit(&self, t: &Table<'r, 'a>) -> String {
        t.text("unit").unwrap_or_default()
    }

    fn composition(&self) -> Option<(FormIdx, MeasureKind)> {
        let t = self.table;
        let population = self.population(t)?;
        let form = population.form;
        let scope = Scope::Form(form);
        let terms = t.table("column_terms");
        let mut blocks = Vec::new();
        for value in t.list("columns") {
            let mut block = Vec::new();
            for name in super::read::elements(value) {
                if let Some(text) = t.value_text(name) {
                    let at = name.span().start;
                    block.extend(self.names.dimension(&text, at, scope, terms.as_ref()));
                }
            }
            if block.len() > 2 {
                t.wrong("columns", "scheme.too-many-dimensions");
            }
            blocks.push(block);
        }
        if let Some(terms) = terms {
            terms.close();
        }
        let composition = Composition {
            population,
            blocks,
            shares: t.boolean("shares").unwrap_or(true),
            unit: self.unit(t),
        };
        Some((form, MeasureKind::Composition(composition)))
    }

    fn rate(&self) -> Option<(FormIdx, MeasureKind)> {
        let t = self.table;
        let population = self.population(t)?;
        let form = population.form;
        if t.get("hit").is_none() {
            t.missing("hit");
        }
        let mut targets = Vec::new();
        for one in t.tables("targets") {
            let mut group = Vec::new();
            if let Some(g) = one.table("group") {
                for (dimension, value) in g.entries() {
                    group.extend(g.value_text(value).map(|v| (dimension.to_owned(), v)));
                }
            }
            let value = one.exact("target").map(|e| reduced(e.fraction()));
            if value.is_none() {
                one.missing("target");
            }
            targets.extend(value.map(|value| Target {
                group,
                until: one.date("until"),
                value,
            }));
            one.close();
        }
        if let Some(target) = t.exact("target") {
            targets.push(Target {
                group: Vec::new(),
                until: None,
                value: reduced(target.fraction()),
            });
        }
        let rate = Rate {
            hit: self.names.condition_at(t, "hit", Scope::Form(form)),
            base_title: t.text("base_title").unwrap_or_default(),
            hit_title: t.text("hit_title").unwrap_or_default(),
            targets,
            unit: self.unit(t),
            population,
        };
        Some((form, MeasureKind::Rate(rate)))
    }

    fn requirement(&self) -> Option<(FormIdx, MeasureKind)> {
        let t = self.table;
        let Some(base) = t.table("base") else {
            t.missing("base");
            return None;
        };
        let population = self.population(&base);
        base.close();
        let population = population?;
        let inherited = self.inherited(t);
        let mut needs: Vec<Need> = Vec::new();
        for one in t.tables("needs") {
            if let Some(need) = self.need(&one, &inherited) {
                self.part(&one, &need.id, needs.iter().map(|n| n.id.as_str()));
                needs.push(need);
            }
            one.close();
        }
        if needs.is_empty() {
            t.missing("needs");
        }
        let form = population.form;
        let requirement = Requirement {
            base: population,
            needs,
        };
        Some((form, MeasureKind::Requirement(requirement)))
    }

    fn inherited(&self, t: &Table<'r, 'a>) -> Inherited {
        match self.form(t) {
            Some(form) => Inherited {
                form: Some(form),
                filter: self.names.condition_at(t, "where", Scope::Form(form)),
                window: self.window(t, form),
            },
            None => Inherited {
                form: None,
                filter: Condition::default(),
                window: Window::default(),
            },
        }
    }

    fn need(&self, t: &Table<'r, 'a>, inherited: &Inherited) -> Option<Need> {
        let id = t.need_text("id");
        let own = t.get("form").is_some();
        let form = if own { self.form(t) } else { inherited.form };
        let Some(form) = form else {
            if !own {
                t.missing("form");
            }
            return None;
        };
        let scope = Scope::Form(form);
        let mut filter = self.names.condition_at(t, "where", scope);
        let mut window = if t.get("within").is_some() || own {
            self.window(t, form)
        } else {
            inherited.window
        };
        if !own {
            if t.get("on").is_none() && window.span != Span::All {
                window.on = inherited.window.on.or(window.on);
            }
            filter = both(inherited.filter.clone(), filter);
        }
        let (amount, hundredths) = self.amount(t, scope)?;
        let power = if hundredths { 2 } else { 0 };
        let need = Need {
            title: t.need_text("title"),
            population: Population {
                form,
                filter,
                window,
            },
            amount,
            at_least: t.scaled("at_least", power),
            at_most: t.scaled("at_most", power),
            unit: self.unit(t),
            hundredths,
            skip_if_absent: t.boolean("skip_if_absent").unwrap_or(false),
            id,
        };
        if need.at_least.is_none() && need.at_most.is_none() {
            t.missing("at_least");
        }
        Some(need)
    }

    /// `count`, `sum`, `least` or `most`; exactly one.
    fn amount(&self, t: &Table<'r, 'a>, scope: Scope) -> Option<(Amount, bool)> {
        let kinds: [(&str, fn(Operand) -> Amount); 3] = [
            ("sum", Amount::Sum),
            ("least", Amount::Least),
            ("most", Amount::Most),
        ];
        let mut found = Vec::new();
        if t.boolean("count") == Some(true) {
            found.push((Amount::Count, false));
        }
        for (key, make) in kinds {
            if let Some((operand, hundredths)) = self.number(t, key, scope) {
                found.push((make(operand), hundredths));
            } else if t.get(key).is_some() {
                return None;
            }
        }
        if found.len() != 1 {
            self.names.reader.report(t.at(), "scheme.one-amount", |p| p);
            return None;
        }
        found.pop()
    }

    /// A number field or derived number under a key, and whether it is in hundredths.
    fn number(&self, t: &Table<'r, 'a>, key: &str, scope: Scope) -> Option<(Operand, bool)> {
        let name = t.text(key)?;
        let (operand, stored) = self.names.operand(&name, t.value_at(key), scope)?;
        match stored {
            Stored::Whole => Some((operand, false)),
            Stored::Hundredths => Some((operand, true)),
            _ => {
                t.wrong(key, "scheme.not-number");
                None
            }
        }
    }

    fn capped_sum(&self) -> Option<(FormIdx, MeasureKind)> {
        let t = self.table;
        let population = self.population(t)?;
        let form = population.form;
        let amount = self.money(t, "sum", form);
        let mut caps: Vec<Cap> = Vec::new();
        for one in t.tables("caps") {
            const SPANS: [(&str, Span); 4] = [
                ("all", Span::All),
                ("cycle", Span::Cycle),
                ("year", Span::Year),
                ("term", Span::Term),
            ];
            let names: Vec<&str> = SPANS.iter().map(|(n, _)| *n).collect();
            let per = one.need_text("per");
            let id = one.need_text("id");
            self.part(&one, &id, caps.iter().map(|c| c.id.as_str()));
            if one.get("at_most").is_none() {
                one.missing("at_most");
            }
            let cap = Cap {
                id,
                title: one.need_text("title"),
                filter: self.names.condition_at(&one, "where", Scope::Form(form)),
                at_most: one.scaled("at_most", 2).unwrap_or(i64::MAX),
                per: one
                    .choice("per", &per, &names)
                    .map_or(Span::All, |i| SPANS[i].1),
            };
            one.close();
            caps.push(cap);
        }
        let capped = CappedSum {
            amount: amount?,
            unit: self.unit(t),
            caps,
            population,
        };
        Some((form, MeasureKind::CappedSum(capped)))
    }

    /// A stored field in hundredths under a key.
    fn money(&self, t: &Table<'r, 'a>, key: &str, form: FormIdx) -> Option<FieldIdx> {
        if t.get(key).is_none() {
            t.missing(key);
        }
        let name = t.text(key)?;
        self.hundredths_field(&name, t.value_at(key), form)
    }

    fn hundredths_field(&self, name: &str, at: usize, form: FormIdx) -> Option<FieldIdx> {
        let field = self.names.find_field(name, at, form)?;
        let fits = matches!(self.names.stored_field(form, field), Stored::Hundredths);
        if !fits {
            self.names
                .reader
                .report(at, "scheme.not-decimal", |p| p.arg("name", name));
        }
        fits.then_some(field)
    }

    fn eligibility(&self) -> Option<(FormIdx, MeasureKind)> {
        let t = self.table;
        let base = self.population(t)?;
        let form = base.form;
        let mut conditions: Vec<Named> = Vec::new();
        for one in t.tables("all") {
            let id = one.need_text("id");
            self.part(&one, &id, conditions.iter().map(|c| c.id.as_str()));
            if one.get("where").is_none() {
                one.missing("where");
            }
            conditions.push(Named {
                id,
                title: one.need_text("title"),
                condition: self.names.condition_at(&one, "where", Scope::Form(form)),
            });
            one.close();
        }
        if conditions.is_empty() {
            t.missing("all");
        }
        let kind = MeasureKind::Eligibility(Eligibility { base, conditions });
        Some((form, kind))
    }

    fn plan(&self) -> Option<(FormIdx, MeasureKind)> {
        let t = self.table;
        let population = self.population(t)?;
        let form = population.form;
        let mut items: Vec<Item> = Vec::new();
        for one in t.tables("items") {
            let id = one.need_text("id");
            self.part(&one, &id, items.iter().map(|i| i.id.as_str()));
            let quota = self.quota(&one);
            if quota.is_none() {
                one.missing("quota");
            }
            items.push(Item {
                id,
                title: one.need_text("title"),
                filter: self.names.condition_at(&one, "where", Scope::Form(form)),
                quota: quota.unwrap_or(Quota {
                    low: None,
                    high: None,
                }),
            });
            one.close();
        }
        let quota = self.quota(t);
        if quota.is_some() != items.is_empty() {
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
            behind_first,
            unit: self.unit(t),
        };
        Some((form, MeasureKind::Plan(plan)))
    }

    /// `quota`, or `at_least` and `at_most`.
    fn quota(&self, t: &Table<'r, 'a>) -> Option<Quota> {
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

    fn reimbursement(&self) -> Option<(FormIdx, MeasureKind)> {
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

    fn persons(&self) -> Option<(FormIdx, MeasureKind)> {
        let t = self.table;
        let population = self.population(t)?;
        let form = population.form;
        let mut sums: Vec<Total> = Vec::new();
        for one in t.tables("sums") {
            let id = one.need_text("id");
            self.part(&one, &id, sums.iter().map(|s| s.id.as_str()));
            if one.get("sum").is_none() {
                one.missing("sum");
            }
            if let Some((operand, hundredths)) = self.number(&one, "sum", Scope::Form(form)) {
                sums.push(Total {
                    id,
                    title: one.need_text("title"),
                    operand,
                    hundredths,
                    unit: self.unit(&one),
                });
            }
            one.close();
        }
        Some((form, MeasureKind::Persons(Persons { population, sums })))
    }

    fn list(&self) -> Option<(FormIdx, MeasureKind)> {
        let t = self.table;
        if t.get("of").is_some() {
            let of = t.text("of")?;
            let known: Vec<&str> = self.earlier.iter().map(|m| m.id.as_str()).collect();
            let at = t.value_at("of");
            let found = self
                .names
                .reader
                .find(&of, at, &known, "scheme.unknown-measure")?;
            let form = match &self.earlier[found].kind {
                MeasureKind::Requirement(r) => r.base.form,
                MeasureKind::Eligibility(e) => e.base.form,
                MeasureKind::CappedSum(c) => c.population.form,
                MeasureKind::Reimbursement(r) => r.population.form,
                _ => {
                    t.wrong("of", "scheme.not-listable");
                    return None;
                }
            };
            return Some((form, MeasureKind::List(List::Of(found))));
        }
        let population = self.population(t)?;
        let form = population.form;
        let scope = Scope::Form(form);
        let mut columns: Vec<ListColumn> = Vec::new();
        for (name, at) in t.texts("columns") {
            self.part(t, &name, columns.iter().map(|c| c.id.as_str()));
            if let Some((operand, _)) = self.names.operand(&name, at, scope) {
                columns.push(ListColumn {
                    title: self.names.title(operand, scope),
                    id: name,
                    operand,
                });
            }
        }
        let list = List::Records {
            population,
            columns,
        };
        Some((form, MeasureKind::List(list)))
    }

    /// A part's id must be new and none of those that the engine gives itself.
    fn part<'i>(&self, t: &Table<'r, 'a>, id: &str, mut earlier: impl Iterator<Item = &'i str>) {
        const RESERVED: [&str; 22] = [
            "base",
            "hits",
            "gap",
            "more",
            "met",
            "unmet",
            "missing",
            "eligible",
            "rejected",
            "incomplete",
            "quota",
            "low",
            "high",
            "over",
            "rate",
            "persons",
            "claims",
            "claimed",
            "cut",
            "topped_up",
            "balance",
            "times",
        ];
        if RESERVED.contains(&id) || id.contains('.') {
            self.names
                .reader
                .report(t.at(), "scheme.reserved-id", |p| p.arg("name", id));
        } else if earlier.any(|e| e == id) {
            self.names
                .reader
                .report(t.at(), "scheme.duplicate-id", |p| p.arg("name", id));
        }
    }
}

/// Both conditions.
fn both(a: Condition, b: Condition) -> Condition {
    match (a.is_always(), b.is_always()) {
        (true, _) => b,
        (_, true) => a,
        _ => Condition::All(vec![a, b]),
    }
}

fn reduced(f: Fraction) -> Fraction {
    let (mut a, mut b) = (f.n.unsigned_abs(), f.d.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    let by = a.max(1) as i64;
    Fraction {
        n: f.n / by,
        d: f.d / by,
    }
}
