//! Executors, which run trials: as processes, or with a fake in tests.

use std::time::Duration;

use runtime_bench_results::key::{CellKey, Point};
use runtime_bench_results::program::{ProbeReply, ProbeRequest};
use runtime_bench_results::run::PlannedCell;
use runtime_bench_results::trial::{BlockSize, Outcome, PROTOCOL, Phase};

use crate::process::watch::{Unwatched, Watch};
use crate::program::{Program, ProgramError, TrialError};

/// Time limit for a program's reply to a probe: an interpreter on a cold disk takes seconds to start.
pub const PROBE_LIMIT: Duration = Duration::from_secs(30);

/// Runs trials, one after the other.
pub trait Executor {
    /// Finds a trial program by its name.
    ///
    /// # Errors
    /// When it is missing.
    fn program(&self, name: &str) -> Result<Program, ProgramError>;

    /// Identifies the bytes of a program.
    ///
    /// # Errors
    /// When it cannot be read.
    fn hash(&self, program: &Program) -> Result<String, ProgramError> {
        program.hash()
    }

    /// Number of link layouts of a program, including itself.
    fn layouts(&self, program: &Program) -> usize {
        program.layouts()
    }

    /// Asks a program for its runners and the cells that they support.
    ///
    /// # Errors
    /// When the program does not reply correctly.
    fn probe(&self, program: &Program, request: &ProbeRequest) -> Result<ProbeReply, TrialError>;

    /// Runs one trial; `None` when the run was interrupted meanwhile.
    fn run(&self, trial: &Trial<'_>) -> Option<Finished> {
        self.watched(trial, &mut Unwatched)
    }

    /// Runs one trial that `watch` observes; `None` when the run was interrupted meanwhile.
    fn watched(&self, trial: &Trial<'_>, watch: &mut dyn Watch) -> Option<Finished>;

    /// Whether a runner's trials run in a child of their program.
    fn is_external(&self, _: &CellKey) -> bool {
        false
    }

    /// Runs one trial that counts allocations instead of being timed; `None` where they cannot be counted.
    fn count(&self, trial: &Trial<'_>) -> Option<Finished>;

    /// Why allocations are not counted although they could be.
    fn not_counted(&self) -> Option<String> {
        None
    }
}

/// One trial.
#[derive(Clone, Copy, Debug)]
pub struct Trial<'a> {
    /// The cell to measure.
    pub cell: &'a CellKey,
    /// Phase of the instance.
    pub phase: Phase,
    /// How much to measure.
    pub block: BlockSize,
    /// Its round, from 1, which determines its inputs; 0 outside rounds.
    pub round: u32,
    /// Link layout of the program that runs it; 0 is the one that cargo linked.
    pub layout: usize,
}

impl<'a> Trial<'a> {
    /// A trial of a cell outside rounds, by the program that cargo linked.
    pub fn outside_rounds(cell: &'a PlannedCell, block: BlockSize) -> Self {
        Self { cell: &cell.key, phase: cell.phase, block, round: 0, layout: 0 }
    }
}

/// A finished trial.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Its result.
    pub outcome: Outcome,
    /// The end of its standard error, when it failed.
    pub stderr: Option<String>,
    /// From starting the process to its end.
    pub cost: Duration,
}

impl Finished {
    /// A trial that was not started.
    pub fn not_started(error: TrialError) -> Self {
        let TrialError { kind, message } = error;
        Self { outcome: Outcome::Error { kind, message }, stderr: None, cost: Duration::ZERO }
    }
}

/// A request about points.
pub fn probe_request(
    workers: usize,
    pool_threads: usize,
    points: Vec<(String, Point)>,
) -> ProbeRequest {
    let protocol = PROTOCOL;
    ProbeRequest { protocol, workers, pool_threads, points, variants: Vec::new(), external: None }
}

/// Reads a reply to a probe.
///
/// # Errors
/// When it is not a valid reply, or is incomplete.
pub fn read_probe(line: &str, points: usize) -> Result<ProbeReply, String> {
    let reply: ProbeReply = serde_json::from_str(line).map_err(|error| error.to_string())?;
    if reply.runners.iter().any(|runner| runner.cells.len() != points) {
        return Err("the reply describes a different number of cells".to_owned());
    }
    Ok(reply)
}
