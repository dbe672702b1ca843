//! Claims about asynchronous code for files and for computing.

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

/// `cpu-batch`, with jobs of a number of steps.
pub(super) fn batch(workers: usize, steps: u64) -> Cell {
    let jobs = Point::new().with("jobs", 16_u64.saturating_mul(workers as u64), "");
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
        "The data for a model are in many files, and reading them means waiting for the disk. \
         Tutorials recommend asynchronous reads, so that many reads are in progress while the \
         program computes. The conventional alternative is blocking reads on a thread pool.",
        vec![
            test_of(
                &COROUTINES,
                test(
                    "reading from memory",
                    "Are files in the page cache read at least 1.2 times as fast as by blocking \
                     reads on a pool?",
                    cell("file-read", files(8)),
                    against_runner("throughput", POOL, Above(1.2)),
                ),
            ),
            test_of(
                &COROUTINES,
                test(
                    "reading from the disk",
                    "Are files that are not in memory read at least 1.2 times as fast as by \
                     blocking reads on a pool?",
                    cell("file-read", files(16).variant("cold")),
                    against_runner("throughput", POOL, Above(1.2)),
                ),
            ),
            test_of(
                &COROUTINES,
                test(
                    "preparing many small files",
                    "Are files prepared at least 1.2 times as fast as by blocking code on a pool?",
                    cell("preprocess", shards),
                    against_runner("per-shard", POOL, Below(1.0 / 1.2)),
                ),
            ),
        ],
        &["Linux has no standard asynchronous file read: most runtimes send each block to a pool \
             of blocking threads, as the conventional alternative does directly."],
    )
}

pub(super) fn computing_is_faster(workers: usize) -> Claim {
    claim(
        "computing-is-faster",
        "Asynchronous code also speeds up stages that compute.",
        "Some tutorials turn an entire pipeline into coroutines, including the stages that \
         compute, and expect them to run in parallel. A coroutine that computes does not suspend \
         until it is done, so it runs in parallel only if there are other threads.",
        vec![test_of_coroutines(test(
            "a batch of computing jobs",
            "Does the batch finish at least 1.1 times as fast as a plain loop?",
            batch(workers, LONG),
            figure("speed-up", Above(1.1)),
        ))],
        &["Only the number of threads helps: threads and pools without coroutines gain as much."],
    )
}
