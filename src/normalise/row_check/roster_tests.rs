//! The checks of a roster's row at their edges.

use crate::normalise::row_check::check;
use crate::normalise::testing::{assert_reads, id, scheme, scheme_with, table};
use crate::scheme::Scheme;

/// Findings of one row of a roster as `key cell`; the cut-off is the end of 2025.
fn run(fields: &[&str], row: &[&str]) -> Vec<String> {
    run_in(&scheme(), fields, row)
}

fn run_in(s: &Scheme, fields: &[&str], row: &[&str]) -> Vec<String> {
    let records = table(s, "roster", "a.xlsx", "甲校", fields, &[row.to_vec()]);
    let found = check(&records, &s.forms[records.form], s);
    found
        .iter()
        .inspect(|d| assert_reads(d))
        .map(|d| format!("{} {}", d.key(), d.place.cell().unwrap_or_default()))
        .collect()
}

#[test]
fn retirement_is_put_off_by_months_since_2025() {
    let due = |gender: &str, born: &str| {
        let mut s = scheme();
        s.set_period("2025-07", "2025-07-31".parse().unwrap());
        !run_in(&s, &["gender", "birth_date"], &[gender, born]).is_empty()
    };
    // Men of 60: who was due before 2025 is not put off; from then on by a month for every four.
    assert!(due("男", "1964-12-31"));
    assert!(due("男", "1965-04-30"), "due in May");
    assert!(!due("男", "1965-05-01"), "due in July, which is not over");
    assert!(due("女", "1969-12-01"));
    assert!(!due("女", "1970-06-01"));
    // Nothing is known of the gender.
    assert!(!due("", "1960-01-01"));
    let by_id = id("33990119640315012");
    assert_eq!(run(&["id_number"], &[&by_id]), ["retirement-due A4"]);
    // Too old for anybody in service is one mistake.
    let old = id("33990119500315012");
    assert_eq!(run(&["id_number"], &[&old]), ["age-implausible.old A4"]);
}

#[test]
fn a_term_of_a_month_lasts_to_its_end() {
    let over = |end: &str| run(&["tier", "tier_term"], &["骨干教师", end]);
    assert!(over("2025-12-01").is_empty());
    assert!(over("2025-12-31").is_empty());
    assert_eq!(over("2025-11-01"), ["tier-term-over B4"]);
    assert_eq!(over("2025-12-30"), ["tier-term-over B4"]);
    assert!(run(&["tier", "tier_term"], &["", "2020-01-01"]).is_empty());
}

#[test]
fn terms_go_together_as_their_vocabulary_says() {
    let subject = |subject, stage| run(&["subject", "stage"], &[subject, stage]);
    assert!(subject("物理", "初中").is_empty());
    assert_eq!(subject("物理", "小学"), ["subject-stage A4"]);
    assert!(subject("体育", "小学").is_empty(), "no stages named");
    assert!(subject("物理", "").is_empty());
    let degree = |degree, education| run(&["degree", "education"], &[degree, education]);
    assert!(degree("学士", "本科").is_empty());
    assert_eq!(degree("学士", "专科"), ["degree-education A4"]);
    assert_eq!(degree("硕士", "本科"), ["degree-only A4"]);
    assert_eq!(degree("博士", "本科"), ["degree-education A4"]);
    assert_eq!(degree("博士", "硕士研究生"), ["degree-only A4"]);
}

#[test]
fn a_stage_that_is_not_the_school_s_is_one_mistake() {
    let fields = ["subject", "stage", "school_kind"];
    assert_eq!(
        run(&fields, &["物理", "小学", "初级中学"]),
        ["stage-school-kind B4"]
    );
    // The directory is asked where the table does not say it.
    let mut s = scheme_with(&["甲校"]);
    let mut school = s.directory.schools()[0].clone();
    school.kind = "县直初级中学".into();
    s.directory = crate::scheme::Directory::new(vec![school]);
    assert_eq!(
        run_in(&s, &["subject", "stage"], &["语文", "小学"]),
        ["stage-school-kind B4"]
    );
    assert!(run_in(&s, &["subject", "stage"], &["语文", "初中"]).is_empty());
    assert!(
        run(&["subject", "stage"], &["语文", "小学"]).is_empty(),
        "no kind"
    );
}

#[test]
fn graduation_and_career_at_their_edges() {
    let age = |born, day| {
        let fields = ["birth_date", "graduated", "education"];
        run(&fields, &[born, day, "本科"])
    };
    assert!(age("1985-12-31", "2005-06-01").is_empty());
    assert_eq!(age("1985-12-31", "2004-12-31"), ["graduation-age B4"]);
    let order = |first, last, level| {
        let fields = [
            "first_graduated",
            "graduated",
            "first_education",
            "education",
        ];
        run(&fields, &[first, last, level, "本科"])
    };
    assert!(order("2006-07-01", "2006-07-15", "专科").is_empty());
    assert_eq!(
        order("2006-07-01", "2006-06-30", "专科"),
        ["graduation-order B4"]
    );
    assert_eq!(
        order("2006-07-01", "2009-06-30", "本科"),
        ["graduation-order.same B4"]
    );
    let title = |title, start| run(&["title", "work_start"], &[title, start]);
    assert!(title("高级教师", "2020-12-31").is_empty());
    assert_eq!(title("高级教师", "2021-01-01"), ["title-too-early A4"]);
    assert!(title("二级教师", "2025-09-01").is_empty());
    let start = |teaching, work| run(&["teaching_start", "work_start"], &[teaching, work]);
    assert!(
        start("2010-09-01", "2010-09-15").is_empty(),
        "the same month"
    );
    assert_eq!(start("2010-08-31", "2010-09-01"), ["teaching-start A4"]);
    assert_eq!(
        start("2026-01-01", "2010-09-01"),
        ["teaching-start.future A4"]
    );
}

#[test]
fn a_remark_and_the_status_beside_it() {
    let both = |remark, status| run(&["remark", "status"], &[remark, status]);
    assert_eq!(both("退休", "在岗"), ["remark-status A4"]);
    assert_eq!(both("退休", ""), ["remark-status A4"]);
    assert!(both("退休", "退休").is_empty());
    assert!(both("退休", "调出").is_empty());
    assert!(both("", "在岗").is_empty());
    assert!(both("在岗", "").is_empty());
    assert_eq!(run(&["remark"], &["借调"]), ["remark-status A4"]);
}
