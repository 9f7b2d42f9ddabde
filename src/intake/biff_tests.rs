//! Tests of the BIFF walk, and the small streams that other tests build on.

use super::*;
use crate::grid::{CellError, Sheet, Value};

fn sheets(job: &mut Job, stream: &[u8]) -> Result<Vec<Sheet>, Refusal> {
    super::super::xls::read_stream(job, stream).map(|book| book.sheets)
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
    // A number of Chinese date formats given to a number format.
    let plain = [&[52, 0, 3, 0, 0][..], b"#.0"].concat();
    record(&mut globals, 0x041E, &plain);
    record(&mut globals, 0x00E0, &[0, 0, 52, 0]);
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
fn a_rectangle_too_large_loses_its_strays_or_is_refused() {
    let limits = super::super::Limits {
        cells: 1_000,
        ..Default::default()
    };
    let mut job = Job::new("a.xls", &limits);
    let found = sheets(&mut job, &stream(65_535)).unwrap();
    assert_eq!(found[0].cells().len(), 5);
    assert!(
        job.notes
            .iter()
            .any(|n| n.place.cell().as_deref() == Some("A65536"))
    );
    // Near enough to belong to the table.
    assert_eq!(
        sheets(&mut job, &stream(9_999)).unwrap_err(),
        Refusal::too_large("cells", 1_000)
    );
}

#[test]
fn no_cut_or_changed_byte_panics_in_the_walk() {
    let whole = stream(2);
    let job = Job::new("a.xls", &super::super::Limits::default());
    for cut in 0..whole.len() {
        let _ = copy(&job, &whole[..cut]);
        let mut changed = whole.clone();
        changed[cut] ^= 0xFF;
        let _ = copy(&job, &changed);
        let _ = super::super::read("a.xls", &changed);
    }
}
