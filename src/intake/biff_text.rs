//! Strings of BIFF files: code pages before BIFF8, UTF-16 with 8-bit runs since, and the table of
//! shared strings, whose strings may be cut anywhere by CONTINUE records.

use super::xlsx_parts::Strings;
use encoding_rs::Encoding;
use std::borrow::Cow;

/// How a workbook stream writes its strings.
#[derive(Debug, Clone, Copy)]
pub(super) enum Script {
    /// BIFF8: UTF-16, whatever the CODEPAGE record says. Exports of the Java library JXL say 1252
    /// and mean nothing by it.
    Wide,
    /// BIFF5: bytes in a code page.
    Narrow(&'static Encoding),
}

/// The encoding of a Windows code page. Where it is unknown, Chinese is the likeliest here.
pub(super) fn code_page(number: u16) -> &'static Encoding {
    let label: &[u8] = match number {
        874 => b"windows-874",
        932 => b"shift_jis",
        949 => b"euc-kr",
        950 => b"big5",
        866 => b"ibm866",
        1250 => b"windows-1250",
        1251 => b"windows-1251",
        1252 | 32_769 => b"windows-1252",
        1253 => b"windows-1253",
        1254 => b"windows-1254",
        1255 => b"windows-1255",
        1256 => b"windows-1256",
        1257 => b"windows-1257",
        1258 => b"windows-1258",
        10_000 | 32_768 => b"macintosh",
        65_001 => b"utf-8",
        _ => b"gb18030",
    };
    Encoding::for_label(label).unwrap_or(encoding_rs::GB18030)
}

/// A little-endian number at an offset.
#[inline]
pub(super) fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(data.get(at..at + 2)?.try_into().ok()?))
}

/// A little-endian number at an offset.
#[inline]
pub(super) fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(data.get(at..at + 4)?.try_into().ok()?))
}

/// A little-endian number at an offset.
#[inline]
pub(super) fn f64_at(data: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_le_bytes(data.get(at..at + 8)?.try_into().ok()?))
}

/// The parts of a record and its CONTINUE records, read as one.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    parts: Vec<&'a [u8]>,
    part: usize,
    at: usize,
}

impl<'a> Parts<'a> {
    pub fn new(first: &'a [u8], more: &[&'a [u8]]) -> Parts<'a> {
        let mut parts = vec![first];
        parts.extend_from_slice(more);
        Parts {
            parts,
            part: 0,
            at: 0,
        }
    }

    /// Bytes left in the part at hand, after moving on from one that is used up.
    fn left(&mut self) -> &'a [u8] {
        while self.part + 1 < self.parts.len() && self.at >= self.parts[self.part].len() {
            self.part += 1;
            self.at = 0;
        }
        self.parts[self.part].get(self.at..).unwrap_or(&[])
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.left().first()?;
        self.at += 1;
        Some(byte)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from(self.u16()?) | u32::from(self.u16()?) << 16)
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            let left = self.left().len().min(count);
            if left == 0 {
                return None;
            }
            self.at += left;
            count -= left;
        }
        Some(())
    }

    /// `count` characters of BIFF8; where they are cut, the next part begins with their width.
    fn characters(&mut self, mut count: usize, mut wide: bool, out: &mut Vec<u16>) -> Option<()> {
        while count > 0 {
            let part = self.part;
            let left = self.left();
            if left.is_empty() {
                return None;
            }
            if self.part != part {
                wide = left[0] & 1 == 1;
                self.at += 1;
                continue;
            }
            if wide {
                let take = (left.len() / 2).min(count);
                if take == 0 {
                    // Half a character before the cut: damaged; leave it out.
                    self.at += 1;
                    continue;
                }
                out.extend(
                    left[..take * 2]
                        .chunks_exact(2)
                        .map(|b| u16::from_le_bytes([b[0], b[1]])),
                );
                self.at += take * 2;
                count -= take;
            } else {
                let take = left.len().min(count);
                out.extend(left[..take].iter().map(|&b| u16::from(b)));
                self.at += take;
                count -= take;
            }
        }
        Some(())
    }

    /// A string with a length of 16 bits and, in BIFF8, its flags; formatting runs are left.
    pub fn string(&mut self, script: Script) -> Option<String> {
        let count = usize::from(self.u16()?);
        self.string_of(count, script)
    }

    /// A string with a length of 8 bits.
    pub fn short_string(&mut self, script: Script) -> Option<String> {
        let count = usize::from(self.byte()?);
        self.string_of(count, script)
    }

    fn string_of(&mut self, count: usize, script: Script) -> Option<String> {
        match script {
            Script::Wide => {
                if count == 0 {
                    return Some(String::new());
                }
                let wide = self.byte()? & 1 == 1;
                let mut units = Vec::new();
                self.characters(count, wide, &mut units)?;
                Some(clean(&units))
            }
            Script::Narrow(encoding) => {
                let mut bytes = Vec::new();
                while bytes.len() < count {
                    let left = self.left();
                    if left.is_empty() {
                        return None;
                    }
                    let take = left.len().min(count - bytes.len());
                    bytes.extend_from_slice(&left[..take]);
                    self.at += take;
                }
                let text: Cow<'_, str> = encoding.decode_without_bom_handling(&bytes).0;
                Some(text.replace('\0', ""))
            }
        }
    }

    /// Skips bytes at the beginning of a record.
    pub fn after(mut self, count: usize) -> Parts<'a> {
        self.at = count;
        self
    }
}

