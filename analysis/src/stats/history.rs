//! Which change stands out from the changes that this machine makes by itself.

use super::quantile::quantile;

/// Past deltas without which there is no threshold: from 10, noise passes it in 2.5–7% of cells.
const FEWEST_RUNS: usize = 30;
/// Interquartile ranges above the third quartile, as rustc-perf has it.
const FENCE: f64 = 3.0;
/// No smaller change is ever reported.
const LEAST: f64 = 0.01;

/// The size from which a relative change is out of the ordinary: Q3 + 3·IQR of past sizes, 1% at
/// least (Tukey, *Exploratory Data Analysis*, §2D: the outer fence).
///
/// `deltas` are relative changes of one cell, one of each past run on the same machine (0.02 is 2%
/// up or, negative, down). `None` from fewer than 30 of them; those that are not finite do not count.
pub fn threshold(deltas: &[f64]) -> Option<f64> {
    let mut sizes: Vec<f64> =
        deltas.iter().map(|delta| delta.abs()).filter(|size| size.is_finite()).collect();
    if sizes.len() < FEWEST_RUNS {
        return None;
    }
    sizes.sort_by(f64::total_cmp);
    let (first, third) = (quantile(&sizes, 0.25), quantile(&sizes, 0.75));
    Some((third + FENCE * (third - first)).max(LEAST))
}

/// Which of many p-values are discoveries, so that at most a share `rate` of them is false on
/// average: the step-up rule of Benjamini & Hochberg, "Controlling the false discovery rate", Journal
/// of the Royal Statistical Society B 57 (1995), §3.1.
///
/// One answer for each p-value, in their order. A p-value that is not a number is no discovery.
pub fn discoveries(p_values: &[f64], rate: f64) -> Vec<bool> {
    let mut sorted: Vec<f64> = p_values.iter().copied().filter(|p| !p.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    let step = rate / p_values.len() as f64;
    let last = sorted.iter().enumerate().rev().find(|(k, p)| **p <= step * (*k + 1) as f64);
    p_values.iter().map(|p| last.is_some_and(|(_, bar)| p <= bar)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fastrand::Rng;
    use proptest::prelude::{prop, prop_assert_eq, proptest};

    #[test]
    fn the_threshold_is_the_outer_fence() {
        // Sizes 0.01 … 0.41: quartiles 0.11 and 0.31.
        let deltas: Vec<f64> =
            (1..=41).map(|n| if n % 2 == 0 { 0.01 } else { -0.01 } * f64::from(n)).collect();
        assert!((threshold(&deltas).unwrap() - (0.31 + 3.0 * 0.20)).abs() < 1e-12);
    }

    #[test]
    fn there_is_no_threshold_from_few_runs_and_none_below_one_percent() {
        assert_eq!(threshold(&[0.02; 29]), None);
        assert_eq!(threshold(&[0.001; 30]), Some(0.01));
        let mut deltas = vec![0.02; 29];
        deltas.push(f64::NAN);
        assert_eq!(threshold(&deltas), None);
    }

    #[test]
    fn the_discoveries_of_the_paper_are_found() {
        // The example of Benjamini & Hochberg, 15 p-values: four are discoveries at 0.05.
        let p_values = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.0,
        ];
        let found = discoveries(&p_values, 0.05);
        assert_eq!(found, (0..15).map(|k| k < 4).collect::<Vec<bool>>());
    }

    #[test]
    fn a_step_up_rule_takes_a_later_crossing() {
        // The first misses its own bar of 0.025 and is carried by the second.
        assert_eq!(discoveries(&[0.04, 0.05], 0.05), [true, true]);
        assert_eq!(discoveries(&[0.04, 0.06], 0.05), [false, false]);
        assert_eq!(discoveries(&[f64::NAN, 0.01], 0.05), [false, true]);
        assert_eq!(discoveries(&[], 0.05), Vec::<bool>::new());
    }

    #[test]
    fn few_discoveries_are_false() {
        let mut rng = Rng::with_seed(8);
        let rounds = 300;
        let shares: f64 = (0..rounds)
            .map(|_| {
                // 80 cells without a change, 20 with one.
                let p_values: Vec<f64> =
                    (0..100).map(|cell| rng.f64() * if cell < 80 { 1.0 } else { 1e-3 }).collect();
                let found = discoveries(&p_values, 0.1);
                let falsely = found[..80].iter().filter(|found| **found).count();
                falsely as f64 / found.iter().filter(|found| **found).count().max(1) as f64
            })
            .sum();
        let share = shares / f64::from(rounds);
        // The rule promises rate × (share of cells without a change) = 0.08.
        assert!((0.06..=0.1).contains(&share), "{share}");
    }

    proptest! {
        #[test]
        fn discoveries_do_not_depend_on_the_order(
            p_values in prop::collection::vec(0.0..0.2_f64, 1..40)
        ) {
            let mut turned = p_values.clone();
            turned.reverse();
            let mut found = discoveries(&turned, 0.1);
            found.reverse();
            prop_assert_eq!(found, discoveries(&p_values, 0.1));
        }
    }
}
