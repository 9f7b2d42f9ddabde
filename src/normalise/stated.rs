//! Numbers of a row that follow from others of it: a typed percentage from part and whole, a typed
//! total from its parts. Percentages are judged from the cell itself, at the places typed there,
//! since a field of two decimals would not keep them.

use super::column::{Column, Held, State};
use super::{Data, NO_NUMBER, number};
use crate::diagnostic::{Diagnostic, Rule};
use crate::fold;
use crate::scheme::{Check, FieldIdx, Form};
use rust_decimal::{Decimal, RoundingStrategy};

/// The rows of a table, before those that name nobody are left out.
pub(super) struct Rows<'a> {
    pub form: &'a Form,
    pub columns: &'a [Data],
    pub states: &'a [Option<Vec<State>>],
    /// Which rows become records.
    pub keep: &'a [bool],
}

impl Rows<'_> {
    /// All checks of this kind that the form asks for; `column` is a field's column of the sheet.
    pub fn check<'c>(
        &self,
        column: impl Fn(FieldIdx) -> Option<Column<'c>>,
        out: &mut Vec<Diagnostic>,
    ) {
        for check in &self.form.checks {
            if check.rule != Rule::StatedMismatch {
                continue;
            }
            let fields: Option<Vec<FieldIdx>> =
                check.fields.iter().map(|f| self.form.field(f)).collect();
            let Some(fields) = fields else { continue };
            let Some(stated) = fields.first().and_then(|f| column(*f)) else {
                continue;
            };
            match fields[..] {
                [_, part, whole] if check.asks(Check::PERCENT) => {
                    self.percent(&stated, part, whole, out);
                }
                [total, ref parts @ ..] if check.asks(Check::SUM) => {
                    self.sum(&stated, total, parts, out);
                }
                _ => {}
            }
        }
    }

    fn percent(
        &self,
        column: &Column<'_>,
        part: FieldIdx,
        whole: FieldIdx,
        out: &mut Vec<Diagnostic>,
    ) {
        for r in (0..self.keep.len()).filter(|r| self.keep[*r]) {
            let (Some(n), Some(of)) = (self.number(part, r), self.number(whole, r)) else {
                continue;
            };
            let (Some(typed), true) = (Percent::typed(column.cells[r].held), of > 0) else {
                continue;
            };
            let Some(computed) = percentage(n, of).filter(|c| !typed.agrees(*c)) else {
                continue;
            };
            let title = |f: FieldIdx| &self.form.fields[f].title;
            let places = typed.shown.scale().max(1);
            let rounded =
                computed.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
            let finding = column
                .finding(r, Rule::StatedMismatch)
                .variant("percent")
                .arg("stated", typed.shown)
                .arg("computed", rounded)
                .arg("part_title", title(part))
                .arg("part", number::decimal(n))
                .arg("whole_title", title(whole))
                .arg("whole", number::decimal(of));
            column.report(out, r, finding);
        }
    }

    fn sum(
        &self,
        column: &Column<'_>,
        total: FieldIdx,
        parts: &[FieldIdx],
        out: &mut Vec<Diagnostic>,
    ) {
        // A part that has no column may be anything.
        if parts.iter().any(|f| self.columns[*f] == Data::Absent) {
            return;
        }
        for r in (0..self.keep.len()).filter(|r| self.keep[*r]) {
            let unread = |f: &FieldIdx| {
                let states = self.states[*f].as_ref();
                states.is_some_and(|s| s[r] == State::Gap)
            };
            let Some(stated) = self.number(total, r).filter(|_| !parts.iter().any(unread)) else {
                continue;
            };
            let known: Vec<i64> = parts.iter().filter_map(|f| self.number(*f, r)).collect();
            let sum = known.iter().fold(0i64, |sum, n| sum.saturating_add(*n));
            if known.is_empty() || sum == stated {
                continue;
            }
            let titles: Vec<&str> = parts
                .iter()
                .map(|f| self.form.fields[*f].title.as_str())
                .collect();
            let finding = column
                .finding(r, Rule::StatedMismatch)
                .variant("sum")
                .arg("stated", number::decimal(stated))
                .arg("computed", number::decimal(sum))
                .arg("parts", titles.join("\u{3001}"));
            column.report(out, r, finding);
        }
    }

    /// A number in hundredths.
    fn number(&self, field: FieldIdx, row: usize) -> Option<i64> {
        let (values, scale) = match &self.columns[field] {
            Data::Integer(values) => (values, 100),
            Data::Decimal(values) => (values, 1),
            _ => return None,
        };
        let value = values[row];
        (value != NO_NUMBER).then(|| value.saturating_mul(scale))
    }
}

