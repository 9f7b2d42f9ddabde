//! The ledger of a measure: a sheet that lists the rows behind its figures with file, sheet and
//! cell, how each counts, and below them the rows that do not count, with the reason.
//!
//! Rows of a line of the table stand together, so that a figure's link selects exactly its own and
//! the spreadsheet shows their sum beside it.

use super::table::Made;
use super::{column, day, names};
use crate::grid;
use crate::message::Lang;
use crate::report::bulk::Bulk;
use crate::report::layout;
use crate::report::page::{About, Align, At, Book, Column, Link, Page, Show};
use crate::report::words::{Key, Words};
use crate::scheme::{PageSpec, Scheme};
use crate::statistics::listing::{Entry, Listing};
use crate::statistics::trace::{Count, OPEN, Trace, Tracer, Unit};
use crate::statistics::{Level, Number, Quantity, Tabulation};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// Rows listed of those that do not count for one reason: on purpose, or because of a blank, which
/// the school could put right. All are counted, and `huizong why` tells all.
const LEFT: [usize; 2] = [100, 1_000];
/// Rows of a sheet, less than Excel has.
const ROWS: usize = 1_000_000;
/// Links of a page up to which every figure has its own; beyond, a line has one.
const LINKS: usize = 20_000;

/// The ledger of one measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Ledger {
    /// The measure.
    pub measure: String,
    /// What the sheet is to be called.
    wish: String,
    page: Page,
    /// The rows of each line of the table, counted from the first of the list.
    lines: Vec<Range<usize>>,
    /// Where each column of the table is listed.
    column_of: Vec<Option<u16>>,
}

/// A column that tells how rows count.
enum Told {
    /// One column of the table.
    Figure(usize),
    /// Several of which a row counts in some: their names and columns.
    Names(String, Vec<(String, usize)>),
}

impl Ledger {
    /// Lists the rows behind a tabulation, for the page of the report that shows it.
    pub fn new(
        tracer: &Tracer<'_>,
        tab: &Tabulation,
        trace: &Trace,
        spec: &PageSpec,
        scheme: &Scheme,
        lang: Lang,
    ) -> Ledger {
        let words = Words { lang };
        let listing = tracer.listing(trace);
        let maker = Maker {
            words,
            tab,
            trace,
            told: told(tab, trace),
            listing,
        };
        maker.ledger(spec, scheme)
    }

    /// How many rows it lists.
    pub fn rows(&self) -> usize {
        self.page.bulk.as_ref().map_or(0, |b| b.len())
    }

    /// As a sheet of the report.
    pub(super) fn page(&self, sheet: Arc<str>) -> Page {
        Page {
            sheet,
            ..self.page.clone()
        }
    }

    /// What its sheet is to be called.
    pub(super) fn wish(&self) -> &str {
        &self.wish
    }

    /// As a workbook of its own.
    pub fn into_book(self, scheme: &Scheme, lang: Lang) -> Book {
        let words = Words { lang };
        let sheet = names::Sheets::default().claim(&self.wish);
        let wish = [("report", scheme.title.as_str()), ("sheet", &self.wish)];
        let name = words.fill(Key::LedgerFile, &wish);
        let name = format!("{name}_{}", scheme.period);
        Book {
            path: format!("reports/{}.xlsx", names::file(&name)).into(),
            title: self.page.title.clone(),
            organisation: scheme.bureau.clone(),
            about: About {
                subject: scheme.title.clone(),
                category: words.get(Key::Category),
                keywords: [scheme.id.as_str(), &scheme.period].join(","),
            },
            lang,
            date: scheme.cut_off,
            pages: vec![Page { sheet, ..self.page }],
        }
    }

    /// Links from the figures of a page to their rows on the sheet of that name.
    pub(super) fn links(&self, made: &Made, sheet: &Arc<str>, words: Words) -> Vec<Link> {
        let top = layout::body_top(&self.page);
        let tip = words.get(Key::LedgerTip);
        let last = self.page.columns.len().saturating_sub(1) as u32;
        let each = made.line_of.len() * made.columns.len() <= LINKS;
        let mut out = Vec::new();
        for (line, rows) in made.line_of.iter().zip(&self.lines) {
            if rows.is_empty() {
                continue;
            }
            let (first_row, last_row) = (top + rows.start as u32, top + rows.end as u32 - 1);
            let args = [
                ("from", (first_row + 1).to_string()),
                ("to", (last_row + 1).to_string()),
                ("n", rows.len().to_string()),
            ];
            let tip = crate::message::fill(&tip, &args);
            let targets: Vec<Option<u16>> = made
                .columns
                .iter()
                .map(|c| self.column_of.get(*c).copied().flatten().filter(|_| each))
                .collect();
            let mut at = 0;
            for same in targets.chunk_by(|a, b| a == b) {
                let place = |column: usize| At {
                    line: *line,
                    column: made.first_column + column as u16,
                };
                let columns = same[0].map_or((0, last), |c| (c.into(), c.into()));
                out.push(Link {
                    from: (place(at), place(at + same.len() - 1)),
                    sheet: sheet.clone(),
                    to: ((first_row, columns.0), (last_row, columns.1)),
                    tip: tip.clone(),
                });
                at += same.len();
            }
        }
        out
    }
}

