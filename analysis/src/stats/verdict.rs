//! From paired costs to a word.

use serde::{Deserialize, Serialize};

use super::dependence::batch_size;
use super::interval::{Interval, dependent_interval, median, median_interval};
use super::mean_ratio::mean_ratio_interval;
use super::modes::{Modes, SlowShares};

/// Fewest pairs for a verdict, however mild its level. Seven runners at one point need 14.
const FEWEST_PAIRS: usize = 13;
/// *faster* and *slower* need the whole interval beyond this share: identical programs differ by
/// where their code and their threads happen to lie.
pub const MARGIN: f64 = 0.01;
/// *tie* needs the whole interval within this share.
pub const TIE: f64 = 0.03;

/// What a comparison may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Costs less than the reference: the whole interval lies beyond 1 %.
    Faster,
    /// Costs more than the reference: the whole interval lies beyond 1 %.
    Slower,
    /// Whatever difference there is lies within 3 %.
    Tie,
    /// The interval is too wide to say, or a few wild rounds are; no evidence is no tie.
    Undecided,
    /// Median and mean disagree, or one side is slow more often: the answer depends on which mode
    /// a process falls into.
    DependsOnMode,
    /// Nothing to compare with, or too few pairs.
    NotCompared,
}

impl Verdict {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Faster => "faster",
            Self::Slower => "slower",
            Self::Tie => "tie",
            Self::Undecided => "undecided",
            Self::DependsOnMode => "depends on mode",
            Self::NotCompared => "not compared",
        }
    }

    /// The same comparison with its sides exchanged.
    #[must_use]
    pub fn turned(self) -> Self {
        match self {
            Self::Faster => Self::Slower,
            Self::Slower => Self::Faster,
            settled => settled,
        }
    }
}

/// A cell against the reference of its comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Comparison {
    /// Name of the runner that it is compared with.
    pub reference: String,
    /// Median over rounds of the ratio of costs; above 1 costs more than the reference.
    pub ratio: Option<f64>,
    /// Interval of that median at `level`; `None` when the pairs do not reach the level.
    pub interval: Option<Interval>,
    /// Error level, after dividing by the number of comparisons.
    pub level: f64,
    /// The 99 % bootstrap interval of the ratio of mean costs, which must agree; `None` where the
    /// median leaves nothing to confirm.
    pub mean_interval: Option<Interval>,
    /// Shares of rounds that were much slower than the fast ones of the same side.
    #[serde(default)]
    pub slow: Option<SlowShares>,
    /// Rounds in which both were measured.
    pub pairs: usize,
    /// The word.
    pub verdict: Verdict,
    /// Proven different, and proven to differ by less than 3 %.
    pub negligible: bool,
}

/// The fewest pairs that can bear a verdict at an error level: the interval from the least to the
/// greatest of n samples misses the median with probability 2·2⁻ⁿ.
pub fn fewest_pairs(level: f64) -> usize {
    FEWEST_PAIRS.max((1.0 - level.log2()).ceil() as usize)
}

/// Compares costs (less is better) pair by pair: `(candidate, reference)` of the same round.
///
/// Ratios are taken on a log scale, so that a/b and b/a agree; pairs that are not positive and
/// finite are left out. The interval is [`median_interval`] at `level`, wider where neighbouring rounds
/// resemble each other. What it says must be confirmed by the ratio of mean
/// costs and by the shares of slow rounds. Pairs stand in the order of time.
pub fn compare(reference: &str, costs: &[(f64, f64)], level: f64) -> Comparison {
    let possible = |cost: f64| cost.is_finite() && cost > 0.0;
    let usable: Vec<(f64, f64)> =
        costs.iter().copied().filter(|(a, b)| possible(*a) && possible(*b)).collect();
    let logs: Vec<f64> = usable.iter().map(|(a, b)| (a / b).ln()).collect();
    let batch = batch_size(&logs);
    let unlike = logs.len() / batch;
    let interval = (unlike >= FEWEST_PAIRS)
        .then(|| dependent_interval(&logs, unlike, level))
        .flatten()
        .map(|logs| Interval { low: logs.low.exp(), high: logs.high.exp() });
    let modes = Modes::of(&usable);
    let said = match interval {
        Some(interval) => judge(interval),
        // Enough rounds, and too few of them independent.
        None if logs.len() >= FEWEST_PAIRS && median_interval(&logs, level).is_some() => {
            Verdict::Undecided
        }
        None => Verdict::NotCompared,
    };
    let settled = matches!(said, Verdict::Undecided | Verdict::NotCompared);
    let mean_interval = if settled { None } else { mean_ratio_interval(&sums(&usable, batch)) };
    let verdict = match (mean_interval, &modes) {
        (Some(mean), Some(modes)) => {
            one_mode(confirmed(said, mean_ratio(&usable), mean), modes, level)
        }
        _ => said,
    };
    Comparison {
        reference: reference.to_owned(),
        ratio: median(&logs).map(f64::exp),
        interval,
        mean_interval,
        slow: modes.map(|modes| modes.shares()),
        level,
        pairs: logs.len(),
        verdict,
        negligible: matches!(verdict, Verdict::Faster | Verdict::Slower)
            && interval.is_some_and(|interval| interval.alike(TIE)),
    }
}

