//! One example a family, small enough to check by eye.

use super::*;
use crate::diagnostic::{Rule, render};
use crate::message::Lang;
use crate::normalise::testing::id;
use crate::scheme::parse::{BUILTIN, load_builtin};
use crate::scheme::{PageKind, PageSpec};
use crate::statistics::{Column, Level, Locations, Printed, json};

const ROSTER: [&str; 6] = [
    "name",
    "gender",
    "birth_date",
    "stage",
    "education",
    "title",
];

fn staff() -> Vec<Sheet<'static>> {
    vec![
        sheet(
            "roster",
            "甲校",
            &ROSTER,
            &[
                &["赵一", "男", "1980-01-01", "小学", "本科", "高级教师"],
                &["钱二", "女", "1996-01-01", "小学", "中专", "二级教师"],
                &["孙三", "女", "", "小学", "", ""],
            ],
        ),
        sheet(
            "roster",
            "乙校",
            &ROSTER,
            &[&["李四", "男", "1985-12-31", "初中", "本科", "一级教师"]],
        ),
        sheet(
            "roster",
            "戊校",
            &ROSTER,
            &[&["周五", "女", "1986-01-01", "小学", "专科", "一级教师"]],
        ),
    ]
}

#[test]
fn rows_stand_in_official_order_with_subtotals_and_schools_without_data() {
    let (t, _) = run(
        "[[measure]]\nid = \"m\"\nkind = \"rate\"\ntitle = \"x\"\nform = \"roster\"\nwhere = { stage = [\"小学\"] }\n\
         hit = { education.at_least = \"专科\" }\ntarget = 0.60\nby = [\"district\", \"school\"]",
        &staff(),
    );
    assert_eq!(
        groups(&t),
        [
            "东镇/甲校",
            "东镇/乙校",
            "东镇",
            "西镇/丙校",
            "西镇/丁校",
            "西镇",
            "名录外单位/戊校",
            "名录外单位",
            ""
        ]
    );
    assert_eq!(t.rows[2].level, Level::Subtotal(1));
    assert_eq!(t.rows[8].level, Level::Total);
    assert_eq!(ratio(&t, "", &["东镇", "甲校"]), Some((1, 3)));
    assert_eq!(ratio(&t, "", &["东镇", "乙校"]), None);
    assert_eq!(int(&t, "base", &["东镇", "乙校"]), 0);
    let all = figure(&t, "", &[]);
    assert_eq!(all.value, Number::Ratio(2, 4));
    assert_eq!(
        (all.target.clone(), all.met),
        (Some(Number::Ratio(3, 5)), Some(false))
    );
    // 2/4 − 3/5 = −2/20, and one more person reaches 3 of 4.
    assert_eq!(all.gap, Some(Number::Ratio(-2, 20)));
    assert_eq!(int(&t, "more", &[]), 1);
    assert_eq!(figure(&t, "base", &["东镇", "甲校"]).evidence.len(), 3);
    assert_eq!(figure(&t, "hits", &["东镇", "甲校"]).evidence, [(0, 0)]);
}

#[test]
fn targets_may_differ_by_group_and_time() {
    let body = "[[measure]]\nid = \"m\"\nkind = \"rate\"\ntitle = \"x\"\nform = \"roster\"\nhit = { title.at_least = \"一级教师\" }\n\
         targets = [{ group = { stage = \"小学\" }, until = 2025-06-30, target = 0.1 }, { group = { stage = \"小学\" }, target = 0.5 }]\n\
         target = 1\nby = [\"stage\"]";
    let (t, _) = run(body, &staff());
    assert_eq!(figure(&t, "", &["小学"]).target, Some(Number::Ratio(1, 2)));
    assert_eq!(figure(&t, "", &["小学"]).met, Some(true));
    assert_eq!(figure(&t, "", &["初中"]).target, Some(Number::Ratio(1, 1)));
    // Every stage has a row, even without teachers; a blank one would come last.
    assert_eq!(groups(&t).len(), 7);
    assert_eq!(figure(&t, "", &["幼儿园"]).met, None);
}

