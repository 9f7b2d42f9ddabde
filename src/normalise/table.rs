//! One table: its columns are read one after the other, rows that name nobody are left out, and
//! what the school typed as sums is compared.

mod after;

use super::bound::{At, Bound};
use super::column::{Column, Held, Read, Slot, State};
use super::fill::{Carry, Matrix, carry};
use super::{
    Data, Records, TextColumn, aside, boolean, claim_check, claim_total, compound, dates, id,
    lines, number, old_name, row_check, rows, school, school_code, stated, sums_check, text, total,
    vocabulary,
};
use crate::diagnostic::{Diagnosed, Diagnostic, Place, Rule, Severity};
use crate::grid::{Sheet, Value, Workbook};
use crate::recognise::{Given, Recognised, Remark, RemarkKind, Table, TypedTotal};
use crate::scheme::{FieldIdx, Form, Kind, Scheme, Vocabulary};
use chrono::Datelike;

/// Reads the records of one table.
pub(super) fn read(
    workbook: &Workbook,
    recognised: &Recognised,
    table_index: usize,
    scheme: &Scheme,
) -> Option<Diagnosed<Records>> {
    let table = &recognised.tables[table_index];
    let sheet = workbook.sheets.get(table.sheet)?;
    let form = scheme.forms.get(table.form)?;
    let bound = Bound::of(table, form);
    let cols: Vec<(u32, Carry)> = bound
        .iter()
        .filter(|b| b.cell.is_none())
        .map(|b| {
            let field = &form.fields[b.field];
            (b.col, carry(field.read_as.as_ref().unwrap_or(&field.kind)))
        })
        .collect();
    let mut matrix = Matrix::gather(sheet, &table.body, &cols, scheme.words.tokens());
    for (col, cell) in bound.iter().filter_map(|b| Some((b.col, b.cell?))) {
        matrix.fixed(sheet, col, cell);
    }
    let remarks = remarks(recognised, table);
    let date_lines = date_lines(recognised, table);
    let years: Vec<String> = remarks
        .iter()
        .filter(|r| r.kind == RemarkKind::Title)
        .chain(&date_lines)
        .map(|r| r.text.clone())
        .chain([sheet.name.to_string(), workbook.file.to_string()])
        .collect();

    let mut reader = Reader {
        scheme,
        form,
        table,
        sheet,
        place: Place::sheet(&workbook.file, &sheet.name),
        bound: &bound,
        matrix: &matrix,
        years: &years,
        columns: vec![Data::Absent; form.fields.len()],
        states: vec![None; form.fields.len()],
        source: vec![None; form.fields.len()],
        names: None,
        sums: table
            .totals
            .iter()
            .filter(|t| total::is_sum(sheet, t.row, &scheme.words))
            .cloned()
            .collect(),
        totals: Vec::new(),
        out: Vec::new(),
    };
    reader.all();
    reader.instead();
    let keep = reader.identified();
    reader.required(&keep);
    reader.counts();
    reader.stated(&keep);
    lines::after_total(
        table,
        form,
        &reader.sums,
        &keep,
        &reader.place,
        &mut reader.out,
    );
    let Reader {
        columns,
        source,
        mut totals,
        mut out,
        ..
    } = reader;
    let (source_columns, source_rows): (Vec<_>, Vec<_>) = source
        .iter()
        .map(|at| (at.map(|a| a.col), at.and_then(|a| a.row)))
        .unzip();

    let all_kept = keep.iter().all(|k| *k);
    let pick = |data: Data| if all_kept { data } else { data.keep(&keep) };
    let mut columns: Vec<Data> = columns.into_iter().map(pick).collect();
    for stated in &mut totals {
        stated.over = total::kept_range(&stated.over, &keep);
    }
    let (kept, rejected): (Vec<usize>, Vec<usize>) = (0..keep.len()).partition(|i| keep[*i]);

    // The school is no column of the record: it is resolved once a row and kept beside them.
    let mut take = |kind: Kind| {
        form.fields
            .iter()
            .position(|f| f.kind == kind)
            .map(|i| std::mem::replace(&mut columns[i], Data::Absent))
    };
    let (school_column, code_column) = (take(Kind::School), take(Kind::SchoolCode));
    let school_cells = cells(&school_column);
    let code_cells = cells(&code_column);
    let Diagnosed {
        value: (schools, school_of),
        diagnostics,
    } = school::resolve(
        workbook,
        recognised,
        table_index,
        &kept,
        &school_cells,
        &code_cells,
        scheme,
    );
    out.extend(diagnostics);

    let newest = scheme.cut_off.year();
    let records = Records {
        form: table.form,
        file: workbook.file.clone(),
        sheet: sheet.name.clone(),
        sheet_index: table.sheet,
        rows: kept.iter().map(|i| table.body[*i]).collect(),
        school_of,
        schools,
        columns,
        source_columns,
        source_rows,
        rejected: rejected.iter().map(|i| table.body[*i]).collect(),
        dated: date_lines
            .iter()
            .find_map(|r| dates::dated(&r.text, newest)),
        totals,
    };
    out.extend(row_check::check(&records, form, scheme));
    out.extend(rows::check(&records, form, scheme));
    out.extend(claim_check::check(&records, table, scheme));
    out.extend(sums_check::check(&records, form, scheme));
    out.extend(claim_total::check(
        &records, sheet, recognised, table, scheme,
    ));
    // What is wrong with a cell of the form around a list is said once, with the form's record.
    let borrowed: Vec<(u32, u32)> = bound
        .iter()
        .filter_map(|b| Some((b.cell.filter(|c| c.borrowed)?.row, b.col)))
        .collect();
    if !borrowed.is_empty() {
        out.retain(|d| match (d.place.row, d.place.col) {
            (Some(row), Some(col)) => !borrowed.contains(&(row, col)),
            _ => true,
        });
    }
    Some(Diagnosed {
        value: records,
        diagnostics: out,
    })
}

