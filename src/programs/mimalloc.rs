//! Trials of every runner on the allocator mimalloc.

mod all;

use std::process::ExitCode;

use runtime_bench_api::clock::SYSTEM;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    runtime_bench_api::trial::main(&all::cells(), &SYSTEM)
}
