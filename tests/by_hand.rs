//! Workbooks laid out by hand in ways that no generator here knows: `tests/by_hand/`, made by
//! `make.py`, with what a clerk reads from each sheet in `truth.json`.

use crate::harness::run;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/by_hand")
}

fn truth() -> BTreeMap<String, Map<String, Value>> {
    let text = fs::read_to_string(folder().join("truth.json")).expect("truth.json");
    serde_json::from_str(&text).expect("JSON")
}

/// A record as far as the truth tells it, as text.
fn told(record: &BTreeMap<String, String>, fields: &Map<String, Value>) -> String {
    let shown = |field: &String| {
        let value = record.get(field).map_or("", String::as_str);
        format!("{field}={}", plain(value))
    };
    fields.keys().map(shown).collect::<Vec<_>>().join(" ")
}

/// 3 and 3.00 are one number.
fn plain(value: &str) -> &str {
    match value.split_once('.') {
        Some((whole, part))
            if whole.parse::<i64>().is_ok() && part.bytes().all(|b| b.is_ascii_digit()) =>
        {
            value.trim_end_matches('0').trim_end_matches('.')
        }
        _ => value,
    }
}

#[test]
fn every_sheet_is_read_as_a_clerk_reads_it_or_refused() {
    let scheme = run::bare_scheme();
    let mut wrong = Vec::new();
    for (file, mut forms) in truth() {
        let bytes = fs::read(folder().join(&file)).expect("a workbook");
        let may_refuse = forms.remove("may_refuse").is_some();
        let concluded = run::run(&[(file.clone(), bytes)], &scheme);
        let outcome = run::outcome(&concluded, &scheme);
        for form in outcome.records.keys().filter(|f| !forms.contains_key(*f)) {
            wrong.push(format!("{file}: records of {form}, which it does not hold"));
        }
        for (form, expected) in &forms {
            let expected: Vec<&Map<String, Value>> = expected
                .as_array()
                .expect("a list")
                .iter()
                .map(|r| r.as_object().expect("a record"))
                .collect();
            let found = outcome.records.get(form).cloned().unwrap_or_default();
            if may_refuse && found.is_empty() {
                let errors = outcome.findings.iter().filter(|f| f.severity != "note");
                assert!(errors.count() > 0, "{file}: refused without a word");
                continue;
            }
            let all: Map<String, Value> = expected.iter().flat_map(|r| (*r).clone()).collect();
            let mut meant: Vec<String> = expected
                .iter()
                .map(|r| {
                    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
                    let record = r.iter().map(|(k, v)| (k.clone(), text(v))).collect();
                    told(&record, &all)
                })
                .collect();
            let mut read: Vec<String> = found.iter().map(|r| told(r, &all)).collect();
            meant.sort();
            read.sort();
            let lacks = meant
                .iter()
                .filter(|r| !read.contains(r))
                .map(|r| format!("- {r}"));
            let has = read
                .iter()
                .filter(|r| !meant.contains(r))
                .map(|r| format!("+ {r}"));
            let lines: Vec<String> = lacks.chain(has).collect();
            if meant != read {
                wrong.push(format!(
                    "{file}, {form}, {} of {}:\n{}",
                    read.len(),
                    meant.len(),
                    lines.join("\n")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
