//! Everything wrong with the forms of a scheme, before any data is read: marks that name nothing,
//! marks where none are filled, rows that cannot be repeated safely.

use super::form::{self, FormSheet};
use super::{Known, fill};
use crate::amend::{Fault, Package};
use crate::grid;
use crate::scheme::form_file::FormFile;
use crate::scheme::{Scheme, SchemeProblem};
use crate::statistics::Tabulation;

/// All problems of a scheme's forms. `tabulations` are its tables, without data where there is none
/// yet.
pub fn problems(scheme: &Scheme, tabulations: &[Tabulation]) -> Vec<SchemeProblem> {
    let known = Known {
        scheme,
        tabulations,
    };
    scheme
        .form_files
        .iter()
        .flat_map(|file| {
            of_file(file, known).unwrap_or_else(|fault| {
                vec![problem(file, "scheme.form-file.unreadable").arg("why", fault.0)]
            })
        })
        .collect()
}

fn problem(file: &FormFile, key: &'static str) -> SchemeProblem {
    SchemeProblem::new(&file.file, 0, 0, key)
}

fn of_file(file: &FormFile, known: Known<'_>) -> Result<Vec<SchemeProblem>, Fault> {
    let mut package = Package::open(file.bytes.0.to_vec())?;
    let (sheets, wrong) = form::read(&mut package, known)?;
    let mut out: Vec<SchemeProblem> = wrong
        .into_iter()
        .map(|w| {
            problem(file, w.what.key)
                .arg("sheet", w.sheet)
                .arg("cell", grid::a1(w.at.0, w.at.1))
                .arg("name", &w.what.name)
                .suggest(&w.what.name, &w.what.known)
        })
        .collect();
    if sheets.is_empty() && out.is_empty() {
        out.push(problem(file, "scheme.form-file.no-marks"));
    }
    for part in elsewhere(&mut package, &sheets)? {
        out.push(problem(file, "scheme.form-file.elsewhere").arg("part", part));
    }
    if out.is_empty() {
        // Filled with three of each row, the form shows whatever cannot be moved.
        if let Err(fault) = fill::rehearsed(file, known) {
            out.push(problem(file, "scheme.form-file.move").arg("why", fault.0));
        }
    }
    Ok(out)
}

/// Parts with marks that nothing fills: headers and footers, notes, text boxes, formulas.
fn elsewhere(package: &mut Package, sheets: &[FormSheet]) -> Result<Vec<String>, Fault> {
    let mut out = Vec::new();
    for part in package.names() {
        let plain = part.ends_with(".xml") || part.ends_with(".vml");
        if !plain || !part.starts_with("xl/") || part == "xl/sharedStrings.xml" {
            continue;
        }
        let text = String::from_utf8_lossy(&package.part(&part)?).into_owned();
        let inline = sheets.iter().any(|s| s.sheet.part == part);
        let data = text
            .split_once("<sheetData")
            .zip(text.split_once("</sheetData>"));
        let outside = match (inline, data) {
            // A cell may hold its text itself; what stands outside of cells is another matter.
            (true, Some(((before, _), (_, after)))) => [before, after].concat(),
            // Charts remember the texts of cells, and are given the new ones.
            _ if part.starts_with("xl/charts/") => {
                let pieces = text.split('<').filter_map(|piece| piece.split_once('>'));
                let kept = pieces.filter(|(tag, _)| !matches!(*tag, "c:v" | "v"));
                kept.map(|(_, text)| text).collect()
            }
            _ => text,
        };
        if outside.contains("{{") {
            out.push(part);
        }
    }
    Ok(out)
}
