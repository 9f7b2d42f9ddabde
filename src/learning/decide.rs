//! From the rows of the workbook to what holds: every name is resolved, every contradiction found,
//! and what is wrong is a finding at its cell. A row with a finding is not used.

use super::book::{Book, Decision, Entry, List};
use super::word;
use crate::diagnostic::{Diagnosed, Diagnostic, Rule, Severity};
use crate::fold;
use crate::normalise::{TermFound, find_term};
use crate::recognise::{self, How};
use crate::scheme::{
    DIRECTORY_FORM, Decisions, Extent, FieldIdx, FormIdx, Kind, Learned, LearnedHeader,
    LearnedValue, SLASH, Scheme,
};
use std::collections::BTreeMap;

/// What a spelling is looked up by: its list, the form or the vocabulary, the folded text.
pub type Key = (List, usize, String);

/// What a confirmed row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Field(FormIdx, FieldIdx),
    Term(usize, Option<u16>),
    Refused,
}

/// A spelling and the school for whose files alone it is decided.
type Scoped = (Key, Option<String>);

/// Everything that the rows decide. `scheme` must not have learned anything yet: spellings are
/// checked against what its forms and vocabularies say.
pub fn decide(book: &Book, scheme: &Scheme) -> Diagnosed<Learned> {
    let mut out: Diagnosed<Learned> = Diagnosed::default();
    let mut decided: BTreeMap<Scoped, Vec<(&Entry, Target)>> = BTreeMap::new();
    for entry in &book.entries {
        match judged(entry, scheme) {
            Ok(Some((scoped, target))) => {
                decided.entry(scoped).or_default().push((entry, target));
            }
            Ok(None) => {}
            Err(finding) => out.diagnostics.push(*finding),
        }
    }
    for ((_, scope), rows) in decided {
        let [(first, target), rest @ ..] = rows.as_slice() else {
            continue;
        };
        if rest.iter().any(|(_, t)| t != target) {
            for (entry, _) in &rows {
                let other = rows.iter().find(|(e, _)| e.row() != entry.row());
                let other = other.map_or(0, |(e, _)| e.row());
                out.diagnostics.push(
                    invalid(entry, "spelling", "contradiction")
                        .arg("spelling", &entry.spelling)
                        .arg("other", other),
                );
            }
            continue;
        }
        let learned = &mut out.value;
        let decisions = match scope {
            None => &mut learned.all,
            Some(school) => &mut learned.of_school.entry(school).or_default().decisions,
        };
        add(decisions, &first.spelling, *target);
    }
    // A school for which something was only refused has nothing of its own.
    let own = |d: &Decisions| !d.headers.is_empty() || !d.values.is_empty();
    out.value.of_school.retain(|_, s| own(&s.decisions));
    out
}

fn add(decisions: &mut Decisions, spelling: &str, target: Target) {
    let spelling = spelling.to_owned();
    match target {
        Target::Refused => {}
        Target::Field(form, field) => decisions.headers.push(LearnedHeader {
            form,
            field,
            spelling,
        }),
        Target::Term(vocabulary, term) => decisions.values.push(LearnedValue {
            vocabulary,
            term,
            spelling,
        }),
    }
}

fn invalid(entry: &Entry, field: &str, variant: &'static str) -> Diagnostic {
    let place = entry.at(field);
    let place = if place.col.is_some() {
        place
    } else {
        entry.at("spelling")
    };
    Diagnostic::new(Rule::SpellingInvalid, place).variant(variant)
}

