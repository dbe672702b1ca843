//! The protocol of one trial.
//!
//! A trial is a process that holds **one fresh instance** of one cell. It reads one [`TrialRequest`] as JSON
//! from its standard input, prepares, warms up, measures one block, verifies every output, writes one
//! [`TrialReply`] as JSON to its standard output and ends. For an external runner, such a process sends the
//! requests (see [`crate::external`]) and checks the replies.

mod read;

pub use read::ReplyError;

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::evidence::Total;
use crate::key::CellKey;
use crate::metric::MetricDef;
pub use crate::metric::{self, Better};

/// Version of requests and replies. Processes with another version are rejected.
pub const PROTOCOL: u32 = 2;

/// How long an instance has warmed up before it is measured. Rankings can depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Building the runtime plus the first iteration.
    Startup,
    /// After at least 2 ms and two iterations (one if an iteration takes more than 20 ms).
    #[serde(alias = "young")]
    Warm,
    /// Once windows of 100 ms agree within 2%, at most 5 s later.
    Steady,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Startup => "startup",
            Self::Warm => "warm",
            Self::Steady => "steady",
        })
    }
}

/// A request to a trial process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TrialRequest {
    /// [`PROTOCOL`].
    #[cfg_attr(feature = "schema", schemars(extend("const" = PROTOCOL)))]
    pub protocol: u32,
    /// The cell to measure.
    pub cell: CellKey,
    /// Worker threads of the runtime, and threads of the pool for CPU work.
    pub workers: usize,
    /// Threads of the pool for tasks that block.
    pub pool_threads: usize,
    /// Phase in which to measure.
    #[serde(alias = "age")]
    pub phase: Phase,
    /// How much to measure.
    pub block: BlockSize,
    /// Whether to corrupt the output of one iteration instead, which the workload's check must reject.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub corrupt: bool,
    /// Seed for the workload's inputs.
    pub seed: u64,
    /// A folder for input files, kept for the whole run and removed after it.
    pub scratch: String,
    /// Command line of the load generator, for workloads that are servers.
    #[serde(default)]
    pub load: Vec<String>,
    /// The runner, if it is external.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external: Option<ExternalCommand>,
}

/// An external runner, which speaks the protocol of [`crate::external`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExternalCommand {
    /// Its command line.
    pub command: Vec<String>,
    /// Its working directory.
    pub folder: String,
    /// Seconds after which it is killed.
    pub limit_s: u64,
    /// Memory limit of the runner and everything that it starts, bytes.
    pub memory: u64,
}

/// The length of one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum BlockSize {
    /// Exactly this many iterations and no warm-up: verification.
    Iterations(u64),
    /// As many iterations as take about this many nanoseconds, at least one.
    Nanoseconds(u64),
}

/// A reply of a trial process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TrialReply {
    /// [`PROTOCOL`].
    #[cfg_attr(feature = "schema", schemars(extend("const" = PROTOCOL)))]
    pub protocol: u32,
    /// The block, or the error.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// How a trial ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum Outcome {
    /// Measured and verified.
    Ok {
        /// The measured block.
        block: Block,
    },
    /// Not measured. The row stays in the results with its reason.
    Error {
        /// What went wrong.
        kind: ErrorKind,
        /// One sentence.
        message: String,
    },
}

/// What can go wrong in a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ErrorKind {
    /// The output was not correct.
    #[serde(alias = "wrong-answer")]
    WrongOutput,
    /// The process ended without a reply: panic, abort, signal.
    Crashed,
    /// The time limit passed; the process group was killed.
    TimedOut,
    /// The reply could not be parsed, or has another protocol version.
    Protocol,
    /// The instance could not be built: a file, a socket or a thread was refused.
    Setup,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::WrongOutput => "wrong output",
            Self::Crashed => "crashed",
            Self::TimedOut => "timed out",
            Self::Protocol => "protocol error",
            Self::Setup => "could not be set up",
        })
    }
}

/// One measured block: some iterations on one instance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Block {
    /// Timed iterations.
    pub iterations: u64,
    /// Iterations before it, on the same instance.
    pub warm_up_iterations: u64,
    /// The metrics of the block, an open list.
    pub metrics: Vec<Metric>,
    /// The counts of the kernel and the runtime in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<Total>,
    /// Latencies in `HdrHistogram`'s compressed V2 encoding, base64, for workloads that record them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub histogram: Option<String>,
    /// The verified output of the last iteration, as short text.
    #[serde(alias = "answer")]
    pub output: String,
    /// Time spent in each phase.
    pub phases: Phases,
}

impl Block {
    /// The value of a metric, if the block has it.
    pub fn metric(&self, name: &str) -> Option<f64> {
        self.metrics.iter().find(|metric| metric.name == name).map(|metric| metric.value)
    }
}

/// Wall time of each phase of a trial, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Phases {
    /// Building the runtime and preparing inputs.
    pub prepare_s: f64,
    /// Iterations before the measured block.
    pub warm_up_s: f64,
    /// The measured block.
    pub measure_s: f64,
}

/// One figure of a block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Metric {
    // A run has millions of names and units: up to 23 bytes of each take no allocation.
    /// Its name, such as `wall` or `messages-per-second`.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub name: SmolStr,
    /// Its unit, such as `ns`, `B` or `1/s`; empty for a pure number.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub unit: SmolStr,
    /// Which direction is good.
    pub better: Better,
    /// The figure.
    pub value: f64,
}

impl Metric {
    /// A figure of a metric that this project defines.
    pub fn of(def: &MetricDef, value: f64) -> Self {
        Self::new(def.id, def.unit, def.direction, value)
    }

    /// A figure where lower is better.
    pub fn lower(name: &str, unit: &str, value: f64) -> Self {
        Self::new(name, unit, Better::Lower, value)
    }

    /// A figure where higher is better.
    pub fn higher(name: &str, unit: &str, value: f64) -> Self {
        Self::new(name, unit, Better::Higher, value)
    }

    /// A figure that is context only.
    pub fn context(name: &str, unit: &str, value: f64) -> Self {
        Self::new(name, unit, Better::Neither, value)
    }

    /// Its cost: the value if lower is better, its inverse if higher is better.
    pub fn cost(&self) -> f64 {
        match self.better {
            Better::Higher => 1.0 / self.value,
            Better::Lower | Better::Neither => self.value,
        }
    }

    fn new(name: &str, unit: &str, better: Better, value: f64) -> Self {
        Self { name: name.into(), unit: unit.into(), better, value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_carries_its_status_beside_the_protocol() {
        let reply = TrialReply {
            protocol: PROTOCOL,
            outcome: Outcome::Error { kind: ErrorKind::WrongOutput, message: "9 of 10".into() },
        };
        let text = serde_json::to_string(&reply).unwrap();
        assert_eq!(
            text,
            r#"{"protocol":2,"status":"error","kind":"wrong-output","message":"9 of 10"}"#
        );
        assert_eq!(serde_json::from_str::<TrialReply>(&text).unwrap(), reply);
    }
}
