//! OpenDocument spreadsheets, packed (.ods) or as one XML file (.fods): values from calamine.
//!
//! The document is walked once, and what holds a value is written for calamine into a document of
//! its own. That walk is also where merges, what is hidden, and formulas without a result are
//! taken, which calamine does not tell. It is needed, since calamine refuses a row with white
//! space between its cells, takes the text of drawings for the cell's, drops text without a type,
//! and allocates every blank cell of the rectangle: that is counted, and bounded, beforehand.
//! Rows and columns are written with repeat counts, so a million repeated blanks cost nothing.

use super::job::{Job, Refusal};
use super::number_format::{from_duration, from_iso, number};
use super::package::{Copy, Package};
use super::values::{self, error};
use super::xml::{self, attributes, damaged};
use crate::grid::{CellError, Format, Sheet, Span, Value, Workbook};
use calamine::{Data, Ods, Reader as _, SheetVisible};
use memchr::memmem;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::io::Cursor;
use std::ops::Range;

/// Reads a packed document.
pub(super) fn read(job: &mut Job, mut package: Package<'_>) -> Result<Workbook, Refusal> {
    if package.has("encrypted-package") {
        return Err(Refusal::encrypted("workbook"));
    }
    if let Some(manifest) = package.part("META-INF/manifest.xml", job)?
        && memmem::find(&manifest, b"encryption-data").is_some()
    {
        return Err(Refusal::encrypted("workbook"));
    }
    match package.text("content.xml", job)? {
        Some(text) => document(job, &text),
        None => Err(Refusal::unreadable("damaged")),
    }
}

/// Reads a document that is one XML file.
pub(super) fn read_flat(job: &mut Job, bytes: &[u8]) -> Result<Workbook, Refusal> {
    job.take_inflated(bytes.len() as u64)?;
    let text = xml::decode(bytes.trim_ascii_start().to_vec())?;
    document(job, &text)
}

fn document(job: &mut Job, text: &str) -> Result<Workbook, Refusal> {
    let mut walk = Walk {
        reader: xml::reader(text),
        out: String::from("<office:document-content>"),
        room: job.cells_limit().saturating_mul(2),
        limit: job.cells_limit(),
    };
    let told = walk.document()?;
    let mut copy = Copy::with_room(walk.out.len() + 1_024);
    copy.put(
        "mimetype",
        b"application/vnd.oasis.opendocument.spreadsheet",
    )?;
    copy.put("META-INF/manifest.xml", b"<manifest:manifest/>")?;
    copy.put("content.xml", walk.out.as_bytes())?;
    let copy = copy.finish()?;
    let mut book: Ods<_> = Ods::new(Cursor::new(copy.as_slice())).map_err(damaged)?;
    let listed = book.sheets_metadata().to_vec();
    if listed.len() != told.len() {
        return Err(Refusal::unreadable("damaged"));
    }
    let (mut sheets, mut seen) = (Vec::new(), BTreeSet::new());
    for (sheet, told) in listed.into_iter().zip(told) {
        // calamine finds sheets by name: of two with one name it knows the last alone.
        if !seen.insert(sheet.name.clone()) {
            job.note_sheet(&sheet.name, Refusal::unreadable("sheet-damaged"));
            continue;
        }
        let range = book.worksheet_range(&sheet.name).map_err(damaged)?;
        let hidden = sheet.visible != SheetVisible::Visible;
        sheets.push(read_sheet(job, &sheet.name, hidden, told, &range)?);
    }
    Ok(Workbook {
        file: job.file.clone(),
        format: Format::Ods,
        sheets,
    })
}

