//! Records written by hand, for the tests of checks and frames.

use super::{Data, NO_BOOLEAN, NO_CODE, NO_DATE, NO_NUMBER, Records, SchoolName, TextColumn};
use crate::diagnostic::{Diagnostic, render};
use crate::message::{self, Lang};
use crate::scheme::{Directory, Kind, Scheme, School, templates};
use chrono::NaiveDate;
use std::sync::OnceLock;

/// The embedded templates, every form wanted, cut-off at the end of 2025.
pub(crate) fn scheme() -> Scheme {
    // Reading the templates takes longer than most tests.
    static SCHEME: OnceLock<Scheme> = OnceLock::new();
    SCHEME.get_or_init(load).clone()
}

fn load() -> Scheme {
    let forms = templates::forms();
    Scheme {
        id: "test".into(),
        wanted: forms.iter().map(|f| f.id != "directory").collect(),
        forms,
        vocabularies: templates::vocabularies(),
        words: templates::words(),
        cut_off: NaiveDate::from_ymd_opt(2025, 12, 31).unwrap(),
        period: "2025-12".into(),
        ..Scheme::default()
    }
}

/// The same with a directory of these schools, coded `S0`, `S1` ….
pub(crate) fn scheme_with(schools: &[&str]) -> Scheme {
    let schools = schools
        .iter()
        .enumerate()
        .map(|(i, name)| School {
            name: (*name).into(),
            code: format!("S{i}"),
            ..School::default()
        })
        .collect();
    Scheme {
        directory: Directory::new(schools),
        ..scheme()
    }
}

/// Days since 1970-01-01.
pub(crate) fn day(text: &str) -> i32 {
    let date: NaiveDate = text.parse().unwrap();
    (date - NaiveDate::default()).num_days() as i32
}

/// Holds that a finding has its texts and fills every place in them.
pub(crate) fn assert_reads(diagnostic: &Diagnostic) {
    assert!(
        message::known(&diagnostic.key(), true),
        "no text for {}",
        diagnostic.key()
    );
    for lang in [Lang::Zh, Lang::En] {
        let texts = [
            render::message(diagnostic, lang),
            render::hint(diagnostic, lang),
        ];
        assert!(texts.iter().all(|t| !t.contains(['{', '['])), "{texts:?}");
    }
}

/// An id number with the right check character.
pub(crate) fn id(first17: &str) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits = first17.chars().map(|c| c.to_digit(10).unwrap());
    let sum: u32 = digits.zip(WEIGHTS).map(|(d, w)| d * w).sum();
    format!(
        "{first17}{}",
        "10X98765432".as_bytes()[(sum % 11) as usize] as char
    )
}

/// A table of one school: `fields` name the columns (from sheet column A on), each row has their
/// texts, `""` is null. The first row stands in sheet row 4 (0-based 3).
pub(crate) fn table<S: AsRef<str>>(
    scheme: &Scheme,
    form: &str,
    file: &str,
    school: &str,
    fields: &[&str],
    rows: &[Vec<S>],
) -> Records {
    let form_index = scheme.form(form).unwrap();
    let form = &scheme.forms[form_index];
    let column = |index: usize| {
        let cells: Vec<Option<&str>> = rows
            .iter()
            .map(|r| Some(r[index].as_ref()).filter(|t| !t.is_empty()))
            .collect();
        let field = &form.fields[form.field(fields[index]).unwrap()];
        data(
            scheme,
            field.read_as.as_ref().unwrap_or(&field.kind),
            &cells,
        )
    };
    let mut columns = vec![Data::Absent; form.fields.len()];
    let mut source_columns = vec![None; form.fields.len()];
    for (i, id) in fields.iter().enumerate() {
        let field = form.field(id).unwrap();
        columns[field] = column(i);
        source_columns[field] = Some(i as u32);
    }
    let index = scheme.directory.by_name(school);
    let code = index.map_or("", |i| &scheme.directory.schools()[i].code);
    Records {
        form: form_index,
        file: file.into(),
        sheet: "Sheet1".into(),
        sheet_index: 0,
        rows: (3..3 + rows.len() as u32).collect(),
        school_of: vec![0; rows.len()],
        schools: vec![SchoolName {
            name: school.into(),
            code: code.into(),
            index,
        }],
        columns,
        source_columns,
        source_rows: Vec::new(),
        rejected: Vec::new(),
        dated: None,
        totals: Vec::new(),
    }
}

fn data(scheme: &Scheme, kind: &Kind, cells: &[Option<&str>]) -> Data {
    let hundredths = |text: &str| (text.parse::<f64>().unwrap() * 100.0).round() as i64;
    match kind {
        Kind::Vocabulary(v) => {
            let vocabulary = scheme.vocabulary(v).unwrap();
            let code = |c: &Option<&str>| c.map_or(NO_CODE, |t| vocabulary.code(t).unwrap());
            Data::Code(cells.iter().map(code).collect())
        }
        // Of a period its last day.
        Kind::Date | Kind::Period => {
            Data::Date(cells.iter().map(|c| c.map_or(NO_DATE, day)).collect())
        }
        Kind::Integer => {
            let number = |c: &Option<&str>| c.map_or(NO_NUMBER, |t| t.parse().unwrap());
            Data::Integer(cells.iter().map(number).collect())
        }
        Kind::Decimal | Kind::Money => {
            let number = |c: &Option<&str>| c.map_or(NO_NUMBER, hundredths);
            Data::Decimal(cells.iter().map(number).collect())
        }
        Kind::Boolean => {
            let answer = |c: &Option<&str>| c.map_or(NO_BOOLEAN, |t| u8::from(t == "1"));
            Data::Boolean(cells.iter().map(answer).collect())
        }
        _ => {
            let mut texts = TextColumn::default();
            for cell in cells {
                texts.push(*cell);
            }
            Data::Text(texts)
        }
    }
}
