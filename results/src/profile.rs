//! Requests to the program that draws profiles, sampled stacks of two cells, and its reply.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Two recordings to draw and compare.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProfileRequest {
    /// Name of the comparison, for the titles of graphs.
    pub title: String,
    /// The folder that gets the graphs.
    pub folder: PathBuf,
    /// Maximum number of lines of the reply.
    pub lines: usize,
    /// The operation that CPU times refer to, such as `message`.
    pub operation: String,
    /// The recordings of the reference and of the candidate.
    pub recordings: [Recording; 2],
}

/// The result of drawing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileReply {
    /// The CPU time of both by role, for a terminal.
    pub lines: Vec<String>,
    /// The names of the graphs in their folder: of the reference, of the candidate, and of their difference.
    pub files: Vec<String>,
}

/// Sampled stacks of one trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// The name of its graph: a runner, or a build.
    pub label: String,
    /// Its runner. Recordings of different runners are compared by role instead of by function.
    pub runner: String,
    /// The file that `perf record` wrote.
    pub data: PathBuf,
    /// The process of the trial.
    pub process: u32,
    /// CPU time per operation in user mode, ns.
    pub user_ns: f64,
    /// CPU time per operation in the kernel, ns.
    pub system_ns: f64,
}
