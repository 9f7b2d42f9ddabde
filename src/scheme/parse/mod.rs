//! Scheme files to [`Scheme`]: every name resolved, every problem reported with its line at once.
//!
//! | file | what it does |
//! |---|---|
//! | `read` | tables with places: typed access, parameters, unknown keys |
//! | `problem` | what can be wrong, and "did you mean" |
//! | `condition` | conditions, operands and dimensions |
//! | `measure`, `people`, `quota`, `dynamics` | the families of measures |
//! | `page`, `form_file` | report pages; forms to fill |
//! | `rules` | severities, thresholds and which rules a scheme does without |
//! | `version`, `setting` | dated versions; one value put in place of another |
//! | `lint`, `feasible` | what a scheme may say and hardly means |
//! | `syntax` | what is no TOML, in people's words |
//! | `source` | a scheme before it is read |

mod condition;
mod dynamics;
mod feasible;
mod form_file;
mod lint;
mod measure;
mod page;
mod people;
mod problem;
mod quota;
mod read;
mod rules;
mod setting;
mod source;
mod subsidy;
mod syntax;
mod tally;
#[cfg(test)]
mod tests;
mod version;

pub use problem::SchemeProblem;
pub use source::{Checked, Source};

use super::form::{self, Field, Form, Kind, Vocabulary};
use super::form_file::Bytes;
use super::words::Words;
use super::{CutOff, Cycle, Edition, Param, Scheme, prose, spellings, templates};
use read::{Reader, Scalar, Table};
use setting::Setting;
use std::collections::BTreeMap;

/// Embedded schemes in the order in which they are listed: id and text.
pub const BUILTIN: &[(&str, &str)] = templates::SCHEMES;

/// Name of the file that makes a folder a scheme.
const SCHEME_FILE: &str = "scheme.toml";

/// Ids of the embedded schemes.
pub fn builtin_ids() -> Vec<&'static str> {
    BUILTIN.iter().map(|(id, _)| *id).collect()
}

/// What a scheme builds on.
#[derive(Debug, Clone, PartialEq)]
pub struct Templates {
    /// Forms that are known whether the scheme collects them or not.
    pub forms: Vec<Form>,
    /// Forms that are known only where the scheme collects them.
    pub on_demand: Vec<Form>,
    /// All vocabularies.
    pub vocabularies: Vec<Vocabulary>,
    /// Layout words.
    pub words: Words,
    /// Workbooks beside the scheme's file, by name.
    pub workbooks: BTreeMap<String, Bytes>,
}

impl Templates {
    /// Those embedded in the binary.
    pub fn builtin() -> Templates {
        Templates {
            forms: templates::forms(),
            on_demand: templates::on_demand(),
            vocabularies: templates::vocabularies(),
            words: templates::words(),
            workbooks: BTreeMap::new(),
        }
    }

    /// The embedded ones, replaced and added to by a folder's `forms/<id>.toml` (`common.toml` for
    /// the fields that every form has), `vocabulary/<id>.toml` and `words.toml`.
    ///
    /// # Errors
    /// Every file that cannot be read.
    pub fn with_files(files: &BTreeMap<String, String>) -> Result<Templates, Vec<SchemeProblem>> {
        let mut problems = Vec::new();
        let mut own = Templates::builtin();
        let common: Option<Vec<Field>> =
            files
                .get("forms/common.toml")
                .and_then(|text| match form::parse_common(text) {
                    Ok(fields) => Some(fields),
                    Err(why) => {
                        problems.push(SchemeProblem::template("forms/common.toml", why));
                        None
                    }
                });
        // Embedded forms get the folder's common fields too.
        if let Some(common) = &common {
            for (list, embedded) in [
                (&mut own.forms, templates::FORMS),
                (&mut own.on_demand, templates::ON_DEMAND),
            ] {
                for (id, text) in embedded {
                    match form::parse_form(text, common) {
                        Ok(f) => replace(list, f, |f| &f.id),
                        Err(why) => {
                            problems.push(SchemeProblem::template(&format!("forms/{id}.toml"), why))
                        }
                    }
                }
            }
        }
        let common = common.unwrap_or_else(templates::common);
        for (name, text) in files
            .iter()
            .filter(|(name, _)| name.starts_with("forms/") && *name != "forms/common.toml")
        {
            match form::parse_form(text, &common) {
                Ok(f) => {
                    own.on_demand.retain(|old| old.id != f.id);
                    replace(&mut own.forms, f, |f| &f.id);
                }
                Err(why) => problems.push(SchemeProblem::template(name, why)),
            }
        }
        for (name, text) in files.iter().filter(|(n, _)| n.starts_with("vocabulary/")) {
            match form::parse_vocabulary(text) {
                Ok(v) => {
                    problems.extend(clashes(name, text, &v));
                    replace(&mut own.vocabularies, v, |v| &v.id);
                }
                Err(why) => problems.push(SchemeProblem::template(name, why)),
            }
        }
        if let Some(text) = files.get("words.toml") {
            match form::parse_words(text) {
                Ok(words) => own.words = words,
                Err(why) => problems.push(SchemeProblem::template("words.toml", why)),
            }
        }
        own.check(&mut problems);
        own.check_company(
            |v| files.contains_key(&format!("vocabulary/{v}.toml")),
            &mut problems,
        );
        if problems.is_empty() {
            Ok(own)
        } else {
            Err(problems)
        }
    }

