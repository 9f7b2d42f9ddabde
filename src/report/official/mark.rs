//! A cell's text taken apart into marks. Marks name measures, columns and groups of the scheme; one
//! that names nothing is an [`Unknown`], never an empty cell.

use super::Known;
use crate::message::{self, Lang};
use crate::scheme::{MeasureKind, Param, Scheme};
use crate::statistics::{Quantity, Tabulation};

/// Names of the run that stand for words.
pub const TEXTS: &[&str] = &[
    "bureau", "period", "year", "month", "cut_off", "date", "scheme", "document",
];
/// The running number of a repeated row.
const NUMBER: &str = "n";

/// A stretch of a cell's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// As it stands.
    Text(String),
    /// To be filled.
    Mark(Mark),
}

/// What a mark asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// Words of the run, by name.
    Words(String),
    /// Says that the row is repeated; nothing is printed for it.
    Each(Each),
    /// Running number of the repeated row.
    Number,
    /// What the repeated row stands for in a dimension.
    Group(String),
    /// A figure.
    Figure(Wanted),
}

/// For what a row is repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Each {
    /// Index of the tabulation.
    pub table: usize,
    /// Innermost dimension of the rows wanted; none for all lines but sums.
    pub by: Option<String>,
}

/// A figure that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Index of the tabulation.
    pub table: usize,
    /// The column's part.
    pub part: String,
    /// Which of the figure's numbers.
    pub aspect: Aspect,
    /// The group; none takes the repeated row's own, and everything elsewhere.
    pub group: Option<Vec<(String, String)>>,
    /// How it is written.
    pub shape: Shape,
}

/// Which of a figure's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aspect {
    /// Itself.
    Value,
    /// What it is compared with.
    Target,
    /// Value minus target.
    Gap,
    /// Whether the target is met, in words.
    Met,
    /// Of a rate.
    Numerator,
    /// Of a rate.
    Denominator,
}

const ASPECTS: &[(&str, Aspect)] = &[
    ("target", Aspect::Target),
    ("gap", Aspect::Gap),
    ("met", Aspect::Met),
    ("numerator", Aspect::Numerator),
    ("denominator", Aspect::Denominator),
];

/// How a figure is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// As it is stored: rates as fractions, money in yuan.
    Plain,
    /// Money in capital characters.
    Capitals,
    /// A rate times a hundred, for columns headed `%`.
    Percent,
    /// Money in units of ten thousand.
    TenThousand,
}

const SHAPES: &[(&str, Shape)] = &[
    ("rmb", Shape::Capitals),
    ("percent", Shape::Percent),
    ("wan", Shape::TenThousand),
];

/// A mark that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Catalogue key.
    pub key: &'static str,
    /// What is not known.
    pub name: String,
    /// Known names of the same kind.
    pub known: Vec<String>,
}

fn unknown(key: &'static str, name: &str, known: Vec<String>) -> Unknown {
    Unknown {
        key,
        name: name.to_owned(),
        known,
    }
}

/// Whether a text has marks.
pub fn is_marked(text: &str) -> bool {
    text.contains("{{")
}

/// A cell's text as segments; `each` is what the row is repeated for, if it is.
pub fn segments(
    text: &str,
    each: Option<&Each>,
    known: Known<'_>,
) -> Result<Vec<Segment>, Unknown> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inside, behind)) = after.split_once("}}") else {
            return Err(unknown("scheme.form-file.open", rest, Vec::new()));
        };
        if !before.is_empty() {
            out.push(Segment::Text(before.to_owned()));
        }
        out.push(Segment::Mark(mark(inside.trim(), each, known)?));
        rest = behind;
    }
    if !rest.is_empty() {
        out.push(Segment::Text(rest.to_owned()));
    }
    Ok(out)
}

