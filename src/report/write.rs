//! Placed pages as xlsx bytes. Decides nothing: the same report gives the same bytes.

use super::cells;
use super::chart;
use super::frame::{Frame, Key};
use super::layout::{self, Holds, Placed, Sheet};
use super::page::{Book, Page, Report, Value};
use super::theme::Theme;
use super::words::Words;
use rust_xlsxwriter::{Formula, Worksheet, XlsxError};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;

/// The workbooks as bytes: path below the output folder and content, in the order of the report.
///
/// # Errors
/// As [`write_each`].
pub fn write(report: &Report) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut files = Vec::with_capacity(report.books.len());
    write_each(report, |path, bytes| {
        files.push((path.to_owned(), bytes));
        Ok(())
    })
    .map_err(|e| e.to_string())?;
    Ok(files)
}

/// Hands over one workbook after the other, so that no more than one is held: its path below the
/// output folder and its bytes, in the order of the report.
///
/// # Errors
/// What `take` says, and what the xlsx writer refuses. `compose` keeps within Excel's limits, so the
/// latter is a defect of this program, not of the data.
pub fn write_each(
    report: &Report,
    mut take: impl FnMut(&str, Vec<u8>) -> io::Result<()>,
) -> io::Result<()> {
    let mut frames = BTreeMap::new();
    for book in &report.books {
        let bytes = bytes(book, &mut frames).map_err(io::Error::other)?;
        take(&book.path, bytes)?;
    }
    Ok(())
}

/// One workbook as bytes: the same as among others.
///
/// # Errors
/// As [`write_each`].
pub fn write_book(book: &Book) -> Result<Vec<u8>, String> {
    bytes(book, &mut BTreeMap::new())
}

/// `frames` holds the frames made so far; what is in it changes no bytes.
fn bytes(book: &Book, frames: &mut BTreeMap<Key, Frame>) -> Result<Vec<u8>, String> {
    let sheets: Vec<Sheet> = book.pages.iter().map(layout::place).collect();
    let bytes = match Key::of(book, &sheets) {
        Some(key) => match frames.entry(key) {
            Entry::Occupied(known) => known.into_mut().fill(book, &sheets),
            Entry::Vacant(new) => {
                Frame::new(book, &sheets).and_then(|f| new.insert(f).fill(book, &sheets))
            }
        },
        None => Frame::new(book, &sheets).and_then(|mut f| f.fill(book, &sheets)),
    };
    bytes.map_err(|e| format!("{}: {e}", book.path))
}

/// A sheet that the xlsx writer makes with all its cells, and its chart.
pub fn whole(
    worksheet: &mut Worksheet,
    page: &Page,
    placed: &Sheet,
    theme: &mut Theme,
    words: Words,
) -> Result<(), XlsxError> {
    for (col, width) in placed.widths.iter().enumerate() {
        worksheet.set_column_width(col as u16, *width)?;
    }
    for (row, height) in placed.heights.iter().enumerate() {
        worksheet.set_row_height(row as u32, *height)?;
    }
    for cell in &placed.cells {
        put(worksheet, cell, theme)?;
    }
    if let (Some(spec), Some((row, rows))) = (&page.chart, placed.chart) {
        chart::insert(worksheet, page, spec, placed, (row, rows), theme, words)?;
    }
    Ok(())
}

fn put(worksheet: &mut Worksheet, cell: &Placed, theme: &mut Theme) -> Result<(), XlsxError> {
    let (row, col) = (cell.row, cell.col);
    let (part, quoted) = cells::look(cell);
    let format = theme.format(part, quoted);
    if cell.rows > 1 || cell.cols > 1 {
        let (last_row, last_col) = (row + cell.rows - 1, col + cell.cols - 1);
        worksheet.merge_range(row, col, last_row, last_col, "", &format)?;
    }
    match &cell.holds {
        Holds::Blank => worksheet.write_blank(row, col, &format)?,
        Holds::Text(text) => {
            worksheet.write_string_with_format(row, col, cells::cut(text), &format)?
        }
        Holds::Number(number) => worksheet.write_number_with_format(row, col, *number, &format)?,
        Holds::Formula(text, value) => {
            let result = match value {
                Value::Number(n) => n.to_string(),
                Value::Text(t) => t.clone(),
            };
            let formula = Formula::new(text).set_result(result);
            worksheet.write_formula_with_format(row, col, formula, &format)?
        }
    };
    Ok(())
}
