//! Header bands: which lines carry column labels, and the path of texts above each column.

use super::binding;
use super::remark;
use super::spill;
use super::under;
use super::upper;
use super::view::{View, data_like, id_like};
use crate::fold;
use crate::grid::{Cell, Span, Value};
use crate::scheme::Dictionary;
use std::ops::Range;

/// Headers wider than this are not read further: no form has so many columns.
const MAX_COLUMNS: u32 = 600;
/// Header bands have at most this many lines.
const MAX_LINES: usize = 5;
/// So many labels with colons in adjacent columns are a header.
const OPEN_LABELS: usize = 4;
/// So many lines below the labels can say more about the columns.
const MAX_UNDER: usize = 3;
/// A longer text that is merged down beside a table is a remark, not a label.
const MAX_TALL_CHARS: usize = 20;
/// A longer text is a remark, not a label.
const MAX_LABEL_BYTES: usize = 180;

/// The lines of one header.
#[derive(Debug, Clone)]
pub(super) struct Band {
    /// Lines with labels, top to bottom.
    pub lines: Vec<usize>,
    /// Lines right below them that say more about the columns: their numbers, units, English names.
    pub under: Vec<usize>,
    /// Notes between the lines with labels.
    pub notes: Vec<usize>,
    /// Columns with labels, left to right; the tables take them.
    pub headings: Vec<Heading>,
}

impl Band {
    /// First line below the band.
    pub fn end(&self) -> usize {
        let last = self.under.last().or(self.lines.last());
        last.map_or(0, |l| l + 1)
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
    let mut open = Open::default();
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
                if t.trim_end().ends_with([':', '\u{ff1a}']) {
                    let folded = fold::label_of(t);
                    let label = folded.trim_end_matches(':');
                    open.meet(cell.col, binding::is_label(label, dictionary));
                }
                possible && {
                    let folded = fold::label_of(t);
                    binding::is_label(&folded, dictionary)
                        || (t.contains('\n') && binding::is_hinted(&folded, dictionary))
                }
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
        if (look.cells >= probe && look.hits + open.run == 0) || (data >= 3 && data > look.hits) {
            return Look::default();
        }
    }
    if open.longest >= OPEN_LABELS {
        look.hits += open.longest;
        look.adjacent = true;
    }
    look
}

/// Labels with a colon behind them, side by side: a header, where labels with room for a value are
/// a personal form or a line above a table.
#[derive(Debug, Clone, Copy, Default)]
struct Open {
    next: Option<u32>,
    run: usize,
    longest: usize,
}

