//! What is printed is what was computed, and stands where the locations say.

use super::*;

#[test]
fn figures_read_back_from_the_file_are_the_figures_computed() {
    let world = World::showing(towns());
    let report = world.compose();
    let bytes = write(&report).expect("written");
    assert_eq!(bytes[0].0, "reports/提升工程_2025-08.xlsx");
    let mut workbook = open(&bytes[0].1);
    assert_eq!(report.locations.len(), 6 * 5);
    for place in &report.locations {
        assert_eq!(*place.report, *bytes[0].0);
        let range = workbook.worksheet_range(&place.sheet).expect("a sheet");
        let got = range.get_value(place.at).cloned().unwrap_or(Data::Empty);
        let tab = &world.tabulations[place.tabulation];
        let want = &tab.rows[place.row].figures[place.column].value;
        let same = match (want, &got) {
            (Number::Integer(n), Data::Float(x)) => *x == *n as f64,
            (Number::Hundredths(n), Data::Float(x)) => (x * 100.0).round() == *n as f64,
            (Number::Ratio(n, d), Data::Float(x)) => *x == *n as f64 / *d as f64,
            // A rate without base is a dash, money that nobody claimed a blank.
            (Number::Missing, Data::String(s)) => s == "—" && place.column == 2,
            (Number::Missing, Data::Empty) => place.column == 4,
            _ => false,
        };
        assert!(
            same,
            "{} {}: {want:?} is {got:?}",
            place.sheet,
            place.cell()
        );
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let report = World::showing(towns()).compose();
    let first = write(&report).expect("written");
    for _ in 0..3 {
        assert!(write(&report).expect("written") == first);
    }
}

#[test]
fn words_that_begin_like_a_formula_stay_words() {
    let evil = ["=1+1", "+86", "-x", "@sum", "=HYPERLINK(\"http://x\")"];
    let tab = Tabulation {
        measure: "m".into(),
        dimensions: vec![("school".into(), "=学校".into())],
        columns: vec![column("=c", Quantity::Text, None)],
        rows: evil
            .iter()
            .map(|t| row(Level::Leaf, &[t], &[Number::Text((*t).into())]))
            .collect(),
        ..Tabulation::default()
    };
    let report = World::showing(tab).compose();
    let bytes = write(&report).expect("written");
    let mut workbook = open(&bytes[0].1);
    let formulas = workbook.worksheet_formula("表一").expect("formulas");
    assert_eq!(formulas.used_cells().count(), 0);
    let range = workbook.worksheet_range("表一").expect("a sheet");
    for place in &report.locations {
        let want = evil[place.row];
        assert_eq!(range.get_value(place.at), Some(&Data::String(want.into())));
    }
}

#[test]
fn years_are_shown_without_thousands_apart() {
    let tab = Tabulation {
        measure: "m".into(),
        dimensions: vec![("school".into(), "学校".into())],
        columns: vec![
            column("年度", Quantity::Plain, None),
            column("篇数", heads(), None),
        ],
        rows: vec![row(
            Level::Leaf,
            &["甲校"],
            &[Number::Integer(2025), Number::Integer(1200)],
        )],
        ..Tabulation::default()
    };
    let report = World::showing(tab).compose();
    let format = crate::report::theme::number_format;
    let shown = |c: usize| format(page(&report, "表一").columns[2 + c].show);
    assert_eq!(shown(0).as_deref(), Some("0"));
    assert_eq!(shown(1).as_deref(), Some("#,##0"));
}

#[test]
fn a_missed_target_is_marked_and_explained() {
    let mut tab = towns();
    tab.rows[3].figures[2].met = Some(false);
    tab.rows[0].figures[2].met = Some(true);
    let report = World::showing(tab).compose();
    let sheet = page(&report, "表一");
    use crate::report::page::Meaning;
    assert_eq!(at(sheet, 5, 4).meaning, Meaning::BelowTarget);
    assert_eq!(at(sheet, 1, 4).meaning, Meaning::Met);
    assert_eq!(at(sheet, 2, 4).meaning, Meaning::Missing);
    let notes = sheet.footnotes.join("\n");
    assert!(notes.starts_with("注：1."), "{notes}");
    assert!(notes.contains('▼') && notes.contains("分母为零"), "{notes}");
}

#[test]
fn every_table_names_the_document_it_rests_on() {
    let mut world = World::showing(towns());
    let notes = |world: &World| page(&world.compose(), "表一").footnotes.join("\n");
    assert!(!notes(&world).contains("依据"), "{}", notes(&world));
    world.scheme.document = "县教〔2024〕8号".into();
    assert!(notes(&world).contains("依据：县教〔2024〕8号。"));
    world.scheme.effective.0 = NaiveDate::from_ymd_opt(2024, 9, 1);
    let found = notes(&world);
    assert!(
        found.contains("依据：县教〔2024〕8号（自2024年9月1日起施行）。"),
        "{found}"
    );
}

#[test]
fn the_total_of_money_is_repeated_in_capitals() {
    let report = World::showing(towns()).compose();
    let sheet = page(&report, "表一");
    let last = sheet.lines.last().expect("lines");
    assert_eq!(last.kind, LineKind::Words);
    assert_eq!(
        last.cells[0].content,
        Content::Text(
            "金额合计（大写）：人民币壹佰元伍角伍分\u{3000}\u{3000}（小写）：¥100.55".into()
        )
    );
}

#[test]
fn a_measure_without_rows_still_has_its_page() {
    let mut tab = towns();
    tab.rows.clear();
    let report = World::showing(tab).compose();
    let sheet = page(&report, "表一");
    assert_eq!(sheet.lines.len(), 1);
    assert!(report.locations.is_empty());
    assert!(write(&report).is_ok());
}
