//! The subsidy: what is owed by rule for each record, against a budget.

use super::measure::{Condition, Fraction, Operand, Payer, Population};

/// See [`MeasureKind::Subsidy`](super::MeasureKind::Subsidy).
#[derive(Debug, Clone, PartialEq)]
pub struct Subsidy {
    /// The records.
    pub population: Population,
    /// What is owed for what; a record can have several.
    pub items: Vec<SubsidyItem>,
    /// Of the records that have all of this in common only the first is owed anything; empty where
    /// every record is.
    pub once: Vec<OnceKey>,
    /// Who pays which share of a record's amount; the last pays the remainder.
    pub payers: Vec<Payer>,
    /// Budget in fen.
    pub budget: Option<i64>,
    /// What has been paid of the budget in earlier periods, in fen.
    pub paid_before: i64,
    /// Unit of the records; empty for the engine's own.
    pub unit: String,
}

/// One kind of subsidy.
#[derive(Debug, Clone, PartialEq)]
pub struct SubsidyItem {
    /// Stable id, a part of the measure.
    pub id: String,
    /// What clerks call it.
    pub title: String,
    /// For which records.
    pub filter: Condition,
    /// What it is reckoned from.
    pub base: Base,
    /// Which share of it is owed: the first that fits a record; none fits: nothing.
    pub shares: Vec<(Condition, Fraction)>,
    /// Most that is owed for a record, in fen.
    pub cap: Option<i64>,
}

/// What a subsidy is reckoned from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// A fixed sum a record, in fen.
    Fixed(i64),
    /// A fixed sum times a number of the record.
    Times {
        /// In fen.
        amount: i64,
        /// The number.
        times: Operand,
        /// Whether it is in hundredths.
        hundredths: bool,
        /// Most that counts of it, in its scale.
        at_most: Option<i64>,
    },
    /// A money field.
    Of(Operand),
}

/// What records have in common of which only the first is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnceKey {
    /// The person.
    Person,
    /// A value.
    Value(Operand),
}
