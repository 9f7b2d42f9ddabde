//! An earlier run's Parquet files as records again: terms back to codes, everything else as it
//! stands. What [`super::parquet`] writes comes back the same.

use crate::normalise::{
    Data, NO_BOOLEAN, NO_CODE, NO_DATE, NO_NUMBER, Records, SchoolName, TextColumn,
};
use crate::scheme::{Field, FormIdx, Kind, Scheme, Vocabulary};
use polars::io::SerReader;
use polars::io::parquet::read::ParquetReader;
use polars::prelude::{Column, DataFrame, PolarsResult};
use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

/// What a file gave.
#[derive(Debug, Clone, Default)]
pub struct Reread {
    /// Its records, one a source sheet.
    pub records: Vec<Records>,
    /// Records with a term that the vocabulary does not have any more: the value is a gap now.
    pub unknown: u64,
}

/// Reads the records of one form.
///
/// # Errors
/// In the library's words, when this is no file of such records.
pub fn read_parquet(bytes: Vec<u8>, form: FormIdx, scheme: &Scheme) -> PolarsResult<Reread> {
    let frame = ParquetReader::new(Cursor::new(bytes)).finish()?;
    let texts = |name: &str| -> PolarsResult<Vec<Option<String>>> {
        let column = frame.column(name)?.str()?;
        Ok(column.iter().map(|t| t.map(str::to_owned)).collect())
    };
    let (files, sheets) = (texts("source_file")?, texts("source_sheet")?);
    let (names, codes) = (texts("school")?, texts("school_code")?);
    let rows: Vec<Option<i64>> = frame.column("source_row")?.i64()?.iter().collect();
    let fields = &scheme.forms[form].fields;
    let mut unknown = vec![false; frame.height()];
    let mut columns = Vec::with_capacity(fields.len());
    for field in fields {
        columns.push(data(&frame, field, scheme, &mut unknown)?);
    }

    let mut out = Reread::default();
    let mut start = 0;
    while start < frame.height() {
        let of = |i: usize| (&files[i], &sheets[i]);
        let end = (start..frame.height())
            .find(|i| of(*i) != of(start))
            .unwrap_or(frame.height());
        let mut schools = Schools::default();
        let school_of = (start..end)
            .map(|i| schools.number(names[i].as_deref(), codes[i].as_deref(), scheme))
            .collect();
        let text = |t: &Option<String>| Arc::from(t.as_deref().unwrap_or_default());
        out.records.push(Records {
            form,
            file: text(&files[start]),
            sheet: text(&sheets[start]),
            sheet_index: 0,
            rows: rows[start..end]
                .iter()
                .map(|r| r.and_then(|r| u32::try_from(r - 1).ok()).unwrap_or(0))
                .collect(),
            school_of,
            schools: schools.all,
            columns: columns.iter().map(|c| part(c, start..end)).collect(),
            source_columns: vec![None; fields.len()],
            source_rows: Vec::new(),
            rejected: Vec::new(),
            dated: None,
            totals: Vec::new(),
        });
        start = end;
    }
    out.unknown = unknown.iter().filter(|u| **u).count() as u64;
    Ok(out)
}

/// The schools of one sheet.
#[derive(Default)]
struct Schools {
    all: Vec<SchoolName>,
    known: BTreeMap<(String, String), u16>,
}

impl Schools {
    fn number(&mut self, name: Option<&str>, code: Option<&str>, scheme: &Scheme) -> u16 {
        let key = (
            name.unwrap_or_default().to_owned(),
            code.unwrap_or_default().to_owned(),
        );
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let directory = &scheme.directory;
        let index = match key.1.is_empty() {
            true => None,
            false => directory.by_code(&key.1),
        };
        let index = index.or_else(|| directory.by_name(&key.0));
        let listed = index.map(|i| &directory.schools()[i]);
        self.all.push(SchoolName {
            name: listed.map_or(key.0.clone(), |s| s.name.clone()),
            code: listed.map_or(key.1.clone(), |s| s.code.clone()),
            index,
        });
        // A sheet of more schools than that is no sheet.
        let number = u16::try_from(self.all.len() - 1).unwrap_or(u16::MAX);
        self.known.insert(key, number);
        number
    }
}

