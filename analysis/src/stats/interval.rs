//! Medians and order-statistic intervals.

use serde::{Deserialize, Serialize};

use super::binomial::at_most;

/// An interval that holds the true value with a stated confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// Whether both ends lie strictly between `low` and `high`.
    pub fn within(self, low: f64, high: f64) -> bool {
        low < self.low && self.high < high
    }

    /// Whether a ratio lies within a share of 1 on either side, on a log scale: 0.03 for 3 %.
    pub fn alike(self, share: f64) -> bool {
        self.within(1.0 / (1.0 + share), 1.0 + share)
    }

    /// From the lower of both low ends to the higher of both high ends.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }
}

/// The median of finite samples; `None` for none.
pub fn median(samples: &[f64]) -> Option<f64> {
    let sorted = sorted(samples);
    let half = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n % 2 == 1 => Some(sorted[half]),
        _ => Some(f64::midpoint(sorted[half - 1], sorted[half])),
    }
}

/// The order-statistic ("sign") interval of the median at error level `alpha`, two-sided.
///
/// No distribution is assumed: the count of samples below the true median is Binomial(n, ½), so
/// `[x₍ₖ₎, x₍ₙ₊₁₋ₖ₎]` covers it with probability at least 1 − α for the largest k with
/// `2·P(Bin(n, ½) ≤ k − 1) ≤ α` (David & Nagaraja, *Order Statistics*, 3rd ed., §7.1).
/// `None` when even the extremes do not reach the level: 12 samples are needed for α = 0.0005.
pub fn median_interval(samples: &[f64], alpha: f64) -> Option<Interval> {
    dependent_interval(samples, samples.len(), alpha)
}

/// The same of samples in the order of time that are worth only `independent` ones: the ranks of so many,
/// spread over all samples.
///
/// The rank grows in steps, and between two of them more samples only widen the interval. So those beyond
/// the last step, the latest, are left out, and one more sample never makes a verdict less likely. The
/// interval still holds the median of all.
pub(super) fn dependent_interval(
    samples: &[f64],
    independent: usize,
    alpha: f64,
) -> Option<Interval> {
    let finite: Vec<f64> = samples.iter().copied().filter(|x| x.is_finite()).collect();
    let all = independent.min(finite.len());
    let rank = lower_rank(all, alpha)?;
    let step = (1..=all).rev().take_while(|&n| lower_rank(n, alpha) == Some(rank)).last()?;
    let sorted = sorted(&finite[..step * finite.len() / all]);
    // Rounded outwards, so that the first of few is the first of all.
    let place = (rank - 1) * sorted.len() / step;
    let middle = median(&finite)?;
    let ends = Interval { low: sorted[place], high: sorted[sorted.len() - 1 - place] };
    Some(ends.hull(Interval { low: middle, high: middle }))
}

/// The fewest samples, at least so many, at which the rank of the interval at a level steps up: fewer are
/// worth less, and a few more are worth no more.
pub fn rank_step(level: f64, at_least: usize) -> usize {
    let rank = |n: usize| lower_rank(n, level);
    (at_least.max(1)..).find(|&n| rank(n) > rank(n - 1)).unwrap_or(at_least)
}

/// The largest k with `2·P(Bin(n, ½) ≤ k − 1) ≤ alpha`; `None` when there is none.
fn lower_rank(n: usize, alpha: f64) -> Option<usize> {
    // Logarithms, so that large n does not underflow before the sum matters.
    let mut ln_term = -(n as f64) * std::f64::consts::LN_2;
    let mut tail = 0.0;
    let mut rank = 0;
    while rank < n {
        tail += ln_term.exp();
        if 2.0 * tail > alpha {
            break;
        }
        ln_term += ((n - rank) as f64 / (rank + 1) as f64).ln();
        rank += 1;
    }
    (rank > 0).then_some(rank)
}

