//! The samples of the schemes that have no generator, run as a clerk runs them.
//!
//! A folder below `samples/` with a `run.toml` holds `inbox/`, the bureau's directory (`schools.csv`
//! or `schools.xlsx`), where the scheme compares two periods `previous/`, and what must come of it:
//! `expected.json`, every figure worked out by `tests/oracle/` without the program, and
//! `expected-findings.json`, every error and warning, no other. A `scheme = "FOLDER"` in `run.toml`
//! names a scheme folder beside it, of a bureau's own; without one the sample's name is the id of an
//! embedded scheme.

use crate::cli::{Scratch, huizong};
use crate::golden::{files, folder};
use huizong::scheme::{Scheme, parse};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Ids of the schemes whose samples have a `run.toml`, sorted.
pub fn samples() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut ids: Vec<String> = fs::read_dir(root)
        .expect("samples")
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.join("run.toml").is_file())
        .filter_map(|p| Some(p.file_name()?.to_string_lossy().into_owned()))
        .collect();
    ids.sort();
    ids
}

/// A value of a sample's `run.toml`.
fn setting(sample: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(folder(sample).join("run.toml")).expect("run.toml");
    text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == key).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// The scheme folder of a sample whose scheme is no part of the binary.
fn scheme_folder(sample: &str) -> Option<PathBuf> {
    setting(sample, "scheme").map(|name| folder(sample).join(name))
}

/// The scheme that a sample is run with.
fn scheme(sample: &str) -> Scheme {
    let loaded = match scheme_folder(sample) {
        None => parse::load_builtin(sample),
        Some(root) => {
            let texts: BTreeMap<String, String> = files(&root)
                .into_iter()
                .map(|(path, bytes)| (path, String::from_utf8(bytes).expect("utf-8")))
                .collect();
            parse::from_files(&texts)
        }
    };
    loaded.unwrap_or_else(|problems| panic!("{sample}: {problems:?}"))
}

fn array(path: &Path) -> Vec<Value> {
    let text = fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Runs a sample; gives the folder of the results.
pub fn run(sample: &str, scratch: &Scratch) -> PathBuf {
    let root = folder(sample);
    let text = |path: PathBuf| path.to_str().expect("utf-8").to_owned();
    let out = scratch.path("out");
    let schools = ["schools.xlsx", "schools.csv"]
        .map(|name| root.join(name))
        .into_iter()
        .find(|p| p.is_file());
    let mut args = vec![
        "run".to_owned(),
        text(root.join("inbox")),
        "--scheme".to_owned(),
        scheme_folder(sample).map_or_else(|| sample.to_owned(), text),
        "--period".to_owned(),
        setting(sample, "period").expect("run.toml names a period"),
        "--out".to_owned(),
        text(out.clone()),
    ];
    if let Some(schools) = schools {
        args.extend(["--schools".to_owned(), text(schools)]);
    }
    if root.join("previous").is_dir() {
        args.extend(["--previous".to_owned(), text(root.join("previous"))]);
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = huizong(&args);
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(
        matches!(done.status.code(), Some(0 | 1)),
        "{sample}: {said}"
    );
    out
}

/// Measure and group, as one key.
fn key(figure: &Value) -> String {
    let group: BTreeMap<&String, &Value> =
        figure["group"].as_object().into_iter().flatten().collect();
    format!(
        "{} {group:?}",
        figure["measure"].as_str().unwrap_or_default()
    )
}

fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(x), Some(y)) => (x - y).abs() <= 1e-12 * x.abs().max(1.0),
        _ => a == b,
    }
}

