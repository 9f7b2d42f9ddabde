//! Binary Office Open XML workbooks, .xlsb: the same package with records instead of XML. Merges
//! and hidden rows and columns are records among the cells, so they cost nothing.

use super::biff::{error, rk};
use super::biff_text::{f64_at, u16_at, u32_at};
use super::job::{Job, Refusal, Sink};
use super::number_format::{self, Shows};
use super::package::Package;
use super::xlsx::stored_number;
use super::xlsx_parts::{self as parts, Strings};
use super::xml;
use crate::diagnostic::Severity;
use crate::grid::{Format, Sheet, Span, Value, Workbook};
use std::collections::HashMap;

/// Reads a workbook.
pub(super) fn read(job: &mut Job, bytes: &[u8]) -> Result<Workbook, Refusal> {
    let mut package = Package::open(bytes)?;
    let main = parts::main_part(&mut package, job)?.unwrap_or_else(|| "xl/workbook.bin".into());
    let related = parts::of_part(&mut package, &main, job)?;
    let Some(workbook) = package.part(&main, job)? else {
        return Err(Refusal::unreadable("damaged"));
    };
    let part = |package: &mut Package, job: &mut Job, kind: &str| {
        let target = related
            .values()
            .find(|r| r.kind == kind)
            .map(|r| r.target.clone());
        match target {
            Some(target) => package.part(&target, job),
            None => Ok(None),
        }
    };
    let shows = match part(&mut package, job, "styles")? {
        Some(bytes) => styles(&bytes)?,
        None => Vec::new(),
    };
    let strings = match part(&mut package, job, "sharedStrings")? {
        Some(bytes) => shared_strings(&bytes)?,
        None => Strings::default(),
    };
    let (listed, is_1904) = list(&workbook)?;
    let book = Book {
        strings,
        shows,
        is_1904,
    };
    let (mut sheets, mut worksheets) = (Vec::new(), 0);
    for sheet in &listed {
        let relationship = related.get(&sheet.id);
        if relationship.is_some_and(|r| r.kind != "worksheet") {
            continue;
        }
        worksheets += 1;
        let bytes = match relationship {
            Some(r) => package.part(&r.target, job),
            None => Ok(None),
        };
        let read = match bytes {
            Ok(Some(bytes)) => book.sheet(job, &sheet.name, sheet.hidden, &bytes),
            Ok(None) => Err(Refusal::unreadable("damaged")),
            Err(refusal) => Err(refusal),
        };
        match read {
            Ok(sheet) => sheets.push(sheet),
            Err(refusal) if refusal.ends_file() => return Err(refusal),
            Err(_) => job.note_sheet(&sheet.name, Refusal::unreadable("sheet-damaged")),
        }
    }
    if worksheets == 0 {
        return Err(Refusal::unreadable("no-sheet"));
    }
    Ok(Workbook {
        file: job.file.clone(),
        format: Format::Xlsb,
        sheets,
    })
}

/// The records of a part: kind and data.
struct Records<'a>(&'a [u8]);

impl<'a> Records<'a> {
    fn next(&mut self) -> Result<Option<(u16, &'a [u8])>, Refusal> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let mut read = || {
            let mut kind = u16::from(self.byte()?);
            if kind & 0x80 != 0 {
                kind = kind & 0x7F | u16::from(self.byte()? & 0x7F) << 7;
            }
            let mut size = 0usize;
            for shift in [0, 7, 14, 21] {
                let byte = self.byte()?;
                size |= usize::from(byte & 0x7F) << shift;
                if byte & 0x80 == 0 {
                    break;
                }
            }
            let data = self.0.get(..size)?;
            self.0 = &self.0[size..];
            Some((kind, data))
        };
        read().map(Some).ok_or_else(damaged)
    }

    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(byte)
    }
}

fn damaged() -> Refusal {
    Refusal::unreadable("damaged")
}

/// A string with a length of 32 bits at an offset, and the offset behind it.
fn wide_string(data: &[u8], at: usize) -> Option<(String, usize)> {
    let count = u32_at(data, at)?;
    if count == u32::MAX {
        return Some((String::new(), at + 4));
    }
    let end = (count as usize).checked_mul(2)?.checked_add(at + 4)?;
    let units = data.get(at + 4..end)?.chunks_exact(2);
    let text = char::decode_utf16(units.map(|b| u16::from_le_bytes([b[0], b[1]])))
        .map(|c| c.unwrap_or('\u{FFFD}'))
        .collect();
    Some((text, end))
}

