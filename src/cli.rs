//! The command line. The doc comments are the English help text; the Chinese one stands in the
//! message catalogue under `help.<command>.<argument>` and is put in by [`command`].

use crate::message::{self, Lang};
use clap::{CommandFactory, Parser, Subcommand};
use std::path::PathBuf;

/// The scheme that is run where neither arguments nor workspace name one; the summary names it.
pub const DEFAULT_SCHEME: &str = "county-backbone";

/// Reads the workbooks that schools send and writes the bureau's summaries.
#[derive(Debug, Parser)]
#[command(name = "huizong", version, arg_required_else_help = true)]
pub struct Cli {
    /// Language of what people read: zh or en.
    #[arg(long, global = true, value_name = "LANG", default_value = "zh")]
    pub lang: String,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read all workbooks of a folder and write the summaries.
    Run(RunArgs),
    /// Read all workbooks of a folder and list what is wrong; write nothing.
    Check(CheckArgs),
    /// Say how a workbook was understood.
    Inspect(InspectArgs),
    /// Explain a rule: its meaning, its reason, an example, the remedy.
    Explain(ExplainArgs),
    /// Make a workspace: a folder with everything that a month's work needs.
    Init(InitArgs),
    /// List the schemes that can be run.
    Schemes(SchemesArgs),
    /// Check a scheme, tell it in plain sentences, or begin one.
    Scheme(SchemeArgs),
    /// Make the blank forms that the bureau sends out: one workbook per school.
    Forms(FormsArgs),
    /// Compute with other thresholds, and show what would change.
    WhatIf(WhatIfArgs),
    /// Say where a figure of a report comes from: the rows behind it and those left out.
    Why(WhyArgs),
}

/// Arguments of `why`.
#[derive(Debug, Clone, clap::Args)]
pub struct WhyArgs {
    /// A cell, REPORT.xlsx!B7 or REPORT.xlsx 'sheet'!B7, or the name of a figure and the values of
    /// its group.
    #[arg(required = true, value_name = "REPORT.xlsx!CELL")]
    pub what: Vec<String>,
    /// The results folder; that of the report or of the workspace if not given.
    #[arg(long, value_name = "FOLDER")]
    pub results: Option<PathBuf>,
    /// All rows, not only the first.
    #[arg(long)]
    pub all: bool,
    /// Print JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `forms`.
#[derive(Debug, Clone, clap::Args)]
pub struct FormsArgs {
    /// Id of a built-in scheme, or a folder with scheme.toml; the workspace's own, else
    /// county-backbone.
    #[arg(long, value_name = "ID|FOLDER")]
    pub scheme: Option<String>,
    /// The bureau's directory of schools: xlsx, xls or csv.
    #[arg(long, value_name = "FILE")]
    pub schools: Option<PathBuf>,
    /// The month that the forms are for; the current month if not given.
    #[arg(long, value_name = "YYYY-MM")]
    pub period: Option<String>,
    /// Results of an earlier run, or its inbox, from which rosters are filled in; the workspace's
    /// own results.
    #[arg(long, value_name = "FOLDER")]
    pub from: Option<PathBuf>,
    /// The bureau that sends them.
    #[arg(long, value_name = "NAME")]
    pub bureau: Option<String>,
    /// Folder for the forms.
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
}

/// Arguments of `scheme`.
#[derive(Debug, Clone, clap::Args)]
pub struct SchemeArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub command: SchemeCommand,
}

/// What can be done with a scheme.
#[derive(Debug, Clone, Subcommand)]
pub enum SchemeCommand {
    /// Everything that is wrong or doubtful about a scheme. Exit status: 0 in order, 1 warnings
    /// only, 2 errors.
    Check(SchemeCheckArgs),
    /// The scheme in plain sentences, to be read and signed.
    Show(SchemeShowArgs),
    /// Make a folder with a commented scheme to begin with.
    New(SchemeNewArgs),
}