/// One field of all records; a column that the file does not have is absent.
fn data(
    frame: &DataFrame,
    field: &Field,
    scheme: &Scheme,
    unknown: &mut [bool],
) -> PolarsResult<Data> {
    let (true, Ok(column)) = (field.stored, frame.column(&field.id)) else {
        return Ok(Data::Absent);
    };
    Ok(match &field.kind {
        Kind::Vocabulary(id) => match scheme.vocabulary(id) {
            Some(vocabulary) => Data::Code(codes(column, vocabulary, unknown)?),
            None => Data::Absent,
        },
        Kind::Date => {
            let days = column.date()?.physical();
            Data::Date(days.iter().map(|d| d.unwrap_or(NO_DATE)).collect())
        }
        Kind::Integer => {
            let all = column.i64()?;
            Data::Integer(all.iter().map(|n| n.unwrap_or(NO_NUMBER)).collect())
        }
        Kind::Decimal | Kind::Money => {
            let all = column.decimal()?.physical();
            let number = |n: i128| i64::try_from(n).unwrap_or(NO_NUMBER);
            Data::Decimal(all.iter().map(|n| n.map_or(NO_NUMBER, number)).collect())
        }
        Kind::Boolean => {
            let all = column.bool()?;
            Data::Boolean(all.iter().map(|b| b.map_or(NO_BOOLEAN, u8::from)).collect())
        }
        Kind::Text | Kind::Name | Kind::IdNumber | Kind::Phone | Kind::Label => {
            let mut texts = TextColumn::default();
            column.str()?.iter().for_each(|t| texts.push(t));
            Data::Text(texts)
        }
        Kind::Period | Kind::School | Kind::SchoolCode | Kind::Serial | Kind::Ignored => {
            Data::Absent
        }
    })
}

fn codes(
    column: &Column,
    vocabulary: &Vocabulary,
    unknown: &mut [bool],
) -> PolarsResult<Vec<crate::scheme::Code>> {
    let texts = column.str()?.iter().zip(unknown);
    let code = |(text, unknown): (Option<&str>, &mut bool)| {
        let code = text.and_then(|t| vocabulary.code(t));
        *unknown |= text.is_some() && code.is_none();
        code.unwrap_or(NO_CODE)
    };
    Ok(texts.map(code).collect())
}

fn part(data: &Data, range: std::ops::Range<usize>) -> Data {
    match data {
        Data::Absent => Data::Absent,
        Data::Text(texts) => {
            let mut out = TextColumn::default();
            range.for_each(|i| out.push(texts.get(i)));
            Data::Text(out)
        }
        Data::Code(v) => Data::Code(v[range].to_vec()),
        Data::Date(v) => Data::Date(v[range].to_vec()),
        Data::Integer(v) => Data::Integer(v[range].to_vec()),
        Data::Decimal(v) => Data::Decimal(v[range].to_vec()),
        Data::Boolean(v) => Data::Boolean(v[range].to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frames::{assemble, parquet};
    use crate::normalise::testing::{id, scheme, scheme_with, table};

    #[test]
    fn what_is_written_comes_back_the_same() {
        let s = scheme_with(&["甲校"]);
        let fields = [
            "name",
            "id_number",
            "gender",
            "birth_date",
            "full_time",
            "tier",
        ];
        let number = id("33990119850315012");
        let rows = [
            vec!["张三", &*number, "男", "1985-03-15", "1", "名师"],
            vec!["李四", "", "", "", "", ""],
        ];
        let tables = || {
            vec![
                table(&s, "roster", "a.xlsx", "甲校", &fields, &rows),
                table(&s, "roster", "b.xlsx", "外校", &fields, &rows[1..]),
                table(
                    &s,
                    "claims",
                    "a.xlsx",
                    "甲校",
                    &["name", "amount", "days"],
                    &[vec!["张三", "860.5", "3"]],
                ),
            ]
        };
        let first = assemble(tables(), &s).value;
        let mut records = Vec::new();
        for form in &first.forms {
            let bytes = parquet::write_parquet(form, &s).unwrap();
            let reread = read_parquet(bytes, form.form, &s).unwrap();
            assert_eq!(reread.unknown, 0);
            records.extend(reread.records);
        }
        let again = assemble(records, &s).value;
        assert_eq!(again.schools, first.schools);
        for (a, b) in first.forms.iter().zip(&again.forms) {
            assert_eq!(a.persons, b.persons);
            let bytes = |f| parquet::write_parquet(f, &s).unwrap();
            assert_eq!(bytes(a), bytes(b));
        }
    }

    #[test]
    fn a_term_that_is_gone_is_a_gap_and_counted_and_another_file_is_refused() {
        let s = scheme();
        let form = s.form("roster").unwrap();
        let rows = [vec!["张三", "小学"], vec!["李四", "初中"]];
        let data = assemble(
            vec![table(
                &s,
                "roster",
                "a.xlsx",
                "甲校",
                &["name", "stage"],
                &rows,
            )],
            &s,
        )
        .value;
        let bytes = parquet::write_parquet(&data.forms[form], &s).unwrap();
        let mut later = s.clone();
        let stage = later.vocabularies.iter_mut().find(|v| v.id == "stage");
        stage.unwrap().terms.retain(|t| t.name != "初中");
        let reread = read_parquet(bytes, form, &later).unwrap();
        assert_eq!((reread.unknown, reread.records[0].rows.len()), (1, 2));
        assert!(read_parquet(b"PK\x03\x04".to_vec(), form, &s).is_err());
        let claims = s.form("claims").unwrap();
        let other = parquet::write_parquet(&data.forms[claims], &s).unwrap();
        assert!(read_parquet(other, form, &s).unwrap().records.is_empty());
    }
}
