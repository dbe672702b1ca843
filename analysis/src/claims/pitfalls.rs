//! Claims about blocking, locks and queues.

use super::claim::Bound::{Above, Below};
use super::claim::{Ask, Claim};
use runtime_bench_results::key::Point;

use super::build::{against_cell, cell, claim, figure, optional, test, test_of_coroutines};

pub(super) fn blocking_freezes() -> Claim {
    let beside = |variant: &str| {
        let point = Point::new().variant(variant).with("period", 1, "ms");
        cell("blocking-in-async", point.with("jobs", 2, "").with("job", 10, "ms"))
    };
    // Half of a job, in nanoseconds.
    let half = 5e6;
    claim(
        "blocking-freezes",
        "Blocking inside a coroutine freezes the loop; moving the work to a thread fixes it.",
        "A coroutine that makes an ordinary slow call, such as a blocking sleep, does not release \
         its thread, so everything else on that loop has to wait. Tutorials recommend sending the \
         call to a thread pool and awaiting its result.",
        vec![
            test_of_coroutines(test(
                "two jobs that block for 10 ms",
                "Is a heartbeat next to them late by more than half the duration of a job?",
                beside("blocked"),
                figure("worst-lateness", Above(half)),
            )),
            test_of_coroutines(test(
                "the same jobs on a thread pool",
                "Is the heartbeat late by less than half the duration of a job?",
                beside("offloaded"),
                figure("worst-lateness", Below(half)),
            )),
        ],
        &["Two jobs block at most two worker threads. With more workers than jobs, the heartbeat \
             may be unaffected."],
    )
}

pub(super) fn queues_prevent_deadlocks() -> Claim {
    let queue = Point::new().with("producers", 8, "").with("items", 1_000, "");
    let queue = queue.with("capacity", 100, "").with("channel", "own", "");
    let actor = Point::new().with("clients", 32, "").with("requests", 50, "");
    let pool = Point::new().with("jobs", 2_000, "").with("at-once", 16, "");
    let opposite = Point::new().with("watch", 20, "ms").with("turns", 100, "");
    claim(
        "queues-prevent-deadlocks",
        "Queues and semaphores prevent deadlocks.",
        "Tutorials replace shared variables with queues, limit concurrency with a semaphore, and \
         call the result free of deadlocks. A deadlock needs two tasks that each hold what the \
         other one wants, and a semaphore permit is something that a task can hold.",
        vec![
            test(
                "eight producers and one consumer on a queue",
                "Does every item that was sent through a full queue arrive once, with no task stuck?",
                cell("bounded-queue", queue),
                Ask::Check { supports: true },
            ),
            optional(test(
                "one task that replies to 32 others",
                "Does every request through a full queue get its reply through another, with no task stuck?",
                cell("request-reply", actor),
                Ask::Check { supports: true },
            )),
            test(
                "2 000 jobs under a semaphore",
                "Do all jobs finish, with never more of them at once than the semaphore allows?",
                cell("worker-pool", pool),
                Ask::Check { supports: true },
            ),
            test(
                "two locks in opposite order",
                "If two tasks each hold one permit and want the other's, do they continue?",
                cell("deadlock", opposite),
                Ask::Check { supports: false },
            ),
        ],
        &[
            "The answers do not come from measurements: each workload checks its own behavior in \
             every process. The last one checks that the tasks are stuck, so if that check passes, \
             the answer is no.",
            "A passed check shows that a program can work, or get stuck, in this way. It proves \
             nothing about programs with other queues in other orders.",
        ],
    )
}

pub(super) fn locks_take_turns() -> Claim {
    let held =
        |variant: &str| cell("lock-per-call", Point::new().variant(variant).with("hold", 2, "ms"));
    claim(
        "locks-take-turns",
        "An asynchronous lock makes two coroutines take turns.",
        "If two coroutines must not do something at the same time, both take a lock first, and the \
         second waits until the first is done. A widely copied example creates the lock inside the \
         function, so each call has its own lock.",
        vec![
            test_of_coroutines(test(
                "one lock for both",
                "Do two tasks that each hold the same lock for 2 ms take as long as both holds \
                 together (2×)?",
                held("shared"),
                figure("makespan-over-hold", Above(1.9)),
            )),
            test_of_coroutines(test(
                "a new lock in each call",
                "Do they still take more than three quarters of that time?",
                held("fresh"),
                against_cell("wall", held("shared"), Above(0.75)),
            )),
        ],
        &["Tasks that run at the same time take half as long as tasks that take turns. The \
             workload checks which tasks held a lock at the same time."],
    )
}
