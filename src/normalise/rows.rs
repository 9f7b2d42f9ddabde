//! The rows of one table as checks look at them: cells by field, words of a check's lists, and
//! findings that name the row's person.

use super::cells::Cells;
use super::{Data, NO_CODE, NO_DATE, NO_NUMBER, Records};
use super::{assessment_check, number, study_check, training_check};
use crate::diagnostic::Diagnostic;
use crate::fold;
use crate::scheme::{Check, Code, FieldIdx, Form, Kind, Scheme};
use chrono::{Datelike, NaiveDate, TimeDelta};
use std::collections::BTreeMap;
use std::ops::Deref;

/// The rules of training, study and assessment on every row of a table.
pub(super) fn check(records: &Records, form: &Form, scheme: &Scheme) -> Vec<Diagnostic> {
    let rows = Rows::new(records, form, scheme);
    let mut found = Vec::new();
    for check in &form.checks {
        training_check::check(&rows, check, &mut found);
        study_check::check(&rows, check, &mut found);
        assessment_check::check(&rows, check, &mut found);
    }
    found
}

/// One table: its cells, and what these rules ask besides.
pub(super) struct Rows<'a> {
    cells: Cells<'a>,
}

impl<'a> Deref for Rows<'a> {
    type Target = Cells<'a>;

    fn deref(&self) -> &Cells<'a> {
        &self.cells
    }
}

impl<'a> Rows<'a> {
    pub fn new(records: &'a Records, form: &'a Form, scheme: &'a Scheme) -> Rows<'a> {
        Rows {
            cells: Cells::new(records, form, scheme),
        }
    }

    /// A number in hundredths; of a text its leading one: `36.5分` is 3650.
    pub fn amount(&self, field: FieldIdx, row: usize) -> Option<i64> {
        match &self.records.columns[field] {
            Data::Decimal(numbers) => Some(numbers[row]).filter(|n| *n != NO_NUMBER),
            Data::Integer(numbers) => Some(numbers[row])
                .filter(|n| *n != NO_NUMBER)
                .and_then(|n| n.checked_mul(100)),
            Data::Text(texts) => leading(texts.get(row)?),
            _ => None,
        }
    }

    /// Days since 1970-01-01.
    pub fn days(&self, field: FieldIdx, row: usize) -> Option<i32> {
        match &self.records.columns[field] {
            Data::Date(days) => Some(days[row]).filter(|d| *d != NO_DATE),
            _ => None,
        }
    }

    pub fn code(&self, field: FieldIdx, row: usize) -> Option<Code> {
        match &self.records.columns[field] {
            Data::Code(codes) => Some(codes[row]).filter(|c| *c != NO_CODE),
            _ => None,
        }
    }

    /// The name of a vocabulary field's term.
    pub fn name_of(&self, field: FieldIdx, code: Code) -> &'a str {
        let Kind::Vocabulary(id) = &self.form.fields[field].kind else {
            return "";
        };
        let terms = self.scheme.vocabulary(id).map(|v| &v.terms);
        let term = terms.and_then(|t| t.get(usize::from(code)));
        term.map_or("", |t| t.name.as_str())
    }

    /// The code of a term of a vocabulary field.
    pub fn code_of(&self, field: FieldIdx, term: &str) -> Option<Code> {
        match &self.form.fields[field].kind {
            Kind::Vocabulary(id) => self.scheme.vocabulary(id)?.code(term),
            _ => None,
        }
    }

    /// The check's words for a field, ready to be looked for in its column; `None` where the
    /// table has no such column or the check no such words.
    pub fn words(&self, check: &Check, id: &str) -> Option<Words<'a>> {
        let field = self.form.field(id)?;
        let list = check.list(id);
        if list.is_empty() {
            return None;
        }
        match &self.records.columns[field] {
            Data::Code(codes) => Some(Words::Codes(
                codes,
                list.iter().filter_map(|t| self.code_of(field, t)).collect(),
            )),
            Data::Text(_) => Some(Words::Texts(
                self.records,
                field,
                list.iter().map(|t| fold::label(t)).collect(),
            )),
            _ => None,
        }
    }

    /// The rows of each person that the table itself tells apart, by id number, else by name, in
    /// the order of their first rows.
    pub fn people(&self) -> Vec<Vec<usize>> {
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        let mut people: Vec<Vec<usize>> = Vec::new();
        let field = |kind: Kind| self.form.fields.iter().position(|f| f.kind == kind);
        let (ids, names) = (field(Kind::IdNumber), field(Kind::Name));
        let text = |field: Option<FieldIdx>, row| field.and_then(|f| self.text(f, row));
        for row in 0..self.len() {
            let Some(key) = text(ids, row).or_else(|| text(names, row)) else {
                continue;
            };
            let next = people.len();
            match *known.entry(key).or_insert(next) {
                at if at < next => people[at].push(row),
                _ => people.push(vec![row]),
            }
        }
        people
    }
}

