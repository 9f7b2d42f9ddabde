//! What became of what each school was told of in the letter before.

use super::table::{self, Frame};
use super::{Context, names};
use crate::diagnostic::item::Progress;
use crate::report::page::{Page, Print};
use crate::report::words::Key;
use crate::statistics::{Column, Figure, Level, Number, Quantity, Row, Tabulation};

const COLUMNS: [Key; 6] = [
    Key::ProgressBefore,
    Key::ProgressClosed,
    Key::ProgressOpen,
    Key::ProgressUnsent,
    Key::ProgressNew,
    Key::ProgressNow,
];

/// The page, where there was a letter before.
pub fn page(cx: &Context<'_>, sheets: &mut names::Sheets) -> Option<Page> {
    let mut all: Vec<(usize, &Progress)> = cx
        .findings
        .progress
        .iter()
        .filter(|p| counts(p) != [0; 6])
        .map(|p| (order(cx, &p.school), p))
        .collect();
    if all.is_empty() {
        return None;
    }
    all.sort_by(|a, b| (a.0, &a.1.school).cmp(&(b.0, &b.1.school)));
    let words = cx.words;
    let mut rows = Vec::new();
    let mut total = [0; 6];
    for (_, one) in all {
        let own = counts(one);
        for (sum, n) in total.iter_mut().zip(own) {
            *sum += n;
        }
        let school = match one.school.as_str() {
            "" => words.get(Key::ProgressNobody),
            school => school.to_owned(),
        };
        rows.push(Row {
            level: Level::Leaf,
            group: vec![("school".to_owned(), school)],
            figures: figures(own),
        });
    }
    rows.push(Row {
        level: Level::Total,
        group: Vec::new(),
        figures: figures(total),
    });
    let column = |key: &Key| Column {
        part: String::new(),
        title: vec![words.get(*key)],
        quantity: Quantity::Count(String::new()),
        formula: None,
        additive: true,
    };
    let school = match cx.scheme.places.school.as_str() {
        "" => words.get(Key::BoardSchool),
        own => own.to_owned(),
    };
    let tab = Tabulation {
        measure: String::new(),
        title: String::new(),
        dimensions: vec![("school".to_owned(), school)],
        columns: COLUMNS.iter().map(column).collect(),
        rows,
        footnotes: Vec::new(),
    };
    let frame = Frame {
        title: cx.filled(&words.get(Key::ProgressTitle)),
        unit: words.get(Key::ProgressUnit),
        notes: vec![words.get(Key::ProgressNote)],
        signature: None,
        total_first: true,
        rate_places: 2,
        below: Key::NoteBelow,
        capitals: false,
        subtitle: Vec::new(),
        sources: Vec::new(),
        print: Print::default(),
        break_by: None,
        name: None,
    };
    let sheet = sheets.claim(&words.get(Key::ProgressSheet));
    Some(table::build(cx, &tab, &frame, sheet).page)
}

fn counts(p: &Progress) -> [u64; 6] {
    let before = p.closed + p.open + p.unsent;
    [before, p.closed, p.open, p.unsent, p.new, p.open + p.new]
}

fn figures(counts: [u64; 6]) -> Vec<Figure> {
    let figure = |n: u64| Figure {
        value: Number::Integer(n as i64),
        ..Figure::default()
    };
    counts.into_iter().map(figure).collect()
}

/// The directory's order; then unknown schools, last what belongs to none.
fn order(cx: &Context<'_>, school: &str) -> usize {
    match school {
        "" => usize::MAX,
        school => cx
            .scheme
            .directory
            .by_name(school)
            .unwrap_or(usize::MAX - 1),
    }
}
