//! Families that judge persons: requirements, capped sums, eligibility, persons and lists.

use super::condition::{Scope, Stored};
use super::measure::{Reading, both};
use super::read::Table;
use crate::scheme::FormIdx;
use crate::scheme::measure::{
    Amount, Cap, CappedSum, Condition, Eligibility, List, ListColumn, MeasureKind, Named, Need,
    Operand, Persons, Population, Requirement, Span, Total, Window,
};

/// What a need inherits from its measure.
struct Inherited {
    form: Option<FormIdx>,
    filter: Condition,
    window: Window,
}

impl<'r, 'a> Reading<'_, 'r, 'a, '_> {
    pub(super) fn requirement(&self) -> Option<(FormIdx, MeasureKind)> {
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
        if t.list("needs").is_empty() {
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
        let title = t.need_text("title");
        let bounded = t.get("at_least").is_some() | t.get("at_most").is_some();
        if !bounded {
            t.missing("at_least");
        }
        let (amount, hundredths) = self.amount(t, scope)?;
        let power = if hundredths { 2 } else { 0 };
        let need = Need {
            title,
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
        Some(need)
    }

    /// `count`, `sum`, `least` or `most`; exactly one.
    fn amount(&self, t: &Table<'r, 'a>, scope: Scope) -> Option<(Amount, bool)> {
        type Make = fn(Operand) -> Amount;
        let kinds: [(&str, Make); 3] = [
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
    pub(super) fn number(
        &self,
        t: &Table<'r, 'a>,
        key: &str,
        scope: Scope,
    ) -> Option<(Operand, bool)> {
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

    pub(super) fn capped_sum(&self) -> Option<(FormIdx, MeasureKind)> {
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
            bands: self.rising(t),
            caps,
            population,
        };
        Some((form, MeasureKind::CappedSum(capped)))
    }

    /// Lower bounds of bands of a sum, in hundredths.
    fn rising(&self, t: &Table<'r, 'a>) -> Vec<i64> {
        let given = t.list("bands");
        let bounds: Vec<i64> = given
            .iter()
            .filter_map(|v| t.value_exact(v)?.scaled(2))
            .collect();
        if bounds.len() != given.len() || bounds.windows(2).any(|w| w[0] >= w[1]) {
            t.wrong("bands", "scheme.type-bands");
        }
        bounds
    }

    pub(super) fn eligibility(&self) -> Option<(FormIdx, MeasureKind)> {
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

    pub(super) fn persons(&self) -> Option<(FormIdx, MeasureKind)> {
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

    /// A list's column has the id of its field; a field of the person's roster keeps the roster's
    /// name in front, which no part that the engine gives itself has.
    fn list_column<'i>(&self, t: &Table<'r, 'a>, id: &str, earlier: impl Iterator<Item = &'i str>) {
        match id.strip_prefix("roster.") {
            Some(field) if !field.contains('.') => self.new_part(t, id, earlier),
            _ => self.part(t, id, earlier),
        }
    }

    fn list_columns(&self, t: &Table<'r, 'a>, form: FormIdx) -> Vec<ListColumn> {
        let scope = Scope::Form(form);
        let mut columns: Vec<ListColumn> = Vec::new();
        for (name, at) in t.texts("columns") {
            self.list_column(t, &name, columns.iter().map(|c| c.id.as_str()));
            if let Some((operand, _)) = self.names.operand(&name, at, scope) {
                columns.push(ListColumn {
                    title: self.names.title(operand, scope),
                    id: name,
                    operand,
                });
            }
        }
        columns
    }

    pub(super) fn list(&self) -> Option<(FormIdx, MeasureKind)> {
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
                MeasureKind::Movement(m) => m.population.form,
                MeasureKind::Subsidy(s) => s.population.form,
                _ => {
                    t.wrong("of", "scheme.not-listable");
                    return None;
                }
            };
            let claims = matches!(self.earlier[found].kind, MeasureKind::Reimbursement(_));
            if claims && t.boolean("all") == Some(true) {
                let columns = self.list_columns(t, form);
                let list = List::Claims { of: found, columns };
                return Some((form, MeasureKind::List(list)));
            }
            return Some((form, MeasureKind::List(List::Of(found))));
        }
        let population = self.population(t)?;
        let form = population.form;
        let list = List::Records {
            population,
            columns: self.list_columns(t, form),
            ranking: Box::new(self.ranking(t, form)),
        };
        Some((form, MeasureKind::List(list)))
    }
}
