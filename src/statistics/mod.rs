//! What the scheme asks, computed: one [`Tabulation`] a measure. Polars ends here.
//!
//! Money and hours are exact hundredths, rates are integer pairs; nothing is rounded before it is
//! shown, except reimbursed amounts, once a claim, and subsidies, once a record and item, half up to
//! the fen.
//!
//! | file | what it does |
//! |---|---|
//! | `facts` | values of records: stored, derived at the cut-off, of the person's roster, of the school |
//! | `condition` | conditions and populations over records |
//! | `keys` | values as numbers that only tell same from different |
//! | `exact`, `fraction`, `column`, `words` | arithmetic, short ways of making columns, the engine's own words |
//! | `axis`, `union`, `rows` | dimensions; leaves in official order, subtotals, total |
//! | `composition` … `list` | one file a family of measures |
//! | `json` | figures for programs |
//! | `trace`, `left` | the rows behind each figure, and those that do not count |
//! | `listing`, `trace_file` | those rows for people, and as files for `why` and for programs |
//! | `standing` | who passes, one by one, for comparing two ways of computing |
//!
//! A new family is a variant of [`MeasureKind`], its reader in `scheme/parse/measure.rs` and one
//! file here that makes a [`Tabulation`] of [`Rows`](rows::Rows).

mod axis;
mod capped;
mod column;
mod composition;
mod condition;
mod eligibility;
mod exact;
mod facts;
mod forecast;
mod fraction;
mod json;
mod keys;
mod left;
mod list;
pub mod listing;
mod movement;
mod persons;
mod plan;
mod ranking;
mod rate;
mod reimbursement;
mod requirement;
mod rows;
mod standing;
mod subsidy;
mod tally;
mod target;
#[cfg(test)]
mod tests;
pub mod trace;
pub mod trace_file;
mod union;
mod words;

pub use json::{Locations, Place, Printed, json, json_each, json_text};
pub use standing::{Standing, Standings, standings};

use crate::diagnostic::Diagnosed;
use crate::frames::Dataset;
use crate::scheme::{MeasureKind, Scheme};
use condition::Selected;
use facts::Facts;

/// A table of figures as plain data: rows in printed order, columns with their meaning.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tabulation {
    /// Id of the measure.
    pub measure: String,
    /// Its title.
    pub title: String,
    /// Dimensions of the stub, outermost first: `(id, title)`.
    pub dimensions: Vec<(String, String)>,
    /// Columns of the body, left to right.
    pub columns: Vec<Column>,
    /// Leaf rows in official order, each outer group closed by its subtotal, the total last.
    pub rows: Vec<Row>,
    /// Footnotes that follow from the data or the measure, ready to print.
    pub footnotes: Vec<String>,
}

/// A column of figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// `""` for the measure's own figure, else its part: figures are named `measure` or
    /// `measure.part` in `statistics.json`, never twice.
    pub part: String,
    /// Spanner texts, then the label.
    pub title: Vec<String>,
    /// What its figures are.
    pub quantity: Quantity,
    /// How a row's figure follows from other columns of the row, as a spreadsheet formula would.
    pub formula: Option<Formula>,
    /// Whether subtotals and totals are the sums of their rows; false for distinct persons and for
    /// columns with a formula.
    pub additive: bool,
}

/// What a figure is, for its format and unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quantity {
    /// Heads, lessons, schools …: whole numbers in the unit given.
    Count(String),
    /// A whole number that names something: a year.
    Plain,
    /// A fraction shown in percent.
    Rate,
    /// A difference of fractions shown in percentage points.
    Points,
    /// Yuan in hundredths.
    Money,
    /// Another decimal in the unit given: hours, credits.
    Decimal(String),
    /// Words: a verdict, a reason, a name, a date.
    Text,
}

/// A figure made of others of its row. Numbers are indices of [`Tabulation::columns`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Formula {
    /// `a / b`, missing where `b` is zero.
    Ratio(usize, usize),
    /// `a - b`.
    Difference(usize, usize),
    /// Sum.
    Sum(Vec<usize>),
}

/// A line of the body.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What it stands for.
    pub level: Level,
    /// Dimension values from the outermost; a subtotal has fewer than the leaves, the total none.
    pub group: Vec<(String, String)>,
    /// One figure a column.
    pub figures: Vec<Figure>,
}

/// What a line stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// One group of the innermost dimension.
    Leaf,
    /// All leaves of an outer group; the number is how many dimensions it keeps.
    Subtotal(u8),
    /// Everything.
    Total,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figure {
    /// Its value.
    pub value: Number,
    /// What it is compared with.
    pub target: Option<Number>,
    /// Value minus target.
    pub gap: Option<Number>,
    /// Whether the target is met.
    pub met: Option<bool>,
    /// The records behind it: form and record indices in the dataset; empty where the figure is
    /// made of other figures of its row or its rows.
    pub evidence: Vec<(u16, u32)>,
}

/// An exact number, or words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Number {
    /// Nothing to show: printed as a dash.
    #[default]
    Missing,
    /// Whole number.
    Integer(i64),
    /// Numerator and denominator; the denominator is positive.
    Ratio(i64, i64),
    /// Hundredths.
    Hundredths(i64),
    /// Words.
    Text(String),
}

/// Computes every measure of the scheme, in the scheme's order.
pub fn tabulate(dataset: &Dataset, scheme: &Scheme) -> Diagnosed<Vec<Tabulation>> {
    let mut out = Diagnosed::default();
    // A dataset that was not assembled for this scheme has nothing to count.
    if dataset.forms.len() != scheme.forms.len() {
        return out;
    }
    let facts = Facts::new(dataset, scheme);
    for measure in &scheme.measures {
        let tabulation = match &measure.kind {
            MeasureKind::Composition(m) => composition::tabulate(&facts, measure, m),
            MeasureKind::Rate(m) => rate::tabulate(&facts, measure, m),
            MeasureKind::Forecast(m) => forecast::tabulate(&facts, measure, m),
            MeasureKind::Requirement(m) => requirement::tabulate(&facts, measure, m),
            MeasureKind::CappedSum(m) => capped::tabulate(&facts, measure, m, &mut out.diagnostics),
            MeasureKind::Eligibility(m) => eligibility::tabulate(&facts, measure, m),
            MeasureKind::Plan(m) => plan::tabulate(&facts, measure, m),
            MeasureKind::Movement(m) => movement::tabulate(&facts, measure, m),
            MeasureKind::Reimbursement(m) => reimbursement::tabulate(&facts, measure, m),
            MeasureKind::Persons(m) => persons::tabulate(&facts, measure, m),
            MeasureKind::List(m) => list::measure(&facts, measure, m),
            MeasureKind::Subsidy(m) => subsidy::tabulate(&facts, measure, m),
            MeasureKind::Tally(m) => tally::tabulate(&facts, measure, m),
        };
        out.value.push(tabulation);
    }
    out
}

/// What a table must say about records that its time left out.
fn footnotes(selected: &Selected) -> Vec<String> {
    match selected.outside {
        0 => Vec::new(),
        n => vec![words::fill("statistics.outside", &[("n", n.to_string())])],
    }
}
