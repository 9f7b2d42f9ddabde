//! Every workbook that the program writes against the rules of OOXML that Excel insists on: a book
//! that breaks one of them is opened with "we found a problem with some content".
//!
//! The rules are in `tests/ooxml/`; here they are held to all samples, to pages that use every key of
//! a page, and to books damaged on purpose, so that each rule is known to see what it is for.

#[path = "ooxml/package.rs"]
mod package;
#[path = "ooxml/sheet.rs"]
mod sheet;
#[path = "ooxml/xml.rs"]
mod xml;

use crate::cli::{Scratch, huizong, run_sample};
use crate::golden::{SAMPLES, files, folder};
use crate::schemes;
use crate::support::xlsx::map_parts;
use std::fs;
use std::path::Path;

/// What is wrong with all workbooks below a folder; how many there were.
fn check(out: &Path) -> (usize, Vec<String>) {
    let (mut books, mut wrong) = (0, Vec::new());
    for (name, bytes) in files(out) {
        if name.ends_with(".xlsx") {
            books += 1;
            let found = package::problems(&bytes);
            wrong.extend(found.into_iter().map(|w| format!("{name}: {w}")));
        }
    }
    (books, wrong)
}

#[test]
fn every_workbook_of_every_sample_keeps_the_rules() {
    for sample in SAMPLES {
        let scratch = Scratch::new(&format!("ooxml-{sample}"));
        let out = scratch.path("out");
        run_sample(sample, &out, &[]);
        let (books, wrong) = check(&out);
        assert!(books > 3, "{sample}: {books} workbooks");
        assert!(wrong.is_empty(), "{sample}:\n{}", wrong.join("\n"));
    }
    for sample in schemes::samples() {
        let scratch = Scratch::new(&format!("ooxml-{sample}"));
        let out = schemes::run(&sample, &scratch);
        let (books, wrong) = check(&out);
        assert!(books > 0, "{sample}: no workbook");
        assert!(wrong.is_empty(), "{sample}:\n{}", wrong.join("\n"));
    }
}

/// County-backbone with a budget and with pages that say everything about their paper.
pub fn full_scheme(scratch: &Scratch) -> std::path::PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/county-backbone/scheme.toml");
    let text = fs::read_to_string(&root).expect("the scheme");
    let swapped = text
        .replace("budget = { value = 0,", "budget = { value = 500,")
        .replace("paid_before = { value = 0,", "paid_before = { value = 200.50,")
        .replacen(
            "measure = \"candidates\"\n",
            "measure = \"candidates\"\nbreak_by = \"district\"\npaper = \"A3\"\norientation = \"portrait\"\n\
             margins = { left = 2.5, bottom = 3 }\nsources = [\"教师名册\"]\n\
             subtitle = [\"{bureau}\", \"{cut_off}\"]\nheader = [\"2025<年>\", \"甲&乙\"]\n\
             footer = \"{page}/{pages}\"\ntotal_first = true\n",
            1,
        );
    assert!(swapped.contains("budget = { value = 500,") && swapped.contains("value = 200.50,"));
    assert!(swapped.contains("break_by"));
    let folder = scratch.path("scheme");
    fs::create_dir_all(&folder).expect("a folder");
    // The forms that it fills stand beside it.
    for (name, bytes) in files(root.parent().expect("a folder")) {
        fs::write(folder.join(name), bytes).expect("a file");
    }
    fs::write(folder.join("scheme.toml"), swapped).expect("a file");
    folder
}

/// Runs the sample with that scheme.
pub fn run_full(scratch: &Scratch) -> std::path::PathBuf {
    let scheme = full_scheme(scratch);
    let (inbox, schools) = (
        folder("county-backbone").join("inbox"),
        folder("county-backbone").join("schools.xlsx"),
    );
    let out = scratch.path("out");
    let text = |p: &Path| p.to_str().expect("utf-8").to_owned();
    let done = huizong(&[
        "run",
        &text(&inbox),
        "--scheme",
        &text(&scheme),
        "--schools",
        &text(&schools),
        "--period",
        "2025-10",
        "--out",
        &text(&out),
    ]);
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(matches!(done.status.code(), Some(0 | 1)), "{said}");
    out
}

