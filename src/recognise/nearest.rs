//! What an unknown column may be: the fields of the table's form that come nearest, each with its
//! reasons in numbers. Worked out for unknown columns only, and never taken: a clerk decides.
//!
//! Points out of 100. The label counts most (50), then what the cells below are (35; a kind that
//! many fields share, such as a number, speaks less), then whether the column stands where the
//! field usually stands (10), then whether the form requires the field and has no column for it
//! (5). Only fields that no column holds are looked at.

use super::columns::valid_id;
use super::form::NearForm;
use super::region::Region;
use super::{Column, How, Table, remark};
use crate::fold;
use crate::grid::Value;
use crate::message;
use crate::scheme::{FieldIdx, Form, Kind, Matching, Meaning, Scheme, Vocabulary};

/// A label less like a spelling than this says nothing, in hundredths.
const ALIKE: u32 = 40;
/// Cells that are looked at.
const SAMPLE: usize = 60;
/// A column of which fewer cells than this share, in hundredths, are of a kind is not of that kind.
const MOSTLY: u32 = 70;

/// A field that an unknown column may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// Its index in the table's form.
    pub field: FieldIdx,
    /// How near, 0 to 100.
    pub points: u32,
    /// The nearest spelling of its header and how alike it is, in hundredths.
    pub label: Option<(String, u32)>,
    /// What the cells are, if the field asks for something that can be told from them.
    pub cells: Option<Fit>,
    /// It stands between columns between which the field usually stands.
    pub in_place: bool,
    /// The form requires it and no column holds it.
    pub wanted: bool,
}

/// How many cells are what a field asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fit {
    /// What it asks for: `id` `date` `number` `phone` `term` `boolean` `name` `school`.
    pub what: &'static str,
    /// Cells that are.
    pub hits: u32,
    /// Cells that were looked at.
    pub cells: u32,
}

impl Fit {
    /// Share of the cells, in hundredths.
    pub fn percent(self) -> u32 {
        self.hits * 100 / self.cells.max(1)
    }
}

/// A column that holds data and was not taken.
#[derive(Debug, Clone)]
pub struct UnknownColumn {
    /// Index of the sheet in the workbook.
    pub sheet: usize,
    /// Form of its table.
    pub form: usize,
    /// 0-based row of its label.
    pub row: u32,
    /// 0-based column.
    pub col: u32,
    /// Its header texts, top group first.
    pub path: Vec<String>,
    /// At most three fields, nearest first.
    pub near: Vec<Near>,
}

impl Near {
    /// The field with its reasons, in whatever language the text around it is shown.
    pub fn text(&self, form: &Form) -> String {
        let reasons = self.reasons(&form.fields[self.field].title);
        let args = [
            ("title", form.fields[self.field].title.clone()),
            ("reasons", reasons.join(fold::LIST)),
        ];
        message::nested("near.item", &args)
    }

    fn reasons(&self, title: &str) -> Vec<String> {
        let mut all = Vec::new();
        if let Some((spelling, percent)) = &self.label {
            let key = if spelling == title {
                "near.label"
            } else {
                "near.spelling"
            };
            let args = [
                ("spelling", spelling.clone()),
                ("percent", percent.to_string()),
            ];
            all.push(message::nested(key, &args));
        }
        if let Some(fit) = self.cells.filter(|f| f.percent() >= MOSTLY) {
            all.push(fit.text());
        }
        if self.in_place {
            all.push(message::nested("near.place", &[]));
        }
        if self.wanted {
            all.push(message::nested("near.free", &[]));
        }
        all
    }
}

impl Fit {
    /// In whatever language the text around it is shown.
    pub fn text(self) -> String {
        let args = [
            ("hits", self.hits.to_string()),
            ("cells", self.cells.to_string()),
        ];
        message::nested(&format!("near.cells.{}", self.what), &args)
    }
}

