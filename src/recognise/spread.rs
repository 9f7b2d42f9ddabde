//! Tables with a block of columns for each category or project: `集中培训/学时, 校本研修/学时`.
//!
//! A form says which of its fields stand in such blocks and what names a block. Each block becomes
//! a table of its own that shares the person's columns; what the header says of the block is given
//! to all its records. Where one block cannot be told none is taken apart.

use super::binding;
use super::form::Choice;
use super::header::{Band, Heading};
use super::region::{Region, Segment};
use super::walk::Growing;
use super::{Given, How, Role};
use crate::fold;
use crate::grid::Value;
use crate::scheme::{Candidate, FieldIdx, Form, FormIdx, Kind, Meaning, Reading, Scheme, Spread};

/// One block of columns.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    /// What its header says.
    pub given: Vec<Given>,
    /// Its headings and their fields.
    pub columns: Vec<(usize, FieldIdx)>,
}

/// The blocks of a table; none where it has none, or one that nobody can name. Columns that sum
/// over the blocks get their field.
pub(super) fn blocks(
    headings: &[Heading],
    readings: &[Reading],
    choice: &mut Choice,
    scheme: &Scheme,
) -> Vec<Block> {
    let form = &scheme.forms[choice.form];
    let Some(spread) = &form.spread else {
        return Vec::new();
    };
    let value = |i: usize| {
        let known = |f: &FieldIdx| spread.values.contains(f);
        let mut own = readings[i]
            .candidates
            .iter()
            .filter(|c| c.form == choice.form);
        own.find(|c| known(&c.field)).map(|c| c.field)
    };
    let parted = |h: &&Heading| h.folded.len() > 1;
    let values: Vec<&Heading> = (0..headings.len())
        .filter(|i| value(*i).is_some())
        .map(|i| &headings[i])
        .filter(parted)
        .collect();
    let reader = Reader {
        form,
        spread,
        scheme,
        common: values
            .iter()
            .flat_map(|h| &h.folded)
            .filter(|t| values.iter().all(|h| h.folded.contains(t)))
            .cloned()
            .collect(),
    };
    let mut blocks: Vec<Block> = Vec::new();
    let mut sums: Vec<usize> = Vec::new();
    for (i, heading) in headings.iter().enumerate() {
        let Some((leaf, groups)) = heading.folded.split_last() else {
            continue;
        };
        let Some(field) = value(i) else {
            let sum = || reader.sums(std::slice::from_ref(leaf));
            if sum() && reader.crossed(leaf, groups).is_some() {
                sums.push(i);
            }
            continue;
        };
        let part = if groups.is_empty() {
            reader.joined(leaf, heading)
        } else if reader.sums(groups) {
            None
        } else {
            let named = reader.named(groups, heading).map(|given| (field, given));
            match named.or_else(|| reader.crossing(leaf, groups, heading)) {
                None => return Vec::new(),
                found => found,
            }
        };
        let Some((field, given)) = part else {
            sums.push(i);
            continue;
        };
        match blocks.iter_mut().find(|b| alike(&b.given, &given)) {
            Some(block) if block.columns.iter().any(|c| c.1 == field) => return Vec::new(),
            Some(block) => block.columns.push((i, field)),
            None => blocks.push(Block {
                given,
                columns: vec![(i, field)],
            }),
        }
    }
    let held = |f| {
        choice
            .columns
            .iter()
            .any(|c| c.field.is_some_and(|c| c.0 == f))
    };
    if blocks.len() < 2 || blocks.iter().flat_map(|b| &b.given).any(|g| held(g.field)) {
        return Vec::new();
    }
    for i in sums {
        choice.columns[i].field = spread.total.map(|f| (f, How::Within));
        choice.columns[i].lost = None;
        choice.columns[i].twin = None;
    }
    blocks
}

