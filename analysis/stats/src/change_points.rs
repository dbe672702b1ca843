//! The change points of many series: E-divisive with a permutation test.
//!
//! Matteson & James (see `energy`), §2.3 and §2.4: the best split of a series is tested by shuffling the
//! samples; if it is significant, each side is tested in the same way. Daly et al., "The Use of Change Point
//! Detection to Identify Software Performance Regressions in a Continuous Integration System", ICPE 2020,
//! use it on benchmarks. Over the series the share of false discoveries is bounded
//! ([`super::discoveries`]).

use fastrand::Rng;

use super::discoveries::discoveries;
use super::energy::{Distances, LEAST_SIDE};

/// Minimum number of samples of a series for a change point.
pub const FEWEST_SAMPLES: usize = 2 * LEAST_SIDE;
/// Samples that a change point needs on either side.
pub const FEWEST_BESIDE: usize = LEAST_SIDE;
/// Number of shuffles of every series, unless it stops earlier. More follow if a p-value of one in a thousand
/// is not small enough for the number of series.
const SHUFFLES: u32 = 999;
/// Number of shuffles that do as well as the series itself, after which it is no longer a candidate: its
/// p-value is then known well enough (Besag & Clifford, "Sequential Monte Carlo p-values", Biometrika 78,
/// 1991).
const EXCEEDING: u32 = 50;
/// A fixed seed, so that every reading of a history gives the same result.
const SEED: u64 = 0x6368_616e_6765_2121;
/// A shuffle that only swaps equal samples has the same statistic except for rounding.
const SAME: f64 = 1.0 - 1e-9;

/// A change point of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The first sample after it.
    pub at: usize,
    /// The share of shuffled series with a split as good.
    pub p_value: f64,
}

/// The change points of each series, in order. `rate` bounds the expected share of false change points among
/// those reported.
///
/// Samples are in the order of time, and without a change, their order must not matter. One answer for
/// each series; none for one of fewer than [`FEWEST_SAMPLES`] or with samples that are not finite.
pub fn change_points(series: &[Vec<f64>], rate: f64) -> Vec<Vec<Change>> {
    let fit = |samples: &&Vec<f64>| {
        samples.len() >= FEWEST_SAMPLES && samples.iter().all(|x| x.is_finite())
    };
    let mut tests: Vec<Test<'_>> =
        series.iter().filter(fit).map(|own| Test::new(own, &[])).collect();
    let found = settle(&mut tests, rate);
    let count = found.iter().filter(|found| **found).count();
    // Every further change point of a series must pass the same threshold as the last discovery.
    let bar = rate * count as f64 / tests.len().max(1) as f64;
    let mut of_fit = tests
        .iter()
        .zip(found)
        .map(|(test, found)| if found { divide(test, bar) } else { Vec::new() });
    let each = series
        .iter()
        .map(|own| if fit(&own) { of_fit.next().unwrap_or_default() } else { Vec::new() });
    each.collect()
}

/// Minimum number of samples on either side for a change in a single one of `series` series of `samples`
/// samples each to be detectable; `None` if there are too few samples.
///
/// Two of all orders separate both sides, so the p-value is at least 2 ÷ (n over k).
pub fn fewest_beside(samples: usize, series: usize, rate: f64) -> Option<usize> {
    let least = (2.0 * series.max(1) as f64 / rate).ln();
    let mut choices = 0.0;
    for side in 1..=samples / 2 {
        choices += ((samples + 1 - side) as f64 / side as f64).ln();
        if side >= LEAST_SIDE && choices >= least {
            return Some(side);
        }
    }
    None
}

/// Shuffles the series until more shuffles would not change the result; returns whether each is a discovery.
fn settle(tests: &mut [Test<'_>], rate: f64) -> Vec<bool> {
    // With this many, even a single series among all can have a sufficiently small p-value.
    let most = (tests.len() as f64 / rate).ceil() as u32;
    let mut shuffles = SHUFFLES;
    loop {
        for test in &mut *tests {
            test.shuffle_until(shuffles);
        }
        let p_values: Vec<f64> = tests.iter().map(Test::p_value).collect();
        let found = discoveries(&p_values, rate);
        let settled = tests.iter().zip(&found).all(|(test, found)| *found || !test.is_open());
        if settled || shuffles >= most {
            return found;
        }
        shuffles = most.min(4 * shuffles);
    }
}

/// The change points of a series whose first split is significant.
fn divide(first: &Test<'_>, bar: f64) -> Vec<Change> {
    let mut changes: Vec<Change> = first.change().into_iter().collect();
    let shuffles = SHUFFLES.max((1.0 / bar).ceil() as u32);
    loop {
        let inner: Vec<usize> = changes.iter().map(|change| change.at).collect();
        let mut test = Test::new(first.samples, &inner);
        test.shuffle_until(shuffles);
        match test.change().filter(|change| change.p_value <= bar) {
            Some(change) => changes.push(change),
            None => return changes,
        }
        changes.sort_by_key(|change| change.at);
    }
}

/// The permutation test of the best split of a series that is already split in some places: it is
/// compared with the best splits of the series with each segment shuffled.
struct Test<'a> {
    samples: &'a [f64],
    /// Where segments begin and end.
    bounds: Vec<usize>,
    /// Where the best split is, and its statistic.
    best: Option<(usize, f64)>,
    shuffled: Vec<f64>,
    distances: Distances,
    rng: Rng,
    shuffles: u32,
    exceeding: u32,
}

