//! From arguments, workspace and clock to what a run needs: scheme, period, inbox, results folder.

use super::Refusal;
use super::also::Form;
use super::inbox::{self, Inbox};
use super::previous;
use super::spellings::Spellings;
use super::workspace::Workspace;
use crate::cli::{DEFAULT_SCHEME, InputArgs};
use crate::diagnostic::{Diagnosed, Diagnostic, render};
use crate::frames::previous::Earlier;
use crate::message::{self, Lang};
use crate::pipeline::LoadError;
use crate::scheme::parse::{self, Checked, SchemeProblem, Source};
use crate::scheme::{Correction, Directory, Scheme};
use crate::{intake, normalise, pipeline, recognise, report};
use chrono::{Datelike, Local, NaiveDate};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Everything that `run` and `check` begin with.
#[derive(Debug)]
pub struct Setup {
    /// Ready, with directory, period and cut-off.
    pub scheme: Scheme,
    /// What to read.
    pub inbox: Inbox,
    /// Findings before any submission was opened: unlisted folders, the directory's own faults.
    pub diagnostics: Vec<Diagnostic>,
    /// Where results go.
    pub out: PathBuf,
    /// Other forms of the report that the workspace asks for.
    pub also: Vec<Form>,
    /// What the scheme was read from.
    pub source: Source,
    /// The earlier period, where one is named.
    pub earlier: Option<Earlier>,
    /// The workbook of spellings, where there is a workspace or one is named.
    pub spellings: Option<Spellings>,
}

/// Puts it all together.
///
/// # Errors
/// In words, when the run cannot be made.
pub fn setup(args: &InputArgs, out: Option<&Path>, lang: Lang) -> Result<Setup, Refusal> {
    let workspace = workspace(args.inbox.as_deref(), lang)?;
    let root = match (&args.inbox, &workspace) {
        (Some(path), _) => path.clone(),
        (None, Some(w)) => w.inbox(),
        (None, None) => return Err(Refusal::say(lang, "cli.no-inbox", &[])),
    };
    let out = match (out, &workspace) {
        (Some(path), _) => path.to_owned(),
        (None, Some(w)) => w.out(),
        (None, None) => PathBuf::from(message::text(Lang::Zh, "workspace.out", "message")),
    };
    let settings = workspace
        .as_ref()
        .map(|w| w.settings.clone())
        .unwrap_or_default();
    let wanted = args.scheme.clone().or(settings.scheme);
    let wanted = wanted.as_deref().unwrap_or(DEFAULT_SCHEME);
    let source = source(wanted, workspace.as_ref(), lang)?;
    let mut scheme = loaded(wanted, source.check(), lang)?;
    let (period, month_end) = period(args.period.as_deref(), lang)?;
    scheme.set_period(&period, month_end);
    if let Some(bureau) = args.bureau.clone().or(settings.bureau) {
        scheme.bureau = bureau;
    }
    let schools = args
        .schools
        .clone()
        .or_else(|| workspace.as_ref().and_then(Workspace::schools));
    let mut diagnostics = Vec::new();
    if let Some(path) = &schools {
        let read = directory(path, &scheme, lang)?;
        scheme.directory = read.value;
        diagnostics = read.diagnostics;
    }
    // A misspelt mark should be known before minutes of reading.
    let problems = form_problems(&scheme);
    if !problems.is_empty() {
        return Err(broken(wanted, &problems, lang));
    }
    let corrections = args
        .corrections
        .clone()
        .or_else(|| workspace.as_ref().and_then(Workspace::corrections));
    if let Some(path) = &corrections {
        let read = decisions(path, &scheme, lang)?;
        scheme.corrections = read.value;
        diagnostics.extend(read.diagnostics);
    }
    let spellings = args
        .spellings
        .clone()
        .or_else(|| workspace.as_ref().map(Workspace::spellings));
    let spellings = match spellings {
        Some(path) => Some(Spellings::load(&path, args.spellings.is_some(), lang)?),
        None => None,
    };
    if let Some(spellings) = &spellings {
        diagnostics.extend(spellings.apply(&mut scheme));
    }
    let mut except = vec![out.clone()];
    except.extend(spellings.iter().map(|s| s.path.clone()));
    except.extend(schools);
    except.extend(corrections);
    except.extend(args.previous.clone());
    let (inbox, unlisted) = Inbox::list(&root, &except).map_err(|e| {
        let path = root.display().to_string();
        Refusal::say(
            lang,
            "cli.inbox-unreadable",
            &[("path", path), ("why", e.to_string())],
        )
    })?;
    for (path, error) in unlisted {
        let below = path
            .strip_prefix(&root)
            .unwrap_or(&path)
            .to_string_lossy()
            .replace('\\', "/");
        diagnostics.push(crate::pipeline::unreadable(
            &below.into(),
            &LoadError::Other(error.to_string()),
        ));
    }
    if let Some(jobs) = args.jobs {
        // Only the first call can set it; a second command in one process keeps the first's.
        let _ = rayon::ThreadPoolBuilder::new()
            .num_threads(jobs.max(1))
            .build_global();
    }
    let earlier = match &args.previous {
        Some(path) => Some(previous::load(path, &scheme, lang)?),
        None => None,
    };
    Ok(Setup {
        scheme,
        inbox,
        diagnostics,
        out,
        also: settings.also,
        source,
        earlier,
        spellings,
    })
}

