//! Links from the figures of a page to the rows behind them, as XML. A link changes no look.

use super::a1;
use super::page::Page;
use super::strings::escape;

/// `<hyperlinks>` of a page whose body begins at that row; empty for none.
pub fn xml(page: &Page, top: u32) -> String {
    if page.links.is_empty() {
        return String::new();
    }
    let mut out = String::with_capacity(page.links.len() * 140);
    out.push_str("<hyperlinks>");
    for link in &page.links {
        let (from, to) = link.from;
        out.push_str("<hyperlink ref=\"");
        area(
            &mut out,
            (top + from.line, from.column.into()),
            (top + to.line, to.column.into()),
        );
        out.push_str("\" location=\"");
        let sheet = link.sheet.replace('\'', "''");
        escape(&mut out, &format!("'{sheet}'!"));
        area(&mut out, link.to.0, link.to.1);
        out.push_str("\" tooltip=\"");
        attribute(&mut out, &link.tip);
        out.push_str("\"/>");
    }
    out + "</hyperlinks>"
}

fn attribute(out: &mut String, text: &str) {
    let mut escaped = String::with_capacity(text.len());
    escape(&mut escaped, text);
    out.push_str(&escaped.replace('"', "&quot;"));
}

fn area(out: &mut String, first: (u32, u32), last: (u32, u32)) {
    a1::cell(out, first.0, first.1);
    if first != last {
        out.push(':');
        a1::cell(out, last.0, last.1);
    }
}
