//! Official forms on a page: drawn as a sheet, filled, compared cell by cell.

use super::case::unescaped;
use crate::support::FileFormat;
use crate::support::draft::{SheetDraft, WorkbookDraft, number};
use huizong::amend::Fault;
use huizong::grid::Value;
use huizong::message::Lang;
use huizong::pipeline::{self, Concluded};
use huizong::report::{Findings, official};
use huizong::scheme::Scheme;
use huizong::scheme::parse::{SchemeProblem, Source};
use std::collections::BTreeMap;

/// The forms of a page and what must come of them.
#[derive(Debug, Default)]
pub struct Official {
    /// File name and sheet.
    pub forms: Vec<(String, SheetDraft)>,
    /// Name of the filled form and its cells.
    pub filled: Vec<(String, Vec<Vec<String>>)>,
    pub problems: Option<Vec<String>>,
}

impl Official {
    pub fn expects_nothing(&self) -> bool {
        self.filled.is_empty() && self.problems.is_none()
    }

    /// The page's scheme with its forms beside it.
    pub fn source(&self, files: &BTreeMap<String, String>) -> Result<Scheme, Vec<SchemeProblem>> {
        let xlsx = FileFormat::named("xlsx").expect("a format");
        let books = self.forms.iter().map(|(name, sheet)| {
            let book = WorkbookDraft::one(sheet.clone());
            (name.clone(), xlsx.write(&book))
        });
        let source = Source::of_files(files)?.with_workbooks(books.collect());
        source.check().loaded()
    }

    pub fn check(&self, concluded: &Concluded, scheme: &Scheme, wrong: &mut Vec<String>) {
        if self.expects_nothing() {
            return;
        }
        let found = official::problems(scheme, &pipeline::blank_tables(scheme));
        let found: Vec<String> = found.iter().map(|p| p.text(Lang::Zh)).collect();
        let expected = self.problems.clone().unwrap_or_default();
        if found != expected {
            wrong.push(format!("the forms' problems are\n{}", found.join("\n")));
        }
        if self.filled.is_empty() || !found.is_empty() {
            return;
        }
        let mut made = filled(concluded, scheme);
        for (name, expected) in &self.filled {
            let Some(bytes) = made.remove(&format!("reports/{name}.xlsx")) else {
                wrong.push(format!("no form {name}, but {:?}", made.keys()));
                continue;
            };
            let sheet = &huizong::intake::read("form.xlsx", &bytes).value[0].sheets[0];
            let height = sheet.extent().map_or(0, |e| e.bottom + 1);
            if height as usize != expected.len() {
                wrong.push(format!("{name} has {height} rows"));
            }
            for (r, row) in expected.iter().enumerate() {
                for (c, text) in row.iter().enumerate() {
                    let own = match sheet.at(r as u32, c as u32) {
                        Some(Value::Number(n)) => number(n),
                        Some(Value::Text(t)) => t.to_owned(),
                        Some(Value::Date(n)) => number(n),
                        Some(Value::Unevaluated) => "?".to_owned(),
                        None => String::new(),
                        Some(other) => format!("{other:?}"),
                    };
                    let hangs = matches!(text.as_str(), "<" | "^");
                    let text = if hangs {
                        String::new()
                    } else {
                        unescaped(text)
                    };
                    if own != text {
                        let at = huizong::grid::a1(r as u32, c as u32);
                        wrong.push(format!("{name} {at} is `{own}`, the page has `{text}`"));
                    }
                }
            }
        }
    }
}

/// All forms of a scheme, filled, by path.
pub fn filled(concluded: &Concluded, scheme: &Scheme) -> BTreeMap<String, Vec<u8>> {
    let findings = Findings {
        tabulations: &concluded.tabulations,
        diagnostics: &concluded.diagnostics,
        decisions: &[],
        inputs: &concluded.inputs,
        board: &concluded.dataset.board,
        schools_of_files: &concluded.schools_of_files,
        rows_of_schools: &concluded.rows_of_schools,
        ledgers: huizong::report::Ledgers::default(),
        progress: &[],
        version: "0",
        lang: Lang::Zh,
    };
    let mut made = BTreeMap::new();
    let blank = pipeline::blank_tables(scheme);
    official::fill_each(&findings, scheme, &blank, |form| -> Result<(), Fault> {
        made.insert(form.path, form.bytes);
        Ok(())
    })
    .expect("forms that are filled");
    made
}
