//! Movement: who came onto a ladder, rose, fell and left between an earlier period and this one.
//!
//! A person stands in one place in each period: on the highest level that holds, in the first
//! school in official order that says so. In every row, subtotals too,
//! start + joined + promoted in + demoted in + moved in − left − promoted out − demoted out − moved out = end;
//! whoever stays on a level inside the row's group is kept, whatever school they are in.

use super::axis::{Axis, AxisKind};
use super::column::{self, heads, plain};
use super::condition::Truth;
use super::facts::Facts;
use super::left::operands;
use super::list::{self, Entry};
use super::rows::{self, Group, Rows};
use super::trace::{self, Behind, Count, Unit};
use super::{Column, Figure, Formula, Number, Tabulation, footnotes, words};
use crate::scheme::dynamics::Movement;
use crate::scheme::measure::Measure;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Where a person stands in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Standing {
    level: u32,
    school: u32,
    record: u32,
}

/// A person who stands somewhere in either period.
#[derive(Debug, Clone, Copy)]
struct Course {
    before: Option<Standing>,
    now: Option<Standing>,
}

/// Everyone's course and what must be said about it.
struct Courses {
    all: Vec<Course>,
    /// Whether there is an earlier period.
    compared: bool,
    footnotes: Vec<String>,
}

/// Where everyone stands in one period, by person.
fn standings(facts: &Facts<'_>, spec: &Movement, records: &[u32]) -> Vec<Option<Standing>> {
    let form = spec.population.form;
    let persons = &facts.frame(form).persons;
    let schools = facts.school_of(form);
    let truths: Vec<Vec<Truth>> = spec
        .levels
        .iter()
        .map(|l| facts.truths(form, &l.filter))
        .collect();
    let mut out: Vec<Option<Standing>> = vec![None; facts.dataset.persons as usize];
    for &record in records {
        let at = record as usize;
        let Some(level) = truths.iter().rposition(|t| t[at] == Truth::Yes) else {
            continue;
        };
        let here = Standing {
            level: level as u32,
            school: schools[at],
            record,
        };
        let slot = &mut out[persons[at] as usize];
        let first = |s: &Standing| (Reverse(s.level), s.school, s.record);
        if slot
            .as_ref()
            .is_none_or(|known| first(&here) < first(known))
        {
            *slot = Some(here);
        }
    }
    out
}

fn courses(facts: &Facts<'_>, spec: &Movement) -> Courses {
    let selected = facts.select(&spec.population);
    let mut notes = footnotes(&selected);
    let now = standings(facts, spec, &selected.records);
    let Some(earlier) = facts.previous() else {
        notes.push(words::say("statistics.no-previous"));
        let of = |now| Course { before: None, now };
        return Courses {
            all: now.into_iter().filter(Option::is_some).map(of).collect(),
            compared: false,
            footnotes: notes,
        };
    };
    let selected = earlier.select(&spec.population);
    let before = standings(&earlier, spec, &selected.records);
    let courses = before.into_iter().zip(now);
    let all = courses
        .map(|(before, now)| Course { before, now })
        .filter(|c| c.before.is_some() || c.now.is_some())
        .collect();
    notes.extend(cautions(facts, &earlier, spec));
    Courses {
        all,
        compared: true,
        footnotes: notes,
    }
}

/// What stands in the way of comparing: rows that could not be used, schools of one period only.
fn cautions(facts: &Facts<'_>, earlier: &Facts<'_>, spec: &Movement) -> Vec<String> {
    let form = spec.population.form;
    let mut out = Vec::new();
    if let Some(previous) = &facts.dataset.previous {
        let account = previous.account;
        if account.rows > 0 || account.files > 0 {
            let args = [
                ("rows", account.rows.to_string()),
                ("files", account.files.to_string()),
            ];
            out.push(words::fill("statistics.previous-unused", &args));
        }
    }
    let schools =
        |facts: &Facts<'_>| -> BTreeSet<u32> { facts.school_of(form).iter().copied().collect() };
    let (now, before) = (schools(facts), schools(earlier));
    for (key, n) in [
        ("statistics.only-now", now.difference(&before).count()),
        ("statistics.only-before", before.difference(&now).count()),
    ] {
        if n > 0 {
            out.push(words::fill(key, &[("n", n.to_string())]));
        }
    }
    out
}

/// One end of a person's course as a unit of the rows.
#[derive(Debug, Clone, Copy)]
struct End {
    /// The course, as an index.
    of: usize,
    at: Standing,
    /// Whether it is where they stand now.
    now: bool,
    /// The unit of the other end.
    other: Option<u32>,
}