fn read_sheet(
    job: &mut Job,
    name: &str,
    hidden: bool,
    told: Told,
    range: &calamine::Range<Data>,
) -> Result<Sheet, Refusal> {
    let mut sink = job.sink(name);
    sink.hidden(hidden);
    let (top, left) = range.start().unwrap_or((0, 0));
    for (row, col, value) in range.used_cells() {
        let at = (row as u32 + top, col as u32 + left);
        match value {
            Data::String(text) if text.starts_with(FAILED) => {
                let shown = &text[FAILED.len_utf8()..];
                let error = match error(shown) {
                    // LibreOffice shows its own numbers, such as Err:522, for most errors.
                    CellError::Other if shown.starts_with("#N/A") => CellError::Na,
                    error => error,
                };
                sink.put(at.0, at.1, Value::Error(error))?;
            }
            value => values::put_owned(&mut sink, at, value, false)?,
        }
    }
    for (rows, cols) in told.unevaluated {
        for row in rows {
            for col in cols.clone() {
                sink.put(row, col, Value::Unevaluated)?;
            }
        }
    }
    for span in told.merges {
        sink.merge(span)?;
    }
    for rows in told.hidden_rows {
        sink.hide_rows(rows);
    }
    for columns in told.hidden_columns {
        sink.hide_columns(columns);
    }
    sink.finish(job)
}

/// What was taken from a table beside its values.
#[derive(Debug, Default)]
struct Told {
    merges: Vec<Span>,
    hidden_rows: Vec<Range<u32>>,
    hidden_columns: Vec<Range<u32>>,
    unevaluated: Vec<(Range<u32>, Range<u32>)>,
}

/// The walk over a document, and the one that is written.
struct Walk<'a> {
    reader: Reader<&'a [u8]>,
    out: String,
    /// Cells that calamine may still allocate, blank ones included.
    room: usize,
    limit: usize,
}

/// Stands before the text of an error, which is text to calamine; no character, so in no file.
const FAILED: char = '\u{FDD0}';
/// More rows and columns than any spreadsheet has; keeps the counting from overflowing.
const FAR: u32 = 1 << 24;
/// What calamine counts up to.
const ROWS: u32 = 1 << 20;
const COLUMNS: u32 = 1 << 14;

impl<'a> Walk<'a> {
    fn document(&mut self) -> Result<Vec<Told>, Refusal> {
        let mut style = String::new();
        let mut tables = Vec::new();
        let (mut spreadsheet, mut closed) = (false, false);
        loop {
            let event = self.reader.read_event().map_err(damaged)?;
            match &event {
                Event::Start(e) | Event::Empty(e) => match e.name().as_ref() {
                    "style:style" => style = get(e, "name"),
                    "style:table-properties" if get(e, "display") == "false" => {
                        let name = quoted(&style);
                        let _ = write!(
                            self.out,
                            "<style:style style:name={name}><style:table-properties table:display=\"false\"/></style:style>"
                        );
                    }
                    "office:spreadsheet" => spreadsheet = true,
                    "table:tracked-changes" if matches!(event, Event::Start(_)) => {
                        self.skip("table:tracked-changes")?;
                    }
                    "table:table" if spreadsheet => {
                        let (name, style) = (get(e, "name"), get(e, "style-name"));
                        let (name, style) = (quoted(&name), quoted(&style));
                        let _ = write!(
                            self.out,
                            "<table:table table:name={name} table:style-name={style}>"
                        );
                        tables.push(match event {
                            Event::Start(_) => self.table()?,
                            _ => Told::default(),
                        });
                        self.out.push_str("</table:table>");
                    }
                    _ => {}
                },
                Event::End(e) => {
                    closed |= matches!(
                        e.name().as_ref(),
                        "office:document-content" | "office:document"
                    );
                }
                Event::Eof => break,
                _ => {}
            }
        }
        if !spreadsheet {
            return Err(Refusal::unreadable("office-other"));
        }
        if !closed {
            return Err(Refusal::unreadable("damaged"));
        }
        if tables.is_empty() {
            return Err(Refusal::unreadable("no-sheet"));
        }
        self.out.push_str("</office:document-content>");
        Ok(tables)
    }

    fn skip(&mut self, name: &str) -> Result<(), Refusal> {
        let mut depth = 1;
        loop {
            match self.reader.read_event().map_err(damaged)? {
                Event::Start(e) if e.name().as_ref() == name => depth += 1,
                Event::End(e) if e.name().as_ref() == name => {
                    depth -= 1;
                    if depth == 0 {
                        return Ok(());
                    }
                }
                Event::Eof => return Err(Refusal::unreadable("damaged")),
                _ => {}
            }
        }
    }

