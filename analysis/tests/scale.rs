//! Prints the time of the statistics of a very large run, without asserting it:
//! `cargo test --release -p runtime-bench-analysis --test scale -- --ignored --nocapture`.

use std::time::Instant;

use fastrand::Rng;
use runtime_bench_analysis::analysis::analyze;
use runtime_bench_fixtures::{control, header, measured, runner, subject, trial, workload};
use runtime_bench_results::catalog::{Class, Kind};
use runtime_bench_results::key::Point;
use runtime_bench_results::run::{Run, RunHeader};
use runtime_bench_results::trial::Metric;

const RUNNERS: [&str; 7] = ["tokio", "single", "async-std", "smol", "threads", "pool", "rayon"];

/// `workloads` × `points` comparisons of seven runners and an A/A control.
fn large(workloads: u64, points: u64, rounds: u32) -> Run {
    let names: Vec<String> = (0..workloads).map(|number| format!("w{number}")).collect();
    let mut cells = Vec::new();
    for (name, n) in names.iter().flat_map(|name| (0..points).map(move |n| (name, n))) {
        let point = Point::new().with("tasks", 1 << n, "");
        cells.extend(RUNNERS.map(|runner| subject(name, point.clone(), runner)));
        cells.push(control(name, point, RUNNERS[0]));
    }
    let class =
        |name: &str| if name == "single" { Class::SingleThread } else { Class::MultiThread };
    let mut run = Run::new(RunHeader {
        workloads: names.iter().map(|name| workload(name, Kind::Io, "wall")).collect(),
        runners: RUNNERS.map(|name| runner(name, class(name))).into(),
        ..header(RUNNERS[0], cells)
    });
    let mut rng = Rng::with_seed(1);
    let metrics = ["wall", "wall-min", "cpu", "cpu-user", "cpu-system", "peak-memory"];
    for round in 1..=rounds {
        for cell in 0..run.header.plan.cells.len() {
            let cost = (1.0 + 0.1 * (cell % 8) as f64) * (1.0 + rng.f64());
            let metrics = metrics.map(|name| Metric::lower(name, "ns", cost)).into();
            run.trials.push(trial(cell, round, measured(metrics)));
        }
    }
    run
}

#[test]
#[ignore = "prints how long the statistics of 10 000 cells take"]
fn ten_thousand_cells() {
    let run = large(125, 10, 150);
    let start = Instant::now();
    let analysis = analyze(&run);
    let (cells, trials) = (run.header.plan.cells.len(), run.trials.len());
    println!("{cells} cells, {trials} trials: {:.2} s", start.elapsed().as_secs_f64());
    assert_eq!(analysis.groups.len(), 1_250);
}

#[test]
fn small_table_is_complete() {
    let analysis = analyze(&large(3, 2, 20));
    assert_eq!(analysis.groups.len(), 6);
    assert!(analysis.groups.iter().all(|group| group.rows.len() == 7 && group.control.is_some()));
}
