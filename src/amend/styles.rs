//! The workbook's cell formats, to which ones are added that differ from one there in a single thing.

use super::xml::{Element, Fault, attribute, children, spliced, walk, with_attribute};
use quick_xml::events::Event;
use std::collections::BTreeMap;

const PART: &str = "xl/styles.xml";

/// `xl/styles.xml` with additions.
#[derive(Debug)]
pub struct Styles {
    text: Vec<u8>,
    formats: (Element, Vec<Element>),
    fills: (Element, Vec<Element>),
    new_fills: Vec<String>,
    new_formats: Vec<String>,
    /// By format and colour.
    known: BTreeMap<(u32, u32), u32>,
}

impl Styles {
    /// Reads the part.
    ///
    /// # Errors
    /// When it is damaged or has no cell formats.
    pub fn read(text: Vec<u8>) -> Result<Styles, Fault> {
        let list = |name: &str| {
            children(&text, name)?.ok_or_else(|| Fault::of(PART, format!("no {name}")))
        };
        let (formats, fills) = (list("cellXfs")?, list("fills")?);
        Ok(Styles {
            text,
            formats,
            fills,
            new_fills: Vec::new(),
            new_formats: Vec::new(),
            known: BTreeMap::new(),
        })
    }

    /// The format that is like `style` but filled with a colour (0xRRGGBB).
    pub fn filled(&mut self, style: u32, colour: u32) -> u32 {
        if let Some(known) = self.known.get(&(style, colour)) {
            return *known;
        }
        let shown = format!("FF{:06X}", colour & 0xFF_FFFF);
        let fill = self.prefixed(&self.fills.0, &format!(
            "<@fill><@patternFill patternType=\"solid\"><@fgColor rgb=\"{shown}\"/><@bgColor indexed=\"64\"/></@patternFill></@fill>"
        ));
        let number = match self.new_fills.iter().position(|f| *f == fill) {
            Some(at) => self.fills.1.len() + at,
            None => {
                self.new_fills.push(fill);
                self.fills.1.len() + self.new_fills.len() - 1
            }
        };
        let like = self
            .formats
            .1
            .get(style as usize)
            .or(self.formats.1.first());
        let format = match like {
            Some(element) => {
                let tag = String::from_utf8_lossy(&self.text[element.tag.clone()]).into_owned();
                let rest = String::from_utf8_lossy(&self.text[element.tag.end..element.span.end]).into_owned();
                let tag = with_attribute(&tag, "fillId", &number.to_string());
                [with_attribute(&tag, "applyFill", "1"), rest].concat()
            }
            None => self.prefixed(
                &self.formats.0,
                &format!("<@xf numFmtId=\"0\" fontId=\"0\" fillId=\"{number}\" borderId=\"0\" xfId=\"0\" applyFill=\"1\"/>"),
            ),
        };
        self.new_formats.push(format);
        let index = (self.formats.1.len() + self.new_formats.len() - 1) as u32;
        self.known.insert((style, colour), index);
        index
    }

    /// Adds a whole format and gives its number; `xml` has `@` where the part's prefix goes.
    pub fn add(&mut self, xml: &str) -> u32 {
        let format = self.prefixed(&self.formats.0, xml);
        self.new_formats.push(format);
        (self.formats.1.len() + self.new_formats.len() - 1) as u32
    }

    /// The number format of a format.
    pub fn number_format(&self, style: u32) -> Option<u32> {
        let element = self.formats.1.get(style as usize)?;
        let mut found = None;
        walk(&self.text[element.tag.clone()], |event, _| {
            if let Event::Start(tag) | Event::Empty(tag) = event {
                found = attribute(tag, "numFmtId").and_then(|n| n.parse().ok());
            }
            false
        })
        .ok()?;
        found
    }

    fn prefixed(&self, list: &Element, xml: &str) -> String {
        let tag = String::from_utf8_lossy(&self.text[list.tag.clone()]).into_owned();
        let prefix = tag.trim_start_matches('<').split(list.name.as_str()).next();
        xml.replace('@', prefix.unwrap_or_default())
    }

    /// The part with its additions.
    pub fn write(self) -> Vec<u8> {
        let mut pieces = Vec::new();
        for ((list, own), new) in [
            (&self.formats, &self.new_formats),
            (&self.fills, &self.new_fills),
        ] {
            if new.is_empty() {
                continue;
            }
            let count = (own.len() + new.len()).to_string();
            let tag = String::from_utf8_lossy(&self.text[list.tag.clone()]).into_owned();
            let tag = with_attribute(&tag, "count", &count);
            match list.inside_end(&self.text) {
                Some(at) => {
                    pieces.push((list.tag.clone(), tag.into_bytes()));
                    pieces.push((at..at, new.concat().into_bytes()));
                }
                None => {
                    let open = tag.trim_end_matches("/>").trim_end();
                    let name = open[1..].split_whitespace().next().unwrap_or(&list.name);
                    let whole = format!("{open}>{}</{name}>", new.concat());
                    pieces.push((list.span.clone(), whole.into_bytes()));
                }
            }
        }
        spliced(&self.text, pieces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filled_format_is_like_its_model_in_all_else() {
        let text = r#"<styleSheet><fills count="2"><fill/><fill/></fills><cellXfs count="2"><xf numFmtId="0" fillId="0"/><xf numFmtId="14" fillId="0"><alignment wrapText="1"/></xf></cellXfs><dxfs/></styleSheet>"#;
        let mut styles = Styles::read(text.as_bytes().to_vec()).unwrap();
        assert_eq!(styles.filled(1, 0xFFC7CE), 2);
        assert_eq!(styles.filled(1, 0xFFC7CE), 2);
        assert_eq!(styles.filled(0, 0xFFC7CE), 3);
        assert_eq!(styles.number_format(1), Some(14));
        let text = String::from_utf8(styles.write()).unwrap();
        assert!(
            text.contains(r#"<fills count="3">"#) && text.contains(r#"rgb="FFFFC7CE""#),
            "{text}"
        );
        let new = r#"<xf numFmtId="14" fillId="2" applyFill="1"><alignment wrapText="1"/></xf><xf numFmtId="0" fillId="2" applyFill="1"/></cellXfs><dxfs/>"#;
        assert!(
            text.contains(new) && text.contains(r#"<cellXfs count="4">"#),
            "{text}"
        );
    }
}
