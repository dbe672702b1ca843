//! The bootstrap of a ratio of means.

use std::cell::RefCell;

use fastrand::Rng;

use super::bootstrap::{LEVEL, SEED, percentile_interval};
use super::interval::Interval;

/// Number of resamples, enough for the 99% level.
pub(super) const RESAMPLES: usize = 999;
/// Number of sizes whose draws are cached: all rounds, and batches of two, three and four.
const SIZES_KEPT: usize = 4;

/// `mean(a) ÷ mean(b)` over pairs `(a, b)`; `None` where it is not finite.
pub(super) fn mean_ratio(pairs: &[(f64, f64)]) -> Option<f64> {
    let (a, b) = pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
    Some(a / b).filter(|ratio| ratio.is_finite())
}

/// The percentile-bootstrap interval, at 99%, of `mean(a) ÷ mean(b)` over pairs `(a, b)`.
///
/// Whole pairs are drawn, so effects common to both sides of a round stay together (Efron & Tibshirani,
/// *An Introduction to the Bootstrap*, §13.3). `None` for no pairs, or a mean that is not positive
/// and finite.
pub fn mean_ratio_interval(pairs: &[(f64, f64)]) -> Option<Interval> {
    let mean = |side: fn(&(f64, f64)) -> f64| {
        let mean = pairs.iter().map(side).sum::<f64>() / pairs.len() as f64;
        (mean.is_finite() && mean > 0.0).then_some(mean)
    };
    let (mean_a, mean_b) = (mean(|pair| pair.0)?, mean(|pair| pair.1)?);
    // Close to 1, so that `f32` is precise enough.
    let scaled: Vec<(f32, f32)> =
        pairs.iter().map(|(a, b)| ((a / mean_a) as f32, (b / mean_b) as f32)).collect();
    let ratios = with_draws(pairs.len(), |draws| resampled(&scaled, draws));
    let (interval, whole) = (percentile_interval(ratios, LEVEL)?, mean_a / mean_b);
    Some(Interval { low: interval.low * whole, high: interval.high * whole })
}

/// The ratio of sums in each resample.
fn resampled(pairs: &[(f32, f32)], draws: &[f32]) -> Vec<f64> {
    let mut a = [0.0_f32; RESAMPLES];
    let mut b = [0.0_f32; RESAMPLES];
    // Pair by pair instead of resample by resample, so that the compiler adds several resamples at once.
    for (pair, times) in pairs.iter().zip(draws.chunks_exact(RESAMPLES)) {
        for ((a, b), times) in a.iter_mut().zip(&mut b).zip(times) {
            *a += times * pair.0;
            *b += times * pair.1;
        }
    }
    a.iter().zip(&b).map(|(a, b)| f64::from(a / b)).collect()
}

/// How many times each of `n` pairs is drawn in each resample, `RESAMPLES` numbers a pair.
///
/// The draws are the same for every comparison with this number of pairs, which thousands share, so the last
/// ones are cached.
fn with_draws<T>(n: usize, use_them: impl FnOnce(&[f32]) -> T) -> T {
    thread_local! {
        static KEPT: RefCell<Vec<Vec<f32>>> = const { RefCell::new(Vec::new()) };
    }
    KEPT.with_borrow_mut(|kept| {
        let known = kept.iter().position(|draws| draws.len() == n * RESAMPLES);
        let draws = known.map_or_else(|| drawn(n), |place| kept.remove(place));
        // The newest is last, and the oldest is removed.
        kept.push(draws);
        if kept.len() > SIZES_KEPT {
            kept.remove(0);
        }
        use_them(kept.last().map_or(&[], Vec::as_slice))
    })
}

fn drawn(n: usize) -> Vec<f32> {
    let mut rng = Rng::with_seed(SEED);
    let mut draws = vec![0.0; n * RESAMPLES];
    for resample in 0..RESAMPLES {
        for _ in 0..n {
            draws[rng.usize(..n) * RESAMPLES + resample] += 1.0;
        }
    }
    draws
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interval_contains_a_known_ratio() {
        let mut rng = Rng::with_seed(3);
        let pairs: Vec<(f64, f64)> =
            (0..60).map(|_| (1.1 + 0.1 * rng.f64(), 1.0 + 0.1 * rng.f64())).collect();
        let interval = mean_ratio_interval(&pairs).unwrap();
        assert!(interval.low > 1.05 && interval.high < 1.15, "{interval:?}");
        assert_eq!(mean_ratio_interval(&[]), None);
        assert_eq!(mean_ratio_interval(&[(0.0, 0.0)]), None);
    }

    #[test]
    fn interval_covers_the_true_ratio_about_as_often_as_stated() {
        let mut rng = Rng::with_seed(5);
        // Uniform on 0.5 to 1.5, so the means are equal.
        let mut side = || 0.5 + rng.f64();
        let runs = 1_000;
        let covered = (0..runs)
            .filter(|_| {
                let pairs: Vec<(f64, f64)> = (0..40).map(|_| (side(), side())).collect();
                let interval = mean_ratio_interval(&pairs).unwrap();
                (interval.low..=interval.high).contains(&1.0)
            })
            .count();
        // Percentile intervals of 40 pairs are a little short.
        assert!(covered >= 970, "{covered} of {runs}");
    }

    #[test]
    fn scale_does_not_matter_and_the_draws_are_always_the_same() {
        let pairs: Vec<(f64, f64)> =
            (0..30_u32).map(|i| (f64::from(i % 7 + 1), f64::from(i % 5 + 1))).collect();
        let tiny: Vec<(f64, f64)> = pairs.iter().map(|(a, b)| (a * 1e-60, b * 1e-60)).collect();
        let first = mean_ratio_interval(&pairs).unwrap();
        mean_ratio_interval(&pairs[..20]).unwrap();
        assert_eq!(mean_ratio_interval(&pairs).unwrap(), first);
        let scaled = mean_ratio_interval(&tiny).unwrap();
        assert!((scaled.low / first.low - 1.0).abs() < 1e-5);
    }
}