/// What the row of a cell is repeated for, if the cell says so.
pub fn each_of(text: &str, known: Known<'_>) -> Result<Option<Each>, Unknown> {
    for inside in text.split("{{").skip(1) {
        let inside = inside.split("}}").next().unwrap_or_default().trim();
        if is_each(inside) {
            return each(inside, known).map(Some);
        }
    }
    Ok(None)
}

fn is_each(inside: &str) -> bool {
    inside.split_whitespace().next() == Some("each")
}

fn each(inside: &str, known: Known<'_>) -> Result<Each, Unknown> {
    let words: Vec<&str> = inside.split_whitespace().collect();
    let (measure, by) = match words[..] {
        [_, measure] => (measure, None),
        [_, measure, "by", by] => (measure, Some(by)),
        _ => return Err(unknown("scheme.form-file.syntax", inside, Vec::new())),
    };
    let table = table(measure, known)?;
    let by = match by {
        Some(by) => Some(dimension(by, table, known)?),
        None => None,
    };
    Ok(Each { table, by })
}

fn mark(inside: &str, row: Option<&Each>, known: Known<'_>) -> Result<Mark, Unknown> {
    if inside.is_empty() {
        return Err(unknown("scheme.form-file.empty", inside, Vec::new()));
    }
    if is_each(inside) {
        return each(inside, known).map(Mark::Each);
    }
    let params = known.scheme.params.iter().map(Param::placeholder);
    let params: Vec<String> = params.collect();
    if TEXTS.contains(&inside) || params.iter().any(|p| p == inside) {
        return Ok(Mark::Words(inside.to_owned()));
    }
    if inside.starts_with("param.") {
        return Err(unknown("scheme.form-file.words", inside, params));
    }
    if inside == NUMBER {
        return match row {
            Some(_) => Ok(Mark::Number),
            None => Err(unknown("scheme.form-file.no-list", inside, Vec::new())),
        };
    }
    if let Some(row) = row
        && let Ok(found) = dimension(inside, row.table, known)
    {
        return Ok(Mark::Group(found));
    }
    let (name, shape) = match inside.split_once('|') {
        Some((name, shape)) => (name.trim(), shape_of(shape.trim())?),
        None => (inside, Shape::Plain),
    };
    let (name, group) = match name.split_once('/') {
        Some((name, group)) => (name.trim(), Some(group.trim())),
        None => (name, None),
    };
    let measure = name.split('.').next().unwrap_or_default();
    let table = table(measure, known).map_err(|e| Unknown {
        // A word that is no measure may be meant as a word of the run.
        known: e
            .known
            .into_iter()
            .chain(TEXTS.iter().map(|t| (*t).to_owned()))
            .collect(),
        ..e
    })?;
    let (part, aspect) = column(name, table, known)?;
    let group = match group {
        Some(group) => Some(groups(group, table, known)?),
        None => None,
    };
    if group.is_none()
        && let Some(row) = row
    {
        shared(row, table, known)?;
    }
    let quantity = known.tabulations[table]
        .columns
        .iter()
        .find(|c| c.part == part)
        .map(|c| &c.quantity);
    let fits = match (shape, quantity) {
        (Shape::Plain, _) | (_, None) => true,
        (Shape::Capitals | Shape::TenThousand, Some(q)) => *q == Quantity::Money,
        (Shape::Percent, Some(q)) => *q == Quantity::Rate && aspect != Aspect::Met,
    };
    if !fits {
        return Err(unknown("scheme.form-file.shape-misfit", inside, Vec::new()));
    }
    Ok(Mark::Figure(Wanted {
        table,
        part,
        aspect,
        group,
        shape,
    }))
}

fn shape_of(name: &str) -> Result<Shape, Unknown> {
    let found = SHAPES.iter().find(|(n, _)| *n == name);
    found.map(|(_, s)| *s).ok_or_else(|| {
        let known = SHAPES.iter().map(|(n, _)| (*n).to_owned()).collect();
        unknown("scheme.form-file.shape", name, known)
    })
}

