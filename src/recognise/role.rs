//! What a line of a table's body is.

use super::remark::{self, PairKind};
use super::view::{View, id_like};
use crate::fold;
use crate::grid::{Cell, Value};
use crate::scheme::{Dictionary, Token, TotalRank, Words};

/// What a column of a table is for, as far as telling lines apart needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// No field.
    Unknown,
    /// Row number of the list.
    Serial,
    /// The school or its code: often filled in beforehand.
    School,
    /// The person's name.
    Name,
    /// The person's id number.
    Id,
    /// A field of numbers.
    Number,
    /// Any other field of the form.
    Field,
    /// Known and not used.
    Ignored,
}

/// The columns of a table.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// First column.
    pub left: u32,
    /// One a column from `left` on.
    pub slots: Vec<Slot>,
    /// Row of the first body line; merges that begin above it belong to the header.
    pub top: u32,
    /// Column of the name.
    pub name: Option<u32>,
    /// Column of the id number.
    pub id: Option<u32>,
    /// Last column in which the label of a line of sums is looked for.
    pub label_limit: u32,
}

impl Layout {
    pub fn new(left: u32, slots: Vec<Slot>, top: u32) -> Layout {
        let find = |slot| {
            slots
                .iter()
                .position(|s| *s == slot)
                .map(|i| left + i as u32)
        };
        let (name, id) = (find(Slot::Name), find(Slot::Id));
        Layout {
            left,
            label_limit: name.unwrap_or(0).max(left + 3),
            slots,
            top,
            name,
            id,
        }
    }

    /// Last column.
    pub fn right(&self) -> u32 {
        self.left + self.slots.len() as u32 - 1
    }

    fn slot(&self, col: u32) -> Slot {
        col.checked_sub(self.left)
            .and_then(|i| self.slots.get(i as usize))
            .copied()
            .unwrap_or(Slot::Unknown)
    }
}

/// What a line of the body turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Line {
    Blank,
    Data,
    Total(TotalRank),
    Section(String),
    Note,
    Signature,
    Example,
    Unknown,
}

/// What the lines above have been like.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Past {
    /// Data lines so far.
    pub data: u32,
    /// Of these with an id number.
    pub with_id: u32,
    /// Cells in all data lines so far.
    pub cells: u32,
    /// Something other than data stands between the last data line and this one.
    pub broken: bool,
    /// The line above is a note.
    pub note: bool,
}

/// Judges lines of one table's body.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    pub view: &'a View<'a>,
    pub dictionary: &'a Dictionary,
    pub words: &'a Words,
}

