//! The runners on smol's crates, which work with any executor: a dedicated executor, smol's global executor,
//! and the pool of the futures crate.

mod async_io;
#[cfg(feature = "futures-pool")]
mod futures_pool;
#[cfg(feature = "smol-global")]
mod global;
mod own_executor;

#[cfg(feature = "futures-pool")]
pub use futures_pool::FuturesPool;
#[cfg(feature = "smol-global")]
pub use global::SmolGlobal;
pub use own_executor::Smol;

#[cfg(feature = "catalog")]
use runtime_bench_api::cells::Cells;

/// Every workload on every runner on smol's crates.
#[cfg(feature = "catalog")]
pub fn cells() -> Cells {
    let cells = Cells::default().with(Smol, runtime_bench_catalog::each);
    #[cfg(feature = "smol-global")]
    let cells = cells.with(SmolGlobal, runtime_bench_catalog::each);
    #[cfg(feature = "futures-pool")]
    let cells = cells.with(FuturesPool, runtime_bench_catalog::each);
    cells
}
