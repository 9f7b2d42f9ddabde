//! A scheme as it is written, before it is read: so that it can be read again with other values,
//! and everything that is doubtful about it be told.

use super::problem::SchemeProblem;
use super::{BUILTIN, SCHEME_FILE, Templates, builtin_ids, read_all};
use crate::scheme::form_file::Bytes;
use crate::scheme::{Scheme, templates};
use std::collections::BTreeMap;

/// The heading under which values given from outside are put behind a scheme's text.
pub(super) const SETTINGS: &str = "what-if";

/// What reading a scheme came to.
#[derive(Debug, Default)]
pub struct Checked {
    /// The scheme, where nothing is wrong with it.
    pub scheme: Option<Scheme>,
    /// What keeps it from loading, in the order of the lines.
    pub errors: Vec<SchemeProblem>,
    /// What it may say and hardly means.
    pub warnings: Vec<SchemeProblem>,
}

impl Checked {
    /// The scheme, or everything that is wrong with it.
    ///
    /// # Errors
    /// The problems, in the order of their lines.
    pub fn loaded(self) -> Result<Scheme, Vec<SchemeProblem>> {
        self.scheme.ok_or(self.errors)
    }
}

/// The texts of a scheme.
#[derive(Debug, Clone)]
pub struct Source {
    name: String,
    text: String,
    templates: Templates,
    /// Problems of its forms, vocabularies and words.
    problems: Vec<SchemeProblem>,
}

impl Source {
    /// An embedded scheme.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn builtin(id: &str) -> Result<Source, Vec<SchemeProblem>> {
        let Some((_, text)) = BUILTIN.iter().find(|(known, _)| *known == id) else {
            return Err(vec![
                SchemeProblem::new(id, 0, 0, "scheme.unknown-scheme")
                    .arg("name", id)
                    .suggest(id, &builtin_ids()),
            ]);
        };
        Ok(Source {
            name: format!("{id}/{SCHEME_FILE}"),
            text: (*text).to_owned(),
            templates: Templates {
                workbooks: templates::workbooks(id),
                ..Templates::builtin()
            },
            problems: Vec::new(),
        })
    }

    /// With the workbooks that lie beside the scheme's file, by name.
    #[must_use]
    pub fn with_workbooks(mut self, workbooks: BTreeMap<String, Vec<u8>>) -> Source {
        let bytes = |(name, bytes): (String, Vec<u8>)| (name, Bytes(bytes.into()));
        self.templates.workbooks = workbooks.into_iter().map(bytes).collect();
        self
    }

    /// A scheme folder: texts of its files by their paths below it, with `/`. `scheme.toml` must
    /// be there; forms, vocabularies and words replace the embedded ones of the same id.
    ///
    /// # Errors
    /// When there is no `scheme.toml`.
    pub fn of_files(files: &BTreeMap<String, String>) -> Result<Source, Vec<SchemeProblem>> {
        let Some(text) = files.get(SCHEME_FILE) else {
            let problem = SchemeProblem::new(SCHEME_FILE, 0, 0, "scheme.no-file");
            return Err(vec![problem]);
        };
        // The scheme's own problems are worth knowing in the same go.
        let (templates, problems) = match Templates::with_files(files) {
            Ok(templates) => (templates, Vec::new()),
            Err(problems) => (Templates::builtin(), problems),
        };
        Ok(Source {
            name: SCHEME_FILE.to_owned(),
            text: text.clone(),
            templates,
            problems,
        })
    }

    /// Reads it.
    pub fn check(&self) -> Checked {
        let mut checked = read_all(&self.text, &self.name, &self.templates, false);
        if !self.problems.is_empty() {
            checked.scheme = None;
            checked.errors.splice(0..0, self.problems.iter().cloned());
        }
        checked
    }

    /// Reads it with other values: paths as in `[[version]]`, values as they would be written in
    /// the file; what is no such value is taken as a text. Problems of a setting name the setting
    /// as their file.
    pub fn with(&self, settings: &[(String, String)]) -> Checked {
        let mut text = format!("{}\n[{SETTINGS}]\n", self.text.trim_end());
        let first = text.matches('\n').count();
        for (path, value) in settings {
            let plain = value.trim();
            let reads = |v: &str| format!("v = {v}").parse::<toml::Table>().is_ok();
            let value = match reads(plain) && !plain.contains('\n') {
                true => plain.to_owned(),
                false => toml::Value::from(value.as_str()).to_string(),
            };
            let path = toml::Value::from(path.as_str()).to_string();
            text.push_str(&format!("{path} = {value}\n"));
        }
        let mut checked = read_all(&text, &self.name, &self.templates, true);
        for p in checked.errors.iter_mut().chain(&mut checked.warnings) {
            if let Some((path, _)) = p.line.checked_sub(first + 1).and_then(|n| settings.get(n)) {
                p.file = format!("--set {path}");
                (p.line, p.column) = (0, 0);
            }
        }
        checked
    }
}
