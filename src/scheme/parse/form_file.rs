//! Forms to fill, read from `[[form_file]]` tables. What is marked in them is looked at where
//! workbooks are understood, in the report's room.

use super::Templates;
use super::page::{fillable, placeholders};
use super::read::{Named, Table};
use crate::scheme::Scheme;
use crate::scheme::form_file::FormFile;
use crate::scheme::page::PARAM;

const ENDING: &str = ".xlsx";

/// Reads all forms into the scheme.
pub(super) fn form_files(root: &Table<'_, '_>, scheme: &mut Scheme, templates: &Templates) {
    let known: Vec<&str> = templates.workbooks.keys().map(String::as_str).collect();
    let filled = fillable(scheme);
    for t in root.tables("form_file") {
        let file = t.need_text("file");
        let stem = file.strip_suffix(ENDING).unwrap_or(&file).to_owned();
        let out = t.text("out").unwrap_or(stem);
        let out = out.strip_suffix(ENDING).unwrap_or(&out).to_owned();
        for name in placeholders(&out) {
            let at = t.value_at("out");
            t.reader
                .find(name, at, &filled, "scheme.unknown-placeholder.out");
            if let Some(param) = name.strip_prefix(PARAM) {
                t.reader.mark_used(Named::Param, param);
            }
        }
        if !file.is_empty() {
            let at = t.value_at("file");
            if t.reader
                .find(&file, at, &known, "scheme.form-file.none")
                .is_some()
                && scheme.form_files.iter().any(|f| f.out == out)
            {
                let at = t.value_at(if t.get("out").is_some() {
                    "out"
                } else {
                    "file"
                });
                t.reader
                    .report(at, "scheme.duplicate-id", |p| p.arg("name", &out));
            }
        }
        t.close();
        let bytes = templates.workbooks.get(&file).cloned().unwrap_or_default();
        scheme.form_files.push(FormFile { file, out, bytes });
    }
}
