//! One cell that fills several vocabulary fields: `市级骨干教师` is a tier and its level.
//!
//! Where a cell names several honours the highest counts, level before tier, and level and tier
//! come from the same honour.

use super::column::{Column, Got, Held, Memo, Read, State};
use super::vocabulary::{self, Found, Nearest};
use super::{Data, NO_CODE};
use crate::diagnostic::Diagnostic;
use crate::fold;
use crate::scheme::{Code, Vocabulary};

/// The most other fields that one cell can fill.
const MOST: usize = 3;

#[derive(Debug, Clone, Copy)]
struct Honour {
    main: Found,
    others: [Code; MOST],
}

/// Reads a column whose cells hold a term of `main` and may hold terms of `others` too. Gives the
/// column's own field and one more for each of `others`.
pub(super) fn read(
    column: &Column<'_>,
    main: &Vocabulary,
    others: &[&Vocabulary],
    out: &mut Vec<Diagnostic>,
) -> (Read, Vec<Read>) {
    let others = &others[..others.len().min(MOST)];
    let tokens = column.scheme.words.tokens();
    let mut memo = Memo::new();
    let mut nearest = Nearest::default();
    let mut values = Vec::with_capacity(column.cells.len());
    let mut filled: Vec<Vec<Code>> = vec![Vec::with_capacity(column.cells.len()); others.len()];
    let states = column.each(
        out,
        |column, out, index, held| {
            let honour = match held {
                Held::Text(t) => memo.get(t, |t| {
                    let whole = one(t, main, others, column);
                    if tokens.get(&fold::clean(t)).absent || whole.main == Found::Absent {
                        return Honour {
                            main: Found::Absent,
                            ..whole
                        };
                    }
                    highest(t, main, others, column).unwrap_or(whole)
                }),
                _ => Honour {
                    main: Found::Unknown,
                    others: [NO_CODE; MOST],
                },
            };
            for (list, code) in filled.iter_mut().zip(honour.others) {
                list.push(code);
            }
            match honour.main {
                Found::Term(code) => return Got::Value(code),
                Found::Absent => return Got::Blank,
                _ => {}
            }
            let finding = vocabulary::unknown(column, index, held, honour.main, main, &mut nearest);
            column.report(out, index, finding);
            Got::Gap
        },
        |code| values.push(code.unwrap_or(NO_CODE)),
    );
    // Blank cells reach no reader: put the nulls where they belong.
    let others = filled
        .into_iter()
        .map(|list| {
            let mut read = list.into_iter();
            let codes: Vec<Code> = column
                .cells
                .iter()
                .map(|slot| match slot.held {
                    Held::Blank | Held::Bad(_) => NO_CODE,
                    _ => read.next().unwrap_or(NO_CODE),
                })
                .collect();
            let states = codes
                .iter()
                .map(|c| {
                    if *c == NO_CODE {
                        State::Blank
                    } else {
                        State::Value
                    }
                })
                .collect();
            Read {
                data: Data::Code(codes),
                states,
            }
        })
        .collect();
    (
        Read {
            data: Data::Code(values),
            states,
        },
        others,
    )
}

fn one(text: &str, main: &Vocabulary, others: &[&Vocabulary], column: &Column<'_>) -> Honour {
    let tokens = column.scheme.words.tokens();
    let mut honour = Honour {
        main: vocabulary::find(text, main, tokens),
        others: [NO_CODE; MOST],
    };
    for (slot, other) in honour.others.iter_mut().zip(others) {
        if let Found::Term(code) = vocabulary::find(text, other, tokens) {
            *slot = code;
        }
    }
    honour
}

/// The highest honour of several in one text.
fn highest(
    text: &str,
    main: &Vocabulary,
    others: &[&Vocabulary],
    column: &Column<'_>,
) -> Option<Honour> {
    let separators = &main.spellings().separators;
    let folded = fold::label(text);
    let mut parts = vec![folded.as_str()];
    for separator in separators {
        parts = parts
            .iter()
            .flat_map(|p| p.split(separator.as_str()))
            .collect();
    }
    if parts.len() < 2 {
        return None;
    }
    let known = |honour: &Honour| matches!(honour.main, Found::Term(_));
    let rank = |honour: &Honour| {
        let codes = honour.others.map(|c| (c != NO_CODE).then_some(c));
        let Found::Term(code) = honour.main else {
            return (codes, None);
        };
        (codes, Some(code))
    };
    parts
        .into_iter()
        .filter(|p| !p.is_empty())
        .map(|p| one(p, main, others, column))
        .filter(known)
        .max_by_key(rank)
}
