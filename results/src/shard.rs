//! A plan split across several machines.
//!
//! A shard is a run of some workloads of a plan; the points of a workload stay together, because they
//! form one curve and share an error level. Its file contains the whole plan, so that its error levels
//! are those of the whole run. [`crate::merge`] joins the files.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::environment::Environment;
use crate::interruption::{Break, End};
use crate::noise::{NoiseWindow, Stall};

/// The part of a plan that one machine measures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Shard {
    /// Its number, from 1.
    pub index: usize,
    /// The number of shards.
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

/// One shard of a merged run: its machine, its time, and the background load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MergedShard {
    /// Its part of the plan.
    pub shard: Shard,
    /// Id of its own run.
    pub id: String,
    /// Its start, RFC 3339, UTC. Times of its trials are seconds since then.
    pub started: String,
    /// The command that started it.
    pub command: Vec<String>,
    /// Its machine and build.
    pub environment: Environment,
    /// Background load during its trials, in its own time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub noise: Vec<NoiseWindow>,
    /// Stalls of its machine, in its own time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stalls: Vec<Stall>,
    /// Where it was resumed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<Break>,
    /// How it ended.
    pub end: Option<End>,
}
