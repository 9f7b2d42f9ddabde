//! Changing a workbook that somebody else made: cells, styles and parts are changed one by one, and
//! everything that is not changed stays byte for byte.
//!
//! No library for Rust opens a workbook and keeps all of it: they read what they know and write that
//! anew, so that comments, charts and print set-ups are lost. So the package is taken apart here no
//! further than a change needs, and its XML is spliced at the places that `quick-xml` tells.

mod adopt;
mod notes;
mod package;
mod sheet;
mod styles;
mod tabs;
mod xml;

pub use adopt::transplanted;
pub use notes::{Note, Penmanship, Sheet, add_notes, drop_notes};
pub use package::{Package, Relation};
pub use sheet::{Put, SheetXml};
pub use styles::Styles;
pub use tabs::unselected;
pub use xml::{Fault, escape};

/// Deflate level of changed parts: as for the program's own books.
const LEVEL: u8 = 2;
