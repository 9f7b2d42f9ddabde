//! What a page says about the tables themselves: their form, the rows of the header, the field of
//! each column. Records alone cannot tell a header that was found whole from one that was not.

use huizong::diagnostic::Diagnosed;
use huizong::recognise::explain::{TableExplanation, explain};
use huizong::scheme::Scheme;
use huizong::{intake, recognise};

/// One line of the block: sheet, form, header rows (`2`, `2-4`, none) and columns (`A serial, B name`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    sheet: String,
    form: String,
    header: String,
    columns: Vec<(String, String)>,
}

/// The lines of a block, without its first, which names the columns.
pub fn parse(lines: &[Vec<String>]) -> Result<Vec<Expected>, String> {
    let body = match lines.split_first() {
        Some((head, body)) if head.len() == 4 => body,
        _ => return Err("tables: sheet | form | header | columns".into()),
    };
    body.iter()
        .map(|line| {
            let [sheet, form, header, columns] = line.as_slice() else {
                return Err(format!("tables: {line:?} has not four cells"));
            };
            let columns = columns
                .split(',')
                .filter(|c| !c.trim().is_empty())
                .map(|c| {
                    let (letters, field) = c
                        .trim()
                        .split_once(' ')
                        .ok_or(format!("tables: `{c}`: column and field"))?;
                    Ok((letters.to_owned(), field.trim().to_owned()))
                })
                .collect::<Result<_, String>>()?;
            Ok(Expected {
                sheet: sheet.clone(),
                form: form.clone(),
                header: header.clone(),
                columns,
            })
        })
        .collect()
}

/// Compares with the tables of all files, in reading order. Where a page names columns, no other
/// may be taken for a field that records keep.
pub fn check(
    expected: &[Expected],
    files: &[(String, Vec<u8>)],
    sheets_have_names: bool,
    scheme: &Scheme,
    wrong: &mut Vec<String>,
) {
    let mut got: Vec<(String, Vec<u32>, TableExplanation)> = Vec::new();
    for (path, bytes) in files {
        let Diagnosed { value: books, .. } = intake::read(path, bytes);
        for book in &books {
            let recognised = recognise::tables(book, scheme).value;
            for sheet in explain(book, &recognised, scheme).sheets {
                let name = &sheet.sheet;
                let bands = sheet.header_bands().into_iter().zip(&sheet.tables);
                got.extend(bands.map(|(band, t)| (name.clone(), band, t.clone())));
            }
        }
    }
    if got.len() != expected.len() {
        wrong.push(format!(
            "{} tables, the page has {}",
            got.len(),
            expected.len()
        ));
    }
    for ((sheet, band, table), page) in got.iter().zip(expected) {
        let what = format!("table {} on `{sheet}`", table.form);
        if sheets_have_names && *sheet != page.sheet {
            wrong.push(format!("{what}: the page has sheet `{}`", page.sheet));
        }
        if table.form != page.form {
            wrong.push(format!("{what}: the page has form {}", page.form));
        }
        let header = runs(band);
        if header != page.header {
            wrong.push(format!(
                "{what}: its header is in rows `{header}`, the page has `{}`",
                page.header
            ));
        }
        if !page.columns.is_empty() {
            columns(table, &page.columns, &what, wrong);
        }
    }
}

fn columns(
    table: &TableExplanation,
    page: &[(String, String)],
    what: &str,
    wrong: &mut Vec<String>,
) {
    for (letters, field) in page {
        let column = table.columns.iter().find(|c| c.column == *letters);
        let is = column.map_or("no column", |c| c.field.as_deref().unwrap_or("?"));
        if is != field {
            wrong.push(format!(
                "{what}: column {letters} is {is}, the page has {field}"
            ));
        }
    }
    for column in table.columns.iter().filter(|c| c.stored) {
        let field = column.field.as_deref().unwrap_or("?");
        let place = matches!(field, "serial" | "school" | "school_code");
        if !place && page.iter().all(|(l, _)| *l != column.column) {
            wrong.push(format!(
                "{what}: column {} was taken for {field}, which the page does not say",
                column.column
            ));
        }
    }
}

/// `2-4,6` of 2, 3, 4, 6.
fn runs(rows: &[u32]) -> String {
    let mut out: Vec<(u32, u32)> = Vec::new();
    for &row in rows {
        match out.last_mut() {
            Some((_, last)) if *last + 1 == row => *last = row,
            _ => out.push((row, row)),
        }
    }
    let text = |&(a, b): &(u32, u32)| match a == b {
        true => a.to_string(),
        false => format!("{a}-{b}"),
    };
    out.iter().map(text).collect::<Vec<_>>().join(",")
}
