//! The smallest difference that a run can find.

use fastrand::Rng;

use super::bootstrap::SEED;
use super::paired::compare;
use super::verdict::{MARGIN, Verdict};

/// Share of simulated runs that must find the difference. It exceeds the promised nine in ten, because the
/// noise is itself estimated from few rounds.
const POWER: f64 = 0.94;
/// The promised share. Among few rounds, neighbors may resemble each other by chance, and then no difference
/// is found.
const LEAST_POWER: f64 = 0.9;
/// Simulated runs per size.
const RUNS: usize = 250;
/// Consecutive rounds that are drawn together, so that effects over several rounds are preserved.
const BLOCK: usize = 5;
/// Halvings of the range of differences, on a log scale: to about 1% of the difference.
const HALVINGS: usize = 8;
/// Largest difference of the search, as a factor.
const LARGEST: f64 = 16.0;

/// The smallest difference that at least nine in ten comparisons of `rounds` rounds call *slower* at an error
/// level: a share, such as 0.05.
///
/// `control` are pairs of costs of identical programs in the order of time. Rounds are drawn from them, the
/// sides of each block in random order because they are alike, and [`compare`] judges them with one side made
/// slower. `None` without pairs, or where even a difference of 16 times is not found.
pub fn smallest_difference(control: &[(f64, f64)], rounds: usize, level: f64) -> Option<f64> {
    if control.is_empty() {
        return None;
    }
    let most = power(control, rounds, level, LARGEST);
    if most < LEAST_POWER {
        return None;
    }
    let found = |log: f64| power(control, rounds, level, log.exp()) >= most.min(POWER);
    let (mut low, mut high) = (MARGIN.ln_1p(), LARGEST.ln());
    // Most differences are small, so the range is on a doubly logarithmic scale.
    for _ in 0..HALVINGS {
        let middle = (low * high).sqrt();
        if found(middle) { high = middle } else { low = middle }
    }
    Some(high.exp_m1())
}

/// The share of simulated comparisons that find one side slower by a factor.
fn power(control: &[(f64, f64)], rounds: usize, level: f64, factor: f64) -> f64 {
    // The same draws for every factor, so that larger differences are found more often.
    let mut rng = Rng::with_seed(SEED);
    let block = BLOCK.min(control.len());
    let found = (0..RUNS).filter(|_| {
        let mut pairs = Vec::with_capacity(rounds + block);
        while pairs.len() < rounds {
            let (start, turned) = (rng.usize(..=control.len() - block), rng.bool());
            let drawn = &control[start..start + block];
            pairs.extend(drawn.iter().map(|&(a, b)| if turned { (b, a) } else { (a, b) }));
        }
        pairs.truncate(rounds);
        for (candidate, _) in &mut pairs {
            *candidate *= factor;
        }
        compare("", &pairs, level).verdict == Verdict::Slower
    });
    found.count() as f64 / RUNS as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime_bench_fixtures::normal;

    fn pairs(rng: &mut Rng, rounds: usize, mode: f64) -> Vec<(f64, f64)> {
        let mut one = || {
            let noise = (0.05 * normal(rng)).exp();
            noise * if rng.f64() < mode { 1.4 } else { 1.0 }
        };
        (0..rounds).map(|_| (one(), one())).collect()
    }

    #[test]
    fn without_noise_the_margin_is_the_limit_and_without_rounds_nothing_is_found() {
        let found = smallest_difference(&[(3.0, 3.0); 20], 20, 0.01).unwrap();
        assert!((0.01..0.0105).contains(&found), "{found}");
        assert_eq!(smallest_difference(&[], 20, 0.01), None);
        assert_eq!(smallest_difference(&[(3.0, 3.0); 20], 5, 0.01), None);
    }

    #[test]
    fn reported_difference_is_found_in_nine_of_ten_runs() {
        let mut rng = Rng::with_seed(8);
        let level = 0.1 / (39.0 * 36.0 * 3.0);
        let cases = [(150, 150, 0.0), (60, 60, 0.15), (60, 20, 0.0), (150, 60, 0.3)];
        for (known, rounds, mode) in cases {
            let (doctors, runs) = (6, 200);
            let mut found = 0;
            let mut named = 0.0;
            for _ in 0..doctors {
                let control = pairs(&mut rng, known, mode);
                let by = smallest_difference(&control, rounds, level).unwrap();
                named += by / f64::from(doctors);
                found += (0..runs)
                    .filter(|_| {
                        let mut run = pairs(&mut rng, rounds, mode);
                        for (candidate, _) in &mut run {
                            *candidate *= 1.0 + by;
                        }
                        compare("", &run, level).verdict == Verdict::Slower
                    })
                    .count();
            }
            let power = found as f64 / f64::from(doctors * runs);
            println!(
                "{known} rounds known, {rounds} planned: {:.1}% found in {power}",
                100.0 * named
            );
            assert!(power >= 0.9, "{known} rounds known, {rounds} planned: {power}");
        }
    }
}
