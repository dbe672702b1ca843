//! The ratio of two means, from batches of rounds.

use super::interval::Interval;

/// Number of batches of a series: few, so that each is longer than the memory of the machine (10 to 30:
/// Schmeiser, "Batch size effects in the analysis of simulation output", *Operations Research* 30, 1982).
const BATCHES: usize = 12;
/// Minimum number of rounds in a batch.
const FEWEST_IN_BATCH: usize = 2;
/// Batches whose lag-1 autocorrelation exceeds this many standard errors, 1/√n each, are still dependent
/// (5%, one-sided).
const DEPENDENT: f64 = 1.645;

/// Student's t with one degree of freedom fewer than there are batches, exceeded with probability 0.01.
pub(super) const T_01: f64 = 2.7181;
/// The same with probability 0.001.
pub(super) const T_001: f64 = 4.025;

/// The interval of `mean(a) ÷ mean(b)` over pairs `(a, b)` in the order of time, by Fieller's theorem on
/// batch means ("Some problems in interval estimation", *JRSS B* 16, 1954): each end is wrong with the
/// probability that Student's t exceeds `t`, or less where the tails are heavy.
///
/// The number of batches is fixed, so a longer series has longer batches. `None` with fewer than two rounds
/// per batch, if batches still resemble their neighbors, and if the data do not bound the ratio.
pub(super) fn mean_ratio_of_batches(pairs: &[(f64, f64)], t: f64) -> Option<Interval> {
    let n = pairs.len();
    if n < BATCHES * FEWEST_IN_BATCH {
        return None;
    }
    let mean = |pairs: &[(f64, f64)]| {
        let count = pairs.len() as f64;
        let (a, b) = pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
        (a / count, b / count)
    };
    let batches: Vec<(f64, f64)> = (0..BATCHES)
        .map(|batch| mean(&pairs[batch * n / BATCHES..(batch + 1) * n / BATCHES]))
        .collect();
    let (a, b) = mean(&batches);
    // Relative to the means, so that the sums are of the order of one.
    let off: Vec<(f64, f64)> = batches.iter().map(|x| (x.0 / a - 1.0, x.1 / b - 1.0)).collect();
    let differences: Vec<f64> = off.iter().map(|x| x.0 - x.1).collect();
    let products: f64 = differences.windows(2).map(|pair| pair[0] * pair[1]).sum();
    let squares: f64 = differences.iter().map(|x| x * x).sum();
    let count = BATCHES as f64;
    if products > squares * DEPENDENT / count.sqrt() {
        return None;
    }
    let scale = t * t / (count * (count - 1.0));
    let sum = |of: fn(&(f64, f64)) -> f64| scale * off.iter().map(of).sum::<f64>();
    let (aa, bb, ab) = (sum(|x| x.0 * x.0), sum(|x| x.1 * x.1), sum(|x| x.0 * x.1));
    let root = ((1.0 - ab).powi(2) - (1.0 - aa) * (1.0 - bb)).sqrt();
    let interval = Interval {
        low: a / b * (1.0 - ab - root) / (1.0 - bb),
        high: a / b * (1.0 - ab + root) / (1.0 - bb),
    };
    (aa < 1.0 && bb < 1.0 && interval.low > 0.0 && interval.high.is_finite()).then_some(interval)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fastrand::Rng;

    #[test]
    fn interval_misses_the_true_ratio_at_its_level() {
        let mut rng = Rng::with_seed(5);
        let mut side = || 0.5 + rng.f64();
        let high = (0..4_000)
            .filter(|_| {
                let pairs: Vec<(f64, f64)> = (0..60).map(|_| (1.2 * side(), side())).collect();
                mean_ratio_of_batches(&pairs, T_01).is_some_and(|interval| interval.low > 1.2)
            })
            .count();
        // Expected 40, standard deviation 6.3.
        assert!((20..=60).contains(&high), "{high} of 4000");
    }

    #[test]
    fn interval_without_noise_is_the_ratio_and_few_or_dependent_rounds_have_none() {
        let exact = mean_ratio_of_batches(&[(3.0, 2.0); 24], T_01).unwrap();
        assert!((exact.low - 1.5).abs() < 1e-12 && (exact.high - 1.5).abs() < 1e-12);
        assert_eq!(mean_ratio_of_batches(&[(3.0, 2.0); 23], T_01), None);
        assert_eq!(mean_ratio_of_batches(&[(0.0, 0.0); 60], T_01), None);
        let sticky: Vec<(f64, f64)> = (0..60).map(|x| (f64::from(1 + x / 20 % 2), 1.0)).collect();
        assert_eq!(mean_ratio_of_batches(&sticky, T_01), None);
        let wild: Vec<(f64, f64)> =
            (0..60).map(|x| (1.0, if x == 30 { 1e9 } else { 1.0 })).collect();
        assert_eq!(mean_ratio_of_batches(&wild, T_01), None, "one round is the whole mean");
    }
}
