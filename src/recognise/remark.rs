//! Lines around a table: titles, and who submits, when, in which unit.

use super::view::View;
use super::words;
use super::{Remark, RemarkKind, Role};
use crate::fold;
use crate::grid::{Cell, Value};
use crate::scheme::Dictionary;
pub(super) use crate::scheme::LineLabel as PairKind;
use std::ops::Range;

/// A labelled value in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub kind: PairKind,
    pub value: String,
    /// A colon or brackets follow the label, so that it is one beyond doubt.
    pub marked: bool,
}

/// All labelled values of a text, left to right: `填报单位(盖章): A  单位: 元`.
pub(super) fn pairs(text: &str, dictionary: &Dictionary) -> Vec<Pair> {
    let spaced = fold::spaced(text);
    // Without a colon a label can only stand in front, and most texts begin with none.
    let colon = spaced.contains(':');
    let first = spaced.chars().next().filter(|c| *c != ' ');
    let labels = |c| !dictionary.line_labels(c).is_empty();
    if !colon && !first.and_then(lower).is_some_and(labels) {
        return Vec::new();
    }
    let chars: Vec<char> = spaced.chars().collect();
    let mut found: Vec<(PairKind, usize, usize, bool)> = Vec::new();
    let mut i = 0;
    let end = if colon { chars.len() } else { 1 };
    while i < end.min(chars.len()) {
        if chars[i] != ' '
            && let Some((kind, end, marked)) = label_at(&chars, i, dictionary)
        {
            found.push((kind, i, end, marked));
            i = end;
        } else {
            i += 1;
        }
    }
    let mut all = Vec::new();
    for (n, &(kind, _, from, marked)) in found.iter().enumerate() {
        let to = found.get(n + 1).map_or(chars.len(), |f| f.1);
        let (value, rest) = first_chunk(&chars[from..to]);
        let kind = match kind {
            PairKind::Submitter | PairKind::Unit
                if !value.is_empty() && is_unit(&value, dictionary) =>
            {
                PairKind::Unit
            }
            PairKind::Unit => PairKind::Submitter,
            kind => kind,
        };
        all.push(Pair {
            kind,
            value,
            marked,
        });
        if is_date(&rest) {
            all.push(Pair {
                kind: PairKind::Date,
                value: rest,
                marked: false,
            });
        }
    }
    all
}

/// A label at a place, with the place behind it and its colon, and whether it had one.
fn label_at(chars: &[char], at: usize, dictionary: &Dictionary) -> Option<(PairKind, usize, bool)> {
    let first = lower(chars[at])?;
    let (kind, end, length) = dictionary
        .line_labels(first)
        .iter()
        .find_map(|(kind, word)| Some((*kind, word_at(chars, at, word)?, word.len())))?;
    let free = at == 0 || !chars[at - 1].is_alphanumeric();
    if !free && length < 3 {
        return None;
    }
    let mut next = skip_spaces(chars, end);
    let mut bracket = false;
    while chars.get(next) == Some(&'(') {
        let close = chars[next..].iter().position(|c| *c == ')')?;
        if close > 12 {
            return None;
        }
        next = skip_spaces(chars, next + close + 1);
        bracket = true;
    }
    if chars.get(next) == Some(&':') {
        return Some((kind, next + 1, true));
    }
    let alone = next >= chars.len();
    let spaced = chars.get(end) == Some(&' ') && length >= 4;
    (at == 0 && (bracket || spaced || alone)).then_some((kind, next, bracket))
}

/// Ideographs have no case, which the standard library looks up in a table.
fn lower(c: char) -> Option<char> {
    match c {
        '\u{4e00}'..='\u{9fff}' => Some(c),
        c => c.to_lowercase().next(),
    }
}

fn skip_spaces(chars: &[char], mut at: usize) -> usize {
    while chars.get(at).is_some_and(|c| *c == ' ' || *c == '_') {
        at += 1;
    }
    at
}

/// The place behind a word, spaces inside it skipped.
fn word_at(chars: &[char], at: usize, word: &[char]) -> Option<usize> {
    let mut i = at;
    for &wanted in word {
        while chars.get(i) == Some(&' ') && i > at {
            i += 1;
        }
        if lower(*chars.get(i)?) != Some(wanted) {
            return None;
        }
        i += 1;
    }
    Some(i)
}

/// The text up to a run of two spaces, and the next one.
fn first_chunk(chars: &[char]) -> (String, String) {
    let text: String = chars.iter().collect();
    let mut chunks = text
        .split("  ")
        .map(|c| {
            c.trim_matches(|c: char| c == ' ' || c == '_' || c == ';' || c == ',')
                .to_owned()
        })
        .filter(|c| !c.is_empty());
    let first = chunks.next().unwrap_or_default();
    (
        fold::clean(&first).into_owned(),
        chunks.next().unwrap_or_default(),
    )
}

