//! The command line over the standard registry.

use std::process::ExitCode;

use runtime_bench::registry::Registry;

fn main() -> ExitCode {
    runtime_bench::main(&Registry::standard())
}
