//! Conditions, operands and dimensions: names of fields, terms and derived values to indices.

use super::feasible;
use super::read::{Exact, Named, Reader, Scalar, Table, Value, elements};
use crate::fold;
use crate::scheme::measure::{Condition, Dimension, Literal, Operand, Test};
use crate::scheme::{Field, FieldIdx, FormIdx, Kind, Scheme, Vocabulary};
use chrono::NaiveDate;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The form that lists who is there.
const ROSTER: &str = "roster";

/// Date fields by which a record's time is told, first come first served, then year fields.
const EVENTS: [&str; 6] = [
    "end_date",
    "start_date",
    "invoice_date",
    "date",
    "enrolled",
    "year",
];

/// What names can mean, and where the problems go.
pub(super) struct Names<'r, 'a, 's> {
    pub(super) reader: &'r Reader<'a>,
    pub(super) scheme: &'s Scheme,
    conditions: BTreeMap<&'r str, &'r Value<'a>>,
    inside: RefCell<Vec<String>>,
    bands: BTreeMap<String, Vec<i64>>,
}

/// Whose values a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Records of a form.
    Form(FormIdx),
    /// A school of the directory.
    School,
}

impl Scope {
    fn form(self) -> Option<FormIdx> {
        match self {
            Scope::Form(form) => Some(form),
            Scope::School => None,
        }
    }
}

/// How an operand's values are stored, for reading what they are compared with.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stored<'s> {
    Code(&'s Vocabulary),
    Date,
    Whole,
    Hundredths,
    Boolean,
    Text,
}

impl<'r, 'a, 's> Names<'r, 'a, 's> {
    pub(super) fn new(root: &Table<'r, 'a>, scheme: &'s Scheme) -> Self {
        let mut names = Names {
            reader: root.reader,
            scheme,
            conditions: BTreeMap::new(),
            inside: RefCell::default(),
            bands: BTreeMap::new(),
        };
        if let Some(t) = root.table("condition") {
            for (id, value) in t.entries() {
                names.conditions.insert(id, value);
            }
        }
        if let Some(t) = root.table("bands") {
            for (id, value) in t.entries() {
                let bounds: Vec<i64> = elements(value)
                    .into_iter()
                    .filter_map(|v| t.value_exact(v)?.scaled(0))
                    .collect();
                let rising = bounds.windows(2).all(|w| w[0] < w[1]);
                if bounds.is_empty() || !rising {
                    t.wrong(id, "scheme.type-bands");
                }
                names.bands.insert(id.to_owned(), bounds);
            }
        }
        names
    }

    /// The condition under a key; none at all always holds.
    pub(super) fn condition_at(&self, table: &Table<'r, 'a>, key: &str, scope: Scope) -> Condition {
        match table.get(key) {
            Some(value) => self.condition(value, scope),
            None => Condition::default(),
        }
    }

    /// A condition: all keys of its table must hold.
    pub(super) fn condition(&self, value: &'r Value<'a>, scope: Scope) -> Condition {
        let Some(table) = Table::of(self.reader, value) else {
            self.reader
                .report(value.span().start, "scheme.type-condition", |p| p);
            return Condition::default();
        };
        let warned = self.reader.warned();
        let mut all = Vec::new();
        for (key, value) in table.entries() {
            match key {
                "all" => all.push(Condition::All(self.conditions(value, scope))),
                "any" => all.push(Condition::Any(self.conditions(value, scope))),
                "not" => all.push(Condition::Not(Box::new(self.condition(value, scope)))),
                "condition" => all.extend(
                    elements(value)
                        .into_iter()
                        .map(|name| self.named(&table, name, scope)),
                ),
                ROSTER if self.reaches_roster(scope) && table.as_table(value).is_some() => {
                    if let (Some(fields), Some(roster)) =
                        (table.as_table(value), self.scheme.form(ROSTER))
                    {
                        for (field, value) in fields.entries() {
                            let Some(f) = self.field(&fields, field, roster) else {
                                continue;
                            };
                            let stored = self.stored_field(roster, f);
                            all.extend(self.tests(
                                Operand::Roster(f),
                                stored,
                                &fields,
                                field,
                                value,
                            ));
                        }
                    }
                }
                _ => {
                    let at = table.key_at(key);
                    if let Some((operand, stored)) = self.operand(key, at, scope) {
                        all.extend(self.tests(operand, stored, &table, key, value));
                    }
                }
            }
        }
        let condition = match all.len() {
            1 => all.remove(0),
            _ => Condition::All(all),
        };
        // Said once, at the innermost place that cannot hold.
        if self.reader.warned() == warned
            && !self.reader.has_problems()
            && !feasible::can_hold(self.scheme, scope.form(), &[&condition])
        {
            let at = value.span().start;
            self.reader.doubt(at, "scheme.never-holds", |p| p);
        }
        condition
    }

