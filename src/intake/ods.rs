//! OpenDocument spreadsheets, packed (.ods) or as one XML file (.fods).
//!
//! Rows and columns are written with repeat counts; a count is followed only where the cell holds
//! something, and then within the budget, so that a million repeated blanks cost nothing.

use super::job::{Job, Refusal, Sink};
use super::number_format::{from_duration, from_iso};
use super::package::Package;
use super::xlsx::{error, number};
use super::xml::{self, attributes, damaged};
use crate::grid::{CellError, Format, Sheet, Span, Value, Workbook};
use memchr::memmem;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::HashSet;

/// Reads a packed document.
pub(super) fn read(job: &mut Job, bytes: &[u8]) -> Result<Workbook, Refusal> {
    let mut package = Package::open(bytes)?;
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
    let mut reader = xml::reader(text);
    let mut style = String::new();
    let mut hidden_styles: HashSet<String> = HashSet::new();
    let mut sheets = Vec::new();
    let (mut spreadsheet, mut closed) = (false, false);
    loop {
        match reader.read_event().map_err(damaged)? {
            Event::Start(e) => match e.name().as_ref() {
                "style:style" => style = get(&e, "name"),
                "style:table-properties" => note_display(&e, &style, &mut hidden_styles),
                "office:spreadsheet" => spreadsheet = true,
                "table:tracked-changes" => skip(&mut reader, "table:tracked-changes")?,
                "table:table" if spreadsheet => {
                    let hidden = hidden_styles.contains(&get(&e, "style-name"));
                    let name = get(&e, "name");
                    sheets.push(table(job, &mut reader, &name, hidden)?);
                }
                _ => {}
            },
            Event::Empty(e) if e.name().as_ref() == "style:table-properties" => {
                note_display(&e, &style, &mut hidden_styles);
            }
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
    if sheets.is_empty() {
        return Err(Refusal::unreadable("no-sheet"));
    }
    Ok(Workbook {
        file: job.file.clone(),
        format: Format::Ods,
        sheets,
    })
}

fn get(e: &BytesStart<'_>, name: &str) -> String {
    xml::attribute(e, name).unwrap_or_default().into_owned()
}

fn note_display(e: &BytesStart<'_>, style: &str, hidden: &mut HashSet<String>) {
    if xml::attribute(e, "display").is_some_and(|d| d == "false") {
        hidden.insert(style.to_owned());
    }
}

fn skip(reader: &mut Reader<&[u8]>, name: &str) -> Result<(), Refusal> {
    let mut depth = 1;
    loop {
        match reader.read_event().map_err(damaged)? {
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

/// What a cell holds, until it is known how often its row is repeated.
#[derive(Debug, Clone)]
enum Held {
    Text(String),
    Other(Value<'static>),
}

impl Held {
    fn value(&self) -> Value<'_> {
        match self {
            Held::Text(text) => Value::Text(text),
            Held::Other(value) => *value,
        }
    }
}

/// More rows and columns than any spreadsheet has; keeps the counting from overflowing.
const FAR: u32 = 1 << 24;

fn table(
    job: &mut Job,
    reader: &mut Reader<&[u8]>,
    name: &str,
    hidden: bool,
) -> Result<Sheet, Refusal> {
    let mut sink = job.sink(name);
    sink.hidden(hidden);
    let (mut row, mut column) = (0u32, 0u32);
    loop {
        let event = reader.read_event().map_err(damaged)?;
        match &event {
            Event::Start(e) | Event::Empty(e) => match e.name().as_ref() {
                "table:table-column" => {
                    let count = repeated(e, "number-columns-repeated");
                    if folded_away(e) {
                        sink.hide_columns(column..(column + count).min(FAR));
                    }
                    column = (column + count).min(FAR);
                }
                "table:table-row" => {
                    let count = repeated(e, "number-rows-repeated");
                    if folded_away(e) {
                        sink.hide_rows(row..(row + count).min(FAR));
                    }
                    if matches!(event, Event::Start(_)) {
                        let cells = cells(reader, &mut sink, row)?;
                        put_row(&mut sink, row, count, &cells)?;
                    }
                    row = (row + count).min(FAR);
                }
                "table:table" if matches!(event, Event::Start(_)) => skip(reader, "table:table")?,
                name @ ("table:shapes" | "office:forms") if matches!(event, Event::Start(_)) => {
                    let name = name.to_owned();
                    skip(reader, &name)?;
                }
                _ => {}
            },
            Event::End(e) if e.name().as_ref() == "table:table" => return sink.finish(job),
            Event::Eof => return Err(Refusal::unreadable("damaged")),
            _ => {}
        }
    }
}

fn repeated(e: &BytesStart<'_>, name: &str) -> u32 {
    xml::number(e, name).unwrap_or(1).clamp(1, FAR)
}

fn folded_away(e: &BytesStart<'_>) -> bool {
    xml::attribute(e, "visibility").is_some_and(|v| v == "collapse" || v == "filter")
}

fn put_row(
    sink: &mut Sink,
    row: u32,
    count: u32,
    cells: &[(u32, u32, Held)],
) -> Result<(), Refusal> {
    if cells.is_empty() {
        return Ok(());
    }
    for row in row..row + count {
        for (col, count, held) in cells {
            for col in *col..*col + *count {
                sink.put(row, col, held.value())?;
            }
        }
    }
    Ok(())
}

/// The cells of a row that hold something: column, repeat count, value.
fn cells(
    reader: &mut Reader<&[u8]>,
    sink: &mut Sink,
    row: u32,
) -> Result<Vec<(u32, u32, Held)>, Refusal> {
    let (mut found, mut col) = (Vec::new(), 0u32);
    loop {
        let event = reader.read_event().map_err(damaged)?;
        match &event {
            Event::Start(e) | Event::Empty(e)
                if matches!(
                    e.name().as_ref(),
                    "table:table-cell" | "table:covered-table-cell"
                ) =>
            {
                let mut kind = Kind::default();
                let (mut count, mut down, mut right, mut formula) = (1u32, 1u32, 1u32, false);
                let mut stored = None;
                for (name, value) in attributes(e) {
                    match name {
                        "number-columns-repeated" => {
                            count = value.parse().unwrap_or(1).clamp(1, FAR)
                        }
                        "number-rows-spanned" => down = value.parse().unwrap_or(1).clamp(1, FAR),
                        "number-columns-spanned" => {
                            right = value.parse().unwrap_or(1).clamp(1, FAR)
                        }
                        "formula" => formula = true,
                        "value-type" => kind = Kind::named(value, kind),
                        "value" | "date-value" | "time-value" | "boolean-value"
                        | "string-value" => {
                            stored = Some(xml::unescaped(value));
                        }
                        _ => {}
                    }
                }
                let name = e.name();
                let text = match event {
                    Event::Start(_) => paragraphs(reader, name.as_ref())?,
                    _ => None,
                };
                let held = held(kind, stored.as_deref(), text).or_else(|| {
                    (formula && kind == Kind::Untyped).then_some(Held::Other(Value::Unevaluated))
                });
                if let Some(held) = held {
                    found.push((col, count, held));
                }
                if down > 1 || right > 1 {
                    sink.merge(Span {
                        top: row,
                        left: col,
                        bottom: row + down - 1,
                        right: col + right - 1,
                    })?;
                }
                col = (col + count).min(FAR);
            }
            Event::End(e) if e.name().as_ref() == "table:table-row" => return Ok(found),
            Event::Eof => return Err(Refusal::unreadable("damaged")),
            _ => {}
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

fn held(kind: Kind, stored: Option<&str>, text: Option<String>) -> Option<Held> {
    let shown = text.unwrap_or_default();
    let other = |value| Some(Held::Other(value));
    let typed = match (kind, stored) {
        (Kind::Number, Some(v)) => number(v).and_then(|n| other(Value::Number(n))),
        (Kind::Date, Some(v)) => from_iso(v).and_then(|d| other(Value::Date(d))),
        (Kind::Time, Some(v)) => from_duration(v).and_then(|d| other(Value::Date(d))),
        (Kind::Bool, Some(v)) => other(Value::Bool(xml::yes(v))),
        (Kind::Error, _) => other(Value::Error(match error(&shown) {
            // LibreOffice shows its own numbers, such as Err:522, for most errors.
            CellError::Other if shown.starts_with("#N/A") => CellError::Na,
            error => error,
        })),
        (Kind::Text | Kind::Untyped, Some(v)) => Some(Held::Text(v.to_owned())),
        _ => None,
    };
    typed.or_else(|| (!shown.is_empty()).then_some(Held::Text(shown)))
}

/// The paragraphs of a cell up to its end tag, as lines. Comments and drawings are no part of it.
fn paragraphs(reader: &mut Reader<&[u8]>, until: &str) -> Result<Option<String>, Refusal> {
    let (mut out, mut count, mut inside) = (String::new(), 0, false);
    loop {
        let event = reader.read_event().map_err(damaged)?;
        match &event {
            Event::Start(e) | Event::Empty(e) => {
                let start = matches!(event, Event::Start(_));
                match e.name().as_ref() {
                    "text:p" => {
                        if count > 0 {
                            out.push('\n');
                        }
                        count += 1;
                        inside = start;
                    }
                    "text:s" => {
                        let spaces = xml::number(e, "c").unwrap_or(1usize).min(1024);
                        out.extend(std::iter::repeat_n(' ', spaces));
                    }
                    "text:tab" => out.push('\t'),
                    "text:line-break" => out.push('\n'),
                    name @ ("office:annotation" | "text:note" | "text:ruby-text"
                    | "table:table")
                        if start =>
                    {
                        let name = name.to_owned();
                        skip(reader, &name)?;
                    }
                    name if start && name.starts_with("draw:") => {
                        let name = name.to_owned();
                        skip(reader, &name)?;
                    }
                    _ => {}
                }
            }
            Event::Text(t) if inside => {
                // Blanks collapse as in HTML; kept ones are written as <text:s/>.
                for c in t.chars() {
                    if !c.is_ascii_whitespace() {
                        out.push(c);
                    } else if !out.ends_with([' ', '\n']) && !out.is_empty() {
                        out.push(' ');
                    }
                }
            }
            Event::GeneralRef(r) if inside => xml::push_reference(&mut out, r),
            Event::End(e) => match e.name().as_ref() {
                "text:p" => inside = false,
                name if name == until => return Ok((count > 0).then_some(out)),
                _ => {}
            },
            Event::Eof => return Err(Refusal::unreadable("damaged")),
            _ => {}
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
