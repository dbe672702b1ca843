//! The command line with a workload and a runner of your own. Their trials run in this program.

use std::process::ExitCode;

use extension::{Collatz, SmallStacks};
use runtime_bench::api::cells::{Cells, WorkloadVisitor};
use runtime_bench::workloads::concurrency::spawn_join::SpawnJoin;
use runtime_bench_threads::{ThreadPool, Threads};

fn main() -> ExitCode {
    let cells = Cells::default()
        .with(Threads, |on| on.visit(Collatz))
        .with(ThreadPool, |on| on.visit(Collatz));
    let registry = runtime_bench::catalog()
        .with(Collatz)
        .with_cells(runtime_bench_threads::cells())
        .with_cells(cells)
        // `runtime_bench::workloads::each(on)` would visit the whole catalog.
        .with_runner(SmallStacks, |on| {
            on.visit(Collatz);
            on.visit(SpawnJoin);
        });
    runtime_bench::main(&registry)
}
