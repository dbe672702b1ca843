//! Answers so far, one a line.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use runtime_bench::error::Error;
use runtime_bench::results::stats::{Interval, Verdict};
use serde::{Deserialize, Serialize};

use crate::jobs::Job;

/// One answer.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) verdict: Verdict,
    pub(crate) ratio: Option<f64>,
    pub(crate) interval: Option<Interval>,
    /// Pairs of trials; 0 for criterion.
    pub(crate) pairs: usize,
    /// CPU time of others while it was asked, in cores.
    pub(crate) foreign_cores: Option<f64>,
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
    answers: BTreeMap<Job, Answer>,
}

impl Store {
    /// Opens a file of answers, those of an earlier study with it unless `fresh`.
    pub(crate) fn open(path: &Path, fresh: bool) -> Result<Self, Error> {
        let refused = |error: std::io::Error| {
            Error::CouldNotRun(format!("{}: {error}; choose --answers FILE", path.display()))
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(refused)?;
        }
        let text = if fresh { String::new() } else { fs::read_to_string(path).unwrap_or_default() };
        // A line that was cut off is asked again.
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
        let answers = lines.map(|line| (line.job, line.answer)).collect();
        let file = OpenOptions::new()
            .create(true)
            .append(!fresh)
            .write(true)
            .truncate(fresh)
            .open(path)
            .map_err(refused)?;
        Ok(Self { path: path.to_path_buf(), file, answers })
    }

    /// Whether a question is answered.
    pub(crate) fn knows(&self, job: &Job) -> bool {
        self.answers.contains_key(job)
    }

    /// Keeps an answer.
    pub(crate) fn add(&mut self, job: &Job, answer: Answer) -> Result<(), Error> {
        let line = serde_json::to_string(&Line { job: *job, answer });
        let line = line.map_err(|error| Error::CouldNotRun(error.to_string()))?;
        // A line that was cut off earlier must not swallow this one.
        self.file
            .write_all(format!("{line}\n").as_bytes())
            .map_err(|error| Error::CouldNotRun(format!("{}: {error}", self.path.display())))?;
        self.answers.insert(*job, answer);
        Ok(())
    }

    /// Answers of questions that a predicate picks.
    pub(crate) fn of<'a>(
        &'a self,
        mut pick: impl FnMut(&Job) -> bool + 'a,
    ) -> impl Iterator<Item = &'a Answer> {
        self.answers.iter().filter(move |(job, _)| pick(job)).map(|(_, answer)| answer)
    }
}
