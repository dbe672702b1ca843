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
/// The argument that makes that program replay a results file.
pub const REPLAY: &str = "criterion-replay";

/// The beginning of criterion's error messages.
const COMPLAINT: &str = "Criterion.rs ERROR: ";

/// The input of criterion.
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

/// The folder of criterion's files.
pub fn folder() -> PathBuf {
    env::var_os("CRITERION_HOME").map_or_else(|| target().join("criterion"), PathBuf::from)
}

/// Longest name of a baseline, which is the name of a folder.
const LONGEST_NAME: usize = 64;
/// Names of folders that criterion uses itself.
const RESERVED: [&str; 3] = ["new", "change", "report"];

/// Parses the name of a baseline: one plain part of a path.
///
/// # Errors
/// When it is not a valid name.
pub(crate) fn baseline_name(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if text.is_empty()
        || text.len() > LONGEST_NAME
        || text.starts_with(['.', '-'])
        || !text.chars().all(plain)
    {
        return Err(format!(
            "use letters, digits, `-`, `_` and `.`, at most {LONGEST_NAME}, beginning with a letter or a digit"
        ));
    }
    if RESERVED.contains(&text) {
        return Err("criterion reserves this name".to_owned());
    }
    Ok(text.to_owned())
}

/// Checks that criterion's folder has a baseline of this name, and that its files can be read.
///
/// # Errors
/// When the baseline does not exist, or one of its files is damaged.
pub fn check_baseline(name: &str) -> Result<(), Error> {
    let mut found = Vec::new();
    search(&folder(), name, 4, &mut found);
    if found.is_empty() {
        return Err(Error::Usage(format!(
            "no baseline `{name}` in {}\nhelp: create it with `cargo bench -- --save-baseline {name}`",
            folder().display()
        )));
    }
    for folder in found {
        for file in ["sample.json", "estimates.json"] {
            let path = folder.join(file);
            readable(&path).map_err(|why| {
                Error::Usage(format!(
                    "cannot compare with the baseline `{name}`: {}: {why}\nhelp: save it again with \
                     `cargo bench -- --save-baseline {name}`",
                    path.display()
                ))
            })?;
        }
    }
    Ok(())
}

/// Collects the folders of a baseline.
fn search(folder: &Path, name: &str, depth: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()) {
        if path.file_name().is_some_and(|file| file == name) && path.join("sample.json").exists() {
            found.push(path);
        } else if depth > 0 {
            search(&path, name, depth - 1, found);
        }
    }
}

/// Whether a file is a JSON object with lists of equal length, as criterion writes it.
fn readable(path: &Path) -> Result<(), String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
    let mut lengths: Vec<usize> =
        object.values().filter_map(|value| Some(value.as_array()?.len())).collect();
    lengths.dedup();
    if object.is_empty() || lengths.len() > 1 || lengths.contains(&0) {
        return Err("not in criterion's format".to_owned());
    }
    Ok(())
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
    let (printed, errors) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // criterion prints which files it could not write, and continues.
    let mut complaints = printed.lines().filter_map(|line| line.split_once(COMPLAINT));
    let complaint = complaints.next().map(|(_, what)| what.trim().trim_start_matches("error: "));
    if output.status.success() && complaint.is_none() {
        return Ok(true);
    }
    let last = errors.lines().find(|line| !line.trim().is_empty());
    let why = complaint.or(last).unwrap_or("no reason given");
    Err(Error::CouldNotRun(format!(
        "criterion cannot write its files to {}: {why}\nhelp: set CRITERION_HOME to another folder; the \
         results file itself is complete",
        folder().display()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn baseline_is_one_plain_part_of_a_path() {
        for name in ["main", "v1.2", "before_2", "0"] {
            assert_eq!(baseline_name(name).as_deref(), Ok(name));
        }
        let long = "x".repeat(LONGEST_NAME + 1);
        for name in ["", ".", "..", "a/b", "a\\b", "/a", "-a", ".a", "a b", "ä", "new", &long] {
            assert!(baseline_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn damaged_files_of_a_baseline_are_not_readable() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sample.json");
        for (text, reads) in [
            (r#"{"sampling_mode": "Flat", "iters": [1.0], "times": [2.0]}"#, true),
            (r#"{"mean": {"point_estimate": 1.0}}"#, true),
            (r#"{"iters": [1.0], "times": []}"#, false),
            (r#"{"iters": [], "times": []}"#, false),
            ("{}", false),
            ("[1]", false),
            ("junk", false),
            ("", false),
        ] {
            fs::write(&path, text).unwrap();
            assert_eq!(readable(&path).is_ok(), reads, "{text}");
        }
        assert!(readable(&folder.path().join("gone")).is_err());
    }
}
