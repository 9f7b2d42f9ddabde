//! Which form a table is, and which column holds which of its fields.

use super::How;
use super::binding;
use super::header::Heading;
use super::words;
use crate::fold;
use crate::grid::column_name;
use crate::scheme::{Field, FieldIdx, Form, FormIdx, Kind, Reading, Scheme};

/// A table needs at least this much evidence for a form.
const ENOUGH: f32 = 4.5;
/// Two forms closer than this cannot be told apart.
const MARGIN: f32 = 0.5;

/// What a required field without a column takes from a form's evidence.
const MISSING: f32 = 2.0;

/// What stands around a table and speaks for a form, folded.
#[derive(Debug, Clone, Default)]
pub(super) struct Surroundings {
    pub titles: Vec<String>,
    pub sheet: String,
    pub file: String,
}

/// The form of a table and its columns' fields.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub form: FormIdx,
    pub confidence: f32,
    pub evidence: Vec<String>,
    /// One a heading.
    pub columns: Vec<Assigned>,
}

/// What became of one heading.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Assigned {
    pub field: Option<(FieldIdx, How)>,
    /// The field it would have held, and the heading that has it.
    pub lost: Option<(FieldIdx, usize)>,
    /// The same where nothing in the labels speaks for the other heading.
    pub twin: Option<(FieldIdx, usize)>,
    /// Neither of the two was taken.
    pub tied: bool,
}

/// Why no form was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoForm {
    /// Too little evidence for any.
    Unknown,
    /// These fit equally well.
    Ambiguous(Vec<FormIdx>),
}

/// A form that a header comes near without being enough for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NearForm {
    pub form: FormIdx,
    /// Fields that its labels name.
    pub found: Vec<FieldIdx>,
    /// Required fields that none of them names.
    pub missing: Vec<FieldIdx>,
}

/// At most three forms of the scheme that labels come nearest to, the nearest first: most evidence,
/// least missing.
pub(super) fn nearest(readings: &[Reading], scheme: &Scheme, allowed: &[FormIdx]) -> Vec<NearForm> {
    let wanted = |f: &&FormIdx| scheme.wanted.get(**f).copied().unwrap_or(true);
    let mut all: Vec<(f32, NearForm)> = allowed
        .iter()
        .filter(wanted)
        .filter_map(|&form| {
            let columns = assign(form, readings, scheme);
            let fields = &scheme.forms[form].fields;
            let mut found = held(&columns);
            let missing = missing(scheme, form, &found);
            let score = score(&scheme.forms[form], &columns, readings, form, &[])
                - MISSING * missing.len() as f32;
            found.retain(|f| fields[*f].evidence > 0 && fields[*f].kind != Kind::Ignored);
            let near = NearForm {
                form,
                found,
                missing,
            };
            (!near.found.is_empty()).then_some((score, near))
        })
        .collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.form.cmp(&b.1.form)));
    all.into_iter().take(3).map(|(_, near)| near).collect()
}

/// Gives each field of a form the best of the columns that can hold it.
pub(super) fn assign(form: FormIdx, readings: &[Reading], scheme: &Scheme) -> Vec<Assigned> {
    let fields = &scheme.forms[form].fields;
    let mut claims: Vec<(u8, bool, u16, usize, FieldIdx, How)> = Vec::with_capacity(64);
    for (column, reading) in readings.iter().enumerate() {
        for c in reading.candidates.iter().filter(|c| c.form == form) {
            // Where a spelling can mean a field that records keep, it does.
            let field = &fields[c.field];
            let used = field.stored
                || !field.fills.is_empty()
                || matches!(field.kind, Kind::School | Kind::SchoolCode | Kind::Serial);
            claims.push((c.rank, !used, c.order, column, c.field, binding::how(c)));
        }
    }
    claims.sort_unstable_by_key(|c| (c.0, c.1, c.2, c.3, c.4));
    let mut all = vec![Assigned::default(); readings.len()];
    let mut taken: Vec<(FieldIdx, usize)> = Vec::with_capacity(readings.len());
    for &(_, _, _, column, field, how) in &claims {
        if all[column].field.is_some() {
            continue;
        }
        match taken.iter().find(|(f, _)| *f == field) {
            None => {
                // Any number of columns can be known and not used.
                if fields[field].kind != Kind::Ignored {
                    taken.push((field, column));
                }
                all[column].field = Some((field, how));
            }
            Some(&(_, winner)) => {
                all[column].lost.get_or_insert((field, winner));
            }
        }
    }
    for column in &mut all {
        if column.field.is_some() {
            column.lost = None;
        }
    }
    for column in 0..all.len() {
        all[column].twin = twin(column, &all, &taken, form, readings, fields);
    }
    all
}

