//! Where the parts of a page stand: rows, columns, merges, widths, heights, orientation.
//!
//! Order from above: title, subtitle, paragraphs, chart, header, body, signature line, footnotes,
//! closing lines. Widths follow the content within each column's bounds and then fill the paper's
//! width; heights follow from the widths, because Excel measures neither merged nor wrapped cells.

use super::fit::{self, AIR};
use super::head::head_spans;
use super::page::{Align, Content, Expr, LineKind, Meaning, Page, Show, Value};
use super::theme::{self, Paper, Part};
use super::width;
use std::borrow::Cow;

/// Rows that a chart takes at least.
const CHART_ROWS: u32 = 15;
/// Height of each of them.
const CHART_ROW: f64 = 20.0;
/// Breaks that a sheet can have.
const MOST_BREAKS: usize = 1023;

/// A page with every part at its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet<'a> {
    /// Cells, row by row and from the left.
    pub cells: Vec<Placed<'a>>,
    /// Column widths in digits.
    pub widths: Vec<f64>,
    /// Row heights in points.
    pub heights: Vec<f64>,
    /// What it is printed on.
    pub paper: Paper,
    /// On how many sheets of paper, one below the other, it is squeezed; nought for as many as it takes.
    pub tall: u16,
    /// First and last row of the header, which every printed page repeats.
    pub head: (u32, u32),
    /// Columns that stay in view with the header.
    pub frozen_columns: u16,
    /// Row of the first line of the body, which formulas count from.
    pub top: u32,
    /// Last row of the body; the header's last row if there is none.
    pub last_line: u32,
    /// First row of the chart and how many rows it takes.
    pub chart: Option<(u32, u32)>,
    /// Rows that begin a new sheet of paper.
    pub breaks: Vec<u32>,
    /// Runs of rows that can be folded away.
    pub folds: Vec<(u32, u32)>,
}

/// A cell at its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed<'a> {
    /// 0-based row.
    pub row: u32,
    /// 0-based column.
    pub col: u16,
    /// Rows covered.
    pub rows: u32,
    /// Columns covered.
    pub cols: u16,
    /// What it is.
    pub part: Part,
    /// What it holds.
    pub holds: Holds<'a>,
}

/// What a placed cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Holds<'a> {
    /// Nothing.
    Blank,
    /// Words.
    Text(Cow<'a, str>),
    /// A number.
    Number(f64),
    /// A formula over cells of the body, and its result.
    Formula(&'a Expr, &'a Value),
}

/// Row of the first line of the body.
pub fn body_top(page: &Page) -> u32 {
    head_top(page) + page.head_depth()
}

fn chart_top(page: &Page) -> u32 {
    1 + u32::from(has_subtitle(page)) + page.preamble.len() as u32
}

fn head_top(page: &Page) -> u32 {
    chart_top(page) + chart_rows(page)
}

fn chart_rows(page: &Page) -> u32 {
    match &page.chart {
        None => 0,
        Some(chart) if chart.kind == crate::scheme::ChartKind::Bar => {
            CHART_ROWS.max(4 + page.lines.len() as u32).min(40)
        }
        Some(_) => CHART_ROWS,
    }
}

fn has_subtitle(page: &Page) -> bool {
    page.subtitle.iter().any(|s| !s.is_empty())
}

/// Places the parts of a page.
pub fn place(page: &Page) -> Sheet<'_> {
    let (widths, paper) = fit::widths(page);
    let mut maker = Maker {
        page,
        total: widths.iter().sum(),
        last: widths.len().saturating_sub(1) as u16,
        sheet: Sheet {
            cells: Vec::with_capacity(page.lines.len() * page.columns.len() + 64),
            widths,
            heights: Vec::with_capacity(page.lines.len() + 16),
            paper,
            tall: 0,
            head: (0, 0),
            frozen_columns: 0,
            top: body_top(page),
            last_line: 0,
            chart: None,
            breaks: Vec::new(),
            folds: Vec::new(),
        },
    };
    maker.above();
    maker.head();
    maker.body();
    maker.below();
    let top = maker.sheet.top;
    let rows = maker.sheet.heights.len() as u32;
    let breaks = page.print.breaks.iter().map(|line| top + line);
    maker.sheet.breaks = breaks.filter(|row| *row < rows).take(MOST_BREAKS).collect();
    maker.sheet.folds = page.folds.iter().map(|(a, b)| (top + a, top + b)).collect();
    if maker.sheet.breaks.is_empty() {
        maker.sheet.tall = squeezed(maker.sheet.papers());
    }
    if let Some(bulk) = &page.bulk {
        maker.sheet.tall = 0;
        maker.sheet.last_line += bulk.len() as u32;
    }
    if page.columns.len() > 12 {
        maker.sheet.frozen_columns = page.stub as u16;
    }
    maker.sheet
}

