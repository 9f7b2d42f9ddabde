//! The body of tables, line by line, up to the next header.

use super::header::{self, Band};
use super::region::{Region, Start};
use super::remark;
use super::role::{Judge, Layout, Line, Past};
use super::totals::Met;
use super::view::View;
use super::{Column, Remark, RemarkKind, Role, priority};
use crate::fold;
use crate::grid::{Cell, Value};
use crate::scheme::{FormIdx, Kind};
use std::ops::Range;

/// How many cells of a body line are looked at before it is clear that it is no header.
const PROBE: usize = 6;

/// A table whose body is being read.
#[derive(Clone)]
pub(super) struct Growing {
    pub layout: Layout,
    /// Line and row of each record.
    pub body: Vec<(usize, u32)>,
    pub sections: Vec<(usize, u32, String)>,
    /// For each record how many sections stand above it.
    pub above: Vec<u32>,
    pub met: Vec<(usize, Met)>,
    past: Past,
    /// The form, and what a line above gives to all records.
    pub lent: Option<(FormIdx, Vec<Column>)>,
}

impl Growing {
    pub fn new(layout: Layout) -> Growing {
        Growing {
            layout,
            body: Vec::new(),
            sections: Vec::new(),
            above: Vec::new(),
            met: Vec::new(),
            past: Past::default(),
            lent: None,
        }
    }

    /// How many records stand above each section heading.
    pub fn sections_at(&self) -> Vec<usize> {
        self.sections
            .iter()
            .map(|s| self.body.partition_point(|b| b.0 < s.0))
            .collect()
    }

    /// The section headings; those below the last record head nothing and are left out.
    pub fn headings_of_records(&self) -> Vec<(u32, String)> {
        self.sections
            .iter()
            .zip(self.sections_at())
            .filter(|(_, at)| *at < self.body.len())
            .map(|((_, row, text), _)| (*row, text.clone()))
            .collect()
    }

    /// The same with some of the records only.
    pub fn only(&self, keep: &[bool]) -> Growing {
        let before = |at: usize| keep[..at].iter().filter(|k| **k).count();
        let kept = |i: usize| keep[i];
        let mut own = self.clone();
        own.body = (0..keep.len())
            .filter(|i| kept(*i))
            .map(|i| self.body[i])
            .collect();
        own.above = (0..keep.len())
            .filter(|i| kept(*i))
            .map(|i| self.above[i])
            .collect();
        for (_, met) in &mut own.met {
            met.at = before(met.at);
        }
        own
    }

    /// Forgets everything from a line on: it belongs to the next table.
    pub fn cut(&mut self, line: usize) {
        let keep = self.body.partition_point(|b| b.0 < line);
        self.body.truncate(keep);
        self.above.truncate(keep);
        self.sections.retain(|s| s.0 < line);
        self.met.retain(|m| m.0 < line);
    }
}

impl Growing {
    /// Files a line where it belongs.
    fn take(&mut self, line: usize, row: u32, found: Line, cells: usize, sure: bool) -> Role {
        self.past.note = found == Line::Note;
        let role = match found {
            Line::Blank => return Role::Blank,
            Line::Data => {
                self.body.push((line, row));
                self.above.push(self.sections.len() as u32);
                self.past.data += 1;
                self.past.with_id += u32::from(sure);
                self.past.cells += cells as u32;
                self.past.broken = false;
                return Role::Data;
            }
            Line::Total(rank) => {
                let at = self.body.len();
                self.met.push((line, Met { row, rank, at }));
                Role::Total
            }
            Line::Section(text) => {
                self.sections.push((line, row, text));
                self.past.broken = false;
                return Role::Section;
            }
            Line::Note => Role::Note,
            Line::Signature => Role::Signature,
            Line::Example => Role::Example,
            Line::Unknown => Role::Unknown,
        };
        self.past.broken = true;
        role
    }
}

/// Where the tables end.
pub(super) struct Walk {
    /// The next header.
    pub next: Option<Start>,
    /// First line that the tables did not take.
    pub tail: usize,
    /// A line that gives other values to the records below it, and these.
    pub lent: Option<(usize, Vec<Column>)>,
}

