//! The families of measures, read from `[[measure]]` tables.

use super::condition::{Names, Scope, Stored};
use super::read::{Reader, Table};
use crate::scheme::measure::{
    Composition, Condition, Fraction, Measure, MeasureKind, Population, Rate, Span, Window,
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
    }
    scheme.measures = all;
}

/// One `[[measure]]` being read.
pub(super) struct Reading<'x, 'r, 'a, 's> {
    pub(super) names: &'x Names<'r, 'a, 's>,
    pub(super) table: &'x Table<'r, 'a>,
    pub(super) earlier: &'x [Measure],
}

impl<'r, 'a> Reading<'_, 'r, 'a, '_> {
    fn measure(&self, id: String) -> Option<Measure> {
        const KINDS: [&str; 13] = [
            "composition",
            "rate",
            "forecast",
            "requirement",
            "capped-sum",
            "eligibility",
            "plan",
            "movement",
            "reimbursement",
            "persons",
            "list",
            "tally",
            "subsidy",
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
            "forecast" => self.forecast()?,
            "requirement" => self.requirement()?,
            "capped-sum" => self.capped_sum()?,
            "eligibility" => self.eligibility()?,
            "plan" => self.plan()?,
            "movement" => self.movement()?,
            "reimbursement" => self.reimbursement()?,
            "persons" => self.persons()?,
            "tally" => self.tally()?,
            "subsidy" => self.subsidy()?,
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
    pub(super) fn form(&self, t: &Table<'r, 'a>) -> Option<FormIdx> {
        let name = t.text("form")?;
        let scheme = self.names.scheme;
        let ids: Vec<&str> = scheme.forms.iter().map(|f| f.id.as_str()).collect();
        let at = t.value_at("form");
        let found = self
            .names
            .reader
            .find(&name, at, &ids, "scheme.unknown-form")?;
        // Without any form collected that alone is to be said.
        if !scheme.wanted[found] && scheme.wanted.contains(&true) {
            self.names
                .reader
                .report(at, "scheme.form-not-collected", |p| p.arg("name", name));
        }
        Some(found)
    }

    pub(super) fn window(&self, t: &Table<'r, 'a>, form: FormIdx) -> Window {
        self.window_by(t, t, form)
    }

    /// A window whose length stands in one table and whose field in another.
    pub(super) fn window_by(
        &self,
        t: &Table<'r, 'a>,
        dates: &Table<'r, 'a>,
        form: FormIdx,
    ) -> Window {
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
        let on = match dates.text("on") {
            Some(name) => self
                .names
                .find_field(&name, dates.value_at("on"), form)
                .filter(|f| {
                    let kind = &self.names.scheme.forms[form].fields[*f].kind;
                    let fits = matches!(kind, Kind::Date | Kind::Integer);
                    if !fits {
                        dates.wrong("on", "scheme.not-date");
                    }
                    fits
                }),
            None => self.names.event(form),
        };
        if on.is_none() && span != Span::All {
            dates.wrong("within", "scheme.no-date-field");
        }
        Window { span, on }
    }

    /// `form`, `where`, `within`, `on`, `years` of a table.
    pub(super) fn population(&self, t: &Table<'r, 'a>) -> Option<Population> {
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

    pub(super) fn unit(&self, t: &Table<'r, 'a>) -> String {
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
        let targets = self.targets(t);
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

    /// A stored field in hundredths under a key.
    pub(super) fn money(&self, t: &Table<'r, 'a>, key: &str, form: FormIdx) -> Option<FieldIdx> {
        if t.get(key).is_none() {
            t.missing(key);
        }
        let name = t.text(key)?;
        self.hundredths_field(&name, t.value_at(key), form)
    }

    pub(super) fn hundredths_field(
        &self,
        name: &str,
        at: usize,
        form: FormIdx,
    ) -> Option<FieldIdx> {
        let field = self.names.find_field(name, at, form)?;
        let fits = matches!(self.names.stored_field(form, field), Stored::Hundredths);
        if !fits {
            self.names
                .reader
                .report(at, "scheme.not-decimal", |p| p.arg("name", name));
        }
        fits.then_some(field)
    }

    /// A part's id must be new and none of those that the engine gives itself.
    pub(super) fn part<'i>(
        &self,
        t: &Table<'r, 'a>,
        id: &str,
        earlier: impl Iterator<Item = &'i str>,
    ) {
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
        self.part_beside(t, id, earlier, &RESERVED);
    }

    /// The same where the family has other ids of its own.
    pub(super) fn part_beside<'i>(
        &self,
        t: &Table<'r, 'a>,
        id: &str,
        earlier: impl Iterator<Item = &'i str>,
        reserved: &[&str],
    ) {
        if reserved.contains(&id) || id.contains('.') {
            self.names
                .reader
                .report(t.at(), "scheme.reserved-id", |p| p.arg("name", id));
        } else {
            self.new_part(t, id, earlier);
        }
    }

    /// A part's id must not be there already.
    pub(super) fn new_part<'i>(
        &self,
        t: &Table<'r, 'a>,
        id: &str,
        mut earlier: impl Iterator<Item = &'i str>,
    ) {
        if earlier.any(|e| e == id) {
            self.names
                .reader
                .report(t.at(), "scheme.duplicate-id", |p| p.arg("name", id));
        }
    }
}

/// Both conditions.
pub(super) fn both(a: Condition, b: Condition) -> Condition {
    match (a.is_always(), b.is_always()) {
        (true, _) => b,
        (_, true) => a,
        _ => Condition::All(vec![a, b]),
    }
}

pub(super) fn reduced(f: Fraction) -> Fraction {
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
