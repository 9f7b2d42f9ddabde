//! Texts as the file has them: cut to what a cell holds, escaped as Excel does, each kept once.

use std::collections::HashMap;
use std::fmt::Write as _;

/// Excel keeps at most this many UTF-16 units in a cell.
const LONGEST: usize = 32_767;

/// A text as a cell can hold it.
pub fn cut(text: &str) -> &str {
    // A unit is at least one byte long.
    if text.len() <= LONGEST {
        return text;
    }
    let mut units = 0;
    for (i, c) in text.char_indices() {
        units += c.len_utf16();
        if units > LONGEST {
            return &text[..i];
        }
    }
    text
}

/// The string table of a workbook, in the order of first use.
#[derive(Debug, Default)]
pub struct Strings {
    known: HashMap<Box<str>, u32>,
    /// Elements of the table.
    xml: String,
    /// Cells that use the table.
    uses: usize,
}

impl Strings {
    /// The place of a text in the table.
    pub fn index(&mut self, text: &str) -> u32 {
        self.uses += 1;
        if let Some(&index) = self.known.get(text) {
            return index;
        }
        let index = self.known.len() as u32;
        self.known.insert(text.into(), index);
        let space = [' ', '\t', '\n'];
        let keep = text.starts_with(space) || text.ends_with(space);
        self.xml.push_str(match keep {
            true => "<si><t xml:space=\"preserve\">",
            false => "<si><t>",
        });
        escape_cell(&mut self.xml, text);
        self.xml.push_str("</t></si>");
        index
    }

    /// The place of a text that so many cells use.
    pub fn index_of(&mut self, text: &str, uses: usize) -> u32 {
        let index = self.index(text);
        self.uses = self.uses + uses - 1;
        index
    }

    /// Whether no cell uses it.
    pub fn is_empty(&self) -> bool {
        self.uses == 0
    }

    /// The whole table.
    pub fn table(&self) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
             <sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
             count=\"{}\" uniqueCount=\"{}\">{}</sst>",
            self.uses,
            self.known.len(),
            self.xml
        )
    }
}

/// A text between tags; what XML cannot hold is written as Excel does.
pub fn escape(out: &mut String, text: &str) {
    let special = |b: &u8| matches!(b, b'&' | b'<' | b'>' | 0..=8 | 11..=31) || *b == 0xEF;
    // Nearly all texts need nothing; 0xEF begins full-width forms too, which are then looked at.
    if !text.as_bytes().iter().any(special) {
        out.push_str(text);
        return;
    }
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\u{0}'..='\u{8}' | '\u{B}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {
                let _ = write!(out, "_x{:04X}_", c as u32);
            }
            _ => out.push(c),
        }
    }
}

/// [`escape`] for a shared string, where `_x000D_` would be read as a control character.
fn escape_cell(out: &mut String, mut text: &str) {
    while let Some(found) = text.find("_x") {
        let code = text.as_bytes().get(found + 2..found + 7);
        let escape_like =
            code.is_some_and(|c| c[4] == b'_' && c[..4].iter().all(u8::is_ascii_hexdigit));
        escape(out, &text[..found]);
        out.push_str(if escape_like { "_x005F_x" } else { "_x" });
        text = &text[found + 2..];
    }
    escape(out, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_shared_and_escaped_as_excel_does() {
        let mut strings = Strings::default();
        let texts = ["一<二&三>", " 空 ", "一<二&三>", "a_x000D_\r_x00", "（全）"];
        let found: Vec<u32> = texts.iter().map(|t| strings.index(t)).collect();
        assert_eq!(found, [0, 1, 0, 2, 3]);
        let table = strings.table();
        let body = table.split_once("main\" ").expect("a table").1;
        assert_eq!(
            body,
            "count=\"5\" uniqueCount=\"4\"><si><t>一&lt;二&amp;三&gt;</t></si>\
             <si><t xml:space=\"preserve\"> 空 </t></si>\
             <si><t>a_x005F_x000D__x000D__x00</t></si><si><t>（全）</t></si></sst>"
        );
    }

    #[test]
    fn a_text_ends_where_excel_ends_it() {
        let long = "汉".repeat(LONGEST + 5);
        assert_eq!(cut(&long).chars().count(), LONGEST);
        let pairs = "𠀀".repeat(LONGEST / 2 + 5);
        assert_eq!(cut(&pairs).chars().count(), LONGEST / 2);
        assert_eq!(cut("汉字"), "汉字");
    }
}
