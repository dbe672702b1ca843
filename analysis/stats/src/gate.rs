//! The gate for two builds: two stages must agree, beyond the effect of code layout.

use serde::{Deserialize, Serialize};

use super::batch_means::{T_001, T_01, mean_ratio_of_batches};
use super::interval::{Interval, median};
use super::mean_ratio::mean_ratio;
use super::modes::SlowShares;
use super::paired::compare;
use super::verdict::{ControlCheck, MARGIN, TIE, Verdict, side};

/// The levels of a stage.
///
/// Equal builds look slower by chance only if both stages show it, each by its median or its mean: with a
/// probability of at most (0.01 + 0.01) × (0.001 + 0.001) = 4·10⁻⁵ per row, and the same for faster. The
/// first stage only selects rows to measure again, so the longer second stage has the smaller share.
struct Strictness {
    /// Error level of the interval of the median, two-sided: twice its part of the budget.
    median_level: f64,
    /// Student's t of the interval of the mean, which its part of the budget exceeds.
    mean_t: f64,
    /// Minimum number of pairs: a mode that lasts ten rounds must come and go for the intervals to include
    /// it.
    fewest: usize,
}

const FIRST: Strictness = Strictness { median_level: 0.02, mean_t: T_01, fewest: 32 };
const SECOND: Strictness = Strictness { median_level: 0.002, mean_t: T_001, fewest: 96 };

/// Minimum number of rounds to plan for a stage (the first is 0): an eighth may be lost to stalls.
pub fn fewest_rounds(stage: usize) -> usize {
    let fewest = strictness(stage).fewest;
    fewest + fewest / 8
}

fn strictness(stage: usize) -> &'static Strictness {
    if stage == 0 { &FIRST } else { &SECOND }
}

/// Pairs of costs in the order of time: one side, and the base of the same round.
pub type Pairs = Vec<(f64, f64)>;

/// The measurements of a row in one stage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Stage {
    /// The head.
    pub head: Pairs,
    /// The base, measured again.
    pub control: Pairs,
    /// The base, linked in other layouts.
    #[serde(default)]
    pub base_layouts: Vec<Pairs>,
    /// The head, linked in other layouts.
    #[serde(default)]
    pub head_layouts: Vec<Pairs>,
}

/// The result of a row of two builds.
#[derive(Clone, Debug, PartialEq)]
pub struct Gated {
    /// The verdict: *faster* or *slower* only if all stages agree.
    pub verdict: Verdict,
    /// Why it is neither a difference nor a tie.
    pub open: Option<Open>,
    /// Head ÷ base, of the last stage.
    pub ratio: Option<f64>,
    /// Its interval; for a difference, from the lowest to the highest end of all stages, so that it clears a
    /// threshold only if every stage does.
    pub interval: Option<Interval>,
    /// Whether ratio and interval are those of the mean costs, because the medians do not show the
    /// difference.
    pub of_means: bool,
    /// Shares of slow rounds in the last stage.
    pub slow: Option<SlowShares>,
    /// Pairs of all stages.
    pub pairs: usize,
    /// The share that intervals had to clear.
    pub margin: f64,
}

/// Why a row has no verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// The interval is too wide.
    Wide,
    /// The means do not confirm the medians because of outlier rounds.
    Means,
    /// A difference, but not larger than the effect of another layout.
    WithinMargin,
    /// Only one stage shows a difference.
    StagesDisagree,
    /// Not every layout of the head shows the difference.
    Layouts,
    /// Too few pairs.
    TooFew,
}

impl Gated {
    /// The verdict of one stage: by the median, or by the mean if the median is open. A mode that only some
    /// processes fall into does not move a median.
    fn at(pairs: &[(f64, f64)], margin: f64, strictness: &Strictness) -> Self {
        let found = compare("base", pairs, strictness.median_level);
        let gated = Self {
            verdict: found.verdict,
            open: None,
            ratio: found.ratio,
            interval: found.strict_interval,
            of_means: false,
            slow: found.slow,
            pairs: pairs.len(),
            margin,
        };
        let open = |verdict, open| Self { verdict, open: Some(open), ..gated.clone() };
        let clears = |interval: Interval| side(interval, margin).is_some();
        if found.pairs < strictness.fewest {
            return open(Verdict::NotCompared, Open::TooFew);
        }
        if found.verdict.differs() && !found.strict_interval.is_some_and(clears) {
            return open(Verdict::Open, Open::WithinMargin);
        }
        if found.verdict.differs() || found.verdict == Verdict::Tie {
            return gated;
        }
        let mean = mean_ratio_of_batches(pairs, strictness.mean_t);
        if let Some((mean, verdict)) = mean.and_then(|mean| Some((mean, side(mean, margin)?))) {
            let (ratio, interval) = (mean_ratio(pairs), Some(mean));
            return Self { verdict, ratio, interval, of_means: true, ..gated };
        }
        let narrow = |interval: Interval| interval.alike(TIE) || clears(interval);
        let means = found.strict_interval.is_some_and(narrow);
        open(found.verdict, if means { Open::Means } else { Open::Wide })
    }
}

