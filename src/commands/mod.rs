//! One file a command. With [`workspace`], [`inbox`] and [`output`] the only code that touches
//! disk, clock, environment and terminal.

mod also;
mod check;
mod explain;
mod feedback;
mod forms;
pub mod inbox;
mod init;
mod inspect;
mod office;
pub mod output;
mod pick;
pub mod place;
mod previous;
mod register;
mod run;
mod run_log;
mod scheme;
mod schemes;
pub mod setup;
mod spellings;
mod summary;
mod traces;
mod what_if;
mod why;
pub mod workspace;

use crate::cli::Command;
use crate::message::{self, Lang};
use std::process::ExitCode;

/// Why a command could not be carried out: exit status 2. The text is ready to be shown.
#[derive(Debug)]
pub struct Refusal(pub String);

impl Refusal {
    /// From the catalogue.
    pub fn say(lang: Lang, key: &str, args: &[(&str, String)]) -> Refusal {
        Refusal(message::say(lang, key, args))
    }
}

/// Whether everything that was asked for is in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// Exit status 0.
    Clean,
    /// Exit status 1: some submission needs correction, or a scheme has warnings.
    NeedsCorrection,
    /// Exit status 2: a scheme does not load, as was said.
    Broken,
}

/// Carries out a command and gives its exit status.
pub fn dispatch(command: Command, lang: Lang) -> ExitCode {
    // A library may panic on a damaged file; the pipeline turns that into a diagnostic, and the
    // panic's own text would only frighten.
    if std::env::var_os("HUIZONG_BACKTRACE").is_none() {
        std::panic::set_hook(Box::new(|_| {}));
    }
    let done = std::panic::catch_unwind(|| match command {
        Command::Run(args) => run::run(&args, lang),
        Command::Check(args) => check::check(&args, lang),
        Command::Inspect(args) => inspect::inspect(&args, lang),
        Command::Explain(args) => explain::explain(&args, lang),
        Command::Init(args) => init::init(&args, lang),
        Command::Schemes(args) => schemes::schemes(&args, lang),
        Command::Scheme(args) => scheme::scheme(&args.command, lang),
        Command::Forms(args) => forms::forms(&args, lang),
        Command::WhatIf(args) => what_if::what_if(&args, lang),
        Command::Why(args) => why::why(&args, lang),
    });
    match done {
        Ok(Ok(Finding::Clean)) => ExitCode::SUCCESS,
        Ok(Ok(Finding::NeedsCorrection)) => ExitCode::from(1),
        Ok(Ok(Finding::Broken)) => ExitCode::from(2),
        Ok(Err(Refusal(text))) => {
            eprintln!("{text}");
            ExitCode::from(2)
        }
        Err(_) => {
            eprintln!("{}", message::say(lang, "cli.internal", &[]));
            ExitCode::from(2)
        }
    }
}

/// Prints to standard output; a reader that went away (a pager that was closed) is no fault.
pub(crate) fn print(text: &str) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.write_all(b"\n");
}
