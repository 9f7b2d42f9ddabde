//! Messy generated batches against the bars of the main job.

use crate::generator::band::{Bands, bands};
use crate::generator::measure::{Expected, Score, score};
use crate::generator::truth::read_csv;
use crate::generator::verdict::{Verdicts, verdicts};
use crate::generator::{Options, batch, unseen};
use crate::harness::run;
use huizong::scheme::parse;

fn scored(options: &Options) -> Score {
    judged(options).0
}

fn judged(options: &Options) -> (Score, Verdicts, Bands) {
    let batch = batch(options);
    let mut scheme = parse::load_builtin(&options.scheme).expect("the scheme loads");
    let (y, m) = options.period;
    let period = format!("{y}-{m:02}");
    scheme.set_period(&period, run::month_end(&period));
    let lines: Vec<String> = read_csv(&batch.schools_csv)
        .iter()
        .map(|s| {
            ["school_code", "school", "town", "area", "kind", "aliases"]
                .map(|k| s[k].as_str())
                .join("|")
        })
        .collect();
    scheme.directory = run::directory(&lines.join("\n"));
    let concluded = run::run(&batch.files, &scheme);
    for input in &concluded.inputs {
        for sheet in &input.sheets {
            assert!(
                sheet.balances(),
                "{} {}: {sheet:?}",
                input.file,
                sheet.sheet
            );
        }
    }
    let expected = Expected {
        records: options
            .forms
            .iter()
            .map(|f| ((*f).to_owned(), read_csv(&batch.truth.records_csv(f))))
            .collect(),
        plants: read_csv(&batch.truth.plants_csv()),
        tables: read_csv(&batch.truth.tables_csv()),
    };
    let outcome = run::outcome(&concluded, &scheme);
    (
        score(&expected, &outcome),
        verdicts(&expected, &outcome),
        bands(&expected, &batch.files, &scheme),
    )
}

fn few(list: &[String]) -> String {
    list.iter().take(10).map(|l| format!("\n  {l}")).collect()
}

fn holds(options: &Options) {
    let s = scored(options);
    let what = format!("{} seed {}\n{s}", options.scheme, options.seed);
    assert!(s.rows > 100, "{what}");
    assert!(
        s.missing.is_empty(),
        "rows lost: {}\n{what}",
        few(&s.missing)
    );
    assert!(
        s.invented.is_empty(),
        "rows invented: {}\n{what}",
        few(&s.invented)
    );
    let different: Vec<String> = s.different.values().flatten().cloned().collect();
    assert!(
        s.cell_share() >= 0.995,
        "cells differ: {}\n{what}",
        few(&different)
    );
    assert!(
        s.plant_share() >= 0.98,
        "mistakes not reported: {}\n{what}",
        few(&s.unreported)
    );
    if options.mistakes == 0.0 {
        assert!(
            s.unexpected.is_empty(),
            "errors on a clean batch: {}\n{what}",
            few(&s.unexpected)
        );
    }
}

fn options(scheme: &str, seed: u64, mess: f64, mistakes: f64) -> Options {
    Options {
        mess,
        mistakes,
        size: 0.5,
        ..Options::new(scheme, seed)
    }
}

#[test]
fn tidy_batches_are_read_whole_and_without_an_error() {
    holds(&options("rural-uplift", 11, 0.0, 0.0));
    holds(&options("county-backbone", 12, 0.0, 0.0));
}

/// The seeds of a test; `SEEDS=100..130` tries others.
fn seeds(usual: std::ops::Range<u64>) -> std::ops::Range<u64> {
    let asked = std::env::var("SEEDS").ok();
    let range = asked.as_deref().and_then(|s| s.split_once(".."));
    range.map_or(usual, |(a, b)| {
        a.parse().expect("a seed")..b.parse().expect("a seed")
    })
}

/// Checks all seeds before it fails.
fn all_hold(seeds: std::ops::Range<u64>, mistakes: f64) {
    let failed: Vec<u64> = seeds
        .filter(|seed| {
            ["rural-uplift", "county-backbone"].iter().any(|scheme| {
                std::panic::catch_unwind(|| holds(&options(scheme, *seed, 1.0, mistakes))).is_err()
            })
        })
        .collect();
    assert!(failed.is_empty(), "seeds that do not hold: {failed:?}");
}

#[test]
fn messy_batches_are_read_whole_and_without_an_error() {
    all_hold(seeds(21..25), 0.0);
}

#[test]
fn planted_mistakes_are_reported_at_their_cells() {
    all_hold(seeds(31..35), 0.02);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let o = options("rural-uplift", 7, 1.0, 0.02);
    let (a, b) = (batch(&o), batch(&o));
    assert_eq!(a.files, b.files);
    assert_eq!(a.schools_xlsx, b.schools_xlsx);
    assert_eq!(a.truth.plants_csv(), b.truth.plants_csv());
}

/// Labels and terms that no dictionary has, and columns that look like a field and are none: what
/// is not understood is asked for. Nothing wrong is taken without a word, and no row is lost.
#[test]
fn unseen_spellings_are_open_questions_never_wrong_values() {
    let (mut tables, mut exact) = (0, 0);
    let (mut right, mut taken) = (0, 0);
    for seed in seeds(51..54) {
        for scheme in ["rural-uplift", "county-backbone"] {
            let options = Options {
                unseen: 0.25,
                ..options(scheme, seed, 1.0, 0.0)
            };
            unseen::assert_unknown(&parse::load_builtin(scheme).expect("the scheme loads"));
            let (_, verdicts, bands) = judged(&options);
            let what = format!("{scheme} seed {seed}\n{verdicts}{bands}");
            assert!(verdicts.unknown > 1000, "nothing was unseen: {what}");
            for (is, list) in [
                ("wrong and silent", &verdicts.silent),
                ("null without a finding", &verdicts.dropped),
                ("lost without a word", &verdicts.lost),
                ("invented", &verdicts.invented),
            ] {
                assert!(list.is_empty(), "{is}: {}\n{what}", few(list));
            }
            assert!(
                bands.wrong.is_empty(),
                "bound wrong: {:?}\n{what}",
                bands.wrong
            );
            right += verdicts.right;
            taken += verdicts.taken();
            (tables, exact) = (tables + bands.tables, exact + bands.exact);
        }
    }
    assert!(
        right * 1000 >= taken * 999,
        "right: {right} of {taken} taken"
    );
    assert!(tables > 100, "{tables} tables");
    assert!(
        exact * 100 >= tables * 99,
        "headers: {exact} of {tables} exact"
    );
}
