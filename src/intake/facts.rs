//! What calamine does not tell of an xlsx sheet: merges, hidden rows and columns, and formulas
//! that were stored without a result.
//!
//! calamine would give merges only by parsing the sheet a second time, and the rest not at all.
//! So the bytes of the part are searched for the few tags that matter; nothing here reads a
//! cell's value. Only where a writer leaves out references is the part walked tag by tag.

use super::job::{Refusal, Sink};
use super::xml::{self, Attributes};
use crate::grid::{Span, Value};
use memchr::memmem::{self, Finder};
use memchr::{memchr, memrchr};
use quick_xml::events::Event;
use std::ops::Range;

/// A sheet part and where its cells lie.
pub(super) struct Facts<'a> {
    bytes: &'a [u8],
    /// What stands before every name, with its colon; mostly nothing.
    prefix: &'a [u8],
    /// The inside of `<sheetData>`.
    data: Range<usize>,
    layout: Option<Layout>,
}

/// More tags of one name than this are made to harm; the sink refuses so many merges.
const MAX_TAGS: usize = 250_000;
/// Cells that are counted where references are missing.
const MAX_WALKED: usize = 4_000_000;

/// Where each row and cell stands in the part and in the sheet.
#[derive(Default)]
struct Layout {
    rows: Vec<(usize, u32)>,
    cells: Vec<(usize, u32, u32)>,
}

