//! A pull scanner for the two parts that are nearly all of an xlsx file: sheets and shared
//! strings. Nearly half of the time of reading went into a general XML reader's events, so these
//! parts are walked by hand; everything else is read with quick-xml.
//!
//! It knows tags, text, CDATA, comments and processing instructions, borrows everything from the
//! input, and leaves escapes to `xml::unescaped`.

use super::job::Refusal;
use super::xml::{Attributes, unescaped};
use memchr::{memchr, memmem};

/// A piece of the input; names are without their prefix.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece<'a> {
    /// A start tag.
    Open(Tag<'a>),
    /// An end tag.
    Close(&'a str),
    /// Text with its escapes.
    Text(&'a str),
    /// Text that has no escapes.
    CData(&'a str),
    /// The end of the input.
    End,
}

/// A start tag.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tag<'a> {
    pub name: &'a str,
    /// Whether the tag is its own end.
    pub empty: bool,
    raw: &'a str,
}

impl<'a> Tag<'a> {
    /// The attributes, values still escaped.
    #[inline]
    pub fn attributes(&self) -> Attributes<'a> {
        Attributes::new(self.raw)
    }

    /// One attribute, still escaped.
    pub fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes().find(|(n, _)| *n == name).map(|(_, v)| v)
    }
}

/// Walks over the input.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    pub fn new(text: &'a str) -> Scan<'a> {
        Scan { text, at: 0 }
    }

    /// The next piece. Input that ends inside a tag is damaged.
    #[inline]
    pub fn next(&mut self) -> Result<Piece<'a>, Refusal> {
        loop {
            let rest = &self.text[self.at..];
            let bytes = rest.as_bytes();
            if bytes.first() != Some(&b'<') {
                if bytes.is_empty() {
                    return Ok(Piece::End);
                }
                let end = memchr(b'<', bytes).unwrap_or(bytes.len());
                self.at += end;
                return Ok(Piece::Text(&rest[..end]));
            }
            match bytes.get(1) {
                Some(b'/') => {
                    let end = memchr(b'>', bytes).ok_or_else(damaged)?;
                    self.at += end + 1;
                    return Ok(Piece::Close(local(rest[2..end].trim_ascii_end())));
                }
                Some(b'!' | b'?') => {
                    if let Some(piece) = self.aside(rest)? {
                        return Ok(piece);
                    }
                }
                _ => return self.open(rest).map(Piece::Open),
            }
        }
    }

    /// A start tag. `>` may stand inside the quotes of a value.
    #[inline]
    fn open(&mut self, rest: &'a str) -> Result<Tag<'a>, Refusal> {
        let bytes = rest.as_bytes();
        let (mut name_from, mut at) = (1, 1);
        while let Some(&b) = bytes.get(at) {
            match b {
                b':' => name_from = at + 1,
                b' ' | b'>' | b'/' | b'\t' | b'\n' | b'\r' => break,
                _ => {}
            }
            at += 1;
        }
        let name = &rest[name_from..at];
        let from = at;
        loop {
            match bytes.get(at) {
                Some(b'>') => break,
                Some(&quote @ (b'"' | b'\'')) => {
                    at += 2 + memchr(quote, &bytes[at + 1..]).ok_or_else(damaged)?;
                }
                Some(_) => at += 1,
                None => return Err(damaged()),
            }
        }
        let empty = bytes[at - 1] == b'/';
        self.at += at + 1;
        Ok(Tag {
            name,
            empty,
            raw: &rest[from..at - usize::from(empty && at > from)],
        })
    }

    /// CDATA is text; comments, instructions and a document type are passed over.
    #[cold]
    fn aside(&mut self, rest: &'a str) -> Result<Option<Piece<'a>>, Refusal> {
        let until = |mark: &str| {
            memmem::find(rest.as_bytes(), mark.as_bytes())
                .map(|at| at + mark.len())
                .ok_or_else(damaged)
        };
        if rest.starts_with("<![CDATA[") {
            let end = until("]]>")?;
            self.at += end;
            return Ok(Some(Piece::CData(&rest[9..end - 3])));
        }
        self.at += match () {
            () if rest.starts_with("<!--") => until("-->")?,
            () if rest.starts_with("<?") => until("?>")?,
            () => until(">")?,
        };
        Ok(None)
    }

    /// Appends the text up to an end tag, that of elements inside included.
    pub fn content(&mut self, until: &str, out: &mut String) -> Result<(), Refusal> {
        loop {
            match self.next()? {
                Piece::Text(text) => out.push_str(&unescaped(text)),
                Piece::CData(text) => out.push_str(text),
                Piece::Close(name) if name == until => return Ok(()),
                Piece::End => return Err(damaged()),
                _ => {}
            }
        }
    }
}

#[inline]
fn local(name: &str) -> &str {
    match memchr(b':', name.as_bytes()) {
        Some(colon) => &name[colon + 1..],
        None => name,
    }
}

fn damaged() -> Refusal {
    Refusal::unreadable("damaged")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces() {
        let mut scan = Scan::new(
            "<?xml version='1.0'?><!-- <c> --><x:c r='a>b' s = \"1\" ><v>1&lt;<![CDATA[<2>]]></v ><f/></x:c>",
        );
        let Ok(Piece::Open(c)) = scan.next() else {
            panic!("no tag");
        };
        assert_eq!((c.name, c.empty), ("c", false));
        assert_eq!(c.attribute("r"), Some("a>b"));
        assert_eq!(c.attribute("s"), Some("1"));
        assert!(matches!(
            scan.next(),
            Ok(Piece::Open(Tag { name: "v", .. }))
        ));
        let mut text = String::new();
        scan.content("v", &mut text).unwrap();
        assert_eq!(text, "1<<2>");
        assert!(matches!(
            scan.next(),
            Ok(Piece::Open(Tag {
                name: "f",
                empty: true,
                ..
            }))
        ));
        assert_eq!(scan.next(), Ok(Piece::Close("c")));
        assert_eq!(scan.next(), Ok(Piece::End));
    }

    #[test]
    fn no_cut_panics() {
        let whole = "<?x?><a:b c='d'>é<![CDATA[x]]><!--y--></a:b><e/>";
        for cut in (0..whole.len()).filter(|&cut| whole.is_char_boundary(cut)) {
            let mut scan = Scan::new(&whole[..cut]);
            while !matches!(scan.next(), Ok(Piece::End) | Err(_)) {}
        }
    }
}
