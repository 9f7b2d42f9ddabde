//! The forms that a bureau sends out to be filled in: a workbook per school with a sheet per form,
//! which helps whoever fills it in and is read without guessing when it comes back.
//!
//! `sheet` is one form, `rules` what its cells are watched for, `lists` the words to choose from,
//! `guide` the page that explains it all. What the workbook is, its stamp says:
//! [`Stamp`](crate::scheme::stamp::Stamp).

mod guide;
mod lists;
mod rules;
mod sheet;
#[cfg(test)]
mod tests;

use super::compose::names::{Files, Sheets};
use super::page::About;
use super::theme::Theme;
use super::words::Words;
use super::workbook;
use crate::message::{self, Lang};
use crate::scheme::blank::Layout;
use crate::scheme::stamp::{self, Stamp, StampedForm};
use crate::scheme::{Field, FormIdx, Scheme, School};
use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::XlsxError;
use sheet::Body;

/// A value that is filled in before a form is sent out.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Nothing.
    #[default]
    Blank,
    /// Words, and numbers that name something.
    Text(String),
    /// A number.
    Number(f64),
    /// A day.
    Day(NaiveDate),
}

/// The records that a form is filled with: a row each, a value for each field of the form.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filled {
    /// Index of the form.
    pub form: FormIdx,
    /// Its rows.
    pub rows: Vec<Vec<Value>>,
}

/// The forms of a scheme for one period.
#[derive(Debug)]
pub struct Forms<'a> {
    scheme: &'a Scheme,
    layouts: Vec<Layout>,
    lists: Vec<lists::List>,
    version: &'a str,
    lang: Lang,
}

impl<'a> Forms<'a> {
    /// All forms that schools are asked for; `version` is this program's.
    pub fn new(scheme: &'a Scheme, version: &'a str, lang: Lang) -> Forms<'a> {
        let layouts = Layout::wanted(scheme);
        Forms {
            lists: lists::of(&layouts, scheme),
            layouts,
            scheme,
            version,
            lang,
        }
    }

    /// What is asked for; empty where the scheme asks schools for nothing.
    pub fn layouts(&self) -> &[Layout] {
        &self.layouts
    }

    /// File names for the workbooks of schools, without extension.
    pub fn file_names(schools: &[School]) -> Vec<String> {
        let mut files = Files::default();
        schools.iter().map(|s| files.claim(&s.name)).collect()
    }

    /// The workbook of a school.
    ///
    /// # Errors
    /// What the xlsx writer refuses: more records than a sheet has rows.
    pub fn workbook(&self, school: &School, filled: &[Filled]) -> Result<Vec<u8>, XlsxError> {
        let (scheme, lang) = (self.scheme, self.lang);
        let mut theme = Theme::new(Words { lang });
        let title = say(
            lang,
            "form.guide-title",
            &[("scheme", scheme.title.clone())],
        );
        let mut book = workbook::empty(
            &title,
            &scheme.bureau,
            &About::default(),
            scheme.cut_off,
            &theme,
        )?;
        let mut names = Sheets::default();
        for own in [lists::SHEET, stamp::SHEET] {
            names.claim(own);
        }
        let guide = names.claim(&say(lang, "form.guide", &[]));
        let none = Vec::new();
        let forms: Vec<(Body<'_>, String)> = self
            .layouts
            .iter()
            .map(|layout| {
                let own = filled.iter().find(|f| f.form == layout.form);
                let body = Body::new(layout, own.map_or(&none, |f| &f.rows), scheme, lang);
                let name = names.claim(&body.form.title).to_string();
                (body, name)
            })
            .collect();
        let making = Making {
            scheme,
            school: &school.name,
            guide: &guide,
            lang,
        };
        let explained = guide::write(&mut book, &title, &forms, &making, &mut theme)?;
        let mut stamped = Vec::new();
        for ((body, name), layout) in forms.iter().zip(&self.layouts) {
            stamped.push(StampedForm {
                form: body.form.id.clone(),
                version: layout.version.clone(),
                sheet: name.clone(),
                header: sheet::HEADER,
                columns: sheet::write(&mut book, name, body, &making, &mut theme)?,
            });
        }
        let listed = lists::write(&mut book, &self.lists)?;
        let stamp = Stamp {
            program: self.version.to_owned(),
            scheme: scheme.id.clone(),
            period: scheme.period.clone(),
            school: school.name.clone(),
            code: school.code.clone(),
            own: vec![
                (guide.to_string(), explained),
                (lists::SHEET.to_owned(), listed),
            ],
            forms: stamped,
        };
        let page = book.add_worksheet();
        page.set_name(stamp::SHEET)?.set_very_hidden(true);
        for (row, words) in (0u32..).zip(stamp.lines()) {
            for (col, word) in (0u16..).zip(&words) {
                page.write_string(row, col, word)?;
            }
        }
        // The guide comes first; who opens the file wants the first form.
        if !forms.is_empty() {
            book.worksheet_from_index(1)?.set_active(true);
        }
        book.save_to_buffer()
    }
}

/// What every sheet of a school's workbook is made with.
#[derive(Debug, Clone, Copy)]
struct Making<'a> {
    scheme: &'a Scheme,
    /// Name of the school.
    school: &'a str,
    /// Name of the sheet that explains.
    guide: &'a str,
    lang: Lang,
}

/// The fields of all columns of the forms.
fn layout_forms<'s>(layouts: &'s [Layout], scheme: &'s Scheme) -> impl Iterator<Item = &'s Field> {
    let fields = |l: &'s Layout| l.fields.iter().map(|f| &scheme.forms[l.form].fields[*f]);
    layouts.iter().flat_map(fields)
}

fn say(lang: Lang, key: &str, args: &[(&str, String)]) -> String {
    message::say(lang, key, args)
}

/// A day in words.
fn day(day: NaiveDate, lang: Lang) -> String {
    let args = [
        ("year", day.year().to_string()),
        ("month", day.month().to_string()),
        ("day", day.day().to_string()),
    ];
    say(lang, "form.day", &args)
}
