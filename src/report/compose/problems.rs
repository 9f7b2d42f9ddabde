//! The problem list: every finding with its place, what is wrong and what to do, school by school.

use super::{Context, cell, column, item, names};
use crate::diagnostic::{Diagnostic, Rule, Severity, mask, render};
use crate::report::page::{Align, Cell, Content, Line, LineKind, Meaning, Page, Show};
use crate::report::words::{Key, PREFIX_RULE, Words};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Findings of one rule in one file that are listed; the rest is counted. A school that got a whole
/// column wrong needs no 3,000 lines to see it.
pub const A_RULE_A_FILE: usize = 200;
/// Lines of the whole list; the file of findings for programs has them all.
const LINES: usize = 50_000;

/// A finding to list, or how many more there are of the one before.
pub enum Entry<'a> {
    /// A finding.
    Finding(&'a Diagnostic),
    /// So many more of this rule in this file.
    More(&'a Diagnostic, usize),
}

/// Findings in their order, each rule of a file cut at [`A_RULE_A_FILE`].
pub fn entries<'a>(found: impl IntoIterator<Item = &'a Diagnostic>) -> Vec<Entry<'a>> {
    let mut out: Vec<Entry<'_>> = Vec::new();
    let mut seen: BTreeMap<(&Arc<str>, Rule, Severity), (usize, &Diagnostic)> = BTreeMap::new();
    let mut file: Option<&Arc<str>> = None;
    let close = |seen: &mut BTreeMap<_, (usize, &'a Diagnostic)>, out: &mut Vec<Entry<'a>>| {
        for (n, d) in std::mem::take(seen).into_values() {
            if n > A_RULE_A_FILE && !d.place.file.is_empty() {
                out.push(Entry::More(d, n - A_RULE_A_FILE));
            }
        }
    };
    for d in found {
        if file.is_some_and(|f| *f != d.place.file) {
            close(&mut seen, &mut out);
        }
        file = Some(&d.place.file);
        let slot = seen
            .entry((&d.place.file, d.rule, d.severity))
            .or_insert((0, d));
        slot.0 += 1;
        // What belongs to no file (a missing submission) is not one file's habit.
        if slot.0 <= A_RULE_A_FILE || d.place.file.is_empty() {
            out.push(Entry::Finding(d));
        }
    }
    close(&mut seen, &mut out);
    out
}

/// Words that every line of a list needs, looked up once.
pub struct Speech {
    words: Words,
    severities: [String; 3],
    row: String,
    whole: String,
    more: String,
    comment: String,
    rules: BTreeMap<Rule, String>,
}

impl Speech {
    /// Looks them up.
    pub fn new(words: Words) -> Speech {
        Speech {
            words,
            severities: [Key::SeverityError, Key::SeverityWarning, Key::SeverityNote]
                .map(|k| words.get(k)),
            row: words.get(Key::ProblemsRow),
            whole: words.get(Key::ProblemsWhole),
            more: words.get(Key::ProblemsMore),
            comment: words.get(Key::FeedbackComment),
            rules: Rule::ALL
                .iter()
                .map(|r| (*r, words.named(PREFIX_RULE, r.name())))
                .collect(),
        }
    }

    /// A severity as a cell; what must be corrected is marked.
    pub fn severity(&self, severity: Severity) -> Cell {
        let meaning = match severity {
            Severity::Error => Meaning::BelowTarget,
            Severity::Warning | Severity::Note => Meaning::Note,
        };
        let word = &self.severities[severity as usize];
        cell(meaning, Content::Text(word.clone()))
    }

    /// Cell, row, or the whole.
    pub fn place(&self, d: &Diagnostic) -> String {
        match (d.place.cell(), d.place.row) {
            (Some(cell), _) => cell,
            (None, Some(row)) => crate::message::fill(&self.row, &[("row", (row + 1).to_string())]),
            (None, None) if d.place.file.is_empty() => String::new(),
            (None, None) => self.whole.clone(),
        }
    }

    /// What is wrong and what to do.
    pub fn texts(&self, d: &Diagnostic) -> (String, String) {
        (
            render::message(d, self.words.lang),
            render::hint(d, self.words.lang),
        )
    }

    /// What a comment on the cell says: how bad it is, what is wrong, what to do.
    pub fn comment(&self, d: &Diagnostic) -> (String, String) {
        let word = &self.severities[d.severity as usize];
        let head = crate::message::fill(&self.comment, &[("severity", word)]);
        let (message, hint) = self.texts(d);
        (head, [message, hint].join("\n"))
    }

    /// Short title and code of a rule.
    pub fn rule(&self, rule: Rule) -> String {
        let title = self.rules.get(&rule).map_or("", String::as_str);
        format!("{title} {}", rule.code())
    }

    /// "And so many more of this kind."
    pub fn more(&self, d: &Diagnostic, n: usize) -> String {
        let rule = self.rule(d.rule);
        crate::message::fill(&self.more, &[("n", n.to_string()), ("rule", rule)])
    }
}

