//! `invoice-paid-before`: an invoice that the earlier period paid already.

use super::invoice::key;
use super::{Cross, Finding};
use crate::diagnostic::{Diagnostic, Rule};
use crate::scheme::{Check, FormIdx};
use std::collections::BTreeMap;

/// Fields: number, amount. An invoice that takes back another has its own rules.
pub(super) fn before(
    now: &Cross<'_>,
    then: &Cross<'_>,
    form: FormIdx,
    check: &Check,
) -> Vec<Finding> {
    let field = |at: usize| check.fields.get(at).map(String::as_str);
    let numbers = (now.texts(form, field(0)), then.texts(form, field(0)));
    let (Some(numbers), Some(paid)) = numbers else {
        return Vec::new();
    };
    let negative = |cross: &Cross<'_>, record: usize| {
        let amounts = field(1).and_then(|f| cross.frames[form].decimals(f));
        amounts.and_then(|a| a.get(record)).is_some_and(|a| a < 0)
    };
    let mut schools: BTreeMap<String, u32> = BTreeMap::new();
    for (record, number) in paid.iter().enumerate() {
        if let Some(key) = number.and_then(key).filter(|_| !negative(then, record)) {
            schools.entry(key).or_insert(then.school((form, record)));
        }
    }
    let fields: Vec<&str> = field(0).into_iter().collect();
    let mut found = Vec::new();
    for (record, number) in numbers.iter().enumerate() {
        let Some(number) = number else { continue };
        let payer = key(number).and_then(|k| schools.get(&k));
        let (Some(payer), false) = (payer, negative(now, record)) else {
            continue;
        };
        let at = (form, record);
        let school = now.school(at);
        let (place, field) = now.place(at, &fields);
        let diagnostic = Diagnostic::new(Rule::InvoicePaidBefore, place)
            .variant(if *payer == school { "" } else { "school" })
            .field(field)
            .arg("number", number)
            .arg("school", now.school_name(*payer));
        found.push((school, diagnostic));
    }
    found
}
