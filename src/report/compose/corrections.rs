//! What the bureau itself has corrected: a note under every table that rests on a corrected record,
//! and a sheet that lists each decision with its reason.

use super::{Context, cell, column, item, names};
use crate::diagnostic::mask;
use crate::report::page::{Align, Content, Line, LineKind, Meaning, Page, Show};
use crate::report::words::{Key, PREFIX_ACTION};

/// The note under a table whose measure looks at forms with corrected records.
pub fn note(cx: &Context<'_>, measure: &str) -> Option<String> {
    let measure = cx.scheme.measure(measure)?;
    let forms = cx.scheme.measures[measure].forms(&cx.scheme.measures);
    let looked_at = |id: &str| cx.scheme.form(id).is_some_and(|f| forms.contains(&f));
    let decisions = cx.findings.decisions.iter();
    let n = decisions
        .filter(|d| d.changes() && looked_at(&d.form))
        .count();
    let sheet = ("sheet", cx.words.get(Key::CorrectionsSheet));
    let args = [("n", n.to_string()), sheet];
    (n > 0).then(|| cx.words.fill(Key::NoteCorrected, &args))
}

/// The list, where anything was decided.
pub fn page(cx: &Context<'_>, sheets: &mut names::Sheets) -> Option<Page> {
    if cx.findings.decisions.is_empty() {
        return None;
    }
    let words = cx.words;
    let label = |k: Key| words.get(k);
    let place = |d: &crate::diagnostic::Decision| {
        let row = d.place.row.map_or(0, |r| r + 1).to_string();
        let whole = || words.fill(Key::ProblemsRow, &[("row", row)]);
        d.place.cell().unwrap_or_else(whole)
    };
    let lines = cx.findings.decisions.iter().enumerate().map(|(i, d)| Line {
        kind: LineKind::Leaf,
        cells: vec![
            cell(Meaning::Item, Content::Number(i as f64 + 1.0)),
            item(cx.school(&d.place).unwrap_or_default()),
            item(mask::in_text(&d.place.file)),
            item(mask::in_text(&d.place.sheet)),
            item(place(d)),
            item(&*d.field),
            item(&*d.before),
            item(words.named(PREFIX_ACTION, d.action.as_str())),
            item(&*d.after),
            item(&*d.decided.reason),
            item(&*d.decided.date),
            item(&*d.decided.who),
        ],
    });
    let lines = lines.collect();
    let narrow = |k| column(label(k), Show::Words, Align::Centre, (8.0, 12.0));
    let wide = |k| column(label(k), Show::Words, Align::Left, (10.0, 20.0));
    Some(Page {
        sheet: sheets.claim(&label(Key::CorrectionsSheet)),
        title: cx.filled(&label(Key::CorrectionsTitle)),
        subtitle: cx.subtitle(""),
        columns: vec![
            column(label(Key::Serial), Show::Serial, Align::Centre, (5.0, 7.0)),
            wide(Key::ProblemsSchool),
            wide(Key::ProblemsFile),
            narrow(Key::ProblemsSheetName),
            narrow(Key::ProblemsPlace),
            narrow(Key::CorrectionsField),
            wide(Key::CorrectionsBefore),
            narrow(Key::CorrectionsAction),
            wide(Key::CorrectionsAfter),
            column(
                label(Key::CorrectionsReason),
                Show::Words,
                Align::Left,
                (16.0, 30.0),
            ),
            narrow(Key::CorrectionsDate),
            narrow(Key::CorrectionsWho),
        ],
        stub: 1,
        lines,
        footnotes: cx.notes(vec![label(Key::CorrectionsNote)]),
        signature: cx.signature(&[]),
        ..Page::default()
    })
}
