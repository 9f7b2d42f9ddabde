//! A tabulation as an official table: stub, row groups, subtotals, live formulas.
//!
//! A formula is written only where its exact result equals the figure that was computed; any other
//! figure (distinct persons, capped amounts) stands as a plain number.

use super::exact::Exact;
use super::{Context, cell, column, group, paper};
use crate::report::page::{
    Align, At, Cell, Column, Content, Line, LineKind, Meaning, Page, Print, Show, Value,
};
use crate::report::words::Key;
use crate::report::{rmb, width};
use crate::statistics::{self, Figure, Level, Number, Quantity, Tabulation};
use std::sync::Arc;

/// A page and where the tabulation's rows and columns went.
pub struct Made {
    /// The page.
    pub page: Page,
    /// For each row of the tabulation, its line.
    pub line_of: Vec<u32>,
    /// Column of the tabulation's first column.
    pub first_column: u16,
    /// The tabulation's columns that are printed, from there on.
    pub columns: Vec<usize>,
}

/// What a page says besides its figures.
pub struct Frame {
    /// Title, filled.
    pub title: String,
    /// Unit line, without its label.
    pub unit: String,
    /// Notes, filled.
    pub notes: Vec<String>,
    /// Labels of the signature line; `None` for no line at all.
    pub signature: Option<Vec<String>>,
    /// Total above the body.
    pub total_first: bool,
    /// Decimal places of percentages.
    pub rate_places: u8,
    /// What the mark of a missed target means here.
    pub below: Key,
    /// Whether the total of money is repeated in capital characters.
    pub capitals: bool,
    /// Parts of the line under the title; none are the usual ones.
    pub subtitle: Vec<String>,
    /// Where the figures come from, filled.
    pub sources: Vec<String>,
    /// Paper and what stands at its edges.
    pub print: Print,
    /// The dimension whose every value begins a new sheet of paper.
    pub break_by: Option<String>,
    /// What formulas of others call the table by.
    pub name: Option<Arc<str>>,
}

/// Any tabulation as a page.
pub fn build(cx: &Context<'_>, tab: &Tabulation, frame: &Frame, sheet: Arc<str>) -> Made {
    let grouped = tab.dimensions.len() > 1
        && tab
            .rows
            .iter()
            .any(|r| matches!(r.level, Level::Subtotal(1)));
    let outer = usize::from(grouped);
    let mut columns = stub(cx, tab, outer);
    let first_column = columns.len();
    columns.extend(body_columns(tab, frame));

    let mut maker = Maker {
        cx,
        tab,
        first_column,
        outer,
        shows: columns[first_column..].iter().map(|c| c.show).collect(),
        line_of: line_numbers(tab, grouped, frame.total_first),
        children: children(tab),
        dash: cx.words.get(Key::Dash).into(),
        dashes: 0,
        marks: 0,
        gaps: 0,
    };
    let width = columns.len();
    let mut lines = maker.lines(grouped, width);
    if tab.rows.is_empty() {
        lines.push(Line {
            kind: LineKind::Words,
            cells: vec![Cell {
                meaning: Meaning::Missing,
                content: Content::Text(cx.words.get(Key::NoRows)),
                across: width as u16,
            }],
        });
    }
    if frame.capitals {
        lines.extend(capitals(cx, tab, width));
    }

    let mut notes = frame.notes.clone();
    notes.extend(tab.footnotes.iter().cloned());
    if maker.marks > 0 {
        notes.push(cx.words.get(frame.below));
    }
    if maker.dashes > 0 {
        notes.push(cx.words.get(Key::NoteDash));
    }
    if maker.gaps > 0 {
        notes.push(cx.words.get(Key::NoteBlank));
    }
    let line_of = maker.line_of;
    let mut print = frame.print.clone();
    if let Some(id) = &frame.break_by {
        print.breaks = paper::breaks(tab, &line_of, id);
    }
    let mut footnotes = cx.notes(notes);
    footnotes.extend(cx.sources(&frame.sources));
    let page = Page {
        sheet,
        title: frame.title.clone(),
        subtitle: match frame.subtitle.as_slice() {
            [] => cx.subtitle(&frame.unit),
            own => paper::three(own, false),
        },
        folds: paper::folds(&lines),
        name: frame.name.clone(),
        print,
        stub: first_column,
        columns,
        lines,
        signature: match &frame.signature {
            None => Vec::new(),
            Some(own) => cx.signature(own),
        },
        footnotes,
        ..Page::default()
    };
    Made {
        page,
        line_of,
        first_column: first_column as u16,
        columns: (0..tab.columns.len()).collect(),
    }
}