impl Region<'_> {
    /// Reads lines into the growing tables until another header begins. `known` is what the lines
    /// above the tables say, folded.
    pub(super) fn walk(
        &mut self,
        growing: &mut [Growing],
        band: Option<&Band>,
        from: usize,
        end: usize,
        cols: &Range<u32>,
        known: &[(RemarkKind, String)],
    ) -> Walk {
        let lines = end.saturating_sub(from);
        let mut roles: Vec<(usize, Role)> = Vec::with_capacity(lines);
        for g in growing.iter_mut() {
            g.body.reserve(lines);
            g.above.reserve(lines);
        }
        let mut solid = from;
        let mut line = from;
        let mut remarks: Vec<(usize, Remark)> = Vec::new();
        let mut unknown: Vec<(usize, Range<u32>)> = Vec::new();
        let mut sure: Vec<bool> = Vec::with_capacity(growing.len());
        let mut previous_row = from.checked_sub(1).map(|l| self.view.row(l));
        let (mut lent, mut stop) = (None, end);
        let next = loop {
            if line >= end {
                break None;
            }
            let row = self.view.row(line);
            let gap = previous_row.is_some_and(|p| row > p + 1);
            previous_row = Some(row);
            let judge = Judge {
                view: &self.view,
                dictionary: self.dictionary,
                words: &self.scheme.words,
            };
            sure.clear();
            sure.extend(growing.iter().map(|g| judge.surely_data(&g.layout, line)));
            if !sure.contains(&true) {
                if let Some(band) = band
                    && repeats(&self.view, band, line)
                {
                    let between = self.between(solid, line, cols, known);
                    if between.new_block
                        && let Some(start) = self.header_around(line, solid, end, cols)
                    {
                        break Some(start);
                    }
                    // The page's title printed again is no heading of records.
                    roles.retain(|r| !between.again.iter().any(|a| a.0 == r.0));
                    for g in growing.iter_mut() {
                        g.sections
                            .retain(|s| !between.again.iter().any(|a| a.0 == s.0));
                    }
                    roles.extend(between.again);
                    roles.push((line, Role::RepeatedHeader));
                    solid = line + 1;
                    line += 1;
                    continue;
                }
                if let [growing] = &growing[..]
                    && let Some((form, before)) = &growing.lent
                    && let Some(given) = self.lent_anew(line, *form, before)
                {
                    (lent, stop) = (Some((line, given)), line);
                    break None;
                }
                let above = solid.min(line);
                let start = self.header(line, above, end, cols, PROBE);
                let labels = growing.iter().any(|g| self.labels_persons(&g.layout, line));
                if let Some(start) = start
                    && (labels || start.segments.iter().any(|s| s.is_plain(self.scheme)))
                {
                    break Some(start);
                }
                // The header of a table that nobody knows ends this one.
                if labels && self.looks_like_header(line, cols, end) {
                    stop = line;
                    break self.header_below(line + 1, end, cols);
                }
            }
            let judge = Judge {
                view: &self.view,
                dictionary: self.dictionary,
                words: &self.scheme.words,
            };
            let mut role = Role::Blank;
            for (g, sure) in growing.iter_mut().zip(&sure) {
                let span = g.layout.left..g.layout.right() + 1;
                let cells = self.view.cells(line, &span);
                g.past.broken |= gap;
                let found = judge.line(&g.layout, row, cells, g.past, *sure);
                let own = g.take(line, row, found, cells.len(), *sure);
                if own == Role::Unknown {
                    unknown.push((line, span));
                }
                if priority(own) > priority(role) {
                    role = own;
                }
            }
            if matches!(role, Role::Signature | Role::Metadata) {
                let (_, found) = remark::read_line(&self.view, line, cols, self.dictionary);
                let dates = found.into_iter().filter(|r| r.kind == RemarkKind::Date);
                remarks.extend(dates.map(|r| (line, r)));
            }
            if !matches!(
                role,
                Role::Section | Role::Unknown | Role::Note | Role::Blank
            ) {
                solid = line + 1;
            }
            roles.push((line, role));
            line += 1;
        };
        // A header found in a line can have begun above it, in lines taken for something else.
        let tail = next.as_ref().map_or(stop, |start| {
            let first = start.above.first().map_or(usize::MAX, |a| a.0);
            first.min(start.band.lines[0]).min(stop)
        });
        for g in growing.iter_mut() {
            g.cut(tail);
        }
        roles.retain(|r| r.0 < tail);
        remarks.retain(|r| r.0 < tail);
        self.harvest
            .remarks
            .extend(remarks.into_iter().map(|r| r.1));
        let last_data = growing
            .iter()
            .filter_map(|g| g.body.last())
            .map(|b| b.0)
            .max();
        for (line, role) in roles {
            let role = match role {
                // A heading of nothing is a remark.
                Role::Section if last_data.is_none_or(|last| line > last) => {
                    self.submitted_below(line, cols)
                }
                role => role,
            };
            self.mark_at(line, role);
        }
        for (line, span) in unknown.into_iter().filter(|u| u.0 < tail) {
            self.stray_cells(line, &span);
        }
        Walk { next, tail, lent }
    }

    /// What a line below all records is: it may say who submits, where nothing above has.
    fn submitted_below(&mut self, line: usize, cols: &Range<u32>) -> Role {
        let submitter = |r: &Remark| r.kind == RemarkKind::Submitter;
        let (role, mut found) = remark::read_line(&self.view, line, cols, self.dictionary);
        if role != Role::Metadata
            || self.harvest.remarks.iter().any(submitter)
            || !found.iter().any(submitter)
        {
            return Role::Note;
        }
        found.retain(|r| matches!(r.kind, RemarkKind::Submitter | RemarkKind::Date));
        self.harvest.remarks.extend(found);
        Role::Metadata
    }

    /// Whether a line has the label of names or of id numbers where the table's own stand.
    fn labels_persons(&self, layout: &Layout, line: usize) -> bool {
        let label = |col: Option<u32>, wanted: &Kind| {
            let cell = col.and_then(|c| self.view.cell(line, c));
            let text = cell.and_then(|c| self.view.text(c));
            let may = |t: &&str| {
                t.len() <= 60
                    && t.chars()
                        .next()
                        .is_some_and(|c| self.dictionary.begins_with(c))
            };
            text.filter(may).is_some_and(|t| {
                let known = self.dictionary.get(&fold::label_of(t));
                let kind = |f: usize, field: usize| &self.scheme.forms[f].fields[field].kind;
                known.iter().any(|s| kind(s.form, s.field) == wanted)
            })
        };
        label(layout.name, &Kind::Name) || label(layout.id, &Kind::IdNumber)
    }

    /// The next header below a table that is not known.
    fn header_below(&mut self, from: usize, end: usize, cols: &Range<u32>) -> Option<Start> {
        let mut above = from;
        for line in from..end {
            let start = self.header(line, above, end, cols, PROBE);
            if let Some(start) = start
                && start.segments.iter().any(|s| s.is_plain(self.scheme))
            {
                return Some(start);
            }
            let cells = self.view.cells(line, cols).iter();
            if cells.filter(|c| self.view.filled(c)).count() >= 3 {
                above = line + 1;
            }
        }
        None
    }

    fn looks_like_header(&self, line: usize, cols: &Range<u32>, end: usize) -> bool {
        let all = usize::MAX;
        header::band_at(&self.view, line, line, end, cols, self.dictionary, all).is_some()
    }

    /// The header that a line of a band printed again belongs to: its label line may stand below.
    pub(super) fn header_around(
        &mut self,
        line: usize,
        above: usize,
        end: usize,
        cols: &Range<u32>,
    ) -> Option<Start> {
        (line..end.min(line + 4)).find_map(|l| self.header(l, above, end, cols, usize::MAX))
    }

    /// A title without the mark that it is printed again: `名册(续)`, `名册(续表1)`.
    fn first_printed(&self, folded: String) -> String {
        let plain = folded.trim_end_matches(|c: char| c.is_ascii_digit() || c == ')');
        let again = |w: &String| plain.strip_suffix(w.as_str());
        match self.dictionary.goes_on.iter().find_map(again) {
            Some(title) if !title.is_empty() => title.trim_end_matches(['(', '-']).to_owned(),
            _ => folded,
        }
    }

    /// What the lines before a repeated header say: a new table's title or submitter, or the
    /// page's own printed again.
    fn between(
        &self,
        from: usize,
        line: usize,
        cols: &Range<u32>,
        known: &[(RemarkKind, String)],
    ) -> Between {
        let mut all = Between::default();
        for l in from..line {
            let (role, remarks) = remark::read_line(&self.view, l, cols, self.dictionary);
            let telling: Vec<(RemarkKind, String)> = remarks
                .iter()
                .map(|r| (r.kind, self.first_printed(fold::label(&r.text))))
                .filter(|(kind, text)| match kind {
                    RemarkKind::Submitter => true,
                    RemarkKind::Title => {
                        let ends = |w: &String| text.ends_with(w.as_str());
                        known.contains(&(RemarkKind::Title, text.clone()))
                            || self.dictionary.title.iter().any(ends)
                    }
                    RemarkKind::Date | RemarkKind::Unit => false,
                })
                .collect();
            if !matches!(role, Role::Title | Role::Metadata) || telling.is_empty() {
                continue;
            }
            if telling.iter().all(|t| known.contains(t)) {
                all.again.push((l, role));
            } else {
                all.new_block = true;
            }
        }
        all
    }
}

