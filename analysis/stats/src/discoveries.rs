//! Which of many results stand out from chance.

use super::paired::Comparison;
use super::verdict::Verdict;

/// False discovery rate of *leaning*.
const LEANING: f64 = 0.05;

/// Which of many p-values are discoveries, so that at most a share `rate` of them is false on
/// average: the step-up rule of Benjamini & Hochberg, "Controlling the false discovery rate", Journal
/// of the Royal Statistical Society B 57 (1995), §3.1.
///
/// One answer for each p-value, in their order. A p-value that is not a number is not a discovery.
pub fn discoveries(p_values: &[f64], rate: f64) -> Vec<bool> {
    let mut sorted: Vec<f64> = p_values.iter().copied().filter(|p| !p.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    let step = rate / p_values.len() as f64;
    let last = sorted.iter().enumerate().rev().find(|(k, p)| **p <= step * (*k + 1) as f64);
    p_values.iter().map(|p| last.is_some_and(|(_, bar)| p <= bar)).collect()
}

/// Marks the open comparisons of a table that probably differ: [`discoveries`] among the p-values of all its
/// comparisons, at a false discovery rate of 5%.
pub fn lean<'a>(table: impl IntoIterator<Item = &'a mut Comparison>) {
    let mut table: Vec<&mut Comparison> =
        table.into_iter().filter(|row| row.p_value.is_some()).collect();
    let p_values: Vec<f64> = table.iter().filter_map(|row| row.p_value).collect();
    for (row, differs) in table.iter_mut().zip(discoveries(&p_values, LEANING)) {
        if differs && row.verdict == Verdict::Open {
            row.verdict = match row.ratio {
                Some(ratio) if ratio < 1.0 => Verdict::LeansFaster,
                _ => Verdict::LeansSlower,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fastrand::Rng;
    use proptest::prelude::{prop, prop_assert_eq, proptest};

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
    fn step_up_rule_uses_a_later_crossing() {
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
