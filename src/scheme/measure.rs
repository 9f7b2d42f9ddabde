//! What a scheme asks to be computed, as plain data. After parsing every name is an index and every
//! threshold an exact number; a new family of measures is a new variant of [`MeasureKind`] here,
//! its reader in `parse/`, and one file in `statistics/`.

use super::dynamics::{Forecast, Movement, Outlook, Ranking, Share};
use super::subsidy::Subsidy;
use super::tally::Tally;
use super::{FieldIdx, FormIdx};
use chrono::NaiveDate;

/// One table of figures that the scheme asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Stable id; figures are named by it.
    pub id: String,
    /// What clerks call it.
    pub title: String,
    /// Dimensions of the rows, outermost first; empty gives one row of everything.
    pub by: Vec<Dimension>,
    /// Which schools of the directory have a row even without records; judged on the school alone.
    pub units: Condition,
    /// Whether the rows are closed by a total.
    pub total: bool,
    /// What is computed.
    pub kind: MeasureKind,
}

/// The families of measures.
#[derive(Debug, Clone, PartialEq)]
pub enum MeasureKind {
    /// Head counts by terms of one or two dimensions.
    Composition(Composition),
    /// Hits over base, against a target.
    Rate(Rate),
    /// A rate at coming year ends, from those who are on their way.
    Forecast(Forecast),
    /// Several thresholds a person, all of which must hold.
    Requirement(Requirement),
    /// Sums a person under caps.
    CappedSum(CappedSum),
    /// Named conditions a person.
    Eligibility(Eligibility),
    /// Quotas against what there is.
    Plan(Plan),
    /// Who came onto a ladder, rose, fell and left since an earlier period.
    Movement(Movement),
    /// Claims and what is allowed of them.
    Reimbursement(Reimbursement),
    /// Distinct persons and occurrences.
    Persons(Persons),
    /// Records or persons one by one.
    List(List),
    /// Columns that the scheme declares one by one.
    Tally(Tally),
    /// What is owed by rule for each record.
    Subsidy(Subsidy),
}

/// The records that a measure looks at.
#[derive(Debug, Clone, PartialEq)]
pub struct Population {
    /// Their form.
    pub form: FormIdx,
    /// Which of them.
    pub filter: Condition,
    /// From which time.
    pub window: Window,
}

/// A stretch of time and the field that says when a record happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// How long.
    pub span: Span,
    /// A date field, or an integer field that holds years; `None` only for [`Span::All`] on forms
    /// that have neither.
    pub on: Option<FieldIdx>,
}

/// Stretches of time, all closed by the cut-off date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Span {
    /// No limit.
    #[default]
    All,
    /// The scheme's cycle that contains the cut-off; records without a date count.
    Cycle,
    /// The year of the cycle that contains the cut-off, or the calendar year without a cycle.
    Year,
    /// The half-year term that contains the cut-off: from February, from August.
    Term,
    /// The month of the cut-off.
    Month,
    /// The latest calendar years that occur in the form, up to the cut-off's, whatever is filtered;
    /// records without one belong to the latest.
    LatestYears(u8),
}

/// A condition as data. What is not known (a blank cell) makes neither it nor its negation true.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// All hold; none at all always holds.
    All(Vec<Condition>),
    /// At least one holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// A value passes a test.
    Test(Operand, Test),
}

impl Default for Condition {
    fn default() -> Self {
        Condition::All(Vec::new())
    }
}

impl Condition {
    /// Whether it holds for everything.
    pub fn is_always(&self) -> bool {
        matches!(self, Condition::All(all) if all.iter().all(Condition::is_always))
    }
}

/// A test of one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// One of these; sorted.
    In(Vec<Literal>),
    /// None of these; a blank passes.
    NotIn(Vec<Literal>),
    /// This or more.
    AtLeast(i64),
    /// This or less.
    AtMost(i64),
    /// Less.
    Below(i64),
    /// More.
    Above(i64),
    /// Filled in, or (false) blank.
    Present(bool),
    /// The text has one of these in it; folded. A blank has none.
    Contains(Vec<String>),
}

/// A value to compare with, in the stored form of its operand: code, days since 1970-01-01, whole
/// number, hundredths, 0 or 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Literal {
    /// Anything that is stored as a number.
    Number(i64),
    /// A text, folded.
    Text(String),
}

