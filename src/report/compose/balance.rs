//! The page of budgets: of each measure that pays, what there is, what was paid before, what is paid
//! now, what is left, what is too much. Amounts are links to the pages that they come from.

use super::parts::framed;
use super::table::{self, Made};
use super::voucher::link;
use super::{Context, names};
use crate::report::page::{At, Content, Expr, Value};
use crate::report::places::Places;
use crate::report::words::Key;
use crate::scheme::PageSpec;
use crate::statistics::{Column, Figure, Formula, Level, Number, Quantity, Row, Tabulation};
use std::sync::Arc;

/// Columns of the page after its stub.
mod column {
    pub const BUDGET: usize = 0;
    pub const BEFORE: usize = 1;
    pub const ALLOWED: usize = 2;
    pub const USED: usize = 3;
    pub const LEFT: usize = 4;
    pub const BEYOND: usize = 5;
}

/// The page and its figures; none where no budget is decided.
pub fn page(
    cx: &Context<'_>,
    spec: &PageSpec,
    path: &Arc<str>,
    places: &Places,
    sheets: &mut names::Sheets,
) -> Option<(Made, Tabulation)> {
    let words = cx.words;
    let mut items = Vec::new();
    let mut undecided = Vec::new();
    for id in &spec.measures {
        let all = &cx.findings.tabulations;
        let Some(index) = all.iter().position(|t| t.measure == *id) else {
            continue;
        };
        match Item::of(index, &all[index]) {
            Some(item) => items.push(item),
            None => undecided.push(all[index].title.as_str()),
        }
    }
    if items.is_empty() {
        return None;
    }
    let tab = tabulation(cx, &items);
    let mut frame = framed(cx, &tab, spec, sheets);
    frame.below = Key::BalanceBelow;
    if !undecided.is_empty() {
        let names = words.list(undecided);
        frame
            .notes
            .push(words.fill(Key::BalanceUndecided, &[("names", names)]));
    }
    let mut made = table::build(cx, &tab, &frame, sheets.claim(&spec.sheet));
    for (row, item) in items.iter().enumerate() {
        let line = made.line_of[row] as usize;
        for (column, place) in [
            (column::BUDGET, item.budget.1),
            (column::BEFORE, item.before.1),
            (column::ALLOWED, item.allowed.1),
        ] {
            let place = place.and_then(|c| places.find(item.index, item.row, c));
            if let Some((_, sheet, at)) = place.filter(|(report, ..)| *report == path) {
                let cell = usize::from(made.first_column) + column;
                link(&mut made.page, line, cell, sheet, at);
            }
        }
        beyond(&mut made, line);
    }
    Some((made, tab))
}

/// What is too much, as a live formula.
fn beyond(made: &mut Made, line: usize) {
    let first = usize::from(made.first_column);
    let at = |column: usize| At {
        line: line as u32,
        column: (first + column) as u16,
    };
    let (from, take) = (at(column::USED), at(column::BUDGET));
    let cell = made.page.lines[line].cells.get_mut(first + column::BEYOND);
    if let Some(cell) = cell
        && let Content::Number(n) = cell.content
    {
        cell.content = Content::Formula(Expr::Beyond { from, take }, Value::Number(n));
    }
}

/// A measure with a budget: its amounts in fen and the columns that they stand in.
struct Item<'t> {
    title: &'t str,
    index: usize,
    /// Its row of totals.
    row: usize,
    budget: (i64, Option<usize>),
    before: (i64, Option<usize>),
    allowed: (i64, Option<usize>),
}

impl<'t> Item<'t> {
    fn of(index: usize, tab: &'t Tabulation) -> Option<Item<'t>> {
        let row = tab.rows.iter().position(|r| r.level == Level::Total)?;
        let amount = |part: &str| {
            let column = tab.columns.iter().position(|c| c.part == part)?;
            match tab.rows[row].figures.get(column)?.value {
                Number::Hundredths(fen) => Some((fen, Some(column))),
                _ => None,
            }
        };
        Some(Item {
            title: &tab.title,
            index,
            row,
            budget: amount("budget")?,
            before: amount("paid_before").unwrap_or((0, None)),
            allowed: amount("")?,
        })
    }

    fn used(&self) -> i64 {
        self.before.0.saturating_add(self.allowed.0)
    }
}

fn tabulation(cx: &Context<'_>, items: &[Item<'_>]) -> Tabulation {
    let words = cx.words;
    let money = |part: &str, key: Key, formula: Option<Formula>| Column {
        part: part.into(),
        title: vec![words.get(key)],
        quantity: Quantity::Money,
        additive: formula.is_none(),
        formula,
    };
    let used = Formula::Sum(vec![column::BEFORE, column::ALLOWED]);
    let left = Formula::Difference(column::BUDGET, column::USED);
    let columns = vec![
        money("budget", Key::BalanceBudget, None),
        money("paid_before", Key::BalanceBefore, None),
        money("allowed", Key::BalanceAllowed, None),
        money("used", Key::BalanceUsed, Some(used)),
        money("left", Key::BalanceLeft, Some(left)),
        money("beyond", Key::BalanceBeyond, None),
        Column {
            part: "share".into(),
            title: vec![words.get(Key::BalanceShare)],
            quantity: Quantity::Rate,
            formula: Some(Formula::Ratio(column::USED, column::BUDGET)),
            additive: false,
        },
    ];
    let figures = |budget: i64, before: i64, allowed: i64, used: i64, beyond: i64| {
        let fen = |n: i64| Figure {
            value: Number::Hundredths(n),
            ..Figure::default()
        };
        let left = Figure {
            met: Some(used <= budget),
            ..fen(budget.saturating_sub(used))
        };
        let share = Figure {
            value: match budget {
                0 => Number::Missing,
                b if b < 0 => Number::Ratio(-used, -b),
                b => Number::Ratio(used, b),
            },
            ..Figure::default()
        };
        let mut out = vec![fen(budget), fen(before), fen(allowed), fen(used)];
        out.extend([left, fen(beyond), share]);
        debug_assert_eq!(
            (out.len() - 3, out.len() - 2),
            (column::LEFT, column::BEYOND)
        );
        out
    };
    let over = |i: &Item<'_>| i.used().saturating_sub(i.budget.0).max(0);
    let mut rows: Vec<Row> = items
        .iter()
        .map(|i| Row {
            level: Level::Leaf,
            group: vec![("measure".into(), i.title.to_owned())],
            figures: figures(i.budget.0, i.before.0, i.allowed.0, i.used(), over(i)),
        })
        .collect();
    let sum = |of: &dyn Fn(&Item<'_>) -> i64| items.iter().map(of).sum::<i64>();
    rows.push(Row {
        level: Level::Total,
        group: Vec::new(),
        figures: figures(
            sum(&|i| i.budget.0),
            sum(&|i| i.before.0),
            sum(&|i| i.allowed.0),
            sum(&|i| i.used()),
            sum(&over),
        ),
    });
    Tabulation {
        measure: "balance".into(),
        title: words.get(Key::BalanceTitle),
        dimensions: vec![("measure".into(), words.get(Key::BalanceItem))],
        columns,
        rows,
        footnotes: Vec::new(),
    }
}
