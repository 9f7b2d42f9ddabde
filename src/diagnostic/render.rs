//! Diagnostics as text for people and as JSON for programs.

use super::Diagnostic;
use crate::message::{self, Lang};
use serde::Serialize;

/// The headline: what is wrong, standing alone.
pub fn message(d: &Diagnostic, lang: Lang) -> String {
    message::filled(lang, &d.key(), "message", &d.args)
}

/// What is wrong, in Chinese and in English: to be found again, whichever was shown.
pub fn messages(d: &Diagnostic) -> [String; 2] {
    [Lang::Zh, Lang::En].map(|lang| message(d, lang))
}

/// What to do about it: nothing more where the bureau has decided.
pub fn hint(d: &Diagnostic, lang: Lang) -> String {
    if let Some(decided) = &d.decided {
        return message::say(lang, "place.decided", &decided.args());
    }
    message::filled(lang, &d.key(), "hint", &d.args)
}

/// `file / sheet / cell` for people.
pub fn place(d: &Diagnostic, lang: Lang) -> String {
    let p = &d.place;
    let mut out = p.file.to_string();
    if !p.sheet.is_empty() {
        out.push_str(&message::say(
            lang,
            "place.sheet",
            &[("sheet", p.sheet.to_string())],
        ));
    }
    match (p.cell(), p.row) {
        (Some(cell), _) => out.push_str(&message::say(lang, "place.cell", &[("cell", cell)])),
        (None, Some(row)) => {
            out.push_str(&message::say(
                lang,
                "place.row",
                &[("row", (row + 1).to_string())],
            ));
        }
        (None, None) => {}
    }
    out
}

/// The object of `diagnostics.json`.
pub fn json(d: &Diagnostic, lang: Lang) -> impl Serialize + '_ {
    Object {
        cell: d.place.cell(),
        code: d.rule.code(),
        field: (!d.field.is_empty()).then_some(&*d.field),
        file: &d.place.file,
        hint: hint(d, lang),
        item: d.item.map(|i| format!("{:08x}", i.key())),
        message: message(d, lang),
        row: d.place.row.map(|r| r + 1),
        rule: d.rule.name(),
        severity: d.severity.as_str(),
        sheet: (!d.place.sheet.is_empty()).then_some(&*d.place.sheet),
        state: d.item.map(|i| i.standing().as_str()),
    }
}

/// Its keys, in the order in which files have them.
#[derive(Serialize)]
struct Object<'a> {
    cell: Option<String>,
    code: u16,
    field: Option<&'a str>,
    file: &'a str,
    hint: String,
    item: Option<String>,
    message: String,
    row: Option<u32>,
    rule: &'a str,
    severity: &'a str,
    sheet: Option<&'a str>,
    state: Option<&'a str>,
}
