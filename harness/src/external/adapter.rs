//! The part of a trial program that starts external runners: it sends them requests, checks their replies,
//! and computes metrics with the code of the built-in runners.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use runtime_bench_api::clock::{Clock, Usage};
use runtime_bench_api::process;
use runtime_bench_api::trial::{self, ExternalReply};
use runtime_bench_api::workload::Setup;
use runtime_bench_results::catalog::{Class, RunnerInfo};
use runtime_bench_results::external::{
    Answer, Describe, Measured, RUNNER_PROTOCOL, Request, Trial,
};
use runtime_bench_results::key::{CellKey, Point};
use runtime_bench_results::program::{
    CellSupport, ExternalProbe, Family, ProbeReply, ProbeRequest, ProbedRunner, ProgramRequest,
};
use runtime_bench_results::trial::{
    Block, ErrorKind, ExternalCommand, Metric, Phases, TrialRequest,
};

use super::process::RunnerProcess;
use super::{conformance, samples};
use crate::machine::cores;
use crate::program::TrialError;
use crate::registry::{Entry, Registry};
use crate::tree;

/// Handles a request about an external runner.
///
/// # Errors
/// When the runner violates the protocol, or its inputs cannot be prepared.
pub fn handle(
    registry: &Registry,
    request: &ProgramRequest,
    clock: &'static dyn Clock,
) -> Result<ExternalReply, (ErrorKind, String)> {
    // A death signal would leave the runner behind; its watch ends it instead.
    process::die_with_parent(false);
    tree::adopt_orphans();
    let reply = match request {
        ProgramRequest::Probe(probe) => describe(probe),
        ProgramRequest::Trial(trial) => measure(registry, trial, clock),
        ProgramRequest::Serve(_) | ProgramRequest::Clients(_) => {
            Err(TrialError::new(ErrorKind::Protocol, "external runners do not serve clients"))
        }
    };
    tree::kill_rest();
    reply.map_err(|TrialError { kind, message }| (kind, message))
}

fn measure(
    registry: &Registry,
    request: &TrialRequest,
    clock: &'static dyn Clock,
) -> Result<ExternalReply, TrialError> {
    let workload = &request.cell.workload;
    let unknown = || format!("this program was built without {workload}");
    let entry =
        registry.entry(workload).ok_or_else(|| TrialError::new(ErrorKind::Protocol, unknown()))?;
    let external = request
        .external
        .as_ref()
        .ok_or_else(|| TrialError::new(ErrorKind::Protocol, "the request has no command"))?;
    let block = run(entry, &trial::setup(request, clock), request, external)?;
    Ok(ExternalReply::Trial(Box::new(block)))
}

/// Asks a runner which cells it supports.
fn describe(request: &ProbeRequest) -> Result<ExternalReply, TrialError> {
    let Some(ExternalProbe { name, command, conformance }) = &request.external else {
        return Err(TrialError::new(ErrorKind::Protocol, "the request has no command"));
    };
    let key = |(workload, point): &(String, Point)| CellKey {
        workload: workload.clone(),
        point: point.clone(),
        runner: name.clone(),
    };
    let cells: Vec<CellKey> = request.points.iter().map(key).collect();
    let asked = cells.len();
    let workers = request.workers;
    let question = Request::Describe(Describe { protocol: RUNNER_PROTOCOL, workers, cells });
    let mut runner = RunnerProcess::start(command, Duration::from_secs(command.limit_s))?;
    let answer = runner.ask(&question)?;
    runner.close();
    let described = match answer {
        Answer::Described(described) if described.cells.len() == asked => described,
        Answer::Described(described) => {
            return Err(TrialError::new(
                ErrorKind::Protocol,
                format!(
                    "the request has {asked} cells, but the reply has {}",
                    described.cells.len()
                ),
            ));
        }
        Answer::Error { kind, message } => return Err(TrialError { kind, message }),
        Answer::Ready { .. } | Answer::Ok(_) => {
            let message = "expected a reply with status `described`";
            return Err(TrialError::new(ErrorKind::Protocol, message));
        }
    };
    let info = RunnerInfo {
        discontinued: None,
        name: name.clone(),
        title: name.clone(),
        class: Class::Reference,
        configuration: described.configuration,
        packages: described.versions,
        notes: described.notes,
    };
    let cells = described.cells.into_iter();
    let cells = cells.map(|reason| reason.map_or(CellSupport::Runs, CellSupport::Refused));
    let (family, cells) = (Family::Async, cells.collect());
    let runner = ProbedRunner {
        info,
        family,
        worker_variable: None,
        variables: BTreeMap::new(),
        settings: Vec::new(),
        cells,
    };
    let checks = if *conformance { conformance::checks(command) } else { Vec::new() };
    Ok(ExternalReply::Probe(ProbeReply { checks, ..trial::probe_reply(vec![runner]) }))
}

