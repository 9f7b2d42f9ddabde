//! Excel 5 to 2003 workbooks and WPS `.et`: the workbook stream taken out of its OLE container.
//!
//! The container is opened with `cfb`, which checks its sector chains: some damaged files of a few
//! kilobytes have chains that run in circles, and a reader that follows them never ends.
//! BIFF2 to BIFF4 (before 1993) are refused by `sniff`.

use super::biff;
use super::job::{Job, Refusal};
use crate::grid::{Format, Workbook};
use cfb::CompoundFile;
use std::io::{Cursor, Read};

/// Reads a workbook in an OLE container.
pub(super) fn read(job: &mut Job, bytes: &[u8]) -> Result<Workbook, Refusal> {
    let damaged = |_| Refusal::unreadable("ole-damaged");
    let mut container = CompoundFile::open(Cursor::new(bytes)).map_err(damaged)?;
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
        .take(bytes.len() as u64)
        .read_to_end(&mut stream)
        .map_err(damaged)?;
    job.take_inflated(stream.len() as u64)?;
    read_stream(job, &stream)
}

/// Reads a workbook stream.
pub(super) fn read_stream(job: &mut Job, stream: &[u8]) -> Result<Workbook, Refusal> {
    Ok(Workbook {
        file: job.file.clone(),
        format: Format::Xls,
        sheets: biff::sheets(job, stream)?,
    })
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
        let book = read(&mut job, &container()).unwrap();
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
