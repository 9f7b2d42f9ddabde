//! Literate cases: a page of Markdown with the sheet drawn as text and what must come of it.
//!
//! Fenced blocks, by the word after the fence:
//!
//! | block | what it holds |
//! |---|---|
//! | `run` | `key = value` lines: `formats` (default `xlsx`), `scheme`, `period`, `hidden_rows`, `hidden_columns`, `date` (number format of date cells) |
//! | `schools` | the bureau's directory: `code \| name \| town \| area \| kind \| aliases`; one school by default |
//! | `corrections` | the bureau's decisions: `file \| sheet \| place \| before \| action \| after \| reason \| date \| who` |
//! | `file PATH` | begins another file; the extension follows the format |
//! | `previous file PATH` | begins a file of an earlier period, which the run is compared with |
//! | `spellings SHEET` | a sheet of the workbook in which clerks decide about spellings |
//! | `raw PATH` | a file of exactly this text |
//! | `special PATH` | `encrypted-xlsx`, `encrypted-xls`, `truncated-xlsx`, `empty`, `far-cell`, `copy of PATH` |
//! | `zip PATH` | an archive with GBK names that takes in the files listed, which come before it |
//! | `sheet NAME [hidden]` | a sheet of the current file, one line a row |
//! | `records FORM` | all records of that form and the columns to compare |
//! | `diagnostics` | all errors and warnings, `rule` (anywhere), `rule cell`, `rule cell\|cell` (either) or `rule sheet!cell`; `?` before it: may be; notes only where listed |
//! | `scheme` | measures in TOML, of a scheme that lives only on this page |
//! | `form ID` | a form in TOML that only this page's scheme has |
//! | `form FILE.xlsx` | a form that the page's scheme fills, drawn as a sheet |
//! | `filled FILE` | the filled form, drawn; every cell of it |
//! | `form-problems` | what is wrong with the page's forms, one a line; complete |
//! | `statistics` | `measure dimension=value … = figure`, as in `statistics.json` |
//! | `tables` | all tables found, in reading order: `sheet \| form \| header \| columns`, the header's rows as `2-3`, columns as `A name, E ?` |
//! | `account` | `kept = 2, title = 1 …` of the whole run, complete |
//!
//! Cells: `'12` text, `12` number, `@2025-03-15` date, `=A1+B1 → 3` formula with its result, `=A1`
//! formula without one, `#REF!` error, `TRUE`; `<` merged with the left, `^` with the one above;
//! `␣` a space, `␤` a line break, `¦` a bar; anything else is text.

use super::official::Official;
use super::{run, tables};
use crate::support::draft::{Content, SheetDraft, WorkbookDraft, serial};
use crate::support::outcome::{Finding, Outcome};
use crate::support::{FileFormat, archive, xls};
use chrono::NaiveDate;
use huizong::diagnostic::Diagnostic;
use huizong::pipeline::Concluded;
use huizong::scheme::Scheme;
use huizong::statistics;
use std::collections::BTreeMap;

const SCHOOL: &str = "2133000101 | 青石镇中心小学 | 青石镇 | 镇区 | 中心小学 | 青石中心小学";
const FILE: &str = "青石镇中心小学";

/// One page.
#[derive(Debug, Default)]
pub struct Case {
    pub settings: BTreeMap<String, String>,
    pub schools: Option<String>,
    /// Lines of the bureau's table of decisions.
    pub corrections: Vec<Vec<String>>,
    pub files: Vec<(String, Source)>,
    /// Files of an earlier period.
    pub previous: Vec<(String, Source)>,
    /// The workbook of spellings; without sheets where the page has none.
    pub spellings: WorkbookDraft,
    /// Form, then its table.
    pub records: Vec<(String, Vec<Vec<String>>)>,
    pub diagnostics: Option<Vec<String>>,
    pub account: Option<BTreeMap<String, u64>>,
    /// Text of a scheme of the page's own.
    pub scheme: Option<String>,
    /// Ids and texts of forms of that scheme's own.
    pub forms: Vec<(String, String)>,
    pub statistics: Vec<String>,
    pub official: Official,
    pub tables: Option<Vec<tables::Expected>>,
}

#[derive(Debug)]
pub enum Source {
    Book(WorkbookDraft),
    Raw(String),
    Special(String),
    Zip(Vec<String>),
}

