//! `stated-mismatch` across forms: a head count that a school typed in one table against its own
//! rows of another.

use super::{Cross, Finding};
use crate::diagnostic::{Diagnostic, Rule};
use crate::scheme::{Check, FormIdx};
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// Typed head counts against the rows of the check's form, for schools that sent any.
pub(super) fn heads(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let of = check.form.as_deref().and_then(|f| cross.scheme.form(f));
    let (Some(of), Some(id)) = (of, check.fields.first()) else {
        return Vec::new();
    };
    let frame = &cross.frames[form];
    let Some(typed) = frame.integers(id) else {
        return Vec::new();
    };
    let rows = &cross.frames[of];
    let mut sent: BTreeMap<u32, (usize, BTreeSet<u32>)> = BTreeMap::new();
    for (school, person) in rows.school_ids.iter().zip(&rows.persons) {
        let (rows, persons) = sent.entry(*school).or_default();
        *rows += 1;
        persons.insert(*person);
    }
    let mut found = Vec::new();
    for (record, typed) in typed.iter().enumerate() {
        let at = (form, record);
        let school = cross.school(at);
        let (Ok(typed), Some((rows, persons))) = (usize::try_from(*typed), sent.get(&school))
        else {
            continue;
        };
        // Someone listed twice has a finding already.
        if cross.school_name(school).is_empty() || typed == *rows || typed == persons.len() {
            continue;
        }
        let (place, field) = cross.place(at, &[id]);
        let title = cross.form(form).field(id);
        let title = title.map_or("", |f| cross.form(form).fields[f].title.as_str());
        let diagnostic = Diagnostic::new(Rule::StatedMismatch, place)
            .variant("heads")
            .field(field)
            .arg("field", title)
            .arg("stated", typed)
            .arg("computed", rows)
            .arg("form", &cross.form(of).title);
        found.push((school, diagnostic));
    }
    found
}
