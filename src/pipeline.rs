//! The six calls in order. The first three run per file in parallel; a panic stays inside its file.
//!
//! No disk and no clock here: the caller loads bytes when asked and measures time between
//! [`gather`] and [`conclude`].

mod corrections;
mod owners;

pub use corrections::read_corrections;

use crate::account::{InputAccount, Owners, SchoolRows, SheetAccount, UnusedRow, Verdict};
use crate::diagnostic::item::Progress;
use crate::diagnostic::notice::{self, Notice};
use crate::diagnostic::{self, Decision, Diagnosed, Diagnostic, Place, Rule, Severity};
use crate::frames::previous::{self, Earlier};
use crate::frames::{self, Dataset, Superseded};
use crate::grid::Workbook;
use crate::intake;
use crate::learning::{self, Seen};
use crate::normalise::correct::Outcome;
use crate::normalise::{self, Records};
use crate::recognise::{Recognised, Role};
use crate::scheme::Scheme;
use crate::statistics::{self, Tabulation};
use corrections::Aim;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Why a file's bytes could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoadError {
    /// Another program holds it (Excel, WPS).
    Locked,
    /// Larger than any workbook; bytes.
    TooLarge(u64),
    /// Anything else, in the system's words.
    Other(String),
}

/// The hash of some bytes in lower-case hexadecimal, as accounts have it.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// What the first three stages made of all files.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Records of all tables, in the order of the files.
    pub records: Vec<Records>,
    /// One a file and archive member, sorted by path.
    pub inputs: Vec<InputAccount>,
    /// Not sorted yet.
    pub diagnostics: Vec<Diagnostic>,
    /// What was decided about single cells and rows and carried out, sorted by place.
    pub decisions: Vec<Decision>,
    /// Columns and values that were not understood, in the order of the files.
    pub seen: Vec<Seen>,
}

/// What the run found.
#[derive(Debug, Default)]
pub struct Concluded {
    /// All records.
    pub dataset: Dataset,
    /// One a measure.
    pub tabulations: Vec<Tabulation>,
    /// Every file, every sheet, every row.
    pub inputs: Vec<InputAccount>,
    /// All findings, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// What was decided about single cells and rows and carried out, sorted by place.
    pub decisions: Vec<Decision>,
    /// How many findings of the rules that the scheme switches off were made.
    pub switched_off: BTreeMap<Rule, usize>,
    /// Whose files they are: file and school name, sorted. The school of most rows, or each school
    /// that occurs where none has most.
    pub schools_of_files: Vec<(Arc<str>, String)>,
    /// Whose rows they are, in files with rows of several schools; sorted.
    pub rows_of_schools: Vec<SchoolRows>,
    /// Rows that became no record, or whose record does not count any more; sorted.
    pub unused: Vec<UnusedRow>,
    /// Columns and values that were not understood, in the order of the files.
    pub seen: Vec<Seen>,
    /// What became of what each school was told of before; empty until the run is compared with an
    /// earlier one.
    pub progress: Vec<Progress>,
}

impl Concluded {
    /// Whose files and rows they are.
    pub fn owners(&self) -> Owners<'_> {
        Owners::new(&self.schools_of_files, &self.rows_of_schools)
    }
}

/// What one file came to.
#[derive(Default)]
struct Submission {
    records: Vec<Records>,
    inputs: Vec<InputAccount>,
    diagnostics: Vec<Diagnostic>,
    /// Workbook and what became of a decision about it.
    outcomes: Vec<(Arc<str>, Outcome)>,
    seen: Vec<Seen>,
    sha256: String,
}

/// Reads, recognises and normalises every file. `load` is called once a file, from any thread;
/// `done` after each file. The order of `files` does not matter.
pub fn gather(
    files: &[Arc<str>],
    load: impl Fn(&str) -> Result<Vec<u8>, LoadError> + Sync,
    scheme: &Scheme,
    done: impl Fn(&str) + Sync,
) -> Gathered {
    let mut files: Vec<&Arc<str>> = files.iter().collect();
    files.sort();
    files.dedup();
    let mut aim = Aim::new(scheme, &files);
    let mut submissions: Vec<Submission> = files
        .par_iter()
        .map(|file| {
            let submission = submission(file, load(file), scheme, &aim);
            done(file);
            submission
        })
        .collect();
    let mut first_with: BTreeMap<String, Arc<str>> = BTreeMap::new();
    for (file, submission) in files.iter().zip(&mut submissions) {
        let earlier = (!submission.sha256.is_empty())
            .then(|| first_with.get(&submission.sha256).cloned())
            .flatten();
        if let Some(earlier) = earlier {
            mark_duplicate(submission, file, &earlier);
        } else {
            first_with.insert(submission.sha256.clone(), (*file).clone());
        }
    }
    // A decision about a file of which there are several is carried out in none of them.
    let astray = aim.bar_ambiguous(submissions.iter().map(|s| s.outcomes.as_slice()));
    for (file, own) in files.iter().zip(&mut submissions) {
        if own.outcomes.iter().any(|(_, o)| astray.contains(&o.case)) {
            *own = submission(file, load(file), scheme, &aim);
        }
    }
    let mut all = Gathered::default();
    let mut outcomes = Vec::new();
    for mut submission in submissions {
        outcomes.append(&mut submission.outcomes);
        all.records.append(&mut submission.records);
        all.inputs.append(&mut submission.inputs);
        all.diagnostics.append(&mut submission.diagnostics);
        all.seen.append(&mut submission.seen);
    }
    all.inputs.sort_by(|a, b| a.file.cmp(&b.file));
    let decided = aim.conclude(outcomes, scheme);
    all.decisions = decided.value;
    all.diagnostics.extend(decided.diagnostics);
    all
}

