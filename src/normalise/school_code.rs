//! `school-code-form`: codes that cannot be a school's, where no directory knows better. Ten digits
//! are category, province and number of the school; a bureau's own codes and the eighteen characters
//! of an organisation have other lengths and are not looked at.

use super::column::Column;
use super::vocabulary::{self, Found};
use super::{Data, id};
use crate::diagnostic::{Diagnostic, Rule};

/// The vocabulary of categories, spelt by their two digits.
const CATEGORIES: &str = "school_category";
const DIGITS: usize = 10;

/// Says each wrong code once, at its first place.
pub(super) fn check(column: &Column<'_>, codes: &Data, out: &mut Vec<Diagnostic>) {
    let (Data::Text(codes), Some(categories)) = (codes, column.scheme.vocabulary(CATEGORIES))
    else {
        return;
    };
    if column.scheme.directory.has_codes() {
        return;
    }
    let tokens = column.scheme.words.tokens();
    let mut said: Vec<&str> = Vec::new();
    for (index, code) in codes.iter().enumerate() {
        let Some(code) = code.filter(|c| !said.contains(c)) else {
            continue;
        };
        let bytes = code.as_bytes();
        if bytes.len() != DIGITS || !bytes.iter().all(u8::is_ascii_digit) {
            continue;
        }
        let category = vocabulary::find(&code[..2], categories, tokens);
        let variant = match category {
            Found::Term(_) if id::province(&bytes[2..]) => continue,
            Found::Term(_) => "province",
            _ => "",
        };
        let part = if variant.is_empty() {
            &code[..2]
        } else {
            &code[2..4]
        };
        out.push(
            column
                .finding(index, Rule::SchoolCodeForm)
                .variant(variant)
                .severity(Rule::SchoolCodeForm.severity())
                .arg("value", code)
                .arg("part", part),
        );
        said.push(code);
    }
}
