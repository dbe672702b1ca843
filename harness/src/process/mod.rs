//! Trials in separate processes: a request to a program, and its reply.

mod child;
pub mod interrupt;
mod reply;
mod serve;
pub mod watch;

pub use serve::serve;

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use runtime_bench_api::process::HARNESS_PID;
use runtime_bench_results::key::CellKey;
use runtime_bench_results::listing::Route;
use runtime_bench_results::program::{ProbeReply, ProbeRequest, ProgramRequest};
use runtime_bench_results::trial::{ErrorKind, ExternalCommand, Outcome, PROTOCOL, TrialRequest};

use crate::error::Error;
use crate::executor::{Executor, Finished, PROBE_LIMIT, Trial, read_probe};
use crate::plan::schedule::input_seed;
use crate::probes::Probes;
use crate::program::{COUNTING, MIMALLOC, Program, ProgramError, TrialError, this_program};
use crate::scratch::Scratch;
use child::{Ended, Limits};
use interrupt::Interrupt;
use reply::reply;
use watch::{Unwatched, Watch};

/// The subcommand that makes the command line the load generator of a trial.
pub const LOAD: &str = "load";

/// Time limit for the adapter of an external runner to report after the runner's time limit.
const GRACE: Duration = Duration::from_secs(5);

/// Environment variables that would resize a runner.
const RUNTIME_VARIABLES: [&str; 6] = [
    "ASYNC_STD_THREAD_COUNT",
    "BLOCKING_MAX_THREADS",
    "MALLOC_ARENA_MAX",
    "RAYON_NUM_THREADS",
    "RUST_MIN_STACK",
    "SMOL_THREADS",
];

/// Starts each trial as a process.
pub struct ProcessExecutor<'a> {
    interrupt: &'a Interrupt,
    /// The executable of the harness, whose folder contains the programs.
    harness: PathBuf,
    /// The load generator of servers: this program, even for trials of another build, so that a change in the
    /// generator is not attributed to the server.
    generator: PathBuf,
    scratch: Scratch,
    /// Seed of the inputs in the scratch folder.
    inputs: Cell<u64>,
    routes: Vec<Route>,
    /// Why all trials of some runners fail.
    failures: Vec<(String, TrialError)>,
    /// The common input of all trials.
    pub settings: Settings,
}

/// The common input of all trials of a run.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Worker threads of the runtime, unless the point sets them.
    pub workers: usize,
    /// Threads of the pool for tasks that block.
    pub pool_threads: usize,
    /// Seed from which the inputs of each round are derived.
    pub seed: u64,
    /// Time after which a trial is killed.
    pub limit: Duration,
    /// The only core that a trial may run on; `None` leaves it all cores of this process.
    pub core: Option<usize>,
}

impl<'a> ProcessExecutor<'a> {
    /// Prepares to start trials of the programs next to this one.
    ///
    /// # Errors
    /// When the folder for the trials' input files cannot be created.
    pub fn new(interrupt: &'a Interrupt, settings: Settings) -> Result<Self, Error> {
        Self::of(this_program()?, Vec::new(), interrupt, settings)
    }

    /// Prepares to start trials of the build whose harness is `harness`.
    ///
    /// # Errors
    /// When the folder for the trials' input files cannot be created.
    pub fn of(
        harness: PathBuf,
        routes: Vec<Route>,
        interrupt: &'a Interrupt,
        settings: Settings,
    ) -> Result<Self, Error> {
        let scratch = Scratch::new()?;
        let generator = this_program()?;
        for path in [&generator, scratch.path()] {
            require_utf8(path)?;
        }
        let failures = Vec::new();
        Ok(Self {
            interrupt,
            harness,
            generator,
            scratch,
            routes,
            failures,
            settings,
            inputs: Cell::default(),
        })
    }

    /// The same, with the programs that run the trials of each runner.
    #[must_use]
    pub fn with_routes(self, routes: Vec<Route>) -> Self {
        Self { routes, ..self }
    }

    /// The same, with the programs that run the trials of each probed runner.
    #[must_use]
    pub fn with_probes(self, probes: &Probes) -> Self {
        let failed = probes
            .runners()
            .iter()
            .filter_map(|probed| Some((probed.runner.info.name.clone(), probed.failure.clone()?)));
        Self { failures: failed.collect(), ..self.with_routes(probes.routes()) }
    }

