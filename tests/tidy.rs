//! The house rules that no compiler holds: who may import whom, first lines, pages, no Chinese in
//! the code, no endless files.

use huizong::diagnostic::Rule;
use huizong::message::{self, Lang};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each module may import from the crate. Leaves first.
const IMPORTS: &[(&str, &[&str])] = &[
    ("grid", &[]),
    ("fold", &[]),
    ("account", &[]),
    ("amend", &["grid"]),
    ("message", &[]),
    ("diagnostic", &["account", "grid", "message"]),
    ("scheme", &["diagnostic", "fold", "message"]),
    ("intake", &["grid", "diagnostic"]),
    (
        "recognise",
        &["grid", "diagnostic", "scheme", "fold", "message"],
    ),
    (
        "normalise",
        &[
            "recognise",
            "grid",
            "diagnostic",
            "scheme",
            "fold",
            "message",
        ],
    ),
    (
        "learning",
        &[
            "recognise",
            "normalise",
            "grid",
            "diagnostic",
            "scheme",
            "fold",
            "message",
        ],
    ),
    (
        "frames",
        &[
            "normalise",
            "grid",
            "diagnostic",
            "scheme",
            "fold",
            "account",
        ],
    ),
    (
        "statistics",
        &[
            "grid",
            "frames",
            "normalise",
            "diagnostic",
            "scheme",
            "fold",
            "message",
        ],
    ),
    (
        "report",
        &[
            "statistics",
            "diagnostic",
            "scheme",
            "account",
            "amend",
            "message",
            "grid",
        ],
    ),
    (
        "pipeline",
        &[
            "intake",
            "recognise",
            "normalise",
            "learning",
            "frames",
            "statistics",
            "diagnostic",
            "scheme",
            "account",
            "grid",
        ],
    ),
    ("cli", &["message"]),
    (
        "commands",
        &[
            "pipeline",
            "scheme",
            "diagnostic",
            "grid",
            "cli",
            "message",
            "report",
            "statistics",
            "frames",
            "account",
            "amend",
            "intake",
            "recognise",
            "normalise",
            "learning",
            "fold",
        ],
    ),
    ("lib", &["commands", "cli", "message"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn sources() -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("src") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path
                    .strip_prefix(root())
                    .expect("below src")
                    .to_string_lossy()
                    .replace('\\', "/");
                out.push((name, fs::read_to_string(&path).expect("a source")));
            }
        }
    }
    out.sort();
    out
}

/// Files that are modules only of tests: `#[cfg(test)] mod x;` somewhere above them.
fn test_files() -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for (file, text) in sources() {
        let folder = match file.rsplit_once('/') {
            Some((folder, "mod.rs")) => format!("{folder}/"),
            _ if matches!(file.as_str(), "lib.rs" | "main.rs") => String::new(),
            _ => format!("{}/", file.trim_end_matches(".rs")),
        };
        let own = file
            .rsplit_once('/')
            .map_or(String::new(), |(f, _)| format!("{f}/"));
        let mut lines = text.lines().map(str::trim);
        while let Some(line) = lines.next() {
            if line != "#[cfg(test)]" {
                continue;
            }
            let mut path = None;
            for line in lines.by_ref() {
                if let Some(p) = line
                    .strip_prefix("#[path = \"")
                    .and_then(|p| p.strip_suffix("\"]"))
                {
                    path = Some(format!("{own}{p}"));
                } else if !line.starts_with("#[") {
                    if let Some(module) =
                        line.split("mod ").nth(1).and_then(|m| m.strip_suffix(';'))
                    {
                        out.insert(path.unwrap_or(format!("{folder}{module}.rs")));
                        out.insert(format!("{folder}{module}/"));
                    }
                    break;
                }
            }
        }
    }
    out
}

/// Whether a whole file is test code.
fn is_test_file(name: &str) -> bool {
    static FILES: std::sync::OnceLock<BTreeSet<String>> = std::sync::OnceLock::new();
    let files = FILES.get_or_init(test_files);
    files.contains(name)
        || files
            .iter()
            .any(|f| f.ends_with('/') && name.starts_with(f.as_str()))
}

/// The code without comments and without what stands after `#[cfg(test)]`.
fn code(text: &str) -> String {
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("#[cfg(test)]") {
            // Skips the item that follows: rustfmt closes it at its own indentation.
            let end = format!("{}}}", &line[..line.len() - trimmed.len()]);
            while let Some(next) = lines.next() {
                let item = next.trim_start();
                if item.starts_with("#[") {
                    continue;
                }
                if item.ends_with('{') {
                    lines.by_ref().find(|l| *l == end);
                }
                break;
            }
            continue;
        }
        if trimmed.starts_with("//") {
            continue;
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

fn module_of(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap_or(file)
}

/// Modules named in `crate::x`, also in groups.
fn imported(code: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        let word = |t: &str| {
            t.trim()
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                .collect::<String>()
        };
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut item = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        out.insert(word(&item));
                        item.clear();
                        continue;
                    }
                    _ => {}
                }
                item.push(c);
            }
            out.insert(word(&item));
        } else {
            out.insert(word(rest));
        }
    }
    out.retain(|w| !w.is_empty());
    out
}

