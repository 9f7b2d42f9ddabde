//! The workbook's cell formats, to which ones are added that differ from one there in a single thing.

use super::xml::{Element, Fault, Piece, attribute, children, spliced, walk, with_attribute};
use quick_xml::events::Event;
use std::collections::{BTreeMap, BTreeSet};

const PART: &str = "xl/styles.xml";

/// `xl/styles.xml` with additions.
#[derive(Debug)]
pub struct Styles {
    text: Vec<u8>,
    formats: (Element, Vec<Element>),
    fills: (Element, Vec<Element>),
    new_fills: Vec<String>,
    pub(super) new_formats: Vec<String>,
    /// Fonts, borders and the like: the list and what is added to it.
    pub(super) lists: BTreeMap<&'static str, Grown>,
    /// A list that is not there yet, whole, and where it goes.
    pub(super) inserted: Vec<Piece>,
    /// Formats made so far: like which, with what instead.
    known: BTreeMap<(u32, String), u32>,
}

/// A list of the part with what is added to it.
#[derive(Debug)]
pub(super) struct Grown {
    list: (Element, Vec<Element>),
    new: Vec<String>,
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
            lists: BTreeMap::new(),
            inserted: Vec::new(),
            known: BTreeMap::new(),
        })
    }

    /// The format that is like `style` but filled with a colour (0xRRGGBB).
    pub fn filled(&mut self, style: u32, colour: u32) -> u32 {
        let shown = format!("FF{:06X}", colour & 0xFF_FFFF);
        self.patterned(style, &format!(
            "<@fill><@patternFill patternType=\"solid\"><@fgColor rgb=\"{shown}\"/><@bgColor indexed=\"64\"/></@patternFill></@fill>"
        ))
    }

    /// The format that is like `style` but has another fill; `xml` has `@` where the part's prefix
    /// goes.
    pub fn patterned(&mut self, style: u32, xml: &str) -> u32 {
        let fill = self.prefixed(&self.fills.0, xml);
        let number = self.fill(fill);
        self.like(style, &[("fillId", number), ("applyFill", 1)])
    }

    /// The number of a fill, which is added if it is not there yet.
    pub(super) fn fill(&mut self, fill: String) -> u32 {
        let known = self.new_fills.iter().position(|f| *f == fill);
        let at = known.unwrap_or_else(|| {
            self.new_fills.push(fill);
            self.new_fills.len() - 1
        });
        (self.fills.1.len() + at) as u32
    }

    /// The format that is like `style` but has another font; `xml` has `@` where the part's prefix
    /// goes.
    ///
    /// # Errors
    /// When the part has no fonts.
    pub fn with_font(&mut self, style: u32, xml: &str) -> Result<u32, Fault> {
        let font = self.prefixed(&self.formats.0, xml);
        let number = self.grow("fonts", font)?;
        Ok(self.like(style, &[("fontId", number), ("applyFont", 1)]))
    }

    /// The number of an element of a list, which is added if it was not added before.
    pub(super) fn grow(&mut self, name: &'static str, xml: String) -> Result<u32, Fault> {
        if !self.lists.contains_key(name) {
            let list =
                children(&self.text, name)?.ok_or_else(|| Fault::of(PART, format!("no {name}")))?;
            let new = Vec::new();
            self.lists.insert(name, Grown { list, new });
        }
        let Some(grown) = self.lists.get_mut(name) else {
            return Err(Fault::of(PART, format!("no {name}")));
        };
        let known = grown.new.iter().position(|x| *x == xml);
        let at = known.unwrap_or_else(|| {
            grown.new.push(xml);
            grown.new.len() - 1
        });
        Ok((grown.list.1.len() + at) as u32)
    }

    /// A format like another with some numbers instead.
    fn like(&mut self, style: u32, instead: &[(&str, u32)]) -> u32 {
        let said: Vec<String> = instead.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let key = (style, said.concat());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let (own, count) = (&self.formats.1, self.formats.1.len());
        let added = (style as usize).checked_sub(count);
        let whole = match added.and_then(|i| self.new_formats.get(i)) {
            Some(added) => Some(added.clone()),
            None => own.get(style as usize).or(own.first()).map(|element| {
                String::from_utf8_lossy(&self.text[element.span.clone()]).into_owned()
            }),
        };
        let whole = whole.unwrap_or_else(|| {
            let plain = "<@xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>";
            self.prefixed(&self.formats.0, plain)
        });
        let (tag, rest) = whole.split_at(whole.find('>').map_or(whole.len(), |at| at + 1));
        let tag = instead.iter().fold(tag.to_owned(), |tag, (name, value)| {
            with_attribute(&tag, name, &value.to_string())
        });
        self.new_formats.push([&tag, rest].concat());
        let index = (self.formats.1.len() + self.new_formats.len() - 1) as u32;
        self.known.insert(key, index);
        index
    }

    /// The formats whose fill has one of these colours (AARRGGBB).
    ///
    /// # Errors
    /// When the part is damaged.
    pub fn with_fill_colours(&self, colours: &[&str]) -> Result<BTreeSet<u32>, Fault> {
        let (mut fills, mut out) = (BTreeSet::new(), BTreeSet::new());
        for (number, fill) in (0u32..).zip(&self.fills.1) {
            let text = String::from_utf8_lossy(&self.text[fill.span.clone()]).to_uppercase();
            if colours.iter().any(|c| text.contains(*c)) {
                fills.insert(number.to_string());
            }
        }
        for (number, format) in (0u32..).zip(&self.formats.1) {
            walk(&self.text[format.tag.clone()], |event, _| {
                if let Event::Start(tag) | Event::Empty(tag) = event
                    && attribute(tag, "fillId").is_some_and(|f| fills.contains(&f))
                {
                    out.insert(number);
                }
                false
            })?;
        }
        Ok(out)
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
        xml.replace('@', &self.prefix_of(list))
    }

    fn prefix_of(&self, list: &Element) -> String {
        let tag = String::from_utf8_lossy(&self.text[list.tag.clone()]).into_owned();
        let prefix = tag.trim_start_matches('<').split(list.name.as_str()).next();
        prefix.unwrap_or_default().to_owned()
    }

    /// The prefix of the part's elements, such as `x:`, or nothing.
    pub(super) fn prefix(&self) -> String {
        self.prefix_of(&self.formats.0)
    }

    /// The part as it was read.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Cell formats, those added included.
    pub(super) fn count(&self) -> u32 {
        (self.formats.1.len() + self.new_formats.len()) as u32
    }

    /// The part with its additions.
    pub fn write(self) -> Vec<u8> {
        let mut pieces = self.inserted;
        let others = self.lists.values().map(|grown| (&grown.list, &grown.new));
        let always = [
            (&self.formats, &self.new_formats),
            (&self.fills, &self.new_fills),
        ];
        for ((list, own), new) in always.into_iter().chain(others) {
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