/// The key, the school and the target of a row that decides something, or why it cannot.
fn judged(entry: &Entry, scheme: &Scheme) -> Result<Option<(Scoped, Target)>, Box<Diagnostic>> {
    match entry.decision {
        Some(Decision::Confirmed) if entry.chosen.is_empty() => {
            return Err(Box::new(
                invalid(entry, "chosen", "unchosen").arg("spelling", &entry.spelling),
            ));
        }
        Some(Decision::Confirmed | Decision::Refused) => {}
        // Chosen and not confirmed: the clerk may not be done, or may have forgotten.
        Some(Decision::Open) | None => {
            return if entry.chosen.is_empty() {
                Ok(None)
            } else {
                Err(Box::new(
                    invalid(entry, "decision", "undecided")
                        .severity(Severity::Warning)
                        .arg("spelling", &entry.spelling)
                        .arg("chosen", &entry.chosen),
                ))
            };
        }
    }
    let key = key(entry, scheme)?;
    let scope = scope(entry, scheme)?;
    if entry.decision == Some(Decision::Refused) {
        return Ok(Some(((key, scope), Target::Refused)));
    }
    let ignored = fold::label(&entry.chosen) == fold::label(&word("ignore"));
    let target = match entry.list {
        List::Columns => column_target(entry, key.1, ignored, scheme)?,
        List::Values => value_target(entry, key.1, ignored, scheme)?,
    };
    Ok(Some(((key, scope), target)))
}

/// What a row's spelling is looked up by.
///
/// # Errors
/// A form or field that there is not.
pub fn key(entry: &Entry, scheme: &Scheme) -> Result<Key, Box<Diagnostic>> {
    let wanted = fold::label(&entry.form);
    let listed = |f: &usize| scheme.forms[*f].id != DIRECTORY_FORM;
    let form = (0..scheme.forms.len()).filter(listed).find(|f| {
        let form = &scheme.forms[*f];
        fold::label(&form.title) == wanted || form.id == wanted
    });
    let Some(form) = form else {
        let forms: Vec<&str> = (0..scheme.forms.len())
            .filter(listed)
            .filter(|f| scheme.wanted.get(*f).copied().unwrap_or(true))
            .map(|f| scheme.forms[f].title.as_str())
            .collect();
        return Err(Box::new(
            invalid(entry, "form", "form")
                .arg("form", &entry.form)
                .arg("forms", forms.join(fold::LIST)),
        ));
    };
    match entry.list {
        List::Columns => Ok((entry.list, form, fold::label(&entry.spelling))),
        List::Values => {
            let vocabulary =
                field_of(&entry.field, form, scheme).and_then(|f| vocabulary_of(form, f, scheme));
            match vocabulary {
                Some(v) => Ok((entry.list, v, fold::label(&entry.spelling))),
                None => Err(Box::new(
                    invalid(entry, "field", "list")
                        .arg("field", &entry.field)
                        .arg("form", &scheme.forms[form].title),
                )),
            }
        }
    }
}

/// The index of the vocabulary of a field.
pub fn vocabulary_of(form: FormIdx, field: FieldIdx, scheme: &Scheme) -> Option<usize> {
    match &scheme.forms[form].fields[field].kind {
        Kind::Vocabulary(id) => scheme.vocabularies.iter().position(|v| v.id == *id),
        _ => None,
    }
}

/// The field that a clerk names: by its title, its id, or any header it is known by.
fn field_of(name: &str, form: FormIdx, scheme: &Scheme) -> Option<FieldIdx> {
    let wanted = fold::label(name);
    let fields = &scheme.forms[form].fields;
    let used = |f: &FieldIdx| fields[*f].kind != Kind::Ignored;
    (0..fields.len())
        .filter(used)
        .find(|f| fold::label(&fields[*f].title) == wanted || fields[*f].id == wanted)
        .or_else(|| {
            let known = scheme.dictionary().get(&wanted).iter();
            let mut known = known.filter(|s| s.form == form).map(|s| s.field);
            known.find(used)
        })
}

/// The school that a row is about; `None` for all.
///
/// # Errors
/// A school that the directory does not know.
pub fn scope(entry: &Entry, scheme: &Scheme) -> Result<Option<String>, Box<Diagnostic>> {
    let folded = fold::label(&entry.scope);
    if folded.is_empty() || folded == fold::label(&word("all-schools")) {
        return Ok(None);
    }
    let directory = &scheme.directory;
    if directory.is_empty() {
        return Ok(Some(fold::clean(&entry.scope).into_owned()));
    }
    let found = directory
        .by_code(&entry.scope)
        .or_else(|| directory.find(&entry.scope, Extent::Whole).one());
    match found {
        Some(school) => Ok(Some(directory.schools()[school].name.clone())),
        None => {
            let near = directory.nearest(&entry.scope).join(fold::LIST);
            let finding = invalid(entry, "scope", "school").arg("school", &entry.scope);
            Err(Box::new(if near.is_empty() {
                finding
            } else {
                finding.variant("school-near").arg("near", near)
            }))
        }
    }
}

