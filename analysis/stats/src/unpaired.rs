//! Compares two series of costs that were measured at different times.

use fastrand::Rng;
use serde::{Deserialize, Serialize};

use super::bootstrap::{LEVEL, SEED, percentile_interval};
use super::dependence::batch_size;
use super::interval::{Interval, dependent_interval, median};
use super::mean_ratio::RESAMPLES;
use super::paired::fewest_pairs;
use super::verdict::{MARGIN, TIE, Verdict, side};

/// The costs of a cell in two runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unpaired {
    /// Median cost of the candidate ÷ median cost of the base; above 1 the candidate costs more.
    pub ratio: Option<f64>,
    /// Interval of that ratio at `level`; `None` if a side has too few independent samples.
    pub interval: Option<Interval>,
    /// The 99% bootstrap interval of the ratio of mean costs, which must agree.
    pub mean_interval: Option<Interval>,
    /// Error level, after dividing by the number of rows.
    pub level: f64,
    /// Positive and finite costs of base and candidate.
    pub samples: [usize; 2],
    /// The number of independent ones among them, if neighbors resemble each other.
    pub independent: [usize; 2],
}

/// Compares the costs (lower is better) of a base and a candidate, each in the order of time.
///
/// Costs that are not positive and finite are left out. On a log scale, the interval of the
/// difference of medians is the difference of both sides' sign intervals, each at half the
/// level: both hold their medians at once with at least the whole level's confidence (Bonferroni),
/// whatever the distributions. It is wider than a paired one, because nothing cancels out.
pub fn unpaired(base: &[f64], head: &[f64], level: f64) -> Unpaired {
    let logs = [base, head].map(|costs| {
        let usable = costs.iter().filter(|cost| cost.is_finite() && **cost > 0.0);
        usable.map(|cost| cost.ln()).collect::<Vec<f64>>()
    });
    let unlike = [0, 1].map(|side| logs[side].len() / batch_size(&logs[side]));
    let of_side = |side: usize| {
        let enough = unlike[side] >= fewest_unpaired(level);
        enough.then(|| dependent_interval(&logs[side], unlike[side], level / 2.0)).flatten()
    };
    let interval = of_side(0).zip(of_side(1)).and_then(|(base, head)| {
        let (low, high) = ((head.low - base.high).exp(), (head.high - base.low).exp());
        (low > 0.0 && high.is_finite()).then_some(Interval { low, high })
    });
    let ratio = median(&logs[1]).zip(median(&logs[0])).map(|(head, base)| (head - base).exp());
    Unpaired {
        ratio: ratio.filter(|ratio| ratio.is_finite()),
        interval,
        mean_interval: interval.and_then(|_| mean_interval(&logs[0], &logs[1])),
        level,
        samples: [logs[0].len(), logs[1].len()],
        independent: unlike,
    }
}

/// The fewest independent samples that each side needs for a verdict at an error level.
pub fn fewest_unpaired(level: f64) -> usize {
    fewest_pairs(level / 2.0)
}

impl Unpaired {
    /// The verdict: *faster* and *slower* beyond `margin` (a share, at least 1%), *tie* within 3%, otherwise
    /// *open*; the ratio of mean costs must agree, as for pairs.
    pub fn verdict(&self, margin: f64) -> Verdict {
        let Some((median, mean)) = self.interval.zip(self.mean_interval) else {
            return Verdict::NotCompared;
        };
        match (side(median, margin.max(MARGIN)), side(mean, 0.0)) {
            (Some(word), confirmed) if confirmed == Some(word) => word,
            _ if median.alike(TIE) && mean.alike(TIE) => Verdict::Tie,
            _ => Verdict::Open,
        }
    }
}

