//! XML as the readers of workbook parts need it: decoded text, attributes without allocation,
//! text with its escapes resolved. Elements nest without recursion, so depth costs nothing, and
//! entities of a document type are never expanded.

use super::job::Refusal;
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use memchr::{memchr, memmem};
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::borrow::Cow;

/// A reader that forgives what spreadsheets forgive.
pub(super) fn reader(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    reader
}

/// What damaged XML becomes.
pub(super) fn damaged<E>(_: E) -> Refusal {
    Refusal::unreadable("damaged")
}

/// A part as text: by its byte order mark, as UTF-8, or by the encoding it declares.
pub(super) fn decode(bytes: Vec<u8>) -> Result<String, Refusal> {
    match bytes.as_slice() {
        [0xFF, 0xFE, ..] => Ok(UTF_16LE.decode(&bytes).0.into_owned()),
        [0xFE, 0xFF, ..] => Ok(UTF_16BE.decode(&bytes).0.into_owned()),
        [0xEF, 0xBB, 0xBF, rest @ ..] if std::str::from_utf8(rest).is_ok() => {
            Ok(String::from_utf8_lossy(rest).into_owned())
        }
        _ => match String::from_utf8(bytes) {
            Ok(text) => Ok(text),
            Err(e) => {
                let bytes = e.into_bytes();
                let (text, _, failed) = declared(&bytes)
                    .unwrap_or(encoding_rs::UTF_8)
                    .decode(&bytes);
                if failed {
                    return Err(Refusal::unreadable("damaged"));
                }
                Ok(text.into_owned())
            }
        },
    }
}

/// Whether a part that begins so is UTF-8 as far as it says itself.
pub(super) fn is_utf8(head: &[u8]) -> bool {
    !matches!(head, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..])
        && declared(head).is_none_or(|e| e == encoding_rs::UTF_8)
}

/// Blanks the XML declaration of a part that was decoded, so that it is not decoded again.
pub(super) fn strike_declaration(text: &mut [u8]) {
    if text.starts_with(b"<?xml")
        && let Some(end) = memmem::find(text, b"?>")
    {
        text[..end + 2].fill(b' ');
    }
}

/// The encoding named in the XML declaration.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(200)];
    let at = memmem::find(head, b"encoding=")? + 9;
    let quote = *head.get(at)?;
    let rest = &head[at + 1..];
    Encoding::for_label(&rest[..memchr(quote, rest)?])
}

/// The attributes of a tag, names without their prefix, values still escaped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attributes<'a>(&'a str);

impl<'a> Attributes<'a> {
    /// What stands between a tag's name and its end.
    #[inline]
    pub fn new(raw: &'a str) -> Attributes<'a> {
        Attributes(raw)
    }
}

/// All attributes of a tag.
pub(super) fn attributes<'a>(tag: &'a BytesStart<'_>) -> Attributes<'a> {
    Attributes(tag.attributes_raw())
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    // Names and values are a few bytes long: plain loops are faster here than searching.
    #[inline]
    fn next(&mut self) -> Option<(&'a str, &'a str)> {
        let bytes = self.0.as_bytes();
        let blank = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_whitespace);
        let mut at = 0;
        while blank(at) {
            at += 1;
        }
        let mut from = at;
        loop {
            match bytes.get(at)? {
                b'=' => break,
                b':' => from = at + 1,
                _ => {}
            }
            at += 1;
        }
        let name = self.0[from..at].trim_ascii_end();
        at += 1;
        while blank(at) {
            at += 1;
        }
        let quote = *bytes.get(at)?;
        if quote != b'"' && quote != b'\'' {
            return None;
        }
        let from = at + 1;
        at = from;
        while *bytes.get(at)? != quote {
            at += 1;
        }
        let value = &self.0[from..at];
        self.0 = &self.0[at + 1..];
        Some((name, value))
    }
}

/// One attribute, its escapes resolved.
pub(super) fn attribute<'a>(tag: &'a BytesStart<'_>, name: &str) -> Option<Cow<'a, str>> {
    attributes(tag)
        .find(|(n, _)| *n == name)
        .map(|(_, v)| unescaped(v))
}

/// One attribute as a number.
pub(super) fn number<T: std::str::FromStr>(tag: &BytesStart<'_>, name: &str) -> Option<T> {
    attribute(tag, name)?.trim().parse().ok()
}

