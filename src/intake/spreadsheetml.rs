//! SpreadsheetML 2003: a workbook as one XML file, usually named .xls.

use super::job::{Job, Refusal, Sink};
use super::number_format::{self, Shows, number, stored_number};
use super::sniff::Whole;
use super::values::error;
use super::xml::{self, attribute, damaged};
use crate::grid::{Format, Sheet, Span, Value, Workbook};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::HashMap;

/// Reads a workbook.
pub(super) fn read(job: &mut Job, bytes: &[u8], text: Whole<'_>) -> Result<Workbook, Refusal> {
    job.take_inflated(bytes.len() as u64)?;
    let bytes = bytes.trim_ascii_start();
    let text = match text.or_else(|| super::text::decode(bytes, false)) {
        // What is declared counts only where the bytes leave it open.
        Some(decoded) if decoded.lost == 0 => decoded.text,
        _ => xml::decode(bytes.to_vec())?.into(),
    };
    let mut reader = xml::reader(text.trim_ascii_start());
    let mut styles: HashMap<String, Shows> = HashMap::new();
    let (mut style, mut is_1904, mut closed) = (String::new(), false, false);
    let mut sheets = Vec::new();
    loop {
        match reader.read_event().map_err(damaged)? {
            Event::Start(e) => match e.local_name().as_ref() {
                "Style" => style = attribute(&e, "ID").unwrap_or_default().into_owned(),
                "Worksheet" => {
                    let name = attribute(&e, "Name").unwrap_or_default().into_owned();
                    sheets.push(sheet(job, &mut reader, &name, &styles, is_1904)?);
                }
                _ => {}
            },
            Event::Empty(e) => match e.local_name().as_ref() {
                "NumberFormat" => {
                    let code = attribute(&e, "Format").unwrap_or_default();
                    styles.insert(style.clone(), named(&code));
                }
                "Date1904" => is_1904 = true,
                _ => {}
            },
            Event::End(e) if e.local_name().as_ref() == "Workbook" => closed = true,
            Event::Eof => break,
            _ => {}
        }
    }
    if !closed {
        return Err(Refusal::unreadable("damaged"));
    }
    if sheets.is_empty() {
        return Err(Refusal::unreadable("no-sheet"));
    }
    Ok(Workbook {
        file: job.file.clone(),
        format: Format::SpreadsheetMl,
        sheets,
    })
}

/// A format by its name in this dialect, or by its code.
fn named(code: &str) -> Shows {
    match code {
        "General Date" | "Long Date" | "Medium Date" | "Short Date" | "Long Time"
        | "Medium Time" | "Short Time" => Shows::Date,
        "General Number" | "Standard" | "Fixed" | "Percent" | "Scientific" | "Currency"
        | "Euro Currency" | "Yes/No" | "True/False" | "On/Off" => Shows::Number,
        code => number_format::custom(code),
    }
}

fn sheet(
    job: &mut Job,
    reader: &mut Reader<&[u8]>,
    name: &str,
    styles: &HashMap<String, Shows>,
    is_1904: bool,
) -> Result<Sheet, Refusal> {
    let mut sink = job.sink(name);
    // Rows and columns begun so far; an index in the file is 1-based.
    let (mut row, mut col, mut column) = (0u32, 0u32, 0u32);
    loop {
        let event = reader.read_event().map_err(damaged)?;
        let empty = matches!(event, Event::Empty(_));
        match event {
            Event::Start(e) | Event::Empty(e) => match e.local_name().as_ref() {
                "Row" => {
                    begin(&e, &mut row);
                    col = 0;
                    let span = xml::number(&e, "Span").unwrap_or(0).min(1 << 20);
                    if xml::flag(&e, "Hidden") {
                        sink.hide_rows(row..row + 1 + span);
                    }
                    if empty {
                        row += 1 + span;
                    }
                }
                "Column" => {
                    begin(&e, &mut column);
                    let span = xml::number(&e, "Span").unwrap_or(0).min(1 << 14);
                    if xml::flag(&e, "Hidden") {
                        sink.hide_columns(column..column + 1 + span);
                    }
                    column += 1 + span;
                }
                "Cell" => {
                    begin(&e, &mut col);
                    let across = xml::number(&e, "MergeAcross").unwrap_or(0).min(1 << 14);
                    let down = xml::number(&e, "MergeDown").unwrap_or(0).min(1 << 20);
                    sink.merge(Span {
                        top: row,
                        left: col,
                        bottom: row + down,
                        right: col + across,
                    })?;
                    let formula = attribute(&e, "Formula").is_some();
                    let shows = attribute(&e, "StyleID")
                        .and_then(|id| styles.get(&*id).copied())
                        .unwrap_or(Shows::Number);
                    let held = !empty && data(reader, &mut sink, (row, col), shows, is_1904)?;
                    if formula && !held {
                        sink.put(row, col, Value::Unevaluated)?;
                    }
                    col += 1 + across;
                }
                "Visible" if !empty => {
                    let mut state = String::new();
                    xml::content(reader, "Visible", &mut state)?;
                    sink.hidden(matches!(state.trim(), "SheetHidden" | "SheetVeryHidden"));
                }
                _ => {}
            },
            Event::End(e) => match e.local_name().as_ref() {
                "Row" => row += 1,
                "Worksheet" => return sink.finish(job),
                _ => {}
            },
            Event::Eof => return Err(Refusal::unreadable("damaged")),
            _ => {}
        }
        // Far more than any spreadsheet has; keeps the counting from overflowing.
        if row > 1 << 22 || col > 1 << 20 || column > 1 << 20 {
            return Err(Refusal::unreadable("damaged"));
        }
    }
}

