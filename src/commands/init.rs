//! `huizong init`: makes a workspace. Nothing that is already there is changed.

use super::spellings;
use super::workspace::names;
use super::{Finding, Refusal, print};
use crate::cli::InitArgs;
use crate::diagnostic::Action;
use crate::message::{self, Lang};
use crate::report;
use crate::scheme::corrections::{Part, action_name};
use crate::scheme::parse;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

const GUIDE: &str = include_str!("../../templates/workspace/guide.txt");

/// Carries out the command.
///
/// # Errors
/// When the scheme is unknown or the folder cannot be made.
pub fn init(args: &InitArgs, lang: Lang) -> Result<Finding, Refusal> {
    if !parse::builtin_ids().contains(&args.scheme.as_str()) {
        let known = parse::builtin_ids().join(", ");
        let args = [("wanted", args.scheme.clone()), ("known", known)];
        return Err(Refusal::say(lang, "cli.scheme-unknown", &args));
    }
    make(args).map_err(|e| {
        let args = [
            ("path", args.folder.display().to_string()),
            ("why", e.to_string()),
        ];
        Refusal::say(lang, "cli.out-unwritable", &args)
    })?;
    let names = names();
    print(&message::say(
        lang,
        "cli.init-done",
        &[
            ("path", args.folder.display().to_string()),
            ("inbox", names.inbox),
            ("schools", names.schools),
            ("guide", names.guide),
        ],
    ));
    Ok(Finding::Clean)
}

fn make(args: &InitArgs) -> io::Result<()> {
    let names = names();
    let root = &args.folder;
    for folder in [
        &names.inbox,
        &names.out,
        &names.returned,
        &names.archive,
        &names.schemes,
    ] {
        fs::create_dir_all(root.join(folder))?;
    }
    let mut settings = toml::Table::new();
    settings.insert("scheme".into(), args.scheme.clone().into());
    settings.insert(
        "bureau".into(),
        args.bureau.clone().unwrap_or_default().into(),
    );
    let comments = message::text(Lang::Zh, "workspace.settings", "message");
    new_file(
        &root.join(&names.settings),
        format!("{comments}\n{settings}").as_bytes(),
    )?;
    // Notepad on older Windows takes a text without a mark for GBK.
    new_file(
        &root.join(&names.guide),
        format!("\u{feff}{}", GUIDE.replace('\n', "\r\n")).as_bytes(),
    )?;
    let columns: Vec<&str> = names.school_columns.iter().map(String::as_str).collect();
    let blank = report::blank_list(stem(&names.schools), &columns, &[]);
    new_file(
        &root.join(&names.schools),
        &blank.map_err(io::Error::other)?,
    )?;
    let columns: Vec<&str> = names
        .correction_columns
        .iter()
        .map(String::as_str)
        .collect();
    let actions: Vec<String> = Action::ALL.into_iter().map(action_name).collect();
    let choices = [(Part::Action as u16, actions)];
    let blank = report::blank_list(stem(&names.corrections), &columns, &choices);
    new_file(
        &root.join(&names.corrections),
        &blank.map_err(io::Error::other)?,
    )?;
    new_file(&root.join(&names.spellings), &spellings::blank()?)
}

/// A file's name without its extension.
fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Writes a file that is not there yet; one that is there is the clerk's and stays.
fn new_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(bytes),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(e),
    }
}
