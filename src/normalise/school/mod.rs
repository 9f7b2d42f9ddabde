//! Which school each record belongs to: what the rows say, what stands above them, and the
//! directory.
//!
//! A row's own code and name come first, then the section heading above it, then what stands
//! around the table, nearest first ([`context`]). Against a directory a name is one school or
//! unknown, never the better guess of two. Where two sources name different schools the nearer
//! one counts and the contradiction is reported where it stands; only a central school may hand
//! in tables of the other schools of its town.

mod context;
mod fill;

use super::SchoolName;
use crate::diagnostic::{Diagnosed, Diagnostic, Place, Rule, Severity};
use crate::fold;
use crate::grid::Workbook;
use crate::recognise::{Recognised, Table};
use crate::scheme::{DIRECTORY_FORM, Extent, Found, Kind, Scheme};
use context::{Saying, Source};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Rows of one wrong school that are reported each; more are one mistake made once.
const ROWS_REPORTED: usize = 20;

/// Resolves the schools of one table. `school_cells` and `code_cells` have one entry a kept record
/// (cleaned, `None` where blank); both are empty where the table has no such column. `body` holds
/// the index into [`Table::body`](crate::recognise::Table::body) of each kept record. Gives the
/// schools that occur and for each record its index among them.
pub fn resolve(
    workbook: &Workbook,
    recognised: &Recognised,
    table_index: usize,
    body: &[usize],
    school_cells: &[Option<&str>],
    code_cells: &[Option<&str>],
    scheme: &Scheme,
) -> Diagnosed<(Vec<SchoolName>, Vec<u16>)> {
    let table = &recognised.tables[table_index];
    let form = &scheme.forms[table.form];
    // The directory itself lists schools; its rows belong to none.
    if form.id == DIRECTORY_FORM {
        return Diagnosed::clean((vec![SchoolName::default()], vec![0; body.len()]));
    }
    let column = |kind: &Kind| {
        let mut columns = table.columns.iter();
        let of_kind = |f: &usize| form.fields.get(*f).is_some_and(|f| f.kind == *kind);
        columns
            .find(|c| c.field.as_ref().is_some_and(of_kind))
            .map(|c| c.col)
    };
    let mut resolver = Resolver {
        scheme,
        table,
        sayings: context::sayings(workbook, recognised, table, scheme),
        sheet: Place::sheet(&workbook.file, &workbook.sheets[table.sheet].name),
        rows: body.iter().map(|b| table.body[*b]).collect(),
        name_column: column(&Kind::School),
        code_column: column(&Kind::SchoolCode),
        sections: body
            .iter()
            .map(|b| table.section_of.get(*b).copied().flatten())
            .collect(),
        diagnostics: Vec::new(),
    };
    let cells = resolver.cells(workbook, school_cells, code_cells);
    let value = if body.is_empty() {
        // All rows were rejected: the board still wants to know who sent the table.
        (vec![resolver.sender()], Vec::new())
    } else if scheme.directory.is_empty() {
        resolver.as_typed(&cells)
    } else {
        resolver.against_directory(&cells)
    };
    Diagnosed {
        value,
        diagnostics: resolver.diagnostics,
    }
}

/// What a record's own row says: name, code, and the record that says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Own<'a> {
    name: Option<&'a str>,
    code: Option<&'a str>,
}

struct Resolver<'a> {
    scheme: &'a Scheme,
    table: &'a Table,
    sayings: Vec<Saying>,
    sheet: Place,
    /// Sheet row of each record.
    rows: Vec<u32>,
    name_column: Option<u32>,
    code_column: Option<u32>,
    /// Section heading above each record.
    sections: Vec<Option<u32>>,
    diagnostics: Vec<Diagnostic>,
}

/// The schools of a table as they come up, each once.
#[derive(Default)]
struct Schools {
    names: Vec<SchoolName>,
    known: BTreeMap<SchoolName, u16>,
}

