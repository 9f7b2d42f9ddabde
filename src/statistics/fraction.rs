//! Arithmetic on figures of unlike scales: whole numbers, hundredths, quotients.

use super::Number;
use crate::scheme::measure::Fraction;
use crate::scheme::tally::Shown;
use std::cmp::Ordering;

/// An exact number that is not missing; the denominator is positive.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exact {
    n: i128,
    d: i128,
}

impl Exact {
    /// The value of a figure; none where it is missing or words.
    pub(super) fn of(number: &Number) -> Option<Exact> {
        let (n, d) = match *number {
            Number::Integer(n) => (n, 1),
            Number::Hundredths(n) => (n, 100),
            Number::Ratio(n, d) if d > 0 => (n, d),
            Number::Ratio(..) | Number::Missing | Number::Text(_) => return None,
        };
        Some(Exact {
            n: n.into(),
            d: d.into(),
        })
    }

    /// A number of the scheme.
    pub(super) fn new(f: Fraction) -> Exact {
        Exact {
            n: f.n.into(),
            d: f.d.into(),
        }
    }

    /// Sum.
    pub(super) fn plus(self, other: Exact) -> Exact {
        if self.d == other.d {
            return Exact {
                n: self.n + other.n,
                d: self.d,
            };
        }
        Exact {
            n: self.n * other.d + other.n * self.d,
            d: self.d * other.d,
        }
        .within()
    }

    /// Difference.
    pub(super) fn minus(self, other: Exact) -> Exact {
        self.plus(Exact {
            n: -other.n,
            d: other.d,
        })
    }

    /// Quotient; none for a divisor of nought. Counts stay the numerator and denominator.
    pub(super) fn by(self, other: Exact) -> Option<Exact> {
        let (n, d) = match self.d == other.d {
            true => (self.n, other.n),
            false => (self.n * other.d, self.d * other.n),
        };
        match d.signum() {
            0 => None,
            sign => Some(
                Exact {
                    n: n * sign,
                    d: d * sign,
                }
                .within(),
            ),
        }
    }

    /// Shortened where it would not fit into a figure.
    fn within(self) -> Exact {
        let fits = |n: i128| i64::try_from(n).is_ok();
        if fits(self.n) && fits(self.d) {
            return self;
        }
        let (mut a, mut b) = (self.n.unsigned_abs(), self.d.unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let by = i128::try_from(a.max(1)).unwrap_or(1);
        Exact {
            n: self.n / by,
            d: self.d / by,
        }
    }

    /// As a figure of a column: whole numbers and hundredths where it is one of them.
    pub(super) fn number(self, shown: Shown) -> Number {
        let scaled = |by: i128| {
            let n = self.n * by;
            (n % self.d == 0).then(|| i64::try_from(n / self.d).ok())?
        };
        let found = match shown {
            Shown::Whole => scaled(1).map(Number::Integer),
            Shown::Decimal | Shown::Money => scaled(100).map(Number::Hundredths),
            Shown::Rate | Shown::Points => None,
        };
        let ratio = || match (i64::try_from(self.n), i64::try_from(self.d)) {
            (Ok(n), Ok(d)) => Number::Ratio(n, d),
            _ => Number::Missing,
        };
        found.unwrap_or_else(ratio)
    }

    /// Which is greater.
    pub(super) fn compare(self, other: Exact) -> Ordering {
        (self.n * other.d).cmp(&(other.n * self.d))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(number: Number) -> Exact {
        Exact::of(&number).unwrap()
    }

    #[test]
    fn unlike_scales_are_brought_together() {
        let (heads, yuan) = (exact(Number::Integer(3)), exact(Number::Hundredths(250)));
        assert_eq!(
            heads.minus(yuan).number(Shown::Money),
            Number::Hundredths(50)
        );
        assert_eq!(
            yuan.by(heads).unwrap().number(Shown::Decimal),
            Number::Ratio(250, 300)
        );
        assert_eq!(
            heads.by(heads).unwrap().number(Shown::Rate),
            Number::Ratio(3, 3)
        );
        assert!(heads.by(heads.minus(heads)).is_none());
    }

    #[test]
    fn a_negative_divisor_gives_its_sign_to_the_numerator() {
        let (a, b) = (exact(Number::Integer(3)), exact(Number::Integer(-4)));
        assert_eq!(a.by(b).unwrap().number(Shown::Rate), Number::Ratio(-3, 4));
    }

    #[test]
    fn quotients_too_long_for_a_figure_are_shortened() {
        let a = exact(Number::Ratio(i64::MAX - 1, 4));
        let b = exact(Number::Ratio(8, 8));
        let half = Number::Ratio((i64::MAX - 1) / 2, 2);
        assert_eq!(a.by(b).unwrap().number(Shown::Rate), half);
    }
}
