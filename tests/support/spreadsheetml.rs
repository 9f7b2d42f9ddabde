//! Drafts as SpreadsheetML 2003, the XML that some systems export as `.xls`.

use super::draft::{Content, WorkbookDraft, from_serial};
use super::html::escape;
use std::collections::HashSet;

pub fn write(draft: &WorkbookDraft) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\"?>\r\n<?mso-application progid=\"Excel.Sheet\"?>\r\n\
         <Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
         xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">\r\n\
         <Styles><Style ss:ID=\"d\"><NumberFormat ss:Format=\"yyyy\\-mm\\-dd\"/></Style></Styles>\r\n",
    );
    for sheet in &draft.sheets {
        out.push_str(&format!(
            "<Worksheet ss:Name=\"{}\"><Table>\r\n",
            escape(&sheet.name)
        ));
        let (rows, cols) = sheet.extent().unwrap_or((0, 0));
        let mut covered: HashSet<(u32, u32)> = HashSet::new();
        let mut next_row = 0;
        for row in 0..=rows {
            let mut cells = String::new();
            let mut next_col = 0;
            for col in 0..=cols {
                let merge = sheet.merges.iter().find(|m| (m.0, m.1) == (row, col));
                let content = sheet.cells.get(&(row, col));
                if covered.contains(&(row, col)) || (merge.is_none() && content.is_none()) {
                    continue;
                }
                let mut attributes = String::new();
                if col != next_col {
                    attributes.push_str(&format!(" ss:Index=\"{}\"", col + 1));
                }
                next_col = col + 1;
                if let Some(m) = merge {
                    for r in m.0..=m.2 {
                        for c in m.1..=m.3 {
                            covered.insert((r, c));
                        }
                    }
                    if m.3 > m.1 {
                        attributes.push_str(&format!(" ss:MergeAcross=\"{}\"", m.3 - m.1));
                    }
                    if m.2 > m.0 {
                        attributes.push_str(&format!(" ss:MergeDown=\"{}\"", m.2 - m.0));
                    }
                    next_col = m.3 + 1;
                }
                cells.push_str(&cell(&attributes, content));
            }
            if !cells.is_empty() {
                let index = if row == next_row {
                    String::new()
                } else {
                    format!(" ss:Index=\"{}\"", row + 1)
                };
                next_row = row + 1;
                out.push_str(&format!("<Row{index}>{cells}</Row>\r\n"));
            }
        }
        out.push_str("</Table></Worksheet>\r\n");
    }
    out.push_str("</Workbook>\r\n");
    out
}

fn cell(attributes: &str, content: Option<&Content>) -> String {
    let data = |kind: &str, text: &str| {
        format!(
            "<Data ss:Type=\"{kind}\">{}</Data>",
            escape(text).replace('\n', "&#10;")
        )
    };
    match content {
        None => format!("<Cell{attributes}/>"),
        Some(Content::Text(t)) => format!("<Cell{attributes}>{}</Cell>", data("String", t)),
        Some(Content::Number(n)) => {
            format!(
                "<Cell{attributes}>{}</Cell>",
                data("Number", &format!("{n}"))
            )
        }
        Some(Content::Date(serial, _)) => {
            let day = from_serial(*serial)
                .format("%Y-%m-%dT00:00:00.000")
                .to_string();
            format!(
                "<Cell ss:StyleID=\"d\"{attributes}>{}</Cell>",
                data("DateTime", &day)
            )
        }
        Some(Content::Formula(expr, result)) => {
            let inner = match result.as_deref() {
                Some(Content::Number(n)) => data("Number", &format!("{n}")),
                Some(other) => data("String", &other.shown()),
                None => String::new(),
            };
            format!(
                "<Cell{attributes} ss:Formula=\"={}\">{inner}</Cell>",
                escape(expr)
            )
        }
        Some(Content::Error(e)) => format!("<Cell{attributes}>{}</Cell>", data("Error", e)),
        Some(Content::Bool(b)) => {
            format!(
                "<Cell{attributes}>{}</Cell>",
                data("Boolean", if *b { "1" } else { "0" })
            )
        }
    }
}
