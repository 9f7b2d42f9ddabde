//! What the bureau has decided about a file's cells and rows is carried out while its records are
//! read.
//!
//! A new value takes the place of the school's in a copy of the sheet, which is then read as every
//! sheet is: so the field's own kind reads it, and the rules that look at several cells of a row see
//! it. Rows go and people move when the records are there. A decision counts only as long as the
//! school's file holds what it was made about.

use super::{Data, Records, SchoolName, column, date, number, records, total};
use crate::diagnostic::{Action, Diagnosed, Diagnostic, Place, Rule};
use crate::fold;
use crate::grid::{Sheet, Value, Workbook};
use crate::recognise::{Recognised, Table};
use crate::scheme::corrections::Part;
use crate::scheme::{Correction, Extent, FieldIdx, Form, Kind, Scheme};
use chrono::Datelike;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What became of a decision in one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Index in [`Scheme::corrections`].
    pub case: usize,
    /// Carried out, or the finding that says why not.
    pub done: Result<Done, Box<Diagnostic>>,
}

/// A decision that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Sheet name as the file has it.
    pub sheet: Arc<str>,
    /// Form id, or empty.
    pub form: String,
    /// Title of the field, or empty.
    pub field: String,
    /// What counted before.
    pub before: String,
    /// What counts now.
    pub after: String,
    /// Records that it changed.
    pub records: u64,
}

/// [`records`] with the decisions `cases` (indices in [`Scheme::corrections`]) carried out.
pub fn corrected(
    workbook: &Workbook,
    recognised: &Recognised,
    cases: &[usize],
    scheme: &Scheme,
) -> Diagnosed<(Vec<Records>, Vec<Outcome>)> {
    let typed = records(workbook, recognised, scheme);
    let clerk = Clerk {
        workbook,
        recognised,
        scheme,
    };
    let mut outcomes = Vec::new();
    let mut targets = Vec::new();
    for case in cases {
        match clerk.target(*case) {
            Ok(target) => targets.push(target),
            Err(why) => outcomes.push(refused(*case, why)),
        }
    }
    clerk.once_each(&mut targets, &mut outcomes);
    let mut read = clerk.with_values(typed, &mut targets, &mut outcomes);
    for target in &targets {
        let done = match target.of.action {
            Action::Keep | Action::Change => continue,
            Action::Delete => Ok(clerk.delete(target, &mut read.value)),
            Action::Move => clerk.transfer(target, &mut read.value),
        };
        outcomes.push(Outcome {
            case: target.case,
            done,
        });
    }
    outcomes.sort_by_key(|o| o.case);
    Diagnosed {
        value: (read.value, outcomes),
        diagnostics: read.diagnostics,
    }
}

fn refused(case: usize, why: Diagnostic) -> Outcome {
    Outcome {
        case,
        done: Err(Box::new(why)),
    }
}

/// The cell or row of a decision, found in its file.
struct Target<'a> {
    case: usize,
    of: &'a Correction,
    sheet: usize,
    /// What stands there.
    before: String,
    /// Form and field, where it is a record's.
    form: Option<&'a Form>,
    field: Option<FieldIdx>,
}

impl Target<'_> {
    fn value(&self) -> Option<(u32, u32, &str)> {
        let col = self.of.col?;
        let valued = matches!(self.of.action, Action::Keep | Action::Change);
        (valued && !self.of.value.is_empty()).then_some((self.of.row, col, self.of.value.as_str()))
    }

    fn is_at(&self, place: &Place, workbook: &Workbook) -> bool {
        place.row == Some(self.of.row)
            && place.col == self.of.col
            && place.sheet == workbook.sheets[self.sheet].name
    }
}

struct Clerk<'a> {
    workbook: &'a Workbook,
    recognised: &'a Recognised,
    scheme: &'a Scheme,
}

impl<'a> Clerk<'a> {
    fn invalid(&self, of: &Correction, part: Part, variant: &'static str) -> Diagnostic {
        Diagnostic::new(Rule::CorrectionInvalid, of.at(part))
            .variant(variant)
            .field(part.field())
            .arg("file", &self.workbook.file)
            .arg("sheet", &of.sheet)
            .arg("place", at(of))
    }

