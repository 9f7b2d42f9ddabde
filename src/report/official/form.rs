//! The marks of a workbook by sheet and cell, and its repeated rows.

use super::Known;
use super::mark::{self, Each, Segment, Unknown};
use crate::amend::{Fault, Package, SheetRef, SheetXml, Value, shared_strings};
use std::collections::BTreeMap;

const STRINGS: &str = "xl/sharedStrings.xml";

/// A sheet of a form.
#[derive(Debug)]
pub struct FormSheet {
    /// Name and part.
    pub sheet: SheetRef,
    /// Marked cells by row and column.
    pub cells: BTreeMap<(u32, u32), Vec<Segment>>,
    /// Repeated rows.
    pub lists: BTreeMap<u32, Each>,
}

/// Something wrong with a mark.
#[derive(Debug)]
pub struct Wrong {
    /// The sheet.
    pub sheet: String,
    /// Row and column.
    pub at: (u32, u32),
    /// What it is.
    pub what: Unknown,
}

/// Texts with marks by place.
type Texts = BTreeMap<(u32, u32), String>;

/// Reads the marks of all sheets; sheets without marks are left out.
pub fn read(
    package: &mut Package,
    known: Known<'_>,
) -> Result<(Vec<FormSheet>, Vec<Wrong>), Fault> {
    let strings = match package.has(STRINGS) {
        true => shared_strings(&package.part(STRINGS)?)?,
        false => Vec::new(),
    };
    let (mut sheets, mut wrong) = (Vec::new(), Vec::new());
    for sheet in package.sheets()? {
        // A sheet of nothing but a chart has no cells.
        let Ok(xml) = SheetXml::read(package.part(&sheet.part)?) else {
            continue;
        };
        let mut texts = Texts::new();
        for (row, col) in xml.places() {
            if let (Value::Text(text), None) = xml.read_cell(row, col, &strings)?
                && mark::is_marked(&text)
            {
                texts.insert((row, col), text);
            }
        }
        if texts.is_empty() {
            continue;
        }
        let mut own = FormSheet {
            sheet,
            cells: BTreeMap::new(),
            lists: BTreeMap::new(),
        };
        let name = own.sheet.name.clone();
        let fault = |at: (u32, u32), what: Unknown| Wrong {
            sheet: name.clone(),
            at,
            what,
        };
        for (at, text) in &texts {
            match mark::each_of(text, known) {
                Ok(Some(each)) => {
                    if own.lists.insert(at.0, each).is_some() {
                        let what = Unknown {
                            key: "scheme.form-file.two-lists",
                            name: text.clone(),
                            known: Vec::new(),
                        };
                        wrong.push(fault(*at, what));
                    }
                }
                Ok(None) => {}
                Err(what) => wrong.push(fault(*at, what)),
            }
        }
        for (at, text) in texts {
            // What is wrong with the row's own mark has been told.
            if wrong.iter().any(|w| w.sheet == name && w.at == at) {
                continue;
            }
            match mark::segments(&text, own.lists.get(&at.0), known) {
                Ok(segments) => drop(own.cells.insert(at, segments)),
                Err(what) => wrong.push(fault(at, what)),
            }
        }
        let from = wrong.iter().position(|w| w.sheet == name);
        if let Some(from) = from {
            wrong[from..].sort_by_key(|w| w.at);
        }
        sheets.push(own);
    }
    Ok((sheets, wrong))
}