#[test]
fn compositions_count_terms_bands_and_blanks() {
    let (t, _) = run(
        "[[measure]]\nid = \"m\"\nkind = \"composition\"\ntitle = \"x\"\nform = \"roster\"\n\
         columns = [[\"stage\", \"gender\"], \"age_band\"]\nby = [\"school\"]",
        &staff(),
    );
    assert_eq!(int(&t, "", &[]), 5);
    assert_eq!(int(&t, "stage.gender.小学.女", &["甲校"]), 2);
    assert_eq!(int(&t, "stage.gender.初中.男", &["乙校"]), 1);
    // Turned 40 on the cut-off day itself; one day younger is 39.
    assert_eq!(int(&t, "age_band.40岁及以上", &["乙校"]), 1);
    assert_eq!(int(&t, "age_band.30—39岁", &["戊校"]), 1);
    assert_eq!(int(&t, "age_band.29岁及以下", &["甲校"]), 1);
    assert_eq!(int(&t, "age_band.未填", &["甲校"]), 1);
    assert_eq!(ratio(&t, "age_band.未填.share", &["甲校"]), Some((1, 3)));
    assert_eq!(
        t.columns[1].title[..2],
        ["幼儿园".to_owned(), "男".to_owned()]
    );
}

fn trained() -> Vec<Sheet<'static>> {
    let fields = &["name", "category", "end_date", "hours", "result"];
    let mut all = staff();
    all.push(sheet(
        "training",
        "甲校",
        fields,
        &[
            &["赵一", "集中培训", "2025-03-01", "60", "合格"],
            &["赵一", "校本研修", "2025-04-01", "84.5", ""],
            &["钱二", "集中培训", "2025-03-01", "80", "不合格"],
            &["钱二", "校本研修", "2025-03-01", "83.99", "优秀"],
            &["钱二", "校本研修", "2023-03-01", "50", "优秀"],
            &["孙三", "集中培训", "2026-03-01", "60", "合格"],
        ],
    ));
    all
}

const HOURS: &str = r#"
[[measure]]
id = "hours"
kind = "requirement"
title = "x"
base = { form = "roster" }
form = "training"
where = { result.not = ["不合格"] }
within = "cycle"
needs = [
  { id = "full", title = "集中", sum = "hours", where = { category = ["集中培训"] }, at_least = 60, unit = "学时" },
  { id = "school", title = "校本", sum = "hours", where = { category = ["校本研修"] }, at_least = 84, unit = "学时" },
]
by = ["district", "school"]
"#;

#[test]
fn requirements_hold_only_together_and_those_without_records_fail() {
    let (t, _) = run(HOURS, &trained());
    assert_eq!(int(&t, "base", &[]), 5);
    assert_eq!(int(&t, "full", &["东镇", "甲校"]), 1);
    assert_eq!(int(&t, "school", &["东镇", "甲校"]), 1);
    assert_eq!(int(&t, "met", &[]), 1);
    assert_eq!(ratio(&t, "", &[]), Some((1, 5)));
    assert_eq!(int(&t, "unmet", &["东镇"]), 3);
    assert_eq!(int(&t, "school.total", &["东镇", "甲校"]), 8450 + 8399);
    assert_eq!(t.footnotes, ["另有2条记录不在统计时段内，未计入。"]);
    let (t, _) = run(
        &format!(
            "{HOURS}\n[[measure]]\nid = \"l\"\nkind = \"list\"\ntitle = \"y\"\nof = \"hours\""
        ),
        &trained(),
    );
    assert_eq!(
        groups(&t),
        [
            "东镇/甲校/钱二",
            "东镇/甲校/孙三",
            "东镇/乙校/李四",
            "名录外单位/戊校/周五"
        ]
    );
    assert_eq!(text(&t, "missing", 0), "集中差60学时；校本差0.01学时");
    assert_eq!(int(&t, "school", &["东镇", "甲校", "钱二"]), 8399);
    assert_eq!(int(&t, "school.gap", &["东镇", "甲校", "钱二"]), 1);
}

#[test]
fn a_need_whose_column_nobody_has_is_not_judged() {
    let body = "[[measure]]\nid = \"m\"\nkind = \"requirement\"\ntitle = \"x\"\nbase = { form = \"roster\" }\nform = \"assessment\"\n\
         within = \"latest-year\"\nneeds = [{ id = \"papers\", title = \"论文\", sum = \"papers\", at_least = 1 },\n\
         { id = \"essays\", title = \"随笔\", sum = \"essays\", at_least = 2, skip_if_absent = true }]\nby = []";
    let mut sheets = staff();
    let fields = &["name", "year", "papers"];
    sheets.push(sheet(
        "assessment",
        "甲校",
        fields,
        &[
            &["赵一", "2025", "1"],
            &["钱二", "2024", "5"],
            &["孙三", "", "2"],
            &["孙三", "2031", "2"],
        ],
    ));
    let (t, _) = run(body, &sheets);
    assert_eq!(int(&t, "met", &[]), 2);
    assert_eq!(value(&t, "essays", &[]), Number::Missing);
    assert!(
        t.footnotes.iter().any(|n| n.contains("随笔")),
        "{:?}",
        t.footnotes
    );
}

