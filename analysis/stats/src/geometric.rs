//! The mean of ratios over workloads.
//!
//! The geometric mean is the only one under which a ÷ b and b ÷ a agree (Fleming & Wallace, "How not to lie
//! with statistics", CACM 29 (1986)). It gives each workload the same weight, which no real program does. It
//! therefore has no verdict, and shows how much it depends on any single workload.

use serde::{Deserialize, Serialize};

use super::bootstrap::of_medians;
use super::dependence::{batch_size, batches};
use super::interval::{Interval, median};

/// A geometric mean of ratios over workloads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GeometricMean {
    /// The mean; above 1 costs more than the reference.
    pub mean: f64,
    /// 99% bootstrap interval; `None` where a workload has fewer than 8 independent rounds.
    pub interval: Option<Interval>,
    /// Its values when any one workload is left out; `None` for a single workload.
    pub leave_one_out: Option<Range>,
    /// The number of workloads.
    pub workloads: usize,
}

/// The range of some values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Range {
    /// The smallest.
    pub low: f64,
    /// The largest.
    pub high: f64,
}

/// The geometric mean of the ratios of costs, each workload's being the median over its rounds.
///
/// `workloads` holds, for each workload, pairs `(candidate, reference)` of the same round in the order of
/// time; pairs that are not positive and finite are left out. Rounds are resampled, in whole pairs and within
/// each workload (Efron & Tibshirani, *An Introduction to the Bootstrap*, ch. 8), as batches where
/// neighboring rounds resemble each other. `None` without workloads, or if one has no usable pair.
pub fn geometric_mean(workloads: &[Vec<(f64, f64)>]) -> Option<GeometricMean> {
    let logs: Vec<Vec<f64>> = workloads.iter().map(|pairs| log_ratios(pairs)).collect();
    let medians: Vec<f64> = logs.iter().map(|logs| median(logs)).collect::<Option<_>>()?;
    if medians.is_empty() {
        return None;
    }
    let batched: Vec<Vec<f64>> = logs.iter().map(|logs| batches(logs, batch_size(logs))).collect();
    let sum: f64 = medians.iter().sum();
    let count = medians.len() as f64;
    let without = medians.iter().map(|left_out| ((sum - left_out) / (count - 1.0)).exp());
    let (low, high) =
        without.fold((f64::INFINITY, 0.0_f64), |(low, high), mean| (low.min(mean), high.max(mean)));
    Some(GeometricMean {
        mean: (sum / count).exp(),
        interval: of_medians(&batched, |drawn| drawn.iter().sum::<f64>() / count)
            .map(Interval::exp),
        leave_one_out: (medians.len() > 1).then_some(Range { low, high }),
        workloads: medians.len(),
    })
}

fn log_ratios(pairs: &[(f64, f64)]) -> Vec<f64> {
    pairs
        .iter()
        .filter(|(a, b)| a.is_finite() && b.is_finite() && *a > 0.0 && *b > 0.0)
        .map(|(a, b)| (a / b).ln())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fastrand::Rng;
    use proptest::prelude::{prop, prop_assert, proptest};

    /// Rounds whose ratio is `ratio`, give or take `noise` on a log scale.
    fn rounds(rng: &mut Rng, count: usize, ratio: f64, noise: f64) -> Vec<(f64, f64)> {
        (0..count)
            .map(|_| {
                let shared = 1.0 + rng.f64();
                (shared * ratio * (noise * (2.0 * rng.f64() - 1.0)).exp(), shared)
            })
            .collect()
    }

    #[test]
    fn mean_of_half_and_twice_is_one() {
        let workloads = [vec![(1.0, 2.0); 20], vec![(2.0, 1.0); 20], vec![(3.0, 3.0); 20]];
        let mean = geometric_mean(&workloads).unwrap();
        assert!((mean.mean - 1.0).abs() < 1e-12);
        assert_eq!(mean.workloads, 3);
        let range = mean.leave_one_out.unwrap();
        assert!((range.low - 0.5_f64.sqrt()).abs() < 1e-12, "{range:?}");
        assert!((range.high - 2.0_f64.sqrt()).abs() < 1e-12, "{range:?}");
        let interval = mean.interval.unwrap();
        assert!((interval.low - 1.0).abs() < 1e-12 && (interval.high - 1.0).abs() < 1e-12);
    }

    #[test]
    fn one_workload_has_no_range_and_few_rounds_have_no_interval() {
        let one = geometric_mean(&[vec![(3.0, 2.0); 7]]).unwrap();
        assert!((one.mean - 1.5).abs() < 1e-12);
        assert_eq!((one.leave_one_out, one.interval), (None, None));
    }

    #[test]
    fn a_workload_without_a_pair_has_no_mean() {
        assert_eq!(geometric_mean(&[]), None);
        assert_eq!(geometric_mean(&[vec![(1.0, 1.0)], Vec::new()]), None);
        assert_eq!(geometric_mean(&[vec![(1.0, 0.0), (f64::NAN, 1.0)]]), None);
    }

    #[test]
    fn the_interval_covers_the_true_mean_as_often_as_it_says() {
        let mut rng = Rng::with_seed(12);
        let truth = (0.8_f64 * 1.1 * 1.5).cbrt();
        let runs = 300;
        let covered = (0..runs)
            .filter(|_| {
                let workloads = [0.8, 1.1, 1.5].map(|ratio| rounds(&mut rng, 40, ratio, 0.2));
                let interval = geometric_mean(&workloads).unwrap().interval.unwrap();
                // And not by being wide.
                interval.low <= truth
                    && truth <= interval.high
                    && interval.high < 1.12 * interval.low
            })
            .count();
        assert!(covered >= 285, "{covered} of {runs}");
    }

    proptest! {
        #[test]
        fn inverse_ratios_have_the_inverse_mean(
            workloads in prop::collection::vec(
                prop::collection::vec((0.1..10.0_f64, 0.1..10.0_f64), 1..3), 1..5)
        ) {
            let turned: Vec<Vec<(f64, f64)>> = workloads
                .iter()
                .map(|pairs| pairs.iter().map(|(a, b)| (*b, *a)).collect())
                .collect();
            let (forth, back) = (geometric_mean(&workloads), geometric_mean(&turned));
            let (forth, back) = (forth.unwrap(), back.unwrap());
            prop_assert!((forth.mean * back.mean - 1.0).abs() < 1e-9);
            if let Some(range) = forth.leave_one_out {
                let slack = 1.0 + 1e-9;
                prop_assert!(range.low <= forth.mean * slack && forth.mean <= range.high * slack);
            }
        }
    }
}
