//! The bench target of `cargo bench`, run in a separate folder. For `cargo test --release`.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use common::Ended;
use common::bench_target::BENCH_TARGET;
use runtime_bench_results::run::{Role, Run};
use runtime_bench_results::store;
use runtime_bench_results::trial::Outcome;
use serde_json::Value;
use tempfile::tempdir;

fn target(folder: &Path) -> Command {
    let mut command = Command::new(&*BENCH_TARGET);
    command.current_dir(folder).env_remove("CARGO_TARGET_DIR").env_remove("CRITERION_HOME");
    command
}

fn bench(folder: &Path, args: &[&str]) -> Ended {
    Ended::of(target(folder).args(args).arg("--bench").output().expect("the target starts"))
}

fn latest(folder: &Path) -> Run {
    let path = folder.join("target/runtime-bench/results/latest.json");
    store::read(&path).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn bench_target_writes_table_report_and_criterion_files() {
    let folder = tempdir().unwrap();
    // One runner of each family and two rounds, to save time; other tests verify each cell.
    let args = ["--profile", "smoke", "--rounds", "2", "--runners", "tokio,smol,threads,rayon"];
    let ended = bench(folder.path(), &args);
    assert!(matches!(ended.code, Some(0 | 3)), "{ended:?}");
    for word in ["task-memory", "Self-check (A/A)", "report:", "criterion:"] {
        assert!(ended.stdout.contains(word), "no `{word}` in {}", ended.stdout);
    }
    let run = latest(folder.path());
    assert_eq!(run.header.command.join(" "), format!("cargo bench -- {}", args.join(" ")));
    every_cell_has_a_figure_or_a_reason(folder.path(), &run);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn criterion_has_the_means_of_the_run() {
    let folder = tempdir().unwrap();
    let ended = bench(folder.path(), &["^spawn-join", "--profile", "smoke", "--runners", "smol"]);
    assert!(matches!(ended.code, Some(0 | 3)), "{ended:?}");
    criterion_has_our_means(folder.path(), &latest(folder.path()));
}

fn every_cell_has_a_figure_or_a_reason(folder: &Path, run: &Run) {
    let report = folder.join("target/runtime-bench/report");
    // Workloads that measure the harness itself are on the method page.
    let pages: String = ["index.html", "method.html"]
        .map(|name| fs::read_to_string(report.join(name)).unwrap())
        .concat();
    for info in &run.header.workloads {
        assert!(pages.contains(&info.title), "{} is missing from the pages", info.title);
    }
    let mut table = csv::Reader::from_path(report.join("data.csv")).unwrap();
    let mut listed = BTreeSet::new();
    for row in table.deserialize::<BTreeMap<String, String>>() {
        let row = row.unwrap();
        match row["status"].as_str() {
            "measured" => assert!(row["value"].parse::<f64>().unwrap().is_finite(), "{row:?}"),
            _ => assert!(row["reason"].len() > 20 && row["value"].is_empty(), "{row:?}"),
        }
        listed.insert((row["workload"].clone(), row["runner"].clone()));
    }
    for cell in &run.header.plan.cells {
        let pair = (cell.key.workload.clone(), cell.key.runner.clone());
        assert!(listed.contains(&pair), "{pair:?} has no row");
    }
    let data: Value = serde_json::from_slice(&fs::read(report.join("data.json")).unwrap()).unwrap();
    assert_eq!(data["run"]["id"], run.header.id);
}

fn criterion_has_our_means(folder: &Path, run: &Run) {
    let path = folder.join("target/criterion/spawn-join/smol/tasks=20/new/sample.json");
    let sample: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let numbers = |name: &str| -> Vec<f64> {
        sample[name].as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect()
    };
    let theirs: Vec<f64> =
        numbers("times").iter().zip(numbers("iters")).map(|(time, iters)| time / iters).collect();
    let id = run.header.plan.cells.iter().position(|cell| {
        cell.role == Role::Subject && cell.key.to_string() == "spawn-join/smol/tasks=20"
    });
    let ours: Vec<f64> = run
        .trials
        .iter()
        .filter(|trial| Some(trial.cell) == id && trial.round > 0)
        .filter_map(|trial| match &trial.outcome {
            Outcome::Ok { block } => block.metric("wall"),
            Outcome::Error { .. } => None,
        })
        .collect();
    assert_eq!(theirs.len(), ours.len());
    assert!(ours.len() >= 13, "{}", ours.len());
    for (theirs, ours) in theirs.iter().zip(&ours) {
        assert!((theirs - ours).abs() <= 1.0, "criterion has {theirs} ns, we have {ours} ns");
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn bench_target_accepts_criterion_options() {
    let folder = tempdir().unwrap();
    let listed = bench(folder.path(), &["null", "--list"]);
    assert!(listed.stdout.contains("null/tokio/-: benchmark\n"), "{listed:?}");
    assert!(
        listed
            .stdout
            .lines()
            .all(|line| line.starts_with("null/") && line.ends_with(": benchmark"))
    );
    let tested = bench(folder.path(), &["null", "--test"]);
    assert_eq!(tested.code, Some(0), "{tested:?}");
    // Their number depends on the features.
    let cells = listed.stdout.lines().count();
    assert!(tested.stdout.contains(&format!("\n{cells} cells verified, 0 failed")), "{tested:?}");
    assert!(!folder.path().join("target").exists());

    let small = ["null", "--runners", "smol,threads", "--profile", "smoke", "--noplot", "--quiet"];
    let with = |more: &[&str]| bench(folder.path(), &[&small[..], more].concat());
    with(&["--baseline", "before"])
        .fails_with(2, &["no baseline `before`", "--save-baseline before"]);
    assert!(matches!(with(&["--save-baseline", "before"]).code, Some(0 | 3)));
    let baseline = folder.path().join("target/criterion/null/smol/-/before/estimates.json");
    assert!(baseline.exists());
    assert!(matches!(with(&["--baseline", "before"]).code, Some(0 | 3)));
    let change = folder.path().join("target/criterion/null/smol/-/change/estimates.json");
    assert!(change.exists());

    for name in ["feature/x", "..", "", "/tmp/x", "new"] {
        for option in ["--baseline", "--save-baseline"] {
            with(&[option, name]).fails_with(2, &[option]);
        }
    }
    fs::write(folder.path().join("target/criterion/null/smol/-/before/sample.json"), "junk")
        .unwrap();
    with(&["--baseline", "before"]).fails_with(2, &["before/sample.json", "save it again"]);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn bench_target_names_a_folder_that_criterion_cannot_write() {
    let folder = tempdir().unwrap();
    // Even root cannot create anything below a file or in /proc.
    fs::write(folder.path().join("file"), "").unwrap();
    for home in ["/proc/x", "file/criterion"] {
        let mut target = target(folder.path());
        target.args(["null", "--runners", "tokio", "--profile", "smoke", "--save-baseline", "b"]);
        let ended = Ended::of(target.arg("--bench").env("CRITERION_HOME", home).output().unwrap());
        ended.fails_with(2, &["criterion cannot write its files to", home, "CRITERION_HOME"]);
        assert!(!ended.stdout.contains("criterion: "), "{ended:?}");
    }
}

/// nextest's requirements for a test executable: its book, "Custom test harnesses".
#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn bench_target_follows_the_contract_of_nextest() {
    let folder = tempdir().unwrap();
    let ask = |args: &[&str]| Ended::of(target(folder.path()).args(args).output().unwrap());
    let listed = ask(&["--list", "--format", "terse"]);
    assert_eq!((listed.code, listed.stderr.as_str()), (Some(0), ""), "{listed:?}");
    let names: Vec<&str> =
        listed.stdout.lines().map(|line| line.strip_suffix(": benchmark").unwrap()).collect();
    assert!(names.len() > 50 && names.iter().all(|name| name.matches('/').count() >= 2));
    let ignored = ask(&["--list", "--format", "terse", "--ignored"]);
    assert_eq!((ignored.code, ignored.stdout.as_str()), (Some(0), ""), "{ignored:?}");
    for name in [names[0], "null/tokio/-", names[names.len() - 1]] {
        let ended = ask(&[name, "--exact", "--nocapture"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.stdout.contains("1 cells verified, 0 failed"), "{ended:?}");
    }
    ask(&["null/tokio", "--exact", "--nocapture"]).fails_with(2, &["no cell matches"]);
    assert!(!folder.path().join("target").exists());
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn bench_target_rejects_unknown_options_by_name() {
    let folder = tempdir().unwrap();
    bench(folder.path(), &["--save-baselin", "x"]).fails_with(2, &["--save-baseline"]);
    bench(folder.path(), &["nothing-like-it"]).fails_with(2, &["no cell matches"]);
}
