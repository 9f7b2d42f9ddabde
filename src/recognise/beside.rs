//! What stands left and right of tables and between them.

use super::Role;
use super::region::Region;
use super::walk::Growing;
use crate::grid::Cell;
use std::ops::Range;

/// Windows beside windows are not searched deeper than this.
const DEPTH: usize = 4;

impl<'a> Region<'a> {
    /// Cells left and right of the tables and between them: tables of their own, or strays.
    pub(super) fn beside(
        &mut self,
        growing: &[Growing],
        lines: Range<usize>,
        cols: &Range<u32>,
        depth: usize,
    ) {
        let (Some(first), Some(last)) = (growing.first(), growing.last()) else {
            return;
        };
        let (left, right) = (first.layout.left, last.layout.right());
        let inside = |col: u32| {
            growing
                .iter()
                .any(|g| (g.layout.left..=g.layout.right()).contains(&col))
        };
        let gaps = growing.len() > 1;
        let mut outside: [Vec<&'a Cell>; 3] = Default::default();
        for line in lines.clone() {
            let cells = self.view.cells(line, cols);
            let (Some(a), Some(b)) = (cells.first(), cells.last()) else {
                continue;
            };
            if a.col >= left && b.col <= right && !gaps {
                continue;
            }
            let role = self.harvest.roles[self.view.row(line) as usize];
            if matches!(
                role,
                Role::Note | Role::Signature | Role::Section | Role::Title | Role::Metadata
            ) {
                continue;
            }
            for cell in cells
                .iter()
                .filter(|c| !inside(c.col) && self.view.filled(c))
            {
                let side = match cell.col {
                    c if c < left => 0,
                    c if c > right => 1,
                    _ => 2,
                };
                outside[side].push(cell);
            }
        }
        for (side, cells) in outside.into_iter().enumerate() {
            let window = match side {
                0 => cols.start..left,
                _ => right + 1..cols.end,
            };
            let searched = side < 2 && cells.len() >= 4 && depth < DEPTH;
            if searched && self.window(lines.clone(), window, depth + 1) {
                continue;
            }
            let strays = cells.iter().map(|c| (c.row, c.col));
            self.harvest.stray.extend(strays);
            for cell in cells {
                self.mark(cell.row, Role::Unknown);
            }
        }
    }
}
