//! The cells of a placed page as the XML of a sheet, letter for letter as the xlsx writer writes
//! them.
//!
//! The xlsx writer hashes a whole format for every cell and keeps every cell in trees; here a cell
//! takes its style's number from a short table and is written once. [`frame`](super::frame) lets the
//! xlsx writer make everything else of a workbook. A test holds both ways of writing to the same
//! bytes, part by part.

use super::a1;
use super::layout::{Holds, Placed, Sheet};
use super::page::Value;
use super::strings::{Strings, cut, escape};
use super::styles::{Look, Styles};
use super::theme;
use std::fmt::Write as _;

/// Rows and columns that a sheet can have.
const LIMITS: (usize, usize) = (1_048_576, 16_384);
/// Rows of which the file says together which columns they use.
const BLOCK: usize = 16;

/// The look of a placed cell.
pub fn look(cell: &Placed<'_>) -> Look {
    let quoted = matches!(&cell.holds, Holds::Text(t) if t.starts_with(['=', '+', '-', '@']));
    (cell.part, quoted)
}

/// The parts of a sheet that depend on its cells.
#[derive(Debug, Default)]
pub struct Cells {
    /// The range in use.
    pub dimension: String,
    /// `<cols>`.
    pub columns: String,
    /// The content of `<sheetData>`.
    pub rows: String,
    /// `<mergeCells>`; empty for none.
    pub merges: String,
    /// `<hyperlinks>`; empty for none.
    pub links: String,
}

/// Writes the cells of a page down.
///
/// # Errors
/// When the page has more rows or columns than a sheet can have.
pub fn write(
    placed: &Sheet<'_>,
    styles: &mut Styles<'_>,
    strings: &mut Strings,
) -> Result<Cells, String> {
    let (height, width) = (placed.heights.len(), placed.widths.len());
    if height > LIMITS.0 || width > LIMITS.1 {
        return Err(format!("{height} rows, {width} columns"));
    }
    let blocks = Blocks::of(placed);
    let mut writer = Writer {
        out: String::with_capacity(placed.cells.len() * 44 + height * 56),
        names: (0..width)
            .map(|c| {
                let mut name = String::from("<c r=\"");
                a1::column(&mut name, c as u32);
                name
            })
            .collect(),
        styled: Vec::new(),
        row: String::new(),
        formula: String::new(),
        last: vec![None; width],
        top: placed.top,
        styles,
        strings,
    };
    let mut hanging: Vec<Hanging> = Vec::new();
    let mut folds = placed.folds.iter().peekable();
    let mut rest = placed.cells.as_slice();
    for (row, points) in placed.heights.iter().enumerate() {
        let here = rest.partition_point(|c| c.row as usize <= row);
        let (own, later) = rest.split_at(here);
        rest = later;
        hanging.retain(|h| row < h.end);
        while folds.peek().is_some_and(|(_, last)| (*last as usize) < row) {
            folds.next();
        }
        let folded = folds
            .peek()
            .is_some_and(|(first, _)| *first as usize <= row);
        writer.open(row, *points, blocks.used(row), folded);
        if own.is_empty() && hanging.is_empty() {
            writer.out.push_str("/>");
            continue;
        }
        writer.out.push('>');
        // Cells of the rows above that reach down to here stand between this row's own.
        let above = hanging.len();
        let mut next = 0;
        for cell in own {
            while next < above && hanging[next].col < cell.col {
                writer.blanks(&hanging[next]);
                next += 1;
            }
            let style = writer.cell(cell);
            if cell.rows > 1 {
                hanging.push(Hanging {
                    end: row + cell.rows as usize,
                    col: cell.col,
                    cols: cell.cols,
                    style,
                });
            }
        }
        for cell in &hanging[next..above] {
            writer.blanks(cell);
        }
        hanging.sort_unstable_by_key(|h| h.col);
        writer.out.push_str("</row>");
    }
    Ok(Cells {
        dimension: range(0, 0, height.saturating_sub(1), width.saturating_sub(1)),
        columns: columns(&placed.widths),
        rows: writer.out,
        merges: merges(placed),
        links: String::new(),
    })
}

/// A cell that reaches into rows below its own.
struct Hanging {
    /// First row that it does not reach.
    end: usize,
    col: u16,
    cols: u16,
    style: u32,
}

