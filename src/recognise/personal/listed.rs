//! Lists told from forms of persons at a glance: nearly all sheets are lists, and parting their
//! lines into labels and values would cost more than all else about them.
//!
//! Says yes only where [`Region::form_lines`](super) would meet a list's header first; what is not
//! plain is left to it.

use super::super::binding;
use super::super::region::Region;
use super::super::view::data_like;
use super::SEARCH;
use super::inline;
use super::pairs::{self, LABEL, MAX_CELLS};
use crate::fold;
use crate::grid::{Cell, Value};
use crate::scheme::Kind;
use std::borrow::Cow;

/// A cell as far as a glance goes; what [`pairs`] would make of it.
struct Glance<'a> {
    col: u32,
    right: u32,
    /// Merged down.
    tall: bool,
    text: Option<&'a str>,
    folded: Cow<'a, str>,
    data: bool,
    label: bool,
}

impl<'a> Region<'a> {
    /// Whether a list begins before any label with its value, beyond doubt.
    pub(super) fn surely_list(&self) -> bool {
        let mut header = false;
        for line in 0..self.view.len() {
            if header {
                return self.no_pairs(line);
            }
            header = match self.is_header(line) {
                Some(header) => header,
                None => return false,
            };
            if line >= SEARCH {
                return true;
            }
        }
        !header
    }

    fn glances(&self, line: usize) -> Vec<Glance<'a>> {
        let cells = self.view.cells(line, &(0..u32::MAX));
        let mut all = Vec::with_capacity(cells.len().min(MAX_CELLS + 1));
        let filled = cells.iter().filter(|c| self.view.filled(c));
        all.extend(filled.take(MAX_CELLS + 1).map(|c| self.glance(c)));
        all
    }

    fn glance(&self, cell: &'a Cell) -> Glance<'a> {
        let value = self.view.value(cell);
        let text = self.view.text(cell);
        let mut folded = text.map_or(Cow::Borrowed(""), fold::label_of);
        if folded.ends_with(':') {
            folded = Cow::Owned(folded.trim_end_matches(':').to_owned());
        }
        let data = data_like(&value);
        let short = folded.len() <= LABEL || folded.chars().count() <= LABEL;
        let merge = self.view.merge_of(cell);
        Glance {
            col: cell.col,
            right: merge.map_or(cell.col, |m| m.right),
            tall: merge.is_some_and(|m| m.bottom > cell.row),
            text,
            data,
            label: text.is_some()
                && short
                && !data
                && !folded.is_empty()
                && binding::is_label(&folded, self.dictionary),
            folded,
        }
    }

    /// Labels with their values in one cell.
    fn parts(&self, line: usize, it: &Glance<'a>) -> Vec<inline::Part> {
        let colon = |t: &str| t.contains(':') || t.contains('\u{ff1a}');
        if it.label || !it.text.is_some_and(colon) {
            return Vec::new();
        }
        let cell = self.view.cell(line, it.col);
        match cell.map(|c| self.view.value(c)) {
            Some(Value::Text(whole)) => inline::parts(whole, self.dictionary),
            _ => Vec::new(),
        }
    }

    /// Whether a line is one of labels of a list and nothing else; `None` where that, or whether
    /// it names somebody, cannot be told at a glance.
    fn is_header(&self, line: usize) -> Option<bool> {
        let d = self.dictionary;
        let items = self.glances(line);
        if items.is_empty() || items.len() > MAX_CELLS {
            return Some(false);
        }
        let mut parted = false;
        for it in &items {
            let parts = self.parts(line, it);
            if parts
                .iter()
                .any(|p| self.labels_name(&fold::label(&p.label)))
            {
                return None;
            }
            parted |= !parts.is_empty();
        }
        let labels = items.iter().filter(|i| i.label).count();
        if labels < 2 {
            let grouped = |i: &Glance<'_>| i.tall || d.heads_group(&i.folded);
            let names = |i: &Glance<'_>| i.label && self.labels_name(&i.folded);
            let group = items.len() > 1 && items.iter().any(grouped);
            return (!group && !items.iter().any(names)).then_some(false);
        }
        let group = |i: &Glance<'_>| {
            i.tall && (d.heads_group(&i.folded) || i.text.is_some_and(|t| t.ends_with(':')))
        };
        let odd = |i: &Glance<'_>| i.text.is_none() || i.data || group(i);
        if parted || items.iter().any(odd) || items.windows(2).any(|w| self.is_term(w)) {
            return None;
        }
        let grouped = usize::from(items[0].tall && items.len() > 2);
        let rest = &items[grouped..];
        let labels = rest.iter().filter(|i| i.label).count();
        let beside = rest
            .windows(2)
            .filter(|w| w[0].label && w[1].label && w[1].col == w[0].right + 1)
            .count();
        let enough = (labels >= 3 && beside >= 2) || (grouped > 0 && labels >= 2 && beside >= 1);
        (enough && labels * 2 >= rest.len()).then_some(true)
    }

    /// Whether the line below a header is surely none of labels and values.
    fn no_pairs(&self, line: usize) -> bool {
        let d = self.dictionary;
        let items = self.glances(line);
        if items.is_empty() || items.len() > MAX_CELLS {
            return true;
        }
        let mut strong = 0;
        for (i, it) in items.iter().enumerate() {
            if !self.parts(line, it).is_empty() {
                return false;
            }
            let Some(next) = items.get(i + 1) else {
                continue;
            };
            if d.heads_group(&it.folded)
                && (it.tall || d.knows(&[&it.folded, "/", &next.folded].concat()))
            {
                return false;
            }
            strong += usize::from(it.label && (!next.label || self.is_term(&items[i..i + 2])));
        }
        strong == 0 || strong * 2 + 1 < items.len()
    }

    fn is_term(&self, pair: &[Glance<'_>]) -> bool {
        pair[0].label && pairs::asks_term(&pair[0].folded, &pair[1].folded, self.scheme)
    }

    /// Whether a label can mean a person's name.
    fn labels_name(&self, folded: &str) -> bool {
        binding::means(folded, self.dictionary, |c| {
            self.allowed.contains(&c.form)
                && self.scheme.forms[c.form].fields[c.field].kind == Kind::Name
        })
    }
}
