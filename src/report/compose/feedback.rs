//! What goes back to one school: a short letter and the list of what to correct in its own files, with
//! those files marked.
//!
//! Only findings in the school's own files are in it and, where a file holds several schools, in its
//! own rows, so that one school never reads of another's people; such a file does not go back. Where
//! one file has something to mark, the list becomes its first sheet; where several have, the list
//! stands alone and leads into a folder of the school's name with one workbook a file.

use super::problems::{A_RULE_A_FILE, Entry, Speech, entries};
use super::{Context, board, cell, column, group, item, names};
use crate::amend::Penmanship;
use crate::diagnostic::{Diagnostic, Rule, Severity, Standing, mask};
use crate::grid;
use crate::report::page::{Align, Book, Content, Line, LineKind, Meaning, Page, Show};
use crate::report::returned::{Link, Mark};
use crate::report::words::Key;
use crate::report::{Findings, layout};
use crate::scheme::Scheme;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Where letters lie below the output folder.
const FOLDER: &str = "feedback";

/// All letters of a run.
pub struct Correspondence<'a> {
    cx: Context<'a>,
    speech: Speech,
}

/// What goes back to one school.
pub struct Letter<'a> {
    post: &'a Correspondence<'a>,
    /// The school.
    pub school: &'a str,
    /// Path of the list below the output folder.
    pub path: String,
    /// The school's own workbooks with something to mark.
    pub returns: Vec<Return<'a>>,
    found: Vec<&'a Diagnostic>,
    owing: Vec<String>,
    /// Whether a workbook stays here because rows of other schools are in it.
    withheld: bool,
}

/// A workbook that goes back.
pub struct Return<'a> {
    /// Path below the inbox.
    pub file: &'a Arc<str>,
    /// Path below the output folder; `None` where it carries the list itself.
    pub path: Option<String>,
    found: Vec<&'a Diagnostic>,
    speech: &'a Speech,
}

impl<'a> Correspondence<'a> {
    /// Of a run.
    pub fn new(findings: &'a Findings<'a>, scheme: &'a Scheme) -> Correspondence<'a> {
        let cx = Context::new(findings, scheme);
        let speech = Speech::new(cx.words);
        Correspondence { cx, speech }
    }

    /// One letter a school with something to correct, in the official order of schools.
    pub fn letters(&'a self) -> Vec<Letter<'a>> {
        let cx = &self.cx;
        let mut by_school: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
        for d in cx.findings.diagnostics {
            if d.severity != Severity::Note
                && let Some(school) = cx.school(&d.place)
            {
                by_school.entry(school).or_default().push(d);
            }
        }
        // A school that has sent some forms and not others hears of it too; one that has sent
        // nothing is reminded by its town.
        let mut owing: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for line in cx.findings.board {
            if board::state(line) == board::State::Partial {
                let missing = line.forms.iter().filter(|f| f.is_missing());
                let titles = missing.map(|f| board::form_title(cx, &f.form)).collect();
                owing.insert(&line.school, titles);
                by_school.entry(&line.school).or_default();
            }
        }
        let mut schools: Vec<(usize, &str, Vec<&Diagnostic>)> = by_school
            .into_iter()
            .map(|(s, found)| {
                let order = cx.scheme.directory.by_name(s).unwrap_or(usize::MAX);
                (order, s, found)
            })
            .collect();
        schools.sort_unstable_by_key(|(order, school, _)| (*order, *school));
        let mut files = names::Files::default();
        schools
            .into_iter()
            .map(|(_, school, found)| {
                let name = files.claim(&mask::in_text(school));
                self.letter(
                    school,
                    &name,
                    found,
                    owing.remove(school).unwrap_or_default(),
                )
            })
            .collect()
    }

    fn letter(
        &'a self,
        school: &'a str,
        name: &str,
        found: Vec<&'a Diagnostic>,
        owing: Vec<String>,
    ) -> Letter<'a> {
        let mut returns: Vec<Return<'_>> = Vec::new();
        let mut withheld = false;
        let placed = |d: &&&Diagnostic| d.place.row.is_some() && !d.place.sheet.is_empty();
        for d in found.iter().filter(placed) {
            let file = &d.place.file;
            if !self.cx.owners.whole(file) {
                withheld = true;
                continue;
            }
            match returns.iter_mut().find(|r| r.file == file) {
                Some(known) => known.found.push(d),
                None => returns.push(Return {
                    file,
                    path: None,
                    found: vec![d],
                    speech: &self.speech,
                }),
            }
        }
        if returns.len() > 1 {
            // No file can have a folder's name: that ends otherwise.
            let folder = match name.to_lowercase().ends_with(".xlsx") {
                true => format!("{name}_"),
                false => name.to_owned(),
            };
            let mut files = names::Files::default();
            for one in &mut returns {
                let last = one.file.rsplit('/').next().unwrap_or_default();
                let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
                let file = files.claim(&mask::in_text(stem));
                one.path = Some(format!("{FOLDER}/{folder}/{file}.xlsx"));
            }
        }
        Letter {
            post: self,
            school,
            path: format!("{FOLDER}/{name}.xlsx"),
            returns,
            found,
            owing,
            withheld,
        }
    }

    /// Who writes comments, in which font.
    pub fn pen(&self) -> Penmanship {
        let words = self.cx.words;
        Penmanship {
            author: match self.cx.scheme.bureau.as_str() {
                "" => words.get(Key::FeedbackAuthor),
                bureau => bureau.to_owned(),
            },
            font: words.get(Key::FontSheet),
        }
    }

    /// Creation day of all documents.
    pub fn date(&self) -> NaiveDate {
        self.cx.scheme.cut_off
    }
}

impl Return<'_> {
    /// What is to be marked in it: every cell, and a comment for as many of a kind as the list has.
    pub fn marks(&self) -> Vec<Mark> {
        let mut said: BTreeMap<(Rule, Severity), usize> = BTreeMap::new();
        let mark = |d: &&Diagnostic| {
            let n = said.entry((d.rule, d.severity)).or_default();
            *n += 1;
            Some(Mark {
                sheet: d.place.sheet.clone(),
                row: d.place.row?,
                col: d.place.col,
                severity: d.severity,
                text: (*n <= A_RULE_A_FILE).then(|| self.speech.comment(d)),
            })
        };
        self.found.iter().filter_map(mark).collect()
    }
}

