//! The parts of an Office Open XML workbook that its sheets refer to: relationships, the list of
//! sheets, number formats and shared strings.

use super::job::{Job, Refusal};
use super::number_format::{self, Shows};
use super::package::Package;
use super::scan::{Piece, Scan};
use super::xml::{self, attribute, damaged};
use memchr::{memmem, memrchr};
use quick_xml::events::Event;
use std::collections::{BTreeMap, HashMap};

/// The part that a relationship of the package leads to, such as `xl/workbook.xml`.
pub(super) fn main_part(package: &mut Package, job: &mut Job) -> Result<Option<String>, Refusal> {
    let Some(text) = package.text("_rels/.rels", job)? else {
        return Ok(None);
    };
    Ok(relationships(&text, "")?
        .into_values()
        .find(|r| r.kind == "officeDocument")
        .map(|r| r.target))
}

/// Where a relationship leads.
#[derive(Debug)]
pub(super) struct Relationship {
    /// Last word of its type: `worksheet`, `sharedStrings`, …
    pub kind: String,
    /// Part name in the package.
    pub target: String,
}

/// The relationships of a part, by id.
pub(super) fn of_part(
    package: &mut Package,
    part: &str,
    job: &mut Job,
) -> Result<BTreeMap<String, Relationship>, Refusal> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    match package.text(&format!("{folder}/_rels/{name}.rels"), job)? {
        Some(text) => relationships(&text, folder),
        None => Ok(BTreeMap::new()),
    }
}