/// Which columns tell how rows count: marks under one spanner share a column, in which their names
/// stand.
fn told(tab: &Tabulation, trace: &Trace) -> Vec<Told> {
    let mut out: Vec<Told> = Vec::new();
    let mut done = BTreeSet::new();
    let is_mark = |c: usize| matches!(trace.counts[c], Count::Marks(_));
    for (c, count) in trace.counts.iter().enumerate() {
        if !count.is_of_rows() || !done.insert(c) {
            continue;
        }
        let spanner = |c: usize| match tab.columns[c].title.as_slice() {
            [spanner, _, ..] => Some(spanner),
            _ => None,
        };
        let beside: Vec<usize> = (c..tab.columns.len())
            .filter(|o| is_mark(*o) && spanner(*o).is_some() && spanner(*o) == spanner(c))
            .collect();
        match (is_mark(c), beside.len(), spanner(c)) {
            (true, 2.., Some(spanner)) => {
                done.extend(&beside);
                let name = |c: usize| (tab.columns[c].title[1].clone(), c);
                let names = beside.into_iter().map(name).collect();
                out.push(Told::Names(spanner.clone(), names));
            }
            _ => out.push(Told::Figure(c)),
        }
    }
    out
}

struct Maker<'t, 'a> {
    words: Words,
    tab: &'t Tabulation,
    trace: &'t Trace,
    told: Vec<Told>,
    listing: Listing<'a>,
}

impl Maker<'_, '_> {
    fn ledger(self, spec: &PageSpec, scheme: &Scheme) -> Ledger {
        let (mut columns, column_of) = self.columns();
        let bulk = self.bulk(columns.len());
        for (i, column) in columns.iter_mut().enumerate() {
            let label = column.path.last().map_or(0.0, |l| {
                crate::report::width::text(l, crate::report::theme::BODY)
            });
            let wide = bulk.width(i).max(label.min(12.0)) + 2.0;
            let wide = wide.clamp(5.0, 72.0);
            column.width = (wide, wide);
        }
        let words = self.words;
        let title = [("title", self.tab.title.as_str())];
        let page = Page {
            title: words.fill(Key::LedgerTitle, &title),
            subtitle: [
                match scheme.bureau.as_str() {
                    "" => String::new(),
                    bureau => words.fill(Key::Submitter, &[("bureau", bureau)]),
                },
                words.fill(Key::AsOf, &[("day", day(words, scheme.cut_off))]),
                String::new(),
            ],
            preamble: self.notes(),
            stub: 3.min(columns.len()),
            columns,
            filter: true,
            bulk: Some(bulk.into()),
            ..Page::default()
        };
        Ledger {
            measure: self.tab.measure.clone(),
            wish: words.fill(Key::LedgerSheet, &[("sheet", spec.sheet.as_str())]),
            page,
            lines: self
                .trace
                .lines
                .iter()
                .map(|r| r.start.min(ROWS)..r.end.min(ROWS))
                .collect(),
            column_of,
        }
    }

    /// The head, and where each column of the table is listed.
    fn columns(&self) -> (Vec<Column>, Vec<Option<u16>>) {
        let words = self.words;
        let wide = (5.0, 40.0);
        let left = |key: Key| column(words.get(key), Show::Words, Align::Left, wide);
        let mut out = vec![column(
            words.get(Key::Serial),
            Show::Serial,
            Align::Centre,
            wide,
        )];
        for (_, title) in &self.tab.dimensions {
            out.push(column(title.clone(), Show::Words, Align::Left, wide));
        }
        if !self.has_school() {
            out.push(left(Key::LedgerSchool));
        }
        out.extend([left(Key::LedgerName), left(Key::LedgerId)]);
        for c in &self.listing.columns {
            let title = c.title.last().cloned().unwrap_or_default();
            out.push(column(title, show(&c.quantity), Align::Centre, wide));
        }
        let mut column_of = vec![None; self.tab.columns.len()];
        for told in &self.told {
            match told {
                Told::Figure(c) => {
                    column_of[*c] = Some(out.len() as u16);
                    let own = &self.tab.columns[*c];
                    let show = show(&own.quantity);
                    out.push(column(own.title.join("·"), show, Align::Centre, wide));
                }
                Told::Names(spanner, all) => {
                    for (_, c) in all {
                        column_of[*c] = Some(out.len() as u16);
                    }
                    out.push(column(spanner.clone(), Show::Words, Align::Left, wide));
                }
            }
        }
        if !self.trace.left.is_empty() {
            out.push(left(Key::LedgerReason));
        }
        out.extend([left(Key::ProblemsFile), left(Key::ProblemsSheetName)]);
        out.push(column(
            words.get(Key::LedgerRow),
            Show::Plain,
            Align::Centre,
            wide,
        ));
        out.push(left(Key::LedgerCell));
        (out, column_of)
    }

