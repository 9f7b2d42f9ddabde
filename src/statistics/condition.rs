//! Conditions over records: three-valued, so that a blank cell makes neither a condition nor its
//! negation true.

use super::facts::{self, Facts, SchoolFacts};
use super::trace::{COUNTS, OPEN};
use crate::fold;
use crate::normalise::NO_NUMBER;
use crate::scheme::measure::{Condition, Literal, Operand, Population, Span, Test, Window};
use crate::scheme::{FormIdx, Kind, QuickMap};
use chrono::{Datelike, NaiveDate};

/// What a condition comes to for one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Truth {
    No,
    /// A blank stands in the way.
    Unknown,
    Yes,
}

use Truth::{No, Unknown, Yes};

impl Truth {
    /// As an entry of [`Count::Marks`](super::trace::Count::Marks).
    pub(super) fn mark(self) -> u8 {
        match self {
            No => 0,
            Unknown => OPEN,
            Yes => COUNTS,
        }
    }
}

impl From<bool> for Truth {
    fn from(b: bool) -> Self {
        if b { Yes } else { No }
    }
}

fn negation(t: Truth) -> Truth {
    match t {
        No => Yes,
        Unknown => Unknown,
        Yes => No,
    }
}

/// The records of a population, and how many passed its condition but lie outside its time.
pub(super) struct Selected {
    pub(super) records: Vec<u32>,
    pub(super) outside: usize,
}

impl Facts<'_> {
    /// What a condition comes to for every record of a form.
    pub(super) fn truths(&self, form: FormIdx, condition: &Condition) -> Vec<Truth> {
        let len = self.len(form);
        match condition {
            Condition::All(all) => self.folded(form, all, Yes, Truth::min),
            Condition::Any(any) => self.folded(form, any, No, Truth::max),
            Condition::Not(one) => self.truths(form, one).into_iter().map(negation).collect(),
            Condition::Test(operand, test) => {
                if let Operand::School | Operand::District | Operand::SchoolKind = operand {
                    let of: Vec<Truth> = self
                        .schools
                        .iter()
                        .map(|s| of_text(test, school_text(s, *operand)))
                        .collect();
                    return self
                        .school_of(form)
                        .iter()
                        .map(|s| of[*s as usize])
                        .collect();
                }
                if self.is_text(form, *operand) {
                    let texts = self.texts(form, *operand);
                    if let Test::Present(wanted) = test {
                        let present = |i| (texts.get(i).is_some() == *wanted).into();
                        return (0..len).map(present).collect();
                    }
                    // Few texts stand in a column many times.
                    let mut known: QuickMap<Option<&str>, Truth> = QuickMap::default();
                    let truth =
                        |text: Option<&'_ str>| of_text(test, text.map(fold::label_of).as_deref());
                    return (0..len)
                        .map(|i| {
                            let text = texts.get(i);
                            *known.entry(text).or_insert_with(|| truth(text))
                        })
                        .collect();
                }
                let numbers = self.numbers(form, *operand);
                numbers.iter().map(|n| of_number(test, *n)).collect()
            }
        }
    }

    fn folded(
        &self,
        form: FormIdx,
        parts: &[Condition],
        start: Truth,
        join: fn(Truth, Truth) -> Truth,
    ) -> Vec<Truth> {
        // The first part's own list is the one that the others are joined to.
        let Some((first, rest)) = parts.split_first() else {
            return vec![start; self.len(form)];
        };
        let mut out = self.truths(form, first);
        for part in rest {
            match part {
                Condition::Test(operand, test) if self.is_number(form, *operand) => {
                    let numbers = self.numbers(form, *operand);
                    for (mine, n) in out.iter_mut().zip(numbers.iter()) {
                        *mine = join(*mine, of_number(test, *n));
                    }
                }
                part => {
                    for (mine, theirs) in out.iter_mut().zip(self.truths(form, part)) {
                        *mine = join(*mine, theirs);
                    }
                }
            }
        }
        out
    }

    /// Whether an operand is neither text nor the school's.
    fn is_number(&self, form: FormIdx, operand: Operand) -> bool {
        let school = matches!(
            operand,
            Operand::School | Operand::District | Operand::SchoolKind
        );
        !school && !self.is_text(form, operand)
    }

    /// Whether a condition on schools holds for one.
    pub(super) fn school_passes(&self, condition: &Condition, school: &SchoolFacts) -> bool {
        school_truth(condition, school) == Yes
    }

    /// The records of a population in their order.
    pub(super) fn select(&self, population: &Population) -> Selected {
        let form = population.form;
        let truths = self.truths(form, &population.filter);
        let passed: Vec<u32> = (0..truths.len() as u32)
            .filter(|i| truths[*i as usize] == Yes)
            .collect();
        let all = passed.len();
        let records = self.within(form, population.window, passed);
        Selected {
            outside: all - records.len(),
            records,
        }
    }

    /// Those of the records that lie in a stretch of time.
    fn within(&self, form: FormIdx, window: Window, records: Vec<u32>) -> Vec<u32> {
        let Some(on) = window.on.filter(|_| window.span != Span::All) else {
            return records;
        };
        let values = self.numbers(form, Operand::Field(on));
        let is_year = self.scheme.forms[form].fields[on].kind == Kind::Integer;
        let cut_off = self.scheme.cut_off;
        let keep = |ok: &dyn Fn(i64) -> bool, blank: bool| {
            let passes = |r: &u32| match values[*r as usize] {
                NO_NUMBER => blank,
                v => ok(v),
            };
            records.iter().copied().filter(passes).collect::<Vec<u32>>()
        };
        if let Span::LatestYears(years) = window.span {
            let year = |v: i64| match is_year {
                true => v,
                false => facts::date(v).map_or(NO_NUMBER, |d| d.year().into()),
            };
            // Of all records of the form: who was last found wanting years ago is not found wanting
            // in the latest year.
            let latest = values
                .iter()
                .copied()
                .filter(|v| *v != NO_NUMBER)
                .map(year)
                .filter(|y| *y <= i64::from(cut_off.year()))
                .max();
            let Some(latest) = latest else {
                // Nobody wrote a year: all of it is the latest.
                return keep(&|_| false, true);
            };
            let first = latest - i64::from(years) + 1;
            return keep(&|v| (first..=latest).contains(&year(v)), true);
        }
        let start = self.start(window.span);
        let blank = window.span == Span::Cycle;
        if is_year {
            let years = i64::from(start.year())..=i64::from(cut_off.year());
            return keep(&|v| years.contains(&v), blank);
        }
        let days = facts::days(start)..=facts::days(cut_off);
        keep(&|v| days.contains(&v), blank)
    }

    /// First day of a stretch of time that ends with the cut-off.
    fn start(&self, span: Span) -> NaiveDate {
        let cut_off = self.scheme.cut_off;
        let first = |year, month| NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(cut_off);
        match (span, self.scheme.cycle) {
            (Span::Cycle, Some(cycle)) => cycle.start_of(cut_off),
            (Span::Year, Some(cycle)) => cycle.year_start_of(cut_off),
            (Span::Cycle | Span::Year, None) => first(cut_off.year(), 1),
            (Span::Term, _) => match cut_off.month() {
                1 => first(cut_off.year() - 1, 8),
                2..8 => first(cut_off.year(), 2),
                _ => first(cut_off.year(), 8),
            },
            (Span::Month, _) => first(cut_off.year(), cut_off.month()),
            (Span::All | Span::LatestYears(_), _) => NaiveDate::MIN,
        }
    }
}

