//! `runtime-bench ab` through the real binary. A debug build is rejected, so these tests need `cargo test
//! --release`. Other builds are scripts around this one, which change its requests.
#![cfg(unix)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use common::{Ended, run};
use serde_json::Value;
use tempfile::{TempDir, tempdir};

const OURS: &str = env!("CARGO_BIN_EXE_runtime-bench");

/// A shell script as an executable; `$OURS` is the real one.
fn script(folder: &Path, name: &str, lines: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\nOURS='{OURS}'\n{lines}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// A build whose trials run these lines; `$TRIAL` is the real program of the runner in `$request`.
fn rerouted(folder: &Path, name: &str, lines: &str) -> PathBuf {
    let read = "request=$(cat)
        runner=$(printf %s \"$request\" | sed 's/.*\"runner\":\"\\([a-z]*\\).*/\\1/')
        TRIAL=$(dirname \"$OURS\")/runtime-bench-$runner";
    let trial = script(folder, &format!("{name}-trial"), &format!("{read}\n{lines}"));
    let list = format!(
        "\"$OURS\" \"$@\" | sed 's|\"program\": \".*\"|\"program\": \"{}\"|'",
        trial.display()
    );
    script(folder, name, &list)
}

/// Compares the real binary with a script, quickly.
fn ab(folder: &TempDir, head: &Path, more: &[&str]) -> Ended {
    let head = head.to_str().unwrap();
    let args = ["ab", "--base", OURS, "--head", head, "--budget", "300ms", "--quiet"];
    run(folder.path(), &[&args[..], more].concat())
}

fn rows(ended: &Ended) -> Vec<Value> {
    list(ended, "rows")
}

/// A list in the printed document.
fn list(ended: &Ended, name: &str) -> Vec<Value> {
    let document: Value =
        serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended:?}"));
    document[name].as_array().unwrap_or_else(|| panic!("no {name}: {ended:?}")).clone()
}

/// The program that draws flame graphs is not part of the usual builds.
#[track_caller]
fn drew_flame_graphs_or_said_why_not(ended: &Ended, report: &Path) {
    let page = fs::read_to_string(report.join("index.html")).unwrap();
    if page.contains("no flame graphs") {
        assert!(!report.join("profiles").exists(), "{ended:?}");
        return;
    }
    for name in ["base", "candidate", "candidate-against-base"] {
        let path = format!("profiles/1/{name}.svg");
        assert!(page.contains(&format!("href=\"{path}\"")), "{path}: {page}");
        assert!(fs::read_to_string(report.join(path)).unwrap().contains("cpu_batch"), "{name}");
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn ab_reports_only_the_slower_runner() {
    let folder = tempdir().unwrap();
    let slower = "case $runner in smol)
          request=$(printf %s \"$request\" | sed 's/\"value\":50000,/\"value\":200000,/') ;;
        esac
        exec \"$TRIAL\" <<END\n$request\nEND";
    let head = rerouted(folder.path(), "head", slower);
    let args = ["cpu-batch", "--runners", "smol,rayon", "--format", "json", "--explain"];
    let stacks = ["--profile-stacks", "--report", "page"];
    let ended = ab(&folder, &head, &[&args[..], &stacks].concat());
    ended.fails_with(1, &["cpu-batch/smol/"]);
    drew_flame_graphs_or_said_why_not(&ended, &folder.path().join("page"));
    assert!(!ended.stderr.contains("rayon"), "{}", ended.stderr);
    for row in rows(&ended) {
        let (name, word) = (row["name"].as_str().unwrap(), row["word"].as_str().unwrap());
        assert_eq!(word == "slower", name.contains("smol"), "{row}");
        assert_eq!(row["metric"], "wall", "a speed-up would hide it");
    }
    let explained = list(&ended, "explanations");
    assert!(!explained.is_empty(), "{ended:?}");
    for found in explained {
        assert!(found["row"].as_str().unwrap().contains("smol"), "{found}");
        let explanation = &found["explanation"];
        assert_eq!(explanation["candidate"], "candidate");
        // On a busy machine it also waits longer.
        let mut parts = explanation["parts"].as_array().unwrap().iter();
        let computing = parts.find(|part| part["part"] == "user-time");
        let low = computing.and_then(|part| part["difference"]["interval"]["low"].as_f64());
        assert!(low > Some(0.0), "it computes more: {explanation}");
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn ab_of_a_build_with_itself_passes_on_one_core_and_all() {
    let folder = tempdir().unwrap();
    let head = script(folder.path(), "head", "exec \"$OURS\" \"$@\"");
    let ended =
        ab(&folder, &head, &["null", "--runners", "tokio", "--format", "json", "--seed", "1"]);
    // On a very busy machine it may be inconclusive, but never a regression.
    assert!(matches!(ended.code, Some(0 | 3)), "{ended:?}");
    let names: Vec<String> =
        rows(&ended).iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect();
    assert!(names.iter().all(|name| name.starts_with("null/tokio/- on ")), "{names:?}");
    let ways = if std::thread::available_parallelism().unwrap().get() > 1 { 2 } else { 1 };
    assert_eq!(names.len(), ways, "{names:?}");
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn ab_counts_a_failing_head_as_regression_but_not_a_failing_base() {
    let folder = tempdir().unwrap();
    let broken = rerouted(folder.path(), "broken", "echo no >&2; exit 7");
    let only = ["null", "--runners", "tokio", "--cores", "all"];
    ab(&folder, &broken, &only).fails_with(1, &["failed", "null/tokio"]);
    let broken = broken.to_str().unwrap();
    let args = [&["ab", "--base", broken, "--head", OURS, "--budget", "300ms"][..], &only].concat();
    run(folder.path(), &args).fails_with(3, &["inconclusive"]);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn ab_rejects_unusable_executables_by_name() {
    let folder = tempdir().unwrap();
    let only = ["null", "--runners", "tokio"];
    let refused = |head: &Path, words: &[&str]| {
        let name = head.file_name().unwrap().to_str().unwrap().to_owned();
        ab(&folder, head, &only).fails_with(2, &[&["--head", name.as_str()][..], words].concat());
    };
    refused(&script(folder.path(), "foreign", "echo hello"), &["not a runtime-bench executable"]);
    let other = "echo '{\"protocol\": 9, \"cells\": [], \"routes\": []}'";
    refused(&script(folder.path(), "other", other), &["speaks protocol 9"]);
    refused(&script(folder.path(), "old", "echo '{\"cells\": []}'"), &["no protocol version"]);
    refused(&folder.path().join("missing"), &["No such file"]);
    let debug = "\"$OURS\" \"$@\" | sed 's/\"release,/\"debug,/'";
    refused(&script(folder.path(), "debug", debug), &["debug build"]);
    let text = folder.path().join("text");
    fs::write(&text, "no program").unwrap();
    refused(&text, &["cannot be started"]);
    let stacks = ["null", "--profile-stacks", "--explain"];
    ab(&folder, Path::new(OURS), &stacks).fails_with(2, &["--report"]);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn ab_without_common_cells_is_inconclusive() {
    let folder = tempdir().unwrap();
    let empty = "echo '{\"protocol\": 2, \"build\": {\"version\": \"\", \"commit\": null, \"rustc\": \"\", \
                 \"profile\": \"\"}, \"workloads\": [], \"runners\": [], \"cells\": [], \"routes\": []}'";
    let head = script(folder.path(), "head", empty);
    ab(&folder, &head, &["null"]).fails_with(3, &["no cell runs on both"]);
    ab(&folder, &head, &["nulll"]).fails_with(2, &["did you mean `null`?"]);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn ab_compares_a_runner_with_settings_in_rows_of_its_own() {
    let folder = tempdir().unwrap();
    // Requests to trials of the head must have the runner with its setting, like those of the base.
    let seen = folder.path().join("seen");
    let record = format!("printf '%s\\n' \"$request\" >> '{}'", seen.display());
    let head = rerouted(
        folder.path(),
        "head",
        &format!("{record}\nprintf '%s\\n' \"$request\" | \"$TRIAL\""),
    );
    let set = ["--setting", "tokio.event-interval=16", "--cores", "all", "--format", "json"];
    let ended = ab(&folder, &head, &[&["null", "--runners", "tokio"][..], &set].concat());
    assert!(matches!(ended.code, Some(0 | 3)), "{ended:?}");
    let rows = rows(&ended);
    let names: Vec<&str> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
    for start in ["null/tokio/- on ", "null/tokio[event-interval=16]/- on "] {
        assert_eq!(names.iter().filter(|name| name.starts_with(start)).count(), 1, "{names:?}");
    }
    assert_eq!(names.len(), 2, "{names:?}");
    let seen = fs::read_to_string(seen).unwrap();
    assert!(seen.contains("\"runner\":\"tokio[event-interval=16]\""), "{seen}");
}

#[test]
fn ab_rejects_malformed_settings_and_names_the_build_that_rejects_one() {
    let folder = tempdir().unwrap();
    let refused = |setting: &str, words: &[&str]| {
        let args = ["null", "--runners", "tokio", "--setting", setting];
        ab(&folder, Path::new(OURS), &args).fails_with(2, words);
    };
    refused("tokio.event-interval=fast", &["--setting", "whole numbers"]);
    refused("event-interval=16", &["--setting", "RUNNER.NAME=VALUE"]);
    refused("tokio.event-interval=0", &["--base", "between 1 and 1000000", "not 0"]);
    refused("tokio.event-intervall=1", &["--base", "did you mean `event-interval`?"]);
    refused("smol.max-blocking-threads=2", &["--base", "--runners tokio"]);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "a debug build does not measure")]
fn ab_writes_its_comparison_to_a_file() {
    let folder = tempdir().unwrap();
    let head = script(folder.path(), "head", "exec \"$OURS\" \"$@\"");
    let only = ["null", "--runners", "tokio", "--cores", "all", "--format", "markdown"];
    let ended = ab(&folder, &head, &[&only[..], &["--out", "deep/summary.md"]].concat());
    assert!(matches!(ended.code, Some(0 | 3)), "{ended:?}");
    let text = fs::read_to_string(folder.path().join("deep/summary.md")).unwrap();
    assert!(text.contains("| null/tokio"), "{text}");
}
