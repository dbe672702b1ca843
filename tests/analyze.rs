//! `analyze`, and the summary of a stored run, on the demo.

mod common;

use std::path::{Path, PathBuf};

use common::{command, passes, run};
use serde_json::Value;
use tempfile::tempdir;

/// The results files of the demo.
fn demo() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/demo");
    let files = folder.read_dir().expect("the demo is there");
    let paths = files.map(|file| file.expect("a file").path());
    let results: Vec<PathBuf> =
        paths.filter(|path| path.to_string_lossy().contains(".json")).collect();
    assert!(!results.is_empty(), "the demo has results");
    results
}

fn with<'a>(command: &[&'a str], files: &'a [PathBuf]) -> Vec<&'a str> {
    command.iter().copied().chain(files.iter().map(|path| path.to_str().unwrap())).collect()
}

#[test]
fn analyze_counts_the_classes_of_stored_runs() {
    let folder = tempdir().unwrap();
    let demo = demo();
    let text = run(folder.path(), &with(&["analyze"], &demo));
    passes(&text, &["settled", "answered", "Self-check (A/A): ", "Rounds: ", "Memory per task"]);

    let json = run(folder.path(), &with(&["analyze", "--format", "json"], &demo));
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["schema"], "runtime-bench/analysis/1");
    assert_eq!(json["runs"].as_array().unwrap().len(), demo.len());
    for run in json["runs"].as_array().unwrap() {
        let count = |counted: &Value, class: &str| counted[class].as_u64().unwrap();
        for class in ["settled", "same", "leaning", "open"] {
            let kinds = run["kinds"].as_array().unwrap().iter().map(|kind| count(kind, class));
            assert_eq!(kinds.sum::<u64>(), count(&run["all"], class), "{class}");
        }
        assert!((0.0..=1.0).contains(&run["all"]["answered"].as_f64().unwrap()), "{run}");
        assert!(run["answers"].as_array().unwrap().len() >= 5, "{run}");
    }
}

#[test]
fn analyze_rejects_invalid_results() {
    let folder = tempdir().unwrap();
    run(folder.path(), &["analyze"]).fails_with(2, &["RESULTS"]);
    run(folder.path(), &["analyze", "gone.json"]).fails_with(2, &["gone.json"]);
}

#[test]
fn summary_of_a_whole_run_fits_on_a_screen() {
    let folder = tempdir().unwrap();
    let demo = &demo()[..1];
    let args = with(&["report", "--out", "site", "--summary"], demo);
    let summary = |columns: &str| {
        let mut command = command(folder.path());
        let output = command.args(&args).env("COLUMNS", columns).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let text = summary("100");
    let fits = |text: &str, columns: usize| {
        for line in text.lines() {
            assert!(line.chars().count() <= columns, "wider than {columns}: {line}");
        }
    };
    fits(&text, 100);
    assert!(text.lines().count() <= 60, "{} lines:\n{text}", text.lines().count());
    assert!(!text.contains('\u{1b}'), "no colors in a pipe: {text}");
    let narrow = summary("60");
    fits(&narrow, 60);
    assert!(narrow.contains("Not shown in 60 columns: "), "{narrow}");
}
