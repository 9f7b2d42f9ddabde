//! Terms of a vocabulary from however they are written.
//!
//! In this order: the whole text; the text without what stands in brackets, then the brackets
//! alone; the text without words that are no part of a term; the first of several terms where the
//! vocabulary allows several. A spelling that is not known is never guessed: the nearest terms are
//! named in the message.

use super::column::{Column, Got, Held, Memo, Read, plain_number, shown};
use super::{Data, NO_CODE};
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::fold;
use crate::scheme::{Code, Matching, Meaning, Spellings, Tokens, Vocabulary};

/// What a text stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A term.
    Term(Code),
    /// A word for "none".
    Absent,
    /// Two terms could be meant.
    Ambiguous,
    /// The term is not held (yet): not graduated, only a candidate.
    Unfinished,
    /// Not known.
    Unknown,
}

/// Looks a text up.
pub fn find(text: &str, vocabulary: &Vocabulary, tokens: &Tokens) -> Found {
    let spellings = vocabulary.spellings();
    // Most cells are written exactly as a known spelling.
    if let Some(meaning) = spellings.get(text) {
        return meaning.into();
    }
    let folded = fold::label(text);
    if let Some(meaning) = spellings.get(&folded) {
        return meaning.into();
    }
    if tokens.get(&folded).absent {
        return Found::Absent;
    }
    if spellings
        .unfinished
        .iter()
        .any(|w| folded.contains(w.as_str()))
    {
        return Found::Unfinished;
    }
    match vocabulary.matching {
        Matching::Exact => exact(&folded, spellings),
        Matching::Longest => longest(&folded, vocabulary),
    }
}

/// For fields that ask for what lies ahead: the level that is studied for is not held yet.
fn find_ahead(text: &str, vocabulary: &Vocabulary, tokens: &Tokens) -> Found {
    let mut folded = fold::label(text);
    for word in &vocabulary.spellings().unfinished {
        folded = folded.replace(word.as_str(), "");
    }
    match folded.as_str() {
        "" => Found::Unknown,
        rest => find(rest, vocabulary, tokens),
    }
}

impl From<Meaning> for Found {
    fn from(meaning: Meaning) -> Found {
        match meaning {
            Meaning::Term(code) => Found::Term(code),
            Meaning::Ambiguous => Found::Ambiguous,
            Meaning::Absent => Found::Absent,
        }
    }
}

fn exact(folded: &str, spellings: &Spellings) -> Found {
    let (outside, inside) = fold::brackets(folded);
    let mut best = whole(&outside, spellings);
    if !matches!(best, Found::Term(_)) {
        for part in &inside {
            match whole(part, spellings) {
                found @ Found::Term(_) => {
                    best = found;
                    break;
                }
                Found::Ambiguous if best == Found::Unknown => best = Found::Ambiguous,
                _ => {}
            }
        }
    }
    if !matches!(best, Found::Term(_)) && !spellings.separators.is_empty() {
        // Undo the brackets: of 语文(数学) the first is meant as well.
        if let Some(code) = first_of_several(&outside, spellings) {
            return Found::Term(code);
        }
    }
    best
}

/// The text as a spelling, with or without words that are no part of it.
fn whole(text: &str, spellings: &Spellings) -> Found {
    if text.is_empty() {
        return Found::Unknown;
    }
    if let Some(meaning) = spellings.get(text) {
        return meaning.into();
    }
    let mut rest = text.to_owned();
    let mut ambiguous = false;
    for affix in &spellings.affixes {
        if rest.len() <= affix.len() || !rest.contains(affix.as_str()) {
            continue;
        }
        rest = rest.replace(affix.as_str(), "");
        let bare = rest.trim_matches(['-', ',', '/', '·', '.', ':', ';', '+']);
        match spellings.get(bare) {
            Some(Meaning::Term(code)) => return Found::Term(code),
            Some(Meaning::Ambiguous) => ambiguous = true,
            _ => {}
        }
    }
    if ambiguous {
        Found::Ambiguous
    } else {
        Found::Unknown
    }
}

fn first_of_several(text: &str, spellings: &Spellings) -> Option<Code> {
    // The separator that leaves a known term in front: 道德与法治与语文 has two of them.
    let mut cuts: Vec<usize> = spellings
        .separators
        .iter()
        .flat_map(|s| text.match_indices(s.as_str()).map(|(i, _)| i))
        .collect();
    cuts.sort_unstable();
    for cut in cuts {
        if let Found::Term(code) = whole(&text[..cut], spellings) {
            return Some(code);
        }
    }
    // 语文数学: nothing between, but nothing left over either.
    let (end, meaning) = spellings.longest_at(text)?;
    let Meaning::Term(first) = meaning else {
        return None;
    };
    let mut rest = &text[end..];
    while !rest.is_empty() {
        match spellings.longest_at(rest)? {
            (n, Meaning::Term(_)) => rest = &rest[n..],
            _ => return None,
        }
    }
    Some(first)
}

