//! The cells of a table as columns, with what merges and ditto marks repeat put in its place.

use super::column::{Held, Slot};
use crate::fold;
use crate::grid::{CellError, Sheet, Value};
use crate::recognise::ValueCell;
use crate::scheme::{Kind, Tokens};

/// How far a column repeats the value above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carry {
    /// Merged cells and ditto marks.
    All,
    /// Merged cells only: 同上 in place of a name is no name.
    Merged,
    /// Ditto marks only: an amount of money that is merged over several rows was paid once.
    Ditto,
    /// Nothing.
    No,
}

/// How a kind repeats.
pub(super) fn carry(kind: &Kind) -> Carry {
    match kind {
        Kind::Name | Kind::IdNumber => Carry::Merged,
        Kind::Money => Carry::Ditto,
        Kind::Serial | Kind::Ignored => Carry::No,
        _ => Carry::All,
    }
}

/// The cells of a table, column by column.
pub(super) struct Matrix<'v> {
    slots: Vec<Slot<'v>>,
    rows: usize,
}

impl<'v> Matrix<'v> {
    /// Gathers the rows `body` of the columns `cols`, both rising.
    pub fn gather(
        sheet: &'v Sheet,
        body: &[u32],
        cols: &[(u32, Carry)],
        tokens: &Tokens,
    ) -> Matrix<'v> {
        let rows = body.len();
        let mut matrix = Matrix {
            slots: vec![Slot::BLANK; rows * cols.len()],
            rows,
        };
        for (r, row) in body.iter().enumerate() {
            let mut next = 0;
            for cell in sheet.row(*row) {
                while next < cols.len() && cols[next].0 < cell.col {
                    next += 1;
                }
                let Some((col, _)) = cols.get(next) else {
                    break;
                };
                if *col == cell.col {
                    matrix.slots[next * rows + r].held = held(sheet.value(cell));
                    next += 1;
                }
            }
        }
        matrix.carry_merged(sheet, body, cols);
        for (c, (_, carry)) in cols.iter().enumerate() {
            if matches!(carry, Carry::All | Carry::Ditto) {
                matrix.carry_ditto(c, tokens);
            }
        }
        matrix
    }

    /// Adds a column whose value stands in one cell for all rows, as on a form of one person.
    pub fn fixed(&mut self, sheet: &'v Sheet, col: u32, cell: &ValueCell) {
        let value = match (sheet.at(cell.row, col), &cell.part) {
            (Some(Value::Text(text)), Some(part)) => match text.get(part.clone()) {
                Some(part) if !part.is_empty() => held(Value::Text(part)),
                _ => Held::Blank,
            },
            (_, Some(_)) | (None, None) => Held::Blank,
            (Some(value), None) => held(value),
        };
        let repeats = |r: usize| cell.borrowed || r > 0;
        self.slots.extend((0..self.rows).map(|r| Slot {
            held: value,
            filled: repeats(r),
            covered: repeats(r),
        }));
    }

    /// One column.
    pub fn column(&self, index: usize) -> &[Slot<'v>] {
        &self.slots[index * self.rows..(index + 1) * self.rows]
    }

    fn carry_merged(&mut self, sheet: &Sheet, body: &[u32], cols: &[(u32, Carry)]) {
        let Some((&first, &last)) = body.first().zip(body.last()) else {
            return;
        };
        for merge in sheet.merges() {
            if merge.bottom == merge.top || merge.bottom < first || merge.top > last {
                continue;
            }
            let Ok(c) = cols.binary_search_by_key(&merge.left, |(col, _)| *col) else {
                continue;
            };
            // A merge that begins in the header or in a heading carries no value of a record.
            let Ok(top) = body.binary_search(&merge.top) else {
                continue;
            };
            let source = self.slots[c * self.rows + top].held;
            if source == Held::Blank || cols[c].1 == Carry::No {
                continue;
            }
            let below = body.iter().take(self.rows).enumerate().skip(top + 1);
            for (r, _) in below.take_while(|(_, row)| **row <= merge.bottom) {
                let slot = &mut self.slots[c * self.rows + r];
                if slot.held != Held::Blank {
                    continue;
                }
                if cols[c].1 == Carry::Ditto {
                    slot.covered = true;
                } else {
                    slot.held = source;
                    slot.filled = true;
                }
            }
        }
    }

    fn carry_ditto(&mut self, c: usize, tokens: &Tokens) {
        let column = &mut self.slots[c * self.rows..(c + 1) * self.rows];
        // The nearest cell above that holds something: nobody means a gap by "the same as above".
        let mut above = None;
        for index in 0..column.len() {
            match (column[index].held, above) {
                (Held::Blank, _) => {}
                (Held::Text(text), Some(source)) if tokens.ditto(text) => {
                    let source: usize = source;
                    column[index] = Slot {
                        held: column[source].held,
                        filled: true,
                        covered: false,
                    };
                }
                _ => above = Some(index),
            }
        }
    }
}

