//! Building blocks of claims: groups of runners, and tests.

use super::claim::{Ask, Baseline, Bound, Cell, Claim, Test};
use runtime_bench_results::key::Point;

/// Runners whose tasks are coroutines.
pub const COROUTINES: [&str; 12] = [
    "tokio",
    "tokio-current-thread",
    "tokio-rayon",
    "tokio-per-core",
    "tokio-local",
    "async-std",
    "smol",
    "smol-global",
    "futures-pool",
    "compio",
    "compio-per-core",
    "monoio",
];

/// The coroutine runners that run every task on one thread, in one loop.
pub const ONE_LOOP: [&str; 5] =
    ["tokio-current-thread", "tokio-local", "smol-global", "compio", "monoio"];

/// Loops of other languages, if measured. They are compared only with themselves, with bounds, and with
/// runners of their own language.
pub(super) const ASYNCIO: [&str; 2] = ["asyncio", "asyncio-uvloop"];

/// One OS thread for each task.
pub(super) const THREADS: &str = "threads";
/// The same in Python, if measured.
pub(super) const PYTHON_THREADS: &str = "python-threads";

pub(super) fn claim(
    name: &str,
    title: &str,
    folklore: &str,
    tests: Vec<Test>,
    notes: &[&str],
) -> Claim {
    Claim {
        name: name.to_owned(),
        title: title.to_owned(),
        folklore: folklore.to_owned(),
        tests,
        notes: notes.iter().map(|note| (*note).to_owned()).collect(),
    }
}

/// A test of every runner.
pub(super) fn test(title: &str, question: &str, cell: Cell, ask: Ask) -> Test {
    Test {
        title: title.to_owned(),
        question: question.to_owned(),
        cell,
        runners: Vec::new(),
        optional: false,
        ask,
    }
}

/// A test of some runners only.
pub(super) fn test_of(runners: &[&str], test: Test) -> Test {
    Test { runners: runners.iter().map(|runner| (*runner).to_owned()).collect(), ..test }
}

/// A test of every coroutine runner, in any language.
pub(super) fn test_of_coroutines(test: Test) -> Test {
    test_of(&[&COROUTINES[..], &ASYNCIO].concat(), test)
}

/// A test of every single-threaded loop, in any language.
pub(super) fn test_of_loops(test: Test) -> Test {
    test_of(&[&ONE_LOOP[..], &ASYNCIO].concat(), test)
}

/// An optional test, which may be unmeasured.
pub(super) fn optional(test: Test) -> Test {
    Test { optional: true, ..test }
}

pub(super) fn cell(workload: &str, point: Point) -> Cell {
    Cell { workload: workload.to_owned(), point }
}

pub(super) fn figure(metric: &str, bound: Bound) -> Ask {
    Ask::Figure { metric: metric.to_owned(), bound }
}

/// The figure ÷ that of another runner in the same cell.
pub(super) fn against_runner(metric: &str, runner: &str, bound: Bound) -> Ask {
    let baseline = Baseline::Runner(runner.to_owned());
    Ask::Ratio { metric: metric.to_owned(), baseline, bound }
}

/// The figure ÷ that of the same runner in another cell.
pub(super) fn against_cell(metric: &str, cell: Cell, bound: Bound) -> Ask {
    Ask::Ratio { metric: metric.to_owned(), baseline: Baseline::Cell(cell), bound }
}
