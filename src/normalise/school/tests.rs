//! Schools of tables drawn by hand: what the rows say, what stands around them, what is reported.

use super::*;
use crate::grid::{Sheet, Span, Value};
use crate::normalise::testing::{assert_reads, scheme_with};
use crate::recognise::{Account, Column, How, Remark, RemarkKind};
use crate::scheme::{Directory, School, templates};
use std::sync::Arc;

/// A roster table: its place, what stands around it, and the school and code cells of its rows.
struct Case<'a> {
    file: &'a str,
    sheet: &'a str,
    remarks: &'a [(RemarkKind, &'a str)],
    sections: &'a [(usize, &'a str)],
    names: &'a [&'a str],
    codes: &'a [&'a str],
    rows: usize,
    merge: Option<(u32, u32)>,
}

const PLAIN: Case<'static> = Case {
    file: "a.xlsx",
    sheet: "Sheet1",
    remarks: &[],
    sections: &[],
    names: &[],
    codes: &[],
    rows: 2,
    merge: None,
};

/// What [`resolve`] makes of a case.
fn resolve_raw(scheme: &Scheme, case: &Case<'_>) -> Diagnosed<(Vec<SchoolName>, Vec<u16>)> {
    let form_index = scheme.form("roster").unwrap();
    let form = &scheme.forms[form_index];
    let rows = case.rows.max(case.names.len()).max(case.codes.len());
    let mut sheet = Sheet::builder(case.sheet);
    sheet.put(0, 0, Value::Text("x"));
    if let Some((top, bottom)) = case.merge {
        let (left, right) = (0, 0);
        sheet.merge(Span {
            top,
            left,
            bottom,
            right,
        });
    }
    let workbook = Workbook {
        file: Arc::from(case.file),
        format: crate::grid::Format::Xlsx,
        sheets: vec![sheet.finish()],
    };
    let remarks: Vec<Remark> = case
        .remarks
        .iter()
        .enumerate()
        .map(|(i, (kind, text))| Remark {
            kind: *kind,
            row: i as u32,
            col: 0,
            text: (*text).into(),
        })
        .collect();
    let column = |col: u32, id: &str| Column {
        col,
        path: vec![id.into()],
        field: form.field(id),
        how: How::Exact,
        factor: 1.0,
        cell: None,
    };
    let section_of = (0..rows)
        .map(|r| {
            case.sections
                .iter()
                .rposition(|(from, _)| *from <= r)
                .map(|s| s as u32)
        })
        .collect();
    let table = Table {
        sheet: 0,
        form: form_index,
        confidence: 1.0,
        evidence: Vec::new(),
        header: vec![9],
        columns: [
            (case.names, column(0, "school")),
            (case.codes, column(1, "school_code")),
        ]
        .into_iter()
        .filter_map(|(cells, column)| (!cells.is_empty()).then_some(column))
        .collect(),
        body: (10..10 + rows as u32).collect(),
        totals: Vec::new(),
        section_of,
        sections: case
            .sections
            .iter()
            .map(|(r, t)| (*r as u32, (*t).to_owned()))
            .collect(),
        given: Vec::new(),
        remarks: (0..remarks.len()).collect(),
    };
    let recognised = Recognised {
        tables: vec![table],
        unknown: Vec::new(),
        accounts: vec![Account {
            lines: Vec::new(),
            remarks,
        }],
        ..Recognised::default()
    };
    let cells = |texts: &'_ [&'static str]| -> Vec<Option<&'static str>> {
        texts
            .iter()
            .map(|t| Some(*t).filter(|t| !t.is_empty()))
            .collect()
    };
    let leak = |texts: &[&str]| -> Vec<Option<&'static str>> {
        let texts: Vec<&'static str> = texts
            .iter()
            .map(|t| &*Box::leak((*t).to_owned().into_boxed_str()))
            .collect();
        cells(&texts)
    };
    let body: Vec<usize> = (0..rows).collect();
    let (names, codes) = (leak(case.names), leak(case.codes));
    resolve(&workbook, &recognised, 0, &body, &names, &codes, scheme)
}

/// The school of each row, and the findings as `key cell`.
fn run(scheme: &Scheme, case: &Case<'_>) -> (Vec<SchoolName>, Vec<String>) {
    let out = resolve_raw(scheme, case);
    let (schools, indices) = out.value;
    let of_rows = indices
        .iter()
        .map(|i| schools[usize::from(*i)].clone())
        .collect();
    let said = out
        .diagnostics
        .iter()
        .inspect(|d| assert_reads(d))
        .map(|d| format!("{} {}", d.key(), d.place.cell().unwrap_or_default()))
        .collect();
    (of_rows, said)
}

fn names(schools: &[SchoolName]) -> Vec<&str> {
    schools.iter().map(|s| s.name.as_str()).collect()
}