impl Gathered {
    /// As the earlier period of another run: its findings are not that run's, only how much of it
    /// could not be used.
    pub fn earlier(self) -> Earlier {
        let sheets = || self.inputs.iter().flat_map(|i| &i.sheets);
        let lost =
            |i: &&InputAccount| matches!(i.verdict, Verdict::Refused | Verdict::Unrecognised);
        Earlier {
            rows: sheets().map(|s| s.rejected).sum(),
            files: self.inputs.iter().filter(lost).count() as u64,
            notices: self.diagnostics.iter().filter_map(Notice::of).collect(),
            settled: false,
            records: self.records,
        }
    }
}

/// The scheme's tables as they are without any data: their columns, and the rows that the directory
/// and the scheme ask for. What names them can be checked before anything is read.
pub fn blank_tables(scheme: &Scheme) -> Vec<Tabulation> {
    let nothing = frames::assemble(Vec::new(), scheme).value;
    statistics::tabulate(&nothing, scheme).value
}

/// Brings the submissions together and computes the scheme's measures.
pub fn conclude(gathered: Gathered, scheme: &Scheme) -> Concluded {
    conclude_after(gathered, None, scheme)
}

/// The same, compared with an earlier period.
pub fn conclude_after(gathered: Gathered, earlier: Option<Earlier>, scheme: &Scheme) -> Concluded {
    let Gathered {
        records,
        mut inputs,
        mut diagnostics,
        decisions,
        seen,
    } = gathered;
    let (schools_of_files, rows_of_schools) = owners::owners(&records);
    let mut unused = rejected(&records);
    let Diagnosed {
        value: mut dataset,
        diagnostics: found,
    } = frames::assemble(records, scheme);
    diagnostics.extend(found);
    let mut told = (Vec::new(), Vec::new());
    if let Some(mut earlier) = earlier {
        told = (
            std::mem::take(&mut earlier.notices),
            owners::owners(&earlier.records).0,
        );
        previous::set_previous(&mut dataset, earlier, scheme);
        diagnostics.extend(frames::compare(&dataset, scheme));
    }
    for gone in &dataset.superseded {
        let account = inputs
            .iter_mut()
            .filter(|i| i.file == gone.file)
            .flat_map(|i| i.sheets.iter_mut())
            .find(|s| s.sheet == gone.sheet && s.kept >= gone.records);
        if let Some(account) = account {
            account.kept -= gone.records;
            *account.explained.entry("superseded").or_default() += gone.records;
        }
    }
    let Diagnosed {
        value: tabulations,
        diagnostics: found,
    } = statistics::tabulate(&dataset, scheme);
    diagnostics.extend(found);
    for gone in &dataset.superseded {
        unused.extend(gone.rows.iter().map(|row| UnusedRow {
            file: gone.file.clone(),
            sheet: gone.sheet.clone(),
            row: *row,
            superseded: true,
        }));
    }
    // A rejected row of a table that went as a whole stands in both lists.
    unused.sort_by(|a, b| {
        (&a.file, &a.sheet, a.row, !a.superseded).cmp(&(&b.file, &b.sheet, b.row, !b.superseded))
    });
    unused.dedup_by(|a, b| (&a.file, &a.sheet, a.row) == (&b.file, &b.sheet, b.row));
    diagnostics.extend(not_in_force(scheme));
    let switched_off = scheme.switch_off(&mut diagnostics);
    scheme.apply_severities(&mut diagnostics);
    settled(&mut diagnostics, &dataset.superseded);
    corrections::settled(&mut diagnostics, &decisions);
    let mut again = notice::unanswered(&told.0, &told.1, &diagnostics, &schools_of_files);
    scheme.apply_severities(&mut again);
    diagnostics.append(&mut again);
    diagnostic::sort(&mut diagnostics);
    Concluded {
        dataset,
        tabulations,
        inputs,
        diagnostics,
        decisions,
        switched_off,
        schools_of_files,
        rows_of_schools,
        unused,
        progress: Vec::new(),
        seen,
    }
}

