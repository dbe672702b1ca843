//! One file per subcommand.

pub mod bench;
pub mod list;
pub mod report;
pub mod verify;

use std::env;
use std::path::PathBuf;

/// `target/runtime-bench`, wherever cargo's target folder is.
pub fn home() -> PathBuf {
    let target =
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    target.join("runtime-bench")
}
