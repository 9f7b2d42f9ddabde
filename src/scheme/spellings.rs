//! The spellings of a vocabulary and the small words of cells, folded once and ready to look up.

use super::form::{Code, Vocabulary};
use super::lookup::{Beginnings, QuickMap};
use super::words::Words;
use crate::fold;
use std::collections::HashMap;

/// What a spelling stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// A term.
    Term(Code),
    /// More than one term could be meant.
    Ambiguous,
    /// None.
    Absent,
}

/// All spellings of a vocabulary.
#[derive(Debug)]
pub struct Spellings {
    known: QuickMap<String, Meaning>,
    /// Longest spelling in characters.
    longest: usize,
    /// [`Vocabulary::affixes`], folded, longest first.
    pub affixes: Vec<String>,
    /// [`Vocabulary::unfinished`], folded.
    pub unfinished: Vec<String>,
    /// [`Vocabulary::separators`], folded.
    pub separators: Vec<String>,
}

impl Spellings {
    /// Folds everything. Where two terms claim one spelling the first has it; [`clashes`] finds such.
    pub fn new(vocabulary: &Vocabulary) -> Spellings {
        let mut known = QuickMap::default();
        let mut put = |text: &str, meaning: Meaning| {
            // The text as written too: most cells can then be looked up as they are.
            known.entry(text.to_owned()).or_insert(meaning);
            known.entry(fold::label(text)).or_insert(meaning);
        };
        for (i, term) in vocabulary.terms.iter().enumerate() {
            let Ok(code) = Code::try_from(i) else { break };
            put(&term.name, Meaning::Term(code));
            for spelling in &term.spellings {
                put(spelling, Meaning::Term(code));
            }
        }
        for spelling in &vocabulary.ambiguous {
            put(spelling, Meaning::Ambiguous);
        }
        for spelling in &vocabulary.absent {
            put(spelling, Meaning::Absent);
        }
        let fold_all = |texts: &[String]| {
            let mut all: Vec<String> = texts.iter().map(|t| fold::label(t)).collect();
            all.retain(|t| !t.is_empty());
            all.sort_by_key(|t| std::cmp::Reverse(t.chars().count()));
            all
        };
        Spellings {
            longest: known.keys().map(|k| k.chars().count()).max().unwrap_or(0),
            known,
            affixes: fold_all(&vocabulary.affixes),
            unfinished: fold_all(&vocabulary.unfinished),
            separators: fold_all(&vocabulary.separators),
        }
    }

    /// What a whole text stands for, as written or folded.
    pub fn get(&self, text: &str) -> Option<Meaning> {
        self.known.get(text).copied()
    }

    /// The longest spelling at the beginning of a folded text, with its length in bytes.
    pub fn longest_at(&self, folded: &str) -> Option<(usize, Meaning)> {
        let mut found = None;
        for (i, c) in folded.char_indices().take(self.longest) {
            let end = i + c.len_utf8();
            if let Some(meaning) = self.get(&folded[..end]) {
                found = Some((end, meaning));
            }
        }
        found
    }

    /// Every spelling that stands for a term, in no particular order.
    pub fn terms(&self) -> impl Iterator<Item = (&str, Code)> {
        self.known.iter().filter_map(|(k, m)| match m {
            Meaning::Term(code) => Some((k.as_str(), *code)),
            _ => None,
        })
    }
}

/// A spelling that two terms claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// The spelling as the second one writes it.
    pub spelling: String,
    /// Who has it first, and who claims it again: a term, or the name of a list.
    pub between: (String, String),
}

/// Every spelling that two terms, or a term and another list, claim: folded alike, they could not
/// be told apart.
pub fn clashes(vocabulary: &Vocabulary) -> Vec<Clash> {
    let mut seen: HashMap<String, &str> = HashMap::new();
    let terms = vocabulary.terms.iter().flat_map(|t| {
        let all = std::iter::once(&t.name).chain(&t.spellings);
        all.map(|s| (s, t.name.as_str()))
    });
    let ambiguous = vocabulary.ambiguous.iter().map(|s| (s, "ambiguous"));
    let absent = vocabulary.absent.iter().map(|s| (s, "absent"));
    let mut out = Vec::new();
    for (spelling, owner) in terms.chain(ambiguous).chain(absent) {
        let first = *seen.entry(fold::label(spelling)).or_insert(owner);
        if first != owner {
            out.push(Clash {
                spelling: spelling.clone(),
                between: (first.to_owned(), owner.to_owned()),
            });
        }
    }
    out
}

/// The small words of cells, folded.
#[derive(Debug)]
pub struct Tokens {
    known: QuickMap<String, Token>,
    /// Longest word in bytes, so that longer cells need no look-up.
    longest: usize,
    beginnings: Beginnings,
    ditto: Beginnings,
}

/// What a small word means. A word can mean several things in different columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Token {
    /// Nothing.
    pub absent: bool,
    /// The same as above.
    pub ditto: bool,
    /// True.
    pub yes: bool,
    /// False.
    pub no: bool,
    /// Until now.
    pub present: bool,
}

impl Tokens {
    /// Folds the words.
    pub fn new(words: &Words) -> Tokens {
        let mut known: QuickMap<String, Token> = QuickMap::default();
        let mut put = |list: &[String], set: fn(&mut Token)| {
            for word in list {
                set(known.entry(fold::label(word)).or_default());
                // Typographic quotes fold to nothing; as a cell of its own such a mark counts.
                set(known.entry(word.clone()).or_default());
            }
        };
        put(&words.absent, |t| t.absent = true);
        put(&words.ditto, |t| t.ditto = true);
        put(&words.yes, |t| t.yes = true);
        put(&words.no, |t| t.no = true);
        put(&words.present, |t| t.present = true);
        known.remove("");
        Tokens {
            longest: known.keys().map(String::len).max().unwrap_or(0),
            beginnings: Beginnings::of(known.keys().map(String::as_str)),
            ditto: Beginnings::of(words.ditto.iter().map(String::as_str)),
            known,
        }
    }

    /// What the cleaned text of a cell means as a small word; nothing for ordinary cells.
    pub fn get(&self, clean: &str) -> Token {
        // Padding and full-width forms are longer than the folded word, hence the slack.
        if clean.len() > self.longest * 2 {
            return Token::default();
        }
        let folds = |c: char| !('\u{4e00}'..='\u{9fff}').contains(&c) && !c.is_ascii_digit();
        // A character that folds to itself begins the word as it begins the cell.
        match clean.chars().next() {
            Some(first) if folds(first) || self.beginnings.contains(first) => {}
            _ => return Token::default(),
        }
        if let Some(token) = self.known.get(clean) {
            return *token;
        }
        if clean.contains(folds) {
            let folded = fold::label(clean);
            return self.known.get(&folded).copied().unwrap_or_default();
        }
        Token::default()
    }

    /// Whether a cell's text as stored is a mark for "the same as above".
    pub fn ditto(&self, text: &str) -> bool {
        match text.chars().next() {
            Some(first) if self.ditto.contains(first) => self.get(text.trim()).ditto,
            Some(first) if first.is_whitespace() => {
                let text = text.trim_start();
                let first = text.chars().next();
                first.is_some_and(|c| self.ditto.contains(c)) && self.get(text.trim_end()).ditto
            }
            _ => false,
        }
    }
}