/// The finding about a period for which the scheme was not made.
fn not_in_force(scheme: &Scheme) -> Option<Diagnostic> {
    if scheme.is_in_force() {
        return None;
    }
    let (from, until) = scheme.effective;
    let day = |d: Option<chrono::NaiveDate>| d.map_or_else(|| "…".to_owned(), |d| d.to_string());
    let document = match scheme.document.as_str() {
        "" => &scheme.title,
        document => document,
    };
    Some(
        Diagnostic::new(Rule::SchemeNotInForce, Place::default())
            .arg("period", &scheme.period)
            .arg("from", day(from))
            .arg("until", day(until))
            .arg("document", document),
    )
}

/// What is wrong with a row that a newer file of the school has replaced need not be corrected any
/// more: it stays on record as a note.
fn settled(diagnostics: &mut [Diagnostic], superseded: &[Superseded]) {
    let by_sheet: BTreeMap<(&Arc<str>, &Arc<str>), &Superseded> = superseded
        .iter()
        .map(|s| ((&s.file, &s.sheet), s))
        .collect();
    for d in diagnostics {
        if let (Some(row), Some(gone)) =
            (d.place.row, by_sheet.get(&(&d.place.file, &d.place.sheet)))
            && gone.rows.binary_search(&row).is_ok()
        {
            d.severity = Severity::Note;
        }
    }
}

/// The rows that were rejected.
fn rejected(records: &[Records]) -> Vec<UnusedRow> {
    let of = |r: &Records| -> Vec<UnusedRow> {
        let row = |row: &u32| UnusedRow {
            file: r.file.clone(),
            sheet: r.sheet.clone(),
            row: *row,
            superseded: false,
        };
        r.rejected.iter().map(row).collect()
    };
    records.iter().flat_map(of).collect()
}

fn submission(
    file: &Arc<str>,
    bytes: Result<Vec<u8>, LoadError>,
    scheme: &Scheme,
    aim: &Aim,
) -> Submission {
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) => return unloadable(file, &error),
    };
    let sha256 = hex(&Sha256::digest(&bytes));
    let size = bytes.len() as u64;
    let outer = |verdict| InputAccount {
        file: file.clone(),
        size,
        sha256: sha256.clone(),
        verdict,
        sheets: Vec::new(),
    };
    // A library may panic on a damaged file; that must cost this file only.
    let read = catch_unwind(AssertUnwindSafe(|| {
        let Diagnosed {
            value: workbooks,
            diagnostics,
        } = intake::read(file, &bytes);
        drop(bytes);
        let mut own = Submission {
            diagnostics,
            sha256: sha256.clone(),
            ..Submission::default()
        };
        for workbook in &workbooks {
            let cases = aim.cases(&workbook.file, scheme);
            understand(workbook, scheme, &cases, &mut own);
        }
        own
    }));
    let Ok(mut own) = read else {
        let diagnostic =
            Diagnostic::new(Rule::FileUnreadable, Place::file(file)).variant("internal");
        return Submission {
            inputs: vec![outer(Verdict::Refused)],
            diagnostics: vec![diagnostic],
            sha256,
            ..Submission::default()
        };
    };
    let (inputs, diagnostics) = (&mut own.inputs, &own.diagnostics);
    match inputs.iter().position(|i| i.file == *file) {
        Some(own) => {
            inputs[own].size = size;
            inputs[own].sha256.clone_from(&sha256);
        }
        None if inputs.is_empty() => {
            let skipped = diagnostics.iter().any(|d| d.rule == Rule::FileSkipped);
            inputs.push(outer(if skipped {
                Verdict::Skipped
            } else {
                Verdict::Refused
            }));
        }
        // An archive: its members have lines of their own.
        None => inputs.push(outer(Verdict::Read)),
    }
    // Members that were refused have no workbook, only a diagnostic: they get their line here.
    let known: BTreeSet<Arc<str>> = inputs.iter().map(|i| i.file.clone()).collect();
    let refused: BTreeSet<(Arc<str>, bool)> = diagnostics
        .iter()
        .filter(|d| !known.contains(&d.place.file))
        .map(|d| (d.place.file.clone(), d.rule == Rule::FileSkipped))
        .collect();
    for (member, skipped) in refused {
        let verdict = if skipped {
            Verdict::Skipped
        } else {
            Verdict::Refused
        };
        inputs.push(InputAccount {
            file: member,
            verdict,
            ..InputAccount::default()
        });
    }
    own
}