/// What is wrong with the official forms that a scheme fills.
pub(super) fn form_problems(scheme: &Scheme) -> Vec<SchemeProblem> {
    if scheme.form_files.is_empty() {
        return Vec::new();
    }
    report::official::problems(scheme, &pipeline::blank_tables(scheme))
}

pub(super) fn workspace(inbox: Option<&Path>, lang: Lang) -> Result<Option<Workspace>, Refusal> {
    let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let found = match Workspace::find(&here) {
        // An inbox given by hand may lie in another workspace, whose settings then hold.
        Ok(None) => inbox.map_or(Ok(None), Workspace::find),
        other => other,
    };
    found.map_err(|(path, why)| {
        let path = path.display().to_string();
        Refusal::say(lang, "cli.settings", &[("path", path), ("why", why)])
    })
}

/// The scheme that is asked for.
///
/// # Errors
/// In words, with every problem of a scheme file.
pub fn scheme(
    wanted: Option<&str>,
    workspace: Option<&Workspace>,
    lang: Lang,
) -> Result<Scheme, Refusal> {
    let wanted = wanted.unwrap_or(DEFAULT_SCHEME);
    loaded(wanted, source(wanted, workspace, lang)?.check(), lang)
}

fn loaded(wanted: &str, checked: Checked, lang: Lang) -> Result<Scheme, Refusal> {
    checked
        .loaded()
        .map_err(|problems| broken(wanted, &problems, lang))
}

/// A refusal that lists every problem of a scheme.
pub(super) fn broken(wanted: &str, problems: &[SchemeProblem], lang: Lang) -> Refusal {
    let list: Vec<String> = problems.iter().map(|p| p.text(lang)).collect();
    let args = [("wanted", wanted.to_owned()), ("problems", list.join("\n"))];
    Refusal::say(lang, "cli.scheme-broken", &args)
}

/// What a scheme is read from: a built-in id, a folder of the workspace, any folder, or the file
/// itself.
///
/// # Errors
/// In words, when there is nothing of that name or it cannot be read.
pub fn source(wanted: &str, workspace: Option<&Workspace>, lang: Lang) -> Result<Source, Refusal> {
    let folders = [
        workspace.map(|w| w.root.join(&w.names.schemes).join(wanted)),
        Some(PathBuf::from(wanted)),
    ];
    let file = folders.into_iter().flatten().find_map(|path| {
        let inside = path.join("scheme.toml");
        let file = if inside.is_file() { inside } else { path };
        file.is_file().then_some(file)
    });
    let refused = |problems: Vec<SchemeProblem>| broken(wanted, &problems, lang);
    match file {
        Some(file) => {
            let files = texts(&file).map_err(|e| {
                let args = [("path", file.display().to_string()), ("why", e.to_string())];
                Refusal::say(lang, "cli.scheme-unreadable", &args)
            })?;
            let workbooks = workbooks(&file).map_err(|e| {
                let args = [("path", file.display().to_string()), ("why", e.to_string())];
                Refusal::say(lang, "cli.scheme-unreadable", &args)
            })?;
            let source = Source::of_files(&files).map_err(refused)?;
            Ok(source.with_workbooks(workbooks))
        }
        None if parse::builtin_ids().contains(&wanted) => Source::builtin(wanted).map_err(refused),
        None => {
            let known = parse::builtin_ids().join(", ");
            let args = [("wanted", wanted.to_owned()), ("known", known)];
            Err(Refusal::say(lang, "cli.scheme-unknown", &args))
        }
    }
}

/// A scheme file under the name `scheme.toml`, and what lies beside it: words, forms and
/// vocabularies.
fn texts(file: &Path) -> std::io::Result<BTreeMap<String, String>> {
    let read = |path: &Path| -> std::io::Result<String> {
        let no_text = || std::io::Error::from(std::io::ErrorKind::InvalidData);
        intake::text_of(&fs::read(path)?).ok_or_else(no_text)
    };
    let mut files = BTreeMap::from([("scheme.toml".to_owned(), read(file)?)]);
    let folder = file.parent().unwrap_or_else(|| Path::new("."));
    let words = folder.join("words.toml");
    if words.is_file() {
        files.insert("words.toml".to_owned(), read(&words)?);
    }
    for below in ["forms", "vocabulary"] {
        let folder = folder.join(below);
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|e| e == "toml") {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                files.insert(format!("{below}/{name}"), read(&path)?);
            }
        }
    }
    Ok(files)
}

