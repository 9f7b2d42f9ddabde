//! Time and shares of head counts in sentences: forecasts, movement, quotas that follow from how
//! many people there are, ranked lists.

use super::{Prose, value};
use crate::scheme::FormIdx;
use crate::scheme::dynamics::{Forecast, Movement, Outlook, Pool, Ranking, Rounding, Share, Top};
use crate::scheme::measure::Operand;

impl Prose<'_> {
    pub(super) fn forecast(&self, m: &Forecast) -> Vec<String> {
        let study = Some(m.study.form);
        let arrives = self.operand(study, Operand::Field(m.arrives));
        let mut out = vec![
            self.population(&m.population),
            self.say(
                "prose.forecast",
                &[("hit", self.condition(Some(m.population.form), &m.hit))],
            ),
            self.say(
                "prose.forecast.study",
                &[
                    ("study", self.records(&m.study)),
                    ("reaches", self.condition(study, &m.reaches)),
                    ("arrives", arrives),
                ],
            ),
            self.say("prose.forecast.years", &[("years", m.years.to_string())]),
        ];
        out.extend(self.targets(&m.targets));
        out
    }

    pub(super) fn movement(&self, m: &Movement) -> Vec<String> {
        let form = Some(m.population.form);
        let mut out = vec![
            self.population(&m.population),
            self.say("prose.movement", &[]),
        ];
        out.extend(m.levels.iter().enumerate().map(|(i, step)| {
            let args = [
                ("n", (i + 1).to_string()),
                ("title", step.title.clone()),
                ("condition", self.condition(form, &step.filter)),
            ];
            let mut line = self.say("prose.eligibility.one", &args);
            if let Some(n) = step.baseline {
                line.push_str(&self.say("prose.movement.baseline", &[("n", n.to_string())]));
            }
            line
        }));
        out.push(self.say("prose.movement.flows", &[]));
        out
    }

    /// A number of people as a share of others.
    pub(super) fn share(&self, share: &Share) -> String {
        let round = match share.round {
            Rounding::Down => "prose.share.down",
            Rounding::Up => "prose.share.up",
            Rounding::HalfUp => "prose.share.half-up",
        };
        let args = [
            ("of", self.records(&share.of)),
            ("percent", value::percent(share.share)),
            ("round", self.say(round, &[])),
            ("least", share.at_least.to_string()),
        ];
        match share.at_least {
            0 => self.say("prose.share", &args),
            _ => self.say("prose.share.least", &args),
        }
    }

    /// Quotas of years, candidates and the start of a plan's item.
    pub(super) fn outlook(&self, form: Option<FormIdx>, outlook: &Outlook) -> String {
        let mut out = String::new();
        let yearly: Vec<String> = outlook
            .yearly
            .iter()
            .map(|(year, n)| {
                let args = [("year", year.to_string()), ("n", n.to_string())];
                self.say("prose.outlook.year", &args)
            })
            .collect();
        if !yearly.is_empty() {
            let args = [("years", self.listed(&yearly))];
            out.push_str(&self.say("prose.outlook.yearly", &args));
        }
        if let Some(pool) = &outlook.pool {
            let args = [("pool", self.condition(form, pool))];
            out.push_str(&self.say("prose.outlook.pool", &args));
        }
        if let Some(start) = outlook.start {
            let args = [("n", start.to_string())];
            out.push_str(&self.say("prose.outlook.start", &args));
        }
        out
    }

    /// The order of a list and who is within.
    pub(super) fn ranking(&self, form: Option<FormIdx>, ranking: &Ranking) -> Vec<String> {
        let mut out = Vec::new();
        let keys: Vec<String> = ranking
            .keys
            .iter()
            .map(|key| {
                let order = match key.descending {
                    true => "prose.order.falling",
                    false => "prose.order.rising",
                };
                self.say(order, &[("field", self.operand(form, key.operand))])
            })
            .collect();
        if !keys.is_empty() {
            out.push(self.say("prose.ranking", &[("keys", self.listed(&keys))]));
        }
        if ranking.ties {
            out.push(self.say("prose.ranking.ties", &[]));
        }
        let per = match ranking.per {
            Pool::All => String::new(),
            Pool::District => self.say("prose.ranking.district", &[]),
            Pool::School => self.say("prose.ranking.school", &[]),
        };
        match &ranking.top {
            None => {}
            Some(Top::Count(n)) => {
                out.push(self.say("prose.ranking.top", &[("n", n.to_string()), ("per", per)]));
            }
            Some(Top::Share(share)) => {
                let args = [("share", self.share(share)), ("per", per)];
                out.push(self.say("prose.ranking.share", &args));
            }
        }
        out
    }
}
