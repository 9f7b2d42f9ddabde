//! The spreadsheet as stored, before any meaning: workbook, sheet, cell, span and A1 notation.
//!
//! A sheet keeps only cells that hold something, in row-major order, with all its text in one
//! arena: memory follows what is written, never the extent that a file claims. Rows and columns
//! are 0-based here and 1-based in everything a person reads ([`a1`], [`Place`](crate::diagnostic::Place)).

use std::ops::Range;
use std::sync::Arc;

/// A file as read: its sheets in stored order. A text file or an HTML table is a workbook too.
#[derive(Debug, Clone)]
pub struct Workbook {
    /// Path below the inbox with `/`; a member of an archive is `a.zip/b.xlsx`.
    pub file: Arc<str>,
    /// What the bytes really are.
    pub format: Format,
    /// Sheets in the order of the file, hidden ones included.
    pub sheets: Vec<Sheet>,
}

/// What a file really is, decided from its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Office Open XML workbook, with or without macros.
    Xlsx,
    /// Binary Office Open XML workbook.
    Xlsb,
    /// BIFF workbook in or outside an OLE container; WPS `.et` too.
    Xls,
    /// OpenDocument spreadsheet.
    Ods,
    /// Comma-, tab- or semicolon-separated text.
    Text,
    /// HTML tables, whatever the file is called.
    Html,
    /// SpreadsheetML 2003, whatever the file is called.
    SpreadsheetMl,
}

/// One sheet: cells that hold something, merges, and what is hidden.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The tab's name; for text files the file's stem.
    pub name: Arc<str>,
    /// Hidden or very hidden.
    pub hidden: bool,
    cells: Vec<Cell>,
    text: String,
    /// For each row that has cells: its number and where its cells begin.
    rows: Vec<(u32, u32)>,
    merges: Vec<Span>,
    tallest_merge: u32,
    /// Hidden rows, sorted, not overlapping.
    pub hidden_rows: Vec<Range<u32>>,
    /// Hidden columns, sorted, not overlapping.
    pub hidden_columns: Vec<Range<u32>>,
}

/// One stored cell; its text lies in the sheet's arena, see [`Sheet::value`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// 0-based row.
    pub row: u32,
    /// 0-based column.
    pub col: u32,
    stored: Stored,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Stored {
    Text { start: u32, len: u32 },
    Number(f64),
    Date(f64),
    Bool(bool),
    Error(CellError),
    Unevaluated,
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// Text as stored; never empty, but it may be all spaces.
    Text(&'a str),
    /// A number, formatted as anything but a date.
    Number(f64),
    /// A number formatted as date or time: days since 1899-12-30 (1904 systems already shifted).
    Date(f64),
    /// TRUE or FALSE.
    Bool(bool),
    /// An error value such as `#REF!`.
    Error(CellError),
    /// A formula that was stored without a result.
    Unevaluated,
}

/// Error values a cell can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellError {
    /// `#DIV/0!`
    Div0,
    /// `#N/A`
    Na,
    /// `#NAME?`
    Name,
    /// `#NULL!`
    Null,
    /// `#NUM!`
    Num,
    /// `#REF!`
    Ref,
    /// `#VALUE!`
    Value,
    /// Any other, such as `#GETTING_DATA`.
    Other,
}

impl CellError {
    /// The error value that a text spells out, as exports to csv and web pages do.
    pub fn parse(text: &str) -> Option<CellError> {
        use CellError::{Div0, Na, Name, Null, Num, Ref, Value};
        [Div0, Na, Name, Null, Num, Ref, Value]
            .into_iter()
            .find(|e| e.as_str() == text)
    }

    /// As spreadsheets print it.
    pub fn as_str(self) -> &'static str {
        match self {
            CellError::Div0 => "#DIV/0!",
            CellError::Na => "#N/A",
            CellError::Name => "#NAME?",
            CellError::Null => "#NULL!",
            CellError::Num => "#NUM!",
            CellError::Ref => "#REF!",
            CellError::Value => "#VALUE!",
            CellError::Other => "#ERROR!",
        }
    }
}

