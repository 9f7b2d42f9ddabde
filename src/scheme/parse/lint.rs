//! What a scheme may say and hardly means: thresholds that nobody can reach, groups without a
//! target, tables that nobody prints, names that nothing asks for. Warnings; the scheme loads.

use super::feasible::can_hold;
use super::problem::nearest;
use super::read::{Named, Reader, Table};
use crate::scheme::measure::{
    Amount, Cap, Condition, Dimension, List, Literal, Measure, MeasureKind, Need, Operand, Plan,
    Rate, Test,
};
use crate::scheme::{FormIdx, Kind, Scheme};
use toml::de::{DeTable, DeValue};

/// Names of the file that nothing asked for in any edition.
pub(super) fn unused(reader: &Reader<'_>, document: &DeTable<'_>) {
    for (room, what, key) in [
        ("params", Named::Param, "scheme.unused-param"),
        ("condition", Named::Condition, "scheme.unused-condition"),
    ] {
        let Some(DeValue::Table(table)) = document.get(room).map(|v| v.get_ref()) else {
            continue;
        };
        for (name, _) in table.iter() {
            let (at, name) = (name.span().start, name.get_ref());
            if !reader.is_used(what, name) {
                reader.doubt(at, key, |p| p.arg("name", name));
            }
        }
    }
}

/// Looks at the measures and pages of a scheme that has no problems.
pub(super) fn scheme(root: &Table<'_, '_>, scheme: &Scheme) {
    let tables = root.tables("measure");
    for (index, (measure, table)) in scheme.measures.iter().zip(&tables).enumerate() {
        let lint = Lint {
            scheme,
            measure,
            table,
        };
        lint.shown(index);
        lint.family();
    }
}

struct Lint<'x, 'r, 'a> {
    scheme: &'x Scheme,
    measure: &'x Measure,
    table: &'x Table<'r, 'a>,
}

