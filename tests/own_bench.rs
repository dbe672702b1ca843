//! The template of a custom crate: its workloads, server and runner, without a fork.

mod common;

use std::path::Path;
use std::process::Command;

use common::Ended;
use common::own_bench::{OWN_BENCH, bench_target};
use serde_json::Value;
use tempfile::tempdir;

fn started(program: &Path, args: &[&str]) -> Ended {
    let folder = tempdir().unwrap();
    let mut command = Command::new(program);
    command.current_dir(folder.path()).args(args);
    Ended::of(command.output().expect("the program starts"))
}

#[test]
fn own_workloads_server_and_runner_are_verified() {
    let cells = [
        "ok      collatz/threads/",
        "ok      collatz/tokio/",
        "ok      collatz/small-stacks/",
        "ok      prices/threads/",
        "ok      prices/tokio/",
        "ok      spawn-join/small-stacks/",
    ];
    common::passes(&started(&OWN_BENCH, &["verify", "--profile", "smoke"]), &cells);
    let listed = started(&OWN_BENCH, &["list", "collatz", "--runners", "small-stacks"]);
    common::passes(&listed, &["Collatz sequences", "128 KiB of stack"]);
}

#[test]
fn own_bench_target_lists_and_verifies() {
    let target = bench_target();
    common::passes(&started(&target, &["--list", "prices"]), &["prices/tokio/connections=16"]);
    common::passes(&started(&target, &["collatz", "--test"]), &["3 cells verified, 0 failed"]);
}

#[test]
fn results_name_the_calling_crate_and_not_the_catalog() {
    let listed = started(&OWN_BENCH, &["list", "--format", "json"]);
    let listing: Value = serde_json::from_str(&listed.stdout).unwrap();
    let version = listing["build"]["version"].as_str().unwrap();
    assert!(version.ends_with(" in own-bench 0.1.0"), "{version}");
    let names: Vec<&str> = listing["workloads"]
        .as_array()
        .unwrap()
        .iter()
        .map(|workload| workload["name"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"prices") && !names.contains(&"tcp-echo"), "{names:?}");
}