impl Case {
    pub fn parse(page: &str) -> Result<Case, String> {
        let mut case = Case::default();
        if !page.starts_with("# ") {
            return Err("a page begins with `# ` and its idea".into());
        }
        let mut lines = page.lines();
        let mut blocks: Vec<(String, String)> = Vec::new();
        while let Some(line) = lines.next() {
            let Some(word) = line.strip_prefix("```") else {
                continue;
            };
            let mut body = String::new();
            loop {
                match lines.next() {
                    Some("```") => break,
                    Some(l) => {
                        body.push_str(l);
                        body.push('\n');
                    }
                    None => return Err(format!("block `{word}` has no end")),
                }
            }
            blocks.push((word.trim().to_owned(), body));
        }
        // Settings first: they say how cells are read.
        for (word, body) in blocks.iter().filter(|(w, _)| w == "run") {
            let _ = word;
            for line in body.lines().filter(|l| !l.trim().is_empty()) {
                let (key, value) = line
                    .split_once('=')
                    .ok_or(format!("`{line}`: key = value"))?;
                case.settings
                    .insert(key.trim().to_owned(), value.trim().to_owned());
            }
        }
        let mut earlier = false;
        for (word, body) in blocks {
            let (kind, rest) = word.split_once(' ').unwrap_or((&word, ""));
            let rest = rest.trim();
            match kind {
                "run" => {}
                "schools" => case.schools = Some(body),
                "corrections" => case.corrections = table(&body),
                "scheme" => case.scheme = Some(body),
                "form" if rest.ends_with(".xlsx") => {
                    let sheet = case.sheet("", &body)?;
                    case.official.forms.push((rest.to_owned(), sheet));
                }
                "filled" => case.official.filled.push((rest.to_owned(), table(&body))),
                "form-problems" => {
                    let lines = body.lines().map(|l| l.trim().to_owned());
                    case.official.problems = Some(lines.filter(|l| !l.is_empty()).collect());
                }
                "form" => case.forms.push((rest.to_owned(), body)),
                "statistics" => {
                    case.statistics = body
                        .lines()
                        .map(|l| l.trim().to_owned())
                        .filter(|l| !l.is_empty())
                        .collect();
                }
                "file" => {
                    earlier = false;
                    case.files
                        .push((rest.to_owned(), Source::Book(WorkbookDraft::default())));
                }
                "previous" => {
                    let path = rest
                        .strip_prefix("file ")
                        .ok_or(format!("`{word}`: previous file PATH"))?;
                    earlier = true;
                    case.previous
                        .push((path.to_owned(), Source::Book(WorkbookDraft::default())));
                }
                "spellings" => {
                    let sheet = case.sheet(rest, &body)?;
                    case.spellings.sheets.push(sheet);
                }
                "raw" => case
                    .files
                    .push((rest.to_owned(), Source::Raw(body.replace('\n', "\r\n")))),
                "special" => case
                    .files
                    .push((rest.to_owned(), Source::Special(body.trim().to_owned()))),
                "zip" => {
                    let members = body
                        .lines()
                        .map(|l| l.trim().to_owned())
                        .filter(|l| !l.is_empty())
                        .collect();
                    case.files.push((rest.to_owned(), Source::Zip(members)));
                }
                "sheet" => {
                    let sheet = case.sheet(rest, &body)?;
                    let files = match earlier {
                        true => &mut case.previous,
                        false => &mut case.files,
                    };
                    if !matches!(files.last(), Some((_, Source::Book(_)))) {
                        files.push((FILE.to_owned(), Source::Book(WorkbookDraft::default())));
                    }
                    if let Some((_, Source::Book(book))) = files.last_mut() {
                        book.sheets.push(sheet);
                    }
                }
                "records" => case.records.push((rest.to_owned(), table(&body))),
                "diagnostics" => {
                    let list = body
                        .lines()
                        .map(|l| l.split("  ").next().unwrap_or_default().trim().to_owned())
                        .filter(|l| !l.is_empty())
                        .collect();
                    case.diagnostics = Some(list);
                }
                "tables" => case.tables = Some(tables::parse(&table(&body))?),
                "account" => {
                    let mut account = BTreeMap::new();
                    for part in body.split([',', '\n']).filter(|p| !p.trim().is_empty()) {
                        let (kind, count) = part
                            .split_once('=')
                            .ok_or(format!("`{part}`: kind = count"))?;
                        let count = count
                            .trim()
                            .parse()
                            .map_err(|_| format!("`{part}`: no number"))?;
                        account.insert(kind.trim().to_owned(), count);
                    }
                    case.account = Some(account);
                }
                other => return Err(format!("no block is called `{other}`")),
            }
        }
        if case.files.is_empty() {
            return Err("the page draws no sheet".into());
        }
        if case.records.is_empty()
            && case.diagnostics.is_none()
            && case.account.is_none()
            && case.statistics.is_empty()
            && case.official.expects_nothing()
            && case.tables.is_none()
        {
            return Err("the page expects nothing".into());
        }
        Ok(case)
    }