/// A column that nothing reads: its error values are shown all the same.
fn errors_only(column: &Column<'_>, out: &mut Vec<Diagnostic>) {
    for (index, slot) in column.cells.iter().enumerate() {
        if let Held::Bad(value @ Value::Error(_)) = slot.held {
            column.report_bad(out, index, value);
        }
    }
}

fn cells(data: &Option<Data>) -> Vec<Option<&str>> {
    match data {
        Some(Data::Text(texts)) => texts.iter().collect(),
        _ => Vec::new(),
    }
}

/// The remarks that belong to a table; all of its sheet where none is assigned to it.
fn remarks<'a>(recognised: &'a Recognised, table: &Table) -> Vec<&'a Remark> {
    let Some(account) = recognised.accounts.get(table.sheet) else {
        return Vec::new();
    };
    let own: Vec<&Remark> = table
        .remarks
        .iter()
        .filter_map(|i| account.remarks.get(*i))
        .collect();
    if own.is_empty() {
        account.remarks.iter().collect()
    } else {
        own
    }
}

/// The date lines that can be a table's: the nearest above its records, then those below.
fn date_lines<'a>(recognised: &'a Recognised, table: &Table) -> Vec<&'a Remark> {
    let Some(account) = recognised.accounts.get(table.sheet) else {
        return Vec::new();
    };
    let mut lines: Vec<&Remark> = account
        .remarks
        .iter()
        .filter(|r| r.kind == RemarkKind::Date)
        .collect();
    let first = table.body.first().copied().unwrap_or(0);
    lines.sort_by_key(|r| (r.row > first, r.row.abs_diff(first)));
    lines
}

