//! The median of one series.

use super::dependence::batch_size;
use super::interval::{Interval, dependent_interval, median};
use super::paired::{SHOWN_LEVEL, fewest_pairs};

/// The interval of a single figure: the 95% interval of the median of samples in the order of time.
///
/// Unlike a ratio within a round, a figure drifts with the machine. The interval therefore spans the sign
/// intervals of the whole series and of each half, each wider if neighbors resemble each other, so that it
/// includes a drift between the halves. `None` with fewer than six independent samples.
pub fn figure_interval(samples: &[f64]) -> Option<Interval> {
    let of = |part: &[f64]| dependent_interval(part, part.len() / batch_size(part), SHOWN_LEVEL);
    let finite: Vec<f64> = samples.iter().copied().filter(|x| x.is_finite()).collect();
    let (earlier, later) = finite.split_at(finite.len() / 2);
    Some([earlier, later].into_iter().filter_map(of).fold(of(&finite)?, Interval::hull))
}

/// The interval of the median of samples in the order of time, at an error level: the sign interval, wider
/// where neighbors resemble each other, as for pairs.
///
/// With fewer independent samples than a verdict at this level requires, the interval comes from the medians
/// of the thirds of the series and is never narrower than all samples. It is much wider, but still decides
/// values that lie far from a bound. `None` with fewer than six.
pub fn series_interval(samples: &[f64], level: f64) -> Option<Interval> {
    let finite: Vec<f64> = samples.iter().copied().filter(|x| x.is_finite()).collect();
    let independent = finite.len() / batch_size(&finite);
    (independent >= fewest_pairs(level))
        .then(|| dependent_interval(&finite, independent, level))
        .flatten()
        .or_else(|| of_thirds(&finite, level))
}