/// The heading that has a field which this one could have as well, if their labels are as good.
fn twin(
    column: usize,
    all: &[Assigned],
    taken: &[(FieldIdx, usize)],
    form: FormIdx,
    readings: &[Reading],
    fields: &[Field],
) -> Option<(FieldIdx, usize)> {
    // A second field of the kind may have swallowed it.
    if all[column].field.is_some_and(|f| fields[f.0].stored) {
        return None;
    }
    if readings[column].candidates.iter().all(|c| c.form != form) {
        return None;
    }
    let candidate = |of: usize, field: FieldIdx| {
        let mut own = readings[of].candidates.iter();
        own.find(|c| c.form == form && c.field == field)
            .map(|c| (c.rank, c.order))
    };
    taken.iter().copied().find(|&(field, winner)| {
        let keeps = !matches!(
            fields[field].kind,
            Kind::Name | Kind::IdNumber | Kind::School | Kind::SchoolCode | Kind::Serial
        );
        winner != column
            && keeps
            && fields[field].stored
            && candidate(column, field).is_some_and(|c| candidate(winner, field) == Some(c))
    })
}

/// What the cells below a header say about its columns.
#[derive(Debug, Clone, Default)]
pub(super) struct Below {
    /// A column without a known label holds id numbers.
    pub id: bool,
    /// For each heading: nothing but words stands below it.
    pub wordy: Vec<bool>,
}

/// Chooses the form for which the columns, and a little the titles, speak most.
pub(super) fn choose(
    headings: &[Heading],
    readings: &[Reading],
    around: &Surroundings,
    scheme: &Scheme,
    allowed: &[FormIdx],
    below: &Below,
) -> Result<Choice, NoForm> {
    let hopes = hopes(readings, scheme);
    let mut scored: Vec<(f32, FormIdx, Vec<Assigned>)> = allowed
        .iter()
        .filter(|&&form| {
            let lacking = lacking(form, readings, scheme);
            lacking == 0 || hopes[form].by_columns(lacking, below.id)
        })
        .map(|&form| {
            let columns = assign(form, readings, scheme);
            let form_of = &scheme.forms[form];
            let lacks = missing(scheme, form, &held(&columns));
            let mut score = score(form_of, &columns, readings, form, &below.wordy);
            score -= MISSING * lacks.len() as f32;
            let required_id = lacks
                .iter()
                .any(|&f| form_of.fields[f].kind == Kind::IdNumber);
            if below.id && required_id {
                score += MISSING + 2.0;
            }
            (score, form, columns, lacks.is_empty())
        })
        .filter_map(|(score, form, columns, whole)| {
            // The columns decide; where they are only a name and a number, a title that names
            // the form is enough if nothing is missing.
            let by_columns = score + 2.0 >= ENOUGH && specific(&scheme.forms[form], &columns);
            if !by_columns && !whole {
                return None;
            }
            let votes = votes(form, around, scheme, None);
            (by_columns || votes >= 3.0).then_some((score + votes, form, columns))
        })
        .filter(|(score, _, _)| *score >= ENOUGH)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let second = scored.get(1).map_or(0.0, |s| s.0);
    let Some((best, form, columns)) = scored.first().cloned() else {
        return Err(NoForm::Unknown);
    };
    if second > 0.0 && best - second < MARGIN {
        let equal = scored.iter().filter(|s| best - s.0 < MARGIN);
        return Err(NoForm::Ambiguous(equal.map(|s| s.1).collect()));
    }
    if disputed(form, headings, readings, around, scheme, allowed) {
        return Err(NoForm::Unknown);
    }
    let certain = ((best - second) / best).clamp(0.0, 1.0);
    let full = (best / 16.0).min(1.0);
    let mut evidence: Vec<String> = columns
        .iter()
        .zip(headings)
        .filter_map(|(assigned, heading)| {
            let (field, _) = assigned.field?;
            let field = &scheme.forms[form].fields[field];
            (field.evidence > 0).then(|| {
                let mut line = String::with_capacity(64);
                line.push_str(&column_name(heading.col));
                line.push(' ');
                for (i, text) in heading.path.iter().enumerate() {
                    line.push_str(if i == 0 { "" } else { "/" });
                    line.push_str(text);
                }
                let worth = field.evidence.to_string();
                for part in [" -> ", &field.title, " +", &worth] {
                    line.push_str(part);
                }
                line
            })
        })
        .collect();
    votes(form, around, scheme, Some(&mut evidence));
    if let Some((score, other, _)) = scored.get(1) {
        evidence.push(format!(
            "{} {best:.1} > {} {score:.1}",
            scheme.forms[form].id, scheme.forms[*other].id
        ));
    }
    Ok(Choice {
        form,
        confidence: (0.4 * certain + 0.6 * full).clamp(0.0, 1.0),
        evidence,
        columns,
    })
}

