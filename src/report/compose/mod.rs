//! From findings to a [`Report`]: which workbooks, which sheets, in which order.
//!
//! The bureau's workbook: cover, one official table a page of the scheme (each followed by its
//! chart), board of submissions, reminders, what became of earlier findings, corrections made by hand, problem list. Then one
//! workbook for each school with something to correct.

mod balance;
mod board;
mod corrections;
mod cover;
mod exact;
mod feedback;
mod formula;
mod graph;
mod ledger;
pub(super) mod names;
mod paper;
mod parts;
mod problems;
mod progress;
mod table;
mod unused;
mod voucher;

pub use feedback::{Correspondence, Letter, Return};
pub use ledger::Ledger;
pub(super) use names::Files;
pub(super) use table::Made;

use super::Findings;
use super::page::{
    About, Align, Book, Cell, Column, Content, Line, LineKind, Meaning, Report, Show,
};
use super::places::Places;
use super::words::{Key, Words};
use crate::account::Owners;
use crate::diagnostic::Place;
use crate::scheme::{PageKind, Scheme};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

/// Decides every sheet, cell and formula of the bureau's workbook and the schools' feedback.
pub fn compose(findings: &Findings<'_>, scheme: &Scheme) -> Report {
    let mut books = Vec::new();
    let Ok(places) = compose_each::<Infallible>(findings, scheme, |book| {
        books.push(book);
        Ok(())
    });
    Report {
        books,
        locations: places.all(),
    }
}

/// [`compose`] one book after the other, so that memory holds one; gives the places of the figures.
///
/// # Errors
/// What `take` says.
pub fn compose_each<E>(
    findings: &Findings<'_>,
    scheme: &Scheme,
    mut take: impl FnMut(Book) -> Result<(), E>,
) -> Result<Places, E> {
    let places = compose_bureau(findings, scheme, &mut take)?;
    for letter in Correspondence::new(findings, scheme).letters() {
        let sent = vec![false; letter.returns.len()];
        take(letter.book(&sent, &[]).0)?;
    }
    Ok(places)
}

/// The bureau's own workbooks alone, one after the other; gives the places of the figures.
///
/// # Errors
/// What `take` says.
pub fn compose_bureau<E>(
    findings: &Findings<'_>,
    scheme: &Scheme,
    mut take: impl FnMut(Book) -> Result<(), E>,
) -> Result<Places, E> {
    let cx = Context::new(findings, scheme);
    let mut places = Places::default();
    let path: Arc<str> = format!(
        "reports/{}.xlsx",
        names::file(&format!("{}_{}", scheme.title, cx.period_id()))
    )
    .into();
    let mut sheets = names::Sheets::default();
    let cover_sheet = sheets.claim(&cx.words.get(Key::CoverSheet));
    let mut tables = Vec::new();
    let inside = findings.ledgers.inside;
    let mut ledger_sheets: BTreeMap<&str, (Arc<str>, &Ledger)> = BTreeMap::new();
    for spec in &scheme.pages {
        match spec.kind {
            PageKind::Table => {}
            // Workbooks of their own, after this one.
            PageKind::Voucher => continue,
            PageKind::Balance => {
                if let Some((made, tab)) = balance::page(&cx, spec, &path, &places, &mut sheets) {
                    let parts = [made];
                    let chart = spec.chart.as_ref();
                    let chart = chart
                        .and_then(|chart| graph::page(&cx, &tab, &parts, spec, chart, &mut sheets));
                    tables.extend(parts.into_iter().map(|p| p.page));
                    tables.extend(chart);
                }
                continue;
            }
        }
        let Some(index) = findings
            .tabulations
            .iter()
            .position(|t| t.measure == spec.measure)
        else {
            continue;
        };
        let mut parts = parts::pages(&cx, &findings.tabulations[index], spec, &mut sheets);
        for part in &parts {
            places.add(index, part, &path);
        }
        if let Some(ledger) = inside.iter().find(|l| l.measure == spec.measure) {
            let sheet = ledger_sheets
                .entry(spec.measure.as_str())
                .or_insert_with(|| (sheets.claim(ledger.wish()), ledger));
            for part in &mut parts {
                part.page.links = ledger.links(part, &sheet.0, cx.words);
            }
        }
        let chart = spec.chart.as_ref().and_then(|chart| {
            let tab = &findings.tabulations[index];
            graph::page(&cx, tab, &parts, spec, chart, &mut sheets)
        });
        tables.extend(parts.into_iter().map(|p| p.page));
        tables.extend(chart);
    }
    tables.extend(board::pages(&cx, &mut sheets));
    tables.extend(progress::page(&cx, &mut sheets));
    tables.extend(corrections::page(&cx, &mut sheets));
    tables.push(problems::page(&cx, &mut sheets));
    for ledger in inside {
        // A ledger of no page has nothing that leads to it.
        if let Some((sheet, ledger)) = ledger_sheets.get(ledger.measure.as_str()) {
            tables.push(ledger.page(sheet.clone()));
        }
    }
    tables.extend(unused::page(&cx, &mut sheets));
    let cover = cover::page(&cx, cover_sheet, &tables);
    let mut pages = vec![cover];
    pages.append(&mut tables);
    take(Book {
        path,
        title: format!("{}{}", scheme.title, cx.period),
        about: cx.about(),
        organisation: scheme.bureau.clone(),
        lang: findings.lang,
        date: scheme.cut_off,
        pages,
    })?;
    for spec in scheme.pages.iter().filter(|p| p.kind == PageKind::Voucher) {
        let mut tabs = findings.tabulations.iter();
        if let Some(index) = tabs.position(|t| t.measure == spec.measure) {
            voucher::books(&cx, index, spec, &mut places, &mut take)?;
        }
    }
    Ok(places)
}

