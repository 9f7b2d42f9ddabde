//! The tally: a table of numbers, each column declared by its scheme. Items may look at different
//! forms; the rows are those of all of them.

use super::measure::{Fraction, Operand, Population};
use super::{FieldIdx, FormIdx};
use chrono::NaiveDate;

/// See [`MeasureKind::Tally`](super::MeasureKind::Tally).
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    /// The forms that the items look at, each with the date by which its records happened.
    pub sources: Vec<Source>,
    /// Columns in order.
    pub items: Vec<TallyItem>,
    /// Which item is the measure's own figure.
    pub main: usize,
    /// By which item the leaves of a group are sorted.
    pub order: Option<Order>,
}

/// A form that items look at by one of its dates.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The form.
    pub form: FormIdx,
    /// The date or year by which its records stand in the rows of a year, term or month.
    pub on: Option<FieldIdx>,
    /// Where the value of each dimension of the rows comes from in this form.
    pub operands: Vec<Operand>,
}

/// An order of leaves within their group; what cannot be compared comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// Item to sort by.
    pub item: usize,
    /// Greatest first instead of least first.
    pub descending: bool,
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub struct TallyItem {
    /// Stable id, a part of the measure.
    pub id: String,
    /// What clerks call it.
    pub title: String,
    /// Heading over this and its neighbours; empty for none.
    pub spanner: String,
    /// Its unit; empty for the engine's own.
    pub unit: String,
    /// What its figures are.
    pub shown: Shown,
    /// What it is made of.
    pub what: What,
    /// Bounds; the first that fits a row is meant for it.
    pub bounds: Vec<Bounds>,
}

/// What a column's figures are, for their scale and format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Whole numbers.
    Whole,
    /// Hundredths of a unit that is no money, or a quotient shown as a number.
    Decimal,
    /// Yuan, in hundredths.
    Money,
    /// A quotient in percent.
    Rate,
    /// A difference of quotients in percentage points.
    Points,
}

/// What an item is made of. Numbers are indices of [`Tally::items`]; no item is made of itself.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// Records.
    Records {
        /// Index in [`Tally::sources`].
        source: usize,
        /// Which records.
        population: Population,
        /// What is made of them.
        counted: Counted,
    },
    /// Stated by the scheme.
    Number {
        /// Of the whole table; without one it is the sum of those by group.
        total: Option<i64>,
        /// Of rows; see [`Stated`].
        groups: Vec<Stated>,
    },
    /// Quotient, missing where the divisor is nought.
    Ratio(usize, usize),
    /// Difference.
    Difference(usize, usize),
    /// Sum; what is missing adds nothing.
    Sum(Vec<usize>),
}

/// What is made of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counted {
    /// Sum of a number; blanks add nothing.
    Sum(Operand),
    /// How many.
    Count,
    /// How many different persons.
    Persons,
    /// How many different values; a record with a blank among them has none.
    Distinct(Vec<Operand>),
}

/// A number that the scheme states for the rows of a group: those of the depth of the innermost
/// dimension named whose values agree. Rows further out show the sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// Dimension ids and values.
    pub group: Vec<(String, String)>,
    /// In the item's scale: whole or hundredths.
    pub number: i64,
}

/// What an item is to reach or not to exceed.
#[derive(Debug, Clone, PartialEq)]
pub struct Bounds {
    /// Dimension ids and values of the rows that they are for; empty for all.
    pub group: Vec<(String, String)>,
    /// For which rows they are.
    pub rows: RowKind,
    /// Last cut-off date for which they hold.
    pub until: Option<NaiveDate>,
    /// Least, in the unit of the item (a rate as a fraction).
    pub low: Option<Fraction>,
    /// Most.
    pub high: Option<Fraction>,
}

/// Kinds of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RowKind {
    /// Every row.
    #[default]
    All,
    /// The innermost rows.
    Leaves,
    /// The whole table.
    Total,
}