/// Whether an attribute says yes.
pub(super) fn flag(tag: &BytesStart<'_>, name: &str) -> bool {
    attribute(tag, name).is_some_and(|v| yes(&v))
}

/// The XML Schema truth values.
pub(super) fn yes(value: &str) -> bool {
    matches!(value, "1" | "true" | "on")
}

/// The text up to an end tag, that of elements inside included.
pub(super) fn content(
    reader: &mut Reader<&[u8]>,
    until: &str,
    out: &mut String,
) -> Result<(), Refusal> {
    loop {
        match reader.read_event().map_err(damaged)? {
            Event::Text(t) => out.push_str(&t),
            Event::CData(t) => out.push_str(&t.into_inner()),
            Event::GeneralRef(r) => push_reference(out, &r),
            Event::End(e) if e.local_name().as_ref() == until => return Ok(()),
            Event::Eof => return Err(Refusal::unreadable("damaged")),
            _ => {}
        }
    }
}

/// Escapes of text or of an attribute value resolved; what is no escape stays as written.
pub(super) fn unescaped(value: &str) -> Cow<'_, str> {
    if memchr(b'&', value.as_bytes()).is_none() {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(amp) = rest.find('&') {
        out.push_str(&rest[..amp]);
        let after = &rest[amp + 1..];
        match after.find(';').filter(|&end| end <= 10) {
            Some(end) => {
                push_entity(&mut out, &after[..end]);
                rest = &after[end + 1..];
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Appends what `&name;` in text stands for.
pub(super) fn push_reference(out: &mut String, reference: &BytesRef<'_>) {
    push_entity(out, reference);
}

fn push_entity(out: &mut String, name: &str) {
    let named = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => name.strip_prefix('#').and_then(|digits| {
            match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => digits.parse(),
            }
            .ok()
            .and_then(char::from_u32)
        }),
    };
    match named {
        Some(c) => out.push(c),
        None => {
            out.push('&');
            out.push_str(name);
            out.push(';');
        }
    }
}

/// Cell text as a person sees it: `_xHHHH_` escapes of Excel decoded, line ends as `\n`.
pub(super) fn tidy(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    if memchr(b'\r', bytes).is_none() && memmem::find(bytes, b"_x").is_none() {
        return Cow::Borrowed(text);
    }
    let mut units: Vec<u16> = Vec::new();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        match escape_at(&rest[at..]) {
            Some(unit) => {
                flush(&mut out, &mut units, &rest[..at]);
                units.push(unit);
                rest = &rest[at + 7..];
            }
            None => {
                flush(&mut out, &mut units, &rest[..at + 1]);
                rest = &rest[at + 1..];
            }
        }
    }
    flush(&mut out, &mut units, rest);
    out.extend(char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')));
    if out.contains('\r') {
        out = out.replace("\r\n", "\n").replace('\r', "\n");
    }
    Cow::Owned(out)
}

/// Decoded units are collected because a character beyond the first plane is written as two;
/// plain text between them ends the collection.
fn flush(out: &mut String, units: &mut Vec<u16>, plain: &str) {
    if plain.is_empty() {
        return;
    }
    out.extend(char::decode_utf16(units.drain(..)).map(|c| c.unwrap_or('\u{FFFD}')));
    out.push_str(plain);
}

fn escape_at(text: &str) -> Option<u16> {
    let bytes = text.as_bytes();
    let hex = bytes.get(2..6)?;
    if bytes.get(6) != Some(&b'_') || !hex.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excel_escapes_and_line_ends() {
        assert_eq!(tidy("a_x000D_\nb"), "a\nb");
        assert_eq!(tidy("a_x005F_x000D_b"), "a_x000D_b");
        assert_eq!(tidy("_xD83D__xDE00_x"), "\u{1F600}x");
        assert_eq!(tidy("_x_xyz_x12"), "_x_xyz_x12");
        assert_eq!(tidy("x\r\ny\rz"), "x\ny\nz");
    }

    #[test]
    fn attributes_lose_prefix_and_keep_quotes() {
        let tag = BytesStart::from_content(r#"sheet name='A "&amp;" B' r:id = "rId1" x="#, 5);
        let all: Vec<_> = attributes(&tag).collect();
        assert_eq!(all, [("name", r#"A "&amp;" B"#), ("id", "rId1")]);
        assert_eq!(attribute(&tag, "name").as_deref(), Some(r#"A "&" B"#));
    }
}
