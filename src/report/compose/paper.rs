//! How pages are printed: paper and edges as the scheme wants them, where a new sheet of paper
//! begins, and which rows can be folded away on screen.

use super::Context;
use crate::report::page::{Line, LineKind, Print};
use crate::scheme::{NUMBERED, PrintSpec};
use crate::statistics::{Level, Tabulation};

/// Characters of a part of a header or footer; Excel takes 255 for all three with their codes.
const LONGEST: usize = 60;
/// Excel's codes of the page's number and the number of pages.
const CODES: [&str; 2] = ["&P", "&N"];

/// What the scheme says of a page's paper; the breaks follow from its table.
pub fn print(cx: &Context<'_>, spec: &PrintSpec) -> Print {
    let edge = |texts: &[String]| {
        let coded: Vec<String> = texts.iter().map(|t| coded(cx, t)).collect();
        three(&coded, true)
    };
    Print {
        a3: spec.a3,
        lying: spec.lying,
        margins: spec.margins,
        header: edge(&spec.header),
        footer: edge(&spec.footer),
        breaks: Vec::new(),
    }
}

/// A text with everything filled in, in Excel's codes.
fn coded(cx: &Context<'_>, text: &str) -> String {
    // The numbers are put in last, so that no code is cut in two and no ampersand is doubled twice.
    let held: String = cx.filled(text).chars().take(LONGEST).collect();
    let mut out = held.replace('&', "&&");
    for (name, code) in NUMBERED.into_iter().zip(CODES) {
        out = out.replace(&format!("{{{name}}}"), code);
    }
    out
}

/// Left, centre and right of one to three texts; one alone stands left or in the centre.
pub fn three(texts: &[String], centred: bool) -> [String; 3] {
    let text = |i: usize| texts.get(i).cloned().unwrap_or_default();
    match (texts.len(), centred) {
        (1, true) => [String::new(), text(0), String::new()],
        (2, true) => [text(0), String::new(), text(1)],
        _ => [text(0), text(1), text(2)],
    }
}

/// Lines that begin with another value of a dimension, and the total below the body: it belongs to
/// no one's paper.
pub fn breaks(tab: &Tabulation, line_of: &[u32], dimension: &str) -> Vec<u32> {
    let Some(depth) = tab.dimensions.iter().position(|(id, _)| id == dimension) else {
        return Vec::new();
    };
    let mut order: Vec<usize> = (0..tab.rows.len()).collect();
    order.sort_by_key(|&i| line_of[i]);
    let mut out = Vec::new();
    let mut open: Option<&[(String, String)]> = None;
    let mut next = 0;
    for i in order {
        let row = &tab.rows[i];
        let own = row.group.get(..=depth);
        let begins = match (own, row.level) {
            (Some(own), _) => open.replace(own).is_some_and(|before| before != own),
            (None, Level::Total) => open.is_some(),
            // The sum of several values stands on the paper of the last.
            (None, _) => false,
        };
        if begins {
            // A heading stands between the line before and this one.
            out.push(next);
        }
        next = line_of[i] + 1;
    }
    out
}

/// Runs of items that a subtotal closes.
pub fn folds(lines: &[Line]) -> Vec<(u32, u32)> {
    let mut out = Vec::new();
    let mut from = None;
    for (i, line) in (0u32..).zip(lines) {
        match (line.kind, from) {
            (LineKind::Leaf, None) => from = Some(i),
            (LineKind::Leaf, _) => {}
            (LineKind::Subtotal, Some(first)) => {
                out.push((first, i - 1));
                from = None;
            }
            _ => from = None,
        }
    }
    out
}
