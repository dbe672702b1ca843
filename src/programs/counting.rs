//! Trials of every runner that count allocations. They are never timed, because counting takes time.

mod all;

use std::alloc::System;
use std::process::ExitCode;
use std::time::Duration;

use runtime_bench_api::clock::{Clock, Heap, SYSTEM, Usage};

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The system's clock, which also reports allocations.
struct Counting;

impl Clock for Counting {
    fn now(&self) -> Duration {
        SYSTEM.now()
    }

    fn usage(&self) -> Usage {
        let counted = ALLOCATOR.stats();
        let heap = Heap {
            allocations: (counted.allocations + counted.reallocations) as u64,
            bytes: counted.bytes_allocated as u64,
        };
        Usage { heap: Some(heap), ..SYSTEM.usage() }
    }
}

fn main() -> ExitCode {
    runtime_bench_api::trial::main(&all::cells(), &Counting)
}
