//! What is said of blocking, of locks and of queues.

use super::claim::Bound::{Above, Below};
use super::claim::{Ask, Claim};
use runtime_bench_results::key::Point;

use super::build::{against_cell, cell, claim, figure, test, test_of_coroutines};

pub(super) fn blocking_freezes() -> Claim {
    let beside = |variant: &str| {
        let point = Point::new().variant(variant).with("period", 1, "ms");
        cell("blocking-in-async", point.with("jobs", 2, "").with("job", 10, "ms"))
    };
    // Half of a job, in nanoseconds.
    let half = 5e6;
    claim(
        "blocking-freezes",
        "Blocking inside a coroutine freezes the loop; handing the work to a thread cures it.",
        "A coroutine that calls something slow in the ordinary way, such as a plain sleep, does not let \
         go of its thread, and everything else on that loop has to wait. The cure of the tutorials is to \
         hand the call to a pool of threads, and to await its result.",
        vec![
            test_of_coroutines(test(
                "two jobs that block for 10 ms",
                "Is a heartbeat beside them late by more than half of a job?",
                beside("blocked"),
                figure("worst-lateness", Above(half)),
            )),
            test_of_coroutines(test(
                "the same jobs on a pool of threads",
                "Is the heartbeat late by less than half of a job?",
                beside("offloaded"),
                figure("worst-lateness", Below(half)),
            )),
        ],
        &[
            "Two jobs hold up two worker threads at most. With more workers the heartbeat may escape, \
             until there are as many jobs as workers.",
        ],
    )
}

pub(super) fn queues_prevent_deadlocks() -> Claim {
    let queue = Point::new().with("producers", 8, "").with("items", 1_000, "");
    let queue = queue.with("capacity", 100, "").with("channel", "own", "");
    let pool = Point::new().with("jobs", 2_000, "").with("at-once", 16, "");
    let opposite = Point::new().with("watch", 20, "ms").with("turns", 100, "");
    claim(
        "queues-prevent-deadlocks",
        "Queues and semaphores prevent deadlocks.",
        "Tutorials replace shared variables by queues, and cap what runs at once by a semaphore, and call \
         the result free of deadlocks. A deadlock needs two tasks that each hold what the other wants, \
         and a permit of a semaphore is something that one can hold.",
        vec![
            test(
                "eight producers and one consumer on a queue",
                "Does everything that was sent through a full queue arrive once, with nobody stuck?",
                cell("bounded-queue", queue),
                Ask::Check { supports: true },
            ),
            test(
                "2 000 jobs under a semaphore",
                "Are all jobs done, and never more at once than the semaphore allows?",
                cell("worker-pool", pool),
                Ask::Check { supports: true },
            ),
            test(
                "two locks in opposite order",
                "Do two tasks go on that each hold one permit and want the other's?",
                cell("deadlock", opposite),
                Ask::Check { supports: false },
            ),
        ],
        &[
            "No figure decides here, but what the program did: each workload checks it in every process. \
             The last one checks that the tasks are stuck, so where the check passes the answer is no.",
            "A check that passes shows that it can go well, or wrong. It proves nothing about programs \
             with other queues in other orders.",
        ],
    )
}

pub(super) fn locks_take_turns() -> Claim {
    let held =
        |variant: &str| cell("lock-per-call", Point::new().variant(variant).with("hold", 2, "ms"));
    claim(
        "locks-take-turns",
        "An asynchronous lock makes two coroutines take turns.",
        "Where two coroutines may not do something at the same time, both take a lock first, and the \
         second waits until the first is done. A much copied example makes the lock inside the function, \
         so that each call has one of its own.",
        vec![
            test_of_coroutines(test(
                "one lock for both",
                "Do two tasks that hold the same lock for 2 ms take as long as both holds, 2×?",
                held("shared"),
                figure("makespan-over-hold", Above(1.9)),
            )),
            test_of_coroutines(test(
                "a lock made in each call",
                "Do they still take more than three quarters of that time?",
                held("fresh"),
                against_cell("wall", held("shared"), Above(0.75)),
            )),
        ],
        &[
            "Both tasks at once take half of the time of turns. The workload checks who was inside when.",
        ],
    )
}