fn judge(interval: Interval) -> Verdict {
    if interval.high < 1.0 / (1.0 + MARGIN) {
        Verdict::Faster
    } else if interval.low > 1.0 + MARGIN {
        Verdict::Slower
    } else if interval.alike(TIE) {
        Verdict::Tie
    } else {
        Verdict::Undecided
    }
}

/// What the median says, where the ratio of mean costs agrees. A median can win, or tie, where the
/// mean loses because some rounds are very slow.
///
/// Of a difference the mean must have the same sign: its interval is wide wherever single rounds are
/// wild, and the level of the verdict is the median's. A tie says that nothing matters, so it needs the
/// mean's whole interval.
fn confirmed(verdict: Verdict, ratio: f64, mean: Interval) -> Verdict {
    let (agrees, contradicts) = match verdict {
        Verdict::Faster => (ratio < 1.0, mean.low > 1.0),
        Verdict::Slower => (ratio > 1.0, mean.high < 1.0),
        Verdict::Tie => (mean.alike(TIE), matches!(judge(mean), Verdict::Faster | Verdict::Slower)),
        settled => return settled,
    };
    match (agrees, contradicts) {
        (true, _) => verdict,
        (false, true) => Verdict::DependsOnMode,
        (false, false) => Verdict::Undecided,
    }
}

/// The costs of consecutive batches, added up.
fn sums(pairs: &[(f64, f64)], batch: usize) -> Vec<(f64, f64)> {
    let sum = |pairs: &[(f64, f64)]| pairs.iter().fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
    pairs.chunks_exact(batch).map(sum).collect()
}

fn mean_ratio(pairs: &[(f64, f64)]) -> f64 {
    let whole = sums(pairs, pairs.len().max(1));
    whole.first().map_or(f64::NAN, |(a, b)| a / b)
}

/// A word that would be another one in another mode, where one side is in the slow mode more often.
fn one_mode(verdict: Verdict, modes: &Modes, level: f64) -> Verdict {
    let word = matches!(verdict, Verdict::Faster | Verdict::Slower | Verdict::Tie);
    if word && modes.differ(level) && !modes.apart(MARGIN) {
        Verdict::DependsOnMode
    } else {
        verdict
    }
}

/// What the reference against itself says of a comparison's noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TwinCheck {
    /// The two are proven alike within 3 %.
    Passed,
    /// Too noisy, or too few rounds, to prove them alike.
    Unproven,
    /// Identical code was told apart: the verdicts beside it are not to be trusted.
    Failed,
}

