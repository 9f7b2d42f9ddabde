//! Tests of the forms that are sent out: they are read back without a doubt, stamped or not, and
//! LibreOffice finds with every formula what it is for.

use super::rules::{self, RowRule};
use super::sheet::{Body, HEADER};
use super::{Filled, Forms, Value, lists};
use crate::amend::Package;
use crate::diagnostic::{Diagnostic, Rule};
use crate::grid::{self, Workbook};
use crate::message::Lang;
use crate::recognise::{self, Recognised};
use crate::scheme::blank::Layout;
use crate::scheme::{Kind, Scheme, School, parse, stamp};
use rust_xlsxwriter::{ExcelDateTime, Formula, Workbook as Writer, Worksheet};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

fn scheme(id: &str) -> Scheme {
    let mut scheme = parse::load_builtin(id).unwrap();
    scheme.set_period("2025-10", "2025-10-31".parse().unwrap());
    scheme
}

fn school() -> School {
    School {
        name: "青石镇中心小学".into(),
        code: "2133000101".into(),
        ..School::default()
    }
}

fn read(bytes: &[u8]) -> Workbook {
    let found = crate::intake::read("青石镇中心小学.xlsx", bytes);
    assert!(found.diagnostics.is_empty(), "{:?}", found.diagnostics);
    found.value.into_iter().next().unwrap()
}

fn recognised(book: &Workbook, scheme: &Scheme) -> (Recognised, Vec<Diagnostic>) {
    let found = recognise::tables(book, scheme);
    (found.value, found.diagnostics)
}

/// Form and ids of the fields of each table.
fn bound(found: &Recognised, scheme: &Scheme) -> Vec<(String, Vec<String>)> {
    let of = |t: &recognise::Table| {
        let form = &scheme.forms[t.form];
        let id = |c: &recognise::Column| c.field.map_or("-".into(), |f| form.fields[f].id.clone());
        (form.id.clone(), t.columns.iter().map(id).collect())
    };
    found.tables.iter().map(of).collect()
}

fn asked(scheme: &Scheme) -> Vec<(String, Vec<String>)> {
    let of = |l: Layout| {
        let form = &scheme.forms[l.form];
        let ids = l.fields.iter().map(|f| form.fields[*f].id.clone());
        (form.id.clone(), ids.collect())
    };
    Layout::wanted(scheme).into_iter().map(of).collect()
}

#[test]
fn forms_of_every_scheme_come_back_as_they_were_sent() {
    for id in parse::builtin_ids() {
        for lang in [Lang::Zh, Lang::En] {
            let scheme = scheme(id);
            let bytes = Forms::new(&scheme, "1", lang)
                .workbook(&school(), &[])
                .unwrap();
            let again = Forms::new(&scheme, "1", lang)
                .workbook(&school(), &[])
                .unwrap();
            assert!(bytes == again, "{id}: the same form has other bytes");
            let (found, diagnostics) = recognised(&read(&bytes), &scheme);
            let rules: Vec<&str> = diagnostics.iter().map(|d| d.rule.name()).collect();
            assert_eq!(rules, ["form-empty"], "{id}: {diagnostics:?}");
            assert_eq!(bound(&found, &scheme), asked(&scheme), "{id}");
            assert_eq!(found.made_for.as_deref(), Some("青石镇中心小学"));
            assert!(found.tables.iter().all(|t| t.body.is_empty()));
        }
    }
}

#[test]
fn forms_whose_stamp_was_lost_are_read_by_their_headers() {
    for id in parse::builtin_ids() {
        let scheme = scheme(id);
        let bytes = Forms::new(&scheme, "1", Lang::Zh)
            .workbook(&school(), &[])
            .unwrap();
        let mut book = read(&bytes);
        book.sheets
            .retain(|s| *s.name != *stamp::SHEET && *s.name != *lists::SHEET);
        book.sheets.remove(0);
        let (found, _) = recognised(&book, &scheme);
        assert_eq!(bound(&found, &scheme), asked(&scheme), "{id}");
    }
}

