//! Reimbursements: every fen, by hand and against a plain loop.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

const FIELDS: [&str; 4] = ["name", "invoice_date", "amount", "claimed"];

fn body(extra: &str) -> String {
    format!(
        "[[measure]]\nid = \"r\"\nkind = \"reimbursement\"\ntitle = \"x\"\nform = \"claims\"\n\
         amount = [\"claimed\", \"amount\"]\nby = [\"school\"]\n{extra}"
    )
}

#[test]
fn caps_cut_the_later_claims_and_floors_top_up_only_if_asked() {
    let rows: &[&[&str]] = &[
        &["一", "2025-03-02", "80", "80"],
        &["一", "2025-03-01", "60", "60"],
        &["二", "2025-03-01", "30", ""],
        &["三", "2024-08-31", "70", "90"],
        &["三", "2024-09-01", "70", ""],
    ];
    let sheets = || vec![sheet("claims", "甲校", &FIELDS, rows)];
    let limit = "limits = [{ per = \"person-year\", cap = 100, floor = 50, floor_tops_up = TOPS }]\nnot_over = \"amount\"\nbudget = 300\n";
    let (t, _) = run(&body(&limit.replace("TOPS", "false")), &sheets());
    assert_eq!(
        [
            int(&t, "claimed", &[]),
            int(&t, "", &[]),
            int(&t, "cut", &[])
        ],
        [33000, 27000, 6000]
    );
    assert_eq!(
        [
            int(&t, "persons", &[]),
            int(&t, "claims", &[]),
            int(&t, "below_floor", &[])
        ],
        [3, 5, 1]
    );
    assert_eq!(
        [int(&t, "budget", &[]), int(&t, "balance", &[])],
        [30000, 3000]
    );
    assert_eq!(value(&t, "balance", &["甲校"]), Number::Missing);
    let (t, _) = run(&body(&limit.replace("TOPS", "true")), &sheets());
    assert_eq!(
        [
            int(&t, "topped_up", &[]),
            int(&t, "", &[]),
            int(&t, "cut", &[])
        ],
        [2000, 29000, 6000]
    );
    let list = "[[measure]]\nid = \"l\"\nkind = \"list\"\ntitle = \"y\"\nof = \"r\"";
    let (t, _) = run(
        &format!("{}{list}", body(&limit.replace("TOPS", "false"))),
        &sheets(),
    );
    // The earlier claim of the day before is paid in full, the later one only to the cap.
    assert_eq!(groups(&t), ["东镇/甲校/一", "东镇/甲校/三"]);
    assert_eq!(
        [
            int(&t, "allowed", &["东镇", "甲校", "一"]),
            int(&t, "cut", &["东镇", "甲校", "一"])
        ],
        [4000, 4000]
    );
}

#[test]
fn rates_are_rounded_once_a_claim_and_payers_share_every_fen() {
    let rows: &[&[&str]] = &[
        &["一", "", "0.05", ""],
        &["二", "", "0.05", ""],
        &["三", "", "10.01", ""],
    ];
    let extra = "rates = [{ where = { name.contains = [\"三\"] }, rate = 0.3 }, { rate = 0.5 }]\n\
         payers = [{ id = \"province\", title = \"省\", share = 0.5 }, { id = \"county\", title = \"县\", share = 0.5 }]\n";
    let (t, _) = run(&body(extra), &[sheet("claims", "甲校", &FIELDS, rows)]);
    // 2.5 fen are 3, twice; 30 % of 10.01 are 3.003.
    assert_eq!(int(&t, "", &[]), 3 + 3 + 300);
    assert_eq!(
        [int(&t, "province", &[]), int(&t, "county", &[])],
        [2 + 2 + 150, 1 + 1 + 150]
    );
}

#[test]
fn a_fixed_sum_is_paid_once_a_person() {
    let rows: &[&[&str]] = &[
        &["一", "", "5", ""],
        &["一", "", "5", ""],
        &["二", "", "5", ""],
    ];
    let (t, _) = run(
        &body("fixed = 200\n"),
        &[sheet("claims", "甲校", &FIELDS, rows)],
    );
    assert_eq!(int(&t, "", &[]), 40000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn person_caps_agree_with_a_plain_loop(
        claims in prop::collection::vec((0usize..5, 0usize..3, prop::option::of(0u32..3), -50i64..20000, prop::option::of(0i64..20000)), 0..40),
        cap in 0i64..300, tops_up: bool, rate in 0i64..=100,
    ) {
        let floor = cap / 2;
        let fen = |n: i64| format!("{}{}.{:02}", if n < 0 { "-" } else { "" }, n.abs() / 100, n.abs() % 100);
        let schools = ["甲校", "丙校", "戊校"];
        let sheets: Vec<Sheet> = schools.iter().enumerate().map(|(s, school)| Sheet {
            form: "claims", school, fields: &FIELDS,
            rows: claims.iter().filter(|c| c.1 == s).map(|(p, _, year, amount, claimed)| vec![
                format!("人{p}"),
                year.map_or(String::new(), |y| format!("{}-10-01", 2023 + y)),
                fen(*amount),
                claimed.map_or(String::new(), fen),
            ]).collect(),
        }).collect();
        let extra = format!("rate = {}\nlimits = [{{ per = \"person-year\", cap = {cap}, floor = {floor}, floor_tops_up = {tops_up} }}]\n", rate as f64 / 100.0);
        let (t, _) = run(&body(&extra), &sheets);
        // People without id numbers are persons of their school only.
        let mut sums: BTreeMap<(usize, usize, u32), i64> = BTreeMap::new();
        let mut claimed_sum = 0;
        for (p, s, year, amount, claimed) in &claims {
            let asked = claimed.unwrap_or(*amount);
            claimed_sum += asked;
            let part = (asked.abs() * rate * 2 + 100) / 200 * asked.signum();
            *sums.entry((*s, *p, year.unwrap_or(2))).or_default() += part;
        }
        let paid = |sum: i64| match sum {
            n if tops_up && n > 0 && n < floor * 100 => floor * 100,
            n => n.min(cap * 100),
        };
        prop_assert_eq!(int(&t, "claimed", &[]), claimed_sum);
        prop_assert_eq!(int(&t, "", &[]), sums.values().map(|s| paid(*s)).sum::<i64>());
        for (s, school) in schools.iter().enumerate() {
            let of: i64 = sums.iter().filter(|(k, _)| k.0 == s).map(|(_, v)| paid(*v)).sum();
            if claims.iter().any(|c| c.1 == s) || s < 2 {
                prop_assert_eq!(int(&t, "", &[school]), of);
            }
        }
    }
}