/// The workbooks beside a scheme file, which it may name as forms to fill.
fn workbooks(file: &Path) -> std::io::Result<BTreeMap<String, Vec<u8>>> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut out = BTreeMap::new();
    // A file alone may lie anywhere; only a scheme that names workbooks needs them.
    if !fs::read_to_string(file).is_ok_and(|text| text.contains("form_file")) {
        return Ok(out);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let temporary = name.starts_with("~$") || name.starts_with('.');
        if !temporary && path.extension().is_some_and(|e| e == "xlsx") {
            out.insert(name.into_owned(), fs::read(&path)?);
        }
    }
    Ok(out)
}

/// The period and its last day; the current month where none is given.
pub(super) fn period(given: Option<&str>, lang: Lang) -> Result<(String, NaiveDate), Refusal> {
    let refused = |text: &str| Refusal::say(lang, "cli.bad-period", &[("period", text.to_owned())]);
    let (year, month) = match given {
        Some(text) => text
            .split_once('-')
            .filter(|(y, m)| y.len() == 4 && m.len() == 2)
            .and_then(|(y, m)| Some((y.parse::<i32>().ok()?, m.parse::<u32>().ok()?)))
            .ok_or_else(|| refused(text))?,
        None => {
            let today = Local::now().date_naive();
            (today.year(), today.month())
        }
    };
    let end = month_end(year, month).ok_or_else(|| refused(given.unwrap_or_default()))?;
    Ok((format!("{year:04}-{month:02}"), end))
}

fn month_end(year: i32, month: u32) -> Option<NaiveDate> {
    let (next_year, next_month) = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    NaiveDate::from_ymd_opt(year, month, 1)?;
    NaiveDate::from_ymd_opt(next_year, next_month, 1)?.pred_opt()
}

/// A file's name and bytes.
fn named(path: &Path, lang: Lang) -> Result<(String, Vec<u8>), String> {
    let bytes = inbox::load(path).map_err(|e| match e {
        LoadError::Locked => message::say(lang, "cli.locked", &[]),
        LoadError::TooLarge(size) => format!("{} MB", size >> 20),
        LoadError::Other(why) => why,
    })?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok((name.into_owned(), bytes))
}

/// Reads the bureau's decisions. A table of them that cannot be opened ends the run: figures would
/// be printed that the bureau has corrected. What is wrong with a line of it is a finding.
fn decisions(
    path: &Path,
    scheme: &Scheme,
    lang: Lang,
) -> Result<Diagnosed<Vec<Correction>>, Refusal> {
    let (name, bytes) = named(path, lang).map_err(|why| {
        let args = [("path", path.display().to_string()), ("why", why)];
        Refusal::say(lang, "cli.corrections-unreadable", &args)
    })?;
    Ok(crate::pipeline::read_corrections(&name, &bytes, scheme))
}

/// Reads the bureau's directory of schools. A directory that cannot be read ends the run: every
/// school would be unknown.
pub(super) fn directory(
    path: &Path,
    scheme: &Scheme,
    lang: Lang,
) -> Result<Diagnosed<Directory>, Refusal> {
    let shown = path.display().to_string();
    let refused = |why: String| {
        Refusal::say(
            lang,
            "cli.schools-unreadable",
            &[("path", shown.clone()), ("why", why)],
        )
    };
    let (name, bytes) = named(path, lang).map_err(refused)?;
    let Diagnosed {
        value: workbooks,
        mut diagnostics,
    } = intake::read(&name, &bytes);
    let mut records = Vec::new();
    if let Some(form) = scheme.form("directory") {
        for workbook in &workbooks {
            let recognised = recognise::tables_of(workbook, scheme, &[form]);
            diagnostics.extend(recognised.diagnostics);
            let read = normalise::records(workbook, &recognised.value, scheme);
            diagnostics.extend(read.diagnostics);
            records.extend(read.value);
        }
    }
    let directory = normalise::directory_from(&records, scheme);
    if directory.is_empty() {
        let why = diagnostics
            .iter()
            .map(|d| render::message(d, lang))
            .collect::<Vec<_>>()
            .join("; ");
        return Err(refused(if why.is_empty() {
            message::say(lang, "cli.schools-empty", &[])
        } else {
            why
        }));
    }
    Ok(Diagnosed {
        value: directory,
        diagnostics,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_end_with_their_month() {
        let end = |p| period(Some(p), Lang::En).map(|(_, d)| d.to_string()).ok();
        assert_eq!(end("2024-02").as_deref(), Some("2024-02-29"));
        assert_eq!(end("2025-12").as_deref(), Some("2025-12-31"));
        for wrong in ["2025-13", "2025", "25-01", "2025-1", "x"] {
            assert_eq!(end(wrong), None, "{wrong}");
        }
    }
}
