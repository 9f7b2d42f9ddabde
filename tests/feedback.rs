//! What goes back to schools, through the command: workbooks with marks in them, and items that are
//! closed, open or new in the next run.

use crate::cli::{Scratch, huizong, run_sample};
use crate::golden::{SAMPLES, files};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;

fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a workbook");
    (0..zip.len())
        .map(|i| {
            let mut part = zip.by_index(i).expect("a part");
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).expect("whole");
            (part.name().expect("a name").into_owned(), bytes)
        })
        .collect()
}

/// All comments of a workbook.
fn comments(bytes: &[u8]) -> String {
    let all = parts(bytes).into_iter();
    all.filter(|(name, _)| name.starts_with("xl/comments"))
        .map(|(_, text)| String::from_utf8(text).expect("utf-8"))
        .collect()
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("a file")).expect("json")
}

/// Whether a text holds 18 digits in a row that are no invoice number.
fn bare_id(text: &str) -> bool {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    runs.into_iter()
        .any(|run| run.len() == 17 || run.len() == 18)
}

#[test]
fn every_cell_with_a_finding_is_commented_in_the_workbook_that_goes_back() {
    for sample in SAMPLES {
        let scratch = Scratch::new(&format!("feedback-{sample}"));
        let out = scratch.path("out");
        run_sample(sample, &out, &[]);
        let feedback = files(&out.join("feedback"));
        let texts: BTreeMap<&str, String> = feedback
            .iter()
            .map(|(path, bytes)| (path.as_str(), comments(bytes)))
            .collect();
        for (path, text) in &texts {
            assert!(
                !bare_id(text),
                "{sample}, {path}: an id number is not masked"
            );
        }
        let (mut found, mut said) = (0, 0);
        for d in json(&out.join("diagnostics.json"))
            .as_array()
            .expect("a list")
        {
            let (Some(cell), true) = (d["cell"].as_str(), d["severity"] != "note") else {
                continue;
            };
            found += 1;
            let message = d["message"].as_str().expect("a message");
            let place = format!("ref=\"{cell}\"");
            let own = |text: &&String| text.contains(&place) && text.contains(message);
            said += usize::from(texts.values().any(|t| own(&t)));
        }
        assert!(found > 5, "{sample}: {found} findings");
        // What lies in files with rows of several schools stays in the list.
        assert!(
            said * 10 >= found * 7,
            "{sample}: {said} of {found} in comments"
        );
        // All are workbooks that this program reads.
        for (path, bytes) in &feedback {
            let found = huizong::intake::read(path, bytes);
            assert!(!found.value.is_empty(), "{sample}: {path}");
        }
    }
}

const HEAD: &str = "学校,姓名,性别,身份证号,最高学历,职称\n";
const GOOD: &str = "一小,李敏,女,339901198503150120,大专,一级教师\n";

struct World {
    scratch: Scratch,
}

impl World {
    fn new(name: &str) -> World {
        let scratch = Scratch::new(name);
        fs::create_dir_all(scratch.path("in")).expect("a folder");
        World { scratch }
    }

    fn send(&self, file: &str, rows: &str) {
        let text = [HEAD, GOOD, rows].concat();
        fs::write(self.scratch.path("in").join(file), text).expect("written");
    }

    /// Runs and gives what was printed last.
    fn run(&self, period: &str) -> String {
        let path = |p: &str| self.scratch.path(p).to_str().expect("utf-8").to_owned();
        let (inbox, out) = (path("in"), path("out"));
        let args = [
            "run",
            &inbox,
            "--scheme",
            "rural-uplift",
            "--period",
            period,
            "--out",
            &out,
        ];
        let said = huizong(&args);
        assert_ne!(
            said.status.code(),
            Some(2),
            "{}",
            String::from_utf8_lossy(&said.stderr)
        );
        let said = String::from_utf8(said.stdout).expect("utf-8");
        said.lines().last().unwrap_or_default().to_owned()
    }

    fn out(&self) -> BTreeMap<String, Vec<u8>> {
        let mut all: BTreeMap<String, Vec<u8>> =
            files(&self.scratch.path("out")).into_iter().collect();
        // It holds seconds.
        all.remove("run.json");
        all
    }

    /// State of each finding about a person's field.
    fn states(&self) -> BTreeMap<String, String> {
        let all = json(&self.scratch.path("out").join("diagnostics.json"));
        let all = all
            .as_array()
            .expect("a list")
            .iter()
            .filter(|d| d["cell"].is_string());
        all.map(|d| {
            let text = |k: &str| d[k].as_str().unwrap_or_default().to_owned();
            (format!("{} {}", text("rule"), text("field")), text("state"))
        })
        .collect()
    }
}