/// Median ratios to the base of each layout, over all stages: few rounds are noisy.
fn layouts(stages: &[Stage], of: fn(&Stage) -> &Vec<Pairs>) -> Vec<f64> {
    let count = stages.iter().map(|stage| of(stage).len()).max().unwrap_or(0);
    (0..count)
        .filter_map(|layout| {
            let pairs = stages.iter().filter_map(|stage| of(stage).get(layout)).flatten();
            median(&pairs.map(|(a, b)| (a / b).ln()).collect::<Vec<f64>>()).map(f64::exp)
        })
        .collect()
}

/// The share that a difference must exceed: the effect of the base's layouts on this row, and at least 1%.
pub fn margin(stages: &[Stage]) -> f64 {
    let ratios = layouts(stages, |stage| &stage.base_layouts);
    ratios.into_iter().map(|ratio| ratio.max(1.0 / ratio) - 1.0).fold(MARGIN, f64::max)
}

/// Whether every layout of the head lies beyond every layout of the base, on the side of a verdict.
///
/// If the layouts of both came from one distribution, the probability would be 1 ÷ C(2m, m) with m layouts
/// each: 1 in 70 for 4.
fn in_every_layout(stages: &[Stage], verdict: Verdict) -> bool {
    let base = layouts(stages, |stage| &stage.base_layouts);
    let head = layouts(stages, |stage| &stage.head_layouts);
    let least = |ratios: &[f64]| ratios.iter().copied().fold(f64::INFINITY, f64::min);
    let most = |ratios: &[f64]| ratios.iter().copied().fold(0.0, f64::max);
    match verdict {
        _ if head.is_empty() => true,
        Verdict::Slower => least(&head) > most(&base).max(1.0),
        _ => most(&head) < least(&base).min(1.0),
    }
}

/// Whether a row needs a second stage: the head looks different, or the base looks different from itself.
pub fn suspicious(first: &Stage) -> bool {
    let margin = margin(std::slice::from_ref(first));
    let differs = |pairs| Gated::at(pairs, margin, &FIRST).verdict.differs();
    differs(&first.head) || differs(&first.control)
}

/// Judges a row by all its stages.
///
/// A difference counts if each of at least two stages, measured one after the other, clears the margin on the
/// same side, and every layout of the head also does.
pub fn gate(stages: &[Stage]) -> Gated {
    decide(stages, |stage| &stage.head, |verdict| in_every_layout(stages, verdict))
}

/// Judges the base against itself in the same way as a row's head.
pub fn check(stages: &[Stage]) -> ControlCheck {
    decide(stages, |stage| &stage.control, |_| true).verdict.into()
}

