//! What the xlsx writer is asked for: a workbook's properties, a sheet's print set-up and, for
//! sheets with a chart, its cells.

use super::a1;
use super::cells::look;
use super::chart;
use super::frame::SheetKey;
use super::layout::{Holds, Placed, Sheet};
use super::page::{Page, Value};
use super::strings::cut;
use super::theme::{self, Paper, Theme, margin};
use super::words::{Key, Words};
use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Formula, Workbook, Worksheet, XlsxError};

/// Deflate level: most of the time a book takes is deflating, and more saves little space.
pub const LEVEL: u8 = 2;

/// A workbook without sheets.
pub fn empty(
    title: &str,
    organisation: &str,
    date: NaiveDate,
    theme: &Theme,
) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_zip_compression_level(LEVEL);
    workbook.set_default_format(&theme.sheet(), theme::ROW.1, theme::DEFAULT_COLUMN)?;
    let year = date.year().clamp(1900, 9999) as u16;
    workbook.set_properties(
        &DocProperties::new()
            .set_title(title)
            .set_company(organisation)
            .set_creation_datetime(&ExcelDateTime::from_ymd(
                year,
                date.month() as u8,
                date.day() as u8,
            )?),
    );
    Ok(workbook)
}

/// Widths, heights, all cells and the chart of a page.
pub fn cells(
    worksheet: &mut Worksheet,
    page: &Page,
    placed: &Sheet<'_>,
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
        put(worksheet, cell, placed.top, theme)?;
    }
    if let (Some(spec), Some((row, rows))) = (&page.chart, placed.chart) {
        chart::insert(worksheet, page, spec, placed, (row, rows), theme, words)?;
    }
    Ok(())
}

fn put(
    worksheet: &mut Worksheet,
    cell: &Placed<'_>,
    top: u32,
    theme: &mut Theme,
) -> Result<(), XlsxError> {
    let (row, col) = (cell.row, cell.col);
    let (part, quoted) = look(cell);
    let format = theme.format(part, quoted);
    if cell.rows > 1 || cell.cols > 1 {
        let (last_row, last_col) = (row + cell.rows - 1, col + cell.cols - 1);
        worksheet.merge_range(row, col, last_row, last_col, "", &format)?;
    }
    match &cell.holds {
        Holds::Blank => worksheet.write_blank(row, col, &format)?,
        Holds::Text(text) => worksheet.write_string_with_format(row, col, cut(text), &format)?,
        Holds::Number(number) => worksheet.write_number_with_format(row, col, *number, &format)?,
        Holds::Formula(expr, value) => {
            let result = match value {
                Value::Number(n) => n.to_string(),
                Value::Text(t) => t.clone(),
            };
            let formula = Formula::new(a1::formula(expr, top)).set_result(result);
            worksheet.write_formula_with_format(row, col, formula, &format)?
        }
    };
    Ok(())
}

/// Last row and column of a page's filter.
pub fn filter(page: &Page, placed: &Sheet<'_>) -> Option<(u32, u16)> {
    let last_col = placed.widths.len().saturating_sub(1) as u16;
    (page.filter && placed.last_line > placed.head.1).then_some((placed.last_line, last_col))
}

/// Everything of a sheet but its cells: filter, panes, paper.
pub fn set_up(
    worksheet: &mut Worksheet,
    sheet: &SheetKey,
    theme: &Theme,
    words: Words,
) -> Result<(), XlsxError> {
    if let Some((last_line, last_col)) = sheet.filter {
        worksheet.autofilter(sheet.head.1, 0, last_line, last_col)?;
    }
    worksheet.set_freeze_panes(sheet.head.1 + 1, sheet.frozen_columns)?;
    worksheet.set_repeat_rows(sheet.head.0, sheet.head.1)?;
    worksheet.set_paper_size(Paper::SIZE);
    if !sheet.upright {
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
