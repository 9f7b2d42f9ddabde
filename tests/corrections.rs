//! A clerk's decisions in a workspace: the blank table, what is carried out, where it is shown, and
//! what happens when the school sends another file.

use crate::cli::Scratch;
use crate::golden::files;
use crate::support::draft::{Content, SheetDraft, WorkbookDraft};
use crate::support::{FileFormat, archive};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const SCHEME: &str = r#"
id = "own"
title = "教师统计"
bureau = "青石县教育局"
forms = ["roster", "training"]
[[measure]]
id = "graduates"
kind = "rate"
title = "本科以上比例"
form = "roster"
hit = { education.at_least = "本科" }
by = ["school"]
[[measure]]
id = "claimed"
kind = "persons"
title = "培训人次"
form = "training"
by = ["school"]
[[page]]
sheet = "学历"
title = "学历情况"
measure = "graduates"
[[page]]
sheet = "培训"
title = "培训情况"
measure = "claimed"
"#;

const HEAD: [&str; 5] = ["姓名", "性别", "身份证号", "最高学历", "联系电话"];

fn book(sheet: &str, rows: &[&[&str]]) -> Vec<u8> {
    let mut drawn = SheetDraft::new(sheet);
    for (r, row) in rows.iter().enumerate() {
        for (c, text) in row.iter().enumerate().filter(|(_, t)| !t.is_empty()) {
            drawn.put(r as u32, c as u32, Content::text(*text));
        }
    }
    let mut book = WorkbookDraft::default();
    book.sheets.push(drawn);
    FileFormat::named("xlsx").expect("xlsx").write(&book)
}

fn roster(people: &[[&str; 5]]) -> Vec<u8> {
    let mut rows: Vec<&[&str]> = vec![&HEAD];
    rows.extend(people.iter().map(|p| p.as_slice()));
    book("名册", &rows)
}

fn huizong(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_huizong"))
        .args(args)
        .current_dir(folder)
        .output()
        .expect("the command starts")
}

/// A workspace with two schools, one of which sent an archive.
fn workspace(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    let made = huizong(&scratch.path(""), &["init", "区"]);
    assert!(made.status.success(), "{made:?}");
    let put = |path: &str, bytes: &[u8]| {
        let path = scratch.path("区").join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    };
    put("设置.toml", "scheme = \"own\"\n".as_bytes());
    put("方案/own/scheme.toml", SCHEME.as_bytes());
    put(
        "学校名录.xlsx",
        &book(
            "学校名录",
            &[
                &["学校名称", "学校代码"],
                &["青石镇中心小学", "2133000101"],
                &["柳河小学", "2133000102"],
            ],
        ),
    );
    put(
        "收件箱/青石镇中心小学/名册.xlsx",
        &roster(&[
            [
                "王丽",
                "女",
                "339901198503150120",
                "大学本壳",
                "13800005678",
            ],
            ["李建国", "男", "33990119721130113X", "专科", ""],
            ["陈静", "女", "339901198805200226", "本科", ""],
        ]),
    );
    let member = roster(&[["赵敏", "女", "339901199008070457", "专科", ""]]);
    let member = ("柳河小学名册.xlsx".to_owned(), member);
    put(
        "收件箱/柳河.zip",
        &archive::zip(&[member], archive::Names::Gbk),
    );
    scratch
}

fn decide(scratch: &Scratch, lines: &[[&str; 9]]) {
    let head = huizong::commands::workspace::names().correction_columns;
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let mut rows: Vec<&[&str]> = vec![&head];
    rows.extend(lines.iter().map(|l| l.as_slice()));
    fs::write(scratch.path("区/更正.xlsx"), book("更正", &rows)).expect("corrections");
}

fn run(scratch: &Scratch, more: &[&str]) -> Output {
    let args = ["run", "--period", "2025-10"];
    huizong(&scratch.path("区"), &[&args, more].concat())
}

fn json(scratch: &Scratch, file: &str) -> Value {
    let bytes = fs::read(scratch.path("区/汇总").join(file)).expect("a result");
    serde_json::from_slice(&bytes).expect("json")
}

