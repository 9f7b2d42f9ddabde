//! A school's own workbook on its way back: wrong cells filled and commented, the list of what to
//! correct as its first sheet, and everything else as the school sent it, byte for byte.
//!
//! `mark` changes an xlsx; for every other format `copy` first makes one with the same grid. Marks are
//! fills of two colours that no school uses, darker and plain for errors, lighter and hatched for
//! what must be confirmed, so that they differ on paper too; borders stay the school's own. A workbook
//! that comes back with the marks of the last time loses those first.

mod copy;
mod list;
mod mark;
#[cfg(test)]
mod tests;

pub use copy::{Copy, copy};
pub use list::{Link, Target, with_links};
pub use mark::{Mark, Marked, mark};
