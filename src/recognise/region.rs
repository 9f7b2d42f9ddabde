//! Finds the tables of a sheet: looks for a header, gives it its form, walks its body to the next
//! header, then looks for more beside it.

use super::columns::split;
use super::continued;
use super::form::{self, Assigned, Below, Choice, NoForm, Surroundings};
use super::header::{self, Band, Heading};
use super::label;
use super::remark;
use super::role::Layout;
use super::spread::{self, Block};
use super::stamp::Stamped;
use super::totals::{self, Met};
use super::under;
use super::view::View;
use super::walk::Growing;
use super::{Column, Remark, RemarkKind, Role, Table, priority};
use crate::fold;
use crate::grid::Sheet;
use crate::scheme::{Dictionary, FormIdx, Kind, Scheme, TotalRank};
use std::ops::Range;

/// A table and what findings need to know about it.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub table: Table,
    pub layout: Layout,
    pub headings: Vec<Heading>,
    pub assigned: Vec<Assigned>,
    /// Rows of the sheet in which the header stands.
    pub header_row: u32,
    /// Another table of the same header has told what there is to tell about it.
    pub again: bool,
}

/// A header whose form is not known.
#[derive(Debug, Clone)]
pub(super) struct Stranger {
    pub row: u32,
    pub col: u32,
    pub why: NoForm,
    pub headings: Vec<Heading>,
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
    /// Forms of the workbook's stamp whose header stands here as it was sent.
    pub as_sent: Vec<usize>,
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
    /// What the bureau wrote into the workbook when it sent it out.
    pub stamped: Option<&'a Stamped>,
    pub harvest: Harvest,
    /// Lines that were judged, so that none is passed over without a word.
    seen: Vec<bool>,
}

/// A header with the tables below it and the lines above it.
pub(super) struct Start {
    pub band: Band,
    pub segments: Vec<Segment>,
    /// Lines above the band that no earlier table took: what each is and says.
    pub above: Vec<(usize, Role, Vec<Remark>)>,
    /// First line of the body where it is not the one below the band: the table goes on with other
    /// values from a line above its records.
    pub resumed: Option<usize>,
}

/// One of the tables that share a header band.
#[derive(Clone)]
pub(super) struct Segment {
    pub headings: Vec<Heading>,
    pub choice: Choice,
    /// Blocks of columns, one a category or project.
    pub blocks: Vec<Block>,
    pub factors: Vec<Option<f64>>,
    /// What lines above the header give to all records.
    pub lent: Vec<Column>,
}

impl Segment {
    /// A header beyond doubt, even where a record could stand: it numbers rows, asks for the id
    /// number, or all its labels are known.
    pub fn is_plain(&self, scheme: &Scheme) -> bool {
        let fields = &scheme.forms[self.choice.form].fields;
        let held = || self.choice.columns.iter().filter_map(|c| c.field);
        held().any(|(f, _)| matches!(fields[f].kind, Kind::Serial | Kind::IdNumber))
            || held().count() == self.headings.len()
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
            stamped: None,
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
        if self.personal() {
            return;
        }
        let lines = 0..self.view.len();
        if !self.window(lines.clone(), 0..u32::MAX, 0) {
            self.no_table(lines);
        }
    }

    /// Takes the whole sheet for the program's own instructions and lists.
    pub fn explain(&mut self) {
        for line in 0..self.view.len() {
            self.mark(self.view.row(line), Role::Note);
        }
    }

    /// Notes what a line is; of several tables side by side the weightiest role counts.
    pub(super) fn mark(&mut self, row: u32, role: Role) {
        if let Some(line) = self.view.line_of(row) {
            self.seen[line] = true;
        }
        self.weigh(row, role);
    }

    /// The same of a line.
    pub(super) fn mark_at(&mut self, line: usize, role: Role) {
        self.seen[line] = true;
        self.weigh(self.view.row(line), role);
    }

