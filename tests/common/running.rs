//! Runs in progress, which a test disturbs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use runtime_bench_results::run::Run;
use runtime_bench_results::store;

use super::command;

/// The folder of the results of runs in `folder`.
pub(crate) fn results(folder: &Path) -> PathBuf {
    folder.join("target/runtime-bench/results")
}

pub(crate) fn read(path: &Path) -> Run {
    store::read(path).unwrap_or_else(|error| panic!("{error}"))
}

/// Paths in `folder` that end in `ending`, sorted, without the link to the newest.
pub(crate) fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).map(|entries| entries.flatten().collect()).unwrap_or_default();
    let entries: Vec<fs::DirEntry> = entries;
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.retain(|path| path.to_string_lossy().ends_with(ending) && !path.ends_with("latest.json"));
    paths.sort();
    paths
}

/// Starts a run, and returns once it has recorded some trials.
pub(crate) fn started(folder: &Path, args: &[&str]) -> Child {
    started_by(command(folder).args(args), folder)
}

/// The same for a run in `folder` that another command starts.
pub(crate) fn started_by(command: &mut Command, folder: &Path) -> Child {
    command.env_remove("CARGO_TARGET_DIR").stderr(Stdio::piped()).stdout(Stdio::null());
    let child = command.spawn().unwrap();
    let has_lines = || {
        // A named run has its `.jsonl` next to its results file.
        let lines = [files(&results(folder), ".jsonl"), files(folder, ".jsonl")].concat();
        let text = lines.first().map(|path| fs::read_to_string(path).unwrap());
        text.is_some_and(|text| text.matches("\n{\"line\":\"trial\"").count() >= 15)
    };
    let patience = Instant::now() + Duration::from_secs(60);
    while !has_lines() {
        assert!(Instant::now() < patience, "no trial was written");
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

pub(crate) fn signal(process: u32, name: &str) {
    let kill = Command::new("kill").args([name, &process.to_string()]).status();
    assert!(kill.unwrap().success());
}

/// Command lines of the processes in a folder.
pub(crate) fn processes_in(folder: &Path) -> Vec<String> {
    let folder = folder.canonicalize().unwrap();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let here = processes
        .filter(|process| fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd == folder));
    here.map(|process| fs::read_to_string(process.path().join("cmdline")).unwrap_or_default())
        .collect()
}

/// Checks that no process is left in a folder, with some patience: a killed process takes a moment to
/// disappear.
#[track_caller]
pub(crate) fn nothing_runs_in(folder: &Path) {
    let patience = Instant::now() + Duration::from_secs(10);
    loop {
        let left = processes_in(folder);
        if left.is_empty() {
            return;
        }
        assert!(Instant::now() < patience, "still there: {left:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