/// The finding about a file that could not be loaded.
pub fn unreadable(file: &Arc<str>, error: &LoadError) -> Diagnostic {
    let place = Place::file(file);
    match error {
        LoadError::Locked => Diagnostic::new(Rule::FileUnreadable, place).variant("locked"),
        LoadError::TooLarge(size) => Diagnostic::new(Rule::FileTooLarge, place)
            .variant("bytes")
            .arg("megabytes", size >> 20),
        LoadError::Other(why) => Diagnostic::new(Rule::FileUnreadable, place)
            .variant("io")
            .arg("why", why),
    }
}

fn unloadable(file: &Arc<str>, error: &LoadError) -> Submission {
    let diagnostic = unreadable(file, error);
    Submission {
        records: Vec::new(),
        inputs: vec![InputAccount {
            file: file.clone(),
            verdict: Verdict::Refused,
            ..InputAccount::default()
        }],
        diagnostics: vec![diagnostic],
        outcomes: Vec::new(),
        seen: Vec::new(),
        sha256: String::new(),
    }
}

/// Adds what a workbook holds to its submission; `cases` are the decisions about it.
fn understand(workbook: &Workbook, scheme: &Scheme, cases: &[usize], own: &mut Submission) {
    let (recognised, scheme) = learning::recognised(workbook, scheme);
    let Diagnosed {
        value: recognised,
        diagnostics: found,
    } = recognised;
    own.diagnostics.extend(found);
    let Diagnosed {
        value: (records, outcomes),
        diagnostics: found,
    } = if cases.is_empty() {
        let read = normalise::records(workbook, &recognised, scheme);
        Diagnosed {
            value: (read.value, Vec::new()),
            diagnostics: read.diagnostics,
        }
    } else {
        normalise::corrected(workbook, &recognised, cases, scheme)
    };
    own.seen.extend(learning::seen(
        workbook,
        &recognised,
        &records,
        &found,
        scheme,
    ));
    own.diagnostics.extend(found);
    let sheets = (0..workbook.sheets.len())
        .map(|sheet| sheet_account(workbook, sheet, &recognised, &records, scheme))
        .collect();
    let verdict = if recognised.tables.is_empty() {
        Verdict::Unrecognised
    } else {
        Verdict::Read
    };
    own.inputs.push(InputAccount {
        file: workbook.file.clone(),
        verdict,
        sheets,
        ..InputAccount::default()
    });
    own.records.extend(records);
    let done = outcomes.into_iter().map(|o| (workbook.file.clone(), o));
    own.outcomes.extend(done);
}

fn sheet_account(
    workbook: &Workbook,
    sheet: usize,
    recognised: &Recognised,
    records: &[Records],
    scheme: &Scheme,
) -> SheetAccount {
    let mut account = SheetAccount {
        sheet: workbook.sheets[sheet].name.clone(),
        ..SheetAccount::default()
    };
    let lines = recognised.accounts.get(sheet).map_or(&[][..], |a| &a.lines);
    let mut in_body = vec![false; lines.len()];
    for table in recognised.tables.iter().filter(|t| t.sheet == sheet) {
        account.forms.push(scheme.forms[table.form].id.clone());
        account.rows_seen += table.body.len() as u64;
        for row in &table.body {
            if let Some(own) = in_body.get_mut(*row as usize) {
                *own = true;
            }
        }
    }
    for own in records.iter().filter(|r| r.sheet_index == sheet) {
        account.kept += own.rows.len() as u64;
        account.rejected += own.rejected.len() as u64;
    }
    for (role, _) in lines.iter().zip(&in_body).filter(|(_, own)| !**own) {
        account.rows_seen += 1;
        *account.explained.entry(role_name(*role)).or_default() += 1;
    }
    account
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Blank => "blank",
        Role::Title => "title",
        Role::Metadata => "metadata",
        Role::Header => "header",
        Role::RepeatedHeader => "repeated header",
        Role::Total => "total",
        Role::Section => "section",
        Role::Note => "note",
        Role::Example => "example",
        Role::Signature => "signature",
        // A data line that no table took is as good as unrecognised.
        Role::Data | Role::Unknown => "unrecognised",
    }
}

fn mark_duplicate(submission: &mut Submission, file: &Arc<str>, earlier: &Arc<str>) {
    submission.records.clear();
    submission.outcomes.clear();
    submission.seen.clear();
    submission.diagnostics =
        vec![Diagnostic::new(Rule::FileDuplicate, Place::file(file)).arg("other", earlier)];
    for input in &mut submission.inputs {
        input.verdict = Verdict::Duplicate;
        for sheet in &mut input.sheets {
            let rows = std::mem::take(&mut sheet.kept) + std::mem::take(&mut sheet.rejected);
            if rows > 0 {
                *sheet.explained.entry("duplicate").or_default() += rows;
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
            for nibble in [b >> 4, b & 15] {
                out.push(char::from_digit(nibble.into(), 16).unwrap_or('0'));
            }
            out
        })
}
