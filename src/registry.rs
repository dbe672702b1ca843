//! The one list of what is measured and on whom: every workload crossed with every runner.
//!
//! `cargo bench`, the command line, the tests and the verification all walk it.

use std::net::SocketAddr;
use std::time::Duration;

use runtime_bench_api::clock::Timing;
use runtime_bench_api::dyn_workload::DynWorkload;
use runtime_bench_api::external::ExternalInputs;
use runtime_bench_api::instance::{Instance, Sample};
use runtime_bench_api::runtime::Family;
use runtime_bench_api::workload::{Failure, PointSet, Requirements, Setup, Unsupported, Workload};
use runtime_bench_results::catalogue::{RunnerInfo, WorkloadInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::metric::MetricDef;
use runtime_bench_results::trial::Age;
use runtime_bench_runners::Runner;
use serde_json::Value;

/// Workloads, each with a case per runner.
#[derive(Default)]
pub struct Registry {
    entries: Vec<Entry>,
    duplicates: Vec<String>,
}

/// One workload and the runners that it may run on.
pub struct Entry {
    /// The workload in its own words.
    pub info: WorkloadInfo,
    /// Ages of an instance at which it means something.
    pub ages: &'static [Age],
    /// Whether it is a server that clients from outside can speak to.
    pub serves: bool,
    workload: Box<dyn DynWorkload>,
    cases: Vec<Box<dyn Case>>,
}

/// A workload on a runner.
pub trait Case: Send + Sync {
    /// The runner in its own words.
    fn runner(&self, workers: usize, pool_threads: usize) -> RunnerInfo;
    /// How the runner runs tasks.
    fn family(&self) -> Family;
    /// Whether the workload's tasks wait while they run.
    fn tasks_block(&self) -> bool;
    /// What a point asks of the runner and the machine.
    ///
    /// # Errors
    /// Why the case cannot run at this point.
    fn requirements(&self, point: &Point) -> Result<Requirements, Unsupported>;
    /// Environment variables for the trial's process.
    fn environment(&self, workers: usize) -> Vec<(&'static str, String)>;
    /// Builds and prepares a fresh instance.
    ///
    /// # Errors
    /// When it cannot be built or prepared.
    fn start(&self, setup: Setup) -> Result<Box<dyn Instance>, Failure>;
}

impl Registry {
    /// Every workload and every runner of this project.
    #[cfg(not(fuzzing))]
    pub fn standard() -> Self {
        let mut registry = Self::default();
        runtime_bench_workloads::each(&mut registry);
        registry
    }

    /// Nothing: a fuzzer tries what is read, and every workload on every runner takes minutes to build.
    #[cfg(fuzzing)]
    pub fn standard() -> Self {
        Self::default()
    }

    /// Adds a workload of your own, on every runner.
    #[must_use]
    pub fn with<W: Workload>(mut self, workload: W) -> Self {
        self.add(workload);
        self
    }

    /// Adds one case to a workload that is already registered: a hand-written twin, say.
    /// A workload that is unknown is reported when the program starts.
    #[must_use]
    pub fn with_case(mut self, workload: &str, case: impl Case + 'static) -> Self {
        match self.entries.iter_mut().find(|entry| entry.info.name == workload) {
            Some(entry) => entry.cases.push(Box::new(case)),
            None => self.duplicates.push(format!("a case names the unknown workload {workload}")),
        }
        self
    }

    /// Every workload, in the order of the report.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// A workload by its name.
    pub fn entry(&self, workload: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.info.name == workload)
    }

    /// The case of a workload on a runner.
    pub fn case(&self, workload: &str, runner: &str) -> Option<&dyn Case> {
        self.entry(workload)?.case(runner)
    }

    /// What is wrong with the registry itself, such as two workloads of one name.
    pub fn problem(&self) -> Option<&str> {
        self.duplicates.first().map(String::as_str)
    }

    fn add<W: Workload>(&mut self, workload: W) {
        let info = Workload::info(&workload);
        if self.entries.iter().any(|entry| entry.info.name == info.name) {
            self.duplicates.push(format!("two workloads are called {}", info.name));
            return;
        }
        self.duplicates.extend(headline_problem(&info, W::METRICS));
        let mut pairing = Pairing { workload: workload.clone(), cases: Vec::new() };
        runtime_bench_runners::each(&mut pairing);
        self.entries.push(Entry {
            info,
            ages: Workload::ages(&workload),
            serves: W::SERVES,
            cases: pairing.cases,
            workload: Box::new(workload),
        });
    }
}

impl Entry {
    /// Where the workload is measured.
    pub fn points(&self, set: PointSet, workers: usize) -> Vec<Point> {
        self.workload.points(set, workers)
    }

    /// Where profiles measure it that take their time.
    pub fn long_points(&self, workers: usize) -> Vec<Point> {
        self.workload.long_points(workers)
    }

    /// Where a trial tells the capacity that a share of it at `point` refers to, if there is one.
    pub fn capacity(&self, point: &Point) -> Option<Point> {
        self.workload.capacity(point)
    }

    /// The workload on each runner.
    pub fn cases(&self) -> impl Iterator<Item = &dyn Case> {
        self.cases.iter().map(AsRef::as_ref)
    }

    /// What a point asks of the machine, and of runners of a family.
    ///
    /// # Errors
    /// Why that family, or everybody, cannot run it.
    pub fn requirements(&self, point: &Point, family: Family) -> Result<Requirements, Unsupported> {
        self.workload.requirements(point, family)
    }

    /// Whether a runner outside of this program can do a point.
    ///
    /// # Errors
    /// With the reason.
    pub fn supports_external(&self, point: &Point) -> Result<(), Unsupported> {
        self.workload.supports_external(point)
    }

    /// Prepares what such a runner is given.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn external_inputs(&self, setup: &Setup) -> Result<ExternalInputs, Failure> {
        self.workload.external_inputs(setup)
    }

    /// Checks the answers of such a runner, and makes figures of them.
    ///
    /// # Errors
    /// When one is not of the workload's form, or wrong.
    pub fn external_sample(
        &self,
        setup: &Setup,
        said: Vec<Value>,
        timing: Timing,
    ) -> Result<Sample, Failure> {
        self.workload.external_sample(setup, said, timing)
    }

    /// Prepares to load the server of such a runner.
    ///
    /// # Errors
    /// When the clients cannot be started.
    pub fn on_address(
        &self,
        setup: &Setup,
        address: SocketAddr,
        build_time: Duration,
    ) -> Result<Box<dyn Instance>, Failure> {
        self.workload.on_address(setup, address, build_time)
    }

    fn case(&self, runner: &str) -> Option<&dyn Case> {
        self.cases().find(|case| case.runner(1, 1).name == runner)
    }
}

