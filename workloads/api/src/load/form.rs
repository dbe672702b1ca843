//! The form of the clients that load a server.

use runtime_bench_results::key::Point;
use serde::{Deserialize, Serialize};

use crate::failure::Unsupported;

/// Maximum number of clients with one thread each.
const MOST_THREADS: usize = 1_000;

/// The form of a server's clients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientForm {
    /// One thread on epoll for all connections, which uses no runtime.
    #[default]
    Epoll,
    /// A blocking thread for each connection.
    Threads,
    /// A task of the runtime under test for each connection.
    Runtime,
}

impl ClientForm {
    /// The parameter and its default, for [`crate::workload::Workload::OPTIONS`].
    pub const OPTION: (&'static str, &'static str) = ("client", "epoll");

    /// The form that a point selects.
    ///
    /// # Errors
    /// When it is unknown.
    pub fn of(point: &Point) -> Result<Self, Unsupported> {
        let Some(value) = point.value(Self::OPTION.0) else { return Ok(Self::default()) };
        match value.to_string().as_str() {
            "epoll" => Ok(Self::Epoll),
            "threads" => Ok(Self::Threads),
            "runtime" => Ok(Self::Runtime),
            _ => Err(Unsupported::Point(
                "`client` must be one of epoll, threads, runtime".to_owned(),
            )),
        }
    }

    /// Checks that clients of this form can drive a server, on a schedule or not.
    ///
    /// # Errors
    /// With too many threads, and on a schedule that is finer than a runtime's timers.
    pub fn check(self, connections: usize, scheduled: bool) -> Result<(), Unsupported> {
        let reason = match self {
            Self::Threads if connections > MOST_THREADS => {
                format!("Limited to {MOST_THREADS} client threads; this point needs {connections}.")
            }
            Self::Runtime if scheduled => {
                "The timers of some runtimes are too coarse to send on this schedule.".to_owned()
            }
            _ => return Ok(()),
        };
        Err(Unsupported::Point(reason))
    }
}
