//! Which records speak of one person: by a valid id number, else by school and folded name.

use super::FormFrame;
use super::view::Texts;
use crate::fold;
use crate::scheme::{Form, Kind, Scheme};
use polars::prelude::PlHashMap as HashMap;
use std::hash::Hash;

/// The form that lists who is there; others refer to it.
pub(super) const ROSTER: &str = "roster";

/// What a record says about its person.
pub(super) struct Identity<'a> {
    ids: Option<Texts<'a>>,
    names: Option<Texts<'a>>,
}

impl<'a> Identity<'a> {
    /// Of one form: its first id-number field and its first name field.
    pub(super) fn of(frame: &'a FormFrame, form: &Form) -> Identity<'a> {
        let (id, name) = Identity::fields(form);
        Identity {
            ids: id.and_then(|f| frame.texts(f)),
            names: name.and_then(|f| frame.texts(f)),
        }
    }

    /// Ids of the form's id-number field and name field, as far as it has them.
    pub(super) fn fields(form: &Form) -> (Option<&str>, Option<&str>) {
        let first = |kind: Kind| {
            let mut fields = form.fields.iter();
            fields
                .find(|f| f.stored && f.kind == kind)
                .map(|f| f.id.as_str())
        };
        (first(Kind::IdNumber), first(Kind::Name))
    }

    /// The id number as stored, right or wrong.
    pub(super) fn id(&self, record: usize) -> Option<&'a str> {
        self.ids?.get(record)
    }

    /// The name as stored.
    pub(super) fn name(&self, record: usize) -> Option<&'a str> {
        self.names?.get(record)
    }
}

/// Whether 18 characters are an id number by ISO 7064 MOD 11-2. Dates inside it are not looked at:
/// a number that passes is certain enough to tell persons apart.
pub(super) fn checksum_holds(id: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let bytes = id.as_bytes();
    if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = bytes[..17]
        .iter()
        .zip(WEIGHTS)
        .map(|(d, w)| u32::from(d - b'0') * w)
        .sum();
    bytes[17] == b"10X98765432"[(sum % 11) as usize]
}

/// What every rule asks of every record, found out once: its name, folded and as a number, and
/// whether its id number is valid.
pub(super) struct Marks {
    names: Vec<Vec<u32>>,
    valid: Vec<Vec<bool>>,
}

impl Marks {
    /// Folds each distinct spelling once.
    pub(super) fn of_all(frames: &[FormFrame], scheme: &Scheme) -> Marks {
        let mut spellings: HashMap<&str, u32> = HashMap::default();
        let mut folded: HashMap<String, u32> = HashMap::default();
        let mut marks = Marks {
            names: Vec::with_capacity(frames.len()),
            valid: Vec::with_capacity(frames.len()),
        };
        for frame in frames {
            let identity = Identity::of(frame, &scheme.forms[frame.form]);
            let records = 0..frame.len();
            let valid = records
                .clone()
                .map(|r| identity.id(r).is_some_and(checksum_holds));
            marks.valid.push(valid.collect());
            let name = |record: usize| {
                let name = identity.name(record)?;
                Some(*spellings.entry(name).or_insert_with(|| {
                    let next = folded.len() as u32;
                    *folded.entry(fold::name(name)).or_insert(next)
                }))
            };
            let names = records.map(name).map(|n| n.unwrap_or(u32::MAX));
            marks.names.push(names.collect());
        }
        marks
    }

    /// The number of a record's name; `None` without a name.
    pub(super) fn name(&self, form: usize, record: usize) -> Option<u32> {
        Some(self.names[form][record]).filter(|n| *n != u32::MAX)
    }

    /// Whether the check character of a record's id number holds.
    pub(super) fn valid(&self, form: usize, record: usize) -> bool {
        self.valid[form][record]
    }
}

/// Who a person is.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Id(&'a str),
    Named(u32, u32),
    Nobody(usize, usize),
}

/// Which person a name means in a school.
#[derive(Clone, Copy)]
struct Named {
    /// `None` where several persons have it.
    person: Option<u32>,
    on_roster: bool,
}

/// Notes that a name in a school means a person. A namesake elsewhere does not make the roster's own
/// name unclear.
fn note<K: Eq + Hash>(names: &mut HashMap<K, Named>, key: K, number: u32, is_roster: bool) {
    let known = names.entry(key).or_insert(Named {
        person: Some(number),
        on_roster: is_roster,
    });
    if known.person != Some(number) && (is_roster || !known.on_roster) {
        known.person = None;
    }
}

