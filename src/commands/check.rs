//! `huizong check`: the findings of a run, and nothing written.

use super::run::{Diagnostics, compute, finding, pretty};
use super::setup::{Setup, setup};
use super::{Finding, Refusal, print, summary};
use crate::cli::CheckArgs;
use crate::message::Lang;

/// Carries out the command.
///
/// # Errors
/// When the check could not be made.
pub fn check(args: &CheckArgs, lang: Lang) -> Result<Finding, Refusal> {
    let Setup {
        scheme,
        inbox,
        diagnostics,
        earlier,
        ..
    } = setup(&args.input, None, lang)?;
    let (concluded, _) = compute(&scheme, &inbox, diagnostics, earlier, &args.input, lang);
    if args.input.json {
        let all = Diagnostics(&concluded.diagnostics, lang);
        print(&String::from_utf8_lossy(&pretty(&all)));
    } else {
        for d in &concluded.diagnostics {
            print(&summary::one(d, lang));
        }
        print(&summary::account(&scheme, &concluded.inputs, lang));
        for line in summary::besides(&scheme, &concluded, lang) {
            print(&line);
        }
        print(&summary::counts(&concluded.diagnostics, lang));
    }
    Ok(finding(&concluded.diagnostics))
}
