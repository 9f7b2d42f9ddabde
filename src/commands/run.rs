//! `huizong run`: the main job.

use super::also::{Also, Form};
use super::feedback;
use super::inbox::Inbox;
use super::output::Output;
use super::pick::Pick;
use super::register::{self, Register};
use super::run_log::{self, Written};
use super::setup::{Setup, setup};
use super::traces::{self, Traces};
use super::{Finding, Refusal, print, summary};
use crate::amend;
use crate::cli::{InputArgs, RunArgs};
use crate::diagnostic::{Diagnostic, render};
use crate::frames::previous::Earlier;
use crate::frames::{Dataset, parquet};
use crate::message::{self, Lang};
use crate::pipeline::{self, Concluded};
use crate::report::{self, Findings};
use crate::scheme::Scheme;
use crate::statistics;
use crate::statistics::trace_file::ReportHash;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::{Serialize, Serializer};
use std::io::{self, IsTerminal};
use std::path::Path;
use std::time::Instant;

/// Seconds by stage, in order.
pub(super) type Seconds = Vec<(&'static str, f64)>;

/// Carries out the command.
///
/// # Errors
/// When the run could not be made.
pub fn run(args: &RunArgs, lang: Lang) -> Result<Finding, Refusal> {
    let pick = Pick::of(&args.rules, lang)?;
    let Setup {
        scheme,
        inbox,
        diagnostics,
        out,
        also,
        earlier,
        spellings,
        ..
    } = setup(&args.input, args.out.as_deref(), lang)?;
    let unwritable = |error: io::Error| unwritable(&out, &error, lang);
    // Opened first: a folder that cannot be written should be known before minutes of reading.
    let mut output = Output::open(&out).map_err(unwritable)?;
    let told = Register::read(&out);
    let (mut concluded, mut seconds) =
        compute(&scheme, &inbox, diagnostics, earlier, &args.input, lang);
    // Before some are left out: what is not asked for now is not put right.
    let register = Register::settle(told, &mut concluded, &scheme);
    let left_out = pick.apply(&mut concluded.diagnostics, &concluded.switched_off);
    let asked: Vec<Form> = args.also.iter().filter_map(|f| Form::named(f)).collect();
    let also = Also::new(if asked.is_empty() { &also } else { &asked });
    let (mut written, missing) = write(
        &mut output,
        &mut concluded,
        (&scheme, &inbox),
        also,
        &mut seconds,
        lang,
    )
    .map_err(unwritable)?;
    let kept = pretty(&register);
    output.put(register::PATH, &kept).map_err(unwritable)?;
    written.push(Written {
        path: register::PATH.to_owned(),
        size: kept.len(),
    });
    let totals = run_log::totals(&concluded.inputs);
    let path = args.input.previous.as_deref();
    let account = concluded.dataset.previous.as_ref().map(|p| &p.account);
    let log = pretty(&run_log::log(
        &scheme,
        &concluded.inputs,
        &totals,
        (
            &concluded.diagnostics,
            &left_out,
            &concluded.decisions,
            &concluded.progress,
        ),
        &written,
        &seconds,
        path.zip(account),
    ));
    output.put("run.json", &log).map_err(unwritable)?;
    let replaced = output.commit().map_err(unwritable)?;
    let added = match &spellings {
        Some(book) => book.update(&concluded.seen, &concluded.schools_of_files, &scheme, lang),
        None => Vec::new(),
    };
    if args.input.json {
        if let Some(missing) = &missing {
            eprintln!("{missing}");
        }
        print(&String::from_utf8_lossy(&log));
    } else {
        print(&summary::account(&scheme, &concluded.inputs, lang));
        for line in summary::besides(&scheme, &concluded, lang) {
            print(&line);
        }
        print(&summary::findings(&concluded.diagnostics, lang));
        if let Some(missing) = &missing {
            print(missing);
        }
        for r in &replaced {
            let args = [("wanted", r.wanted.clone()), ("instead", r.instead.clone())];
            print(&message::say(lang, "cli.summary.replaced", &args));
        }
        for line in &added {
            print(line);
        }
        let args = [
            ("path", out.display().to_string()),
            ("files", (written.len() + 1).to_string()),
        ];
        print(&message::say(lang, "cli.summary.written", &args));
        left_out.lines(lang).iter().for_each(|line| print(line));
        if let Some(line) = summary::progress(&concluded.progress, lang) {
            print(&line);
        }
    }
    let found = pick.finding(&concluded.diagnostics);
    // The process ends here; the system takes its memory back faster than piece by piece.
    std::mem::forget(concluded);
    Ok(found)
}

/// Reads and computes; shared with `check`.
pub(super) fn compute(
    scheme: &Scheme,
    inbox: &super::inbox::Inbox,
    before: Vec<Diagnostic>,
    earlier: Option<Earlier>,
    args: &InputArgs,
    lang: Lang,
) -> (Concluded, Seconds) {
    let files = inbox.files();
    let bar = progress(files.len() as u64, args.json, lang);
    let started = Instant::now();
    let mut gathered = pipeline::gather(&files, |file| inbox.load(file), scheme, |_| bar.inc(1));
    bar.finish_and_clear();
    gathered.diagnostics.extend(before);
    let read = started.elapsed().as_secs_f64();
    let started = Instant::now();
    let concluded = pipeline::conclude_after(gathered, earlier, scheme);
    (
        concluded,
        vec![("read", read), ("compute", started.elapsed().as_secs_f64())],
    )
}

/// `diagnostics.json`, made one finding at a time as it is written.
pub(super) struct Diagnostics<'a>(pub &'a [Diagnostic], pub Lang);

