//! Rules about one invoice as it was copied into a row: how many digits, which year, whose name;
//! and about invoices of one table whose numbers follow each other.

use super::cells::Cells;
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::fold;
use crate::scheme::{Check, FieldIdx};
use chrono::Datelike;
use std::collections::BTreeMap;

/// Digits of the number of an electronic invoice, which has no code.
const ELECTRONIC: usize = 20;

pub(super) fn check(cells: &Cells<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    match check.rule {
        Rule::InvoiceNumberForm => number_form(cells, check, out),
        Rule::InvoiceYear => year(cells, check, out),
        Rule::InvoiceDateFar => date_far(cells, check, out),
        Rule::InvoiceConsecutive => consecutive(cells, check, out),
        Rule::BuyerMismatch => buyer(cells, check, out),
        _ => {}
    }
}

/// The digits of a number, without spaces and strokes; `None` where it has letters: tickets and
/// receipts are numbered as their issuers please.
fn digits(text: &str) -> Option<String> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect();
    let all = !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_digit());
    all.then_some(plain)
}

/// Whether a number is the one above: an invoice of several rows is told once.
fn repeats(cells: &Cells<'_>, field: FieldIdx, record: usize) -> bool {
    record > 0 && cells.text(field, record) == cells.text(field, record - 1)
}

/// What is wrong with so many digits of code and number: a variant, and how bad.
fn form_of(code: usize, number: usize) -> Option<(&'static str, Severity)> {
    match (code, number) {
        // Electronic; receipts of public institutions; invoices on paper, whose code may stand
        // in no column.
        (_, ELECTRONIC) | (0 | 8, 10) | (0 | 10 | 12, 8) => None,
        // A nought in front, which spreadsheets lose.
        (0 | 10 | 11 | 12, 7) | (11, 8) | (7, 10) => Some(("zero", Severity::Note)),
        (0, 0..=6) => Some(("short", Severity::Warning)),
        (0, _) => Some(("", Severity::Error)),
        _ => Some(("pair", Severity::Error)),
    }
}

/// Fields: number, code.
fn number_form(cells: &Cells<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let Some(field) = cells.at(check, 0) else {
        return;
    };
    let codes = cells.at(check, 1);
    for record in (0..cells.len()).filter(|r| !repeats(cells, field, *r)) {
        let Some(number) = cells.text(field, record).and_then(digits) else {
            continue;
        };
        let code = match codes.and_then(|f| cells.text(f, record)) {
            None => 0,
            Some(text) => match digits(text) {
                Some(code) if code.bytes().all(|b| b == b'0') => 0,
                Some(code) => code.len(),
                None => continue,
            },
        };
        if let Some((variant, severity)) = form_of(code, number.len()) {
            let finding = cells
                .finding(Rule::InvoiceNumberForm, record, field)
                .variant(variant)
                .severity(severity)
                .arg("number", &number)
                .arg("digits", number.len())
                .arg("code_digits", code);
            out.push(finding);
        }
    }
}

/// Fields: number, date of the invoice.
fn year(cells: &Cells<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let (Some(field), Some(date)) = (cells.at(check, 0), cells.at(check, 1)) else {
        return;
    };
    for record in (0..cells.len()).filter(|r| !repeats(cells, field, *r)) {
        let number = cells.text(field, record).and_then(digits);
        let (Some(number), Some(day)) = (number, cells.date(date, record)) else {
            continue;
        };
        // A date that has not come yet has its own finding.
        if number.len() != ELECTRONIC || day > cells.scheme.cut_off {
            continue;
        }
        let said = number[..2].parse().unwrap_or(0);
        if day.year().rem_euclid(100) != said {
            let finding = cells
                .finding(Rule::InvoiceYear, record, field)
                .arg("number", &number)
                .arg("said", &number[..2])
                .arg("date", day);
            out.push(finding);
        }
    }
}

