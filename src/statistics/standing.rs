//! Who passes a measure and who does not, one by one: for comparing two ways of computing it.

use super::condition::Truth;
use super::facts::Facts;
use super::list::Persons;
use super::{eligibility, requirement};
use crate::frames::Dataset;
use crate::scheme::{FormIdx, MeasureKind, Scheme};
use std::collections::BTreeMap;

/// Where one record of a measure's base stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The school.
    pub school: String,
    /// Name and masked id number.
    pub person: String,
    /// Whether it is a hit, eligible, or has met all needs.
    pub passes: bool,
}

/// The standings of one measure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standings {
    /// Id of the measure.
    pub measure: String,
    /// By the record's index in its form.
    pub records: BTreeMap<u32, Standing>,
}

/// The standings of every measure that judges its base one by one: rates, requirements and
/// eligibility.
pub fn standings(dataset: &Dataset, scheme: &Scheme) -> Vec<Standings> {
    if dataset.forms.len() != scheme.forms.len() {
        return Vec::new();
    }
    let facts = Facts::new(dataset, scheme);
    let mut out = Vec::new();
    for measure in &scheme.measures {
        let (form, judged): (FormIdx, Vec<(u32, bool)>) = match &measure.kind {
            MeasureKind::Rate(m) => {
                let form = m.population.form;
                let hit = facts.truths(form, &m.hit);
                let base = facts.select(&m.population).records;
                let judge = |r: u32| (r, hit[r as usize] == Truth::Yes);
                (form, base.into_iter().map(judge).collect())
            }
            MeasureKind::Eligibility(m) => (m.base.form, eligibility::judged(&facts, m)),
            MeasureKind::Requirement(m) => {
                let verdicts = requirement::judge(&facts, m);
                let units = verdicts.base.iter().enumerate();
                let judged = units.map(|(u, r)| (*r, verdicts.meets_all(m, u)));
                (m.base.form, judged.collect())
            }
            _ => continue,
        };
        let schools = facts.school_of(form);
        let persons = Persons::new(&facts, form);
        let standing = |(record, passes): (u32, bool)| {
            let school = schools[record as usize] as usize;
            let standing = Standing {
                school: facts.schools[school].name.clone(),
                person: persons.name(record),
                passes,
            };
            (record, standing)
        };
        out.push(Standings {
            measure: measure.id.clone(),
            records: judged.into_iter().map(standing).collect(),
        });
    }
    out
}