/// The common decision for the side that `of` selects; `confirmed` reports whether layouts agree.
fn decide(
    stages: &[Stage],
    of: fn(&Stage) -> &Pairs,
    confirmed: impl Fn(Verdict) -> bool,
) -> Gated {
    let margin = margin(stages);
    let each = stages.iter().enumerate();
    let looks: Vec<Gated> =
        each.map(|(number, stage)| Gated::at(of(stage), margin, strictness(number))).collect();
    let last = looks.last().cloned().unwrap_or_else(|| Gated::at(&[], margin, &FIRST));
    let alike = looks.iter().all(|look| look.verdict == last.verdict);
    let few = last.open == Some(Open::TooFew);
    let (verdict, open) = if few || !looks.iter().any(|look| look.verdict.differs()) {
        (last.verdict, last.open)
    } else if looks.len() < 2 || !alike {
        (Verdict::Open, Some(Open::StagesDisagree))
    } else if confirmed(last.verdict) {
        (last.verdict, None)
    } else {
        (Verdict::Open, Some(Open::Layouts))
    };
    let hull = looks.iter().filter_map(|look| look.interval).reduce(Interval::hull);
    let interval = if verdict.differs() { hull } else { last.interval };
    let pairs = looks.iter().map(|look| look.pairs).sum();
    Gated { verdict, open, interval, pairs, ..last }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fastrand::Rng;

    fn pairs(rng: &mut Rng, rounds: usize, ratio: f64) -> Pairs {
        let mut one = || 1.0 + 0.01 * (2.0 * rng.f64() - 1.0);
        (0..rounds).map(|_| (ratio * one(), one())).collect()
    }

    fn one(rng: &mut Rng, ratio: f64) -> Stage {
        Stage { head: pairs(rng, 120, ratio), ..Stage::default() }
    }

    #[test]
    fn difference_counts_if_both_stages_show_it() {
        let mut rng = Rng::with_seed(1);
        let disagree = (Verdict::Open, Some(Open::StagesDisagree));
        for (ratios, expected) in [
            (&[1.03, 1.03][..], (Verdict::Slower, None)),
            (&[0.95, 0.95], (Verdict::Faster, None)),
            (&[1.03, 1.0], disagree),
            (&[1.05, 0.95], disagree),
            (&[1.03], disagree),
            (&[1.0], (Verdict::Tie, None)),
            (&[], (Verdict::NotCompared, Some(Open::TooFew))),
        ] {
            let stages: Vec<Stage> = ratios.iter().map(|ratio| one(&mut rng, *ratio)).collect();
            let gated = gate(&stages);
            assert_eq!((gated.verdict, gated.open), expected, "{ratios:?}");
        }
    }

    #[test]
    fn interval_of_a_difference_spans_both_stages() {
        let mut rng = Rng::with_seed(5);
        let gated = gate(&[one(&mut rng, 1.03), one(&mut rng, 1.10)]);
        assert_eq!(gated.verdict, Verdict::Slower);
        let interval = gated.interval.unwrap();
        assert!(interval.low < 1.04 && interval.high > 1.09, "{interval:?}");
        assert!(gated.ratio.unwrap() > 1.08, "of the last stage, which nobody chose");
    }

    #[test]
    fn new_slow_mode_is_a_difference_with_equal_medians() {
        let mut rng = Rng::with_seed(4);
        let stage = |share: f64, rng: &mut Rng| {
            let mut stage = one(rng, 1.0);
            for (head, _) in &mut stage.head {
                *head *= if rng.f64() < share { 3.0 } else { 1.0 };
            }
            stage
        };
        for share in [0.3, 0.5] {
            let gated = gate(&[stage(share, &mut rng), stage(share, &mut rng)]);
            assert_eq!((gated.verdict, gated.of_means), (Verdict::Slower, true), "{gated:?}");
            assert!(gated.slow.unwrap().candidate > 0.15);
        }
    }

    #[test]
    fn effect_of_a_base_layout_is_not_a_difference() {
        let mut rng = Rng::with_seed(2);
        let head = pairs(&mut rng, 120, 1.03);
        let with = |layouts: &[f64], rng: &mut Rng| Stage {
            head: head.clone(),
            base_layouts: layouts.iter().map(|&ratio| pairs(rng, 30, ratio)).collect(),
            ..Stage::default()
        };
        assert!(suspicious(&with(&[], &mut rng)));
        assert!(suspicious(&with(&[1.004, 0.997], &mut rng)));
        assert!(!suspicious(&with(&[1.004, 0.96], &mut rng)));
        let wide = gate(&[with(&[0.96], &mut rng)]);
        assert_eq!(wide.open, Some(Open::WithinMargin));
        assert!((0.035..0.05).contains(&wide.margin), "{}", wide.margin);
    }

    #[test]
    fn every_layout_of_the_head_must_show_the_difference() {
        let mut rng = Rng::with_seed(6);
        let mut with = |layouts: [f64; 2]| {
            let mut stage = || Stage {
                head: pairs(&mut rng, 120, 1.05),
                base_layouts: vec![pairs(&mut rng, 30, 1.002), pairs(&mut rng, 30, 1.012)],
                head_layouts: layouts.iter().map(|&ratio| pairs(&mut rng, 30, ratio)).collect(),
                ..Stage::default()
            };
            let gated = gate(&[stage(), stage()]);
            (gated.verdict, gated.open)
        };
        assert_eq!(with([1.05, 1.03]), (Verdict::Slower, None));
        assert_eq!(with([1.05, 1.0]), (Verdict::Open, Some(Open::Layouts)));
    }

    #[test]
    fn control_is_judged_like_the_head() {
        let mut rng = Rng::with_seed(7);
        let slow = |rng: &mut Rng| if rng.f64() < 0.4 { 3.0 } else { 1.0 };
        let mut stage = |head: bool| {
            let mut moved: Pairs = pairs(&mut rng, 120, 1.0);
            for (cost, _) in &mut moved {
                *cost *= slow(&mut rng);
            }
            let still = pairs(&mut rng, 120, 1.0);
            let (head, control) = if head { (moved, still) } else { (still, moved) };
            Stage { head, control, ..Stage::default() }
        };
        let (row, control) = ([stage(true), stage(true)], [stage(false), stage(false)]);
        assert!(suspicious(&row[0]) && suspicious(&control[0]));
        assert_eq!((gate(&row).verdict, check(&row)), (Verdict::Slower, ControlCheck::Passed));
        assert_eq!((gate(&control).verdict, check(&control)), (Verdict::Tie, ControlCheck::Failed));
        assert_eq!(check(&control[..1]), ControlCheck::Inconclusive, "one stage is no proof");
    }

    #[test]
    fn second_stage_without_rounds_settles_nothing() {
        let mut rng = Rng::with_seed(8);
        let mut short = one(&mut rng, 1.05);
        short.head.truncate(SECOND.fewest - 1);
        let gated = gate(&[one(&mut rng, 1.05), short]);
        assert_eq!((gated.verdict, gated.open), (Verdict::NotCompared, Some(Open::TooFew)));
        assert!(fewest_rounds(0) >= FIRST.fewest && fewest_rounds(1) >= SECOND.fewest);
    }
}
