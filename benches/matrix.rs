//! `cargo bench`: the harness over the standard registry, with criterion's manners.

use std::process::ExitCode;

use runtime_bench::registry::Registry;

fn main() -> ExitCode {
    runtime_bench::bench_main(&Registry::standard())
}
