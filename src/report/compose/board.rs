//! The board of submissions: what each school has sent of each form, and a text a town that can be
//! pasted into the group chat.

use super::table::{self, Frame};
use super::{Context, column, count, item, names};
use crate::account::{BoardCell, BoardLine};
use crate::diagnostic::Severity;
use crate::report::page::{Align, Line, LineKind, Page, Print, Show};
use crate::report::words::Key;
use crate::statistics::{Column, Figure, Level, Number, Quantity, Row, Tabulation};
use std::collections::BTreeMap;

/// How far a school has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Every form has come.
    Complete,
    /// Some have.
    Partial,
    /// None has.
    Missing,
}

/// How far a school has come.
pub fn state(line: &BoardLine) -> State {
    let sent = line.forms.iter().any(|f| !f.files.is_empty());
    let owing = line.forms.iter().any(BoardCell::is_missing);
    match (sent, owing) {
        (_, false) => State::Complete,
        (true, true) => State::Partial,
        (false, true) => State::Missing,
    }
}

/// What the scheme calls groups of units and units, else town and school.
fn place_words(cx: &Context<'_>) -> (String, String) {
    let or = |own: &str, key: Key| match own {
        "" => cx.words.get(key),
        own => own.to_owned(),
    };
    let places = &cx.scheme.places;
    (
        or(&places.district, Key::BoardDistrict),
        or(&places.school, Key::BoardSchool),
    )
}

/// Errors and warnings of each school's own files.
pub fn findings_by_school<'a>(cx: &Context<'a>) -> BTreeMap<&'a str, (u64, u64)> {
    let mut out: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for d in cx.findings.diagnostics {
        let Some(school) = cx.school(&d.place) else {
            continue;
        };
        let slot = out.entry(school).or_default();
        match d.severity {
            Severity::Error => slot.0 += 1,
            Severity::Warning => slot.1 += 1,
            Severity::Note => {}
        }
    }
    out
}

/// The board and the reminders.
pub fn pages(cx: &Context<'_>, sheets: &mut names::Sheets) -> Vec<Page> {
    if cx.findings.board.is_empty() {
        return Vec::new();
    }
    let groups = groups(cx);
    let counts = findings_by_school(cx);
    let tab = tabulation(cx, &groups, &counts);
    let frame = Frame {
        title: cx.filled(&cx.words.get(Key::BoardTitle)),
        unit: cx.words.get(Key::BoardUnit),
        notes: Vec::new(),
        signature: None,
        total_first: true,
        rate_places: 2,
        below: Key::BoardNotSent,
        capitals: false,
        subtitle: Vec::new(),
        sources: Vec::new(),
        print: Print::default(),
        break_by: None,
        name: None,
    };
    let sheet = sheets.claim(&cx.words.get(Key::BoardSheet));
    let mut out = vec![table::build(cx, &tab, &frame, sheet).page];
    out.extend(reminders(cx, &groups, &counts, sheets));
    out
}

/// Lines of the board by town, towns in the order of their first school.
fn groups<'a>(cx: &Context<'a>) -> Vec<(String, Vec<&'a BoardLine>)> {
    let known = !cx.scheme.directory.is_empty();
    let mut out: Vec<(String, Vec<&BoardLine>)> = Vec::new();
    let mut strays = Vec::new();
    for line in cx.findings.board {
        if known && line.index.is_none() {
            strays.push(line);
            continue;
        }
        match out.iter_mut().find(|(d, _)| *d == line.district) {
            Some((_, lines)) => lines.push(line),
            None => out.push((line.district.clone(), vec![line])),
        }
    }
    if !strays.is_empty() {
        out.push((cx.words.get(Key::BoardUnlisted), strays));
    }
    out
}