/// Arguments of `scheme check`.
#[derive(Debug, Clone, clap::Args)]
pub struct SchemeCheckArgs {
    /// Id of a built-in scheme, a folder with scheme.toml, or a scheme file.
    #[arg(value_name = "ID|FOLDER|FILE")]
    pub name: String,
    /// The month for which the scheme is to be in force; the current month if not given.
    #[arg(long, value_name = "YYYY-MM")]
    pub period: Option<String>,
    /// Print JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `scheme show`.
#[derive(Debug, Clone, clap::Args)]
pub struct SchemeShowArgs {
    /// Id of a built-in scheme, a folder with scheme.toml, or a scheme file.
    #[arg(value_name = "ID|FOLDER|FILE")]
    pub name: String,
    /// The month whose version is told; the current month if not given.
    #[arg(long, value_name = "YYYY-MM")]
    pub period: Option<String>,
}

/// Arguments of `scheme new`.
#[derive(Debug, Clone, clap::Args)]
pub struct SchemeNewArgs {
    /// The folder to make; its name becomes the scheme's id.
    pub folder: PathBuf,
}

/// Arguments of `what-if`.
#[derive(Debug, Clone, clap::Args)]
pub struct WhatIfArgs {
    /// What to read.
    #[command(flatten)]
    pub input: InputArgs,
    /// A value to put in place of the scheme's own, such as measure.primary_degree.target=0.85 or
    /// param.male_age=50; several may be given.
    #[arg(long, value_name = "NAME=VALUE", required = true)]
    pub set: Vec<String>,
}

/// What `run` and `check` read.
#[derive(Debug, Clone, clap::Args)]
pub struct InputArgs {
    /// Folder (searched recursively) or file; inside a workspace its inbox.
    pub inbox: Option<PathBuf>,
    /// Id of a built-in scheme, or a folder with scheme.toml; the workspace's own, else
    /// county-backbone.
    #[arg(long, value_name = "ID|FOLDER")]
    pub scheme: Option<String>,
    /// The bureau's directory of schools: xlsx, xls or csv.
    #[arg(long, value_name = "FILE")]
    pub schools: Option<PathBuf>,
    /// The bureau's decisions about single cells and rows: xlsx, xls or csv.
    #[arg(long, value_name = "FILE")]
    pub corrections: Option<PathBuf>,
    /// The month that is summed; the current month if not given.
    #[arg(long, value_name = "YYYY-MM")]
    pub period: Option<String>,
    /// The workbook in which clerks decide about spellings; the workspace's own if not given.
    #[arg(long, value_name = "FILE")]
    pub spellings: Option<PathBuf>,
    /// An earlier period to compare with: the results folder of its run, or its inbox.
    #[arg(long, value_name = "FOLDER")]
    pub previous: Option<PathBuf>,
    /// The bureau that signs, as printed in titles.
    #[arg(long, value_name = "NAME")]
    pub bureau: Option<String>,
    /// Number of threads; all cores if not given. Results do not depend on it.
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Print JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `run`.
#[derive(Debug, Clone, clap::Args)]
pub struct RunArgs {
    /// What to read.
    #[command(flatten)]
    pub input: InputArgs,
    /// Folder for the results.
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// Other forms of the bureau's report, besides the workbook: html, csv, pdf (by LibreOffice);
    /// several parted by commas.
    #[arg(long, value_name = "FORMS", value_delimiter = ',', value_parser = ["html", "csv", "pdf"])]
    pub also: Vec<String>,
    /// Which findings.
    #[command(flatten)]
    pub rules: RuleArgs,
}

/// Which findings `run` and `check` show, and what they say about the exit status.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct RuleArgs {
    /// Warnings ask for correction too: exit status 1.
    #[arg(long)]
    pub strict: bool,
    /// Only these rules or groups of rules, by name or code, parted by commas; the others are
    /// counted. Figures do not depend on it.
    #[arg(long, value_name = "RULE,GROUP", value_delimiter = ',')]
    pub only: Vec<String>,
    /// All but these rules or groups of rules, by name or code, parted by commas; they are counted.
    #[arg(long, value_name = "RULE,GROUP", value_delimiter = ',')]
    pub ignore: Vec<String>,
}

/// Arguments of `check`.
#[derive(Debug, Clone, clap::Args)]
pub struct CheckArgs {
    /// What to read.
    #[command(flatten)]
    pub input: InputArgs,
    /// Which findings.
    #[command(flatten)]
    pub rules: RuleArgs,
}

/// Arguments of `inspect`.
#[derive(Debug, Clone, clap::Args)]
pub struct InspectArgs {
    /// The workbook.
    pub file: PathBuf,
    /// How many records of each sheet are drawn; rows with errors or warnings always are.
    #[arg(long, value_name = "N", default_value_t = 15)]
    pub rows: usize,
    /// Draw every row.
    #[arg(long)]
    pub all: bool,
    /// Colours: auto (on a terminal only), always, never.
    #[arg(long, value_name = "WHEN", default_value = "auto", value_parser = ["auto", "always", "never"])]
    pub color: String,
    /// Write a page that a browser shows and prints.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Id of a built-in scheme, or a folder with scheme.toml.
    #[arg(long, value_name = "ID|FOLDER")]
    pub scheme: Option<String>,
    /// The workbook in which clerks decide about spellings; the workspace's own if not given.
    #[arg(long, value_name = "FILE")]
    pub spellings: Option<PathBuf>,
    /// Print JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `explain`.
#[derive(Debug, Clone, clap::Args)]
pub struct ExplainArgs {
    /// Name or code of a rule, or a group of rules; all rules are listed by group if not given.
    pub rule: Option<String>,
    /// Print JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `init`.
#[derive(Debug, Clone, clap::Args)]
pub struct InitArgs {
    /// The folder to make.
    pub folder: PathBuf,
    /// The scheme that the workspace runs.
    #[arg(long, value_name = "ID", default_value = DEFAULT_SCHEME)]
    pub scheme: String,
    /// The bureau that signs, as printed in titles.
    #[arg(long, value_name = "NAME")]
    pub bureau: Option<String>,
}

/// Arguments of `schemes`.
#[derive(Debug, Clone, clap::Args)]
pub struct SchemesArgs {
    /// Print JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

/// The language that the arguments ask for, found before they are parsed so that help and errors
/// can be in it.
pub fn language(args: &[String]) -> Lang {
    let asked = args
        .iter()
        .enumerate()
        .find_map(|(i, a)| match a.strip_prefix("--lang") {
            Some("") => args.get(i + 1).map(String::as_str),
            Some(value) => value.strip_prefix('='),
            None => None,
        });
    if asked == Some("en") {
        Lang::En
    } else {
        Lang::Zh
    }
}

/// The command line with its help in a language.
pub fn command(lang: Lang) -> clap::Command {
    localised(Cli::command(), lang, "help")
}

fn localised(mut command: clap::Command, lang: Lang, prefix: &str) -> clap::Command {
    if lang == Lang::En {
        return command;
    }
    let text = |key: &str| message::raw(lang, key);
    if let Some(about) = text(prefix) {
        command = command.about(about);
    }
    let (template, commands, options) = (
        text("help-template"),
        text("help-commands"),
        text("help-options"),
    );
    command = command
        .help_template(template.unwrap_or_default())
        .subcommand_help_heading(commands.unwrap_or_default())
        .next_help_heading(options);
    let ids: Vec<clap::Id> = command
        .get_arguments()
        .map(|a| a.get_id().clone())
        .collect();
    for id in ids {
        let own = text(&format!("{prefix}.{id}"));
        if let Some(help) = own.or_else(|| text(&format!("help.any.{id}"))) {
            command = command.mut_arg(id, |a| a.help(help));
        }
    }
    let names: Vec<String> = command
        .get_subcommands()
        .map(|c| c.get_name().to_owned())
        .collect();
    for name in names {
        let key = format!("{prefix}.{name}");
        command = command.mut_subcommand(name, |c| localised(c, lang, &key));
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_is_found_anywhere() {
        let args = |s: &str| s.split(' ').map(String::from).collect::<Vec<_>>();
        assert_eq!(language(&args("huizong run x --lang en")), Lang::En);
        assert_eq!(language(&args("huizong --lang=en schemes")), Lang::En);
        assert_eq!(language(&args("huizong schemes")), Lang::Zh);
    }

    #[test]
    fn every_argument_has_chinese_help() {
        let chinese = command(Lang::Zh);
        let nested = chinese.get_subcommands().flat_map(|c| c.get_subcommands());
        for sub in chinese.get_subcommands().chain(nested) {
            let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(!about.is_ascii(), "{}: {about}", sub.get_name());
            for arg in sub.get_arguments().filter(|a| a.get_id() != "help") {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(
                    !help.is_ascii(),
                    "{} {}: {help}",
                    sub.get_name(),
                    arg.get_id()
                );
            }
        }
    }
}
