//! The bench target of `cargo bench`.

use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

/// The executable of `benches/matrix.rs`, as cargo built it.
pub(crate) static BENCH_TARGET: LazyLock<PathBuf> = LazyLock::new(|| {
    // The options with which `scripts/test` built this test, so that nothing is built again.
    let everything = ["--workspace", "--features", "runtime-bench/everything"];
    let selection = if cfg!(feature = "everything") { &everything[..] } else { &[] };
    let output = Command::new(env!("CARGO"))
        .args(["bench", "--no-run", "--bench", "matrix", "--message-format", "json"])
        .args(selection)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let messages = String::from_utf8(output.stdout).expect("text");
    let mut executables = messages.lines().filter_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        (message["target"]["name"] == "matrix")
            .then(|| message["executable"].as_str().map(PathBuf::from))?
    });
    executables.next_back().expect("cargo names the executable")
});