impl Open {
    fn meet(&mut self, col: u32, label: bool) {
        self.run = match (label, self.next == Some(col)) {
            (false, _) => 0,
            (true, true) => self.run + 1,
            (true, false) => 1,
        };
        self.next = Some(col + 1);
        self.longest = self.longest.max(self.run);
    }
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
    let mut notes = Vec::new();
    while lines.len() < MAX_LINES {
        let bottom = lines[lines.len() - 1];
        let noted = bottom + 2 < end && is_note(view, bottom + 1, cols, dictionary);
        let next = bottom + 1 + usize::from(noted);
        let Some(gap) = (next < end).then(|| view.row(next) - view.row(bottom) - 1) else {
            break;
        };
        // Across a blank line only where every word is a label.
        let strict = gap > u32::from(noted);
        if gap > 1 || !continues(view, &lines, next, cols, dictionary, strict) {
            break;
        }
        notes.extend(noted.then_some(bottom + 1));
        lines.push(next);
    }
    while lines.len() < MAX_LINES && lines[0] > above {
        let top = lines[0];
        let extent = extent(view, &lines, cols)?;
        if view.row(top - 1) + 1 == view.row(top)
            && (upper::spans(view, top - 1, top, &extent, cols, dictionary)
                || upper::completes(view, top - 1, &lines, cols, dictionary))
        {
            lines.insert(0, top - 1);
        } else {
            break;
        }
    }
    let bottom = lines[lines.len() - 1];
    let headings = headings(view, &lines, cols);
    let mut under: Vec<usize> = Vec::new();
    while under.len() < MAX_UNDER {
        let last = under.last().copied().unwrap_or(bottom);
        let next = last + 1;
        if next < end
            && view.row(next) <= view.row(last) + 2
            && under::is_under(view, next, cols, &headings, dictionary)
        {
            under.push(next);
        } else {
            break;
        }
    }
    (headings.len() >= 2).then_some(Band {
        lines,
        under,
        notes,
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
    strict: bool,
) -> bool {
    let (top, row) = (view.row(lines[0]), view.row(next));
    let cells: Vec<&Cell> = view
        .cells(next, cols)
        .iter()
        .filter(|c| view.filled(c))
        .collect();
    let first = |l: &usize| view.cells(*l, cols).iter().find(|c| view.filled(c));
    let left = lines.iter().filter_map(first).map(|c| c.col).min();
    let left = left.unwrap_or(cols.start);
    if cells.is_empty() || under::numbers_columns(view, next, cols, left, dictionary) {
        return false;
    }
    // A remark beside the table can be merged down along its records.
    let remark = |c: &Cell| {
        view.text(c)
            .is_some_and(|t| t.chars().count() > MAX_TALL_CHARS)
    };
    let reached = lines.iter().any(|&l| {
        view.cells(l, cols)
            .iter()
            .filter(|c| view.filled(c))
            .any(|c| {
                view.merge_of(c)
                    .is_some_and(|m| m.bottom >= row && m.top >= top)
                    && !remark(c)
            })
    });
    if reached && !cells.iter().any(|c| id_like(&view.value(c))) {
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
        let group = fold::label_of(above);
        text.len() <= MAX_LABEL_BYTES
            && dictionary.heads_group(&group)
            && dictionary.knows(&[&group, "/", &fold::label_of(text)].concat())
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
    let text_above = |col: u32| view.cell(bottom, col).and_then(|c| view.text(c));
    let same = |a: Option<&str>, b: Option<&str>| matches!((a, b), (Some(a), Some(b)) if fold::label_of(a) == fold::label_of(b));
    // Where others merge cells some write the text again: a label below itself, a group above each
    // of its columns.
    let copied = |c: &Cell| same(text_above(c.col), view.text(c));
    let copied_group = |col: u32| {
        let beside = [col.checked_sub(1), Some(col + 1)];
        let twin = |other: u32| same(text_above(col), text_above(other));
        beside.into_iter().flatten().any(twin)
    };
    let copies = cells.iter().filter(|c| copied(c)).count();
    let written_again = cells
        .iter()
        .all(|c| copied(c) || copied_group(c.col) || known_path(c));
    let fits = cells.iter().all(|c| {
        !label_above(c.col) || opens(c.col) || known_path(c) || copied(c) || copied_group(c.col)
    });
    // Nothing but copies is the header printed again.
    if !fits || copies == cells.len() {
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
    if strict {
        return short && fills >= 1 && cells.len() >= 2 && hits == cells.len();
    }
    short
        && (fills >= 1 || paths == cells.len() || copies * 2 >= cells.len() || written_again)
        && (hits * 2 >= cells.len() || (labels_below_nothing >= 2 && cells.len() >= 2))
}

/// Whether a line is a note and nothing else.
fn is_note(view: &View<'_>, line: usize, cols: &Range<u32>, dictionary: &Dictionary) -> bool {
    let mut cells = view.cells(line, cols).iter().filter(|c| view.filled(c));
    let (Some(cell), None) = (cells.next(), cells.next()) else {
        return false;
    };
    view.text(cell)
        .is_some_and(|t| remark::starts_note(&fold::label_of(t), dictionary))
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
    let spill = spill::Spill::new(view, lines, &extent);
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
                    None => spill
                        .part(k, col)
                        .map(|(text, col)| Part { text, row, col }),
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
            folded: if label_own && !spill.doubtful(col) {
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

/// A header cell as text; years and the like may be numbers.
pub(super) fn label_text(value: &Value<'_>) -> String {
    match value {
        Value::Text(t) => fold::clean(t).into_owned(),
        Value::Number(n) => format!("{n}"),
        _ => String::new(),
    }
}
