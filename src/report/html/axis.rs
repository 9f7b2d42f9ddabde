//! The scale of a chart: round steps from nought, or from below it, to above the largest figure.

/// A scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// Where grid lines stand, from below.
    pub ticks: Vec<f64>,
}

/// Steps that a reader counts in, times a power of ten.
const STEPS: [f64; 4] = [1.0, 2.0, 2.5, 5.0];
/// Grid lines at most.
const MOST: f64 = 6.0;

impl Axis {
    /// A scale for figures of which these are the least and the greatest; `whole` keeps the steps
    /// whole, for heads.
    pub fn new(least: f64, most: f64, whole: bool) -> Axis {
        let (least, most) = (least.min(0.0), most.max(0.0));
        let most = if most > least { most } else { 1.0 };
        let span = most - least;
        let power = 10f64.powf((span / MOST).log10().floor());
        let mut step = STEPS
            .iter()
            .chain(&[10.0])
            .map(|s| s * power)
            .find(|s| span / s <= MOST)
            .unwrap_or(span);
        if whole {
            step = step.max(1.0).ceil();
        }
        let (from, to) = ((least / step).floor(), (most / step).ceil().max(1.0));
        let ticks = (0..=(to - from) as u32)
            .map(|i| (from + f64::from(i)) * step)
            .collect();
        Axis {
            low: from * step,
            high: to * step,
            ticks,
        }
    }

    /// Nought to one hundred percent.
    pub fn percent() -> Axis {
        Axis {
            low: 0.0,
            high: 1.0,
            ticks: (0..=5).map(|i| f64::from(i) / 5.0).collect(),
        }
    }

    /// How far a figure is from the lower end, as a share of the scale.
    pub fn share(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_round_and_hold_every_figure() {
        for (least, most, low, high) in [
            (3.0, 97.0, 0.0, 100.0),
            (0.0, 0.0, 0.0, 1.0),
            (5.0, 42.0, 0.0, 50.0),
            (-12.0, 30.0, -20.0, 30.0),
            (0.0, 1_234_567.0, 0.0, 1_250_000.0),
            (0.0, 0.043, 0.0, 0.05),
        ] {
            let axis = Axis::new(least, most, false);
            assert!((axis.low - low).abs() < 1e-9, "{axis:?}");
            assert!((axis.high - high).abs() < high * 1e-9, "{axis:?}");
            assert!(axis.ticks.len() <= 9, "{axis:?}");
        }
        assert_eq!(Axis::new(0.0, 2.0, true).ticks, [0.0, 1.0, 2.0]);
        assert_eq!(Axis::percent().share(0.25), 0.25);
    }
}
