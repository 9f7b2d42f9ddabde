//! Drafts as BIFF8 workbooks in an OLE container: what Excel 97–2003 and WPS (`.et`) write.

use super::draft::{Content, SheetDraft, WorkbookDraft};
use std::collections::{BTreeMap, HashMap};
use std::io::{Cursor, Write};

/// Longest body of a BIFF8 record.
const LIMIT: usize = 8224;
/// First cell format; those before it are style formats.
const CELL_XF: u16 = 15;

pub fn write(draft: &WorkbookDraft) -> Vec<u8> {
    container(&[("/Workbook", stream(draft))])
}

/// An OLE container with these streams and no time stamps.
pub fn container(streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut file =
        cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()))
            .expect("container");
    for (name, bytes) in streams {
        file.create_stream(name)
            .and_then(|mut s| s.write_all(bytes).and_then(|()| s.flush()))
            .expect("stream");
    }
    file.set_created_time("/", std::time::SystemTime::UNIX_EPOCH)
        .and_then(|()| file.set_modified_time("/", std::time::SystemTime::UNIX_EPOCH))
        .expect("root");
    file.flush().expect("container");
    file.into_inner().into_inner()
}

/// What Excel writes for a workbook with a password to open: an OLE container whose workbook is
/// an encrypted package.
pub fn encrypted_package() -> Vec<u8> {
    let noise: Vec<u8> = (0..6000u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let mut info = vec![4, 0, 4, 0, 0x40, 0, 0, 0];
    info.extend_from_slice(
        b"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
          <encryption xmlns=\"http://schemas.microsoft.com/office/2006/encryption\"/>",
    );
    container(&[("/EncryptionInfo", info), ("/EncryptedPackage", noise)])
}

/// A BIFF8 workbook with a password to open: a FILEPASS record after the first BOF.
pub fn encrypted(draft: &WorkbookDraft) -> Vec<u8> {
    let plain = stream(draft);
    let mut out = plain[..20].to_vec();
    let mut body = vec![1, 0, 1, 0, 1, 0];
    body.extend((0..48u8).map(|i| i.wrapping_mul(37)));
    record(&mut out, 0x002f, &body);
    out.extend(plain[20..].iter().map(|b| b ^ 0x5a));
    container(&[("/Workbook", out)])
}

fn record(out: &mut Vec<u8>, id: u16, body: &[u8]) {
    assert!(body.len() <= LIMIT, "record {id:#x} is too long");
    out.extend_from_slice(&id.to_le_bytes());
    out.extend_from_slice(&(body.len() as u16).to_le_bytes());
    out.extend_from_slice(body);
}

fn bof(out: &mut Vec<u8>, kind: u16) {
    let mut body = Vec::new();
    for n in [0x0600, kind, 0x0dbb, 0x07cc] {
        body.extend_from_slice(&u16::to_le_bytes(n));
    }
    body.extend_from_slice(&[0, 0, 0, 0, 6, 0, 0, 0]);
    record(out, 0x0809, &body);
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A string with a two-byte length.
fn long_string(text: &str) -> Vec<u8> {
    let chars = utf16(text);
    let mut out = ((chars.len() / 2) as u16).to_le_bytes().to_vec();
    out.push(1);
    out.extend(chars);
    out
}

fn short_string(text: &str) -> Vec<u8> {
    let chars = utf16(text);
    let mut out = vec![(chars.len() / 2) as u8, 1];
    out.extend(chars);
    out
}

fn stream(draft: &WorkbookDraft) -> Vec<u8> {
    let mut strings: Vec<String> = Vec::new();
    let mut string_ids: HashMap<String, u32> = HashMap::new();
    let mut uses = 0u32;
    let mut formats: BTreeMap<String, u16> = BTreeMap::new();
    for sheet in &draft.sheets {
        for content in sheet.cells.values() {
            match content {
                Content::Text(t) if !t.is_empty() => {
                    uses += 1;
                    if !string_ids.contains_key(t) {
                        string_ids.insert(t.clone(), strings.len() as u32);
                        strings.push(t.clone());
                    }
                }
                Content::Date(_, f) => {
                    formats.entry(f.clone()).or_insert(0);
                }
                _ => {}
            }
        }
    }
    for (i, xf) in formats.values_mut().enumerate() {
        *xf = CELL_XF + 2 + i as u16;
    }

    let mut out = Vec::new();
    bof(&mut out, 0x0005);
    record(&mut out, 0x0042, &1200u16.to_le_bytes()); // CODEPAGE
    record(
        &mut out,
        0x003d, // WINDOW1
        &[
            0, 0, 0, 0, 0x58, 0x34, 0x98, 0x21, 0x38, 0, 0, 0, 0, 0, 1, 0, 0x58, 2,
        ],
    );
    for i in 0..4 {
        // FONT; the last one is bold
        let weight: u16 = if i == 3 { 700 } else { 400 };
        let mut body = vec![0xdc, 0, 0, 0, 0xff, 0x7f];
        body.extend_from_slice(&weight.to_le_bytes());
        body.extend_from_slice(&[0, 0, 0, 0, 0, 0]);
        body.extend(short_string("宋体"));
        record(&mut out, 0x0031, &body);
    }
    for (i, pattern) in formats.keys().enumerate() {
        let mut body = (164 + i as u16).to_le_bytes().to_vec();
        body.extend(long_string(pattern));
        record(&mut out, 0x041e, &body);
    }
    let xf = |font: u16, format: u16, kind: u16| {
        let mut body = Vec::new();
        for n in [font, format, kind] {
            body.extend_from_slice(&n.to_le_bytes());
        }
        body.extend_from_slice(&[0x20, 0, 0, if kind == 1 { 0x0c } else { 0 }]);
        body.extend_from_slice(&[0; 8]);
        body.extend_from_slice(&0x20c0u16.to_le_bytes());
        body
    };
    for _ in 0..CELL_XF {
        record(&mut out, 0x00e0, &xf(0, 0, 0xfff5));
    }
    record(&mut out, 0x00e0, &xf(0, 0, 1));
    record(&mut out, 0x00e0, &xf(3, 0, 1));
    for i in 0..formats.len() {
        record(&mut out, 0x00e0, &xf(0, 164 + i as u16, 1));
    }
    record(&mut out, 0x0293, &[0, 0x80, 0, 0xff]); // STYLE Normal
    let mut positions = Vec::new();
    for sheet in &draft.sheets {
        positions.push(out.len() + 4);
        let mut body = vec![0, 0, 0, 0, u8::from(sheet.hidden), 0];
        body.extend(short_string(&sheet.name));
        record(&mut out, 0x0085, &body);
    }
    shared_strings(&mut out, &strings, uses);
    record(&mut out, 0x000a, &[]);
    for (sheet, at) in draft.sheets.iter().zip(positions) {
        let start = (out.len() as u32).to_le_bytes();
        out[at..at + 4].copy_from_slice(&start);
        write_sheet(&mut out, sheet, &string_ids, &formats);
    }
    out
}

/// SST and its CONTINUE records; a string is never parted.
fn shared_strings(out: &mut Vec<u8>, strings: &[String], uses: u32) {
    let mut body = uses.to_le_bytes().to_vec();
    body.extend_from_slice(&(strings.len() as u32).to_le_bytes());
    let mut id = 0x00fc;
    for text in strings {
        let s = long_string(text);
        if body.len() + s.len() > LIMIT {
            record(out, id, &body);
            id = 0x003c;
            body.clear();
        }
        body.extend(s);
    }
    record(out, id, &body);
}

fn write_sheet(
    out: &mut Vec<u8>,
    sheet: &SheetDraft,
    strings: &HashMap<String, u32>,
    formats: &BTreeMap<String, u16>,
) {
    bof(out, 0x0010);
    for col in sheet.hidden_columns.iter().chain(
        sheet
            .widths
            .keys()
            .filter(|c| !sheet.hidden_columns.contains(c)),
    ) {
        let width = sheet.widths.get(col).copied().unwrap_or(8.0) * 256.0;
        let hidden = u16::from(sheet.hidden_columns.contains(col));
        let mut body = Vec::new();
        for n in [*col as u16, *col as u16, width as u16, CELL_XF, hidden, 0] {
            body.extend_from_slice(&n.to_le_bytes());
        }
        record(out, 0x007d, &body); // COLINFO
    }
    let (rows, cols) = sheet.extent().map_or((0, 0), |(r, c)| (r + 1, c + 1));
    let mut body = 0u32.to_le_bytes().to_vec();
    body.extend_from_slice(&rows.to_le_bytes());
    for n in [0u16, cols as u16, 0] {
        body.extend_from_slice(&n.to_le_bytes());
    }
    record(out, 0x0200, &body); // DIMENSIONS
    let mut block = 0;
    while block < rows {
        let end = rows.min(block + 32);
        for row in block..end {
            let used: Vec<u32> = sheet
                .cells
                .range((row, 0)..(row + 1, 0))
                .map(|(&(_, c), _)| c)
                .collect();
            let hidden = sheet.hidden_rows.contains(&row);
            if used.is_empty() && !hidden {
                continue;
            }
            let mut body = Vec::new();
            for n in [
                row as u16,
                used.first().copied().unwrap_or(0) as u16,
                used.last().map_or(0, |c| c + 1) as u16,
                0x00ff,
                0,
                0,
            ] {
                body.extend_from_slice(&n.to_le_bytes());
            }
            let flags: u32 = 0x0100 | (u32::from(CELL_XF) << 16) | if hidden { 0x20 } else { 0 };
            body.extend_from_slice(&flags.to_le_bytes());
            record(out, 0x0208, &body); // ROW
        }
        for (&(row, col), content) in sheet.cells.range((block, 0)..(end, 0)) {
            let xf = if sheet.bold_rows.contains(&row) {
                CELL_XF + 1
            } else {
                CELL_XF
            };
            cell(out, row as u16, col as u16, xf, content, strings, formats);
        }
        block = end;
    }
    record(
        out,
        0x023e, // WINDOW2
        &[0xb6, 6, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    );
    for chunk in sheet.merges.chunks(1000) {
        let mut body = (chunk.len() as u16).to_le_bytes().to_vec();
        for m in chunk {
            for n in [m.0, m.2, m.1, m.3] {
                body.extend_from_slice(&(n as u16).to_le_bytes());
            }
        }
        record(out, 0x00e5, &body); // MERGEDCELLS
    }
    record(out, 0x000a, &[]);
}

fn cell(
    out: &mut Vec<u8>,
    row: u16,
    col: u16,
    xf: u16,
    content: &Content,
    strings: &HashMap<String, u32>,
    formats: &BTreeMap<String, u16>,
) {
    let head = |xf: u16| {
        [row, col, xf]
            .into_iter()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    let mut body = head(xf);
    match content {
        Content::Text(t) if t.is_empty() => {}
        Content::Text(t) => {
            body.extend_from_slice(&strings[t].to_le_bytes());
            record(out, 0x00fd, &body);
        }
        Content::Number(n) => {
            body.extend_from_slice(&n.to_le_bytes());
            record(out, 0x0203, &body);
        }
        Content::Date(serial, pattern) => {
            let mut body = head(formats[pattern]);
            body.extend_from_slice(&serial.to_le_bytes());
            record(out, 0x0203, &body);
        }
        Content::Bool(b) => {
            body.extend_from_slice(&[u8::from(*b), 0]);
            record(out, 0x0205, &body);
        }
        Content::Error(e) => {
            body.extend_from_slice(&[error_code(e), 1]);
            record(out, 0x0205, &body);
        }
        Content::Formula(expr, result) => formula(out, body, expr, result.as_deref()),
    }
}

/// Codes of error values in BIFF.
pub fn error_code(e: &str) -> u8 {
    match e {
        "#NULL!" => 0x00,
        "#DIV/0!" => 0x07,
        "#VALUE!" => 0x0f,
        "#REF!" => 0x17,
        "#NAME?" => 0x1d,
        "#NUM!" => 0x24,
        _ => 0x2a,
    }
}

fn formula(out: &mut Vec<u8>, mut body: Vec<u8>, expr: &str, result: Option<&Content>) {
    let mut text = None;
    match result {
        Some(Content::Number(n)) | Some(Content::Date(n, _)) => {
            body.extend_from_slice(&n.to_le_bytes());
        }
        Some(Content::Bool(b)) => {
            body.extend_from_slice(&[1, 0, u8::from(*b), 0, 0, 0, 0xff, 0xff]);
        }
        Some(Content::Error(e)) => {
            body.extend_from_slice(&[2, 0, error_code(e), 0, 0, 0, 0xff, 0xff]);
        }
        Some(other) => {
            body.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0xff, 0xff]);
            text = Some(other.shown());
        }
        // Stored as an empty result.
        None => body.extend_from_slice(&[3, 0, 0, 0, 0, 0, 0xff, 0xff]),
    }
    let tokens = Tokens::of(expr).unwrap_or_else(|| vec![0x1e, 0, 0]);
    body.extend_from_slice(&[2, 0, 0, 0, 0, 0]); // calculate when loaded
    body.extend_from_slice(&(tokens.len() as u16).to_le_bytes());
    body.extend(tokens);
    record(out, 0x0006, &body);
    if let Some(text) = text {
        record(out, 0x0207, &long_string(&text));
    }
}

/// Formula tokens for what the drafts use: references, SUM and the four operations.
struct Tokens<'a> {
    rest: &'a [u8],
    out: Vec<u8>,
}

impl<'a> Tokens<'a> {
    fn of(expr: &'a str) -> Option<Vec<u8>> {
        let mut t = Tokens {
            rest: expr.as_bytes(),
            out: Vec::new(),
        };
        t.sum()?;
        t.rest.is_empty().then_some(t.out)
    }

    fn eat(&mut self, c: u8) -> bool {
        match self.rest.split_first() {
            Some((&first, rest)) if first == c => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn sum(&mut self) -> Option<()> {
        self.product()?;
        loop {
            if self.eat(b'+') {
                self.product()?;
                self.out.push(0x03);
            } else if self.eat(b'-') {
                self.product()?;
                self.out.push(0x04);
            } else {
                return Some(());
            }
        }
    }

    fn product(&mut self) -> Option<()> {
        self.factor()?;
        loop {
            if self.eat(b'*') {
                self.factor()?;
                self.out.push(0x05);
            } else if self.eat(b'/') {
                self.factor()?;
                self.out.push(0x06);
            } else {
                return Some(());
            }
        }
    }

    fn factor(&mut self) -> Option<()> {
        if self.eat(b'(') {
            self.sum()?;
            self.out.push(0x15);
            return self.eat(b')').then_some(());
        }
        if let Some(rest) = self.rest.strip_prefix(b"SUM(") {
            self.rest = rest;
            let (r1, c1) = self.reference()?;
            let (r2, c2) = if self.eat(b':') {
                self.reference()?
            } else {
                (r1, c1)
            };
            self.out.push(0x25);
            for n in [r1, r2, c1 | 0xc000, c2 | 0xc000] {
                self.out.extend_from_slice(&n.to_le_bytes());
            }
            self.out.extend_from_slice(&[0x19, 0x10, 0, 0]);
            return self.eat(b')').then_some(());
        }
        if self.rest.first()?.is_ascii_digit() {
            let end = self
                .rest
                .iter()
                .position(|b| !b.is_ascii_digit() && *b != b'.')
                .unwrap_or(self.rest.len());
            let n: f64 = std::str::from_utf8(&self.rest[..end]).ok()?.parse().ok()?;
            self.rest = &self.rest[end..];
            self.out.push(0x1f);
            self.out.extend_from_slice(&n.to_le_bytes());
            return Some(());
        }
        let (row, col) = self.reference()?;
        self.out.push(0x44);
        self.out.extend_from_slice(&row.to_le_bytes());
        self.out.extend_from_slice(&(col | 0xc000).to_le_bytes());
        Some(())
    }

    fn reference(&mut self) -> Option<(u16, u16)> {
        let mut col = 0u16;
        while let Some((&c, rest)) = self.rest.split_first() {
            if !c.is_ascii_uppercase() {
                break;
            }
            col = col.checked_mul(26)?.checked_add(u16::from(c - b'A') + 1)?;
            self.rest = rest;
        }
        let end = self
            .rest
            .iter()
            .position(|b| !b.is_ascii_digit())
            .unwrap_or(self.rest.len());
        let row: u16 = std::str::from_utf8(&self.rest[..end]).ok()?.parse().ok()?;
        self.rest = &self.rest[end..];
        Some((row.checked_sub(1)?, col.checked_sub(1)?))
    }
}