pub(super) fn sorted(samples: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = samples.iter().copied().filter(|x| x.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The tail of the binomial distribution: P(Bin(n, ½) ≤ k), to two sides and at most 1.
///
/// The sign test and the test of changes that go with it are made of it (Conover, *Practical
/// Nonparametric Statistics*, 3rd ed., §3.4 and §3.5).
pub(super) fn two_sided(k: usize, n: usize) -> f64 {
    (2.0 * at_most(k as u64, n as u64, 0.5)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fastrand::Rng;
    use proptest::prelude::{prop, prop_assert, proptest};

    #[test]
    fn ranks_agree_with_tables_of_the_sign_test() {
        // Conover, Practical Nonparametric Statistics, table A3: n = 20, α = 0.05 → k = 6.
        assert_eq!(lower_rank(20, 0.05), Some(6));
        assert_eq!(lower_rank(6, 0.05), Some(1));
        assert_eq!(lower_rank(5, 0.05), None);
        // The least number of pairs for a verdict among seven runners at one point.
        assert_eq!(lower_rank(13, 0.01 / 21.0), Some(1));
        assert_eq!(lower_rank(12, 0.01 / 21.0), None);
        assert_eq!(lower_rank(0, 0.05), None);
    }

    #[test]
    fn samples_beyond_a_rank_step_do_not_widen_the_interval() {
        let level = 0.03 / (39.0 * 21.0);
        assert_eq!([1, 16, 17].map(|n| rank_step(level, n)), [16, 16, 21]);
        let mut rng = Rng::with_seed(3);
        let samples: Vec<f64> = (0..150).map(|_| rng.f64()).collect();
        for n in 16..150 {
            let step = (1..=n).rev().find(|&n| rank_step(level, n) == n).unwrap();
            let at = |n: usize| median_interval(&samples[..n], level).unwrap();
            let (all, middle) = (at(n), median(&samples[..n]).unwrap());
            assert_eq!(all, at(step).hull(Interval { low: middle, high: middle }), "{n}");
        }
    }

    #[test]
    fn a_large_count_does_not_underflow() {
        // Normal approximation: n/2 − 1.96·√n/2.
        let rank = lower_rank(10_000, 0.05).unwrap();
        assert!((4_900..=4_904).contains(&rank), "{rank}");
    }

    #[test]
    fn the_median_of_none_is_none_and_of_two_lies_between() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[f64::NAN]), None);
        assert_eq!(median(&[3.0, 1.0]), Some(2.0));
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
    }

    #[test]
    fn the_interval_covers_the_true_median_as_often_as_it_says() {
        let mut rng = Rng::with_seed(7);
        let (runs, alpha) = (4_000, 0.05);
        let covered = (0..runs)
            .filter(|_| {
                // Exponential: skewed, true median ln 2.
                let samples: Vec<f64> = (0..25).map(|_| -(1.0 - rng.f64()).ln()).collect();
                let interval = median_interval(&samples, alpha).unwrap();
                (interval.low..=interval.high).contains(&std::f64::consts::LN_2)
            })
            .count();
        let share = covered as f64 / f64::from(runs);
        assert!(share >= 0.95 - 0.01, "covered {share}");
    }

    #[test]
    fn tails_agree_with_tables() {
        // Conover, table A3: P(Bin(10, ½) ≤ 2) = 0.0547.
        assert!((two_sided(2, 10) - 2.0 * 0.0547).abs() < 1e-4);
        assert!((two_sided(0, 0) - 1.0).abs() < 1e-12);
        assert!((two_sided(5, 10) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn samples_that_are_worth_fewer_have_a_wider_interval_of_the_same_median() {
        let samples: Vec<f64> = (1..=60).map(f64::from).collect();
        let all = dependent_interval(&samples, 60, 0.05).unwrap();
        assert_eq!(Some(all), median_interval(&samples, 0.05));
        let fewer = dependent_interval(&samples, 20, 0.05).unwrap();
        // Rank 6 of 20 is behind 5 twentieths.
        assert_eq!(fewer, Interval { low: 16.0, high: 45.0 });
        assert_eq!(dependent_interval(&samples, 6, 0.05).unwrap().low.to_bits(), 1.0_f64.to_bits());
        assert_eq!(dependent_interval(&samples, 5, 0.05), None);
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_sample_median(samples in prop::collection::vec(-1e9..1e9, 6..200)) {
            let middle = median(&samples).unwrap();
            let interval = median_interval(&samples, 0.05).unwrap();
            prop_assert!(interval.low <= middle && middle <= interval.high);
        }
    }
}
