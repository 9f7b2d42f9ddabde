//! What was seen and is not yet in the workbook, as rows to be added to it: one a spelling, with the
//! nearest fields or terms, and where it was met. Rows that are there are never changed.

use super::book::{Book, FIELDS, List};
use super::decide::{self, Key};
use super::seen::{Seen, What};
use super::word;
use crate::fold;
use crate::grid;
use crate::message::{self, Lang};
use crate::recognise::nearest::Near;
use crate::scheme::{FieldIdx, FormIdx, Scheme, Vocabulary};
use std::collections::{BTreeMap, BTreeSet};

/// A spelling is like a term from here on, in hundredths.
const ALIKE: u32 = 34;
/// A text like no term is proposed where it stands in so many cells: one of a kind may be anything,
/// a name in the wrong column too.
const OFTEN: usize = 3;
/// Schools that are named where a spelling was seen.
const NAMED: usize = 3;

/// A row to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its list.
    pub list: List,
    /// Its form.
    pub form: FormIdx,
    /// The field of a value.
    pub field: Option<FieldIdx>,
    /// Its texts, in the order of [`FIELDS`]; empty ones are blank cells.
    pub texts: [String; FIELDS.len()],
}

/// The rows to be added, most frequent first. `school` tells whose a file is.
pub fn propose<'a>(
    seen: &[Seen],
    book: &Book,
    school: impl Fn(&str) -> Option<&'a str>,
    scheme: &Scheme,
) -> Vec<Proposal> {
    let known = known(book, scheme);
    let mut groups: BTreeMap<Key, Vec<&Seen>> = BTreeMap::new();
    for one in seen {
        let Some(keys) = keys(&one.what, scheme) else {
            continue;
        };
        let own = school(&one.file);
        // Decided for all, or for this school.
        let done = |scopes: &BTreeSet<Option<String>>| {
            scopes.contains(&None)
                || own.is_some_and(|own| scopes.iter().flatten().any(|s| s.as_str() == own))
        };
        if keys.iter().any(|k| known.get(k).is_some_and(done)) {
            continue;
        }
        groups.entry(keys[0].clone()).or_default().push(one);
    }
    let mut all: Vec<(Key, usize, Proposal)> = Vec::new();
    for (key, mut seen) in groups {
        seen.sort_by(|a, b| {
            (&a.file, &a.sheet, a.row, a.col).cmp(&(&b.file, &b.sheet, b.row, b.col))
        });
        if let Some(row) = row(&seen, &school, scheme) {
            all.push((key, seen.len(), row));
        }
    }
    let order = |a: &(Key, usize, Proposal), b: &(Key, usize, Proposal)| {
        (a.0.0, std::cmp::Reverse(a.1), &a.0).cmp(&(b.0.0, std::cmp::Reverse(b.1), &b.0))
    };
    all.sort_by(order);
    all.into_iter().map(|(_, _, row)| row).collect()
}

/// What the workbook's rows are about, and for which schools.
fn known(book: &Book, scheme: &Scheme) -> BTreeMap<Key, BTreeSet<Option<String>>> {
    let mut all: BTreeMap<Key, BTreeSet<Option<String>>> = BTreeMap::new();
    for entry in &book.entries {
        if let Ok(key) = decide::key(entry, scheme) {
            // A school that is not known has its finding; its row is a row all the same.
            let scope = decide::scope(entry, scheme).unwrap_or(None);
            all.entry(key).or_default().insert(scope);
        }
    }
    all
}

/// What a thing seen is looked up by; a header also by its label without the groups above.
fn keys(what: &What, scheme: &Scheme) -> Option<Vec<Key>> {
    match what {
        What::Column { form, path, .. } => {
            let key = |text: &str| (List::Columns, *form, fold::label(text));
            let mut all = vec![key(&spelling(path))];
            all.extend(path.last().map(|label| key(label)));
            Some(all)
        }
        What::Value { form, field, text } => {
            let vocabulary = decide::vocabulary_of(*form, *field, scheme)?;
            Some(vec![(List::Values, vocabulary, fold::label(text))])
        }
    }
}

/// Header texts as one spelling, written as in a form file.
fn spelling(path: &[String]) -> String {
    match path {
        [label] => label.clone(),
        // In a group a stroke inside a label must not look like one between the two.
        path => {
            let parts: Vec<String> = path.iter().map(|p| p.replace('/', "\\/")).collect();
            parts.join("/")
        }
    }
}

