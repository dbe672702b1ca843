//! Trials that fail in every way, caused by `examples/faults.rs`: each is one error row with its reason, and
//! the run continues and leaves nothing behind.

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use common::running::{nothing_runs_in, read};
use common::{Ended, example};
use runtime_bench_analysis::analysis::{Status, analyze};
use tempfile::tempdir;

fn faults(folder: &Path, args: &[&str]) -> Ended {
    let mut command = Command::new(example("faults"));
    command
        .current_dir(folder)
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("CRITERION_HOME")
        .args(args);
    let output: Output = command.output().expect("`cargo test` builds the examples");
    Ended::of(output)
}

#[test]
fn faults_are_reported_as_error_rows() {
    let folder = tempdir().unwrap();
    let start = Instant::now();
    let ended = faults(folder.path(), &["verify", "^faults|null/smol", "--trial-limit", "2s"]);
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let told = |way: &str| {
        let cell = format!("faults/{way}/threads/");
        let line = ended.stdout.lines().find(|line| line.contains(&cell));
        line.unwrap_or_else(|| panic!("no {cell} in {}", ended.stdout)).to_owned()
    };
    let expected = [
        ("panic", "it was meant to"),
        ("abort", "signal: 6"),
        ("exit", "exit status: 7"),
        ("killed", "when memory runs out"),
        ("memory", "memory allocation of"),
        ("hang", "no reply within 2 s"),
        ("flood", "reply"),
        ("wrong", "wrong output"),
        ("unchecked", "the check accepts a corrupted output: 1 instead of 0"),
    ];
    for (way, words) in expected {
        let line = told(way);
        assert!(line.starts_with("FAILED") && line.contains(words), "no `{words}` in: {line}");
        assert!(line.len() < 2_000, "{way}: {} characters", line.len());
    }
    for way in ["orphan", "late"] {
        assert!(told(way).starts_with("ok"), "{}", told(way));
    }
    assert!(ended.stdout.lines().any(|line| line.starts_with("ok") && line.contains("null/smol")));
    nothing_runs_in(folder.path());
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn failing_cell_does_not_affect_others() {
    let folder = tempdir().unwrap();
    let args = ["bench", "^faults/(late|killed)|^null", "--runners", "threads,smol"];
    let ended = faults(folder.path(), &[&args[..], &["--profile", "smoke", "--quiet"]].concat());
    ended.fails_with(1, &["2 cells failed", "faults/late/threads", "faults/killed/threads"]);
    ended.fails_with(1, &["failed: faults/late/threads", "failed: faults/killed/threads"]);
    let latest = folder.path().join("target/runtime-bench/results/latest.json");
    let run = read(&latest);
    let analysis = analyze(&run);
    let rows = analysis.groups.iter().flat_map(|group| &group.rows);
    for row in rows.filter(|row| row.key.workload == "null") {
        assert_eq!((&row.status, row.samples >= 13), (&Status::Measured, true), "{}", row.key);
    }
    let late = analysis.groups.iter().flat_map(|group| &group.rows).find(|row| {
        row.key.point.variant.as_deref() == Some("late") && row.key.runner == "threads"
    });
    let reason = late.unwrap().status.reason().to_owned();
    assert!(reason.contains("late, as it was meant to"), "{reason}");
    // Earlier measurements are still in the file.
    let is_late =
        |cell: usize| run.header.plan.cells[cell].key.point.variant.as_deref() == Some("late");
    let before = run.trials.iter().filter(|trial| is_late(trial.cell)).count();
    assert!(before >= 9, "{before}");
    let page = fs::read_to_string(folder.path().join("target/runtime-bench/report/w/faults.html"));
    assert!(page.unwrap().contains("late, as it was meant to"));
}
