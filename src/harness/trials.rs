//! A request to a trial process, and its reply.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use runtime_bench_results::key::CellKey;
use runtime_bench_results::trial::{
    Age, BlockSize, ErrorKind, NoReply, Outcome, Outside, PROTOCOL, TrialReply, TrialRequest,
};
use tempfile::TempDir;

use super::child::{self, Ended};
use super::interrupt::Interrupt;
use super::siblings::{COUNTING, MIMALLOC, Missing, find};
use crate::error::Error;
use crate::machine::WAITS;
use crate::outside::describe::Asked;
use crate::outside::trial::Trouble;
use crate::registry::Registry;

/// The subcommand that makes this very program a trial.
pub const TRIAL: &str = "trial";
/// The subcommand that makes this very program the load generator of a trial.
pub const LOAD: &str = "load";

/// After the time limit of a runner outside, the process that speaks to it has this long.
const TO_SAY_SO: Duration = Duration::from_secs(5);

/// Variables that would change a runner behind the plan's back.
pub(crate) const SETTINGS_FROM_OUTSIDE: [&str; 6] = [
    "ASYNC_STD_THREAD_COUNT",
    "BLOCKING_MAX_THREADS",
    "MALLOC_ARENA_MAX",
    "RAYON_NUM_THREADS",
    "RUST_MIN_STACK",
    "SMOL_THREADS",
];

/// Starts trials, one after the other.
pub struct Trials<'a> {
    registry: &'a Registry,
    interrupt: &'a Interrupt,
    program: PathBuf,
    /// Who loads servers: this very program, also for trials of another build, so that a change of the
    /// generator is not taken for one of the server.
    generator: PathBuf,
    /// The executable that counts allocations, where it stands beside this one.
    counting: Result<PathBuf, Missing>,
    /// The executable of the other allocator, likewise.
    mimalloc: Result<PathBuf, Missing>,
    scratch: TempDir,
    /// Runners outside of this program.
    outside: Vec<Asked>,
    /// What every trial of the run is given.
    pub settings: Settings,
}

/// What every trial of a run is given.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Worker threads of the runtime, where the point does not set them.
    pub workers: usize,
    /// Threads of the pool for tasks that block.
    pub pool_threads: usize,
    /// Seed for the inputs.
    pub seed: u64,
    /// After this a trial is killed.
    pub limit: Duration,
    /// The only core that a trial may run on; `None` leaves it all cores of this process.
    pub core: Option<usize>,
}

/// A finished trial.
pub struct Finished {
    /// What came of it.
    pub outcome: Outcome,
    /// The end of its standard error, when it failed.
    pub stderr: Option<String>,
    /// From starting the process to its end.
    pub cost: Duration,
}

impl Finished {
    /// A trial that was not even started.
    fn failed(kind: ErrorKind, message: String) -> Self {
        let outcome = Outcome::Error { kind, message };
        Self { outcome, stderr: None, cost: Duration::ZERO }
    }
}

impl<'a> Trials<'a> {
    /// Gets ready to start trials of `registry`.
    ///
    /// # Errors
    /// When there is no place for the trials' input files.
    pub fn new(
        registry: &'a Registry,
        interrupt: &'a Interrupt,
        settings: Settings,
    ) -> Result<Self, Error> {
        Self::of(this_program()?, registry, interrupt, settings)
    }

    /// Gets ready to start trials of another executable of this harness; `registry` tells what this
    /// build knows of its runners.
    ///
    /// # Errors
    /// When there is no place for the trials' input files.
    pub fn of(
        program: PathBuf,
        registry: &'a Registry,
        interrupt: &'a Interrupt,
        settings: Settings,
    ) -> Result<Self, Error> {
        let scratch = tempfile::Builder::new().prefix("runtime-bench-").tempdir();
        let scratch = scratch.map_err(|error| {
            Error::CouldNotRun(format!(
                "cannot make a temporary folder in {}: {error}; set TMPDIR to another",
                env::temp_dir().display()
            ))
        })?;
        let (counting, mimalloc) = (find(&program, COUNTING), find(&program, MIMALLOC));
        let generator = this_program()?;
        for path in [&generator, scratch.path()] {
            sayable(path)?;
        }
        let outside = Vec::new();
        Ok(Self {
            registry,
            interrupt,
            program,
            generator,
            counting,
            mimalloc,
            scratch,
            outside,
            settings,
        })
    }

