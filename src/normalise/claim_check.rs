//! Rules of claims that need several cells of one row: sums and words, standards of fees, what a
//! trip can cost. The form says which fields they look at; limits that are a place's own are set
//! there or nowhere.
//!
//! A cell that is empty or could not be read is never compared.

use super::cells::Cells;
use super::number::decimal;
use super::{Records, capitals, invoice_check};
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::fold;
use crate::recognise::Table;
use crate::scheme::{Check, FieldIdx, Scheme};

/// Checks every record of a table.
pub(super) fn check(records: &Records, table: &Table, scheme: &Scheme) -> Vec<Diagnostic> {
    let Some(form) = scheme.forms.get(records.form) else {
        return Vec::new();
    };
    let cells = Cells::new(records, form, scheme);
    let mut out = Vec::new();
    for check in &form.checks {
        match check.rule {
            Rule::ClaimItemsSum => items(&cells, check, table, &mut out),
            Rule::AmountInWords => words(&cells, check, &mut out),
            Rule::FeeOverStandard => standard(&cells, check, &mut out),
            Rule::LectureFeeOverLimit => lectures(&cells, check, &mut out),
            Rule::MealsProvided => meals(&cells, check, &mut out),
            Rule::LodgingNights => nights(&cells, check, &mut out),
            Rule::DocumentMissing => document(&cells, check, &mut out),
            Rule::AmountZero => zero(&cells, check, &mut out),
            Rule::PayeeOther => payee(&cells, check, &mut out),
            _ => invoice_check::check(&cells, check, &mut out),
        }
    }
    out
}

/// Fields: the typed total; the claimed amount, which is the total where its header is one of the
/// total's; items that are known and not read; then the items.
fn items(cells: &Cells<'_>, check: &Check, table: &Table, out: &mut Vec<Diagnostic>) {
    let [total, claimed, unread, items @ ..] = check.fields.as_slice() else {
        return;
    };
    let field = |id: &str| cells.form.field(id);
    let has = |id: &str| {
        let field = field(id);
        table.columns.iter().any(|c| c.field == field)
    };
    let parts: Vec<FieldIdx> = items.iter().filter_map(|id| cells.held(id)).collect();
    // A column that nobody reads may be an item.
    let unknown = table.columns.iter().any(|c| c.field.is_none());
    if parts.len() < 2 || unknown || has(unread) {
        return;
    }
    let typed = cells.held(total);
    let Some(total) = typed.or_else(|| said_total(cells, table, total, claimed)) else {
        return;
    };
    let titles: Vec<&str> = parts.iter().map(|f| cells.title(*f)).collect();
    let titles = titles.join("\u{3001}");
    let sum_of = |record: usize| {
        let numbers = parts.iter().filter_map(|f| cells.number(*f, record));
        numbers.reduce(i64::saturating_add)
    };
    for record in 0..cells.len() {
        let (Some(stated), Some(sum)) = (cells.number(total, record), sum_of(record)) else {
            continue;
        };
        // A total that is merged over several rows is theirs together.
        let below = (record + 1..cells.len()).take_while(|r| cells.number(total, *r).is_none());
        let group = below.filter_map(sum_of).fold(sum, i64::saturating_add);
        if sum != stated && group != stated {
            let finding = cells
                .finding(Rule::ClaimItemsSum, record, total)
                .arg("items", &titles)
                .arg("sum", decimal(sum))
                .arg("field", cells.title(total))
                .arg("stated", decimal(stated));
            out.push(finding);
        }
    }
}

/// The claimed amount where its column is headed as a total is.
fn said_total(cells: &Cells<'_>, table: &Table, total: &str, claimed: &str) -> Option<FieldIdx> {
    let claimed = cells.held(claimed)?;
    let headers = &cells.form.fields[cells.form.field(total)?].headers;
    let column = table.columns.iter().find(|c| c.field == Some(claimed))?;
    let label = fold::label(column.path.last()?);
    let known = headers.iter().any(|h| fold::label(h) == label);
    known.then_some(claimed)
}