    fn table(&mut self) -> Result<Told, Refusal> {
        let mut told = Told::default();
        let (mut row, mut column) = (0u32, 0u32);
        // The rectangle that calamine allocates, and the cells it puts down on the way.
        let (mut bottom, mut right, mut written) = (0usize, 0usize, 0usize);
        loop {
            let event = self.reader.read_event().map_err(damaged)?;
            match &event {
                Event::Start(e) | Event::Empty(e) => match e.name().as_ref() {
                    "table:table-column" => {
                        let count = repeated(e, "number-columns-repeated");
                        if folded_away(e) {
                            told.hidden_columns.push(column..(column + count).min(FAR));
                        }
                        column = (column + count).min(FAR);
                    }
                    "table:table-row" => {
                        let count = repeated(e, "number-rows-repeated");
                        let rows = row..(row + count).min(ROWS.max(row));
                        if folded_away(e) {
                            told.hidden_rows.push(row..(row + count).min(FAR));
                        }
                        let _ = write!(
                            self.out,
                            "<table:table-row table:number-rows-repeated=\"{}\">",
                            rows.len()
                        );
                        if matches!(event, Event::Start(_)) {
                            let width = self.cells(rows.clone(), &mut told)?;
                            if width > 0 {
                                bottom = rows.end as usize;
                                right = right.max(width);
                                written += width;
                            }
                        }
                        if written.saturating_add(bottom.saturating_mul(right)) > self.room {
                            return Err(Refusal::too_large("cells", self.limit));
                        }
                        self.out.push_str("</table:table-row>");
                        row = (row + count).min(FAR);
                    }
                    "table:table" if matches!(event, Event::Start(_)) => {
                        self.skip("table:table")?;
                    }
                    name @ ("table:shapes" | "office:forms")
                        if matches!(event, Event::Start(_)) =>
                    {
                        let name = name.to_owned();
                        self.skip(&name)?;
                    }
                    _ => {}
                },
                Event::End(e) if e.name().as_ref() == "table:table" => {
                    self.room -= written + bottom * right;
                    return Ok(told);
                }
                Event::Eof => return Err(Refusal::unreadable("damaged")),
                _ => {}
            }
        }
    }

    /// Writes the cells of a row; gives how far they reach.
    fn cells(&mut self, rows: Range<u32>, told: &mut Told) -> Result<usize, Refusal> {
        let (mut col, mut width) = (0u32, 0);
        let mut text = String::new();
        loop {
            let event = self.reader.read_event().map_err(damaged)?;
            match &event {
                Event::Start(e) | Event::Empty(e)
                    if matches!(
                        e.name().as_ref(),
                        "table:table-cell" | "table:covered-table-cell"
                    ) =>
                {
                    let about = About::of(e);
                    let name = e.name();
                    text.clear();
                    let shown = matches!(event, Event::Start(_))
                        && self.paragraphs(name.as_ref(), &mut text)?;
                    let cols = col..(col + about.count).min(COLUMNS.max(col));
                    let _ = write!(
                        self.out,
                        "<table:table-cell table:number-columns-repeated=\"{}\"",
                        cols.len()
                    );
                    let held = match about.stored() {
                        Some(value) => {
                            let _ = write!(self.out, " {value}/>");
                            true
                        }
                        None if shown => {
                            self.out.push_str(" office:value-type=\"string\">");
                            if about.kind == Kind::Error {
                                self.out.push(FAILED);
                            }
                            self.out.push_str(&text);
                            self.out.push_str("</table:table-cell>");
                            true
                        }
                        None => {
                            self.out.push_str("/>");
                            if about.formula && about.kind == Kind::Untyped {
                                told.unevaluated.push((rows.clone(), cols.clone()));
                            }
                            false
                        }
                    };
                    if held {
                        width = cols.end as usize;
                    }
                    if about.down > 1 || about.right > 1 {
                        told.merges.push(Span {
                            top: rows.start,
                            left: col,
                            bottom: rows.start + about.down - 1,
                            right: col + about.right - 1,
                        });
                    }
                    col = (col + about.count).min(FAR);
                }
                Event::End(e) if e.name().as_ref() == "table:table-row" => return Ok(width),
                Event::Eof => return Err(Refusal::unreadable("damaged")),
                _ => {}
            }
        }
    }

