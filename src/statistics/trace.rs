//! Where a figure comes from: for each measure the rows behind its table in the order of its lines,
//! how each of them counts in each column, and the rows that do not count, with the reason.
//!
//! The rows of a line are one stretch of the list, so that a leaf, a subtotal and the total are a
//! range each. Summed over its range ([`Count::over`]) a column gives its figure; a test holds that
//! for every measure of every sample. Figures that follow from others of their row have a formula
//! instead; targets and quotas come from the scheme.
//!
//! A measure's trace is made anew when it is asked for: it takes as long as the figures themselves,
//! and kept for all measures it would be the largest thing in memory.

use super::facts::Facts;
use super::keys::BLANK;
use super::{
    Tabulation, capped, composition, eligibility, forecast, left, movement, persons, plan,
};
use super::{rate, reimbursement, requirement, subsidy, tally};
use crate::frames::Dataset;
use crate::normalise::NO_NUMBER;
use crate::scheme::measure::{MeasureKind, Operand, Population};
use crate::scheme::{FormIdx, QuickMap, Scheme};
use std::ops::Range;

/// A row of a school's sheet that stands behind figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit {
    /// Its form, an index of [`Scheme::forms`].
    pub form: u16,
    /// Whether it is of the earlier period that the run is compared with.
    pub earlier: bool,
    /// Its record, an index into the form's frame and file.
    pub record: u32,
}

impl Unit {
    /// A record of this period.
    pub(super) fn now(form: FormIdx, record: u32) -> Unit {
        Unit {
            form: form as u16,
            earlier: false,
            record,
        }
    }
}

/// Counts in a column.
pub const COUNTS: u8 = 1;
/// Does not count, because a blank or unreadable cell leaves it open.
pub const OPEN: u8 = 2;

/// In [`Count::Course`]: both ends have every dimension in common.
pub const WITHIN: u8 = u8::MAX - 1;

/// How the rows count in one column; lists have one entry a row.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Count {
    /// Not at all: the column follows from others, and maybe from the scheme.
    #[default]
    None,
    /// Not at all: the scheme states the numbers.
    Stated,
    /// Each row is one.
    Each,
    /// One where it says [`COUNTS`].
    Marks(Vec<u8>),
    /// So much, in the figure's own scale; [`NO_NUMBER`] is nothing.
    Amounts(Vec<i64>),
    /// Equal numbers count once; `u32::MAX` is nothing.
    Distinct(Vec<u32>),
    /// Who came or went across the border of a line's group, or stayed within it.
    Course {
        /// For each row how many dimensions, from the outermost, both ends have in common;
        /// [`WITHIN`] for all of them, `u8::MAX` for rows that are no part of it.
        common: Vec<u8>,
        /// Whether those count that stayed within, else those that crossed.
        within: bool,
    },
}

impl Count {
    /// The figure of a range of rows; `depth` is how many dimensions its line keeps.
    pub fn over(&self, range: Range<usize>, depth: usize) -> Option<i64> {
        Some(match self {
            Count::None | Count::Stated => return None,
            Count::Each => range.len() as i64,
            Count::Marks(all) => all[range].iter().filter(|m| **m == COUNTS).count() as i64,
            Count::Amounts(all) => {
                let all = all[range].iter().filter(|n| **n != NO_NUMBER);
                all.fold(0, |sum, n| i64::saturating_add(sum, *n))
            }
            Count::Distinct(all) => {
                let mut all: Vec<u32> = all[range].to_vec();
                all.sort_unstable();
                all.dedup();
                all.iter().filter(|n| **n != BLANK).count() as i64
            }
            Count::Course { .. } => range.filter(|i| self.counts(*i, depth)).count() as i64,
        })
    }

    /// Whether rows count in the column.
    pub fn is_of_rows(&self) -> bool {
        !matches!(self, Count::None | Count::Stated)
    }

    /// Whether a row counts in a line of that depth.
    pub fn counts(&self, row: usize, depth: usize) -> bool {
        match self {
            Count::None | Count::Stated => false,
            Count::Each => true,
            Count::Marks(all) => all[row] == COUNTS,
            Count::Amounts(all) => all[row] != NO_NUMBER,
            Count::Distinct(all) => all[row] != BLANK,
            Count::Course { common, within } => {
                let own = common[row];
                own != u8::MAX && (usize::from(own) >= depth) == *within
            }
        }
    }

    /// The same for the rows in another order.
    pub(super) fn ordered(self, order: &[u32]) -> Count {
        fn of<T: Copy>(all: &[T], order: &[u32]) -> Vec<T> {
            order.iter().map(|i| all[*i as usize]).collect()
        }
        match self {
            Count::Marks(all) => Count::Marks(of(&all, order)),
            Count::Amounts(all) => Count::Amounts(of(&all, order)),
            Count::Distinct(all) => Count::Distinct(of(&all, order)),
            Count::Course { common, within } => Count::Course {
                common: of(&common, order),
                within,
            },
            same => same,
        }
    }
}

/// A line of a table: its group, and its rows.
pub(super) type Line = (Vec<(String, String)>, Range<usize>);

/// What a family knows of the rows behind its table.
#[derive(Debug, Default)]
pub(super) struct Behind {
    /// In the order of the leaves.
    pub(super) units: Vec<Unit>,
    /// One a column.
    pub(super) counts: Vec<Count>,
    /// One a line.
    pub(super) lines: Vec<Line>,
    /// Whose rows could count; the first is the measure's own.
    pub(super) populations: Vec<Population>,
    /// What the figures look at, the most telling first.
    pub(super) operands: Vec<(FormIdx, Operand)>,
}

