//! Percentiles of latencies, and how many samples support them.
//!
//! Latencies of one process are alike, so a percentile needs more than one process beyond it, and its
//! interval resamples processes.

use fastrand::Rng;
use serde::{Deserialize, Serialize};

use super::bootstrap::{LEVEL, SEED, percentile_interval};
use super::interval::Interval;
use super::latencies::{Latencies, Pool, total};
use crate::trial::metric;

/// The percentiles that are told where the samples support them: name, and share of the samples that do
/// not exceed it.
pub const PERCENTILES: [(&str, f64); 4] =
    [("p50", 0.5), ("p90", 0.9), (metric::P99.id, 0.99), ("p99.9", 0.999)];
/// Fewest samples beyond a percentile.
const FEWEST_EXCEEDANCES: u64 = 10;
/// Fewest processes that these must come from: one process that stalls is no tail.
const FEWEST_PROCESSES_BEYOND: u64 = 5;
/// Fewest processes that can be resampled.
const FEWEST_PROCESSES: usize = 20;
/// Resamples: five lie beyond either end of the interval.
const RESAMPLES: usize = 999;

/// A percentile over the latencies of all processes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Percentile {
    /// Which: 0.99 is p99.
    pub share: f64,
    /// Its value, in the unit of the latencies: the smallest that `share` of them do not exceed.
    pub value: f64,
    /// 99 % cluster-bootstrap interval; `None` below 20 processes.
    pub interval: Option<Interval>,
    /// Latencies of all processes.
    pub samples: u64,
    /// How many of them lie beyond the percentile.
    pub exceedances: u64,
    /// Processes with at least one latency.
    pub processes: usize,
}

/// Why there is no percentile: what is there, and what it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "lacks", rename_all = "kebab-case")]
pub enum Unsupported {
    /// Too few latencies for a 99 % interval to exist.
    #[error("has {has} samples and needs {needs}")]
    Samples {
        /// Latencies of all processes.
        has: u64,
        /// [`fewest_samples`].
        needs: u64,
    },
    /// Too few latencies beyond it.
    #[error("has {has} samples beyond it and needs {needs}")]
    Exceedances {
        /// Latencies beyond the percentile.
        has: u64,
        /// At least so many.
        needs: u64,
    },
    /// Those beyond it come from too few processes.
    #[error("has samples beyond it from {has} processes and needs {needs}")]
    Processes {
        /// Processes with a latency beyond the percentile.
        has: u64,
        /// At least so many.
        needs: u64,
    },
    /// It is no percentile at all.
    #[error("does not lie between 0 and 1")]
    Share,
}

/// The fewest samples that support the percentile at `share`: those from which its two-sided 99 %
/// order-statistic interval exists.
///
/// The count below it is Binomial(n, p), so the greatest of n samples lies below it with probability
/// pⁿ and the least above it with (1 − p)ⁿ; each may be α/2 (David & Nagaraja, *Order Statistics*, 3rd
/// ed., §7.1). 8 for p50, 51 for p90, 528 for p99, 5 296 for p99.9. `None` unless 0 < `share` < 1.
pub fn fewest_samples(share: f64) -> Option<u64> {
    let tail = share.min(1.0 - share);
    (0.0 < share && share < 1.0).then(|| ((LEVEL / 2.0).ln() / (-tail).ln_1p()).ceil() as u64)
}

/// The percentile at `share` over all processes, each weighing as many samples as it has.
///
/// # Errors
/// What is missing, where the samples do not support it: [`fewest_samples`], and beyond it at least 10
/// samples from at least 5 processes.
pub fn percentile(processes: &[Latencies], share: f64) -> Result<Percentile, Unsupported> {
    let needs = fewest_samples(share).ok_or(Unsupported::Share)?;
    let pool = Pool::new(processes, share);
    let samples = total(pool.sizes.iter().copied());
    if samples < needs {
        return Err(Unsupported::Samples { has: samples, needs });
    }
    let (value, exceedances) = pool.percentile(&vec![1; pool.sizes.len()]);
    if exceedances < FEWEST_EXCEEDANCES {
        return Err(Unsupported::Exceedances { has: exceedances, needs: FEWEST_EXCEEDANCES });
    }
    let beyond = pool.processes_beyond(value, exceedances);
    if beyond < FEWEST_PROCESSES_BEYOND {
        return Err(Unsupported::Processes { has: beyond, needs: FEWEST_PROCESSES_BEYOND });
    }
    let processes = pool.sizes.len();
    Ok(Percentile { share, value, interval: interval(&pool), samples, exceedances, processes })
}

/// The percentile-bootstrap interval over whole processes (Davison & Hinkley, *Bootstrap Methods and
/// their Application*, §3.8: the first strategy for hierarchical data).
fn interval(pool: &Pool) -> Option<Interval> {
    let processes = pool.sizes.len();
    if processes < FEWEST_PROCESSES {
        return None;
    }
    let mut rng = Rng::with_seed(SEED);
    let mut times = vec![0; processes];
    let mut resample = || {
        times.fill(0);
        for _ in 0..processes {
            times[rng.usize(..processes)] += 1;
        }
        pool.percentile(&times).0
    };
    percentile_interval((0..RESAMPLES).map(|_| resample()).collect(), LEVEL)
}

#[cfg(test)]
mod tests {
    use super::super::binomial::at_most;
    use super::*;
    use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

