// The cells of every family that this build has: one line each.

use runtime_bench_api::cells::Cells;

pub(crate) fn cells() -> Cells {
    let cells = Cells::default();
    #[cfg(feature = "tokio")]
    let cells = cells.and(runtime_bench_tokio::cells());
    #[cfg(feature = "async-std")]
    let cells = cells.and(runtime_bench_async_std::cells());
    #[cfg(feature = "smol")]
    let cells = cells.and(runtime_bench_smol::cells());
    #[cfg(all(target_os = "linux", any(feature = "compio", feature = "monoio")))]
    let cells = cells.and(runtime_bench_io_uring::cells());
    #[cfg(feature = "threads")]
    let cells = cells.and(runtime_bench_threads::cells());
    #[cfg(feature = "rayon")]
    let cells = cells.and(runtime_bench_rayon::cells());
    cells
}
