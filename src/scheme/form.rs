//! Forms, fields, vocabularies and layout words: what a table can be, as plain data.
//!
//! Written in `templates/forms/*.toml`, `templates/vocabulary/*.toml` and `templates/words.toml`.
//! Everything that names a Chinese spelling stands there, not in `src/`.

use super::check::Check;
use super::derived::Derived;
use super::spellings::Spellings;
use super::words::Words;
use crate::diagnostic::Rule;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Index of a form in [`Scheme::forms`](super::Scheme::forms).
pub type FormIdx = usize;
/// Index of a field in [`Form::fields`].
pub type FieldIdx = usize;
/// Index of a term in [`Vocabulary::terms`]; what a vocabulary column stores.
pub type Code = u16;

/// One kind of table that schools send.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// Stable id, also the name of the records file.
    pub id: String,
    /// What clerks call it.
    pub title: String,
    /// Words in a table's or sheet's title that speak for this form.
    pub titles: Vec<String>,
    /// Fields that together name a record: two files of one school that share most of their keys
    /// are the same submission sent twice.
    pub key: Vec<String>,
    /// All fields, the form's own first, then the common ones (school, serial number …).
    pub fields: Vec<Field>,
    /// Rules that need several cells of a row or several rows.
    pub checks: Vec<Check>,
    /// What the bureau sends out to be filled in.
    pub blank: Blank,
    /// How a table of it may lay several records of a person side by side.
    pub spread: Option<Spread>,
}

/// What of a form the bureau sends out to be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blank {
    /// Nothing: it is the bureau's own.
    None,
    /// A form without records.
    #[default]
    Empty,
    /// A form with the records of the last period, which the school goes through.
    Filled,
}

/// A table with a block of columns for each category or project: what its blocks hold, and how a
/// block's header names it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Spread {
    /// Fields that stand in each block.
    pub values: Vec<FieldIdx>,
    /// Field of a vocabulary: a block is named by one of its terms.
    pub term: Option<FieldIdx>,
    /// Field of a text: a block is named by a text that ends with one of `name_ends`.
    pub name: Option<FieldIdx>,
    /// Folded; see `name`.
    pub name_ends: Vec<String>,
    /// Folded: what stands before such an end and names nothing.
    pub never: Vec<String>,
    /// The field of columns that sum over the blocks.
    pub total: Option<FieldIdx>,
}

impl Form {
    /// The field of that id.
    pub fn field(&self, id: &str) -> Option<FieldIdx> {
        self.fields.iter().position(|f| f.id == id)
    }

    /// Whether a rule of the form looks at a field.
    pub fn is_checked(&self, field: &Field) -> bool {
        let mut checked = self.checks.iter().flat_map(|c| &c.fields);
        checked.any(|id| *id == field.id)
    }

    /// Whether the records of a run carry a field: it is stored, or a rule across records needs
    /// it though no file keeps it.
    pub fn is_carried(&self, field: &Field) -> bool {
        let mut across = self.checks.iter().filter(|c| c.is_across_records());
        field.stored || across.any(|c| c.fields.contains(&field.id))
    }
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Stable id, the column's name in the records.
    pub id: String,
    /// What clerks call it.
    pub title: String,
    /// What its cells mean.
    pub kind: Kind,
    /// A row without it is incomplete.
    pub required: bool,
    /// Whether records keep it; the others are known only so that they are not a surprise, or
    /// feed other fields.
    pub stored: bool,
    /// Spellings of its header, as written by people; `组/列` asks for a spanner above, `{甲|乙}`
    /// stands for each of several words, and `\/` is a slash that is part of one label.
    pub headers: Vec<String>,
    /// How strongly its presence speaks for this form, 0 to 10.
    pub evidence: u8,
    /// Other fields of the form that its cells fill too (a period fills start and end).
    pub fills: Vec<String>,
    /// A whole number that names something rather than counts it (a year): shown without thousands
    /// apart.
    pub plain: bool,
    /// How checks read a column that is known and not used; what cannot be read so is not checked.
    pub read_as: Option<Kind>,
    /// What lies ahead is meant: dates after the cut-off (expected graduation), terms not held yet
    /// (the education that is studied for).
    pub future: bool,
    /// Whether the forms that the bureau sends out ask for it.
    pub blank: bool,
}

