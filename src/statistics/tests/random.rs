//! Random people and trainings against plain loops.

use super::*;
use proptest::prelude::*;

const SCHOOLS_USED: [&str; 3] = ["甲校", "丙校", "戊校"];
const STAGES: [&str; 3] = ["小学", "初中", "高中"];
const EDUCATIONS: [&str; 4] = ["中专", "专科", "本科", "硕士研究生"];
const CATEGORIES: [&str; 3] = ["集中培训", "校本研修", "其他"];

#[derive(Debug, Clone)]
struct Person {
    school: usize,
    stage: Option<usize>,
    education: Option<usize>,
    male: Option<bool>,
    born: Option<i32>,
}

#[derive(Debug, Clone)]
struct Training {
    person: usize,
    category: Option<usize>,
    /// Years from 2023.
    year: Option<i32>,
    hours: Option<i64>,
    elective: bool,
}

fn person() -> impl Strategy<Value = Person> {
    (
        0usize..3,
        prop::option::weighted(0.8, 0usize..3),
        prop::option::weighted(0.8, 0usize..4),
        prop::option::weighted(0.8, any::<bool>()),
        prop::option::weighted(0.8, 1960i32..2003),
    )
        .prop_map(|(school, stage, education, male, born)| Person {
            school,
            stage,
            education,
            male,
            born,
        })
}

fn training() -> impl Strategy<Value = Training> {
    (
        0usize..20,
        prop::option::weighted(0.9, 0usize..3),
        prop::option::weighted(0.9, 0i32..4),
        prop::option::weighted(0.9, 0i64..10000),
        any::<bool>(),
    )
        .prop_map(|(person, category, year, hours, elective)| Training {
            person,
            category,
            year,
            hours,
            elective,
        })
}

fn or<T: ToString>(value: Option<T>) -> String {
    value.map_or(String::new(), |v| v.to_string())
}

fn sheets(people: &[Person], trainings: &[Training]) -> Vec<Sheet<'static>> {
    let mut out = Vec::new();
    for (s, school) in SCHOOLS_USED.iter().enumerate() {
        let here = people.iter().enumerate().filter(|(_, p)| p.school == s);
        out.push(Sheet {
            form: "roster",
            school,
            fields: &["name", "stage", "education", "gender", "birth_date"],
            rows: here
                .map(|(i, p)| {
                    vec![
                        format!("人{i}"),
                        or(p.stage.map(|s| STAGES[s])),
                        or(p.education.map(|e| EDUCATIONS[e])),
                        or(p.male.map(|m| if m { "男" } else { "女" })),
                        or(p.born.map(|y| format!("{y}-12-31"))),
                    ]
                })
                .collect(),
        });
        let here = trainings
            .iter()
            .filter(|t| people.get(t.person).is_some_and(|p| p.school == s));
        out.push(Sheet {
            form: "training",
            school,
            fields: &[
                "name", "category", "end_date", "hours", "credits", "required",
            ],
            rows: here
                .map(|t| {
                    vec![
                        format!("人{}", t.person),
                        or(t.category.map(|c| CATEGORIES[c])),
                        or(t.year.map(|y| format!("{}-10-01", 2023 + y))),
                        or(t.hours.map(|h| format!("{}.{:02}", h / 100, h % 100))),
                        or(t.hours.map(|h| format!("{}.{:02}", h / 100, h % 100))),
                        if t.elective {
                            "选修".into()
                        } else {
                            "必修".into()
                        },
                    ]
                })
                .collect(),
        });
    }
    out
}