/// A rectangle of cells, both corners included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First row.
    pub top: u32,
    /// First column.
    pub left: u32,
    /// Last row.
    pub bottom: u32,
    /// Last column.
    pub right: u32,
}

impl Span {
    /// Whether the cell lies inside.
    pub fn contains(self, row: u32, col: u32) -> bool {
        (self.top..=self.bottom).contains(&row) && (self.left..=self.right).contains(&col)
    }
}

impl Sheet {
    /// Collects a sheet; cells may come in any order, later ones at the same place win.
    pub fn builder(name: impl Into<Arc<str>>) -> SheetBuilder {
        SheetBuilder {
            sheet: Sheet {
                name: name.into(),
                hidden: false,
                cells: Vec::new(),
                text: String::new(),
                rows: Vec::new(),
                merges: Vec::new(),
                tallest_merge: 0,
                hidden_rows: Vec::new(),
                hidden_columns: Vec::new(),
            },
            sorted: true,
        }
    }

    /// All cells, row by row, left to right.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The cells of one row, left to right; empty where the row holds nothing.
    pub fn row(&self, row: u32) -> &[Cell] {
        match self.rows.binary_search_by_key(&row, |&(r, _)| r) {
            Ok(i) => self.row_slice(i),
            Err(_) => &[],
        }
    }

    /// Rows that hold something, top to bottom, with their cells.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = (u32, &[Cell])> + '_ {
        (0..self.rows.len()).map(|i| (self.rows[i].0, self.row_slice(i)))
    }

    fn row_slice(&self, i: usize) -> &[Cell] {
        let start = self.rows[i].1 as usize;
        let end = self
            .rows
            .get(i + 1)
            .map_or(self.cells.len(), |&(_, e)| e as usize);
        &self.cells[start..end]
    }

    /// What a cell of this sheet holds.
    pub fn value(&self, cell: &Cell) -> Value<'_> {
        match cell.stored {
            Stored::Text { start, len } => {
                Value::Text(&self.text[start as usize..(start + len) as usize])
            }
            Stored::Number(n) => Value::Number(n),
            Stored::Date(d) => Value::Date(d),
            Stored::Bool(b) => Value::Bool(b),
            Stored::Error(e) => Value::Error(e),
            Stored::Unevaluated => Value::Unevaluated,
        }
    }

    /// What stands at a place, if anything; merged cells are not followed.
    pub fn at(&self, row: u32, col: u32) -> Option<Value<'_>> {
        let cells = self.row(row);
        cells
            .binary_search_by_key(&col, |c| c.col)
            .ok()
            .map(|i| self.value(&cells[i]))
    }

    /// The rectangle that holds all cells, or `None` for an empty sheet.
    pub fn extent(&self) -> Option<Span> {
        let (top, bottom) = (self.rows.first()?.0, self.rows.last()?.0);
        let left = self.cells.iter().map(|c| c.col).min()?;
        let right = self.cells.iter().map(|c| c.col).max()?;
        Some(Span {
            top,
            left,
            bottom,
            right,
        })
    }

    /// Merged rectangles, sorted by their first cell.
    pub fn merges(&self) -> &[Span] {
        &self.merges
    }

    /// The merged rectangle that a place belongs to.
    pub fn merge_at(&self, row: u32, col: u32) -> Option<Span> {
        if self.merges.is_empty() {
            return None;
        }
        let first = row.saturating_sub(self.tallest_merge);
        let start = self.merges.partition_point(|m| m.top < first);
        self.merges[start..]
            .iter()
            .take_while(|m| m.top <= row)
            .find(|m| m.contains(row, col))
            .copied()
    }

    /// The same sheet with these texts in the place of what stands there.
    pub fn with(&self, texts: &[(u32, u32, &str)]) -> Sheet {
        let mut builder = Sheet::builder(self.name.clone());
        for cell in &self.cells {
            builder.put(cell.row, cell.col, self.value(cell));
        }
        for (row, col, text) in texts {
            builder.put(*row, *col, Value::Text(text));
        }
        builder.hidden(self.hidden);
        self.merges.iter().for_each(|m| builder.merge(*m));
        let mut sheet = builder.finish();
        sheet.hidden_rows.clone_from(&self.hidden_rows);
        sheet.hidden_columns.clone_from(&self.hidden_columns);
        sheet
    }

    /// Whether a row is hidden.
    pub fn row_hidden(&self, row: u32) -> bool {
        self.hidden_rows.iter().any(|r| r.contains(&row))
    }

    /// Whether a column is hidden.
    pub fn column_hidden(&self, col: u32) -> bool {
        self.hidden_columns.iter().any(|r| r.contains(&col))
    }
}