    fn has_school(&self) -> bool {
        self.tab.dimensions.iter().any(|(id, _)| id == "school")
    }

    fn notes(&self) -> Vec<String> {
        let words = self.words;
        let rows = self.trace.units.len();
        let args = [
            ("title", self.tab.title.clone()),
            ("n", rows.to_string()),
            ("at", rows.min(ROWS).to_string()),
        ];
        let mut out = vec![words.fill(Key::LedgerNote, &args)];
        if rows > ROWS {
            out.push(words.fill(Key::LedgerCut, &args));
        }
        let repeated = |c: &Count| matches!(c, Count::Distinct(_));
        if self.trace.counts.iter().any(repeated) {
            out.push(words.get(Key::LedgerNoteDistinct));
        }
        let open = |c: &Count| matches!(c, Count::Marks(all) if all.contains(&OPEN));
        if self.trace.counts.iter().any(open) {
            out.push(words.get(Key::LedgerNoteOpen));
        }
        for left in &self.trace.left {
            let args = [
                ("n", left.units.len().to_string()),
                ("reason", left.reason.clone()),
                ("listed", listed(left).to_string()),
            ];
            out.push(words.fill(
                match listed(left) < left.units.len() {
                    true => Key::LedgerLeftSome,
                    false => Key::LedgerLeft,
                },
                &args,
            ));
        }
        out
    }

    fn bulk(&self, columns: usize) -> Bulk {
        let mut bulk = Bulk::new(columns);
        let firsts = self.firsts();
        let marks = [
            self.words.get(Key::LedgerOpen),
            self.words.get(Key::LedgerRepeated),
            self.words.get(Key::LedgerElsewhere),
        ];
        let depth = self.tab.dimensions.len();
        let mut serial = 0u32;
        for (i, unit) in self.trace.units.iter().take(ROWS).enumerate() {
            let Some(entry) = self.listing.entry(*unit) else {
                continue;
            };
            serial += 1;
            bulk.number(serial.into(), Show::Serial);
            let group = firsts.leaf_of[i].map(|row| self.tab.rows[row].group.as_slice());
            for d in 0..depth {
                let value = group.and_then(|g| g.get(d)).map(|(_, v)| v.as_str());
                bulk.text(value.unwrap_or_default());
            }
            self.who(&mut bulk, &entry);
            for told in &self.told {
                self.tell(&mut bulk, told, i, depth, &firsts, &marks);
            }
            if !self.trace.left.is_empty() {
                bulk.blank();
            }
            self.place(&mut bulk, &entry, *unit);
        }
        for left in &self.trace.left {
            for unit in left.units.iter().take(listed(left)) {
                let Some(entry) = self.listing.entry(*unit) else {
                    continue;
                };
                serial += 1;
                bulk.number(serial.into(), Show::Serial);
                for (id, _) in &self.tab.dimensions {
                    bulk.text(match id.as_str() {
                        "school" => entry.school,
                        "district" => entry.town,
                        _ => "",
                    });
                }
                self.who(&mut bulk, &entry);
                self.told.iter().for_each(|_| bulk.blank());
                bulk.text(&left.reason);
                self.place(&mut bulk, &entry, *unit);
            }
        }
        bulk
    }

    fn who(&self, bulk: &mut Bulk, entry: &Entry<'_>) {
        if !self.has_school() {
            bulk.text(entry.school);
        }
        bulk.text(entry.name);
        bulk.text(&entry.id);
        for (value, column) in entry.values.iter().zip(&self.listing.columns) {
            match value {
                Number::Text(text) => bulk.text(text),
                Number::Missing => bulk.blank(),
                Number::Integer(n) => bulk.number(*n as f64, show(&column.quantity)),
                Number::Hundredths(n) => bulk.number(*n as f64 / 100.0, show(&column.quantity)),
                Number::Ratio(n, d) => {
                    bulk.number(*n as f64 / *d as f64, show(&column.quantity));
                }
            }
        }
    }