#[test]
fn modules_import_only_what_the_house_plan_allows() {
    let plan: BTreeMap<&str, &[&str]> = IMPORTS.iter().copied().collect();
    let modules: BTreeSet<&str> = plan.keys().copied().collect();
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let module = module_of(&file);
        if is_test_file(&file) || file == "main.rs" {
            continue;
        }
        let Some(allowed) = plan.get(module) else {
            wrong.push(format!("{file}: module `{module}` is not in the plan"));
            continue;
        };
        for other in imported(&code(&text)) {
            if modules.contains(other.as_str())
                && other != module
                && !allowed.contains(&other.as_str())
            {
                wrong.push(format!("{file}: `{module}` may not import `{other}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_first_what_it_is() {
    let wrong: Vec<String> = sources()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(file, _)| file)
        .collect();
    assert!(wrong.is_empty(), "no `//!` on the first line: {wrong:?}");
}

#[test]
fn no_file_is_endless() {
    let wrong: Vec<String> = sources()
        .into_iter()
        .filter(|(file, _)| !is_test_file(file))
        .map(|(file, text)| {
            (
                file,
                text.split("\n#[cfg(test)]\nmod tests {")
                    .next()
                    .map_or(0, |t| t.lines().count()),
            )
        })
        .filter(|(_, lines)| *lines >= 600)
        .map(|(file, lines)| format!("{file}: {lines} lines"))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn no_chinese_in_the_code() {
    let cjk =
        |c: char| ('\u{3400}'..='\u{9fff}').contains(&c) || ('\u{f900}'..='\u{faff}').contains(&c);
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        if is_test_file(&file) || file == "fold.rs" || file.starts_with("message/catalogue") {
            continue;
        }
        for line in code(&text).lines() {
            // A comment may quote what it is about.
            let line = line.split(" // ").next().unwrap_or(line);
            if line.chars().any(cjk) {
                wrong.push(format!("{file}: {}", line.trim()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "words belong into templates/ or the catalogue:\n{}",
        wrong.join("\n")
    );
}

/// A text that is not in the catalogue would be shown as its key.
#[test]
fn every_message_that_the_code_asks_for_is_in_the_catalogue() {
    const ROOMS: [&str; 13] = [
        "cli.",
        "form.",
        "help.",
        "inspect.",
        "place.",
        "severity.",
        "report.",
        "scheme.",
        "statistics.",
        "prose.",
        "what-if.",
        "near.",
        "spellings.",
    ];
    let is_key = |literal: &str| {
        ROOMS
            .iter()
            .any(|r| literal.starts_with(r) && literal.len() > r.len())
            // Names of files look like keys.
            && !literal.ends_with(".toml")
            && !literal.ends_with(".json")
            && !literal.ends_with('.')
            && literal.chars().all(|c| {
                c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_')
            })
    };
    let (mut asked, mut lacking) = (0, Vec::new());
    for (file, text) in sources() {
        if is_test_file(&file) {
            continue;
        }
        for literal in code(&text).split('"').skip(1).step_by(2) {
            if is_key(literal) {
                asked += 1;
                if !huizong::message::known(literal, false) {
                    lacking.push(format!("{file}: {literal}"));
                }
            }
        }
    }
    assert!(asked > 200, "only {asked} keys were found");
    assert!(lacking.is_empty(), "not in the catalogue: {lacking:?}");
}

#[test]
fn every_rule_has_its_page_and_its_texts() {
    let folder = root().join("diagnostic/rules");
    let pages: BTreeSet<String> = fs::read_dir(&folder)
        .expect("rules")
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.is_file() && p.extension().is_some_and(|e| e == "md"))
        .map(|p| {
            p.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let names: BTreeSet<String> = Rule::ALL.iter().map(|r| r.name().to_owned()).collect();
    for rule in Rule::ALL {
        for lang in [Lang::Zh, Lang::En] {
            let text = message::text(lang, rule.name(), "message");
            assert!(
                !text.is_empty() && text != rule.name(),
                "{} has no text in {lang:?}",
                rule.name()
            );
        }
    }
    let english: BTreeSet<String> = pages
        .into_iter()
        .map(|p| p.split('.').next().unwrap_or(&p).to_owned())
        .collect();
    assert_eq!(english, names, "one page a rule");
}

/// The names that other programs rely on.
#[test]
fn the_rules_of_the_contract_are_there() {
    for name in [
        "id-checksum",
        "id-length",
        "id-precision-lost",
        "id-birth-mismatch",
        "id-gender-mismatch",
        "id-duplicate",
        "id-in-two-schools",
        "id-name-mismatch",
        "required-missing",
        "date-unreadable",
        "date-future",
        "date-order",
        "age-implausible",
        "number-unreadable",
        "amount-negative",
        "amount-over-claimed",
        "invoice-duplicate",
        "vocabulary-unknown",
        "person-not-in-roster",
        "school-unknown",
        "school-mismatch",
        "total-mismatch",
        "stated-mismatch",
        "education-order",
        "credits-over-cap",
        "column-unknown",
        "column-missing",
        "column-duplicate",
        "sheet-unrecognised",
        "file-unreadable",
        "file-encrypted",
        "file-too-large",
        "file-duplicate",
        "submission-missing",
        "submission-superseded",
        "formula-without-value",
        "cell-error-value",
    ] {
        assert!(Rule::find(name).is_some(), "{name}");
    }
}

/// Every literal case page names the rule it is for, and every rule of the contract has a page
/// that shows it, or is shown by a golden batch.
#[test]
fn every_rule_is_shown_by_a_case() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut text = String::new();
    let mut folders = vec![cases];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("cases") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                text.push_str(&fs::read_to_string(&path).expect("a page"));
            }
        }
    }
    let unshown: Vec<&str> = Rule::ALL
        .iter()
        .map(|r| r.name())
        .filter(|name| {
            !text
                .lines()
                .any(|l| l == *name || l.starts_with(&format!("{name} ")))
        })
        .collect();
    assert!(
        unshown.is_empty(),
        "rules that no case expects: {unshown:?}"
    );
}
