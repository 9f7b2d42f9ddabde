//! The table of a page: header band, row groups, sums.

use super::super::head::head_spans;
use super::super::layout::body_top;
use super::super::page::{Align, Cell, Content, Line, LineKind, Meaning, Page, Show, Value};
use super::super::shown;
use super::super::theme::{self, Paper};
use super::super::words::{Key, Words};
use super::style;
use super::text::{attribute, escape};
use std::fmt::Write as _;

/// The least width of a column on a screen, in characters of Latin text for each digit that it has
/// on paper; a narrower window scrolls.
const SCREEN: f64 = 0.62;

/// How much more a printed page holds than a workbook's sheet of paper: its words are smaller.
const SLENDER: f64 = 1.2;

/// What stands beside a colour.
#[derive(Debug)]
pub struct Signs {
    below: String,
    met: String,
    target: String,
}

impl Signs {
    /// The signs of a language.
    pub fn new(words: Words) -> Signs {
        Signs {
            below: words.get(Key::MarkBelow),
            met: words.get(Key::HtmlMet),
            target: words.get(Key::ChartTarget),
        }
    }

    /// The name of the target in charts.
    pub fn target(&self) -> &str {
        &self.target
    }

    fn of(&self, meaning: Meaning) -> Option<&str> {
        match meaning {
            Meaning::BelowTarget => Some(&self.below),
            Meaning::Met => Some(&self.met),
            _ => None,
        }
    }
}

/// Writes the table.
pub fn write(out: &mut String, page: &Page, number: usize, widths: &[f64], signs: &Signs) {
    let total: f64 = widths.iter().sum();
    // Wider than its paper, it is set smaller, as the workbook is printed.
    let size = (Paper::LYING.printable() * SLENDER / total).clamp(theme::SMALLEST, 1.0) * 100.0;
    let _ = write!(
        out,
        "<div class=\"wide\"><table class=\"d\" style=\"font-size:{size:.0}%;min-width:{:.0}em\">\n<caption>",
        total * SCREEN
    );
    escape(out, &page.sheet);
    out.push_str("</caption>\n<colgroup>");
    for width in widths {
        let _ = write!(out, "<col style=\"width:{:.2}%\"/>", width / total * 100.0);
    }
    out.push_str("</colgroup>\n");
    head(out, page);
    let mut open = false;
    let mut group = None;
    let first = body_top(page) + 1;
    for (line, row) in page.lines.iter().zip(first..) {
        // A row group is a body of its own.
        if !open || line.kind == LineKind::Group || group == Some(LineKind::Subtotal) {
            out.push_str(if open {
                "</tbody>\n<tbody>\n"
            } else {
                "<tbody>\n"
            });
            open = true;
        }
        group = Some(line.kind);
        let class = match style::line(line.kind) {
            "" => String::new(),
            class => format!(" class=\"{class}\""),
        };
        let _ = write!(out, "<tr id=\"p{number}-{row}\"{class}>");
        cells(out, page, line, signs);
        out.push_str("</tr>\n");
    }
    if open {
        out.push_str("</tbody>\n");
    }
    out.push_str("</table></div>\n");
}

fn head(out: &mut String, page: &Page) {
    let paths: Vec<&[String]> = page.columns.iter().map(|c| c.path.as_slice()).collect();
    let spans = head_spans(&paths);
    out.push_str("<thead>\n");
    for row in 0..page.head_depth() as usize {
        out.push_str("<tr>");
        for span in spans.iter().filter(|s| s.row == row) {
            let scope = if span.cols > 1 { "colgroup" } else { "col" };
            let _ = write!(out, "<th scope=\"{scope}\"");
            spanning(out, "colspan", span.cols);
            spanning(out, "rowspan", span.rows);
            out.push('>');
            escape(out, &span.text);
            out.push_str("</th>");
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</thead>\n");
}

fn spanning(out: &mut String, name: &str, n: usize) {
    if n > 1 {
        let _ = write!(out, " {name}=\"{n}\"");
    }
}

fn cells(out: &mut String, page: &Page, line: &Line, signs: &Signs) {
    let mut col = 0;
    for cell in &line.cells {
        let Some(column) = page.columns.get(col) else {
            return;
        };
        let across = usize::from(cell.across.max(1)).min(page.columns.len() - col);
        // As in the workbook: headings read from the left, names of sums stand in the middle.
        let align = match (across, line.kind) {
            (1, _) => column.align,
            (_, LineKind::Subtotal | LineKind::Total) => Align::Centre,
            _ => Align::Left,
        };
        // What names the line is a header of it, whoever reads it aloud.
        let covered = col..(col + across).min(page.stub);
        let names = page
            .columns
            .get(covered)
            .is_some_and(|own| own.iter().any(|c| c.show != Show::Serial));
        let scope = match (names, line.kind) {
            (false, _) => None,
            (true, LineKind::Group) => Some("rowgroup"),
            (true, _) => Some("row"),
        };
        let tag = if scope.is_some() { "th" } else { "td" };
        let _ = write!(out, "<{tag}");
        if let Some(scope) = scope {
            let _ = write!(out, " scope=\"{scope}\"");
        }
        spanning(out, "colspan", across);
        let aligned = match (style::align(align), &cell.content) {
            // Words break where their column ends, figures do not.
            ("", Content::Text(_)) if tag == "td" => style::WORDS,
            (class, _) => class,
        };
        let class = [aligned, style::meaning(cell.meaning)];
        match class {
            ["", ""] => {}
            ["", one] | [one, ""] => {
                let _ = write!(out, " class=\"{one}\"");
            }
            [a, b] => {
                let _ = write!(out, " class=\"{a} {b}\"");
            }
        }
        out.push('>');
        if let Some(sign) = signs.of(cell.meaning)
            && cell.content != Content::Blank
        {
            out.push_str("<i>");
            escape(out, sign);
            out.push_str("</i>");
        }
        value(out, cell, column.show);
        let _ = write!(out, "</{tag}>");
        col += across;
    }
    for _ in col..page.columns.len() {
        out.push_str("<td></td>");
    }
}

fn value(out: &mut String, cell: &Cell, show: Show) {
    match &cell.content {
        Content::Blank => {}
        Content::Text(text) | Content::Formula(_, Value::Text(text)) => escape(out, text),
        Content::Number(n) | Content::Formula(_, Value::Number(n)) => {
            out.push_str(&shown::number(*n, show));
        }
    }
}

/// A line of a chart's tip: names and a figure.
pub fn tip(names: &[&str], value: f64, show: Show) -> String {
    attribute(&format!(
        "{} {}",
        names.join(" "),
        shown::number(value, show)
    ))
}
