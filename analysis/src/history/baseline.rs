//! The baseline of a run's costs, so that runs at different times can be compared.
//!
//! The speed of a machine, and of each cell, differs from day to day. The other cells show how much
//! of a cell's change is due to the machine: costs are fitted as cell × run by medians (median polish:
//! Tukey, *Exploratory Data Analysis*, §11A), and the residuals are the series of the cell. A median
//! does not follow the one cell that changed.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::Cell;
use crate::stats::median;

/// Sweeps of the polish; a few are enough for a median.
const SWEEPS: usize = 4;
/// Minimum number of runners: with fewer, it is unknown which one changed.
const FEWEST: usize = 3;

/// The baseline of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Against<'a> {
    /// The common change of most others.
    Others,
    /// One other runner: it is unknown which of the two changed.
    Runner(&'a str),
}

/// The costs of a cell relative to a baseline, run by run.
#[derive(Clone, Debug)]
pub(super) struct Series<'c, 'a> {
    pub(super) cell: &'c Cell<'a>,
    /// Index of the cell.
    pub(super) place: usize,
    pub(super) against: Against<'a>,
    /// Index into `cell.costs`, and the logarithm of the cost.
    pub(super) points: Vec<(usize, f64)>,
}

/// The series of the cells, in their order. A cell without independent cells in the same runs has none.
///
/// `reference` is the runner to compare with if there are too few independent runners. `steps` holds the
/// known changes of each cell, one for each of its costs, which are removed before the cell becomes part of a
/// baseline.
pub(super) fn series<'c, 'a>(
    cells: &'c [Cell<'a>],
    runs: usize,
    reference: &'a str,
    steps: &[Vec<f64>],
) -> Vec<Series<'c, 'a>> {
    let left = polished(cells, runs, steps);
    let independent: BTreeSet<usize> = cells.iter().filter_map(Cell::measure).collect();
    let mut comparisons: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (place, cell) in cells.iter().enumerate() {
        comparisons.entry(cell.comparison()).or_default().push(place);
    }
    let mut series: Vec<Series<'c, 'a>> = Vec::new();
    for members in comparisons.values() {
        let families: BTreeSet<usize> =
            members.iter().filter_map(|&place| cells[place].measure()).collect();
        // The run as a whole counts as another one.
        let found = if independent.len() >= FEWEST && families.len() + 1 >= FEWEST {
            against_others(cells, &left, steps, members, runs)
        } else {
            against_one(cells, members, reference)
        };
        series.extend(found);
    }
    series.sort_by_key(|own| own.place);
    series
}

