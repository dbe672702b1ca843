//! Counted evidence: what a runner does per operation.
//!
//! It is counted in untimed trials. A figure has a value for each process, because processes differ more
//! than iterations do.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::key::CellKey;

/// The fewest processes that show how much a figure varies.
pub const FEWEST_PROCESSES: usize = 5;

/// What was counted of a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Evidence {
    /// The cell.
    pub cell: CellKey,
    /// What the figures refer to, such as `message`: the workload's own unit.
    pub operation: String,
    /// The figures.
    pub counts: Vec<Count>,
    /// What could not be counted.
    pub missing: Vec<Missing>,
}

/// A figure per operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Count {
    /// What was counted.
    #[serde(flatten)]
    pub event: Event,
    /// The value of each process, per operation; times are in nanoseconds.
    pub values: Vec<f64>,
}

/// What can be counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "event", content = "name", rename_all = "kebab-case")]
pub enum Event {
    /// Wall time, ns.
    WallTime,
    /// CPU time in user mode, all threads, ns.
    UserTime,
    /// CPU time in the kernel, all threads, ns.
    SystemTime,
    /// A system call by its name, traced.
    Syscall(String),
    /// A call of the family of `read`, not of a socket, counted by the kernel while nothing was traced.
    UntracedRead,
    /// The same of `write`.
    UntracedWrite,
    /// A context switch because a thread waited. A wake-up ends each of them.
    VoluntarySwitch,
    /// A context switch because a thread was displaced.
    InvoluntarySwitch,
    /// A thread that the kernel moved to another core.
    Migration,
    /// A page fault that needed no disk.
    MinorFault,
    /// A page fault that waited for a disk.
    MajorFault,
    /// An allocation or reallocation.
    Allocation,
    /// A byte allocated, freed or not.
    AllocatedByte,
    /// An instruction in user mode or in the kernel.
    Instruction,
    /// An access that missed the last level of the cache.
    CacheMiss,
    /// A branch that was predicted wrongly.
    BranchMiss,
}

/// Something that could not be counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Missing {
    /// What, such as `system calls`.
    pub what: String,
    /// Why.
    pub why: String,
    /// What would allow it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Evidence {
    /// The values of an event; `None` where it was not counted.
    pub fn values(&self, event: &Event) -> Option<&[f64]> {
        let found = self.counts.iter().find(|count| count.event == *event);
        found.map(|count| count.values.as_slice())
    }
}

impl Event {
    /// The unit of its figures; empty for a pure number.
    pub fn unit(&self) -> &'static str {
        match self {
            Self::WallTime | Self::UserTime | Self::SystemTime => "ns",
            Self::AllocatedByte => "B",
            _ => "",
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::WallTime => "wall time",
            Self::UserTime => "user time",
            Self::SystemTime => "system time",
            Self::Syscall(name) => name,
            Self::UntracedRead => "reads",
            Self::UntracedWrite => "writes",
            Self::VoluntarySwitch => "voluntary switches",
            Self::InvoluntarySwitch => "involuntary switches",
            Self::Migration => "migrations",
            Self::MinorFault => "page faults",
            Self::MajorFault => "page faults from disk",
            Self::Allocation => "allocations",
            Self::AllocatedByte => "bytes allocated",
            Self::Instruction => "instructions",
            Self::CacheMiss => "cache misses",
            Self::BranchMiss => "branch misses",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_is_read_back_with_its_name() {
        for event in [Event::Syscall("epoll_wait".into()), Event::MinorFault] {
            let count = Count { event, values: vec![0.5] };
            let text = serde_json::to_string(&count).unwrap();
            assert_eq!(serde_json::from_str::<Count>(&text).unwrap(), count, "{text}");
        }
    }
}
