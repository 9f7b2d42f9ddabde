//! The bureau's decisions about single cells and rows: reading them, which files they are about,
//! and what became of each.

use crate::diagnostic::{Action, Decision, Diagnosed, Diagnostic, Place, Rule, Severity, mask};
use crate::grid::Workbook;
use crate::intake;
use crate::normalise;
use crate::normalise::correct::{Done, Outcome};
use crate::recognise::{self, Recognised, Role};
use crate::scheme::corrections::{Part, reader};
use crate::scheme::{Correction, Scheme};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Reads the bureau's table of decisions from a workbook's bytes.
pub fn read_corrections(file: &str, bytes: &[u8], scheme: &Scheme) -> Diagnosed<Vec<Correction>> {
    let own = reader(scheme);
    let Diagnosed {
        value: workbooks,
        mut diagnostics,
    } = intake::read(file, bytes);
    let mut records = Vec::new();
    for workbook in &workbooks {
        let recognised = recognise::tables_of(workbook, &own, &[0]);
        diagnostics.extend(recognised.diagnostics);
        let unread = unread(workbook, &recognised.value, &diagnostics);
        diagnostics.extend(unread);
        let read = normalise::records(workbook, &recognised.value, &own);
        diagnostics.extend(read.diagnostics);
        records.extend(read.value);
    }
    let read = normalise::corrections_from(&records, &diagnostics, &own);
    diagnostics.extend(read.diagnostics);
    Diagnosed {
        value: read.value,
        diagnostics,
    }
}

/// Lines that are neither a decision nor around the table: each is named, since somebody decided
/// something in it.
fn unread(workbook: &Workbook, recognised: &Recognised, found: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for (sheet, account) in workbook.sheets.iter().zip(&recognised.accounts) {
        let place = Place::sheet(&workbook.file, &sheet.name);
        for (row, role) in (0u32..).zip(&account.lines) {
            let known = matches!(
                role,
                Role::Blank
                    | Role::Title
                    | Role::Metadata
                    | Role::Header
                    | Role::RepeatedHeader
                    | Role::Data
            );
            let row = place.at(row, None);
            let here = |d: &Diagnostic| d.place.sheet == row.sheet && d.place.row == row.row;
            if !known && !found.iter().any(here) {
                out.push(Diagnostic::new(Rule::CorrectionInvalid, row).variant("line"));
            }
        }
    }
    out
}

/// Which decisions are about which file.
pub(super) struct Aim {
    /// For each decision whether it names the whole path of a file of the inbox.
    exact: Vec<bool>,
    /// Decisions that name several files, and which.
    barred: BTreeMap<usize, Vec<Arc<str>>>,
}

impl Aim {
    pub fn new(scheme: &Scheme, files: &[&Arc<str>]) -> Aim {
        let is_path = |c: &Correction| files.iter().any(|f| c.is_path(f));
        Aim {
            exact: scheme.corrections.iter().map(is_path).collect(),
            barred: BTreeMap::new(),
        }
    }

    /// The decisions about a workbook.
    pub fn cases(&self, file: &str, scheme: &Scheme) -> Vec<usize> {
        let about = |(case, c): (usize, &Correction)| {
            let named = if self.exact[case] {
                c.is_path(file)
            } else {
                c.names(file)
            };
            (named && !self.barred.contains_key(&case)).then_some(case)
        };
        let all = scheme.corrections.iter().enumerate();
        all.filter_map(about).collect()
    }

