//! Whose file a workbook is, before its columns are understood: for spellings that hold for one
//! school only.
//!
//! The nearest thing that names a school decides: the line that names the submitting school, a
//! title, a sheet's name, the file's name, the folders from the innermost out. Where it names more
//! than one school the workbook is nobody's own and only what holds for all schools is used: a town's
//! heap in one file must not be read by the habits of one of its schools.

use crate::fold;
use crate::grid::Workbook;
use crate::recognise::{Recognised, RemarkKind};
use crate::scheme::Scheme;
use std::collections::BTreeSet;

/// The school's name in the directory; without a directory, as clerks wrote it in the workbook of
/// spellings.
pub fn school(workbook: &Workbook, recognised: &Recognised, scheme: &Scheme) -> Option<String> {
    let remarks = |kind: RemarkKind| -> Vec<&str> {
        let all = recognised.accounts.iter().flat_map(|a| &a.remarks);
        all.filter(|r| r.kind == kind)
            .map(|r| r.text.as_str())
            .collect()
    };
    let mut path = workbook.file.rsplit('/');
    let file = path.next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let mut sources = vec![
        remarks(RemarkKind::Submitter),
        remarks(RemarkKind::Title),
        workbook.sheets.iter().map(|s| &*s.name).collect(),
        vec![stem],
    ];
    sources.extend(path.map(|folder| vec![folder]));
    for texts in sources {
        let named: BTreeSet<String> = texts.iter().filter_map(|t| named(t, scheme)).collect();
        match named.len() {
            0 => {}
            1 => return named.into_iter().next(),
            _ => return None,
        }
    }
    None
}

/// The one school that a text names.
fn named(text: &str, scheme: &Scheme) -> Option<String> {
    let directory = &scheme.directory;
    if !directory.is_empty() {
        let found = directory
            .code_within(text)
            .or_else(|| directory.find_anywhere(text).one())?;
        return Some(directory.schools()[found].name.clone());
    }
    let folded = fold::label(text);
    let mut known = scheme
        .learned
        .of_school
        .keys()
        .filter(|name| folded.contains(&fold::label(name)));
    let first = known.next()?;
    known.next().is_none().then(|| first.clone())
}
