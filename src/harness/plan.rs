//! Which cells are measured, at which points, and why the others are not.

use runtime_bench_api::runtime::Family;
use runtime_bench_api::workload::{Requirements, Unsupported};
use runtime_bench_results::catalogue::{RunnerInfo, WorkloadInfo};
use runtime_bench_results::key::{CellKey, Point};
use runtime_bench_results::run::{Plan, PlannedCell, Role};
use runtime_bench_results::trial::Age;

use super::points;
use super::shard;
use super::wishes::Wishes;
use crate::error::Error;
use crate::machine::{Limits, Pool, Refusal};
use crate::outside::describe::Asked;
use crate::outside::{OutsideCase, Outsider};
use crate::registry::{Case, Entry, Registry};

/// The least that 20 steady instances take, half a second each.
const STEADY_S: f64 = 10.0;

/// The rounds that seven runners need, and one to spare.
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
    /// Those of them that are outside of this program, as they were asked.
    pub outside: Vec<Asked>,
    /// What the measuring is expected to take, seconds; of a shard, that of its part.
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

    /// Cells that are compared: all but the twins.
    pub fn subjects(&self) -> impl Iterator<Item = &PlannedCell> {
        self.cells().filter(|cell| cell.role == Role::Subject)
    }

    /// Whether a runner is a reference row, which is measured beside the others and sets nothing for them.
    pub(super) fn is_reference(&self, runner: &str) -> bool {
        self.outside.iter().any(|asked| asked.info.name == runner)
    }

    /// Cells that run, the twins among them.
    pub fn runnable(&self) -> impl Iterator<Item = &PlannedCell> {
        self.cells().filter(|cell| cell.not_applicable.is_none())
    }
}

/// Makes a plan.
///
/// # Errors
/// When a name is unknown, nothing matches, or a size that was asked for does not fit the machine.
pub fn make(registry: &Registry, wishes: &Wishes, limits: Limits) -> Result<Planned, Error> {
    let mut known = runners(registry, wishes);
    let names: Vec<&str> = known.iter().map(|info| info.name.as_str()).collect();
    wishes.check(&names, limits)?;
    let chosen = |name: &str| wishes.runners.is_empty() || wishes.runners.iter().any(|r| r == name);
    let asked = ask(registry, wishes, limits, chosen);
    known.extend(asked.iter().map(|asked| asked.info.clone()));
    let mut cells = Vec::new();
    for entry in registry.entries() {
        let outside: Vec<OutsideCase<'_>> =
            asked.iter().map(|asked| OutsideCase { entry, asked }).collect();
        for point in points::of(entry, wishes) {
            let cases = entry.cases().filter(|case| chosen(&name(*case)));
            let cases = cases.chain(outside.iter().map(|case| case as &dyn Case));
            cells.extend(group(entry, &point, cases, wishes, limits)?);
        }
    }
    if cells.is_empty() {
        return Err(wishes.nothing_matches(registry));
    }
    let shard = wishes.shard.map(|number| shard::split(&cells, number)).transpose()?;
    let (cells, costs_s): (Vec<PlannedCell>, Vec<f64>) = cells.into_iter().unzip();
    wishes.check_params(&cells)?;
    let used = |workload: &str| cells.iter().any(|cell| cell.key.workload == workload);
    let workloads: Vec<WorkloadInfo> =
        registry.entries().iter().map(|e| e.info.clone()).filter(|i| used(&i.name)).collect();
    let runners =
        known.into_iter().filter(|info| cells.iter().any(|c| c.key.runner == info.name)).collect();
    let plan = Plan {
        profile: wishes.profile.name().to_owned(),
        seed: wishes.seed,
        workers: wishes.workers,
        pool_threads: wishes.pool_threads,
        budget_s: wishes.budget.as_secs_f64(),
        trial_limit_s: wishes.trial_limit.as_secs_f64(),
        reference: wishes.reference.clone().unwrap_or_else(|| REFERENCE.to_owned()),
        shard,
        cells,
    };
    let own = plan.cells.iter().zip(costs_s).filter(|(cell, _)| plan.measures(&cell.key.workload));
    let sum_s = own.map(|(_, cost_s)| cost_s).sum();
    Ok(Planned { plan, workloads, runners, outside: asked, cost_s: sum_s })
}