/// Fields: date of the invoice, first and last day of the training. Parameters: most days `before`
/// the first and `after` the last one.
fn date_far(cells: &Cells<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let Some(date) = cells.at(check, 0) else {
        return;
    };
    let (start, end) = (cells.at(check, 1), cells.at(check, 2));
    let limit = |name: &str| check.params.get(name).map_or(i64::MAX, |days| *days as i64);
    let (before, after) = (limit("before"), limit("after"));
    for record in 0..cells.len() {
        let held = |field: Option<usize>| field.and_then(|f| cells.date(f, record));
        let Some(day) = held(Some(date)).filter(|d| *d <= cells.scheme.cut_off) else {
            continue;
        };
        let (Some(first), Some(last)) = (held(start).or(held(end)), held(end).or(held(start)))
        else {
            continue;
        };
        // Dates in the wrong order have their own finding.
        if first > last {
            continue;
        }
        let early = Cells::days_between(day, first);
        let late = Cells::days_between(last, day);
        let variant = match () {
            () if early > before => "early",
            () if late > after => "late",
            () if day.year() > last.year() || day.year() < first.year() => "year",
            () => continue,
        };
        let finding = cells
            .finding(Rule::InvoiceDateFar, record, date)
            .variant(variant)
            .arg("date", day)
            .arg("start", first)
            .arg("end", last)
            .arg(
                "days",
                if variant == "early" {
                    early
                } else {
                    late.abs()
                },
            );
        out.push(finding);
    }
}

/// Fields: number, seller. Parameter: `at_least` so many in a row. One finding a run.
fn consecutive(cells: &Cells<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let (Some(field), Some(seller)) = (cells.at(check, 0), cells.at(check, 1)) else {
        return;
    };
    let least = check.params.get("at_least").map_or(3, |n| *n as usize);
    let mut sellers: BTreeMap<(String, usize), BTreeMap<u128, usize>> = BTreeMap::new();
    for record in 0..cells.len() {
        let number = cells.text(field, record).and_then(digits);
        let (Some(number), Some(seller)) = (number, cells.text(seller, record)) else {
            continue;
        };
        // Short ones are counts and placeholders.
        let Some(value) = number.parse().ok().filter(|_| number.len() > 5) else {
            continue;
        };
        let of_seller = sellers.entry((fold::label(seller), number.len()));
        of_seller.or_default().entry(value).or_insert(record);
    }
    for ((_, width), numbers) in sellers {
        let numbers: Vec<(u128, usize)> = numbers.into_iter().collect();
        for run in numbers.chunk_by(|a, b| a.0 + 1 == b.0) {
            let [first, .., last] = run else { continue };
            if run.len() < least {
                continue;
            }
            let finding = cells
                .finding(Rule::InvoiceConsecutive, first.1, field)
                .arg("first", format!("{:0width$}", first.0))
                .arg("last", format!("{:0width$}", last.0))
                .arg("count", run.len());
            out.push(finding);
        }
    }
}

