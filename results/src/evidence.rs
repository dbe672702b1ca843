//! Counted evidence: the events of a runner per operation.
//!
//! It is counted in untimed trials. A figure has a value for each process, because processes differ more
//! than iterations do.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::key::CellKey;

/// Minimum number of processes that show the variation of a figure.
pub const FEWEST_PROCESSES: usize = 5;

/// How much evidence a run collects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Nothing.
    None,
    /// The counts that timed trials report anyway.
    #[default]
    Cheap,
    /// Also evidence that needs separate trials.
    Full,
}

impl Level {
    /// The names of all levels.
    pub const NAMES: [&str; 3] = ["none", "cheap", "full"];
}

impl FromStr for Level {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "none" => Ok(Self::None),
            "cheap" => Ok(Self::Cheap),
            "full" => Ok(Self::Full),
            _ => Err(format!("not one of {}", Self::NAMES.join(", "))),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(Self::NAMES[*self as usize])
    }
}

/// The counts of a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Evidence {
    /// The cell.
    pub cell: CellKey,
    /// The operation that the figures refer to, such as `message`: the workload's own unit.
    pub operation: String,
    /// The figures.
    pub counts: Vec<Count>,
    /// Evidence that could not be collected.
    pub missing: Vec<Missing>,
}

/// A figure per operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Count {
    /// The event.
    #[serde(flatten)]
    pub event: Event,
    /// The value of each process, per operation; times are in nanoseconds. In a run's own evidence, a value
    /// may be the mean of several processes.
    pub values: Vec<f64>,
}

/// The counts of one block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Total {
    /// The event.
    #[serde(flatten)]
    pub event: Event,
    /// The total over all iterations of the block; a time is in nanoseconds.
    pub total: u64,
}

/// The events that can be counted.
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
    /// Time for which threads were ready to run but had no core, all threads, ns.
    CoreWait,
    /// A system call by its name, traced.
    Syscall(String),
    /// A call in the `read` family, counted by the kernel without tracing. Calls that only sockets have, such
    /// as `recv`, are not included.
    UntracedRead,
    /// The same for `write`.
    UntracedWrite,
    /// A context switch because a thread waited. A wake-up ends each of them.
    VoluntarySwitch,
    /// A context switch because a thread was preempted.
    InvoluntarySwitch,
    /// A thread that the kernel moved to another core.
    Migration,
    /// A page fault that did not need the disk.
    MinorFault,
    /// A page fault that waited for the disk.
    MajorFault,
    /// An allocation or reallocation.
    Allocation,
    /// A byte allocated, freed or not.
    AllocatedByte,
    /// An instruction in user mode or in the kernel.
    Instruction,
    /// An instruction in user mode, simulated: a busy machine does not change the count.
    SimulatedInstruction,
    /// A cycle of a processor that ran a thread.
    Cycle,
    /// An access that missed the last level of the cache.
    CacheMiss,
    /// A mispredicted branch.
    BranchMiss,
    /// A runtime's own counter, by its name. A name that ends in `time` is a time, ns.
    Runtime(String),
}

/// Evidence that could not be collected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Missing {
    /// What, such as `system calls`.
    pub what: String,
    /// Why.
    pub why: String,
    /// How to permit it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Missing {
    /// Why, and how to permit it.
    pub fn reason(&self) -> String {
        let help = self.help.as_ref().map(|help| format!("; help: {help}")).unwrap_or_default();
        format!("{}{help}", self.why)
    }
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
            Self::WallTime | Self::UserTime | Self::SystemTime | Self::CoreWait => "ns",
            Self::Runtime(name) if name.ends_with("time") => "ns",
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
            Self::CoreWait => "waiting for a core",
            Self::Syscall(name) | Self::Runtime(name) => name,
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
            Self::SimulatedInstruction => "instructions by valgrind",
            Self::Cycle => "cycles",
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
        for event in [
            Event::Syscall("epoll_wait".into()),
            Event::MinorFault,
            Event::Runtime("worker parks".into()),
        ] {
            let count = Count { event: event.clone(), values: vec![0.5] };
            let text = serde_json::to_string(&count).unwrap();
            assert_eq!(serde_json::from_str::<Count>(&text).unwrap(), count, "{text}");
            let total = Total { event, total: 7 };
            let text = serde_json::to_string(&total).unwrap();
            assert_eq!(serde_json::from_str::<Total>(&text).unwrap(), total, "{text}");
        }
    }

    #[test]
    fn level_has_one_name_on_the_command_line_and_in_files() {
        for name in Level::NAMES {
            let level: Level = name.parse().unwrap();
            assert_eq!(level.to_string(), name);
            assert_eq!(serde_json::to_value(level).unwrap(), name);
        }
    }
}
