//! What one thread, or one loop, is said to be able to.

use super::claim::Bound::{Above, Below};
use super::claim::Claim;
use runtime_bench_results::key::Point;

use super::build::{
    ASYNCIO, ONE_LOOP, PYTHON_THREADS, THREADS, against_cell, against_runner, cell, claim, figure,
    optional, test, test_of, test_of_loops,
};
use super::computing::{LONG, batch};

/// `timer-gather`: so many waits of 10 ms.
fn waits(tasks: u64) -> Point {
    Point::new().with("tasks", tasks, "").with("delay", 10, "ms")
}

pub(super) fn one_thread_waits() -> Claim {
    let scrape = Point::new().with("pages", 64, "").with("at-once", 8, "");
    let scrape = scrape.with("latency-most", 4, "ms");
    claim(
        "one-thread-waits",
        "One thread can wait for many things at once, and is done sooner than one after the other.",
        "A program that asks a database, a web site and a sensor mostly waits. Tutorials say that it \
         need not wait in a queue: it starts every wait first, lets one thread look after all of them, \
         and is done when the slowest is.",
        vec![
            test_of_loops(test(
                "100 waits of 10 ms",
                "Are 100 waits at once over in less than a tenth of the second that they take one \
                     after the other?",
                cell("timer-gather", waits(100)),
                figure("makespan-over-delay", Below(10.0)),
            )),
            test_of_loops(optional(test(
                "two waits at once",
                "Do two waits at once take less than three quarters of the time of two in a row?",
                cell("timer-gather", waits(2)),
                against_cell(
                    "wall",
                    cell("timer-gather", waits(2).variant("one-by-one")),
                    Below(0.75),
                ),
            ))),
            test_of_loops(test(
                "64 pages with eight at a time",
                "Is a list of pages fetched eight at a time in less than half the time that the \
                     server needs for them one after the other (8× the ideal)?",
                cell("scrape", scrape),
                figure("makespan-over-ideal", Below(4.0)),
            )),
        ],
        &[
            "Asked of the runners that have one thread. The others wait at once as well, on more of them.",
        ],
    )
}

pub(super) fn one_loop_suffices(workers: usize) -> Claim {
    let gather = || cell("timer-gather", waits(100));
    claim(
        "one-loop-suffices",
        "Concurrency on one loop is better than several threads or processes.",
        "Threads and processes have to be started, fed and joined, and the system switches between them \
         when it likes. Tutorials prefer one event loop, where nothing is shared by accident and a task \
         costs next to nothing.",
        vec![
            test_of(
                &ONE_LOOP,
                test(
                    "the time of 100 waits",
                    "Does one loop finish 100 waits no later than 100 threads (within a tenth)?",
                    gather(),
                    against_runner("wall", THREADS, Below(1.1)),
                ),
            ),
            test_of(
                &ONE_LOOP,
                test(
                    "the processor time of 100 waits",
                    "Does one loop use less than half of the processor time of 100 threads?",
                    gather(),
                    against_runner("cpu", THREADS, Below(0.5)),
                ),
            ),
            test_of(
                &ONE_LOOP,
                test(
                    "a batch of computing jobs",
                    "Does one loop finish a batch of computing jobs no later than a thread for each job \
                     (within a tenth)?",
                    batch(workers, LONG),
                    against_runner("wall", THREADS, Below(1.1)),
                ),
            ),
            optional(test_of(
                &ASYNCIO,
                test(
                    "the time of 100 waits in Python",
                    "Does one loop finish 100 waits no later than 100 threads of Python (within a tenth)?",
                    gather(),
                    against_runner("wall", PYTHON_THREADS, Below(1.1)),
                ),
            )),
            optional(test_of(
                &ASYNCIO,
                test(
                    "the batch in Python beside processes",
                    "Does one loop finish a batch of computing jobs no later than processes of the same \
                     language (within a tenth)?",
                    batch(workers, 50_000),
                    against_runner("wall", "python-processes", Below(1.1)),
                ),
            )),
        ],
        &["With one core there is nothing to win by computing on several threads."],
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
        "A server on one loop handles thousands of connections with little.",
        "A thread for each client needs a stack for each client, and the system has to switch between \
         all of them. One loop that hears of every connection when something has arrived is said to \
         serve thousands with the memory and the processor time of a few.",
        vec![
            test_of(
                &ONE_LOOP,
                test(
                    "memory beside that of threads",
                    "Does each of 1 000 idle connections occupy less than a quarter of what it does \
                     with a thread for each?",
                    idle(),
                    against_runner("per-connection", THREADS, Below(0.25)),
                ),
            ),
            test_of_loops(test(
                "memory as such",
                "Does each of 1 000 idle connections occupy less than a page, 4 KiB?",
                idle(),
                figure("per-connection", Below(4_096.0)),
            )),
            test_of(
                &ONE_LOOP,
                test(
                    "processor time of a request",
                    "Does a request of 1 000 clients cost less processor time than with a thread \
                     for each?",
                    server(),
                    against_runner("cpu-per-request", THREADS, Below(1.0)),
                ),
            ),
            test_of(
                &ONE_LOOP,
                test(
                    "requests of 1 000 clients",
                    "Are more requests answered than with a thread for each client?",
                    server(),
                    against_runner("rate", THREADS, Above(1.0)),
                ),
            ),
        ],
        &[
            "With a few dozen busy connections the difference is smaller, and may turn round: see the \
             pages of the server workloads. `cargo bench -- --points full idle-connections` goes up to \
             19 900 of them.",
        ],
    )
}
