//! The crate in `examples/own-bench`, which is outside the workspace.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::{env, fs};

use super::Ended;

/// The command line of the crate, as cargo built it.
pub(crate) static OWN_BENCH: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = root.join("examples/own-bench");
    // The versions of this workspace, whose sources are already available.
    fs::copy(root.join("Cargo.lock"), own.join("Cargo.lock")).expect("a copy of the lock file");
    // Reuses the dependencies that the workspace has already built, which have the profile of the workspace.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--release", "--offline", "--quiet", "--bins", "--benches", "--config"]);
    build.arg(profile(root)).current_dir(&own).env("CARGO_TARGET_DIR", &target);
    let ended = Ended::of(build.output().expect("cargo runs"));
    assert_eq!(ended.code, Some(0), "{ended:?}");
    target.join("release").join(format!("own-bench{}", env::consts::EXE_SUFFIX))
});

/// A cargo configuration file with the release profile of the workspace.
fn profile(root: &Path) -> PathBuf {
    let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("a manifest");
    let from = manifest.find("[profile.release]").expect("a release profile");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("own-bench.toml");
    fs::write(&file, &manifest[from..]).expect("a configuration");
    file
}

/// Its bench target, which `cargo bench` starts.
pub(crate) fn bench_target() -> PathBuf {
    let folder = OWN_BENCH.with_file_name("deps");
    let files = fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    let is_bench = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("own-") && path.extension().is_none()
    };
    let modified = |path: &PathBuf| path.metadata().and_then(|file| file.modified()).ok();
    files.filter(is_bench).max_by_key(modified).expect("cargo built it")
}
