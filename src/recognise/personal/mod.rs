//! Forms of one person: label left, value right, several pairs a line (个人登记表, 申报表).
//!
//! A list keeps one field in one column; on a form every value stands somewhere of its own. So a
//! [`Column`](super::Column) of a form names the one cell of its value
//! ([`ValueCell`](super::ValueCell)) and all else stays as it is: a form is a table of one record,
//! its values are read by the readers of columns, and a finding points at the value's own cell. A
//! copy of the values into an imagined list would have lost the places.
//!
//! Lists inside a form (培训经历) are tables of their own form; the person's name, id number and
//! school, which they leave out, are columns of the form's cells. Persons side by side, the
//! header in the first column, are as many tables of one record each, and so are persons over two
//! lines of a list. A line of labels and values above an ordinary list gives its records their
//! values in the same way.
//!
//! A sheet is taken for forms only where that is certain: before any list's header the cells part
//! into known labels and values, one of them a name, and they speak for one form. Otherwise
//! nothing changes and the sheet is searched for lists.
//!
//! In the account of rows a record is kept in the row of its name; the other rows of its labels
//! and values are metadata, free text and what heads it are notes, and cells that are neither are
//! named by `cell-unexplained`.

mod across;
mod form;
mod inline;
mod inner;
mod lent;
mod listed;
mod outside;
mod pairs;
mod strips;
#[cfg(test)]
mod tests;

use super::Role;
use super::region::Region;
use super::remark;
use crate::fold;
use crate::scheme::Kind;
use pairs::{FormLine, Group, Pair};
use std::ops::Range;

/// Lines looked at before it is clear that no form begins.
const SEARCH: usize = 40;

