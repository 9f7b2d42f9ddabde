//! A form to its filled workbook: rows are repeated first, then marked cells are filled, then what
//! is computed of them is computed anew.

use super::form::{self, FormSheet};
use super::value::{Run, Standing};
use super::{Known, verify};
use crate::amend::{self, Book, Fault, Growth, Package, Put, SheetXml, Value};
use crate::report::Findings;
use crate::report::compose::official_texts;
use crate::report::words::Words;
use crate::scheme::Scheme;
use crate::scheme::form_file::FormFile;
use crate::statistics::{Row, Tabulation};
use std::collections::{BTreeMap, BTreeSet};

/// How many of each row a rehearsal makes.
const REHEARSED: u32 = 3;

/// A filled form.
#[derive(Debug)]
pub struct Filled {
    /// Path below the output folder.
    pub path: String,
    /// The workbook.
    pub bytes: Vec<u8>,
}

/// Fills all forms of the scheme, one after the other. `blank` are the scheme's tables without data,
/// by which its marks were found to be right.
///
/// # Errors
/// What `take` says, and a form that cannot be filled or is not what was meant, in words.
pub fn fill_each<E: From<Fault>>(
    findings: &Findings<'_>,
    scheme: &Scheme,
    blank: &[Tabulation],
    mut take: impl FnMut(Filled) -> Result<(), E>,
) -> Result<(), E> {
    // Marks are read as indices of tables: one that was not computed would shift them.
    if scheme.form_files.is_empty() || blank.len() != findings.tabulations.len() {
        return Ok(());
    }
    let texts = official_texts(findings, scheme);
    let run = Run {
        known: Known {
            scheme,
            tabulations: blank,
        },
        tables: findings.tabulations,
        date: scheme.cut_off,
        words: Words {
            lang: findings.lang,
        },
        texts: texts.texts,
    };
    for (file, name) in scheme.form_files.iter().zip(texts.names) {
        let bytes = fill(file, &run).map_err(|f| Fault::of(&file.file, f.0))?;
        take(Filled {
            path: format!("reports/{name}.xlsx"),
            bytes,
        })?;
    }
    Ok(())
}

/// Fills one form.
///
/// # Errors
/// When the form is damaged, has rows that cannot be repeated, or anything but its marked cells
/// would change.
pub(super) fn fill(file: &FormFile, run: &Run<'_>) -> Result<Vec<u8>, Fault> {
    let mut package = Package::open(file.bytes.0.to_vec())?;
    let (sheets, wrong) = form::read(&mut package, run.known)?;
    if let Some(wrong) = wrong.first() {
        let at = crate::grid::a1(wrong.at.0, wrong.at.1);
        return Err(Fault(format!("{} {at}: {}", wrong.sheet, wrong.what.name)));
    }
    let mut plans = Vec::with_capacity(sheets.len());
    for sheet in sheets {
        let rows = sheet.lists.iter();
        let rows: BTreeMap<u32, Vec<usize>> = rows.map(|(r, each)| (*r, run.rows(each))).collect();
        let sizes = rows.iter().map(|(r, all)| (*r, all.len() as u32)).collect();
        let growth = Growth::new(sizes);
        amend::grow(&mut package, &sheet.sheet, &growth)?;
        plans.push(Plan {
            sheet,
            rows,
            growth,
        });
    }
    let mut marked = BTreeMap::new();
    for plan in &plans {
        let mut xml = SheetXml::read(package.part(&plan.sheet.sheet.part)?)?;
        let mut own = BTreeSet::new();
        for (row, col, put) in plan.cells(run) {
            xml.put(row, col, put);
            own.insert((row, col));
        }
        package.put(&plan.sheet.sheet.part, xml.write()?);
        marked.insert(plan.sheet.sheet.part.clone(), own);
    }
    compute(&mut package, &marked)?;
    let bytes = package.write()?;
    let changes: Vec<verify::Change<'_>> = plans
        .iter()
        .map(|p| verify::Change {
            part: &p.sheet.sheet.part,
            growth: &p.growth,
            marked: &marked[&p.sheet.sheet.part],
        })
        .collect();
    verify(&file.bytes.0, &bytes, &changes)?;
    Ok(bytes)
}

