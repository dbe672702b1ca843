//! Use cases on synthetic runs: which runners are recommended.

use std::cell::RefCell;

use fastrand::Rng;
use runtime_bench_analysis::analysis::{Gathered, analyze};
use runtime_bench_analysis::answers::{Answer, AnswerState, answers};
use runtime_bench_analysis::replay::Replay;
use runtime_bench_fixtures::{RUNNERS, cell, reprice};
use runtime_bench_results::catalog::Class;
use runtime_bench_results::run::Run;

/// The workloads of the server's rule.
const SERVER: [&str; 3] = ["http-server", "tcp-echo", "connect-churn"];

/// A run of these workloads, at a cost of `cost(workload, runner)`.
fn run(names: &[&str], cost: impl Fn(&str, &str) -> f64) -> Run {
    let place = |name: &str| name[1..].parse::<usize>().unwrap();
    let mut run = runtime_bench_fixtures::run("made-up", names.len(), 3, |workload, runner| {
        cost(names[place(workload)], runner)
    });
    for info in &mut run.header.workloads {
        names[place(&info.name)].clone_into(&mut info.name);
    }
    for planned in &mut run.header.plan.cells {
        names[place(&planned.key.workload)].clone_into(&mut planned.key.workload);
    }
    run
}

fn answer(run: &Run, id: &str) -> Answer {
    let all = answers(run, &Gathered::new(run), &analyze(run));
    all.into_iter().find(|answer| answer.id == id).expect("a use case")
}

/// smol costs 30% more than tokio, the others twice as much.
fn usual(_: &str, runner: &str) -> f64 {
    match runner {
        "tokio" => 1.0,
        "smol" => 1.3,
        _ => 2.0,
    }
}

/// Makes a runner so noisy that all of its comparisons are open.
fn blur(run: &mut Run, runner: &str) {
    let workloads = run.header.workloads.iter().map(|info| info.name.clone());
    for workload in workloads.collect::<Vec<String>>() {
        let id = cell(run, &workload, runner);
        let rng = RefCell::new(Rng::with_seed(id as u64));
        reprice(run, id, |wall| wall * (6.0 * (rng.borrow_mut().f64() - 0.5)).exp());
    }
}

#[test]
fn runner_with_settings_is_not_recommended() {
    const SET: &str = "smol[max-blocking-threads=8]";
    let mut run = run(&SERVER, |_, runner| if runner == "smol" { 0.5 } else { usual("", runner) });
    for info in run.header.runners.iter_mut().filter(|info| info.name == "smol") {
        SET.clone_into(&mut info.name);
    }
    for planned in run.header.plan.cells.iter_mut().filter(|cell| cell.key.runner == "smol") {
        SET.clone_into(&mut planned.key.runner);
    }
    let answer = answer(&run, "server");
    assert!(answer.recommendation.starts_with("tokio; "), "{answer:?}");
    assert!(!answer.recommendation.contains("smol"), "{answer:?}");
}

#[test]
fn unbeaten_runner_is_recommended_with_numbers() {
    let answer = answer(&run(&SERVER, usual), "server");
    assert_eq!(answer.state, AnswerState::Decided, "{answer:?}");
    assert!(answer.recommendation.starts_with("tokio; smol 30% slower"), "{answer:?}");
    assert!(answer.recommendation.contains("rayon 2.0× slower"), "{answer:?}");
    assert_eq!(answer.evidence.len(), SERVER.len());
}

#[test]
fn numbers_span_the_workloads() {
    let cost = |workload: &str, runner: &str| match (workload, runner) {
        ("tcp-echo", "smol") => 1.5,
        (_, runner) => usual(workload, runner),
    };
    let answer = answer(&run(&SERVER, cost), "server");
    assert!(answer.recommendation.contains("smol 30–50% slower"), "{answer:?}");
}

#[test]
fn noisy_runner_is_not_recommended() {
    let mut run = run(&SERVER, usual);
    blur(&mut run, "smol");
    let answer = answer(&run, "server");
    assert!(answer.recommendation.starts_with("tokio; "), "{answer:?}");
    assert!(answer.recommendation.contains("open: smol"), "{answer:?}");
    assert_eq!(answer.state, AnswerState::Leaning);
    assert!(answer.would_change.contains("more rounds"), "{answer:?}");
}

#[test]
fn noise_alone_recommends_nothing() {
    let mut run = run(&SERVER, |_, _| 1.0);
    for runner in RUNNERS {
        blur(&mut run, runner);
    }
    let answer = answer(&run, "server");
    assert_eq!(answer.state, AnswerState::Open, "{answer:?}");
    assert!(answer.recommendation.starts_with("no clear winner: tokio, smol"), "{answer:?}");
}