/// What the official forms of a scheme are filled with besides figures.
pub(super) struct OfficialTexts {
    /// Words of the run and named figures of the scheme, by name.
    pub texts: Vec<(String, String)>,
    /// File name of each form, without folder and ending.
    pub names: Vec<String>,
}

/// The words that official forms print, and what the filled forms are called.
pub(super) fn official_texts(findings: &Findings<'_>, scheme: &Scheme) -> OfficialTexts {
    let cx = Context::new(findings, scheme);
    let own = cx.run_texts().into_iter();
    let mut texts: Vec<(String, String)> = own.map(|(n, t)| (n.to_owned(), t)).collect();
    texts.push(("document".to_owned(), scheme.document.clone()));
    let params = scheme.params.iter();
    texts.extend(params.map(|p| (p.placeholder(), p.printed.clone())));
    let mut files = names::Files::default();
    // The bureau's own workbook has its name already.
    files.claim(&format!("{}_{}", scheme.title, cx.period_id()));
    let names = scheme
        .form_files
        .iter()
        .map(|f| files.claim(&cx.filled(&f.out)))
        .collect();
    OfficialTexts { texts, names }
}

/// What every sheet needs to know.
struct Context<'a> {
    findings: &'a Findings<'a>,
    scheme: &'a Scheme,
    words: Words,
    /// The period as printed.
    period: String,
    year: i32,
    month: u32,
    /// The cut-off day as printed.
    cut_off: String,
    bureau: String,
    /// Whose files and rows they are.
    owners: Owners<'a>,
}