/// Whether a text names units of numbers and nothing else.
pub(super) fn is_unit(text: &str, dictionary: &Dictionary) -> bool {
    let folded = fold::label(text);
    let mut parts = folded
        .split([',', '/', ';', '(', ')', '.', ' '])
        .filter(|p| !p.is_empty())
        .peekable();
    parts.peek().is_some() && parts.all(|p| p == "%" || dictionary.units.contains_key(p))
}

/// Whether a text is a day or a month and nothing else: four digits of a year and one or two
/// numbers more.
pub(super) fn is_date(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let year = text.get(..2).is_some_and(|y| y == "20" || y == "19");
    year && (5..=8).contains(&digits) && text.chars().count() <= 14
}

/// Days since 1899-12-30 as `YYYY-MM-DD`.
pub(super) fn iso(serial: f64) -> Option<String> {
    if !(1.0..2_958_466.0).contains(&serial) {
        return None;
    }
    // Howard Hinnant's civil_from_days, shifted to the spreadsheet's day 0.
    let z = serial.floor() as i64 - 25_569 + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// A cell's value as the text of a remark.
fn value_text(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Text(t) => Some(fold::clean(t).into_owned()).filter(|t| !t.is_empty()),
        Value::Number(n) => Some(format!("{n}")),
        Value::Date(d) => iso(*d),
        _ => None,
    }
}

/// What a line outside a table's body is, and what it says.
pub(super) fn read_line(
    view: &View<'_>,
    line: usize,
    cols: &Range<u32>,
    dictionary: &Dictionary,
) -> (Role, Vec<Remark>) {
    let cells: Vec<&Cell> = view
        .cells(line, cols)
        .iter()
        .filter(|c| view.filled(c))
        .collect();
    if cells.is_empty() {
        return (Role::Blank, Vec::new());
    }
    // A merged title that was written into each of its cells.
    let cells = if view.all_alike(&cells) {
        cells[..1].to_vec()
    } else {
        cells
    };
    let row = view.row(line);
    let mut remarks = Vec::new();
    let mut role = Role::Unknown;
    let mut skip = None;
    let mut other: Vec<(&Cell, String)> = Vec::new();
    for (i, cell) in cells.iter().enumerate() {
        if skip == Some(i) {
            continue;
        }
        let value = view.value(cell);
        let Value::Text(text) = value else {
            if matches!(value, Value::Date(_)) {
                if let Some(text) = value_text(&value) {
                    remarks.push(remark(RemarkKind::Date, row, cell.col, text));
                }
                role = role_max(role, Role::Metadata);
            } else {
                other.push((cell, String::new()));
            }
            continue;
        };
        let folded = fold::label(text);
        let mut found = pairs(text, dictionary);
        if let Some(last) = found.last_mut()
            && last.value.is_empty()
            && (last.marked || cells.len() <= 4)
            && let Some(next) = cells.get(i + 1)
            && let Some(text) = value_text(&view.value(next))
            && pairs(&text, dictionary).iter().all(|p| !p.marked)
            && (last.marked || !super::binding::is_label(&fold::label(&text), dictionary))
        {
            last.value = text;
            last.kind = match last.kind {
                PairKind::Submitter | PairKind::Unit if is_unit(&last.value, dictionary) => {
                    PairKind::Unit
                }
                PairKind::Unit => PairKind::Submitter,
                kind => kind,
            };
            skip = Some(i + 1);
        }
        let sure = found.iter().any(|p| p.marked || !p.value.is_empty());
        if sure && !starts_note(&folded, dictionary) {
            let signed = found.iter().all(|p| p.kind == PairKind::Signature);
            role = role_max(
                role,
                if signed {
                    Role::Signature
                } else {
                    Role::Metadata
                },
            );
            for pair in found {
                let kind = match pair.kind {
                    PairKind::Submitter => RemarkKind::Submitter,
                    PairKind::Date => RemarkKind::Date,
                    PairKind::Unit => RemarkKind::Unit,
                    PairKind::Signature => continue,
                };
                if !pair.value.is_empty() {
                    remarks.push(remark(kind, row, cell.col, pair.value));
                }
            }
            continue;
        }
        let dated = folded.rsplit_once(':').filter(|(_, value)| is_date(value));
        if let Some((_, value)) = dated {
            remarks.push(remark(RemarkKind::Date, row, cell.col, value.to_owned()));
            role = role_max(role, Role::Metadata);
            continue;
        }
        if is_date(&folded) {
            remarks.push(remark(
                RemarkKind::Date,
                row,
                cell.col,
                fold::clean(text).into_owned(),
            ));
            role = role_max(role, Role::Metadata);
            continue;
        }
        other.push((cell, folded));
    }
    let titled = |f: &String| {
        dictionary.title.iter().any(|w| words::holds(f, w))
            || dictionary
                .form_titles
                .iter()
                .flatten()
                .any(|w| words::holds(f, w))
    };
    let single = other.len() == 1;
    for (i, (cell, folded)) in other.iter().enumerate() {
        let Some(text) = view.text(cell) else {
            continue;
        };
        let length = folded.chars().count();
        if attachment(folded, dictionary) && !titled(folded) {
            role = role_max(role, Role::Title);
        } else if (i == 0 || other.len() <= 2) && (starts_note(folded, dictionary) || length > 60) {
            role = role_max(role, Role::Note);
        } else if (titled(folded)
            && other.len() <= 3
            && !(role == Role::Metadata && folded.contains(':')))
            || (single && role == Role::Unknown)
        {
            role = role_max(role, Role::Title);
            for line in text.lines().filter(|l| !l.trim().is_empty()) {
                let text = fold::clean(line).into_owned();
                remarks.push(remark(RemarkKind::Title, row, cell.col, text));
            }
        }
    }
    (role, remarks)
}

