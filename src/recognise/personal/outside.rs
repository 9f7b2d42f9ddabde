//! The lines around persons that stand side by side or over several lines: what they say about the
//! form, and what they are in the account of rows.

use super::super::form::{self, Choice, Surroundings};
use super::super::header::Heading;
use super::super::region::Region;
use super::super::remark;
use super::super::{Remark, RemarkKind, Role};
use crate::fold;
use crate::scheme::Reading;
use std::ops::Range;

/// The lines above and below the persons, each read once.
pub(super) struct Outside {
    /// First line of the persons.
    top: usize,
    lines: Vec<(usize, Role, Vec<Remark>)>,
}

impl Outside {
    /// Whether any line from `end` on is nothing that is known.
    pub fn unknown_below(&self, region: &Region<'_>, end: usize) -> bool {
        let strange = |l: usize, role: Role| role == Role::Unknown && !region.one_text(l);
        self.lines
            .iter()
            .any(|(l, role, _)| *l >= end && strange(*l, *role))
    }
}

impl Region<'_> {
    /// Reads the lines around those of the persons.
    pub(super) fn outside(&self, persons: Range<usize>) -> Outside {
        let all = 0..u32::MAX;
        let around = (0..persons.start).chain(persons.end..self.view.len());
        let read = |l: usize| {
            let (role, remarks) = remark::read_line(&self.view, l, &all, self.dictionary);
            (l, role, remarks)
        };
        Outside {
            top: persons.start,
            lines: around.map(read).collect(),
        }
    }

    /// The form of the labels, as the titles above, the sheet's and the file's name help to tell.
    pub(super) fn choice_within(
        &self,
        outside: &Outside,
        headings: &[Heading],
        readings: &[Reading],
    ) -> Option<Choice> {
        let above = outside.lines.iter().filter(|(l, _, _)| *l < outside.top);
        let titles = above
            .flat_map(|(_, _, remarks)| remarks)
            .filter(|r| r.kind == RemarkKind::Title)
            .map(|r| fold::label(&r.text));
        let around = Surroundings {
            titles: titles.collect(),
            sheet: self.sheet_name.clone(),
            file: self.file_stem.to_owned(),
        };
        let below = form::Below::default();
        form::choose(
            headings,
            readings,
            &around,
            self.scheme,
            self.allowed,
            &below,
        )
        .ok()
    }

    /// Accounts for the lines around and keeps what they say of the persons' table: the indices of
    /// its remarks.
    pub(super) fn keep_outside(&mut self, outside: Outside) -> Vec<usize> {
        for (line, role, remarks) in outside.lines {
            let role = match role {
                Role::Unknown if self.one_text(line) => Role::Note,
                role => role,
            };
            if role == Role::Unknown {
                self.stray_cells(line, &(0..u32::MAX));
            }
            self.mark(self.view.row(line), role);
            let own = |r: &Remark| line < outside.top || r.kind == RemarkKind::Date;
            self.harvest.remarks.extend(remarks.into_iter().filter(own));
        }
        (0..self.harvest.remarks.len()).collect()
    }
}
