//! Texts: free text, names, phones, and numbers that are names (invoices, certificates, codes).

use super::column::{Column, Got, Held, Read, plain_number, shown};
use super::id::lost_digits;
use super::{Data, TextColumn};
use crate::diagnostic::{Diagnostic, Rule};
use crate::fold;
use std::borrow::Cow;

/// Reads a column of free text.
pub(super) fn read(column: &Column<'_>, out: &mut Vec<Diagnostic>) -> Read {
    collect(column, out, |_, _, _, held| {
        Got::Value(match held {
            Held::Text(t) => fold::clean(t),
            held => Cow::Owned(shown(held)),
        })
    })
}

/// Reads a column of people's names.
pub(super) fn names(column: &Column<'_>, out: &mut Vec<Diagnostic>) -> Read {
    let tokens = column.scheme.words.tokens();
    collect(column, out, |_, _, _, held| {
        Got::Value(match held {
            // 同上 is not taken for a name, and not repeated either: it may mean another cell.
            Held::Text(t) if tokens.ditto(t) => return Got::Blank,
            Held::Text(t) => fold::person(t),
            held => Cow::Owned(shown(held)),
        })
    })
}

/// Reads a column of phone numbers: digits, without the country's number.
pub(super) fn phones(column: &Column<'_>, out: &mut Vec<Diagnostic>) -> Read {
    collect(column, out, |column, out, index, held| {
        let text = match held {
            Held::Number(n) => Cow::Owned(plain_number(n)),
            Held::Text(t) if t.len() == 11 && t.bytes().all(|b| b.is_ascii_digit()) => {
                return Got::Value(Cow::Borrowed(t));
            }
            Held::Text(t) => fold::clean(t),
            held => Cow::Owned(shown(held)),
        };
        if lost_digits(&text) {
            return lost(column, out, index, held);
        }
        Got::Value(phone(text))
    })
}

fn phone(text: Cow<'_, str>) -> Cow<'_, str> {
    let bare: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')' | '\'' | '.' | '—' | '–'))
        .collect();
    let bare = bare.strip_prefix("+86").unwrap_or(&bare);
    let bare = match bare.strip_prefix("86") {
        Some(rest) if rest.len() == 11 => rest,
        _ => bare,
    };
    let mobile =
        bare.len() == 11 && bare.starts_with('1') && bare.bytes().all(|b| b.is_ascii_digit());
    if mobile {
        Cow::Owned(bare.to_owned())
    } else {
        // Landlines and several numbers in one cell stay as they were typed.
        text
    }
}

/// Reads a column of numbers that are names.
pub(super) fn labels(column: &Column<'_>, out: &mut Vec<Diagnostic>) -> Read {
    collect(column, out, |column, out, index, held| match held {
        // Sixteen digits and more do not survive in a number.
        Held::Number(n) if n.abs() >= 1e15 => lost(column, out, index, held),
        Held::Text(t) if !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit()) => {
            Got::Value(Cow::Borrowed(t))
        }
        Held::Text(t) => {
            let text = fold::clean(t);
            if lost_digits(&text) {
                return lost(column, out, index, held);
            }
            if text.contains([' ', '\'', '`', '‘', '’']) {
                let bare = text.replace([' ', '\'', '`', '‘', '’'], "");
                return Got::Value(Cow::Owned(bare));
            }
            Got::Value(text)
        }
        held => Got::Value(Cow::Owned(shown(held))),
    })
}

fn lost<T>(column: &Column<'_>, out: &mut Vec<Diagnostic>, index: usize, held: Held<'_>) -> Got<T> {
    let finding = column
        .finding(index, Rule::NumberUnreadable)
        .variant("precision")
        .arg("value", shown(held));
    column.report(out, index, finding);
    Got::Gap
}

fn collect<'a>(
    column: &Column<'a>,
    out: &mut Vec<Diagnostic>,
    mut read: impl FnMut(&Column<'a>, &mut Vec<Diagnostic>, usize, Held<'a>) -> Got<Cow<'a, str>>,
) -> Read {
    let tokens = column.scheme.words.tokens();
    let mut data = TextColumn::with_capacity(column.cells.len());
    let states = column.each(
        out,
        |column, out, index, held| match read(column, out, index, held) {
            Got::Value(text) if text.is_empty() || tokens.get(&text).absent => Got::Blank,
            got => got,
        },
        |text| data.push(text.as_deref()),
    );
    Read {
        data: Data::Text(data),
        states,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_lose_their_decoration_only() {
        for (typed, kept) in [
            ("138 0000 5678", "13800005678"),
            ("138-0000-5678", "13800005678"),
            ("+86 13800005678", "13800005678"),
            ("8613800005678", "13800005678"),
            ("0559-2345678", "0559-2345678"),
            ("13800005678/13900005678", "13800005678/13900005678"),
        ] {
            assert_eq!(phone(Cow::Borrowed(typed)), kept);
        }
    }
}
