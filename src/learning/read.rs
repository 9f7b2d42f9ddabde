//! Reads the workbook of spellings: by its own two forms, with nothing guessed. Every row below a
//! header is an entry or has a finding.

use super::book::{Book, Decision, Entry, FIELDS, Layout, List};
use crate::diagnostic::{Diagnosed, Diagnostic, Place, Rule, Severity};
use crate::grid::{Value, Workbook};
use crate::normalise::{self, Data, NO_CODE, Records};
use crate::recognise::{self, Recognised, Role};
use crate::scheme::{Scheme, Words, templates};

/// Findings of the reading that concern this workbook; others speak of schools and records.
const KEPT: [Rule; 7] = [
    Rule::RequiredMissing,
    Rule::VocabularyUnknown,
    Rule::CellUnexplained,
    Rule::ColumnMissing,
    Rule::SheetUnrecognised,
    Rule::FormulaWithoutValue,
    Rule::CellErrorValue,
];

/// The scheme that knows the two lists and nothing else. Words by which lines of a school's table
/// are told apart have no meaning here: a spelling may be any of them.
fn own_scheme() -> Scheme {
    let words = templates::words();
    Scheme {
        forms: List::ALL
            .into_iter()
            .flat_map(|l| templates::office(l.form()))
            .collect(),
        wanted: vec![true; List::ALL.len()],
        vocabularies: templates::vocabularies(),
        words: Words {
            title: words.title,
            schools: words.schools,
            ..Words::default()
        },
        ..Scheme::default()
    }
}

/// Reads all sheets of the workbook. Sheets that hold neither list are the clerk's own business.
pub fn read(workbook: &Workbook) -> Diagnosed<Book> {
    let scheme = own_scheme();
    let forms: Vec<usize> = (0..scheme.forms.len()).collect();
    let Diagnosed {
        value: recognised,
        mut diagnostics,
    } = recognise::tables_of(workbook, &scheme, &forms);
    let records = normalise::records(workbook, &recognised, &scheme);
    diagnostics.extend(records.diagnostics);
    diagnostics.retain(|d| KEPT.contains(&d.rule) && concerns(d, workbook, &recognised));
    let mut book = Book::default();
    for table in &recognised.tables {
        let Some(list) = list_of(&scheme, table.form) else {
            continue;
        };
        let form = &scheme.forms[table.form];
        let column = |id: &str| {
            let field = form.field(id);
            let found = table.columns.iter().find(|c| c.field == field);
            field.and(found).map(|c| c.col)
        };
        book.layouts.push(Layout {
            list,
            sheet: table.sheet,
            header: table.header.last().copied().unwrap_or(0),
            cols: FIELDS.map(column),
        });
        diagnostics.extend(lost(workbook, &recognised, table.sheet, &table.header));
    }
    for read in &records.value {
        if let Some(list) = list_of(&scheme, read.form) {
            book.entries.extend(entries(read, list, &scheme));
        }
    }
    Diagnosed {
        value: book,
        diagnostics,
    }
}

fn list_of(scheme: &Scheme, form: usize) -> Option<List> {
    List::ALL
        .into_iter()
        .find(|l| scheme.forms[form].id == l.form())
}

/// A finding about a sheet without either list matters where no list was found at all; the line that
/// explains the workbook stands above the header and needs no explaining itself.
fn concerns(d: &Diagnostic, workbook: &Workbook, recognised: &Recognised) -> bool {
    if d.rule == Rule::SheetUnrecognised {
        return recognised.tables.is_empty() && d.severity != Severity::Note;
    }
    let table = recognised
        .tables
        .iter()
        .find(|t| workbook.sheets[t.sheet].name == d.place.sheet);
    let below = |row: u32| table.is_some_and(|t| t.header.iter().any(|h| row >= *h));
    d.rule != Rule::CellUnexplained || d.place.row.is_none_or(below) && table.is_some()
}

/// Rows below the header that were not taken for rows of the list, though something stands in them.
fn lost(
    workbook: &Workbook,
    recognised: &Recognised,
    sheet: usize,
    header: &[u32],
) -> Vec<Diagnostic> {
    let Some(account) = recognised.accounts.get(sheet) else {
        return Vec::new();
    };
    let place = Place::sheet(&workbook.file, &workbook.sheets[sheet].name);
    let below = header.last().map_or(0, |h| h + 1);
    let known = |role: Role| {
        matches!(
            role,
            Role::Blank | Role::Data | Role::Header | Role::RepeatedHeader
        )
    };
    (0u32..)
        .zip(&account.lines)
        .filter(|(row, role)| *row >= below && !known(**role))
        .map(|(row, _)| {
            let first = workbook.sheets[sheet].row(row).first().map(|c| c.col);
            Diagnostic::new(Rule::SpellingInvalid, place.at(row, first)).variant("row")
        })
        .collect()
}

fn entries(records: &Records, list: List, scheme: &Scheme) -> Vec<Entry> {
    let form = &scheme.forms[records.form];
    let text = |id: &str, record: usize| -> String {
        let field = form.field(id).and_then(|f| records.columns.get(f));
        match field {
            Some(Data::Text(texts)) => texts.get(record).unwrap_or_default().to_owned(),
            _ => String::new(),
        }
    };
    let decision = |record: usize| match form.field("decision").map(|f| &records.columns[f]) {
        Some(Data::Code(codes)) if codes[record] != NO_CODE => {
            Some(Decision::of_code(usize::from(codes[record])))
        }
        _ => None,
    };
    let place = Place::sheet(&records.file, &records.sheet);
    let cols = FIELDS.map(|id| form.field(id).and_then(|f| records.source_columns[f]));
    (0..records.rows.len())
        .map(|record| Entry {
            list,
            place: place.at(records.rows[record], None),
            cols,
            spelling: text("spelling", record),
            form: text("form", record),
            field: text("field", record),
            chosen: text("chosen", record),
            decision: decision(record),
            scope: text("scope", record),
        })
        // Without a spelling a row has its own finding.
        .filter(|e| !e.spelling.is_empty())
        .collect()
}

/// The text of a cell, for what is not read by a form.
pub(super) fn cell_text(workbook: &Workbook, sheet: usize, row: u32, col: u32) -> Option<&str> {
    match workbook.sheets.get(sheet)?.at(row, col)? {
        Value::Text(text) => Some(text),
        _ => None,
    }
}
