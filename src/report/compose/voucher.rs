//! Forms to be signed: of a list with money one sheet a school, each printed on its own with the total
//! in capital characters and room for signatures, and in front a sheet that sums them up.
//!
//! They make a workbook of their own, because a cashier keeps them apart from the statistics; of very
//! many schools one a town, since nobody finds a school among a thousand sheets.

use super::table::{self, Frame, Made};
use super::{Context, column, names, paper};
use crate::report::layout;
use crate::report::page::{Align, Book, Content, Expr, LineKind, Page, Show, Value};
use crate::report::places::Places;
use crate::report::words::Key;
use crate::scheme::PageSpec;
use crate::statistics::{Column, Figure, Level, Number, Quantity, Row, Tabulation};
use std::sync::Arc;

/// Schools of one workbook; more are parted by town.
const SCHOOLS: usize = 120;

/// A school's lines of the list.
struct School<'t> {
    town: &'t str,
    name: &'t str,
    /// Indices of the list's rows, each person's together.
    rows: Vec<usize>,
}

/// The workbooks of a list, one after the other.
///
/// # Errors
/// What `take` says.
pub fn books<E>(
    cx: &Context<'_>,
    index: usize,
    spec: &PageSpec,
    places: &mut Places,
    mut take: impl FnMut(Book) -> Result<(), E>,
) -> Result<(), E> {
    let tab = &cx.findings.tabulations[index];
    let all = schools(tab);
    let by_town = all.len() > SCHOOLS;
    let mut at = vec![None; tab.rows.len()];
    let same = |a: &School<'_>, b: &School<'_>| !by_town || a.town == b.town;
    let mut files = names::Files::default();
    let mut sheets_of_all: Vec<(Arc<str>, Arc<str>)> = Vec::new();
    for part in all.chunk_by(same) {
        let mut wish = format!("{}_{}_{}", cx.scheme.title, spec.sheet, cx.period_id());
        if by_town {
            wish = format!("{wish}_{}", part[0].town);
        }
        let path: Arc<str> = format!("reports/{}.xlsx", files.claim(&wish)).into();
        let mut sheets = names::Sheets::default();
        let front = sheets.claim(&cx.words.fill(Key::VoucherSum, &[("sheet", &spec.sheet)]));
        let mut pages = Vec::with_capacity(part.len() + 1);
        for school in part {
            let made = form(cx, tab, school, spec, sheets.claim(school.name));
            let top = layout::body_top(&made.page);
            for (line, row) in made.line_of.iter().zip(&made_rows(tab, school)) {
                if let Some(row) = row {
                    at[*row] = Some((sheets_of_all.len(), top + line));
                }
            }
            sheets_of_all.push((path.clone(), made.page.sheet.clone()));
            pages.push(made);
        }
        let sum = summary(cx, tab, part, spec, front, &pages);
        let sheets = std::iter::once(sum).chain(pages.into_iter().map(|m| m.page));
        take(Book {
            title: format!("{}{}{}", cx.scheme.title, spec.sheet, cx.period),
            about: cx.about(),
            organisation: cx.scheme.bureau.clone(),
            lang: cx.findings.lang,
            date: cx.scheme.cut_off,
            pages: sheets.collect(),
            path,
        })?;
    }
    // Serial number and person stand before the list's own columns.
    places.scatter(index, tab.columns.len(), 2, sheets_of_all, at);
    Ok(())
}

/// Value of a dimension of a row.
fn dimension<'t>(row: &'t Row, id: &str) -> &'t str {
    let found = row.group.iter().find(|(d, _)| d == id);
    found.map_or("", |(_, value)| value)
}

/// The last dimension: whom a line is about. A person's further lines are numbered in a list.
fn person<'t>(tab: &'t Tabulation, row: usize, known: &[&str]) -> &'t str {
    let group = &tab.rows[row].group;
    let name = group.last().map_or("", |(_, name)| name.as_str());
    let base = name.strip_suffix(')').and_then(|rest| {
        let (base, number) = rest.rsplit_once(" (")?;
        number.parse::<u32>().ok().map(|_| base)
    });
    match base {
        Some(base) if known.contains(&base) => base,
        _ => name,
    }
}