/// Asks the chosen runners outside of this program about every cell that the filters leave them.
fn ask(
    registry: &Registry,
    wishes: &Wishes,
    limits: Limits,
    chosen: impl Fn(&str) -> bool,
) -> Vec<Asked> {
    let about = |outsider: &Outsider| {
        let pairs = registry.entries().iter().flat_map(|entry| {
            let points = points::of(entry, wishes).into_iter();
            points.map(|point| (entry.info.name.clone(), point))
        });
        let wanted = |(workload, point): &(String, Point)| {
            let (workload, point, runner) =
                (workload.clone(), point.clone(), outsider.name.clone());
            wishes.takes(&CellKey { workload, point, runner })
        };
        pairs.filter(wanted).collect::<Vec<_>>()
    };
    let outsiders = wishes.outside.iter().filter(|outsider| chosen(&outsider.name));
    outsiders
        .map(|outsider| Asked::ask(outsider, &about(outsider), wishes.workers, limits))
        .collect()
}

/// Every runner of the registry, once.
pub fn runners(registry: &Registry, wishes: &Wishes) -> Vec<RunnerInfo> {
    let mut runners: Vec<RunnerInfo> = Vec::new();
    for case in registry.entries().iter().flat_map(Entry::cases) {
        let info = case.runner(wishes.workers, wishes.pool_threads);
        if runners.iter().all(|known| known.name != info.name) {
            runners.push(info);
        }
    }
    runners
}

fn name(case: &dyn Case) -> String {
    case.runner(1, 1).name
}

/// The cells of one comparison: every chosen runner, and the reference's twin; each with what it is
/// expected to take, seconds.
fn group<'a>(
    entry: &Entry,
    point: &Point,
    cases: impl Iterator<Item = &'a dyn Case>,
    wishes: &Wishes,
    limits: Limits,
) -> Result<Vec<(PlannedCell, f64)>, Error> {
    let age = age(entry, wishes);
    let asked = !points::is_own(point, entry, wishes);
    let mut cells = Vec::new();
    for case in cases {
        let key =
            CellKey { workload: entry.info.name.clone(), point: point.clone(), runner: name(case) };
        if wishes.takes(&key) {
            let (cost_s, not_applicable) = match fit(case, &key, wishes, limits, asked)? {
                Ok(needs) => (cost_s(&needs, age, wishes), None),
                Err(reason) => (0.0, Some(reason)),
            };
            cells.push((PlannedCell { key, role: Role::Subject, age, not_applicable }, cost_s));
        }
    }
    let able = || cells.iter().filter(|(cell, _)| cell.not_applicable.is_none());
    let wanted = wishes.reference.as_deref().unwrap_or(REFERENCE);
    let reference = able().find(|(cell, _)| cell.key.runner == wanted).or_else(|| able().next());
    let twin = |(cell, cost_s): &(PlannedCell, f64)| {
        (PlannedCell { role: Role::Twin, ..cell.clone() }, *cost_s)
    };
    let twin = reference.map(twin);
    cells.extend(twin);
    Ok(cells)
}

/// What all rounds of a cell are expected to take, seconds: the budget, or more where a trial has its
/// own time.
fn cost_s(needs: &Requirements, age: Age, wishes: &Wishes) -> f64 {
    let steady_s = if age == Age::Steady { STEADY_S } else { 0.0 };
    let scheduled_s = ROUNDS * needs.time.as_secs_f64();
    wishes.budget.as_secs_f64().max(steady_s).max(scheduled_s)
}

fn age(entry: &Entry, wishes: &Wishes) -> Age {
    let wanted = wishes.age.unwrap_or_else(|| wishes.profile.age(entry.info.headline_age));
    if entry.ages.contains(&wanted) { wanted } else { entry.info.headline_age }
}

