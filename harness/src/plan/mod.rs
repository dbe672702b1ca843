//! Plans: which cells are measured, at which points, and why the others are not.
//!
//! - [`request`]: the request of the user. [`profile`]: the time that it may take.
//! - `points`: the points of each workload.
//! - [`shard`]: a plan split over machines. [`calibration`]: rates that are shares of a capacity.
//! - `groups` and `schedule`: comparisons, their rounds, and the random order of rounds.
//! - `looks`: the numbers of rounds at which comparisons are judged, and which ones continue.

pub mod calibration;
pub(crate) mod groups;
pub(crate) mod looks;
mod points;
pub mod profile;
pub mod request;
pub(crate) mod schedule;
pub mod shard;
#[cfg(test)]
mod tests;

use runtime_bench_api::runtime::Family;
use runtime_bench_api::suite::Suite;
use runtime_bench_api::workload::{Requirements, Unsupported};
use runtime_bench_results::catalog::{Class, RunnerInfo, SuiteInfo, WorkloadInfo};
use runtime_bench_results::key::{CellKey, Point};
use runtime_bench_results::program::{CellSupport, ProbeRequest};
use runtime_bench_results::run::{Plan, PlannedCell, Role};
use runtime_bench_results::trial::Phase;

use crate::error::Error;
use crate::executor::{Executor, probe_request};
use crate::external::describe::{ExternalCells, Questions};
use crate::machine::{Limits, Pool, Refusal};
use crate::probes::{Probed, Probes};
use crate::program::{MIMALLOC, Program, ProgramError};
use crate::registry::{Entry, Registry};
use request::PlanRequest;

/// Minimum time of 20 steady instances of half a second each.
const STEADY_S: f64 = 10.0;

/// The number of rounds that seven runners need, plus one.
const ROUNDS: f64 = 16.0;

/// The reference when none is named.
const REFERENCE: &str = "tokio";

/// A plan, with the descriptions that go into the results file.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// Its workloads.
    pub workloads: Vec<WorkloadInfo>,
    /// Its runners.
    pub runners: Vec<RunnerInfo>,
    /// The suites of its workloads.
    pub suites: Vec<SuiteInfo>,
    /// The programs that run their trials.
    pub probes: Probes,
    /// The external ones among them, with their probes.
    pub external: Vec<ExternalCells>,
    /// Expected measuring time, seconds; for a shard, that of its part.
    pub cost_s: f64,
}

impl Planned {
    /// Cells of this run: all of the plan, or those of its shard.
    pub fn cells(&self) -> impl Iterator<Item = &PlannedCell> {
        self.plan.cells.iter().filter(|cell| self.plan.measures(&cell.key.workload))
    }

    /// Workloads of this run: all of the plan, or those of its shard.
    pub fn own_workloads(&self) -> impl Iterator<Item = &WorkloadInfo> {
        self.workloads.iter().filter(|info| self.plan.measures(&info.name))
    }

    /// Cells that are compared: all except the A/A controls.
    pub fn subjects(&self) -> impl Iterator<Item = &PlannedCell> {
        self.cells().filter(|cell| cell.role == Role::Subject)
    }

    /// Whether a runner is a reference row, which is measured with the others but never affects them.
    pub(crate) fn is_reference(&self, runner: &str) -> bool {
        self.runners.iter().any(|info| info.name == runner && info.class == Class::Reference)
    }

    /// The programs that run its trials, each once; without those of external runners.
    ///
    /// # Errors
    /// When the program of an allocator is missing.
    pub fn programs(&self, executor: &dyn Executor) -> Result<Vec<Program>, ProgramError> {
        let mut programs = self.probes.programs(&self.runners);
        if self.plan.cells.iter().any(|cell| cell.key.point.allocator().is_some()) {
            programs.push(executor.program(MIMALLOC)?);
        }
        Ok(programs)
    }

