//! Scores a run against the truth of its batch: `score TRUTH OUT [EXAMPLES]`.
//!
//! TRUTH is the `truth/` folder of the generator, OUT what `huizong run` wrote. Headers and columns are
//! judged by reading the `inbox/` beside TRUTH once more.

#[path = "mod.rs"]
mod generator;
#[path = "../support/mod.rs"]
mod support;

use generator::band::bands;
use generator::measure::{Expected, score};
use generator::truth::read_csv;
use generator::verdict::verdicts;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use support::outcome::{self, Outcome};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [truth, out, rest @ ..] = args.as_slice() else {
        panic!("score TRUTH OUT [EXAMPLES]");
    };
    let examples: usize = rest.first().map_or(5, |n| n.parse().expect("a number"));
    let truth = Path::new(truth);
    let out = Path::new(out);
    let text = |path: &Path| fs::read_to_string(path).unwrap_or_else(|e| panic!("{path:?}: {e}"));
    let mut expected = Expected {
        plants: read_csv(&text(&truth.join("plants.csv"))),
        tables: read_csv(&text(&truth.join("tables.csv"))),
        ..Expected::default()
    };
    let mut got = Outcome {
        findings: outcome::findings(&text(&out.join("diagnostics.json"))),
        ..Outcome::default()
    };
    for entry in fs::read_dir(truth.join("records")).expect("truth/records") {
        let path = entry.expect("an entry").path();
        let form = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        expected.records.insert(form, read_csv(&text(&path)));
    }
    for entry in fs::read_dir(out.join("records")).expect("records") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|e| e == "parquet") {
            let form = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            got.records
                .insert(form, outcome::records(&fs::read(&path).expect("parquet")));
        }
    }
    let score = score(&expected, &got);
    print!("{score}");
    let verdicts = verdicts(&expected, &got);
    print!("{verdicts}");
    let scheme = huizong::scheme::parse::load_builtin(text(&truth.join("scheme.txt")).trim());
    let mut files = Vec::new();
    inbox(&truth.join("../inbox"), "", &mut files);
    let bands = bands(&expected, &files, &scheme.expect("a scheme"));
    print!("{bands}");
    let list = |title: &str, all: &[String]| {
        if !all.is_empty() {
            println!("\n{title}: {}", all.len());
            for line in all.iter().take(examples) {
                println!("  {line}");
            }
        }
    };
    let most = examples.max(50);
    let silent: Vec<String> = verdicts.silent.iter().take(most).cloned().collect();
    println!("\nwrong and silent: {}", verdicts.silent.len());
    for line in &silent {
        println!("  {line}");
    }
    list("null without a finding", &verdicts.dropped);
    list("wrong with a finding", &verdicts.flagged);
    list("rows lost without a word", &verdicts.lost);
    list("tables with other header rows", &bands.other_rows);
    list("tables of another form", &bands.other_form);
    list("tables not found", &bands.refused);
    println!("\ncolumns bound wrong:");
    for (what, count) in &bands.wrong {
        println!("  {count} x {what}");
    }
    list("missing rows", &score.missing);
    list("invented rows", &score.invented);
    for (field, all) in &score.different {
        list(&format!("different {field}"), all);
    }
    list("not reported", &score.unreported);
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for line in &score.unexpected {
        *rules
            .entry(line.split(' ').next().unwrap_or_default())
            .or_default() += 1;
    }
    println!("\nunexpected errors by rule: {rules:?}");
    list("unexpected errors", &score.unexpected);
}

/// All files below a folder, with `/` in their paths.
fn inbox(folder: &Path, prefix: &str, out: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).expect("the inbox") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            inbox(&path, &format!("{prefix}{name}/"), out);
        } else {
            let bytes = fs::read(&path).expect("a file");
            out.push((format!("{prefix}{name}"), bytes));
        }
    }
}