/// What the cells of a field mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Free text.
    Text,
    /// A person's name.
    Name,
    /// Resident id number.
    IdNumber,
    /// Phone number, kept as text.
    Phone,
    /// A number that is a name: invoice, certificate, code. Text, never arithmetic.
    Label,
    /// A day, or a month stored as its first day.
    Date,
    /// Two days in one cell; fills two date fields.
    Period,
    /// A whole number.
    Integer,
    /// A decimal number with two places kept.
    Decimal,
    /// Yuan with two places; units such as 万元 in the header are applied.
    Money,
    /// Yes or no.
    Boolean,
    /// One term of a vocabulary.
    Vocabulary(String),
    /// The school's name.
    School,
    /// The school's code.
    SchoolCode,
    /// Row number of the printed list.
    Serial,
    /// Known and not used.
    Ignored,
}

/// A closed list of terms with all their spellings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Vocabulary {
    /// Stable id.
    pub id: String,
    /// Whether the terms stand in rising order, so that `at_least` has a meaning.
    pub ordered: bool,
    /// How spellings are looked for.
    pub matching: Matching,
    /// The terms; lowest first where ordered.
    pub terms: Vec<Term>,
    /// Spellings that could be two terms: reported, never guessed.
    pub ambiguous: Vec<String>,
    /// Spellings that mean "none", besides the general absent words.
    pub absent: Vec<String>,
    /// Words that may stand beside a term and are no part of it (forms of study, 毕业).
    pub affixes: Vec<String>,
    /// Words that take the term back where they stand beside it: not graduated, only a candidate.
    pub unfinished: Vec<String>,
    /// What parts several terms in one cell, of which the first counts; empty where a cell holds
    /// one term only.
    pub separators: Vec<String>,
    /// Filled on first use.
    pub derived: Derived<Spellings>,
}

impl Vocabulary {
    /// The spellings, ready to look up.
    pub fn spellings(&self) -> &Spellings {
        self.derived.get_or(|| Spellings::new(self))
    }

    /// The code of a term's name.
    pub fn code(&self, name: &str) -> Option<Code> {
        self.terms
            .iter()
            .position(|t| t.name == name)
            .and_then(|i| Code::try_from(i).ok())
    }
}

/// How spellings are looked for in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Matching {
    /// The whole cell, after folding, affixes and brackets removed.
    #[default]
    Exact,
    /// The longest spelling that stands somewhere in the cell.
    Longest,
}

/// One term.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// The canonical name.
    pub name: String,
    /// Every other way of writing it.
    #[serde(default)]
    pub spellings: Vec<String>,
    /// Where another field of the record makes it another term.
    #[serde(default)]
    pub instead: Vec<Instead>,
    /// Terms of other vocabularies beside which it can stand; any where a vocabulary is not named.
    #[serde(default)]
    pub goes_with: BTreeMap<String, Vec<String>>,
    /// Of these, terms beside which it stands rarely: worth a note.
    #[serde(default)]
    pub rarely_with: BTreeMap<String, Vec<String>>,
    /// Of its spellings, names that are out of use.
    #[serde(default)]
    pub old: Vec<String>,
}

