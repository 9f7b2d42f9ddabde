//! Office Open XML workbooks, xlsx and xlsm: one pass over each sheet part gives its cells,
//! merges, hidden rows and columns, and the formulas that were stored without a result.
//!
//! `<dimension>` is never asked, since WPS and others write it wrong. A picture that WPS keeps in
//! a cell reads as the text of its `DISPIMG` formula.

use super::job::{Job, Refusal, Sink};
use super::number_format::{self, Shows};
use super::package::Package;
use super::xlsx_parts::{self as parts, Strings};
use super::xml::{self, attributes, damaged};
use crate::diagnostic::Severity;
use crate::grid::{CellError, Format, Sheet, Span, Value, Workbook};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Reads a workbook.
pub(super) fn read(job: &mut Job, bytes: &[u8]) -> Result<Workbook, Refusal> {
    let mut package = Package::open(bytes)?;
    let main = parts::main_part(&mut package, job)?.unwrap_or_else(|| "xl/workbook.xml".into());
    let Some(text) = package.text(&main, job)? else {
        return Err(Refusal::unreadable("damaged"));
    };
    let (listed, is_1904) = parts::workbook(&text)?;
    let related = parts::of_part(&mut package, &main, job)?;
    let target = |kind: &str, usual: &str| {
        related
            .values()
            .filter(|r| r.kind == kind)
            .map(|r| r.target.clone())
            .min()
            .unwrap_or_else(|| usual.to_owned())
    };
    let shows = match package.text(&target("styles", "xl/styles.xml"), job)? {
        Some(text) => parts::styles(&text)?,
        None => Vec::new(),
    };
    let strings = match package.text(&target("sharedStrings", "xl/sharedStrings.xml"), job)? {
        Some(text) => Strings::parse(&text)?,
        None => Strings::default(),
    };
    let book = Book {
        strings,
        shows,
        is_1904,
    };
    let (mut sheets, mut worksheets) = (Vec::new(), 0);
    // An old macro module is listed as a sheet without a part: nothing can be lost there.
    for sheet in listed.iter().filter(|s| !s.id.is_empty()) {
        let Some(relationship) = related.get(&sheet.id) else {
            job.note_sheet(&sheet.name, Refusal::unreadable("sheet-damaged"));
            continue;
        };
        if relationship.kind != "worksheet" {
            // Chart and dialog sheets hold no cells.
            continue;
        }
        worksheets += 1;
        let read = match package.text(&relationship.target, job) {
            Ok(Some(text)) => book.sheet(job, &sheet.name, sheet.hidden, &text),
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
        format: Format::Xlsx,
        sheets,
    })
}

/// What the sheets of a workbook share.
struct Book {
    strings: Strings,
    shows: Vec<Shows>,
    is_1904: bool,
}

/// The attributes of a `<c>` that matter, and what was met inside it.
#[derive(Default)]
struct Met {
    style: usize,
    kind: Kind,
    formula: bool,
    /// Formula of a picture that WPS keeps in the cell.
    picture: Option<String>,
    result: bool,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Kind {
    #[default]
    Number,
    Shared,
    Text,
    Bool,
    Error,
    Date,
}

impl Book {
    fn sheet(&self, job: &mut Job, name: &str, hidden: bool, text: &str) -> Result<Sheet, Refusal> {
        let mut sink = job.sink(name);
        sink.hidden(hidden);
        let mut reader = xml::reader(text);
        let (mut row, mut col) = (0u32, 0u32);
        let mut scratch = String::new();
        let mut lost_string = None;
        let mut closed = false;
        loop {
            match reader.read_event().map_err(damaged)? {
                Event::Start(e) => match e.local_name().as_ref() {
                    "c" => {
                        let met = start_cell(&e, &mut row, &mut col)?;
                        self.cell(&mut reader, &mut sink, (row, col), met, &mut scratch)?
                            .then(|| lost_string.get_or_insert((row, col)));
                        col += 1;
                    }
                    "row" => {
                        start_row(&e, &mut row, &mut sink)?;
                        col = 0;
                    }
                    "mergeCell" => merge(&e, &mut sink)?,
                    "col" => column(&e, &mut sink),
                    _ => {}
                },
                Event::Empty(e) => match e.local_name().as_ref() {
                    "c" => {
                        start_cell(&e, &mut row, &mut col)?;
                        col += 1;
                    }
                    "row" => {
                        start_row(&e, &mut row, &mut sink)?;
                        row += 1;
                    }
                    "mergeCell" => merge(&e, &mut sink)?,
                    "col" => column(&e, &mut sink),
                    _ => {}
                },
                Event::End(e) => match e.local_name().as_ref() {
                    "row" => row += 1,
                    "worksheet" => closed = true,
                    _ => {}
                },
                Event::Eof => break,
                _ => {}
            }
        }
        if !closed && !text.trim_end().ends_with("worksheet/>") {
            return Err(Refusal::unreadable("damaged"));
        }
        let sheet = sink.finish(job)?;
        if let Some(at) = lost_string {
            job.note_cell(name, at, "cell-damaged", Severity::Error);
        }
        Ok(sheet)
    }

