//! Rules about one row of a yearly assessment: points, grade, duties.
//!
//! What a bureau's own table means by its columns of points only the table itself can tell: a rule
//! about points holds where most of the table's rows keep it.

use super::rows::{Rows, shown, usual};
use crate::diagnostic::{Diagnostic, Rule};
use crate::fold;
use crate::scheme::{Check, Code, FieldIdx};

/// The check's findings, where it is one of these.
pub(super) fn check(rows: &Rows<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    match check.rule {
        Rule::ScoreSumMismatch => sum(rows, check, out),
        Rule::ScoreOutOfRange => range(rows, check, out),
        Rule::GradeScoreMismatch => band(rows, check, out),
        Rule::EthicsVeto => veto(rows, check, out),
        Rule::DutyNotMet => duties(rows, check, out),
        Rule::SelfAssessed => by_himself(rows, check, out),
        _ => {}
    }
}

/// Fields: total, its items. Parameters: `tolerance` in points, `agree`. A blank item is none.
fn sum(rows: &Rows<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let Some(total) = rows.at(check, 0) else {
        return;
    };
    let items: Vec<FieldIdx> = (1..check.fields.len())
        .filter_map(|at| rows.at(check, at))
        .collect();
    if items.len() < 2 {
        return;
    }
    let tolerance = check.params.get("tolerance").copied().unwrap_or(0.0) * 100.0;
    let (mut right, mut wrong) = (0, Vec::new());
    for row in 0..rows.len() {
        let Some(stated) = rows.amount(total, row) else {
            continue;
        };
        let points = |f: &FieldIdx| match rows.amount(*f, row) {
            None if rows.text(*f, row).is_some() => None,
            points => Some(points.unwrap_or(0)),
        };
        let Some(points) = items.iter().map(points).collect::<Option<Vec<i64>>>() else {
            continue;
        };
        let sum: i64 = points.iter().sum();
        if (sum - stated).abs() as f64 <= tolerance {
            right += 1;
        } else {
            wrong.push((row, stated, sum));
        }
    }
    if !usual(check, right, wrong.len()) {
        return;
    }
    for (row, stated, sum) in wrong {
        let finding = rows
            .finding(Rule::ScoreSumMismatch, row, total)
            .arg("sum", shown(sum))
            .arg("total", shown(stated))
            .arg("field", rows.title(total));
        out.push(finding);
    }
}

/// Fields: columns of points, each judged by itself. Parameters: by an item's field its full points,
/// `max` for those without, `agree`.
fn range(rows: &Rows<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    for at in 0..check.fields.len() {
        let own = check.figure(&check.fields[at]);
        let (Some(field), Some(max)) = (rows.at(check, at), own.or(check.figure("max"))) else {
            continue;
        };
        let points = || (0..rows.len()).filter_map(|r| Some((r, rows.amount(field, r)?)));
        let wrong = |points: i64| points < 0 || points as f64 > max * 100.0;
        let beyond: Vec<(usize, i64)> = points().filter(|(_, n)| wrong(*n)).collect();
        if !usual(check, points().count() - beyond.len(), beyond.len()) {
            continue;
        }
        for (row, points) in beyond {
            let finding = rows
                .finding(Rule::ScoreOutOfRange, row, field)
                .variant(if points < 0 { "negative" } else { "" })
                .arg("item", rows.title(field))
                .arg("points", shown(points))
                .arg("max", max);
            out.push(finding);
        }
    }
}

/// Fields: grade, total. Parameters: by each grade's name the points from which it is given, and
/// `agree`. Who has the points of the best grade and not the grade is no mistake: its number is
/// limited.
fn band(rows: &Rows<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let (Some(grade), Some(total)) = (rows.at(check, 0), rows.at(check, 1)) else {
        return;
    };
    let named = check.params.iter();
    let named = named.filter_map(|(name, from)| Some((*from, rows.code_of(grade, name)?)));
    let mut bands: Vec<(f64, Code)> = named.collect();
    bands.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (Some((_, best)), Some((_, least))) = (bands.first().copied(), bands.last()) else {
        return;
    };
    // Below all of them lies the grade below the last.
    let below = least.saturating_sub(1);
    let (mut right, mut wrong) = (0, Vec::new());
    for row in 0..rows.len() {
        let (Some(given), Some(points)) = (rows.code(grade, row), rows.amount(total, row)) else {
            continue;
        };
        let fits = |(from, _): &&(f64, Code)| points as f64 >= from * 100.0;
        let due = bands.iter().find(fits).map_or(below, |(_, code)| *code);
        let limited = due == best && given + 1 == best;
        if given == due || limited {
            right += 1;
        } else {
            wrong.push((row, given, due, points));
        }
    }
    if !usual(check, right, wrong.len()) {
        return;
    }
    for (row, given, due, points) in wrong {
        let finding = rows
            .finding(Rule::GradeScoreMismatch, row, grade)
            .arg("points", shown(points))
            .arg("due", rows.name_of(grade, due))
            .arg("grade", rows.name_of(grade, given));
        out.push(finding);
    }
}

/// Fields: conduct, grade. Words: what says that conduct failed, and the grade that is left then.
fn veto(rows: &Rows<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let (Some(conduct), Some(grade)) = (rows.at(check, 0), rows.at(check, 1)) else {
        return;
    };
    let id = |f: FieldIdx| &rows.form.fields[f].id;
    let (Some(failed), Some(left)) = (rows.words(check, id(conduct)), rows.words(check, id(grade)))
    else {
        return;
    };
    for row in (0..rows.len()).filter(|r| failed.are(*r) && !left.are(*r)) {
        let Some(given) = rows.code(grade, row) else {
            continue;
        };
        let finding = rows
            .finding(Rule::EthicsVeto, row, grade)
            .arg("conduct", rows.text(conduct, row).unwrap_or_default())
            .arg("due", check.list(id(grade)).join("/"))
            .arg("grade", rows.name_of(grade, given));
        out.push(finding);
    }
}

/// Fields: grade, then the counts of duties. Words: the grades that ask for them. Parameters: by
/// each duty's field the number that is asked for; 0 asks for none.
fn duties(rows: &Rows<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let Some(grade) = rows.at(check, 0) else {
        return;
    };
    let Some(passed) = rows.words(check, &rows.form.fields[grade].id) else {
        return;
    };
    for at in 1..check.fields.len() {
        let (Some(duty), Some(least)) = (rows.at(check, at), check.figure(&check.fields[at]))
        else {
            continue;
        };
        for row in (0..rows.len()).filter(|r| passed.are(*r)) {
            let Some(done) = rows.amount(duty, row) else {
                continue;
            };
            if done as f64 >= least * 100.0 {
                continue;
            }
            let code = rows.code(grade, row);
            let finding = rows
                .finding(Rule::DutyNotMet, row, duty)
                .arg("duty", rows.title(duty))
                .arg("done", shown(done))
                .arg("least", least)
                .arg("grade", code.map_or("", |c| rows.name_of(grade, c)));
            out.push(finding);
        }
    }
}

/// Fields: name, who assessed.
fn by_himself(rows: &Rows<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let (Some(name), Some(by)) = (rows.at(check, 0), rows.at(check, 1)) else {
        return;
    };
    for row in 0..rows.len() {
        let (Some(name), Some(judge)) = (rows.text(name, row), rows.text(by, row)) else {
            continue;
        };
        if fold::name(name) == fold::name(judge) {
            out.push(rows.finding(Rule::SelfAssessed, row, by));
        }
    }
}