fn school_text(school: &SchoolFacts, operand: Operand) -> Option<&str> {
    let text = match operand {
        Operand::School => &school.folded_name,
        Operand::District => &school.folded_district,
        _ => &school.folded_kind,
    };
    (!text.is_empty()).then_some(text)
}

fn school_truth(condition: &Condition, school: &SchoolFacts) -> Truth {
    match condition {
        Condition::All(all) => all
            .iter()
            .map(|c| school_truth(c, school))
            .min()
            .unwrap_or(Yes),
        Condition::Any(any) => any
            .iter()
            .map(|c| school_truth(c, school))
            .max()
            .unwrap_or(No),
        Condition::Not(one) => negation(school_truth(one, school)),
        Condition::Test(Operand::Area, test) => of_number(test, school.area),
        Condition::Test(operand, test) => of_text(test, school_text(school, *operand)),
    }
}

fn of_number(test: &Test, number: i64) -> Truth {
    let known = number != NO_NUMBER;
    match test {
        Test::Present(wanted) => (known == *wanted).into(),
        Test::NotIn(values) => (!known || !facts::is_in(values, number)).into(),
        _ if !known => Unknown,
        Test::In(values) => facts::is_in(values, number).into(),
        Test::AtLeast(n) => (number >= *n).into(),
        Test::AtMost(n) => (number <= *n).into(),
        Test::Below(n) => (number < *n).into(),
        Test::Above(n) => (number > *n).into(),
        Test::Contains(_) => No,
    }
}

/// `text` is folded.
fn of_text(test: &Test, text: Option<&str>) -> Truth {
    let one_of = |values: &[Literal], text: &str| {
        values
            .iter()
            .any(|v| matches!(v, Literal::Text(t) if t == text))
    };
    match (test, text) {
        (Test::Present(wanted), text) => (text.is_some() == *wanted).into(),
        (Test::NotIn(values), text) => (!text.is_some_and(|t| one_of(values, t))).into(),
        // A blank text holds nothing: an empty post is no head's post.
        (Test::Contains(_), None) => No,
        (_, None) => Unknown,
        (Test::In(values), Some(t)) => one_of(values, t).into(),
        (Test::Contains(parts), Some(t)) => parts.iter().any(|p| t.contains(p.as_str())).into(),
        _ => No,
    }
}
