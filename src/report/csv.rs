//! The table of each page as comma-separated text, for programs and for whoever wants to go on
//! computing: one header line (spanners and label joined), then every line as printed, sums too.
//!
//! What stands around a table (title, notes, signatures) is left to the other outputs. Numbers are
//! whole and plain; UTF-8 with a mark, so that Excel does not take it for GBK; RFC 4180.

use super::compose::Files;
use super::page::{Book, Content, Page, Show, Value};
use super::shown;

/// What Excel tells UTF-8 by.
const MARK: char = '\u{feff}';
/// What stands between a spanner and what is below it; not a character of labels.
const JOINT: &str = "/";

/// Each page that has a table: path below the output folder, and text.
pub fn csv(book: &Book) -> impl Iterator<Item = (String, String)> {
    let folder = book.path.strip_suffix(".xlsx").unwrap_or(&book.path);
    let mut files = Files::default();
    book.pages
        .iter()
        // Ledgers are for the workbook; programs have the trace files.
        .filter(|page| !page.columns.is_empty() && page.bulk.is_none())
        .map(move |page| {
            let path = format!("{folder}/{}.csv", files.claim(&page.sheet));
            (path, table(page))
        })
}

fn table(page: &Page) -> String {
    let mut out = String::with_capacity(page.lines.len() * page.columns.len() * 8 + 256);
    out.push(MARK);
    for (i, column) in page.columns.iter().enumerate() {
        let label: Vec<String> = column.path.iter().map(|l| l.replace('\n', "")).collect();
        field(&mut out, i, &label.join(JOINT));
    }
    end(&mut out);
    for line in &page.lines {
        let mut col = 0;
        for cell in &line.cells {
            let Some(column) = page.columns.get(col) else {
                break;
            };
            match &cell.content {
                Content::Blank => field(&mut out, col, ""),
                Content::Text(text) | Content::Formula(_, Value::Text(text)) => {
                    field(&mut out, col, text);
                }
                Content::Number(n) | Content::Formula(_, Value::Number(n)) => {
                    number(&mut out, col, *n, column.show);
                }
            }
            let covered = usize::from(cell.across.max(1)).min(page.columns.len() - col);
            for i in 1..covered {
                field(&mut out, col + i, "");
            }
            col += covered;
        }
        for col in col..page.columns.len() {
            field(&mut out, col, "");
        }
        end(&mut out);
    }
    out
}

fn end(out: &mut String) {
    out.push_str("\r\n");
}

fn number(out: &mut String, col: usize, value: f64, show: Show) {
    if col > 0 {
        out.push(',');
    }
    out.push_str(&shown::exact(value, show));
}

/// A field of words; what begins like a formula gets the apostrophe that Excel keeps words by, and
/// that its cell has in the workbook.
fn field(out: &mut String, col: usize, text: &str) {
    if col > 0 {
        out.push(',');
    }
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if !formula && !text.contains([',', '"', '\r', '\n']) {
        out.push_str(text);
        return;
    }
    out.push('"');
    if formula {
        out.push('\'');
    }
    for c in text.chars() {
        if c == '"' {
            out.push('"');
        }
        out.push(c);
    }
    out.push('"');
}
