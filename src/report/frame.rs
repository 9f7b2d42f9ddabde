//! Workbooks without their cells: everything that the xlsx writer makes once, and many workbooks of
//! one kind share.
//!
//! A frame holds the package of a workbook whose sheets have one blank cell for each look, from
//! which the numbers of the styles are read. Filling a frame puts the cells, the strings and the
//! title in; all other parts are copied as they are, so that the letters to seventy schools cost one
//! run of the xlsx writer. Sheets with a chart are whole in the frame, because the xlsx writer
//! stores the chart's categories from its cells; such frames are not shared.

use super::cells::{self, Look, Strings};
use super::chart_cache::Caches;
use super::layout::Sheet;
use super::page::{Book, Page};
use super::theme::{self, Paper, Theme, margin};
use super::words::{Key as Word, Words};
use crate::message::Lang;
use chrono::NaiveDate;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};
use std::sync::Arc;
use zip::result::{ZipError, ZipResult};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Stands where the title is put in, and makes the xlsx writer provide for a string table.
const LATER: &str = "-";
/// Deflate level of filled parts: most of the gain of the usual level at half of its cost.
const LEVEL: i64 = 2;
/// Parts shorter than this are stored: setting a compressor up costs more than the disk block saved.
const STORED: usize = 8 * 1024;

/// What a shareable frame depends on.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    organisation: String,
    lang: bool,
    date: NaiveDate,
    pages: Vec<PageKey>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct PageKey {
    sheet: Arc<str>,
    looks: Vec<Look>,
    head: (u32, u32),
    frozen_columns: u16,
    upright: bool,
    /// Last row and column of the filter.
    filter: Option<(u32, u16)>,
}

impl Key {
    /// The key of a book; `None` if its frame cannot be shared.
    pub fn of(book: &Book, sheets: &[Sheet]) -> Option<Key> {
        let pages = book.pages.iter().zip(sheets).map(|(page, placed)| {
            page.chart.is_none().then(|| PageKey {
                sheet: page.sheet.clone(),
                looks: looks(placed),
                head: placed.head,
                frozen_columns: placed.frozen_columns,
                upright: placed.paper == Paper::Upright,
                filter: filter(page, placed),
            })
        });
        Some(Key {
            organisation: book.organisation.clone(),
            lang: book.lang == Lang::En,
            date: book.date,
            pages: pages.collect::<Option<_>>()?,
        })
    }
}

/// The looks of a page, each once.
fn looks(placed: &Sheet) -> Vec<Look> {
    let mut found = BTreeSet::new();
    let mut last = None;
    for cell in &placed.cells {
        let look = cells::look(cell);
        if last != Some(look) {
            found.insert(look);
            last = Some(look);
        }
    }
    found.into_iter().collect()
}

fn filter(page: &Page, placed: &Sheet) -> Option<(u32, u16)> {
    let last_col = placed.widths.len().saturating_sub(1) as u16;
    (page.filter && placed.last_line > placed.head.1).then_some((placed.last_line, last_col))
}

/// A workbook without its cells.
#[derive(Debug)]
pub struct Frame {
    archive: ZipArchive<Cursor<Vec<u8>>>,
    parts: Vec<Part>,
    /// Elements of the string table, how many they are, and how often used: those of chart pages.
    strings: (String, usize, usize),
}

/// What filling does with a part of the package.
#[derive(Debug)]
enum Part {
    Copy,
    /// Chart.
    Chart {
        name: String,
        xml: String,
    },
    /// String table.
    Strings {
        name: String,
    },
    /// Document properties, before and after the title.
    Title {
        name: String,
        xml: (String, String),
    },
    /// Sheet of a page.
    Sheet(Box<SheetPart>),
}

#[derive(Debug)]
struct SheetPart {
    name: String,
    /// Index of its page.
    page: usize,
    /// Up to the range in use, up to the columns, up to the merged cells, to the end; what is put
    /// in stands between them.
    xml: [String; 4],
    styles: BTreeMap<Look, u32>,
}

impl Frame {
    /// Makes the frame of a book.
    ///
    /// # Errors
    /// What the xlsx writer refuses.
    pub fn new(book: &Book, sheets: &[Sheet]) -> Result<Frame, String> {
        let package = package(book, sheets).map_err(|e| e.to_string())?;
        Frame::open(package, book, sheets).map_err(|e| e.to_string())
    }