    fn conditions(&self, value: &'r Value<'a>, scope: Scope) -> Vec<Condition> {
        elements(value)
            .into_iter()
            .map(|v| self.condition(v, scope))
            .collect()
    }

    fn named(&self, table: &Table<'r, 'a>, name: &'r Value<'a>, scope: Scope) -> Condition {
        let Some(id) = table.value_text(name) else {
            return Condition::default();
        };
        let at = name.span().start;
        let known: Vec<&str> = self.conditions.keys().copied().collect();
        let Some(found) = self
            .reader
            .find(&id, at, &known, "scheme.unknown-condition")
        else {
            return Condition::default();
        };
        self.reader.mark_used(Named::Condition, &id);
        if self.inside.borrow().contains(&id) {
            self.reader
                .report(at, "scheme.circular-condition", |p| p.arg("name", &id));
            return Condition::default();
        }
        self.inside.borrow_mut().push(id);
        let condition = self.condition(self.conditions[known[found]], scope);
        self.inside.borrow_mut().pop();
        condition
    }

    /// The tests of one operand: a value, a list of values, or a table of tests.
    fn tests(
        &self,
        operand: Operand,
        stored: Stored<'_>,
        table: &Table<'r, 'a>,
        key: &str,
        value: &'r Value<'a>,
    ) -> Vec<Condition> {
        let Some(tests) = table.as_table(value) else {
            let of = self.literals(value, stored);
            return vec![Condition::Test(operand, Test::In(of))];
        };
        let mut out = Vec::new();
        let entries = tests.entries();
        if entries.is_empty() {
            table.wrong(key, "scheme.type-condition");
        }
        for (test, value) in entries {
            const TESTS: [&str; 7] = [
                "not", "at_least", "at_most", "below", "above", "present", "contains",
            ];
            let bound = |make: fn(i64) -> Test| self.bound(&tests, test, value, stored).map(make);
            let made = match test {
                "not" => Some(Test::NotIn(self.literals(value, stored))),
                "at_least" => bound(Test::AtLeast),
                "at_most" => bound(Test::AtMost),
                "below" => bound(Test::Below),
                "above" => bound(Test::Above),
                "present" => tests.boolean("present").map(Test::Present),
                "contains" if matches!(stored, Stored::Text) => Some(Test::Contains(
                    elements(value)
                        .into_iter()
                        .filter_map(|v| Some(fold::label(&tests.value_text(v)?)))
                        .collect(),
                )),
                "contains" => {
                    tests.wrong(test, "scheme.not-text");
                    None
                }
                _ => {
                    tests.find_key(test, &TESTS, "scheme.unknown-test");
                    None
                }
            };
            out.extend(made.map(|t| Condition::Test(operand, t)));
        }
        out
    }

    /// A bound of an ordered operand in its stored form.
    fn bound(
        &self,
        tests: &Table<'r, 'a>,
        key: &str,
        value: &'r Value<'a>,
        stored: Stored<'_>,
    ) -> Option<i64> {
        match stored {
            Stored::Code(v) if !v.ordered => {
                let at = value.span().start;
                self.reader
                    .report(at, "scheme.not-ordered", |p| p.arg("name", &v.id));
                None
            }
            Stored::Boolean | Stored::Text => {
                tests.wrong(key, "scheme.not-number");
                None
            }
            _ => match self.literal(value, stored)? {
                Literal::Number(n) => Some(n),
                Literal::Text(_) => None,
            },
        }
    }

    fn literals(&self, value: &'r Value<'a>, stored: Stored<'_>) -> Vec<Literal> {
        let mut all: Vec<Literal> = elements(value)
            .into_iter()
            .filter_map(|v| self.literal(v, stored))
            .collect();
        all.sort();
        all.dedup();
        all
    }

