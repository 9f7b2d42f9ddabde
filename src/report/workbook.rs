//! What the xlsx writer is asked for: a workbook's properties, a sheet's print set-up and, for
//! sheets with a chart, its cells.

use super::a1;
use super::cells::look;
use super::chart;
use super::frame::{Area, SheetKey};
use super::layout::{Holds, Placed, Sheet};
use super::page::{About, Line, LineKind, Page, Value};
use super::strings::cut;
use super::theme::{self, Theme, margin};
use super::words::{Key, Words};
use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Formula, Workbook, Worksheet, XlsxError};

/// Deflate level: most of the time a book takes is deflating, and more saves little space.
pub const LEVEL: u8 = 2;

/// A workbook without sheets.
pub fn empty(
    title: &str,
    organisation: &str,
    about: &About,
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
            .set_subject(&about.subject)
            .set_company(organisation)
            .set_category(&about.category)
            .set_keywords(&about.keywords)
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
    worksheet.set_repeat_rows(sheet.repeated.0, sheet.repeated.1)?;
    worksheet.set_paper_size(sheet.paper.number());
    if sheet.paper.lying {
        worksheet.set_landscape();
    }
    let [left, right, top, bottom] = sheet.paper.inches();
    let edge = margin::EDGE * margin::INCH;
    worksheet.set_margins(left, right, top, bottom, edge, edge);
    worksheet.set_print_center_horizontally(true);
    // In the width of one sheet of paper, whatever the printer's fonts; breaks hold where the height
    // is left open.
    worksheet.set_print_fit_to_pages(1, sheet.tall);
    worksheet.set_page_breaks(&sheet.breaks)?;
    for (first, last) in &sheet.folds {
        worksheet.group_rows(*first, *last)?;
    }
    worksheet.set_screen_gridlines(false);
    let [header, footer] = &sheet.edges;
    let above = edge_text(header, theme);
    if !above.is_empty() {
        worksheet.set_header(above);
    }
    worksheet.set_footer(match edge_text(footer, theme) {
        usual if usual.is_empty() => {
            let number = words.get(Key::Footer);
            edge_text(&[String::new(), number, String::new()], theme)
        }
        own => own,
    });
    Ok(())
}

/// Parts of a header or footer with Excel's codes for side, font and size.
fn edge_text(parts: &[String; 3], theme: &Theme) -> String {
    let mut out = String::new();
    for (side, text) in ["L", "C", "R"].into_iter().zip(parts) {
        if text.is_empty() {
            continue;
        }
        // A digit at once after the size would be read as part of it.
        let gap = match text.starts_with(|c: char| c.is_ascii_digit()) {
            true => " ",
            false => "",
        };
        out += &format!("&{side}&\"{},Regular\"&9{gap}{text}", theme.footer_font());
    }
    out
}

/// What others can call the table of a page and its total by.
pub fn names(page: &Page, placed: &Sheet<'_>) -> Vec<(String, Area)> {
    let Some(name) = &page.name else {
        return Vec::new();
    };
    let last = placed.widths.len().saturating_sub(1) as u16;
    let table = ((placed.head.0, 0), (placed.last_line, last));
    let mut out = vec![(format!("table_{name}"), table)];
    let is_total = |line: &Line| line.kind == LineKind::Total;
    if let Some(line) = page.lines.iter().rposition(is_total) {
        let row = placed.top + line as u32;
        let first = (page.stub as u16).min(last);
        out.push((format!("total_{name}"), ((row, first), (row, last))));
    }
    out
}

/// Defines the names of all sheets.
pub fn define(book: &mut Workbook, sheets: &[SheetKey]) -> Result<(), XlsxError> {
    for sheet in sheets {
        for (name, ((row, col), (last_row, last_col))) in &sheet.names {
            let mut range = String::from("='");
            range += &sheet.name.replace('\'', "''");
            range += "'!";
            for (row, col, colon) in [(row, col, ":"), (last_row, last_col, "")] {
                let column = crate::grid::column_name(u32::from(*col));
                range += &format!("${column}${}{colon}", row + 1);
            }
            book.define_name(name, &range)?;
        }
    }
    Ok(())
}
