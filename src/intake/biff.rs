//! A BIFF5 or BIFF8 workbook stream: one walk over its records gives formats, strings, and each
//! sheet's cells, merges, and hidden rows and columns. What a record claims is followed only as
//! far as its bytes go, and the sheet's declared extent is never asked.

use super::biff_text::{Parts, Script, code_page, f64_at, lines, shared_strings, u16_at, u32_at};
use super::job::{Job, Refusal, Sink};
use super::number_format::{self, Shows};
use super::xlsx::stored_number;
use super::xlsx_parts::Strings;
use crate::diagnostic::Severity;
use crate::grid::{CellError, Sheet, Span, Value};
use std::collections::HashMap;

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const CONTINUE: u16 = 0x003C;

/// One record with what continues it.
struct Record<'a> {
    kind: u16,
    data: &'a [u8],
    more: Vec<&'a [u8]>,
}

struct Records<'a> {
    stream: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    fn new(stream: &'a [u8], at: usize) -> Records<'a> {
        Records { stream, at }
    }

    fn header(&self) -> Result<Option<(u16, &'a [u8])>, Refusal> {
        let (Some(kind), Some(size)) = (
            u16_at(self.stream, self.at),
            u16_at(self.stream, self.at + 2),
        ) else {
            return Ok(None);
        };
        let from = self.at + 4;
        match self.stream.get(from..from + usize::from(size)) {
            Some(data) => Ok(Some((kind, data))),
            // Padding of the last sector reads as a record of zeros; anything else is cut off.
            None if kind == 0 => Ok(None),
            None => Err(Refusal::unreadable("damaged")),
        }
    }

    fn next(&mut self) -> Result<Option<Record<'a>>, Refusal> {
        let Some((kind, data)) = self.header()? else {
            return Ok(None);
        };
        self.at += 4 + data.len();
        let mut more = Vec::new();
        while let Ok(Some((CONTINUE, data))) = self.header() {
            self.at += 4 + data.len();
            more.push(data);
        }
        Ok(Some(Record { kind, data, more }))
    }
}

/// A sheet as the workbook lists it.
struct Listed {
    name: String,
    hidden: bool,
    worksheet: bool,
    at: usize,
}

/// What the sheets of a stream share.
struct Globals {
    script: Script,
    is_1904: bool,
    shows: Vec<Shows>,
    strings: Strings,
}

/// Reads all sheets of a stream.
pub(super) fn sheets(job: &mut Job, stream: &[u8]) -> Result<Vec<Sheet>, Refusal> {
    let mut globals = Globals {
        script: Script::Wide,
        is_1904: false,
        shows: Vec::new(),
        strings: Strings::default(),
    };
    let mut formats: HashMap<u16, Shows> = HashMap::new();
    let (mut styles, mut listed) = (Vec::new(), Vec::new());
    let mut records = Records::new(stream, 0);
    let mut first = true;
    while let Some(record) = records.next()? {
        let data = record.data;
        if std::mem::take(&mut first) {
            if record.kind != BOF {
                return Err(Refusal::unreadable("damaged"));
            }
            if u16_at(data, 0) != Some(0x0600) {
                globals.script = Script::Narrow(encoding_rs::GB18030);
            }
            // Some writers turn the bytes of the kind around.
            if matches!(u16_at(data, 2), Some(0x0010 | 0x1000)) {
                // One sheet alone, without the globals of a workbook.
                let name = job.stem().to_owned();
                return Ok(vec![globals.sheet(job, &name, false, stream, 0)?]);
            }
            continue;
        }
        match record.kind {
            0x002F => return Err(Refusal::encrypted("workbook")),
            0x0042 => {
                if let (Script::Narrow(_), Some(page)) = (globals.script, u16_at(data, 0)) {
                    globals.script = Script::Narrow(code_page(page));
                }
            }
            0x0022 => globals.is_1904 = u16_at(data, 0) == Some(1),
            0x041E => {
                let parts = Parts::new(data, &record.more);
                let code = match globals.script {
                    Script::Wide => parts.after(2).string(globals.script),
                    Script::Narrow(_) => parts.after(2).short_string(globals.script),
                };
                if let (Some(id), Some(code)) = (u16_at(data, 0), code) {
                    formats.insert(id, number_format::custom(&code));
                }
            }
            0x00E0 => styles.push(u16_at(data, 2).unwrap_or(0)),
            0x0085 => listed.push(bound_sheet(&record, globals.script)?),
            0x00FC => {
                globals.strings = shared_strings(Parts::new(data, &record.more))
                    .ok_or_else(|| Refusal::unreadable("damaged"))?;
            }
            EOF => break,
            _ => {}
        }
    }
    globals.shows = styles
        .into_iter()
        .map(|id| {
            formats
                .get(&id)
                .copied()
                .unwrap_or_else(|| number_format::builtin(u32::from(id)))
        })
        .collect();
    let mut sheets = Vec::new();
    for sheet in listed.iter().filter(|s| s.worksheet) {
        match globals.sheet(job, &sheet.name, sheet.hidden, stream, sheet.at) {
            Ok(sheet) => sheets.push(sheet),
            Err(refusal) if refusal.ends_file() => return Err(refusal),
            Err(_) => job.note_sheet(&sheet.name, Refusal::unreadable("sheet-damaged")),
        }
    }
    if listed.iter().all(|s| !s.worksheet) {
        return Err(Refusal::unreadable("no-sheet"));
    }
    Ok(sheets)
}

