//! The runner protocol: how the harness speaks to an external runner.
//!
//! Such a runner is a command. For each request it is started anew, reads [`Request`] as one line of
//! JSON from its standard input, answers in one line on its standard output, and ends. A server has one
//! line more each way: it answers [`Answer::Ready`] once it listens, is loaded, and reads [`Request::Stop`]
//! when that is over. `docs/runner-protocol.md` is written for those who write one.

mod claims;
mod line;

pub use claims::Impossible;
pub use line::ReplyError;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::key::CellKey;
use crate::trial::{BlockSize, ErrorKind, Metric, Phase};

/// Version of the protocol. A runner that speaks another one is refused by name.
pub const RUNNER_PROTOCOL: u32 = 2;

/// What the harness asks of a runner: one line of JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "request", rename_all = "kebab-case")]
pub enum Request {
    /// Which of these cells can it do, and what is it made of?
    Describe(Describe),
    /// Measure one block of one cell.
    Trial(Box<Trial>),
    /// A server has been loaded enough: it should say so and end.
    Stop {
        /// [`RUNNER_PROTOCOL`].
        protocol: u32,
    },
}

/// Before a run: which of these cells can the runner do?
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Describe {
    /// [`RUNNER_PROTOCOL`].
    pub protocol: u32,
    /// Worker threads, or processes, that it should use where it can use several.
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
    /// Worker threads, or processes, that it should use where it can use several.
    pub workers: usize,
    /// Phase at which to measure.
    pub phase: Phase,
    /// How much to measure.
    pub block: BlockSize,
    /// Seed for the workload's inputs.
    pub seed: u64,
    /// Seconds after which the runner is ended, with everything that it started.
    pub limit_s: f64,
    /// A folder for files of its own, kept for the whole run and removed after it.
    pub scratch: String,
    /// Files with the workload's input, where it has one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// A server to talk to, `host:port`, where the workload has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// What a runner answers: one line of JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reply {
    /// [`RUNNER_PROTOCOL`].
    #[cfg_attr(feature = "schema", schemars(extend("const" = RUNNER_PROTOCOL)))]
    pub protocol: u32,
    /// The answer itself.
    #[serde(flatten)]
    pub answer: Answer,
}

/// The answer to a [`Request`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum Answer {
    /// To [`Request::Describe`].
    Described(Described),
    /// To [`Request::Trial`] of a server: it listens.
    Ready {
        /// Where, as `host:port`: a port of loopback.
        address: String,
    },
    /// To [`Request::Trial`]; of a server, to [`Request::Stop`].
    Ok(Measured),
    /// There is nothing measured.
    Error {
        /// What went wrong.
        kind: ErrorKind,
        /// One sentence.
        message: String,
    },
}

/// What a runner says of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Described {
    /// How it is set up: event loop, threads, processes.
    #[serde(default)]
    pub configuration: String,
    /// Versions of what it is made of, the language's first.
    #[serde(default)]
    pub versions: BTreeMap<String, String>,
    /// What a reader must know.
    #[serde(default)]
    pub notes: Vec<String>,
    /// For each cell that was asked for, in the same order: nothing where it can, else why it cannot.
    pub cells: Vec<Option<String>>,
}

/// A measured block.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Measured {
    /// One sample an iteration; a server has none, since the harness times it.
    pub samples: Vec<Sample>,
    /// Iterations before them, on the same instance.
    pub warm_up_iterations: u64,
    /// Building the runtime: from the moment when the request was read until a first empty task has
    /// run, ns. Wanted at the phase of startup.
    pub build_ns: f64,
    /// Preparing inputs and connections, ns.
    pub prepare_ns: f64,
    /// The iterations before the samples, ns.
    pub warm_up_ns: f64,
    /// Figures of its own, such as `threads` or `peak-memory`.
    pub metrics: Vec<Metric>,
}

/// One iteration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sample {
    /// Wall time, ns.
    pub wall_ns: f64,
    /// CPU time of all its threads and processes meanwhile, ns.
    pub cpu_ns: f64,
    /// What the iteration gave, in the form of the workload's outputs.
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