/// At most three fields that a column of a table may hold, nearest first.
pub(super) fn fields(
    region: &Region<'_>,
    table: &Table,
    column: &Column,
    scheme: &Scheme,
) -> Vec<Near> {
    let form = &scheme.forms[table.form];
    let label = column.path.last().map_or("", String::as_str);
    let (label, _) = fold::brackets(&fold::label(label));
    let cells = sample(region, table, column.col);
    let taken = |f: FieldIdx| table.columns.iter().any(|c| c.field == Some(f));
    let missing = super::form::missing(scheme, table.form, &held(table));
    let (before, after) = neighbours(table, column.col);
    let mut all: Vec<Near> = form
        .fields
        .iter()
        .enumerate()
        .filter(|(i, f)| f.kind != Kind::Ignored && (f.stored || !f.fills.is_empty()) && !taken(*i))
        .filter_map(|(i, f)| {
            let like = likeness(&label, f.title.as_str(), &f.headers);
            let fit = fit(&f.kind, &cells, scheme);
            let in_place = (before.is_some() || after.is_some())
                && before.is_none_or(|b| b < i)
                && after.is_none_or(|a| i < a)
                && (before == i.checked_sub(1) && before.is_some() || after == Some(i + 1));
            let wanted = missing.contains(&i);
            let by_cells = fit.map_or(0, |fit| match fit.percent() {
                share if share >= MOSTLY => 35 * share * weight(fit.what) / 10_000,
                _ => 0,
            });
            let by_label = like.as_ref().map_or(0, |(_, percent)| percent / 2);
            // Cells of another kind speak against the best of labels.
            let against = fit.is_some_and(|f| f.cells >= 5 && f.percent() < 20);
            let enough = by_label > 0 || by_cells >= 25;
            let points = (by_label + by_cells) / if against { 2 } else { 1 }
                + 10 * u32::from(in_place)
                + 5 * u32::from(wanted);
            enough.then_some(Near {
                field: i,
                points,
                label: like,
                cells: fit,
                in_place,
                wanted,
            })
        })
        .collect();
    all.sort_by(|a, b| b.points.cmp(&a.points).then(a.field.cmp(&b.field)));
    all.truncate(3);
    all
}

fn held(table: &Table) -> Vec<FieldIdx> {
    table.columns.iter().filter_map(|c| c.field).collect()
}

/// The fields of the nearest known columns on the left and on the right.
fn neighbours(table: &Table, col: u32) -> (Option<FieldIdx>, Option<FieldIdx>) {
    let left = table.columns.iter().rev().filter(|c| c.col < col);
    let right = table.columns.iter().filter(|c| c.col > col);
    (
        left.clone().find_map(|c| c.field),
        right.clone().find_map(|c| c.field),
    )
}

/// The spelling that is most like a folded label, and how alike, in hundredths.
fn likeness(label: &str, title: &str, headers: &[String]) -> Option<(String, u32)> {
    if label.is_empty() {
        return None;
    }
    let spellings = std::iter::once(title).chain(headers.iter().map(String::as_str));
    let mut best: Option<(String, u32)> = None;
    for spelling in spellings.filter(|h| !h.contains(['/', '{'])) {
        let folded = fold::label(spelling);
        let like = strsim::normalized_levenshtein(&folded, label)
            .max(strsim::sorensen_dice(&folded, label));
        let percent = (like * 100.0) as u32;
        if percent >= ALIKE && best.as_ref().is_none_or(|b| percent > b.1) {
            best = Some((spelling.to_owned(), percent));
        }
    }
    best
}

/// How much cells of a kind say, in hundredths: the more fields share it the less.
fn weight(what: &str) -> u32 {
    match what {
        "id" | "phone" | "term" => 100,
        "date" | "school" => 80,
        "boolean" => 60,
        "number" => 40,
        _ => 30,
    }
}

/// The filled cells of a column, in the order of the records.
pub(super) fn sample<'a>(region: &Region<'a>, table: &Table, col: u32) -> Vec<Value<'a>> {
    let cells = table.body.iter().filter_map(|&row| {
        let cell = region.view.cell(region.view.line_of(row)?, col)?;
        region
            .view
            .filled(cell)
            .then(|| region.view.sheet.value(cell))
    });
    cells.take(SAMPLE).collect()
}

