//! The runners on OS threads: one thread per task, and a pool.

mod thread_pool;
mod threads;

pub use thread_pool::ThreadPool;
pub use threads::Threads;

#[cfg(feature = "catalog")]
use runtime_bench_api::cells::Cells;

/// Every workload on every runner on OS threads.
#[cfg(feature = "catalog")]
pub fn cells() -> Cells {
    Cells::default()
        .with(Threads, runtime_bench_catalog::each)
        .with(ThreadPool, runtime_bench_catalog::each)
}