#[test]
fn records_that_are_filled_in_stand_in_their_columns() {
    let scheme = scheme("county-backbone");
    let form = scheme.form("roster").unwrap();
    let fields = &scheme.forms[form].fields;
    let mut row = vec![Value::Blank; fields.len()];
    let mut set = |id: &str, value: Value| row[scheme.forms[form].field(id).unwrap()] = value;
    set("name", Value::Text("王丽".into()));
    set("id_number", Value::Text("339901198503150120".into()));
    set("birth_date", Value::Day("1985-03-15".parse().unwrap()));
    let filled = [Filled {
        form,
        rows: vec![row],
    }];
    let forms = Forms::new(&scheme, "1", Lang::Zh);
    let book = read(&forms.workbook(&school(), &filled).unwrap());
    let sheet = book.sheets.iter().find(|s| &*s.name == "教师名册").unwrap();
    let at = |id: &str| {
        let layout = Layout::of(form, &scheme).unwrap();
        let col = layout
            .fields
            .iter()
            .position(|f| fields[*f].id == id)
            .unwrap();
        sheet.at(HEADER + 1, col as u32)
    };
    assert_eq!(at("serial"), Some(grid::Value::Number(1.0)));
    assert_eq!(at("name"), Some(grid::Value::Text("王丽")));
    assert_eq!(
        at("id_number"),
        Some(grid::Value::Text("339901198503150120"))
    );
    assert_eq!(at("birth_date"), Some(grid::Value::Date(31121.0)));
    assert_eq!(at("title"), None);
    let (found, _) = recognised(&book, &scheme);
    assert_eq!(found.tables[0].body, [HEADER + 1]);
    assert!(book.sheets.iter().filter(|s| s.hidden).count() == 2);
}

/// A row of a form: field and what is typed into it.
type Row = &'static [(&'static str, &'static str)];

/// Form, rule, field whose cell turns red, and rows of which the first breaks the rule.
const BROKEN: &[(&str, Rule, &str, &[Row])] = &[
    (
        "roster",
        Rule::RequiredMissing,
        "id_number",
        &[&[("name", "王丽")]],
    ),
    (
        "roster",
        Rule::IdChecksum,
        "id_number",
        &[&[("id_number", "339901198503150121")]],
    ),
    (
        "roster",
        Rule::IdChecksum,
        "id_number",
        &[&[("id_number", "33990119850315012")]],
    ),
    (
        "roster",
        Rule::IdChecksum,
        "id_number",
        &[&[("id_number", "33990119850315O120")]],
    ),
    (
        "roster",
        Rule::IdDuplicate,
        "id_number",
        &[
            &[("id_number", "339901198503150120")],
            &[("id_number", "339901198503150120")],
        ],
    ),
    (
        "roster",
        Rule::IdBirthMismatch,
        "birth_date",
        &[&[
            ("id_number", "339901198503150120"),
            ("birth_date", "1985-03-16"),
        ]],
    ),
    (
        "roster",
        Rule::IdGenderMismatch,
        "gender",
        &[&[("id_number", "339901198503150120"), ("gender", "男")]],
    ),
    (
        "roster",
        Rule::DateFuture,
        "work_start",
        &[&[("work_start", "2025-11-01")]],
    ),
    (
        "roster",
        Rule::DateOrder,
        "work_start",
        &[&[("birth_date", "1985-03-15"), ("work_start", "2001-03-14")]],
    ),
    (
        "roster",
        Rule::AgeImplausible,
        "birth_date",
        &[&[("birth_date", "2007-11-01")]],
    ),
    (
        "roster",
        Rule::AgeImplausible,
        "birth_date",
        &[&[("birth_date", "1959-10-31")]],
    ),
    (
        "roster",
        Rule::EducationOrder,
        "education",
        &[&[("first_education", "本科"), ("education", "专科")]],
    ),
    (
        "claims",
        Rule::AmountOverClaimed,
        "claimed",
        &[&[("amount", "800"), ("claimed", "800.01")]],
    ),
    (
        "claims",
        Rule::AmountNegative,
        "amount",
        &[&[("amount", "-1")]],
    ),
    (
        "claims",
        Rule::InvoiceDuplicate,
        "amount",
        &[
            &[("invoice_no", "01234567"), ("amount", "80")],
            &[("invoice_no", "01234567"), ("amount", "80")],
        ],
    ),
    (
        "plan",
        Rule::PartOverWhole,
        "completed",
        &[&[("attended", "30"), ("completed", "31")]],
    ),
    (
        "assessment",
        Rule::RecordDuplicate,
        "id_number",
        &[
            &[("id_number", "339901198503150120"), ("year", "2025")],
            &[("id_number", "339901198503150120"), ("year", "2025")],
        ],
    ),
];

