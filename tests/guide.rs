//! The guide for people who write schemes: every example in `docs/writing-a-scheme.md` is a case.
//!
//! A section with figures is run like a page under `tests/cases/`; a section with a scheme and no
//! figures must load. What the guide says about names (families, tests, forms, windows) is complete.

use crate::harness::case::Case;
use huizong::message::Lang;
use huizong::scheme::parse::{self, Source};
use huizong::scheme::templates;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn guide() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/writing-a-scheme.md");
    fs::read_to_string(path).expect("the guide")
}

/// Title and text of each section.
fn sections(guide: &str) -> Vec<(String, String)> {
    guide
        .split("\n## ")
        .skip(1)
        .map(|s| s.split_once('\n').expect("a title"))
        .map(|(title, text)| (title.to_owned(), text.to_owned()))
        .collect()
}

/// The text of a section's `toml` blocks.
fn schemes(section: &str) -> Vec<&str> {
    section
        .split("\n```toml\n")
        .skip(1)
        .map(|rest| rest.split("\n```").next().expect("an end"))
        .collect()
}

#[test]
fn every_example_of_the_guide_holds() {
    let guide = guide();
    let (mut cases, mut loaded) = (0, 0);
    for (title, text) in sections(&guide) {
        if text.contains("\n```statistics") || text.contains("\n```filled") {
            // A school of which nobody knows the kind: teachers of any stage can be there.
            let school = match text.contains("\n```schools") {
                true => "",
                false => "```schools\n2133000101 | 青石镇中心小学 | 青石镇 | 镇区\n```\n",
            };
            let page = format!(
                "# {title}\n{school}{}",
                text.replace("\n```toml\n", "\n```scheme\n")
            );
            let case = Case::parse(&page).unwrap_or_else(|e| panic!("{title}: {e}"));
            for format in case.formats().unwrap_or_else(|e| panic!("{title}: {e}")) {
                cases += 1;
                let wrong = case
                    .check(format)
                    .unwrap_or_else(|e| panic!("{title}: {e}"));
                assert!(wrong.is_empty(), "{title}:\n{}", wrong.join("\n"));
            }
            continue;
        }
        for body in schemes(&text) {
            loaded += 1;
            let files = BTreeMap::from([("scheme.toml".to_owned(), body.to_owned())]);
            let checked = Source::of_files(&files).expect("a scheme").check();
            let all = checked.errors.iter().chain(&checked.warnings);
            let all: Vec<String> = all.map(|p| p.text(Lang::En)).collect();
            assert!(all.is_empty(), "{title}:\n{}", all.join("\n"));
        }
    }
    assert!(cases >= 9 && loaded >= 1, "{cases} cases, {loaded} schemes");
}

/// Each family has a section of its own whose example uses it.
#[test]
fn every_family_has_an_example() {
    let text = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scheme/parse/measure.rs"),
    )
    .expect("the reader of measures");
    let list = text.split("const KINDS: [&str;").nth(1).expect("the kinds");
    let list = list.split("];").next().expect("an end");
    let kinds: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    assert!(kinds.len() >= 9, "{kinds:?}");
    let guide = guide();
    let sections = sections(&guide);
    for kind in kinds {
        let own = sections
            .iter()
            .find(|(title, _)| title.starts_with(&format!("`{kind}`")));
        let (_, text) = own.unwrap_or_else(|| panic!("no section for `{kind}`"));
        assert!(text.contains(&format!("kind = \"{kind}\"")), "{kind}");
        assert!(text.contains("\n```statistics"), "{kind} shows no figure");
    }
}

/// The table of fields names every field that a condition can use.
#[test]
fn every_field_of_the_core_forms_is_named() {
    let guide = guide();
    for form in templates::forms().iter().filter(|f| f.id != "directory") {
        let line = guide
            .lines()
            .find(|l| l.starts_with(&format!("| `{}` |", form.id)))
            .unwrap_or_else(|| panic!("no line for {}", form.id));
        for field in form.fields.iter().filter(|f| f.stored) {
            assert!(
                line.contains(&format!("{} {}", field.id, field.title)),
                "{}.{} {} is not named",
                form.id,
                field.id,
                field.title
            );
        }
    }
    assert!(parse::builtin_ids().iter().all(|id| guide.contains(id)));
}