fn bound_sheet(record: &Record<'_>, script: Script) -> Result<Listed, Refusal> {
    let read = || {
        Some(Listed {
            at: u32_at(record.data, 0)? as usize,
            hidden: record.data.get(4)? & 3 != 0,
            worksheet: record.data.get(5)? & 0x0F == 0,
            name: Parts::new(record.data, &record.more)
                .after(6)
                .short_string(script)?,
        })
    };
    read().ok_or_else(|| Refusal::unreadable("damaged"))
}

impl Globals {
    fn sheet(
        &self,
        job: &mut Job,
        name: &str,
        hidden: bool,
        stream: &[u8],
        at: usize,
    ) -> Result<Sheet, Refusal> {
        let mut sink = job.sink(name);
        sink.hidden(hidden);
        let mut records = Records::new(stream, at);
        match records.next()? {
            Some(record) if record.kind == BOF => {}
            _ => return Err(Refusal::unreadable("damaged")),
        }
        let mut lost = None;
        // Embedded charts are streams within the stream, with cells of their own.
        let mut depth = 0usize;
        // A formula whose text stands in a STRING record further on.
        let mut awaiting: Option<(u32, u32)> = None;
        while let Some(record) = records.next()? {
            match record.kind {
                BOF => depth += 1,
                EOF if depth == 0 => break,
                EOF => depth -= 1,
                _ if depth > 0 => {}
                0x0207 => {
                    if let (Some((row, col)), Some(text)) = (
                        awaiting.take(),
                        Parts::new(record.data, &record.more).string(self.script),
                    ) {
                        sink.put(row, col, Value::Text(&lines(text)))?;
                    }
                }
                0x0006 | 0x0206 | 0x0406 => awaiting = self.formula(record.data, &mut sink)?,
                kind => {
                    if let Some(place) = self.record(kind, &record, &mut sink)? {
                        lost.get_or_insert(place);
                    }
                }
            }
        }
        let sheet = sink.finish(job)?;
        if let Some(at) = lost {
            job.note_cell(name, at, "cell-damaged", Severity::Error);
        }
        Ok(sheet)
    }