fn schools(tab: &Tabulation) -> Vec<School<'_>> {
    let mut out: Vec<School<'_>> = Vec::new();
    for (i, row) in tab.rows.iter().enumerate() {
        let (town, name) = (dimension(row, "district"), dimension(row, "school"));
        match out.last_mut() {
            Some(last) if (last.town, last.name) == (town, name) => last.rows.push(i),
            _ => out.push(School {
                town,
                name,
                rows: vec![i],
            }),
        }
    }
    for school in &mut out {
        // Lines of a person stand together, persons in the order of their first lines.
        let mut known: Vec<&str> = Vec::new();
        let mut keyed: Vec<(usize, usize)> = Vec::with_capacity(school.rows.len());
        for &row in &school.rows {
            let name = person(tab, row, &known);
            let at = known.iter().position(|k| *k == name).unwrap_or_else(|| {
                known.push(name);
                known.len() - 1
            });
            keyed.push((at, row));
        }
        keyed.sort_unstable();
        school.rows = keyed.into_iter().map(|(_, row)| row).collect();
    }
    out
}

/// The lines of a school by person: a person's lines, and whether they are several.
fn persons<'t>(tab: &'t Tabulation, school: &School<'_>) -> Vec<(&'t str, Vec<usize>)> {
    let mut out: Vec<(&str, Vec<usize>)> = Vec::new();
    for &row in &school.rows {
        let known: Vec<&str> = out.last().iter().map(|(name, _)| *name).collect();
        let name = person(tab, row, &known);
        match out.last_mut() {
            Some((last, rows)) if *last == name => rows.push(row),
            _ => out.push((name, vec![row])),
        }
    }
    out
}

/// For each row of a school's form the row of the list, where it is one.
fn made_rows(tab: &Tabulation, school: &School<'_>) -> Vec<Option<usize>> {
    let mut out = Vec::new();
    for (_, rows) in persons(tab, school) {
        out.extend(rows.iter().map(|r| Some(*r)));
        if rows.len() > 1 {
            out.push(None);
        }
    }
    out.push(None);
    out
}

/// Sums of the money of some rows; other columns have none.
fn sums(tab: &Tabulation, rows: &[usize]) -> Vec<Figure> {
    let sum = |column: usize| {
        let hundredths = rows.iter().map(|r| match tab.rows[*r].figures.get(column) {
            Some(Figure {
                value: Number::Hundredths(h),
                ..
            }) => *h,
            _ => 0,
        });
        hundredths.fold(0i64, i64::saturating_add)
    };
    let one = |(i, c): (usize, &Column)| Figure {
        value: match c.quantity {
            Quantity::Money => Number::Hundredths(sum(i)),
            _ => Number::Text(String::new()),
        },
        ..Figure::default()
    };
    tab.columns.iter().enumerate().map(one).collect()
}

fn columns(tab: &Tabulation) -> Vec<Column> {
    let mut out = tab.columns.clone();
    for c in &mut out {
        c.additive = c.quantity == Quantity::Money && c.formula.is_none();
    }
    out
}

fn frame(cx: &Context<'_>, spec: &PageSpec, title: String) -> Frame {
    let labels = || {
        [
            Key::VoucherHead,
            Key::VoucherFinance,
            Key::VoucherChecker,
            Key::VoucherAuthor,
            Key::VoucherDate,
        ]
        .map(|k| cx.words.get(k))
        .to_vec()
    };
    Frame {
        title,
        unit: spec.unit.clone(),
        notes: spec
            .notes
            .iter()
            .map(|n| cx.filled(n))
            .chain(cx.document())
            .collect(),
        signature: Some(match spec.signature.is_empty() {
            true => labels(),
            false => spec.signature.clone(),
        }),
        total_first: false,
        rate_places: spec.rate_places,
        below: Key::NoteBelow,
        capitals: true,
        subtitle: Vec::new(),
        sources: spec.sources.iter().map(|s| cx.filled(s)).collect(),
        print: paper::print(cx, &spec.print),
        break_by: None,
        name: None,
    }
}

/// One school's form.
fn form(
    cx: &Context<'_>,
    tab: &Tabulation,
    school: &School<'_>,
    spec: &PageSpec,
    sheet: Arc<str>,
) -> Made {
    let words = cx.words;
    let (id, title) = tab.dimensions.last().cloned().unwrap_or_default();
    let mut rows = Vec::new();
    let people = persons(tab, school);
    for (name, own) in &people {
        let group = vec![(id.clone(), (*name).to_owned())];
        rows.extend(own.iter().map(|r| Row {
            level: Level::Leaf,
            group: group.clone(),
            figures: tab.rows[*r].figures.clone(),
        }));
        if own.len() > 1 {
            rows.push(Row {
                level: Level::Subtotal(1),
                group,
                figures: sums(tab, own),
            });
        }
    }
    rows.push(Row {
        level: Level::Total,
        group: Vec::new(),
        figures: sums(tab, &school.rows),
    });
    let own = Tabulation {
        measure: String::new(),
        title: tab.title.clone(),
        dimensions: vec![(id, title)],
        columns: columns(tab),
        rows,
        footnotes: Vec::new(),
    };
    let mut frame = frame(cx, spec, cx.filled(&spec.title));
    frame.subtitle = vec![
        words.fill(Key::VoucherSchool, &[("school", school.name)]),
        words.fill(Key::AsOf, &[("day", &cx.cut_off)]),
        words.fill(Key::Unit, &[("unit", &spec.unit)]),
    ];
    let mut made = table::build(cx, &own, &frame, sheet);
    let counted = words.fill(
        Key::VoucherCount,
        &[
            ("persons", people.len().to_string()),
            ("lines", school.rows.len().to_string()),
        ],
    );
    sign(&mut made.page, words.get(Key::VoucherSign), Some(counted));
    made
}

