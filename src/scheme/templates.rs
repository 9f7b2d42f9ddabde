//! The templates embedded in the binary: forms, vocabularies, layout words and schemes.
//!
//! A new file is registered by one line in the list of its folder; a test holds that none is
//! forgotten.

use super::form::{self, Field, Form, Vocabulary};
use super::form_file::Bytes;
use super::words::Words;
use std::collections::BTreeMap;

/// Files of a folder below `templates/`: id and text. The path is the id between two ends.
macro_rules! embedded {
    ($before:literal, $after:literal: $($id:literal)*) => {
        &[$(($id, include_str!(concat!("../../templates/", $before, $id, $after))),)*]
    };
}

/// Forms that every scheme knows whether it collects them or not, in the order in which equal
/// evidence prefers them.
pub const FORMS: &[(&str, &str)] = embedded!("forms/", ".toml":
    "roster"
    "training"
    "study"
    "claims"
    "assessment"
    "directory"
);

/// Forms that only schemes know which collect them: tables of other schemes are not mistaken for
/// them.
pub const ON_DEMAND: &[(&str, &str)] = embedded!("forms/", ".toml":
    "aid"
    "allowances"
    "bases"
    "events"
    "ledger"
    "nomination"
    "nominees"
    "outings"
    "pairing"
    "plan"
    "posts"
    "probation"
    "programmes"
    "projects"
    "rewards"
    "school_stats"
    "staff"
    "studios"
    "survey"
    "targets"
    "visits"
);

/// Tables that the bureau itself keeps beside what the schools send; no scheme collects them.
pub const OFFICE: &[(&str, &str)] = embedded!("forms/", ".toml":
    "column_spellings"
    "corrections"
    "value_spellings"
);

/// Fields that every form has besides its own.
pub const COMMON: &str = include_str!("../../templates/forms/common.toml");

/// Embedded vocabularies.
pub const VOCABULARIES: &[(&str, &str)] = embedded!("vocabulary/", ".toml":
    "aid_category"
    "aid_kind"
    "area"
    "care_post"
    "category"
    "certificate"
    "class_level"
    "correction_action"
    "degree"
    "education"
    "ethnic"
    "event_role"
    "expense"
    "gender"
    "grade"
    "growth_stage"
    "household"
    "industry"
    "leave"
    "lecturer_title"
    "national_programme"
    "region_class"
    "required"
    "school_category"
    "school_kind"
    "spelling_decision"
    "stage"
    "studio_grade"
    "studio_kind"
    "study_status"
    "subject"
    "tier"
    "tier_level"
    "title"
    "training_mode"
    "vocational_project"
    "vocational_speciality"
);

/// Embedded schemes in the order in which they are listed.
pub const SCHEMES: &[(&str, &str)] = embedded!("", "/scheme.toml":
    "rural-uplift"
    "county-backbone"
    "tier-ladder"
    "school-selection"
    "vocational-training-plan"
    "release-training-selection"
    "vocational-action-plan"
    "national-training-report"
    "famous-teacher-three-year"
    "demonstration-lessons"
    "annual-credits"
    "degree-uplift"
    "young-backbone-allowance"
    "central-school-growth"
    "kindergarten-staff"
);

/// Forms that embedded schemes fill: scheme, name of the workbook, its bytes.
pub const WORKBOOKS: &[(&str, &str, &[u8])] = &[
    (
        "rural-uplift",
        "hours.xlsx",
        include_bytes!("../../templates/rural-uplift/hours.xlsx"),
    ),
    (
        "county-backbone",
        "settlement.xlsx",
        include_bytes!("../../templates/county-backbone/settlement.xlsx"),
    ),
];

/// Embedded layout words.
pub const WORDS: &str = include_str!("../../templates/words.toml");

/// The forms that an embedded scheme fills, by name.
pub fn workbooks(scheme: &str) -> BTreeMap<String, Bytes> {
    let own = WORKBOOKS.iter().filter(|(of, ..)| *of == scheme);
    own.map(|(_, name, bytes)| ((*name).to_owned(), Bytes((*bytes).into())))
        .collect()
}

/// The fields that every form has.
///
/// # Panics
/// Never in a build that passed its tests: the files are part of the binary.
pub fn common() -> Vec<Field> {
    form::parse_common(COMMON).unwrap_or_else(|e| panic!("forms/common.toml: {e}"))
}

/// The embedded forms that every scheme knows.
///
/// # Panics
/// As [`common`].
pub fn forms() -> Vec<Form> {
    parsed(FORMS)
}