/// No known changes.
pub(super) fn no_steps(cells: &[Cell<'_>]) -> Vec<Vec<f64>> {
    cells.iter().map(|cell| vec![0.0; cell.costs.len()]).collect()
}

/// The costs of each cell without its own changes, its usual cost, and the common change of the run.
fn polished(cells: &[Cell<'_>], runs: usize, steps: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let unchanged = |(cell, steps): (&Cell<'_>, &Vec<f64>)| {
        cell.costs.iter().zip(steps).map(|(cost, step)| cost.log - step).collect()
    };
    let mut left: Vec<Vec<f64>> = cells.iter().zip(steps).map(unchanged).collect();
    for _ in 0..SWEEPS {
        for own in &mut left {
            let usual = median(own).unwrap_or(0.0);
            for log in own {
                *log -= usual;
            }
        }
        let all: Vec<usize> = (0..cells.len()).collect();
        let of_runs: Vec<f64> = (0..runs)
            .map(|run| median(&of_families(cells, &left, &all, run)).unwrap_or(0.0))
            .collect();
        for (cell, own) in cells.iter().zip(&mut left) {
            for (cost, log) in cell.costs.iter().zip(own) {
                *log -= of_runs[cost.run];
            }
        }
    }
    left
}

/// The residual costs of each family in a run: the median over its cells among `members`.
fn of_families(cells: &[Cell<'_>], left: &[Vec<f64>], members: &[usize], run: usize) -> Vec<f64> {
    let mut families: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for &place in members {
        let Some(family) = cells[place].measure() else { continue };
        if let Ok(at) = cells[place].costs.binary_search_by_key(&run, |cost| cost.run) {
            families.entry(family).or_default().push(left[place][at]);
        }
    }
    families.values().filter_map(|own| median(own)).collect()
}

fn against_others<'c, 'a>(
    cells: &'c [Cell<'a>],
    left: &[Vec<f64>],
    steps: &[Vec<f64>],
    members: &[usize],
    runs: usize,
) -> Vec<Series<'c, 'a>> {
    let baselines: Vec<Option<f64>> = (0..runs)
        .map(|run| {
            let mut others = of_families(cells, left, members, run);
            // The common change of the run is already removed.
            others.push(0.0);
            if others.len() >= FEWEST { median(&others) } else { None }
        })
        .collect();
    let of_cell = |&place: &usize| {
        let cell = &cells[place];
        let point = |at: usize| {
            let own = left[place][at] + steps[place][at];
            Some((at, own - baselines[cell.costs[at].run]?))
        };
        let points = (0..cell.costs.len()).filter_map(point).collect();
        Series { cell, place, against: Against::Others, points }
    };
    members.iter().map(of_cell).collect()
}

fn against_one<'c, 'a>(
    cells: &'c [Cell<'a>],
    members: &[usize],
    reference: &'a str,
) -> Vec<Series<'c, 'a>> {
    let named = members.iter().find(|&&place| cells[place].key.runner == reference);
    let Some(&base) = named else { return Vec::new() };
    let of_cell = |&place: &usize| {
        let cell = &cells[place];
        let point = |(at, cost): (usize, &super::cells::Cost)| {
            let beside = cells[base].costs.binary_search_by_key(&cost.run, |cost| cost.run).ok()?;
            Some((at, cost.log - cells[base].costs[beside].log))
        };
        let points = cell.costs.iter().enumerate().filter_map(point).collect();
        Series { cell, place, against: Against::Runner(reference), points }
    };
    members.iter().filter(|&&place| place != base).map(of_cell).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{FAMILIES, RUNS, WORKLOADS, cells, keys};
    use super::*;
    use fastrand::Rng;

    /// The series without known changes.
    fn series<'c, 'a>(cells: &'c [Cell<'a>]) -> Vec<Series<'c, 'a>> {
        super::series(cells, RUNS, "r0", &no_steps(cells))
    }

    /// The increase of each cell in the second half of the runs.
    fn shifts(series: &[Series<'_, '_>]) -> Vec<f64> {
        let half = |own: &Series<'_, '_>, second: bool| {
            let own = own.points.iter().filter(|(at, _)| (*at >= RUNS / 2) == second);
            median(&own.map(|(_, log)| *log).collect::<Vec<f64>>()).unwrap()
        };
        series.iter().map(|own| half(own, true) - half(own, false)).collect()
    }

    #[test]
    fn machine_changes_do_not_affect_series() {
        let keys = keys();
        let cells = cells(&mut Rng::with_seed(1), &keys, 0.03, |_, _, _| 0.0);
        let series = series(&cells);
        assert_eq!(series.len(), cells.len());
        for own in &series {
            assert_eq!((own.points.len(), own.against), (RUNS, Against::Others));
            let sizes: Vec<f64> = own.points.iter().map(|(_, log)| log.abs()).collect();
            assert!(median(&sizes).unwrap() < 0.03, "{:?}", own.points);
        }
    }

    #[test]
    fn family_that_changes_in_every_workload_is_identified() {
        // Half of the runners, in every workload.
        let keys = keys();
        let change = |run: usize, _: &str, runner: usize| {
            if run >= RUNS / 2 && runner < 3 { 0.2 } else { 0.0 }
        };
        let cells = cells(&mut Rng::with_seed(2), &keys, 0.03, change);
        for (number, shift) in shifts(&series(&cells)).into_iter().enumerate() {
            let expected = if number % FAMILIES.len() < 3 { 0.2 } else { 0.0 };
            assert!((shift - expected).abs() < 0.04, "{number}: {shift}");
        }
    }

    #[test]
    fn known_change_does_not_affect_other_series() {
        let (keys, mut rng) = (keys(), Rng::with_seed(5));
        let of_others = |series: &[Series<'_, '_>]| -> f64 {
            let all = shifts(series);
            let others = all.iter().enumerate().filter(|(number, _)| number % FAMILIES.len() < 4);
            others.map(|(_, shift)| shift).sum()
        };
        let (mut unknown, mut known) = (0.0, 0.0);
        for _ in 0..30 {
            let change = |run: usize, _: &str, runner: usize| {
                if run >= RUNS / 2 && runner > 3 { 1.0 } else { 0.0 }
            };
            let cells = cells(&mut rng, &keys, 0.3, change);
            let mut steps = no_steps(&cells);
            for (number, steps) in steps.iter_mut().enumerate() {
                for (run, step) in steps.iter_mut().enumerate() {
                    *step = change(run, "", number % FAMILIES.len());
                }
            }
            unknown += of_others(&series(&cells));
            known += of_others(&super::series(&cells, RUNS, "r0", &steps));
        }
        let cells = 30.0 * 4.0 * WORKLOADS as f64;
        let (unknown, known) = (unknown / cells, known / cells);
        assert!(unknown < -0.05 && known.abs() < 0.02, "{unknown} {known}");
    }

    #[test]
    fn cell_missing_in_one_run_has_a_series() {
        let keys = keys();
        let mut cells = cells(&mut Rng::with_seed(3), &keys, 0.03, |_, _, _| 0.0);
        cells[4].costs.remove(7);
        cells.truncate(5);
        let series = series(&cells);
        let lengths: Vec<usize> = series.iter().map(|own| own.points.len()).collect();
        assert_eq!(lengths, [RUNS, RUNS, RUNS, RUNS, RUNS - 1]);
    }

    #[test]
    fn two_families_are_measured_against_the_reference() {
        let keys = keys();
        let change = |run: usize, _: &str, runner: usize| {
            if run >= RUNS / 2 && runner == 0 { 0.2 } else { 0.0 }
        };
        let mut cells = cells(&mut Rng::with_seed(4), &keys, 0.03, change);
        cells.retain(|cell| cell.family.is_some_and(|family| family < 2));
        let series = series(&cells);
        assert_eq!(series.len(), 3 * WORKLOADS, "four runners, and the first is the reference");
        for (own, shift) in series.iter().zip(shifts(&series)) {
            assert_eq!(own.against, Against::Runner("r0"));
            assert!((shift + 0.2).abs() < 0.04, "{shift}");
        }
    }
}
