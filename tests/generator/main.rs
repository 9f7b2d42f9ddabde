//! Writes a messy batch to disk: `generate --out DIR [--seed N] [--schools N] [--scheme ID]
//! [--mess 0..1|full] [--unseen RATE] [--mistakes RATE] [--formats xlsx,xls,…] [--period YYYY-MM] [--size FACTOR]`.
//!
//! DIR gets `inbox/`, `schools.xlsx` and `truth/` (records, plants, schools, how to run).

#[path = "mod.rs"]
mod generator;
#[path = "../support/mod.rs"]
mod support;

use generator::Options;
use std::fs;
use std::path::Path;
use support::FileFormat;

fn main() {
    let mut args = std::env::args().skip(1);
    let mut out = None;
    let mut options = Options::new("rural-uplift", 1);
    let mut scheme = None;
    while let Some(arg) = args.next() {
        let value = args.next().unwrap_or_else(|| panic!("{arg} needs a value"));
        match arg.as_str() {
            "--out" => out = Some(value),
            "--seed" => options.seed = value.parse().expect("a number"),
            "--schools" => options.schools = value.parse().expect("a number"),
            "--scheme" => scheme = Some(value),
            "--mess" if value == "full" => options.full = true,
            "--unseen" => options.unseen = value.parse().expect("a number"),
            "--mess" => options.mess = value.parse().expect("a number"),
            "--mistakes" => options.mistakes = value.parse().expect("a number"),
            "--size" => options.size = value.parse().expect("a number"),
            "--period" => {
                let (y, m) = value.split_once('-').expect("YYYY-MM");
                options.period = (y.parse().expect("a year"), m.parse().expect("a month"));
            }
            "--formats" => {
                options.formats = value
                    .split(',')
                    .map(|f| FileFormat::named(f).unwrap_or_else(|| panic!("no format {f}")))
                    .collect();
            }
            _ => panic!("unknown argument {arg}"),
        }
    }
    if let Some(scheme) = scheme {
        options.forms = Options::new(&scheme, 0).forms;
        options.scheme = scheme;
    }
    let out = out.expect("--out DIR");
    write(Path::new(&out), &options);
}

fn write(out: &Path, options: &Options) {
    if options.unseen > 0.0 {
        let scheme = huizong::scheme::parse::load_builtin(&options.scheme).expect("a scheme");
        generator::unseen::assert_unknown(&scheme);
    }
    let batch = generator::batch(options);
    let put = |path: &str, bytes: &[u8]| {
        let path = out.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
        fs::write(path, bytes).expect("file");
    };
    for (path, bytes) in &batch.files {
        put(&format!("inbox/{path}"), bytes);
    }
    put("schools.xlsx", &batch.schools_xlsx);
    put("truth/schools.csv", batch.schools_csv.as_bytes());
    put("truth/tables.csv", batch.truth.tables_csv().as_bytes());
    put("truth/scheme.txt", options.scheme.as_bytes());
    put("truth/plants.csv", batch.truth.plants_csv().as_bytes());
    for form in &options.forms {
        put(
            &format!("truth/records/{form}.csv"),
            batch.truth.records_csv(form).as_bytes(),
        );
    }
    let (y, m) = options.period;
    let how = format!(
        "huizong run {0}/inbox --scheme {1} --schools {0}/schools.xlsx --period {y}-{m:02} --out {0}/out\n",
        out.display(),
        options.scheme
    );
    put("truth/run.txt", how.as_bytes());
    let rows: usize = batch.truth.records.values().map(Vec::len).sum();
    println!(
        "{} files, {} schools, {rows} rows, {} plants",
        batch.files.len(),
        batch.world.schools.len(),
        batch.truth.plants.len()
    );
}
