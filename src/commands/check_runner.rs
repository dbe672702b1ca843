//! `check-runner`: checks a runner in another language against the protocol.

use std::path::Path;
use std::time::Duration;

use clap::Args;
use regex::Regex;
use runtime_bench_api::workload::PointSet;
use runtime_bench_results::run::PlannedCell;
use runtime_bench_results::trial::{Block, BlockSize, Outcome, Phase, Phases, metric};

use super::{print, settings};
use crate::cli::{at_least_one, cores, regex};
use runtime_bench_harness::error::Error;
use runtime_bench_harness::executor::{Executor, Trial};
use runtime_bench_harness::external::ExternalRunner;
use runtime_bench_harness::machine::Limits;
use runtime_bench_harness::plan::request::PlanRequest;
use runtime_bench_harness::plan::{self, Planned};
use runtime_bench_harness::process::ProcessExecutor;
use runtime_bench_harness::process::interrupt::Interrupt;
use runtime_bench_harness::registry::Registry;

/// Arguments of `check-runner`.
#[derive(Debug, Args)]
pub struct CheckRunnerArgs {
    /// Regular expression on cell names such as `tcp-echo/runner/connections=2`; a cell must match at least one
    #[arg(value_name = "FILTER", value_parser = regex)]
    filters: Vec<Regex>,
    /// Use the points of a quick run instead of tiny ones
    #[arg(long)]
    quick: bool,
    /// Worker threads or processes that the runner should use [default: all cores]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    workers: Option<usize>,
    /// Command line of the runner, after `--`
    #[arg(last = true, required = true, value_name = "CMD")]
    command: Vec<String>,
}

/// Name of the runner in cells.
const NAME: &str = "runner";
/// Time of a block.
const BLOCK: Duration = Duration::from_millis(5);
/// The time limit of a trial.
const TRIAL_LIMIT: Duration = Duration::from_secs(20);
/// Minimum warm-up of a warm instance, and of a steady one (two windows of estimated length).
const WARM_S: f64 = 0.002;
const STEADY_S: f64 = 0.15;
/// A single iteration longer than this is enough warm-up.
const LONG_ITERATION_S: f64 = 0.02;

/// Runs the command.
///
/// # Errors
/// When the runner cannot be started, or a check fails.
pub fn run(registry: &Registry, args: &CheckRunnerArgs) -> Result<(), Error> {
    let external = ExternalRunner::of_command(NAME, &args.command, Path::new("."));
    if let Some(missing) = &external.missing {
        return Err(Error::Usage(format!("cannot check the runner: {missing}")));
    }
    let request = request(args, external);
    let interrupt = Interrupt::install()?;
    let executor = ProcessExecutor::new(&interrupt, settings(&request))?;
    let planned = plan::make(registry, &request, Limits::of_this_machine(), &executor);
    let planned = interrupt.or(planned)?;
    let executor = executor.with_probes(&planned.probes);
    let mut checked = Checked::default();
    let Some(asked) = planned.external.first() else {
        return Err(Error::CouldNotRun("cannot check the runner: no cell matches".to_owned()));
    };
    checked.note("describes itself", asked.failure().map(|error| error.message.clone()))?;
    if asked.failure().is_none() {
        print_description(&planned)?;
        for check in &asked.checks {
            checked.note(&check.what, check.problem.clone())?;
        }
        check_cells(registry, &planned, &executor, &mut checked)?;
    }
    let Checked { passed, failed } = checked;
    let skipped = planned.subjects().filter(|cell| cell.not_applicable.is_some()).count();
    print(&format!("{passed} checks passed, {failed} failed, {skipped} cells n/a\n"))?;
    if failed == 0 { Ok(()) } else { Err(Error::Failed(format!("{failed} checks failed"))) }
}

fn request(args: &CheckRunnerArgs, external: ExternalRunner) -> PlanRequest {
    PlanRequest {
        filters: args.filters.clone(),
        runners: vec![NAME.to_owned()],
        points: if args.quick { PointSet::Quick } else { PointSet::Smoke },
        workers: args.workers.unwrap_or_else(cores),
        seed: 1,
        trial_limit: TRIAL_LIMIT,
        external: vec![external],
        conformance: true,
        ..PlanRequest::default()
    }
}

#[derive(Default)]
struct Checked {
    passed: usize,
    failed: usize,
}

impl Checked {
    fn note(&mut self, what: &str, wrong: Option<String>) -> Result<(), Error> {
        match wrong {
            None => {
                self.passed += 1;
                print(&format!("ok      {what}\n"))
            }
            Some(wrong) => {
                self.failed += 1;
                print(&format!("FAILED  {what}: {wrong}\n"))
            }
        }
    }
}

/// Prints the runner's description of itself.
fn print_description(planned: &Planned) -> Result<(), Error> {
    let runners = planned.runners.iter().map(|info| {
        let versions: Vec<String> =
            info.packages.iter().map(|(name, version)| format!("{name} {version}")).collect();
        format!("        {}; {}\n", info.configuration, versions.join(", "))
    });
    print(&runners.collect::<String>())
}