/// What differs between the figures of a run and those that it must give.
fn figure_differences(sample: &str, out: &Path) -> Vec<String> {
    let mut given: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for figure in array(&out.join("statistics.json")) {
        given.entry(key(&figure)).or_default().push(figure);
    }
    let expected = array(&folder(sample).join("expected.json"));
    assert!(expected.len() >= 20, "{sample}: a sample must say much");
    let mut wrong = Vec::new();
    let mut asked = BTreeSet::new();
    for e in &expected {
        let key = key(e);
        match given.get(&key).map(Vec::as_slice) {
            None => wrong.push(format!("{key}: no such figure, {} expected", e["value"])),
            Some(all) => {
                // A list has a line a person under one name: one of them must be meant.
                let fits = all.iter().any(|g| {
                    same(&e["value"], &g["value"])
                        && (e["denominator"].is_null()
                            || (&e["numerator"], &e["denominator"])
                                == (&g["numerator"], &g["denominator"]))
                });
                if !fits {
                    let got = &all[0];
                    wrong.push(format!(
                        "{key}: {} ({}/{}) expected, {} ({}/{}) given",
                        e["value"],
                        e["numerator"],
                        e["denominator"],
                        got["value"],
                        got["numerator"],
                        got["denominator"]
                    ));
                }
            }
        }
        asked.insert(e["measure"].as_str().unwrap_or_default().split('.').next());
    }
    // No measure of the scheme goes unchecked, lists of persons apart.
    for measure in &scheme(sample).measures {
        let is_list = matches!(measure.kind, huizong::scheme::MeasureKind::List(_));
        if !is_list && !asked.contains(&Some(measure.id.as_str())) {
            wrong.push(format!("{}: no figure of it is expected", measure.id));
        }
    }
    wrong
}

/// Errors and warnings as `rule file sheet cell`, sorted.
fn findings(list: &[Value]) -> Vec<String> {
    let mut all: Vec<String> = list
        .iter()
        .filter(|d| d["severity"] != "note")
        .map(|d| {
            ["rule", "file", "sheet", "cell"]
                .map(|k| d[k].as_str().unwrap_or_default())
                .join(" ")
        })
        .collect();
    all.sort();
    all
}

#[test]
fn samples_of_every_scheme_give_their_figures_and_findings() {
    let mut wrong = Vec::new();
    for sample in samples() {
        let scratch = Scratch::new(&format!("scheme-{sample}"));
        let out = run(&sample, &scratch);
        assert!(crate::why::figures_are_what_their_rows_come_to(&sample, &out) > 0);
        let differ = figure_differences(&sample, &out);
        wrong.extend(differ.into_iter().map(|d| format!("{sample}: {d}")));
        let given = findings(&array(&out.join("diagnostics.json")));
        let expected = findings(&array(&folder(&sample).join("expected-findings.json")));
        for lost in expected.iter().filter(|e| !given.contains(e)) {
            wrong.push(format!("{sample}: not found: {lost}"));
        }
        for new in given.iter().filter(|g| !expected.contains(g)) {
            wrong.push(format!("{sample}: not expected: {new}"));
        }
        let log: Value = serde_json::from_slice(&fs::read(out.join("run.json")).expect("run.json"))
            .expect("json");
        for sheet in log["inputs"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|i| i["sheets"].as_array().into_iter().flatten())
        {
            let number = |v: &Value| v.as_u64().unwrap_or(0);
            let explained: u64 = sheet["explained"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(_, n)| number(n))
                .sum();
            let sum = number(&sheet["kept"]) + number(&sheet["rejected"]) + explained;
            if number(&sheet["rows_seen"]) != sum {
                wrong.push(format!("{sample}: rows do not add up: {sheet}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n  {}",
        wrong.len(),
        wrong
            .iter()
            .take(60)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n  ")
    );
}

/// The engine knows nothing of any scheme: one that the binary does not have runs from its files.
#[test]
fn a_scheme_of_a_bureaus_own_is_among_the_samples() {
    let own: Vec<String> = samples()
        .into_iter()
        .filter(|s| scheme_folder(s).is_some())
        .collect();
    assert!(!own.is_empty(), "no sample brings its scheme along");
    for sample in own {
        let id = scheme(&sample).id;
        assert!(
            !parse::builtin_ids().contains(&id.as_str()),
            "{sample}: {id} is embedded too"
        );
    }
}

#[test]
fn every_scheme_has_a_sample() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    for id in parse::builtin_ids() {
        assert!(
            root.join(id).join("expected.json").is_file(),
            "samples/{id} with its expected.json is missing"
        );
    }
}
