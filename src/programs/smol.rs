//! The trial program of the runners in `runners/smol`.

use std::process::ExitCode;

fn main() -> ExitCode {
    runtime_bench_api::trial::main(&runtime_bench_smol::cells(), &runtime_bench_api::clock::SYSTEM)
}
