//! Taking a sheet over from a workbook of this program's own into somebody else's: its formats are
//! added to the ones there, and its texts stand in its cells, so that the other's shared strings
//! stay as they are.

use super::styles::Styles;
use super::xml::{Fault, Piece, attribute, children, spliced, walk, with_attribute};
use quick_xml::events::Event;
use std::collections::BTreeMap;

/// Number formats below this one are Excel's own.
const FIRST_CUSTOM: u32 = 164;

impl Styles {
    /// Adds the cell formats of another workbook and gives the number that each has here.
    ///
    /// # Errors
    /// When either part is damaged or lacks a list that cells need.
    pub fn adopt(&mut self, other: &[u8]) -> Result<Vec<u32>, Fault> {
        let prefix = self.prefix();
        let list = |name: &str| {
            let all = children(other, name)?
                .map(|(_, all)| all)
                .unwrap_or_default();
            let raw = all.into_iter().map(|e| {
                let text = String::from_utf8_lossy(&other[e.span]).into_owned();
                prefixed(&text, &prefix)
            });
            Ok::<Vec<String>, Fault>(raw.collect())
        };
        let grow = |styles: &mut Styles, name: &'static str| {
            let numbers = list(name)?.into_iter().map(|xml| styles.grow(name, xml));
            numbers.collect::<Result<Vec<u32>, Fault>>()
        };
        let fonts = grow(self, "fonts")?;
        let borders = grow(self, "borders")?;
        let fills: Vec<u32> = list("fills")?.into_iter().map(|f| self.fill(f)).collect();
        let numbers = self.number_formats(list("numFmts")?)?;
        let mut out = Vec::new();
        for format in list("cellXfs")? {
            let (mut tag, rest) = match format.find('>') {
                Some(at) => (format[..=at].to_owned(), format[at + 1..].to_owned()),
                None => (format, String::new()),
            };
            let of = |name: &str| number(&tag, name).unwrap_or(0);
            let custom = of("numFmtId");
            let at = |list: &[u32], name: &str| list.get(of(name) as usize).copied().unwrap_or(0);
            let instead = [
                ("fontId", at(&fonts, "fontId")),
                ("fillId", at(&fills, "fillId")),
                ("borderId", at(&borders, "borderId")),
                ("numFmtId", numbers.get(&custom).copied().unwrap_or(custom)),
                // The other's named styles stay behind: every format says all by itself.
                ("xfId", 0),
                ("applyFont", 1),
                ("applyFill", 1),
                ("applyBorder", 1),
                ("applyNumberFormat", 1),
            ];
            for (name, value) in instead {
                tag = with_attribute(&tag, name, &value.to_string());
            }
            out.push(self.count());
            self.new_formats.push(tag + &rest);
        }
        Ok(out)
    }

    /// Adds number formats under free ids; old ids and new ones.
    fn number_formats(&mut self, wanted: Vec<String>) -> Result<BTreeMap<u32, u32>, Fault> {
        let mut out = BTreeMap::new();
        if wanted.is_empty() {
            return Ok(out);
        }
        let own = children(self.text(), "numFmts")?;
        let mut last = FIRST_CUSTOM;
        for element in own.iter().flat_map(|(_, all)| all) {
            let tag = String::from_utf8_lossy(&self.text()[element.tag.clone()]).into_owned();
            last = last.max(number(&tag, "numFmtId").unwrap_or(0) + 1);
        }
        let mut new = Vec::new();
        for (format, id) in wanted.into_iter().zip(last..) {
            out.insert(number(&format, "numFmtId").unwrap_or(0), id);
            new.push(with_attribute(&format, "numFmtId", &id.to_string()));
        }
        if own.is_some() {
            for format in new {
                self.grow("numFmts", format)?;
            }
        } else {
            // The first of all lists.
            let Some((fonts, _)) = children(self.text(), "fonts")? else {
                return Err(Fault("no fonts".to_owned()));
            };
            let (p, at) = (self.prefix(), fonts.span.start);
            let count = new.len();
            let whole = format!(
                "<{p}numFmts count=\"{count}\">{}</{p}numFmts>",
                new.concat()
            );
            self.inserted.push((at..at, whole.into_bytes()));
        }
        Ok(out)
    }
}

fn number(tag: &str, name: &str) -> Option<u32> {
    let mut found = None;
    let read = walk(tag.as_bytes(), |event, _| {
        if let Event::Start(tag) | Event::Empty(tag) = event {
            found = attribute(tag, name).and_then(|n| n.parse().ok());
        }
        false
    });
    read.ok().and(found)
}

/// XML without prefixes with one before each name.
fn prefixed(xml: &str, prefix: &str) -> String {
    if prefix.is_empty() {
        return xml.to_owned();
    }
    let end = ["</", prefix].concat();
    let start = ["<", prefix].concat();
    // No text holds a bare `<`.
    xml.replace("</", "\u{1}")
        .replace('<', &start)
        .replace('\u{1}', &end)
}