fn remark(kind: RemarkKind, row: u32, col: u32, text: String) -> Remark {
    Remark {
        kind,
        row,
        col,
        text,
    }
}

fn role_max(a: Role, b: Role) -> Role {
    if super::priority(b) > super::priority(a) {
        b
    } else {
        a
    }
}

/// `附件`, `附件2`, `附表1:` and nothing more.
fn attachment(folded: &str, dictionary: &Dictionary) -> bool {
    dictionary.attachment.iter().any(|w| {
        folded.strip_prefix(w.as_str()).is_some_and(|rest| {
            rest.chars().count() <= 4
                && rest.chars().all(|c| {
                    c.is_ascii_digit()
                        || matches!(c, ':' | '-' | '(' | ')' | '.' | ',')
                        || dictionary.ordinal.iter().any(|o| o.starts_with(c))
                })
        })
    })
}

/// Whether a folded text is a page's number and nothing else.
pub(super) fn is_page_number(folded: &str, dictionary: &Dictionary) -> bool {
    if folded.len() > 60 || dictionary.page.is_empty() {
        return false;
    }
    let number = |c: &char| c.is_ascii_digit() || dictionary.ordinal.iter().any(|o| o.contains(*c));
    let numbered = folded.chars().any(|c| number(&c));
    let words: String = folded
        .chars()
        .filter(|c| !number(c) && (c.is_alphabetic() || *c == '/' || *c == '-'))
        .collect();
    numbered && dictionary.page.contains(&words)
}

/// Whether a folded text begins like a note.
pub(super) fn starts_note(folded: &str, dictionary: &Dictionary) -> bool {
    let folded = folded.trim_start_matches('(');
    dictionary.note.iter().any(|w| {
        folded.strip_prefix(w.as_str()).is_some_and(|rest| {
            rest.is_empty()
                || rest.starts_with([':', '.', ',', '(', ';', '!', '-', '*'])
                || rest.starts_with(|c: char| c.is_ascii_digit())
                || (w.chars().count() >= 4 && rest.chars().count() >= 4)
        })
    }) || folded.starts_with(['*', '※'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::templates;

    fn read(text: &str) -> Vec<(PairKind, String)> {
        let dictionary = Dictionary::new(&templates::forms(), &templates::words());
        pairs(text, &dictionary)
            .into_iter()
            .map(|p| (p.kind, p.value))
            .collect()
    }

    #[test]
    fn several_pairs_in_one_line() {
        use PairKind::{Date, Signature, Submitter, Unit};
        assert_eq!(
            read("填报单位（盖章）：第一小学   填报日期：2025年8月31日  单位：元"),
            [
                (Submitter, "第一小学".into()),
                (Date, "2025年8月31日".into()),
                (Unit, "元".into())
            ]
        );
        assert_eq!(
            read("填 报 单 位：实验 小学      2025.8.31"),
            [(Submitter, "实验 小学".into()), (Date, "2025.8.31".into())]
        );
        assert_eq!(
            read("单位：城关中学　　　单位：人、万元"),
            [(Submitter, "城关中学".into()), (Unit, "人、万元".into())]
        );
        assert_eq!(
            read("填报单位（公章）  城东小学"),
            [(Submitter, "城东小学".into())]
        );
        assert_eq!(
            read("单位负责人：王五    填表人：李四"),
            [(Signature, "王五".into()), (Signature, "李四".into())]
        );
        assert_eq!(
            read("填报单位（盖章）：______"),
            [(Submitter, String::new())]
        );
        assert_eq!(read("参加单位培训的教师"), []);
    }

    #[test]
    fn serial_days_are_civil_dates() {
        assert_eq!(iso(1.0).as_deref(), Some("1899-12-31"));
        assert_eq!(iso(45_900.0).as_deref(), Some("2025-08-31"));
        assert_eq!(iso(45_716.0).as_deref(), Some("2025-02-28"));
        assert_eq!(iso(0.0), None);
    }
}
