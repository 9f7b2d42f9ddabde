//! What reading and splicing XML have in common.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;
use std::ops::Range;

/// Why a workbook cannot be changed: it is no sound package of Office Open XML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault(pub String);

impl Fault {
    /// A fault of a part.
    pub fn of(part: &str, why: impl std::fmt::Display) -> Fault {
        Fault(format!("{part}: {why}"))
    }
}

/// Text as it stands between tags and in attributes. Characters that XML cannot hold are left out.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(c),
            '\r' => {}
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(c),
        }
    }
    out
}

/// An attribute's value by its local name.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let own = tag
        .attributes()
        .flatten()
        .find(|a| a.key.local_name().as_ref() == name)?;
    let text = own.value.clone().into_owned();
    let plain = quick_xml::escape::unescape(&text).map(Cow::into_owned);
    Some(plain.unwrap_or(text))
}

/// An element directly or deeper below the root, with where it stands in the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element {
    /// Its local name.
    pub name: String,
    /// From `<` of the start tag to behind `>` of the end tag.
    pub span: Range<usize>,
    /// The start tag alone.
    pub tag: Range<usize>,
    /// `<a/>`.
    pub empty: bool,
}

impl Element {
    /// Where children can be put behind the last: before the end tag. `None` for `<a/>`.
    pub fn inside_end(&self, text: &[u8]) -> Option<usize> {
        if self.empty {
            return None;
        }
        text[..self.span.end].iter().rposition(|b| *b == b'<')
    }
}

/// The children of the first element of a name, by their local names; with the element itself.
pub(super) fn children(text: &[u8], of: &str) -> Result<Option<(Element, Vec<Element>)>, Fault> {
    let mut parent: Option<(Element, usize)> = None;
    let mut found: Vec<Element> = Vec::new();
    let mut open: Option<(Range<usize>, String, usize)> = None;
    let mut depth = 0usize;
    let done = walk(text, |event, span| {
        match event {
            Event::Start(tag) => {
                match &parent {
                    None if is(tag, of) => {
                        let own = span.clone();
                        parent = Some((element(local(tag), span, own, false), depth));
                    }
                    Some((_, at)) if depth == at + 1 => open = Some((span, local(tag), depth)),
                    _ => {}
                }
                depth += 1;
            }
            Event::Empty(tag) => match &parent {
                None if is(tag, of) => {
                    let own = span.clone();
                    parent = Some((element(local(tag), span, own, true), depth));
                    return false;
                }
                Some((_, at)) if depth == at + 1 => {
                    found.push(element(local(tag), span.clone(), span, true));
                }
                _ => {}
            },
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                if let Some((tag, name, at)) = open.take_if(|o| o.2 == depth) {
                    debug_assert_eq!(at, depth);
                    found.push(element(name, tag.start..span.end, tag, false));
                }
                if let Some((own, _)) = parent.as_mut().filter(|p| p.1 == depth) {
                    own.span.end = span.end;
                    return false;
                }
            }
            _ => {}
        }
        true
    });
    done?;
    Ok(parent.map(|(own, _)| (own, found)))
}

fn element(name: String, span: Range<usize>, tag: Range<usize>, empty: bool) -> Element {
    Element {
        name,
        span,
        tag,
        empty,
    }
}

/// Whether an element has that local name.
pub(super) fn is(tag: &BytesStart<'_>, name: &str) -> bool {
    tag.local_name().as_ref() == name
}

pub(super) fn local(tag: &BytesStart<'_>) -> String {
    tag.local_name().as_ref().to_owned()
}

