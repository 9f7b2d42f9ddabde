//! Names of terms that are out of use (`old` in a vocabulary): taken for what they mean today, and
//! said once a column.

use super::column::{Column, Held, Memo};
use crate::diagnostic::{Diagnostic, Rule};
use crate::fold;
use crate::scheme::{Meaning, Vocabulary};
use std::collections::BTreeMap;

/// How many names a finding lists.
const NAMED: usize = 3;

/// Looks for old names in a column of terms.
pub(super) fn check(column: &Column<'_>, vocabulary: &Vocabulary, out: &mut Vec<Diagnostic>) {
    let terms = &vocabulary.terms;
    if terms.iter().all(|t| t.old.is_empty()) {
        return;
    }
    let spellings = vocabulary.spellings();
    let current = |text: &str| {
        let by_spelling = match spellings.get(text) {
            Some(Meaning::Term(code)) => terms.get(usize::from(code)),
            _ => None,
        };
        by_spelling.is_some_and(|t| t.name == text) || terms.iter().any(|t| t.name == text)
    };
    // Most tables have none: what is old is folded only where something is not written as today.
    let mut old: Option<BTreeMap<String, &str>> = None;
    let mut memo = Memo::new();
    // Old name, today's, how often; in the order of the rows.
    let mut found: Vec<(String, &str, usize)> = Vec::new();
    let mut first = None;
    for (index, slot) in column.cells.iter().enumerate() {
        let Held::Text(text) = slot.held else {
            continue;
        };
        let today = memo.get(text, |text| {
            if current(text) {
                return None;
            }
            let old = old.get_or_insert_with(|| old_names(vocabulary));
            old.get(&fold::label(text)).copied()
        });
        let Some(today) = today else { continue };
        first.get_or_insert(index);
        let name = fold::label(text);
        match found.iter_mut().find(|(known, ..)| *known == name) {
            Some((.., n)) => *n += 1,
            None => found.push((name, today, 1)),
        }
    }
    let Some(first) = first else { return };
    let listed: Vec<String> = found
        .iter()
        .take(NAMED)
        .map(|(name, today, _)| format!("{name}→{today}"))
        .collect();
    let count: usize = found.iter().map(|(.., n)| n).sum();
    let more = if found.len() > NAMED { "…" } else { "" };
    out.push(
        column
            .finding(first, Rule::TitleOldName)
            .arg("count", count)
            .arg("names", format!("{}{more}", listed.join(fold::LIST))),
    );
}

fn old_names(vocabulary: &Vocabulary) -> BTreeMap<String, &str> {
    let terms = vocabulary.terms.iter();
    let old = terms.flat_map(|t| t.old.iter().map(move |o| (fold::label(o), t.name.as_str())));
    old.collect()
}