/// The headline must be a metric that the workload declares.
fn headline_problem(info: &WorkloadInfo, metrics: &[&MetricDef]) -> Option<String> {
    let declared = metrics.iter().any(|metric| metric.id == info.headline);
    (!declared).then(|| {
        format!("the headline {} of {} is not one of its metrics", info.headline, info.name)
    })
}

impl runtime_bench_workloads::Visitor for Registry {
    fn visit<W: Workload>(&mut self, workload: W) {
        self.add(workload);
    }
}

/// Makes a case of one workload for every runner that it is shown.
struct Pairing<W> {
    workload: W,
    cases: Vec<Box<dyn Case>>,
}

impl<W: Workload> runtime_bench_runners::Visitor for Pairing<W> {
    fn visit<R: Runner>(&mut self, runner: R) {
        self.cases.push(Box::new(Pair { workload: self.workload.clone(), runner }));
    }
}

/// Here a workload meets a runner, and the compiler makes native code of the two.
struct Pair<W, R> {
    workload: W,
    runner: R,
}

impl<W: Workload, R: Runner> Case for Pair<W, R> {
    fn runner(&self, workers: usize, pool_threads: usize) -> RunnerInfo {
        self.runner.info(workers, pool_threads)
    }

    fn family(&self) -> Family {
        self.runner.family()
    }

    fn tasks_block(&self) -> bool {
        Workload::tasks_block(&self.workload)
    }

    fn requirements(&self, point: &Point) -> Result<Requirements, Unsupported> {
        let needs = DynWorkload::requirements(&self.workload, point, self.runner.family())?;
        match self.runner.refuses(&self.workload, point, &needs) {
            Some(reason) => Err(Unsupported::Family(reason)),
            None => Ok(needs),
        }
    }

    fn environment(&self, workers: usize) -> Vec<(&'static str, String)> {
        self.runner.environment(workers)
    }

    fn start(&self, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        self.runner.start(self.workload.clone(), setup)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_fit_a_path() {
        let registry = Registry::standard();
        assert_eq!(registry.problem(), None);
        let well_formed = |name: &str| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '-')
        };
        for entry in registry.entries() {
            assert!(well_formed(&entry.info.name), "{}", entry.info.name);
            let runners: Vec<String> = entry.cases().map(|case| case.runner(2, 64).name).collect();
            let unique: BTreeSet<&String> = runners.iter().collect();
            assert_eq!(unique.len(), runners.len(), "{runners:?}");
            assert!(runners.iter().all(|name| well_formed(name)), "{runners:?}");
        }
    }

    #[test]
    fn every_workload_declares_points_and_a_headline_age_that_it_has() {
        for entry in Registry::standard().entries() {
            for set in [PointSet::Smoke, PointSet::Quick, PointSet::Full] {
                assert!(!entry.points(set, 2).is_empty(), "{}", entry.info.name);
            }
            assert!(!entry.long_points(2).is_empty(), "{}", entry.info.name);
            assert!(entry.ages.contains(&entry.info.headline_age), "{}", entry.info.name);
        }
    }

    #[test]
    fn no_pair_is_silent() {
        for entry in Registry::standard().entries() {
            for (case, point) in entry.cases().flat_map(|case| {
                entry.points(PointSet::Full, 2).into_iter().map(move |p| (case, p))
            }) {
                if let Err(unsupported) = case.requirements(&point) {
                    assert!(
                        unsupported.to_string().len() > 20,
                        "{}: {unsupported}",
                        entry.info.name
                    );
                }
            }
        }
    }

    #[test]
    fn headline_must_be_a_declared_metric() {
        let info = Workload::info(&runtime_bench_workloads::calibration::null::Null);
        let declared = MetricDef::time("per-iteration");
        assert_eq!(headline_problem(&info, &[&declared]), None);
        let problem = headline_problem(&info, &[]).unwrap();
        assert_eq!(problem, "the headline per-iteration of null is not one of its metrics");
    }

    #[test]
    fn a_second_workload_of_one_name_is_a_problem() {
        let registry = Registry::standard().with(runtime_bench_workloads::calibration::null::Null);
        assert_eq!(registry.problem(), Some("two workloads are called null"));
    }
}
