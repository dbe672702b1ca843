//! What asynchronous code is said to do for files and for computing.

use super::claim::Bound::{Above, Below};
use super::claim::{Cell, Claim};
use runtime_bench_results::key::Point;

use super::build::{
    COROUTINES, against_runner, cell, claim, figure, test, test_of, test_of_coroutines,
};

/// Plain blocking calls on a pool of threads.
const POOL: &str = "thread-pool";

/// Steps of a job long enough that starting a thread for each does not matter.
pub(super) const LONG: u64 = 1_000_000;

/// `cpu-batch`, with jobs of so many steps.
pub(super) fn batch(workers: usize, steps: u64) -> Cell {
    let jobs = Point::new().with("jobs", 16 * workers as u64, "");
    cell("cpu-batch", jobs.with("steps", steps, ""))
}

pub(super) fn files_are_faster() -> Claim {
    let files = |count: u64| {
        let point = Point::new().with("files", count, "").with("size", 1_024, "KiB");
        point.with("block", 64, "KiB")
    };
    let shards = Point::new().variant("inline").with("shards", 8, "").with("numbers", 2_000, "");
    claim(
        "files-are-faster",
        "Asynchronous reading speeds up the preparation of data from disk.",
        "Data for a model lie in many files, and reading them is waiting for the disk. Tutorials advise \
         to read asynchronously, so that many reads are under way while the program computes. The plain \
         way does the same with blocking reads on a pool of threads.",
        vec![
            test_of(
                &COROUTINES,
                test(
                    "reading from memory",
                    "Are files in the page cache read at 1.2 times the speed of blocking reads on a pool?",
                    cell("file-read", files(8)),
                    against_runner("throughput", POOL, Above(1.2)),
                ),
            ),
            test_of(
                &COROUTINES,
                test(
                    "reading from the disk",
                    "Are files that are not in memory read at 1.2 times the speed of blocking reads on a \
                     pool?",
                    cell("file-read", files(16).variant("cold")),
                    against_runner("throughput", POOL, Above(1.2)),
                ),
            ),
            test_of(
                &COROUTINES,
                test(
                    "preparing many small files",
                    "Are files prepared at 1.2 times the speed of blocking code on a pool?",
                    cell("preprocess", shards),
                    against_runner("per-shard", POOL, Below(1.0 / 1.2)),
                ),
            ),
        ],
        &[
            "Linux has no ready-made asynchronous read of a file: most runtimes hand each block to a pool \
             of blocking threads, which is what the plain way does at once.",
        ],
    )
}

pub(super) fn computing_is_faster(workers: usize) -> Claim {
    claim(
        "computing-is-faster",
        "Asynchronous code helps where a stage computes, too.",
        "Some tutorials turn a whole pipeline into coroutines, the computing stages as well, and expect \
         them to run side by side. A coroutine that computes does not stop until it is done, so it runs \
         beside others only if there are other threads.",
        vec![test_of_coroutines(test(
            "a batch of computing jobs",
            "Is the batch done at least 1.1 times as fast as by a plain loop?",
            batch(workers, LONG),
            figure("speed-up", Above(1.1)),
        ))],
        &[
            "What helps is the number of threads: threads and pools without any coroutine gain as much.",
        ],
    )
}