/// A sheet's XML with other numbers of formats, and its shared strings in its cells. `strings` is the
/// part with the shared strings, or empty; columns become `wider` by that factor, since widths count
/// in digits of the other workbook's font.
///
/// # Errors
/// When either part is damaged.
pub fn transplanted(
    sheet: &[u8],
    strings: &[u8],
    formats: &[u32],
    wider: f64,
) -> Result<Vec<u8>, Fault> {
    let inside = |at: std::ops::Range<usize>| String::from_utf8_lossy(&strings[at]).into_owned();
    let texts: Vec<String> = match children(strings, "sst")? {
        Some((_, all)) => all
            .into_iter()
            .map(|e| match e.inside_end(strings) {
                Some(end) => inside(e.tag.end..end),
                None => String::new(),
            })
            .collect(),
        None => Vec::new(),
    };
    let mut pieces: Vec<Piece> = Vec::new();
    // Whether the cell at hand holds the number of a string, and where its value begins.
    let (mut shared, mut value) = (false, None);
    walk(sheet, |event, span| {
        match event {
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.local_name();
                let attribute_of_style = match name.as_ref() {
                    "c" | "row" => "s",
                    "col" => "style",
                    "v" if shared => {
                        value = Some(span);
                        return true;
                    }
                    _ => return true,
                };
                let mut text = String::from_utf8_lossy(&sheet[span.clone()]).into_owned();
                let style =
                    attribute(tag, attribute_of_style).and_then(|s| s.parse::<usize>().ok());
                // What names no format has the first one.
                let style = style.or((name.as_ref() == "c").then_some(0));
                if let Some(new) = style.and_then(|s| formats.get(s)) {
                    text = with_attribute(&text, attribute_of_style, &new.to_string());
                }
                let width = attribute(tag, "width").and_then(|w| w.parse::<f64>().ok());
                if let Some(width) = width.filter(|_| name.as_ref() == "col") {
                    let width = (width * wider * 8.0).round() / 8.0;
                    text = with_attribute(&text, "width", &width.to_string());
                }
                if name.as_ref() == "c" {
                    shared = attribute(tag, "t").is_some_and(|t| t == "s");
                    if shared {
                        text = with_attribute(&text, "t", "inlineStr");
                    }
                }
                pieces.push((span, text.into_bytes()));
            }
            Event::End(tag) if tag.local_name().as_ref() == "v" => {
                if let Some(from) = value.take() {
                    let number = String::from_utf8_lossy(&sheet[from.end..span.start]);
                    let text = number
                        .trim()
                        .parse::<usize>()
                        .ok()
                        .and_then(|n| texts.get(n));
                    let whole = ["<is>", text.map_or("", String::as_str), "</is>"].concat();
                    pieces.push((from.start..span.end, whole.into_bytes()));
                }
            }
            _ => {}
        }
        true
    })?;
    Ok(spliced(sheet, pieces))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_another_workbook_are_added_behind_the_own_ones() {
        let own = r#"<x:styleSheet><x:fonts count="1"><x:font/></x:fonts><x:fills count="2"><x:fill/><x:fill/></x:fills><x:borders count="1"><x:border/></x:borders><x:cellXfs count="1"><x:xf numFmtId="0"/></x:cellXfs></x:styleSheet>"#;
        let other = br#"<styleSheet><numFmts count="1"><numFmt numFmtId="164" formatCode="0.0"/></numFmts><fonts count="2"><font/><font><b/></font></fonts><fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders><cellXfs count="2"><xf numFmtId="0" fontId="0"/><xf numFmtId="164" fontId="1" fillId="0" borderId="0" xfId="3"><alignment wrapText="1"/></xf></cellXfs></styleSheet>"#;
        let mut styles = Styles::read(own.as_bytes().to_vec()).unwrap();
        assert_eq!(styles.adopt(other).unwrap(), [1, 2]);
        let text = String::from_utf8(styles.write()).unwrap();
        let new = r#"<x:xf numFmtId="164" fontId="2" fillId="2" borderId="1" xfId="0" applyFont="1" applyFill="1" applyBorder="1" applyNumberFormat="1"><x:alignment wrapText="1"/></x:xf>"#;
        assert!(text.contains(new), "{text}");
        assert!(
            text.contains(r#"<x:fonts count="3"><x:font/><x:font/><x:font><x:b/></x:font>"#),
            "{text}"
        );
        let formats = r#"<x:styleSheet><x:numFmts count="1"><x:numFmt numFmtId="164" formatCode="0.0"/></x:numFmts><x:fonts"#;
        assert!(text.starts_with(formats), "{text}");
    }

    #[test]
    fn a_sheet_brings_its_texts_with_it() {
        let sheet = br#"<worksheet><cols><col min="1" style="1" width="10"/></cols><sheetData><row r="1" s="1"><c r="A1" s="1" t="s"><v>1</v></c><c r="B1"><v>7</v></c></row></sheetData></worksheet>"#;
        let strings = b"<sst><si><t>a</t></si><si><t xml:space=\"preserve\">b </t></si></sst>";
        let text = transplanted(sheet, strings, &[5, 9], 1.25).unwrap();
        assert_eq!(
            String::from_utf8(text).unwrap(),
            r#"<worksheet><cols><col min="1" style="9" width="12.5"/></cols><sheetData><row r="1" s="9"><c r="A1" s="9" t="inlineStr"><is><t xml:space="preserve">b </t></is></c><c r="B1" s="5"><v>7</v></c></row></sheetData></worksheet>"#
        );
    }
}
