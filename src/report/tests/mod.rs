//! Whole reports made from small hand-made findings: composed, written, read back, recalculated.

mod also;
mod feedback;
mod figures;
mod formula;
mod reference;
mod sheets;

use super::page::{Cell, Content, LineKind, Page, Value};
use super::{Findings, Report, compose, write};
use crate::account::{BoardCell, BoardLine, InputAccount, SchoolRows, SheetAccount, Verdict};
use crate::diagnostic::{Diagnostic, Place, Rule};
use crate::message::Lang;
use crate::scheme::{Directory, PageSpec, Scheme, School};
use crate::statistics::{Column, Figure, Formula, Level, Number, Quantity, Row, Tabulation};
use calamine::{Data, Reader, Xlsx};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

/// Findings that own what they point to.
#[derive(Default)]
struct World {
    scheme: Scheme,
    tabulations: Vec<Tabulation>,
    diagnostics: Vec<Diagnostic>,
    inputs: Vec<InputAccount>,
    board: Vec<BoardLine>,
    files: Vec<(Arc<str>, String)>,
    rows: Vec<SchoolRows>,
    lang: Lang,
}

impl World {
    fn new() -> World {
        let school = |name: &str, district: &str| School {
            name: name.into(),
            district: district.into(),
            ..School::default()
        };
        World {
            scheme: Scheme {
                title: "提升工程".into(),
                bureau: "清河县教育局".into(),
                period: "2025-08".into(),
                cut_off: NaiveDate::from_ymd_opt(2025, 8, 31).expect("a day"),
                directory: Directory::new(vec![
                    school("一小", "甲镇"),
                    school("二小", "甲镇"),
                    school("三小", "乙镇"),
                ]),
                ..Scheme::default()
            },
            ..World::default()
        }
    }

    /// With one page that shows the tabulation.
    fn showing(tab: Tabulation) -> World {
        let mut world = World::new();
        world.scheme.pages.push(PageSpec {
            sheet: "表一".into(),
            title: "{bureau}{year}年{month}月{scheme}表".into(),
            measure: tab.measure.clone(),
            unit: "人".into(),
            rate_places: 2,
            ..PageSpec::default()
        });
        world.tabulations.push(tab);
        world
    }

    fn compose(&self) -> Report {
        let findings = Findings {
            ledgers: crate::report::Ledgers::default(),
            decisions: &[],
            tabulations: &self.tabulations,
            diagnostics: &self.diagnostics,
            inputs: &self.inputs,
            board: &self.board,
            schools_of_files: &self.files,
            rows_of_schools: &self.rows,
            progress: &[],
            version: "0.0.0",
            lang: self.lang,
        };
        compose(&findings, &self.scheme)
    }
}

fn page<'a>(report: &'a Report, sheet: &str) -> &'a Page {
    report.books[0]
        .pages
        .iter()
        .find(|p| &*p.sheet == sheet)
        .expect("the sheet is there")
}

fn open(bytes: &[u8]) -> Xlsx<Cursor<Vec<u8>>> {
    calamine::open_workbook_from_rs(Cursor::new(bytes.to_vec())).expect("a workbook")
}

fn column(part: &str, quantity: Quantity, formula: Option<Formula>) -> Column {
    Column {
        part: part.into(),
        title: vec![part.into()],
        additive: formula.is_none() && quantity != Quantity::Text,
        quantity,
        formula,
    }
}

fn heads() -> Quantity {
    Quantity::Count("人".into())
}

fn row(level: Level, names: &[&str], values: &[Number]) -> Row {
    let dims = ["district", "school", "person"];
    Row {
        level,
        group: dims
            .iter()
            .zip(names)
            .map(|(d, n)| (d.to_string(), n.to_string()))
            .collect(),
        figures: values
            .iter()
            .map(|v| Figure {
                value: v.clone(),
                ..Figure::default()
            })
            .collect(),
    }
}

/// Two towns, three schools: heads, hits, rate, distinct persons, money.
fn towns() -> Tabulation {
    use Number::{Hundredths, Integer, Missing, Ratio};
    Tabulation {
        measure: "m".into(),
        title: "指标".into(),
        dimensions: vec![
            ("district".into(), "乡镇".into()),
            ("school".into(), "学校".into()),
        ],
        columns: vec![
            column("人数", heads(), None),
            column("达标", heads(), None),
            column("达标率", Quantity::Rate, Some(Formula::Ratio(1, 0))),
            Column {
                additive: false,
                ..column("去重人数", heads(), None)
            },
            column("金额", Quantity::Money, None),
        ],
        rows: vec![
            row(
                Level::Leaf,
                &["甲镇", "一小"],
                &[
                    Integer(10),
                    Integer(7),
                    Ratio(7, 10),
                    Integer(9),
                    Hundredths(10_050),
                ],
            ),
            row(
                Level::Leaf,
                &["甲镇", "二小"],
                &[Integer(0), Integer(0), Missing, Integer(0), Missing],
            ),
            row(
                Level::Subtotal(1),
                &["甲镇"],
                &[
                    Integer(10),
                    Integer(7),
                    Ratio(7, 10),
                    Integer(9),
                    Hundredths(10_050),
                ],
            ),
            row(
                Level::Leaf,
                &["乙镇", "三小"],
                &[
                    Integer(3),
                    Integer(1),
                    Ratio(1, 3),
                    Integer(3),
                    Hundredths(5),
                ],
            ),
            row(
                Level::Subtotal(1),
                &["乙镇"],
                &[
                    Integer(3),
                    Integer(1),
                    Ratio(1, 3),
                    Integer(3),
                    Hundredths(5),
                ],
            ),
            row(
                Level::Total,
                &[],
                &[
                    Integer(13),
                    Integer(8),
                    Ratio(8, 13),
                    Integer(11),
                    Hundredths(10_055),
                ],
            ),
        ],
        footnotes: vec![],
    }
}

/// The content of a body cell, by line and column.
fn at(page: &Page, line: usize, column: usize) -> &Cell {
    let mut col = 0;
    page.lines[line]
        .cells
        .iter()
        .find(|c| {
            let here = col;
            col += usize::from(c.across);
            here == column
        })
        .expect("a cell begins there")
}