/// Checks every supported cell: one iteration, then a block in each phase.
fn check_cells(
    registry: &Registry,
    planned: &Planned,
    executor: &dyn Executor,
    checked: &mut Checked,
) -> Result<(), Error> {
    let mut steady = vec![Phase::Steady];
    for cell in planned.subjects() {
        if let Some(reason) = &cell.not_applicable {
            print(&format!("n/a     {}: {reason}\n", cell.key))?;
            continue;
        }
        let has = |phase: &Phase| {
            registry.entry(&cell.key.workload).is_some_and(|entry| entry.phases().contains(phase))
        };
        let once = (Phase::Warm, BlockSize::Iterations(1));
        let block = BlockSize::Nanoseconds(BLOCK.as_nanos() as u64);
        let mut phases: Vec<Phase> =
            [Phase::Startup, Phase::Warm].into_iter().filter(has).collect();
        // It takes half a second, so one cell is enough.
        if steady.iter().all(has) {
            phases.append(&mut steady);
        }
        for (phase, block) in
            [once].into_iter().chain(phases.into_iter().map(|phase| (phase, block)))
        {
            if !check(executor, cell, phase, block, checked)? {
                break;
            }
        }
    }
    Ok(())
}

/// Runs one trial; returns whether it passed.
fn check(
    executor: &dyn Executor,
    cell: &PlannedCell,
    phase: Phase,
    block: BlockSize,
    checked: &mut Checked,
) -> Result<bool, Error> {
    let Some(finished) =
        executor.run(&Trial { cell: &cell.key, phase, block, round: 0, layout: 0 })
    else {
        return Err(Error::Interrupted("interrupted".to_owned()));
    };
    let (what, wrong) = match (finished.outcome, block) {
        (Outcome::Error { kind, message }, _) => {
            let stderr = finished.stderr.map_or_else(String::new, |text| format!("\n{text}"));
            (format!("{}, {phase}", cell.key), Some(format!("{kind}: {message}{stderr}")))
        }
        (Outcome::Ok { block }, BlockSize::Iterations(_)) => {
            (format!("{}  {}", cell.key, block.output), None)
        }
        (Outcome::Ok { block }, BlockSize::Nanoseconds(_)) => {
            let what = format!(
                "{}, {phase}: {} iterations after {}",
                cell.key, block.iterations, block.warm_up_iterations
            );
            (what, wrong_phase(phase, &block))
        }
    };
    let right = wrong.is_none();
    checked.note(&what, wrong)?;
    Ok(right)
}

/// The rule of its phase that the block violates, if any.
fn wrong_phase(phase: Phase, block: &Block) -> Option<String> {
    let Phases { warm_up_s, .. } = block.phases;
    let warmed = |least_s: f64| {
        let twice = block.warm_up_iterations >= 2 || warm_up_s > LONG_ITERATION_S;
        (!(twice && warm_up_s >= least_s)).then(|| {
            format!(
                "too little warm-up: {:.1} ms and {} iterations, expected at least {:.0} ms and 2",
                warm_up_s * 1e3,
                block.warm_up_iterations,
                least_s * 1e3
            )
        })
    };
    match phase {
        Phase::Startup if block.iterations != 1 || block.warm_up_iterations != 0 => {
            Some("startup must measure one iteration without warm-up".to_owned())
        }
        Phase::Startup if block.metric(metric::STARTUP.id) <= block.metric(metric::WALL.id) => {
            Some("`build_ns` must include the time to build the runner".to_owned())
        }
        Phase::Startup => None,
        Phase::Warm => warmed(WARM_S),
        Phase::Steady => warmed(STEADY_S),
    }
}

#[cfg(test)]
mod tests {
    use runtime_bench_results::trial::Metric;

    use super::*;

    fn block(iterations: u64, warm_up: (u64, f64), metrics: &[(&str, f64)]) -> Block {
        let metrics = metrics.iter().map(|(name, value)| Metric::lower(name, "ns", *value));
        Block {
            iterations,
            warm_up_iterations: warm_up.0,
            metrics: metrics.collect(),
            phases: Phases { warm_up_s: warm_up.1, ..Phases::default() },
            ..Block::default()
        }
    }

    #[test]
    fn each_phase_requires_its_warm_up() {
        let wall = [("wall", 1e5)];
        assert_eq!(wrong_phase(Phase::Warm, &block(5, (2, 0.003), &wall)), None);
        assert!(wrong_phase(Phase::Warm, &block(5, (9, 0.001), &wall)).is_some());
        assert!(wrong_phase(Phase::Warm, &block(5, (1, 0.003), &wall)).is_some());
        assert_eq!(wrong_phase(Phase::Warm, &block(1, (1, 0.030), &wall)), None);
        assert!(wrong_phase(Phase::Steady, &block(5, (9, 0.1), &wall)).is_some());
        let started = [("wall", 1e5), ("startup", 2e5)];
        assert_eq!(wrong_phase(Phase::Startup, &block(1, (0, 0.0), &started)), None);
        assert!(wrong_phase(Phase::Startup, &block(2, (0, 0.0), &started)).is_some());
        let unbuilt = [("wall", 1e5), ("startup", 1e5)];
        assert!(wrong_phase(Phase::Startup, &block(1, (0, 0.0), &unbuilt)).is_some());
    }
}