/// What stands between records and a header that is printed again.
#[derive(Debug, Default)]
struct Between {
    /// Another table begins.
    new_block: bool,
    /// Lines that print the page's title or submitter again.
    again: Vec<(usize, Role)>,
}

/// Whether a line prints one of the band's lines again.
fn repeats(view: &View<'_>, band: &Band, line: usize) -> bool {
    let all = 0..u32::MAX;
    let filled = |line: usize| view.cells(line, &all).iter().filter(|c| view.filled(c));
    let cells = filled(line).count();
    if cells < 2 {
        return false;
    }
    band.lines.iter().chain(&band.under).any(|&own| {
        let header = filled(own).count();
        if cells > header + 1 {
            return false;
        }
        let same = |c: &&Cell| {
            view.cell(own, c.col)
                .is_some_and(|h| same_label(&view.value(c), &view.value(h)))
        };
        // The first two cells tell most lines apart.
        if !filled(line).take(2).any(|c| same(&c)) {
            return false;
        }
        let same = filled(line).filter(same).count();
        same * 5 >= cells * 4 && same * 5 >= header * 3
    })
}

fn same_label(a: &Value<'_>, b: &Value<'_>) -> bool {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => {
            let first = |t: &str| t.trim_start().chars().next();
            a == b || (first(a) == first(b) && fold::label_of(a) == fold::label_of(b))
        }
        (a, b) => a == b,
    }
}
