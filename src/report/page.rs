//! A printed table as a value: the parts that printers name, and cells that carry meaning.
//!
//! Nothing here knows a font, a fill or a position: [`layout`](super::layout) places the parts,
//! [`theme`](super::theme) dresses them, [`write`](super::write) writes them down.

use super::bulk::Bulk;
use crate::grid;
use crate::message::Lang;
use crate::scheme::ChartKind;
use chrono::NaiveDate;
use std::sync::Arc;

/// Everything that is handed to people: workbooks, and where each figure stands in them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// The bureau's workbook first, then one a school with something to correct.
    pub books: Vec<Book>,
    /// Where each printed figure of the tabulations stands, by tabulation, row, column; a figure
    /// that no page shows is absent.
    pub locations: Vec<Location>,
}

/// Where a figure of a tabulation is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// Index in [`Findings::tabulations`](super::Findings::tabulations).
    pub tabulation: usize,
    /// Index in its rows.
    pub row: usize,
    /// Index in its columns.
    pub column: usize,
    /// Path of the workbook below the output folder.
    pub report: Arc<str>,
    /// Sheet name.
    pub sheet: Arc<str>,
    /// 0-based row and column on the sheet.
    pub at: (u32, u32),
}

impl Location {
    /// The cell in A1 notation.
    pub fn cell(&self) -> String {
        grid::a1(self.at.0, self.at.1)
    }
}

/// One workbook.
#[derive(Debug, Clone, PartialEq)]
pub struct Book {
    /// Path below the output folder, with `/`.
    pub path: Arc<str>,
    /// Document title.
    pub title: String,
    /// Document properties besides title, organisation and date; never a person's name.
    pub about: About,
    /// The bureau.
    pub organisation: String,
    /// Language of what is not data.
    pub lang: Lang,
    /// Creation time of the document: an input, so that the same data gives the same bytes.
    pub date: NaiveDate,
    /// Its sheets, in order.
    pub pages: Vec<Page>,
}

/// What a document is about, as its properties say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct About {
    /// Subject.
    pub subject: String,
    /// Category.
    pub category: String,
    /// Keywords, with commas.
    pub keywords: String,
}

/// One sheet: one printed table with everything around it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// Sheet name, legal and unique in its workbook.
    pub sheet: Arc<str>,
    /// Title over the whole width.
    pub title: String,
    /// Line under the title: left, centre and right part.
    pub subtitle: [String; 3],
    /// Paragraphs between subtitle and table: the text of a letter.
    pub preamble: Vec<String>,
    /// A chart above the table.
    pub chart: Option<Chart>,
    /// The table's columns, stub first.
    pub columns: Vec<Column>,
    /// How many of the columns are the stub.
    pub stub: usize,
    /// The body.
    pub lines: Vec<Line>,
    /// Labels of the signature line; empty for none.
    pub signature: Vec<String>,
    /// Notes under the table, numbered when there are several.
    pub footnotes: Vec<String>,
    /// Right-aligned lines at the very end: who signs a letter.
    pub closing: Vec<String>,
    /// Whether the table can be filtered on screen.
    pub filter: bool,
    /// Whether the items are signed, each in its line, and need the height for it.
    pub signed: bool,
    /// Lines that can be folded away, first and last of each run: what a subtotal closes.
    pub folds: Vec<(u32, u32)>,
    /// What the table is called in formulas of others: `table_…`, and `total_…` for its last total.
    pub name: Option<Arc<str>>,
    /// How it is printed.
    pub print: Print,
    /// Many like lines under the last one, after everything else of the page.
    pub bulk: Option<Arc<Bulk>>,
    /// Links from cells of the body to other sheets.
    pub links: Vec<Link>,
}

/// How a page is printed, as far as it differs from the usual.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Print {
    /// A3 instead of A4.
    pub a3: bool,
    /// Whether the paper lies; `None` follows the table's width.
    pub lying: Option<bool>,
    /// Left, right, top and bottom margin in millimetres.
    pub margins: [Option<u16>; 4],
    /// Left, centre and right part of what stands above every sheet of paper, in Excel's codes.
    pub header: [String; 3],
    /// The same below it; all empty for the usual page number.
    pub footer: [String; 3],
    /// Lines of the body that begin a new sheet of paper; title and header are then repeated.
    pub breaks: Vec<u32>,
}

