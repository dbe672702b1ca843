//! A trial program's bytes depend on its runner, the workloads, their dependencies and the compiler alone: not
//! on the folder that it is built in, and not on another runner.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::tempdir;

/// The root of the workspace.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// The program, whose runner builds fastest.
const PROGRAM: &str = "runtime-bench-rayon";
/// The other runner, cut down to build fast.
const OTHER: &str = "runners/threads/src/lib.rs";
const OTHER_SOURCE: &str = "\
//! Another runner.

/// No cells.
pub fn cells() -> runtime_bench_api::cells::Cells {
    runtime_bench_api::cells::Cells::default()
}
";
const EDITED_SOURCE: &str = "\
//! Another runner, edited.

/// A cell's worth of code.
pub fn cells() -> runtime_bench_api::cells::Cells {
    let cells = runtime_bench_api::cells::Cells::default();
    assert!(cells.is_empty(), \"it has none\");
    cells
}
";

/// Copies what git knows of this workspace.
fn copy(to: &Path) {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(ROOT).output();
    let listed = String::from_utf8(listed.expect("git runs").stdout).expect("text");
    for file in listed.split_terminator('\0') {
        let target = to.join(file);
        fs::create_dir_all(target.parent().expect("a folder")).expect("a new folder");
        // A file that was deleted and is still listed is not needed.
        let _ = fs::copy(Path::new(ROOT).join(file), target);
    }
    fs::write(to.join(OTHER), OTHER_SOURCE).expect("the other runner is written");
}

/// Removes what was built of this workspace, which cargo might take for that of another copy. What was built
/// of its dependencies stays.
fn forget_workspace(target: &Path) {
    for folder in ["deps", ".fingerprint", "build", "incremental"] {
        let Ok(entries) = fs::read_dir(target.join("release").join(folder)) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().replace('_', "-");
            if name.trim_start_matches("lib").starts_with("runtime-bench") {
                let path = entry.path();
                let _ =
                    if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            }
        }
    }
}

/// Builds the program in a copy, and returns its bytes.
fn build(folder: &Path, target: &Path) -> Vec<u8> {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--release", "--offline", "--locked", "--quiet", "--bin", PROGRAM]);
    build.args(["--no-default-features", "--features", "rayon,threads"]);
    // Optimizing takes most of a build, and answers another question.
    build.args(["--config", "profile.release.opt-level=0"]);
    build.args(["--config", "profile.release.package.'*'.opt-level=0"]);
    build.args(["--config", "profile.release.codegen-units=16"]);
    let status = build.current_dir(folder).env("CARGO_TARGET_DIR", target).status();
    assert!(status.expect("cargo runs").success());
    fs::read(target.join("release").join(PROGRAM)).expect("the program")
}

#[test]
#[ignore = "builds for minutes: `scripts/test` runs it"]
fn trial_program_depends_on_neither_its_folder_nor_another_runner() {
    let (one, other, target) = (tempdir().unwrap(), tempdir().unwrap(), tempdir().unwrap());
    let folders = [one.path().to_path_buf(), other.path().join("a/longer/path")];
    let programs = folders.each_ref().map(|folder| {
        copy(folder);
        forget_workspace(target.path());
        build(folder, target.path())
    });
    assert!(programs[0] == programs[1], "built in another folder, it has other bytes");
    fs::write(folders[1].join(OTHER), EDITED_SOURCE).unwrap();
    assert!(
        build(&folders[1], target.path()) == programs[0],
        "with another runner edited, it has other bytes"
    );
}