/// Running number and the dimensions that head no row group.
fn stub(cx: &Context<'_>, tab: &Tabulation, outer: usize) -> Vec<Column> {
    let mut out = vec![column(
        cx.words.get(Key::Serial),
        Show::Serial,
        Align::Centre,
        (5.0, 6.0),
    )];
    let dimensions = tab.dimensions.get(outer..).unwrap_or_default();
    for (i, (_, title)) in dimensions.iter().enumerate() {
        let widest = tab
            .rows
            .iter()
            .filter_map(|r| r.group.get(outer + i))
            .map(|(_, v)| width::text(v, crate::report::theme::BODY))
            .fold(0.0, f64::max);
        let align = if widest > 10.0 {
            Align::Left
        } else {
            Align::Centre
        };
        out.push(column(title.clone(), Show::Words, align, (10.0, 28.0)));
    }
    if dimensions.is_empty() {
        let title = cx.words.get(Key::Entry);
        out.push(column(title, Show::Words, Align::Centre, (12.0, 28.0)));
    }
    out
}

fn body_columns(tab: &Tabulation, frame: &Frame) -> Vec<Column> {
    tab.columns
        .iter()
        .enumerate()
        .map(|(i, c)| {
            let (show, width) = match &c.quantity {
                Quantity::Count(_) => (Show::Whole, (5.5, 14.0)),
                Quantity::Plain => (Show::Plain, (5.5, 14.0)),
                Quantity::Rate => (Show::Percent(frame.rate_places), (7.5, 14.0)),
                Quantity::Points => (Show::Points(frame.rate_places), (7.0, 14.0)),
                Quantity::Money => (Show::Money, (10.0, 20.0)),
                Quantity::Decimal(_) => (Show::Decimal(places(tab, i)), (7.0, 16.0)),
                Quantity::Text => (Show::Words, (8.0, 36.0)),
            };
            let align = match show {
                Show::Money => Align::Right,
                Show::Words if widest(tab, i) > 12.0 => Align::Left,
                _ => Align::Centre,
            };
            Column {
                path: c.title.clone(),
                show,
                align,
                width,
            }
        })
        .collect()
}

fn widest(tab: &Tabulation, column: usize) -> f64 {
    tab.rows
        .iter()
        .filter_map(|r| match &r.figures.get(column)?.value {
            Number::Text(t) => Some(width::text(t, crate::report::theme::BODY)),
            _ => None,
        })
        .fold(0.0, f64::max)
}

/// Decimal places that show every figure of a column, two at most.
fn places(tab: &Tabulation, column: usize) -> u8 {
    tab.rows
        .iter()
        .filter_map(|r| r.figures.get(column))
        .map(|f| match f.value {
            Number::Hundredths(h) if h % 100 == 0 => 0,
            Number::Hundredths(h) if h % 10 == 0 => 1,
            Number::Hundredths(_) | Number::Ratio(..) => 2,
            _ => 0,
        })
        .max()
        .unwrap_or(0)
}

/// The line of each row; group headings take lines of their own.
fn line_numbers(tab: &Tabulation, grouped: bool, total_first: bool) -> Vec<u32> {
    let mut out = vec![0u32; tab.rows.len()];
    let mut next = 0u32;
    let totals = |r: &statistics::Row| r.level == Level::Total;
    let mut number = |i: usize, next: &mut u32| {
        out[i] = *next;
        *next += 1;
    };
    if total_first {
        for (i, _) in tab.rows.iter().enumerate().filter(|(_, r)| totals(r)) {
            number(i, &mut next);
        }
    }
    let mut open: Option<&str> = None;
    for (i, row) in tab.rows.iter().enumerate() {
        if totals(row) {
            if !total_first {
                number(i, &mut next);
            }
            continue;
        }
        let here = row.group.first().map(|(_, v)| v.as_str());
        if grouped && here != open {
            next += 1;
            open = here;
        }
        number(i, &mut next);
    }
    out
}

