//! Conditions in words: `{ stage = ["小学"], education.at_least = "专科" }` is who teaches there and
//! has that much education.

use super::{Prose, value};
use crate::scheme::measure::{
    Condition, Dimension, Literal, Measure, Operand, Population, Span, Test, Window,
};
use crate::scheme::{FieldIdx, FormIdx, Kind, Vocabulary};
use chrono::{NaiveDate, TimeDelta};

/// How the values of an operand are to be shown.
#[derive(Clone, Copy)]
pub(super) enum Shape<'s> {
    Term(&'s Vocabulary),
    Date,
    Whole,
    Hundredths,
    Boolean,
    Text,
}

impl<'s> Prose<'s> {
    /// A condition in words; `form` is whose records it looks at, none for schools.
    pub(super) fn condition(&self, form: Option<FormIdx>, condition: &Condition) -> String {
        self.part(form, condition, false)
    }

    fn part(&self, form: Option<FormIdx>, condition: &Condition, nested: bool) -> String {
        let (all, joint) = match condition {
            Condition::All(all) => (flat(all), "prose.and"),
            Condition::Any(any) => (any.iter().collect(), "prose.or"),
            Condition::Not(inner) => {
                let what = self.part(form, inner, false);
                return self.say("prose.not", &[("what", what)]);
            }
            Condition::Test(operand, test) => return self.test(form, *operand, test),
        };
        match all.as_slice() {
            [] => self.say("prose.always", &[]),
            [one] => self.part(form, one, nested),
            many => {
                let parts: Vec<String> = many.iter().map(|c| self.part(form, c, true)).collect();
                let text = parts.join(&self.say(joint, &[]));
                match nested {
                    true => self.say("prose.bracket", &[("text", text)]),
                    false => text,
                }
            }
        }
    }

    fn test(&self, form: Option<FormIdx>, operand: Operand, test: &Test) -> String {
        let shape = self.shape(form, operand);
        let field = ("field", self.operand(form, operand));
        let of = |n: &i64| ("value", self.number(shape, operand, *n));
        let kind = match shape {
            Shape::Term(_) => "term",
            Shape::Date => "date",
            _ => "number",
        };
        let bound =
            |key: &str, n: &i64| self.say(&format!("prose.{key}.{kind}"), &[field.clone(), of(n)]);
        match test {
            Test::In(values) => {
                let values = self.literals(shape, operand, values);
                self.say("prose.in", &[field, ("values", values)])
            }
            Test::NotIn(values) => {
                let values = self.literals(shape, operand, values);
                self.say("prose.not-in", &[field, ("values", values)])
            }
            Test::AtLeast(n) => bound("at-least", n),
            Test::AtMost(n) => bound("at-most", n),
            Test::Below(n) => bound("below", n),
            Test::Above(n) => bound("above", n),
            Test::Present(true) => self.say("prose.present", &[field]),
            Test::Present(false) => self.say("prose.absent", &[field]),
            Test::Contains(words) => {
                let words: Vec<String> = words.iter().map(|w| self.quoted(w)).collect();
                let words = self.one_of(&words);
                self.say("prose.contains", &[field, ("words", words)])
            }
        }
    }

    fn literals(&self, shape: Shape<'_>, operand: Operand, values: &[Literal]) -> String {
        let words: Vec<String> = values
            .iter()
            .map(|v| match v {
                Literal::Number(n) => self.number(shape, operand, *n),
                Literal::Text(t) => self.quoted(t),
            })
            .collect();
        self.one_of(&words)
    }

    /// A stored number as people write it, with its unit where the operand has one.
    pub(super) fn number(&self, shape: Shape<'_>, operand: Operand, n: i64) -> String {
        let unit = match operand {
            Operand::Age => "prose.unit.age",
            Operand::TeachingYears => "prose.unit.years",
            Operand::Days => "prose.unit.days",
            _ => "",
        };
        let plain = match shape {
            Shape::Term(v) => {
                let term = usize::try_from(n).ok().and_then(|i| v.terms.get(i));
                term.map(|t| t.name.clone()).unwrap_or_default()
            }
            Shape::Date => NaiveDate::default()
                .checked_add_signed(TimeDelta::days(n))
                .map_or_else(String::new, |d| self.day(d)),
            Shape::Hundredths => value::hundredths(n),
            Shape::Boolean => {
                let word = if n == 1 { "prose.yes" } else { "prose.no" };
                self.quoted(&self.say(word, &[]))
            }
            Shape::Whole | Shape::Text => n.to_string(),
        };
        match unit {
            "" => plain,
            unit => self.say(unit, &[("n", plain)]),
        }
    }

