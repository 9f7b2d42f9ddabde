//! Tallies of random people and trainings against plain loops.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const USED: [&str; 3] = ["甲校", "丙校", "戊校"];
const CATEGORIES: [&str; 3] = ["集中培训", "校本研修", "其他"];
const PROJECTS: [&str; 3] = ["甲 项目", "甲项目", "乙项目"];

#[derive(Debug, Clone)]
struct Training {
    school: usize,
    person: usize,
    category: Option<usize>,
    project: Option<usize>,
    /// Years from 2023.
    year: Option<i32>,
    hours: Option<i64>,
}

fn training() -> impl Strategy<Value = Training> {
    (
        0usize..3,
        0usize..4,
        prop::option::weighted(0.8, 0usize..3),
        prop::option::weighted(0.8, 0usize..3),
        prop::option::weighted(0.9, 0i32..4),
        // Few different amounts, so that there are ties.
        prop::option::weighted(0.8, (0i64..8).prop_map(|h| h * 50)),
    )
        .prop_map(
            |(school, person, category, project, year, hours)| Training {
                school,
                person,
                category,
                project,
                year,
                hours,
            },
        )
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map_or(String::new(), |v| v.to_string())
}

/// `staff[s]` people of each school on its roster, and the trainings.
fn sheets(staff: &[usize; 3], trainings: &[Training]) -> Vec<Sheet<'static>> {
    let mut out = Vec::new();
    for (s, school) in USED.iter().enumerate() {
        out.push(Sheet {
            form: "roster",
            school,
            fields: &["name"],
            rows: (0..staff[s]).map(|p| vec![format!("人{p}")]).collect(),
        });
        let here = trainings.iter().filter(|t| t.school == s);
        out.push(Sheet {
            form: "training",
            school,
            fields: &["name", "category", "project", "end_date", "hours"],
            rows: here
                .map(|t| {
                    vec![
                        format!("人{}", t.person),
                        text(t.category.map(|c| CATEGORIES[c])),
                        text(t.project.map(|p| PROJECTS[p])),
                        text(t.year.map(|y| format!("{}-10-01", 2023 + y))),
                        text(t.hours.map(|h| format!("{}.{:02}", h / 100, h % 100))),
                    ]
                })
                .collect(),
        });
    }
    out
}

/// From September 2024 to the end of 2025; those without a date count.
fn in_cycle(t: &Training) -> bool {
    t.year.is_none_or(|y| y == 1 || y == 2)
}

