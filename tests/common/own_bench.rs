//! The crate in `examples/own-bench`, which is outside the workspace.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::{env, fs};

use super::Ended;

/// The command line of the crate, as cargo built it. It is a debug build, which can verify but not measure.
pub(crate) static OWN_BENCH: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = root.join("examples/own-bench");
    // The versions of this workspace, whose sources are already available.
    fs::copy(root.join("Cargo.lock"), own.join("Cargo.lock")).expect("a copy of the lock file");
    // Reuses the dependencies that the workspace has already built.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--offline", "--quiet", "--bins", "--benches"]).current_dir(&own);
    build.env("CARGO_TARGET_DIR", &target);
    // Its own profile has more debug information.
    let debug = env::var_os("CARGO_PROFILE_DEV_DEBUG").unwrap_or("line-tables-only".into());
    build.env("CARGO_PROFILE_DEV_DEBUG", debug);
    let ended = Ended::of(build.output().expect("cargo runs"));
    assert_eq!(ended.code, Some(0), "{ended:?}");
    target.join("debug").join(format!("own-bench{}", env::consts::EXE_SUFFIX))
});

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
