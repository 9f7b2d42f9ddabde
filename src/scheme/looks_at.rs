//! Which forms a measure looks at, so that a table can say what it rests on.

use super::FormIdx;
use super::dynamics::{Share, Top};
use super::measure::{List, Measure, MeasureKind};
use super::tally::What;
use std::collections::BTreeSet;

impl Measure {
    /// The forms whose records its figures are made of; `all` are the scheme's measures, which a
    /// list may look at. The roster that merely tells a person's age is not among them.
    pub fn forms(&self, all: &[Measure]) -> BTreeSet<FormIdx> {
        let mut out = BTreeSet::new();
        let mut share = |share: &Option<Share>| out.extend(share.iter().map(|s| s.of.form));
        match &self.kind {
            MeasureKind::Plan(p) => {
                share(&p.share);
                p.items.iter().for_each(|i| share(&i.share));
                out.insert(p.population.form);
            }
            MeasureKind::Composition(c) => out.extend([c.population.form]),
            MeasureKind::Rate(r) => out.extend([r.population.form]),
            MeasureKind::Forecast(f) => out.extend([f.population.form, f.study.form]),
            MeasureKind::Requirement(r) => {
                out.insert(r.base.form);
                out.extend(r.needs.iter().map(|n| n.population.form));
            }
            MeasureKind::CappedSum(c) => out.extend([c.population.form]),
            MeasureKind::Eligibility(e) => out.extend([e.base.form]),
            MeasureKind::Movement(m) => out.extend([m.population.form]),
            MeasureKind::Reimbursement(r) => out.extend([r.population.form]),
            MeasureKind::Persons(p) => out.extend([p.population.form]),
            MeasureKind::Subsidy(s) => out.extend([s.population.form]),
            MeasureKind::Tally(t) => {
                let sources = t.items.iter().filter_map(|i| match &i.what {
                    What::Records { population, .. } => Some(population.form),
                    _ => None,
                });
                out.extend(sources);
            }
            // A list looks at measures that stand before it.
            MeasureKind::List(List::Of(of)) => {
                if let Some(measure) = all.get(*of) {
                    out.extend(measure.forms(all));
                }
            }
            MeasureKind::List(List::Records {
                population,
                ranking,
                ..
            }) => {
                out.insert(population.form);
                if let Some(Top::Share(s)) = &ranking.top {
                    out.insert(s.of.form);
                }
            }
        }
        out
    }
}
