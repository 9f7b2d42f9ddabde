//! Excel 5 to 2003 workbooks and WPS `.et`: the workbook stream taken out of its OLE container,
//! [copied](super::biff) and handed to calamine in a container of its own.
//!
//! The container is opened with `cfb`, which checks its sector chains: some damaged files of a few
//! kilobytes have chains that run in circles, and a reader that follows them never ends.
//! BIFF2 to BIFF4 (before 1993) are refused by [`sniff`](super::sniff).

use super::biff::{self, Copied, Told};
use super::job::{Job, Refusal};
use super::sniff::Container;
use super::{values, xml};
use crate::diagnostic::Severity;
use crate::grid::{CellError, Format, Sheet, Value, Workbook};
use calamine::{Data, Reader, SheetVisible, Xls, XlsError, XlsOptions};
use cfb::{CompoundFile, Version};
use std::collections::BTreeSet;
use std::io::{Cursor, Read, Write};

/// Reads a workbook in an OLE container, which lies in a file of that size.
pub(super) fn read(
    job: &mut Job,
    mut container: Container<'_>,
    size: usize,
) -> Result<Workbook, Refusal> {
    let damaged = |_| Refusal::unreadable("ole-damaged");
    // Files for both Excel 95 and 97 hold two streams; the newer says more.
    let name = ["/Workbook", "/Book"]
        .into_iter()
        .find(|name| container.is_stream(name))
        .ok_or_else(|| Refusal::unreadable("ole-other"))?;
    let mut stream = Vec::new();
    container
        .open_stream(name)
        .map_err(damaged)?
        // No stream is longer than its file, whatever the directory says.
        .take(size as u64)
        .read_to_end(&mut stream)
        .map_err(damaged)?;
    job.take_inflated(stream.len() as u64)?;
    read_stream(job, &stream)
}

/// Reads a workbook stream.
pub(super) fn read_stream(job: &mut Job, stream: &[u8]) -> Result<Workbook, Refusal> {
    let copied = biff::copy(job, stream)?;
    if copied.sheets.is_empty() {
        return Err(Refusal::unreadable("no-sheet"));
    }
    let container = container(&copied.stream).map_err(xml::damaged)?;
    let mut book = open(&container, &copied).map_err(xml::damaged)?;
    let is_1904 = book.has_1904_epoch();
    let listed = book.sheets_metadata().to_vec();
    if listed.len() != copied.sheets.len() {
        return Err(Refusal::unreadable("damaged"));
    }
    let stem = job.stem().to_owned();
    let (mut sheets, mut seen) = (Vec::new(), BTreeSet::new());
    for (sheet, told) in listed.into_iter().zip(copied.sheets) {
        let name = if copied.alone { &stem } else { &sheet.name };
        let hidden = sheet.visible != SheetVisible::Visible;
        // calamine finds sheets by name: of two with one name it knows the last alone.
        let Some(told) = told.filter(|_| seen.insert(sheet.name.clone())) else {
            job.note_sheet(name, Refusal::unreadable("sheet-damaged"));
            continue;
        };
        let range = book.worksheet_range(&sheet.name).map_err(xml::damaged)?;
        sheets.push(read_sheet(job, name, hidden, told, &range, is_1904)?);
    }
    Ok(Workbook {
        file: job.file.clone(),
        format: Format::Xls,
        sheets,
    })
}

/// The code page of China is taken where a file of BIFF5 names none, or one that is unknown.
fn open<'a>(container: &'a [u8], copied: &Copied) -> Result<Xls<Cursor<&'a [u8]>>, XlsError> {
    let forced = |page: Option<u16>| {
        let mut options = XlsOptions::default();
        options.force_codepage = page;
        Xls::new_with_options(Cursor::new(container), options)
    };
    match (copied.wide, copied.page) {
        (true, _) => forced(Some(1_200)),
        (false, false) => forced(Some(936)),
        (false, true) => forced(None).or_else(|_| forced(Some(936))),
    }
}

/// Shorter streams stand among small ones, in sectors of their own.
const SMALL_STREAM: usize = 4_096;

fn container(stream: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut file = CompoundFile::create_with_version(Version::V3, Cursor::new(Vec::new()))?;
    let mut out = file.create_stream("/Workbook")?;
    out.write_all(stream)?;
    let missing = SMALL_STREAM.saturating_sub(stream.len());
    out.write_all(&[0; SMALL_STREAM][..missing])?;
    out.flush()?;
    drop(out);
    Ok(file.into_inner().into_inner())
}

fn read_sheet(
    job: &mut Job,
    name: &str,
    hidden: bool,
    told: Told,
    range: &calamine::Range<Data>,
    is_1904: bool,
) -> Result<Sheet, Refusal> {
    let mut sink = job.sink(name);
    sink.hidden(hidden);
    let (top, left) = range.start().unwrap_or((0, 0));
    for (row, col, value) in range.used_cells() {
        let at = (row as u32 + top, col as u32 + left);
        values::put_owned(&mut sink, at, value, is_1904)?;
    }
    for (row, col) in told.errors {
        sink.put(row, col, Value::Error(CellError::Other))?;
    }
    for (row, col) in told.strays {
        sink.put(row, col, Value::Text(""))?;
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
    let sheet = sink.finish(job)?;
    // A cell whose shared string does not exist is left out by calamine in silence.
    let missing = told
        .shared
        .into_iter()
        .map(|(row, col)| (u32::from(row), u32::from(col)))
        .find(|&at| matches!(range.get_value(at), None | Some(Data::Empty)));
    if let Some(at) = told.lost.or(missing) {
        job.note_cell(name, at, "cell-damaged", Severity::Error);
    }
    Ok(sheet)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn container() -> Vec<u8> {
        let mut file = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        let stream = biff::tests::stream(2);
        file.create_stream("/Workbook")
            .unwrap()
            .write_all(&stream)
            .unwrap();
        file.into_inner().into_inner()
    }

    #[test]
    fn a_workbook_in_its_container() {
        let mut job = Job::new("a.et", &super::super::Limits::default());
        let bytes = container();
        let opened = CompoundFile::open(Cursor::new(bytes.as_slice())).unwrap();
        let book = read(&mut job, opened, bytes.len()).unwrap();
        assert_eq!(book.sheets[0].cells().len(), 6);
    }

    #[test]
    fn no_changed_byte_of_the_container_panics_or_hangs() {
        let whole = container();
        for at in (0..whole.len()).step_by(7) {
            let mut changed = whole.clone();
            changed[at] = changed[at].wrapping_add(1);
            let _ = super::super::read("a.xls", &changed);
        }
    }
}