/// Adds a column to sign in, and under the total how many there are.
fn sign(page: &mut Page, label: String, counted: Option<String>) {
    page.signed = true;
    page.columns
        .push(column(label, Show::Words, Align::Centre, (13.0, 18.0)));
    for line in &mut page.lines {
        if line.kind == LineKind::Words
            && let Some(cell) = line.cells.last_mut()
        {
            cell.across += 1;
        }
    }
    let Some(counted) = counted else {
        return;
    };
    page.lines.push(crate::report::page::Line {
        kind: LineKind::Words,
        cells: vec![crate::report::page::Cell {
            meaning: crate::report::page::Meaning::Item,
            content: Content::Text(counted),
            across: page.columns.len() as u16,
        }],
    });
}

/// The sheet in front: each school's totals, linked to its form.
fn summary(
    cx: &Context<'_>,
    tab: &Tabulation,
    schools: &[School<'_>],
    spec: &PageSpec,
    sheet: Arc<str>,
    forms: &[Made],
) -> Page {
    let words = cx.words;
    let money: Vec<usize> = (0..tab.columns.len())
        .filter(|i| tab.columns[*i].quantity == Quantity::Money)
        .collect();
    let figures = |rows: &[usize], count: usize| {
        let sums = sums(tab, rows);
        let mut out = vec![Figure {
            value: Number::Integer(count as i64),
            ..Figure::default()
        }];
        out.extend(money.iter().map(|i| sums[*i].clone()));
        out
    };
    let (id, title) = tab
        .dimensions
        .iter()
        .find(|(d, _)| d == "school")
        .cloned()
        .unwrap_or_default();
    let mut rows: Vec<Row> = schools
        .iter()
        .map(|s| Row {
            level: Level::Leaf,
            group: vec![(id.clone(), s.name.to_owned())],
            figures: figures(&s.rows, s.rows.len()),
        })
        .collect();
    let all: Vec<usize> = schools
        .iter()
        .flat_map(|s| s.rows.iter().copied())
        .collect();
    rows.push(Row {
        level: Level::Total,
        group: Vec::new(),
        figures: figures(&all, all.len()),
    });
    let mut own = vec![Column {
        part: "lines".into(),
        title: vec![words.get(Key::VoucherLines)],
        quantity: Quantity::Count(String::new()),
        formula: None,
        additive: true,
    }];
    // Every amount is a link to a form's own total.
    own.extend(money.iter().map(|i| Column {
        formula: None,
        additive: true,
        ..tab.columns[*i].clone()
    }));
    let summed = Tabulation {
        measure: String::new(),
        title: tab.title.clone(),
        dimensions: vec![(id, title)],
        columns: own,
        rows,
        footnotes: tab.footnotes.clone(),
    };
    let title = words.fill(Key::VoucherSum, &[("sheet", &cx.filled(&spec.title))]);
    let mut made = table::build(cx, &summed, &frame(cx, spec, title), sheet);
    for (n, form) in forms.iter().enumerate() {
        let Some(total) = form.line_of.last() else {
            continue;
        };
        let top = layout::body_top(&form.page);
        for (k, column) in money.iter().enumerate() {
            let at = (top + total, u32::from(form.first_column) + *column as u32);
            let line = made.line_of[n] as usize;
            let cell = usize::from(made.first_column) + 1 + k;
            link(&mut made.page, line, cell, &form.page.sheet, at);
        }
    }
    sign(&mut made.page, words.get(Key::VoucherReceived), None);
    made.page
}

/// Turns a number into a link to the cell of another sheet that holds the same.
pub(super) fn link(page: &mut Page, line: usize, cell: usize, sheet: &Arc<str>, at: (u32, u32)) {
    let Some(cell) = page.lines.get_mut(line).and_then(|l| l.cells.get_mut(cell)) else {
        return;
    };
    if let Content::Number(n) = cell.content {
        let sheet = sheet.clone();
        cell.content = Content::Formula(Expr::Elsewhere { sheet, at }, Value::Number(n));
    }
}