/// Rule, severity, cell or row, and hint of each finding in a file.
fn found(scratch: &Scratch, file: &str) -> Vec<(String, String, String, String)> {
    let all = json(scratch, "diagnostics.json");
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let all = all.as_array().expect("an array").iter();
    all.filter(|d| d["file"].as_str().is_some_and(|f| f.ends_with(file)))
        .map(|d| {
            let place = d["cell"]
                .as_str()
                .map_or(d["row"].to_string(), str::to_owned);
            (
                text(&d["rule"]),
                text(&d["severity"]),
                place,
                text(&d["hint"]),
            )
        })
        .collect()
}

/// Every text of a sheet of the bureau's workbook.
fn report(scratch: &Scratch, sheet: &str) -> Option<Vec<String>> {
    let reports = files(&scratch.path("区/汇总/reports"));
    let (name, bytes) = reports.first().expect("a report");
    let read = huizong::intake::read(name, bytes).value;
    let sheet = read[0].sheets.iter().find(|s| &*s.name == sheet)?;
    let texts = sheet.cells().iter().filter_map(|c| match sheet.value(c) {
        huizong::grid::Value::Text(t) => Some(t.to_owned()),
        _ => None,
    });
    Some(texts.collect())
}

fn graduates(scratch: &Scratch, school: &str) -> (Value, Value) {
    let all = json(scratch, "statistics.json");
    let own = |f: &&Value| f["measure"] == "graduates" && f["group"]["school"] == school;
    let figure = all.as_array().expect("an array").iter().find(own);
    let figure = figure.expect("a figure");
    (figure["numerator"].clone(), figure["denominator"].clone())
}

#[test]
fn the_blank_table_of_a_new_workspace_decides_nothing() {
    let scratch = workspace("corrections-blank");
    let blank = fs::read(scratch.path("区/更正.xlsx")).expect("the blank table");
    let mut package = zip::ZipArchive::new(std::io::Cursor::new(blank)).expect("xlsx");
    let part = package
        .by_name("xl/worksheets/sheet1.xml")
        .expect("a sheet");
    let sheet = std::io::read_to_string(part).expect("xml");
    for action in ["采用原值", "改为", "删除此行", "人员调动"] {
        assert!(sheet.contains(action), "{action} cannot be chosen");
    }
    run(&scratch, &[]);
    assert_eq!(found(&scratch, "更正.xlsx"), []);
    assert_eq!(
        json(&scratch, "run.json")["decisions"],
        Value::Array(vec![])
    );
    assert_eq!(report(&scratch, "更正情况"), None);
    assert_eq!(graduates(&scratch, "青石镇中心小学"), (1.into(), 3.into()));
}

