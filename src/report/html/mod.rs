//! A book as one web page: every table of the workbook with what stands around it, for the bureau's
//! site, for mail, for a telephone. Nothing is fetched and nothing runs; it is read aloud, printed
//! and copied without losing a figure's meaning.
//!
//! Tags are closed and attributes quoted as in XML, so that XML tools read it too. A line's id is
//! the number of its page and its row in the workbook: `#p3-12`.

mod axis;
mod chart;
mod style;
mod table;
mod text;

use super::fit;
use super::page::{Book, Page};
use super::words::{Key, Words};
use crate::message::Lang;
use std::fmt::Write as _;
use text::escape;

/// The whole page.
pub fn html(book: &Book) -> String {
    let words = Words { lang: book.lang };
    let lines: usize = book.pages.iter().map(|p| p.lines.len()).sum();
    let mut out = String::with_capacity((1 << 14) + lines * 256);
    let lang = match book.lang {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    };
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{lang}\" xml:lang=\"{lang}\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<meta charset=\"utf-8\"/>\n\
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>"
    );
    escape(&mut out, &book.title);
    let _ = write!(
        out,
        "</title>\n<style>\n{}\n</style>\n</head>\n<body>\n<h1>",
        style::sheet(words)
    );
    escape(&mut out, &book.title);
    out.push_str("</h1>\n<p class=\"who\">");
    escape(&mut out, &book.organisation);
    let _ = writeln!(out, " <time>{}</time></p>", book.date.format("%F"));
    contents(&mut out, book, words);
    out.push_str("<main>\n");
    let signs = table::Signs::new(words);
    for (i, page) in pages(book).enumerate() {
        section(&mut out, page, i + 1, &signs);
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

/// The pages that are shown: ledgers, tens of thousands of lines, are for the workbook.
fn pages(book: &Book) -> impl Iterator<Item = &Page> {
    book.pages.iter().filter(|p| p.bulk.is_none())
}

fn contents(out: &mut String, book: &Book, words: Words) {
    let _ = write!(
        out,
        "<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">{}</h2>\n<ol>\n",
        words.get(Key::HtmlContents)
    );
    for (i, page) in pages(book).enumerate() {
        let _ = write!(out, "<li><a href=\"#p{}\">", i + 1);
        escape(out, &page.sheet);
        out.push_str("</a> ");
        escape(out, &page.title);
        out.push_str("</li>\n");
    }
    out.push_str("</ol>\n<p class=\"key\">");
    let signs = [
        ("below", words.get(Key::MarkBelow)),
        ("met", words.get(Key::HtmlMet)),
        ("dash", words.get(Key::Dash)),
    ];
    escape(out, &words.fill(Key::HtmlKey, &signs));
    out.push_str("</p>\n</nav>\n");
}

fn section(out: &mut String, page: &Page, number: usize, signs: &table::Signs) {
    let (widths, paper) = fit::widths(page);
    let class = match paper.lying {
        false => " class=\"u\"",
        true => "",
    };
    let _ = write!(
        out,
        "<section id=\"p{number}\"{class} aria-labelledby=\"t{number}\">\n<h2 id=\"t{number}\">"
    );
    escape(out, &page.title);
    out.push_str("</h2>\n");
    subtitle(out, &page.subtitle);
    paragraphs(out, "p", &page.preamble);
    if let Some(spec) = &page.chart {
        chart::draw(out, page, spec, number, signs.target());
    }
    if !page.columns.is_empty() {
        table::write(out, page, number, &widths, signs);
    }
    if !page.signature.is_empty() {
        out.push_str("<p class=\"sign\">");
        for label in &page.signature {
            out.push_str("<span>");
            escape(out, label);
            out.push_str("</span>");
        }
        out.push_str("</p>\n");
    }
    paragraphs(out, "f", &page.footnotes);
    for (i, line) in page.closing.iter().enumerate() {
        let class = if i == 0 { "close first" } else { "close" };
        paragraphs(out, class, std::slice::from_ref(line));
    }
    out.push_str("</section>\n");
}

fn paragraphs(out: &mut String, class: &str, texts: &[String]) {
    for text in texts {
        let _ = write!(out, "<p class=\"{class}\">");
        escape(out, text);
        out.push_str("</p>\n");
    }
}

/// A table and not boxes side by side: mail programs place nothing else.
fn subtitle(out: &mut String, parts: &[String; 3]) {
    let parts: Vec<&String> = parts.iter().filter(|p| !p.is_empty()).collect();
    if parts.is_empty() {
        return;
    }
    out.push_str("<table class=\"sub\" role=\"presentation\"><tr>");
    for (i, part) in parts.iter().enumerate() {
        // As in the workbook: the first on the left, the last on the right.
        let class = match i {
            0 => " class=\"l\"",
            i if i + 1 == parts.len() => " class=\"r\"",
            _ => "",
        };
        let _ = write!(out, "<td{class}>");
        escape(out, part);
        out.push_str("</td>");
    }
    out.push_str("</tr></table>\n");
}
