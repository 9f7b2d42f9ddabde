//! `huizong forms`: the pack of blank forms that the bureau sends out, a workbook per school.

use super::output::Output;
use super::setup;
use super::workspace::{Workspace, names};
use super::{Finding, Refusal, previous, print};
use crate::cli::FormsArgs;
use crate::frames::previous::Earlier;
use crate::message::{self, Lang};
use crate::normalise::{Data, NO_BOOLEAN, NO_CODE, NO_DATE, NO_NUMBER, Records};
use crate::report::forms::{Filled, Forms, Value};
use crate::scheme::{Blank, FieldIdx, FormIdx, Kind, Scheme};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

/// Schools that are named where several are meant.
const NAMED: usize = 5;

/// Carries out the command.
///
/// # Errors
/// When scheme, directory or earlier records cannot be read, or the folder not be written.
pub fn forms(args: &FormsArgs, lang: Lang) -> Result<Finding, Refusal> {
    let workspace = setup::workspace(None, lang)?;
    let settings = workspace
        .as_ref()
        .map(|w| w.settings.clone())
        .unwrap_or_default();
    let wanted = args.scheme.clone().or(settings.scheme);
    let mut scheme = setup::scheme(wanted.as_deref(), workspace.as_ref(), lang)?;
    let (period, month_end) = setup::period(args.period.as_deref(), lang)?;
    scheme.set_period(&period, month_end);
    if let Some(bureau) = args.bureau.clone().or(settings.bureau) {
        scheme.bureau = bureau;
    }
    let listed = args
        .schools
        .clone()
        .or_else(|| workspace.as_ref().and_then(Workspace::schools));
    let listed = listed.ok_or_else(|| Refusal::say(lang, "cli.forms-no-schools", &[]))?;
    scheme.directory = setup::directory(&listed, &scheme, lang)?.value;
    let out = match (&args.out, &workspace) {
        (Some(path), _) => path.clone(),
        (None, Some(w)) => w.forms(),
        (None, None) => PathBuf::from(names().forms),
    };
    if out.join("run.json").exists() {
        // Results that this command did not write would be taken for old ones of its own.
        let args = [("path", out.display().to_string())];
        return Err(Refusal::say(lang, "cli.forms-results", &args));
    }
    let forms = Forms::new(&scheme, env!("CARGO_PKG_VERSION"), lang);
    if forms.layouts().is_empty() {
        let args = [("scheme", scheme.title.clone())];
        return Err(Refusal::say(lang, "cli.forms-none", &args));
    }
    let earlier = earlier(args.from.as_deref(), workspace.as_ref(), &scheme, lang)?;
    let unfilled = earlier.is_none();
    let mut filled = filled(earlier.unwrap_or_default().records, &scheme);
    let schools = scheme.directory.schools();
    let unwritable = |e: io::Error| super::run::unwritable(&out, &e, lang);
    let mut output = Output::open(&out).map_err(unwritable)?;
    let (mut known, mut rows) = (0, 0);
    for (school, name) in schools.iter().zip(Forms::file_names(schools)) {
        let own = filled.remove(&school.name).unwrap_or_default();
        known += usize::from(!own.is_empty());
        rows += own.iter().map(|f| f.rows.len()).sum::<usize>();
        let bytes = forms.workbook(school, &own).map_err(|e| {
            let args = [("school", school.name.clone()), ("why", e.to_string())];
            Refusal::say(lang, "cli.forms-unwritten", &args)
        })?;
        output
            .put(&format!("{name}.xlsx"), &bytes)
            .map_err(unwritable)?;
    }
    let replaced = output.commit().map_err(unwritable)?;
    let titles = forms
        .layouts()
        .iter()
        .map(|l| scheme.forms[l.form].title.as_str());
    let titles = titles
        .collect::<Vec<_>>()
        .join(&message::say(lang, "form.terms-comma", &[]));
    let say = |key: &str, args: &[(&str, String)]| print(&message::say(lang, key, args));
    say(
        "cli.forms-done",
        &[
            ("schools", schools.len().to_string()),
            ("path", out.display().to_string()),
            ("forms", titles),
        ],
    );
    match unfilled {
        true => say("cli.forms-unfilled", &[]),
        false => say(
            "cli.forms-filled",
            &[("schools", known.to_string()), ("rows", rows.to_string())],
        ),
    }
    if !filled.is_empty() {
        let all = filled
            .values()
            .flatten()
            .map(|f| f.rows.len())
            .sum::<usize>();
        let mut named: Vec<&str> = filled.keys().take(NAMED).map(String::as_str).collect();
        if filled.len() > NAMED {
            named.push("…");
        }
        let comma = message::say(lang, "form.terms-comma", &[]);
        say(
            "cli.forms-strange",
            &[("rows", all.to_string()), ("schools", named.join(&comma))],
        );
    }
    for r in &replaced {
        say("cli.forms-kept", &[("path", r.instead.clone())]);
    }
    Ok(Finding::Clean)
}

