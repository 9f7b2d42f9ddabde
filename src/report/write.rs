//! Placed pages as xlsx bytes. Decides nothing: the same report gives the same bytes.

use super::chart;
use super::chart_cache::Caches;
use super::layout::{self, Holds, Placed, Sheet};
use super::page::{Book, Page, Report, Value};
use super::theme::{self, Paper, Theme, margin};
use super::words::{Key, Words};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Formula, Workbook, Worksheet, XlsxError};
use std::io;

/// The workbooks as bytes: path below the output folder and content, in the order of the report.
///
/// # Errors
/// What the xlsx writer refuses. `compose` keeps within Excel's limits, so an error here is a
/// defect of this program, not of the data.
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
/// What `take` says, and what the xlsx writer refuses, as in [`write`].
pub fn write_each(
    report: &Report,
    mut take: impl FnMut(&str, Vec<u8>) -> io::Result<()>,
) -> io::Result<()> {
    for book in &report.books {
        take(&book.path, write_book(book).map_err(io::Error::other)?)?;
    }
    Ok(())
}

/// One workbook as bytes.
///
/// # Errors
/// As [`write`].
pub fn write_book(book: &Book) -> Result<Vec<u8>, String> {
    let (package, caches) = build(book).map_err(|e| format!("{}: {e}", book.path))?;
    caches
        .fill(package)
        .map_err(|e| format!("{}: {e}", book.path))
}

fn build(book: &Book) -> Result<(Vec<u8>, Caches), XlsxError> {
    use chrono::Datelike;
    let words = Words { lang: book.lang };
    let mut theme = Theme::new(words);
    let mut workbook = Workbook::new();
    // Most of the time a book takes is deflating; the usual level saves little more space.
    workbook.set_zip_compression_level(2);
    workbook.set_default_format(&theme.sheet(), theme::ROW.1, theme::DEFAULT_COLUMN)?;
    let year = book.date.year().clamp(1900, 9999) as u16;
    workbook.set_properties(
        &DocProperties::new()
            .set_title(&book.title)
            .set_company(&book.organisation)
            .set_creation_datetime(&ExcelDateTime::from_ymd(
                year,
                book.date.month() as u8,
                book.date.day() as u8,
            )?),
    );
    let mut caches = Caches::default();
    for page in &book.pages {
        let placed = layout::place(page);
        let worksheet = workbook.add_worksheet();
        sheet(worksheet, page, &placed, &mut theme, words)?;
        caches.add(page, &placed);
    }
    Ok((workbook.save_to_buffer()?, caches))
}

fn sheet(
    worksheet: &mut Worksheet,
    page: &Page,
    placed: &Sheet,
    theme: &mut Theme,
    words: Words,
) -> Result<(), XlsxError> {
    worksheet.set_name(&*page.sheet)?;
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

    let last_col = placed.widths.len().saturating_sub(1) as u16;
    if page.filter && placed.last_line > placed.head.1 {
        worksheet.autofilter(placed.head.1, 0, placed.last_line, last_col)?;
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
        words.get(Key::Footer)
    ));
    Ok(())
}

/// Excel keeps at most this many UTF-16 units in a cell.
const LONGEST: usize = 32_767;

fn put(worksheet: &mut Worksheet, cell: &Placed, theme: &mut Theme) -> Result<(), XlsxError> {
    let (row, col) = (cell.row, cell.col);
    let quoted = matches!(&cell.holds, Holds::Text(t) if t.starts_with(['=', '+', '-', '@']));
    let format = theme.format(cell.part, quoted);
    if cell.rows > 1 || cell.cols > 1 {
        let (last_row, last_col) = (row + cell.rows - 1, col + cell.cols - 1);
        worksheet.merge_range(row, col, last_row, last_col, "", &format)?;
    }
    match &cell.holds {
        Holds::Blank => worksheet.write_blank(row, col, &format)?,
        Holds::Text(text) => worksheet.write_string_with_format(row, col, cut(text), &format)?,
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

fn cut(text: &str) -> &str {
    let mut units = 0;
    for (i, c) in text.char_indices() {
        units += c.len_utf16();
        if units > LONGEST {
            return &text[..i];
        }
    }
    text
}
