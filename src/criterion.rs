//! Passes samples to criterion, so that its files and tools keep working.
//!
//! The bench target that `cargo bench` starts contains criterion; this program does not. It starts
//! that target again as a separate process, because criterion prints, and panics if it cannot write.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use runtime_bench_harness::error::Error;

use crate::commands::target;

/// Environment variable with the path of a program that contains criterion.
pub const PROGRAM: &str = "RUNTIME_BENCH_CRITERION";
/// The argument by which that program replays a results file.
pub const REPLAY: &str = "criterion-replay";

/// What is handed to criterion.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    /// Results file.
    pub results: PathBuf,
    /// Name under which criterion keeps these samples.
    pub save_baseline: Option<String>,
    /// Name of the baseline that criterion compares with.
    pub baseline: Option<String>,
    /// Whether criterion draws its plots.
    pub plots: bool,
}

/// Where criterion keeps its files.
pub fn folder() -> PathBuf {
    env::var_os("CRITERION_HOME").map_or_else(|| target().join("criterion"), PathBuf::from)
}

/// Whether some benchmark of criterion's folder has a baseline of this name.
pub fn has_baseline(name: &str) -> bool {
    fn search(folder: &Path, name: &str, depth: usize) -> bool {
        let Ok(entries) = fs::read_dir(folder) else { return false };
        let mut folders = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir());
        folders.any(|path| {
            path.file_name().is_some_and(|file| file == name) && path.join("sample.json").exists()
                || depth > 0 && search(&path, name, depth - 1)
        })
    }
    search(&folder(), name, 4)
}

/// Passes a results file to criterion; does nothing if no program contains criterion.
///
/// # Errors
/// When criterion could not write its files.
pub fn replay(args: &Replay) -> Result<bool, Error> {
    let Some(program) = env::var_os(PROGRAM) else { return Ok(false) };
    let mut command = Command::new(program);
    command.arg(REPLAY).arg(&args.results);
    for (option, value) in
        [("--save-baseline", &args.save_baseline), ("--baseline", &args.baseline)]
    {
        if let Some(value) = value {
            command.args([option, value]);
        }
    }
    if args.plots {
        command.arg("--plots");
    }
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| {
        Error::CouldNotRun(format!("cannot pass samples to criterion: {error}"))
    })?;
    if output.status.success() {
        return Ok(true);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let first = errors.lines().find(|line| !line.trim().is_empty()).unwrap_or("no reason given");
    Err(Error::CouldNotRun(format!(
        "criterion cannot write its files to {}: {first}\nhelp: the results file itself is complete",
        folder().display()
    )))
}
