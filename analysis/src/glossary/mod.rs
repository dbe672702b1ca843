//! Ten terms, and their names in each runtime.

mod term;

pub use term::{Called, Term, words};

/// The runtimes, in the order of the names passed to [`term`].
const PLACES: [&str; 6] = ["asyncio", "tokio", "async-std", "smol", "rayon", "OS threads"];

/// The runtime has no equivalent.
const NONE: &str = "";

/// Every term; each builds on the ones before it.
pub fn all() -> Vec<Term> {
    [how_it_runs(), what_runs(), who_runs_it()].concat()
}

/// A term; `names` are pairs of a name, or [`NONE`], and a remark.
fn term(title: &str, forms: &[&str], meaning: &str, names: [(&str, &str); 6]) -> Term {
    let called = |(by, (name, remark)): (&str, (&str, &str))| Called {
        by: by.to_owned(),
        name: (name != NONE).then(|| name.to_owned()),
        remark: remark.to_owned(),
    };
    Term {
        name: title.to_lowercase().replace(' ', "-"),
        title: title.to_owned(),
        forms: forms.iter().map(|form| (*form).to_owned()).collect(),
        meaning: meaning.to_owned(),
        called: PLACES.into_iter().zip(names).map(called).collect(),
    }
}

fn how_it_runs() -> Vec<Term> {
    vec![
        term(
            "Concurrency and parallelism",
            &["concurrency", "parallelism", "parallel"],
            "Concurrent work is in progress at the same time: while one part waits, another \
             continues, and one thread is enough. Parallel work is computed at the same instant, \
             which takes several cores.",
            [
                (
                    "concurrency",
                    "on one thread; parallel with processes, or with threads that release the \
                     interpreter",
                ),
                ("both", "parallel with `multi_thread`, not with `current_thread`"),
                ("both", "a worker thread per core"),
                (
                    "both",
                    "parallel if several threads run the executor; `smol::spawn` has one thread \
                     unless `SMOL_THREADS` is set",
                ),
                ("parallelism", "a worker thread per core; not designed for waiting"),
                ("both", "the system schedules them on the cores"),
            ],
        ),
        term(
            "Event loop",
            &["event loops", "one loop"],
            "A thread that repeatedly waits for events, such as timers or messages, and runs the \
             code that was waiting for them. That code must return soon, because everything else \
             on the loop waits in the meantime.",
            [
                ("event loop", "`asyncio.run` creates one and runs it to completion"),
                (
                    "`Runtime`",
                    "closest is the `current_thread` runtime; `multi_thread` has a loop on each \
                     worker thread",
                ),
                (NONE, "starts on its own, hidden from the program"),
                (NONE, "`smol::block_on` and a thread of async-io play this role"),
                (NONE, "workers wait for jobs only"),
                (NONE, "the kernel wakes each thread"),
            ],
        ),
    ]
}

fn what_runs() -> Vec<Term> {
    vec![
        term(
            "Coroutine",
            &["coroutines"],
            "A function that can suspend in the middle, at an await, and resume from there later. \
             Between two suspensions, it is an ordinary function that occupies its thread.",
            [
                ("coroutine", "what a call to an `async def` function returns"),
                ("`async fn`, `async` block", "part of the language, the same for all three"),
                ("`async fn`, `async` block", ""),
                ("`async fn`, `async` block", ""),
                (NONE, "closures, which run to completion"),
                (NONE, "a thread can stop anywhere; its stack keeps the position"),
            ],
        ),
        term(
            "Task",
            &["tasks"],
            "A coroutine that was handed to the executor to run on its own, next to those already \
             running. It is the counterpart of an operating system thread, but far lighter.",
            [
                ("`asyncio.Task`", "created by `asyncio.create_task`"),
                (
                    "task",
                    "created by `tokio::spawn`, which returns a `JoinHandle`; dropping the handle \
                     does not stop the task",
                ),
                (
                    "task",
                    "created by `async_std::task::spawn`, which returns a `JoinHandle`; dropping \
                     the handle does not stop the task",
                ),
                (
                    "`smol::Task`",
                    "created by `smol::spawn` or `Executor::spawn`; dropping it cancels the task",
                ),
                ("job", "created by `rayon::join`, `rayon::scope` or `rayon::spawn`"),
                ("thread", "created by `std::thread::spawn`, which returns a `JoinHandle`"),
            ],
        ),
        term(
            "Future",
            &["futures"],
            "A value that will be available later and can be awaited. In Python it is a container \
             that other code fills; in Rust it is the computation itself, which does nothing until \
             it is polled.",
            [
                ("`asyncio.Future`", "a task is a future"),
                ("`std::future::Future`", "part of the standard library, the same for all three"),
                ("`std::future::Future`", ""),
                ("`std::future::Future`", ""),
                (NONE, "calls return their results directly"),
                (NONE, "closest is `JoinHandle::join`, which blocks"),
            ],
        ),
        term(
            "Gather",
            &["gathered", "gathers", "gathering"],
            "To start several operations and wait until all are done. If they only wait, the total \
             time is that of the slowest one.",
            [
                ("`asyncio.gather`, `asyncio.TaskGroup`", ""),
                (
                    "`tokio::join!`, `tokio::task::JoinSet`",
                    "`join!` polls all of them in one task; a `JoinSet` spawns each one",
                ),
                (NONE, "`join_all` of the futures crate"),
                ("`smol::future::zip`", "for two; for more, `join_all` of the futures crate"),
                ("`rayon::join`, `rayon::scope`", ""),
                ("`std::thread::scope`", "joins every thread that was spawned in it"),
            ],
        ),
    ]
}