#[test]
fn decisions_count_are_shown_and_leave_the_schools_files_alone() {
    let scratch = workspace("corrections");
    let before = files(&scratch.path("区/收件箱"));
    let who = |reason| (reason, "2025-10-20", "王芳");
    let line = |file, place, was, what, value, (reason, date, who)| {
        [file, "名册", place, was, what, value, reason, date, who]
    };
    decide(
        &scratch,
        &[
            line(
                "名册.xlsx",
                "D2",
                "大学本壳",
                "改为",
                "本科",
                who("已核证书，身份证339901198503150120"),
            ),
            line(
                "名册.xlsx",
                "第3行",
                "李建国",
                "删除此行",
                "",
                who("已退休"),
            ),
            line(
                "名册.xlsx",
                "4",
                "339901********0226",
                "人员调动",
                "柳河小学",
                who("9月调动"),
            ),
            line(
                "柳河小学名册.xlsx",
                "C2",
                "339901199008070457",
                "采用原值",
                "",
                who("公安已核"),
            ),
            line(
                "柳河小学名册.xlsx",
                "D2",
                "本科",
                "改为",
                "硕士",
                who("已核"),
            ),
        ],
    );
    let done = run(&scratch, &["--jobs", "1"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert!(
        before == files(&scratch.path("区/收件箱")),
        "files are untouched"
    );

    // Figures, and the account of the rows.
    assert_eq!(graduates(&scratch, "青石镇中心小学"), (1.into(), 1.into()));
    assert_eq!(graduates(&scratch, "柳河小学"), (1.into(), 2.into()));
    let log = json(&scratch, "run.json");
    assert_eq!(
        (&log["totals"]["kept"], &log["totals"]["rejected"]),
        (&3.into(), &1.into())
    );

    // Findings: at the school's cells, and about the decision that fits no more.
    let at = |file: &str| -> Vec<(String, String, String)> {
        let all = found(&scratch, file).into_iter();
        all.map(|(rule, severity, place, _)| (rule, severity, place))
            .collect()
    };
    let row = |r: &str, s: &str, p: &str| (r.to_owned(), s.to_owned(), p.to_owned());
    assert_eq!(
        at("青石镇中心小学/名册.xlsx"),
        [
            row("correction-applied", "note", "D2"),
            row("correction-applied", "note", "3"),
            row("correction-applied", "note", "4"),
        ]
    );
    let settled = found(&scratch, "柳河小学名册.xlsx");
    assert_eq!(settled.len(), 1, "{settled:?}");
    let (rule, severity, place, hint) = &settled[0];
    assert_eq!(
        (rule.as_str(), severity.as_str(), place.as_str()),
        ("id-checksum", "note", "C2")
    );
    assert!(hint.contains("王芳") && hint.contains("公安已核"), "{hint}");
    assert_eq!(
        at("更正.xlsx"),
        [row("correction-outdated", "warning", "D6")]
    );

    // Where it is shown: run.json, the report's sheet, the note under the table that it touches.
    let decisions = log["decisions"].as_array().expect("decisions");
    let actions: Vec<_> = decisions.iter().map(|d| d["action"].as_str()).collect();
    assert_eq!(
        actions,
        [Some("keep"), Some("change"), Some("delete"), Some("move")]
    );
    assert_eq!(decisions[1]["before"], "大学本壳");
    assert_eq!(decisions[1]["after"], "本科");
    assert_eq!(decisions[3]["before"], "青石镇中心小学");
    let sheet = report(&scratch, "更正情况").expect("the sheet of decisions");
    for text in [
        "大学本壳",
        "本科",
        "删除此行",
        "已退休",
        "2025-10-20",
        "柳河小学",
    ] {
        assert!(sheet.iter().any(|t| t == text), "{text}: {sheet:?}");
    }
    let note = |sheet: &str| {
        let texts = report(&scratch, sheet).expect("a page");
        texts.iter().any(|t| t.contains("人工更正3处"))
    };
    assert!(note("学历") && !note("培训"));
    let whole = log["decisions"].to_string() + &sheet.join(" ");
    for id in [
        "339901198503150120",
        "339901199008070457",
        "339901198805200226",
    ] {
        assert!(!whole.contains(id), "{id} is shown");
    }

    // The same bytes with more threads, but for the seconds that it took.
    let bytes = || {
        let mut all = files(&scratch.path("区/汇总"));
        all.retain(|(name, _)| !name.ends_with("run.json"));
        all
    };
    let one = bytes();
    run(&scratch, &["--jobs", "2"]);
    assert!(one == bytes(), "results depend on the number of threads");
}

#[test]
fn a_table_that_cannot_be_opened_ends_the_run() {
    let scratch = workspace("corrections-none");
    let done = run(&scratch, &["--corrections", "没有.xlsx"]);
    assert_eq!(done.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&done.stderr).contains("没有.xlsx"));
    // Given by hand it need not lie in a workspace.
    decide(&scratch, &[]);
    fs::rename(scratch.path("区/更正.xlsx"), scratch.path("另存.xlsx")).expect("renamed");
    let done = run(&scratch, &["--corrections", "../另存.xlsx"]);
    assert_eq!(done.status.code(), Some(1), "{done:?}");
}