#[test]
fn eligibility_counts_reasons_and_tells_blanks_apart() {
    let body = "[[measure]]\nid = \"e\"\nkind = \"eligibility\"\ntitle = \"x\"\nform = \"roster\"\n\
         all = [{ id = \"title\", title = \"职称\", where = { title.at_least = \"一级教师\" } },\n\
         { id = \"age\", title = \"年龄\", where = { any = [{ gender = [\"男\"], age.below = 45 }, { gender = [\"女\"], age.below = 40 }] } }]\nby = [\"school\"]\n\
         [[measure]]\nid = \"l\"\nkind = \"list\"\ntitle = \"y\"\nof = \"e\"";
    let s = scheme_of(body);
    let made = traced(&dataset(&s, &staff()), &s).value;
    let t = &made[0];
    // 赵一 is 45, 钱二 has too low a title, 孙三 has neither birth nor title.
    assert_eq!(ratio(t, "", &[]), Some((2, 5)));
    assert_eq!(
        [
            int(t, "eligible", &[]),
            int(t, "rejected", &[]),
            int(t, "incomplete", &[])
        ],
        [2, 3, 1]
    );
    assert_eq!(
        [int(t, "title", &["甲校"]), int(t, "age", &["甲校"])],
        [2, 2]
    );
    let l = &made[1];
    assert_eq!(
        groups(l),
        ["东镇/甲校/赵一", "东镇/甲校/钱二", "东镇/甲校/孙三"]
    );
    assert_eq!([text(l, "title", 0), text(l, "age", 0)], ["符合", "不符合"]);
    assert_eq!(text(l, "missing", 2), "职称资料不全；年龄资料不全");
}

#[test]
fn caps_apply_in_order_of_date_and_are_reported_at_the_cell() {
    let body = "[[measure]]\nid = \"c\"\nkind = \"capped-sum\"\ntitle = \"x\"\nform = \"training\"\nsum = \"credits\"\nunit = \"学分\"\n\
         caps = [{ id = \"elective\", title = \"选修\", where = { required = [\"选修\"] }, at_most = 5, per = \"year\" },\n\
         { id = \"all\", title = \"全年\", at_most = 8, per = \"year\" }]\nby = [\"school\"]";
    let fields = &["name", "required", "end_date", "credits"];
    let rows: &[&[&str]] = &[
        &["赵一", "选修", "2025-11-01", "3"],
        &["赵一", "选修", "2025-10-01", "4"],
        &["赵一", "必修", "2025-12-01", "2.5"],
        &["赵一", "选修", "2025-08-31", "5"],
    ];
    let (t, found) = run(body, &[sheet("training", "甲校", fields, rows)]);
    // October counts 4, November 1 of 3; with December 7.5 of 8. August is the year before.
    assert_eq!(
        [int(&t, "raw", &[]), int(&t, "", &[]), int(&t, "over", &[])],
        [1450, 1250, 200]
    );
    assert_eq!([int(&t, "elective", &[]), int(&t, "all", &[])], [200, 0]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rule, Rule::CreditsOverCap);
    assert_eq!(found[0].place.cell().as_deref(), Some("D4"));
    let said = render::message(&found[0], Lang::Zh);
    assert!(
        said.contains("赵一") && said.contains("超出2不计入") && !said.contains('{'),
        "{said}"
    );
}