/// A sheet and what becomes of it.
struct Plan {
    sheet: FormSheet,
    /// Rows of the table for each repeated row.
    rows: BTreeMap<u32, Vec<usize>>,
    growth: Growth,
}

impl Plan {
    /// Every marked cell, where it stands once rows are repeated, and what it holds.
    fn cells(&self, run: &Run<'_>) -> Vec<(u32, u32, Put)> {
        let mut out = Vec::new();
        for ((row, col), segments) in &self.sheet.cells {
            let first = self.growth.start(*row);
            let Some(each) = self.sheet.lists.get(row) else {
                out.push((first, *col, run.cell(segments, None)));
                continue;
            };
            let table = &run.tables[each.table];
            let found = &self.rows[row];
            for copy in 0..self.growth.copies(*row).unwrap_or(1) {
                let own = found.get(copy as usize);
                let own: Option<&Row> = own.and_then(|i| table.rows.get(*i));
                let standing = Standing {
                    each,
                    row: own,
                    number: copy as usize + 1,
                };
                out.push((first + copy, *col, run.cell(segments, Some(standing))));
            }
        }
        out
    }
}

/// Repeats every list as a run would, with as many rows as a rehearsal has.
///
/// # Errors
/// When something cannot be moved safely.
pub(super) fn rehearsed(file: &FormFile, known: Known<'_>) -> Result<(), Fault> {
    let mut package = Package::open(file.bytes.0.to_vec())?;
    let (sheets, _) = form::read(&mut package, known)?;
    for sheet in &sheets {
        let rows = sheet.lists.keys().map(|r| (*r, REHEARSED)).collect();
        amend::grow(&mut package, &sheet.sheet, &Growth::new(rows))?;
    }
    package.write().map(drop)
}

/// Formulas that look at filled cells get their results; one that uses what is not computed here
/// gets none, and the workbook asks the program that opens it to compute.
fn compute(
    package: &mut Package,
    marked: &BTreeMap<String, BTreeSet<(u32, u32)>>,
) -> Result<(), Fault> {
    let book = Book::read(package)?;
    let sheets = package.sheets()?;
    let mut changed = BTreeSet::new();
    for (index, sheet) in sheets.iter().enumerate() {
        let own = marked.get(&sheet.part).into_iter().flatten();
        changed.extend(own.map(|(r, c)| (index, *r, *c)));
    }
    let results = book.affected(&changed);
    let mut by_sheet: BTreeMap<usize, Vec<(u32, u32, Put)>> = BTreeMap::new();
    let mut complete = true;
    for ((sheet, row, col), value) in results {
        complete &= value.is_some();
        let put = match value {
            None => Put::Result("", None),
            Some(Value::Number(n)) => Put::Result("", Some(n.to_string())),
            Some(Value::Text(t)) => Put::Result("str", Some(t)),
            Some(Value::Bool(b)) => Put::Result("b", Some(u8::from(b).to_string())),
            Some(Value::Error(e)) => Put::Result("e", Some(e)),
            Some(Value::Blank) => Put::Result("", Some("0".to_owned())),
        };
        by_sheet.entry(sheet).or_default().push((row, col, put));
    }
    for (index, cells) in by_sheet {
        let Some(sheet) = sheets.get(index) else {
            continue;
        };
        let mut xml = SheetXml::read(package.part(&sheet.part)?)?;
        for (row, col, put) in cells {
            xml.put(row, col, put);
        }
        package.put(&sheet.part, xml.write()?);
    }
    amend::redraw(package)?;
    if !complete {
        amend::recalculate(package)?;
    }
    Ok(())
}
