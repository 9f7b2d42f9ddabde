//! Movement between two periods against plain loops.

use super::*;
use crate::normalise::testing::id;
use proptest::prelude::*;

const SCHOOLS_USED: [(&str, &str); 4] = [
    ("东镇", "甲校"),
    ("东镇", "乙校"),
    ("西镇", "丙校"),
    ("名录外单位", "戊校"),
];
const TIERS: [&str; 3] = ["教坛新秀", "骨干教师", "名师"];
const LADDER: &str = "kind = \"movement\"\ntitle = \"x\"\nform = \"roster\"\nwhere = { full_time.not = [false] }\n\
     levels = [{ id = \"rookie\", title = \"新秀\", where = { tier = [\"教坛新秀\"] } },\n\
     { id = \"backbone\", title = \"骨干\", where = { tier.at_least = \"骨干教师\" } },\n\
     { id = \"famous\", title = \"名师\", where = { tier = [\"名师\"] } }]\n";

/// A row of a roster: person, school, tier, whether full-time.
type Row = (usize, usize, Option<usize>, Option<bool>);

fn row() -> impl Strategy<Value = Row> {
    (
        0usize..12,
        0usize..4,
        prop::option::weighted(0.8, 0usize..3),
        prop::option::weighted(0.5, prop::bool::weighted(0.8)),
    )
}

/// The first half have valid id numbers, the others only names.
fn has_id(person: usize) -> bool {
    person < 6
}

fn sheets(rows: &[Row]) -> Vec<Sheet<'static>> {
    let of = |(s, (_, school)): (usize, &(&'static str, &'static str))| Sheet {
        form: "roster",
        school,
        fields: &["name", "id_number", "tier", "full_time"],
        rows: rows
            .iter()
            .filter(|r| r.1 == s)
            .map(|(person, _, tier, full_time)| {
                let number = id(&format!("339901{}0315{:03}", 1970 + person, 100 + person));
                vec![
                    format!("人{person}"),
                    if has_id(*person) {
                        number
                    } else {
                        String::new()
                    },
                    tier.map_or(String::new(), |t| TIERS[t].to_owned()),
                    full_time.map_or(String::new(), |f| u8::from(f).to_string()),
                ]
            })
            .collect(),
    };
    SCHOOLS_USED.iter().enumerate().map(of).collect()
}

/// Who someone is: those without a number are other people in another school.
fn key(row: &Row) -> (usize, usize) {
    (row.0, if has_id(row.0) { usize::MAX } else { row.1 })
}

/// Level and school of a person in one period.
type Standing = Option<(usize, usize)>;

fn standing(rows: &[Row], who: (usize, usize)) -> Standing {
    let mut best: Standing = None;
    for row in rows.iter().filter(|r| key(r) == who && r.3 != Some(false)) {
        let Some(level) = row.2 else { continue };
        if best.is_none_or(|(l, s)| level > l || level == l && row.1 < s) {
            best = Some((level, row.1));
        }
    }
    best
}

/// start joined promoted_in demoted_in moved_in left promoted_out demoted_out moved_out end kept
fn flows(courses: &[(Standing, Standing)], schools: &[usize], level: Option<usize>) -> [i64; 11] {
    let here = |at: &(usize, usize)| schools.contains(&at.1) && level.is_none_or(|l| l == at.0);
    let mut f = [0; 11];
    for (before, now) in courses {
        let (was, is) = (
            before.as_ref().is_some_and(here),
            now.as_ref().is_some_and(here),
        );
        f[0] += i64::from(was);
        f[9] += i64::from(is);
        match (before, now) {
            (None, Some(_)) => f[1] += i64::from(is),
            (Some(_), None) => f[5] += i64::from(was),
            (Some(b), Some(n)) if b.0 < n.0 => {
                f[2] += i64::from(is);
                f[6] += i64::from(was);
            }
            (Some(b), Some(n)) if b.0 > n.0 => {
                f[3] += i64::from(is);
                f[7] += i64::from(was);
            }
            _ if was && is => f[10] += 1,
            _ => {
                f[4] += i64::from(is);
                f[8] += i64::from(was);
            }
        }
    }
    f
}

