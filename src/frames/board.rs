//! Who has sent what, and who has not.

use crate::account::{BoardCell, BoardLine};
use crate::diagnostic::{Diagnostic, Place, Rule};
use crate::normalise::{Records, SchoolName};
use crate::scheme::Scheme;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What came of one form from one school.
#[derive(Default)]
struct Sent {
    files: BTreeSet<Arc<str>>,
    records: u64,
    rejected: u64,
}

/// The board of all schools: those of the directory in its order, then unknown ones that sent
/// something. `submissions` hold what counts, `numbers` for each table the numbers of its schools.
pub(super) fn lines(
    submissions: &[Records],
    numbers: &[Vec<u32>],
    schools: &[SchoolName],
    scheme: &Scheme,
) -> Vec<BoardLine> {
    let mut sent: BTreeMap<(u32, usize), Sent> = BTreeMap::new();
    for (records, numbers) in submissions.iter().zip(numbers) {
        let mut counts = vec![0u64; numbers.len()];
        for school in &records.school_of {
            counts[usize::from(*school)] += 1;
        }
        // Rejected rows have no school of their own: only a table of one school tells it.
        let alone = numbers.len() == 1;
        for (number, count) in numbers.iter().zip(counts) {
            let rejected = records.rejected.len() as u64;
            if count == 0 && !(alone && rejected > 0) {
                continue;
            }
            let cell = sent.entry((*number, records.form)).or_default();
            cell.files.insert(records.file.clone());
            cell.records += count;
            cell.rejected += if alone { rejected } else { 0 };
        }
    }
    let wanted: Vec<usize> = wanted(scheme).collect();
    let line = |number: Option<u32>, index: Option<usize>, name: &str, district: &str| BoardLine {
        index,
        school: name.to_owned(),
        district: district.to_owned(),
        forms: wanted
            .iter()
            .map(|form| {
                let sent = number.and_then(|n| sent.get(&(n, *form)));
                BoardCell {
                    form: scheme.forms[*form].id.clone(),
                    files: sent.map_or_else(Vec::new, |s| s.files.iter().cloned().collect()),
                    records: sent.map_or(0, |s| s.records),
                    rejected: sent.map_or(0, |s| s.rejected),
                    occasional: scheme.occasional.get(*form).is_some_and(|o| *o),
                }
            })
            .collect(),
    };
    let number_of: BTreeMap<usize, u32> = schools
        .iter()
        .enumerate()
        .filter_map(|(n, s)| Some((s.index?, n as u32)))
        .collect();
    let known = scheme
        .directory
        .schools()
        .iter()
        .enumerate()
        .map(|(i, school)| {
            line(
                number_of.get(&i).copied(),
                Some(i),
                &school.name,
                &school.district,
            )
        });
    let unknown = schools
        .iter()
        .enumerate()
        .filter(|(_, s)| s.index.is_none());
    let unknown = unknown
        .map(|(n, school)| line(Some(n as u32), None, &school.name, ""))
        .filter(|line| !line.school.is_empty() && line.forms.iter().any(|f| !f.files.is_empty()));
    known.chain(unknown).collect()
}

/// Forms that the scheme collects.
fn wanted(scheme: &Scheme) -> impl Iterator<Item = usize> + '_ {
    let wanted = scheme.wanted.iter().enumerate();
    wanted.filter_map(|(form, wanted)| (*wanted && form < scheme.forms.len()).then_some(form))
}

/// One finding for each school of the directory and each form that did not come.
pub(super) fn missing(board: &[BoardLine], scheme: &Scheme) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for line in board.iter().filter(|l| l.index.is_some()) {
        for cell in line.forms.iter().filter(|c| c.is_missing()) {
            let title = scheme
                .form(&cell.form)
                .map(|f| scheme.forms[f].title.as_str());
            out.push(
                Diagnostic::new(Rule::SubmissionMissing, Place::default())
                    .arg("school", &line.school)
                    .arg("form", title.unwrap_or_default()),
            );
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::frames::assemble;
    use crate::normalise::testing::{assert_reads, scheme_with, table};

    #[test]
    fn the_board_names_every_school_and_what_is_missing() {
        let s = scheme_with(&["甲校", "乙校"]);
        let mut roster = table(&s, "roster", "a.xlsx", "乙校", &["name"], &[vec!["张三"]]);
        roster.rejected = vec![9, 10];
        let other = table(&s, "roster", "b.xlsx", "丙校", &["name"], &[vec!["李四"]]);
        let out = assemble(vec![roster, other], &s);
        let schools: Vec<_> = out.value.board.iter().map(|l| l.school.as_str()).collect();
        assert_eq!(schools, ["甲校", "乙校", "丙校"]);
        let sent = &out.value.board[1].forms[0];
        assert_eq!(
            (sent.form.as_str(), sent.records, sent.rejected),
            ("roster", 1, 2)
        );
        assert_eq!(sent.files, ["a.xlsx".into()]);
        out.diagnostics.iter().for_each(assert_reads);
        let forms = out.value.board[0].forms.len();
        let missing = out
            .diagnostics
            .iter()
            .filter(|d| d.key() == "submission-missing");
        assert_eq!(missing.count(), forms + forms - 1);
    }
}