impl<'a> Facts<'a> {
    /// Looks at the frame of the part; one that was cut short is damaged.
    pub fn new(bytes: &'a [u8]) -> Result<Facts<'a>, Refusal> {
        let root = memmem::find(bytes, b"worksheet").ok_or_else(damaged)?;
        let open = memrchr(b'<', &bytes[..root]).ok_or_else(damaged)?;
        let prefix = &bytes[open + 1..root];
        let mut facts = Facts {
            bytes,
            prefix,
            data: bytes.len()..bytes.len(),
            layout: None,
        };
        let end = memmem::rfind(bytes, &facts.tag("/", "worksheet"));
        let root_end = facts.tag_end(open).ok_or_else(damaged)?;
        if end.is_none() && bytes[root_end - 1] != b'/' {
            return Err(damaged());
        }
        let data = facts.tag("", "sheetData");
        if let Some(start) = memmem::find(bytes, &data) {
            let inside = facts.tag_end(start).ok_or_else(damaged)? + 1;
            let end = memmem::rfind(bytes, &facts.tag("/", "sheetData"));
            facts.data = match end {
                Some(end) if end >= inside => inside..end,
                _ if bytes[inside - 2] == b'/' => inside..inside,
                _ => return Err(damaged()),
            };
        }
        Ok(facts)
    }

    /// Whether there is anything for calamine to read.
    pub fn has_cells(&self) -> bool {
        !self.data.is_empty()
    }

    /// Where the cell of that number in stored order stands in the sheet.
    pub fn place(&mut self, number: usize) -> Result<(u32, u32), Refusal> {
        let layout = self.layout()?;
        let &(_, row, col) = layout.cells.get(number).ok_or_else(damaged)?;
        Ok((row, col))
    }

    /// Adds to the sheet what was found.
    pub fn tell(&mut self, sink: &mut Sink) -> Result<(), Refusal> {
        let head = 0..self.data.start.min(self.bytes.len());
        for tag in self.tags(head, "col") {
            let number = |name| attribute(tag, name).and_then(|v| v.parse::<u32>().ok());
            if attribute(tag, "hidden").is_some_and(xml::yes)
                && let (Some(min), Some(max)) = (number("min"), number("max"))
                && min >= 1
            {
                sink.hide_columns(min - 1..max.min(1 << 14));
            }
        }
        for tag in self.tags(self.data.end..self.bytes.len(), "mergeCell") {
            let Some(range) = attribute(tag, "ref") else {
                continue;
            };
            let (from, to) = range.split_once(':').unwrap_or((range, range));
            if let (Some((top, left)), Some((bottom, right))) =
                (crate::grid::parse_a1(from), crate::grid::parse_a1(to))
            {
                sink.merge(Span {
                    top,
                    left,
                    bottom,
                    right,
                })?;
            }
        }
        self.hidden_rows(sink)?;
        self.unevaluated(sink)
    }

    fn hidden_rows(&mut self, sink: &mut Sink) -> Result<(), Refusal> {
        let bytes = self.bytes;
        let row = self.tag("", "row");
        let mut done = 0;
        for at in memmem::find_iter(&bytes[self.data.clone()], b"hidden=") {
            let at = self.data.start + at;
            // One tag, and one text, is looked at once, however often it repeats itself.
            if at < done {
                continue;
            }
            done = memchr(b'<', &bytes[at..]).map_or(bytes.len(), |next| at + next);
            let Some(open) = memrchr(b'<', &bytes[..at]).filter(|&o| self.is(o, &row)) else {
                continue;
            };
            let tag = self.inside(open, row.len());
            if !attribute(tag, "hidden").is_some_and(xml::yes) {
                continue;
            }
            let number = match attribute(tag, "r").and_then(|r| r.trim_ascii().parse::<u32>().ok())
            {
                Some(number) => number.checked_sub(1).ok_or_else(damaged)?,
                None => {
                    let rows = &self.layout()?.rows;
                    let found = rows.binary_search_by_key(&open, |r| r.0);
                    rows[found.map_err(|_| damaged())?].1
                }
            };
            sink.hide_rows(number..number + 1);
        }
        Ok(())
    }

    fn unevaluated(&mut self, sink: &mut Sink) -> Result<(), Refusal> {
        let bytes = self.bytes;
        let (cell, value, inline) = (self.tag("", "c"), self.tag("", "v"), self.tag("", "is"));
        let (formula, end) = (self.tag("", "f"), self.tag("/", "c"));
        let (find_value, find_end) = (Finder::new(&value), Finder::new(&end));
        let mut done = 0;
        for at in memmem::find_iter(&bytes[self.data.clone()], &formula) {
            let at = self.data.start + at;
            if at < done || !self.is(at, &formula) {
                continue;
            }
            let Some(length) = find_end.find(&bytes[at..self.data.end]) else {
                // No cell ends behind it, so this and all others stand outside of cells.
                break;
            };
            let rest = &bytes[at..at + length];
            done = at + length;
            // The value follows its formula in every writer known; before it, it is looked for too.
            let found = find_value.find(rest).map(|v| at + v);
            if found.is_some_and(|v| self.filled(v)) {
                continue;
            }
            let mut open = at;
            while !self.is(open, &cell) {
                match memrchr(b'<', &bytes[self.data.start..open]) {
                    Some(before) => open = self.data.start + before,
                    None => return Err(damaged()),
                }
            }
            let before = find_value.find(&bytes[open..at]).map(|v| open + v);
            if before.is_some_and(|v| self.filled(v))
                || memmem::find(&bytes[open..at + length], &inline).is_some()
            {
                continue;
            }
            let tag = self.inside(open, cell.len());
            let kind = attribute(tag, "t").unwrap_or("n");
            if found.or(before).is_some() && !matches!(kind, "s" | "b" | "e" | "d" | "n") {
                // Empty text is a result.
                continue;
            }
            let place = match attribute(tag, "r") {
                Some(reference) => crate::grid::parse_a1(reference).ok_or_else(damaged)?,
                None => {
                    let cells = &self.layout()?.cells;
                    let found = cells.binary_search_by_key(&open, |c| c.0);
                    let (_, row, col) = cells[found.map_err(|_| damaged())?];
                    (row, col)
                }
            };
            // A picture that WPS keeps in a cell reads as the text of its formula.
            match self.picture(at) {
                Some(text) => sink.put(place.0, place.1, Value::Text(&text))?,
                None => sink.put(place.0, place.1, Value::Unevaluated)?,
            }
        }
        Ok(())
    }

    fn picture(&self, at: usize) -> Option<String> {
        let from = self.tag_end(at)? + 1;
        let to = from + memchr(b'<', &self.bytes[from..])?;
        let text = std::str::from_utf8(&self.bytes[from..to]).ok()?;
        text.contains("DISPIMG(")
            .then(|| format!("={}", xml::unescaped(text)))
    }

    /// Whether the element that begins there has content.
    fn filled(&self, at: usize) -> bool {
        self.tag_end(at).is_some_and(|end| {
            self.bytes[end - 1] != b'/' && !self.bytes[end + 1..].starts_with(b"</")
        })
    }

    /// The tags of that name within a range: what stands behind the name.
    fn tags(&self, range: Range<usize>, name: &str) -> impl Iterator<Item = &'a str> {
        let needle = self.tag("", name);
        let mut found = Vec::new();
        for at in memmem::find_iter(&self.bytes[range.clone()], &needle) {
            let at = range.start + at;
            if self.is(at, &needle) {
                found.push(self.inside(at, needle.len()));
            }
            if found.len() > MAX_TAGS {
                break;
            }
        }
        found.into_iter()
    }

    fn tag(&self, slash: &str, name: &str) -> Vec<u8> {
        [b"<", slash.as_bytes(), self.prefix, name.as_bytes()].concat()
    }

    /// Whether a tag begins there whose name is whole.
    fn is(&self, at: usize, tag: &[u8]) -> bool {
        self.bytes[at..].starts_with(tag)
            && self
                .bytes
                .get(at + tag.len())
                .is_some_and(|b| matches!(b, b' ' | b'>' | b'/' | b'\t' | b'\n' | b'\r'))
    }

