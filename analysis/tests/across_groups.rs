//! Results across comparisons: scaling along a parameter, means over workloads.

use runtime_bench_analysis::analysis::{Analysis, analyze};
use runtime_bench_fixtures::{header, measured, runner, subject, trial, workload, wrong};
use runtime_bench_results::catalog::{Class, Kind};
use runtime_bench_results::key::Point;
use runtime_bench_results::run::{PlannedCell, Run, RunHeader};
use runtime_bench_results::trial::Metric;

const ROUNDS: u32 = 20;

/// A run without cells yet: `tokio`, `smol`, `rayon` and the one-threaded `single`.
fn empty() -> Run {
    let described =
        |(name, kind)| workload(name, kind, if name == "batch" { "rate" } else { "time" });
    let many = Class::MultiThread;
    Run::new(RunHeader {
        workloads: [
            ("batch", Kind::Cpu),
            ("spawn", Kind::Concurrency),
            ("queue", Kind::Concurrency),
            ("lock", Kind::Concurrency),
            ("null", Kind::Calibration),
            ("nil", Kind::Calibration),
        ]
        .map(described)
        .into(),
        runners: [
            ("tokio", many),
            ("smol", many),
            ("rayon", many),
            ("single", Class::SingleThread),
        ]
        .map(|(name, class)| runner(name, class))
        .into(),
        ..header("tokio", Vec::new())
    })
}

/// Adds a cell that costs about `cost` in every round.
fn measure(run: &mut Run, workload: &str, point: &Point, runner: &str, cost: f64) {
    let cell = run.header.plan.cells.len();
    run.header.plan.cells.push(subject(workload, point.clone(), runner));
    for round in 0..=ROUNDS {
        // The pilot must not count.
        let cost = if round == 0 { 1e6 } else { cost * (1.0 + 0.001 * f64::from(round % 5)) };
        let metrics =
            vec![Metric::lower("time", "ns", cost), Metric::higher("rate", "1/s", 1.0 / cost)];
        run.trials.push(trial(cell, round, measured(metrics)));
    }
}

fn fails(run: &mut Run, workload: &str, runner: &str) {
    let cells = &run.header.plan.cells;
    let is_it = |cell: &PlannedCell| cell.key.workload == workload && cell.key.runner == runner;
    let cell = cells.iter().position(is_it).unwrap();
    run.trials.push(trial(cell, 1, wrong("gone")));
}

fn tasks(count: u64) -> Point {
    Point::new().with("tasks", count, "")
}

#[test]
fn cost_is_fitted_along_each_parameter_with_the_others_fixed() {
    let mut run = empty();
    for size in [64, 1_024] {
        for count in [100, 10, 1_000] {
            let point = tasks(count).with("size", size, "B").with("mode", "fast", "");
            let cost = 5.0 * (count as f64).powf(1.2);
            measure(&mut run, "spawn", &point, "tokio", cost);
        }
    }
    // A separate variant, with too few values.
    for count in [10, 100] {
        measure(&mut run, "spawn", &tasks(count).variant("other"), "tokio", 1.0);
    }
    let scalings = analyze(&run).scalings;
    assert_eq!(scalings.len(), 2, "two sizes are too few for a scaling");
    let scaling = &scalings[0];
    assert_eq!((scaling.workload.as_str(), scaling.param.as_str()), ("spawn", "tasks"));
    assert_eq!((scaling.runner.as_str(), scaling.headline.as_str()), ("tokio", "time"));
    let fixed: Vec<String> = scaling.fixed.iter().map(ToString::to_string).collect();
    assert_eq!(fixed, ["size=64B", "mode=fast"]);
    assert_eq!(scalings[1].fixed[0].to_string(), "size=1024B");
    let xs: Vec<f64> = scaling.points.iter().map(|point| point.x).collect();
    assert_eq!(xs, [10.0, 100.0, 1_000.0]);
    assert!((scaling.points[0].cost / (5.0 * 10_f64.powf(1.2)) - 1.002).abs() < 1e-9);
    assert_eq!(scaling.points[0].samples, ROUNDS as usize);
    let law = scaling.power_law.as_ref().unwrap();
    let interval = law.interval.unwrap();
    assert!((law.exponent - 1.2).abs() < 1e-9);
    assert!(interval.low <= 1.2 + 1e-9 && 1.2 - 1e-9 <= interval.high, "{interval:?}");
    assert_eq!(scaling.speed_up, None, "tasks are no workers");
}

#[test]
fn more_workers_have_a_speed_up() {
    let mut run = empty();
    for workers in [1, 2, 4] {
        let point = Point::new().with("workers", workers, "");
        let cost = 0.2 + 0.8 / workers as f64;
        measure(&mut run, "batch", &point, "rayon", cost);
        measure(&mut run, "batch", &point, "smol", 1.0);
    }
    fails(&mut run, "batch", "smol");
    let scalings = analyze(&run).scalings;
    assert_eq!(scalings.len(), 1, "a cell that failed has no point, and two points are too few");
    // The headline is a rate: its cost is the inverse.
    assert_eq!(scalings[0].headline, "rate");
    let speed_up = scalings[0].speed_up.as_ref().unwrap();
    assert!((speed_up.amdahl.as_ref().unwrap().serial - 0.2).abs() < 1e-9);
    assert!(speed_up.universal.as_ref().unwrap().coherency < 1e-9);
    assert!((speed_up.points[2].1 - 2.5).abs() < 1e-9);
}