    fn sheet(&self, rest: &str, body: &str) -> Result<SheetDraft, String> {
        let (name, hidden) = match rest.strip_suffix(" hidden") {
            Some(name) => (name, true),
            None => (rest, false),
        };
        let mut sheet = SheetDraft::new(if name.is_empty() { "Sheet1" } else { name });
        sheet.hidden = hidden;
        let date = self
            .settings
            .get("date")
            .map_or("yyyy-mm-dd", String::as_str);
        let rows = table(body);
        let mark = |r: usize, c: usize| {
            rows.get(r)
                .and_then(|row| row.get(c))
                .map_or("", String::as_str)
        };
        for (r, row) in rows.iter().enumerate() {
            for (c, text) in row.iter().enumerate() {
                match text.as_str() {
                    "" | "<" | "^" => {}
                    text => {
                        sheet.put(r as u32, c as u32, content(text, date)?);
                        // The rectangle that hangs on this cell.
                        let mut right = c;
                        while mark(r, right + 1) == "<" {
                            right += 1;
                        }
                        let mut below = r;
                        while mark(below + 1, c) == "^" {
                            below += 1;
                        }
                        sheet.merge(r as u32, c as u32, below as u32, right as u32);
                    }
                }
            }
        }
        if let Some(list) = self.settings.get("hidden_rows") {
            for n in list.split(',') {
                let n: u32 = n.trim().parse().map_err(|_| format!("hidden_rows: {n}"))?;
                sheet.hidden_rows.insert(n - 1);
            }
        }
        if let Some(list) = self.settings.get("hidden_columns") {
            for letter in list.split(',') {
                let letter = letter.trim().bytes().next().ok_or("hidden_columns")?;
                sheet.hidden_columns.insert(u32::from(letter - b'A'));
            }
        }
        Ok(sheet)
    }

    pub fn formats(&self) -> Result<Vec<FileFormat>, String> {
        self.settings
            .get("formats")
            .map_or("xlsx", String::as_str)
            .split([',', ' '])
            .filter(|f| !f.is_empty())
            .map(|f| FileFormat::named(f).ok_or(format!("no format `{f}`")))
            .collect()
    }

    pub fn scheme(&self) -> Result<Scheme, String> {
        let own = self.scheme.as_ref().map(|body| {
            let head = "id = \"page\"\ntitle = \"本页\"\nbureau = \"教育局\"\n";
            let forms = self.forms.iter();
            let forms = forms.map(|(id, text)| (format!("forms/{id}.toml"), text.clone()));
            forms
                .chain([("scheme.toml".to_owned(), format!("{head}{body}"))])
                .collect::<BTreeMap<String, String>>()
        });
        let mut scheme = match (own, self.settings.get("scheme").map(String::as_str)) {
            (Some(files), _) => self.official.source(&files).map_err(|p| {
                p.iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("; ")
            })?,
            (None, None | Some("bare")) => run::bare_scheme(),
            (None, Some(id)) => huizong::scheme::parse::load_builtin(id).map_err(|p| {
                p.iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("; ")
            })?,
        };
        let period = self
            .settings
            .get("period")
            .map_or("2025-10", String::as_str);
        scheme.set_period(period, run::month_end(period));
        scheme.directory = run::directory(self.schools.as_deref().unwrap_or(SCHOOL));
        Ok(scheme)
    }

    /// The files of the inbox in one format.
    pub fn inbox(&self, format: FileFormat) -> Result<Vec<(String, Vec<u8>)>, String> {
        Case::drawn(&self.files, format)
    }

