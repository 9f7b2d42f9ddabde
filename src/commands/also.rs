//! Other forms of the bureau's report, asked for by `--also` or the workspace's settings: a web
//! page, comma-separated tables, PDF.

use super::office::{NoPdf, Office};
use crate::message::{self, Lang};
use crate::report::page::Book;
use crate::report::{csv, html};
use serde::Deserialize;
use std::io;

/// A form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// One web page a workbook.
    Html,
    /// One file a table.
    Csv,
    /// The workbook as LibreOffice prints it.
    Pdf,
}

impl Form {
    /// The form of a name of the command line.
    pub fn named(name: &str) -> Option<Form> {
        match name {
            "html" => Some(Form::Html),
            "csv" => Some(Form::Csv),
            "pdf" => Some(Form::Pdf),
            _ => None,
        }
    }
}

/// What the forms of a run need.
#[derive(Debug)]
pub struct Also {
    forms: Vec<Form>,
    office: Option<Result<Office, NoPdf>>,
}

impl Also {
    /// Looks for what the forms need.
    pub fn new(forms: &[Form]) -> Also {
        Also {
            forms: forms.to_vec(),
            office: forms.contains(&Form::Pdf).then(Office::open),
        }
    }

    /// Whether another program has work to do.
    pub fn wants_pdf(&self) -> bool {
        matches!(self.office, Some(Ok(_)))
    }

    /// The other forms of a workbook of which the bytes are known. Feedback to schools has none: it
    /// is to be corrected, not read.
    ///
    /// # Errors
    /// What `put` says.
    pub fn book(
        &mut self,
        book: &Book,
        bytes: &[u8],
        put: &mut dyn FnMut(String, &[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        if !book.path.starts_with("reports/") {
            return Ok(());
        }
        if self.forms.contains(&Form::Html) {
            let stem = book.path.strip_suffix(".xlsx").unwrap_or(&book.path);
            put(format!("{stem}.html"), html(book).as_bytes())?;
        }
        if self.forms.contains(&Form::Csv) {
            for (path, text) in csv(book) {
                put(path, text.as_bytes())?;
            }
        }
        if let Some(Ok(office)) = &mut self.office
            && let Err(error) = office.add(&book.path, bytes)
        {
            self.office = Some(Err(error.into()));
        }
        Ok(())
    }

    /// Makes what is made of all workbooks at once; gives what is to be said about it.
    ///
    /// # Errors
    /// What `put` says.
    pub fn finish(
        self,
        lang: Lang,
        put: &mut dyn FnMut(String, &[u8]) -> io::Result<()>,
    ) -> io::Result<Option<String>> {
        let Some(office) = self.office else {
            return Ok(None);
        };
        match office.and_then(Office::convert) {
            Ok(made) => {
                for (path, bytes) in made {
                    put(path, &bytes)?;
                }
                Ok(None)
            }
            Err(why) => Ok(Some(said(&why, lang))),
        }
    }
}

/// A missing PDF is no fault of the run: the workbooks can be printed.
fn said(why: &NoPdf, lang: Lang) -> String {
    match why {
        NoPdf::NotInstalled => message::say(lang, "cli.pdf.not-installed", &[]),
        NoPdf::TooLong => message::say(lang, "cli.pdf.too-long", &[]),
        NoPdf::Refused(path) => message::say(lang, "cli.pdf.refused", &[("path", path.clone())]),
        NoPdf::Io(error) => message::say(lang, "cli.pdf.io", &[("why", error.to_string())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::builder::PossibleValue;

    #[test]
    fn every_form_that_the_command_line_takes_is_known() {
        let command = crate::cli::command(Lang::En);
        let run = command.find_subcommand("run").expect("run");
        let also = run.get_arguments().find(|a| a.get_id() == "also");
        let values: Vec<PossibleValue> = also.expect("--also").get_possible_values();
        let forms: Vec<Option<Form>> = values.iter().map(|v| Form::named(v.get_name())).collect();
        assert_eq!(forms, [Some(Form::Html), Some(Form::Csv), Some(Form::Pdf)]);
    }
}
