//! A report as text, for golden tests and review: every sheet with its widths, heights, merges,
//! cells, formulas and meanings, one cell a line.

use super::a1::formula;
use super::layout::{self, Holds};
use super::page::{Report, Value};
use crate::grid;
use std::fmt::Write;

/// The whole report.
pub fn dump(report: &Report) -> String {
    let mut out = String::new();
    for book in &report.books {
        let _ = writeln!(out, "book {}", book.path);
        let _ = writeln!(
            out,
            "title {:?} by {:?} on {}",
            book.title, book.organisation, book.date
        );
        for page in &book.pages {
            sheet(&mut out, page);
        }
        out.push('\n');
    }
    out
}

fn sheet(out: &mut String, page: &super::Page) {
    let placed = layout::place(page);
    let _ = writeln!(
        out,
        "\nsheet {:?} {} header {}-{}{}",
        page.sheet,
        match placed.paper.lying {
            false => "portrait",
            true => "landscape",
        },
        placed.head.0 + 1,
        placed.head.1 + 1,
        if page.filter { " filter" } else { "" },
    );
    let widths: Vec<String> = placed.widths.iter().map(|w| format!("{w:.1}")).collect();
    let _ = writeln!(out, "widths {}", widths.join(" "));
    if let (Some(chart), Some((row, rows))) = (&page.chart, placed.chart) {
        let _ = writeln!(
            out,
            "chart {:?} {:?} rows {}-{} series {:?} target {:?}",
            chart.kind,
            chart.title,
            row + 1,
            row + rows,
            chart.series,
            chart.target
        );
    }
    let mut row = u32::MAX;
    for cell in &placed.cells {
        if cell.row != row {
            row = cell.row;
            let _ = writeln!(
                out,
                "row {} height {:.1}",
                row + 1,
                placed.heights[row as usize]
            );
        }
        let mut place = grid::a1(cell.row, cell.col.into());
        if cell.rows > 1 || cell.cols > 1 {
            let _ = write!(
                place,
                ":{}",
                grid::a1(
                    cell.row + cell.rows - 1,
                    u32::from(cell.col + cell.cols - 1)
                )
            );
        }
        let _ = write!(out, "  {place} {}", cell.part.name());
        let _ = match &cell.holds {
            Holds::Blank => writeln!(out),
            Holds::Text(t) => writeln!(out, " {t:?}"),
            Holds::Number(n) => writeln!(out, " {n}"),
            Holds::Formula(f, Value::Number(n)) => {
                writeln!(out, " {} -> {n}", formula(f, placed.top))
            }
            Holds::Formula(f, Value::Text(t)) => {
                writeln!(out, " {} -> {t:?}", formula(f, placed.top))
            }
        };
    }
}
