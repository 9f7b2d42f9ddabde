//! Families about time and shares of head counts: movement and forecast; what a plan says of
//! years, candidates and the start; the order of lists.

use super::condition::{Scope, Stored};
use super::measure::{Reading, both, reduced};
use super::read::Table;
use crate::scheme::FormIdx;
use crate::scheme::dynamics::{
    Forecast, Movement, Outlook, Pool, Ranking, Rounding, Share, SortKey, Step, Top,
};
use crate::scheme::measure::{Condition, Fraction, Item, MeasureKind, Target};

/// More year ends than anyone is enrolled for; their columns would not fit a page.
const MOST_YEARS: i64 = 10;

impl<'r, 'a> Reading<'_, 'r, 'a, '_> {
    pub(super) fn movement(&self) -> Option<(FormIdx, MeasureKind)> {
        let t = self.table;
        let population = self.population(t)?;
        let form = population.form;
        let mut levels: Vec<Step> = Vec::new();
        for one in t.tables("levels") {
            let id = one.need_text("id");
            self.part(&one, &id, levels.iter().map(|l| l.id.as_str()));
            if one.get("where").is_none() {
                one.missing("where");
            }
            levels.push(Step {
                id,
                title: one.need_text("title"),
                filter: self.names.condition_at(&one, "where", Scope::Form(form)),
                baseline: None,
            });
            one.close();
        }
        if levels.is_empty() {
            t.missing("levels");
        }
        let ids: Vec<String> = levels.iter().map(|l| l.id.clone()).collect();
        for (level, count) in self.counts(t, "baseline", "level", &ids) {
            levels[level].baseline = Some(count);
        }
        let places = ["district", "school"];
        for (name, at) in t.texts("by") {
            self.names
                .reader
                .find(&name, at, &places, "scheme.not-a-place");
        }
        let movement = Movement {
            levels,
            unit: self.unit(t),
            population,
        };
        Some((form, MeasureKind::Movement(movement)))
    }

    /// `[{ <what> = "id", count = 3 }, …]`: each id once, as its position in `ids`.
    fn counts(
        &self,
        t: &Table<'r, 'a>,
        key: &str,
        what: &str,
        ids: &[String],
    ) -> Vec<(usize, i64)> {
        let mut out: Vec<(usize, i64)> = Vec::new();
        for one in t.tables(key) {
            let id = one.need_text(what);
            let count = one.integer("count");
            if one.get("count").is_none() {
                one.missing("count");
            }
            let at = one.value_at(what);
            let found = self.names.reader.find(&id, at, ids, "scheme.unknown-item");
            if let (Some(found), Some(count)) = (found, count) {
                if out.iter().any(|(known, _)| *known == found) {
                    self.names
                        .reader
                        .report(at, "scheme.duplicate-id", |p| p.arg("name", &id));
                }
                out.push((found, count));
            }
            one.close();
        }
        out
    }

    pub(super) fn forecast(&self) -> Option<(FormIdx, MeasureKind)> {
        let t = self.table;
        let population = self.population(t)?;
        let form = population.form;
        if t.get("hit").is_none() {
            t.missing("hit");
        }
        let hit = self.names.condition_at(t, "hit", Scope::Form(form));
        let targets = self.targets(t);
        let years = t.integer("years");
        if t.get("years").is_none() {
            t.missing("years");
        }
        if years.is_some_and(|y| !(1..=MOST_YEARS).contains(&y)) {
            t.wrong("years", "scheme.type-years");
        }
        let Some(one) = t.table("study") else {
            t.missing("study");
            return None;
        };
        let study = self.population(&one);
        for key in ["on", "reaches"] {
            if one.get(key).is_none() {
                one.missing(key);
            }
        }
        let reaches = study
            .as_ref()
            .map(|s| {
                self.names
                    .condition_at(&one, "reaches", Scope::Form(s.form))
            })
            .unwrap_or_default();
        one.close();
        let study = study?;
        let forecast = Forecast {
            hit,
            reaches,
            arrives: study.window.on?,
            years: years.and_then(|y| u32::try_from(y).ok()).unwrap_or(1),
            targets,
            unit: self.unit(t),
            study,
            population,
        };
        Some((form, MeasureKind::Forecast(forecast)))
    }

    /// `targets` of groups and times, then `target` for everything else.
    pub(super) fn targets(&self, t: &Table<'r, 'a>) -> Vec<Target> {
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
        targets
    }

    /// A share of a head count under a key, if there is a table. `by` are the names of the rows'
    /// dimensions, which the counted form must have too.
    pub(super) fn share(
        &self,
        t: &Table<'r, 'a>,
        key: &str,
        by: &[(String, usize)],
    ) -> Option<Share> {
        let one = t.as_table(t.get(key)?)?;
        let share = self.share_of(&one, by);
        one.close();
        share
    }

