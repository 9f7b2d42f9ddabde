//! A BIFF5 or BIFF8 workbook stream, walked once: what calamine reads from it goes into a copy,
//! what it does not tell is taken on the way.
//!
//! The copy holds formats, strings, the list of sheets and their cells. It has no DIMENSIONS,
//! which calamine reserves unseen, no formulas, names and merges, which it would parse, and no
//! embedded charts. calamine allocates the rectangle around a sheet's cells; so cells that stand
//! far apart from all others are left out of the copy, and a rectangle that is still too large
//! ends the reading. Wherever a record may be written in several ways, the copy has the one that
//! calamine reads.

use super::job::{Job, Refusal};
use crate::grid::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const CONTINUE: u16 = 0x003C;

/// The stream for calamine and what was taken from the other records.
#[derive(Debug)]
pub(super) struct Copied {
    pub stream: Vec<u8>,
    /// Whether strings are UTF-16, whatever the CODEPAGE record says. Exports of the Java library
    /// JXL say 1252 and mean nothing by it.
    pub wide: bool,
    /// Whether a code page is named.
    pub page: bool,
    /// Whether the stream is a sheet alone, without the list of a workbook and so without a name.
    pub alone: bool,
    /// One for each worksheet, in order; `None` where it is damaged.
    pub sheets: Vec<Option<Told>>,
}

/// What was taken from a sheet's records beside its cells.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub merges: Vec<Span>,
    pub hidden_rows: Vec<Range<u32>>,
    pub hidden_columns: Vec<Range<u32>>,
    /// Cells that name a shared string.
    pub shared: Vec<(u16, u16)>,
    /// Error values that calamine has no name for.
    pub errors: Vec<(u32, u32)>,
    /// Cells far apart from all others.
    pub strays: Vec<(u32, u32)>,
    /// The first cell whose text goes on in another record, where calamine does not follow.
    pub lost: Option<(u32, u32)>,
}

/// One record with what continues it.
struct Record<'a> {
    kind: u16,
    data: &'a [u8],
    more: Vec<&'a [u8]>,
}

struct Records<'a> {
    stream: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    fn new(stream: &'a [u8], at: usize) -> Records<'a> {
        Records { stream, at }
    }

    fn header(&self) -> Result<Option<(u16, &'a [u8])>, Refusal> {
        let (Some(kind), Some(size)) = (
            u16_at(self.stream, self.at),
            u16_at(self.stream, self.at + 2),
        ) else {
            return Ok(None);
        };
        let from = self.at + 4;
        match self.stream.get(from..from + usize::from(size)) {
            Some(data) => Ok(Some((kind, data))),
            // Padding of the last sector reads as a record of zeros; anything else is cut off.
            None if kind == 0 => Ok(None),
            None => Err(Refusal::unreadable("damaged")),
        }
    }

    fn next(&mut self) -> Result<Option<Record<'a>>, Refusal> {
        let Some((kind, data)) = self.header()? else {
            return Ok(None);
        };
        self.at += 4 + data.len();
        let mut more = Vec::new();
        while let Ok(Some((CONTINUE, data))) = self.header() {
            self.at += 4 + data.len();
            more.push(data);
        }
        Ok(Some(Record { kind, data, more }))
    }
}

fn record(out: &mut Vec<u8>, kind: u16, data: &[u8]) {
    out.extend(kind.to_le_bytes());
    out.extend((data.len() as u16).to_le_bytes());
    out.extend(data);
}

