//! Rules about one row of a list of those who study for a higher degree.

use super::rows::{Rows, months};
use crate::diagnostic::{Diagnostic, Rule};
use crate::scheme::Check;
use chrono::Datelike;

/// The check's findings, where it is one of these.
pub(super) fn check(rows: &Rows<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    match check.rule {
        Rule::StudyTimeShort => time(rows, check, out),
        Rule::StudyOverdue => overdue(rows, check, out),
        Rule::StudyFullTime => full_time(rows, check, out),
        Rule::DiplomaImplausible => diploma(rows, check, out),
        _ => {}
    }
}

/// Fields: enrolled, graduation, level studied for. Words: the levels. Parameter: `months` at
/// least. Dates in the wrong order have their own finding.
fn time(rows: &Rows<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let (Some(from), Some(to), Some(level), Some(least)) = (
        rows.at(check, 0),
        rows.at(check, 1),
        rows.at(check, 2),
        check.figure("months"),
    ) else {
        return;
    };
    let Some(levels) = rows.words(check, &rows.form.fields[level].id) else {
        return;
    };
    for row in (0..rows.len()).filter(|r| levels.are(*r)) {
        let (Some(a), Some(b)) = (rows.date(from, row), rows.date(to, row)) else {
            continue;
        };
        let studied = months(b) - months(a);
        if b < a || f64::from(studied) >= least {
            continue;
        }
        let finding = rows
            .finding(Rule::StudyTimeShort, row, to)
            .arg("months", studied)
            .arg("first", a)
            .arg("last", b);
        out.push(finding);
    }
}

/// Fields: expected graduation, status. Words: the status of those who still study.
fn overdue(rows: &Rows<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let (Some(due), Some(status)) = (rows.at(check, 0), rows.at(check, 1)) else {
        return;
    };
    let Some(studying) = rows.words(check, &rows.form.fields[status].id) else {
        return;
    };
    let cut_off = rows.scheme.cut_off;
    for row in (0..rows.len()).filter(|r| studying.are(*r)) {
        let Some(day) = rows.date(due, row) else {
            continue;
        };
        if months(day) >= months(cut_off) {
            continue;
        }
        let code = rows.code(status, row);
        let finding = rows
            .finding(Rule::StudyOverdue, row, status)
            .arg("day", day)
            .arg("status", code.map_or("", |c| rows.name_of(status, c)))
            .arg("cut_off", cut_off);
        out.push(finding);
    }
}

/// Fields: form of study, status. Words: forms that leave no time for a post, and the status of
/// those who still study, where the table has one.
fn full_time(rows: &Rows<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let Some(form) = rows.at(check, 0) else {
        return;
    };
    let Some(full) = rows.words(check, &rows.form.fields[form].id) else {
        return;
    };
    let status = rows.at(check, 1);
    let studying = status.and_then(|f| rows.words(check, &rows.form.fields[f].id));
    for row in (0..rows.len()).filter(|r| full.are(*r)) {
        if studying.as_ref().is_some_and(|s| !s.are(row)) {
            continue;
        }
        let finding = rows
            .finding(Rule::StudyFullTime, row, form)
            .arg("form", rows.text(form, row).unwrap_or_default());
        out.push(finding);
    }
}

/// Fields: number of the diploma, graduation, level. Words: by each level's name the two digits
/// that stand for it. Parameter: `year` from which diplomas are numbered so.
fn diploma(rows: &Rows<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let Some(field) = rows.at(check, 0) else {
        return;
    };
    let [graduated, level] = [1, 2].map(|at| rows.at(check, at));
    let since = check.params.get("year").copied().unwrap_or(0.0);
    for row in 0..rows.len() {
        let Some(number) = rows.text(field, row) else {
            continue;
        };
        let day = graduated.and_then(|f| rows.date(f, row));
        let day = day.filter(|d| *d <= rows.scheme.cut_off);
        // Older ones have numbers of their schools' own making; of a future one nothing is known.
        let Some(day) = day.filter(|d| f64::from(d.year()) >= since) else {
            continue;
        };
        let digits = number.bytes().all(|b| b.is_ascii_digit());
        let code = level.and_then(|f| Some(rows.name_of(f, rows.code(f, row)?)));
        let codes = code.map_or(&[][..], |c| check.list(c));
        let year = number.get(6..10).unwrap_or_default();
        let part = number.get(10..12).unwrap_or_default();
        let variant = if !digits || !matches!(number.len(), 17 | 18) {
            "digits"
        } else if year.parse() != Ok(day.year()) {
            "year"
        } else if !codes.is_empty() && !codes.iter().any(|c| c == part) {
            "level"
        } else {
            continue;
        };
        let finding = rows
            .finding(Rule::DiplomaImplausible, row, field)
            .variant(variant)
            .arg("number", number)
            .arg("length", number.chars().count())
            .arg("year", year)
            .arg("graduated", day.year())
            .arg("part", part)
            .arg("level", code.unwrap_or_default());
        out.push(finding);
    }
}