#[test]
fn items_are_closed_open_or_new_although_rows_files_and_values_change() {
    let world = World::new("items");
    let bad = "一小,王磊,男,339901198503150121,大专,一级教师\n一小,赵芳,女,,看不懂,一级教师\n";
    world.send("a.csv", bad);
    let last = world.run("2025-09");
    assert!(!last.contains("已改正"), "nothing to compare with: {last}");
    let states = world.states();
    assert!(states.values().all(|s| s == "new"), "{states:?}");
    assert!(
        states.contains_key("vocabulary-unknown education"),
        "{states:?}"
    );
    let first = world.out();

    // The same input again: the same bytes, and no talk of an earlier letter.
    assert_eq!(world.run("2025-09"), last);
    assert_eq!(world.out(), first);

    // Next month: the number is put right, the degree is another wrong word in another row of another
    // file, and a title is wrong that was not.
    fs::remove_file(world.scratch.path("in").join("a.csv")).expect("removed");
    let next = "一小,赵芳,女,,还是看不懂,一级教师\n一小,王磊,男,339901198503150198,大专,无此职称\n";
    world.send("b.csv", next);
    let last = world.run("2025-10");
    let states = world.states();
    assert_eq!(states["vocabulary-unknown education"], "open", "{states:?}");
    assert_eq!(states["vocabulary-unknown title"], "new", "{states:?}");
    assert!(last.contains("已改正") && last.contains("未改正"), "{last}");
    let items = &json(&world.scratch.path("out").join("run.json"))["items"];
    assert!(items["closed"].as_u64() >= Some(1), "{items}");
    assert!(
        items["open"].as_u64() >= Some(1) && items["new"].as_u64() >= Some(1),
        "{items}"
    );
    let second = world.out();

    // Running it twice compares with the same letter, not with itself.
    assert_eq!(world.run("2025-10"), last);
    assert_eq!(world.out(), second);

    // The list says which is which, and the bureau's book has the counts.
    let list = &second["feedback/一小.xlsx"];
    let sheets: String = parts(list)
        .into_iter()
        .filter(|(n, _)| n.starts_with("xl/worksheets/"))
        .map(|(_, text)| String::from_utf8(text).expect("utf-8"))
        .collect();
    assert!(sheets.contains("上次已指出") && sheets.contains("新发现"));
    let report = second
        .iter()
        .find(|(n, _)| n.starts_with("reports/"))
        .expect("a report")
        .1;
    let book = String::from_utf8(parts(report)["xl/workbook.xml"].clone()).expect("utf-8");
    assert!(book.contains("整改情况"), "{book}");
}

#[test]
fn a_school_may_correct_in_the_workbook_that_came_back() {
    let world = World::new("came-back");
    world.send("a.csv", "一小,赵芳,女,339901198503150163,看不懂,一级教师\n");
    world.run("2025-10");
    let returned = world.out()["feedback/一小.xlsx"].clone();
    // The school saves nothing and sends the marked workbook itself.
    fs::remove_file(world.scratch.path("in").join("a.csv")).expect("removed");
    fs::write(world.scratch.path("in").join("一小.xlsx"), &returned).expect("written");
    world.run("2025-11");
    let states = world.states();
    assert_eq!(states["vocabulary-unknown education"], "open", "{states:?}");
    let all = json(&world.scratch.path("out").join("diagnostics.json"));
    let all = all.as_array().expect("a list").iter();
    let lists: Vec<&Value> = all.filter(|d| d["rule"] == "sheet-unrecognised").collect();
    assert_eq!(lists.len(), 1);
    assert_eq!(
        lists[0]["severity"], "note",
        "the list is known: {}",
        lists[0]
    );
    let again = &world.out()["feedback/一小.xlsx"];
    let book = String::from_utf8(parts(again)["xl/workbook.xml"].clone()).expect("utf-8");
    assert_eq!(
        book.matches("<sheet ").count(),
        2,
        "one list, one sheet: {book}"
    );
}

#[test]
fn a_file_with_rows_of_two_schools_is_shown_to_neither() {
    let world = World::new("shared");
    let rows = "一小,赵芳,女,,看不懂,一级教师\n二小,孙丽,女,,看不懂,一级教师\n一小,钱红,女,,看不懂,一级教师\n";
    world.send("全镇.csv", rows);
    world.run("2025-10");
    let out = world.out();
    for (school, own, other) in [("一小", "赵芳", "孙丽"), ("二小", "孙丽", "赵芳")] {
        let all = parts(&out[&format!("feedback/{school}.xlsx")]);
        let text: String = all
            .values()
            .map(|part| String::from_utf8_lossy(part).into_owned())
            .collect();
        assert!(text.contains(own) && !text.contains(other), "{school}");
        assert!(text.contains("含有其他学校数据的文件不发还"), "{school}");
    }
}
