//! Short ways of making columns and figures.

use super::exact;
use super::{Column, Figure, Formula, Number, Quantity, words};
use crate::scheme::FormIdx;
use crate::scheme::measure::Payer;

/// A column of counts in a unit.
pub(super) fn count(part: &str, title: Vec<String>, unit: &str) -> Column {
    Column {
        part: part.to_owned(),
        title,
        quantity: Quantity::Count(words::or(unit, "statistics.heads")),
        formula: None,
        additive: true,
    }
}

/// A column of percentages `a / b`.
pub(super) fn rate(part: &str, title: Vec<String>, a: usize, b: usize) -> Column {
    Column {
        part: part.to_owned(),
        title,
        quantity: Quantity::Rate,
        formula: Some(Formula::Ratio(a, b)),
        additive: false,
    }
}

/// A column of yuan.
pub(super) fn money(part: &str, title: Vec<String>) -> Column {
    Column {
        part: part.to_owned(),
        title,
        quantity: Quantity::Money,
        formula: None,
        additive: true,
    }
}

/// Who pays what and, where there is a budget, it, what was paid of it before and what is left.
pub(super) fn payment(payers: &[Payer], budget: Option<i64>, before: i64) -> Vec<Column> {
    let mut out: Vec<Column> = payers
        .iter()
        .map(|payer| {
            let title = vec![words::say("statistics.paid-by"), payer.title.clone()];
            money(&payer.id, title)
        })
        .collect();
    if budget.is_some() {
        let one = |key: &str| vec![words::say(key)];
        out.push(money("budget", one("statistics.budget")).not_additive());
        if before != 0 {
            out.push(money("paid_before", one("statistics.paid-before")).not_additive());
        }
        out.push(money("balance", one("statistics.balance")).not_additive());
    }
    out
}

/// The figures of a budget: only the total has any.
pub(super) fn budgeted(total: bool, budget: Option<i64>, before: i64, allowed: i64) -> Vec<Figure> {
    let Some(budget) = budget else {
        return Vec::new();
    };
    let columns = if before != 0 { 3 } else { 2 };
    if !total {
        return vec![Figure::default(); columns];
    }
    let fen = |n: i64| plain(Number::Hundredths(n));
    let left = budget.saturating_sub(before).saturating_sub(allowed);
    let mut out = vec![fen(budget)];
    if before != 0 {
        out.push(fen(before));
    }
    out.push(Figure {
        met: Some(left >= 0),
        ..fen(left)
    });
    out
}

/// A column of sums: decimals or whole numbers in a unit.
pub(super) fn sum(part: &str, title: Vec<String>, unit: &str, hundredths: bool) -> Column {
    Column {
        part: part.to_owned(),
        title,
        quantity: match hundredths {
            true => Quantity::Decimal(unit.to_owned()),
            false => Quantity::Count(unit.to_owned()),
        },
        formula: None,
        additive: true,
    }
}

/// A column of words.
pub(super) fn text(part: &str, title: Vec<String>) -> Column {
    Column {
        part: part.to_owned(),
        title,
        quantity: Quantity::Text,
        formula: None,
        additive: false,
    }
}

impl Column {
    /// Figures of outer rows are not the sums of their rows.
    pub(super) fn not_additive(mut self) -> Self {
        self.additive = false;
        self
    }
}

/// How many different ones there are.
pub(super) fn distinct(numbers: impl Iterator<Item = u32>) -> i64 {
    let mut all: Vec<u32> = numbers.collect();
    all.sort_unstable();
    all.dedup();
    all.len() as i64
}

/// A figure that is only a value.
pub(super) fn plain(value: Number) -> Figure {
    Figure {
        value,
        ..Figure::default()
    }
}

/// A count.
pub(super) fn heads(n: i64) -> Figure {
    plain(Number::Integer(n))
}

/// A sum, in hundredths or whole.
pub(super) fn amount(n: i64, hundredths: bool) -> Figure {
    plain(match hundredths {
        true => Number::Hundredths(n),
        false => Number::Integer(n),
    })
}

/// A ratio.
pub(super) fn part_of(n: i64, d: i64) -> Figure {
    plain(exact::ratio(n, d))
}

/// Words; none are a gap.
pub(super) fn words_of(text: String) -> Figure {
    plain(match text.is_empty() {
        true => Number::Missing,
        false => Number::Text(text),
    })
}

impl Figure {
    /// Adds the records behind it.
    pub(super) fn evidence(mut self, form: FormIdx, records: impl Iterator<Item = u32>) -> Self {
        self.evidence = records.map(|r| (form as u16, r)).collect();
        self
    }

    /// Adds the records behind it, if it stands in a leaf row.
    pub(super) fn evidence_if(
        self,
        leaf: bool,
        form: FormIdx,
        records: impl Iterator<Item = u32>,
    ) -> Self {
        match leaf {
            true => self.evidence(form, records),
            false => self,
        }
    }
}
