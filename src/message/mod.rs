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
    ("report.toml", include_str!("catalogue/report.toml")),
    ("cli.toml", include_str!("catalogue/cli.toml")),
    ("prose.toml", include_str!("catalogue/prose.toml")),
    ("scheme.toml", include_str!("catalogue/scheme.toml")),
    ("statistics.toml", include_str!("catalogue/statistics.toml")),
];

type Catalogue = HashMap<String, String>;

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
                for (part, value) in entry {
                    if let Some(value) = value.as_str() {
                        all.insert(format!("{key}\u{1f}{part}"), value.to_owned());
                    }
                }
            }
        }
        all
    })
}

/// The unfilled main text of a key, if the catalogue has one.
pub fn raw(lang: Lang, key: &str) -> Option<&'static str> {
    let part = match lang {
        Lang::Zh => "zh",
        Lang::En => "en",
    };
    catalogue()
        .get(&format!("{key}\u{1f}{part}"))
        .map(String::as_str)
}

/// The unfilled text of a key; `part` is `message` or `hint`. A missing text shows its key, and a
/// test keeps that from happening.
pub fn text(lang: Lang, key: &str, part: &str) -> String {
    let part = match (lang, part) {
        (Lang::Zh, "hint") => "zh_hint",
        (Lang::En, "hint") => "en_hint",
        (Lang::Zh, _) => "zh",
        (Lang::En, _) => "en",
    };
    match catalogue().get(&format!("{key}\u{1f}{part}")) {
        Some(t) => t.clone(),
        None => format!("[{key}.{part}]"),
    }
}

/// Whether the catalogue has a text for the key in every language.
pub fn known(key: &str, with_hint: bool) -> bool {
    let parts: &[&str] = if with_hint {
        &["zh", "en", "zh_hint", "en_hint"]
    } else {
        &["zh", "en"]
    };
    parts
        .iter()
        .all(|p| catalogue().contains_key(&format!("{key}\u{1f}{p}")))
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
    fill(&text(lang, key, "message"), args)
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
    fn fills_names_once_and_keeps_unknown_ones() {
        assert_eq!(
            fill("{a}-{b}-{c}", &[("a", "{b}"), ("b", "2")]),
            "{b}-2-{c}"
        );
    }
}
