//! Claims for the days of a training: nobody is in two places at once, and whoever was there has a
//! record of it.

use super::{Cross, Finding, Record};
use crate::diagnostic::{Diagnostic, Rule};
use crate::fold;
use crate::normalise::NO_DATE;
use crate::scheme::{Check, FormIdx, Kind};
use polars::prelude::{PlHashMap as HashMap, PlHashSet as HashSet};

/// A journey as a claim tells it; days since 1970-01-01.
struct Trip {
    person: u32,
    start: i32,
    end: i32,
    school: u32,
    /// Folded; what it was for.
    project: Option<String>,
    at: Record,
}

impl Trip {
    /// Whether two claims are for one journey: what it cost stands in several rows.
    fn is(&self, other: &Trip) -> bool {
        let same_days = (self.start, self.end) == (other.start, other.end);
        let same_project = self.project.is_some() && self.project == other.project;
        self.school == other.school && (same_days || same_project)
    }

    /// Whether nobody can have made both: to arrive on the day of departure is possible.
    fn excludes(&self, other: &Trip) -> bool {
        if self.school != other.school {
            return self.start <= other.end && other.start <= self.end;
        }
        self.start < other.end && other.start < self.end
    }
}

/// The journeys of persons with a valid id number, by person and day.
fn trips(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Trip> {
    let frame = &cross.frames[form];
    let field = |at: usize| check.fields.get(at).map(String::as_str);
    let days = |at: usize| field(at).and_then(|f| frame.dates(f));
    let (Some(starts), Some(ends)) = (days(0), days(1)) else {
        return Vec::new();
    };
    let projects = cross.texts(form, field(2));
    let trip = |record: usize| {
        let (start, end) = (starts[record], ends[record]);
        let known = start != NO_DATE && end != NO_DATE && start <= end;
        let at = (form, record);
        (known && cross.valid_id(at)).then(|| Trip {
            person: cross.person(at),
            start,
            end,
            school: cross.school(at),
            project: projects.and_then(|p| p.get(record)).map(fold::label),
            at,
        })
    };
    let mut all: Vec<Trip> = (0..frame.len()).filter_map(trip).collect();
    all.sort_by_key(|t| (t.person, t.start, t.end, t.at));
    all
}

/// `trips-overlap`. Fields: first day, last day, what for.
pub(super) fn overlaps(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let all = trips(cross, form, check);
    let fields: Vec<&str> = check.fields.iter().map(String::as_str).collect();
    let mut found = Vec::new();
    for of_person in all.chunk_by(|a, b| a.person == b.person) {
        let mut distinct: Vec<&Trip> = Vec::new();
        for trip in of_person {
            if distinct.iter().all(|t| !t.is(trip)) {
                distinct.push(trip);
            }
        }
        for (i, trip) in distinct.iter().enumerate() {
            let clash = |other: &&&Trip| !trip.is(other) && trip.excludes(other);
            let other = match distinct[..i].iter().find(clash) {
                Some(other) => other,
                // The other school must act, too.
                None => match distinct[i + 1..].iter().find(clash) {
                    Some(other) if other.school != trip.school => other,
                    _ => continue,
                },
            };
            let diagnostic = if other.school == trip.school {
                cross.pointing(Rule::TripsOverlap, trip.at, &fields, other.at)
            } else {
                let (place, field) = cross.place(trip.at, &fields);
                Diagnostic::new(Rule::TripsOverlap, place)
                    .variant("school")
                    .field(field)
                    .arg("name", cross.called(trip.at))
                    .arg("school", cross.school_name(other.school))
            };
            found.push((trip.school, diagnostic));
        }
    }
    found
}

/// `claim-without-training`. Fields: as above; the check's form holds the records of trainings.
/// Judged only for schools that sent some.
pub(super) fn without_training(cross: &Cross<'_>, form: FormIdx, check: &Check) -> Vec<Finding> {
    let trainings = check.form.as_deref().and_then(|f| cross.scheme.form(f));
    let Some(trainings) = trainings.filter(|t| !cross.frames[*t].is_empty()) else {
        return Vec::new();
    };
    let all = trips(cross, form, check);
    if all.is_empty() {
        return Vec::new();
    }
    let frame = &cross.frames[trainings];
    let sent: HashSet<u32> = frame.school_ids.iter().copied().collect();
    // The days of a training are those that its period fills.
    let fields = cross.form(trainings).fields.iter();
    let period = fields.filter(|f| f.kind == Kind::Period).find_map(|f| {
        let [start, end] = f.fills.as_slice() else {
            return None;
        };
        Some((frame.dates(start)?, frame.dates(end)?))
    });
    let mut attended: HashMap<u32, Vec<(i32, i32)>> = HashMap::default();
    for (record, person) in frame.persons.iter().enumerate() {
        let days = period.map_or((NO_DATE, NO_DATE), |(s, e)| (s[record], e[record]));
        attended.entry(*person).or_default().push(days);
    }
    let fields: Vec<&str> = check.fields.iter().map(String::as_str).collect();
    let mut told: HashSet<(u32, i32, i32)> = HashSet::default();
    let mut found = Vec::new();
    for trip in all.iter().filter(|t| sent.contains(&t.school)) {
        // A training without days may be any.
        let meets = |(start, end): &(i32, i32)| {
            let (start, end) = match (*start, *end) {
                (NO_DATE, NO_DATE) => return true,
                (NO_DATE, day) | (day, NO_DATE) => (day, day),
                days => days,
            };
            start <= trip.end && trip.start <= end
        };
        let there = attended.get(&trip.person);
        let known = there.is_some_and(|all| all.iter().any(meets));
        if known || !told.insert((trip.person, trip.start, trip.end)) {
            continue;
        }
        let (place, field) = cross.place(trip.at, &fields);
        let projects = cross.texts(form, check.fields.get(2).map(String::as_str));
        let project = projects.and_then(|p| p.get(trip.at.1)).unwrap_or_default();
        let diagnostic = Diagnostic::new(Rule::ClaimWithoutTraining, place)
            .field(field)
            .arg("name", cross.called(trip.at))
            .arg("project", project)
            .arg("form", &cross.form(trainings).title);
        found.push((trip.school, diagnostic));
    }
    found
}