/// Rows that look like those and break nothing.
const RIGHT: &[(&str, &[Row])] = &[
    (
        "roster",
        &[
            &[
                ("name", "王丽"),
                ("id_number", "339901198503150120"),
                ("gender", "女"),
                ("birth_date", "1985-03-15"),
                ("work_start", "2001-03-15"),
                ("first_education", "专科"),
                ("education", "本科"),
            ],
            &[("id_number", "339901198503150121")],
        ],
    ),
    (
        "roster",
        &[&[
            ("name", "王丽"),
            ("id_number", "339901198805200226"),
            ("birth_date", "1988-05-20"),
            ("work_start", "2025-10-31"),
            ("first_education", "本科"),
            ("education", "本科"),
        ]],
    ),
    ("roster", &[&[]]),
    (
        "claims",
        &[
            &[
                ("name", "王丽"),
                ("id_number", "339901198503150120"),
                ("amount", "800"),
                ("claimed", "800"),
                ("invoice_no", "01234567"),
            ],
            &[("invoice_no", "1234567"), ("amount", "800")],
        ],
    ),
    (
        "plan",
        &[&[
            ("speciality", "护理"),
            ("planned", "30"),
            ("attended", "30"),
            ("completed", "30"),
        ]],
    ),
    (
        "assessment",
        &[
            &[
                ("name", "王丽"),
                ("id_number", "339901198503150120"),
                ("year", "2025"),
            ],
            &[("id_number", "339901198503150120"), ("year", "2024")],
        ],
    ),
];

/// A form of some scheme with its rules.
fn form(id: &str) -> (Scheme, Layout) {
    let ids = parse::builtin_ids();
    let mut schemes = ids.iter().map(|s| scheme(s));
    let of = |s: &Scheme| s.form(id).filter(|f| s.wanted[*f]);
    let scheme = schemes.find(|s| of(s).is_some()).unwrap();
    let layout = Layout::of(of(&scheme).unwrap(), &scheme).unwrap();
    (scheme, layout)
}

/// What LibreOffice makes of each formula in the form's first row: a sheet a case, a column a rule.
fn evaluated(cases: &[(&str, &[Row])]) -> Option<Vec<Vec<(RowRule, bool)>>> {
    if Command::new("soffice").arg("--version").output().is_err() {
        println!("skipped: no soffice on this machine");
        return None;
    }
    const AT: u16 = 60;
    let folder = std::env::temp_dir().join(format!(
        "huizong-rules-{}-{}",
        cases.len(),
        std::process::id()
    ));
    std::fs::create_dir_all(folder.join("full")).unwrap();
    // A workbook a form, a sheet a case: LibreOffice takes long to open one.
    let forms: BTreeSet<&str> = cases.iter().map(|c| c.0).collect();
    let mut watched: BTreeMap<&str, Vec<RowRule>> = BTreeMap::new();
    for id in &forms {
        let (scheme, layout) = form(id);
        let body = Body::new(&layout, &[], &scheme, Lang::Zh);
        let rules = rules::of(&body, &scheme, Lang::Zh);
        let mut book = Writer::new();
        for (_, rows) in cases.iter().filter(|c| c.0 == *id) {
            let sheet = book.add_worksheet();
            for (row, cells) in (HEADER + 1..).zip(rows.iter()) {
                for cell in cells.iter() {
                    typed(sheet, row, *cell, &body);
                }
            }
            for (col, rule) in (AT..).zip(&rules) {
                let formula = Formula::new(format!("={}", rule.formula));
                sheet.write_formula(HEADER + 1, col, formula).unwrap();
            }
        }
        lists::write(
            &mut book,
            &lists::of(std::slice::from_ref(&layout), &scheme),
        )
        .unwrap();
        // Without a stored result the formula is computed.
        let mut package = Package::open(book.save_to_buffer().unwrap()).unwrap();
        for sheet in package.sheets().unwrap() {
            let xml = String::from_utf8(package.part(&sheet.part).unwrap()).unwrap();
            let bare = xml.replace("</f><v>0</v>", "</f>");
            package.put(&sheet.part, bare.into_bytes());
        }
        std::fs::write(folder.join(format!("{id}.xlsx")), package.write().unwrap()).unwrap();
        watched.insert(id, rules);
    }
    let profile = folder.join("profile");
    let done = Command::new("soffice")
        .arg(format!(
            "-env:UserInstallation=file://{}",
            profile.display()
        ))
        .args(["--headless", "--convert-to", "xlsx", "--outdir"])
        .arg(folder.join("full"))
        .args(forms.iter().map(|id| folder.join(format!("{id}.xlsx"))))
        .output()
        .unwrap();
    let mut books: BTreeMap<&str, Workbook> = BTreeMap::new();
    for id in &forms {
        let path = folder.join(format!("full/{id}.xlsx"));
        let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{e}: {done:?}"));
        books.insert(id, read(&bytes));
    }
    std::fs::remove_dir_all(&folder).unwrap();
    let mut out = Vec::new();
    for (n, (id, _)) in cases.iter().enumerate() {
        let sheet = cases[..n].iter().filter(|c| c.0 == *id).count();
        let sheet = &books[id].sheets[sheet];
        let result = |(col, rule): (u32, &RowRule)| match sheet.at(HEADER + 1, col) {
            Some(grid::Value::Bool(b)) => (rule.clone(), b),
            other => panic!("{id} {}: {other:?}", rule.formula),
        };
        let rules = (u32::from(AT)..).zip(&watched[id]);
        out.push(rules.map(result).collect());
    }
    Some(out)
}

