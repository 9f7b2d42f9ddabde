//! A blank list to be filled in by hand: a header row, text-formatted cells below it.

use super::width;
use rust_xlsxwriter::{DataValidation, Format, FormatAlign, FormatBorder, Workbook, XlsxError};

/// Rows that are formatted as text, so that codes keep their leading zeros.
const ROWS: u32 = 500;

/// A workbook of one sheet with the given columns and nothing in it. The columns of `choices` offer
/// words to choose from.
///
/// # Errors
/// What the xlsx writer refuses: an illegal sheet name.
pub fn blank_list(
    sheet: &str,
    columns: &[&str],
    choices: &[(u16, Vec<String>)],
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let head = Format::new()
        .set_bold()
        .set_align(FormatAlign::Center)
        .set_border(FormatBorder::Thin)
        .set_text_wrap();
    let body = Format::new()
        .set_num_format("@")
        .set_border(FormatBorder::Thin);
    let page = workbook.add_worksheet().set_name(sheet)?;
    for (col, title) in (0u16..).zip(columns) {
        page.write_with_format(0, col, *title, &head)?;
        page.set_column_width(col, (width::text(title, 11.0) + 2.0).max(12.0))?;
        for row in 1..=ROWS {
            page.write_blank(row, col, &body)?;
        }
    }
    for (col, words) in choices {
        let words = DataValidation::new().allow_list_strings(words)?;
        page.add_data_validation(1, *col, ROWS, *col, &words)?;
    }
    page.set_freeze_panes(1, 0)?;
    page.set_paper_size(9)
        .set_print_fit_to_pages(1, 0)
        .set_repeat_rows(0, 0)?;
    workbook.save_to_buffer()
}
