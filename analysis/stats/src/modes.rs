//! Slow rounds, and whether one side has more of them.

use serde::{Deserialize, Serialize};

use super::interval::{median, sorted, two_sided};

/// A round is slow if it costs more than this many times the fastest tenth of its side.
/// Modes of a scheduler or of loopback lie further apart than that; ordinary noise does not.
const SLOW: f64 = 1.5;
/// Two modes are separate if the middle third between their medians, on a log scale, holds at most this share
/// of the rounds of the smaller one. For a single wide mode, it would hold the peak.
const SPARSE: usize = 4;

/// Shares of slow rounds, between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SlowShares {
    /// The candidate's share.
    pub candidate: f64,
    /// The reference's share.
    pub reference: f64,
}

/// The slow rounds of both sides of a comparison.
pub(super) struct Modes {
    candidate: Side,
    reference: Side,
    /// Rounds in which only the candidate is slow, and only the reference.
    discordant: (usize, usize),
}

struct Side {
    /// Median cost of the rounds that are not slow.
    fast: f64,
    /// Median cost of the slow rounds, or that of the others if there are none.
    slow: f64,
    share: f64,
    /// Whether the slow rounds are a separate mode: a gap separates them from the fast ones.
    has_modes: bool,
}

impl Modes {
    /// Sorts the rounds of each side; `None` for none. Costs are positive and finite.
    pub(super) fn of(pairs: &[(f64, f64)]) -> Option<Self> {
        let candidate: Vec<f64> = pairs.iter().map(|pair| pair.0).collect();
        let reference: Vec<f64> = pairs.iter().map(|pair| pair.1).collect();
        let (limit_a, limit_b) = (slow_from(&candidate)?, slow_from(&reference)?);
        let mut discordant = (0, 0);
        for (a, b) in pairs {
            match (*a > limit_a, *b > limit_b) {
                (true, false) => discordant.0 += 1,
                (false, true) => discordant.1 += 1,
                _ => {}
            }
        }
        Some(Self {
            candidate: Side::of(&candidate, limit_a)?,
            reference: Side::of(&reference, limit_b)?,
            discordant,
        })
    }

    pub(super) fn shares(&self) -> SlowShares {
        SlowShares { candidate: self.candidate.share, reference: self.reference.share }
    }

    /// Whether the candidate has a slow mode and is in it more often than the reference is slow, at an
    /// error level.
    ///
    /// `McNemar`'s test by the binomial distribution, which looks only at rounds in which one side is slow
    /// and the other is not: a burst of load that slows down both does not count (Conover, *Practical
    /// Nonparametric Statistics*, 3rd ed., §3.5). The threshold of slow rounds comes from the same rounds, so
    /// the level is approximate.
    pub(super) fn candidate_is_slow_more_often(&self, level: f64) -> bool {
        let (candidate, reference) = self.discordant;
        self.candidate.has_modes && candidate > reference && self.differ(level)
    }

    /// The same for the reference.
    pub(super) fn reference_is_slow_more_often(&self, level: f64) -> bool {
        let (candidate, reference) = self.discordant;
        self.reference.has_modes && reference > candidate && self.differ(level)
    }

    fn differ(&self, level: f64) -> bool {
        let (a, b) = self.discordant;
        two_sided(a.min(b), a + b) <= level
    }

    /// Whether even the slow rounds of one side cost less, by a margin, than the fast ones of the
    /// other: it then wins regardless of the mode of either.
    pub(super) fn apart(&self, margin: f64) -> bool {
        let below = |one: &Side, other: &Side| one.slow * (1.0 + margin) < other.fast;
        below(&self.candidate, &self.reference) || below(&self.reference, &self.candidate)
    }
}

impl Side {
    fn of(costs: &[f64], limit: f64) -> Option<Self> {
        let (slow, fast): (Vec<f64>, Vec<f64>) = costs.iter().partition(|cost| **cost > limit);
        let share = slow.len() as f64 / costs.len() as f64;
        let smaller = slow.len().min(fast.len());
        let fast = median(&fast)?;
        let slow = median(&slow).unwrap_or(fast);
        let step = (slow / fast).powf(1.0 / 3.0);
        let gap = fast * step..slow / step;
        let between = costs.iter().filter(|cost| gap.contains(cost)).count();
        let has_modes = slow >= SLOW * fast && between <= smaller / SPARSE;
        Some(Self { fast, slow, share, has_modes })
    }
}

fn slow_from(costs: &[f64]) -> Option<f64> {
    let sorted = sorted(costs);
    sorted.get(sorted.len() / 10).map(|tenth| tenth * SLOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEVEL: f64 = 0.01 / 21.0;

    fn pairs(rounds: usize, pair: impl Fn(usize) -> (f64, f64)) -> Modes {
        Modes::of(&(0..rounds).map(pair).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn shares_are_counted_on_each_side() {
        let modes = pairs(40, |i| (if i % 4 == 0 { 3.0 } else { 1.0 }, 2.0));
        assert_eq!(modes.shares(), SlowShares { candidate: 0.25, reference: 0.0 });
        assert!(Modes::of(&[]).is_none());
    }

    #[test]
    fn common_slow_rounds_are_not_a_difference() {
        let burst = |i: usize| if i < 20 { 3.0 } else { 1.0 };
        let slow = |modes: Modes| modes.candidate_is_slow_more_often(LEVEL);
        assert!(!slow(pairs(60, |i| (burst(i), burst(i)))));
        assert!(slow(pairs(60, |i| (burst(i), 1.0))));
        // 11 discordant rounds of one kind: p = 2·2⁻¹¹ > LEVEL.
        assert!(!slow(pairs(60, |i| (if i < 11 { 3.0 } else { 1.0 }, 1.0))));
        assert!(slow(pairs(60, |i| (if i < 13 { 3.0 } else { 1.0 }, 1.0))));
        let modes = pairs(60, |i| (burst(i), 1.0));
        assert!(!modes.reference_is_slow_more_often(LEVEL), "only the candidate is");
    }

    #[test]
    fn modes_that_do_not_reach_the_other_side_do_not_matter() {
        let modes = |far: f64| pairs(60, |i| (if i % 3 == 0 { 2.0 } else { 1.0 }, far));
        assert!(modes(5.0).apart(0.01));
        assert!(!modes(1.5).apart(0.01));
    }
}