/// The percentile-bootstrap interval, at 99%, of the ratio of two means; each side is drawn separately (Efron
/// & Tibshirani, *An Introduction to the Bootstrap*, §8.3 and §13.3).
fn mean_interval(base: &[f64], head: &[f64]) -> Option<Interval> {
    // Relative to one cost, so that the sum of very large ones stays finite.
    let unit = median(base)?;
    let mut rng = Rng::with_seed(SEED);
    let costs = [base, head].map(|logs| logs.iter().map(|x| (x - unit).exp()).collect::<Vec<_>>());
    let mut mean = |side: &[f64]| {
        let drawn: f64 = side.iter().map(|_| side[rng.usize(..side.len())]).sum();
        drawn / side.len() as f64
    };
    percentile_interval((0..RESAMPLES).map(|_| mean(&costs[1]) / mean(&costs[0])).collect(), LEVEL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop, prop_assert, proptest};
    use runtime_bench_fixtures::normal;

    const LEVEL: f64 = 0.01 / 40.0;

    /// Costs of a cell in one run.
    fn series(rng: &mut Rng, rounds: usize, level: f64, noise: f64) -> Vec<f64> {
        (0..rounds).map(|_| level * (noise * normal(rng)).exp()).collect()
    }

    #[test]
    fn the_interval_is_the_difference_of_two_order_statistic_intervals() {
        // α ÷ 2 = 0.025 and n = 20 give k = 5: 2·P(Bin(20, ½) ≤ 4) = 2·6196 ÷ 2²⁰ = 0.0118, and
        // 2·P(Bin(20, ½) ≤ 5) = 0.0414.
        let zigzag = |low: u32| -> Vec<f64> {
            let up: Vec<f64> = (0..20).map(|x| f64::from(low + x)).collect();
            (0..20).map(|x| up[if x % 2 == 0 { x / 2 } else { 19 - x / 2 }]).collect()
        };
        let base = zigzag(101);
        let result = unpaired(&base, &base, 0.05);
        assert_eq!(result.independent, [20, 20]);
        let interval = result.interval.unwrap();
        // The 5th smallest is 105 and the 5th largest is 116; the next are 106 and 115.
        assert!((105.0 / 116.0..106.0 / 115.0).contains(&interval.low), "{interval:?}");
        assert!((interval.low * interval.high - 1.0).abs() < 1e-12);
        assert!((result.ratio.unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn each_word_has_its_case() {
        let mut rng = Rng::with_seed(1);
        let base = series(&mut rng, 60, 5.0, 0.01);
        let mut word = |level: f64, noise: f64, margin: f64| {
            unpaired(&base, &series(&mut rng, 60, level, noise), LEVEL).verdict(margin)
        };
        assert_eq!(word(6.0, 0.01, 0.01), Verdict::Slower);
        assert_eq!(word(4.0, 0.01, 0.01), Verdict::Faster);
        assert_eq!(word(5.0, 0.01, 0.01), Verdict::Tie);
        assert_eq!(word(5.0, 0.5, 0.01), Verdict::Open);
        assert_eq!(word(6.0, 0.01, 0.30), Verdict::Open, "within the margin");
    }

    #[test]
    fn too_few_samples_or_none_are_not_compared() {
        let word = |base: &[f64], head: &[f64]| unpaired(base, head, LEVEL).verdict(0.01);
        assert_eq!(fewest_unpaired(0.01), 13);
        assert_eq!(fewest_unpaired(LEVEL), 14);
        assert_eq!(word(&[1.0; 13], &[2.0; 40]), Verdict::NotCompared);
        assert_eq!(word(&[1.0; 14], &[2.0; 14]), Verdict::Slower);
        assert_eq!(word(&[1.0; 40], &[1.0; 40]), Verdict::Tie, "identical times");
        assert_eq!(word(&[], &[]), Verdict::NotCompared);
        assert_eq!(word(&[1.0], &[2.0]), Verdict::NotCompared);
        assert_eq!(word(&[0.0; 40], &[f64::NAN; 40]), Verdict::NotCompared);
        assert_eq!(unpaired(&[], &[1.0; 40], LEVEL).ratio, None);
        let wild = unpaired(&[1e-300; 40], &[1e300; 40], LEVEL);
        assert_eq!((wild.ratio, wild.interval), (None, None), "no infinite figure");
    }

    #[test]
    fn dependent_samples_count_less() {
        let sticky: Vec<f64> = (0..60).map(|x| f64::from(1 + x / 20 % 2)).collect();
        let result = unpaired(&sticky, &[9.0; 60], LEVEL);
        assert!(result.independent[0] < 13 && result.samples == [60, 60], "{result:?}");
        assert_eq!(result.verdict(0.01), Verdict::NotCompared);
    }

    #[test]
    fn median_without_confirmation_by_the_mean_is_open() {
        let head: Vec<f64> = (0..60).map(|x| if x % 4 == 0 { 4.0 } else { 1.0 }).collect();
        let tie = unpaired(&[1.0; 60], &head, LEVEL);
        assert_eq!(tie.verdict(0.01), Verdict::Open, "{tie:?}");
        let head: Vec<f64> = head.iter().map(|cost| if *cost > 1.0 { 4.0 } else { 0.9 }).collect();
        let faster = unpaired(&[1.0; 60], &head, LEVEL);
        assert_eq!(faster.verdict(0.01), Verdict::Open, "{faster:?}");
    }

    #[test]
    fn the_interval_covers_the_true_ratio_as_often_as_it_says() {
        let mut rng = Rng::with_seed(7);
        let intervals: Vec<Interval> = (0..1_000)
            .filter_map(|_| {
                let (base, head) = (series(&mut rng, 30, 1.0, 0.3), series(&mut rng, 30, 1.5, 0.3));
                unpaired(&base, &head, 0.05).interval
            })
            .collect();
        let covered = intervals.iter().filter(|i| (i.low..=i.high).contains(&1.5)).count();
        assert!(intervals.len() > 900 && covered * 20 >= intervals.len() * 19, "{covered}");
    }

    proptest! {
        #[test]
        fn swapping_base_and_candidate_inverts_the_ratio(
            base in prop::collection::vec(1e-6..1e6, 14..60),
            head in prop::collection::vec(1e-6..1e6, 14..60),
        ) {
            let (forth, back) = (unpaired(&base, &head, 0.01), unpaired(&head, &base, 0.01));
            prop_assert!((forth.ratio.unwrap() * back.ratio.unwrap() - 1.0).abs() < 1e-9);
            if let (Some(forth), Some(back)) = (forth.interval, back.interval) {
                prop_assert!((forth.low * back.high - 1.0).abs() < 1e-9 && forth.low <= forth.high);
            }
        }
    }
}
