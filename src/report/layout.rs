//! Where the parts of a page stand: rows, columns, merges, widths, heights, orientation.
//!
//! Order from above: title, subtitle, paragraphs, chart, header, body, signature line, footnotes,
//! closing lines. Widths follow the content within each column's bounds and then fill the paper's
//! width; heights follow from the widths, because Excel measures neither merged nor wrapped cells.

use super::page::{Align, At, Content, Expr, LineKind, Meaning, Page, Show, Value};
use super::theme::{self, Paper, Part};
use super::width;
use crate::grid;

/// Rows that a chart takes at least.
const CHART_ROWS: u32 = 15;
/// Height of each of them.
const CHART_ROW: f64 = 20.0;
/// Columns may grow by this factor to fill the paper.
const STRETCH: f64 = 1.6;
/// Room beside the text of a cell, in digits.
const AIR: f64 = 1.4;

/// A page with every part at its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Cells, row by row.
    pub cells: Vec<Placed>,
    /// Column widths in digits.
    pub widths: Vec<f64>,
    /// Row heights in points.
    pub heights: Vec<f64>,
    /// What it is printed on.
    pub paper: Paper,
    /// First and last row of the header, which every printed page repeats.
    pub head: (u32, u32),
    /// Columns that stay in view with the header.
    pub frozen_columns: u16,
    /// Last row of the body; the header's last row if there is none.
    pub last_line: u32,
    /// First row of the chart and how many rows it takes.
    pub chart: Option<(u32, u32)>,
}

/// A cell at its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
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
    pub holds: Holds,
}

/// What a placed cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Holds {
    /// Nothing.
    Blank,
    /// Words.
    Text(String),
    /// A number.
    Number(f64),
    /// A formula in A1 notation, with its leading `=`, and its result.
    Formula(String, Value),
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
pub fn place(page: &Page) -> Sheet {
    let (widths, paper) = widths(page);
    let mut maker = Maker {
        page,
        total: widths.iter().sum(),
        last: widths.len().saturating_sub(1) as u16,
        sheet: Sheet {
            cells: Vec::with_capacity(page.lines.len() * page.columns.len() + 64),
            widths,
            heights: Vec::with_capacity(page.lines.len() + 16),
            paper,
            head: (0, 0),
            frozen_columns: 0,
            last_line: 0,
            chart: None,
        },
    };
    maker.above();
    maker.head();
    maker.body();
    maker.below();
    if page.columns.len() > 12 {
        maker.sheet.frozen_columns = page.stub as u16;
    }
    maker.sheet
}

/// The paper that a page needs.
pub fn paper(page: &Page) -> Paper {
    widths(page).1
}

/// Natural widths within the columns' bounds, then stretched to the paper.
fn widths(page: &Page) -> (Vec<f64>, Paper) {
    let mut widths: Vec<f64> = page
        .columns
        .iter()
        .map(|c| {
            let label = c.path.last().map_or(0.0, |l| width::text(l, theme::BODY));
            // A label may take three lines, but never fewer than two characters a line.
            let label = (label / 3.0).max(label.min(4.0)) + AIR;
            label.clamp(c.width.0, c.width.1)
        })
        .collect();
    for line in &page.lines {
        let mut col = 0usize;
        for cell in &line.cells {
            if cell.across == 1
                && let Some(column) = page.columns.get(col)
            {
                let need = natural(&cell.content, column.show)
                    + AIR
                    + match cell.meaning {
                        Meaning::BelowTarget => 2.0,
                        _ => 0.0,
                    };
                widths[col] = widths[col].max(need.min(column.width.1));
            }
            col += usize::from(cell.across);
        }
    }
    let total: f64 = widths.iter().sum();
    let crowded = page
        .chart
        .as_ref()
        .is_some_and(|c| c.kind != crate::scheme::ChartKind::Bar && page.lines.len() > 10);
    let paper = if !crowded && total <= Paper::Upright.printable() {
        Paper::Upright
    } else if total * theme::SMALLEST <= Paper::Lying.printable() {
        Paper::Lying
    } else {
        Paper::Large
    };
    let room = paper.printable();
    if total > 0.0 && total < room {
        let factor = match page.chart {
            None => (room / total).min(STRETCH),
            // A chart wants the whole paper.
            Some(_) => room / total,
        };
        for (w, c) in widths.iter_mut().zip(&page.columns) {
            if c.show != Show::Serial {
                *w = (*w * factor * 10.0).floor() / 10.0;
            }
        }
    }
    (widths, paper)
}