    /// How many of the `wanted` link layouts all of its programs have.
    fn layouts(&self, wanted: usize, executor: &dyn Executor) -> usize {
        if wanted == 1 {
            return 1;
        }
        let programs = self.programs(executor).unwrap_or_default();
        let fewest = programs.iter().map(|program| executor.layouts(program)).min();
        fewest.unwrap_or(1).min(wanted)
    }

    /// A sentence about the workloads that this build leaves out; `None` if it has all of them.
    pub fn left_out(&self, registry: &Registry) -> Option<String> {
        let chosen = |entry: &&Entry| self.own_workloads().any(|info| info.name == entry.info.name);
        let lacking = registry.entries().iter().filter(chosen);
        let lacking = lacking.filter_map(|entry| Some((entry.info.name.as_str(), entry.left_out?)));
        let (names, features): (Vec<&str>, Vec<&str>) = lacking.unzip();
        let feature = features.first()?;
        let names = names.join(", ");
        Some(format!(
            "this build leaves out {names}; `cargo bench --features {feature}` measures everything"
        ))
    }

    /// Cells that run, including the A/A controls.
    pub fn runnable(&self) -> impl Iterator<Item = &PlannedCell> {
        self.cells().filter(|cell| cell.not_applicable.is_none())
    }
}

/// Makes a plan; `executor` probes the runners.
///
/// # Errors
/// When a name is unknown, nothing matches, or a requested size does not fit the machine.
pub fn make(
    registry: &Registry,
    request: &PlanRequest,
    limits: Limits,
    executor: &dyn Executor,
) -> Result<Planned, Error> {
    request.check(limits)?;
    let pairs = registry.entries().iter().flat_map(|entry| {
        let points = points::of(entry, request).into_iter();
        points.map(|point| (entry.info.name.clone(), point))
    });
    let (probes, external) = probe(registry, request, pairs.collect(), limits, executor)?;
    request.check_settings(&probes)?;
    request.check_names(&probes)?;
    let chosen: Vec<&Probed> = probes
        .runners()
        .iter()
        .filter(|probed| request.chooses(&probed.runner.info.name))
        .collect();
    let mut cells = Vec::new();
    for entry in registry.entries() {
        for point in points::of(entry, request) {
            let comparison = Comparison { entry, point: &point, request, limits, probes: &probes };
            cells.extend(comparison.cells(&chosen)?);
        }
    }
    if cells.is_empty() {
        return Err(request.nothing_matches(registry));
    }
    let shard = request.shard.map(|number| shard::split(&cells, number, &request.durations));
    let shard = shard.transpose()?;
    let (cells, costs_s): (Vec<PlannedCell>, Vec<f64>) = cells.into_iter().unzip();
    request.check_params(registry, &cells)?;
    let used = |workload: &str| cells.iter().any(|cell| cell.key.workload == workload);
    let workloads: Vec<WorkloadInfo> =
        registry.entries().iter().map(|e| e.info.clone()).filter(|i| used(&i.name)).collect();
    let known = probes.runners().iter().map(|probed| &probed.runner.info);
    let mut runners: Vec<RunnerInfo> = Vec::new();
    for info in known.filter(|info| cells.iter().any(|c| c.key.runner == info.name)) {
        if runners.iter().all(|known| known.name != info.name) {
            runners.push(info.clone());
        }
    }
    let plan = Plan {
        profile: request.profile.name().to_owned(),
        seed: request.seed,
        workers: request.workers,
        pool_threads: request.pool_threads,
        budget_s: request.budget.as_secs_f64(),
        trial_limit_s: request.trial_limit.as_secs_f64(),
        looks: request.looks(&runners),
        layouts: 1,
        rounds: request.rounds,
        evidence: request.evidence,
        reference: request.reference.clone().unwrap_or_else(|| REFERENCE.to_owned()),
        shard,
        cells,
    };
    let own = plan.cells.iter().zip(costs_s).filter(|(cell, _)| plan.measures(&cell.key.workload));
    let sum_s = own.map(|(_, cost_s)| cost_s).sum();
    let suites = suites(registry, &plan.cells);
    let mut planned = Planned { plan, workloads, runners, suites, probes, external, cost_s: sum_s };
    planned.plan.layouts = planned.layouts(request.layouts(), executor);
    Ok(planned)
}

