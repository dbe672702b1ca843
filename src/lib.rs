//! `runtime-bench`: which concurrency runtime for which work, measured so that the answer can be
//! trusted.
//!
//! The same I/O-bound and CPU-bound workloads run on tokio, async-std, smol, OS threads, a thread
//! pool and rayon. Every trial is a process with one fresh instance, every answer is checked, and
//! the runners of one workload are measured in random order, round by round.
//!
//! A map of this crate:
//! - [`registry`]: every workload crossed with every runner. Extend it with a workload of your own
//!   and hand it to [`main`].
//! - [`harness`]: plan → rounds → trials → results file.
//! - [`ab`]: two builds against each other.
//! - [`trial`]: the inside of a trial process.
//! - [`outside`]: runners outside of this program, such as one in another language.
//! - [`machine`]: what the machine is and what it can hold.
//! - [`cli`] and [`commands`]: the command line, one file per subcommand.
//! - `terminal`: what goes to standard output and standard error.
//! - [`cargo_bench`]: the same harness with the manners of a criterion bench target.
//!
//! ```no_run
//! use runtime_bench::registry::Registry;
//!
//! fn main() -> std::process::ExitCode {
//!     // `.with(MyWorkload)` adds one of your own.
//!     runtime_bench::main(&Registry::standard())
//! }
//! ```

pub mod ab;
pub mod cargo_bench;
pub mod cli;
pub mod commands;
pub mod criterion_sink;
pub mod error;
pub mod harness;
pub mod machine;
pub mod outside;
pub mod registry;
mod terminal;
pub mod trial;

pub use runtime_bench_api as api;
pub use runtime_bench_results as results;
pub use runtime_bench_runners as runners;
pub use runtime_bench_workloads as workloads;

use std::process::ExitCode;

use error::Error;
use harness::siblings::BUILD;
use registry::Registry;
use runtime_bench_api::clock::Clock;

/// Runs the command line over a registry.
pub fn main(registry: &Registry) -> ExitCode {
    finish(cli::run(registry))
}

/// Runs a bench target over a registry: what `cargo bench` starts.
pub fn bench_main(registry: &Registry) -> ExitCode {
    finish(cargo_bench::run(registry))
}

/// Answers one trial, or tells its build: an executable beside the one for people, with another allocator.
pub fn trial_main(registry: &Registry, clock: &'static dyn Clock) -> ExitCode {
    let answered = if std::env::args_os().nth(1).is_some_and(|argument| argument == BUILD) {
        serde_json::to_writer(std::io::stdout(), &machine::build()).map_err(Into::into)
    } else {
        trial::answer(registry, clock)
    };
    finish(
        answered.map_err(|error| Error::CouldNotRun(format!("cannot answer the harness: {error}"))),
    )
}

fn finish(result: Result<(), Error>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::tell(&format!("error: {error}"));
            error.exit_code()
        }
    }
}
