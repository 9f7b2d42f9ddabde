//! The samples, run whole: the figures they must give, and the mistakes that lie in them.
//!
//! `expected.json` is made by `tests/oracle/summary.py` from what the generator meant; nothing of
//! the program takes part in it.

use crate::generator::measure::{Expected, score};
use crate::generator::truth::read_csv;
use crate::harness::run;
use huizong::pipeline::Concluded;
use huizong::scheme::{Scheme, parse};
use huizong::statistics;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

pub const SAMPLES: [&str; 2] = ["rural-uplift", "county-backbone"];
pub const PERIOD: &str = "2025-10";

pub fn folder(sample: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("samples")
        .join(sample)
}

/// Files below a folder, by their path with `/`.
pub fn files(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(root).expect("below the root");
                let name = below.to_string_lossy().replace('\\', "/");
                out.push((name, fs::read(&path).expect("a file")));
            }
        }
    }
    out.sort();
    out
}

/// The scheme of a sample with its directory of schools.
pub fn scheme(sample: &str) -> Scheme {
    let mut scheme = parse::load_builtin(sample).expect("the scheme loads");
    scheme.set_period(PERIOD, run::month_end(PERIOD));
    let schools = fs::read_to_string(folder(sample).join("truth/schools.csv")).expect("schools");
    let lines: Vec<String> = read_csv(&schools)
        .iter()
        .map(|s| {
            ["school_code", "school", "town", "area", "kind", "aliases"]
                .map(|k| s[k].as_str())
                .join("|")
        })
        .collect();
    scheme.directory = run::directory(&lines.join("\n"));
    scheme
}

pub fn run_sample(sample: &str) -> (Concluded, Scheme) {
    let scheme = scheme(sample);
    let concluded = run::run(&files(&folder(sample).join("inbox")), &scheme);
    (concluded, scheme)
}

/// Measure and group, as one key.
fn key(figure: &Value) -> String {
    let group: BTreeMap<&str, &str> = figure["group"]
        .as_object()
        .expect("a group")
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str().unwrap_or_default()))
        .collect();
    format!(
        "{} {group:?}",
        figure["measure"].as_str().expect("a measure")
    )
}

/// Whether two values are the same number: fractions to the last bits, everything else exactly.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(x), Some(y)) => (x - y).abs() <= 1e-12 * x.abs().max(1.0),
        _ => a == b,
    }
}

/// Every way in which the figures differ from those that a sample must give.
pub fn figure_differences(sample: &str, figures: &[Value]) -> Vec<String> {
    let text = fs::read_to_string(folder(sample).join("expected.json")).expect("expected.json");
    let expected: Vec<Value> = serde_json::from_str(&text).expect("expected.json");
    assert!(expected.len() > 500, "a sample must say much");
    let mut got: BTreeMap<String, &Value> = BTreeMap::new();
    let mut wrong = Vec::new();
    for figure in figures {
        if let Some(other) = got.insert(key(figure), figure)
            && !figure["measure"]
                .as_str()
                .is_some_and(|m| m.contains("list"))
            && other["value"] != figure["value"]
        {
            // Lists have one line a person: their figures are not named by group alone.
            continue;
        }
    }
    let compared = expected
        .iter()
        .filter(|e| got.contains_key(&key(e)))
        .count();
    assert!(
        compared * 10 > expected.len() * 8,
        "only {compared} of {} figures are there",
        expected.len()
    );
    for e in &expected {
        let Some(g) = got.get(&key(e)) else {
            // A group without anything may have no line of its own.
            let nothing =
                e["value"].is_null() || e["value"].as_f64() == Some(0.0) || e["value"] == "0.00";
            if !nothing {
                wrong.push(format!(
                    "{}: no such figure, {} expected",
                    key(e),
                    e["value"]
                ));
            }
            continue;
        };
        if !same(&e["value"], &g["value"]) {
            wrong.push(format!(
                "{}: {} expected, {} given",
                key(e),
                e["value"],
                g["value"]
            ));
        } else if !e["denominator"].is_null()
            && (e["numerator"] != g["numerator"] || e["denominator"] != g["denominator"])
        {
            wrong.push(format!(
                "{}: {}/{} expected, {}/{} given",
                key(e),
                e["numerator"],
                e["denominator"],
                g["numerator"],
                g["denominator"]
            ));
        }
    }
    wrong
}

fn few(list: &[String]) -> String {
    list.iter().take(40).map(|l| format!("\n  {l}")).collect()
}

#[test]
fn samples_give_the_figures_they_must() {
    let mut all = Vec::new();
    for sample in SAMPLES {
        let (concluded, scheme) = run_sample(sample);
        let figures = statistics::json(&concluded.tabulations, &scheme, &BTreeMap::new());
        let wrong = figure_differences(sample, &figures);
        all.extend(wrong.into_iter().map(|w| format!("{sample}: {w}")));
    }
    assert!(all.is_empty(), "{} figures differ:{}", all.len(), few(&all));
}

#[test]
fn samples_are_read_whole_and_their_mistakes_are_found() {
    for sample in SAMPLES {
        let (concluded, scheme) = run_sample(sample);
        let truth = folder(sample).join("truth");
        let text = |path: PathBuf| fs::read_to_string(path).expect("truth");
        let mut expected = Expected {
            plants: read_csv(&text(truth.join("plants.csv"))),
            ..Expected::default()
        };
        for (name, bytes) in files(&truth.join("records")) {
            let form = name.trim_end_matches(".csv").to_owned();
            expected
                .records
                .insert(form, read_csv(&String::from_utf8(bytes).expect("utf-8")));
        }
        let s = score(&expected, &run::outcome(&concluded, &scheme));
        let different: Vec<String> = s.different.values().flatten().cloned().collect();
        let what = format!("{sample}\n{s}");
        assert!(
            s.missing.is_empty() && s.invented.is_empty(),
            "{what}{}{}",
            few(&s.missing),
            few(&s.invented)
        );
        assert!(s.equal == s.cells, "{what}{}", few(&different));
        assert!(s.reported == s.plants, "{what}{}", few(&s.unreported));
    }
}

/// Every figure names its place only where a report prints it, and carries the keys that programs
/// rely on.
#[test]
fn figures_have_the_keys_of_the_contract() {
    for sample in SAMPLES {
        let (concluded, scheme) = run_sample(sample);
        for figure in statistics::json(&concluded.tabulations, &scheme, &BTreeMap::new()) {
            for key in [
                "scheme",
                "period",
                "measure",
                "title",
                "group",
                "value",
                "numerator",
                "denominator",
                "unit",
                "target",
                "gap",
                "met",
                "report",
                "sheet",
                "cell",
            ] {
                assert!(
                    figure.get(key).is_some(),
                    "{sample}: {key} is missing in {figure}"
                );
            }
        }
    }
}
