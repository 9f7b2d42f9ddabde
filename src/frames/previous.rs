//! The records of an earlier period beside those of this one: the same schools and the same people
//! have the same numbers in both, and nothing of this period changes by it.

use super::person::{self, Marks};
use super::{Dataset, FormFrame, build, schools, supersede};
use crate::account::PreviousAccount;
use crate::diagnostic::notice::Notice;
use crate::normalise::Records;
use crate::scheme::Scheme;

/// What an earlier period left behind.
#[derive(Debug, Clone, Default)]
pub struct Earlier {
    /// Its records.
    pub records: Vec<Records>,
    /// Whether they come from a run's results, so that nothing in them supersedes anything.
    pub settled: bool,
    /// Rows that could not be used.
    pub rows: u64,
    /// Files that could not be used.
    pub files: u64,
    /// The errors that schools were told.
    pub notices: Vec<Notice>,
}

/// An earlier period as measures see it.
#[derive(Debug, Clone, Default)]
pub struct Previous {
    /// Its records. Schools and persons are numbered as in the dataset that holds it.
    pub dataset: Dataset,
    /// How many records there are and what could not be used.
    pub account: PreviousAccount,
}

/// Puts an earlier period beside a dataset. Schools that only the earlier period knows come after
/// all others, and so do its people.
pub fn set_previous(dataset: &mut Dataset, earlier: Earlier, scheme: &Scheme) {
    let Earlier {
        records: mut submissions,
        settled,
        rows,
        files,
        notices: _,
    } = earlier;
    build::sort(&mut submissions);
    let (known, mut numbers) = schools::number(&submissions);
    if !settled {
        // Which of two files is newer was that time's question; here only the answer counts.
        supersede::leave_out(&mut submissions, &mut numbers, scheme);
    }
    let at = schools::align(&mut dataset.schools, &known);
    for number in numbers.iter_mut().flatten() {
        *number = at[*number as usize];
    }
    let mut forms = build::forms(submissions, &numbers, scheme);
    let marks = Marks::of_all(&forms, scheme);
    let count = person::number(&mut forms, &marks, scheme);
    let at = person::align(&dataset.forms, dataset.persons, &forms, count, scheme);
    for number in forms.iter_mut().flat_map(|f| &mut f.persons) {
        *number = at[*number as usize];
    }
    let largest = at.iter().max().map_or(0, |n| n + 1);
    dataset.persons = dataset.persons.max(largest);
    let account = PreviousAccount {
        records: forms.iter().map(FormFrame::len).sum::<usize>() as u64,
        rows,
        files,
    };
    dataset.previous = Some(Box::new(Previous {
        dataset: Dataset {
            forms,
            schools: dataset.schools.clone(),
            persons: dataset.persons,
            ..Dataset::default()
        },
        account,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frames::assemble;
    use crate::normalise::testing::{id, scheme, scheme_with, table};

    fn roster(scheme: &Scheme, school: &str, rows: &[[&str; 2]]) -> Records {
        let rows: Vec<Vec<&str>> = rows.iter().map(|r| r.to_vec()).collect();
        let fields = ["name", "id_number"];
        table(scheme, "roster", "r.xlsx", school, &fields, &rows)
    }

    /// Numbers of the roster's people: now, then.
    fn numbers(scheme: &Scheme, now: Vec<Records>, then: Vec<Records>) -> (Vec<u32>, Vec<u32>) {
        let mut data = assemble(now, scheme).value;
        let earlier = Earlier {
            records: then,
            ..Earlier::default()
        };
        set_previous(&mut data, earlier, scheme);
        let form = scheme.form("roster").unwrap();
        let previous = data.previous.as_ref().unwrap();
        assert_eq!(previous.dataset.persons, data.persons);
        let then = previous.dataset.forms[form].persons.clone();
        let all = data.forms[form].persons.iter().chain(&then);
        assert!(all.max().is_none_or(|n| *n < data.persons));
        (data.forms[form].persons.clone(), then)
    }

    #[test]
    fn people_are_told_by_id_wherever_they_are_and_else_by_name_in_their_school() {
        let s = scheme_with(&["甲校", "乙校"]);
        let (a, b) = (id("33990119850315012"), id("33990119900807045"));
        let (now, then) = numbers(
            &s,
            vec![roster(
                &s,
                "乙校",
                &[["张三", &a], ["李四", ""], ["王五", ""], ["赵六", &b]],
            )],
            vec![
                roster(&s, "甲校", &[["张三", &a], ["王五", ""]]),
                Records {
                    file: "s.xlsx".into(),
                    ..roster(
                        &s,
                        "乙校",
                        &[["李 四", &id("33990119700101011")], ["赵六", ""]],
                    )
                },
            ],
        );
        // 张三 moved; 李四 had an id number then; 王五 of another school is another person; 赵六
        // has one only now.
        assert_eq!(then[0], now[0]);
        assert!(!now.contains(&then[1]));
        assert_eq!(then[2..], [now[1], now[3]]);
    }

    #[test]
    fn two_different_ids_and_two_namesakes_are_never_made_one() {
        let s = scheme();
        let (a, b) = (id("33990119850315012"), id("33990119900807045"));
        let (now, then) = numbers(
            &s,
            vec![roster(&s, "甲校", &[["张三", &a], ["李四", ""]])],
            vec![roster(
                &s,
                "甲校",
                &[
                    ["张三", &b],
                    ["李四", &id("33990119700101011")],
                    ["李四", &id("33990119700101028")],
                ],
            )],
        );
        assert!(then.iter().all(|p| !now.contains(p)));
        assert_eq!(
            then.iter().collect::<std::collections::BTreeSet<_>>().len(),
            3
        );
    }

    #[test]
    fn an_earlier_period_changes_nothing_of_this_one() {
        let s = scheme();
        let now = || vec![roster(&s, "甲校", &[["张三", ""], ["李四", ""]])];
        let alone = assemble(now(), &s).value;
        let mut with = assemble(now(), &s).value;
        let earlier = Earlier {
            records: vec![
                roster(&s, "丙校", &[["钱七", ""]]),
                roster(&s, "甲校", &[["张三", ""]]),
            ],
            rows: 2,
            ..Earlier::default()
        };
        set_previous(&mut with, earlier, &s);
        let form = s.form("roster").unwrap();
        assert_eq!(alone.forms[form].persons, with.forms[form].persons);
        assert_eq!(with.schools[..1], alone.schools[..]);
        assert_eq!(with.schools[1].name, "丙校");
        let account = &with.previous.as_ref().unwrap().account;
        assert_eq!((account.records, account.rows), (2, 2));
    }
}
