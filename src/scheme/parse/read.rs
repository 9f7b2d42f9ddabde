//! TOML tables that know their places: typed access, named figures, and a list of the keys asked
//! for, so that a key nobody asked for is a problem with its line.

use super::problem::SchemeProblem;
use super::syntax;
use crate::scheme::measure::Fraction;
use chrono::NaiveDate;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// A file being read, and what is wrong with it so far.
pub(super) struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    problems: RefCell<Vec<SchemeProblem>>,
    doubts: RefCell<Vec<SchemeProblem>>,
    params: RefCell<BTreeMap<String, Scalar>>,
    /// Parameters and named conditions that something asked for.
    used: RefCell<BTreeSet<(Named, String)>>,
}

/// What a file gives names to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named {
    Param,
    Condition,
}

/// A single value, after `"$name"` has been replaced.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar {
    Text(String),
    Number(Exact),
    Bool(bool),
    Date(NaiveDate),
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Text(t) => f.write_str(t),
            Scalar::Number(n) => write!(f, "{n}"),
            Scalar::Bool(b) => write!(f, "{b}"),
            Scalar::Date(d) => write!(f, "{d}"),
        }
    }
}

/// A number as written: `digits / 10^places`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exact {
    digits: i64,
    places: u32,
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = 10i64.pow(self.places);
        let sign = if self.digits < 0 { "-" } else { "" };
        let abs = self.digits.unsigned_abs();
        write!(f, "{sign}{}", abs / unit.unsigned_abs())?;
        if self.places > 0 {
            let width = self.places as usize;
            write!(f, ".{:0width$}", abs % unit.unsigned_abs())?;
        }
        Ok(())
    }
}

impl Exact {
    /// Reads plain decimal notation; exponents and more than nine places are refused.
    fn parse(text: &str) -> Option<Exact> {
        let text = text.replace('_', "");
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        let part = part.trim_end_matches('0');
        if part.len() > 9 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        Some(Exact {
            digits: format!("{whole}{part}").parse().ok()?,
            places: part.len() as u32,
        })
    }

    /// The number times a power of ten, if that is whole.
    pub(super) fn scaled(self, power: u32) -> Option<i64> {
        match self.places <= power {
            true => self.digits.checked_mul(10i64.pow(power - self.places)),
            false => None,
        }
    }

    /// As a fraction.
    pub(super) fn fraction(self) -> Fraction {
        Fraction {
            n: self.digits,
            d: 10i64.pow(self.places),
        }
    }

    /// As a float, for thresholds of checks.
    pub(super) fn to_f64(self) -> f64 {
        self.digits as f64 / 10f64.powi(self.places as i32)
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        Reader {
            file,
            text,
            problems: RefCell::default(),
            doubts: RefCell::default(),
            params: RefCell::default(),
            used: RefCell::default(),
        }
    }

