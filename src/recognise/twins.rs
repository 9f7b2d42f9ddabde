//! Columns that only look like the teacher's: those of somebody else, and two that claim one field.

use super::Column;
use super::form::Choice;
use super::header::Heading;
use super::region::Region;
use super::walk::Growing;
use crate::fold;
use crate::grid::Value;
use crate::scheme::{Kind, Reading};

impl Region<'_> {
    /// Columns behind somebody else's name (配偶姓名, 身份证号, 联系电话) are that person's.
    pub(super) fn other_people(&self, headings: &[Heading], readings: &mut [Reading]) {
        let fields = |r: &Reading, wanted: &dyn Fn(&Kind) -> bool| {
            r.candidates
                .iter()
                .any(|c| wanted(&self.scheme.forms[c.form].fields[c.field].kind))
        };
        let mut other = false;
        for i in 0..headings.len() {
            // On a form of one person another line is about the person again.
            if i > 0 && headings[i].col <= headings[i - 1].col {
                other = false;
            }
            let [label] = headings[i].folded.as_slice() else {
                other = false;
                continue;
            };
            if readings[i].candidates.is_empty() {
                other = self.dictionary.foreign.iter().any(|w| {
                    let rest = label.strip_prefix(w.as_str());
                    rest.is_some_and(|rest| {
                        rest.is_empty()
                            || self.dictionary.get(rest).iter().any(|s| {
                                self.scheme.forms[s.form].fields[s.field].kind == Kind::Name
                            })
                    })
                });
                continue;
            }
            if !other {
                continue;
            }
            let personal = fields(&readings[i], &|k| matches!(k, Kind::IdNumber | Kind::Phone));
            let again = || headings[..i].iter().any(|h| h.folded == headings[i].folded);
            if !personal && !again() {
                other = false;
                continue;
            }
            readings[i].candidates.clear();
        }
    }

    /// Of two columns that mean the same and differ, neither is taken.
    pub(super) fn untie(
        &self,
        columns: &mut [Column],
        growing: &Growing,
        choice: &mut Choice,
        headings: &[Heading],
    ) {
        let text = |line: usize, col: u32| {
            let cell = self.view.cell(line, col).filter(|c| self.view.filled(c))?;
            Some(match self.view.value(cell) {
                Value::Text(t) => fold::label(t),
                value => format!("{value:?}"),
            })
        };
        for loser in 0..headings.len() {
            let Some((field, winner)) = choice.columns[loser].twin else {
                continue;
            };
            let (a, b) = (headings[winner].col, headings[loser].col);
            let at = |col: u32| columns.iter().position(|c| c.col == col);
            let (Some(own), Some(other)) = (at(a), at(b)) else {
                continue;
            };
            let held = columns[own].field == Some(field) || choice.columns[winner].tied;
            let differ = |line: usize| {
                let (a, b) = (text(line, a), text(line, b));
                a.is_some() && b.is_some() && a != b
            };
            if !held || !growing.body.iter().any(|b| differ(b.0)) {
                continue;
            }
            columns[own].field = None;
            columns[other].field = None;
            choice.columns[loser].lost = Some((field, winner));
            choice.columns[loser].tied = true;
            choice.columns[winner].lost = Some((field, loser));
            choice.columns[winner].tied = true;
        }
    }
}
