//! Figures stored inside a chart, for programs that draw from them: phones and previews.
//!
//! The xlsx writer stores the figures of plain numbers only. Ours are formulas with results, so
//! the empty caches are filled in the finished package.

use super::layout::{Holds, Sheet};
use super::page::{Page, Value};
use crate::grid;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// For each range that a chart draws, as the chart spells it, the points of its cache.
#[derive(Debug, Default)]
pub struct Caches {
    points: BTreeMap<String, String>,
}

impl Caches {
    /// Adds the ranges of a page's chart, if it has one.
    pub fn add(&mut self, page: &Page, placed: &Sheet<'_>) {
        let Some(chart) = &page.chart else {
            return;
        };
        let (first, last) = (placed.head.1 + 1, placed.last_line);
        for &col in chart.series.iter().chain(&chart.target) {
            let mut points = String::new();
            for cell in placed
                .cells
                .iter()
                .filter(|c| usize::from(c.col) == col && (first..=last).contains(&c.row))
            {
                let number = match &cell.holds {
                    Holds::Number(n) => Some(n),
                    Holds::Formula(_, Value::Number(n)) => Some(n),
                    _ => None,
                };
                if let Some(n) = number {
                    let idx = cell.row - first;
                    let _ = write!(points, "<c:pt idx=\"{idx}\"><c:v>{n}</c:v></c:pt>");
                }
            }
            let name = grid::column_name(col as u32);
            let range = format!("!${name}${}:${name}${}", first + 1, last + 1);
            let sheet = escaped(&page.sheet);
            let quoted = escaped(&format!("'{}'", page.sheet.replace('\'', "''")));
            self.points
                .insert(format!("{sheet}{range}"), points.clone());
            self.points.insert(format!("{quoted}{range}"), points);
        }
    }

    /// A chart with the points of every known range whose cache has none.
    pub fn filled(&self, xml: &str) -> String {
        const REFERENCE: &str = "<c:f>";
        const END: &str = "</c:numCache>";
        let mut out = String::with_capacity(xml.len() * 2);
        let mut rest = xml;
        while let Some(at) = rest.find(REFERENCE) {
            let (before, after) = rest.split_at(at + REFERENCE.len());
            out.push_str(before);
            rest = after;
            let name = rest.find("</c:f>").map_or("", |end| &rest[..end]);
            // The cache follows its reference at once, before any other one.
            let cache = rest.find(END).filter(|end| {
                !rest[..*end].contains(REFERENCE) && !rest[..*end].contains("<c:pt ")
            });
            if let (Some(points), Some(end)) = (self.points.get(name), cache) {
                out.push_str(&rest[..end]);
                out.push_str(points);
                rest = &rest[end..];
            }
        }
        out.push_str(rest);
        out
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