impl Schools {
    fn index(&mut self, school: SchoolName) -> u16 {
        if let Some(index) = self.known.get(&school) {
            return *index;
        }
        // More schools than a table may have: the last one stands for the rest.
        let index = u16::try_from(self.names.len()).unwrap_or(u16::MAX);
        if index < u16::MAX {
            self.names.push(school.clone());
        }
        self.known.insert(school, index.min(u16::MAX - 1));
        index.min(u16::MAX - 1)
    }
}

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
    /// What each row says itself, blanks filled where they mean the cell above.
    fn cells(
        &self,
        workbook: &Workbook,
        names: &[Option<&'a str>],
        codes: &[Option<&'a str>],
    ) -> Vec<Own<'a>> {
        let sheet = &workbook.sheets[self.table.sheet];
        let ditto = &self.scheme.words.ditto;
        let fill = |cells: &[Option<&'a str>], column: Option<u32>| {
            fill::sources(cells, ditto, |record| {
                let row = self.rows[record];
                let merge = column.and_then(|c| sheet.merge_at(row, c));
                record > 0 && merge.is_some_and(|m| m.top <= self.rows[record - 1])
            })
        };
        let name_sources = fill(names, self.name_column);
        let code_sources = fill(codes, self.code_column);
        (0..self.rows.len())
            .map(|record| {
                let said = name_sources.get(record).copied().flatten();
                let code_said = code_sources.get(record).copied().flatten();
                let code = match (said, code_said) {
                    // A code filled from above holds for the same name only.
                    (Some(name), Some(code)) if code != record && code < name => None,
                    (_, code) => code,
                };
                Own {
                    name: said.and_then(|s| names[s]),
                    code: code.and_then(|s| codes[s]),
                }
            })
            .collect()
    }

    fn place(&self, record: usize, column: Option<u32>) -> Place {
        self.sheet.at(self.rows[record], column)
    }

    /// The school of a table without records, as far as it can be told; nothing is reported.
    fn sender(&self) -> SchoolName {
        if let Some(school) = self.sayings.iter().find_map(|s| s.found.one()) {
            return self.known(school);
        }
        let named = self.sayings.iter().find(|s| s.like_school);
        SchoolName {
            name: named.map(|s| s.name.clone()).unwrap_or_default(),
            ..SchoolName::default()
        }
    }

    // ---- without a directory -------------------------------------------------------------

    /// Names stay as typed; a record without one has the table's.
    fn as_typed(&mut self, cells: &[Own<'a>]) -> (Vec<SchoolName>, Vec<u16>) {
        let words = &self.scheme.words;
        let named = self.sayings.iter().find(|s| s.like_school);
        let around = named.or(self.sayings.first()).map(|s| s.name.clone());
        let of_section: Vec<Option<String>> = self
            .table
            .sections
            .iter()
            .map(|(_, text)| context::name_in(text, words))
            .collect();
        let alone = one_name(cells);
        let mut schools = Schools::default();
        let mut last = None;
        let mut missing = None;
        let mut indices = Vec::with_capacity(cells.len());
        for (record, own) in cells.iter().enumerate() {
            if let Some((same, section, index)) = last
                && (same, section) == (*own, self.sections[record])
            {
                indices.push(index);
                continue;
            }
            let typed = own.name.filter(|n| !self.is_own(n));
            let section = self.sections[record];
            let name = typed
                .map(str::to_owned)
                .or_else(|| of_section.get(section? as usize)?.clone())
                .or_else(|| around.clone().filter(|a| !a.is_empty()))
                .or_else(|| alone.map(str::to_owned))
                .or_else(|| own.code.map(str::to_owned))
                .unwrap_or_default();
            if name.is_empty() && missing.is_none() {
                missing = Some(record);
            }
            let index = schools.index(SchoolName {
                name,
                code: own.code.unwrap_or_default().to_owned(),
                index: None,
            });
            last = Some((*own, section, index));
            indices.push(index);
        }
        if let Some(record) = missing {
            self.say_absent(record);
        }
        (schools.names, indices)
    }

    /// Whether a cell says only that it is the school that hands in.
    fn is_own(&self, name: &str) -> bool {
        let folded = fold::label(name);
        self.scheme.words.schools.own.iter().any(|w| *w == folded)
    }

    fn say_absent(&mut self, record: usize) {
        let diagnostic = match self.name_column {
            Some(column) => Diagnostic::new(Rule::SchoolUnknown, self.place(record, Some(column)))
                .variant("row")
                .field("school"),
            None => Diagnostic::new(Rule::SchoolUnknown, self.sheet.clone()).variant("absent"),
        };
        self.diagnostics.push(diagnostic);
    }

    // ---- with a directory ----------------------------------------------------------------

    fn against_directory(&mut self, cells: &[Own<'a>]) -> (Vec<SchoolName>, Vec<u16>) {
        let around = self.around();
        let sections = self.section_schools(around);
        let mut memo: HashMap<(Own<'a>, Option<u32>), (Resolved, Option<Conflict>)> =
            HashMap::new();
        let usual = self.usual(cells);
        let mut resolved: Vec<Resolved> = Vec::with_capacity(cells.len());
        let mut reported: BTreeMap<Conflict, usize> = BTreeMap::new();
        for (record, own) in cells.iter().enumerate() {
            let section = self.sections[record];
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
        let mut last: Option<(&Resolved, u16)> = None;
        for (record, own) in resolved.iter().enumerate() {
            if let Some((same, index)) = last
                && same == own
                && *own != Resolved::Silent
            {
                indices.push(index);
                continue;
            }
            let school = match (own, fallback(record), &alone) {
                (Resolved::Known(school), _, _) => self.known(*school),
                (Resolved::Unknown(name), _, _) => name.clone(),
                (Resolved::Silent, Some(school), _) => self.known(school),
                (Resolved::Silent, None, Some(Resolved::Known(school))) => self.known(*school),
                (Resolved::Silent, None, Some(Resolved::Unknown(name))) => name.clone(),
                (Resolved::Silent, None, _) => {
                    silent.get_or_insert(record);
                    SchoolName::default()
                }
            };
            let index = schools.index(school);
            last = Some((own, index));
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

    fn known(&self, school: usize) -> SchoolName {
        let entry = &self.scheme.directory.schools()[school];
        SchoolName {
            name: entry.name.clone(),
            code: entry.code.clone(),
            index: Some(school),
        }
    }

    fn title(&self, school: usize) -> &'a str {
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
                    .arg("text", &saying.name);
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
            .find(|s| s.like_school)
            .or_else(|| self.sayings.iter().find(unsure))
            .or(self.sayings.first())
            .filter(|s| !s.name.is_empty())
            .cloned();
        let Some(saying) = saying else {
            self.say_absent(record);
            return String::new();
        };
        let diagnostic = Diagnostic::new(Rule::SchoolUnknown, saying.place.clone()).field("school");
        let diagnostic = self.unknown(diagnostic, &saying.name, &saying.found);
        self.diagnostics.push(diagnostic);
        saying.name
    }
}

/// The only name that the rows have, if it is one.
fn one_name<'a>(cells: &[Own<'a>]) -> Option<&'a str> {
    let mut names = cells.iter().filter_map(|c| c.name);
    let first = names.next()?;
    names.all(|n| n == first).then_some(first)
}

#[cfg(test)]
mod tests;
