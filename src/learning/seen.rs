//! What was met in a workbook and not understood: headers of columns that hold data, and texts
//! where one of a list of terms was asked for. What may be personal is left out: it would be copied
//! into a list that many people see.

use super::read::cell_text;
use crate::diagnostic::{Diagnostic, Rule, mask};
use crate::fold;
use crate::grid::Workbook;
use crate::normalise::{Data, Records};
use crate::recognise::Recognised;
use crate::recognise::nearest::Near;
use crate::scheme::{FieldIdx, FormIdx, Kind, Scheme};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Longest header and longest value that is proposed, in characters.
const LONGEST: (usize, usize) = (40, 24);

/// One thing that was not understood.
#[derive(Debug, Clone)]
pub struct Seen {
    /// What.
    pub what: What,
    /// Path below the inbox.
    pub file: Arc<str>,
    /// Sheet name.
    pub sheet: Arc<str>,
    /// 0-based row.
    pub row: u32,
    /// 0-based column.
    pub col: u32,
    /// The file's or the sheet's name names one of its people.
    pub private: bool,
}

/// A header or a value.
#[derive(Debug, Clone)]
pub enum What {
    /// The header of a column.
    Column {
        /// Form of its table.
        form: FormIdx,
        /// Header texts, top group first.
        path: Vec<String>,
        /// Fields that it may be.
        near: Vec<Near>,
    },
    /// The text of a cell that should be a term.
    Value {
        /// Form of its table.
        form: FormIdx,
        /// The field of its column.
        field: FieldIdx,
        /// The text.
        text: String,
    },
}

/// Everything in a workbook. `diagnostics` are those of the reading of its values.
pub fn seen(
    workbook: &Workbook,
    recognised: &Recognised,
    records: &[Records],
    diagnostics: &[Diagnostic],
    scheme: &Scheme,
) -> Vec<Seen> {
    let unknown =
        |d: &&Diagnostic| d.rule == Rule::VocabularyUnknown && matches!(d.variant, "" | "near");
    let values: Vec<&Diagnostic> = diagnostics.iter().filter(unknown).collect();
    if recognised.unknown.is_empty() && values.is_empty() {
        return Vec::new();
    }
    let people = people(records, scheme);
    // Once a sheet: there may be as many values as people.
    let private: Vec<bool> = workbook
        .sheets
        .iter()
        .map(|sheet| {
            let named = |name: &String| {
                name.chars().count() > 1
                    && (workbook.file.contains(name.as_str()) || sheet.name.contains(name.as_str()))
            };
            people.iter().any(named)
        })
        .collect();
    let mut all = Vec::new();
    for column in &recognised.unknown {
        let Some(label) = column.path.last().filter(|l| !l.is_empty()) else {
            continue;
        };
        let path = column.path.join("/");
        if personal(&path, LONGEST.0) || people.contains(&*fold::person(label)) {
            continue;
        }
        all.push(Seen {
            what: What::Column {
                form: column.form,
                path: column.path.clone(),
                near: column.near.clone(),
            },
            file: workbook.file.clone(),
            sheet: workbook.sheets[column.sheet].name.clone(),
            row: column.row,
            col: column.col,
            private: private[column.sheet],
        });
    }
    for d in values {
        let (Some(row), Some(col)) = (d.place.row, d.place.col) else {
            continue;
        };
        let table = recognised.tables.iter().find(|t| {
            workbook.sheets[t.sheet].name == d.place.sheet
                && t.columns.iter().any(|c| c.col == col)
                && t.body.binary_search(&row).is_ok()
        });
        let Some(table) = table else {
            continue;
        };
        let column = table.columns.iter().find(|c| c.col == col);
        let form = &scheme.forms[table.form];
        let wanted = scheme.wanted.get(table.form).copied().unwrap_or(true);
        let field = column.and_then(|c| c.field).filter(|f| {
            matches!(form.fields[*f].kind, Kind::Vocabulary(_)) && form.fields[*f].id == *d.field
        });
        let text = cell_text(workbook, table.sheet, row, col);
        let (true, Some(field), Some(text)) = (wanted, field, text) else {
            continue;
        };
        let text = fold::clean(text);
        if personal(&text, LONGEST.1) || people.contains(&*fold::person(&text)) {
            continue;
        }
        all.push(Seen {
            what: What::Value {
                form: table.form,
                field,
                text: text.into_owned(),
            },
            file: workbook.file.clone(),
            sheet: d.place.sheet.clone(),
            row,
            col,
            private: private[table.sheet],
        });
    }
    all
}

/// Whether a text may be about a person or is no spelling at all: too long, many digits, something
/// that is masked elsewhere, no letter.
fn personal(text: &str, longest: usize) -> bool {
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    text.chars().count() > longest
        || digits > 4
        || mask::in_text(text) != text
        || !text.chars().any(fold::is_letter)
}

/// The names of all people in the workbook's tables.
fn people(records: &[Records], scheme: &Scheme) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for read in records {
        let fields = scheme.forms[read.form].fields.iter().zip(&read.columns);
        for (_, data) in fields.filter(|(f, _)| f.kind == Kind::Name) {
            if let Data::Text(names) = data {
                all.extend(names.iter().flatten().map(str::to_owned));
            }
        }
    }
    all
}