impl Lint<'_, '_, '_> {
    /// A measure that no page shows and no list names.
    fn shown(&self, index: usize) {
        let pages = &self.scheme.pages;
        let listed = |m: &Measure| {
            matches!(m.kind,
                MeasureKind::List(List::Of(of) | List::Claims { of, .. }) if of == index)
        };
        if !pages
            .iter()
            .any(|p| p.measure == self.measure.id || p.measures.contains(&self.measure.id))
            && !self.scheme.measures.iter().any(listed)
        {
            self.warn_at(self.table.value_at("id"), "scheme.unshown-measure");
        }
    }

    fn warn_at(&self, at: usize, key: &'static str) {
        let reader = self.table.reader;
        reader.doubt(at, key, |p| p.arg("name", &self.measure.id));
    }

    /// Two conditions that can hold each alone and never together.
    fn together(&self, form: FormIdx, key: &str, what: &str, base: &Condition, own: &Condition) {
        let alone = |c: &Condition| can_hold(self.scheme, Some(form), &[c]);
        if alone(base) && alone(own) && !can_hold(self.scheme, Some(form), &[base, own]) {
            let at = self.table.value_at(key);
            self.table
                .reader
                .doubt(at, "scheme.never-together", |p| p.arg("name", what));
        }
    }

    /// What each family can get wrong. Families without a line here have nothing of the kind.
    fn family(&self) {
        match &self.measure.kind {
            MeasureKind::Rate(rate) => {
                let p = &rate.population;
                self.together(p.form, "hit", &self.measure.title, &p.filter, &rate.hit);
                self.targets(rate);
            }
            MeasureKind::Requirement(r) => r.needs.iter().for_each(|n| self.need(n)),
            MeasureKind::Eligibility(e) => {
                for c in &e.conditions {
                    self.together(e.base.form, "all", &c.title, &e.base.filter, &c.condition);
                }
            }
            MeasureKind::Plan(plan) => self.plan(plan),
            MeasureKind::CappedSum(c) => {
                let p = &c.population;
                for cap in &c.caps {
                    self.together(p.form, "caps", &cap.title, &p.filter, &cap.filter);
                }
            }
            MeasureKind::Reimbursement(r) => {
                let p = &r.population;
                for (condition, _) in &r.rates {
                    self.together(p.form, "rates", &self.measure.title, &p.filter, condition);
                }
            }
            MeasureKind::Subsidy(s) => {
                let p = &s.population;
                for item in &s.items {
                    self.together(p.form, "items", &item.title, &p.filter, &item.filter);
                }
            }
            MeasureKind::Movement(m) => {
                let p = &m.population;
                for level in &m.levels {
                    self.together(p.form, "levels", &level.title, &p.filter, &level.filter);
                }
            }
            MeasureKind::Forecast(f) => {
                let (p, s) = (&f.population, &f.study);
                self.together(p.form, "hit", &self.measure.title, &p.filter, &f.hit);
                self.together(s.form, "study", &self.measure.title, &s.filter, &f.reaches);
            }
            // Their conditions stand alone: each is looked at where it is read.
            MeasureKind::Composition(_)
            | MeasureKind::Persons(_)
            | MeasureKind::List(_)
            | MeasureKind::Tally(_) => {}
        }
    }

    fn need(&self, need: &Need) {
        let reader = self.table.reader;
        let at = self.table.value_at("needs");
        if let (Some(least), Some(most)) = (need.at_least, need.at_most)
            && least > most
        {
            reader.doubt(at, "scheme.least-over-most", |p| p.arg("name", &need.title));
        }
        let Some(least) = need.at_least else { return };
        for other in &self.scheme.measures {
            let MeasureKind::CappedSum(capped) = &other.kind else {
                continue;
            };
            let same = capped.population.form == need.population.form
                && need.amount == Amount::Sum(Operand::Field(capped.amount));
            let holds = |cap: &&Cap| {
                cap.per == need.population.window.span
                    && includes(&need.population.filter, &cap.filter)
                    && cap.at_most < least
            };
            if let Some(cap) = capped.caps.iter().find(holds).filter(|_| same) {
                reader.doubt(at, "scheme.need-over-cap", |p| {
                    p.arg("name", &need.title).arg("cap", &cap.title)
                });
            }
        }
    }

    fn plan(&self, plan: &Plan) {
        let p = &plan.population;
        let quotas = plan.items.iter().map(|i| (i.title.as_str(), &i.quota));
        let own = plan.quota.iter().map(|q| (self.measure.title.as_str(), q));
        for (title, quota) in quotas.chain(own) {
            if let (Some(low), Some(high)) = (quota.low, quota.high)
                && low > high
            {
                let at = self.table.at();
                let reader = self.table.reader;
                reader.doubt(at, "scheme.least-over-most", |p| p.arg("name", title));
            }
        }
        for item in &plan.items {
            self.together(p.form, "items", &item.title, &p.filter, &item.filter);
        }
    }

    /// Groups that targets name and the rows do not have, and groups of the rows that no target is
    /// for.
    fn targets(&self, rate: &Rate) {
        let reader = self.table.reader;
        let at = self.table.value_at("targets");
        let ids: Vec<&str> = self.measure.by.iter().map(|d| d.id.as_str()).collect();
        let mut named: Option<&Dimension> = None;
        for (id, value) in rate.targets.iter().flat_map(|t| &t.group) {
            let Some(dimension) = self.measure.by.iter().find(|d| d.id == *id) else {
                reader.doubt(at, "scheme.target-of-no-group", |p| {
                    p.arg("name", id).suggest(id, &ids)
                });
                return;
            };
            let terms = self.terms(dimension);
            let names: Vec<&str> = terms.iter().map(|(_, name)| *name).collect();
            if !names.is_empty() && !names.contains(&value.as_str()) {
                reader.doubt(at, "scheme.target-of-no-group", |p| {
                    crate::scheme::SchemeProblem {
                        suggestion: nearest(value, &names),
                        ..p.arg("name", value)
                    }
                });
                return;
            }
            if named.is_some_and(|other| other.id != dimension.id) {
                // Targets by several dimensions: which rows they cover cannot be told here.
                return;
            }
            named = Some(dimension);
        }
        let everyone = rate.targets.iter().any(|t| t.group.is_empty());
        let (Some(dimension), false) = (named, everyone) else {
            return;
        };
        let covered = |name: &str| {
            let groups = rate.targets.iter().flat_map(|t| &t.group);
            groups.into_iter().any(|(_, value)| value == name)
        };
        let p = &rate.population;
        let occurs = |code: &i64| {
            let only = Test::In(vec![Literal::Number(*code)]);
            let is = Condition::Test(dimension.operand, only);
            can_hold(self.scheme, Some(p.form), &[&p.filter, &is])
        };
        let left: Vec<&str> = self
            .terms(dimension)
            .into_iter()
            .filter(|(code, name)| !covered(name) && occurs(code))
            .map(|(_, name)| name)
            .collect();
        if !left.is_empty() {
            reader.doubt(at, "scheme.group-without-target", |p| {
                p.arg("groups", left.join(" "))
            });
        }
    }

    /// Codes and names of the terms that a dimension has rows for.
    fn terms(&self, dimension: &Dimension) -> Vec<(i64, &str)> {
        let field = |form: Option<FormIdx>, field: usize| {
            let form = form.and_then(|f| self.scheme.forms.get(f))?;
            match &form.fields.get(field)?.kind {
                Kind::Vocabulary(id) => Some(id.as_str()),
                _ => None,
            }
        };
        let form = match &self.measure.kind {
            MeasureKind::Rate(rate) => Some(rate.population.form),
            _ => None,
        };
        let vocabulary = match dimension.operand {
            Operand::Field(f) => field(form, f),
            Operand::Roster(f) => field(self.scheme.form("roster"), f),
            Operand::Area => Some("area"),
            _ => None,
        };
        let terms = vocabulary.and_then(|id| self.scheme.vocabulary(id));
        let wanted = |code: i64| match &dimension.terms {
            Some(list) => list.contains(&Literal::Number(code)),
            None => true,
        };
        terms
            .into_iter()
            .flat_map(|v| v.terms.iter().enumerate())
            .map(|(i, t)| (i as i64, t.name.as_str()))
            .filter(|(code, _)| wanted(*code))
            .collect()
    }
}

/// Whether everything that passes `narrow` passes `wide` for certain: no condition, or one of its
/// own parts.
fn includes(narrow: &Condition, wide: &Condition) -> bool {
    wide.is_always()
        || narrow == wide
        || matches!(narrow, Condition::All(all) if all.iter().any(|c| includes(c, wide)))
}
