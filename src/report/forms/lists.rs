//! The words that columns offer to choose from, on a hidden sheet with a name for each list.

use super::layout_forms;
use crate::grid::a1;
use crate::scheme::blank::Layout;
use crate::scheme::{Kind, Scheme, stamp};
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

/// Name of the sheet.
pub const SHEET: &str = "_lists";

/// One vocabulary's words.
#[derive(Debug, Clone)]
pub struct List {
    /// Id of the vocabulary.
    pub id: String,
    /// Its words, in the vocabulary's order.
    pub words: Vec<String>,
}

/// The defined name of a vocabulary's list.
pub fn name(vocabulary: &str) -> String {
    // A name must not look like a cell.
    let clean: String = vocabulary
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    format!("list_{clean}")
}

/// The vocabularies that some column of the forms needs, each once.
pub fn of(layouts: &[Layout], scheme: &Scheme) -> Vec<List> {
    let mut out: Vec<List> = Vec::new();
    for field in layout_forms(layouts, scheme) {
        let Kind::Vocabulary(id) = &field.kind else {
            continue;
        };
        if let Some(vocabulary) = scheme.vocabulary(id)
            && out.iter().all(|l| l.id != *id)
        {
            out.push(List {
                id: id.clone(),
                words: vocabulary.terms.iter().map(|t| t.name.clone()).collect(),
            });
        }
    }
    out
}

/// Writes the sheet and the names; gives the digest of its cells.
pub fn write(workbook: &mut Workbook, lists: &[List]) -> Result<String, XlsxError> {
    let sheet: &mut Worksheet = workbook.add_worksheet();
    sheet.set_name(SHEET)?.set_very_hidden(true);
    let mut cells = Vec::new();
    for (col, list) in (0u16..).zip(lists) {
        for (row, word) in (0u32..).zip(&list.words) {
            sheet.write_string(row, col, word)?;
            cells.push((row, u32::from(col), word.as_str()));
        }
    }
    for (col, list) in (0u32..).zip(lists) {
        let last = list.words.len().saturating_sub(1) as u32;
        let corner = |row: u32| {
            let cell = a1(row, col);
            let letters = cell.trim_end_matches(|c: char| c.is_ascii_digit());
            format!("${letters}${}", row + 1)
        };
        let range = format!("={SHEET}!{}:{}", corner(0), corner(last));
        workbook.define_name(name(&list.id), &range)?;
    }
    cells.sort_unstable();
    Ok(stamp::digest_cells(cells))
}