/// The suites that some of the cells belong to, with the workloads of these cells.
fn suites(registry: &Registry, cells: &[PlannedCell]) -> Vec<SuiteInfo> {
    let points = |workload: &str| -> Vec<&Point> {
        let own = cells.iter().filter(|cell| cell.key.workload == workload);
        own.map(|cell| &cell.key.point).collect()
    };
    let members = |suite: &Suite| -> Vec<String> {
        let entries = registry.entries().iter();
        let own = entries.filter(|entry| suite.names(&***entry, &points(&entry.info.name)));
        own.map(|entry| entry.info.name.clone()).collect()
    };
    let described = |suite: &Suite| {
        let (name, purpose) = (suite.name.to_owned(), suite.purpose.to_owned());
        SuiteInfo { name, purpose, workloads: members(suite) }
    };
    let all = registry.suites().iter().map(described);
    all.filter(|suite| !suite.workloads.is_empty()).collect()
}

/// Probes every program with all points, and the chosen external runners with the points that pass the
/// filters.
///
/// # Errors
/// As [`Probes::of`], and when an external runner has the name of another one.
pub(crate) fn probe(
    registry: &Registry,
    request: &PlanRequest,
    points: Vec<(String, Point)>,
    limits: Limits,
    executor: &dyn Executor,
) -> Result<(Probes, Vec<ExternalCells>), Error> {
    let variants = request.variants.clone();
    let question = probe_request(request.workers, request.pool_threads, points);
    let question = ProbeRequest { variants, ..question };
    let external_names: Vec<&str> = request.external.iter().map(|r| r.name.as_str()).collect();
    let built_in = request.runners.iter().filter(|name| !external_names.contains(&name.as_str()));
    let wanted: Vec<String> = built_in.cloned().collect();
    let all = request.runners.is_empty();
    let mut probes = Probes::of(registry, executor, &question, (!all).then_some(&wanted[..]))?;
    let adapter = Program::this()?;
    let mut external = Vec::new();
    for runner in &request.external {
        if probes.runners().iter().any(|known| known.runner.info.name == runner.name) {
            return Err(Error::Usage(format!(
                "cannot add the external runner `{}`: a built-in runner has this name\nhelp: rename it in its runners file",
                runner.name
            )));
        }
        if !request.chooses(&runner.name) {
            continue;
        }
        let wanted = |(workload, point): &&(String, Point)| {
            let (workload, point) = (workload.clone(), point.clone());
            request.takes(&CellKey { workload, point, runner: runner.name.clone() })
        };
        let points: Vec<(String, Point)> = question.points.iter().filter(wanted).cloned().collect();
        let questions = Questions {
            points: &points,
            workers: request.workers,
            limits,
            conformance: request.conformance,
        };
        let asked = ExternalCells::ask(runner, questions, &adapter, executor);
        probes.add_external(&asked, adapter.clone());
        external.push(asked);
    }
    Ok((probes, external))
}

/// One workload at one point.
struct Comparison<'a> {
    entry: &'a Entry,
    point: &'a Point,
    request: &'a PlanRequest,
    limits: Limits,
    probes: &'a Probes,
}

