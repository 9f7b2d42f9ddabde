//! `huizong scheme`: checks a scheme, tells it in sentences, begins one.

use super::workspace::Workspace;
use super::{Finding, Refusal, print, setup};
use crate::cli::{SchemeCheckArgs, SchemeCommand, SchemeNewArgs, SchemeShowArgs};
use crate::diagnostic::Severity;
use crate::message::{self, Lang};
use crate::scheme::parse::{Checked, SchemeProblem};
use crate::scheme::prose;
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::fs;
use std::io;
use std::path::PathBuf;

const BEGINNING: &str = include_str!("../../templates/workspace/scheme.toml");

/// Carries out the command.
///
/// # Errors
/// When there is no such scheme, it does not load, or the folder cannot be made.
pub fn scheme(command: &SchemeCommand, lang: Lang) -> Result<Finding, Refusal> {
    match command {
        SchemeCommand::Check(args) => check(args, lang),
        SchemeCommand::Show(args) => show(args, lang),
        SchemeCommand::New(args) => new(args, lang),
    }
}

fn workspace() -> Option<Workspace> {
    let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    Workspace::find(&here).ok().flatten()
}

fn check(args: &SchemeCheckArgs, lang: Lang) -> Result<Finding, Refusal> {
    let source = setup::source(&args.name, workspace().as_ref(), lang)?;
    let (period, month_end) = setup::period(args.period.as_deref(), lang)?;
    let mut checked = source.check();
    let not_in_force = out_of_force(&mut checked, &args.name, &period, month_end);
    checked.warnings.extend(not_in_force);
    if let Some(scheme) = &checked.scheme {
        let wrong = setup::form_problems(scheme);
        checked.errors.extend(wrong);
    }
    if args.json {
        print(&json_of(&checked, lang));
    } else {
        print_out(&checked, lang);
    }
    Ok(match (checked.errors.len(), checked.warnings.len()) {
        (0, 0) => Finding::Clean,
        (0, _) => Finding::NeedsCorrection,
        _ => Finding::Broken,
    })
}

/// The warning about a period that the scheme was not made for.
fn out_of_force(
    checked: &mut Checked,
    name: &str,
    period: &str,
    month_end: NaiveDate,
) -> Option<SchemeProblem> {
    let scheme = checked.scheme.as_mut()?;
    scheme.set_period(period, month_end);
    if scheme.is_in_force() {
        return None;
    }
    let (from, until) = scheme.effective;
    let day = |d: Option<NaiveDate>| d.map_or_else(|| "…".to_owned(), |d| d.to_string());
    let problem = SchemeProblem::new(name, 0, 0, "scheme.not-in-force")
        .arg("period", period)
        .arg("from", day(from))
        .arg("until", day(until));
    Some(problem)
}

/// All problems with their severities, errors first.
fn all(checked: &Checked) -> impl Iterator<Item = (Severity, &SchemeProblem)> {
    let errors = checked.errors.iter().map(|p| (Severity::Error, p));
    errors.chain(checked.warnings.iter().map(|p| (Severity::Warning, p)))
}

fn print_out(checked: &Checked, lang: Lang) {
    if let Some(s) = &checked.scheme {
        let args = [("title", s.title.clone()), ("id", s.id.clone())];
        print(&message::say(lang, "scheme.check.head", &args));
    }
    for (severity, problem) in all(checked) {
        let severity = message::say(lang, &format!("severity.{}", severity.as_str()), &[]);
        let args = [("severity", severity), ("text", problem.text(lang))];
        print(&message::say(lang, "scheme.check.problem", &args));
    }
    let (errors, warnings) = (checked.errors.len(), checked.warnings.len());
    if errors + warnings == 0 {
        print(&message::say(lang, "scheme.check.fine", &[]));
    } else {
        let args = [
            ("errors", errors.to_string()),
            ("warnings", warnings.to_string()),
        ];
        print(&message::say(lang, "scheme.check.counts", &args));
    }
}

fn json_of(checked: &Checked, lang: Lang) -> String {
    let problems: Vec<Value> = all(checked)
        .map(|(severity, p)| {
            json!({
                "severity": severity.as_str(),
                "problem": p.key,
                "file": p.file,
                "line": (p.line > 0).then_some(p.line),
                "column": (p.column > 0).then_some(p.column),
                "message": p.message(lang),
                "suggestion": p.suggestion,
            })
        })
        .collect();
    let value = json!({
        "scheme": checked.scheme.as_ref().map(|s| s.id.clone()),
        "title": checked.scheme.as_ref().map(|s| s.title.clone()),
        "errors": checked.errors.len(),
        "warnings": checked.warnings.len(),
        "problems": problems,
    });
    serde_json::to_string_pretty(&value).unwrap_or_default()
}

fn show(args: &SchemeShowArgs, lang: Lang) -> Result<Finding, Refusal> {
    let mut scheme = setup::scheme(Some(&args.name), workspace().as_ref(), lang)?;
    let (period, month_end) = setup::period(args.period.as_deref(), lang)?;
    scheme.set_period(&period, month_end);
    let wrong = setup::form_problems(&scheme);
    if !wrong.is_empty() {
        return Err(setup::broken(&args.name, &wrong, lang));
    }
    print(&prose::describe(&scheme, lang));
    Ok(Finding::Clean)
}

fn new(args: &SchemeNewArgs, lang: Lang) -> Result<Finding, Refusal> {
    let path = args.folder.join("scheme.toml");
    let shown = || ("path", path.display().to_string());
    if path.exists() {
        return Err(Refusal::say(lang, "scheme.new.exists", &[shown()]));
    }
    let id = args
        .folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let quoted = toml::Value::from(id.as_ref()).to_string();
    let text = message::fill(BEGINNING, &[("id", quoted)]);
    let written = fs::create_dir_all(&args.folder).and_then(|()| {
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)?;
        io::Write::write_all(&mut file, text.as_bytes())
    });
    written.map_err(|e| {
        Refusal::say(
            lang,
            "cli.out-unwritable",
            &[shown(), ("why", e.to_string())],
        )
    })?;
    let folder = ("folder", args.folder.display().to_string());
    print(&message::say(lang, "scheme.new.done", &[shown(), folder]));
    Ok(Finding::Clean)
}
