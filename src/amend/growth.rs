//! Where rows, ranges and references go when rows of a sheet are repeated and all below them move
//! down.

use super::formula::{Area, Corner, rewritten};
use super::xml::Fault;
use crate::grid;

/// Rows of one sheet that are repeated.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Growth {
    /// Row from 0 and how many of it there will be, at least one; by row.
    rows: Vec<(u32, u32)>,
}

/// Where a formula stands, which says what its references to a repeated row mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// In a cell outside of repeated rows: a rectangle over the row grows with it, one cell in a
    /// sum becomes all of them, one cell alone could mean any of them and is refused.
    Cell,
    /// In a repeated row: loose references to the row itself mean the copy's own row.
    Copy {
        /// The repeated row.
        row: u32,
        /// Which of its copies, from 0.
        copy: u32,
    },
    /// In a chart, whose series grow even from one cell.
    Series,
    /// In a name, a rule for colours or for input: rectangles grow, single cells stay.
    Rule,
}

impl Growth {
    /// Rows, each with how many of it there will be.
    pub fn new(mut rows: Vec<(u32, u32)>) -> Growth {
        rows.sort_unstable();
        rows.iter_mut().for_each(|r| r.1 = r.1.max(1));
        Growth { rows }
    }

    /// Whether nothing moves.
    pub fn is_none(&self) -> bool {
        self.rows.iter().all(|r| r.1 == 1)
    }

    /// How many of a row there will be, if it is repeated.
    pub fn copies(&self, row: u32) -> Option<u32> {
        let found = self.rows.iter().find(|r| r.0 == row);
        found.map(|r| r.1)
    }

    /// Where a row goes, the first of them if it is repeated.
    pub fn start(&self, row: u32) -> u32 {
        let above = self.rows.iter().filter(|r| r.0 < row);
        row.saturating_add(above.map(|r| r.1 - 1).sum())
    }

    /// Where a row goes, the last of them if it is repeated.
    pub fn end(&self, row: u32) -> u32 {
        let above = self.rows.iter().filter(|r| r.0 <= row);
        row.saturating_add(above.map(|r| r.1 - 1).sum())
    }

    /// A range in A1 notation where it goes; `None` where it is none.
    pub fn range(&self, text: &str) -> Option<String> {
        let (from, to) = text.split_once(':').unwrap_or((text, text));
        let ((r1, c1), (r2, c2)) = (grid::parse_a1(from)?, grid::parse_a1(to)?);
        let (a, b) = (grid::a1(self.start(r1), c1), grid::a1(self.end(r2), c2));
        Some(if a == b { a } else { format!("{a}:{b}") })
    }

    /// Ranges with spaces between them.
    pub fn ranges(&self, text: &str) -> Option<String> {
        let all: Option<Vec<String>> = text.split_whitespace().map(|r| self.range(r)).collect();
        all.map(|all| all.join(" "))
    }

    /// A formula as it has to be once rows have been repeated. `own` says whether references
    /// without a sheet mean the sheet that grows, whose name is `sheet`.
    ///
    /// # Errors
    /// When a reference could mean any of the repeated rows.
    pub fn formula(
        &self,
        formula: &str,
        own: bool,
        sheet: &str,
        stand: Stand,
    ) -> Result<String, Fault> {
        let mut wrong = None;
        let out = rewritten(formula, |area, many| {
            let meant = match &area.sheet {
                None => own,
                Some(_) => area.names(sheet),
            };
            if !meant {
                return None;
            }
            let new = self.area(area, many, stand);
            if new.is_none() {
                wrong.get_or_insert_with(|| area.text());
            }
            new
        });
        match wrong {
            Some(reference) => Err(Fault(format!("={formula} → {reference}"))),
            None => Ok(out),
        }
    }

