//! Finds the tables of a sheet: looks for a header, gives it its form, walks its body to the next
//! header, then looks for more beside it.

use super::binding::{self, Reading};
use super::form::{self, Assigned, Choice, NoForm, Surroundings};
use super::header::{self, Band, Heading};
use super::remark;
use super::role::{Judge, Layout, Line, Past, Slot};
use super::totals::{self, Met};
use super::view::View;
use super::{Column, How, Remark, RemarkKind, Role, Table, priority};
use crate::fold;
use crate::grid::{Cell, Sheet, Value};
use crate::scheme::{Dictionary, FormIdx, Kind, Scheme, TotalRank};
use std::ops::Range;

/// How many cells of a body line are looked at before it is clear that it is no header.
const PROBE: usize = 6;
/// Windows beside windows are not searched deeper than this.
const DEPTH: usize = 4;

/// A table and what findings need to know about it.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub table: Table,
    pub layout: Layout,
    pub headings: Vec<Heading>,
    pub assigned: Vec<Assigned>,
    /// Rows of the sheet in which the header stands.
    pub header_row: u32,
}

/// A header whose form is not known.
#[derive(Debug, Clone)]
pub(super) struct Stranger {
    pub row: u32,
    pub col: u32,
    pub why: NoForm,
}

/// What was found on one sheet.
#[derive(Debug, Default)]
pub(super) struct Harvest {
    pub found: Vec<Found>,
    pub roles: Vec<Role>,
    pub remarks: Vec<Remark>,
    /// Cells that nothing explains: row and column.
    pub stray: Vec<(u32, u32)>,
    pub strangers: Vec<Stranger>,
}

/// Looks through one sheet.
#[derive(Debug)]
pub(super) struct Region<'a> {
    pub view: View<'a>,
    pub scheme: &'a Scheme,
    pub dictionary: &'a Dictionary,
    pub allowed: &'a [FormIdx],
    pub sheet_index: usize,
    pub sheet_name: String,
    pub file_stem: &'a str,
    pub harvest: Harvest,
    /// Lines that were judged, so that none is passed over without a word.
    seen: Vec<bool>,
}

/// A header with the tables below it and the lines above it.
struct Start {
    band: Band,
    segments: Vec<Segment>,
    /// Lines above the band that no earlier table took: what each is and says.
    above: Vec<(usize, Role, Vec<Remark>)>,
}

/// One of the tables that share a header band.
struct Segment {
    headings: Vec<Heading>,
    choice: Choice,
    factors: Vec<Option<f64>>,
}

impl Segment {
    /// A header beyond doubt, even where a record could stand: it numbers rows, asks for the id
    /// number, or all its labels are known.
    fn is_plain(&self, scheme: &Scheme) -> bool {
        let fields = &scheme.forms[self.choice.form].fields;
        let held = || self.choice.columns.iter().filter_map(|c| c.field);
        held().any(|(f, _)| matches!(fields[f].kind, Kind::Serial | Kind::IdNumber))
            || held().count() == self.headings.len()
    }
}

/// A table whose body is being read.
struct Growing {
    layout: Layout,
    /// Line and row of each record.
    body: Vec<(usize, u32)>,
    sections: Vec<(usize, u32, String)>,
    /// For each record how many sections stand above it.
    above: Vec<u32>,
    met: Vec<(usize, Met)>,
    past: Past,
}

impl Growing {
    fn new(layout: Layout) -> Growing {
        Growing {
            layout,
            body: Vec::new(),
            sections: Vec::new(),
            above: Vec::new(),
            met: Vec::new(),
            past: Past::default(),
        }
    }

    /// How many records stand above each section heading.
    fn sections_at(&self) -> Vec<usize> {
        self.sections
            .iter()
            .map(|s| self.body.partition_point(|b| b.0 < s.0))
            .collect()
    }

    /// The section headings; those below the last record head nothing and are left out.
    fn headings_of_records(&self) -> Vec<(u32, String)> {
        self.sections
            .iter()
            .zip(self.sections_at())
            .filter(|(_, at)| *at < self.body.len())
            .map(|((_, row, text), _)| (*row, text.clone()))
            .collect()
    }