/// Two strings that fill a record exactly.
fn strings_to_end(data: &[u8], at: usize) -> Option<(String, String)> {
    let (first, at) = wide_string(data, at)?;
    let (second, at) = wide_string(data, at)?;
    (at == data.len()).then_some((first, second))
}

fn list(bytes: &[u8]) -> Result<(Vec<parts::Listed>, bool), Refusal> {
    let (mut listed, mut is_1904) = (Vec::new(), false);
    let mut records = Records(bytes);
    while let Some((kind, data)) = records.next()? {
        match kind {
            153 => is_1904 = data.first().is_some_and(|flags| flags & 1 != 0),
            156 => {
                let state = u32_at(data, 0).ok_or_else(damaged)?;
                // The first xlsb files, of 2006, have another number before the strings.
                let (id, name) = [8, 12]
                    .into_iter()
                    .find_map(|at| strings_to_end(data, at))
                    .ok_or_else(damaged)?;
                listed.push(parts::Listed {
                    name,
                    hidden: state != 0,
                    id,
                });
            }
            _ => {}
        }
    }
    Ok((listed, is_1904))
}

fn styles(bytes: &[u8]) -> Result<Vec<Shows>, Refusal> {
    let mut formats: HashMap<u16, Shows> = HashMap::new();
    let (mut shows, mut in_cells) = (Vec::new(), false);
    let mut records = Records(bytes);
    while let Some((kind, data)) = records.next()? {
        match kind {
            44 => {
                if let (Some(id), Some((code, _))) = (u16_at(data, 0), wide_string(data, 2)) {
                    formats.insert(id, number_format::custom(&code));
                }
            }
            617 => in_cells = true,
            618 => break,
            47 if in_cells => {
                let id = u16_at(data, 2).unwrap_or(0);
                shows.push(
                    formats
                        .get(&id)
                        .copied()
                        .unwrap_or_else(|| number_format::builtin(u32::from(id))),
                );
            }
            _ => {}
        }
    }
    Ok(shows)
}

fn shared_strings(bytes: &[u8]) -> Result<Strings, Refusal> {
    let mut strings = Strings::default();
    let mut records = Records(bytes);
    while let Some((kind, data)) = records.next()? {
        if kind == 19 {
            let (text, _) = wide_string(data, 1).ok_or_else(damaged)?;
            strings.push(&xml::tidy(&text));
        }
    }
    Ok(strings)
}

struct Book {
    strings: Strings,
    shows: Vec<Shows>,
    is_1904: bool,
}

impl Book {
    fn sheet(
        &self,
        job: &mut Job,
        name: &str,
        hidden: bool,
        bytes: &[u8],
    ) -> Result<Sheet, Refusal> {
        let mut sink = job.sink(name);
        sink.hidden(hidden);
        let (mut row, mut lost) = (0, None);
        let mut records = Records(bytes);
        while let Some((kind, data)) = records.next()? {
            match kind {
                0 => {
                    row = u32_at(data, 0)
                        .filter(|&r| r < 1 << 20)
                        .ok_or_else(damaged)?;
                    if data.get(11).is_some_and(|flags| flags & 0x10 != 0) {
                        sink.hide_rows(row..row + 1);
                    }
                }
                2..=11 | 62 => {
                    let col = u32_at(data, 0)
                        .filter(|&c| c < 1 << 14)
                        .ok_or_else(damaged)?;
                    if !self.cell(kind, data, row, col, &mut sink)? {
                        lost.get_or_insert((row, col));
                    }
                }
                60 => {
                    if let (Some(first), Some(last), Some(flags)) =
                        (u32_at(data, 0), u32_at(data, 4), u16_at(data, 16))
                        && flags & 1 != 0
                    {
                        sink.hide_columns(first..last.min(1 << 14).saturating_add(1));
                    }
                }
                176 => {
                    let at = |i| u32_at(data, i).ok_or_else(damaged);
                    sink.merge(Span {
                        top: at(0)?,
                        bottom: at(4)?,
                        left: at(8)?,
                        right: at(12)?,
                    })?;
                }
                _ => {}
            }
        }
        let sheet = sink.finish(job)?;
        if let Some(at) = lost {
            job.note_cell(name, at, "cell-damaged", Severity::Error);
        }
        Ok(sheet)
    }

