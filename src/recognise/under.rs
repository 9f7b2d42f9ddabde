//! Lines right below the labels that say more about the columns: their numbers, their units, their
//! names in another script.

use super::binding;
use super::header::Heading;
use super::view::View;
use crate::fold;
use crate::grid::{Cell, Value};
use crate::scheme::Dictionary;
use std::ops::Range;

/// Whether a line below the labels belongs to the header.
pub(super) fn is_under(
    view: &View<'_>,
    line: usize,
    cols: &Range<u32>,
    headings: &[Heading],
    dictionary: &Dictionary,
) -> bool {
    if names_again(view, line, cols, headings, dictionary) {
        return true;
    }
    texts(view, line, cols, headings).is_some_and(|cells| names_units(&cells, dictionary))
}

/// Whether a line numbers the columns or names them in another script: above or below the labels.
pub(super) fn names_again(
    view: &View<'_>,
    line: usize,
    cols: &Range<u32>,
    headings: &[Heading],
    dictionary: &Dictionary,
) -> bool {
    let left = headings.first().map_or(0, |h| h.col);
    if numbers_columns(view, line, cols, left, dictionary) {
        return true;
    }
    texts(view, line, cols, headings).is_some_and(|cells| translates(&cells, headings.len()))
}

/// The cells of a line and their texts, if all are short texts in line with a label.
fn texts<'a>(
    view: &View<'a>,
    line: usize,
    cols: &Range<u32>,
    headings: &[Heading],
) -> Option<Vec<(&'a Cell, &'a str)>> {
    let labelled = |c: &Cell| headings.iter().any(|h| h.col == c.col);
    view.cells(line, cols)
        .iter()
        .filter(|c| view.filled(c))
        .map(|c| {
            let text = view.text(c).filter(|t| t.len() <= 60);
            text.filter(|_| labelled(c)).map(|t| (c, t))
        })
        .collect()
}

/// The factor of the unit that a cell below a label names.
pub(super) fn factor_at(
    view: &View<'_>,
    line: usize,
    col: u32,
    dictionary: &Dictionary,
) -> Option<f64> {
    let text = view.cell(line, col).and_then(|c| view.text(c))?;
    binding::unit_factor(bare(&fold::label_of(text)), dictionary)
}

fn bare(folded: &str) -> &str {
    folded.trim_matches(['(', ')', '/', ':'])
}

/// Nothing but units, after a label that says so.
fn names_units(cells: &[(&Cell, &str)], dictionary: &Dictionary) -> bool {
    let mut units = 0;
    for (i, (_, text)) in cells.iter().enumerate() {
        let folded = fold::label_of(text);
        let text = bare(&folded);
        // Written so it speaks for the whole table.
        if text.contains(':') {
            return false;
        }
        if text == "%" || binding::unit_factor(text, dictionary).is_some() {
            units += 1;
        } else if i > 0 || !dictionary.unit.iter().any(|u| u == text) {
            return false;
        }
    }
    units > 0
}

/// Latin words below most of the labels: no record is all words without a number.
fn translates(cells: &[(&Cell, &str)], labels: usize) -> bool {
    let latin = |t: &str| {
        let letters = t.bytes().filter(u8::is_ascii_alphabetic).count();
        t.is_ascii() && letters >= 2 && !t.bytes().any(|b| b.is_ascii_digit())
    };
    cells.len() >= 3 && cells.len() * 5 >= labels * 3 && cells.iter().all(|(_, t)| latin(t))
}

/// A column's number as it is written: the number, and what stands around it in all of them.
fn number(folded: &str) -> Option<(f64, String)> {
    let plain = folded.trim_matches(['(', ')', '-']);
    let first = plain.split('=').next().unwrap_or("");
    if let Ok(n) = first.parse::<f64>()
        && plain.len() <= 30
    {
        return Some((n, String::new()));
    }
    let mut letters = plain.bytes();
    if let (Some(letter @ b'a'..=b'z'), None) = (letters.next(), letters.next()) {
        return Some((f64::from(letter - b'a' + 1), "a".into()));
    }
    let at = plain.find(|c: char| c.is_ascii_digit())?;
    let (before, rest) = plain.split_at(at);
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let (digits, after) = rest.split_at(end);
    let short = before.chars().count() + after.chars().count() <= 3;
    let plain = |t: &str| t.chars().all(char::is_alphabetic);
    let around = format!("{before}#{after}");
    (short && plain(before) && plain(after)).then_some((digits.parse().ok()?, around))
}

/// Whether a line only numbers the columns: 1 2 3, marks such as the heavenly stems, A B C,
/// `3=1+2`, or numbers with the same words around each. `left` is the header's first column: the
/// months below a group begin further right.
pub(super) fn numbers_columns(
    view: &View<'_>,
    line: usize,
    cols: &Range<u32>,
    left: u32,
    dictionary: &Dictionary,
) -> bool {
    let mut count: u32 = 0;
    let mut last = 0.0;
    let mut marks: u32 = 0;
    let mut around: Option<String> = None;
    for cell in view.cells(line, cols).iter().filter(|c| view.filled(c)) {
        let number = match view.value(cell) {
            Value::Number(n) => n,
            Value::Text(t) if t.len() <= 40 => {
                let folded = fold::label_of(t);
                if dictionary.column_mark.iter().any(|m| *m == *folded) {
                    marks += 1;
                    count += 1;
                    continue;
                }
                let Some((number, own)) = number(&folded) else {
                    return false;
                };
                if !own.is_empty() {
                    // Written so from the first column on, and alike.
                    let begins = count == marks && number == 1.0 && cell.col <= left + 1 + marks;
                    match &around {
                        Some(known) if *known != own => return false,
                        None if !begins => return false,
                        _ => around = Some(own),
                    }
                }
                number
            }
            _ => return false,
        };
        if number.fract() != 0.0 || number <= last || number > 400.0 {
            return false;
        }
        // From one column to the next the number rises by one.
        if last > 0.0 && number != last + 1.0 {
            return false;
        }
        last = number;
        count += 1;
    }
    count >= 3 && (marks > 0 || last >= 3.0)
}
