//! Numbers of one row that must fit each other: groups that make a whole, parts that are no more
//! than it, balances of accounts. The form says which.
//!
//! Nothing is concluded from a column that is missing, and an empty cell among filled ones is
//! nought.

use super::Records;
use super::cells::Cells;
use super::number::decimal;
use crate::diagnostic::{Diagnostic, Rule};
use crate::scheme::{Check, FieldIdx, Form, Scheme};

/// Checks every record of a table.
pub(super) fn check(records: &Records, form: &Form, scheme: &Scheme) -> Vec<Diagnostic> {
    let cells = Cells::new(records, form, scheme);
    let mut out = Vec::new();
    for check in &form.checks {
        match check.rule {
            Rule::GroupSum => balance(&cells, check, 0, &mut out),
            Rule::LedgerImbalance => {
                let minus = check.params.get(Check::MINUS).copied().unwrap_or(0.0);
                balance(&cells, check, minus as usize, &mut out);
            }
            Rule::PartOverWhole => parts(&cells, check, &mut out),
            Rule::BudgetExceeded => budget(&cells, check, &mut out),
            _ => {}
        }
    }
    out
}

/// Fields: the result, then what makes it; the last `minus` of them are taken away.
fn balance(cells: &Cells<'_>, check: &Check, minus: usize, out: &mut Vec<Diagnostic>) {
    let fields: Option<Vec<FieldIdx>> = (0..check.fields.len())
        .map(|i| cells.at(check, i))
        .collect();
    let Some(fields) = fields else { return };
    let Some((&total, parts)) = fields.split_first() else {
        return;
    };
    let (plus, less) = parts.split_at(parts.len().saturating_sub(minus));
    let titles =
        |fields: &[FieldIdx]| -> Vec<&str> { fields.iter().map(|f| cells.title(*f)).collect() };
    // 甲＋乙－丙, as people write it.
    let mut formula = titles(plus).join("\u{ff0b}");
    for title in titles(less) {
        formula.push('\u{ff0d}');
        formula.push_str(title);
    }
    for record in 0..cells.len() {
        let Some(stated) = cells.number(total, record) else {
            continue;
        };
        let known = |f: &&FieldIdx| cells.number(**f, record).is_some();
        let filled = parts.iter().filter(known).count();
        let sum = |fields: &[FieldIdx]| -> i64 {
            let numbers = fields.iter().filter_map(|f| cells.number(*f, record));
            numbers.fold(0, i64::saturating_add)
        };
        let computed = sum(plus).saturating_sub(sum(less));
        // One filled part says nothing about a group of several.
        if filled < 2.min(parts.len()) || computed == stated {
            continue;
        }
        let finding = cells
            .finding(check.rule, record, total)
            .arg("field", cells.title(total))
            .arg("stated", decimal(stated))
            .arg("computed", decimal(computed))
            .arg("difference", decimal(stated.saturating_sub(computed)))
            .arg("formula", &formula);
        out.push(finding);
    }
}

/// Fields: the whole, then parts of it, each no more than the whole.
fn parts(cells: &Cells<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let Some(whole) = cells.at(check, 0) else {
        return;
    };
    for part in (1..check.fields.len()).filter_map(|i| cells.at(check, i)) {
        for record in 0..cells.len() {
            let numbers = (cells.number(whole, record), cells.number(part, record));
            let (Some(all), Some(some)) = numbers else {
                continue;
            };
            if some > all {
                let finding = cells
                    .finding(Rule::PartOverWhole, record, part)
                    .arg("part_title", cells.title(part))
                    .arg("part", decimal(some))
                    .arg("whole_title", cells.title(whole))
                    .arg("whole", decimal(all));
                out.push(finding);
            }
        }
    }
}

/// Fields: the budget, what has been spent of it; with a third field, what this claim adds.
fn budget(cells: &Cells<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let (Some(budget), Some(spent)) = (cells.at(check, 0), cells.at(check, 1)) else {
        return;
    };
    let more = cells.at(check, 2);
    for record in 0..cells.len() {
        let numbers = (cells.number(budget, record), cells.number(spent, record));
        let (Some(limit), Some(spent_so_far)) = numbers else {
            continue;
        };
        let added = more.and_then(|f| cells.number(f, record)).unwrap_or(0);
        let all = spent_so_far.saturating_add(added);
        if all > limit {
            let finding = cells
                .finding(Rule::BudgetExceeded, record, spent)
                .arg("budget", decimal(limit))
                .arg("spent", decimal(all))
                .arg("over", decimal(all.saturating_sub(limit)));
            out.push(finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::testing::{assert_reads, scheme, table};
    use crate::scheme::templates;

    fn run(form: &str, fields: &[&str], row: &[&str]) -> Vec<String> {
        let mut s = scheme();
        s.forms.extend(templates::on_demand());
        let records = table(&s, form, "a.xlsx", "甲校", fields, &[row.to_vec()]);
        let found = check(&records, &s.forms[records.form], &s);
        found
            .iter()
            .inspect(|d| assert_reads(d))
            .map(|d| format!("{} {}", d.key(), d.place.cell().unwrap_or_default()))
            .collect()
    }

    #[test]
    fn groups_make_the_whole() {
        let fields = ["teachers", "teachers_male", "teachers_female"];
        let run = |row: &[&str]| run("school_stats", &fields, row);
        assert!(run(&["40", "12", "28"]).is_empty());
        assert!(run(&["40", "", "28"]).is_empty());
        assert!(run(&["", "12", "28"]).is_empty());
        assert_eq!(run(&["41", "12", "28"]), ["group-sum A4"]);
        // A column that is missing may be anything.
        assert!(super::tests::run("school_stats", &fields[..2], &["41", "12"]).is_empty());
    }

    #[test]
    fn a_part_is_no_more_than_the_whole() {
        let fields = ["teachers", "speciality_teachers"];
        let run = |row: &[&str]| run("school_stats", &fields, row);
        assert!(run(&["40", "40"]).is_empty());
        assert!(run(&["", "41"]).is_empty());
        assert_eq!(run(&["40", "41"]), ["part-over-whole B4"]);
    }

    #[test]
    fn accounts_balance_to_the_cent() {
        let fields = ["closing", "opening", "income", "spending"];
        let run = |row: &[&str]| run("ledger", &fields, row);
        assert!(run(&["70.10", "50", "30.10", "10"]).is_empty());
        assert!(run(&["40", "50", "", "10"]).is_empty());
        assert!(run(&["40", "50", "", ""]).is_empty());
        assert_eq!(
            run(&["70.11", "50", "30.10", "10"]),
            ["ledger-imbalance A4"]
        );
    }

    #[test]
    fn no_more_is_spent_than_the_budget() {
        let run = |row: &[&str]| run("ledger", &["budget", "spent_total"], row);
        assert!(run(&["100", "100"]).is_empty());
        assert_eq!(run(&["100", "100.01"]), ["budget-exceeded B4"]);
    }
}
