//! Drafts as OpenDocument spreadsheets.

use super::draft::{Content, WorkbookDraft, from_serial};
use super::html::escape;
use std::collections::HashSet;
use std::io::{Cursor, Write};

pub fn write(draft: &WorkbookDraft) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    let deflated = stored.compression_method(zip::CompressionMethod::Deflated);
    let kind = "application/vnd.oasis.opendocument.spreadsheet";
    out.start_file("mimetype", stored).expect("part");
    out.write_all(kind.as_bytes()).expect("part");
    out.start_file("content.xml", deflated).expect("part");
    out.write_all(content(draft).as_bytes()).expect("part");
    out.start_file("META-INF/manifest.xml", deflated)
        .expect("part");
    let manifest = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.2\">\
         <manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"{kind}\"/>\
         <manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/>\
         </manifest:manifest>"
    );
    out.write_all(manifest.as_bytes()).expect("part");
    out.finish().expect("zip").into_inner()
}

fn content(draft: &WorkbookDraft) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-content \
         xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:number=\"urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0\" \
         office:version=\"1.2\"><office:automatic-styles>\
         <number:date-style style:name=\"N1\"><number:year number:style=\"long\"/><number:text>-</number:text>\
         <number:month number:style=\"long\"/><number:text>-</number:text><number:day number:style=\"long\"/></number:date-style>\
         <style:style style:name=\"d\" style:family=\"table-cell\" style:data-style-name=\"N1\"/>\
         <style:style style:name=\"gone\" style:family=\"table\"><style:table-properties table:display=\"false\"/></style:style>\
         <style:style style:name=\"here\" style:family=\"table\"><style:table-properties table:display=\"true\"/></style:style>\
         </office:automatic-styles><office:body><office:spreadsheet>\n",
    );
    for sheet in &draft.sheets {
        let (rows, cols) = sheet.extent().unwrap_or((0, 0));
        out.push_str(&format!(
            "<table:table table:name=\"{}\" table:style-name=\"{}\">",
            escape(&sheet.name),
            if sheet.hidden { "gone" } else { "here" }
        ));
        for col in 0..=cols {
            let visible = if sheet.hidden_columns.contains(&col) {
                " table:visibility=\"collapse\""
            } else {
                ""
            };
            out.push_str(&format!("<table:table-column{visible}/>"));
        }
        out.push('\n');
        let mut covered: HashSet<(u32, u32)> = HashSet::new();
        for row in 0..=rows {
            let visible = if sheet.hidden_rows.contains(&row) {
                " table:visibility=\"collapse\""
            } else {
                ""
            };
            out.push_str(&format!("<table:table-row{visible}>"));
            let mut empty = 0;
            for col in 0..=cols {
                let is_covered = covered.contains(&(row, col));
                let merge = sheet.merges.iter().find(|m| (m.0, m.1) == (row, col));
                let content = sheet.cells.get(&(row, col));
                if !is_covered && merge.is_none() && content.is_none() {
                    empty += 1;
                    continue;
                }
                if empty > 0 {
                    out.push_str(&format!(
                        "<table:table-cell table:number-columns-repeated=\"{empty}\"/>"
                    ));
                    empty = 0;
                }
                if is_covered {
                    out.push_str("<table:covered-table-cell/>");
                    continue;
                }
                let mut attributes = String::new();
                if let Some(m) = merge {
                    for r in m.0..=m.2 {
                        for c in m.1..=m.3 {
                            covered.insert((r, c));
                        }
                    }
                    attributes = format!(
                        " table:number-rows-spanned=\"{}\" table:number-columns-spanned=\"{}\"",
                        m.2 - m.0 + 1,
                        m.3 - m.1 + 1
                    );
                }
                out.push_str(&cell(&attributes, content));
            }
            out.push_str("</table:table-row>\n");
        }
        out.push_str("</table:table>\n");
    }
    out.push_str("</office:spreadsheet></office:body></office:document-content>\n");
    out
}

fn cell(attributes: &str, content: Option<&Content>) -> String {
    let paragraphs = |text: &str| {
        text.split('\n')
            .map(|line| format!("<text:p>{}</text:p>", spaces(&escape(line))))
            .collect::<String>()
    };
    let Some(content) = content else {
        return format!("<table:table-cell{attributes}/>");
    };
    let typed = |attributes: &str, content: &Content| match content {
        Content::Text(t) => format!(
            "<table:table-cell{attributes} office:value-type=\"string\">{}</table:table-cell>",
            paragraphs(t)
        ),
        Content::Number(n) => format!(
            "<table:table-cell{attributes} office:value-type=\"float\" office:value=\"{n}\"><text:p>{}</text:p></table:table-cell>",
            content.shown()
        ),
        Content::Date(serial, _) => format!(
            "<table:table-cell{attributes} table:style-name=\"d\" office:value-type=\"date\" office:date-value=\"{0}\"><text:p>{0}</text:p></table:table-cell>",
            from_serial(*serial).format("%Y-%m-%d")
        ),
        Content::Bool(b) => format!(
            "<table:table-cell{attributes} office:value-type=\"boolean\" office:boolean-value=\"{b}\"><text:p>{}</text:p></table:table-cell>",
            content.shown()
        ),
        Content::Error(e) => format!(
            "<table:table-cell{attributes} table:formula=\"of:={0}\" office:value-type=\"string\" office:string-value=\"{0}\"><text:p>{0}</text:p></table:table-cell>",
            escape(e)
        ),
        Content::Formula(..) => unreachable!("formulas are taken apart by the caller"),
    };
    match content {
        Content::Formula(expr, result) => {
            let attributes = format!("{attributes} table:formula=\"of:={}\"", escape(expr));
            match result {
                Some(result) => typed(&attributes, result),
                None => format!("<table:table-cell{attributes}/>"),
            }
        }
        other => typed(attributes, other),
    }
}

/// Runs of spaces must be written as `text:s`, or readers fold them.
fn spaces(text: &str) -> String {
    let mut out = String::new();
    let mut run = 0;
    for c in text.chars().chain(std::iter::once('\0')) {
        if c == ' ' {
            run += 1;
            continue;
        }
        if run > 0 {
            out.push(' ');
            if run > 1 {
                out.push_str(&format!("<text:s text:c=\"{}\"/>", run - 1));
            }
            run = 0;
        }
        if c != '\0' {
            out.push(c);
        }
    }
    out
}
