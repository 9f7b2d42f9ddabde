//! The records as Parquet files, for programs: names in place of codes, the same bytes for the
//! same records.

use super::{Dataset, FormFrame, build};
use crate::scheme::{Kind, Scheme};
use polars::io::parquet::write::{ParquetCompression, ParquetWriter, StatisticsOptions};
use polars::prelude::{DataFrame, IdxSize, PolarsResult, StringChunkedBuilder};

/// Rows of a row group; fixed, so that the bytes depend on the records alone.
const ROW_GROUP: usize = 131_072;

/// The forms that get a file: those that the scheme collects, with or without records, and any
/// other one that has records.
pub fn wanted<'a>(
    dataset: &'a Dataset,
    scheme: &'a Scheme,
) -> impl Iterator<Item = &'a FormFrame> + 'a {
    dataset
        .forms
        .iter()
        .filter(|f| scheme.wanted.get(f.form).is_some_and(|w| *w) || !f.is_empty())
}

/// The Parquet file of one form: all columns nullable, vocabulary terms as text, dates as `DATE`,
/// decimals with two places.
///
/// # Errors
/// Only what the Parquet writer itself refuses; no record can cause it.
pub fn write_parquet(form: &FormFrame, scheme: &Scheme) -> PolarsResult<Vec<u8>> {
    let mut frame = named(form, scheme)?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Snappy)
        .with_statistics(StatisticsOptions::full())
        .with_row_group_size(Some(ROW_GROUP))
        // Other threads belong to the files being read; a county's records are written in no time.
        .set_parallel(false)
        .finish(&mut frame)?;
    Ok(bytes)
}

/// The frame with the terms' names in place of their codes.
fn named(form: &FormFrame, scheme: &Scheme) -> PolarsResult<DataFrame> {
    let mut columns = form.frame.columns().to_vec();
    for field in &scheme.forms[form.form].fields {
        let Kind::Vocabulary(vocabulary) = &field.kind else {
            continue;
        };
        let (Some(codes), Some(at)) = (
            form.codes(&field.id),
            form.frame.get_column_index(&field.id),
        ) else {
            continue;
        };
        let terms = scheme
            .vocabulary(vocabulary)
            .map_or(&[][..], |v| v.terms.as_slice());
        let mut names = StringChunkedBuilder::new(field.id.as_str().into(), terms.len());
        for term in terms {
            names.append_value(&term.name);
        }
        let indices = codes.iter().map(|code| code.map(IdxSize::from)).collect();
        columns[at] = build::gathered(&names.finish(), indices);
    }
    // What only the rules needed.
    let of = &scheme.forms[form.form];
    let kept = |name: &str| match of.fields.iter().find(|f| f.id == name) {
        Some(field) => field.stored || !of.is_carried(field),
        None => true,
    };
    columns.retain(|c| kept(c.name()));
    DataFrame::new(form.len(), columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frames::assemble;
    use crate::normalise::testing::{scheme, table};
    use polars::io::SerReader;
    use polars::io::parquet::read::ParquetReader;
    use polars::prelude::AnyValue;

    #[test]
    fn every_collected_form_has_a_file_and_the_same_records_give_the_same_bytes() {
        let s = scheme();
        let rows = [vec!["张三", "小学", "1985-03-15"], vec!["李四", "", ""]];
        let fields = ["name", "stage", "birth_date"];
        let make = || {
            assemble(
                vec![table(&s, "roster", "a.xlsx", "甲校", &fields, &rows)],
                &s,
            )
            .value
        };
        let (one, two) = (make(), make());
        let files: Vec<_> = wanted(&one, &s).collect();
        assert_eq!(files.len(), s.wanted.iter().filter(|w| **w).count());
        for (a, b) in files.into_iter().zip(wanted(&two, &s)) {
            let bytes = write_parquet(a, &s).unwrap();
            assert_eq!(bytes, write_parquet(b, &s).unwrap());
            assert_eq!(&bytes[bytes.len() - 4..], b"PAR1");
        }
    }

    #[test]
    fn what_only_rules_need_is_in_no_file() {
        let s = scheme();
        let fields = ["name", "amount", "trip_start"];
        let rows = [vec!["张三", "800", "2025-07-05"]];
        let claims = table(&s, "claims", "a.xlsx", "甲校", &fields, &rows);
        let data = assemble(vec![claims], &s).value;
        let frame = &data.forms[s.form("claims").unwrap()];
        assert!(frame.dates("trip_start").is_some());
        let bytes = write_parquet(frame, &s).unwrap();
        let read = ParquetReader::new(std::io::Cursor::new(bytes));
        let names = read.finish().unwrap();
        let names = names.get_column_names();
        assert!(names.iter().any(|n| *n == "amount"));
        assert!(names.iter().all(|n| *n != "trip_start" && *n != "trip_end"));
    }

    #[test]
    fn a_file_reads_back_with_names_days_cents_and_nulls() {
        let s = scheme();
        let fields = ["name", "expense_type", "invoice_date", "amount", "days"];
        let rows = [
            vec!["张三", "培训费", "2025-07-01", "860.5", "3"],
            vec!["李四", "", "", "", ""],
        ];
        let table = table(&s, "claims", "a.xlsx", "甲校", &fields, &rows);
        let data = assemble(vec![table], &s).value;
        let claims = &data.forms[s.form("claims").unwrap()];
        let bytes = write_parquet(claims, &s).unwrap();
        let read = ParquetReader::new(std::io::Cursor::new(bytes))
            .finish()
            .unwrap();
        let cell =
            |column: &str, row: usize| read.column(column).unwrap().get(row).unwrap().into_static();
        assert_eq!(cell("source_row", 0), AnyValue::Int64(4));
        assert_eq!(cell("expense_type", 0).get_str(), Some("培训费"));
        assert_eq!(
            cell("invoice_date", 0),
            AnyValue::Date(crate::normalise::testing::day("2025-07-01"))
        );
        assert_eq!(cell("amount", 0), AnyValue::Decimal(86050, 18, 2));
        assert_eq!(cell("days", 0), AnyValue::Int64(3));
        for column in &fields[1..] {
            assert_eq!(cell(column, 1), AnyValue::Null, "{column}");
        }
    }
}
