//! External runners: commands that speak the runner protocol ([`runtime_bench_results::external`],
//! `docs/runner-protocol.md`).
//!
//! - [`mod@file`]: `runners.toml`, which declares them.
//! - [`describe`]: asks them which cells they support, before a plan is made.
//! - [`adapter`]: the part of a trial program that starts them and checks their replies.
//! - `process`: one runner's process and its lines.
//! - `conformance`: its reactions to invalid requests.
//! - `watch`: its time and memory limits.
//! - `samples`: its measurements, as timings of the harness.

pub mod adapter;
mod conformance;
pub mod describe;
pub mod file;
mod process;
mod samples;
mod watch;

use std::env;
use std::path::{Path, PathBuf};

/// A runner as it is declared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExternalRunner {
    /// Its name in cells: lower-case letters, digits and `-`.
    pub name: String,
    /// One line for a heading.
    pub title: String,
    /// Its command line; the program is a path, or a name on `PATH`.
    pub command: Vec<String>,
    /// Its working directory.
    pub folder: PathBuf,
    /// Declared memory limit in bytes, if any.
    pub memory: Option<u64>,
    /// Notes for readers.
    pub notes: Vec<String>,
    /// Why it cannot run here; `None` if it can.
    pub missing: Option<String>,
}

impl ExternalRunner {
    /// A runner that is declared by its command alone.
    pub fn of_command(name: &str, command: &[String], folder: &Path) -> Self {
        let mut command = command.to_vec();
        let missing = match command.first_mut() {
            None => Some("no command given".to_owned()),
            Some(program) => match find(program, folder) {
                None => Some(format!("`{program}` not found")),
                // A request of a trial is JSON, whose text is UTF-8.
                Some(found) => match (found.to_str(), folder.to_str()) {
                    (Some(found), Some(_)) => {
                        found.clone_into(program);
                        None
                    }
                    _ => Some(format!("{} has a name that is not UTF-8", found.display())),
                },
            },
        };
        let (name, title) = (name.to_owned(), name.to_owned());
        Self { name, title, command, folder: folder.to_path_buf(), missing, ..Self::default() }
    }
}

/// Finds a program by its path relative to a folder, or by its name on `PATH`.
fn find(program: &str, folder: &Path) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(folder.join(program)).filter(|path| path.is_file());
    }
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file())
}
