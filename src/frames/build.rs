//! Columns of all tables into one frame a form, rows in one order that does not depend on how
//! the submissions arrived.

use super::{FormFrame, Source};
use crate::normalise::{Data, NO_BOOLEAN, NO_CODE, NO_DATE, NO_NUMBER, Records, TextColumn};
use crate::scheme::{Field, Form, Kind, Scheme};
use polars::prelude::{
    BooleanChunked, ChunkTake, Column, DataFrame, DataType, DateChunked, IdxCa, IdxSize,
    Int32Chunked, Int64Chunked, Int128Chunked, IntoColumn, NewChunkedArray, PolarsNumericType,
    StringChunked, StringChunkedBuilder,
};
use std::collections::BTreeSet;
use std::ops::Range;

/// Digits of a decimal column; a hundredth beyond them cannot be stored and is null.
const DECIMAL_DIGITS: usize = 18;
const DECIMAL_LIMIT: i64 = 10i64.pow(DECIMAL_DIGITS as u32);

/// A total order of tables that depends on nothing but the tables.
pub(super) fn sort(submissions: &mut [Records]) {
    submissions.sort_by(|a, b| {
        (
            &a.file,
            &a.sheet,
            a.sheet_index,
            a.form,
            &a.rows,
            &a.source_columns,
            &a.source_rows,
        )
            .cmp(&(
                &b.file,
                &b.sheet,
                b.sheet_index,
                b.form,
                &b.rows,
                &b.source_columns,
                &b.source_rows,
            ))
    });
}

/// Takes out the records whose indices `gone` lists for each table; tables that had some and keep
/// none go too.
pub(super) fn without(
    submissions: &mut Vec<Records>,
    schools: &mut Vec<Vec<u32>>,
    gone: &[BTreeSet<usize>],
) {
    for (records, gone) in submissions
        .iter_mut()
        .zip(gone)
        .filter(|(_, g)| !g.is_empty())
    {
        let kept: Vec<usize> = (0..records.rows.len())
            .filter(|i| !gone.contains(i))
            .collect();
        records.rows = kept.iter().map(|i| records.rows[*i]).collect();
        records.school_of = kept.iter().map(|i| records.school_of[*i]).collect();
        for data in &mut records.columns {
            *data = picked(data, &kept);
        }
    }
    let emptied: Vec<bool> = submissions
        .iter()
        .zip(gone)
        .map(|(records, gone)| !gone.is_empty() && records.rows.is_empty())
        .collect();
    let mut index = emptied.iter();
    submissions.retain(|_| index.next() != Some(&true));
    let mut index = emptied.iter();
    schools.retain(|_| index.next() != Some(&true));
}

fn picked(data: &Data, kept: &[usize]) -> Data {
    fn of<T: Copy>(values: &[T], kept: &[usize]) -> Vec<T> {
        kept.iter().map(|i| values[*i]).collect()
    }
    match data {
        Data::Absent => Data::Absent,
        Data::Text(texts) => {
            let mut out = TextColumn::default();
            kept.iter().for_each(|i| out.push(texts.get(*i)));
            Data::Text(out)
        }
        Data::Code(v) => Data::Code(of(v, kept)),
        Data::Date(v) => Data::Date(of(v, kept)),
        Data::Integer(v) => Data::Integer(of(v, kept)),
        Data::Decimal(v) => Data::Decimal(of(v, kept)),
        Data::Boolean(v) => Data::Boolean(of(v, kept)),
    }
}

/// One frame a form of the scheme. `submissions` are sorted; `school_numbers` has one list a
/// table that numbers its schools over the dataset.
pub(super) fn forms(
    submissions: Vec<Records>,
    school_numbers: &[Vec<u32>],
    scheme: &Scheme,
) -> Vec<FormFrame> {
    let mut tables: Vec<Vec<(Records, &[u32])>> = scheme.forms.iter().map(|_| Vec::new()).collect();
    for (records, numbers) in submissions.into_iter().zip(school_numbers) {
        if let Some(of_form) = tables.get_mut(records.form) {
            of_form.push((records, numbers));
        }
    }
    tables
        .into_iter()
        .enumerate()
        .map(|(index, tables)| form(index, &scheme.forms[index], tables))
        .collect()
}

/// Consecutive records of one table that stay together in the frame.
type Run = (usize, Range<usize>);

