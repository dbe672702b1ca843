//! The crate in `examples/extension`, which is outside the workspace.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::{env, fs};

use super::Ended;

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

/// A program of the crate. It is a debug build, which verifies and does not measure.
pub(crate) fn program_path(name: &str) -> PathBuf {
    PROGRAMS.join(format!("{name}{}", env::consts::EXE_SUFFIX))
}