/// A link from cells of the body to cells of another sheet of the workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Upper left and lower right cell.
    pub from: (At, At),
    /// The other sheet.
    pub sheet: Arc<str>,
    /// Its upper left and lower right cell, 0-based row and column.
    pub to: ((u32, u32), (u32, u32)),
    /// What is shown beside the pointer.
    pub tip: String,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Spanners from the top, then the label.
    pub path: Vec<String>,
    /// How its cells are shown.
    pub show: Show,
    /// How its cells are aligned.
    pub align: Align,
    /// Least and greatest width in digits.
    pub width: (f64, f64),
}

/// How a value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Show {
    /// As text.
    Words,
    /// A whole number, thousands apart.
    Whole,
    /// A whole number that names something, such as a year: digits only.
    Plain,
    /// A running number.
    Serial,
    /// A fraction in percent, with decimal places.
    Percent(u8),
    /// Percentage points, with decimal places; the cell holds points, not the fraction.
    Points(u8),
    /// Yuan and fen.
    Money,
    /// With decimal places, thousands apart.
    Decimal(u8),
}

/// Horizontal alignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Align {
    /// Words of varying length.
    Left,
    /// Short words and most figures.
    Centre,
    /// Money.
    Right,
}

/// A line of the body.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it is.
    pub kind: LineKind,
    /// Its cells from the left; a cell may span several columns, and columns not reached are blank.
    pub cells: Vec<Cell>,
}

/// What a line of the body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineKind {
    /// An item.
    Leaf,
    /// The heading of a row group.
    Group,
    /// The sum of a row group.
    Subtotal,
    /// The sum of everything.
    Total,
    /// Words under a total: an amount in capital characters.
    Words,
}

/// A cell of the body.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// What it says.
    pub meaning: Meaning,
    /// What it holds.
    pub content: Content,
    /// How many columns it covers, at least one.
    pub across: u16,
}

/// What a cell says, besides its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// The name of a line.
    Item,
    /// A figure that is compared with nothing.
    Figure,
    /// A figure that reaches its target.
    Met,
    /// A figure that misses its target, or anything that has to be put right.
    BelowTarget,
    /// Nothing is known, or the ratio has no base.
    Missing,
    /// A remark.
    Note,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Nothing.
    Blank,
    /// Words; never read as a formula, whatever they begin with.
    Text(String),
    /// A number.
    Number(f64),
    /// A live formula and its computed result.
    Formula(Expr, Value),
}

/// A computed result.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// Words, such as the dash of a ratio without base.
    Text(String),
}

/// A cell of the body: index of the line and of the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// Index in [`Page::lines`].
    pub line: u32,
    /// Index in [`Page::columns`].
    pub column: u16,
}

/// A formula over cells of the body.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// Sum of rectangles, each from its upper left to its lower right cell.
    Sum(Vec<(At, At)>),
    /// Quotient, a dash where the divisor is zero; rounded half up to places if asked.
    Ratio {
        /// Dividend.
        over: At,
        /// Divisor.
        under: At,
        /// Decimal places to round to.
        places: Option<u8>,
        /// What stands for an undefined quotient.
        dash: Arc<str>,
    },
    /// Difference, times a factor (100 turns fractions into points).
    Difference {
        /// From this …
        from: At,
        /// … take that.
        take: At,
        /// Factor.
        times: u8,
        /// What stands for it where one of them is no number; `None` where both always are.
        dash: Option<Arc<str>>,
    },
    /// How much the first goes beyond the second; nought where it does not.
    Beyond {
        /// From this …
        from: At,
        /// … take that.
        take: At,
    },
    /// The value of a cell of another sheet of the workbook.
    Elsewhere {
        /// Its sheet.
        sheet: Arc<str>,
        /// 0-based row and column on that sheet.
        at: (u32, u32),
    },
}

/// A native chart of figures of the page's own table.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What is drawn.
    pub kind: ChartKind,
    /// Title.
    pub title: String,
    /// Column of the category names.
    pub categories: usize,
    /// Columns drawn, one series each.
    pub series: Vec<usize>,
    /// Column that holds the target, drawn as a line.
    pub target: Option<usize>,
}

impl Page {
    /// Header lines: the longest label path.
    pub fn head_depth(&self) -> u32 {
        self.columns.iter().map(|c| c.path.len()).max().unwrap_or(0) as u32
    }
}
