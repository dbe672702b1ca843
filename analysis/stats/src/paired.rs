//! Verdicts from paired costs.

use serde::{Deserialize, Serialize};

use super::dependence::batch_size;
use super::interval::{Interval, dependent_interval, median, two_sided};
use super::mean_ratio::{mean_ratio, mean_ratio_interval};
use super::modes::{Modes, SlowShares};
use super::shift::normal_quantile;
use super::verdict::{MARGIN, ResultClass, TIE, Verdict, side};

/// Minimum number of pairs for a verdict, regardless of its level. Seven runners at one point need 14.
const FEWEST_PAIRS: usize = 13;
/// Error level of every displayed interval.
pub const SHOWN_LEVEL: f64 = 0.05;
/// *same* requires the whole displayed interval to lie within one of these shares.
const SAME: [f64; 3] = [0.03, 0.05, 0.1];

/// A cell against the reference of its comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Comparison {
    /// Name of the runner that it is compared with.
    pub reference: String,
    /// Median over rounds of the cost ratio; above 1 costs more than the reference.
    pub ratio: Option<f64>,
    /// The 95% interval of that median; `None` below 6 pairs.
    pub interval: Option<Interval>,
    /// Error level of a settled verdict: the table's, divided by its comparisons and looks.
    pub level: f64,
    /// The interval at `level`; `None` when the pairs do not reach the level.
    pub strict_interval: Option<Interval>,
    /// The 99% bootstrap interval of the ratio of mean costs, which must agree with a settled verdict;
    /// `None` if the median does not settle the comparison.
    pub mean_interval: Option<Interval>,
    /// Shares of rounds that were much slower than the fast ones of the same side.
    #[serde(default)]
    pub slow: Option<SlowShares>,
    /// Rounds in which both were measured.
    pub pairs: usize,
    /// Two-sided p-value of the sign test that both cost the same.
    pub p_value: Option<f64>,
    /// The result.
    pub verdict: Verdict,
    /// The share within which the 95% interval lies, if the result is a tie or the same: 0.03, 0.05 or 0.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<f64>,
    /// Estimated number of further rounds for an answer, if the result is leaning or open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more_rounds: Option<usize>,
    /// Whether it is proven to differ, or proven to differ by less than 3%.
    pub negligible: bool,
}

impl Comparison {
    /// Whether the question has an answer: settled, or the same within 10%.
    pub fn is_answered(&self) -> bool {
        matches!(self.verdict.class(), Some(ResultClass::Settled | ResultClass::Same))
    }
}

/// Minimum number of pairs for a settled verdict at an error level: the interval from the smallest to the
/// largest of n samples misses the median with probability 2·2⁻ⁿ.
pub fn fewest_pairs(level: f64) -> usize {
    FEWEST_PAIRS.max((1.0 - level.log2()).ceil() as usize)
}

/// Compares costs (lower is better) pair by pair: `(candidate, reference)` of the same round, in the order
/// of time.
///
/// Ratios are taken on a log scale, so that a/b and b/a agree; pairs that are not positive and finite are
/// left out. The interval is [`median_interval`](super::median_interval), wider where neighboring rounds
/// resemble each other. A settled verdict must be confirmed by the ratio of mean costs and by the shares of
/// slow rounds. Whether a comparison [leans](super::lean) depends on the whole table.
pub fn compare(reference: &str, costs: &[(f64, f64)], level: f64) -> Comparison {
    compared(reference, costs, level, true)
}

/// The same, but the interval of the mean costs is computed only where the verdict depends on it: its bootstrap
/// takes most of the time of a comparison.
pub fn compare_medians(reference: &str, costs: &[(f64, f64)], level: f64) -> Comparison {
    compared(reference, costs, level, false)
}

