//! Two builds: two stages must agree, beyond what the layout of the code alone does.

use serde::{Deserialize, Serialize};

use super::interval::median;
use super::verdict::{Comparison, MARGIN, Verdict, compare};

/// Error level of one stage. Two must agree, so a false failure has a chance of (0.01 ÷ 2)² a row.
pub const STAGE_LEVEL: f64 = 0.01;

/// What one stage measured of a row: pairs `(candidate, base)` of costs, in the order of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// The candidate against the base.
    pub head: Vec<(f64, f64)>,
    /// The base's own twin against it.
    pub twin: Vec<(f64, f64)>,
    /// The base linked in other layouts against it.
    pub layouts: Vec<Vec<(f64, f64)>>,
}

/// What a row of two builds says.
#[derive(Clone, Debug, PartialEq)]
pub struct Gated {
    /// All rounds of all stages.
    pub comparison: Comparison,
    /// The word: *faster* or *slower* only where both stages say so.
    pub verdict: Verdict,
    /// The share that both intervals had to clear.
    pub margin: f64,
}

/// The share that a difference must exceed: what moving the same code about in memory does to this
/// row, and at least 1 %. Over all stages, because a median of few rounds is noisy.
pub fn margin(stages: &[Stage]) -> f64 {
    let layouts = stages.iter().map(|stage| stage.layouts.len()).max().unwrap_or(0);
    (0..layouts)
        .filter_map(|layout| {
            let pairs = stages.iter().filter_map(|stage| stage.layouts.get(layout)).flatten();
            median(&pairs.map(|(a, b)| (a / b).ln()).collect::<Vec<f64>>())
        })
        .map(|log| log.abs().exp() - 1.0)
        .fold(MARGIN, f64::max)
}

/// What one stage says alone: *faster* and *slower* only beyond the margin.
pub fn stage(pairs: &[(f64, f64)], margin: f64) -> Verdict {
    beyond(&compare("base", pairs, STAGE_LEVEL), margin)
}

/// Whether a row's first stage calls for a second.
pub fn suspicious(first: &Stage) -> bool {
    let verdict = stage(&first.head, margin(std::slice::from_ref(first)));
    matches!(verdict, Verdict::Faster | Verdict::Slower)
}

/// Judges a row by all its stages.
///
/// A difference counts when every one of at least two stages, measured one after the other, clears
/// the margin on the same side.
pub fn gate(stages: &[Stage]) -> Gated {
    let margin = margin(stages);
    let all: Vec<(f64, f64)> = stages.iter().flat_map(|stage| stage.head.iter().copied()).collect();
    let comparison = compare("base", &all, STAGE_LEVEL);
    let mut said = stages.iter().map(|one| stage(&one.head, margin));
    let first = said.next().unwrap_or(Verdict::NotCompared);
    let rest: Vec<Verdict> = said.collect();
    let different = |verdict| matches!(verdict, Verdict::Faster | Verdict::Slower);
    let confirmed = !rest.is_empty() && rest.iter().all(|verdict| *verdict == first);
    let verdict = match comparison.verdict {
        _ if different(first) && confirmed => first,
        // Seen by one stage and not by the other, or by all rounds together only.
        verdict if different(verdict) => Verdict::Undecided,
        settled => settled,
    };
    Gated { comparison, verdict, margin }
}

fn beyond(comparison: &Comparison, margin: f64) -> Verdict {
    match (comparison.verdict, comparison.interval) {
        (Verdict::Slower, Some(interval)) if interval.low > 1.0 + margin => Verdict::Slower,
        (Verdict::Faster, Some(interval)) if interval.high < 1.0 / (1.0 + margin) => {
            Verdict::Faster
        }
        (Verdict::Slower | Verdict::Faster, _) => Verdict::Undecided,
        (settled, _) => settled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fastrand::Rng;

    fn pairs(rng: &mut Rng, rounds: usize, ratio: f64) -> Vec<(f64, f64)> {
        let mut one = || 1.0 + 0.01 * (2.0 * rng.f64() - 1.0);
        (0..rounds).map(|_| (ratio * one(), one())).collect()
    }

    fn one(rng: &mut Rng, ratio: f64) -> Stage {
        Stage { head: pairs(rng, 60, ratio), ..Stage::default() }
    }

    #[test]
    fn a_difference_counts_when_both_stages_see_it() {
        let mut rng = Rng::with_seed(1);
        let rng = &mut rng;
        let word = |stages: &[Stage]| gate(stages).verdict;
        assert_eq!(word(&[one(rng, 1.03), one(rng, 1.03)]), Verdict::Slower);
        assert_eq!(word(&[one(rng, 0.95), one(rng, 0.95)]), Verdict::Faster);
        assert_eq!(word(&[one(rng, 1.03), one(rng, 1.0)]), Verdict::Undecided);
        assert_eq!(word(&[one(rng, 1.03)]), Verdict::Undecided);
        assert_eq!(word(&[one(rng, 1.05), one(rng, 0.95)]), Verdict::Undecided);
        assert_eq!(word(&[one(rng, 1.0)]), Verdict::Tie);
        assert_eq!(word(&[]), Verdict::NotCompared);
    }

    #[test]
    fn what_a_layout_does_is_no_difference() {
        let mut rng = Rng::with_seed(2);
        let head = pairs(&mut rng, 60, 1.03);
        let with = |layouts: &[f64], rng: &mut Rng| Stage {
            head: head.clone(),
            twin: Vec::new(),
            layouts: layouts.iter().map(|&ratio| pairs(rng, 30, ratio)).collect(),
        };
        assert!(suspicious(&with(&[], &mut rng)));
        assert!(suspicious(&with(&[1.004, 0.997], &mut rng)));
        assert!(!suspicious(&with(&[1.004, 0.96], &mut rng)));
        let margin = margin(&[with(&[0.96], &mut rng)]);
        assert!((0.035..0.05).contains(&margin), "{margin}");
    }

    /// Equal builds on a machine with bursts: both stages are never fooled on the same side.
    #[test]
    fn equals_are_never_failed() {
        let mut rng = Rng::with_seed(3);
        let mut stage = || {
            let mut side = || {
                let burst = if rng.f64() < 0.15 { 1.0 + 3.0 * rng.f64() } else { 1.0 };
                burst * (1.0 + 0.05 * rng.f64())
            };
            Stage { head: (0..60).map(|_| (side(), side())).collect(), ..Stage::default() }
        };
        for _ in 0..500 {
            let verdict = gate(&[stage(), stage()]).verdict;
            assert!(!matches!(verdict, Verdict::Faster | Verdict::Slower), "{verdict:?}");
        }
    }
}
