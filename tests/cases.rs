//! Runs every page under `tests/cases/`. `CASE=word cargo test` runs the pages whose path has it.
//! `BLESS=1` writes the lists in the index of the layouts anew, `tests/cases/layout/README.md`.

use crate::harness::case::Case;
use std::collections::BTreeMap;
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
        } else if path.extension().is_some_and(|e| e == "md") && !path.ends_with("README.md") {
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

/// The index of the layouts: each group's line of prose is kept, the list below it and the counts
/// follow the folder.
fn index(old: &str, root: &Path) -> String {
    let mut files = Vec::new();
    pages(root, &mut files);
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in &files {
        let name = path
            .strip_prefix(root)
            .expect("a page")
            .display()
            .to_string();
        let group = name.rsplit_once('/').map_or(".", |(g, _)| g).to_owned();
        let page = fs::read_to_string(path).expect("a page");
        let idea = page.lines().next().and_then(|l| l.strip_prefix("# "));
        let idea = idea.unwrap_or_else(|| panic!("{name} has no idea in its first line"));
        let list = groups.entry(group).or_default();
        list.push(format!("- [{idea}]({name})"));
    }
    let intro = old.split("\n## ").next().unwrap_or_default().trim_end();
    let prose: BTreeMap<&str, &str> = old
        .split("\n## ")
        .skip(1)
        .filter_map(|part| {
            let (head, rest) = part.split_once('\n')?;
            let line = rest.lines().map(str::trim).find(|l| !l.is_empty())?;
            Some((head.split(" (").next()?, line))
        })
        .filter(|(_, line)| !line.starts_with("- ["))
        .collect();
    let mut out = format!("{intro}\n");
    for (group, list) in &groups {
        let about = prose
            .get(group.as_str())
            .copied()
            .unwrap_or("Not described yet.");
        out += &format!("\n## {group} ({})\n\n{about}\n\n", list.len());
        out += &list.join("\n");
        out.push('\n');
    }
    out
}

#[test]
fn the_index_of_layouts_lists_every_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/layout");
    let path = root.join("README.md");
    let old = fs::read_to_string(&path).expect("the index");
    let new = index(&old, &root);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &new).expect("the index is written");
    } else {
        assert!(
            old == new,
            "tests/cases/layout/README.md is not up to date; BLESS=1 writes it"
        );
    }
    let count = new.lines().filter(|l| l.starts_with("- [")).count();
    assert!(count >= 150, "{count} layouts, 150 are wanted");
}
