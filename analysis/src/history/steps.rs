//! The changes of each series, and their sizes.

use super::baseline::{Series, no_steps, series};
use super::cells::Cell;
use crate::stats::{Change, Interval, MARGIN, change_points, shift, side};

/// Upper bound on the expected share of false changes among those reported.
pub(super) const FALSE_SHARE: f64 = 0.01;
/// Error level of the interval of a ratio.
const INTERVAL_LEVEL: f64 = 0.05;

/// A share of the largest change of a comparison. Smaller changes may only be a side effect of it: if one
/// runner became slower, the median of all did slightly, so an unchanged runner looks faster.
const SHADOW: f64 = 0.5;

/// A change of known size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) change: Change,
    /// Cost after it ÷ cost before it.
    pub(super) ratio: f64,
    /// Interval of that ratio.
    pub(super) interval: Interval,
}

/// The series of the selected cells, each with its changes.
///
/// The search runs twice, because a cell with a known change is a better baseline for the others.
pub(super) fn found<'c, 'a>(
    cells: &'c [Cell<'a>],
    runs: usize,
    reference: &'a str,
) -> (Vec<Series<'c, 'a>>, Vec<Vec<Step>>) {
    let first = series(cells, runs, reference, &no_steps(cells));
    let known = known(cells, &first, &all_steps(&first));
    let mut second = series(cells, runs, reference, &known);
    second.retain(|own| own.cell.kept);
    let steps = all_steps(&second);
    (second, steps)
}

fn all_steps(series: &[Series<'_, '_>]) -> Vec<Vec<Step>> {
    let samples: Vec<Vec<f64>> =
        series.iter().map(|own| own.points.iter().map(|(_, log)| *log).collect()).collect();
    let found = change_points(&samples, FALSE_SHARE);
    samples.iter().zip(&found).map(|(samples, found)| steps(samples, found)).collect()
}

/// The effect of each cell's own changes on each of its costs, on a log scale.
fn known(cells: &[Cell<'_>], series: &[Series<'_, '_>], steps: &[Vec<Step>]) -> Vec<Vec<f64>> {
    let size = |step: &Step| step.ratio.ln().abs();
    let mut known = no_steps(cells);
    for (own, own_steps) in series.iter().zip(steps) {
        let beside = series.iter().zip(steps);
        let beside = beside.filter(|(other, _)| other.cell.comparison() == own.cell.comparison());
        let greatest = beside.flat_map(|(_, steps)| steps).map(size).fold(0.0, f64::max);
        for step in own_steps.iter().filter(|step| size(step) >= SHADOW * greatest) {
            let (from, _) = own.points[step.change.at];
            for added in &mut known[own.place][from..] {
                *added += step.ratio.ln();
            }
        }
    }
    known
}

/// The changes beyond the margin. Other changes are removed, and the segments next to them are joined.
fn steps(samples: &[f64], found: &[Change]) -> Vec<Step> {
    let mut changes = found.to_vec();
    loop {
        let bounds: Vec<usize> = [0]
            .into_iter()
            .chain(changes.iter().map(|change| change.at))
            .chain([samples.len()])
            .collect();
        let sized: Vec<Option<Step>> = changes
            .iter()
            .zip(bounds.windows(3))
            .map(|(change, part)| {
                step(*change, &samples[part[0]..part[1]], &samples[part[1]..part[2]])
            })
            .collect();
        match sized.iter().position(Option::is_none) {
            Some(negligible) => changes.remove(negligible),
            None => return sized.into_iter().flatten().collect(),
        };
    }
}

/// `None` if the interval of the ratio is not beyond the margin.
fn step(change: Change, before: &[f64], after: &[f64]) -> Option<Step> {
    let (middle, interval) = shift(before, after, INTERVAL_LEVEL)?;
    let interval = interval?.exp();
    side(interval, MARGIN).map(|_| Step { change, ratio: middle.exp(), interval })
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{FAMILIES, RUNS, cells, keys};
    use super::*;
    use fastrand::Rng;

    /// The numbers of the cells with reported changes.
    fn changed(cells: &[Cell<'_>]) -> Vec<usize> {
        let (series, steps) = found(cells, RUNS, "r0");
        let changed = series.iter().zip(&steps).filter(|(_, steps)| !steps.is_empty());
        changed.map(|(own, _)| own.place).collect()
    }

    #[test]
    fn large_change_does_not_affect_other_runners() {
        let keys = keys();
        let change = |run: usize, workload: &str, runner: usize| {
            if run >= RUNS / 2 && workload == "w1" && runner == 4 { 0.5 } else { 0.0 }
        };
        for seed in 0..5 {
            let cells = cells(&mut Rng::with_seed(seed), &keys, 0.03, change);
            assert_eq!(changed(&cells), [FAMILIES.len() + 4], "{seed}");
        }
    }

    #[test]
    fn filtered_cell_still_counts_for_the_baseline() {
        let keys = keys();
        let mut cells = cells(&mut Rng::with_seed(6), &keys, 0.03, |run, _, runner| {
            if run >= RUNS / 2 && runner == 5 { 0.3 } else { 0.0 }
        });
        for (place, cell) in cells.iter_mut().enumerate() {
            cell.kept = place == 5;
        }
        assert_eq!(changed(&cells), [5]);
    }

    #[test]
    fn a_machine_whose_speed_changes_from_run_to_run_has_few_change_points() {
        let (keys, mut rng, histories) = (keys(), Rng::with_seed(5), 200);
        let with_any = (0..histories)
            .filter(|_| !changed(&cells(&mut rng, &keys, 0.03, |_, _, _| 0.0)).is_empty())
            .count();
        println!("{with_any} of {histories} histories of 36 cells and {RUNS} runs at 0.01");
        assert!(with_any <= 8, "{with_any} of {histories}");
    }
}
