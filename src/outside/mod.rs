//! Runners outside of this program: commands that speak the runner protocol
//! ([`runtime_bench_results::outside`], `docs/runner-protocol.md`).
//!
//! - [`mod@file`]: `runners.toml`, which declares them.
//! - [`describe`]: asks them what they can do, before a plan is made.
//! - `case`: a workload on one of them, as a plan sees it.
//! - [`trial`]: the inside of a trial of one: a process of ours that speaks to it and checks what it
//!   says.
//! - `conversation`: its process and its lines.
//! - `conduct`: how it behaves where no cell asks for it.
//! - `watch`: its time and its memory.
//! - `tree`: a process and what it started.
//! - `samples`: what it claims to have measured, as timings of ours.

mod case;
pub(crate) mod conduct;
mod conversation;
pub mod describe;
pub mod file;
mod samples;
mod tree;
pub mod trial;
mod watch;

pub(crate) use case::OutsideCase;

use std::path::{Path, PathBuf};

/// A runner as it is declared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outsider {
    /// Its name in cells: lower-case letters, digits and `-`.
    pub name: String,
    /// One line for a heading.
    pub title: String,
    /// Its command line; the program is a path, or a name on `PATH`.
    pub command: Vec<String>,
    /// The folder that it is started in.
    pub folder: PathBuf,
    /// Bytes of memory that it may occupy, where that is declared.
    pub memory: Option<u64>,
    /// What a reader must know.
    pub notes: Vec<String>,
    /// Why it cannot run here; `None` where it can.
    pub missing: Option<String>,
}

impl Outsider {
    /// A runner that is a command and nothing else.
    pub fn of_command(name: &str, command: &[String], folder: &Path) -> Self {
        let mut command = command.to_vec();
        let missing = match command.first_mut() {
            None => Some("there is no command".to_owned()),
            Some(program) => match file::find(program, folder) {
                None => Some(format!("{program} was not found")),
                // A request of a trial is JSON, whose text is UTF-8.
                Some(found) => match (found.to_str(), folder.to_str()) {
                    (Some(found), Some(_)) => {
                        found.clone_into(program);
                        None
                    }
                    _ => Some(format!("{} has a name that is no UTF-8", found.display())),
                },
            },
        };
        let (name, title) = (name.to_owned(), name.to_owned());
        Self { name, title, command, folder: folder.to_path_buf(), missing, ..Self::default() }
    }
}