/// What a cell needs, or why it does not run. A size that was asked for and does not fit the machine is
/// an error.
fn fit(
    case: &dyn Case,
    key: &CellKey,
    wishes: &Wishes,
    limits: Limits,
    asked: bool,
) -> Result<Result<Requirements, String>, Error> {
    let needs = match case.requirements(&key.point) {
        Ok(needs) => needs,
        Err(Unsupported::Family(reason)) => return Ok(Err(reason)),
        Err(Unsupported::Point(reason)) => {
            return Err(Error::Usage(format!("{key} cannot be measured: {reason}")));
        }
    };
    let workers = points::workers(&key.point, wishes, limits)
        .map_err(|reason| Error::Usage(format!("{key} cannot be measured: {reason}")))?;
    let for_blocking = case.tasks_block() && case.family() == Family::ThreadPool;
    let pool = if for_blocking {
        Pool { threads: wishes.pool_threads, option: "--pool-threads" }
    } else {
        Pool { threads: workers, option: "--workers" }
    };
    match limits.refusal(needs, case.family(), pool) {
        Some(Refusal::Machine(reason)) if asked => {
            Err(Error::Usage(format!("{key} does not fit: {reason}")))
        }
        Some(refusal) => Ok(Err(refusal.into_reason())),
        None => Ok(Ok(needs)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use regex::Regex;
    use runtime_bench_api::workload::PointSet;

    use super::*;
    use crate::harness::profile::Profile;

    fn wishes() -> Wishes {
        Wishes {
            filters: Vec::new(),
            runners: Vec::new(),
            points: PointSet::Quick,
            claims: false,
            params: Vec::new(),
            rate: None,
            allocator: None,
            age: None,
            profile: Profile::Quick,
            budget: Duration::from_millis(800),
            workers: 2,
            pool_threads: 64,
            seed: 1,
            reference: None,
            trial_limit: Duration::from_secs(20),
            outside: Vec::new(),
            shard: None,
        }
    }

    fn plan(wishes: &Wishes) -> Result<Planned, Error> {
        make(&Registry::standard(), wishes, Limits::default())
    }

    fn cells(planned: &Planned, role: Role) -> Vec<&PlannedCell> {
        planned.plan.cells.iter().filter(|cell| cell.role == role).collect()
    }

    #[test]
    fn every_pair_has_a_cell_and_every_comparison_a_twin() {
        let planned = plan(&wishes()).unwrap();
        let (workloads, runners) = (planned.workloads.len(), planned.runners.len());
        let mut comparisons: Vec<String> =
            cells(&planned, Role::Subject).iter().map(|cell| cell.key.group()).collect();
        comparisons.dedup();
        assert!(comparisons.len() >= workloads);
        assert_eq!(cells(&planned, Role::Subject).len(), comparisons.len() * runners);
        assert_eq!(cells(&planned, Role::Twin).len(), comparisons.len());
    }

    #[test]
    fn a_pool_too_small_is_not_applicable_with_both_numbers() {
        let planned = plan(&Wishes { pool_threads: 9, ..wishes() }).unwrap();
        let reason = |name: &str| {
            let key = planned.plan.cells.iter().find(|c| c.key.to_string().starts_with(name));
            key.unwrap().not_applicable.clone().unwrap_or_default()
        };
        let echo = reason("tcp-echo/thread-pool");
        assert!(echo.contains("128") && echo.contains(" 9 ") && echo.contains("--pool-threads"));
        assert_eq!(reason("bounded-queue/thread-pool"), "");
        assert!(reason("bounded-queue/rayon").contains("--workers"));
    }

    #[test]
    fn unknown_names_are_answered_with_the_nearest() {
        let error = |wishes: Wishes| plan(&wishes).unwrap_err().to_string();
        let runners = vec!["tokyo".to_owned()];
        assert!(error(Wishes { runners, ..wishes() }).contains("did you mean `tokio`?"));
        let filters = vec![Regex::new("tcp-ecko").unwrap()];
        assert!(error(Wishes { filters, ..wishes() }).contains("did you mean `tcp-echo`?"));
        let params = vec![("conections".to_owned(), vec![1])];
        assert!(error(Wishes { params, ..wishes() }).contains("did you mean `connections`?"));
        let (runners, reference) = (vec!["smol".to_owned()], Some("tokio".to_owned()));
        assert!(error(Wishes { runners, reference, ..wishes() }).contains("not among"));
    }

    #[test]
    fn a_size_that_was_asked_for_and_does_not_fit_is_refused() {
        let limits = Limits { open_files: Some(1_024), ..Limits::default() };
        let params = vec![("connections".to_owned(), vec![10_000])];
        let asked = Wishes { params, ..wishes() };
        let error = make(&Registry::standard(), &asked, limits).unwrap_err().to_string();
        assert!(error.contains("40064") && error.contains("1024"), "{error}");
        let full = Wishes { points: PointSet::Full, ..wishes() };
        let planned = make(&Registry::standard(), &full, limits).unwrap();
        let refused = |cell: &&PlannedCell| {
            cell.not_applicable.as_deref().is_some_and(|reason| reason.contains("1024"))
        };
        assert!(planned.plan.cells.iter().any(|cell| refused(&cell)));
    }

    #[test]
    fn a_value_out_of_range_is_refused_before_anything_is_planned() {
        let cases = [("n", 18_446_744_073_709_551_615), ("n", 51), ("tasks", 0), ("capacity", 0)];
        for (name, value) in cases {
            let params = vec![(name.to_owned(), vec![value])];
            let error = plan(&Wishes { params, ..wishes() }).unwrap_err().to_string();
            assert!(error.contains("must be between") && error.contains(name), "{error}");
        }
    }

    #[test]
    fn a_parameter_that_no_chosen_workload_has_is_refused() {
        let filters = vec![Regex::new("spawn-join").unwrap()];
        let params = vec![("connections".to_owned(), vec![3])];
        let error = plan(&Wishes { filters, params, ..wishes() }).unwrap_err().to_string();
        assert!(error.contains("`connections`") && error.contains("tasks"), "{error}");
    }

    #[test]
    fn parameters_replace_those_of_the_points() {
        let params = vec![("tasks".to_owned(), vec![3, 5])];
        let planned = plan(&Wishes { params, ..wishes() }).unwrap();
        let named = |text: &str| planned.plan.cells.iter().any(|c| c.key.to_string() == text);
        assert!(named("spawn-join/tokio/tasks=3") && named("spawn-join/tokio/tasks=5"));
        assert!(!named("spawn-join/tokio/tasks=1000"));
    }

    #[test]
    fn a_profile_with_time_drives_longer_and_says_what_that_costs() {
        let filters = vec![Regex::new("echo-latency").unwrap()];
        let quick = Wishes { filters, ..wishes() };
        let long = Wishes { profile: Profile::Standard, ..quick.clone() };
        let (quick, long) = (plan(&quick).unwrap(), plan(&long).unwrap());
        let milliseconds =
            |planned: &Planned| planned.plan.cells[0].key.point.count("duration").unwrap();
        assert!(milliseconds(&quick) < 1_000 && milliseconds(&long) == 1_000);
        let able = long.runnable().count() as f64;
        assert!(long.cost_s > able * ROUNDS && quick.cost_s < long.cost_s / 4.0);
    }

    #[test]
    fn eight_shards_have_the_cells_of_the_plan_and_each_comparison_stays_in_one() {
        let whole = plan(&Wishes { points: PointSet::Full, ..wishes() }).unwrap();
        let mut owners: BTreeMap<String, usize> = BTreeMap::new();
        let (mut cells, mut cost_s) = (Vec::new(), 0.0);
        for index in 1..=8 {
            let shard = Some(format!("{index}/8").parse().unwrap());
            let shard = plan(&Wishes { points: PointSet::Full, shard, ..wishes() }).unwrap();
            assert_eq!(shard.plan.cells, whole.plan.cells, "each knows the whole plan");
            let own: Vec<PlannedCell> = shard.cells().cloned().collect();
            for cell in &own {
                assert_eq!(*owners.entry(cell.key.group()).or_insert(index), index, "{}", cell.key);
            }
            assert!(shard.runnable().count() > 0);
            cost_s += shard.cost_s;
            cells.extend(own);
        }
        let sorted = |mut cells: Vec<PlannedCell>| {
            cells.sort_by_key(|cell| (cell.key.to_string(), cell.role, cell.age));
            cells
        };
        assert_eq!(sorted(cells), sorted(whole.plan.cells));
        assert!((cost_s - whole.cost_s).abs() < 1e-6);
    }

    #[test]
    fn a_split_does_not_depend_on_the_seed() {
        let of = |seed| {
            let shard = Some("2/8".parse().unwrap());
            plan(&Wishes { seed, shard, ..wishes() }).unwrap().plan.shard
        };
        assert_eq!(of(1), of(2));
    }

    #[test]
    fn without_tokio_the_first_able_runner_is_twinned() {
        let runners = vec!["threads".to_owned(), "rayon".to_owned()];
        let planned = plan(&Wishes { runners, ..wishes() }).unwrap();
        assert!(cells(&planned, Role::Twin).iter().all(|cell| cell.key.runner == "threads"));
    }
}
