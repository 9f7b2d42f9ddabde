//! `huizong schemes`: what can be run.

use super::workspace::Workspace;
use super::{Finding, Refusal, print, setup};
use crate::cli::SchemesArgs;
use crate::message::{self, Lang};
use crate::scheme::parse;
use serde_json::json;
use std::fs;
use std::path::PathBuf;

/// Carries out the command.
///
/// # Errors
/// When a scheme of the workspace is broken.
pub fn schemes(args: &SchemesArgs, lang: Lang) -> Result<Finding, Refusal> {
    let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let workspace = Workspace::find(&here).ok().flatten();
    let mut ids: Vec<String> = parse::builtin_ids()
        .iter()
        .map(ToString::to_string)
        .collect();
    if let Some(w) = &workspace {
        let own = fs::read_dir(w.root.join(&w.names.schemes))
            .into_iter()
            .flatten()
            .flatten();
        let mut own: Vec<String> = own
            .filter(|e| e.path().join("scheme.toml").is_file())
            .map(|e| e.file_name().to_string_lossy().into_owned())
            .collect();
        own.sort();
        ids.extend(own);
    }
    let mut all = Vec::new();
    for id in &ids {
        let scheme = setup::scheme(Some(id), workspace.as_ref(), lang)?;
        let forms: Vec<(String, String)> = scheme
            .forms
            .iter()
            .zip(&scheme.wanted)
            .filter(|(_, wanted)| **wanted)
            .map(|(f, _)| (f.id.clone(), f.title.clone()))
            .collect();
        all.push((id, scheme.title.clone(), scheme.document.clone(), forms));
    }
    if args.json {
        let list: Vec<_> = all
            .iter()
            .map(|(id, title, document, forms)| {
                let forms: Vec<&String> = forms.iter().map(|(id, _)| id).collect();
                json!({ "id": id, "title": title, "document": document, "forms": forms })
            })
            .collect();
        print(&serde_json::to_string_pretty(&list).unwrap_or_default());
    } else {
        for (id, title, _, forms) in all {
            let titles: Vec<String> = forms.into_iter().map(|(_, title)| title).collect();
            let forms = titles.join(&message::say(lang, "cli.list-comma", &[]));
            print(&message::say(
                lang,
                "cli.scheme-line",
                &[("id", id.clone()), ("title", title), ("forms", forms)],
            ));
        }
    }
    Ok(Finding::Clean)
}