struct Reader<'a> {
    scheme: &'a Scheme,
    form: &'a Form,
    table: &'a Table,
    sheet: &'a Sheet,
    place: Place,
    bound: &'a [Bound<'a>],
    matrix: &'a Matrix<'a>,
    years: &'a [String],
    columns: Vec<Data>,
    states: Vec<Option<Vec<State>>>,
    source: Vec<Option<At>>,
    names: Option<TextColumn>,
    /// Total lines that are sums, not averages or shares.
    sums: Vec<TypedTotal>,
    totals: Vec<super::StatedTotal>,
    out: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn all(&mut self) {
        // Names first, since every message names its person; id numbers before the dates that
        // they complete.
        let turn = |kind: &Kind| match kind {
            Kind::Name => 0,
            Kind::IdNumber => 1,
            _ => 2,
        };
        let mut order: Vec<usize> = (0..self.bound.len()).collect();
        order.sort_by_key(|i| turn(&self.form.fields[self.bound[*i].field].kind));
        for index in order {
            self.one(index);
        }
        for given in &self.table.given {
            self.given(given);
        }
    }

    /// A value that the header gives to all records; what is wrong with it is said once.
    fn given(&mut self, given: &Given) {
        let field = given.field;
        if self.states[field].is_some() {
            return;
        }
        let slots: Vec<Slot<'_>> = (0..self.table.body.len())
            .map(|row| Slot {
                held: Held::Text(&given.text),
                filled: row > 0,
                covered: false,
            })
            .collect();
        let column = Column {
            scheme: self.scheme,
            field: &self.form.fields[field],
            place: &self.place,
            col: given.col,
            factor: 1.0,
            rows: &self.table.body,
            cells: &slots,
            persons: None,
        };
        let read = match &column.field.kind {
            Kind::Vocabulary(name) => self
                .scheme
                .vocabulary(name)
                .map(|main| vocabulary::read(&column, main, &mut self.out)),
            _ => Some(text::read(&column, &mut self.out)),
        };
        if let Some(read) = read {
            self.columns[field] = read.data;
            self.states[field] = Some(read.states);
            self.source[field] = Some(At {
                col: given.col,
                row: Some(given.row),
            });
        }
    }

    fn one(&mut self, index: usize) {
        let bound = &self.bound[index];
        let &Bound {
            col, field, factor, ..
        } = bound;
        let (scheme, form) = (self.scheme, self.form);
        let names = self.names.take();
        let column = Column {
            scheme,
            field: &form.fields[field],
            place: &self.place,
            col,
            factor,
            rows: bound.rows(&self.table.body),
            cells: self.matrix.column(index),
            persons: names.as_ref(),
        };
        let mut out = std::mem::take(&mut self.out);
        let mut filled: Vec<(FieldIdx, Read)> = Vec::new();
        let read = match &column.field.kind {
            Kind::Serial => {
                if self.asks(Rule::SerialOrder, field) {
                    lines::serial(&column, &mut out);
                }
                None
            }
            Kind::Ignored => {
                errors_only(&column, &mut out);
                aside::read(&column, form, &self.help(field), &mut out)
            }
            Kind::Text | Kind::Label | Kind::Phone
                if !column.field.stored && !form.is_checked(column.field) =>
            {
                errors_only(&column, &mut out);
                None
            }
            Kind::Text | Kind::School => Some(text::read(&column, &mut out)),
            Kind::Name => Some(text::names(&column, &mut out)),
            Kind::IdNumber => Some(id::read(&column, &mut out)),
            Kind::Phone => Some(text::phones(&column, &mut out)),
            Kind::SchoolCode => {
                let read = text::labels(&column, &mut out);
                if self.asks(Rule::SchoolCodeForm, field) {
                    school_code::check(&column, &read.data, &mut out);
                }
                Some(read)
            }
            Kind::Label => Some(text::labels(&column, &mut out)),
            Kind::Integer | Kind::Decimal | Kind::Money => Some(number::read(&column, &mut out)),
            Kind::Boolean => Some(boolean::read(&column, &mut out)),
            Kind::Date => Some(dates::read(&column, &self.help(field), &mut out)),
            Kind::Period => {
                let (start, end) = dates::periods(&column, &self.help(field), &mut out);
                filled = self.fills(field).into_iter().zip([start, end]).collect();
                None
            }
            Kind::Vocabulary(name) => match scheme.vocabulary(name) {
                None => None,
                Some(main) => {
                    let fills = self.fills(field);
                    let others: Vec<&Vocabulary> = fills
                        .iter()
                        .filter_map(|f| match &form.fields[*f].kind {
                            Kind::Vocabulary(v) => scheme.vocabulary(v),
                            _ => None,
                        })
                        .collect();
                    if self.asks(Rule::TitleOldName, field) {
                        old_name::check(&column, main, &mut out);
                    }
                    if others.is_empty() || others.len() != fills.len() {
                        Some(vocabulary::read(&column, main, &mut out))
                    } else {
                        let (read, more) = compound::read(&column, main, &others, &mut out);
                        filled = fills.into_iter().zip(more).collect();
                        Some(read)
                    }
                }
            },
        };
        if let Some(read) = read {
            if column.field.stored {
                self.totals.extend(total::check(
                    &column,
                    &read.data,
                    &read.states,
                    field,
                    self.sheet,
                    &self.sums,
                    &mut out,
                ));
            }
            if column.field.kind == Kind::Money && column.field.stored {
                for index in (0..read.states.len()).filter(|i| total::covered(&column, *i)) {
                    let finding = column.finding(index, Rule::RequiredMissing);
                    out.push(finding.variant("merged").severity(Severity::Note));
                }
            }
            self.store(field, bound.at(), read);
        }
        for (field, read) in filled {
            self.fill(field, bound.at(), read);
        }
        self.out = out;
        self.names = match (&form.fields[field].kind, &self.columns[field]) {
            (Kind::Name, Data::Text(texts)) => Some(texts.clone()),
            _ => names,
        };
    }

    /// Whether a check of that rule is about the field.
    fn asks(&self, rule: Rule, field: FieldIdx) -> bool {
        let id = &self.form.fields[field].id;
        let mut checks = self.form.checks.iter().filter(|c| c.rule == rule);
        checks.any(|c| c.fields.first() == Some(id))
    }

    fn fills(&self, field: FieldIdx) -> Vec<FieldIdx> {
        let ids = &self.form.fields[field].fills;
        ids.iter().filter_map(|id| self.form.field(id)).collect()
    }

    fn help(&self, field: FieldIdx) -> dates::Help<'_> {
        // The form says which date the id number must agree with.
        let partner = self
            .form
            .checks
            .iter()
            .filter(|c| c.rule == Rule::IdBirthMismatch)
            .find_map(|c| match c.fields.as_slice() {
                [id, date, ..] if self.form.field(date) == Some(field) => self.form.field(id),
                _ => None,
            });
        dates::Help {
            years: self.years,
            ids: match partner.map(|p| &self.columns[p]) {
                Some(Data::Text(ids)) => Some(ids),
                _ => None,
            },
            present: &self.scheme.words.present,
        }
    }

    fn store(&mut self, field: FieldIdx, at: At, read: Read) {
        // A field's own column outranks what another column filled in before.
        self.columns[field] = match std::mem::replace(&mut self.columns[field], Data::Absent) {
            Data::Absent => read.data,
            before => read.data.or(before),
        };
        self.states[field] = Some(read.states);
        self.source[field] = Some(at);
    }

    /// Puts what another field's column says where the field's own column says nothing.
    fn fill(&mut self, field: FieldIdx, at: At, read: Read) {
        self.columns[field] = match std::mem::replace(&mut self.columns[field], Data::Absent) {
            Data::Absent => read.data,
            own => own.or(read.data),
        };
        if self.source[field].is_none() {
            self.source[field] = Some(at);
            self.states[field] = Some(read.states);
        }
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