/// The bureau's own workbook of that run.
fn main_book(out: &Path) -> Vec<u8> {
    let path = out.join("reports/名师骨干教师培养工程_2025-10.xlsx");
    fs::read(path).expect("the bureau's workbook")
}

#[test]
fn a_page_that_says_everything_about_its_paper_keeps_the_rules() {
    let scratch = Scratch::new("ooxml-full");
    let out = run_full(&scratch);
    let (books, wrong) = check(&out);
    assert!(books > 3, "{books} workbooks");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let book = main_book(&out);
    let mut seen = [false; 6];
    map_parts(&book, |_, content| {
        let text = String::from_utf8_lossy(&content);
        let marks = [
            "<rowBreaks count=\"2\" manualBreakCount=\"2\">",
            "outlineLevelRow=\"1\"",
            "paperSize=\"8\"",
            "name=\"table_candidates\"",
            "甲&amp;&amp;乙",
            "MAX(",
        ];
        for (seen, mark) in seen.iter_mut().zip(marks) {
            *seen |= text.contains(mark);
        }
        drop(text);
        content
    });
    assert_eq!(seen, [true; 6]);
}

#[test]
fn each_rule_sees_what_it_is_for() {
    let scratch = Scratch::new("ooxml-damaged");
    let out = run_full(&scratch);
    let book = main_book(&out);
    assert_eq!(package::problems(&book), Vec::<String>::new());
    let damages: [(&str, &str, &str, &str); 14] = [
        (
            "xl/worksheets/sheet2.xml",
            "<sheetViews>",
            "<mergeCells count=\"0\"/><sheetViews>",
            "order",
        ),
        (
            "xl/worksheets/sheet2.xml",
            "<mergeCell ref=\"A1:",
            "<mergeCell ref=\"A1:B2\"/><mergeCell ref=\"A1:",
            "merges",
        ),
        (
            "xl/worksheets/sheet2.xml",
            " r=\"A2\"",
            " r=\"B1\"",
            "cells",
        ),
        ("xl/worksheets/sheet2.xml", " s=\"", " s=\"9", "style"),
        (
            "xl/worksheets/sheet2.xml",
            "t=\"s\"><v>",
            "t=\"s\"><v>99999",
            "string",
        ),
        (
            "xl/worksheets/sheet2.xml",
            "outlineLevelRow=\"1\"",
            "",
            "outline",
        ),
        (
            "xl/sharedStrings.xml",
            "uniqueCount=\"",
            "uniqueCount=\"1",
            "uniqueCount",
        ),
        (
            "xl/workbook.xml",
            "name=\"total_",
            "name=\"table_",
            "defined name",
        ),
        (
            "xl/workbook.xml",
            "sheetId=\"2\"",
            "sheetId=\"1\"",
            "sheetId",
        ),
        (
            "xl/workbook.xml",
            "r:id=\"rId2\"",
            "r:id=\"rId999\"",
            "rId999",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "worksheets/sheet3.xml",
            "worksheets/sheet333.xml",
            "sheet333",
        ),
        (
            "[Content_Types].xml",
            "/xl/styles.xml",
            "/xl/style.xml",
            "styles.xml",
        ),
        (
            "xl/styles.xml",
            "<cellXfs count=\"",
            "<cellXfs count=\"1",
            "cellXfs",
        ),
        (
            "docProps/core.xml",
            "<dc:creator>",
            "<dc:creator>王",
            "creator",
        ),
    ];
    for (part, from, to, wanted) in damages {
        let mut changed = false;
        let damaged = map_parts(&book, |name, content| {
            if name != part {
                return content;
            }
            let text = String::from_utf8(content).expect("xml");
            changed = text.contains(from);
            text.replacen(from, to, 1).into_bytes()
        });
        assert!(changed, "{part} has no {from}");
        let found = package::problems(&damaged);
        assert!(
            found.iter().any(|w| w.contains(wanted)),
            "{part}: {from} as {to}: {found:?}"
        );
    }
}
