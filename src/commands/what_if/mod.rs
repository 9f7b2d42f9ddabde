//! `huizong what-if`: the scheme as it is and with other values, side by side; nothing is written.

mod figures;
mod people;
mod show;

use super::run::compute;
use super::setup::{Setup, broken, period, setup};
use super::{Finding, Refusal, print};
use crate::cli::WhatIfArgs;
use crate::message::Lang;
use crate::scheme::Scheme;
use crate::statistics;
use figures::Change;
use people::Moves;
use serde_json::json;

/// What would change.
struct Outcome {
    settings: Vec<(String, String)>,
    figures: Vec<Change>,
    people: Vec<Moves>,
}

/// Carries out the command.
///
/// # Errors
/// When a value cannot be set, or the run could not be made.
pub fn what_if(args: &WhatIfArgs, lang: Lang) -> Result<Finding, Refusal> {
    let settings = settings(&args.set, lang)?;
    let Setup {
        scheme,
        inbox,
        diagnostics,
        source,
        earlier,
        ..
    } = setup(&args.input, None, lang)?;
    let named: Vec<String> = settings.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let mut other = source
        .with(&settings)
        .loaded()
        .map_err(|problems| broken(&named.join(" "), &problems, lang))?;
    let (period, month_end) = period(Some(&scheme.period), lang)?;
    other.set_period(&period, month_end);
    other.bureau.clone_from(&scheme.bureau);
    other.directory = scheme.directory.clone();
    other.corrections.clone_from(&scheme.corrections);
    other.learn(scheme.learned.clone());
    let (concluded, _) = compute(
        &scheme,
        &inbox,
        diagnostics,
        earlier.clone(),
        &args.input,
        lang,
    );
    let people = statistics::standings(&concluded.dataset, &scheme);
    let (tabulations, standings) = if other.cut_off == scheme.cut_off {
        let tabulations = statistics::tabulate(&concluded.dataset, &other).value;
        (
            tabulations,
            statistics::standings(&concluded.dataset, &other),
        )
    } else {
        // What is read depends on the day as of which it is judged.
        let (again, _) = compute(&other, &inbox, Vec::new(), earlier, &args.input, lang);
        let standings = statistics::standings(&again.dataset, &other);
        (again.tabulations, standings)
    };
    let outcome = Outcome {
        settings,
        figures: figures::changes(&concluded.tabulations, &tabulations, &other),
        people: people::moves(&people, &standings, &other),
    };
    if args.input.json {
        print(&outcome.json(&scheme));
    } else {
        print(&outcome.text(lang));
    }
    Ok(Finding::Clean)
}

/// `NAME=VALUE` of every setting.
fn settings(given: &[String], lang: Lang) -> Result<Vec<(String, String)>, Refusal> {
    let one = |text: &String| {
        let pair = text.split_once('=').map(|(k, v)| (k.trim(), v.trim()));
        match pair.filter(|(k, v)| !k.is_empty() && !v.is_empty()) {
            Some((path, value)) => Ok((path.to_owned(), value.to_owned())),
            None => {
                let args = [("setting", text.clone())];
                Err(Refusal::say(lang, "what-if.bad-setting", &args))
            }
        }
    };
    given.iter().map(one).collect()
}

impl Outcome {
    fn json(&self, scheme: &Scheme) -> String {
        let settings: serde_json::Map<String, serde_json::Value> = self
            .settings
            .iter()
            .map(|(path, value)| (path.clone(), json!(value)))
            .collect();
        let figures: Vec<_> = self.figures.iter().map(Change::json).collect();
        let people: Vec<_> = self.people.iter().flat_map(Moves::json).collect();
        let value = json!({
            "scheme": scheme.id,
            "period": scheme.period,
            "set": settings,
            "figures": figures,
            "people": people,
        });
        serde_json::to_string_pretty(&value).unwrap_or_default()
    }
}
