//! One school's table sent twice: the older file's records are left out, and said so.
//!
//! Two files are the same submission when most records of the older one stand in the newer one
//! again, by the form's key. A newer file that holds only some records of the older one corrects
//! those alone. Which file is newer is told by the date on the table, by words such as 更正 in the
//! path, or by a running number behind an otherwise equal name; where nothing tells it, the later
//! name counts and the finding asks to confirm.

use super::build;
use crate::diagnostic::{Diagnostic, Place, Rule, Severity};
use crate::fold;
use crate::normalise::{Data, NO_BOOLEAN, NO_CODE, NO_DATE, NO_NUMBER, Records};
use crate::scheme::{DIRECTORY_FORM, Form, Kind, Scheme};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// Records of one sheet that a newer file holds again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superseded {
    /// Path below the inbox.
    pub file: Arc<str>,
    /// Sheet name.
    pub sheet: Arc<str>,
    /// How many records were left out.
    pub records: u64,
    /// 0-based rows that do not count any more: those of the records and, where a whole table went,
    /// those that were rejected in it; sorted.
    pub rows: Vec<u32>,
}

/// One school's records of one form in one file.
#[derive(Default)]
struct Unit {
    /// Table and record.
    records: Vec<(usize, usize)>,
    /// Of each record: its key, if any of the key's fields is filled, and everything it holds.
    hashes: Vec<(Option<u64>, u64)>,
    dated: Option<i32>,
}

/// How two files were put in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    Told,
    ByNameOnly,
}

/// Takes the records out of `submissions` that a newer file holds again. `submissions` are sorted
/// and stay so; `schools` has for each table the numbers of its schools.
pub(super) fn leave_out(
    submissions: &mut Vec<Records>,
    schools: &mut Vec<Vec<u32>>,
    scheme: &Scheme,
) -> (Vec<Superseded>, Vec<Diagnostic>) {
    let units = units(submissions, schools, scheme);
    let mut gone: Vec<BTreeSet<usize>> = submissions.iter().map(|_| BTreeSet::new()).collect();
    let mut findings: BTreeMap<Finding, Tally> = BTreeMap::new();
    for ((form, school), files) in &units {
        let files: Vec<(&Arc<str>, &Unit)> = files.iter().collect();
        let mut replaced = vec![false; files.len()];
        for a in 0..files.len() {
            for b in a + 1..files.len() {
                if replaced[a] || replaced[b] {
                    continue;
                }
                let (newer_is_b, reason) = newer(files[a], files[b], scheme);
                let (old, new) = if newer_is_b { (a, b) } else { (b, a) };
                let Some(overlap) = overlap(files[old].1, files[new].1, reason) else {
                    continue;
                };
                replaced[old] = overlap.whole;
                for &at in &overlap.left_out {
                    let (table, record) = files[old].1.records[at];
                    gone[table].insert(record);
                }
                let finding = Finding {
                    older: files[old].0.clone(),
                    newer: files[new].0.clone(),
                    form: *form,
                    variant: overlap.variant(reason),
                };
                let tally = findings.entry(finding).or_default();
                tally.count += overlap.left_out.len();
                tally.lost += overlap.lost;
                tally.schools.insert(*school);
            }
        }
    }
    let left_out = left_out(submissions, &gone);
    let diagnostics = findings
        .into_iter()
        .map(|(f, tally)| f.diagnostic(&tally, scheme));
    let diagnostics = diagnostics.collect();
    build::without(submissions, schools, &gone);
    (left_out, diagnostics)
}

/// What goes, sheet by sheet.
fn left_out(submissions: &[Records], gone: &[BTreeSet<usize>]) -> Vec<Superseded> {
    let mut by_sheet: BTreeMap<(&Arc<str>, &Arc<str>), Superseded> = BTreeMap::new();
    for (records, gone) in submissions.iter().zip(gone).filter(|(_, g)| !g.is_empty()) {
        let sheet = by_sheet
            .entry((&records.file, &records.sheet))
            .or_insert_with(|| Superseded {
                file: records.file.clone(),
                sheet: records.sheet.clone(),
                records: 0,
                rows: Vec::new(),
            });
        sheet.records += gone.len() as u64;
        sheet.rows.extend(gone.iter().map(|i| records.rows[*i]));
        if gone.len() == records.rows.len() {
            sheet.rows.extend(&records.rejected);
        }
    }
    let mut out: Vec<Superseded> = by_sheet.into_values().collect();
    out.iter_mut().for_each(|s| s.rows.sort_unstable());
    out
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    older: Arc<str>,
    newer: Arc<str>,
    form: usize,
    variant: &'static str,
}

