//! The forms that a bureau sends out: made by the command, filled in as a school does, and run.

use crate::cli::{Scratch, huizong};
use huizong::amend::{Package, Put, SheetXml};
use serde_json::Value;
use std::fs;
use std::path::Path;

const SCHOOLS: &str = "学校名称,学校代码,所在乡镇\n青石镇中心小学,2133000101,青石镇\n白鹭镇中心小学,2133000102,白鹭镇\n";
const ROSTER: &str = "姓名,性别,身份证号,出生日期,职称,最高学历\n王丽,女,339901198503150120,1985-03-15,一级教师,本科\n";

fn text(path: &Path) -> &str {
    path.to_str().expect("utf-8")
}

fn command(scratch: &Scratch, name: &str, more: &[&str]) -> (i32, String) {
    let schools = scratch.path("schools.csv");
    let mut args = vec![
        name,
        "--scheme",
        "rural-uplift",
        "--schools",
        text(&schools),
    ];
    args.extend(more);
    let output = huizong(&args);
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (output.status.code().expect("a status"), said.into_owned())
}

fn findings(out: &Path) -> Vec<(String, String)> {
    let bytes = fs::read(out.join("diagnostics.json")).expect("findings");
    let all: Vec<Value> = serde_json::from_slice(&bytes).expect("json");
    let word = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    all.iter()
        .map(|d| (word(&d["rule"]), word(&d["file"])))
        .collect()
}

/// Puts texts into cells of a sheet and leaves everything else as it is.
fn fill(path: &Path, sheet: &str, cells: &[(u32, u32, Put)]) {
    let mut package = Package::open(fs::read(path).expect("a form")).expect("a package");
    let part = package
        .sheets()
        .expect("sheets")
        .into_iter()
        .find(|s| s.name == sheet)
        .unwrap_or_else(|| panic!("no sheet {sheet}"))
        .part;
    let mut xml = SheetXml::read(package.part(&part).expect("a part")).expect("a sheet");
    for (row, col, put) in cells {
        xml.put(*row, *col, put.clone());
    }
    package.put(&part, xml.write().expect("a sheet"));
    fs::write(path, package.write().expect("a package")).expect("a file");
}

fn words(text: &str) -> Put {
    Put::Text(text.into())
}

/// 0-based column of a label on the form's header row.
fn column(path: &Path, sheet: &str, label: &str) -> u32 {
    let bytes = fs::read(path).expect("a form");
    let book = huizong::intake::read("a.xlsx", &bytes).value.remove(0);
    let sheet = book.sheets.iter().find(|s| &*s.name == sheet);
    let sheet = sheet.expect("a sheet");
    let cells = sheet.row(3).iter();
    let mut found = cells.filter(|c| match sheet.value(c) {
        huizong::grid::Value::Text(t) => t.trim_start_matches('*').starts_with(label),
        _ => false,
    });
    found.next().unwrap_or_else(|| panic!("no {label}")).col
}

#[test]
fn a_form_that_was_filled_in_comes_back_without_a_doubt() {
    let scratch = Scratch::new("forms");
    let at = |name: &str| scratch.path(name);
    fs::write(at("schools.csv"), SCHOOLS).expect("a file");
    fs::create_dir_all(at("before/青石镇中心小学")).expect("a folder");
    fs::write(at("before/青石镇中心小学/名册.csv"), ROSTER).expect("a file");
    let (before, out, forms) = (at("before"), at("out"), at("forms"));
    let run = |inbox: &Path, period: &str, out: &Path| {
        let args = [text(inbox), "--period", period, "--out", text(out)];
        command(&scratch, "run", &args)
    };
    run(&before, "2025-10", &out);
    let (status, said) = command(
        &scratch,
        "forms",
        &[
            "--period",
            "2025-11",
            "--from",
            text(&out),
            "--out",
            text(&forms),
        ],
    );
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("1所学校，1行"), "{said}");
    let mut names: Vec<String> = fs::read_dir(&forms)
        .expect("forms")
        .map(|e| {
            e.expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|n| n.ends_with(".xlsx"))
        .collect();
    names.sort();
    assert_eq!(names, ["白鹭镇中心小学.xlsx", "青石镇中心小学.xlsx"]);

    // One school goes through its roster, adds a teacher and a training; the other sends nothing.
    let own = forms.join("青石镇中心小学.xlsx");
    let col = |sheet: &str, label: &str| column(&own, sheet, label);
    let roster = "教师名册";
    let mut cells = vec![
        (5, col(roster, "姓名"), words("陈静")),
        (5, col(roster, "身份证号"), words("339901198805200226")),
        (5, col(roster, "性别"), words("女")),
        (5, col(roster, "职称"), words("二级教师")),
    ];
    fill(&own, roster, &cells);
    let training = "培训学分登记";
    cells = vec![
        (4, col(training, "姓名"), words("陈静")),
        (4, col(training, "身份证号"), words("339901198805200226")),
        (4, col(training, "培训项目"), words("师德专题培训")),
        (4, col(training, "培训类别"), words("集中培训")),
        (4, col(training, "开始日期"), Put::Number("45901".into())),
        (4, col(training, "结束日期"), Put::Number("45903".into())),
        (4, col(training, "学时"), Put::Number("24".into())),
    ];
    fill(&own, training, &cells);
    let again = at("again");
    run(&forms, "2025-11", &again);
    let found = findings(&again);
    // What was sent without records is said once a file; nothing about columns, sheets, schools.
    let about_tables = |rule: &str| {
        [
            "column-", "sheet-", "form-", "school-", "hidden-", "cell-", "date-", "formula-",
        ]
        .iter()
        .any(|room| rule.starts_with(room))
    };
    let tables: Vec<_> = found.iter().filter(|f| about_tables(&f.0)).collect();
    let empty = |file: &str| ("form-empty".to_owned(), file.to_owned());
    assert_eq!(
        tables,
        [&empty("白鹭镇中心小学.xlsx"), &empty("青石镇中心小学.xlsx")]
    );
    let log: Value =
        serde_json::from_slice(&fs::read(again.join("run.json")).expect("a log")).expect("json");
    let kept: u64 = log["inputs"]
        .as_array()
        .expect("inputs")
        .iter()
        .flat_map(|i| i["sheets"].as_array().expect("sheets"))
        .map(|s| s["kept"].as_u64().expect("a number"))
        .sum();
    assert_eq!(kept, 3, "{log:#}");

    // Last month's form in this month's run.
    let later = at("later");
    run(&forms, "2025-12", &later);
    let old = findings(&later);
    assert_eq!(old.iter().filter(|f| f.0 == "form-version-old").count(), 2);
}

#[test]
fn forms_need_a_directory_and_a_folder_of_their_own() {
    let scratch = Scratch::new("forms-refused");
    let output = huizong(&["forms", "--scheme", "rural-uplift"]);
    assert_eq!(output.status.code(), Some(2));
    fs::write(scratch.path("schools.csv"), SCHOOLS).expect("a file");
    fs::create_dir_all(scratch.path("results")).expect("a folder");
    fs::write(scratch.path("results/run.json"), "{}").expect("a file");
    let results = scratch.path("results");
    let (status, said) = command(&scratch, "forms", &["--out", text(&results)]);
    assert_eq!(status, 2, "{said}");
    assert!(
        said.contains("run.json") || said.contains("汇总结果"),
        "{said}"
    );
    assert!(!results.join("青石镇中心小学.xlsx").exists());
}
