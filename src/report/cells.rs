//! The cells of a placed page as the XML of a sheet, and the strings that sheets of a workbook share.
//!
//! The xlsx writer hashes a whole format for every cell, which was a quarter of a run's cost; here a
//! cell takes its style's number from a short table. [`frame`](super::frame) makes everything else
//! of a workbook with the xlsx writer and puts these cells into it.

use super::layout::{Holds, Placed, Sheet};
use super::page::Value;
use super::theme::{self, Part};
use crate::grid;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

/// Rows and columns that a sheet can have.
const LIMITS: (usize, usize) = (1_048_576, 16_384);
/// Excel keeps at most this many UTF-16 units in a cell.
const LONGEST: usize = 32_767;

/// What a cell looks like: its part, and whether its text begins like a formula.
pub type Look = (Part, bool);

/// The look of a placed cell.
pub fn look(cell: &Placed) -> Look {
    let quoted = matches!(&cell.holds, Holds::Text(t) if t.starts_with(['=', '+', '-', '@']));
    (cell.part, quoted)
}

/// A text as a cell can hold it.
pub fn cut(text: &str) -> &str {
    // A unit is at least one byte long.
    if text.len() <= LONGEST {
        return text;
    }
    let mut units = 0;
    for (i, c) in text.char_indices() {
        units += c.len_utf16();
        if units > LONGEST {
            return &text[..i];
        }
    }
    text
}

/// The string table of a workbook, in the order of first use.
#[derive(Debug, Default)]
pub struct Strings<'a> {
    known: HashMap<&'a str, usize>,
    /// Elements of the table.
    xml: String,
    /// Strings that stood in the table before.
    before: usize,
    /// Cells that use the table.
    uses: usize,
}

impl<'a> Strings<'a> {
    /// Goes on from a table with that many strings, used that often; its own are not looked up.
    pub fn after(strings: usize, uses: usize) -> Strings<'a> {
        Strings {
            before: strings,
            uses,
            ..Strings::default()
        }
    }

    fn index(&mut self, text: &'a str) -> usize {
        self.uses += 1;
        let next = self.before + self.known.len();
        *self.known.entry(text).or_insert_with(|| {
            let space = |c: char| matches!(c, ' ' | '\t' | '\n');
            self.xml
                .push_str(match text.starts_with(space) || text.ends_with(space) {
                    true => "<si><t xml:space=\"preserve\">",
                    false => "<si><t>",
                });
            escape_cell(&mut self.xml, text);
            self.xml.push_str("</t></si>");
            next
        })
    }

    /// The whole table, after the elements that stood in it before.
    pub fn table(&self, before: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
             <sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
             count=\"{}\" uniqueCount=\"{}\">{before}{}</sst>",
            self.uses,
            self.before + self.known.len(),
            self.xml
        )
    }
}

/// The parts of a sheet that depend on its cells.
#[derive(Debug)]
pub struct Xml {
    /// The range in use.
    pub dimension: String,
    /// `<cols>`.
    pub columns: String,
    /// The content of `<sheetData>`.
    pub rows: String,
    /// `<mergeCells>`; empty for none.
    pub merges: String,
}