fn number(t: &Tabulation, part: &str, group: &[&str]) -> Option<i64> {
    match value(t, part, group) {
        Number::Integer(n) | Number::Hundredths(n) => Some(n),
        Number::Missing => None,
        other => panic!("{part} {group:?} is {other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn items_of_two_forms(
        staff in prop::array::uniform3(0usize..4), trainings in prop::collection::vec(training(), 0..25),
        base in 0i64..5, target in 0i64..=100,
    ) {
        let body = format!("[[measure]]\nid = \"m\"\nkind = \"tally\"\ntitle = \"x\"\nform = \"training\"\nwithin = \"cycle\"\nwhere = {{ category.not = [\"其他\"] }}\nitems = [\n\
             {{ id = \"hours\", title = \"a\", sum = \"hours\", unit = \"学时\" }},\n\
             {{ id = \"full\", title = \"b\", sum = \"hours\", where = {{ category = [\"集中培训\"] }} }},\n\
             {{ id = \"times\", title = \"c\", count = true, within = \"all\" }},\n\
             {{ id = \"people\", title = \"d\", persons = true }},\n\
             {{ id = \"projects\", title = \"e\", distinct = \"project\" }},\n\
             {{ id = \"pairs\", title = \"e\", distinct = [\"project\", \"category\"] }},\n\
             {{ id = \"staff\", title = \"f\", persons = true, form = \"roster\", within = \"all\" }},\n\
             {{ id = \"base\", title = \"g\", number = {base} }},\n\
             {{ id = \"each\", title = \"g\", number_by = [{{ group = {{ school = \"甲校\" }}, number = {base} }}, {{ group = {{ school = \"丁校\" }}, number = 2.5 }}] }},\n\
             {{ id = \"rate\", title = \"h\", ratio = [\"people\", \"staff\"], at_least = {}.{:02} }},\n\
             {{ id = \"mean\", title = \"i\", ratio = [\"hours\", \"times\"], unit = \"学时\" }},\n\
             {{ id = \"part\", title = \"i\", ratio = [\"full\", \"hours\"] }},\n\
             {{ id = \"gap\", title = \"j\", difference = [\"people\", \"base\"] }},\n\
             {{ id = \"all\", title = \"k\", plus = [\"people\", \"staff\", \"each\"] }},\n\
             ]\nmain = \"rate\"\nby = [\"school\"]", target / 100, target % 100);
        let (t, _) = run(&body, &sheets(&staff, &trainings));
        // 戊校 is not in the directory: it has a row only if a record counts somewhere.
        let counts = |t: &&Training| t.category != Some(2);
        let fifth = staff[2] > 0 || trainings.iter().filter(counts).any(|t| t.school == 2);
        prop_assert_eq!(groups(&t).contains(&"戊校".to_owned()), fifth);
        for (group, school) in [(vec!["甲校"], Some(0)), (vec!["丙校"], Some(1)), (vec!["丁校"], Some(9)), (vec!["戊校"], Some(2)), (vec![], None)] {
            if group == ["戊校"] && !fifth { continue; }
            let here = |s: usize| school.is_none_or(|of| of == s);
            let any: Vec<&Training> = trainings.iter().filter(counts).filter(|t| here(t.school)).collect();
            let own: Vec<&&Training> = any.iter().filter(|t| in_cycle(t)).collect();
            let hours: i64 = own.iter().filter_map(|t| t.hours).sum();
            // A `where` of an item's own takes the place of the default one.
            let full: i64 = trainings.iter().filter(|t| here(t.school) && in_cycle(t) && t.category == Some(0)).filter_map(|t| t.hours).sum();
            let people: BTreeSet<(usize, usize)> = own.iter().map(|t| (t.school, t.person)).collect();
            let people = people.len() as i64;
            let staff: i64 = (0..3).filter(|s| here(*s)).map(|s| staff[s] as i64).sum();
            // Blanks between characters make no other project.
            let same = |p: usize| if p == 1 { 0 } else { p };
            let projects: BTreeSet<usize> = own.iter().filter_map(|t| t.project).map(same).collect();
            let pairs: BTreeSet<(usize, usize)> = own.iter().filter_map(|t| Some((same(t.project?), t.category?))).collect();
            let got = |part: &str| number(&t, part, &group);
            prop_assert_eq!(got("hours"), Some(hours));
            prop_assert_eq!(got("full"), Some(full));
            prop_assert_eq!(got("times"), Some(any.len() as i64));
            prop_assert_eq!(got("people"), Some(people));
            prop_assert_eq!(got("projects"), Some(projects.len() as i64));
            prop_assert_eq!(got("pairs"), Some(pairs.len() as i64));
            prop_assert_eq!(got("staff"), Some(staff));
            prop_assert_eq!(got("base"), group.is_empty().then_some(base));
            let each = match group.first() { Some(&"甲校") => Some(base * 100), Some(&"丁校") => Some(250), None => Some(base * 100 + 250), _ => None };
            prop_assert_eq!(got("each"), each);
            prop_assert_eq!(ratio(&t, "", &group), (staff > 0).then_some((people, staff)));
            prop_assert_eq!(figure(&t, "", &group).met, (staff > 0).then_some(people * 100 >= target * staff));
            let mut more = 0;
            while (people + more) * 100 < target * staff { more += 1; }
            prop_assert_eq!(got("rate.more"), Some(more));
            prop_assert_eq!(ratio(&t, "mean", &group), (!any.is_empty()).then_some((hours, any.len() as i64 * 100)));
            prop_assert_eq!(ratio(&t, "part", &group), (hours > 0).then_some((full, hours)));
            prop_assert_eq!(got("gap"), group.is_empty().then_some(people - base));
            prop_assert_eq!(got("all"), Some((people + staff) * 100 + each.unwrap_or(0)));
        }
    }

    #[test]
    fn leaves_in_order_and_numbers_of_leaves_without_records(
        trainings in prop::collection::vec(training(), 0..25), wanted in 1i64..4, descending: bool, most in 0i64..4,
    ) {
        let body = format!("[[measure]]\nid = \"m\"\nkind = \"tally\"\ntitle = \"x\"\nform = \"training\"\nitems = [\n\
             {{ id = \"times\", title = \"a\", count = true, at_most = {most}, for = \"leaves\" }},\n\
             {{ id = \"wanted\", title = \"b\", number_by = [{{ group = {{ school = \"甲校\", category = \"其他\" }}, number = {wanted} }}, {{ group = {{ school = \"丙校\" }}, number = 9 }}, {{ group = {{ school = \"未名\" }}, number = 1 }}] }},\n\
             {{ id = \"mean\", title = \"c\", ratio = [\"hours\", \"times\"], unit = \"学时\" }},\n\
             {{ id = \"hours\", title = \"d\", sum = \"hours\" }},\n\
             ]\norder = \"{}mean\"\nby = [\"school\", \"category\"]", if descending { "-" } else { "" });
        let (t, _) = run(&body, &sheets(&[0; 3], &trainings));
        let mut cells: BTreeMap<(usize, usize), (i64, i64)> = BTreeMap::new();
        for t in &trainings {
            let cell = cells.entry((t.school, t.category.unwrap_or(3))).or_default();
            cell.0 += t.hours.unwrap_or(0);
            cell.1 += 1;
        }
        // The scheme states a number for this one.
        cells.entry((0, 2)).or_default();
        let label = |c: usize| CATEGORIES.get(c).copied().unwrap_or("未填");
        let leaves = t.rows.iter().filter(|r| r.level == crate::statistics::Level::Leaf);
        prop_assert_eq!(leaves.count(), cells.len());
        for ((s, c), (hours, times)) in &cells {
            let group = [USED[*s], label(*c)];
            prop_assert_eq!(int(&t, "", &group), *times);
            prop_assert_eq!(figure(&t, "", &group).met, Some(*times <= most));
            prop_assert_eq!(number(&t, "wanted", &group), ((*s, *c) == (0, 2)).then_some(wanted));
            prop_assert_eq!(ratio(&t, "mean", &group), (*times > 0).then_some((*hours, times * 100)));
        }
        prop_assert_eq!(int(&t, "wanted", &["甲校"]), wanted);
        prop_assert_eq!(figure(&t, "", &[]).met, None);
        // A school of which nothing is known has no row, and the table says so; one that has no
        // records here neither.
        let third = cells.keys().any(|(s, _)| *s == 1);
        prop_assert_eq!(t.footnotes.len(), 1 + usize::from(!third));
        prop_assert_eq!(int(&t, "wanted", &[]), wanted + if third { 9 } else { 0 });
        for s in 0..3 {
            let own: Vec<Option<f64>> = t.rows.iter()
                .filter(|r| r.level == crate::statistics::Level::Leaf && r.group[0].1 == USED[s])
                .map(|r| cells[&(s, (0..4).find(|c| label(*c) == r.group[1].1).unwrap())])
                .map(|(hours, times)| (times > 0).then_some(hours as f64 / times as f64))
                .collect();
            let known: Vec<f64> = own.iter().map_while(|v| *v).collect();
            prop_assert!(own[known.len()..].iter().all(Option::is_none));
            let in_order = known.windows(2).all(|w| if descending { w[0] >= w[1] } else { w[0] <= w[1] });
            prop_assert!(in_order, "{:?}", known);
        }
    }
}
