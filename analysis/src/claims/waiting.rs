//! Claims about the abilities of one thread, or one loop.

use super::claim::Bound::{Above, Below};
use super::claim::Claim;
use runtime_bench_results::key::Point;

use super::build::{
    ASYNCIO, ONE_LOOP, PYTHON_THREADS, THREADS, against_cell, against_runner, cell, claim, figure,
    optional, test, test_of, test_of_loops,
};
use super::computing::{LONG, batch};

/// `timer-gather`: a number of waits of 10 ms.
fn waits(tasks: u64) -> Point {
    Point::new().with("tasks", tasks, "").with("delay", 10, "ms")
}

pub(super) fn one_thread_waits() -> Claim {
    let scrape = Point::new().with("pages", 64, "").with("at-once", 8, "");
    let scrape = scrape.with("latency-most", 4, "ms");
    claim(
        "one-thread-waits",
        "One thread can wait for many things at once, and finishes sooner than waiting for them \
         one by one.",
        "A program that queries a database, a website and a sensor mostly waits. Tutorials say \
         that it need not wait for them one by one: it starts all waits first, lets one thread \
         handle them, and finishes when the slowest one does.",
        vec![
            test_of_loops(test(
                "100 waits of 10 ms",
                "Do 100 concurrent 10 ms waits finish within 100 ms (1 s in sequence)?",
                cell("timer-gather", waits(100)),
                figure("makespan-over-delay", Below(10.0)),
            )),
            test_of_loops(optional(test(
                "two waits at once",
                "Do two concurrent waits take less than three quarters of the time of two in sequence?",
                cell("timer-gather", waits(2)),
                against_cell(
                    "wall",
                    cell("timer-gather", waits(2).variant("one-by-one")),
                    Below(0.75),
                ),
            ))),
            test_of_loops(test(
                "64 pages with eight at a time",
                "Does fetching pages eight at a time take less than half the time that the server \
                 needs for them in sequence (8× the ideal)?",
                cell("scrape", scrape),
                figure("makespan-over-ideal", Below(4.0)),
            )),
        ],
        &["Single-threaded runners only. The others also wait concurrently, but on more threads."],
    )
}

pub(super) fn one_loop_suffices(workers: usize) -> Claim {
    let gather = || cell("timer-gather", waits(100));
    claim(
        "one-loop-suffices",
        "Concurrency on one loop is better than several threads or processes.",
        "Threads and processes must be started, given work and joined, and the system may switch \
         between them at any time. Tutorials prefer one event loop, where nothing is shared by \
         accident and a task costs almost nothing.",
        vec![
            test_of(
                &ONE_LOOP,
                test(
                    "time for 100 waits",
                    "Does one loop finish 100 waits no later than 100 threads (within 10%)?",
                    gather(),
                    against_runner("wall", THREADS, Below(1.1)),
                ),
            ),
            test_of(
                &ONE_LOOP,
                test(
                    "CPU time for 100 waits",
                    "Does one loop use less than half the CPU time of 100 threads?",
                    gather(),
                    against_runner("cpu", THREADS, Below(0.5)),
                ),
            ),
            test_of(
                &ONE_LOOP,
                test(
                    "a batch of computing jobs",
                    "Does one loop finish a batch of computing jobs no later than one thread per \
                     job (within 10%)?",
                    batch(workers, LONG),
                    against_runner("wall", THREADS, Below(1.1)),
                ),
            ),
            optional(test_of(
                &ASYNCIO,
                test(
                    "time for 100 waits in Python",
                    "Does one loop finish 100 waits no later than 100 Python threads (within 10%)?",
                    gather(),
                    against_runner("wall", PYTHON_THREADS, Below(1.1)),
                ),
            )),
            optional(test_of(
                &ASYNCIO,
                test(
                    "the batch in Python against processes",
                    "Does one loop finish a batch of computing jobs no later than Python processes \
                     (within 10%)?",
                    batch(workers, 50_000),
                    against_runner("wall", "python-processes", Below(1.1)),
                ),
            )),
        ],
        &["On one core, computing on several threads gains nothing."],
    )
}

pub(super) fn thousands_of_connections() -> Claim {
    let idle = || cell("idle-connections", Point::new().with("connections", 1_000, ""));
    let server = || {
        let point = Point::new().with("connections", 1_000, "").with("requests", 2, "");
        cell("http-server", point.with("wait", 2, "ms"))
    };
    claim(
        "thousands-of-connections",
        "A server on one loop handles thousands of connections with few resources.",
        "A thread per client needs a stack per client, and the system must switch between all of \
         them. One loop that is notified when data arrives on any connection is said to serve \
         thousands of clients with the memory and CPU time of a few threads.",
        vec![
            test_of(
                &ONE_LOOP,
                test(
                    "memory compared with threads",
                    "Does each of 1 000 idle connections use less than a quarter of the memory \
                     that it needs with one thread per connection?",
                    idle(),
                    against_runner("per-connection", THREADS, Below(0.25)),
                ),
            ),
            test_of_loops(test(
                "memory in absolute terms",
                "Does each of 1 000 idle connections use less than one page, 4 KiB?",
                idle(),
                figure("per-connection", Below(4_096.0)),
            )),
            test_of(
                &ONE_LOOP,
                test(
                    "CPU time per request",
                    "With 1 000 clients, does a request cost less CPU time than with one thread \
                     per client?",
                    server(),
                    against_runner("cpu-per-request", THREADS, Below(1.0)),
                ),
            ),
            test_of(
                &ONE_LOOP,
                test(
                    "request rate with 1 000 clients",
                    "With 1 000 clients, are more requests answered than with one thread per client?",
                    server(),
                    against_runner("rate", THREADS, Above(1.0)),
                ),
            ),
        ],
        &["With a few dozen busy connections, the difference is smaller and may reverse: see the \
             pages of the server workloads. `cargo bench -- --points full idle-connections` goes \
             up to 19 900 connections."],
    )
}
