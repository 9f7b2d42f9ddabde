//! The rules about training, degrees and assessments where they must speak and where they must not.

use super::tests::{person, said};
use crate::frames::previous::{Earlier, set_previous};
use crate::frames::{assemble, compare};
use crate::normalise::Records;
use crate::normalise::testing::{assert_reads, scheme, scheme_with, table};
use crate::scheme::{Cycle, Scheme};

fn rows(all: &[Vec<&str>]) -> Vec<Vec<String>> {
    all.iter()
        .map(|r| r.iter().map(|c| (*c).to_owned()).collect())
        .collect()
}

fn training(s: &Scheme, file: &str, school: &str, fields: &[&str], all: &[Vec<&str>]) -> Records {
    table(s, "training", file, school, fields, &rows(all))
}

/// What is said of rules whose name holds the word.
fn of(word: &str, tables: Vec<Records>, s: &Scheme) -> Vec<String> {
    let mut all = said(tables, s);
    all.retain(|line| line.contains(word));
    all
}

/// Sets a figure of a rule.
fn set(s: &mut Scheme, rule: &str, name: &str, value: f64) {
    let checks = s.forms.iter_mut().flat_map(|f| &mut f.checks);
    for check in checks.filter(|c| c.rule.name() == rule) {
        check.params.insert(name.into(), value);
    }
}

const FIELDS: [&str; 4] = ["name", "id_number", "project", "certificate_no"];

#[test]
fn a_certificate_of_two_people_is_told_where_and_to_whom_it_may_be() {
    let s = scheme_with(&["甲校", "乙校"]);
    let (a, b, c) = (person(1), person(2), person(3));
    let long = "103315202405000123";
    let one = training(
        &s,
        "a.xlsx",
        "甲校",
        &FIELDS,
        &[
            vec!["张三", &a, "甲", "PX-2025-1"],
            vec!["李四", &b, "甲", long],
        ],
    );
    let two = training(
        &s,
        "b.xlsx",
        "甲校",
        &FIELDS,
        &[
            vec!["李四", &b, "甲", "PX-2025-1"],
            vec!["李四", &b, "乙", long],
        ],
    );
    let other = training(
        &s,
        "c.xlsx",
        "乙校",
        &FIELDS,
        // The short one of another issuer, the long one of the same.
        &[
            vec!["王五", &c, "甲", "PX-2025-1"],
            vec!["王五", &c, "甲", long],
        ],
    );
    assert_eq!(
        of("certificate", vec![one, two, other], &s),
        [
            "certificate-duplicate.elsewhere b.xlsx D4",
            "certificate-duplicate.same b.xlsx D5",
            "certificate-duplicate.school c.xlsx D5",
        ]
    );
}

#[test]
fn a_number_that_ten_people_share_is_told_once() {
    let s = scheme();
    let ids: Vec<String> = (1..=10).map(person).collect();
    let all: Vec<Vec<&str>> = ids
        .iter()
        .map(|i| vec!["某人", i.as_str(), "甲", "教师函〔2025〕13号"])
        .collect();
    let one = training(&s, "a.xlsx", "甲校", &FIELDS, &all);
    assert_eq!(
        of("certificate", vec![one], &s),
        ["certificate-duplicate.many a.xlsx D4"]
    );
}

#[test]
fn hours_of_a_year_are_those_of_the_scheme_s_years() {
    let mut s = scheme();
    set(&mut s, "hours-of-year", "max", 144.0);
    set(&mut s, "hours-of-year", "min", 72.0);
    let fields = ["name", "id_number", "project", "end_date", "hours"];
    let (a, b) = (person(1), person(2));
    let make = |s: &Scheme| {
        let all = [
            vec!["张三", &a, "甲", "2025-03-01", "80"],
            vec!["张三", &a, "乙", "2025-10-01", "70"],
            vec!["李四", &b, "甲", "2025-10-01", "40"],
        ];
        training(s, "a.xlsx", "甲校", &fields, &all)
    };
    let table = make(&s);
    assert_eq!(
        of("hours-of-year", vec![table], &s),
        ["hours-of-year a.xlsx E5", "hours-of-year.few a.xlsx E6"]
    );
    // School years: 80 hours in one, 70 in the next.
    s.cycle = Some(Cycle {
        start: "2024-09-01".parse().unwrap(),
        years: 3,
    });
    let table = make(&s);
    assert_eq!(
        of("hours-of-year", vec![table], &s),
        ["hours-of-year.few a.xlsx E5", "hours-of-year.few a.xlsx E6"]
    );
}

