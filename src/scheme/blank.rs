//! What a form that is sent out to be filled in asks for, and in which order.

use super::form::{Blank, FieldIdx, FormIdx, Kind};
use super::{Scheme, stamp};

/// The columns of a form that is sent out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The form.
    pub form: FormIdx,
    /// Its columns, left to right; the row number comes first.
    pub fields: Vec<FieldIdx>,
    /// Changes whenever a column, its meaning or the words it offers change.
    pub version: String,
}

impl Layout {
    /// Of a form; none where nothing of it is sent out.
    pub fn of(form: FormIdx, scheme: &Scheme) -> Option<Layout> {
        let of = scheme.forms.get(form)?;
        if of.blank == Blank::None {
            return None;
        }
        let all = || of.fields.iter().enumerate();
        let serial = all().find(|(_, f)| f.kind == Kind::Serial);
        let asked = all().filter(|(_, f)| f.blank && !matches!(f.kind, Kind::Ignored));
        let fields: Vec<FieldIdx> = serial.into_iter().chain(asked).map(|(i, _)| i).collect();
        (fields.len() > 1).then(|| Layout {
            form,
            version: version(form, &fields, scheme),
            fields,
        })
    }

    /// Of all forms that a scheme collects, in their order.
    pub fn wanted(scheme: &Scheme) -> Vec<Layout> {
        let wanted = scheme.wanted.iter().enumerate().filter(|(_, w)| **w);
        wanted.filter_map(|(f, _)| Layout::of(f, scheme)).collect()
    }
}

fn version(form: FormIdx, fields: &[FieldIdx], scheme: &Scheme) -> String {
    let of = &scheme.forms[form];
    let mut parts = vec![of.id.as_str()];
    for field in fields.iter().map(|f| &of.fields[*f]) {
        parts.extend([field.id.as_str(), field.title.as_str()]);
        parts.push(if field.required { "*" } else { "" });
        if let Kind::Vocabulary(id) = &field.kind {
            let terms = scheme.vocabulary(id).map(|v| &v.terms);
            parts.extend(terms.into_iter().flatten().map(|t| t.name.as_str()));
        }
    }
    stamp::digest(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::parse;

    #[test]
    fn a_form_asks_for_what_its_file_says() {
        let scheme = parse::load_builtin("degree-uplift").unwrap();
        let all = Layout::wanted(&scheme);
        let ids: Vec<&str> = all
            .iter()
            .map(|l| scheme.forms[l.form].id.as_str())
            .collect();
        // The targets are the bureau's own.
        assert_eq!(ids, ["roster", "study", "rewards"]);
        let roster = &scheme.forms[all[0].form].fields;
        let first: Vec<&str> = all[0].fields[..3]
            .iter()
            .map(|f| roster[*f].id.as_str())
            .collect();
        assert_eq!(first, ["serial", "name", "id_number"]);
        let asks = |id: &str| all[0].fields.iter().any(|f| roster[*f].id == id);
        assert!(asks("education") && !asks("age_stated") && !asks("school"));
    }

    #[test]
    fn the_version_changes_with_the_words_on_offer() {
        let mut scheme = parse::load_builtin("county-backbone").unwrap();
        let form = scheme.form("roster").unwrap();
        let before = Layout::of(form, &scheme).unwrap();
        assert_eq!(before, Layout::of(form, &scheme).unwrap());
        let titles = scheme.vocabularies.iter_mut().find(|v| v.id == "title");
        titles.unwrap().terms.pop();
        let after = Layout::of(form, &scheme).unwrap();
        assert_eq!(before.fields, after.fields);
        assert_ne!(before.version, after.version);
    }
}
