//! The inside of a trial of a runner outside: a process of ours that speaks to it, and checks and reckons
//! with the code of the built-in runners what it says.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use runtime_bench_api::clock::{Clock, Usage};
use runtime_bench_api::workload::{Failure, Setup};
use runtime_bench_results::outside::{Answer, Measured, RUNNER_PROTOCOL, Request, Trial};
use runtime_bench_results::trial::{Block, ErrorKind, Metric, Outside, Phases, TrialRequest};

use super::conversation::Conversation;
use super::{samples, tree};
use crate::cli::cores;
use crate::machine;
use crate::registry::Entry;
use crate::trial::{self, kind_of};

/// Why a trial has no figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What went wrong.
    pub kind: ErrorKind,
    /// One sentence.
    pub message: String,
}

impl Trouble {
    pub(super) fn new(kind: ErrorKind, message: String) -> Self {
        Self { kind, message }
    }

    pub(super) fn protocol(message: String) -> Self {
        Self::new(ErrorKind::Protocol, message)
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self { kind: kind_of(&failure), message: failure.to_string() }
    }
}

/// Runs one trial of a workload on a runner.
///
/// # Errors
/// Whatever the runner does wrong, and what could not be prepared for it.
pub fn run(
    entry: &Entry,
    setup: &Setup,
    request: &TrialRequest,
    outside: &Outside,
) -> Result<Block, Trouble> {
    let supplies = entry.external_inputs(setup)?;
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    let trial = Request::Trial(Box::new(Trial {
        protocol: RUNNER_PROTOCOL,
        cell: request.cell.clone(),
        workers: request.workers,
        age: request.age,
        block: request.block,
        seed: request.seed,
        limit_s: outside.limit_s as f64,
        scratch: request.scratch.clone(),
        files: supplies.files.into_iter().map(text).collect(),
        address: supplies.address.map(|address| address.to_string()),
    }));
    // A death signal would leave the runner behind; whoever watches it looks after that instead.
    machine::die_with_parent(false);
    machine::adopt_orphans();
    let block = conversed(entry, setup, request, outside, &trial);
    tree::kill_rest();
    block
}

fn conversed(
    entry: &Entry,
    setup: &Setup,
    request: &TrialRequest,
    outside: &Outside,
    trial: &Request,
) -> Result<Block, Trouble> {
    let mut runner = Conversation::start(outside, Duration::from_secs(outside.limit_s))?;
    let asked = setup.clock.now();
    let answer = runner.ask(trial)?;
    let passed = setup.clock.now().saturating_sub(asked);
    let block = match answer {
        Answer::Ok(measured) if !entry.serves => heard(entry, setup, request, measured, passed)?,
        Answer::Ready { address } if entry.serves => {
            served(entry, setup, request, &address, passed, &mut runner)?
        }
        Answer::Error { kind, message } => return Err(Trouble { kind, message }),
        Answer::Ok(_) => return Err(Trouble::protocol(NOT_READY.to_owned())),
        Answer::Ready { .. } | Answer::Described(_) => {
            return Err(Trouble::protocol("it was asked to measure and did not".to_owned()));
        }
    };
    runner.close();
    Ok(block)
}

const NOT_READY: &str = "the workload is a server: its runner must say `ready` with its address, and not measure itself";

/// The block of a runner that has measured itself.
fn heard(
    entry: &Entry,
    setup: &Setup,
    request: &TrialRequest,
    measured: Measured,
    passed: Duration,
) -> Result<Block, Trouble> {
    let possible = measured.check(request.block, passed, cores());
    possible.map_err(|why| Trouble::protocol(why.to_string()))?;
    let timing = samples::timing(&measured.samples);
    let answers = measured.samples.into_iter().map(|sample| sample.answer).collect();
    let sample = entry.external_sample(setup, answers, timing)?;
    let seconds = |ns: f64| ns / 1e9;
    let phases = Phases {
        prepare_s: seconds(measured.build_ns + measured.prepare_ns),
        warm_up_s: seconds(measured.warm_up_ns),
        measure_s: timing.wall.as_secs_f64(),
    };
    let build = Duration::from_nanos(measured.build_ns as u64);
    let warm_up = measured.warm_up_iterations;
    let block = trial::block(sample, warm_up, trial::startup(request.age, build), phases);
    Ok(with(block, measured.metrics))
}

/// The block of a server, which is timed from here.
fn served(
    entry: &Entry,
    setup: &Setup,
    request: &TrialRequest,
    address: &str,
    started: Duration,
    runner: &mut Conversation,
) -> Result<Block, Trouble> {
    let address = loopback(address)?;
    // A trial process has one trial, so the clock may live as long as it.
    let clock: &'static dyn Clock =
        Box::leak(Box::new(OfRunner { process: runner.process(), clock: setup.clock }));
    let setup = Setup { clock, ..setup.clone() };
    let mut instance = entry.on_address(&setup, address, started)?;
    let block = trial::measured(instance.as_mut(), started, request, clock)?;
    match runner.ask(&Request::Stop { protocol: RUNNER_PROTOCOL })? {
        Answer::Ok(measured) => Ok(with(block, measured.metrics)),
        Answer::Error { kind, message } => Err(Trouble { kind, message }),
        Answer::Ready { .. } | Answer::Described(_) => {
            Err(Trouble::protocol("it was told to stop and did not say that it did".to_owned()))
        }
    }
}

/// Nothing is ever loaded but what listens on this machine.
fn loopback(address: &str) -> Result<SocketAddr, Trouble> {
    let parsed: Option<SocketAddr> = address.parse().ok();
    parsed.filter(|address| address.ip().is_loopback()).ok_or_else(|| {
        let shown: String = address.chars().take(80).collect();
        Trouble::protocol(format!("`{shown}` is no port of loopback, such as 127.0.0.1:8080"))
    })
}

/// Adds the runner's own figures, under names that are not taken.
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
    fn a_runner_cannot_replace_what_the_harness_reckons() {
        let block = Block { metrics: vec![Metric::lower("wall", "ns", 5.0)], ..Block::default() };
        let own = vec![Metric::lower("wall", "ns", 1.0), Metric::context("threads", "", 3.0)];
        let block = with(block, own);
        assert_eq!((block.metric("wall"), block.metric("threads")), (Some(5.0), Some(3.0)));
        assert_eq!(block.metrics.len(), 2);
    }
}
