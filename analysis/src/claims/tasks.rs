//! What a task and an await are said to cost.

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
        "A thread is made by the operating system and has a stack of its own. A task is an object of the \
         program that remembers where it has stopped. So tutorials start thousands of tasks without a \
         thought, and warn of as many threads.",
        vec![
            test_of(
                &COROUTINES,
                test(
                    "starting and joining",
                    "Does a task cost less than a tenth of the time that a thread does?",
                    cell("spawn-join", tasks()),
                    against_runner("per-task", THREADS, Below(0.1)),
                ),
            ),
            test_of(
                &COROUTINES,
                test(
                    "memory while it waits",
                    "Does a task occupy less than a tenth of the memory that a thread does?",
                    cell("task-memory", tasks()),
                    against_runner("per-task", THREADS, Below(0.1)),
                ),
            ),
            optional(test_of(
                &ASYNCIO,
                test(
                    "starting and joining in Python",
                    "Does a task cost less than a tenth of the time that a thread of Python does?",
                    cell("spawn-join", tasks()),
                    against_runner("per-task", PYTHON_THREADS, Below(0.1)),
                ),
            )),
        ],
        &[
            "Lighter is not faster at work: with few of them, threads may serve as well. The pages of the \
             server workloads tell.",
        ],
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
        "Overusing await costs.",
        "Each `await` is a place where a task may stop and another may go on. Tutorials warn of cutting \
         work into many small steps that are awaited one by one. What may cost is the await itself, the \
         stop, a task of its own, or another thread.",
        vec![
            step(
                "awaiting what is ready",
                "Does a step cost more than 20 ns that is awaited and never stops?",
                "ready",
                10_000,
            ),
            step(
                "stopping and going on",
                "Does a step cost more than 20 ns that lets the others run first?",
                "yield",
                10_000,
            ),
            step(
                "a task for each step",
                "Does a step cost more than 20 ns that is a task of its own?",
                "spawn",
                200,
            ),
            step(
                "a thread for each step",
                "Does a step cost more than 20 ns that is handed to the pool for blocking work?",
                "offload",
                200,
            ),
        ],
        &["20 ns is about the time of making one small object on the heap."],
    )
}
