//! One file per subcommand.

pub mod ab;
pub mod bench;
pub mod check_runner;
pub mod compare;
pub mod completions;
pub mod doctor;
pub mod history;
pub mod list;
pub mod man;
pub mod merge;
pub mod report;
pub mod serve;
pub mod verify;

use std::env;
use std::path::PathBuf;

use crate::error::Error;
pub use crate::terminal::print;
pub(crate) use crate::terminal::{print_json, tell};

/// Refuses to measure with a debug build.
pub(crate) fn needs_release() -> Result<(), Error> {
    if cfg!(debug_assertions) {
        return Err(Error::Usage(
            "a debug build does not measure: use `cargo bench`, or build with --release".to_owned(),
        ));
    }
    Ok(())
}

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from)
}

/// `target/runtime-bench`, wherever cargo's target folder is.
pub fn home() -> PathBuf {
    target().join("runtime-bench")
}