/// How many sheets of paper so many are squeezed to, so that the last one does not hold a line or two;
/// nought where nothing is to be squeezed.
fn squeezed(papers: f64) -> u16 {
    let whole = papers.floor().max(1.0);
    match papers - whole <= theme::SQUEEZED && whole < 1000.0 {
        true => whole as u16,
        false => 0,
    }
}

impl Sheet<'_> {
    /// How many sheets of paper it fills, one below the other, printed in the width of one. Excel
    /// shrinks for that and does not enlarge.
    fn papers(&self) -> f64 {
        let pixels = |digits: &f64| digits * theme::PIXELS_PER_DIGIT + theme::COLUMN_PADDING;
        let width: f64 = self.widths.iter().map(pixels).sum();
        let paper = self.paper.printable() * theme::PIXELS_PER_DIGIT;
        let scale = (paper / width).min(1.0);
        self.heights.iter().sum::<f64>() * scale / self.paper.printable_height()
    }

    /// Rows that every printed page repeats: the header, and where towns have sheets of paper of
    /// their own the title too.
    pub fn repeated(&self) -> (u32, u32) {
        match self.breaks.is_empty() {
            true => self.head,
            false => (0, self.head.1),
        }
    }
}

struct Maker<'a> {
    page: &'a Page,
    total: f64,
    last: u16,
    sheet: Sheet<'a>,
}

impl<'a> Maker<'a> {
    fn row(&self) -> u32 {
        self.sheet.heights.len() as u32
    }

    fn put(&mut self, col: u16, cols: u16, part: Part, holds: Holds<'a>) {
        let row = self.row();
        self.sheet.cells.push(Placed {
            row,
            col,
            rows: 1,
            cols,
            part,
            holds,
        });
    }

    /// A line over the whole width; wraps.
    fn wide(&mut self, part: Part, text: &'a str, least: f64) {
        let lines = width::lines(text, part.size(), self.total - AIR);
        let height = (f64::from(lines) * theme::line_height(part.size()) + 5.0).max(least);
        self.put(0, self.last + 1, part, Holds::Text(text.into()));
        self.sheet.heights.push(height);
    }

    fn above(&mut self) {
        let page = self.page;
        let title = &page.title;
        let fits = |size: &&u8| width::text(title, f64::from(**size)) <= self.total - AIR;
        let size = theme::TITLES
            .iter()
            .find(fits)
            .unwrap_or(&theme::TITLES[theme::TITLES.len() - 1]);
        self.wide(Part::Title(*size), title, 40.0);
        if has_subtitle(self.page) {
            self.subtitle();
        }
        for paragraph in &page.preamble {
            // Over a list it is a note, not a letter.
            match page.bulk {
                Some(_) => self.wide(Part::Footnote, paragraph, 0.0),
                None => self.wide(Part::Paragraph, paragraph, 24.0),
            }
        }
        let rows = chart_rows(self.page);
        if rows > 0 {
            self.sheet.chart = Some((self.row(), rows));
            for _ in 0..rows {
                self.sheet.heights.push(CHART_ROW);
            }
        }
    }

    /// The parts of one row, each over columns enough for its text; all in one cell where the
    /// columns are too few.
    fn subtitle(&mut self) {
        let page = self.page;
        let parts: Vec<&'a String> = page.subtitle.iter().filter(|p| !p.is_empty()).collect();
        let need: Vec<f64> = parts
            .iter()
            .map(|p| width::text(p, theme::SUBTITLE) + AIR)
            .collect();
        match fit::split(&self.sheet.widths, &need) {
            Some(edges) => {
                let mut from = 0;
                for (i, (&to, text)) in edges.iter().zip(&parts).enumerate() {
                    let align = match i {
                        0 => Align::Left,
                        i if i + 1 == parts.len() => Align::Right,
                        _ => Align::Centre,
                    };
                    let cols = (to - from) as u16;
                    let holds = Holds::Text(text.as_str().into());
                    self.put(from as u16, cols, Part::Subtitle(align), holds);
                    from = to;
                }
            }
            None => {
                // Spread with spaces over one cell.
                let text: Vec<&str> = parts.iter().map(|p| p.as_str()).collect();
                let spare = self.total - need.iter().sum::<f64>();
                let gap = spare / text.len().max(2).saturating_sub(1) as f64;
                let gap = (gap / theme::digit_width(theme::SUBTITLE)).floor().max(2.0);
                let holds = Holds::Text(text.join(&" ".repeat(gap as usize)).into());
                self.put(0, self.last + 1, Part::Subtitle(Align::Left), holds);
            }
        }
        self.sheet.heights.push(24.0);
    }

