//! Growth of a cost with the size of the work.

use serde::{Deserialize, Serialize};

use super::bootstrap::of_medians;
use super::interval::{Interval, median};

/// Minimum number of different sizes: a line through two always fits.
const FEWEST_SIZES: usize = 3;

/// A cost as a power of a size: cost = `cost` · (N ÷ `size`)^`exponent`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PowerLaw {
    /// 1 is linear, 0 is independent of N.
    pub exponent: f64,
    /// 99% bootstrap interval of the exponent; `None` where a size has fewer than 8 processes.
    pub interval: Option<Interval>,
    /// The geometric mean of the sizes. The law is centered there and not at 1, which may be far away.
    pub size: f64,
    /// The fitted cost at that size, in the unit of the costs.
    pub cost: f64,
    /// For each size: N, and ln(measured ÷ fitted). A pattern in them shows that it is not a power law.
    pub residuals: Vec<(f64, f64)>,
    /// Share of the variance of the log costs that the fit explains; `None` if they do not vary.
    pub r_squared: Option<f64>,
}

impl PowerLaw {
    /// The fitted cost at a size.
    pub fn at(&self, size: f64) -> f64 {
        self.cost * (size / self.size).powf(self.exponent)
    }
}

/// Fits a power law: least squares of the logs of the sizes' median costs on the logs of the sizes.
///
/// `sizes` holds N and the costs of its processes, which are resampled within each size (Davison &
/// Hinkley, *Bootstrap Methods and their Application*, §3.2). Sizes and costs that are not positive
/// and finite are left out. `None` below three different sizes.
pub fn power_law(sizes: &[(f64, Vec<f64>)]) -> Option<PowerLaw> {
    let positive = |value: &f64| value.is_finite() && *value > 0.0;
    let usable: Vec<(f64, Vec<f64>)> = sizes
        .iter()
        .filter(|(n, _)| positive(n))
        .map(|(n, costs)| (n.ln(), costs.iter().copied().filter(positive).collect()))
        .filter(|(_, costs): &(f64, Vec<f64>)| !costs.is_empty())
        .collect();
    if distinct(usable.iter().map(|(x, _)| *x)) < FEWEST_SIZES {
        return None;
    }
    let xs: Vec<f64> = usable.iter().map(|(x, _)| *x).collect();
    let medians = usable.iter().map(|(_, costs)| median(costs).map(f64::ln));
    let ys: Vec<f64> = medians.collect::<Option<_>>()?;
    let costs: Vec<Vec<f64>> = usable.into_iter().map(|(_, costs)| costs).collect();
    let exponent = slope(&xs, &ys);
    let (mean_x, mean_y) = (mean(&xs), mean(&ys));
    let residuals: Vec<f64> =
        xs.iter().zip(&ys).map(|(x, y)| y - mean_y - exponent * (x - mean_x)).collect();
    let total: f64 = ys.iter().map(|y| (y - mean_y).powi(2)).sum();
    let unexplained: f64 = residuals.iter().map(|residual| residual.powi(2)).sum();
    Some(PowerLaw {
        exponent,
        interval: of_medians(&costs, |drawn| {
            slope(&xs, &drawn.iter().map(|y| y.ln()).collect::<Vec<_>>())
        }),
        size: mean_x.exp(),
        cost: mean_y.exp(),
        residuals: xs.iter().map(|x| x.exp()).zip(residuals).collect(),
        r_squared: (total > 0.0).then(|| 1.0 - unexplained / total),
    })
}

