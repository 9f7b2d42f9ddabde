//! The templates embedded in the binary: forms, vocabularies, layout words and schemes.

use super::form::{self, Field, Form, Vocabulary, Words};

/// Embedded forms, in the order in which equal evidence prefers them.
pub const FORMS: &[(&str, &str)] = &[
    ("roster", include_str!("../../templates/forms/roster.toml")),
    (
        "training",
        include_str!("../../templates/forms/training.toml"),
    ),
    ("study", include_str!("../../templates/forms/study.toml")),
    ("claims", include_str!("../../templates/forms/claims.toml")),
    (
        "assessment",
        include_str!("../../templates/forms/assessment.toml"),
    ),
    (
        "directory",
        include_str!("../../templates/forms/directory.toml"),
    ),
];

/// Fields that every form has besides its own.
pub const COMMON: &str = include_str!("../../templates/forms/common.toml");

/// Embedded vocabularies.
pub const VOCABULARIES: &[(&str, &str)] = &[
    ("area", include_str!("../../templates/vocabulary/area.toml")),
    (
        "category",
        include_str!("../../templates/vocabulary/category.toml"),
    ),
    (
        "education",
        include_str!("../../templates/vocabulary/education.toml"),
    ),
    (
        "expense",
        include_str!("../../templates/vocabulary/expense.toml"),
    ),
    (
        "gender",
        include_str!("../../templates/vocabulary/gender.toml"),
    ),
    (
        "grade",
        include_str!("../../templates/vocabulary/grade.toml"),
    ),
    (
        "required",
        include_str!("../../templates/vocabulary/required.toml"),
    ),
    (
        "stage",
        include_str!("../../templates/vocabulary/stage.toml"),
    ),
    (
        "study_status",
        include_str!("../../templates/vocabulary/study_status.toml"),
    ),
    (
        "subject",
        include_str!("../../templates/vocabulary/subject.toml"),
    ),
    ("tier", include_str!("../../templates/vocabulary/tier.toml")),
    (
        "tier_level",
        include_str!("../../templates/vocabulary/tier_level.toml"),
    ),
    (
        "title",
        include_str!("../../templates/vocabulary/title.toml"),
    ),
];

/// Embedded layout words.
pub const WORDS: &str = include_str!("../../templates/words.toml");

/// The embedded forms.
///
/// # Panics
/// Never in a build that passed its tests: the files are part of the binary.
pub fn forms() -> Vec<Form> {
    let common: Vec<Field> =
        form::parse_common(COMMON).unwrap_or_else(|e| panic!("forms/common.toml: {e}"));
    FORMS
        .iter()
        .map(|(id, text)| {
            form::parse_form(text, &common).unwrap_or_else(|e| panic!("forms/{id}.toml: {e}"))
        })
        .collect()
}

/// The embedded vocabularies.
///
/// # Panics
/// As [`forms`].
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
/// As [`forms`].
pub fn words() -> Words {
    form::parse_words(WORDS).unwrap_or_else(|e| panic!("words.toml: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::Kind;

    #[test]
    fn embedded_templates_load_and_name_known_vocabularies() {
        let vocabularies = vocabularies();
        for form in forms() {
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
