//! Asks external runners which cells they support, before a plan is made.

use std::collections::HashMap;

use runtime_bench_results::catalog::{Class, RunnerInfo};
use runtime_bench_results::key::Point;
use runtime_bench_results::program::{CellSupport, Check, ExternalProbe, ProbeRequest};
use runtime_bench_results::trial::{ErrorKind, ExternalCommand};

use super::ExternalRunner;
use crate::executor::{Executor, PROBE_LIMIT, probe_request};
use crate::machine::Limits;
use crate::program::Program;
use crate::program::TrialError;

/// Share of the free memory that a runner may use unless it declares a limit.
const MEMORY_SHARE: f64 = 0.8;

/// An external runner that was asked which cells it supports.
#[derive(Clone, Debug)]
pub struct ExternalCells {
    /// Its description.
    pub info: RunnerInfo,
    /// How to start a trial of it.
    pub command: ExternalCommand,
    /// Checks of its conformance to the protocol, if requested.
    pub checks: Vec<Check>,
    reply: Reply,
}

/// The result of asking.
#[derive(Clone, Debug)]
enum Reply {
    /// For every cell of the request, why the runner rejects it; `None` if it supports the cell.
    Cells(HashMap<(String, Point), Option<String>>),
    /// It is not on this machine.
    Missing(String),
    /// It did not reply; every trial of it fails with this error.
    Failed(TrialError),
}

/// The questions for external runners.
#[derive(Clone, Copy, Debug)]
pub struct Questions<'a> {
    /// Workloads and points.
    pub points: &'a [(String, Point)],
    /// Worker threads or processes.
    pub workers: usize,
    /// Limits of the machine.
    pub limits: Limits,
    /// Whether to also check the runner's conformance to the protocol.
    pub conformance: bool,
}

impl ExternalCells {
    /// Asks a runner, through `adapter`, a program that starts external runners.
    pub fn ask(
        runner: &ExternalRunner,
        questions: Questions<'_>,
        adapter: &Program,
        executor: &dyn Executor,
    ) -> Self {
        let free = questions.limits.memory.map(|free| (free as f64 * MEMORY_SHARE) as u64);
        let command = ExternalCommand {
            command: runner.command.clone(),
            folder: runner.folder.to_string_lossy().into_owned(),
            limit_s: PROBE_LIMIT.as_secs(),
            memory: runner.memory.or(free).unwrap_or(u64::MAX),
        };
        let mut info = RunnerInfo {
            discontinued: None,
            name: runner.name.clone(),
            title: runner.title.clone(),
            class: Class::Reference,
            configuration: String::new(),
            packages: std::collections::BTreeMap::new(),
            notes: runner.notes.clone(),
        };
        let mut checks = Vec::new();
        let reply = match &runner.missing {
            Some(missing) => Reply::Missing(missing.clone()),
            None => match probe(runner, &command, questions, adapter, executor) {
                Ok((said, cells, conformance)) => {
                    info.configuration = said.configuration;
                    info.packages = said.packages;
                    info.notes.extend(said.notes);
                    checks = conformance;
                    Reply::Cells(cells)
                }
                Err(error) => Reply::Failed(error),
            },
        };
        Self { info, command, checks, reply }
    }

    /// Why it does not run a cell.
    pub fn refusal(&self, workload: &str, point: &Point) -> Option<String> {
        match &self.reply {
            Reply::Cells(reasons) => reasons.get(&(workload.to_owned(), point.clone())).cloned()?,
            Reply::Missing(missing) => Some(missing.clone()),
            Reply::Failed(_) => None,
        }
    }

    /// Why no trial of it can succeed.
    pub fn failure(&self) -> Option<&TrialError> {
        match &self.reply {
            Reply::Failed(error) => Some(error),
            Reply::Cells(_) | Reply::Missing(_) => None,
        }
    }
}

type Reasons = HashMap<(String, Point), Option<String>>;

fn probe(
    runner: &ExternalRunner,
    command: &ExternalCommand,
    questions: Questions<'_>,
    adapter: &Program,
    executor: &dyn Executor,
) -> Result<(RunnerInfo, Reasons, Vec<Check>), TrialError> {
    let external = Some(ExternalProbe {
        name: runner.name.clone(),
        command: command.clone(),
        conformance: questions.conformance,
    });
    let request =
        ProbeRequest { external, ..probe_request(questions.workers, 1, questions.points.to_vec()) };
    let mut reply = executor.probe(adapter, &request)?;
    let Some(probed) = reply.runners.pop() else {
        return Err(TrialError::new(ErrorKind::Protocol, "the reply has no runner"));
    };
    let reasons = probed.cells.into_iter().map(|support| match support {
        CellSupport::Refused(reason) => Some(reason),
        CellSupport::Runs | CellSupport::Unknown => None,
    });
    let cells = questions.points.iter().cloned().zip(reasons).collect();
    Ok((probed.info, cells, reply.checks))
}
