//! What calamine read, as the grid keeps it.

use super::job::{Refusal, Sink};
use super::number_format::{Shows, from_duration, from_iso, serial};
use crate::grid::{CellError, Value};
use calamine::{CellErrorType, Data, DataRef};

/// Puts what a cell holds. Dates come out in the system of 1900, line ends as `\n`.
#[inline]
pub(super) fn put(
    sink: &mut Sink,
    (row, col): (u32, u32),
    value: &DataRef<'_>,
    is_1904: bool,
) -> Result<(), Refusal> {
    match value {
        DataRef::Empty => Ok(()),
        DataRef::SharedString(text) => put_text(sink, (row, col), text),
        DataRef::String(text) => put_text(sink, (row, col), text),
        DataRef::Float(n) if n.is_finite() => sink.put(row, col, Value::Number(*n)),
        // Words that happen to be numbers to a parser.
        DataRef::Float(n) => sink.put(row, col, Value::Text(&n.to_string())),
        DataRef::Int(n) => sink.put(row, col, Value::Number(*n as f64)),
        DataRef::Bool(b) => sink.put(row, col, Value::Bool(*b)),
        DataRef::DateTime(date) => {
            let days = date.as_f64();
            if !days.is_finite() {
                return sink.put(row, col, Value::Text(&days.to_string()));
            }
            let shows = match date.is_duration() {
                true => Shows::Elapsed,
                false => Shows::Date,
            };
            sink.put(row, col, Value::Date(serial(days, shows, is_1904)))
        }
        DataRef::DateTimeIso(text) => put_iso(sink, (row, col), text, from_iso(text)),
        DataRef::DurationIso(text) => put_iso(sink, (row, col), text, from_duration(text)),
        DataRef::Error(error) => sink.put(row, col, Value::Error(named(error))),
    }
}

/// [`put`] for values that calamine owns.
pub(super) fn put_owned(
    sink: &mut Sink,
    at: (u32, u32),
    value: &Data,
    is_1904: bool,
) -> Result<(), Refusal> {
    match value {
        Data::String(text) => put_text(sink, at, text),
        Data::Empty => Ok(()),
        Data::Int(n) => put(sink, at, &DataRef::Int(*n), is_1904),
        Data::Float(n) => put(sink, at, &DataRef::Float(*n), is_1904),
        Data::Bool(b) => put(sink, at, &DataRef::Bool(*b), is_1904),
        Data::DateTime(date) => put(sink, at, &DataRef::DateTime(*date), is_1904),
        Data::DateTimeIso(text) => put_iso(sink, at, text, from_iso(text)),
        Data::DurationIso(text) => put_iso(sink, at, text, from_duration(text)),
        Data::Error(error) => sink.put(at.0, at.1, Value::Error(named(error))),
        // Asked for by an option only.
        #[allow(unreachable_patterns)]
        _ => Ok(()),
    }
}

#[inline]
fn put_text(sink: &mut Sink, (row, col): (u32, u32), text: &str) -> Result<(), Refusal> {
    // Most texts are a few bytes long: one look at all of them is faster than searching.
    let odd = |found, b: &u8| found | (*b == b'\r') | (*b == 0);
    if text.as_bytes().iter().fold(false, odd) {
        return put_odd(sink, (row, col), text);
    }
    sink.put(row, col, Value::Text(text))
}

#[cold]
fn put_odd(sink: &mut Sink, (row, col): (u32, u32), text: &str) -> Result<(), Refusal> {
    let text = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\0', "");
    sink.put(row, col, Value::Text(&text))
}

fn put_iso(
    sink: &mut Sink,
    (row, col): (u32, u32),
    text: &str,
    days: Option<f64>,
) -> Result<(), Refusal> {
    match days {
        Some(days) => sink.put(row, col, Value::Date(days)),
        None => sink.put(row, col, Value::Text(text)),
    }
}

fn named(error: &CellErrorType) -> CellError {
    match error {
        CellErrorType::Div0 => CellError::Div0,
        CellErrorType::NA => CellError::Na,
        CellErrorType::Name => CellError::Name,
        CellErrorType::Null => CellError::Null,
        CellErrorType::Num => CellError::Num,
        CellErrorType::Ref => CellError::Ref,
        CellErrorType::Value => CellError::Value,
        CellErrorType::GettingData => CellError::Other,
    }
}

/// An error value by its name.
pub(super) fn error(name: &str) -> CellError {
    use CellError::{Div0, Na, Name, Null, Num, Other, Ref, Value};
    [Div0, Na, Name, Null, Num, Ref, Value]
        .into_iter()
        .find(|e| e.as_str() == name.trim())
        .unwrap_or(Other)
}