#[test]
fn equals_are_recommended_together() {
    let answer = answer(&run(&SERVER, |_, _| 1.0), "server");
    assert_eq!(answer.state, AnswerState::Decided, "{answer:?}");
    assert!(answer.recommendation.contains("same within"), "{answer:?}");
}

#[test]
fn a_discontinued_runtime_is_never_recommended() {
    let cost = |_: &str, runner: &str| if runner == "smol" { 0.5 } else { usual("", runner) };
    let mut by_field = run(&SERVER, cost);
    by_field.header.runners[1].discontinued = Some("last release in 2020".to_owned());
    let answered = answer(&by_field, "server");
    assert!(answered.recommendation.starts_with("tokio; rayon"), "{answered:?}");
    // A file without the field.
    let mut by_package = run(&SERVER, cost);
    by_package.header.runners[1].packages.insert("async-std".to_owned(), "1.13.2".to_owned());
    let answered = answer(&by_package, "server");
    assert!(answered.recommendation.starts_with("tokio; rayon"), "{answered:?}");
}

#[test]
fn external_and_one_thread_runners_are_not_recommended() {
    let mut run = run(&SERVER, |_, runner| if runner == "tokio" { 1.0 } else { 0.5 });
    run.header.runners[1].class = Class::Reference;
    run.header.runners[2].class = Class::SingleThread;
    run.header.runners[3].discontinued = Some("long ago".to_owned());
    let answered = answer(&run, "server");
    assert_eq!(
        answered.state,
        AnswerState::NotMeasured,
        "one candidate is no choice: {answered:?}"
    );
    run.header.runners[3].discontinued = None;
    let answered = answer(&run, "server");
    assert!(answered.recommendation.starts_with("threads; "), "{answered:?}");
    let evidence = answered.evidence.join(" ");
    assert!(evidence.contains("rayon (one thread)") && !evidence.contains("smol"), "{evidence}");
}

#[test]
fn a_missing_workload_is_named_with_the_command_that_measures_it() {
    let answer = answer(&run(&SERVER[..2], usual), "server");
    assert_eq!(answer.state, AnswerState::NotMeasured);
    assert!(answer.recommendation.contains("connect-churn"), "{answer:?}");
    let command = "cargo bench -- http-server tcp-echo connect-churn";
    assert!(answer.would_change.contains(command), "{answer:?}");
}

#[test]
fn a_workload_outside_of_the_default_suite_counts_where_every_runner_has_it() {
    let names = ["ping-pong", "bounded-queue", "request-reply"];
    let cost = |workload: &str, runner: &str| match (workload, runner) {
        ("request-reply", "smol") => 0.5,
        (_, runner) => usual(workload, runner),
    };
    let answered = answer(&run(&names[..2], cost), "channels");
    assert!(answered.recommendation.starts_with("tokio; "), "{answered:?}");
    let mut run = run(&names, cost);
    let answered = answer(&run, "channels");
    // A terminal has room for as much.
    let expected = "depends: tokio for ping-pong and bounded-queue; …";
    assert_eq!((answered.recommendation.as_str(), answered.evidence.len()), (expected, 3));
    let never = cell(&run, "request-reply", "threads");
    run.header.plan.cells[never].not_applicable = Some("too many threads".to_owned());
    let answered = answer(&run, "channels");
    assert!(answered.recommendation.starts_with("tokio; "), "{answered:?}");
    assert_eq!(answered.evidence.len(), 2);
}

#[test]
fn opposite_winners_are_named_by_workload() {
    let cost = |workload: &str, runner: &str| match (workload, runner) {
        ("task-memory", "smol") | ("idle-connections", "tokio") => 1.0,
        (_, "smol" | "tokio") => 1.5,
        _ => 3.0,
    };
    let answer = answer(&run(&["task-memory", "idle-connections"], cost), "memory");
    let expected = "depends: smol for task-memory; tokio for idle-connections";
    assert_eq!(answer.recommendation, expected);
    assert_eq!(answer.state, AnswerState::Decided);
}

#[test]
fn a_replay_counts_every_comparison_once() {
    let run = run(&SERVER, usual);
    let analysis = analyze(&run);
    let replay = Replay::new("file", &run, &analysis);
    assert_eq!(replay.all.classes.total(), 9);
    assert_eq!(replay.all.classes, analysis.class_counts());
    let of_kinds: usize = replay.kinds.iter().map(|kind| kind.counted.classes.total()).sum();
    assert_eq!(of_kinds, 9);
    assert_eq!(replay.all.answered, Some(1.0));
}
