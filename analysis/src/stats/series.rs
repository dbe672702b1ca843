//! The median of one series.

use super::dependence::batch_size;
use super::interval::{Interval, dependent_interval};
use super::verdict::fewest_pairs;

/// The sign interval of the median of samples in the order of time, at an error level; wider where
/// neighbours resemble each other, as for pairs.
///
/// `None` with fewer independent samples than a verdict at this level needs of pairs.
pub fn series_interval(samples: &[f64], level: f64) -> Option<Interval> {
    let finite: Vec<f64> = samples.iter().copied().filter(|x| x.is_finite()).collect();
    let independent = finite.len() / batch_size(&finite);
    (independent >= fewest_pairs(level))
        .then(|| dependent_interval(&finite, independent, level))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::median_interval;
    use fastrand::Rng;

    #[test]
    fn it_is_the_order_statistic_interval_of_independent_samples() {
        // Conover, table A3: n = 20, α = 0.05 → the 6th smallest and the 6th largest, or a little inside
        // of them. Up and down in turn, so that no neighbors are alike.
        let samples: Vec<f64> =
            (0..20).map(|x| f64::from(if x % 2 == 0 { 1 + x / 2 } else { 20 - x / 2 })).collect();
        let interval = series_interval(&samples, 0.05);
        assert_eq!(interval, median_interval(&samples, 0.05));
        assert!(interval.is_some_and(|interval| interval.within(5.9, 15.1)));
    }

    #[test]
    fn too_few_or_too_much_alike_have_none() {
        assert_eq!(series_interval(&[], 0.05), None);
        assert_eq!(series_interval(&[1.0; 12], 0.05), None);
        assert_eq!(series_interval(&[f64::NAN; 40], 0.05), None);
        assert!(series_interval(&[1.0; 13], 0.05).is_some());
        assert_eq!(series_interval(&[1.0; 14], 1e-6), None, "14 cannot bear so strict a level");
        let sticky: Vec<f64> = (0..60).map(|x| f64::from(x / 20 % 2)).collect();
        assert_eq!(series_interval(&sticky, 0.05), None);
    }

    #[test]
    fn it_covers_the_true_median_as_often_as_it_says() {
        let mut rng = Rng::with_seed(11);
        let covered = (0..2_000)
            .filter(|_| {
                // Exponential: skewed, true median ln 2.
                let samples: Vec<f64> = (0..30).map(|_| -(1.0 - rng.f64()).ln()).collect();
                series_interval(&samples, 0.05)
                    .is_none_or(|i| (i.low..=i.high).contains(&std::f64::consts::LN_2))
            })
            .count();
        assert!(covered >= 1_900, "{covered} of 2000");
    }
}
