//! Subsidies of random claims against a plain loop, and the list of one by eye.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const USED: [&str; 3] = ["甲校", "丙校", "戊校"];
const FIELDS: [&str; 6] = [
    "name",
    "invoice_date",
    "amount",
    "expense_type",
    "days",
    "project",
];
const TYPES: [&str; 3] = ["培训费", "差旅费", "其他"];

#[derive(Debug, Clone)]
struct Claim {
    school: usize,
    person: usize,
    year: Option<u32>,
    amount: Option<i64>,
    kind: Option<usize>,
    days: Option<i64>,
    project: Option<usize>,
}

fn claim() -> impl Strategy<Value = Claim> {
    (
        0usize..3,
        0usize..4,
        prop::option::weighted(0.8, 0u32..3),
        prop::option::weighted(0.9, 0i64..2000),
        prop::option::weighted(0.8, 0usize..3),
        prop::option::weighted(0.8, 0i64..20),
        prop::option::weighted(0.8, 0usize..2),
    )
        .prop_map(
            |(school, person, year, amount, kind, days, project)| Claim {
                school,
                person,
                year,
                amount,
                kind,
                days,
                project,
            },
        )
}

fn fen(n: i64) -> String {
    format!("{}.{:02}", n / 100, n % 100)
}

fn sheets(claims: &[Claim]) -> Vec<Sheet<'static>> {
    let or = |v: Option<String>| v.unwrap_or_default();
    let row = |c: &Claim| {
        vec![
            format!("人{}", c.person),
            or(c.year.map(|y| format!("{}-10-01", 2023 + y))),
            or(c.amount.map(fen)),
            or(c.kind.map(|k| TYPES[k].to_owned())),
            or(c.days.map(|d| d.to_string())),
            or(c.project.map(|p| format!("项目{p}"))),
        ]
    };
    USED.iter()
        .enumerate()
        .map(|(s, school)| Sheet {
            form: "claims",
            school,
            fields: &FIELDS,
            rows: claims.iter().filter(|c| c.school == s).map(row).collect(),
        })
        .collect()
}

