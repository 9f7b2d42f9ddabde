//! Which parts of an Office Open XML package are the workbook's, and what of them calamine must
//! not see: claims it would believe, and styles that mean nothing here.

use super::job::{Job, Refusal};
use super::package::Package;
use super::xml::{self, attribute, damaged};
use memchr::{memmem, memrchr};
use quick_xml::events::Event;
use std::collections::BTreeMap;

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

/// The relationship ids of the workbook's sheets, in order.
pub(super) fn sheet_ids(text: &str) -> Result<Vec<String>, Refusal> {
    let mut ids = Vec::new();
    let mut reader = xml::reader(text);
    loop {
        match reader.read_event().map_err(damaged)? {
            Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "sheet" => {
                ids.push(attribute(&e, "id").unwrap_or_default().into_owned());
            }
            Event::End(e) if e.local_name().as_ref() == "workbook" => return Ok(ids),
            Event::Eof => return Ok(ids),
            _ => {}
        }
    }
}

/// The package that [`calamine`] is given: what leads it from the root to the workbook, and from
/// there to the sheets that hold cells. Sheets of any other kind are chart sheets to it.
pub(super) fn put_relationships(
    copy: &mut super::package::Copy,
    main: &str,
    sheets: &BTreeMap<String, String>,
    ids: &[String],
) -> Result<(), Refusal> {
    const KIND: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    copy.put(
        "_rels/.rels",
        format!("<Relationships><Relationship Id=\"rId1\" Type=\"{KIND}/officeDocument\" Target=\"xl/{main}\"/></Relationships>").as_bytes(),
    )?;
    let mut text = String::from("<Relationships>");
    for id in ids {
        if id.contains(['"', '<', '&', '>']) {
            return Err(damaged(()));
        }
        let (kind, target) = match sheets.get(id) {
            Some(target) => ("worksheet", target.as_str()),
            None => ("chartsheet", "chartsheets/none"),
        };
        text.push_str(&format!(
            "<Relationship Id=\"{id}\" Type=\"{KIND}/{kind}\" Target=\"{target}\"/>"
        ));
    }
    text.push_str("</Relationships>");
    copy.put(&format!("xl/_rels/{main}.rels"), text.as_bytes())
}

/// The styles part cut down to number formats and cell formats. calamine keeps a copy of its font,
/// fill, border and format code for every cell format, which a file made to harm can blow up.
pub(super) fn styles(text: &str) -> Result<String, Refusal> {
    let formats = section(text, b"numFmts")?.unwrap_or("");
    let cells = section(text, b"cellXfs")?.unwrap_or("");
    let mut longest = 0;
    let mut from = 0;
    for at in memmem::find_iter(formats.as_bytes(), b"formatCode") {
        longest = longest.max(at - from);
        from = at;
    }
    longest = longest.max(formats.len() - from);
    let count = memmem::find_iter(cells.as_bytes(), b"xf ").count();
    if longest.saturating_mul(count) > MAX_CODES {
        return Err(Refusal::unreadable("damaged"));
    }
    Ok(format!("<styleSheet>{formats}{cells}</styleSheet>"))
}

/// Bytes of format codes in all cell formats. Excel allows 64,000 cell formats and 255 characters.
const MAX_CODES: usize = 64 << 20;

/// The first element of that local name, tags included; `None` if it is missing or empty.
fn section<'a>(text: &'a str, name: &[u8]) -> Result<Option<&'a str>, Refusal> {
    let Some(from) = element(text, name) else {
        return Ok(None);
    };
    let bytes = &text.as_bytes()[from..];
    let open = memchr::memchr(b'>', bytes).ok_or_else(|| damaged(()))?;
    if bytes[open - 1] == b'/' {
        return Ok(None);
    }
    let close = memmem::find_iter(&bytes[open..], name)
        .map(|at| open + at)
        .find(|&at| memrchr(b'<', &bytes[..at]).is_some_and(|lt| bytes[lt + 1] == b'/'))
        .and_then(|at| Some(at + memchr::memchr(b'>', &bytes[at..])?))
        .ok_or_else(|| damaged(()))?;
    Ok(Some(&text[from..from + close + 1]))
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

/// Hides a count of shared strings that the part cannot hold: calamine would reserve it.
pub(super) fn amend_strings(head: &mut [u8], size: u64) {
    let Some(at) = memmem::find(head, b"uniqueCount") else {
        return;
    };
    let digits = |b: &u8| b.is_ascii_digit();
    let Some(from) = head[at..].iter().take(20).position(digits) else {
        return;
    };
    let from = at + from;
    let to = head[from..]
        .iter()
        .position(|b| !digits(b))
        .map_or(head.len(), |n| from + n);
    let count = std::str::from_utf8(&head[from..to])
        .ok()
        .and_then(|n| n.parse::<u64>().ok());
    if count.is_none_or(|n| n > size / SHORTEST_STRING) {
        head[from..to].fill(b' ');
    }
}

/// Bytes of `<si><t>x</t></si>`.
const SHORTEST_STRING: u64 = 18;

/// Hides `<dimension>`, which WPS and others write wrong: calamine would refuse the sheet.
pub(super) fn amend_sheet(head: &mut [u8], _: u64) {
    let end = memmem::find(head, b"sheetData").unwrap_or(head.len());
    if let Some(at) = memmem::find(&head[..end], b"dimension")
        && at > 0
        && matches!(head[at - 1], b'<' | b':')
    {
        head[at] = b'x';
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_are_cut_out_of_the_rest() {
        let styles = styles(
            r#"<x:styleSheet><x:numFmts count="1"><x:numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;"/></x:numFmts>
            <x:fonts><x:font/></x:fonts><x:cellStyleXfs><x:xf numFmtId="14"/></x:cellStyleXfs>
            <x:cellXfs count="3"><x:xf numFmtId="0"/><x:xf numFmtId="176"><x:alignment/></x:xf></x:cellXfs></x:styleSheet>"#,
        )
        .unwrap();
        assert_eq!(
            styles,
            r#"<styleSheet><x:numFmts count="1"><x:numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;"/></x:numFmts><x:cellXfs count="3"><x:xf numFmtId="0"/><x:xf numFmtId="176"><x:alignment/></x:xf></x:cellXfs></styleSheet>"#
        );
        let long = "0".repeat(1 << 20);
        let xfs = "<xf numFmtId=\"1\"/>".repeat(1_000);
        let bomb = format!(
            "<styleSheet><numFmts><numFmt formatCode=\"{long}\"/></numFmts><cellXfs>{xfs}</cellXfs></styleSheet>"
        );
        assert!(super::styles(&bomb).is_err());
    }

    #[test]
    fn claims_are_hidden_where_they_cannot_be_true() {
        let amended = |text: &str| {
            let mut bytes = text.as_bytes().to_vec();
            amend_strings(&mut bytes, 1_000);
            String::from_utf8(bytes).unwrap()
        };
        assert_eq!(
            amended(r#"<sst uniqueCount="40">"#),
            r#"<sst uniqueCount="40">"#
        );
        assert_eq!(
            amended(r#"<sst uniqueCount="400">"#),
            r#"<sst uniqueCount="   ">"#
        );
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
