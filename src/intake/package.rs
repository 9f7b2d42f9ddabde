//! The zip container of xlsx, xlsb and ods: parts by name, inflated within the budget, and the
//! copy of them that calamine gets.
//!
//! calamine inflates what it is given without a bound and reserves what parts claim. So it never
//! sees the file itself: it gets a copy that holds, unpacked, only the parts with cells in them,
//! each inflated once within the budget, under the names that calamine looks for.

use super::job::{Job, Refusal};
use std::collections::HashMap;
use std::io::{Cursor, Read, Write};
use std::ops::Range;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

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

/// Checks what the directory says of a member; gives its size. `Err(None)` says that it would go
/// past `left` bytes.
fn checked(
    zip: &mut ZipArchive<Cursor<&[u8]>>,
    index: usize,
    left: u64,
) -> Result<u64, Option<Refusal>> {
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
    Ok(entry.size())
}

/// One member inflated, never past `left` bytes; `Err(None)` says that it would go past.
pub(super) fn inflated(
    zip: &mut ZipArchive<Cursor<&[u8]>>,
    index: usize,
    left: u64,
) -> Result<Vec<u8>, Option<Refusal>> {
    let size = checked(zip, index, left)?;
    let member = zip
        .by_index(index)
        .map_err(|_| Refusal::unreadable("zip-damaged"))?;
    // Deflate packs at most 1,032 to 1: a size claimed beyond that is reserved for nothing.
    let likely = size.min(member.compressed_size().saturating_mul(1_040)) as usize;
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

/// How much of a part is looked at, and perhaps changed, before the rest is passed on.
const HEAD: u64 = 16 << 10;

/// A package being written for calamine; its parts are not packed.
pub(super) struct Copy {
    zip: ZipWriter<Cursor<Vec<u8>>>,
}

impl Copy {
    /// An empty package.
    pub fn new() -> Copy {
        Copy {
            zip: ZipWriter::new(Cursor::new(Vec::new())),
        }
    }

    fn start(&mut self, name: &str) -> Result<(), Refusal> {
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        self.zip.start_file(name, stored).map_err(damaged)
    }

    /// Writes a part.
    pub fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), Refusal> {
        self.start(name)?;
        self.zip.write_all(bytes).map_err(damaged)
    }

    /// Writes a part of another package as it is inflated, in UTF-8; false if there is no such
    /// part. `amend` may change bytes at its beginning, and is told the part's size.
    pub fn put_xml(
        &mut self,
        name: &str,
        package: &mut Package<'_>,
        part: &str,
        job: &mut Job,
        amend: fn(&mut [u8], u64),
    ) -> Result<bool, Refusal> {
        let Some(&index) = package.names.get(&folded(part)) else {
            return Ok(false);
        };
        let size = checked(&mut package.zip, index, job.inflate_left())
            .map_err(|e| e.unwrap_or_else(|| job.inflated_too_far()))?;
        let member = package.zip.by_index(index).map_err(damaged)?;
        let mut member = member.take(size + 1);
        let mut head = Vec::new();
        member
            .by_ref()
            .take(HEAD)
            .read_to_end(&mut head)
            .map_err(damaged)?;
        self.start(name)?;
        let length = if super::xml::is_utf8(&head) {
            amend(&mut head, size);
            self.zip.write_all(&head).map_err(damaged)?;
            head.len() as u64 + std::io::copy(&mut member, &mut self.zip).map_err(damaged)?
        } else {
            member.read_to_end(&mut head).map_err(damaged)?;
            let length = head.len() as u64;
            let mut bytes = super::xml::decode(head)?.into_bytes();
            super::xml::strike_declaration(&mut bytes);
            amend(&mut bytes, size);
            self.zip.write_all(&bytes).map_err(damaged)?;
            length
        };
        if length != size {
            return Err(Refusal::unreadable("zip-damaged"));
        }
        job.take_inflated(size)?;
        Ok(true)
    }

    /// The finished package.
    pub fn finish(self) -> Result<Vec<u8>, Refusal> {
        Ok(self.zip.finish().map_err(damaged)?.into_inner())
    }
}

/// Where the bytes of each part of such a package lie.
pub(super) fn parts(copy: &[u8]) -> Result<HashMap<String, Range<usize>>, Refusal> {
    let mut zip = ZipArchive::new(Cursor::new(copy)).map_err(damaged)?;
    let mut found = HashMap::new();
    for index in 0..zip.len() {
        let part = zip.by_index(index).map_err(damaged)?;
        if let (Some(from), Ok(name)) = (part.data_start(), part.name()) {
            let from = from as usize;
            found.insert(name.to_string(), from..from + part.size() as usize);
        }
    }
    Ok(found)
}

fn damaged<E>(_: E) -> Refusal {
    Refusal::unreadable("zip-damaged")
}