#[test]
fn plans_show_gaps_and_surpluses_without_offsetting_them() {
    let body = "[[measure]]\nid = \"p\"\nkind = \"plan\"\ntitle = \"x\"\nform = \"roster\"\nquota = 2\n\
         units = { school_kind.contains = [\"小学\"] }\nwhere = { stage = [\"小学\"] }\n\
         by = [\"school\", \"subject\"]\nterms = { subject = [\"语文\"] }";
    let fields = &["name", "stage", "subject"];
    let rows: &[&[&str]] = &[
        &["一", "小学", "语文"],
        &["二", "小学", "语文"],
        &["三", "小学", "语文"],
        &["四", "小学", "数学"],
    ];
    let (t, _) = run(body, &[sheet("roster", "甲校", fields, rows)]);
    assert_eq!(
        groups(&t),
        [
            "甲校/语文",
            "甲校/数学",
            "甲校",
            "丙校/语文",
            "丙校",
            "丁校/语文",
            "丁校",
            ""
        ]
    );
    assert_eq!([int(&t, "quota", &[]), int(&t, "", &[])], [6, 4]);
    assert_eq!([int(&t, "gap", &[]), int(&t, "over", &[])], [4, 2]);
    assert_eq!(int(&t, "quota", &["甲校", "数学"]), 0);
    assert_eq!(figure(&t, "", &["甲校", "语文"]).met, Some(false));
    assert_eq!(ratio(&t, "rate", &["甲校", "数学"]), None);
}

#[test]
fn plans_by_item_take_ranges_and_show_those_of_no_item() {
    let body = "[[measure]]\nid = \"p\"\nkind = \"plan\"\ntitle = \"x\"\nform = \"roster\"\norder = \"behind\"\n\
         items = [{ id = \"a\", title = \"甲类\", where = { tier = [\"骨干教师\", \"名师\"] }, at_least = 2, at_most = 3 },\n\
         { id = \"b\", title = \"乙类\", where = { tier = [\"名师\"] }, at_least = 4, at_most = 5 }]\nby = []\ntotal = false";
    let rows: &[&[&str]] = &[&["一", "名师"], &["二", "骨干教师"], &["三", "教坛新秀"]];
    let (t, _) = run(body, &[sheet("roster", "甲校", &["name", "tier"], rows)]);
    assert_eq!(groups(&t), ["乙类", "甲类", "其他"]);
    assert_eq!(
        [
            int(&t, "", &["甲类"]),
            int(&t, "", &["乙类"]),
            int(&t, "", &["其他"])
        ],
        [2, 1, 1]
    );
    assert_eq!(
        [int(&t, "low", &["甲类"]), int(&t, "high", &["甲类"])],
        [2, 3]
    );
    assert_eq!(figure(&t, "", &["甲类"]).met, Some(true));
    assert_eq!(t.footnotes, ["另有1人不属于任何名额类别。"]);
}

#[test]
fn persons_are_counted_once_where_ever_they_stand() {
    let body = "[[measure]]\nid = \"p\"\nkind = \"persons\"\ntitle = \"x\"\nform = \"training\"\n\
         sums = [{ id = \"hours\", title = \"学时\", sum = \"hours\", unit = \"学时\" }]\nby = [\"school\"]";
    let a = id("33990119850315012");
    let fields = &["name", "id_number", "hours"];
    let rows: &[&[&str]] = &[&["张三", &a, "3"], &["张三", &a, "4.5"], &["李四", "", ""]];
    let other: &[&[&str]] = &[&["张三", &a, "1"]];
    let (t, _) = run(
        body,
        &[
            sheet("training", "甲校", fields, rows),
            sheet("training", "丙校", fields, other),
        ],
    );
    assert_eq!(
        [int(&t, "", &["甲校"]), int(&t, "times", &["甲校"])],
        [2, 3]
    );
    assert_eq!([int(&t, "", &[]), int(&t, "times", &[])], [2, 4]);
    assert_eq!(ratio(&t, "average", &[]), Some((4, 2)));
    assert_eq!(int(&t, "hours", &[]), 850);
    assert!(!t.columns[0].additive);
}

#[test]
fn other_forms_reach_the_roster_and_the_directory() {
    let body = "[[measure]]\nid = \"m\"\nkind = \"rate\"\ntitle = \"x\"\nform = \"training\"\nwhere = { area = [\"乡村\"] }\n\
         hit = { roster.education.at_least = \"专科\", age.at_least = 40 }\nby = [\"roster.stage\"]";
    let (t, _) = run(body, &trained());
    // All six records are of 甲校, a village school; 赵一's two are hits.
    assert_eq!(ratio(&t, "", &["小学"]), Some((2, 6)));
}