    fn open(package: Vec<u8>, book: &Book, sheets: &[Sheet]) -> ZipResult<Frame> {
        let mut archive = ZipArchive::new(Cursor::new(package))?;
        let mut parts = Vec::with_capacity(archive.len());
        let mut strings = (String::new(), 0, 0);
        let shared = book.pages.iter().all(|p| p.chart.is_none());
        for i in 0..archive.len() {
            let mut part = archive.by_index(i)?;
            let name = part.name()?.into_owned();
            let page = name
                .strip_prefix("xl/worksheets/sheet")
                .and_then(|n| n.strip_suffix(".xml")?.parse::<usize>().ok())
                .map(|n| n - 1)
                .filter(|n| book.pages.get(*n).is_some_and(|p| p.chart.is_none()));
            let chart = name.starts_with("xl/charts/chart");
            let title = name == "docProps/core.xml";
            let table = name == "xl/sharedStrings.xml";
            if page.is_none() && !chart && !title && !table {
                parts.push(Part::Copy);
                continue;
            }
            let mut xml = String::new();
            part.read_to_string(&mut xml)?;
            parts.push(if let Some(page) = page {
                Part::Sheet(Box::new(SheetPart::new(name, page, &xml, &sheets[page])?))
            } else if chart {
                Part::Chart { name, xml }
            } else if title {
                let (before, rest) = parted(&xml, "<dc:title>")?;
                let (_, after) = parted_before(rest, "</dc:title>")?;
                let xml = (before.to_owned(), after.to_owned());
                Part::Title { name, xml }
            } else {
                if !shared {
                    strings = table_of(&xml)?;
                }
                Part::Strings { name }
            });
        }
        Ok(Frame {
            archive,
            parts,
            strings,
        })
    }

    /// The workbook: the frame with the book's cells and title.
    ///
    /// # Errors
    /// When a page is larger than a sheet can be.
    pub fn fill(&mut self, book: &Book, sheets: &[Sheet]) -> Result<Vec<u8>, String> {
        let mut caches = Caches::default();
        for (page, placed) in book.pages.iter().zip(sheets) {
            caches.add(page, placed);
        }
        let mut strings = Strings::after(self.strings.1, self.strings.2);
        let mut out = ZipWriter::new(Cursor::new(Vec::new()));
        for (i, part) in self.parts.iter().enumerate() {
            match part {
                Part::Copy => self
                    .archive
                    .by_index_raw(i)
                    .and_then(|file| out.raw_copy_file(file)),
                Part::Chart { name, xml } => put(&mut out, name, &caches.filled(xml)),
                // After all sheets, as the xlsx writer orders parts.
                Part::Strings { name } => put(&mut out, name, &strings.table(&self.strings.0)),
                Part::Title { name, xml } => {
                    let mut text = xml.0.clone();
                    cells::escape(&mut text, &book.title);
                    put(&mut out, name, &(text + &xml.1))
                }
                Part::Sheet(sheet) => {
                    let placed = &sheets[sheet.page];
                    let xml = cells::xml(placed, &sheet.styles, &mut strings)
                        .map_err(|e| format!("{}: {e}", book.pages[sheet.page].sheet))?;
                    let [head, view, data, end] = &sheet.xml;
                    let parts = [
                        head.as_str(),
                        &xml.dimension,
                        view,
                        &xml.columns,
                        "<sheetData>",
                        &xml.rows,
                        "</sheetData>",
                        data,
                        &xml.merges,
                        end,
                    ];
                    put(&mut out, &sheet.name, &parts.concat())
                }
            }
            .map_err(|e| e.to_string())?;
        }
        let done = out.finish().map_err(|e| e.to_string())?;
        Ok(done.into_inner())
    }
}

impl SheetPart {
    fn new(name: String, page: usize, xml: &str, placed: &Sheet) -> ZipResult<SheetPart> {
        let (head, rest) = parted(xml, "<dimension ref=\"")?;
        let (_, rest) = parted_before(rest, "\"/>")?;
        let (view, rest) = parted_before(rest, "<sheetData>")?;
        let (rows, rest) = parted(rest, "</sheetData>")?;
        let (data, end) = parted_before(rest, "<printOptions")?;
        // The first row holds a blank cell for each look, in their order.
        let first = rows.split("</row>").next().unwrap_or_default();
        let numbers: Vec<u32> = first
            .split(" s=\"")
            .skip(1)
            .filter_map(|cell| cell.split('"').next()?.parse().ok())
            .collect();
        let looks = looks(placed);
        if numbers.len() != looks.len() {
            return Err(unknown("styles"));
        }
        Ok(SheetPart {
            name,
            page,
            xml: [head, view, data, end].map(str::to_owned),
            styles: looks.into_iter().zip(numbers).collect(),
        })
    }
}

