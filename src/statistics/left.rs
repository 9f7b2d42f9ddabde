//! Rows that do not count in a measure, and why: the first condition that they fail, their time, or
//! that their person is not among those who are counted.

use super::condition::Truth;
use super::facts::Facts;
use super::trace::{Behind, Left, Unit};
use super::words;
use crate::message::Lang;
use crate::scheme::measure::{Condition, Operand, Population};
use crate::scheme::{FormIdx, prose};
use std::collections::BTreeMap;

/// What a condition looks at.
pub(super) fn operands(condition: &Condition, out: &mut Vec<Operand>) {
    match condition {
        Condition::All(all) | Condition::Any(all) => all.iter().for_each(|c| operands(c, out)),
        Condition::Not(one) => operands(one, out),
        Condition::Test(operand, _) => out.push(*operand),
    }
}

/// The parts that must all hold.
fn parts<'c>(condition: &'c Condition, out: &mut Vec<&'c Condition>) {
    match condition {
        Condition::All(all) => all.iter().for_each(|c| parts(c, out)),
        other => out.push(other),
    }
}

/// The rows of the populations' forms that stand behind nothing, by reason in the order of the
/// populations' conditions.
pub(super) fn out(facts: &Facts<'_>, behind: &Behind) -> Vec<Left> {
    let mut found: BTreeMap<(FormIdx, usize, bool), Left> = BTreeMap::new();
    let mut forms: Vec<FormIdx> = behind.populations.iter().map(|p| p.form).collect();
    forms.sort_unstable();
    forms.dedup();
    for form in forms {
        let mut counted = vec![false; facts.len(form)];
        let own = |u: &&Unit| usize::from(u.form) == form && !u.earlier;
        for unit in behind.units.iter().filter(own) {
            counted[unit.record as usize] = true;
        }
        if counted.iter().all(|c| *c) {
            continue;
        }
        let populations = behind.populations.iter().filter(|p| p.form == form);
        for (record, place, why) in reasons(facts, form, populations, &counted) {
            let open = matches!(why, Why::Part(_, true));
            let left = found.entry((form, place, open)).or_insert_with(|| Left {
                reason: why.say(facts, form),
                open,
                units: Vec::new(),
            });
            left.units.push(Unit::now(form, record));
        }
    }
    let mut all: Vec<Left> = found.into_values().collect();
    for left in &mut all {
        let place = |u: &Unit| {
            let school = facts.school_of(usize::from(u.form))[u.record as usize];
            let district = facts.schools[school as usize].district;
            (district, school, *u)
        };
        left.units.sort_by_cached_key(place);
    }
    all
}

/// Why a record does not count.
#[derive(Debug, Clone, Copy)]
enum Why<'c> {
    /// A condition that does not hold or, if the flag says so, that a blank leaves open.
    Part(&'c Condition, bool),
    /// It lies outside the time.
    Time,
    /// It would count, but its person is not among those who are counted.
    Person,
}

impl Why<'_> {
    fn say(self, facts: &Facts<'_>, form: FormIdx) -> String {
        let (key, condition) = match self {
            Why::Person => return words::say("statistics.left-person"),
            Why::Time => return words::say("statistics.left-time"),
            Why::Part(condition, true) => ("statistics.left-open", condition),
            Why::Part(condition, false) => ("statistics.left-scope", condition),
        };
        let said = prose::condition(facts.scheme, Lang::Zh, form, condition);
        words::fill(key, &[("condition", said)])
    }
}

/// The place of a reason among a form's, and the reason, of every record that is not counted.
fn reasons<'c>(
    facts: &Facts<'_>,
    form: FormIdx,
    populations: impl Iterator<Item = &'c Population>,
    counted: &[bool],
) -> Vec<(u32, usize, Why<'c>)> {
    // Of several populations the one that a record comes nearest to says why it is left out: how
    // far it came, the reason's place, the reason.
    let mut best: Vec<Option<(usize, usize, Why<'c>)>> = vec![None; counted.len()];
    let mut place = 0;
    for population in populations {
        let mut all = Vec::new();
        parts(&population.filter, &mut all);
        let mut open: Vec<bool> = counted.iter().map(|c| !c).collect();
        let mut nearest = |record: usize, far: usize, place: usize, why: Why<'c>| {
            if best[record].is_none_or(|(known, ..)| known < far) {
                best[record] = Some((far, place, why));
            }
        };
        for (depth, part) in all.into_iter().enumerate() {
            let truths = facts.truths(form, part);
            for (record, truth) in truths.into_iter().enumerate() {
                if open[record] && truth != Truth::Yes {
                    open[record] = false;
                    let why = Why::Part(part, truth == Truth::Unknown);
                    nearest(record, depth, place, why);
                }
            }
            place += 1;
        }
        let mut inside = vec![false; counted.len()];
        let selected = facts.select(population).records;
        selected.iter().for_each(|r| inside[*r as usize] = true);
        for record in (0..counted.len()).filter(|r| open[*r]) {
            match inside[record] {
                true => nearest(record, usize::MAX, usize::MAX, Why::Person),
                false => nearest(record, usize::MAX - 1, usize::MAX - 1, Why::Time),
            }
        }
    }
    let all = (0u32..).zip(best);
    all.filter_map(|(r, b)| b.map(|(_, place, why)| (r, place, why)))
        .collect()
}