    /// The folder for input files of a seed. Files of other seeds are removed, because workloads identify
    /// their files only by size, and a run has many rounds.
    fn scratch_of(&self, seed: u64) -> PathBuf {
        let folder = |seed: u64| self.scratch.path().join(seed.to_string());
        let before = self.inputs.replace(seed);
        if before != seed {
            let _ = fs::remove_dir_all(folder(before));
        }
        // If it cannot be created, the trial reports which file it cannot write.
        let _ = fs::create_dir_all(folder(seed));
        folder(seed)
    }

    fn route(&self, cell: &CellKey) -> Option<&Route> {
        let mut own = self.routes.iter().filter(|route| route.runner == cell.runner);
        own.find(|route| route.workloads.contains(&cell.workload))
    }

    fn start(
        &self,
        program: &Program,
        route: &Route,
        trial: &Trial<'_>,
        corrupt: bool,
        watch: &mut dyn Watch,
    ) -> Option<Finished> {
        let Trial { cell, phase, block, round, layout } = *trial;
        let seed = input_seed(self.settings.seed, round);
        let workers = cell.point.workers().unwrap_or(self.settings.workers);
        let limit = self.settings.limit;
        let external = route
            .external
            .as_ref()
            .map(|command| ExternalCommand { limit_s: limit.as_secs(), ..command.clone() });
        let grace = if external.is_some() { GRACE } else { Duration::ZERO };
        let request = ProgramRequest::Trial(Box::new(TrialRequest {
            protocol: PROTOCOL,
            cell: cell.clone(),
            workers,
            pool_threads: self.settings.pool_threads,
            phase,
            block,
            corrupt,
            seed,
            scratch: self.scratch_of(seed).to_string_lossy().into_owned(),
            load: vec![self.generator.to_string_lossy().into_owned(), LOAD.to_owned()],
            external,
        }));
        // Runners whose trials run in this program, such as external ones, have no layouts.
        let program = program.in_layout(if route.args.is_empty() { layout } else { 0 });
        let program = &program.under(watch.wrapper());
        let mut command = command(program);
        command.envs(route.worker_variable.as_ref().map(|name| (name, workers.to_string())));
        command.envs(&route.variables);
        let input = serde_json::to_string(&request).unwrap_or_default();
        let start = Instant::now();
        let limits = Limits { time: limit + grace, core: self.settings.core };
        let ended = child::run(&mut command, &input, limits, self.interrupt, watch);
        let cost = start.elapsed();
        let (outcome, stderr) = match ended {
            Ok(Ended::Interrupted) => return None,
            Ok(Ended::Exited { status, stdout, stderr }) => {
                (reply(status, &stdout, &stderr), stderr)
            }
            Ok(Ended::TimedOut { stderr }) => {
                let limit = limit.as_secs_f64();
                let message = format!("no reply within {limit} s; its process group was killed");
                (Outcome::Error { kind: ErrorKind::TimedOut, message }, stderr)
            }
            Err(error) => {
                let message = format!("cannot start {}: {error}", program.path.display());
                (Outcome::Error { kind: ErrorKind::Setup, message }, String::new())
            }
        };
        let failed = matches!(outcome, Outcome::Error { .. }) && !stderr.is_empty();
        Some(Finished { outcome, stderr: failed.then_some(stderr), cost })
    }

    /// Runs one trial that passes if the workload's check rejects a corrupted output; `None` when the run was
    /// interrupted meanwhile.
    pub fn corrupted(&self, trial: &Trial<'_>) -> Option<Finished> {
        self.located(trial, true, &mut Unwatched)
    }

    /// Finds the program of a trial and starts it.
    fn located(&self, trial: &Trial<'_>, corrupt: bool, watch: &mut dyn Watch) -> Option<Finished> {
        let mut failures = self.failures.iter();
        if let Some((_, error)) = failures.find(|(runner, _)| *runner == trial.cell.runner) {
            return Some(Finished::not_started(error.clone()));
        }
        let Some(route) = self.route(trial.cell) else {
            let message = format!("no trial program can measure {}", trial.cell);
            return Some(Finished::not_started(TrialError::new(ErrorKind::Setup, message)));
        };
        let program = match trial.cell.point.allocator() {
            None => Program { path: route.program.clone(), args: route.args.clone() },
            Some(allocator) => match self.program(MIMALLOC) {
                Ok(program) => program,
                Err(missing) => {
                    let message = format!("cannot use the allocator {allocator}: {missing}");
                    let error = TrialError::new(ErrorKind::Setup, message);
                    return Some(Finished::not_started(error));
                }
            },
        };
        self.start(&program, route, trial, corrupt, watch)
    }
}

