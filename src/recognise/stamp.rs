//! Workbooks that the bureau sent out itself: their stamp is read, compared with what the sheets
//! say now, and believed where both agree. Workbooks without one cost a look at the sheets' names.

use super::How;
use super::form::{Assigned, Choice};
use super::header::Heading;
use super::region::Region;
use crate::diagnostic::{Diagnostic, Place, Rule, Severity};
use crate::fold;
use crate::grid::{Sheet, Value, Workbook, a1};
use crate::scheme::blank::Layout;
use crate::scheme::stamp::{self, Stamp, StampedForm};
use crate::scheme::{FormIdx, Scheme};

/// Labels of a changed header that a finding names.
const NAMED: usize = 5;

/// The stamp of a workbook.
#[derive(Debug)]
pub(super) struct Stamped {
    pub stamp: Stamp,
    /// Whether the sheet of that index is the program's own, untouched.
    own: Vec<bool>,
}

/// The stamp, if the workbook has one that is as it was written.
pub(super) fn find(workbook: &Workbook) -> Option<Stamped> {
    let at = workbook
        .sheets
        .iter()
        .position(|s| *s.name == *stamp::SHEET)?;
    let stamp = Stamp::parse(&lines(&workbook.sheets[at]))?;
    let own = |sheet: &Sheet| {
        let told = stamp.own.iter().find(|(name, _)| **name == *sheet.name);
        told.is_some_and(|(_, digest)| digest_of(sheet).as_ref() == Some(digest))
    };
    let sheets = workbook.sheets.iter().enumerate();
    let own = sheets.map(|(i, s)| i == at || own(s)).collect();
    Some(Stamped { stamp, own })
}

/// The words of a sheet, line by line; a line that holds anything else is empty.
fn lines(sheet: &Sheet) -> Vec<Vec<String>> {
    let words = |cells: &[crate::grid::Cell]| -> Vec<String> {
        let texts = cells.iter().enumerate().map(|(i, c)| match sheet.value(c) {
            Value::Text(t) if c.col as usize == i => Some(t.to_owned()),
            _ => None,
        });
        texts.collect::<Option<_>>().unwrap_or_default()
    };
    sheet.rows().map(|(_, cells)| words(cells)).collect()
}

fn digest_of(sheet: &Sheet) -> Option<String> {
    let texts = sheet.cells().iter().map(|c| match sheet.value(c) {
        Value::Text(t) => Some((c.row, c.col, t)),
        _ => None,
    });
    Some(stamp::digest_cells(texts.collect::<Option<Vec<_>>>()?))
}

impl Stamped {
    /// Whether a sheet holds instructions and lists of the program's own, and nothing else.
    pub fn is_own(&self, sheet: usize) -> bool {
        self.own.get(sheet).copied().unwrap_or(false)
    }

    /// The form whose header stands as it was sent, and the fields of its columns.
    pub fn choice(
        &self,
        headings: &[Heading],
        scheme: &Scheme,
        allowed: &[FormIdx],
    ) -> Option<(usize, Choice)> {
        let (at, sent) = self.stamp.forms.iter().enumerate().find(|(_, f)| {
            f.columns.len() == headings.len()
                && (0u32..).zip(headings).zip(&f.columns).all(|((col, h), c)| {
                    h.col == col && h.folded.len() == 1 && h.folded[0] == fold::label(&c.1)
                })
        })?;
        let form = scheme.form(&sent.form).filter(|f| allowed.contains(f))?;
        // A field that the form no longer has makes the whole header one to be read anew.
        let columns = sent.columns.iter().map(|(id, _)| {
            let field = scheme.forms[form].field(id)?;
            Some(Assigned {
                field: Some((field, How::Exact)),
                ..Assigned::default()
            })
        });
        let choice = Choice {
            form,
            confidence: 1.0,
            evidence: vec![format!("stamp: {} {}", sent.form, sent.version)],
            columns: columns.collect::<Option<_>>()?,
        };
        Some((at, choice))
    }