/// Fields: the amount in capital characters, then the amounts that it can be.
fn words(cells: &Cells<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let Some(written) = cells.at(check, 0) else {
        return;
    };
    let amounts: Vec<FieldIdx> = (1..check.fields.len())
        .filter_map(|i| cells.at(check, i))
        .collect();
    for record in 0..cells.len() {
        let Some(text) = cells.text(written, record) else {
            continue;
        };
        let finding = || cells.finding(Rule::AmountInWords, record, written);
        let Some(said) = capitals::hundredths(text) else {
            let unreadable = finding().variant("unreadable").severity(Severity::Warning);
            out.push(unreadable.arg("written", text));
            continue;
        };
        // Where one of them is missing the words may be its own.
        let known: Option<Vec<(FieldIdx, i64)>> = amounts
            .iter()
            .map(|f| Some((*f, cells.number(*f, record)?)))
            .collect();
        let known = known.unwrap_or_default();
        // It may write out any of the row's amounts.
        if let Some((field, amount)) = known.first()
            && known.iter().all(|(_, n)| *n != said)
        {
            let finding = finding()
                .arg("written", text)
                .arg("said", decimal(said))
                .arg("field", cells.title(*field))
                .arg("amount", decimal(*amount));
            out.push(finding);
        }
    }
}

/// Fields: claimed amount, amount of the invoice, kind of expense, days. Parameters: for each kind
/// of expense by its name the yuan a day; `full_days` days at this price and the `later` ones at
/// that share of it. Without a price nothing is judged.
fn standard(cells: &Cells<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let (Some(kind), Some(days)) = (cells.at(check, 2), cells.at(check, 3)) else {
        return;
    };
    let param = |name: &str| check.params.get(name).copied();
    let full = cents(param("full_days").unwrap_or(f64::MAX / 1e3));
    let later = cents(param("later").unwrap_or(1.0));
    for record in 0..cells.len() {
        let price = cells.term(kind, record).and_then(|t| Some((t, param(t)?)));
        let amount = [0, 1].into_iter().find_map(|i| {
            let field = cells.at(check, i)?;
            Some((field, cells.number(field, record)?))
        });
        let days = cells.number(days, record).filter(|d| *d > 0);
        let (Some((term, price)), Some((field, amount)), Some(days)) = (price, amount, days) else {
            continue;
        };
        // Hundredths of yuan, of days and of the share: divided out once.
        let weighed =
            i128::from(days.min(full)) * 100 + i128::from((days - full).max(0)) * i128::from(later);
        let cap = i128::from(cents(price)) * weighed / 10_000;
        if i128::from(amount) > cap {
            let finding = cells
                .finding(Rule::FeeOverStandard, record, field)
                .arg("kind", term)
                .arg("amount", decimal(amount))
                .arg("days", decimal(days))
                .arg("standard", decimal(cents(price)))
                .arg("cap", decimal(i64::try_from(cap).unwrap_or(i64::MAX)));
            out.push(finding);
        }
    }
}

/// A parameter in hundredths.
fn cents(param: f64) -> i64 {
    (param * 100.0).round() as i64
}

/// Fields: what was paid, hours, title of the lecturer, days. Parameters: for each title by its name
/// the yuan an hour; `per_day`, the most hours of a day.
fn lectures(cells: &Cells<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let Some(hours) = cells.at(check, 1) else {
        return;
    };
    let (paid, title, days) = (cells.at(check, 0), cells.at(check, 2), cells.at(check, 3));
    let param = |name: &str| check.params.get(name).copied();
    for record in 0..cells.len() {
        let Some(taught) = cells.number(hours, record).filter(|h| *h > 0) else {
            continue;
        };
        let limit = title.and_then(|f| {
            let term = cells.term(f, record)?;
            Some((term, cents(param(term)?)))
        });
        let paid = paid.and_then(|f| Some((f, cells.number(f, record)?)));
        if let (Some((term, limit)), Some((field, paid))) = (limit, paid)
            && i128::from(paid) * 100 > i128::from(limit) * i128::from(taught)
        {
            let each = i128::from(paid) * 100 / i128::from(taught);
            let finding = cells
                .finding(Rule::LectureFeeOverLimit, record, field)
                .arg("title", term)
                .arg("hours", decimal(taught))
                .arg("each", decimal(i64::try_from(each).unwrap_or(i64::MAX)))
                .arg("limit", decimal(limit));
            out.push(finding);
        }
        let days = days
            .and_then(|f| cells.number(f, record))
            .filter(|d| *d > 0);
        // Without a lecturer's title the hours are a trainee's.
        if let (Some(most), Some(days), Some(_)) = (param("per_day"), days, title)
            && i128::from(taught) * 100 > i128::from(cents(most)) * i128::from(days)
        {
            let finding = cells
                .finding(Rule::LectureFeeOverLimit, record, hours)
                .variant("hours")
                .arg("hours", decimal(taught))
                .arg("days", decimal(days))
                .arg("most", decimal(cents(most)));
            out.push(finding);
        }
    }
}