/// A value of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operand {
    /// A stored field.
    Field(FieldIdx),
    /// A stored field of the person's roster record.
    Roster(FieldIdx),
    /// Full years of age at the cut-off, from the roster's birth date or the id number.
    Age,
    /// Full years since the roster's start of work at the cut-off.
    TeachingYears,
    /// Calendar days from the record's start to its end, both counted.
    Days,
    /// Town group of the school.
    District,
    /// The school.
    School,
    /// School type of the directory.
    SchoolKind,
    /// 城区 镇区 乡村: the record's own, else the roster's, else the directory's.
    Area,
    /// Which year of the cycle, from 1; by the date field given.
    CycleYear(FieldIdx),
    /// Calendar year of the date field given.
    CalendarYear(FieldIdx),
    /// Term of the date field given: 1 autumn (August to January), 2 spring.
    Term(FieldIdx),
    /// Month 1 to 12 of the date field given.
    Month(FieldIdx),
    /// Which item of a plan; only as a dimension that the engine adds itself.
    Item,
}

/// A dimension of rows or columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Dimension {
    /// Id, the key in a figure's group.
    pub id: String,
    /// What clerks call it.
    pub title: String,
    /// Where its values come from.
    pub operand: Operand,
    /// Lower bounds of bands after the first, rising; empty for a dimension that is not banded.
    pub bands: Vec<i64>,
    /// The values that have a row even without records; `None` is all terms of the vocabulary.
    pub terms: Option<Vec<Literal>>,
}

/// An exact fraction; the denominator is positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fraction {
    /// Numerator.
    pub n: i64,
    /// Denominator.
    pub d: i64,
}

/// See [`MeasureKind::Composition`].
#[derive(Debug, Clone, PartialEq)]
pub struct Composition {
    /// What is counted.
    pub population: Population,
    /// Blocks of columns; a block of two dimensions has the outer one as spanner.
    pub blocks: Vec<Vec<Dimension>>,
    /// Whether each count has its share of the row's total beside it.
    pub shares: bool,
    /// Unit of the counts.
    pub unit: String,
}

/// See [`MeasureKind::Rate`].
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// The base.
    pub population: Population,
    /// What counts as a hit.
    pub hit: Condition,
    /// Title of the base column.
    pub base_title: String,
    /// Title of the hits column.
    pub hit_title: String,
    /// Targets; the first that fits a row is its target.
    pub targets: Vec<Target>,
    /// Unit of the counts.
    pub unit: String,
}

/// A target of a rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Dimension ids and values of the rows that it is for; empty for all.
    pub group: Vec<(String, String)>,
    /// Last cut-off date for which it holds.
    pub until: Option<NaiveDate>,
    /// The rate to reach.
    pub value: Fraction,
}

/// See [`MeasureKind::Requirement`].
#[derive(Debug, Clone, PartialEq)]
pub struct Requirement {
    /// Who must meet it; those without any record of the needs' forms do not.
    pub base: Population,
    /// What must be met.
    pub needs: Vec<Need>,
}

/// One threshold of a requirement.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// Stable id, a part of the measure.
    pub id: String,
    /// What clerks call it.
    pub title: String,
    /// The records that count.
    pub population: Population,
    /// What is made of them, a person.
    pub amount: Amount,
    /// Least amount, in the amount's stored scale.
    pub at_least: Option<i64>,
    /// Greatest amount.
    pub at_most: Option<i64>,
    /// Unit of the amount.
    pub unit: String,
    /// Whether the amount is in hundredths.
    pub hundredths: bool,
    /// Not judged when no record of the dataset has the fields it needs.
    pub skip_if_absent: bool,
}

/// What is made of a person's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// How many.
    Count,
    /// Sum; blanks add nothing.
    Sum(Operand),
    /// Least value; a person without any has none and does not meet a lower bound.
    Least(Operand),
    /// Greatest value.
    Most(Operand),
}

/// See [`MeasureKind::CappedSum`].
#[derive(Debug, Clone, PartialEq)]
pub struct CappedSum {
    /// The records that are summed.
    pub population: Population,
    /// What is summed; a decimal field.
    pub amount: FieldIdx,
    /// Unit of the sum.
    pub unit: String,
    /// Applied in this order, each to what the earlier ones left, record by record in the order
    /// of their dates.
    pub caps: Vec<Cap>,
    /// Lower bounds, rising and in hundredths, of the bands after the first that persons are counted
    /// in by what counts of theirs; empty for none.
    pub bands: Vec<i64>,
}

impl CappedSum {
    /// How many bands persons are counted in; none where no bounds are given.
    pub fn bands_in_all(&self) -> usize {
        match self.bands.len() {
            0 => 0,
            n => n + 1,
        }
    }
}

/// A cap a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Cap {
    /// Stable id, a part of the measure.
    pub id: String,
    /// What clerks call it.
    pub title: String,
    /// The records it is for.
    pub filter: Condition,
    /// Most that counts, in hundredths.
    pub at_most: i64,
    /// In which stretch of time: [`Span::All`], [`Span::Cycle`], [`Span::Year`] or [`Span::Term`].
    pub per: Span,
}

