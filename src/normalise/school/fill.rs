//! Blank cells of a school column: which of them mean the school above.

use crate::fold;

/// For each record the record whose cell says its school: itself where the cell holds something,
/// the one above for "ditto", inside a merge, or where the column shows the habit of naming each
/// school once. `None` where nothing says it.
///
/// `merged_with_above` tells whether a record's cell belongs to a merge that began above it.
pub(super) fn sources(
    cells: &[Option<&str>],
    ditto: &[String],
    merged_with_above: impl Fn(usize) -> bool,
) -> Vec<Option<usize>> {
    if cells.iter().all(Option::is_none) {
        return vec![None; cells.len()];
    }
    let marks = ditto_marks(cells, ditto);
    let habit = names_each_once(cells, &marks);
    let mut out: Vec<Option<usize>> = Vec::with_capacity(cells.len());
    let mut above = None;
    for (record, cell) in cells.iter().enumerate() {
        let source = match cell {
            Some(_) if marks[record] => above,
            Some(_) => Some(record),
            None if habit || merged_with_above(record) => above,
            None => None,
        };
        if source.is_some() {
            above = source;
        }
        out.push(source);
    }
    out
}

/// Which of the cells say "the same as above".
fn ditto_marks(cells: &[Option<&str>], ditto: &[String]) -> Vec<bool> {
    let folded_ditto: Vec<String> = ditto.iter().map(|d| fold::label(d)).collect();
    let is_ditto = |text: &str| {
        let folded = fold::label(text);
        ditto.iter().any(|d| d == text) || !folded.is_empty() && folded_ditto.contains(&folded)
    };
    // The rows of one school stand together: a text is judged once for all that follow it.
    let mut last: Option<(&str, bool)> = None;
    cells
        .iter()
        .map(|cell| {
            let Some(text) = *cell else { return false };
            match last {
                Some((same, is)) if same == text => is,
                _ => {
                    let is = is_ditto(text);
                    last = Some((text, is));
                    is
                }
            }
        })
        .collect()
}

/// Whether the column names each school in its first row only: it begins with a name, no name
/// follows itself, and there are at least as many blanks as names.
fn names_each_once(cells: &[Option<&str>], marks: &[bool]) -> bool {
    let names: Vec<&str> = cells
        .iter()
        .zip(marks)
        .filter_map(|(cell, mark)| cell.filter(|_| !mark))
        .collect();
    let blanks = cells.iter().filter(|c| c.is_none()).count();
    cells.first().is_some_and(Option::is_some)
        && blanks >= names.len()
        && names
            .windows(2)
            .all(|pair| pair[0] != pair[1] && fold::label(pair[0]) != fold::label(pair[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(cells: &[&str], merged: &[usize]) -> Vec<Option<usize>> {
        let cells: Vec<_> = cells
            .iter()
            .map(|c| Some(*c).filter(|c| !c.is_empty()))
            .collect();
        sources(&cells, &["同上".into(), "〃".into()], |r| {
            merged.contains(&r)
        })
    }

    #[test]
    fn blanks_mean_the_school_above_only_by_habit_merge_or_ditto() {
        let all = |v: &[i32]| {
            v.iter()
                .map(|i| usize::try_from(*i).ok())
                .collect::<Vec<_>>()
        };
        assert_eq!(run(&["甲", "", "", "乙", ""], &[]), all(&[0, 0, 0, 3, 3]));
        assert_eq!(run(&["甲", "甲", "", "甲"], &[]), all(&[0, 1, -1, 3]));
        assert_eq!(run(&["甲", "甲", "", "甲"], &[2]), all(&[0, 1, 1, 3]));
        assert_eq!(run(&["甲", "〃", "乙", " 同 上"], &[]), all(&[0, 0, 2, 2]));
        assert_eq!(run(&["", "甲", "", ""], &[]), all(&[-1, 1, -1, -1]));
        assert_eq!(
            run(&["甲", "乙", "丙", "", "丁"], &[]),
            all(&[0, 1, 2, -1, 4])
        );
        assert_eq!(run(&[], &[]), all(&[]));
    }
}