impl<'a> Test<'a> {
    fn new(samples: &'a [f64], inner: &[usize]) -> Self {
        let bounds = [&[0], inner, &[samples.len()]].concat();
        let mut distances = Distances::default();
        let best = best_of(&mut distances, samples, &bounds);
        Self {
            samples,
            bounds,
            best,
            shuffled: samples.to_vec(),
            distances,
            rng: Rng::with_seed(SEED),
            shuffles: 0,
            exceeding: 0,
        }
    }

    /// Whether more shuffles could make its p-value smaller.
    fn is_open(&self) -> bool {
        self.best.is_some() && self.exceeding < EXCEEDING
    }

    fn shuffle_until(&mut self, shuffles: u32) {
        let Some((_, statistic)) = self.best else { return };
        while self.shuffles < shuffles && self.is_open() {
            for segment in self.bounds.windows(2) {
                self.rng.shuffle(&mut self.shuffled[segment[0]..segment[1]]);
            }
            let found = best_of(&mut self.distances, &self.shuffled, &self.bounds);
            self.shuffles += 1;
            self.exceeding += u32::from(found.is_some_and(|(_, other)| other >= statistic * SAME));
        }
    }

    /// The share of shuffles that do as well, including the series itself; 1 without a split.
    fn p_value(&self) -> f64 {
        match (self.best, self.exceeding) {
            (None, _) => 1.0,
            (_, EXCEEDING) => f64::from(EXCEEDING) / f64::from(self.shuffles),
            (_, exceeding) => f64::from(exceeding + 1) / f64::from(self.shuffles + 1),
        }
    }

    fn change(&self) -> Option<Change> {
        self.best.map(|(at, _)| Change { at, p_value: self.p_value() })
    }
}

/// The best split of all segments.
fn best_of(distances: &mut Distances, samples: &[f64], bounds: &[usize]) -> Option<(usize, f64)> {
    let splits = bounds.windows(2).filter_map(|segment| {
        let split = distances.best_split(&samples[segment[0]..segment[1]])?;
        Some((segment[0] + split.at, split.statistic))
    });
    splits.max_by(|a, b| a.1.total_cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Samples around 0, and around `step` from `at` on; the same for the same seed.
    fn stepped(seed: u64, length: usize, at: usize, step: f64) -> Vec<f64> {
        let mut rng = Rng::with_seed(seed);
        (0..length).map(|k| rng.f64() + if k >= at { step } else { 0.0 }).collect()
    }

    fn places(changes: &[Change]) -> Vec<usize> {
        changes.iter().map(|change| change.at).collect()
    }

    #[test]
    fn p_value_of_a_clean_step_is_the_share_of_separating_orders() {
        // Four of each: 2 of 70 orders.
        let samples = [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0];
        let found = &change_points(&[samples.to_vec()], 0.05)[0];
        assert_eq!(places(found), [4]);
        assert!((0.018..0.04).contains(&found[0].p_value), "{found:?}");
        assert_eq!(change_points(&[samples.to_vec()], 0.01), [vec![]]);
    }

    #[test]
    fn several_changes_are_found_in_order() {
        let mut samples = stepped(1, 45, 15, 5.0);
        samples[30..].iter_mut().for_each(|x| *x -= 8.0);
        assert_eq!(places(&change_points(&[samples], 0.01)[0]), [15, 30]);
    }

    #[test]
    fn short_non_finite_or_constant_series_have_no_change_points() {
        let mut broken = stepped(2, 20, 10, 5.0);
        broken[3] = f64::NAN;
        let series =
            [stepped(3, 7, 4, 5.0), Vec::new(), broken, vec![1.0; 20], stepped(4, 20, 10, 5.0)];
        let found = change_points(&series, 0.01);
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<usize>>(), [0, 0, 0, 0, 1]);
        assert_eq!(change_points(&[], 0.01), Vec::<Vec<Change>>::new());
    }

    #[test]
    fn single_series_among_many_gets_enough_shuffles() {
        let mut series: Vec<Vec<f64>> = (0..60).map(|seed| stepped(seed, 20, 20, 0.0)).collect();
        series.push(stepped(99, 20, 10, 5.0));
        let found = change_points(&series, 0.01);
        assert_eq!(places(&found[60]), [10]);
        assert!(found[60][0].p_value <= 0.01 / 61.0, "{:?}", found[60]);
        assert!(found[..60].iter().all(Vec::is_empty));
    }

    #[test]
    fn same_history_gives_the_same_change_points() {
        let series = [stepped(5, 24, 9, 0.8), stepped(6, 24, 24, 0.0)];
        assert_eq!(change_points(&series, 0.05), change_points(&series, 0.05));
    }

    #[test]
    fn single_change_needs_runs_on_either_side() {
        // 2 ÷ 70 ≤ 0.05, and for 280 series 20 over 7 ≥ 56 000 > 20 over 6; 18 over 9 < 56 000.
        assert_eq!(fewest_beside(8, 1, 0.05), Some(4));
        assert_eq!(fewest_beside(20, 280, 0.01), Some(7));
        assert_eq!(fewest_beside(18, 280, 0.01), None);
        assert_eq!(fewest_beside(7, 1, 0.5), None);
        assert_eq!(fewest_beside(400, 1, 0.05), Some(4));
    }
}
