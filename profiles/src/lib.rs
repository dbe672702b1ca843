//! Sampled stacks of two cells → flame graphs.
//!
//! Data flows down this list:
//! - `script`: parses the output of `perf script`.
//! - `symbols`: addresses → functions, including inlined ones.
//! - [`name`]: shortens the names of functions.
//! - [`role`]: the role of a function in a runtime: scheduler, reactor, timer and so on.
//! - [`stacks`]: counts equal stacks, by function and by role.
//! - [`graph`]: stacks → an SVG file of limited size.
//! - `shares`: the CPU time of each role, for a terminal.

pub mod graph;
pub mod name;
pub mod role;
mod script;
mod shares;
pub mod stacks;
mod symbols;

use std::fs;
use std::io;
use std::path::Path;
use std::thread;

use runtime_bench_analysis::format::figure;
use runtime_bench_results::profile::{ProfileReply, ProfileRequest, Recording};

use graph::{Scale, differential, flame};
use script::ScriptError;
use stacks::Stacks;

/// Minimum number of samples.
const FEWEST_SAMPLES: u64 = 20;

/// Why no graph is drawn.
#[derive(Debug, thiserror::Error)]
pub enum DrawError {
    /// The recorded samples cannot be read.
    #[error("cannot read the samples of {0}: {1}")]
    Samples(String, ScriptError),
    /// The trial rarely ran on a processor.
    #[error("only {1} samples of {0}")]
    Few(String, u64),
    /// A file cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// Its path.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
}

/// Draws a graph of each recording and one of their difference, and describes in a few lines where both spend
/// their time.
///
/// # Errors
/// When samples cannot be read or are too few, or a file cannot be written.
pub fn draw(request: &ProfileRequest) -> Result<ProfileReply, DrawError> {
    let ProfileRequest { title, folder, operation, recordings, .. } = request;
    let [reference, candidate] = recordings;
    let both = thread::scope(|scope| {
        let other = scope.spawn(|| read(candidate));
        // A panic in the thread is passed on.
        [read(reference), other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))]
    });
    let [before, after] = both;
    let stacks = [before?, after?];
    // Without permission to sample the kernel, samples are of user mode only.
    let has_kernel = stacks.iter().any(Stacks::has_kernel);
    let system = |one: &Recording| if has_kernel { one.system_ns } else { 0.0 };
    let times = [reference, candidate].map(|one| one.user_ns + system(one));
    let what = if has_kernel { "CPU time" } else { "user time" };
    let scale = Scale::of(times);
    let unit = format!("{} per {operation}", scale.unit());
    let mut files = Vec::new();
    let mut write = |name: String, svg: io::Result<Vec<u8>>| {
        let path = folder.join(&name);
        let written = svg.and_then(|svg| fs::write(&path, svg));
        files.push(name);
        written.map_err(|source| DrawError::Write { path: path.display().to_string(), source })
    };
    for ((recording, stacks), time) in recordings.iter().zip(&stacks).zip(times) {
        let label = &recording.label;
        let heading = format!("{title}: {label}, {} of {what} per {operation}", figure(time, "ns"));
        let folded = scale.folded(&stacks.by_function(), time);
        write(format!("{}.svg", file_name(label)), flame(&heading, &unit, &folded, stacks))?;
    }
    // Two runners have few functions in common.
    let is_by_role = reference.runner != candidate.runner;
    let [before, after] = [0, 1].map(|at| {
        let folded = if is_by_role { stacks[at].by_role() } else { stacks[at].by_function() };
        scale.folded(&folded, times[at])
    });
    let heading = format!("{title}: {} against {}", candidate.label, reference.label);
    let name =
        format!("{}-against-{}.svg", file_name(&candidate.label), file_name(&reference.label));
    write(name, differential(&heading, &unit, &before, &after))?;
    let mut lines = shares::lines(request, what, &stacks, times);
    if !has_kernel {
        let help = "The kernel was not sampled; help: sysctl kernel.perf_event_paranoid=1";
        lines.push(help.to_owned());
    }
    Ok(ProfileReply { lines, files })
}

/// Reads and counts the stacks of a recording.
fn read(recording: &Recording) -> Result<Stacks, DrawError> {
    let label = || recording.label.clone();
    let samples = script::samples(&recording.data, recording.process);
    let samples = samples.map_err(|error| DrawError::Samples(label(), error))?;
    let mut symbols = symbols::Symbols::default();
    let mut stacks = Stacks::default();
    for sample in samples {
        // perf lists the innermost frame first.
        stacks.add(sample.iter().rev().flat_map(|frame| symbols.frames(frame)));
    }
    match stacks.samples() {
        few @ ..FEWEST_SAMPLES => Err(DrawError::Few(label(), few)),
        _ => Ok(stacks),
    }
}

/// A label as a part of a path.
fn file_name(label: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let name: String = label.chars().map(|c| if is_plain(c) { c } else { '-' }).collect();
    if Path::new(&name).file_name().is_some() { name } else { "unnamed".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_becomes_one_part_of_a_path() {
        assert_eq!(file_name("tokio-current-thread"), "tokio-current-thread");
        assert_eq!(file_name("../a b"), "..-a-b");
        assert_eq!(file_name(".."), "unnamed");
        assert_eq!(file_name(""), "unnamed");
    }

    #[test]
    fn samples_that_cannot_be_read_are_an_error_with_the_label() {
        let folder = tempfile::tempdir().unwrap();
        let recording = |label: &str| Recording {
            label: label.into(),
            runner: label.into(),
            data: folder.path().join("missing.data"),
            process: 1,
            user_ns: 100.0,
            system_ns: 0.0,
        };
        let request = ProfileRequest {
            title: "echo".into(),
            folder: folder.path().into(),
            lines: 8,
            operation: "message".into(),
            recordings: [recording("tokio"), recording("smol")],
        };
        let error = draw(&request).unwrap_err().to_string();
        assert!(error.contains("samples of tokio"), "{error}");
    }
}