/// See [`MeasureKind::Eligibility`].
#[derive(Debug, Clone, PartialEq)]
pub struct Eligibility {
    /// Who is judged.
    pub base: Population,
    /// All must hold.
    pub conditions: Vec<Named>,
}

/// A condition with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// Stable id, a part of the measure.
    pub id: String,
    /// What clerks call it; the reason where it does not hold.
    pub title: String,
    /// The condition.
    pub condition: Condition,
}

/// See [`MeasureKind::Plan`].
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Who is there.
    pub population: Population,
    /// Kinds of people with quotas of their own, as the innermost dimension; empty where the
    /// quota stands in `quota`. A person who is of two kinds counts in both.
    pub items: Vec<Item>,
    /// Quota of every leaf row that the directory and the dimensions' terms ask for.
    pub quota: Option<Quota>,
    /// The same as a share of a head count.
    pub share: Option<Share>,
    /// Rows furthest behind their plan first, within their group.
    pub behind_first: bool,
    /// Unit of the counts.
    pub unit: String,
}

/// A kind of people that a plan has a quota for.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Stable id.
    pub id: String,
    /// What clerks call it, the row's name.
    pub title: String,
    /// Who they are.
    pub filter: Condition,
    /// How many; no bounds where a share says so.
    pub quota: Quota,
    /// How many as a share of a head count.
    pub share: Option<Share>,
    /// Years, candidates, the start.
    pub outlook: Outlook,
}

/// A number wanted, or a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Fewest.
    pub low: Option<i64>,
    /// Most.
    pub high: Option<i64>,
}

/// See [`MeasureKind::Reimbursement`].
#[derive(Debug, Clone, PartialEq)]
pub struct Reimbursement {
    /// The claims.
    pub population: Population,
    /// Amount claimed: the first of these money fields that is filled in.
    pub amount: Vec<FieldIdx>,
    /// Never more than this field, where it is filled in.
    pub not_over: Option<FieldIdx>,
    /// Which share is paid; the first that fits a claim. None fits: everything.
    pub rates: Vec<(Condition, Fraction)>,
    /// A fixed sum a person instead of the claimed amount, in fen.
    pub fixed: Option<i64>,
    /// Applied in this order.
    pub limits: Vec<Limit>,
    /// Who pays which share of what is allowed; the last pays the remainder.
    pub payers: Vec<Payer>,
    /// Budget in fen.
    pub budget: Option<i64>,
    /// What has been paid of the budget in earlier periods, in fen.
    pub paid_before: i64,
}

/// A cap and a floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// For what.
    pub per: Per,
    /// Most that is paid, in fen.
    pub cap: Option<i64>,
    /// Least that is meant to be paid, in fen.
    pub floor: Option<i64>,
    /// Whether less than the floor is raised to it.
    pub tops_up: bool,
}

/// What a limit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// Each claim.
    Claim,
    /// Each person.
    Person,
    /// Each person in each year.
    PersonYear,
    /// Each project.
    Project(FieldIdx),
    /// Each school.
    School,
}

/// Someone who pays.
#[derive(Debug, Clone, PartialEq)]
pub struct Payer {
    /// Stable id, a part of the measure.
    pub id: String,
    /// What clerks call it.
    pub title: String,
    /// Its share.
    pub share: Fraction,
}

/// See [`MeasureKind::Persons`].
#[derive(Debug, Clone, PartialEq)]
pub struct Persons {
    /// The occurrences.
    pub population: Population,
    /// Sums shown beside: id, title, field, unit.
    pub sums: Vec<Total>,
}

/// A plain sum.
#[derive(Debug, Clone, PartialEq)]
pub struct Total {
    /// Stable id, a part of the measure.
    pub id: String,
    /// What clerks call it.
    pub title: String,
    /// What is summed.
    pub operand: Operand,
    /// Whether it is in hundredths.
    pub hundredths: bool,
    /// Its unit.
    pub unit: String,
}

/// See [`MeasureKind::List`].
#[derive(Debug, Clone, PartialEq)]
pub enum List {
    /// Those who fail an earlier measure (index in [`Scheme::measures`](super::Scheme::measures)),
    /// with what is missing: requirement, eligibility, capped sum or reimbursement; whoever moved, by a
    /// movement; or the records of a subsidy with their amounts.
    Of(usize),
    /// Every claim of an earlier reimbursement, with what was asked and what is allowed.
    Claims {
        /// Index of the reimbursement.
        of: usize,
        /// Columns before the amounts.
        columns: Vec<ListColumn>,
    },
    /// Records and some of their values.
    Records {
        /// Which.
        population: Population,
        /// Columns.
        columns: Vec<ListColumn>,
        /// In which order, and who is within.
        ranking: Box<Ranking>,
    },
}

/// A column of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListColumn {
    /// Stable id, a part of the measure.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its values.
    pub operand: Operand,
}
