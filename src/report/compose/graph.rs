//! The chart of a page on a sheet of its own, above the figures that it draws; they are linked to
//! the table, so that a corrected figure moves the bar.

use super::table::Made;
use super::{Context, cell, column, item, names};
use crate::report::layout;
use crate::report::page::{
    Align, Chart, Content, Expr, Line, LineKind, Meaning, Page, Show, Value,
};
use crate::report::words::Key;
use crate::scheme::{ChartKind, ChartSpec, PageSpec};
use crate::statistics::{self, Level, Number, Quantity, Tabulation};

/// More categories than this cannot be read; then the lowest ones are drawn.
const MOST: usize = 60;
/// How many those are.
const LOWEST: usize = 30;
/// More leaves than this are drawn by their subtotals, where there are any.
const LEAVES: usize = 40;

/// The chart's page, if there is anything to draw.
pub fn page(
    cx: &Context<'_>,
    tab: &Tabulation,
    parts: &[Made],
    spec: &PageSpec,
    chart: &ChartSpec,
    sheets: &mut names::Sheets,
) -> Option<Page> {
    let series: Vec<usize> = chart
        .parts
        .iter()
        .flat_map(|p| named(tab, p, chart.kind))
        .collect();
    let lead = *series.first()?;
    if chart.across {
        return across(cx, tab, parts, spec, chart, &series, sheets);
    }
    let (mut rows, lowest) = categories(tab, chart, lead);
    if rows.is_empty() {
        return None;
    }
    let targets: Vec<Option<f64>> = rows.iter().map(|&r| target(tab, r, lead)).collect();
    let has_target = targets.iter().any(Option::is_some);
    let drawn_target = has_target && chart.kind == ChartKind::Column;

    let first = &parts.first()?.page;
    let words = cx.words;
    let mut columns = vec![column(
        words.get(Key::ChartName),
        Show::Words,
        Align::Left,
        (16.0, 40.0),
    )];
    for &c in &series {
        let (made, at) = printed(parts, c)?;
        let shown = &made.page.columns[at];
        let label = label(tab, c, &series);
        columns.push(column(label, shown.show, Align::Centre, (12.0, 24.0)));
    }
    if drawn_target {
        let show = columns[1].show;
        let label = words.get(Key::ChartTarget);
        columns.push(column(label, show, Align::Centre, (12.0, 24.0)));
    }

    let lines = rows
        .drain(..)
        .zip(&targets)
        .map(|(row, target)| {
            let mut cells = vec![item(name(cx, tab, row))];
            for &c in &series {
                let content = linked(parts, row, c).unwrap_or(Content::Blank);
                let meaning = match content {
                    Content::Blank => Meaning::Missing,
                    _ => Meaning::Figure,
                };
                cells.push(cell(meaning, content));
            }
            if drawn_target {
                let content = target.map_or(Content::Blank, Content::Number);
                cells.push(cell(Meaning::Figure, content));
            }
            Line {
                kind: LineKind::Leaf,
                cells,
            }
        })
        .collect();

    let mut title = match chart.title.as_str() {
        "" => words.fill(Key::ChartTitle, &[("title", &tab.title)]),
        title => cx.filled(title),
    };
    if has_target
        && !drawn_target
        && let Some(one) = single(&targets)
        && let Show::Percent(_) | Show::Whole = columns[1].show
    {
        let shown = match columns[1].show {
            Show::Percent(_) => format!("{}%", one * 100.0),
            _ => one.to_string(),
        };
        title = words.fill(Key::ChartTargetIn, &[("title", title), ("target", shown)]);
    }
    let mut notes = vec![words.fill(Key::ChartSource, &[("sheet", &first.sheet)])];
    if lowest {
        notes.push(words.fill(Key::ChartLowest, &[("n", LOWEST.to_string())]));
    }
    let drawn = (1..=series.len()).collect();
    Some(Page {
        sheet: sheets.claim(&words.fill(Key::ChartSheet, &[("sheet", &first.sheet)])),
        title: first.title.clone(),
        subtitle: cx.subtitle(&spec.unit),
        chart: Some(Chart {
            kind: chart.kind,
            title,
            categories: 0,
            target: drawn_target.then_some(1 + series.len()),
            series: drawn,
        }),
        stub: 1,
        columns,
        lines,
        footnotes: cx.notes(notes),
        ..Page::default()
    })
}

/// Columns of a part, or of all parts right below one that have a figure other than nought.
fn named(tab: &Tabulation, part: &str, kind: ChartKind) -> Vec<usize> {
    let drawn = |i: &usize| tab.columns[*i].quantity != Quantity::Text;
    let all = (0..tab.columns.len()).filter(drawn);
    let Some(below) = part.strip_suffix('*') else {
        return all
            .filter(|i| tab.columns[*i].part == part)
            .take(1)
            .collect();
    };
    let counts = |i: &usize| {
        let mut figures = tab.rows.iter().filter_map(|r| r.figures.get(*i));
        figures.any(|f| number(&f.value).is_some_and(|n| n != 0.0))
    };
    let right = |i: &usize| {
        let rest = tab.columns[*i].part.strip_prefix(below);
        rest.is_some_and(|rest| !rest.is_empty() && !rest.contains('.'))
    };
    // A distribution must show where nobody is.
    let drawn = |i: &usize| kind == ChartKind::Histogram || counts(i);
    all.filter(right).filter(drawn).collect()
}