#[test]
fn courses_overlap_across_files_and_with_the_longest_before() {
    let s = scheme();
    let fields = [
        "name",
        "id_number",
        "project",
        "category",
        "start_date",
        "end_date",
    ];
    let a = person(1);
    let c = "集中培训";
    let one = training(
        &s,
        "a.xlsx",
        "甲校",
        &fields,
        &[
            vec!["张三", &a, "甲", c, "2025-07-02", "2025-07-30"],
            vec!["张三", &a, "乙", c, "2025-07-03", "2025-07-04"],
        ],
    );
    let two = training(
        &s,
        "b.xlsx",
        "甲校",
        &fields,
        &[
            vec!["张三", &a, "丙", c, "2025-07-20", "2025-07-22"],
            // Months, not days.
            vec!["张三", &a, "丁", c, "2025-07-01", "2025-07-01"],
        ],
    );
    assert_eq!(
        of("overlap", vec![one, two], &s),
        [
            "training-overlap a.xlsx E5",
            "training-overlap.elsewhere b.xlsx E4"
        ]
    );
}

#[test]
fn a_graduate_without_a_date_is_a_graduate() {
    let s = scheme();
    let a = person(1);
    let roster = table(
        &s,
        "roster",
        "r.xlsx",
        "甲校",
        &["name", "id_number", "education"],
        &[vec!["张三", &a, "专科"]],
    );
    let study = |day: &str| {
        let fields = [
            "name",
            "id_number",
            "target_education",
            "status",
            "expected_graduation",
        ];
        let row = vec!["张三", &a, "本科", "已毕业", day];
        table(&s, "study", "s.xlsx", "甲校", &fields, &[row])
    };
    let told = |day| of("roster-not", vec![roster.clone(), study(day)], &s);
    assert_eq!(told(""), ["roster-not-updated.undated s.xlsx C4"]);
    assert_eq!(told("2025-07-01"), ["roster-not-updated s.xlsx C4"]);
    // Not yet.
    assert!(told("2026-07-01").is_empty());
}

#[test]
fn only_what_is_told_again_can_have_fallen() {
    let mut s = scheme();
    s.cycle = Some(Cycle {
        start: "2024-01-01".parse().unwrap(),
        years: 2,
    });
    let fields = ["name", "id_number", "project", "end_date", "credits"];
    let (a, b) = (person(1), person(2));
    let then = training(
        &s,
        "a.xlsx",
        "甲校",
        &fields,
        &[
            // Of the cycle before.
            vec!["张三", &a, "甲", "2023-12-01", "50"],
            vec!["张三", &a, "甲", "2025-03-20", "6"],
            vec!["李四", &b, "甲", "2025-03-20", "6"],
        ],
    );
    let run = |all: &[Vec<&str>]| {
        let now = training(&s, "a.xlsx", "甲校", &fields, all);
        let mut data = assemble(vec![now], &s).value;
        let earlier = Earlier {
            records: vec![then.clone()],
            ..Earlier::default()
        };
        set_previous(&mut data, earlier, &s);
        let found = compare(&data, &s);
        found
            .iter()
            .inspect(|d| assert_reads(d))
            .map(|d| format!("{} {}", d.key(), d.place.cell().unwrap_or_default()))
            .collect::<Vec<_>>()
    };
    let (same, fewer) = (
        vec!["张三", &a, "甲", "2025-03-20", "6"],
        vec!["张三", &a, "甲", "2025-03-20", "5.5"],
    );
    let new = vec!["李四", &b, "乙", "2025-07-20", "1"];
    assert!(run(&[same, new.clone()]).is_empty());
    assert_eq!(run(&[fewer, new]), ["cumulative-fell E4"]);
}
