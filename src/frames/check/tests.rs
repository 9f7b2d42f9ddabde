//! Each rule across rows where it must speak and where it must not, and the laws of assembling.

use crate::diagnostic::{Diagnosed, Diagnostic, Rule};
use crate::frames::{Dataset, assemble, parquet};
use crate::normalise::Records;
use crate::normalise::testing::{self, id, scheme, table};
use crate::scheme::Scheme;

/// A valid id number of the person of that number.
pub(super) fn person(number: u32) -> String {
    id(&format!("3399011985031{number:04}"))
}

pub(super) fn said(tables: Vec<Records>, s: &Scheme) -> Vec<String> {
    let mut out = assemble(tables, s).diagnostics;
    crate::diagnostic::sort(&mut out);
    let shown = |d: &Diagnostic| {
        testing::assert_reads(d);
        let cell = d.place.cell().unwrap_or_default();
        format!("{} {} {cell}", d.key(), d.place.file)
    };
    out.iter().map(shown).collect()
}

fn roster(s: &Scheme, file: &str, school: &str, people: &[(&str, String)]) -> Records {
    let rows: Vec<_> = people
        .iter()
        .map(|(n, i)| vec![(*n).to_owned(), i.clone()])
        .collect();
    table(s, "roster", file, school, &["name", "id_number"], &rows)
}

fn training(s: &Scheme, file: &str, school: &str, rows: &[[&str; 4]]) -> Records {
    let fields = ["name", "id_number", "project", "start_date"];
    let rows: Vec<_> = rows.iter().map(|r| r.to_vec()).collect();
    table(s, "training", file, school, &fields, &rows)
}

#[test]
fn id_duplicate_names_both_places_in_one_school() {
    let s = scheme();
    let people = [
        ("张三", person(1)),
        ("李四", person(2)),
        ("张三", person(1)),
    ];
    let one = roster(&s, "a.xlsx", "甲校", &people);
    assert_eq!(
        said(vec![one], &s),
        ["id-duplicate a.xlsx B4", "id-duplicate a.xlsx B6"]
    );
    let first = roster(&s, "a.xlsx", "甲校", &people[..2]);
    let more = [
        ("王五", person(3)),
        ("赵六", person(4)),
        ("李四", person(2)),
    ];
    let second = roster(&s, "b.xlsx", "甲校", &more);
    assert_eq!(
        said(vec![first, second], &s),
        [
            "id-duplicate.elsewhere a.xlsx B5",
            "id-duplicate.elsewhere b.xlsx B6"
        ]
    );
    // A wrong number is no evidence.
    let wrong = person(1).replace("1985", "1986");
    let one = roster(
        &s,
        "a.xlsx",
        "甲校",
        &[("张三", wrong.clone()), ("李四", wrong)],
    );
    assert!(said(vec![one], &s).is_empty());
}

#[test]
fn id_in_two_schools_names_the_other_school_only() {
    let s = scheme();
    let a = roster(
        &s,
        "a.xlsx",
        "甲校",
        &[("张三", person(1)), ("李四", person(2))],
    );
    let b = roster(&s, "b.xlsx", "乙校", &[("张三", person(1))]);
    let out = assemble(vec![a.clone(), b.clone()], &s);
    assert_eq!(
        said(vec![a, b], &s),
        ["id-in-two-schools a.xlsx B4", "id-in-two-schools b.xlsx B4"]
    );
    let at_a = out
        .diagnostics
        .iter()
        .find(|d| &*d.place.file == "a.xlsx")
        .unwrap();
    assert!(
        at_a.args.contains(&("schools", "乙校".into())),
        "{:?}",
        at_a.args
    );
    assert!(at_a.args.iter().all(|(_, v)| v != "b.xlsx"));
}

#[test]
fn id_name_mismatch_goes_by_the_roster_and_else_by_most() {
    let s = scheme();
    let (one, two) = (person(1), person(2));
    let r = roster(
        &s,
        "r.xlsx",
        "甲校",
        &[("李晓燕", one.clone()), ("买买提•艾力", two.clone())],
    );
    let rows = [
        ["李小燕", &one, "甲", "2025-01-01"],
        ["李　晓燕", &one, "乙", "2025-01-02"],
        ["买买提·艾力", &two, "乙", "2025-01-02"],
    ];
    let t = training(&s, "t.xlsx", "甲校", &rows);
    assert_eq!(said(vec![r.clone(), t], &s), ["id-name-mismatch t.xlsx A4"]);
    let other = training(&s, "t.xlsx", "乙校", &[["王五", &one, "甲", "2025-01-01"]]);
    assert_eq!(
        said(vec![r, other], &s),
        ["id-name-mismatch.school t.xlsx A4"]
    );
    let rows = [
        ["李晓燕", one.as_str(), "甲", "2025-01-01"],
        ["李晓燕", &one, "乙", "2025-01-02"],
        ["李小燕", &one, "丙", "2025-01-02"],
        ["张三", &two, "甲", "2025-01-01"],
        ["张山", &two, "乙", "2025-01-01"],
    ];
    let t = training(&s, "t.xlsx", "甲校", &rows);
    let expected = ["A6", "A7", "A8"].map(|c| format!("id-name-mismatch t.xlsx {c}"));
    assert_eq!(said(vec![t], &s), expected);
}