fn tabulation(
    cx: &Context<'_>,
    groups: &[(String, Vec<&BoardLine>)],
    counts: &BTreeMap<&str, (u64, u64)>,
) -> Tabulation {
    let words = cx.words;
    let grouped = groups.len() > 1;
    let forms = forms(cx, groups);
    let whole = |title: Vec<String>, additive: bool| Column {
        part: String::new(),
        title,
        quantity: Quantity::Count(String::new()),
        formula: None,
        additive,
    };
    let mut columns = Vec::new();
    for (_, title) in &forms {
        for key in [Key::BoardRecords, Key::BoardRejected] {
            columns.push(whole(vec![title.clone(), words.get(key)], true));
        }
    }
    // A file with two forms is one file, so files are counted, not added up from the forms.
    columns.push(whole(vec![words.get(Key::BoardFiles)], true));
    columns.push(whole(vec![words.get(Key::BoardErrors)], true));
    columns.push(whole(vec![words.get(Key::BoardWarnings)], true));
    columns.push(Column {
        quantity: Quantity::Text,
        ..whole(vec![words.get(Key::BoardState)], false)
    });

    let mut rows = Vec::new();
    let mut total = vec![0i64; columns.len() - 1];
    for (district, lines) in groups {
        let mut sum = vec![0i64; columns.len() - 1];
        for line in lines {
            let figures = leaf(cx, line, &forms, counts);
            for (s, f) in sum.iter_mut().zip(&figures) {
                if let Number::Integer(n) = f.value {
                    *s += n;
                }
            }
            let mut group = vec![("school".to_owned(), line.school.clone())];
            if grouped {
                group.insert(0, ("district".to_owned(), district.clone()));
            }
            rows.push(Row {
                level: Level::Leaf,
                group,
                figures,
            });
        }
        for (t, s) in total.iter_mut().zip(&sum) {
            *t += s;
        }
        if grouped {
            rows.push(Row {
                level: Level::Subtotal(1),
                group: vec![("district".to_owned(), district.clone())],
                figures: sums(&sum),
            });
        }
    }
    rows.push(Row {
        level: Level::Total,
        group: Vec::new(),
        figures: sums(&total),
    });
    let (district, school) = place_words(cx);
    let mut dimensions = vec![("school".to_owned(), school)];
    if grouped {
        dimensions.insert(0, ("district".to_owned(), district));
    }
    Tabulation {
        measure: String::new(),
        title: String::new(),
        dimensions,
        columns,
        rows,
        footnotes: Vec::new(),
    }
}

/// Id and title of each form on the board.
fn forms(cx: &Context<'_>, groups: &[(String, Vec<&BoardLine>)]) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for cell in groups.iter().flat_map(|(_, l)| l).flat_map(|l| &l.forms) {
        if !out.iter().any(|(id, _)| *id == cell.form) {
            out.push((cell.form.clone(), form_title(cx, &cell.form)));
        }
    }
    out
}

/// What clerks call a form.
pub fn form_title(cx: &Context<'_>, id: &str) -> String {
    cx.scheme
        .form(id)
        .map_or_else(|| id.to_owned(), |f| cx.scheme.forms[f].title.clone())
}

fn figure(n: u64) -> Figure {
    Figure {
        value: Number::Integer(n as i64),
        ..Figure::default()
    }
}

fn sums(sum: &[i64]) -> Vec<Figure> {
    sum.iter()
        .map(|&n| Figure {
            value: Number::Integer(n),
            ..Figure::default()
        })
        .chain([Figure {
            value: Number::Text(String::new()),
            ..Figure::default()
        }])
        .collect()
}

fn marked(text: String, met: Option<bool>) -> Figure {
    Figure {
        value: Number::Text(text),
        met,
        ..Figure::default()
    }
}