    fn inside(&self, at: usize, name: usize) -> &'a str {
        let end = self.tag_end(at).unwrap_or(at + name);
        std::str::from_utf8(&self.bytes[at + name..end.max(at + name)]).unwrap_or("")
    }

    /// Where the `>` of a tag is; one may stand inside the quotes of a value.
    fn tag_end(&self, mut at: usize) -> Option<usize> {
        loop {
            match *self.bytes.get(at)? {
                b'>' => return Some(at),
                quote @ (b'"' | b'\'') => at += 2 + memchr(quote, &self.bytes[at + 1..])?,
                _ => at += 1,
            }
        }
    }

    fn layout(&mut self) -> Result<&Layout, Refusal> {
        if self.layout.is_none() {
            self.layout = Some(self.walk()?);
        }
        self.layout.as_ref().ok_or_else(damaged)
    }

    /// Counts rows and cells as calamine and every spreadsheet does where references are missing.
    fn walk(&self) -> Result<Layout, Refusal> {
        let text = std::str::from_utf8(&self.bytes[self.data.clone()]).map_err(xml::damaged)?;
        let mut reader = xml::reader(text);
        let mut layout = Layout::default();
        let (mut row, mut col) = (0u32, 0u32);
        loop {
            let at = self.data.start + reader.buffer_position() as usize;
            let event = reader.read_event().map_err(xml::damaged)?;
            match &event {
                Event::Start(e) | Event::Empty(e) => match e.local_name().as_ref() {
                    "row" => {
                        if let Some(number) = xml::number::<u32>(e, "r") {
                            row = number.checked_sub(1).ok_or_else(damaged)?;
                        }
                        col = 0;
                        layout.rows.push((at, row));
                        row += u32::from(matches!(event, Event::Empty(_)));
                    }
                    "c" => {
                        let mut place = (row, col);
                        if let Some(reference) = xml::attribute(e, "r") {
                            place = crate::grid::parse_a1(&reference).ok_or_else(damaged)?;
                        }
                        layout.cells.push((at, place.0, place.1));
                        if layout.cells.len() > MAX_WALKED {
                            return Err(damaged());
                        }
                        col = place.1 + 1;
                    }
                    _ => {}
                },
                Event::End(e) if e.local_name().as_ref() == "row" => row += 1,
                Event::Eof => return Ok(layout),
                _ => {}
            }
        }
    }
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    Attributes::new(tag)
        .find(|(n, _)| *n == name)
        .map(|(_, v)| v)
}

fn damaged() -> Refusal {
    Refusal::unreadable("damaged")
}

#[cfg(test)]
mod tests {
    use super::super::{Limits, job::Job};
    use super::*;

    #[test]
    fn facts_beside_the_cells() {
        let part = r#"<x:worksheet><x:cols><x:col min="2" max="3" hidden="1"/></x:cols><x:sheetData>
<x:row hidden="1"><x:c t="inlineStr"><x:is><x:t>hidden="1" is text</x:t></x:is></x:c><x:c><x:f>A1</x:f><x:v></x:v></x:c></x:row>
<x:row r="9"><x:c r="B9"><x:f>A1</x:f><x:v>7</x:v></x:c><x:c r="C9" t="str"><x:f>""</x:f><x:v/></x:c></x:row>
</x:sheetData><x:mergeCells><x:mergeCell ref="A1:B2"/></x:mergeCells></x:worksheet>"#;
        let mut job = Job::new("a.xlsx", &Limits::default());
        let mut sink = job.sink("s");
        let mut facts = Facts::new(part.as_bytes()).unwrap();
        facts.tell(&mut sink).unwrap();
        assert_eq!(facts.place(2), Ok((8, 1)));
        let sheet = sink.finish(&mut job).unwrap();
        assert_eq!(sheet.cells().len(), 1);
        assert_eq!(sheet.at(0, 1), Some(Value::Unevaluated));
        assert!(sheet.row_hidden(0) && !sheet.row_hidden(8));
        assert!(sheet.column_hidden(2) && !sheet.column_hidden(0));
        assert_eq!(sheet.merges().len(), 1);
    }

    #[test]
    fn formulas_outside_of_cells_are_passed_over_at_once() {
        // Quadratic time would be felt here: a part of a few megabytes would take minutes.
        let part = format!(
            "<worksheet><sheetData><row>{}</row></sheetData></worksheet>",
            "<f></f>".repeat(1_000_000)
        );
        let mut job = Job::new("a.xlsx", &Limits::default());
        let mut sink = job.sink("s");
        Facts::new(part.as_bytes())
            .unwrap()
            .tell(&mut sink)
            .unwrap();
        assert!(sink.finish(&mut job).unwrap().cells().is_empty());
    }

    #[test]
    fn no_cut_panics() {
        let part = r#"<worksheet><sheetData><row hidden="1"><c><f>A1</f></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>"#;
        for cut in 0..part.len() {
            let job = Job::new("a.xlsx", &Limits::default());
            let mut sink = job.sink("s");
            if let Ok(mut facts) = Facts::new(&part.as_bytes()[..cut]) {
                let _ = facts.tell(&mut sink);
            }
        }
    }
}
