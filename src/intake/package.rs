//! The zip container of xlsx, xlsb and ods: parts by name, inflated within the budget.

use super::job::{Job, Refusal};
use std::collections::HashMap;
use std::io::{Cursor, Read};
use zip::{CompressionMethod, ZipArchive};

/// Inflating more than this many times the packed size is no spreadsheet; only asked of parts
/// that are large at all, since a small part of blank cells packs even better.
const MAX_RATIO: u64 = 300;
const RATIO_MATTERS_FROM: u64 = 16 << 20;

/// An opened package.
pub(super) struct Package<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// Lower-case name with `/` -> index: writers disagree about both.
    names: HashMap<String, usize>,
}

impl<'a> Package<'a> {
    /// Opens the container and reads its directory.
    pub fn open(bytes: &'a [u8]) -> Result<Package<'a>, Refusal> {
        let zip =
            ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::unreadable("zip-damaged"))?;
        let names = zip
            .file_names_raw()
            .enumerate()
            .map(|(i, raw)| (folded(&String::from_utf8_lossy(raw)), i))
            .collect();
        Ok(Package { zip, names })
    }

    /// Whether a part is there.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains_key(&folded(name))
    }

    /// Whether any part's folded name satisfies the test.
    pub fn any(&self, test: impl Fn(&str) -> bool) -> bool {
        self.names.keys().any(|n| test(n))
    }

    /// A part's bytes, or `None` if there is no such part.
    pub fn part(&mut self, name: &str, job: &mut Job) -> Result<Option<Vec<u8>>, Refusal> {
        let Some(&index) = self.names.get(&folded(name)) else {
            return Ok(None);
        };
        let left = job.inflate_left();
        let bytes = inflated(&mut self.zip, index, left)
            .map_err(|e| e.unwrap_or_else(|| job.inflated_too_far()))?;
        job.take_inflated(bytes.len() as u64)?;
        Ok(Some(bytes))
    }

    /// A part's text, or `None` if there is no such part.
    pub fn text(&mut self, name: &str, job: &mut Job) -> Result<Option<String>, Refusal> {
        self.part(name, job)?.map(super::xml::decode).transpose()
    }
}

fn folded(name: &str) -> String {
    name.trim_start_matches(['/', '\\'])
        .replace('\\', "/")
        .to_ascii_lowercase()
}

/// One member inflated, never past `left` bytes; `Err(None)` says that it would go past.
pub(super) fn inflated(
    zip: &mut ZipArchive<Cursor<&[u8]>>,
    index: usize,
    left: u64,
) -> Result<Vec<u8>, Option<Refusal>> {
    {
        let entry = zip
            .by_index_data(index)
            .map_err(|_| Refusal::unreadable("zip-damaged"))?;
        if entry.encrypted() {
            return Err(Some(Refusal::encrypted("archive")));
        }
        if !matches!(
            entry.compression(),
            CompressionMethod::Stored | CompressionMethod::Deflated
        ) {
            return Err(Some(Refusal::unreadable("zip-method")));
        }
        if entry.size() > left {
            return Err(None);
        }
        if entry.size() > RATIO_MATTERS_FROM
            && entry.size() / MAX_RATIO > entry.compressed_size().max(1)
        {
            return Err(Some(Refusal::too_large(
                "bomb",
                format!("{} MB", entry.size() >> 20),
            )));
        }
    }
    let member = zip
        .by_index(index)
        .map_err(|_| Refusal::unreadable("zip-damaged"))?;
    let (size, packed) = (member.size(), member.compressed_size());
    // Deflate packs at most 1,032 to 1: a size claimed beyond that is reserved for nothing.
    let likely = size.min(packed.saturating_mul(1_040)) as usize;
    let mut bytes = Vec::with_capacity(likely + 1);
    // One byte more than claimed, so that a member that lies about its size is noticed.
    member
        .take(size + 1)
        .read_to_end(&mut bytes)
        .map_err(|_| Refusal::unreadable("zip-damaged"))?;
    if bytes.len() as u64 != size {
        return Err(Some(Refusal::unreadable("zip-damaged")));
    }
    Ok(bytes)
}