/// Labels of blocks that the dictionary cannot know: `培训学时/集中培训`, `集中培训学时`. They are
/// read as the form's value where at least two of them are.
pub(super) fn read(headings: &[Heading], readings: &mut [Reading], form: FormIdx, scheme: &Scheme) {
    let Some(spread) = &scheme.forms[form].spread else {
        return;
    };
    let reader = Reader {
        form: &scheme.forms[form],
        spread,
        scheme,
        common: Vec::new(),
    };
    let found: Vec<(usize, FieldIdx)> = headings
        .iter()
        .enumerate()
        .filter_map(|(i, heading)| {
            let (leaf, groups) = heading.folded.split_last()?;
            let value = match groups {
                [] if !readings[i].candidates.is_empty() => None,
                [] => reader.joined(leaf, heading).map(|j| j.0),
                _ => reader
                    .crossed(leaf, groups)
                    .filter(|_| reader.group(leaf).is_some()),
            };
            value.map(|field| (i, field))
        })
        .collect();
    // Hours of a kind that the form does not know (应完成学时/集中培训): of no other form either.
    for (heading, reading) in headings.iter().zip(readings.iter_mut()) {
        if let Some((leaf, groups)) = heading.folded.split_last()
            && groups.last().is_some_and(|g| reader.ends_in_value(g))
            && reader.crossed(leaf, groups).is_none()
            && reader.value(leaf).is_none()
            && reader.group(leaf).is_some()
        {
            reading.candidates.clear();
        }
    }
    if found.len() < 2 {
        return;
    }
    for (i, field) in found {
        readings[i]
            .candidates
            .retain(|c| c.form == form && c.field == field);
        if readings[i].candidates.is_empty() {
            readings[i].candidates.push(Candidate {
                form,
                field,
                rank: 1,
                order: u16::MAX,
            });
        }
    }
}

fn alike(a: &[Given], b: &[Given]) -> bool {
    let parts = |g: &[Given]| -> Vec<(FieldIdx, String)> {
        g.iter().map(|g| (g.field, fold::label(&g.text))).collect()
    };
    parts(a) == parts(b)
}

struct Reader<'a> {
    form: &'a Form,
    spread: &'a Spread,
    scheme: &'a Scheme,
    /// Texts above all values, which tell no block from another.
    common: Vec<String>,
}

impl Reader<'_> {
    /// Whether the groups say that a column sums over the blocks.
    fn sums(&self, groups: &[String]) -> bool {
        let total = &self.scheme.dictionary().total;
        groups.iter().any(|g| total.iter().any(|(w, _)| w == g))
    }

    /// What the groups above a value name, if each of them is understood.
    fn named(&self, groups: &[String], heading: &Heading) -> Option<Vec<Given>> {
        let mut all: Vec<Given> = Vec::new();
        for (group, text) in groups.iter().zip(&heading.path) {
            match self.group(group) {
                Some((field, _)) if all.iter().any(|g| g.field == field) => return None,
                Some((field, length)) => all.push(Given {
                    field,
                    row: heading.row,
                    col: heading.col,
                    text: if length == group.len() {
                        text.clone()
                    } else {
                        group[..length].to_owned()
                    },
                }),
                None if self.neutral(group) => {}
                None => return None,
            }
        }
        (!all.is_empty()).then_some(all)
    }

    /// A label that says both: `集中培训学时`, `集中培训(学时)`.
    fn joined(&self, leaf: &str, heading: &Heading) -> Option<(FieldIdx, Vec<Given>)> {
        let (outside, inside) = fold::brackets(leaf);
        let mut ways: Vec<(&str, &str)> = Vec::new();
        if let [inside] = inside.as_slice() {
            ways.push((outside.as_str(), inside.as_str()));
        }
        let middle = outside.char_indices().skip(1);
        ways.extend(middle.map(|(at, _)| outside.split_at(at)));
        ways.into_iter().find_map(|(group, label)| {
            let value = self.value(label)?;
            let (field, _) = self.group(group)?;
            let given = Given {
                field,
                row: heading.row,
                col: heading.col,
                text: group.to_owned(),
            };
            Some((value, vec![given]))
        })
    }

    /// The value that the group next above a label means: the label names the block.
    fn crossed(&self, leaf: &str, groups: &[String]) -> Option<FieldIdx> {
        let above = groups.last()?;
        if self.value(leaf).is_some() {
            return None;
        }
        let read = binding::read(std::slice::from_ref(above), self.scheme.dictionary());
        let own = |f: usize| std::ptr::eq(&self.scheme.forms[f], self.form);
        let mut own = read.candidates.iter().filter(|c| own(c.form));
        own.find(|c| self.spread.values.contains(&c.field))
            .map(|c| c.field)
    }

    /// A block's name below its value: `培训学时/集中培训`.
    fn crossing(
        &self,
        leaf: &str,
        groups: &[String],
        heading: &Heading,
    ) -> Option<(FieldIdx, Vec<Given>)> {
        let value = self.crossed(leaf, groups)?;
        let (field, length) = self.group(leaf)?;
        let outer = &groups[..groups.len() - 1];
        if outer.iter().any(|g| !self.neutral(g)) {
            return None;
        }
        let given = Given {
            field,
            row: heading.row,
            col: heading.col,
            text: leaf[..length].to_owned(),
        };
        Some((value, vec![given]))
    }

    fn ends_in_value(&self, text: &str) -> bool {
        text.char_indices()
            .any(|(at, _)| self.value(&text[at..]).is_some())
    }

    /// The value field that a label means.
    fn value(&self, label: &str) -> Option<FieldIdx> {
        let own = |f: usize| std::ptr::eq(&self.scheme.forms[f], self.form);
        let found = self.scheme.dictionary().get(label);
        let mut own = found.iter().filter(|s| own(s.form));
        own.find(|s| self.spread.values.contains(&s.field))
            .map(|s| s.field)
    }

    /// What a group's text names, and how much of it does.
    fn group(&self, text: &str) -> Option<(FieldIdx, usize)> {
        let bare = text.find('(').map_or(text, |at| &text[..at]);
        if let Some(field) = self.spread.term
            && let Kind::Vocabulary(name) = &self.form.fields[field].kind
            && let Some(vocabulary) = self.scheme.vocabulary(name)
        {
            for text in [text, bare] {
                if let Some(Meaning::Term(_)) = vocabulary.spellings().get(text) {
                    return Some((field, text.len()));
                }
            }
        }
        let field = self.spread.name?;
        let rest = self
            .spread
            .name_ends
            .iter()
            .find_map(|w| bare.strip_suffix(w.as_str()))?;
        let plain: String = rest.chars().filter(|c| c.is_alphabetic()).collect();
        let telling = plain.chars().count() >= 2 && !self.spread.never.contains(&plain);
        telling.then_some((field, bare.len()))
    }

    /// Above all values alike, and not about hours that are owed.
    fn neutral(&self, group: &String) -> bool {
        let ignored = |s: &crate::scheme::Spelling| {
            self.scheme.forms[s.form].fields[s.field].kind == Kind::Ignored
        };
        let known = self.scheme.dictionary().get(group);
        self.common.contains(group) && !known.iter().any(ignored)
    }
}

