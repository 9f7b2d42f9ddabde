//! What must hold whatever the data: figures do not depend on order, threads, blank lines, merges
//! or how a school parts its workbooks; every row is accounted for.

use crate::generator::layout::{Line, Table, lay_out};
use crate::generator::{Options, batch, habits::Habit, world};
use crate::golden::{SAMPLES, files, folder, scheme};
use crate::harness::run;
use crate::support::outcome::Row;
use crate::support::rng::Rng;
use crate::support::{Content, FileFormat, SheetDraft, WorkbookDraft};
use huizong::pipeline::Concluded;
use huizong::scheme::Scheme;
use huizong::statistics;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Everything that must be the same, byte for byte.
fn results(concluded: &Concluded, scheme: &Scheme) -> (BTreeMap<String, Vec<u8>>, String, String) {
    let findings = run::findings(&concluded.diagnostics);
    let figures = statistics::json(&concluded.tabulations, scheme, &BTreeMap::new());
    (
        run::parquet_files(concluded, scheme),
        format!("{findings:?}"),
        serde_json::to_string(&figures).expect("json"),
    )
}

#[test]
fn order_of_files_and_number_of_threads_change_no_byte() {
    for sample in SAMPLES {
        let scheme = scheme(sample);
        let mut inbox = files(&folder(sample).join("inbox"));
        let with = |threads: usize, inbox: &[(String, Vec<u8>)]| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .expect("threads");
            pool.install(|| results(&run::run(inbox, &scheme), &scheme))
        };
        let one = with(1, &inbox);
        let four = with(4, &inbox);
        inbox.reverse();
        let reversed = with(3, &inbox);
        Rng::new(9).shuffle(&mut inbox);
        let shuffled = with(2, &inbox);
        assert!(one == four, "{sample}: threads show");
        assert!(
            one == reversed && one == shuffled,
            "{sample}: the order of files shows"
        );
    }
}

#[test]
fn every_row_of_every_sheet_is_accounted_for() {
    for (scheme_id, seed) in [("rural-uplift", 51), ("county-backbone", 52)] {
        let options = Options {
            size: 0.4,
            ..Options::new(scheme_id, seed)
        };
        let batch = batch(&options);
        let mut scheme = huizong::scheme::parse::load_builtin(scheme_id).expect("the scheme loads");
        scheme.set_period("2025-10", run::month_end("2025-10"));
        let concluded = run::run(&batch.files, &scheme);
        let mut seen = 0;
        for input in &concluded.inputs {
            for sheet in &input.sheets {
                assert!(
                    sheet.balances(),
                    "{} {}: {sheet:?}",
                    input.file,
                    sheet.sheet
                );
                seen += sheet.kept;
            }
        }
        let rows: usize = concluded.dataset.forms.iter().map(|f| f.len()).sum();
        assert_eq!(
            seen as usize, rows,
            "{scheme_id}: records and accounts agree"
        );
    }
}

/// Records without the place they came from.
fn values(rows: &[Row]) -> Vec<Row> {
    rows.iter()
        .map(|r| {
            let mut r = r.clone();
            r.retain(|k, _| !k.starts_with("source_"));
            r
        })
        .collect()
}

/// One school's table of a form as drawn by the generator with these habits.
fn drawn(form: &'static str, habit: &Habit, seed: u64) -> SheetDraft {
    let options = Options {
        schools: 2,
        mistakes: 0.0,
        ..Options::new(
            if form == "claims" {
                "county-backbone"
            } else {
                "rural-uplift"
            },
            seed,
        )
    };
    let mut rng = Rng::new(seed);
    let world = world::build(&options, &mut rng);
    let school = &world.schools[0];
    let table = Table {
        form,
        file: "x".into(),
        lines: school.records[form]
            .iter()
            .take(12)
            .map(|fields| Line {
                school,
                fields: fields.clone(),
                copied: None,
            })
            .collect(),
        submitter: school,
        habit,
        options: &options,
        world: &world,
        made: world::cut_off(&options),
    };
    let mut sheet = SheetDraft::new("表");
    lay_out(&mut sheet, 0, &table, &mut rng);
    sheet
}

fn read(sheet: SheetDraft, form: &str) -> Vec<Row> {
    let mut scheme = run::bare_scheme();
    scheme.directory =
        run::directory("2133000101 | 青石镇中心小学 | 青石镇 | 镇区 | 中心小学 | 青石中心小学");
    let file = (
        "青石镇中心小学.xlsx".to_owned(),
        FileFormat::Xlsx.write(&WorkbookDraft::one(sheet)),
    );
    let concluded = run::run(&[file], &scheme);
    let outcome = run::outcome(&concluded, &scheme);
    outcome.records.get(form).cloned().unwrap_or_default()
}

const FORMS: [&str; 4] = ["roster", "training", "study", "claims"];

/// First data row of a drawn sheet: the row after the header, found by the id numbers below it.
fn first_data_row(sheet: &SheetDraft) -> u32 {
    sheet
        .cells
        .iter()
        .filter(|(_, c)| matches!(c, Content::Text(t) if t.len() == 18 && t.starts_with("3399")))
        .map(|((r, _), _)| *r)
        .min()
        .expect("a data row")
}