/// Writes the cells of a page down. `styles` holds the number of every look of the page.
///
/// # Errors
/// When the page has more rows or columns than a sheet can have.
pub fn xml<'a>(
    placed: &'a Sheet,
    styles: &BTreeMap<Look, u32>,
    strings: &mut Strings<'a>,
) -> Result<Xml, String> {
    let (height, width) = (placed.heights.len(), placed.widths.len());
    if height > LIMITS.0 || width > LIMITS.1 {
        return Err(format!("{height} rows, {width} columns"));
    }
    // Which cell covers each place: its index plus one, none is 0.
    let mut over = vec![0u32; height * width];
    let mut looks = Vec::with_capacity(placed.cells.len());
    let mut merges = (0, String::new());
    let mut last: Option<(Look, u32)> = None;
    for (i, cell) in placed.cells.iter().enumerate() {
        let look = look(cell);
        let style = match last {
            Some((same, style)) if same == look => style,
            _ => *styles.get(&look).ok_or("a look without style")?,
        };
        last = Some((look, style));
        looks.push(style);
        let (row, col) = (cell.row as usize, usize::from(cell.col));
        let (rows, cols) = (cell.rows as usize, usize::from(cell.cols));
        if row + rows > height || col + cols > width {
            return Err(format!("{} is outside of its page", at(row, col)));
        }
        for row in row..row + rows {
            over[row * width + col..row * width + col + cols].fill(i as u32 + 1);
        }
        if rows > 1 || cols > 1 {
            merges.0 += 1;
            let end = at(row + rows - 1, col + cols - 1);
            let _ = write!(merges.1, "<mergeCell ref=\"{}:{end}\"/>", at(row, col));
        }
    }

    let names: Vec<String> = (0..width).map(|c| grid::column_name(c as u32)).collect();
    let mut rows = String::with_capacity(placed.cells.len() * 48 + height * 48);
    for (row, points) in placed.heights.iter().enumerate() {
        // Excel keeps heights in pixels.
        let points = (points * 4.0 / 3.0).round() * 0.75;
        let number = Digits::of(row as u32 + 1);
        rows.push_str("<row r=\"");
        rows.push_str(number.text());
        let _ = write!(rows, "\" ht=\"{points}\" customHeight=\"1\">");
        for (col, name) in names.iter().enumerate() {
            let Some(i) = over[row * width + col].checked_sub(1) else {
                continue;
            };
            let cell = &placed.cells[i as usize];
            rows.push_str("<c r=\"");
            rows.push_str(name);
            rows.push_str(number.text());
            rows.push_str("\" s=\"");
            rows.push_str(Digits::of(looks[i as usize]).text());
            let first = cell.row as usize == row && usize::from(cell.col) == col;
            match &cell.holds {
                Holds::Text(text) if first && !text.is_empty() => {
                    rows.push_str("\" t=\"s\"><v>");
                    let index = strings.index(cut(text));
                    rows.push_str(Digits::of(index as u32).text());
                    rows.push_str("</v></c>");
                }
                Holds::Number(n) if first && n.is_finite() => number_cell(&mut rows, "\">", *n),
                Holds::Formula(formula, value) if first => {
                    rows.push_str(match value {
                        Value::Number(n) if n.is_finite() => "\"><f>",
                        Value::Number(_) => "\" t=\"e\"><f>",
                        Value::Text(_) => "\" t=\"str\"><f>",
                    });
                    escape(&mut rows, formula.strip_prefix('=').unwrap_or(formula));
                    match value {
                        Value::Number(n) if n.is_finite() => number_cell(&mut rows, "</f>", *n),
                        Value::Number(_) => rows.push_str("</f><v>#NUM!</v></c>"),
                        Value::Text(text) => {
                            rows.push_str("</f><v>");
                            escape(&mut rows, text);
                            rows.push_str("</v></c>");
                        }
                    }
                }
                _ => rows.push_str("\"/>"),
            }
        }
        rows.push_str("</row>");
    }
    let (last_row, last_col) = (height.saturating_sub(1), width.saturating_sub(1));
    Ok(Xml {
        dimension: format!("A1:{}", at(last_row, last_col)),
        columns: columns(&placed.widths),
        rows,
        merges: match merges {
            (0, _) => String::new(),
            (n, list) => format!("<mergeCells count=\"{n}\">{list}</mergeCells>"),
        },
    })
}

fn at(row: usize, col: usize) -> String {
    grid::a1(row as u32, col as u32)
}

fn number_cell(rows: &mut String, before: &str, number: f64) {
    rows.push_str(before);
    rows.push_str("<v>");
    // Counts are most of all numbers, and whole ones are printed much faster.
    if number.fract() == 0.0 && (0.0..1e9).contains(&number) && number.is_sign_positive() {
        rows.push_str(Digits::of(number as u32).text());
    } else {
        let _ = write!(rows, "{number}");
    }
    rows.push_str("</v></c>");
}

/// `<cols>`: neighbours of one width together.
fn columns(widths: &[f64]) -> String {
    // Excel keeps widths in pixels, and no more than 255 digits.
    let pixels = |w: &f64| {
        let most = 255.0 * theme::PIXELS_PER_DIGIT + theme::COLUMN_PADDING;
        ((w * theme::PIXELS_PER_DIGIT).round() + theme::COLUMN_PADDING).min(most)
    };
    let mut xml = String::from("<cols>");
    let mut from = 0;
    for alike in widths.chunk_by(|a, b| pixels(a) == pixels(b)) {
        let to = from + alike.len();
        let width = pixels(&alike[0]) / theme::PIXELS_PER_DIGIT;
        let _ = write!(
            xml,
            "<col min=\"{}\" max=\"{to}\" width=\"{width}\" customWidth=\"1\"/>",
            from + 1
        );
        from = to;
    }
    match widths {
        [] => String::new(),
        _ => xml + "</cols>",
    }
}

