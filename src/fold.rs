//! Folding of labels and names, so that what people see as the same compares equal.
//!
//! A leaf module: recognition folds headers, normalisation folds values, the directory folds
//! school names, and all must fold alike. Folding is for comparing only; what is printed is the
//! original text, NFKC-normalised and trimmed ([`clean`]).

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// NFKC, control and zero-width characters removed, runs of white space as one space, trimmed:
/// what a record stores.
///
/// ```
/// assert_eq!(huizong::fold::clean(" ＡＢ\u{3000}1\u{200b} "), "AB 1");
/// ```
pub fn clean(text: &str) -> Cow<'_, str> {
    let plain = text.bytes().all(|b| (0x20..0x7f).contains(&b))
        || text.chars().all(|c| c == ' ' || is_plain(c));
    if plain {
        let trimmed = text.trim_matches(' ');
        if !trimmed.contains("  ") {
            return Cow::Borrowed(trimmed);
        }
    }
    let mut out = String::with_capacity(text.len());
    for c in text.nfkc() {
        if c.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !is_invisible(c) {
            out.push(c);
        }
    }
    while out.ends_with(' ') {
        out.pop();
    }
    Cow::Owned(out)
}

/// For comparing labels and vocabulary spellings: NFKC, no white space at all, lower case,
/// one form of dashes, dots and quotes.
///
/// ```
/// assert_eq!(huizong::fold::label("姓\n 名"), "姓名");
/// assert_eq!(huizong::fold::label("培训（学时）"), "培训(学时)");
/// ```
pub fn label(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfkc() {
        if c.is_whitespace() || is_invisible(c) {
            continue;
        }
        match c {
            '—' | '–' | '―' | '－' | '─' | '‐' | '‑' | '−' => out.push('-'),
            '・' | '•' | '‧' | '∙' | '⋅' => out.push('·'),
            '、' => out.push(','),
            '【' | '〔' | '［' => out.push('('),
            '】' | '〕' | '］' => out.push(')'),
            '“' | '”' | '‘' | '’' | '「' | '」' => {}
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// A folded label parted at its brackets: `("学时", ["节"])` for `学时(节)`.
pub fn brackets(folded: &str) -> (String, Vec<String>) {
    let (mut outside, mut inside, mut current) = (String::new(), Vec::new(), String::new());
    let mut depth = 0usize;
    for c in folded.chars() {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    inside.push(std::mem::take(&mut current));
                }
            }
            c if depth > 0 => current.push(c),
            c => outside.push(c),
        }
    }
    if depth > 0 {
        inside.push(current);
    }
    (outside, inside)
}

/// For comparing people's names: white space removed, one middle dot, upper case.
pub fn name(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfkc() {
        if c.is_whitespace() || is_invisible(c) {
            continue;
        }
        match c {
            '・' | '•' | '‧' | '∙' | '⋅' | '.' | '。' | '·' | '˙' => out.push('·'),
            c => out.extend(c.to_uppercase()),
        }
    }
    out
}

/// Characters that NFKC leaves alone and that are neither white space nor invisible: the common
/// CJK ideographs. Lets the usual cell skip normalisation.
fn is_plain(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c) || c.is_ascii_graphic()
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_padded_in_any_way_compare_equal() {
        for n in ["张 三", "张\u{3000}三", "张  三", " 张三 "] {
            assert_eq!(name(n), "张三");
        }
        assert_eq!(name("买买提•艾力"), name("买买提·艾力"));
    }

    #[test]
    fn bracket_parts() {
        assert_eq!(brackets("学时(节)"), ("学时".into(), vec!["节".into()]));
        assert_eq!(brackets("金额(元"), ("金额".into(), vec!["元".into()]));
    }
}
