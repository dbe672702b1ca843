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

    /// Whether a ratio lies within a share of 1 on either side, on a log scale: 0.03 for 3%.
    pub fn alike(self, share: f64) -> bool {
        self.within(1.0 / (1.0 + share), 1.0 + share)
    }

    /// The interval of a ratio, from that of its logarithm.
    #[must_use]
    pub fn exp(self) -> Self {
        Self { low: self.low.exp(), high: self.high.exp() }
    }

    /// The interval of the inverse of a ratio.
    #[must_use]
    pub fn inverse(self) -> Self {
        Self { low: 1.0 / self.high, high: 1.0 / self.low }
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
/// The count of samples below the true median is Binomial(n, ½), so `[x₍ₖ₎, x₍ₙ₊₁₋ₖ₎]` covers it with
/// probability 1 − 2·P(Bin(n, ½) ≤ k − 1), whatever the distribution (David & Nagaraja, *Order
/// Statistics*, 3rd ed., §7.1). Between the last rank that reaches the level and the next one, the ends
/// are interpolated by Hettmansperger and Sheather's rule (*Statistics & Probability Letters* 4, 1986),
/// so that the width, and thus the power, has no steps: more samples never reduce the power. The rule is
/// close to exact for symmetric distributions, and log ratios of equal runners are symmetric.
/// `None` when even the extremes do not reach the level: 12 samples are needed for α = 0.0005.
pub fn median_interval(samples: &[f64], alpha: f64) -> Option<Interval> {
    dependent_interval(samples, samples.len(), alpha)
}

/// The same for samples in the order of time that are worth only `independent` samples: the ranks for that
/// number, spread over all samples.
///
/// The rank grows in steps, and between two steps, more samples only widen the interval. The latest samples
/// beyond the last step are therefore left out, so that one more sample never makes a verdict less likely.
/// The interval still contains the median of all samples.
pub(super) fn dependent_interval(
    samples: &[f64],
    independent: usize,
    alpha: f64,
) -> Option<Interval> {
    let sorted = sorted(samples);
    let fewer = independent.min(sorted.len());
    let (rank, toward_next) = lower_rank(fewer, alpha)?;
    // Rounded outward, so that the first rank of few is the first of all.
    let place = |rank: usize| (rank - 1) * sorted.len() / fewer;
    let (outer, inner) = (place(rank), place(rank + 1).min(sorted.len() / 2));
    let between = |outer: f64, inner: f64| outer + toward_next * (inner - outer);
    let from_end = |place: usize| sorted[sorted.len() - 1 - place];
    Some(Interval {
        low: between(sorted[outer], sorted[inner]),
        high: between(from_end(outer), from_end(inner)),
    })
}

/// The largest k with `2·P(Bin(n, ½) ≤ k − 1) ≤ alpha`, and how far the interval's ends may move toward
/// the next rank, between 0 and 1; `None` if there is no such k.
fn lower_rank(n: usize, alpha: f64) -> Option<(usize, f64)> {
    // Logarithms, so that large n does not underflow before the sum matters.
    let mut ln_term = -(n as f64) * std::f64::consts::LN_2;
    let mut tail = 0.0;
    let mut rank = 0;
    while rank < n {
        let more = tail + ln_term.exp();
        if 2.0 * more > alpha {
            let share = (alpha - 2.0 * tail) / (2.0 * (more - tail));
            let (n, d) = (n as f64, rank as f64);
            let toward_next = (n - d) * share / (d + (n - 2.0 * d) * share);
            return (rank > 0).then_some((rank, toward_next));
        }
        tail = more;
        ln_term += ((n - rank) as f64 / (rank + 1) as f64).ln();
        rank += 1;
    }
    (rank > 0).then_some((rank, 0.0))
}

pub(super) fn sorted(samples: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = samples.iter().copied().filter(|x| x.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The tail of the binomial distribution: P(Bin(n, ½) ≤ k), to two sides and at most 1.
///
/// It is the basis of the sign test and of `McNemar`'s test (Conover, *Practical
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
        let rank = |n, alpha| lower_rank(n, alpha).map(|(rank, _)| rank);
        assert_eq!(rank(20, 0.05), Some(6));
        assert_eq!(rank(6, 0.05), Some(1));
        assert_eq!(rank(5, 0.05), None);
        // The least number of pairs for a verdict among seven runners at one point.
        assert_eq!(rank(13, 0.01 / 21.0), Some(1));
        assert_eq!(rank(12, 0.01 / 21.0), None);
        assert_eq!(rank(0, 0.05), None);
    }

    #[test]
    fn a_large_count_does_not_underflow() {
        // Normal approximation: n/2 − 1.96·√n/2.
        let (rank, _) = lower_rank(10_000, 0.05).unwrap();
        assert!((4_900..=4_904).contains(&rank), "{rank}");
    }

    #[test]
    fn median_of_none_is_none_and_of_two_is_the_mean() {
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
    fn fewer_independent_samples_widen_the_interval_of_the_same_median() {
        let samples: Vec<f64> = (1..=60).map(f64::from).collect();
        let all = dependent_interval(&samples, 60, 0.05).unwrap();
        assert_eq!(Some(all), median_interval(&samples, 0.05));
        let fewer = dependent_interval(&samples, 20, 0.05).unwrap();
        // Rank 6 of 20 is behind 5 twentieths, and rank 7 behind 6.
        assert!(
            (16.0..19.0).contains(&fewer.low) && (42.0..=45.0).contains(&fewer.high),
            "{fewer:?}"
        );
        assert!(fewer.low < all.low && all.high < fewer.high, "{fewer:?} {all:?}");
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
