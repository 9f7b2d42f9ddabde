//! Records of all submissions in one Polars frame a form, and the rules that need several rows,
//! forms or schools. The one place where submissions meet.
//!
//! | file | what it does |
//! |---|---|
//! | `supersede` | leaves out what a newer file of the same school holds again |
//! | `schools`, `person` | which records belong to one school, to one person |
//! | `build` | columns of all tables into one frame a form |
//! | `view` | typed access without copying, for checks and statistics |
//! | `check` | the rules across rows |
//! | `board` | who has sent what |
//! | `parquet`, `reread` | the records as files, and files as records again |
//! | `previous` | an earlier period's records beside this one's |

mod board;
mod build;
mod check;
pub mod parquet;
mod person;
pub mod previous;
pub mod reread;
mod schools;
mod supersede;
pub mod view;

use crate::account::BoardLine;
use crate::diagnostic::{Diagnosed, Diagnostic};
use crate::normalise::{Records, SchoolName};
use crate::scheme::{FormIdx, Scheme};
use polars::prelude::DataFrame;
use previous::Previous;
use std::sync::Arc;
pub use supersede::Superseded;

/// All records of a run.
#[derive(Debug, Clone, Default)]
pub struct Dataset {
    /// One frame a form of the scheme, same index as [`Scheme::forms`]; rows sorted by source
    /// file, sheet, row.
    pub forms: Vec<FormFrame>,
    /// What each school has sent, in the directory's order, unknown schools last.
    pub board: Vec<BoardLine>,
    /// Records left out because a newer file of the same school holds them, by file and sheet.
    pub superseded: Vec<Superseded>,
    /// Every school that has records, in the directory's order, then unknown ones by name.
    /// Spellings that differ only in spacing, or share a code, are one school here.
    pub schools: Vec<SchoolName>,
    /// How many distinct persons there are: one more than the largest of [`FormFrame::persons`].
    pub persons: u32,
    /// The records of an earlier period, where the run has some.
    pub previous: Option<Box<Previous>>,
}

/// The records of one form.
///
/// Columns of `frame`: `source_file` `source_sheet` `source_row` (1-based, `Int64`) `school`
/// `school_code`, then the stored fields in the form's order. Vocabulary columns hold codes
/// (`UInt32`, null for none) until they are written, whole numbers are `Int64`, decimals
/// `Decimal(18, 2)`, dates `Date`, yes or no `Boolean`, texts `String`. Each column is one chunk.
#[derive(Debug, Clone, Default)]
pub struct FormFrame {
    /// The form.
    pub form: FormIdx,
    /// Its records.
    pub frame: DataFrame,
    /// Where each record came from: index into `sources`, 0-based row.
    pub origins: Vec<(u32, u32)>,
    /// For each record its school's index in the directory.
    pub schools: Vec<Option<u32>>,
    /// For each record its school's index in [`Dataset::schools`].
    pub school_ids: Vec<u32>,
    /// For each record its person's number, dense over the whole dataset: records of all forms
    /// with the same valid id number, else the same school and folded name, have the same one.
    pub persons: Vec<u32>,
    /// The tables it was made of.
    pub sources: Vec<Source>,
}

/// One table as a source of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Path below the inbox.
    pub file: Arc<str>,
    /// Sheet name.
    pub sheet: Arc<str>,
    /// 0-based sheet column of each field of the form.
    pub columns: Vec<Option<u32>>,
    /// 0-based sheet row of the fields that do not stand in their record's own row.
    pub rows: Vec<Option<u32>>,
}

impl Source {
    /// Row and column of a field's cell, for a record of that row.
    pub fn cell(&self, row: u32, field: usize) -> (u32, Option<u32>) {
        let own = self.rows.get(field).copied().flatten();
        (
            own.unwrap_or(row),
            self.columns.get(field).copied().flatten(),
        )
    }
}

/// Brings the records of all submissions together and checks across them. The order of
/// `submissions` does not matter.
pub fn assemble(mut submissions: Vec<Records>, scheme: &Scheme) -> Diagnosed<Dataset> {
    build::sort(&mut submissions);
    let (schools, mut numbers) = schools::number(&submissions);
    let (superseded, mut diagnostics) =
        supersede::leave_out(&mut submissions, &mut numbers, scheme);
    let board = board::lines(&submissions, &numbers, &schools, scheme);
    diagnostics.extend(board::missing(&board, scheme));
    let mut forms = build::forms(submissions, &numbers, scheme);
    let marks = person::Marks::of_all(&forms, scheme);
    let persons = person::number(&mut forms, &marks, scheme);
    let dataset = Dataset {
        forms,
        board,
        superseded,
        schools,
        persons,
        previous: None,
    };
    diagnostics.extend(check::all(&dataset, &marks, scheme));
    Diagnosed {
        value: dataset,
        diagnostics,
    }
}