/// Where everyone stands and where they stood.
pub(super) fn tabulate(facts: &Facts<'_>, measure: &Measure, spec: &Movement) -> Tabulation {
    let form = spec.population.form;
    let courses = courses(facts, spec);
    let ends = ends(&courses);
    let (rows, places) = placed(facts, measure, spec, &ends);
    let whole = places.is_empty();
    let level_of: Vec<u32> = (0..rows.leaf_count())
        .map(|leaf| rows.value(leaf, places.len()))
        .collect();
    let baselines = baselines(spec);
    let columns = columns(spec, whole, baselines.is_some());
    rows.tabulate(measure, columns, courses.footnotes, |group| {
        let depth = group.names.len();
        // Whether the other end stands in the row's group too.
        let inside = |unit: u32| {
            ends[unit as usize].other.is_some_and(|other| {
                let same = |p: &Vec<u32>| p[unit as usize] == p[other as usize];
                places.iter().take(depth).all(same)
            })
        };
        let counts = Counts::new(group, &ends, &courses.all, inside);
        let baseline = match (&baselines, group.total) {
            (None, _) => None,
            (Some(all), true) => Some(all.iter().flatten().sum()),
            (Some(all), false) if whole => all[level_of[group.leaves.start] as usize],
            (Some(_), false) => None,
        };
        let records = |units: &[u32]| -> Vec<u32> {
            units.iter().map(|u| ends[*u as usize].at.record).collect()
        };
        let own = heads(counts.end.len() as i64).evidence_if(
            group.leaf,
            form,
            records(&counts.end).into_iter(),
        );
        figures(
            &counts,
            own,
            courses.compared,
            baselines.is_some(),
            baseline,
        )
    })
}

/// Both ends of each course, next to each other.
fn ends(courses: &Courses) -> Vec<End> {
    let mut ends: Vec<End> = Vec::new();
    for (of, course) in courses.all.iter().enumerate() {
        let (first, both) = (
            ends.len() as u32,
            course.before.is_some() && course.now.is_some(),
        );
        for (at, now) in [(course.before, false), (course.now, true)] {
            ends.extend(at.map(|at| End {
                of,
                at,
                now,
                other: both.then_some(if now { first } else { first + 1 }),
            }));
        }
    }
    ends
}

/// The rows of the ends, and the value of each end in each dimension of places.
fn placed(
    facts: &Facts<'_>,
    measure: &Measure,
    spec: &Movement,
    ends: &[End],
) -> (Rows, Vec<Vec<u32>>) {
    let form = spec.population.form;
    let mut axes = rows::axes(facts, &measure.by, &measure.units, form, &[]);
    for axis in &mut axes {
        axis.codes = ends.iter().map(|e| place(facts, axis.kind, e.at)).collect();
    }
    let places: Vec<Vec<u32>> = axes.iter().map(|a| a.codes.clone()).collect();
    axes.push(level_axis(spec, ends));
    let rows = Rows::of(facts, axes, ends.len(), measure.total);
    (rows, places)
}

/// The rows behind the figures.
pub(super) fn trace(facts: &Facts<'_>, measure: &Measure, spec: &Movement) -> Behind {
    let form = spec.population.form;
    let courses = courses(facts, spec);
    let ends = ends(&courses);
    let (rows, places) = placed(facts, measure, spec, &ends);
    let level = |s: Option<Standing>| s.map(|s| s.level);
    let marks = |test: &dyn Fn(&End, Course) -> bool| {
        let of = |e: &End| u8::from(test(e, courses.all[e.of]));
        Count::Marks(ends.iter().map(of).collect())
    };
    let flow = |count: Count| if courses.compared { count } else { Count::None };
    // How far from the outside both ends of a course stand in the same places.
    let common = |wanted: bool| -> Vec<u8> {
        let of = |(unit, end): (usize, &End)| {
            let course = courses.all[end.of];
            let Some(other) = end
                .other
                .filter(|_| level(course.before) == level(course.now))
            else {
                return u8::MAX;
            };
            match end.now == wanted {
                false => u8::MAX,
                true => {
                    let same = |p: &&Vec<u32>| p[unit] == p[other as usize];
                    match places.iter().take_while(same).count() {
                        // Levels are no places: their lines divide nobody's stay.
                        all if all == places.len() => trace::WITHIN,
                        some => some as u8,
                    }
                }
            }
        };
        ends.iter().enumerate().map(of).collect()
    };
    let course = |now: bool, within: bool| Count::Course {
        common: common(now),
        within,
    };
    let counts = vec![
        marks(&|e, _| !e.now),
        marks(&|e, c| e.now && c.before.is_none()),
        marks(&|e, c| e.now && level(c.before).is_some_and(|b| b < e.at.level)),
        marks(&|e, c| e.now && level(c.before).is_some_and(|b| b > e.at.level)),
        course(true, false),
        marks(&|e, c| !e.now && c.now.is_none()),
        marks(&|e, c| !e.now && level(c.now).is_some_and(|n| n > e.at.level)),
        marks(&|e, c| !e.now && level(c.now).is_some_and(|n| n < e.at.level)),
        course(false, false),
    ];
    let mut counts: Vec<Count> = counts.into_iter().map(flow).collect();
    counts.push(marks(&|e, _| e.now));
    counts.push(flow(course(true, true)));
    let whole = places.is_empty();
    let based = baselines(spec).is_some();
    counts.resize(columns(spec, whole, based).len(), Count::None);
    let mut looked_at = Vec::new();
    let levels = spec.levels.iter();
    levels.for_each(|l| operands(&l.filter, &mut looked_at));
    let unit = |u: u32| {
        let end = &ends[u as usize];
        Unit {
            earlier: !end.now,
            ..Unit::now(form, end.at.record)
        }
    };
    rows.behind(unit, counts)
        .looks_at(form, looked_at)
        .of(&spec.population)
}