impl Region<'_> {
    /// Reads the sheet as forms of persons, if it surely is one; whether it was.
    pub(super) fn personal(&mut self) -> bool {
        if self.across() || self.strips() {
            return true;
        }
        if self.surely_list() {
            return false;
        }
        let Some(lines) = self.form_lines() else {
            return false;
        };
        let names = self.name_lines(&lines);
        let blocks = self.blocks(&lines, &names);
        let Some(end) = self.forms(&lines, &blocks) else {
            return false;
        };
        let rest = end..self.view.len();
        if !rest.is_empty() {
            self.window(rest, 0..u32::MAX, 0);
        }
        true
    }

    /// All lines, parted into labels and values; `None` where a list begins first.
    fn form_lines(&self) -> Option<Vec<FormLine>> {
        let mut all: Vec<FormLine> = Vec::new();
        let mut groups: Vec<Group> = Vec::new();
        let mut started = false;
        for line in 0..self.view.len() {
            let mut read = pairs::read(&self.view, line, &groups, self.scheme);
            groups.extend(read.group.clone());
            self.settle(&mut read);
            if let Some(last) = all.last_mut() {
                // Labels above pairs are pairs themselves.
                let near = read.row == last.row + 1 || last.strong() > 0;
                last.header &= !(near && read.is_pairs());
                if last.header && !started {
                    return None;
                }
                started |= !last.header && last.pairs.iter().any(|p| self.name_of(p));
            }
            if line + 1 == self.view.len() {
                // A header with nothing below it is none, if anything in it reads like a value.
                read.header &= read.strong() == 0;
                if read.header && !started {
                    return None;
                }
            }
            started |= !read.header && read.pairs.iter().any(|p| self.name_of(p));
            if !started && line >= SEARCH {
                return None;
            }
            // A line that signs labels nobody's values.
            if started && self.signs(line) {
                read.pairs.clear();
                read.header = false;
            }
            all.push(read);
        }
        started.then_some(all)
    }

    /// Takes out of a line what is not the person's: several values of one label that no form
    /// keeps (近三年考核 | 合格 | 优秀 | 优秀), and what follows the name of somebody else (联系人).
    fn settle(&self, read: &mut FormLine) {
        let several = read.pairs.len() + read.alone.len() > 1;
        let (first, rest) = match read.pairs.split_first() {
            Some(split) if several => split,
            _ => return,
        };
        if rest.iter().all(|p| !p.known) && !rest.iter().any(|p| p.block) && self.unused(first) {
            read.pairs.truncate(1);
            read.alone.clear();
            return;
        }
        let somebody = read.pairs.iter().position(|p| {
            let label = p.folded.last().map_or("", String::as_str);
            let foreign = self
                .dictionary
                .foreign
                .iter()
                .any(|f| label.contains(f.as_str()));
            foreign
                && !self.means(p, |k| *k == Kind::Name)
                && pairs::name_like(&self.text_of(p), self.dictionary)
        });
        let Some(at) = somebody else { return };
        for pair in read.pairs.split_off(at + 1) {
            let theirs = self.unused(&pair)
                || self.means(&pair, |k| matches!(k, Kind::Phone | Kind::School));
            if !theirs {
                read.alone.push(pair.label);
            }
        }
    }

    /// Whether a pair's label is known and no form keeps its value.
    fn unused(&self, pair: &Pair) -> bool {
        let candidates = super::binding::read(&pair.folded, self.dictionary).candidates;
        !candidates.is_empty()
            && candidates.iter().all(|c| {
                let field = &self.scheme.forms[c.form].fields[c.field];
                field.kind == Kind::Ignored || !field.stored
            })
    }

    /// Whether a line is one of signatures: its first text says so, and is no field's own label.
    fn signs(&self, line: usize) -> bool {
        let all = 0..u32::MAX;
        let first = self
            .view
            .cells(line, &all)
            .iter()
            .find_map(|c| self.view.text(c));
        let Some(text) = first.filter(|t| t.len() < 200) else {
            return false;
        };
        let folded = fold::label(text);
        let d = self.dictionary;
        d.signature.iter().any(|w| {
            let known = d.get(w).iter().any(|s| {
                let field = &self.scheme.forms[s.form].fields[s.field];
                field.stored && field.kind != Kind::Ignored
            });
            !known
                && folded
                    .strip_prefix(w.as_str())
                    .is_some_and(|rest| rest.starts_with([':', '(']))
        })
    }

    /// Whether a pair gives the person's own name.
    fn name_of(&self, pair: &Pair) -> bool {
        pair.known && pair.filled && self.means(pair, |k| *k == Kind::Name) && {
            let text = self.text_of(pair);
            pairs::name_like(&text, self.dictionary)
        }
    }

    /// Whether a pair's label can mean a field of such a kind.
    fn means(&self, pair: &Pair, wanted: impl Fn(&Kind) -> bool) -> bool {
        let reading = super::binding::read(&pair.folded, self.dictionary);
        reading.candidates.iter().any(|c| {
            self.allowed.contains(&c.form)
                && wanted(&self.scheme.forms[c.form].fields[c.field].kind)
        })
    }

    /// The text of a pair's value; empty for numbers and dates.
    fn text_of(&self, pair: &Pair) -> String {
        match (self.view.sheet.at(pair.value.0, pair.value.1), &pair.part) {
            (Some(crate::grid::Value::Text(t)), Some(part)) => {
                t.get(part.clone()).unwrap_or("").to_owned()
            }
            (Some(crate::grid::Value::Text(t)), None) => t.trim().to_owned(),
            _ => String::new(),
        }
    }

    /// The lines on which a form's name stands: the label of the first, wherever it comes again.
    fn name_lines(&self, lines: &[FormLine]) -> Vec<usize> {
        let mut label: Option<&[String]> = None;
        let mut all = Vec::new();
        for (i, line) in lines.iter().enumerate().filter(|(_, l)| !l.header) {
            let Some(pair) = line.pairs.iter().find(|p| self.name_of(p)) else {
                continue;
            };
            if *label.get_or_insert(&pair.folded) == pair.folded {
                all.push(i);
            }
        }
        all
    }

    /// Lines of each form, from the first below the one before.
    fn blocks(&self, lines: &[FormLine], names: &[usize]) -> Vec<Range<usize>> {
        let Some(&first) = names.first() else {
            return Vec::new();
        };
        // Some lines of the form may stand above its name.
        let begins = (0..first)
            .find(|&l| !self.heads(lines, l) && !lines[l].pairs.is_empty())
            .unwrap_or(first);
        let lead = first - begins;
        let mut starts = vec![0];
        for pair in names.windows(2) {
            let mut start = pair[1].saturating_sub(lead).max(pair[0] + 1);
            while start > pair[0] + 1 && self.heads(lines, start - 1) {
                start -= 1;
            }
            starts.push(start);
        }
        let ends = starts.iter().skip(1).copied().chain([lines.len()]);
        starts
            .iter()
            .copied()
            .zip(ends)
            .map(|(a, b)| a..b)
            .collect()
    }

    /// Whether a line stands above a form: its title, who submits it, when.
    fn heads(&self, lines: &[FormLine], line: usize) -> bool {
        let d = self.dictionary;
        let around = |p: &Pair| {
            let label = p.folded.last();
            label.is_some_and(|l| d.date.contains(l) || d.submitter.contains(l))
                || self.means(p, |k| *k == Kind::School)
        };
        let mut pairs = lines[line].pairs.iter();
        let tells = pairs.any(|p| p.known && !self.unused(p) && !around(p));
        if tells {
            return false;
        }
        let (role, remarks) = remark::read_line(&self.view, line, &(0..u32::MAX), self.dictionary);
        match role {
            Role::Title => true,
            Role::Metadata => {
                let kinds = [super::RemarkKind::Submitter, super::RemarkKind::Date];
                let cells = self.view.cells(line, &(0..u32::MAX));
                let told = remarks.iter().filter(|r| kinds.contains(&r.kind)).count();
                told > 0 && cells.iter().filter(|c| self.view.filled(c)).count() <= told * 2
            }
            _ => false,
        }
    }
}
