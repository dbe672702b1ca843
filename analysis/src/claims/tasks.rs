//! Claims about the cost of a task and of an await.

use super::claim::Bound::{Above, Below};
use super::claim::{Claim, Test};
use runtime_bench_results::key::Point;

use super::build::{
    ASYNCIO, COROUTINES, PYTHON_THREADS, THREADS, against_runner, cell, claim, figure, optional,
    test, test_of, test_of_coroutines,
};

pub(super) fn tasks_are_light() -> Claim {
    let tasks = || Point::new().with("tasks", 1_000, "");
    claim(
        "tasks-are-light",
        "Tasks are far lighter than threads.",
        "A thread is created by the operating system and has its own stack. A task is an object in \
         the program that remembers where it stopped. So tutorials start thousands of tasks \
         freely, but warn against starting that many threads.",
        vec![
            test_of(
                &COROUTINES,
                test(
                    "spawn and join",
                    "Does a task take less than a tenth of the time of a thread?",
                    cell("spawn-join", tasks()),
                    against_runner("per-task", THREADS, Below(0.1)),
                ),
            ),
            test_of(
                &COROUTINES,
                test(
                    "memory while waiting",
                    "Does a waiting task use less than a tenth of the memory of a thread?",
                    cell("task-memory", tasks()),
                    against_runner("per-task", THREADS, Below(0.1)),
                ),
            ),
            optional(test_of(
                &ASYNCIO,
                test(
                    "spawn and join in Python",
                    "Does a task take less than a tenth of the time of a Python thread?",
                    cell("spawn-join", tasks()),
                    against_runner("per-task", PYTHON_THREADS, Below(0.1)),
                ),
            )),
        ],
        &["Lighter does not mean faster: with few of them, threads may do as well. See the pages \
             of the server workloads."],
    )
}

pub(super) fn await_costs() -> Claim {
    let step = |title: &str, question: &str, variant: &str, steps: u64| -> Test {
        let point = Point::new().variant(variant).with("steps", steps, "");
        let ask = figure("per-step", Above(20.0));
        test_of_coroutines(test(title, question, cell("await-granularity", point), ask))
    };
    claim(
        "await-costs",
        "Overusing await is costly.",
        "Each `await` is a point where a task may suspend and another may continue. Tutorials warn \
         against cutting work into many small steps that are awaited one by one. The cost may come \
         from the await itself, from suspending, from a separate task, or from another thread.",
        vec![
            step(
                "awaiting a ready function",
                "Does a step that is awaited but never suspends cost more than 20 ns?",
                "ready",
                10_000,
            ),
            step(
                "suspending and resuming",
                "Does a step that first lets other tasks run cost more than 20 ns?",
                "yield",
                10_000,
            ),
            step(
                "one task per step",
                "Does a step that runs in its own task cost more than 20 ns?",
                "spawn",
                200,
            ),
            step(
                "another thread per step",
                "Does a step that runs on the pool for blocking work cost more than 20 ns?",
                "offload",
                200,
            ),
        ],
        &["20 ns is about the time to allocate one small object on the heap."],
    )
}
