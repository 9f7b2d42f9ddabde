//! The header spellings of all forms and the layout words, folded once a run.

use super::form::{FieldIdx, Form, FormIdx, Kind};
use super::lookup::{Beginnings, QuickMap, QuickSet, Remembered};
use super::words::Words;
use crate::fold;

/// A field that a header spelling can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spelling {
    /// The form.
    pub form: FormIdx,
    /// Its field.
    pub field: FieldIdx,
    /// Position in the field's list: earlier spellings are more its own.
    pub order: u16,
}

/// One reading of a column: a field of a form, and how good the reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// The form.
    pub form: FormIdx,
    /// Its field.
    pub field: FieldIdx,
    /// Lower is better: 0 group and label, 1 the same trimmed, 2 label, 3 label trimmed, 4 within.
    pub rank: u8,
    /// Position of the spelling in the field's list.
    pub order: u16,
}

/// All that one column's header texts can mean.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// Best first.
    pub candidates: Vec<Candidate>,
    /// Factor of a unit named in the header.
    pub factor: Option<f64>,
}

/// Stands for a slash that is written in a label, so that a label of two words is not taken for a
/// group and its column: `学历/学位` is one label, 学历 above 学位 are two.
pub const SLASH: char = '\u{1}';

/// How much a line of sums covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TotalRank {
    /// Averages, shares, running sums: not the sum of the rows above.
    Other,
    /// A group of rows, a page.
    Subtotal,
    /// The table, or a section of it where there are several.
    Total,
    /// The table whatever stands in it.
    Grand,
}

/// What the label of a line outside a table announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineLabel {
    /// The submitting school.
    Submitter,
    /// The date of the table.
    Date,
    /// The unit of its numbers.
    Unit,
    /// Somebody who signs.
    Signature,
}

/// All that recognition compares with, folded.
#[derive(Debug, Default)]
pub struct Dictionary {
    spellings: QuickMap<Box<str>, Vec<Spelling>>,
    /// Labels that mean something else below some group: the fields that they mean there.
    below_groups: QuickMap<Box<str>, Vec<Spelling>>,
    /// Groups that a spelling names in front of a slash.
    groups: QuickSet<Box<str>>,
    /// Characters with which these begin.
    group_beginnings: Beginnings,
    /// Characters with which spellings begin.
    beginnings: Beginnings,
    /// Labels of lines outside tables by their first character, longest first.
    line_labels: QuickMap<char, Vec<(LineLabel, Vec<char>)>>,
    /// Characters with which the marks of example rows begin.
    example_beginnings: Beginnings,
    /// Characters with which words of sums begin.
    total_beginnings: Beginnings,
    /// Characters with which hints begin.
    hint_beginnings: Beginnings,
    /// What header texts were read as.
    pub readings: Remembered<Reading>,
    /// Which texts with marks in them are labels.
    pub labels: Remembered<bool>,
    /// The schools' names that were read out of texts.
    pub school_names: Remembered<Option<String>>,
    /// For each form its required fields, each with the fields that fill it.
    pub required: Vec<Vec<(FieldIdx, Vec<FieldIdx>)>>,
    /// Longest spelling in characters.
    pub longest: usize,
    /// Words of lines of sums, longest first.
    pub total: Vec<(String, TotalRank)>,
    /// Labels of the submitting school.
    pub submitter: Vec<String>,
    /// Labels of the date.
    pub date: Vec<String>,
    /// Labels of the unit.
    pub unit: Vec<String>,
    /// Beginnings of notes.
    pub note: Vec<String>,
    /// Labels of signatures.
    pub signature: Vec<String>,
    /// Marks of example rows.
    pub example: Vec<String>,
    /// Ends of titles.
    pub title: Vec<String>,
    /// Attachment marks above titles.
    pub attachment: Vec<String>,
    /// Words with which a hint begins that follows the label in a header cell.
    pub hint: Vec<String>,
    /// Words that change nothing about a label's meaning.
    pub filler: Vec<String>,
    /// People other than the one the record is about.
    pub foreign: Vec<String>,
    /// Ends of words for people.
    pub person_mark: Vec<String>,
    /// What makes a label another one.
    pub other: Vec<String>,
    /// Ends of headings of groups.
    pub section: Vec<String>,
    /// Numerals that number sections.
    pub ordinal: Vec<String>,
    /// Marks of the row that numbers columns.
    pub column_mark: Vec<String>,
    /// Says that a table goes on from before.
    pub goes_on: Vec<String>,
    /// What heads free text, lists that no form collects, and photographs on forms of one person.
    pub block: Vec<String>,
    /// In front of a label that asks the person.
    pub asking: Vec<String>,
    /// Words for the other axis in a header cell cut by a diagonal.
    pub axis: Vec<String>,
    /// Page numbers without their digits.
    pub page: Vec<String>,
    /// Factor of each unit word.
    pub units: QuickMap<String, f64>,
    /// For each form its own title words.
    pub form_titles: Vec<Vec<String>>,
}

