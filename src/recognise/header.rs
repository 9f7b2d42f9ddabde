//! Header bands: which lines carry column labels, and the path of texts above each column.

use super::binding;
use super::view::{View, data_like};
use crate::fold;
use crate::grid::{Cell, Span, Value};
use crate::scheme::Dictionary;
use std::ops::Range;

/// Headers wider than this are not read further: no form has so many columns.
const MAX_COLUMNS: u32 = 600;
/// Header bands have at most this many lines.
const MAX_LINES: usize = 5;
/// A longer text is a remark, not a label.
const MAX_LABEL_BYTES: usize = 180;

/// The lines of one header.
#[derive(Debug, Clone)]
pub(super) struct Band {
    /// Lines with labels, top to bottom.
    pub lines: Vec<usize>,
    /// The line that numbers the columns, if there is one.
    pub numbers: Option<usize>,
    /// Columns with labels, left to right; the tables take them.
    pub headings: Vec<Heading>,
}

impl Band {
    /// First line below the band.
    pub fn end(&self) -> usize {
        self.numbers
            .or(self.lines.last().copied())
            .map_or(0, |l| l + 1)
    }
}

/// The label of one column.
#[derive(Debug, Clone)]
pub(super) struct Heading {
    pub col: u32,
    /// Texts from the top group to the label, cleaned.
    pub path: Vec<String>,
    /// The same, folded; empty where only a group stands above the column.
    pub folded: Vec<String>,
    /// Row of the label.
    pub row: u32,
}

/// How much a line looks like a header.
#[derive(Debug, Clone, Copy, Default)]
struct Look {
    hits: usize,
    cells: usize,
    adjacent: bool,
}

impl Look {
    fn is_header(self) -> bool {
        let Look {
            hits,
            cells,
            adjacent,
        } = self;
        // Label and value side by side: a personal form, not a header.
        if !adjacent && hits * 2 <= cells {
            return false;
        }
        match hits {
            0 | 1 => false,
            2 => cells <= 4,
            3 | 4 => hits * 5 >= cells * 2,
            _ => hits * 5 >= cells,
        }
    }
}

/// Judges one line. `probe` bounds how many cells are looked at before giving up without a hit.
fn look(
    view: &View<'_>,
    line: usize,
    cols: &Range<u32>,
    dictionary: &Dictionary,
    probe: usize,
) -> Look {
    let mut look = Look::default();
    let mut last_hit = None;
    let mut data = 0;
    for cell in view.cells(line, cols) {
        if !view.filled(cell) {
            continue;
        }
        look.cells += 1;
        let value = view.value(cell);
        let hit = match value {
            Value::Text(t) if t.len() <= MAX_LABEL_BYTES && !data_like(&value) => {
                let first = t.trim_start().chars().next();
                let possible = first.is_some_and(|c| {
                    !c.is_alphabetic() || c.is_ascii() || dictionary.begins_with(c)
                });
                possible && binding::is_label(&fold::label_of(t), dictionary)
            }
            _ => {
                data += 1;
                false
            }
        };
        if hit {
            look.hits += 1;
            look.adjacent |= last_hit == Some(look.cells - 1);
            last_hit = Some(look.cells);
        }
        if (look.cells >= probe && look.hits == 0) || (data >= 3 && data > look.hits) {
            return Look::default();
        }
    }
    look
}

/// The header whose label line is `line`, if that line is one. `above` is the first line that may
/// belong to it.
pub(super) fn band_at(
    view: &View<'_>,
    line: usize,
    above: usize,
    end: usize,
    cols: &Range<u32>,
    dictionary: &Dictionary,
    probe: usize,
) -> Option<Band> {
    let found = look(view, line, cols, dictionary, probe);
    if !found.is_header() {
        return None;
    }
    let mut lines = vec![line];
    while lines.len() < MAX_LINES {
        let bottom = lines[lines.len() - 1];
        if bottom + 1 < end
            && view.row(bottom + 1) == view.row(bottom) + 1
            && continues(view, &lines, bottom + 1, cols, dictionary)
        {
            lines.push(bottom + 1);
        } else {
            break;
        }
    }
    let extent = extent(view, &lines, cols)?;
    while lines.len() < MAX_LINES && lines[0] > above {
        let top = lines[0];
        if view.row(top - 1) + 1 == view.row(top)
            && spans(view, top - 1, top, &extent, cols, dictionary)
        {
            lines.insert(0, top - 1);
        } else {
            break;
        }
    }
    let bottom = lines[lines.len() - 1];
    let numbers = (bottom + 1 < end
        && view.row(bottom + 1) <= view.row(bottom) + 2
        && numbers_columns(view, bottom + 1, cols, dictionary))
    .then_some(bottom + 1);
    let headings = headings(view, &lines, cols);
    (headings.len() >= 2).then_some(Band {
        lines,
        numbers,
        headings,
    })
}

