//! The zip container of xlsx, xlsb and ods: parts by name, inflated within the budget, and the
//! copy of them that calamine gets.
//!
//! calamine inflates what it is given without a bound and reserves what parts claim. So it never
//! sees the file itself: it gets a copy that holds, unpacked, only the parts with cells in them,
//! each inflated once within the budget, under the names that calamine looks for.

use super::job::{Job, Refusal};
use flate2::{Crc, Decompress, FlushDecompress};
use std::collections::HashMap;
use std::io::{Cursor, Write};
use std::ops::Range;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Inflating more than this many times the packed size is no spreadsheet; only asked of parts
/// that are large at all, since a small part of blank cells packs even better.
const MAX_RATIO: u64 = 300;
const RATIO_MATTERS_FROM: u64 = 16 << 20;
/// Deflate packs at most 1,032 to 1: a size claimed beyond that is reserved for nothing.
const DEFLATE_RATIO: usize = 1_040;
/// Room behind a part: near the end of its output zlib takes slower steps.
const SLACK: usize = 512;
/// A package is not expected to be larger than this, whatever it claims.
const LIKELY: usize = 4 << 20;

/// An opened package.
pub(super) struct Package<'a> {
    bytes: &'a [u8],
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// Lower-case name with `/` -> index: writers disagree about both.
    names: HashMap<String, usize>,
    /// One for all parts: getting one ready costs more than inflating a small part.
    inflater: Decompress,
    /// Where parts are inflated that are only passed on.
    passing: Vec<u8>,
}

/// What an archive's directory says of a member.
pub(super) struct Member {
    pub index: usize,
    pub name: Vec<u8>,
    pub encrypted: bool,
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
        Ok(Package {
            bytes,
            zip,
            names,
            inflater: Decompress::new(false),
            passing: Vec::new(),
        })
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
        let mut bytes = Vec::new();
        Ok(self.inflate(name, job, &mut bytes)?.then_some(bytes))
    }

    /// A part's text, or `None` if there is no such part.
    pub fn text(&mut self, name: &str, job: &mut Job) -> Result<Option<String>, Refusal> {
        self.part(name, job)?.map(super::xml::decode).transpose()
    }

    /// Inflates a part within the budget; false if there is no such part.
    fn inflate(&mut self, name: &str, job: &mut Job, out: &mut Vec<u8>) -> Result<bool, Refusal> {
        let Some(&index) = self.names.get(&folded(name)) else {
            return Ok(false);
        };
        self.member(index, job.inflate_left(), out)
            .map_err(|e| e.unwrap_or_else(|| job.inflated_too_far()))?;
        job.take_inflated(out.len() as u64)?;
        Ok(true)
    }

    /// The members that are files, in the order of the directory.
    pub fn members(&self) -> Vec<Member> {
        (0..self.zip.len())
            .filter_map(|index| {
                let entry = self.zip.by_index_data(index).ok()?;
                (!entry.is_dir()).then(|| Member {
                    index,
                    name: entry.name_raw().to_vec(),
                    encrypted: entry.encrypted(),
                })
            })
            .collect()
    }

    /// Whether two members have one name, so that one of them cannot be reached.
    pub fn has_duplicate_names(&self) -> bool {
        self.zip.has_duplicate_names()
    }

    /// One member inflated into `out`, never past `left` bytes; `Err(None)` says that it would go
    /// past.
    pub fn member(
        &mut self,
        index: usize,
        left: u64,
        out: &mut Vec<u8>,
    ) -> Result<(), Option<Refusal>> {
        let damaged = || Some(Refusal::unreadable("zip-damaged"));
        let size = self.checked(index, left)?;
        let member = self.zip.by_index_raw(index).map_err(|_| damaged())?;
        let (packed, sum) = (member.compressed_size(), member.crc32());
        let (stored, from) = (
            member.compression() == CompressionMethod::Stored,
            member.data_start().ok_or_else(damaged)?,
        );
        drop(member);
        let rest = usize::try_from(from).ok().and_then(|f| self.bytes.get(f..));
        let rest = rest.ok_or_else(damaged)?;
        let packed = usize::try_from(packed)
            .unwrap_or(usize::MAX)
            .min(rest.len());
        let packed = &rest[..packed];
        out.clear();
        if stored {
            out.extend_from_slice(packed);
        } else {
            // Inflated in one go: zlib then needs no window of its own. A member that is longer than
            // it claims fills the room behind it, or all of it, and is noticed by that.
            out.reserve(size.min(packed.len().saturating_mul(DEFLATE_RATIO)) + SLACK);
            self.inflater.reset(false);
            self.inflater
                .decompress_vec(packed, out, FlushDecompress::Finish)
                .map_err(|_| damaged())?;
        }
        let mut found = Crc::new();
        found.update(out);
        match out.len() == size && found.sum() == sum {
            true => Ok(()),
            false => Err(damaged()),
        }
    }

    /// Checks what the directory says of a member; gives its size.
    fn checked(&self, index: usize, left: u64) -> Result<usize, Option<Refusal>> {
        let damaged = || Some(Refusal::unreadable("zip-damaged"));
        let entry = self.zip.by_index_data(index).map_err(|_| damaged())?;
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
        usize::try_from(entry.size()).map_err(|_| None)
    }
}

fn folded(name: &str) -> String {
    let name = name.trim_start_matches(['/', '\\']);
    let mut folded = name.to_ascii_lowercase();
    if folded.contains('\\') {
        folded = folded.replace('\\', "/");
    }
    folded
}

/// How much of a part is looked at, and perhaps changed, before the rest is passed on.
const HEAD: usize = 16 << 10;

/// A package being written for calamine; its parts are not packed.
pub(super) struct Copy {
    zip: ZipWriter<Cursor<Vec<u8>>>,
}

impl Copy {
    /// An empty package that will hold what is likely to be in the other, unpacked.
    pub fn of(package: &Package<'_>) -> Copy {
        let sizes = (0..package.zip.len()).filter_map(|i| package.zip.by_index_data(i).ok());
        let likely = sizes
            .map(|e| e.size().min(LIKELY as u64) as usize)
            .sum::<usize>();
        Copy::with_room(likely.min(package.bytes.len().saturating_mul(32)))
    }

    /// An empty package for about that many bytes.
    pub fn with_room(likely: usize) -> Copy {
        let room = Vec::with_capacity(likely.min(LIKELY));
        Copy {
            zip: ZipWriter::new(Cursor::new(room)),
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

    /// Writes a part of another package, in UTF-8; false if there is no such part. `amend` may
    /// change bytes at its beginning, and is told the part's size.
    pub fn put_xml(
        &mut self,
        name: &str,
        package: &mut Package<'_>,
        part: &str,
        job: &mut Job,
        amend: fn(&mut [u8], u64),
    ) -> Result<bool, Refusal> {
        let mut bytes = std::mem::take(&mut package.passing);
        let found = package.inflate(part, job, &mut bytes)?;
        if found {
            let size = bytes.len() as u64;
            if super::xml::is_utf8(&bytes) {
                let head = bytes.len().min(HEAD);
                amend(&mut bytes[..head], size);
                self.put(name, &bytes)?;
            } else {
                let mut text = super::xml::decode(std::mem::take(&mut bytes))?.into_bytes();
                super::xml::strike_declaration(&mut text);
                amend(&mut text, size);
                self.put(name, &text)?;
            }
        }
        package.passing = bytes;
        Ok(found)
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
