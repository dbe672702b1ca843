//! Registers a runner without a workload: `tests/extension.rs` reads how it is rejected.

use std::process::ExitCode;

use extension::SmallStacks;

fn main() -> ExitCode {
    runtime_bench::main(&runtime_bench::catalog().with_runner(SmallStacks, |_| ()))
}