fn relationships(text: &str, folder: &str) -> Result<BTreeMap<String, Relationship>, Refusal> {
    let mut found = BTreeMap::new();
    let mut reader = xml::reader(text);
    loop {
        match reader.read_event().map_err(damaged)? {
            Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "Relationship" => {
                let kind = attribute(&e, "Type").unwrap_or_default();
                let target = attribute(&e, "Target").unwrap_or_default();
                found.insert(
                    attribute(&e, "Id").unwrap_or_default().into_owned(),
                    Relationship {
                        kind: kind.rsplit('/').next().unwrap_or("").to_owned(),
                        target: resolved(folder, &target),
                    },
                );
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// A target relative to a folder, with `..` followed.
fn resolved(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut parts: Vec<&str> = match target.starts_with('/') {
        true => Vec::new(),
        false => folder.split('/').filter(|p| !p.is_empty()).collect(),
    };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A sheet as the workbook part lists it.
#[derive(Debug)]
pub(super) struct Listed {
    pub name: String,
    pub hidden: bool,
    /// Relationship id.
    pub id: String,
}

/// The sheets in order, and whether dates count from 1904.
pub(super) fn workbook(text: &str) -> Result<(Vec<Listed>, bool), Refusal> {
    let (mut sheets, mut is_1904) = (Vec::new(), false);
    let mut reader = xml::reader(text);
    loop {
        match reader.read_event().map_err(damaged)? {
            Event::Start(e) | Event::Empty(e) => match e.local_name().as_ref() {
                "sheet" => {
                    let state = attribute(&e, "state").unwrap_or_default();
                    sheets.push(Listed {
                        name: attribute(&e, "name").unwrap_or_default().into_owned(),
                        hidden: matches!(&*state, "hidden" | "veryHidden"),
                        id: attribute(&e, "id").unwrap_or_default().into_owned(),
                    });
                }
                "workbookPr" => is_1904 |= xml::flag(&e, "date1904"),
                _ => {}
            },
            Event::End(e) if e.local_name().as_ref() == "workbook" => break,
            Event::Eof => break,
            _ => {}
        }
    }
    Ok((sheets, is_1904))
}

/// What each cell style shows, by its index.
pub(super) fn styles(text: &str) -> Result<Vec<Shows>, Refusal> {
    let mut custom: HashMap<u32, Shows> = HashMap::new();
    // Fonts, fills and borders are most of the part and mean nothing here: jump over them.
    if let Some(from) = element(text, b"numFmts") {
        let mut reader = xml::reader(&text[from..]);
        loop {
            match reader.read_event().map_err(damaged)? {
                Event::Start(e) | Event::Empty(e) => match e.local_name().as_ref() {
                    "numFmt" => {
                        if let Some(id) = xml::number(&e, "numFmtId") {
                            let code = attribute(&e, "formatCode").unwrap_or_default();
                            custom.insert(id, number_format::custom(&code));
                        }
                    }
                    "numFmts" => {}
                    _ => break,
                },
                Event::End(e) if e.local_name().as_ref() == "numFmts" => break,
                Event::Eof => break,
                _ => {}
            }
        }
    }
    let mut shows = Vec::new();
    let Some(from) = element(text, b"cellXfs") else {
        return Ok(shows);
    };
    let mut reader = xml::reader(&text[from..]);
    loop {
        match reader.read_event().map_err(damaged)? {
            Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "xf" => {
                let id = xml::number(&e, "numFmtId").unwrap_or(0);
                shows.push(
                    custom
                        .get(&id)
                        .copied()
                        .unwrap_or_else(|| number_format::builtin(id)),
                );
            }
            Event::End(e) if e.local_name().as_ref() == "cellXfs" => return Ok(shows),
            Event::Eof => return Ok(shows),
            _ => {}
        }
    }
}

/// Where the first start tag of that local name begins.
fn element(text: &str, name: &[u8]) -> Option<usize> {
    let bytes = text.as_bytes();
    memmem::find_iter(bytes, name).find_map(|at| {
        let open = memrchr(b'<', &bytes[..at])?;
        let prefix = &bytes[open + 1..at];
        let ends = bytes
            .get(at + name.len())
            .is_some_and(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'));
        let prefixed = prefix.is_empty()
            || (prefix.ends_with(b":") && !prefix.iter().any(|b| matches!(b, b'/' | b' ')));
        (ends && prefixed).then_some(open)
    })
}

/// The shared strings in one arena; rich text is joined, phonetic guides are left out.
#[derive(Debug, Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    /// The string of that index.
    #[inline]
    pub fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = match index {
            0 => 0,
            _ => self.ends[index - 1],
        };
        Some(&self.text[start..end])
    }

    /// Appends a string.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    /// Reads the part. The count that it claims is never believed.
    pub fn parse(text: &str) -> Result<Strings, Refusal> {
        let mut strings = Strings::default();
        let mut scan = Scan::new(text);
        let mut one = String::new();
        loop {
            match scan.next()? {
                Piece::Open(tag) if tag.name == "si" => {
                    one.clear();
                    if !tag.empty {
                        rich_text(&mut scan, "si", &mut one)?;
                    }
                    strings.push(&xml::tidy(&one));
                }
                Piece::End => return Ok(strings),
                _ => {}
            }
        }
    }
}

/// The text up to the end tag `until`: every `<t>` outside `<rPh>`, appended. Spaces around a
/// `<t>` count only where it says so, as for Excel.
pub(super) fn rich_text(scan: &mut Scan<'_>, until: &str, out: &mut String) -> Result<(), Refusal> {
    let mut phonetic = false;
    loop {
        match scan.next()? {
            Piece::Open(tag) => match tag.name {
                "t" if !phonetic && !tag.empty => {
                    let start = out.len();
                    scan.content("t", out)?;
                    if tag.attribute("space") != Some("preserve") {
                        trim_from(out, start);
                    }
                }
                "rPh" => phonetic = !tag.empty,
                _ => {}
            },
            Piece::Close("rPh") => phonetic = false,
            Piece::Close(name) if name == until => return Ok(()),
            Piece::End => return Err(Refusal::unreadable("damaged")),
            _ => {}
        }
    }
}

fn trim_from(out: &mut String, start: usize) {
    let blank = [' ', '\t', '\r', '\n'];
    let kept = out[start..].trim_end_matches(blank).len();
    out.truncate(start + kept);
    let leading = out[start..].len() - out[start..].trim_start_matches(blank).len();
    if leading > 0 {
        out.replace_range(start..start + leading, "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_join_runs_drop_phonetics_and_keep_their_places() {
        let strings = Strings::parse(
            r#"<sst uniqueCount="4000000000"><si/><si><t> a </t></si><si><r><t>王</t></r><r><rPr/>
            <t xml:space="preserve"> 五&amp;</t></r><rPh sb="0" eb="1"><t>wang</t></rPh></si><si><t>z_x000D_</t></si></sst>"#,
        )
        .unwrap();
        assert_eq!(strings.get(0), Some(""));
        assert_eq!(strings.get(1), Some("a"));
        assert_eq!(strings.get(2), Some("王 五&"));
        assert_eq!(strings.get(3), Some("z\n"));
        assert_eq!(strings.get(4), None);
    }

    #[test]
    fn styles_are_found_among_the_rest() {
        let shows = styles(
            r#"<x:styleSheet><x:numFmts count="1"><x:numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;"/></x:numFmts>
            <x:fonts><x:font/></x:fonts><x:cellStyleXfs><x:xf numFmtId="14"/></x:cellStyleXfs>
            <x:cellXfs count="3"><x:xf numFmtId="0"/><x:xf numFmtId="176"><x:alignment/></x:xf><x:xf numFmtId="31"/></x:cellXfs></x:styleSheet>"#,
        )
        .unwrap();
        assert_eq!(shows, [Shows::Number, Shows::Date, Shows::Date]);
    }

    #[test]
    fn targets_are_resolved() {
        assert_eq!(
            resolved("xl", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml"
        );
        assert_eq!(
            resolved("xl", "/xl/worksheets/a.xml"),
            "xl/worksheets/a.xml"
        );
        assert_eq!(resolved("xl/x", "../a.xml"), "xl/a.xml");
    }
}
