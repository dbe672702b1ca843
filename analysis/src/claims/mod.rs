//! What tutorials say about concurrency, and the cells that test it.
//!
//! A claim is data: its words, and tests that each ask every runner one question about one cell. Reports
//! judge it by the run that it travels in; the rules are in `METHODOLOGY.md`. A cell is a point that the
//! workload has, so that a claim asks for nothing that is not measured otherwise.
//!
//! [`all`] is the list: one line per claim.

mod computing;
mod pitfalls;
mod tasks;
mod waiting;

use runtime_bench_results::claims::{Ask, Baseline, Bound, Cell, Claim, Test};
use runtime_bench_results::key::Point;

/// Runners whose tasks are coroutines.
pub const COROUTINES: [&str; 10] = [
    "tokio",
    "tokio-current-thread",
    "tokio-rayon",
    "tokio-per-core",
    "async-std",
    "smol",
    "smol-global",
    "futures-pool",
    "compio",
    "monoio",
];

/// Those of them that run every task on one thread, in one loop.
pub const ONE_LOOP: [&str; 4] = ["tokio-current-thread", "smol-global", "compio", "monoio"];

/// Loops of another language, where they stand beside the others. They are compared with themselves and
/// with bounds, and with runners of their own language only.
const ASYNCIO: [&str; 2] = ["asyncio", "asyncio-uvloop"];

/// One OS thread for each task.
const THREADS: &str = "threads";
/// The same in Python, where it stands beside the others.
const PYTHON_THREADS: &str = "python-threads";

/// Every claim, in the order of the report, for a number of worker threads: `cpu-batch` has as many jobs
/// as they can share.
pub fn all(workers: usize) -> Vec<Claim> {
    vec![
        waiting::one_thread_waits(),
        tasks::tasks_are_light(),
        pitfalls::blocking_freezes(),
        tasks::await_costs(),
        waiting::one_loop_suffices(workers),
        computing::files_are_faster(),
        computing::computing_is_faster(workers),
        pitfalls::queues_prevent_deadlocks(),
        waiting::thousands_of_connections(),
        pitfalls::locks_take_turns(),
    ]
}

fn claim(name: &str, title: &str, folklore: &str, tests: Vec<Test>, notes: &[&str]) -> Claim {
    Claim {
        name: name.to_owned(),
        title: title.to_owned(),
        folklore: folklore.to_owned(),
        tests,
        notes: notes.iter().map(|note| (*note).to_owned()).collect(),
    }
}

/// A test that is asked of every runner.
fn test(title: &str, question: &str, cell: Cell, ask: Ask) -> Test {
    Test {
        title: title.to_owned(),
        question: question.to_owned(),
        cell,
        runners: Vec::new(),
        optional: false,
        ask,
    }
}

/// A test that is asked of some runners only.
fn test_of(runners: &[&str], test: Test) -> Test {
    Test { runners: runners.iter().map(|runner| (*runner).to_owned()).collect(), ..test }
}

/// A test of every coroutine, whatever its language.
fn test_of_coroutines(test: Test) -> Test {
    test_of(&[&COROUTINES[..], &ASYNCIO].concat(), test)
}

/// A test of every loop of one thread, whatever its language.
fn test_of_loops(test: Test) -> Test {
    test_of(&[&ONE_LOOP[..], &ASYNCIO].concat(), test)
}

/// A test that is not missed where it was not measured.
fn optional(test: Test) -> Test {
    Test { optional: true, ..test }
}

fn cell(workload: &str, point: Point) -> Cell {
    Cell { workload: workload.to_owned(), point }
}

fn figure(metric: &str, bound: Bound) -> Ask {
    Ask::Figure { metric: metric.to_owned(), bound }
}

/// The figure ÷ that of another runner in the same cell.
fn against_runner(metric: &str, runner: &str, bound: Bound) -> Ask {
    let baseline = Baseline::Runner(runner.to_owned());
    Ask::Ratio { metric: metric.to_owned(), baseline, bound }
}

/// The figure ÷ that of the same runner in another cell.
fn against_cell(metric: &str, cell: Cell, bound: Bound) -> Ask {
    Ask::Ratio { metric: metric.to_owned(), baseline: Baseline::Cell(cell), bound }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_plain_and_nothing_is_left_empty() {
        let claims = all(2);
        let names: BTreeSet<&str> = claims.iter().map(|claim| claim.name.as_str()).collect();
        assert_eq!(names.len(), claims.len());
        for claim in &claims {
            assert!(claim.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
            assert!(claim.folklore.len() > 80 && claim.title.ends_with('.'), "{}", claim.name);
            assert!(claim.tests.iter().any(|test| !test.optional), "{}", claim.name);
            let titles: BTreeSet<&str> =
                claim.tests.iter().map(|test| test.title.as_str()).collect();
            assert_eq!(titles.len(), claim.tests.len(), "{}", claim.name);
            for test in &claim.tests {
                // A title stands in a list, and a question by itself.
                assert!(!test.title.contains(['.', ',', ':']) && test.question.ends_with('?'));
            }
        }
    }

    #[test]
    fn a_loop_of_one_thread_is_made_of_coroutines() {
        assert!(ONE_LOOP.iter().all(|name| COROUTINES.contains(name)));
        assert!(ASYNCIO.iter().all(|name| !COROUTINES.contains(name)));
    }
}