    /// The same, with runners outside of this program.
    #[must_use]
    pub fn with_outside(self, outside: &[Asked]) -> Self {
        Self { outside: outside.to_vec(), ..self }
    }

    fn outside(&self, cell: &CellKey) -> Option<&Asked> {
        self.outside.iter().find(|asked| asked.info.name == cell.runner)
    }

    /// Why allocations are not counted although somebody stands there to count them.
    pub fn not_counted(&self) -> Option<String> {
        match &self.counting {
            Err(missing @ Missing::Stale(_)) => {
                Some(format!("allocations are not counted: {missing}"))
            }
            _ => None,
        }
    }

    /// Runs one trial; `None` when the run was interrupted meanwhile.
    pub fn run(&self, cell: &CellKey, age: Age, block: BlockSize) -> Option<Finished> {
        if let Some(Trouble { kind, message }) = self.outside(cell).and_then(Asked::trouble) {
            return Some(Finished::failed(*kind, message.clone()));
        }
        let program = match (cell.point.allocator(), &self.mimalloc) {
            (None, _) => &self.program,
            (Some(_), Ok(program)) => program,
            (Some(allocator), Err(missing)) => {
                let message = format!("no trial on {allocator}: {missing}");
                return Some(Finished::failed(ErrorKind::Setup, message));
            }
        };
        self.run_in(program, cell, age, block)
    }

    /// Runs one trial that counts allocations instead of being timed; `None` where nobody can count.
    pub fn count(&self, cell: &CellKey, age: Age, block: BlockSize) -> Option<Finished> {
        // The system's is what is counted, of this program.
        let countable = cell.point.allocator().is_none() && self.outside(cell).is_none();
        let counting = self.counting.as_ref().ok().filter(|_| countable)?;
        let finished = self.run_in(counting, cell, age, block)?;
        // Of a workload of somebody's own it knows nothing, and whether a cell works the pilot tells.
        matches!(finished.outcome, Outcome::Ok { .. }).then_some(finished)
    }

    fn run_in(
        &self,
        program: &Path,
        cell: &CellKey,
        age: Age,
        block: BlockSize,
    ) -> Option<Finished> {
        let workers = cell.point.workers().unwrap_or(self.settings.workers);
        let request = TrialRequest {
            protocol: PROTOCOL,
            cell: cell.clone(),
            workers,
            pool_threads: self.settings.pool_threads,
            age,
            block,
            seed: self.settings.seed,
            scratch: self.scratch.path().to_string_lossy().into_owned(),
            load: vec![self.generator.to_string_lossy().into_owned(), LOAD.to_owned()],
            outside: self.outside(cell).map(|asked| Outside {
                limit_s: self.settings.limit.as_secs(),
                ..asked.outside.clone()
            }),
        };
        let mut command = Command::new(program);
        command.arg(TRIAL).env("RUST_BACKTRACE", "0").env(WAITS, std::process::id().to_string());
        for name in SETTINGS_FROM_OUTSIDE {
            command.env_remove(name);
        }
        if let Some(case) = self.registry.case(&cell.workload, &cell.runner) {
            command.envs(case.environment(workers));
        }
        let input = serde_json::to_string(&request).unwrap_or_default();
        let start = Instant::now();
        let Settings { limit, core, .. } = self.settings;
        // Who speaks to a runner outside ends it in time, and says so.
        let limit = if request.outside.is_some() { limit + TO_SAY_SO } else { limit };
        let ended = child::run(&mut command, &input, limit, core, self.interrupt);
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
                let message = format!("the trial process could not be started: {error}");
                (Outcome::Error { kind: ErrorKind::Setup, message }, String::new())
            }
        };
        let failed = matches!(outcome, Outcome::Error { .. }) && !stderr.is_empty();
        Some(Finished { outcome, stderr: failed.then_some(stderr), cost })
    }
}

