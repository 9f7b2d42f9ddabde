//! The rows of a [`Trace`] as people read them: whose they are, the values that the figures look
//! at, and the file, sheet and cell that they stand in.

use super::facts::Facts;
use super::list::{self, Values};
use super::trace::{Trace, Tracer, Unit};
use super::{Column, Number};
use crate::diagnostic::mask;
use crate::frames::{FormFrame, Source};
use crate::scheme::measure::{ListColumn, Operand};
use crate::scheme::{FormIdx, Kind};
use std::rc::Rc;

/// Values shown beside a row; more would be wider than any paper.
const COLUMNS: usize = 8;

/// Reads rows of a trace.
pub struct Listing<'a> {
    /// What the values beside each row are.
    pub columns: Vec<Column>,
    now: Vec<Option<Side<'a>>>,
    earlier: Vec<Option<Side<'a>>>,
    towns: Vec<String>,
}

/// A row as people read it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<'a> {
    /// Town group; empty where the directory has none.
    pub town: &'a str,
    /// School.
    pub school: &'a str,
    /// Name of the person, or of what the row is about.
    pub name: &'a str,
    /// Masked id number; empty for none.
    pub id: String,
    /// One a column.
    pub values: Vec<Number>,
    /// Path below the inbox.
    pub file: &'a str,
    /// Sheet.
    pub sheet: &'a str,
    /// 0-based row on the sheet.
    pub row: u32,
    /// 0-based column of the value that tells most, where it has one.
    pub column: Option<u32>,
}

/// One form's rows of one period.
struct Side<'a> {
    frame: &'a FormFrame,
    schools: Rc<Vec<u32>>,
    /// Names and towns of schools, by their number.
    places: Vec<(String, u32)>,
    persons: list::Persons<'a>,
    /// One a column; none where the form has no such value.
    values: Vec<Option<Values<'a>>>,
    /// The stored field that tells most.
    telling: Option<usize>,
    /// Whether a birth date or an age stands beside the id number, which then tells it no more.
    birth: bool,
}

impl<'a> Tracer<'a> {
    /// A reader of the rows of a trace.
    pub fn listing(&self, trace: &Trace) -> Listing<'a> {
        let mut columns: Vec<Column> = Vec::new();
        let mut of: Vec<Vec<(FormIdx, Operand)>> = Vec::new();
        for (form, operand) in &trace.operands {
            if is_personal(&self.facts, *form, *operand) {
                continue;
            }
            let spec = ListColumn {
                id: String::new(),
                title: String::new(),
                operand: *operand,
            };
            let head = list::head(&self.facts, *form, &spec);
            match columns.iter().position(|c| c.title == head.title) {
                Some(at) => of[at].push((*form, *operand)),
                None if columns.len() < COLUMNS => {
                    columns.push(head);
                    of.push(vec![(*form, *operand)]);
                }
                None => {}
            }
        }
        let units = || {
            let left = trace.left.iter().flat_map(|l| &l.units);
            trace.units.iter().chain(left)
        };
        let sides = |facts: &Facts<'a>, earlier: bool| -> Vec<Option<Side<'a>>> {
            let mut used = vec![false; facts.dataset.forms.len()];
            for unit in units().filter(|u| u.earlier == earlier) {
                used[usize::from(unit.form)] = true;
            }
            let all = used.iter().enumerate();
            all.map(|(form, used)| used.then(|| side(facts, form, trace, &of)))
                .collect()
        };
        Listing {
            now: sides(&self.facts, false),
            earlier: match &self.earlier {
                Some(earlier) => sides(earlier, true),
                None => Vec::new(),
            },
            towns: match self.facts.has_districts() {
                true => self.facts.districts.clone(),
                false => Vec::new(),
            },
            columns,
        }
    }

    /// The stored field of each form that tells most of what the figures look at.
    pub(super) fn telling(&self, trace: &Trace) -> Vec<Option<usize>> {
        let mut out = vec![None; self.facts.scheme.forms.len()];
        for (form, operand) in &trace.operands {
            if let Operand::Field(field) = operand {
                out[*form] = out[*form].or(Some(*field));
            }
        }
        out
    }

    /// The stored values that the figures look at: form, field, title.
    pub(super) fn fields(&self, trace: &Trace) -> Vec<(String, String, String)> {
        let forms = &self.facts.scheme.forms;
        let stored = |(form, operand): &(FormIdx, Operand)| match operand {
            Operand::Field(f) if !is_personal(&self.facts, *form, *operand) => {
                let field = &forms[*form].fields[*f];
                let (id, title) = (field.id.clone(), field.title.clone());
                Some((forms[*form].id.clone(), id, title))
            }
            _ => None,
        };
        trace.operands.iter().filter_map(stored).collect()
    }

    /// The ids of all forms, by their numbers.
    pub fn forms(&self) -> Vec<String> {
        let forms = self.facts.scheme.forms.iter();
        forms.map(|f| f.id.clone()).collect()
    }

    /// The form of a row.
    pub fn form(&self, unit: Unit) -> &'a str {
        &self.facts.scheme.forms[usize::from(unit.form)].id
    }
}

