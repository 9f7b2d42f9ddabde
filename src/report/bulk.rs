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
use crate::scheme::QuickMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// Bytes after which a part of the XML is handed over.
const PART: usize = 64 * 1024;
/// Height of each line, in points.
const HEIGHT: &str = "16.5";

/// The lines, each as long as the page has columns.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bulk {
    cells: Vec<Cell>,
    texts: Vec<Arc<str>>,
    known: QuickMap<Arc<str>, u32>,
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
        // Rows of one school, file and sheet stand together: most texts stand above, too.
        let above = self.cells.len().checked_sub(self.columns);
        if let Some(above) = above
            && let Cell::Text(index) = self.cells[above]
            && *self.texts[index as usize] == *text
        {
            return self.cells.push(Cell::Text(index));
        }
        let column = self.column();
        let own = width::text(text, BODY);
        self.widths[column] = self.widths[column].max(own);
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

    /// Makes the lines ready to be written under the cells of their page: texts into the workbook's
    /// table, styles for what occurs.
    pub(super) fn set(
        self: &Arc<Bulk>,
        cells: &mut Cells,
        columns: &[Column],
        placed: &Sheet<'_>,
        styles: &mut Styles<'_>,
        strings: &mut Strings,
    ) -> Set {
        let mut numbers = vec![[None; 4]; columns.len()];
        let looks: Vec<[Look; 4]> = columns.iter().map(looks).collect();
        let mut uses = vec![0usize; self.texts.len()];
        for line in self.cells.chunks(self.columns.max(1)) {
            for ((cell, numbers), looks) in line.iter().zip(&mut numbers).zip(&looks) {
                let which = self.which(*cell);
                if let Cell::Text(text) = cell {
                    uses[*text as usize] += 1;
                }
                numbers[which].get_or_insert_with(|| styles.number(looks[which]));
            }
        }
        let top = placed.heights.len();
        let last = (top + self.len()).saturating_sub(1);
        cells.dimension = range(0, 0, last, columns.len().saturating_sub(1));
        let texts = self.texts.iter().zip(uses);
        Set {
            indices: texts.map(|(t, n)| strings.index_of(t, n)).collect(),
            before: (0..columns.len())
                .map(|c| {
                    let mut name = String::from("<c r=\"");
                    a1::column(&mut name, c as u32);
                    name
                })
                .collect(),
            styles: numbers
                .into_iter()
                .map(|n| n.map(Option::unwrap_or_default))
                .collect(),
            top,
            bulk: self.clone(),
        }
    }

    /// Which of a column's looks a cell has.
    fn which(&self, cell: Cell) -> usize {
        match cell {
            Cell::Blank => 0,
            Cell::Number(_) => 1,
            Cell::Text(text) => match self.texts[text as usize].starts_with(['=', '+', '-', '@']) {
                true => 3,
                false => 2,
            },
        }
    }
}

/// Lines that can be written. The XML of a hundred thousand of them is never in memory as a whole.
#[derive(Debug)]
pub struct Set {
    bulk: Arc<Bulk>,
    /// Of each text its place in the workbook's table.
    indices: Vec<u32>,
    /// How a cell of each column begins.
    before: Vec<String>,
    /// Styles of each column, by what a cell holds.
    styles: Vec<[u32; 4]>,
    /// Row of the first line.
    top: usize,
}

impl Set {
    /// Hands the rows over as XML, part by part.
    ///
    /// # Errors
    /// What `write` says.
    pub fn write<E>(&self, mut write: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
        let mut out = String::with_capacity(PART + PART / 8);
        let mut row = String::new();
        let columns = self.bulk.columns.max(1);
        for (i, line) in self.bulk.cells.chunks(columns).enumerate() {
            row.clear();
            a1::number(&mut row, (self.top + i + 1) as u32);
            out.push_str("<row r=\"");
            out.push_str(&row);
            out.push_str("\" ht=\"");
            out.push_str(HEIGHT);
            out.push_str("\" customHeight=\"1\">");
            for ((cell, before), styles) in line.iter().zip(&self.before).zip(&self.styles) {
                out.push_str(before);
                out.push_str(&row);
                out.push_str("\" s=\"");
                a1::number(&mut out, styles[self.bulk.which(*cell)]);
                match cell {
                    Cell::Blank => out.push_str("\"/>"),
                    Cell::Number(n) => {
                        out.push_str("\"><v>");
                        if n.fract() == 0.0 && (0.0..4e9).contains(n) {
                            a1::number(&mut out, *n as u32);
                        } else {
                            // Writing to memory cannot fail.
                            let _ = write!(out, "{n}");
                        }
                        out.push_str("</v></c>");
                    }
                    Cell::Text(text) => {
                        out.push_str("\" t=\"s\"><v>");
                        a1::number(&mut out, self.indices[*text as usize]);
                        out.push_str("</v></c>");
                    }
                }
            }
            out.push_str("</row>");
            if out.len() > PART {
                write(&out)?;
                out.clear();
            }
        }
        write(&out)
    }
}

/// The looks that a cell of a column can have: blank, a number, words, words like a formula.
fn looks(column: &Column) -> [Look; 4] {
    let part = |meaning, show, align| Part::Body {
        line: LineKind::Leaf,
        meaning,
        show,
        align,
    };
    let words = part(Meaning::Item, Show::Words, column.align);
    [
        (part(Meaning::Missing, Show::Words, Align::Centre), false),
        (part(Meaning::Figure, column.show, column.align), false),
        (words, false),
        (words, true),
    ]
}
