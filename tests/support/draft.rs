//! A workbook before it is a file: sheets with typed cells, merges and what is hidden.

use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    Text(String),
    Number(f64),
    /// Days since 1899-12-30 and an Excel number format.
    Date(f64, String),
    /// Expression without `=`, and the result stored beside it, if any.
    Formula(String, Option<Box<Content>>),
    /// `#REF!` and the like.
    Error(String),
    Bool(bool),
}

impl Content {
    pub fn text(t: impl Into<String>) -> Content {
        Content::Text(t.into())
    }

    pub fn formula(expr: impl Into<String>, result: f64) -> Content {
        Content::Formula(expr.into(), Some(Box::new(Content::Number(result))))
    }

    /// How the cell looks, for formats that keep nothing else.
    pub fn shown(&self) -> String {
        match self {
            Content::Text(t) => t.clone(),
            Content::Number(n) => number(*n),
            Content::Date(serial, format) => formatted(*serial, format),
            Content::Formula(_, Some(result)) => result.shown(),
            Content::Formula(_, None) => String::new(),
            Content::Error(e) => e.clone(),
            Content::Bool(true) => "TRUE".into(),
            Content::Bool(false) => "FALSE".into(),
        }
    }
}

/// Shortest decimal text of a number, in scientific notation from 1e15 on as Excel shows it.
pub fn number(n: f64) -> String {
    if n.abs() >= 1e15 {
        let text = format!("{n:.5e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{mantissa}E+{exponent}");
    }
    format!("{n}")
}

/// Days since 1899-12-30.
pub fn serial(date: NaiveDate) -> f64 {
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30).expect("a date");
    date.signed_duration_since(epoch).num_days() as f64
}

/// The date of a serial number.
pub fn from_serial(serial: f64) -> NaiveDate {
    NaiveDate::from_ymd_opt(1899, 12, 30).expect("a date") + chrono::Duration::days(serial as i64)
}

/// The few date formats that the drafts use, as Excel shows them.
fn formatted(serial: f64, format: &str) -> String {
    let date = from_serial(serial);
    let pattern = match format {
        "yyyy-mm-dd" => "%Y-%m-%d",
        "yyyy/m/d" | "mm-dd-yy" => "%Y/%-m/%-d",
        "yyyy\"年\"m\"月\"d\"日\"" => "%Y年%-m月%-d日",
        "yyyy\"年\"m\"月\"" => "%Y年%-m月",
        "yyyy.mm" => "%Y.%m",
        "yyyy.mm.dd" => "%Y.%m.%d",
        other => panic!("the drafts have no date format `{other}`"),
    };
    date.format(pattern).to_string()
}

/// A merged rectangle: top, left, bottom, right, all included.
pub type Merge = (u32, u32, u32, u32);

/// One sheet; rows and columns are 0-based.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SheetDraft {
    pub name: String,
    pub hidden: bool,
    pub cells: BTreeMap<(u32, u32), Content>,
    pub merges: Vec<Merge>,
    pub hidden_rows: BTreeSet<u32>,
    pub hidden_columns: BTreeSet<u32>,
    pub widths: BTreeMap<u32, f64>,
    pub bold_rows: BTreeSet<u32>,
}

impl SheetDraft {
    pub fn new(name: impl Into<String>) -> SheetDraft {
        SheetDraft {
            name: name.into(),
            ..SheetDraft::default()
        }
    }

    pub fn put(&mut self, row: u32, col: u32, content: Content) {
        self.cells.insert((row, col), content);
    }

    pub fn text(&mut self, row: u32, col: u32, text: impl Into<String>) {
        self.put(row, col, Content::Text(text.into()));
    }

    /// Merges a rectangle; a single cell is left as it is.
    pub fn merge(&mut self, top: u32, left: u32, bottom: u32, right: u32) {
        if top < bottom || left < right {
            self.merges.push((top, left, bottom, right));
        }
    }

    /// Last row and column that hold something or are merged.
    pub fn extent(&self) -> Option<(u32, u32)> {
        let cells = self.cells.keys().copied();
        let merges = self.merges.iter().map(|m| (m.2, m.3));
        let all: Vec<(u32, u32)> = cells.chain(merges).collect();
        Some((
            all.iter().map(|c| c.0).max()?,
            all.iter().map(|c| c.1).max()?,
        ))
    }

    /// Inserts empty rows before `row`, moving all below it; formulas that refer to moved cells
    /// are the caller's business.
    pub fn insert_rows(&mut self, row: u32, count: u32) {
        let shift = |r: u32| if r >= row { r + count } else { r };
        self.cells = std::mem::take(&mut self.cells)
            .into_iter()
            .map(|((r, c), v)| ((shift(r), c), v))
            .collect();
        for m in &mut self.merges {
            m.0 = shift(m.0);
            m.2 = shift(m.2);
        }
        self.hidden_rows = self.hidden_rows.iter().map(|&r| shift(r)).collect();
        self.bold_rows = self.bold_rows.iter().map(|&r| shift(r)).collect();
    }
}

/// A workbook.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WorkbookDraft {
    pub sheets: Vec<SheetDraft>,
}

impl WorkbookDraft {
    pub fn one(sheet: SheetDraft) -> WorkbookDraft {
        WorkbookDraft {
            sheets: vec![sheet],
        }
    }
}