    /// Puts one cell; false if its shared string does not exist.
    fn cell(
        &self,
        kind: u16,
        data: &[u8],
        row: u32,
        col: u32,
        sink: &mut Sink,
    ) -> Result<bool, Refusal> {
        // Column, style in 24 bits, flags: the value stands behind these eight bytes.
        let style = (u32_at(data, 4).ok_or_else(damaged)? & 0xFF_FFFF) as usize;
        let shows = self.shows.get(style).copied().unwrap_or(Shows::Number);
        let number = |n| stored_number(n, shows, self.is_1904);
        let byte = || data.get(8).copied().ok_or_else(damaged);
        let value = match kind {
            2 => number(rk(u32_at(data, 8).ok_or_else(damaged)?)),
            3 | 11 => Value::Error(error(byte()?)),
            4 | 10 => Value::Bool(byte()? != 0),
            5 | 9 => number(f64_at(data, 8).ok_or_else(damaged)?),
            7 => {
                let index = u32_at(data, 8).ok_or_else(damaged)?;
                match self.strings.get(index as usize) {
                    Some(text) => Value::Text(text),
                    None => return Ok(false),
                }
            }
            _ => {
                let at = if kind == 62 { 9 } else { 8 };
                let (text, _) = wide_string(data, at).ok_or_else(damaged)?;
                sink.put(row, col, Value::Text(&xml::tidy(&text)))?;
                return Ok(true);
            }
        };
        sink.put(row, col, value)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(out: &mut Vec<u8>, kind: u16, data: &[u8]) {
        if kind < 128 {
            out.push(kind as u8);
        } else {
            out.extend([(kind & 0x7F) as u8 | 0x80, (kind >> 7) as u8]);
        }
        out.push(data.len() as u8);
        out.extend(data);
    }

    fn text(s: &str) -> Vec<u8> {
        let units: Vec<u16> = s.encode_utf16().collect();
        let mut out = (units.len() as u32).to_le_bytes().to_vec();
        out.extend(units.iter().flat_map(|u| u.to_le_bytes()));
        out
    }

    fn at(col: u32, style: u32, value: &[u8]) -> Vec<u8> {
        [&col.to_le_bytes()[..], &style.to_le_bytes(), value].concat()
    }

    #[test]
    fn cells_merges_and_what_is_hidden() {
        let mut s = Vec::new();
        record(
            &mut s,
            60,
            &[1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0],
        );
        record(&mut s, 0, &[3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0]);
        record(&mut s, 7, &at(0, 0, &[0, 0, 0, 0]));
        record(&mut s, 5, &at(1, 1, &45_758.0f64.to_le_bytes()));
        record(&mut s, 6, &at(2, 0, &text("合计_x000D_")));
        record(&mut s, 11, &at(3, 0, &[0x17]));
        record(
            &mut s,
            176,
            &[3, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0],
        );
        let mut shared = Vec::new();
        record(&mut shared, 19, &[&[0][..], &text("学校")].concat());
        let book = Book {
            strings: shared_strings(&shared).unwrap(),
            shows: vec![Shows::Number, Shows::Date],
            is_1904: false,
        };
        let mut job = Job::new("a.xlsb", &super::super::Limits::default());
        let sheet = book.sheet(&mut job, "s", false, &s).unwrap();
        assert_eq!(sheet.at(3, 0), Some(Value::Text("学校")));
        assert_eq!(sheet.at(3, 1), Some(Value::Date(45_758.0)));
        assert_eq!(sheet.at(3, 2), Some(Value::Text("合计\n")));
        assert_eq!(
            sheet.at(3, 3),
            Some(Value::Error(crate::grid::CellError::Ref))
        );
        assert!(sheet.row_hidden(3) && sheet.column_hidden(1) && !sheet.column_hidden(2));
        assert_eq!(sheet.merge_at(4, 1).map(|m| m.top), Some(3));
        for cut in 0..s.len() {
            let _ = book.sheet(&mut job, "s", false, &s[..cut]);
        }
    }
}
