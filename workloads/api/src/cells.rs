//! Cells: pairs of a workload and a runner, with their types erased.

use std::time::Duration;

use runtime_bench_results::catalog::RunnerInfo;
use runtime_bench_results::key::Point;
use runtime_bench_results::program::{CellSupport, ProbeRequest, ProbedRunner};
use runtime_bench_results::setting::{self, SettingInfo, Settings};

use crate::dyn_workload::DynWorkload;
use crate::instance::{Instance, Sample};
use crate::runner::{Runner, Setting};
use crate::workload::{Failure, Setup, Unsupported, Workload};

/// Visits the workloads of a catalog, each with its own type.
pub trait WorkloadVisitor {
    /// Takes one workload.
    fn visit<W: Workload>(&mut self, workload: W);

    /// Takes one workload and its object-safe half, which was compiled once, in the workload's crate, and not
    /// for every runner.
    fn visit_both<W: Workload>(&mut self, workload: W, _half: &'static dyn DynWorkload) {
        self.visit(workload);
    }

    /// Receives a workload that runners have only with a cargo feature, which this build lacks.
    fn visit_left_out<W: Workload>(
        &mut self,
        workload: W,
        half: &'static dyn DynWorkload,
        _feature: &'static str,
    ) {
        self.visit_both(workload, half);
    }
}

/// A workload on a runner, compiled to native code as a pair.
trait Cell: Send + Sync {
    fn workload(&self) -> &'static dyn DynWorkload;
    fn start(&self, setup: Setup) -> Result<Box<dyn Instance>, Failure>;

    /// The reason why this build cannot start it.
    fn left_out(&self) -> Option<String> {
        None
    }
}

struct Pair<W, R> {
    workload: W,
    half: &'static dyn DynWorkload,
    runner: R,
}

impl<W: Workload, R: Runner> Cell for Pair<W, R> {
    fn workload(&self) -> &'static dyn DynWorkload {
        self.half
    }

    fn start(&self, setup: Setup) -> Result<Box<dyn Instance>, Failure> {
        self.runner.start(self.workload.clone(), setup)
    }
}

/// A workload that this build leaves out.
struct LeftOut {
    half: &'static dyn DynWorkload,
    feature: &'static str,
}

impl Cell for LeftOut {
    fn workload(&self) -> &'static dyn DynWorkload {
        self.half
    }

    fn start(&self, _: Setup) -> Result<Box<dyn Instance>, Failure> {
        Err(Failure::Request(left_out(self.feature)))
    }

    fn left_out(&self) -> Option<String> {
        Some(left_out(self.feature))
    }
}

/// The reason for a build without a cargo feature that a cell needs.
pub fn left_out(feature: &str) -> String {
    format!("Not in this build: `cargo bench --features {feature}` measures it.")
}

/// A runner with its type erased: everything except [`Runner::start`].
trait DynRunner: Send + Sync {
    fn name(&self) -> &'static str;
    fn settings(&self) -> Vec<Setting>;
    fn probe(&self, settings: &Settings, request: &ProbeRequest) -> ProbedRunner;
    fn support(&self, workload: &dyn DynWorkload, point: &Point) -> CellSupport;
}

impl<R: Runner> DynRunner for R {
    fn name(&self) -> &'static str {
        Runner::name(self)
    }

    fn settings(&self) -> Vec<Setting> {
        Runner::settings(self)
    }

    fn probe(&self, settings: &Settings, request: &ProbeRequest) -> ProbedRunner {
        let info = self.info(request.workers, request.pool_threads);
        let mut info = RunnerInfo { name: settings.of(Runner::name(self)), ..info };
        if !settings.is_empty() {
            let label = settings.label();
            info.title = format!("{}, {label}", info.title);
            info.configuration = format!("{}; {label}", info.configuration);
        }
        let known = Runner::settings(self);
        let variables = known.iter().filter_map(|setting| {
            Some((setting.variable?.to_owned(), settings.get(setting.name)?.to_string()))
        });
        ProbedRunner {
            info,
            family: self.family(),
            worker_variable: self.worker_variable().map(str::to_owned),
            variables: variables.collect(),
            settings: known.iter().map(Setting::info).collect(),
            cells: Vec::new(),
        }
    }

    fn support(&self, workload: &dyn DynWorkload, point: &Point) -> CellSupport {
        let reason = match workload.requirements(point, self.family()) {
            Ok(requirements) => self.refuses(workload, point, &requirements),
            Err(Unsupported::Family(reason) | Unsupported::Point(reason)) => Some(reason),
        };
        reason.map_or(CellSupport::Runs, CellSupport::Refused)
    }
}

/// The cells of one program: runners, each with the workloads that the program was built with.
#[derive(Default)]
pub struct Cells {
    runners: Vec<RunnerCells>,
}

struct RunnerCells {
    runner: Box<dyn DynRunner>,
    cells: Vec<Box<dyn Cell>>,
}

/// Pairs each visited workload with one runner.
pub struct Pairing<R> {
    runner: R,
    cells: Vec<Box<dyn Cell>>,
}

impl<R: Runner> WorkloadVisitor for Pairing<R> {
    fn visit<W: Workload>(&mut self, workload: W) {
        self.visit_both(workload.clone(), Box::leak(Box::new(workload)));
    }

    fn visit_both<W: Workload>(&mut self, workload: W, half: &'static dyn DynWorkload) {
        self.cells.push(Box::new(Pair { workload, half, runner: self.runner }));
    }

    fn visit_left_out<W: Workload>(
        &mut self,
        _: W,
        half: &'static dyn DynWorkload,
        feature: &'static str,
    ) {
        self.cells.push(Box::new(LeftOut { half, feature }));
    }
}