impl Letter<'_> {
    /// The list as a workbook, and its links into the workbooks that go back. `sent` says which of
    /// them really do, `taken` which names of sheets are taken where the list is put into one.
    pub fn book(&self, sent: &[bool], taken: &[String]) -> (Book, Vec<Link>) {
        let cx = &self.post.cx;
        let mut sheets = names::Sheets::default();
        for name in taken {
            sheets.claim(name);
        }
        let sheet = sheets.claim(&cx.words.get(Key::FeedbackSheet));
        let (page, links) = self.page(sheet, sent);
        let book = Book {
            path: self.path.as_str().into(),
            title: format!("{}{}", self.school, cx.period),
            about: cx.about(),
            organisation: cx.scheme.bureau.clone(),
            lang: cx.findings.lang,
            date: cx.scheme.cut_off,
            pages: vec![page],
        };
        (book, links)
    }

    fn page(&self, sheet: Arc<str>, sent: &[bool]) -> (Page, Vec<Link>) {
        let (cx, speech) = (&self.post.cx, &self.post.speech);
        let words = cx.words;
        let text = |key, align, width| column(words.get(key), Show::Words, align, width);
        let serial = column(
            words.get(Key::Serial),
            Show::Serial,
            Align::Centre,
            (5.0, 6.0),
        );
        let mut columns = vec![
            serial,
            text(Key::ProblemsPlace, Align::Centre, (7.0, 9.0)),
            text(Key::ProblemsSeverity, Align::Centre, (7.0, 9.0)),
            text(Key::ProblemsMessage, Align::Left, (22.0, 28.0)),
            text(Key::ProblemsHint, Align::Left, (20.0, 24.0)),
            text(Key::FeedbackDone, Align::Centre, (8.0, 9.0)),
        ];
        // Only where there was an earlier letter.
        let standing = !cx.findings.progress.is_empty();
        if standing {
            columns.insert(5, text(Key::FeedbackStanding, Align::Centre, (7.0, 8.0)));
            // One more column, and still upright paper.
            let narrower = [
                (5.0, 5.5),
                (6.5, 8.0),
                (7.0, 8.0),
                (20.0, 26.0),
                (16.0, 20.0),
                (7.0, 8.0),
                (7.0, 8.0),
            ];
            for (column, width) in columns.iter_mut().zip(narrower) {
                column.width = width;
            }
        }
        let mut lines: Vec<Line> = Vec::new();
        let mut links: Vec<(usize, usize, &Diagnostic)> = Vec::new();
        let mut serial = 0.0;
        let mut here: Option<(&Arc<str>, &Arc<str>)> = None;
        for entry in entries(self.found.iter().copied()) {
            let d = match &entry {
                Entry::Finding(d) | Entry::More(d, _) => *d,
            };
            let place = (&d.place.file, &d.place.sheet);
            if matches!(entry, Entry::Finding(_)) && here != Some(place) {
                here = Some(place);
                let key = match d.place.sheet.is_empty() {
                    true => Key::FeedbackGroupFile,
                    false => Key::FeedbackGroup,
                };
                let args = [
                    ("file", mask::in_text(&d.place.file)),
                    ("sheet", mask::in_text(&d.place.sheet)),
                ];
                lines.push(group(words.fill(key, &args), columns.len()));
            }
            let cells = match entry {
                Entry::Finding(d) => {
                    serial += 1.0;
                    let file = self.returns.iter().position(|r| *r.file == d.place.file);
                    if let Some(file) = file.filter(|_| d.place.row.is_some()) {
                        links.push((lines.len(), file, d));
                    }
                    let (message, hint) = speech.texts(d);
                    let mut cells = vec![
                        cell(Meaning::Item, Content::Number(serial)),
                        item(speech.place(d)),
                        speech.severity(d.severity),
                        item(message),
                        item(hint),
                        cell(Meaning::Note, Content::Blank),
                    ];
                    if standing {
                        let (meaning, key) = match d.item.map(|i| i.standing()) {
                            Some(Standing::Open) => (Meaning::BelowTarget, Key::FeedbackOpen),
                            _ => (Meaning::Note, Key::FeedbackNew),
                        };
                        cells.insert(5, cell(meaning, Content::Text(words.get(key))));
                    }
                    cells
                }
                Entry::More(d, n) => {
                    let mut note = item(speech.more(d, n));
                    note.across = columns.len() as u16;
                    vec![note]
                }
            };
            lines.push(Line {
                kind: LineKind::Leaf,
                cells,
            });
        }
        if lines.is_empty() {
            let mut none = item(words.get(Key::ProblemsNone));
            none.across = columns.len() as u16;
            lines.push(Line {
                kind: LineKind::Words,
                cells: vec![none],
            });
        }
        let mut preamble = letter(cx, self.school, &self.found, &self.owing);
        preamble.extend(self.enclosed(sent));
        preamble.push(words.get(match sent.contains(&true) {
            true => Key::FeedbackAskHere,
            false => Key::FeedbackAsk,
        }));
        let page = Page {
            sheet,
            title: cx.filled(&words.get(Key::FeedbackTitle)),
            preamble,
            columns,
            stub: 1,
            lines,
            closing: vec![cx.bureau.clone(), words.get(Key::FeedbackDate)],
            ..Page::default()
        };
        let top = layout::body_top(&page);
        let links = links
            .into_iter()
            .filter_map(|(line, file, d)| {
                Some(Link {
                    at: (top + line as u32, 1),
                    file,
                    sheet: d.place.sheet.to_string(),
                    cell: grid::a1(d.place.row?, d.place.col.unwrap_or(0)),
                })
            })
            .collect();
        (page, links)
    }

    /// What goes with the letter, and what does not.
    fn enclosed(&self, sent: &[bool]) -> Vec<String> {
        let words = self.post.cx.words;
        let mut out = Vec::new();
        if sent.contains(&true) {
            let folder = self.returns.iter().find_map(|r| r.path.as_ref());
            let folder = folder.and_then(|p| p.rsplit('/').nth(1));
            out.push(match folder {
                None => words.get(Key::FeedbackEnclosed),
                Some(folder) => words.fill(Key::FeedbackEnclosedFiles, &[("folder", folder)]),
            });
        }
        if self.withheld {
            out.push(words.get(Key::FeedbackWithheld));
        }
        if sent.contains(&false) {
            out.push(words.get(Key::FeedbackNotEnclosed));
        }
        out
    }
}