/// Walks over a stream.
pub(super) fn copy(job: &Job, stream: &[u8]) -> Result<Copied, Refusal> {
    let mut records = Records::new(stream, 0);
    let first = records
        .next()?
        .filter(|r| r.kind == BOF)
        .ok_or_else(damaged)?;
    let mut copied = Copied {
        stream: Vec::with_capacity(stream.len()),
        wide: u16_at(first.data, 0) == Some(0x0600),
        page: false,
        // Some writers turn the bytes of the kind around.
        alone: matches!(u16_at(first.data, 2), Some(0x0010 | 0x1000)),
        sheets: Vec::new(),
    };
    let version = if copied.wide { 6 } else { 5 };
    let out = &mut copied.stream;
    record(out, BOF, &[0, version, 5, 0, 0, 0, 0, 0]);
    // Where each listed sheet stands here, and where its place is to be written there.
    let mut listed = Vec::new();
    let mut list = |out: &mut Vec<u8>, at: usize, hidden: u8, name: &[u8]| {
        listed.push((at, out.len() + 4));
        record(out, 0x0085, &[&[0, 0, 0, 0, hidden, 0], name].concat());
    };
    if copied.alone {
        let name: &[u8] = if copied.wide {
            &[1, 0, b'1']
        } else {
            &[1, b'1']
        };
        list(out, 0, 0, name);
    }
    let (mut formats, mut styles) = (Vec::new(), Vec::new());
    while let Some(found) = records.next()?.filter(|_| !copied.alone) {
        let data = found.data;
        match found.kind {
            0x002F => return Err(Refusal::encrypted("workbook")),
            0x0042 if data.len() >= 2 => {
                copied.page = true;
                record(out, 0x0042, data);
            }
            0x0022 if data.len() >= 2 => record(out, 0x0022, data),
            0x041E if data.len() >= 3 => formats.push(data),
            0x00E0 if data.len() >= 4 => styles.push(data),
            0x00FC => {
                record(out, 0x00FC, data);
                for more in &found.more {
                    record(out, CONTINUE, more);
                }
            }
            0x0085 => {
                if data.len() < 7 {
                    return Err(damaged());
                }
                if data[5] & 0x0F == 0 {
                    let at = u32_at(data, 0).ok_or_else(damaged)? as usize;
                    list(out, at, (data[4] & 3).min(2), &data[6..]);
                }
            }
            EOF => break,
            _ => {}
        }
    }
    write_formats(out, &formats, &styles, copied.wide);
    record(out, EOF, &[]);
    let mut room = job.cells_limit().saturating_mul(2);
    for (at, place) in listed {
        let begins = out.len() as u32;
        out[place..place + 4].copy_from_slice(&begins.to_le_bytes());
        record(out, BOF, &[0, version, 0x10, 0, 0, 0, 0, 0]);
        let told = match sheet(stream, at, out, &mut room, job.cells_limit()) {
            Ok(told) => Some(told),
            Err(refusal) if refusal.ends_file() => return Err(refusal),
            Err(_) => None,
        };
        copied.sheets.push(told);
        record(out, EOF, &[]);
    }
    Ok(copied)
}

/// Writes the number formats and the styles that name them. calamine takes some numbers only for
/// those of formats, and those of dates built into Chinese Excel always for these, though files
/// give them to other formats: all others are numbered anew.
fn write_formats(out: &mut Vec<u8>, formats: &[&[u8]], styles: &[&[u8]], wide: bool) {
    let id = |data: &[u8], at| u16_at(data, at).unwrap_or(0);
    let taken: BTreeSet<u16> = formats.iter().map(|f| id(f, 0)).collect();
    let mut free = (164..=382).rev().filter(|n| !taken.contains(n));
    let mut renamed = BTreeMap::new();
    for format in formats {
        let old = id(format, 0);
        let new = match old {
            5..=8 | 23..=26 | 41..=44 | 63..=66 | 164..=382 => old,
            _ => match renamed.get(&old).copied().or_else(|| free.next()) {
                Some(new) => new,
                None => continue,
            },
        };
        renamed.insert(old, new);
        // The length has one byte in BIFF5; calamine takes two in all versions.
        let (length, code) = match wide {
            true => (&[][..], &format[2..]),
            false => (&[format[2], 0][..], &format[3..]),
        };
        record(out, 0x041E, &[&new.to_le_bytes(), length, code].concat());
    }
    for style in styles {
        let old = id(style, 2);
        let new = renamed.get(&old).copied().unwrap_or(old);
        record(out, 0x00E0, &[&style[..2], &new.to_le_bytes()].concat());
    }
}

/// A record with cells.
struct Cells<'a> {
    row: u32,
    /// First and last.
    cols: (u32, u32),
    kind: u16,
    data: &'a [u8],
}