fn extent(view: &View<'_>, lines: &[usize], cols: &Range<u32>) -> Option<Range<u32>> {
    let filled = |line: &usize| {
        view.cells(*line, cols)
            .iter()
            .filter(|c| view.filled(c))
            .map(|c| (c.col, view.merge_of(c).map_or(c.col, |m| m.right)))
            .collect::<Vec<_>>()
    };
    let all: Vec<(u32, u32)> = lines.iter().flat_map(filled).collect();
    let left = all.iter().map(|c| c.0).min()?;
    let right = all.iter().map(|c| c.1).max()?.min(left + MAX_COLUMNS);
    Some(left..(right + 1).min(cols.end))
}

/// Whether the line below a header line is part of the header: reached by a merge from above, or
/// it fills the places that the lines above leave open.
fn continues(
    view: &View<'_>,
    lines: &[usize],
    next: usize,
    cols: &Range<u32>,
    dictionary: &Dictionary,
) -> bool {
    let (top, row) = (view.row(lines[0]), view.row(next));
    let cells: Vec<&Cell> = view
        .cells(next, cols)
        .iter()
        .filter(|c| view.filled(c))
        .collect();
    if cells.is_empty() || numbers_columns(view, next, cols, dictionary) {
        return false;
    }
    let reached = lines.iter().any(|&l| {
        view.cells(l, cols)
            .iter()
            .filter(|c| view.filled(c))
            .any(|c| {
                view.merge_of(c)
                    .is_some_and(|m| m.bottom >= row && m.top >= top)
            })
    });
    if reached {
        return true;
    }
    // Years may head columns.
    let year = |v: &Value<'_>| matches!(v, Value::Number(n) if (1990.0..2100.0).contains(n) && n.fract() == 0.0);
    let data = |c: &&Cell| {
        let value = view.value(c);
        data_like(&value) && !year(&value)
    };
    if cells.iter().any(data) {
        return false;
    }
    let bottom = lines[lines.len() - 1];
    let label_above = |col: u32| {
        lines
            .iter()
            .any(|&l| view.cell(l, col).is_some_and(|c| view.filled(c)))
    };
    // A line under a single label of its own would be a record; sub-labels stand below groups,
    // and groups leave the columns to their right open or make a known path with what is below.
    let known_path = |cell: &Cell| {
        let above = view.cell(bottom, cell.col).and_then(|c| view.text(c));
        let (Some(above), Some(text)) = (above, view.text(cell)) else {
            return false;
        };
        let joined = format!("{}/{}", fold::label(above), fold::label(text));
        text.len() <= MAX_LABEL_BYTES && dictionary.knows(&joined)
    };
    let paths = cells.iter().filter(|c| known_path(c)).count();
    let opens = |col: u32| {
        view.cell(bottom, col)
            .is_some_and(|c| view.merge_of(c).is_some_and(|m| m.right > m.left))
            || cells
                .iter()
                .find(|c| c.col > col)
                .is_some_and(|c| !(col + 1..=c.col).any(label_above))
    };
    let fits = cells
        .iter()
        .all(|c| !label_above(c.col) || opens(c.col) || known_path(c));
    if !fits {
        return false;
    }
    let fills = cells.iter().filter(|c| !label_above(c.col)).count();
    let hits = cells
        .iter()
        .filter(|c| {
            known_path(c)
                || view.text(c).is_some_and(|t| {
                    t.len() <= MAX_LABEL_BYTES && binding::is_label(&fold::label_of(t), dictionary)
                })
        })
        .count();
    let short = cells
        .iter()
        .filter_map(|c| view.text(c))
        .all(|t| t.chars().count() <= 20);
    let labels_below_nothing: usize = view
        .cells(bottom, cols)
        .iter()
        .filter(|c| view.filled(c) && cells.iter().all(|n| n.col != c.col))
        .count();
    // Either the words are known, or the shape leaves no doubt: every plain label has nothing
    // below it and every open place is filled.
    short
        && (fills >= 1 || paths == cells.len())
        && (hits * 2 >= cells.len() || (labels_below_nothing >= 2 && cells.len() >= 2))
}