/// Whom it is for, what was found, what is asked.
fn letter(cx: &Context<'_>, school: &str, found: &[&Diagnostic], owing: &[String]) -> Vec<String> {
    let words = cx.words;
    let count = |s: Severity| found.iter().filter(|d| d.severity == s).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let files: BTreeSet<&str> = found.iter().map(|d| &*d.place.file).collect();
    let args = [
        ("school", school.to_owned()),
        ("period", cx.period.clone()),
        ("scheme", cx.scheme.title.clone()),
        ("files", files.len().to_string()),
        ("errors", errors.to_string()),
        ("warnings", warnings.to_string()),
        ("forms", words.list(owing.iter().map(String::as_str))),
    ];
    let clauses: Vec<String> = [
        (errors > 0, Key::FeedbackErrors),
        (warnings > 0, Key::FeedbackWarnings),
        (!owing.is_empty(), Key::FeedbackMissing),
    ]
    .into_iter()
    .filter(|(said, _)| *said)
    .map(|(_, key)| words.fill(key, &args))
    .collect();
    let body = words.fill(Key::FeedbackOpening, &args)
        + &clauses.join(&words.get(Key::ClauseComma))
        + &words.get(Key::ClauseEnd);
    vec![words.fill(Key::FeedbackTo, &args), body]
}