fn row<'a>(
    seen: &[&Seen],
    school: &impl Fn(&str) -> Option<&'a str>,
    scheme: &Scheme,
) -> Option<Proposal> {
    let first = seen.first()?;
    let (list, form, field, text, near) = match &first.what {
        What::Column { form, path, near } => {
            let near = fields(near, *form, scheme);
            (List::Columns, *form, None, spelling(path), near)
        }
        What::Value { form, field, text } => {
            let vocabulary = decide::vocabulary_of(*form, *field, scheme)?;
            let near = terms(text, &scheme.vocabularies[vocabulary]);
            if near.is_empty() && seen.len() < OFTEN {
                return None;
            }
            (List::Values, *form, Some(*field), text.clone(), near)
        }
    };
    let mut near = near.into_iter();
    let of = &scheme.forms[form];
    let texts = FIELDS.map(|id| match id {
        "spelling" => text.clone(),
        "form" => of.title.clone(),
        "field" => field.map_or_else(String::new, |f| of.fields[f].title.clone()),
        "near_1" | "near_2" | "near_3" => near.next().unwrap_or_default(),
        "seen" => places(seen, school),
        "decision" => decision_word(scheme),
        "scope" => word("all-schools"),
        "since" => scheme.period.clone(),
        _ => String::new(),
    });
    Some(Proposal {
        list,
        form,
        field,
        texts,
    })
}

/// The word for what is not decided yet: the first term of its vocabulary.
fn decision_word(scheme: &Scheme) -> String {
    let list = scheme.vocabulary("spelling_decision");
    let first = list.and_then(|v| v.terms.first());
    first.map_or_else(String::new, |t| t.name.clone())
}

fn fields(near: &[Near], form: FormIdx, scheme: &Scheme) -> Vec<String> {
    near.iter()
        .map(|n| message::expanded(Lang::Zh, n.text(&scheme.forms[form])))
        .collect()
}

/// The terms whose spellings are most like a text.
fn terms(text: &str, vocabulary: &Vocabulary) -> Vec<String> {
    let folded = fold::label(text);
    let mut best: BTreeMap<u16, u32> = BTreeMap::new();
    for (spelling, code) in vocabulary.spellings().terms() {
        let like = strsim::normalized_damerau_levenshtein(&folded, spelling)
            .max(strsim::sorensen_dice(&folded, spelling));
        let percent = (like * 100.0) as u32;
        if percent >= ALIKE {
            let known = best.entry(code).or_default();
            *known = percent.max(*known);
        }
    }
    let mut all: Vec<(u16, u32)> = best.into_iter().collect();
    all.sort_by_key(|(code, percent)| (std::cmp::Reverse(*percent), *code));
    all.iter()
        .take(3)
        .filter_map(|(code, percent)| {
            let term = vocabulary.terms.get(usize::from(*code))?;
            let args = [
                ("title", term.name.clone()),
                ("percent", percent.to_string()),
            ];
            Some(message::say(Lang::Zh, "spellings.term", &args))
        })
        .collect()
}

/// Where it was seen first, how often, and by which schools.
fn places<'a>(seen: &[&Seen], school: &impl Fn(&str) -> Option<&'a str>) -> String {
    // A file that is named after a person is not named here.
    let first = seen.iter().find(|s| !s.private);
    let schools: BTreeSet<&str> = seen.iter().filter_map(|s| school(&s.file)).collect();
    let mut names: Vec<&str> = Vec::new();
    // In the order in which they were met.
    for name in seen.iter().filter_map(|s| school(&s.file)) {
        if !names.contains(&name) && names.len() < NAMED {
            names.push(name);
        }
    }
    let place = first.map_or_else(
        || word("private"),
        |first| {
            let args = [
                ("file", first.file.to_string()),
                ("sheet", first.sheet.to_string()),
                ("cell", grid::a1(first.row, first.col)),
            ];
            message::say(Lang::Zh, "spellings.place", &args)
        },
    );
    let args = [
        ("place", place),
        ("times", seen.len().to_string()),
        ("schools", schools.len().to_string()),
        ("names", names.join(fold::LIST)),
    ];
    let key = match schools.len() {
        0 => "spellings.seen",
        n if n > names.len() => "spellings.seen-more",
        _ => "spellings.seen-schools",
    };
    message::say(Lang::Zh, key, &args)
}