/// The number of different values.
pub(super) fn distinct(values: impl Iterator<Item = f64>) -> usize {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values.len()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The least-squares slope. The `xs` must not all be equal.
fn slope(xs: &[f64], ys: &[f64]) -> f64 {
    let middle = mean(xs);
    let products: f64 = xs.iter().zip(ys).map(|(x, y)| (x - middle) * y).sum();
    products / xs.iter().map(|x| (x - middle).powi(2)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fastrand::Rng;
    use proptest::prelude::{prop_assert, proptest};

    #[test]
    fn an_exact_power_is_found() {
        let sizes: Vec<(f64, Vec<f64>)> =
            [10.0, 100.0, 1_000.0].iter().map(|n: &f64| (*n, vec![3.0 * n.powf(1.5); 8])).collect();
        let fit = power_law(&sizes).unwrap();
        assert!((fit.exponent - 1.5).abs() < 1e-9, "{fit:?}");
        assert!((fit.size - 100.0).abs() < 1e-9 && (fit.cost - 3_000.0).abs() < 1e-6, "{fit:?}");
        assert!((fit.at(1.0) - 3.0).abs() < 1e-9, "{fit:?}");
        assert!((fit.r_squared.unwrap() - 1.0).abs() < 1e-9);
        assert!(fit.residuals.iter().all(|(_, residual)| residual.abs() < 1e-9));
        assert!((fit.residuals[1].0 - 100.0).abs() < 1e-9);
        let interval = fit.interval.unwrap();
        assert!((interval.low - 1.5).abs() < 1e-9 && (interval.high - 1.5).abs() < 1e-9);
    }

    #[test]
    fn poor_fit_explains_no_variance() {
        // Logs to the base e: x = 0, 1, 2 and y = 0, 1, 0; the slope is 0.
        let e = std::f64::consts::E;
        let fit = power_law(&[(1.0, vec![1.0]), (e, vec![e]), (e * e, vec![1.0])]).unwrap();
        assert!(fit.exponent.abs() < 1e-12 && fit.r_squared.unwrap().abs() < 1e-12, "{fit:?}");
        assert!((fit.residuals[1].1 - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(fit.interval, None, "one process cannot be resampled");
    }

    #[test]
    fn a_cost_that_does_not_vary_has_exponent_zero_and_nothing_to_explain() {
        let fit = power_law(&[1.0, 2.0, 4.0].map(|n| (n, vec![1.0; 8]))).unwrap();
        assert!(fit.exponent.abs() < 1e-12);
        assert_eq!(fit.r_squared, None);
    }

    #[test]
    fn fewer_than_three_sizes_have_no_fit() {
        let size = |n: f64, cost: f64| (n, vec![cost; 8]);
        assert_eq!(power_law(&[]), None);
        assert_eq!(power_law(&[size(1.0, 1.0), size(2.0, 2.0), size(2.0, 2.1)]), None);
        assert_eq!(power_law(&[size(0.0, 1.0), size(1.0, 1.0), size(2.0, 2.0)]), None);
        assert_eq!(power_law(&[size(1.0, 0.0), size(2.0, 1.0), size(4.0, 2.0)]), None);
        assert_eq!(power_law(&[size(1.0, f64::NAN), size(2.0, 1.0), size(4.0, 2.0)]), None);
    }

    #[test]
    fn the_interval_covers_the_true_exponent_as_often_as_it_says() {
        let mut rng = Rng::with_seed(21);
        let runs = 300;
        let covered = (0..runs)
            .filter(|_| {
                // One process in five is in a mode that is half as fast again.
                let mut cost = |n: f64| {
                    let mode = if rng.f64() < 0.2 { 1.5 } else { 1.0 };
                    n.powf(0.9) * mode * (1.0 + 0.2 * rng.f64())
                };
                let sizes = [1.0, 10.0, 100.0, 1_000.0]
                    .map(|n| (n, (0..40).map(|_| cost(n)).collect::<Vec<f64>>()));
                let interval = power_law(&sizes).unwrap().interval.unwrap();
                // And not by being wide.
                interval.low <= 0.9 && 0.9 <= interval.high && interval.high < interval.low + 0.1
            })
            .count();
        assert!(covered >= 285, "{covered} of {runs}");
    }

    #[test]
    fn sizes_that_lie_close_together_have_finite_figures() {
        let sizes = [(1e9, 4.0), (1e9 + 1.0, 1.0), (1e9 + 2.0, 0.5)];
        let fit = power_law(&sizes.map(|(n, cost)| (n, vec![cost; 8]))).unwrap();
        assert!(fit.exponent.is_finite() && fit.cost.is_finite(), "{fit:?}");
        assert!((fit.cost - 2_f64.cbrt()).abs() < 1e-6, "{fit:?}");
    }

    proptest! {
        #[test]
        fn the_unit_of_the_cost_does_not_matter(
            unit in 1e-6..1e6_f64, costs in proptest::array::uniform4(0.1..10.0_f64)
        ) {
            let sizes = |unit: f64| [0, 1, 2, 3].map(|k| (2_f64.powi(k), vec![unit * costs[k as usize]]));
            let (one, other) = (power_law(&sizes(1.0)).unwrap(), power_law(&sizes(unit)).unwrap());
            prop_assert!((one.exponent - other.exponent).abs() < 1e-9);
            prop_assert!((other.cost / one.cost / unit - 1.0).abs() < 1e-9);
            let sum: f64 = one.residuals.iter().map(|(_, residual)| residual).sum();
            prop_assert!(sum.abs() < 1e-9);
        }
    }
}