const PARTS: [&str; 11] = [
    "start",
    "joined",
    "promoted_in",
    "demoted_in",
    "moved_in",
    "left",
    "promoted_out",
    "demoted_out",
    "moved_out",
    "",
    "kept",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn movements(then in prop::collection::vec(row(), 0..24), now in prop::collection::vec(row(), 0..24)) {
        let body = format!("[[measure]]\nid = \"m\"\n{LADDER}by = [\"district\", \"school\"]\n[[measure]]\nid = \"l\"\nkind = \"list\"\ntitle = \"y\"\nof = \"m\"");
        let mut people: Vec<(usize, usize)> = then.iter().chain(&now).map(key).collect();
        people.sort_unstable();
        people.dedup();
        let courses: Vec<_> = people.iter().map(|p| (standing(&then, *p), standing(&now, *p))).collect();
        let short = body.split("\n[[measure]]\nid = \"l\"").next().unwrap();
        let t = run_after(short, &sheets(&now), &sheets(&then));
        let mut wanted: Vec<(Vec<&str>, Vec<usize>, Option<usize>)> = vec![(vec![], vec![0, 1, 2, 3], None)];
        for (i, (town, school)) in SCHOOLS_USED.iter().enumerate() {
            for (l, level) in ["新秀", "骨干", "名师"].iter().enumerate() {
                wanted.push((vec![town, school, level], vec![i], Some(l)));
            }
            wanted.push((vec![town, school], vec![i], None));
        }
        wanted.push((vec!["东镇"], vec![0, 1], None));
        wanted.push((vec!["西镇"], vec![2], None));
        for (group, schools, level) in wanted {
            let f = flows(&courses, &schools, level);
            if group.contains(&"戊校") && !groups(&t).contains(&group.join("/")) {
                // Nobody stood there in either period.
                prop_assert_eq!(f, [0; 11]);
                continue;
            }
            let got: Vec<i64> = PARTS.iter().map(|p| int(&t, p, &group)).collect();
            prop_assert_eq!(&got[..], &f[..], "{:?}", group);
            prop_assert_eq!(f[0] + f[1] + f[2] + f[3] + f[4] - f[5] - f[6] - f[7] - f[8], f[9]);
            prop_assert_eq!(f[10] + f[5] + f[6] + f[7] + f[8], f[0]);
            prop_assert_eq!(int(&t, "net", &group), f[9] - f[0]);
        }
        let list = run_after(&body, &sheets(&now), &sheets(&then));
        let changed = courses.iter().filter(|(b, n)| b != n).count();
        prop_assert_eq!(list.rows.len(), changed);
        let said = |word: &str| (0..list.rows.len()).filter(|r| text(&list, "change", *r) == word).count() as i64;
        let all = flows(&courses, &[0, 1, 2, 3], None);
        prop_assert_eq!([said("新进"), said("退出"), said("晋升"), said("降级")], [all[1], all[5], all[2], all[3]]);
    }
}

#[test]
fn without_an_earlier_period_only_the_end_is_known_and_the_table_says_so() {
    let body = format!(
        "[[measure]]\nid = \"m\"\n{LADDER}baseline = [{{ level = \"famous\", count = 3 }}]\nby = []"
    );
    let (t, _) = run(&body, &sheets(&[(0, 0, Some(2), None), (1, 0, None, None)]));
    assert_eq!(groups(&t), ["新秀", "骨干", "名师", ""]);
    assert_eq!([int(&t, "", &["名师"]), int(&t, "", &[])], [1, 1]);
    assert_eq!(value(&t, "start", &[]), Number::Missing);
    assert_eq!(value(&t, "joined", &["名师"]), Number::Missing);
    let since = |group: &[&str]| value(&t, "since_baseline", group);
    assert_eq!(since(&["名师"]), Number::Integer(-2));
    assert_eq!(since(&["新秀"]), Number::Missing);
    assert_eq!(since(&[]), Number::Integer(-2));
    assert!(t.footnotes[0].contains("--previous"), "{:?}", t.footnotes);
}

#[test]
fn the_list_names_from_and_to_and_those_who_left_stand_where_they_were() {
    let body = format!(
        "[[measure]]\nid = \"m\"\n{LADDER}by = [\"school\"]\n[[measure]]\nid = \"l\"\nkind = \"list\"\ntitle = \"y\"\nof = \"m\""
    );
    let then = [
        (0, 0, Some(0), None),
        (1, 0, Some(1), None),
        (2, 0, Some(2), None),
        (3, 1, Some(1), None),
    ];
    let now = [
        (0, 0, Some(1), None),
        (2, 2, Some(2), None),
        (3, 1, Some(1), None),
        (4, 1, Some(0), None),
    ];
    let t = run_after(&body, &sheets(&now), &sheets(&then));
    let rows: Vec<String> = (0..t.rows.len())
        .map(|r| {
            let (_, person) = t.rows[r].group.last().unwrap();
            let name = person.split(' ').next().unwrap().to_owned();
            let parts = ["change", "from", "to", "from_school"].map(|p| text(&t, p, r));
            format!("{} {name} {}", t.rows[r].group[1].1, parts.join(" "))
        })
        .collect();
    assert_eq!(
        rows,
        [
            "甲校 人0 晋升 新秀 骨干 ",
            "甲校 人1 退出 骨干  ",
            "乙校 人4 新进  新秀 ",
            "丙校 人2 调动 名师 名师 甲校",
        ]
    );
    // One school had nothing in the earlier period.
    assert_eq!(t.footnotes.len(), 1, "{:?}", t.footnotes);
}