#[derive(Default)]
struct Tally {
    count: usize,
    lost: usize,
    schools: BTreeSet<u32>,
}

impl Finding {
    fn diagnostic(&self, tally: &Tally, scheme: &Scheme) -> Diagnostic {
        let diagnostic = Diagnostic::new(Rule::SubmissionSuperseded, Place::file(&self.older))
            .variant(self.variant)
            .arg("older", &self.older)
            .arg("newer", &self.newer)
            .arg("form", &scheme.forms[self.form].title)
            .arg("count", tally.count)
            .arg("lost", tally.lost)
            .arg("schools", tally.schools.len());
        match self.variant {
            "unsure" => diagnostic.severity(Severity::Warning),
            _ => diagnostic,
        }
    }
}

type Units = BTreeMap<(usize, u32), BTreeMap<Arc<str>, Unit>>;

/// All units of schools that sent a form in more than one file.
fn units(submissions: &[Records], schools: &[Vec<u32>], scheme: &Scheme) -> Units {
    let mut files: BTreeMap<(usize, u32), BTreeSet<&Arc<str>>> = BTreeMap::new();
    for (records, numbers) in submissions.iter().zip(schools) {
        for number in numbers {
            files
                .entry((records.form, *number))
                .or_default()
                .insert(&records.file);
        }
    }
    let mut units = Units::new();
    for (table, (records, numbers)) in submissions.iter().zip(schools).enumerate() {
        let form = &scheme.forms[records.form];
        let several = |n: &u32| files.get(&(records.form, *n)).is_some_and(|f| f.len() > 1);
        if form.id == DIRECTORY_FORM || !numbers.iter().any(several) {
            continue;
        }
        for record in 0..records.rows.len() {
            let number = numbers[usize::from(records.school_of[record])];
            if !several(&number) {
                continue;
            }
            let of_school = units.entry((records.form, number)).or_default();
            let unit = of_school.entry(records.file.clone()).or_default();
            unit.records.push((table, record));
            unit.hashes.push(hashes(records, form, record));
            unit.dated = unit.dated.max(records.dated);
        }
    }
    units
}

/// Hashes of a record's key and of all that is stored.
fn hashes(records: &Records, form: &Form, record: usize) -> (Option<u64>, u64) {
    let mut key = DefaultHasher::new();
    let mut some = false;
    for id in &form.key {
        if let Some(field) = form.field(id) {
            some |= hash_cell(
                &records.columns[field],
                &form.fields[field].kind,
                record,
                &mut key,
            );
        }
    }
    let mut all = DefaultHasher::new();
    for (data, field) in records.columns.iter().zip(&form.fields) {
        if field.stored {
            hash_cell(data, &field.kind, record, &mut all);
        }
    }
    (some.then(|| key.finish()), all.finish())
}

/// Adds a cell; whether it holds anything.
fn hash_cell(data: &Data, kind: &Kind, record: usize, hasher: &mut DefaultHasher) -> bool {
    let some = match data {
        Data::Absent => false,
        Data::Text(texts) => match (texts.get(record), kind) {
            (None, _) => false,
            (Some(text), Kind::Name) => {
                fold::name(text).hash(hasher);
                true
            }
            (Some(text), _) => {
                fold::label(text).hash(hasher);
                true
            }
        },
        Data::Code(v) => filled(v[record], NO_CODE, hasher),
        Data::Date(v) => filled(v[record], NO_DATE, hasher),
        Data::Integer(v) | Data::Decimal(v) => filled(v[record], NO_NUMBER, hasher),
        Data::Boolean(v) => filled(v[record], NO_BOOLEAN, hasher),
    };
    some.hash(hasher);
    some
}

fn filled<T: Hash + PartialEq>(value: T, null: T, hasher: &mut DefaultHasher) -> bool {
    if value == null {
        return false;
    }
    value.hash(hasher);
    true
}

