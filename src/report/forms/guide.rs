//! The page that explains the forms: how to fill them in, column by column, and what colours mean.

use super::sheet::{self, Body};
use super::{Making, rules, say};
use crate::report::page::{Align, LineKind, Meaning, Show};
use crate::report::theme::{self, Paper, Part, Theme};
use crate::report::width;
use crate::scheme::{Kind, stamp};
use rust_xlsxwriter::{ProtectionOptions, Workbook, XlsxError};

const COLUMNS: [&str; 5] = [
    "form.guide.sheet",
    "form.guide.column",
    "form.guide.required",
    "form.guide.how",
    "form.guide.red",
];
/// Their widths in digits: together an upright page.
const WIDTHS: [f64; 5] = [15.0, 17.0, 6.0, 42.0, 28.0];
const PARAGRAPHS: [&str; 5] = [
    "form.guide-1",
    "form.guide-2",
    "form.guide-3",
    "form.guide-4",
    "form.guide-5",
];

/// Writes the page; gives the digest of its cells.
pub fn write(
    book: &mut Workbook,
    title: &str,
    forms: &[(Body<'_>, String)],
    making: &Making<'_>,
    theme: &mut Theme,
) -> Result<String, XlsxError> {
    let sheet = book.add_worksheet();
    sheet.set_name(making.guide)?;
    for (col, width) in (0u16..).zip(WIDTHS) {
        sheet.set_column_width(col, width)?;
    }
    let last = COLUMNS.len() as u16 - 1;
    let total: f64 = WIDTHS.iter().sum();
    let mut cells: Vec<(u32, u32, String)> = Vec::new();
    let look = Part::Title(theme::TITLES[2]);
    sheet.set_row_height(0, theme::line_height(look.size()) + 8.0)?;
    sheet.merge_range(0, 0, 0, last, title, &theme.format(look, false))?;
    cells.push((0, 0, title.to_owned()));
    let mut row = 1;
    for key in PARAGRAPHS {
        let text = say(making.lang, key, &[("school", making.school.to_owned())]);
        let lines = width::lines(&text, theme::NOTE, total - 2.0);
        sheet.set_row_height(
            row,
            theme::line_height(theme::NOTE) * f64::from(lines) + 3.0,
        )?;
        sheet.merge_range(
            row,
            0,
            row,
            last,
            &text,
            &theme.format(Part::Footnote, false),
        )?;
        cells.push((row, 0, text));
        row += 1;
    }
    let head = theme.format(Part::Head, false);
    sheet.set_row_height(row, theme::line_height(theme::BODY) + 6.0)?;
    let header = row;
    for (col, key) in (0u16..).zip(COLUMNS) {
        let text = say(making.lang, key, &[]);
        sheet.write_string_with_format(row, col, &text, &head)?;
        cells.push((row, u32::from(col), text));
    }
    for (body, name) in forms {
        let rules = rules::of(body, making.scheme, making.lang);
        for (column, field) in body.fields.iter().enumerate() {
            if field.kind == Kind::Serial {
                continue;
            }
            row += 1;
            let mut red: Vec<&str> = rules
                .iter()
                .filter(|r| r.column == column && !r.said.is_empty())
                .map(|r| r.said.as_str())
                .collect();
            red.dedup();
            let texts = [
                name.clone(),
                field.title.clone(),
                if field.required {
                    say(making.lang, "form.yes", &[])
                } else {
                    String::new()
                },
                sheet::how(body.form, field, making.scheme, making.lang),
                red.join(&say(making.lang, "form.red-semicolon", &[])),
            ];
            let lines = texts
                .iter()
                .zip(WIDTHS)
                .map(|(t, w)| width::lines(t, theme::BODY, w - 2.0));
            let lines = lines.max().unwrap_or(1).max(1);
            sheet.set_row_height(
                row,
                theme::line_height(theme::BODY) * f64::from(lines) + 5.0,
            )?;
            for (col, text) in (0u16..).zip(texts) {
                let align = if col == 2 { Align::Centre } else { Align::Left };
                let part = Part::Body {
                    line: LineKind::Leaf,
                    meaning: Meaning::Item,
                    show: Show::Words,
                    align,
                };
                sheet.write_string_with_format(row, col, &text, &theme.format(part, false))?;
                if !text.is_empty() {
                    cells.push((row, u32::from(col), text));
                }
            }
        }
    }
    sheet.protect_with_options(&ProtectionOptions {
        format_columns: true,
        format_rows: true,
        ..ProtectionOptions::default()
    });
    sheet.set_freeze_panes(header + 1, 0)?;
    sheet.set_repeat_rows(header, header)?;
    sheet
        .set_paper_size(Paper::LYING.number())
        .set_print_fit_to_pages(1, 0);
    sheet.set_screen_gridlines(false);
    Ok(stamp::digest_cells(
        cells.iter().map(|(r, c, t)| (*r, *c, t.as_str())),
    ))
}
