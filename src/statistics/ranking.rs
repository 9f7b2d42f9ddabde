//! Ranked lists: sorted by values, equal rows marked, and who is within a number.
//!
//! A number that ends among equals decides nothing between them: all of them stand to be decided.

use super::column::{self, heads};
use super::facts::Facts;
use super::list;
use super::plan::of_heads;
use super::{Column, Figure, Tabulation, words};
use crate::normalise::NO_NUMBER;
use crate::scheme::FormIdx;
use crate::scheme::dynamics::{Pool, Ranking, Top};
use crate::scheme::measure::{Measure, Operand};
use std::cmp::Ordering;
use std::ops::Range;

/// A value to sort by; what is not known is greater than everything else.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Number(i64),
    Text(String),
    Unknown,
}

impl Value {
    fn cmp(&self, other: &Value, descending: bool) -> Ordering {
        let order = match (self, other) {
            (Value::Unknown, Value::Unknown) => return Ordering::Equal,
            (Value::Unknown, _) => return Ordering::Greater,
            (_, Value::Unknown) => return Ordering::Less,
            (Value::Number(a), Value::Number(b)) => a.cmp(b),
            (Value::Text(a), Value::Text(b)) => a.cmp(b),
            // One key's values are of one kind.
            (Value::Number(_), Value::Text(_)) => Ordering::Less,
            (Value::Text(_), Value::Number(_)) => Ordering::Greater,
        };
        if descending { order.reverse() } else { order }
    }
}

/// A list in the order of its ranking, each group of ranks on its own.
pub(super) fn tabulate(
    facts: &Facts<'_>,
    measure: &Measure,
    form: FormIdx,
    records: &[u32],
    ranking: &Ranking,
    columns: Vec<Column>,
    figures: impl Fn(u32) -> Vec<Figure>,
) -> Tabulation {
    let keys: Vec<Vec<Value>> = ranking
        .keys
        .iter()
        .map(|k| values(facts, form, k.operand, records))
        .collect();
    let schools = facts.school_of(form);
    let school = |i: usize| schools[records[i] as usize];
    let district = |i: usize| facts.schools[school(i) as usize].district;
    let group = |i: usize| match ranking.per {
        Pool::All => 0,
        Pool::District => district(i),
        Pool::School => school(i),
    };
    let by_keys = |a: usize, b: usize| {
        let compared = keys.iter().zip(&ranking.keys);
        compared
            .map(|(values, key)| values[a].cmp(&values[b], key.descending))
            .find(|o| o.is_ne())
            .unwrap_or(Ordering::Equal)
    };
    // Schools of one town are not next to each other by number alone.
    let outer = |i: usize| match ranking.per {
        Pool::All => 0,
        Pool::District | Pool::School => district(i),
    };
    let mut order: Vec<usize> = (0..records.len()).collect();
    order.sort_by(|&a, &b| {
        (outer(a), group(a))
            .cmp(&(outer(b), group(b)))
            .then_with(|| by_keys(a, b))
            .then_with(|| {
                (district(a), school(a), records[a]).cmp(&(district(b), school(b), records[b]))
            })
    });

    let mut places = vec![Place::default(); records.len()];
    let mut start = 0;
    let mut notes = Vec::new();
    while start < order.len() {
        let own = group(order[start]);
        let more = order[start..].iter().take_while(|i| group(**i) == own);
        let range = start..start + more.count();
        let top = ranking
            .top
            .as_ref()
            .map(|t| top(facts, t, ranking.per, own));
        rank(&mut places, range.clone(), top, |a, b| {
            by_keys(order[a], order[b]).is_eq()
        });
        if let (Some(n), Pool::All) = (top, ranking.per) {
            let args = [("n", n.to_string())];
            notes.push(words::fill("statistics.within-n", &args));
        }
        start = range.end;
    }
    let sorted: Vec<u32> = order.iter().map(|i| records[*i]).collect();
    let entries = list::entries(facts, form, &sorted);
    let mut all =
        vec![column::count("rank", vec![words::say("statistics.rank")], "").not_additive()];
    all[0].quantity = super::Quantity::Count(String::new());
    all.extend(columns);
    if ranking.ties {
        all.push(column::text("ties", vec![words::say("statistics.ties")]));
    }
    if ranking.top.is_some() {
        all.push(column::text(
            "within",
            vec![words::say("statistics.within")],
        ));
    }
    let mut made = list::lines(facts, measure, form, entries, all, |i| {
        let place = places[i];
        let mut out = vec![heads(place.rank)];
        out.extend(figures(sorted[i]));
        if ranking.ties {
            let tied = if place.tied {
                words::say("statistics.tied")
            } else {
                String::new()
            };
            out.push(column::words_of(tied));
        }
        if ranking.top.is_some() {
            let key = match place.within {
                Within::Yes => "statistics.is-within",
                Within::Open => "statistics.to-be-decided",
                Within::No => "statistics.is-beyond",
            };
            out.push(column::words_of(words::say(key)));
        }
        out
    });
    made.footnotes = notes;
    made
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    rank: i64,
    tied: bool,
    within: Within,
}