    fn area(&self, area: &Area, many: bool, stand: Stand) -> Option<Area> {
        let put = |c: Corner, row: u32| Corner {
            row: c.row.map(|(_, fixed)| (row, fixed)),
            ..c
        };
        let Some((row, fixed)) = area.from.row else {
            return Some(area.clone());
        };
        let own = match stand {
            Stand::Copy { row, copy } => Some((row, self.start(row) + copy)),
            _ => None,
        };
        let Some((to, last, last_fixed)) = area.to.and_then(|to| {
            let (last, fixed) = to.row?;
            Some((to, last, fixed))
        }) else {
            if let Some((own, place)) = own
                && own == row
                && !fixed
            {
                return Some(Area {
                    from: put(area.from, place),
                    ..area.clone()
                });
            }
            let from = put(area.from, self.start(row));
            let grows = self.copies(row).is_some_and(|n| n > 1);
            let to = match stand {
                Stand::Cell if self.copies(row).is_some() && !many => return None,
                Stand::Cell | Stand::Series if grows => Some(put(area.from, self.end(row))),
                _ => None,
            };
            return Some(Area {
                from,
                to,
                ..area.clone()
            });
        };
        let corner = |at: u32, fixed: bool, place: u32| match own {
            Some((own, copy)) if own == at && !fixed => copy,
            _ => place,
        };
        // A rule's own row, such as `C6:F6` seen from row 6, stays one row.
        let loose = stand == Stand::Rule && row == last && !fixed && !last_fixed;
        let grows = area.sheet.is_some() || !loose;
        let end = if grows {
            self.end(last)
        } else {
            self.start(last)
        };
        Some(Area {
            from: put(area.from, corner(row, fixed, self.start(row))),
            to: Some(put(to, corner(last, last_fixed, end))),
            ..area.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row 6 of the sheet becomes rows 6 to 8.
    fn growth() -> Growth {
        Growth::new(vec![(5, 3)])
    }

    fn at(formula: &str, stand: Stand) -> Result<String, Fault> {
        growth().formula(formula, true, "表", stand)
    }

    #[test]
    fn ranges_grow_over_the_row_and_move_below_it() {
        let g = growth();
        let all = ["A1:C5", "A1:C6", "A6:C6", "A6", "A7", "A3:A9"].map(|r| g.range(r).unwrap());
        assert_eq!(all, ["A1:C5", "A1:C8", "A6:C8", "A6:A8", "A9", "A3:A11"]);
        assert_eq!(g.ranges("A1 B7:C7").as_deref(), Some("A1 B9:C9"));
    }

    #[test]
    fn a_sum_grows_and_a_single_cell_is_refused() {
        let cell = |f| at(f, Stand::Cell);
        assert_eq!(cell("SUM(C6:C6)/B7+A5").as_deref(), Ok("SUM(C6:C8)/B9+A5"));
        assert_eq!(cell("SUM(C6)+表!C7").as_deref(), Ok("SUM(C6:C8)+表!C9"));
        assert_eq!(cell("其他!C7").as_deref(), Ok("其他!C7"));
        assert!(cell("C6*2").is_err());
    }

    #[test]
    fn a_copy_means_its_own_row() {
        let copy = |f| at(f, Stand::Copy { row: 5, copy: 2 }).unwrap();
        assert_eq!(copy("C6/B6"), "C8/B8");
        assert_eq!(copy("C6/SUM(C$6:C$6)"), "C8/SUM(C$6:C$8)");
        assert_eq!(copy("SUM(C$6:C6)"), "SUM(C$6:C8)");
        assert_eq!(copy("SUM(C6:F6)+C7+C$3"), "SUM(C8:F8)+C9+C$3");
    }

    #[test]
    fn names_charts_and_rules_follow() {
        let rule = |f| at(f, Stand::Rule).unwrap();
        assert_eq!(rule("AND($C6<0.6,C7>1)"), "AND($C6<0.6,C9>1)");
        assert_eq!(
            rule("SUM(C6:F6)>AVERAGE(C$6:C$6)"),
            "SUM(C6:F6)>AVERAGE(C$6:C$8)"
        );
        assert_eq!(rule("表!$A$1:$F$7,表!$1:$4"), "表!$A$1:$F$9,表!$1:$4");
        let series = at("表!$C$6", Stand::Series).unwrap();
        assert_eq!(series, "表!$C$6:$C$8");
    }
}
