//! Movement.

use super::Tabulation;
use super::facts::Facts;
use crate::scheme::dynamics::Movement;
use crate::scheme::measure::Measure;

/// Where everyone stands and where they stood.
pub(super) fn tabulate(_: &Facts<'_>, measure: &Measure, _: &Movement) -> Tabulation {
    Tabulation {
        measure: measure.id.clone(),
        ..Tabulation::default()
    }
}
