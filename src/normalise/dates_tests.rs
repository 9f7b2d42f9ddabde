//! What a column settles that a cell cannot.

use super::super::column::Slot;
use super::*;
use crate::diagnostic::Place;
use crate::normalise::testing;
use crate::scheme::Scheme;

enum Cell {
    T(&'static str),
    N(f64),
    D(f64),
    B,
}
use Cell::{B, D, N, T};

fn slots(cells: &[Cell]) -> Vec<Slot<'static>> {
    cells
        .iter()
        .map(|c| Slot {
            held: match c {
                T(t) => Held::Text(t),
                N(n) => Held::Number(*n),
                D(d) => Held::Date(*d),
                B => Held::Blank,
            },
            ..Slot::BLANK
        })
        .collect()
}

struct Case<'a> {
    field: &'a str,
    ids: Vec<Option<String>>,
    years: &'a [&'a str],
}

impl Case<'_> {
    /// Each cell's day, or the variant of its diagnostic with a `!`.
    fn run(&self, cells: &[Cell]) -> Vec<String> {
        let mut scheme: Scheme = testing::scheme();
        scheme.cut_off = NaiveDate::from_ymd_opt(2025, 8, 31).expect("a date");
        let (form, id) = self.field.split_once('.').expect("form.field");
        let form = &scheme.forms[scheme.form(form).expect("a form")];
        let field = &form.fields[form.field(id).expect("a field")];
        let rows: Vec<u32> = (0..cells.len() as u32).collect();
        let cells = slots(cells);
        let place = Place::default();
        let column = Column {
            scheme: &scheme,
            field,
            place: &place,
            col: 0,
            factor: 1.0,
            rows: &rows,
            cells: &cells,
            persons: None,
        };
        let mut ids = TextColumn::default();
        for id in &self.ids {
            ids.push(id.as_deref());
        }
        let years: Vec<String> = self.years.iter().map(|y| (*y).to_owned()).collect();
        let help = Help {
            years: &years,
            ids: (!self.ids.is_empty()).then_some(&ids),
            present: &scheme.words.present,
        };
        let mut out = Vec::new();
        let show = |data: &Data| -> Vec<String> {
            let Data::Date(days) = data else {
                panic!("no dates")
            };
            days.iter()
                .map(|d| match *d {
                    NO_DATE => "-".to_owned(),
                    d => (NaiveDate::default() + chrono::Duration::days(d.into())).to_string(),
                })
                .collect()
        };
        let mut shown = if field.kind == crate::scheme::Kind::Period {
            let (start, end) = periods(&column, &help, &mut out);
            show(&start.data)
                .into_iter()
                .zip(show(&end.data))
                .map(|(s, e)| format!("{s}..{e}"))
                .collect()
        } else {
            show(&read(&column, &help, &mut out).data)
        };
        for d in &out {
            let row = d.place.row.expect("a row") as usize;
            let mark = if d.rule == Rule::DateFuture {
                "future"
            } else {
                d.variant
            };
            shown[row] = format!("{}!{mark}", shown[row].replace('-', ""));
        }
        shown
    }
}

fn dates(cells: &[Cell]) -> Vec<String> {
    Case {
        field: "roster.work_start",
        ids: vec![],
        years: &[],
    }
    .run(cells)
}

#[test]
fn the_columns_habit_settles_first_or_tenth() {
    // Two-digit months occur: the zero was lost.
    assert_eq!(
        dates(&[N(1985.1), N(1990.01), N(1988.12)]),
        ["1985-10-01", "1990-01-01", "1988-12-01"]
    );
    assert_eq!(
        dates(&[T("1985.1"), T("1990.03")]),
        ["1985-10-01", "1990-03-01"]
    );
    // Months are written bare, and someone took care of the tenth.
    assert_eq!(
        dates(&[N(1985.1), N(1990.3), T("1991.10")]),
        ["1985-01-01", "1990-03-01", "1991-10-01"]
    );
    // Nothing tells.
    assert_eq!(dates(&[N(1985.1), N(1990.3)]), ["!ambiguous", "1990-03-01"]);
    assert_eq!(
        dates(&[N(1985.1), N(1988.12)]),
        ["!ambiguous", "1988-12-01"]
    );
    // Text keeps its zeros.
    assert_eq!(
        dates(&[T("1985.1"), T("1990.3")]),
        ["1985-01-01", "1990-03-01"]
    );
}

