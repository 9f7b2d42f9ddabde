//! `record-duplicate`: the same thing of the same person entered twice.
//!
//! The check names the fields that make two records the same; the person's own fields among them
//! stand for the person. Records in which all the other fields are empty are never compared.

use super::{Cross, Finding};
use crate::diagnostic::Rule;
use crate::fold;
use crate::frames::FormFrame;
use crate::normalise::{NO_DATE, NO_NUMBER};
use crate::scheme::{Check, FormIdx, Kind};
use std::collections::BTreeMap;

pub(super) fn records(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let frame = &cross.frames[form];
    let form_data = cross.form(form);
    let things: Vec<&str> = check
        .fields
        .iter()
        .map(String::as_str)
        .filter(|id| {
            let kind = form_data.field(id).map(|f| &form_data.fields[f].kind);
            !matches!(kind, None | Some(Kind::Name | Kind::IdNumber))
        })
        .collect();
    let keys: Vec<Vec<Option<String>>> = things.iter().map(|f| cells(frame, f)).collect();
    let mut same: BTreeMap<(u32, u32, Vec<Option<&str>>), Vec<usize>> = BTreeMap::new();
    for record in 0..frame.len() {
        let at = (form, record);
        let key: Vec<Option<&str>> = keys.iter().map(|k| k[record].as_deref()).collect();
        // Whoever has neither number nor name cannot be told from others.
        let nobody = cross.people[form].id(record).is_none() && cross.name(at).is_none();
        if nobody || key.iter().all(Option::is_none) {
            continue;
        }
        let key = (cross.school(at), cross.person(at), key);
        same.entry(key).or_default().push(record);
    }
    let mut found = Vec::new();
    for ((school, _, _), records) in same.iter().filter(|(_, r)| r.len() > 1) {
        for (i, record) in records.iter().enumerate() {
            let other = records[usize::from(i == 0)];
            let at = (form, *record);
            let diagnostic = cross.pointing(Rule::RecordDuplicate, at, &things, (form, other));
            let thing = keys[0][*record].as_deref().unwrap_or_default();
            let diagnostic = diagnostic.arg("thing", thing).arg("form", &form_data.title);
            found.push((*school, diagnostic));
        }
    }
    found
}

/// The cells of a field as comparable texts.
fn cells(frame: &FormFrame, field: &str) -> Vec<Option<String>> {
    let none = || vec![None; frame.len()];
    if let Some(texts) = frame.texts(field) {
        return texts.iter().map(|t| t.map(fold::label)).collect();
    }
    if let Some(days) = frame.dates(field) {
        let shown = days.iter().map(|d| (*d != NO_DATE).then(|| d.to_string()));
        return shown.collect();
    }
    if let Some(numbers) = frame.integers(field) {
        let shown = numbers
            .iter()
            .map(|n| (*n != NO_NUMBER).then(|| n.to_string()));
        return shown.collect();
    }
    if let Some(numbers) = frame.decimals(field) {
        return numbers.iter().map(|n| n.map(|n| n.to_string())).collect();
    }
    if let Some(codes) = frame.codes(field) {
        return codes.iter().map(|c| c.map(|c| c.to_string())).collect();
    }
    none()
}