    fn drawn(
        files: &[(String, Source)],
        format: FileFormat,
    ) -> Result<Vec<(String, Vec<u8>)>, String> {
        let mut out: Vec<(String, Vec<u8>)> = Vec::new();
        for (path, source) in files {
            let bytes = match source {
                Source::Raw(text) => text.clone().into_bytes(),
                Source::Book(book) => {
                    let name = path.rsplit('/').next().unwrap_or(path);
                    let path = match name.contains('.') {
                        true => path.clone(),
                        false => format!("{path}.{}", format.extension()),
                    };
                    out.push((path, format.write(book)));
                    continue;
                }
                Source::Special(kind) => special(kind, &out)?,
                Source::Zip(members) => {
                    let mut inside = Vec::new();
                    for member in members {
                        let at = out
                            .iter()
                            .position(|(p, _)| p.split('.').next() == member.split('.').next())
                            .ok_or(format!("zip: no file {member}"))?;
                        inside.push(out.remove(at));
                    }
                    archive::zip(&inside, archive::Names::Gbk)
                }
            };
            out.push((path.clone(), bytes));
        }
        Ok(out)
    }

    /// What differs from the page, one line each; empty when it holds.
    pub fn check(&self, format: FileFormat) -> Result<Vec<String>, String> {
        let mut scheme = self.scheme()?;
        let about_spellings = self.learn(&mut scheme);
        let decisions = self.decisions(&mut scheme)?;
        let earlier = Case::drawn(&self.previous, format)?;
        let inbox = self.inbox(format)?;
        let concluded = run::run_after(&inbox, &earlier, &scheme);
        let mut outcome = run::outcome(&concluded, &scheme);
        outcome.findings.extend(decisions);
        outcome.findings.extend(run::findings(&about_spellings));
        let mut wrong = Vec::new();
        for (form, table) in &self.records {
            check_records(form, table, &outcome, &mut wrong);
        }
        if !self.records.is_empty() {
            for (form, rows) in &outcome.records {
                if self.records.iter().all(|(f, _)| f != form) {
                    wrong.push(format!(
                        "{} records of `{form}` that the page does not expect",
                        rows.len()
                    ));
                }
            }
        }
        let figures = statistics::json(&concluded.tabulations, &scheme, &BTreeMap::new());
        self.check_figures(&figures, &mut wrong);
        self.official.check(&concluded, &scheme, &mut wrong);
        self.check_findings(&outcome.findings, &mut wrong);
        self.check_account(&concluded, &mut wrong);
        if let Some(expected) = &self.tables {
            tables::check(expected, &inbox, format.has_sheets(), &scheme, &mut wrong);
        }
        Ok(wrong)
    }

    /// Reads the bureau's decisions into the scheme; what is wrong with them.
    fn decisions(&self, scheme: &mut Scheme) -> Result<Vec<Finding>, String> {
        if self.corrections.is_empty() {
            return Ok(Vec::new());
        }
        let names = huizong::commands::workspace::names();
        let mut sheet = SheetDraft::new("更正");
        for (r, row) in std::iter::once(&names.correction_columns)
            .chain(&self.corrections)
            .enumerate()
        {
            for (c, text) in row.iter().enumerate().filter(|(_, t)| !t.is_empty()) {
                sheet.put(r as u32, c as u32, content(text, "yyyy-mm-dd")?);
            }
        }
        let mut book = WorkbookDraft::default();
        book.sheets.push(sheet);
        let bytes = FileFormat::named("xlsx").ok_or("no xlsx")?.write(&book);
        let read = huizong::pipeline::read_corrections(&names.corrections, &bytes, scheme);
        scheme.corrections = read.value;
        Ok(run::findings(&read.diagnostics))
    }

    /// Gives the scheme what the page's workbook of spellings decides.
    fn learn(&self, scheme: &mut Scheme) -> Vec<Diagnostic> {
        if self.spellings.sheets.is_empty() {
            return Vec::new();
        }
        let bytes = FileFormat::Xlsx.write(&self.spellings);
        let read = huizong::intake::read("spellings.xlsx", &bytes);
        let mut findings = read.diagnostics;
        for workbook in &read.value {
            let book = huizong::learning::read(workbook);
            let decided = huizong::learning::decide(&book.value, scheme);
            findings.extend(book.diagnostics);
            findings.extend(decided.diagnostics);
            scheme.learn(decided.value);
        }
        findings
    }