impl<'a> Context<'a> {
    fn new(findings: &'a Findings<'a>, scheme: &'a Scheme) -> Context<'a> {
        let words = Words {
            lang: findings.lang,
        };
        let parsed = scheme
            .period
            .split_once('-')
            .and_then(|(y, m)| Some((y.parse().ok()?, m.parse().ok()?)));
        let (year, month) = parsed.unwrap_or((scheme.cut_off.year(), scheme.cut_off.month()));
        let period = words.fill(
            Key::Month,
            &[
                ("year", year.to_string()),
                ("month", month.to_string()),
                ("month2", format!("{month:02}")),
            ],
        );
        Context {
            findings,
            scheme,
            words,
            period,
            year,
            month,
            cut_off: day(words, scheme.cut_off),
            bureau: if scheme.bureau.is_empty() {
                words.get(Key::BureauBlank)
            } else {
                scheme.bureau.clone()
            },
            owners: Owners::new(findings.schools_of_files, findings.rows_of_schools),
        }
    }

    /// Whose file it is, or whose row; none where that cannot be told for certain.
    fn school(&self, place: &'a Place) -> Option<&'a str> {
        self.owners.school(&place.file, &place.sheet, place.row)
    }

    /// `2025-08`, for file names.
    fn period_id(&self) -> String {
        format!("{:04}-{:02}", self.year, self.month)
    }

    /// A text of the scheme with the names of the run filled in.
    fn filled(&self, text: &str) -> String {
        self.scheme.fill(text, &self.run_texts())
    }

    /// What the names of the run stand for.
    fn run_texts(&self) -> [(&'static str, String); 6] {
        [
            ("bureau", self.scheme.bureau.clone()),
            ("year", self.year.to_string()),
            ("month", self.month.to_string()),
            ("period", self.period.clone()),
            ("scheme", self.scheme.title.clone()),
            ("cut_off", self.cut_off.clone()),
        ]
    }

    /// The note that names the document which a table rests on.
    fn document(&self) -> Option<String> {
        let document = ("document", self.scheme.document.clone());
        let from = self.scheme.effective.0.map(|d| day(self.words, d));
        (!document.1.is_empty()).then(|| match from {
            Some(from) => self
                .words
                .fill(Key::NoteDocumentFrom, &[document, ("day", from)]),
            None => self.words.fill(Key::NoteDocument, &[document]),
        })
    }

    /// The line under a title: who reports, as of when, in which unit.
    fn subtitle(&self, unit: &str) -> [String; 3] {
        let words = self.words;
        [
            words.fill(Key::Submitter, &[("bureau", &self.bureau)]),
            words.fill(Key::AsOf, &[("day", &self.cut_off)]),
            match unit {
                "" => String::new(),
                unit => words.fill(Key::Unit, &[("unit", unit)]),
            },
        ]
    }

    /// Notes as printed: numbered when there are several.
    fn notes(&self, notes: Vec<String>) -> Vec<String> {
        let one = notes.len() == 1;
        notes
            .into_iter()
            .enumerate()
            .map(|(i, text)| {
                let key = match (one, i) {
                    (true, _) => Key::NoteOne,
                    (false, 0) => Key::NoteFirst,
                    (false, _) => Key::NoteNext,
                };
                self.words
                    .fill(key, &[("n", (i + 1).to_string()), ("text", text)])
            })
            .collect()
    }

    /// What a workbook of this run is about.
    fn about(&self) -> About {
        About {
            subject: self.scheme.title.clone(),
            category: self.words.get(Key::Category),
            keywords: [self.scheme.id.clone(), self.period_id()].join(","),
        }
    }

    /// Sources as printed.
    fn sources(&self, sources: &[String]) -> Option<String> {
        let all = self.words.list(sources.iter().map(String::as_str));
        (!all.is_empty()).then(|| self.words.fill(Key::Source, &[("text", all)]))
    }

    /// The usual signature line, or the page's own.
    fn signature(&self, own: &[String]) -> Vec<String> {
        if !own.is_empty() {
            return own.to_vec();
        }
        [
            Key::SignatureHead,
            Key::SignatureChecker,
            Key::SignatureAuthor,
            Key::SignaturePhone,
            Key::SignatureDate,
        ]
        .map(|k| self.words.get(k))
        .to_vec()
    }
}

/// A day as printed.
fn day(words: Words, date: NaiveDate) -> String {
    words.fill(
        Key::Day,
        &[
            ("year", date.year().to_string()),
            ("month", date.month().to_string()),
            ("day", date.day().to_string()),
            ("month2", format!("{:02}", date.month())),
            ("day2", format!("{:02}", date.day())),
        ],
    )
}

fn column(label: String, show: Show, align: Align, width: (f64, f64)) -> Column {
    Column {
        path: vec![label],
        show,
        align,
        width,
    }
}

fn cell(meaning: Meaning, content: Content) -> Cell {
    Cell {
        meaning,
        content,
        across: 1,
    }
}

fn item(text: impl Into<String>) -> Cell {
    cell(Meaning::Item, Content::Text(text.into()))
}

fn count(n: u64) -> Cell {
    cell(Meaning::Figure, Content::Number(n as f64))
}

/// The heading of a row group, over all columns.
fn group(text: String, columns: usize) -> Line {
    Line {
        kind: LineKind::Group,
        cells: vec![Cell {
            meaning: Meaning::Item,
            content: Content::Text(text),
            across: columns as u16,
        }],
    }
}
