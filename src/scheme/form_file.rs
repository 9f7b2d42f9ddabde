//! Forms that a superior bureau prescribes: workbooks with marks, to be filled.

use std::fmt;
use std::sync::Arc;

/// One form to fill.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FormFile {
    /// The workbook beside the scheme's file.
    pub file: String,
    /// What the filled form is called, without folder and ending; filled like a page's title.
    pub out: String,
    /// The workbook itself.
    pub bytes: Bytes,
}

/// A file's bytes, which nobody wants to read in a message.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Bytes(pub Arc<[u8]>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}
