//! Findings as items of a correspondence: what was asked of a school is the same item in the next
//! run, although its row, file or value have changed by then.
//!
//! An item is known by its school, its rule, its field and whom or what it is about (a name, an
//! invoice, a column's header), never by a place or a value: a school that writes another wrong date
//! has not put the date right. Items that are alike in all of it are told apart by their order. Keys
//! are digests, and id numbers are masked before they come here.

use super::{Diagnostic, Severity};
use crate::account::Owners;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

/// Whether a school has been told of an item before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Found for the first time.
    New,
    /// Pointed out before, and not put right.
    Open,
}

impl Standing {
    /// The name that programs read.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::New => "new",
            Standing::Open => "open",
        }
    }
}

/// A finding as an item; small, since every finding has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Item(NonZeroU32);

impl Item {
    /// The lowest bit of a key is free.
    fn new(key: u32, standing: Standing) -> Option<Item> {
        NonZeroU32::new(key | u32::from(standing == Standing::Open)).map(Item)
    }

    /// Stable from run to run, and the item's own within its school.
    pub fn key(self) -> u32 {
        self.0.get() & !1
    }

    /// Whether it is known.
    pub fn standing(self) -> Standing {
        match self.0.get() & 1 {
            0 => Standing::New,
            _ => Standing::Open,
        }
    }
}

/// Keys of items by school; those of no school stand under the empty name.
pub type Items = BTreeMap<String, BTreeSet<u32>>;

/// What became of the items of one school.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// The school; empty for what belongs to none.
    pub school: String,
    /// Put right since.
    pub closed: u64,
    /// Pointed out before, and not put right.
    pub open: u64,
    /// Found for the first time.
    pub new: u64,
    /// Pointed out before to a school that has sent nothing this time: nobody knows.
    pub unsent: u64,
}

/// Arguments that say whom or what a finding is about. All others say where it stands, what was
/// typed or what it should be, and change while the item stays.
const ABOUT: &[&str] = &[
    "person", "name", "field", "form", "title", "label", "thing", "number", "said", "code",
    "school",
];

/// The items of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settled {
    /// Of each finding; none for notes.
    pub of_each: Vec<Option<Item>>,
    /// All keys.
    pub by_school: Items,
}

/// Makes items of all errors and warnings, which must be sorted, and compares them with the items of
/// an earlier run; without one all are new and nothing is told of their progress.
pub fn settle(
    diagnostics: &[Diagnostic],
    owners: &Owners<'_>,
    before: Option<&Items>,
) -> (Settled, Vec<Progress>) {
    let mut items = Items::new();
    let mut of_each = Vec::with_capacity(diagnostics.len());
    let mut alike: BTreeMap<u32, u32> = BTreeMap::new();
    let mut progress: BTreeMap<&str, Progress> = BTreeMap::new();
    for d in diagnostics {
        if d.severity == Severity::Note {
            of_each.push(None);
            continue;
        }
        let school = school(d, owners).unwrap_or_default();
        let base = digest(d, &school);
        let n = alike.entry(base).or_default();
        let key = base.wrapping_add(*n).max(2);
        *n += 2;
        let known = before
            .and_then(|b| b.get(&school))
            .is_some_and(|b| b.contains(&key));
        let standing = if known { Standing::Open } else { Standing::New };
        of_each.push(Item::new(key, standing));
        items.entry(school).or_default().insert(key);
    }
    let Some(before) = before else {
        let settled = Settled {
            of_each,
            by_school: items,
        };
        return (settled, Vec::new());
    };
    let senders: BTreeSet<&str> = owners.senders().collect();
    let none = BTreeSet::new();
    for school in before.keys().chain(items.keys()) {
        let (old, new) = (
            before.get(school).unwrap_or(&none),
            items.get(school).unwrap_or(&none),
        );
        let open = old.intersection(new).count() as u64;
        let gone = old.len() as u64 - open;
        let sent = school.is_empty() || senders.contains(school.as_str());
        let own = Progress {
            school: school.clone(),
            closed: if sent { gone } else { 0 },
            unsent: if sent { 0 } else { gone },
            open,
            new: new.len() as u64 - open,
        };
        progress.insert(school, own);
    }
    let progress = progress.into_values().collect();
    let settled = Settled {
        of_each,
        by_school: items,
    };
    (settled, progress)
}

/// Whose finding it is: whose file, or whom it names where it is about no file.
fn school(d: &Diagnostic, owners: &Owners<'_>) -> Option<String> {
    let place = &d.place;
    if let Some(school) = owners.school(&place.file, &place.sheet, place.row) {
        return Some(school.to_owned());
    }
    let named = d.args.iter().find(|(name, _)| *name == "school");
    named
        .filter(|_| place.file.is_empty())
        .map(|(_, school)| school.clone())
}

