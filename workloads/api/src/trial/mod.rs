//! The main function of a trial program: reads one request, and probes or measures one cell.
//!
//! A trial is one process with one fresh instance and one measured block.

pub mod measure;

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use runtime_bench_results::program::{
    ClientRequest, ProbeReply, ProbeRequest, ProgramRequest, ServeRequest,
};
use runtime_bench_results::setting::{self, Settings};
use runtime_bench_results::trial::{
    Block, ErrorKind, Metric, Outcome, PROTOCOL, TrialReply, TrialRequest, metric,
};
use serde::Serialize;

use crate::cells::Cells;
use crate::clock::Clock;
use crate::load::{Generators, Traffic};
use crate::process;
use crate::workload::{Failure, Setup};

/// Runs a trial program: reads one request from standard input and replies on standard output.
pub fn main(cells: &Cells, clock: &'static dyn Clock) -> ExitCode {
    match serve(cells, clock, unsupported) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// The same with a handler for requests about external runners.
///
/// # Errors
/// When the reply cannot be written: the harness has ended.
pub fn serve(
    cells: &Cells,
    clock: &'static dyn Clock,
    external: impl FnOnce(&ProgramRequest) -> Result<ExternalReply, (ErrorKind, String)>,
) -> io::Result<()> {
    process::die_with_parent(true);
    if process::orphaned() {
        return Ok(());
    }
    process::raise_open_files();
    let mut text = String::new();
    // Drives follow the request of clients.
    io::stdin().read_line(&mut text)?;
    match ProgramRequest::read(&text) {
        Ok(request) if is_external(&request) => match external(&request) {
            Ok(ExternalReply::Probe(reply)) => write(&reply),
            Ok(ExternalReply::Trial(block)) => reply(Outcome::Ok { block: *block }),
            Err((kind, message)) => reply(Outcome::Error { kind, message }),
        },
        Ok(ProgramRequest::Probe(request)) => write(&probe(cells, &request)),
        Ok(ProgramRequest::Trial(request)) => reply(match run(cells, &request, clock) {
            Ok(block) => Outcome::Ok { block },
            Err(failure) => {
                Outcome::Error { kind: kind_of(&failure), message: failure.to_string() }
            }
        }),
        Ok(ProgramRequest::Serve(request)) => {
            listen(cells, request, clock).map_err(io::Error::other)
        }
        Ok(ProgramRequest::Clients(request)) => {
            load(cells, request, clock).map_err(io::Error::other)
        }
        Err(error) => {
            reply(Outcome::Error { kind: ErrorKind::Protocol, message: error.to_string() })
        }
    }
}

/// A reply about an external runner.
pub enum ExternalReply {
    /// To [`ProgramRequest::Probe`].
    Probe(ProbeReply),
    /// To [`ProgramRequest::Trial`].
    Trial(Box<Block>),
}

fn is_external(request: &ProgramRequest) -> bool {
    match request {
        ProgramRequest::Probe(probe) => probe.external.is_some(),
        ProgramRequest::Trial(trial) => trial.external.is_some(),
        ProgramRequest::Serve(_) | ProgramRequest::Clients(_) => false,
    }
}

fn unsupported(_: &ProgramRequest) -> Result<ExternalReply, (ErrorKind, String)> {
    Err((ErrorKind::Protocol, "this program does not start external runners".to_owned()))
}

fn probe(cells: &Cells, request: &ProbeRequest) -> ProbeReply {
    probe_reply(cells.probe(request))
}

/// The reply of this build with these runners.
pub fn probe_reply(runners: Vec<runtime_bench_results::program::ProbedRunner>) -> ProbeReply {
    ProbeReply {
        protocol: PROTOCOL,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        debug: cfg!(debug_assertions),
        runners,
        checks: Vec::new(),
    }
}

fn reply(outcome: Outcome) -> io::Result<()> {
    write(&TrialReply { protocol: PROTOCOL, outcome })
}

fn write(reply: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_string(reply)?;
    line.push('\n');
    io::stdout().write_all(line.as_bytes())
}

/// The error kind of a failure in the reply.
pub fn kind_of(failure: &Failure) -> ErrorKind {
    match failure {
        Failure::WrongOutput(_) => ErrorKind::WrongOutput,
        Failure::Io { .. } => ErrorKind::Setup,
        Failure::Request(_) => ErrorKind::Protocol,
    }
}

/// The setup for a request, with the defaults of the runner: [`Cells::start`] applies its settings.
pub fn setup(request: &TrialRequest, clock: &'static dyn Clock) -> Setup {
    Setup {
        point: request.cell.point.clone(),
        settings: Settings::default(),
        workers: request.workers,
        pool_threads: request.pool_threads,
        seed: request.seed,
        scratch: PathBuf::from(&request.scratch),
        traffic: Traffic::Generator(Generators::of(request)),
        clock,
    }
}

fn run(cells: &Cells, request: &TrialRequest, clock: &'static dyn Clock) -> Result<Block, Failure> {
    let cell = &request.cell;
    let start = clock.now();
    let mut instance = cells.start(&cell.workload, &cell.runner, setup(request, clock))?;
    let prepare = clock.now().saturating_sub(start);
    let took = (prepare, instance.build_time());
    let mut measure = |iterations| {
        if request.corrupt { instance.reject_corrupted() } else { instance.measure(iterations) }
    };
    let mut block = measure::measured(&mut measure, took, request, clock)?;
    let threads = process::threads().map(|count| Metric::of(&metric::THREADS, count as f64));
    block.metrics.extend(threads);
    Ok(block)
}

/// Serves external clients until the process is stopped.
fn listen(cells: &Cells, request: ServeRequest, clock: &'static dyn Clock) -> Result<(), Failure> {
    // A server keeps running when the shell that started it ends.
    process::die_with_parent(false);
    let setup = Setup {
        point: request.cell.point,
        settings: Settings::default(),
        workers: request.workers,
        pool_threads: request.pool_threads,
        seed: 0,
        scratch: std::env::temp_dir(),
        traffic: Traffic::External { port: request.port, announce },
        clock,
    };
    let mut instance = cells.start(&request.cell.workload, &request.cell.runner, setup)?;
    instance.measure(1).map(|_| ())
}

/// Loads the server of a trial with the clients of a cell, until the input ends.
fn load(cells: &Cells, request: ClientRequest, clock: &'static dyn Clock) -> Result<(), Failure> {
    // The thread that started it may end before the trial does; the end of the input ends this process.
    process::die_with_parent(false);
    let setup = Setup {
        point: request.cell.point,
        settings: Settings::default(),
        workers: request.workers,
        pool_threads: request.pool_threads,
        seed: 0,
        scratch: std::env::temp_dir(),
        traffic: Traffic::Clients {
            address: (Ipv4Addr::LOCALHOST, request.port).into(),
            certificate: request.certificate,
        },
        clock,
    };
    // Settings apply to the server under test; its clients keep the defaults.
    cells.start(&request.cell.workload, setting::base(&request.cell.runner), setup).map(drop)
}

fn announce(address: SocketAddr) {
    // Clients may connect even if the reader is gone.
    let _ = writeln!(io::stdout(), "listening on {address} until stopped (Ctrl-C)");
}
