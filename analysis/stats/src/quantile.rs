//! Quantiles of a sample.

/// The five numbers of a box plot (Tukey, *Exploratory Data Analysis*, §2B).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quartiles {
    /// The smallest value.
    pub least: f64,
    /// The first quartile.
    pub first: f64,
    /// The median.
    pub median: f64,
    /// The third quartile.
    pub third: f64,
    /// The largest value.
    pub greatest: f64,
}

/// The quartiles of some values, ignoring those that are not finite; `None` without values.
pub fn quartiles(values: &[f64]) -> Option<Quartiles> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let (least, greatest) = (*sorted.first()?, *sorted.last()?);
    let at = |share| quantile(&sorted, share);
    Some(Quartiles { least, first: at(0.25), median: at(0.5), third: at(0.75), greatest })
}

/// By linear interpolation between order statistics (Hyndman & Fan, "Sample quantiles in statistical
/// packages", 1996, definition 7). `sorted` must not be empty.
pub(super) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + place.fract() * (above - below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_interpolated() {
        assert!((quantile(&[1.0, 2.0, 3.0, 4.0], 0.25) - 1.75).abs() < 1e-12);
        assert!((quantile(&[5.0], 0.75) - 5.0).abs() < 1e-12);
    }

    #[test]
    fn quartiles_accept_any_order_and_ignore_non_finite_values() {
        let found = quartiles(&[5.0, f64::NAN, 1.0, 4.0, 2.0, 3.0, f64::INFINITY]).unwrap();
        let expected = Quartiles { least: 1.0, first: 2.0, median: 3.0, third: 4.0, greatest: 5.0 };
        assert_eq!(found, expected);
        assert_eq!(quartiles(&[f64::NAN]), None);
    }
}