/// A fingerprint of texts, whatever their order.
pub fn fingerprint<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut all: Vec<&str> = texts.collect();
    all.sort_unstable();
    let mut hash = Sha256::new();
    for text in all {
        hash.update(text.as_bytes());
        hash.update([0x1F]);
    }
    let digits = hash.finalize();
    digits.iter().map(|b| format!("{b:02x}")).collect()
}

fn digest(d: &Diagnostic, school: &str) -> u32 {
    let mut hash = Sha256::new();
    let mut add = |part: &str| {
        hash.update(part.as_bytes());
        hash.update([0x1F]);
    };
    add(school);
    add(d.rule.name());
    add(&d.field);
    // What is nobody's is known by its file.
    add(if school.is_empty() { &d.place.file } else { "" });
    for (name, value) in d.args.iter().filter(|(name, _)| ABOUT.contains(name)) {
        add(name);
        add(value);
    }
    let hash = hash.finalize();
    hash.iter()
        .take(4)
        .fold(0, |key, byte| (key << 8) | u32::from(*byte))
        & !1
}

#[cfg(test)]
mod tests {
    use super::super::{Place, Rule};
    use super::*;
    use std::sync::Arc;

    fn finding(file: &str, row: u32, person: &str, value: &str) -> Diagnostic {
        let place = Place::sheet(&file.into(), &"名册".into()).at(row, Some(2));
        Diagnostic::new(Rule::DateUnreadable, place)
            .field("work_start")
            .arg("person", person)
            .arg("field", "参加工作时间")
            .arg("value", value)
    }

    fn run(
        found: &mut [Diagnostic],
        files: &[(&str, &str)],
        before: Option<&Items>,
    ) -> (Items, Vec<Progress>) {
        let files: Vec<(Arc<str>, String)> = files
            .iter()
            .map(|(f, s)| ((*f).into(), (*s).to_owned()))
            .collect();
        let (settled, progress) = settle(found, &Owners::new(&files, &[]), before);
        for (d, item) in found.iter_mut().zip(settled.of_each) {
            d.item = item;
        }
        (settled.by_school, progress)
    }

    #[test]
    fn an_item_stays_the_same_when_its_row_file_and_value_change() {
        let mut first = [
            finding("a.xlsx", 4, "王一", "去年"),
            finding("a.xlsx", 5, "李二", "?"),
        ];
        let (items, progress) = run(&mut first, &[("a.xlsx", "一小")], None);
        assert!(progress.is_empty());
        assert!(
            first
                .iter()
                .all(|d| d.item.unwrap().standing() == Standing::New)
        );
        let mut second = [
            finding("b.xlsx", 9, "王一", "前年"),
            finding("b.xlsx", 10, "赵三", "?"),
        ];
        let (_, progress) = run(&mut second, &[("b.xlsx", "一小")], Some(&items));
        assert_eq!(second[0].item.unwrap().key(), first[0].item.unwrap().key());
        let standings: Vec<_> = second.iter().map(|d| d.item.unwrap().standing()).collect();
        assert_eq!(standings, [Standing::Open, Standing::New]);
        let expected = Progress {
            school: "一小".into(),
            closed: 1,
            open: 1,
            new: 1,
            unsent: 0,
        };
        assert_eq!(progress, [expected]);
    }

    #[test]
    fn of_items_that_are_alike_one_can_be_put_right() {
        let mut two = [
            finding("a.xlsx", 4, "王一", "x"),
            finding("a.xlsx", 7, "王一", "x"),
        ];
        let (items, _) = run(&mut two, &[("a.xlsx", "一小")], None);
        assert_eq!(items["一小"].len(), 2);
        let (_, progress) = run(&mut two[1..], &[("a.xlsx", "一小")], Some(&items));
        assert_eq!(
            (progress[0].closed, progress[0].open, progress[0].new),
            (1, 1, 0)
        );
    }

    #[test]
    fn what_a_school_did_not_send_again_is_not_put_right() {
        let mut first = [finding("a.xlsx", 4, "王一", "x")];
        let (items, _) = run(&mut first, &[("a.xlsx", "一小")], None);
        let (_, progress) = run(&mut [], &[("b.xlsx", "二小")], Some(&items));
        assert_eq!((progress[0].closed, progress[0].unsent), (0, 1));
    }

    #[test]
    fn a_form_that_came_is_put_right_and_notes_are_no_items() {
        let missing = Diagnostic::new(Rule::SubmissionMissing, Place::default())
            .arg("school", "一小")
            .arg("form", "名册");
        let note = Diagnostic::new(Rule::HiddenContent, Place::file(&"a.xlsx".into()));
        let mut first = [missing, note];
        let (items, _) = run(&mut first, &[("a.xlsx", "一小")], None);
        assert_eq!(items.values().map(BTreeSet::len).sum::<usize>(), 1);
        assert_eq!(first[1].item, None);
        let (_, progress) = run(&mut first[1..], &[("a.xlsx", "一小")], Some(&items));
        assert_eq!(progress[0].closed, 1);
    }
}
