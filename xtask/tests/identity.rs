//! A trial program's bytes depend only on its runner, the workloads, their dependencies and the compiler, and
//! not on its build folder or another runner.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::{TempDir, tempdir_in};

/// The root of the workspace.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// The program, whose runner builds fastest.
const PROGRAM: &str = "runtime-bench-rayon";
/// The other runners, whose code is replaced.
const OTHERS: [&str; 5] = ["async-std", "io-uring", "smol", "threads", "tokio"];
const OTHER_SOURCE: &str = "\
//! Another runner, edited.

/// No cells.
pub fn cells() -> runtime_bench_api::cells::Cells {
    runtime_bench_api::cells::Cells::default()
}
";

/// Copies the tracked files of this workspace, and replaces the code of the other runners.
fn copy(to: &Path) {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(ROOT).output();
    let listed = String::from_utf8(listed.expect("git runs").stdout).expect("text");
    for file in listed.split_terminator('\0') {
        let target = to.join(file);
        fs::create_dir_all(target.parent().expect("a folder")).expect("a new folder");
        // A file that was deleted and is still listed is not needed.
        let _ = fs::copy(Path::new(ROOT).join(file), target);
    }
    for runner in OTHERS {
        let source = to.join("runners").join(runner).join("src/lib.rs");
        fs::write(source, OTHER_SOURCE).expect("another runner is edited");
    }
}

/// Copies the built packages from outside this workspace to a separate folder, with their timestamps.
fn built_dependencies(target: &Path) -> TempDir {
    let copy = tempdir_in(target).expect("a folder");
    for folder in ["deps", ".fingerprint", "build"] {
        let to = copy.path().join("release").join(folder);
        fs::create_dir_all(&to).expect("a folder");
        let entries = fs::read_dir(target.join("release").join(folder)).expect("it was built");
        let is_own = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().replace('_', "-");
            name.trim_start_matches("lib").starts_with("runtime-bench")
        };
        let paths = entries.flatten().map(|entry| entry.path()).filter(|path| !is_own(path));
        let mut cp = Command::new("cp");
        // Linked files are never written, because they are not built again.
        cp.arg("-a").args((folder == "deps").then_some("--link")).args(paths).arg(&to);
        assert!(cp.status().expect("cp runs").success());
    }
    copy
}

/// Builds the program.
fn build(folder: &Path, target: &Path) -> Vec<u8> {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--release", "--offline", "--locked", "--quiet", "--bin", PROGRAM]);
    // The options with which `scripts/test` built the dependencies.
    build.args(["--workspace", "--features", "runtime-bench/everything"]);
    let status = build.current_dir(folder).env("CARGO_TARGET_DIR", target).status();
    assert!(status.expect("cargo runs").success());
    fs::read(target.join("release").join(PROGRAM)).expect("the program")
}

#[test]
#[ignore = "builds for a minute: `scripts/test` runs it"]
fn trial_program_depends_on_neither_its_folder_nor_another_runner() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
    let program = build(Path::new(ROOT), target);
    let dependencies = built_dependencies(target);
    let folder = dependencies.path().join("a/longer/path");
    copy(&folder);
    assert!(
        build(&folder, dependencies.path()) == program,
        "built in another folder and with other runners edited, it has other bytes"
    );
}
