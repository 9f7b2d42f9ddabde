//! The bureau's decisions, read like any other table.
//!
//! A line that lacks anything is not carried out and says so; what the reading of the table has
//! reported already (a date that is none, an unknown action) is not said twice.

use super::{Data, NO_CODE, NO_DATE, Records};
use crate::diagnostic::{Action, Decided, Diagnosed, Diagnostic, Place, Rule};
use crate::fold;
use crate::grid;
use crate::scheme::corrections::{Part, action_name};
use crate::scheme::{Correction, Form, Kind, Scheme};
use chrono::NaiveDate;
use std::sync::Arc;

/// The decisions of a table in its order. `found` is what was noticed while it was read, `scheme`
/// what it was read with.
pub fn corrections_from(
    records: &[Records],
    found: &[Diagnostic],
    scheme: &Scheme,
) -> Diagnosed<Vec<Correction>> {
    let mut all: Diagnosed<Vec<Correction>> = Diagnosed::default();
    for table in records {
        let Some(form) = scheme.forms.get(table.form) else {
            continue;
        };
        let lines = Lines {
            table,
            form,
            scheme,
            found,
        };
        for record in 0..table.rows.len() {
            match lines.one(record) {
                Ok(one) => all.value.push(one),
                Err(findings) => all.diagnostics.extend(findings),
            }
        }
    }
    all
}

struct Lines<'a> {
    table: &'a Records,
    form: &'a Form,
    scheme: &'a Scheme,
    found: &'a [Diagnostic],
}

impl Lines<'_> {
    fn column(&self, part: Part) -> Option<u32> {
        let field = self.form.field(part.field())?;
        self.table.source_columns[field]
    }

    /// A cell of the table; its row where the table has no such column.
    fn at(&self, record: usize, part: Part) -> Place {
        let sheet = Place::sheet(&self.table.file, &self.table.sheet);
        sheet.at(self.table.rows[record], self.column(part))
    }

    fn text(&self, record: usize, part: Part) -> String {
        let data = |field: usize| match &self.table.columns[field] {
            Data::Text(texts) => texts.get(record).map(str::to_owned),
            _ => None,
        };
        let field = self.form.field(part.field());
        field.and_then(data).unwrap_or_default()
    }

    fn action(&self, record: usize) -> Option<Action> {
        let field = self.form.field(Part::Action.field())?;
        let (Data::Code(codes), Kind::Vocabulary(id)) =
            (&self.table.columns[field], &self.form.fields[field].kind)
        else {
            return None;
        };
        let code = codes[record];
        let vocabulary = self.scheme.vocabulary(id)?;
        let named = |a: &Action| vocabulary.code(&action_name(*a)) == Some(code);
        Action::ALL
            .into_iter()
            .find(|a| code != NO_CODE && named(a))
    }

    fn date(&self, record: usize) -> String {
        let field = self.form.field(Part::Date.field());
        match field.map(|f| &self.table.columns[f]) {
            Some(Data::Date(days)) if days[record] != NO_DATE => {
                let days = chrono::TimeDelta::days(i64::from(days[record]));
                let day = NaiveDate::default().checked_add_signed(days);
                day.map_or_else(String::new, |d| d.to_string())
            }
            _ => String::new(),
        }
    }

    fn invalid(&self, record: usize, part: Part, variant: &'static str) -> Diagnostic {
        let title = |f: usize| self.form.fields[f].title.clone();
        let field = self.form.field(part.field());
        Diagnostic::new(Rule::CorrectionInvalid, self.at(record, part))
            .variant(variant)
            .field(part.field())
            .arg("field", field.map_or_else(String::new, title))
    }

    fn one(&self, record: usize) -> Result<Correction, Vec<Diagnostic>> {
        let text = |part| self.text(record, part);
        let action = self.action(record);
        let date = self.date(record);
        let filled = |part: Part| match part {
            Part::Action => action.is_some(),
            Part::Date => !date.is_empty(),
            part => !text(part).is_empty(),
        };
        let said = |part: Part| {
            let place = self.at(record, part);
            self.found.iter().any(|d| d.place == place)
        };
        let wanted = [
            Part::File,
            Part::Place,
            Part::Action,
            Part::Reason,
            Part::Date,
            Part::Who,
        ];
        let lacking: Vec<Part> = wanted.into_iter().filter(|p| !filled(*p)).collect();
        let new = |part: &Part| !said(*part);
        let mut wrong: Vec<Diagnostic> = lacking
            .iter()
            .filter(|p| new(p))
            .map(|p| self.invalid(record, *p, ""))
            .collect();
        let place = match text(Part::Place).as_str() {
            "" => None,
            typed => {
                // Words for row and cell may stand around the letters and digits.
                let bare: String = fold::clean(typed)
                    .chars()
                    .filter(|c| c.is_ascii() || !fold::is_letter(*c))
                    .filter(|c| !c.is_whitespace())
                    .collect();
                let place = place(&bare);
                if place.is_none() {
                    let finding = self.invalid(record, Part::Place, "place");
                    wrong.push(finding.arg("value", typed));
                }
                place
            }
        };
        let value = text(Part::Value);
        let original = text(Part::Original);
        if matches!(action, Some(Action::Change | Action::Move)) && value.is_empty() {
            wrong.push(self.invalid(record, Part::Value, "value"));
        }
        let whole = place.is_some_and(|(_, col)| col.is_none());
        if whole && matches!(action, Some(Action::Change)) {
            wrong.push(self.invalid(record, Part::Place, "row"));
        } else if whole && original.is_empty() {
            // A row's number alone would hit another row once the school has sent a newer file.
            wrong.push(self.invalid(record, Part::Original, "original"));
        }
        let (Some(action), Some((row, col)), true) = (action, place, lacking.is_empty()) else {
            return Err(wrong);
        };
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let who = text(Part::Who);
        Ok(Correction {
            line: self
                .at(record, Part::File)
                .at(self.table.rows[record], None),
            columns: Part::ALL.map(|p| self.column(p)),
            file: text(Part::File).replace('\\', "/"),
            sheet: text(Part::Sheet),
            row,
            col,
            original,
            action,
            value,
            decided: Arc::new(Decided::new(&who, &date, &text(Part::Reason))),
        })
    }
}