struct Writer<'a, 's> {
    out: String,
    /// How a cell begins, with the letters of its column.
    names: Vec<String>,
    /// How it goes on after its row, by the number of its style.
    styled: Vec<String>,
    /// Number of the row in hand, in digits.
    row: String,
    /// Room to write a formula in.
    formula: String,
    /// Look and style of the last cell of each column: the next one is most often alike.
    last: Vec<Option<(Look, u32)>>,
    /// Row of the first line of the body.
    top: u32,
    styles: &'a mut Styles<'s>,
    strings: &'a mut Strings,
}

impl Writer<'_, '_> {
    /// A row up to the end of its tag, which is left open.
    fn open(&mut self, row: usize, points: f64, used: Option<(u16, u16)>, folded: bool) {
        self.row.clear();
        a1::number(&mut self.row, row as u32 + 1);
        self.out.push_str("<row r=\"");
        self.out.push_str(&self.row);
        if let Some((first, last)) = used {
            self.out.push_str("\" spans=\"");
            a1::number(&mut self.out, u32::from(first) + 1);
            self.out.push(':');
            a1::number(&mut self.out, u32::from(last) + 1);
        }
        // Excel keeps heights in pixels, three quarters of a point each.
        let pixels = (points * 4.0 / 3.0).round() as u32;
        if pixels != theme::ROW.1 {
            self.out.push_str("\" ht=\"");
            a1::number(&mut self.out, pixels * 3 / 4);
            self.out
                .push_str(["", ".75", ".5", ".25"][(pixels % 4) as usize]);
            self.out.push_str("\" customHeight=\"1");
        }
        if folded {
            self.out.push_str("\" outlineLevel=\"1");
        }
        self.out.push('"');
    }

    /// A cell up to its style.
    fn begin(&mut self, col: u16, style: u32) {
        self.out.push_str(&self.names[usize::from(col)]);
        self.out.push_str(&self.row);
        while self.styled.len() <= style as usize {
            let style = self.styled.len();
            self.styled.push(format!("\" s=\"{style}"));
        }
        self.out.push_str(&self.styled[style as usize]);
    }

    fn blanks(&mut self, cell: &Hanging) {
        for col in cell.col..cell.col + cell.cols {
            self.begin(col, cell.style);
            self.out.push_str("\"/>");
        }
    }

    /// The first row of a cell, with its style's number.
    fn cell(&mut self, cell: &Placed<'_>) -> u32 {
        let look = look(cell);
        let style = match self.last[usize::from(cell.col)] {
            Some((same, style)) if same == look => style,
            _ => self.styles.number(look),
        };
        self.last[usize::from(cell.col)] = Some((look, style));
        self.begin(cell.col, style);
        match &cell.holds {
            Holds::Blank => self.out.push_str("\"/>"),
            Holds::Text(text) => self.text(text),
            Holds::Number(n) if n.is_finite() => self.number("\">", *n),
            // What is no number the xlsx writer puts into words.
            Holds::Number(n) if n.is_nan() => self.text("NAN"),
            Holds::Number(n) if *n > 0.0 => self.text("INF"),
            Holds::Number(_) => self.text("-INF"),
            Holds::Formula(expr, value) => {
                self.formula.clear();
                a1::write(&mut self.formula, expr, self.top);
                self.out.push_str(kind(value));
                escape(&mut self.out, &self.formula);
                match value {
                    Value::Number(n) => self.number("</f>", *n),
                    Value::Text(text) => {
                        self.out.push_str("</f><v>");
                        escape(&mut self.out, result(text));
                        self.out.push_str("</v></c>");
                    }
                }
            }
        }
        for col in cell.col + 1..cell.col + cell.cols {
            self.begin(col, style);
            self.out.push_str("\"/>");
        }
        style
    }

    fn text(&mut self, text: &str) {
        if text.is_empty() {
            self.out.push_str("\"/>");
            return;
        }
        self.out.push_str("\" t=\"s\"><v>");
        let index = self.strings.index(cut(text));
        a1::number(&mut self.out, index);
        self.out.push_str("</v></c>");
    }