/// What of an older file a newer one holds again.
struct Overlap {
    /// Indices into the older unit's records.
    left_out: Vec<usize>,
    /// Whether the older file is replaced altogether.
    whole: bool,
    /// Records of the older file that the newer one does not have.
    lost: usize,
    /// Whether both hold the very same records.
    same: bool,
}

impl Overlap {
    fn variant(&self, reason: Reason) -> &'static str {
        match (self.same, self.whole, reason) {
            (true, _, _) => "same",
            (_, _, Reason::ByNameOnly) => "unsure",
            (_, false, _) => "part",
            _ if self.lost > 0 => "lost",
            _ => "",
        }
    }
}

fn overlap(old: &Unit, new: &Unit, reason: Reason) -> Option<Overlap> {
    let keys = |unit: &Unit| -> BTreeSet<u64> { unit.hashes.iter().filter_map(|h| h.0).collect() };
    let (in_old, in_new) = (keys(old), keys(new));
    let again: Vec<usize> = (0..old.records.len())
        .filter(|i| old.hashes[*i].0.is_some_and(|k| in_new.contains(&k)))
        .collect();
    let again_of_new = new
        .hashes
        .iter()
        .filter(|h| h.0.is_some_and(|k| in_old.contains(&k)));
    if again.len() * 2 > old.records.len() {
        let contents = |unit: &Unit| {
            let mut all: Vec<u64> = unit.hashes.iter().map(|h| h.1).collect();
            all.sort_unstable();
            all
        };
        return Some(Overlap {
            lost: old.records.len() - again.len(),
            same: contents(old) == contents(new),
            left_out: (0..old.records.len()).collect(),
            whole: true,
        });
    }
    // A short correction; without a sign that it is one, the records are duplicates.
    let correction = reason == Reason::Told && again_of_new.count() * 2 > new.records.len();
    (correction && !again.is_empty()).then_some(Overlap {
        left_out: again,
        whole: false,
        lost: 0,
        same: false,
    })
}

/// Whether the second file is the newer one, and how that is known.
fn newer(a: (&Arc<str>, &Unit), b: (&Arc<str>, &Unit), scheme: &Scheme) -> (bool, Reason) {
    if let (Some(day_a), Some(day_b)) = (a.1.dated, b.1.dated)
        && day_a != day_b
    {
        return (day_a < day_b, Reason::Told);
    }
    let words: Vec<String> = scheme
        .words
        .correction
        .iter()
        .map(|w| fold::label(w))
        .collect();
    let (folded_a, folded_b) = (fold::label(a.0), fold::label(b.0));
    let strength = |path: &str| words.iter().rposition(|w| path.contains(w.as_str()));
    let (strong_a, strong_b) = (strength(&folded_a), strength(&folded_b));
    if strong_a != strong_b {
        return (strong_a < strong_b, Reason::Told);
    }
    let (stem_a, number_a) = numbered(&folded_a);
    let (stem_b, number_b) = numbered(&folded_b);
    if stem_a == stem_b && number_a != number_b {
        return (number_a < number_b, Reason::Told);
    }
    (a.0 < b.0, Reason::ByNameOnly)
}

