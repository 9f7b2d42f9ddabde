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
mod known;
mod unnamed;

use super::SchoolName;
use crate::diagnostic::{Diagnosed, Diagnostic, Place, Rule};
use crate::fold;
use crate::grid::Workbook;
use crate::recognise::{Recognised, Table};
use crate::scheme::{CORRECTIONS_FORM, DIRECTORY_FORM, Kind, QuickMap, Scheme};
use context::Saying;
use std::collections::BTreeMap;

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
    // The directory itself lists schools; its rows belong to none, nor do the bureau's decisions.
    if matches!(form.id.as_str(), DIRECTORY_FORM | CORRECTIONS_FORM) {
        return Diagnosed::clean((vec![SchoolName::default()], vec![0; body.len()]));
    }
    let column = |kind: &Kind| {
        let mut columns = table.columns.iter();
        let of_kind = |f: &usize| form.fields.get(*f).is_some_and(|f| f.kind == *kind);
        columns
            .find(|c| c.field.as_ref().is_some_and(of_kind))
            .map(|c| c.col)
    };
    let of_school = |f: &usize| {
        let kind = form.fields.get(*f).map(|f| &f.kind);
        matches!(kind, Some(Kind::School | Kind::SchoolCode))
    };
    let fixed = table
        .columns
        .iter()
        .filter(|c| c.field.as_ref().is_some_and(of_school))
        .filter_map(|c| Some((c.col, c.cell.as_ref()?.row)))
        .collect();
    let mut resolver = Resolver {
        scheme,
        table,
        sayings: context::sayings(workbook, recognised, table, scheme),
        sheet: Place::sheet(&workbook.file, &workbook.sheets[table.sheet].name),
        rows: body.iter().map(|b| table.body[*b]).collect(),
        name_column: column(&Kind::School),
        code_column: column(&Kind::SchoolCode),
        fixed,
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
    resolver.other_schools(&workbook.sheets[table.sheet], &value.0, &value.1);
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
    /// Column and row of a school or its code that stands in one cell for all records.
    fixed: Vec<(u32, u32)>,
    /// Section heading above each record.
    sections: Vec<Option<u32>>,
    diagnostics: Vec<Diagnostic>,
}

/// The schools of a table as they come up, each once.
#[derive(Default)]
struct Schools {
    names: Vec<SchoolName>,
    known: BTreeMap<SchoolName, u16>,
    /// The same for schools of the directory, by their number there.
    listed: QuickMap<usize, u16>,
}

impl Schools {
    fn index(&mut self, school: SchoolName) -> u16 {
        if let Some(index) = self.known.get(&school) {
            return *index;
        }
        let index = self.add(school.clone());
        self.known.insert(school, index);
        index
    }

    /// Of a school of the directory.
    fn listed(&mut self, school: usize, name: impl FnOnce() -> SchoolName) -> u16 {
        if let Some(index) = self.listed.get(&school) {
            return *index;
        }
        let index = self.add(name());
        self.listed.insert(school, index);
        index
    }

    fn add(&mut self, school: SchoolName) -> u16 {
        // More schools than a table may have: the last one stands for the rest.
        let index = u16::try_from(self.names.len()).unwrap_or(u16::MAX);
        if index < u16::MAX {
            self.names.push(school);
        }
        index.min(u16::MAX - 1)
    }
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
        // On a form of one person the school has a cell of its own.
        let mut fixed = self.fixed.iter().filter(|(col, _)| Some(*col) == column);
        let row = fixed.next().map_or(self.rows[record], |(_, row)| *row);
        self.sheet.at(row, column)
    }

    /// The school of a table without records, as far as it can be told; nothing is reported.
    fn sender(&self) -> SchoolName {
        if let Some(school) = self.sayings.iter().find_map(|s| s.found.one()) {
            return self.known(school);
        }
        let named = self.sayings.iter().find(|s| s.like_school(self.scheme));
        SchoolName {
            name: named.map(|s| s.name(self.scheme)).unwrap_or_default(),
            ..SchoolName::default()
        }
    }

    // ---- without a directory -------------------------------------------------------------

    /// Names stay as typed; a record without one has the table's.
    fn as_typed(&mut self, cells: &[Own<'a>]) -> (Vec<SchoolName>, Vec<u16>) {
        let words = &self.scheme.words;
        let named = self.sayings.iter().find(|s| s.like_school(self.scheme));
        let around = named.or(self.sayings.first()).map(|s| s.name(self.scheme));
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
        self.scheme.words.schools.own.contains(&folded)
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
}

/// The only name that the rows have, if it is one.
fn one_name<'a>(cells: &[Own<'a>]) -> Option<&'a str> {
    let mut names = cells.iter().filter_map(|c| c.name);
    let first = names.next()?;
    names.all(|n| n == first).then_some(first)
}

#[cfg(test)]
mod tests;
