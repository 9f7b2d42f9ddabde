//! What goes back to one school: a short letter and the list of what to correct in its own files.
//!
//! Only findings in the school's own files are in it and, where a file holds several schools, in its
//! own rows, so that one school never reads of another's people.

use super::problems::{Entry, Speech, entries};
use super::{Context, board, cell, column, group, item, names};
use crate::diagnostic::{Diagnostic, Severity, mask};
use crate::report::page::{Align, Book, Content, Line, LineKind, Meaning, Page, Show};
use crate::report::words::Key;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One workbook a school with something to correct, in the official order of schools.
///
/// # Errors
/// What `take` says.
pub fn books<E>(cx: &Context<'_>, mut take: impl FnMut(Book) -> Result<(), E>) -> Result<(), E> {
    let mut by_school: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    for d in cx.findings.diagnostics {
        if d.severity != Severity::Note
            && let Some(school) = cx.school(&d.place)
        {
            by_school.entry(school).or_default().push(d);
        }
    }
    // A school that has sent some forms and not others hears of it too; one that has sent nothing
    // is reminded by its town.
    let mut owing: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for line in cx.findings.board {
        if board::state(line) == board::State::Partial {
            let titles = line
                .forms
                .iter()
                .filter(|f| f.is_missing())
                .map(|f| board::form_title(cx, &f.form))
                .collect();
            owing.insert(&line.school, titles);
            by_school.entry(&line.school).or_default();
        }
    }
    let mut schools: Vec<(usize, &str)> = by_school
        .keys()
        .map(|s| (cx.scheme.directory.by_name(s).unwrap_or(usize::MAX), *s))
        .collect();
    schools.sort_unstable();
    let speech = Speech::new(cx.words);
    let mut files = names::Files::default();
    for (_, school) in schools {
        let path = format!("feedback/{}.xlsx", files.claim(&mask::in_text(school)));
        let owing = owing.get(school).map_or(&[][..], Vec::as_slice);
        take(Book {
            path: path.into(),
            title: format!("{school}{}", cx.period),
            about: cx.about(),
            organisation: cx.scheme.bureau.clone(),
            lang: cx.findings.lang,
            date: cx.scheme.cut_off,
            pages: vec![page(cx, &speech, school, &by_school[school], owing)],
        })?;
    }
    Ok(())
}

fn page(
    cx: &Context<'_>,
    speech: &Speech,
    school: &str,
    found: &[&Diagnostic],
    owing: &[String],
) -> Page {
    let words = cx.words;
    let label = |k: Key| words.get(k);
    let columns = vec![
        column(label(Key::Serial), Show::Serial, Align::Centre, (5.0, 6.0)),
        column(
            label(Key::ProblemsPlace),
            Show::Words,
            Align::Centre,
            (7.0, 9.0),
        ),
        column(
            label(Key::ProblemsSeverity),
            Show::Words,
            Align::Centre,
            (7.0, 9.0),
        ),
        column(
            label(Key::ProblemsMessage),
            Show::Words,
            Align::Left,
            (22.0, 28.0),
        ),
        column(
            label(Key::ProblemsHint),
            Show::Words,
            Align::Left,
            (20.0, 24.0),
        ),
        column(
            label(Key::FeedbackDone),
            Show::Words,
            Align::Centre,
            (8.0, 9.0),
        ),
    ];
    let mut lines: Vec<Line> = Vec::new();
    let mut serial = 0.0;
    let mut here: Option<(&Arc<str>, &Arc<str>)> = None;
    for entry in entries(found.iter().copied()) {
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
                let (message, hint) = speech.texts(d);
                vec![
                    cell(Meaning::Item, Content::Number(serial)),
                    item(speech.place(d)),
                    speech.severity(d.severity),
                    item(message),
                    item(hint),
                    cell(Meaning::Note, Content::Blank),
                ]
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
    Page {
        sheet: names::Sheets::default().claim(&label(Key::FeedbackSheet)),
        title: cx.filled(&label(Key::FeedbackTitle)),
        preamble: letter(cx, school, found, owing),
        columns,
        stub: 1,
        lines,
        closing: vec![cx.bureau.clone(), label(Key::FeedbackDate)],
        ..Page::default()
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
    vec![
        words.fill(Key::FeedbackTo, &args),
        body,
        words.fill(Key::FeedbackAsk, &args),
    ]
}
