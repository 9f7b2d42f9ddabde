//! What each of the first three stages costs over a folder of workbooks, in CPU time of one thread:
//! `cargo run --release --example stages -- FOLDER [SCHEME] [TIMES]`. The share of recognition in reading is
//! what is looked at: it is to stay below 15 %.

use huizong::{intake, learning, normalise, scheme::parse};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Nanoseconds that this thread has run; where the system does not tell, what the clock says.
fn spent(since: Instant) -> u128 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let first = told.and_then(|t| t.split(' ').next().and_then(|n| n.parse().ok()));
    first.unwrap_or_else(|| since.elapsed().as_nanos())
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    let mut all: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder")
        .map(|e| e.expect("an entry").path())
        .collect();
    all.sort();
    for path in all {
        if path.is_dir() {
            files(&path, into);
        } else {
            into.push(path);
        }
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let folder = PathBuf::from(args.next().expect("FOLDER"));
    let id = args.next().unwrap_or_else(|| "county-backbone".to_owned());
    let times: usize = args.next().map_or(3, |n| n.parse().expect("TIMES"));
    let mut scheme = parse::load_builtin(&id).unwrap_or_else(|_| panic!("no scheme {id}"));
    scheme.set_period("2025-10", "2025-10-31".parse().expect("a day"));
    let mut all = Vec::new();
    files(&folder, &mut all);
    let since = Instant::now();
    for _ in 0..times {
        let [mut read, mut recognised, mut normalised] = [0; 3];
        for path in &all {
            let bytes = fs::read(path).expect("a file");
            let name = path.to_string_lossy();
            let at = spent(since);
            let workbooks = intake::read(&name, &bytes).value;
            let then = spent(since);
            read += then - at;
            for workbook in &workbooks {
                let at = spent(since);
                let (tables, scheme) = learning::recognised(workbook, &scheme);
                let then = spent(since);
                let records = normalise::records(workbook, &tables.value, scheme);
                normalised += spent(since) - then;
                recognised += then - at;
                drop(records);
            }
        }
        let ms = |n: u128| n as f64 / 1e6;
        println!(
            "read {:.0} ms, recognised {:.0} ms ({:.1} % of reading), normalised and checked {:.0} ms ({:.1} %)",
            ms(read),
            ms(recognised),
            ms(recognised) / ms(read) * 100.0,
            ms(normalised),
            ms(normalised) / ms(read) * 100.0
        );
    }
}
