//! Claims of tutorials about concurrency, and the cells that test them.
//!
//! A claim is data: its texts, and tests that each ask one question about one cell of every runner. Reports
//! judge it with the data of a run; the rules are in `METHODOLOGY.md`. A cell is an existing point of its
//! workload, so claims need no extra points.
//!
//! [`all`] is the list: one line per claim.

mod build;
mod claim;
mod computing;
mod pitfalls;
mod tasks;
mod waiting;

pub use build::{COROUTINES, ONE_LOOP};
pub use claim::{Ask, Baseline, Bound, Cell, Claim, Test};

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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::build::ASYNCIO;
    use super::*;

    #[test]
    fn names_are_unique_and_plain_and_no_text_is_empty() {
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
                assert!(!test.title.contains(['.', ',', ':']), "{}", test.title);
                assert!(test.question.ends_with('?'), "{}", test.question);
            }
        }
    }

    #[test]
    fn single_threaded_loops_are_coroutine_runners() {
        assert!(ONE_LOOP.iter().all(|name| COROUTINES.contains(name)));
        assert!(ASYNCIO.iter().all(|name| !COROUTINES.contains(name)));
    }
}