/// The rows to look at: each school that must have one, then everything.
fn rows(people: &[Person]) -> Vec<(Vec<&'static str>, Vec<usize>)> {
    let of = |s: usize| {
        (0..people.len())
            .filter(|i| people[*i].school == s)
            .collect::<Vec<_>>()
    };
    let mut out = vec![
        (vec!["甲校"], of(0)),
        (vec!["丙校"], of(1)),
        (vec!["丁校"], Vec::new()),
        (Vec::new(), (0..people.len()).collect()),
    ];
    if !of(2).is_empty() {
        out.push((vec!["戊校"], of(2)));
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn rates(people in prop::collection::vec(person(), 0..20), target in 0i64..=100) {
        let body = format!(
            "[[measure]]\nid = \"m\"\nkind = \"rate\"\ntitle = \"x\"\nform = \"roster\"\nwhere = {{ stage.not = [\"高中\"] }}\n\
             hit = {{ any = [{{ stage = [\"小学\"], education.at_least = \"专科\" }}, {{ not = {{ gender = [\"男\"] }}, age.below = 45 }}] }}\n\
             target = {}.{:02}\nby = [\"school\"]", target / 100, target % 100);
        let (t, _) = run(&body, &sheets(&people, &[]));
        for (group, members) in rows(&people) {
            // A school that the directory does not know has a row only if it has records here.
            if group == ["戊校"] && !people.iter().any(|p| p.school == 2 && p.stage != Some(2)) { continue; }
            let base: Vec<&Person> = members.iter().map(|i| &people[*i]).filter(|p| p.stage != Some(2)).collect();
            let hits = base.iter().filter(|p| {
                let degree = p.stage == Some(0) && p.education.is_some_and(|e| e >= 1);
                let young_woman = p.male == Some(false) && p.born.is_some_and(|y| 2025 - y < 45);
                degree || young_woman
            }).count() as i64;
            let n = base.len() as i64;
            prop_assert_eq!(int(&t, "base", &group), n);
            prop_assert_eq!(ratio(&t, "", &group), (n > 0).then_some((hits, n)));
            let met = (n > 0).then_some(hits * 100 >= target * n);
            prop_assert_eq!(figure(&t, "", &group).met, met);
            let mut more = 0;
            while (hits + more) * 100 < target * n { more += 1; }
            prop_assert_eq!(int(&t, "more", &group), more);
        }
    }

    #[test]
    fn compositions(people in prop::collection::vec(person(), 0..20)) {
        let body = "[[measure]]\nid = \"m\"\nkind = \"composition\"\ntitle = \"x\"\nform = \"roster\"\ncolumns = [[\"stage\", \"gender\"], \"education\"]\nby = [\"school\"]";
        let (t, _) = run(body, &sheets(&people, &[]));
        for (group, members) in rows(&people) {
            let members: Vec<&Person> = members.iter().map(|i| &people[*i]).collect();
            for (s, stage) in STAGES.iter().enumerate() {
                let women = members.iter().filter(|p| p.stage == Some(s) && p.male == Some(false)).count();
                prop_assert_eq!(int(&t, &format!("stage.gender.{stage}.女"), &group), women as i64);
            }
            for (e, education) in EDUCATIONS.iter().enumerate() {
                let n = members.iter().filter(|p| p.education == Some(e)).count() as i64;
                let part = format!("education.{education}");
                prop_assert_eq!(int(&t, &part, &group), n);
                let share = (!members.is_empty()).then_some((n, members.len() as i64));
                prop_assert_eq!(ratio(&t, &format!("{part}.share"), &group), share);
            }
            // Each block counts everyone once.
            for block in ["stage.gender.", "education."] {
                let sum: i64 = t.columns.iter()
                    .filter(|c| c.part.starts_with(block) && !c.part.ends_with(".share"))
                    .map(|c| int(&t, &c.part, &group)).sum();
                prop_assert_eq!(sum, members.len() as i64);
            }
        }
    }

    #[test]
    fn requirements(people in prop::collection::vec(person(), 0..20), trainings in prop::collection::vec(training(), 0..60), least in 0i64..200) {
        let body = format!("[[measure]]\nid = \"m\"\nkind = \"requirement\"\ntitle = \"x\"\nbase = {{ form = \"roster\" }}\nform = \"training\"\nwithin = \"cycle\"\n\
             needs = [{{ id = \"full\", title = \"a\", sum = \"hours\", where = {{ category = [\"集中培训\"] }}, at_least = {least} }},\n\
             {{ id = \"few\", title = \"b\", count = true, where = {{ category.not = [\"集中培训\"] }}, at_most = 2 }}]\nby = [\"school\"]");
        let (t, _) = run(&body, &sheets(&people, &trainings));
        let verdict = |i: usize| {
            // From September 2024 to the end of 2025; those without a date count.
            let own = || trainings.iter().filter(move |t| t.person == i && t.year.is_none_or(|y| y == 1 || y == 2));
            let full: i64 = own().filter(|t| t.category == Some(0)).filter_map(|t| t.hours).sum();
            let few = own().filter(|t| t.category != Some(0)).count();
            (full, full >= least * 100, few <= 2)
        };
        for (group, members) in rows(&people) {
            let all: Vec<(i64, bool, bool)> = members.iter().map(|i| verdict(*i)).collect();
            let count = |f: &dyn Fn(&(i64, bool, bool)) -> bool| all.iter().filter(|v| f(v)).count() as i64;
            prop_assert_eq!(int(&t, "full", &group), count(&|v| v.1));
            prop_assert_eq!(int(&t, "few", &group), count(&|v| v.2));
            prop_assert_eq!(int(&t, "met", &group), count(&|v| v.1 && v.2));
            prop_assert_eq!(int(&t, "full.total", &group), all.iter().map(|v| v.0).sum::<i64>());
            prop_assert_eq!(ratio(&t, "", &group), (!all.is_empty()).then_some((count(&|v| v.1 && v.2), all.len() as i64)));
        }
    }

    #[test]
    fn capped_sums(people in prop::collection::vec(person(), 1..20), trainings in prop::collection::vec(training(), 0..60), elective in 0i64..150, all in 0i64..200) {
        let body = format!("[[measure]]\nid = \"m\"\nkind = \"capped-sum\"\ntitle = \"x\"\nform = \"training\"\nsum = \"credits\"\n\
             caps = [{{ id = \"elective\", title = \"a\", where = {{ required = [\"选修\"] }}, at_most = {elective}, per = \"year\" }},\n\
             {{ id = \"every\", title = \"b\", at_most = {all}, per = \"all\" }}]\nby = [\"school\"]");
        let (t, found) = run(&body, &sheets(&people, &trainings));
        // Nothing is negative, so the order of records cannot change a sum.
        let counted = |i: usize| {
            let own = || trainings.iter().filter(move |t| t.person == i);
            let hours = |t: &Training| t.hours.unwrap_or(0);
            let fixed: i64 = own().filter(|t| !t.elective).map(hours).sum();
            // Without a date a record lies in the cut-off's year, with those of October 2025.
            let per_year: i64 = (0..4).map(|y| {
                let of: i64 = own().filter(|t| t.elective && t.year.unwrap_or(2) == y).map(hours).sum();
                of.min(elective * 100)
            }).sum();
            (fixed + per_year).min(all * 100)
        };
        let mut total = 0;
        for (group, members) in rows(&people) {
            // A school without records has a row only if the directory knows it.
            if group == ["戊校"] && !trainings.iter().any(|t| people.get(t.person).is_some_and(|p| p.school == 2)) { continue; }
            let sum: i64 = members.iter().map(|i| counted(*i)).sum();
            prop_assert_eq!(int(&t, "", &group), sum);
            if group.is_empty() { total = sum; }
        }
        prop_assert_eq!(int(&t, "raw", &[]) - int(&t, "over", &[]), total);
        prop_assert_eq!(found.is_empty(), int(&t, "over", &[]) == 0);
    }

    #[test]
    fn eligibilities(people in prop::collection::vec(person(), 0..20)) {
        let body = "[[measure]]\nid = \"m\"\nkind = \"eligibility\"\ntitle = \"x\"\nform = \"roster\"\n\
             all = [{ id = \"a\", title = \"a\", where = { education.above = \"专科\" } }, { id = \"b\", title = \"b\", where = { not = { age.at_least = 50 } } }]\nby = [\"school\"]";
        let (t, _) = run(body, &sheets(&people, &[]));
        for (group, members) in rows(&people) {
            let verdicts: Vec<(Option<bool>, Option<bool>)> = members.iter().map(|i| {
                let p = &people[*i];
                (p.education.map(|e| e > 1), p.born.map(|y| 2025 - y < 50))
            }).collect();
            type Verdict = (Option<bool>, Option<bool>);
            let count = |f: &dyn Fn(&Verdict) -> bool| verdicts.iter().filter(|v| f(v)).count() as i64;
            let eligible = count(&|v| *v == (Some(true), Some(true)));
            prop_assert_eq!(int(&t, "eligible", &group), eligible);
            prop_assert_eq!(int(&t, "rejected", &group), verdicts.len() as i64 - eligible);
            prop_assert_eq!(int(&t, "incomplete", &group), count(&|v| v.0 != Some(false) && v.1 != Some(false) && (v.0.is_none() || v.1.is_none())));
            prop_assert_eq!(int(&t, "a", &group), count(&|v| v.0 != Some(true)));
        }
    }

    #[test]
    fn plans(people in prop::collection::vec(person(), 0..20), quota in 0i64..5) {
        let body = format!("[[measure]]\nid = \"m\"\nkind = \"plan\"\ntitle = \"x\"\nform = \"roster\"\nquota = {quota}\nby = [\"school\", \"stage\"]\nterms = {{ stage = [\"小学\", \"初中\"] }}");
        let (t, _) = run(&body, &sheets(&people, &[]));
        let (mut gap, mut over) = (0, 0);
        for (s, school) in ["甲校", "乙校", "丙校", "丁校", "戊校"].iter().enumerate() {
            let at = [Some(0), None, Some(1), None, Some(2)][s];
            for stage in [Some(0), Some(1), Some(2), None] {
                let n = people.iter().filter(|p| Some(p.school) == at && p.stage == stage).count() as i64;
                let wanted = if s < 4 && stage.is_some_and(|s| s < 2) { quota } else { 0 };
                gap += (wanted - n).max(0);
                over += (n - wanted).max(0);
                if n > 0 {
                    let label = stage.map_or("未填", |s| STAGES[s]);
                    prop_assert_eq!(int(&t, "", &[school, label]), n);
                    prop_assert_eq!(int(&t, "quota", &[school, label]), wanted);
                }
            }
        }
        prop_assert_eq!([int(&t, "quota", &[]), int(&t, "", &[])], [quota * 8, people.len() as i64]);
        prop_assert_eq!([int(&t, "gap", &[]), int(&t, "over", &[])], [gap, over]);
    }

    #[test]
    fn persons_and_times(people in prop::collection::vec(person(), 1..20), trainings in prop::collection::vec(training(), 0..60)) {
        let body = "[[measure]]\nid = \"m\"\nkind = \"persons\"\ntitle = \"x\"\nform = \"training\"\nwhere = { hours.present = true }\nby = [\"school\"]";
        let (t, _) = run(body, &sheets(&people, &trainings));
        for (group, members) in rows(&people) {
            if group == ["戊校"] { continue; }
            let own: Vec<&Training> = trainings.iter().filter(|t| members.contains(&t.person) && t.hours.is_some()).collect();
            let mut distinct: Vec<usize> = own.iter().map(|t| t.person).collect();
            distinct.sort_unstable();
            distinct.dedup();
            prop_assert_eq!([int(&t, "", &group), int(&t, "times", &group)], [distinct.len() as i64, own.len() as i64]);
        }
    }
}

proptest! {
    // Over every family at once, so a case takes long; each family has its thousand above.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn sums_of_rows_are_their_subtotals_wherever_a_column_says_so(people in prop::collection::vec(person(), 0..20), trainings in prop::collection::vec(training(), 0..60)) {
        for (id, _) in crate::scheme::parse::BUILTIN {
            let mut s = crate::scheme::parse::load_builtin(id).unwrap();
            s.set_period("2025-12", "2025-12-31".parse().unwrap());
            s.directory = scheme_of("").directory;
            for t in traced(&dataset(&s, &sheets(&people, &trainings)), &s).value {
                for (c, column) in t.columns.iter().enumerate().filter(|(_, c)| c.additive) {
                    let of = |number: &Number| match number { Number::Integer(n) | Number::Hundredths(n) => *n, _ => 0 };
                    for row in t.rows.iter().filter(|r| r.level != crate::statistics::Level::Leaf) {
                        let sum: i64 = t.rows.iter()
                            .filter(|r| r.level == crate::statistics::Level::Leaf && r.group.starts_with(&row.group))
                            .map(|r| of(&r.figures[c].value)).sum();
                        if t.rows.len() > 1 {
                            prop_assert_eq!(of(&row.figures[c].value), sum, "{} {:?}", t.measure, column.part);
                        }
                    }
                }
            }
        }
    }
}
