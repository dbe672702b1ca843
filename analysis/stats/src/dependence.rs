//! Dependent rounds: rounds that resemble their neighbors count as fewer samples.

use super::interval::median;

/// The number of consecutive samples, in the order of time, that are worth one independent sample.
///
/// The test uses the signs about the median, because the sign interval uses nothing else. Where
/// their lag-1 autocorrelation exceeds 2/√n (two standard errors of white noise: Box, Jenkins &
/// Reinsel, *Time Series Analysis*, §2.1.6), consecutive samples are replaced by the medians of
/// batches (batch means: Law, *Simulation Modeling and Analysis*, §9.5.3), which grow until it does not.
///
/// Dependence that lasts longer than the series cannot be detected.
pub(super) fn batch_size(samples: &[f64]) -> usize {
    let mut size = 1;
    while samples.len() / size > 2 && dependent(&batches(samples, size)) {
        size += 1;
    }
    size
}

/// The medians of consecutive batches of a size.
pub(super) fn batches(samples: &[f64], size: usize) -> Vec<f64> {
    // A rest shorter than a batch would have the weight of a whole one.
    samples.chunks_exact(size).filter_map(median).collect()
}

/// Whether samples in the order of time resemble their neighbors: the lag-1 autocorrelation of their
/// signs about the median exceeds 2/√n.
pub fn dependent(samples: &[f64]) -> bool {
    let Some(middle) = median(samples) else { return false };
    let n = samples.len() as f64;
    let above: Vec<f64> = samples.iter().map(|x| f64::from(u8::from(*x > middle))).collect();
    // This is not one half if many samples equal the median.
    let share = above.iter().sum::<f64>() / n;
    let spread: f64 = above.iter().map(|x| (x - share).powi(2)).sum();
    let products: f64 = above.windows(2).map(|pair| (pair[0] - share) * (pair[1] - share)).sum();
    spread > 0.0 && products / spread > 2.0 / n.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fastrand::Rng;
    use runtime_bench_fixtures::normal;

    /// A series in which each sample keeps `memory` of the one before.
    fn series(rng: &mut Rng, length: usize, memory: f64) -> Vec<f64> {
        let mut last = normal(rng);
        let fresh = (1.0 - memory * memory).sqrt();
        (0..length)
            .map(|_| {
                last = memory * last + fresh * normal(rng);
                last
            })
            .collect()
    }

    #[test]
    fn independent_samples_are_rarely_batched() {
        let mut rng = Rng::with_seed(1);
        let kept = (0..500).filter(|_| batch_size(&series(&mut rng, 60, 0.0)) == 1).count();
        assert!(kept >= 475, "{kept} of 500");
    }

    #[test]
    fn strong_autocorrelation_is_batched_away() {
        let mut rng = Rng::with_seed(2);
        let batched = (0..200).filter(|_| batch_size(&series(&mut rng, 100, 0.8)) > 1);
        assert!(batched.count() >= 195);
    }

    #[test]
    fn sticky_modes_leave_few_samples() {
        let modes: Vec<f64> = (0..60).map(|round| f64::from(round / 20 % 2)).collect();
        assert!(60 / batch_size(&modes) < 13, "{}", batch_size(&modes));
    }

    #[test]
    fn equal_samples_are_not_dependent() {
        assert_eq!(batch_size(&[1.0; 20]), 1);
        assert_eq!(batch_size(&[]), 1);
    }
}
