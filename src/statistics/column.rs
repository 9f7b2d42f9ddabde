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

/// Who pays what and, where there is a budget, it and what is left of it.
pub(super) fn payment(payers: &[Payer], budget: Option<i64>) -> Vec<Column> {
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
        out.push(money("balance", one("statistics.balance")).not_additive());
    }
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