/// Judges the reference's twin by the same rule as everything else: it passes as a *tie*, and fails
/// where it is *faster* or *slower*, however little.
pub fn check_twin(comparison: &Comparison) -> TwinCheck {
    match comparison.verdict {
        Verdict::Tie => TwinCheck::Passed,
        Verdict::Faster | Verdict::Slower => TwinCheck::Failed,
        Verdict::Undecided | Verdict::DependsOnMode | Verdict::NotCompared => TwinCheck::Unproven,
    }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn each_word_has_its_case() {
        let mut rng = Rng::with_seed(1);
        let word = |costs: &[(f64, f64)]| compare("tokio", costs, LEVEL).verdict;
        assert_eq!(word(&pairs(&mut rng, 60, 0.8, 0.02)), Verdict::Faster);
        assert_eq!(word(&pairs(&mut rng, 60, 1.3, 0.02)), Verdict::Slower);
        assert_eq!(word(&pairs(&mut rng, 60, 1.0, 0.01)), Verdict::Tie);
        assert_eq!(word(&pairs(&mut rng, 20, 1.0, 0.3)), Verdict::Undecided);
        assert_eq!(word(&pairs(&mut rng, 12, 2.0, 0.0)), Verdict::NotCompared);
        assert_eq!(word(&[]), Verdict::NotCompared);
    }

    #[test]
    fn a_tie_of_medians_with_slow_rounds_is_no_tie() {
        let costs: Vec<(f64, f64)> =
            (0..150).map(|round| (if round % 4 == 0 { 4.0 } else { 1.0 }, 1.0)).collect();
        assert_eq!(compare("tokio", &costs, LEVEL).verdict, Verdict::DependsOnMode);
    }

    #[test]
    fn a_side_that_is_slow_more_often_depends_on_mode_unless_it_wins_in_every_mode() {
        let costs = |fast: f64, slow: f64| -> Vec<(f64, f64)> {
            (0..150).map(|round| (if round % 4 == 0 { slow } else { fast }, 1.0)).collect()
        };
        let comparison = compare("tokio", &costs(0.6, 1.2), LEVEL);
        assert_eq!(comparison.verdict, Verdict::DependsOnMode);
        assert!(comparison.mean_interval.unwrap().high < 1.0, "the mean agrees with the median");
        let shares = comparison.slow.unwrap();
        assert!(shares.candidate > 0.2 && shares.reference == 0.0, "{shares:?}");
        assert_eq!(compare("tokio", &costs(0.1, 0.3), LEVEL).verdict, Verdict::Faster);
    }

    #[test]
    fn too_few_rounds_for_a_level_are_not_compared() {
        assert_eq!(fewest_pairs(0.01 / 21.0), 13);
        assert_eq!(fewest_pairs(0.01 / 90.0), 15);
        let costs = vec![(2.0, 1.0); 14];
        assert_eq!(compare("tokio", &costs, 0.01 / 90.0).verdict, Verdict::NotCompared);
        assert_eq!(compare("tokio", &vec![(2.0, 1.0); 15], 0.01 / 90.0).verdict, Verdict::Slower);
    }

    #[test]
    fn a_median_that_wins_while_the_mean_loses_depends_on_mode() {
        let costs: Vec<(f64, f64)> =
            (0..60).map(|round| (if round % 4 == 0 { 3.0 } else { 0.9 }, 1.0)).collect();
        let comparison = compare("tokio", &costs, LEVEL);
        assert!(comparison.ratio.unwrap() < 1.0);
        assert_eq!(comparison.verdict, Verdict::DependsOnMode);
    }

    #[test]
    fn a_median_that_the_mean_does_not_confirm_is_undecided() {
        let word = |wild: f64| {
            let mut costs = vec![(0.9, 1.0); 39];
            costs.push((wild, 1.0));
            compare("tokio", &costs, LEVEL).verdict
        };
        assert_eq!(word(4.0), Verdict::Faster, "one wild round does not turn the mean");
        assert_eq!(word(6.0), Verdict::Undecided);
    }

    #[test]
    fn rounds_that_resemble_their_neighbours_are_not_counted_one_by_one() {
        let modes: Vec<(f64, f64)> =
            (0..60).map(|round| (if round < 40 { 0.8 } else { 1.3 }, 1.0)).collect();
        let comparison = compare("tokio", &modes, LEVEL);
        assert_eq!((comparison.verdict, comparison.pairs), (Verdict::Undecided, 60));
    }

    #[test]
    fn a_proven_two_percent_is_negligible() {
        let costs = vec![(1.02, 1.0); 40];
        let comparison = compare("tokio", &costs, LEVEL);
        assert_eq!(comparison.verdict, Verdict::Slower);
        assert!(comparison.negligible);
    }

    #[test]
    fn impossible_costs_are_left_out_of_the_pairs() {
        let mut costs = vec![(1.0, 1.0); 20];
        costs.extend([(0.0, 1.0), (f64::NAN, 1.0), (1.0, f64::INFINITY), (-1.0, 1.0)]);
        let comparison = compare("tokio", &costs, LEVEL);
        assert_eq!((comparison.pairs, comparison.verdict), (20, Verdict::Tie));
    }

    #[test]
    fn turning_a_comparison_round_turns_its_word() {
        let mut rng = Rng::with_seed(5);
        let forth = pairs(&mut rng, 50, 1.2, 0.05);
        let back: Vec<(f64, f64)> = forth.iter().map(|(a, b)| (*b, *a)).collect();
        assert_eq!(compare("a", &forth, LEVEL).verdict, Verdict::Slower);
        assert_eq!(compare("b", &back, LEVEL).verdict, Verdict::Faster);
    }

    #[test]
    fn equals_are_almost_never_told_apart() {
        let mut rng = Rng::with_seed(11);
        let told_apart = (0..2_000)
            .filter(|_| {
                let word = compare("tokio", &pairs(&mut rng, 15, 1.0, 0.2), LEVEL).verdict;
                matches!(word, Verdict::Faster | Verdict::Slower)
            })
            .count();
        assert!(told_apart <= 2, "{told_apart} of 2000");
    }

    #[test]
    fn a_twin_passes_fails_or_is_unproven() {
        let check = |costs: &[(f64, f64)]| check_twin(&compare("tokio", costs, LEVEL));
        let mut rng = Rng::with_seed(2);
        assert_eq!(check(&pairs(&mut rng, 60, 1.0, 0.01)), TwinCheck::Passed);
        assert_eq!(check(&pairs(&mut rng, 60, 1.2, 0.01)), TwinCheck::Failed);
        assert_eq!(check(&pairs(&mut rng, 15, 1.0, 0.5)), TwinCheck::Unproven);
        assert_eq!(check(&[]), TwinCheck::Unproven);
    }
}
