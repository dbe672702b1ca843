//! `history` through the real binary, on synthetic results files; no figure here was measured.

mod common;

use std::fs;
use std::path::Path;

use common::{Ended, passes, run};
use runtime_bench_results::run::Run;
use runtime_bench_results::store;
use serde_json::Value;
use tempfile::{TempDir, tempdir};

/// A day's run of two workloads; `w0` on smol costs `smol` times as much as anything else.
fn day(day: u32, smol: f64) -> Run {
    let mut run = runtime_bench_fixtures::run(
        &format!("run-{day:02}"),
        2,
        u64::from(day),
        |workload, runner| {
            if (workload, runner) == ("w0", "smol") { smol } else { 1.0 }
        },
    );
    run.header.started = format!("2026-01-{day:02}T12:00:00Z");
    if smol > 1.0 {
        run.header.runners[1].packages.insert("smol".to_owned(), "2.0.0".to_owned());
    }
    run
}

/// A folder with `count` runs in `results`, `w0` on smol slower from the thirteenth on.
fn history(count: u32) -> TempDir {
    let folder = tempdir().unwrap();
    for number in 1..=count {
        let run = day(number, if number >= 13 { 1.3 } else { 1.0 });
        store::keep(&run, &folder.path().join("results")).unwrap();
    }
    folder
}

fn told(folder: &Path, options: &[&str]) -> Ended {
    run(folder, &[&["history", "results"], options].concat())
}

#[test]
fn history_reports_changes_with_run_and_cause() {
    let folder = history(22);
    passes(
        &told(folder.path(), &[]),
        &[
            "Made-up Processor 9000, 2 cores",
            "22 runs from 2026-01-01T12:00:00Z to 2026-01-22T12:00:00Z, 2 workers, 64 pool threads, 8 series",
            "run-13 of 2026-01-13T12:00:00Z, after run-12",
            "also changed: smol 1.0.0 → 2.0.0",
            "w0/smol/n=1",
            "1.30×",
            "slower",
            "12 → 10 runs",
            "1 change point in 8 series",
        ],
    );
    passes(
        &told(folder.path(), &["--since", "2026-01-14"]),
        &["no change point", "0 change points since"],
    );
    passes(&told(folder.path(), &["--filter", "rayon"]), &["no change point", "2 series"]);
}

#[test]
fn history_gate_fails_beyond_threshold() {
    let folder = history(22);
    let gated =
        |options: &[&str]| told(folder.path(), &[&["--fail-on", "regression"], options].concat());
    gated(&[]).fails_with(1, &["1 became slower by more than 1%", "w0/smol/n=1"]);
    passes(&gated(&["--threshold", "50%"]), &["pass: 1 change point in 8 series"]);
    passes(&gated(&["--since", "2026-01-14"]), &["pass: "]);
}

#[test]
fn history_gate_rejects_too_few_runs() {
    let folder = history(5);
    let words = ["5 usable runs; a change point needs at least 4 runs on either side"];
    passes(&told(folder.path(), &[]), &words);
    let gated = told(folder.path(), &["--fail-on", "regression"]);
    gated.fails_with(3, &["nothing to analyze"]);
}

#[test]
fn history_reads_all_results_by_default() {
    let folder = tempdir().unwrap();
    run(folder.path(), &["history"]).fails_with(2, &["no results yet", "cargo bench"]);
    let results = folder.path().join("target/runtime-bench/results");
    store::keep(&day(1, 1.0), &results).unwrap();
    passes(&run(folder.path(), &["history"]), &["1 run of 2026-01-01", "1 usable run"]);
}

#[test]
fn history_separates_machines() {
    let folder = history(22);
    for number in 23..=24 {
        let mut run = day(number, 9.0);
        run.header.environment.cores = Some(64);
        store::keep(&run, &folder.path().join("results")).unwrap();
    }
    passes(
        &told(folder.path(), &[]),
        &[
            "2 machines or numbers of workers, analyzed separately",
            "64 cores",
            "1 change point in 8 series",
        ],
    );
}

#[test]
fn json_and_markdown_contain_the_whole_history() {
    let folder = history(22);
    let json: Value =
        serde_json::from_str(&told(folder.path(), &["--format", "json"]).stdout).unwrap();
    assert_eq!(
        (&json["schema"], &json["outcome"]),
        (&"runtime-bench/history/1".into(), &"pass".into())
    );
    let machine = &json["machines"][0];
    assert_eq!((machine["runs"].as_array().unwrap().len(), &machine["series"]), (22, &8.into()));
    let change = &machine["changes"][0];
    assert_eq!((&change["run"], &change["word"]), (&"run-13".into(), &"slower".into()));
    assert!(change["interval"]["low"].as_f64().unwrap() > 1.25, "{change}");
    let markdown = told(folder.path(), &["--format", "markdown", "--out", "deep/history.md"]);
    passes(&markdown, &[]);
    let markdown = fs::read_to_string(folder.path().join("deep/history.md")).unwrap();
    assert!(markdown.starts_with("**1 change point in 8 series**"), "{markdown}");
    assert!(markdown.contains("| w0/smol/n=1 | 1.30× |"), "{markdown}");
}

#[test]
fn history_reports_unreadable_files_and_uses_the_rest() {
    let folder = history(22);
    fs::write(folder.path().join("results/broken.json"), "{").unwrap();
    let ended = told(folder.path(), &["gone.json", "--fail-on", "regression"]);
    ended.fails_with(2, &["broken.json", "gone.json", "the 22 runs that could be read"]);
    assert!(ended.stdout.contains("run-13 of"), "{}", ended.stdout);
}

#[test]
fn bad_usage_exits_with_2() {
    let folder = history(1);
    let fails =
        |options: &[&str], words: &[&str]| told(folder.path(), options).fails_with(2, words);
    fails(&["--filter", "w9/"], &["no cell of the results matches `w9/`", "w0, w1"]);
    fails(&["--metric", "wal"], &["no run has a metric `wal`", "did you mean `wall`?"]);
    fails(&["--since", "yesterday"], &["2026-01-31"]);
    fails(&["--threshold", "0.03"], &["0.03% or 3%"]);
    fails(&["--format", "junit"], &["markdown"]);
    fails(&["--out", "results/run-01.json.gz"], &["one of the results files"]);
}