/// Words of a check in a column.
pub(super) enum Words<'a> {
    Codes(&'a [Code], Vec<Code>),
    Texts(&'a Records, FieldIdx, Vec<String>),
}

impl Words<'_> {
    /// Whether the row's cell is one of them.
    pub fn are(&self, row: usize) -> bool {
        match self {
            Words::Codes(codes, list) => list.contains(&codes[row]),
            Words::Texts(records, field, list) => match &records.columns[*field] {
                Data::Text(texts) => texts
                    .get(row)
                    .is_some_and(|t| list.iter().any(|w| *w == *fold::label_of(t))),
                _ => false,
            },
        }
    }
}

/// Whether a column may be judged by what its own cells mostly say: where fewer than the share
/// `agree` of the cells fit, the column means something else than the check thinks.
pub(super) fn usual(check: &Check, right: usize, wrong: usize) -> bool {
    let share = check.params.get("agree").copied().unwrap_or(0.5);
    right as f64 >= share * (right + wrong) as f64 && right > 0
}

/// Days since 1970-01-01 as a date.
pub(super) fn date(days: i32) -> Option<NaiveDate> {
    NaiveDate::default().checked_add_signed(TimeDelta::try_days(i64::from(days))?)
}

/// Months since year 0, so that dates of which only the month is known compare.
pub(super) fn months(day: NaiveDate) -> i32 {
    day.year() * 12 + day.month0() as i32
}

/// Hundredths as people write them.
pub(super) fn shown(hundredths: i64) -> String {
    number::decimal(hundredths)
}

/// The number at the beginning of a text, in hundredths; more places than two are cut off.
fn leading(text: &str) -> Option<i64> {
    let folded = fold::label_of(text);
    let (negative, rest) = match folded.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, folded.as_ref()),
    };
    let end = rest
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(rest.len());
    let (whole, part) = rest[..end].split_once('.').unwrap_or((&rest[..end], ""));
    if whole.is_empty() || part.contains('.') {
        return None;
    }
    let part = format!("{part:0<2}");
    let hundredths =
        whole.parse::<i64>().ok()?.checked_mul(100)? + part[..2].parse::<i64>().ok()?;
    Some(if negative { -hundredths } else { hundredths })
}

#[cfg(test)]
mod tests {
    use super::{check, leading};
    use crate::normalise::testing::{assert_reads, id, scheme, table};
    use crate::scheme::{Kind, templates};

    /// Findings of rows of a form as `key cell`; names and valid id numbers are put in front.
    fn run(form: &str, fields: &[&str], rows: &[&[&str]]) -> Vec<String> {
        let s = scheme();
        let fields = [&["name", "id_number"], fields].concat();
        let rows: Vec<Vec<String>> = rows
            .iter()
            .enumerate()
            .map(|(i, row)| {
                let person = ["某人".to_owned(), id(&format!("3399011985031{i:04}"))];
                let cells = row.iter().map(|c| (*c).to_owned());
                person.into_iter().chain(cells).collect()
            })
            .collect();
        let records = table(&s, form, "a.xlsx", "甲校", &fields, &rows);
        let found = check(&records, &s.forms[records.form], &s);
        found
            .iter()
            .inspect(|d| assert_reads(d))
            .map(|d| format!("{} {}", d.key(), d.place.cell().unwrap_or_default()))
            .collect()
    }

    #[test]
    fn hours_are_whole_or_tenths_and_zero_only_for_a_reason() {
        let fields = ["hours", "credits", "result"];
        let rows: [&[&str]; 5] = [
            &["0", "", ""],
            &["12.25", "1", "合格"],
            &["12.5", "1", "合格"],
            &["0", "4", ""],
            &["0", "0", "不合格"],
        ];
        assert_eq!(
            run("training", &fields, &rows),
            ["hours-invalid C4", "hours-invalid.places C5"]
        );
    }

