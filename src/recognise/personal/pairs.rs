//! One line of a form of one person: which of its cells are labels, and which values they label.
//!
//! A label and its value stand side by side, or in one cell with a colon between them. The cell
//! right of a label is its value even where it reads like a label itself (职务 | 教师), unless the
//! line makes more sense otherwise (职称 | 名称 | 一级教师): of all ways to part a line the one
//! that leaves the fewest cells unexplained is taken.

use super::super::binding;
use super::super::remark;
use super::super::view::{View, data_like};
use super::super::words;
use super::inline;
use crate::fold;
use crate::grid::{Cell, Span, Value};
use crate::scheme::{Dictionary, Kind, Scheme};
use std::ops::Range;

/// A longer text is no label.
pub(super) const LABEL: usize = 24;
/// A longer value of an unknown label is free text.
const FREE_TEXT: usize = 30;
/// Lines with more cells are no lines of a form.
pub(super) const MAX_CELLS: usize = 60;

/// A label with its value.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    /// Texts from the group to the label, cleaned.
    pub path: Vec<String>,
    /// The same, folded.
    pub folded: Vec<String>,
    /// Row and column of the label.
    pub label: (u32, u32),
    /// Row and column of the value.
    pub value: (u32, u32),
    /// Bytes of the cell's text that are the value, where the label stands in the same cell.
    pub part: Option<Range<usize>>,
    /// The label is a known spelling.
    pub known: bool,
    /// Something stands in the value's place that is no label itself.
    pub filled: bool,
    /// Free text, a photograph, a list of no form.
    pub block: bool,
}

impl Pair {
    /// A known label with a value beyond doubt.
    pub fn strong(&self) -> bool {
        self.known && self.filled
    }
}

/// What a line of a form holds.
#[derive(Debug, Clone, Default)]
pub(super) struct FormLine {
    pub row: u32,
    pub pairs: Vec<Pair>,
    /// Cells that are neither label nor value.
    pub alone: Vec<(u32, u32)>,
    /// Reads like the labels of a list; the line below decides.
    pub header: bool,
    /// A group that this line begins.
    pub group: Option<Group>,
    /// How many cells hold something.
    pub cells: usize,
}

impl FormLine {
    /// How many pairs are beyond doubt.
    pub fn strong(&self) -> usize {
        self.pairs.iter().filter(|p| p.strong()).count()
    }

    /// Whether the line is one of labels and values: nearly all its cells are. A record of a list
    /// may begin with a text that is a label elsewhere.
    pub fn is_pairs(&self) -> bool {
        let strong = self.strong();
        strong > 0 && strong * 2 + 1 >= self.cells
    }
}

/// A label merged over several lines that stands left of other labels.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub span: Span,
    pub text: String,
}

struct Item<'a> {
    cell: &'a Cell,
    span: Span,
    text: Option<&'a str>,
    folded: String,
    label: bool,
    block: bool,
    inline: Vec<inline::Part>,
}

/// Whether a folded text heads something that no form collects.
pub(super) fn heads_block(folded: &str, dictionary: &Dictionary) -> bool {
    folded.chars().count() <= LABEL && dictionary.block.iter().any(|w| words::holds(folded, w))
}