    /// Standard normal, by Box and Muller.
    fn normal(rng: &mut Rng) -> f64 {
        let radius = (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
        radius * (std::f64::consts::TAU * rng.f64()).cos()
    }

    /// 1, 2, …, `samples`, dealt to the processes in turn.
    fn dealt(samples: u32, processes: usize) -> Vec<Latencies> {
        let mut hands = vec![Vec::new(); processes];
        for value in 1..=samples {
            hands[value as usize % processes].push(f64::from(value));
        }
        hands.iter().map(|hand| Latencies::from(hand.as_slice())).collect()
    }

    #[test]
    fn the_samples_that_support_a_percentile_follow_from_its_interval() {
        for (share, needs) in [(0.5, 8), (0.9, 51), (0.99, 528), (0.999, 5_296), (0.1, 51)] {
            assert_eq!(fewest_samples(share), Some(needs), "{share}");
            let rarer = f64::max(share, 1.0 - share);
            // Nobody beyond, out of n: just rare enough, and not yet for one sample less.
            assert!(at_most(0, needs, 1.0 - rarer) <= 0.005);
            assert!(at_most(0, needs - 1, 1.0 - rarer) > 0.005);
        }
        assert_eq!(fewest_samples(1e-320), Some(u64::MAX));
        for share in [0.0, 1.0, -1.0, f64::NAN] {
            assert_eq!(fewest_samples(share), None);
            assert_eq!(percentile(&[], share), Err(Unsupported::Share));
        }
    }

    #[test]
    fn a_percentile_is_the_smallest_that_its_share_does_not_exceed() {
        let processes = dealt(1_000, 25);
        for (share, value, exceedances) in [(0.5, 500.0, 500), (0.9, 900.0, 100), (0.99, 990.0, 10)]
        {
            let found = percentile(&processes, share).unwrap();
            assert!((found.value - value).abs() < 1e-12, "{found:?}");
            assert_eq!(
                (found.exceedances, found.samples, found.processes),
                (exceedances, 1_000, 25)
            );
            let interval = found.interval.unwrap();
            assert!(interval.low <= value && value <= interval.high);
        }
    }

    #[test]
    fn what_is_missing_is_said() {
        let few = |samples, share| percentile(&dealt(samples, 25), share).unwrap_err();
        assert_eq!(few(527, 0.99), Unsupported::Samples { has: 527, needs: 528 });
        assert_eq!(few(999, 0.99), Unsupported::Exceedances { has: 9, needs: 10 });
        assert_eq!(few(0, 0.5), Unsupported::Samples { has: 0, needs: 8 });
        let four = percentile(&dealt(1_000, 4), 0.99).unwrap_err();
        assert_eq!(four, Unsupported::Processes { has: 4, needs: 5 });
        assert_eq!(four.to_string(), "has samples beyond it from 4 processes and needs 5");
    }

    #[test]
    fn a_tail_of_one_process_is_no_tail() {
        let mut processes = dealt(2_000, 25);
        processes.push([(1e6, 40)].into_iter().collect());
        let one = percentile(&processes, 0.99).unwrap_err();
        assert_eq!(one, Unsupported::Processes { has: 1, needs: 5 });
    }

    #[test]
    fn values_that_are_all_alike_support_their_percentile() {
        let processes: Vec<Latencies> =
            (0..5).map(|_| [(3.0, 400)].into_iter().collect()).collect();
        let found = percentile(&processes, 0.99).unwrap();
        assert!((found.value - 3.0).abs() < 1e-12);
        assert_eq!(found.interval, None, "5 processes are too few to be resampled");
    }

    #[test]
    fn what_cannot_be_a_latency_is_left_out() {
        let process: Latencies = [(1.0, 0), (f64::NAN, 3), (2.0, 9)].into_iter().collect();
        assert_eq!(
            percentile(&[process], 0.5),
            Err(Unsupported::Exceedances { has: 4, needs: 10 })
        );
    }

    #[test]
    fn the_interval_covers_the_true_percentile_though_processes_differ() {
        let mut rng = Rng::with_seed(9);
        // Process and latency both normal: the sum has variance 2, its p90 lies at 1.2816 × √2.
        let truth = 1.281_551_6 * std::f64::consts::SQRT_2;
        let runs = 100;
        let covered = (0..runs)
            .filter(|_| {
                let processes: Vec<Latencies> = (0..40)
                    .map(|_| {
                        let own = normal(&mut rng);
                        let values: Vec<f64> = (0..30).map(|_| own + normal(&mut rng)).collect();
                        Latencies::from(values.as_slice())
                    })
                    .collect();
                let interval = percentile(&processes, 0.9).unwrap().interval.unwrap();
                interval.low <= truth && truth <= interval.high
            })
            .count();
        // Samples taken for independent would cover it far more seldom.
        assert!(covered >= 95, "{covered} of {runs}");
    }

    proptest! {
        #[test]
        fn counts_say_the_same_as_values(
            values in prop::collection::vec(prop::collection::vec(0_u32..20, 10..30), 20..24)
        ) {
            let plain: Vec<Latencies> = values
                .iter()
                .map(|values| {
                    let values: Vec<f64> = values.iter().map(|value| f64::from(*value)).collect();
                    Latencies::from(values.as_slice())
                })
                .collect();
            let counted: Vec<Latencies> = values
                .iter()
                .map(|values| {
                    let count = |one| values.iter().filter(|value| **value == one).count() as u64;
                    (0..20).map(|one| (f64::from(one), count(one))).collect()
                })
                .collect();
            let found = percentile(&plain, 0.9);
            prop_assert_eq!(found, percentile(&counted, 0.9));
            let found = found.unwrap();
            let all = values.iter().flatten();
            let reached = all.clone().filter(|value| f64::from(**value) <= found.value).count();
            prop_assert!(reached as f64 >= 0.9 * all.count() as f64);
        }
    }
}