/// The page of a chart whose categories are columns of the table: the last sum of each.
fn across(
    cx: &Context<'_>,
    tab: &Tabulation,
    parts: &[Made],
    spec: &PageSpec,
    chart: &ChartSpec,
    series: &[usize],
    sheets: &mut names::Sheets,
) -> Option<Page> {
    let words = cx.words;
    let total = |r: &statistics::Row| r.level == Level::Total;
    let row = tab
        .rows
        .iter()
        .position(total)
        .or(tab.rows.len().checked_sub(1))?;
    let first = &parts.first()?.page;
    let (made, at) = printed(parts, series[0])?;
    let show = made.page.columns[at].show;
    let lines = series
        .iter()
        .filter_map(|&c| {
            let content = linked(parts, row, c)?;
            let cells = vec![item(label(tab, c, series)), cell(Meaning::Figure, content)];
            let kind = LineKind::Leaf;
            Some(Line { kind, cells })
        })
        .collect();
    let head = |text: String, show| column(text, show, Align::Centre, (16.0, 40.0));
    let columns = vec![
        head(words.get(Key::ChartName), Show::Words),
        head(name(cx, tab, row), show),
    ];
    let title = match chart.title.as_str() {
        "" => words.fill(Key::ChartTitle, &[("title", &tab.title)]),
        title => cx.filled(title),
    };
    Some(Page {
        sheet: sheets.claim(&words.fill(Key::ChartSheet, &[("sheet", &first.sheet)])),
        title: first.title.clone(),
        subtitle: cx.subtitle(&spec.unit),
        chart: Some(Chart {
            kind: chart.kind,
            title,
            categories: 0,
            series: vec![1],
            target: None,
        }),
        stub: 1,
        columns,
        lines,
        footnotes: cx.notes(vec![
            words.fill(Key::ChartSource, &[("sheet", &first.sheet)]),
        ]),
        ..Page::default()
    })
}

/// Rows that are drawn, and whether they are only the lowest.
fn categories(tab: &Tabulation, chart: &ChartSpec, lead: usize) -> (Vec<usize>, bool) {
    let of = |wanted: fn(Level) -> bool| -> Vec<usize> {
        (0..tab.rows.len())
            .filter(|&i| wanted(tab.rows[i].level))
            .collect()
    };
    let outer = of(|l| l == Level::Subtotal(1));
    let leaves = of(|l| l == Level::Leaf);
    let mut rows = match (chart.by_subtotal || leaves.len() > LEAVES, outer.is_empty()) {
        (true, false) => outer,
        _ if leaves.is_empty() => of(|l| l == Level::Total),
        _ => leaves,
    };
    if rows.len() <= MOST {
        return (rows, false);
    }
    let float = |r: &usize| number(&tab.rows[*r].figures.get(lead)?.value);
    rows.retain(|r| float(r).is_some());
    rows.sort_by(|a, b| {
        float(a)
            .partial_cmp(&float(b))
            .unwrap_or(std::cmp::Ordering::Equal)
            .then(a.cmp(b))
    });
    rows.truncate(LOWEST);
    (rows, true)
}

fn name(cx: &Context<'_>, tab: &Tabulation, row: usize) -> String {
    let row = &tab.rows[row];
    match (row.level, row.group.last()) {
        (Level::Total, _) | (_, None) => cx.words.get(Key::Total),
        (_, Some((_, name))) => name.clone(),
    }
}

/// What tells a series from the others: its label path without what all of them share.
fn label(tab: &Tabulation, column: usize, series: &[usize]) -> String {
    let path = &tab.columns[column].title;
    if series.len() < 2 {
        return path.last().cloned().unwrap_or_default();
    }
    let shared = |at: fn(&[String], usize) -> Option<&String>| {
        (0..path.len())
            .take_while(|&i| {
                series
                    .iter()
                    .all(|&c| at(&tab.columns[c].title, i) == at(path, i))
            })
            .count()
    };
    let before = shared(|p, i| p.get(i));
    let after = shared(|p, i| p.len().checked_sub(i + 1).and_then(|i| p.get(i)));
    match path.get(before..path.len() - after) {
        Some(own) if !own.is_empty() => own.join(""),
        _ => path.join(""),
    }
}

/// The page on which a column of the tabulation is printed, and its place there.
fn printed(parts: &[Made], column: usize) -> Option<(&Made, usize)> {
    parts.iter().find_map(|made| {
        let at = made.columns.iter().position(|c| *c == column)?;
        Some((made, usize::from(made.first_column) + at))
    })
}

/// A figure of the table as a live link.
fn linked(parts: &[Made], row: usize, column: usize) -> Option<Content> {
    let (made, column) = printed(parts, column)?;
    let line = made.line_of[row];
    let value = value(made, line, column)?;
    let expr = Expr::Elsewhere {
        sheet: made.page.sheet.clone(),
        at: (layout::body_top(&made.page) + line, column as u32),
    };
    Some(Content::Formula(expr, Value::Number(value)))
}

fn value(made: &Made, line: u32, column: usize) -> Option<f64> {
    // The first cell of a sum covers the whole stub.
    let cells = &made.page.lines[line as usize].cells;
    let mut at = 0usize;
    let cell = cells.iter().find(|c| {
        let here = at;
        at += usize::from(c.across);
        here == column
    })?;
    match &cell.content {
        Content::Number(n) | Content::Formula(_, Value::Number(n)) => Some(*n),
        _ => None,
    }
}

fn target(tab: &Tabulation, row: usize, column: usize) -> Option<f64> {
    number(tab.rows[row].figures.get(column)?.target.as_ref()?)
}

fn number(value: &Number) -> Option<f64> {
    super::exact::Exact::of(value).map(|e| e.float(1))
}

fn single(targets: &[Option<f64>]) -> Option<f64> {
    let mut known = targets.iter().flatten();
    let first = *known.next()?;
    known.all(|t| *t == first).then_some(first)
}
