//! Parses the arguments, calls a command, returns its exit status.

use clap::FromArgMatches;
use huizong::cli::{self, Cli};
use huizong::{commands, message};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args_os()
        .map(|a| a.to_string_lossy().into_owned())
        .collect();
    let lang = cli::language(&args);
    let parsed = cli::command(lang)
        .try_get_matches()
        .and_then(|matches| Cli::from_arg_matches(&matches));
    match parsed {
        Ok(cli) => commands::dispatch(cli.command, lang),
        Err(error) => {
            if error.use_stderr() {
                eprintln!("{}", message::say(lang, "cli.bad-arguments", &[]));
            }
            // Printing fails only where there is nobody to tell.
            let _ = error.print();
            ExitCode::from(if error.use_stderr() { 2 } else { 0 })
        }
    }
}
