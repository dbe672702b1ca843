//! `runtime-bench`: measures which concurrency runtime suits which workload, with results that you can trust.
//!
//! The same I/O-bound and CPU-bound workloads run on tokio, async-std, smol, OS threads, a thread pool and
//! rayon. Each trial is a process with one fresh instance, every result is checked, and the runners of one
//! workload are measured in random order, round by round.
//!
//! This crate is the command line: arguments, one file per subcommand, terminal output. It does not contain a
//! runtime: trials run in the trial programs next to it ([`TRIAL_PROGRAMS`]).
//!
//! - [`standard`]: the workloads and programs of this project.
//! - [`own`]: the start of a registry with your own workloads and runners; [`main!`] and [`bench_main!`] make
//!   programs of it. `examples/own-bench` is a template.
//! - [`cli`] and [`commands`]: the command line, one file per subcommand.
//! - [`cargo_bench`]: the same with the options of a criterion bench target.
//! - [`ab`]: compares two builds.
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     runtime_bench::main(&runtime_bench::standard())
//! }
//! ```

pub mod ab;
pub mod cargo_bench;
pub mod cli;
pub mod commands;
pub mod criterion;

pub use runtime_bench_api as api;
pub use runtime_bench_harness as harness;
pub use runtime_bench_reports as reports;
pub use runtime_bench_results as results;
pub use runtime_bench_workloads as workloads;

use std::process::ExitCode;

use runtime_bench_harness::error::Error;
use runtime_bench_harness::process::LOAD;
use runtime_bench_harness::program::TRIAL;
use runtime_bench_harness::registry::{BuildFacts, Registry};
use runtime_bench_harness::terminal::print_error;
use runtime_bench_results::listing::Build;

include!(concat!(env!("OUT_DIR"), "/lockfile.rs"));

/// The trial programs that are built with this crate's features.
pub const TRIAL_PROGRAMS: &[&str] = &[
    #[cfg(feature = "tokio")]
    "runtime-bench-tokio",
    #[cfg(feature = "async-std")]
    "runtime-bench-async-std",
    #[cfg(feature = "smol")]
    "runtime-bench-smol",
    #[cfg(all(target_os = "linux", any(feature = "compio", feature = "monoio")))]
    "runtime-bench-io-uring",
    #[cfg(feature = "threads")]
    "runtime-bench-threads",
    #[cfg(feature = "rayon")]
    "runtime-bench-rayon",
];

/// Every workload of this project, and the trial programs of its runners.
pub fn standard() -> Registry {
    catalog().with_programs(TRIAL_PROGRAMS)
}

/// Every workload of this project without runners: a starting point for the registry of another program.
pub fn catalog() -> Registry {
    let registry = own().with_catalog(runtime_bench_catalog::each);
    registry.with_suites(runtime_bench_catalog::SUITES)
}

/// A registry without workloads and runners, to which you add your own and chosen ones of the catalog.
pub fn own() -> Registry {
    Registry::default().with_build(BuildFacts {
        build: build(),
        lockfile: LOCKFILE,
        sources: Some(env!("CARGO_MANIFEST_DIR").into()),
    })
}

/// Defines `main`: the command line over a registry, as [`main()`]. Results name the crate that calls this, its
/// version, its commit and its lock file.
#[macro_export]
macro_rules! main {
    ($registry:expr) => {
        fn main() -> ::std::process::ExitCode {
            let (name, version) = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
            $crate::main(&$registry.in_crate(name, version))
        }
    };
}

/// Defines `main` of a bench target without a harness, as [`bench_main()`]. Results name the crate that calls
/// this.
#[macro_export]
macro_rules! bench_main {
    ($registry:expr) => {
        fn main() -> ::std::process::ExitCode {
            let (name, version) = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
            $crate::bench_main(&$registry.in_crate(name, version))
        }
    };
}

/// Describes this build.
fn build() -> Build {
    let features = env!("RUNTIME_BENCH_FEATURES").split(',').filter(|name| !name.is_empty());
    Build {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: option_env!("RUNTIME_BENCH_COMMIT").map(str::to_owned),
        rustc: env!("RUNTIME_BENCH_RUSTC").to_owned(),
        profile: env!("RUNTIME_BENCH_PROFILE").to_owned(),
        features: features.map(str::to_owned).collect(),
    }
}

/// Runs a bench target over a registry, with the options of `cargo bench`. It also runs its own trials.
pub fn bench_main(registry: &Registry) -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.as_slice() {
        [only] if [TRIAL, LOAD].contains(&only.as_str()) => main(registry),
        _ => finish(cargo_bench::run(registry, 1)),
    }
}

/// Runs the command line over a registry.
pub fn main(registry: &Registry) -> ExitCode {
    let is_bench = std::env::args_os().nth(1).is_some_and(|first| first == cargo_bench::NAME);
    finish(if is_bench { cargo_bench::run(registry, 2) } else { cli::run(registry) })
}

fn finish(result: Result<(), Error>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(&format!("error: {error}"));
            error.exit_code()
        }
    }
}
