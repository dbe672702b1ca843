//! The trial program of the runners in `runners/io-uring`; without their features, or on systems other than
//! Linux, it has none.

use std::process::ExitCode;

use runtime_bench_api::cells::Cells;

fn main() -> ExitCode {
    #[cfg(all(target_os = "linux", any(feature = "compio", feature = "monoio")))]
    let cells: Cells = runtime_bench_io_uring::cells();
    #[cfg(not(all(target_os = "linux", any(feature = "compio", feature = "monoio"))))]
    let cells = Cells::default();
    runtime_bench_api::trial::main(&cells, &runtime_bench_api::clock::SYSTEM)
}
