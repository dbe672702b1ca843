//! A run made in code. No figure in here was measured.

use runtime_bench_results::environment::Environment;
use runtime_bench_results::run::{End, Plan, Run, RunHeader, SCHEMA};

/// A run without any cell, on a day of January.
pub(crate) fn made_up(id: &str, day: u32) -> Run {
    let mut run = Run::new(RunHeader {
        schema: SCHEMA.to_owned(),
        id: id.to_owned(),
        started: format!("2026-01-{day:02}T12:00:00Z"),
        command: Vec::new(),
        environment: Environment::default(),
        plan: Plan {
            profile: "quick".to_owned(),
            seed: 1,
            workers: 2,
            pool_threads: 64,
            budget_s: 1.0,
            trial_limit_s: 1.0,
            looks: 1,
            layouts: 1,
            rounds: None,
            reference: "tokio".to_owned(),
            shard: None,
            cells: Vec::new(),
        },
        workloads: Vec::new(),
        runners: Vec::new(),
    });
    run.end = Some(End::default());
    run
}