/// Part of whole in percent.
fn percentage(part: i64, whole: i64) -> Option<Decimal> {
    let part = Decimal::from(part).checked_mul(Decimal::ONE_HUNDRED)?;
    part.checked_div(Decimal::from(whole))
}

/// A percentage as typed.
struct Percent {
    typed: Decimal,
    /// With a percent sign it can only be a percentage; without one it can be a fraction too,
    /// since a cell of 75 % holds 0.75.
    sign: bool,
    /// Places by which a fraction is judged.
    fraction_places: u32,
    /// In percent, for messages.
    shown: Decimal,
}

impl Percent {
    fn typed(held: Held<'_>) -> Option<Percent> {
        let (typed, sign, least_places) = match held {
            // A cell of 80 % holds 0.8: how many places it shows is not known.
            Held::Number(n) => (Decimal::from_str_exact(&format!("{n}")).ok()?, false, 2),
            Held::Text(t) => {
                let clean = fold::clean(t);
                let text = clean.trim();
                let (digits, sign) = match text.strip_suffix('%') {
                    Some(digits) => (digits.trim_end(), true),
                    None => (text, false),
                };
                let typed = Decimal::from_str_exact(digits).ok()?;
                let least = if typed.scale() == 0 { 2 } else { 1 };
                (typed, sign, least)
            }
            _ => return None,
        };
        let percent = sign || typed > Decimal::ONE;
        let shown = match percent {
            true => typed,
            false => typed.checked_mul(Decimal::ONE_HUNDRED)?.normalize(),
        };
        Some(Percent {
            typed,
            sign,
            fraction_places: typed.scale().max(least_places),
            // The result of a formula has more places than anyone reads.
            shown: shown.round_dp(4),
        })
    }

    /// Whether the percentage is what was typed, at the places typed.
    fn agrees(&self, percentage: Decimal) -> bool {
        let near = |typed: Decimal, places: u32, unit: Decimal| {
            // Half of the last place; long binary fractions are results of a formula.
            let half = Decimal::new(5, places.min(9) + 1) * unit;
            (typed - percentage).abs() <= half
        };
        let as_percent = near(self.typed, self.typed.scale(), Decimal::ONE);
        let as_fraction = || {
            self.typed
                .checked_mul(Decimal::ONE_HUNDRED)
                .is_some_and(|t| near(t, self.fraction_places, Decimal::ONE_HUNDRED))
        };
        as_percent || !self.sign && as_fraction()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 20 of 35 are 57.142857 %.
    fn agrees(held: Held<'_>) -> bool {
        let computed = percentage(2000, 3500).unwrap();
        Percent::typed(held).unwrap().agrees(computed)
    }

    #[test]
    fn percentages_are_judged_at_the_places_typed() {
        for right in [
            "57%",
            "57.1%",
            "57.14 %",
            "５７．１％",
            "57.1",
            "0.571",
            "0.57",
            "0.6",
            "57",
        ] {
            assert!(agrees(Held::Text(right)), "{right}");
        }
        for wrong in [
            "75%", "75", "0.75", "57.2%", "57.10%", "0.572", "58", "0.571%", "1", "0",
        ] {
            assert!(!agrees(Held::Text(wrong)), "{wrong}");
        }
        assert!(agrees(Held::Number(20.0 / 35.0)));
        assert!(agrees(Held::Number(0.571)));
        assert!(agrees(Held::Number(57.1)));
        // 60 % as the cell holds it; 0.6 typed as text is a fraction of one place.
        assert!(!agrees(Held::Number(0.6)));
        assert!(!agrees(Held::Number(0.75)));
        assert!(!agrees(Held::Number(75.0)));
    }

    #[test]
    fn more_than_the_whole_is_a_percentage_too() {
        let computed = percentage(12_000, 10_000).unwrap();
        let agrees = |held| Percent::typed(held).unwrap().agrees(computed);
        assert!(agrees(Held::Number(1.2)));
        assert!(agrees(Held::Text("120%")));
        assert!(!agrees(Held::Text("1.2%")));
        assert!(Percent::typed(Held::Text("近六成")).is_none());
    }
}
