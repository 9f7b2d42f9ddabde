//! The rules that a spreadsheet can watch while a form is filled in: one formula each, true where a
//! row breaks it.
//!
//! The formulas keep to what Excel 2010, WPS and LibreOffice all know, without array constants,
//! which Excel refuses in conditional formats. They are a help for whoever types; what counts is
//! what the program finds when the form comes back.

use super::sheet::Body;
use crate::diagnostic::Rule;
use crate::message::{self, Lang};
use crate::scheme::{Check, Field, Form, Kind, Scheme, plus_years};
use chrono::{Datelike, NaiveDate};

/// Weights of the first 17 characters of an id number (GB 11643).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Its last character, by the weighted sum modulo 11.
const CHECKS: &str = "10X98765432";

/// A rule for the rows of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowRule {
    /// Which rule of the program it stands for.
    pub rule: Rule,
    /// The column whose cell it colours.
    pub column: usize,
    /// True where the first row of the body breaks it; relative to that row.
    pub formula: String,
    /// In words: when the cell turns red. Empty for a cell that is missing.
    pub said: String,
}

/// All rules of a form, in the order of the columns.
pub fn of(body: &Body<'_>, scheme: &Scheme, lang: Lang) -> Vec<RowRule> {
    let mut maker = Maker {
        body,
        scheme,
        lang,
        out: Vec::new(),
    };
    for (column, field) in body.fields.iter().enumerate() {
        maker.alone(column, field);
    }
    for check in &body.form.checks {
        maker.check(check);
    }
    maker.out.sort_by_key(|r| r.column);
    maker.out.dedup();
    maker.out
}

struct Maker<'a> {
    body: &'a Body<'a>,
    scheme: &'a Scheme,
    lang: Lang,
    out: Vec<RowRule>,
}

