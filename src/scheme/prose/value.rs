//! Numbers, days, shares and lists of words, as people write them.

use super::Prose;
use crate::scheme::measure::Fraction;
use chrono::{Datelike, NaiveDate};

impl Prose<'_> {
    pub(super) fn day(&self, day: NaiveDate) -> String {
        let args = [
            ("year", day.year().to_string()),
            ("month", day.month().to_string()),
            ("day", day.day().to_string()),
            ("iso", day.to_string()),
        ];
        self.say("prose.day", &args)
    }

    /// Words with the language's commas.
    pub(super) fn listed(&self, words: &[String]) -> String {
        words.join(&self.say("prose.comma", &[]))
    }

    /// One of several: the last one after an "or".
    pub(super) fn one_of(&self, words: &[String]) -> String {
        match words {
            [] => String::new(),
            [one] => one.clone(),
            [many @ .., last] => {
                let args = [("many", self.listed(many)), ("last", last.clone())];
                self.say("prose.or-last", &args)
            }
        }
    }

    pub(super) fn quoted(&self, text: &str) -> String {
        self.say("prose.quoted", &[("text", text.to_owned())])
    }
}

/// Hundredths without idle zeros.
pub(super) fn hundredths(n: i64) -> String {
    decimal(n, 100)
}

/// A share in percent, with as many decimals as it needs, at most four.
pub(in crate::scheme) fn percent(f: Fraction) -> String {
    let scaled = i128::from(f.n) * 1_000_000 / i128::from(f.d.max(1));
    let scaled = i64::try_from(scaled).unwrap_or(i64::MAX);
    format!("{}%", decimal(scaled, 10_000))
}

/// A fraction as a number, with at most four decimals.
pub(super) fn number(f: Fraction) -> String {
    let scaled = i128::from(f.n) * 10_000 / i128::from(f.d.max(1));
    decimal(i64::try_from(scaled).unwrap_or(i64::MAX), 10_000)
}

/// `n / unit`, where the unit is a power of ten, without idle zeros.
fn decimal(n: i64, unit: u64) -> String {
    let sign = if n < 0 { "-" } else { "" };
    let (whole, rest) = (n.unsigned_abs() / unit, n.unsigned_abs() % unit);
    let places = unit.ilog10() as usize;
    let rest = format!("{rest:0places$}");
    match rest.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        rest => format!("{sign}{whole}.{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_idle_zeros() {
        assert_eq!(
            [6000, 6050, 6005, -50].map(hundredths),
            ["60", "60.5", "60.05", "-0.5"]
        );
        let percent = |n, d| percent(Fraction { n, d });
        assert_eq!(
            [percent(3, 5), percent(1, 1), percent(813, 1000)],
            ["60%", "100%", "81.3%"]
        );
    }
}
