//! Change points on the history page.

use std::fs;

use runtime_bench_reports::{Options, write_site};
use runtime_bench_results::catalog::{Class, Kind};
use runtime_bench_results::run::Run;
use runtime_bench_results::trial::Better;
use tempfile::tempdir;

mod fixtures;

use fixtures::{Cell, Workload, run, runner};

/// The run of one day, in which `b` costs `cost` times as much as the others.
fn day(day: u32, cost: f64) -> Run {
    let names = ["a", "b", "c", "d"];
    let workload = Workload::new("work", Kind::Cpu, ("wall", "ns", Better::Lower, 1e6));
    let workload = names.into_iter().fold(workload, |workload, name| {
        workload.cell(name, Cell::Costs(if name == "b" { cost } else { 1.0 }))
    });
    let runners = names.map(|name| runner(name, Class::MultiThread)).into();
    let mut run = run(runners, &[workload]);
    run.header.id = format!("run-{day:02}");
    run.header.started = format!("2026-01-{day:02}T12:00:00Z");
    run
}

/// The history page of some runs.
fn page(runs: &[Run]) -> String {
    let folder = tempdir().unwrap();
    write_site(runs, folder.path(), Options::default()).unwrap();
    fs::read_to_string(folder.path().join("history.html")).unwrap()
}

#[test]
fn the_page_names_the_run_that_introduced_a_change() {
    let runs: Vec<Run> = (1..=16).map(|n| day(n, if n >= 9 { 1.5 } else { 1.0 })).collect();
    let page = page(&runs);
    for words in [
        "1 change point",
        "run-09 of 2026-01-09T12:00:00Z, after run-08",
        "work/b/tasks=1000",
        "1.50×",
    ] {
        assert!(page.contains(words), "no `{words}`");
    }
}

#[test]
fn short_history_reports_missing_runs() {
    let page = page(&[day(1, 1.0), day(2, 1.5)]);
    assert!(
        page.contains("No change point is proven.")
            && page.contains("at least 4 runs on either side")
    );
}
