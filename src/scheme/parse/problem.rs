//! What can be wrong with a scheme file, and what was probably meant.

use crate::message::{self, Lang};
use std::fmt;

/// One problem of a scheme file. The text stands in the message catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemeProblem {
    /// The file.
    pub file: String,
    /// 1-based line; 0 where the whole file is meant.
    pub line: usize,
    /// 1-based column in characters; 0 where the whole line or file is meant.
    pub column: usize,
    /// Catalogue key.
    pub key: &'static str,
    /// What the text's `{name}`s stand for.
    pub args: Vec<(&'static str, String)>,
    /// The known name that comes nearest to an unknown one.
    pub suggestion: Option<String>,
}

impl SchemeProblem {
    /// A problem at a place; line and column 0 where the whole file is meant.
    pub fn new(file: &str, line: usize, column: usize, key: &'static str) -> Self {
        SchemeProblem {
            file: file.to_owned(),
            line,
            column,
            key,
            args: Vec::new(),
            suggestion: None,
        }
    }

    /// A form, vocabulary or words file that cannot be read; `why` names the line.
    pub(super) fn template(file: &str, why: String) -> Self {
        SchemeProblem::new(file, 0, 0, "scheme.template").arg("why", why.trim_end())
    }

    /// With what one of the text's names stands for.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// Looks for the known name that is nearest to a misspelt one.
    pub(crate) fn suggest<S: AsRef<str>>(mut self, wrong: &str, known: &[S]) -> Self {
        self.suggestion = nearest(wrong, known);
        self
    }

    /// For people: file, line and column, what is wrong, what was probably meant.
    pub fn text(&self, lang: Lang) -> String {
        let mut out = self.file.clone();
        if self.line > 0 {
            out.push_str(&format!(":{}:{}", self.line, self.column));
        }
        out.push_str(": ");
        out.push_str(&self.message(lang));
        out
    }

    /// [`SchemeProblem::text`] without the place.
    pub fn message(&self, lang: Lang) -> String {
        let mut args = self.args.clone();
        // The library's own words, where the catalogue has them in people's language.
        if let Some((_, what)) = self.args.iter().find(|(name, _)| *name == "what")
            && let Some(why) = message::raw(lang, &format!("toml.{what}"))
        {
            args.retain(|(name, _)| *name != "why");
            args.push(("why", why.to_owned()));
        }
        if let Some((_, key)) = self.args.iter().find(|(name, _)| *name == "key") {
            let of = match key.as_str() {
                "" => String::new(),
                _ => message::say(lang, "scheme.of-key", &[("key", key.clone())]),
            };
            args.push(("of", of));
        }
        let mut out = message::say(lang, self.key, &args);
        if let Some(name) = &self.suggestion {
            let args = [("name", name.clone())];
            out.push_str(&message::say(lang, "scheme.did-you-mean", &args));
        }
        out
    }
}

impl fmt::Display for SchemeProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Lang::Zh))
    }
}

impl std::error::Error for SchemeProblem {}

/// The known name nearest to a misspelt one, if any is near; the first of equally near ones.
pub(in crate::scheme) fn nearest<S: AsRef<str>>(wrong: &str, known: &[S]) -> Option<String> {
    let score = |name: &str| {
        let typo = strsim::damerau_levenshtein(wrong, name);
        let longest = wrong.chars().count().max(name.chars().count());
        // A third of the letters may be wrong, or half of the characters of a Chinese word; a name
        // that contains the other is near too.
        let tolerance = if wrong.is_ascii() { 3 } else { 2 };
        if typo * tolerance <= longest
            || (longest >= 2 && (name.contains(wrong) || wrong.contains(name)))
        {
            Some(typo)
        } else {
            None
        }
    };
    known
        .iter()
        .map(AsRef::as_ref)
        .filter(|name| !name.is_empty())
        .filter_map(|name| Some((score(name)?, name)))
        .min_by_key(|(typo, _)| *typo)
        .map(|(_, name)| name.to_owned())
}
