//! Files and rows that stand behind no figure at all: what could not be read, what came twice, what
//! a newer file replaced, and rows that could not become records.

use super::problems::Speech;
use super::{Context, column, names};
use crate::account::Verdict;
use crate::diagnostic::Diagnostic;
use crate::report::bulk::Bulk;
use crate::report::page::{Align, Page, Show};
use crate::report::words::{Key, PREFIX_VERDICT};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A row, by file, sheet and number.
type Place<'a> = (&'a Arc<str>, &'a Arc<str>, u32);

/// The sheet; nothing where everything is used.
pub fn page(cx: &Context<'_>, sheets: &mut names::Sheets) -> Option<Page> {
    let words = cx.words;
    let all = cx.findings.ledgers.unused;
    let files = || {
        let used = |v| matches!(v, Verdict::Read | Verdict::Skipped);
        cx.findings.inputs.iter().filter(move |i| !used(i.verdict))
    };
    if all.is_empty() && files().next().is_none() {
        return None;
    }
    let mut why: BTreeMap<Place<'_>, Option<&Diagnostic>> = all
        .iter()
        .map(|u| ((&u.file, &u.sheet, u.row), None))
        .collect();
    let mut of_files: BTreeMap<&Arc<str>, &Diagnostic> = BTreeMap::new();
    // Sorted, so the first finding of a row is the one that a list of problems begins with.
    for d in cx.findings.diagnostics {
        if let Some(row) = d.place.row {
            if let Some(slot) = why.get_mut(&(&d.place.file, &d.place.sheet, row)) {
                slot.get_or_insert(d);
            }
        } else if d.place.sheet.is_empty() {
            of_files.entry(&d.place.file).or_insert(d);
        }
    }
    let speech = Speech::new(words);
    let mut bulk = Bulk::new(5);
    let mut serial = 0u32;
    let mut line = |file: &str, sheet: &str, row: Option<u32>, reason: &str| {
        serial += 1;
        bulk.number(serial.into(), Show::Serial);
        bulk.text(file);
        bulk.text(sheet);
        match row {
            Some(row) => bulk.number(f64::from(row) + 1.0, Show::Plain),
            None => bulk.blank(),
        }
        bulk.text(reason);
    };
    for input in files() {
        let reason = match of_files.get(&input.file) {
            Some(d) => speech.texts(d).0,
            None => words.named(PREFIX_VERDICT, input.verdict.as_str()),
        };
        line(&input.file, "", None, &reason);
    }
    let superseded = words.get(Key::UnusedSuperseded);
    let rejected = words.get(Key::UnusedRejected);
    for u in all {
        let found = why.get(&(&u.file, &u.sheet, u.row)).copied().flatten();
        let reason = match (u.superseded, found) {
            (true, _) => superseded.clone(),
            (false, Some(d)) => speech.texts(d).0,
            (false, None) => rejected.clone(),
        };
        line(&u.file, &u.sheet, Some(u.row), &reason);
    }
    let labels = [
        (Key::Serial, Show::Serial, Align::Centre),
        (Key::ProblemsFile, Show::Words, Align::Left),
        (Key::ProblemsSheetName, Show::Words, Align::Left),
        (Key::LedgerRow, Show::Plain, Align::Centre),
        (Key::LedgerReason, Show::Words, Align::Left),
    ];
    let labels = labels.into_iter().enumerate();
    let columns = labels.map(|(i, (key, show, align))| {
        let wide = (bulk.width(i) + 2.0).clamp(8.0, 90.0);
        column(words.get(key), show, align, (wide, wide))
    });
    Some(Page {
        sheet: sheets.claim(&words.get(Key::UnusedSheet)),
        title: words.get(Key::UnusedTitle),
        subtitle: cx.subtitle(""),
        preamble: vec![words.get(Key::UnusedNote)],
        columns: columns.collect(),
        stub: 2,
        filter: true,
        bulk: Some(bulk.into()),
        ..Page::default()
    })
}