fn table(measure: &str, known: Known<'_>) -> Result<usize, Unknown> {
    let all = known.tabulations;
    all.iter()
        .position(|t| t.measure == measure)
        .ok_or_else(|| {
            let ids = all.iter().map(|t| t.measure.clone()).collect();
            unknown("scheme.form-file.measure", measure, ids)
        })
}

/// Ids and titles of a table's dimensions, also of those that it has only with data.
pub fn dimensions(tab: &Tabulation, scheme: &Scheme) -> Vec<(String, String)> {
    let measure = scheme.measures.iter().find(|m| m.id == tab.measure);
    let declared = measure.into_iter().flat_map(|m| &m.by);
    let mut out: Vec<(String, String)> = declared
        .map(|d| {
            let own = tab.dimensions.iter().find(|(id, _)| *id == d.id);
            let title = own.map_or(&d.title, |(_, title)| title);
            (d.id.clone(), title.clone())
        })
        .collect();
    if matches!(measure.map(|m| &m.kind), Some(MeasureKind::List(_))) {
        // Lists have the town only where the directory has towns.
        out.insert(0, ("district".to_owned(), String::new()));
    }
    for (id, title) in &tab.dimensions {
        match out.iter_mut().find(|(known, _)| known == id) {
            Some(known) => known.1.clone_from(title),
            None => out.push((id.clone(), title.clone())),
        }
    }
    for (id, title) in &mut out {
        if title.is_empty() && matches!(id.as_str(), "district" | "school") {
            *title = message::say(Lang::Zh, &format!("statistics.{id}"), &[]);
        }
    }
    out
}

/// The id of a dimension that is named by id or title.
fn dimension(name: &str, table: usize, known: Known<'_>) -> Result<String, Unknown> {
    let all = dimensions(&known.tabulations[table], known.scheme);
    let found = all.iter().find(|(id, title)| id == name || title == name);
    found.map(|(id, _)| id.clone()).ok_or_else(|| {
        let ids = all.into_iter().flat_map(|(id, title)| [id, title]);
        unknown("scheme.form-file.group", name, ids.collect())
    })
}

/// The column that a name means, and which of its figures' numbers.
fn column(name: &str, table: usize, known: Known<'_>) -> Result<(String, Aspect), Unknown> {
    let tab = &known.tabulations[table];
    let part = name.split_once('.').map_or("", |(_, part)| part);
    if has_column(tab, part, known.scheme) {
        return Ok((part.to_owned(), Aspect::Value));
    }
    let (rest, last) = part.rsplit_once('.').unwrap_or(("", part));
    if let Some((_, aspect)) = ASPECTS.iter().find(|(n, _)| *n == last)
        && has_column(tab, rest, known.scheme)
    {
        return Ok((rest.to_owned(), *aspect));
    }
    let full = |part: &str| match part {
        "" => tab.measure.clone(),
        part => format!("{}.{part}", tab.measure),
    };
    let all = tab.columns.iter().map(|c| full(&c.part)).collect();
    Err(unknown("scheme.form-file.part", name, all))
}

/// Whether the table has a column, or may have it once there is data: a composition by something
/// that is no list of words has the columns that occur.
fn has_column(tab: &Tabulation, part: &str, scheme: &Scheme) -> bool {
    if tab.columns.iter().any(|c| c.part == part) {
        return true;
    }
    let measure = scheme.measures.iter().find(|m| m.id == tab.measure);
    let Some(MeasureKind::Composition(c)) = measure.map(|m| &m.kind) else {
        return false;
    };
    let blank = message::say(Lang::Zh, "statistics.blank", &[]);
    let bare = part.strip_suffix(".share").unwrap_or(part);
    c.blocks.iter().any(|block| {
        let ids: Vec<&str> = block.iter().map(|d| d.id.as_str()).collect();
        let prefix = format!("{}.", ids.join("."));
        let open = !tab.columns.iter().any(|c| c.part.starts_with(&prefix));
        bare.strip_prefix(&prefix)
            .is_some_and(|value| open || value.split('.').any(|v| v == blank))
    })
}

