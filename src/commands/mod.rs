//! One file per subcommand.

pub mod ab;
pub mod analyze;
pub mod bench;
pub mod check_runner;
pub mod compare;
pub mod completions;
pub mod doctor;
pub mod explain;
pub mod export;
pub mod history;
pub mod layouts;
pub mod list;
pub mod man;
pub mod merge;
pub mod report;
pub mod serve;
pub mod verify;

use std::env;
use std::path::PathBuf;

use runtime_bench_harness::error::Error;
use runtime_bench_harness::machine::Limits;
use runtime_bench_harness::plan::profile::Profile;
use runtime_bench_harness::plan::request::PlanRequest;
use runtime_bench_harness::plan::{self, Planned};
use runtime_bench_harness::process::interrupt::Interrupt;
use runtime_bench_harness::process::{ProcessExecutor, Settings};
use runtime_bench_harness::registry::Registry;
use runtime_bench_harness::run::{Output, measure};
use runtime_bench_harness::scratch::Scratch;
pub use runtime_bench_harness::terminal::print;
pub(crate) use runtime_bench_harness::terminal::{print_error, print_json};
use runtime_bench_results::run::Run;

/// Rejects measuring with a debug build.
pub(crate) fn needs_release() -> Result<(), Error> {
    if cfg!(debug_assertions) {
        return Err(Error::Usage(
            "cannot measure: this is a debug build\nhelp: use `cargo bench`, or build with --release".to_owned(),
        ));
    }
    Ok(())
}

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from)
}

/// `target/runtime-bench`, in cargo's target folder.
pub fn home() -> PathBuf {
    target().join("runtime-bench")
}

/// Makes a plan; this probes all runners.
///
/// # Errors
/// As [`plan::make`], and when it is interrupted meanwhile.
pub(crate) fn plan(
    registry: &Registry,
    request: &PlanRequest,
    interrupt: &Interrupt,
) -> Result<Planned, Error> {
    let executor = ProcessExecutor::new(interrupt, settings(request))?;
    interrupt.or(plan::make(registry, request, Limits::of_this_machine(), &executor))
}

/// Measures a plan as `bench` does, without keeping a results file.
pub(crate) fn measure_only(
    registry: &Registry,
    planned: &Planned,
    profile: Profile,
    quiet: bool,
    command: Vec<String>,
    interrupt: &Interrupt,
) -> Result<Run, Error> {
    let folder = Scratch::new()?;
    let output = Output { folder: folder.path().to_path_buf(), out: None, quiet, command };
    let done = measure(registry, planned, profile, &output, interrupt)?;
    if interrupt.requested() {
        return Err(Error::Interrupted("interrupted; nothing is kept".to_owned()));
    }
    Ok(done.run)
}

/// The settings of every trial of a request.
pub(crate) fn settings(request: &PlanRequest) -> Settings {
    Settings {
        workers: request.workers,
        pool_threads: request.pool_threads,
        seed: request.seed,
        limit: request.trial_limit,
        core: None,
    }
}