    /// The document; what cannot be read as TOML becomes problems.
    pub(super) fn parse(&self) -> DeTable<'a> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        if !errors.is_empty() {
            let places = errors
                .iter()
                .map(|e| (e.span().map_or(0, |s| s.start), e.message().to_owned()));
            let found = syntax::problems(self.file, self.text, places);
            self.problems.borrow_mut().extend(found);
        }
        table.into_inner()
    }

    /// Problems, then warnings.
    pub(super) fn into_problems(self) -> (Vec<SchemeProblem>, Vec<SchemeProblem>) {
        (self.problems.into_inner(), self.doubts.into_inner())
    }

    /// Whether anything is wrong so far.
    pub(super) fn has_problems(&self) -> bool {
        !self.problems.borrow().is_empty()
    }

    /// How many warnings there are so far.
    pub(super) fn warned(&self) -> usize {
        self.doubts.borrow().len()
    }

    pub(super) fn report(
        &self,
        at: usize,
        key: &'static str,
        with: impl FnOnce(SchemeProblem) -> SchemeProblem,
    ) {
        let problem = with(self.place(at, key));
        self.problems.borrow_mut().push(problem);
    }

    /// Something that a scheme may say and hardly means.
    pub(super) fn doubt(
        &self,
        at: usize,
        key: &'static str,
        with: impl FnOnce(SchemeProblem) -> SchemeProblem,
    ) {
        let problem = with(self.place(at, key));
        self.doubts.borrow_mut().push(problem);
    }

    fn place(&self, at: usize, key: &'static str) -> SchemeProblem {
        let before = &self.text[..self.text.floor_char_boundary(at)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
        SchemeProblem::new(self.file, line, column, key)
    }

    /// Notes that something asked for a name of the file.
    pub(super) fn mark_used(&self, what: Named, name: &str) {
        self.used.borrow_mut().insert((what, name.to_owned()));
    }

    pub(super) fn is_used(&self, what: Named, name: &str) -> bool {
        self.used.borrow().contains(&(what, name.to_owned()))
    }

    /// Forgets the named figures of the edition before.
    pub(super) fn clear_params(&self) {
        self.params.borrow_mut().clear();
    }

    pub(super) fn add_param(&self, id: &str, value: Scalar) {
        self.params.borrow_mut().insert(id.to_owned(), value);
    }

    /// Position of a name in a list of known ones; an unknown one is a problem under `key`.
    pub(super) fn find<S: AsRef<str>>(
        &self,
        name: &str,
        at: usize,
        known: &[S],
        key: &'static str,
    ) -> Option<usize> {
        let found = known.iter().position(|k| k.as_ref() == name);
        if found.is_none() {
            self.report(at, key, |p| {
                let mut p = p.arg("name", name).suggest(name, known);
                // Nothing is near: then all that is possible helps more.
                if p.suggestion.is_none() && key == "scheme.unknown-choice" {
                    p.key = "scheme.unknown-choice-of";
                    let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
                    p = p.arg("known", known.join(", "));
                }
                p
            });
        }
        found
    }

    /// A single value; arrays and tables are a problem.
    pub(super) fn scalar(&self, value: &Value<'_>) -> Option<Scalar> {
        let at = value.span().start;
        let number = |text: String| match Exact::parse(&text) {
            Some(n) => Some(Scalar::Number(n)),
            None => {
                self.report(at, "scheme.bad-number", |p| p.arg("text", text));
                None
            }
        };
        match value.get_ref() {
            DeValue::String(s) => match s.strip_prefix('$') {
                Some(name) => {
                    let params = self.params.borrow();
                    if let Some(v) = params.get(name) {
                        self.mark_used(Named::Param, name);
                        return Some(v.clone());
                    }
                    let known: Vec<&str> = params.keys().map(String::as_str).collect();
                    self.find(name, at, &known, "scheme.unknown-param");
                    None
                }
                None => Some(Scalar::Text(s.to_string())),
            },
            DeValue::Integer(i) => number(i.to_string()),
            DeValue::Float(f) => number(f.as_str().to_owned()),
            DeValue::Boolean(b) => Some(Scalar::Bool(*b)),
            DeValue::Datetime(d) => {
                let day = d.date.and_then(|d| {
                    NaiveDate::from_ymd_opt(i32::from(d.year), d.month.into(), d.day.into())
                });
                if day.is_none() {
                    self.report(at, "scheme.type-date", |p| p.arg("key", d));
                }
                day.map(Scalar::Date)
            }
            DeValue::Array(_) | DeValue::Table(_) => {
                self.report(at, "scheme.type-scalar", |p| p);
                None
            }
        }
    }
}

/// A table and the keys that were asked of it.
pub(super) struct Table<'r, 'a> {
    pub(super) reader: &'r Reader<'a>,
    table: &'r DeTable<'a>,
    span: Range<usize>,
    asked: RefCell<Vec<String>>,
}