/// Collects the parts of a [`Sheet`].
#[derive(Debug)]
pub struct SheetBuilder {
    sheet: Sheet,
    sorted: bool,
}

impl SheetBuilder {
    /// Marks the sheet hidden.
    pub fn hidden(&mut self, hidden: bool) -> &mut Self {
        self.sheet.hidden = hidden;
        self
    }

    /// How many cells were put in so far.
    pub fn len(&self) -> usize {
        self.sheet.cells.len()
    }

    /// Whether nothing was put in so far.
    pub fn is_empty(&self) -> bool {
        self.sheet.cells.is_empty()
    }

    /// Bytes of text put in so far; readers bound it.
    pub fn text_bytes(&self) -> usize {
        self.sheet.text.len()
    }

    /// Puts a value; empty text holds nothing and is not kept.
    #[inline]
    pub fn put(&mut self, row: u32, col: u32, value: Value<'_>) {
        let stored = match value {
            Value::Text("") => return,
            Value::Text(t) => {
                let (Ok(start), Ok(len)) =
                    (u32::try_from(self.sheet.text.len()), u32::try_from(t.len()))
                else {
                    return;
                };
                if start.checked_add(len).is_none() {
                    return;
                }
                self.sheet.text.push_str(t);
                Stored::Text { start, len }
            }
            Value::Number(n) => Stored::Number(n),
            Value::Date(d) => Stored::Date(d),
            Value::Bool(b) => Stored::Bool(b),
            Value::Error(e) => Stored::Error(e),
            Value::Unevaluated => Stored::Unevaluated,
        };
        if let Some(last) = self.sheet.cells.last() {
            self.sorted &= (last.row, last.col) < (row, col);
        }
        self.sheet.cells.push(Cell { row, col, stored });
    }

    /// Adds a merged rectangle; single cells are ignored.
    pub fn merge(&mut self, span: Span) {
        if span.top < span.bottom || span.left < span.right {
            self.sheet.merges.push(span);
        }
    }

    /// Marks rows hidden.
    pub fn hide_rows(&mut self, rows: Range<u32>) {
        self.sheet.hidden_rows.push(rows);
    }

    /// Marks columns hidden.
    pub fn hide_columns(&mut self, columns: Range<u32>) {
        self.sheet.hidden_columns.push(columns);
    }

    /// The finished sheet.
    pub fn finish(mut self) -> Sheet {
        let sheet = &mut self.sheet;
        if !self.sorted {
            // Stable, so that of two cells at one place the later stays last and wins.
            sheet.cells.sort_by_key(|c| (c.row, c.col));
            let mut kept: Vec<Cell> = Vec::with_capacity(sheet.cells.len());
            for cell in sheet.cells.drain(..) {
                match kept.last_mut() {
                    Some(last) if (last.row, last.col) == (cell.row, cell.col) => *last = cell,
                    _ => kept.push(cell),
                }
            }
            sheet.cells = kept;
        }
        for (i, cell) in sheet.cells.iter().enumerate() {
            if sheet.rows.last().is_none_or(|&(row, _)| row != cell.row) {
                sheet.rows.push((cell.row, i as u32));
            }
        }
        sheet.merges.sort_unstable();
        sheet.merges.dedup();
        sheet.tallest_merge = sheet
            .merges
            .iter()
            .map(|m| m.bottom - m.top)
            .max()
            .unwrap_or(0);
        sheet.hidden_rows = joined(std::mem::take(&mut sheet.hidden_rows));
        sheet.hidden_columns = joined(std::mem::take(&mut sheet.hidden_columns));
        self.sheet
    }
}

