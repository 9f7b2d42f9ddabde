//! Forecasts, plans with years and candidates, quotas as shares: against plain loops.

use super::*;
use proptest::prelude::*;

const SCHOOLS_USED: [&str; 3] = ["甲校", "丙校", "戊校"];
const EDUCATIONS: [&str; 4] = ["中专", "专科", "本科", "硕士研究生"];
const STATUSES: [&str; 3] = ["在读", "已毕业", "中止"];
const TIERS: [&str; 3] = ["教坛新秀", "骨干教师", "名师"];

/// Someone on a roster; two of one name in one school are one person with two rows.
#[derive(Debug, Clone)]
struct Person {
    school: usize,
    name: usize,
    woman: Option<bool>,
    education: Option<usize>,
    tier: Option<usize>,
    appointed: Option<i32>,
    full_time: Option<bool>,
}

fn person() -> impl Strategy<Value = Person> {
    (
        0usize..3,
        0usize..12,
        prop::option::weighted(0.8, any::<bool>()),
        prop::option::weighted(0.8, 0usize..4),
        prop::option::weighted(0.7, 0usize..3),
        prop::option::weighted(0.8, 2024i32..2027),
        prop::option::weighted(0.8, any::<bool>()),
    )
        .prop_map(
            |(school, name, woman, education, tier, appointed, full_time)| Person {
                school,
                name,
                woman,
                education,
                tier,
                appointed,
                full_time,
            },
        )
}

/// Someone on the way: school, name, status, level, year.
type Study = (usize, usize, Option<usize>, Option<usize>, Option<i32>);

fn study() -> impl Strategy<Value = Study> {
    (
        0usize..3,
        0usize..12,
        prop::option::weighted(0.9, 0usize..3),
        prop::option::weighted(0.9, 0usize..4),
        prop::option::weighted(0.9, 2023i32..2031),
    )
}

fn or<T: ToString>(value: Option<T>) -> String {
    value.map_or(String::new(), |v| v.to_string())
}

fn yes(value: Option<bool>) -> String {
    or(value.map(u8::from))
}

fn sheets(people: &[Person], studies: &[Study]) -> Vec<Sheet<'static>> {
    let mut out = Vec::new();
    for (s, school) in SCHOOLS_USED.iter().enumerate() {
        let here = people.iter().filter(|p| p.school == s);
        out.push(Sheet {
            form: "roster",
            school,
            fields: &[
                "name",
                "gender",
                "education",
                "tier",
                "appointed",
                "full_time",
            ],
            rows: here
                .map(|p| {
                    vec![
                        format!("人{}", p.name),
                        or(p.woman.map(|w| if w { "女" } else { "男" })),
                        or(p.education.map(|e| EDUCATIONS[e])),
                        or(p.tier.map(|t| TIERS[t])),
                        or(p.appointed.map(|y| format!("{y}-05-01"))),
                        yes(p.full_time),
                    ]
                })
                .collect(),
        });
        let here = studies.iter().filter(|t| t.0 == s);
        out.push(Sheet {
            form: "study",
            school,
            fields: &["name", "status", "target_education", "expected_graduation"],
            rows: here
                .map(|(_, name, status, level, year)| {
                    vec![
                        format!("人{name}"),
                        or(status.map(|s| STATUSES[s])),
                        or(level.map(|e| EDUCATIONS[e])),
                        or(year.map(|y| format!("{y}-06-30"))),
                    ]
                })
                .collect(),
        });
    }
    out
}