/// A term that becomes another one by what a second vocabulary field of the record says: 政治 is
/// 道德与法治 below the senior grades.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instead {
    /// Id of the other field.
    pub field: String,
    /// Its terms for which this holds.
    pub of: Vec<String>,
    /// The term that is meant then.
    pub name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawForm {
    id: String,
    title: String,
    #[serde(default)]
    titles: Vec<String>,
    #[serde(default)]
    key: Vec<String>,
    #[serde(default)]
    field: Vec<RawField>,
    #[serde(default)]
    check: Vec<RawCheck>,
    #[serde(default)]
    blank: Blank,
    spread: Option<RawSpread>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSpread {
    values: Vec<String>,
    term: Option<String>,
    name: Option<String>,
    #[serde(default)]
    name_ends: Vec<String>,
    #[serde(default)]
    never: Vec<String>,
    total: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawField {
    id: String,
    title: String,
    kind: String,
    vocabulary: Option<String>,
    #[serde(default)]
    required: bool,
    stored: Option<bool>,
    #[serde(default)]
    headers: Vec<String>,
    #[serde(default = "default_evidence")]
    evidence: u8,
    #[serde(default)]
    fills: Vec<String>,
    #[serde(default)]
    plain: bool,
    #[serde(default)]
    future: bool,
    blank: Option<bool>,
    read_as: Option<String>,
}

fn default_evidence() -> u8 {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCheck {
    rule: String,
    #[serde(default)]
    fields: Vec<String>,
    form: Option<String>,
    #[serde(default)]
    there: Vec<String>,
    #[serde(default)]
    words: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    params: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawVocabulary {
    id: String,
    #[serde(default)]
    ordered: bool,
    #[serde(default)]
    matching: Matching,
    term: Vec<Term>,
    #[serde(default)]
    ambiguous: Vec<String>,
    #[serde(default)]
    absent: Vec<String>,
    #[serde(default)]
    affixes: Vec<String>,
    #[serde(default)]
    unfinished: Vec<String>,
    #[serde(default)]
    separators: Vec<String>,
}

/// Reads a form file; `common` are fields that every form has besides its own.
///
/// # Errors
/// What is wrong with the file and where, for people who write forms.
pub fn parse_form(text: &str, common: &[Field]) -> Result<Form, String> {
    let raw: RawForm = toml::from_str(text).map_err(|e| e.to_string())?;
    let mut fields = raw
        .field
        .into_iter()
        .map(field)
        .collect::<Result<Vec<_>, _>>()?;
    for f in common {
        if fields.iter().all(|own| own.id != f.id) {
            fields.push(f.clone());
        }
    }
    let mut checks = Vec::new();
    for c in raw.check {
        let rule = Rule::find(&c.rule).ok_or_else(|| format!("unknown rule `{}`", c.rule))?;
        for id in &c.fields {
            if fields.iter().all(|f| f.id != *id) {
                return Err(format!(
                    "check `{}` names no field of the form: `{id}`",
                    c.rule
                ));
            }
        }
        let check = Check {
            rule,
            fields: c.fields,
            form: c.form,
            there: c.there,
            words: c.words,
            params: c.params,
        };
        if let Some(why) = check.problem(&fields) {
            return Err(why);
        }
        checks.push(check);
    }
    let spread = raw.spread.map(|s| spread(s, &fields)).transpose()?;
    Ok(Form {
        id: raw.id,
        title: raw.title,
        titles: raw.titles,
        key: raw.key,
        fields,
        checks,
        blank: raw.blank,
        spread,
    })
}

fn spread(raw: RawSpread, fields: &[Field]) -> Result<Spread, String> {
    let find = |id: &String| {
        let at = fields.iter().position(|f| f.id == *id);
        at.ok_or_else(|| format!("spread names no field of the form: `{id}`"))
    };
    let fold = |texts: Vec<String>| texts.iter().map(|t| crate::fold::label(t)).collect();
    Ok(Spread {
        values: raw.values.iter().map(find).collect::<Result<_, _>>()?,
        term: raw.term.as_ref().map(find).transpose()?,
        name: raw.name.as_ref().map(find).transpose()?,
        name_ends: fold(raw.name_ends),
        never: fold(raw.never),
        total: raw.total.as_ref().map(find).transpose()?,
    })
}

/// Reads the file of common fields: a form file whose fields alone matter.
///
/// # Errors
/// As [`parse_form`].
pub fn parse_common(text: &str) -> Result<Vec<Field>, String> {
    Ok(parse_form(text, &[])?.fields)
}

fn field(raw: RawField) -> Result<Field, String> {
    let read_as = match &raw.read_as {
        None => None,
        Some(_) if raw.kind != "ignored" => {
            return Err(format!("field `{}` is used, and read as its kind", raw.id));
        }
        Some(kind) => match kind_of(&raw.id, kind, raw.vocabulary.clone())? {
            kind @ (Kind::Text
            | Kind::Label
            | Kind::Date
            | Kind::Period
            | Kind::Boolean
            | Kind::Vocabulary(_)) => Some(kind),
            _ => return Err(format!("field `{}` cannot be read as `{kind}`", raw.id)),
        },
    };
    let vocabulary = raw.vocabulary.filter(|_| read_as.is_none());
    let kind = kind_of(&raw.id, &raw.kind, vocabulary)?;
    if raw.plain && kind != Kind::Integer {
        return Err(format!(
            "field `{}` is no whole number and cannot be plain",
            raw.id
        ));
    }
    let stored = raw.stored.unwrap_or(!matches!(
        kind,
        Kind::Period | Kind::School | Kind::SchoolCode | Kind::Serial | Kind::Ignored
    ));
    Ok(Field {
        id: raw.id,
        title: raw.title,
        kind,
        required: raw.required,
        stored,
        headers: raw.headers,
        evidence: raw.evidence,
        fills: raw.fills,
        plain: raw.plain,
        read_as,
        future: raw.future,
        blank: raw.blank.unwrap_or(stored),
    })
}

fn kind_of(id: &str, kind: &str, vocabulary: Option<String>) -> Result<Kind, String> {
    Ok(match (kind, vocabulary) {
        ("vocabulary", Some(v)) => Kind::Vocabulary(v),
        ("vocabulary", None) => return Err(format!("field `{id}` names no vocabulary")),
        (_, Some(_)) => return Err(format!("field `{id}` is no vocabulary")),
        ("text", _) => Kind::Text,
        ("name", _) => Kind::Name,
        ("id-number", _) => Kind::IdNumber,
        ("phone", _) => Kind::Phone,
        ("label", _) => Kind::Label,
        ("date", _) => Kind::Date,
        ("period", _) => Kind::Period,
        ("integer", _) => Kind::Integer,
        ("decimal", _) => Kind::Decimal,
        ("money", _) => Kind::Money,
        ("boolean", _) => Kind::Boolean,
        ("school", _) => Kind::School,
        ("school-code", _) => Kind::SchoolCode,
        ("serial", _) => Kind::Serial,
        ("ignored", _) => Kind::Ignored,
        (other, _) => return Err(format!("field `{id}` has the unknown kind `{other}`")),
    })
}

/// Reads a vocabulary file; [`clashes`](super::spellings::clashes) tells whether it is one.
///
/// # Errors
/// What is wrong with the file and where.
pub fn parse_vocabulary(text: &str) -> Result<Vocabulary, String> {
    let raw: RawVocabulary = toml::from_str(text).map_err(|e| e.to_string())?;
    let vocabulary = Vocabulary {
        id: raw.id,
        ordered: raw.ordered,
        matching: raw.matching,
        terms: raw.term,
        ambiguous: raw.ambiguous,
        absent: raw.absent,
        affixes: raw.affixes,
        unfinished: raw.unfinished,
        separators: raw.separators,
        derived: Derived::default(),
    };
    for name in vocabulary.terms.iter().flat_map(|t| &t.instead) {
        if vocabulary.code(&name.name).is_none() {
            return Err(format!("`instead` names no term: `{}`", name.name));
        }
    }
    Ok(vocabulary)
}

/// Reads the file of layout words.
///
/// # Errors
/// What is wrong with the file and where.
pub fn parse_words(text: &str) -> Result<Words, String> {
    toml::from_str(text).map_err(|e| e.to_string())
}