fn town() -> Scheme {
    let school = |name: &str, district: &str, code: &str| School {
        name: name.into(),
        district: district.into(),
        code: code.into(),
        ..School::default()
    };
    Scheme {
        directory: Directory::with_words(
            vec![
                school("城关镇中心小学", "城关镇", "2133990001"),
                school("东关小学", "城关镇", "2133990002"),
                school("柳河小学", "柳河镇", "2133990003"),
                school("柳河镇中心小学", "柳河镇", "2133990004"),
                school("第一中学", "城关镇", "3133990005"),
            ],
            &templates::words().schools,
        ),
        ..scheme_with(&[])
    }
}

#[test]
fn the_nearest_source_that_names_a_school_gives_it() {
    let s = town();
    let around = |file, sheet, remarks| {
        let (schools, said) = run(
            &s,
            &Case {
                file,
                sheet,
                remarks,
                ..PLAIN
            },
        );
        assert_eq!(said, Vec::<String>::new(), "{file}");
        assert_eq!(schools[0], schools[1]);
        schools[0].name.clone()
    };
    use RemarkKind::{Submitter, Title};
    assert_eq!(
        around(
            "in/a.xlsx",
            "Sheet1",
            &[(Submitter, "清河县东关小学（盖章）")]
        ),
        "东关小学"
    );
    assert_eq!(
        around("a.xlsx", "Sheet1", &[(Title, "2025年柳河小学教师花名册")]),
        "柳河小学"
    );
    assert_eq!(around("a.xlsx", "东关小学", &[]), "东关小学");
    assert_eq!(around("x/03柳河小学(最终).xlsx", "Sheet1", &[]), "柳河小学");
    assert_eq!(
        around("柳河小学/2025年12月/花名册.xlsx", "Sheet1", &[]),
        "柳河小学"
    );
    assert_eq!(
        around("东关小学.zip/花名册.xlsx", "Sheet1", &[]),
        "东关小学"
    );
    assert_eq!(around("2133990003_roster.xlsx", "Sheet1", &[]), "柳河小学");
    // A name that two towns share is told by the town beside it.
    assert_eq!(
        around("柳河镇/中心小学.xlsx", "Sheet1", &[]),
        "柳河镇中心小学"
    );
}

#[test]
fn rows_say_it_themselves_and_blanks_follow_the_column_s_habit() {
    let s = town();
    let (schools, said) = run(
        &s,
        &Case {
            names: &["东关小学", "", "柳河小学", "", "〃"],
            ..PLAIN
        },
    );
    assert_eq!(
        names(&schools),
        ["东关小学", "东关小学", "柳河小学", "柳河小学", "柳河小学"]
    );
    assert!(said.is_empty());
    let codes = &["2133990003", "2133990002"];
    assert_eq!(
        names(&run(&s, &Case { codes, ..PLAIN }).0),
        ["柳河小学", "东关小学"]
    );
    let merged = Case {
        names: &["东关小学", "东关小学", ""],
        merge: Some((11, 12)),
        ..PLAIN
    };
    assert_eq!(names(&run(&s, &merged).0), ["东关小学"; 3]);
    // No habit: the table's own school.
    let file = "柳河小学.xlsx";
    let (schools, said) = run(
        &s,
        &Case {
            file,
            names: &["柳河小学", "柳河小学", "", "本校"],
            ..PLAIN
        },
    );
    assert_eq!((names(&schools), said.len()), (vec!["柳河小学"; 4], 0));
    let sections = &[(0, "东关小学（2人）"), (2, "柳河小学")];
    let (schools, said) = run(
        &s,
        &Case {
            rows: 4,
            sections,
            ..PLAIN
        },
    );
    assert_eq!(
        names(&schools),
        ["东关小学", "东关小学", "柳河小学", "柳河小学"]
    );
    assert!(said.is_empty());
}

#[test]
fn an_unknown_name_is_kept_as_typed_and_reported_once() {
    let s = town();
    let (schools, said) = run(
        &s,
        &Case {
            names: &["东关小字", "东关小字", "中心小学", "柳河小学"],
            ..PLAIN
        },
    );
    assert_eq!(
        names(&schools),
        ["东关小字", "东关小字", "中心小学", "柳河小学"]
    );
    assert_eq!(
        said,
        ["school-unknown.near A11", "school-unknown.ambiguous A13"]
    );
    let (schools, said) = run(
        &s,
        &Case {
            file: "石桥小学花名册.xlsx",
            ..PLAIN
        },
    );
    assert_eq!(names(&schools), ["石桥小学", "石桥小学"]);
    assert!(said[0].starts_with("school-unknown"), "{said:?}");
    let (schools, said) = run(
        &s,
        &Case {
            file: "花名册.xlsx",
            ..PLAIN
        },
    );
    assert_eq!(
        (names(&schools), said),
        (vec!["", ""], vec!["school-unknown.absent ".to_owned()])
    );
    let (_, said) = run(
        &s,
        &Case {
            names: &["东关小学", "柳河小学"],
            codes: &["2133990002", "999"],
            ..PLAIN
        },
    );
    assert_eq!(said, ["school-unknown.code B12"]);
}