    fn check_figures(&self, figures: &[serde_json::Value], wrong: &mut Vec<String>) {
        for line in &self.statistics {
            let (left, expected) = line.rsplit_once(" = ").unwrap_or((line, ""));
            let mut words = left.split_whitespace();
            let measure = words.next().unwrap_or_default();
            let group: BTreeMap<&str, &str> = words.filter_map(|w| w.split_once('=')).collect();
            let found = figures.iter().find(|f| {
                let of = f["group"].as_object().expect("a group");
                f["measure"] == measure
                    && of.len() == group.len()
                    && of
                        .iter()
                        .all(|(k, v)| group.get(k.as_str()).copied() == v.as_str())
            });
            let value = found.map(
                |f| match (&f["numerator"], &f["denominator"], &f["value"]) {
                    (serde_json::Value::Number(n), serde_json::Value::Number(d), _) => {
                        format!("{n}/{d}")
                    }
                    (_, _, serde_json::Value::Null) => "none".to_owned(),
                    (_, _, serde_json::Value::String(s)) => s.clone(),
                    (_, _, v) => v.to_string(),
                },
            );
            let same = value
                .as_deref()
                .is_some_and(|v| v == expected || v.strip_suffix(".0") == Some(expected));
            if !same {
                wrong.push(format!(
                    "{left} is {}, the page has {expected}",
                    value.as_deref().unwrap_or("nowhere")
                ));
            }
        }
    }

    fn check_findings(&self, findings: &[Finding], wrong: &mut Vec<String>) {
        let mut left: Vec<&Finding> = findings.iter().collect();
        for expected in self.diagnostics.iter().flatten() {
            let (optional, expected) = match expected.strip_prefix("? ") {
                Some(rest) => (true, rest),
                None => (false, expected.as_str()),
            };
            let (rule, place) = expected.split_once(' ').unwrap_or((expected, ""));
            let (sheet, cell) = place.trim().split_once('!').unwrap_or(("", place.trim()));
            let at = left.iter().position(|f| {
                f.rule == rule
                    && (place.is_empty()
                        || (sheet.is_empty() || f.sheet == sheet)
                            && cell.split('|').any(|cell| {
                                f.cell == cell
                                    || f.cell.is_empty()
                                        && f.row > 0
                                        && cell == format!("row {}", f.row)
                            }))
            });
            match at {
                Some(i) => {
                    left.remove(i);
                }
                None if optional => {}
                None => wrong.push(format!("not reported: {expected}")),
            }
        }
        for f in left.iter().filter(|f| f.severity != "note") {
            wrong.push(format!(
                "reported although nothing is wrong: {} {} {}!{} {}: {}",
                f.severity, f.rule, f.file, f.sheet, f.cell, f.message
            ));
        }
        for f in findings {
            if f.message.is_empty() || f.message.contains('{') || f.message == f.rule {
                wrong.push(format!("{} has no proper text: `{}`", f.rule, f.message));
            }
            if let Some(n) = bare_number(&f.message).or(bare_number(&f.hint)) {
                wrong.push(format!("{} shows a whole number: {n}", f.rule));
            }
        }
    }

    fn check_account(&self, concluded: &Concluded, wrong: &mut Vec<String>) {
        let mut all: BTreeMap<String, u64> = BTreeMap::new();
        for sheet in concluded.inputs.iter().flat_map(|i| &i.sheets) {
            if !sheet.balances() {
                wrong.push(format!(
                    "rows of sheet {} do not balance: {sheet:?}",
                    sheet.sheet
                ));
            }
            *all.entry("kept".into()).or_default() += sheet.kept;
            *all.entry("rejected".into()).or_default() += sheet.rejected;
            for (kind, n) in &sheet.explained {
                *all.entry((*kind).to_owned()).or_default() += n;
            }
        }
        all.retain(|_, n| *n > 0);
        if let Some(account) = &self.account {
            let mut expected = account.clone();
            expected.retain(|_, n| *n > 0);
            if expected != all {
                wrong.push(format!("account is {all:?}, the page has {expected:?}"));
            }
        }
    }
}

/// An id number or mobile phone that stands in a text unmasked.
fn bare_number(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .find(|word| {
            let digits = word.bytes().filter(u8::is_ascii_digit).count();
            word.len() == 18 && digits >= 17
                || word.len() == 11 && digits == 11 && word.starts_with('1')
        })
}