fn form(index: usize, form: &Form, tables: Vec<(Records, &[u32])>) -> FormFrame {
    let runs = runs(&tables);
    let height: usize = runs.iter().map(|(_, r)| r.len()).sum();
    let mut origins = Vec::with_capacity(height);
    let mut schools = Vec::with_capacity(height);
    let mut school_ids = Vec::with_capacity(height);
    let mut names = Names::default();
    for (t, range) in &runs {
        let (records, numbers) = &tables[*t];
        for i in range.clone() {
            let school = usize::from(records.school_of[i]);
            origins.push((*t as u32, records.rows[i]));
            schools.push(records.schools[school].index.map(|s| s as u32));
            school_ids.push(numbers[school]);
            names.push(*t, school, &records.schools[school]);
        }
    }
    let mut columns = Vec::with_capacity(5 + form.fields.len());
    let file = |t: &(Records, &[u32])| t.0.file.clone();
    let sheet = |t: &(Records, &[u32])| t.0.sheet.clone();
    columns.push(per_table("source_file", &tables, &origins, file));
    columns.push(per_table("source_sheet", &tables, &origins, sheet));
    let rows: Vec<i64> = origins.iter().map(|&(_, row)| i64::from(row) + 1).collect();
    columns.push(Int64Chunked::from_vec("source_row".into(), rows).into_column());
    columns.extend(names.columns());
    for (f, field) in form.fields.iter().enumerate() {
        // What no file keeps costs nothing where no table has it.
        let held = || tables.iter().any(|t| t.0.columns[f] != Data::Absent);
        if field.stored || form.is_carried(field) && held() {
            columns.extend(column(field, f, &tables, &runs, height));
        }
    }
    let sources = tables
        .into_iter()
        .map(|(records, _)| Source {
            file: records.file,
            sheet: records.sheet,
            columns: records.source_columns,
            rows: records.source_rows,
        })
        .collect();
    FormFrame {
        form: index,
        // Field ids of a form are distinct and all columns have one length, so this cannot fail.
        frame: DataFrame::new(height, columns).unwrap_or_default(),
        origins,
        schools,
        school_ids,
        persons: Vec::new(),
        sources,
    }
}

/// The order of the frame: tables are sorted already, so only tables of one sheet, which may
/// stand side by side, have to be merged by row.
fn runs(tables: &[(Records, &[u32])]) -> Vec<Run> {
    let mut out = Vec::with_capacity(tables.len());
    let mut start = 0;
    while start < tables.len() {
        let same = |t: &(Records, &[u32])| {
            let first = &tables[start].0;
            (&t.0.file, &t.0.sheet, t.0.sheet_index)
                == (&first.file, &first.sheet, first.sheet_index)
        };
        let end = start + tables[start..].iter().take_while(|t| same(t)).count();
        let ascending = |t: &(Records, &[u32])| t.0.rows.is_sorted();
        if end == start + 1 && ascending(&tables[start]) {
            out.push((start, 0..tables[start].0.rows.len()));
        } else {
            let mut rows: Vec<(u32, usize, usize)> = (start..end)
                .flat_map(|t| {
                    let rows = tables[t].0.rows.iter().enumerate();
                    rows.map(move |(i, &row)| (row, t, i))
                })
                .collect();
            rows.sort_unstable();
            for (_, t, i) in rows {
                match out.last_mut() {
                    Some((last, range)) if *last == t && range.end == i => range.end = i + 1,
                    _ => out.push((t, i..i + 1)),
                }
            }
        }
        start = end;
    }
    out
}

/// A text column with one value a table: the texts are stored once.
fn per_table<S: AsRef<str>>(
    name: &str,
    tables: &[(Records, &[u32])],
    origins: &[(u32, u32)],
    text: impl Fn(&(Records, &[u32])) -> S,
) -> Column {
    let mut distinct = StringChunkedBuilder::new(name.into(), tables.len());
    for table in tables {
        distinct.append_value(text(table).as_ref());
    }
    let indices: Vec<Option<IdxSize>> = origins.iter().map(|&(t, _)| Some(t)).collect();
    gathered(&distinct.finish(), indices)
}

/// Picks texts by index, sharing their bytes.
pub(super) fn gathered(distinct: &StringChunked, indices: Vec<Option<IdxSize>>) -> Column {
    let indices: IdxCa = indices.into_iter().collect();
    match distinct.take(&indices) {
        Ok(column) => column.into_column(),
        // An index beyond the texts: a code that its vocabulary does not have.
        Err(_) => Column::full_null(distinct.name().clone(), indices.len(), distinct.dtype()),
    }
}

/// The columns `school` and `school_code`: each spelling stored once a table.
#[derive(Default)]
struct Names<'a> {
    at: Option<(usize, usize)>,
    distinct: Vec<&'a crate::normalise::SchoolName>,
    known: std::collections::BTreeMap<(usize, usize), IdxSize>,
    indices: Vec<Option<IdxSize>>,
}

impl<'a> Names<'a> {
    fn push(&mut self, table: usize, school: usize, name: &'a crate::normalise::SchoolName) {
        let index = match (self.at == Some((table, school)), self.indices.last()) {
            (true, Some(last)) => *last,
            _ => {
                let distinct = &mut self.distinct;
                let index = *self.known.entry((table, school)).or_insert_with(|| {
                    distinct.push(name);
                    distinct.len() as IdxSize - 1
                });
                Some(index)
            }
        };
        self.at = Some((table, school));
        self.indices.push(index);
    }

