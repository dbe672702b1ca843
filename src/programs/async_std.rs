//! The trial program of the runners in `runners/async-std`.

use std::process::ExitCode;

fn main() -> ExitCode {
    runtime_bench_api::trial::main(
        &runtime_bench_async_std::cells(),
        &runtime_bench_api::clock::SYSTEM,
    )
}
