//! What a person did wrong where TOML says only that it did not understand: punctuation of a
//! Chinese keyboard looks nearly like the marks that the format asks for.

use super::problem::SchemeProblem;

/// Marks of a Chinese keyboard and what belongs there instead.
const MARKS: [(char, &str); 20] = [
    ('\u{201c}', "\""),
    ('\u{201d}', "\""),
    ('\u{2018}', "'"),
    ('\u{2019}', "'"),
    ('\u{ff02}', "\""),
    ('\u{ff0c}', ","),
    ('\u{3001}', ","),
    ('\u{ff1d}', "="),
    ('\u{ff1a}', "="),
    ('\u{3010}', "["),
    ('\u{3011}', "]"),
    ('\u{ff3b}', "["),
    ('\u{ff3d}', "]"),
    ('\u{ff5b}', "{"),
    ('\u{ff5d}', "}"),
    ('\u{ff03}', "#"),
    ('\u{ff04}', "$"),
    ('\u{ff0e}', "."),
    ('\u{3002}', "."),
    ('\u{3000}', " "),
];

/// The marks of a line that stand outside of texts and comments: where in bytes, the mark, and
/// what belongs there.
fn marks(line: &str) -> Vec<(usize, char, &'static str)> {
    let mut out = Vec::new();
    let mut inside: Option<char> = None;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match inside {
            Some(quote) if c == quote && !(quote == '"' && before == '\\') => inside = None,
            Some(_) => {}
            None if c == '#' => break,
            None if matches!(c, '"' | '\'') => inside = Some(c),
            None => {
                let mark = MARKS.iter().find(|(m, _)| *m == c);
                out.extend(mark.map(|(m, instead)| (at, *m, *instead)));
            }
        }
        before = c;
    }
    out
}

/// The problems of a text that is no TOML: one a line, since what follows the first is mostly its
/// consequence. `errors` are places in bytes and the library's own words.
pub(super) fn problems(
    file: &str,
    text: &str,
    errors: impl Iterator<Item = (usize, String)>,
) -> Vec<SchemeProblem> {
    let mut out: Vec<SchemeProblem> = Vec::new();
    let lines: Vec<&str> = text.split('\n').collect();
    for (n, line) in lines.iter().enumerate() {
        if let Some((at, mark, instead)) = marks(line).first() {
            let column = line[..*at].chars().count() + 1;
            out.push(
                SchemeProblem::new(file, n + 1, column, "scheme.chinese-mark")
                    .arg("mark", mark)
                    .arg("instead", instead),
            );
        }
    }
    // Without such marks the library knows better. With them it is lost from the first on.
    let first = out.first().map_or(usize::MAX, |p| p.line);
    for (at, why) in errors {
        let before = &text[..text.floor_char_boundary(at)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
        if line < first && out.iter().all(|p| p.line != line) {
            if let Some(column) = bare_date(lines.get(line - 1).unwrap_or(&""), column) {
                out.push(SchemeProblem::new(file, line, column, "scheme.bare-date"));
                continue;
            }
            let (what, _) = why.split_once(", expected").unwrap_or((&why, ""));
            out.push(
                SchemeProblem::new(file, line, column, "scheme.syntax")
                    .arg("what", what)
                    .arg("why", why.trim_end()),
            );
        }
    }
    out
}

/// Where the value at a column of a line begins, if it is a day as people write it: 2024/9/1. The
/// library may point to a later part of it.
fn bare_date(line: &str, column: usize) -> Option<usize> {
    let before: String = line.chars().take(column.saturating_sub(1)).collect();
    let start = before
        .char_indices()
        .rev()
        .find(|(_, c)| matches!(c, '=' | ' ' | '[' | ',' | '{'))
        .map_or(0, |(at, c)| at + c.len_utf8());
    let value = &line[start..];
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    let parted = matches!(value.as_bytes().get(digits), Some(b'-' | b'/' | b'.'));
    let more = value
        .as_bytes()
        .get(digits + 1)
        .is_some_and(u8::is_ascii_digit);
    (digits == 4 && parted && more).then(|| line[..start].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_as_people_write_them_are_known() {
        assert_eq!(bare_date("a = { from = 2024-9-1 }", 19), Some(14));
        assert_eq!(bare_date("a = 2024/09/01", 5), Some(5));
        assert_eq!(bare_date("a = 2024.9.1", 9), Some(5));
        assert_eq!(bare_date("a = 20240901x", 5), None);
        assert_eq!(bare_date("a = word", 5), None);
    }

    #[test]
    fn marks_inside_texts_and_comments_are_nobodys_fault() {
        assert!(marks("title = \"一，二“三”\" # 说明：好").is_empty());
        assert!(marks("title = '一，二'").is_empty());
        assert_eq!(
            marks("forms = [\"a\"，\"b\"]"),
            [("forms = [\"a\"".len(), '\u{ff0c}', ",")]
        );
        assert_eq!(marks("title = “甲”").len(), 2);
    }
}