    fn weigh(&mut self, row: u32, role: Role) {
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
    pub fn go_on(&mut self, found: &Found, submitter: Option<&Remark>) {
        self.harvest.roles.fill(Role::Blank);
        self.harvest.remarks.clear();
        self.harvest.strangers.clear();
        let mut growing = [Growing::new(Layout {
            top: 0,
            ..found.layout.clone()
        })];
        let (all, end) = (0..u32::MAX, self.view.len());
        let first = continued::first_record(self);
        for line in 0..first {
            let (role, remarks) = remark::read_line(&self.view, line, &all, self.dictionary);
            self.mark(self.view.row(line), role);
            if role == Role::Unknown {
                self.stray_cells(line, &all);
            }
            self.harvest.remarks.extend(remarks);
        }
        let own = |r: &Remark| r.kind == RemarkKind::Submitter;
        if let Some(submitter) = submitter
            && !self.harvest.remarks.iter().any(own)
        {
            // Whoever submits the table submits the rest of it; it stands where the rest begins.
            self.harvest.remarks.push(Remark {
                row: self.view.row(first),
                col: found.layout.left,
                ..submitter.clone()
            });
        }
        self.walk(&mut growing, None, first, end, &all, &[]);
        let [growing] = growing;
        let mut found = found.clone();
        let table = &mut found.table;
        table.sheet = self.sheet_index;
        table.header.clear();
        table.remarks = (0..self.harvest.remarks.len()).collect();
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
    pub(super) fn window(&mut self, lines: Range<usize>, cols: Range<u32>, depth: usize) -> bool {
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
    pub(super) fn header(
        &mut self,
        line: usize,
        above: usize,
        end: usize,
        cols: &Range<u32>,
        probe: usize,
    ) -> Option<Start> {
        let mut band = header::band_at(&self.view, line, above, end, cols, self.dictionary, probe)?;
        let mut around = Surroundings {
            titles: Vec::new(),
            sheet: self.sheet_name.clone(),
            file: self.file_stem.to_owned(),
        };
        let mut lines_above = Vec::new();
        for l in above..band.lines[0] {
            let over = l + 1 == band.lines[0]
                && under::names_again(&self.view, l, cols, &band.headings, self.dictionary);
            if over {
                lines_above.push((l, Role::Header, Vec::new()));
                continue;
            }
            let (mut role, mut remarks) = remark::read_line(&self.view, l, cols, self.dictionary);
            let after_note = lines_above
                .last()
                .is_some_and(|a: &(usize, Role, _)| a.1 == Role::Note);
            if after_note && role == Role::Title && self.numbered(l, cols) {
                role = Role::Note;
                remarks.clear();
            }
            around.titles.extend(
                remarks
                    .iter()
                    .filter(|r| r.kind == RemarkKind::Title)
                    .map(|r| fold::label(&r.text)),
            );
            lines_above.push((l, role, remarks));
        }
        label::untranslate(&mut band.headings);
        let mut readings = self.readings(&band.headings);
        for (reading, heading) in readings.iter_mut().zip(&band.headings) {
            let below = |&l: &usize| under::factor_at(&self.view, l, heading.col, self.dictionary);
            reading.factor = band.under.iter().find_map(below).or(reading.factor);
        }
        let mut segments = Vec::new();
        let mut why = None;
        let col = band.headings.first().map_or(0, |h| h.col);
        // A header as it was sent needs no guessing.
        let sent = self
            .stamped
            .and_then(|s| s.choice(&band.headings, self.scheme, self.allowed));
        if let Some((form, choice)) = sent {
            self.harvest.as_sent.push(form);
            return Some(Start {
                segments: vec![Segment {
                    headings: std::mem::take(&mut band.headings),
                    choice,
                    factors: readings.iter().map(|r| r.factor).collect(),
                    blocks: Vec::new(),
                    lent: Vec::new(),
                }],
                band,
                above: lines_above,
                resumed: None,
            });
        }
        let ranges = split(&band.headings, &readings, self.scheme);
        let alone = ranges.len() == 1;
        let mut rest = std::mem::take(&mut band.headings).into_iter();
        for range in ranges {
            let headings: Vec<Heading> = rest.by_ref().take(range.len()).collect();
            let readings = &readings[range];
            let below = Below {
                id: self.id_below(&headings, readings, band.end()..end),
                wordy: self.wordy(&headings, readings, band.end()..end),
            };
            let (scheme, allowed) = (self.scheme, self.allowed);
            let mut chosen = form::choose(&headings, readings, &around, scheme, allowed, &below);
            let mut lent = Vec::new();
            if alone {
                let lines = above..band.lines[0];
                (chosen, lent) =
                    self.with_lines_above(chosen, &headings, readings, &around, &below, lines);
            }
            for (_, role, remarks) in lines_above.iter_mut().filter(|a| {
                let row = self.view.row(a.0);
                lent.iter()
                    .any(|c| c.cell.as_ref().is_some_and(|c| c.row == row))
            }) {
                *role = Role::Metadata;
                remarks.retain(|r| r.kind != RemarkKind::Title);
            }
            match chosen {
                Ok(mut choice) => segments.push(Segment {
                    lent,
                    blocks: spread::blocks(&headings, readings, &mut choice, self.scheme),
                    headings,
                    choice,
                    factors: readings.iter().map(|r| r.factor).collect(),
                }),
                Err(reason) => why = Some((reason, headings)),
            }
        }
        if segments.is_empty() {
            let row = self.view.row(line);
            if let Some((why, headings)) = why
                && self.harvest.strangers.iter().all(|s| s.row != row)
            {
                self.harvest.strangers.push(Stranger {
                    row,
                    col,
                    why,
                    headings,
                });
            }
            return None;
        }
        Some(Start {
            band,
            segments,
            above: lines_above,
            resumed: None,
        })
    }

    /// Whether a line holds one text that begins with a number: a point of the instructions.
    fn numbered(&self, line: usize, cols: &Range<u32>) -> bool {
        let mut cells = self.view.cells(line, cols).iter();
        let first = cells.find(|c| self.view.filled(c));
        let text = first.and_then(|c| self.view.text(c)).map(fold::label);
        text.is_some_and(|t| {
            let rest = t.trim_start_matches('(');
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            (1..=2).contains(&digits) && rest[digits..].starts_with(['.', ',', ')', ':'])
        })
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
            resumed,
        } = start;
        let first_remark = self.harvest.remarks.len();
        for (line, role, remarks) in above {
            self.mark(self.view.row(line), role);
            if role == Role::Unknown {
                self.stray_cells(line, cols);
            }
            self.harvest.remarks.extend(remarks);
        }
        for &line in band.lines.iter().chain(&band.under) {
            self.mark(self.view.row(line), Role::Header);
        }
        for &line in &band.notes {
            self.mark(self.view.row(line), Role::Note);
        }
        let body_start = resumed.unwrap_or(band.end());
        let top = self.view.row(band.lines[band.lines.len() - 1]) + 1;
        let mut growing: Vec<Growing> = Vec::new();
        let mut edge = cols.start;
        for (i, segment) in segments.iter().enumerate() {
            let limit = segments.get(i + 1).map_or(cols.end, |s| s.headings[0].col);
            let layout = self.layout(segment, body_start, end, edge, limit, top);
            let lent = (segment.choice.form, segment.lent.clone());
            let mut own = Growing::new(layout);
            own.lent = Some(lent).filter(|l| !l.1.is_empty());
            growing.push(own);
            edge = growing[i].layout.right() + 1;
        }
        let known: Vec<(RemarkKind, String)> = self.harvest.remarks[first_remark..]
            .iter()
            .map(|r| (r.kind, fold::label(&r.text)))
            .collect();
        let walk = self.walk(&mut growing, Some(&band), body_start, end, cols, &known);
        let last_remark = self.harvest.remarks.len();
        let taken = resumed.map_or(band.lines[0], |l| l - 1)..walk.tail;
        self.beside(&growing, taken, cols, depth);
        let next = match walk.lent {
            None => walk.next,
            Some((line, lent)) => {
                let (_, mut remarks) = remark::read_line(&self.view, line, cols, self.dictionary);
                remarks.retain(|r| r.kind != RemarkKind::Title);
                let mut segments = segments.clone();
                for segment in &mut segments {
                    segment.lent.clone_from(&lent);
                }
                Some(Start {
                    band: band.clone(),
                    segments,
                    above: vec![(line, Role::Metadata, remarks)],
                    resumed: Some(line + 1),
                })
            }
        };
        let first_found = self.harvest.found.len();
        let header_row = self.view.row(band.lines[band.lines.len() - 1]);
        let lefts: Vec<u32> = growing.iter().map(|g| g.layout.left).collect();
        for (i, (segment, growing)) in segments.into_iter().zip(growing).enumerate() {
            let remarks = self.own_remarks(first_remark..last_remark, i, &lefts);
            self.tables_of(segment, growing, &band, header_row, &remarks);
        }
        if resumed.is_some() {
            for found in &mut self.harvest.found[first_found..] {
                found.again = true;
            }
        }
        next
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

    pub(super) fn stray_cells(&mut self, line: usize, cols: &Range<u32>) {
        for cell in self.view.cells(line, cols) {
            if self.view.filled(cell) {
                self.harvest.stray.push((cell.row, cell.col));
            }
        }
    }
}
