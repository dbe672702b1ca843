//! A run for unit tests.

use runtime_bench_results::environment::Environment;
use runtime_bench_results::run::{Plan, PlannedCell, RunHeader, SCHEMA};

/// The header of a run with these cells, of which `a` is the reference.
pub(super) fn header(cells: Vec<PlannedCell>) -> RunHeader {
    RunHeader {
        schema: SCHEMA.into(),
        id: String::new(),
        started: String::new(),
        command: Vec::new(),
        environment: Environment::default(),
        plan: Plan {
            profile: "quick".into(),
            seed: 1,
            workers: 2,
            pool_threads: 1,
            budget_s: 1.0,
            trial_limit_s: 1.0,
            looks: 1,
            layouts: 1,
            rounds: None,
            reference: "a".into(),
            shard: None,
            cells,
        },
        workloads: Vec::new(),
        runners: Vec::new(),
    }
}