/// The group that a mark names: `dimension=value`, or values from the outermost dimension inwards.
fn groups(text: &str, table: usize, known: Known<'_>) -> Result<Vec<(String, String)>, Unknown> {
    let tab = &known.tabulations[table];
    let all = dimensions(tab, known.scheme);
    let mut out: Vec<(String, String)> = Vec::new();
    for (i, one) in text.split('/').filter(|t| !t.trim().is_empty()).enumerate() {
        let (id, value) = match one.split_once('=') {
            Some((name, value)) => (dimension(name.trim(), table, known)?, value.trim()),
            None => match all.get(i) {
                Some((id, _)) => (id.clone(), one.trim()),
                None => return Err(unknown("scheme.form-file.group", one, Vec::new())),
            },
        };
        possible(&id, value, tab, known)?;
        out.push((id, value.to_owned()));
    }
    // A row stands for groups from the outermost inwards; a school alone says its town.
    let named = |id: &str| out.iter().any(|(n, _)| n == id);
    let last = all.iter().rposition(|(id, _)| named(id));
    for (i, (id, title)) in all.iter().enumerate().take(last.map_or(0, |l| l + 1)) {
        let told = id == "district" && all[i..].iter().any(|(d, _)| d == "school" && named(d));
        if !named(id) && !told {
            let name = if title.is_empty() { id } else { title };
            return Err(unknown("scheme.form-file.outer", name, Vec::new()));
        }
    }
    Ok(out)
}

/// A value that can occur: one that the table lists, a term of a vocabulary, and anything where the
/// table lists nothing.
fn possible(id: &str, value: &str, tab: &Tabulation, known: Known<'_>) -> Result<(), Unknown> {
    let groups = tab.rows.iter().flat_map(|r| &r.group);
    let mut listed: Vec<String> = groups
        .filter(|(d, _)| d == id)
        .map(|(_, v)| v.clone())
        .collect();
    listed.dedup();
    if listed.is_empty() {
        // Tables by more than schools list none before there is data.
        let schools = known.scheme.directory.schools().iter();
        listed = match id {
            "district" => schools.map(|s| s.district.clone()).collect(),
            "school" => schools.map(|s| s.name.clone()).collect(),
            _ => Vec::new(),
        };
        listed.dedup();
    }
    let term = |v: &crate::scheme::Vocabulary| v.terms.iter().any(|t| t.name == value);
    let blank = message::say(Lang::Zh, "statistics.blank", &[]);
    if listed.is_empty()
        || listed.iter().any(|v| v == value)
        || value == blank
        || known.scheme.vocabularies.iter().any(term)
    {
        return Ok(());
    }
    Err(unknown("scheme.form-file.value", value, listed))
}

/// Whether the repeated row's group means a row of another table: it must have the same dimensions.
fn shared(row: &Each, table: usize, known: Known<'_>) -> Result<(), Unknown> {
    if row.table == table {
        return Ok(());
    }
    let own = dimensions(&known.tabulations[table], known.scheme);
    let rows = dimensions(&known.tabulations[row.table], known.scheme);
    let upto = match &row.by {
        Some(by) => rows
            .iter()
            .position(|(id, _)| id == by)
            .map_or(0, |i| i + 1),
        None => rows.len(),
    };
    let ids = |all: &[(String, String)]| -> Vec<String> {
        all.iter().map(|(id, _)| id.clone()).collect()
    };
    let (own, rows) = (ids(&own), ids(&rows[..upto]));
    match own.starts_with(&rows) {
        true => Ok(()),
        false => {
            let name = known.tabulations[table].measure.clone();
            Err(unknown("scheme.form-file.other-rows", &name, Vec::new()))
        }
    }
}