/// Whether a line is within the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Within {
    Yes,
    /// The number ends among equals.
    Open,
    #[default]
    No,
}

/// Ranks the lines of one group: equals have the rank of the first of them.
fn rank(
    places: &mut [Place],
    range: Range<usize>,
    top: Option<i64>,
    equal: impl Fn(usize, usize) -> bool,
) {
    let mut at = range.start;
    while at < range.end {
        let end = (at + 1..range.end)
            .find(|i| !equal(at, *i))
            .unwrap_or(range.end);
        let (before, through) = ((at - range.start) as i64, (end - range.start) as i64);
        let within = match top {
            Some(n) if through <= n => Within::Yes,
            Some(n) if before < n => Within::Open,
            _ => Within::No,
        };
        places[at..end].fill(Place {
            rank: before + 1,
            tied: end - at > 1,
            within,
        });
        at = end;
    }
}

/// How many are within in a group.
fn top(facts: &Facts<'_>, top: &Top, per: Pool, group: u32) -> i64 {
    match top {
        Top::Count(n) => *n,
        Top::Share(share) => {
            let form = share.of.form;
            let schools = facts.school_of(form);
            let of = |r: &u32| {
                let school = schools[*r as usize];
                match per {
                    Pool::All => 0,
                    Pool::District => facts.schools[school as usize].district,
                    Pool::School => school,
                }
            };
            let counted = facts.select(&share.of).records;
            let heads = counted.iter().filter(|r| of(r) == group).count();
            of_heads(share, heads as i64)
        }
    }
}

/// The values of an operand for some records.
fn values(facts: &Facts<'_>, form: FormIdx, operand: Operand, records: &[u32]) -> Vec<Value> {
    let texts = |of: &dyn Fn(usize) -> Option<String>| -> Vec<Value> {
        let value = |r: &u32| of(*r as usize).map_or(Value::Unknown, Value::Text);
        records.iter().map(value).collect()
    };
    match operand {
        // By official order, not by the spelling of names.
        Operand::School | Operand::District => {
            let schools = facts.school_of(form);
            let number = |r: &u32| {
                let school = schools[*r as usize];
                match operand {
                    Operand::School => school,
                    _ => facts.schools[school as usize].district,
                }
            };
            let value = |r: &u32| Value::Number(number(r).into());
            records.iter().map(value).collect()
        }
        Operand::SchoolKind => {
            let schools = facts.school_of(form);
            let kind = |r: usize| facts.schools[schools[r] as usize].folded_kind.clone();
            texts(&|r| Some(kind(r)).filter(|k| !k.is_empty()))
        }
        _ if facts.is_text(form, operand) => {
            let all = facts.texts(form, operand);
            texts(&|r| all.get(r).map(str::to_owned))
        }
        _ => {
            let all = facts.numbers(form, operand);
            let value = |r: &u32| match all[*r as usize] {
                NO_NUMBER => Value::Unknown,
                n => Value::Number(n),
            };
            records.iter().map(value).collect()
        }
    }
}