/// Student's interval, with two degrees of freedom, of the medians of three long batches (batch means: Law,
/// *Simulation Modeling and Analysis*, §9.5.3), and all samples.
fn of_thirds(samples: &[f64], level: f64) -> Option<Interval> {
    let third = samples.len() / 3;
    let cuts = (third > 1).then_some([0, third, samples.len() - third, samples.len()])?;
    let medians: Vec<f64> =
        cuts.windows(2).filter_map(|cut| median(&samples[cut[0]..cut[1]])).collect();
    let mean = medians.iter().sum::<f64>() / 3.0;
    let variance = medians.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 2.0;
    // The quantile of two degrees of freedom is (2p − 1) ÷ √(2p(1 − p)), here at p = 1 − level ÷ 2.
    let quantile = (1.0 - level) / (level * (1.0 - level / 2.0)).sqrt();
    let half = quantile * (variance / 3.0).sqrt();
    let of_medians = Interval { low: mean - half, high: mean + half };
    let all = samples.iter().map(|&x| Interval { low: x, high: x });
    Some(all.fold(of_medians, Interval::hull))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::median_interval;
    use fastrand::Rng;
    use runtime_bench_fixtures::normal;

    #[test]
    fn independent_samples_have_the_order_statistic_interval() {
        // Conover, table A3: n = 20, α = 0.05 → the 6th smallest and the 6th largest, or a little inside
        // of them. Up and down in turn, so that no neighbors are alike.
        let samples: Vec<f64> =
            (0..20).map(|x| f64::from(if x % 2 == 0 { 1 + x / 2 } else { 20 - x / 2 })).collect();
        let interval = series_interval(&samples, 0.05);
        assert_eq!(interval, median_interval(&samples, 0.05));
        assert!(interval.is_some_and(|interval| interval.within(5.9, 15.1)));
    }

    #[test]
    fn few_or_dependent_samples_have_a_much_wider_interval_or_none() {
        assert_eq!(series_interval(&[], 0.05), None);
        assert_eq!(series_interval(&[1.0; 5], 0.05), None);
        assert_eq!(series_interval(&[f64::NAN; 40], 0.05), None);
        let sticky: Vec<f64> = (0..60).map(|x| f64::from(x / 20 % 2)).collect();
        let wide = series_interval(&sticky, 0.05).unwrap();
        assert!(wide.low < -1.0 && wide.high > 1.5, "{wide:?}");
        let few: Vec<f64> = (0..12).map(|x| f64::from(x % 4)).collect();
        let wide = series_interval(&few, 1e-4).unwrap();
        assert!(wide.low <= 0.0 && wide.high >= 3.0, "{wide:?}");
    }

    #[test]
    fn intervals_of_few_or_dependent_samples_miss_the_median_at_most_at_their_level() {
        let mut rng = Rng::with_seed(13);
        for (rounds, most) in [(8, 20), (12, 20)] {
            let missed = (0..2_000).filter(|_| {
                let samples: Vec<f64> = (0..rounds).map(|_| normal(&mut rng)).collect();
                series_interval(&samples, 0.01).is_some_and(|i| !(i.low..=i.high).contains(&0.0))
            });
            let missed = missed.count();
            assert!(missed <= most, "{missed} of 2000 with {rounds} rounds");
        }
        let missed = (0..2_000).filter(|_| {
            let samples = drifting(&mut rng, 0.97, 1.0);
            of_thirds(&samples, 0.01).is_some_and(|i| !(i.low..=i.high).contains(&0.0))
        });
        let missed = missed.count();
        assert!(missed <= 20, "{missed} of 2000 that drift");
    }

    /// Which share of first halves have an interval that holds the median of the second half.
    fn half_against_half(
        interval: impl Fn(&[f64]) -> Option<Interval>,
        mut series: impl FnMut(&mut Rng) -> Vec<f64>,
    ) -> f64 {
        let mut rng = Rng::with_seed(15);
        let held: Vec<bool> = (0..400)
            .filter_map(|_| {
                let series = series(&mut rng);
                let (first, second) = series.split_at(series.len() / 2);
                let middle = median(second)?;
                interval(first).map(|i| (i.low..=i.high).contains(&middle))
            })
            .collect();
        assert!(held.len() > 300, "{} have an interval", held.len());
        held.iter().filter(|held| **held).count() as f64 / held.len() as f64
    }

    /// Noise about a level that keeps `memory` of itself from round to round, of a spread relative to the
    /// noise.
    fn drifting(rng: &mut Rng, memory: f64, spread: f64) -> Vec<f64> {
        let mut level = normal(rng);
        let step = (1.0 - memory * memory).sqrt();
        (0..80)
            .map(|_| {
                level = memory * level + step * normal(rng);
                spread * level + normal(rng)
            })
            .collect()
    }

    /// Noise in one of two modes, which changes every `rounds` rounds on average.
    fn sticky(rng: &mut Rng, rounds: usize, apart: f64) -> Vec<f64> {
        let mut mode = rng.bool();
        (0..80)
            .map(|_| {
                mode ^= rng.usize(..rounds) == 0;
                f64::from(u8::from(mode)) * apart + normal(rng)
            })
            .collect()
    }

    #[test]
    fn interval_of_one_half_of_a_drifting_run_holds_the_median_of_the_other() {
        // `before` is the sign interval of samples that are taken for independent.
        let before = |samples: &[f64]| dependent_interval(samples, samples.len(), SHOWN_LEVEL);
        let holds = |name: &str, most_before: f64, make: &dyn Fn(&mut Rng) -> Vec<f64>| {
            let (was, is) =
                (half_against_half(before, make), half_against_half(figure_interval, make));
            assert!(was < most_before && is >= 0.85, "{name}: {was} before, {is} now");
        };
        holds("independent", 0.88, &|rng| drifting(rng, 0.0, 1.0));
        holds("autocorrelation of 0.3", 0.80, &|rng| drifting(rng, 0.6, 1.0));
        holds("slow drift", 0.70, &|rng| drifting(rng, 0.97, 0.5));
        holds("modes of 3 rounds", 0.75, &|rng| sticky(rng, 3, 4.0));
        holds("modes of 5 rounds", 0.70, &|rng| sticky(rng, 5, 2.0));
        holds("modes of 10 rounds", 0.60, &|rng| sticky(rng, 10, 2.0));
    }

    #[test]
    fn interval_covers_the_true_median_as_often_as_stated() {
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
