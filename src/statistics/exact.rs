//! Exact arithmetic: ratios of integers, hundredths, and the one place where money is rounded.

use super::Number;
use crate::scheme::measure::Fraction;

/// A ratio, missing where the base is zero.
pub(super) fn ratio(n: i64, d: i64) -> Number {
    if d > 0 {
        Number::Ratio(n, d)
    } else {
        Number::Missing
    }
}

/// `n / d` rounded half away from zero, as Excel's ROUND does; `d` is positive.
pub(super) fn half_up(n: i128, d: i128) -> i64 {
    let rounded = (n.abs() * 2 + d) / (d * 2) * n.signum();
    i64::try_from(rounded).unwrap_or(if rounded < 0 { i64::MIN + 1 } else { i64::MAX })
}

/// A share of an amount, rounded once to the fen.
pub(super) fn share(amount: i64, of: Fraction) -> i64 {
    half_up(i128::from(amount) * i128::from(of.n), of.d.into())
}

/// How far a rate is from its target, as a ratio: `hits / base − target`.
pub(super) fn gap(hits: i64, base: i64, target: Fraction) -> Number {
    ratio(hits * target.d - target.n * base, base * target.d)
}

/// Whether a rate reaches its target; nothing can be said without a base.
pub(super) fn reaches(hits: i64, base: i64, target: Fraction) -> Option<bool> {
    (base > 0)
        .then(|| i128::from(hits) * i128::from(target.d) >= i128::from(target.n) * i128::from(base))
}

/// How many more of the base must be hits to reach the target.
pub(super) fn more(hits: i64, base: i64, target: Fraction) -> i64 {
    let wanted = i128::from(target.n) * i128::from(base);
    let d = i128::from(target.d);
    let least = wanted.div_euclid(d) + i128::from(wanted.rem_euclid(d) != 0);
    i64::try_from(least)
        .unwrap_or(i64::MAX)
        .saturating_sub(hits)
        .max(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn money_is_rounded_half_up_to_the_fen() {
        let third = Fraction { n: 1, d: 3 };
        let half = Fraction { n: 1, d: 2 };
        assert_eq!([share(100, third), share(200, third)], [33, 67]);
        assert_eq!(
            [share(1, half), share(3, half), share(-1, half)],
            [1, 2, -1]
        );
    }

    #[test]
    fn more_people_are_counted_up_to_the_next_head() {
        let target = Fraction { n: 3, d: 5 };
        assert_eq!(more(5, 10, target), 1);
        assert_eq!(more(6, 10, target), 0);
        assert_eq!(more(6, 11, target), 1);
        assert_eq!(more(0, 0, target), 0);
        assert_eq!(more(9, 10, target), 0);
    }

    proptest! {
        #[test]
        fn more_is_the_least_number_that_reaches_the_target(base in 0i64..500, part in 0i64..=100, n in 0i64..=100) {
            let hits = base * part / 100;
            let target = Fraction { n, d: 100 };
            let k = more(hits, base, target);
            if base > 0 {
                prop_assert_eq!(reaches(hits + k, base, target), Some(true));
                prop_assert!(k == 0 || reaches(hits + k - 1, base, target) == Some(false));
            }
            let Number::Ratio(a, b) = gap(hits, base, target) else { prop_assert_eq!(base, 0); return Ok(()) };
            let expected = hits as f64 / base as f64 - n as f64 / 100.0;
            prop_assert!((a as f64 / b as f64 - expected).abs() < 1e-9);
        }
    }
}