    fn number(&mut self, before: &str, number: f64) {
        self.out.push_str(before);
        self.out.push_str("<v>");
        // Counts are most of all numbers, and whole ones are printed much faster.
        if number.fract() == 0.0 && (0.0..4e9).contains(&number) && number.is_sign_positive() {
            a1::number(&mut self.out, number as u32);
        } else {
            let _ = write!(self.out, "{number}");
        }
        self.out.push_str("</v></c>");
    }
}

/// What the result of a formula is, up to the formula.
fn kind(value: &Value) -> &'static str {
    let Value::Text(text) = value else {
        return "\"><f>";
    };
    match text.as_str() {
        "#DIV/0!" | "#N/A" | "#NAME?" | "#NULL!" | "#NUM!" | "#REF!" | "#VALUE!"
        | "#GETTING_DATA" => "\" t=\"e\"><f>",
        "TRUE" | "FALSE" => "\" t=\"b\"><f>",
        "" => "\"><f>",
        number if number.parse::<f64>().is_ok() => "\"><f>",
        _ => "\" t=\"str\"><f>",
    }
}

/// The words of a result as the file has them.
fn result(text: &str) -> &str {
    match text {
        "" | "FALSE" => "0",
        "TRUE" => "1",
        other => other,
    }
}

/// First and last column in use, for each block of rows.
struct Blocks(Vec<Option<(u16, u16)>>);

impl Blocks {
    fn of(placed: &Sheet<'_>) -> Blocks {
        let mut blocks = vec![None; placed.heights.len().div_ceil(BLOCK)];
        for cell in &placed.cells {
            let (first, last) = (cell.col, cell.col + cell.cols - 1);
            let row = cell.row as usize;
            let covered = row / BLOCK..=(row + cell.rows as usize - 1) / BLOCK;
            for used in blocks.get_mut(covered).into_iter().flatten() {
                let used: &mut Option<(u16, u16)> = used;
                *used = Some(used.map_or((first, last), |(a, b)| (a.min(first), b.max(last))));
            }
        }
        Blocks(blocks)
    }

    fn used(&self, row: usize) -> Option<(u16, u16)> {
        self.0[row / BLOCK]
    }
}

/// An area in A1 notation.
pub fn range(row: usize, col: usize, last_row: usize, last_col: usize) -> String {
    let mut out = String::new();
    a1::cell(&mut out, row as u32, col as u32);
    if (row, col) != (last_row, last_col) {
        out.push(':');
        a1::cell(&mut out, last_row as u32, last_col as u32);
    }
    out
}

fn merges(placed: &Sheet<'_>) -> String {
    let merged = || placed.cells.iter().filter(|c| c.rows > 1 || c.cols > 1);
    let count = merged().count();
    if count == 0 {
        return String::new();
    }
    let mut out = format!("<mergeCells count=\"{count}\">");
    for cell in merged() {
        let (row, col) = (cell.row as usize, usize::from(cell.col));
        let (rows, cols) = (cell.rows as usize, usize::from(cell.cols));
        out.push_str("<mergeCell ref=\"");
        out.push_str(&range(row, col, row + rows - 1, col + cols - 1));
        out.push_str("\"/>");
    }
    out + "</mergeCells>"
}

/// `<cols>`: neighbours of one width together.
fn columns(widths: &[f64]) -> String {
    // Excel keeps widths in pixels.
    let pixels = |w: &f64| {
        match *w {
            w if w < 1.0 => (w * (theme::PIXELS_PER_DIGIT + theme::COLUMN_PADDING)).round(),
            w => (w * theme::PIXELS_PER_DIGIT).round() + theme::COLUMN_PADDING,
        }
        .min(theme::WIDEST_COLUMN)
    };
    if widths.is_empty() {
        return String::new();
    }
    let mut out = String::from("<cols>");
    let mut from = 0;
    for alike in widths.chunk_by(|a, b| pixels(a) == pixels(b)) {
        let to = from + alike.len();
        let width = pixels(&alike[0]);
        let custom = match width == f64::from(theme::DEFAULT_COLUMN) {
            true => "",
            false => " customWidth=\"1\"",
        };
        let width = width / theme::PIXELS_PER_DIGIT;
        let min = from + 1;
        let _ = write!(
            out,
            "<col min=\"{min}\" max=\"{to}\" width=\"{width}\"{custom}/>"
        );
        from = to;
    }
    out + "</cols>"
}