    /// Writes the paragraphs of a cell up to its end tag; whether they hold anything. Comments and
    /// drawings are no part of it.
    fn paragraphs(&mut self, until: &str, out: &mut String) -> Result<bool, Refusal> {
        let (mut count, mut filled, mut inside) = (0, false, false);
        loop {
            let event = self.reader.read_event().map_err(damaged)?;
            match &event {
                Event::Start(e) | Event::Empty(e) => {
                    let start = matches!(event, Event::Start(_));
                    match e.name().as_ref() {
                        "text:p" => {
                            out.push_str("<text:p>");
                            count += 1;
                            inside = start;
                        }
                        "text:s" => {
                            let spaces = xml::number(e, "c").unwrap_or(1usize).min(1024);
                            let _ = write!(out, "<text:s text:c=\"{spaces}\"/>");
                            filled = true;
                        }
                        "text:tab" => out.push_str("<text:tab/>"),
                        "text:line-break" => out.push_str("<text:line-break/>"),
                        name @ ("office:annotation" | "text:note" | "text:ruby-text"
                        | "table:table")
                            if start =>
                        {
                            let name = name.to_owned();
                            self.skip(&name)?;
                        }
                        name if start && name.starts_with("draw:") => {
                            let name = name.to_owned();
                            self.skip(&name)?;
                        }
                        _ => {}
                    }
                }
                Event::Text(t) if inside => {
                    filled |= !t.trim_ascii().is_empty();
                    // Blanks collapse as in HTML; kept ones are written as <text:s/>.
                    for c in t.chars() {
                        if c == '>' {
                            out.push_str("&gt;");
                        } else if !c.is_ascii_whitespace() {
                            out.push(c);
                        } else if !out.ends_with([' ', '>']) {
                            out.push(' ');
                        }
                    }
                }
                Event::GeneralRef(r) if inside => {
                    filled = true;
                    let mut resolved = String::new();
                    xml::push_reference(&mut resolved, r);
                    out.push_str(&escaped(&resolved));
                }
                Event::End(e) => match e.name().as_ref() {
                    "text:p" => {
                        inside = false;
                        out.push_str("</text:p>");
                    }
                    name if name == until => return Ok(filled || count > 1),
                    _ => {}
                },
                Event::Eof => return Err(Refusal::unreadable("damaged")),
                _ => {}
            }
        }
    }
}

fn get(e: &BytesStart<'_>, name: &str) -> String {
    xml::attribute(e, name).unwrap_or_default().into_owned()
}

fn repeated(e: &BytesStart<'_>, name: &str) -> u32 {
    xml::number(e, name).unwrap_or(1).clamp(1, FAR)
}

fn folded_away(e: &BytesStart<'_>) -> bool {
    xml::attribute(e, "visibility").is_some_and(|v| v == "collapse" || v == "filter")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text).replace('"', "&quot;"))
}

/// What the attributes of a cell say.
#[derive(Default)]
struct About {
    kind: Kind,
    value: Option<String>,
    formula: bool,
    count: u32,
    down: u32,
    right: u32,
}

impl About {
    fn of(e: &BytesStart<'_>) -> About {
        let number = |value: &str| value.parse().unwrap_or(1).clamp(1, FAR);
        let mut about = About {
            count: 1,
            down: 1,
            right: 1,
            ..About::default()
        };
        for (name, value) in attributes(e) {
            match name {
                "number-columns-repeated" => about.count = number(value),
                "number-rows-spanned" => about.down = number(value),
                "number-columns-spanned" => about.right = number(value),
                "formula" => about.formula = true,
                "value-type" => about.kind = Kind::named(value, about.kind),
                "value" | "date-value" | "time-value" | "boolean-value" | "string-value" => {
                    about.value = Some(xml::unescaped(value).into_owned());
                }
                _ => {}
            }
        }
        about
    }

