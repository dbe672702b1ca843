//! How long the statistics of a very large run take. It prints and asserts no time:
//! `cargo test --release -p runtime-bench-results --test scale -- --ignored --nocapture`.

use std::collections::BTreeMap;
use std::time::Instant;

use fastrand::Rng;
use runtime_bench_analysis::analysis::analyse;
use runtime_bench_results::catalogue::{Class, Kind, RunnerInfo, WorkloadInfo};
use runtime_bench_results::environment::Environment;
use runtime_bench_results::key::{CellKey, Point};
use runtime_bench_results::run::{Plan, PlannedCell, Role, Run, RunHeader, SCHEMA, TrialRecord};
use runtime_bench_results::trial::{Block, Metric, Outcome, Phase};

const RUNNERS: [&str; 7] = ["tokio", "single", "async-std", "smol", "threads", "pool", "rayon"];

/// `workloads` × `points` comparisons of seven runners and a A/A control.
fn large(workloads: u64, points: u64, rounds: u32) -> Run {
    let mut cells = Vec::new();
    for (workload, n) in (0..workloads).flat_map(|w| (0..points).map(move |n| (w, n))) {
        let mut cell = |runner: &str, role| {
            let point = Point::new().with("tasks", 1 << n, "");
            let key = CellKey { workload: format!("w{workload}"), point, runner: runner.into() };
            cells.push(PlannedCell { key, role, phase: Phase::Warm, not_applicable: None });
        };
        for runner in RUNNERS {
            cell(runner, Role::Subject);
        }
        cell(RUNNERS[0], Role::AaControl);
    }
    let mut rng = Rng::with_seed(1);
    let mut trials = Vec::with_capacity(cells.len() * rounds as usize);
    for round in 1..=rounds {
        for cell in 0..cells.len() {
            trials.push(trial(cell, round, (1.0 + 0.1 * (cell % 8) as f64) * (1.0 + rng.f64())));
        }
    }
    let workload = |w: u64| WorkloadInfo {
        name: format!("w{w}"),
        title: String::new(),
        kind: Kind::Io,
        model: String::new(),
        check: String::new(),
        headline: "wall".into(),
        headline_phase: Phase::Warm,
        notes: Vec::new(),
    };
    let runner = |name: &&str| RunnerInfo {
        discontinued: None,
        name: (*name).into(),
        title: String::new(),
        class: if *name == "single" { Class::SingleThread } else { Class::MultiThread },
        configuration: String::new(),
        packages: BTreeMap::new(),
        notes: Vec::new(),
    };
    let mut run = Run::new(RunHeader {
        schema: SCHEMA.into(),
        id: "large".into(),
        started: String::new(),
        command: Vec::new(),
        environment: Environment::default(),
        plan: Plan {
            profile: "standard".into(),
            seed: 1,
            workers: 2,
            pool_threads: 64,
            budget_s: 2.5,
            trial_limit_s: 60.0,
            looks: 1,
            layouts: 1,
            rounds: None,
            reference: "tokio".into(),
            shard: None,
            cells,
        },
        workloads: (0..workloads).map(workload).collect(),
        runners: RUNNERS.iter().map(runner).collect(),
    });
    run.trials = trials;
    run
}

fn trial(cell: usize, round: u32, cost: f64) -> TrialRecord {
    let names = ["wall", "wall-min", "cpu", "cpu-user", "cpu-system", "peak-memory"];
    let metrics = names.iter().map(|name| Metric::lower(name, "ns", cost)).collect();
    let block = Block { iterations: 1, metrics, ..Block::default() };
    let outcome = Outcome::Ok { block };
    TrialRecord { cell, round, position: 0, at_s: 0.0, cost_s: 0.01, outcome, stderr: None }
}

#[test]
#[ignore = "prints how long the statistics of 10 000 cells take"]
fn ten_thousand_cells() {
    let run = large(125, 10, 150);
    let start = Instant::now();
    let analysis = analyse(&run);
    let (cells, trials) = (run.header.plan.cells.len(), run.trials.len());
    println!("{cells} cells, {trials} trials: {:.2} s", start.elapsed().as_secs_f64());
    assert_eq!(analysis.groups.len(), 1_250);
}

#[test]
fn a_small_one_is_whole() {
    let analysis = analyse(&large(3, 2, 20));
    assert_eq!(analysis.groups.len(), 6);
    assert!(analysis.groups.iter().all(|group| group.rows.len() == 7 && group.control.is_some()));
}