/// For each subtotal and total the rows that it closes: the nearest sums below it, or leaves.
fn children(tab: &Tabulation) -> Vec<Vec<usize>> {
    let mut out = vec![Vec::new(); tab.rows.len()];
    let mut open: Vec<(usize, u8)> = Vec::new();
    for (i, row) in tab.rows.iter().enumerate() {
        let depth = match row.level {
            Level::Leaf => u8::MAX,
            Level::Subtotal(n) => n,
            Level::Total => 0,
        };
        if row.level != Level::Leaf {
            let keep = open
                .iter()
                .rposition(|(_, d)| *d <= depth)
                .map_or(0, |p| p + 1);
            // A person with one line has no sum of its own; the next person's must not take it.
            let own = |(r, _): &(usize, u8)| tab.rows[*r].group.starts_with(&row.group);
            let keep = keep + open[keep..].iter().position(own).unwrap_or(0);
            out[i] = open.drain(keep..).map(|(i, _)| i).collect();
        }
        open.push((i, depth));
    }
    out
}

pub(super) struct Maker<'a> {
    cx: &'a Context<'a>,
    pub(super) tab: &'a Tabulation,
    pub(super) first_column: usize,
    /// Dimensions printed as group headings.
    outer: usize,
    shows: Vec<Show>,
    pub(super) line_of: Vec<u32>,
    pub(super) children: Vec<Vec<usize>>,
    pub(super) dash: Arc<str>,
    dashes: usize,
    marks: usize,
    gaps: usize,
}

