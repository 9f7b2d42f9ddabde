//! `huizong why`: where a figure of a report comes from. Needs nothing but the results folder.
//!
//! | file | what it does |
//! |---|---|
//! | `ask` | what the arguments name: a cell of a report, or a figure |
//! | `find` | that figure in `statistics.json`, those beside it and below it |
//! | `rows` | the rows behind it and those left out, from `trace/` and `records/` |
//! | `show` | all of it for people and for programs |

mod ask;
mod find;
mod rows;
mod show;

use super::workspace::{self, Workspace};
use super::{Finding, Refusal, print};
use crate::cli::WhyArgs;
use crate::message::Lang;
use crate::pipeline;
use ask::Ask;
use find::Results;
use std::fs;
use std::path::{Path, PathBuf};

/// Rows shown where not all are asked for.
const SHOWN: usize = 20;

/// Carries out the command.
///
/// # Errors
/// When there are no results, or they have no such figure.
pub fn why(args: &WhyArgs, lang: Lang) -> Result<Finding, Refusal> {
    let ask = Ask::parse(&args.what);
    let folder = folder(&ask, args.results.as_deref(), lang)?;
    let results = Results::open(&folder, lang)?;
    let found = results.find(&ask, lang)?;
    let changed = changed(&ask, &results);
    let most = if args.all { usize::MAX } else { SHOWN };
    let behind = rows::Behind::read(&results, &found, most, lang)?;
    print(&match args.json {
        true => show::json(&found, &behind, changed),
        false => show::text(&found, &behind, changed, lang),
    });
    Ok(Finding::Clean)
}

/// The results folder: named, or the one that the report lies in, or the workspace's.
fn folder(ask: &Ask, named: Option<&Path>, lang: Lang) -> Result<PathBuf, Refusal> {
    let is_results = |p: &Path| p.join("statistics.json").is_file();
    let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let mut candidates: Vec<PathBuf> = Vec::new();
    match named {
        Some(named) => candidates.push(named.to_owned()),
        None => {
            if let Ask::Cell { report, .. } = ask {
                let parents = report.ancestors().skip(1).take(2);
                // A path of one part has the empty path above it: this folder.
                candidates.extend(parents.map(|p| here.join(p)));
            }
            candidates.push(here.clone());
            let names = workspace::names();
            candidates.push(here.join(&names.out));
            if let Ok(Some(found)) = Workspace::find(&here) {
                candidates.push(found.out());
            }
        }
    }
    candidates
        .into_iter()
        .find(|p| is_results(p))
        .ok_or_else(|| {
            let path = named.unwrap_or(&here).display().to_string();
            Refusal::say(lang, "why.no-results", &[("path", path)])
        })
}

/// Whether the report is another one than the run wrote; nothing where it is not at hand.
fn changed(ask: &Ask, results: &Results) -> Option<bool> {
    let Ask::Cell { report, .. } = ask else {
        return None;
    };
    let name = report.file_name()?.to_string_lossy().into_owned();
    let mut known = results.index.reports.iter();
    let known = known.find(|r| r.path.rsplit('/').next() == Some(&name))?;
    let bytes = fs::read(report)
        .or_else(|_| fs::read(results.folder.join(&known.path)))
        .ok()?;
    Some(pipeline::sha256(&bytes) != known.sha256)
}