fn check_records(form: &str, table: &[Vec<String>], outcome: &Outcome, wrong: &mut Vec<String>) {
    let empty = Vec::new();
    let got = outcome.records.get(form).unwrap_or(&empty);
    let Some((head, body)) = table.split_first() else {
        return;
    };
    if got.len() != body.len() {
        wrong.push(format!(
            "{form}: {} records, the page has {}",
            got.len(),
            body.len()
        ));
    }
    for (i, line) in body.iter().enumerate() {
        let Some(row) = got.get(i) else { break };
        for (name, expected) in head.iter().zip(line) {
            let column = if name == "row" {
                "source_row"
            } else {
                name.as_str()
            };
            let Some(value) = row.get(column) else {
                wrong.push(format!("{form} has no column {column}"));
                continue;
            };
            let expected = unescaped(expected);
            let equal = *value == expected
                || value.strip_suffix(".00") == Some(&expected)
                || value.contains('.') && value.strip_suffix('0') == Some(&expected);
            if !equal {
                wrong.push(format!(
                    "{form} record {}: {column} is `{value}`, the page has `{expected}`",
                    i + 1
                ));
            }
        }
    }
}

/// Files that cannot be drawn.
fn special(kind: &str, earlier: &[(String, Vec<u8>)]) -> Result<Vec<u8>, String> {
    let small = || {
        let mut sheet = SheetDraft::new("名册");
        for (c, text) in ["姓名", "性别", "身份证号", "职称"].into_iter().enumerate() {
            sheet.text(0, c as u32, text);
        }
        for (c, text) in ["王丽", "女", "339901198503150120", "一级教师"]
            .into_iter()
            .enumerate()
        {
            sheet.text(1, c as u32, text);
        }
        sheet
    };
    Ok(match kind {
        "encrypted-xlsx" => xls::encrypted_package(),
        "encrypted-xls" => xls::encrypted(&WorkbookDraft::one(small())),
        "truncated-xlsx" => {
            let whole = FileFormat::Xlsx.write(&WorkbookDraft::one(small()));
            whole[..whole.len() / 2].to_vec()
        }
        "empty" => Vec::new(),
        "far-cell" => {
            let mut sheet = small();
            sheet.text(1_048_575, 16_383, " ");
            FileFormat::Xlsx.write(&WorkbookDraft::one(sheet))
        }
        _ => {
            let path = kind
                .strip_prefix("copy of ")
                .ok_or(format!("no special file `{kind}`"))?;
            let found = earlier
                .iter()
                .find(|(p, _)| p.split('.').next() == path.split('.').next());
            found.ok_or(format!("no file {path}"))?.1.clone()
        }
    })
}

/// Lines of a drawn table; a line of dashes only is for the eye.
fn table(body: &str) -> Vec<Vec<String>> {
    body.lines()
        .map(str::trim)
        .filter(|l| l.starts_with('|'))
        .filter(|l| !(l.contains("--") && l.chars().all(|c| matches!(c, '|' | '-' | ' ' | ':'))))
        .map(|l| {
            let inner = l.trim_start_matches('|');
            let inner = inner.strip_suffix('|').unwrap_or(inner);
            inner.split('|').map(|c| c.trim().to_owned()).collect()
        })
        .collect()
}

pub(super) fn unescaped(text: &str) -> String {
    text.replace('␣', " ").replace('␤', "\n").replace('¦', "|")
}

fn content(text: &str, date: &str) -> Result<Content, String> {
    if let Some(t) = text.strip_prefix('\'') {
        return Ok(Content::Text(unescaped(t)));
    }
    if let Some(day) = text.strip_prefix('@') {
        let day =
            NaiveDate::parse_from_str(day, "%Y-%m-%d").map_err(|_| format!("no date: {text}"))?;
        return Ok(Content::Date(serial(day), date.replace('\'', "\"")));
    }
    if let Some(formula) = text.strip_prefix('=') {
        return Ok(match formula.split_once('→') {
            Some((expr, result)) => Content::Formula(
                expr.trim().to_owned(),
                Some(Box::new(content(result.trim(), date)?)),
            ),
            None => Content::Formula(formula.trim().to_owned(), None),
        });
    }
    if text.starts_with('#') && text.len() > 2 && text.ends_with(['!', '?', 'A']) {
        return Ok(Content::Error(text.to_owned()));
    }
    match text {
        "TRUE" => return Ok(Content::Bool(true)),
        "FALSE" => return Ok(Content::Bool(false)),
        _ => {}
    }
    let numeric = text
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'))
        && text.bytes().any(|b| b.is_ascii_digit());
    if numeric && let Ok(n) = text.parse::<f64>() {
        return Ok(Content::Number(n));
    }
    Ok(Content::Text(unescaped(text)))
}