/// A path parted at its running number: `("花名册", 2)` for `花名册(2).xlsx` and `花名册v2.xls`.
fn numbered(folded: &str) -> (&str, u64) {
    let stem = match folded.rsplit_once('.') {
        Some((stem, extension)) if extension.len() <= 5 && !extension.contains('/') => stem,
        _ => folded,
    };
    let bare = stem.trim_end_matches([')', '(']);
    let digits = bare.len() - bare.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (front, number) = bare.split_at(bare.len() - digits);
    let front = front.trim_end_matches(['(', 'v', '-', '_', '.']);
    (front, number.parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::{Diagnosed, Severity};
    use crate::frames::{Dataset, assemble};
    use crate::normalise::testing::{assert_reads, id, scheme, table};
    use crate::scheme::Scheme;

    fn people(range: std::ops::Range<u32>) -> Vec<Vec<String>> {
        range
            .map(|n| vec![format!("某{n}"), id(&format!("3399011985031{n:04}"))])
            .collect()
    }

    fn run(s: &Scheme, files: &[(&str, std::ops::Range<u32>, Option<i32>)]) -> Diagnosed<Dataset> {
        let tables = files.iter().map(|(file, people_in, dated)| {
            let rows = people(people_in.clone());
            let mut t = table(s, "roster", file, "甲校", &["name", "id_number"], &rows);
            t.dated = *dated;
            t
        });
        assemble(tables.collect(), s)
    }

    fn kept(data: &Dataset) -> Vec<(String, usize)> {
        let mut counts = std::collections::BTreeMap::new();
        for file in data.forms[0].texts("source_file").unwrap().iter().flatten() {
            *counts.entry(file.to_owned()).or_insert(0) += 1;
        }
        counts.into_iter().collect()
    }

    #[test]
    fn the_newer_file_counts_by_date_word_or_number() {
        let s = scheme();
        for (older, newer, days) in [
            ("z.xlsx", "a.xlsx", (Some(10), Some(20))),
            ("z.xlsx", "a(更正).xlsx", (None, None)),
            ("更正版.xlsx", "a最终版.xlsx", (None, None)),
            ("花名册(9).xlsx", "花名册(10).xlsx", (None, None)),
            ("花名册.xlsx", "花名册2.xls", (None, None)),
        ] {
            let out = run(&s, &[(older, 0..20, days.0), (newer, 0..21, days.1)]);
            assert_eq!(
                kept(&out.value),
                [(newer.to_owned(), 21)],
                "{older} {newer}"
            );
            let gone = &out.value.superseded;
            assert_eq!(gone.len(), 1);
            assert_eq!((&*gone[0].file, &*gone[0].sheet), (older, "Sheet1"));
            assert_eq!((gone[0].records, gone[0].rows.len()), (20, 20));
            out.diagnostics.iter().for_each(assert_reads);
            let said: Vec<_> = out
                .diagnostics
                .iter()
                .map(|d| (d.key(), d.severity))
                .collect();
            assert_eq!(said, [("submission-superseded".to_owned(), Severity::Note)]);
        }
    }

    #[test]
    fn where_nothing_tells_the_newer_file_the_finding_asks() {
        let s = scheme();
        let out = run(&s, &[("甲.xlsx", 0..20, None), ("乙.xlsx", 0..19, None)]);
        assert_eq!(kept(&out.value), [("甲.xlsx".to_owned(), 20)]);
        assert_reads(&out.diagnostics[0]);
        assert_eq!(out.diagnostics[0].key(), "submission-superseded.unsure");
        assert_eq!(out.diagnostics[0].severity, Severity::Warning);
        // The very same records need no question.
        let out = run(&s, &[("甲.xlsx", 0..20, None), ("乙.csv", 0..20, None)]);
        assert_reads(&out.diagnostics[0]);
        assert_eq!(out.diagnostics[0].key(), "submission-superseded.same");
    }

    #[test]
    fn records_that_the_newer_file_lacks_are_counted() {
        let s = scheme();
        let out = run(
            &s,
            &[("a.xlsx", 0..20, Some(1)), ("b.xlsx", 4..20, Some(2))],
        );
        assert_reads(&out.diagnostics[0]);
        assert_eq!(out.diagnostics[0].key(), "submission-superseded.lost");
        assert!(out.diagnostics[0].args.contains(&("lost", "4".into())));
    }

    #[test]
    fn a_short_correction_replaces_its_own_rows_only() {
        let s = scheme();
        let out = run(
            &s,
            &[("名册.xlsx", 0..20, None), ("名册更正.xlsx", 3..6, None)],
        );
        assert_eq!(
            kept(&out.value),
            [("名册.xlsx".into(), 17), ("名册更正.xlsx".into(), 3)]
        );
        assert_reads(&out.diagnostics[0]);
        assert_eq!(out.diagnostics[0].key(), "submission-superseded.part");
    }

    #[test]
    fn a_school_split_in_two_files_keeps_both() {
        let s = scheme();
        let out = run(&s, &[("一.xlsx", 0..20, None), ("二.xlsx", 20..40, None)]);
        assert_eq!(kept(&out.value).len(), 2);
        assert!(out.diagnostics.is_empty() && out.value.superseded.is_empty());
    }
}