    /// Takes what an ordinary record says; gives the place of a cell whose shared string does
    /// not exist.
    fn record(
        &self,
        kind: u16,
        record: &Record<'_>,
        sink: &mut Sink,
    ) -> Result<Option<(u32, u32)>, Refusal> {
        let data = record.data;
        let short = || Refusal::unreadable("damaged");
        match kind {
            0x0203 => {
                let (row, col, style) = place(data)?;
                let number = f64_at(data, 6).ok_or_else(short)?;
                sink.put(row, col, self.number(number, style))?;
            }
            0x027E => {
                let (row, col, style) = place(data)?;
                let number = rk(u32_at(data, 6).ok_or_else(short)?);
                sink.put(row, col, self.number(number, style))?;
            }
            0x00BD => {
                let row = u32::from(u16_at(data, 0).ok_or_else(short)?);
                let first = u32::from(u16_at(data, 2).ok_or_else(short)?);
                let body = data
                    .get(4..data.len().saturating_sub(2))
                    .ok_or_else(short)?;
                for (col, pair) in (first..).zip(body.chunks_exact(6)) {
                    let style = u16_at(pair, 0).ok_or_else(short)?;
                    let number = rk(u32_at(pair, 2).ok_or_else(short)?);
                    sink.put(row, col, self.number(number, style))?;
                }
            }
            0x00FD => {
                let (row, col, _) = place(data)?;
                let index = u32_at(data, 6).ok_or_else(short)?;
                match self.strings.get(index as usize) {
                    Some(text) => sink.put(row, col, Value::Text(text))?,
                    None => return Ok(Some((row, col))),
                }
            }
            0x0204 | 0x00D6 => {
                let (row, col, _) = place(data)?;
                match Parts::new(data, &record.more).after(6).string(self.script) {
                    Some(text) => sink.put(row, col, Value::Text(&lines(text)))?,
                    None => return Ok(Some((row, col))),
                }
            }
            0x0205 => {
                let (row, col, _) = place(data)?;
                let (Some(&value), Some(&is_error)) = (data.get(6), data.get(7)) else {
                    return Err(short());
                };
                let value = match is_error {
                    0 => Value::Bool(value != 0),
                    _ => Value::Error(error(value)),
                };
                sink.put(row, col, value)?;
            }
            0x0208 => {
                if let (Some(row), Some(flags)) = (u16_at(data, 0), u16_at(data, 12))
                    && flags & 0x20 != 0
                {
                    sink.hide_rows(u32::from(row)..u32::from(row) + 1);
                }
            }
            0x007D => {
                if let (Some(first), Some(last), Some(flags)) =
                    (u16_at(data, 0), u16_at(data, 2), u16_at(data, 8))
                    && flags & 1 != 0
                {
                    sink.hide_columns(u32::from(first)..u32::from(last) + 1);
                }
            }
            0x00E5 => {
                for four in data.get(2..).unwrap_or(&[]).chunks_exact(8) {
                    let at = |i| u16_at(four, i).map_or(0, u32::from);
                    sink.merge(Span {
                        top: at(0),
                        bottom: at(2),
                        left: at(4),
                        right: at(6),
                    })?;
                }
            }
            _ => {}
        }
        Ok(None)
    }

    /// Puts a formula's result; gives its place if the result is text that follows.
    fn formula(&self, data: &[u8], sink: &mut Sink) -> Result<Option<(u32, u32)>, Refusal> {
        let (row, col, style) = place(data)?;
        let result = data
            .get(6..14)
            .ok_or_else(|| Refusal::unreadable("damaged"))?;
        if result[6..] != [0xFF, 0xFF] {
            let number = f64_at(result, 0).unwrap_or(f64::NAN);
            if number.is_finite() {
                sink.put(row, col, self.number(number, style))?;
            }
            return Ok(None);
        }
        match result[0] {
            0 => return Ok(Some((row, col))),
            1 => sink.put(row, col, Value::Bool(result[2] != 0))?,
            2 => sink.put(row, col, Value::Error(error(result[2])))?,
            _ => {}
        }
        Ok(None)
    }

    fn number(&self, number: f64, style: u16) -> Value<'static> {
        let shows = self.shows.get(usize::from(style)).copied();
        stored_number(number, shows.unwrap_or(Shows::Number), self.is_1904)
    }
}

fn place(data: &[u8]) -> Result<(u32, u32, u16), Refusal> {
    match (u16_at(data, 0), u16_at(data, 2), u16_at(data, 4)) {
        (Some(row), Some(col), Some(style)) => Ok((row.into(), col.into(), style)),
        _ => Err(Refusal::unreadable("damaged")),
    }
}

/// A number packed into 30 bits: a short integer or the head of a float, perhaps times 100.
pub(super) fn rk(packed: u32) -> f64 {
    let value = if packed & 2 != 0 {
        f64::from(packed as i32 >> 2)
    } else {
        f64::from_bits(u64::from(packed & !3) << 32)
    };
    if packed & 1 != 0 {
        value / 100.0
    } else {
        value
    }
}