impl Maker<'_> {
    fn add(
        &mut self,
        rule: Rule,
        column: usize,
        formula: String,
        key: &str,
        args: &[(&str, String)],
    ) {
        let said = match key {
            "" => String::new(),
            key => message::say(self.lang, key, args),
        };
        self.out.push(RowRule {
            rule,
            column,
            formula,
            said,
        });
    }

    /// What a column's own kind asks for.
    fn alone(&mut self, column: usize, field: &Field) {
        let body = self.body;
        let here = body.cell(column);
        if field.required {
            let missing = format!("AND({},LEN(TRIM({here}))=0)", body.started());
            self.add(Rule::RequiredMissing, column, missing, "", &[]);
        }
        match field.kind {
            Kind::IdNumber => {
                let wrong = format!("AND({here}<>\"\",OR(LEN({here})<>18,{}))", unchecked(&here));
                self.add(Rule::IdChecksum, column, wrong, "form.red.id", &[]);
            }
            Kind::Date if !field.future => {
                let (until, shown) = (
                    date(self.scheme.cut_off),
                    super::day(self.scheme.cut_off, self.lang),
                );
                let late = format!("AND(ISNUMBER({here}),{here}>{until})");
                let args = [("cut_off", shown)];
                self.add(Rule::DateFuture, column, late, "form.red.future", &args);
            }
            Kind::Integer | Kind::Decimal | Kind::Money => {
                let below = format!("AND(ISNUMBER({here}),{here}<0)");
                self.add(
                    Rule::AmountNegative,
                    column,
                    below,
                    "form.red.negative",
                    &[],
                );
            }
            _ => {}
        }
    }

    /// What the form's own checks ask for, as far as its columns are there.
    fn check(&mut self, check: &Check) {
        let columns: Vec<Option<usize>> =
            check.fields.iter().map(|f| self.body.column(f)).collect();
        let pair = match columns[..] {
            [Some(a), Some(b), ..] => Some((a, b)),
            _ => None,
        };
        match (check.rule, pair) {
            (Rule::IdDuplicate, _) | (Rule::RecordDuplicate, _) => {
                self.duplicate(check.rule, &columns)
            }
            (Rule::InvoiceDuplicate, Some((invoice, amount))) => {
                self.duplicate(check.rule, &[Some(invoice), Some(amount)]);
            }
            (Rule::IdBirthMismatch, Some((id, birth))) => self.birth(id, birth),
            (Rule::IdGenderMismatch, Some((id, gender))) => self.gender(id, gender),
            (Rule::DateOrder, Some(pair)) => self.order(check, pair),
            (Rule::AgeImplausible, _) => self.age(check, columns.first().copied().flatten()),
            (Rule::EducationOrder, Some(pair)) => self.education(pair),
            (Rule::AmountOverClaimed, Some((claimed, amount))) => {
                self.over(check.rule, claimed, amount)
            }
            (Rule::PartOverWhole, Some((whole, part))) => self.over(check.rule, part, whole),
            _ => {}
        }
    }

    /// The columns are those that together name a record; a name beside an id number names nobody.
    fn duplicate(&mut self, rule: Rule, columns: &[Option<usize>]) {
        let Some(mut columns) = columns.iter().copied().collect::<Option<Vec<usize>>>() else {
            return;
        };
        let kind = |c: &usize| &self.body.fields[*c].kind;
        if columns.iter().any(|c| *kind(c) == Kind::IdNumber) {
            columns.retain(|c| *kind(c) != Kind::Name);
        }
        let filled: Vec<String> = columns
            .iter()
            .map(|c| format!("{}<>\"\"", self.body.cell(*c)))
            .collect();
        let same: Vec<String> = columns
            .iter()
            .map(|c| format!("({}={})", self.body.range(*c), self.body.cell(*c)))
            .collect();
        let Some(last) = columns.iter().max() else {
            return;
        };
        // Twice negated, or a single comparison is no number.
        let twice = format!(
            "AND({},SUMPRODUCT(--{})>1)",
            filled.join(","),
            same.join("*")
        );
        let at = columns.iter().copied().find(|c| *kind(c) == Kind::IdNumber);
        self.add(rule, at.unwrap_or(*last), twice, "form.red.duplicate", &[]);
    }

    fn birth(&mut self, id: usize, birth: usize) {
        let (id, day) = (self.body.cell(id), self.body.cell(birth));
        let other = format!(
            "AND(ISNUMBER({day}),LEN({id})=18,IFERROR(YEAR({day})*10000+MONTH({day})*100+DAY({day})<>VALUE(MID({id},7,8)),FALSE))"
        );
        self.add(Rule::IdBirthMismatch, birth, other, "form.red.birth", &[]);
    }

    /// The vocabulary has male first and female second.
    fn gender(&mut self, id: usize, gender: usize) {
        let Some([male, female]) = self.terms(gender) else {
            return;
        };
        let (id, said) = (self.body.cell(id), self.body.cell(gender));
        let (male, female) = (quoted(male), quoted(female));
        let other = format!(
            "AND({said}<>\"\",LEN({id})=18,IFERROR(IF(MOD(VALUE(MID({id},17,1)),2)=1,{male},{female})<>{said},FALSE))"
        );
        self.add(
            Rule::IdGenderMismatch,
            gender,
            other,
            "form.red.gender",
            &[],
        );
    }

    fn order(&mut self, check: &Check, (first, second): (usize, usize)) {
        let (a, b) = (self.body.cell(first), self.body.cell(second));
        let years = check.params.get("years").copied().unwrap_or(0.0) as u32;
        let title = ("first", self.title(first));
        let (least, key) = match years {
            0 => (a.clone(), "form.red.order"),
            years => (format!("EDATE({a},{})", years * 12), "form.red.years"),
        };
        let early = format!("AND(ISNUMBER({a}),ISNUMBER({b}),{b}<{least})");
        let args = [title, ("years", years.to_string())];
        self.add(Rule::DateOrder, second, early, key, &args);
    }

    fn age(&mut self, check: &Check, birth: Option<usize>) {
        let (Some(birth), Some((earliest, latest))) = (birth, ages(check, self.scheme.cut_off))
        else {
            return;
        };
        let day = self.body.cell(birth);
        let odd = format!(
            "AND(ISNUMBER({day}),OR({day}<{},{day}>{}))",
            date(earliest),
            date(latest)
        );
        let number = |name: &str| {
            check
                .params
                .get(name)
                .copied()
                .unwrap_or_default()
                .to_string()
        };
        let args = [("min", number("min")), ("max", number("max"))];
        self.add(Rule::AgeImplausible, birth, odd, "form.red.age", &args);
    }

    /// Terms stand in rising order.
    fn education(&mut self, (first, now): (usize, usize)) {
        let Kind::Vocabulary(id) = &self.body.fields[now].kind else {
            return;
        };
        let list = super::lists::name(id);
        let (a, b) = (self.body.cell(first), self.body.cell(now));
        let lower = format!("IFERROR(MATCH({b},{list},0)<MATCH({a},{list},0),FALSE)");
        let args = [("first", self.title(first))];
        self.add(
            Rule::EducationOrder,
            now,
            lower,
            "form.red.education",
            &args,
        );
    }

    fn over(&mut self, rule: Rule, part: usize, whole: usize) {
        let (a, b) = (self.body.cell(part), self.body.cell(whole));
        let more = format!("AND(ISNUMBER({a}),ISNUMBER({b}),{a}>{b})");
        let args = [("other", self.title(whole))];
        self.add(rule, part, more, "form.red.over", &args);
    }

    fn title(&self, column: usize) -> String {
        self.body.fields[column].title.clone()
    }

    /// The first two terms of a column's vocabulary.
    fn terms(&self, column: usize) -> Option<[&str; 2]> {
        let Kind::Vocabulary(id) = &self.body.fields[column].kind else {
            return None;
        };
        match &self.scheme.vocabulary(id)?.terms[..] {
            [a, b, ..] => Some([&a.name, &b.name]),
            _ => None,
        }
    }
}

/// First and last day of birth that the form's own check takes for likely.
pub fn births(form: &Form, field: &Field, cut_off: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let mut checks = form
        .checks
        .iter()
        .filter(|c| c.rule == Rule::AgeImplausible);
    let check = checks.find(|c| c.fields.first() == Some(&field.id))?;
    ages(check, cut_off)
}

fn ages(check: &Check, cut_off: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let years = |name: &str| check.params.get(name).map(|y| *y as i64);
    let earliest = plus_years(cut_off, -(years("max")? + 1)).succ_opt()?;
    Some((earliest, plus_years(cut_off, -years("min")?)))
}

/// Whether the check character of an id number fails.
fn unchecked(cell: &str) -> String {
    let terms = (1..)
        .zip(WEIGHTS)
        .map(|(i, w)| format!("MID({cell},{i},1)*{w}"));
    let sum = terms.collect::<Vec<_>>().join("+");
    format!("IFERROR(MID(\"{CHECKS}\",MOD({sum},11)+1,1)<>UPPER(MID({cell},18,1)),TRUE)")
}

/// A day as a formula.
fn date(day: NaiveDate) -> String {
    format!("DATE({},{},{})", day.year(), day.month(), day.day())
}

/// A text as a formula.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}
