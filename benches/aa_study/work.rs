//! The measured work, and how to increase it.

use runtime_bench::results::key::{CellKey, Point};
use serde::{Deserialize, Serialize};

/// Kinds of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Work {
    /// Computing jobs on all workers.
    Cpu,
    /// A thousand tasks spawned and joined.
    Spawn,
    /// Round trips on loopback.
    Echo,
    /// Separate counters, and counters in one cache line.
    FalseSharing,
    /// Separate locks, and one lock.
    SharedLock,
}

/// The runner of all of it.
const RUNNER: &str = "tokio";

impl Work {
    /// Its name in a table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Cpu => "CPU work",
            Self::Spawn => "spawn 1000",
            Self::Echo => "TCP echo",
            Self::FalseSharing => "injected false sharing",
            Self::SharedLock => "injected lock",
        }
    }

    /// The cell to measure, with a percentage of additional work; for injected faults, with the fault.
    pub(crate) fn cell(self, workers: usize, percent: u32, head: bool) -> CellKey {
        let more = |amount: u64| amount * u64::from(100 + percent) / 100;
        let place = if head { "together" } else { "apart" };
        let counters = |counter: &str| {
            Point::new()
                .with("counter", counter, "")
                .with("place", place, "")
                .with("count", 20_000, "")
        };
        let (workload, point) = match self {
            Self::Cpu => {
                let jobs = 16 * workers as u64;
                let point = Point::new().with("jobs", jobs, "").with("steps", more(50_000), "");
                ("cpu-batch", point)
            }
            Self::Spawn => ("spawn-join", Point::new().with("tasks", more(1_000), "")),
            Self::Echo => (
                "tcp-echo",
                Point::new()
                    .with("connections", 8, "")
                    .with("messages", more(100), "")
                    .with("size", 64, "B"),
            ),
            Self::FalseSharing => ("counters", counters("atomic")),
            Self::SharedLock => ("counters", counters("lock")),
        };
        CellKey { workload: workload.to_owned(), point, runner: RUNNER.to_owned() }
    }
}
