//! Columns of values: leaving out rows, and filling one column's gaps from another.

use super::{Data, NO_BOOLEAN, NO_CODE, NO_DATE, NO_NUMBER, TextColumn};

impl Data {
    /// The entries of the rows that are kept.
    pub(super) fn keep(self, keep: &[bool]) -> Data {
        fn some<T: Copy>(values: &[T], keep: &[bool]) -> Vec<T> {
            values
                .iter()
                .zip(keep)
                .filter_map(|(v, k)| k.then_some(*v))
                .collect()
        }
        match self {
            Data::Absent => Data::Absent,
            Data::Text(texts) => {
                let mut kept = TextColumn::default();
                for (text, _) in texts.iter().zip(keep).filter(|(_, k)| **k) {
                    kept.push(text);
                }
                Data::Text(kept)
            }
            Data::Code(v) => Data::Code(some(&v, keep)),
            Data::Date(v) => Data::Date(some(&v, keep)),
            Data::Integer(v) => Data::Integer(some(&v, keep)),
            Data::Decimal(v) => Data::Decimal(some(&v, keep)),
            Data::Boolean(v) => Data::Boolean(some(&v, keep)),
        }
    }

    /// Whether an entry is not null.
    pub(super) fn holds(&self, index: usize) -> bool {
        match self {
            Data::Absent => false,
            Data::Text(texts) => texts.get(index).is_some(),
            Data::Code(v) => v[index] != NO_CODE,
            Data::Date(v) => v[index] != NO_DATE,
            Data::Integer(v) | Data::Decimal(v) => v[index] != NO_NUMBER,
            Data::Boolean(v) => v[index] != NO_BOOLEAN,
        }
    }

    /// Whether an entry is the other column's entry.
    pub(super) fn same_at(&self, index: usize, other: &Data, at: usize) -> bool {
        match (self, other) {
            (Data::Text(a), Data::Text(b)) => a.get(index) == b.get(at),
            (Data::Code(a), Data::Code(b)) => a[index] == b[at],
            (Data::Date(a), Data::Date(b)) => a[index] == b[at],
            (Data::Integer(a), Data::Integer(b)) | (Data::Decimal(a), Data::Decimal(b)) => {
                a[index] == b[at]
            }
            (Data::Boolean(a), Data::Boolean(b)) => a[index] == b[at],
            (a, b) => !a.holds(index) && !b.holds(at),
        }
    }

    /// The other's entry wherever this has none; for the kinds that cells of other fields fill.
    pub(super) fn or(self, other: Data) -> Data {
        match (self, other) {
            (Data::Code(mut own), Data::Code(other)) => {
                for (a, b) in own.iter_mut().zip(other) {
                    if *a == NO_CODE {
                        *a = b;
                    }
                }
                Data::Code(own)
            }
            (Data::Date(mut own), Data::Date(other)) => {
                for (a, b) in own.iter_mut().zip(other) {
                    if *a == NO_DATE {
                        *a = b;
                    }
                }
                Data::Date(own)
            }
            (own, _) => own,
        }
    }
}