    /// Decisions that more than one workbook was taken for; they are about none from now on.
    pub fn bar_ambiguous<'a>(
        &mut self,
        outcomes: impl Iterator<Item = &'a [(Arc<str>, Outcome)]>,
    ) -> BTreeSet<usize> {
        let mut files: BTreeMap<usize, BTreeSet<&Arc<str>>> = BTreeMap::new();
        for (file, outcome) in outcomes.flatten() {
            files.entry(outcome.case).or_default().insert(file);
        }
        for (case, files) in files.into_iter().filter(|(_, f)| f.len() > 1) {
            self.barred
                .insert(case, files.into_iter().cloned().collect());
        }
        self.barred.keys().copied().collect()
    }

    /// What was carried out, and the findings about the decisions that were not.
    pub fn conclude(
        self,
        outcomes: Vec<(Arc<str>, Outcome)>,
        scheme: &Scheme,
    ) -> Diagnosed<Vec<Decision>> {
        let mut all: Diagnosed<Vec<Decision>> = Diagnosed::default();
        let mut met: BTreeSet<usize> = BTreeSet::new();
        for (file, outcome) in outcomes {
            met.insert(outcome.case);
            let of = &scheme.corrections[outcome.case];
            match outcome.done {
                Err(why) => all.diagnostics.push(*why),
                Ok(done) => {
                    let decision = decision(&file, of, done);
                    all.diagnostics.extend(applied(&decision));
                    all.value.push(decision);
                }
            }
        }
        for (case, of) in scheme.corrections.iter().enumerate() {
            let finding = match self.barred.get(&case) {
                Some(files) => {
                    let files: Vec<&str> = files.iter().map(|f| &**f).collect();
                    let finding = Diagnostic::new(Rule::CorrectionInvalid, of.at(Part::File));
                    finding
                        .variant("ambiguous")
                        .arg("count", files.len())
                        .arg("files", files.join(" / "))
                }
                None if met.contains(&case) => continue,
                None => Diagnostic::new(Rule::CorrectionUnused, of.at(Part::File)),
            };
            let finding = finding.field(Part::File.field()).arg("file", &of.file);
            all.diagnostics.push(finding);
        }
        all.value
            .sort_by(|a, b| (&a.place, &a.line).cmp(&(&b.place, &b.line)));
        all
    }
}

fn decision(file: &Arc<str>, of: &Correction, done: Done) -> Decision {
    Decision {
        place: Place::sheet(file, &done.sheet).at(of.row, of.col),
        line: of.line.clone(),
        action: of.action,
        decided: of.decided.clone(),
        form: done.form,
        field: mask::in_text(&done.field),
        before: mask::in_text(&done.before),
        after: mask::in_text(&done.after),
        records: done.records,
    }
}

/// The note at the school's cell or row; where the value stands the findings themselves tell it.
fn applied(d: &Decision) -> Option<Diagnostic> {
    let variant = match d.action {
        Action::Keep => return None,
        Action::Change => "",
        Action::Delete => "delete",
        Action::Move => "move",
    };
    let note = Diagnostic::new(Rule::CorrectionApplied, d.place.clone()).variant(variant);
    let note = note
        .arg("before", &d.before)
        .arg("after", &d.after)
        .arg("field", &d.field);
    let args = d.decided.args().into_iter();
    Some(args.fold(note, |note, (name, value)| note.arg(name, value)))
}

/// Findings that the bureau has settled become notes which say who decided and why. A decision that
/// a value stands about which nothing was found is said to be idle.
pub(super) fn settled(diagnostics: &mut Vec<Diagnostic>, decisions: &[Decision]) {
    if decisions.is_empty() {
        return;
    }
    let key = |p: &Place| p.at(p.row.unwrap_or_default(), None);
    let mut by_row: BTreeMap<Place, Vec<&Decision>> = BTreeMap::new();
    for d in decisions {
        by_row.entry(key(&d.place)).or_default().push(d);
    }
    let files: BTreeSet<&Arc<str>> = decisions.iter().map(|d| &d.place.file).collect();
    let mut busy: BTreeSet<&Place> = BTreeSet::new();
    for found in diagnostics
        .iter_mut()
        .filter(|f| f.rule != Rule::CorrectionApplied && f.place.row.is_some())
        .filter(|f| files.contains(&f.place.file))
    {
        let Some(own) = by_row.get(&key(&found.place)) else {
            continue;
        };
        let Some(by) = own.iter().find(|d| settles(d, found)) else {
            continue;
        };
        busy.insert(&by.line);
        found.severity = Severity::Note;
        found.decided = Some(by.decided.clone());
    }
    let idle = |d: &&Decision| d.action == Action::Keep && !busy.contains(&d.line);
    let idle: Vec<Diagnostic> = decisions
        .iter()
        .filter(idle)
        .map(|d| {
            Diagnostic::new(Rule::CorrectionUnused, d.line.clone())
                .variant("nothing")
                .arg("file", &d.place.file)
                .arg("sheet", &d.place.sheet)
                .arg("place", d.place.cell().unwrap_or_else(|| row(&d.place)))
        })
        .collect();
    diagnostics.extend(idle);
}

fn row(place: &Place) -> String {
    place.row.map_or_else(String::new, |r| (r + 1).to_string())
}

fn settles(d: &Decision, found: &Diagnostic) -> bool {
    match d.action {
        Action::Keep => d.place.col.is_none() || d.place.col == found.place.col,
        Action::Change => false,
        Action::Delete => true,
        Action::Move => matches!(found.rule, Rule::SchoolUnknown | Rule::SchoolMismatch),
    }
}
