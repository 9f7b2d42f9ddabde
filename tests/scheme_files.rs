//! Scheme files with the mistakes that people make, and what they are told: `tests/scheme_files/*.toml`,
//! each with the messages beside it. `BLESS=1` writes the messages; read them before they are kept.

use crate::cli::{Scratch, huizong};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A month in which every file but the one about dates is in force.
const PERIOD: &str = "2025-10";

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scheme_files");
    let mut all: Vec<PathBuf> = fs::read_dir(folder)
        .expect("tests/scheme_files")
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .collect();
    all.sort();
    all
}

fn check(path: &Path, more: &[&str]) -> (Option<i32>, String) {
    let path = path.to_str().expect("utf-8");
    let mut args = vec!["scheme", "check", path, "--period", PERIOD];
    args.extend(more);
    let done = huizong(&args);
    assert!(
        done.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let text = String::from_utf8(done.stdout).expect("utf-8");
    (done.status.code(), text.replace(path, "scheme.toml"))
}

#[test]
fn every_mistake_is_answered_with_its_line_and_what_was_meant() {
    let mut wrong = Vec::new();
    let all = files();
    assert!(all.len() >= 10, "only {} files", all.len());
    for path in all {
        let (status, text) = check(&path, &[]);
        let name = path.file_stem().expect("a name").to_string_lossy();
        let expected = path.with_extension("txt");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected, &text).expect("written");
        }
        let expected = fs::read_to_string(&expected).unwrap_or_default();
        if text != expected {
            wrong.push(format!("{name}:\n{text}instead of\n{expected}"));
        }
        let only_doubtful = name == "doubtful";
        assert_eq!(status, Some(if only_doubtful { 1 } else { 2 }), "{name}");
        // Programs get the same.
        let (again, json) = check(&path, &["--json"]);
        assert_eq!(again, status, "{name}");
        let json: Value = serde_json::from_str(&json).expect("json");
        let problems = json["problems"].as_array().expect("an array");
        let lines = text.lines().filter(|l| l.starts_with('[')).count();
        assert_eq!(problems.len(), lines, "{name}");
        for p in problems {
            let message = p["message"].as_str().expect("a text");
            // A brace may be what is to be written; a name in one was not filled in.
            let unfilled = |m: &str| {
                m.split('{')
                    .skip(1)
                    .any(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()))
            };
            assert!(
                !unfilled(message) && !message.contains("[scheme."),
                "{name}: {message}"
            );
            assert_eq!(p["severity"] == "warning", only_doubtful, "{name}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_scheme_can_be_begun_checked_shown_and_run() {
    let scratch = Scratch::new("scheme-new");
    let folder = scratch.path("提升方案");
    let folder = folder.to_str().expect("utf-8");
    let made = huizong(&["scheme", "new", folder]);
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let (status, text) = check(Path::new(folder), &[]);
    assert_eq!(status, Some(0), "{text}");
    let shown = huizong(&["scheme", "show", folder, "--period", PERIOD]);
    let shown = String::from_utf8(shown.stdout).expect("utf-8");
    for sentence in [
        "提升方案",
        "目标：85%",
        "最高学历在专科以上（含专科）",
        "审定人",
    ] {
        assert!(shown.contains(sentence), "{sentence} is not in\n{shown}");
    }
    // What a person has begun is never written over.
    assert_eq!(huizong(&["scheme", "new", folder]).status.code(), Some(2));
    let inbox = scratch.path("inbox");
    fs::create_dir_all(&inbox).expect("a folder");
    let sheet =
        "姓名,性别,身份证号,学段,职称,最高学历\n李敏,女,339901198503150120,小学,一级教师,大专\n";
    fs::write(inbox.join("一小教师名册.csv"), sheet).expect("a file");
    let (inbox, out) = (inbox.to_str().expect("utf-8"), scratch.path("out"));
    let out = out.to_str().expect("utf-8");
    let done = huizong(&[
        "run", inbox, "--scheme", folder, "--period", PERIOD, "--out", out,
    ]);
    assert!(matches!(done.status.code(), Some(0 | 1)), "{done:?}");
    let log = fs::read_to_string(Path::new(out).join("run.json")).expect("run.json");
    let log: Value = serde_json::from_str(&log).expect("json");
    assert_eq!(log["in_force"]["from"], "2024-09-01");
    assert_eq!(log["in_force"]["holds"], true);
}

/// A scheme that an editor of an older Windows saved is read as what was written.
#[test]
fn a_scheme_may_be_saved_in_the_encodings_of_chinese_editors() {
    let scratch = Scratch::new("scheme-gbk");
    let text = "id = \"x\"\r\ntitle = \"教师培训\"\r\nforms = [\"roster\"]\r\n";
    let gbk = crate::support::text::gb18030(text);
    let path = scratch.path("scheme.toml");
    fs::write(&path, gbk).expect("a file");
    let (status, out) = check(&path, &[]);
    assert_eq!(status, Some(0), "{out}");
    assert!(out.contains("教师培训"), "{out}");
}
