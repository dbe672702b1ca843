//! A custom benchmark: a workload, a server and a runner, measured next to those of `runtime-bench`.
//!
//! - `collatz`: a workload that computes.
//! - `prices`: a server workload with its own protocol, loaded from another process.
//! - `small_stacks`: a runner.

mod collatz;
mod prices;
mod small_stacks;

use collatz::Collatz;
use prices::Prices;
use runtime_bench::api::cells::{Cells, WorkloadVisitor};
use runtime_bench::harness::registry::Registry;
use runtime_bench::workloads::concurrency::spawn_join::SpawnJoin;
use runtime_bench_threads::Threads;
use runtime_bench_tokio::MultiThread;
use small_stacks::SmallStacks;

/// The registry: what to measure. Trials run in the program that uses it.
pub fn registry() -> Registry {
    let cells = Cells::default()
        .with(Threads, |on| {
            on.visit(Collatz);
            on.visit(Prices);
            on.visit(SpawnJoin);
        })
        .with(MultiThread, |on| {
            on.visit(Collatz);
            on.visit(Prices);
            on.visit(SpawnJoin);
        });
    runtime_bench::own()
        .with(Collatz)
        .with(Prices)
        // A workload of the catalog.
        .with(SpawnJoin)
        .with_cells(cells)
        // Your own runner; `with_cells` is for several at once.
        .with_runner(SmallStacks, |on| {
            on.visit(Collatz);
            on.visit(SpawnJoin);
        })
}