impl Executor for ProcessExecutor<'_> {
    fn program(&self, name: &str) -> Result<Program, ProgramError> {
        Program::beside(&self.harness, name)
    }

    fn probe(&self, program: &Program, request: &ProbeRequest) -> Result<ProbeReply, TrialError> {
        let points = request.points.len();
        let input = serde_json::to_string(&ProgramRequest::Probe(request.clone()));
        let limits = Limits { time: PROBE_LIMIT + GRACE, core: None };
        let input = input.unwrap_or_default();
        let mut command = command(program);
        let ended = child::run(&mut command, &input, limits, self.interrupt, &mut Unwatched);
        let error = |kind, message: String| Err(TrialError::new(kind, message));
        match ended {
            Ok(Ended::Exited { status, stdout, stderr }) => {
                read_probe(&stdout, points).or_else(|why| match reply(status, &stdout, &stderr) {
                    Outcome::Error { kind, message } => error(kind, message),
                    Outcome::Ok { .. } => error(ErrorKind::Protocol, why),
                })
            }
            Ok(Ended::TimedOut { .. }) => {
                let limit = PROBE_LIMIT.as_secs();
                error(ErrorKind::TimedOut, format!("no reply within {limit} s"))
            }
            Ok(Ended::Interrupted) => error(ErrorKind::Setup, "interrupted".to_owned()),
            Err(system) => error(ErrorKind::Setup, format!("cannot be started: {system}")),
        }
    }

    fn watched(&self, trial: &Trial<'_>, watch: &mut dyn Watch) -> Option<Finished> {
        self.located(trial, false, watch)
    }

    fn is_external(&self, cell: &CellKey) -> bool {
        self.route(cell).is_some_and(|route| route.external.is_some())
    }

    fn count(&self, trial: &Trial<'_>) -> Option<Finished> {
        let route = self.route(trial.cell)?;
        // Only the system's allocator is counted, and only in the programs next to the harness.
        if trial.cell.point.allocator().is_some() || !route.args.is_empty() {
            return None;
        }
        let counting = self.program(COUNTING).ok()?;
        let finished = self.start(&counting, route, trial, false, &mut Unwatched)?;
        // The pilot shows whether a cell works.
        matches!(finished.outcome, Outcome::Ok { .. }).then_some(finished)
    }

    fn not_counted(&self) -> Option<String> {
        // A program that runs its own trials has no counting program.
        self.routes.iter().find(|route| route.args.is_empty())?;
        let missing = self.program(COUNTING).err()?;
        Some(format!("allocations are not counted: {missing}"))
    }
}

fn command(program: &Program) -> Command {
    let mut command = Command::new(&program.path);
    command.args(&program.args);
    command.env("RUST_BACKTRACE", "0").env(HARNESS_PID, std::process::id().to_string());
    for name in RUNTIME_VARIABLES {
        command.env_remove(name);
    }
    command
}

/// Rejects a path that a request cannot contain, because JSON text is UTF-8.
fn require_utf8(path: &Path) -> Result<(), Error> {
    match path.to_str() {
        Some(_) => Ok(()),
        None => Err(Error::CouldNotRun(format!(
            "the path {} is not UTF-8\nhelp: rename its folders, or set TMPDIR to another folder",
            path.display()
        ))),
    }
}

/// Runs another command of this harness: returns whether it succeeded, its output and its errors.
///
/// # Errors
/// Why there is no output, as the end of a sentence about the program.
pub fn output(
    command: &mut Command,
    limit: Duration,
    interrupt: &Interrupt,
) -> Result<(bool, String, String), String> {
    let limits = Limits { time: limit, core: None };
    match child::run(command, "", limits, interrupt, &mut Unwatched) {
        Ok(Ended::Exited { status, stdout, stderr }) => Ok((status.success(), stdout, stderr)),
        Ok(Ended::TimedOut { .. }) => Err(format!("did not end within {} s", limit.as_secs())),
        Ok(Ended::Interrupted) => Err("was interrupted".to_owned()),
        Err(error) => Err(format!("cannot be started: {error}")),
    }
}
