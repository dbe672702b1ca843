//! The command line over the standard registry.

use std::process::ExitCode;

fn main() -> ExitCode {
    runtime_bench::main(&runtime_bench::standard())
}