    /// Forgets everything from a line on: it belongs to the next table.
    fn cut(&mut self, line: usize) {
        let keep = self.body.partition_point(|b| b.0 < line);
        self.body.truncate(keep);
        self.above.truncate(keep);
        self.sections.retain(|s| s.0 < line);
        self.met.retain(|m| m.0 < line);
    }
}

impl<'a> Region<'a> {
    pub fn new(
        sheet: &'a Sheet,
        sheet_index: usize,
        file_stem: &'a str,
        scheme: &'a Scheme,
        allowed: &'a [FormIdx],
    ) -> Region<'a> {
        let view = View::new(sheet);
        let rows = match view.len() {
            0 => 0,
            n => view.row(n - 1) as usize + 1,
        };
        Region {
            scheme,
            dictionary: scheme.dictionary(),
            allowed,
            sheet_index,
            sheet_name: fold::label(&sheet.name),
            file_stem,
            harvest: Harvest {
                roles: vec![Role::Blank; rows],
                ..Harvest::default()
            },
            seen: vec![false; view.len()],
            view,
        }
    }

    /// Reads the whole sheet.
    pub fn read(&mut self) {
        let lines = 0..self.view.len();
        if !self.window(lines.clone(), 0..u32::MAX, 0) {
            self.no_table(lines);
        }
    }

    /// Notes what a line is; of several tables side by side the weightiest role counts.
    fn mark(&mut self, row: u32, role: Role) {
        if let Some(line) = self.view.line_of(row) {
            self.seen[line] = true;
        }
        let old = &mut self.harvest.roles[row as usize];
        if priority(role) > priority(*old) {
            *old = role;
        }
    }

    /// Names every line that nothing above has judged.
    pub fn sweep(&mut self) {
        for line in 0..self.view.len() {
            let all = 0..u32::MAX;
            if !self.seen[line]
                && self
                    .view
                    .cells(line, &all)
                    .iter()
                    .any(|c| self.view.filled(c))
            {
                self.stray_cells(line, &all);
                self.mark(self.view.row(line), Role::Unknown);
            }
        }
        self.harvest.stray.sort_unstable();
        self.harvest.stray.dedup();
    }

    /// Lines of a sheet without tables: remarks where they read like such, else unknown.
    fn no_table(&mut self, lines: Range<usize>) {
        for line in lines {
            let (role, remarks) =
                remark::read_line(&self.view, line, &(0..u32::MAX), self.dictionary);
            let cells = self.view.cells(line, &(0..u32::MAX));
            let filled = cells.iter().filter(|c| self.view.filled(c)).count();
            let role = match role {
                Role::Unknown if filled == 1 => Role::Note,
                role => role,
            };
            self.mark(self.view.row(line), role);
            self.harvest.remarks.extend(remarks);
        }
    }

    /// Reads the sheet as more of a table whose header stands on an earlier sheet.
    pub fn go_on(&mut self, found: &Found) {
        self.harvest.roles.fill(Role::Blank);
        self.harvest.remarks.clear();
        self.harvest.strangers.clear();
        let mut growing = [Growing::new(Layout {
            top: 0,
            ..found.layout.clone()
        })];
        let end = self.view.len();
        self.walk(&mut growing, None, 0, end, &(0..u32::MAX));
        let [growing] = growing;
        let mut found = found.clone();
        let table = &mut found.table;
        table.sheet = self.sheet_index;
        table.header.clear();
        table.remarks.clear();
        table.body = growing.body.iter().map(|b| b.1).collect();
        // A total here may sum the earlier sheet's records too: only subtotals are sure.
        let met: Vec<Met> = growing
            .met
            .iter()
            .map(|m| m.1)
            .filter(|m| m.rank == TotalRank::Subtotal)
            .collect();
        let sections_at = growing.sections_at();
        table.totals = totals::ranges(&met, &sections_at, table.body.len());
        table.section_of = growing.above.iter().map(|n| n.checked_sub(1)).collect();
        table.sections = growing.headings_of_records();
        found.header_row = table.body.first().copied().unwrap_or(0);
        found.layout = growing.layout;
        self.harvest.found.push(found);
    }

    /// Finds the tables of a window; whether there are any.
    fn window(&mut self, lines: Range<usize>, cols: Range<u32>, depth: usize) -> bool {
        for line in lines.clone() {
            let mut start = self.header(line, lines.start, lines.end, &cols, usize::MAX);
            if start.is_none() {
                continue;
            }
            // Each table reads on to the next header or to the end.
            while let Some(found) = start {
                start = self.table(found, lines.end, &cols, depth);
            }
            return true;
        }
        false
    }

    /// The header at a line and the tables below it, if it is one of known forms.
    fn header(
        &mut self,
        line: usize,
        above: usize,
        end: usize,
        cols: &Range<u32>,
        probe: usize,
    ) -> Option<Start> {
        let band = header::band_at(&self.view, line, above, end, cols, self.dictionary, probe)?;
        let mut around = Surroundings {
            titles: Vec::new(),
            sheet: self.sheet_name.clone(),
            file: self.file_stem.to_owned(),
        };
        let mut lines_above = Vec::new();
        for l in above..band.lines[0] {
            let (role, remarks) = remark::read_line(&self.view, l, cols, self.dictionary);
            around.titles.extend(
                remarks
                    .iter()
                    .filter(|r| r.kind == RemarkKind::Title)
                    .map(|r| fold::label(&r.text)),
            );
            lines_above.push((l, role, remarks));
        }
        let readings = self.readings(&band.headings);
        let mut segments = Vec::new();
        let mut why = None;
        for range in split(&band.headings, &readings, self.scheme) {
            let headings = &band.headings[range.clone()];
            let readings = &readings[range];
            let id_below = self.id_below(headings, readings, band.end()..end);
            match form::choose(
                headings,
                readings,
                &around,
                self.scheme,
                self.allowed,
                id_below,
            ) {
                Ok(choice) => segments.push(Segment {
                    headings: headings.to_vec(),
                    choice,
                    factors: readings.iter().map(|r| r.factor).collect(),
                }),
                Err(reason) => why = Some(reason),
            }
        }
        if segments.is_empty() {
            let row = self.view.row(line);
            if let Some(why) = why
                && self.harvest.strangers.iter().all(|s| s.row != row)
            {
                let col = band.headings.first().map_or(0, |h| h.col);
                self.harvest.strangers.push(Stranger { row, col, why });
            }
            return None;
        }
        Some(Start {
            band,
            segments,
            above: lines_above,
        })
    }

    /// Whether one column without a known label holds id numbers, and none is labelled so.
    fn id_below(&self, headings: &[Heading], readings: &[Reading], lines: Range<usize>) -> bool {
        let id = |r: &Reading| {
            r.candidates
                .iter()
                .any(|c| self.scheme.forms[c.form].fields[c.field].kind == Kind::IdNumber)
        };
        let (Some(first), Some(last)) = (headings.first(), headings.last()) else {
            return false;
        };
        if readings.iter().any(id) {
            return false;
        }
        let lines: Vec<usize> = lines.take(20).collect();
        let full = |col: &u32| {
            let cells = lines.iter().filter_map(|&l| self.view.cell(l, *col));
            let known = headings
                .iter()
                .position(|h| h.col == *col)
                .is_some_and(|h| !readings[h].candidates.is_empty());
            let hits = cells
                .filter(|c| matches!(self.view.value(c), Value::Text(t) if valid_id(t)))
                .count();
            !known && hits >= 2
        };
        (first.col..=last.col).filter(full).count() == 1
    }

    /// What each heading can mean; columns of one label are told apart by their neighbours.
    fn readings(&self, headings: &[Heading]) -> Vec<Reading> {
        let mut readings: Vec<Reading> = headings
            .iter()
            .map(|h| binding::read(&h.folded, self.dictionary))
            .collect();
        for i in 0..headings.len() {
            let Some(leaf) = headings[i].folded.last() else {
                continue;
            };
            let twin = headings
                .iter()
                .enumerate()
                .any(|(j, h)| j != i && h.folded == headings[i].folded);
            if !twin {
                continue;
            }
            // No group above: the nearest column on the left that makes sense of it is one.
            for before in headings[i.saturating_sub(5)..i].iter().rev() {
                let Some(group) = before.folded.last().filter(|g| *g != leaf) else {
                    continue;
                };
                let reading = binding::read(&[group.clone(), leaf.clone()], self.dictionary);
                if reading.candidates.iter().any(|c| c.rank < 2) {
                    readings[i].candidates = reading.candidates;
                    break;
                }
            }
        }
        readings
    }

    /// Reads the tables below a band; gives the next header, if there is one.
    fn table(
        &mut self,
        start: Start,
        end: usize,
        cols: &Range<u32>,
        depth: usize,
    ) -> Option<Start> {
        let Start {
            band,
            segments,
            above,
        } = start;
        let first_remark = self.harvest.remarks.len();
        for (line, role, remarks) in above {
            self.mark(self.view.row(line), role);
            if role == Role::Unknown {
                self.stray_cells(line, cols);
            }
            self.harvest.remarks.extend(remarks);
        }
        for &line in band.lines.iter().chain(&band.numbers) {
            self.mark(self.view.row(line), Role::Header);
        }
        let body_start = band.end();
        let top = self.view.row(band.lines[band.lines.len() - 1]) + 1;
        let mut growing: Vec<Growing> = Vec::new();
        let mut edge = cols.start;
        for (i, segment) in segments.iter().enumerate() {
            let limit = segments.get(i + 1).map_or(cols.end, |s| s.headings[0].col);
            growing.push(Growing::new(
                self.layout(segment, body_start, end, edge, limit, top),
            ));
            edge = growing[i].layout.right() + 1;
        }
        let walk = self.walk(&mut growing, Some(&band), body_start, end, cols);
        let last_remark = self.harvest.remarks.len();
        let taken = band.lines[0]..walk.tail;
        self.beside(&growing, taken, cols, depth);
        let header_row = self.view.row(band.lines[band.lines.len() - 1]);
        let lefts: Vec<u32> = growing.iter().map(|g| g.layout.left).collect();
        for (i, (segment, growing)) in segments.into_iter().zip(growing).enumerate() {
            let remarks = self.own_remarks(first_remark..last_remark, i, &lefts);
            let found = self.finish(segment, growing, &band, header_row, remarks);
            self.harvest.found.push(found);
        }
        walk.next
    }

    /// Which of the remarks around tables side by side belong to one of them.
    fn own_remarks(&self, all: Range<usize>, table: usize, lefts: &[u32]) -> Vec<usize> {
        let owner = |r: &Remark| lefts.iter().rposition(|l| *l <= r.col).unwrap_or(0);
        let remarks = &self.harvest.remarks;
        all.clone()
            .filter(|&i| {
                let r = &remarks[i];
                let parted = all.clone().any(|j| {
                    let o = &remarks[j];
                    o.kind == r.kind && o.row == r.row && owner(o) != owner(r)
                });
                !parted || owner(r) == table
            })
            .collect()
    }

    /// The columns of a table; unlabelled ones at its edges belong to it where most lines fill
    /// them.
    fn layout(
        &self,
        segment: &Segment,
        from: usize,
        end: usize,
        min: u32,
        limit: u32,
        top: u32,
    ) -> Layout {
        let (Some(first), Some(last)) = (segment.headings.first(), segment.headings.last()) else {
            return Layout::new(0, Vec::new(), top);
        };
        let (mut left, mut right) = (first.col, last.col);
        let span = left..right + 1;
        let sample: Vec<usize> = (from..end.min(from + 30))
            .filter(|&l| {
                self.view
                    .cells(l, &span)
                    .iter()
                    .filter(|c| self.view.filled(c))
                    .count()
                    >= 3
            })
            .take(10)
            .collect();
        let used = |col: u32| {
            let filled = |l: &&usize| {
                self.view
                    .cell(**l, col)
                    .is_some_and(|c| self.view.filled(c))
            };
            !sample.is_empty() && sample.iter().filter(filled).count() * 2 >= sample.len()
        };
        if left > min && used(left - 1) {
            left -= 1;
        }
        if right + 1 < limit && used(right + 1) {
            right += 1;
        }
        let form = &self.scheme.forms[segment.choice.form];
        let mut slots = vec![Slot::Unknown; (right - left + 1) as usize];
        for (heading, assigned) in segment.headings.iter().zip(&segment.choice.columns) {
            if let Some((field, _)) = assigned.field {
                slots[(heading.col - left) as usize] = slot(&form.fields[field].kind);
            }
        }
        Layout::new(left, slots, top)
    }

    /// Reads lines into the growing tables until another header begins.
    fn walk(
        &mut self,
        growing: &mut [Growing],
        band: Option<&Band>,
        from: usize,
        end: usize,
        cols: &Range<u32>,
    ) -> Walk {
        let mut roles: Vec<(usize, Role)> = Vec::new();
        let mut solid = from;
        let mut line = from;
        let mut remarks: Vec<(usize, Remark)> = Vec::new();
        let mut unknown: Vec<(usize, Range<u32>)> = Vec::new();
        let mut previous_row = from.checked_sub(1).map(|l| self.view.row(l));
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
            };
            let sure: Vec<bool> = growing
                .iter()
                .map(|g| judge.surely_data(&g.layout, line))
                .collect();
            if !sure.contains(&true) {
                if let Some(band) = band
                    && repeats(&self.view, band, line)
                {
                    if self.new_block(solid, line, cols)
                        && let Some(start) = self.header_around(line, solid, end, cols)
                    {
                        break Some(start);
                    }
                    roles.push((line, Role::RepeatedHeader));
                    solid = line + 1;
                    line += 1;
                    continue;
                }
                let above = solid.min(line);
                if let Some(start) = self.header(line, above, end, cols, PROBE)
                    && start.segments.iter().any(|s| s.is_plain(self.scheme))
                {
                    break Some(start);
                }
            }
            let judge = Judge {
                view: &self.view,
                dictionary: self.dictionary,
            };
            let mut role = Role::Blank;
            for (g, sure) in growing.iter_mut().zip(sure) {
                let span = g.layout.left..g.layout.right() + 1;
                let cells = self.view.cells(line, &span);
                g.past.broken |= gap;
                let found = judge.line(&g.layout, row, cells, g.past, sure);
                let own = g.take(line, row, found, cells.len(), sure);
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
        let tail = next.as_ref().map_or(end, |start| {
            let first = start.above.first().map_or(usize::MAX, |a| a.0);
            first.min(start.band.lines[0])
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
                Role::Section if last_data.is_none_or(|last| line > last) => Role::Note,
                role => role,
            };
            self.mark(self.view.row(line), role);
        }
        for (line, span) in unknown.into_iter().filter(|u| u.0 < tail) {
            self.stray_cells(line, &span);
        }
        Walk { next, tail }
    }

    /// The header that a line of a band printed again belongs to: its label line may stand below.
    fn header_around(
        &mut self,
        line: usize,
        above: usize,
        end: usize,
        cols: &Range<u32>,
    ) -> Option<Start> {
        (line..end.min(line + 4)).find_map(|l| self.header(l, above, end, cols, usize::MAX))
    }

    /// Whether the lines before a repeated header begin a new table: they name a submitter or
    /// are a title.
    fn new_block(&self, from: usize, line: usize, cols: &Range<u32>) -> bool {
        (from..line).any(|l| {
            let (role, remarks) = remark::read_line(&self.view, l, cols, self.dictionary);
            let named = |r: &Remark| r.kind == RemarkKind::Submitter;
            role == Role::Metadata && remarks.iter().any(named)
                || role == Role::Title
                    && remarks.iter().any(|r| {
                        let text = fold::label(&r.text);
                        self.dictionary
                            .title
                            .iter()
                            .any(|w| text.ends_with(w.as_str()))
                    })
        })
    }

    fn stray_cells(&mut self, line: usize, cols: &Range<u32>) {
        for cell in self.view.cells(line, cols) {
            if self.view.filled(cell) {
                self.harvest.stray.push((cell.row, cell.col));
            }
        }
    }

    /// Cells left and right of the tables and between them: tables of their own, or strays.
    fn beside(
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

    /// The finished table.
    fn finish(
        &self,
        segment: Segment,
        growing: Growing,
        band: &Band,
        header_row: u32,
        remarks: Vec<usize>,
    ) -> Found {
        let Segment {
            headings,
            mut choice,
            factors,
        } = segment;
        let body: Vec<u32> = growing.body.iter().map(|b| b.1).collect();
        let unit = self.unit_of(&remarks);
        let mut columns: Vec<Column> = Vec::new();
        for ((heading, assigned), factor) in headings.iter().zip(&choice.columns).zip(factors) {
            let kind = assigned
                .field
                .map(|f| &self.scheme.forms[choice.form].fields[f.0].kind);
            let fallback = if kind == Some(&Kind::Money) {
                unit
            } else {
                None
            };
            columns.push(Column {
                col: heading.col,
                path: heading.path.clone(),
                field: assigned.field.map(|f| f.0),
                how: assigned.field.map_or(How::Unknown, |f| f.1),
                factor: factor.or(fallback).unwrap_or(1.0),
            });
        }
        for col in growing.layout.left..=growing.layout.right() {
            if headings.iter().all(|h| h.col != col) {
                columns.push(Column {
                    col,
                    path: Vec::new(),
                    field: None,
                    how: How::Unknown,
                    factor: 1.0,
                });
            }
        }
        columns.sort_by_key(|c| c.col);
        let used = |col: u32| {
            growing.body.iter().any(|b| {
                self.view
                    .cell(b.0, col)
                    .is_some_and(|c| self.view.filled(c))
            })
        };
        // Nothing above and nothing below: a spacer.
        let labelled = |col: u32| {
            headings
                .iter()
                .any(|h| h.col == col && !h.folded.is_empty())
        };
        columns.retain(|c| labelled(c.col) || used(c.col));
        self.by_content(&mut columns, &growing, &mut choice, &headings);
        let sections_at = growing.sections_at();
        let met: Vec<Met> = growing.met.iter().map(|m| m.1).collect();
        let totals = totals::ranges(&met, &sections_at, body.len());
        let section_of = growing.above.iter().map(|n| n.checked_sub(1)).collect();
        let sections = growing.headings_of_records();
        Found {
            table: Table {
                sheet: self.sheet_index,
                form: choice.form,
                confidence: choice.confidence,
                evidence: choice.evidence,
                header: band.lines.iter().map(|&l| self.view.row(l)).collect(),
                columns,
                body,
                totals,
                section_of,
                sections,
                remarks,
            },
            layout: growing.layout,
            headings,
            assigned: choice.columns,
            header_row,
        }
    }

    /// Factor of money in the table's unit line.
    fn unit_of(&self, remarks: &[usize]) -> Option<f64> {
        remarks
            .iter()
            .map(|&i| &self.harvest.remarks[i])
            .filter(|r| r.kind == RemarkKind::Unit)
            .flat_map(|r| {
                let folded = fold::label(&r.text);
                let factors: Vec<f64> = folded
                    .split([',', '/', ';'])
                    .filter_map(|part| self.dictionary.units.get(part).copied())
                    .collect();
                factors
            })
            .find(|f| *f != 1.0)
    }

    /// Finds the id number column by its cells where the header does not say it, and the end date
    /// beside a start date that share one label.
    fn by_content(
        &self,
        columns: &mut [Column],
        growing: &Growing,
        choice: &mut Choice,
        headings: &[Heading],
    ) {
        let form = &self.scheme.forms[choice.form];
        let sample: Vec<usize> = growing.body.iter().map(|b| b.0).take(60).collect();
        let share = |col: u32, test: &dyn Fn(&Value<'_>) -> bool| {
            let cells: Vec<&Cell> = sample
                .iter()
                .filter_map(|&l| self.view.cell(l, col))
                .filter(|c| self.view.filled(c))
                .collect();
            let hits = cells.iter().filter(|c| test(&self.view.value(c))).count();
            (hits, cells.len())
        };
        let id_field = form.fields.iter().position(|f| f.kind == Kind::IdNumber);
        if let Some(id) = id_field
            && columns.iter().all(|c| c.field != Some(id))
        {
            let valid = |v: &Value<'_>| matches!(v, Value::Text(t) if valid_id(t));
            let mut fits = columns.iter().enumerate().filter(|(_, c)| {
                let (hits, all) = share(c.col, &valid);
                let foreign = c.path.iter().any(|t| {
                    let folded = fold::label(t);
                    self.dictionary
                        .foreign
                        .iter()
                        .any(|f| folded.contains(f.as_str()))
                });
                c.field.is_none() && !foreign && hits >= 2 && hits * 10 >= all * 8
            });
            if let (Some((i, _)), None) = (fits.next(), fits.next()) {
                columns[i].field = Some(id);
                columns[i].how = How::Content;
                if let Some(h) = headings.iter().position(|h| h.col == columns[i].col) {
                    choice.columns[h].field = Some((id, How::Content));
                }
                choice.evidence.push(format!(
                    "{} -> {}",
                    crate::grid::column_name(columns[i].col),
                    form.fields[id].title
                ));
            }
        }
        for i in 0..columns.len().saturating_sub(1) {
            let Some(period) = columns[i]
                .field
                .filter(|&f| form.fields[f].kind == Kind::Period)
            else {
                continue;
            };
            let [start, end] = form.fields[period].fills.as_slice() else {
                continue;
            };
            let (Some(start), Some(end)) = (form.field(start), form.field(end)) else {
                continue;
            };
            let beside = &columns[i + 1];
            let shared = beside.col == columns[i].col + 1
                && (beside.path.is_empty() || beside.path == columns[i].path)
                && beside.field.is_none();
            let held = |f| columns.iter().any(|c| c.field == Some(f));
            let one_day = |v: &Value<'_>| match v {
                Value::Date(_) => true,
                Value::Text(t) => remark::is_date(&fold::label(t)),
                _ => false,
            };
            let dates = |col: u32| {
                let (hits, all) = share(col, &one_day);
                hits >= 1 && hits * 10 >= all * 8
            };
            if shared && !held(start) && !held(end) && dates(columns[i].col) && dates(beside.col) {
                columns[i].field = Some(start);
                columns[i + 1].field = Some(end);
                columns[i + 1].how = How::Content;
            }
        }
    }
}