fn item<'a>(view: &View<'a>, cell: &'a Cell, dictionary: &Dictionary) -> Item<'a> {
    let text = view.text(cell);
    let value = view.value(cell);
    let mut folded = text.map_or_else(String::new, fold::label);
    while folded.ends_with(':') {
        folded.pop();
    }
    let short = folded.chars().count() <= LABEL && !data_like(&value);
    let label = text.is_some() && short && !folded.is_empty();
    let known = label && binding::is_label(&folded, dictionary);
    let inline = match text {
        Some(_) if !known => match value {
            Value::Text(whole) => inline::parts(whole, dictionary),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    Item {
        cell,
        span: view.merge_of(cell).unwrap_or(Span {
            top: cell.row,
            left: cell.col,
            bottom: cell.row,
            right: cell.col,
        }),
        text,
        block: label && !known && heads_block(&folded, dictionary),
        folded,
        label: known,
        inline,
    }
}

/// How a line is parted, cell by cell.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    /// Labels and values in one cell.
    Inline,
    /// A label and its value in the next cell.
    Pair,
    /// A label without a value.
    Blank,
    /// A group: the next cell is a label.
    Group,
    /// Neither.
    Alone,
}

/// Parts one line. `groups` are those that began above.
pub(super) fn read(view: &View<'_>, line: usize, groups: &[Group], scheme: &Scheme) -> FormLine {
    let dictionary = scheme.dictionary();
    let row = view.row(line);
    let mut out = FormLine {
        row,
        ..FormLine::default()
    };
    let filled: Vec<&Cell> = view
        .cells(line, &(0..u32::MAX))
        .iter()
        .filter(|c| view.filled(c))
        .collect();
    out.cells = filled.len();
    if filled.is_empty() || filled.len() > MAX_CELLS {
        return out;
    }
    let items: Vec<Item<'_>> = filled.iter().map(|c| item(view, c, dictionary)).collect();
    // A value that is one of the terms its label asks for is a value, whatever else it labels.
    let terms: Vec<bool> = items
        .windows(2)
        .map(|w| is_term(&w[0], &w[1], scheme))
        .chain([false])
        .collect();
    let steps = steps(&items, &terms, dictionary);
    out.header = header_like(view, &items, &steps, &terms);
    let mut inner: Option<usize> = None;
    let mut i = 0;
    while i < items.len() {
        let it = &items[i];
        let at = (it.cell.row, it.cell.col);
        let above = inner
            .filter(|&g| g + 1 == i || items[g].span.bottom > row)
            .map(|g| items[g].text.unwrap_or("").to_owned())
            .or_else(|| group_left(groups, it).map(|g| g.text.clone()));
        let path = |label: &str| {
            let label = fold::clean(label.trim().trim_end_matches([':', '\u{ff1a}'])).into_owned();
            let group = above.as_deref().map(|g| fold::clean(g).into_owned());
            group.into_iter().chain([label]).collect::<Vec<_>>()
        };
        match steps[i] {
            Step::Inline => {
                for part in &it.inline {
                    let path = path(&part.label);
                    out.pairs.push(Pair {
                        folded: path.iter().map(|t| fold::label(t)).collect(),
                        path,
                        label: at,
                        value: at,
                        known: part.known,
                        filled: !part.value.is_empty(),
                        block: false,
                        part: Some(part.value.clone()),
                    });
                }
            }
            Step::Group => {
                inner = Some(i);
                if it.span.bottom > row {
                    out.group = Some(Group {
                        span: it.span,
                        text: it.text.unwrap_or("").to_owned(),
                    });
                }
            }
            Step::Pair | Step::Blank => {
                let value = (steps[i] == Step::Pair).then(|| &items[i + 1]);
                let path = path(it.text.unwrap_or(""));
                let folded: Vec<String> = path.iter().map(|t| fold::label(t)).collect();
                let long = value.is_some_and(|v| v.folded.chars().count() > FREE_TEXT);
                let room = items
                    .get(i + 1)
                    .is_none_or(|n| n.cell.col > it.span.right + 1);
                out.pairs.push(Pair {
                    known: it.label || joined(&folded, dictionary),
                    block: !it.label && (it.block || long),
                    path,
                    folded,
                    label: at,
                    value: match value {
                        Some(v) => (v.cell.row, v.cell.col),
                        None if room => (row, it.span.right + 1),
                        None => at,
                    },
                    part: (value.is_none() && !room).then_some(0..0),
                    filled: value.is_some_and(|v| !v.label || terms[i]),
                });
                i += usize::from(steps[i] == Step::Pair);
            }
            Step::Alone => out.alone.push(at),
        }
        i += 1;
    }
    out
}

/// The group from a line above that stands left of a cell.
fn group_left<'g>(groups: &'g [Group], item: &Item<'_>) -> Option<&'g Group> {
    groups.iter().rev().find(|g| {
        g.span.right < item.cell.col && (g.span.top..=g.span.bottom).contains(&item.cell.row)
    })
}

/// Whether a value is a term of the vocabulary that its label asks for.
fn is_term(label: &Item<'_>, value: &Item<'_>, scheme: &Scheme) -> bool {
    label.label && asks_term(&label.folded, &value.folded, scheme)
}

/// The same of two folded texts of which the first is a label.
pub(super) fn asks_term(label: &str, value: &str, scheme: &Scheme) -> bool {
    if value.is_empty() {
        return false;
    }
    binding::means(label, scheme.dictionary(), |c| {
        let field = &scheme.forms[c.form].fields[c.field];
        let Kind::Vocabulary(name) = &field.kind else {
            return false;
        };
        scheme
            .vocabulary(name)
            .is_some_and(|v| v.spellings().get(value).is_some())
    })
}

fn joined(folded: &[String], dictionary: &Dictionary) -> bool {
    folded.len() > 1 && dictionary.heads_group(&folded[0]) && dictionary.knows(&folded.join("/"))
}

/// The best way to part a line: from the right, the best of every rest is known.
fn steps(items: &[Item<'_>], terms: &[bool], dictionary: &Dictionary) -> Vec<Step> {
    let n = items.len();
    let mut best = vec![0i32; n + 2];
    let mut chosen = vec![Step::Alone; n];
    for i in (0..n).rev() {
        let it = &items[i];
        let next = items.get(i + 1);
        let beside = next.is_some_and(|n| n.cell.col == it.span.right + 1);
        let mut options: Vec<(i32, Step)> = Vec::with_capacity(4);
        let word = it.text.is_some() && it.folded.chars().count() <= LABEL && !it.folded.is_empty();
        if !it.inline.is_empty() {
            options.push((12 * it.inline.len() as i32 + best[i + 1], Step::Inline));
        }
        if let Some(next) = next.filter(|_| word)
            && next.inline.is_empty()
        {
            let known = it.label || it.block;
            let value = match (known, next.label && !terms[i]) {
                (true, false) => 12,
                (true, true) => 4,
                (false, false) => 0,
                (false, true) => -12,
            };
            // Without merges a value may stand a cell further on.
            let gap = if beside { 0 } else { 5 };
            if beside || !next.label {
                options.push((value - gap + best[i + 2], Step::Pair));
            }
        }
        if it.label || it.block {
            let worth = if beside { -8 } else { 4 };
            options.push((worth + best[i + 1], Step::Blank));
        }
        if let Some(next) =
            next.filter(|n| word && beside && it.inline.is_empty() && n.text.is_some())
        {
            let tall = it.span.bottom > it.cell.row && next.span.bottom < it.span.bottom;
            let known = dictionary.heads_group(&it.folded)
                && joined(&[it.folded.clone(), next.folded.clone()], dictionary);
            if known || (tall && (next.label || next.block || !next.inline.is_empty())) {
                // A value that is merged over lines as its label is stands below nothing.
                let reach = if tall { 6 } else { -2 };
                let worth = reach + if known && !next.label { 12 } else { 0 };
                options.push((worth + best[i + 1], Step::Group));
            }
        }
        options.push((-12 + best[i + 1], Step::Alone));
        // The first of equals stands: options are in order of preference.
        let mut top = options[0];
        for option in &options[1..] {
            if option.0 > top.0 {
                top = *option;
            }
        }
        (best[i], chosen[i]) = top;
    }
    chosen
}

/// Labels side by side and nothing between them that is surely a value.
fn header_like(view: &View<'_>, items: &[Item<'_>], steps: &[Step], terms: &[bool]) -> bool {
    let row = items[0].cell.row;
    let grouped = usize::from(items[0].span.bottom > row && items.len() > 2);
    let sure = |i: usize| match steps[i] {
        Step::Inline => true,
        Step::Pair => {
            let value = items.get(i + 1);
            let data = value.is_some_and(|v| v.text.is_none() || data_like(&view.value(v.cell)));
            items[i].label && (terms[i] || data)
        }
        _ => false,
    };
    let mut i = grouped;
    while i < items.len() {
        if sure(i) {
            return false;
        }
        i += if steps[i] == Step::Pair { 2 } else { 1 };
    }
    let items = &items[grouped..];
    let labels = items.iter().filter(|i| i.label).count();
    let beside = items
        .windows(2)
        .filter(|w| w[0].label && w[1].label && w[1].cell.col == w[0].span.right + 1)
        .count();
    let texts = items.iter().all(|i| i.text.is_some());
    let enough = (labels >= 3 && beside >= 2) || (grouped > 0 && labels >= 2 && beside >= 1);
    texts && enough && labels * 2 >= items.len()
}

/// Whether a text can be a person's name and nothing else.
pub(super) fn name_like(text: &str, dictionary: &Dictionary) -> bool {
    let (outside, _) = fold::brackets(&fold::label(text));
    let count = outside.chars().count();
    let letters = |c: char| fold::is_letter(c) || c.is_alphabetic() || matches!(c, '\u{b7}' | '.');
    (2..=20).contains(&count)
        && outside.chars().all(letters)
        && !binding::is_label(&outside, dictionary)
        && !dictionary.total.iter().any(|(w, _)| *w == outside)
        && !remark::starts_note(&outside, dictionary)
}
