//! Synthetic cells for tests; no figure here was measured.

use fastrand::Rng;

use super::cells::{Cell, Cost};
use runtime_bench_results::key::{CellKey, Point};
use runtime_bench_results::trial::Phase;

pub(super) const RUNS: usize = 24;
pub(super) const WORKLOADS: usize = 6;
/// Six runners of four families.
pub(super) const FAMILIES: [usize; 6] = [0, 0, 0, 1, 2, 3];

pub(super) fn keys() -> Vec<CellKey> {
    let key = |number: usize| CellKey {
        workload: format!("w{}", number / FAMILIES.len()),
        point: Point::new(),
        runner: format!("r{}", number % FAMILIES.len()),
    };
    (0..WORKLOADS * FAMILIES.len()).map(key).collect()
}

fn noise(rng: &mut Rng, size: f64) -> f64 {
    size * (rng.f64() + rng.f64() + rng.f64() - 1.5)
}

/// Cells on a machine that is up to a third faster or slower each day, and in each workload up to a
/// tenth, and each cell by itself by `size`; `change` is the additional cost of a runner in a run, on a log scale.
pub(super) fn cells<'a>(
    rng: &mut Rng,
    keys: &'a [CellKey],
    size: f64,
    change: impl Fn(usize, &str, usize) -> f64,
) -> Vec<Cell<'a>> {
    let machine: Vec<f64> = (0..RUNS).map(|_| noise(rng, 0.2)).collect();
    let drift: Vec<Vec<f64>> =
        (0..WORKLOADS).map(|_| (0..RUNS).map(|_| noise(rng, 0.07)).collect()).collect();
    let mut cell = |(number, key): (usize, &'a CellKey)| {
        let (workload, runner) = (number / FAMILIES.len(), number % FAMILIES.len());
        let mut cost = |run: usize| {
            let usual = 10.0 + number as f64 / 7.0;
            let day = machine[run] + drift[workload][run] + noise(rng, size);
            let log = usual + day + change(run, &key.workload, runner);
            Cost { run, log, figure: log.exp() }
        };
        Cell {
            group: &key.workload,
            phase: Phase::Warm,
            metric: "wall",
            unit: "ns",
            family: Some(FAMILIES[runner]),
            kept: true,
            costs: (0..RUNS).map(&mut cost).collect(),
            key,
        }
    };
    keys.iter().enumerate().map(&mut cell).collect()
}