impl Judge<'_> {
    /// The cheap answer that most lines get: an id number stands where it belongs.
    pub fn surely_data(&self, layout: &Layout, line: usize) -> bool {
        layout
            .id
            .and_then(|id| self.view.cell(line, id))
            .is_some_and(|cell| id_like(&self.view.value(cell)))
    }

    /// What the cells of a line, cut to the table's columns, are.
    pub fn line(&self, layout: &Layout, row: u32, cells: &[Cell], past: Past, sure: bool) -> Line {
        if sure {
            return if self.example(layout, cells, past) {
                Line::Example
            } else {
                Line::Data
            };
        }
        let cells: Vec<&Cell> = cells.iter().filter(|c| self.view.filled(c)).collect();
        let Some(first) = cells.first() else {
            return Line::Blank;
        };
        if cells.iter().all(|c| self.prefilled(layout, c, cells.len())) {
            return Line::Blank;
        }
        let owned: Vec<Cell> = cells.iter().map(|c| **c).collect();
        if self.example(layout, &owned, past) {
            return Line::Example;
        }
        if let Some(rank) = self.total(layout, row, &cells) {
            return Line::Total(rank);
        }
        // A merged heading that was written into each of its cells.
        if first.col <= layout.left + 1
            && self.view.all_alike(&cells)
            && !self.person_above(layout, row)
            && let Some(text) = self.view.text(first)
            && text.chars().count() >= 2
            && !self.small_word(text)
        {
            return Line::Section(fold::clean(text).into_owned());
        }
        let lead = cells.iter().find_map(|c| {
            let text = self.view.text(c)?;
            let digits = text.bytes().all(|b| b.is_ascii_digit());
            (!(digits && layout.slot(c.col) == Slot::Serial)).then_some((*c, text))
        });
        let texts = cells.iter().filter(|c| self.view.text(c).is_some()).count();
        if let Some((cell, text)) = lead
            && text.len() < 2000
            && let Some(line) = self.worded(layout, cell, text, &cells, texts, past)
        {
            return line;
        }
        if cells.len() == 1
            || (cells.len() == 2 && layout.slot(first.col) == Slot::Serial && self.ordinal(first))
        {
            return self.single(layout, row, &cells, past);
        }
        self.several(layout, row, &cells, past)
    }

    /// Words for nothing, yes, no and the same: a record may hold them in all its cells.
    fn small_word(&self, text: &str) -> bool {
        let Token { absent, ditto, .. } = self.words.tokens().get(&fold::clean(text));
        absent || ditto
    }

    /// Filled in before anybody wrote a record: a row number, the school, a formula's zero.
    fn prefilled(&self, layout: &Layout, cell: &Cell, count: usize) -> bool {
        match (layout.slot(cell.col), self.view.value(cell)) {
            (Slot::Serial, Value::Number(_) | Value::Unevaluated) => true,
            (Slot::Serial, Value::Text(t)) => t
                .trim()
                .trim_end_matches('.')
                .bytes()
                .all(|b| b.is_ascii_digit()),
            (Slot::School, _) => count > 1 && layout.slots.contains(&Slot::Serial),
            (_, Value::Number(n)) => count > 1 && n == 0.0,
            _ => false,
        }
    }

    /// An example that the bureau printed: says so in one of the first cells or in the last.
    fn example(&self, layout: &Layout, cells: &[Cell], past: Past) -> bool {
        let says = |cell: &Cell| {
            let Value::Text(text) = self.view.value(cell) else {
                return false;
            };
            if text.len() > 120 || !self.dictionary.may_example(text) {
                return false;
            }
            let folded = fold::label_of(text);
            let (outside, inside) = fold::brackets(&folded);
            let word = |t: &str| self.dictionary.example.iter().any(|w| w == t);
            let leads = self.dictionary.example.iter().any(|w| {
                folded
                    .trim_start_matches('(')
                    .strip_prefix(w.as_str())
                    .is_some_and(|rest| {
                        rest.is_empty()
                            || rest.starts_with([':', ')', '-', '.', ',', '('])
                            || rest.starts_with(|c: char| c.is_ascii_digit())
                    })
            });
            leads || word(&outside) || inside.iter().any(|t| word(t))
        };
        let first = cells
            .iter()
            .take_while(|c| c.col <= layout.label_limit)
            .take(4)
            .any(says);
        first || (past.data < 3 && cells.last().is_some_and(says))
    }

    /// A line of sums, by its label; where nothing but numbers stands beside it the label may
    /// stand anywhere.
    fn total(&self, layout: &Layout, row: u32, cells: &[&Cell]) -> Option<TotalRank> {
        let texts = cells
            .iter()
            .filter(|c| matches!(self.view.value(c), Value::Text(_)))
            .filter(|c| layout.slot(c.col) != Slot::Number)
            .count();
        let person = layout
            .name
            .is_some_and(|name| self.view.merged_above(row, name, layout.top));
        for cell in cells {
            let Some(text) = self.view.text(cell) else {
                continue;
            };
            let aside = cell.col > layout.label_limit && texts > 1;
            if text.len() > 90 || aside || !self.dictionary.may_total(text) {
                continue;
            }
            if let Some(rank) = self.total_label(&fold::label_of(text)) {
                // A record can mention sums in a text; it has a name, a line of sums has none.
                let named = layout.name.is_some_and(|name| {
                    name != cell.col
                        && cells.iter().any(|c| {
                            c.col == name
                                && self.view.text(c).is_some_and(|t| {
                                    self.total_label(&fold::label_of(t)).is_none()
                                        && t.chars().count() <= 12
                                        && t.chars().any(char::is_alphabetic)
                                        && !t.chars().any(|c| c.is_ascii_digit())
                                })
                        })
                });
                if !named && !person {
                    return Some(rank);
                }
            }
        }
        None
    }

    fn total_label(&self, folded: &str) -> Option<TotalRank> {
        let (outside, _) = fold::brackets(folded);
        let plain = outside.trim_matches(|c: char| !c.is_alphanumeric());
        let words = &self.dictionary.total;
        if let Some((_, rank)) = words.iter().find(|(w, _)| w == plain) {
            return Some(*rank);
        }
        for (word, rank) in words {
            if let Some(before) = plain.strip_suffix(word.as_str())
                && *rank > TotalRank::Other
                && before.chars().count() <= 12
            {
                // The words before it name a part.
                return Some((*rank).min(TotalRank::Subtotal));
            }
        }
        for (word, rank) in words {
            if let Some(after) = plain.strip_prefix(word.as_str()) {
                let limit = if *rank == TotalRank::Other { 2 } else { 8 };
                let length = after.chars().count();
                if length <= limit && (word.chars().count() > 1) {
                    return Some(*rank);
                }
            }
        }
        None
    }

    /// Lines that their first text tells apart: signatures, notes, the submitter as a heading.
    fn worded(
        &self,
        layout: &Layout,
        cell: &Cell,
        text: &str,
        cells: &[&Cell],
        texts: usize,
        past: Past,
    ) -> Option<Line> {
        let d = self.dictionary;
        let folded = fold::label_of(text);
        let has_colon = folded.contains(':');
        let signs = d.signature.iter().any(|w| {
            folded.strip_prefix(w.as_str()).is_some_and(|rest| {
                rest.starts_with([':', '(', '_'])
                    || (rest.is_empty()
                        && (cells.len() <= 2 || layout.slot(cell.col) == Slot::Name || texts <= 3))
            })
        });
        let post_only = signs
            && !has_colon
            && layout
                .name
                .is_some_and(|n| n != cell.col && cells.iter().any(|c| c.col == n));
        if signs && !post_only {
            return Some(Line::Signature);
        }
        let numbered = folded.starts_with(|c: char| c.is_ascii_digit() || c == '(')
            && folded.contains(['.', ',', ')', ':']);
        let long = folded.chars().count() > 30;
        if remark::starts_note(&folded, d)
            && cells.len() <= 3
            && layout.slot(cell.col) != Slot::Ignored
        {
            return Some(Line::Note);
        }
        if cells.len() <= 2 && (long || (past.note && (numbered || cells.len() == 1))) {
            return Some(Line::Note);
        }
        if (has_colon || remark::is_date(&folded)) && cells.len() <= 4 && texts == cells.len() {
            let pairs = remark::pairs(text, d);
            if let Some(pair) = pairs.iter().find(|p| p.marked) {
                return Some(match pair.kind {
                    PairKind::Submitter if !pair.value.is_empty() => {
                        Line::Section(pair.value.clone())
                    }
                    _ => Line::Signature,
                });
            }
            // Written out in words it is no value that somebody forgot to write a record around.
            let spelt = past.data > 0 && folded.chars().filter(|c| !c.is_ascii()).count() >= 3;
            let free = layout.slot(cell.col) != Slot::Field || spelt;
            if remark::is_date(&folded) && cells.len() == 1 && free {
                return Some(Line::Signature);
            }
        }
        if past.data > 0 {
            return None;
        }
        let hints = cells
            .iter()
            .filter_map(|c| self.view.text(c))
            .filter(|t| t.len() < 90)
            .map(fold::label_of)
            .filter(|t| {
                let t = t.trim_start_matches('(');
                d.hint.iter().any(|h| {
                    t.starts_with(h.as_str()) && (h.chars().count() >= 2 || t.chars().count() >= 4)
                })
            })
            .count();
        (hints >= 2 && hints * 2 >= texts).then_some(Line::Note)
    }

    fn ordinal(&self, cell: &Cell) -> bool {
        self.view.text(cell).is_some_and(|t| {
            let folded = fold::label_of(t);
            let plain = folded.trim_matches(|c: char| !c.is_alphanumeric());
            self.dictionary.ordinal.iter().any(|o| o == plain)
        })
    }

    /// One text alone in its line.
    fn single(&self, layout: &Layout, row: u32, cells: &[&Cell], past: Past) -> Line {
        let cell = cells[cells.len() - 1];
        let Some(text) = self.view.text(cell) else {
            return self.several(layout, row, cells, past);
        };
        let merged = self.view.merge_of(cell).is_some_and(|m| m.right > m.left);
        let slot = layout.slot(cell.col);
        let short = text.chars().count() <= 6 && !text.chars().any(|c| c.is_ascii_digit());
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let folded = fold::label_of(text);
        let (outside, inside) = fold::brackets(&folded);
        let titled = |w: &String| folded.ends_with(w.as_str()) || outside.ends_with(w.as_str());
        let goes_on = |t: &str| self.dictionary.goes_on.iter().any(|w| *w == t);
        if goes_on(&outside) || inside.iter().any(|t| goes_on(t)) {
            return Line::Note;
        }
        if self.dictionary.title.iter().any(titled)
            || remark::is_page_number(&folded, self.dictionary)
        {
            // The next table's title; if none follows it is as good as a note.
            return Line::Note;
        }
        let sealed = |t: &String| self.dictionary.signature.contains(t);
        if past.data > 0 && slot != Slot::Name && inside.iter().any(sealed) {
            return Line::Signature;
        }
        if merged || cells.len() == 2 {
            return Line::Section(fold::clean(text).into_owned());
        }
        match slot {
            Slot::Name if short && !self.heads(&folded) => Line::Data,
            Slot::Id if digits >= 6 => Line::Data,
            _ if self.person_above(layout, row) => Line::Data,
            _ if cell.col <= layout.left + 1 => Line::Section(fold::clean(text).into_owned()),
            _ => Line::Unknown,
        }
    }

    /// Whether a text reads like the heading of a group: numbered, or ends like one.
    fn heads(&self, folded: &str) -> bool {
        let plain = folded.trim_start_matches('(');
        let numbered = self.dictionary.ordinal.iter().any(|o| {
            plain
                .strip_prefix(o.as_str())
                .is_some_and(|rest| rest.starts_with([',', '.', ')', ':']))
        });
        let ends = |w: &String| folded.len() > w.len() && folded.ends_with(w.as_str());
        numbered || self.dictionary.section.iter().any(ends)
    }

    /// The name stands in a merged cell that reaches this line from above.
    fn person_above(&self, layout: &Layout, row: u32) -> bool {
        [layout.name, layout.id]
            .into_iter()
            .flatten()
            .any(|col| self.view.merged_above(row, col, layout.top))
    }

    fn several(&self, layout: &Layout, row: u32, cells: &[&Cell], past: Past) -> Line {
        let count = |wanted: &[Slot]| {
            cells
                .iter()
                .filter(|c| wanted.contains(&layout.slot(c.col)))
                .count()
        };
        let person = count(&[Slot::Name, Slot::Id]) > 0 || self.person_above(layout, row);
        let fields = count(&[Slot::Field, Slot::Number]);
        let keyed = layout.name.is_some() || layout.id.is_some();
        if keyed && !person && fields < 2 {
            return Line::Unknown;
        }
        if !keyed && fields == 0 {
            return Line::Unknown;
        }
        if self.strange(layout, cells, past, person) {
            return Line::Unknown;
        }
        Line::Data
    }

    /// After the records have ended, a line that is not like them: where a list numbers its rows
    /// a word stands in the number's place, and no id number although all others have one.
    fn strange(&self, layout: &Layout, cells: &[&Cell], past: Past, person: bool) -> bool {
        if !past.broken || past.data < 2 || past.with_id * 10 < past.data * 9 {
            return false;
        }
        let with_id = cells.iter().any(|c| {
            layout.slot(c.col) == Slot::Id
                && match self.view.value(c) {
                    Value::Text(t) => t.bytes().filter(u8::is_ascii_digit).count() >= 6,
                    Value::Number(n) => n >= 1e6,
                    _ => false,
                }
        });
        if with_id {
            return false;
        }
        let usual = past.cells / past.data.max(1);
        let serial_word = cells.iter().any(|c| {
            layout.slot(c.col) == Slot::Serial
                && self
                    .view
                    .text(c)
                    .is_some_and(|t| !t.chars().any(|c| c.is_ascii_digit()))
        });
        serial_word || (cells.len() as u32) * 2 < usual || !person
    }
}
