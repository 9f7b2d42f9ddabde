//! Values as numbers that only tell same from different.

use super::facts::Facts;
use crate::fold;
use crate::normalise::NO_NUMBER;
use crate::scheme::FormIdx;
use crate::scheme::measure::Operand;
use std::collections::HashMap;

/// No value.
pub(super) const BLANK: u32 = u32::MAX;

impl Facts<'_> {
    /// One number a record; equal where the value is the same, texts as conditions compare them;
    /// [`NO_NUMBER`] where there is none.
    pub(super) fn keys(&self, form: FormIdx, operand: Operand) -> Vec<i64> {
        let schools = self.school_of(form);
        let of_school = |key: &dyn Fn(usize) -> Option<i64>| -> Vec<i64> {
            let keys: Vec<i64> = (0..self.schools.len())
                .map(|s| key(s).unwrap_or(NO_NUMBER))
                .collect();
            schools.iter().map(|s| keys[*s as usize]).collect()
        };
        match operand {
            Operand::School => {
                of_school(&|s| (!self.schools[s].folded_name.is_empty()).then_some(s as i64))
            }
            Operand::District => of_school(&|s| Some(self.schools[s].district.into())),
            Operand::SchoolKind => {
                let kind = |s: usize| &self.schools[s].folded_kind;
                of_school(&|s| {
                    let first = (0..self.schools.len()).find(|o| kind(*o) == kind(s));
                    first.filter(|_| !kind(s).is_empty()).map(|o| o as i64)
                })
            }
            _ if self.is_text(form, operand) => {
                let texts = self.texts(form, operand);
                let mut known: HashMap<String, i64> = HashMap::new();
                (0..self.len(form))
                    .map(|r| match texts.get(r) {
                        None => NO_NUMBER,
                        Some(text) => {
                            let next = known.len() as i64;
                            *known.entry(fold::label(text)).or_insert(next)
                        }
                    })
                    .collect()
            }
            _ => self.numbers(form, operand).to_vec(),
        }
    }
}

/// Numbers the combinations of several keys of the same records. With `blanks` a blank is a value
/// like any other; without, a combination with a blank is [`BLANK`].
pub(super) fn combined(keys: &[Vec<i64>], len: usize, blanks: bool) -> Vec<u32> {
    let mut known: HashMap<Vec<i64>, u32> = HashMap::new();
    (0..len)
        .map(|r| {
            let key: Vec<i64> = keys.iter().map(|k| k[r]).collect();
            if !blanks && key.contains(&NO_NUMBER) {
                return BLANK;
            }
            let next = known.len() as u32;
            *known.entry(key).or_insert(next)
        })
        .collect()
}
