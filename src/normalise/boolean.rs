//! Yes or no.

use super::column::{Column, Got, Held, Memo, Read, shown};
use super::{Data, NO_BOOLEAN};
use crate::diagnostic::{Diagnostic, Rule};
use crate::fold;

/// Reads a column of yes and no. A blank is no answer, never a no.
pub(super) fn read(column: &Column<'_>, out: &mut Vec<Diagnostic>) -> Read {
    let tokens = column.scheme.words.tokens();
    let mut memo = Memo::new();
    let mut values = Vec::with_capacity(column.cells.len());
    let states = column.each(
        out,
        |column, out, index, held| {
            let word = match held {
                Held::Bool(b) => return Got::Value(u8::from(b)),
                Held::Number(0.0) => return Got::Value(0),
                Held::Number(1.0) => return Got::Value(1),
                Held::Text(t) => memo.get(t, |t| tokens.get(&fold::clean(t))),
                _ => Default::default(),
            };
            // 无 is a no here although it is "nothing" elsewhere.
            match (word.yes, word.no, word.absent) {
                (true, _, _) => Got::Value(1),
                (_, true, _) => Got::Value(0),
                (_, _, true) => Got::Blank,
                _ => {
                    let finding = column
                        .finding(index, Rule::VocabularyUnknown)
                        .variant("boolean")
                        .arg("value", shown(held));
                    column.report(out, index, finding);
                    Got::Gap
                }
            }
        },
        |value| values.push(value.unwrap_or(NO_BOOLEAN)),
    );
    Read {
        data: Data::Boolean(values),
        states,
    }
}