/// What the xlsx writer made is not what this file knows of it: after a change of its version.
fn unknown(what: &str) -> ZipError {
    ZipError::Io(std::io::Error::other(format!(
        "the xlsx writer's parts have changed: {what}"
    )))
}

/// Before and after a mark; the mark stays at the end of the first.
fn parted<'a>(text: &'a str, mark: &str) -> ZipResult<(&'a str, &'a str)> {
    let at = text.find(mark).ok_or_else(|| unknown(mark))?;
    Ok(text.split_at(at + mark.len()))
}

/// As [`parted`], but the mark begins the second.
fn parted_before<'a>(text: &'a str, mark: &str) -> ZipResult<(&'a str, &'a str)> {
    let at = text.find(mark).ok_or_else(|| unknown(mark))?;
    Ok(text.split_at(at))
}

/// Elements, their number and their uses.
fn table_of(xml: &str) -> ZipResult<(String, usize, usize)> {
    let (_, rest) = parted(xml, " count=\"")?;
    let (uses, rest) = parted_before(rest, "\"")?;
    let uses = uses.parse().map_err(|_| unknown("count"))?;
    let (_, rest) = parted(rest, ">")?;
    let (elements, _) = parted_before(rest, "</sst>")?;
    let count = elements.matches("</si>").count();
    Ok((elements.to_owned(), count, uses))
}

fn put(out: &mut ZipWriter<Cursor<Vec<u8>>>, name: &str, xml: &str) -> ZipResult<()> {
    // The earliest time that an archive can hold, as all other parts have.
    let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    let options = match xml.len() < STORED {
        true => options.compression_method(CompressionMethod::Stored),
        false => options.compression_level(Some(LEVEL)),
    };
    out.start_file(name, options)?;
    out.write_all(xml.as_bytes())?;
    Ok(())
}

fn package(book: &Book, sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    use chrono::Datelike;
    let words = Words { lang: book.lang };
    let mut theme = Theme::new(words);
    let mut workbook = Workbook::new();
    workbook.set_default_format(&theme.sheet(), theme::ROW.1, theme::DEFAULT_COLUMN)?;
    let year = book.date.year().clamp(1900, 9999) as u16;
    workbook.set_properties(
        &DocProperties::new()
            .set_title(LATER)
            .set_company(&book.organisation)
            .set_creation_datetime(&ExcelDateTime::from_ymd(
                year,
                book.date.month() as u8,
                book.date.day() as u8,
            )?),
    );
    let shared = book.pages.iter().all(|p| p.chart.is_none());
    for (page, placed) in book.pages.iter().zip(sheets) {
        let worksheet = workbook.add_worksheet();
        worksheet.set_name(&*page.sheet)?;
        if page.chart.is_some() {
            super::write::whole(worksheet, page, placed, &mut theme, words)?;
        } else {
            for (col, (part, quoted)) in looks(placed).into_iter().enumerate() {
                worksheet.write_blank(0, col as u16, &theme.format(part, quoted))?;
            }
            if shared {
                worksheet.write_string(1, 0, LATER)?;
            }
        }
        set_up(worksheet, page, placed, &theme, words)?;
    }
    workbook.save_to_buffer()
}

/// Everything of a sheet but its cells: filter, panes, paper.
fn set_up(
    worksheet: &mut Worksheet,
    page: &Page,
    placed: &Sheet,
    theme: &Theme,
    words: Words,
) -> Result<(), XlsxError> {
    if let Some((last_line, last_col)) = filter(page, placed) {
        worksheet.autofilter(placed.head.1, 0, last_line, last_col)?;
    }
    worksheet.set_freeze_panes(placed.head.1 + 1, placed.frozen_columns)?;
    worksheet.set_repeat_rows(placed.head.0, placed.head.1)?;
    worksheet.set_paper_size(Paper::SIZE);
    if placed.paper == Paper::Lying {
        worksheet.set_landscape();
    }
    worksheet.set_margins(
        margin::SIDE * margin::INCH,
        margin::SIDE * margin::INCH,
        margin::TOP * margin::INCH,
        margin::BOTTOM * margin::INCH,
        margin::EDGE * margin::INCH,
        margin::EDGE * margin::INCH,
    );
    worksheet.set_print_center_horizontally(true);
    worksheet.set_print_fit_to_pages(1, 0);
    worksheet.set_screen_gridlines(false);
    worksheet.set_footer(format!(
        "&C&\"{},Regular\"&9{}",
        theme.footer_font(),
        words.get(Word::Footer)
    ));
    Ok(())
}