    fn target(&self, case: usize) -> Result<Target<'a>, Diagnostic> {
        let of = &self.scheme.corrections[case];
        let sheets = &self.workbook.sheets;
        let wanted = fold::label(&of.sheet);
        let sheet = match sheets.iter().position(|s| fold::label(&s.name) == wanted) {
            None if wanted.is_empty() && sheets.len() == 1 => Some(0),
            found => found,
        };
        let Some(sheet) = sheet else {
            let names: Vec<&str> = sheets.iter().map(|s| &*s.name).collect();
            let finding = self.invalid(of, Part::Sheet, "sheet");
            return Err(finding.arg("sheets", names.join(" / ")));
        };
        let table = self.table(of, sheet);
        let form = table.and_then(|t| self.scheme.forms.get(t.form));
        let field = table.and_then(|t| t.columns.iter().find(|c| Some(c.col) == of.col)?.field);
        let row = |t: &Table| t.body.contains(&of.row);
        let total = |t: &Table| t.totals.iter().any(|t| t.row == of.row);
        let there = match of.action {
            Action::Keep if of.value.is_empty() => true,
            Action::Keep | Action::Change => table.is_some_and(|t| row(t) || total(t)),
            Action::Delete | Action::Move => table.is_some_and(row),
        };
        if !there {
            return Err(self.invalid(of, Part::Place, "cell"));
        }
        let before = self.held(&sheets[sheet], of)?;
        let target = Target {
            case,
            of,
            sheet,
            before,
            form,
            field,
        };
        if target.value().is_some() && !target.is_read() {
            return Err(self.invalid(of, Part::Place, "field"));
        }
        Ok(target)
    }

    /// The table that the place lies in; of tables side by side the one with the column.
    fn table(&self, of: &Correction, sheet: usize) -> Option<&'a Table> {
        let tables = self.recognised.tables.iter().filter(|t| t.sheet == sheet);
        let mut rows = tables.filter(|t| {
            t.body.contains(&of.row) || t.totals.iter().any(|total| total.row == of.row)
        });
        match of.col {
            None => rows.next(),
            Some(col) => rows.find(|t| t.columns.iter().any(|c| c.col == col)),
        }
    }

    /// What stands in the cell, or the cell of the row by which the row is known; refused where it
    /// is not what was decided about.
    fn held(&self, sheet: &Sheet, of: &Correction) -> Result<String, Diagnostic> {
        let outdated = |now: String| {
            Diagnostic::new(Rule::CorrectionOutdated, of.at(Part::Original))
                .field(Part::Original.field())
                .arg("file", &self.workbook.file)
                .arg("sheet", &sheet.name)
                .arg("place", at(of))
                .arg("value", &of.original)
                .arg("now", now)
        };
        let Some(col) = of.col else {
            let cells = sheet.row(of.row).iter().map(|c| text(sheet.value(c)));
            let mut same = cells.filter(|c| self.same(c, &of.original));
            return same
                .next()
                .ok_or_else(|| outdated(String::new()).variant("row"));
        };
        let own = sheet.at(of.row, col);
        let merged = || {
            let span = sheet.merge_at(of.row, col)?;
            sheet.at(span.top, span.left)
        };
        let held = own.or_else(merged).map_or_else(String::new, text);
        if self.same(&held, &of.original) {
            return Ok(held);
        }
        let finding = outdated(held.clone());
        Err(if held.is_empty() {
            finding.variant("blank")
        } else {
            finding
        })
    }

    /// Whether a cell holds what was typed about it: the same text, number or day, or its masked
    /// form as reports print it.
    fn same(&self, held: &str, typed: &str) -> bool {
        let (a, b) = (fold::label(held), fold::label(typed));
        let blank = |t: &str| t.is_empty() || self.scheme.words.tokens().get(t).absent;
        if a == b || (blank(&a) && blank(&b)) {
            return true;
        }
        if typed.contains('*') && crate::diagnostic::mask::in_text(held) == typed {
            return true;
        }
        let number = |t: &str| number::from_text(t, 1.0, &self.scheme.words).map(|n| n.value);
        if let (Some(a), Some(b)) = (number(held), number(typed)) {
            return a == b;
        }
        let newest = self.scheme.cut_off.year();
        // Messages print a month as its first day.
        let day = |t: &str| match date::from_text(t, newest) {
            date::Reading::Day(day) | date::Reading::Month(day) => Some(day),
            _ => None,
        };
        day(held).is_some() && day(held) == day(typed)
    }

    /// Of two decisions about one cell or row neither is carried out.
    fn once_each(&self, targets: &mut Vec<Target<'a>>, outcomes: &mut Vec<Outcome>) {
        let mut at: BTreeMap<(usize, u32, Option<u32>), Vec<&Target<'_>>> = BTreeMap::new();
        for t in targets.iter() {
            let place = (t.sheet, t.of.row, t.of.col);
            at.entry(place).or_default().push(t);
        }
        let mut twice = BTreeSet::new();
        for same in at.into_values().filter(|s| s.len() > 1) {
            for t in &same {
                let others: Vec<String> = same
                    .iter()
                    .filter(|o| o.case != t.case)
                    .filter_map(|o| Some((o.of.line.row? + 1).to_string()))
                    .collect();
                let finding = self.invalid(t.of, Part::Place, "twice");
                outcomes.push(refused(t.case, finding.arg("others", others.join(" "))));
                twice.insert(t.case);
            }
        }
        targets.retain(|t| !twice.contains(&t.case));
    }

    /// Reads the file again with the new values in it, without those that their fields do not take.
    fn with_values(
        &self,
        typed: Diagnosed<Vec<Records>>,
        targets: &mut Vec<Target<'a>>,
        outcomes: &mut Vec<Outcome>,
    ) -> Diagnosed<Vec<Records>> {
        let read = loop {
            if targets.iter().all(|t| t.value().is_none()) {
                break None;
            }
            let mut book = self.workbook.clone();
            for (index, sheet) in book.sheets.iter_mut().enumerate() {
                let own = targets.iter().filter(|t| t.sheet == index);
                let texts: Vec<_> = own.filter_map(Target::value).collect();
                if !texts.is_empty() {
                    *sheet = sheet.with(&texts);
                }
            }
            let read = records(&book, self.recognised, self.scheme);
            let wrong: BTreeSet<usize> = targets
                .iter()
                .filter(|t| t.value().is_some() && !self.taken(t, &read))
                .map(|t| t.case)
                .collect();
            if wrong.is_empty() {
                break Some(read);
            }
            for t in targets.iter().filter(|t| wrong.contains(&t.case)) {
                let finding = self
                    .invalid(t.of, Part::Value, "parse")
                    .arg("value", &t.of.value)
                    .arg("field", t.title());
                outcomes.push(refused(t.case, finding));
            }
            targets.retain(|t| !wrong.contains(&t.case));
        };
        let valued = |t: &&Target<'_>| matches!(t.of.action, Action::Keep | Action::Change);
        for t in targets.iter().filter(valued) {
            let records = match (&read, t.value()) {
                (Some(read), Some(_)) => self.changed(t, &typed.value, &read.value),
                _ => 0,
            };
            let after = match t.value() {
                Some((_, _, value)) => value.to_owned(),
                None => t.before.clone(),
            };
            outcomes.push(Outcome {
                case: t.case,
                done: Ok(self.done(t, after, records)),
            });
        }
        match read {
            None => typed,
            Some(read) => self.settled(typed, read, targets),
        }
    }

    fn done(&self, t: &Target<'_>, after: String, records: u64) -> Done {
        Done {
            sheet: self.workbook.sheets[t.sheet].name.clone(),
            form: t.form.map_or_else(String::new, |f| f.id.clone()),
            field: t.title(),
            before: t.before.clone(),
            after,
            records,
        }
    }

    /// Whether the new value could be understood.
    fn taken(&self, t: &Target<'_>, read: &Diagnosed<Vec<Records>>) -> bool {
        let Some(col) = t.of.col else { return true };
        if self.scheme.words.tokens().get(&t.of.value).absent {
            return true;
        }
        let unread = |d: &Diagnostic| {
            let rules = [
                Rule::SchoolUnknown,
                Rule::NumberUnreadable,
                Rule::DateUnreadable,
                Rule::VocabularyUnknown,
                Rule::IdLength,
            ];
            t.is_at(&d.place, self.workbook)
                && rules.contains(&d.rule)
                && d.severity == crate::diagnostic::Severity::Error
        };
        let mut found = false;
        let mut filled = false;
        for r in of_sheet(&read.value, t.sheet) {
            let Ok(record) = r.rows.binary_search(&t.of.row) else {
                continue;
            };
            let fields = r.source_columns.iter().zip(&r.columns);
            for (_, data) in fields.filter(|(c, d)| **c == Some(col) && **d != Data::Absent) {
                found = true;
                filled |= data.holds(record);
            }
        }
        filled || !(found || read.diagnostics.iter().any(unread))
    }

    /// Records whose values from that column are other ones now.
    fn changed(&self, t: &Target<'_>, typed: &[Records], read: &[Records]) -> u64 {
        let mut rows = BTreeSet::new();
        for (a, b) in typed
            .iter()
            .zip(read)
            .filter(|(a, _)| a.sheet_index == t.sheet)
        {
            for (i, row) in b.rows.iter().enumerate() {
                let school = |r: &Records, i: usize| r.schools[usize::from(r.school_of[i])].clone();
                let same = a.rows.binary_search(row).is_ok_and(|j| {
                    let columns = a.columns.iter().zip(&b.columns).zip(&b.source_columns);
                    let own = columns.filter(|(_, col)| **col == t.of.col);
                    school(a, j) == school(b, i)
                        && own.map(|(d, _)| d).all(|(d, e)| d.same_at(j, e, i))
                });
                if !same {
                    rows.insert(*row);
                }
            }
        }
        rows.len() as u64
    }

    /// The findings of the corrected file. A sum that the school typed is the sum of what it typed:
    /// that it does not fit the bureau's values is not the school's to correct. What was found about
    /// a value that stands stays on record.
    fn settled(
        &self,
        typed: Diagnosed<Vec<Records>>,
        mut read: Diagnosed<Vec<Records>>,
        targets: &[Target<'_>],
    ) -> Diagnosed<Vec<Records>> {
        let sums: BTreeSet<&Place> = typed
            .diagnostics
            .iter()
            .filter(|d| d.rule == Rule::TotalMismatch)
            .map(|d| &d.place)
            .collect();
        let own = |place: &Place| targets.iter().any(|t| t.is_at(place, self.workbook));
        read.diagnostics
            .retain(|d| d.rule != Rule::TotalMismatch || sums.contains(&d.place) || own(&d.place));
        let stands = |d: &Diagnostic| {
            let mut kept = targets.iter().filter(|t| t.of.action == Action::Keep);
            kept.any(|t| t.is_at(&d.place, self.workbook))
        };
        let gone: Vec<Diagnostic> = typed
            .diagnostics
            .into_iter()
            .filter(|d| stands(d) && !read.diagnostics.contains(d))
            .collect();
        read.diagnostics.extend(gone);
        read
    }

    /// Takes the row's records out.
    fn delete(&self, t: &Target<'_>, all: &mut [Records]) -> Done {
        let mut gone = 0;
        for r in all.iter_mut().filter(|r| t.is_in(r)) {
            let Ok(record) = r.rows.binary_search(&t.of.row) else {
                continue;
            };
            let keep: Vec<bool> = (0..r.rows.len()).map(|i| i != record).collect();
            for data in &mut r.columns {
                *data = std::mem::replace(data, Data::Absent).keep(&keep);
            }
            for stated in &mut r.totals {
                stated.over = total::kept_range(&stated.over, &keep);
            }
            r.rows.remove(record);
            r.school_of.remove(record);
            let at = r.rejected.partition_point(|row| *row < t.of.row);
            r.rejected.insert(at, t.of.row);
            gone += 1;
        }
        self.done(t, String::new(), gone)
    }

    /// Puts the row's records down to another school.
    fn transfer(&self, t: &Target<'_>, all: &mut [Records]) -> Result<Done, Box<Diagnostic>> {
        let directory = &self.scheme.directory;
        let typed = &t.of.value;
        let found = match directory.by_code(typed) {
            Some(school) => Some(school),
            None => directory.find(typed, Extent::Whole).one(),
        };
        let school = match found.and_then(|index| Some((index, directory.schools().get(index)?))) {
            Some((index, school)) => SchoolName {
                name: school.name.clone(),
                code: school.code.clone(),
                index: Some(index),
            },
            None if directory.is_empty() => SchoolName {
                name: typed.clone(),
                ..SchoolName::default()
            },
            None => {
                let nearest = directory.nearest(typed).join(" / ");
                let finding = self.invalid(t.of, Part::Value, "school");
                let finding = finding.arg("value", typed).arg("nearest", nearest);
                return Err(Box::new(finding));
            }
        };
        let mut done = self.done(t, school.name.clone(), 0);
        for r in all.iter_mut().filter(|r| t.is_in(r)) {
            let Ok(record) = r.rows.binary_search(&t.of.row) else {
                continue;
            };
            let before = r.schools.get(usize::from(r.school_of[record]));
            // Who it is, since what is shown as before and after are schools.
            done.field.clone_from(&t.before);
            done.before = before.map_or_else(String::new, |s| s.name.clone());
            let known = r.schools.iter().position(|s| *s == school);
            let index = known.unwrap_or_else(|| {
                r.schools.push(school.clone());
                r.schools.len() - 1
            });
            if let Ok(index) = u16::try_from(index) {
                r.school_of[record] = index;
                done.records += 1;
            }
        }
        Ok(done)
    }
}