/// Writes the cells of a sheet; of a damaged one nothing is written.
fn sheet(
    stream: &[u8],
    at: usize,
    out: &mut Vec<u8>,
    room: &mut usize,
    limit: usize,
) -> Result<Told, Refusal> {
    let mut records = Records::new(stream, at);
    if records.next()?.is_none_or(|r| r.kind != BOF) {
        return Err(damaged());
    }
    let mut told = Told::default();
    let mut cells: Vec<Cells<'_>> = Vec::new();
    // Embedded charts are streams within the stream, with cells of their own.
    let mut depth = 0usize;
    // A formula whose text stands in a STRING record further on.
    let mut awaiting = None;
    while let Some(found) = records.next()? {
        let data = found.data;
        match found.kind {
            BOF => depth += 1,
            EOF if depth == 0 => break,
            EOF => depth -= 1,
            _ if depth > 0 => {}
            0x0207 => {
                if let Some((row, col)) = awaiting.take() {
                    if !found.more.is_empty() {
                        told.lost.get_or_insert((row, col));
                    }
                    let (kind, cols) = (0x0207, (col, col));
                    cells.push(Cells {
                        row,
                        cols,
                        kind,
                        data,
                    });
                }
            }
            0x0006 | 0x0206 | 0x0406 | 0x0203 | 0x0204 | 0x0205 | 0x027E | 0x00D6 | 0x00FD
            | 0x00BD => {
                let cell = cell(found.kind, data)?;
                if !found.more.is_empty() && matches!(found.kind, 0x0204 | 0x00D6) {
                    told.lost.get_or_insert((cell.row, cell.cols.0));
                }
                if cell.kind == 0x0006 {
                    awaiting = None;
                    if matches!(data[6..14], [0, .., 0xFF, 0xFF]) {
                        awaiting = Some((cell.row, cell.cols.0));
                    }
                }
                cells.push(cell);
            }
            kind => aside(kind, data, &mut told),
        }
    }
    told.strays = set_apart(&mut cells, room, limit)?;
    for cell in &cells {
        write(out, cell, &mut told);
    }
    Ok(told)
}

/// Where a record's cells stand; one too short for what it must hold is damaged.
fn cell(kind: u16, data: &[u8]) -> Result<Cells<'_>, Refusal> {
    let (Some(row), Some(first)) = (u16_at(data, 0), u16_at(data, 2)) else {
        return Err(damaged());
    };
    let (kind, least) = match kind {
        0x0006 | 0x0206 | 0x0406 => (0x0006, 14),
        0x0203 => (kind, 14),
        0x00FD | 0x027E => (kind, 10),
        0x00BD => (kind, 6),
        _ => (kind, 8),
    };
    let mut last = u32::from(first);
    if kind == 0x00BD {
        last += ((data.len() / 6) as u32).max(1) - 1;
    }
    // No BIFF sheet has more columns.
    if data.len() < least || last > 255 {
        return Err(damaged());
    }
    Ok(Cells {
        row: row.into(),
        cols: (first.into(), last),
        kind,
        data,
    })
}

/// Cells below a gap of this many rows may be strays.
const ROW_GAP: u32 = 10_000;
/// More cells than this beyond the gap are a table.
const MAX_STRAYS: usize = 100;

/// Takes strays out of cells whose rectangle is too large, and refuses one that still is.
fn set_apart(
    cells: &mut Vec<Cells<'_>>,
    room: &mut usize,
    limit: usize,
) -> Result<Vec<(u32, u32)>, Refusal> {
    let mut strays = Vec::new();
    if area(cells) > *room {
        let mut rows: Vec<u32> = cells.iter().map(|c| c.row).collect();
        rows.sort_unstable();
        let cut = rows
            .windows(2)
            .find(|w| w[1] - w[0] > ROW_GAP)
            .map(|w| w[0]);
        let far = |c: &Cells<'_>| cut.is_some_and(|cut| c.row > cut);
        if cells.iter().filter(|c| far(c)).count() <= MAX_STRAYS {
            strays = cells
                .iter()
                .filter(|c| far(c))
                .map(|c| (c.row, c.cols.0))
                .collect();
            cells.retain(|c| !far(c));
        }
    }
    match room.checked_sub(area(cells)) {
        Some(left) => *room = left,
        None => return Err(Refusal::too_large("cells", limit)),
    }
    Ok(strays)
}

