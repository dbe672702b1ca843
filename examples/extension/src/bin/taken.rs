//! Registers a runner under a name that is taken: `tests/extension.rs` reads how it is rejected.

use std::process::ExitCode;

use extension::{Collatz, SmallStacks};
use runtime_bench::api::cells::WorkloadVisitor;

fn main() -> ExitCode {
    let registry = runtime_bench::catalog().with(Collatz);
    let registry = registry.with_runner(SmallStacks, |on| on.visit(Collatz));
    runtime_bench::main(&registry.with_runner(SmallStacks, |on| on.visit(Collatz)))
}
