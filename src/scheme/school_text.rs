//! How schools' names are written: their derived forms, and where in a text one may begin and end.

use super::words::SchoolWords;
use crate::fold;

/// A folded text that remembers where white space was.
pub(super) struct Folded {
    pub(super) chars: Vec<char>,
    /// Whether white space stood before the character of the same index.
    gap: Vec<bool>,
}

impl Folded {
    pub(super) fn new(text: &str) -> Folded {
        let mut folded = Folded {
            chars: Vec::new(),
            gap: Vec::new(),
        };
        for word in text.split_whitespace() {
            let from = folded.chars.len();
            folded.chars.extend(fold::label(word).chars());
            folded.gap.resize(folded.chars.len(), false);
            if let Some(first) = folded.gap.get_mut(from) {
                *first = true;
            }
        }
        folded
    }

    /// The letters right before a place, back to white space, a digit or a mark.
    pub(super) fn run_before(&self, end: usize) -> &[char] {
        let mut start = end;
        while start > 0
            && !self.gap.get(start).is_some_and(|g| *g)
            && is_letter(self.chars[start - 1])
        {
            start -= 1;
        }
        // A number that is part of a name: the second school is not the school.
        if start > 1
            && start == end
            && self.chars[start - 1].is_ascii_digit()
            && is_letter(self.chars[start - 2])
        {
            return &self.chars[start - 2..start];
        }
        &self.chars[start..end]
    }

    /// The letters from a place on, up to white space, a digit or a mark.
    pub(super) fn run_after(&self, start: usize) -> &[char] {
        let mut end = start;
        while end < self.chars.len() && !self.gap[end] && is_letter(self.chars[end]) {
            end += 1;
        }
        &self.chars[start..end]
    }
}

/// Letters of names; ASCII ones are codes and numbers around them.
fn is_letter(c: char) -> bool {
    !c.is_ascii() && fold::is_letter(c)
}

pub(super) fn ends_with(text: &[char], word: &str) -> bool {
    let mut rest = text.iter().rev();
    word.chars().rev().all(|c| rest.next() == Some(&c))
}

pub(super) fn starts_with(text: &[char], word: &str) -> bool {
    let mut rest = text.iter();
    word.chars().all(|c| rest.next() == Some(&c))
}

/// Other ways of writing a folded name, each with what was cut off in front: without place names,
/// with its town in front, with a usual short ending.
pub(super) fn derived(name: &str, district: &str, words: &SchoolWords) -> Vec<(String, String)> {
    let mut fronts: Vec<(String, String)> = vec![(name.to_owned(), String::new())];
    let mut at = 0;
    while let Some(cut) = place_end(&name[at..], &words.regions) {
        at += cut;
        fronts.push((name[at..].to_owned(), name[..at].to_owned()));
    }
    if !district.is_empty() {
        let stem = words
            .regions
            .iter()
            .filter_map(|r| district.strip_suffix(r.as_str()))
            .find(|s| s.chars().count() >= 2);
        let bare = name.strip_prefix(district).unwrap_or(name);
        if bare == name {
            fronts.push((format!("{district}{name}"), String::new()));
        }
        if let Some(stem) = stem.filter(|s| !bare.starts_with(s)) {
            fronts.push((format!("{stem}{bare}"), String::new()));
        }
    }
    let mut all = Vec::new();
    for (front, cut) in fronts {
        for (full, shorts) in &words.short {
            if let Some(stem) = front.strip_suffix(full.as_str()) {
                for short in shorts {
                    // A short ending alone names no school.
                    if stem.chars().count() >= 2 {
                        all.push((format!("{stem}{short}"), cut.clone()));
                    }
                }
            }
        }
        if front != name {
            all.push((front, cut));
        }
    }
    all
}

/// Bytes of the place name that a school's name begins with, if enough of a name follows.
fn place_end(name: &str, regions: &[String]) -> Option<usize> {
    name.char_indices()
        .map(|(i, c)| i + c.len_utf8())
        .find(|&end| {
            let place = &name[..end];
            let is_place = regions.iter().any(|r| {
                // Alone (the county's school) or with a place of at least two characters.
                place == r || (place.ends_with(r.as_str()) && place.chars().count() > 2)
            });
            is_place && name[end..].chars().count() >= 3
        })
}
