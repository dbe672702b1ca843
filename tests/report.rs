//! `report` of many files, through the real binary; no figure here was measured.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::{Ended, command, run};
use runtime_bench_fixtures::empty;
use runtime_bench_results::store;
use tempfile::{TempDir, tempdir};

/// A folder with the runs `one` and `two`.
fn two_runs() -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let results = folder.path().join("results");
    for (id, day) in [("one", 1), ("two", 2)] {
        store::keep(&empty(id, day), &results).unwrap();
    }
    (folder, results)
}

fn shown(site: &Path) -> String {
    let json = fs::read_to_string(site.join("data.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    json["run"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn report_of_a_folder_shows_newest_run_first() {
    let (folder, _results) = two_runs();
    let ended = run(folder.path(), &["report", "results", "results/one.json.gz", "--out", "site"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(Path::new(ended.stdout.trim()), Path::new("site/index.html"));
    assert_eq!(shown(&folder.path().join("site")), "two");
    let ended = run(folder.path(), &["report", "results", "--out", "one", "--single-file"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(folder.path().join("one/index.html").exists());
}

#[test]
fn report_replaces_earlier_report_and_refuses_other_sites() {
    let (folder, _results) = two_runs();
    let site = folder.path().join("site");
    let report = || run(folder.path(), &["report", "results/one.json.gz", "--out", "site"]);
    assert_eq!(report().code, Some(0));
    let list = site.join(".runtime-bench-report.json");
    let stale = fs::read_to_string(&list).unwrap().replace('[', "[\"w/gone.html\",");
    fs::write(&list, stale).unwrap();
    fs::create_dir_all(site.join("w")).unwrap();
    fs::write(site.join("w/gone.html"), "of a workload that is gone").unwrap();
    fs::write(site.join("notes.txt"), "mine").unwrap();
    assert_eq!(report().code, Some(0));
    assert!(!site.join("w/gone.html").exists() && site.join("notes.txt").exists());
    fs::remove_dir_all(&site).unwrap();
    fs::create_dir(&site).unwrap();
    fs::write(site.join("index.html"), "<h1>My blog</h1>").unwrap();
    report().fails_with(2, &["site/index.html", "choose an empty or a new folder"]);
    assert_eq!(fs::read_dir(&site).unwrap().count(), 1);
}

#[test]
fn report_names_unreadable_files_and_shows_the_rest() {
    let (folder, results) = two_runs();
    fs::write(results.join("broken.jsonl"), "{\"line\"").unwrap();
    fs::write(results.join("newer.json"), "{\"schema\": \"runtime-bench/results/9\"}").unwrap();
    let ended = run(folder.path(), &["report", "results", "gone.json", "--out", "site"]);
    let words = ["broken.jsonl: not", "newer.json: unknown schema", "gone.json", "the 2 runs that"];
    ended.fails_with(2, &words);
    assert_eq!(shown(&folder.path().join("site")), "two");
}

#[test]
fn report_adds_each_run_to_history_once() {
    let (folder, results) = two_runs();
    let report = |file: &str| {
        let args = ["report", file, "--history", "all", "--out", "site"];
        let ended = run(folder.path(), &args);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let mut names: Vec<String> = fs::read_dir(folder.path().join("all"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(report("results/two.json.gz"), ["two.json.gz"]);
    assert_eq!(report("results/one.json.gz"), ["one.json.gz", "two.json.gz"]);
    assert_eq!(report("results/one.json.gz"), ["one.json.gz", "two.json.gz"]);
    assert_eq!(shown(&folder.path().join("site")), "two", "the newest, not the last one given");
    let same = |name: &str| {
        fs::read(results.join(name)).unwrap()
            == fs::read(folder.path().join("all").join(name)).unwrap()
    };
    assert!(same("one.json.gz") && same("two.json.gz"));
}

/// Runs `report --open` with this script as `xdg-open`, or without any.
#[cfg(target_os = "linux")]
fn open(folder: &Path, script: Option<&str>) -> Ended {
    use std::os::unix::fs::PermissionsExt;
    let programs = folder.join("programs");
    fs::create_dir_all(&programs).unwrap();
    if let Some(script) = script {
        let path = programs.join("xdg-open");
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut command = command(folder);
    command.args(["report", "results", "--out", "site", "--open"]).env("PATH", programs);
    Ended::of(command.output().unwrap())
}

#[test]
#[cfg(target_os = "linux")]
fn report_open_uses_the_desktop_program() {
    let (folder, _results) = two_runs();
    let ended = open(folder.path(), None);
    ended.fails_with(2, &["cannot open site/index.html", "open it in a browser yourself"]);
    assert_eq!(ended.stdout, "site/index.html\n", "it is still written");
    let ended = open(folder.path(), Some("#!/bin/sh\necho \"$1\" >opened\n"));
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let opened = folder.path().join("opened");
    let begin = Instant::now();
    while fs::read_to_string(&opened).unwrap_or_default() != "site/index.html\n" {
        assert!(begin.elapsed() < Duration::from_secs(60), "the report was not opened");
        sleep(Duration::from_millis(20));
    }
}