    /// Reads up to the end of a `<c>`; true if its shared string does not exist.
    fn cell(
        &self,
        reader: &mut Reader<&[u8]>,
        sink: &mut Sink,
        (row, col): (u32, u32),
        mut met: Met,
        scratch: &mut String,
    ) -> Result<bool, Refusal> {
        let mut lost = false;
        loop {
            match reader.read_event().map_err(damaged)? {
                Event::Start(e) => match e.local_name().as_ref() {
                    "v" => {
                        scratch.clear();
                        content_of_all(reader, "v", scratch)?;
                        met.result |= !scratch.is_empty() || met.kind == Kind::Text;
                        lost |= self.put(sink, row, col, &met, scratch)?;
                    }
                    "f" => {
                        met.formula = true;
                        scratch.clear();
                        content_of_all(reader, "f", scratch)?;
                        if scratch.contains("DISPIMG(") {
                            met.picture = Some(format!("={scratch}"));
                        }
                    }
                    "is" => {
                        scratch.clear();
                        parts::rich_text(reader, "is", scratch)?;
                        met.result = true;
                        sink.put(row, col, Value::Text(&xml::tidy(scratch)))?;
                    }
                    _ => {}
                },
                Event::Empty(e) => match e.local_name().as_ref() {
                    "f" => met.formula = true,
                    "v" => met.result |= met.kind == Kind::Text,
                    _ => {}
                },
                Event::End(e) if e.local_name().as_ref() == "c" => break,
                Event::Eof => return Err(Refusal::unreadable("damaged")),
                _ => {}
            }
        }
        if met.formula && !met.result {
            match &met.picture {
                Some(formula) => sink.put(row, col, Value::Text(formula))?,
                None => sink.put(row, col, Value::Unevaluated)?,
            }
        }
        Ok(lost)
    }

    /// Puts the value of a `<v>`; true if it names a shared string that does not exist.
    #[inline]
    fn put(
        &self,
        sink: &mut Sink,
        row: u32,
        col: u32,
        met: &Met,
        v: &str,
    ) -> Result<bool, Refusal> {
        match met.kind {
            Kind::Shared => match v
                .trim_ascii()
                .parse()
                .ok()
                .and_then(|i| self.strings.get(i))
            {
                Some(text) => sink.put(row, col, Value::Text(text))?,
                None => return Ok(!v.is_empty()),
            },
            Kind::Number => match number(v) {
                Some(n) => {
                    let shows = self.shows.get(met.style).copied().unwrap_or(Shows::Number);
                    sink.put(row, col, stored_number(n, shows, self.is_1904))?;
                }
                None => sink.put(row, col, Value::Text(&xml::tidy(v)))?,
            },
            Kind::Text => sink.put(row, col, Value::Text(&xml::tidy(v)))?,
            Kind::Bool if !v.is_empty() => sink.put(row, col, Value::Bool(xml::yes(v.trim())))?,
            Kind::Error if !v.is_empty() => sink.put(row, col, Value::Error(error(v)))?,
            Kind::Date => match number_format::from_iso(v) {
                Some(days) => sink.put(row, col, Value::Date(days))?,
                None => sink.put(row, col, Value::Text(v))?,
            },
            Kind::Bool | Kind::Error => {}
        }
        Ok(false)
    }
}

/// A number as its format shows it.
#[inline]
pub(super) fn stored_number(number: f64, shows: Shows, is_1904: bool) -> Value<'static> {
    match shows {
        Shows::Number => Value::Number(number),
        _ => Value::Date(number_format::serial(number, shows, is_1904)),
    }
}