/// The embedded forms that only schemes know which collect them.
///
/// # Panics
/// As [`common`].
pub fn on_demand() -> Vec<Form> {
    parsed(ON_DEMAND)
}

/// The table of that id which the bureau itself keeps; it has no fields but its own.
///
/// # Panics
/// As [`common`].
pub fn office(id: &str) -> Vec<Form> {
    let own: Vec<_> = OFFICE.iter().copied().filter(|(o, _)| *o == id).collect();
    parsed_with(&own, &[])
}

fn parsed(forms: &[(&str, &str)]) -> Vec<Form> {
    parsed_with(forms, &common())
}

fn parsed_with(forms: &[(&str, &str)], common: &[Field]) -> Vec<Form> {
    forms
        .iter()
        .map(|(id, text)| {
            form::parse_form(text, common).unwrap_or_else(|e| panic!("forms/{id}.toml: {e}"))
        })
        .collect()
}

/// The embedded vocabularies.
///
/// # Panics
/// As [`common`].
pub fn vocabularies() -> Vec<Vocabulary> {
    VOCABULARIES
        .iter()
        .map(|(id, text)| {
            form::parse_vocabulary(text).unwrap_or_else(|e| panic!("vocabulary/{id}.toml: {e}"))
        })
        .collect()
}

/// The embedded layout words.
///
/// # Panics
/// As [`common`].
pub fn words() -> Words {
    form::parse_words(WORDS).unwrap_or_else(|e| panic!("words.toml: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::Kind;
    use std::path::Path;

    /// Files or folders of a template folder that are registered under their own names.
    fn names(folder: &str, wanted: impl Fn(&Path) -> bool) -> Vec<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let mut out: Vec<String> = std::fs::read_dir(root.join(folder))
            .unwrap()
            .map(|e| e.unwrap().path())
            .filter(|p| wanted(p))
            .map(|p| p.file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        out.sort();
        out
    }

    fn registered(lists: &[&[(&str, &str)]]) -> Vec<String> {
        let mut out: Vec<String> = lists
            .iter()
            .flat_map(|l| l.iter().map(|(id, _)| (*id).to_owned()))
            .collect();
        out.sort();
        out
    }

    #[test]
    fn every_template_is_registered_once() {
        let mut forms = registered(&[FORMS, ON_DEMAND, OFFICE]);
        forms.push("common".into());
        forms.sort();
        assert_eq!(names("forms", |p| p.is_file()), forms);
        assert_eq!(
            names("vocabulary", |p| p.is_file()),
            registered(&[VOCABULARIES])
        );
        assert_eq!(
            // What `scheme new` begins with is none yet.
            names("", |p| p.join("scheme.toml").is_file()
                && !p.ends_with("workspace")),
            registered(&[SCHEMES])
        );
        // A folder of none of these kinds is a scheme whose file is missing.
        let other = ["forms", "vocabulary", "workspace"];
        let mut workbooks: Vec<String> = Vec::new();
        for (id, _) in SCHEMES {
            let own = names(id, |p| p.extension().is_some_and(|e| e == "xlsx"));
            workbooks.extend(own.into_iter().map(|name| format!("{id}/{name}.xlsx")));
        }
        let known = WORKBOOKS.iter().map(|(id, name, _)| format!("{id}/{name}"));
        assert_eq!(workbooks, known.collect::<Vec<_>>());
        let folders = names("", |p| p.is_dir() && !other.iter().any(|o| p.ends_with(o)));
        assert_eq!(folders, registered(&[SCHEMES]));
    }

    #[test]
    fn embedded_templates_load_and_name_known_vocabularies() {
        let vocabularies = vocabularies();
        for v in &vocabularies {
            assert_eq!(crate::scheme::spellings::clashes(v), [], "{}", v.id);
        }
        let office = OFFICE.iter().flat_map(|(id, _)| office(id));
        let forms: Vec<Form> = forms()
            .into_iter()
            .chain(on_demand())
            .chain(office)
            .collect();
        let ids = registered(&[FORMS, ON_DEMAND, OFFICE]);
        assert!(forms.iter().all(|f| ids.contains(&f.id)));
        for form in forms {
            for field in &form.fields {
                if let Kind::Vocabulary(v) = &field.kind {
                    assert!(
                        vocabularies.iter().any(|k| k.id == *v),
                        "{}.{}: {v}",
                        form.id,
                        field.id
                    );
                }
                for fill in &field.fills {
                    assert!(
                        form.field(fill).is_some(),
                        "{}.{} fills {fill}",
                        form.id,
                        field.id
                    );
                }
            }
        }
        assert!(!words().total.is_empty());
    }
}