/// Whether the line above a header line holds groups of its columns.
fn spans(
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
    if cells.is_empty() || !inside {
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
                || cells.iter().any(|c| {
                    !labelled(c.col)
                        || (labelled(c.col + 1) && cells.iter().all(|o| o.col != c.col + 1))
                }));
    }
    // One group alone: not at the left edge, not as wide as the table.
    let at = cells[0];
    let short = texts[0].chars().count() <= 10 && at.col > extent.start;
    let right = merge(at).map_or(at.col, |m| m.right);
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

/// Whether a line only numbers the columns: 1 2 3, marks such as the heavenly stems, `3=1+2`.
fn numbers_columns(
    view: &View<'_>,
    line: usize,
    cols: &Range<u32>,
    dictionary: &Dictionary,
) -> bool {
    let mut count = 0;
    let mut last = 0.0;
    let mut marks = 0;
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
                let folded = folded.trim_matches(['(', ')', '-']);
                let first = folded.split('=').next().unwrap_or("");
                match first.parse::<f64>() {
                    Ok(n) if folded.len() <= 30 => n,
                    _ => return false,
                }
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

/// One text above a column and the cell it stands in.
#[derive(Debug, Clone, PartialEq)]
struct Part {
    text: String,
    row: u32,
    col: u32,
}

/// The paths of all columns that have a text above them.
fn headings(view: &View<'_>, lines: &[usize], cols: &Range<u32>) -> Vec<Heading> {
    let Some(extent) = extent(view, lines, cols) else {
        return Vec::new();
    };
    let top = view.row(lines[0]);
    let own = |line: usize, col: u32| {
        view.cell(line, col)
            .filter(|c| view.filled(c))
            .map(|c| label_text(&view.value(c)))
            .filter(|t| !t.is_empty())
    };
    let covering = |line: usize, col: u32| -> Option<Span> {
        view.sheet
            .merge_at(view.row(line), col)
            .filter(|m| m.top >= top && cols.contains(&m.left))
    };
    let mut all = Vec::new();
    for col in extent.clone() {
        let mut parts: Vec<Part> = Vec::new();
        for (k, &line) in lines.iter().enumerate() {
            let row = view.row(line);
            let part = match own(line, col) {
                Some(text) => Some(Part { text, row, col }),
                None => match covering(line, col) {
                    Some(m) => view
                        .line_of(m.top)
                        .and_then(|l| own(l, m.left))
                        .map(|text| Part {
                            text,
                            row: m.top,
                            col: m.left,
                        }),
                    None => spilled(view, lines, k, col, &extent),
                },
            };
            if let Some(part) = part
                && parts.iter().all(|p| (p.row, p.col) != (part.row, part.col))
                && parts
                    .last()
                    .is_none_or(|p| p.text != part.text || part.col == col)
            {
                if parts.last().is_some_and(|p| p.text == part.text) {
                    parts.pop();
                }
                parts.push(part);
            }
        }
        let Some(last) = parts.last() else { continue };
        let (row, label_own) = (last.row, last.col == col);
        let path: Vec<String> = parts.into_iter().map(|p| p.text).collect();
        all.push(Heading {
            col,
            folded: if label_own {
                path.iter().map(|t| fold::label(t)).collect()
            } else {
                Vec::new()
            },
            path,
            row,
        });
    }
    all
}

/// The group text that reaches an empty place of an unmerged header from its left.
fn spilled(
    view: &View<'_>,
    lines: &[usize],
    k: usize,
    col: u32,
    extent: &Range<u32>,
) -> Option<Part> {
    let filled = |line: usize, col: u32| view.cell(line, col).filter(|c| view.filled(c));
    let below = |col: u32| lines[k + 1..].iter().any(|&l| filled(l, col).is_some());
    if k + 1 == lines.len() || !below(col) {
        return None;
    }
    let row = view.row(lines[k]);
    for left in (extent.start..col).rev() {
        if view.sheet.merge_at(row, left).is_some()
            || lines[..k].iter().any(|&l| filled(l, left + 1).is_some())
        {
            return None;
        }
        if let Some(cell) = filled(lines[k], left) {
            return below(left).then(|| Part {
                text: label_text(&view.value(cell)),
                row,
                col: left,
            });
        }
    }
    None
}

/// A header cell as text; years and the like may be numbers.
pub(super) fn label_text(value: &Value<'_>) -> String {
    match value {
        Value::Text(t) => fold::clean(t).into_owned(),
        Value::Number(n) => format!("{n}"),
        _ => String::new(),
    }
}
