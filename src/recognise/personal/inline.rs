//! Labels with their values behind a colon in one cell: `姓名：张三  性别：女`.

use super::super::binding;
use crate::fold;
use crate::scheme::Dictionary;
use std::ops::Range;

/// A longer text in front of a colon is no label.
const LABEL_BYTES: usize = 60;

/// One label and the bytes of its value in the cell's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub label: String,
    /// The label is a known spelling.
    pub known: bool,
    pub value: Range<usize>,
}

/// All labels with a colon in a text; none unless the text begins with a known one that has a
/// value, or has two of them.
pub(super) fn parts(text: &str, dictionary: &Dictionary) -> Vec<Part> {
    let colons: Vec<(usize, usize)> = text
        .char_indices()
        .filter(|(_, c)| matches!(c, ':' | '\u{ff1a}'))
        .map(|(i, c)| (i, i + c.len_utf8()))
        .collect();
    let mut all: Vec<Part> = Vec::new();
    let mut from = 0;
    for &(at, after) in &colons {
        let Some((start, known)) = label_before(text, from, at, dictionary) else {
            continue;
        };
        // A colon inside a value, as of a time, labels nothing.
        if !known && !all.is_empty() {
            continue;
        }
        if !known && all.is_empty() {
            return Vec::new();
        }
        if let Some(last) = all.last_mut() {
            last.value.end = start;
        }
        all.push(Part {
            label: text[start..at].to_owned(),
            known,
            value: after..text.len(),
        });
        from = after;
    }
    for part in &mut all {
        part.value = trimmed(text, part.value.clone());
    }
    let filled = all.iter().filter(|p| !p.value.is_empty()).count();
    if filled == 0 { Vec::new() } else { all }
}

/// Where the label in front of a colon begins, and whether it is known: the longest known text
/// that begins the cell or follows white space or a mark.
fn label_before(
    text: &str,
    from: usize,
    colon: usize,
    dictionary: &Dictionary,
) -> Option<(usize, bool)> {
    let before = &text[from..colon];
    let mark = |c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | '\u{ff0c}' | '\u{ff1b}' | '\u{3001}' | '_')
    };
    let starts = std::iter::once(0).chain(
        before
            .char_indices()
            .filter(|(_, c)| mark(*c))
            .map(|(i, c)| i + c.len_utf8()),
    );
    let mut first = None;
    for start in starts {
        let label = before[start..].trim();
        if label.is_empty() || label.len() > LABEL_BYTES || before[start..].starts_with(mark) {
            continue;
        }
        first.get_or_insert(start);
        if binding::is_label(&fold::label_of(label), dictionary) {
            return Some((from + start, true));
        }
    }
    first.map(|start| (from + start, false))
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let fill =
        |c: char| c.is_whitespace() || matches!(c, '_' | ',' | ';' | '\u{ff0c}' | '\u{ff1b}');
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start_matches(fill).len());
    let end = range.start + part.trim_end_matches(fill).len();
    start..end.max(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::templates;

    fn read(text: &str) -> Vec<(String, String)> {
        let dictionary = Dictionary::new(&templates::forms(), &templates::words());
        parts(text, &dictionary)
            .into_iter()
            .map(|p| (fold::label(&p.label), text[p.value].to_owned()))
            .collect()
    }

    #[test]
    fn several_labels_in_one_cell() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(read("姓名：张三"), [pair("姓名", "张三")]);
        assert_eq!(
            read("姓 名：张三   性 别: 女　身份证号：__339901198503150120__"),
            [
                pair("姓名", "张三"),
                pair("性别", "女"),
                pair("身份证号", "339901198503150120")
            ]
        );
        assert_eq!(
            read("姓名：张三，性别：女；民族："),
            [pair("姓名", "张三"), pair("性别", "女"), pair("民族", "")]
        );
        assert_eq!(
            read("培训时间：2025年7月1日8:30"),
            [pair("培训时间", "2025年7月1日8:30")]
        );
    }

    #[test]
    fn notes_and_empty_labels_are_none() {
        assert_eq!(read("姓名："), []);
        assert_eq!(read("填表说明：姓名：须与身份证一致"), []);
        assert_eq!(read("张三：很好"), []);
    }
}
