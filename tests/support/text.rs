//! Drafts as separated text, and the encodings in which schools' exports come.

use super::draft::WorkbookDraft;

/// The first sheet as Excel saves it: quotes where needed, CRLF, separators in blank rows too.
pub fn separated(draft: &WorkbookDraft, separator: char) -> String {
    let Some(sheet) = draft.sheets.first() else {
        return String::new();
    };
    let Some((rows, cols)) = sheet.extent() else {
        return String::new();
    };
    let mut out = String::new();
    for row in 0..=rows {
        for col in 0..=cols {
            if col > 0 {
                out.push(separator);
            }
            let shown = sheet
                .cells
                .get(&(row, col))
                .map(|c| c.shown())
                .unwrap_or_default();
            if shown.contains([separator, '"', '\n', '\r']) {
                out.push('"');
                out.push_str(&shown.replace('"', "\"\""));
                out.push('"');
            } else {
                out.push_str(&shown);
            }
        }
        out.push_str("\r\n");
    }
    out
}

pub fn with_bom(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}").into_bytes()
}

/// GB18030 without any mark, as Chinese Windows writes it.
pub fn gb18030(text: &str) -> Vec<u8> {
    let (bytes, _, lossy) = encoding_rs::GB18030.encode(text);
    assert!(!lossy, "GB18030 holds all of Unicode");
    bytes.into_owned()
}

/// UTF-16 little-endian with its mark ("Unicode text" of Excel).
pub fn utf16le(text: &str) -> Vec<u8> {
    std::iter::once(0xfeff)
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect()
}
