//! The command as people and scripts run it: exit status, files, bytes.

use crate::golden::{PERIOD, SAMPLES, figure_differences, files, folder};
use crate::support::outcome;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of its own for a test, removed at the end.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("huizong-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        Scratch(path)
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.0.join(below)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub fn huizong(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_huizong"))
        .args(args)
        .output()
        .expect("the command starts")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("utf-8")
}

pub fn run_sample(sample: &str, out: &Path, more: &[&str]) -> Output {
    let (inbox, schools) = (
        folder(sample).join("inbox"),
        folder(sample).join("schools.xlsx"),
    );
    let mut args = vec![
        "run",
        text(&inbox),
        "--scheme",
        sample,
        "--schools",
        text(&schools),
        "--period",
        PERIOD,
        "--out",
        text(out),
    ];
    args.extend(more);
    huizong(&args)
}

fn json(path: &Path) -> Value {
    let bytes = fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_slice(&bytes).expect("json")
}

#[test]
fn a_run_writes_what_the_contract_names() {
    for sample in SAMPLES {
        let scratch = Scratch::new(&format!("run-{sample}"));
        let out = scratch.path("out");
        let before = files(&folder(sample).join("inbox"));
        let done = run_sample(sample, &out, &[]);
        let said = String::from_utf8_lossy(&done.stdout).into_owned()
            + &String::from_utf8_lossy(&done.stderr);
        assert_eq!(
            done.status.code(),
            Some(1),
            "{sample} has mistakes in it: {said}"
        );
        assert!(
            before == files(&folder(sample).join("inbox")),
            "nothing in the inbox is changed"
        );
        let reports = files(&out.join("reports"));
        assert!(
            reports.iter().any(|(name, _)| name.ends_with(".xlsx")),
            "{sample}: no report"
        );
        assert!(
            !files(&out.join("feedback")).is_empty(),
            "{sample}: no feedback"
        );
        for form in ["roster", "training"] {
            let bytes = fs::read(out.join(format!("records/{form}.parquet"))).expect("records");
            let columns = outcome::columns(&bytes);
            for column in [
                "source_file",
                "source_sheet",
                "source_row",
                "school",
                "school_code",
                "name",
                "id_number",
            ] {
                assert!(
                    columns.iter().any(|c| c.split(' ').next() == Some(column)),
                    "{form}: {columns:?}"
                );
            }
        }
        let figures = json(&out.join("statistics.json"));
        let wrong = figure_differences(sample, figures.as_array().expect("an array"));
        assert!(
            wrong.is_empty(),
            "{sample}: {} figures differ, such as {:?}",
            wrong.len(),
            wrong.first()
        );
        let run = json(&out.join("run.json"));
        for key in [
            "version", "scheme", "period", "cut_off", "inputs", "seconds", "totals",
        ] {
            assert!(run.get(key).is_some(), "run.json has no {key}");
        }
        for input in run["inputs"].as_array().expect("inputs") {
            for key in ["file", "size", "sha256", "verdict", "sheets"] {
                assert!(input.get(key).is_some(), "an input has no {key}: {input}");
            }
            for sheet in input["sheets"].as_array().expect("sheets") {
                let explained: u64 = sheet["explained"]
                    .as_object()
                    .expect("explained")
                    .values()
                    .filter_map(Value::as_u64)
                    .sum();
                let n = |key: &str| sheet[key].as_u64().expect("a count");
                assert_eq!(
                    n("rows_seen"),
                    n("kept") + n("rejected") + explained,
                    "{input}"
                );
            }
        }
        for d in json(&out.join("diagnostics.json"))
            .as_array()
            .expect("an array")
        {
            for key in [
                "rule", "code", "severity", "file", "sheet", "row", "cell", "field", "message",
                "hint",
            ] {
                assert!(d.get(key).is_some(), "a diagnostic has no {key}: {d}");
            }
        }
    }
}

#[test]
fn every_printed_figure_stands_in_its_cell() {
    for sample in SAMPLES {
        let scratch = Scratch::new(&format!("cells-{sample}"));
        let out = scratch.path("out");
        run_sample(sample, &out, &[]);
        let mut books = std::collections::BTreeMap::new();
        let (mut printed, mut looked_at) = (0, 0);
        for f in json(&out.join("statistics.json"))
            .as_array()
            .expect("an array")
        {
            let (Some(report), Some(sheet), Some(cell)) = (
                f["report"].as_str(),
                f["sheet"].as_str(),
                f["cell"].as_str(),
            ) else {
                continue;
            };
            printed += 1;
            let book = books.entry(report.to_owned()).or_insert_with(|| {
                let bytes = fs::read(out.join(report)).expect("the report");
                huizong::intake::read(report, &bytes).value.remove(0)
            });
            let sheet = book
                .sheets
                .iter()
                .find(|s| &*s.name == sheet)
                .expect("the sheet");
            let (row, col) = place(cell);
            let wanted = match &f["value"] {
                Value::Number(n) => n.as_f64(),
                Value::String(s) => s.parse().ok(),
                _ => None,
            };
            if let Some(wanted) = wanted {
                looked_at += 1;
                match sheet.at(row, col) {
                    Some(huizong::grid::Value::Number(n)) => {
                        assert!(
                            (n - wanted).abs() < 1e-9 * wanted.abs().max(1.0),
                            "{cell}: {n} for {f}"
                        );
                    }
                    other => panic!("{report} {} {cell}: {other:?} for {f}", sheet.name),
                }
            }
        }
        assert!(
            printed > 500 && looked_at > 300,
            "{sample}: {printed} printed, {looked_at} looked at"
        );
    }
}

/// Row and column of `AB12`, 0-based.
pub fn place(cell: &str) -> (u32, u32) {
    let letters = cell.bytes().take_while(u8::is_ascii_uppercase);
    let col = letters.fold(0, |n, b| n * 26 + u32::from(b - b'A') + 1);
    let row: u32 = cell
        .trim_start_matches(|c: char| c.is_ascii_uppercase())
        .parse()
        .expect("a row");
    (row - 1, col - 1)
}

#[test]
fn threads_change_no_byte() {
    let sample = SAMPLES[0];
    let scratch = Scratch::new("threads");
    let (one, four) = (scratch.path("one"), scratch.path("four"));
    run_sample(sample, &one, &["--jobs", "1"]);
    run_sample(sample, &four, &["--jobs", "4"]);
    for below in ["records", "reports", "feedback"] {
        assert!(
            files(&one.join(below)) == files(&four.join(below)),
            "{below} differ"
        );
    }
    for name in ["diagnostics.json", "statistics.json"] {
        assert!(
            fs::read(one.join(name)).expect(name) == fs::read(four.join(name)).expect(name),
            "{name} differs"
        );
    }
}

#[test]
fn a_run_that_cannot_be_made_ends_with_two() {
    let scratch = Scratch::new("refused");
    let (inbox, out, none) = (
        folder(SAMPLES[0]).join("inbox"),
        scratch.path("out"),
        scratch.path("none"),
    );
    for args in [
        vec![
            "run",
            text(&inbox),
            "--scheme",
            "no-such-scheme",
            "--out",
            text(&out),
        ],
        vec![
            "run",
            text(&none),
            "--scheme",
            SAMPLES[0],
            "--out",
            text(&out),
        ],
        vec![
            "run",
            text(&inbox),
            "--scheme",
            SAMPLES[0],
            "--period",
            "2025-13",
            "--out",
            text(&out),
        ],
        vec![
            "run",
            text(&inbox),
            "--scheme",
            SAMPLES[0],
            "--schools",
            text(&none),
            "--out",
            text(&out),
        ],
        vec!["run", text(&inbox), "--no-such-argument"],
        vec!["no-such-command"],
    ] {
        let done = huizong(&args);
        assert_eq!(
            done.status.code(),
            Some(2),
            "{args:?}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        assert!(!done.stderr.is_empty(), "{args:?} says why");
        assert!(!out.join("run.json").exists(), "{args:?} writes nothing");
    }
}

#[test]
fn a_clean_batch_ends_with_zero() {
    use crate::generator::{Options, batch};
    let scratch = Scratch::new("clean");
    let batch = batch(&Options {
        mess: 0.0,
        mistakes: 0.0,
        schools: 4,
        size: 0.3,
        ..Options::new("rural-uplift", 71)
    });
    for (path, bytes) in &batch.files {
        let path = scratch.path(&format!("inbox/{path}"));
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    fs::write(scratch.path("schools.xlsx"), &batch.schools_xlsx).expect("a file");
    let (inbox, schools, out) = (
        scratch.path("inbox"),
        scratch.path("schools.xlsx"),
        scratch.path("out"),
    );
    let done = huizong(&[
        "run",
        text(&inbox),
        "--scheme",
        "rural-uplift",
        "--schools",
        text(&schools),
        "--period",
        PERIOD,
        "--out",
        text(&out),
    ]);
    let errors: Vec<Value> = json(&out.join("diagnostics.json"))
        .as_array()
        .expect("an array")
        .iter()
        .filter(|d| d["severity"] == "error")
        .cloned()
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(
        done.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&done.stdout)
    );
}

#[test]
fn inspect_says_how_a_workbook_was_understood() {
    let roster =
        fs::read_to_string(folder(SAMPLES[0]).join("truth/records/roster.csv")).expect("truth");
    let inbox = folder(SAMPLES[0]).join("inbox");
    let path = crate::generator::truth::read_csv(&roster)
        .iter()
        .map(|r| inbox.join(&r["source_file"]))
        .find(|p| p.is_file() && p.extension().is_some_and(|e| e == "xlsx"))
        .expect("a roster");
    let plain = huizong(&["inspect", text(&path)]);
    assert!(
        matches!(plain.status.code(), Some(0 | 1)),
        "{}",
        String::from_utf8_lossy(&plain.stderr)
    );
    assert!(String::from_utf8_lossy(&plain.stdout).contains("身份证号"));
    let done = huizong(&["inspect", text(&path), "--json"]);
    let value: Value = serde_json::from_slice(&done.stdout).expect("json");
    let all = value.to_string();
    assert!(all.contains("id_number") && all.contains("roster"), "{all}");
}

#[test]
fn every_rule_explains_itself() {
    for rule in huizong::diagnostic::Rule::ALL {
        for lang in ["zh", "en"] {
            let done = huizong(&["explain", rule.name(), "--lang", lang]);
            assert_eq!(done.status.code(), Some(0), "{} {lang}", rule.name());
            assert!(done.stdout.len() > 200, "{} {lang}", rule.name());
        }
    }
    assert_eq!(huizong(&["explain", "no-such-rule"]).status.code(), Some(2));
}

#[test]
fn rules_are_listed_by_group() {
    let say = |args: &[&str]| {
        let done = huizong(args);
        assert_eq!(done.status.code(), Some(0), "{args:?}");
        String::from_utf8(done.stdout).expect("utf-8")
    };
    let (all, one) = (say(&["explain"]), say(&["explain", "files"]));
    for rule in huizong::diagnostic::Rule::ALL {
        assert!(all.contains(rule.name()), "{}", rule.name());
        assert_eq!(one.contains(rule.name()), rule.code() / 100 == 7);
    }
    assert!(one.contains("错误") && all.contains("identity 身份与人员"));
}

#[test]
fn what_is_left_out_is_counted_and_changes_no_figure() {
    let scratch = Scratch::new("left-out");
    let (plain, picked) = (scratch.path("plain"), scratch.path("picked"));
    let whole = run_sample(SAMPLES[0], &plain, &[]);
    let less = run_sample(
        SAMPLES[0],
        &picked,
        &["--ignore", "identity,vocabulary-unknown"],
    );
    let read = |out: &Path, name: &str| fs::read(out.join(name)).expect("a file");
    let json = |out: &Path, name: &str| -> Value {
        serde_json::from_slice(&read(out, name)).expect("json")
    };
    assert!(
        read(&plain, "statistics.json") == read(&picked, "statistics.json"),
        "figures depend on what is shown"
    );
    let count = |out: &Path| {
        json(out, "diagnostics.json")
            .as_array()
            .expect("list")
            .len() as u64
    };
    let log = json(&picked, "run.json");
    let asked = log["left_out"]["asked"].as_object().expect("counts");
    let left_out: u64 = asked.values().filter_map(Value::as_u64).sum();
    assert!(left_out > 0 && count(&picked) + left_out == count(&plain));
    let last = |done: &Output| {
        let text = String::from_utf8_lossy(&done.stdout).into_owned();
        text.lines().last().unwrap_or_default().to_owned()
    };
    assert!(
        last(&less).contains(&format!("按要求略去 {left_out} 条")),
        "{}",
        last(&less)
    );
    assert!(!last(&whole).contains("略去"));
    assert!(json(&plain, "run.json").get("left_out").is_none());

    let (inbox, schools) = (
        folder(SAMPLES[0]).join("inbox"),
        folder(SAMPLES[0]).join("schools.xlsx"),
    );
    let check = |more: &[&str]| {
        let all = ["check", text(&inbox), "--schools", text(&schools)];
        let scheme = ["--scheme", SAMPLES[0], "--period", PERIOD];
        huizong(&[&all[..], &scheme, more].concat())
    };
    let status = |more: &[&str]| check(more).status.code();
    assert_eq!(
        status(&["--only", "file-skipped", "--strict"]),
        Some(0),
        "notes"
    );
    assert_eq!(
        status(&["--only", "submission-missing"]),
        Some(0),
        "warnings"
    );
    assert_eq!(
        status(&["--only", "submission-missing", "--strict"]),
        Some(1)
    );
    let refused = check(&["--only", "submision-missing"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("submission-missing"));
}