/// The rows to look at: each school that must have one, those that occur, then everything.
fn groups_of(occurs: impl Fn(usize) -> bool) -> Vec<(Vec<&'static str>, Vec<usize>)> {
    let mut out = vec![
        (vec!["甲校"], vec![0]),
        (vec!["丙校"], vec![1]),
        (vec!["丁校"], Vec::new()),
        (Vec::new(), vec![0, 1, 2]),
    ];
    if occurs(2) {
        out.push((vec!["戊校"], vec![2]));
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn forecasts(people in prop::collection::vec(person(), 0..24), studies in prop::collection::vec(study(), 0..24), target in 0i64..=100, years in 1i32..5) {
        let body = format!(
            "[[measure]]\nid = \"m\"\nkind = \"forecast\"\ntitle = \"x\"\nform = \"roster\"\nwhere = {{ gender.not = [\"男\"] }}\n\
             hit = {{ education.at_least = \"本科\" }}\n\
             study = {{ form = \"study\", where = {{ status = [\"在读\"] }}, on = \"expected_graduation\", reaches = {{ target_education.at_least = \"本科\" }} }}\n\
             years = {years}\ntarget = {}.{:02}\nby = [\"school\"]", target / 100, target % 100);
        let (t, _) = run(&body, &sheets(&people, &studies));
        let in_base = |p: &&Person| p.woman != Some(false);
        let is_hit = |p: &Person| p.education.is_some_and(|e| e >= 2);
        for (group, schools) in groups_of(|s| people.iter().any(|p| p.school == s && p.woman != Some(false))) {
            let base: Vec<&Person> = people.iter().filter(in_base).filter(|p| schools.contains(&p.school)).collect();
            let n = base.len() as i64;
            let mut hits = base.iter().filter(|p| is_hit(p)).count() as i64;
            prop_assert_eq!([int(&t, "base", &group), int(&t, "hits", &group)], [n, hits]);
            prop_assert_eq!(ratio(&t, "rate", &group), (n > 0).then_some((hits, n)));
            let mut reached = "未达".to_owned();
            for y in 2025..2025 + years {
                let mut added = 0;
                for school in &schools {
                    for name in 0..12 {
                        let own: Vec<&&Person> = base.iter().filter(|p| p.school == *school && p.name == name).collect();
                        if own.is_empty() || own.iter().any(|p| is_hit(p)) { continue; }
                        let first = studies.iter()
                            .filter(|(s, m, status, level, _)| s == school && *m == name && *status == Some(0) && level.is_some_and(|e| e >= 2))
                            .filter_map(|s| s.4).min();
                        if first.is_some_and(|f| f.max(2025) == y) { added += 1; }
                    }
                }
                hits += added;
                prop_assert_eq!(int(&t, &format!("y{y}.added"), &group), added);
                prop_assert_eq!(int(&t, &format!("y{y}.hits"), &group), hits);
                prop_assert_eq!(ratio(&t, &format!("y{y}"), &group), (n > 0).then_some((hits, n)));
                if n > 0 && hits * 100 >= target * n && reached == "未达" { reached = format!("{y}年"); }
            }
            prop_assert_eq!(ratio(&t, "", &group), (n > 0).then_some((hits, n)));
            prop_assert_eq!(figure(&t, "", &group).met, (n > 0).then_some(hits * 100 >= target * n));
            let mut more = 0;
            while (hits + more) * 100 < target * n { more += 1; }
            prop_assert_eq!(int(&t, "more", &group), more);
            let shown = match value(&t, "reached", &group) { Number::Text(t) => t, _ => String::new() };
            prop_assert_eq!(shown, if n > 0 { reached } else { String::new() });
        }
    }

    #[test]
    fn plans_with_years_and_candidates(people in prop::collection::vec(person(), 0..24), quota in 0i64..5, this_year in 0i64..4, start in 0i64..4) {
        let body = format!(
            "[[measure]]\nid = \"m\"\nkind = \"plan\"\ntitle = \"x\"\nform = \"roster\"\nwhere = {{ full_time.not = [false] }}\non = \"appointed\"\n\
             items = [{{ id = \"backbone\", title = \"骨干\", where = {{ tier = [\"骨干教师\"] }}, quota = {quota}, yearly = {{ 2024 = 1, 2025 = {this_year} }} }},\n\
             {{ id = \"famous\", title = \"名师\", where = {{ tier = [\"名师\"] }}, quota = {quota}, pool = {{ where = {{ tier.at_least = \"骨干教师\", gender = [\"女\"] }} }} }}]\n\
             start = [{{ item = \"famous\", count = {start} }}]\nby = [\"school\"]");
        let (t, _) = run(&body, &sheets(&people, &[]));
        let of = |s: Option<usize>, test: &dyn Fn(&Person) -> bool| people.iter()
            .filter(|p| p.full_time != Some(false) && s.is_none_or(|s| p.school == s) && test(p)).count() as i64;
        let tier = |p: &Person, t: usize| p.tier == Some(t);
        let candidate = |p: &Person| p.tier == Some(1) && p.woman == Some(true);
        let (mut gaps, mut uncovered) = (0, 0);
        for (i, school) in ["甲校", "乙校", "丙校", "丁校", "戊校"].iter().enumerate() {
            let s = [Some(0), None, Some(1), None, Some(2)][i];
            let count = |test: &dyn Fn(&Person) -> bool| s.map_or(0, |s| of(Some(s), test));
            let (backbone, famous) = (count(&|p| tier(p, 1)), count(&|p| tier(p, 2)));
            let pool = count(&candidate);
            // A school that the directory does not know has a row where someone is there.
            let listed = i < 4;
            if listed || backbone > 0 {
                let quota = if listed || backbone > 0 { quota } else { 0 };
                prop_assert_eq!(int(&t, "", &[school, "骨干"]), backbone);
                prop_assert_eq!(int(&t, "quota", &[school, "骨干"]), quota);
                prop_assert_eq!(int(&t, "year_quota", &[school, "骨干"]), this_year);
                let now = count(&|p| tier(p, 1) && p.appointed == Some(2025));
                prop_assert_eq!(int(&t, "year_actual", &[school, "骨干"]), now);
                prop_assert_eq!(ratio(&t, "year_rate", &[school, "骨干"]), (this_year > 0).then_some((now, this_year)));
                gaps += (quota - backbone).max(0);
            }
            if listed || famous > 0 || pool > 0 {
                let quota = if listed || famous > 0 { quota } else { 0 };
                prop_assert_eq!(int(&t, "pool", &[school, "名师"]), pool);
                let gap = (quota - famous).max(0);
                prop_assert_eq!(int(&t, "gap", &[school, "名师"]), gap);
                prop_assert_eq!(int(&t, "pool_gap", &[school, "名师"]), (gap - pool).max(0));
                prop_assert_eq!(value(&t, "year_quota", &[school, "名师"]), Number::Missing);
                gaps += gap;
                uncovered += (gap - pool).max(0);
            }
        }
        prop_assert_eq!(int(&t, "pool", &[]), of(None, &candidate));
        prop_assert_eq!([int(&t, "gap", &[]), int(&t, "pool_gap", &[])], [gaps, uncovered]);
        prop_assert_eq!(int(&t, "year_actual", &[]), of(None, &|p| tier(p, 1) && p.appointed == Some(2025)));
        prop_assert_eq!(int(&t, "start", &[]), start);
    }

    #[test]
    fn quotas_as_shares(people in prop::collection::vec(person(), 0..24), studies in prop::collection::vec(study(), 0..12), percent in 0i64..=100, least in 0i64..3, round in 0usize..3, other in any::<bool>()) {
        let counted = if other { "{ form = \"study\", where = { status.present = true } }" } else { "{ form = \"roster\", where = { full_time = [true] } }" };
        let body = format!(
            "[[measure]]\nid = \"m\"\nkind = \"plan\"\ntitle = \"x\"\nform = \"roster\"\nwhere = {{ tier.present = true }}\n\
             quota = {{ share = {}.{:02}, of = {counted}, round = \"{}\", at_least = {least} }}\nby = [\"district\", \"school\"]",
            percent / 100, percent % 100, ["down", "up", "half-up"][round]);
        let (t, _) = run(&body, &sheets(&people, &studies));
        let mut total = 0;
        for (town, school, s) in [("东镇", "甲校", Some(0)), ("东镇", "乙校", None), ("西镇", "丙校", Some(1)), ("名录外单位", "戊校", Some(2))] {
            let heads = match other {
                true => studies.iter().filter(|t| Some(t.0) == s && t.2.is_some()).count() as i64,
                false => people.iter().filter(|p| Some(p.school) == s && p.full_time == Some(true)).count() as i64,
            };
            let there = people.iter().filter(|p| Some(p.school) == s && p.tier.is_some()).count() as i64;
            let mut quota = 0;
            while [(quota + 1) * 100 <= heads * percent, quota * 100 < heads * percent, (2 * quota + 1) * 100 <= 2 * heads * percent][round] { quota += 1; }
            let quota = if heads == 0 { 0 } else { quota.max(least) };
            total += quota;
            if s != Some(2) || heads > 0 || there > 0 {
                prop_assert_eq!([int(&t, "quota", &[town, school]), int(&t, "", &[town, school])], [quota, there]);
            }
        }
        prop_assert_eq!(int(&t, "quota", &[]), total);
    }
}

#[test]
fn years_that_do_not_add_up_are_said_under_the_table_and_do_not_stop_the_scheme() {
    let body = "[[measure]]\nid = \"m\"\nkind = \"plan\"\ntitle = \"x\"\nform = \"roster\"\non = \"appointed\"\n\
         items = [{ id = \"famous\", title = \"区教学名师\", where = { tier = [\"名师\"] }, quota = 30, yearly = { 2005 = 10, 2007 = 10 } }]\n\
         start = [{ item = \"famous\", count = 10 }]\nby = []";
    let (t, _) = run(body, &[]);
    assert_eq!(
        t.footnotes,
        ["“区教学名师”的年度名额合计20，与名额30相差10（起始已有10），请核对方案。"]
    );
    let doubts = |body: &str| -> Vec<String> {
        let all = scheme_of(body).doubts;
        let years = all.iter().filter(|d| d.key == "scheme.years-not-quota");
        years.map(ToString::to_string).collect()
    };
    let found = doubts(body);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("t.toml:13:"), "{found:?}");
    assert_eq!(int(&t, "start", &["区教学名师"]), 10);
    assert!(doubts(&body.replace("quota = 30", "quota = 20")).is_empty());
}

#[test]
fn a_plan_of_things_counts_what_is_left_over_in_its_own_unit() {
    let left_over = |unit: &str| {
        let body = format!(
            "[[measure]]\nid = \"m\"\nkind = \"plan\"\ntitle = \"x\"\nform = \"roster\"\n{unit}\
             items = [{{ id = \"a\", title = \"小学\", where = {{ stage = [\"小学\"] }}, quota = 1 }}]\nby = []"
        );
        let rows: [&[&str]; 3] = [&["甲", "小学"], &["乙", "初中"], &["丙", "初中"]];
        let all = [sheet("roster", "甲校", &["name", "stage"], &rows)];
        run(&body, &all).0.footnotes
    };
    assert_eq!(
        left_over("unit = \"个\"\n"),
        ["另有2个不属于任何名额类别。"]
    );
    assert_eq!(left_over(""), ["另有2人不属于任何名额类别。"]);
}