/// Numbers the persons of all forms and stores the numbers in the frames; gives how many there
/// are. The roster comes first; a record elsewhere whose id number is missing or wrong is the
/// person of that name in its school, if there is exactly one.
pub(super) fn number(frames: &mut [FormFrame], marks: &Marks, scheme: &Scheme) -> u32 {
    let roster = scheme.form(ROSTER);
    let mut order: Vec<usize> = (0..frames.len()).collect();
    order.sort_by_key(|f| Some(*f) != roster);
    let mut numbers: Vec<Vec<u32>> = frames.iter().map(|f| vec![0; f.len()]).collect();
    let mut keys: HashMap<Key<'_>, u32> = HashMap::default();
    // Nearly everyone stands in several forms.
    keys.reserve(frames.iter().map(FormFrame::len).sum::<usize>() / 2);
    let mut names: HashMap<(u32, u32), Named> = HashMap::default();

    // First everyone who can be told by a number, and everyone on a roster.
    let mut later = Vec::new();
    for &f in &order {
        let frame = &frames[f];
        let identity = Identity::of(frame, &scheme.forms[f]);
        for (record, &school) in frame.school_ids.iter().enumerate() {
            let is_roster = Some(f) == roster;
            let key = match (
                identity.id(record).filter(|_| marks.valid(f, record)),
                is_roster,
            ) {
                (Some(id), _) => Key::Id(id),
                (None, true) => match (identity.id(record), marks.name(f, record)) {
                    (Some(id), _) => Key::Id(id),
                    (None, Some(name)) => Key::Named(school, name),
                    (None, None) => Key::Nobody(f, record),
                },
                (None, false) => {
                    later.push((f, record));
                    continue;
                }
            };
            let next = keys.len() as u32;
            let number = *keys.entry(key).or_insert(next);
            numbers[f][record] = number;
            let Some(name) = marks.name(f, record) else {
                continue;
            };
            note(&mut names, (school, name), number, is_roster);
        }
    }
    // Then the others, by name where that is certain.
    for (f, record) in later {
        let frame = &frames[f];
        let identity = Identity::of(frame, &scheme.forms[f]);
        let school = frame.school_ids[record];
        let named = marks.name(f, record).map(|n| (school, n));
        let known = named.and_then(|n| names.get(&n)?.person);
        numbers[f][record] = match (known, identity.id(record), named) {
            (Some(number), _, _) => number,
            (_, id, named) => {
                let key = match (id, named) {
                    (Some(id), _) => Key::Id(id),
                    (None, Some((school, name))) => Key::Named(school, name),
                    (None, None) => Key::Nobody(f, record),
                };
                let next = keys.len() as u32;
                *keys.entry(key).or_insert(next)
            }
        };
    }
    let count = keys.len() as u32;
    drop(keys);
    for (frame, numbers) in frames.iter_mut().zip(numbers) {
        frame.persons = numbers;
    }
    count
}

/// How the persons of some frames can be told from outside.
struct Signs<'a> {
    /// Each person's id number: a valid one, or a roster's.
    ids: Vec<Option<&'a str>>,
    valid: Vec<bool>,
    /// Each person's names: school and folded name, in the order of their records.
    names: Vec<Vec<(u32, String)>>,
    /// Whom a name in a school means.
    named: HashMap<(u32, String), Named>,
}

impl<'a> Signs<'a> {
    fn new(frames: &'a [FormFrame], persons: u32, scheme: &Scheme) -> Signs<'a> {
        let mut signs = Signs {
            ids: vec![None; persons as usize],
            valid: vec![false; persons as usize],
            names: vec![Vec::new(); persons as usize],
            named: HashMap::default(),
        };
        let roster = scheme.form(ROSTER);
        let mut order: Vec<usize> = (0..frames.len()).collect();
        order.sort_by_key(|f| Some(*f) != roster);
        for f in order {
            let (frame, is_roster) = (&frames[f], Some(f) == roster);
            let identity = Identity::of(frame, &scheme.forms[f]);
            for (record, &school) in frame.school_ids.iter().enumerate() {
                let number = frame.persons[record];
                let p = number as usize;
                if let Some(id) = identity.id(record) {
                    let valid = checksum_holds(id);
                    // A wrong number outside the roster says nothing: its record went by name.
                    if valid && !signs.valid[p] || is_roster && signs.ids[p].is_none() {
                        signs.ids[p] = Some(id);
                        signs.valid[p] = valid;
                    }
                }
                if let Some(name) = identity.name(record) {
                    let key = (school, fold::name(name));
                    if !signs.names[p].contains(&key) {
                        signs.names[p].push(key.clone());
                    }
                    note(&mut signs.named, key, number, is_roster);
                }
            }
        }
        signs
    }
}

/// Finds the persons of an earlier period among this one's: by id number, else by name in their
/// school where that means one person in both and their id numbers do not contradict it. Gives
/// each earlier person's number; new people are numbered after all others. Schools have the same
/// numbers in both periods.
pub(super) fn align(
    now: &[FormFrame],
    persons: u32,
    then: &[FormFrame],
    count: u32,
    scheme: &Scheme,
) -> Vec<u32> {
    let (new, old) = (
        Signs::new(now, persons, scheme),
        Signs::new(then, count, scheme),
    );
    let mut by_id: HashMap<&str, u32> = HashMap::default();
    for (number, id) in (0..persons).zip(&new.ids) {
        if let Some(id) = id {
            by_id.entry(id).or_insert(number);
        }
    }
    let mut found: Vec<Option<u32>> = old
        .ids
        .iter()
        .map(|id| by_id.get((*id)?).copied())
        .collect();
    let mut taken = vec![false; persons as usize];
    for number in found.iter().flatten() {
        taken[*number as usize] = true;
    }
    for (p, slot) in found.iter_mut().enumerate().filter(|(_, f)| f.is_none()) {
        *slot = old.names[p].iter().find_map(|key| {
            let only = |names: &HashMap<_, Named>| names.get(key).and_then(|n| n.person);
            let same = only(&old.named).filter(|q| *q as usize == p);
            let c = same.and_then(|_| only(&new.named))?;
            let told_apart = old.valid[p] && new.valid[c as usize];
            (!taken[c as usize] && !told_apart).then_some(c)
        });
        if let Some(c) = slot {
            taken[*c as usize] = true;
        }
    }
    let mut next = persons;
    found
        .into_iter()
        .map(|known| {
            known.unwrap_or_else(|| {
                next += 1;
                next - 1
            })
        })
        .collect()
}
