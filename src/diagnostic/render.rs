//! Diagnostics as text for people and as JSON for programs.

use super::Diagnostic;
use crate::message::{self, Lang};
use serde_json::{Map, Value, json};

/// The headline: what is wrong, standing alone.
pub fn message(d: &Diagnostic, lang: Lang) -> String {
    message::fill(&message::text(lang, &d.key(), "message"), &d.args)
}

/// What to do about it.
pub fn hint(d: &Diagnostic, lang: Lang) -> String {
    message::fill(&message::text(lang, &d.key(), "hint"), &d.args)
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
pub fn json(d: &Diagnostic, lang: Lang) -> Value {
    let mut o = Map::new();
    o.insert("rule".into(), json!(d.rule.name()));
    o.insert("code".into(), json!(d.rule.code()));
    o.insert("severity".into(), json!(d.severity.as_str()));
    o.insert("file".into(), json!(&*d.place.file));
    o.insert(
        "sheet".into(),
        json!((!d.place.sheet.is_empty()).then_some(&*d.place.sheet)),
    );
    o.insert("row".into(), json!(d.place.row.map(|r| r + 1)));
    o.insert("cell".into(), json!(d.place.cell()));
    o.insert(
        "field".into(),
        json!((!d.field.is_empty()).then_some(&*d.field)),
    );
    o.insert("message".into(), json!(message(d, lang)));
    o.insert("hint".into(), json!(hint(d, lang)));
    Value::Object(o)
}