/// What the rules find by comparing a dataset with the earlier period that it holds.
pub fn compare(dataset: &Dataset, scheme: &Scheme) -> Vec<Diagnostic> {
    check::since(dataset, scheme)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::NO_DATE;
    use crate::normalise::testing::{day, id, scheme, scheme_with, table};
    use polars::prelude::AnyValue;

    #[test]
    fn rows_are_sorted_by_file_sheet_and_row_and_values_are_typed() {
        let s = scheme_with(&["甲校", "乙校"]);
        let fields = ["name", "stage", "birth_date", "full_time"];
        let b = table(
            &s,
            "roster",
            "b.xlsx",
            "甲校",
            &fields,
            &[
                vec!["张三", "小学", "1985-03-15", "1"],
                vec!["李四", "", "", ""],
            ],
        );
        let a = table(&s, "roster", "a.xlsx", "乙校", &["name"], &[vec!["王五"]]);
        let mut side = table(
            &s,
            "roster",
            "b.xlsx",
            "乙校",
            &["name"],
            &[vec!["赵六"], vec!["钱七"]],
        );
        side.source_columns = side
            .source_columns
            .iter()
            .map(|c| c.map(|c| c + 9))
            .collect();
        let data = assemble(vec![b, side, a], &s).value;
        let roster = &data.forms[s.form("roster").unwrap()];
        let names: Vec<_> = roster.texts("name").unwrap().iter().flatten().collect();
        assert_eq!(names, ["王五", "张三", "赵六", "李四", "钱七"]);
        assert_eq!(
            roster.schools,
            [Some(1), Some(0), Some(1), Some(0), Some(1)]
        );
        assert_eq!(roster.texts("school").unwrap().get(1), Some("甲校"));
        assert_eq!(roster.texts("school_code").unwrap().get(2), Some("S1"));
        assert_eq!(roster.integers("source_row").unwrap(), [4, 4, 4, 5, 5]);
        let stages = roster.codes("stage").unwrap();
        assert_eq!(stages.iter().filter(Option::is_none).count(), 4);
        assert_eq!(
            roster.dates("birth_date").unwrap()[1..4],
            [day("1985-03-15"), NO_DATE, NO_DATE]
        );
        assert_eq!(roster.booleans("full_time").unwrap().get(1), Some(true));
        assert_eq!(roster.booleans("full_time").unwrap().get(3), None);
        assert_eq!(roster.frame.column("stage").unwrap().null_count(), 4);
        assert_eq!(roster.frame.column("subject").unwrap().null_count(), 5);
        assert!(roster.codes("name").is_none() && roster.texts("nonsense").is_none());
    }

    #[test]
    fn decimals_keep_their_hundredths_and_a_form_without_records_has_its_columns() {
        let s = scheme();
        let fields = ["name", "hours", "project"];
        let t = table(
            &s,
            "training",
            "a.xlsx",
            "甲校",
            &fields,
            &[vec!["张三", "12.5", "研修"], vec!["张三", "", "研修"]],
        );
        let data = assemble(vec![t], &s).value;
        let training = &data.forms[s.form("training").unwrap()];
        let hours: Vec<_> = training.decimals("hours").unwrap().iter().collect();
        assert_eq!(hours, [Some(1250), None]);
        let shown = training.frame.column("hours").unwrap().get(0).unwrap();
        assert_eq!(shown, AnyValue::Decimal(1250, 18, 2));
        let empty = &data.forms[s.form("claims").unwrap()];
        assert_eq!(empty.decimals("amount").unwrap().iter().count(), 0);
        assert_eq!(empty.frame.height(), 0);
    }

    #[test]
    fn persons_are_told_by_valid_id_and_else_by_name_in_their_school() {
        let s = scheme();
        let (a, b) = (id("33990119850315012"), id("33990119900807045"));
        let wrong = a.replace("0315", "0316");
        let fields = ["name", "id_number"];
        let roster = table(
            &s,
            "roster",
            "r.xlsx",
            "甲校",
            &fields,
            &[vec!["张三", &a], vec!["李四", &b], vec!["王五", ""]],
        );
        let training = table(
            &s,
            "training",
            "t.xlsx",
            "甲校",
            &fields,
            &[
                vec!["张 三", &a],
                vec!["李四", ""],
                vec!["张三", &wrong],
                vec!["王五", ""],
                vec!["赵六", ""],
            ],
        );
        let other = table(
            &s,
            "training",
            "u.xlsx",
            "乙校",
            &fields,
            &[vec!["李四", ""]],
        );
        let data = assemble(vec![other, training, roster], &s).value;
        let roster = &data.forms[s.form("roster").unwrap()].persons;
        let training = &data.forms[s.form("training").unwrap()].persons;
        assert_eq!(training[..4], [roster[0], roster[1], roster[0], roster[2]]);
        assert!(!roster.contains(&training[4]) && !roster.contains(&training[5]));
        assert_eq!(data.persons, 5);
    }
}
