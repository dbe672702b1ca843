//! The split of a series with the largest energy distance between its sides.
//!
//! Matteson & James, "A Nonparametric Approach for Multiple Change Point Analysis of Multivariate Data",
//! Journal of the American Statistical Association 109 (2014), §2.1 and §2.2, with α = 1. The method only
//! assumes that the distribution has a mean.

/// Minimum number of samples on either side of a split. With four and four, two of 70 orders separate them
/// best, and the 95% interval of a shift exists.
pub(super) const LEAST_SIDE: usize = 4;
/// Distances below this, on a log scale, are rounding.
const ROUNDING: f64 = 1e-9;

/// A split of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Split {
    /// The first sample after it.
    pub(super) at: usize,
    /// The energy distance between its sides; positive.
    pub(super) statistic: f64,
}

/// Sums of the distances between the samples of a segment, so that a statistic is a few look-ups.
#[derive(Clone, Debug, Default)]
pub(super) struct Distances {
    /// `sums[i · (n + 1) + j]`: all |xₐ − xᵦ| with a < i and b < j.
    sums: Vec<f64>,
}

impl Distances {
    /// The split of a segment that separates its sides best; `None` if the segment is too short, or all its
    /// samples are equal.
    ///
    /// It is the `at` of the pair (`at`, `until`) that maximizes `Q(x[..at], x[at..until]) = mn/(m+n) ·
    /// (2·mean |x − y| − mean |x − x′| − mean |y − y′|)`, the means over pairs of different samples (eq. 5
    /// and 6). Samples after `until` are left out, so that a second change does not hide the first (eq. 7).
    pub(super) fn best_split(&mut self, segment: &[f64]) -> Option<Split> {
        let length = segment.len();
        let last = length.checked_sub(LEAST_SIDE)?;
        self.fill(segment);
        let mut best: Option<Split> = None;
        for at in LEAST_SIDE..=last {
            // Every square contains each pair twice.
            let row = &self.sums[at * (length + 1)..][..=length];
            let (m, square) = (at as f64, row[at]);
            let within_x = square / (m * (m - 1.0));
            for (until, rest) in row.iter().enumerate().skip(at + LEAST_SIDE) {
                let n = (until - at) as f64;
                let corner = self.sums[until * (length + 1) + until];
                let within_y = (corner - 2.0 * rest + square) / (n * (n - 1.0));
                let between = (rest - square) / (m * n);
                let statistic = m * n / (m + n) * (2.0 * between - within_x - within_y);
                if statistic > best.map_or(ROUNDING, |best| best.statistic) {
                    best = Some(Split { at, statistic });
                }
            }
        }
        best
    }

    fn fill(&mut self, segment: &[f64]) {
        let width = segment.len() + 1;
        self.sums.clear();
        self.sums.resize(width * width, 0.0);
        for (i, a) in segment.iter().enumerate() {
            let (above, below) = self.sums[i * width..].split_at_mut(width);
            let mut row = 0.0;
            for (j, b) in segment.iter().enumerate() {
                let distance = (a - b).abs();
                row += if distance < ROUNDING { 0.0 } else { distance };
                below[j + 1] = above[j + 1] + row;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop, prop_assert, prop_assume, proptest};

    fn best(samples: &[f64]) -> Option<Split> {
        Distances::default().best_split(samples)
    }

    #[test]
    fn clean_step_has_the_statistic_computed_by_hand() {
        // Distances are 0 within both sides and 1 between them: Q = 4·4/8 · 2·1.
        let found = best(&[0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]).unwrap();
        assert_eq!(found, Split { at: 4, statistic: 4.0 });
        // Of 0, 2, 0, 2 and 4, 6, 4, 6: between 4, within 4·2·2/12 on either side: 2·(8 − 8/3).
        let found = best(&[0.0, 2.0, 0.0, 2.0, 4.0, 6.0, 4.0, 6.0]).unwrap();
        assert_eq!(found.at, 4);
        assert!((found.statistic - 2.0 * (8.0 - 8.0 / 3.0)).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn short_or_constant_series_have_no_split() {
        for samples in [&[][..], &[1.0; 3], &[0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]] {
            assert_eq!(best(samples), None, "{samples:?}");
        }
        assert_eq!(best(&[0.5; 20]), None);
        let rounded: Vec<f64> = (0..20).map(|k| 0.1 + f64::from(k / 10) * 1e-16).collect();
        assert_eq!(best(&rounded), None);
    }

    #[test]
    fn reverted_step_is_found_where_it_begins_or_ends() {
        let bump: Vec<f64> = (0..24)
            .map(|k| if (8..14).contains(&k) { 1.0 } else { f64::from(k % 2) / 10.0 })
            .collect();
        let found = best(&bump).unwrap();
        assert!([8, 14].contains(&found.at), "{found:?}");
    }

    proptest! {
        #[test]
        fn a_split_does_not_depend_on_origin_and_grows_with_the_scale(
            samples in prop::collection::vec(-1.0..1.0_f64, 8..30)
        ) {
            let found = best(&samples);
            prop_assume!(found.is_some());
            let found = found.unwrap();
            let moved: Vec<f64> = samples.iter().map(|x| 3.0 * x + 2.0).collect();
            let other = best(&moved).unwrap();
            prop_assert!((other.statistic - 3.0 * found.statistic).abs() < 1e-9);
            prop_assert!(found.at >= LEAST_SIDE && found.at + LEAST_SIDE <= samples.len());
        }
    }
}
