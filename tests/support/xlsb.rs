//! Drafts as binary Office Open XML. Formulas are written as their results.

use super::draft::{Content, SheetDraft, WorkbookDraft};
use super::xls::error_code;
use std::collections::BTreeMap;
use std::io::{Cursor, Write};

pub fn write(draft: &WorkbookDraft) -> Vec<u8> {
    let mut formats: BTreeMap<String, u32> = BTreeMap::new();
    for sheet in &draft.sheets {
        for content in sheet.cells.values() {
            if let Content::Date(_, f) = content {
                formats.entry(f.clone()).or_insert(0);
            }
        }
    }
    for (i, xf) in formats.values_mut().enumerate() {
        *xf = 1 + i as u32;
    }
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    let mut types = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"bin\" ContentType=\"application/vnd.ms-excel.sheet.binary.macroEnabled.main\"/>\
         <Override PartName=\"/xl/styles.bin\" ContentType=\"application/vnd.ms-excel.styles\"/>",
    );
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut rels = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"rIdS\" Type=\"{relation}/styles\" Target=\"styles.bin\"/>"
    );
    let mut book = Vec::new();
    record(&mut book, 131, &[]);
    record(&mut book, 143, &[]);
    for (i, sheet) in draft.sheets.iter().enumerate() {
        let n = i + 1;
        types.push_str(&format!(
            "<Override PartName=\"/xl/worksheets/sheet{n}.bin\" ContentType=\"application/vnd.ms-excel.worksheet\"/>"
        ));
        rels.push_str(&format!(
            "<Relationship Id=\"rId{n}\" Type=\"{relation}/worksheet\" Target=\"worksheets/sheet{n}.bin\"/>"
        ));
        let mut body = u32::from(sheet.hidden).to_le_bytes().to_vec();
        body.extend_from_slice(&(n as u32).to_le_bytes());
        body.extend(wide(&format!("rId{n}")));
        body.extend(wide(&sheet.name));
        record(&mut book, 156, &body);
        parts.push((
            format!("xl/worksheets/sheet{n}.bin"),
            sheet_part(sheet, &formats),
        ));
    }
    record(&mut book, 144, &[]);
    record(&mut book, 132, &[]);
    types.push_str("</Types>");
    rels.push_str("</Relationships>");
    let root = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"rId1\" Type=\"{relation}/officeDocument\" Target=\"xl/workbook.bin\"/></Relationships>"
    );
    let mut all = vec![
        ("[Content_Types].xml".to_owned(), types.into_bytes()),
        ("_rels/.rels".to_owned(), root.into_bytes()),
        ("xl/workbook.bin".to_owned(), book),
        ("xl/_rels/workbook.bin.rels".to_owned(), rels.into_bytes()),
        ("xl/styles.bin".to_owned(), styles(&formats)),
    ];
    all.append(&mut parts);
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    for (name, bytes) in all {
        out.start_file(name, options).expect("part");
        out.write_all(&bytes).expect("part");
    }
    out.finish().expect("zip").into_inner()
}

fn record(out: &mut Vec<u8>, id: u16, body: &[u8]) {
    if id < 128 {
        out.push(id as u8);
    } else {
        out.push((id & 0x7f) as u8 | 0x80);
        out.push((id >> 7) as u8);
    }
    let mut len = body.len();
    loop {
        let byte = (len & 0x7f) as u8;
        len >>= 7;
        out.push(if len > 0 { byte | 0x80 } else { byte });
        if len == 0 {
            break;
        }
    }
    out.extend_from_slice(body);
}

/// A string with a four-byte length.
fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut out = (units.len() as u32).to_le_bytes().to_vec();
    out.extend(units.into_iter().flat_map(u16::to_le_bytes));
    out
}