/// `n / d` to the nearest whole number, a half up.
fn half_up(n: i64, d: i64) -> i64 {
    (n * 2 + d) / (d * 2)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn every_fen(
        claims in prop::collection::vec(claim(), 0..25), once in 0usize..3, share in 0i64..=100,
        cap in 0i64..10, most in 0i64..12, budget in 0i64..400,
    ) {
        let keys = ["", "once = [\"person\", \"project\"]\n", "once = \"school\"\n"][once];
        let part = format!("{}.{:02}", share / 100, share % 100);
        let body = format!("[[measure]]\nid = \"m\"\nkind = \"subsidy\"\ntitle = \"x\"\nform = \"claims\"\nwhere = {{ expense_type.not = [\"其他\"] }}\non = \"invoice_date\"\nitems = [\n\
             {{ id = \"fixed\", title = \"a\", where = {{ expense_type = [\"培训费\"] }}, amount = 12.34 }},\n\
             {{ id = \"days\", title = \"b\", amount = 20.05, times = \"days\", times_at_most = {most}, share = {part} }},\n\
             {{ id = \"share\", title = \"c\", of = \"amount\", share = {part}, cap = {cap} }},\n\
             {{ id = \"class\", title = \"d\", of = \"amount\", shares = [{{ where = {{ school = \"甲校\" }}, share = {part} }}, {{ where = {{ days.at_least = 10 }}, share = 0.5 }}] }},\n\
             ]\npayers = [{{ id = \"a\", title = \"甲\", share = {part} }}, {{ id = \"b\", title = \"乙\", share = 0.1 }}, {{ id = \"c\", title = \"丙\", share = 0 }}]\n\
             budget = {budget}\n{keys}by = [\"school\"]");
        let (t, _) = run(&body, &sheets(&claims));

        // By sheet, then by date: the order in which records are owed once.
        let mut order: Vec<&Claim> = (0..3).flat_map(|s| claims.iter().filter(move |c| c.school == s)).filter(|c| c.kind != Some(2)).collect();
        order.sort_by_key(|c| (c.year.is_none(), c.year));
        let mut seen = BTreeSet::new();
        let mut sums: BTreeMap<(usize, &str), i64> = BTreeMap::new();
        for c in &order {
            let key = match once {
                1 => Some((c.school, Some(c.person), Some(c.project))),
                2 => Some((c.school, None, None)),
                _ => None,
            };
            let mut add = |part: &'static str, n: i64| *sums.entry((c.school, part)).or_default() += n;
            if key.is_some_and(|k| !seen.insert(k)) {
                add("repeated", 1);
                continue;
            }
            let fixed = if c.kind == Some(0) { 1234 } else { 0 };
            let days = c.days.map_or(0, |d| half_up(2005 * d.min(most) * share, 100));
            let part = c.amount.map_or(0, |a| half_up(a * share, 100).min(cap * 100));
            let class = c.amount.map_or(0, |a| match c.school {
                0 => half_up(a * share, 100),
                _ if c.days.is_some_and(|d| d >= 10) => half_up(a, 2),
                _ => 0,
            });
            let all = fixed + days + part + class;
            let (first, second) = (half_up(all * share, 100), half_up(all, 10));
            for (part, n) in [
                ("records", 1), ("fixed.n", i64::from(c.kind == Some(0))), ("fixed", fixed), ("days.n", 1), ("days", days),
                ("share.n", 1), ("share", part), ("class.n", 1), ("class", class), ("", all), ("a", first), ("b", second), ("c", all - first - second),
            ] {
                add(part, n);
            }
        }
        let of = |s: Option<usize>, part: &str| -> i64 {
            sums.iter().filter(|((at, p), _)| s.is_none_or(|s| s == *at) && *p == part).map(|(_, n)| n).sum()
        };
        for (group, s) in [(vec!["甲校"], Some(0)), (vec!["乙校"], Some(9)), (vec!["丙校"], Some(1)), (vec!["戊校"], Some(2)), (vec![], None)] {
            if group == ["戊校"] && !order.iter().any(|c| c.school == 2) { continue; }
            for part in ["records", "fixed.n", "fixed", "days.n", "days", "share.n", "share", "class.n", "class", "", "a", "b", "c"] {
                prop_assert_eq!(int(&t, part, &group), of(s, part), "{} {:?}", part, &group);
            }
            if once > 0 {
                prop_assert_eq!(int(&t, "repeated", &group), of(s, "repeated"));
            }
        }
        if budget > 0 {
            prop_assert_eq!(int(&t, "balance", &[]), budget * 100 - of(None, ""));
            prop_assert_eq!(figure(&t, "balance", &[]).met, Some(of(None, "") <= budget * 100));
            prop_assert_eq!(value(&t, "balance", &["甲校"]), Number::Missing);
        } else {
            prop_assert!(t.columns.iter().all(|c| c.part != "budget"));
        }
    }
}

#[test]
fn the_list_names_every_record_and_says_why_one_is_owed_nothing() {
    let rows: &[&[&str]] = &[
        &["一", "2025-03-02", "80", "培训费", "", ""],
        &["一", "2025-03-01", "60", "培训费", "", ""],
        &["二", "2025-03-01", "", "培训费", "", ""],
        &["三", "2025-03-01", "50", "其他", "", ""],
    ];
    let body = "[[measure]]\nid = \"m\"\nkind = \"subsidy\"\ntitle = \"x\"\nform = \"claims\"\nonce = \"person\"\n\
         items = [{ id = \"half\", title = \"半额\", where = { expense_type = [\"培训费\"] }, of = \"amount\", share = 0.5 }]\nby = []\n\
         [[measure]]\nid = \"l\"\nkind = \"list\"\ntitle = \"y\"\nof = \"m\"";
    let (t, _) = run(body, &[sheet("claims", "甲校", &FIELDS, rows)]);
    assert_eq!(
        groups(&t),
        [
            "东镇/甲校/一",
            "东镇/甲校/一 (2)",
            "东镇/甲校/二",
            "东镇/甲校/三"
        ]
    );
    let owed = |row: usize| match &t.rows[row].figures[1].value {
        Number::Hundredths(n) => *n,
        other => panic!("{other:?}"),
    };
    assert_eq!([owed(0), owed(1), owed(2), owed(3)], [0, 3000, 0, 0]);
    let remarks: Vec<String> = (0..4).map(|row| text(&t, "remark", row)).collect();
    assert_eq!(
        remarks,
        ["重复不计", "", "“半额”未填计算依据", "不符合任何一项"]
    );
    assert_eq!(t.footnotes.len(), 2);
}