/// Runs one trial of a workload on a runner.
fn run(
    entry: &Entry,
    setup: &Setup,
    request: &TrialRequest,
    external: &ExternalCommand,
) -> Result<Block, TrialError> {
    let inputs = entry.external_inputs(setup)?;
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    let trial = Request::Trial(Box::new(Trial {
        protocol: RUNNER_PROTOCOL,
        cell: request.cell.clone(),
        workers: request.workers,
        phase: request.phase,
        block: request.block,
        seed: request.seed,
        limit_s: external.limit_s as f64,
        scratch: request.scratch.clone(),
        files: inputs.files.into_iter().map(text).collect(),
        address: inputs.address.map(|address| address.to_string()),
    }));
    let mut runner = RunnerProcess::start(external, Duration::from_secs(external.limit_s))?;
    let asked = setup.clock.now();
    let answer = runner.ask(&trial)?;
    let passed = setup.clock.now().saturating_sub(asked);
    let block = match answer {
        Answer::Ok(measured) if !entry.serves() => {
            self_timed(entry, setup, request, measured, passed)?
        }
        Answer::Ready { address } if entry.serves() => {
            served(entry, setup, request, &address, passed, &mut runner)?
        }
        Answer::Error { kind, message } => return Err(TrialError { kind, message }),
        Answer::Ok(_) => return Err(TrialError::new(ErrorKind::Protocol, NOT_READY.to_owned())),
        Answer::Ready { .. } | Answer::Described(_) => {
            return Err(TrialError::new(
                ErrorKind::Protocol,
                "expected a reply with the outcome of the trial".to_owned(),
            ));
        }
    };
    runner.close();
    Ok(block)
}

const NOT_READY: &str = "the workload is a server: the runner must reply `ready` with its address, \
    not with samples";

/// The block of a runner that has measured itself.
fn self_timed(
    entry: &Entry,
    setup: &Setup,
    request: &TrialRequest,
    measured: Measured,
    passed: Duration,
) -> Result<Block, TrialError> {
    let possible = measured.check(request.block, passed, cores());
    possible.map_err(|why| TrialError::new(ErrorKind::Protocol, why.to_string()))?;
    let timing = samples::timing(&measured.samples);
    let answers = measured.samples.into_iter().map(|sample| sample.output).collect();
    let sample = entry.external_sample(setup, answers, timing)?;
    let seconds = |ns: f64| ns / 1e9;
    let phases = Phases {
        prepare_s: seconds(measured.build_ns + measured.prepare_ns),
        warm_up_s: seconds(measured.warm_up_ns),
        measure_s: timing.wall.as_secs_f64(),
    };
    let build = Duration::from_nanos(measured.build_ns as u64);
    let warm_up = measured.warm_up_iterations;
    let block = trial::measure::block(
        sample,
        warm_up,
        trial::measure::startup(request.phase, build),
        phases,
    );
    Ok(with(block, measured.metrics))
}

/// The block of a server, which is timed from here.
fn served(
    entry: &Entry,
    setup: &Setup,
    request: &TrialRequest,
    address: &str,
    started: Duration,
    runner: &mut RunnerProcess,
) -> Result<Block, TrialError> {
    let address = loopback(address)?;
    // A trial process has one trial, so the clock may live as long as it.
    let clock: &'static dyn Clock =
        Box::leak(Box::new(OfRunner { process: runner.process(), clock: setup.clock }));
    let setup = Setup { clock, ..setup.clone() };
    let mut instance = entry.on_address(&setup, address, started)?;
    let verify = |trial: &dyn Any, timed: &dyn Any| entry.sample(trial, timed);
    let mut measure = |iterations| instance.measure(iterations, &verify);
    let block = trial::measure::measured(&mut measure, (started, started), request, clock)?;
    match runner.ask(&Request::Stop { protocol: RUNNER_PROTOCOL })? {
        Answer::Ok(measured) => Ok(with(block, measured.metrics)),
        Answer::Error { kind, message } => Err(TrialError { kind, message }),
        Answer::Ready { .. } | Answer::Described(_) => Err(TrialError::new(
            ErrorKind::Protocol,
            "expected a reply with status `ok` to the request `stop`".to_owned(),
        )),
    }
}

/// Accepts only loopback addresses: the load generator never loads another machine.
fn loopback(address: &str) -> Result<SocketAddr, TrialError> {
    let parsed: Option<SocketAddr> = address.parse().ok();
    parsed.filter(|address| address.ip().is_loopback()).ok_or_else(|| {
        let shown: String = address.chars().take(80).collect();
        TrialError::new(
            ErrorKind::Protocol,
            format!("`{shown}` is not a loopback address, such as 127.0.0.1:8080"),
        )
    })
}

/// Adds the runner's own figures, unless their names are taken.
fn with(mut block: Block, own: Vec<Metric>) -> Block {
    for metric in own {
        if block.metric(&metric.name).is_none() {
            block.metrics.push(metric);
        }
    }
    block
}

/// The wall clock, and the CPU time of a runner's processes.
struct OfRunner {
    process: u32,
    clock: &'static dyn Clock,
}

impl Clock for OfRunner {
    fn now(&self) -> Duration {
        self.clock.now()
    }

    fn usage(&self) -> Usage {
        let processes: BTreeSet<u32> = tree::of(self.process);
        Usage { cpu: tree::cpu(&processes), ..Usage::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_loaded() {
        assert!(loopback("127.0.0.1:80").is_ok() && loopback("[::1]:80").is_ok());
        for address in ["10.0.0.1:80", "example.org:80", "localhost", "", "127.0.0.1"] {
            assert!(loopback(address).unwrap_err().message.contains("loopback"), "{address}");
        }
    }

    #[test]
    fn runner_cannot_replace_metrics_of_the_harness() {
        let block = Block { metrics: vec![Metric::lower("wall", "ns", 5.0)], ..Block::default() };
        let own = vec![Metric::lower("wall", "ns", 1.0), Metric::context("threads", "", 3.0)];
        let block = with(block, own);
        assert_eq!((block.metric("wall"), block.metric("threads")), (Some(5.0), Some(3.0)));
        assert_eq!(block.metrics.len(), 2);
    }
}
