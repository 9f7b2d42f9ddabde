//! Conditions that no record can meet: bounds that exclude each other, more than the highest term,
//! terms that a list elsewhere leaves out.

use crate::scheme::measure::{Condition, Literal, Operand, Test};
use crate::scheme::{FieldIdx, FormIdx, Kind, Scheme};
use std::collections::{BTreeMap, BTreeSet};

/// Whether one record could meet all of the conditions. Only what is certain is denied: texts that
/// contain something, and negations of more than one test, are taken to be possible.
pub(super) fn can_hold(scheme: &Scheme, form: Option<FormIdx>, all: &[&Condition]) -> bool {
    let context = Context { scheme, form };
    context.narrow(all, &mut BTreeMap::new())
}

struct Context<'s> {
    scheme: &'s Scheme,
    form: Option<FormIdx>,
}

/// Values that are still possible for one operand.
#[derive(Debug, Clone)]
struct Domain {
    low: i64,
    high: i64,
    only: Option<BTreeSet<Literal>>,
    never: BTreeSet<Literal>,
    /// Some test that a blank does not pass.
    filled: bool,
    /// Some test that only a blank passes.
    blank: bool,
}

impl Domain {
    fn add(&mut self, test: &Test) {
        self.filled |= !matches!(test, Test::NotIn(_) | Test::Present(false));
        match test {
            Test::In(values) => {
                let values: BTreeSet<Literal> = values.iter().cloned().collect();
                self.only = Some(match &self.only {
                    Some(old) => old.intersection(&values).cloned().collect(),
                    None => values,
                });
            }
            Test::NotIn(values) => self.never.extend(values.iter().cloned()),
            Test::AtLeast(n) => self.low = self.low.max(*n),
            Test::AtMost(n) => self.high = self.high.min(*n),
            Test::Below(n) => self.high = self.high.min(n.saturating_sub(1)),
            Test::Above(n) => self.low = self.low.max(n.saturating_add(1)),
            Test::Present(present) => self.blank |= !present,
            Test::Contains(_) => {}
        }
    }

    fn is_possible(&self) -> bool {
        if self.blank {
            return !self.filled;
        }
        // A blank passes everything that was asked.
        if !self.filled {
            return true;
        }
        if self.low > self.high {
            return false;
        }
        let fits = |value: &Literal| {
            let inside = match value {
                Literal::Number(n) => (self.low..=self.high).contains(n),
                Literal::Text(_) => true,
            };
            inside && !self.never.contains(value)
        };
        match &self.only {
            Some(only) => only.iter().any(fits),
            // Few enough to try them all; otherwise some number is left.
            None if self.high.saturating_sub(self.low) <= self.never.len() as i64 => {
                (self.low..=self.high).any(|n| fits(&Literal::Number(n)))
            }
            None => true,
        }
    }
}

impl Context<'_> {
    /// Narrows the domains by all conditions; false where nothing is left.
    fn narrow(&self, all: &[&Condition], domains: &mut BTreeMap<Operand, Domain>) -> bool {
        let mut alternatives: Vec<&[Condition]> = Vec::new();
        let mut queue: Vec<&Condition> = all.to_vec();
        while let Some(condition) = queue.pop() {
            match condition {
                Condition::All(all) => queue.extend(all),
                Condition::Any(any) => alternatives.push(any),
                Condition::Test(operand, test) => self.add(domains, *operand, test),
                Condition::Not(inner) => match &**inner {
                    Condition::Test(operand, Test::In(values)) => {
                        self.add(domains, *operand, &Test::NotIn(values.clone()));
                        self.add(domains, *operand, &Test::Present(true));
                    }
                    Condition::Test(operand, Test::Present(p)) => {
                        self.add(domains, *operand, &Test::Present(!p));
                    }
                    _ => {}
                },
            }
        }
        domains.values().all(Domain::is_possible)
            && alternatives.iter().all(|any| {
                any.iter()
                    .any(|one| self.narrow(&[one], &mut domains.clone()))
            })
    }

    fn add(&self, domains: &mut BTreeMap<Operand, Domain>, operand: Operand, test: &Test) {
        let (low, high) = self.range(operand);
        domains
            .entry(operand)
            .or_insert_with(|| Domain {
                low,
                high,
                only: None,
                never: BTreeSet::new(),
                filled: false,
                blank: false,
            })
            .add(test);
    }

    /// The values that an operand can have at all.
    fn range(&self, operand: Operand) -> (i64, i64) {
        let field = |form: Option<FormIdx>, field: FieldIdx| {
            let form = form.and_then(|f| self.scheme.forms.get(f))?;
            Some(&form.fields.get(field)?.kind)
        };
        let kind = match operand {
            Operand::Field(f) => field(self.form, f),
            Operand::Roster(f) => field(self.scheme.form("roster"), f),
            Operand::Area => return self.terms("area"),
            Operand::Term(_) => return (1, 2),
            Operand::Month(_) => return (1, 12),
            _ => None,
        };
        match kind {
            Some(Kind::Vocabulary(id)) => self.terms(id),
            Some(Kind::Boolean) => (0, 1),
            _ => (i64::MIN, i64::MAX),
        }
    }

    fn terms(&self, vocabulary: &str) -> (i64, i64) {
        match self.scheme.vocabulary(vocabulary) {
            Some(v) => (0, v.terms.len() as i64 - 1),
            None => (i64::MIN, i64::MAX),
        }
    }
}