    /// Names inside forms that only the whole set can resolve.
    fn check(&self, problems: &mut Vec<SchemeProblem>) {
        let known: Vec<&str> = self.vocabularies.iter().map(|v| v.id.as_str()).collect();
        for form in self.forms.iter().chain(&self.on_demand) {
            let file = format!("forms/{}.toml", form.id);
            for field in &form.fields {
                if let Some(Kind::Vocabulary(v)) = field.read_as.as_ref().or(Some(&field.kind))
                    && !known.contains(&v.as_str())
                {
                    problems.push(
                        SchemeProblem::new(&file, 0, 0, "scheme.unknown-vocabulary")
                            .arg("name", v)
                            .suggest(v, &known),
                    );
                }
            }
            for (vocabulary, named) in form.checks.iter().map(|c| c.terms(&form.fields)) {
                let of = self.vocabularies.iter().find(|v| v.id == vocabulary);
                let terms = of.map_or(&[][..], |v| &v.terms);
                let terms: Vec<&str> = terms.iter().map(|t| t.name.as_str()).collect();
                for name in named.into_iter().filter(|n| !terms.contains(n)) {
                    problems.push(
                        SchemeProblem::new(&file, 0, 0, "scheme.unknown-term")
                            .arg("name", name)
                            .suggest(name, &terms),
                    );
                }
            }
            let forms = self.forms.iter().chain(&self.on_demand);
            let forms: Vec<&str> = forms.map(|f| f.id.as_str()).collect();
            for other in form.checks.iter().filter_map(|c| c.form.as_deref()) {
                if !forms.contains(&other) {
                    problems.push(
                        SchemeProblem::new(&file, 0, 0, "scheme.unknown-form")
                            .arg("name", other)
                            .suggest(other, &forms),
                    );
                }
            }
        }
    }
}

impl Templates {
    /// In vocabularies that the caller picks: terms beside which terms can stand are terms. A folder
    /// may replace a vocabulary that others name terms of; those are never met then.
    fn check_company(&self, of: impl Fn(&str) -> bool, problems: &mut Vec<SchemeProblem>) {
        let known: Vec<&str> = self.vocabularies.iter().map(|v| v.id.as_str()).collect();
        for vocabulary in self.vocabularies.iter().filter(|v| of(&v.id)) {
            let file = format!("vocabulary/{}.toml", vocabulary.id);
            let terms = vocabulary.terms.iter();
            for (other, names) in terms.flat_map(|t| t.goes_with.iter().chain(&t.rarely_with)) {
                let Some(other) = self.vocabularies.iter().find(|v| v.id == *other) else {
                    problems.push(
                        SchemeProblem::new(&file, 0, 0, "scheme.unknown-vocabulary")
                            .arg("name", other)
                            .suggest(other, &known),
                    );
                    continue;
                };
                let terms: Vec<&str> = other.terms.iter().map(|t| t.name.as_str()).collect();
                for name in names.iter().filter(|n| other.code(n).is_none()) {
                    problems.push(
                        SchemeProblem::new(&file, 0, 0, "scheme.unknown-term")
                            .arg("name", name)
                            .suggest(name, &terms),
                    );
                }
            }
        }
    }
}

/// Spellings of a vocabulary that two terms claim, at the line of the second.
fn clashes<'a>(
    file: &'a str,
    text: &'a str,
    vocabulary: &Vocabulary,
) -> impl Iterator<Item = SchemeProblem> + use<'a> {
    spellings::clashes(vocabulary).into_iter().map(move |c| {
        let quoted = format!("\"{}\"", c.spelling);
        let lines = text.lines().enumerate();
        let last = lines.filter(|(_, l)| l.contains(&quoted)).last();
        SchemeProblem::new(file, last.map_or(0, |(n, _)| n + 1), 1, "scheme.clash")
            .arg("spelling", c.spelling)
            .arg("a", c.between.0)
            .arg("b", c.between.1)
    })
}