impl Dictionary {
    /// Folds everything.
    pub fn new(forms: &[Form], words: &Words) -> Dictionary {
        let mut all = Dictionary {
            submitter: folded(&words.submitter),
            date: folded(&words.date),
            unit: folded(&words.unit),
            note: folded(&words.note),
            signature: folded(&words.signature),
            example: folded(&words.example),
            title: folded(&words.title),
            attachment: folded(&words.attachment),
            hint: folded(&words.hint),
            filler: folded(&words.filler),
            foreign: folded(&words.foreign),
            other: folded(&words.other),
            person_mark: folded(&words.person_mark),
            section: folded(&words.section),
            ordinal: folded(&words.ordinal),
            column_mark: folded(&words.column_mark),
            block: folded(&words.block),
            goes_on: folded(&words.goes_on),
            asking: folded(&words.asking),
            axis: folded(&words.axis),
            page: folded(&words.page),
            units: words
                .units
                .iter()
                .map(|(word, factor)| (fold::label(word), *factor))
                .collect(),
            form_titles: forms.iter().map(|f| folded(&f.titles)).collect(),
            required: forms.iter().map(required).collect(),
            ..Dictionary::default()
        };
        for (kind, list) in [
            (LineLabel::Submitter, &all.submitter),
            (LineLabel::Date, &all.date),
            (LineLabel::Unit, &all.unit),
            (LineLabel::Signature, &all.signature),
        ] {
            for word in list {
                let chars: Vec<char> = word.chars().collect();
                let same = all.line_labels.entry(chars[0]).or_default();
                same.push((kind, chars));
            }
        }
        all.line_labels
            .values_mut()
            .for_each(|same| same.sort_by_key(|(_, chars)| std::cmp::Reverse(chars.len())));
        all.example_beginnings = Beginnings::of(all.example.iter().map(String::as_str));
        all.hint_beginnings = Beginnings::of(all.hint.iter().map(String::as_str));
        let ranked = [
            (&words.average, TotalRank::Other),
            (&words.subtotal, TotalRank::Subtotal),
            (&words.grand, TotalRank::Grand),
            (&words.total, TotalRank::Total),
        ];
        for (list, rank) in ranked {
            for word in folded(list) {
                if all.total.iter().all(|(known, _)| *known != word) {
                    all.total.push((word, rank));
                }
            }
        }
        all.total_beginnings = Beginnings::of(all.total.iter().map(|(w, _)| w.as_str()));
        all.total
            .sort_by_key(|(w, rank)| (std::cmp::Reverse(w.chars().count()), *rank));
        for (form, f) in forms.iter().enumerate() {
            for (field, spelling, order) in f.fields.iter().enumerate().flat_map(|(i, field)| {
                std::iter::once(&field.title)
                    .chain(&field.headers)
                    .flat_map(|s| expanded(s))
                    .enumerate()
                    .map(move |(order, s)| (i, s, order))
            }) {
                let order = u16::try_from(order).unwrap_or(u16::MAX);
                all.spell(
                    fold::label(&spelling),
                    &f.fields[field].kind,
                    Spelling { form, field, order },
                );
            }
        }
        all.begin();
        all
    }

    /// Notes with what spellings and their groups begin.
    fn begin(&mut self) {
        self.beginnings = Beginnings::of(self.spellings.keys().map(|s| &**s));
        self.group_beginnings = Beginnings::of(self.groups.iter().map(|s| &**s));
    }

    /// Adds a spelling that a clerk has confirmed, written as in a form file.
    pub fn learn(&mut self, spelling: &str, kind: &Kind, form: FormIdx, field: FieldIdx) {
        let meant = Spelling {
            form,
            field,
            order: u16::MAX,
        };
        self.spell(fold::label(spelling), kind, meant);
        self.begin();
    }

    fn spell(&mut self, text: String, kind: &Kind, spelling: Spelling) {
        if !text.contains('/') {
            return self.put(text, kind, spelling);
        }
        // `a/b` is a group and a label, or a label of two words; `a\/b` is only the latter.
        let slash = SLASH.to_string();
        let literal = text.replace("\\/", &slash);
        self.put(literal.replace('/', &slash), kind, spelling);
        if literal == text {
            if let Some((_, leaf)) = text.rsplit_once('/') {
                let below = self.below_groups.entry(leaf.into()).or_default();
                below.push(spelling);
            }
            self.put(text, kind, spelling);
        }
    }

    fn put(&mut self, text: String, kind: &Kind, spelling: Spelling) {
        self.longest = self.longest.max(text.chars().count());
        for (at, _) in text.match_indices('/') {
            self.groups.insert(text[..at].into());
        }
        let known = self.spellings.entry(text.into()).or_default();
        let same_form = |k: &Spelling| k.form == spelling.form;
        if known
            .iter()
            .any(|k| same_form(k) && k.field == spelling.field)
        {
            return;
        }
        // A column known only so that it is no surprise never competes with a real field.
        if *kind == Kind::Ignored && known.iter().any(same_form) {
            return;
        }
        known.push(spelling);
    }