fn compared(reference: &str, costs: &[(f64, f64)], level: f64, means: bool) -> Comparison {
    let possible = |cost: f64| cost.is_finite() && cost > 0.0;
    let usable: Vec<(f64, f64)> =
        costs.iter().copied().filter(|(a, b)| possible(*a) && possible(*b)).collect();
    let logs: Vec<f64> = usable.iter().map(|(a, b)| (a / b).ln()).collect();
    let batch = batch_size(&logs);
    let unlike = logs.len() / batch;
    let at = |level: f64| dependent_interval(&logs, unlike, level).map(Interval::exp);
    let strict_interval = (unlike >= FEWEST_PAIRS).then(|| at(level)).flatten();
    let interval = at(SHOWN_LEVEL);
    let modes = Modes::of(&usable);
    let said = strict_interval.map_or(Verdict::Open, judge);
    let agrees = mean_agrees(said, &usable);
    let mean_interval = (said != Verdict::Open && (means || !agrees))
        .then(|| mean_ratio_interval(&sums(&usable, batch)))
        .flatten();
    let settled = match (&modes, mean_interval) {
        (Some(modes), _) if agrees => one_mode(said, modes, level),
        (Some(modes), Some(mean)) => one_mode(confirmed(said, mean), modes, level),
        _ => said,
    };
    let within =
        interval.and_then(|interval| SAME.into_iter().find(|share| interval.alike(*share)));
    let verdict = match (settled, within) {
        (Verdict::Open, _) if logs.len() < FEWEST_PAIRS => Verdict::NotCompared,
        (Verdict::Open, Some(_)) => Verdict::Same,
        (settled, _) => settled,
    };
    let ratio = median(&logs).map(f64::exp);
    let mut comparison = Comparison {
        reference: reference.to_owned(),
        ratio,
        interval,
        strict_interval,
        mean_interval,
        slow: modes.map(|modes| modes.shares()),
        level,
        pairs: logs.len(),
        p_value: sign_test(&logs, unlike),
        verdict,
        within: within.filter(|_| matches!(verdict, Verdict::Tie | Verdict::Same)),
        more_rounds: None,
        negligible: verdict.differs()
            && strict_interval.is_some_and(|interval| interval.alike(TIE)),
    };
    if verdict == Verdict::Open {
        comparison.more_rounds = more_rounds(&comparison, unlike);
    }
    comparison
}

/// The p-value of the sign test for samples that are worth `independent` ones, if the true median is 0.
fn sign_test(logs: &[f64], independent: usize) -> Option<f64> {
    if logs.len() < FEWEST_PAIRS {
        return None;
    }
    let below = logs.iter().filter(|log| **log < 0.0).count();
    let above = logs.iter().filter(|log| **log > 0.0).count();
    let share = independent as f64 / logs.len() as f64;
    let fewer = (below.min(above) as f64 * share).ceil() as usize;
    Some(two_sided(fewer, ((below + above) as f64 * share).floor() as usize))
}

/// Estimated number of further rounds until a difference is settled or proven to be within 10%: the width of
/// an interval falls with the square root of the rounds. `None` if more than 100 times as many would be
/// needed.
fn more_rounds(comparison: &Comparison, independent: usize) -> Option<usize> {
    let interval = comparison.interval?;
    let effect = comparison.ratio?.ln().abs();
    let half = (interval.high / interval.low).ln() / 2.0;
    let quantile = |level: f64| normal_quantile(1.0 - level / 2.0);
    let strict = half * (quantile(comparison.level) / quantile(SHOWN_LEVEL));
    let to_settle = (strict / (effect - MARGIN.ln_1p())).powi(2);
    let widest = SAME[SAME.len() - 1];
    let to_be_same = (half / (widest.ln_1p() - effect)).powi(2);
    let growth = [(to_settle, effect > MARGIN.ln_1p()), (to_be_same, effect < widest.ln_1p())]
        .into_iter()
        .filter_map(|(growth, possible)| possible.then_some(growth))
        .fold(f64::INFINITY, f64::min);
    // The level alone requires these.
    let fewest =
        fewest_pairs(comparison.level) as f64 * comparison.pairs as f64 / independent as f64;
    let needed = (growth * comparison.pairs as f64).max(fewest);
    let more = (needed - comparison.pairs as f64).ceil().max(1.0);
    (more <= 100.0 * comparison.pairs as f64).then_some(more as usize)
}

fn judge(interval: Interval) -> Verdict {
    let tie = if interval.alike(TIE) { Verdict::Tie } else { Verdict::Open };
    side(interval, MARGIN).unwrap_or(tie)
}

/// Whether the ratio of mean costs has the sign of the difference that the median shows.
fn mean_agrees(said: Verdict, pairs: &[(f64, f64)]) -> bool {
    match said {
        Verdict::Faster => mean_ratio(pairs).is_some_and(|ratio| ratio < 1.0),
        Verdict::Slower => mean_ratio(pairs).is_some_and(|ratio| ratio > 1.0),
        _ => false,
    }
}