/// Field: whom the invoice names as buyer, judged for schools that the directory knows. The bureau
/// may buy for them.
fn buyer(cells: &Cells<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let Some(field) = cells.at(check, 0) else {
        return;
    };
    let bureau = fold::label(&cells.scheme.bureau);
    let schools = cells.scheme.directory.schools();
    let records = cells.records;
    let names: Vec<Option<String>> = records
        .schools
        .iter()
        .map(|s| Some(fold::label(&schools.get(s.index?)?.name)))
        .collect();
    for record in 0..cells.len() {
        let school = usize::from(records.school_of[record]);
        let (Some(text), Some(Some(name))) = (cells.text(field, record), names.get(school)) else {
            continue;
        };
        let folded = fold::label(text);
        let of_bureau = !bureau.is_empty() && folded.contains(&bureau);
        // The number of a tax payer is no name.
        if folded.contains(name) || of_bureau || folded.is_ascii() {
            continue;
        }
        let finding = cells
            .finding(Rule::BuyerMismatch, record, field)
            .arg("buyer", text)
            .arg("school", &records.schools[school].name);
        out.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::Records;
    use crate::normalise::testing::{assert_reads, scheme, scheme_with, table};
    use crate::scheme::Scheme;

    fn found(s: &Scheme, records: &Records) -> Vec<String> {
        let form = &s.forms[records.form];
        let cells = Cells::new(records, form, s);
        let mut out = Vec::new();
        for one in &form.checks {
            check(&cells, one, &mut out);
        }
        out.iter()
            .inspect(|d| assert_reads(d))
            .map(|d| format!("{} {}", d.key(), d.place.cell().unwrap_or_default()))
            .collect()
    }

    fn run(fields: &[&str], rows: &[&[&str]]) -> Vec<String> {
        let s = scheme();
        let rows: Vec<Vec<&str>> = rows.iter().map(|r| r.to_vec()).collect();
        found(&s, &table(&s, "claims", "a.xlsx", "甲校", fields, &rows))
    }

    #[test]
    fn numbers_have_the_digits_of_their_kind() {
        let run = |code, number| run(&["invoice_no", "invoice_code_no"], &[&[number, code]]);
        for (code, number) in [
            ("", "25332000000012345678"),
            ("", "12345678"),
            ("3300201130", "12345678"),
            ("033002000111", "1234 5678"),
            ("33060125", "0012345678"),
            ("", "K0123456"),
            ("无", "123"),
        ] {
            assert!(run(code, number).is_empty(), "{code} {number}");
        }
        assert_eq!(run("", "253320000000123456"), ["invoice-number-form A4"]);
        assert_eq!(run("", "123456"), ["invoice-number-form.short A4"]);
        assert_eq!(run("", "1234567"), ["invoice-number-form.zero A4"]);
        let lost = run("33002000111", "12345678");
        assert_eq!(lost, ["invoice-number-form.zero A4"]);
        let pair = run("330020113", "12345678");
        assert_eq!(pair, ["invoice-number-form.pair A4"]);
    }

    #[test]
    fn an_electronic_number_begins_with_its_year() {
        let run = |number, day| run(&["invoice_no", "invoice_date"], &[&[number, day]]);
        assert!(run("25332000000012345678", "2025-03-01").is_empty());
        assert!(run("12345678", "2024-03-01").is_empty());
        // Not yet come.
        assert!(run("25332000000012345678", "2026-03-01").is_empty());
        let wrong = run("25332000000012345678", "2024-03-01");
        assert_eq!(wrong, ["invoice-year A4"]);
    }

    #[test]
    fn invoices_are_dated_near_their_training() {
        let fields = ["invoice_date", "trip_start", "trip_end"];
        let run = |day, start, end| run(&fields, &[&[day, start, end]]);
        assert!(run("2025-07-10", "2025-07-05", "2025-07-09").is_empty());
        assert!(run("2025-06-05", "2025-07-05", "").is_empty());
        assert!(run("2025-06-05", "", "").is_empty());
        let key = |variant| vec![format!("invoice-date-far.{variant} A4")];
        assert_eq!(run("2025-06-04", "2025-07-05", "2025-07-09"), key("early"));
        assert_eq!(run("2025-12-31", "2025-07-01", "2025-07-02"), key("late"));
        assert_eq!(run("2025-01-05", "2024-12-20", "2024-12-25"), key("year"));
    }

    #[test]
    fn three_numbers_in_a_row_of_one_seller() {
        let rows: [&[&str]; 5] = [
            &["12345679", "某宾馆"],
            &["12345678", "某 宾馆"],
            &["12345680", "某宾馆"],
            &["12345681", "另一宾馆"],
            &["12345678", "某宾馆"],
        ];
        let fields = ["invoice_no", "seller_name"];
        assert_eq!(run(&fields, &rows), ["invoice-consecutive A5"]);
        assert!(run(&fields, &rows[..2]).is_empty());
    }

    #[test]
    fn invoices_name_the_school_or_the_bureau() {
        let mut s = scheme_with(&["甲校", "乙校"]);
        s.bureau = "某县教育局".into();
        let run = |school: &str, buyer: &str| {
            let rows = [vec![buyer]];
            found(
                &s,
                &table(&s, "claims", "a.xlsx", school, &["buyer_name"], &rows),
            )
        };
        assert!(run("甲校", "某县甲校").is_empty());
        assert!(run("甲校", "某县教育局").is_empty());
        assert!(run("甲校", "12330000123456789X").is_empty());
        assert!(run("不在名录", "乙校").is_empty());
        assert_eq!(run("甲校", "乙校"), ["buyer-mismatch A4"]);
    }
}