fn leaf(
    cx: &Context<'_>,
    line: &BoardLine,
    forms: &[(String, String)],
    counts: &BTreeMap<&str, (u64, u64)>,
) -> Vec<Figure> {
    let mut out = Vec::new();
    let mut files = Vec::new();
    for (id, _) in forms {
        match line.forms.iter().find(|c| c.form == *id) {
            Some(cell) if !cell.files.is_empty() => {
                files.extend(cell.files.iter().cloned());
                out.push(figure(cell.records));
                out.push(figure(cell.rejected));
            }
            cell => {
                // Nothing is wrong where a form that not every school has did not come.
                let word = match cell.is_some_and(|c| c.occasional) {
                    true => marked(String::new(), None),
                    false => marked(cx.words.get(Key::BoardMissing), Some(false)),
                };
                out.push(word);
                out.push(marked(String::new(), None));
            }
        }
    }
    files.sort();
    files.dedup();
    out.push(figure(files.len() as u64));
    let (errors, warnings) = counts
        .get(line.school.as_str())
        .copied()
        .unwrap_or_default();
    out.push(Figure {
        met: (errors > 0).then_some(false),
        ..figure(errors)
    });
    out.push(figure(warnings));
    out.push(match state(line) {
        State::Complete => marked(cx.words.get(Key::BoardComplete), Some(true)),
        State::Partial => marked(cx.words.get(Key::BoardPartial), Some(false)),
        State::Missing => marked(cx.words.get(Key::BoardMissing), Some(false)),
    });
    out
}

/// One text a town: who owes what, and who has to correct how much.
fn reminders(
    cx: &Context<'_>,
    groups: &[(String, Vec<&BoardLine>)],
    counts: &BTreeMap<&str, (u64, u64)>,
    sheets: &mut names::Sheets,
) -> Option<Page> {
    let words = cx.words;
    let mut lines = Vec::new();
    for (district, members) in groups {
        let mut owing = Vec::new();
        let mut correcting = Vec::new();
        for line in members {
            match state(line) {
                State::Complete => {}
                State::Missing => owing.push(line.school.clone()),
                State::Partial => {
                    let titles: Vec<String> = line
                        .forms
                        .iter()
                        .filter(|f| f.is_missing())
                        .map(|f| form_title(cx, &f.form))
                        .collect();
                    owing.push(words.fill(
                        Key::ReminderForms,
                        &[
                            ("school", line.school.clone()),
                            ("forms", words.list(titles.iter().map(String::as_str))),
                        ],
                    ));
                }
            }
            if let Some(&(errors, _)) = counts.get(line.school.as_str())
                && errors > 0
            {
                correcting.push(words.fill(
                    Key::ReminderErrors,
                    &[("school", line.school.clone()), ("n", errors.to_string())],
                ));
            }
        }
        if owing.is_empty() && correcting.is_empty() {
            continue;
        }
        let mut text = words.fill(
            Key::ReminderText,
            &[("district", district), ("scheme", &cx.scheme.title)],
        );
        for (key, names) in [
            (Key::ReminderMissing, &owing),
            (Key::ReminderToCorrect, &correcting),
        ] {
            if !names.is_empty() {
                let names = words.list(names.iter().map(String::as_str));
                text.push_str(&words.fill(key, &[("schools", names)]));
            }
        }
        lines.push(Line {
            kind: LineKind::Leaf,
            cells: vec![
                super::cell(
                    crate::report::page::Meaning::Item,
                    crate::report::page::Content::Number(lines.len() as f64 + 1.0),
                ),
                item(district.clone()),
                count(owing.len() as u64),
                count(correcting.len() as u64),
                item(text),
            ],
        });
    }
    if lines.is_empty() {
        return None;
    }
    let label = |k: Key| words.get(k);
    Some(Page {
        sheet: sheets.claim(&label(Key::ReminderSheet)),
        title: cx.filled(&label(Key::ReminderTitle)),
        columns: vec![
            column(label(Key::Serial), Show::Serial, Align::Centre, (5.0, 6.0)),
            column(place_words(cx).0, Show::Words, Align::Centre, (12.0, 16.0)),
            column(
                label(Key::ReminderOwing),
                Show::Whole,
                Align::Centre,
                (8.0, 10.0),
            ),
            column(
                label(Key::BoardErrors),
                Show::Whole,
                Align::Centre,
                (8.0, 10.0),
            ),
            column(
                label(Key::ReminderNote),
                Show::Words,
                Align::Left,
                (46.0, 72.0),
            ),
        ],
        stub: 2,
        lines,
        ..Page::default()
    })
}