fn replace<T>(all: &mut Vec<T>, new: T, id: impl Fn(&T) -> &String) {
    match all.iter_mut().find(|old| id(old) == id(&new)) {
        Some(old) => *old = new,
        None => all.push(new),
    }
}

/// An embedded scheme.
///
/// # Errors
/// When there is none of that id; an embedded scheme that is there loads, a test holds that.
pub fn load_builtin(id: &str) -> Result<Scheme, Vec<SchemeProblem>> {
    Source::builtin(id)?.check().loaded()
}

/// A scheme folder; see [`Source::of_files`].
///
/// # Errors
/// Everything that is wrong with any of the files.
pub fn from_files(files: &BTreeMap<String, String>) -> Result<Scheme, Vec<SchemeProblem>> {
    Source::of_files(files)?.check().loaded()
}

/// Reads a scheme file; `name` is how problems call it.
///
/// # Errors
/// Every problem of the file, in the order of its lines.
pub fn scheme(text: &str, name: &str, templates: &Templates) -> Result<Scheme, Vec<SchemeProblem>> {
    read_all(text, name, templates, false).loaded()
}

/// Reads every edition of a scheme file; the first one is in force until a period is set.
/// `with_settings` says that the text ends with values that hold in every edition.
fn read_all(text: &str, name: &str, templates: &Templates, with_settings: bool) -> Checked {
    let reader = Reader::new(name, text);
    let mut document = reader.parse();
    if reader.has_problems() {
        // What was read after the first mistake may be anything.
        return checked(Scheme::default(), reader);
    }
    let mut settings: Vec<Setting<'_>> = Vec::new();
    let given = with_settings
        .then(|| document.remove(source::SETTINGS))
        .flatten();
    if let Some(table) = given.as_ref().and_then(|g| Table::of(&reader, g)) {
        settings.extend(table.entries().into_iter().map(|(path, value)| Setting {
            path: path.to_owned(),
            at: table.key_at(path),
            value: value.clone(),
        }));
    }
    let versions = version::versions(&reader, &document);
    document.remove("version");
    let edition = |document: &toml::de::DeTable<'_>| {
        reader.clear_params();
        let mut document = document.clone();
        settings
            .iter()
            .for_each(|s| setting::put(&reader, &mut document, s));
        read(&reader, &Table::root(&reader, &document), templates)
    };
    let mut scheme = edition(&document);
    if !versions.is_empty() {
        let until = scheme.effective.1;
        let ends = versions.iter().skip(1).map(|v| v.from.pred_opt());
        let ends: Vec<_> = ends.chain([None]).collect();
        let mut editions = vec![Edition::of(&scheme)];
        let replaced = versions[0].from.pred_opt();
        editions[0].effective.1 = match (until, replaced) {
            (Some(until), Some(replaced)) => Some(until.min(replaced)),
            (until, replaced) => until.or(replaced),
        };
        for (version, next) in versions.iter().zip(ends) {
            // A version says what differs from the one before.
            for s in &version.set {
                setting::put(&reader, &mut document, s);
            }
            let mut amended = Edition::of(&edition(&document));
            let before = editions.last().map(|e| e.document.clone());
            amended.document = version.document.clone().or(before).unwrap_or_default();
            amended.effective = (Some(version.from), version.until.or(next).or(until));
            editions.push(amended);
        }
        scheme.effective = editions[0].effective;
        scheme.editions = editions;
    }
    lint::unused(&reader, &document);
    checked(scheme, reader)
}

fn checked(mut scheme: Scheme, reader: Reader<'_>) -> Checked {
    let (mut errors, mut warnings) = reader.into_problems();
    for list in [&mut errors, &mut warnings] {
        list.sort_by(|a, b| (a.line, a.column, a.key).cmp(&(b.line, b.column, b.key)));
        list.dedup();
    }
    if !errors.is_empty() {
        // Names that nothing asks for may be asked for where something is wrong.
        warnings.clear();
    }
    scheme.doubts.clone_from(&warnings);
    Checked {
        scheme: errors.is_empty().then_some(scheme),
        errors,
        warnings,
    }
}