impl<'r, 'a> Table<'r, 'a> {
    pub(super) fn root(reader: &'r Reader<'a>, table: &'r DeTable<'a>) -> Self {
        Table {
            reader,
            table,
            span: 0..0,
            asked: RefCell::default(),
        }
    }

    /// Where it begins.
    pub(super) fn at(&self) -> usize {
        self.span.start
    }

    /// A value and the note that its key is known.
    pub(super) fn get(&self, key: &str) -> Option<&'r Value<'a>> {
        self.asked.borrow_mut().push(key.to_owned());
        self.table.get(key)
    }

    /// All entries; every key counts as known.
    pub(super) fn entries(&self) -> Vec<(&'r str, &'r Value<'a>)> {
        let mut all: Vec<_> = self
            .table
            .iter()
            .map(|(k, v)| (k.span().start, k.get_ref().as_ref(), v))
            .collect();
        all.sort_by_key(|(at, _, _)| *at);
        let mut asked = self.asked.borrow_mut();
        asked.extend(all.iter().map(|(_, k, _)| (*k).to_owned()));
        all.into_iter().map(|(_, k, v)| (k, v)).collect()
    }

    /// Reports the keys that nobody asked for.
    pub(super) fn close(&self) {
        let asked = self.asked.borrow();
        for (key, _) in self.table.iter() {
            let name: &str = key.get_ref();
            if !asked.iter().any(|a| a == name) {
                self.reader
                    .report(key.span().start, "scheme.unknown-key", |p| {
                        p.arg("name", name).suggest(name, &asked)
                    });
            }
        }
    }

    /// Reports a missing key.
    pub(super) fn missing(&self, key: &str) {
        self.reader
            .report(self.span.start, "scheme.missing-key", |p| p.arg("key", key));
    }

    /// Reports a key whose value is of the wrong kind.
    pub(super) fn wrong(&self, key: &str, problem: &'static str) {
        let at = self.value_at(key);
        self.reader.report(at, problem, |p| p.arg("key", key));
    }

    pub(super) fn scalar(&self, key: &str) -> Option<Scalar> {
        self.get(key).and_then(|v| self.reader.scalar(v))
    }

    pub(super) fn need_scalar(&self, key: &str) -> Option<Scalar> {
        if self.get(key).is_none() {
            self.missing(key);
        }
        self.scalar(key)
    }

    pub(super) fn text(&self, key: &str) -> Option<String> {
        match self.scalar(key)? {
            Scalar::Text(t) => Some(t),
            _ => {
                self.wrong(key, "scheme.type-text");
                None
            }
        }
    }

    /// A text that must be there; empty where it is not.
    pub(super) fn need_text(&self, key: &str) -> String {
        if self.get(key).is_none() {
            self.missing(key);
        }
        self.text(key).unwrap_or_default()
    }

    pub(super) fn boolean(&self, key: &str) -> Option<bool> {
        match self.scalar(key)? {
            Scalar::Bool(b) => Some(b),
            _ => {
                self.wrong(key, "scheme.type-boolean");
                None
            }
        }
    }

    pub(super) fn exact(&self, key: &str) -> Option<Exact> {
        match self.scalar(key)? {
            Scalar::Number(n) => Some(n),
            _ => {
                self.wrong(key, "scheme.type-number");
                None
            }
        }
    }

    /// A number times a power of ten, which must be whole.
    pub(super) fn scaled(&self, key: &str, power: u32) -> Option<i64> {
        let n = self.exact(key)?.scaled(power);
        if n.is_none() {
            let problem = match power {
                0 => "scheme.type-whole",
                _ => "scheme.type-hundredths",
            };
            self.wrong(key, problem);
        }
        n
    }

    pub(super) fn integer(&self, key: &str) -> Option<i64> {
        self.scaled(key, 0)
    }

    pub(super) fn date(&self, key: &str) -> Option<NaiveDate> {
        match self.scalar(key)? {
            Scalar::Date(d) => Some(d),
            _ => {
                self.wrong(key, "scheme.type-date");
                None
            }
        }
    }

