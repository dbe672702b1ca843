//! Ten words of the field, and what each is called where.

mod term;

pub use term::{Called, Term};

/// Where each word is looked up, in the order of [`term`]'s names.
const PLACES: [&str; 6] = ["asyncio", "tokio", "async-std", "smol", "rayon", "OS threads"];

/// Nothing of the kind.
const NONE: &str = "";

/// Every word, in an order in which each builds on those before.
pub fn all() -> Vec<Term> {
    [how_it_runs(), what_runs(), who_runs_it()].concat()
}

/// A word; `names` are pairs of a name, or [`NONE`], and a remark.
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
            "Concurrency against parallelism",
            &["concurrency", "parallelism", "parallel"],
            "Concurrent work is under way at the same time: while one part waits, another goes on, and \
             one thread is enough. Parallel work is computed at the same instant, which takes several \
             cores.",
            [
                (
                    "concurrency",
                    "on one thread; parallel by processes, or by threads that release the interpreter",
                ),
                ("both", "parallel with `multi_thread`, not with `current_thread`"),
                ("both", "a worker thread for each core"),
                (
                    "both",
                    "parallel if several threads run the executor; `smol::spawn` has one unless `SMOL_THREADS` says more",
                ),
                ("parallelism", "a worker thread for each core, and nothing for waiting"),
                ("both", "the system puts them on the cores"),
            ],
        ),
        term(
            "Event loop",
            &["event loops", "one loop"],
            "A thread that waits until something has happened, such as a timer or a message, and runs \
             what has waited for it, again and again. What runs must return soon, because everything \
             else on the loop waits meanwhile.",
            [
                ("event loop", "`asyncio.run` makes one and runs it until the end"),
                (
                    "`Runtime`",
                    "nearest is its `current_thread` form; the other has a loop on each worker thread",
                ),
                (NONE, "it starts by itself, out of sight"),
                (NONE, "`smol::block_on` and a thread of async-io do its work"),
                (NONE, "it waits for nothing but work"),
                (NONE, "the kernel wakes each thread by itself"),
            ],
        ),
    ]
}

fn what_runs() -> Vec<Term> {
    vec![
        term(
            "Coroutine",
            &["coroutines"],
            "A function that can stop in the middle, at an await, and go on later from there. Between \
             two stops it is an ordinary function and lets nobody else run on its thread.",
            [
                ("coroutine", "what an `async def` function returns when it is called"),
                ("`async fn`, `async` block", "the language's own, and the same for all three"),
                ("`async fn`, `async` block", ""),
                ("`async fn`, `async` block", ""),
                (NONE, "closures, which run to their end"),
                (NONE, "a thread stops anywhere: its stack remembers where"),
            ],
        ),
        term(
            "Task",
            &["tasks"],
            "A coroutine that was handed over to be run by itself, beside those that run already. It is \
             what a thread is to the operating system, and far lighter.",
            [
                ("`asyncio.Task`", "made by `asyncio.create_task`"),
                (
                    "task",
                    "made by `tokio::spawn`, which returns a `JoinHandle`; dropping that lets it run on",
                ),
                (
                    "task",
                    "made by `async_std::task::spawn`, which returns a `JoinHandle`; dropping that lets it run on",
                ),
                (
                    "`smol::Task`",
                    "made by `smol::spawn` or `Executor::spawn`; dropping it cancels it",
                ),
                ("job", "made by `rayon::join`, `rayon::scope` or `rayon::spawn`"),
                ("thread", "made by `std::thread::spawn`, which returns a `JoinHandle`"),
            ],
        ),
        term(
            "Future",
            &["futures"],
            "A value that will be there later, and can be waited for. In Python it is a box that somebody \
             else fills; in Rust it is the computation itself, and does nothing until it is polled.",
            [
                ("`asyncio.Future`", "a task is one"),
                ("`std::future::Future`", "the language's own, and the same for all three"),
                ("`std::future::Future`", ""),
                ("`std::future::Future`", ""),
                (NONE, "results come back where the call returns"),
                (NONE, "nearest is `JoinHandle::join`, which blocks"),
            ],
        ),
        term(
            "Gather",
            &["gathered", "gathers", "gathering"],
            "To start several things and to wait until all are done. The whole takes as long as the \
             slowest of them, if they only wait.",
            [
                ("`asyncio.gather`, `asyncio.TaskGroup`", ""),
                (
                    "`tokio::join!`, `tokio::task::JoinSet`",
                    "`join!` polls all in one task, a `JoinSet` spawns each",
                ),
                (NONE, "`join_all` of the crate futures"),
                ("`smol::future::zip`", "for two; for more, `join_all` of the crate futures"),
                ("`rayon::join`, `rayon::scope`", ""),
                ("`std::thread::scope`", "it joins every thread that was spawned in it"),
            ],
        ),
    ]
}

fn who_runs_it() -> Vec<Term> {
    vec![
        term(
            "Executor",
            &["executors"],
            "What runs tasks: it keeps those that are ready in a queue and calls them in turn. It is one \
             half of a runtime; the other is the reactor.",
            [
                ("event loop", "an `Executor` of Python is a pool of threads or processes"),
                ("scheduler", "`multi_thread` or `current_thread`"),
                (NONE, "there is one, which the program does not see: async-global-executor"),
                ("`smol::Executor`, `smol::LocalExecutor`", "from async-executor"),
                ("`rayon::ThreadPool`", ""),
                (NONE, "the scheduler of the kernel"),
            ],
        ),
        term(
            "Reactor",
            &["reactors"],
            "What knows which sockets and timers tasks are waiting for, asks the system about all of them \
             at once, and wakes the tasks whose turn has come. On Linux it asks by `epoll` or by \
             `io_uring`.",
            [
                ("selector", "inside the event loop; a proactor on Windows"),
                ("I/O driver, time driver", "on mio; worker threads drive it in turn"),
                (
                    NONE,
                    "there is one, which the program does not see: async-io, on a thread of its own",
                ),
                ("async-io", "`smol::Async` and `smol::Timer` are its; on a thread of its own"),
                (NONE, "a job that waits holds its worker"),
                (NONE, "a thread that waits is the kernel's affair"),
            ],
        ),
        term(
            "Work stealing",
            &["work-stealing", "steals", "stealing"],
            "Every worker thread has a queue of its own, and one that runs empty takes work from another's. \
             It keeps all cores busy without one queue that all have to share.",
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
            "Threads beside those that run tasks, for calls that block, such as reading a file. A task \
             hands the call over, awaits the result, and holds nobody up.",
            [
                ("`asyncio.to_thread`, `loop.run_in_executor`", ""),
                ("`tokio::task::spawn_blocking`", "up to 512 threads unless told otherwise"),
                ("`async_std::task::spawn_blocking`", "the crate blocking"),
                ("`smol::unblock`", "the crate blocking, up to 500 threads unless told otherwise"),
                (NONE, "a job that blocks holds its worker"),
                (NONE, "every thread may block"),
            ],
        ),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_word_has_two_sentences_and_a_name_or_a_reason_everywhere() {
        let terms = all();
        let names: BTreeSet<&str> = terms.iter().map(|term| term.name.as_str()).collect();
        assert_eq!((terms.len(), names.len()), (10, 10));
        for term in &terms {
            assert!(term.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", term.name);
            assert!(term.meaning.matches(". ").count() == 1 && term.meaning.ends_with('.'));
            for called in &term.called {
                assert!(called.name.is_some() || !called.remark.is_empty(), "{called:?}");
            }
            assert!(term.is_in(&term.title), "{}", term.name);
        }
    }
}