/// An error value by its number.
pub(super) fn error(number: u8) -> CellError {
    match number {
        0x00 => CellError::Null,
        0x07 => CellError::Div0,
        0x0F => CellError::Value,
        0x17 => CellError::Ref,
        0x1D => CellError::Name,
        0x24 => CellError::Num,
        0x2A => CellError::Na,
        _ => CellError::Other,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn record(out: &mut Vec<u8>, kind: u16, data: &[u8]) {
        out.extend(kind.to_le_bytes());
        out.extend((data.len() as u16).to_le_bytes());
        out.extend(data);
    }

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn cell(row: u16, col: u16, style: u16, rest: &[u8]) -> Vec<u8> {
        [
            &row.to_le_bytes()[..],
            &col.to_le_bytes(),
            &style.to_le_bytes(),
            rest,
        ]
        .concat()
    }

    /// A BIFF8 stream of one sheet with one cell of each kind; `rows` shifts the last cell.
    pub(in crate::intake) fn stream(far_row: u16) -> Vec<u8> {
        let name = "名册";
        let mut globals = Vec::new();
        record(&mut globals, BOF, &[0, 6, 5, 0, 0, 0, 0, 0]);
        record(&mut globals, 0x0042, &[0xE4, 0x04]);
        let format = [&[176, 0, 4, 0, 0][..], b"yyyy"].concat();
        record(&mut globals, 0x041E, &format);
        record(&mut globals, 0x00E0, &[0, 0, 0, 0]);
        record(&mut globals, 0x00E0, &[0, 0, 176, 0]);
        let shared = [&[1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 1][..], &wide("学校")].concat();
        record(&mut globals, 0x00FC, &shared);
        let at = globals.len() + 4 + 8 + wide(name).len() + 4;
        let bound = [
            &(at as u32).to_le_bytes()[..],
            &[1, 0, name.chars().count() as u8, 1],
            &wide(name),
        ]
        .concat();
        record(&mut globals, 0x0085, &bound);
        record(&mut globals, EOF, &[]);
        assert_eq!(globals.len(), at);
        let mut out = globals;
        record(&mut out, BOF, &[0, 6, 0x10, 0]);
        // An extent that would take gigabytes if it were believed.
        record(
            &mut out,
            0x0200,
            &[0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 0, 0],
        );
        record(&mut out, 0x007D, &[1, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
        record(
            &mut out,
            0x0208,
            &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0, 0, 0],
        );
        record(&mut out, 0x00FD, &cell(0, 0, 0, &[0, 0, 0, 0]));
        record(&mut out, 0x00FD, &cell(0, 5, 0, &[9, 0, 0, 0]));
        record(&mut out, 0x0203, &cell(0, 1, 1, &45_758.0f64.to_le_bytes()));
        record(
            &mut out,
            0x027E,
            &cell(0, 2, 0, &(150u32 << 2 | 3).to_le_bytes()),
        );
        record(&mut out, 0x0205, &cell(0, 3, 0, &[0x2A, 1]));
        record(
            &mut out,
            0x0006,
            &cell(1, 0, 0, &[0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0]),
        );
        record(&mut out, 0x0207, &[&[2, 0, 1][..], &wide("合计")].concat());
        // An embedded chart with a cell that is none of the sheet's.
        record(&mut out, BOF, &[0, 6, 0x20, 0]);
        record(&mut out, 0x0203, &cell(0, 0, 0, &7.0f64.to_le_bytes()));
        record(&mut out, EOF, &[]);
        record(
            &mut out,
            0x0203,
            &cell(far_row, 0, 0, &7.0f64.to_le_bytes()),
        );
        record(&mut out, 0x00E5, &[1, 0, 0, 0, 1, 0, 0, 0, 2, 0]);
        record(&mut out, EOF, &[]);
        out
    }

    #[test]
    fn every_kind_of_cell() {
        let mut job = Job::new("a.xls", &super::super::Limits::default());
        let s = sheets(&mut job, &stream(2)).unwrap().remove(0);
        assert_eq!((&*s.name, s.hidden), ("名册", true));
        assert_eq!(s.at(0, 0), Some(Value::Text("学校")));
        assert_eq!(s.at(0, 1), Some(Value::Date(45_758.0)));
        assert_eq!(s.at(0, 2), Some(Value::Number(1.5)));
        assert_eq!(s.at(0, 3), Some(Value::Error(CellError::Na)));
        assert_eq!(s.at(1, 0), Some(Value::Text("合计")));
        assert_eq!(s.at(2, 0), Some(Value::Number(7.0)));
        assert!(s.row_hidden(1) && s.column_hidden(2) && !s.column_hidden(3));
        assert_eq!(s.merges().len(), 1);
        // The cell that names a string which does not exist is reported, not dropped in silence.
        assert_eq!(job.notes.len(), 1);
        assert_eq!(job.notes[0].place.cell().as_deref(), Some("F1"));
    }

    #[test]
    fn a_stray_cell_costs_nothing_and_is_named() {
        let mut job = Job::new("a.xls", &super::super::Limits::default());
        sheets(&mut job, &stream(65_535)).unwrap();
        assert!(
            job.notes
                .iter()
                .any(|n| n.place.cell().as_deref() == Some("A65536"))
        );
    }

    #[test]
    fn no_cut_or_changed_byte_panics() {
        let whole = stream(2);
        for cut in 0..whole.len() {
            let mut job = Job::new("a.xls", &super::super::Limits::default());
            let _ = sheets(&mut job, &whole[..cut]);
            let mut changed = whole.clone();
            changed[cut] ^= 0xFF;
            let _ = sheets(&mut job, &changed);
        }
    }
}