/// The verdict of the median, where the mean costs do not have the same sign. A median can win, or tie, where the
/// mean loses because some rounds are very slow.
///
/// For a difference, the mean must have the same sign: its interval is wide if there are outlier rounds, and
/// the level of the verdict is the median's. A tie excludes any relevant difference, so it requires the
/// mean's whole interval.
fn confirmed(verdict: Verdict, mean: Interval) -> Verdict {
    let (agrees, contradicts) = match verdict {
        Verdict::Faster => (false, mean.low > 1.0),
        Verdict::Slower => (false, mean.high < 1.0),
        Verdict::Tie => (mean.alike(TIE), judge(mean).differs()),
        settled => return settled,
    };
    match (agrees, contradicts) {
        (true, _) => verdict,
        (false, true) => Verdict::DependsOnMode,
        (false, false) => Verdict::Open,
    }
}

/// The summed costs of consecutive batches.
fn sums(pairs: &[(f64, f64)], batch: usize) -> Vec<(f64, f64)> {
    let sum = |pairs: &[(f64, f64)]| pairs.iter().fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
    pairs.chunks_exact(batch).map(sum).collect()
}

/// A verdict that another mode would reverse: the winner, or either side of a tie, is in its slow mode more
/// often than the other side.
fn one_mode(verdict: Verdict, modes: &Modes, level: f64) -> Verdict {
    let conflicts = match verdict {
        Verdict::Faster => modes.candidate_is_slow_more_often(level),
        Verdict::Slower => modes.reference_is_slow_more_often(level),
        Verdict::Tie => {
            modes.candidate_is_slow_more_often(level) || modes.reference_is_slow_more_often(level)
        }
        _ => false,
    };
    if conflicts && !modes.apart(MARGIN) { Verdict::DependsOnMode } else { verdict }
}

#[cfg(test)]
mod tests {
    use super::super::{ControlCheck, lean};
    use super::*;
    use fastrand::Rng;

    const LEVEL: f64 = 0.01 / 21.0;

    /// `rounds` pairs whose sides share a drift and differ by `ratio` and a noise of ±`noise`.
    fn pairs(rng: &mut Rng, rounds: usize, ratio: f64, noise: f64) -> Vec<(f64, f64)> {
        let one = |rng: &mut Rng| 1.0 + noise * (2.0 * rng.f64() - 1.0);
        (0..rounds)
            .map(|round| {
                let drift = 1.0 + round as f64 / 10.0;
                (drift * ratio * one(rng), drift * one(rng))
            })
            .collect()
    }

    /// Costs against 1; every fourth is `slow`.
    fn in_modes(rounds: usize, fast: f64, slow: f64) -> Vec<(f64, f64)> {
        (0..rounds).map(|round| (if round % 4 == 0 { slow } else { fast }, 1.0)).collect()
    }

    fn word(costs: &[(f64, f64)]) -> Verdict {
        compare("tokio", costs, LEVEL).verdict
    }

    #[test]
    fn each_verdict_and_its_inverse_have_a_case() {
        let mut rng = Rng::with_seed(1);
        let rng = &mut rng;
        for (costs, expected) in [
            (pairs(rng, 60, 0.8, 0.02), Verdict::Faster),
            (pairs(rng, 60, 1.3, 0.02), Verdict::Slower),
            (pairs(rng, 60, 1.0, 0.01), Verdict::Tie),
            (pairs(rng, 20, 1.0, 0.3), Verdict::Open),
            (pairs(rng, 12, 2.0, 0.0), Verdict::NotCompared),
            (Vec::new(), Verdict::NotCompared),
        ] {
            let back: Vec<(f64, f64)> = costs.iter().map(|(a, b)| (*b, *a)).collect();
            assert_eq!((word(&costs), word(&back)), (expected, expected.turned()));
        }
    }