fn styles(formats: &BTreeMap<String, u32>) -> Vec<u8> {
    let mut out = Vec::new();
    record(&mut out, 278, &[]);
    record(&mut out, 615, &(formats.len() as u32).to_le_bytes());
    for (i, pattern) in formats.keys().enumerate() {
        let mut body = (164 + i as u16).to_le_bytes().to_vec();
        body.extend(wide(pattern));
        record(&mut out, 44, &body);
    }
    record(&mut out, 616, &[]);
    record(&mut out, 617, &(1 + formats.len() as u32).to_le_bytes());
    for i in 0..=formats.len() as u16 {
        let format = if i == 0 { 0 } else { 163 + i };
        let mut body = Vec::new();
        for n in [0, format, 0, 0, 0] {
            body.extend_from_slice(&n.to_le_bytes());
        }
        body.extend_from_slice(&[0, 0, 0, 0, 1, 0]);
        record(&mut out, 47, &body);
    }
    record(&mut out, 618, &[]);
    record(&mut out, 279, &[]);
    out
}

fn sheet_part(sheet: &SheetDraft, formats: &BTreeMap<String, u32>) -> Vec<u8> {
    let mut out = Vec::new();
    record(&mut out, 129, &[]);
    let (rows, cols) = sheet.extent().unwrap_or((0, 0));
    let mut body = Vec::new();
    for n in [0, rows, 0, cols] {
        body.extend_from_slice(&n.to_le_bytes());
    }
    record(&mut out, 148, &body);
    if !sheet.hidden_columns.is_empty() {
        record(&mut out, 390, &[]);
        for &col in &sheet.hidden_columns {
            let mut body = Vec::new();
            for n in [col, col, 2048, 0] {
                body.extend_from_slice(&n.to_le_bytes());
            }
            body.extend_from_slice(&[1, 0]);
            record(&mut out, 60, &body);
        }
        record(&mut out, 391, &[]);
    }
    record(&mut out, 145, &[]);
    for row in 0..=rows {
        let mut cells = sheet.cells.range((row, 0)..(row + 1, 0)).peekable();
        let hidden = sheet.hidden_rows.contains(&row);
        if cells.peek().is_none() && !hidden {
            continue;
        }
        let mut body = row.to_le_bytes().to_vec();
        body.extend_from_slice(&[0, 0, 0, 0, 0x2c, 1, 0, if hidden { 0x10 } else { 0 }, 0]);
        body.extend_from_slice(&[0, 0, 0, 0]);
        record(&mut out, 0, &body);
        for (&(_, col), content) in cells {
            cell(&mut out, col, content, formats);
        }
    }
    record(&mut out, 146, &[]);
    if !sheet.merges.is_empty() {
        record(&mut out, 177, &(sheet.merges.len() as u32).to_le_bytes());
        for m in &sheet.merges {
            let mut body = Vec::new();
            for n in [m.0, m.2, m.1, m.3] {
                body.extend_from_slice(&n.to_le_bytes());
            }
            record(&mut out, 176, &body);
        }
        record(&mut out, 178, &[]);
    }
    record(&mut out, 130, &[]);
    out
}

fn cell(out: &mut Vec<u8>, col: u32, content: &Content, formats: &BTreeMap<String, u32>) {
    let head = |style: u32| {
        let mut body = col.to_le_bytes().to_vec();
        body.extend_from_slice(&style.to_le_bytes());
        body
    };
    let mut body = head(0);
    match content {
        Content::Text(t) if t.is_empty() => {}
        Content::Text(t) => {
            body.extend(wide(t));
            record(out, 6, &body);
        }
        Content::Number(n) => {
            body.extend_from_slice(&n.to_le_bytes());
            record(out, 5, &body);
        }
        Content::Date(serial, pattern) => {
            let mut body = head(formats[pattern]);
            body.extend_from_slice(&serial.to_le_bytes());
            record(out, 5, &body);
        }
        Content::Bool(b) => {
            body.push(u8::from(*b));
            record(out, 4, &body);
        }
        Content::Error(e) => {
            body.push(error_code(e));
            record(out, 3, &body);
        }
        Content::Formula(_, Some(result)) => cell(out, col, result, formats),
        Content::Formula(_, None) => {}
    }
}