/// A finite number; words like `inf`, which Rust would take, are text.
pub(super) fn number(text: &str) -> Option<f64> {
    let text = text.trim_ascii();
    let digits = text.as_bytes().iter().any(u8::is_ascii_digit);
    text.parse().ok().filter(|n: &f64| digits && n.is_finite())
}

/// An error value by its name.
pub(super) fn error(name: &str) -> CellError {
    use CellError::{Div0, Na, Name, Null, Num, Other, Ref, Value};
    [Div0, Na, Name, Null, Num, Ref, Value]
        .into_iter()
        .find(|e| e.as_str() == name.trim())
        .unwrap_or(Other)
}

fn start_row(e: &BytesStart<'_>, row: &mut u32, sink: &mut Sink) -> Result<(), Refusal> {
    for (name, value) in attributes(e) {
        match name {
            "r" => {
                *row = value
                    .trim_ascii()
                    .parse::<u32>()
                    .ok()
                    .filter(|r| (1..=1 << 20).contains(r))
                    .ok_or_else(|| Refusal::unreadable("damaged"))?
                    - 1;
            }
            "hidden" if xml::yes(value) => sink.hide_rows(*row..*row + 1),
            _ => {}
        }
    }
    Ok(())
}

/// The cell's own reference is believed before its row's, as every spreadsheet does.
fn start_cell(e: &BytesStart<'_>, row: &mut u32, col: &mut u32) -> Result<Met, Refusal> {
    let mut met = Met::default();
    for (name, value) in attributes(e) {
        match name {
            "r" => {
                (*row, *col) =
                    xml::cell_reference(value).ok_or_else(|| Refusal::unreadable("damaged"))?;
            }
            "s" => met.style = value.parse().unwrap_or(0),
            "t" => {
                met.kind = match value {
                    "s" => Kind::Shared,
                    "b" => Kind::Bool,
                    "e" => Kind::Error,
                    "d" => Kind::Date,
                    "n" => Kind::Number,
                    _ => Kind::Text,
                }
            }
            _ => {}
        }
    }
    if *row >= 1 << 20 || *col >= 1 << 14 {
        return Err(Refusal::unreadable("damaged"));
    }
    Ok(met)
}

fn merge(e: &BytesStart<'_>, sink: &mut Sink) -> Result<(), Refusal> {
    let Some((_, range)) = attributes(e).find(|(name, _)| *name == "ref") else {
        return Ok(());
    };
    let (from, to) = range.split_once(':').unwrap_or((range, range));
    if let (Some((top, left)), Some((bottom, right))) =
        (xml::cell_reference(from), xml::cell_reference(to))
    {
        sink.merge(Span {
            top,
            left,
            bottom,
            right,
        })?;
    }
    Ok(())
}

fn column(e: &BytesStart<'_>, sink: &mut Sink) {
    if xml::flag(e, "hidden")
        && let (Some(min), Some(max)) = (xml::number::<u32>(e, "min"), xml::number::<u32>(e, "max"))
        && min >= 1
    {
        sink.hide_columns(min - 1..max.min(1 << 14));
    }
}

/// The text up to an end tag, that of elements inside included.
#[inline]
pub(super) fn content_of_all(
    reader: &mut Reader<&[u8]>,
    until: &str,
    out: &mut String,
) -> Result<(), Refusal> {
    loop {
        match reader.read_event().map_err(damaged)? {
            Event::Text(t) => out.push_str(&t),
            Event::CData(t) => out.push_str(&t.into_inner()),
            Event::GeneralRef(r) => xml::push_reference(out, &r),
            Event::End(e) if e.local_name().as_ref() == until => return Ok(()),
            Event::Eof => return Err(Refusal::unreadable("damaged")),
            _ => {}
        }
    }
}