/// The bureau's list.
pub fn page(cx: &Context<'_>, sheets: &mut names::Sheets) -> Page {
    let words = cx.words;
    let speech = Speech::new(words);
    let mut found: Vec<(usize, &str, &Diagnostic)> = cx
        .findings
        .diagnostics
        .iter()
        .map(|d| {
            let school = school(cx, d);
            (order(cx, school), school, d)
        })
        .collect();
    // Stable: within a school the findings keep the order of files and cells.
    found.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    let total = found.len();
    let all = entries(found.iter().map(|(_, _, d)| *d));
    let cut = all.len() > LINES;

    let mut lines: Vec<Line> = Vec::with_capacity(all.len().min(LINES));
    for entry in all.into_iter().take(LINES) {
        let (d, severity, message, hint) = match entry {
            Entry::Finding(d) => {
                let (message, hint) = speech.texts(d);
                (d, speech.severity(d.severity), message, hint)
            }
            Entry::More(d, n) => {
                let note = cell(Meaning::Note, Content::Blank);
                (d, note, speech.more(d, n), String::new())
            }
        };
        let more = severity.content == Content::Blank;
        let school = school(cx, d);
        lines.push(Line {
            kind: LineKind::Leaf,
            cells: vec![
                cell(Meaning::Item, Content::Number(lines.len() as f64 + 1.0)),
                item(school),
                item(mask::in_text(&d.place.file)),
                item(if more {
                    String::new()
                } else {
                    mask::in_text(&d.place.sheet)
                }),
                item(if more { String::new() } else { speech.place(d) }),
                severity,
                item(message),
                item(hint),
                item(speech.rule(d.rule)),
            ],
        });
    }
    let mut notes = vec![words.get(Key::ProblemsNote)];
    if cut {
        notes.push(words.fill(
            Key::ProblemsCut,
            &[("n", LINES.to_string()), ("total", total.to_string())],
        ));
    }
    let filter = !lines.is_empty();
    if lines.is_empty() {
        lines.push(Line {
            kind: LineKind::Words,
            cells: vec![Cell {
                meaning: Meaning::Note,
                content: Content::Text(words.get(Key::ProblemsNone)),
                across: 9,
            }],
        });
    }
    let label = |k: Key| words.get(k);
    Page {
        sheet: sheets.claim(&label(Key::ProblemsSheet)),
        title: cx.filled(&label(Key::ProblemsTitle)),
        subtitle: cx.subtitle(""),
        columns: vec![
            column(label(Key::Serial), Show::Serial, Align::Centre, (5.0, 7.0)),
            column(
                label(Key::ProblemsSchool),
                Show::Words,
                Align::Left,
                (14.0, 20.0),
            ),
            column(
                label(Key::ProblemsFile),
                Show::Words,
                Align::Left,
                (14.0, 22.0),
            ),
            column(
                label(Key::ProblemsSheetName),
                Show::Words,
                Align::Left,
                (10.0, 14.0),
            ),
            column(
                label(Key::ProblemsPlace),
                Show::Words,
                Align::Centre,
                (8.0, 10.0),
            ),
            column(
                label(Key::ProblemsSeverity),
                Show::Words,
                Align::Centre,
                (8.0, 9.0),
            ),
            column(
                label(Key::ProblemsMessage),
                Show::Words,
                Align::Left,
                (24.0, 44.0),
            ),
            column(
                label(Key::ProblemsHint),
                Show::Words,
                Align::Left,
                (20.0, 34.0),
            ),
            column(
                label(Key::ProblemsRule),
                Show::Words,
                Align::Left,
                (10.0, 16.0),
            ),
        ],
        stub: 2,
        lines,
        footnotes: cx.notes(notes),
        filter,
        ..Page::default()
    }
}

/// The school that a line is listed under: whose file it is, or whom the finding itself names.
fn school<'a>(cx: &Context<'a>, d: &'a Diagnostic) -> &'a str {
    cx.school(&d.place).unwrap_or_else(|| {
        d.args
            .iter()
            .find(|(name, _)| *name == "school" && d.place.file.is_empty())
            .map_or("", |(_, school)| school.as_str())
    })
}

/// Place of a school in the official order; unlisted schools follow, findings without a school
/// come last.
fn order(cx: &Context<'_>, school: &str) -> usize {
    if school.is_empty() {
        return usize::MAX;
    }
    cx.scheme
        .directory
        .by_name(school)
        .unwrap_or(usize::MAX - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Place;

    #[test]
    fn a_systematic_mistake_is_counted_after_two_hundred_lines() {
        let file: Arc<str> = "a.xlsx".into();
        let sheet: Arc<str> = "S".into();
        let place = Place::sheet(&file, &sheet);
        let mut found: Vec<Diagnostic> = (0..230)
            .map(|r| Diagnostic::new(Rule::DateUnreadable, place.at(r, Some(3))))
            .collect();
        found.push(Diagnostic::new(Rule::IdLength, place.at(500, Some(2))));
        let other: Arc<str> = "b.xlsx".into();
        found.push(Diagnostic::new(Rule::DateUnreadable, Place::file(&other)));
        let listed = entries(&found);
        assert_eq!(listed.len(), 200 + 1 + 1 + 1);
        let more: Vec<usize> = listed
            .iter()
            .filter_map(|e| match e {
                Entry::More(_, n) => Some(*n),
                Entry::Finding(_) => None,
            })
            .collect();
        assert_eq!(more, vec![30]);
        assert!(
            matches!(listed[201], Entry::More(..)),
            "before the next file"
        );
        let missing: Vec<Diagnostic> = (0..230)
            .map(|_| Diagnostic::new(Rule::SubmissionMissing, Place::default()))
            .collect();
        assert_eq!(entries(&missing).len(), 230);
    }
}
