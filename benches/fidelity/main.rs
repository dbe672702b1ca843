//! Does the runtime API have a cost? Hand-written cells for each asynchronous runtime, measured in the same
//! rounds as the generic ones:
//!
//! ```text
//! scripts/fidelity                    # every pair, as a table
//! cargo bench --bench fidelity -- tcp-echo --runners smol,smol-by-hand
//! ```
//!
//! - `tokio`, `smol`, `async_std`: the hand-written programs, in the style of each runtime's documentation.
//! - `by_hand`: their common parts, independent of a runtime: the clock, the inputs and the check.
//! - `table`: the results of the runs.

mod async_std;
mod by_hand;
mod smol;
mod table;
mod tokio;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use runtime_bench::api::cells::{Cells, WorkloadVisitor};
use runtime_bench::workloads::concurrency::{bounded_queue::BoundedQueue, spawn_join::SpawnJoin};
use runtime_bench::workloads::io::tcp_echo::TcpEcho;

/// First argument of a call that prints the table of finished runs.
const TABLE: &str = "table";

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    if arguments.next().is_some_and(|argument| argument == TABLE) {
        // `cargo bench` adds this option.
        let files: Vec<OsString> = arguments.filter(|argument| argument != "--bench").collect();
        return table::print(&files);
    }
    let runners = [tokio::BY_HAND, smol::BY_HAND, async_std::BY_HAND];
    let cells = runners.into_iter().fold(Cells::default(), |cells, runner| {
        cells.with(runner, |on| {
            on.visit(SpawnJoin);
            on.visit(TcpEcho);
            on.visit(BoundedQueue);
        })
    });
    runtime_bench::bench_main(&runtime_bench::standard().with_cells(cells))
}