fn natural(content: &Content, show: Show) -> f64 {
    match content {
        Content::Blank => 0.0,
        Content::Text(t) | Content::Formula(_, Value::Text(t)) => width::text(t, theme::BODY),
        Content::Number(n) | Content::Formula(_, Value::Number(n)) => {
            width::number(*n, show, theme::BODY)
        }
    }
}

struct Maker<'a> {
    page: &'a Page,
    total: f64,
    last: u16,
    sheet: Sheet,
}

impl Maker<'_> {
    fn row(&self) -> u32 {
        self.sheet.heights.len() as u32
    }

    fn put(&mut self, col: u16, cols: u16, part: Part, holds: Holds) {
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
    fn wide(&mut self, part: Part, text: String, least: f64) {
        let lines = width::lines(&text, part.size(), self.total - AIR);
        let height = (f64::from(lines) * theme::line_height(part.size()) + 5.0).max(least);
        self.put(0, self.last + 1, part, Holds::Text(text));
        self.sheet.heights.push(height);
    }

    fn above(&mut self) {
        let title = &self.page.title;
        let fits = |size: &&u8| width::text(title, f64::from(**size)) <= self.total - AIR;
        let size = theme::TITLES
            .iter()
            .find(fits)
            .unwrap_or(&theme::TITLES[theme::TITLES.len() - 1]);
        self.wide(Part::Title(*size), title.clone(), 40.0);
        if has_subtitle(self.page) {
            self.subtitle();
        }
        for paragraph in &self.page.preamble {
            self.wide(Part::Paragraph, paragraph.clone(), 24.0);
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
        let parts: Vec<&String> = self
            .page
            .subtitle
            .iter()
            .filter(|p| !p.is_empty())
            .collect();
        let need: Vec<f64> = parts
            .iter()
            .map(|p| width::text(p, theme::SUBTITLE) + AIR)
            .collect();
        match split(&self.sheet.widths, &need) {
            Some(edges) => {
                let mut from = 0;
                for (i, (&to, text)) in edges.iter().zip(&parts).enumerate() {
                    let align = match i {
                        0 => Align::Left,
                        i if i + 1 == parts.len() => Align::Right,
                        _ => Align::Centre,
                    };
                    let cols = (to - from) as u16;
                    let holds = Holds::Text((*text).clone());
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
                let holds = Holds::Text(text.join(&" ".repeat(gap as usize)));
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
                holds: Holds::Text(span.text),
            });
        }
        self.sheet.heights.extend(heights);
        self.sheet.head = (top, (top + depth).saturating_sub(1));
        self.sheet.last_line = self.sheet.head.1;
    }

    fn body(&mut self) {
        let top = self.row();
        for line in &self.page.lines {
            let mut height: f64 = match line.kind {
                LineKind::Total | LineKind::Group | LineKind::Subtotal => 21.0,
                LineKind::Leaf | LineKind::Words => 20.5,
            };
            let mut col = 0u16;
            for cell in &line.cells {
                let Some(column) = self.page.columns.get(usize::from(col)) else {
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
                self.put(col, cols, part, holds(&cell.content, top));
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
            let text = signature(&page.signature, self.total - AIR);
            self.put(0, self.last + 1, Part::Signature, Holds::Text(text));
            self.sheet.heights.push(30.0);
        }
        for note in &page.footnotes {
            self.wide(Part::Footnote, note.clone(), 0.0);
        }
        for (i, line) in page.closing.iter().enumerate() {
            // Room for the seal above who signs.
            self.wide(
                Part::Closing,
                line.clone(),
                if i == 0 { 48.0 } else { 24.0 },
            );
        }
    }
}

/// Where each part of a line ends, if columns can be shared out so that every part fits; the edges
/// nearest to an even sharing of the room left over are taken.
fn split(widths: &[f64], need: &[f64]) -> Option<Vec<usize>> {
    let mut edge = vec![0.0];
    for width in widths {
        edge.push(edge[edge.len() - 1] + width);
    }
    let spare = (edge[widths.len()] - need.iter().sum::<f64>()) / need.len() as f64;
    let fits = |part: usize, from: usize, to: usize| edge[to] - edge[from] >= need[part];
    let n = widths.len();
    let best = |choices: Vec<(Vec<usize>, f64)>| {
        choices
            .into_iter()
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(edges, _)| edges)
    };
    match need {
        [_] => fits(0, 0, n).then(|| vec![n]),
        [first, ..] if need.len() < 4 => {
            let mut choices = Vec::new();
            for i in 1..n {
                let far = (edge[i] - first - spare).abs();
                if !fits(0, 0, i) {
                    continue;
                }
                if need.len() == 2 {
                    if fits(1, i, n) {
                        choices.push((vec![i, n], far));
                    }
                    continue;
                }
                let wish = first + need[1] + 2.0 * spare;
                for (j, at) in edge.iter().enumerate().take(n).skip(i + 1) {
                    if fits(1, i, j) && fits(2, j, n) {
                        choices.push((vec![i, j, n], far + (at - wish).abs()));
                    }
                }
            }
            best(choices)
        }
        _ => None,
    }
}

/// The labels of a signature line with rules to write on, over a given width.
fn signature(labels: &[String], room: f64) -> String {
    let unit = theme::digit_width(theme::SUBTITLE);
    let said: f64 = labels
        .iter()
        .map(|l| width::text(l, theme::SUBTITLE))
        .sum::<f64>();
    let gaps = labels.len().saturating_sub(1) as f64 * 2.0 * unit;
    let rule = ((room - said - gaps) / unit / labels.len() as f64 * 0.94).floor();
    let rule = "_".repeat((rule as usize).clamp(6, 24));
    labels
        .iter()
        .map(|l| format!("{l}{rule}"))
        .collect::<Vec<_>>()
        .join("  ")
}

/// A cell of the header band.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadSpan {
    /// Row in the band.
    pub row: usize,
    /// First column.
    pub col: usize,
    /// Rows covered.
    pub rows: usize,
    /// Columns covered.
    pub cols: usize,
    /// Text.
    pub text: String,
}

/// The header band of label paths: neighbours that share a spanner, and all above it, share its
/// cell; a path shorter than the band hangs its label down to the body.
pub fn head_spans(paths: &[&[String]]) -> Vec<HeadSpan> {
    let depth = paths.iter().map(|p| p.len()).max().unwrap_or(0);
    let mut out = Vec::new();
    for row in 0..depth {
        let mut col = 0;
        while col < paths.len() {
            let path = paths[col];
            if row >= path.len() {
                col += 1;
                continue;
            }
            let last = row + 1 == path.len();
            let mut end = col + 1;
            if !last {
                while end < paths.len()
                    && paths[end].len() > row + 1
                    && paths[end][..=row] == path[..=row]
                {
                    end += 1;
                }
            }
            out.push(HeadSpan {
                row,
                col,
                rows: if last { depth - row } else { 1 },
                cols: end - col,
                text: path[row].clone(),
            });
            col = end;
        }
    }
    out
}

fn holds(content: &Content, top: u32) -> Holds {
    match content {
        Content::Blank => Holds::Blank,
        Content::Text(t) => Holds::Text(t.clone()),
        Content::Number(n) => Holds::Number(*n),
        Content::Formula(expr, value) => Holds::Formula(formula(expr, top), value.clone()),
    }
}

/// A formula in A1 notation; `top` is the row of the first line.
fn formula(expr: &Expr, top: u32) -> String {
    let a1 = |at: &At| grid::a1(top + at.line, u32::from(at.column));
    match expr {
        Expr::Sum(spans) => {
            let spans: Vec<String> = spans
                .iter()
                .map(|(a, b)| match a == b {
                    true => a1(a),
                    false => format!("{}:{}", a1(a), a1(b)),
                })
                .collect();
            // A function takes at most 255 arguments.
            let sums: Vec<String> = spans
                .chunks(255)
                .map(|c| format!("SUM({})", c.join(",")))
                .collect();
            format!("={}", sums.join("+"))
        }
        Expr::Ratio {
            over,
            under,
            places,
            dash,
        } => {
            let quotient = format!("{}/{}", a1(over), a1(under));
            let quotient = match places {
                None => quotient,
                Some(p) => format!("ROUND({quotient},{p})"),
            };
            format!("=IF({}=0,\"{dash}\",{quotient})", a1(under))
        }
        Expr::Difference {
            from,
            take,
            times,
            dash,
        } => {
            let (a, b) = (a1(from), a1(take));
            let difference = match times {
                1 => format!("{a}-{b}"),
                n => format!("({a}-{b})*{n}"),
            };
            match dash {
                None => format!("={difference}"),
                Some(dash) => format!("=IF(COUNT({a},{b})=2,{difference},\"{dash}\")"),
            }
        }
        Expr::Elsewhere { sheet, at } => {
            format!("='{}'!{}", sheet.replace('\'', "''"), grid::a1(at.0, at.1))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(row: usize, col: usize, rows: usize, cols: usize, text: &str) -> HeadSpan {
        HeadSpan {
            row,
            col,
            rows,
            cols,
            text: text.into(),
        }
    }

    #[test]
    fn equal_neighbouring_spanners_share_a_cell_and_short_paths_hang_down() {
        let paths: Vec<Vec<String>> = [
            &["学校"][..],
            &["学历", "小学", "合格"],
            &["学历", "小学", "比例"],
            &["学历", "初中", "合格"],
            &["其他", "合格"],
        ]
        .iter()
        .map(|p| p.iter().map(|s| s.to_string()).collect())
        .collect();
        let refs: Vec<&[String]> = paths.iter().map(Vec::as_slice).collect();
        assert_eq!(
            head_spans(&refs),
            vec![
                span(0, 0, 3, 1, "学校"),
                span(0, 1, 1, 3, "学历"),
                span(0, 4, 1, 1, "其他"),
                span(1, 1, 1, 2, "小学"),
                span(1, 3, 1, 1, "初中"),
                span(1, 4, 2, 1, "合格"),
                span(2, 1, 1, 1, "合格"),
                span(2, 2, 1, 1, "比例"),
                span(2, 3, 1, 1, "合格"),
            ]
        );
    }

    #[test]
    fn equal_labels_under_different_spanners_stay_apart() {
        let paths: Vec<Vec<String>> = [["甲", "人数", "男"], ["乙", "人数", "男"]]
            .iter()
            .map(|p| p.iter().map(|s| s.to_string()).collect())
            .collect();
        let refs: Vec<&[String]> = paths.iter().map(Vec::as_slice).collect();
        assert!(head_spans(&refs).iter().all(|s| s.cols == 1));
    }

    #[test]
    fn subtitle_parts_fit_their_columns_or_share_one_cell() {
        assert_eq!(split(&[10.0; 9], &[20.0, 20.0, 10.0]), Some(vec![3, 7, 9]));
        assert_eq!(
            split(
                &[5.0, 14.0, 11.0, 11.0, 13.0, 11.0, 15.0],
                &[31.0, 24.0, 12.0]
            ),
            Some(vec![4, 6, 7])
        );
        assert_eq!(split(&[30.0, 10.0, 40.0], &[35.0, 30.0]), Some(vec![2, 3]));
        assert_eq!(split(&[40.0, 40.0], &[30.0, 20.0, 10.0]), None);
        assert_eq!(split(&[10.0], &[10.0, 10.0]), None);
        assert_eq!(split(&[10.0, 10.0], &[5.0]), Some(vec![2]));
    }

    #[test]
    fn sums_of_many_parts_keep_within_excels_arguments() {
        let at = |line| At { line, column: 2 };
        let spans: Vec<(At, At)> = (0..300).map(|i| (at(i * 2), at(i * 2))).collect();
        let text = formula(&Expr::Sum(spans), 7);
        assert!(text.starts_with("=SUM(C8,C10,"), "{text}");
        assert_eq!(text.matches("SUM(").count(), 2);
    }
}
