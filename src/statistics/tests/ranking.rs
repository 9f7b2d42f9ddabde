//! Ranked lists against plain loops.

use super::*;
use proptest::prelude::*;

const SCHOOLS_USED: [&str; 3] = ["甲校", "丙校", "戊校"];
const EDUCATIONS: [&str; 4] = ["中专", "专科", "本科", "硕士研究生"];

/// School, level of education, year of birth, whether full-time.
type Person = (usize, Option<usize>, Option<i32>, Option<bool>);

fn person() -> impl Strategy<Value = Person> {
    (
        0usize..3,
        prop::option::weighted(0.8, 0usize..4),
        prop::option::weighted(0.8, 1980i32..1984),
        prop::option::weighted(0.8, any::<bool>()),
    )
}

fn sheets(people: &[Person]) -> Vec<Sheet<'static>> {
    let of = |(s, school): (usize, &&'static str)| Sheet {
        form: "roster",
        school,
        fields: &["name", "education", "birth_date", "full_time"],
        rows: people
            .iter()
            .enumerate()
            .filter(|(_, p)| p.0 == s)
            .map(|(i, (_, education, born, full_time))| {
                vec![
                    format!("人{i}"),
                    education.map_or(String::new(), |e| EDUCATIONS[e].to_owned()),
                    born.map_or(String::new(), |y| format!("{y}-06-30")),
                    full_time.map_or(String::new(), |f| u8::from(f).to_string()),
                ]
            })
            .collect(),
    };
    SCHOOLS_USED.iter().enumerate().map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn rankings(people in prop::collection::vec(person(), 0..16), count in 0i64..8, by_school in any::<bool>(), share in any::<bool>()) {
        let top = match share {
            true => format!("{{ share = 0.{count}, of = {{ form = \"roster\", where = {{ full_time = [true] }} }}, at_least = 1 }}"),
            false => count.to_string(),
        };
        let body = format!(
            "[[measure]]\nid = \"m\"\nkind = \"list\"\ntitle = \"x\"\nform = \"roster\"\nwhere = {{ full_time.not = [false] }}\n\
             columns = [\"education\"]\norder = [\"-education\", \"age\"]\nties = true\ntop = {top}\nper = \"{}\"",
            if by_school { "school" } else { "all" });
        let (t, _) = run(&body, &sheets(&people));
        let pools: Vec<Vec<usize>> = if by_school { vec![vec![0], vec![1], vec![2]] } else { vec![vec![0, 1, 2]] };
        let mut expected = Vec::new();
        for schools in pools {
            let mut own: Vec<usize> = (0..people.len())
                .filter(|i| schools.contains(&people[*i].0) && people[*i].3 != Some(false)).collect();
            // Highest education, then youngest, blanks last; then by school and sheet.
            let rank_key = |i: usize| (
                people[i].1.map_or(9, |e| 3 - e),
                people[i].2.map_or(9999, |y| 2025 - y),
            );
            own.sort_by_key(|i| (rank_key(*i), people[*i].0, *i));
            let heads = people.iter().filter(|p| schools.contains(&p.0) && p.3 == Some(true)).count() as i64;
            let top = match (share, heads) {
                (true, 0) => 0,
                (true, n) => (n * count / 10).max(1),
                (false, _) => count,
            };
            for i in &own {
                let better = own.iter().filter(|j| rank_key(**j) < rank_key(*i)).count() as i64;
                let equal = own.iter().filter(|j| rank_key(**j) == rank_key(*i)).count() as i64;
                let within = if better + equal <= top { "是" } else if better < top { "并列待定" } else { "否" };
                expected.push((format!("人{i}"), better + 1, equal > 1, within));
            }
        }
        prop_assert_eq!(t.rows.len(), expected.len());
        for (r, (name, rank, tied, within)) in expected.into_iter().enumerate() {
            prop_assert_eq!(&t.rows[r].group.last().unwrap().1, &name);
            prop_assert_eq!(&t.rows[r].figures[0].value, &Number::Integer(rank));
            prop_assert_eq!(text(&t, "ties", r) == "并列", tied);
            prop_assert_eq!(text(&t, "within", r), within);
        }
    }
}