#[test]
fn an_id_number_settles_what_the_column_cannot() {
    let case = Case {
        field: "roster.birth_date",
        ids: vec![
            Some(testing::id("33990119851023001")),
            Some(testing::id("33990119850123001")),
            Some(testing::id("33990119850323001")),
        ],
        years: &[],
    };
    assert_eq!(
        case.run(&[N(1985.1), N(1985.1), N(1985.1)]),
        ["1985-10-23", "1985-01-23", "!ambiguous"]
    );
}

#[test]
fn a_month_takes_its_day_from_the_id_number() {
    let case = Case {
        field: "roster.birth_date",
        ids: vec![
            Some(testing::id("33990119850315012")),
            Some(testing::id("33990119850415012")),
            Some("339901198503150121".into()),
            None,
        ],
        years: &[],
    };
    assert_eq!(
        case.run(&[T("1985.03"), T("1985.03"), T("1985.03"), T("1985.03")]),
        ["1985-03-15", "1985-03-01", "1985-03-01", "1985-03-01"]
    );
    // A column of firsts says months only; a column with other days says days.
    assert_eq!(case.run(&[D(31107.0), B, B, B])[0], "1985-03-15");
    assert_eq!(case.run(&[D(31107.0), D(31151.0), B, B])[0], "1985-03-01");
}

#[test]
fn years_come_from_the_column_then_from_the_title() {
    let case = |years| Case {
        field: "training.period",
        ids: vec![],
        years,
    };
    assert_eq!(
        case(&[]).run(&[T("7月5日—12日"), T("2025.3.1-3.2")]),
        ["2025-07-05..2025-07-12", "2025-03-01..2025-03-02"]
    );
    assert_eq!(
        case(&["2024年教师培训登记表"]).run(&[T("7月5日—12日")]),
        ["2024-07-05..2024-07-12"]
    );
    assert_eq!(
        case(&["2024—2025学年培训登记表"]).run(&[T("7月5日—12日"), T("10.5-10.12")]),
        ["2025-07-05..2025-07-12", "2024-10-05..2024-10-12"]
    );
    assert_eq!(
        case(&["培训登记表"]).run(&[T("7月5日—12日")]),
        ["..!no-year"]
    );
    // The only year at hand would put it into the future.
    assert_eq!(case(&["2025年"]).run(&[T("12月5日—12日")]), ["..!no-year"]);
}

#[test]
fn periods_of_all_kinds() {
    let case = Case {
        field: "training.period",
        ids: vec![],
        years: &[],
    };
    assert_eq!(
        case.run(&[
            T("2025.7.5-7.12"),
            T("2025年7月5日至今"),
            T("2025.7"),
            D(45843.0),
            T("无"),
            T("暑假"),
            T("2025.12.5-12.8"),
            N(2025.07),
        ]),
        [
            "2025-07-05..2025-07-12",
            "2025-07-05..-",
            "2025-07-01..2025-07-01",
            "2025-07-05..2025-07-05",
            "-..-",
            "..!",
            "20251205..20251208!future",
            "2025-07-01..2025-07-01",
        ]
    );
}

#[test]
fn nothing_is_no_mistake_and_mistakes_are_named() {
    assert_eq!(
        dates(&[
            T("无"),
            T("—"),
            N(0.0),
            T("0"),
            T("至今"),
            T("1985"),
            T("3/4/1985"),
            T("1885.3.5"),
            T("2025.9.1"),
            N(45761.0),
            T("不记得"),
            T("2085.3"),
        ]),
        [
            "-",
            "-",
            "-",
            "-",
            "-",
            "!year",
            "!order",
            "!implausible",
            "20250901!future",
            "2025-04-14",
            "!",
            "20850301!future",
        ]
    );
    let future = Case {
        field: "study.expected_graduation",
        ids: vec![],
        years: &[],
    };
    assert_eq!(
        future.run(&[T("2027.7"), T("28.7")]),
        ["2027-07-01", "2028-07-01"]
    );
}