    fn columns(self) -> [Column; 2] {
        let text = |name: &str, of: fn(&crate::normalise::SchoolName) -> &str| {
            let mut b = StringChunkedBuilder::new(name.into(), self.distinct.len());
            for school in &self.distinct {
                let text = of(school);
                b.append_option((!text.is_empty()).then_some(text));
            }
            gathered(&b.finish(), self.indices.clone())
        };
        [
            text("school", |s| &s.name),
            text("school_code", |s| &s.code),
        ]
    }
}

/// The column of one stored field; `None` for kinds that hold no value.
fn column(
    field: &Field,
    index: usize,
    tables: &[(Records, &[u32])],
    runs: &[Run],
    height: usize,
) -> Option<Column> {
    let name = field.id.as_str();
    let parts = || {
        runs.iter().map(|(t, range)| {
            let data = tables[*t].0.columns.get(index).unwrap_or(&Data::Absent);
            (data, range.clone())
        })
    };
    Some(match &field.kind {
        Kind::Vocabulary(_) => {
            let codes = joined(parts(), height, NO_CODE, |data| match data {
                Data::Code(v) => Some(v),
                _ => None,
            });
            // Polars builds without its 16-bit type.
            let wide = codes.into_iter().map(u32::from).collect();
            numbers::<polars::prelude::UInt32Type>(name, wide, u32::from(NO_CODE)).into_column()
        }
        Kind::Date => {
            let days = joined(parts(), height, NO_DATE, |data| match data {
                Data::Date(v) => Some(v),
                _ => None,
            });
            let days: Int32Chunked = numbers::<polars::prelude::Int32Type>(name, days, NO_DATE);
            let days: DateChunked = days.into_date();
            days.into_column()
        }
        Kind::Integer => {
            let all = joined(parts(), height, NO_NUMBER, |data| match data {
                Data::Integer(v) => Some(v),
                _ => None,
            });
            numbers::<polars::prelude::Int64Type>(name, all, NO_NUMBER).into_column()
        }
        Kind::Decimal | Kind::Money => {
            let all = joined(parts(), height, NO_NUMBER, |data| match data {
                Data::Decimal(v) => Some(v),
                _ => None,
            });
            let wide: Vec<i128> = all
                .into_iter()
                .map(|n| match n {
                    n if (-DECIMAL_LIMIT + 1..DECIMAL_LIMIT).contains(&n) => i128::from(n),
                    _ => i128::from(NO_NUMBER),
                })
                .collect();
            let hundredths: Int128Chunked =
                numbers::<polars::prelude::Int128Type>(name, wide, i128::from(NO_NUMBER));
            hundredths
                .into_decimal_unchecked(DECIMAL_DIGITS, 2)
                .into_column()
        }
        Kind::Boolean => {
            let all = joined(parts(), height, NO_BOOLEAN, |data| match data {
                Data::Boolean(v) => Some(v),
                _ => None,
            });
            let all = all.into_iter().map(|b| match b {
                0 => Some(false),
                1 => Some(true),
                _ => None,
            });
            BooleanChunked::from_iter_options(name.into(), all).into_column()
        }
        Kind::Text | Kind::Name | Kind::IdNumber | Kind::Phone | Kind::Label => {
            if parts().all(|(data, _)| *data == Data::Absent) {
                return Some(Column::full_null(name.into(), height, &DataType::String));
            }
            let mut b = StringChunkedBuilder::new(name.into(), height);
            for (data, range) in parts() {
                match data {
                    Data::Text(texts) => range.for_each(|i| b.append_option(texts.get(i))),
                    _ => range.for_each(|_| b.append_null()),
                }
            }
            b.finish().into_column()
        }
        Kind::Period | Kind::School | Kind::SchoolCode | Kind::Serial | Kind::Ignored => {
            return None;
        }
    })
}

fn joined<'a, T: Copy + 'a>(
    parts: impl Iterator<Item = (&'a Data, Range<usize>)>,
    height: usize,
    null: T,
    of: impl Fn(&'a Data) -> Option<&'a Vec<T>>,
) -> Vec<T> {
    let mut out = Vec::with_capacity(height);
    for (data, range) in parts {
        match of(data).and_then(|v| v.get(range.clone())) {
            Some(values) => out.extend_from_slice(values),
            None => out.extend(std::iter::repeat_n(null, range.len())),
        }
    }
    out
}

/// A numeric column whose null slots keep the sentinel, so that a view can hand out the plain
/// slice ([`super::view`]).
fn numbers<T: PolarsNumericType>(
    name: &str,
    values: Vec<T::Native>,
    null: T::Native,
) -> polars::prelude::ChunkedArray<T> {
    let validity = values.contains(&null).then(|| {
        let valid: BooleanChunked = values.iter().map(|v| Some(*v != null)).collect();
        valid.downcast_iter().next().map(|a| a.values().clone())
    });
    polars::prelude::ChunkedArray::from_vec_validity(name.into(), values, validity.flatten())
}
