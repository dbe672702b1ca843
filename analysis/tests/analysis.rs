//! From trials to rows and verdicts, on synthetic runs.

use runtime_bench_analysis::analysis::{Group, Row, Status, analyze};
use runtime_bench_analysis::stats::{ControlCheck, Verdict};
use runtime_bench_fixtures::{control, header, measured, runner, subject, workload, wrong};
use runtime_bench_results::catalog::{Class, Kind};
use runtime_bench_results::key::Point;
use runtime_bench_results::run::{Run, RunHeader, TrialRecord};
use runtime_bench_results::trial::{Metric, Phase};

const ROUNDS: u32 = 20;

/// A run of one workload on `tokio`, its A/A control, `smol`, `rayon` and the one-threaded `single`.
fn run() -> Run {
    let point = Point::new().with("n", 1, "");
    let names = ["tokio", "smol", "rayon", "single"];
    let subjects = names.map(|name| subject("echo", point.clone(), name));
    let cells = subjects.into_iter().chain([control("echo", point, "tokio")]).collect();
    let class =
        |name: &str| if name == "single" { Class::SingleThread } else { Class::MultiThread };
    Run::new(RunHeader {
        workloads: vec![workload("echo", Kind::Io, "rate")],
        runners: names.map(|name| runner(name, class(name))).into(),
        ..header("tokio", cells)
    })
}

/// The trial of a cell in a round, at a rate where higher is better.
fn trial(cell: usize, round: u32, rate: f64) -> TrialRecord {
    let rate = Metric::higher("rate", "1/s", rate);
    runtime_bench_fixtures::trial(cell, round, measured(vec![rate]))
}

/// One more trial of a cell, which fails.
fn fail(run: &mut Run, cell: usize, message: &str) {
    run.trials.push(runtime_bench_fixtures::trial(cell, 21, wrong(message)));
}

/// A run in which every cell has its rate in every round, with a drift that all share.
fn rated(rates: [f64; 5]) -> Run {
    let mut run = run();
    for round in 0..=ROUNDS {
        let drift = if round == 0 { 100.0 } else { 1.0 + f64::from(round) };
        for (cell, rate) in rates.iter().enumerate() {
            run.trials.push(trial(cell, round, rate * drift));
        }
    }
    run
}

fn only_group(run: &Run) -> Group {
    let mut groups = analyze(run).groups;
    assert_eq!(groups.len(), 1);
    groups.remove(0)
}

fn row<'a>(group: &'a Group, runner: &str) -> &'a Row {
    group.rows.iter().find(|row| row.key.runner == runner).unwrap()
}

#[test]
fn rounds_are_paired_so_that_a_drift_cancels_out() {
    let group = only_group(&rated([10.0, 20.0, 5.0, 10.0, 10.0]));
    let comparison = |runner: &str| row(&group, runner).comparison.clone().unwrap();
    assert_eq!(row(&group, "tokio").comparison, None);
    assert_eq!(comparison("smol").verdict, Verdict::Faster);
    assert!((comparison("smol").ratio.unwrap() - 0.5).abs() < 1e-9, "a higher rate costs less");
    assert_eq!(comparison("rayon").verdict, Verdict::Slower);
    assert_eq!(comparison("single").verdict, Verdict::Tie);
    assert_eq!(comparison("smol").pairs, ROUNDS as usize, "the pilot is not counted");
    assert!((comparison("smol").level - 0.02 / 6.0).abs() < 1e-12);
    assert_eq!(group.control.unwrap().check, ControlCheck::Passed);
}

#[test]
fn failed_trial_leaves_no_result() {
    let mut run = rated([10.0, 20.0, 5.0, 10.0, 10.0]);
    fail(&mut run, 1, "9 of 10");
    let group = only_group(&run);
    let failed = row(&group, "smol");
    assert_eq!(failed.status.word(), "failed");
    assert!(
        failed.status.reason().contains("1 of 22") && failed.status.reason().contains("9 of 10")
    );
    assert!(failed.metrics.is_empty() && failed.comparison.is_none());
}

#[test]
fn failed_reference_is_replaced_and_its_control_is_not_used() {
    let mut run = rated([10.0, 20.0, 5.0, 10.0, 10.0]);
    fail(&mut run, 0, "it hung");
    let group = only_group(&run);
    assert_eq!(row(&group, "rayon").comparison.as_ref().unwrap().reference, "smol");
    assert_eq!(group.control, None);
}

