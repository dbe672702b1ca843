//! Answers so far, one a line.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use runtime_bench::error::Error;
use runtime_bench::results::stats::Verdict;
use runtime_bench::results::stats::gate::Stage;
use serde::{Deserialize, Serialize};

use crate::jobs::Job;

/// One answer: what was measured, so that a table can be made again by other rules.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// Costs, by stage; none of criterion.
    pub(crate) stages: Vec<Stage>,
    /// Criterion's word.
    pub(crate) criterion: Option<Verdict>,
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
        let torn = !text.is_empty() && !text.ends_with('\n');
        let mut file = OpenOptions::new()
            .create(true)
            .append(!fresh)
            .write(true)
            .truncate(fresh)
            .open(path)
            .map_err(refused)?;
        if torn {
            // It must not swallow the next one.
            file.write_all(b"\n").map_err(refused)?;
        }
        Ok(Self { path: path.to_path_buf(), file, answers })
    }

    /// Whether a question is answered.
    pub(crate) fn knows(&self, job: &Job) -> bool {
        self.answers.contains_key(job)
    }

    /// Keeps an answer.
    pub(crate) fn add(&mut self, job: &Job, answer: Answer) -> Result<(), Error> {
        let line = serde_json::to_string(&Line { job: *job, answer: answer.clone() });
        let line = line.map_err(|error| Error::CouldNotRun(error.to_string()))?;
        self.file
            .write_all(format!("{line}\n").as_bytes())
            .map_err(|error| Error::CouldNotRun(format!("{}: {error}", self.path.display())))?;
        self.answers.insert(*job, answer);
        Ok(())
    }

    /// Every question that is answered.
    pub(crate) fn answers(&self) -> impl Iterator<Item = (&Job, &Answer)> {
        self.answers.iter()
    }
}
