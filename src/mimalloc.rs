//! A trial on the allocator mimalloc: how much of a figure is the allocator's?

use std::process::ExitCode;

use runtime_bench::api::clock::SYSTEM;
use runtime_bench::registry::Registry;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    runtime_bench::trial_main(&Registry::standard(), &SYSTEM)
}