impl Serialize for Diagnostics<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(|d| render::json(d, self.1)))
    }
}

/// Indented JSON with a line end, as files are written.
pub(super) fn pretty(value: &impl Serialize) -> Vec<u8> {
    // Values made here have string keys only, so this cannot fail.
    let mut text = serde_json::to_vec_pretty(value).unwrap_or_default();
    text.push(b'\n');
    text
}

fn write(
    output: &mut Output,
    concluded: &mut Concluded,
    (scheme, inbox): (&Scheme, &Inbox),
    mut also: Also,
    seconds: &mut Seconds,
    lang: Lang,
) -> io::Result<(Vec<Written>, Option<String>)> {
    let mut written = Vec::new();
    let mut put = |path: String, bytes: &[u8]| -> io::Result<()> {
        output.put(&path, bytes)?;
        written.push(Written {
            path,
            size: bytes.len(),
        });
        Ok(())
    };
    let started = Instant::now();
    for form in parquet::wanted(&concluded.dataset, scheme) {
        let bytes = parquet::write_parquet(form, scheme).map_err(io::Error::other)?;
        put(
            format!("records/{}.parquet", scheme.forms[form.form].id),
            &bytes,
        )?;
    }
    seconds.push(("records", started.elapsed().as_secs_f64()));
    let started = Instant::now();
    let Traces {
        ledgers,
        outside,
        mut index,
    } = traces::write(
        &concluded.dataset,
        &concluded.tabulations,
        scheme,
        lang,
        &mut put,
    )?;
    // The largest thing in memory, and not needed any more.
    concluded.dataset.forms = Vec::new();
    if let Some(previous) = &mut concluded.dataset.previous {
        previous.dataset = Dataset::default();
    }
    seconds.push(("traces", started.elapsed().as_secs_f64()));
    let started = Instant::now();
    let findings = Findings {
        tabulations: &concluded.tabulations,
        diagnostics: &concluded.diagnostics,
        decisions: &concluded.decisions,
        inputs: &concluded.inputs,
        board: &concluded.dataset.board,
        schools_of_files: &concluded.schools_of_files,
        rows_of_schools: &concluded.rows_of_schools,
        ledgers: report::Ledgers {
            inside: &ledgers,
            outside: &outside,
            unused: &concluded.unused,
        },
        progress: &concluded.progress,
        version: env!("CARGO_PKG_VERSION"),
        lang,
    };
    let mut writer = report::Writer::default();
    let places = report::compose_bureau(&findings, scheme, |book| {
        let bytes = writer.book(&book).map_err(io::Error::other)?;
        // The report comes first; what a school gets has no figures.
        if index.reports.is_empty() {
            index.reports.push(ReportHash {
                path: book.path.to_string(),
                sha256: pipeline::sha256(&bytes),
            });
        }
        put(book.path.to_string(), &bytes)?;
        also.book(&book, &bytes, &mut put)
    })?;
    let blank = pipeline::blank_tables(scheme);
    report::official::fill_each(&findings, scheme, &blank, |form| -> Result<(), Unfilled> {
        Ok(put(form.path, &form.bytes)?)
    })
    .map_err(|e| e.0)?;
    let mut text = serde_json::to_vec(&index)?;
    text.push(b'\n');
    put(traces::INDEX.to_owned(), &text)?;
    seconds.push(("reports", started.elapsed().as_secs_f64()));
    let started = Instant::now();
    feedback::write(&findings, scheme, inbox, &mut writer, &mut put)?;
    seconds.push(("feedback", started.elapsed().as_secs_f64()));
    let started = Instant::now();
    let pdf = also.wants_pdf();
    if pdf && io::stderr().is_terminal() {
        eprintln!("{}", message::say(lang, "cli.pdf.working", &[]));
    }
    let missing = also.finish(lang, &mut put)?;
    if pdf {
        seconds.push(("pdf", started.elapsed().as_secs_f64()));
    }
    let started = Instant::now();
    let diagnostics = Diagnostics(&concluded.diagnostics, lang);
    put("diagnostics.json".to_owned(), &pretty(&diagnostics))?;
    let path = "statistics.json";
    let size = output.put_parts(path, |write| {
        let locate = |t, r, c| places.find(t, r, c);
        statistics::json_each(&concluded.tabulations, scheme, locate, write);
    })?;
    seconds.push(("figures", started.elapsed().as_secs_f64()));
    let path = path.to_owned();
    written.push(Written { path, size });
    Ok((written, missing))
}

/// A form that was not filled or not written.
struct Unfilled(io::Error);

impl From<io::Error> for Unfilled {
    fn from(error: io::Error) -> Unfilled {
        Unfilled(error)
    }
}

impl From<amend::Fault> for Unfilled {
    fn from(fault: amend::Fault) -> Unfilled {
        Unfilled(io::Error::other(fault.0))
    }
}

fn progress(files: u64, quiet: bool, lang: Lang) -> ProgressBar {
    let bar = ProgressBar::new(files);
    if quiet || !io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    } else if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}") {
        bar.set_style(style);
        bar.set_message(message::say(lang, "cli.reading", &[]));
    }
    bar
}

pub(super) fn unwritable(out: &Path, error: &io::Error, lang: Lang) -> Refusal {
    let key = match error.kind() {
        io::ErrorKind::WouldBlock => "cli.out-busy",
        io::ErrorKind::StorageFull => "cli.out-full",
        _ => "cli.out-unwritable",
    };
    let args = [
        ("path", out.display().to_string()),
        ("why", error.to_string()),
    ];
    Refusal::say(lang, key, &args)
}
