//! Which figures become live formulas: those whose exact result is the figure that was computed.

use super::exact::Exact;
use super::table::Maker;
use crate::report::page::{At, Expr};
use crate::statistics::{Formula, Level, Number};

impl Maker<'_> {
    /// The formula of a figure, if its exact result is the figure.
    pub(super) fn formula(&self, row: usize, column: usize) -> Option<Expr> {
        let info = &self.tab.columns[column];
        if let Some(formula) = &info.formula
            && let Some(expr) = self.across(row, column, formula)
        {
            return Some(expr);
        }
        if info.additive && self.tab.rows[row].level != Level::Leaf {
            return self.down(row, column);
        }
        None
    }

    /// A figure made of others of its row.
    fn across(&self, row: usize, column: usize, formula: &Formula) -> Option<Expr> {
        let own = self.number(row, column);
        match *formula {
            Formula::Ratio(over, under) => {
                let a = zero_if_blank(self.number(row, over))?;
                let b = zero_if_blank(self.number(row, under))?;
                if self.times(over) != 1 || self.times(under) != 1 || self.times(column) != 1 {
                    return None;
                }
                let places = match (a.by(b), Exact::of(own)) {
                    (None, None) => None,
                    (Some(q), Some(own)) if q.equals(own) => None,
                    (Some(q), Some(own)) if q.rounded(2)?.equals(own) => Some(2),
                    _ => return None,
                };
                if *own != Number::Missing && Exact::of(own).is_none() {
                    return None;
                }
                Some(Expr::Ratio {
                    over: self.at(row, over),
                    under: self.at(row, under),
                    places,
                    dash: self.dash.clone(),
                })
            }
            Formula::Difference(from, take) => {
                let (a, b) = (
                    Exact::of(self.number(row, from)),
                    Exact::of(self.number(row, take)),
                );
                let (from_times, take_times) = (self.times(from), self.times(take));
                if from_times != take_times || !self.times(column).is_multiple_of(from_times) {
                    return None;
                }
                let whole = a.is_some() && b.is_some();
                match (a.zip(b), Exact::of(own)) {
                    (Some((a, b)), Some(own)) if a.minus(b)?.equals(own) => {}
                    (None, None) if *own == Number::Missing => {}
                    _ => return None,
                }
                // Counts are always numbers; rates may turn into dashes when a clerk edits counts.
                let sure = whole
                    && [from, take]
                        .iter()
                        .all(|&c| self.tab.columns[c].formula.is_none());
                Some(Expr::Difference {
                    from: self.at(row, from),
                    take: self.at(row, take),
                    times: self.times(column) / from_times,
                    dash: (!sure).then(|| self.dash.clone()),
                })
            }
            Formula::Sum(ref parts) => {
                let own = Exact::of(own)?;
                let mut sum = Exact::ZERO;
                for &p in parts {
                    if self.times(p) != self.times(column) {
                        return None;
                    }
                    sum = sum.plus(zero_if_blank(self.number(row, p))?)?;
                }
                if parts.is_empty() || !sum.equals(own) {
                    return None;
                }
                let mut sorted = parts.clone();
                sorted.sort_unstable();
                let spans = runs(&sorted)
                    .map(|(a, b)| (self.at(row, a), self.at(row, b)))
                    .collect();
                Some(Expr::Sum(spans))
            }
        }
    }

    /// A figure that is the sum of the rows above it.
    fn down(&self, row: usize, column: usize) -> Option<Expr> {
        let own = Exact::of(self.number(row, column))?;
        let rows = &self.children[row];
        let mut sum = Exact::ZERO;
        for &r in rows {
            sum = sum.plus(zero_if_blank(self.number(r, column))?)?;
        }
        // An Excel formula has at most 8,192 characters; so many separate parts stay a number.
        let lines: Vec<usize> = rows.iter().map(|&r| self.line_of[r] as usize).collect();
        let spans: Vec<(usize, usize)> = runs(&lines).collect();
        if rows.is_empty() || !sum.equals(own) || spans.len() > 600 {
            return None;
        }
        let at = |line: usize| At {
            line: line as u32,
            column: (self.first_column + column) as u16,
        };
        Some(Expr::Sum(
            spans.into_iter().map(|(a, b)| (at(a), at(b))).collect(),
        ))
    }
}

/// A gap is a blank cell, and a blank cell counts as nought; words do not count at all.
fn zero_if_blank(number: &Number) -> Option<Exact> {
    match number {
        Number::Missing => Some(Exact::ZERO),
        other => Exact::of(other),
    }
}

/// Runs of consecutive numbers.
fn runs(numbers: &[usize]) -> impl Iterator<Item = (usize, usize)> + '_ {
    numbers
        .chunk_by(|a, b| a + 1 == *b)
        .map(|run| (run[0], run[run.len() - 1]))
}
