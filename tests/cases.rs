//! Runs every page under `tests/cases/`. `CASE=word cargo test` runs the pages whose path has it.

use crate::harness::case::Case;
use std::fs;
use std::path::{Path, PathBuf};

fn pages(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .expect("tests/cases")
        .map(|e| e.expect("an entry").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            pages(&path, out);
        } else if path.extension().is_some_and(|e| e == "md") {
            out.push(path);
        }
    }
}

#[test]
fn every_page_holds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut all = Vec::new();
    pages(&root, &mut all);
    let wanted = std::env::var("CASE").unwrap_or_default();
    let (mut ran, mut failed) = (0, Vec::new());
    for path in all {
        let name = path
            .strip_prefix(&root)
            .expect("a page")
            .display()
            .to_string();
        if !name.contains(&wanted) {
            continue;
        }
        let page = fs::read_to_string(&path).expect("a page");
        let case = Case::parse(&page).unwrap_or_else(|e| panic!("{name}: {e}"));
        for format in case.formats().unwrap_or_else(|e| panic!("{name}: {e}")) {
            ran += 1;
            let wrong = case.check(format).unwrap_or_else(|e| panic!("{name}: {e}"));
            if !wrong.is_empty() {
                failed.push(format!(
                    "{name} as {}\n    {}",
                    format.name(),
                    wrong.join("\n    ")
                ));
            }
        }
    }
    assert!(ran > 0, "no page has `{wanted}` in its path");
    assert!(
        failed.is_empty(),
        "{} of {ran} pages do not hold:\n\n{}\n",
        failed.len(),
        failed.join("\n")
    );
}
