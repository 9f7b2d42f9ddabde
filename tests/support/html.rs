//! Drafts as the HTML tables that web systems call `.xls`.

use super::draft::{Content, WorkbookDraft};
use std::collections::HashSet;

/// One table a sheet; merges become `rowspan` and `colspan`.
pub fn write(draft: &WorkbookDraft, charset: &str) -> String {
    let mut out = format!(
        "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\">\r\n<head>\
         <meta http-equiv=\"Content-Type\" content=\"text/html; charset={charset}\">\
         <style>td{{mso-number-format:'\\@';}}</style></head>\r\n<body>\r\n"
    );
    for sheet in &draft.sheets {
        out.push_str("<table border=\"1\">\r\n");
        let (rows, cols) = sheet.extent().unwrap_or((0, 0));
        let mut covered: HashSet<(u32, u32)> = HashSet::new();
        for row in 0..=rows {
            out.push_str("<tr>");
            for col in 0..=cols {
                if covered.contains(&(row, col)) {
                    continue;
                }
                let mut spans = String::new();
                if let Some(m) = sheet.merges.iter().find(|m| (m.0, m.1) == (row, col)) {
                    for r in m.0..=m.2 {
                        for c in m.1..=m.3 {
                            covered.insert((r, c));
                        }
                    }
                    if m.2 > m.0 {
                        spans.push_str(&format!(" rowspan=\"{}\"", m.2 - m.0 + 1));
                    }
                    if m.3 > m.1 {
                        spans.push_str(&format!(" colspan={}", m.3 - m.1 + 1));
                    }
                }
                let shown = match sheet.cells.get(&(row, col)) {
                    Some(Content::Text(t)) => escape(t).replace('\n', "<br>"),
                    Some(other) => escape(&other.shown()),
                    None => "&nbsp;".into(),
                };
                out.push_str(&format!("<td{spans}>{shown}</td>"));
            }
            out.push_str("</tr>\r\n");
        }
        out.push_str("</table>\r\n");
    }
    out.push_str("</body></html>\r\n");
    out
}

/// Text inside markup.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
