//! Workbooks without their cells: everything that the xlsx writer makes once, and many workbooks of
//! one kind share.
//!
//! A frame is a package of the xlsx writer whose sheets have one blank cell for each look of their
//! page. [`Frame::fill`] puts cells, strings and the title in; all other parts (styles, theme,
//! relations, print set-up) are copied as they are, already deflated, so that the letters to a
//! county's schools cost a few runs of the xlsx writer. Of a sheet with a chart the frame has all
//! cells, because the xlsx writer stores the names that a chart shows from them.

use super::bulk::Set;
use super::cells::Cells;
use super::chart_cache::Caches;
use super::layout::{self, Sheet};
use super::page::{About, Page};
use super::strings::{Strings, escape};
use super::styles::Look;
use super::theme::{self, Paper, Theme};
use super::words::Words;
use super::workbook;
use chrono::NaiveDate;
use rust_xlsxwriter::XlsxError;
use std::io::{Cursor, Read, Write};
use std::sync::Arc;
use zip::result::{ZipError, ZipResult};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Stands where texts are put in, and makes the xlsx writer provide for a string table.
const LATER: &str = "-";
/// Deflate level of filled parts, as of all others: the usual one saves a fifth of the space for
/// three times the time.
const LEVEL: i64 = workbook::LEVEL as i64;
/// Parts shorter than this are stored: setting a compressor up costs more than the disk block saved.
const STORED: usize = 8 * 1024;

/// What a frame depends on. Frames with charts are not shared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The bureau.
    pub organisation: String,
    /// Creation day of the document.
    pub date: NaiveDate,
    /// What else its properties say.
    pub about: About,
    /// Whether it has a title.
    pub titled: bool,
    /// Whether any cell holds a text.
    pub worded: bool,
    /// Its sheets.
    pub sheets: Vec<SheetKey>,
}

/// First row and column and last row and column.
pub type Area = ((u32, u16), (u32, u16));

/// What a sheet of a frame depends on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SheetKey {
    /// Its name.
    pub name: Arc<str>,
    /// The looks of its cells in the order of first use.
    pub looks: Vec<Look>,
    /// Rows of the header.
    pub head: (u32, u32),
    /// Rows that every printed page repeats.
    pub repeated: (u32, u32),
    /// Columns that stay in view.
    pub frozen_columns: u16,
    /// What it is printed on.
    pub paper: Paper,
    /// Rows that begin a new sheet of paper.
    pub breaks: Vec<u32>,
    /// Runs of rows that can be folded away.
    pub folds: Vec<(u32, u32)>,
    /// What stands above and below every sheet of paper.
    pub edges: [[String; 3]; 2],
    /// Names of its cells for formulas of others.
    pub names: Vec<(String, Area)>,
    /// On how many sheets of paper, one below the other, it is squeezed; nought for as many as it takes.
    pub tall: u16,
    /// Last row and column of the filter.
    pub filter: Option<(u32, u16)>,
}

impl SheetKey {
    /// Of a placed page and its looks.
    pub fn of(page: &Page, placed: &Sheet<'_>, looks: Vec<Look>) -> SheetKey {
        SheetKey {
            name: page.sheet.clone(),
            looks,
            head: placed.head,
            repeated: placed.repeated(),
            frozen_columns: placed.frozen_columns,
            paper: placed.paper,
            breaks: placed.breaks.clone(),
            folds: placed.folds.clone(),
            edges: [page.print.header.clone(), page.print.footer.clone()],
            names: workbook::names(page, placed),
            tall: placed.tall,
            filter: workbook::filter(page, placed),
        }
    }
}

/// A page of a workbook with its cells written down.
#[derive(Debug)]
pub struct Filled {
    /// Its cells.
    pub cells: Cells,
    /// Many like lines under them.
    pub bulk: Option<Set>,
    /// The page itself, if it has a chart.
    pub charted: Option<Page>,
}