impl Target<'_> {
    fn title(&self) -> String {
        let field = self.form.zip(self.field).and_then(|(f, i)| f.fields.get(i));
        field.map_or_else(String::new, |f| f.title.clone())
    }

    /// Whether the records hold anything of the column.
    fn is_read(&self) -> bool {
        let field = self.form.zip(self.field).and_then(|(f, i)| f.fields.get(i));
        field.is_some_and(|f| match f.kind {
            Kind::Serial | Kind::Ignored => false,
            Kind::Text | Kind::Label | Kind::Phone => f.stored,
            _ => true,
        })
    }

    /// Whether a table is the one that the decision is about.
    fn is_in(&self, r: &Records) -> bool {
        let own = |col| r.source_columns.contains(&Some(col));
        r.sheet_index == self.sheet
            && (self.of.col.is_none_or(own) || self.field.is_none() || !self.is_read())
    }
}

fn of_sheet(all: &[Records], sheet: usize) -> impl Iterator<Item = &Records> {
    all.iter().filter(move |r| r.sheet_index == sheet)
}

/// The cell in A1 notation, or the row's number.
fn at(of: &Correction) -> String {
    match of.col {
        Some(col) => crate::grid::a1(of.row, col),
        None => (of.row + 1).to_string(),
    }
}

/// What a cell shows, in full: a date as its day, a number without exponent.
pub fn text(value: Value<'_>) -> String {
    match value {
        Value::Text(t) => fold::clean(t).into_owned(),
        Value::Number(n) => column::plain_number(n),
        Value::Date(d) => {
            date::of_serial(d).map_or_else(|| column::plain_number(d), |d| d.to_string())
        }
        Value::Bool(true) => "TRUE".to_owned(),
        Value::Bool(false) => "FALSE".to_owned(),
        Value::Error(e) => e.as_str().to_owned(),
        Value::Unevaluated => String::new(),
    }
}
