//! The answers so far, one per line.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use runtime_bench::harness::error::Error;
use runtime_bench::harness::machine;
use runtime_bench_analysis::stats::Verdict;
use runtime_bench_analysis::stats::gate::Stage;
use serde::{Deserialize, Serialize};

use crate::jobs::Job;

/// One answer: the measurements, so that the table can be computed again with other rules.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// Costs, by stage; empty for criterion.
    pub(crate) stages: Vec<Stage>,
    /// Criterion's verdict.
    pub(crate) criterion: Option<Verdict>,
    /// CPU time of other programs during the question, in cores.
    pub(crate) foreign_cores: Option<f64>,
}

/// The machine and build that measured the answers: the first line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Origin {
    /// Processor, cores and kernel.
    pub(crate) machine: String,
    /// The harness and its compiler.
    pub(crate) harness: String,
    /// The day it began, UTC.
    pub(crate) day: String,
}

impl Origin {
    /// This machine, this build, today.
    fn here() -> Self {
        let machine = machine::describe(&runtime_bench::own().build().build);
        let unknown = |what: Option<String>| what.unwrap_or_else(|| "?".to_owned());
        let commit = machine.commit.map_or_else(String::new, |commit| format!(" ({commit})"));
        let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
        Self {
            machine: format!(
                "{} cores of {}, {}",
                machine.cores.unwrap_or(0),
                unknown(machine.cpu_model),
                unknown(machine.kernel)
            ),
            harness: format!("harness {}{commit}, {}", machine.version, machine.rustc),
            day: now.chars().take(10).collect(),
        }
    }

    fn same_build(&self, other: &Self) -> bool {
        (&self.machine, &self.harness) == (&other.machine, &other.harness)
    }
}

#[derive(Serialize, Deserialize)]
struct Line {
    job: Job,
    answer: Answer,
}

/// The answers of one study.
pub(crate) struct Store {
    path: PathBuf,
    file: File,
    origin: Origin,
    answers: BTreeMap<Job, Answer>,
}

impl Store {
    /// Opens a file of answers, including those of an earlier study unless `fresh`. `asking` is false if it
    /// is only read.
    ///
    /// # Errors
    /// When it cannot be read or written, or should be resumed but was measured by another build or
    /// machine.
    pub(crate) fn open(path: &Path, fresh: bool, asking: bool) -> Result<Self, Error> {
        let refused = |why: String| {
            Error::CouldNotRun(format!(
                "cannot use {}: {why}\nhelp: choose another --answers FILE, or start over with --fresh",
                path.display()
            ))
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| refused(error.to_string()))?;
        }
        let text = match fs::read_to_string(path) {
            Ok(text) if !fresh => text,
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(refused(error.to_string()));
            }
            _ => String::new(),
        };
        let here = Origin::here();
        let origin = match text.lines().next() {
            Some(first) => serde_json::from_str::<Origin>(first)
                .map_err(|_| refused("its first line does not name the build".to_owned()))?,
            None => here.clone(),
        };
        if asking && !origin.same_build(&here) {
            return Err(refused(format!(
                "it was measured by {} on {}, but this is {} on {}",
                origin.harness, origin.machine, here.harness, here.machine
            )));
        }
        // The question of an incomplete line is asked again.
        let lines = text.lines().skip(1).filter_map(|line| serde_json::from_str::<Line>(line).ok());
        let answers = lines.map(|line| (line.job, line.answer)).collect();
        let mut file = OpenOptions::new()
            .create(true)
            .append(!fresh)
            .write(true)
            .truncate(fresh)
            .open(path)
            .map_err(|error| refused(error.to_string()))?;
        let mut begin = String::new();
        if text.is_empty() {
            begin = serde_json::to_string(&origin).map_err(|error| refused(error.to_string()))?;
        }
        if !text.ends_with('\n') {
            // An incomplete line must not absorb the next one.
            file.write_all(format!("{begin}\n").as_bytes())
                .map_err(|error| refused(error.to_string()))?;
        }
        Ok(Self { path: path.to_path_buf(), file, origin, answers })
    }

    /// The machine and build that measured the answers.
    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether a question is answered.
    pub(crate) fn knows(&self, job: &Job) -> bool {
        self.answers.contains_key(job)
    }

    /// Stores an answer.
    pub(crate) fn add(&mut self, job: &Job, answer: Answer) -> Result<(), Error> {
        let line = serde_json::to_string(&Line { job: *job, answer: answer.clone() });
        let line = line.map_err(|error| Error::CouldNotRun(error.to_string()))?;
        self.file
            .write_all(format!("{line}\n").as_bytes())
            .map_err(|error| Error::CouldNotRun(format!("{}: {error}", self.path.display())))?;
        self.answers.insert(*job, answer);
        Ok(())
    }

    /// Every answered question.
    pub(crate) fn answers(&self) -> impl Iterator<Item = (&Job, &Answer)> {
        self.answers.iter()
    }
}
