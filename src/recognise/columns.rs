//! The columns of a table: tables side by side parted, labels read, id numbers and dates found by
//! their cells, and the finished table.

use super::binding;
use super::form::{self, Choice};
use super::header::{Band, Heading};
use super::label;
use super::nearest;
use super::region::{Found, Region, Segment};
use super::remark;
use super::role::{Layout, Slot};
use super::spread;
use super::totals::{self, Met};
use super::walk::Growing;
use super::{Column, How, RemarkKind, Table};
use crate::fold;
use crate::grid::{Cell, Value, column_name};
use crate::scheme::{Form, Kind, Reading, Scheme};
use std::ops::Range;

/// Records looked at to see whether words or numbers stand below a label.
const WORDY_LINES: usize = 8;

impl Region<'_> {
    /// Whether one column without a known label holds id numbers, and none is labelled so.
    pub(super) fn id_below(
        &self,
        headings: &[Heading],
        readings: &[Reading],
        lines: Range<usize>,
    ) -> bool {
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

    /// Which headings that can mean numbers or days have nothing but words below them.
    pub(super) fn wordy(
        &self,
        headings: &[Heading],
        readings: &[Reading],
        lines: Range<usize>,
    ) -> Vec<bool> {
        let lines = lines.start..lines.end.min(lines.start + WORDY_LINES);
        let counted = |r: &Reading| {
            r.candidates.iter().any(|c| {
                let kind = &self.scheme.forms[c.form].fields[c.field].kind;
                form::is_counted(kind)
            })
        };
        let numeric = |t: &str| {
            t.bytes().any(|b| b.is_ascii_digit())
                || !t.is_ascii() && t.chars().any(char::is_numeric)
        };
        headings
            .iter()
            .zip(readings)
            .map(|(h, r)| {
                if !counted(r) {
                    return false;
                }
                let cells = lines.clone().filter_map(|l| self.view.cell(l, h.col));
                let mut words = 0;
                for cell in cells.filter(|c| self.view.filled(c)) {
                    match self.view.value(cell) {
                        Value::Text(t) if !numeric(t) => {
                            words += usize::from(t.trim().chars().count() >= 2);
                        }
                        _ => return false,
                    }
                }
                words >= 2
            })
            .collect()
    }

    /// What each heading can mean; columns of one label are told apart by their neighbours.
    pub(super) fn readings(&self, headings: &[Heading]) -> Vec<Reading> {
        let mut readings: Vec<Reading> = headings
            .iter()
            .map(|h| binding::read(&h.folded, self.dictionary))
            .collect();
        for &form in self.allowed {
            spread::read(headings, &mut readings, form, self.scheme);
        }
        // The corner is the first column, or the one behind the row number.
        for (reading, heading) in readings.iter_mut().zip(headings).take(2) {
            if let ([_], [text]) = (heading.folded.as_slice(), heading.path.as_slice())
                && reading.candidates.is_empty()
            {
                reading.candidates = label::corner(text, self.dictionary, self.scheme);
            }
        }
        for (reading, heading) in readings.iter_mut().zip(headings) {
            let groups = heading.folded.split_last().map_or(&[][..], |s| s.1);
            if !reading.candidates.is_empty() || groups.is_empty() {
                continue;
            }
            // Below a group that is known and not used, whatever it is, it is not used.
            let ignored = groups.iter().rev().find_map(|group| {
                let mut known =
                    binding::read(std::slice::from_ref(group), self.dictionary).candidates;
                known.retain(|c| self.scheme.forms[c.form].fields[c.field].kind == Kind::Ignored);
                (!known.is_empty()).then_some(known)
            });
            reading.candidates = ignored.unwrap_or_default();
        }
        for (i, heading) in headings.iter().enumerate() {
            let Some(leaf) = heading.folded.last() else {
                continue;
            };
            let twin = headings
                .iter()
                .enumerate()
                .any(|(j, h)| j != i && h.folded == heading.folded);
            if !twin {
                continue;
            }
            // No group above: the nearest column on the left that makes sense of it is one.
            for before in headings[i.saturating_sub(5)..i].iter().rev() {
                let Some(group) = before.folded.last().filter(|g| *g != leaf) else {
                    continue;
                };
                let found = binding::below(group, leaf, self.dictionary);
                if !found.is_empty() {
                    readings[i].candidates = found;
                    break;
                }
            }
        }
        // One part of a date that has a column for each part is no date.
        for (reading, heading) in readings.iter_mut().zip(headings) {
            let (Some(leaf), true) = (heading.folded.last(), heading.folded.len() > 1) else {
                continue;
            };
            if self.dictionary.units.contains_key(leaf) {
                reading
                    .candidates
                    .retain(|c| self.scheme.forms[c.form].fields[c.field].kind != Kind::Date);
            }
        }
        self.other_people(headings, &mut readings);
        readings
    }

    /// The columns of a table; unlabelled ones at its edges belong to it where most lines fill
    /// them.
    pub(super) fn layout(
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

    /// The finished table.
    pub(super) fn finish(
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
            lent,
            ..
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
                cell: None,
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
                    cell: None,
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
        self.untie(&mut columns, &growing, &mut choice, &headings);
        self.doubt(&mut columns, &growing, &mut choice, &headings);
        // A column of its own that its cells have told wins.
        let held: Vec<Option<usize>> = columns.iter().map(|c| c.field).collect();
        columns.extend(lent.into_iter().filter(|l| !held.contains(&l.field)));
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
                given: Vec::new(),
                remarks,
            },
            layout: growing.layout,
            headings,
            assigned: choice.columns,
            header_row,
            again: false,
        }
    }

    /// Factor of money in the table's unit line.
    pub(super) fn unit_of(&self, remarks: &[usize]) -> Option<f64> {
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

    /// Gives up columns of which only a part of the label is a known spelling where their cells are
    /// something else than the field asks for: such a column is proposed, not taken.
    fn doubt(
        &self,
        columns: &mut [Column],
        growing: &Growing,
        choice: &mut Choice,
        headings: &[Heading],
    ) {
        let form = &self.scheme.forms[choice.form];
        for column in columns.iter_mut().filter(|c| c.how == How::Within) {
            let Some(field) = column.field else {
                continue;
            };
            let values: Vec<Value<'_>> = growing
                .body
                .iter()
                .filter_map(|b| self.view.cell(b.0, column.col))
                .filter(|c| self.view.filled(c))
                .map(|c| self.view.value(c))
                .take(60)
                .collect();
            let fit = nearest::fit(&form.fields[field].kind, &values, self.scheme);
            if fit.is_some_and(|f| f.cells >= 3 && f.percent() < 50) {
                column.field = None;
                column.how = How::Unknown;
                if let Some(h) = headings.iter().position(|h| h.col == column.col) {
                    choice.columns[h].field = None;
                }
            }
        }
    }

    /// Finds the id number column by its cells where the header does not say it, and the end date
    /// beside a start date that share one label.
    pub(super) fn by_content(
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
                let certain = hits >= 2 && hits * 10 >= all * 8;
                c.field.is_none()
                    && !foreign
                    && certain
                    && (!self.names_somebody(&c.path) || self.born(c.col, columns, form, &sample))
            });
            if let (Some((i, _)), None) = (fits.next(), fits.next()) {
                columns[i].field = Some(id);
                columns[i].how = How::Content;
                if let Some(h) = headings.iter().position(|h| h.col == columns[i].col) {
                    choice.columns[h].field = Some((id, How::Content));
                }
                choice.evidence.push(format!(
                    "{} -> {}",
                    column_name(columns[i].col),
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

impl Region<'_> {
    /// Whether an unknown label, if there is one, names somebody: 推荐者证件 is not the teacher's.
    fn names_somebody(&self, path: &[String]) -> bool {
        let Some(label) = path.last() else {
            return false;
        };
        // What means the teacher, or nothing, is no other person.
        let own = self.dictionary.filler.iter();
        let left = own.fold(fold::label(label), |left, word| {
            left.replace(word.as_str(), "")
        });
        let marks = &self.dictionary.person_mark;
        marks.iter().any(|mark| left.contains(mark.as_str()))
    }

    /// Whether the days of birth in a column of id numbers are those of a column of dates: then they
    /// are the same people's.
    fn born(&self, ids: u32, columns: &[Column], form: &Form, lines: &[usize]) -> bool {
        let month = |line: usize, col: u32| {
            let text = match self.view.value(self.view.cell(line, col)?) {
                Value::Date(serial) => remark::iso(serial)?,
                Value::Number(n) => n.to_string(),
                Value::Text(t) => fold::numerals(&fold::clean(t)).into_owned(),
                _ => return None,
            };
            let mut parts = text.split(|c: char| !c.is_ascii_digit());
            let first = parts.next().unwrap_or_default().to_owned();
            match (first.len(), parts.next()) {
                (4, Some(month)) => Some(format!("{first}{month:0>2}")),
                (6 | 8, _) => first.get(..6).map(str::to_owned),
                _ => None,
            }
        };
        let dates = columns.iter().filter(|c| {
            let kind = c.field.map(|f| &form.fields[f].kind);
            kind == Some(&Kind::Date)
        });
        dates.into_iter().any(|date| {
            let pairs: Vec<bool> = lines
                .iter()
                .filter_map(|&line| {
                    let born = month(line, date.col)?;
                    let Value::Text(id) = self.view.value(self.view.cell(line, ids)?) else {
                        return None;
                    };
                    Some(id.trim().get(6..12) == Some(&*born))
                })
                .collect();
            let same = pairs.iter().filter(|same| **same).count();
            same >= 2 && same * 10 >= pairs.len() * 8
        })
    }
}

pub(super) fn slot(kind: &Kind) -> Slot {
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
pub(super) fn split(
    headings: &[Heading],
    readings: &[Reading],
    scheme: &Scheme,
) -> Vec<Range<usize>> {
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

/// 18 characters with the right check character.
pub(super) fn valid_id(text: &str) -> bool {
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
