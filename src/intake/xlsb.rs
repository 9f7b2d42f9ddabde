//! Binary Office Open XML workbooks, .xlsb: cells from calamine, streamed.
//!
//! The records of each part are walked once. Those with cells, strings and formats go into the
//! copy that calamine gets, with counts that are true; merges and what is hidden are taken from
//! the others. Two kinds of cell that calamine passes over are written as kinds that it reads:
//! errors of formulas, and text with formatting.

use super::job::{Job, Refusal, Sink};
use super::package::{Copy, Package};
use super::{values, xlsx_parts as parts, xml};
use crate::diagnostic::Severity;
use crate::grid::{CellError, Format, Sheet, Span, Value, Workbook};
use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsb};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

/// Reads a workbook.
pub(super) fn read(job: &mut Job, package: Package<'_>) -> Result<Workbook, Refusal> {
    let (copy, origins) = copied(job, package)?;
    let mut book: Xlsb<_> = Xlsb::new(Cursor::new(copy.as_slice())).map_err(xml::damaged)?;
    let listed = book.sheets_metadata().to_vec();
    if listed.len() != origins.len() {
        return Err(damaged());
    }
    let (mut sheets, mut worksheets, mut seen) = (Vec::new(), 0, BTreeSet::new());
    for (sheet, origin) in listed.iter().zip(origins) {
        let told = match origin {
            Origin::Nothing => continue,
            Origin::Lost => None,
            // calamine finds sheets by name: of two with one name it would read the first twice.
            Origin::Part(told) => Some(told)
                .filter(|_| sheet.typ == SheetType::WorkSheet && seen.insert(sheet.name.clone())),
        };
        worksheets += 1;
        let read = match told {
            Some(told) => {
                let hidden = sheet.visible != SheetVisible::Visible;
                read_sheet(job, &mut book, &sheet.name, hidden, told)
            }
            None => Err(damaged()),
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

/// What was taken from a sheet's records beside its cells.
#[derive(Debug, Default)]
struct Told {
    merges: Vec<Span>,
    hidden_rows: Vec<u32>,
    hidden_columns: Vec<(u32, u32)>,
    /// Error values that calamine has no name for.
    errors: Vec<(u32, u32)>,
    /// The first cell that names a shared string which does not exist.
    lost: Option<(u32, u32)>,
}

#[derive(Debug)]
enum Origin {
    Part(Told),
    Lost,
    /// Chart and dialog sheets hold no cells.
    Nothing,
}

/// The package for calamine, and the origin of each sheet in the workbook's order.
fn copied(job: &mut Job, mut package: Package<'_>) -> Result<(Vec<u8>, Vec<Origin>), Refusal> {
    let main = parts::main_part(&mut package, job)?.unwrap_or_else(|| "xl/workbook.bin".into());
    let related = parts::of_part(&mut package, &main, job)?;
    let Some(workbook) = package.part(&main, job)? else {
        return Err(damaged());
    };
    let part = |package: &mut Package<'_>, job: &mut Job, kind: &str| match related
        .values()
        .find(|r| r.kind == kind)
    {
        Some(found) => package.part(&found.target, job),
        None => Ok(None),
    };
    let mut copy = Copy::of(&package);
    if let Some(bytes) = part(&mut package, job, "styles")? {
        copy.put("xl/styles.bin", &styles(&bytes)?)?;
    }
    let mut strings = 0;
    if let Some(bytes) = part(&mut package, job, "sharedStrings")? {
        let items = only(&bytes, &[19])?;
        strings = items.1;
        let count = strings.to_le_bytes();
        let mut out = Vec::new();
        record(&mut out, 159, &[count, count].concat());
        out.extend(items.0);
        copy.put("xl/sharedStrings.bin", &out)?;
    }
    let (list, ids) = list(&workbook)?;
    copy.put("xl/workbook.bin", &list)?;
    let (mut origins, mut names) = (Vec::new(), BTreeMap::<String, String>::new());
    for id in &ids {
        let found = related.get(id);
        if found.is_some_and(|r| r.kind != "worksheet") {
            origins.push(Origin::Nothing);
            continue;
        }
        let bytes = match found.filter(|_| !names.contains_key(id)) {
            Some(found) => package.part(&found.target, job),
            None => Ok(None),
        };
        let sheet = match bytes {
            Ok(Some(bytes)) => cells(&bytes, strings),
            Ok(None) => Err(damaged()),
            Err(refusal) => Err(refusal),
        };
        match sheet {
            Ok((bytes, told)) => {
                let name = format!("worksheets/sheet{}.bin", names.len() + 1);
                copy.put(&format!("xl/{name}"), &bytes)?;
                names.insert(id.clone(), name);
                origins.push(Origin::Part(told));
            }
            Err(refusal) if refusal.ends_file() => return Err(refusal),
            Err(_) => origins.push(Origin::Lost),
        }
    }
    parts::put_relationships(&mut copy, "workbook.bin", &names, &ids)?;
    Ok((copy.finish()?, origins))
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

/// Appends a record.
fn record(out: &mut Vec<u8>, kind: u16, data: &[u8]) {
    match kind {
        0..128 => out.push(kind as u8),
        _ => out.extend([(kind & 0x7F) as u8 | 0x80, (kind >> 7) as u8]),
    }
    let mut size = data.len();
    loop {
        let more = size > 0x7F;
        out.push((size & 0x7F) as u8 | if more { 0x80 } else { 0 });
        size >>= 7;
        if !more {
            break;
        }
    }
    out.extend(data);
}

/// The records of some kinds, and how many there are.
fn only(bytes: &[u8], kinds: &[u16]) -> Result<(Vec<u8>, u32), Refusal> {
    let (mut out, mut count) = (Vec::with_capacity(bytes.len()), 0);
    let mut records = Records(bytes);
    while let Some((kind, data)) = records.next()? {
        if kinds.contains(&kind) {
            record(&mut out, kind, data);
            count += 1;
        }
    }
    Ok((out, count))
}

/// Number formats and the formats of cells, with true counts. calamine takes the numbers of the
/// dates built into Excel always for these, though files give them to other formats: formats with
/// a number among the built-in ones are numbered anew.
fn styles(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    let (mut formats, mut renamed, mut count) = (Vec::new(), BTreeSet::new(), 0u32);
    let (mut cells, mut cell_count, mut inside) = (Vec::new(), 0u32, false);
    let mut records = Records(bytes);
    while let Some((kind, data)) = records.next()? {
        match kind {
            44 => {
                let (id, code) = data.split_at_checked(2).ok_or_else(damaged)?;
                let mut id = u16::from_le_bytes([id[0], id[1]]);
                if id < FIRST_CUSTOM {
                    renamed.insert(id);
                    id += RENAMED;
                }
                record(&mut formats, kind, &[&id.to_le_bytes(), code].concat());
                count += 1;
            }
            617 => inside = true,
            618 => break,
            47 if inside => {
                let mut data = data.to_vec();
                let id = data.get_mut(2..4).ok_or_else(damaged)?;
                let old = u16::from_le_bytes([id[0], id[1]]);
                if renamed.contains(&old) {
                    id.copy_from_slice(&(old + RENAMED).to_le_bytes());
                }
                record(&mut cells, kind, &data);
                cell_count += 1;
            }
            _ => {}
        }
    }
    let mut out = Vec::new();
    record(&mut out, 615, &count.to_le_bytes());
    out.extend(formats);
    record(&mut out, 617, &cell_count.to_le_bytes());
    out.extend(cells);
    Ok(out)
}

/// Numbers below are those of formats built in.
const FIRST_CUSTOM: u16 = 164;
/// Where no writer's own numbers reach.
const RENAMED: u16 = 0x8000;

/// The list of sheets alone, and their relationship ids.
fn list(bytes: &[u8]) -> Result<(Vec<u8>, Vec<String>), Refusal> {
    let (mut out, mut ids) = (Vec::new(), Vec::new());
    let mut records = Records(bytes);
    while let Some((kind, data)) = records.next()? {
        match kind {
            153 if !data.is_empty() => record(&mut out, kind, data),
            156 => {
                // The first xlsb files, of 2006, have another number before the strings.
                let at = [8, 12]
                    .into_iter()
                    .find(|&at| strings_fill(data, at))
                    .ok_or_else(damaged)?;
                let strings = data.get(at..).ok_or_else(damaged)?;
                if u32_at(strings, 0) == Some(u32::MAX) {
                    // Listed without a part: nothing can be lost there.
                    continue;
                }
                record(&mut out, kind, &[&data[..8], strings].concat());
                ids.push(wide_string(strings).ok_or_else(damaged)?.0);
            }
            _ => {}
        }
    }
    // The end of the list, and the record behind the defined names.
    record(&mut out, 144, &[]);
    record(&mut out, 157, &[]);
    Ok((out, ids))
}

/// A string with a length of 32 bits, and its size.
fn wide_string(data: &[u8]) -> Option<(String, usize)> {
    let count = u32_at(data, 0)?;
    if count == u32::MAX {
        return Some((String::new(), 4));
    }
    let end = (count as usize).checked_mul(2)?.checked_add(4)?;
    let text = encoding_rs::UTF_16LE.decode(data.get(4..end)?).0;
    Some((text.into_owned(), end))
}

/// Whether two strings fill the rest of a record.
fn strings_fill(data: &[u8], at: usize) -> bool {
    let end = |at: usize| Some(at + wide_string(data.get(at..)?)?.1);
    end(at).and_then(end) == Some(data.len())
}

/// A sheet of cells alone, and what was taken from the other records.
fn cells(bytes: &[u8], strings: u32) -> Result<(Vec<u8>, Told), Refusal> {
    let mut told = Told::default();
    let mut out = Vec::with_capacity(bytes.len());
    // An extent that is never asked, and the beginning of the cells.
    record(&mut out, 148, &[0; 16]);
    record(&mut out, 145, &[]);
    let mut row = 0;
    let mut records = Records(bytes);
    while let Some((kind, data)) = records.next()? {
        match kind {
            0 => {
                row = u32_at(data, 0)
                    .filter(|&r| r < 1 << 20)
                    .ok_or_else(damaged)?;
                if data.get(11).is_some_and(|flags| flags & 0x10 != 0) {
                    told.hidden_rows.push(row);
                }
                record(&mut out, 0, &data[..4]);
            }
            2..=11 | 62 => {
                let col = u32_at(data, 0)
                    .filter(|&c| c < 1 << 14)
                    .ok_or_else(damaged)?;
                cell(&mut out, kind, data, (row, col), strings, &mut told)?;
            }
            60 => {
                if let (Some(first), Some(last), Some(flags)) =
                    (u32_at(data, 0), u32_at(data, 4), data.get(16))
                    && flags & 1 != 0
                {
                    told.hidden_columns.push((first, last));
                }
            }
            176 => {
                let at = |i| u32_at(data, i).ok_or_else(damaged);
                told.merges.push(Span {
                    top: at(0)?,
                    bottom: at(4)?,
                    left: at(8)?,
                    right: at(12)?,
                });
            }
            _ => {}
        }
    }
    record(&mut out, 146, &[]);
    Ok((out, told))
}

/// Writes one cell for calamine. Column and style stand in its first eight bytes.
fn cell(
    out: &mut Vec<u8>,
    kind: u16,
    data: &[u8],
    at: (u32, u32),
    strings: u32,
    told: &mut Told,
) -> Result<(), Refusal> {
    let long_enough = |size: usize| match data.len() >= size {
        true => Ok(()),
        false => Err(damaged()),
    };
    match kind {
        3 | 11 => {
            long_enough(9)?;
            match data[8] {
                0x00 | 0x07 | 0x0F | 0x17 | 0x1D | 0x24 | 0x2A | 0x2B => {
                    record(out, 3, &data[..9]);
                }
                _ => told.errors.push(at),
            }
        }
        4 | 10 => long_enough(9).map(|()| record(out, 4, &data[..9]))?,
        2 => long_enough(12).map(|()| record(out, 2, data))?,
        5 | 9 => long_enough(16).map(|()| record(out, 5, &data[..16]))?,
        7 => match u32_at(data, 8).ok_or_else(damaged)? {
            index if index < strings => record(out, 7, data),
            _ => {
                told.lost.get_or_insert(at);
            }
        },
        _ => {
            let from = if kind == 62 { 9 } else { 8 };
            let text = data.get(from..).ok_or_else(damaged)?;
            let (_, size) = wide_string(text).ok_or_else(damaged)?;
            if size > 4 {
                record(out, 6, &[&data[..8], &text[..size]].concat());
            }
        }
    }
    Ok(())
}

fn read_sheet(
    job: &mut Job,
    book: &mut Xlsb<Cursor<&[u8]>>,
    name: &str,
    hidden: bool,
    told: Told,
) -> Result<Sheet, Refusal> {
    let mut sink = job.sink(name);
    sink.hidden(hidden);
    let is_1904 = book.has_1904_epoch();
    let mut cells = book.worksheet_cells_reader(name).map_err(xml::damaged)?;
    while let Some(cell) = cells.next_cell().map_err(xml::damaged)? {
        put(&mut sink, cell.get_position(), cell.get_value(), is_1904)?;
    }
    for (row, col) in told.errors {
        sink.put(row, col, Value::Error(CellError::Other))?;
    }
    for span in told.merges {
        sink.merge(span)?;
    }
    for row in told.hidden_rows {
        sink.hide_rows(row..row + 1);
    }
    for (first, last) in told.hidden_columns {
        sink.hide_columns(first..last.min(1 << 14).saturating_add(1));
    }
    let sheet = sink.finish(job)?;
    if let Some(at) = told.lost {
        job.note_cell(name, at, "cell-damaged", Severity::Error);
    }
    Ok(sheet)
}

/// Escapes of Excel stand in text here too; calamine resolves them only in XML.
fn put(sink: &mut Sink, at: (u32, u32), value: &DataRef<'_>, is_1904: bool) -> Result<(), Refusal> {
    match value {
        DataRef::SharedString(text) => sink.put(at.0, at.1, Value::Text(&xml::tidy(text))),
        DataRef::String(text) => sink.put(at.0, at.1, Value::Text(&xml::tidy(text))),
        value => values::put(sink, at, value, is_1904),
    }
}

fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(data.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(s: &str) -> Vec<u8> {
        let units: Vec<u16> = s.encode_utf16().collect();
        let mut out = (units.len() as u32).to_le_bytes().to_vec();
        out.extend(units.iter().flat_map(|u| u.to_le_bytes()));
        out
    }

    fn at(col: u32, style: u32, value: &[u8]) -> Vec<u8> {
        [&col.to_le_bytes()[..], &style.to_le_bytes(), value].concat()
    }

    /// A workbook of one sheet that holds the given records, one shared string, and formats of
    /// which the second shows dates.
    fn package(sheet: &[u8]) -> Vec<u8> {
        let mut workbook = Vec::new();
        let listed = [&[0; 8][..], &text("r1"), &text("名册")].concat();
        record(&mut workbook, 156, &listed);
        let mut shared = Vec::new();
        // A count that would be read for ever if it were believed.
        record(&mut shared, 159, &[0xFF; 8]);
        record(&mut shared, 19, &[&[0][..], &text("学校")].concat());
        let mut styles = Vec::new();
        // A number of Chinese date formats given to a number format.
        record(&mut styles, 44, &[&[52, 0][..], &text("0.0")].concat());
        record(&mut styles, 617, &[9, 0, 0, 0]);
        record(&mut styles, 47, &[&[0, 0, 52, 0][..], &[0; 12]].concat());
        record(&mut styles, 47, &[&[0, 0, 14, 0][..], &[0; 12]].concat());
        record(&mut styles, 618, &[]);
        let related = r#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="sheets/a.bin"/><Relationship Id="r2" Type="x/sharedStrings" Target="s.bin"/><Relationship Id="r3" Type="x/styles" Target="f.bin"/></Relationships>"#;
        let mut copy = Copy::with_room(0);
        for (name, bytes) in [
            ("[Content_Types].xml", &b"<Types/>"[..]),
            ("xl/workbook.bin", &workbook),
            ("xl/_rels/workbook.bin.rels", related.as_bytes()),
            ("xl/s.bin", &shared),
            ("xl/f.bin", &styles),
            ("xl/sheets/a.bin", sheet),
        ] {
            copy.put(name, bytes).unwrap();
        }
        copy.finish().unwrap()
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
        record(&mut s, 2, &at(7, 0, &[30, 0, 0, 0]));
        record(&mut s, 62, &at(4, 0, &[&[0][..], &text("粗")].concat()));
        record(&mut s, 7, &at(5, 0, &[7, 0, 0, 0]));
        record(&mut s, 3, &at(6, 0, &[0x77]));
        record(
            &mut s,
            176,
            &[3, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0],
        );
        let found = super::super::read("a.xlsb", &package(&s));
        let sheet = &found.value[0].sheets[0];
        assert_eq!(&*sheet.name, "名册");
        assert_eq!(sheet.at(3, 0), Some(Value::Text("学校")));
        assert_eq!(sheet.at(3, 1), Some(Value::Date(45_758.0)));
        assert_eq!(sheet.at(3, 2), Some(Value::Text("合计\n")));
        assert_eq!(sheet.at(3, 3), Some(Value::Error(CellError::Ref)));
        assert_eq!(sheet.at(3, 4), Some(Value::Text("粗")));
        assert_eq!(sheet.at(3, 7), Some(Value::Number(7.0)));
        assert_eq!(sheet.at(3, 6), Some(Value::Error(CellError::Other)));
        assert!(sheet.row_hidden(3) && sheet.column_hidden(1) && !sheet.column_hidden(2));
        assert_eq!(sheet.merge_at(4, 1).map(|m| m.top), Some(3));
        // The string that does not exist is an error at its cell, not a blank.
        assert_eq!(found.diagnostics.len(), 1);
        assert_eq!(found.diagnostics[0].place.cell().as_deref(), Some("F4"));
        for cut in 0..s.len() {
            let _ = super::super::read("a.xlsb", &package(&s[..cut]));
        }
    }
}
