//! Results files: writes a run line by line, closes it by rename, reads it back, and stores it.
//!
//! A finished trial is appended as one line and flushed, so that no finished trial is lost when the run is
//! stopped. Rewriting one document after each trial would write gigabytes.
//!
//! - `write`: a run being written, line by line.
//! - `resume`: appends to an interrupted run.
//! - `document`: writes a document atomically.
//! - `lock`: one run at a time in a folder, and one writer of a `.jsonl`.
//! - `read`: one file, compressed or not → a run.
//! - `gather`: files and folders → runs, each once.
//! - `save`: writes a run as a document to a given path.
//! - `keep`: stores a run as a compressed document named by its id.

mod document;
mod gather;
mod keep;
mod lock;
mod read;
mod resume;
mod save;
mod write;

pub use gather::{Gathered, newest};
pub use keep::keep;
pub use read::{read, read_from};
pub use save::save;
pub use write::RunWriter;

use std::io;
use std::path::{Path, PathBuf};

use crate::run::SCHEMA;

/// A results file could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The operating system refused: a missing folder, no permission, a full disk.
    #[error("cannot {what} {path}: {source}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was being done, such as `read`.
        what: &'static str,
        /// The operating system's error.
        source: io::Error,
    },
    /// The document could not be written at the end of a run.
    #[error("cannot write {path}: {source}\nhelp: every trial is in {journal}, which `runtime-bench report` reads", path = path.display(), journal = journal.display())]
    NotWritten {
        /// The document.
        path: PathBuf,
        /// The file of lines.
        journal: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// Another run writes to the folder.
    #[error("cannot write to {folder}: another run is in progress ({holder})\nhelp: wait for it to finish: two runs at once disturb each other", folder = folder.display())]
    Busy {
        /// The folder of the results.
        folder: PathBuf,
        /// The process that holds it.
        holder: String,
    },
    /// The file is the document of a run, and its `.jsonl` is missing.
    #[error("cannot resume {path}: its `<run>.jsonl` is not in the same folder\nhelp: name the `<run>.jsonl` in the folder where the run was measured", path = .0.display())]
    NoLines(PathBuf),
    /// The target already exists; results are never overwritten.
    #[error("cannot write {path}: it already exists\nhelp: choose another name, or remove the file", path = .0.display())]
    Exists(PathBuf),
    /// The file has another schema version.
    #[error("cannot read {path}: unknown schema `{found}`; this version reads `{SCHEMA}`\nhelp: use the version of runtime-bench that wrote it", path = path.display(), found = harmless(found))]
    Schema {
        /// The file.
        path: PathBuf,
        /// The schema that it names.
        found: String,
    },
    /// The file is not a results file, or is damaged.
    #[error("cannot read {path}: not a valid results file ({reason})\nhelp: name a `<run>.json` or `<run>.jsonl` that `runtime-bench bench` wrote, plain or gzip-compressed", path = path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// The reason and its place.
        reason: String,
    },
    /// A folder without any results file.
    #[error("no results in {path}: it has no `*.json`, `*.jsonl` or `*.gz`\nhelp: name another folder, or a file", path = .0.display())]
    NoResults(PathBuf),
    /// The name of a run is not the name of a single file.
    #[error("cannot store the run `{}`: its id is not a file name\nhelp: give it an `id` of letters, digits and `-`", .0.escape_debug())]
    Name(String),
}

/// Text from a file, safe for a terminal: control characters escaped, and shortened.
fn harmless(told: &str) -> String {
    const MOST: usize = 200;
    let short: String = told.chars().take(MOST).collect();
    let more = if short.len() < told.len() { "…" } else { "" };
    let plain = |c: char| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() };
    short.chars().map(plain).chain([more.to_owned()]).collect()
}

fn io_error<'a>(path: &'a Path, what: &'static str) -> impl Fn(io::Error) -> StoreError + 'a {
    move |source| StoreError::Io { path: path.to_path_buf(), what, source }
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::environment::Environment;
    use crate::evidence::Level;
    use crate::run::{Plan, RunHeader, SCHEMA};

    /// The header of an empty run.
    pub(crate) fn header(id: &str) -> RunHeader {
        RunHeader {
            schema: SCHEMA.to_owned(),
            id: id.to_owned(),
            started: "2026-01-01T00:00:00Z".to_owned(),
            command: Vec::new(),
            environment: Environment::default(),
            plan: Plan {
                profile: "quick".to_owned(),
                seed: 1,
                workers: 1,
                pool_threads: 1,
                budget_s: 0.1,
                trial_limit_s: 1.0,
                looks: 1,
                layouts: 1,
                rounds: None,
                evidence: Level::default(),
                reference: "tokio".to_owned(),
                shard: None,
                cells: Vec::new(),
            },
            workloads: Vec::new(),
            runners: Vec::new(),
            suites: Vec::new(),
        }
    }
}
