//! How a workload and a runner describe themselves.
//!
//! These descriptions travel in the results file, so that a report never looks a name up in code.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::trial::Phase;

/// What kind of work a workload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Waiting for timers, sockets, files.
    Io,
    /// Computing.
    Cpu,
    /// Spawning, scheduling, synchronising.
    Concurrency,
    /// What a task occupies.
    Memory,
    /// Folklore and classic mistakes.
    Pitfall,
    /// The cost of measuring itself.
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

    /// The kind as it is written in files.
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

/// A workload in its own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WorkloadInfo {
    /// Name in a cell's key: lower-case words joined by `-`.
    pub name: String,
    /// One line for a heading.
    pub title: String,
    /// What kind of work it is.
    pub kind: Kind,
    /// What it models and what one iteration does, in two or three sentences.
    pub model: String,
    /// How every answer is checked.
    pub check: String,
    /// Name of the metric that is compared first.
    pub headline: String,
    /// Phase of the instance at which the headline is taken in the longer profiles.
    #[serde(alias = "headline_age")]
    pub headline_phase: Phase,
    /// What a reader must know before quoting a figure.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// What a runner may be ranked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Every task runs on one thread.
    SingleThread,
    /// Tasks run on several threads.
    MultiThread,
    /// An external program, in whatever language: measured and verified beside the others, and never
    /// ranked against them.
    Reference,
}

/// A runner in its own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunnerInfo {
    /// Name in a cell's key: lower-case words joined by `-`.
    pub name: String,
    /// One line for a heading.
    pub title: String,
    /// One thread, several, or an external reference. Runners of different classes are never ranked
    /// against each other.
    pub class: Class,
    /// How it was set up in this run: workers, schedulers, pools.
    pub configuration: String,
    /// Versions of the packages that it is made of, from the lock file of the build.
    #[serde(default)]
    pub packages: BTreeMap<String, String>,
    /// Semantics that matter to a reader.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Why it is measured and never recommended: since when its maintainers have discontinued it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discontinued: Option<String>,
}

/// Runtimes that were discontinued before results files said so.
const DISCONTINUED: &[(&str, &str)] =
    &[("async-std", "its maintainers discontinued it in March 2025 and recommend smol")];

impl RunnerInfo {
    /// Why it is never recommended: what the results file says, or what is known of its packages.
    pub fn discontinued(&self) -> Option<&str> {
        let known = DISCONTINUED
            .iter()
            .find(|(package, _)| self.name == *package || self.packages.contains_key(*package));
        self.discontinued.as_deref().or(known.map(|(_, why)| *why))
    }
}