impl Maker<'_> {
    fn lines(&mut self, grouped: bool, width: usize) -> Vec<Line> {
        let mut order: Vec<usize> = (0..self.tab.rows.len()).collect();
        order.sort_by_key(|&i| self.line_of[i]);
        let mut lines: Vec<Line> = Vec::with_capacity(order.len());
        let mut serial = 0u32;
        for i in order {
            let row = &self.tab.rows[i];
            if grouped && lines.len() < self.line_of[i] as usize {
                let name = row.group.first().map_or("", |(_, v)| v.as_str());
                lines.push(group(name.to_owned(), width));
            }
            if row.level == Level::Leaf {
                serial += 1;
            }
            let line = self.line(i, serial);
            lines.push(line);
        }
        lines
    }

    fn line(&mut self, i: usize, serial: u32) -> Line {
        let row = &self.tab.rows[i];
        let (kind, mut cells) = match row.level {
            Level::Leaf => {
                let number = Content::Number(f64::from(serial));
                let mut cells = vec![cell(Meaning::Item, number)];
                for d in self.outer..self.outer + self.first_column - 1 {
                    let name = match row.group.get(d) {
                        Some((_, name)) => name.clone(),
                        None => self.tab.title.clone(),
                    };
                    cells.push(cell(Meaning::Item, Content::Text(name)));
                }
                (LineKind::Leaf, cells)
            }
            Level::Subtotal(n) => {
                let key = match (n, self.tab.dimensions.len()) {
                    (1, dims) if dims > 2 => Key::SubtotalOuter,
                    _ => Key::Subtotal,
                };
                // An inner subtotal names its group, an outer one stands under its heading.
                let mut label = self.cx.words.get(key);
                if usize::from(n) > self.outer
                    && let Some((_, name)) = row.group.last()
                {
                    label = format!("{name}{label}");
                }
                (LineKind::Subtotal, vec![self.label(label)])
            }
            Level::Total => {
                let nested = self
                    .tab
                    .rows
                    .iter()
                    .any(|r| matches!(r.level, Level::Subtotal(n) if n > 1));
                let key = if nested {
                    Key::TotalOfTotals
                } else {
                    Key::Total
                };
                (LineKind::Total, vec![self.label(self.cx.words.get(key))])
            }
        };
        for c in 0..self.tab.columns.len() {
            let made = self.figure(i, c);
            cells.push(made);
        }
        Line { kind, cells }
    }

    fn label(&self, text: String) -> Cell {
        Cell {
            meaning: Meaning::Item,
            content: Content::Text(text),
            across: self.first_column as u16,
        }
    }

    fn figure(&mut self, row: usize, column: usize) -> Cell {
        let Some(figure) = self.tab.rows[row].figures.get(column) else {
            return cell(Meaning::Missing, Content::Blank);
        };
        let content = match self.formula(row, column) {
            Some(expr) => Content::Formula(expr, self.value(figure, column)),
            None => match self.value(figure, column) {
                Value::Number(n) => Content::Number(n),
                Value::Text(t) if t.is_empty() => Content::Blank,
                Value::Text(t) => Content::Text(t),
            },
        };
        let meaning = match (&figure.value, figure.met) {
            (Number::Missing, _) => Meaning::Missing,
            (_, Some(false)) => Meaning::BelowTarget,
            (_, Some(true)) => Meaning::Met,
            (_, None) => Meaning::Figure,
        };
        self.marks += usize::from(meaning == Meaning::BelowTarget);
        if meaning == Meaning::Missing {
            match content {
                Content::Blank if self.tab.columns[column].quantity != Quantity::Text => {
                    self.gaps += 1;
                }
                Content::Blank => {}
                _ => self.dashes += 1,
            }
        }
        cell(meaning, content)
    }

    /// The figure as a cell holds it. A rate without base is a dash; any other gap is blank.
    fn value(&self, figure: &Figure, column: usize) -> Value {
        let info = &self.tab.columns[column];
        match &figure.value {
            Number::Text(t) => Value::Text(t.clone()),
            Number::Missing => match info.quantity {
                Quantity::Rate | Quantity::Points => Value::Text(self.dash.to_string()),
                _ if info.formula.is_some() => Value::Text(self.dash.to_string()),
                _ => Value::Text(String::new()),
            },
            number => match Exact::of(number) {
                Some(exact) => Value::Number(exact.float(i128::from(self.times(column)))),
                None => Value::Text(String::new()),
            },
        }
    }

    /// Points stand as points on the sheet; everything else as it is.
    pub(super) fn times(&self, column: usize) -> u8 {
        match self.shows[column] {
            Show::Points(_) => 100,
            _ => 1,
        }
    }

    pub(super) fn at(&self, row: usize, column: usize) -> At {
        At {
            line: self.line_of[row],
            column: (self.first_column + column) as u16,
        }
    }

    pub(super) fn number(&self, row: usize, column: usize) -> &Number {
        const MISSING: &Number = &Number::Missing;
        self.tab.rows[row]
            .figures
            .get(column)
            .map_or(MISSING, |f| &f.value)
    }
}

/// The total of the measure's own money, or of the last column of it, in capital characters.
fn capitals(cx: &Context<'_>, tab: &Tabulation, width: usize) -> Option<Line> {
    let total = tab.rows.iter().find(|r| r.level == Level::Total)?;
    let sums: Vec<(&statistics::Column, i64)> = tab
        .columns
        .iter()
        .zip(&total.figures)
        .filter(|(c, _)| c.quantity == Quantity::Money && (c.additive || c.formula.is_some()))
        .filter_map(|(c, f)| match f.value {
            Number::Hundredths(fen) => Some((c, fen)),
            _ => None,
        })
        .collect();
    // What is paid, by whichever name; else what the last column comes to.
    let paid = |part: &str| sums.iter().find(|(c, _)| c.part == part);
    let own = ["", "allowed", "owed"].into_iter().find_map(paid);
    let (column, fen) = *own.or(sums.last())?;
    let text = cx.words.fill(
        Key::Capitals,
        &[
            ("column", column.title.join("")),
            ("amount", rmb::capitals(fen)),
            ("figure", rmb::figure(fen)),
        ],
    );
    Some(Line {
        kind: LineKind::Words,
        cells: vec![Cell {
            meaning: Meaning::Item,
            content: Content::Text(text),
            across: width as u16,
        }],
    })
}