fn side<'a>(
    facts: &Facts<'a>,
    form: FormIdx,
    trace: &Trace,
    of: &[Vec<(FormIdx, Operand)>],
) -> Side<'a> {
    let values = |operands: &Vec<(FormIdx, Operand)>| {
        let (_, operand) = operands.iter().find(|(f, _)| *f == form)?;
        let spec = ListColumn {
            id: String::new(),
            title: String::new(),
            operand: *operand,
        };
        Some(list::values(facts, form, &spec))
    };
    let mut own = trace.operands.iter().filter(|(f, _)| *f == form);
    let stored = |(_, operand): &(FormIdx, Operand)| match operand {
        Operand::Field(field) => Some(*field),
        _ => None,
    };
    let birth_date = |f: FormIdx, field| facts.scheme.forms[f].field("birth_date") == Some(field);
    let birth = own.clone().any(|(_, operand)| match operand {
        Operand::Age => true,
        Operand::Field(field) => birth_date(form, *field),
        Operand::Roster(field) => facts
            .scheme
            .form("roster")
            .is_some_and(|r| birth_date(r, *field)),
        _ => false,
    });
    Side {
        frame: facts.frame(form),
        schools: facts.school_of(form),
        places: facts
            .schools
            .iter()
            .map(|s| (s.name.clone(), s.district))
            .collect(),
        persons: list::Persons::new(facts, form),
        values: of.iter().map(values).collect(),
        telling: own.find_map(stored),
        birth,
    }
}

/// Whether a value is told beside each row already, or to nobody.
fn is_personal(facts: &Facts<'_>, form: FormIdx, operand: Operand) -> bool {
    let kind = list::field_kind(facts, form, operand);
    matches!(kind, Some(Kind::Name | Kind::IdNumber | Kind::Phone))
}

impl Listing<'_> {
    /// A row; nothing for one of a form that the trace does not have.
    pub fn entry(&self, unit: Unit) -> Option<Entry<'_>> {
        let sides = match unit.earlier {
            false => &self.now,
            true => &self.earlier,
        };
        let side = sides.get(usize::from(unit.form))?.as_ref()?;
        let record = unit.record as usize;
        let (source, row) = *side.frame.origins.get(record)?;
        let source: &Source = side.frame.sources.get(source as usize)?;
        let (school, town) = &side.places[side.schools[record] as usize];
        let id = side.persons.id(unit.record);
        Some(Entry {
            town: self.towns.get(*town as usize).map_or("", String::as_str),
            school,
            name: side.persons.short(unit.record),
            id: match side.birth {
                true => mask::beside_birth(id),
                false => mask::in_text(id),
            },
            values: side
                .values
                .iter()
                .map(|v| v.as_ref().map_or(Number::Missing, |v| v(record).value))
                .collect(),
            file: &source.file,
            sheet: &source.sheet,
            row,
            column: side
                .telling
                .and_then(|f| source.columns.get(f).copied().flatten()),
        })
    }
}