/// Follows `ss:Index`, which skips what is not written.
fn begin(e: &BytesStart<'_>, at: &mut u32) {
    if let Some(index) = xml::number::<u32>(e, "Index")
        && index >= 1
    {
        *at = (index - 1).min(1 << 21);
    }
}

/// Reads up to the end of a `<Cell>`; whether it held a value, be it empty text.
fn data(
    reader: &mut Reader<&[u8]>,
    sink: &mut Sink,
    (row, col): (u32, u32),
    shows: Shows,
    is_1904: bool,
) -> Result<bool, Refusal> {
    let (mut held, mut in_comment) = (false, false);
    loop {
        match reader.read_event().map_err(damaged)? {
            Event::Start(e) => match e.local_name().as_ref() {
                "Comment" => in_comment = true,
                "Data" if !in_comment => {
                    let kind = attribute(&e, "Type").unwrap_or_default().into_owned();
                    let mut text = String::new();
                    xml::content(reader, "Data", &mut text)?;
                    held = true;
                    sink.put(row, col, value(&kind, &text, shows, is_1904))?;
                }
                _ => {}
            },
            Event::Empty(e) if e.local_name().as_ref() == "Data" => {
                held |= attribute(&e, "Type").is_some_and(|t| t == "String");
            }
            Event::End(e) => match e.local_name().as_ref() {
                "Comment" => in_comment = false,
                "Cell" => return Ok(held),
                _ => {}
            },
            Event::Eof => return Err(Refusal::unreadable("damaged")),
            _ => {}
        }
    }
}

fn value<'a>(kind: &str, text: &'a str, shows: Shows, is_1904: bool) -> Value<'a> {
    match kind {
        "Number" => match number(text) {
            Some(n) => stored_number(n, shows, is_1904),
            None => Value::Text(text),
        },
        "DateTime" => match number_format::from_iso(text) {
            // A time of day is written as that hour of the day before 1900.
            Some(days) if (1.0..2.0).contains(&days) => Value::Date(days - 1.0),
            Some(days) => Value::Date(days),
            None => Value::Text(text),
        },
        "Boolean" => Value::Bool(xml::yes(text.trim())),
        "Error" => Value::Error(error(text)),
        _ => Value::Text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::CellError;

    const BOOK: &str = r#"<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="d"><NumberFormat ss:Format="Short Date"/></Style></Styles>
<Worksheet ss:Name="名册"><Table><Column ss:Index="3" ss:Hidden="1"/>
<Row ss:Index="3"><Cell ss:MergeAcross="1" ss:MergeDown="1"><Data ss:Type="String">标题&amp;<B>粗</B></Data><Comment><ss:Data>note</ss:Data></Comment></Cell><Cell><Data ss:Type="Number">1.5</Data></Cell></Row>
<Row ss:Index="5" ss:Hidden="1"><Cell ss:Index="2"><Data ss:Type="DateTime">2025-04-11T00:00:00.000</Data></Cell><Cell ss:StyleID="d"><Data ss:Type="Number">45758</Data></Cell></Row>
<Row><Cell ss:Formula="=1+1"/><Cell><Data ss:Type="Boolean">1</Data></Cell><Cell><Data ss:Type="Error">#N/A</Data></Cell><Cell><Data ss:Type="DateTime">1899-12-31T06:00:00.000</Data></Cell></Row>
</Table><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet></Workbook>"#;

    #[test]
    fn everything_a_cell_can_be() {
        let mut job = Job::new("a.xls", &super::super::Limits::default());
        let s = read(&mut job, BOOK.as_bytes(), None)
            .unwrap()
            .sheets
            .remove(0);
        assert!(s.hidden && s.row_hidden(4) && s.column_hidden(2) && !s.row_hidden(5));
        assert_eq!(s.at(2, 0), Some(Value::Text("标题&粗")));
        assert_eq!(s.at(2, 2), Some(Value::Number(1.5)));
        assert_eq!(s.at(4, 1), Some(Value::Date(45_758.0)));
        assert_eq!(s.at(4, 2), Some(Value::Date(45_758.0)));
        assert_eq!(s.at(5, 0), Some(Value::Unevaluated));
        assert_eq!(s.at(5, 1), Some(Value::Bool(true)));
        assert_eq!(s.at(5, 2), Some(Value::Error(CellError::Na)));
        assert_eq!(s.at(5, 3), Some(Value::Date(0.25)));
        assert_eq!(s.merge_at(3, 1).map(|m| (m.top, m.right)), Some((2, 1)));
    }

    #[test]
    fn a_file_cut_short_is_refused() {
        let mut job = Job::new("a.xls", &super::super::Limits::default());
        let cut = &BOOK.as_bytes()[..BOOK.len() - 60];
        assert_eq!(
            read(&mut job, cut, None).unwrap_err(),
            Refusal::unreadable("damaged")
        );
    }
}
