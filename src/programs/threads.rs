//! The trial program of the runners in `runners/threads`.

use std::process::ExitCode;

fn main() -> ExitCode {
    runtime_bench_api::trial::main(
        &runtime_bench_threads::cells(),
        &runtime_bench_api::clock::SYSTEM,
    )
}
