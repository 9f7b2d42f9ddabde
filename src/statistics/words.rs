//! The engine's own words: titles of columns and groups that no scheme names. A scheme's titles
//! are Chinese, so these are too.

use crate::message::{self, Lang};

/// A text of the catalogue.
pub(super) fn say(key: &str) -> String {
    message::say(Lang::Zh, key, &[])
}

/// A filled text of the catalogue.
pub(super) fn fill(key: &str, args: &[(&str, String)]) -> String {
    message::say(Lang::Zh, key, args)
}

/// The scheme's own word, or the catalogue's where it has none.
pub(super) fn or(own: &str, key: &str) -> String {
    match own.is_empty() {
        true => say(key),
        false => own.to_owned(),
    }
}