fn place(facts: &Facts<'_>, kind: AxisKind, at: Standing) -> u32 {
    match kind {
        AxisKind::District => facts.schools[at.school as usize].district,
        AxisKind::School | AxisKind::Other => at.school,
    }
}

fn level_axis(spec: &Movement, ends: &[End]) -> Axis {
    Axis {
        id: "level".to_owned(),
        title: words::say("statistics.level"),
        codes: ends.iter().map(|e| e.at.level).collect(),
        labels: spec.levels.iter().map(|l| l.title.clone()).collect(),
        listed: (0..spec.levels.len() as u32).collect(),
        insistent: true,
        ..Axis::default()
    }
}

/// How many stood on each level at the scheme's own starting point, if it names one.
fn baselines(spec: &Movement) -> Option<Vec<Option<i64>>> {
    let all: Vec<Option<i64>> = spec.levels.iter().map(|l| l.baseline).collect();
    all.iter().any(Option::is_some).then_some(all)
}

/// A row's people by what became of them.
#[derive(Debug, Default)]
struct Counts {
    /// Units of those who stand here now.
    end: Vec<u32>,
    start: i64,
    joined: i64,
    promoted_in: i64,
    demoted_in: i64,
    moved_in: i64,
    left: i64,
    promoted_out: i64,
    demoted_out: i64,
    moved_out: i64,
    kept: i64,
}

impl Counts {
    fn new(
        group: &Group<'_>,
        ends: &[End],
        courses: &[Course],
        inside: impl Fn(u32) -> bool,
    ) -> Counts {
        let mut c = Counts::default();
        for &unit in group.units {
            let end = &ends[unit as usize];
            let Course { before, now } = courses[end.of];
            let (before, now) = (before.map(|s| s.level), now.map(|s| s.level));
            if end.now {
                c.end.push(unit);
                match before {
                    None => c.joined += 1,
                    Some(b) if b < end.at.level => c.promoted_in += 1,
                    Some(b) if b > end.at.level => c.demoted_in += 1,
                    Some(_) if inside(unit) => c.kept += 1,
                    Some(_) => c.moved_in += 1,
                }
            } else {
                c.start += 1;
                match now {
                    None => c.left += 1,
                    Some(n) if n > end.at.level => c.promoted_out += 1,
                    Some(n) if n < end.at.level => c.demoted_out += 1,
                    // Counted at the other end.
                    Some(_) if inside(unit) => {}
                    Some(_) => c.moved_out += 1,
                }
            }
        }
        c
    }
}

fn figures(
    counts: &Counts,
    own: Figure,
    compared: bool,
    based: bool,
    baseline: Option<i64>,
) -> Vec<Figure> {
    let flow = |n: i64| match compared {
        true => heads(n),
        false => Figure::default(),
    };
    let end = counts.end.len() as i64;
    let mut out = vec![
        flow(counts.start),
        flow(counts.joined),
        flow(counts.promoted_in),
        flow(counts.demoted_in),
        flow(counts.moved_in),
        flow(counts.left),
        flow(counts.promoted_out),
        flow(counts.demoted_out),
        flow(counts.moved_out),
        own,
        flow(counts.kept),
        flow(end - counts.start),
    ];
    if based {
        let since = baseline.map_or(Number::Missing, |b| Number::Integer(end - b));
        out.push(baseline.map_or_else(Figure::default, heads));
        out.push(plain(since));
    }
    out
}

/// Position of the own figure.
const OWN: usize = 9;

