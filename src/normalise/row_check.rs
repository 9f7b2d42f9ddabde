//! Rules that need several cells of one row, as the form declares them. Written by the room
//! `frames`; called once a table by [`super::records`].

use super::Records;
use crate::diagnostic::Diagnostic;
use crate::scheme::{Form, Scheme};

/// Checks every record of a table.
pub fn check(records: &Records, form: &Form, scheme: &Scheme) -> Vec<Diagnostic> {
    let _ = (records, form, scheme);
    Vec::new()
}
