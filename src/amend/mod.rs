//! Changing a workbook that somebody else made: cells, styles and parts are changed one by one, and
//! everything that is not changed stays byte for byte.
//!
//! No library for Rust opens a workbook and keeps all of it: they read what they know and write that
//! anew, so that comments, charts and print set-ups are lost. So the package is taken apart here no
//! further than a change needs, and its XML is spliced at the places that `quick-xml` tells.
//!
//! | file | what it does |
//! |---|---|
//! | `package`, `xml` | parts of the container; places in XML |
//! | `sheet`, `cells`, `styles` | cells changed, cells read, looks added |
//! | `formula`, `growth`, `grow` | references in formulas; where they go when rows are repeated; all that follows |
//! | `calc`, `evaluate`, `redraw` | formulas computed anew; charts that remember figures |

mod adopt;
mod calc;
mod cells;
mod evaluate;
pub mod formula;
mod grow;
mod growth;
mod notes;
mod package;
mod redraw;
mod sheet;
mod styles;
mod tabs;
mod xml;

pub use adopt::transplanted;
pub use calc::{Book, Value};
pub use cells::{Formula, shared_strings};
pub use grow::grow;
pub use growth::{Growth, Stand};
pub use notes::{Note, Penmanship, Sheet, add_notes, drop_notes};
pub use package::{Package, Relation, SheetRef};
pub use redraw::{recalculate, redraw};
pub use sheet::{Put, SheetXml};
pub use styles::Styles;
pub use tabs::unselected;
pub use xml::{Fault, escape};

/// Deflate level of changed parts: as for the program's own books.
const LEVEL: u8 = 2;