/// A whole number as text without an allocation.
struct Digits([u8; 10], usize);

impl Digits {
    fn of(mut n: u32) -> Digits {
        let mut digits = Digits([b'0'; 10], 10);
        loop {
            digits.1 -= 1;
            digits.0[digits.1] = b'0' + (n % 10) as u8;
            n /= 10;
            if n == 0 {
                return digits;
            }
        }
    }

    fn text(&self) -> &str {
        // Digits are ASCII, so this never falls back.
        std::str::from_utf8(&self.0[self.1..]).unwrap_or_default()
    }
}

/// A text between tags; what XML cannot hold is written as Excel does.
pub fn escape(out: &mut String, text: &str) {
    let special = |b: &u8| matches!(b, b'&' | b'<' | b'>' | 0..=8 | 11..=31) || *b == 0xEF;
    // Nearly all texts need nothing; 0xEF begins full-width forms too, which are then looked at.
    if !text.as_bytes().iter().any(|b| special(b)) {
        out.push_str(text);
        return;
    }
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\u{0}'..='\u{8}' | '\u{B}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {
                let _ = write!(out, "_x{:04X}_", c as u32);
            }
            _ => out.push(c),
        }
    }
}

/// [`escape`] for a shared string, where `_x000D_` would be read as a control character.
fn escape_cell(out: &mut String, mut text: &str) {
    while let Some(found) = text.find("_x") {
        let code = text.as_bytes().get(found + 2..found + 7);
        let escape_like =
            code.is_some_and(|c| c[4] == b'_' && c[..4].iter().all(u8::is_ascii_hexdigit));
        escape(out, &text[..found]);
        out.push_str(if escape_like { "_x005F_x" } else { "_x" });
        text = &text[found + 2..];
    }
    escape(out, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_shared_and_escaped_as_excel_does() {
        let mut strings = Strings::after(2, 3);
        let texts = ["一<二&三>", " 空 ", "一<二&三>", "a_x000D_\r_x00", "（全）"];
        let found: Vec<usize> = texts.iter().map(|t| strings.index(t)).collect();
        assert_eq!(found, [2, 3, 2, 4, 5]);
        let table = strings.table("<si/><si/>");
        let body = table.split_once("<sst ").expect("a table").1;
        assert_eq!(
            body.split_once("main\" ").expect("attributes").1,
            "count=\"8\" uniqueCount=\"6\"><si/><si/><si><t>一&lt;二&amp;三&gt;</t></si>\
             <si><t xml:space=\"preserve\"> 空 </t></si>\
             <si><t>a_x005F_x000D__x000D__x00</t></si><si><t>（全）</t></si></sst>"
        );
    }

    #[test]
    fn columns_of_one_width_stand_together() {
        assert_eq!(
            columns(&[5.0, 7.25, 7.26, 400.0]),
            "<cols><col min=\"1\" max=\"1\" width=\"5.625\" customWidth=\"1\"/>\
             <col min=\"2\" max=\"3\" width=\"7.875\" customWidth=\"1\"/>\
             <col min=\"4\" max=\"4\" width=\"255.625\" customWidth=\"1\"/></cols>"
        );
    }

    #[test]
    fn numbers_are_written_in_full() {
        let said = |n: f64| {
            let mut out = String::new();
            number_cell(&mut out, "", n);
            out
        };
        assert_eq!(said(1024.0), "<v>1024</v></c>");
        assert_eq!(said(-0.5), "<v>-0.5</v></c>");
        assert_eq!(said(-3.0), "<v>-3</v></c>");
        assert_eq!(said(12345678901.0), "<v>12345678901</v></c>");
        assert_eq!(said(0.0), "<v>0</v></c>");
    }

    #[test]
    fn a_text_ends_where_excel_ends_it() {
        let long = "汉".repeat(LONGEST + 5);
        assert_eq!(cut(&long).chars().count(), LONGEST);
        assert_eq!(cut("汉字"), "汉字");
    }
}