    /// The attribute that holds the value, as calamine reads it; `None` where the text does.
    fn stored(&self) -> Option<String> {
        let value = self.value.as_deref()?;
        match self.kind {
            Kind::Number => number(value).map(|_| format!("office:value=\"{}\"", value.trim())),
            Kind::Date => from_iso(value).map(|_| format!("office:date-value={}", quoted(value))),
            Kind::Time => {
                from_duration(value).map(|_| format!("office:time-value={}", quoted(value)))
            }
            Kind::Bool => Some(format!("office:boolean-value=\"{}\"", xml::yes(value))),
            Kind::Text | Kind::Untyped => Some(format!("office:string-value={}", quoted(value))),
            Kind::Error => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
enum Kind {
    #[default]
    Untyped,
    Number,
    Date,
    Time,
    Bool,
    Text,
    Error,
}

impl Kind {
    /// `calcext:value-type` says `error` beside an `office:value-type` that says `string`.
    fn named(name: &str, before: Kind) -> Kind {
        match name {
            _ if before == Kind::Error => Kind::Error,
            "error" => Kind::Error,
            "float" | "percentage" | "currency" => Kind::Number,
            "date" => Kind::Date,
            "time" => Kind::Time,
            "boolean" => Kind::Bool,
            "string" => Kind::Text,
            _ => Kind::Untyped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(body: &str) -> String {
        format!(
            r#"<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0">
<office:automatic-styles><style:style style:name="h"><style:table-properties table:display="false"/></style:style></office:automatic-styles>
<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"#
        )
    }

    fn sheet(body: &str) -> Result<(Sheet, usize), Refusal> {
        let mut job = Job::new("a.ods", &super::super::Limits::default());
        let book = document(&mut job, &flat(body))?;
        Ok((book.sheets.into_iter().next().unwrap(), job.notes.len()))
    }

    #[test]
    fn values_repeats_and_merges() {
        let (s, notes) = sheet(
            r#"<table:table table:name="表" table:style-name="h"><table:table-column/><table:table-column table:number-columns-repeated="2" table:visibility="collapse"/>
<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="2" office:value-type="string"><text:p>a<text:s text:c="2"/>b &amp;</text:p><text:p>c</text:p><office:annotation><text:p>note</text:p></office:annotation></table:table-cell><table:covered-table-cell/></table:table-row>
<table:table-row table:visibility="collapse"><table:table-cell table:number-columns-repeated="3" office:value-type="float" office:value="1.5"><text:p>1.50</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2025-04-11"/><table:table-cell table:formula="of:=1"/><table:table-cell table:formula="of:=1/0" office:value-type="string" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell><table:table-cell office:value-type="time" office:time-value="PT06H00M00S"/></table:table-row>
<table:table-row table:number-rows-repeated="1048573"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>"#,
        )
        .unwrap();
        assert_eq!(notes, 0);
        assert!(s.hidden && s.row_hidden(2) && s.column_hidden(2));
        assert_eq!(s.at(0, 0), Some(Value::Text("a  b &\nc")));
        assert_eq!(s.at(1, 0), Some(Value::Text("a  b &\nc")));
        assert_eq!(s.at(2, 2), Some(Value::Number(1.5)));
        assert_eq!(s.at(2, 3), Some(Value::Date(45_758.0)));
        assert_eq!(s.at(2, 4), Some(Value::Unevaluated));
        assert_eq!(s.at(2, 5), Some(Value::Error(CellError::Div0)));
        assert_eq!(s.at(2, 6), Some(Value::Date(0.25)));
        assert_eq!(s.merge_at(1, 1).map(|m| m.bottom), Some(1));
        assert_eq!(s.cells().len(), 9);
    }

    #[test]
    fn repeated_content_is_bounded() {
        let body = r#"<table:table table:name="t"><table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="1000" office:value-type="float" office:value="1"/></table:table-row></table:table>"#;
        assert_eq!(
            sheet(body).unwrap_err(),
            Refusal::too_large("cells", 2_000_000)
        );
    }
}
