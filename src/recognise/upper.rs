//! Lines above the labels of a header: groups of its columns, labels that the lines below lack.

use super::binding;
use super::view::{View, data_like};
use crate::fold;
use crate::grid::Cell;
use crate::scheme::Dictionary;
use std::ops::Range;

/// Whether the line above a header line holds groups of its columns.
pub(super) fn spans(
    view: &View<'_>,
    line: usize,
    below: usize,
    extent: &Range<u32>,
    cols: &Range<u32>,
    dictionary: &Dictionary,
) -> bool {
    let cells: Vec<&Cell> = view
        .cells(line, cols)
        .iter()
        .filter(|c| view.filled(c))
        .collect();
    let row = view.row(below);
    let width = extent.end - extent.start;
    let merge = |c: &Cell| view.merge_of(c);
    let tall =
        |c: &&&Cell| merge(c).is_some_and(|m| m.bottom >= row && m.right - m.left < width / 2 + 1);
    if cells.iter().filter(tall).count() > 0 && cells.len() >= 2 {
        return true;
    }
    let inside = cells.iter().all(|c| extent.contains(&c.col));
    if cells.is_empty() || !inside || view.all_alike(&cells) {
        return false;
    }
    let texts: Vec<String> = cells
        .iter()
        .filter(|c| !data_like(&view.value(c)))
        .filter_map(|c| view.text(c))
        .map(fold::label)
        .collect();
    let plain = texts.len() == cells.len()
        && texts.iter().all(|t| {
            t.chars().count() <= 20
                && !t.contains(':')
                && (cells.len() >= 3 || !dictionary.title.iter().any(|w| t.ends_with(w.as_str())))
                && !dictionary.attachment.iter().any(|w| {
                    t.strip_prefix(w.as_str())
                        .is_some_and(|r| r.chars().all(|c| c.is_ascii_digit()))
                })
        });
    if !plain {
        return false;
    }
    let labelled = |col: u32| view.cell(below, col).is_some_and(|c| view.filled(c));
    let says_submitter = |t: &String| {
        dictionary.submitter.contains(t)
            || dictionary.date.contains(t)
            || dictionary.unit.contains(t)
    };
    let first_labelled = labelled(cells[0].col);
    if says_submitter(&texts[0]) && first_labelled && cells.len() <= 4 {
        return false;
    }
    if cells.len() >= 2 {
        // Each group stands above a label, each plain label above nothing.
        return cells.iter().any(|c| labelled(c.col))
            && cells.iter().all(|c| {
                labelled(c.col) || merge(c).is_some() || !labelled(c.col) && c.col < extent.end
            })
            && (cells
                .iter()
                .any(|c| merge(c).is_some_and(|m| m.right > m.left))
                || texts.windows(2).any(|t| t[0] == t[1])
                || cells.iter().any(|c| {
                    !labelled(c.col)
                        || (labelled(c.col + 1) && cells.iter().all(|o| o.col != c.col + 1))
                }));
    }
    // One group alone: not at the left edge, not as wide as the table.
    let at = cells[0];
    let short = texts[0].chars().count() <= 10 && at.col > extent.start;
    let right = merge(at).map_or(at.col, |m| m.right);
    let known_path = view
        .cell(below, at.col)
        .and_then(|c| view.text(c))
        .is_some_and(|t| dictionary.knows(&format!("{}/{}", texts[0], fold::label_of(t))));
    if short && merge(at).is_none() && labelled(at.col + 1) && known_path {
        return true;
    }
    short
        && labelled(at.col)
        && (merge(at).is_none() || (right - at.col + 1) * 4 <= width * 3)
        && (merge(at).is_some() || (at.col > extent.start + 1 && labelled(at.col + 1)))
        && !dictionary
            .form_titles
            .iter()
            .flatten()
            .any(|w| merge(at).is_none() && texts[0].contains(w.as_str()))
}

/// Whether the line above a header has the labels that the lines below it lack, and a group above
/// all others, without a merge that says so.
pub(super) fn completes(
    view: &View<'_>,
    line: usize,
    below: &[usize],
    cols: &Range<u32>,
    dictionary: &Dictionary,
) -> bool {
    let filled = |l: usize| {
        let cells = view.cells(l, cols).iter();
        cells.filter(|c| view.filled(c)).collect::<Vec<&Cell>>()
    };
    let upper = filled(line);
    let label = |c: &&Cell| {
        let text = view.text(c).filter(|_| !data_like(&view.value(c)));
        text.map(fold::label)
            .filter(|t| t.chars().count() <= 20 && !t.contains(':'))
    };
    let labels: Vec<String> = upper.iter().filter_map(label).collect();
    if upper.len() < 2 || labels.len() < upper.len() {
        return false;
    }
    let covered = |col: u32| {
        let at = |l: &usize| view.cell(*l, col).is_some_and(|c| view.filled(c));
        below.iter().any(at)
    };
    let single = |c: &&Cell| !covered(c.col);
    let known = upper
        .iter()
        .zip(&labels)
        .filter(|(c, t)| single(c) && binding::is_label(t, dictionary))
        .count();
    let singles = upper.iter().filter(|c| single(c)).count();
    let lower: Vec<u32> = below
        .iter()
        .flat_map(|l| filled(*l))
        .map(|c| c.col)
        .collect();
    let (Some(&first), Some(&last)) = (lower.iter().min(), lower.iter().max()) else {
        return false;
    };
    // Each label below stands under a group or right of one, with nothing between them.
    let grouped = |col: u32| {
        let left = upper.iter().rev().find(|c| c.col <= col);
        // A spacer of one column parts nothing.
        left.is_some_and(|g| (g.col..col).all(|c| covered(c) || covered(c + 1)))
    };
    let near = upper
        .iter()
        .all(|c| c.col + 8 >= first && c.col <= last + 8);
    (known >= 2 || (known >= 1 && known * 2 >= singles))
        && singles < upper.len()
        && near
        && lower.into_iter().all(grouped)
}