impl Behind {
    /// Adds a population, and what its condition looks at.
    pub(super) fn of(mut self, population: &Population) -> Behind {
        let mut seen = Vec::new();
        left::operands(&population.filter, &mut seen);
        seen.extend(population.window.on.map(Operand::Field));
        self.populations.push(population.clone());
        self.looks_at(population.form, seen)
    }

    /// Adds what the figures look at.
    pub(super) fn looks_at(
        mut self,
        form: FormIdx,
        operands: impl IntoIterator<Item = Operand>,
    ) -> Behind {
        for operand in operands {
            let place = matches!(operand, Operand::School | Operand::District | Operand::Item);
            if !place && !self.operands.contains(&(form, operand)) {
                self.operands.push((form, operand));
            }
        }
        self
    }
}

/// The rows behind the figures of one measure.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trace {
    /// The rows that count, in official order, each line's next to each other.
    pub units: Vec<Unit>,
    /// For each row of the tabulation the rows that count in it.
    pub lines: Vec<Range<usize>>,
    /// How they count, one a column of the tabulation.
    pub counts: Vec<Count>,
    /// Rows that do not count.
    pub left: Vec<Left>,
    /// Fields and derived values that the figures look at, the most telling first.
    pub operands: Vec<(FormIdx, Operand)>,
}

/// Rows that do not count, for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The reason, ready to be read.
    pub reason: String,
    /// Whether a blank or unreadable cell is the reason: something that the school can put right.
    pub open: bool,
    /// They, in official order.
    pub units: Vec<Unit>,
}

/// Makes traces.
pub struct Tracer<'a> {
    pub(super) facts: Facts<'a>,
    pub(super) earlier: Option<Facts<'a>>,
}

impl<'a> Tracer<'a> {
    /// For a dataset that was assembled for the scheme.
    pub fn new(dataset: &'a Dataset, scheme: &'a Scheme) -> Tracer<'a> {
        let facts = Facts::new(dataset, scheme);
        let earlier = facts.previous();
        Tracer { facts, earlier }
    }

    /// The rows behind a tabulation of the same dataset and scheme; nothing for one of another.
    pub fn trace(&self, tabulation: &Tabulation) -> Trace {
        let facts = &self.facts;
        let mut measures = facts.scheme.measures.iter();
        let Some(measure) = measures.find(|m| m.id == tabulation.measure) else {
            return Trace::default();
        };
        if facts.dataset.forms.len() != facts.scheme.forms.len() {
            return Trace::default();
        }
        let behind = match &measure.kind {
            MeasureKind::Composition(m) => composition::trace(facts, measure, m),
            MeasureKind::Rate(m) => rate::trace(facts, measure, m),
            MeasureKind::Forecast(m) => forecast::trace(facts, measure, m),
            MeasureKind::Requirement(m) => requirement::trace(facts, measure, m),
            MeasureKind::CappedSum(m) => capped::trace(facts, measure, m),
            MeasureKind::Eligibility(m) => eligibility::trace(facts, measure, m),
            MeasureKind::Plan(m) => plan::trace(facts, measure, m),
            MeasureKind::Movement(m) => movement::trace(facts, measure, m),
            MeasureKind::Reimbursement(m) => reimbursement::trace(facts, measure, m),
            MeasureKind::Persons(m) => persons::trace(facts, measure, m),
            MeasureKind::Subsidy(m) => subsidy::trace(facts, measure, m),
            MeasureKind::Tally(m) => tally::trace(facts, measure, m),
            // A list's lines are the rows themselves.
            MeasureKind::List(_) => return of_list(tabulation),
        };
        let by = measure.by.iter().map(|d| d.operand);
        let form = behind.populations.first().map(|p| p.form);
        let behind = match form {
            Some(form) => behind.looks_at(form, by),
            None => behind,
        };
        Trace {
            left: left::out(facts, &behind),
            lines: in_printed_order(behind.lines, tabulation),
            units: behind.units,
            counts: behind.counts,
            operands: behind.operands,
        }
    }
}

/// The ranges in the order of the tabulation's rows: some families sort their lines.
fn in_printed_order(lines: Vec<Line>, tabulation: &Tabulation) -> Vec<Range<usize>> {
    let printed = tabulation.rows.iter().map(|r| &r.group);
    if printed.clone().eq(lines.iter().map(|(group, _)| group)) {
        return lines.into_iter().map(|(_, range)| range).collect();
    }
    let known: QuickMap<Vec<(String, String)>, Range<usize>> = lines.into_iter().collect();
    printed
        .map(|group| known.get(group).cloned().unwrap_or_default())
        .collect()
}

fn of_list(tabulation: &Tabulation) -> Trace {
    let mut trace = Trace {
        counts: vec![Count::None; tabulation.columns.len()],
        ..Trace::default()
    };
    for row in &tabulation.rows {
        let from = trace.units.len();
        let evidence = row.figures.iter().flat_map(|f| &f.evidence);
        let units = evidence.map(|(form, record)| Unit::now(usize::from(*form), *record));
        trace.units.extend(units);
        trace.lines.push(from..trace.units.len());
    }
    trace
}