    /// A value in the stored form of what it is compared with.
    fn literal(&self, value: &Value<'_>, stored: Stored<'_>) -> Option<Literal> {
        let at = value.span().start;
        let scalar = self.reader.scalar(value)?;
        let number = |n: Exact, power, problem| {
            let n = n.scaled(power);
            if n.is_none() {
                self.reader.report(at, problem, |p| p.arg("key", ""));
            }
            n.map(Literal::Number)
        };
        let wrong = |problem| {
            self.reader.report(at, problem, |p| p.arg("key", ""));
            None
        };
        match (stored, scalar) {
            (Stored::Code(v), Scalar::Text(term)) => {
                let known: Vec<&str> = v.terms.iter().map(|t| t.name.as_str()).collect();
                let code = self.reader.find(&term, at, &known, "scheme.unknown-term")?;
                Some(Literal::Number(code as i64))
            }
            (Stored::Code(_), _) => wrong("scheme.type-text"),
            (Stored::Text, Scalar::Text(t)) => Some(Literal::Text(fold::label(&t))),
            (Stored::Text, _) => wrong("scheme.type-text"),
            (Stored::Boolean, Scalar::Bool(b)) => Some(Literal::Number(b.into())),
            (Stored::Boolean, _) => wrong("scheme.type-boolean"),
            (Stored::Date, Scalar::Date(d)) => Some(Literal::Number(days(d))),
            (Stored::Date, _) => wrong("scheme.type-date"),
            (Stored::Whole, Scalar::Number(n)) => number(n, 0, "scheme.type-whole"),
            (Stored::Hundredths, Scalar::Number(n)) => number(n, 2, "scheme.type-hundredths"),
            (Stored::Whole | Stored::Hundredths, _) => wrong("scheme.type-number"),
        }
    }

    fn reaches_roster(&self, scope: Scope) -> bool {
        matches!(scope, Scope::Form(f) if Some(f) != self.scheme.form(ROSTER))
    }

    /// What a name means: a stored field of the form or a derived value.
    pub(super) fn operand(
        &self,
        name: &str,
        at: usize,
        scope: Scope,
    ) -> Option<(Operand, Stored<'s>)> {
        if let (Some(field), true) = (name.strip_prefix("roster."), self.reaches_roster(scope)) {
            let roster = self.scheme.form(ROSTER)?;
            let f = self.find_field(field, at, roster)?;
            return Some((Operand::Roster(f), self.stored_field(roster, f)));
        }
        let derived = self.derived(scope);
        if let Some((_, operand, stored)) = derived.iter().find(|(n, _, _)| *n == name) {
            return Some((*operand, *stored));
        }
        let Scope::Form(form) = scope else {
            let known: Vec<&str> = derived.iter().map(|(n, _, _)| *n).collect();
            self.reader
                .find(name, at, &known, "scheme.unknown-school-field");
            return None;
        };
        let field = &self.scheme.forms[form].fields;
        let stored = field.iter().position(|f| f.id == name && f.stored);
        if let Some(f) = stored {
            return Some((Operand::Field(f), self.stored_field(form, f)));
        }
        let mut known: Vec<&str> = storable(field).map(|(_, f)| f.id.as_str()).collect();
        known.extend(derived.iter().map(|(n, _, _)| *n));
        self.unknown_field(name, at, form, &known);
        None
    }

    /// A name that no field has; one that is a field's title, or heads its column, means that field.
    fn unknown_field(&self, name: &str, at: usize, form: FormIdx, known: &[&str]) {
        let form = &self.scheme.forms[form];
        let titled = storable(&form.fields)
            .find(|(_, f)| f.title == name || f.headers.iter().any(|h| h == name));
        self.reader.report(at, "scheme.unknown-field", |p| {
            let p = p.arg("name", name).arg("form", &form.id);
            match titled {
                Some((_, field)) => p.suggest(&field.id, &[&field.id]),
                None => p.suggest(name, known),
            }
        });
    }

    /// Values that are not stored; a stored field of the same name goes first, except for the
    /// area, which has the directory to fall back on.
    fn derived(&self, scope: Scope) -> Vec<(&'static str, Operand, Stored<'s>)> {
        let area = match self.scheme.vocabulary("area") {
            Some(v) => Stored::Code(v),
            None => Stored::Text,
        };
        let mut all = vec![
            ("district", Operand::District, Stored::Text),
            ("school", Operand::School, Stored::Text),
            ("school_kind", Operand::SchoolKind, Stored::Text),
            ("area", Operand::Area, area),
        ];
        let Scope::Form(form) = scope else {
            return all;
        };
        let fields = &self.scheme.forms[form].fields;
        let has = |id: &str| fields.iter().any(|f| f.stored && f.id == id);
        let mut more = vec![
            ("age", Operand::Age),
            ("teaching_years", Operand::TeachingYears),
        ];
        if has("start_date") && has("end_date") {
            more.push(("days", Operand::Days));
        }
        if let Some(on) = self.event(form) {
            more.push(("cycle_year", Operand::CycleYear(on)));
            more.push(("calendar_year", Operand::CalendarYear(on)));
            if fields[on].kind == Kind::Date {
                more.push(("term", Operand::Term(on)));
                more.push(("month", Operand::Month(on)));
            }
        }
        all.extend(
            more.into_iter()
                .filter(|(name, _)| !has(name))
                .map(|(name, operand)| (name, operand, Stored::Whole)),
        );
        all
    }

