//! A deterministic executor and monitor: tests plan and run without processes, sleeps or real time.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use runtime_bench_api::cells::Cells;
use runtime_bench_api::instance::Instance;
use runtime_bench_api::runner::{Runner, Setting};
use runtime_bench_api::runtime::Family;
use runtime_bench_api::trial::probe_reply;
use runtime_bench_api::workload::{Failure, Setup, Workload};
use runtime_bench_results::catalog::{Class, RunnerInfo};
use runtime_bench_results::program::{ProbeReply, ProbeRequest};
use runtime_bench_results::trial::{Block, ErrorKind, Metric, Outcome, metric};

use crate::executor::{Executor, Finished, Trial};
use crate::monitor::{Monitor, NoiseEvents};
use crate::process::watch::Watch;
use crate::program::{Program, ProgramError, TrialError};
use crate::registry::Registry;

/// A runner that can describe itself and start nothing.
#[derive(Clone, Copy)]
pub(crate) struct FakeRunner {
    pub(crate) name: &'static str,
    pub(crate) family: Family,
    pub(crate) class: Class,
}

/// Two asynchronous runners, and one of each other family.
const RUNNERS: [FakeRunner; 5] = [
    FakeRunner { name: "tokio", family: Family::Async, class: Class::MultiThread },
    FakeRunner { name: "smol", family: Family::Async, class: Class::MultiThread },
    FakeRunner { name: "threads", family: Family::ThreadPerTask, class: Class::MultiThread },
    FakeRunner { name: "thread-pool", family: Family::ThreadPool, class: Class::MultiThread },
    FakeRunner { name: "rayon", family: Family::DataParallel, class: Class::MultiThread },
];

impl Runner for FakeRunner {
    fn name(&self) -> &'static str {
        self.name
    }

    fn info(&self, _: usize, _: usize) -> RunnerInfo {
        RunnerInfo {
            discontinued: None,
            name: self.name.to_owned(),
            title: self.name.to_owned(),
            class: self.class,
            configuration: String::new(),
            packages: [("fake".to_owned(), String::new())].into(),
            notes: Vec::new(),
        }
    }

    fn family(&self) -> Family {
        self.family
    }

    fn settings(&self) -> Vec<Setting> {
        let switch = Setting {
            missing: Some("This build lacks it."),
            ..Setting::new("switch", "a switch", 0..=1, "0")
        };
        let variable =
            Setting { variable: Some("FAKE_STACK"), ..Setting::new("stack", "a size", 1..=9, "9") };
        match self.name {
            "tokio" => {
                vec![Setting::new("interval", "an interval", 1..=99, "61"), switch, variable]
            }
            _ => Vec::new(),
        }
    }

    fn start<W: Workload>(&self, _: W, _: Setup) -> Result<Box<dyn Instance>, Failure> {
        Err(Failure::no_session())
    }
}

/// Every workload on a runner.
pub(crate) fn cells(runner: FakeRunner) -> Cells {
    Cells::default().with(runner, runtime_bench_catalog::each)
}

/// Every workload, and a program `fake` with all fake runners.
pub(crate) fn registry() -> Registry {
    Registry::default().with_catalog(runtime_bench_catalog::each).with_programs(&["fake"])
}