impl Comparison<'_> {
    /// The cells: every chosen runner, and the reference again as a control; each with its expected cost in
    /// seconds.
    fn cells(&self, runners: &[&Probed]) -> Result<Vec<(PlannedCell, f64)>, Error> {
        let Self { entry, point, request, .. } = self;
        let phase = phase(entry, request);
        let mut cells = Vec::new();
        for probed in runners {
            let (workload, runner) = (entry.info.name.clone(), probed.runner.info.name.clone());
            let key = CellKey { workload, point: (*point).clone(), runner };
            if !request.takes(&key) {
                continue;
            }
            let (cost_s, not_applicable) = match self.fit(probed, &key)? {
                Fit::Runs(requirements) => {
                    let least_s = if probed.external.is_some() { EXTERNAL_S } else { 0.0 };
                    (cost_s(&requirements, phase, request).max(least_s), None)
                }
                Fit::NotApplicable(reason) => (0.0, Some(reason)),
                Fit::Unknown => continue,
            };
            cells.push((PlannedCell { key, role: Role::Subject, phase, not_applicable }, cost_s));
        }
        let able = || cells.iter().filter(|(cell, _)| cell.not_applicable.is_none());
        let wanted = request.reference.as_deref().unwrap_or(REFERENCE);
        let reference =
            able().find(|(cell, _)| cell.key.runner == wanted).or_else(|| able().next());
        let control = |(cell, cost_s): &(PlannedCell, f64)| {
            (PlannedCell { role: Role::AaControl, ..cell.clone() }, *cost_s)
        };
        let control = reference.map(control);
        cells.extend(control);
        Ok(cells)
    }

    /// The requirements of a cell, or why it does not run. A requested size that does not fit the machine is
    /// an error.
    fn fit(&self, probed: &Probed, key: &CellKey) -> Result<Fit, Error> {
        let Self { entry, request, limits, .. } = self;
        let support = self.probes.support(probed, &key.workload, &key.point);
        if *support == CellSupport::Unknown {
            return Ok(Fit::Unknown);
        }
        let impossible = |reason: String| Error::Usage(format!("cannot measure {key}: {reason}"));
        let family = probed.runner.family;
        let requirements = match entry.requirements(&key.point, family) {
            Ok(requirements) => requirements,
            Err(Unsupported::Family(reason)) => return Ok(Fit::NotApplicable(reason)),
            Err(Unsupported::Point(reason)) => return Err(impossible(reason)),
        };
        if probed.external.is_some()
            && let Err(unsupported) = entry.supports_external(&key.point)
        {
            return Ok(Fit::NotApplicable(unsupported.to_string()));
        }
        if let CellSupport::Refused(reason) = support {
            return Ok(Fit::NotApplicable(reason.clone()));
        }
        let workers = points::workers(&key.point, request, *limits)
            .map_err(|error| impossible(error.to_string()))?;
        let pool = if entry.tasks_block() && family == Family::ThreadPool {
            Pool { threads: request.pool_threads, option: "--pool-threads" }
        } else {
            Pool { threads: workers, option: "--workers" }
        };
        let asked = !points::is_own(&key.point, entry, request);
        match limits.refusal(requirements, family, pool) {
            Some(Refusal::Machine(reason)) if asked => {
                Err(Error::Usage(format!("{key} is too large: {reason}")))
            }
            Some(refusal) => Ok(Fit::NotApplicable(refusal.into_reason())),
            None => Ok(Fit::Runs(requirements)),
        }
    }
}

/// Whether a cell runs.
enum Fit {
    Runs(Requirements),
    NotApplicable(String),
    /// The runner's program was built without the workload.
    Unknown,
}

/// Expected time of the fewest rounds of an external runner, seconds. Its processes may start an interpreter.
/// (Measured in the quick profile: 1.3 s on average.)
const EXTERNAL_S: f64 = 1.3;

/// Expected time of all rounds of a cell, seconds: the budget, or more if a trial has its own time.
fn cost_s(requirements: &Requirements, phase: Phase, request: &PlanRequest) -> f64 {
    let steady_s = if phase == Phase::Steady { STEADY_S } else { 0.0 };
    let scheduled_s = ROUNDS * requirements.time.as_secs_f64();
    request.budget.as_secs_f64().max(steady_s).max(scheduled_s)
}

fn phase(entry: &Entry, request: &PlanRequest) -> Phase {
    let wanted = request.phase.unwrap_or_else(|| request.profile.phase(entry.info.headline_phase));
    if entry.phases().contains(&wanted) { wanted } else { entry.info.headline_phase }
}
