//! The same drawing as a page of its own: no script, nothing fetched, readable on paper.

use super::drawing::{Cell, Drawing, Head, Line, worst};
use super::palette;
use crate::diagnostic::{Diagnostic, Severity, render};
use crate::grid::column_name;
use crate::message::{Lang, say};
use crate::recognise::{How, Role};
use std::fmt::Write;

/// One sheet and what is told about it.
pub struct Part<'a> {
    /// File, or member of an archive.
    pub file: &'a str,
    /// Sheet name, marked where it is hidden.
    pub sheet: String,
    pub drawing: Drawing,
    /// What `inspect` says about it in words.
    pub told: String,
    /// Findings of its file.
    pub findings: &'a [Diagnostic],
}

const STYLE: &str = "body{font:14px/1.45 'Noto Sans SC','Microsoft YaHei',sans-serif;margin:1.5em;color:#222}
h1{font-size:1.3em}h2{font-size:1.1em;margin:1.6em 0 .5em;border-bottom:2px solid #404040}
table.sheet{border-collapse:collapse;font-size:12px}
table.sheet td,table.sheet th{border:1px solid #a6a6a6;padding:2px 5px;max-width:22em;overflow-wrap:anywhere;vertical-align:top}
table.sheet th{background:#f2f2f2;font-weight:normal;color:#404040;white-space:nowrap}
tr.fields td{font-weight:bold;border-bottom:2px solid #404040}
td.gap{color:#5f5f5f;text-align:center;border-style:dashed}
.mark{font-weight:bold;text-decoration:none}td.found{outline:2px solid currentColor;outline-offset:-2px}
.legend span{display:inline-block;border:1px solid #a6a6a6;padding:0 .5em;margin:.1em .3em .1em 0}
pre{white-space:pre-wrap;background:#f7f7f7;padding:.6em;font:12px/1.5 inherit}
li{margin:.2em 0}li:target{background:#fbf3dc}
@media print{*{print-color-adjust:exact;-webkit-print-color-adjust:exact}body{margin:0}h2{break-after:avoid}tr{break-inside:avoid}}";

/// The whole page. `place` says where a finding is, in words.
pub fn page(title: &str, parts: &[Part<'_>], findings: &[Diagnostic], lang: Lang) -> String {
    let mut out = String::with_capacity(1 << 16);
    let code = if lang == Lang::Zh { "zh-CN" } else { "en" };
    let title = escape(title);
    let heading = escape(&say(lang, "inspect.page.title", &[]));
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{code}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<style>\n{STYLE}\n</style>\n</head>\n<body>\n<h1>{heading}{title}</h1>"
    );
    legend(&mut out, lang);
    for part in parts {
        let _ = writeln!(
            out,
            "<h2>{} {}</h2>",
            escape(part.file),
            escape(&part.sheet)
        );
        sheet(&mut out, part, lang);
        let _ = writeln!(out, "<pre>{}</pre>", escape(&part.told));
    }
    let _ = writeln!(
        out,
        "<h2>{}</h2>\n<ol>",
        escape(&say(lang, "inspect.page.findings", &[]))
    );
    for (i, d) in findings.iter().enumerate() {
        let _ = writeln!(
            out,
            "<li id=\"f{i}\"><b>{}{}</b> {}<br>{}<br>{} ({})</li>",
            mark(d.severity),
            escape(&say(
                lang,
                &format!("severity.{}", d.severity.as_str()),
                &[]
            )),
            escape(&render::place(d, lang)),
            escape(&render::message(d, lang)),
            escape(&render::hint(d, lang)),
            d.rule.name(),
        );
    }
    out.push_str("</ol>\n</body>\n</html>\n");
    out
}

fn legend(out: &mut String, lang: Lang) {
    let row = |out: &mut String, key: &str, words: &[(String, String)]| {
        let spans: Vec<String> = words
            .iter()
            .map(|(style, word)| format!("<span style=\"{style}\">{}</span>", escape(word)))
            .collect();
        let text = say(lang, key, &[("words", String::new())]);
        let _ = writeln!(
            out,
            "<p class=\"legend\">{} {}</p>",
            escape(text.trim()),
            spans.join("")
        );
    };
    let roles = palette::ROLES.map(|r| {
        let fill = format!("background:{}", palette::role(r).1);
        (fill, role(r, lang))
    });
    row(out, "inspect.legend.roles", &roles);
    let known = [How::Exact, How::Within, How::Content, How::Unknown].map(|h| {
        let fill = format!("background:{}", palette::how(h).1);
        let word = say(lang, &format!("inspect.how.{}", h.as_str()), &[]);
        (fill, word)
    });
    row(out, "inspect.legend.fields", &known);
    let marks = [Severity::Error, Severity::Warning, Severity::Note].map(|s| {
        let (mark, _, colour) = palette::finding(s);
        let word = say(lang, &format!("severity.{}", s.as_str()), &[]);
        (format!("color:{colour}"), format!("{mark} {word}"))
    });
    row(out, "inspect.legend.marks", &marks);
}

fn role(role: Role, lang: Lang) -> String {
    say(lang, &format!("inspect.role.{}", role.as_str()), &[])
}

fn sheet(out: &mut String, part: &Part<'_>, lang: Lang) {
    let drawing = &part.drawing;
    if drawing.columns.is_empty() {
        return;
    }
    out.push_str("<table class=\"sheet\">\n<tr><th></th><th></th>");
    for column in &drawing.columns {
        let _ = write!(out, "<th>{}</th>", column_name(*column));
    }
    out.push_str("</tr>\n");
    for line in &drawing.lines {
        match line {
            Line::Fields(heads) => {
                let word = escape(&say(lang, "inspect.fields", &[]));
                let _ = write!(out, "<tr class=\"fields\"><th></th><th>{word}</th>");
                heads.iter().for_each(|h| field(out, h.as_ref(), lang));
                out.push_str("</tr>\n");
            }
            Line::Gap(first, last, holds) => {
                let key = if *holds {
                    "inspect.gap"
                } else {
                    "inspect.gap.blank"
                };
                let args = [
                    ("first", (first + 1).to_string()),
                    ("last", (last + 1).to_string()),
                    ("rows", (last - first + 1).to_string()),
                ];
                let _ = writeln!(
                    out,
                    "<tr><td class=\"gap\" colspan=\"{}\">{}</td></tr>",
                    drawing.columns.len() + 2,
                    escape(&say(lang, key, &args))
                );
            }
            Line::Row(row) => {
                let fill = palette::role(row.role).1;
                let _ = write!(
                    out,
                    "<tr style=\"background:{fill}\"><th>{}</th><th style=\"background:{fill}\">{}{}</th>",
                    row.number + 1,
                    escape(&role(row.role, lang)),
                    marks(&row.found, part.findings, lang)
                );
                for cell in row.cells.iter().filter(|c| !c.covered) {
                    one(out, cell, part.findings, lang);
                }
                out.push_str("</tr>\n");
            }
        }
    }
    out.push_str("</table>\n");
}

fn field(out: &mut String, head: Option<&Head>, lang: Lang) {
    let Some(head) = head else {
        out.push_str("<td></td>");
        return;
    };
    let unknown = || say(lang, "inspect.no-field", &[]);
    let title = head.title.clone().unwrap_or_else(unknown);
    let _ = write!(
        out,
        "<td style=\"background:{}\" title=\"{}\">{}</td>",
        palette::how(head.how).1,
        escape(&head.about),
        escape(&title)
    );
}

fn one(out: &mut String, cell: &Cell, findings: &[Diagnostic], lang: Lang) {
    out.push_str("<td");
    let (rows, columns) = cell.span;
    if rows > 1 {
        let _ = write!(out, " rowspan=\"{rows}\"");
    }
    if columns > 1 {
        let _ = write!(out, " colspan=\"{columns}\"");
    }
    if let Some(severity) = worst(&cell.found, findings) {
        let texts: Vec<String> = cell
            .found
            .iter()
            .map(|i| render::message(&findings[*i], lang))
            .collect();
        let _ = write!(
            out,
            " class=\"found\" style=\"color:{}\" title=\"{}\"",
            palette::finding(severity).2,
            escape(&texts.join("\n"))
        );
    }
    let _ = write!(
        out,
        ">{}{}</td>",
        marks(&cell.found, findings, lang),
        escape(&cell.text)
    );
}

/// Links to the findings.
fn marks(found: &[usize], findings: &[Diagnostic], lang: Lang) -> String {
    let link = |i: &usize| {
        let d = &findings[*i];
        let colour = palette::finding(d.severity).2;
        let text = escape(&render::message(d, lang));
        let sign = palette::finding(d.severity).0;
        format!(
            "<a class=\"mark\" href=\"#f{i}\" style=\"color:{colour}\" title=\"{text}\">{sign}</a>"
        )
    };
    found.iter().map(link).collect()
}

fn mark(severity: Severity) -> String {
    let (mark, _, colour) = palette::finding(severity);
    format!("<span class=\"mark\" style=\"color:{colour}\">{mark}</span> ")
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_school_typed_is_text_and_never_markup() {
        assert_eq!(
            escape("<b onclick='x'>\"&\u{1}"),
            "&lt;b onclick=&#39;x&#39;&gt;&quot;&amp; "
        );
    }
}
