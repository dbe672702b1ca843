//! `--rate auto`: rates relative to the capacity of the runners of this run.
//!
//! Every runner is measured in a closed loop, and the slowest sets the rates for all, so that all get
//! the same rate and none gets more than its capacity. This happens once, before the first round; the
//! plan has the resulting rate of each cell. Each run finds its own rates, so such cells are compared
//! within one run only.

use runtime_bench_results::catalog::WorkloadInfo;
use runtime_bench_results::key::{ALLOCATOR, CellKey, LOAD, Param, Point, RATE, WORKERS};
use runtime_bench_results::run::{PlannedCell, Role};
use runtime_bench_results::trial::{BlockSize, Outcome};

use super::Planned;
use super::profile::Profile;
use crate::error::Error;
use crate::executor::{Executor, Trial};
use crate::registry::{Entry, Registry};

/// Number of trials of a runner; their median is used.
const TRIALS: usize = 3;
/// Unit of all rates, whatever is sent.
const UNIT: &str = "messages/s";

/// Calibrates the rates that a plan leaves open, and announces it.
///
/// # Errors
/// When every runner failed, or the run was interrupted.
pub fn calibrated(
    registry: &Registry,
    planned: &Planned,
    profile: Profile,
    executor: &dyn Executor,
    say: impl Fn(&str),
) -> Result<Planned, Error> {
    let mut planned = planned.clone();
    for entry in registry.entries() {
        for capacity in capacities(entry, &planned) {
            let open = |cell: &PlannedCell| {
                cell.key.workload == entry.info.name
                    && asks_for(entry, cell).as_ref() == Some(&capacity)
            };
            let able = planned.runnable().filter(|cell| open(cell) && cell.role == Role::Subject);
            let mut runners: Vec<&PlannedCell> = Vec::new();
            for cell in able.filter(|cell| !planned.is_reference(&cell.key.runner)) {
                if runners.iter().all(|known| known.key.runner != cell.key.runner) {
                    runners.push(cell);
                }
            }
            say(&format!("calibrating {} runners in {}", runners.len(), entry.info.name));
            let shown = shown(&runners, &capacity, profile, executor)?;
            let slowest = slowest(&shown).ok_or_else(|| none_shown(&entry.info.name))?.1;
            for cell in planned.plan.cells.iter_mut().filter(|cell| open(cell)) {
                let share = cell.key.point.count(LOAD).unwrap_or(100) as f64 / 100.0;
                cell.key.point = cell.key.point.clone().at_rate(rounded(slowest * share), UNIT);
            }
            let infos = planned.workloads.iter_mut();
            infos.filter(|info| info.name == entry.info.name).for_each(|info| tell(info, &shown));
        }
    }
    Ok(planned)
}

/// The cells that measure capacities, each once.
fn capacities(entry: &Entry, planned: &Planned) -> Vec<Point> {
    let mut points = Vec::new();
    for cell in planned.runnable().filter(|cell| cell.key.workload == entry.info.name) {
        points.extend(asks_for(entry, cell).filter(|point| !points.contains(point)));
    }
    points
}

/// The cell that measures the capacity that another cell leaves open.
fn asks_for(entry: &Entry, cell: &PlannedCell) -> Option<Point> {
    let point = &cell.key.point;
    if !point.calibrated() || point.count(RATE).is_ok() {
        return None;
    }
    let mut capacity = entry.capacity(point)?;
    // Parameters that the harness reads, not the workload, also affect the capacity.
    let ours = |param: &&Param| [WORKERS, ALLOCATOR].contains(&param.name.as_str());
    capacity.params.extend(point.params.iter().filter(ours).cloned());
    Some(capacity)
}

/// The capacity of each runner, per second. A runner that fails is omitted; the pilots report why.
fn shown(
    cells: &[&PlannedCell],
    capacity: &Point,
    profile: Profile,
    executor: &dyn Executor,
) -> Result<Vec<(String, f64)>, Error> {
    let mut shown = Vec::new();
    for cell in cells {
        let key = CellKey { point: capacity.clone(), ..cell.key.clone() };
        let block = BlockSize::Nanoseconds(profile.block(cell.phase).as_nanos() as u64);
        let mut rates = Vec::new();
        for _ in 0..TRIALS {
            let finished = executor
                .run(&Trial { cell: &key, phase: cell.phase, block, round: 0, layout: 0 })
                .ok_or_else(|| {
                    Error::Interrupted("interrupted; nothing was measured".to_owned())
                })?;
            match finished.outcome {
                Outcome::Ok { block } => rates.extend(block.metric(RATE)),
                Outcome::Error { .. } => break,
            }
        }
        if rates.len() == TRIALS {
            rates.sort_by(f64::total_cmp);
            shown.push((cell.key.runner.clone(), rates[TRIALS / 2]));
        }
    }
    Ok(shown)
}

fn slowest(shown: &[(String, f64)]) -> Option<&(String, f64)> {
    shown.iter().min_by(|a, b| a.1.total_cmp(&b.1))
}

fn none_shown(workload: &str) -> Error {
    Error::Failed(format!(
        "cannot calibrate {workload}: every runner failed\nhelp: run `verify {workload}`, or set a \
         fixed rate with --param rate=N"
    ))
}

/// Two digits; more would suggest false precision.
fn rounded(rate: f64) -> u64 {
    let whole = rate.max(1.0) as u64;
    let unit = 10_u64.pow(whole.ilog10().saturating_sub(1));
    whole / unit * unit
}

/// Adds a note on the origin of the rates to the results.
fn tell(info: &mut WorkloadInfo, shown: &[(String, f64)]) {
    let Some((slowest, _)) = slowest(shown) else { return };
    let each: Vec<String> =
        shown.iter().map(|(runner, rate)| format!("{runner} {}", rounded(*rate))).collect();
    info.notes.push(format!(
        "Rates were calibrated once, before the first round. The closed-loop rates in {UNIT} were \
         {}. `load` is a share of the slowest one, {slowest}, so all runners get the same rate. \
         Compare within this run only.",
        each.join(", ")
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_has_two_digits_and_is_never_more_than_its_share() {
        let cases = [(0.3, 1), (1.0, 1), (9.9, 9), (10.0, 10), (47_900.0, 47_000), (123.0, 120)];
        for (rate, expected) in cases {
            assert_eq!(rounded(rate), expected, "{rate}");
        }
    }

    #[test]
    fn slowest_runner_is_named_with_the_rates_of_the_others() {
        let mut info =
            Registry::default().with_catalog(runtime_bench_catalog::each).entries()[0].info.clone();
        tell(&mut info, &[("tokio".into(), 61_234.0), ("threads".into(), 48_765.0)]);
        let note = info.notes.last().unwrap();
        assert!(
            note.contains("tokio 61000, threads 48000") && note.contains("slowest one, threads,")
        );
    }
}
