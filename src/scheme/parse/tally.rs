//! The tally: columns that a scheme declares one by one, over one form or several.

use super::condition::{Scope, Stored};
use super::measure::Reading;
use super::read::{Exact, Table};
use crate::scheme::measure::{Condition, MeasureKind, Operand, Population};
use crate::scheme::tally::{
    Bounds, Counted, Order, RowKind, Shown, Source, Stated, Tally, TallyItem, What,
};
use crate::scheme::{FieldIdx, FormIdx, Kind};

/// What an item can be made of; exactly one of these keys.
const KINDS: [&str; 9] = [
    "sum",
    "count",
    "persons",
    "distinct",
    "number",
    "number_by",
    "ratio",
    "difference",
    "plus",
];

/// The dimensions of the rows: names, and how values are stored in the first form.
type Dimensions<'s> = Vec<(String, Option<Stored<'s>>)>;

/// What every item of one tally is read with.
struct Common<'x, 'r, 'a, 's> {
    table: &'x Table<'r, 'a>,
    form: Option<FormIdx>,
    filter: Condition,
    dimensions: Dimensions<'s>,
    ids: Vec<String>,
}

impl<'r, 'a, 's> Reading<'_, 'r, 'a, 's> {
    pub(super) fn tally(&self) -> Option<(FormIdx, MeasureKind)> {
        let t = self.table;
        let (mut form, mut filter) = (None, Condition::default());
        if t.get("form").is_some() {
            let own = self.form(t)?;
            filter = self.names.condition_at(t, "where", Scope::Form(own));
            self.window(t, own);
            form = Some(own);
        }
        let tables = t.tables("items");
        if tables.is_empty() {
            t.missing("items");
        }
        let (forms, dimensions) = self.forms(form, &tables)?;
        let common = Common {
            table: t,
            form,
            filter,
            dimensions,
            ids: tables.iter().map(|one| one.need_text("id")).collect(),
        };
        let mut items: Vec<TallyItem> = Vec::with_capacity(tables.len());
        for (i, one) in tables.iter().enumerate() {
            let earlier = common.ids[..i].iter().map(String::as_str);
            self.part_beside(one, &common.ids[i], earlier, &[]);
            // What is left of an item that cannot be read says nothing more.
            if let Some(item) = self.item(one, &common) {
                one.close();
                items.push(item);
            }
        }
        if items.len() < tables.len() || !self.shown(&mut items, &tables) {
            return None;
        }
        let find = |text: &str, key: &str| {
            let at = t.value_at(key);
            let reader = self.names.reader;
            reader.find(text, at, &common.ids, "scheme.unknown-item")
        };
        let main = t.text("main").map_or(Some(0), |id| find(&id, "main"))?;
        let order = match t.text("order") {
            None => None,
            Some(text) => Some(Order {
                item: find(text.trim_start_matches('-'), "order")?,
                descending: text.starts_with('-'),
            }),
        };
        let first = forms.first()?.form;
        let tally = Tally {
            sources: self.sources(forms, &mut items),
            items,
            main,
            order,
        };
        Some((first, MeasureKind::Tally(tally)))
    }

    /// The forms of the items, the default one first, and the dimensions in each of them.
    fn forms(
        &self,
        default: Option<FormIdx>,
        items: &[Table<'r, 'a>],
    ) -> Option<(Vec<Source>, Dimensions<'s>)> {
        let t = self.table;
        let mut forms: Vec<FormIdx> = default.into_iter().collect();
        for one in items.iter().filter(|one| one.get("form").is_some()) {
            let form = self.form(one)?;
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
        if forms.is_empty() {
            t.missing("form");
            return None;
        }
        let mut sources: Vec<Source> = Vec::new();
        let mut dimensions: Dimensions<'s> = Vec::new();
        for form in forms {
            let mut operands = Vec::new();
            for (i, (name, at)) in t.texts("by").into_iter().enumerate() {
                let base = name.strip_suffix("_band").unwrap_or(&name);
                let found = self.names.operand(base, at, Scope::Form(form));
                let stored = found.map(|(_, stored)| stored);
                operands.push(found.map_or(Operand::School, |(operand, _)| operand));
                match dimensions.get(i).map(|(_, s)| *s) {
                    None => dimensions.push((name, stored)),
                    Some(Some(first)) if stored.is_some_and(|s| !alike(first, s)) => {
                        let form = &self.names.scheme.forms[form].id;
                        self.names
                            .reader
                            .report(at, "scheme.dimension-differs", |p| {
                                p.arg("name", &name).arg("form", form)
                            });
                    }
                    Some(_) => {}
                }
            }
            let on = self.names.event(form);
            sources.push(Source { form, on, operands });
        }
        Some((sources, dimensions))
    }

    /// A source for each form and date that items look at; years and months are told by that date.
    fn sources(&self, forms: Vec<Source>, items: &mut [TallyItem]) -> Vec<Source> {
        let mut out: Vec<Source> = Vec::new();
        for item in items {
            let What::Records {
                source, population, ..
            } = &mut item.what
            else {
                continue;
            };
            let (form, on) = (population.form, population.window.on);
            let known = out.iter().position(|s| s.form == form && s.on == on);
            *source = known.unwrap_or(out.len());
            if let (None, Some(plain)) = (known, forms.iter().find(|s| s.form == form)) {
                let told = |operand: &Operand| self.told_by(*operand, form, on);
                out.push(Source {
                    form,
                    on,
                    operands: plain.operands.iter().map(told).collect(),
                });
            }
        }
        match out.is_empty() {
            // Only numbers of the scheme: the rows are those of the form all the same.
            true => forms,
            false => out,
        }
    }

    /// A year, term or month told by another date of the form.
    fn told_by(&self, operand: Operand, form: FormIdx, on: Option<FieldIdx>) -> Operand {
        let Some(on) = on else { return operand };
        let is_day = self.names.scheme.forms[form].fields[on].kind == Kind::Date;
        match operand {
            Operand::CycleYear(_) => Operand::CycleYear(on),
            Operand::CalendarYear(_) => Operand::CalendarYear(on),
            Operand::Term(_) if is_day => Operand::Term(on),
            Operand::Month(_) if is_day => Operand::Month(on),
            other => other,
        }
    }

    fn item(&self, t: &Table<'r, 'a>, common: &Common<'_, 'r, 'a, 's>) -> Option<TallyItem> {
        let (what, shown) = self.what(t, common)?;
        let mut bounds: Vec<Bounds> = t
            .tables("targets")
            .iter()
            .map(|one| {
                let bounds = self.bounds(one, common, &["at_least", "target"]);
                one.close();
                bounds
            })
            .collect();
        let (low, high, rows) = (t.get("at_least"), t.get("at_most"), t.get("for"));
        if low.is_some() || high.is_some() {
            bounds.push(self.bounds(t, common, &["at_least"]));
        } else if rows.is_some() {
            t.missing("at_least");
        }
        Some(TallyItem {
            id: t.need_text("id"),
            title: t.need_text("title"),
            spanner: t.text("spanner").unwrap_or_default(),
            unit: self.unit(t),
            shown,
            what,
            bounds,
        })
    }

    /// What an item is made of, and how it is shown where that does not hang on other items.
    fn what(&self, t: &Table<'r, 'a>, common: &Common<'_, 'r, 'a, 's>) -> Option<(What, Shown)> {
        let on = |key: &&str| match *key {
            "count" | "persons" => t.boolean(key) == Some(true),
            _ => t.get(key).is_some(),
        };
        let kinds: Vec<&str> = KINDS.into_iter().filter(|k| on(k)).collect();
        match kinds[..] {
            ["number"] | ["number_by"] | ["number", "number_by"] => self.number_item(t, common),
            [kind @ ("ratio" | "difference" | "plus")] => {
                let mut of = Vec::new();
                for (id, at) in t.texts(kind) {
                    let reader = self.names.reader;
                    of.push(reader.find(&id, at, &common.ids, "scheme.unknown-item")?);
                }
                let what = match (kind, &of[..]) {
                    ("ratio", [a, b]) => What::Ratio(*a, *b),
                    ("difference", [a, b]) => What::Difference(*a, *b),
                    ("plus", [_, _, ..]) => What::Sum(of),
                    _ => {
                        t.wrong(kind, "scheme.two-items");
                        return None;
                    }
                };
                Some((what, Shown::Whole))
            }
            [kind] => self.counted(t, kind, common),
            _ => {
                self.names.reader.report(t.at(), "scheme.one-kind", |p| p);
                None
            }
        }
    }

    /// An item made of records.
    fn counted(
        &self,
        t: &Table<'r, 'a>,
        kind: &str,
        common: &Common<'_, 'r, 'a, 's>,
    ) -> Option<(What, Shown)> {
        let own = t.get("form").is_some();
        let Some(form) = (if own { self.form(t) } else { common.form }) else {
            if !own {
                t.missing("form");
            }
            return None;
        };
        let scope = Scope::Form(form);
        let filter = match own || t.get("where").is_some() {
            true => self.names.condition_at(t, "where", scope),
            false => common.filter.clone(),
        };
        let spans = if t.get("within").is_some() {
            t
        } else {
            common.table
        };
        let dates = match own || t.get("on").is_some() {
            true => t,
            false => common.table,
        };
        let window = self.window_by(spans, dates, form);
        let (counted, shown) = match kind {
            "count" => (Counted::Count, Shown::Whole),
            "persons" => (Counted::Persons, Shown::Whole),
            "distinct" => {
                let mut of = Vec::new();
                for (name, at) in t.texts("distinct") {
                    of.push(self.names.operand(&name, at, scope)?.0);
                }
                (Counted::Distinct(of), Shown::Whole)
            }
            _ => {
                let (operand, hundredths) = self.number(t, "sum", scope)?;
                let shown = match hundredths {
                    true if self.is_money(operand, form) => Shown::Money,
                    true => Shown::Decimal,
                    false => Shown::Whole,
                };
                (Counted::Sum(operand), shown)
            }
        };
        let what = What::Records {
            // Told when all items are known.
            source: 0,
            population: Population {
                form,
                filter,
                window,
            },
            counted,
        };
        Some((what, shown))
    }

    /// Whether a number is kept as money.
    pub(super) fn is_money(&self, operand: Operand, form: FormIdx) -> bool {
        let scheme = self.names.scheme;
        let kind = |form: FormIdx, field: usize| scheme.forms[form].fields[field].kind.clone();
        match operand {
            Operand::Field(f) => kind(form, f) == Kind::Money,
            Operand::Roster(f) => scheme
                .form("roster")
                .is_some_and(|r| kind(r, f) == Kind::Money),
            _ => false,
        }
    }

    /// An item that the scheme states: `number` for all, `number_by` for groups.
    fn number_item(
        &self,
        t: &Table<'r, 'a>,
        common: &Common<'_, 'r, 'a, 's>,
    ) -> Option<(What, Shown)> {
        let total = t.exact("number");
        let mut groups: Vec<(Vec<(String, String)>, Exact)> = Vec::new();
        for one in t.tables("number_by") {
            let group = self.row_group(&one, common);
            if one.get("group").is_none() {
                one.missing("group");
            }
            match one.exact("number") {
                Some(number) => groups.push((group, number)),
                None => one.missing("number"),
            }
            one.close();
        }
        let money = t.boolean("money").unwrap_or(false);
        let whole = |n: &Exact| n.scaled(0).is_some();
        let all_whole = total.iter().all(whole) && groups.iter().all(|(_, n)| whole(n));
        let (power, shown) = match (money, all_whole) {
            (true, _) => (2, Shown::Money),
            (false, false) => (2, Shown::Decimal),
            (false, true) => (0, Shown::Whole),
        };
        let scaled = |n: Exact, key: &str| {
            let scaled = n.scaled(power);
            if scaled.is_none() {
                t.wrong(key, "scheme.type-hundredths");
            }
            scaled
        };
        let mut stated = Vec::new();
        for (group, number) in groups {
            let number = scaled(number, "number_by")?;
            stated.push(Stated { group, number });
        }
        let total = match total {
            Some(n) => Some(scaled(n, "number")?),
            None => None,
        };
        let what = What::Number {
            total,
            groups: stated,
        };
        Some((what, shown))
    }

    /// The rows that `group` names: dimensions of the rows and their values.
    fn row_group(
        &self,
        t: &Table<'r, 'a>,
        common: &Common<'_, 'r, 'a, 's>,
    ) -> Vec<(String, String)> {
        let mut group = Vec::new();
        let Some(g) = t.table("group") else {
            return group;
        };
        let known: Vec<&str> = common.dimensions.iter().map(|(n, _)| n.as_str()).collect();
        for (name, value) in g.entries() {
            let (Some(at), Some(text)) = (
                g.find_key(name, &known, "scheme.unknown-dimension"),
                g.value_text(value),
            ) else {
                continue;
            };
            let (_, stored) = &common.dimensions[at];
            if let (Some(Stored::Code(v)), None) = (stored, name.strip_suffix("_band")) {
                let terms: Vec<&str> = v.terms.iter().map(|t| t.name.as_str()).collect();
                let at = value.span().start;
                self.names
                    .reader
                    .find(&text, at, &terms, "scheme.unknown-term");
            }
            group.push((name.to_owned(), text));
        }
        group
    }

    /// Bounds of an item, or of some of its rows; `lows` are the keys of the lower one.
    fn bounds(&self, t: &Table<'r, 'a>, common: &Common<'_, 'r, 'a, 's>, lows: &[&str]) -> Bounds {
        const ROWS: [(&str, RowKind); 3] = [
            ("all", RowKind::All),
            ("leaves", RowKind::Leaves),
            ("total", RowKind::Total),
        ];
        let names: Vec<&str> = ROWS.iter().map(|(n, _)| *n).collect();
        let rows = t
            .text("for")
            .and_then(|text| Some(ROWS[t.choice("for", &text, &names)?].1));
        let fraction = |key: &str| t.exact(key).map(|e| super::measure::reduced(e.fraction()));
        let low = lows.iter().find_map(|key| fraction(key));
        let high = fraction("at_most");
        if low.is_none() && high.is_none() {
            t.missing(lows.last().unwrap_or(&"at_least"));
        }
        Bounds {
            group: match lows.len() {
                1 => Vec::new(),
                _ => self.row_group(t, common),
            },
            rows: rows.unwrap_or_default(),
            until: match lows.len() {
                1 => None,
                _ => t.date("until"),
            },
            low,
            high,
        }
    }

    /// Works out how items made of other items are shown; false if one is made of itself or of
    /// things that cannot be added.
    fn shown(&self, items: &mut [TallyItem], tables: &[Table<'r, 'a>]) -> bool {
        let mut known: Vec<bool> = items
            .iter()
            .map(|i| matches!(i.what, What::Records { .. } | What::Number { .. }))
            .collect();
        loop {
            let ready = (0..items.len()).find(|i| {
                !known[*i]
                    && match &items[*i].what {
                        What::Ratio(a, b) | What::Difference(a, b) => known[*a] && known[*b],
                        What::Sum(of) => of.iter().all(|o| known[*o]),
                        _ => true,
                    }
            });
            let Some(i) = ready else { break };
            let of = |o: &usize| items[*o].shown;
            let shown = match &items[i].what {
                What::Ratio(..) if items[i].unit.is_empty() => Some(Shown::Rate),
                What::Ratio(..) => Some(Shown::Decimal),
                What::Difference(a, b) => match (of(a), of(b)) {
                    (Shown::Rate, Shown::Rate) => Some(Shown::Points),
                    (a, b) => together(a, b),
                },
                What::Sum(parts) => {
                    let mut all = parts.iter().map(of);
                    let first = all.next();
                    all.fold(first, |sum, one| together(sum?, one))
                }
                _ => Some(items[i].shown),
            };
            let Some(shown) = shown else {
                tables[i]
                    .reader
                    .report(tables[i].at(), "scheme.unlike-items", |p| p);
                return false;
            };
            items[i].shown = shown;
            known[i] = true;
        }
        for (table, _) in tables.iter().zip(&known).filter(|(_, known)| !**known) {
            table
                .reader
                .report(table.at(), "scheme.circular-item", |p| p);
        }
        known.into_iter().all(|k| k)
    }
}

/// What a sum of two items is, where they can be added.
fn together(a: Shown, b: Shown) -> Option<Shown> {
    use Shown::{Decimal, Money, Points, Rate, Whole};
    match (a, b) {
        (a, b) if a == b => Some(a),
        (Rate | Points, _) | (_, Rate | Points) => None,
        (Money, _) | (_, Money) => Some(Money),
        (Decimal | Whole, Decimal | Whole) => Some(Decimal),
    }
}

/// Whether values of two forms can stand in one column of the stub.
fn alike(a: Stored<'_>, b: Stored<'_>) -> bool {
    match (a, b) {
        (Stored::Code(a), Stored::Code(b)) => a.id == b.id,
        (a, b) => std::mem::discriminant(&a) == std::mem::discriminant(&b),
    }
}
