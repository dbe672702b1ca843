//! Is the vocabulary free? Cells written by hand against each asynchronous runtime, measured in the
//! same rounds as the generic ones:
//!
//! ```text
//! scripts/fidelity                    # every pair, as a table
//! cargo bench --bench fidelity -- tcp-echo --runners smol,smol-by-hand
//! ```
//!
//! - `tokio`, `smol`, `async_std`: the twins, as each runtime's documentation would have them.
//! - `by_hand`: what they share, which is no runtime's: the clock, the inputs and the check.
//! - `table`: what the runs say.

mod async_std;
mod by_hand;
mod smol;
mod table;
mod tokio;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use runtime_bench::registry::Registry;

/// First argument of a call that prints the table of finished runs.
const TABLE: &str = "table";

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    if arguments.next().is_some_and(|argument| argument == TABLE) {
        // `cargo bench` adds an option of its own.
        let files: Vec<OsString> = arguments.filter(|argument| argument != "--bench").collect();
        return table::print(&files);
    }
    let twins = tokio::TWINS.into_iter().chain(smol::TWINS).chain(async_std::TWINS);
    let registry = twins.fold(Registry::standard(), |registry, (workload, twin)| {
        registry.with_case(workload, twin)
    });
    runtime_bench::bench_main(&registry)
}
