//! `huizong check`: the findings of a run, and nothing written.

use super::pick::Pick;
use super::run::{Diagnostics, compute, pretty};
use super::setup::{Setup, setup};
use super::{Finding, Refusal, print, summary};
use crate::cli::CheckArgs;
use crate::message::Lang;

/// Carries out the command.
///
/// # Errors
/// When the check could not be made.
pub fn check(args: &CheckArgs, lang: Lang) -> Result<Finding, Refusal> {
    let pick = Pick::of(&args.rules, lang)?;
    let Setup {
        scheme,
        inbox,
        diagnostics,
        earlier,
        ..
    } = setup(&args.input, None, lang)?;
    let (mut concluded, _) = compute(&scheme, &inbox, diagnostics, earlier, &args.input, lang);
    let left_out = pick.apply(&mut concluded.diagnostics, &concluded.switched_off);
    if args.input.json {
        let all = Diagnostics(&concluded.diagnostics, lang);
        print(&String::from_utf8_lossy(&pretty(&all)));
        // The list has no room for it, and it must not go unsaid.
        left_out.lines(lang).iter().for_each(|l| eprintln!("{l}"));
    } else {
        for d in &concluded.diagnostics {
            print(&summary::one(d, lang));
        }
        print(&summary::account(&scheme, &concluded.inputs, lang));
        for line in summary::besides(&scheme, &concluded, lang) {
            print(&line);
        }
        print(&summary::counts(&concluded.diagnostics, lang));
        left_out.lines(lang).iter().for_each(|line| print(line));
    }
    Ok(pick.finding(&concluded.diagnostics))
}
