//! Exact arithmetic on figures, to prove a formula's result before the formula is written.

use crate::statistics::Number;

/// A fraction with a positive denominator. `None` from an operation means that it cannot be told,
/// and the figure is then written as a plain number.
#[derive(Debug, Clone, Copy)]
pub struct Exact {
    over: i128,
    under: i128,
}

impl Exact {
    /// Nought.
    pub const ZERO: Exact = Exact { over: 0, under: 1 };

    /// A number as a fraction; words and gaps have none.
    pub fn of(number: &Number) -> Option<Exact> {
        let (over, under) = match *number {
            Number::Integer(n) => (n, 1),
            Number::Hundredths(h) => (h, 100),
            Number::Ratio(n, d) if d > 0 => (n, d),
            Number::Ratio(..) | Number::Missing | Number::Text(_) => return None,
        };
        Some(Exact {
            over: over.into(),
            under: under.into(),
        })
    }

    /// Sum.
    pub fn plus(self, other: Exact) -> Option<Exact> {
        if self.under == other.under {
            return Some(Exact {
                over: self.over.checked_add(other.over)?,
                under: self.under,
            });
        }
        Some(Exact {
            over: (self.over.checked_mul(other.under)?)
                .checked_add(other.over.checked_mul(self.under)?)?,
            under: self.under.checked_mul(other.under)?,
        })
    }

    /// Difference.
    pub fn minus(self, other: Exact) -> Option<Exact> {
        self.plus(Exact {
            over: -other.over,
            under: other.under,
        })
    }

    /// Quotient; none for a divisor of nought.
    pub fn by(self, other: Exact) -> Option<Exact> {
        let sign = other.over.signum();
        if sign == 0 {
            return None;
        }
        Some(Exact {
            over: self.over.checked_mul(other.under)?.checked_mul(sign)?,
            under: self.under.checked_mul(other.over.abs())?,
        })
    }

    /// Rounded half away from nought to places, as Excel's ROUND does.
    pub fn rounded(self, places: u32) -> Option<Exact> {
        let scale = 10i128.checked_pow(places)?;
        let doubled = self.over.abs().checked_mul(scale)?.checked_mul(2)?;
        let over = (doubled.checked_add(self.under)?) / self.under.checked_mul(2)?;
        Some(Exact {
            over: over * self.over.signum(),
            under: scale,
        })
    }

    /// Equality of values, not of spellings.
    pub fn equals(self, other: Exact) -> bool {
        match (
            self.over.checked_mul(other.under),
            other.over.checked_mul(self.under),
        ) {
            (Some(a), Some(b)) => a == b,
            _ => false,
        }
    }

    /// The nearest double, times a factor that is applied before the division.
    pub fn float(self, times: i128) -> f64 {
        (self.over.saturating_mul(times)) as f64 / self.under as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(number: Number) -> Exact {
        Exact::of(&number).expect("a number")
    }

    #[test]
    fn hundredths_integers_and_ratios_meet() {
        let half = exact(Number::Ratio(1, 2));
        let sum = half.plus(exact(Number::Hundredths(150))).expect("small");
        assert!(sum.equals(exact(Number::Integer(2))));
        let third = exact(Number::Integer(1))
            .by(exact(Number::Integer(-3)))
            .expect("small");
        assert!(third.equals(exact(Number::Ratio(-1, 3))));
        assert!(half.by(Exact::ZERO).is_none());
        assert!(Exact::of(&Number::Missing).is_none());
    }

    #[test]
    fn rounding_is_half_away_from_nought() {
        let cases = [(1, 8, 13), (-1, 8, -13), (1, 3, 33), (2, 3, 67), (0, 1, 0)];
        for (n, d, hundredths) in cases {
            let got = exact(Number::Ratio(n, d)).rounded(2).expect("small");
            assert!(got.equals(exact(Number::Hundredths(hundredths))), "{n}/{d}");
        }
    }
}