/// What the columns can say for a form at most, so that the many forms that it can hardly be need
/// no closer look.
#[derive(Debug, Clone, Copy, Default)]
struct Hope {
    score: f32,
    /// How many columns can be evidence.
    evident: usize,
    /// One of them can be evidence of more than a person.
    specific: bool,
    /// The column looked at last, counted from 1, and what it is worth.
    column: usize,
    best: f32,
    counted: bool,
}

impl Hope {
    /// Whether the columns can be enough where so many required fields have none: see [`choose`]. An
    /// id number found by its cells makes up for the required field, and more.
    fn by_columns(&self, lacking: usize, id_below: bool) -> bool {
        let bonus = if id_below { MISSING + 2.0 } else { 0.0 };
        let score = self.score + bonus - MISSING * lacking as f32;
        // Sums of other orders differ in their last bits.
        score + 2.1 >= ENOUGH && self.evident >= 2 && self.specific
    }
}

/// One a form of the scheme.
fn hopes(readings: &[Reading], scheme: &Scheme) -> Vec<Hope> {
    let mut all = vec![Hope::default(); scheme.forms.len()];
    for (i, reading) in readings.iter().enumerate() {
        for c in &reading.candidates {
            let (hope, field) = (&mut all[c.form], &scheme.forms[c.form].fields[c.field]);
            if hope.column != i + 1 {
                (hope.column, hope.best, hope.counted) = (i + 1, 0.0, false);
            }
            let worth = f32::from(field.evidence) + 0.2;
            if worth > hope.best {
                hope.score += worth - hope.best;
                hope.best = worth;
            }
            if field.evidence > 0 {
                hope.evident += usize::from(!hope.counted);
                hope.counted = true;
                hope.specific |= !matches!(field.kind, Kind::Name | Kind::IdNumber);
            }
        }
    }
    all
}

/// How many required fields of a form can have no column.
fn lacking(form: FormIdx, readings: &[Reading], scheme: &Scheme) -> usize {
    let required = scheme.dictionary().required[form].iter();
    let without = required.filter(|(field, filled_by)| {
        let mut candidates = readings.iter().flat_map(|r| &r.candidates);
        !candidates.any(|c| c.form == form && (c.field == *field || filled_by.contains(&c.field)))
    });
    without.count()
}

/// Whether the title names another form at least as well as the one that the columns speak for, and
/// these say little and no more than of the other: it lacks what it requires and nothing around
/// names it, or more labels are unknown than tell of it.
fn disputed(
    form: FormIdx,
    headings: &[Heading],
    readings: &[Reading],
    around: &Surroundings,
    scheme: &Scheme,
    allowed: &[FormIdx],
) -> bool {
    // Fields held, and how many of them tell of the form.
    let held_by = |form: FormIdx| {
        let fields = &scheme.forms[form].fields;
        let held = held(&assign(form, readings, scheme));
        let telling = held.iter().filter(|f| {
            let person = matches!(fields[**f].kind, Kind::Name | Kind::IdNumber);
            fields[**f].evidence > 0 && !person
        });
        let telling = telling.count();
        (held, telling)
    };
    let (held, telling) = held_by(form);
    let strange = headings
        .iter()
        .zip(readings)
        .filter(|(h, r)| !h.folded.is_empty() && r.candidates.is_empty());
    let mostly_strange = strange.count() > telling;
    let lacks = !missing(scheme, form, &held).is_empty();
    if !lacks && !mostly_strange {
        return false;
    }
    let own = votes(form, around, scheme, None);
    if own > 0.0 && !mostly_strange {
        return false;
    }
    let mut others = allowed.iter().filter(|f| **f != form);
    others.any(|&f| {
        let votes = votes(f, around, scheme, None);
        votes >= 3.0 && votes >= own && held_by(f).1 >= telling
    })
}

