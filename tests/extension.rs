//! A crate outside the workspace adds a workload and a runner, without a fork.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::{env, fs};

use common::Ended;
use tempfile::tempdir;

/// The folder with the programs of `examples/extension`, as cargo built them.
static PROGRAMS: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let crate_ = root.join("examples/extension");
    // The versions of this workspace: what they were built from is here already.
    fs::copy(root.join("Cargo.lock"), crate_.join("Cargo.lock")).expect("a copy of the lock file");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("extension");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--offline", "--quiet", "--bins"]).current_dir(&crate_);
    build.env("CARGO_TARGET_DIR", &target);
    let ended = Ended::of(build.output().expect("cargo runs"));
    assert_eq!(ended.code, Some(0), "{ended:?}");
    target.join("debug")
});

fn program(name: &str, args: &[&str]) -> Ended {
    let folder = tempdir().unwrap();
    let mut command = Command::new(PROGRAMS.join(format!("{name}{}", env::consts::EXE_SUFFIX)));
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
