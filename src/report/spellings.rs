//! The workbook of spellings, written anew with everything that stood in it: cells as typed, in
//! their places, and new rows below. Looks and drop-down lists are put on again.

use super::width;
use super::workbook::LEVEL;
use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format,
    FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};
use std::collections::BTreeMap;

/// Rows below the last that are ready to be filled in by hand.
const SPARE: u32 = 200;

/// A cell as typed.
#[derive(Debug, Clone, PartialEq)]
pub enum Typed {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// A day as Excel's serial number.
    Date(f64),
    /// TRUE or FALSE.
    Bool(bool),
}

/// One sheet.
#[derive(Debug, Clone, Default)]
pub struct ListSheet {
    /// Its name.
    pub name: String,
    /// Its cells: row, column, content. A later cell of one place replaces an earlier one.
    pub cells: Vec<(u32, u32, Typed)>,
    /// Merged cells: first row, first column, last row, last column.
    pub merges: Vec<(u32, u32, u32, u32)>,
    /// Row of the header; `None` for a sheet of the clerk's own.
    pub header: Option<u32>,
    /// Widths of columns.
    pub widths: Vec<(u32, f64)>,
    /// Drop-down lists.
    pub choices: Vec<Choice>,
}

/// A drop-down list of a range of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Column of the cells.
    pub col: u32,
    /// First row.
    pub first: u32,
    /// Last row; `None` for all rows that are ready to be filled in.
    pub last: Option<u32>,
    /// Index of the list.
    pub list: usize,
}

/// The workbook. `lists` stand on a hidden sheet of the given name.
///
/// # Errors
/// What the xlsx writer refuses: an illegal sheet name, too many rows.
pub fn spellings_book(
    sheets: &[ListSheet],
    (lists_name, lists): (&str, &[Vec<String>]),
    title: &str,
    date: NaiveDate,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_zip_compression_level(LEVEL);
    let year = date.year().clamp(1900, 9999) as u16;
    let made = ExcelDateTime::from_ymd(year, date.month() as u8, date.day() as u8)?;
    workbook.set_properties(
        &DocProperties::new()
            .set_title(title)
            .set_creation_datetime(&made),
    );
    for sheet in sheets {
        let page = workbook.add_worksheet().set_name(&sheet.name)?;
        fill(page, sheet, lists_name, lists)?;
    }
    let page = workbook.add_worksheet().set_name(lists_name)?;
    for (col, list) in (0u16..).zip(lists) {
        for (row, text) in (0u32..).zip(list) {
            page.write_string(row, col, text)?;
        }
    }
    page.set_hidden(true);
    workbook.save_to_buffer()
}

fn fill(
    page: &mut Worksheet,
    sheet: &ListSheet,
    lists_name: &str,
    lists: &[Vec<String>],
) -> Result<(), XlsxError> {
    let plain = Format::new().set_align(FormatAlign::VerticalCenter);
    let note = plain.clone().set_text_wrap();
    let head = Format::new()
        .set_bold()
        .set_background_color(Color::RGB(0xD9_E2_F3))
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_border(FormatBorder::Thin)
        .set_text_wrap();
    let body = note.clone().set_border(FormatBorder::Thin);
    let look = |row: u32| match sheet.header {
        None => &plain,
        Some(header) if row < header => &note,
        Some(header) if row == header => &head,
        Some(_) => &body,
    };
    let end = sheet.cells.iter().map(|c| c.0).max().unwrap_or(0);
    let right = sheet.widths.iter().map(|w| w.0).max().unwrap_or(0);
    if let Some(header) = sheet.header {
        for row in header + 1..=end + SPARE {
            for col in 0..=right {
                page.write_blank(row, col as u16, &body)?;
            }
        }
    }
    for &(top, left, bottom, last) in &sheet.merges {
        page.merge_range(top, left as u16, bottom, last as u16, "", look(top))?;
    }
    for (row, col, cell) in &sheet.cells {
        let (row, col, format) = (*row, *col as u16, look(*row));
        match cell {
            Typed::Text(text) => page.write_string_with_format(row, col, text, format)?,
            Typed::Number(n) => page.write_number_with_format(row, col, *n, format)?,
            Typed::Date(n) => {
                let format = format.clone().set_num_format("yyyy-mm-dd");
                page.write_number_with_format(row, col, *n, &format)?
            }
            Typed::Bool(b) => page.write_boolean_with_format(row, col, *b, format)?,
        };
    }
    for (col, width) in &sheet.widths {
        page.set_column_width(*col as u16, *width)?;
    }
    for choice in &sheet.choices {
        let rows = lists.get(choice.list).map_or(1, Vec::len).max(1);
        let column = crate::grid::column_name(choice.list as u32);
        let source = Formula::new(format!("='{lists_name}'!${column}$1:${column}${rows}"));
        // Anything may be typed; what is wrong is found when it is read.
        let valid = DataValidation::new()
            .allow_list_formula(source)
            .set_error_style(DataValidationErrorStyle::Information)
            .ignore_blank(true);
        let last = choice.last.unwrap_or(end + SPARE).max(choice.first);
        page.add_data_validation(
            choice.first,
            choice.col as u16,
            last,
            choice.col as u16,
            &valid,
        )?;
    }
    if let Some(header) = sheet.header {
        page.set_freeze_panes(header + 1, 1)?;
        heights(page, sheet, header)?;
    }
    page.set_paper_size(9)
        .set_landscape()
        .set_print_fit_to_pages(1, 0);
    Ok(())
}

/// Rows as high as their wrapped texts need: Excel does not do it for rows that a program wrote.
fn heights(page: &mut Worksheet, sheet: &ListSheet, header: u32) -> Result<(), XlsxError> {
    let wide: f64 = sheet.widths.iter().map(|w| w.1).sum();
    let mut lines: BTreeMap<u32, f64> = BTreeMap::new();
    for (row, col, cell) in &sheet.cells {
        let Typed::Text(text) = cell else {
            continue;
        };
        let own = sheet.widths.iter().find(|w| w.0 == *col).map(|w| w.1);
        let room = if *row < header { Some(wide) } else { own };
        let Some(room) = room else {
            continue;
        };
        // A wide character that does not fit leaves its half of the line empty.
        let needed = (width::text(text, 11.0) / (room - 2.0).max(4.0)).ceil();
        let known = lines.entry(*row).or_insert(1.0);
        *known = known.max(needed);
    }
    for (row, lines) in lines {
        page.set_row_height(row, 15.0 * lines.min(12.0) + 3.0)?;
    }
    Ok(())
}