#[test]
fn two_failed_controls_make_a_run_untrustworthy() {
    let analysis = analyze(&rated([10.0, 10.0, 10.0, 10.0, 20.0]));
    assert_eq!(analysis.groups[0].control.as_ref().unwrap().check, ControlCheck::Failed);
    assert!(analysis.noise.trusted(), "one failure distrusts its workload only");
    let twice = runtime_bench_results::noise::Noise { failed: 2, ..analysis.noise };
    assert!(!twice.trusted());
}

#[test]
fn failing_control_counts_as_failing_reference() {
    let mut run = rated([10.0, 20.0, 5.0, 10.0, 10.0]);
    fail(&mut run, 4, "gone");
    let analysis = analyze(&run);
    assert_eq!(row(&analysis.groups[0], "tokio").status.word(), "failed");
    assert_eq!(
        (analysis.noise.passed, analysis.noise.unproven),
        (0, 1),
        "there is no control left"
    );
}

#[test]
fn best_runner_is_faster_than_all_of_its_class() {
    let best = |rates| -> Vec<String> {
        let group = only_group(&rated(rates));
        group.rows.iter().filter(|r| r.best).map(|r| r.key.runner.clone()).collect()
    };
    assert_eq!(best([10.0, 20.0, 5.0, 99.0, 10.0]), ["smol"], "a class of one has no rivals");
    assert_eq!(best([10.0, 20.0, 20.0, 99.0, 10.0]), Vec::<String>::new());
}

#[test]
fn beaten_runner_names_the_faster_ones() {
    let group = only_group(&rated([10.0, 20.0, 5.0, 99.0, 10.0]));
    assert_eq!(row(&group, "smol").beaten_by, Vec::<String>::new());
    let alike = only_group(&rated([10.0, 10.0, 5.0, 99.0, 10.0]));
    assert_eq!(row(&alike, "smol").tied_with, ["tokio"]);
    assert_eq!(row(&alike, "tokio").tied_with, ["smol"]);
    for name in ["tokio", "rayon"] {
        assert!(row(&group, name).beaten_by.contains(&"smol".to_owned()), "{name}");
    }
}

#[test]
fn lead_of_the_best_is_the_minimum_cost_of_the_next() {
    // tokio, smol, rayon; a rate of 20 against 10 is half the cost. Neither smol nor rayon is the reference.
    let lead = |rates| -> Vec<(String, f64)> {
        let group = only_group(&rated(rates));
        let leads = group.rows.iter().filter_map(|r| Some((r.key.runner.clone(), r.lead?)));
        leads.collect()
    };
    let [(name, least)] = &lead([10.0, 20.0, 5.0, 99.0, 10.0])[..] else { panic!("one leads") };
    assert_eq!(name, "smol");
    assert!((1.9..=2.0).contains(least), "{least}");
    assert_eq!(lead([10.0, 20.0, 20.0, 99.0, 10.0]), []);
}

#[test]
fn missing_rounds_are_missing_pairs() {
    let mut run = rated([10.0, 20.0, 5.0, 10.0, 10.0]);
    run.trials.retain(|trial| trial.cell != 1 || trial.round % 2 == 0);
    let group = only_group(&run);
    let comparison = row(&group, "smol").comparison.clone().unwrap();
    assert_eq!((comparison.pairs, comparison.verdict), (10, Verdict::NotCompared));
    assert_eq!(comparison.strict_interval, None);
}

#[test]
fn unmeasured_cell_has_a_reason() {
    let mut run = run();
    run.header.plan.cells[2].not_applicable = Some("no sockets".into());
    run.trials.push(trial(0, 0, 1.0));
    let group = only_group(&run);
    assert_eq!(row(&group, "rayon").status, Status::NotApplicable("no sockets".into()));
    let stopped = row(&group, "tokio");
    assert_eq!(stopped.status.word(), "not measured");
    assert!(stopped.status.reason().contains("stopped"));
}

#[test]
fn warm_and_steady_cells_are_never_compared() {
    let mut run = rated([10.0, 20.0, 5.0, 10.0, 10.0]);
    run.header.plan.cells[1].phase = Phase::Steady;
    let groups = analyze(&run).groups;
    assert_eq!(groups.len(), 2);
    assert!(groups.iter().all(|group| group.rows.iter().all(|row| {
        row.comparison.as_ref().is_none_or(|comparison| comparison.reference == "tokio")
    })));
}
