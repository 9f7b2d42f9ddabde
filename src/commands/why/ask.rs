//! What is asked for: `REPORT.xlsx!B7`, `REPORT.xlsx 'sheet'!B7`, or a figure by its name and the
//! values of its group.

use crate::grid;
use std::path::PathBuf;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// A cell of a report.
    Cell {
        /// The report.
        report: PathBuf,
        /// Its sheet; may be left out where only one has a figure there.
        sheet: Option<String>,
        /// In A1 notation.
        cell: String,
    },
    /// A figure of `statistics.json`.
    Figure {
        /// Its name.
        name: String,
        /// Values that its group must have; none for the whole.
        group: Vec<String>,
    },
}

impl Ask {
    /// What the arguments name; there is at least one.
    pub fn parse(what: &[String]) -> Ask {
        let first = what.first().map_or("", String::as_str);
        let lower = first.to_lowercase();
        if let Some(at) = lower.find(".xlsx!") {
            // Only ASCII letters change in length-keeping ways up to here.
            if let (Some(report), Some(rest)) = (first.get(..at + 5), first.get(at + 6..)) {
                return Ask::cell(report, rest);
            }
        }
        match what.get(1) {
            Some(place) if lower.ends_with(".xlsx") => Ask::cell(first, place),
            _ => Ask::Figure {
                name: first.to_owned(),
                group: what.iter().skip(1).cloned().collect(),
            },
        }
    }

    fn cell(report: &str, place: &str) -> Ask {
        let (sheet, cell) = match place.rsplit_once('!') {
            Some((sheet, cell)) => (Some(sheet), cell),
            None => (None, place),
        };
        let unquoted = |s: &str| {
            let inner = s.strip_prefix('\'').and_then(|s| s.strip_suffix('\''));
            inner.map_or_else(|| s.to_owned(), |s| s.replace("''", "'"))
        };
        let cell = cell.trim().replace('$', "").to_uppercase();
        Ask::Cell {
            report: PathBuf::from(report),
            sheet: sheet.map(unquoted),
            // Written as figures have it, whatever it is.
            cell: match grid::parse_a1(&cell) {
                Some((row, col)) => grid::a1(row, col),
                None => cell,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(what: &[&str]) -> Ask {
        let what: Vec<String> = what.iter().map(|w| (*w).to_owned()).collect();
        Ask::parse(&what)
    }

    fn cell(report: &str, sheet: Option<&str>, cell: &str) -> Ask {
        Ask::Cell {
            report: report.into(),
            sheet: sheet.map(str::to_owned),
            cell: cell.to_owned(),
        }
    }

    #[test]
    fn a_cell_may_be_named_in_one_word_or_in_two() {
        let whole = cell("汇总/reports/表.xlsx", Some("学时"), "B7");
        assert_eq!(parse(&["汇总/reports/表.xlsx!学时!B7"]), whole);
        assert_eq!(parse(&["汇总/reports/表.xlsx", "'学时'!$b$7"]), whole);
        assert_eq!(parse(&["表.XLSX!b7"]), cell("表.XLSX", None, "B7"));
        assert_eq!(
            parse(&["表.xlsx", "'a''b'!C1"]),
            cell("表.xlsx", Some("a'b"), "C1")
        );
    }

    #[test]
    fn anything_else_is_a_figure_and_its_group() {
        let figure = Ask::Figure {
            name: "hours.met".to_owned(),
            group: vec!["甲校".to_owned()],
        };
        assert_eq!(parse(&["hours.met", "甲校"]), figure);
    }
}
