//! One column of a table while it is read: its cells, where they are, and how a finding about one
//! of them is made.

use super::{Data, TextColumn};
use crate::diagnostic::{Diagnostic, Place, Rule, Severity};
use crate::grid::Value;
use crate::scheme::{Field, Scheme};

/// A cell as readers see it: errors are told apart already, blanks are blanks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Held<'v> {
    Blank,
    Text(&'v str),
    Number(f64),
    /// Days since 1899-12-30.
    Date(f64),
    Bool(bool),
    /// An error value or a formula without a result.
    Bad(Value<'v>),
}

/// A cell and whether its value was taken from the cell above (merge, 同上): findings about it are
/// made at its origin only.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slot<'v> {
    pub held: Held<'v>,
    pub filled: bool,
    /// Lower cell of a merge that is not repeated: blank, and rightly so.
    pub covered: bool,
}

impl Slot<'_> {
    pub const BLANK: Slot<'static> = Slot {
        held: Held::Blank,
        filled: false,
        covered: false,
    };
}

/// What became of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It has a value.
    Value,
    /// Nothing stood there, or a word for nothing.
    Blank,
    /// Something stood there that could not be understood; it has its diagnostic.
    Gap,
}

/// A column that was read.
#[derive(Debug)]
pub(super) struct Read {
    pub data: Data,
    pub states: Vec<State>,
}

/// One column of a table.
pub(super) struct Column<'a> {
    pub scheme: &'a Scheme,
    pub field: &'a Field,
    /// The sheet.
    pub place: &'a Place,
    /// 0-based column of the sheet.
    pub col: u32,
    /// Factor of the unit in the header.
    pub factor: f64,
    /// Rows of the sheet, one a cell.
    pub rows: &'a [u32],
    pub cells: &'a [Slot<'a>],
    /// Who each row is about, for messages.
    pub persons: Option<&'a TextColumn>,
}

impl<'a> Column<'a> {
    /// A finding about the cell of that index.
    pub fn finding(&self, index: usize, rule: Rule) -> Diagnostic {
        let place = self.place.at(self.rows[index], Some(self.col));
        let person = self.persons.and_then(|p| p.get(index)).unwrap_or("");
        let finding = Diagnostic::new(rule, place)
            .field(&self.field.id)
            .arg("person", person)
            .arg("field", &self.field.title);
        // What records do not keep cannot spoil a figure.
        if self.field.stored || finding.severity != Severity::Error {
            finding
        } else {
            finding.severity(Severity::Warning)
        }
    }

    /// Adds a finding unless its cell only repeats the one above.
    pub fn report(&self, out: &mut Vec<Diagnostic>, index: usize, finding: Diagnostic) {
        if !self.cells[index].filled {
            out.push(finding);
        }
    }

    /// Reports an error value or a formula without a result.
    pub fn report_bad(&self, out: &mut Vec<Diagnostic>, index: usize, value: Value<'_>) {
        let finding = match value {
            Value::Error(e) => self
                .finding(index, Rule::CellErrorValue)
                .arg("value", e.as_str()),
            _ => self.finding(index, Rule::FormulaWithoutValue),
        };
        self.report(out, index, finding);
    }

    /// Reads every cell with `read`, which gives a value, nothing, or a finding; `push` stores it.
    pub fn each<T>(
        &self,
        out: &mut Vec<Diagnostic>,
        mut read: impl FnMut(&Self, &mut Vec<Diagnostic>, usize, Held<'a>) -> Got<T>,
        mut push: impl FnMut(Option<T>),
    ) -> Vec<State> {
        let mut states = Vec::with_capacity(self.cells.len());
        for (index, slot) in self.cells.iter().enumerate() {
            let got = match slot.held {
                Held::Blank => Got::Blank,
                Held::Bad(value) => {
                    self.report_bad(out, index, value);
                    Got::Gap
                }
                held => read(self, out, index, held),
            };
            let (value, state) = match got {
                Got::Value(v) => (Some(v), State::Value),
                Got::Blank => (None, State::Blank),
                Got::Gap => (None, State::Gap),
            };
            push(value);
            states.push(state);
        }
        states
    }
}

/// What a reader makes of a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Got<T> {
    Value(T),
    Blank,
    /// Not understood and reported.
    Gap,
}

/// A number as people would type it: no `.0`, no exponent.
pub(super) fn plain_number(n: f64) -> String {
    if n.fract() == 0.0 && n.abs() < 1e15 {
        format!("{}", n as i64)
    } else if n.abs() >= 1e15 {
        format!("{n:.0}")
    } else {
        format!("{n}")
    }
}

/// The cell's content for a message.
pub(super) fn shown(held: Held<'_>) -> String {
    match held {
        Held::Blank => String::new(),
        Held::Text(t) => {
            let clean = crate::fold::clean(t);
            // A cell can hold a whole paragraph; a message shows its beginning.
            match clean.char_indices().nth(60) {
                Some((end, _)) => format!("{}…", &clean[..end]),
                None => clean.into_owned(),
            }
        }
        Held::Number(n) => plain_number(n),
        Held::Date(d) => {
            super::date::of_serial(d).map_or_else(|| plain_number(d), |d| d.to_string())
        }
        Held::Bool(b) => if b { "TRUE" } else { "FALSE" }.to_owned(),
        Held::Bad(Value::Error(e)) => e.as_str().to_owned(),
        Held::Bad(_) => String::new(),
    }
}

/// A small cache in front of a dear look-up: columns repeat few texts many times.
pub(super) struct Memo<'v, T> {
    slots: [Option<(&'v str, T)>; 32],
}

impl<'v, T: Copy> Memo<'v, T> {
    pub fn new() -> Self {
        Memo { slots: [None; 32] }
    }

    pub fn get(&mut self, text: &'v str, make: impl FnOnce(&'v str) -> T) -> T {
        let bytes = text.as_bytes();
        // Length, a byte from the middle and the last one tell vocabulary spellings apart well.
        let n = bytes.len();
        let mix = match bytes {
            [] => 0,
            _ => {
                n * 7
                    + usize::from(bytes[n - 1]) * 3
                    + usize::from(bytes[n / 2])
                    + usize::from(bytes[0])
            }
        };
        let slot = &mut self.slots[mix % 32];
        match slot {
            Some((known, value)) if *known == text => *value,
            _ => {
                let value = make(text);
                *slot = Some((text, value));
                value
            }
        }
    }
}