pub(super) fn this_program() -> Result<PathBuf, Error> {
    env::current_exe().map_err(|error| {
        Error::CouldNotRun(format!("cannot find this program to start trials with: {error}"))
    })
}

/// Refuses a path that a request cannot hold: it is JSON, whose text is UTF-8.
fn sayable(path: &Path) -> Result<(), Error> {
    match path.to_str() {
        Some(_) => Ok(()),
        None => Err(Error::CouldNotRun(format!(
            "trials are told of {}, whose name is no UTF-8: give its folders other names, or set TMPDIR \
             to another folder",
            path.display()
        ))),
    }
}

/// Runs another command of this harness: whether it ended well, its output and its errors.
///
/// # Errors
/// Why there is no output, as the end of a sentence about the program.
pub(crate) fn output(
    command: &mut Command,
    limit: Duration,
    interrupt: &Interrupt,
) -> Result<(bool, String, String), String> {
    match child::run(command, "", limit, None, interrupt) {
        Ok(Ended::Exited { status, stdout, stderr }) => Ok((status.success(), stdout, stderr)),
        Ok(Ended::TimedOut { .. }) => Err(format!("did not end within {} s", limit.as_secs())),
        Ok(Ended::Interrupted) => Err("was interrupted".to_owned()),
        Err(error) => Err(format!("cannot be started: {error}")),
    }
}

/// What came of a process that has ended.
fn reply(status: ExitStatus, stdout: &str, stderr: &str) -> Outcome {
    let error = |kind, message| Outcome::Error { kind, message };
    match TrialReply::read(stdout) {
        Ok(outcome) => outcome,
        Err(NoReply::Silent | NoReply::NotUnderstood(_)) if !status.success() => {
            let said = said(stderr).map_or_else(String::new, |line| format!("; it said: {line}"));
            let hint =
                if killed(status) { "; the system kills so when memory runs out" } else { "" };
            let message = format!("the process ended with {status} and no reply{said}{hint}");
            error(ErrorKind::Crashed, message)
        }
        Err(why) => error(ErrorKind::Protocol, why.to_string()),
    }
}

/// The first thing that a process says of its end: a line, and the next where it announces one, as a panic
/// does.
fn said(stderr: &str) -> Option<String> {
    let mut lines = stderr.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next()?;
    let more = lines.next().filter(|_| first.ends_with(':'));
    Some(more.map_or_else(|| first.to_owned(), |more| format!("{first} {more}")))
}

/// Whether a signal ended it that nothing can catch.
#[cfg(unix)]
fn killed(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    status.signal() == Some(nix::sys::signal::Signal::SIGKILL as i32)
}

#[cfg(not(unix))]
fn killed(_: ExitStatus) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    fn kind(raw_status: i32, stdout: &str) -> Option<ErrorKind> {
        match reply(ExitStatus::from_raw(raw_status), stdout, "") {
            Outcome::Ok { .. } => None,
            Outcome::Error { kind, .. } => Some(kind),
        }
    }

    #[test]
    fn a_panic_is_told_with_its_message() {
        let told = said("\nthread 'x' panicked at a.rs:1:2:\nno luck\nnote: run with").unwrap();
        assert_eq!(told, "thread 'x' panicked at a.rs:1:2: no luck");
        assert_eq!(said("out of luck\nand more").as_deref(), Some("out of luck"));
        assert_eq!((said(""), said("only:").as_deref()), (None, Some("only:")));
    }

    #[test]
    fn what_is_no_reply_has_its_kind() {
        assert_eq!(kind(0, ""), Some(ErrorKind::Protocol));
        assert_eq!(kind(0, "hello"), Some(ErrorKind::Protocol));
        assert_eq!(kind(6, ""), Some(ErrorKind::Crashed));
        assert_eq!(kind(101 << 8, "half a li"), Some(ErrorKind::Crashed));
        let newer = r#"{"protocol":9,"status":"error","kind":"setup","message":""}"#;
        assert_eq!(kind(101 << 8, newer), Some(ErrorKind::Protocol));
    }
}