impl Cells {
    /// Adds a runner with the workloads that `catalog` visits.
    #[must_use]
    pub fn with<R: Runner>(mut self, runner: R, catalog: impl FnOnce(&mut Pairing<R>)) -> Self {
        let mut pairing = Pairing { runner, cells: Vec::new() };
        catalog(&mut pairing);
        self.runners.push(RunnerCells { runner: Box::new(runner), cells: pairing.cells });
        self
    }

    /// Adds the cells of another program.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.runners.extend(other.runners);
        self
    }

    /// Whether there are no cells.
    pub fn is_empty(&self) -> bool {
        self.runners.iter().all(|runner| runner.cells.is_empty())
    }

    /// Names of the runners, in order.
    pub fn runner_names(&self) -> impl Iterator<Item = &'static str> {
        self.runners.iter().map(|known| known.runner.name())
    }

    /// Names of the workloads of a runner, in order.
    pub fn workload_names(&self, runner: &str) -> Vec<String> {
        let cells = self.runners.iter().filter(|known| known.runner.name() == runner);
        cells.flat_map(|known| &known.cells).map(|cell| cell.workload().info().name).collect()
    }

    /// Describes every runner, including runners with requested settings, and says which cells each supports.
    /// The caller handles settings that a runner does not have.
    pub fn probe(&self, request: &ProbeRequest) -> Vec<ProbedRunner> {
        let variants = |known: &RunnerCells| -> Vec<Settings> {
            let own = request.variants.iter().map(|name| setting::split(name));
            let own = own.filter(|(base, settings)| {
                !settings.is_empty() && known.can_have(base, settings).is_ok()
            });
            own.map(|(_, settings)| settings).collect()
        };
        let of = |known: &RunnerCells| {
            let all = std::iter::once(Settings::default()).chain(variants(known));
            all.map(|settings| known.probe(&settings, request)).collect::<Vec<_>>()
        };
        self.runners.iter().flat_map(of).collect()
    }

    /// Builds and prepares a fresh instance of a cell.
    ///
    /// # Errors
    /// When the cell is unknown, or cannot be built or prepared, or the runner lacks a setting.
    pub fn start(&self, workload: &str, runner: &str, setup: Setup) -> Result<Started, Failure> {
        let (base, settings) = setting::split(runner);
        let mut runners = self.runners.iter().filter(|known| known.runner.name() == base);
        let cell = runners.find_map(|known| Some((known, known.cell(workload)?)));
        let unknown = || {
            Failure::Request(format!(
                "unknown cell: this program was built without {workload} on {runner}"
            ))
        };
        let (known, cell) = cell.ok_or_else(unknown)?;
        known.can_have(base, &settings)?;
        // Settings apply to this runtime; its clients keep the defaults.
        let own = known.runner.settings();
        let traffic = setup.traffic.without(own.iter().filter_map(|setting| setting.variable));
        let instance = cell.start(Setup { settings, traffic, ..setup })?;
        Ok(Started { instance, workload: cell.workload() })
    }
}

/// A prepared instance of a cell, with the workload that verifies its outputs.
pub struct Started {
    instance: Box<dyn Instance>,
    workload: &'static dyn DynWorkload,
}

impl Started {
    /// Times `iterations` iterations, then verifies every output.
    ///
    /// # Errors
    /// When an output is wrong or the work fails.
    pub fn measure(&mut self, iterations: u64) -> Result<Sample, Failure> {
        let workload = self.workload;
        self.instance.measure(iterations, &|trial, timed| workload.sample(trial, timed))
    }

    /// Runs one iteration, and corrupts its output to see that the workload's check rejects it.
    ///
    /// # Errors
    /// When the check accepts the corrupted output, or the work fails.
    pub fn reject_corrupted(&mut self) -> Result<Sample, Failure> {
        let workload = self.workload;
        self.instance.measure(1, &|trial, timed| workload.reject_corrupted(trial, timed))
    }

    /// Build time of the runtime, without the workload's inputs.
    pub fn build_time(&self) -> Duration {
        self.instance.build_time()
    }
}

impl RunnerCells {
    fn cell(&self, workload: &str) -> Option<&dyn Cell> {
        let found = self.cells.iter().find(|cell| cell.workload().info().name == workload);
        found.map(AsRef::as_ref)
    }

    fn probe(&self, settings: &Settings, request: &ProbeRequest) -> ProbedRunner {
        let known = self.runner.settings();
        let missing = known.iter().find_map(|setting| {
            let is_set = settings.get(setting.name).is_some();
            setting.missing.filter(|_| is_set)
        });
        let support = |(workload, point): &(String, Point)| match (self.cell(workload), missing) {
            (Some(_), Some(reason)) => CellSupport::Refused(reason.to_owned()),
            (Some(cell), None) => match cell.left_out() {
                Some(reason) => CellSupport::Refused(reason),
                None => self.runner.support(cell.workload(), point),
            },
            (None, _) => CellSupport::Unknown,
        };
        let cells = request.points.iter().map(support).collect();
        ProbedRunner { cells, ..self.runner.probe(settings, request) }
    }

    /// Whether its runner has this name and these settings.
    fn can_have(&self, base: &str, settings: &Settings) -> Result<(), Failure> {
        let refused = |why: String| Err(Failure::Request(why));
        if self.runner.name() != base {
            return refused(format!("this runner is {}", self.runner.name()));
        }
        let known: Vec<SettingInfo> = self.runner.settings().iter().map(Setting::info).collect();
        settings.check(base, &known).or_else(|why| refused(why.to_string()))
    }
}
