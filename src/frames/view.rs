//! Typed access to the columns of a frame without copying, for checks and statistics.
//!
//! Dates and whole numbers come as slices with the sentinels of [`crate::normalise`] in place of
//! null ([`NO_DATE`](crate::normalise::NO_DATE), [`NO_NUMBER`]), the others behind a small reader
//! that can be copied freely. `None` means that the form has no
//! stored field of that id and type; a field that no table had is a column of nulls.

use super::FormFrame;
use crate::normalise::{NO_CODE, NO_NUMBER};
use crate::scheme::Code;
use polars::prelude::{BooleanChunked, ChunkedArray, Column, PolarsNumericType, StringChunked};

/// A text column.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'a>(&'a StringChunked);

impl<'a> Texts<'a> {
    /// The text of a record; `None` is null.
    pub fn get(self, index: usize) -> Option<&'a str> {
        self.0.get(index)
    }

    /// All texts in order.
    pub fn iter(self) -> impl Iterator<Item = Option<&'a str>> {
        self.0.iter()
    }
}

/// A column of vocabulary codes.
#[derive(Debug, Clone, Copy)]
pub struct Codes<'a>(&'a [u32]);

impl<'a> Codes<'a> {
    /// The code of a record; `None` is null.
    pub fn get(self, index: usize) -> Option<Code> {
        code(self.0[index])
    }

    /// All codes in order.
    pub fn iter(self) -> impl Iterator<Item = Option<Code>> + 'a {
        self.0.iter().map(|c| code(*c))
    }
}

fn code(stored: u32) -> Option<Code> {
    Code::try_from(stored).ok().filter(|c| *c != NO_CODE)
}

/// A decimal column in hundredths.
#[derive(Debug, Clone, Copy)]
pub struct Hundredths<'a>(&'a [i128]);

impl<'a> Hundredths<'a> {
    /// The number of a record in hundredths; `None` is null.
    pub fn get(self, index: usize) -> Option<i64> {
        hundredths(self.0[index])
    }

    /// All numbers in order.
    pub fn iter(self) -> impl Iterator<Item = Option<i64>> + 'a {
        self.0.iter().map(|n| hundredths(*n))
    }
}

fn hundredths(stored: i128) -> Option<i64> {
    // A column holds 18 digits, so every number but the sentinel fits.
    i64::try_from(stored).ok().filter(|n| *n != NO_NUMBER)
}

/// A column of yes and no.
#[derive(Debug, Clone, Copy)]
pub struct Booleans<'a>(&'a BooleanChunked);

impl Booleans<'_> {
    /// The answer of a record; `None` is null.
    pub fn get(self, index: usize) -> Option<bool> {
        self.0.get(index)
    }
}

impl FormFrame {
    /// How many records.
    pub fn len(&self) -> usize {
        self.origins.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.origins.is_empty()
    }

    /// Codes of a vocabulary field.
    pub fn codes(&self, field: &str) -> Option<Codes<'_>> {
        slice(self.column(field)?.u32().ok()?).map(Codes)
    }

    /// Days since 1970-01-01 of a date field.
    pub fn dates(&self, field: &str) -> Option<&[i32]> {
        slice(self.column(field)?.date().ok()?.physical())
    }

    /// Whole numbers of an integer field.
    pub fn integers(&self, field: &str) -> Option<&[i64]> {
        slice(self.column(field)?.i64().ok()?)
    }

    /// Hundredths of a decimal or money field.
    pub fn decimals(&self, field: &str) -> Option<Hundredths<'_>> {
        slice(self.column(field)?.decimal().ok()?.physical()).map(Hundredths)
    }

    /// Answers of a yes-or-no field.
    pub fn booleans(&self, field: &str) -> Option<Booleans<'_>> {
        Some(Booleans(self.column(field)?.bool().ok()?))
    }

    /// Texts of a text field; also `source_file` `source_sheet` `school` `school_code`.
    pub fn texts(&self, field: &str) -> Option<Texts<'_>> {
        Some(Texts(self.column(field)?.str().ok()?))
    }

    fn column(&self, field: &str) -> Option<&Column> {
        self.frame.column(field).ok()
    }
}

/// The values of a column of one chunk, sentinels in place of nulls.
fn slice<T: PolarsNumericType>(column: &ChunkedArray<T>) -> Option<&[T::Native]> {
    let mut chunks = column.downcast_iter();
    let first = chunks.next()?;
    debug_assert!(chunks.next().is_none(), "frames are built of one chunk");
    Some(first.values().as_slice())
}
