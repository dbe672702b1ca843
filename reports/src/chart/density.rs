//! The density of the values of a sample.

use runtime_bench_analysis::stats::quartiles;

/// Number of places at which the density is computed.
const STEPS: usize = 40;
/// Number of values of a sorted sample that define its shape.
const ENOUGH: usize = 400;
/// Minimum width of a bump as a share of the axis; a narrower one would look like a line.
const NARROWEST: f64 = 0.006;

/// The density of a sorted sample from its first to its last value: places and heights, of which
/// the largest is 1. Gaussian kernel, bandwidth by Silverman (1986), formula 3.31.
pub(super) fn density(sorted: &[f64]) -> Vec<(f64, f64)> {
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else {
        return Vec::new();
    };
    let every = sorted.len().div_ceil(ENOUGH);
    let sample: Vec<f64> = sorted.iter().step_by(every).copied().collect();
    let width = bandwidth(sorted);
    // If all values are equal, a small bump shows them.
    let (from, to) = (first - NARROWEST, last + NARROWEST);
    let at = |step: usize| from + (to - from) * step as f64 / (STEPS - 1) as f64;
    let height = |place: f64| -> f64 {
        sample.iter().map(|value| (-((place - value) / width).powi(2) / 2.0).exp()).sum()
    };
    let raw: Vec<(f64, f64)> = (0..STEPS).map(at).map(|place| (place, height(place))).collect();
    let highest = raw.iter().map(|(_, height)| *height).fold(f64::MIN_POSITIVE, f64::max);
    raw.into_iter().map(|(place, height)| (place, height / highest)).collect()
}

fn bandwidth(sorted: &[f64]) -> f64 {
    let count = sorted.len() as f64;
    let mean = sorted.iter().sum::<f64>() / count;
    let variance = sorted.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    let quartiles = quartiles(sorted).map_or(0.0, |five| (five.third - five.first) / 1.34);
    // Half of the values may be equal, so the quartiles may be useless.
    let spread = if quartiles > 0.0 { quartiles.min(variance.sqrt()) } else { variance.sqrt() };
    (0.9 * spread * count.powf(-0.2)).max(NARROWEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_clusters_have_two_peaks() {
        let values: Vec<f64> =
            (0..40).map(|n| f64::from(n % 20) * 0.002 + if n < 20 { 0.2 } else { 0.8 }).collect();
        let outline = density(&values);
        let peaks = outline.windows(3).filter(|at| at[1].1 > at[0].1 && at[1].1 > at[2].1).count();
        assert_eq!(peaks, 2, "{outline:?}");
    }

    #[test]
    fn equal_values_and_none_have_an_outline_of_numbers() {
        assert!(density(&[]).is_empty());
        let same = density(&[0.5; 9]);
        assert!(same.iter().all(|(place, height)| place.is_finite() && *height <= 1.0));
        assert!(same.iter().any(|(_, height)| *height > 0.9));
    }
}
