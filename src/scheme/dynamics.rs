//! What a scheme asks about time and about shares of head counts: movement between two periods,
//! forecasts, quotas that follow from how many people there are, ranked lists.

use super::FieldIdx;
use super::measure::{Condition, Dimension, Fraction, Item, Operand, Population, Target};

/// A number of people as a share of a head count.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// Who is counted.
    pub of: Population,
    /// The dimensions of the measure's rows, as this form has them; empty where everyone is
    /// counted together.
    pub by: Vec<Dimension>,
    /// Which share of them.
    pub share: Fraction,
    /// How a part of a person is rounded.
    pub round: Rounding,
    /// Never fewer, where anyone is counted at all.
    pub at_least: i64,
}

/// What becomes of a part of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rounding {
    /// It is left out.
    #[default]
    Down,
    /// It counts as a whole one.
    Up,
    /// Half a person and more count as a whole one.
    HalfUp,
}

/// What a plan says of an item besides its quota.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outlook {
    /// Quotas of calendar years, in order; of people told by the plan's date field.
    pub yearly: Vec<(i32, i64)>,
    /// Who could move up into the item; people of the plan's own population.
    pub pool: Option<Condition>,
    /// How many there were at the start.
    pub start: Option<i64>,
}

impl Item {
    /// The sum of the quotas of years and the quota itself, where they differ. What was there at
    /// the start is no part of either: whether the quota means it too, only its author knows.
    pub fn years_against_quota(&self) -> Option<(i64, i64)> {
        let quota = self.quota.low.or(self.quota.high)?;
        let sum = self.outlook.yearly.iter().map(|(_, n)| n).sum();
        (!self.outlook.yearly.is_empty() && sum != quota).then_some((sum, quota))
    }
}

/// See [`MeasureKind::Movement`](super::MeasureKind::Movement).
#[derive(Debug, Clone, PartialEq)]
pub struct Movement {
    /// Who may stand on the ladder, in either period.
    pub population: Population,
    /// Its levels, low to high; a person stands on the highest that holds.
    pub levels: Vec<Step>,
    /// Unit of the counts.
    pub unit: String,
}

/// A level of a ladder.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Stable id.
    pub id: String,
    /// What clerks call it, the row's name.
    pub title: String,
    /// Who stands on it.
    pub filter: Condition,
    /// How many stood on it at some earlier time that the scheme names.
    pub baseline: Option<i64>,
}

/// See [`MeasureKind::Forecast`](super::MeasureKind::Forecast).
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// The base.
    pub population: Population,
    /// Who has reached what is asked for.
    pub hit: Condition,
    /// The records of those who are on their way.
    pub study: Population,
    /// Which of them lead there.
    pub reaches: Condition,
    /// When they arrive: a date field, or an integer field of years.
    pub arrives: FieldIdx,
    /// How many year ends, from that of the cut-off's year on; at least one.
    pub years: u32,
    /// Targets; for each year end the first that fits a row and still holds then.
    pub targets: Vec<Target>,
    /// Unit of the counts.
    pub unit: String,
}

/// The order of a list of records, and who is within a number.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ranking {
    /// Values by which records are sorted, the first first; what is not known comes last.
    pub keys: Vec<SortKey>,
    /// Whether a column marks rows that are equal by all keys.
    pub ties: bool,
    /// How many are within.
    pub top: Option<Top>,
    /// Within what ranks are counted.
    pub per: Pool,
}

/// One value to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortKey {
    /// The value.
    pub operand: Operand,
    /// Greatest first.
    pub descending: bool,
}

/// How many of a list are within.
#[derive(Debug, Clone, PartialEq)]
pub enum Top {
    /// So many.
    Count(i64),
    /// A share of a head count.
    Share(Share),
}

/// Among whom a ranking is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pool {
    /// Everyone in the list.
    #[default]
    All,
    /// Each town group on its own.
    District,
    /// Each school on its own.
    School,
}
