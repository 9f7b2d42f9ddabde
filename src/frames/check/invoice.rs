//! `invoice-duplicate`: one invoice claimed twice, in one school or in several.
//!
//! The check names the fields number, amount and claimed amount, then those that tell shares of one
//! person apart (kind of expense). An invoice shared by several persons is legal while it stands in
//! one table and the shares do not exceed it.

use super::{Cross, Finding, Record};
use crate::diagnostic::{Diagnostic, Rule};
use crate::fold;
use crate::frames::view::Hundredths;
use crate::scheme::{Check, FormIdx};
use std::collections::{BTreeMap, BTreeSet};

/// Digits that a number must have to be an invoice's: shorter ones are counts and placeholders.
const DIGITS: usize = 5;

pub(super) fn duplicates(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let field = |at: usize| check.fields.get(at).map(String::as_str);
    let Some(numbers) = cross.texts(form, field(0)) else {
        return Vec::new();
    };
    let mut records: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (record, number) in numbers.iter().enumerate() {
        if let Some(key) = number.and_then(key) {
            records.entry(key).or_default().push(record);
        }
    }
    let frame = &cross.frames[form];
    let shares = Shares {
        amounts: field(1).and_then(|f| frame.decimals(f)),
        claims: field(2).and_then(|f| frame.decimals(f)),
        kinds: check.fields.iter().skip(3).map(String::as_str).collect(),
    };
    let fields: Vec<&str> = field(0).into_iter().collect();
    let mut found = Vec::new();
    for records in records.values() {
        // A line that asks for nothing claims nothing twice: the amount is merged over several.
        let asking = |r: &&usize| shares.asks(**r);
        let records: Vec<usize> = match records.iter().any(|r| shares.asks(*r)) {
            true => records.iter().filter(asking).copied().collect(),
            false => records.clone(),
        };
        let records = &records;
        if records.len() < 2 {
            continue;
        }
        if shares.are_legal(cross, form, records) {
            continue;
        }
        for (i, record) in records.iter().enumerate() {
            let at = (form, *record);
            let school = cross.school(at);
            let here = |r: &&usize| **r != *record && cross.school((form, **r)) == school;
            let diagnostic = match records.iter().find(here) {
                Some(other) => cross.pointing(Rule::InvoiceDuplicate, at, &fields, (form, *other)),
                None => {
                    let other = (form, records[usize::from(i == 0)]);
                    let (place, field) = cross.place(at, &fields);
                    Diagnostic::new(Rule::InvoiceDuplicate, place)
                        .variant("school")
                        .field(field)
                        .arg("school", cross.school_name(cross.school(other)))
                }
            };
            let number = numbers.get(*record).unwrap_or_default();
            found.push((school, diagnostic.arg("number", number)));
        }
    }
    found
}

/// The number as compared: folded, letters and digits only, without leading zeros, which
/// spreadsheets lose. `None` for what is no invoice number.
pub(super) fn key(number: &str) -> Option<String> {
    let folded = fold::label(number);
    let plain: String = folded.chars().filter(char::is_ascii_alphanumeric).collect();
    let key = plain.trim_start_matches('0');
    let digits = key.bytes().filter(u8::is_ascii_digit).count();
    (digits >= DIGITS).then(|| key.to_owned())
}

struct Shares<'a> {
    amounts: Option<Hundredths<'a>>,
    claims: Option<Hundredths<'a>>,
    kinds: Vec<&'a str>,
}

impl Shares<'_> {
    /// Whether a record says an amount.
    fn asks(&self, record: usize) -> bool {
        let says = |column: Option<Hundredths<'_>>| column.and_then(|c| c.get(record)).is_some();
        says(self.amounts) || says(self.claims)
    }

    /// Whether records with one number are shares of one invoice, or an invoice and its
    /// cancellation.
    fn are_legal(&self, cross: &Cross<'_>, form: FormIdx, records: &[usize]) -> bool {
        let amount = |record: usize| self.amounts?.get(record);
        let Some(total) = records
            .iter()
            .map(|r| amount(*r))
            .collect::<Option<Vec<i64>>>()
        else {
            return false;
        };
        // A red-letter invoice cancels the original of the same number.
        let positive = total.iter().filter(|a| **a > 0).count();
        if positive < total.len() {
            return positive <= 1;
        }
        let frame = &cross.frames[form];
        let one_table = records
            .iter()
            .all(|r| frame.origins[*r].0 == frame.origins[records[0]].0);
        let one_amount = total.iter().all(|a| *a == total[0]);
        let mut parts = BTreeSet::new();
        let apart = records.iter().all(|&r| {
            let kinds: Vec<_> = self
                .kinds
                .iter()
                .map(|f| frame.codes(f).and_then(|c| c.get(r)))
                .collect();
            parts.insert((cross.person(record_of(form, r)), kinds))
        });
        let claimed = records.iter().map(|&r| {
            let claimed = self.claims.and_then(|c| c.get(r));
            claimed.or(amount(r)).unwrap_or(i64::MAX)
        });
        let sum = claimed.fold(0i64, i64::saturating_add);
        one_table && one_amount && apart && sum <= total[0]
    }
}

fn record_of(form: FormIdx, record: usize) -> Record {
    (form, record)
}