fn held(value: Value<'_>) -> Held<'_> {
    match value {
        Value::Text(t) => match t.as_bytes() {
            // Printable ASCII but `#`, and the CJK ideographs: neither blank nor an error.
            [0x21..=0x22 | 0x24..=0x7e | 0xe4..=0xe9, ..] => Held::Text(t),
            _ => rare_text(t),
        },
        Value::Number(n) => Held::Number(n),
        Value::Date(d) => Held::Date(d),
        Value::Bool(b) => Held::Bool(b),
        bad => Held::Bad(bad),
    }
}

/// A text that may be blank, or an error value: text files and web pages carry that as its letters.
fn rare_text(text: &str) -> Held<'_> {
    // A letter or digit stays whatever is cleaned away.
    if !text.contains(char::is_alphanumeric) && fold::clean(text).is_empty() {
        return Held::Blank;
    }
    match CellError::parse(text.trim()) {
        Some(error) => Held::Bad(Value::Error(error)),
        None => Held::Text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::Span;
    use crate::scheme::templates;

    #[test]
    fn merges_and_ditto_marks_repeat_as_far_as_their_kind_allows() {
        let words = templates::words();
        let mut b = Sheet::builder("s");
        for (row, values) in [
            ["张三", "集中培训", "300"],
            ["", "同上", "〃"],
            ["同上", "〃", ""],
            ["李四", " ", "5"],
        ]
        .iter()
        .enumerate()
        {
            for (col, text) in values.iter().enumerate() {
                b.put(row as u32, col as u32, Value::Text(text));
            }
        }
        b.merge(Span {
            top: 0,
            left: 0,
            bottom: 1,
            right: 0,
        });
        b.merge(Span {
            top: 1,
            left: 2,
            bottom: 2,
            right: 2,
        });
        let sheet = b.finish();
        let cols = [(0, Carry::Merged), (1, Carry::All), (2, Carry::Ditto)];
        let m = Matrix::gather(&sheet, &[0, 1, 2, 3], &cols, words.tokens());
        let texts = |c: usize| -> Vec<Held<'_>> { m.column(c).iter().map(|s| s.held).collect() };
        let t = Held::Text;
        assert_eq!(texts(0), [t("张三"), t("张三"), t("同上"), t("李四")]);
        assert_eq!(
            texts(1),
            [t("集中培训"), t("集中培训"), t("集中培训"), Held::Blank]
        );
        assert_eq!(texts(2), [t("300"), t("300"), Held::Blank, t("5")]);
        assert!(m.column(2)[2].covered);
        assert!(m.column(0)[1].filled && !m.column(0)[0].filled);
    }

    #[test]
    fn a_ditto_mark_looks_past_a_gap() {
        let words = templates::words();
        let mut b = Sheet::builder("s");
        b.put(0, 0, Value::Text("集中培训"));
        b.put(2, 0, Value::Text("同上"));
        let sheet = b.finish();
        let m = Matrix::gather(&sheet, &[0, 1, 2], &[(0, Carry::All)], words.tokens());
        assert_eq!(m.column(0)[1].held, Held::Blank);
        assert_eq!(m.column(0)[2].held, Held::Text("集中培训"));
    }
}
