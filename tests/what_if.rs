//! `huizong what-if`: old and new side by side, and who falls out or in.

use crate::cli::{Scratch, huizong};
use serde_json::Value;
use std::fs;

const SCHEME: &str = r#"
id = "t"
title = "试算"
forms = ["roster", "training"]
[params]
age = { value = 45, title = "最大年龄" }
[[measure]]
id = "degree"
kind = "rate"
title = "本科比例"
form = "roster"
hit = { education.at_least = "本科" }
target = 0.5
by = ["school"]
[[measure]]
id = "nominees"
kind = "eligibility"
title = "资格审查"
form = "roster"
all = [{ id = "age", title = "年龄", where = { age.at_most = "$age" } }]
by = ["school"]
[[measure]]
id = "hours"
kind = "requirement"
title = "学时"
base = { form = "roster", where = { stage = ["小学"] } }
form = "training"
needs = [{ id = "all", title = "学时", sum = "hours", at_least = 10, unit = "学时" }]
by = ["school"]
"#;

struct Bench {
    scratch: Scratch,
}

impl Bench {
    fn new(name: &str) -> Bench {
        let scratch = Scratch::new(name);
        let files = [
            ("scheme/scheme.toml", SCHEME),
            (
                "schools.csv",
                "学校名称,学校代码,所在乡镇\n青石镇中心小学,2133000101,青石镇\n",
            ),
            (
                "inbox/青石镇中心小学/教师名册.csv",
                "姓名,性别,身份证号,学段,最高学历\n王丽,女,339901198503150120,小学,本科\n\
                 陈静,女,339901198805200226,小学,大专\n周强,男,339901197901120117,初中,大专\n",
            ),
            (
                "inbox/青石镇中心小学/培训学分登记表.csv",
                "姓名,身份证号,培训项目,培训类别,学时\n王丽,339901198503150120,师德,集中培训,12\n\
                 周强,339901197901120117,师德,集中培训,8\n",
            ),
        ];
        for (path, text) in files {
            let path = scratch.path(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        Bench { scratch }
    }

    fn what_if(&self, more: &[&str]) -> (Option<i32>, String, String) {
        let path = |below: &str| self.scratch.path(below).to_string_lossy().into_owned();
        let (inbox, scheme, schools) = (path("inbox"), path("scheme"), path("schools.csv"));
        let mut args = vec![
            "what-if",
            &inbox,
            "--scheme",
            &scheme,
            "--schools",
            &schools,
            "--period",
            "2025-10",
        ];
        args.extend(more);
        let done = huizong(&args);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("utf-8");
        (done.status.code(), text(done.stdout), text(done.stderr))
    }

    fn json(&self, more: &[&str]) -> Value {
        let mut args = more.to_vec();
        args.push("--json");
        let (status, out, err) = self.what_if(&args);
        assert_eq!(status, Some(0), "{out}{err}");
        serde_json::from_str(&out).expect("json")
    }
}

fn figure<'v>(value: &'v Value, measure: &str, group: &Value) -> &'v Value {
    let all = value["figures"].as_array().expect("an array");
    let found = all
        .iter()
        .find(|f| f["measure"] == measure && f["group"] == *group);
    found.unwrap_or_else(|| panic!("{measure} {group} is not in {value:#}"))
}

fn people(value: &Value) -> Vec<(String, String, String)> {
    let text = |v: &Value| v.as_str().expect("a text").to_owned();
    value["people"]
        .as_array()
        .expect("an array")
        .iter()
        .map(|p| (text(&p["measure"]), text(&p["change"]), text(&p["person"])))
        .collect()
}

#[test]
fn figures_change_in_total_and_groups_and_people_are_named() {
    let bench = Bench::new("what-if");
    let whole = serde_json::json!({});
    let school = serde_json::json!({ "school": "青石镇中心小学" });
    // Aged 40, 37 and 46.
    let value = bench.json(&["--set", "param.age=39"]);
    for group in [&whole, &school] {
        let f = figure(&value, "nominees.eligible", group);
        assert_eq!(
            (&f["old"], &f["new"], &f["difference"]),
            (&2.into(), &1.into(), &(-1).into())
        );
    }
    let own = figure(&value, "nominees", &whole);
    let points = own["difference"].as_f64().expect("points");
    assert!((points + 100.0 / 3.0).abs() < 1e-9, "{points}");
    let moved = people(&value);
    assert_eq!(moved.len(), 1, "{moved:?}");
    let (measure, change, person) = &moved[0];
    assert_eq!((measure.as_str(), change.as_str()), ("nominees", "fails"));
    assert!(
        person.starts_with("王丽") && !person.contains("339901198503150120"),
        "{person}"
    );

    let value = bench.json(&["--set", "param.age=50"]);
    assert_eq!(people(&value)[0].1, "passes");
    let value = bench.json(&["--set", "measure.degree.target=0.25"]);
    assert_eq!(figure(&value, "degree.more", &whole)["new"], 0);
    assert!(people(&value).is_empty());
    let value = bench.json(&["--set", "measure.degree.hit.education.at_least=专科"]);
    assert_eq!(people(&value).len(), 2);
    let value = bench.json(&[
        "--set",
        r#"measure.hours.base.where.stage=["小学", "初中"]"#,
    ]);
    assert_eq!(
        people(&value),
        [("hours".into(), "enters".into(), people(&value)[0].2.clone())]
    );
    assert_eq!(figure(&value, "hours.base", &whole)["new"], 3);
    let value = bench.json(&["--set", "measure.hours.needs.all.at_least=13"]);
    assert_eq!(people(&value)[0].1, "fails");
    let value = bench.json(&["--set", "cut_off=2035-01-01"]);
    assert_eq!(
        figure(&value, "nominees.eligible", &whole)["new"],
        0,
        "everyone is ten years older"
    );
}

#[test]
fn people_read_a_table() {
    let bench = Bench::new("what-if-text");
    let (status, out, err) = bench.what_if(&[
        "--set",
        "param.age=39",
        "--set",
        "measure.degree.target=0.9",
    ]);
    assert_eq!(status, Some(0), "{out}{err}");
    for part in [
        "param.age = 39",
        "资格审查（nominees）",
        "青石镇中心小学",
        "66.67%",
        "33.33%",
        "-33.33 个百分点",
        "王丽",
        "由达标（符合）变为不达标（不符合）1 人",
    ] {
        assert!(out.contains(part), "{part} is not in\n{out}");
    }
    assert!(!out.contains("339901198503150120"), "ids are masked");
    let (status, out, _) = bench.what_if(&["--set", "param.age=45"]);
    assert_eq!(status, Some(0));
    assert!(out.contains("没有任何数据变化"), "{out}");
}

#[test]
fn a_name_that_is_not_there_is_refused_with_the_nearest() {
    let bench = Bench::new("what-if-wrong");
    for (set, expected) in [
        ("param.agee=50", "param.age"),
        ("measure.degre.target=0.9", "measure.degree.target"),
        ("measure.degree.targt=0.9", "target"),
        ("measure.degree.target=许多", "--set measure.degree.target"),
        ("param.age", "param.age"),
    ] {
        let (status, out, err) = bench.what_if(&["--set", set]);
        assert_eq!(status, Some(2), "{set}: {out}");
        assert!(err.contains(expected), "{set}: {err}");
    }
}