#[test]
fn person_not_in_roster_is_judged_only_where_a_roster_came() {
    let s = scheme();
    let people: Vec<String> = (0..9).map(person).collect();
    let wrong = people[1].replace("1985", "1984");
    let r = roster(
        &s,
        "r.xlsx",
        "甲校",
        &[
            ("张三", people[1].clone()),
            ("李四", String::new()),
            ("王五", people[3].clone()),
        ],
    );
    let rows = [
        ["张三", &people[1], "甲", "2025-01-01"],
        // Number missing or wrong here: the name stands in the roster.
        ["张三", "", "乙", "2025-01-02"],
        ["张三", &wrong, "丙", "2025-01-03"],
        // Number missing in the roster.
        ["李四", &people[2], "甲", "2025-01-01"],
        // Not there, twice: told once.
        ["赵六", &people[4], "甲", "2025-01-01"],
        ["赵六", &people[4], "乙", "2025-01-02"],
        ["钱七", "", "甲", "2025-01-01"],
        // The roster has another number for the name.
        ["王五", &people[5], "甲", "2025-01-01"],
    ];
    let t = training(&s, "t.xlsx", "甲校", &rows);
    assert_eq!(
        said(vec![r.clone(), t], &s),
        [
            "person-not-in-roster t.xlsx B8",
            "person-not-in-roster t.xlsx A10",
            "person-not-in-roster.other-id t.xlsx B11",
        ]
    );
    let elsewhere = training(&s, "t.xlsx", "乙校", &rows[4..5]);
    assert!(said(vec![r, elsewhere], &s).is_empty());
}

fn claims(s: &Scheme, file: &str, school: &str, rows: &[[&str; 5]]) -> Records {
    let fields = ["name", "id_number", "invoice_no", "amount", "claimed"];
    let rows: Vec<_> = rows.iter().map(|r| r.to_vec()).collect();
    table(s, "claims", file, school, &fields, &rows)
}

#[test]
fn invoice_duplicate_allows_shares_and_cancellations() {
    let s = scheme();
    let run = |tables: Vec<Records>| said(tables, &s);
    let (a, b) = (person(1), person(2));
    let number = "25332000000012345678";
    let one = claims(
        &s,
        "c.xlsx",
        "甲校",
        &[
            ["张三", &a, number, "800", "800"],
            ["李四", &b, number, "800", "800"],
        ],
    );
    let both = ["invoice-duplicate c.xlsx C4", "invoice-duplicate c.xlsx C5"];
    assert_eq!(run(vec![one]), both);
    // Shares of one invoice in one table.
    let shared = claims(
        &s,
        "c.xlsx",
        "甲校",
        &[
            ["张三", &a, number, "800", "500"],
            ["李四", &b, number, "800", "300"],
        ],
    );
    assert!(run(vec![shared]).is_empty());
    // The same person's share twice is none.
    let twice = claims(
        &s,
        "c.xlsx",
        "甲校",
        &[
            ["张三", &a, number, "800", "300"],
            ["张三", &a, number, "800", "300"],
        ],
    );
    assert_eq!(run(vec![twice]), both);
    // Another school; a lost leading zero; the other school's data stay unnamed.
    let here = claims(
        &s,
        "c.xlsx",
        "甲校",
        &[["张三", &a, "01234567", "80", "80"]],
    );
    let there = claims(&s, "d.xlsx", "乙校", &[["李四", &b, "1234567", "80", "80"]]);
    assert_eq!(
        run(vec![here, there]),
        [
            "invoice-duplicate.school c.xlsx C4",
            "invoice-duplicate.school d.xlsx C4"
        ]
    );
    let cancelled = claims(
        &s,
        "c.xlsx",
        "甲校",
        &[
            ["张三", &a, number, "80", "80"],
            ["张三", &a, number, "-80", "-80"],
        ],
    );
    assert!(run(vec![cancelled]).is_empty());
    let placeholders = claims(
        &s,
        "c.xlsx",
        "甲校",
        &[
            ["张三", &a, "0001", "80", "80"],
            ["李四", &b, "0001", "90", "90"],
        ],
    );
    assert!(run(vec![placeholders]).is_empty());
}

