//! The questions of the study, and how often each is asked.

use std::fmt;

use fastrand::Rng;
use serde::{Deserialize, Serialize};

use crate::work::Work;

/// State of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Machine {
    /// No other program uses the CPU when the question is asked.
    Idle,
    /// Four processes that spin.
    Loaded,
}

/// The method that answers the question.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Question {
    /// This harness, with the rule for runners of one run.
    Runners,
    /// This harness, with the two stages for two builds.
    Builds,
    /// Criterion.
    Criterion,
}

/// The cores to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Cores {
    /// One core, with one worker.
    One,
    /// All cores, with one worker per core.
    All,
}

/// One question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) machine: Machine,
    pub(crate) question: Question,
    pub(crate) work: Work,
    pub(crate) cores: Cores,
    /// Additional work of the candidate, percent; 0 is identical code.
    pub(crate) percent: u32,
    /// Index among equal questions.
    pub(crate) index: u32,
}

impl Job {
    /// Time for an answer of one stage, seconds.
    pub(crate) fn budget_s(self) -> f64 {
        if self.question == Question::Builds { 4.0 } else { 2.0 }
    }

    /// Expected time, seconds.
    pub(crate) fn cost_s(self) -> f64 {
        let differs = self.percent > 0 || self.injected();
        match self.question {
            // The second stage is twice as long.
            Question::Builds if differs => 3.2 * self.budget_s(),
            // Criterion resamples for a while, twice.
            Question::Criterion => self.budget_s() + 1.5,
            _ => self.budget_s() + 0.3,
        }
    }

    /// Whether the candidate has a fault instead of more work.
    pub(crate) fn injected(self) -> bool {
        matches!(self.work, Work::FalseSharing | Work::SharedLock)
    }
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (machine, question) = (self.machine, self.question);
        write!(f, "{machine:?}, {question:?}: {}", self.work.title())?;
        match self.cores {
            Cores::One => write!(f, " on one core")?,
            Cores::All => {}
        }
        write!(f, ", +{}%, {}", self.percent, self.index)
    }
}

/// The size of the study.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// Within ten minutes.
    Quick,
    /// Enough runs for a bound of 1% on runners of one run.
    Full,
}

impl Size {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Full => "full",
        }
    }
}

/// Questions of one kind: method, difference, cores, and how many per kind of work on an idle and on a
/// loaded machine; first for the quick study, then for the full one.
type Asked = (Question, u32, Cores, [u32; 2], [u32; 2]);

const WORK: [Work; 3] = [Work::Cpu, Work::Spawn, Work::Echo];
const INJECTED: [Work; 2] = [Work::FalseSharing, Work::SharedLock];

const ASKED: [Asked; 13] = [
    (Question::Runners, 0, Cores::All, [10, 10], [100, 100]),
    (Question::Runners, 2, Cores::All, [2, 0], [12, 0]),
    (Question::Runners, 3, Cores::All, [2, 0], [12, 0]),
    (Question::Runners, 5, Cores::All, [2, 2], [12, 8]),
    (Question::Criterion, 0, Cores::All, [6, 6], [25, 25]),
    (Question::Criterion, 2, Cores::All, [0, 0], [6, 0]),
    (Question::Criterion, 3, Cores::All, [0, 0], [6, 0]),
    (Question::Criterion, 5, Cores::All, [2, 2], [6, 6]),
    (Question::Builds, 0, Cores::One, [2, 1], [17, 5]),
    (Question::Builds, 0, Cores::All, [2, 1], [17, 5]),
    (Question::Builds, 3, Cores::One, [2, 0], [20, 5]),
    (Question::Builds, 3, Cores::All, [0, 0], [5, 0]),
    (Question::Builds, 5, Cores::All, [0, 0], [5, 0]),
];

/// Injected faults, on one core and on all.
const FAULTS: [u32; 2] = [1, 3];

/// Every question of a study: those for an idle machine first, in random order, so that the time of day
/// affects all of them.
pub(crate) fn all(size: Size) -> Vec<Job> {
    let place = usize::from(size == Size::Full);
    let mut jobs = Vec::new();
    for machine in [Machine::Idle, Machine::Loaded] {
        let mut questions = Vec::new();
        for (question, percent, cores, quick, full) in ASKED {
            let count = [quick, full][place][usize::from(machine == Machine::Loaded)];
            for (work, index) in WORK.into_iter().flat_map(|w| (0..count).map(move |i| (w, i))) {
                questions.push(Job { machine, question, work, cores, percent, index });
            }
        }
        if machine == Machine::Idle {
            for (work, cores) in
                INJECTED.into_iter().flat_map(|w| [(w, Cores::One), (w, Cores::All)])
            {
                let job = |index| {
                    let question = Question::Builds;
                    Job { machine, question, work, cores, percent: 0, index }
                };
                questions.extend((0..FAULTS[place]).map(job));
            }
        }
        Rng::with_seed(1).shuffle(&mut questions);
        jobs.extend(questions);
    }
    jobs
}