    /// What an operand is called.
    pub(super) fn operand(&self, form: Option<FormIdx>, operand: Operand) -> String {
        let title = |form: Option<FormIdx>, field: FieldIdx| {
            let form = form.and_then(|f| self.scheme.forms.get(f));
            let field = form.and_then(|f| f.fields.get(field));
            field.map(|f| f.title.clone()).unwrap_or_default()
        };
        let key = match operand {
            Operand::Field(f) => return title(form, f),
            Operand::Roster(f) => {
                let of = title(self.scheme.form("roster"), f);
                return self.say("prose.operand.roster", &[("field", of)]);
            }
            Operand::Age => "prose.operand.age",
            Operand::TeachingYears => "prose.operand.teaching-years",
            Operand::Days => "prose.operand.days",
            Operand::District => "prose.operand.district",
            Operand::School => "prose.operand.school",
            Operand::SchoolKind => "prose.operand.school-kind",
            Operand::Area => "prose.operand.area",
            Operand::CycleYear(_) => "prose.operand.cycle-year",
            Operand::CalendarYear(_) => "prose.operand.calendar-year",
            Operand::Term(_) => "prose.operand.term",
            Operand::Month(_) => "prose.operand.month",
            Operand::Item => "prose.operand.item",
        };
        self.say(key, &[])
    }

    pub(super) fn shape(&self, form: Option<FormIdx>, operand: Operand) -> Shape<'s> {
        let scheme = self.scheme;
        let kind = |form: Option<FormIdx>, field: FieldIdx| {
            let form = form.and_then(|f| scheme.forms.get(f));
            form.and_then(|f| f.fields.get(field)).map(|f| &f.kind)
        };
        let kind = match operand {
            Operand::Field(f) => kind(form, f),
            Operand::Roster(f) => kind(scheme.form("roster"), f),
            Operand::Area => {
                return scheme.vocabulary("area").map_or(Shape::Text, Shape::Term);
            }
            Operand::District | Operand::School | Operand::SchoolKind => return Shape::Text,
            _ => return Shape::Whole,
        };
        match kind {
            Some(Kind::Vocabulary(id)) => scheme.vocabulary(id).map_or(Shape::Text, Shape::Term),
            Some(Kind::Date) => Shape::Date,
            Some(Kind::Integer) => Shape::Whole,
            Some(Kind::Decimal | Kind::Money) => Shape::Hundredths,
            Some(Kind::Boolean) => Shape::Boolean,
            _ => Shape::Text,
        }
    }

    /// Whose records count, and from which time: a sentence.
    pub(super) fn population(&self, population: &Population) -> String {
        self.say("prose.population", &[("records", self.records(population))])
    }

    /// The records of a population, as part of a sentence.
    pub(super) fn records(&self, population: &Population) -> String {
        let form = population.form;
        let title = self.scheme.forms.get(form).map_or("", |f| &f.title);
        let args = [
            ("form", self.quoted(title)),
            ("condition", self.condition(Some(form), &population.filter)),
            ("window", self.window(form, population.window)),
        ];
        match population.filter.is_always() {
            true => self.say("prose.records.all", &args),
            false => self.say("prose.records", &args),
        }
    }

    /// A stretch of time; nothing where there is no limit.
    pub(super) fn window(&self, form: FormIdx, window: Window) -> String {
        let on = window
            .on
            .map(|f| self.operand(Some(form), Operand::Field(f)));
        let mut args = vec![("on", on.unwrap_or_default())];
        let key = match window.span {
            Span::All => return String::new(),
            Span::Cycle => "prose.window.cycle",
            Span::Year => "prose.window.year",
            Span::Term => "prose.window.term",
            Span::Month => "prose.window.month",
            Span::LatestYears(years) => {
                args.push(("years", years.to_string()));
                "prose.window.latest"
            }
        };
        self.say(key, &args)
    }

    /// In which groups the figures stand, and whose rows stand there without records.
    pub(super) fn groups(&self, measure: &Measure) -> Vec<String> {
        if matches!(measure.kind, crate::scheme::MeasureKind::List(_)) {
            return Vec::new();
        }
        let dimensions: Vec<String> = measure.by.iter().map(|d| self.dimension(d)).collect();
        let total = match measure.total {
            true => "prose.with-total",
            false => "prose.without-total",
        };
        let args = [
            ("groups", self.listed(&dimensions)),
            ("total", self.say(total, &[])),
        ];
        let mut out = vec![match dimensions.as_slice() {
            [] => self.say("prose.no-groups", &args),
            _ => self.say("prose.groups", &args),
        }];
        if !measure.units.is_always() {
            let units = self.condition(None, &measure.units);
            out.push(self.say("prose.units", &[("units", units)]));
        }
        out
    }

    /// A dimension; one that is cut into bands names them.
    pub(super) fn dimension(&self, dimension: &Dimension) -> String {
        let title = match dimension.title.as_str() {
            "" => self.operand(None, dimension.operand),
            title => title.to_owned(),
        };
        if dimension.bands.is_empty() {
            return title;
        }
        let bounds: Vec<String> = dimension.bands.iter().map(ToString::to_string).collect();
        let bounds = self.listed(&bounds);
        self.say("prose.bands", &[("title", title), ("bounds", bounds)])
    }
}

/// The parts of a conjunction, those of inner ones too.
fn flat(all: &[Condition]) -> Vec<&Condition> {
    let mut out = Vec::new();
    for condition in all {
        match condition {
            Condition::All(inner) => out.extend(flat(inner)),
            other => out.push(other),
        }
    }
    out
}