#[test]
fn record_duplicate_needs_the_same_person_thing_and_day() {
    let s = scheme();
    let a = person(1);
    let rows = [
        ["张三", a.as_str(), "信息技术培训", "2025-07-01"],
        ["张三", &a, "师德培训", "2025-07-01"],
        ["张三", &a, "信息技术培训", "2025-08-01"],
        ["张三", &a, "信息 技术培训", "2025-07-01"],
    ];
    let t = training(&s, "t.xlsx", "甲校", &rows);
    assert_eq!(
        said(vec![t], &s),
        ["record-duplicate t.xlsx C4", "record-duplicate t.xlsx C7"]
    );
}

#[test]
fn a_flood_is_cut_and_counted() {
    let s = scheme();
    let people: Vec<(&str, String)> = (0..130)
        .flat_map(|n| [("某甲", person(n)), ("某甲", person(n))])
        .collect();
    let mut out = assemble(vec![roster(&s, "a.xlsx", "甲校", &people)], &s).diagnostics;
    // All of one name: that is said too, once.
    out.retain(|d| d.rule != Rule::NameShared);
    assert_eq!(out.len(), 201);
    let more = out.iter().find(|d| d.variant == "more").unwrap();
    assert!(more.args.contains(&("count", "60".into())));
}

mod laws {
    use super::*;
    use proptest::prelude::*;

    /// A small messy batch: rosters and trainings of three schools with people in common, some
    /// files sent twice.
    fn batch(s: &Scheme, seeds: &[(u8, u8, u8)]) -> Vec<Records> {
        let schools = ["甲校", "乙校", "丙校"];
        let table = |(i, (school, from, len)): (usize, &(u8, u8, u8))| {
            let school = schools[usize::from(school % 3)];
            let people = u32::from(from % 6)..u32::from(from % 6) + u32::from(len % 5) + 1;
            let file = format!("{school}/{}.xlsx", i % 4);
            let mut records = if from % 2 == 0 {
                let people: Vec<_> = people.map(|n| ("某人", person(n))).collect();
                roster(s, &file, school, &people)
            } else {
                let ids: Vec<String> = people.map(person).collect();
                let rows: Vec<[&str; 4]> = ids
                    .iter()
                    .map(|id| ["某人", id, "研修", "2025-07-01"])
                    .collect();
                training(s, &file, school, &rows)
            };
            // No two tables stand at one place.
            records.sheet_index = i / 4;
            records.sheet = format!("Sheet{}", i / 4).into();
            records
        };
        seeds.iter().enumerate().map(table).collect()
    }

    fn outcome(s: &Scheme, tables: Vec<Records>) -> (Vec<Vec<u8>>, Vec<Diagnostic>) {
        let Diagnosed {
            value,
            mut diagnostics,
        } = assemble(tables, s);
        crate::diagnostic::sort(&mut diagnostics);
        let bytes = |data: &Dataset| {
            let files = parquet::wanted(data, s).map(|f| parquet::write_parquet(f, s).unwrap());
            files.collect()
        };
        (bytes(&value), diagnostics)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(150))]

        #[test]
        fn the_order_of_submissions_changes_nothing(
            seeds in proptest::collection::vec(any::<(u8, u8, u8)>(), 1..9),
            turn in 0usize..9,
        ) {
            let s = scheme();
            let tables = batch(&s, &seeds);
            let mut turned = tables.clone();
            turned.reverse();
            turned.rotate_left(turn % tables.len());
            // Not assert_eq: the files' bytes would drown the message.
            prop_assert!(outcome(&s, tables) == outcome(&s, turned), "{seeds:?} {turn}");
        }

        #[test]
        fn splitting_a_school_s_workbook_changes_no_finding_and_no_person(
            people in proptest::collection::vec(0u32..40, 2..30),
            cut in 1usize..29,
        ) {
            let s = scheme();
            let mut people = people;
            people.sort_unstable();
            people.dedup();
            let all: Vec<(&str, String)> = people.iter().map(|n| ("某人", person(*n))).collect();
            let cut = cut.min(all.len() - 1).max(usize::from(all.len() > 1));
            let whole = assemble(vec![roster(&s, "a.xlsx", "甲校", &all)], &s);
            let parts = assemble(
                vec![
                    roster(&s, "a.xlsx", "甲校", &all[..cut]),
                    roster(&s, "b.xlsx", "甲校", &all[cut..]),
                ],
                &s,
            );
            // All have one name, wherever they stand.
            let shared = usize::from(all.len() > 1);
            for found in [&parts.diagnostics, &whole.diagnostics] {
                prop_assert_eq!(found.len(), shared);
                prop_assert!(found.iter().all(|d| d.rule == Rule::NameShared));
            }
            prop_assert_eq!(parts.value.persons, whole.value.persons);
            let ids = |d: &Dataset| -> Vec<Option<String>> {
                d.forms[0].texts("id_number").unwrap().iter().map(|t| t.map(str::to_owned)).collect()
            };
            prop_assert_eq!(ids(&parts.value), ids(&whole.value));
        }
    }
}