struct Walk {
    /// The next header.
    next: Option<Start>,
    /// First line that the tables did not take.
    tail: usize,
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

fn slot(kind: &Kind) -> Slot {
    match kind {
        Kind::Serial => Slot::Serial,
        Kind::School | Kind::SchoolCode => Slot::School,
        Kind::Name => Slot::Name,
        Kind::IdNumber => Slot::Id,
        Kind::Integer | Kind::Decimal | Kind::Money => Slot::Number,
        Kind::Ignored => Slot::Ignored,
        _ => Slot::Field,
    }
}

/// Parts headings into tables side by side: where a row number, or a name with others of the
/// table's labels, begins anew.
fn split(headings: &[Heading], readings: &[Reading], scheme: &Scheme) -> Vec<Range<usize>> {
    let means = |i: usize, wanted: fn(&Kind) -> bool| {
        readings[i]
            .candidates
            .iter()
            .any(|c| wanted(&scheme.forms[c.form].fields[c.field].kind))
    };
    let serial = |i: usize| means(i, |k| *k == Kind::Serial);
    let name = |i: usize| means(i, |k| *k == Kind::Name);
    let leaf = |i: usize| headings[i].folded.last();
    let mut starts = vec![0];
    for i in 1..headings.len() {
        let from = starts[starts.len() - 1];
        let again = |j: usize| leaf(j).is_some() && leaf(j) == leaf(i);
        let before = (from..i).any(|j| again(j) && (serial(j) || name(j)));
        if !before {
            continue;
        }
        let end = (i + 1..headings.len())
            .find(|&j| serial(i) && leaf(j) == leaf(i))
            .unwrap_or(headings.len());
        let repeated = (i..end)
            .filter(|&j| {
                leaf(j).is_some() && (from..i).any(|k| headings[k].folded == headings[j].folded)
            })
            .count();
        let gap = headings[i].col > headings[i - 1].col + 1;
        let has_name = (i..end).any(name);
        let starts_here = serial(i) && (has_name || end - i >= 3)
            || name(i) && !serial(i) && (repeated >= 2 || gap) && end - i >= 2;
        if starts_here {
            starts.push(i);
        }
    }
    starts
        .iter()
        .enumerate()
        .map(|(n, &s)| s..starts.get(n + 1).copied().unwrap_or(headings.len()))
        .collect()
}

/// Whether a line prints one of the band's lines again.
fn repeats(view: &View<'_>, band: &Band, line: usize) -> bool {
    let all = 0..u32::MAX;
    let filled = |line: usize| view.cells(line, &all).iter().filter(|c| view.filled(c));
    let cells = filled(line).count();
    if cells < 2 {
        return false;
    }
    band.lines.iter().chain(&band.numbers).any(|&own| {
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
            a == b || (first(a) == first(b) && fold::label(a) == fold::label(b))
        }
        (a, b) => a == b,
    }
}

/// 18 characters with the right check character.
fn valid_id(text: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let bytes: Vec<u8> = text.trim().bytes().collect();
    if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = bytes
        .iter()
        .zip(WEIGHTS)
        .map(|(b, w)| u32::from(b - b'0') * w)
        .sum();
    b"10X98765432"[(sum % 11) as usize] == bytes[17].to_ascii_uppercase()
}