    /// What is to be said about the workbook as one that was sent out.
    pub fn findings(
        &self,
        workbook: &Workbook,
        regions: &[Region<'_>],
        scheme: &Scheme,
    ) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        out.extend(self.outdated(workbook, scheme));
        let mut empty: Vec<&str> = Vec::new();
        for (at, sent) in self.stamp.forms.iter().enumerate() {
            let Some(form) = scheme.form(&sent.form) else {
                continue;
            };
            let title = &scheme.forms[form].title;
            let mut read = regions
                .iter()
                .filter(|r| r.harvest.as_sent.contains(&at))
                .flat_map(|r| &r.harvest.found)
                .filter(|f| f.table.form == form)
                .peekable();
            if read.peek().is_none() {
                out.extend(altered(workbook, sent, title));
            } else if read.all(|f| f.table.body.is_empty()) {
                empty.push(title);
            }
        }
        if !empty.is_empty() {
            let finding = Diagnostic::new(Rule::FormEmpty, Place::file(&workbook.file));
            out.push(finding.arg("forms", empty.join(" / ")));
        }
        out
    }

    /// Of another period, or of columns that are no longer asked for.
    fn outdated(&self, workbook: &Workbook, scheme: &Scheme) -> Option<Diagnostic> {
        let finding = || Diagnostic::new(Rule::FormVersionOld, Place::file(&workbook.file));
        let Stamp { period, forms, .. } = &self.stamp;
        if !scheme.period.is_empty() && *period != scheme.period {
            let finding = finding().variant("period");
            return Some(finding.arg("period", period).arg("wanted", &scheme.period));
        }
        let titles: Vec<&str> = forms
            .iter()
            .filter_map(|sent| {
                let form = scheme.form(&sent.form)?;
                let now = Layout::of(form, scheme)?;
                (now.version != sent.version).then_some(scheme.forms[form].title.as_str())
            })
            .collect();
        (!titles.is_empty()).then(|| finding().arg("forms", titles.join(" / ")))
    }
}

/// What was changed about a sheet whose header is not as it was sent.
fn altered(workbook: &Workbook, sent: &StampedForm, title: &str) -> Option<Diagnostic> {
    let Some(sheet) = workbook.sheets.iter().find(|s| *s.name == *sent.sheet) else {
        let place = Place::file(&workbook.file);
        let finding = Diagnostic::new(Rule::FormAltered, place).variant("sheet");
        // Whoever has nothing to report may well take the sheet out.
        let finding = finding.severity(Severity::Note);
        return Some(finding.arg("sheet", &sent.sheet).arg("form", title));
    };
    let says = |col: u32| match sheet.at(sent.header, col) {
        Some(Value::Text(t)) => fold::label(t),
        _ => String::new(),
    };
    let changed: Vec<(u32, String)> = (0u32..)
        .zip(&sent.columns)
        .filter(|(col, (_, label))| says(*col) != fold::label(label))
        .map(|(col, (_, label))| {
            let was = format!("{} {}", a1(sent.header, col), fold::clean(label));
            (col, was)
        })
        .collect();
    let extra = sheet
        .row(sent.header)
        .iter()
        .any(|c| c.col as usize >= sent.columns.len());
    let place = Place::sheet(&workbook.file, &sheet.name);
    let finding = |col| {
        let at = place.at(sent.header, col);
        Diagnostic::new(Rule::FormAltered, at).arg("form", title)
    };
    let Some((first, _)) = changed.first() else {
        return extra.then(|| finding(None).variant("added"));
    };
    let labels = changed.iter().take(NAMED).map(|(_, was)| was.as_str());
    let mut labels = labels.collect::<Vec<_>>().join(", ");
    if changed.len() > NAMED {
        labels.push_str(", …");
    }
    Some(finding(Some(*first)).arg("labels", labels))
}