/// A workbook without its cells.
#[derive(Debug)]
pub struct Frame {
    archive: ZipArchive<Cursor<Vec<u8>>>,
    parts: Vec<Part>,
}

/// What filling does with a part of the package.
#[derive(Debug)]
enum Part {
    Copy,
    Chart {
        name: String,
        xml: String,
    },
    Strings {
        name: String,
    },
    /// Document properties, before and after the title.
    Title {
        name: String,
        xml: [String; 2],
    },
    /// A sheet up to the range in use, up to the columns, up to the merged cells, to its end; what is
    /// put in stands between them.
    Sheet {
        name: String,
        index: usize,
        xml: [String; 4],
    },
}

impl Frame {
    /// Lets the xlsx writer make a frame.
    ///
    /// # Errors
    /// What the xlsx writer refuses.
    pub fn new(
        key: &Key,
        filled: &[Filled],
        theme: &mut Theme,
        words: Words,
    ) -> Result<Frame, String> {
        let package = package(key, filled, theme, words).map_err(|e| e.to_string())?;
        Frame::open(package).map_err(|e| e.to_string())
    }

    fn open(package: Vec<u8>) -> ZipResult<Frame> {
        let mut archive = ZipArchive::new(Cursor::new(package))?;
        let mut parts = Vec::with_capacity(archive.len());
        for i in 0..archive.len() {
            let mut part = archive.by_index(i)?;
            let name = part.name()?.into_owned();
            let sheet = name.strip_prefix("xl/worksheets/sheet").and_then(|n| {
                n.strip_suffix(".xml")?
                    .parse::<usize>()
                    .ok()?
                    .checked_sub(1)
            });
            let chart = name.starts_with("xl/charts/chart");
            let title = name == "docProps/core.xml";
            if name == "xl/sharedStrings.xml" {
                parts.push(Part::Strings { name });
                continue;
            }
            if sheet.is_none() && !chart && !title {
                parts.push(Part::Copy);
                continue;
            }
            let mut xml = String::new();
            part.read_to_string(&mut xml)?;
            parts.push(if let Some(index) = sheet {
                let xml = sheet_parts(&xml)?;
                Part::Sheet { name, index, xml }
            } else if chart {
                Part::Chart { name, xml }
            } else if xml.contains("<dc:title>") {
                let (before, rest) = parted(&xml, "<dc:title>", true)?;
                let (_, after) = parted(rest, "</dc:title>", false)?;
                let xml = [before, after].map(str::to_owned);
                Part::Title { name, xml }
            } else {
                Part::Copy
            });
        }
        Ok(Frame { archive, parts })
    }

    /// The workbook: the frame with these cells, strings and title.
    ///
    /// # Errors
    /// None for a frame of the same key.
    pub fn fill(
        &mut self,
        title: &str,
        sheets: &[Filled],
        strings: &Strings,
        caches: &Caches,
    ) -> ZipResult<Vec<u8>> {
        let mut out = ZipWriter::new(Cursor::new(Vec::with_capacity(16 * 1024)));
        for (i, part) in self.parts.iter().enumerate() {
            match part {
                Part::Copy => out.raw_copy_file(self.archive.by_index_raw(i)?)?,
                Part::Chart { name, xml } => put(&mut out, name, &[&caches.filled(xml)])?,
                Part::Strings { name } => put(&mut out, name, &[&strings.table()])?,
                Part::Title { name, xml } => {
                    let mut text = String::new();
                    escape(&mut text, title);
                    put(&mut out, name, &[&xml[0], &text, &xml[1]])?;
                }
                Part::Sheet { name, index, xml } => {
                    let filled = sheets.get(*index).ok_or_else(|| unknown(name))?;
                    let cells = &filled.cells;
                    let before = [
                        &xml[0],
                        &cells.dimension,
                        &xml[1],
                        &cells.columns,
                        "<sheetData>",
                        &cells.rows,
                    ];
                    let after = [
                        "</sheetData>",
                        &xml[2],
                        &cells.merges,
                        &cells.links,
                        &xml[3],
                    ];
                    match &filled.bulk {
                        None => put(&mut out, name, &[&before[..], &after[..]].concat())?,
                        Some(bulk) => {
                            out.start_file(name, deflated())?;
                            out.write_all(before.concat().as_bytes())?;
                            bulk.write(|part| out.write_all(part.as_bytes()))?;
                            out.write_all(after.concat().as_bytes())?;
                        }
                    }
                }
            }
        }
        Ok(out.finish()?.into_inner())
    }
}