    /// What a folded header can mean, over all forms.
    pub fn get(&self, folded: &str) -> &[Spelling] {
        self.spellings.get(folded).map_or(&[], Vec::as_slice)
    }

    /// Whether a label means another field of the candidate's form below some group.
    pub fn depends(&self, label: &str, on: &Candidate) -> bool {
        let below = self.below_groups.get(label).map_or(&[][..], Vec::as_slice);
        below
            .iter()
            .any(|s| s.form == on.form && s.field != on.field)
    }

    /// Whether any spelling begins with the character; a quick no for most cells.
    pub fn begins_with(&self, c: char) -> bool {
        self.beginnings.contains(c)
    }

    /// Whether a spelling has the folded text as the group in front of its label.
    pub fn heads_group(&self, folded: &str) -> bool {
        let first = folded.chars().next();
        first.is_some_and(|c| self.group_beginnings.contains(c)) && self.groups.contains(folded)
    }

    /// Whether a text, folded or not, can hold the mark of an example row.
    pub fn may_example(&self, text: &str) -> bool {
        self.example_beginnings.occur_in(text)
    }

    /// Whether a text, folded or not, can hold a word of sums.
    pub fn may_total(&self, text: &str) -> bool {
        self.total_beginnings.occur_in(text)
    }

    /// Where in a folded label a hint begins that follows it.
    pub fn hint_in(&self, label: &str) -> Option<usize> {
        let begins = |at: usize| {
            self.hint
                .iter()
                .any(|h| label[at..].starts_with(h.as_str()))
        };
        label
            .char_indices()
            .skip(1)
            .find(|&(at, c)| self.hint_beginnings.contains(c) && begins(at))
            .map(|(at, _)| at)
    }

    /// The labels of lines outside tables that begin with a character, longest first.
    pub fn line_labels(&self, first: char) -> &[(LineLabel, Vec<char>)] {
        self.line_labels.get(&first).map_or(&[], Vec::as_slice)
    }

    /// Whether a folded header is a spelling of any form.
    pub fn knows(&self, folded: &str) -> bool {
        self.spellings.contains_key(folded)
    }
}

fn required(form: &Form) -> Vec<(FieldIdx, Vec<FieldIdx>)> {
    let fills = |of: &str| {
        let fields = form.fields.iter().enumerate();
        let fills = fields.filter(|(_, f)| f.fills.iter().any(|id| id == of));
        fills.map(|(i, _)| i).collect()
    };
    let fields = form.fields.iter().enumerate();
    fields
        .filter(|(_, f)| f.required)
        .map(|(i, f)| (i, fills(&f.id)))
        .collect()
}

/// All spellings that `{a|b}/{c|d}` stands for.
pub fn expanded(spelling: &str) -> Vec<String> {
    let parts = spelling.split_once('{').and_then(|(before, rest)| {
        let (choices, after) = rest.split_once('}')?;
        Some((before, choices, after))
    });
    let Some((before, choices, after)) = parts else {
        return vec![spelling.to_owned()];
    };
    let tails = expanded(after);
    choices
        .split('|')
        .flat_map(|choice| tails.iter().map(move |t| format!("{before}{choice}{t}")))
        .collect()
}

/// Folded, longest first, none twice.
fn folded(words: &[String]) -> Vec<String> {
    let mut all: Vec<String> = words
        .iter()
        .map(|w| fold::label(w))
        .filter(|w| !w.is_empty())
        .collect();
    all.sort_by(|a, b| {
        let length = |s: &String| std::cmp::Reverse(s.chars().count());
        length(a).cmp(&length(b)).then_with(|| a.cmp(b))
    });
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::templates;

    #[test]
    fn a_known_but_unused_column_never_takes_a_spelling_from_a_field() {
        let forms = templates::forms();
        let all = Dictionary::new(&forms, &templates::words());
        let roster = forms.iter().position(|f| f.id == "roster").unwrap();
        let meant: Vec<_> = all
            .get("性别")
            .iter()
            .filter(|s| s.form == roster)
            .map(|s| forms[roster].fields[s.field].id.as_str())
            .collect();
        assert_eq!(meant, ["gender"]);
    }

    #[test]
    fn choices_in_braces_are_written_out() {
        assert_eq!(expanded("{a|b}/{c|d}"), ["a/c", "a/d", "b/c", "b/d"]);
        assert_eq!(expanded("x{a|b}"), ["xa", "xb"]);
        assert_eq!(expanded("x}"), ["x}"]);
    }

    #[test]
    fn words_of_sums_keep_their_rank() {
        let all = Dictionary::new(&templates::forms(), &templates::words());
        let rank = |w: &str| all.total.iter().find(|(t, _)| t == w).map(|(_, r)| *r);
        assert_eq!(rank("小计"), Some(TotalRank::Subtotal));
        assert_eq!(rank("合计"), Some(TotalRank::Total));
        assert_eq!(rank("总计"), Some(TotalRank::Grand));
        assert_eq!(rank("平均"), Some(TotalRank::Other));
    }
}