fn area(cells: &[Cells<'_>]) -> usize {
    let range = |low: Option<u32>, high: Option<u32>| match (low, high) {
        (Some(low), Some(high)) => (high - low + 1) as usize,
        _ => 0,
    };
    let rows = cells.iter().map(|c| c.row);
    range(rows.clone().min(), rows.max())
        * range(
            cells.iter().map(|c| c.cols.0).min(),
            cells.iter().map(|c| c.cols.1).max(),
        )
}

/// Writes the cells of a record as calamine reads them.
fn write(out: &mut Vec<u8>, cell: &Cells<'_>, told: &mut Told) {
    let data = cell.data;
    let at = (cell.row, cell.cols.0);
    match cell.kind {
        // A formula: its result, and no tokens but an empty one.
        0x0006 => match data[6..14] {
            [2, _, error, .., 0xFF, 0xFF] if !is_known(error) => told.errors.push(at),
            [kind, .., 0xFF, 0xFF] if kind > 3 => {}
            _ if data[12..14] != [0xFF, 0xFF] && !f64_at(data, 6).is_some_and(f64::is_finite) => {}
            _ => record(
                out,
                0x0006,
                &[&data[..14], &[0, 0, 0, 0, 0, 0, 1, 0, 0x16]].concat(),
            ),
        },
        0x0205 => match (data[7], data[6]) {
            (0, _) => record(out, 0x0205, &data[..8]),
            (_, error) if is_known(error) => {
                record(out, 0x0205, &[&data[..7], &[1]].concat());
            }
            _ => told.errors.push(at),
        },
        // Several short numbers in a row: calamine insists on their count.
        0x00BD => {
            let pairs = data[4..data.len() - 2].chunks_exact(6);
            for (col, pair) in (cell.cols.0 as u16..).zip(pairs) {
                let place = [data[0], data[1], col as u8, (col >> 8) as u8];
                record(out, 0x027E, &[&place[..], pair].concat());
            }
        }
        0x00FD => {
            told.shared.push((at.0 as u16, at.1 as u16));
            record(out, 0x00FD, data);
        }
        kind => record(out, kind, data),
    }
}

fn is_known(error: u8) -> bool {
    matches!(error, 0x00 | 0x07 | 0x0F | 0x17 | 0x1D | 0x24 | 0x2A | 0x2B)
}

/// Takes what is hidden and what is merged.
fn aside(kind: u16, data: &[u8], told: &mut Told) {
    match kind {
        0x0208 => {
            if let (Some(row), Some(flags)) = (u16_at(data, 0), u16_at(data, 12))
                && flags & 0x20 != 0
            {
                told.hidden_rows.push(u32::from(row)..u32::from(row) + 1);
            }
        }
        0x007D => {
            if let (Some(first), Some(last), Some(flags)) =
                (u16_at(data, 0), u16_at(data, 2), u16_at(data, 8))
                && flags & 1 != 0
            {
                told.hidden_columns
                    .push(u32::from(first)..u32::from(last) + 1);
            }
        }
        0x00E5 => {
            for four in data.get(2..).unwrap_or(&[]).chunks_exact(8) {
                let at = |i| u16_at(four, i).map_or(0, u32::from);
                told.merges.push(Span {
                    top: at(0),
                    bottom: at(2),
                    left: at(4),
                    right: at(6),
                });
            }
        }
        _ => {}
    }
}

fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(data.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(data.get(at..at + 4)?.try_into().ok()?))
}

fn f64_at(data: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_le_bytes(data.get(at..at + 8)?.try_into().ok()?))
}

fn damaged() -> Refusal {
    Refusal::unreadable("damaged")
}

#[cfg(test)]
#[path = "biff_tests.rs"]
pub(super) mod tests;
