//! A run compared with an earlier period: its results and its inbox say the same, whatever the
//! number of threads.

use crate::cli::{Scratch, huizong};
use serde_json::Value;
use std::fs;
use std::path::Path;

const SCHEME: &str = r#"
id = "own"
title = "梯队"
bureau = "教育局"
forms = ["roster"]
[[measure]]
id = "ladder"
kind = "movement"
title = "梯队变动"
form = "roster"
levels = [{ id = "backbone", title = "骨干教师", where = { tier = ["骨干教师"] } }, { id = "famous", title = "名师", where = { tier = ["名师"] } }]
by = ["school"]
[[measure]]
id = "moved"
kind = "list"
title = "变动人员"
of = "ladder"
[[page]]
sheet = "变动"
title = "变动"
measure = "ladder"
[[page]]
sheet = "名单"
title = "名单"
measure = "moved"
"#;
const SCHOOLS: &str = "学校名称,学校代码,所在乡镇\n青石镇中心小学,2133000101,青石镇\n白鹭镇中心小学,2133000102,白鹭镇\n";
const HEAD: &str = "姓名,性别,身份证号,任教学段,骨干类别\n";

fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

fn text(path: &Path) -> String {
    path.to_str().expect("utf-8").to_owned()
}

fn run(scratch: &Scratch, inbox: &str, out: &str, more: &[&str]) -> std::process::Output {
    let at = |name: &str| text(&scratch.path(name));
    let (inbox, out, scheme, schools) = (at(inbox), at(out), at("scheme"), at("schools.csv"));
    let mut args = vec![
        "run",
        &inbox,
        "--scheme",
        &scheme,
        "--schools",
        &schools,
        "--period",
        "2025-12",
        "--out",
        &out,
    ];
    args.extend(more);
    huizong(&args)
}

fn figure(out: &Path, measure: &str, group: &[(&str, &str)]) -> Value {
    let bytes = fs::read(out.join("statistics.json")).expect("statistics");
    let all: Vec<Value> = serde_json::from_slice(&bytes).expect("json");
    let same = |f: &&Value| {
        f["measure"] == measure
            && f["group"].as_object().expect("a group").len() == group.len()
            && group.iter().all(|(k, v)| f["group"][k] == *v)
    };
    all.iter().find(same).expect("the figure")["value"].clone()
}

#[test]
fn results_and_inbox_of_an_earlier_period_say_the_same() {
    let scratch = Scratch::new("previous");
    put(&scratch.path("scheme/scheme.toml"), SCHEME);
    put(&scratch.path("schools.csv"), SCHOOLS);
    put(
        &scratch.path("then/青石镇中心小学教师花名册.csv"),
        &format!(
            "{HEAD}王丽,女,339901198503150120,小学,骨干教师\n陈静,女,339901198805200226,小学,骨干教师\n谢颖,女,,小学,名师\n"
        ),
    );
    put(
        &scratch.path("now/青石镇中心小学教师花名册.csv"),
        &format!(
            "{HEAD}王丽,女,339901198503150120,小学,名师\n谢颖,女,339901199307070267,小学,名师\n"
        ),
    );
    put(
        &scratch.path("now/白鹭镇中心小学教师花名册.csv"),
        &format!("{HEAD}陈静,女,339901198805200226,小学,骨干教师\n"),
    );
    run(&scratch, "then", "first", &[]);
    let (first, then) = (text(&scratch.path("first")), text(&scratch.path("then")));
    let done = run(&scratch, "now", "a", &["--previous", &first, "--jobs", "1"]);
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(said.contains("上期：3条记录"), "{said}");
    run(&scratch, "now", "b", &["--previous", &then, "--jobs", "4"]);
    run(&scratch, "now", "alone", &[]);
    let read =
        |out: &str, name: &str| fs::read(scratch.path(&format!("{out}/{name}"))).expect(name);
    for name in [
        "statistics.json",
        "diagnostics.json",
        "records/roster.parquet",
    ] {
        assert!(read("a", name) == read("b", name), "{name} differs");
    }
    // What the schools sent now is judged as without the earlier period.
    for name in ["diagnostics.json", "records/roster.parquet"] {
        assert!(read("a", name) == read("alone", name), "{name} differs");
    }
    let out = scratch.path("a");
    for (part, value) in [
        ("ladder.start", 3),
        ("ladder.promoted_in", 1),
        ("ladder.kept", 2),
        ("ladder.joined", 0),
        ("ladder.left", 0),
        ("ladder", 3),
    ] {
        assert_eq!(figure(&out, part, &[]), value, "{part}");
    }
    let moved = [("school", "白鹭镇中心小学"), ("level", "骨干教师")];
    assert_eq!(figure(&out, "ladder.moved_in", &moved), 1);
    assert_eq!(
        figure(&scratch.path("alone"), "ladder.start", &[]),
        Value::Null
    );
    let log: Value = serde_json::from_slice(&read("a", "run.json")).expect("json");
    assert_eq!(log["previous"]["records"], 3);
}

#[test]
fn an_earlier_period_that_cannot_be_read_ends_with_two() {
    let scratch = Scratch::new("no-previous");
    put(&scratch.path("scheme/scheme.toml"), SCHEME);
    put(&scratch.path("schools.csv"), SCHOOLS);
    put(
        &scratch.path("now/青石镇中心小学教师花名册.csv"),
        &format!("{HEAD}王丽,女,339901198503150120,小学,名师\n"),
    );
    put(&scratch.path("broken/records/roster.parquet"), "PAR1");
    put(&scratch.path("empty/readme.txt"), "nothing");
    for previous in ["none", "broken", "empty"] {
        let path = text(&scratch.path(previous));
        let done = run(&scratch, "now", "out", &["--previous", &path]);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(2), "{previous}: {said}");
        assert!(said.contains(previous), "{said}");
        assert!(!scratch.path("out/run.json").exists());
    }
}
