//! The summary of a run in Markdown.

use std::fs;

use runtime_bench_reports::{Options, write_site};
use runtime_bench_results::catalog::{Class, Kind};
use runtime_bench_results::run::{Role, Run};
use runtime_bench_results::trial::{Better, Outcome};

mod fixtures;

use fixtures::{Cell, Workload, runner, typical_run};

fn summary(run: &Run) -> String {
    let folder = tempfile::tempdir().unwrap();
    write_site(std::slice::from_ref(run), folder.path(), Options::default()).unwrap();
    fs::read_to_string(folder.path().join("summary.md")).unwrap()
}

/// The cells of the table row that begins with these words.
fn row<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let line = text.lines().find(|line| line.starts_with(&format!("| {name}")));
    let line = line.unwrap_or_else(|| panic!("no row {name} in {text}"));
    line.trim_matches('|').split(" | ").map(str::trim).collect()
}

#[test]
fn a_summary_has_the_machine_the_control_the_findings_and_every_comparison() {
    let text = summary(&typical_run());
    for words in [
        "## Runtimes compared on Made-up Processor 9000, 8 cores, 16.0 GiB, Linux 6.1.0\n",
        "Run 20260131T120000-made-up of 2026-01-31T12:00:00Z, profile quick, 4 workers.",
        "**A/A control",
        " comparisons: ",
        "cells: ",
        "\n- failed: tcp-echo/thread-pool/tasks=1000: 1 of 40 trials failed; wrong output: 999 of 1000 \\<echoed\\>\n",
    ] {
        assert!(text.contains(words), "no `{words}` in {text}");
    }
    assert!(!text.contains("Nothing at all"), "calibration is no comparison");
    let heads = row(&text, "workload");
    let echo = row(&text, "Echo over TCP");
    let of = |runner: &str| echo[heads.iter().position(|head| *head == runner).unwrap()];
    assert_eq!((heads.len(), echo.len()), (8, 8));
    assert!(of("tokio").ends_with("k/s"), "the reference has its figure: {echo:?}");
    assert!(of("smol").starts_with("**") && of("smol").ends_with("% faster**"), "{echo:?}");
    assert_eq!((of("thread-pool"), of("rayon")), ("failed", "n/a"));
    let timer = row(&text, "Many timers, gathered");
    assert!(timer.iter().any(|cell| cell.starts_with("**")), "{timer:?}");
    assert!(row(&text, "Sensor streams").contains(&"not measured"));
}

#[test]
fn comparison_with_failed_control_has_no_result() {
    let mut run = typical_run();
    let cells = run.header.plan.cells.clone();
    for trial in &mut run.trials {
        let cell = &cells[trial.cell];
        if cell.role == Role::AaControl
            && cell.key.workload == "timer-gather"
            && let Outcome::Ok { block } = &mut trial.outcome
        {
            block.metrics.iter_mut().for_each(|metric| metric.value *= 1.5);
        }
    }
    run.end = None;
    let text = summary(&run);
    assert!(text.contains("**One A/A control failed**") && text.contains("**Not finished**"));
    let timer = row(&text, "Many timers, gathered");
    assert!(timer[0].contains("A/A control failed"), "{timer:?}");
    for word in ["faster", "slower", "tie", "**"] {
        assert!(timer.iter().all(|cell| !cell.contains(word)), "{timer:?}");
    }
}

#[test]
fn names_are_escaped_in_markdown() {
    const NAME: &str = "a | b\n| c | `d` <img src=x> [e](f) **g**";
    let workload = Workload::new(NAME, Kind::Io, ("wall", "ns", Better::Lower, 5.0))
        .cell(NAME, Cell::Costs(1.0))
        .cell("other", Cell::Costs(2.0));
    let runners = [NAME, "other"].map(|name| runner(name, Class::MultiThread)).into();
    let text = summary(&fixtures::run(runners, &[workload]));
    let harmless = "a \\| b \\| c \\| \\`d\\` \\<img src=x\\> \\[e\\](f) \\*\\*g\\*\\*";
    assert_eq!(text.matches(harmless).count(), 2, "{text}");
    assert_eq!(text.matches("img").count(), 2, "nowhere else: {text}");
}

#[test]
fn summary_fits_into_a_comment_and_counts_omitted_rows() {
    // Each of these takes two bytes in Markdown.
    let long = |number: usize| -> &'static str {
        Box::leak(format!("n{number} {}", "*".repeat(900)).into_boxed_str())
    };
    let made_up = |workloads: usize, runners: usize| {
        let runners: Vec<&'static str> = (0..runners).map(long).collect();
        let workload = |number: usize| {
            let base = ("wall", "ns", Better::Lower, 5.0);
            let mut workload = Workload::new(long(number), Kind::Io, base);
            workload.rounds = 1;
            workload.cells = runners.iter().map(|name| (*name, Cell::LeftOut)).collect();
            workload
        };
        let workloads: Vec<Workload> = (0..workloads).map(workload).collect();
        let infos = runners.iter().map(|name| runner(name, Class::MultiThread)).collect();
        summary(&fixtures::run(infos, &workloads))
    };
    let text = made_up(90, 40);
    assert!((58_000..=60_000).contains(&text.len()), "as much as fits: {} bytes", text.len());
    let shown = text.lines().filter(|line| line.starts_with("| n")).count();
    assert!(shown > 0 && text.contains(&format!("\n{} rows omitted; ", 90 - shown)), "{shown}");

    let text = made_up(2, 250);
    assert!(text.len() <= 60_000 && text.contains("\n2 rows omitted; "), "{}", text.len());
}
