//! Whose files and rows they are: feedback goes by it.

use crate::account::SchoolRows;
use crate::normalise::Records;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Whose files they are and, where rows of several schools meet, whose rows. A file is the school's
/// that has more than half of its records: a single row with a mistyped school is still that
/// school's to correct.
pub(super) fn owners(records: &[Records]) -> (Vec<(Arc<str>, String)>, Vec<SchoolRows>) {
    // Rows of each school in each file, and whether the directory knows the school.
    let mut counts: BTreeMap<&Arc<str>, BTreeMap<&str, (usize, bool)>> = BTreeMap::new();
    for r in records {
        let mut of_table = vec![0; r.schools.len()];
        for school in &r.school_of {
            if let Some(rows) = of_table.get_mut(usize::from(*school)) {
                *rows += 1;
            }
        }
        let of_file = counts.entry(&r.file).or_default();
        for (school, rows) in r.schools.iter().zip(of_table).filter(|(_, n)| *n > 0) {
            let slot = of_file.entry(&school.name).or_default();
            slot.0 += rows;
            slot.1 |= school.index.is_some();
        }
    }
    let mut files = Vec::new();
    // Files of several schools, with the school that has most of it and whether it is known.
    let mut shared: BTreeMap<&Arc<str>, Option<(&str, bool)>> = BTreeMap::new();
    for (file, schools) in counts {
        let all: usize = schools.values().map(|(n, _)| n).sum();
        match schools.iter().find(|(_, (n, _))| *n * 2 > all) {
            Some((school, (_, known))) => {
                files.push((file.clone(), (*school).to_owned()));
                // A name that the directory does not know is a misspelt one of this school.
                let other = |(name, (_, found)): (&&str, &(usize, bool))| {
                    name != school && (*found || !known)
                };
                if schools.iter().any(other) {
                    shared.insert(file, Some((school, *known)));
                }
            }
            None => {
                shared.insert(file, None);
                files.extend(schools.keys().map(|s| (file.clone(), (*s).to_owned())));
            }
        }
    }
    let mut rows: Vec<SchoolRows> = Vec::new();
    for r in records {
        let Some(most) = shared.get(&r.file) else {
            continue;
        };
        let mut found: Vec<(u32, u16)> = r
            .rows
            .iter()
            .copied()
            .zip(r.school_of.iter().copied())
            .collect();
        found.sort_unstable();
        for run in found.chunk_by(|a, b| a.1 == b.1) {
            let Some(school) = r.schools.get(usize::from(run[0].1)) else {
                continue;
            };
            let left_out = |(own, known): (&str, bool)| {
                own == school.name || (known && school.index.is_none())
            };
            if most.is_some_and(left_out) {
                continue;
            }
            rows.push(SchoolRows {
                file: r.file.clone(),
                sheet: r.sheet.clone(),
                first: run[0].0,
                last: run[run.len() - 1].0,
                school: school.name.clone(),
            });
        }
    }
    rows.sort();
    (files, rows)
}
