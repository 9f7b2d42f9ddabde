//! How the parts of a page share its width: columns, the line above the table, the signature line.

use super::page::{Align, Content, Meaning, Page, Show, Value};
use super::theme::{self, Paper};
use super::width;

/// Room beside the text of a cell, in digits.
pub const AIR: f64 = 1.4;

/// Width of the widest number, in digits: Excel keeps fifteen of them, here with commas, places and
/// mark.
const WIDEST_NUMBER: f64 = 28.0;

/// Widths that the content wants, within the columns' bounds.
pub fn natural_widths(page: &Page) -> Vec<f64> {
    let mut widths: Vec<f64> = page
        .columns
        .iter()
        .map(|c| {
            let label = c.path.last().map_or(0.0, |l| width::text(l, theme::BODY));
            // A label may take two lines, but never fewer than two characters a line.
            let label = (label / 2.0).max(label.min(4.0)) + AIR;
            label.clamp(c.width.0, c.width.1)
        })
        .collect();
    for line in &page.lines {
        let mut col = 0usize;
        for cell in &line.cells {
            if cell.across == 1
                && let Some(column) = page.columns.get(col)
            {
                let bold = theme::is_bold(line.kind, cell.meaning, column.show);
                let need = natural(&cell.content, column.show)
                    * if bold { theme::BOLD } else { 1.0 }
                    + AIR
                    + match cell.meaning {
                        Meaning::BelowTarget => 2.0,
                        _ => 0.0,
                    };
                // Words break where the column ends; a number that does not fit is not shown at all.
                let need = match (is_number(&cell.content), column.align) {
                    (false, Align::Centre) => need.min(column.width.1),
                    (false, _) => (need + theme::INDENT).min(column.width.1),
                    (true, Align::Centre) => need.min(column.width.1.max(WIDEST_NUMBER)),
                    (true, Align::Left | Align::Right) => {
                        (need + theme::INDENT).min(column.width.1.max(WIDEST_NUMBER))
                    }
                };
                widths[col] = widths[col].max(need);
            }
            col += usize::from(cell.across);
        }
    }
    widths
}

/// Natural widths, stretched to the paper that suits them.
pub fn widths(page: &Page) -> (Vec<f64>, Paper) {
    let mut widths = natural_widths(page);
    let total: f64 = widths.iter().sum();
    let upright = Paper::new(&page.print, false).printable();
    let crowded = page
        .chart
        .as_ref()
        .is_some_and(|c| c.kind != crate::scheme::ChartKind::Bar && page.lines.len() > 10);
    let smallest = f64::from(theme::TITLES[theme::TITLES.len() - 1]);
    let long = page.preamble.is_empty() && width::text(&page.title, smallest) > upright - AIR;
    let wide = crowded || long || total > upright;
    let paper = Paper::new(&page.print, page.print.lying.unwrap_or(wide));
    let room = paper.printable();
    let fixed: f64 = widths
        .iter()
        .zip(&page.columns)
        .filter(|(_, c)| c.show == Show::Serial)
        .map(|(w, _)| w)
        .sum();
    if total > fixed && total < room {
        let factor = (room - fixed) / (total - fixed);
        for (w, c) in widths.iter_mut().zip(&page.columns) {
            if c.show != Show::Serial {
                *w = (*w * factor * 10.0).floor() / 10.0;
            }
        }
    }
    (widths, paper)
}

/// The widest paper that a page may be printed on.
pub fn widest(page: &Page) -> Paper {
    Paper::new(&page.print, page.print.lying.unwrap_or(true))
}

fn is_number(content: &Content) -> bool {
    matches!(
        content,
        Content::Number(_) | Content::Formula(_, Value::Number(_))
    )
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

/// Where each part of a line ends, if columns can be shared out so that every part fits; the edges
/// nearest to an even sharing of the room left over are taken.
pub fn split(widths: &[f64], need: &[f64]) -> Option<Vec<usize>> {
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
pub fn signature(labels: &[String], room: f64) -> String {
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

#[cfg(test)]
mod tests {
    use super::super::page::{Cell, Column, Line, LineKind};
    use super::*;

    fn money(kind: LineKind, value: f64) -> Line {
        let cell = Cell {
            meaning: Meaning::Figure,
            content: Content::Number(value),
            across: 1,
        };
        Line {
            kind,
            cells: vec![cell],
        }
    }

    #[test]
    fn numbers_are_never_cut_and_bold_ones_are_wider() {
        let page = |lines: Vec<Line>| Page {
            columns: vec![Column {
                path: vec!["金额".into()],
                show: Show::Money,
                align: Align::Right,
                width: (4.0, 12.0),
            }],
            lines,
            ..Page::default()
        };
        let width = |kind, value| natural_widths(&page(vec![money(kind, value)]))[0];
        let digits = |n: f64| n * theme::digit_width(theme::BODY);
        let beside = AIR + theme::INDENT;
        let leaf = width(LineKind::Leaf, 98_765.43); // 98,765.43
        assert!((leaf - digits(9.0) - beside).abs() < 1e-9, "{leaf}");
        for sum in [LineKind::Subtotal, LineKind::Total] {
            let total = width(sum, 1_234_567.89); // 1,234,567.89
            assert!(
                (total - digits(12.0) * 1.1 - beside).abs() < 1e-9,
                "{total}"
            );
        }
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
}