    /// The field by which a form's records are told in time.
    pub(super) fn event(&self, form: FormIdx) -> Option<FieldIdx> {
        let fields = &self.scheme.forms[form].fields;
        EVENTS
            .iter()
            .find_map(|id| fields.iter().position(|f| f.stored && f.id == *id))
    }

    /// A stored field of a form, by a key of a table.
    fn field(&self, table: &Table<'r, 'a>, key: &str, form: FormIdx) -> Option<FieldIdx> {
        self.find_field(key, table.key_at(key), form)
    }

    /// A stored field of a form.
    pub(super) fn find_field(&self, name: &str, at: usize, form: FormIdx) -> Option<FieldIdx> {
        let fields = &self.scheme.forms[form].fields;
        let found = storable(fields).find(|(_, f)| f.id == name);
        if found.is_none() {
            let known: Vec<&str> = storable(fields).map(|(_, f)| f.id.as_str()).collect();
            self.unknown_field(name, at, form, &known);
        }
        found.map(|(i, _)| i)
    }

    pub(super) fn stored_field(&self, form: FormIdx, field: FieldIdx) -> Stored<'s> {
        match &self.scheme.forms[form].fields[field].kind {
            Kind::Vocabulary(id) => match self.scheme.vocabulary(id) {
                Some(v) => Stored::Code(v),
                None => Stored::Text,
            },
            Kind::Date => Stored::Date,
            Kind::Integer => Stored::Whole,
            Kind::Decimal | Kind::Money => Stored::Hundredths,
            Kind::Boolean => Stored::Boolean,
            _ => Stored::Text,
        }
    }

    /// A dimension by its name; `age_band` and `teaching_years_band` are cut by `[bands]`.
    pub(super) fn dimension(
        &self,
        name: &str,
        at: usize,
        scope: Scope,
        terms: Option<&Table<'r, 'a>>,
    ) -> Option<Dimension> {
        let banded = name.strip_suffix("_band");
        let (operand, stored) = self.operand(banded.unwrap_or(name), at, scope)?;
        let mut bands = Vec::new();
        if let Some(base) = banded {
            let known: Vec<&str> = self.bands.keys().map(String::as_str).collect();
            let found = self.reader.find(base, at, &known, "scheme.unknown-bands")?;
            bands = self.bands[known[found]].clone();
            if matches!(stored, Stored::Hundredths) {
                bands.iter_mut().for_each(|b| *b *= 100);
            }
        }
        let terms = terms
            .and_then(|t| t.get(name))
            .map(|v| self.unsorted_literals(v, stored));
        Some(Dimension {
            id: name.to_owned(),
            title: self.title(operand, scope),
            operand,
            bands,
            terms,
        })
    }

    fn unsorted_literals(&self, value: &'r Value<'a>, stored: Stored<'_>) -> Vec<Literal> {
        elements(value)
            .into_iter()
            .filter_map(|v| self.literal(v, stored))
            .collect()
    }

    /// What clerks call an operand: its field's title, or nothing where the engine's own word is
    /// to be used.
    pub(super) fn title(&self, operand: Operand, scope: Scope) -> String {
        match (operand, scope) {
            (Operand::Field(f), Scope::Form(form)) => {
                self.scheme.forms[form].fields[f].title.clone()
            }
            (Operand::District, _) => self.scheme.places.district.clone(),
            (Operand::School, _) => self.scheme.places.school.clone(),
            (Operand::Roster(f), _) => self
                .scheme
                .form(ROSTER)
                .map(|r| self.scheme.forms[r].fields[f].title.clone())
                .unwrap_or_default(),
            _ => String::new(),
        }
    }
}

fn storable(fields: &[Field]) -> impl Iterator<Item = (usize, &Field)> {
    fields.iter().enumerate().filter(|(_, f)| f.stored)
}

/// Days since 1970-01-01.
pub(super) fn days(date: NaiveDate) -> i64 {
    (date - NaiveDate::default()).num_days()
}
