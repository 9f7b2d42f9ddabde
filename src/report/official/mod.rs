//! A superior bureau's own form, filled: an xlsx with marks such as `{{hours.base/乡镇=甲镇}}` in its
//! cells, in which only those cells change, and rows marked `{{each hours by school}}` that are
//! repeated.
//!
//! | file | what it does |
//! |---|---|
//! | `mark` | a cell's text to marks; what a mark may name |
//! | `form` | the marks of a workbook, its repeated rows |
//! | `check` | everything wrong with a form, before any data is read |
//! | `value` | a mark to what its cell holds |
//! | `fill` | the filled workbook |
//! | `verify` | proof that nothing but marked cells changed |

mod check;
mod fill;
mod form;
mod mark;
mod value;
mod verify;

pub use check::problems;
pub use fill::{Filled, fill_each};
use verify::verify;

use crate::scheme::Scheme;
use crate::statistics::Tabulation;

/// What marks are read against: the scheme, and its tables, with or without data.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    scheme: &'a Scheme,
    tabulations: &'a [Tabulation],
}
