//! Small look-ups that every cell goes through: maps with a quick hash, sets of first characters,
//! and what was made of a text, remembered for the whole run.

use foldhash::fast::FixedState;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{PoisonError, RwLock};

/// A hash map for keys that are few or come from the scheme: quick, not hardened against chosen
/// keys.
pub type QuickMap<K, V> = HashMap<K, V, FixedState>;

/// The same for a set.
pub type QuickSet<K> = HashSet<K, FixedState>;

/// Characters with which words begin: a quick no for most texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beginnings {
    /// A bit for the low byte of each, so that most other characters need no search.
    bits: [u64; 4],
    /// Sorted.
    chars: Vec<char>,
    ascii: bool,
}

impl Beginnings {
    /// The first characters of words.
    pub fn of<'w>(words: impl Iterator<Item = &'w str>) -> Beginnings {
        let mut all = Beginnings::default();
        for c in words.filter_map(|w| w.chars().next()) {
            let low = u32::from(c) as usize & 0xff;
            all.bits[low >> 6] |= 1 << (low & 63);
            all.ascii |= c.is_ascii();
            all.chars.push(c);
        }
        all.chars.sort_unstable();
        all.chars.dedup();
        all
    }

    /// Whether a word begins with the character.
    pub fn contains(&self, c: char) -> bool {
        let low = u32::from(c) as usize & 0xff;
        self.bits[low >> 6] & (1 << (low & 63)) != 0 && self.chars.binary_search(&c).is_ok()
    }

    /// Whether a word can begin anywhere in the text.
    pub fn occur_in(&self, text: &str) -> bool {
        (self.ascii || !text.is_ascii()) && text.chars().any(|c| self.contains(c))
    }
}

/// Texts that are kept at most, and the longest that is.
const MOST: usize = 8192;
const LONGEST: usize = 400;

/// What a function made of texts: headers and the like are the same in thousands of files. It must
/// be a function of the text and of what it is kept with alone, so that no result depends on what
/// was remembered. Bounded, whatever the files hold; all threads share it.
pub struct Remembered<T>(RwLock<QuickMap<Box<str>, T>>);

impl<T: Clone> Remembered<T> {
    /// The value of a text, made by `make` where it is not remembered.
    pub fn get(&self, text: &str, make: impl FnOnce() -> T) -> T {
        self.ask(text, make, T::clone)
    }

    /// What `ask` says of that value, which stays where it is.
    pub fn ask<R>(&self, text: &str, make: impl FnOnce() -> T, ask: impl FnOnce(&T) -> R) -> R {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = known.get(text) {
            return ask(value);
        }
        drop(known);
        let value = make();
        let answer = ask(&value);
        if text.len() <= LONGEST {
            let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
            // Full of what will hardly come again: begin anew.
            if known.len() >= MOST {
                known.clear();
            }
            known.insert(text.into(), value);
        }
        answer
    }
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Remembered(RwLock::default())
    }
}

/// What is remembered is no part of what it is kept with: a clone starts empty, and comparison
/// ignores it.
impl<T> Clone for Remembered<T> {
    fn clone(&self) -> Self {
        Remembered::default()
    }
}

impl<T> PartialEq for Remembered<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Remembered<T> {}

impl<T> fmt::Debug for Remembered<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Remembered")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_made_once_and_the_memory_stays_bounded() {
        let memory = Remembered::default();
        let mut made = 0;
        let mut length = |text: &str| {
            memory.get(text, || {
                made += 1;
                text.len()
            })
        };
        assert_eq!((length("ab"), length("ab"), length("abc")), (2, 2, 3));
        for n in 0..3 * MOST {
            assert_eq!(length(&n.to_string()), n.to_string().len());
        }
        assert_eq!(length("ab"), 2);
        assert_eq!(made, 3 * MOST + 3);
        assert!(memory.0.read().unwrap().len() <= MOST);
    }

    #[test]
    fn beginnings_are_first_characters_only() {
        let all = Beginnings::of(["示例", "样"].into_iter());
        assert!(all.contains('示') && all.contains('样') && !all.contains('例'));
        assert!(all.occur_in("填写示范") && !all.occur_in("339901") && !all.occur_in("例"));
        assert!(Beginnings::of(["eg"].into_iter()).occur_in("12e"));
    }
}