    fn head(&mut self) {
        let top = self.row();
        let depth = self.page.head_depth();
        let spans = head_spans(
            &self
                .page
                .columns
                .iter()
                .map(|c| c.path.as_slice())
                .collect::<Vec<_>>(),
        );
        let mut heights = vec![24.0f64; depth as usize];
        for span in &spans {
            let room: f64 = self.sheet.widths[span.col..span.col + span.cols]
                .iter()
                .sum();
            let lines = width::lines(&span.text, theme::BODY, room - 0.6);
            let need = f64::from(lines) * theme::line_height(theme::BODY) + 8.0;
            let rows = span.row..span.row + span.rows;
            let have: f64 = heights[rows.clone()].iter().sum();
            if need > have {
                // The lowest row grows: it holds the labels, the rows above hold short spanners.
                heights[rows.end - 1] += need - have;
            }
        }
        if depth == 1 {
            heights[0] = heights[0].max(30.0);
        }
        for span in spans {
            self.sheet.cells.push(Placed {
                row: top + span.row as u32,
                col: span.col as u16,
                rows: span.rows as u32,
                cols: span.cols as u16,
                part: Part::Head,
                holds: Holds::Text(span.text.into()),
            });
        }
        self.sheet.heights.extend(heights);
        self.sheet.head = (top, (top + depth).saturating_sub(1));
        self.sheet.last_line = self.sheet.head.1;
    }

    fn body(&mut self) {
        let page = self.page;
        for line in &page.lines {
            let mut height: f64 = match line.kind {
                LineKind::Total | LineKind::Group | LineKind::Subtotal => 21.0,
                LineKind::Leaf if page.signed => theme::SIGNED,
                LineKind::Leaf | LineKind::Words => 20.5,
            };
            let mut col = 0u16;
            for cell in &line.cells {
                let Some(column) = page.columns.get(usize::from(col)) else {
                    break;
                };
                let cols = cell.across.min(self.last + 1 - col);
                let show = match &cell.content {
                    Content::Text(_) => Show::Words,
                    _ => column.show,
                };
                // Spanning cells are headings and read from the left, except names of sums.
                let align = match (cols, line.kind) {
                    (1, _) => column.align,
                    (_, LineKind::Subtotal | LineKind::Total) => Align::Centre,
                    _ => Align::Left,
                };
                if let Content::Text(text) = &cell.content {
                    let room: f64 = self.sheet.widths[usize::from(col)..usize::from(col + cols)]
                        .iter()
                        .sum();
                    let air = if align == Align::Centre { 0.6 } else { 1.6 };
                    let lines = width::lines(text, theme::BODY, room - air);
                    height = height.max(f64::from(lines) * theme::line_height(theme::BODY) + 6.0);
                }
                let part = Part::Body {
                    line: line.kind,
                    meaning: cell.meaning,
                    show,
                    align,
                };
                self.put(col, cols, part, holds(&cell.content));
                col += cols;
            }
            while col <= self.last {
                let part = Part::Body {
                    line: line.kind,
                    meaning: Meaning::Missing,
                    show: Show::Words,
                    align: Align::Centre,
                };
                self.put(col, 1, part, Holds::Blank);
                col += 1;
            }
            // Excel knows no row higher than 409 points.
            self.sheet.last_line = self.row();
            self.sheet.heights.push(height.min(409.0));
        }
    }

    fn below(&mut self) {
        let page = self.page;
        if !page.signature.is_empty() {
            let text = fit::signature(&page.signature, self.total - AIR);
            self.put(0, self.last + 1, Part::Signature, Holds::Text(text.into()));
            self.sheet.heights.push(30.0);
        }
        for note in &page.footnotes {
            self.wide(Part::Footnote, note, 0.0);
        }
        for (i, line) in page.closing.iter().enumerate() {
            // Room for the seal above who signs.
            self.wide(Part::Closing, line, if i == 0 { 48.0 } else { 24.0 });
        }
    }
}

fn holds(content: &Content) -> Holds<'_> {
    match content {
        Content::Blank => Holds::Blank,
        Content::Text(t) => Holds::Text(t.as_str().into()),
        Content::Number(n) => Holds::Number(*n),
        Content::Formula(expr, value) => Holds::Formula(expr, value),
    }
}
