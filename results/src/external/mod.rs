//! The runner protocol, between the harness and an external runner.
//!
//! Such a runner is a command. It is started for each request, reads a [`Request`] as one line of JSON
//! from its standard input, writes one line to its standard output, and exits. A server has one more
//! line in each direction: it replies [`Answer::Ready`] once it listens, is loaded, and then reads
//! [`Request::Stop`]. `docs/runner-protocol.md` is the guide for authors of runners.

mod claims;
mod line;

pub use claims::Impossible;
pub use line::ReplyError;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::key::CellKey;
use crate::trial::{BlockSize, ErrorKind, Metric, Phase};

/// Version of the protocol. Runners that speak another version are rejected.
pub const RUNNER_PROTOCOL: u32 = 2;

/// A request to a runner: one line of JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "request", rename_all = "kebab-case")]
pub enum Request {
    /// Describe the runner, and say which of these cells it supports.
    Describe(Describe),
    /// Measure one block of one cell.
    Trial(Box<Trial>),
    /// The load on a server has ended: reply and exit.
    Stop {
        /// [`RUNNER_PROTOCOL`].
        protocol: u32,
    },
}

/// Sent before a run: which of these cells does the runner support?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Describe {
    /// [`RUNNER_PROTOCOL`].
    pub protocol: u32,
    /// Worker threads or processes to use, if it can use several.
    pub workers: usize,
    /// The cells.
    pub cells: Vec<CellKey>,
}

/// One trial: a fresh instance of one cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Trial {
    /// [`RUNNER_PROTOCOL`].
    pub protocol: u32,
    /// The cell to measure.
    pub cell: CellKey,
    /// Worker threads or processes to use, if it can use several.
    pub workers: usize,
    /// Phase in which to measure.
    pub phase: Phase,
    /// How much to measure.
    pub block: BlockSize,
    /// Seed for the workload's inputs.
    pub seed: u64,
    /// Seconds after which the runner and everything that it started are killed.
    pub limit_s: f64,
    /// A folder for its own files, kept for the whole run and then removed.
    pub scratch: String,
    /// Files with the workload's input, if it has any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// A server to connect to, `host:port`, if the workload has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A reply of a runner: one line of JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reply {
    /// [`RUNNER_PROTOCOL`].
    #[cfg_attr(feature = "schema", schemars(extend("const" = RUNNER_PROTOCOL)))]
    pub protocol: u32,
    /// The content.
    #[serde(flatten)]
    pub answer: Answer,
}

/// The reply to a [`Request`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum Answer {
    /// To [`Request::Describe`].
    Described(Described),
    /// To [`Request::Trial`] of a server: it listens.
    Ready {
        /// Its address, as `host:port`: a port of loopback.
        address: String,
    },
    /// To [`Request::Trial`]; from a server, to [`Request::Stop`].
    Ok(Measured),
    /// Nothing was measured.
    Error {
        /// What went wrong.
        kind: ErrorKind,
        /// One sentence.
        message: String,
    },
}

/// The self-description of a runner.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Described {
    /// Its configuration: event loop, threads, processes.
    #[serde(default)]
    pub configuration: String,
    /// Versions of its components, the language first.
    #[serde(default)]
    pub versions: BTreeMap<String, String>,
    /// Notes for readers.
    #[serde(default)]
    pub notes: Vec<String>,
    /// For each requested cell, in the same order: `null` if supported, otherwise the reason.
    pub cells: Vec<Option<String>>,
}

/// A measured block.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Measured {
    /// One sample per iteration; none for a server, which the harness times.
    pub samples: Vec<Sample>,
    /// Iterations before them, on the same instance.
    pub warm_up_iterations: u64,
    /// Time to build the runtime: from reading the request until a first empty task has run, ns.
    /// Required in the startup phase.
    pub build_ns: f64,
    /// Preparing inputs and connections, ns.
    pub prepare_ns: f64,
    /// The iterations before the samples, ns.
    pub warm_up_ns: f64,
    /// Additional metrics, such as `threads` or `peak-memory`.
    pub metrics: Vec<Metric>,
}

/// One iteration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sample {
    /// Wall time, ns.
    pub wall_ns: f64,
    /// CPU time of all its threads and processes during the iteration, ns.
    pub cpu_ns: f64,
    /// The output of the iteration, in the format of the workload.
    pub output: serde_json::Value,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_reply_is_one_flat_object() {
        let sample = json!({ "wall_ns": 12.5, "cpu_ns": 3, "output": 499_500 });
        let reply = json!({ "protocol": 1, "status": "ok", "samples": [sample] });
        let reply: Reply = serde_json::from_value(reply).unwrap();
        let Answer::Ok(measured) = reply.answer else { panic!("it is measured") };
        assert_eq!(measured.samples[0].output, json!(499_500));
        let ready = json!({ "protocol": 2, "status": "ready", "address": "127.0.0.1:80" });
        let ready: Reply = serde_json::from_value(ready).unwrap();
        assert_eq!(ready.answer, Answer::Ready { address: "127.0.0.1:80".into() });
    }

    #[test]
    fn request_is_tagged_by_its_name() {
        let stop = serde_json::to_value(Request::Stop { protocol: RUNNER_PROTOCOL }).unwrap();
        assert_eq!(stop, json!({ "request": "stop", "protocol": RUNNER_PROTOCOL }));
    }
}
