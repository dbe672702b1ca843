//! A plan that several machines share.
//!
//! A shard is a run of a part of its plan: of whole workloads, because the points of a workload are one
//! curve and share an error level. Its file holds the whole plan all the same, so that its verdicts are
//! those that the whole run would give. [`crate::merge`] joins the files.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::environment::Environment;
use crate::interruption::{Break, End};
use crate::noise::{NoiseWindow, Stall};

/// The part of a plan that one machine measures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Shard {
    /// Which one, from 1.
    pub index: usize,
    /// How many there are.
    pub of: usize,
    /// Names of the workloads that it measures.
    pub workloads: Vec<String>,
}

impl Shard {
    /// Whether it measures a workload.
    pub fn measures(&self, workload: &str) -> bool {
        self.workloads.iter().any(|name| name == workload)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "shard {} of {}", self.index, self.of)
    }
}

/// One shard of a merged run: where and when it was measured, and what went on beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MergedShard {
    /// Its part of the plan.
    pub shard: Shard,
    /// Name of its own run.
    pub id: String,
    /// Its start, RFC 3339, UTC. Times of its trials are seconds since then.
    pub started: String,
    /// The command that made it.
    pub command: Vec<String>,
    /// Its machine and build.
    pub environment: Environment,
    /// What went on beside its trials, in its own time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub noise: Vec<NoiseWindow>,
    /// When its machine stood still, in its own time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stalls: Vec<Stall>,
    /// Where it went on after it had been stopped or killed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<Break>,
    /// How it ended.
    pub end: Option<End>,
}