/// The 0-based row and column of a cell, or the row of a row's number alone.
fn place(text: &str) -> Option<(u32, Option<u32>)> {
    if let Some((row, col)) = grid::parse_a1(text) {
        return Some((row, Some(col)));
    }
    let row: u32 = text.parse().ok()?;
    Some((row.checked_sub(1)?, None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::testing::{scheme, table};
    use crate::scheme::corrections;

    fn read(rows: &[[&str; 9]]) -> Diagnosed<Vec<Correction>> {
        let s = corrections::reader(&scheme());
        let fields = Part::ALL.map(Part::field);
        let rows: Vec<Vec<&str>> = rows.iter().map(|r| r.to_vec()).collect();
        let t = table(&s, "corrections", "更正.xlsx", "", &fields, &rows);
        corrections_from(&[t], &[], &s)
    }

    #[test]
    fn a_whole_line_is_a_decision_and_places_are_read_as_people_write_them() {
        for (typed, place) in [
            ("C7", (6, Some(2))),
            ("第 7 行", (6, None)),
            ("单元格$C$7", (6, Some(2))),
        ] {
            let line = [
                "甲校/名册.xlsx",
                "名册",
                typed,
                "大专",
                "采用原值",
                "",
                "证书已核",
                "2025-10-08",
                "王芳",
            ];
            let read = read(&[line]);
            assert_eq!(read.diagnostics, []);
            let one = &read.value[0];
            assert_eq!((one.row, one.col), place);
            assert!(one.names("甲校/名册.xlsx") && one.names("包.zip/甲校/名册.xlsx"));
            assert!(!one.names("乙校/名册.xlsx") && !one.names("大甲校/名册.xlsx"));
        }
    }

    #[test]
    fn what_a_line_lacks_is_said_and_it_is_not_carried_out() {
        let line = |place, original, action, value, reason| {
            [
                "名册.xlsx",
                "",
                place,
                original,
                action,
                value,
                reason,
                "2025-10-08",
                "王芳",
            ]
        };
        for (line, variant) in [
            (line("C7", "大专", "采用原值", "", ""), ""),
            (line("", "大专", "采用原值", "", "已核"), ""),
            (line("C7:C9", "大专", "采用原值", "", "已核"), "place"),
            (line("C7", "大专", "改为", "", "已核"), "value"),
            (line("第7行", "张三", "改为", "本科", "已核"), "row"),
            (line("第7行", "", "删除此行", "", "已核"), "original"),
            (line("7", "张三", "人员调动", "", "已核"), "value"),
        ] {
            let read = read(&[line]);
            assert_eq!(read.value, []);
            let found: Vec<_> = read.diagnostics.iter().map(|d| d.variant).collect();
            assert_eq!(found, [variant], "{line:?}");
            read.diagnostics
                .iter()
                .for_each(crate::normalise::testing::assert_reads);
        }
    }
}
