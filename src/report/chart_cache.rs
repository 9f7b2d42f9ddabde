//! Figures stored inside a chart, for programs that draw from them: phones and previews.
//!
//! The xlsx writer stores the figures of plain numbers only. Ours are formulas with results, so
//! the empty caches are filled in the finished package; every other part is copied byte for byte.

use super::layout::{Holds, Sheet};
use super::page::{Page, Value};
use crate::grid;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Read, Write};
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// For each range that a chart draws, as the chart spells it, the points of its cache.
#[derive(Debug, Default)]
pub struct Caches {
    points: BTreeMap<String, String>,
}

impl Caches {
    /// Adds the ranges of a page's chart, if it has one.
    pub fn add(&mut self, page: &Page, placed: &Sheet) {
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
                if let Holds::Number(n) | Holds::Formula(_, Value::Number(n)) = &cell.holds {
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

    /// The package with its charts' caches filled.
    ///
    /// # Errors
    /// None for a package that the xlsx writer has just made.
    pub fn fill(&self, package: Vec<u8>) -> ZipResult<Vec<u8>> {
        if self.points.is_empty() {
            return Ok(package);
        }
        let mut archive = ZipArchive::new(Cursor::new(package))?;
        let mut out = ZipWriter::new(Cursor::new(Vec::new()));
        for i in 0..archive.len() {
            let mut part = archive.by_index(i)?;
            if !part.name()?.starts_with("xl/charts/chart") {
                out.raw_copy_file(part)?;
                continue;
            }
            let options = SimpleFileOptions::default()
                .last_modified_time(part.last_modified().unwrap_or_default());
            let name = part.name()?.into_owned();
            let mut xml = String::new();
            part.read_to_string(&mut xml)?;
            out.start_file(name, options)?;
            out.write_all(self.filled(&xml).as_bytes())?;
        }
        Ok(out.finish()?.into_inner())
    }

    /// A chart with the points of every known range whose cache has none.
    fn filled(&self, xml: &str) -> String {
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
