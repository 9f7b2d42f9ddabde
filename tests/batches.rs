//! Messy generated batches against the bars of the main job.

use crate::generator::measure::{Expected, Score, score};
use crate::generator::truth::read_csv;
use crate::generator::{Options, batch};
use crate::harness::run;
use huizong::scheme::parse;

fn scored(options: &Options) -> Score {
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
    score(&expected, &run::outcome(&concluded, &scheme))
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
