//! Every figure is what the rows behind it come to: held for each tabulation that any test makes.

use super::*;
use crate::diagnostic::Diagnosed;
use crate::statistics::trace::{Count, Tracer, Unit};
use crate::statistics::{Column, Quantity, tabulate};
use std::collections::BTreeSet;

/// [`tabulate`], every figure held against its rows.
pub fn traced(data: &Dataset, scheme: &Scheme) -> Diagnosed<Vec<Tabulation>> {
    let made = tabulate(data, scheme);
    let tracer = Tracer::new(data, scheme);
    for table in &made.value {
        let trace = tracer.trace(table);
        assert_eq!(trace.counts.len(), table.columns.len(), "{}", table.measure);
        assert_eq!(trace.lines.len(), table.rows.len(), "{}", table.measure);
        for (row, range) in table.rows.iter().zip(&trace.lines) {
            for (c, figure) in row.figures.iter().enumerate() {
                let depth = row.group.len();
                let counted = trace.counts[c].over(range.clone(), depth);
                let what = || {
                    format!(
                        "{}.{} {:?}",
                        table.measure, table.columns[c].part, row.group
                    )
                };
                match (&figure.value, counted) {
                    (Number::Integer(n) | Number::Hundredths(n), Some(counted)) => {
                        assert_eq!(*n, counted, "{}", what());
                    }
                    (Number::Missing, Some(counted)) => assert_eq!(counted, 0, "{}", what()),
                    (_, Some(_)) => panic!("{} is counted", what()),
                    (_, None) => {}
                }
            }
        }
        let counted: BTreeSet<&Unit> = trace.units.iter().collect();
        let mut left = BTreeSet::new();
        for unit in trace.left.iter().flat_map(|l| &l.units) {
            assert!(
                !counted.contains(unit),
                "{}: counted and left",
                table.measure
            );
            assert!(left.insert(unit), "{}: left twice", table.measure);
        }
        assert!(trace.left.iter().all(|l| !l.reason.is_empty()));
        leaves_hold_their_evidence(table, &trace);
    }
    made
}

/// The records that a leaf's figure names are rows that count in it.
fn leaves_hold_their_evidence(table: &Tabulation, trace: &crate::statistics::trace::Trace) {
    for (row, range) in table.rows.iter().zip(&trace.lines) {
        for (figure, count) in row.figures.iter().zip(&trace.counts) {
            if figure.evidence.is_empty() || !count.is_of_rows() {
                continue;
            }
            let own = range.clone().filter(|i| count.counts(*i, row.group.len()));
            let own: BTreeSet<(u16, u32)> = own
                .map(|i| (trace.units[i].form, trace.units[i].record))
                .collect();
            let evidence: BTreeSet<(u16, u32)> = figure.evidence.iter().copied().collect();
            assert!(
                evidence.is_subset(&own),
                "{} {:?}",
                table.measure,
                row.group
            );
        }
    }
}

/// Whether a column's figures can be counted from rows at all.
fn is_counted(column: &Column) -> bool {
    let stated = [
        "target",
        "more",
        "quota",
        "low",
        "high",
        "start",
        "gap",
        "over",
        "pool_gap",
        "year_quota",
        "budget",
        "balance",
        "baseline",
        "since_baseline",
    ];
    column.formula.is_none()
        && matches!(
            column.quantity,
            Quantity::Count(_) | Quantity::Money | Quantity::Decimal(_)
        )
        && !stated.contains(&column.part.as_str())
}

#[test]
fn every_column_of_a_family_is_counted_or_follows_from_others() {
    let measures = r#"
[[measure]]
id = "r"
kind = "rate"
title = "率"
form = "roster"
where = { stage = ["小学"] }
hit = { education.at_least = "专科" }
target = 0.6
by = ["school"]

[[measure]]
id = "q"
kind = "requirement"
title = "学时"
base = { form = "roster" }
form = "training"
needs = [{ id = "h", title = "学时", sum = "hours", at_least = 60 }]
by = ["school"]
"#;
    let s = scheme_of(measures);
    let data = dataset(
        &s,
        &[
            sheet(
                "roster",
                "甲校",
                &["name", "stage", "education"],
                &[
                    &["张三", "小学", "本科"],
                    &["李四", "初中", "专科"],
                    &["王五", "", "专科"],
                    &["赵六", "小学", ""],
                ],
            ),
            sheet(
                "training",
                "甲校",
                &["name", "hours"],
                &[&["张三", "40"], &["张三", "30"], &["外人", "9"]],
            ),
        ],
    );
    let made = traced(&data, &s).value;
    let tracer = Tracer::new(&data, &s);
    for table in &made {
        let trace = tracer.trace(table);
        for (column, count) in table.columns.iter().zip(&trace.counts) {
            if is_counted(column) {
                assert_ne!(*count, Count::None, "{}.{}", table.measure, column.part);
            }
        }
    }
    let rate = tracer.trace(&made[0]);
    let reasons: Vec<(&str, bool, usize)> = rate
        .left
        .iter()
        .map(|l| (l.reason.as_str(), l.open, l.units.len()))
        .collect();
    assert_eq!(
        reasons,
        [
            ("不在统计范围：不符合“任教学段为小学”", false, 1),
            ("不符合“任教学段为小学”：有关单元格未填或无法识别", true, 1),
        ]
    );
    // 赵六's blank leaves open whether the target is met.
    assert_eq!(rate.counts[1], Count::Marks(vec![1, 2]));
    // Each person is followed by their own rows, and who is not there has none.
    let hours = tracer.trace(&made[1]);
    let forms: Vec<u16> = hours.units.iter().map(|u| u.form).collect();
    let (roster, training) = (hours.units[0].form, hours.units[1].form);
    assert_eq!(forms, [roster, training, training, roster, roster, roster]);
    assert_eq!(hours.left[0].reason, "本人不在应统计人员之列");
}