/// Calls `take` for each event with the bytes it spans, until it says false.
pub(super) fn walk(
    text: &[u8],
    mut take: impl FnMut(&Event<'_>, Range<usize>) -> bool,
) -> Result<(), Fault> {
    // The reader leaves a byte order mark out of its count.
    let mark = if text.starts_with(b"\xEF\xBB\xBF") {
        3
    } else {
        0
    };
    let mut reader = Reader::from_reader(&text[mark..]);
    reader.config_mut().check_end_names = true;
    let mut from = mark;
    loop {
        let event = reader.read_event().map_err(|e| Fault(e.to_string()))?;
        let to = reader.buffer_position() as usize + mark;
        if matches!(event, Event::Eof) || !take(&event, from..to) {
            return Ok(());
        }
        from = to;
    }
}

/// Bytes to be replaced, and what comes in their place.
pub(super) type Piece = (Range<usize>, Vec<u8>);

/// Bytes with pieces replaced; pieces of equal start are put in one behind the other.
pub(super) fn spliced(text: &[u8], mut pieces: Vec<Piece>) -> Vec<u8> {
    pieces.sort_by_key(|(at, _)| (at.start, at.end));
    let more: usize = pieces.iter().map(|(_, new)| new.len()).sum();
    let mut out = Vec::with_capacity(text.len() + more);
    let mut from = 0;
    for (at, new) in &pieces {
        out.extend_from_slice(&text[from.min(at.start)..at.start]);
        out.extend_from_slice(new);
        from = from.max(at.end);
    }
    out.extend_from_slice(&text[from..]);
    out
}

/// A start tag with an attribute set, without its `<`, `>` or `/>`: `tag` as it stands in the file.
pub(super) fn with_attribute(tag: &str, name: &str, value: &str) -> String {
    let (head, end) = match tag.strip_suffix("/>") {
        Some(head) => (head, "/>"),
        None => (tag.strip_suffix('>').unwrap_or(tag), ">"),
    };
    let new = format!("{name}=\"{}\"", escape(value));
    // An attribute stands behind white space; its value ends with the quote it began with.
    let found = head.match_indices(name).find_map(|(at, _)| {
        let before = head[..at].ends_with(|c: char| c.is_ascii_whitespace());
        let rest = head[at + name.len()..].trim_start();
        let value = rest.strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|q| "\"'".contains(*q))?;
        let close = value[1..].find(quote)?;
        let end = head.len() - value.len() + close + 2;
        before.then_some((at, end))
    });
    match found {
        Some((from, to)) => [&head[..from], &new, &head[to..], end].concat(),
        None => [head.trim_end(), " ", &new, end].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_is_set_or_added_and_nothing_else_changes() {
        let set = |tag| with_attribute(tag, "s", "7");
        assert_eq!(
            set(r#"<c r="A1" s="3" t="s">"#),
            r#"<c r="A1" s="7" t="s">"#
        );
        assert_eq!(set("<c s='3'/>"), r#"<c s="7"/>"#);
        assert_eq!(set(r#"<c r="A1" t="s"/>"#), r#"<c r="A1" t="s" s="7"/>"#);
        assert_eq!(set(r#"<c us="1">"#), r#"<c us="1" s="7">"#);
    }

    #[test]
    fn a_byte_order_mark_moves_no_place() {
        let text = "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<a><b>\u{4e00}</b></a>"
            .as_bytes();
        let (own, _) = children(text, "b").unwrap().unwrap();
        assert_eq!(&text[own.span], "<b>\u{4e00}</b>".as_bytes());
    }

    #[test]
    fn children_are_found_with_their_places() {
        let text = br#"<?xml version="1.0"?><x:a><b><c/><d>1</d></b><e/></x:a>"#;
        let (own, all) = children(text, "b").unwrap().unwrap();
        assert_eq!(&text[own.span.clone()], b"<b><c/><d>1</d></b>");
        let spans: Vec<&[u8]> = all.iter().map(|e| &text[e.span.clone()]).collect();
        assert_eq!(spans, [&b"<c/>"[..], b"<d>1</d>"]);
        assert_eq!(
            own.inside_end(text).map(|at| &text[at..at + 4]),
            Some(&b"</b>"[..])
        );
        let (_, all) = children(text, "a").unwrap().unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(children(text, "none").unwrap(), None);
    }
}
