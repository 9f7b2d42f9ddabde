//! Rules about one row of a register of training, and about a person's rows within one table.

use super::rows::{Rows, date, months, shown, usual};
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::scheme::{Check, FieldIdx, plus_years};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

/// The check's findings, where it is one of these.
pub(super) fn check(rows: &Rows<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    match check.rule {
        Rule::HoursInvalid => hours(rows, check, out),
        Rule::HoursPerDay => per_day(rows, check, out),
        Rule::CreditsPerHour => per_hour(rows, check, out),
        Rule::OutsideCycle => cycle(rows, check, out),
        Rule::FailedWithCredits => failed(rows, check, out),
        Rule::CumulativeMismatch => cumulative(rows, check, out),
        Rule::LevelUnproven => level(rows, check, out),
        _ => {}
    }
}

/// What a row is about: its project, else nothing.
fn project<'a>(rows: &Rows<'a>, field: Option<FieldIdx>, row: usize) -> &'a str {
    field.and_then(|f| rows.text(f, row)).unwrap_or_default()
}

/// Fields: hours, project, credits. Words: results that rightly have none. A negative number has
/// its own finding, and achievements are registered by credits with no hours.
fn hours(rows: &Rows<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let Some(field) = rows.at(check, 0) else {
        return;
    };
    let (named, credits) = (rows.at(check, 1), rows.at(check, 2));
    let failed = rows.words(check, "result");
    for row in 0..rows.len() {
        let variant = match rows.amount(field, row) {
            Some(0) => "",
            Some(n) if n > 0 && n % 10 != 0 => "places",
            _ => continue,
        };
        let other = credits.and_then(|c| rows.amount(c, row));
        let none_due = failed.as_ref().is_some_and(|f| f.are(row)) || other.is_some_and(|c| c > 0);
        if variant.is_empty() && none_due {
            continue;
        }
        let finding = rows
            .finding(Rule::HoursInvalid, row, field)
            .variant(variant)
            .arg("project", project(rows, named, row))
            .arg("hours", shown(rows.amount(field, row).unwrap_or_default()));
        out.push(finding);
    }
}

/// Fields: hours, first day, last day, typed number of days, project. Words: the categories that
/// are held day by day. Parameters: `hours` a day, and the `most` that a day can have. A course is
/// told once, however many people of the table took part.
fn per_day(rows: &Rows<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let (Some(field), Some(limit)) = (rows.at(check, 0), check.figure("hours")) else {
        return;
    };
    let Some(category) = rows.words(check, "category") else {
        return;
    };
    let most = check.figure("most").unwrap_or(limit);
    let [start, end, typed, named] = [1, 2, 3, 4].map(|at| rows.at(check, at));
    let mut courses: BTreeMap<(&str, i64, i64), (usize, usize)> = BTreeMap::new();
    for row in (0..rows.len()).filter(|r| category.are(*r)) {
        let Some(hours) = rows.amount(field, row).filter(|h| *h > 0) else {
            continue;
        };
        let stated = typed.and_then(|f| rows.amount(f, row)).filter(|d| *d > 0);
        let between = || {
            let (a, b) = (rows.days(start?, row)?, rows.days(end?, row)?);
            // A last day that may be a month reaches to its end.
            let month = date(b)?.day() == 1 && date(a)?.day() == 1;
            let last = if month { b + 30 } else { b };
            (b >= a).then(|| i64::from(last - a + 1) * 100)
        };
        // Of two ways of counting the days the larger one counts.
        let Some(days) = stated.into_iter().chain(between()).max() else {
            continue;
        };
        if hours as f64 <= days as f64 * limit + 0.5 {
            continue;
        }
        let course = (project(rows, named, row), days, hours);
        courses.entry(course).or_insert((row, 0)).1 += 1;
    }
    for ((project, days, hours), (row, people)) in courses {
        let beyond = hours as f64 > days as f64 * most + 0.5;
        let finding = rows
            .finding(Rule::HoursPerDay, row, field)
            .severity(if beyond {
                Severity::Error
            } else {
                Severity::Note
            })
            .arg("project", project)
            .arg("people", people)
            .arg("days", shown(days))
            .arg("hours", shown(hours))
            .arg("limit", limit);
        out.push(finding);
    }
}

/// Fields: credits, hours, project, category. Words: results that give no credits. Parameters: by a
/// category's name its hours of a credit, `hours_per_credit` for all others, `tolerance` in credits;
/// 0 asks nothing.
fn per_hour(rows: &Rows<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let (Some(credits), Some(hours)) = (rows.at(check, 0), rows.at(check, 1)) else {
        return;
    };
    let category = rows.at(check, 3);
    let rate = |row: usize| {
        let own = category.and_then(|f| check.figure(rows.name_of(f, rows.code(f, row)?)));
        own.or_else(|| check.figure("hours_per_credit"))
    };
    let tolerance = check.params.get("tolerance").copied().unwrap_or(0.0);
    let failed = rows.words(check, "result");
    let named = rows.at(check, 2);
    for row in 0..rows.len() {
        let (Some(given), Some(time), Some(rate)) = (
            rows.amount(credits, row),
            rows.amount(hours, row),
            rate(row),
        ) else {
            continue;
        };
        if time <= 0 || failed.as_ref().is_some_and(|f| f.are(row)) {
            continue;
        }
        let due = time as f64 / rate;
        if (given as f64 - due).abs() <= tolerance * 100.0 + 1e-6 {
            continue;
        }
        let finding = rows
            .finding(Rule::CreditsPerHour, row, credits)
            .arg("project", project(rows, named, row))
            .arg("hours", shown(time))
            .arg("due", shown(due.round() as i64))
            .arg("credits", shown(given));
        out.push(finding);
    }
}

