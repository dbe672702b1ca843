//! Requests to a trial program other than trials, such as which runners it has and which cells they support.
//!
//! A trial program reads one [`ProgramRequest`] as one line of JSON from its standard input, and writes one
//! reply. [`crate::trial`] has the requests and replies of trials.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::catalog::RunnerInfo;
use crate::key::{CellKey, Point};
use crate::setting::SettingInfo;
use crate::trial::{ExternalCommand, PROTOCOL, TrialRequest};

/// A request to a trial program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "request", rename_all = "kebab-case")]
pub enum ProgramRequest {
    /// Describe the runners, and say which cells they support.
    Probe(ProbeRequest),
    /// Measure one block of one cell.
    Trial(Box<TrialRequest>),
    /// Serve external clients until the process is stopped.
    Serve(ServeRequest),
    /// Load a server from clients on the runtime; each further line of input is a drive.
    Clients(ClientRequest),
}

/// A question about runners and cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProbeRequest {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// Worker threads of the runtimes.
    pub workers: usize,
    /// Threads of the pool for tasks that block.
    pub pool_threads: usize,
    /// Workloads and points.
    pub points: Vec<(String, Point)>,
    /// Names of runners with settings ([`crate::setting`]) to describe in addition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<String>,
    /// The external runner to probe; `None` probes the program's own runners.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external: Option<ExternalProbe>,
}

/// An external runner that is probed through a trial program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExternalProbe {
    /// Its name in cells.
    pub name: String,
    /// Its command.
    pub command: ExternalCommand,
    /// Whether to also check its conformance to the protocol.
    #[serde(default)]
    pub conformance: bool,
}

/// One check of an external runner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Check {
    /// The checked property.
    pub what: String,
    /// The violation; `None` if it passed.
    pub problem: Option<String>,
}

/// Serves a workload to external clients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServeRequest {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// The server.
    pub cell: CellKey,
    /// Worker threads of the runtime.
    pub workers: usize,
    /// Threads of the pool for tasks that block.
    pub pool_threads: usize,
    /// Port to listen on; 0 for any free port.
    pub port: u16,
}

/// Loads the server of a trial from clients on the same kind of runtime, in a separate process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClientRequest {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// The cell under test, which determines how its server is loaded.
    pub cell: CellKey,
    /// Worker threads of the runtime.
    pub workers: usize,
    /// Threads of the pool for tasks that block.
    pub pool_threads: usize,
    /// The address of the server on loopback.
    pub port: u16,
    /// The server's certificate in DER; `None` without TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Vec<u8>>,
}

/// A trial program's description of its runners.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProbeReply {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// Version of the package that the program was built from.
    pub version: String,
    /// Whether it is a debug build, whose measurements are meaningless.
    pub debug: bool,
    /// Its runners.
    pub runners: Vec<ProbedRunner>,
    /// Conformance checks of an external runner, if requested.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
}

/// A runner of a trial program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProbedRunner {
    /// Its description; versions of packages may be empty.
    pub info: RunnerInfo,
    /// How it runs tasks.
    pub family: Family,
    /// Environment variable that must hold the number of workers when a trial starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker_variable: Option<String>,
    /// Other environment variables of its trials, which hold its settings.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
    /// The settings that it has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<SettingInfo>,
    /// For each point of the request, in the same order.
    pub cells: Vec<CellSupport>,
}

/// How a runner runs tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Tasks are futures; waiting occupies no thread.
    Async,
    /// Each task is an OS thread.
    ThreadPerTask,
    /// Tasks are closures on a fixed number of OS threads; waiting occupies one of them.
    ThreadPool,
    /// Closures on a work-stealing pool made for computing; waiting occupies a worker.
    DataParallel,
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Async => "async",
            Self::ThreadPerTask => "thread per task",
            Self::ThreadPool => "thread pool",
            Self::DataParallel => "data-parallel pool",
        })
    }
}

/// Whether a program can measure a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CellSupport {
    /// Supported.
    Runs,
    /// Not supported, for this reason.
    Refused(String),
    /// The program was built without the workload.
    Unknown,
}

/// Why a trial program's input is not a request.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// It speaks another version of the protocol.
    #[error("the request has protocol {0}, but this program speaks protocol {PROTOCOL}")]
    Version(u32),
    /// It is not JSON, or has another form.
    #[error("cannot read the request: {0}")]
    Malformed(#[from] serde_json::Error),
}

impl ProgramRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// When it has another version or form.
    pub fn read(text: &str) -> Result<Self, RequestError> {
        /// The fields that all versions have.
        #[derive(Deserialize)]
        struct Head {
            protocol: u32,
        }
        let Head { protocol } = serde_json::from_str(text)?;
        if protocol != PROTOCOL {
            return Err(RequestError::Version(protocol));
        }
        Ok(serde_json::from_str(text)?)
    }
}

impl ProbedRunner {
    /// Whether its program was built with the workload at an index of the request.
    pub fn knows(&self, place: usize) -> bool {
        self.cells.get(place).is_some_and(|support| *support != CellSupport::Unknown)
    }
}