/// The reply of a fake program to a probe.
type Probe = Box<dyn Fn(&ProbeRequest) -> Result<ProbeReply, TrialError>>;
/// The outcome of the n-th trial that was started, from 1.
type Script = Box<dyn Fn(&Trial<'_>, usize) -> Finished>;

/// Runs scripted trials.
pub(crate) struct FakeExecutor {
    programs: Vec<(&'static str, Probe)>,
    script: Script,
    interrupted_at: Option<usize>,
    layouts: usize,
    trials: RefCell<usize>,
    clock: Rc<Cell<f64>>,
}

impl FakeExecutor {
    /// All fake runners in one program; every trial takes 2 ms.
    pub(crate) fn new() -> Self {
        let all = RUNNERS.into_iter().fold(Cells::default(), |all, one| all.and(cells(one)));
        Self::without_programs().with_program("fake", all)
    }

    pub(crate) fn without_programs() -> Self {
        Self {
            programs: Vec::new(),
            script: Box::new(|_, _| takes(2.0)),
            interrupted_at: None,
            layouts: 1,
            trials: RefCell::new(0),
            clock: Rc::default(),
        }
    }

    pub(crate) fn with_program(self, name: &'static str, cells: Cells) -> Self {
        self.with_probe(name, move |request| Ok(probe_reply(cells.probe(request))))
    }

    pub(crate) fn with_probe(
        mut self,
        name: &'static str,
        probe: impl Fn(&ProbeRequest) -> Result<ProbeReply, TrialError> + 'static,
    ) -> Self {
        self.programs.push((name, Box::new(probe)));
        self
    }

    pub(crate) fn with_script(
        self,
        script: impl Fn(&Trial<'_>, usize) -> Finished + 'static,
    ) -> Self {
        Self { script: Box::new(script), ..self }
    }

    /// The run is interrupted in its n-th trial, from 1.
    pub(crate) fn interrupted_at(self, trial: usize) -> Self {
        Self { interrupted_at: Some(trial), ..self }
    }

    /// Link layouts of every program.
    pub(crate) fn with_layouts(self, layouts: usize) -> Self {
        Self { layouts, ..self }
    }

    /// A monitor on the clock of the scripted trials, which continues at `start_s` and reports `events` in
    /// time.
    pub(crate) fn monitor(&self, start_s: f64, events: NoiseEvents) -> Box<dyn Monitor> {
        self.clock.set(start_s);
        Box::new(FakeMonitor { clock: Rc::clone(&self.clock), events })
    }
}

impl Executor for FakeExecutor {
    fn program(&self, name: &str) -> Result<Program, ProgramError> {
        if self.programs.iter().any(|(known, _)| *known == name) {
            return Ok(Program { path: name.into(), args: Vec::new() });
        }
        Err(ProgramError::Missing { name: name.to_owned(), folder: "/nowhere".to_owned() })
    }

    fn hash(&self, program: &Program) -> Result<String, ProgramError> {
        Ok(format!("hash of {}", program.path.display()))
    }

    fn layouts(&self, _: &Program) -> usize {
        self.layouts
    }

    fn probe(&self, program: &Program, request: &ProbeRequest) -> Result<ProbeReply, TrialError> {
        let name = program.file_name();
        let found = self.programs.iter().find(|(known, _)| *known == name);
        found.expect("only known programs are probed").1(request)
    }

    fn watched(&self, trial: &Trial<'_>, _: &mut dyn Watch) -> Option<Finished> {
        let number = self.trials.replace_with(|count| *count + 1) + 1;
        if self.interrupted_at == Some(number) {
            return None;
        }
        let finished = (self.script)(trial, number);
        self.clock.set(self.clock.get() + finished.cost.as_secs_f64());
        Some(finished)
    }

    fn count(&self, _: &Trial<'_>) -> Option<Finished> {
        None
    }
}

/// A verified trial with this duration.
pub(crate) fn takes(ms: f64) -> Finished {
    let metrics = [&metric::WALL, &metric::PER_TASK, &metric::PER_ITERATION]
        .map(|of| Metric::of(of, ms * 1e6))
        .to_vec();
    let block = Block { iterations: 1, metrics, ..Block::default() };
    let cost = Duration::from_secs_f64(ms / 1e3);
    Finished { outcome: Outcome::Ok { block }, stderr: None, cost }
}

/// A trial that fails at once.
pub(crate) fn fails(kind: ErrorKind, message: &str) -> Finished {
    Finished::not_started(TrialError::new(kind, message))
}

/// Reports scripted events once their time has passed.
struct FakeMonitor {
    clock: Rc<Cell<f64>>,
    events: NoiseEvents,
}

impl Monitor for FakeMonitor {
    fn now(&self) -> f64 {
        self.clock.get()
    }

    fn after_trial(&mut self) -> NoiseEvents {
        let now = self.now();
        let NoiseEvents { noise, stalls } = &mut self.events;
        NoiseEvents {
            noise: noise.extract_if(.., |window| window.until_s <= now).collect(),
            stalls: stalls.extract_if(.., |stall| stall.until_s <= now).collect(),
        }
    }

    fn between_rounds(&mut self) -> NoiseEvents {
        NoiseEvents::default()
    }

    fn end(self: Box<Self>) -> NoiseEvents {
        self.events
    }
}
