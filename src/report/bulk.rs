//! Tens of thousands of like lines under the head of a page, kept small and written straight to XML:
//! as lines of a page they would take twenty times the memory and several times the time.

use super::a1;
use super::cells::{Cells, range};
use super::layout::Sheet;
use super::page::{Align, Column, LineKind, Meaning, Show};
use super::strings::{Strings, cut};
use super::styles::{Look, Styles};
use super::theme::{BODY, Part};
use super::width;
use std::collections::HashMap;
use std::sync::Arc;

/// Height of each line, in points.
const HEIGHT: &str = "16.5";

/// The lines, each as long as the page has columns.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bulk {
    cells: Vec<Cell>,
    texts: Vec<Arc<str>>,
    known: HashMap<Arc<str>, u32>,
    columns: usize,
    /// Widest text or number of each column, in digits.
    widths: Vec<f64>,
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Cell {
    Blank,
    Text(u32),
    Number(f64),
}

impl Bulk {
    /// Without lines yet; so many cells a line.
    pub fn new(columns: usize) -> Bulk {
        Bulk {
            columns,
            widths: vec![0.0; columns],
            ..Bulk::default()
        }
    }

    /// How many lines.
    pub fn len(&self) -> usize {
        self.cells.len() / self.columns.max(1)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    fn column(&self) -> usize {
        self.cells.len() % self.columns.max(1)
    }

    /// The next cell holds nothing.
    pub fn blank(&mut self) {
        self.cells.push(Cell::Blank);
    }

    /// The next cell holds words; none are a blank.
    pub fn text(&mut self, text: &str) {
        if text.is_empty() {
            return self.blank();
        }
        let column = self.column();
        let index = match self.known.get(text) {
            Some(index) => *index,
            None => {
                let index = self.texts.len() as u32;
                let text: Arc<str> = cut(text).into();
                self.texts.push(text.clone());
                self.known.insert(text, index);
                index
            }
        };
        let repeated = self.cells.len() >= self.columns
            && self.cells[self.cells.len() - self.columns] == Cell::Text(index);
        if !repeated {
            let own = width::text(text, BODY);
            self.widths[column] = self.widths[column].max(own);
        }
        self.cells.push(Cell::Text(index));
    }

    /// The next cell holds a number.
    pub fn number(&mut self, number: f64, show: Show) {
        let column = self.column();
        // Digits are alike: the length tells the width without writing every number down.
        let digits = number.abs().max(1.0).log10().floor() + 1.0;
        let more = match show {
            Show::Money => 4.0 + digits / 3.0,
            Show::Decimal(places) => f64::from(places) + 1.0 + digits / 3.0,
            _ => digits / 3.0,
        };
        self.widths[column] = self.widths[column].max(digits + more);
        self.cells.push(Cell::Number(number));
    }

    /// The width that a column's content wants, in digits.
    pub fn width(&self, column: usize) -> f64 {
        self.widths.get(column).copied().unwrap_or_default()
    }

    /// The texts of a line, numbers as they stand; for tests and dumps.
    pub fn line(&self, line: usize) -> Vec<String> {
        let cells = &self.cells[line * self.columns..(line + 1) * self.columns];
        cells
            .iter()
            .map(|c| match c {
                Cell::Blank => String::new(),
                Cell::Text(t) => self.texts[*t as usize].to_string(),
                Cell::Number(n) => n.to_string(),
            })
            .collect()
    }

    /// Writes the lines under the cells of their page.
    pub(super) fn append(
        &self,
        cells: &mut Cells,
        columns: &[Column],
        placed: &Sheet<'_>,
        styles: &mut Styles<'_>,
        strings: &mut Strings,
    ) {
        let top = placed.heights.len();
        let names: Vec<String> = (0..columns.len())
            .map(|c| {
                let mut name = String::from("<c r=\"");
                a1::column(&mut name, c as u32);
                name
            })
            .collect();
        let mut kinds: Vec<Kinds> = columns.iter().map(Kinds::of).collect();
        let mut indices: Vec<Option<u32>> = vec![None; self.texts.len()];
        let out = &mut cells.rows;
        out.reserve(self.cells.len() * 40);
        let mut row_number = String::new();
        for (i, line) in self.cells.chunks(self.columns.max(1)).enumerate() {
            row_number.clear();
            a1::number(&mut row_number, (top + i + 1) as u32);
            out.push_str("<row r=\"");
            out.push_str(&row_number);
            out.push_str("\" ht=\"");
            out.push_str(HEIGHT);
            out.push_str("\" customHeight=\"1\">");
            for ((cell, name), kind) in line.iter().zip(&names).zip(&mut kinds) {
                out.push_str(name);
                out.push_str(&row_number);
                out.push_str("\" s=\"");
                match cell {
                    Cell::Blank => {
                        a1::number(out, kind.style(Which::Blank, styles));
                        out.push_str("\"/>");
                    }
                    Cell::Number(n) => {
                        a1::number(out, kind.style(Which::Number, styles));
                        out.push_str("\"><v>");
                        if n.fract() == 0.0 && (0.0..4e9).contains(n) {
                            a1::number(out, *n as u32);
                        } else {
                            out.push_str(&n.to_string());
                        }
                        out.push_str("</v></c>");
                    }
                    Cell::Text(text) => {
                        let words = &self.texts[*text as usize];
                        let which = match words.starts_with(['=', '+', '-', '@']) {
                            true => Which::Quoted,
                            false => Which::Text,
                        };
                        a1::number(out, kind.style(which, styles));
                        out.push_str("\" t=\"s\"><v>");
                        let index = &mut indices[*text as usize];
                        let index = match *index {
                            Some(known) => strings.again(known),
                            None => *index.insert(strings.index(words)),
                        };
                        a1::number(out, index);
                        out.push_str("</v></c>");
                    }
                }
            }
            out.push_str("</row>");
        }
        let last = (top + self.len()).saturating_sub(1);
        cells.dimension = range(0, 0, last, columns.len().saturating_sub(1));
    }
}

/// What a cell of a column can be.
#[derive(Debug, Clone, Copy)]
enum Which {
    Blank,
    Number,
    Text,
    Quoted,
}

/// Looks of a column's cells, and their styles once they are used.
struct Kinds {
    looks: [Look; 4],
    styles: [Option<u32>; 4],
}

impl Kinds {
    fn of(column: &Column) -> Kinds {
        let part = |meaning, show, align| Part::Body {
            line: LineKind::Leaf,
            meaning,
            show,
            align,
        };
        let words = part(Meaning::Item, Show::Words, column.align);
        Kinds {
            looks: [
                (part(Meaning::Missing, Show::Words, Align::Centre), false),
                (part(Meaning::Figure, column.show, column.align), false),
                (words, false),
                (words, true),
            ],
            styles: [None; 4],
        }
    }

    fn style(&mut self, which: Which, styles: &mut Styles<'_>) -> u32 {
        let at = which as usize;
        *self.styles[at].get_or_insert_with(|| styles.number(self.looks[at]))
    }
}
