//! `scripts/ci-gate`: which exit codes make a step fail, and where its summary goes.
#![cfg(unix)]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::Ended;
use tempfile::tempdir;

/// Runs the script on a shell command, outside any CI service.
fn gate(folder: &Path, command: &str, step_summary: Option<&Path>) -> Ended {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/ci-gate");
    let mut gate = Command::new("bash");
    gate.arg(script).args(["summary.md", "sh", "-c", command]).current_dir(folder);
    gate.env_remove("GITHUB_ACTIONS").env_remove("GITHUB_STEP_SUMMARY");
    if let Some(path) = step_summary {
        gate.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", path);
    }
    Ended::of(gate.output().expect("bash is there"))
}

#[test]
fn gate_passes_inconclusive_results_with_a_warning() {
    let folder = tempdir().unwrap();
    for (code, ends) in [(0, 0), (1, 1), (2, 2), (3, 0), (130, 130)] {
        let command = format!("echo told > summary.md; exit {code}");
        let ended = gate(folder.path(), &command, None);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(ends), "told\n"), "{ended:?}");
        assert_eq!(ended.stderr.contains("warning: inconclusive"), code == 3, "{ended:?}");
    }
}

#[test]
fn gate_appends_the_summary_to_the_job_summary() {
    let folder = tempdir().unwrap();
    let job = folder.path().join("job.md");
    fs::write(&job, "before\n").unwrap();
    let ended = gate(folder.path(), "echo told > summary.md; exit 3", Some(&job));
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.starts_with("::warning::inconclusive"), "{ended:?}");
    // The command wrote no summary, and the previous one is not shown again.
    let ended = gate(folder.path(), "exit 2", Some(&job));
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert_eq!(fs::read_to_string(&job).unwrap(), "before\ntold\n");
}
