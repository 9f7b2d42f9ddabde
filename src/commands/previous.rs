//! The earlier period that a run is compared with: the records of its results, or its inbox read
//! again.

use super::Refusal;
use super::inbox::{self, Inbox};
use crate::diagnostic::notice::Notice;
use crate::frames::previous::Earlier;
use crate::frames::reread;
use crate::message::{self, Lang};
use crate::pipeline::{self, LoadError};
use crate::scheme::Scheme;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Reads it.
///
/// # Errors
/// In words, when it cannot be read or nothing in it can be used: everyone would be new.
pub fn load(path: &Path, scheme: &Scheme, lang: Lang) -> Result<Earlier, Refusal> {
    let refused = |why: String| {
        let args = [("path", path.display().to_string()), ("why", why)];
        Refusal::say(lang, "cli.previous-unreadable", &args)
    };
    let files = records(path).map_err(|e| refused(e.to_string()))?;
    let earlier = match files.is_empty() {
        false => Earlier {
            notices: notices(path),
            ..results(files, scheme, lang).map_err(refused)?
        },
        true => submissions(path, scheme).map_err(|e| refused(e.to_string()))?,
    };
    if earlier.records.iter().all(|r| r.rows.is_empty()) {
        return Err(refused(message::say(lang, "cli.previous-empty", &[])));
    }
    Ok(earlier)
}

/// The record files of a results folder, sorted; none where it is no results folder.
fn records(path: &Path) -> io::Result<Vec<PathBuf>> {
    if fs::metadata(path)?.is_file() {
        return Ok(Vec::new());
    }
    let below = path.join("records");
    let folder = if below.is_dir() { &below } else { path };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "parquet") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The errors that a results folder tells; none where only its records were kept.
fn notices(path: &Path) -> Vec<Notice> {
    let path = path.join("diagnostics.json");
    fs::read(path).map_or_else(|_| Vec::new(), |json| Notice::read(&json))
}

/// The records of an earlier run. A form that the scheme does not know is another scheme's.
fn results(files: Vec<PathBuf>, scheme: &Scheme, lang: Lang) -> Result<Earlier, String> {
    let mut earlier = Earlier {
        settled: true,
        ..Earlier::default()
    };
    for file in files {
        let id = file.file_stem().unwrap_or_default().to_string_lossy();
        let Some(form) = scheme.form(&id) else {
            continue;
        };
        let why = |why: String| format!("{}: {why}", file.display());
        let bytes = inbox::load(&file).map_err(|e| why(words(e, lang)))?;
        // The library may panic on a damaged file.
        let read = catch_unwind(AssertUnwindSafe(|| {
            reread::read_parquet(bytes, form, scheme).map_err(|e| e.to_string())
        }));
        let read = read
            .unwrap_or_else(|_| Err(message::say(lang, "cli.previous-damaged", &[])))
            .map_err(why)?;
        earlier.records.extend(read.records);
        earlier.rows += read.unknown;
    }
    Ok(earlier)
}

fn words(error: LoadError, lang: Lang) -> String {
    match error {
        LoadError::Locked => message::say(lang, "cli.locked", &[]),
        LoadError::TooLarge(size) => format!("{} MB", size >> 20),
        LoadError::Other(why) => why,
    }
}

/// What the schools sent then.
fn submissions(path: &Path, scheme: &Scheme) -> io::Result<Earlier> {
    let (inbox, unlisted) = Inbox::list(path, &[])?;
    let files = inbox.files();
    // What was decided is about this period's files, which may bear the same names.
    let mut scheme = scheme.clone();
    scheme.corrections.clear();
    let gathered = pipeline::gather(&files, |file| inbox.load(file), &scheme, |_| ());
    let mut earlier = gathered.earlier();
    earlier.files += unlisted.len() as u64;
    Ok(earlier)
}