/// How many of the values are what a kind of field asks for; `None` where that cannot be told from
/// a cell, or there is none.
pub(super) fn fit(kind: &Kind, values: &[Value<'_>], scheme: &Scheme) -> Option<Fit> {
    // What says that there is nothing says nothing about the column.
    let tokens = scheme.words.tokens();
    let absent = |v: &&Value<'_>| matches!(v, Value::Text(t) if tokens.get(&fold::clean(t)).absent);
    let values: Vec<Value<'_>> = values.iter().filter(|v| !absent(v)).copied().collect();
    if values.is_empty() {
        return None;
    }
    let text = |v: &Value<'_>, test: &dyn Fn(&str) -> bool| matches!(v, Value::Text(t) if test(t));
    let count = |what, test: &dyn Fn(&Value<'_>) -> bool| Fit {
        what,
        hits: values.iter().filter(|v| test(v)).count() as u32,
        cells: values.len() as u32,
    };
    Some(match kind {
        Kind::IdNumber => count("id", &|v| text(v, &valid_id)),
        Kind::Date => count("date", &is_date),
        Kind::Integer | Kind::Decimal | Kind::Money => count("number", &is_number),
        Kind::Phone => count("phone", &is_phone),
        Kind::Boolean => count("boolean", &|v| {
            text(v, &|t| {
                let token = tokens.get(&fold::clean(t));
                token.yes || token.no
            })
        }),
        Kind::Vocabulary(id) => {
            let vocabulary = scheme.vocabulary(id)?;
            count("term", &|v| text(v, &|t| is_term(t, vocabulary)))
        }
        Kind::Name => count("name", &|v| {
            text(v, &|t| {
                let length = t.trim().chars().count();
                (2..=4).contains(&length) && t.trim().chars().all(fold::is_letter)
            })
        }),
        Kind::School => count("school", &|v| {
            text(v, &|t| {
                let kinds = &scheme.words.schools.kinds;
                kinds.iter().any(|k| t.trim().ends_with(k.as_str()))
            })
        }),
        _ => return None,
    })
}

fn is_term(text: &str, vocabulary: &Vocabulary) -> bool {
    let spellings = vocabulary.spellings();
    let folded = fold::label(text);
    if let Some(known) = spellings.get(text).or_else(|| spellings.get(&folded)) {
        return matches!(known, Meaning::Term(_));
    }
    // Where a term may stand inside a cell, it counts there.
    vocabulary.matching == Matching::Longest
        && folded.char_indices().any(|(at, _)| {
            let found = spellings.longest_at(&folded[at..]);
            matches!(found, Some((_, Meaning::Term(_))))
        })
}

fn is_date(value: &Value<'_>) -> bool {
    match value {
        Value::Date(_) => true,
        Value::Text(t) => {
            remark::is_date(&fold::label(t)) || t.trim().parse().is_ok_and(day_number)
        }
        Value::Number(n) => day_number(*n),
        _ => false,
    }
}

/// 1985.03, 198503 and 19850315.
fn day_number(n: f64) -> bool {
    let month = |of: f64| (1.0..=12.0).contains(&of.round());
    let year = |of: f64| (1930.0..2060.0).contains(&of);
    year(n.trunc()) && n.fract() > 0.0 && month(n.fract() * 100.0)
        || year((n / 100.0).trunc()) && month(n % 100.0)
        || year((n / 10_000.0).trunc()) && month((n / 100.0).trunc() % 100.0)
}

fn is_number(value: &Value<'_>) -> bool {
    match value {
        Value::Number(_) => true,
        Value::Text(t) => {
            // With its unit behind it: 12学时.
            let bare = t.trim().trim_end_matches(fold::is_letter).trim_end();
            bare.replace(',', "").parse::<f64>().is_ok() || fold::amount(t).is_some()
        }
        _ => false,
    }
}

fn is_phone(value: &Value<'_>) -> bool {
    let phone =
        |t: &str| t.len() == 11 && t.starts_with('1') && t.bytes().all(|b| b.is_ascii_digit());
    match value {
        Value::Text(t) => phone(t.trim()),
        Value::Number(n) => (1.3e10..2.0e10).contains(n) && n.fract() == 0.0,
        _ => false,
    }
}

/// How certain a column is, 0 to 1, and why: how its label was read, and what its cells are.
pub(super) fn confidence(how: How, fit: Option<Fit>) -> (f32, Vec<String>) {
    let by_label = match how {
        How::Exact => 1.0,
        How::Trimmed => 0.95,
        How::Within => 0.8,
        How::Content => 0.75,
        How::Unknown => 0.0,
    };
    let mut reasons = vec![message::nested(&format!("near.how.{}", how.as_str()), &[])];
    let Some(fit) = fit.filter(|_| how != How::Unknown) else {
        return (by_label, reasons);
    };
    reasons.push(fit.text());
    // A known label with other cells below it is half as certain.
    let by_cells = fit.percent() as f32 / 100.0;
    (by_label * (0.5 + 0.5 * by_cells), reasons)
}

/// A form that an unrecognised sheet may be, in whatever language the text around it is shown.
pub(super) fn form_text(near: &NearForm, scheme: &Scheme) -> String {
    let form = &scheme.forms[near.form];
    let titles = |fields: &[FieldIdx]| {
        let all: Vec<&str> = fields
            .iter()
            .map(|f| form.fields[*f].title.as_str())
            .collect();
        all.join(fold::LIST)
    };
    let args = [
        ("form", form.title.clone()),
        ("found", titles(&near.found)),
        ("missing", titles(&near.missing)),
    ];
    let key = if near.missing.is_empty() {
        "near.form-whole"
    } else {
        "near.form"
    };
    message::nested(key, &args)
}
