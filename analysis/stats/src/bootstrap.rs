//! Common parts of the bootstraps: medians of resamples, and the percentile interval.

use fastrand::Rng;
use runtime_bench_results::histogram::fewest_samples;

use super::interval::Interval;

/// A fixed seed, so that every reading of a file gives the same intervals.
pub(super) const SEED: u64 = 0x7363_616c_696e_6721;
/// Error level of the intervals, two-sided.
pub(super) const LEVEL: f64 = 0.01;
/// Minimum number of resamples for an interval at [`LEVEL`], which then reaches from the smallest to the
/// largest. Whole tables are resampled, and no verdict depends on it.
const RESAMPLES: usize = 199;

/// The percentile interval of resampled statistics at error level `alpha`, two-sided: the order
/// statistics (R+1)·α/2 from either end (Davison & Hinkley, *Bootstrap Methods and their
/// Application*, §5.3.1). `None` where there are too few or one is not finite.
pub(super) fn percentile_interval(mut resampled: Vec<f64>, alpha: f64) -> Option<Interval> {
    // 200 × 0.005 must not become 0.999….
    let rank = ((resampled.len() + 1) as f64 * alpha / 2.0 + 1e-9).floor() as usize;
    if rank == 0 || resampled.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let last = resampled.len().checked_sub(rank)?;
    let mut ranked = |place| *resampled.select_nth_unstable_by(place, f64::total_cmp).1;
    Some(Interval { low: ranked(rank - 1), high: ranked(last) })
}

/// Draws the medians of resamples.
///
/// The samples are sorted once, and a resample counts how often each was drawn, which is several times faster
/// than sorting each resample.
struct Medians {
    sorted: Vec<f64>,
    drawn: Vec<usize>,
}

impl Medians {
    /// `None` without a finite sample.
    fn new(samples: &[f64]) -> Option<Self> {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        let usable = !sorted.is_empty() && sorted.iter().all(|sample| sample.is_finite());
        usable.then(|| Self { drawn: vec![0; sorted.len()], sorted })
    }

    /// The median of as many samples, drawn with replacement.
    fn draw(&mut self, rng: &mut Rng) -> f64 {
        let n = self.sorted.len();
        self.drawn.fill(0);
        for _ in 0..n {
            self.drawn[rng.usize(..n)] += 1;
        }
        let mut seen = 0;
        let mut at = 0;
        let mut ranked = |rank: usize| {
            while seen + self.drawn[at] < rank {
                seen += self.drawn[at];
                at += 1;
            }
            self.sorted[at]
        };
        let low = ranked(n.div_ceil(2));
        f64::midpoint(low, ranked(n / 2 + 1))
    }
}

/// The interval at [`LEVEL`] of a statistic of the medians of several series, each resampled separately
/// (Efron & Tibshirani, *An Introduction to the Bootstrap*, ch. 8). `None` where a series has too few samples
/// for a median.
pub(super) fn of_medians(
    series: &[Vec<f64>],
    statistic: impl Fn(&[f64]) -> f64,
) -> Option<Interval> {
    let fewest = fewest_samples(0.5)?;
    if series.iter().any(|samples| (samples.len() as u64) < fewest) {
        return None;
    }
    let each = series.iter().map(|samples| Medians::new(samples));
    let mut medians: Vec<Medians> = each.collect::<Option<_>>()?;
    let mut rng = Rng::with_seed(SEED);
    let mut resample = || {
        let drawn: Vec<f64> = medians.iter_mut().map(|one| one.draw(&mut rng)).collect();
        statistic(&drawn)
    };
    percentile_interval((0..RESAMPLES).map(|_| resample()).collect(), LEVEL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::median;

    #[test]
    fn fewest_resamples_span_the_whole_range() {
        let resampled: Vec<f64> = (0..RESAMPLES as u32).rev().map(f64::from).collect();
        let interval = percentile_interval(resampled.clone(), LEVEL);
        assert_eq!(interval, Some(Interval { low: 0.0, high: 198.0 }));
        assert_eq!(percentile_interval(resampled[1..].to_vec(), LEVEL), None);
        assert_eq!(percentile_interval(vec![f64::NAN; RESAMPLES], LEVEL), None);
        let interval = percentile_interval(resampled, 0.1);
        assert_eq!(interval, Some(Interval { low: 9.0, high: 189.0 }));
    }

    #[test]
    fn drawn_median_is_the_median_of_the_resample() {
        for n in [1_usize, 2, 7, 10] {
            let samples: Vec<f64> = (0..n).map(|k| (k * k) as f64).collect();
            let mut medians = Medians::new(&samples).unwrap();
            let (mut rng, mut same) = (Rng::with_seed(6), Rng::with_seed(6));
            for _ in 0..50 {
                let resample: Vec<f64> = (0..n).map(|_| samples[same.usize(..n)]).collect();
                assert_eq!(Some(medians.draw(&mut rng)), median(&resample), "{n}");
            }
        }
    }

    #[test]
    fn no_samples_have_no_median() {
        assert!(Medians::new(&[]).is_none());
        assert!(Medians::new(&[1.0, f64::INFINITY]).is_none());
    }
}
