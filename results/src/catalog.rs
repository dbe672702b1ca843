//! The descriptions of workloads and runners.
//!
//! The results file contains these descriptions, so that a report never looks up a name in code.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::trial::Phase;

/// The kind of work of a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Waiting for timers, sockets, files.
    Io,
    /// Computing.
    Cpu,
    /// Spawning, scheduling, synchronizing.
    Concurrency,
    /// Memory per task.
    Memory,
    /// Folklore and classic mistakes.
    Pitfall,
    /// The cost of the measurement itself.
    Calibration,
}

impl Kind {
    /// The kind as a heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Io => "I/O-bound",
            Self::Cpu => "CPU-bound",
            Self::Concurrency => "Concurrency",
            Self::Memory => "Memory",
            Self::Pitfall => "Pitfalls",
            Self::Calibration => "The harness itself",
        }
    }

    /// The name of the kind in files.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Io => "io",
            Self::Cpu => "cpu",
            Self::Concurrency => "concurrency",
            Self::Memory => "memory",
            Self::Pitfall => "pitfall",
            Self::Calibration => "calibration",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.title())
    }
}

/// The description of a workload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WorkloadInfo {
    /// Name in a cell's key: lower-case words joined by `-`.
    pub name: String,
    /// One line for a heading.
    pub title: String,
    /// Its kind of work.
    pub kind: Kind,
    /// The model and the work of one iteration, in two or three sentences.
    pub model: String,
    /// How every output is checked.
    pub check: String,
    /// Name of the headline metric.
    pub headline: String,
    /// Phase in which the longer profiles measure the headline.
    #[serde(alias = "headline_age")]
    pub headline_phase: Phase,
    /// Caveats for readers who quote a figure.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// A set of cells with a purpose; the run has at least one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SuiteInfo {
    /// Its name, as in `--suite NAME`.
    pub name: String,
    /// Its purpose, in one sentence.
    pub purpose: String,
    /// Names of its workloads in the run.
    pub workloads: Vec<String>,
}

/// The class of a runner: only runners of one class are ranked against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Every task runs on one thread.
    SingleThread,
    /// Tasks run on several threads.
    MultiThread,
    /// An external program in any language: measured and verified like the others, but never ranked
    /// against them.
    Reference,
}

/// The description of a runner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunnerInfo {
    /// Name in a cell's key: lower-case words joined by `-`, and settings, if it has any ([`crate::setting`]).
    pub name: String,
    /// One line for a heading.
    pub title: String,
    /// Whether it has one thread, several, or is an external reference. Runners of different classes are
    /// never ranked against each other.
    pub class: Class,
    /// Its setup in this run: workers, schedulers, pools.
    pub configuration: String,
    /// Versions of its packages, from the lock file of the build.
    #[serde(default)]
    pub packages: BTreeMap<String, String>,
    /// Notes on semantics.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Why it is never recommended, if its maintainers discontinued it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discontinued: Option<String>,
}

/// Discontinued runtimes in results files that lack the field.
const DISCONTINUED: &[(&str, &str)] =
    &[("async-std", "discontinued by its maintainers in March 2025; they recommend smol")];

impl RunnerInfo {
    /// Why it is never recommended, from the results file or from the known list.
    pub fn discontinued(&self) -> Option<&str> {
        let known = DISCONTINUED
            .iter()
            .find(|(package, _)| self.name == *package || self.packages.contains_key(*package));
        self.discontinued.as_deref().or(known.map(|(_, why)| *why))
    }
}
