//! What a run gave, as plain maps: records read back from Parquet, findings from JSON.

use chrono::NaiveDate;
use polars::io::SerReader;
use polars::io::parquet::read::ParquetReader;
use polars::prelude::AnyValue;
use std::collections::BTreeMap;
use std::io::Cursor;

/// One record: column to value; null is the empty text.
pub type Row = BTreeMap<String, String>;

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Finding {
    pub file: String,
    pub sheet: String,
    pub cell: String,
    /// 1-based, 0 for none.
    pub row: u32,
    pub rule: String,
    pub severity: String,
    pub field: String,
    pub message: String,
    pub hint: String,
}

/// Everything that is compared with the truth.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    pub records: BTreeMap<String, Vec<Row>>,
    pub findings: Vec<Finding>,
}

/// Records of a Parquet file.
pub fn records(parquet: &[u8]) -> Vec<Row> {
    let frame = ParquetReader::new(Cursor::new(parquet.to_vec()))
        .finish()
        .expect("parquet");
    let mut rows = vec![Row::new(); frame.height()];
    for column in frame.columns() {
        let name = column.name().to_string();
        for (i, row) in rows.iter_mut().enumerate() {
            let value = column.get(i).expect("a value");
            row.insert(name.clone(), text(&value));
        }
    }
    rows
}

/// Columns of a Parquet file with their types, as `name type`.
pub fn columns(parquet: &[u8]) -> Vec<String> {
    let frame = ParquetReader::new(Cursor::new(parquet.to_vec()))
        .finish()
        .expect("parquet");
    frame
        .columns()
        .iter()
        .map(|c| format!("{} {}", c.name(), c.dtype()))
        .collect()
}

fn text(value: &AnyValue) -> String {
    match value {
        AnyValue::Null => String::new(),
        AnyValue::String(s) => (*s).to_owned(),
        AnyValue::StringOwned(s) => s.to_string(),
        AnyValue::Boolean(b) => b.to_string(),
        AnyValue::Date(days) => {
            let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).expect("a date");
            (epoch + chrono::Duration::days(i64::from(*days)))
                .format("%Y-%m-%d")
                .to_string()
        }
        AnyValue::Decimal(n, _, scale) => decimal(*n, *scale),
        AnyValue::Int8(n) => n.to_string(),
        AnyValue::Int16(n) => n.to_string(),
        AnyValue::Int32(n) => n.to_string(),
        AnyValue::Int64(n) => n.to_string(),
        AnyValue::UInt8(n) => n.to_string(),
        AnyValue::UInt16(n) => n.to_string(),
        AnyValue::UInt32(n) => n.to_string(),
        AnyValue::UInt64(n) => n.to_string(),
        other => panic!("records hold no {other:?}"),
    }
}

fn decimal(n: i128, scale: usize) -> String {
    let sign = if n < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", n.unsigned_abs(), width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    if scale == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{part}")
    }
}

/// Findings of a `diagnostics.json`.
pub fn findings(json: &str) -> Vec<Finding> {
    let all: Vec<serde_json::Value> = serde_json::from_str(json).expect("diagnostics.json");
    all.iter()
        .map(|d| {
            let text = |key: &str| d[key].as_str().unwrap_or_default().to_owned();
            Finding {
                file: text("file"),
                sheet: text("sheet"),
                cell: text("cell"),
                row: d["row"].as_u64().unwrap_or_default() as u32,
                rule: text("rule"),
                severity: text("severity"),
                field: text("field"),
                message: text("message"),
                hint: text("hint"),
            }
        })
        .collect()
}