#[test]
fn contradictions_are_reported_where_they_stand() {
    let s = town();
    let submitter = &[(RemarkKind::Submitter, "东关小学")];
    let (schools, said) = run(
        &s,
        &Case {
            file: "柳河小学.xlsx",
            remarks: submitter,
            ..PLAIN
        },
    );
    assert_eq!(
        (names(&schools), said),
        (
            vec!["东关小学"; 2],
            vec!["school-mismatch.file A1".to_owned()]
        )
    );
    let folder = "柳河小学/东关小学.xlsx";
    assert_eq!(
        run(
            &s,
            &Case {
                file: folder,
                ..PLAIN
            }
        )
        .1,
        ["school-mismatch.folder "]
    );
    let names = &["柳河小学", "柳河小学"];
    let (_, said) = run(
        &s,
        &Case {
            remarks: submitter,
            names,
            ..PLAIN
        },
    );
    assert_eq!(said, ["school-mismatch.table A11"]);
    let names = &["东关小学", "柳河小学", "东关小学"];
    let (_, said) = run(
        &s,
        &Case {
            remarks: submitter,
            names,
            ..PLAIN
        },
    );
    assert_eq!(said, ["school-mismatch.row A12"]);
    let codes = &["2133990002", "2133990002", "2133990002"];
    let names = &["东关小学", "第一中学", "东关小学"];
    let (schools, said) = run(
        &s,
        &Case {
            names,
            codes,
            ..PLAIN
        },
    );
    assert_eq!(
        (schools[1].name.as_str(), said),
        ("东关小学", vec!["school-mismatch.code A12".to_owned()])
    );
    let codes = &["2133990002", "3133990005", "2133990002"];
    let names = &["东关小学", "东关小学", "东关小学"];
    let (schools, said) = run(
        &s,
        &Case {
            names,
            codes,
            file: "东关小学.xlsx",
            ..PLAIN
        },
    );
    assert_eq!(
        (schools[1].name.as_str(), said),
        ("东关小学", vec!["school-mismatch.code B12".to_owned()])
    );
}

#[test]
fn a_central_school_hands_in_for_its_town_and_no_other() {
    let s = town();
    let submitter = &[(RemarkKind::Submitter, "城关镇中心小学")];
    let names = &["城关镇中心小学", "东关小学", "东关小学"];
    assert!(
        run(
            &s,
            &Case {
                remarks: submitter,
                names,
                ..PLAIN
            }
        )
        .1
        .is_empty()
    );
    let names = &["城关镇中心小学", "城关镇中心小学", "柳河小学"];
    assert_eq!(
        run(
            &s,
            &Case {
                remarks: submitter,
                names,
                ..PLAIN
            }
        )
        .1,
        ["school-mismatch.row A13"]
    );
    let (schools, said) = run(
        &s,
        &Case {
            file: "城关镇中心小学/东关小学.xlsx",
            ..PLAIN
        },
    );
    assert_eq!((schools[0].name.as_str(), said.len()), ("东关小学", 0));
    let (schools, said) = run(
        &s,
        &Case {
            sheet: "东关小学",
            remarks: submitter,
            ..PLAIN
        },
    );
    assert_eq!((schools[0].name.as_str(), said.len()), ("东关小学", 0));
}

#[test]
fn a_table_without_records_still_has_its_sender() {
    let s = town();
    let rows = |file| {
        resolve_raw(
            &s,
            &Case {
                file,
                rows: 0,
                ..PLAIN
            },
        )
    };
    assert_eq!(rows("东关小学.xlsx").value.0[0].name, "东关小学");
    assert_eq!(rows("花名册.xlsx").value.0[0], SchoolName::default());
    assert!(rows("花名册.xlsx").diagnostics.is_empty());
}

#[test]
fn without_a_directory_names_stay_as_typed() {
    let s = scheme_with(&[]);
    let (schools, said) = run(
        &s,
        &Case {
            names: &["某小学", "另一学校"],
            codes: &["7", ""],
            ..PLAIN
        },
    );
    assert_eq!(
        (names(&schools), said.len()),
        (vec!["某小学", "另一学校"], 0)
    );
    assert_eq!(schools[0].code, "7");
    let (schools, said) = run(
        &s,
        &Case {
            file: "石桥小学/花名册.xlsx",
            ..PLAIN
        },
    );
    assert_eq!((names(&schools), said.len()), (vec!["石桥小学"; 2], 0));
    let (_, said) = run(
        &s,
        &Case {
            file: "花名册.xlsx",
            ..PLAIN
        },
    );
    assert_eq!(said, ["school-unknown.absent "]);
}
