//! Tallies in sentences: each column, what it is made of, what it is to reach.

use super::{Prose, value};
use crate::scheme::measure::Fraction;
use crate::scheme::tally::{Bounds, Counted, RowKind, Shown, Tally, TallyItem, What};

impl Prose<'_> {
    pub(super) fn tally(&self, m: &Tally) -> Vec<String> {
        let mut out = vec![self.say("prose.tally", &[])];
        for (i, item) in m.items.iter().enumerate() {
            let args = [
                ("n", (i + 1).to_string()),
                ("title", self.item_title(item)),
                ("what", self.what(m, item)),
            ];
            let mut line = self.say("prose.tally.item", &args);
            for bounds in &item.bounds {
                line.push_str(&self.bounds(item, bounds));
            }
            out.push(line);
        }
        if let Some(order) = m.order {
            let key = match order.descending {
                true => "prose.order.falling",
                false => "prose.order.rising",
            };
            let field = [("field", self.item_title(&m.items[order.item]))];
            let keys = self.say(key, &field);
            out.push(self.say("prose.ranking", &[("keys", keys)]));
        }
        out
    }

    fn item_title(&self, item: &TallyItem) -> String {
        match item.spanner.as_str() {
            "" => item.title.clone(),
            spanner => {
                let args = [
                    ("spanner", spanner.to_owned()),
                    ("title", item.title.clone()),
                ];
                self.say("prose.tally.spanner", &args)
            }
        }
    }

    fn what(&self, m: &Tally, item: &TallyItem) -> String {
        let title = |i: usize| self.quoted(&self.item_title(&m.items[i]));
        match &item.what {
            What::Records {
                population,
                counted,
                ..
            } => {
                let form = Some(population.form);
                let amount = match counted {
                    Counted::Sum(o) => {
                        self.say("prose.amount.sum", &[("field", self.operand(form, *o))])
                    }
                    Counted::Count => self.say("prose.amount.count", &[]),
                    Counted::Persons => self.say("prose.amount.persons", &[]),
                    Counted::Distinct(of) => {
                        let fields: Vec<String> =
                            of.iter().map(|o| self.operand(form, *o)).collect();
                        self.say("prose.amount.distinct", &[("fields", self.listed(&fields))])
                    }
                };
                let args = [("amount", amount), ("records", self.records(population))];
                self.say("prose.tally.records", &args)
            }
            What::Number { total, groups } => {
                let mut parts: Vec<String> = groups
                    .iter()
                    .map(|s| {
                        let group: Vec<String> = s.group.iter().map(|(_, v)| v.clone()).collect();
                        let number = scaled(item.shown, s.number);
                        format!("{}{number}", self.listed(&group))
                    })
                    .collect();
                parts.extend(total.map(|n| scaled(item.shown, n)));
                self.say("prose.tally.number", &[("numbers", self.listed(&parts))])
            }
            What::Ratio(a, b) => {
                self.say("prose.tally.ratio", &[("a", title(*a)), ("b", title(*b))])
            }
            What::Difference(a, b) => self.say(
                "prose.tally.difference",
                &[("a", title(*a)), ("b", title(*b))],
            ),
            What::Sum(parts) => {
                let parts: Vec<String> = parts.iter().map(|i| title(*i)).collect();
                self.say("prose.tally.sum", &[("parts", self.listed(&parts))])
            }
        }
    }

    fn bounds(&self, item: &TallyItem, bounds: &Bounds) -> String {
        let shown = |f: Fraction| match item.shown {
            Shown::Rate | Shown::Points => value::percent(f),
            Shown::Whole | Shown::Decimal | Shown::Money => value::number(f),
        };
        let group: Vec<String> = bounds.group.iter().map(|(_, v)| v.clone()).collect();
        let rows = match bounds.rows {
            RowKind::All => String::new(),
            RowKind::Leaves => self.say("prose.rows.leaves", &[]),
            RowKind::Total => self.say("prose.rows.total", &[]),
        };
        let parts = [("at-least", bounds.low), ("at-most", bounds.high)];
        let parts: Vec<String> = parts
            .into_iter()
            .filter_map(|(key, bound)| {
                let args = [("n", shown(bound?)), ("unit", item.unit.clone())];
                Some(self.say(&format!("prose.bound.{key}"), &args))
            })
            .collect();
        let until = bounds.until.map_or_else(String::new, |d| {
            self.say("prose.until", &[("until", self.day(d))])
        });
        let args = [
            ("group", self.listed(&group)),
            ("rows", rows),
            ("bounds", self.listed(&parts)),
            ("until", until),
        ];
        self.say("prose.tally.bounds", &args)
    }
}

/// A stated number in the scale of its column.
fn scaled(shown: Shown, n: i64) -> String {
    match shown {
        Shown::Decimal | Shown::Money => value::hundredths(n),
        Shown::Whole | Shown::Rate | Shown::Points => n.to_string(),
    }
}
