//! The one catalogue of everything that people read, in Chinese and English.
//!
//! The texts stand in `catalogue/*.toml` beside this file: one table a key, in it `zh` and `en`
//! (for a rule `zh`, `zh_hint`, `en`, `en_hint`). `{name}` is filled from the arguments.

use std::collections::HashMap;
use std::sync::OnceLock;

/// The language of what clerks see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Chinese, official style.
    #[default]
    Zh,
    /// English.
    En,
}

const FILES: &[(&str, &str)] = &[
    ("rules.toml", include_str!("catalogue/rules.toml")),
    (
        "rules_money.toml",
        include_str!("catalogue/rules_money.toml"),
    ),
    (
        "rules_periods.toml",
        include_str!("catalogue/rules_periods.toml"),
    ),
    (
        "corrections.toml",
        include_str!("catalogue/corrections.toml"),
    ),
    ("forms.toml", include_str!("catalogue/forms.toml")),
    ("inspect.toml", include_str!("catalogue/inspect.toml")),
    (
        "rules_training.toml",
        include_str!("catalogue/rules_training.toml"),
    ),
    ("report.toml", include_str!("catalogue/report.toml")),
    ("cli.toml", include_str!("catalogue/cli.toml")),
    ("learning.toml", include_str!("catalogue/learning.toml")),
    ("prose.toml", include_str!("catalogue/prose.toml")),
    ("scheme.toml", include_str!("catalogue/scheme.toml")),
    ("why.toml", include_str!("catalogue/why.toml")),
    ("statistics.toml", include_str!("catalogue/statistics.toml")),
];

/// Main text and hint of a key, Chinese and English: in the order of [`part`].
type Catalogue = HashMap<String, [Option<String>; 4]>;

const PARTS: [&str; 4] = ["zh", "en", "zh_hint", "en_hint"];

fn part(lang: Lang, hint: bool) -> usize {
    usize::from(lang == Lang::En) + 2 * usize::from(hint)
}

fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let mut all = Catalogue::new();
        for (name, text) in FILES {
            let table: toml::Table = text
                .parse()
                .unwrap_or_else(|e| panic!("message catalogue {name}: {e}"));
            for (key, entry) in table {
                let Some(entry) = entry.as_table() else {
                    continue;
                };
                let texts = all.entry(key).or_default();
                for (slot, part) in texts.iter_mut().zip(PARTS) {
                    if let Some(text) = entry.get(part).and_then(toml::Value::as_str) {
                        *slot = Some(text.to_owned());
                    }
                }
            }
        }
        all
    })
}

fn find(lang: Lang, key: &str, hint: bool) -> Option<&'static str> {
    catalogue().get(key)?[part(lang, hint)].as_deref()
}

/// The unfilled main text of a key, if the catalogue has one.
pub fn raw(lang: Lang, key: &str) -> Option<&'static str> {
    find(lang, key, false)
}

/// The unfilled text of a key; `part` is `message` or `hint`. A missing text shows its key, and a
/// test keeps that from happening.
pub fn text(lang: Lang, key: &str, part: &str) -> String {
    match find(lang, key, part == "hint") {
        Some(text) => text.to_owned(),
        None => format!("[{key}.{part}]"),
    }
}

/// The text of [`text`] with its names filled.
pub fn filled<S: AsRef<str>>(lang: Lang, key: &str, part: &str, args: &[(&str, S)]) -> String {
    match find(lang, key, part == "hint") {
        Some(text) => expanded(lang, fill(text, args)),
        None => format!("[{key}.{part}]"),
    }
}

/// Begin and end of a text that is not yet in a language, and what parts its key and arguments.
const NESTED: (char, char, char) = ('\u{2}', '\u{3}', '\u{1f}');

/// A text to be put into another one as an argument: it takes its language from the text that it
/// stands in, so that a finding can be made before anybody has asked for it in one.
pub fn nested(key: &str, args: &[(&str, String)]) -> String {
    let (open, close, part) = NESTED;
    let mut out = format!("{open}{key}");
    for (name, value) in args {
        out.push(part);
        out.push_str(name);
        out.push(part);
        out.push_str(value);
    }
    out.push(close);
    out
}

/// A text, nested or with nested ones in it, in a language.
pub fn expanded(lang: Lang, mut text: String) -> String {
    let (open, close, part) = NESTED;
    // The innermost first: its arguments are plain texts.
    while let Some(end) = text.find(close) {
        let Some(start) = text[..end].rfind(open) else {
            // Not ours: a control character out of somebody's file.
            text.remove(end);
            continue;
        };
        let inner = text[start + open.len_utf8()..end].to_owned();
        let mut parts = inner.split(part);
        let key = parts.next().unwrap_or_default();
        let mut args: Vec<(&str, &str)> = Vec::new();
        while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
            args.push((name, value));
        }
        let filled = match find(lang, key, false) {
            Some(pattern) => fill(pattern, &args),
            None => inner.clone(),
        };
        text.replace_range(start..end + close.len_utf8(), &filled);
    }
    text
}

/// Whether the catalogue has a text for the key in every language.
pub fn known(key: &str, with_hint: bool) -> bool {
    let parts = if with_hint { 4 } else { 2 };
    catalogue()
        .get(key)
        .is_some_and(|texts| texts[..parts].iter().all(Option::is_some))
}

/// Puts the arguments into `{name}` places; unknown names stay as they are.
pub fn fill<S: AsRef<str>>(text: &str, args: &[(&str, S)]) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let after = &rest[open + 1..];
        let filled = after.find('}').and_then(|close| {
            let name = &after[..close];
            args.iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| (v.as_ref(), close))
        });
        match filled {
            Some((value, close)) => {
                out.push_str(value);
                rest = &after[close + 1..];
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// A filled text.
pub fn say(lang: Lang, key: &str, args: &[(&str, String)]) -> String {
    filled(lang, key, "message", args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Rule;

    #[test]
    fn every_rule_has_its_texts() {
        for rule in Rule::ALL {
            assert!(known(rule.name(), true), "catalogue lacks {}", rule.name());
        }
    }

    #[test]
    fn nested_texts_take_the_language_of_the_text_around_them() {
        let inner = nested("near.label", &[("percent", "83".into())]);
        let outer = nested(
            "near.item",
            &[("title", "t".into()), ("reasons", inner.clone())],
        );
        for lang in [Lang::Zh, Lang::En] {
            let reasons = say(lang, "near.label", &[("percent", "83".into())]);
            let args = [("title", "t".to_owned()), ("reasons", reasons)];
            let wanted = say(lang, "near.item", &args);
            assert_eq!(expanded(lang, outer.clone()), wanted);
            assert!(!wanted.contains(['{', '[', '\u{2}']), "{wanted}");
        }
        assert_eq!(expanded(Lang::Zh, "a\u{3}b\u{2}c".into()), "ab\u{2}c");
    }

    #[test]
    fn fills_names_once_and_keeps_unknown_ones() {
        assert_eq!(
            fill("{a}-{b}-{c}", &[("a", "{b}"), ("b", "2")]),
            "{b}-2-{c}"
        );
    }
}