fn clean(units: &[u16]) -> String {
    char::decode_utf16(units.iter().copied())
        .map(|c| c.unwrap_or('\u{FFFD}'))
        .filter(|&c| c != '\0')
        .collect()
}

/// Line ends as `\n`.
pub(super) fn lines(text: String) -> String {
    match text.contains('\r') {
        true => text.replace("\r\n", "\n").replace('\r', "\n"),
        false => text,
    }
}

/// The shared strings. The counts that the record claims are never believed.
pub(super) fn shared_strings(mut parts: Parts<'_>) -> Option<Strings> {
    let mut strings = Strings::default();
    parts.skip(8)?;
    let mut units = Vec::new();
    while !parts.left().is_empty() {
        let Some(text) = rich_string(&mut parts, &mut units) else {
            // Cut off: cells that name a later string will say so.
            break;
        };
        strings.push(&text);
    }
    Some(strings)
}

/// A string with formatting runs and phonetic data behind it, which are left out.
fn rich_string(parts: &mut Parts<'_>, units: &mut Vec<u16>) -> Option<String> {
    let count = usize::from(parts.u16()?);
    let flags = parts.byte()?;
    let runs = if flags & 8 != 0 {
        usize::from(parts.u16()?)
    } else {
        0
    };
    let extra = if flags & 4 != 0 {
        parts.u32()? as usize
    } else {
        0
    };
    units.clear();
    parts.characters(count, flags & 1 == 1, units)?;
    let text = clean(units);
    // A table cut off behind the last string has still given that string.
    let _ = parts.skip(runs * 4).and_then(|()| parts.skip(extra));
    Some(lines(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_strings_cut_in_the_middle_change_width() {
        let mut first = vec![9, 0, 0, 0, 2, 0, 0, 0];
        // "abc中文", rich, cut after "ab": 8-bit so far, 16-bit behind the cut.
        first.extend([5, 0, 8, 1, 0, b'a', b'b']);
        let mut second = vec![1, b'c', 0];
        second.extend("中文".encode_utf16().flat_map(u16::to_le_bytes));
        second.extend([0, 0, 0, 0]);
        // "x", 8-bit.
        second.extend([1, 0, 0, b'x']);
        let strings = shared_strings(Parts::new(&first, &[&second])).unwrap();
        assert_eq!(strings.get(0), Some("abc中文"));
        assert_eq!(strings.get(1), Some("x"));
        assert_eq!(strings.get(2), None);
    }

    #[test]
    fn narrow_strings_follow_the_code_page() {
        let bytes = encoding_rs::GB18030.encode("学校").0;
        let record = [&[4, 0][..], &bytes].concat();
        let text = Parts::new(&record, &[]).string(Script::Narrow(code_page(936)));
        assert_eq!(text.as_deref(), Some("学校"));
    }
}
