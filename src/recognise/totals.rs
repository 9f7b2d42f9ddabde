//! Which records a typed total claims to sum.

use super::TypedTotal;
use crate::scheme::TotalRank;

/// A line of sums as met in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Met {
    pub row: u32,
    pub rank: TotalRank,
    /// How many records stand above it.
    pub at: usize,
}

/// Finds the range of each total: back to the previous one of its rank or the section's heading,
/// or forward where totals stand before their records. Averages and shares sum nothing.
pub(super) fn ranges(met: &[Met], sections: &[usize], records: usize) -> Vec<TypedTotal> {
    let mut all = Vec::new();
    let mut last: Option<(TotalRank, std::ops::Range<usize>)> = None;
    for (i, total) in met.iter().enumerate() {
        if total.rank == TotalRank::Other {
            continue;
        }
        let back = back(met, sections, i);
        let forward = forward(met, sections, i, records);
        let over = if leads(met, sections, total.rank) && forward > total.at {
            total.at..forward
        } else if back < total.at {
            back..total.at
        } else if let Some((rank, range)) = &last
            && *rank == total.rank
            && range.end == total.at
        {
            // A second line of the same kind right below the first: persons, then money.
            range.clone()
        } else {
            total.at..forward
        };
        if over.is_empty() {
            continue;
        }
        last = Some((total.rank, over.clone()));
        all.push(TypedTotal {
            row: total.row,
            over,
        });
    }
    all
}

/// Where the records begin that a total below them sums.
fn back(met: &[Met], sections: &[usize], i: usize) -> usize {
    let total = met[i];
    let previous = met[..i]
        .iter()
        .rev()
        .find(|m| m.rank >= total.rank)
        .map_or(0, |m| m.at);
    if total.rank > TotalRank::Subtotal {
        return previous;
    }
    let section = sections
        .iter()
        .rev()
        .find(|s| **s < total.at)
        .copied()
        .unwrap_or(0);
    previous.max(section)
}

/// Where the records end that a total above them sums.
fn forward(met: &[Met], sections: &[usize], i: usize, records: usize) -> usize {
    let total = met[i];
    let next = met[i + 1..]
        .iter()
        .find(|m| m.rank >= total.rank && m.at > total.at)
        .map_or(records, |m| m.at);
    if total.rank > TotalRank::Subtotal {
        return next;
    }
    let section = sections
        .iter()
        .find(|s| **s > total.at)
        .copied()
        .unwrap_or(records);
    next.min(section)
}

/// Whether totals of this rank stand before their records: the first of them has none above it.
fn leads(met: &[Met], sections: &[usize], rank: TotalRank) -> bool {
    met.iter()
        .position(|m| m.rank == rank)
        .is_some_and(|i| back(met, sections, i) == met[i].at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use TotalRank::{Grand, Other, Subtotal, Total};

    fn over(met: &[(TotalRank, usize)], sections: &[usize], records: usize) -> Vec<(usize, usize)> {
        let met: Vec<Met> = met
            .iter()
            .enumerate()
            .map(|(i, &(rank, at))| Met {
                row: i as u32,
                rank,
                at,
            })
            .collect();
        ranges(&met, sections, records)
            .into_iter()
            .map(|t| (t.over.start, t.over.end))
            .collect()
    }

    #[test]
    fn totals_after_and_before_the_records() {
        assert_eq!(over(&[(Total, 5)], &[], 5), [(0, 5)]);
        assert_eq!(over(&[(Total, 0)], &[], 5), [(0, 5)]);
        assert_eq!(over(&[(Total, 0), (Total, 5)], &[], 5), [(0, 5), (0, 5)]);
        assert_eq!(over(&[(Total, 3)], &[], 5), [(0, 3)]);
    }

    #[test]
    fn subtotals_part_the_records() {
        assert_eq!(
            over(&[(Subtotal, 2), (Subtotal, 5), (Total, 5)], &[], 5),
            [(0, 2), (2, 5), (0, 5)]
        );
        assert_eq!(
            over(&[(Total, 0), (Subtotal, 0), (Subtotal, 2)], &[], 5),
            [(0, 5), (0, 2), (2, 5)]
        );
        assert_eq!(
            over(&[(Total, 2), (Total, 5), (Grand, 5)], &[], 5),
            [(0, 2), (2, 5), (0, 5)]
        );
        assert_eq!(over(&[(Subtotal, 5)], &[0, 2], 5), [(2, 5)]);
    }

    #[test]
    fn averages_sum_nothing_and_twin_lines_sum_the_same() {
        assert_eq!(over(&[(Total, 5), (Other, 5)], &[], 5), [(0, 5)]);
        assert_eq!(over(&[(Total, 5), (Total, 5)], &[], 5), [(0, 5), (0, 5)]);
    }
}