fn column_target(
    entry: &Entry,
    form: FormIdx,
    ignored: bool,
    scheme: &Scheme,
) -> Result<Target, Box<Diagnostic>> {
    let of = &scheme.forms[form];
    let field = if ignored {
        scheme.ignored_field(form)
    } else {
        field_of(&entry.chosen, form, scheme)
    };
    let Some(field) = field else {
        return Err(Box::new(
            invalid(entry, "chosen", "field")
                .arg("chosen", &entry.chosen)
                .arg("form", &of.title)
                .arg("near", nearest_titles(&entry.chosen, form, scheme)),
        ));
    };
    // What the whole header means today. A weak reading may be corrected, a certain one may not: it
    // would change what other schools' columns of that name hold.
    let path = path(&entry.spelling);
    let today = recognise::meaning(&path, form, scheme).filter(|(_, how)| *how != How::Within);
    if let Some((known, _)) = today
        && known != field
        && of.fields[known].kind != Kind::Ignored
    {
        return Err(Box::new(
            invalid(entry, "spelling", "known")
                .arg("spelling", &entry.spelling)
                .arg("means", &of.fields[known].title)
                .arg("chosen", &entry.chosen),
        ));
    }
    Ok(Target::Field(form, field))
}

fn value_target(
    entry: &Entry,
    vocabulary: usize,
    ignored: bool,
    scheme: &Scheme,
) -> Result<Target, Box<Diagnostic>> {
    let of = &scheme.vocabularies[vocabulary];
    let term = if ignored {
        None
    } else {
        let tokens = scheme.words.tokens();
        match find_term(&entry.chosen, of, tokens) {
            TermFound::Term(code) => Some(code),
            _ => {
                let terms: Vec<&str> = of.terms.iter().map(|t| t.name.as_str()).collect();
                return Err(Box::new(
                    invalid(entry, "chosen", "term")
                        .arg("chosen", &entry.chosen)
                        .arg("field", &entry.field)
                        .arg("terms", terms.join(fold::LIST)),
                ));
            }
        }
    };
    let means = match find_term(&entry.spelling, of, scheme.words.tokens()) {
        TermFound::Term(code) if Some(code) != term => {
            of.terms.get(usize::from(code)).map(|t| t.name.clone())
        }
        TermFound::Absent if term.is_some() => Some(word("nothing")),
        TermFound::Unfinished if term.is_some() => Some(word("unfinished")),
        _ => None,
    };
    match means {
        Some(means) => Err(Box::new(
            invalid(entry, "spelling", "known")
                .arg("spelling", &entry.spelling)
                .arg("means", means)
                .arg("chosen", &entry.chosen),
        )),
        None => Ok(Target::Term(vocabulary, term)),
    }
}

/// Header texts of a spelling written as in a form file.
fn path(spelling: &str) -> Vec<String> {
    let literal = spelling.replace("\\/", &SLASH.to_string());
    literal
        .split('/')
        .map(|part| part.replace(SLASH, "/"))
        .collect()
}

/// Up to three titles of fields that are most like what was typed.
fn nearest_titles(typed: &str, form: FormIdx, scheme: &Scheme) -> String {
    let typed = fold::label(typed);
    let fields = &scheme.forms[form].fields;
    let mut all: Vec<(f64, usize)> = fields
        .iter()
        .enumerate()
        .filter(|(_, f)| f.stored && f.kind != Kind::Ignored)
        .map(|(i, f)| {
            (
                strsim::normalized_levenshtein(&typed, &fold::label(&f.title)),
                i,
            )
        })
        .collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let titles: Vec<&str> = all
        .iter()
        .take(3)
        .map(|(_, i)| fields[*i].title.as_str())
        .collect();
    titles.join(fold::LIST)
}
