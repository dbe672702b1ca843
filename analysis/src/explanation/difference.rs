//! Figures of two runners, paired by process.
//!
//! The processes of both runners take turns, so a moment in which the machine is slow affects both values of
//! a pair.

use runtime_bench_results::evidence::FEWEST_PROCESSES;
use serde::{Deserialize, Serialize};

use crate::stats::{Interval, SHOWN_LEVEL, median, median_interval};

/// A difference is beyond its spread if its interval at this level does not contain 0. With up to 10
/// processes, all of them must agree.
const DIFFERENT: f64 = 0.01;

/// A figure over processes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Spread {
    /// The median over processes.
    pub median: f64,
    /// Its interval, or, with few processes, the range of all values.
    pub interval: Interval,
    /// The number of processes.
    pub processes: usize,
}

/// The same figure of two runners.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Difference {
    /// The figure of the reference, with its 95% interval.
    pub reference: Spread,
    /// The figure of the candidate, with its 95% interval.
    pub candidate: Spread,
    /// Candidate − reference in the same turn, with the 99% interval.
    pub difference: Spread,
}

impl Spread {
    /// The spread of some values at the level of displayed intervals; `None` with fewer than five.
    pub fn of(values: &[f64]) -> Option<Self> {
        Self::at(values, SHOWN_LEVEL)
    }

    fn at(values: &[f64], level: f64) -> Option<Self> {
        if values.len() < FEWEST_PROCESSES || values.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let range = || Interval {
            low: values.iter().copied().fold(f64::INFINITY, f64::min),
            high: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        };
        Some(Self {
            median: median(values)?,
            interval: median_interval(values, level).unwrap_or_else(range),
            processes: values.len(),
        })
    }
}

impl Difference {
    /// Computes it from the values of two runners in the order of their turns; `None` with fewer than five
    /// pairs.
    pub fn of(reference: &[f64], candidate: &[f64]) -> Option<Self> {
        if reference.len() != candidate.len() {
            return None;
        }
        let pairs = reference.iter().zip(candidate);
        let differences: Vec<f64> =
            pairs.map(|(reference, candidate)| candidate - reference).collect();
        Some(Self {
            reference: Spread::of(reference)?,
            candidate: Spread::of(candidate)?,
            difference: Spread::at(&differences, DIFFERENT)?,
        })
    }

    /// Candidate − reference, the median over pairs.
    pub fn by(&self) -> f64 {
        self.difference.median
    }

    /// Whether the interval of the difference does not contain 0.
    pub fn is_beyond_spread(&self) -> bool {
        let Interval { low, high } = self.difference.interval;
        low > 0.0 || high < 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_than_five_processes_give_no_interval() {
        let five = [1.0, 2.0, 3.0, 4.0, 5.0];
        assert_eq!(Spread::of(&five[..4]), None);
        assert_eq!(Spread::of(&[1.0, 2.0, 3.0, 4.0, f64::NAN]), None);
        let all = Interval { low: 1.0, high: 5.0 };
        assert_eq!(Spread::of(&five), Some(Spread { median: 3.0, interval: all, processes: 5 }));
        assert_eq!(Difference::of(&five, &five[..4]), None);
    }

    #[test]
    fn drift_of_both_sides_of_a_pair_does_not_hide_a_difference() {
        let reference = [1.0, 9.0, 1.2, 4.0, 1.1];
        let beyond =
            |candidate: &[f64]| Difference::of(&reference, candidate).unwrap().is_beyond_spread();
        assert!(beyond(&reference.map(|value| value + 0.1)));
        assert!(!beyond(&reference));
        // Of five, all must agree.
        assert!(!beyond(&[1.1, 9.1, 1.1, 4.1, 1.2]));
    }

    #[test]
    fn one_outlier_in_twelve_pairs_does_not_hide_a_difference() {
        let reference = [1.0; 12];
        let mut candidate = [1.5; 12];
        candidate[3] = 0.2;
        assert!(Difference::of(&reference, &candidate).unwrap().is_beyond_spread());
    }
}