/// The records of the last period: those that are named, else the workspace's own results.
fn earlier(
    from: Option<&Path>,
    workspace: Option<&Workspace>,
    scheme: &Scheme,
    lang: Lang,
) -> Result<Option<Earlier>, Refusal> {
    let own = || {
        workspace
            .map(Workspace::out)
            .filter(|p| p.join("records").is_dir())
    };
    match (from, own()) {
        (Some(path), _) => previous::load(path, scheme, lang).map(Some),
        // A first month without a record is no fault.
        (None, Some(path)) => Ok(previous::load(&path, scheme, lang).ok()),
        (None, None) => Ok(None),
    }
}

/// The rows that each school's forms are filled with, in the order in which they were sent.
fn filled(mut records: Vec<Records>, scheme: &Scheme) -> BTreeMap<String, Vec<Filled>> {
    records.retain(|r| {
        let wanted = scheme.wanted.get(r.form).is_some_and(|w| *w);
        wanted && scheme.forms[r.form].blank == Blank::Filled
    });
    records.sort_by(|a, b| {
        (a.form, &a.file, a.sheet_index, &a.sheet).cmp(&(b.form, &b.file, b.sheet_index, &b.sheet))
    });
    let mut all: BTreeMap<(String, FormIdx), Vec<Vec<Value>>> = BTreeMap::new();
    for r in &records {
        let mut order: Vec<usize> = (0..r.rows.len()).collect();
        order.sort_by_key(|i| r.rows[*i]);
        for record in order {
            let school = r
                .school_of
                .get(record)
                .and_then(|s| r.schools.get(usize::from(*s)));
            let Some(school) = school else {
                continue;
            };
            let values = (0..r.columns.len())
                .map(|f| value(r, f, record, scheme))
                .collect();
            let rows = all.entry((school.name.clone(), r.form)).or_default();
            rows.push(values);
        }
    }
    let mut out: BTreeMap<String, Vec<Filled>> = BTreeMap::new();
    for ((school, form), mut rows) in all {
        // Without a bureau's word a person who was sent twice is one person.
        let mut met = BTreeSet::new();
        rows.retain(|row| met.insert(format!("{row:?}")));
        out.entry(school).or_default().push(Filled { form, rows });
    }
    out
}

/// A value of a record as it is filled in.
fn value(records: &Records, field: FieldIdx, record: usize, scheme: &Scheme) -> Value {
    let of = &scheme.forms[records.form].fields[field];
    let hundredths = |n: i64| n as f64 / 100.0;
    match &records.columns[field] {
        Data::Absent => Value::Blank,
        Data::Text(texts) => texts
            .get(record)
            .map_or(Value::Blank, |t| Value::Text(t.to_owned())),
        Data::Code(codes) => {
            let Kind::Vocabulary(id) = &of.kind else {
                return Value::Blank;
            };
            let code = codes[record];
            let terms = scheme.vocabulary(id).map_or(&[][..], |v| &v.terms);
            let term = terms.get(usize::from(code)).filter(|_| code != NO_CODE);
            term.map_or(Value::Blank, |t| Value::Text(t.name.clone()))
        }
        Data::Date(days) if days[record] == NO_DATE => Value::Blank,
        Data::Date(days) => {
            NaiveDate::from_num_days_from_ce_opt(days[record].saturating_add(EPOCH))
                .map_or(Value::Blank, Value::Day)
        }
        Data::Integer(n) if n[record] == NO_NUMBER => Value::Blank,
        Data::Integer(n) => Value::Number(n[record] as f64),
        Data::Decimal(n) if n[record] == NO_NUMBER => Value::Blank,
        Data::Decimal(n) => Value::Number(hundredths(n[record])),
        Data::Boolean(b) => {
            let words = [&scheme.words.no, &scheme.words.yes];
            let word = words.get(usize::from(b[record])).and_then(|w| w.first());
            match word.filter(|_| b[record] != NO_BOOLEAN) {
                Some(word) => Value::Text(word.clone()),
                None => Value::Blank,
            }
        }
    }
}

/// Days from the first of the common era to 1970-01-01.
const EPOCH: i32 = 719_163;
