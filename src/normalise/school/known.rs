//! Schools of a table against the directory: what each row says, what stands around, and where
//! the two disagree.

use super::context::{Saying, Source};
use super::{Own, Resolver, Schools};
use crate::diagnostic::{Diagnostic, Rule, Severity};
use crate::normalise::SchoolName;
use crate::scheme::{Extent, Found, QuickMap};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of one wrong school that are reported each; more are one mistake made once.
const ROWS_REPORTED: usize = 20;

/// The school of a row's code and the one of its name.
type Conflict = (usize, usize);

/// What became of one record's school.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Resolved {
    /// A school of the directory.
    Known(usize),
    /// A name that the directory does not have.
    Unknown(SchoolName),
    /// Nothing in its row says it.
    Silent,
}

impl<'a> Resolver<'a> {
    pub(super) fn against_directory(&mut self, cells: &[Own<'a>]) -> (Vec<SchoolName>, Vec<u16>) {
        let around = self.around();
        let sections = self.section_schools(around);
        let mut memo: QuickMap<(Own<'a>, Option<u32>), (Resolved, Option<Conflict>)> =
            QuickMap::default();
        let usual = self.usual(cells);
        let mut resolved: Vec<Resolved> = Vec::with_capacity(cells.len());
        let mut reported: BTreeMap<Conflict, usize> = BTreeMap::new();
        let mut conflicting = false;
        for (record, own) in cells.iter().enumerate() {
            let section = self.sections[record];
            // The rows of one school stand together.
            if let Some(before) = record.checked_sub(1)
                && !conflicting
                && cells[before] == *own
                && self.sections[before] == section
            {
                resolved.push(resolved[before].clone());
                continue;
            }
            let by_section = section.and_then(|s| sections.get(s as usize).copied().flatten());
            let (one, conflict) = match memo.get(&(*own, section)) {
                Some(known) => known.clone(),
                None => {
                    let one = self.row(record, *own, by_section.or(around));
                    let known = (one, self.conflict(*own));
                    memo.insert((*own, section), known.clone());
                    known
                }
            };
            conflicting = conflict.is_some();
            if let Some(conflict) = conflict {
                let count = reported.entry(conflict).or_default();
                *count += 1;
                if *count <= ROWS_REPORTED {
                    self.say_conflict(record, *own, conflict, around.or(usual));
                }
            }
            resolved.push(one);
        }
        self.compare_rows(&resolved, around, &sections);
        let fallback = |record: usize| {
            let section = self.sections[record];
            section
                .and_then(|s| sections.get(s as usize).copied().flatten())
                .or(around)
        };
        // Rows that say nothing: the table's school, else the only one that the others name.
        let named: BTreeSet<&Resolved> = resolved
            .iter()
            .filter(|r| **r != Resolved::Silent)
            .collect();
        let alone = (named.len() == 1)
            .then(|| named.iter().next().copied().cloned())
            .flatten();
        let mut schools = Schools::default();
        let mut silent = None;
        let mut indices = Vec::with_capacity(resolved.len());
        for (record, own) in resolved.iter().enumerate() {
            let index = match (own, fallback(record), &alone) {
                (Resolved::Known(school), _, _)
                | (Resolved::Silent, None, Some(Resolved::Known(school))) => {
                    schools.listed(*school, || self.known(*school))
                }
                (Resolved::Silent, Some(school), _) => {
                    schools.listed(school, || self.known(school))
                }
                (Resolved::Unknown(name), _, _)
                | (Resolved::Silent, None, Some(Resolved::Unknown(name))) => {
                    schools.index(name.clone())
                }
                (Resolved::Silent, None, _) => {
                    silent.get_or_insert(record);
                    schools.index(SchoolName::default())
                }
            };
            indices.push(index);
        }
        if let Some(record) = silent {
            let typed = self.say_silent(record);
            for school in schools
                .names
                .iter_mut()
                .filter(|s| **s == SchoolName::default())
            {
                school.name.clone_from(&typed);
            }
        }
        (schools.names, indices)
    }

    pub(super) fn known(&self, school: usize) -> SchoolName {
        let entry = &self.scheme.directory.schools()[school];
        SchoolName {
            name: entry.name.clone(),
            code: entry.code.clone(),
            index: Some(school),
        }
    }

    pub(super) fn title(&self, school: usize) -> &'a str {
        &self.scheme.directory.schools()[school].name
    }

    /// Whether a school may hand in the tables of another: a central school of the same town.
    fn collects(&self, collector: usize, school: usize) -> bool {
        let (a, b) = (
            &self.scheme.directory.schools()[collector],
            &self.scheme.directory.schools()[school],
        );
        let central = &self.scheme.words.schools.central;
        let is_central = |text: &str| central.iter().any(|w| text.contains(w.as_str()));
        (is_central(&a.name) || is_central(&a.kind))
            && (a.district.is_empty() || b.district.is_empty() || a.district == b.district)
    }

    /// The school that stands around the table; contradictions among the sayings are reported.
    fn around(&mut self) -> Option<usize> {
        let mut chosen: Option<(usize, Saying)> = None;
        let mut against: BTreeSet<usize> = BTreeSet::new();
        for saying in &self.sayings {
            let Some(school) = saying.found.one() else {
                continue;
            };
            let Some((current, nearer)) = &chosen else {
                chosen = Some((school, saying.clone()));
                continue;
            };
            if *current == school || self.collects(school, *current) {
                continue;
            }
            if self.collects(*current, school) && saying.source != Source::Folder {
                // The central school handed in, the sheet or file is another school's.
                chosen = Some((school, saying.clone()));
                continue;
            }
            if against.insert(school) {
                let diagnostic = Diagnostic::new(Rule::SchoolMismatch, nearer.place.clone())
                    .variant(saying.source.mismatch())
                    .field("school")
                    .arg("said", self.title(*current))
                    .arg("other", self.title(school))
                    .arg("text", saying.name(self.scheme));
                self.diagnostics.push(diagnostic);
            }
        }
        chosen.map(|(school, _)| school)
    }

    /// The school that each section heading names.
    fn section_schools(&self, around: Option<usize>) -> Vec<Option<usize>> {
        let directory = &self.scheme.directory;
        let of = |text: &str| match directory.find(text, Extent::Part) {
            Found::Several(schools) => around.filter(|a| schools.contains(a)),
            found => found.one(),
        };
        self.table
            .sections
            .iter()
            .map(|(_, text)| of(text))
            .collect()
    }

    /// The school that most rows name.
    fn usual(&self, cells: &[Own<'a>]) -> Option<usize> {
        let mut counts: BTreeMap<Option<&str>, usize> = BTreeMap::new();
        for own in cells {
            *counts.entry(own.name).or_default() += 1;
        }
        let (name, _) = counts.into_iter().find(|(_, n)| n * 2 > cells.len())?;
        self.scheme.directory.find(name?, Extent::Whole).one()
    }

    /// What one row says, compared with nothing but the directory and the table's school.
    fn row(&mut self, record: usize, own: Own<'a>, near: Option<usize>) -> Resolved {
        let directory = &self.scheme.directory;
        let by_code = own.code.and_then(|c| directory.by_code(c));
        let by_name = match own.name {
            Some(name) if self.is_own(name) => {
                return near.map_or(Resolved::Silent, Resolved::Known);
            }
            Some(name) => directory.find(name, Extent::Whole),
            None => Found::Nothing,
        };
        let named = match &by_name {
            Found::Several(schools) => near.filter(|n| schools.contains(n)),
            found => found.one(),
        };
        // A code is certain, unless the name and all around it say otherwise.
        if let Some(school) = by_code {
            let outvoted = named.is_some() && named == near;
            return Resolved::Known(named.filter(|_| outvoted).unwrap_or(school));
        }
        if let Some(code) = own.code.filter(|_| directory.has_codes()) {
            let severity = match named {
                Some(_) => Severity::Warning,
                None => Severity::Error,
            };
            let diagnostic =
                Diagnostic::new(Rule::SchoolUnknown, self.place(record, self.code_column))
                    .variant("code")
                    .severity(severity)
                    .field("school_code")
                    .arg("code", code);
            self.say_once(diagnostic);
        }
        if let Some(school) = named {
            return Resolved::Known(school);
        }
        let Some(name) = own.name else {
            return Resolved::Silent;
        };
        let diagnostic = Diagnostic::new(Rule::SchoolUnknown, self.place(record, self.name_column))
            .field("school");
        let diagnostic = self.unknown(diagnostic, name, &by_name);
        self.say_once(diagnostic);
        Resolved::Unknown(SchoolName {
            name: name.to_owned(),
            code: own.code.unwrap_or_default().to_owned(),
            index: None,
        })
    }

    /// One finding for each unknown name of a table, at its first place.
    fn say_once(&mut self, diagnostic: Diagnostic) {
        let same = |d: &Diagnostic| {
            (d.rule, d.variant, &d.args) == (diagnostic.rule, diagnostic.variant, &diagnostic.args)
        };
        if !self.diagnostics.iter().any(same) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Chooses the text for a name that is no school or several.
    fn unknown(&self, diagnostic: Diagnostic, name: &str, found: &Found) -> Diagnostic {
        let directory = &self.scheme.directory;
        let diagnostic = diagnostic.arg("name", name);
        if let Found::Several(schools) = found {
            let shown: Vec<&str> = schools.iter().take(5).map(|s| self.title(*s)).collect();
            let shown = shown.join("\u{3001}");
            return diagnostic.variant("ambiguous").arg("schools", shown);
        }
        match directory.nearest(name)[..] {
            [] => diagnostic,
            ref near => diagnostic
                .variant("near")
                .arg("nearest", near.join("\u{3001}")),
        }
    }

    /// The two schools of a row whose name and code are not one.
    fn conflict(&self, own: Own<'a>) -> Option<Conflict> {
        let directory = &self.scheme.directory;
        let by_code = directory.by_code(own.code?)?;
        let by_name = directory.find(own.name?, Extent::Whole).one()?;
        (by_code != by_name).then_some((by_code, by_name))
    }

    /// Reports such a row at the cell that stands against what the table says.
    fn say_conflict(
        &mut self,
        record: usize,
        own: Own<'a>,
        (by_code, by_name): Conflict,
        table: Option<usize>,
    ) {
        let (column, field) = if table == Some(by_name) {
            (self.code_column, "school_code")
        } else {
            (self.name_column, "school")
        };
        let diagnostic = Diagnostic::new(Rule::SchoolMismatch, self.place(record, column))
            .variant("code")
            .field(field)
            .arg("said", own.name.unwrap_or_default())
            .arg("code", own.code.unwrap_or_default())
            .arg("other", self.title(by_code));
        self.diagnostics.push(diagnostic);
    }

    /// Compares the rows' own schools with the one around the table.
    fn compare_rows(
        &mut self,
        resolved: &[Resolved],
        around: Option<usize>,
        sections: &[Option<usize>],
    ) {
        let Some(around) = around else {
            return;
        };
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for one in resolved {
            if let Resolved::Known(school) = one {
                *counts.entry(*school).or_default() += 1;
            }
        }
        let total: usize = counts.values().sum();
        counts.remove(&around);
        counts.retain(|school, _| {
            !self.collects(around, *school) && !sections.contains(&Some(*school))
        });
        let others: usize = counts.values().sum();
        let whole_table = others == total;
        // Many schools and hardly the one around: it collects for others, whatever it is called.
        let collected = if whole_table {
            counts.len() > 1
        } else {
            others * 2 > total
        };
        if others == 0 || collected {
            return;
        }
        let mut reported: BTreeMap<usize, usize> = BTreeMap::new();
        for (record, one) in resolved.iter().enumerate() {
            let Resolved::Known(school) = one else {
                continue;
            };
            if !counts.contains_key(school) {
                continue;
            }
            let count = reported.entry(*school).or_default();
            *count += 1;
            if *count > if whole_table { 1 } else { ROWS_REPORTED } {
                continue;
            }
            let column = self.name_column.or(self.code_column);
            let diagnostic = Diagnostic::new(Rule::SchoolMismatch, self.place(record, column))
                .variant(if whole_table { "table" } else { "row" })
                .field("school")
                .arg("said", self.title(*school))
                .arg("other", self.title(around));
            self.diagnostics.push(diagnostic);
        }
    }

    /// Reports that nothing tells the school of a row, and gives the name to store.
    fn say_silent(&mut self, record: usize) -> String {
        let unsure = |s: &&Saying| matches!(s.found, Found::Several(_));
        let saying = self
            .sayings
            .iter()
            .find(|s| s.like_school(self.scheme))
            .or_else(|| self.sayings.iter().find(unsure))
            .or(self.sayings.first())
            .map(|s| (s.name(self.scheme), s.clone()))
            .filter(|(name, _)| !name.is_empty());
        let Some((name, saying)) = saying else {
            self.say_absent(record);
            return String::new();
        };
        let diagnostic = Diagnostic::new(Rule::SchoolUnknown, saying.place.clone()).field("school");
        let diagnostic = self.unknown(diagnostic, &name, &saying.found);
        self.diagnostics.push(diagnostic);
        name
    }
}