fn columns(spec: &Movement, whole: bool, based: bool) -> Vec<Column> {
    let one = |part: &str, key: &str| column::count(part, vec![words::say(key)], &spec.unit);
    let under = |part: &str, spanner: &str, key: &str| {
        let title = vec![words::say(spanner), words::say(key)];
        column::count(part, title, &spec.unit)
    };
    let into = |part, key| under(part, "statistics.into", key);
    let out_of = |part, key| under(part, "statistics.out-of", key);
    let net = |c: Column, from: usize, take: usize| Column {
        formula: Some(Formula::Difference(from, take)),
        additive: false,
        ..c
    };
    let mut out = vec![
        one("start", "statistics.period-start"),
        into("joined", "statistics.joined"),
        into("promoted_in", "statistics.promoted"),
        into("demoted_in", "statistics.demoted"),
        // Whoever moves inside an outer group neither comes to it nor goes.
        into("moved_in", "statistics.moved-in").not_additive(),
        out_of("left", "statistics.left"),
        out_of("promoted_out", "statistics.promoted"),
        out_of("demoted_out", "statistics.demoted"),
        out_of("moved_out", "statistics.moved-out").not_additive(),
        one("", "statistics.period-end"),
        one("kept", "statistics.kept").not_additive(),
        net(one("net", "statistics.net"), OWN, 0),
    ];
    if based {
        let at = out.len();
        let baseline = one("baseline", "statistics.baseline");
        let since = one("since_baseline", "statistics.since-baseline").not_additive();
        if whole {
            out.extend([baseline, net(since, OWN, at)]);
        } else {
            // Known of the whole only.
            out.extend([baseline.not_additive(), since]);
        }
    }
    out
}

/// What became of someone, as the list says it; nothing to say of those who stay.
fn change(facts: &Facts<'_>, course: Course, measure: &Measure) -> Option<&'static str> {
    match (course.before, course.now) {
        (None, Some(_)) => Some("statistics.joined"),
        (Some(_), None) => Some("statistics.left"),
        (Some(b), Some(n)) if b.level < n.level => Some("statistics.promoted"),
        (Some(b), Some(n)) if b.level > n.level => Some("statistics.demoted"),
        (Some(b), Some(n)) => {
            // Moves are told by the rows of the table that this is the list of.
            let moved = measure.by.iter().any(|d| match d.operand {
                crate::scheme::measure::Operand::District => {
                    place(facts, AxisKind::District, b) != place(facts, AxisKind::District, n)
                }
                _ => b.school != n.school,
            });
            moved.then_some("statistics.moved")
        }
        (None, None) => None,
    }
}

/// Everyone who joined, left, rose, fell or moved, with from and to.
pub(super) fn moved(
    facts: &Facts<'_>,
    measure: &Measure,
    of: &Measure,
    spec: &Movement,
) -> Tabulation {
    let form = spec.population.form;
    let courses = courses(facts, spec);
    let earlier = facts.previous();
    let then = earlier.as_ref().unwrap_or(facts);
    let (names, old_names) = (
        list::Persons::new(facts, form),
        list::Persons::new(then, form),
    );
    let mut lines: Vec<(Course, &'static str)> = Vec::new();
    if courses.compared {
        let told = courses.all.iter().map(|c| (*c, change(facts, *c, of)));
        lines.extend(told.filter_map(|(c, change)| Some((c, change?))));
    }
    // Those who are here in the order of their rows, then those who left it.
    lines.sort_by_key(|(c, _)| match (c.now, c.before) {
        (Some(n), _) => (
            facts.schools[n.school as usize].district,
            n.school,
            false,
            n.record,
        ),
        (None, Some(b)) => (
            facts.schools[b.school as usize].district,
            b.school,
            true,
            b.record,
        ),
        (None, None) => (u32::MAX, u32::MAX, true, u32::MAX),
    });
    let entries = lines
        .iter()
        .filter_map(|(c, _)| {
            let at = c.now.or(c.before)?;
            let names = if c.now.is_some() { &names } else { &old_names };
            Some(Entry {
                school: at.school,
                person: names.name(at.record),
                evidence: c.now.map(|n| (form as u16, n.record)),
            })
        })
        .collect();
    let title = |key: &str| vec![words::say(key)];
    let columns = vec![
        column::text("change", title("statistics.change")),
        column::text("from", title("statistics.from-level")),
        column::text("to", title("statistics.to-level")),
        column::text("from_school", title("statistics.from-school")),
    ];
    let level = |s: Option<Standing>| {
        column::words_of(
            s.map_or_else(String::new, |s| spec.levels[s.level as usize].title.clone()),
        )
    };
    let mut made = list::lines(facts, measure, form, entries, columns, |i| {
        let (course, change) = lines[i];
        let from = match (course.before, course.now) {
            (Some(b), Some(n)) if b.school != n.school => {
                facts.schools[b.school as usize].name.clone()
            }
            _ => String::new(),
        };
        vec![
            column::words_of(words::say(change)),
            level(course.before),
            level(course.now),
            column::words_of(from),
        ]
    });
    made.footnotes = courses.footnotes;
    made
}