    fn share_of(&self, t: &Table<'r, 'a>, by: &[(String, usize)]) -> Option<Share> {
        const ROUNDS: [(&str, Rounding); 3] = [
            ("down", Rounding::Down),
            ("up", Rounding::Up),
            ("half-up", Rounding::HalfUp),
        ];
        let names: Vec<&str> = ROUNDS.iter().map(|(n, _)| *n).collect();
        let share = t.exact("share").map(|s| reduced(s.fraction()));
        let round = t
            .text("round")
            .and_then(|text| Some(ROUNDS[t.choice("round", &text, &names)?].1))
            .unwrap_or_default();
        let at_least = t.integer("at_least").unwrap_or(0);
        let of = t.table("of").and_then(|of| {
            let population = self.population(&of);
            of.close();
            population
        });
        for key in ["share", "of"] {
            if t.get(key).is_none() {
                t.missing(key);
            }
        }
        if share.is_some_and(|s| s.n < 0 || s.n > s.d) {
            t.wrong("share", "scheme.type-share");
        }
        let of = of?;
        let scope = Scope::Form(of.form);
        let terms = self.table.table("terms");
        let by = by
            .iter()
            .filter_map(|(name, at)| self.names.dimension(name, *at, scope, terms.as_ref()))
            .collect();
        Some(Share {
            by,
            share: share.unwrap_or(Fraction { n: 0, d: 1 }),
            round,
            at_least,
            of,
        })
    }

    /// The years and candidates of a plan's item.
    pub(super) fn outlook(&self, t: &Table<'r, 'a>, form: FormIdx, plan: &Condition) -> Outlook {
        let mut yearly = Vec::new();
        if let Some(years) = t.table("yearly") {
            for (year, value) in years.entries() {
                let count = years.value_exact(value).and_then(|n| n.scaled(0));
                match (year.parse::<i32>(), count) {
                    (Ok(y @ 1900..=2999), Some(n)) => yearly.push((y, n)),
                    _ => years.wrong(year, "scheme.type-year-quota"),
                }
            }
            yearly.sort_unstable();
        }
        let pool = t.table("pool").map(|pool| {
            if pool.get("where").is_none() {
                pool.missing("where");
            }
            let own = self.names.condition_at(&pool, "where", Scope::Form(form));
            pool.close();
            both(plan.clone(), own)
        });
        Outlook {
            yearly,
            pool,
            start: None,
        }
    }

    /// How many of each item there were at the start.
    pub(super) fn starts(&self, t: &Table<'r, 'a>, items: &mut [Item]) {
        let ids: Vec<String> = items.iter().map(|i| i.id.clone()).collect();
        for (item, count) in self.counts(t, "start", "item", &ids) {
            items[item].outlook.start = Some(count);
        }
    }

    /// Says where the quotas of an item's years do not add up to its quota: the scheme can be run,
    /// but somebody should know.
    pub(super) fn doubt_years(&self, t: &Table<'r, 'a>, item: &Item) {
        if let Some((sum, quota)) = item.years_against_quota() {
            self.names
                .reader
                .doubt(t.value_at("yearly"), "scheme.years-not-quota", |p| {
                    p.arg("item", &item.title)
                        .arg("sum", sum)
                        .arg("quota", quota)
                        .arg("gap", (sum - quota).abs())
                        .arg("start", item.outlook.start.unwrap_or(0))
                });
        }
    }

    /// `order`, `ties`, `top` and `per` of a list.
    pub(super) fn ranking(&self, t: &Table<'r, 'a>, form: FormIdx) -> Ranking {
        const PER: [(&str, Pool); 3] = [
            ("all", Pool::All),
            ("district", Pool::District),
            ("school", Pool::School),
        ];
        let names: Vec<&str> = PER.iter().map(|(n, _)| *n).collect();
        let mut keys = Vec::new();
        for (text, at) in t.texts("order") {
            let (name, descending) = match text.strip_prefix('-') {
                Some(name) => (name, true),
                None => (text.as_str(), false),
            };
            let found = self.names.operand(name, at, Scope::Form(form));
            if let Some((operand, stored)) = found {
                if let Stored::Code(v) = stored
                    && !v.ordered
                {
                    self.names
                        .reader
                        .report(at, "scheme.not-ordered", |p| p.arg("name", &v.id));
                }
                keys.push(SortKey {
                    operand,
                    descending,
                });
            }
        }
        let ties = t.boolean("ties").unwrap_or(false);
        let per = t
            .text("per")
            .and_then(|text| Some(PER[t.choice("per", &text, &names)?].1))
            .unwrap_or_default();
        let top = match t.get("top") {
            None => None,
            Some(value) if t.as_table(value).is_some() => {
                // Whoever is ranked apart is counted apart.
                let by = match per {
                    Pool::All => Vec::new(),
                    Pool::District => vec![("district".to_owned(), t.value_at("per"))],
                    Pool::School => vec![("school".to_owned(), t.value_at("per"))],
                };
                self.share(t, "top", &by).map(Top::Share)
            }
            Some(_) => t.integer("top").map(Top::Count),
        };
        if keys.is_empty() && (ties || top.is_some() || t.get("per").is_some()) {
            t.missing("order");
        }
        Ranking {
            keys,
            ties,
            top,
            per,
        }
    }

    /// The date field that a plan with quotas of years needs.
    pub(super) fn needs_date(&self, t: &Table<'r, 'a>, form: FormIdx, items: &[Item]) {
        let dated = match t.text("on") {
            Some(_) => true,
            None => self.names.event(form).is_some(),
        };
        if !dated && items.iter().any(|i| !i.outlook.yearly.is_empty()) {
            t.wrong("items", "scheme.years-without-date");
        }
    }
}