    #[test]
    fn a_mean_or_a_mode_that_disagrees_with_the_median_settles_nothing() {
        // A tie of medians with slow rounds, a winner that is slow more often, a winner that loses the mean.
        for costs in [in_modes(150, 1.0, 4.0), in_modes(150, 0.6, 1.2), in_modes(60, 0.9, 3.0)] {
            assert_eq!(word(&costs), Verdict::DependsOnMode);
        }
        assert_eq!(word(&in_modes(150, 0.1, 0.3)), Verdict::Faster, "it wins in every mode");
        let comparison = compare("tokio", &in_modes(150, 0.6, 1.2), LEVEL);
        assert!(comparison.mean_interval.unwrap().high < 1.0, "the mean agrees with the median");
        let shares = comparison.slow.unwrap();
        assert!(shares.candidate > 0.2 && shares.reference == 0.0, "{shares:?}");
        let wild = |cost: f64| word(&[vec![(0.9, 1.0); 39], vec![(cost, 1.0)]].concat());
        assert_eq!(wild(4.0), Verdict::Faster, "one wild round does not turn the mean");
        assert_eq!(wild(6.0), Verdict::Open);
    }

    #[test]
    fn a_comparison_of_medians_gives_the_same_result_without_the_interval_of_means() {
        let mut rng = Rng::with_seed(3);
        let mut skipped = 0;
        for case in 0..200 {
            let mut costs = pairs(&mut rng, 20 + case % 60, 0.8 + 0.004 * case as f64, 0.1);
            if case % 3 == 0 {
                costs[case % 20].0 *= 30.0;
            }
            let (whole, medians) =
                (compare("r", &costs, LEVEL), compare_medians("r", &costs, LEVEL));
            skipped +=
                usize::from(whole.mean_interval.is_some() && medians.mean_interval.is_none());
            let mean_interval = medians.mean_interval.or(whole.mean_interval);
            assert_eq!(Comparison { mean_interval, ..medians }, whole);
        }
        assert!(skipped > 50, "{skipped}");
    }

    #[test]
    fn too_few_rounds_for_the_level_settle_nothing() {
        assert_eq!(fewest_pairs(0.01 / 21.0), 13);
        assert_eq!(fewest_pairs(0.01 / 90.0), 15);
        let costs = vec![(2.0, 1.0); 14];
        let mut open = compare("tokio", &costs, 0.01 / 90.0);
        assert_eq!((open.verdict, open.more_rounds), (Verdict::Open, Some(1)));
        lean([&mut open]);
        assert_eq!(open.verdict, Verdict::LeansSlower);
        assert_eq!(compare("tokio", &vec![(2.0, 1.0); 15], 0.01 / 90.0).verdict, Verdict::Slower);
    }

    #[test]
    fn dependent_rounds_do_not_count_individually() {
        let modes: Vec<(f64, f64)> =
            (0..60).map(|round| (if round < 40 { 0.8 } else { 1.3 }, 1.0)).collect();
        let comparison = compare("tokio", &modes, LEVEL);
        assert_eq!((comparison.verdict, comparison.pairs), (Verdict::Open, 60));
    }

    #[test]
    fn a_proven_two_percent_is_negligible_and_impossible_costs_do_not_count() {
        let mut costs = vec![(1.02, 1.0); 40];
        costs.extend([(0.0, 1.0), (f64::NAN, 1.0), (1.0, f64::INFINITY), (-1.0, 1.0)]);
        let comparison = compare("tokio", &costs, LEVEL);
        assert_eq!((comparison.pairs, comparison.verdict), (40, Verdict::Slower));
        assert!(comparison.negligible);
    }

    #[test]
    fn equal_costs_are_rarely_settled_as_different() {
        let mut rng = Rng::with_seed(11);
        let told_apart =
            (0..2_000).filter(|_| word(&pairs(&mut rng, 15, 1.0, 0.2)).differs()).count();
        assert!(told_apart <= 2, "{told_apart} of 2000");
    }

    #[test]
    fn a_control_passes_fails_or_is_inconclusive() {
        let check = |costs: &[(f64, f64)]| ControlCheck::from(word(costs));
        let mut rng = Rng::with_seed(2);
        assert_eq!(check(&pairs(&mut rng, 60, 1.0, 0.01)), ControlCheck::Passed);
        assert_eq!(check(&pairs(&mut rng, 60, 1.2, 0.01)), ControlCheck::Failed);
        assert_eq!(check(&pairs(&mut rng, 15, 1.0, 0.5)), ControlCheck::Inconclusive);
        assert_eq!(check(&[]), ControlCheck::Inconclusive);
    }
}