/// Writes a cell as its column holds it.
fn typed(sheet: &mut Worksheet, row: u32, (field, text): (&str, &str), body: &Body<'_>) {
    let column = body.column(field).unwrap_or_else(|| panic!("{field}"));
    let col = column as u16;
    match body.fields[column].kind {
        Kind::Date => {
            let day = ExcelDateTime::parse_from_str(text).unwrap();
            sheet.write(row, col, &day).unwrap();
        }
        Kind::Integer | Kind::Decimal | Kind::Money => {
            sheet.write(row, col, text.parse::<f64>().unwrap()).unwrap();
        }
        _ => {
            sheet.write_string(row, col, text).unwrap();
        }
    }
}

#[test]
fn libreoffice_finds_what_each_formula_is_for() {
    let cases: Vec<(&str, &[Row])> = BROKEN.iter().map(|b| (b.0, b.3)).collect();
    let Some(results) = evaluated(&cases) else {
        return;
    };
    for ((id, rule, field, rows), results) in BROKEN.iter().zip(results) {
        let (scheme, layout) = form(id);
        let body = Body::new(&layout, &[], &scheme, Lang::Zh);
        let column = body.column(field).unwrap();
        let own = results
            .iter()
            .find(|(r, _)| r.rule == *rule && r.column == column);
        let (_, broken) = own.unwrap_or_else(|| panic!("{id} {rule:?} has no formula"));
        assert!(broken, "{id} {rule:?} {rows:?}");
    }
}

#[test]
fn libreoffice_finds_nothing_in_rows_that_are_right() {
    let Some(results) = evaluated(RIGHT) else {
        return;
    };
    for ((id, rows), results) in RIGHT.iter().zip(results) {
        for (rule, broken) in results {
            assert!(!broken, "{id} {:?} {} {rows:?}", rule.rule, rule.formula);
        }
    }
}

#[test]
fn every_kind_of_formula_is_tried_and_short_enough() {
    let tried: BTreeSet<Rule> = BROKEN.iter().map(|b| b.1).collect();
    for id in parse::builtin_ids() {
        let scheme = scheme(id);
        for layout in Layout::wanted(&scheme) {
            let body = Body::new(&layout, &[], &scheme, Lang::Zh);
            for rule in rules::of(&body, &scheme, Lang::Zh) {
                assert!(tried.contains(&rule.rule), "{id} {:?}", rule.rule);
                // Excel's limit, and what Excel forbids in conditional formats.
                assert!(rule.formula.len() < 8192 && !rule.formula.contains(['{', '}', '!']));
                let quotes = rule.formula.matches('"').count();
                assert_eq!(quotes % 2, 0, "{}", rule.formula);
            }
        }
    }
}
