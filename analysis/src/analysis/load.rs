//! Whether the load of other programs changed in the middle of a run.

use serde::{Deserialize, Serialize};

use super::noise::LOADED;
use crate::stats::median;
use runtime_bench_results::noise::NoiseWindow;
use runtime_bench_results::run::Run;

/// More cores than any machine has, because a file may contain any number.
const MOST_CORES: f64 = 1e5;
/// Fewest windows on either side: about two seconds.
const FEWEST: usize = 20;

/// A change in the load from other programs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LoadChange {
    /// The moment, seconds since the run began.
    pub at_s: f64,
    /// Cores that other programs kept busy before it, the median.
    pub before: f64,
    /// The same after it.
    pub after: f64,
}

/// The largest change in the load of a run, if its medians differ by at least [`LOADED`] cores. `None` for a
/// merged run, whose shards ran on different machines.
///
/// The moment is where a step fits best by least squares (one change of the mean; Hinkley, "Inference about
/// the change-point in a sequence of random variables", Biometrika 57(1), 1970, §2).
pub(super) fn load_change(run: &Run) -> Option<LoadChange> {
    let mut windows: Vec<&NoiseWindow> =
        run.noise.iter().filter(|window| window.foreign_cores.is_some_and(possible)).collect();
    windows.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    let cores: Vec<f64> = windows.iter().filter_map(|window| window.foreign_cores).collect();
    let split = step(&cores)?;
    let (before, after) = (median(&cores[..split])?, median(&cores[split..])?);
    let change = LoadChange { at_s: windows[split].at_s, before, after };
    ((after - before).abs() >= LOADED).then_some(change)
}

fn possible(cores: f64) -> bool {
    (0.0..=MOST_CORES).contains(&cores)
}

/// The index at which two means explain the values best.
fn step(values: &[f64]) -> Option<usize> {
    let all: f64 = values.iter().sum();
    let mut sum: f64 = values.iter().take(FEWEST).sum();
    let mut best: Option<(usize, f64)> = None;
    for split in FEWEST..=values.len().checked_sub(FEWEST)? {
        let (left, right) = (split as f64, (values.len() - split) as f64);
        // The reduction of the sum of squares by the step.
        let gain = (sum / left - (all - sum) / right).powi(2) * left * right;
        if best.is_none_or(|(_, most)| gain > most) {
            best = Some((split, gain));
        }
        sum += values[split];
    }
    best.map(|(split, _)| split)
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime_bench_fixtures::header;
    use runtime_bench_results::run::Line;

    fn run(cores: impl IntoIterator<Item = f64>) -> Run {
        let mut run = Run::new(header("a", Vec::new()));
        for (number, cores) in cores.into_iter().enumerate() {
            let at_s = number as f64 * 0.1;
            let foreign_cores = Some(cores);
            run.push(Line::Noise(NoiseWindow {
                at_s,
                until_s: at_s + 0.1,
                foreign_cores,
                ..NoiseWindow::default()
            }));
        }
        run
    }

    #[test]
    fn rising_load_is_located() {
        let mut rng = fastrand::Rng::with_seed(9);
        let load = (0..300).map(|window| rng.f64() * 0.2 + if window < 180 { 0.0 } else { 1.1 });
        let found = load_change(&run(load)).unwrap();
        assert!((found.at_s - 18.0).abs() < 1e-9, "{found:?}");
        assert!(found.before < 0.2 && found.after > 1.1, "{found:?}");
        let falls = load_change(&run((0..300).map(|window| f64::from(window < 60)))).unwrap();
        assert!(falls.after < falls.before && (falls.at_s - 6.0).abs() < 1e-9, "{falls:?}");
    }

    #[test]
    fn steady_load_and_short_bursts_are_not_a_change() {
        let mut rng = fastrand::Rng::with_seed(5);
        for _ in 0..50 {
            let noisy: Vec<f64> = (0..200).map(|_| rng.f64() * 0.8).collect();
            assert_eq!(load_change(&run(noisy)), None);
        }
        assert_eq!(load_change(&run(vec![1.5; 400])), None);
        let burst = (0..400).map(|window| if (200..210).contains(&window) { 2.0 } else { 0.1 });
        assert_eq!(load_change(&run(burst)), None);
        assert_eq!(load_change(&run([0.0, 2.0])), None);
        assert_eq!(load_change(&run([])), None);
        let odd = (0..100).map(|window| if window < 50 { f64::MAX } else { -1.0 });
        assert_eq!(load_change(&run(odd)), None, "that cannot be");
    }
}
