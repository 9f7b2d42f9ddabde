//! An xlsx with the grid of a workbook that is none: xls, ods, csv, a web page. Texts stay texts and
//! dates dates; merged areas and what is hidden stay so; the look of the original is lost.

use crate::grid::{self, Value, Workbook};
use crate::report::compose::names::Sheets;
use crate::report::{strings, width};
use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Worksheet, XlsxError,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Merged areas of more cells than this are cut to what holds something: every cell is written.
const LARGE: u64 = 20_000;
/// Least and greatest width of a column, in digits.
const WIDTHS: (f64, f64) = (6.0, 40.0);
/// Rows that widths are measured by.
const MEASURED: usize = 200;

/// The copy.
#[derive(Debug)]
pub struct Copy {
    /// As a file.
    pub bytes: Vec<u8>,
    /// What each sheet is called in it, by its own name: a name may be longer than Excel allows.
    pub names: BTreeMap<Arc<str>, Arc<str>>,
}

/// Makes the copy. `date` is the day of the document's making, `font` that of its cells.
///
/// # Errors
/// What the xlsx writer refuses.
pub fn copy(workbook: &Workbook, date: NaiveDate, font: &str) -> Result<Copy, XlsxError> {
    let mut book = rust_xlsxwriter::Workbook::new();
    book.set_zip_compression_level(super::super::workbook::LEVEL);
    let year = date.year().clamp(1900, 9999) as u16;
    let day = ExcelDateTime::from_ymd(year, date.month() as u8, date.day() as u8)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&day));
    let looks = Looks::new(font);
    let mut claimed = Sheets::default();
    let mut names = BTreeMap::new();
    let seen = workbook.sheets.iter().any(|s| !s.hidden);
    for sheet in &workbook.sheets {
        let name = claimed.claim(&sheet.name);
        let page = book.add_worksheet().set_name(&*name)?;
        names.entry(sheet.name.clone()).or_insert(name);
        page.set_hidden(sheet.hidden && seen);
        fill(page, sheet, &looks)?;
    }
    if let Some(first) = workbook.sheets.iter().position(|s| !s.hidden || !seen)
        && let Ok(page) = book.worksheet_from_index(first)
    {
        page.set_active(true);
    }
    Ok(Copy {
        bytes: book.save_to_buffer()?,
        names,
    })
}

struct Looks {
    merged: Format,
    text: Format,
    number: Format,
    day: Format,
    moment: Format,
    hour: Format,
}

impl Looks {
    fn new(font: &str) -> Looks {
        let base = Format::new()
            .set_font_name(font)
            .set_border(FormatBorder::Thin)
            .set_align(FormatAlign::VerticalCenter);
        let merged = base.clone().set_align(FormatAlign::Center).set_text_wrap();
        Looks {
            merged: merged.set_num_format("@"),
            text: base.clone().set_num_format("@"),
            number: base.clone(),
            day: base.clone().set_num_format("yyyy-mm-dd"),
            moment: base.clone().set_num_format("yyyy-mm-dd hh:mm"),
            hour: base.set_num_format("hh:mm:ss"),
        }
    }

    fn of_date(&self, days: f64) -> &Format {
        match days {
            d if (0.0..1.0).contains(&d) => &self.hour,
            d if d.fract() == 0.0 => &self.day,
            _ => &self.moment,
        }
    }
}

fn fill(page: &mut Worksheet, sheet: &grid::Sheet, looks: &Looks) -> Result<(), XlsxError> {
    let Some(extent) = sheet.extent() else {
        return Ok(());
    };
    for m in sheet.merges() {
        let cells = u64::from(m.bottom - m.top + 1) * u64::from(m.right - m.left + 1);
        let (bottom, right) = match cells > LARGE {
            true => (m.bottom.min(extent.bottom), m.right.min(extent.right)),
            false => (m.bottom, m.right),
        };
        if bottom < m.top || right < m.left || (bottom, right) == (m.top, m.left) {
            continue;
        }
        // One that overlaps another is the original's fault and is left out.
        let _ = page.merge_range(
            m.top,
            m.left as u16,
            bottom,
            right as u16,
            "",
            &looks.merged,
        );
    }
    let mut widths: BTreeMap<u32, f64> = BTreeMap::new();
    for (i, (_, cells)) in sheet.rows().enumerate() {
        for cell in cells {
            let (row, col) = (cell.row, cell.col as u16);
            let merged = sheet.merge_at(cell.row, cell.col);
            // A title or a note runs over its neighbours.
            let measured =
                i < MEASURED && cells.len() > 2 && merged.is_none_or(|m| m.left == m.right);
            let mut wide = 10.0;
            match sheet.value(cell) {
                Value::Text(text) => {
                    wide = text
                        .lines()
                        .map(|l| width::text(l, 11.0))
                        .fold(0.0, f64::max);
                    let look = if merged.is_some() {
                        &looks.merged
                    } else {
                        &looks.text
                    };
                    page.write_string_with_format(row, col, strings::cut(text), look)?
                }
                Value::Number(n) => page.write_number_with_format(row, col, n, &looks.number)?,
                Value::Date(d) => page.write_number_with_format(row, col, d, looks.of_date(d))?,
                Value::Bool(b) => page.write_boolean_with_format(row, col, b, &looks.number)?,
                Value::Error(e) => {
                    page.write_string_with_format(row, col, e.as_str(), &looks.text)?
                }
                Value::Unevaluated => page.write_blank(row, col, &looks.number)?,
            };
            if measured {
                let slot = widths.entry(cell.col).or_insert(0.0);
                *slot = slot.max(wide);
            }
        }
    }
    for (col, wide) in widths {
        page.set_column_width(col as u16, (wide + 2.0).clamp(WIDTHS.0, WIDTHS.1))?;
    }
    for rows in &sheet.hidden_rows {
        for row in rows.start..rows.end.min(extent.bottom + 1) {
            page.set_row_hidden(row)?;
        }
    }
    for columns in &sheet.hidden_columns {
        for col in columns.start..columns.end.min(extent.right + 1) {
            page.set_column_hidden(col as u16)?;
        }
    }
    Ok(())
}