/// Fields: allowance for meals, whether meals were provided.
fn meals(cells: &Cells<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let (Some(meals), Some(provided)) = (cells.at(check, 0), cells.at(check, 1)) else {
        return;
    };
    for record in (0..cells.len()).filter(|r| cells.yes(provided, *r)) {
        if let Some(amount) = cells.number(meals, record).filter(|n| *n > 0) {
            let finding = cells
                .finding(Rule::MealsProvided, record, meals)
                .arg("field", cells.title(meals))
                .arg("amount", decimal(amount));
            out.push(finding);
        }
    }
}

/// Fields: nights, days. Parameter: `spare` nights more than lie between the days.
fn nights(cells: &Cells<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let (Some(nights), Some(days)) = (cells.at(check, 0), cells.at(check, 1)) else {
        return;
    };
    let spare = cents(check.params.get("spare").copied().unwrap_or(0.0));
    for record in 0..cells.len() {
        let numbers = (cells.number(nights, record), cells.number(days, record));
        let (Some(slept), Some(there)) = numbers else {
            continue;
        };
        let most = there.saturating_sub(100).saturating_add(spare).max(0);
        if slept > most {
            let finding = cells
                .finding(Rule::LodgingNights, record, nights)
                .arg("nights", decimal(slept))
                .arg("days", decimal(there))
                .arg("most", decimal(most));
            out.push(finding);
        }
    }
}

/// Field: the document on which the training rests. A column that nobody filled is told once.
fn document(cells: &Cells<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let Some(document) = cells.at(check, 0) else {
        return;
    };
    let blank: Vec<usize> = (0..cells.len())
        .filter(|r| cells.text(document, *r).is_none())
        .collect();
    let all = blank.len() > 1 && blank.len() == cells.len();
    for &record in blank.iter().take(if all { 1 } else { blank.len() }) {
        let finding = cells
            .finding(Rule::DocumentMissing, record, document)
            .variant(if all { "all" } else { "" })
            .arg("field", cells.title(document))
            .arg("rows", blank.len());
        out.push(finding);
    }
}

/// Fields: amounts that are never nought.
fn zero(cells: &Cells<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    for field in (0..check.fields.len()).filter_map(|i| cells.at(check, i)) {
        for record in (0..cells.len()).filter(|r| cells.number(field, *r) == Some(0)) {
            let finding = cells
                .finding(Rule::AmountZero, record, field)
                .arg("field", cells.title(field));
            out.push(finding);
        }
    }
}

/// Fields: who takes the money, whose it is, why somebody else takes it.
fn payee(cells: &Cells<'_>, check: &Check, out: &mut Vec<Diagnostic>) {
    let (Some(payee), Some(owner)) = (cells.at(check, 0), cells.at(check, 1)) else {
        return;
    };
    let reason = cells.at(check, 2);
    for record in 0..cells.len() {
        let names = (cells.text(payee, record), cells.text(owner, record));
        let (Some(taken), Some(own)) = names else {
            continue;
        };
        let explained = reason.is_some_and(|f| cells.text(f, record).is_some());
        if !explained && fold::name(taken) != fold::name(own) {
            let finding = cells
                .finding(Rule::PayeeOther, record, payee)
                .arg("payee", taken);
            out.push(finding);
        }
    }
}