fn read(reader: &Reader<'_>, root: &Table<'_, '_>, templates: &Templates) -> Scheme {
    let mut scheme = Scheme {
        id: root.need_text("id"),
        title: root.need_text("title"),
        document: root.text("document").unwrap_or_default(),
        bureau: root.text("bureau").unwrap_or_default(),
        forms: templates.forms.clone(),
        vocabularies: templates.vocabularies.clone(),
        words: templates.words.clone(),
        ..Scheme::default()
    };
    let known = templates.forms.iter().chain(&templates.on_demand);
    let known: Vec<&str> = known.map(|f| f.id.as_str()).collect();
    scheme.wanted = vec![false; scheme.forms.len()];
    for (form, at) in root.texts("forms") {
        let Some(i) = reader.find(&form, at, &known, "scheme.unknown-form") else {
            continue;
        };
        match scheme.form(&form) {
            Some(known) => scheme.wanted[known] = true,
            None => {
                let on_demand = i - templates.forms.len();
                scheme.forms.push(templates.on_demand[on_demand].clone());
                scheme.wanted.push(true);
            }
        }
    }
    if root.get("forms").is_none() {
        root.missing("forms");
    }
    occasional(reader, root, &mut scheme);
    if let Some(t) = root.table("names") {
        scheme.places.district = t.text("district").unwrap_or_default();
        scheme.places.school = t.text("school").unwrap_or_default();
        t.close();
    }
    if let Some(t) = root.table("effective") {
        scheme.effective = (t.date("from"), t.date("until"));
        t.close();
    }
    scheme.cut_off_rule = cut_off(root);
    params(reader, root, &mut scheme);
    // The cycle may use parameters.
    if let Some(t) = root.table("cycle") {
        let start = t.need_date("start");
        let years = t.integer("years").unwrap_or(1);
        if let (Some(start), Ok(years @ 1..)) = (start, u32::try_from(years)) {
            scheme.cycle = Some(Cycle { start, years });
        } else if start.is_some() {
            t.wrong("years", "scheme.type-positive");
        }
        t.close();
    }
    rules::read(root, &mut scheme);
    measure::measures(reader, root, &mut scheme);
    page::pages(root, &mut scheme);
    form_file::form_files(root, &mut scheme, templates);
    root.close();
    if !reader.has_problems() {
        lint::scheme(root, &scheme);
    }
    scheme
}

/// `occasional`: which of the forms not every school sends.
fn occasional(reader: &Reader<'_>, root: &Table<'_, '_>, scheme: &mut Scheme) {
    scheme.occasional = vec![false; scheme.forms.len()];
    for (form, at) in root.texts("occasional") {
        let ids: Vec<&str> = scheme.forms.iter().map(|f| f.id.as_str()).collect();
        let Some(found) = reader.find(&form, at, &ids, "scheme.unknown-form") else {
            continue;
        };
        if !scheme.wanted[found] {
            reader.report(at, "scheme.form-not-collected", |p| p.arg("name", &form));
        }
        scheme.occasional[found] = true;
    }
}

fn cut_off(root: &Table<'_, '_>) -> CutOff {
    const RULES: [(&str, CutOff); 3] = [
        ("period-end", CutOff::PeriodEnd),
        ("year-end", CutOff::YearEnd),
        ("school-year-end", CutOff::SchoolYearEnd),
    ];
    match root.scalar("cut_off") {
        None => CutOff::default(),
        Some(Scalar::Date(day)) => CutOff::Day(day),
        Some(Scalar::Text(text)) => {
            let names: Vec<&str> = RULES.iter().map(|(n, _)| *n).collect();
            root.choice("cut_off", &text, &names)
                .map_or(CutOff::default(), |i| RULES[i].1)
        }
        Some(_) => {
            root.wrong("cut_off", "scheme.type-text");
            CutOff::default()
        }
    }
}

fn params(reader: &Reader<'_>, root: &Table<'_, '_>, scheme: &mut Scheme) {
    let Some(all) = root.table("params") else {
        return;
    };
    for (id, value) in all.entries() {
        let (scalar, title) = match all.as_table(value) {
            Some(t) => {
                let pair = (t.need_scalar("value"), t.text("title").unwrap_or_default());
                t.close();
                pair
            }
            None => (reader.scalar(value), String::new()),
        };
        let Some(scalar) = scalar else { continue };
        scheme.params.push(Param {
            id: id.to_owned(),
            title,
            value: scalar.to_string(),
            printed: printed(&scalar),
        });
        reader.add_param(id, scalar);
    }
}

/// A named figure as titles and notes print it.
fn printed(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Number(n) => match n.fraction() {
            f if 0 < f.n && f.n < f.d => prose::percent(f),
            _ => n.to_string(),
        },
        other => other.to_string(),
    }
}
