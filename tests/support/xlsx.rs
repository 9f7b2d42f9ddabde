//! Drafts as xlsx, through rust_xlsxwriter; what it cannot write is patched into the package.

use super::draft::{Content, WorkbookDraft};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Formula, Workbook, Worksheet};
use std::collections::HashMap;
use std::io::{Cursor, Read, Write};

/// Result that stands for "stored without a result" until the package is patched.
const NO_VALUE: &str = "@@no-value@@";

pub fn write(draft: &WorkbookDraft) -> Vec<u8> {
    let mut book = Workbook::new();
    let created = ExcelDateTime::from_ymd(2025, 9, 1).expect("a date");
    book.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let bold = Format::new().set_bold();
    let mut formats: HashMap<String, Format> = HashMap::new();
    let mut unevaluated = false;
    for sheet in &draft.sheets {
        let ws = book.add_worksheet();
        ws.set_name(&sheet.name).expect("sheet name");
        ws.set_hidden(sheet.hidden);
        for (&col, &width) in &sheet.widths {
            ws.set_column_width(col as u16, width).expect("width");
        }
        for &(t, l, b, r) in &sheet.merges {
            ws.merge_range(t, l as u16, b, r as u16, "", &Format::new())
                .expect("merge");
        }
        for (&(row, col), content) in &sheet.cells {
            let format = sheet.bold_rows.contains(&row).then_some(&bold);
            put(
                ws,
                row,
                col as u16,
                content,
                format,
                &mut formats,
                &mut unevaluated,
            );
        }
        for &row in &sheet.hidden_rows {
            ws.set_row_hidden(row).expect("row");
        }
        for &col in &sheet.hidden_columns {
            ws.set_column_hidden(col as u16).expect("column");
        }
    }
    if let Some(first) = draft.sheets.iter().position(|s| !s.hidden) {
        book.worksheet_from_index(first)
            .expect("sheet")
            .set_active(true);
    }
    let bytes = book.save_to_buffer().expect("xlsx");
    if unevaluated {
        without_values(&bytes)
    } else {
        bytes
    }
}

fn put(
    ws: &mut Worksheet,
    row: u32,
    col: u16,
    content: &Content,
    format: Option<&Format>,
    formats: &mut HashMap<String, Format>,
    unevaluated: &mut bool,
) {
    let done = match content {
        Content::Text(t) if t.is_empty() => return,
        Content::Text(t) => match format {
            Some(f) => ws.write_string_with_format(row, col, t, f),
            None => ws.write_string(row, col, t),
        },
        Content::Number(n) => match format {
            Some(f) => ws.write_number_with_format(row, col, *n, f),
            None => ws.write_number(row, col, *n),
        },
        Content::Date(serial, pattern) => {
            let f = formats
                .entry(pattern.clone())
                .or_insert_with(|| Format::new().set_num_format(pattern));
            ws.write_number_with_format(row, col, *serial, f)
        }
        Content::Formula(expr, result) => {
            let result = match result {
                Some(r) => r.shown(),
                None => {
                    *unevaluated = true;
                    NO_VALUE.to_owned()
                }
            };
            ws.write_formula(
                row,
                col,
                Formula::new(format!("={expr}")).set_result(result),
            )
        }
        Content::Error(e) => {
            let expr = match e.as_str() {
                "#DIV/0!" => "=1/0",
                "#N/A" => "=NA()",
                "#REF!" => "=#REF!",
                "#NAME?" => "=nameless",
                "#VALUE!" => "=VALUE(\"x\")",
                _ => "=SQRT(-1)",
            };
            ws.write_formula(row, col, Formula::new(expr).set_result(e))
        }
        Content::Bool(b) => ws.write_boolean(row, col, *b),
    };
    done.expect("cell");
}

/// The same package with the marked results taken out, as programs write it that do not calculate.
fn without_values(package: &[u8]) -> Vec<u8> {
    map_parts(package, |name, bytes| {
        if !name.starts_with("xl/worksheets/sheet") {
            return bytes;
        }
        let text = String::from_utf8(bytes).expect("sheet xml");
        let marked = format!("<v>{NO_VALUE}</v>");
        let mut out = String::with_capacity(text.len());
        for piece in text.split_inclusive("</c>") {
            if piece.contains(&marked) {
                out.push_str(&piece.replace(&marked, "").replace(" t=\"str\"", ""));
            } else {
                out.push_str(piece);
            }
        }
        out.into_bytes()
    })
}

/// Rewrites every part of a package; used to make the damage that real files have.
pub fn map_parts(package: &[u8], mut change: impl FnMut(&str, Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(package)).expect("zip");
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    for i in 0..archive.len() {
        let mut part = archive.by_index(i).expect("part");
        let name = part.name().expect("name").into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("part");
        out.start_file(&name, options).expect("part");
        out.write_all(&change(&name, bytes)).expect("part");
    }
    out.finish().expect("zip").into_inner()
}