impl Region<'_> {
    /// The finished tables of a segment: one, or one a block.
    pub(super) fn tables_of(
        &mut self,
        segment: Segment,
        growing: Growing,
        band: &Band,
        header_row: u32,
        remarks: &[usize],
    ) {
        if segment.blocks.is_empty() {
            let found = self.finish(segment, growing, band, header_row, remarks.to_vec());
            self.harvest.found.push(found);
            return;
        }
        let blocks = segment.blocks.clone();
        let mut taken = vec![false; growing.body.len()];
        for (n, block) in blocks.iter().enumerate() {
            let cols: Vec<u32> = block
                .columns
                .iter()
                .map(|(i, _)| segment.headings[*i].col)
                .collect();
            let keep: Vec<bool> = growing
                .body
                .iter()
                .map(|(line, _)| cols.iter().any(|col| self.says(*line, *col)))
                .collect();
            taken.iter_mut().zip(&keep).for_each(|(t, k)| *t |= k);
            let mut own = segment.clone();
            let others = blocks.iter().flat_map(|b| &b.columns);
            let others: Vec<u32> = others
                .map(|(i, _)| segment.headings[*i].col)
                .filter(|col| !cols.contains(col))
                .collect();
            for column in blocks.iter().flat_map(|b| &b.columns) {
                own.choice.columns[column.0].field = None;
                own.choice.columns[column.0].lost = None;
                own.choice.columns[column.0].twin = None;
            }
            for (i, field) in &block.columns {
                own.choice.columns[*i].field = Some((*field, How::Exact));
            }
            let growing = growing.only(&keep);
            let mut found = self.finish(own, growing, band, header_row, remarks.to_vec());
            let given = |f: Option<FieldIdx>| block.given.iter().any(|g| Some(g.field) == f);
            found.table.columns.retain(|c| match c.cell {
                Some(_) => !given(c.field),
                None => !others.contains(&c.col),
            });
            found.table.given = block.given.clone();
            found.again = n > 0;
            self.harvest.found.push(found);
        }
        // Somebody on the list of whom no block says anything.
        for ((_, row), _) in growing.body.iter().zip(&taken).filter(|(_, t)| !**t) {
            self.harvest.roles[*row as usize] = Role::Blank;
        }
    }

    /// Whether a cell of a block holds more than nothing or zero.
    fn says(&self, line: usize, col: u32) -> bool {
        let cell = self.view.cell(line, col).filter(|c| self.view.filled(c));
        match cell.map(|c| self.view.value(c)) {
            None => false,
            Some(Value::Number(n)) => n != 0.0,
            Some(Value::Text(t)) => {
                let clean = fold::clean(t);
                clean != "0" && !self.scheme.words.tokens().get(&clean).absent
            }
            Some(_) => true,
        }
    }
}
