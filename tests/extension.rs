//! A crate outside the workspace adds a workload and a runner, without a fork.

mod common;

use std::process::Command;

use common::Ended;
use common::extension::program_path;
use tempfile::tempdir;

fn program(name: &str, args: &[&str]) -> Ended {
    let folder = tempdir().unwrap();
    let mut command = Command::new(program_path(name));
    command.current_dir(folder.path()).args(args);
    Ended::of(command.output().expect("the program starts"))
}

#[test]
fn own_workload_and_own_runner_join_the_matrix() {
    let ended = program("extension", &["verify", "^(collatz|spawn-join)/", "--profile", "smoke"]);
    let cells = [
        "ok      collatz/threads/",
        "ok      collatz/thread-pool/",
        "ok      collatz/small-stacks/",
        "ok      spawn-join/threads/",
        "ok      spawn-join/small-stacks/",
    ];
    common::passes(&ended, &cells);
    let listed = program("extension", &["list", "collatz", "--runners", "small-stacks"]);
    common::passes(&listed, &["Collatz sequences", "128 KiB of stack"]);
}

#[test]
fn runner_whose_name_is_taken_is_rejected() {
    program("taken", &["list"]).fails_with(2, &["`small-stacks` has two cells for `collatz`"]);
}

#[test]
fn runner_without_cells_is_rejected() {
    program("empty", &["list"]).fails_with(2, &["`small-stacks` has no cells: visit at least one"]);
}