#[test]
fn lists_of_records_mask_ids_and_tell_namesakes_apart() {
    let body = "[[measure]]\nid = \"l\"\nkind = \"list\"\ntitle = \"x\"\nform = \"training\"\ncolumns = [\"project\", \"end_date\", \"hours\", \"category\"]";
    let a = id("33990119850315012");
    let fields = &[
        "name",
        "id_number",
        "project",
        "end_date",
        "hours",
        "category",
    ];
    let rows: &[&[&str]] = &[
        &["张三", &a, "研修", "2025-03-01", "3", "集中培训"],
        &["张三", &a, "研修", "", "4", ""],
    ];
    let (t, _) = run(body, &[sheet("training", "丙校", fields, rows)]);
    assert_eq!(
        groups(&t),
        [
            "西镇/丙校/张三 339901********0120",
            "西镇/丙校/张三 339901********0120 (2)"
        ]
    );
    assert_eq!(
        [text(&t, "end_date", 0), text(&t, "category", 0)],
        ["2025-03-01", "集中培训"]
    );
    assert_eq!(text(&t, "end_date", 1), "");
}

#[test]
fn without_a_directory_there_are_no_towns() {
    let mut s = scheme_of(HOURS);
    s.directory = Directory::default();
    let t = traced(&dataset(&s, &trained()), &s).value.remove(0);
    assert_eq!(groups(&t), ["乙校", "戊校", "甲校", ""]);
    assert_eq!(t.dimensions.len(), 1);
}

#[test]
fn figures_for_programs_have_one_name_each_and_their_place() {
    let s = scheme_of(HOURS);
    let made = traced(&dataset(&s, &trained()), &s).value;
    let at = Printed {
        report: "reports/a.xlsx".into(),
        sheet: "s".into(),
        at: (3, 2),
    };
    let rate = made[0]
        .columns
        .iter()
        .position(|c| c.part.is_empty())
        .unwrap();
    let last = made[0].rows.len() - 1;
    let out = json(&made, &s, &Locations::from([((0, last, rate), at)]));
    let own = out
        .iter()
        .find(|o| o["measure"] == "hours" && o["group"].as_object().unwrap().is_empty())
        .unwrap();
    assert_eq!(
        (
            own["value"].as_f64(),
            own["numerator"].as_i64(),
            own["denominator"].as_i64()
        ),
        (Some(0.2), Some(1), Some(5))
    );
    assert_eq!(
        (own["report"].as_str(), own["cell"].as_str()),
        (Some("reports/a.xlsx"), Some("C4"))
    );
    assert_eq!(own["scheme"], "t");
    assert_eq!(own["period"], "2025-12");
    let mut names: Vec<String> = out
        .iter()
        .map(|o| format!("{} {}", o["measure"], o["group"]))
        .collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn the_embedded_schemes_run_on_nothing_and_on_something_and_name_every_figure_once() {
    for (scheme_id, _) in BUILTIN {
        for sheets in [Vec::new(), trained()] {
            let mut s = load_builtin(scheme_id).unwrap();
            s.set_period("2025-12", "2025-12-31".parse().unwrap());
            s.directory = scheme_of("").directory;
            let made = traced(&dataset(&s, &sheets), &s).value;
            assert_eq!(made.len(), s.measures.len());
            let mut names = std::collections::BTreeSet::new();
            let figures: usize = made
                .iter()
                .map(|t| {
                    let words = |c: &&crate::statistics::Column| {
                        c.quantity != crate::statistics::Quantity::Text
                    };
                    t.rows.len() * t.columns.iter().filter(words).count()
                })
                .sum();
            assert_eq!(json(&made, &s, &Locations::new()).len(), figures);
            for o in json(&made, &s, &Locations::new()) {
                assert!(
                    names.insert(format!("{} {}", o["measure"], o["group"])),
                    "{o}"
                );
            }
            for t in &made {
                for c in &t.columns {
                    assert!(
                        !c.title.iter().any(|w| w.contains(['[', '{'])),
                        "{:?}",
                        c.title
                    );
                }
                // A balance draws columns of its own.
                let own = |p: &&PageSpec| p.measure == t.measure && p.kind == PageKind::Table;
                let page = s.pages.iter().find(own);
                let chart = page.and_then(|p| p.chart.as_ref());
                for part in chart.iter().flat_map(|c| &c.parts) {
                    let drawn = |c: &Column| match part.strip_suffix('*') {
                        Some(below) => c.part.starts_with(below),
                        None => c.part == *part,
                    };
                    assert!(t.columns.iter().any(drawn), "{}: {part}", t.measure);
                }
            }
        }
    }
}