fn joined(mut ranges: Vec<Range<u32>>) -> Vec<Range<u32>> {
    ranges.sort_unstable_by_key(|r| (r.start, r.end));
    let mut out: Vec<Range<u32>> = Vec::new();
    for range in ranges.into_iter().filter(|r| !r.is_empty()) {
        match out.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}

/// Column letters: 0 is `A`, 26 is `AA`.
pub fn column_name(col: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(col) + 1;
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    letters.reverse();
    letters.into_iter().map(char::from).collect()
}

/// A1 notation of a 0-based place.
///
/// ```
/// assert_eq!(huizong::grid::a1(6, 27), "AB7");
/// ```
pub fn a1(row: u32, col: u32) -> String {
    format!("{}{}", column_name(col), row + 1)
}

/// The 0-based row and column of a place in A1 notation; `$` is ignored. `None` for anything
/// else and for places beyond XFD1048576.
///
/// ```
/// use huizong::grid::parse_a1;
/// assert_eq!(parse_a1("$AB$7"), Some((6, 27)));
/// assert_eq!(parse_a1("7"), None);
/// ```
pub fn parse_a1(text: &str) -> Option<(u32, u32)> {
    let mut col: u32 = 0;
    let mut row: u32 = 0;
    for &b in text.as_bytes() {
        match b {
            b'A'..=b'Z' if row == 0 => {
                col = col.checked_mul(26)?.checked_add(u32::from(b - b'A') + 1)?;
            }
            b'a'..=b'z' if row == 0 => {
                col = col.checked_mul(26)?.checked_add(u32::from(b - b'a') + 1)?;
            }
            b'0'..=b'9' => row = row.checked_mul(10)?.checked_add(u32::from(b - b'0'))?,
            b'$' => {}
            _ => return None,
        }
    }
    let (row, col) = (row.checked_sub(1)?, col.checked_sub(1)?);
    (row < 1 << 20 && col < 1 << 14).then_some((row, col))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_cell_at_one_place_wins_and_rows_are_found() {
        let mut b = Sheet::builder("s");
        b.put(5, 1, Value::Text("b"));
        b.put(2, 0, Value::Number(1.0));
        b.put(5, 1, Value::Text("c"));
        b.put(5, 0, Value::Text(""));
        let s = b.finish();
        assert_eq!(s.cells().len(), 2);
        assert_eq!(s.at(5, 1), Some(Value::Text("c")));
        assert_eq!(s.row(3), &[]);
        assert_eq!(
            s.extent(),
            Some(Span {
                top: 2,
                left: 0,
                bottom: 5,
                right: 1
            })
        );
    }

    #[test]
    fn merges_are_found_from_every_cell() {
        let mut b = Sheet::builder("s");
        let tall = Span {
            top: 1,
            left: 0,
            bottom: 9,
            right: 0,
        };
        b.merge(tall);
        b.merge(Span {
            top: 3,
            left: 2,
            bottom: 3,
            right: 4,
        });
        let s = b.finish();
        assert_eq!(s.merge_at(9, 0), Some(tall));
        assert_eq!(s.merge_at(3, 3).map(|m| m.left), Some(2));
        assert_eq!(s.merge_at(10, 0), None);
    }

    #[test]
    fn places() {
        assert_eq!(parse_a1("A1"), Some((0, 0)));
        assert_eq!(parse_a1("$AB$7"), Some((6, 27)));
        assert_eq!(parse_a1("XFD1048576"), Some((1_048_575, 16_383)));
        assert_eq!(parse_a1("XFE1"), None);
        assert_eq!(parse_a1("A0"), None);
        assert_eq!(parse_a1("7"), None);
    }

    #[test]
    fn column_names() {
        assert_eq!(column_name(0), "A");
        assert_eq!(column_name(25), "Z");
        assert_eq!(column_name(26), "AA");
        assert_eq!(column_name(16383), "XFD");
    }
}
