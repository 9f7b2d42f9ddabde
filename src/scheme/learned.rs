//! Spellings that the bureau's clerks have confirmed, on top of those of the forms and
//! vocabularies: for all schools, or for the files of one.
//!
//! What holds for all is part of the scheme's own look-ups. What holds for one school makes that
//! school's files read by a scheme of their own, [`Scheme::of_school`], which differs in nothing
//! else: all indices are the same.

use super::derived::Derived;
use super::form::{Code, FieldIdx, FormIdx};
use super::{Kind, Scheme};
use crate::fold;
use std::collections::BTreeMap;

/// Everything confirmed.
#[derive(Debug, Clone, Default)]
pub struct Learned {
    /// For the files of all schools.
    pub all: Decisions,
    /// For the files of one school, by its name. They go before what holds for all.
    pub of_school: BTreeMap<String, OfSchool>,
}

/// What holds for one school.
#[derive(Debug, Clone, Default)]
pub struct OfSchool {
    /// Its own decisions.
    pub decisions: Decisions,
    /// Made when the first of its files is read.
    scheme: Derived<Box<Scheme>>,
}

/// Spellings and what they mean.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    /// Header spellings.
    pub headers: Vec<LearnedHeader>,
    /// Spellings of terms.
    pub values: Vec<LearnedValue>,
}

/// A header spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnedHeader {
    /// The form.
    pub form: FormIdx,
    /// The field; one of kind `ignored` where the column is known and not used.
    pub field: FieldIdx,
    /// As in a form file: `group/label`, `\/` for a stroke that is part of a label.
    pub spelling: String,
}

/// A spelling of a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnedValue {
    /// Index of the vocabulary.
    pub vocabulary: usize,
    /// The term; `None` where it means that nothing is filled in.
    pub term: Option<Code>,
    /// The text of the cell.
    pub spelling: String,
}

impl Learned {
    /// Whether any school has decisions of its own.
    pub fn knows_schools(&self) -> bool {
        !self.of_school.is_empty()
    }
}

impl Scheme {
    /// Takes over confirmed spellings, before any file of a school is read. What the look-ups had
    /// folded so far is forgotten.
    pub fn learn(&mut self, learned: Learned) {
        for value in &learned.all.values {
            self.learn_value(value);
        }
        self.learned = learned;
        self.dictionary = Derived::default();
    }

    fn learn_value(&mut self, value: &LearnedValue) {
        let Some(vocabulary) = self.vocabularies.get_mut(value.vocabulary) else {
            return;
        };
        let folded = fold::label(&value.spelling);
        let other = |s: &String| fold::label(s) != folded;
        for term in &mut vocabulary.terms {
            term.spellings.retain(other);
        }
        vocabulary.absent.retain(other);
        vocabulary.ambiguous.retain(other);
        match value.term.map(usize::from) {
            Some(term) => {
                if let Some(term) = vocabulary.terms.get_mut(term) {
                    term.spellings.push(value.spelling.clone());
                }
            }
            None => vocabulary.absent.push(value.spelling.clone()),
        }
        vocabulary.derived = Derived::default();
    }

    /// The scheme by which the files of a school are read.
    pub fn of_school(&self, school: &str) -> &Scheme {
        let Some(own) = self.learned.of_school.get(school) else {
            return self;
        };
        own.scheme.get_or(|| {
            let mut scheme = self.clone();
            let mut all = scheme.learned.all.clone();
            for header in &own.decisions.headers {
                let folded = fold::label(&header.spelling);
                all.headers
                    .retain(|h| h.form != header.form || fold::label(&h.spelling) != folded);
                all.headers.push(header.clone());
            }
            all.values.extend(own.decisions.values.iter().cloned());
            scheme.learn(Learned {
                all,
                of_school: BTreeMap::new(),
            });
            Box::new(scheme)
        })
    }

    /// The field of the form that makes a column known and not used: it speaks for no form.
    pub fn ignored_field(&self, form: FormIdx) -> Option<FieldIdx> {
        let fields = self.forms.get(form)?.fields.iter();
        let mut ignored = fields
            .enumerate()
            .rev()
            .filter(|(_, f)| f.kind == Kind::Ignored);
        let last = ignored.clone().next();
        let silent = ignored.find(|(_, f)| f.evidence == 0);
        silent.or(last).map(|(i, _)| i)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::parse;

    fn scheme() -> Scheme {
        parse::load_builtin("county-backbone").unwrap()
    }

    #[test]
    fn every_form_can_leave_a_column_out() {
        let scheme = scheme();
        for form in 0..scheme.forms.len() {
            assert!(
                scheme.ignored_field(form).is_some(),
                "{}",
                scheme.forms[form].id
            );
        }
    }

    #[test]
    fn a_school_has_spellings_of_its_own_before_those_of_all() {
        let mut scheme = scheme();
        let roster = scheme.form("roster").unwrap();
        let field = |id: &str| scheme.forms[roster].field(id).unwrap();
        let (title, post) = (field("title"), field("post"));
        let grade = scheme.vocabularies.iter().position(|v| v.id == "grade");
        let grade = grade.unwrap();
        let header = |field| LearnedHeader {
            form: roster,
            field,
            spelling: "岗职".into(),
        };
        let value = |term| LearnedValue {
            vocabulary: grade,
            term,
            spelling: "甲等".into(),
        };
        let own = OfSchool {
            decisions: Decisions {
                headers: vec![header(post)],
                values: vec![value(Some(1))],
            },
            ..OfSchool::default()
        };
        scheme.learn(Learned {
            all: Decisions {
                headers: vec![header(title)],
                values: vec![value(None)],
            },
            of_school: BTreeMap::from([("柳河小学".to_owned(), own)]),
        });
        let fields = |s: &Scheme| -> Vec<FieldIdx> {
            let found = s.dictionary().get("岗职").iter();
            found
                .filter(|f| f.form == roster)
                .map(|f| f.field)
                .collect()
        };
        let meaning = |s: &Scheme| s.vocabularies[grade].spellings().get("甲等");
        use crate::scheme::Meaning;
        assert_eq!(fields(&scheme), [title]);
        assert_eq!(meaning(&scheme), Some(Meaning::Absent));
        let own = scheme.of_school("柳河小学");
        assert_eq!(fields(own), [post]);
        assert_eq!(meaning(own), Some(Meaning::Term(1)));
        assert!(std::ptr::eq(scheme.of_school("其他小学"), &scheme));
    }
}
