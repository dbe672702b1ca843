//! Load from another process, for workloads that are servers.
//!
//! The generator is the same for every runner, free of any runtime under test, and its CPU time is not
//! the server's. A trial starts it with the command line of its request and speaks to it in lines of
//! JSON over pipes: one [`Target`], answered by `ready` once all connections stand, then any number of
//! [`Drive`]s, each answered by a [`Report`]. It ends when its input does.

mod client;
mod connection;
mod generator;
mod message;
mod recording;
mod waiting;

pub use client::PATIENCE;
pub use client::run;
pub use generator::Traffic;
pub use generator::{Clients, clients};
pub use message::Talk;

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::failure::Unsupported;

/// Whom to load, and with what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Where the server listens.
    pub address: SocketAddr,
    /// Connections, all established before the first message.
    pub connections: usize,
    /// What is sent and what must come back.
    pub talk: Talk,
}

/// When messages are sent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drive {
    /// On a schedule, whatever the server does: latencies count from the moment when a message was to
    /// be sent, so that a server that stalls is charged with everything that had to wait (Tene, "How NOT
    /// to Measure Latency", 2013: coordinated omission).
    Open {
        /// Messages a second, over all connections.
        rate: u64,
        /// For so long.
        milliseconds: u64,
    },
    /// The next one when the one before is answered, on every connection.
    Closed {
        /// Messages on each connection.
        messages: u64,
    },
}

/// What came of a drive.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// Messages sent.
    pub sent: u64,
    /// Messages answered within the time.
    pub answered: u64,
    /// Answers that were not the expected ones.
    pub wrong: u64,
    /// From the first message to the last answer, ns.
    pub wall_ns: u64,
    /// CPU time of the generator meanwhile, ns.
    pub cpu_ns: u64,
    /// Messages in flight, the mean over the time.
    pub in_flight: f64,
    /// Mean latency, ns.
    pub mean_ns: f64,
    /// How late messages were sent, the mean, ns; 0 in a closed loop.
    pub late_mean_ns: f64,
    /// The 99th percentile of it, ns.
    pub late_p99_ns: u64,
    /// Latencies in ns, in `HdrHistogram`'s compressed V2 encoding, base64.
    pub histogram: String,
}

/// Refuses platforms that the generator was not made for.
///
/// # Errors
/// Elsewhere than on Linux.
pub fn fits() -> Result<(), Unsupported> {
    if cfg!(target_os = "linux") {
        return Ok(());
    }
    Err(Unsupported::Point("the load generator runs on Linux only".to_owned()))
}