fn who_runs_it() -> Vec<Term> {
    vec![
        term(
            "Executor",
            &["executors"],
            "The half of a runtime that runs tasks: it keeps ready tasks in a queue and calls them \
             in turn. The other half is the reactor.",
            [
                ("event loop", "Python's `Executor` is a pool of threads or processes"),
                ("scheduler", "`multi_thread` or `current_thread`"),
                (NONE, "hidden from the program: async-global-executor"),
                ("`smol::Executor`, `smol::LocalExecutor`", "from async-executor"),
                ("`rayon::ThreadPool`", ""),
                (NONE, "the kernel's scheduler"),
            ],
        ),
        term(
            "Reactor",
            &["reactors"],
            "The half of a runtime that tracks which sockets and timers tasks wait for, asks the \
             system about all of them at once, and wakes the tasks that can continue. On Linux it \
             uses `epoll` or `io_uring`.",
            [
                ("selector", "inside the event loop; a proactor on Windows"),
                ("I/O driver, time driver", "on mio; worker threads take turns driving it"),
                (NONE, "hidden from the program: async-io, on its own thread"),
                ("async-io", "used by `smol::Async` and `smol::Timer`; has its own thread"),
                (NONE, "a waiting job holds its worker"),
                (NONE, "handled by the kernel"),
            ],
        ),
        term(
            "Work stealing",
            &["work-stealing", "steals", "stealing"],
            "Every worker thread has its own queue, and an idle worker takes tasks from the queue \
             of another one. This keeps all cores busy without a single queue that all workers \
             share.",
            [
                (NONE, "a loop has one thread"),
                ("work stealing", "with `multi_thread`"),
                ("work stealing", "between its worker threads"),
                ("work stealing", "between the threads that run an `Executor`"),
                ("work stealing", "jobs are taken from the far end of another worker's deque"),
                (NONE, "the kernel moves threads between cores"),
            ],
        ),
        term(
            "Blocking pool",
            &[
                "pool for blocking work",
                "blocking threads",
                "pool of blocking threads",
                "offloaded",
                "offload",
            ],
            "Extra threads for calls that block, such as reading a file. A task sends the call to \
             the pool and awaits the result, without blocking its own thread.",
            [
                ("`asyncio.to_thread`, `loop.run_in_executor`", ""),
                ("`tokio::task::spawn_blocking`", "up to 512 threads by default"),
                ("`async_std::task::spawn_blocking`", "from the blocking crate"),
                ("`smol::unblock`", "from the blocking crate, up to 500 threads by default"),
                (NONE, "a blocking job holds its worker"),
                (NONE, "any thread may block"),
            ],
        ),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_term_has_two_sentences_and_a_name_or_a_reason_everywhere() {
        let terms = all();
        let names: BTreeSet<&str> = terms.iter().map(|term| term.name.as_str()).collect();
        assert_eq!((terms.len(), names.len()), (10, 10));
        for term in &terms {
            assert!(term.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", term.name);
            assert!(term.meaning.matches(". ").count() == 1 && term.meaning.ends_with('.'));
            for called in &term.called {
                assert!(called.name.is_some() || !called.remark.is_empty(), "{called:?}");
            }
            assert!(term.is_in(&words(&term.title)), "{}", term.name);
        }
    }
}