fn tidy_habit(seed: u64) -> Habit {
    Habit::draw(&mut Rng::new(seed), 0.0, false, &[])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn blank_lines_change_no_record(seed in 0u64..500, form in 0usize..4, at in prop::collection::vec(0u32..12, 1..5)) {
        let form = FORMS[form];
        let sheet = drawn(form, &tidy_habit(seed), seed);
        let plain = values(&read(sheet.clone(), form));
        prop_assume!(!plain.is_empty());
        let first = first_data_row(&sheet);
        let mut spaced = sheet;
        for a in at {
            spaced.insert_rows(first + a, 1);
        }
        prop_assert_eq!(values(&read(spaced, form)), plain);
    }

    #[test]
    fn unmerging_the_header_binds_the_same_columns(seed in 0u64..500, form in 0usize..4) {
        let form = FORMS[form];
        let mut habit = tidy_habit(seed);
        habit.two_rows = true;
        let sheet = drawn(form, &habit, seed);
        let merged = read(sheet.clone(), form);
        prop_assume!(!merged.is_empty());
        let mut plain = sheet;
        plain.merges.clear();
        prop_assert_eq!(read(plain, form), merged);
    }

    #[test]
    fn a_right_total_row_changes_nothing(seed in 0u64..500, form in 0usize..4) {
        let form = FORMS[form];
        let sheet = drawn(form, &tidy_habit(seed), seed);
        let plain = read(sheet.clone(), form);
        prop_assume!(!plain.is_empty());
        let (last, right) = sheet.extent().expect("cells");
        let first = first_data_row(&sheet);
        let mut with = sheet.clone();
        with.text(last + 1, 0, "合计");
        for col in 1..=right {
            let numbers: Vec<f64> = (first..=last)
                .filter_map(|r| match sheet.cells.get(&(r, col)) {
                    Some(Content::Number(n)) => Some(*n),
                    _ => None,
                })
                .collect();
            let texts = (first..=last).any(|r| matches!(sheet.cells.get(&(r, col)), Some(Content::Text(_) | Content::Date(..))));
            if !numbers.is_empty() && !texts {
                let sum = (numbers.iter().sum::<f64>() * 100.0).round() / 100.0;
                with.put(last + 1, col, Content::Number(sum));
            }
        }
        prop_assert_eq!(read(with, form), plain);
    }

    #[test]
    fn rows_in_another_order_are_the_same_records(seed in 0u64..500, form in 0usize..4) {
        let form = FORMS[form];
        let sheet = drawn(form, &tidy_habit(seed), seed);
        let mut plain = values(&read(sheet.clone(), form));
        prop_assume!(!plain.is_empty());
        let first = first_data_row(&sheet);
        let (last, _) = sheet.extent().expect("cells");
        let mut turned = sheet.clone();
        turned.cells = sheet
            .cells
            .into_iter()
            .map(|((r, c), v)| ((if r >= first { first + last - r } else { r }, c), v))
            .collect();
        let mut got = values(&read(turned, form));
        plain.sort();
        got.sort();
        prop_assert_eq!(got, plain);
    }
}

/// A school may send one workbook or one a form: the figures are the same.
#[test]
fn splitting_a_workbook_changes_no_figure() {
    let options = Options {
        mistakes: 0.0,
        mess: 0.0,
        schools: 6,
        size: 0.5,
        ..Options::new("rural-uplift", 61)
    };
    let mut scheme =
        huizong::scheme::parse::load_builtin("rural-uplift").expect("the scheme loads");
    scheme.set_period("2025-10", run::month_end("2025-10"));
    let mut rng = Rng::new(61);
    let world = world::build(&options, &mut rng);
    let lines: Vec<String> = world
        .schools
        .iter()
        .map(|s| {
            format!(
                "{}|{}|{}|{}|{}|{}",
                s.code,
                s.name,
                s.town,
                s.area,
                s.kind,
                s.aliases.join("、")
            )
        })
        .collect();
    scheme.directory = run::directory(&lines.join("\n"));
    let (mut whole, mut parts) = (Vec::new(), Vec::new());
    for (i, school) in world.schools.iter().enumerate() {
        let habit = tidy_habit(i as u64);
        let mut book = WorkbookDraft::default();
        for (n, form) in options.forms.iter().enumerate() {
            let table = Table {
                form,
                file: "x".into(),
                lines: school.records[form]
                    .iter()
                    .map(|fields| Line {
                        school,
                        fields: fields.clone(),
                        copied: None,
                    })
                    .collect(),
                submitter: school,
                habit: &habit,
                options: &options,
                world: &world,
                made: world::cut_off(&options),
            };
            let mut sheet = SheetDraft::new(format!("表{n}"));
            lay_out(&mut sheet, 0, &table, &mut Rng::new(i as u64));
            let one = FileFormat::Xlsx.write(&WorkbookDraft::one(sheet.clone()));
            parts.push((format!("{}/{n}.xlsx", school.name), one));
            book.sheets.push(sheet);
        }
        whole.push((
            format!("{}.xlsx", school.name),
            FileFormat::Xlsx.write(&book),
        ));
    }
    let figures = |inbox: &[(String, Vec<u8>)]| {
        let concluded = run::run(inbox, &scheme);
        statistics::json(&concluded.tabulations, &scheme, &BTreeMap::new())
    };
    let (a, b) = (figures(&whole), figures(&parts));
    assert!(a.len() > 500);
    for (x, y) in a.iter().zip(&b) {
        assert_eq!(x, y);
    }
    assert_eq!(a.len(), b.len());
}
