//! What a line and a column look like, on a terminal and on a page. Colour never says anything that
//! a word or a mark does not say too.

use crate::diagnostic::Severity;
use crate::recognise::{How, Role};

/// Every role in the order of the legend.
pub const ROLES: [Role; 12] = [
    Role::Title,
    Role::Metadata,
    Role::Header,
    Role::RepeatedHeader,
    Role::Data,
    Role::Total,
    Role::Section,
    Role::Note,
    Role::Example,
    Role::Signature,
    Role::Unknown,
    Role::Blank,
];

/// Colour of a role: the number that terminals know it by, and a fill that print keeps apart.
pub fn role(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Title => ("1", "#ffffff"),
        Role::Metadata => ("36", "#e8f1f5"),
        Role::Header => ("1;34", "#d9d9d9"),
        Role::RepeatedHeader => ("34", "#ececec"),
        Role::Data => ("0", "#ffffff"),
        Role::Total => ("35", "#f1e8f5"),
        Role::Section => ("1;36", "#dfeef0"),
        Role::Note => ("2", "#f7f7f2"),
        Role::Example => ("2;33", "#fbf3dc"),
        Role::Signature => ("2", "#f2f2f2"),
        Role::Unknown => ("1;31", "#fbe3e0"),
        Role::Blank => ("2", "#ffffff"),
    }
}

/// Colour of a field by how it was found.
pub fn how(how: How) -> (&'static str, &'static str) {
    match how {
        How::Exact => ("32", "#e3f1e3"),
        How::Trimmed | How::Within => ("36", "#e0f0f0"),
        How::Content => ("33", "#fbf3dc"),
        How::Unknown => ("1;31", "#fbe3e0"),
    }
}

/// Mark and colours of a finding.
pub fn finding(severity: Severity) -> (char, &'static str, &'static str) {
    match severity {
        Severity::Error => ('!', "1;31", "#c00000"),
        Severity::Warning => ('?', "33", "#9c6500"),
        Severity::Note => ('*', "2", "#5f5f5f"),
    }
}