/// Fields: last day, first day, project. The scheme's own cycle; what lies ahead is `date-future`.
/// Only the last day decides; of a month that is known without its day the month does.
fn cycle(rows: &Rows<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let Some(cycle) = rows.scheme.cycle else {
        return;
    };
    let Some(field) = rows.at(check, 0).or_else(|| rows.at(check, 1)) else {
        return;
    };
    let first = cycle.start_of(rows.scheme.cut_off);
    let last = plus_years(first, i64::from(cycle.years))
        .pred_opt()
        .unwrap_or(first);
    let named = rows.at(check, 2);
    for row in 0..rows.len() {
        let Some(day) = rows.date(field, row).filter(|d| *d < first) else {
            continue;
        };
        if months(day) == months(first) {
            continue;
        }
        let finding = rows
            .finding(Rule::OutsideCycle, row, field)
            .arg("project", project(rows, named, row))
            .arg("day", day)
            .arg("first", first)
            .arg("last", last);
        out.push(finding);
    }
}

/// Fields: result, credits, project. Words: results that give no credits.
fn failed(rows: &Rows<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let (Some(result), Some(credits)) = (rows.at(check, 0), rows.at(check, 1)) else {
        return;
    };
    let id = &rows.form.fields[result].id;
    let Some(failed) = rows.words(check, id) else {
        return;
    };
    let named = rows.at(check, 2);
    for row in (0..rows.len()).filter(|r| failed.are(*r)) {
        let Some(given) = rows.amount(credits, row).filter(|c| *c > 0) else {
            continue;
        };
        let code = rows.code(result, row);
        let finding = rows
            .finding(Rule::FailedWithCredits, row, credits)
            .arg("project", project(rows, named, row))
            .arg("result", code.map_or("", |c| rows.name_of(result, c)))
            .arg("credits", shown(given));
        out.push(finding);
    }
}

/// Fields: a typed sum of a person, the numbers that it sums, last day. A sum may be of all the
/// person's rows, of this year's, or of the rows so far; with `at_least` also of former tables.
/// Where most people's sums are none of these, the column sums something else.
fn cumulative(rows: &Rows<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let (Some(stated), Some(part)) = (rows.at(check, 0), rows.at(check, 1)) else {
        return;
    };
    let ended = rows.at(check, 2);
    let open = check.asks("at_least");
    let this_year = |row: &usize| {
        let day = ended.and_then(|f| rows.date(f, *row));
        day.is_some_and(|d| same_year(rows, d))
    };
    let (mut right, mut wrong) = (0, Vec::new());
    for person in rows.people() {
        let all: i64 = person.iter().filter_map(|r| rows.amount(part, *r)).sum();
        let year = person.iter().filter(|r| this_year(r));
        let year: i64 = year.filter_map(|r| rows.amount(part, *r)).sum();
        let mut so_far = 0;
        for &row in &person {
            so_far += rows.amount(part, row).unwrap_or(0);
            let Some(typed) = rows.amount(stated, row) else {
                continue;
            };
            if typed == all || typed == year || typed == so_far || open && typed > so_far {
                right += 1;
            } else {
                wrong.push((row, typed, if open { so_far } else { all }));
                // The others of the person repeat it.
                break;
            }
        }
    }
    if !usual(check, right, wrong.len()) {
        return;
    }
    for (row, typed, sum) in wrong {
        let finding = rows
            .finding(Rule::CumulativeMismatch, row, stated)
            .variant(if open { "least" } else { "" })
            .arg("field", rows.title(stated))
            .arg("part", rows.title(part))
            .arg("stated", shown(typed))
            .arg("sum", shown(sum));
        out.push(finding);
    }
}

/// Whether a day lies in the year of the cut-off, as the scheme counts years.
fn same_year(rows: &Rows<'_>, day: NaiveDate) -> bool {
    let cut_off = rows.scheme.cut_off;
    match rows.scheme.cycle {
        Some(c) => c.year_start_of(day) == c.year_start_of(cut_off),
        None => day.year() == cut_off.year(),
    }
}

/// Fields: level, hours, organiser, project. Words: the levels that want proof. Parameter: `hours`
/// beyond which they do.
fn level(rows: &Rows<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let Some(field) = rows.at(check, 0) else {
        return;
    };
    let Some(high) = rows.words(check, &rows.form.fields[field].id) else {
        return;
    };
    let limit = check.figure("hours");
    let [hours, organiser, named] = [1, 2, 3].map(|at| rows.at(check, at));
    for row in (0..rows.len()).filter(|r| high.are(*r)) {
        let time = hours.and_then(|f| rows.amount(f, row)).unwrap_or(0);
        let long = limit.filter(|l| time as f64 > l * 100.0);
        let nobody = organiser.is_some_and(|f| rows.text(f, row).is_none());
        let (at, variant) = match (long, nobody, organiser, hours) {
            (_, true, Some(at), _) => (at, "organiser"),
            (Some(_), _, _, Some(at)) => (at, ""),
            _ => continue,
        };
        let finding = rows
            .finding(Rule::LevelUnproven, row, at)
            .variant(variant)
            .arg("project", project(rows, named, row))
            .arg("level", rows.text(field, row).unwrap_or_default())
            .arg("hours", shown(time))
            .arg("limit", limit.unwrap_or_default());
        out.push(finding);
    }
}