/// The terms that stand anywhere in the text; the highest where they have an order, else the
/// first.
fn longest(folded: &str, vocabulary: &Vocabulary) -> Found {
    let spellings = vocabulary.spellings();
    let mut best: Option<Code> = None;
    let mut ambiguous = false;
    let mut rest = folded;
    while let Some(c) = rest.chars().next() {
        let Some((n, meaning)) = spellings.longest_at(rest) else {
            rest = &rest[c.len_utf8()..];
            continue;
        };
        match meaning {
            Meaning::Term(code) => {
                best = Some(match best {
                    Some(old) if vocabulary.ordered => old.max(code),
                    Some(old) => old,
                    None => code,
                });
            }
            Meaning::Ambiguous => ambiguous = true,
            Meaning::Absent => {}
        }
        rest = &rest[n..];
    }
    match best {
        Some(code) => Found::Term(code),
        None if ambiguous => Found::Ambiguous,
        None => Found::Unknown,
    }
}

/// Reads a column of terms.
pub(super) fn read(
    column: &Column<'_>,
    vocabulary: &Vocabulary,
    out: &mut Vec<Diagnostic>,
) -> Read {
    let tokens = column.scheme.words.tokens();
    let mut memo = Memo::new();
    let mut values = Vec::with_capacity(column.cells.len());
    let mut nearest = Nearest::default();
    let ahead = column.field.future;
    let states = column.each(
        out,
        |column, out, index, held| {
            let found = match held {
                Held::Text(t) => memo.get(t, |t| match find(t, vocabulary, tokens) {
                    Found::Unfinished if ahead => find_ahead(t, vocabulary, tokens),
                    found => found,
                }),
                // Codes: 1 for 男.
                Held::Number(n) => find(&plain_number(n), vocabulary, tokens),
                Held::Bool(b) => find(if b { "TRUE" } else { "FALSE" }, vocabulary, tokens),
                _ => Found::Unknown,
            };
            match found {
                Found::Term(code) => return Got::Value(code),
                Found::Absent => return Got::Blank,
                _ => {}
            }
            let finding = unknown(column, index, held, found, vocabulary, &mut nearest);
            column.report(out, index, finding);
            Got::Gap
        },
        |code| values.push(code.unwrap_or(NO_CODE)),
    );
    Read {
        data: Data::Code(values),
        states,
    }
}

pub(super) fn unknown(
    column: &Column<'_>,
    index: usize,
    held: Held<'_>,
    found: Found,
    vocabulary: &Vocabulary,
    nearest: &mut Nearest,
) -> Diagnostic {
    let value = shown(held);
    let finding = column
        .finding(index, Rule::VocabularyUnknown)
        .arg("value", &value)
        .arg("terms", terms(vocabulary));
    match found {
        Found::Ambiguous => finding.variant("ambiguous").severity(Severity::Warning),
        Found::Unfinished => finding.variant("unfinished").severity(Severity::Warning),
        _ => match nearest.of(&value, vocabulary) {
            "" => finding,
            near => finding.variant("near").arg("near", near),
        },
    }
}

/// The terms for a message; long lists are cut, the hint of the rule says where all stand.
fn terms(vocabulary: &Vocabulary) -> String {
    let names: Vec<&str> = vocabulary
        .terms
        .iter()
        .take(8)
        .map(|t| t.name.as_str())
        .collect();
    let more = if vocabulary.terms.len() > names.len() {
        "…"
    } else {
        ""
    };
    format!("{}{more}", names.join(fold::LIST))
}

/// "Did you mean": the terms whose spellings are nearest to a text, remembered for the column.
#[derive(Debug, Default)]
pub(super) struct Nearest {
    known: Vec<(String, String)>,
}

impl Nearest {
    fn of(&mut self, text: &str, vocabulary: &Vocabulary) -> &str {
        let at = self.known.iter().position(|(t, _)| t == text);
        let at = at.unwrap_or_else(|| {
            self.known.push((text.to_owned(), near(text, vocabulary)));
            self.known.len() - 1
        });
        &self.known[at].1
    }
}

fn near(text: &str, vocabulary: &Vocabulary) -> String {
    let folded = fold::label(text);
    if folded.chars().count() > 24 {
        return String::new();
    }
    let mut scores = vec![0.0f64; vocabulary.terms.len()];
    for (spelling, code) in vocabulary.spellings().terms() {
        let score = strsim::normalized_damerau_levenshtein(&folded, spelling);
        let best = &mut scores[usize::from(code)];
        *best = best.max(score);
    }
    let mut ranked: Vec<usize> = (0..scores.len()).filter(|i| scores[*i] >= 0.5).collect();
    // Stable, so that equal scores keep the vocabulary's order.
    ranked.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    let names: Vec<&str> = ranked
        .iter()
        .take(2)
        .map(|i| vocabulary.terms[*i].name.as_str())
        .collect();
    names.join(fold::LIST)
}

#[cfg(test)]
#[path = "vocabulary_tests.rs"]
mod tests;