#[test]
fn zero_is_a_point_but_not_part_of_the_fit() {
    let mut run = empty();
    for count in [0, 1, 2] {
        measure(&mut run, "spawn", &tasks(count), "tokio", 1.0 + count as f64);
    }
    let scaling = analyze(&run).scalings.remove(0);
    assert_eq!((scaling.points.len(), scaling.power_law), (3, None));
}

/// Three workloads on four runners; `queue` has a second point, and `rayon` cannot do `lock`.
fn three_workloads() -> Run {
    let mut run = empty();
    let costs = [("spawn", 0.5, 2.0, 4.0), ("queue", 2.0, 8.0, 1.0), ("lock", 8.0, 1.0, 2.0)];
    for (workload, smol, rayon, single) in costs {
        measure(&mut run, workload, &tasks(10), "tokio", 10.0);
        measure(&mut run, workload, &tasks(10), "smol", 10.0 * smol);
        measure(&mut run, workload, &tasks(10), "single", 10.0 * single);
        if workload != "lock" {
            measure(&mut run, workload, &tasks(10), "rayon", 10.0 * rayon);
        }
    }
    measure(&mut run, "queue", &tasks(20), "tokio", 1.0);
    measure(&mut run, "queue", &tasks(20), "smol", 1e3);
    for workload in ["null", "nil"] {
        measure(&mut run, workload, &tasks(1), "tokio", 1.0);
        measure(&mut run, workload, &tasks(1), "smol", 1.0);
    }
    run
}

fn means(analysis: &Analysis, class: Class) -> Vec<(&str, f64)> {
    let of_class = analysis.overall.iter().filter(|overall| overall.class == class);
    let means = of_class.flat_map(|overall| &overall.runners);
    means.map(|mean| (mean.runner.as_str(), (mean.ratio.mean * 1e6).round() / 1e6)).collect()
}

#[test]
fn mean_covers_the_workloads_that_the_whole_class_supports() {
    let analysis = analyze(&three_workloads());
    assert_eq!(analysis.overall.len(), 2, "calibration compares no runners");
    let overall = &analysis.overall[0];
    assert_eq!((overall.kind, overall.reference.as_str()), (Kind::Concurrency, "tokio"));
    assert_eq!(overall.groups, ["spawn/tasks=10", "queue/tasks=10"], "one point a workload");
    assert_eq!(means(&analysis, Class::MultiThread), [("smol", 1.0), ("rayon", 4.0)]);
    let rayon = &overall.runners[1].ratio;
    let range = rayon.leave_one_out.unwrap();
    assert!((range.low - 2.0).abs() < 1e-9 && (range.high - 8.0).abs() < 1e-9);
    assert_eq!(rayon.workloads, 2);
    assert!(rayon.interval.is_some());
    // Each class has its own workloads, but the same reference.
    assert_eq!(means(&analysis, Class::SingleThread), [("single", 2.0)]);
    assert_eq!(analysis.overall[1].groups.len(), 3);
}

#[test]
fn runner_with_one_workload_does_not_remove_other_means() {
    let mut run = three_workloads();
    let mut bridge = run.header.runners[0].clone();
    bridge.name = "bridge".into();
    run.header.runners.push(bridge);
    measure(&mut run, "lock", &tasks(10), "bridge", 10.0);
    let analysis = analyze(&run);
    assert_eq!(means(&analysis, Class::MultiThread), [("smol", 1.0), ("rayon", 4.0)]);
}

#[test]
fn a_workload_with_another_reference_is_left_out() {
    let mut run = three_workloads();
    run.header.runners.retain(|info| info.name != "rayon");
    fails(&mut run, "spawn", "tokio");
    let analysis = analyze(&run);
    assert_eq!(analysis.overall[0].groups, ["queue/tasks=10", "lock/tasks=10"]);
    assert_eq!(means(&analysis, Class::MultiThread), [("smol", 4.0)]);
    // Without it, only one workload is left, which has no mean.
    fails(&mut run, "lock", "tokio");
    assert_eq!(analyze(&run).overall, []);
}

#[test]
fn results_across_groups_survive_json() {
    let mut run = three_workloads();
    for workers in [1, 2, 4] {
        let point = Point::new().with("workers", workers, "");
        measure(&mut run, "batch", &point, "rayon", 1.0 / workers as f64);
    }
    let analysis = analyze(&run);
    assert!(!analysis.scalings.is_empty() && !analysis.overall.is_empty());
    let text = serde_json::to_string(&analysis).unwrap();
    assert_eq!(serde_json::from_str::<Analysis>(&text).unwrap(), analysis);
}