/// Whether a field's cells have digits in them.
pub(super) fn is_counted(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Integer | Kind::Decimal | Kind::Money | Kind::Date
    )
}

/// What the columns alone say.
fn score(
    form: &Form,
    columns: &[Assigned],
    readings: &[Reading],
    index: FormIdx,
    wordy: &[bool],
) -> f32 {
    let mut score = 0.0;
    let twins = columns.iter().any(|c| c.twin.is_some());
    for (i, (assigned, reading)) in columns.iter().zip(readings).enumerate() {
        // Two columns that could both be it: neither is evidence, unless the form has blocks of them.
        let blocks = |f: FieldIdx| form.spread.as_ref().is_some_and(|s| s.values.contains(&f));
        let twin = |c: &Assigned| c.twin.is_some_and(|t| t.1 == i && !blocks(t.0));
        if twins && columns.iter().any(twin) {
            continue;
        }
        if let Some((field, how)) = assigned.field {
            // Names below a label of numbers: it means something else here.
            let numbers = is_counted(&form.fields[field].kind);
            if numbers && wordy.get(i).copied().unwrap_or(false) {
                score -= 0.5;
                continue;
            }
            let certain = if how == How::Within { 0.6 } else { 1.0 };
            score += f32::from(form.fields[field].evidence) * certain + 0.2;
        } else if reading.candidates.iter().all(|c| c.form != index)
            && !reading.candidates.is_empty()
        {
            // Known elsewhere, strange here.
            score -= 0.5;
        }
    }
    score
}

/// A form needs more than a name and a number, which all have.
fn specific(form: &Form, columns: &[Assigned]) -> bool {
    let evident = |f: &FieldIdx| form.fields[*f].evidence > 0;
    let person = |f: &FieldIdx| matches!(form.fields[*f].kind, Kind::Name | Kind::IdNumber);
    let held: Vec<FieldIdx> = columns
        .iter()
        .filter_map(|c| c.field.map(|f| f.0))
        .filter(evident)
        .collect();
    held.len() >= 2 && held.iter().any(|f| !person(f))
}

/// The fields that columns were given.
fn held(columns: &[Assigned]) -> Vec<FieldIdx> {
    columns
        .iter()
        .filter_map(|c| c.field.map(|f| f.0))
        .collect()
}

/// Required fields that none of the fields held is or feeds.
pub(super) fn missing(scheme: &Scheme, form: FormIdx, held: &[FieldIdx]) -> Vec<FieldIdx> {
    let lacks = |(field, filled_by): &&(FieldIdx, Vec<FieldIdx>)| {
        !held.iter().any(|f| f == field || filled_by.contains(f))
    };
    let required = scheme.dictionary().required[form].iter();
    required.filter(lacks).map(|(field, _)| *field).collect()
}

/// What title, sheet name and file name say; each vote as a line of `evidence`.
fn votes(
    form: FormIdx,
    around: &Surroundings,
    scheme: &Scheme,
    mut evidence: Option<&mut Vec<String>>,
) -> f32 {
    let known = &scheme.dictionary().form_titles[form];
    let mut total = 0.0;
    let mut vote = |place: &str, text: &str, weight: f32| {
        let Some(word) = known.iter().find(|w| words::holds(text, w)) else {
            return false;
        };
        total += weight;
        if let Some(lines) = &mut evidence {
            lines.push(format!("{place}: {word} +{weight:.0}"));
        }
        true
    };
    // Several lines of a title are one title.
    around.titles.iter().any(|t| vote("title", t, 3.0));
    vote("sheet", &around.sheet, 2.0);
    vote("file", &around.file, 1.0);
    total
}

/// Last part of a path without its extension, folded.
pub(super) fn stem(file: &str) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    fold::label(name.rsplit_once('.').map_or(name, |(stem, _)| stem))
}