    fn place(&self, bulk: &mut Bulk, entry: &Entry<'_>, unit: Unit) {
        match unit.earlier {
            true => {
                let args = [("file", entry.file)];
                bulk.text(&self.words.fill(Key::LedgerEarlier, &args));
            }
            false => bulk.text(entry.file),
        }
        bulk.text(entry.sheet);
        bulk.number(f64::from(entry.row) + 1.0, Show::Plain);
        match entry.column {
            Some(column) => bulk.text(&grid::a1(entry.row, column)),
            None => bulk.blank(),
        }
    }

    fn tell(
        &self,
        bulk: &mut Bulk,
        told: &Told,
        row: usize,
        depth: usize,
        firsts: &Firsts,
        [open, repeated, elsewhere]: &[String; 3],
    ) {
        let c = match told {
            Told::Figure(c) => *c,
            Told::Names(_, all) => {
                let own = all
                    .iter()
                    .filter(|(_, c)| self.trace.counts[*c].counts(row, depth));
                let names: Vec<&str> = own.map(|(name, _)| name.as_str()).collect();
                return bulk.text(&names.join(&self.words.get(Key::ListComma)));
            }
        };
        let count = &self.trace.counts[c];
        match count {
            Count::Marks(all) if all[row] == OPEN => bulk.text(open),
            Count::Amounts(all) if count.counts(row, depth) => {
                let quantity = &self.tab.columns[c].quantity;
                let scale = match quantity {
                    Quantity::Money | Quantity::Decimal(_) => 100.0,
                    _ => 1.0,
                };
                bulk.number(all[row] as f64 / scale, show(quantity));
            }
            Count::Distinct(_) if count.counts(row, depth) => match firsts.of(c, row) {
                First::Overall => bulk.number(1.0, Show::Whole),
                First::InLeaf => bulk.text(elsewhere),
                First::Not => bulk.text(repeated),
            },
            count if count.counts(row, depth) => bulk.number(1.0, Show::Whole),
            _ => bulk.blank(),
        }
    }

    /// The leaf of each row, and which rows are the first of their kind.
    fn firsts(&self) -> Firsts {
        let rows = self.trace.units.len();
        let mut leaf_of: Vec<Option<usize>> = vec![None; rows];
        for (row, range) in self.trace.lines.iter().enumerate() {
            if self.tab.rows[row].level == Level::Leaf {
                leaf_of[range.clone()].fill(Some(row));
            }
        }
        let mut of = Vec::with_capacity(self.trace.counts.len());
        for count in &self.trace.counts {
            let Count::Distinct(all) = count else {
                of.push(Vec::new());
                continue;
            };
            // The last leaf in which each was seen.
            let most = all.iter().filter(|n| **n != u32::MAX).max();
            let mut seen: Vec<Option<Option<usize>>> =
                vec![None; most.map_or(0, |m| *m as usize + 1)];
            let own = all.iter().zip(&leaf_of).map(|(n, leaf)| {
                let Some(seen) = seen.get_mut(*n as usize) else {
                    return First::Not;
                };
                let first = match *seen {
                    None => First::Overall,
                    Some(known) if known != *leaf => First::InLeaf,
                    Some(_) => First::Not,
                };
                *seen = Some(*leaf);
                first
            });
            of.push(own.collect());
        }
        Firsts { leaf_of, of }
    }
}

/// Whether a row is the first of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    Overall,
    /// In its leaf only: the total has counted it elsewhere.
    InLeaf,
    Not,
}

struct Firsts {
    /// Row of the table that each listed row is a leaf's of.
    leaf_of: Vec<Option<usize>>,
    /// By column and row; nothing for columns that do not count distinct ones.
    of: Vec<Vec<First>>,
}

impl Firsts {
    fn of(&self, column: usize, row: usize) -> First {
        self.of[column].get(row).copied().unwrap_or(First::Not)
    }
}

/// How many of the rows that are left out for one reason are listed.
fn listed(left: &crate::statistics::trace::Left) -> usize {
    left.units.len().min(LEFT[usize::from(left.open)])
}

fn show(quantity: &Quantity) -> Show {
    match quantity {
        Quantity::Count(_) => Show::Whole,
        Quantity::Plain => Show::Plain,
        Quantity::Rate => Show::Percent(2),
        Quantity::Points => Show::Points(2),
        Quantity::Money => Show::Money,
        Quantity::Decimal(_) => Show::Decimal(2),
        Quantity::Text => Show::Words,
    }
}