/// What stays of a sheet when its range, columns, rows and merged cells are taken out.
fn sheet_parts(xml: &str) -> ZipResult<[String; 4]> {
    let (head, rest) = parted(xml, "<dimension ref=\"", true)?;
    let (_, rest) = parted(rest, "\"/>", false)?;
    let (mut view, rest) = parted(rest, "<sheetData>", false)?;
    if let Some((before, _)) = view.split_once("<cols>") {
        view = before;
    }
    let (_, rest) = parted(rest, "</sheetData>", true)?;
    let (mut data, end) = parted(rest, "<printOptions", false)?;
    if let Some((before, _)) = data.split_once("<mergeCells") {
        data = before;
    }
    Ok([head, view, data, end].map(str::to_owned))
}

/// Before and after a mark, which stays with the first if it is `kept` there.
fn parted<'a>(text: &'a str, mark: &str, kept: bool) -> ZipResult<(&'a str, &'a str)> {
    let at = text.find(mark).ok_or_else(|| unknown(mark))?;
    Ok(text.split_at(at + if kept { mark.len() } else { 0 }))
}

/// What the xlsx writer made is not what this file knows of it: after a change of its version.
fn unknown(what: &str) -> ZipError {
    ZipError::Io(std::io::Error::other(format!(
        "the xlsx writer's parts have changed: {what}"
    )))
}

fn options() -> SimpleFileOptions {
    // As the xlsx writer's own parts: the earliest time that an archive can hold.
    SimpleFileOptions::default()
        .unix_permissions(0o600)
        .last_modified_time(zip::DateTime::default())
}

fn deflated() -> SimpleFileOptions {
    options().compression_level(Some(LEVEL))
}

fn put(out: &mut ZipWriter<Cursor<Vec<u8>>>, name: &str, xml: &[&str]) -> ZipResult<()> {
    let options = match xml.iter().map(|x| x.len()).sum::<usize>() < STORED {
        true => options().compression_method(CompressionMethod::Stored),
        false => deflated(),
    };
    out.start_file(name, options)?;
    for xml in xml {
        out.write_all(xml.as_bytes())?;
    }
    Ok(())
}

fn package(
    key: &Key,
    filled: &[Filled],
    theme: &mut Theme,
    words: Words,
) -> Result<Vec<u8>, XlsxError> {
    let title = if key.titled { LATER } else { "" };
    let mut book = workbook::empty(title, &key.organisation, &key.about, key.date, theme)?;
    let mut worded = !key.worded;
    for (sheet, page) in key.sheets.iter().zip(filled) {
        let worksheet = book.add_worksheet();
        worksheet.set_name(&*sheet.name)?;
        match &page.charted {
            Some(page) => workbook::cells(worksheet, page, &layout::place(page), theme, words)?,
            None => {
                for (col, (part, quoted)) in (0u16..).zip(&sheet.looks) {
                    worksheet.write_blank(0, col, &theme.format(*part, *quoted))?;
                }
                if let Some((row, _)) = sheet.folds.first() {
                    // The xlsx writer tells the depth of folding of rows that it knows already.
                    worksheet.set_row_height(*row, theme::ROW.0 * 2.0)?;
                }
                if !worded {
                    worksheet.write_string(1, 0, LATER)?;
                    worded = true;
                }
            }
        }
        workbook::set_up(worksheet, sheet, theme, words)?;
    }
    workbook::define(&mut book, &key.sheets)?;
    book.save_to_buffer()
}