    #[test]
    fn days_that_are_months_reach_to_their_ends() {
        let fields = ["hours", "start_date", "end_date", "category"];
        let rows: [&[&str]; 3] = [
            &["120", "2025-07-01", "2025-07-01", "集中培训"],
            &["120", "2025-07-02", "2025-07-03", "集中培训"],
            &["120", "2025-07-03", "2025-07-02", "集中培训"],
        ];
        assert_eq!(run("training", &fields, &rows), ["hours-per-day C5"]);
    }

    #[test]
    fn a_sum_that_most_people_s_rows_do_not_give_is_another_thing() {
        let fields = ["credits", "credits_total"];
        let rows: [&[&str]; 3] = [&["3", "20"], &["3", "25"], &["3", "3"]];
        assert!(run("training", &fields, &rows).is_empty());
        let rows: [&[&str]; 3] = [&["3", "3"], &["3", "25"], &["3", "3"]];
        assert_eq!(run("training", &fields, &rows), ["cumulative-mismatch D5"]);
        let fields = ["hours", "hours_cumulative"];
        let rows: [&[&str]; 3] = [&["3", "30"], &["3", "2"], &["3", "3"]];
        assert_eq!(
            run("training", &fields, &rows),
            ["cumulative-mismatch.least D5"]
        );
    }

    #[test]
    fn the_grade_below_the_best_is_right_for_the_best_points_and_no_lower_one() {
        let fields = ["grade", "score"];
        let rows: [&[&str]; 7] = [
            &["优秀", "90"],
            &["合格", "95"],
            &["基本合格", "95"],
            &["合格", "89.99分"],
            &["优秀", "89.99"],
            &["不合格", "59"],
            &["基本合格", "免考"],
        ];
        assert_eq!(
            run("assessment", &fields, &rows),
            ["grade-score-mismatch C6", "grade-score-mismatch C8"]
        );
    }

    #[test]
    fn conduct_in_points_is_no_failure() {
        let rows: [&[&str]; 3] = [&["20", "合格"], &["不合格", "合格"], &["否决", "不合格"]];
        let fields = ["score_ethics", "grade"];
        assert_eq!(run("assessment", &fields, &rows), ["ethics-veto D5"]);
    }

    #[test]
    fn a_diploma_says_its_year_and_level() {
        let fields = ["certificate_no", "expected_graduation", "target_education"];
        let rows: [&[&str]; 6] = [
            &["103315202405000123", "2024-06-30", "本科"],
            &["10331520240500012", "2024-06-30", "本科"],
            &["103315202305000123", "2024-06-30", "本科"],
            &["103315202402000123", "2024-06-30", "本科"],
            &["毕字第一百号", "2024-06-30", "本科"],
            &["毕字第一百号", "2026-06-30", "本科"],
        ];
        assert_eq!(
            run("study", &fields, &rows),
            [
                "diploma-implausible.year C6",
                "diploma-implausible.level C7",
                "diploma-implausible.digits C8"
            ]
        );
    }

    #[test]
    fn points_below_zero_are_told_apart_from_too_many() {
        let rows: [&[&str]; 6] = [&["90"], &["-1"], &["101"], &["优"], &["100"], &["0"]];
        assert_eq!(
            run("assessment", &["score_teaching"], &rows),
            ["score-out-of-range.negative C5", "score-out-of-range C6"]
        );
    }

    /// A misspelt term would make a rule say nothing.
    #[test]
    fn words_of_checks_are_terms_where_their_field_has_terms() {
        let vocabularies = templates::vocabularies();
        let forms = templates::forms();
        let mut seen = 0;
        for check in forms.iter().flat_map(|f| &f.checks) {
            for (id, words) in &check.words {
                let fields = forms
                    .iter()
                    .filter(|f| f.checks.contains(check) || Some(&f.id) == check.form.as_ref());
                let fields = fields.filter_map(|f| Some(&f.fields[f.field(id)?].kind));
                for kind in fields {
                    let Kind::Vocabulary(v) = kind else { continue };
                    let v = vocabularies.iter().find(|known| known.id == *v).unwrap();
                    for word in words {
                        assert!(v.code(word).is_some(), "{}: {word}", check.rule.name());
                        seen += 1;
                    }
                }
            }
        }
        assert!(seen > 10, "{seen}");
    }

    #[test]
    fn a_number_with_its_unit_behind_it() {
        for (text, number) in [
            ("36.5分", Some(3650)),
            (" 90 ", Some(9000)),
            ("3天", Some(300)),
            ("-2", Some(-200)),
            ("0.125", Some(12)),
            ("合格", None),
            ("1.2.3", None),
            ("", None),
        ] {
            assert_eq!(leading(text), number, "{text}");
        }
    }
}