    pub(super) fn need_date(&self, key: &str) -> Option<NaiveDate> {
        if self.get(key).is_none() {
            self.missing(key);
        }
        self.date(key)
    }

    /// The elements of an array, or the one value that stands for it.
    pub(super) fn list(&self, key: &str) -> Vec<&'r Value<'a>> {
        self.get(key).map(elements).unwrap_or_default()
    }

    /// An array of texts, or one text, with their places.
    pub(super) fn texts(&self, key: &str) -> Vec<(String, usize)> {
        self.list(key)
            .into_iter()
            .filter_map(|v| Some((self.value_text(v)?, v.span().start)))
            .collect()
    }

    /// A table below this one.
    pub(super) fn table(&self, key: &str) -> Option<Table<'r, 'a>> {
        let value = self.get(key)?;
        let table = self.as_table(value);
        if table.is_none() {
            self.wrong(key, "scheme.type-table");
        }
        table
    }

    /// An array of tables.
    pub(super) fn tables(&self, key: &str) -> Vec<Table<'r, 'a>> {
        let list = self.list(key);
        let tables: Vec<_> = list.iter().filter_map(|v| self.as_table(v)).collect();
        if tables.len() != list.len() {
            self.wrong(key, "scheme.type-table");
        }
        tables
    }

    /// A value as a table, if it is one.
    pub(super) fn as_table(&self, value: &'r Value<'a>) -> Option<Table<'r, 'a>> {
        Table::of(self.reader, value)
    }

    /// A value as a table, if it is one.
    pub(super) fn of(reader: &'r Reader<'a>, value: &'r Value<'a>) -> Option<Table<'r, 'a>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(Table {
                reader,
                table,
                span: value.span(),
                asked: RefCell::default(),
            }),
            _ => None,
        }
    }

    /// Where a key's value stands; the table itself where it has none.
    pub(super) fn value_at(&self, key: &str) -> usize {
        self.table
            .get(key)
            .map_or(self.span.start, |v| v.span().start)
    }

    /// Where a key of this table stands.
    pub(super) fn key_at(&self, key: &str) -> usize {
        self.table
            .get_key_value(key)
            .map_or(self.span.start, |(k, _)| k.span().start)
    }

    pub(super) fn value_text(&self, value: &Value<'_>) -> Option<String> {
        match self.reader.scalar(value)? {
            Scalar::Text(t) => Some(t),
            _ => {
                self.reader
                    .report(value.span().start, "scheme.type-text", |p| p.arg("key", ""));
                None
            }
        }
    }

    pub(super) fn value_exact(&self, value: &Value<'_>) -> Option<Exact> {
        match self.reader.scalar(value)? {
            Scalar::Number(n) => Some(n),
            _ => {
                self.reader
                    .report(value.span().start, "scheme.type-number", |p| {
                        p.arg("key", "")
                    });
                None
            }
        }
    }

    /// Position of a key of this table in a list of known ones.
    pub(super) fn find_key(
        &self,
        key: &str,
        known: &[&str],
        problem: &'static str,
    ) -> Option<usize> {
        self.reader.find(key, self.key_at(key), known, problem)
    }

    /// Position of a key's text in a closed list.
    pub(super) fn choice(&self, key: &str, text: &str, known: &[&str]) -> Option<usize> {
        let at = self.value_at(key);
        self.reader.find(text, at, known, "scheme.unknown-choice")
    }

    /// Position of a value's text in a closed list.
    pub(super) fn choice_at(&self, value: &Value<'_>, text: &str, known: &[&str]) -> Option<usize> {
        self.reader
            .find(text, value.span().start, known, "scheme.unknown-choice")
    }
}

/// The elements of an array, or the one value that stands for it.
pub(super) fn elements<'r, 'a>(value: &'r Value<'a>) -> Vec<&'r Value<'a>> {
    match value.get_ref() {
        DeValue::Array(all) => all.iter().collect(),
        _ => vec![value],
    }
}
